//! The fully described operations of a small policy: every leaf, every subset, and a value in each region between the
//! days, lengths and numbers that it writes.

use abey::calendar::{Date, Duration};
use abey::image::{About, Base, Facet, Image, Literal, Type, Value};
use abey::{Collected, FactValue, Item, Operation, Retention, Subject, Told};

use super::days::{Days, Says};
use super::{Feature as F, Small};

/// What one part of an operation may say: each a change of it.
pub(super) type Part = Vec<Box<dyn Fn(&mut Operation)>>;

/// The operations of a small policy.
pub struct Enumerated {
    base: Operation,
    parts: Vec<Part>,
}

impl Enumerated {
    /// Those that the policy of an image could tell apart; `image` may be that of an agreement over it.
    #[must_use]
    pub fn of(small: &Small, image: &Image) -> Self {
        let has = |feature: F| small.alive.contains(&feature);
        let mut parts: Vec<Part> = Vec::new();
        let base = base();
        parts.push(small.actions.iter().cloned().map(|word| change(move |one| one.action.clone_from(&word))).collect());
        parts.push(
            leaves(image, Facet::Data)
                .into_iter()
                .map(|word| change(move |one| item(one).category.clone_from(&word)))
                .collect(),
        );
        if has(F::Contents) {
            let words = leaves(image, Facet::Data);
            let mut lists: Vec<Vec<String>> = vec![Vec::new()];
            lists.extend(words.iter().map(|word| vec![word.clone()]));
            lists.push(vec!["d0".into(), "d1".into()]);
            parts.push(
                lists.into_iter().map(|list| change(move |one| item(one).contains = Some(list.clone()))).collect(),
            );
        }
        if has(F::Forms) {
            parts.push(
                subsets(&leaves(image, Facet::Form))
                    .into_iter()
                    .map(|set| change(move |one| item(one).form = Some(set.clone())))
                    .collect(),
            );
        }
        if has(F::Measures) {
            parts.push(
                subsets(&words(image, Facet::Measure))
                    .into_iter()
                    .map(|set| change(move |one| one.measures = Some(set.clone())))
                    .collect(),
            );
        }
        if has(F::Roles) {
            parts.push(["processor", "controller"].map(|role| change(move |one| one.role = Some(role.into()))).into());
        }
        parts.extend(slots(image));
        // Of what the time is part of, the time comes first.
        let days = Days::of(image);
        parts.push(days.times());
        let lasting = has(F::Keep) || small.shown().contains("collected");
        if lasting {
            parts.push(days.collected());
        }
        for fact in image.facts.iter().filter(|fact| fact.about != About::Recipient) {
            let (name, about) = (fact.name.clone(), fact.about);
            let changes = match (&fact.kind.base, fact.kind.set) {
                (Base::Date, false) => days.told(lasting, false),
                (Base::Instant, false) => days.told(lasting, true),
                _ => values(image, &fact.kind, &days).into_iter().map(Says::Value).collect(),
            };
            parts.push(
                changes
                    .into_iter()
                    .map(|told| {
                        let name = name.clone();
                        let offset = image.offset;
                        change(move |one| {
                            let value = told.value(one, offset);
                            let facts = match about {
                                About::Item => &mut item(one).facts,
                                About::Subject => match &mut one.subjects {
                                    Told::Is(subjects) => match subjects.first_mut() {
                                        Some(subject) => &mut subject.facts,
                                        None => return,
                                    },
                                    _ => return,
                                },
                                _ => &mut one.facts,
                            };
                            facts.push((name.clone(), value));
                        })
                    })
                    .collect(),
            );
        }
        if has(F::Keep) {
            parts.push(days.retentions(image));
        }
        Enumerated { base, parts }
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.parts.iter().fold(1, |product: u64, part| product.saturating_mul(part.len().max(1) as u64))
    }

    /// All of them where there are no more than `most`; else as many, spread over them by the seed.
    pub fn each(&self, most: u64, seed: u64) -> impl Iterator<Item = Operation> {
        let count = self.count();
        let numbers = if count > most { crate::numbers(seed, 2 * most as usize) } else { Vec::new() };
        (0..count.min(most)).map(move |index| {
            let at = index as usize * 2;
            let wide = |at: usize| u64::from(numbers.get(at).copied().unwrap_or(0));
            self.operation(if count > most { (wide(at) << 32 | wide(at + 1)) % count } else { index })
        })
    }

    fn operation(&self, number: u64) -> Operation {
        let mut rest = number;
        let mut one = self.base.clone();
        for part in &self.parts {
            let count = part.len().max(1) as u64;
            if let Some(change) = part.get((rest % count) as usize) {
                change(&mut one);
            }
            rest /= count;
        }
        one
    }
}

pub(super) fn change(with: impl Fn(&mut Operation) + 'static) -> Box<dyn Fn(&mut Operation)> {
    Box::new(with)
}

/// The data item. There is always one.
pub(super) fn item(one: &mut Operation) -> &mut Item {
    if one.data.is_empty() {
        one.data.push(Item::default());
    }
    #[expect(clippy::indexing_slicing, reason = "there is one now")]
    &mut one.data[0]
}

