//! # never_decides
//!
//! Finds a rule that no operation can turn on: its scope covers none, what it asks for always holds, or, for an
//! instruction, other instructions cover all that it covers.
//!
//! **Why.** Such a rule reads like a promise and keeps none. Often a word is misspelt into a group that doesn't meet
//! the other words of the scope, or a later clause took over what an earlier one said. A prohibition of what no
//! instruction covers is no finding, since agreements say no twice.
//!
//! ## Example
//!
//! ```abey
//! policy shop "Shop" version "1"; use dpv;
//! purpose support, billing;
//! clause "1" { allow store of email_address for support; }
//! clause "2" { allow store of email_address for support, billing; }
//! ```
//!
//! ## Instead
//!
//! ```abey
//! policy shop "Shop" version "1"; use dpv;
//! purpose support, billing;
//! clause "1" { allow store of email_address for support; }
//! clause "2" { allow store of email_address for billing; }
//! ```

use abey_engine::image::Effect;

use super::ground::Ground;
use crate::prove::circuit::Bit;
use crate::reads::Reads;

pub fn find(ground: &mut Ground<'_>) {
    let allows: Vec<usize> = ground
        .image
        .rules
        .iter()
        .enumerate()
        .filter(|(_, rule)| matches!(rule.effect, Effect::Allow(_)))
        .map(|(index, _)| index)
        .collect();
    for own in ground.rules() {
        // A host may bind a setting otherwise.
        if Reads::of_rule(ground.image, own.rule).may_be_bound(ground.image) {
            continue;
        }
        let named = matches!(own.rule.effect, Effect::Allow(_) | Effect::Waive(_));
        let scope = if named { ground.sure(own.index) } else { ground.may(own.index) };
        if ground.never(&[scope]) {
            let help = "look for a word or condition that rules out the others, or take the rule away";
            ground.note(own, "no operation lies within this rule".into(), help, None);
            continue;
        }
        match &own.rule.effect {
            Effect::Allow(_) => {
                let others = allows.iter().filter(|index| **index != own.index).map(|index| !ground.sure(*index));
                let goal: Vec<Bit> = others.chain([scope]).collect();
                if ground.never(&goal) {
                    let help = "take it away, or narrow the others";
                    ground.note(own, "other instructions cover all that this one does".into(), help, None);
                }
            }
            Effect::Require(_) | Effect::Keep(_) => {
                let met = ground.met(own.index);
                if ground.never(&[scope, !met]) {
                    let help = "take it away, or ask for what isn't always so";
                    ground.note(own, "what this rule asks for always holds".into(), help, None);
                }
            }
            Effect::Waive(clauses) => {
                let lifted: Vec<Bit> = ground
                    .image
                    .rules
                    .iter()
                    .enumerate()
                    .filter(|(_, rule)| clauses.contains(&rule.clause))
                    .map(|(index, _)| index)
                    .collect::<Vec<_>>()
                    .into_iter()
                    .map(|index| {
                        let (may, met) = (ground.may(index), ground.met(index));
                        ground.world.circuit.and(may, !met)
                    })
                    .collect();
                let lifted = ground.world.circuit.any(lifted);
                if ground.never(&[scope, lifted]) {
                    let help = "take it away, or name the clause that stands in the way";
                    ground.note(own, "this exception lifts nothing".into(), help, None);
                }
            }
            Effect::Forbid | Effect::Owe(_) => {}
        }
    }
}
