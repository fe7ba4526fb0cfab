//! # unguarded_first_hop
//!
//! Finds that personal data may leave the EEA for a country without an adequacy decision, with no transfer tool in
//! place. Only policies that use `gdpr` have these words.
//!
//! **Why.** Chapter V of the GDPR (Art. 44 to 49) asks for a ground for each transfer, the first one from the
//! controller's own country among them: agreements often guard the sub-processors and forget the processor itself.
//!
//! ## Example
//!
//! ```abey
//! policy shop "Shop" version "1"; use dpv; use gdpr;
//! clause "1" { allow transfer of email_address; }
//! ```
//!
//! ## Instead
//!
//! ```abey
//! policy shop "Shop" version "1"; use dpv; use gdpr;
//! clause "1" { allow transfer of email_address; }
//! clause "2" {
//!   require one of (transfer_tool, derogation) for any of personal_data from EEA in any except EEA, adequate;
//! }
//! ```

use abey_engine::image::{Effect, Slot};

use super::ground::Ground;
use crate::prove::circuit::Bit;

pub fn find(ground: &mut Ground<'_>) {
    let (Some(from), Some(inside), Some(adequate), Some(personal)) = (
        ground.lies_in(Slot::Origin, "EEA"),
        ground.lies_in(Slot::Place, "EEA"),
        ground.lies_in(Slot::Place, "adequate"),
        ground.data_in("personal_data"),
    ) else {
        return;
    };
    let grounds = ["transfer_tool", "derogation"];
    let tools: Vec<Bit> = grounds.iter().filter_map(|word| ground.measure(word)).collect();
    let none: Vec<Bit> = tools.into_iter().map(|bit| !bit).collect();
    let leaves = ground.crosses_border();
    let elsewhere = ground.some(Slot::Place);
    // A disposal is no transfer.
    let Some(disposal) = ground.lies_in(Slot::Action, "dispose") else { return };
    let mut first = None;
    let mut count = 0;
    for own in ground.rules() {
        if !matches!(own.rule.effect, Effect::Allow(_)) || ground.is_silent(own.rule.clause as usize) {
            continue;
        }
        let scope = ground.sure(own.index);
        let goal: Vec<Bit> = none
            .iter()
            .copied()
            .chain([scope, !disposal, from, personal, leaves, elsewhere, !inside, !adequate])
            .collect();
        if let Some(example) = ground.allowed(&goal) {
            count += 1;
            first.get_or_insert((own, example));
        }
    }
    // It is the policy that has the gap, however many instructions lead through it.
    if let Some((own, example)) = first {
        let others = super::ground::others(count - 1);
        let message =
            format!("personal data may leave the EEA with no transfer tool in place, by this instruction{others}");
        let help =
            "require one of (transfer_tool, derogation), or a narrower tool, from EEA in any except EEA, adequate";
        ground.note(own, message, help, Some(example));
    }
}
