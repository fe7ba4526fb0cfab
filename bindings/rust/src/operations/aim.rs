//! What there is in a policy to aim operations at.

use std::collections::BTreeSet;
use std::ops::Deref;

use crate::image::{DataList, Effect, Facet, Image, List, Literal, Means, Pick, Scope, Value};

use super::{Choices, Thresholds};

/// A policy to aim at: its tables, and the terms that its rules and recipients name.
#[derive(Clone, Debug)]
pub struct Aim {
    image: Image,
    named: Vec<Vec<u32>>,
    /// Days, lengths, numbers and texts that the policy writes.
    pub thresholds: Thresholds,
}

impl Deref for Aim {
    type Target = Image;

    fn deref(&self) -> &Image {
        &self.image
    }
}

impl Aim {
    /// What there is to aim at in a policy.
    #[must_use]
    pub fn at(image: Image) -> Self {
        let mut named: Vec<Vec<u32>> = Facet::ALL.iter().map(|_| Vec::new()).collect();
        let mut add = |facet: Facet, term: u32| {
            if let Some(terms) = named.get_mut(facet as usize).filter(|terms| !terms.contains(&term)) {
                terms.push(term);
            }
        };
        for part in image.rules.iter().flat_map(|rule| &rule.parts) {
            match &part.scope {
                Scope::Slot((slot, List::These(picks) | List::AnyExcept(picks))) => {
                    for pick in picks {
                        if let Pick::Term(term) = pick {
                            add(slot.facet(), *term);
                        }
                    }
                }
                Scope::Data(DataList::These(picks) | DataList::AnyExcept(picks)) => {
                    for pick in picks {
                        pick.category.iter().for_each(|term| add(Facet::Data, *term));
                        pick.forms.iter().for_each(|term| add(Facet::Form, *term));
                    }
                }
                Scope::Measures(measures) => measures.iter().for_each(|term| add(Facet::Measure, *term)),
                _ => {}
            }
        }
        for rule in &image.rules {
            if let Effect::Require(demands) = &rule.effect {
                for means in demands.iter().flat_map(|demand| &demand.any) {
                    match means {
                        Means::Measure(term) => add(Facet::Measure, *term),
                        Means::Form(term) => add(Facet::Form, *term),
                        Means::Basis(term) => add(Facet::Basis, *term),
                        Means::Condition(_) => {}
                    }
                }
            }
        }
        for value in &image.values {
            if let Value::Literal(Literal::Term((facet, term))) = value {
                add(*facet, *term);
            }
        }
        for (index, recipient) in image.recipients.iter().enumerate() {
            add(Facet::Recipient, index as u32);
            recipient.places.iter().for_each(|term| add(Facet::Place, *term));
        }
        let thresholds = Thresholds::of(&image);
        Aim { image, named, thresholds }
    }

    /// The terms of a facet that rules, values and declarations of recipients name.
    #[must_use]
    pub fn named(&self, facet: Facet) -> &[u32] {
        self.named.get(facet as usize).map_or(&[], Vec::as_slice)
    }

    /// The term of a word; none where no such word is declared.
    #[must_use]
    pub fn term(&self, facet: Facet, word: &str) -> Option<u32> {
        self.facet(facet).iter().position(|term| term.name == word).map(|index| index as u32)
    }

    /// Some term of a facet; none where it has none.
    pub(super) fn any(&self, facet: Facet) -> Option<u32> {
        (!self.facet(facet).is_empty()).then_some(0)
    }

    /// The terms directly below a term, along edges of whatever kind.
    pub(super) fn directly_below(&self, facet: Facet, above: u32) -> Vec<u32> {
        let terms = self.facet(facet).iter().enumerate();
        let below = terms.filter(|(_, term)| term.parents.iter().any(|edge| edge.parent == above));
        below.map(|(index, _)| index as u32).collect()
    }

    /// Whether a term lies at or below another, along edges of whatever kind.
    pub(super) fn may_be(&self, facet: Facet, term: u32, above: u32) -> bool {
        let (mut waiting, mut seen) = (vec![term], BTreeSet::from([term]));
        while let Some(at) = waiting.pop() {
            let parents = self.facet(facet).get(at as usize).into_iter().flat_map(|term| &term.parents);
            waiting.extend(parents.map(|edge| edge.parent).filter(|parent| seen.insert(*parent)));
        }
        seen.contains(&above)
    }
}

/// A word of a facet, more often than not one that the policy's rules name.
pub fn word(image: &Aim, facet: Facet, choices: &mut Choices) -> String {
    let terms = image.facet(facet);
    let named = image.named(facet);
    if !named.is_empty() && choices.below(3) > 0 {
        let term = choices.of_list(named).copied().unwrap_or(0);
        return image.word(facet, term).to_string();
    }
    terms.get(choices.below(terms.len())).map(|term| term.name.clone()).unwrap_or_default()
}
