//! # defeated_keep
//!
//! Finds a retention promise that another one makes pointless: whatever goes beyond its bound goes beyond the other's.
//!
//! **Why.** The reader of the longer promise believes that data may be held so long, and the shorter one, perhaps pages
//! away, says otherwise. One of them isn't meant.
//!
//! ## Example
//!
//! ```abey
//! policy shop "Shop" version "1"; use dpv;
//! clause "1" { allow store, delete of email_address; }
//! clause "2" { keep any of email_address at most 90 days then delete; }
//! clause "3" { keep any of personal_data at most 30 days then delete; }
//! ```
//!
//! ## Instead
//!
//! ```abey
//! policy shop "Shop" version "1"; use dpv;
//! clause "1" { allow store, delete of email_address; }
//! clause "2" { keep any of email_address at most 90 days then delete; }
//! clause "3" { keep any except delete of any except email_address at most 30 days then delete; }
//! ```

use abey_engine::image::Effect;

use super::ground::Ground;
use crate::prove::circuit::Bit;

pub fn find(ground: &mut Ground<'_>) {
    let bounds: Vec<usize> = ground
        .image
        .rules
        .iter()
        .enumerate()
        .filter(|(_, rule)| match &rule.effect {
            Effect::Keep(keep) => (keep.at_most.is_some() || keep.until.is_some()) && keep.at_least.is_none(),
            _ => false,
        })
        .map(|(index, _)| index)
        .collect();
    for own in ground.rules() {
        if !bounds.contains(&own.index) {
            continue;
        }
        let pauses = ground.pauses(own.index);
        let others: Vec<Bit> =
            bounds.iter().filter(|index| **index != own.index).map(|index| !ground.pauses(*index)).collect();
        let goal: Vec<Bit> = others.into_iter().chain([pauses]).collect();
        if !ground.never(&goal) || ground.never(&[pauses]) {
            continue;
        }
        // One that does so alone.
        for other in bounds.iter().filter(|index| **index != own.index) {
            let shorter = ground.pauses(*other);
            if !ground.never(&[pauses, !shorter]) {
                continue;
            }
            // Of two that say the same, the later one is told of.
            if *other > own.index && ground.never(&[shorter, !pauses]) {
                continue;
            }
            let clause = ground.image.rules.get(*other).and_then(|rule| ground.image.clauses.get(rule.clause as usize));
            let label = clause.map(|clause| clause.label.as_str()).unwrap_or_default();
            let message = format!("the bound of clause \"{label}\" ends before this one, wherever this one applies");
            ground.note(own, message, "take one of them away, or let the other spare this data", None);
            break;
        }
    }
}
