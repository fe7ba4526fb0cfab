//! Values that fit the calendar, not only the spans that months and ends of months could have.

use abey_engine::calendar::{Date, Instant, Moment};

use super::{Comparison, DAY, Id, Kind, Node, Orders, Thresholds};
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

    /// Where the one variable of two quantities, of which the other is written, must lie for each order of theirs, less,
    /// equal and greater: at least and at most. By the calendar, where the variable moves the quantity one way alone.
    pub(super) fn thresholds(&self, left: Id, right: Id) -> Option<Thresholds> {
        let (one, other) = (self.span(left)?, self.span(right)?);
        let (moving, variable, still, sign) = match (one.0, other.0) {
            (None, Some(variable)) => (right, variable, left, 1),
            (Some(variable), None) => (left, variable, right, -1),
            _ => return None,
        };
        let (_, low, high) = self.span(moving)?;
        if low == high || !self.steady(moving) {
            return None;
        }
        let unit = if self.variables.get(variable)?.kind == Kind::Date { i128::from(DAY) } else { 1 };
        let written = i128::from(self.exact(still, &[])?);
        let mut values = vec![0; variable + 1];
        // The first step of the variable at which the quantity is so late.
        let mut first = |bound: i128| {
            let near = |at: i128| at.div_euclid(unit);
            let (mut before, mut after) = (near(bound - high) - 3, near(bound - low) + 3);
            let mut late = |at: i128| {
                let at = i64::try_from(at * unit).ok()?;
                *values.get_mut(variable)? = at;
                self.exact(moving, &values).map(|exact| i128::from(exact) >= bound)
            };
            if late(before)? || !late(after)? {
                return None;
            }
            while after - before > 1 {
                let middle = i128::midpoint(before, after);
                if late(middle)? { after = middle } else { before = middle }
            }
            Some(after * unit)
        };
        let mut found = [(None, None); 3];
        for (order, found) in [-1, 0, 1].into_iter().zip(&mut found) {
            let (at_least, at_most) = self.asked(left, right, order);
            // The distance is that from left to right.
            let (at_least, at_most) = if sign > 0 {
                (at_least.map(|least| written + least), at_most.map(|most| written + most))
            } else {
                (at_most.map(|most| written - most), at_least.map(|least| written - least))
            };
            let least = match at_least {
                Some(bound) => Some(first(bound)?),
                None => None,
            };
            let most = match at_most {
                Some(bound) => Some(first(bound + 1)? - unit),
                None => None,
            };
            *found = (least, most);
        }
        Some(found)
    }

    /// Whether a quantity never goes back while its variable goes on: months move moments back within a day.
    fn steady(&self, id: Id) -> bool {
        match self.nodes.get(id) {
            Some(Node::Moved(of, by, _)) => (by.months == 0 || self.kind(*of) == Kind::Date) && self.steady(*of),
            Some(Node::EndOfMonth(of) | Node::EndOfYear(of) | Node::Start(of) | Node::DayOf(of)) => self.steady(*of),
            Some(Node::Told(_)) => true,
            _ => false,
        }
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
        let Comparison { left, right, less, greater, .. } = *comparison;
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
