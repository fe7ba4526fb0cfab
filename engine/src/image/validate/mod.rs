//! Whether the tables of an image fit together: every number points somewhere,
//! literals are of their types, terms lie below each other without cycles, no
//! condition waits for itself, and no table is past its limit.
//!
//! The checker relies on all of it: what is said here is checked here alone.

mod cycles;
mod nodes;
mod types;

use alloc::string::String;
use alloc::vec::Vec;

use super::{
    About, DataList, DataPick, Effect, Facet, Image, ImageError, List, Means, Part, Pick, Rule, Scope, Slot, Term,
};
use crate::limits;
use crate::sorted::sort;

const FACETS: usize = Facet::ALL.len();

type Checked = Result<(), ImageError>;

fn ensure(fine: bool, what: &'static str) -> Checked {
    if fine { Ok(()) } else { Err(ImageError::Corrupt(what)) }
}

fn at_most(count: usize, most: usize, what: &'static str) -> Checked {
    if count <= most { Ok(()) } else { Err(ImageError::Limit(what)) }
}

fn unique<'a>(names: impl Iterator<Item = &'a String>) -> Checked {
    let mut names: Vec<&str> = names.map(String::as_str).collect();
    sort(&mut names, Ord::cmp);
    ensure(!names.windows(2).any(|two| matches!(two, [one, other] if one == other)), "a name stands twice")
}

impl Image {
    /// Checks in this order: sizes, references and types, nodes, cycles; each step may rely on those before.
    pub(super) fn validate(&self) -> Checked {
        self.sizes()?;
        ensure(self.offset.unsigned_abs() < 24 * 60, "an offset is less than a day")?;
        self.values_and_conditions()?;
        self.terms_and_recipients()?;
        self.types()?;
        self.layers_and_clauses()?;
        self.rules()?;
        self.names()?;
        self.acyclic_terms()?;
        self.acyclic_conditions()
    }

    fn sizes(&self) -> Checked {
        ensure(self.terms.len() == FACETS, "there is a table of terms for each facet")?;
        for terms in &self.terms {
            at_most(terms.len(), limits::TERMS, "terms of one facet")?;
            at_most(terms.iter().map(|term| term.parents.len()).sum(), limits::EDGES, "edges of one facet")?;
        }
        for count in [self.facts.len(), self.settings.len(), self.tables.len()] {
            at_most(count, limits::FACTS, "facts, settings or tables")?;
        }
        let keys = self.tables.iter().flat_map(|table| &table.rows).map(|row| row.keys.len().max(1));
        at_most(keys.sum(), limits::KEYS, "keys of tables")?;
        at_most(self.layers.len(), limits::LAYERS, "layers")?;
        at_most(self.clauses.len(), limits::CLAUSES, "clauses")?;
        at_most(self.rules.len(), limits::RULES, "rules")?;
        at_most(self.rules.iter().map(Rule::words).sum(), limits::WORDS, "words in rules")?;
        at_most(
            self.values.len().saturating_add(self.conditions.len()),
            limits::NODES,
            "nodes of conditions and values",
        )
    }

    fn term(&self, facet: Facet, term: u32) -> Checked {
        ensure((term as usize) < self.facet(facet).len(), "a term is missing")
    }

    fn terms(&self, facet: Facet, terms: &[u32]) -> Checked {
        terms.iter().try_for_each(|term| self.term(facet, *term))
    }

    fn terms_and_recipients(&self) -> Checked {
        for &facet in Facet::ALL {
            for Term { parents, containing, .. } in self.facet(facet) {
                parents.iter().try_for_each(|edge| self.term(facet, edge.parent))?;
                ensure(containing.is_none() || facet == Facet::Data, "only data contains data")?;
                containing.iter().try_for_each(|contained| self.terms(Facet::Data, contained))?;
            }
        }
        ensure(self.recipients.len() == self.facet(Facet::Recipient).len(), "a recipient has no declaration")?;
        for recipient in &self.recipients {
            self.terms(Facet::Place, &recipient.places)?;
            self.terms(Facet::Measure, &recipient.measures)?;
            recipient.purposes.iter().try_for_each(|purposes| self.terms(Facet::Purpose, purposes))?;
        }
        for (facet, term) in [
            (Facet::Action, self.core.store),
            (Facet::Action, self.core.share),
            (Facet::Action, self.core.transfer),
            (Facet::Action, self.core.dispose),
            (Facet::Action, self.core.delete),
            (Facet::Data, self.core.unstructured),
            (Facet::Place, self.core.country),
        ] {
            self.term(facet, term)?;
        }
        Ok(())
    }

