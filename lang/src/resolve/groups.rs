//! What the rules of a clause name: the groups that they spare, and the settings that they read.

use std::collections::BTreeSet;

use crate::model::{
    Clause, Condition, Core, DataList, Effect, Facet, Keep, List, Literal, Means, Part, Pick, Scope, Value,
};

/// The terms that a guard spares, the facts, settings and tables that this turns on, and whether it spares the authorised;
/// or all that it names.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Groups {
    pub terms: BTreeSet<(Facet, u32)>,
    pub facts: BTreeSet<u32>,
    pub settings: BTreeSet<u32>,
    pub tables: BTreeSet<u32>,
    pub authorised: bool,
    /// Whether lists count that spare nothing.
    all: bool,
}

impl Groups {
    /// Where every list counts, and not only what spares something.
    pub fn of_all_lists() -> Self {
        Groups { all: true, ..Groups::default() }
    }

    /// Everything that the rules of a clause name.
    pub fn named_by(clause: &Clause) -> Self {
        let mut found = Groups::of_all_lists();
        clause.scope.iter().for_each(|part| found.part(part));
        for rule in &clause.rules {
            rule.scope.iter().for_each(|part| found.part(part));
            match &rule.effect {
                Effect::Require(demands) => {
                    demands.iter().flat_map(|demand| &demand.any).for_each(|means| found.means(means))
                }
                Effect::Keep(keep) => keep.during.iter().for_each(|during| found.condition(during)),
                _ => {}
            }
        }
        found
    }

    pub fn part(&mut self, part: &Part) {
        match &part.scope {
            Scope::Slot(_, List::These(_)) | Scope::Data(DataList::These(_)) if !self.all => {}
            Scope::Slot(slot, List::AnyExcept(picks) | List::These(picks)) => {
                for pick in picks {
                    match pick {
                        Pick::Term(term) => _ = self.terms.insert((slot.facet(), *term)),
                        Pick::Authorised => self.authorised = true,
                        Pick::None => {}
                    }
                }
            }
            Scope::Data(DataList::AnyExcept(picks) | DataList::These(picks)) => {
                for pick in picks {
                    self.terms.extend(pick.category.map(|term| (Facet::Data, term)));
                    self.terms.extend(pick.forms.iter().map(|term| (Facet::Form, *term)));
                }
            }
            Scope::When(condition) | Scope::Unless(condition) => self.condition(condition),
            Scope::Measures(measures) if self.all => {
                self.terms.extend(measures.iter().map(|term| (Facet::Measure, *term)))
            }
            _ => {}
        }
    }

    pub fn means(&mut self, means: &Means) {
        match means {
            Means::Measure(term) => _ = self.terms.insert((Facet::Measure, *term)),
            Means::Form(term) => _ = self.terms.insert((Facet::Form, *term)),
            Means::Basis(term) => _ = self.terms.insert((Facet::Basis, *term)),
            Means::Condition(condition) => self.condition(condition),
        }
    }

    /// What a bound spares: the disposals that it names, and whatever its length turns on.
    pub fn keep(&mut self, keep: &Keep, core: &Core) {
        [&keep.at_least, &keep.at_most, &keep.after, &keep.until]
            .into_iter()
            .flatten()
            .for_each(|value| self.value(value));
        keep.during.iter().for_each(|during| self.condition(during));
        if keep.at_most.is_some() || keep.until.is_some() || keep.during.is_some() {
            let named = if keep.then.is_empty() { &[core.dispose][..] } else { &keep.then };
            self.terms.extend(named.iter().chain([&core.delete]).map(|action| (Facet::Action, *action)));
        }
    }

    pub fn condition(&mut self, condition: &Condition) {
        match condition {
            Condition::All(of) | Condition::Any(of) => of.iter().for_each(|part| self.condition(part)),
            Condition::Not(of) => self.condition(of),
            Condition::Authorised => self.authorised = true,
            Condition::Test(_, left, right, _) => right.iter().chain([left]).for_each(|value| self.value(value)),
        }
    }

    pub fn value(&mut self, value: &Value) {
        match value {
            Value::Literal(Literal::Term((facet, term))) => _ = self.terms.insert((*facet, *term)),
            Value::Fact(fact) => _ = self.facts.insert(*fact),
            Value::Setting(setting) => _ = self.settings.insert(*setting),
            Value::Table(table) => _ = self.tables.insert(*table),
            Value::Notified | Value::AuthorisedFrom => self.authorised = true,
            Value::Plus(a, b) | Value::Minus(a, b) => {
                self.value(a);
                self.value(b);
            }
            Value::Earliest(of) | Value::Latest(of) | Value::Least(of) | Value::Greatest(of) => {
                of.iter().for_each(|value| self.value(value));
            }
            Value::EndOfMonth(of) | Value::EndOfYear(of) => self.value(of),
            Value::Literal(_)
            | Value::Slot(_)
            | Value::Data
            | Value::Form
            | Value::Measures
            | Value::Time
            | Value::Age
            | Value::Collected => {}
        }
    }
}

/// Whether a clause reads one of these settings.
pub(super) fn reads(clause: &Clause, settings: &BTreeSet<u32>) -> bool {
    let value = |value: &Value| value_reads(value, settings);
    let part = |part: &Part| match &part.scope {
        Scope::When(condition) | Scope::Unless(condition) => condition_reads(condition, settings),
        _ => false,
    };
    clause.scope.iter().any(part)
        || clause.rules.iter().any(|rule| {
            rule.scope.iter().any(part)
                || match &rule.effect {
                    Effect::Require(demands) => {
                        demands.iter().flat_map(|demand| &demand.any).any(|means| match means {
                            Means::Condition(condition) => condition_reads(condition, settings),
                            _ => false,
                        })
                    }
                    Effect::Keep(keep) => {
                        let values = [&keep.at_least, &keep.at_most, &keep.after, &keep.until];
                        values.into_iter().flatten().any(value)
                            || keep.during.as_ref().is_some_and(|during| condition_reads(during, settings))
                    }
                    Effect::Owe(owe) => [&owe.within, &owe.event].into_iter().flatten().any(value),
                    _ => false,
                }
        })
}

pub(super) fn condition_reads(condition: &Condition, settings: &BTreeSet<u32>) -> bool {
    let mut found = Groups::default();
    found.condition(condition);
    !found.settings.is_disjoint(settings)
}

pub(super) fn value_reads(value: &Value, settings: &BTreeSet<u32>) -> bool {
    let mut found = Groups::default();
    found.value(value);
    !found.settings.is_disjoint(settings)
}
