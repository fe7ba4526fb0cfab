//! Questions: what could be stated to settle a condition or a value that is unknown.

use alloc::format;
use alloc::vec::Vec;

use super::explain::Explainer;
use super::point::Indices;
use super::questions::{fact_path, precisely};
use super::spoken::item_path;
use super::val::{Val, Word};
use super::values::Bound;
use crate::image::{About, Compare, Condition, Facet, Key, Literal, Slot, Value};
use crate::json::Text;
use crate::truth::Truth;

impl<'c> Explainer<'c, '_> {
    /// Asks for whatever leaves a condition unknown.
    pub(super) fn causes(&mut self, at: Indices, condition: u32) {
        let checker = self.checker;
        if self.points.get(&at).is_none_or(|point| point.condition(condition) != Truth::Unknown) {
            return;
        }
        match checker.image.conditions.get(condition as usize) {
            Some(Condition::All(of) | Condition::Any(of)) => of.iter().for_each(|part| self.causes(at, *part)),
            Some(Condition::Not(of)) => self.causes(at, *of),
            Some(Condition::Test(test)) => {
                let written = |value: &u32| match checker.image.values.get(*value as usize) {
                    Some(Value::Literal(Literal::Term((_, term)))) => Some(*term),
                    _ => None,
                };
                let terms: Option<Vec<u32>> = test.right.iter().map(written).collect();
                match terms {
                    // What is told against terms that the policy names.
                    Some(terms) if !terms.is_empty() => {
                        terms.iter().for_each(|term| self.against(at, test.left, *term));
                        // What isn't told may be none of them.
                        if test.compare == Compare::Within
                            && checker.image.values.get(test.left as usize) == Some(&Value::Measures)
                        {
                            self.value_causes(at, test.left);
                        }
                    }
                    _ => {
                        self.value_causes(at, test.left);
                        test.right.iter().for_each(|value| self.value_causes(at, *value));
                    }
                }
            }
            Some(Condition::Authorised) => self.ask_authorised(at),
            None => {}
        }
    }

    /// Asks for what leaves it unsettled whether a value lies below a term, or a set includes it.
    fn against(&mut self, at: Indices, value: u32, term: u32) {
        match self.checker.image.values.get(value as usize) {
            Some(Value::Slot(slot)) => self.ask_slot(at, *slot, term),
            Some(Value::Data) => self.ask_category(at, term),
            Some(Value::Form) => self.ask_form(at, &[term]),
            Some(Value::Measures) => self.ask_measure(at, term),
            Some(Value::Fact(fact)) => {
                for (facet, own) in self.fact_terms(at, *fact) {
                    self.ask_match(at, facet, Word::Term(own), term, &|at_hand| {
                        at_hand.fact_told(at, *fact, facet, own)
                    });
                }
                if self.points.get(&at).is_some_and(|point| point.fact(*fact) == Val::Unknown) {
                    self.ask_fact(at, *fact);
                }
            }
            _ => self.value_causes(at, value),
        }
    }

    /// The terms that an operation tells of a fact; none of what the declaration of a recipient tells.
    fn fact_terms(&self, at: Indices, fact: u32) -> Vec<(Facet, u32)> {
        let declared = self.checker.image.facts.get(fact as usize);
        let told = self.points.get(&at).filter(|_| declared.is_some_and(|fact| fact.about != About::Recipient));
        let term = |value: &Val<'_>| match value {
            Val::Term { facet, term, .. } => Some((*facet, *term)),
            _ => None,
        };
        match told.map(|point| point.fact(fact)) {
            Some(Val::Set { members, .. }) => members.iter().filter_map(|(member, _)| term(member)).collect(),
            Some(one) => term(&one).into_iter().collect(),
            None => Vec::new(),
        }
    }

    /// Where a fact tells a term, and the term.
    fn fact_told(&self, at: Indices, fact: u32, facet: Facet, term: u32) -> (u8, Text<'c>, Text<'c>) {
        let path = self.checker.image.facts.get(fact as usize).map(|fact| fact_path(at, fact));
        (4, path.unwrap_or_default().into(), self.checker.image.word(facet, term).into())
    }

    pub(super) fn value_causes(&mut self, at: Indices, value: u32) {
        let checker = self.checker;
        let Some(known) = self.points.get(&at).map(|point| point.value(value)) else { return };
        let unknown = matches!(known, Val::Unknown | Val::Either(_));
        match checker.image.values.get(value as usize) {
            Some(Value::Slot(slot)) => self.ask_precisely(at, *slot),
            Some(Value::Data) => {
                let general = matches!(known, Val::Term { term, .. } if checker.hierarchy(Facet::Data).general(term));
                if general {
                    let text = precisely(&self.item_word(at));
                    self.ask(2, item_path(at[0], ".category"), text);
                }
            }
            Some(Value::Form) if unknown => self.ask_form(at, &[]),
            Some(Value::Measures) => {
                self.ask_measures(at);
                self.ask_precisely(at, Slot::Recipient);
            }
            Some(Value::Time) => self.ask_time(),
            Some(Value::Age | Value::Collected) => {
                if checker.image.values.get(value as usize) == Some(&Value::Age) {
                    self.ask_time();
                }
                if unknown {
                    self.ask_collected(at);
                }
            }
            Some(Value::Fact(fact)) if unknown => self.ask_fact(at, *fact),
            Some(Value::Fact(fact)) => {
                for (facet, own) in self.fact_terms(at, *fact) {
                    if checker.hierarchy(facet).general(own) {
                        let (rank, path, word) = self.fact_told(at, *fact, facet, own);
                        self.ask(rank, path, precisely(&word));
                    }
                }
            }
            Some(Value::Setting(setting)) if unknown => {
                if let Some(Bound::Table(table)) = checker.settings.get(*setting as usize) {
                    return self.ask_key(at, *table);
                }
                let Some(setting) = checker.image.settings.get(*setting as usize) else { return };
                self.ask(5, format!("settings.{}", setting.name).into(), format!("set `{}`", setting.name).into());
            }
            Some(Value::Table(table)) if unknown => self.ask_key(at, *table),
            Some(Value::Plus((a, b)) | Value::Minus((a, b))) => {
                self.value_causes(at, *a);
                self.value_causes(at, *b);
            }
            Some(Value::Earliest(of) | Value::Latest(of) | Value::Least(of) | Value::Greatest(of)) => {
                of.iter().for_each(|part| self.value_causes(at, *part));
            }
            Some(Value::EndOfMonth(of) | Value::EndOfYear(of)) => self.value_causes(at, *of),
            _ => {}
        }
    }

    /// Asks for what leaves it unsettled which row of a table holds.
    fn ask_key(&mut self, at: Indices, table: u32) {
        let checker = self.checker;
        let Some(table) = checker.image.tables.get(table as usize) else { return };
        let keys = table.rows.iter().flat_map(|row| &row.keys).filter_map(|key| match key {
            Literal::Term((_, term)) => Some(*term),
            _ => None,
        });
        match &table.key {
            Key::Slot(slot) => {
                self.ask_precisely(at, *slot);
                keys.for_each(|term| self.ask_slot(at, *slot, term));
            }
            Key::Data => keys.for_each(|term| self.ask_category(at, term)),
            Key::Fact(fact) => {
                let told = self.points.get(&at).map(|point| point.fact(*fact));
                match told {
                    Some(Val::Term { facet, term: own, .. }) => {
                        for term in keys {
                            self.ask_match(at, facet, Word::Term(own), term, &|at_hand| {
                                at_hand.fact_told(at, *fact, facet, own)
                            });
                        }
                    }
                    Some(Val::Unknown) => self.ask_fact(at, *fact),
                    _ => {}
                }
            }
        }
    }

    fn ask_fact(&mut self, at: Indices, fact: u32) {
        let Some(fact) = self.checker.image.facts.get(fact as usize) else { return };
        if fact.about == About::Recipient {
            let name = self.spoken(at, Slot::Recipient).1.unwrap_or_else(|| "the recipient".into());
            self.ask(5, "recipient".into(), format!("the declaration of {name} doesn't say `{}`", fact.name).into());
        } else {
            self.ask(4, fact_path(at, fact).into(), format!("state `{}`", fact.name).into());
        }
    }
}
