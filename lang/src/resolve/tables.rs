//! Tables: values looked up by a facet or a fact.

use abey_engine::limits;

use super::Resolver;
use super::known::Declared;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{Base, Facet, Key, Literal, Slot, Table, Term, Type, Value};
use crate::syntax::{self, Name, Statement, StatementKind};

impl Resolver {
    pub(super) fn declare_tables(&mut self, statement: &Statement) {
        let StatementKind::Table(table) = &statement.kind else { return };
        if self.taken(&table.name) {
            return;
        }
        let Some((key, base)) = self.key(&table.key) else { return };
        let count = table.rows.iter().map(|(keys, _)| keys.len().max(1)).sum();
        if !self.count_keys(count, table.name.span) {
            return;
        }
        let mut kind: Option<Type> = None;
        let mut rows: Vec<(Vec<Literal>, Literal)> = Vec::new();
        for (keys, value) in &table.rows {
            let keys: Vec<Literal> = keys.iter().filter_map(|key| self.table_key(key, &base)).collect();
            if let Some(value) = self.table_value(value, &mut kind) {
                rows.push((keys, value));
            }
        }
        let otherwise = table.otherwise.as_ref().and_then(|value| self.table_value(value, &mut kind));
        let Some(kind) = kind else {
            let fault = Diagnostic::error(Code::EmptyTable, table.name.span, "this table has no value");
            self.fault(fault.help("write rows, as in `free = 30 days;`, or `otherwise 1 year;`"));
            return;
        };
        if self.policy.tables.len() == limits::FACTS {
            let message = format!("there are more than {} tables", limits::FACTS);
            self.fault(Diagnostic::error(Code::TooManyFacts, table.name.span, message).help("take some away"));
            return;
        }
        let origin = self.origin(table.name.span);
        self.known.add_value(&table.name.text, Declared::Table(self.policy.tables.len() as u32));
        self.policy.tables.push(Table { name: table.name.text.clone(), key, kind, rows, otherwise, origin });
        self.changes.tables.push((self.unit, table.clone()));
    }

    /// What a table is looked up by, and of which type its keys are.
    fn key(&mut self, name: &Name) -> Option<(Key, Base)> {
        if name.text == "data" {
            return Some((Key::Data, Base::Term(Facet::Data)));
        }
        if let Some(slot) = Slot::of(&name.text) {
            return Some((Key::Slot(slot), Base::Term(slot.facet())));
        }
        let found = self.policy.facts.iter().position(|fact| fact.name == name.text);
        let kind = found.and_then(|index| self.policy.facts.get(index)).map(|fact| fact.kind.clone());
        match (found, kind) {
            (Some(index), Some(Type { set: false, base: base @ (Base::OneOf(_) | Base::YesNo | Base::Term(_)) })) => {
                Some((Key::Fact(index as u32), base))
            }
            (Some(_), _) => {
                let message = format!("`{}` can't be the key of a table", name.text);
                let fault = Diagnostic::error(Code::BadKey, name.span, message);
                self.fault(
                    fault.help("a key is a part of the operation, or a fact of type `one of`, `yes/no` or a facet"),
                );
                None
            }
            _ => {
                let facts = self.policy.facts.iter().map(|fact| fact.name.as_str());
                let slots = Slot::ALL.iter().map(|slot| slot.word());
                let near = abey_engine::nearest::nearest(&name.text, facts.chain(slots).chain(["data"]));
                let message = format!("`{}` is no fact and no part of an operation", name.text);
                let fault = Diagnostic::error(Code::UnknownValue, name.span, message)
                    .did_you_mean(near, format!("declare it: `fact {}: one of (…);`", name.text));
                self.fault(fault);
                None
            }
        }
    }

    fn table_key(&mut self, key: &Name, base: &Base) -> Option<Literal> {
        match (base, key.text.as_str()) {
            (Base::OneOf(_), "none") => {
                let fault = Diagnostic::error(Code::NeverNone, key.span, "a `one of` fact is never none");
                self.fault(fault.help("take this key away"));
                None
            }
            (_, "none") => Some(Literal::None),
            _ => {
                let value = syntax::Value { kind: syntax::ValueKind::Name(key.text.clone()), span: key.span };
                match self.value_of(&value, base, "the key")? {
                    Value::Literal(literal) => Some(literal),
                    _ => {
                        let fault = Diagnostic::error(Code::NoDefault, key.span, "a key is a plain value");
                        self.fault(fault.help(super::values::written(base)));
                        None
                    }
                }
            }
        }
    }

