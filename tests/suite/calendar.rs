//! The calendar against another one (jiff), and at its ends.

use abey::calendar::{Date, Duration, Instant, MAX_DAYS, MAX_MONTHS, MAX_SECONDS, Moment, parse_offset};
use abey_engine::truth::Truth;
use jiff::ToSpan;

fn date(text: &str) -> Date {
    Date::parse(text).unwrap_or_else(|| panic!("{text}"))
}

fn instant(text: &str) -> Instant {
    Instant::parse(text).unwrap_or_else(|| panic!("{text}"))
}

fn duration(text: &str) -> Duration {
    Duration::parse(text).unwrap_or_else(|| panic!("{text}"))
}

/// Every day from 0001-01-01 to 9999-12-31 has the year, month and day that it has in the other calendar.
#[test]
fn every_day_is_that_of_another_calendar() {
    let mut other = jiff::civil::date(1, 1, 1);
    for day in date("0001-01-01").0..=date("9999-12-31").0 {
        let (year, month, of_month) = Date(day).civil();
        assert_eq!((year, month, of_month), (i32::from(other.year()), other.month() as u32, other.day() as u32));
        if day % 101 == 0 {
            assert_eq!(Date(day).to_string(), other.to_string());
            assert_eq!(Date::parse(other.to_string()), Some(Date(day)));
        }
        other = other.tomorrow().unwrap_or(other);
    }
}

/// Months, ends of months and of years, from days scattered over the years, against the other calendar.
#[test]
fn months_are_those_of_another_calendar() {
    for day in (date("1800-01-01").0..date("2300-01-01").0).step_by(17) {
        let (year, month, of_month) = Date(day).civil();
        let other = jiff::civil::date(year as i16, month as i8, of_month as i8);
        for months in [-25i64, -12, -1, 0, 1, 2, 11, 12, 14, 48] {
            assert_eq!(Date(day).plus_months(months).to_string(), (other + months.months()).to_string());
        }
        assert_eq!(Date(day).plus_days(400).to_string(), (other + 400.days()).to_string());
        assert_eq!(Date(day).end_of_month().to_string(), other.last_of_month().to_string());
        assert_eq!(Date(day).end_of_year().to_string(), other.last_of_year().to_string());
    }
}

#[test]
fn days_stay_within_the_calendar() {
    let (first, last) = (date("0001-01-01"), date("9999-12-31"));
    assert_eq!(first.plus_days(-1), first);
    assert_eq!(last.plus_days(1), last);
    assert_eq!(first.plus_days(i64::MAX), last);
    assert_eq!(first.plus_months(-1), first);
    assert_eq!(date("0001-12-15").plus_months(-12), first);
    assert_eq!(date("0001-12-15").plus_months(-11), date("0001-01-15"));
    assert_eq!(date("9999-01-15").plus_months(11), date("9999-12-15"));
    assert_eq!(date("9999-01-15").plus_months(12), last);
    assert_eq!(
        Moment::Instant(instant("9999-12-31T23:59:59Z")).plus(duration("PT1S"), 0).to_string(),
        "9999-12-31T23:59:59.999999Z"
    );
    assert_eq!(
        Moment::Instant(instant("0001-01-01T00:00:01Z")).minus(duration("PT2S"), 0).to_string(),
        "0001-01-01T00:00:00Z"
    );
    assert_eq!(Moment::Date(first).minus(duration("PT1S"), 0).to_string(), "0001-01-01T00:00:00Z");
    for text in [
        "0000-12-31",
        "2026-00-10",
        "2026-13-10",
        "2026-04-31",
        "2026-02-29",
        "1900-02-29",
        "2026-04-00",
        "2026/04/01",
        "2026-4-011",
    ] {
        assert_eq!(Date::parse(text), None, "{text}");
    }
    assert!(Date::parse("2000-02-29").is_some());
}

#[test]
fn instants_at_offsets() {
    assert_eq!(instant("2026-11-20T01:30:00+02:00").to_string(), "2026-11-19T23:30:00Z");
    assert_eq!(instant("2026-11-20T23:30:00-05:30").to_string(), "2026-11-21T05:00:00Z");
    assert_eq!(date("2026-11-20").start(120).to_string(), "2026-11-19T22:00:00Z");
    assert_eq!(date("2026-11-20").start(-330).to_string(), "2026-11-20T05:30:00Z");
    assert_eq!(instant("2026-11-19T22:00:00Z").day(120), date("2026-11-20"));
    assert_eq!(instant("2026-11-19T21:59:59Z").day(120), date("2026-11-19"));
    assert_eq!(instant("2026-11-20T05:29:59Z").day(-330), date("2026-11-19"));
    // The first and the last moment of the calendar, and those beside them.
    for (text, held) in [
        ("0001-01-01T00:00:00Z", true),
        ("0001-01-01T00:00:00+00:01", false),
        ("0001-01-01T00:01:00+00:01", true),
        ("9999-12-31T23:59:59.999999Z", true),
        ("9999-12-31T23:59:59-00:01", false),
        ("9999-12-31T23:58:59-00:01", true),
    ] {
        assert_eq!(Instant::parse(text).is_some(), held, "{text}");
    }
    for text in [
        "2026-11-20T10:00:00.Z",
        "2026-11-20T10:60:00Z",
        "2026-11-20T10:00:00+24:00",
        "2026-11-20T10:00:00+10:60",
        "2026-11-20T10:00:00+1000",
        "2026-11-20T10:00:00",
        "2026-11-20 10:00:00Z",
        "2026-11-20T1:00:00Z",
    ] {
        assert_eq!(Instant::parse(text), None, "{text}");
    }
}

