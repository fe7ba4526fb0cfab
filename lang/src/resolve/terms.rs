//! Terms: their declarations, what they lie below, and looking them up.

use abey_engine::image::Period;
use abey_engine::limits;

use super::Resolver;
use crate::diagnostic::Diagnostic;
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
                    self.fault(Diagnostic::error(
                        "built-in-role",
                        statement.span,
                        "roles are built in: `processor` and `controller`",
                    ));
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
                        "no-place",
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
                    "special-word",
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
                Some(earlier) if !adds_only => self.twice("declared-twice", name, facet.word(), &earlier),
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
                let message = format!("more than {} words of one facet", limits::TERMS);
                self.fault(Diagnostic::error("too-many-terms", name.span, message));
                return;
            }
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
                            self.fault(Diagnostic::error(
                                "only-data-contains",
                                named.name.span,
                                "only data contains other data",
                            ));
                            continue;
                        }
                        let contained: Vec<u32> =
                            containing.iter().filter_map(|name| self.term(Facet::Data, name)).collect();
                        let twice = self.term_mut(terms.facet, index).is_some_and(|term| term.containing.is_some());
                        if twice {
                            let message = format!("what `{}` contains is said twice", named.name.text);
                            let fault = Diagnostic::error("repeated-part", named.name.span, message);
                            self.fault(fault.help("join both into one list"));
                        } else if let Some(term) = self.term_mut(terms.facet, index) {
                            term.containing = Some(contained);
                        }
                    }
                }
            }
            StatementKind::Recipient(recipient) => {
                let Some(index) = self.find(Facet::Recipient, &recipient.named.name.text) else { return };
                self.below(Facet::Recipient, index, &recipient.below, recipient.named.name.span);
                let many = |resolver: &mut Self, facet: Facet, names: &[Name]| -> Vec<u32> {
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
        for group in below {
            let when = group.when.as_ref().and_then(|when| self.condition(when));
            if group.when.is_some() && when.is_none() {
                continue;
            }
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
        self.facet(facet).iter().position(|term| term.name == word).map(|index| index as u32)
    }

    /// The number of a word in a facet; reports where there is none.
    pub(super) fn term(&mut self, facet: Facet, name: &Name) -> Option<u32> {
        let found = self.find(facet, &name.text);
        if found.is_none() {
            let fault = self.unknown(facet, name);
            self.fault(fault);
        }
        found
    }

    /// What to say of a word that a facet doesn't have.
    pub(super) fn unknown(&self, facet: Facet, name: &Name) -> Diagnostic {
        let noun = noun(facet);
        let fault = Diagnostic::error("unknown-word", name.span, format!("`{}` is no declared {noun}", name.text))
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

    /// Places without a place above lie in `anywhere`; data stands under personal or other data; nothing lies below itself.
    pub(super) fn check_terms(&mut self) {
        if let Some(anywhere) = self.find(Facet::Place, "anywhere") {
            for (index, term) in self.policy.terms.get_mut(Facet::Place as usize).into_iter().flatten().enumerate() {
                if index as u32 != anywhere
                    && !term
                        .parents
                        .iter()
                        .any(|edge| edge.when.is_none() && edge.period.from.is_none() && edge.period.until.is_none())
                {
                    let origin = term.origin.clone();
                    term.parents.push(Edge {
                        parent: anywhere,
                        period: Period { from: None, until: None },
                        when: None,
                        origin,
                    });
                }
            }
        }
        for &facet in Facet::ALL {
            if let Some(index) = self.cyclic(facet) {
                let Some(term) = self.facet(facet).get(index).cloned() else { continue };
                let fault = Diagnostic::error(
                    "cyclic-terms",
                    term.origin.span,
                    format!("the {} `{}` lies below itself", noun(facet), term.name),
                );
                self.unit = self.unit_of(&term.origin);
                self.fault(fault.help("take one of the `is` away"));
                return;
            }
        }
        self.check_data();
    }

    fn unit_of(&self, origin: &crate::model::Origin) -> usize {
        self.units.iter().position(|unit| unit.vocabulary == origin.vocabulary).unwrap_or(0)
    }

    /// Some term that lies below itself.
    fn cyclic(&self, facet: Facet) -> Option<usize> {
        let terms = self.facet(facet);
        // 0 not visited, 1 on the way, 2 done
        let mut state = vec![0u8; terms.len()];
        for start in 0..terms.len() {
            let mut way = vec![(start, 0)];
            while let Some((index, next)) = way.pop() {
                let seen = state.get_mut(index)?;
                if next == 0 {
                    if *seen == 2 {
                        continue;
                    }
                    *seen = 1;
                }
                match terms.get(index).and_then(|term| term.parents.get(next)) {
                    Some(edge) => {
                        way.push((index, next + 1));
                        let parent = edge.parent as usize;
                        match state.get(parent) {
                            Some(1) => return Some(parent),
                            Some(0) => way.push((parent, 0)),
                            _ => {}
                        }
                    }
                    None => *state.get_mut(index)? = 2,
                }
            }
        }
        None
    }

    fn check_data(&mut self) {
        let roots: Vec<u32> =
            ["personal_data", "other_data"].iter().filter_map(|root| self.find(Facet::Data, root)).collect();
        let sure = |edge: &&Edge| edge.when.is_none() && edge.period.from.is_none() && edge.period.until.is_none();
        let terms = self.facet(Facet::Data);
        let mut faults = Vec::new();
        for (index, term) in terms.iter().enumerate() {
            let mut waiting = vec![index as u32];
            let mut seen = std::collections::BTreeSet::new();
            let mut stands = false;
            while let Some(at) = waiting.pop() {
                stands |= roots.contains(&at);
                if seen.insert(at) {
                    let parents = terms.get(at as usize).map_or(&[][..], |term| &term.parents);
                    waiting.extend(parents.iter().filter(sure).map(|edge| edge.parent));
                }
            }
            if !stands {
                let message = format!(
                    "the data category `{}` stands neither under personal data nor under other data",
                    term.name
                );
                let help = "say what it is, as in `is identifier`, or at least `is personal_data` or `is other_data`; else it would slip under every prohibition";
                faults.push((
                    term.origin.clone(),
                    Diagnostic::error("rootless-data", term.origin.span, message).help(help),
                ));
            }
            if term.containing.is_some() && !seen.contains(&self.policy.core.unstructured) {
                let message = format!("`{}` declares what it contains, and isn't unstructured", term.name);
                let help = "write `is unstructured` as well: other data contains nothing but itself";
                let fault = Diagnostic::error("structured-container", term.origin.span, message).help(help);
                faults.push((term.origin.clone(), fault));
            }
            for edge in term.parents.iter().filter(|edge| !sure(edge)) {
                let above = terms.get(edge.parent as usize);
                if let Some(above) = above.filter(|above| above.containing.is_some()) {
                    let message = format!(
                        "`{}` declares what it contains, so what lies below it can't be dated or conditional",
                        above.name
                    );
                    faults.push((
                        edge.origin.clone(),
                        Diagnostic::error("conditional-container", edge.origin.span, message),
                    ));
                }
            }
        }
        for (origin, fault) in faults {
            self.unit = self.unit_of(&origin);
            self.fault(fault);
        }
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
