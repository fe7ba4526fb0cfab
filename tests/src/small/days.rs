//! The days, moments and lengths that operations of a small policy speak of: those that it writes, and those beside them.

use abey::calendar::{Date, Duration, Instant};
use abey::image::{Base, Image};
use abey::{Collected, FactValue, Operation, Retention};

use super::enumerated::{Part, change, item};
use abey::operations::Thresholds;

/// A day, by itself or by others of the operation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Day {
    On(Date),
    /// So long after (1) or before (-1) the time, and so many days.
    FromTime(Duration, i64, i64),
    /// The same from the day of collection.
    FromCollected(Duration, i64, i64),
}

/// What a fact says.
pub(super) enum Says {
    Value(FactValue),
    Day(Day),
    At(Day, i64),
}

impl Says {
    pub(super) fn value(&self, one: &Operation, offset: i16) -> FactValue {
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
    pub(super) fn of(self, one: &Operation, offset: i16) -> Date {
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
pub(super) struct Days {
    days: Vec<Date>,
    pub(super) lengths: Vec<Duration>,
    offset: i16,
}

impl Days {
    pub(super) fn of(image: &Image) -> Self {
        let found = Thresholds::of(image);
        let (mut days, mut lengths) = (found.days().to_vec(), found.lengths().to_vec());
        days.sort();
        days.dedup();
        lengths.sort_by_key(|length| (length.months, length.days, length.seconds));
        lengths.dedup();
        Days { days, lengths, offset: image.offset }
    }

    pub(super) fn times(&self) -> Part {
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

    pub(super) fn collected(&self) -> Part {
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

    pub(super) fn told(&self, lasting: bool, instants: bool) -> Vec<Says> {
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

    pub(super) fn retentions(&self, image: &Image) -> Part {
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
