//! Values at a point: what a part of a condition or a bound stands for.

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::cmp::Ordering;

use super::point::Point;
use super::possible;
use super::val::{Val, Word};
use crate::calendar::{Date, Moment};
use crate::image::{About, Facet, Image, Recipient, Slot, Value};
use crate::truth::Truth;
use crate::value::Number;
use crate::wire::few::Few;

impl<'a> Point<'a> {
    /// A value that stands somewhere, where it stands; none where it has to be worked out.
    #[inline]
    pub(super) fn look(&self, value: u32) -> Option<&'a Val<'a>> {
        self.standing(*self.checker.standing.get(value as usize)?, value)
    }

    /// What stands there; a constant is found by the number of its value.
    #[inline]
    pub(super) fn standing(&self, standing: Standing, value: u32) -> Option<&'a Val<'a>> {
        match standing {
            Standing::Constant => self.checker.constants.get(value as usize),
            Standing::Operation(place) => Some(self.input.facts.get(place)),
            Standing::Item(place) => Some(self.item.facts.get(place)),
            // Of nobody there is nothing to tell.
            Standing::Subject(_) if self.subject.0 == Word::None => Some(&Val::None),
            Standing::Subject(place) => Some(self.subject.1.get(place)),
            Standing::Time => Some(&self.input.now),
            Standing::Age => Some(&self.item.age),
            Standing::Nowhere => None,
        }
    }

    /// The same, where it is settled which of several it is.
    #[inline]
    pub(super) fn settled(&self, value: u32) -> Option<&'a Val<'a>> {
        self.look(value).filter(|value| !value.is_either())
    }

    /// A value at the point, borrowed from where it stands if it stands anywhere.
    #[inline]
    pub(super) fn read(&self, value: u32) -> Cow<'a, Val<'a>> {
        match self.look(value) {
            Some(found) => {
                self.count(1);
                Cow::Borrowed(found)
            }
            None => match self.known_value(value) {
                Some(known) => Cow::Borrowed(known),
                None => Cow::Owned(self.value(value)),
            },
        }
    }

