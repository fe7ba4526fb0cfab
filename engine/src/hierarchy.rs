//! How the terms of a facet lie below each other, as bitsets made once when a policy is loaded.

use alloc::vec;
use alloc::vec::Vec;

use crate::image::Term;

/// A set of small numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bits(Vec<u64>);

impl Bits {
    fn of(size: usize) -> Self {
        Bits(vec![0; size.div_ceil(64)])
    }

    fn add(&mut self, bit: u32) {
        if let Some(word) = self.0.get_mut(bit as usize / 64) {
            *word |= 1 << (bit % 64);
        }
    }

    fn join(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(own, other)| *own |= other);
    }

    /// Whether the set has this member.
    pub fn has(&self, bit: u32) -> bool {
        self.0.get(bit as usize / 64).is_some_and(|word| word & (1 << (bit % 64)) != 0)
    }
}

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
    /// The closure of terms without cycles. O(n · (n + edges)).
    pub fn of(terms: &[Term]) -> Self {
        let mut children: Vec<Vec<u32>> = vec![Vec::new(); terms.len()];
        for (index, term) in terms.iter().enumerate() {
            for edge in &term.parents {
                if let Some(list) = children.get_mut(edge.parent as usize) {
                    list.push(index as u32);
                }
            }
        }
        let up = |sure_only: bool| {
            move |term: u32| {
                let edges = terms.get(term as usize).map_or(&[][..], |term| &term.parents);
                edges.iter().filter(move |edge| !sure_only || edge.is_sure()).map(|edge| edge.parent)
            }
        };
        let columns = terms.len().div_ceil(64);
        let mut hierarchy =
            Hierarchy { above: Vec::with_capacity(terms.len() * columns), columns, general: Vec::new() };
        let mut shared: Vec<Bits> = Vec::with_capacity(terms.len());
        let mut below: Vec<Bits> = Vec::with_capacity(terms.len());
        let all_sure = terms.iter().flat_map(|term| &term.parents).all(|edge| edge.is_sure());
        for index in 0..terms.len() as u32 {
            let none = Bits::of(terms.len());
            let may = reach([index], up(false), none.clone());
            let sure = if all_sure { may.clone() } else { reach([index], up(true), none.clone()) };
            let column = |(sure, may): (&u64, &u64)| Above { sure: *sure, may: *may, open: 0 };
            hierarchy.above.extend(sure.0.iter().zip(&may.0).map(column));
            let general = children.get(index as usize).is_some_and(|list| !list.is_empty());
            hierarchy.general.push(general);
            // Most words have nothing below them, and leave nothing open.
            if !general {
                shared.push(Bits::default());
                below.push(Bits::default());
                continue;
            }
            let narrower = |term: u32| children.get(term as usize).into_iter().flatten().copied();
            let descendants = reach(narrower(index), narrower, none.clone());
            // Climb from everything below, with the term itself taken as seen.
            let mut barrier = none;
            barrier.add(index);
            let strict = (0..terms.len() as u32).filter(|term| descendants.has(*term));
            shared.push(reach(strict, up(false), barrier));
            below.push(descendants);
        }
        // A word is open wherever a narrower one is.
        for (term, (own, descendants)) in shared.iter().zip(&below).enumerate() {
            let mut open = own.clone();
            let narrower = shared.iter().enumerate().filter(|(term, _)| descendants.has(*term as u32));
            narrower.for_each(|(_, shared)| open.join(shared));
            let row = hierarchy.above.iter_mut().skip(term * columns);
            row.zip(&open.0).for_each(|(column, open)| column.open = *open);
        }
        hierarchy
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
        let from = term as usize * self.columns;
        let row = self.above.get(from..from + self.columns).unwrap_or_default();
        row.iter().enumerate().flat_map(move |(at, column)| {
            let mut left = column.may | column.open;
            core::iter::from_fn(move || {
                let bit = left.trailing_zeros();
                left &= left.wrapping_sub(1);
                (bit < 64).then_some(at as u32 * 64 + bit)
            })
        })
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

/// Everything reached from the starts, them included; what `seen` already holds isn't climbed through.
fn reach<N: Iterator<Item = u32>>(
    starts: impl IntoIterator<Item = u32>,
    next: impl Fn(u32) -> N,
    mut seen: Bits,
) -> Bits {
    let mut waiting: Vec<u32> = starts.into_iter().collect();
    while let Some(term) = waiting.pop() {
        if !seen.has(term) {
            seen.add(term);
            waiting.extend(next(term));
        }
    }
    seen
}