    /// Nothing that is looked up by its name stands twice.
    fn names(&self) -> Checked {
        for terms in &self.terms {
            unique(terms.iter().map(|term| &term.name))?;
        }
        for &about in About::ALL {
            unique(self.facts.iter().filter(|fact| fact.about == about).map(|fact| &fact.name))?;
        }
        unique(self.settings.iter().map(|setting| &setting.name))?;
        unique(self.tables.iter().map(|table| &table.name))?;
        unique(self.layers.iter().map(|layer| &layer.name))
    }

    fn layers_and_clauses(&self) -> Checked {
        ensure(self.clauses.iter().all(|clause| (clause.layer as usize) < self.layers.len()), "a layer is missing")
    }

    fn rules(&self) -> Checked {
        for rule in &self.rules {
            ensure((rule.clause as usize) < self.clauses.len(), "a clause is missing")?;
            rule.parts.iter().try_for_each(|part| self.part(part))?;
            match &rule.effect {
                Effect::Allow(bases) => self.terms(Facet::Basis, bases)?,
                Effect::Forbid | Effect::Owe(_) => {}
                Effect::Waive(clauses) => {
                    let there = |clause: &u32| (*clause as usize) < self.clauses.len();
                    ensure(clauses.iter().all(there), "a clause is missing")?;
                }
                Effect::Require(demands) => {
                    for means in demands.iter().flat_map(|demand| &demand.any) {
                        match means {
                            Means::Measure(term) => self.term(Facet::Measure, *term)?,
                            Means::Form(term) => self.term(Facet::Form, *term)?,
                            Means::Basis(term) => self.term(Facet::Basis, *term)?,
                            Means::Condition(_) => {}
                        }
                    }
                }
                Effect::Keep(keep) => self.terms(Facet::Action, &keep.then)?,
            }
        }
        Ok(())
    }

    fn part(&self, part: &Part) -> Checked {
        match &part.scope {
            Scope::Slot((slot, List::These(picks) | List::AnyExcept(picks))) => {
                picks.iter().try_for_each(|pick| match pick {
                    Pick::Term(term) => self.term(slot.facet(), *term),
                    Pick::None => Ok(()),
                    Pick::Authorised => ensure(*slot == Slot::Recipient, "only a recipient can be authorised"),
                })
            }
            Scope::Data(DataList::These(picks) | DataList::AnyExcept(picks)) => {
                picks.iter().try_for_each(|DataPick { category, forms, .. }| {
                    category.map_or(Ok(()), |category| self.term(Facet::Data, category))?;
                    self.terms(Facet::Form, forms)
                })
            }
            Scope::Measures(terms) => self.terms(Facet::Measure, terms),
            Scope::Slot((_, List::Any)) | Scope::Data(DataList::Any) | Scope::When(_) | Scope::Unless(_) => Ok(()),
        }
    }
}

impl Rule {
    /// How many words it has, as [`limits::WORDS`] counts them: members of its lists, each at least one.
    #[must_use]
    pub fn words(&self) -> usize {
        let effect = match &self.effect {
            Effect::Allow(terms) | Effect::Waive(terms) => terms.len(),
            Effect::Require(demands) => demands.iter().map(|demand| 1 + demand.any.len()).sum(),
            Effect::Keep(keep) => keep.then.len(),
            Effect::Forbid | Effect::Owe(_) => 0,
        };
        self.parts.iter().map(|part| part.scope.words()).fold(effect, usize::saturating_add)
    }
}

impl Scope {
    /// How many words it names, at least one.
    #[must_use]
    pub fn words(&self) -> usize {
        match self {
            Scope::Slot((_, List::These(picks) | List::AnyExcept(picks))) => 1 + picks.len(),
            Scope::Data(DataList::These(picks) | DataList::AnyExcept(picks)) => {
                1 + picks.iter().map(|pick| 1 + pick.forms.len()).sum::<usize>()
            }
            Scope::Measures(terms) => 1 + terms.len(),
            Scope::Slot((_, List::Any)) | Scope::Data(DataList::Any) | Scope::When(_) | Scope::Unless(_) => 1,
        }
    }
}
