//! Section 4: values. What isn't known may have several: a value is the set of what it could be.

use abey_engine::calendar::{Date, Duration, Moment};
use abey_engine::limits::WAYS;
use abey_engine::truth::Truth;
use abey_engine::value::Number;
use abey_lang::model::{About, Base, Facet, Key, Literal, Slot, Table, Value};

use super::calendar::{end_of_month, end_of_year};
use super::given::has_none;
use super::{At, Word};

/// One of the values that something could have.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Val {
    /// It could be anything.
    Unknown,
    /// There is none.
    None,
    Bool(bool),
    Number(Number),
    Duration(Duration),
    Moment(Moment),
    Text(String),
    Choice(String),
    /// A term, told by the operation or written in the policy.
    Term {
        facet: Facet,
        word: u32,
        told: bool,
    },
    /// Members, each with whether it is there; further ones are possible unless it is complete.
    Set {
        members: Vec<(Val, Truth)>,
        complete: bool,
    },
    /// How long ago: collected on the first day, looked at on the second.
    Age(Date, Date),
}

/// Every way to take one of what each part could be; none where there are too many.
pub(super) fn ways(parts: &[Vec<Val>]) -> Option<Vec<Vec<Val>>> {
    let mut found: Vec<Vec<Val>> = vec![Vec::new()];
    for part in parts {
        let longer = |way: &Vec<Val>| {
            let way = way.clone();
            part.iter().map(move |value| way.iter().cloned().chain([value.clone()]).collect::<Vec<Val>>())
        };
        found = found.iter().flat_map(longer).take(WAYS + 1).collect();
    }
    (found.len() <= WAYS).then_some(found)
}

/// What a value made of several could be. "Equal values count once."
pub(super) fn combined(parts: &[Vec<Val>], value: impl Fn(&[Val]) -> Val) -> Vec<Val> {
    match ways(parts) {
        Some(ways) => once(ways.iter().map(|way| value(way)).collect()),
        None => vec![Val::Unknown],
    }
}

/// What is so for every way to combine the parts; unknown where they don't agree.
pub(super) fn agreed(parts: &[Vec<Val>], holds: impl Fn(&[Val]) -> Truth) -> Truth {
    let Some(ways) = ways(parts) else { return Truth::Unknown };
    let found: Vec<Truth> = ways.iter().map(|way| holds(way)).collect();
    match found.first() {
        Some(first) if found.iter().all(|truth| truth == first) => *first,
        _ => Truth::Unknown,
    }
}

fn once(values: Vec<Val>) -> Vec<Val> {
    let mut found: Vec<Val> = Vec::new();
    values.into_iter().for_each(|value| {
        if !found.contains(&value) {
            found.push(value)
        }
    });
    found
}

/// A value written in the policy.
pub(super) fn written(literal: &Literal) -> Val {
    match literal {
        Literal::None => Val::None,
        Literal::Bool(value) => Val::Bool(*value),
        Literal::Number(number) => Val::Number(*number),
        Literal::Duration(duration) => Val::Duration(*duration),
        Literal::Date(date) => Val::Moment(Moment::Date(*date)),
        Literal::Instant(instant) => Val::Moment(Moment::Instant(*instant)),
        Literal::Text(text) => Val::Text(text.clone()),
        Literal::Choice(word) => Val::Choice(word.clone()),
        Literal::Term((facet, word)) => Val::Term { facet: *facet, word: *word, told: false },
        Literal::Set(members) => {
            Val::Set { members: members.iter().map(|member| (written(member), Truth::True)).collect(), complete: true }
        }
    }
}

fn told(facet: Facet, word: &Word) -> Val {
    match word {
        Word::Missing | Word::Strange(_) => Val::Unknown,
        Word::None => Val::None,
        Word::Is(word) => Val::Term { facet, word: *word, told: true },
    }
}

fn told_set(facet: Facet, words: &Option<Vec<Word>>) -> Val {
    let members = words.iter().flatten().map(|word| (told(facet, word), Truth::True));
    Val::Set { members: members.collect(), complete: words.is_some() }
}

