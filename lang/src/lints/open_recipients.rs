//! # open_recipients
//!
//! Finds an instruction that names no recipient, where nothing else keeps the data from somebody who isn't
//! authorised. A recipient that a prohibition spares by name (`to any except client`) is meant; and what is disposed
//! of goes to nobody, unless it is returned.
//!
//! **Why.** What a rule leaves out isn't looked at: such an instruction covers a disclosure to anybody at all.
//!
//! ## Example
//!
//! ```abey
//! policy shop "Shop" version "1"; use dpv; use places;
//! recipient mailer in DE authorised from 2026-01-01;
//! recipient stranger in anywhere;
//! clause "1" { allow share of email_address; }
//! ```
//!
//! ## Instead
//!
//! ```abey
//! policy shop "Shop" version "1"; use dpv; use places;
//! recipient mailer in DE authorised from 2026-01-01;
//! recipient stranger in anywhere;
//! clause "1" { allow share of email_address; }
//! clause "2" { forbid anything to any except authorised; }
//! ```

use abey_engine::image::{Effect, Facet, List, Pick, Scope, Slot};

use super::ground::{Ground, names_some};
use crate::prove::circuit::{Bit, NO};

pub fn find(ground: &mut Ground<'_>) {
    let (some, authorised) = (ground.some(Slot::Recipient), ground.authorised());
    let spared = spared(ground);
    let disposes = ground.lies_in(Slot::Action, "dispose").unwrap_or(NO);
    let returns = ground.lies_in(Slot::Action, "return").unwrap_or(NO);
    let gone = ground.world.circuit.and(disposes, !returns);
    let mut first = None;
    let mut count = 0;
    for own in ground.rules() {
        let limited = own.rule.parts.iter().any(|part| match &part.scope {
            Scope::Slot((Slot::Recipient, list)) => names_some(list),
            _ => false,
        });
        if limited || !matches!(own.rule.effect, Effect::Allow(_)) || ground.is_silent(own.rule.clause as usize) {
            continue;
        }
        let scope = ground.sure(own.index);
        if let Some(example) = ground.allowed(&[scope, some, !authorised, !spared, !gone]) {
            count += 1;
            first.get_or_insert((own, example));
        }
    }
    // Most often one prohibition is missing, however many instructions lead there.
    if let Some((own, example)) = first {
        let others = super::ground::others(count - 1);
        let (name, lets) = if count == 1 { ("names", "lets") } else { ("name", "let") };
        let message =
            format!("this instruction{others} {name} no recipient, and {lets} data go to one that isn't authorised");
        ground.note(own, message, "write `to` and who, or prohibit `to any except authorised`", Some(example));
    }
}

/// When the recipient is one that a prohibition spares by name.
fn spared(ground: &mut Ground<'_>) -> Bit {
    let image = ground.image;
    let forbids = image.rules.iter().filter(|rule| rule.effect == Effect::Forbid);
    let picks = forbids.flat_map(|rule| &rule.parts).filter_map(|part| match &part.scope {
        Scope::Slot((Slot::Recipient, List::AnyExcept(picks))) => Some(picks),
        _ => None,
    });
    let terms = picks.flatten().filter_map(|pick| match pick {
        Pick::Term(term) => Some(*term),
        Pick::None | Pick::Authorised => None,
    });
    let words: Vec<&str> = terms.map(|term| image.word(Facet::Recipient, term)).collect();
    let bits: Vec<Bit> = words.into_iter().filter_map(|word| ground.lies_in(Slot::Recipient, word)).collect();
    ground.world.circuit.any(bits)
}