#[test]
fn offsets() {
    for (text, minutes) in [("+02:00", 120), ("-05:30", -330), ("+23:59", 1439), ("-23:59", -1439), ("+00:00", 0)] {
        assert_eq!(parse_offset(text), Some(minutes), "{text}");
    }
    for text in ["02:00", "+24:00", "+10:60", "+1:00", "+01:0", "+0100", "+01:000", "", "+"] {
        assert_eq!(parse_offset(text), None, "{text}");
    }
}

/// Lengths over every calendar. Each line: one, another, whether the one is at most the other, and whether they are the
/// same; worked out from months of 28 to 31 days and years of 365 or 366.
#[test]
fn lengths_over_every_calendar() {
    use Truth::{False, True, Unknown};
    for (one, other, at_most, same) in [
        ("P59D", "P2M", True, Unknown), // 59 to 62 days
        ("P60D", "P2M", Unknown, Unknown),
        ("P62D", "P2M", Unknown, Unknown),
        ("P63D", "P2M", False, False),
        ("P2M", "P62D", True, Unknown),
        ("P2M", "P61D", Unknown, Unknown),
        ("P2M", "P58D", False, False),
        ("P11M", "P334D", Unknown, Unknown), // 334 to 337 days
        ("P11M", "P333D", False, False),
        ("P1Y", "P366D", True, Unknown),
        ("P1Y", "P364D", False, False),
        ("P1M", "P1M1D", True, False),
        ("P1M1D", "P1M", False, False),
        ("PT24H", "P1D", True, True),
        ("PT25H", "P1D", False, False),
        ("P1M", "P28DT1S", Unknown, Unknown),
        ("P1M", "P31DT1S", True, False),
        ("P13M", "P1Y1M", True, True),
        ("P100Y", "P36524D", Unknown, Unknown), // 36 524 or 36 525 days
        ("P100Y", "P36525D", True, Unknown),
        ("P400Y", "P146097D", True, True),
    ] {
        assert_eq!(duration(one).at_most(duration(other)), at_most, "{one} at most {other}");
        assert_eq!(duration(one).same(duration(other)), same, "{one} same {other}");
    }
}

#[test]
fn lengths_are_read_within_bounds() {
    assert_eq!(duration("P1Y2M3W4DT5H6M7S"), Duration { months: 14, days: 25, seconds: 5 * 3600 + 6 * 60 + 7 });
    for (text, held) in [
        (format!("P{MAX_MONTHS}M"), true),
        (format!("P{}M", MAX_MONTHS + 1), false),
        (format!("P{MAX_DAYS}D"), true),
        (format!("P{}D", MAX_DAYS + 1), false),
        (format!("PT{MAX_SECONDS}S"), true),
        (format!("PT{}S", MAX_SECONDS + 1), false),
        ("P0000000001D".into(), false),
        ("P000000001D".into(), true),
        ("P1D1D".into(), false),
        ("PT1S1M".into(), false),
        ("PD".into(), false),
        ("P1".into(), false),
    ] {
        assert_eq!(Duration::parse(&text).is_some(), held, "{text}");
    }
    assert_eq!(duration("P12000M").plus(Duration::months(1)), None);
    assert_eq!(Duration::days(3).times(4), Some(Duration::days(12)));
    assert_eq!(Duration::days(u32::MAX).times(2), None);
    for (text, words) in
        [("P14M", "1 year 2 months"), ("PT3661S", "1 hour 1 minute 1 second"), ("P0D", "0 days"), ("P2D", "2 days")]
    {
        assert_eq!(duration(text).to_string(), words);
    }
    for text in ["P14M", "P1M2D", "PT1H", "PT1M", "PT1S", "P1DT1H1M1S", "P0D"] {
        assert_eq!(duration(text).iso(), text);
    }
}

#[test]
fn moments_move_and_compare() {
    let plus = |text: &str, length: &str| Moment::parse(text).unwrap().plus(duration(length), 60).to_string();
    let minus = |text: &str, length: &str| Moment::parse(text).unwrap().minus(duration(length), 60).to_string();
    // Months first, then days, then hours; a date with hours becomes a moment, at the offset of an hour.
    assert_eq!(plus("2026-01-31", "P1M1D"), "2026-03-01");
    assert_eq!(plus("2026-01-31", "PT1H"), "2026-01-31T00:00:00Z");
    assert_eq!(plus("2026-01-31T10:00:00Z", "P1M"), "2026-02-28T10:00:00Z");
    assert_eq!(
        plus("2026-01-31T23:30:00Z", "P1M"),
        "2026-02-28T23:30:00Z",
        "that is 1 February at the offset, so 1 March"
    );
    assert_eq!(minus("2026-03-31", "P1M"), "2026-02-28");
    assert_eq!(minus("2026-03-01T00:30:00Z", "P1DT1H"), "2026-02-27T23:30:00Z");
    let order = |one: &str, other: &str| Moment::parse(one).unwrap().compare(Moment::parse(other).unwrap(), 60);
    assert!(order("2026-11-20", "2026-11-20T22:59:59Z").is_eq());
    assert!(order("2026-11-20", "2026-11-20T23:00:00Z").is_lt());
    assert!(order("2026-11-20T10:00:00Z", "2026-11-20T10:00:01Z").is_lt());
    assert_eq!(Moment::parse("20 November"), None);
}