impl At<'_> {
    /// What a value could be at this point.
    pub(super) fn values(&self, value: &Value) -> Vec<Val> {
        let each = |values: &[Value]| -> Vec<Vec<Val>> { values.iter().map(|value| self.values(value)).collect() };
        let item = &self.given.items[self.at[0]];
        let one = match value {
            Value::Literal(literal) => written(literal),
            Value::Slot(slot) => told(slot.facet(), self.word(*slot)),
            Value::Data => told(Facet::Data, &item.category),
            Value::Form => told_set(Facet::Form, &item.form),
            Value::Measures => self.measures(),
            Value::Time => self.given.time.map_or(Val::Unknown, |time| Val::Moment(Moment::Instant(time))),
            Value::Age => match (item.collected, self.given.day) {
                (Some(collected), Some(day)) => Val::Age(collected, day),
                _ => Val::Unknown,
            },
            Value::Collected => item.collected.map_or(Val::Unknown, |date| Val::Moment(Moment::Date(date))),
            Value::Fact(fact) => self.fact(*fact),
            Value::Setting(setting) => {
                let setting = &self.of.policy.settings[*setting as usize];
                return match (&setting.given, &setting.default) {
                    (Some(given), _) => vec![written(given)],
                    (None, Some(default)) => self.values(default),
                    (None, None) => vec![Val::Unknown],
                };
            }
            Value::Notified => {
                self.attribute(|recipient| recipient.notified.map(|date| Val::Moment(Moment::Date(date))))
            }
            Value::AuthorisedFrom => {
                self.attribute(|recipient| recipient.authorised.map(|date| Val::Moment(Moment::Date(date))))
            }
            Value::Plus(a, b) => {
                return combined(&[self.values(a), self.values(b)], |way| self.sum(&way[0], &way[1], 1));
            }
            Value::Minus(a, b) => {
                return combined(&[self.values(a), self.values(b)], |way| self.sum(&way[0], &way[1], -1));
            }
            Value::Earliest(of) => return combined(&each(of), |way| self.earliest(way)),
            Value::Latest(of) => return combined(&each(of), |way| self.foremost(way, false)),
            Value::Least(of) => return combined(&each(of), |way| self.foremost(way, true)),
            Value::Greatest(of) => return combined(&each(of), |way| self.foremost(way, false)),
            Value::EndOfMonth(of) => return combined(&[self.values(of)], |way| self.end(&way[0], end_of_month)),
            Value::EndOfYear(of) => return combined(&[self.values(of)], |way| self.end(&way[0], end_of_year)),
            Value::Table(table) => return self.table(&self.of.policy.tables[*table as usize]),
        };
        vec![one]
    }

    /// A fact: of the operation, the item, the subject, or by the declaration of the recipient.
    fn fact(&self, fact: u32) -> Val {
        let (subject, subject_facts) = &self.given.subjects[self.at[1]];
        let facts = match self.of.policy.facts[fact as usize].about {
            About::Operation => &self.given.facts,
            About::Item => &self.given.items[self.at[0]].facts,
            About::Subject if *subject == Word::None => return Val::None,
            About::Subject => subject_facts,
            About::Recipient => {
                return self.attribute(|recipient| {
                    recipient.facts.iter().find(|(own, _)| *own == fact).map(|(_, value)| written(value))
                });
            }
        };
        facts.get(&fact).cloned().unwrap_or(Val::Unknown)
    }

    /// "An attribute that a recipient's declaration lacks is unknown", and so is that of a general word.
    fn attribute(&self, value: impl Fn(&abey_lang::model::Recipient) -> Option<Val>) -> Val {
        match self.word(Slot::Recipient) {
            Word::None => Val::None,
            Word::Is(word) if self.of.words(Facet::Recipient).is_leaf(*word) => {
                self.of.policy.recipients.get(*word as usize).and_then(value).unwrap_or(Val::Unknown)
            }
            _ => Val::Unknown,
        }
    }

    /// "None plus a duration is none."
    pub(super) fn sum(&self, a: &Val, b: &Val, sign: i64) -> Val {
        match (a, b) {
            (Val::None, _) | (_, Val::None) => Val::None,
            (Val::Moment(moment), Val::Duration(duration)) => Val::Moment(self.of.shift(*moment, *duration, sign)),
            (Val::Number(a), Val::Number(b)) => {
                let sum = if sign > 0 { a.0.checked_add(b.0) } else { a.0.checked_sub(b.0) };
                sum.map_or(Val::Unknown, |sum| Val::Number(Number(sum)))
            }
            (Val::Duration(a), Val::Duration(b)) if sign > 0 => {
                let (months, days, seconds) =
                    (a.months + b.months, a.days + b.days, a.seconds.saturating_add(b.seconds));
                let sum = Duration { months, days, seconds };
                if sum.in_bounds() { Val::Duration(sum) } else { Val::Unknown }
            }
            _ => Val::Unknown,
        }
    }

    fn end(&self, value: &Val, of: fn(Date) -> Date) -> Val {
        match value {
            Val::Moment(moment) => Val::Moment(Moment::Date(of(self.of.day(*moment)))),
            Val::None => Val::None,
            _ => Val::Unknown,
        }
    }

    /// "`earliest of` skips" none.
    pub(super) fn earliest(&self, values: &[Val]) -> Val {
        let some: Vec<Val> = values.iter().filter(|value| **value != Val::None).cloned().collect();
        if some.is_empty() { Val::None } else { self.foremost(&some, true) }
    }

    /// The least or the greatest: the one that comes first against every other; none where one is none.
    fn foremost(&self, values: &[Val], least: bool) -> Val {
        if values.contains(&Val::None) {
            return Val::None;
        }
        let first = |a: &Val, b: &Val| if least { self.comes_first(a, b) } else { self.comes_first(b, a) };
        let found = values.iter().find(|a| values.iter().all(|b| a == &b || first(a, b)));
        found.filter(|found| **found != Val::Unknown).cloned().unwrap_or(Val::Unknown)
    }

    /// Whether a value certainly comes before another, or counts as the lesser of two that are equally great.
    fn comes_first(&self, a: &Val, b: &Val) -> bool {
        match (a, b) {
            (Val::Number(a), Val::Number(b)) => a <= b,
            (Val::Moment(a), Val::Moment(b)) => match self.of.compare(*a, *b) {
                std::cmp::Ordering::Less => true,
                std::cmp::Ordering::Equal => std::mem::discriminant(a) == std::mem::discriminant(b),
                std::cmp::Ordering::Greater => false,
            },
            (Val::Duration(a), Val::Duration(b)) => match self.of.as_long(*a, *b) {
                Truth::True => (a.months, a.days) <= (b.months, b.days),
                _ => self.of.at_most(*a, *b) == Truth::True,
            },
            _ => false,
        }
    }

    /// "A value looked up by another": each value that the table could yield.
    fn table(&self, table: &Table) -> Vec<Val> {
        let keys = match &table.key {
            Key::Slot(slot) => self.could_be(slot.facet(), &told(slot.facet(), self.word(*slot))),
            Key::Data => self.could_be(Facet::Data, &told(Facet::Data, &self.given.items[self.at[0]].category)),
            Key::Fact(fact) => match (&self.of.policy.facts[*fact as usize].kind.base, self.fact(*fact)) {
                (Base::Term(facet), value) => self.could_be(*facet, &value),
                (Base::YesNo, Val::Unknown) => vec![Val::Bool(true), Val::Bool(false), Val::None],
                (Base::OneOf(words), Val::Unknown) => words.iter().cloned().map(Val::Choice).collect(),
                (_, value) => vec![value],
            },
        };
        once(keys.iter().flat_map(|key| self.rows(table, key)).collect())
    }

    /// "A missing or general key ranges over every leaf that it could become, and none."
    fn could_be(&self, facet: Facet, value: &Val) -> Vec<Val> {
        let words = self.of.words(facet);
        let term = |word| Val::Term { facet, word, told: true };
        match value {
            Val::Term { word, .. } => words.leaves(*word).map(term).collect(),
            Val::Unknown => words.all_leaves().map(term).chain(has_none(facet).then_some(Val::None)).collect(),
            other => vec![other.clone()],
        }
    }

    /// "The most specific row wins; a leaf or none takes its row, else `otherwise`, else unknown." Which row is the most
    /// specific may hang on a date or a condition that isn't known.
    fn rows(&self, table: &Table, key: &Val) -> Vec<Val> {
        let rows = table.rows.iter().flat_map(|(keys, value)| keys.iter().map(move |key| (written(key), value)));
        let matching = rows.map(|(own, value)| (self.row_matches(key, &own), own, value));
        let matching: Vec<_> = matching.filter(|(truth, ..)| *truth != Truth::False).collect();
        let below = |a: &Val, b: &Val| match (a, b) {
            (Val::Term { facet, word: low, .. }, Val::Term { word: high, .. }) => {
                self.always_below(*facet, *low, *high)
            }
            _ => false,
        };
        let outdone = |own: &Val| matching.iter().any(|(truth, other, _)| *truth == Truth::True && below(other, own));
        let left: Vec<_> = matching.iter().filter(|(_, own, _)| !outdone(own)).collect();
        let mut found: Vec<Val> = left.iter().map(|(.., value)| written(value)).collect();
        if !left.iter().any(|(truth, ..)| *truth == Truth::True) {
            found.push(table.otherwise.as_ref().map_or(Val::Unknown, written));
        }
        found
    }

    fn row_matches(&self, key: &Val, row: &Val) -> Truth {
        match (key, row) {
            (Val::Term { facet, word, .. }, Val::Term { word: row, .. }) => {
                self.matches(*facet, &Word::Is(*word), *row)
            }
            (key, row) => (key == row).into(),
        }
    }
}
