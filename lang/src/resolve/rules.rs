//! Clauses and their rules.

use abey_engine::limits;

use super::Resolver;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{Base, Clause, DataList, Demand, Effect, Facet, Guard, List, Part, Rule, Scope, Slot};
use crate::syntax::{self, Actions, Name, PartKind, Phrase, Span, Statement, StatementKind, Tail, Verb};

/// What a rule's scope says, and what it rests on.
pub(super) struct Scoped {
    pub parts: Vec<Part>,
    pub resting: Vec<u32>,
    /// Whether it names actions.
    actions: bool,
    /// Whether it names data.
    data: bool,
}

impl Resolver {
    pub(super) fn declare_clause(&mut self, statement: &Statement) {
        let own = self.is_layer();
        match &statement.kind {
            StatementKind::Applies(condition, at, ask) if own => {
                let layer = self.layer();
                if let Some(earlier) = self.policy.layers.get(layer).and_then(|layer| layer.applies.as_ref()) {
                    let fault = Diagnostic::error(Code::RepeatedPart, statement.span, "`applies when` stands twice")
                        .label("again here")
                        .related(earlier.span, "first here");
                    self.fault(fault.help("join both conditions with `and` or `or`"));
                    return;
                }
                let text = self.quote(*at);
                if let Some(condition) = self.condition(condition) {
                    let ask = ask.as_ref().map(|ask| ask.text.clone());
                    let guard = Some(Guard { condition, text, span: statement.span, ask });
                    if let Some(layer) = self.policy.layers.get_mut(layer) {
                        layer.applies = guard;
                    }
                }
            }
            StatementKind::Clause(clause) => {
                let layer = self.layer();
                let announced = |other: &Clause| other.layer == layer && other.span == clause.label.span;
                let index = self.policy.clauses.iter().position(announced);
                self.clause(clause, index);
            }
            StatementKind::Replacement(clause) if own => self.replace(clause),
            StatementKind::Rule(rule) if own => self.loose_rule(rule),
            _ => {}
        }
    }

    /// Makes the label of a clause known, so that an exception may stand before it.
    pub(super) fn announce_clause(&mut self, statement: &Statement) {
        let StatementKind::Clause(clause) = &statement.kind else { return };
        let taken = self.known.labelled(&clause.label.text).first();
        let earlier = taken.and_then(|index| self.policy.clauses.get(*index));
        let earlier = earlier.map(|earlier| (earlier.layer, earlier.span));
        if let Some((layer, span)) = earlier {
            let message = format!("two clauses are labelled `{}`", clause.label.text);
            let fault = Diagnostic::error(Code::DeclaredTwice, clause.label.span, message);
            self.fault(if layer == self.layer() {
                let fault = fault.label("again here").related(span, "first here");
                fault.help("decisions cite a clause by its label: give each its own")
            } else {
                let origin = self.clause_origin(layer, span);
                let place = self.place(&origin);
                fault.help(format!("one stands at {place}: write `replace clause`, or another label"))
            });
        }
        if self.policy.clauses.len() == limits::CLAUSES {
            self.too_much(clause.label.span, limits::CLAUSES, "clauses");
            return;
        }
        let label = clause.label.text.clone();
        self.known.add_label(&label, self.policy.clauses.len());
        self.policy.clauses.push(Clause {
            layer: self.layer(),
            label,
            title: String::new(),
            absolute: clause.absolute,
            deferred: clause.deferred,
            scope: Vec::new(),
            because: None,
            ask: None,
            notes: Vec::new(),
            rules: Vec::new(),
            span: clause.label.span,
        });
    }

