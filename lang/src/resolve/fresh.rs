//! What can be said of the layers once all is known: settings that an absolute
//! clause reads, and fresh words that would enter a group that a clause beneath spares.

use std::collections::BTreeSet;

use super::Resolver;
use super::groups::{Groups, condition_reads, reads, value_reads};
use super::spared::Spared;
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
            let noticing = self.policy.notice.as_ref().filter(|_| notice).map(|notice| notice.clause);
            let reading = absolute.iter().find_map(|(index, named)| {
                let clause = self.policy.clauses.get(*index)?;
                (noticing == Some(*index) || read(clause, named)).then_some(clause)
            });
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
            self.check_notice(layer);
        }
    }

    /// A notice period of a layer lets no recipient beneath into what an absolute clause spares, nor into what another one
    /// does, unless the layer replaces the clause of the period that it had.
    fn check_notice(&mut self, layer: usize) {
        let own = self.policy.notice.as_ref().and_then(|notice| self.policy.clauses.get(notice.clause));
        let Some(at) = self.changes.notice.clone().filter(|_| own.is_some_and(|clause| clause.layer == layer)) else {
            return;
        };
        let beneath = |term: &Term| self.units.get(term.origin.unit).is_some_and(|unit| unit.layer < layer);
        let mut recipients = self.facet(Facet::Recipient).iter().zip(&self.policy.recipients);
        if !recipients.any(|(term, declared)| beneath(term) && declared.notified.is_some()) {
            return;
        }
        let spared = self.spared_beneath(layer);
        let other = spared.authorised.filter(|_| !self.changes.noticed.contains(&layer));
        let Some(clause) = spared.authorised_absolutely.or(other).and_then(|index| self.policy.clauses.get(index))
        else {
            return;
        };
        let place = self.place(&self.clause_origin(clause.layer, clause.span));
        let fault = if clause.absolute {
            let message = "an absolute clause spares who is authorised, so no agreement says when that begins";
            Diagnostic::error(Code::AbsoluteClause, at.span, message).help(format!("the clause stands at {place}"))
        } else {
            let message = format!(
                "the notice period would let recipients enter a group that clause `{}` beneath spares",
                clause.label
            );
            let help = format!("the clause stands at {place}: replace or waive it to let them in");
            Diagnostic::error(Code::WordEntersGroup, at.span, message).help(help)
        };
        self.unit = at.unit;
        self.fault(fault);
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

    /// A fresh word enters a group that a clause beneath spares only where the layer replaces or waives that clause; one of
    /// a vocabulary that it uses does as one of its own.
    fn check_fresh_words(&mut self, layer: usize) {
        let of_layer = |unit: usize| self.units.get(unit).filter(|unit| unit.layer == layer);
        let is_fresh = |term: &Term| of_layer(term.origin.unit).is_some();
        if !Facet::ALL.iter().any(|facet| self.facet(*facet).iter().any(is_fresh)) {
            return;
        }
        let spared = self.spared_beneath(layer);
        let mut faults = Vec::new();
        let mut told = BTreeSet::new();
        for &facet in Facet::ALL {
            for (number, term) in self.facet(facet).iter().enumerate().filter(|(_, term)| is_fresh(term)) {
                let Some(clause) = self.entered(&spared, facet, number) else { continue };
                let place = self.place(&self.clause_origin(clause.layer, clause.span));
                let (noun, word, label) = (noun(facet), &term.name, &clause.label);
                let used = of_layer(term.origin.unit).and_then(|unit| Some((unit.vocabulary.as_ref()?, unit.named)));
                let (message, at, what) = match used {
                    // Of a vocabulary, one word is enough.
                    Some(_) if !told.insert(term.origin.unit) => continue,
                    Some((vocabulary, at)) => {
                        let message = format!(
                            "the vocabulary `{vocabulary}` would bring the {noun} `{word}` into a group that clause `{label}` beneath spares"
                        );
                        (message, at, "new words")
                    }
                    None => {
                        let message =
                            format!("the {noun} `{word}` would enter a group that clause `{label}` beneath spares");
                        (message, term.origin.span, "a new word")
                    }
                };
                let help = format!("the clause stands at {place}: replace or waive it to let {what} in");
                let fault = Diagnostic::error(Code::WordEntersGroup, at, message).help(help);
                faults.push((used.is_some(), term.origin.unit, fault));
            }
        }
        for (used, unit, fault) in faults {
            // Where a vocabulary is used is told in the top source already.
            if used {
                self.faults.push(fault);
            } else {
                self.unit = unit;
                self.fault(fault);
            }
        }
    }

    /// The first clause beneath that spares a group which a word comes to lie in.
    fn entered(&self, spared: &Spared, facet: Facet, number: usize) -> Option<&Clause> {
        let mut entered = spared.of_term(&self.ancestors(facet, number as u32), facet);
        if facet == Facet::Recipient
            && let Some(recipient) = self.policy.recipients.get(number)
        {
            let dated = recipient.authorised.is_some() || recipient.notified.is_some();
            let supplied = recipient.measures.iter().filter(|_| dated);
            let supplied =
                supplied.filter_map(|own| spared.of_term(&self.ancestors(Facet::Measure, *own), Facet::Measure));
            let told = recipient.facts.iter().filter_map(|(fact, _)| spared.facts.get(fact).copied());
            let authorised = spared.authorised.filter(|_| dated);
            entered = supplied.chain(told).chain(authorised).chain(entered).min();
        }
        self.policy.clauses.get(entered?)
    }
}
