//! # unsatisfiable_clause
//!
//! Finds a clause whose safeguards and bounds no operation within them can meet.
//!
//! **Why.** What can never be met prohibits, and a prohibition should say so: `forbid` gives the reader the truth and
//! the operation the right reason. Often two demands contradict each other.
//!
//! ## Example
//!
//! ```abey
//! policy shop "Shop" version "1"; use dpv;
//! clause "1" { allow store of email_address; }
//! clause "2" {
//!   require basis consent for any of email_address;
//!   require basis contract for any of email_address;
//! }
//! ```
//!
//! ## Instead
//!
//! ```abey
//! policy shop "Shop" version "1"; use dpv;
//! clause "1" { allow store of email_address; }
//! clause "2" { require one of (basis consent, basis contract) for any of email_address; }
//! ```

use abey_engine::image::Effect;

use super::ground::Ground;
use crate::prove::circuit::Bit;

pub fn find(ground: &mut Ground<'_>) {
    let rules = ground.rules();
    for (number, clause) in ground.clauses() {
        let asked: Vec<usize> = rules
            .iter()
            .filter(|own| own.rule.clause as usize == number)
            .filter(|own| match &own.rule.effect {
                Effect::Require(_) => true,
                Effect::Keep(keep) => !keep.never,
                _ => false,
            })
            .map(|own| own.index)
            .collect();
        if asked.is_empty() {
            continue;
        }
        let within: Vec<Bit> = asked.iter().map(|index| ground.may(*index)).collect();
        let within = ground.world.circuit.any(within);
        let goal: Vec<Bit> = asked.iter().map(|index| !ground.pauses(*index)).chain([within]).collect();
        if ground.never(&goal) && !ground.never(&[within]) {
            let message = format!("no operation within clause \"{}\" meets what it asks for", clause.label);
            let help = "prohibit it, or take away the demand that contradicts another";
            ground.note_at(clause.span, Some(number), message, help, None);
        }
    }
}
