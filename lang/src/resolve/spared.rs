//! What the guards beneath a layer spare: by a list (`any except …`), a condition, a demand, a bound or `authorised`, and by
//! what the language itself excepts. A fresh word that comes to lie among these is bound by less than the policy beneath says.

use std::collections::{BTreeMap, BTreeSet};

use super::Resolver;
use super::groups::Groups;
use crate::model::{Clause, Condition, Effect, Facet, List, Pick, Rule, Scope, Slot, Value};
use crate::syntax::Span;

/// What guards spare, each with the first clause that does, by its number.
#[derive(Default)]
pub(super) struct Spared {
    terms: BTreeMap<(Facet, u32), usize>,
    /// Facts of recipients that absolute guards turn on.
    pub facts: BTreeMap<u32, usize>,
    /// Whoever is authorised.
    pub authorised: Option<usize>,
    /// The same, by an absolute clause.
    pub authorised_absolutely: Option<usize>,
}

impl Spared {
    /// The first clause that spares one of these terms.
    pub fn of_term(&self, terms: &BTreeSet<u32>, facet: Facet) -> Option<usize> {
        terms.iter().filter_map(|term| self.terms.get(&(facet, *term))).min().copied()
    }

    /// Takes in what a clause spares, after those before it.
    fn add(&mut self, groups: Groups, clause: usize, absolute: bool) {
        groups.terms.into_iter().for_each(|term| _ = self.terms.entry(term).or_insert(clause));
        self.authorised = self.authorised.or(groups.authorised.then_some(clause));
        if absolute {
            groups.facts.into_iter().for_each(|fact| _ = self.facts.entry(fact).or_insert(clause));
            self.authorised_absolutely = self.authorised_absolutely.or(groups.authorised.then_some(clause));
        }
    }
}

/// An edge that holds under a condition: where it leads to, and all that lies above.
struct Conditional<'p> {
    facet: Facet,
    above: BTreeSet<u32>,
    condition: &'p Condition,
}

impl Resolver {
    /// What the guards of the clauses beneath a layer spare that it neither replaces nor waives.
    ///
    /// O(guards × words that they name + guards that spare differently × (conditional edges + recipients)).
    pub(super) fn spared_beneath(&self, layer: usize) -> Spared {
        let named = |changes: &BTreeMap<(usize, usize), Span>, index: usize| changes.contains_key(&(layer, index));
        let edges = self.conditional_edges();
        let mut spared = Spared::default();
        // What an earlier clause spares in the same way is known by that.
        let mut known: BTreeSet<(Groups, bool)> = BTreeSet::new();
        for (index, clause) in self.policy.clauses.iter().enumerate() {
            if clause.layer >= layer || named(&self.changes.replaced, index) || named(&self.changes.waived, index) {
                continue;
            }
            for rule in &clause.rules {
                if let Some(mut groups) = self.spared_by(clause, rule)
                    && known.insert((groups.clone(), clause.absolute))
                {
                    self.widen(&mut groups, &edges);
                    spared.add(groups, index, clause.absolute);
                }
            }
        }
        spared
    }

    /// What a rule spares by what it says, and by what the language excepts; none where it neither guards nor excepts.
    fn spared_by(&self, clause: &Clause, rule: &Rule) -> Option<Groups> {
        let core = &self.policy.core;
        let mut groups = Groups::default();
        match &rule.effect {
            Effect::Forbid => {}
            Effect::Require(demands) => {
                demands.iter().flat_map(|demand| &demand.any).for_each(|means| groups.means(means))
            }
            Effect::Keep(keep) => groups.keep(keep, core),
            // What an exception names is spared by the clauses that it lifts.
            Effect::Waive(_) => {
                let mut groups = Groups::of_all_lists();
                clause.scope.iter().chain(&rule.scope).for_each(|part| groups.part(part));
                return Some(groups);
            }
            Effect::Allow(_) | Effect::Owe(_) => return None,
        }
        for part in clause.scope.iter().chain(&rule.scope) {
            groups.part(part);
            let Scope::Slot(Slot::Action, List::These(picks)) = &part.scope else { continue };
            let takes = |own: u32| {
                let above = self.ancestors(Facet::Action, own);
                picks.iter().any(|pick| matches!(pick, Pick::Term(term) if above.contains(term)))
            };
            // A disposal is neither a share nor a transfer, and what stays in a country is no transfer.
            let transfer = takes(core.transfer);
            if transfer || takes(core.share) {
                groups.terms.insert((Facet::Action, core.dispose));
            }
            if transfer {
                let places = self.facet(Facet::Place).iter().zip(0..);
                let countries = places.filter(|(term, _)| term.parents.iter().any(|edge| edge.parent == core.country));
                groups.terms.extend(countries.map(|(_, country)| (Facet::Place, country)));
            }
        }
        Some(groups)
    }

    /// Adds what leads into the groups: values of settings, keys of tables, conditions of edges, measures that a recipient
    /// supplies while it is authorised, and the places and purposes that it is authorised for.
    fn widen(&self, groups: &mut Groups, edges: &[Conditional<'_>]) {
        loop {
            let before = groups.clone();
            for setting in before.settings.iter().filter_map(|setting| self.policy.settings.get(*setting as usize)) {
                setting.default.iter().for_each(|value| groups.value(value));
            }
            for table in before.tables.iter().filter_map(|table| self.policy.tables.get(*table as usize)) {
                let keys = table.rows.iter().flat_map(|(keys, _)| keys);
                keys.for_each(|key| groups.value(&Value::Literal(key.clone())));
            }
            for edge in edges {
                if edge.above.iter().any(|above| before.terms.contains(&(edge.facet, *above))) {
                    groups.condition(edge.condition);
                }
            }
            for recipient in &self.policy.recipients {
                let supplies = |own: &u32| {
                    let above = self.ancestors(Facet::Measure, *own);
                    above.iter().any(|above| before.terms.contains(&(Facet::Measure, *above)))
                };
                groups.authorised |= recipient.measures.iter().any(supplies);
                if before.authorised && (recipient.authorised.is_some() || recipient.notified.is_some()) {
                    groups.terms.extend(recipient.places.iter().map(|place| (Facet::Place, *place)));
                    let purposes = recipient.purposes.iter().flatten();
                    groups.terms.extend(purposes.map(|purpose| (Facet::Purpose, *purpose)));
                }
            }
            if *groups == before {
                return;
            }
        }
    }

    fn conditional_edges(&self) -> Vec<Conditional<'_>> {
        let mut found = Vec::new();
        for &facet in Facet::ALL {
            for edge in self.facet(facet).iter().flat_map(|term| &term.parents) {
                if let Some(condition) = &edge.when {
                    found.push(Conditional { facet, above: self.ancestors(facet, edge.parent), condition });
                }
            }
        }
        found
    }
}
