//! Dates, instants and calendar-honest durations.
//!
//! The calendar is the proleptic Gregorian one of ISO 8601, years 0001 to 9999.
//! Arithmetic saturates at both ends. A month added to the last days of a month
//! ends on the last day there is (31 January + 1 month = 28 or 29 February).

use alloc::format;
use alloc::string::String;
use core::fmt;

use crate::truth::Truth;

/// Microseconds in a day.
const DAY: i64 = 86_400_000_000;
const SECOND: i64 = 1_000_000;

/// A day, counted from 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(pub i32);

/// A moment in UTC, in microseconds from 1970-01-01T00:00:00Z. Finer digits are dropped when read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(pub i64);

/// A length of time, months and days kept apart, never negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Duration {
    /// Calendar months; a year is twelve.
    pub months: u32,
    /// Days; a week is seven.
    pub days: u32,
    /// Seconds; an hour is 3600. A day is exactly 86 400 seconds, since days are counted in UTC or at a fixed offset.
    pub seconds: u32,
}

const FIRST: i32 = -719_162; // 0001-01-01
const LAST: i32 = 2_932_896; // 9999-12-31
/// Months that a duration may hold: a thousand years.
pub const MAX_MONTHS: u32 = 12_000;
/// Days that a duration may hold: a thousand years.
pub const MAX_DAYS: u32 = 366_000;
/// Seconds that a duration may hold: a thousand days.
pub const MAX_SECONDS: u32 = 86_400_000;

