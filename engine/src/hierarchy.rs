//! How the terms of a facet lie below each other, as bitsets made once when a policy is loaded.

use alloc::vec;
use alloc::vec::Vec;

use crate::image::Term;

/// 64 columns of a row: see [`Hierarchy`].
#[derive(Clone, Copy, Debug, Default)]
struct Above {
    sure: u64,
    may: u64,
    open: u64,
}

/// The closure of one facet.
#[derive(Debug, Default)]
pub struct Hierarchy {
    /// For each term so many columns of 64 bits, one bit for each term above:
    ///
    /// - `sure`: it lies below that term on unconditional edges, or is it;
    /// - `may`: it may lie below that term on any edges, or is it;
    /// - `open`: something strictly below it, or strictly below a narrower term, may lie below that term by a path
    ///   that avoids it: what the word leaves open. The term itself is counted among them, and nothing turns on it.
    above: Vec<Above>,
    columns: usize,
    /// For each term, whether another may lie below it.
    general: Vec<bool>,
}

/// How one term lies to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// Always at or below it.
    Sure,
    /// Below it on edges that don't always hold.
    May,
    /// Not below it, though something below the term may be.
    Open,
    /// Not below it.
    No,
}

impl Hierarchy {
    /// The closure of terms without cycles. O(n²), and O(n²/64) for each edge, with n terms.
    pub fn of(terms: &[Term]) -> Self {
        let columns = terms.len().div_ceil(64);
        let above = vec![Above::default(); terms.len() * columns];
        let mut hierarchy = Hierarchy { above, columns, general: vec![false; terms.len()] };
        let order = parents_first(terms);
        let parents = |term: u32| terms.get(term as usize).map_or(&[][..], |term| &term.parents);
        for term in order.iter().copied() {
            hierarchy.mark(term, term, |column, bit| {
                column.sure |= bit;
                column.may |= bit;
            });
            for edge in parents(term) {
                if let Some(general) = hierarchy.general.get_mut(edge.parent as usize) {
                    *general = true;
                }
                let always = if edge.is_sure() { u64::MAX } else { 0 };
                hierarchy.join(term, edge.parent, |own, parent| {
                    own.may |= parent.may;
                    own.sure |= parent.sure & always;
                });
            }
        }
        for term in order.iter().copied() {
            for over in hierarchy.strictly_above(term) {
                hierarchy.mark(over, term, |column, bit| column.open |= bit);
                hierarchy.mark(over, over, |column, bit| column.open |= bit);
                // Ways up that don't lead through a term above leave open, for that one, where they lead.
                for edge in parents(term) {
                    if !hierarchy.may(edge.parent, over) {
                        hierarchy.join(over, edge.parent, |own, parent| own.open |= parent.may);
                    }
                }
            }
        }
        // A word is open wherever a narrower one is.
        for term in order.iter().rev().copied() {
            for edge in parents(term) {
                hierarchy.join(edge.parent, term, |own, narrower| own.open |= narrower.open);
            }
        }
        hierarchy
    }

    fn mark(&mut self, row: u32, term: u32, mark: impl FnOnce(&mut Above, u64)) {
        if let Some(column) = self.above.get_mut(row as usize * self.columns + term as usize / 64) {
            mark(column, 1 << (term % 64));
        }
    }

    /// Takes one row into another, column by column.
    fn join(&mut self, into: u32, from: u32, take: impl Fn(&mut Above, Above)) {
        let (into, from) = (into as usize * self.columns, from as usize * self.columns);
        for at in 0..self.columns {
            let column = self.above.get(from + at).copied().unwrap_or_default();
            if let Some(own) = self.above.get_mut(into + at) {
                take(own, column);
            }
        }
    }

    /// The terms that a term may lie below.
    fn strictly_above(&self, term: u32) -> Vec<u32> {
        self.row(term, |column| column.may).filter(|above| *above != term).collect()
    }

    /// The terms whose bits are set in a row.
    fn row(&self, term: u32, word: impl Fn(&Above) -> u64) -> impl Iterator<Item = u32> {
        let from = term as usize * self.columns;
        let row = self.above.get(from..from + self.columns).unwrap_or_default();
        row.iter().enumerate().flat_map(move |(at, column)| bits(word(column)).map(move |bit| (at * 64 + bit) as u32))
    }

    /// The column of a row in which a term above stands; none for a term that isn't one.
    #[inline]
    fn column(&self, term: u32, above: u32) -> Option<&Above> {
        self.above.get(term as usize * self.columns + above as usize / 64)
    }

    /// How `term` lies to `above`; both are terms of the facet.
    #[inline]
    pub fn relation(&self, term: u32, above: u32) -> Relation {
        let Some(column) = self.column(term, above) else { return Relation::No };
        let at = above % 64;
        if column.sure >> at & 1 != 0 {
            Relation::Sure
        } else if (column.may | column.open) >> at & 1 == 0 {
            Relation::No
        } else if column.may >> at & 1 != 0 {
            Relation::May
        } else {
            Relation::Open
        }
    }

    /// Whether `term` always lies at or below `above`.
    pub fn sure(&self, term: u32, above: u32) -> bool {
        self.column(term, above).is_some_and(|column| column.sure >> (above % 64) & 1 != 0)
    }

