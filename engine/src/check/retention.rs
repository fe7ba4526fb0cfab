//! How long data is held: plans, data past its bound, and disposal before its time.

use alloc::borrow::Cow;
use core::cmp::Ordering;

use super::point::Point;
use super::possible;
use super::val::Val;
use crate::calendar::{Duration, Moment};
use crate::image::{Facet, Keep};
use crate::operation::Retention;
use crate::truth::Truth;

/// Whether a point obeys a bound on how long data is held, aspect by aspect.
#[derive(Clone, Debug)]
pub struct Held {
    /// What the operation plans is within the bound.
    pub planned: Truth,
    /// The data isn't past its bound, or this disposes of it.
    pub unexpired: Truth,
    /// This isn't a disposal before its time.
    pub ripe: Truth,
    /// The last day, where it is fixed: none where there is no end yet.
    pub last: Val<'static>,
    /// The first day on which it may be disposed of.
    pub first: Val<'static>,
}

impl Held {
    /// Whether every aspect holds.
    pub fn truth(&self) -> Truth {
        self.planned.and(self.unexpired).and(self.ripe)
    }
}

impl<'a> Point<'a> {
    /// A point against a bound.
    pub fn held(&self, keep: &Keep) -> Held {
        let event = self.event(keep);
        let last = match keep.until {
            Some(until) => self.value(until),
            None => keep.at_most.map_or(Val::None, |bound| self.end(&event, bound)),
        };
        let first = keep.at_least.map_or(Val::None, |bound| self.end(&event, bound));
        let expired = match keep.at_most.or(keep.until) {
            None => Truth::False,
            Some(_) => one(&last, |last| self.past(last)),
        };
        let unexpired = (!expired).and(keep.during.map_or(Truth::True, |during| self.condition(during)));
        let early = match keep.at_least {
            None => Truth::False,
            Some(_) => self.disposes().and(!one(&first, |first| self.reached(first))),
        };
        Held {
            planned: (!self.stores()).or(self.plan(keep, &event)),
            unexpired: self.named_disposal(keep).or(unexpired),
            ripe: !early,
            last: last.owned(),
            first: first.owned(),
        }
    }

    /// Whether a point certainly obeys a bound: [`Point::held`] without its aspects.
    pub fn keeps(&self, keep: &Keep) -> bool {
        let event = self.event(keep);
        let planned = || self.stores().is_false() || self.plan(keep, &event).is_true();
        let unexpired = || {
            let expired = match (keep.until, keep.at_most) {
                (Some(until), _) => one(&self.read(until), |last| self.past(last)),
                (None, Some(bound)) => one(&self.end(&event, bound), |last| self.past(last)),
                (None, None) => Truth::False,
            };
            expired.is_false() && keep.during.is_none_or(|during| self.condition(during).is_true())
        };
        let ripe = || match keep.at_least {
            None => true,
            Some(bound) => {
                self.disposes().is_false() || one(&self.end(&event, bound), |first| self.reached(first)).is_true()
            }
        };
        planned() && (unexpired() || self.named_disposal(keep).is_true()) && ripe()
    }

    /// From when the bound counts.
    fn event(&self, keep: &Keep) -> Cow<'a, Val<'a>> {
        match keep.after {
            Some(event) => self.read(event),
            None => Cow::Owned(self.item.collected.map_or_else(Val::default, |date| Val::Moment(Moment::Date(date)))),
        }
    }