    /// Declares a clause, or puts it in the place of another.
    pub(super) fn clause(&mut self, clause: &syntax::Clause, replaced: Option<usize>) {
        if clause.label.text.trim().is_empty() {
            let fault = Diagnostic::error(Code::NoLabel, clause.label.span, "a clause needs a label");
            self.fault(fault.help("decisions cite a clause by its label: write its number"));
        }
        let scope = self.scope(&Phrase { actions: None, parts: clause.parts.clone() });
        if !scope.resting.is_empty() {
            self.fault(
                Diagnostic::error(Code::Misplaced, clause.head, "`resting on` belongs to an `allow`")
                    .help("say it of each `allow` in the clause"),
            );
        }
        let text = |name: &Option<Name>| name.as_ref().map(|name| name.text.clone());
        let mut found = Clause {
            label: clause.label.text.clone(),
            title: text(&clause.title).unwrap_or_default(),
            layer: self.layer(),
            absolute: clause.absolute,
            deferred: clause.deferred,
            scope: scope.parts,
            because: text(&clause.tail.because),
            ask: text(&clause.tail.ask),
            notes: Vec::new(),
            rules: Vec::new(),
            span: clause.label.span,
        };
        for rule in &clause.rules {
            if self.full() {
                return;
            }
            self.rule(rule, scope.data, !clause.parts.is_empty(), &mut found);
        }
        if clause.deferred {
            self.defer(clause, &mut found);
        }
        self.silence_in(replaced.unwrap_or(self.policy.clauses.len()), &clause.silences);
        let slot = replaced.and_then(|index| self.policy.clauses.get_mut(index));
        let (rules, before) = (found.rules.len(), slot.as_ref().map_or(0, |slot| slot.rules.len()));
        match slot {
            Some(slot) => *slot = found,
            None => self.policy.clauses.push(found),
        }
        let fits = self.count_rules(rules, before);
        if !fits {
            self.too_many_rules(clause.head);
        }
    }

    pub(super) fn too_many_rules(&mut self, at: Span) {
        let message = format!("there are more than {} rules", limits::RULES);
        self.fault(Diagnostic::error(Code::TooManyRules, at, message).help("split the policy"));
    }

    pub(super) fn rule(&mut self, rule: &syntax::Rule, clause_data: bool, clause_scope: bool, clause: &mut Clause) {
        let scoped = self.scope(&rule.phrase);
        let text = self.quote(rule.body);
        let effect = match &rule.verb {
            Verb::Note(note) => {
                clause.notes.push(note.text.clone());
                return;
            }
            Verb::Authorise(period) => {
                self.authorise(rule, period, &clause.label);
                return;
            }
            Verb::Waive(waived) => {
                self.needs_scope(rule, &scoped, clause_scope, "waive clause … for");
                self.waive(waived, rule.body).map(Effect::Waive)
            }
            Verb::Allow => {
                self.needs_phrase(rule.body, "allow", &scoped, clause_data);
                Some(Effect::Allow(scoped.resting.clone()))
            }
            Verb::Forbid => {
                self.needs_phrase(rule.body, "forbid", &scoped, clause_data);
                Some(Effect::Forbid)
            }
            Verb::Require(demands) => {
                self.needs_scope(rule, &scoped, clause_scope, "require … for");
                let each = demands.iter().filter_map(|demand| match &demand.kind {
                    syntax::DemandKind::Each(means) => Some(means),
                    _ => None,
                });
                self.once(&each.flatten().map(|means| means.name.clone()).collect::<Vec<_>>());
                let found: Vec<Demand> = demands.iter().flat_map(|demand| self.demand(demand)).collect();
                Some(Effect::Require(found))
            }
            Verb::Keep(bounds) => {
                self.needs_scope(rule, &scoped, clause_scope, "keep");
                self.keep(rule, bounds).map(Effect::Keep)
            }
            Verb::Owe(owe) => {
                self.needs_scope(rule, &scoped, clause_scope, "owe … for");
                self.owe(owe).map(Effect::Owe)
            }
        };
        if !matches!(rule.verb, Verb::Allow) {
            self.rests_on_nothing(rule.span, &scoped);
        }
        let Some(effect) = effect else { return };
        let Tail { because, ask } = &rule.tail;
        let text_of = |name: &Option<Name>| name.as_ref().map(|name| name.text.clone());
        clause.rules.push(Rule {
            effect,
            scope: scoped.parts,
            because: text_of(because),
            ask: text_of(ask),
            text,
            span: rule.span,
        });
    }

    fn authorise(&mut self, rule: &syntax::Rule, period: &syntax::Value, label: &str) {
        if let (Some(_), Some(earlier)) = (&self.policy.notice, self.changes.notice.clone()) {
            let fault = Diagnostic::error(Code::RepeatedPart, rule.span, "`authorise` stands twice");
            self.fault(if earlier.unit == self.unit {
                fault.label("again here").related(earlier.span, "first here").help("keep one notice period")
            } else {
                let place = self.place(&earlier);
                fault.help(format!("it stands at {place}: replace its clause to change the notice period"))
            });
            return;
        }
        self.changes.notice = Some(self.origin(rule.span));
        if let Some(period) = self.value_of(period, &Base::Duration, "a notice period") {
            // The clause at hand joins the others when all its rules are read, unless it takes the place of one.
            let clauses = &self.policy.clauses;
            let clause = clauses.iter().position(|clause| clause.label == label).unwrap_or(clauses.len());
            let ask = rule.tail.ask.as_ref().map(|ask| ask.text.clone());
            self.policy.notice = Some(crate::model::Notice { period, ask, clause });
        }
    }

