//! Days, lengths, numbers and texts that a policy writes, and what lies beside them.

use crate::calendar::{Date, Duration};
use crate::image::{Facet, Image, Literal, Value};
use abey_engine::value::Number;

use super::Choices;

/// Days, lengths, numbers and texts that a policy writes.
#[derive(Clone, Debug, Default)]
pub struct Thresholds {
    days: Vec<Date>,
    lengths: Vec<Duration>,
    numbers: Vec<Number>,
    texts: Vec<String>,
}

impl Thresholds {
    /// What a policy writes in values, settings, tables, edges and declarations.
    #[must_use]
    pub fn of(image: &Image) -> Self {
        let mut found = Thresholds::default();
        let literals = image.values.iter().filter_map(|value| match value {
            Value::Literal(literal) => Some(literal),
            _ => None,
        });
        let settings = image.settings.iter().flat_map(|setting| [&setting.at_most, &setting.given]).flatten();
        let tables =
            image.tables.iter().flat_map(|table| table.rows.iter().map(|row| &row.value).chain(&table.otherwise));
        for literal in literals.chain(settings).chain(tables) {
            found.add(literal, image.offset);
        }
        let edges = Facet::ALL.iter().flat_map(|facet| image.facet(*facet)).flat_map(|term| &term.parents);
        found.days.extend(edges.flat_map(|edge| [edge.period.from, edge.period.until]).flatten());
        found.days.extend(image.recipients.iter().flat_map(|own| [own.notified, own.authorised]).flatten());
        found.days.extend(image.layers.iter().flat_map(|layer| [layer.in_force.from, layer.in_force.until]).flatten());
        found
    }

    fn add(&mut self, literal: &Literal, offset: i16) {
        match literal {
            Literal::Date(day) => self.days.push(*day),
            Literal::Instant(instant) => self.days.push(instant.day(offset)),
            Literal::Duration(length) => self.lengths.push(*length),
            Literal::Number(number) => self.numbers.push(*number),
            Literal::Text(text) => self.texts.push(text.clone()),
            Literal::Set(members) => members.iter().for_each(|member| self.add(member, offset)),
            Literal::None | Literal::Bool(_) | Literal::Choice(_) | Literal::Term(_) => {}
        }
    }

    /// The days, in the order found.
    #[must_use]
    pub fn days(&self) -> &[Date] {
        &self.days
    }

    /// The lengths, in the order found.
    #[must_use]
    pub fn lengths(&self) -> &[Duration] {
        &self.lengths
    }

    /// A day at or beside one that the policy writes, or so long before or after it.
    pub fn day(&self, choices: &mut Choices) -> Date {
        let anchor = match self.days.get(choices.below(self.days.len() * 2)) {
            Some(day) => *day,
            None => date(choices),
        };
        self.beside(anchor, choices)
    }

    /// The day, or so long before or after it as the policy writes, and at most a day away from that.
    pub fn beside(&self, day: Date, choices: &mut Choices) -> Date {
        let length = self.length(choices);
        let moved = match choices.below(4) {
            0 => day.plus_months(i64::from(length.months)).plus_days(i64::from(length.days)),
            1 => day.plus_months(-i64::from(length.months)).plus_days(-i64::from(length.days)),
            _ => day,
        };
        moved.plus_days(choices.below(3) as i64 - 1)
    }

    /// A length that the policy writes, or one day more or less.
    pub fn length(&self, choices: &mut Choices) -> Duration {
        let mut length = match self.lengths.get(choices.below(self.lengths.len() * 2)) {
            Some(length) => *length,
            None => duration(choices),
        };
        match choices.below(5) {
            0 => length.days += 1,
            1 => length.days = length.days.saturating_sub(1),
            _ => {}
        }
        length
    }

    /// A number that the policy writes, or one more or less.
    pub fn number(&self, choices: &mut Choices) -> Number {
        let number = match self.numbers.get(choices.below(self.numbers.len() * 2)) {
            Some(number) => *number,
            None => return Number::whole(choices.below(5) as i32),
        };
        let one = Number::whole(1).0;
        match choices.below(5) {
            0 => Number(number.0.saturating_add(one)),
            1 => Number(number.0.saturating_sub(one)),
            _ => number,
        }
    }

    /// A text that the policy writes, or another.
    pub fn text(&self, choices: &mut Choices) -> String {
        match self.texts.get(choices.below(self.texts.len() * 2)) {
            Some(text) => text.clone(),
            None => choices.of_list(&["a", "b", ""]).copied().unwrap_or("a").into(),
        }
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
    let anchor = choices.of_list(&anchors).and_then(Date::parse).unwrap_or(Date(0));
    anchor.plus_days(choices.below(3) as i64 - 1)
}

/// A duration, days and months apart.
pub fn duration(choices: &mut Choices) -> Duration {
    let lengths = ["P0D", "P28D", "P30D", "P31D", "P1M", "P12M", "P365D", "P1Y", "P14M", "P24M", "PT48H"];
    choices.of_list(&lengths).and_then(|text| Duration::parse(text)).unwrap_or_default()
}
