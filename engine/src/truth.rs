//! Kleene's strong three-valued logic: false, unknown, true, in that order.
//!
//! Source: S. C. Kleene, *Introduction to Metamathematics*, 1952, § 64.

use crate::json::words;

words! {
    /// A truth value. The order is `False < Unknown < True`, so conjunction is the
    /// minimum and disjunction the maximum.
    pub enum Truth {
        /// Certainly not so.
        False = "false",
        /// Not settled by what was told.
        Unknown = "unknown",
        /// Certainly so.
        True = "true",
    }
}

use Truth::{False, True, Unknown};

impl Truth {
    /// Conjunction: the smaller of the two.
    #[must_use]
    #[inline]
    pub fn and(self, other: Self) -> Self {
        self.min(other)
    }

    /// Disjunction: the larger of the two.
    #[must_use]
    #[inline]
    pub fn or(self, other: Self) -> Self {
        self.max(other)
    }

    /// At most unknown: what holds of a value that may still change.
    #[must_use]
    pub fn weakened(self) -> Self {
        self.min(Unknown)
    }

    /// Conjunction over many; true for none. Stops at the first false.
    #[inline]
    pub fn all(truths: impl IntoIterator<Item = Self>) -> Self {
        let mut found = True;
        for truth in truths {
            found = found.and(truth);
            if found == False {
                break;
            }
        }
        found
    }

    /// Disjunction over many; false for none. Stops at the first true.
    #[inline]
    pub fn any(truths: impl IntoIterator<Item = Self>) -> Self {
        let mut found = False;
        for truth in truths {
            found = found.or(truth);
            if found == True {
                break;
            }
        }
        found
    }

    /// Whether this is certainly true.
    #[must_use]
    pub fn is_true(self) -> bool {
        self == True
    }

    /// Whether this is certainly false.
    #[must_use]
    pub fn is_false(self) -> bool {
        self == False
    }
}

/// Negation: swaps true and false, leaves unknown.
impl core::ops::Not for Truth {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            False => True,
            Unknown => Unknown,
            True => False,
        }
    }
}

impl From<bool> for Truth {
    fn from(value: bool) -> Self {
        if value { True } else { False }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Kleene's tables, written out.
    #[test]
    fn tables() {
        let all = [False, Unknown, True];
        let and = [[False; 3], [False, Unknown, Unknown], [False, Unknown, True]];
        let or = [[False, Unknown, True], [Unknown, Unknown, True], [True; 3]];
        for (row, &a) in all.iter().enumerate() {
            for (column, &b) in all.iter().enumerate() {
                assert_eq!(Some(&a.and(b)), and.get(row).and_then(|r| r.get(column)));
                assert_eq!(Some(&a.or(b)), or.get(row).and_then(|r| r.get(column)));
                assert_eq!(!(a.and(b)), (!a).or(!b), "De Morgan");
            }
        }
        assert_eq!(Truth::all([]), True);
        assert_eq!(Truth::any([]), False);
    }
}
