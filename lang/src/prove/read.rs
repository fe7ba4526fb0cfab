//! An assignment, read as the operation that it stands for.

use abey_engine::calendar::{Date, Duration, Instant};
use abey_engine::image::{About, Slot};
use abey_engine::operation::{Collected, Facts, Item, Operation, Retention, Subject, Told};
use abey_engine::value::{FactValue, Number};

use super::circuit::{Bit, NO};
use super::order::{Id, Kind};
use super::space::{Said, Told as FactTold, World};

/// Microseconds of a day, and of a second.
const DAY: i64 = 86_400_000_000;
const SECOND: i64 = 1_000_000;

/// Reads the assignment that the circuit holds, with these values of days, moments and numbers.
pub struct Reading<'w> {
    world: &'w World,
    values: &'w [i64],
}

impl<'w> Reading<'w> {
    /// A reading.
    pub fn new(world: &'w World, values: &'w [i64]) -> Self {
        Reading { world, values }
    }

    fn holds(&self, bit: Bit) -> bool {
        self.world.circuit.value(bit)
    }

    fn value(&self, id: Id) -> i64 {
        self.values.get(self.world.orders.number_of(id)).copied().unwrap_or(0)
    }

    fn date(&self, id: Id) -> Date {
        Date(self.value(id).div_euclid(DAY) as i32)
    }

    fn instant(&self, id: Id) -> Instant {
        Instant(self.value(id) - i64::from(self.world.orders.offset) * 60 * SECOND)
    }

    fn said(&self, choices: &[(Said, Bit)]) -> Told<String> {
        match choices.iter().find(|(_, bit)| self.holds(*bit)) {
            Some((Said::Word(word), _)) => Told::Is(word.clone()),
            Some((Said::None, _)) => Told::None,
            _ => Told::Unknown,
        }
    }

    fn slot(&self, slot: Slot) -> Told<String> {
        self.said(self.world.slot(slot))
    }

    fn set(&self, words: &[(String, Bit)], untold: Bit) -> Option<Vec<String>> {
        if untold != NO && self.holds(untold) {
            return None;
        }
        Some(words.iter().filter(|(_, bit)| self.holds(*bit)).map(|(word, _)| word.clone()).collect())
    }

    /// The operation. None where a value lies beyond what can be written.
    pub fn operation(&self) -> Option<Operation> {
        let world = self.world;
        let collected = self.date(world.collected);
        let item = Item {
            category: match self.said(&world.data) {
                Told::Is(word) => word,
                _ => return None,
            },
            form: self.set(&world.forms, world.untold.forms),
            contains: self.set(&world.contents, world.untold.contents),
            collected: if self.untold(world.untold.collected) { Collected::Unknown } else { Collected::On(collected) },
            facts: self.facts(About::Item),
        };
        let one = |told: Told<String>| match told {
            Told::Is(word) => Told::Is(vec![word]),
            Told::None => Told::None,
            Told::Unknown => Told::Unknown,
        };
        let holding = world.holding;
        let retention = if self.holds(holding.days) {
            let days = self.date(holding.last).0 - collected.0;
            Retention::For(Duration::days(u32::try_from(days).ok()?))
        } else if self.holds(holding.seconds) {
            let length = self.value(holding.end) - i64::from(collected.0) * DAY;
            // Part of a second is a second begun.
            let seconds = length.div_euclid(SECOND) + i64::from(length.rem_euclid(SECOND) > 0);
            Retention::For(Duration { months: 0, days: 0, seconds: u32::try_from(seconds).ok()? })
        } else if self.holds(holding.agreed) {
            Retention::Agreed
        } else if self.holds(holding.none) {
            Retention::None
        } else {
            Retention::Unknown
        };
        Some(Operation {
            action: self.slot(Slot::Action).value()?.clone(),
            data: vec![item],
            subjects: match self.slot(Slot::Subject) {
                Told::Is(term) => Told::Is(vec![Subject { term, facts: self.facts(About::Subject) }]),
                Told::None => Told::None,
                Told::Unknown => Told::Unknown,
            },
            actor: self.slot(Slot::Actor),
            purposes: one(self.slot(Slot::Purpose)),
            recipient: self.slot(Slot::Recipient),
            place: self.slot(Slot::Place),
            legs: Vec::new(),
            origins: one(self.slot(Slot::Origin)),
            role: self.slot(Slot::Role).value().cloned(),
            basis: self.slot(Slot::Basis),
            measures: self.set(&world.measures, world.untold.measures),
            retention,
            time: if self.untold(world.untold.time) { None } else { Some(self.instant(world.time)) },
            facts: self.facts(About::Operation),
        })
    }

    fn untold(&self, bit: Bit) -> bool {
        bit != NO && self.holds(bit)
    }

    fn facts(&self, about: About) -> Facts {
        let mut found = Facts::new();
        for fact in self.world.facts.iter().filter(|fact| fact.about == about && !self.untold(fact.unknown)) {
            let text = |text: String| FactValue::Text(text);
            let value = match &fact.told {
                FactTold::Choice(values) => {
                    values.iter().find(|(_, bit)| self.holds(*bit)).map(|(value, _)| value.clone())
                }
                FactTold::Quantity { present, id, kind } => Some(match kind {
                    _ if !self.holds(*present) => text("none".into()),
                    Kind::Date => text(self.date(*id).to_string()),
                    Kind::Instant => text(self.instant(*id).to_string()),
                    Kind::Number => FactValue::Number(Number(self.value(*id))),
                }),
                FactTold::Length { of, none, .. } => {
                    let length = of.iter().find(|(_, bit)| self.holds(*bit)).map(|(length, _)| text(length.iso()));
                    length.or_else(|| self.holds(*none).then(|| text("none".into())))
                }
                FactTold::Set(members) => {
                    let held = members.iter().filter(|(_, bit)| self.holds(*bit)).map(|(value, _)| value.clone());
                    Some(FactValue::Set(held.collect()))
                }
            };
            found.extend(value.map(|value| (fact.name.clone(), value)));
        }
        found
    }
}