    /// So long after an event.
    fn end(&self, event: &Val<'a>, bound: u32) -> Val<'a> {
        let ends = |event: &Val<'a>, length: &Val<'a>| match (event, length) {
            (Val::Moment(event), Val::Duration(length)) => Val::Moment(event.plus(*length, self.checker.image.offset)),
            (Val::None, _) | (_, Val::None) => Val::None,
            _ => Val::Unknown,
        };
        let bound = self.read(bound);
        if !event.is_either() && !bound.is_either() {
            return ends(event, &bound);
        }
        possible::combined(&[event.clone(), bound.into_owned()], |parts| match parts {
            [event, length] => ends(event, length),
            _ => Val::Unknown,
        })
    }

    /// Whether the operation holds data: by its action, or because it states how long.
    pub fn stores(&self) -> Truth {
        let named = self.matches(Facet::Action, self.input.action, self.checker.image.core.store);
        match self.input.retention {
            Retention::For(_) | Retention::Agreed => Truth::True,
            Retention::None | Retention::Unknown => named,
        }
    }

    /// Whether the operation ends the holding of data.
    pub fn disposes(&self) -> Truth {
        self.matches(Facet::Action, self.input.action, self.checker.image.core.dispose)
    }

    /// Whether the operation is a disposal that the bound names; deletion always is, and any disposal where it names none.
    fn named_disposal(&self, keep: &Keep) -> Truth {
        let core = &self.checker.image.core;
        let action = |term: u32| self.matches(Facet::Action, self.input.action, term);
        let named = if keep.then.is_empty() {
            action(core.dispose)
        } else {
            Truth::any(keep.then.iter().map(|term| action(*term)))
        };
        named.or(action(core.delete))
    }

    /// Whether what is planned ends within the bound, given that the operation stores.
    fn plan(&self, keep: &Keep, event: &Val<'a>) -> Truth {
        if keep.never {
            return Truth::False;
        }
        let upper = match (keep.at_most, keep.until, keep.during) {
            (None, None, None) => Truth::True,
            _ => match self.input.retention {
                Retention::Agreed | Retention::None => Truth::True,
                Retention::Unknown => Truth::Unknown,
                Retention::For(planned) => {
                    let most = keep
                        .at_most
                        .map_or(Truth::True, |most| self.measured(keep, event, planned, most, Ordering::is_le));
                    let until = keep.until.map_or(Truth::True, |until| {
                        one(&self.read(until), |until| self.ends(planned, until, None, Ordering::is_le))
                    });
                    // How long a condition will hold can't be planned in advance.
                    let during = if keep.during.is_some() { Truth::Unknown } else { Truth::True };
                    most.and(until).and(during)
                }
            },
        };
        let lower = keep.at_least.map_or(Truth::True, |least| match self.input.retention {
            Retention::Agreed => Truth::True,
            Retention::None => Truth::False,
            Retention::Unknown => Truth::Unknown,
            Retention::For(planned) => self.measured(keep, event, planned, least, Ordering::is_ge),
        });
        upper.and(lower)
    }

    /// A planned length against a bound, counted from collection or from the event.
    fn measured(
        &self,
        keep: &Keep,
        event: &Val<'a>,
        planned: Duration,
        bound: u32,
        holds: fn(Ordering) -> bool,
    ) -> Truth {
        let measured = |event: &Val<'_>, bound: &Val<'_>| match (event, bound) {
            // What there isn't lies after every day, and so does whatever is counted from it.
            (_, Val::None) | (Val::None, _) => holds(Ordering::Less).into(),
            (_, Val::Duration(bound)) if keep.after.is_none() => self.lengths(planned, *bound, holds),
            (event, Val::Duration(bound)) => self.ends(planned, event, Some(*bound), holds),
            _ => Truth::Unknown,
        };
        let bound = self.read(bound);
        if !event.is_either() && !bound.is_either() {
            return measured(event, &bound);
        }
        possible::agreed(&[event.clone(), bound.into_owned()], |parts| match parts {
            [event, bound] => measured(event, bound),
            _ => Truth::Unknown,
        })
    }

    /// Two lengths from collection: exactly where its day is known, else over every calendar.
    fn lengths(&self, planned: Duration, bound: Duration, holds: fn(Ordering) -> bool) -> Truth {
        let offset = self.checker.image.offset;
        if planned == bound {
            return holds(Ordering::Equal).into();
        }
        if let Some(from) = self.item.collected {
            // Hours count as hours, so both ends are moments.
            let end = |length: Duration| match Moment::Date(from).plus(length, offset) {
                Moment::Date(date) => date.start(offset),
                Moment::Instant(instant) => instant,
            };
            return holds(end(planned).cmp(&end(bound))).into();
        }
        let upper = holds(Ordering::Less);
        if upper { planned.at_most(bound) } else { bound.at_most(planned) }
    }

    /// The planned end against an event and so much after it. An event that there isn't lies after every day.
    fn ends(&self, planned: Duration, event: &Val<'_>, after: Option<Duration>, holds: fn(Ordering) -> bool) -> Truth {
        let offset = self.checker.image.offset;
        match event {
            Val::None => holds(Ordering::Less).into(),
            Val::Moment(event) => {
                let Some(from) = self.item.collected else { return Truth::Unknown };
                let end = Moment::Date(from).plus(planned, offset);
                let bound = after.map_or(*event, |after| event.plus(after, offset));
                holds(end.compare(bound, offset)).into()
            }
            _ => Truth::Unknown,
        }
    }

    /// Whether the operation comes after the last day (of a date) or moment (of an instant).
    fn past(&self, last: &Val<'_>) -> Truth {
        let Some(time) = self.input.time else {
            return if *last == Val::None { Truth::False } else { Truth::Unknown };
        };
        match last {
            Val::None => Truth::False,
            Val::Moment(last) => Moment::Instant(time).compare(*last, self.checker.image.offset).is_gt().into(),
            _ => Truth::Unknown,
        }
    }

    /// Whether the operation comes on or after the first day. A day that there isn't is never reached.
    fn reached(&self, first: &Val<'_>) -> Truth {
        match (first, self.input.time) {
            (Val::None, _) => Truth::False,
            (Val::Moment(first), Some(time)) => {
                Moment::Instant(time).compare(*first, self.checker.image.offset).is_ge().into()
            }
            _ => Truth::Unknown,
        }
    }
}

/// What is so of a value, whichever it could be.
fn one(value: &Val<'_>, truth: impl Fn(&Val<'_>) -> Truth) -> Truth {
    if !value.is_either() {
        return truth(value);
    }
    possible::agreed(core::slice::from_ref(value), |parts| parts.first().map_or(Truth::Unknown, &truth))
}
