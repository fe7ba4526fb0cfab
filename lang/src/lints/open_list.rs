//! # open_list
//!
//! Finds an instruction over `any` data, or `any except` some, under which data of the special categories (Art. 9
//! GDPR) is allowed.
//!
//! **Why.** An open list takes in whatever is declared later: a new category of health data would be covered the day
//! it is named.
//!
//! ## Example
//!
//! ```abey
//! policy shop "Shop" version "1"; use dpv; use gdpr;
//! clause "1" { allow store of any; }
//! ```
//!
//! ## Instead
//!
//! ```abey
//! policy shop "Shop" version "1"; use dpv; use gdpr;
//! clause "1" { allow store of any; }
//! clause "2" { forbid any of special_category; }
//! ```

use abey_engine::image::{DataList, Effect, Scope};

use super::ground::Ground;

pub fn find(ground: &mut Ground<'_>) {
    let Some(special) = ground.data_in("special_category") else { return };
    for own in ground.rules() {
        let lists: Vec<&DataList> = own
            .rule
            .parts
            .iter()
            .filter_map(|part| match &part.scope {
                Scope::Data(list) => Some(list),
                _ => None,
            })
            .collect();
        let open = lists.iter().all(|list| !matches!(list, DataList::These(_)));
        if !open || !matches!(own.rule.effect, Effect::Allow(_)) {
            continue;
        }
        let scope = ground.sure(own.index);
        if let Some(example) = ground.allowed(&[scope, special]) {
            let message = "this covers data of the special categories without naming them".into();
            ground.note(own, message, "name the data, or prohibit `any of special_category`", Some(example));
        }
    }
}
