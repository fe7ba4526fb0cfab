//! Terms and scopes, in the policy's own labels.

use super::{or, plain};
use crate::model::{DataList, DataPick, Demand, Edge, Facet, List, Means, Part, Pick, Policy, Scope, Slot, Term};

/// No recipient: the processor itself.
pub(super) const OWN_SYSTEMS: &str = "own systems";

/// A policy, as the source of words.
#[derive(Clone, Copy)]
pub(super) struct Words<'a> {
    pub policy: &'a Policy,
}

impl<'a> Words<'a> {
    /// The label of a term, or its word.
    pub fn term(self, facet: Facet, term: u32) -> String {
        let term = self.terms_of(facet).get(term as usize);
        term.map(|term| or(&term.label, &plain(&term.name))).unwrap_or_default()
    }

    /// The labels of terms, one behind another.
    pub fn terms(self, facet: Facet, terms: &[u32], between: &str) -> String {
        terms.iter().map(|term| self.term(facet, *term)).collect::<Vec<_>>().join(between)
    }

    fn pick(self, facet: Facet, pick: &Pick) -> String {
        match pick {
            Pick::Term(term) => self.term(facet, *term),
            Pick::None if facet == Facet::Recipient => OWN_SYSTEMS.into(),
            Pick::None => "none".into(),
            Pick::Authorised => "authorised recipients".into(),
        }
    }

    /// The members of a list; none where it is any.
    pub fn list(self, slot: Slot, list: &List) -> Vec<String> {
        let picks = |picks: &[Pick]| picks.iter().map(|pick| self.pick(slot.facet(), pick)).collect::<Vec<_>>();
        match list {
            List::These(these) => picks(these),
            List::Any => Vec::new(),
            List::AnyExcept(these) => vec![format!("any except {}", picks(these).join(", "))],
        }
    }

    /// The data of a list; none where it is any.
    pub fn data(self, list: &DataList) -> Vec<String> {
        let picks = |picks: &[DataPick]| picks.iter().map(|pick| self.data_pick(pick)).collect::<Vec<_>>();
        match list {
            DataList::These(these) => picks(these),
            DataList::Any => Vec::new(),
            DataList::AnyExcept(these) => vec![format!("any except {}", picks(these).join(", "))],
        }
    }

    fn data_pick(self, pick: &DataPick) -> String {
        let category = pick.category.map_or_else(|| "any data".into(), |category| self.term(Facet::Data, category));
        let forms = if pick.raw { "raw".into() } else { self.terms(Facet::Form, &pick.forms, ", ") };
        if forms.is_empty() { category } else { format!("{category} ({forms})") }
    }

    /// What a scope covers, a line for each kind of part; none where it covers anything.
    pub fn scope<'p>(self, parts: impl IntoIterator<Item = &'p Part>) -> Vec<String> {
        let mut lines: Vec<(usize, &'static str, String)> = Vec::new();
        for part in parts {
            let (order, name, text) = match &part.scope {
                // Any action says nothing; any recipient says that there is one.
                Scope::Slot(slot, List::Any) if *slot != Slot::Action => {
                    (slot_order(*slot), slot_name(*slot), "any".into())
                }
                Scope::Slot(slot, list) => (slot_order(*slot), slot_name(*slot), self.list(*slot, list).join(", ")),
                Scope::Data(list) => (1, "Data", self.data(list).join(", ")),
                Scope::Measures(measures) => (20, "With", self.terms(Facet::Measure, measures, " and ")),
                Scope::When(condition) => (21, "When", self.condition(condition)),
                Scope::Unless(condition) => (22, "Unless", self.condition(condition)),
            };
            if !text.is_empty() && !lines.iter().any(|line| line.1 == name && line.2 == text) {
                lines.push((order, name, text));
            }
        }
        lines.sort_by_key(|line| line.0);
        lines.into_iter().map(|(_, name, text)| format!("{name}: {text}")).collect()
    }

    /// What a rule covers within the scope of its clause; none where it covers anything.
    pub fn scope_within(self, clause: &[Part], rule: &[Part]) -> Vec<String> {
        let kept = clause.iter().filter(|outer| !rule.iter().any(|inner| self.narrows(&inner.scope, &outer.scope)));
        self.scope(kept.chain(rule))
    }

    /// Whether a part names only what another names too, so that the other adds nothing to it.
    fn narrows(self, inner: &Scope, outer: &Scope) -> bool {
        match (inner, outer) {
            (Scope::Slot(slot, inner), Scope::Slot(other, outer)) if slot == other => match (inner, outer) {
                (List::These(inner), List::These(outer)) => {
                    let within = |pick: &Pick| outer.iter().any(|other| self.is_below(slot.facet(), pick, other));
                    inner.iter().all(within)
                }
                _ => false,
            },
            (Scope::Data(DataList::These(inner)), Scope::Data(DataList::These(outer))) => {
                inner.iter().all(|pick| outer.contains(pick))
            }
            _ => false,
        }
    }

    /// Whether a member is another or lies directly below it, always.
    fn is_below(self, facet: Facet, pick: &Pick, other: &Pick) -> bool {
        let (Pick::Term(own), Pick::Term(above)) = (pick, other) else { return pick == other };
        let edges = self.terms_of(facet).get(*own as usize).map(|term| term.parents.as_slice()).unwrap_or_default();
        let always = |edge: &Edge| edge.when.is_none() && edge.period.from.is_none() && edge.period.until.is_none();
        own == above || edges.iter().any(|edge| edge.parent == *above && always(edge))
    }

    /// The terms of a facet.
    pub fn terms_of(self, facet: Facet) -> &'a [Term] {
        let at = Facet::ALL.iter().position(|own| *own == facet);
        at.and_then(|at| self.policy.terms.get(at)).map(Vec::as_slice).unwrap_or_default()
    }

    /// What a demand asks: one of its means.
    pub fn demand(self, demand: &Demand) -> String {
        let means = demand.any.iter().map(|means| match means {
            Means::Measure(term) => self.term(Facet::Measure, *term),
            Means::Form(term) => self.term(Facet::Form, *term),
            Means::Basis(term) => self.term(Facet::Basis, *term),
            Means::Condition(condition) => self.condition(condition),
        });
        means.collect::<Vec<_>>().join(" or ")
    }
}

/// Whether a demand asks for a measure or a form, perhaps beside other means.
pub(super) fn protects(demand: &Demand) -> bool {
    demand.any.iter().any(|means| matches!(means, Means::Measure(_) | Means::Form(_)))
}

/// What a part of a scope is called.
fn slot_name(slot: Slot) -> &'static str {
    match slot {
        Slot::Action => "Action",
        Slot::Subject => "About",
        Slot::Actor => "By",
        Slot::Purpose => "Purpose",
        Slot::Recipient => "Recipient",
        Slot::Place => "Place",
        Slot::Origin => "From",
        Slot::Basis => "Basis",
        Slot::Role => "Role",
    }
}

/// Where a part stands among those of a scope; data comes second.
fn slot_order(slot: Slot) -> usize {
    match Slot::ALL.iter().position(|own| *own == slot) {
        Some(0) => 0,
        Some(at) => at + 1,
        None => Slot::ALL.len() + 1,
    }
}
