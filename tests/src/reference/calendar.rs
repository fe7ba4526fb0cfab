//! Section 4: "durations are calendar-honest". The calendar is that of the crate `jiff`.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use abey_engine::calendar::{Date, Duration, Instant, Moment};
use abey_engine::truth::Truth;
use jiff::{Span, civil};

use super::Reference;

const DAY: i64 = 86_400_000_000;

fn epoch() -> civil::Date {
    civil::date(1970, 1, 1)
}

/// The day in `jiff`'s calendar.
fn civil(date: Date) -> civil::Date {
    epoch().saturating_add(Span::new().days(date.0))
}

/// A day of `jiff`'s calendar; "results outside are held at the first or last day".
fn held(day: civil::Date) -> Date {
    let day = day.clamp(civil::date(1, 1, 1), civil::date(9999, 12, 31));
    Date(day.since(epoch()).map_or(0, |span| span.get_days()))
}

fn held_moment(micros: i128) -> Instant {
    let (first, last) = (held(civil::Date::MIN), held(civil::Date::MAX));
    let (first, last) = (i128::from(first.0) * i128::from(DAY), (i128::from(last.0) + 1) * i128::from(DAY) - 1);
    Instant(micros.clamp(first, last) as i64)
}

/// A day so many months and then days later, or earlier; "end of month clamps".
fn moved(date: Date, duration: Duration, sign: i64) -> Date {
    let months = Span::new().months(sign * i64::from(duration.months));
    let days = Span::new().days(sign * i64::from(duration.days));
    held(civil(held(civil(date).saturating_add(months))).saturating_add(days))
}

/// How many days the sums of a day with two numbers of months may lie apart, over every day of 400 years. What was
/// found is kept.
fn apart(a: u32, b: u32) -> BTreeSet<i64> {
    static FOUND: Mutex<BTreeMap<(u32, u32), BTreeSet<i64>>> = Mutex::new(BTreeMap::new());
    let mut found = FOUND.lock().unwrap_or_else(PoisonError::into_inner);
    let days = || (0..146_097).map(|day| held(civil::date(2000, 1, 1).saturating_add(Span::new().days(day))));
    let after = |day: Date, months: u32| i64::from(moved(day, Duration::months(months), 1).0);
    found.entry((a, b)).or_insert_with(|| days().map(|day| after(day, a) - after(day, b)).collect()).clone()
}

/// The last day of the month.
pub(super) fn end_of_month(date: Date) -> Date {
    held(civil(date).last_of_month())
}

/// The last day of the year.
pub(super) fn end_of_year(date: Date) -> Date {
    held(civil(date).last_of_year())
}

impl Reference<'_> {
    fn offset(&self) -> i64 {
        i64::from(self.policy.offset) * 60_000_000
    }

    /// The day of a moment, "in UTC unless the policy says an offset".
    pub(super) fn day(&self, moment: Moment) -> Date {
        match moment {
            Moment::Date(date) => date,
            Moment::Instant(instant) => {
                let day = (instant.0 + self.offset()).div_euclid(DAY);
                Date(day.clamp(i64::from(held(civil::Date::MIN).0), i64::from(held(civil::Date::MAX).0)) as i32)
            }
        }
    }

    /// The moment at which a date begins, or the moment itself.
    pub(super) fn start(&self, moment: Moment) -> Instant {
        match moment {
            Moment::Date(date) => Instant(i64::from(date.0) * DAY - self.offset()),
            Moment::Instant(instant) => instant,
        }
    }

    /// A date or an instant plus (sign 1) or minus (sign -1) a duration: a date with hours becomes an instant.
    pub(super) fn shift(&self, moment: Moment, duration: Duration, sign: i64) -> Moment {
        let day = self.day(moment);
        let moved = Moment::Date(moved(day, duration, sign));
        let seconds = sign * i64::from(duration.seconds) * 1_000_000;
        match moment {
            Moment::Date(_) if seconds == 0 => moved,
            _ => {
                let within = self.start(moment).0 - self.start(Moment::Date(day)).0;
                Moment::Instant(held_moment(i128::from(self.start(moved).0) + i128::from(within + seconds)))
            }
        }
    }

    /// "A date against an instant compares the instant's day."
    pub(super) fn compare(&self, a: Moment, b: Moment) -> Ordering {
        match (a, b) {
            (Moment::Instant(a), Moment::Instant(b)) => a.cmp(&b),
            _ => self.day(a).cmp(&self.day(b)),
        }
    }

    /// "Days and months compare over every calendar in which they could lie": by how much the one may be longer than
    /// the other, in seconds, over every day on which both could begin.
    fn longer_by(&self, a: Duration, b: Duration) -> BTreeSet<i64> {
        let plain = (i64::from(a.days) - i64::from(b.days)) * 86_400 + i64::from(a.seconds) - i64::from(b.seconds);
        apart(a.months, b.months).iter().map(|days| days * 86_400 + plain).collect()
    }

    /// True where all calendars agree that it is, false where all agree that it isn't.
    fn in_every_calendar(&self, a: Duration, b: Duration, holds: impl Fn(i64) -> bool) -> Truth {
        let longer = self.longer_by(a, b);
        match (longer.iter().all(|by| holds(*by)), longer.iter().any(|by| holds(*by))) {
            (true, _) => Truth::True,
            (_, false) => Truth::False,
            _ => Truth::Unknown,
        }
    }

    /// Whether a duration is at most another.
    pub(super) fn at_most(&self, a: Duration, b: Duration) -> Truth {
        self.in_every_calendar(a, b, |by| by <= 0)
    }

    /// Whether two durations are equally long.
    pub(super) fn as_long(&self, a: Duration, b: Duration) -> Truth {
        self.in_every_calendar(a, b, |by| by == 0)
    }
}
