//! Section 5: bounds on how long data is held, and the duties that a decision carries.

use abey_engine::Retention;
use abey_engine::calendar::{Date, Duration, Moment};
use abey_engine::decision::DutyState;
use abey_engine::truth::Truth;
use abey_lang::model::{Effect, Facet, Keep, Owe, Rule, Value};

use super::At;
use super::value::{Val, agreed, combined};

/// A bound at a point: whether each of its aspects holds.
pub(super) struct Held {
    /// The operation plans to end within the bounds.
    pub(super) planned: Truth,
    /// The data isn't past its bound, or this is its disposal.
    pub(super) unexpired: Truth,
    /// It isn't disposed of too early.
    pub(super) ripe: Truth,
}

impl Held {
    pub(super) fn holds(&self) -> Truth {
        self.planned.and(self.unexpired).and(self.ripe)
    }
}

impl At<'_> {
    /// Whether the operation, which lies in the scope of a `keep`, obeys it.
    pub(super) fn held(&self, keep: &Keep) -> Held {
        let planned = (!self.stores()).or(self.plan(keep));
        Held { planned, unexpired: self.unexpired(keep), ripe: self.ripe(keep) }
    }

    /// "`retention` … left out, it is none where `action is store` is false, otherwise unknown."
    fn retention(&self) -> Retention {
        match self.given.operation.retention {
            Retention::Unknown if self.is_store() == Truth::False => Retention::None,
            stated => stated,
        }
    }

    fn is_store(&self) -> Truth {
        self.matches(Facet::Action, &self.given.action, self.of.policy.core.store)
    }

    /// "An operation that stores (an action at or below `store`, or one that states a retention)."
    fn stores(&self) -> Truth {
        match self.retention() {
            Retention::Agreed | Retention::For(_) => Truth::True,
            Retention::None | Retention::Unknown => self.is_store(),
        }
    }

    fn collected(&self) -> Vec<Val> {
        vec![self.item().collected.map_or(Val::Unknown, |day| Val::Moment(Moment::Date(day)))]
    }

    /// What a bound counts from: "`after EVENT` (collection, by default)".
    fn event(&self, keep: &Keep) -> Vec<Val> {
        keep.after.as_ref().map_or_else(|| self.collected(), |after| self.values(after))
    }

    fn plus(&self, event: Vec<Val>, duration: &Value) -> Vec<Val> {
        combined(&[event, self.values(duration)], |way| self.sum(&way[0], &way[1], 1))
    }

    /// Each day or moment at which an upper bound ends: what it could be.
    fn ends(&self, keep: &Keep) -> Vec<Vec<Val>> {
        let until = keep.until.iter().map(|until| self.values(until));
        let at_most = keep.at_most.iter().map(|at_most| self.plus(self.event(keep), at_most));
        until.chain(at_most).collect()
    }

    /// Whether the operation plans to end within the bounds. "`agreed` … satisfies every planned upper bound, but never
    /// `keep never`."
    fn plan(&self, keep: &Keep) -> Truth {
        if keep.never {
            return Truth::False;
        }
        let planned = match self.retention() {
            Retention::Unknown => return Truth::Unknown,
            Retention::Agreed => return Truth::True,
            Retention::None => return keep.at_least.is_none().into(),
            Retention::For(planned) => planned,
        };
        let at_most = keep.at_most.iter().map(|most| self.against(planned, most, keep, true));
        let at_least = keep.at_least.iter().map(|least| self.against(planned, least, keep, false));
        let until = keep.until.iter().map(|until| self.ends_by(planned, &self.values(until), true));
        // How long a condition will hold can't be planned.
        let during = keep.during.iter().map(|_| Truth::Unknown);
        Truth::all(at_most.chain(at_least).chain(until).chain(during))
    }

    /// A planned retention against `at most` or `at least`: "`retention` counts from collection, so for another event
    /// `collected + retention` is compared with `event + D`".
    fn against(&self, planned: Duration, bound: &Value, keep: &Keep, upper: bool) -> Truth {
        if keep.after.is_some() {
            return self.ends_by(planned, &self.plus(self.event(keep), bound), upper);
        }
        let from_collection = |duration: Duration| {
            let day = self.item().collected?;
            Some(self.of.start(self.of.shift(Moment::Date(day), duration, 1)))
        };
        agreed(&[self.values(bound)], |way| match &way[0] {
            // A bound that is none lies later than every date.
            Val::None => upper.into(),
            // "Exactly where dates fix the calendar", else over every calendar.
            Val::Duration(bound) => match (from_collection(planned), from_collection(*bound)) {
                (Some(end), Some(last)) if upper => (end <= last).into(),
                (Some(end), Some(first)) => (end >= first).into(),
                _ if upper => self.of.at_most(planned, *bound),
                _ => self.of.at_most(*bound, planned),
            },
            _ => Truth::Unknown,
        })
    }

    /// Whether the planned end is on or before the last day, or on or after the first. "An event that is none lies
    /// later than every date."
    fn ends_by(&self, planned: Duration, end: &[Val], upper: bool) -> Truth {
        agreed(&[end.to_vec()], |way| match (&way[0], self.item().collected) {
            (Val::None, _) => upper.into(),
            (Val::Moment(end), Some(collected)) => {
                let planned = self.of.compare(self.of.shift(Moment::Date(collected), planned, 1), *end);
                if upper { planned.is_le() } else { planned.is_ge() }.into()
            }
            _ => Truth::Unknown,
        })
    }

    /// "Any operation in the scope on data past its bound pauses, except the disposal that `then` names. Deletion is
    /// never blocked by another keep's upper bound."
    fn unexpired(&self, keep: &Keep) -> Truth {
        let is = |action: u32| self.matches(Facet::Action, &self.given.action, action);
        let core = &self.of.policy.core;
        let named = if keep.then.is_empty() { is(core.dispose) } else { Truth::any(keep.then.iter().map(|a| is(*a))) };
        let ends = self.ends(keep);
        let past = Truth::any(ends.iter().map(|end| agreed(std::slice::from_ref(end), |way| self.past(&way[0]))));
        let during = keep.during.as_ref().map_or(Truth::True, |during| self.condition(during));
        named.or(is(core.delete)).or((!past).and(during))
    }

    /// Whether the time is after the last day, or after the moment; "none lies later than every date".
    pub(super) fn past(&self, end: &Val) -> Truth {
        match (end, self.given.time, self.given.day) {
            (Val::None, ..) => Truth::False,
            (Val::Moment(Moment::Date(last)), _, Some(day)) => (day > *last).into(),
            (Val::Moment(Moment::Instant(last)), Some(time), _) => (time > *last).into(),
            _ => Truth::Unknown,
        }
    }

    /// Whether the time is on or after the first day, or the moment.
    pub(super) fn reached(&self, first: &Val) -> Truth {
        match (first, self.given.time, self.given.day) {
            (Val::None, ..) => Truth::False,
            (Val::Moment(Moment::Date(first)), _, Some(day)) => (day >= *first).into(),
            (Val::Moment(Moment::Instant(first)), Some(time), _) => (time >= *first).into(),
            _ => Truth::Unknown,
        }
    }

    /// "Disposal before `at least` pauses too."
    fn ripe(&self, keep: &Keep) -> Truth {
        let Some(least) = &keep.at_least else { return Truth::True };
        let first = self.plus(self.event(keep), least);
        let reached = agreed(&[first], |way| self.reached(&way[0]));
        !self.disposes().and(!reached)
    }

    /// The duty to dispose, with its day: none where nothing is held, or where this disposes of it.
    fn disposal_duty(&self, scope: Truth, keep: &Keep) -> Option<(DutyState, Option<String>)> {
        let bounded = keep.at_most.is_some() || keep.until.is_some() || keep.during.is_some();
        let held = self.given.operation.retention != Retention::None && self.disposes() != Truth::True;
        if !bounded || !held {
            return None;
        }
        let mut ends = self.ends(keep);
        ends.extend(keep.during.iter().map(|during| {
            vec![match (self.condition(during), self.given.day) {
                (Truth::True, _) => Val::None,
                (Truth::False, Some(day)) => Val::Moment(Moment::Date(day)),
                _ => Val::Unknown,
            }]
        }));
        Some(clocked(scope, &combined(&ends, |way| self.earliest(way))))
    }

    /// A duty with a clock: "`owe "DUTY" within D of EVENT`".
    fn owed_duty(&self, scope: Truth, owe: &Owe) -> (DutyState, Option<String>) {
        match (&owe.event, &owe.within) {
            (None, _) if scope != Truth::True => (DutyState::Possible, None),
            (None, _) => (DutyState::Standing, None),
            (Some(event), Some(within)) => {
                let ends = combined(&[self.values(event), self.values(within)], |way| match way {
                    [event, Val::None] if *event != Val::None => Val::Unknown,
                    way => self.sum(&way[0], &way[1], 1),
                });
                clocked(scope, &ends)
            }
            (Some(event), None) => {
                // An event that has come starts a duty without a period: due, on no day, whichever day it was.
                let (state, _) = clocked(scope, &combined(&[self.values(event)], |way| way[0].clone()));
                (state, None)
            }
        }
    }

    /// The duty that a rule yields in its scope, and its day.
    pub(super) fn owed(&self, scope: Truth, rule: &Rule) -> Option<(DutyState, Option<String>)> {
        match &rule.effect {
            Effect::Owe(owe) => Some(self.owed_duty(scope, owe)),
            Effect::Keep(keep) => self.disposal_duty(scope, keep),
            _ => None,
        }
    }

    /// The last day within an upper bound, where it is settled.
    pub(super) fn last_day(&self, keep: &Keep) -> Option<Moment> {
        settled(&combined(&self.ends(keep), |way| self.earliest(way)))
    }

    /// The first day on which the data may be disposed of, where it is settled.
    pub(super) fn first_day(&self, keep: &Keep) -> Option<Date> {
        settled(&self.plus(self.event(keep), keep.at_least.as_ref()?)).map(|first| self.of.day(first))
    }
}

/// The moment that something is, where it can't be another.
pub(super) fn settled(values: &[Val]) -> Option<Moment> {
    match values {
        [Val::Moment(moment)] => Some(*moment),
        _ => None,
    }
}

/// The state of a duty that ends on one of these days: "open" where there is none yet, "possibly due" where its scope
/// or its day isn't known.
fn clocked(scope: Truth, ends: &[Val]) -> (DutyState, Option<String>) {
    let (state, due) = match ends {
        [Val::None] => (DutyState::Open, None),
        [Val::Moment(end)] => (DutyState::Due, Some(end.to_string())),
        _ => (DutyState::Possible, None),
    };
    if scope == Truth::True { (state, due) } else { (DutyState::Possible, due) }
}
