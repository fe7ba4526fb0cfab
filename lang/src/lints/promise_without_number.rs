//! # promise_without_number
//!
//! Finds a retention promise whose length nobody has set, and a duty that begins with an event and names no time.
//!
//! **Why.** "No longer than necessary" and "without undue delay" can't be kept late: nobody can say when. A number is
//! what both sides can plan with; where the agreement has none, say whom to ask, and silence this with the reason.
//!
//! ## Example
//!
//! ```abey
//! policy shop "Shop" version "1"; use dpv;
//! fact breach_discovered: date;
//! clause "1" { allow store of email_address; owe "tell the controller" of breach_discovered for anything; }
//! ```
//!
//! ## Instead
//!
//! ```abey
//! policy shop "Shop" version "1"; use dpv;
//! fact breach_discovered: date;
//! clause "1" { allow store of email_address; owe "tell the controller" within 3 days of breach_discovered for anything; }
//! ```

use abey_engine::image::Effect;

use super::ground::{Ground, unset};

pub fn find(ground: &mut Ground<'_>) {
    for own in ground.rules() {
        match &own.rule.effect {
            Effect::Owe(owe) if owe.event.is_some() && owe.within.is_none() => {
                let message = format!("\"{}\" has no time in which it is due", owe.duty);
                ground.note(own, message, "write `within` and a length before `of`", None);
            }
            Effect::Owe(owe) => {
                let names: Vec<&str> = owe.within.into_iter().flat_map(|value| unset(ground.image, value)).collect();
                if let Some(name) = names.first() {
                    let message = format!("\"{}\" is due within `{name}`, which nobody has set", owe.duty);
                    ground.note(own, message, "give the setting a default", None);
                }
            }
            Effect::Keep(keep) => {
                let bounds = [keep.at_least, keep.at_most, keep.until].into_iter().flatten();
                let names: Vec<&str> = bounds.flat_map(|value| unset(ground.image, value)).collect();
                if let Some(name) = names.first() {
                    let message = format!("this bound is `{name}`, which nobody has set");
                    ground.note(own, message, "give the setting a default", None);
                }
            }
            _ => {}
        }
    }
}
