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

/// The closure of one facet.
#[derive(Debug, Default)]
pub struct Hierarchy {
    /// For each term, the terms it lies below on unconditional edges, and itself.
    sure: Vec<Bits>,
    /// For each term, the terms it may lie below on any edges, and itself.
    may: Vec<Bits>,
    /// For each term, the terms that something strictly below it, or strictly below a narrower term, may lie below
    /// by a path that avoids it: what the word leaves open. The term itself is counted among them, and nothing turns on it.
    open: Vec<Bits>,
    /// For each term, whether another may lie below it.
    general: Vec<bool>,
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
        let mut hierarchy = Hierarchy::default();
        let mut shared: Vec<Bits> = Vec::with_capacity(terms.len());
        let mut below: Vec<Bits> = Vec::with_capacity(terms.len());
        let all_sure = terms.iter().flat_map(|term| &term.parents).all(|edge| edge.is_sure());
        for index in 0..terms.len() as u32 {
            let none = Bits::of(terms.len());
            let may = reach([index], up(false), none.clone());
            hierarchy.sure.push(if all_sure { may.clone() } else { reach([index], up(true), none.clone()) });
            hierarchy.may.push(may);
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
        for (own, descendants) in shared.iter().zip(&below) {
            let mut open = own.clone();
            let narrower = shared.iter().enumerate().filter(|(term, _)| descendants.has(*term as u32));
            narrower.for_each(|(_, shared)| open.join(shared));
            hierarchy.open.push(open);
        }
        hierarchy
    }

    /// Whether `term` always lies at or below `above`.
    pub fn sure(&self, term: u32, above: u32) -> bool {
        self.sure.get(term as usize).is_some_and(|bits| bits.has(above))
    }

    /// Whether `term` may lie at or below `above`.
    pub fn may(&self, term: u32, above: u32) -> bool {
        self.may.get(term as usize).is_some_and(|bits| bits.has(above))
    }

    /// Whether something strictly below `term`, or below a narrower one, may lie at or below `above` otherwise than
    /// through it: then the word doesn't settle whether it lies there.
    pub fn open(&self, term: u32, above: u32) -> bool {
        self.open.get(term as usize).is_some_and(|bits| bits.has(above))
    }

    /// The terms that `term` may lie at or below, or that it leaves open whether something below it does.
    pub fn reached(&self, term: u32) -> impl Iterator<Item = u32> {
        fn of(all: &[Bits], term: u32) -> &[u64] {
            all.get(term as usize).map_or(&[], |bits| &bits.0)
        }
        let (may, open) = (of(&self.may, term), of(&self.open, term));
        may.iter().enumerate().flat_map(move |(at, word)| {
            let mut left = word | open.get(at).copied().unwrap_or(0);
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
