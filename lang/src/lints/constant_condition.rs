//! # constant_condition
//!
//! Finds a condition behind `when` or `unless` that holds for every operation that the policy governs, or for none.
//!
//! **Why.** A condition that is always so says nothing; one that is never so switches its rule off. Both are rarely
//! meant: a day that was written twice, or a bound that another one implies.
//!
//! ## Example
//!
//! ```abey
//! policy shop "Shop" version "1" in force from 2026-01-01; use dpv;
//! clause "1" { allow store of email_address when time on or after 2025-06-01; }
//! ```
//!
//! ## Instead
//!
//! ```abey
//! policy shop "Shop" version "1" in force from 2026-01-01; use dpv;
//! clause "1" { allow store of email_address when time on or after 2026-06-01; }
//! ```

use abey_engine::image::Scope;

use super::ground::{Ground, text_of};
use crate::reads::Reads;

pub fn find(ground: &mut Ground<'_>) {
    let mut clauses: Vec<(u32, String)> = Vec::new();
    for own in ground.rules() {
        for part in &own.rule.parts {
            let (Scope::When(condition) | Scope::Unless(condition)) = &part.scope else { continue };
            let text = text_of(ground.image, *condition);
            // What the clause says for all its rules is told once.
            if clauses.contains(&(own.rule.clause, text.clone())) {
                continue;
            }
            // A host may bind a setting otherwise.
            if Reads::of_condition(ground.image, *condition).may_be_bound(ground.image) {
                continue;
            }
            let (sure, may) = ground.condition(*condition);
            let governs = ground.encoded.governs;
            let message = if ground.never(&[sure, governs]) {
                format!("`{text}` is never so")
            } else if ground.never(&[!may, governs]) && ground.never(&[!sure, governs]) {
                format!("`{text}` is always so")
            } else {
                continue;
            };
            clauses.push((own.rule.clause, text));
            ground.note(own, message, "take it away, or compare with what can differ", None);
        }
    }
}
