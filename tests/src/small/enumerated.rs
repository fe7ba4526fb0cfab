//! The fully described operations of a small policy: every leaf, every subset, and a value in each region between the
//! days, lengths and numbers that it writes.

use abey::calendar::{Date, Duration, Instant};
use abey::image::{About, Base, Facet, Image, Literal, Type, Value};
use abey::{Collected, FactValue, Item, Operation, Retention, Subject, Told};

use super::{Feature as F, Small};
use crate::aimed::Thresholds;

/// What one part of an operation may say: each a change of it.
type Part = Vec<Box<dyn Fn(&mut Operation)>>;

/// A day, by itself or by others of the operation.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Day {
    On(Date),
    /// So long after (1) or before (-1) the time, and so many days.
    FromTime(Duration, i64, i64),
    /// The same from the day of collection.
    FromCollected(Duration, i64, i64),
}

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

fn change(with: impl Fn(&mut Operation) + 'static) -> Box<dyn Fn(&mut Operation)> {
    Box::new(with)
}

/// The data item. There is always one.
fn item(one: &mut Operation) -> &mut Item {
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

/// What a fact says.
enum Says {
    Value(FactValue),
    Day(Day),
    At(Day, i64),
}

impl Says {
    fn value(&self, one: &Operation, offset: i16) -> FactValue {
        match self {
            Says::Value(value) => value.clone(),
            Says::Day(day) => FactValue::Text(day.of(one, offset).to_string()),
            Says::At(day, seconds) => {
                let start = day.of(one, offset).start(offset);
                FactValue::Text(Instant(start.0 + seconds * 1_000_000).to_string())
            }
        }
    }
}

impl Day {
    fn of(self, one: &Operation, offset: i16) -> Date {
        let time = one.time.map_or(Date(0), |time| time.day(offset));
        let collected = match one.data.first().map(|item| item.collected) {
            Some(Collected::On(day)) => day,
            _ => time,
        };
        let (from, length, sign, days) = match self {
            Day::On(day) => return day,
            Day::FromTime(length, sign, days) => (time, length, sign, days),
            Day::FromCollected(length, sign, days) => (collected, length, sign, days),
        };
        let seconds = i64::from(length.seconds.div_ceil(86_400));
        from.plus_months(sign * i64::from(length.months)).plus_days(sign * (i64::from(length.days) + seconds) + days)
    }
}

/// The days and lengths that a policy writes.
struct Days {
    days: Vec<Date>,
    lengths: Vec<Duration>,
    offset: i16,
}

impl Days {
    fn of(image: &Image) -> Self {
        let found = Thresholds::of(image);
        let (mut days, mut lengths) = (found.days().to_vec(), found.lengths().to_vec());
        days.sort();
        days.dedup();
        lengths.sort_by_key(|length| (length.months, length.days, length.seconds));
        lengths.dedup();
        Days { days, lengths, offset: image.offset }
    }

    fn times(&self) -> Part {
        let mut days: Vec<Date> = Vec::new();
        for day in &self.days {
            days.extend((-1..=1).map(|by| day.plus_days(by)));
            for length in &self.lengths {
                let seconds = i64::from(length.seconds.div_ceil(86_400));
                for sign in [-1, 1] {
                    let moved = day.plus_months(sign * i64::from(length.months));
                    let moved = moved.plus_days(sign * (i64::from(length.days) + seconds));
                    days.extend((-1..=1).map(|by| moved.plus_days(by)));
                }
            }
        }
        // A day after all that is written, at the end of a month.
        days.push(Date::new(2026, 8, 31).unwrap_or(Date(0)));
        days.sort();
        days.dedup();
        let offset = self.offset;
        let mut part: Part = Vec::new();
        for (index, day) in days.into_iter().enumerate() {
            let seconds = if index % 2 == 0 { 0 } else { 43_200 };
            part.push(change(move |one| one.time = Some(Instant(day.start(offset).0 + seconds * 1_000_000))));
        }
        part
    }

    /// Days beside the time, and beside those that are written.
    fn beside(&self, lasting: bool) -> Vec<Day> {
        let mut found: Vec<Day> = (-1..=1).map(|by| Day::FromTime(Duration::days(0), 1, by)).collect();
        found.extend(self.days.iter().flat_map(|day| (-1..=1).map(|by| Day::On(day.plus_days(by)))));
        for length in &self.lengths {
            for by in -1..=1 {
                found.push(Day::FromTime(*length, -1, by));
                found.push(Day::FromTime(*length, 1, by));
                if lasting {
                    found.push(Day::FromCollected(*length, -1, by));
                    found.push(Day::FromCollected(*length, 1, by));
                }
            }
        }
        found
    }

    fn collected(&self) -> Part {
        let offset = self.offset;
        let mut part: Part = vec![change(|one| item(one).collected = Collected::Now)];
        for day in self.beside(false) {
            part.push(change(move |one| {
                let day = day.of(one, offset);
                item(one).collected = Collected::On(day);
            }));
        }
        part
    }

    fn told(&self, lasting: bool, instants: bool) -> Vec<Says> {
        let mut found = vec![Says::Value(FactValue::Text("none".into()))];
        for day in self.beside(lasting) {
            if instants {
                found.push(Says::At(day, 0));
                found.push(Says::At(day, 43_200));
                found.push(Says::At(day, 86_399));
            } else {
                found.push(Says::Day(day));
            }
        }
        found
    }

    fn retentions(&self, image: &Image) -> Part {
        let mut part: Part = [Retention::None, Retention::Agreed, Retention::For(Duration::days(0))]
            .map(|retention| change(move |one| one.retention = retention))
            .into();
        for length in &self.lengths {
            let days = length.days + length.months * 30;
            for length in [*length, Duration::days(days + 1), Duration::days(days.saturating_sub(1))] {
                part.push(change(move |one| one.retention = Retention::For(length)));
            }
        }
        part.push(change(|one| one.retention = Retention::For(Duration { months: 0, days: 0, seconds: 129_600 })));
        // To the day of a fact, or so long after it.
        let facts = image.facts.iter().filter(|fact| fact.kind.base == Base::Date && !fact.kind.set);
        let names: Vec<String> = facts.map(|fact| fact.name.clone()).collect();
        for name in names {
            for length in self.lengths.iter().copied().chain([Duration::days(0)]) {
                for by in -1..=1 {
                    let (name, offset) = (name.clone(), self.offset);
                    part.push(change(move |one| {
                        let told = one.facts.iter().find(|(own, _)| *own == name).map(|(_, value)| value);
                        let Some(FactValue::Text(text)) = told else { return };
                        let Some(day) = Date::parse(text) else { return };
                        let end = day.plus_months(i64::from(length.months)).plus_days(i64::from(length.days) + by);
                        let from = Day::FromCollected(Duration::days(0), 1, 0).of(one, offset);
                        one.retention = Retention::For(Duration::days(u32::try_from(end.0 - from.0).unwrap_or(0)));
                    }));
                }
            }
        }
        part
    }
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
