//! What can be said of the layers once all is known: settings that an absolute
//! clause reads, and fresh words that would enter a group that a clause beneath spares.

use std::collections::BTreeSet;

use super::Resolver;
use super::groups::{Groups, condition_reads, reads, value_reads};
use super::terms::noun;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{Clause, Facet, Term, Value};

impl Resolver {
    /// What can be said of the layers once all is known.
    pub(super) fn check_layers(&mut self) {
        self.check_tables();
        let absolute = self.policy.clauses.iter().enumerate().filter(|(_, clause)| clause.absolute);
        let absolute: Vec<(usize, Groups)> =
            absolute.map(|(index, clause)| (index, Groups::named_by(clause))).collect();
        for (unit, name) in std::mem::take(&mut self.changes.assigned) {
            if self.full() {
                break;
            }
            self.unit = unit;
            let moved = self.moved_by(&name.text);
            let above = self.above_moved(&moved);
            // A measure that a recipient supplies is in place while the recipient is authorised.
            let notice = self.policy.notice.as_ref().is_some_and(|notice| value_reads(&notice.period, &moved));
            let read = |clause: &Clause, named: &Groups| {
                reads(clause, &moved)
                    || notice && (named.authorised || named.terms.iter().any(|(facet, _)| *facet == Facet::Measure))
                    || !above.is_empty() && named.terms.iter().any(|term| above.contains(term))
            };
            let clauses = absolute.iter().filter_map(|(index, named)| Some((self.policy.clauses.get(*index)?, named)));
            let reading = clauses.into_iter().find(|(clause, named)| read(clause, named)).map(|(clause, _)| clause);
            if let Some(origin) = reading.map(|clause| self.clause_origin(clause.layer, clause.span)) {
                let fault = Diagnostic::error(
                    Code::AbsoluteClause,
                    name.span,
                    format!("an absolute clause reads `{}`, so no agreement sets it", name.text),
                );
                let place = self.place(&origin);
                self.fault(fault.help(format!("the clause stands at {place}")));
            }
        }
        for layer in 1..self.policy.layers.len() {
            self.check_fresh_words(layer);
        }
    }

    /// The words whose extent depends on one of these settings: those above an edge whose condition reads it.
    fn above_moved(&self, settings: &BTreeSet<u32>) -> BTreeSet<(Facet, u32)> {
        let mut above = BTreeSet::new();
        for &facet in Facet::ALL {
            let edges = self.facet(facet).iter().flat_map(|term| &term.parents);
            let moved = edges.filter(|edge| edge.when.as_ref().is_some_and(|when| condition_reads(when, settings)));
            let mut waiting: Vec<u32> = moved.map(|edge| edge.parent).collect();
            while let Some(term) = waiting.pop() {
                if above.insert((facet, term)) {
                    let parents = self.facet(facet).get(term as usize).map_or(&[][..], |term| &term.parents);
                    waiting.extend(parents.iter().map(|edge| edge.parent));
                }
            }
        }
        above
    }

    /// A setting, and those that have it as their default, directly or not.
    fn moved_by(&self, name: &str) -> BTreeSet<u32> {
        let mut moved = BTreeSet::new();
        // A default is declared before the setting that has it.
        for (index, setting) in self.policy.settings.iter().enumerate() {
            let follows = matches!(setting.default, Some(Value::Setting(other)) if moved.contains(&other));
            if setting.name == name || follows && setting.given.is_none() {
                moved.insert(index as u32);
            }
        }
        moved
    }

    /// A fresh word enters a group that a clause beneath spares only where the layer replaces or waives that clause.
    fn check_fresh_words(&mut self, layer: usize) {
        let Some(unit) = self.units.iter().position(|unit| unit.layer == layer && unit.vocabulary.is_none()) else {
            return;
        };
        self.unit = unit;
        let is_fresh = |term: &Term| term.origin.unit == unit;
        if !Facet::ALL.iter().any(|facet| self.facet(*facet).iter().any(is_fresh)) {
            return;
        }
        let spared = self.spared_beneath(layer);
        let mut faults = Vec::new();
        for &facet in Facet::ALL {
            for (number, term) in self.facet(facet).iter().enumerate().filter(|(_, term)| is_fresh(term)) {
                let mut entered = spared.of_term(&self.ancestors(facet, number as u32), facet);
                if facet == Facet::Recipient
                    && let Some(recipient) = self.policy.recipients.get(number)
                {
                    let dated = recipient.authorised.is_some() || recipient.notified.is_some();
                    let supplied = recipient.measures.iter().filter(|_| dated);
                    let supplied = supplied
                        .filter_map(|own| spared.of_term(&self.ancestors(Facet::Measure, *own), Facet::Measure));
                    let authorised = spared.authorised.filter(|_| dated);
                    entered = supplied.chain(authorised).chain(entered).min();
                }
                let Some(clause) = entered.and_then(|index| self.policy.clauses.get(index)) else { continue };
                let place = self.place(&self.clause_origin(clause.layer, clause.span));
                let message = format!(
                    "the {} `{}` would enter a group that clause `{}` beneath spares",
                    noun(facet),
                    term.name,
                    clause.label
                );
                let fault = Diagnostic::error(Code::WordEntersGroup, term.origin.span, message);
                faults.push(
                    fault.help(format!("the clause stands at {place}: replace or waive it to let a new word in")),
                );
            }
        }
        faults.into_iter().for_each(|fault| self.fault(fault));
    }
}