/// An operation that says of every part that there is none.
fn base() -> Operation {
    let item = Item {
        form: Some(Vec::new()),
        contains: Some(Vec::new()),
        collected: Collected::On(Date::new(2026, 1, 10).unwrap_or(Date(0))),
        ..Item::default()
    };
    Operation {
        data: vec![item],
        subjects: Told::None,
        actor: Told::None,
        purposes: Told::None,
        recipient: Told::None,
        place: Told::None,
        origins: Told::None,
        role: Some("processor".into()),
        basis: Told::None,
        measures: Some(Vec::new()),
        retention: Retention::None,
        ..Operation::default()
    }
}

fn words(image: &Image, facet: Facet) -> Vec<String> {
    image.facet(facet).iter().map(|term| term.name.clone()).collect()
}

/// The words with none below them, by any edge.
fn leaves(image: &Image, facet: Facet) -> Vec<String> {
    let terms = image.facet(facet);
    let above = |index: usize| terms.iter().flat_map(|term| &term.parents).any(|edge| edge.parent as usize == index);
    terms.iter().enumerate().filter(|(index, _)| !above(*index)).map(|(_, term)| term.name.clone()).collect()
}

fn subsets(words: &[String]) -> Vec<Vec<String>> {
    let words = words.get(..4).unwrap_or(words);
    (0..1usize << words.len())
        .map(|set| {
            words.iter().enumerate().filter(|(bit, _)| set >> bit & 1 == 1).map(|(_, word)| word.clone()).collect()
        })
        .collect()
}

/// The slots that hold a leaf or none.
fn slots(image: &Image) -> Vec<Part> {
    type Set = fn(&mut Operation, Told<String>);
    let slots: [(Facet, Set); 7] = [
        (Facet::Subject, |one, told| {
            one.subjects = match told {
                Told::Is(term) => Told::Is(vec![Subject { term, facts: Vec::new() }]),
                _ => Told::None,
            }
        }),
        (Facet::Actor, |one, told| one.actor = told),
        (Facet::Purpose, |one, told| {
            one.purposes = match told {
                Told::Is(word) => Told::Is(vec![word]),
                _ => Told::None,
            }
        }),
        (Facet::Recipient, |one, told| one.recipient = told),
        (Facet::Place, |one, told| one.place = told),
        (Facet::Place, |one, told| {
            one.origins = match told {
                Told::Is(word) => Told::Is(vec![word]),
                _ => Told::None,
            }
        }),
        (Facet::Basis, |one, told| one.basis = told),
    ];
    let mut parts: Vec<Part> = Vec::new();
    for (facet, set) in slots {
        // Without places of its own a policy has two words for them, which no rule speaks of.
        if facet == Facet::Place && words(image, facet).len() < 3 {
            continue;
        }
        let mut said = vec![Told::None];
        said.extend(leaves(image, facet).into_iter().map(Told::Is));
        parts.push(said.into_iter().map(|told| change(move |one| set(one, told.clone()))).collect());
    }
    parts
}

/// The values of a fact that isn't a day or moment.
fn values(image: &Image, kind: &Type, days: &Days) -> Vec<FactValue> {
    let text = |text: &str| FactValue::Text(text.into());
    let none = || text("none");
    match (&kind.base, kind.set) {
        (Base::Term(facet), true) => {
            let sets = subsets(&leaves(image, *facet)).into_iter();
            sets.map(|set| FactValue::Set(set.iter().map(|word| text(word)).collect())).collect()
        }
        (_, true) => vec![FactValue::Set(Vec::new())],
        (Base::YesNo, _) => vec![none(), FactValue::Bool(false), FactValue::Bool(true)],
        (Base::OneOf(words), _) => words.iter().map(|word| text(word)).collect(),
        (Base::Term(facet), _) => {
            std::iter::once("none".to_string()).chain(leaves(image, *facet)).map(|word| text(&word)).collect()
        }
        (Base::Text, _) => ["a", "b", "another"].map(text).into(),
        (Base::Number, _) => {
            let mut found = vec![none()];
            let written = image.values.iter().filter_map(|value| match value {
                Value::Literal(Literal::Number(number)) => Some((number.0 / 1_000_000) as i32),
                _ => None,
            });
            let mut numbers: Vec<i32> = written.chain([1, 2]).flat_map(|one| [one - 1, one, one + 1]).collect();
            numbers.sort_unstable();
            numbers.dedup();
            found.extend(numbers.into_iter().map(FactValue::from));
            found
        }
        (Base::Duration, _) => {
            let mut found = vec![none(), text("P45D")];
            for length in &days.lengths {
                let about = length.days + length.months * 30;
                found.push(text(&length.iso()));
                found.push(text(&Duration::days(about + 1).iso()));
                found.push(text(&Duration::days(about.saturating_sub(1)).iso()));
            }
            found
        }
        (Base::Date | Base::Instant, _) => vec![none()],
    }
}
