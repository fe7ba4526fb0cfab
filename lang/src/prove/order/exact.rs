//! Values that fit the calendar, not only the spans that months and ends of months could have.

use abey_engine::calendar::{Date, Instant, Moment};

use super::{Comparison, DAY, Id, Kind, Node, Orders};
use crate::prove::circuit::Bit;

/// How the distance between the quantities of a comparison and their variables is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// As any that some calendar has.
    Any,
    /// As all of them at once: what fits then fits whatever the calendar.
    Every,
    /// As these two are, left and right.
    As(i128, i128),
}

/// Rounds of looking for values that fit.
const ROUNDS: usize = 40;

impl Orders {
    /// Values that obey every comparison by the calendar, sought from those that obey them within spans. None where
    /// none were found; there may be some.
    pub(super) fn fitted(&self, holds: &impl Fn(Bit) -> bool, first: Vec<i64>) -> Option<Vec<i64>> {
        let mut taken = vec![Taken::Any; self.comparisons.len()];
        let mut values = first;
        for _ in 0..ROUNDS {
            let mut broken = false;
            for (comparison, taken) in self.comparisons.iter().zip(&mut taken) {
                if self.obeyed(comparison, holds, &values) {
                    continue;
                }
                broken = true;
                *taken = if *taken == Taken::Any { Taken::Every } else { self.as_is(comparison, &values) };
            }
            if !broken {
                return Some(values);
            }
            values = match self.within(holds, &taken) {
                Ok(found) => found,
                // Not every calendar has some: the one at hand may.
                Err(_) => {
                    let mut eased = false;
                    for (comparison, taken) in self.comparisons.iter().zip(&mut taken) {
                        if *taken == Taken::Every {
                            *taken = self.as_is(comparison, &values);
                            eased = true;
                        }
                    }
                    if !eased {
                        return None;
                    }
                    self.within(holds, &taken).ok()?
                }
            };
        }
        None
    }

    /// Both sides as far from their variables as they are now.
    fn as_is(&self, comparison: &Comparison, values: &[i64]) -> Taken {
        let distance = |id: Id| {
            let base = self.span(id).and_then(|(base, ..)| base);
            let from = base.and_then(|base| values.get(base)).copied().unwrap_or(0);
            i128::from(self.exact(id, values).unwrap_or(from)) - i128::from(from)
        };
        Taken::As(distance(comparison.left), distance(comparison.right))
    }

    /// Whether the values stand as a comparison says; so does one of what isn't there or isn't followed.
    fn obeyed(&self, comparison: &Comparison, holds: &impl Fn(Bit) -> bool, values: &[i64]) -> bool {
        let Comparison { left, right, less, greater } = *comparison;
        let there = |id: Id| match self.span(id) {
            Some((base, ..)) => {
                base.is_none_or(|base| self.variables.get(base).is_some_and(|variable| holds(variable.present)))
            }
            None => false,
        };
        if !there(left) || !there(right) {
            return true;
        }
        let (Some(one), Some(other)) = (self.exact(left, values), self.exact(right, values)) else { return true };
        let sign = match (holds(less), holds(greater)) {
            (true, _) => -1,
            (_, true) => 1,
            _ => 0,
        };
        let (at_least, at_most) = self.asked(left, right, sign);
        let apart = i128::from(other) - i128::from(one);
        at_least.is_none_or(|at_least| at_least <= apart) && at_most.is_none_or(|at_most| apart <= at_most)
    }

    /// A quantity by the calendar: microseconds of local time, or units of a number.
    fn exact(&self, id: Id, values: &[i64]) -> Option<i64> {
        match *self.nodes.get(id)? {
            Node::Day(day) => Some(self.local(Moment::Date(day))),
            Node::At(at) => Some(self.local(Moment::Instant(at))),
            Node::Number(number) => Some(number),
            // A day begins at its beginning, whatever part of it would do.
            Node::Told(variable) if self.kind(id) == Kind::Date => {
                values.get(variable).map(|at| at.div_euclid(DAY) * DAY)
            }
            Node::Told(variable) => values.get(variable).copied(),
            Node::More(id, by) => self.exact(id, values)?.checked_add(by),
            Node::Start(id) => self.exact(id, values),
            Node::Sum(..) | Node::MovedByOther(..) => None,
            Node::Moved(id, by, sign) => {
                let moment = self.moment_at(id, values)?;
                let moved = if sign > 0 { moment.plus(by, self.offset) } else { moment.minus(by, self.offset) };
                Some(self.local(moved))
            }
            Node::EndOfMonth(id) => self.day_at(id, values).map(|day| self.local(Moment::Date(day.end_of_month()))),
            Node::EndOfYear(id) => self.day_at(id, values).map(|day| self.local(Moment::Date(day.end_of_year()))),
            Node::DayOf(id) => self.day_at(id, values).map(|day| self.local(Moment::Date(day))),
        }
    }

    fn moment_at(&self, id: Id, values: &[i64]) -> Option<Moment> {
        let at = self.exact(id, values)?;
        Some(match self.kind(id) {
            Kind::Instant => Moment::Instant(Instant(at - i64::from(self.offset) * 60_000_000)),
            _ => Moment::Date(Date(i32::try_from(at.div_euclid(DAY)).ok()?)),
        })
    }

    fn day_at(&self, id: Id, values: &[i64]) -> Option<Date> {
        self.moment_at(id, values).map(|moment| moment.day(self.offset))
    }
}