fn leap(year: i32) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// Days in a month of a year.
fn month_length(year: i32, month: u32) -> u32 {
    match month {
        2 if leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days before the first of a month, counted in a plain year.
const BEFORE_MONTH: [i32; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

impl Date {
    /// The day of a year (1 to 9999), month and day; none where the calendar has no such day.
    #[must_use]
    pub fn new(year: i32, month: u32, day: u32) -> Option<Self> {
        let valid =
            (1..=9999).contains(&year) && (1..=12).contains(&month) && (1..=month_length(year, month)).contains(&day);
        if !valid {
            return None;
        }
        let whole = year - 1;
        let leaps = whole / 4 - whole / 100 + whole / 400;
        let before = *BEFORE_MONTH.get(month as usize - 1)?;
        let leap_day = i32::from(month > 2 && leap(year));
        Some(Date(FIRST + whole * 365 + leaps + before + leap_day + day as i32 - 1))
    }

    /// Year, month and day.
    #[must_use]
    pub fn civil(self) -> (i32, u32, u32) {
        let days = self.0.clamp(FIRST, LAST) - FIRST;
        // 146 097 days in 400 years. Leap days run less than a day ahead of their mean, so the estimate is never a year
        // too late, and at most one too early.
        let mut year = (i64::from(days) * 400 / 146_097) as i32 + 1;
        let start = |year: i32| {
            let whole = year - 1;
            whole * 365 + whole / 4 - whole / 100 + whole / 400
        };
        if start(year + 1) <= days {
            year += 1;
        }
        let rest = (days - start(year)) as u32;
        // With a February of 30 days, 12 months in 367 days are spread evenly (Reingold and Dershowitz, Calendrical
        // Calculations: `gregorian-from-fixed`).
        let february = 59 + u32::from(leap(year));
        let even = if rest < february { rest } else { rest + 61 - february };
        let month = (12 * even + 373) / 367;
        let before = BEFORE_MONTH.get(month as usize - 1).map_or(0, |before| *before as u32);
        (year, month, rest + 1 - before - u32::from(month > 2 && leap(year)))
    }

    /// Reads `YYYY-MM-DD`.
    #[must_use]
    pub fn parse(text: impl AsRef<[u8]>) -> Option<Self> {
        let [c, e, n, t, b'-', m, o, b'-', d, a] = *<&[u8; 10]>::try_from(text.as_ref()).ok()? else { return None };
        let two = |ten: u8, one: u8| {
            let digits = ten.is_ascii_digit() && one.is_ascii_digit();
            digits.then(|| u32::from(ten - b'0') * 10 + u32::from(one - b'0'))
        };
        Date::new((two(c, e)? * 100 + two(n, t)?) as i32, two(m, o)?, two(d, a)?)
    }

    /// The day so many days later (earlier where negative), saturating.
    #[must_use]
    pub fn plus_days(self, days: i64) -> Self {
        let sum = i64::from(self.0).saturating_add(days);
        Date(sum.clamp(i64::from(FIRST), i64::from(LAST)) as i32)
    }

    /// The day so many months later (earlier where negative), on the last day of the month where it has no such day.
    #[must_use]
    pub fn plus_months(self, months: i64) -> Self {
        let (year, month, day) = self.civil();
        let count = i64::from(year) * 12 + i64::from(month) - 1 + months;
        let (year, month) = (count.div_euclid(12), count.rem_euclid(12) as u32 + 1);
        if year < 1 {
            return Date(FIRST);
        }
        if year > 9999 {
            return Date(LAST);
        }
        let day = day.min(month_length(year as i32, month));
        Date::new(year as i32, month, day).unwrap_or(Date(LAST))
    }

    /// The last day of the month.
    #[must_use]
    pub fn end_of_month(self) -> Self {
        let (year, month, _) = self.civil();
        Date::new(year, month, month_length(year, month)).unwrap_or(self)
    }

    /// 31 December of the year.
    #[must_use]
    pub fn end_of_year(self) -> Self {
        Date::new(self.civil().0, 12, 31).unwrap_or(self)
    }

    /// The first moment of the day, at an offset of so many minutes east of UTC.
    #[must_use]
    pub fn start(self, offset: i16) -> Instant {
        Instant(i64::from(self.0) * DAY - i64::from(offset) * 60 * SECOND)
    }
}

impl Instant {
    /// The day, at an offset of so many minutes east of UTC.
    #[must_use]
    pub fn day(self, offset: i16) -> Date {
        let local = self.0.saturating_add(i64::from(offset) * 60 * SECOND);
        Date(local.div_euclid(DAY).clamp(i64::from(FIRST), i64::from(LAST)) as i32)
    }

    /// Reads `YYYY-MM-DDThh:mm:ss[.fff]Z` or with an offset `±hh:mm` (RFC 3339; the seconds may be left out).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let date = Date::parse(text.get(0..10)?)?;
        let rest = text.get(10..)?.strip_prefix('T')?;
        let hour = digits(rest.get(0..2)?)?;
        let minute = digits(rest.get(2..5)?.strip_prefix(':')?)?;
        let mut rest = rest.get(5..)?;
        let (mut second, mut micros) = (0, 0i64);
        if let Some(after) = rest.strip_prefix(':') {
            second = digits(after.get(0..2)?)?;
            rest = after.get(2..)?;
            if let Some(after) = rest.strip_prefix('.') {
                let length = after.bytes().take_while(u8::is_ascii_digit).count();
                if length == 0 {
                    return None;
                }
                let mut scale = SECOND / 10;
                for digit in after.get(..length)?.bytes() {
                    micros += i64::from(digit - b'0') * scale;
                    scale /= 10;
                }
                rest = after.get(length..)?;
            }
        }
        let offset = match rest {
            "Z" => 0,
            _ => parse_offset(rest)?,
        };
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let seconds = i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second);
        let local = i64::from(date.0) * DAY + seconds * SECOND + micros;
        let instant = Instant(local - i64::from(offset) * 60 * SECOND);
        let held = i64::from(FIRST) * DAY <= instant.0 && instant.0 < (i64::from(LAST) + 1) * DAY;
        held.then_some(instant)
    }
}

/// Reads an offset from UTC, `±hh:mm`, in minutes.
#[must_use]
pub fn parse_offset(text: &str) -> Option<i16> {
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let hours = digits(rest.get(0..2)?)? as i16;
    let minutes = digits(rest.get(2..)?.strip_prefix(':').filter(|m| m.len() == 2)?)? as i16;
    (hours <= 23 && minutes <= 59).then_some(sign * (hours * 60 + minutes))
}

/// A run of ASCII digits as a number.
fn digits(text: &str) -> Option<u32> {
    let plain = !text.is_empty() && text.len() <= 9 && text.bytes().all(|b| b.is_ascii_digit());
    if plain { text.parse().ok() } else { None }
}

impl Duration {
    /// So many days.
    #[must_use]
    pub fn days(days: u32) -> Self {
        Duration { days, ..Duration::default() }
    }

    /// So many months.
    #[must_use]
    pub fn months(months: u32) -> Self {
        Duration { months, ..Duration::default() }
    }

    /// The sum of both, none past the bounds [`MAX_MONTHS`], [`MAX_DAYS`] and [`MAX_SECONDS`].
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        let sum = Duration {
            months: self.months.checked_add(other.months)?,
            days: self.days.checked_add(other.days)?,
            seconds: self.seconds.checked_add(other.seconds)?,
        };
        sum.in_bounds().then_some(sum)
    }

    /// Whether each field is within its bound.
    #[must_use]
    pub fn in_bounds(self) -> bool {
        self.months <= MAX_MONTHS && self.days <= MAX_DAYS && self.seconds <= MAX_SECONDS
    }

    /// Reads an ISO 8601 duration, `P1Y2M3W4DT5H6M7S`, each unit at most once and in this order.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix('P')?;
        let (dates, times) = match rest.split_once('T') {
            Some((_, "")) => return None,
            Some((dates, times)) => (dates, times),
            None => (rest, ""),
        };
        if dates.is_empty() && times.is_empty() {
            return None;
        }
        let mut total = Duration::default();
        let date_units = [
            ('Y', Duration::months(12)),
            ('M', Duration::months(1)),
            ('W', Duration::days(7)),
            ('D', Duration::days(1)),
        ];
        let second = |seconds| Duration { seconds, ..Duration::default() };
        let time_units = [('H', second(3600)), ('M', second(60)), ('S', second(1))];
        for (mut rest, units) in [(dates, &date_units[..]), (times, &time_units[..])] {
            let mut units = units.iter();
            while !rest.is_empty() {
                let end = rest.find(|c: char| !c.is_ascii_digit())?;
                let count = digits(rest.get(..end)?)?;
                let letter = rest.get(end..)?.chars().next()?;
                let (_, unit) = units.find(|(name, _)| *name == letter)?;
                total = total.plus(unit.times(count)?)?;
                rest = rest.get(end + 1..)?;
            }
        }
        Some(total)
    }

    /// So many times as long, none past the bounds.
    #[must_use]
    pub fn times(self, count: u32) -> Option<Self> {
        let product = Duration {
            months: self.months.checked_mul(count)?,
            days: self.days.checked_mul(count)?,
            seconds: self.seconds.checked_mul(count)?,
        };
        product.in_bounds().then_some(product)
    }

    /// Whether this is at most `other` in every calendar, in none, or it depends (unknown).
    #[must_use]
    pub fn at_most(self, other: Self) -> Truth {
        let (low, high) = self.difference(other);
        if high <= 0 {
            Truth::True
        } else if low > 0 {
            Truth::False
        } else {
            Truth::Unknown
        }
    }

    /// Whether both are equally long in every calendar.
    #[must_use]
    pub fn same(self, other: Self) -> Truth {
        self.at_most(other).and(other.at_most(self))
    }

    /// The least and the greatest of `(start + self) - (start + other)` in seconds, over every start.
    ///
    /// At most 4800 × 4 steps, and only where a quick estimate doesn't settle the sign.
    fn difference(self, other: Self) -> (i64, i64) {
        let plain = (i64::from(self.days) - i64::from(other.days)) * 86_400 + i64::from(self.seconds)
            - i64::from(other.seconds);
        let months = i64::from(self.months) - i64::from(other.months);
        if months == 0 {
            return (plain, plain);
        }
        // A month has 28 to 31 days; the sum of many stays within four days of the mean.
        let mean = months * 146_097 * 86_400 / 4800;
        let estimate = plain + mean;
        let slack = 5 * 86_400;
        if estimate.abs() > slack {
            return (estimate - slack, estimate + slack);
        }
        let (mut low, mut high) = (i64::MAX, i64::MIN);
        for start in 0..4800i64 {
            let (year, month) = (1 + start / 12, start % 12 + 1);
            for day in 28..=month_length(year as i32, month as u32) {
                let Some(from) = Date::new(year as i32, month as u32, day) else { continue };
                let days = i64::from(from.plus_months(i64::from(self.months)).0)
                    - i64::from(from.plus_months(i64::from(other.months)).0);
                low = low.min(days);
                high = high.max(days);
            }
        }
        (plain + low * 86_400, plain + high * 86_400)
    }
}