    /// A value at the point.
    pub fn value(&self, value: u32) -> Val<'a> {
        self.count(1);
        let image = &self.checker.image;
        match image.values.get(value as usize) {
            None => Val::Unknown,
            Some(Value::Literal(literal)) => Val::from(literal),
            Some(Value::Slot(slot)) => told(slot.facet(), self.word(*slot)),
            Some(Value::Data) => told(Facet::Data, self.item.category),
            Some(Value::Form) => self.item.form.as_ref().map_or(Val::Unknown, |forms| Val::Set {
                members: forms.iter().map(|form| (told(Facet::Form, *form), Truth::True)).collect(),
                open: false,
            }),
            Some(Value::Measures) => {
                let (members, open) = self.measures();
                let members = members.into_iter().map(|(word, held)| (told(Facet::Measure, word), held)).collect();
                Val::Set { members, open }
            }
            Some(Value::Time) => Val::clone(&self.input.now),
            Some(Value::Age) => Val::clone(&self.item.age),
            Some(Value::Collected) => self.item.collected.map_or(Val::Unknown, |date| Val::Moment(Moment::Date(date))),
            Some(Value::Fact(fact)) => self.fact(*fact),
            Some(Value::Setting(setting)) => match self.checker.settings.get(*setting as usize) {
                Some(Bound::To(value)) => value.clone(),
                Some(Bound::Table(table)) => self.look_up(*table),
                None => Val::Unknown,
            },
            Some(Value::Table(table)) => self.look_up(*table),
            Some(Value::Notified) => self.declaration_date(|recipient| recipient.notified),
            Some(Value::AuthorisedFrom) => self.declaration_date(|recipient| recipient.authorised),
            Some(Value::Plus((a, b))) => self.sum_of(*a, *b, 1),
            Some(Value::Minus((a, b))) => self.sum_of(*a, *b, -1),
            Some(Value::Earliest(of)) => self.of(of, |parts| self.extreme(parts, Ordering::Less, true)),
            Some(Value::Latest(of)) => self.of(of, |parts| self.extreme(parts, Ordering::Greater, false)),
            Some(Value::Least(of)) => self.of(of, |parts| self.extreme(parts, Ordering::Less, false)),
            Some(Value::Greatest(of)) => self.of(of, |parts| self.extreme(parts, Ordering::Greater, false)),
            Some(Value::EndOfMonth(of)) => self.of(&[*of], |parts| self.end_of(parts, Date::end_of_month)),
            Some(Value::EndOfYear(of)) => self.of(&[*of], |parts| self.end_of(parts, Date::end_of_year)),
        }
    }

    /// What becomes of values, for each combination of what they could be.
    fn of(&self, values: &[u32], result: impl Fn(&[Val<'a>]) -> Val<'a>) -> Val<'a> {
        let parts: Few<Val<'a>> = values.iter().map(|value| self.value(*value)).collect();
        possible::combined(&parts, result)
    }

    pub(super) fn fact(&self, fact: u32) -> Val<'a> {
        let about = self.checker.image.facts.get(fact as usize).map(|fact| fact.about);
        let told = match about {
            Some(About::Operation) => self.input.facts.get(self.checker.place(fact)),
            Some(About::Item) => self.item.facts.get(self.checker.place(fact)),
            // Of nobody there is nothing to tell.
            Some(About::Subject) if self.subject.0 == Word::None => return Val::None,
            Some(About::Subject) => self.subject.1.get(self.checker.place(fact)),
            Some(About::Recipient) => {
                if self.word(Slot::Recipient) == Word::None {
                    return Val::None;
                }
                let declared =
                    self.declared().and_then(|recipient| recipient.facts.iter().find(|(own, _)| *own == fact));
                return declared.map_or(Val::Unknown, |(_, literal)| Val::from(literal));
            }
            None => return Val::Unknown,
        };
        told.clone()
    }

    fn declaration_date(&self, date: impl Fn(&Recipient) -> Option<Date>) -> Val<'static> {
        if self.word(Slot::Recipient) == Word::None {
            return Val::None;
        }
        self.declared().and_then(date).map_or(Val::Unknown, |date| Val::Moment(Moment::Date(date)))
    }

    /// A sum (`sign` 1) or a difference (-1) of two values, for each of what they could be.
    fn sum_of(&self, left: u32, right: u32, sign: i8) -> Val<'a> {
        let (left, right) = (self.read(left), self.read(right));
        if !left.is_either() && !right.is_either() {
            return self.sum(&left, &right, sign);
        }
        possible::combined(&[left.into_owned(), right.into_owned()], |parts| match parts {
            [left, right] => self.sum(left, right, sign),
            _ => Val::Unknown,
        })
    }

    fn sum(&self, left: &Val<'_>, right: &Val<'_>, sign: i8) -> Val<'a> {
        let offset = self.checker.image.offset;
        match (left, right) {
            (Val::None, _) | (_, Val::None) => Val::None,
            (Val::Moment(moment), Val::Duration(duration)) | (Val::Duration(duration), Val::Moment(moment)) => {
                Val::Moment(if sign > 0 { moment.plus(*duration, offset) } else { moment.minus(*duration, offset) })
            }
            (Val::Number(a), Val::Number(b)) => {
                let sum = if sign > 0 { a.0.checked_add(b.0) } else { a.0.checked_sub(b.0) };
                sum.map_or(Val::Unknown, |sum| Val::Number(Number(sum)))
            }
            (Val::Duration(a), Val::Duration(b)) if sign > 0 => a.plus(*b).map_or(Val::Unknown, Val::Duration),
            _ => Val::Unknown,
        }
    }

    /// The first of several in an order. `skip_none`: those that there aren't don't count; else one that isn't is the answer.
    fn extreme(&self, values: &[Val<'a>], order: Ordering, skip_none: bool) -> Val<'a> {
        self.count(values.len() * values.len());
        if !skip_none && values.contains(&Val::None) {
            return Val::None;
        }
        let known = || values.iter().filter(|value| **value != Val::None);
        // The one that comes first against every other; where there is none, which it is isn't known.
        let beats = |one: &Val<'_>, other: &Val<'_>| {
            one == other || self.order(one, other).map(written(one, other)) == Some(order)
        };
        let first = known().find(|one| **one != Val::Unknown && known().all(|other| beats(one, other)));
        match (first, known().next().is_none()) {
            (Some(first), _) => first.clone(),
            (None, true) => Val::None,
            (None, false) => Val::Unknown,
        }
    }

    /// The order of two values, where every calendar agrees on it.
    pub(super) fn order(&self, left: &Val<'_>, right: &Val<'_>) -> Option<Ordering> {
        match (left, right) {
            (Val::Number(a), Val::Number(b)) => Some(a.cmp(b)),
            (Val::Moment(a), Val::Moment(b)) => Some(a.compare(*b, self.checker.image.offset)),
            (Val::Duration(a), Val::Duration(b)) => match (a.at_most(*b), b.at_most(*a)) {
                (Truth::True, Truth::True) => Some(Ordering::Equal),
                (Truth::True, _) => Some(Ordering::Less),
                (_, Truth::True) => Some(Ordering::Greater),
                _ => None,
            },
            _ => None,
        }
    }

    fn end_of(&self, parts: &[Val<'a>], end: fn(Date) -> Date) -> Val<'a> {
        match parts {
            [Val::Moment(moment)] => Val::Moment(Moment::Date(end(moment.day(self.checker.image.offset)))),
            [Val::None] => Val::None,
            _ => Val::Unknown,
        }
    }
}

/// Of two durations that are equally long, the one written in smaller units is the lesser, so that the order in which
/// they are listed means nothing.
fn written<'v>(one: &'v Val<'_>, other: &'v Val<'_>) -> impl Fn(Ordering) -> Ordering + 'v {
    move |order| match (one, other) {
        (Val::Duration(a), Val::Duration(b)) => order.then((a.months, a.days).cmp(&(b.months, b.days))),
        _ => order,
    }
}

fn told(facet: Facet, word: Word) -> Val<'static> {
    match word {
        Word::Missing | Word::Strange => Val::Unknown,
        Word::None => Val::None,
        Word::Term(term) => Val::Term { facet, term, told: true },
    }
}

/// What a setting stands for.
#[derive(Clone, Debug)]
pub enum Bound {
    /// A value; unknown where it was neither set nor has a default.
    To(Val<'static>),
    /// What a table yields.
    Table(u32),
}

/// The settings: what each was set to, else its default.
pub fn settings(image: &Image) -> Vec<Bound> {
    let mut bound: Vec<Bound> = Vec::with_capacity(image.settings.len());
    for setting in &image.settings {
        let default = setting.default.and_then(|default| image.values.get(default as usize));
        let value = match (&setting.given, default) {
            (Some(given), _) => Bound::To(Val::from(given).owned()),
            (None, Some(Value::Literal(literal))) => Bound::To(Val::from(literal).owned()),
            (None, Some(Value::Table(table))) => Bound::Table(*table),
            (None, Some(Value::Setting(other))) => {
                bound.get(*other as usize).cloned().unwrap_or(Bound::To(Val::Unknown))
            }
            _ => Bound::To(Val::Unknown),
        };
        bound.push(value);
    }
    bound
}

/// Where a value stands.
#[derive(Clone, Copy, Debug)]
pub enum Standing {
    /// In the policy: a literal, or a setting that stands for one.
    Constant,
    /// Among the facts of the operation, at this place.
    Operation(u32),
    /// Among the facts of the data item.
    Item(u32),
    /// Among the facts of the data subject.
    Subject(u32),
    /// When the operation takes place.
    Time,
    /// How long ago the data item was collected.
    Age,
    /// It has to be worked out.
    Nowhere,
}

/// For each value, where it stands, and what it is, if that stands in the policy; `places` are those of the facts.
pub fn standing(image: &Image, settings: &[Bound], places: &[u32]) -> (Vec<Standing>, Vec<Val<'static>>) {
    let fact = |fact: u32| {
        let place = *places.get(fact as usize)?;
        Some(match image.facts.get(fact as usize)?.about {
            About::Operation => Standing::Operation(place),
            About::Item => Standing::Item(place),
            About::Subject => Standing::Subject(place),
            About::Recipient => Standing::Nowhere,
        })
    };
    let stands = |value: &Value| match value {
        Value::Literal(literal) => (Standing::Constant, Val::from(literal).owned()),
        Value::Setting(setting) => match settings.get(*setting as usize) {
            Some(Bound::To(value)) => (Standing::Constant, value.clone()),
            _ => (Standing::Nowhere, Val::Unknown),
        },
        Value::Time => (Standing::Time, Val::Unknown),
        Value::Age => (Standing::Age, Val::Unknown),
        Value::Fact(number) => (fact(*number).unwrap_or(Standing::Nowhere), Val::Unknown),
        _ => (Standing::Nowhere, Val::Unknown),
    };
    image.values.iter().map(stands).unzip()
}
