//! Tables: a value looked up by a part of the point or a fact.

use alloc::vec::Vec;

use super::point::Point;
use super::val::{Val, Word};
use crate::image::{Base, Facet, Key, Literal, Row, Table};
use crate::limits;
use crate::truth::Truth;

impl<'a> Point<'a> {
    /// What a table yields here. Where its key is missing or general, every value that it could become.
    ///
    /// O(rows) for a leaf; O(terms of the facet × rows) where the key is missing or general.
    pub(super) fn look_up(&self, table: u32) -> Val<'a> {
        let Some(table) = self.checker.image.tables.get(table as usize) else { return Val::Unknown };
        let mut found: Vec<Val<'a>> = Vec::new();
        let mut add = |val: Val<'a>| {
            if found.len() <= limits::WAYS && !found.contains(&val) {
                found.push(val);
            }
        };
        match &table.key {
            Key::Slot(slot) => self.by_word(table, slot.facet(), self.word(*slot), &mut add),
            Key::Data => self.by_word(table, Facet::Data, self.item.category, &mut add),
            Key::Fact(fact) => self.by_fact(table, *fact, &mut add),
        }
        Val::one_of(found)
    }

    fn by_word(&self, table: &'a Table, facet: Facet, word: Word, add: &mut dyn FnMut(Val<'a>)) {
        let hierarchy = self.checker.hierarchy(facet);
        let terms = self.checker.image.facet(facet).len() as u32;
        match word {
            Word::Term(term) if !hierarchy.general(term) => self.by_leaf(table, facet, term, add),
            Word::None => add(of_rows(table, |key| *key == Literal::None)),
            Word::Term(general) => {
                let leaves = (0..terms).filter(|term| !hierarchy.general(*term) && hierarchy.may(*term, general));
                leaves.for_each(|leaf| self.by_leaf(table, facet, leaf, add));
            }
            Word::Missing | Word::Strange => {
                let leaves = (0..terms).filter(|term| !hierarchy.general(*term));
                leaves.for_each(|leaf| self.by_leaf(table, facet, leaf, add));
                if facet.has_none() {
                    add(of_rows(table, |key| *key == Literal::None));
                }
            }
        }
    }

    /// The most specific row that a leaf lies below; every one that may be it.
    fn by_leaf(&self, table: &'a Table, facet: Facet, leaf: u32, add: &mut dyn FnMut(Val<'a>)) {
        let hierarchy = self.checker.hierarchy(facet);
        let mut matched: Vec<(u32, Truth, &Row)> = Vec::new();
        for row in &table.rows {
            self.count(1 + row.keys.len());
            for key in &row.keys {
                if let Literal::Term((_, term)) = key {
                    let truth = self.matches(facet, Word::Term(leaf), *term);
                    if truth != Truth::False {
                        matched.push((*term, truth, row));
                    }
                }
            }
        }
        self.count(matched.len() * matched.len());
        let mut certain = false;
        for (term, truth, row) in &matched {
            let beaten = matched
                .iter()
                .any(|(other, held, _)| other != term && *held == Truth::True && hierarchy.sure(*other, *term));
            if !beaten {
                add(Val::from(&row.value));
                certain |= *truth == Truth::True;
            }
        }
        if !certain {
            add(table.otherwise.as_ref().map_or(Val::Unknown, Val::from));
        }
    }

    fn by_fact(&self, table: &'a Table, fact: u32, add: &mut dyn FnMut(Val<'a>)) {
        let kind = self.checker.image.facts.get(fact as usize).map(|fact| &fact.kind.base);
        match (self.fact(fact), kind) {
            (Val::Term { facet, term, .. }, _) => self.by_word(table, facet, Word::Term(term), add),
            (Val::Unknown, Some(Base::Term(facet))) => self.by_word(table, *facet, Word::Missing, add),
            (Val::Unknown, Some(Base::OneOf(words))) => {
                words
                    .iter()
                    .for_each(|word| add(of_rows(table, |key| matches!(key, Literal::Choice(own) if own == word))));
            }
            (Val::Unknown, Some(Base::YesNo)) => {
                for key in [Literal::Bool(true), Literal::Bool(false), Literal::None] {
                    add(of_rows(table, |own| *own == key));
                }
            }
            (Val::Unknown, _) => {
                for row in &table.rows {
                    add(Val::from(&row.value));
                }
                add(table.otherwise.as_ref().map_or(Val::Unknown, Val::from));
            }
            (told, _) => add(of_rows(table, |key| Val::from(key) == told)),
        }
    }
}

/// The value of the row with such a key, else what holds otherwise, else unknown.
fn of_rows<'a>(table: &'a Table, is_key: impl Fn(&Literal) -> bool) -> Val<'a> {
    let row = table.rows.iter().find(|row| row.keys.iter().any(&is_key));
    row.map(|row| &row.value).or(table.otherwise.as_ref()).map_or(Val::Unknown, Val::from)
}