/// The moment, or the first or last that the calendar holds.
fn held(micros: i64) -> Instant {
    Instant(micros.clamp(i64::from(FIRST) * DAY, (i64::from(LAST) + 1) * DAY - 1))
}

/// A date or an instant: what events are told as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// A whole day.
    Date(Date),
    /// A moment of it.
    Instant(Instant),
}

impl Moment {
    /// So much later: a date stays a date, unless the duration has hours; months first, then days.
    #[must_use]
    pub fn plus(self, duration: Duration, offset: i16) -> Self {
        self.shift(duration, offset, 1)
    }

    /// So much earlier.
    #[must_use]
    pub fn minus(self, duration: Duration, offset: i16) -> Self {
        self.shift(duration, offset, -1)
    }

    fn shift(self, duration: Duration, offset: i16, sign: i64) -> Self {
        let moved =
            |date: Date| date.plus_months(sign * i64::from(duration.months)).plus_days(sign * i64::from(duration.days));
        let seconds = sign * i64::from(duration.seconds) * SECOND;
        match self {
            Moment::Date(date) if seconds == 0 => Moment::Date(moved(date)),
            Moment::Date(date) => Moment::Instant(held(moved(date).start(offset).0 + seconds)),
            Moment::Instant(instant) => {
                let day = instant.day(offset);
                let within = instant.0 - day.start(offset).0;
                Moment::Instant(held(moved(day).start(offset).0 + within + seconds))
            }
        }
    }

