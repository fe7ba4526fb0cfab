//! Section 4: conditions, in Kleene's strong three-valued logic.

use std::cmp::Ordering;

use abey_engine::truth::Truth;
use abey_lang::model::{Compare, Condition};

use super::value::{Val, agreed};
use super::{At, Word};

impl At<'_> {
    /// Whether a condition holds at this point.
    pub(super) fn condition(&self, condition: &Condition) -> Truth {
        match condition {
            Condition::All(parts) => Truth::all(parts.iter().map(|part| self.condition(part))),
            Condition::Any(parts) => Truth::any(parts.iter().map(|part| self.condition(part))),
            Condition::Not(part) => !self.condition(part),
            Condition::Authorised => self.authorised(),
            Condition::Test(compare, left, right, _) => {
                let parts: Vec<Vec<Val>> = [left].into_iter().chain(right).map(|value| self.values(value)).collect();
                agreed(&parts, |way| self.compared(*compare, &way[0], &way[1..]))
            }
        }
    }

    fn compared(&self, compare: Compare, left: &Val, right: &[Val]) -> Truth {
        let first = right.first().unwrap_or(&Val::Unknown);
        match compare {
            Compare::Is => Truth::any(right.iter().map(|right| self.is_or_in(left, right))),
            Compare::IsNone => match left {
                Val::Unknown => Truth::Unknown,
                left => (*left == Val::None).into(),
            },
            Compare::IsAny => !self.compared(Compare::IsNone, left, right),
            Compare::Includes => self.includes(left, first),
            Compare::Within => self.within(left, right),
            _ => self.ordered(compare, left, first),
        }
    }

    /// "A comparison with `none` is false, except `is none`"; terms by what lies below what; "other types by equality".
    fn is(&self, left: &Val, right: &Val) -> Truth {
        match (left, right) {
            (Val::None, _) | (_, Val::None) => Truth::False,
            (Val::Unknown, _) | (_, Val::Unknown) => Truth::Unknown,
            (Val::Term { facet, word, told: true }, Val::Term { word: other, told: true, .. }) => {
                self.same(*facet, *word, *other)
            }
            (Val::Term { word: policy, told: false, .. }, Val::Term { facet, word, told: true }) => {
                self.matches(*facet, &Word::Is(*word), *policy)
            }
            (Val::Term { facet, word, .. }, Val::Term { word: policy, .. }) => {
                self.matches(*facet, &Word::Is(*word), *policy)
            }
            (Val::Moment(left), Val::Moment(right)) => (self.of.compare(*left, *right) == Ordering::Equal).into(),
            (Val::Duration(left), Val::Duration(right)) => self.of.as_long(*left, *right),
            // As old as that to the day: neither more nor less.
            (Val::Age(..), Val::Duration(_)) => {
                self.ordered(Compare::AtMost, left, right).and(self.ordered(Compare::AtLeast, left, right))
            }
            (left, right) => (left == right).into(),
        }
    }

    /// Whether a value is another, or a member of the set that the other is.
    fn is_or_in(&self, left: &Val, right: &Val) -> Truth {
        if matches!(right, Val::Set { .. }) { self.includes(right, left) } else { self.is(left, right) }
    }

    /// "On a set, `includes` is the Kleene OR over its members; where a further member is possible a false `includes`
    /// becomes unknown."
    pub(super) fn includes(&self, set: &Val, member: &Val) -> Truth {
        match (set, member) {
            (Val::None, _) | (_, Val::None) => Truth::False,
            (Val::Set { members, complete }, member) => {
                let found = Truth::any(members.iter().map(|(own, there)| there.and(self.is(own, member))));
                if *complete { found } else { found.or(Truth::Unknown) }
            }
            _ => Truth::Unknown,
        }
    }

    /// "`within` the AND over its members; where a further member is possible a true `within` becomes unknown."
    fn within(&self, set: &Val, right: &[Val]) -> Truth {
        match set {
            Val::None => Truth::False,
            Val::Set { members, complete } => {
                let among = |own: &Val| Truth::any(right.iter().map(|right| self.is_or_in(own, right)));
                let found = Truth::all(members.iter().map(|(own, there)| (!*there).or(among(own))));
                if *complete { found } else { found.and(Truth::Unknown) }
            }
            _ => Truth::Unknown,
        }
    }

    /// Numbers, durations, ages, dates and instants.
    fn ordered(&self, compare: Compare, left: &Val, right: &Val) -> Truth {
        let settled = |ordering: Ordering| -> Truth {
            match compare {
                Compare::AtMost | Compare::OnOrBefore => ordering.is_le(),
                Compare::AtLeast | Compare::OnOrAfter => ordering.is_ge(),
                Compare::Before => ordering.is_lt(),
                _ => ordering.is_gt(),
            }
            .into()
        };
        match (left, right) {
            (Val::None, _) | (_, Val::None) => Truth::False,
            (Val::Number(left), Val::Number(right)) => settled(left.cmp(right)),
            (Val::Moment(left), Val::Moment(right)) => settled(self.of.compare(*left, *right)),
            (Val::Duration(left), Val::Duration(right)) if compare == Compare::AtMost => self.of.at_most(*left, *right),
            (Val::Duration(left), Val::Duration(right)) => self.of.at_most(*right, *left),
            // An age exactly, since its dates fix the calendar.
            (Val::Age(collected, day), Val::Duration(_)) => {
                let grown = self.sum(&Val::Moment(abey_engine::calendar::Moment::Date(*collected)), right, 1);
                match grown {
                    Val::Moment(grown) => settled(day.cmp(&self.of.day(grown))),
                    _ => Truth::Unknown,
                }
            }
            _ => Truth::Unknown,
        }
    }
}
