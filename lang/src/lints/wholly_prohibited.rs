//! # wholly_prohibited
//!
//! Finds an instruction all of whose operations some prohibition pauses.
//!
//! **Why.** The instruction looks like one, and instructs nothing: somebody who reads it alone will believe that the
//! processing is agreed.
//!
//! ## Example
//!
//! ```abey
//! policy shop "Shop" version "1"; use dpv; use gdpr;
//! purpose support;
//! clause "1" { allow store of ethnic_origin for support; }
//! clause "2" { forbid any of special_category; }
//! ```
//!
//! ## Instead
//!
//! ```abey
//! policy shop "Shop" version "1"; use dpv; use gdpr;
//! purpose support;
//! clause "1" { allow store of ethnic_origin for support; }
//! clause "2" { forbid any of special_category unless basis is consent; }
//! ```

use abey_engine::image::Effect;

use super::ground::Ground;
use crate::prove::circuit::Bit;

pub fn find(ground: &mut Ground<'_>) {
    let forbids: Vec<usize> = ground
        .image
        .rules
        .iter()
        .enumerate()
        .filter(|(_, rule)| rule.effect == Effect::Forbid)
        .map(|(index, _)| index)
        .collect();
    for own in ground.rules() {
        if !matches!(own.rule.effect, Effect::Allow(_)) {
            continue;
        }
        let scope = ground.sure(own.index);
        let governs = ground.encoded.governs;
        let free: Vec<Bit> = forbids.iter().map(|index| !ground.pauses(*index)).chain([scope, governs]).collect();
        if ground.never(&free) && !ground.never(&[scope, governs]) {
            let image = ground.image;
            let mut clauses: Vec<String> = forbids
                .iter()
                .filter(|index| {
                    let pauses = ground.pauses(**index);
                    !ground.never(&[scope, pauses])
                })
                .filter_map(|index| image.rules.get(*index))
                .filter_map(|rule| image.clauses.get(rule.clause as usize))
                .map(|clause| format!("\"{}\"", clause.label))
                .collect();
            clauses.dedup();
            let message = format!("clause {} prohibits all that this instruction covers", clauses.join(", "));
            ground.note(own, message, "take it away, or say what the prohibition spares", None);
        }
    }
}
