//! What is declared, found by its name in one step, and how much of it there is.

use std::collections::{BTreeMap, HashMap};

use abey_engine::limits;

use super::Resolver;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::Facet;
use crate::syntax::{Below, Span};

/// What a name in a condition stands for, by its number.
#[derive(Clone, Copy)]
pub(super) enum Declared {
    Fact(u32),
    Setting(u32),
    Table(u32),
}

/// Names, and what is counted while they are declared.
#[derive(Default)]
pub(super) struct Known {
    terms: BTreeMap<Facet, HashMap<String, u32>>,
    values: HashMap<String, Declared>,
    /// The clauses of each label, in their order.
    labels: HashMap<String, Vec<usize>>,
    /// Edges of each facet.
    edges: BTreeMap<Facet, usize>,
    /// Comparisons in the conditions of edges.
    nodes: usize,
    /// Keys of all tables.
    keys: usize,
    /// Clauses looked at by exceptions for ranges, and named by exceptions.
    waived: usize,
    /// Rules of all clauses.
    rules: usize,
}

impl Known {
    pub fn term(&self, facet: Facet, word: &str) -> Option<u32> {
        self.terms.get(&facet)?.get(word).copied()
    }

    pub fn add_term(&mut self, facet: Facet, word: &str, index: usize) {
        self.terms.entry(facet).or_default().insert(word.to_string(), index as u32);
    }

    pub fn value(&self, name: &str) -> Option<Declared> {
        self.values.get(name).copied()
    }

    pub fn add_value(&mut self, name: &str, declared: Declared) {
        self.values.insert(name.to_string(), declared);
    }

    /// The clauses of a label, in their order.
    pub fn labelled(&self, label: &str) -> &[usize] {
        self.labels.get(label).map_or(&[], Vec::as_slice)
    }

    pub fn add_label(&mut self, label: &str, clause: usize) {
        self.labels.entry(label.to_string()).or_default().push(clause);
    }
}

impl Resolver {
    /// Whether as much is wrong as is shown: then nothing more is looked at.
    pub(super) fn full(&self) -> bool {
        self.faults.len() >= crate::limits::ERRORS
    }

    /// Counts the edges of a word of a facet, each with its own condition; reports where there are too many, and says
    /// whether they fit.
    pub(super) fn count_edges(&mut self, facet: Facet, below: &[Below], at: Span) -> bool {
        let nodes = |group: &Below| group.when.as_ref().map_or(0, crate::parse::nodes) * group.parents.len();
        self.known.nodes += below.iter().map(nodes).sum::<usize>();
        if self.known.nodes > limits::NODES {
            return self.too_much(at, limits::NODES, "comparisons in the conditions of edges");
        }
        let count = self.known.edges.entry(facet).or_default();
        *count += below.iter().map(|group| group.parents.len()).sum::<usize>();
        // A place that lies nowhere else lies in `anywhere`.
        let most = limits::EDGES - if facet == Facet::Place { limits::TERMS } else { 0 };
        *count <= most || self.too_much(at, most, &format!("edges among the words of `{}`", facet.word()))
    }

    /// Counts keys of tables.
    pub(super) fn count_keys(&mut self, keys: usize, at: Span) -> bool {
        self.known.keys += keys;
        self.known.keys <= limits::KEYS || self.too_much(at, limits::KEYS, "keys of tables")
    }

    /// Counts what exceptions name, and what was looked at to find it.
    pub(super) fn count_waived(&mut self, clauses: usize, at: Span) -> bool {
        self.known.waived += clauses;
        self.known.waived <= limits::WORDS || self.too_much(at, limits::WORDS, "clauses that exceptions name")
    }

    /// Counts the rules of a clause, in the place of so many.
    pub(super) fn count_rules(&mut self, rules: usize, before: usize) -> bool {
        self.known.rules = (self.known.rules + rules).saturating_sub(before);
        self.known.rules <= limits::RULES
    }

    /// Reports that there are more of something than fit.
    pub(super) fn too_much(&mut self, at: Span, most: usize, what: &str) -> bool {
        let fault = Diagnostic::error(Code::TooMuch, at, format!("there are more than {most} {what}"));
        self.fault(fault.help("take some away, or split the policy"));
        false
    }
}
