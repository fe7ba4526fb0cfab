//! Numbers and the values that facts are told as.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

/// An exact decimal number with six digits after the point, within ±9.2 × 10¹².
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number(pub i64);

/// Units of one.
pub const SCALE: i64 = 1_000_000;

impl Number {
    /// A whole number.
    #[must_use]
    pub fn whole(value: i32) -> Self {
        Number(i64::from(value) * SCALE)
    }

    /// Reads a JSON number; every spelling of a number is that number (`1e3`, `1000`, `1000.0`).
    /// None where it has more than six digits after the point or is out of range.
    ///
    /// O(n) in the text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (sign, rest) = text.strip_prefix('-').map_or((1i128, text), |rest| (-1, rest));
        let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, power(exponent)?),
            None => (rest, 0),
        };
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((_, "")) => return None,
            Some((whole, fraction)) => (whole, fraction),
            None => (mantissa, ""),
        };
        let digits = || whole.bytes().chain(fraction.bytes());
        if whole.is_empty() || !digits().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        // The number is so many millionths: its digits up to the last that isn't 0, then as many zeros as are missing.
        let zeros = digits().rev().take_while(|byte| *byte == b'0').count();
        let leading = digits().take_while(|byte| *byte == b'0').count();
        let count = whole.len() + fraction.len();
        if leading == count {
            return Some(Number(0));
        }
        let shift = exponent.checked_sub(i64::try_from(fraction.len()).ok()?)?.checked_add(6)?;
        let shift = usize::try_from(shift.checked_add(i64::try_from(zeros).ok()?)?).ok()?;
        if count - leading - zeros > 19 || shift > 19 {
            return None;
        }
        let kept = digits().take(count - zeros).skip(leading);
        let size = kept.fold(0i128, |size, byte| size * 10 + i128::from(byte - b'0'));
        let size = (0..shift).fold(size, |size, _| size * 10);
        i64::try_from(sign * size).ok().map(Number)
    }
}

/// The exponent of a JSON number: a sign perhaps, then digits. One past every length of text is as good as any.
fn power(text: &str) -> Option<i64> {
    let (sign, digits) = match text.as_bytes() {
        [b'-', rest @ ..] => (-1, rest),
        [b'+', rest @ ..] => (1, rest),
        all => (1, all),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    const FAR: i64 = 1 << 40;
    Some(sign * digits.iter().fold(0, |power, digit| (power * 10 + i64::from(digit - b'0')).min(FAR)))
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
            ("0e99999999999999999999", "0"),
            ("1E3", "1000"),
            ("1000", "1000"),
            ("1000.000", "1000"),
            ("0.001e+6", "1000"),
            ("1000000000000000000000000000000000000e-33", "1000"),
            ("0.0000000000000000000000000000000000001e40", "1000"),
            ("-9223372036854.775808", "-9223372036854.775808"),
            ("9.223372036854775807e12", "9223372036854.775807"),
            ("9223372036854.775807", "9223372036854.775807"),
        ] {
            assert_eq!(read(text).as_deref(), Some(shown), "{text}");
        }
        let wrong = [
            "", "-", ".5", "5.", "1e", "1e+", "+1", "--1", "1e1.5", "0x10", "1_000", " 1", "٣", "NaN", "1e5e5", "1.2.3",
        ];
        let beyond = [
            "0.0000001",
            "9223372036854.775808",
            "-9223372036854.775809",
            "1e99",
            "1e-9",
            "1e99999999999999999999",
            "1e-99999999999999999999",
            "99999999999999999999999999999999",
        ];
        for text in wrong.into_iter().chain(beyond) {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn whole_numbers() {
        for (value, shown) in [(0, "0"), (1, "1"), (-7, "-7"), (i32::MAX, "2147483647"), (i32::MIN, "-2147483648")] {
            assert_eq!(Number::whole(value).to_string(), shown);
            assert_eq!(Number::parse(shown), Some(Number::whole(value)));
        }
    }
}