    /// An allow or a forbid says what is done, and to which data.
    pub(super) fn needs_phrase(&mut self, at: Span, verb: &str, scoped: &Scoped, clause_data: bool) {
        if !scoped.actions {
            let fault = Diagnostic::error(Code::NoAction, at, format!("this `{verb}` doesn't say which actions"));
            self.fault(fault.help(format!("write `{verb} any …`, `{verb} store …`, or `{verb} anything`")));
        } else if !scoped.data && !clause_data {
            let fault = Diagnostic::error(Code::NoData, at, format!("this `{verb}` doesn't say of which data"));
            self.fault(fault.help("write `of any`, or name the data, as in `of email`"));
        }
    }

    /// Only an instruction rests on a legal basis.
    pub(super) fn rests_on_nothing(&mut self, at: Span, scoped: &Scoped) {
        if !scoped.resting.is_empty() {
            let fault = Diagnostic::error(Code::Misplaced, at, "`resting on` belongs to an `allow`");
            self.fault(fault.help("to test the legal basis of an operation, write `on`"));
        }
    }

    /// A rule of another kind says for what it holds, unless its clause does.
    fn needs_scope(&mut self, rule: &syntax::Rule, scoped: &Scoped, clause_scope: bool, verb: &str) {
        if rule.phrase.parts.is_empty() && !scoped.actions && !clause_scope {
            let fault =
                Diagnostic::error(Code::NoScope, rule.body, "this rule doesn't say for which processing it holds");
            self.fault(fault.help(format!("write `{verb} anything`, or name it, as in `store of email`")));
        }
    }

    pub(super) fn scope(&mut self, phrase: &Phrase) -> Scoped {
        let mut scoped = Scoped { parts: Vec::new(), resting: Vec::new(), actions: false, data: false };
        match &phrase.actions {
            Some(Actions::Anything(span)) => {
                (scoped.actions, scoped.data) = (true, true);
                let text = self.quote(*span);
                scoped.parts.push(Part { scope: Scope::Slot(Slot::Action, List::Any), text: text.clone() });
                scoped.parts.push(Part { scope: Scope::Data(DataList::Any), text });
            }
            Some(Actions::List(list)) => {
                scoped.actions = true;
                let text = list_text(list);
                if let Some(list) = self.list(Slot::Action, list) {
                    scoped.parts.push(Part { scope: Scope::Slot(Slot::Action, list), text });
                }
            }
            None => {}
        }
        for part in &phrase.parts {
            let text = self.quote(part.span);
            let found = match &part.kind {
                PartKind::Of(list) => {
                    if let Some(Actions::Anything(anything)) = &phrase.actions {
                        let message = "`anything` is short for `any of any`, so `of` stands twice";
                        let fault = Diagnostic::error(Code::RepeatedPart, part.span, message);
                        self.fault(fault.label("again here").related(*anything, "first here").help("write `any of …`"));
                    }
                    scoped.data = true;
                    self.data_list(list).map(Scope::Data)
                }
                PartKind::List(slot, list) => self.list(*slot, list).map(|list| Scope::Slot(*slot, list)),
                PartKind::Resting(bases) => {
                    self.once(bases);
                    scoped.resting = bases.iter().filter_map(|basis| self.term(Facet::Basis, basis)).collect();
                    None
                }
                PartKind::With(measures) => {
                    self.once(measures);
                    let measures = measures.iter().filter_map(|measure| self.term(Facet::Measure, measure));
                    Some(Scope::Measures(measures.collect()))
                }
                PartKind::When(condition) => self.condition(condition).map(Scope::When),
                PartKind::Unless(condition) => self.condition(condition).map(Scope::Unless),
            };
            if let Some(scope) = found {
                scoped.parts.push(Part { scope, text });
            }
        }
        scoped
    }
}

/// A list as written.
fn list_text(list: &syntax::List) -> String {
    let names = |names: &[Name]| names.iter().map(|name| name.text.as_str()).collect::<Vec<_>>().join(", ");
    match list {
        syntax::List::These(list) => names(list),
        syntax::List::Any(_) => "any".into(),
        syntax::List::AnyExcept(list) => format!("any except {}", names(list)),
    }
}
