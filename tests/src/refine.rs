#![allow(clippy::indexing_slicing, reason = "a test may fail loudly")]
//! What an operation that leaves something open could turn out to be: an unknown filled in, a word narrowed.

use abey::image::{About, Facet};
use abey::{Collected, Leg, Operation, Retention, Subject, Told};

use crate::operations::{Aim, Choices, date, duration, fact_value, word};

/// Fills in what is unknown and narrows words, here and there. Words are narrowed along unconditional edges.
#[must_use]
pub fn refine(operation: &Operation, image: &Aim, choices: &mut Choices) -> Operation {
    let mut refined = operation.clone();
    for _ in 0..1 + choices.below(5) {
        step(&mut refined, image, choices);
    }
    refined
}

/// A word that always lies at or below this one.
fn narrower(image: &Aim, facet: Facet, general: &str, choices: &mut Choices) -> String {
    let terms = image.facet(facet);
    let Some(mut at) = terms.iter().position(|term| term.name == general) else { return general.into() };
    for _ in 0..choices.below(3) {
        let below: Vec<usize> = terms
            .iter()
            .enumerate()
            .filter(|(_, term)| term.parents.iter().any(|edge| edge.parent as usize == at && edge.is_sure()))
            .map(|(index, _)| index)
            .collect();
        match below.get(choices.below(below.len())) {
            Some(next) => at = *next,
            None => break,
        }
    }
    terms.get(at).map(|term| term.name.clone()).unwrap_or_default()
}

fn told(told: &mut Told<String>, image: &Aim, facet: Facet, choices: &mut Choices) {
    match told {
        Told::Unknown if choices.once_in(4) => *told = Told::None,
        Told::Unknown => *told = Told::Is(word(image, facet, choices)),
        Told::None => {}
        Told::Is(own) => *own = narrower(image, facet, own, choices),
    }
}

fn many(told: &mut Told<Vec<String>>, image: &Aim, facet: Facet, choices: &mut Choices) {
    match told {
        Told::Unknown if choices.once_in(4) => *told = Told::None,
        Told::Unknown => *told = Told::Is((0..1 + choices.below(2)).map(|_| word(image, facet, choices)).collect()),
        Told::None => {}
        Told::Is(own) => own.iter_mut().for_each(|own| *own = narrower(image, facet, own, choices)),
    }
}

fn set(told: &mut Option<Vec<String>>, image: &Aim, facet: Facet, choices: &mut Choices) {
    match told {
        None => *told = Some((0..choices.below(4)).map(|_| word(image, facet, choices)).collect()),
        Some(own) => own.iter_mut().for_each(|own| *own = narrower(image, facet, own, choices)),
    }
}

fn facts(facts: &mut abey::Facts, image: &Aim, about: About, choices: &mut Choices) {
    for fact in image.facts.iter().filter(|fact| fact.about == about) {
        if !facts.iter().any(|(name, _)| *name == fact.name) && choices.once_in(2) {
            facts.push((fact.name.clone(), fact_value(image, &fact.kind, choices)));
        }
    }
}

/// Whether a word and a term may mean the same thing: something lies at or below both.
fn may_be(image: &Aim, facet: Facet, word: &str, term: u32) -> bool {
    let terms = image.facet(facet);
    let below = |root: usize| -> Vec<bool> {
        let mut found = vec![false; terms.len()];
        let mut waiting = vec![root];
        while let Some(at) = waiting.pop() {
            if found.get(at) == Some(&false) {
                found[at] = true;
                let children = terms
                    .iter()
                    .enumerate()
                    .filter(|(_, term)| term.parents.iter().any(|edge| edge.parent as usize == at));
                waiting.extend(children.map(|(index, _)| index));
            }
        }
        found
    };
    let Some(own) = terms.iter().position(|term| term.name == word) else { return true };
    below(own).iter().zip(below(term as usize)).any(|(a, b)| *a && b)
}

fn step(operation: &mut Operation, image: &Aim, choices: &mut Choices) {
    let which = choices.below(operation.data.len());
    match choices.below(16) {
        0 => operation.action = narrower(image, Facet::Action, &operation.action, choices),
        1 => match &mut operation.subjects {
            told @ Told::Unknown if choices.once_in(4) => *told = Told::None,
            told @ Told::Unknown => {
                *told = Told::Is(
                    (0..1 + choices.below(2))
                        .map(|_| Subject { term: word(image, Facet::Subject, choices), facts: Vec::new() })
                        .collect(),
                );
            }
            Told::None => {}
            Told::Is(subjects) => {
                for subject in subjects {
                    subject.term = narrower(image, Facet::Subject, &subject.term, choices);
                    facts(&mut subject.facts, image, About::Subject, choices);
                }
            }
        },
        2 => told(&mut operation.actor, image, Facet::Actor, choices),
        3 => many(&mut operation.purposes, image, Facet::Purpose, choices),
        4 if operation.legs.is_empty() => told(&mut operation.recipient, image, Facet::Recipient, choices),
        5 if operation.legs.is_empty() => told(&mut operation.place, image, Facet::Place, choices),
        4 | 5 => {
            for Leg { recipient, place, measures } in &mut operation.legs {
                told(recipient, image, Facet::Recipient, choices);
                told(place, image, Facet::Place, choices);
                set(measures, image, Facet::Measure, choices);
            }
        }
        6 => many(&mut operation.origins, image, Facet::Place, choices),
        7 => told(&mut operation.basis, image, Facet::Basis, choices),
        8 => operation.role = Some(operation.role.clone().unwrap_or_else(|| word(image, Facet::Role, choices))),
        9 => set(&mut operation.measures, image, Facet::Measure, choices),
        // Left out, a retention is unknown only where the operation may store; otherwise it is none.
        10 if operation.retention == Retention::Unknown
            && may_be(image, Facet::Action, &operation.action, image.core.store) =>
        {
            let values = [Retention::None, Retention::Agreed, Retention::For(duration(choices))];
            operation.retention = values.get(choices.below(3)).copied().unwrap_or_default();
        }
        11 if operation.time.is_none() => operation.time = Some(date(choices).start(0)),
        12 => facts(&mut operation.facts, image, About::Operation, choices),
        other => {
            if let Some(item) = operation.data.get_mut(which) {
                match other {
                    13 => item.category = narrower(image, Facet::Data, &item.category, choices),
                    14 => set(&mut item.form, image, Facet::Form, choices),
                    _ => {
                        facts(&mut item.facts, image, About::Item, choices);
                        // Left out, the contents are unknown only where the data may be unstructured; otherwise there are none.
                        if item.contains.is_some()
                            || may_be(image, Facet::Data, &item.category, image.core.unstructured)
                        {
                            set(&mut item.contains, image, Facet::Data, choices);
                        }
                        if item.collected == Collected::Unknown {
                            item.collected =
                                if choices.once_in(2) { Collected::Now } else { Collected::On(date(choices)) };
                        }
                    }
                }
            }
        }
    }
}