    /// The order of two moments; where one is a date, the days are compared.
    #[must_use]
    pub fn compare(self, other: Self, offset: i16) -> core::cmp::Ordering {
        match (self, other) {
            (Moment::Instant(a), Moment::Instant(b)) => a.cmp(&b),
            _ => self.day(offset).cmp(&other.day(offset)),
        }
    }

    /// The day.
    #[must_use]
    pub fn day(self, offset: i16) -> Date {
        match self {
            Moment::Date(date) => date,
            Moment::Instant(instant) => instant.day(offset),
        }
    }

    /// Reads a date or an instant.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Date::parse(text).map(Moment::Date).or_else(|| Instant::parse(text).map(Moment::Instant))
    }
}

/// The last two digits of a number.
fn two(number: u32) -> [u8; 2] {
    [b'0' + (number / 10 % 10) as u8, b'0' + (number % 10) as u8]
}

/// Shows ASCII.
fn put(out: &mut fmt::Formatter<'_>, text: &[u8]) -> fmt::Result {
    core::str::from_utf8(text).map_or(Err(fmt::Error), |text| out.write_str(text))
}

impl Date {
    /// `YYYY-MM-DD`; years have four digits.
    fn digits(self) -> [u8; 10] {
        let (year, month, day) = self.civil();
        let ([c, e], [n, t], [m, o], [d, a]) = (two(year as u32 / 100), two(year as u32), two(month), two(day));
        [c, e, n, t, b'-', m, o, b'-', d, a]
    }
}