    /// Whether `term` may lie at or below `above`.
    pub fn may(&self, term: u32, above: u32) -> bool {
        self.column(term, above).is_some_and(|column| column.may >> (above % 64) & 1 != 0)
    }

    /// Whether something strictly below `term`, or below a narrower one, may lie at or below `above` otherwise than
    /// through it: then the word doesn't settle whether it lies there.
    pub fn open(&self, term: u32, above: u32) -> bool {
        self.column(term, above).is_some_and(|column| column.open >> (above % 64) & 1 != 0)
    }

    /// The terms that `term` may lie at or below, or that it leaves open whether something below it does.
    pub fn reached(&self, term: u32) -> impl Iterator<Item = u32> {
        self.row(term, |column| column.may | column.open)
    }

    /// Whether another term may lie below it.
    pub fn general(&self, term: u32) -> bool {
        self.general.get(term as usize).copied().unwrap_or(false)
    }

    /// Whether two terms that an operation told may mean the same thing.
    pub fn meets(&self, one: u32, other: u32) -> bool {
        self.may(one, other) || self.may(other, one) || self.open(one, other)
    }
}

impl crate::image::Edge {
    /// Whether the edge holds always.
    #[must_use]
    pub fn is_sure(&self) -> bool {
        self.when.is_none() && self.period.from.is_none() && self.period.until.is_none()
    }
}

/// The bits that are set, the lowest first.
pub(crate) fn bits(mut left: u64) -> impl Iterator<Item = usize> {
    core::iter::from_fn(move || {
        let bit = left.trailing_zeros();
        left &= left.wrapping_sub(1);
        (bit < 64).then_some(bit as usize)
    })
}

/// The terms, each after all that lie above it.
fn parents_first(terms: &[Term]) -> Vec<u32> {
    let mut order = Vec::with_capacity(terms.len());
    let mut placed = vec![false; terms.len()];
    let mut waiting: Vec<(u32, usize)> = Vec::new();
    for start in 0..terms.len() as u32 {
        waiting.push((start, 0));
        while let Some((term, next)) = waiting.pop() {
            let Some(placed_here) = placed.get_mut(term as usize) else { continue };
            // Marked before its parents are, so that a cycle ends.
            if next == 0 && core::mem::replace(placed_here, true) {
                continue;
            }
            match terms.get(term as usize).and_then(|term| term.parents.get(next)) {
                Some(edge) => waiting.extend([(term, next + 1), (edge.parent, 0)]),
                None => order.push(term),
            }
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use alloc::string::String;
    use alloc::vec::Vec;

    use super::Hierarchy;
    use crate::image::{Edge, Period, Term};

    /// Whether a way leads up from one term to another, on such edges, that doesn't touch a term.
    fn leads(terms: &[Term], from: u32, to: u32, avoids: Option<u32>, sure: bool) -> bool {
        if Some(from) == avoids {
            return false;
        }
        let edges = terms.get(from as usize).into_iter().flat_map(|term| &term.parents);
        let mut edges = edges.filter(|edge| !sure || edge.is_sure());
        from == to || edges.any(|edge| leads(terms, edge.parent, to, avoids, sure))
    }

    #[test]
    fn the_closure_is_what_the_ways_say() {
        let mut seed = 7_u32;
        let mut random = |below: u32| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8) % below
        };
        let (mut may, mut open) = (0, 0);
        for _ in 0..400 {
            let count = 1 + random(9);
            // Parents have larger numbers, or smaller ones: neither order may matter.
            let upwards = random(2) == 0;
            let terms: Vec<Term> = (0..count)
                .map(|term| {
                    let room = if upwards { count - 1 - term } else { term };
                    let parents = (0..random(4).min(room)).map(|_| {
                        let step = random(room);
                        let parent = if upwards { term + 1 + step } else { step };
                        let when = (random(3) == 0).then_some(0);
                        Edge { parent, period: Period { from: None, until: None }, when }
                    });
                    Term { name: String::new(), parents: parents.collect(), containing: None }
                })
                .collect();
            let hierarchy = Hierarchy::of(&terms);
            for term in 0..count {
                let below: Vec<u32> =
                    (0..count).filter(|low| *low != term && leads(&terms, *low, term, None, false)).collect();
                assert_eq!(hierarchy.general(term), !below.is_empty());
                for above in 0..count {
                    assert_eq!(hierarchy.sure(term, above), leads(&terms, term, above, None, true));
                    assert_eq!(hierarchy.may(term, above), leads(&terms, term, above, None, false));
                    may += u32::from(hierarchy.may(term, above) && !hierarchy.sure(term, above));
                    if above == term {
                        continue;
                    }
                    let narrower = below.iter().chain([&term]);
                    let left_open = narrower.into_iter().any(|narrow| {
                        let strictly = (0..count).filter(|low| low != narrow);
                        let mut strictly = strictly.filter(|low| leads(&terms, *low, *narrow, None, false));
                        strictly.any(|low| leads(&terms, low, above, Some(*narrow), false))
                    });
                    assert_eq!(hierarchy.open(term, above), left_open, "{term} to {above} of {terms:?}");
                    open += u32::from(left_open && !hierarchy.may(term, above));
                }
            }
        }
        assert!(may > 500 && open > 500, "{may} {open}");
    }
}
