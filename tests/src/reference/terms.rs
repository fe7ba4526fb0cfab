//! Sections 2 and 4: the words of a facet, what lies below what, and when two words mean the same.

use std::collections::BTreeSet;

use abey_engine::truth::Truth;
use abey_lang::model::{Edge, Facet, Period, Term};

use super::{At, Word};

/// The words of a facet, by every edge: dated and conditional ones too.
pub(super) struct Words {
    names: Vec<String>,
    /// For each word: itself and every word above.
    above: Vec<BTreeSet<u32>>,
    /// For each word: itself and every word below.
    below: Vec<BTreeSet<u32>>,
}

impl Words {
    pub(super) fn of(terms: &[Term]) -> Self {
        fn climb(terms: &[Term], term: u32, found: &mut BTreeSet<u32>) {
            if found.insert(term) {
                terms[term as usize].parents.iter().for_each(|edge| climb(terms, edge.parent, found));
            }
        }
        let mut above = vec![BTreeSet::new(); terms.len()];
        let mut below = above.clone();
        for term in 0..terms.len() as u32 {
            climb(terms, term, &mut above[term as usize]);
            above[term as usize].iter().for_each(|high| _ = below[*high as usize].insert(term));
        }
        Words { names: terms.iter().map(|term| term.name.clone()).collect(), above, below }
    }

    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    pub(super) fn find(&self, name: &str) -> Option<u32> {
        self.names.iter().position(|own| own == name).map(|index| index as u32)
    }

    /// "Leaf and overlap count every edge": a leaf is a word that no edge leads to.
    pub(super) fn is_leaf(&self, term: u32) -> bool {
        self.below[term as usize].len() == 1
    }

    /// A word and every word below.
    pub(super) fn below(&self, term: u32) -> impl Iterator<Item = u32> {
        self.below[term as usize].iter().copied()
    }

    /// The leaves at or below a word.
    pub(super) fn leaves(&self, term: u32) -> impl Iterator<Item = u32> {
        self.below(term).filter(|low| self.is_leaf(*low))
    }

    /// The leaves of the facet.
    pub(super) fn all_leaves(&self) -> impl Iterator<Item = u32> {
        (0..self.names.len() as u32).filter(|term| self.is_leaf(*term))
    }

    pub(super) fn overlap(&self, a: u32, b: u32) -> bool {
        !self.below[a as usize].is_disjoint(&self.below[b as usize])
    }

    pub(super) fn may_reach(&self, low: u32, high: u32) -> bool {
        self.above[low as usize].contains(&high)
    }
}

impl<'a> At<'a> {
    fn edges(&self, facet: Facet, term: u32) -> &'a [Edge] {
        &self.of.policy.terms[facet as usize][term as usize].parents
    }

    /// "An edge may be dated or conditional": whether it holds at this point.
    pub(super) fn edge(&self, edge: &Edge) -> Truth {
        self.during(&edge.period).and(edge.when.as_ref().map_or(Truth::True, |when| self.condition(when)))
    }

    /// Whether the day of the operation lies within a period; both its days count.
    pub(super) fn during(&self, period: &Period) -> Truth {
        if period.from.is_none() && period.until.is_none() {
            return Truth::True;
        }
        let Some(day) = self.given.day else { return Truth::Unknown };
        (period.from.is_none_or(|from| from <= day) && period.until.is_none_or(|until| day <= until)).into()
    }

    /// "Along dated or conditional edges: the Kleene OR over the paths of the AND of their conditions."
    pub(super) fn path(&self, facet: Facet, low: u32, high: u32) -> Truth {
        if low == high {
            return Truth::True;
        }
        let words = self.of.words(facet);
        let leading = self.edges(facet, low).iter().filter(|edge| words.may_reach(edge.parent, high));
        Truth::any(leading.map(|edge| self.edge(edge).and(self.path(facet, edge.parent, high))))
    }

    /// Whether a word always lies below another, by edges without date or condition.
    pub(super) fn always_below(&self, facet: Facet, low: u32, high: u32) -> bool {
        let sure = |edge: &&Edge| edge.when.is_none() && edge.period.from.is_none() && edge.period.until.is_none();
        let mut sure = self.edges(facet, low).iter().filter(sure).map(|edge| edge.parent);
        sure.any(|parent| parent == high || self.always_below(facet, parent, high))
    }

    /// "A term `t` of the operation against a term `T` of the policy: true when `t` is `T` or below it; unknown when
    /// `t` is missing, or is more general than `T` or shares a descendant with it; false otherwise."
    pub(super) fn matches(&self, facet: Facet, word: &Word, term: u32) -> Truth {
        match word {
            Word::Missing | Word::Strange(_) => Truth::Unknown,
            Word::None => Truth::False,
            Word::Is(own) => match self.path(facet, *own, term) {
                Truth::False if self.open(facet, *own, term) => Truth::Unknown,
                path => path,
            },
        }
    }

    /// Whether something narrower than a word could lie below a term by a way of its own: some word at or below the
    /// first has one strictly below itself that reaches the term by a path that doesn't lead through it.
    fn open(&self, facet: Facet, word: u32, term: u32) -> bool {
        let words = self.of.words(facet);
        words.overlap(word, term)
            && words.below(word).any(|high| {
                words
                    .below(high)
                    .any(|low| low != high && words.may_reach(low, term) && self.leads_around(facet, low, term, high))
            })
    }

    fn leads_around(&self, facet: Facet, low: u32, high: u32, around: u32) -> bool {
        low != around
            && (low == high
                || self.edges(facet, low).iter().any(|edge| {
                    self.of.words(facet).may_reach(edge.parent, high)
                        && self.leads_around(facet, edge.parent, high, around)
                }))
    }

    /// "Two terms both told by the operation: true only when they are the same leaf, false when disjoint, unknown
    /// otherwise."
    pub(super) fn same(&self, facet: Facet, a: u32, b: u32) -> Truth {
        let words = self.of.words(facet);
        match a == b && words.is_leaf(a) {
            true => Truth::True,
            false if words.overlap(a, b) => Truth::Unknown,
            false => Truth::False,
        }
    }
}