impl fmt::Display for Date {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        put(out, &self.digits())
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let day = self.day(0);
        let within = self.0 - day.start(0).0;
        let (seconds, micros) = (within / SECOND, within % SECOND);
        if micros == 0 && (0..86_400).contains(&seconds) {
            let two = |number: i64| two(number as u32);
            let ([y, e, a, r, _, m, o, _, d, s], [h, i], [n, u], [t, c]) =
                (day.digits(), two(seconds / 3600), two(seconds / 60 % 60), two(seconds % 60));
            let text = [y, e, a, r, b'-', m, o, b'-', d, s, b'T', h, i, b':', n, u, b':', t, c, b'Z'];
            return put(out, &text);
        }
        write!(out, "{day}T{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)?;
        if micros != 0 {
            let text = format!("{micros:06}");
            write!(out, ".{}", text.trim_end_matches('0'))?;
        }
        out.write_str("Z")
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Moment::Date(date) => date.fmt(out),
            Moment::Instant(instant) => instant.fmt(out),
        }
    }
}

/// In words: `1 year 2 months 30 days`.
impl fmt::Display for Duration {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = u64::from(self.seconds);
        let parts = [
            (u64::from(self.months / 12), "year"),
            (u64::from(self.months % 12), "month"),
            (u64::from(self.days), "day"),
            (seconds / 3600, "hour"),
            (seconds / 60 % 60, "minute"),
            (seconds % 60, "second"),
        ];
        let mut first = true;
        for (count, unit) in parts {
            if count > 0 {
                let gap = if first { "" } else { " " };
                write!(out, "{gap}{count} {unit}{}", if count == 1 { "" } else { "s" })?;
                first = false;
            }
        }
        if first { out.write_str("0 days") } else { Ok(()) }
    }
}

