//! Operations aimed at a policy: its own examples, with parts changed, dropped, doubled and made more general.

use abey::calendar::{Date, Duration, Instant};
use std::ops::Deref;

use abey::image::{About, Base, DataList, Effect, Facet, Image, List, Literal, Means, Pick, Scope, Type, Value};
use abey::{Collected, FactValue, Item, Leg, Operation, Retention, Subject, Told};
use proptest::prelude::*;

use crate::aimed::Thresholds;

/// A source of choices: each takes the next number, and zeros when they run out.
#[derive(Clone, Debug)]
pub struct Choices {
    numbers: Vec<u32>,
    next: usize,
}

impl Choices {
    /// Choices from numbers.
    #[must_use]
    pub fn of(numbers: Vec<u32>) -> Self {
        Choices { numbers, next: 0 }
    }

    /// One of so many, from 0.
    pub fn below(&mut self, count: usize) -> usize {
        let number = self.numbers.get(self.next).copied().unwrap_or(0);
        self.next += 1;
        if count == 0 { 0 } else { number as usize % count }
    }

    /// True once in so many.
    pub fn once_in(&mut self, count: usize) -> bool {
        self.below(count) == count.saturating_sub(1)
    }
}

/// Operations for a policy. Shrinks to an example of the policy, unchanged.
pub fn operations(image: Aim, examples: Vec<Operation>) -> impl Strategy<Value = Operation> {
    (any::<prop::sample::Index>(), prop::collection::vec(any::<u32>(), 0..48)).prop_map(move |(index, numbers)| {
        let mut operation = index.get(&examples).clone();
        let mut choices = Choices::of(numbers);
        if choices.once_in(2) {
            let other = examples.get(choices.below(examples.len()));
            several(&mut operation, other.unwrap_or(&index.get(&examples).clone()), &mut choices);
        }
        for _ in 0..choices.below(4) {
            change(&mut operation, &image, &mut choices);
        }
        operation
    })
}

/// Takes data, purposes, origins and subjects of another operation in as well.
fn several(operation: &mut Operation, other: &Operation, choices: &mut Choices) {
    fn join<T: Clone>(own: &mut Told<Vec<T>>, other: &Told<Vec<T>>) {
        if let (Told::Is(own), Told::Is(other)) = (own, other) {
            own.extend(other.iter().cloned());
        }
    }
    if choices.below(2) == 0 {
        operation.data.extend(other.data.iter().cloned());
    }
    if choices.below(2) == 0 {
        join(&mut operation.purposes, &other.purposes);
        join(&mut operation.origins, &other.origins);
    }
    if choices.below(2) == 0 {
        join(&mut operation.subjects, &other.subjects);
    }
}

/// A policy to aim at: its tables, and the terms that its rules and recipients name.
#[derive(Clone, Debug)]
pub struct Aim {
    image: Image,
    named: Vec<Vec<u32>>,
    /// Days and lengths that the policy writes.
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
}

/// A word of a facet, more often than not one that the policy's rules name.
pub fn word(image: &Aim, facet: Facet, choices: &mut Choices) -> String {
    let terms = image.facet(facet);
    if let Some(named) = image.named.get(facet as usize).filter(|named| !named.is_empty() && choices.below(3) > 0) {
        let term = named.get(choices.below(named.len())).copied().unwrap_or(0);
        return image.word(facet, term).to_string();
    }
    terms.get(choices.below(terms.len())).map(|term| term.name.clone()).unwrap_or_default()
}

fn words(image: &Aim, facet: Facet, choices: &mut Choices) -> Vec<String> {
    (0..choices.below(4)).map(|_| word(image, facet, choices)).collect()
}

fn told(image: &Aim, facet: Facet, choices: &mut Choices) -> Told<String> {
    match choices.below(4) {
        0 => Told::Unknown,
        1 => Told::None,
        _ => Told::Is(word(image, facet, choices)),
    }
}

fn told_many(image: &Aim, facet: Facet, choices: &mut Choices) -> Told<Vec<String>> {
    match choices.below(4) {
        0 => Told::Unknown,
        1 => Told::None,
        _ => Told::Is((0..1 + choices.below(2)).map(|_| word(image, facet, choices)).collect()),
    }
}

/// A day near those that policies speak of, ends of months and leap days among them.
pub fn date(choices: &mut Choices) -> Date {
    let anchors = [
        "2024-02-29",
        "2025-12-31",
        "2026-01-14",
        "2026-01-15",
        "2026-11-19",
        "2026-11-20",
        "2026-12-20",
        "2027-02-28",
    ];
    let anchor = anchors.get(choices.below(anchors.len())).and_then(|text| Date::parse(text)).unwrap_or(Date(0));
    anchor.plus_days(choices.below(3) as i64 - 1)
}

/// A duration, days and months apart.
pub fn duration(choices: &mut Choices) -> Duration {
    let lengths = ["P0D", "P28D", "P30D", "P31D", "P1M", "P12M", "P365D", "P1Y", "P14M", "P24M", "PT48H"];
    lengths.get(choices.below(lengths.len())).and_then(|text| Duration::parse(text)).unwrap_or_default()
}

/// A value of a declared type.
pub fn fact_value(image: &Aim, kind: &Type, choices: &mut Choices) -> FactValue {
    if kind.set {
        let one = Type { set: false, base: kind.base.clone() };
        let members = (0..choices.below(3)).map(|_| single(image, &one.base, choices, false));
        return FactValue::Set(members.collect());
    }
    single(image, &kind.base, choices, true)
}

fn single(image: &Aim, base: &Base, choices: &mut Choices, none: bool) -> FactValue {
    let can_be_none =
        none && !matches!(base, Base::Text | Base::OneOf(_) | Base::Term(Facet::Action | Facet::Data | Facet::Role));
    if can_be_none && choices.once_in(5) {
        return FactValue::Text("none".into());
    }
    match base {
        Base::YesNo => FactValue::Bool(choices.below(2) == 0),
        Base::Number => FactValue::from(choices.below(5) as i32),
        Base::Duration => FactValue::Text(duration(choices).iso()),
        Base::Date => FactValue::Text(date(choices).to_string()),
        Base::Instant => FactValue::Text(date(choices).start(0).to_string()),
        Base::Text => FactValue::Text(["a", "b", ""].get(choices.below(3)).copied().unwrap_or("a").into()),
        Base::OneOf(words) => FactValue::Text(words.get(choices.below(words.len())).cloned().unwrap_or_default()),
        Base::Term(facet) => FactValue::Text(word(image, *facet, choices)),
    }
}

fn fact(facts: &mut abey::Facts, image: &Aim, about: About, choices: &mut Choices) {
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
