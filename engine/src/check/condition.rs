//! Conditions at a point, in Kleene's logic.

use alloc::vec::Vec;
use core::cmp::Ordering;

use super::input::{Val, Word};
use super::point::Point;
use crate::calendar::{Duration, Moment};
use crate::image::{About, Compare, Condition, Facet, Slot, Test, Value};
use crate::truth::Truth;

impl Point<'_> {
    /// The truth of a condition. Visits each of its nodes at most once.
    pub fn condition(&self, condition: u32) -> Truth {
        match self.checker.image.conditions.get(condition as usize) {
            Some(Condition::All(of)) => Truth::all(of.iter().map(|part| self.condition(*part))),
            Some(Condition::Any(of)) => Truth::any(of.iter().map(|part| self.condition(*part))),
            Some(Condition::Not(of)) => !self.condition(*of),
            Some(Condition::Test(test)) => self.test(test),
            Some(Condition::Authorised) => self.authorised(),
            None => Truth::Unknown,
        }
    }

    /// The truth of a comparison.
    pub fn test(&self, test: &Test) -> Truth {
        let right: Vec<Val> = test.right.iter().map(|value| self.value(*value)).collect();
        self.value(test.left).agreed(|left| self.against(test, left, &right, 0))
    }

    /// The truth of a comparison for every value that the right side could be.
    fn against(&self, test: &Test, left: &Val, right: &[Val], from: usize) -> Truth {
        let open = right.iter().enumerate().skip(from).find(|(_, value)| matches!(value, Val::Either(_)));
        match open {
            None => self.compared(test, left.clone(), right),
            Some((index, either)) => either.agreed(|value| {
                let mut right = right.to_vec();
                if let Some(slot) = right.get_mut(index) {
                    *slot = value.clone();
                }
                self.against(test, left, &right, index + 1)
            }),
        }
    }

    fn compared(&self, test: &Test, left: Val, values: &[Val]) -> Truth {
        let right = || values.iter().cloned();
        let ordered = |holds: fn(Ordering) -> bool| Truth::all(right().map(|right| self.ordered(&left, &right, holds)));
        match test.compare {
            Compare::IsNone => match left {
                Val::Unknown => Truth::Unknown,
                other => (other == Val::None).into(),
            },
            Compare::IsAny => match left {
                Val::Unknown => Truth::Unknown,
                other => (other != Val::None).into(),
            },
            Compare::Is => Truth::any(right().map(|right| self.equal(&left, &right))),
            Compare::Includes => Truth::all(right().map(|right| self.includes(&left, &right))),
            Compare::Within => {
                let allowed: Vec<Val> = right().collect();
                self.within(&left, &allowed)
            }
            Compare::AtMost => Truth::all(right().map(|right| self.at_most(&left, &right))),
            Compare::AtLeast => Truth::all(right().map(|right| self.at_least(&left, &right))),
            Compare::Before => ordered(Ordering::is_lt),
            Compare::After => ordered(Ordering::is_gt),
            Compare::OnOrBefore => ordered(Ordering::is_le),
            Compare::OnOrAfter => ordered(Ordering::is_ge),
        }
    }

    /// A value at the point.
    pub fn value(&self, value: u32) -> Val {
        let image = &self.checker.image;
        match image.values.get(value as usize) {
            None => Val::Unknown,
            Some(Value::Literal(literal)) => Val::from(literal),
            Some(Value::Slot(slot)) => self.told(slot.facet(), self.word(*slot)),
            Some(Value::Data) => self.told(Facet::Data, self.item.category),
            Some(Value::Form) => self.item.form.as_ref().map_or(Val::Unknown, |forms| Val::Set {
                members: forms.iter().map(|form| (self.told(Facet::Form, *form), Truth::True)).collect(),
                open: false,
            }),
            Some(Value::Measures) => {
                let (members, open) = self.measures();
                let members = members.into_iter().map(|(word, held)| (self.told(Facet::Measure, word), held)).collect();
                Val::Set { members, open }
            }
            Some(Value::Time) => self.input.time.map_or(Val::Unknown, |time| Val::Moment(Moment::Instant(time))),
            Some(Value::Age) => self.item.collected.map_or(Val::Unknown, Val::Since),
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
            Some(Value::Plus((a, b))) => self.sum(&self.value(*a), &self.value(*b), 1),
            Some(Value::Minus((a, b))) => self.sum(&self.value(*a), &self.value(*b), -1),
            Some(Value::Earliest(of)) => self.extreme(of, Ordering::Less, true),
            Some(Value::Latest(of)) => self.extreme(of, Ordering::Greater, false),
            Some(Value::Least(of)) => self.extreme(of, Ordering::Less, false),
            Some(Value::Greatest(of)) => self.extreme(of, Ordering::Greater, false),
            Some(Value::EndOfMonth(of)) => self.end_of(&self.value(*of), |date| date.end_of_month()),
            Some(Value::EndOfYear(of)) => self.end_of(&self.value(*of), |date| date.end_of_year()),
        }
    }

    fn told(&self, facet: Facet, word: Word) -> Val {
        match word {
            Word::Missing | Word::Strange => Val::Unknown,
            Word::None => Val::None,
            Word::Term(term) => Val::Term { facet, term, told: true },
        }
    }

    pub(super) fn fact(&self, fact: u32) -> Val {
        let about = self.checker.image.facts.get(fact as usize).map(|fact| fact.about);
        let told = match about {
            Some(About::Operation) => self.input.facts.get(fact as usize),
            Some(About::Item) => self.item.facts.get(fact as usize),
            Some(About::Subject) => self.subject.1.get(fact as usize),
            Some(About::Recipient) => {
                if self.word(Slot::Recipient) == Word::None {
                    return Val::None;
                }
                let declared =
                    self.declared().and_then(|recipient| recipient.facts.iter().find(|(own, _)| *own == fact));
                return declared.map_or(Val::Unknown, |(_, literal)| Val::from(literal));
            }
            None => None,
        };
        told.map_or(Val::Unknown, Clone::clone)
    }

    fn declaration_date(&self, date: fn(&crate::image::Recipient) -> Option<crate::calendar::Date>) -> Val {
        if self.word(Slot::Recipient) == Word::None {
            return Val::None;
        }
        self.declared().and_then(date).map_or(Val::Unknown, |date| Val::Moment(Moment::Date(date)))
    }

    fn sum(&self, left: &Val, right: &Val, sign: i8) -> Val {
        match (left, right) {
            (Val::Either(values), _) => {
                return Val::Either(values.iter().map(|left| self.sum(left, right, sign)).collect());
            }
            (_, Val::Either(values)) => {
                return Val::Either(values.iter().map(|right| self.sum(left, right, sign)).collect());
            }
            _ => {}
        }
        let offset = self.checker.image.offset;
        match (left, right) {
            (Val::None, _) | (_, Val::None) => Val::None,
            (Val::Moment(moment), Val::Duration(duration)) | (Val::Duration(duration), Val::Moment(moment)) => {
                Val::Moment(if sign > 0 { moment.plus(*duration, offset) } else { moment.minus(*duration, offset) })
            }
            (Val::Number(a), Val::Number(b)) => {
                let sum = if sign > 0 { a.0.checked_add(b.0) } else { a.0.checked_sub(b.0) };
                sum.map_or(Val::Unknown, |sum| Val::Number(crate::value::Number(sum)))
            }
            (Val::Duration(a), Val::Duration(b)) if sign > 0 => a.plus(*b).map_or(Val::Unknown, Val::Duration),
            _ => Val::Unknown,
        }
    }

    /// The first of several in an order. `skip_none`: those that there aren't don't count; else one that isn't is the answer.
    fn extreme(&self, of: &[u32], order: Ordering, skip_none: bool) -> Val {
        let values: Vec<Val> = of.iter().map(|value| self.value(*value)).collect();
        if !skip_none && values.contains(&Val::None) {
            return Val::None;
        }
        let known: Vec<&Val> = values.iter().filter(|value| **value != Val::None).collect();
        // The one that comes first against every other; where there is none, which it is isn't known.
        let beats = |one: &Val, other: &Val| match self.order(one, other) {
            Some(Ordering::Equal) => one == other || !matches!((one, other), (Val::Moment(_), Val::Moment(_))),
            Some(found) => found == order,
            None => false,
        };
        let first = known.iter().find(|one| known.iter().all(|other| beats(one, other)));
        match (first, known.is_empty()) {
            (Some(first), _) => (*first).clone(),
            (None, true) => Val::None,
            (None, false) => Val::Unknown,
        }
    }

    /// The order of two values, where every calendar agrees on it.
    fn order(&self, left: &Val, right: &Val) -> Option<Ordering> {
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

    fn end_of(&self, value: &Val, end: fn(crate::calendar::Date) -> crate::calendar::Date) -> Val {
        match value {
            Val::Moment(moment) => Val::Moment(Moment::Date(end(moment.day(self.checker.image.offset)))),
            Val::None => Val::None,
            _ => Val::Unknown,
        }
    }

    /// Equality; for terms, lying at or below the one that the policy names.
    pub fn equal(&self, left: &Val, right: &Val) -> Truth {
        match (left, right) {
            (Val::None, _) | (_, Val::None) => Truth::False,
            (_, Val::Set { members, open }) if !matches!(left, Val::Set { .. }) => {
                let found = Truth::any(members.iter().map(|(member, held)| held.and(self.equal(left, member))));
                if *open { found.or(Truth::Unknown) } else { found }
            }
            (Val::Unknown, _) | (_, Val::Unknown) => Truth::Unknown,
            (Val::Term { facet, term, told }, Val::Term { facet: other_facet, term: other, told: other_told }) => {
                match (facet == other_facet, told, other_told) {
                    (false, ..) => Truth::False,
                    (true, true, true) => self.same(*facet, *term, *other),
                    (true, false, true) => self.matches(*facet, Word::Term(*other), *term),
                    (true, ..) => self.matches(*facet, Word::Term(*term), *other),
                }
            }
            (Val::Duration(a), Val::Duration(b)) => a.same(*b),
            (Val::Since(_), Val::Duration(_)) => self.at_most(left, right).and(self.at_least(left, right)),
            (Val::Moment(a), Val::Moment(b)) => a.compare(*b, self.checker.image.offset).is_eq().into(),
            (Val::Bool(a), Val::Bool(b)) => (a == b).into(),
            (Val::Number(a), Val::Number(b)) => (a == b).into(),
            (Val::Text(a), Val::Text(b)) => (a == b).into(),
            _ => Truth::Unknown,
        }
    }

    fn includes(&self, left: &Val, right: &Val) -> Truth {
        match left {
            Val::Set { members, open } => {
                let found = Truth::any(members.iter().map(|(member, held)| held.and(self.equal(member, right))));
                if *open { found.or(Truth::Unknown) } else { found }
            }
            Val::None => Truth::False,
            _ => Truth::Unknown,
        }
    }

    fn within(&self, left: &Val, allowed: &[Val]) -> Truth {
        match left {
            Val::Set { members, open } => {
                let found = Truth::all(members.iter().map(|(member, held)| {
                    (!*held).or(Truth::any(allowed.iter().map(|right| self.equal(member, right))))
                }));
                if *open { found.and(Truth::Unknown) } else { found }
            }
            Val::None => Truth::False,
            _ => Truth::Unknown,
        }
    }

    fn at_most(&self, left: &Val, right: &Val) -> Truth {
        match (left, right) {
            (Val::Duration(a), Val::Duration(b)) => a.at_most(*b),
            (Val::Since(_), Val::Duration(b)) => self.aged(left, *b, Ordering::is_le),
            _ => self.ordered(left, right, Ordering::is_le),
        }
    }

    fn at_least(&self, left: &Val, right: &Val) -> Truth {
        match (left, right) {
            (Val::Duration(a), Val::Duration(b)) => b.at_most(*a),
            (Val::Since(_), Val::Duration(b)) => self.aged(left, *b, Ordering::is_ge),
            _ => self.ordered(left, right, Ordering::is_ge),
        }
    }

    /// The day of the operation against the day that an age is reached.
    fn aged(&self, left: &Val, age: Duration, holds: fn(Ordering) -> bool) -> Truth {
        let (Val::Since(from), Some(today)) = (left, self.today()) else { return Truth::Unknown };
        let reached = Moment::Date(*from).plus(age, self.checker.image.offset).day(self.checker.image.offset);
        holds(today.cmp(&reached)).into()
    }

    fn ordered(&self, left: &Val, right: &Val, holds: fn(Ordering) -> bool) -> Truth {
        match (left, right) {
            (Val::None, _) | (_, Val::None) => Truth::False,
            _ => self.order(left, right).map_or(Truth::Unknown, |order| holds(order).into()),
        }
    }
}

/// What a setting stands for.
#[derive(Clone, Debug)]
pub enum Bound {
    /// A value; unknown where it was neither set nor has a default.
    To(Val),
    /// What a table yields.
    Table(u32),
}

/// The settings: what each was set to, else its default.
pub fn settings(image: &crate::image::Image) -> Vec<Bound> {
    let mut bound: Vec<Bound> = Vec::with_capacity(image.settings.len());
    for setting in &image.settings {
        let default = setting.default.and_then(|default| image.values.get(default as usize));
        let value = match (&setting.given, default) {
            (Some(given), _) => Bound::To(Val::from(given)),
            (None, Some(Value::Literal(literal))) => Bound::To(Val::from(literal)),
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
