//! Terms: their declarations, what they lie below, and looking them up.

use abey_engine::image::Period;
use abey_engine::limits;

use super::Resolver;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{Edge, Facet, Recipient, Term};
use crate::syntax::{Below, Name, Named, Span, Statement, StatementKind};

/// The words that the language itself gives a meaning in lists.
const SPECIAL: &[(Facet, &str)] = &[(Facet::Recipient, "authorised")];

impl Resolver {
    /// First pass: every name. A statement without labels that puts a word below others may stand anywhere: it declares
    /// the word only where no other statement of its source does, so that `added` ones come second.
    pub(super) fn declare_terms(&mut self, statement: &Statement, added: bool) {
        match &statement.kind {
            StatementKind::Terms(terms) => {
                let own = self.is_layer();
                if terms.facet == Facet::Role && own && !added {
                    let message = "roles are built in, and can't be declared";
                    let fault = Diagnostic::error(Code::BuiltInRole, statement.span, message);
                    self.fault(fault.help("use `processor` and `controller`"));
                    return;
                }
                for named in &terms.names {
                    let adds_only = !terms.below.is_empty() && named.label.is_none() && named.iri.is_none();
                    if adds_only == added && !(terms.facet == Facet::Role && own) {
                        self.declare_term(terms.facet, named, adds_only);
                    }
                }
            }
            StatementKind::Recipient(recipient) if !added => {
                let before = self.policy.terms.get(Facet::Recipient as usize).map_or(0, Vec::len);
                self.declare_term(Facet::Recipient, &recipient.named, false);
                if self.policy.terms.get(Facet::Recipient as usize).is_some_and(|terms| terms.len() > before) {
                    self.policy.recipients.push(Recipient::default());
                }
                if recipient.places.is_empty() {
                    let fault = Diagnostic::error(
                        Code::NoPlace,
                        recipient.named.name.span,
                        format!("the recipient `{}` has no place", recipient.named.name.text),
                    );
                    self.fault(fault.help("say where it stores or accesses data, as in `in DE`, or `in anywhere`"));
                }
            }
            _ => {}
        }
    }

    fn declare_term(&mut self, facet: Facet, named: &Named, adds_only: bool) {
        let name = &named.name;
        if SPECIAL.contains(&(facet, name.text.as_str())) {
            self.fault(
                Diagnostic::error(
                    Code::SpecialWord,
                    name.span,
                    format!("`{}` has a meaning of its own among recipients", name.text),
                )
                .help("choose another word"),
            );
            return;
        }
        let origin = self.origin(name.span);
        if let Some(index) = self.find(facet, &name.text) {
            let earlier = self
                .policy
                .terms
                .get(facet as usize)
                .and_then(|terms| terms.get(index as usize))
                .map(|term| term.origin.clone());
            match earlier {
                Some(earlier) if !self.is_layer() && self.beneath(&earlier) => {
                    self.changes.speaks_of(self.unit, &name.text, &earlier);
                }
                Some(earlier) if !adds_only => self.twice(name, &format!("the {}", noun(facet)), &earlier),
                Some(earlier) if self.beneath(&earlier) => self.adds_beneath(name, &earlier),
                _ => {}
            }
            return;
        }
        let text = |name: &Option<Name>| name.as_ref().map(|name| name.text.clone());
        let term = Term {
            name: name.text.clone(),
            label: text(&named.label).unwrap_or_default(),
            iri: text(&named.iri),
            parents: Vec::new(),
            containing: None,
            origin,
        };
        if let Some(terms) = self.policy.terms.get_mut(facet as usize) {
            if terms.len() == limits::TERMS {
                let message = format!("there are more than {} words of one facet", limits::TERMS);
                self.fault(Diagnostic::error(Code::TooManyTerms, name.span, message).help("take some away"));
                return;
            }
            self.known.add_term(facet, &name.text, terms.len());
            terms.push(term);
        }
    }

    /// Second pass: what lies below what, and what recipients say.
    pub(super) fn declare_below(&mut self, statement: &Statement) {
        match &statement.kind {
            StatementKind::Terms(terms) => {
                for named in &terms.names {
                    let Some(index) = self.find(terms.facet, &named.name.text) else { continue };
                    self.below(terms.facet, index, &terms.below, named.name.span);
                    if let Some(containing) = &terms.containing {
                        if terms.facet != Facet::Data {
                            let message = "only data contains other data";
                            let fault = Diagnostic::error(Code::OnlyDataContains, named.name.span, message);
                            self.fault(fault.help("take `containing` away"));
                            continue;
                        }
                        let contained: Vec<u32> =
                            containing.iter().filter_map(|name| self.term(Facet::Data, name)).collect();
                        self.once(containing);
                        let origin = self.origin(named.name.span);
                        let earlier = self.changes.containing.iter().find(|(other, _)| *other == index);
                        if let Some(earlier) = earlier.map(|(_, earlier)| earlier.clone()) {
                            let message = format!("what `{}` contains is said twice", named.name.text);
                            let fault = Diagnostic::error(Code::RepeatedPart, named.name.span, message);
                            let fault = fault.help("join both into one list");
                            self.fault(self.also(fault, &earlier));
                            continue;
                        }
                        self.changes.containing.push((index, origin));
                        if let Some(term) = self.term_mut(terms.facet, index) {
                            term.containing = Some(contained);
                        }
                    }
                }
            }
            StatementKind::Recipient(recipient) => {
                let Some(index) = self.find(Facet::Recipient, &recipient.named.name.text) else { return };
                self.below(Facet::Recipient, index, &recipient.below, recipient.named.name.span);
                let many = |resolver: &mut Self, facet: Facet, names: &[Name]| -> Vec<u32> {
                    resolver.once(names);
                    names.iter().filter_map(|name| resolver.term(facet, name)).collect()
                };
                let declared = Recipient {
                    places: many(self, Facet::Place, &recipient.places),
                    measures: many(self, Facet::Measure, &recipient.under),
                    purposes: recipient.purposes.as_ref().map(|names| many(self, Facet::Purpose, names)),
                    notified: recipient.notified,
                    authorised: recipient.authorised,
                    facts: recipient.facts.iter().filter_map(|told| self.recipient_fact(told)).collect(),
                };
                if let Some(slot) = self.policy.recipients.get_mut(index as usize) {
                    *slot = declared;
                }
            }
            _ => {}
        }
    }

