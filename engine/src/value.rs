//! Numbers and the values that facts are told as.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

/// An exact decimal number with six digits after the point, within ±9.2 × 10¹².
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number(pub i64);

const SCALE: i64 = 1_000_000;

impl Number {
    /// A whole number.
    #[must_use]
    pub fn whole(value: i32) -> Self {
        Number(i64::from(value) * SCALE)
    }

    /// Reads a JSON number. None where it has more than six digits after the point or is out of range.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (sign, mantissa) = match mantissa.strip_prefix('-') {
            Some(rest) => (-1i128, rest),
            None => (1, mantissa),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let fraction = fraction.trim_end_matches('0');
        let digits = format!("{whole}{fraction}");
        if digits.len() > 30 || !digits.bytes().all(|b| b.is_ascii_digit()) || whole.is_empty() {
            return None;
        }
        let mut value = sign * digits.parse::<i128>().ok()?;
        let shift = exponent.checked_sub(fraction.len() as i32)?.checked_add(6)?;
        if value == 0 {
            return Some(Number(0));
        }
        for _ in 0..shift.unsigned_abs().min(64) {
            if shift > 0 {
                value = value.checked_mul(10)?;
            } else if value % 10 == 0 {
                value /= 10;
            } else {
                return None;
            }
        }
        i64::try_from(value).ok().map(Number)
    }
}

impl fmt::Display for Number {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, size) = (if self.0 < 0 { "-" } else { "" }, self.0.unsigned_abs());
        write!(out, "{sign}{}", size / SCALE as u64)?;
        match size % SCALE as u64 {
            0 => Ok(()),
            rest => write!(out, ".{}", format!("{rest:06}").trim_end_matches('0')),
        }
    }
}

/// What a host tells of a fact; its declared type says how a text is read
/// (a date, a duration, a term). The text `none` says that there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FactValue {
    /// Yes or no.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A text, a date, an instant, a duration, a word, or `none`.
    Text(String),
    /// The members of a set, all of them.
    Set(Vec<FactValue>),
}

impl From<bool> for FactValue {
    fn from(value: bool) -> Self {
        FactValue::Bool(value)
    }
}

impl From<i32> for FactValue {
    fn from(value: i32) -> Self {
        FactValue::Number(Number::whole(value))
    }
}

impl From<&str> for FactValue {
    fn from(value: &str) -> Self {
        FactValue::Text(value.to_string())
    }
}

impl<const N: usize> From<[&str; N]> for FactValue {
    fn from(values: [&str; N]) -> Self {
        FactValue::Set(values.into_iter().map(FactValue::from).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_exact() {
        let read = |text| Number::parse(text).map(|n| n.to_string());
        for (text, shown) in [
            ("0.1", "0.1"),
            ("-12.50", "-12.5"),
            ("1e3", "1000"),
            ("25e-2", "0.25"),
            ("0", "0"),
            ("-0", "0"),
            ("9223372036854.775807", "9223372036854.775807"),
        ] {
            assert_eq!(read(text).as_deref(), Some(shown), "{text}");
        }
        for text in ["0.0000001", "9223372036854.775808", "1e99", "1e-9", "99999999999999999999999999999999"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
