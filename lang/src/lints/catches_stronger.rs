//! # catches_stronger
//!
//! Finds a prohibition `with` a measure that has stronger ones below it.
//!
//! **Why.** A term stands for all below it, and a stronger measure lies below the weaker one that it implies:
//! `forbid … with cipher_2020` prohibits the newer cipher as well. Meant is mostly "without anything stronger".
//!
//! ## Example
//!
//! ```abey
//! policy shop "Shop" version "1"; use dpv;
//! measure cipher_2020; measure cipher_2025 is cipher_2020;
//! clause "1" { allow share of email_address; }
//! clause "2" { forbid share of any with cipher_2020; }
//! ```
//!
//! ## Instead
//!
//! ```abey
//! policy shop "Shop" version "1"; use dpv;
//! measure cipher_2020; measure cipher_2025 is cipher_2020;
//! clause "1" { allow share of email_address; }
//! clause "2" { forbid share of any with cipher_2020 unless measures includes cipher_2025; }
//! ```

use abey_engine::image::{Effect, Facet, Scope};

use super::ground::Ground;
use crate::prove::circuit::Bit;

pub fn find(ground: &mut Ground<'_>) {
    for own in ground.rules() {
        if own.rule.effect != Effect::Forbid {
            continue;
        }
        for part in &own.rule.parts {
            let Scope::Measures(measures) = &part.scope else { continue };
            for measure in measures {
                let image = ground.image;
                let below = image.facet(Facet::Measure).iter();
                let stronger = below.filter(|term| term.parents.iter().any(|edge| edge.parent == *measure));
                let stronger: Vec<&str> = stronger.map(|term| term.name.as_str()).collect();
                let (scope, weak) = (ground.sure(own.index), image.word(Facet::Measure, *measure));
                // One that is in place, and is prohibited all the same.
                let caught = stronger.iter().find(|word| {
                    let bits: Option<Bit> = ground.measure(word);
                    bits.is_some_and(|bit| !ground.never(&[scope, bit]))
                });
                if let Some(word) = caught {
                    let message = format!("`with {weak}` also catches `{word}`, which is stronger");
                    let help = format!("add `unless measures includes {word}`");
                    ground.note(own, message, &help, None);
                }
            }
        }
    }
}
