//! What can be said of the layers once all is known: settings that an absolute
//! clause reads, and fresh words that would enter a group that a clause beneath spares.

use std::collections::{BTreeMap, BTreeSet};

use super::Resolver;
use super::groups::{Groups, condition_reads, reads, value_reads};
use super::terms::noun;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{Clause, Effect, Facet, Value};
use crate::syntax::Span;

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

    /// A fresh word enters a group that a clause beneath excepts only where the layer replaces or waives that clause.
    fn check_fresh_words(&mut self, layer: usize) {
        let Some(unit) = self.units.iter().position(|unit| unit.layer == layer && unit.vocabulary.is_none()) else {
            return;
        };
        self.unit = unit;
        let named = |changes: &BTreeMap<(usize, usize), Span>, index: usize| changes.contains_key(&(layer, index));
        // For each word that a guard spares, the first clause that does.
        let mut groups: BTreeMap<(Facet, u32), usize> = BTreeMap::new();
        let mut authorised = None;
        for (index, clause) in self.policy.clauses.iter().enumerate() {
            if clause.layer >= layer || named(&self.changes.replaced, index) || named(&self.changes.waived, index) {
                continue;
            }
            for rule in clause
                .rules
                .iter()
                .filter(|rule| matches!(rule.effect, Effect::Forbid | Effect::Require(_) | Effect::Keep(_)))
            {
                let mut found = Groups::default();
                clause.scope.iter().chain(&rule.scope).for_each(|part| found.part(part));
                if let Effect::Require(demands) = &rule.effect {
                    demands.iter().flat_map(|demand| &demand.any).for_each(|means| found.means(means));
                }
                found.terms.into_iter().for_each(|group| _ = groups.entry(group).or_insert(index));
                authorised = authorised.or(found.authorised.then_some(index));
            }
        }
        let mut faults = Vec::new();
        for &facet in Facet::ALL {
            for (number, term) in self.facet(facet).iter().enumerate() {
                if term.origin.unit != unit {
                    continue;
                }
                let above = self.ancestors(facet, number as u32);
                let entered = above.iter().filter_map(|group| groups.get(&(facet, *group))).min();
                let recipient = (facet == Facet::Recipient).then(|| self.policy.recipients.get(number)).flatten();
                let dated =
                    recipient.is_some_and(|recipient| recipient.authorised.is_some() || recipient.notified.is_some());
                let clause = entered.copied().or(authorised.filter(|_| dated));
                let Some(clause) = clause.and_then(|index| self.policy.clauses.get(index)) else { continue };
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
