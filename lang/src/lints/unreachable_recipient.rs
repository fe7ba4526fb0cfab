//! # unreachable_recipient
//!
//! Finds a recipient that the policy declares and that no instruction lets anything go to.
//!
//! **Why.** A list of sub-processors that names somebody who may receive nothing tells the reader what isn't so;
//! or an instruction for them is missing.
//!
//! ## Example
//!
//! ```abey
//! policy shop "Shop" version "1"; use dpv; use places;
//! recipient mailer in DE authorised from 2026-01-01;
//! recipient printer in FR authorised from 2026-01-01;
//! clause "1" { allow share of email_address to mailer; }
//! ```
//!
//! ## Instead
//!
//! ```abey
//! policy shop "Shop" version "1"; use dpv; use places;
//! recipient mailer in DE authorised from 2026-01-01;
//! recipient printer in FR authorised from 2026-01-01;
//! clause "1" { allow share of email_address to mailer, printer; }
//! ```

use abey_engine::image::Slot;

use super::ground::Ground;

pub fn find(ground: &mut Ground<'_>) {
    for (name, span) in ground.recipients() {
        // A word that stands for several is no recipient itself.
        let Some(says) = ground.says(Slot::Recipient, name) else { continue };
        let covered = ground.encoded.covered;
        if ground.never(&[says, covered]) {
            let message = format!("no instruction lets anything go to `{name}`");
            ground.note_at(span, None, message, "instruct something to it, or take it away", None);
        }
    }
}
