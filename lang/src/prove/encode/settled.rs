//! Words for several things that stand for themselves: where nothing lies below them as the operation stands.
//!
//! `data scan is health_data when of_patient is yes` leaves `health_data` with nothing below it where `of_patient` is no.
//! An operation that says `health_data` there can't be narrowed, so what holds of leaves says nothing of it.

use abey_engine::image::{Base, Facet};
use abey_engine::value::FactValue;

use super::Encoder;
use crate::prove::circuit::Bit;
use crate::prove::space::{Reach, Said, Told, World};

impl Encoder<'_> {
    /// No operation says a general word below which something lies as it stands; asked of [`Reach::Settled`] alone, where
    /// such words are among the choices.
    pub(super) fn settled(&mut self, world: &mut World) {
        if world.reach != Reach::Settled {
            return;
        }
        for (facet, word, bit) in said(world) {
            let Some(term) = self.find(facet, &word).filter(|term| self.hierarchy(facet).general(*term)) else {
                continue;
            };
            let image = self.image;
            let below = image.facet(facet).iter().flat_map(|own| &own.parents).filter(|edge| edge.parent == term);
            for edge in below {
                let holds = self.edge(edge, world).may;
                world.circuit.clause(&[!bit, !holds]);
            }
        }
    }
}

/// Every choice of a word but those that may be general anyway: actions and measures.
fn said(world: &World) -> Vec<(Facet, String, Bit)> {
    let mut found = Vec::new();
    let slots = abey_engine::image::Slot::ALL.iter().zip(&world.slots).map(|(slot, own)| (slot.facet(), own));
    for (facet, choices) in slots.chain([(Facet::Data, &world.data)]) {
        let words = choices.iter().filter_map(|(said, bit)| match said {
            Said::Word(word) => Some((facet, word.clone(), *bit)),
            Said::Missing | Said::None => None,
        });
        found.extend(words);
    }
    for (facet, set) in [(Facet::Form, &world.forms), (Facet::Data, &world.contents)] {
        found.extend(set.iter().map(|(word, bit)| (facet, word.clone(), *bit)));
    }
    for fact in &world.facts {
        let (Base::Term(facet), Told::Choice(values) | Told::Set(values)) = (&fact.kind.base, &fact.told) else {
            continue;
        };
        let words = values.iter().filter_map(|(value, bit)| match value {
            FactValue::Text(word) => Some((*facet, word.clone(), *bit)),
            _ => None,
        });
        found.extend(words);
    }
    found.retain(|(facet, ..)| !matches!(facet, Facet::Action | Facet::Measure));
    found
}