    fn table_value(&mut self, value: &syntax::Value, kind: &mut Option<Type>) -> Option<Literal> {
        let answer = matches!(&value.kind, syntax::ValueKind::Name(word) if word == "yes" || word == "no");
        if answer && kind.is_none() {
            let fault = Diagnostic::error(Code::WrongType, value.span, "a table can't yield yes or no");
            self.fault(fault.help("ask for its key in the condition itself, as in `plan is free`"));
            return None;
        }
        let (found, found_kind) = self.value(value, kind.as_ref())?;
        let plain = match found_kind {
            super::values::Kind::Plain(plain) => plain,
            other => {
                let message = format!("a table yields values, and this is {}", other.words());
                let fault = Diagnostic::error(Code::WrongType, value.span, message);
                self.fault(fault.help("write a value, or leave the row out"));
                return None;
            }
        };
        if kind.as_ref().is_some_and(|first| *first != plain) {
            let first = kind.as_ref().map(super::values::words).unwrap_or_default();
            let message = format!("this table yields {first}, and this is {}", super::values::words(&plain));
            let fault = Diagnostic::error(Code::WrongType, value.span, message);
            self.fault(fault.help("write values of one type"));
            return None;
        }
        *kind = Some(plain);
        match found {
            Value::Literal(literal) => Some(literal),
            _ => {
                let fault = Diagnostic::error(Code::NoDefault, value.span, "a table holds plain values");
                self.fault(fault.help("write the value out"));
                None
            }
        }
    }

    /// No two rows apply to one leaf, unless one is the more specific.
    pub(super) fn check_tables(&mut self) {
        for (unit, table) in std::mem::take(&mut self.changes.tables) {
            self.unit = unit;
            let facet = self.key_facet(&table.key);
            let children = facet.map(|facet| children(self.facet(facet))).unwrap_or_default();
            let mut seen: Vec<(&Name, Option<Below>)> = Vec::new();
            for key in table.rows.iter().flat_map(|(keys, _)| keys) {
                let term = facet.and_then(|facet| self.find(facet, &key.text));
                let below = term.map(|term| Below::of(term, &children));
                let clash = seen.iter().find(|(earlier, other)| {
                    earlier.text == key.text
                        || matches!((other, &below), (Some(other), Some(below)) if other.overlaps(below))
                });
                if let Some((earlier, _)) = clash {
                    let message = if earlier.text == key.text {
                        format!("two rows for `{}`", key.text)
                    } else {
                        let both = format!("`{}` and `{}`", earlier.text, key.text);
                        format!("the rows for {both} overlap, and neither is the more specific")
                    };
                    let fault = Diagnostic::error(Code::OverlappingRows, key.span, message);
                    let fault = fault.label("again here").related(earlier.span, "first here");
                    self.fault(fault.help("keep one of the two, or add a row for what lies in both"));
                }
                seen.push((key, below));
            }
        }
    }

    /// The facet whose words are the keys of a table.
    fn key_facet(&self, by: &Name) -> Option<Facet> {
        if by.text == "data" {
            return Some(Facet::Data);
        }
        if let Some(slot) = Slot::of(&by.text) {
            return Some(slot.facet());
        }
        self.policy.facts.iter().find(|fact| fact.name == by.text).and_then(|fact| match fact.kind.base {
            Base::Term(facet) => Some(facet),
            _ => None,
        })
    }

    /// A term and everything that it may lie below.
    pub(super) fn ancestors(&self, facet: Facet, term: u32) -> std::collections::BTreeSet<u32> {
        let mut found = std::collections::BTreeSet::new();
        let mut waiting = vec![term];
        while let Some(at) = waiting.pop() {
            if found.insert(at) {
                let parents = self.facet(facet).get(at as usize).map_or(&[][..], |term| &term.parents);
                waiting.extend(parents.iter().map(|edge| edge.parent));
            }
        }
        found
    }
}

/// The words directly below each word.
fn children(terms: &[Term]) -> Vec<Vec<u32>> {
    let mut children = vec![Vec::new(); terms.len()];
    for (index, term) in terms.iter().enumerate() {
        for edge in &term.parents {
            if let Some(below) = children.get_mut(edge.parent as usize) {
                below.push(index as u32);
            }
        }
    }
    children
}

/// A word and everything that may lie below it, as bits.
struct Below {
    term: u32,
    bits: Vec<u64>,
}

impl Below {
    fn of(term: u32, children: &[Vec<u32>]) -> Self {
        let mut below = Below { term, bits: vec![0; children.len().div_ceil(64)] };
        let mut waiting = vec![term];
        while let Some(at) = waiting.pop() {
            if let Some(word) = below.bits.get_mut(at as usize / 64) {
                let bit = 1u64 << (at % 64);
                if *word & bit == 0 {
                    *word |= bit;
                    waiting.extend(children.get(at as usize).into_iter().flatten());
                }
            }
        }
        below
    }

    fn has(&self, term: u32) -> bool {
        self.bits.get(term as usize / 64).is_some_and(|word| word & (1 << (term % 64)) != 0)
    }

    /// Whether something may lie below both, and neither below the other.
    fn overlaps(&self, other: &Below) -> bool {
        let apart = !self.has(other.term) && !other.has(self.term);
        apart && self.bits.iter().zip(&other.bits).any(|(own, other)| own & other != 0)
    }
}
