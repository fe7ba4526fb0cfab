//! Conditions at a point, in Kleene's logic.

use alloc::vec::Vec;
use core::cmp::Ordering;

use super::point::Point;
use super::possible;
use super::val::{Val, Word};
use crate::calendar::{Duration, Moment};
use crate::image::{Compare, Condition, Facet, Literal, Test, Value};
use crate::truth::Truth;

impl Point<'_> {
    /// The truth of a condition by its tree. Visits each of its nodes at most once.
    pub(super) fn by_tree(&self, condition: u32) -> Truth {
        match self.checker.image.conditions.get(condition as usize) {
            Some(Condition::Test(test)) => self.test(test),
            Some(Condition::All(of)) => Truth::all(of.iter().map(|part| self.condition(*part))),
            Some(Condition::Any(of)) => Truth::any(of.iter().map(|part| self.condition(*part))),
            Some(Condition::Not(of)) => !self.condition(*of),
            Some(Condition::Authorised) => self.authorised(),
            None => Truth::Unknown,
        }
    }

    /// The truth of a comparison: decided where it comes out alike however what isn't settled turns out.
    #[inline]
    pub fn test(&self, test: &Test) -> Truth {
        self.measures_included(test).unwrap_or_else(|| self.tested(test))
    }

    fn tested(&self, test: &Test) -> Truth {
        let left = self.read(test.left);
        if let [right] = &*test.right {
            let right = self.read(*right);
            if !left.is_either() && !right.is_either() {
                return self.compared(test.compare, &left, core::iter::once(&*right));
            }
        } else if !left.is_either() && test.right.iter().all(|value| self.settled(*value).is_some()) {
            self.count(test.right.len());
            return self.compared(test.compare, &left, test.right.iter().filter_map(|value| self.settled(*value)));
        }
        let rest = test.right.iter().map(|value| self.value(*value));
        let parts: Vec<Val<'_>> = core::iter::once(left.into_owned()).chain(rest).collect();
        possible::agreed(&parts, |parts| match parts {
            [left, right @ ..] => self.compared(test.compare, left, right.iter()),
            [] => Truth::Unknown,
        })
    }

    /// Whether measures that the policy names are in place, where a comparison asks that and nothing else.
    fn measures_included(&self, test: &Test) -> Option<Truth> {
        let image = &self.checker.image;
        if test.compare != Compare::Includes || image.values.get(test.left as usize) != Some(&Value::Measures) {
            return None;
        }
        let mut found = Truth::True;
        for right in &test.right {
            match image.values.get(*right as usize) {
                Some(Value::Literal(Literal::Term((Facet::Measure, measure)))) => {
                    found = found.and(self.has_measure(*measure));
                }
                _ => return None,
            }
        }
        Some(found)
    }

    #[inline]
    pub(super) fn compared<'v, 't: 'v>(
        &self,
        compare: Compare,
        left: &Val<'_>,
        right: impl Iterator<Item = &'v Val<'t>> + Clone,
    ) -> Truth {
        let ordered =
            |holds: fn(Ordering) -> bool| Truth::all(right.clone().map(|right| self.ordered(left, right, holds)));
        match compare {
            Compare::IsNone => match left {
                Val::Unknown => Truth::Unknown,
                other => (*other == Val::None).into(),
            },
            Compare::IsAny => match left {
                Val::Unknown => Truth::Unknown,
                other => (*other != Val::None).into(),
            },
            Compare::Is => Truth::any(right.map(|right| self.equal(left, right))),
            Compare::Includes => Truth::all(right.map(|right| self.includes(left, right))),
            Compare::Within => self.within(left, right),
            Compare::AtMost => Truth::all(right.map(|right| self.at_most(left, right))),
            Compare::AtLeast => Truth::all(right.map(|right| self.at_least(left, right))),
            Compare::Before => ordered(Ordering::is_lt),
            Compare::After => ordered(Ordering::is_gt),
            Compare::OnOrBefore => ordered(Ordering::is_le),
            Compare::OnOrAfter => ordered(Ordering::is_ge),
        }
    }

    /// Equality; for terms, lying at or below the one that the policy names.
    pub fn equal(&self, left: &Val<'_>, right: &Val<'_>) -> Truth {
        self.count(1);
        match (left, right) {
            // Most comparisons are of these.
            (Val::Text(a), Val::Text(b)) => (a == b).into(),
            (Val::Bool(a), Val::Bool(b)) => (a == b).into(),
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
            (Val::Number(a), Val::Number(b)) => (a == b).into(),
            _ => Truth::Unknown,
        }
    }

    fn includes(&self, left: &Val<'_>, right: &Val<'_>) -> Truth {
        match left {
            // A comparison with none is false, whatever the set.
            _ if *right == Val::None => Truth::False,
            Val::Set { members, open } => {
                let found = Truth::any(members.iter().map(|(member, held)| held.and(self.equal(member, right))));
                if *open { found.or(Truth::Unknown) } else { found }
            }
            Val::None => Truth::False,
            _ => Truth::Unknown,
        }
    }

    fn within<'v, 't: 'v>(&self, left: &Val<'_>, allowed: impl Iterator<Item = &'v Val<'t>> + Clone) -> Truth {
        match left {
            Val::Set { members, open } => {
                let found = Truth::all(members.iter().map(|(member, held)| {
                    (!*held).or(Truth::any(allowed.clone().map(|right| self.equal(member, right))))
                }));
                if *open { found.and(Truth::Unknown) } else { found }
            }
            Val::None => Truth::False,
            _ => Truth::Unknown,
        }
    }

    fn at_most(&self, left: &Val<'_>, right: &Val<'_>) -> Truth {
        match (left, right) {
            (Val::Duration(a), Val::Duration(b)) => a.at_most(*b),
            (Val::Since(_), Val::Duration(b)) => self.aged(left, *b, Ordering::is_le),
            _ => self.ordered(left, right, Ordering::is_le),
        }
    }

    fn at_least(&self, left: &Val<'_>, right: &Val<'_>) -> Truth {
        match (left, right) {
            (Val::Duration(a), Val::Duration(b)) => b.at_most(*a),
            (Val::Since(_), Val::Duration(b)) => self.aged(left, *b, Ordering::is_ge),
            _ => self.ordered(left, right, Ordering::is_ge),
        }
    }

    /// The day of the operation against the day that an age is reached.
    fn aged(&self, left: &Val<'_>, age: Duration, holds: fn(Ordering) -> bool) -> Truth {
        let (Val::Since(from), Some(today)) = (left, self.today()) else { return Truth::Unknown };
        let reached = Moment::Date(*from).plus(age, self.checker.image.offset).day(self.checker.image.offset);
        holds(today.cmp(&reached)).into()
    }

    fn ordered(&self, left: &Val<'_>, right: &Val<'_>, holds: fn(Ordering) -> bool) -> Truth {
        match (left, right) {
            (Val::None, _) | (_, Val::None) => Truth::False,
            _ => self.order(left, right).map_or(Truth::Unknown, |order| holds(order).into()),
        }
    }
}
