//! Values of which it isn't settled which of several they are.
//!
//! Only a table yields such a value: one for each row that its key could still lead to. What is made of several of
//! them is made for every combination; past [`limits::WAYS`] combinations nothing is settled.

use alloc::vec::Vec;

use super::val::Val;
use crate::limits;
use crate::truth::Truth;

impl<'t> Val<'t> {
    /// Whether it isn't settled which of several it is.
    pub(super) fn is_either(&self) -> bool {
        matches!(self, Val::Either(_))
    }

    /// What a value could be.
    fn ways(&self) -> &[Val<'t>] {
        match self {
            Val::Either(values) => values,
            one => core::slice::from_ref(one),
        }
    }

    /// One of these, each counted once; unknown where there are none, or too many.
    pub(super) fn one_of(values: impl IntoIterator<Item = Self>) -> Self {
        let mut found: Vec<Self> = Vec::new();
        for value in values {
            if !found.contains(&value) {
                found.push(value);
            }
            if found.len() > limits::WAYS {
                return Val::Unknown;
            }
        }
        match found.as_slice() {
            [] => Val::Unknown,
            [one] => one.clone(),
            _ => Val::Either(found),
        }
    }
}

/// Each combination of what the parts could be; none where there are too many.
fn combinations<'p, 't>(parts: &'p [Val<'t>]) -> Option<impl Iterator<Item = Vec<Val<'t>>> + use<'p, 't>> {
    let mut count: usize = 1;
    for part in parts {
        count = count.checked_mul(part.ways().len()).filter(|count| *count <= limits::WAYS)?;
    }
    Some((0..count).map(|mut number| {
        let pick = |part: &Val<'t>| {
            let ways = part.ways();
            let chosen = ways.get(number % ways.len().max(1)).cloned().unwrap_or(Val::Unknown);
            number /= ways.len().max(1);
            chosen
        };
        parts.iter().map(pick).collect()
    }))
}

/// Whether any part isn't settled.
fn unsettled(parts: &[Val<'_>]) -> bool {
    parts.iter().any(Val::is_either)
}

/// What `result` makes of the parts, for each combination of what they could be.
pub(super) fn combined<'t>(parts: &[Val<'t>], result: impl Fn(&[Val<'t>]) -> Val<'t>) -> Val<'t> {
    if !unsettled(parts) {
        return result(parts);
    }
    combinations(parts).map_or(Val::Unknown, |all| Val::one_of(all.map(|parts| result(&parts))))
}

/// What is so of the parts for each combination of what they could be, or unknown where they differ.
pub(super) fn agreed(parts: &[Val<'_>], truth: impl Fn(&[Val<'_>]) -> Truth) -> Truth {
    if !unsettled(parts) {
        return truth(parts);
    }
    let Some(mut truths) = combinations(parts).map(|all| all.map(|parts| truth(&parts))) else {
        return Truth::Unknown;
    };
    let first = truths.next().unwrap_or(Truth::Unknown);
    if truths.all(|other| other == first) { first } else { Truth::Unknown }
}
