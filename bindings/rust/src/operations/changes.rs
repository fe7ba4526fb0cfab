//! Changes of an operation, one part at a time.

use crate::calendar::Instant;
use crate::image::{About, Facet};
use crate::{Collected, Facts, Item, Leg, Operation, Retention, Subject, Told};

use super::thresholds::{date, duration};
use super::{Aim, Choices, fact_value, word};

fn words(image: &Aim, facet: Facet, choices: &mut Choices) -> Vec<String> {
    let most = if image.facet(facet).is_empty() { 1 } else { 4 };
    (0..choices.below(most)).map(|_| word(image, facet, choices)).collect()
}

fn told(image: &Aim, facet: Facet, choices: &mut Choices) -> Told<String> {
    match choices.below(4) {
        0 => Told::Unknown,
        1 => Told::None,
        _ if image.facet(facet).is_empty() => Told::None,
        _ => Told::Is(word(image, facet, choices)),
    }
}

fn told_many(image: &Aim, facet: Facet, choices: &mut Choices) -> Told<Vec<String>> {
    match choices.below(4) {
        0 => Told::Unknown,
        1 => Told::None,
        _ if image.facet(facet).is_empty() => Told::None,
        _ => Told::Is((0..1 + choices.below(2)).map(|_| word(image, facet, choices)).collect()),
    }
}

fn fact(facts: &mut Facts, image: &Aim, about: About, choices: &mut Choices) {
    let declared: Vec<_> = image.facts.iter().filter(|fact| fact.about == about).collect();
    let Some(fact) = declared.get(choices.below(declared.len())) else { return };
    facts.retain(|(name, _)| *name != fact.name);
    if !choices.once_in(3) {
        facts.push((fact.name.clone(), fact_value(image, &fact.kind, choices)));
    }
}

/// Changes one part at random; the operation stays well-formed in its own lists.
pub fn change(operation: &mut Operation, image: &Aim, choices: &mut Choices) {
    let items = operation.data.len();
    match choices.below(20) {
        0 => operation.action = word(image, Facet::Action, choices),
        1 => {
            let which = choices.below(items);
            if let Some(item) = operation.data.get_mut(which) {
                item.category = word(image, Facet::Data, choices);
                item.contains = None;
            }
        }
        2 => {
            let which = choices.below(items);
            let form = if choices.once_in(3) { None } else { Some(words(image, Facet::Form, choices)) };
            if let Some(item) = operation.data.get_mut(which) {
                item.form = form;
            }
        }
        3 => {
            let mut item = Item::new(&word(image, Facet::Data, choices));
            item.collected = if choices.once_in(2) { Collected::Now } else { Collected::Unknown };
            operation.data.push(item);
        }
        4 => {
            let which = choices.below(items);
            let collected = [Collected::Unknown, Collected::Now, Collected::On(date(choices))];
            let told = collected.get(choices.below(3)).copied().unwrap_or_default();
            if let Some(item) = operation.data.get_mut(which) {
                item.collected = told;
            }
        }
        5 => {
            let which = choices.below(items);
            if let Some(item) = operation.data.get_mut(which) {
                fact(&mut item.facts, image, About::Item, choices);
            }
        }
        6 => {
            operation.subjects = match choices.below(3) {
                0 => Told::Unknown,
                1 => Told::None,
                _ if image.facet(Facet::Subject).is_empty() => Told::None,
                _ => Told::Is(
                    (0..1 + choices.below(2))
                        .map(|_| Subject { term: word(image, Facet::Subject, choices), facts: Vec::new() })
                        .collect(),
                ),
            };
        }
        7 => operation.actor = told(image, Facet::Actor, choices),
        8 => operation.purposes = told_many(image, Facet::Purpose, choices),
        9 => {
            operation.legs.clear();
            operation.recipient = told(image, Facet::Recipient, choices);
        }
        10 => {
            operation.legs.clear();
            operation.place = told(image, Facet::Place, choices);
        }
        11 => {
            operation.recipient = Told::Unknown;
            operation.place = Told::Unknown;
            let leg = Leg {
                recipient: told(image, Facet::Recipient, choices),
                place: told(image, Facet::Place, choices),
                measures: if choices.once_in(2) { None } else { Some(words(image, Facet::Measure, choices)) },
            };
            operation.legs.push(leg);
        }
        12 => operation.origins = told_many(image, Facet::Place, choices),
        13 => operation.basis = told(image, Facet::Basis, choices),
        14 => operation.role = if choices.once_in(3) { None } else { Some(word(image, Facet::Role, choices)) },
        15 => operation.measures = if choices.once_in(3) { None } else { Some(words(image, Facet::Measure, choices)) },
        16 => {
            let retention = [Retention::Unknown, Retention::None, Retention::Agreed, Retention::For(duration(choices))];
            operation.retention = retention.get(choices.below(4)).copied().unwrap_or_default();
        }
        17 => {
            operation.time = if choices.once_in(4) {
                None
            } else {
                Some(Instant(date(choices).start(0).0 + choices.below(86_400) as i64 * 1_000_000))
            }
        }
        18 => fact(&mut operation.facts, image, About::Operation, choices),
        _ => drop_one(operation, choices),
    }
}

/// Leaves one part unsaid.
pub fn drop_one(operation: &mut Operation, choices: &mut Choices) {
    match choices.below(12) {
        0 => operation.subjects = Told::Unknown,
        1 => operation.actor = Told::Unknown,
        2 => operation.purposes = Told::Unknown,
        3 => operation.origins = Told::Unknown,
        4 => operation.basis = Told::Unknown,
        5 => operation.role = None,
        6 => operation.measures = None,
        7 => operation.retention = Retention::Unknown,
        8 => operation.place = Told::Unknown,
        9 => operation.recipient = Told::Unknown,
        10 => {
            let which = choices.below(operation.facts.len());
            if which < operation.facts.len() {
                operation.facts.remove(which);
            }
        }
        _ => {
            let which = choices.below(operation.data.len());
            if let Some(item) = operation.data.get_mut(which) {
                item.form = None;
                item.collected = Collected::Unknown;
            }
        }
    }
}

/// Puts a word that nobody declared somewhere.
pub fn misspell(operation: &mut Operation, choices: &mut Choices) {
    let word = || "landd1".to_string();
    match choices.below(7) {
        0 => operation.action = word(),
        1 => operation.data.iter_mut().for_each(|item| item.category = word()),
        2 => operation.data.iter_mut().for_each(|item| item.form = Some(vec![word()])),
        3 => operation.purposes = Told::Is(vec![word()]),
        4 => operation.origins = Told::Is(vec![word()]),
        5 => operation.measures = Some(vec![word()]),
        _ => operation.actor = Told::Is(word()),
    }
}