    fn below(&mut self, facet: Facet, index: u32, below: &[Below], at: Span) {
        let origin = self.origin(at);
        let mut edges = Vec::new();
        if below.is_empty() || !self.count_edges(facet, below, at) {
            return;
        }
        for group in below {
            let when = group.when.as_ref().and_then(|when| self.condition(when));
            if group.when.is_some() && when.is_none() {
                continue;
            }
            self.once(&group.parents);
            for parent in &group.parents {
                let Some(parent) = self.term(facet, parent) else { continue };
                let period = Period { from: group.period.from, until: group.period.until };
                edges.push(Edge { parent, period, when: when.clone(), origin: origin.clone() });
            }
        }
        if let Some(term) = self.term_mut(facet, index) {
            // What the policy says of two terms takes the place of what a vocabulary says of them.
            term.parents
                .retain(|edge| edges.iter().all(|new| new.parent != edge.parent || edge.origin.unit == origin.unit));
            term.parents.extend(edges);
        }
    }

    fn term_mut(&mut self, facet: Facet, index: u32) -> Option<&mut Term> {
        self.policy.terms.get_mut(facet as usize)?.get_mut(index as usize)
    }

    /// The terms of a facet.
    pub(super) fn facet(&self, facet: Facet) -> &[Term] {
        self.policy.terms.get(facet as usize).map_or(&[], Vec::as_slice)
    }

    /// The number of a word in a facet.
    pub(super) fn find(&self, facet: Facet, word: &str) -> Option<u32> {
        self.known.term(facet, word)
    }

    /// The number of a word in a facet; reports where there is none.
    pub(super) fn term(&mut self, facet: Facet, name: &Name) -> Option<u32> {
        let found = self.find(facet, &name.text);
        if found.is_none() && !self.full() {
            let fault = self.unknown(facet, name);
            self.fault(fault);
        }
        found
    }

    /// What to say of a word that a facet doesn't have.
    pub(super) fn unknown(&self, facet: Facet, name: &Name) -> Diagnostic {
        let noun = noun(facet);
        let fault = Diagnostic::error(Code::UnknownWord, name.span, format!("`{}` is no declared {noun}", name.text))
            .label(format!("not {}", with_article(noun)));
        let near = abey_engine::nearest::nearest(&name.text, self.facet(facet).iter().map(|term| term.name.as_str()));
        if let Some(near) = near {
            return fault.help(format!("did you mean `{near}`?"));
        }
        let elsewhere = Facet::ALL.iter().find(|other| **other != facet && self.find(**other, &name.text).is_some());
        match elsewhere {
            Some(Facet::Action) if facet == Facet::Purpose => {
                fault.help(format!("`{0}` is an action; for a scope write `{0} of any`", name.text))
            }
            Some(other) => fault.help(format!("`{}` is declared as {}", name.text, with_article(self::noun(*other)))),
            None => fault.help(format!("declare it: `{} {} …;`", facet.word(), name.text)),
        }
    }

    /// The terms that the semantics speaks of.
    pub(super) fn find_core(&mut self) {
        let find = |facet: Facet, word: &str| self.find(facet, word).unwrap_or(0);
        self.policy.core = crate::model::Core {
            store: find(Facet::Action, "store"),
            share: find(Facet::Action, "share"),
            transfer: find(Facet::Action, "transfer"),
            dispose: find(Facet::Action, "dispose"),
            delete: find(Facet::Action, "delete"),
            unstructured: find(Facet::Data, "unstructured"),
            country: find(Facet::Place, "country"),
        };
    }
}

/// `an action`, `a purpose`
pub(crate) fn with_article(noun: &str) -> String {
    let article = if noun.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" };
    format!("{article} {noun}")
}

/// What a term of a facet is called.
pub(crate) fn noun(facet: Facet) -> &'static str {
    match facet {
        Facet::Data => "data category",
        Facet::Subject => "data subject",
        Facet::Basis => "legal basis",
        other => other.word(),
    }
}