impl Duration {
    /// In ISO 8601: `P14M30D`, `PT48H`.
    #[must_use]
    pub fn iso(self) -> String {
        let part = |count: u32, letter: char| if count > 0 { format!("{count}{letter}") } else { String::new() };
        let time = [(self.seconds / 3600, 'H'), (self.seconds / 60 % 60, 'M'), (self.seconds % 60, 'S')]
            .map(|(count, letter)| part(count, letter))
            .concat();
        let date = part(self.months, 'M') + &part(self.days, 'D');
        match (date.is_empty(), time.is_empty()) {
            (true, true) => String::from("P0D"),
            (_, true) => format!("P{date}"),
            (_, false) => format!("P{date}T{time}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    fn date(text: &str) -> Date {
        Date::parse(text).unwrap_or(Date(0))
    }

    #[test]
    fn days_round_trip() {
        assert_eq!(date("1970-01-01"), Date(0));
        assert_eq!(date("2000-03-01"), Date(11_017));
        assert_eq!(date("0001-01-01"), Date(FIRST));
        assert_eq!(date("9999-12-31"), Date(LAST));
        // Miri runs some thousand times slower.
        for day in (FIRST..=LAST).step_by(if cfg!(miri) { 40_009 } else { 13 }) {
            let (y, m, d) = Date(day).civil();
            assert_eq!(Date::new(y, m, d), Some(Date(day)));
        }
        for text in ["2026-02-29", "+026-01-01", "2026-+1-01", "2026-1-010", "202x-01-01"] {
            assert_eq!(Date::parse(text), None, "{text}");
        }
        assert_eq!(Date::parse("2024-02-29").map(|d| d.to_string()).as_deref(), Some("2024-02-29"));
    }

    #[test]
    fn months_clamp_to_the_last_day() {
        assert_eq!(date("2024-12-31").plus_months(14), date("2026-02-28"));
        assert_eq!(date("2024-01-31").plus_months(1), date("2024-02-29"));
        assert_eq!(date("2024-02-29").plus_months(12), date("2025-02-28"));
        assert_eq!(date("2024-03-31").plus_months(-1), date("2024-02-29"));
        assert_eq!(date("9999-12-31").plus_months(1), date("9999-12-31"));
    }

    #[test]
    #[cfg_attr(miri, ignore = "goes through every start day of 400 years, minutes under Miri")]
    fn durations_compare_over_every_calendar() {
        let d = |text| Duration::parse(text).unwrap_or_default();
        assert_eq!(d("P30D").at_most(d("P1M")), Truth::Unknown, "February has 28 days");
        assert_eq!(d("P28D").at_most(d("P1M")), Truth::True);
        assert_eq!(d("P32D").at_most(d("P1M")), Truth::False);
        assert_eq!(d("P31D").at_most(d("P1M")), Truth::Unknown);
        assert_eq!(d("P1M").at_most(d("P31D")), Truth::True);
        assert_eq!(d("P1M").at_most(d("P30D")), Truth::Unknown);
        assert_eq!(d("P365D").at_most(d("P1Y")), Truth::True);
        assert_eq!(d("P366D").at_most(d("P1Y")), Truth::Unknown);
        assert_eq!(d("P367D").at_most(d("P12M")), Truth::False);
        assert_eq!(d("P12M").same(d("P1Y")), Truth::True);
        assert_eq!(d("P14D").same(d("P2W")), Truth::True);
        assert_eq!(d("PT48H").same(d("P2D")), Truth::True);
        assert_eq!(d("P4D").at_most(d("P99Y")), Truth::True);
        // Five days less than a month is on the average: far less than any month.
        assert_eq!(d("P25DT10H29M6S").at_most(d("P1M")), Truth::True);
        assert_eq!(d("P1M").at_most(d("P25DT10H29M6S")), Truth::False);
        assert_eq!(d("P59D").at_most(d("P2M")), Truth::True);
        assert_eq!(d("P60D").at_most(d("P2M")), Truth::Unknown);
        assert_eq!(d("P2M").at_most(d("P62D")), Truth::True);
        assert_eq!(d("P2M").at_most(d("P61D")), Truth::Unknown);
        // Only from the end of a November or December do 206 months take 3198 days more than 101.
        assert_eq!(d("P101M3198D").at_most(d("P206M")), Truth::Unknown);
        assert_eq!(d("P101M3199D").at_most(d("P206M")), Truth::False);
        // Only from a day of the last of 400 years do 3637 months take no more than 75480 days more than 1157.
        assert_eq!(d("P1157M75480D").at_most(d("P3637M")), Truth::True);
        assert_eq!(d("P1157M75481D").at_most(d("P3637M")), Truth::Unknown);
    }

    #[test]
    fn iso_round_trip() {
        for text in ["P1Y", "P12M", "P30D", "P2W", "PT48H", "P1M1DT1H1M1S", "P0D"] {
            let read = Duration::parse(text);
            assert!(read.is_some(), "{text}");
            assert_eq!(read.map(|d| Duration::parse(&d.iso())), Some(read), "{text}");
        }
        for text in ["", "P", "PT", "P1D1M", "P-1D", "P1.5D", "1D", "P99999Y", "P1H"] {
            assert_eq!(Duration::parse(text), None, "{text}");
        }
        assert_eq!(Duration::parse("P14M").map(|d| d.to_string()).as_deref(), Some("1 year 2 months"));
    }

    #[test]
    fn instants() {
        let read = |text| Instant::parse(text).map(|i| i.to_string());
        assert_eq!(read("2026-11-20T10:00:00Z").as_deref(), Some("2026-11-20T10:00:00Z"));
        assert_eq!(read("2026-11-20T10:00Z").as_deref(), Some("2026-11-20T10:00:00Z"));
        assert_eq!(read("2026-11-20T01:30:00.250+02:00").as_deref(), Some("2026-11-19T23:30:00.25Z"));
        assert_eq!(read("2026-11-20T10:00:00.123456789Z").as_deref(), Some("2026-11-20T10:00:00.123456Z"));
        for text in [
            "2026-11-20",
            "2026-11-20T24:00:00Z",
            "2026-11-20T10:00:60Z",
            "2026-11-20T10:00:00",
            "2026-02-30T10:00:00Z",
            "9999-12-31T23:00:00-01:00",
            "0001-01-01T00:59:59+01:00",
            "+026-11-20T10:00:00Z",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        let late = Instant::parse("2026-11-20T23:30:00Z").map(|i| (i.day(0), i.day(60)));
        assert_eq!(late, Some((date("2026-11-20"), date("2026-11-21"))));
    }
}
