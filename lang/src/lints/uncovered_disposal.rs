//! # uncovered_disposal
//!
//! Finds a duty to dispose of data that no instruction lets anybody perform.
//!
//! **Why.** When the bound has passed everything but that disposal pauses, and so does the disposal: the data stays.
//!
//! ## Example
//!
//! ```abey
//! policy shop "Shop" version "1"; use dpv;
//! clause "1" { allow store of email_address; }
//! clause "2" { keep any of email_address at most 30 days then delete; }
//! ```
//!
//! ## Instead
//!
//! ```abey
//! policy shop "Shop" version "1"; use dpv;
//! clause "1" { allow store, delete of email_address; }
//! clause "2" { keep any of email_address at most 30 days then delete; }
//! ```

use abey_engine::image::{Effect, Facet, List, Scope, Slot};

use super::ground::Ground;
use crate::prove::circuit::{Bit, NO};

pub fn find(ground: &mut Ground<'_>) {
    for own in ground.rules() {
        let Effect::Keep(keep) = &own.rule.effect else { continue };
        if keep.never || (keep.at_most.is_none() && keep.until.is_none() && keep.during.is_none()) {
            continue;
        }
        // Where the bound is on some actions alone, the disposal is none of them.
        let general = !own
            .rule
            .parts
            .iter()
            .any(|part| matches!(&part.scope, Scope::Slot((Slot::Action, list)) if *list != List::Any));
        let mut words: Vec<&str> = keep.then.iter().map(|action| ground.image.word(Facet::Action, *action)).collect();
        words.push(ground.image.word(Facet::Action, ground.image.core.delete));
        if keep.then.is_empty() {
            words.push(ground.image.word(Facet::Action, ground.image.core.dispose));
        }
        words.dedup();
        let ways: Vec<Bit> = words.iter().filter_map(|word| ground.lies_in(Slot::Action, word)).collect();
        let disposes = if ways.is_empty() { NO } else { ground.world.circuit.any(ways) };
        let scope = ground.may(own.index);
        let allowed = ground.encoded.allowed;
        let within = if general { vec![scope, disposes, allowed] } else { continue };
        if ground.never(&within) && !ground.never(&[scope]) {
            let message = format!("no instruction lets anybody {} what this bound is about", words.join(" or "));
            ground.note(own, message, "allow the disposal", None);
        }
    }
}
