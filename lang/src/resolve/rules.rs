//! Clauses and their rules.

use abey_engine::limits;

use super::Resolver;
use super::terms::{noun, with_article};
use crate::diagnostic::Diagnostic;
use crate::model::{
    Base, Clause, DataList, DataPick, Demand, Effect, Facet, Guard, Keep, List, Literal, Means, Owe, Part, Pick, Rule,
    Scope, Slot, Value,
};
use crate::syntax::{
    self, Actions, BoundKind, DemandKind, Name, PartKind, Phrase, Span, Statement, StatementKind, Tail, Verb,
};

/// What a rule's scope says, and what it rests on.
struct Scoped {
    parts: Vec<Part>,
    resting: Vec<u32>,
    /// Whether it names actions.
    actions: bool,
    /// Whether it names data.
    data: bool,
}

impl Resolver {
    pub(super) fn declare_clause(&mut self, statement: &Statement) {
        let own = self.is_layer();
        match &statement.kind {
            StatementKind::Applies(condition, ask) if own => {
                let layer = self.layer();
                if let Some(earlier) = self.policy.layers.get(layer).and_then(|layer| layer.applies.as_ref()) {
                    let fault = Diagnostic::error("repeated-part", statement.span, "`applies when` stands twice")
                        .related(earlier.span, "first here");
                    self.fault(fault.help("join both conditions with `and` or `or`"));
                    return;
                }
                let text = self.quote(statement.span);
                let text = text.trim_start_matches("applies when ").trim_end_matches(';').to_string();
                let text =
                    ask.as_ref().map_or(text.clone(), |_| text.split(" ask ").next().unwrap_or(&text).to_string());
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
        let taken = |earlier: &&Clause| earlier.label == clause.label.text;
        let earlier = self.policy.clauses.iter().find(taken).map(|earlier| (earlier.layer, earlier.span));
        if let Some((layer, span)) = earlier {
            let message = format!("two clauses are labelled `{}`", clause.label.text);
            let fault = Diagnostic::error("declared-twice", clause.label.span, message);
            self.fault(if layer == self.layer() {
                let fault = fault.label("again here").related(span, "first here");
                fault.help("decisions cite a clause by its label: give each its own")
            } else {
                let origin = self.clause_origin(layer, span);
                let place = self.place(&origin);
                fault.help(format!("one stands at {place}: write `replace clause`, or another label"))
            });
        }
        let label = clause.label.text.clone();
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
            let fault = Diagnostic::error("no-label", clause.label.span, "a clause needs a label");
            self.fault(fault.help("decisions cite a clause by its label: write its number"));
        }
        let scope = self.scope(&Phrase { actions: None, parts: clause.parts.clone() });
        if !scope.resting.is_empty() {
            self.fault(
                Diagnostic::error("misplaced", clause.head, "`resting on` belongs to an `allow`")
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
            self.rule(rule, scope.data, !clause.parts.is_empty(), &mut found);
        }
        if clause.deferred {
            self.defer(clause, &mut found);
        }
        match replaced.and_then(|index| self.policy.clauses.get_mut(index)) {
            Some(slot) => *slot = found,
            None => self.policy.clauses.push(found),
        }
        let rules: usize = self.policy.clauses.iter().map(|clause| clause.rules.len()).sum();
        if rules > limits::RULES {
            self.fault(Diagnostic::error("too-many-rules", clause.head, format!("more than {} rules", limits::RULES)));
        }
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
                self.needs_phrase(rule, "allow", &scoped, clause_data);
                Some(Effect::Allow(scoped.resting.clone()))
            }
            Verb::Forbid => {
                self.needs_phrase(rule, "forbid", &scoped, clause_data);
                Some(Effect::Forbid)
            }
            Verb::Require(demands) => {
                self.needs_scope(rule, &scoped, clause_scope, "require … for");
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
        if !matches!(rule.verb, Verb::Allow) && !scoped.resting.is_empty() {
            self.fault(
                Diagnostic::error("misplaced", rule.span, "`resting on` belongs to an `allow`")
                    .help("to test the legal basis of an operation, write `on`"),
            );
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
        if self.policy.notice.is_some() {
            self.fault(
                Diagnostic::error("repeated-part", rule.span, "`authorise` stands twice in this policy")
                    .help("keep one notice period"),
            );
            return;
        }
        if let Some(period) = self.value_of(period, &Base::Duration, "a notice period") {
            // The clause at hand joins the others when all its rules are read, unless it takes the place of one.
            let clauses = &self.policy.clauses;
            let clause = clauses.iter().position(|clause| clause.label == label).unwrap_or(clauses.len());
            let ask = rule.tail.ask.as_ref().map(|ask| ask.text.clone());
            self.policy.notice = Some(crate::model::Notice { period, ask, clause });
        }
    }

    /// An allow or a forbid says what is done, and to which data.
    fn needs_phrase(&mut self, rule: &syntax::Rule, verb: &str, scoped: &Scoped, clause_data: bool) {
        if !scoped.actions {
            let fault = Diagnostic::error("no-action", rule.body, format!("this `{verb}` doesn't say which actions"));
            self.fault(fault.help(format!("write `{verb} any …`, `{verb} store …`, or `{verb} anything`")));
        } else if !scoped.data && !clause_data {
            let fault = Diagnostic::error("no-data", rule.body, format!("this `{verb}` doesn't say of which data"));
            self.fault(fault.help("write `of any`, or name the data: `of email`"));
        }
    }

    /// A rule of another kind says for what it holds, unless its clause does.
    fn needs_scope(&mut self, rule: &syntax::Rule, scoped: &Scoped, clause_scope: bool, verb: &str) {
        if rule.phrase.parts.is_empty() && !scoped.actions && !clause_scope {
            let fault = Diagnostic::error("no-scope", rule.body, "this rule doesn't say for which processing it holds");
            self.fault(fault.help(format!("write `{verb} anything`, or name it: `store of email`")));
        }
    }

    fn scope(&mut self, phrase: &Phrase) -> Scoped {
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
                    scoped.data = true;
                    self.data_list(list).map(Scope::Data)
                }
                PartKind::List(slot, list) => self.list(*slot, list).map(|list| Scope::Slot(*slot, list)),
                PartKind::Resting(bases) => {
                    scoped.resting = bases.iter().filter_map(|basis| self.term(Facet::Basis, basis)).collect();
                    None
                }
                PartKind::With(measures) => Some(Scope::Measures(
                    measures.iter().filter_map(|measure| self.term(Facet::Measure, measure)).collect(),
                )),
                PartKind::When(condition) => self.condition(condition).map(Scope::When),
                PartKind::Unless(condition) => self.condition(condition).map(Scope::Unless),
            };
            if let Some(scope) = found {
                scoped.parts.push(Part { scope, text });
            }
        }
        scoped
    }

    fn list(&mut self, slot: Slot, list: &syntax::List) -> Option<List> {
        match list {
            syntax::List::Any(_) => Some(List::Any),
            syntax::List::These(names) => self.picks(slot, names).map(List::These),
            syntax::List::AnyExcept(names) => self.picks(slot, names).map(List::AnyExcept),
        }
    }

    fn picks(&mut self, slot: Slot, names: &[Name]) -> Option<Vec<Pick>> {
        let mut picks = Vec::new();
        let mut whole = true;
        for name in names {
            let pick = match name.text.as_str() {
                "none" if matches!(slot, Slot::Action | Slot::Role) => {
                    let message =
                        format!("there is always {} {}", if slot == Slot::Action { "an" } else { "a" }, slot.word());
                    self.fault(Diagnostic::error("never-none", name.span, message));
                    None
                }
                "none" => Some(Pick::None),
                "authorised" if slot == Slot::Recipient => Some(Pick::Authorised),
                word if slot == Slot::Action
                    && self.find(Facet::Action, word).is_none()
                    && self.find(Facet::Data, word).is_some() =>
                {
                    let fault = self.unknown(Facet::Action, name);
                    self.fault(fault.help(format!("`{word}` is data: write `any of {word}`")));
                    None
                }
                _ => self.term(slot.facet(), name).map(Pick::Term),
            };
            whole &= pick.is_some();
            picks.extend(pick);
        }
        whole.then_some(picks)
    }

    fn data_list(&mut self, list: &syntax::DataList) -> Option<DataList> {
        match list {
            syntax::DataList::Any(_) => Some(DataList::Any),
            syntax::DataList::These(picks) => self.data_picks(picks).map(DataList::These),
            syntax::DataList::AnyExcept(picks) => self.data_picks(picks).map(DataList::AnyExcept),
        }
    }

    fn data_picks(&mut self, picks: &[syntax::DataPick]) -> Option<Vec<DataPick>> {
        let mut found = Vec::new();
        for pick in picks {
            found.push(self.data_pick(&pick.words)?);
        }
        Some(found)
    }

    fn data_pick(&mut self, words: &[Name]) -> Option<DataPick> {
        let (category, forms) = words.split_last()?;
        let mut pick = DataPick { category: None, forms: Vec::new(), raw: false };
        for form in forms {
            match form.text.as_str() {
                "raw" => pick.raw = true,
                _ => pick.forms.push(self.form(form)?),
            }
        }
        if category.text == "raw"
            || self.find(Facet::Data, &category.text).is_none() && self.find(Facet::Form, &category.text).is_some()
        {
            let fault = Diagnostic::error(
                "form-without-data",
                category.span,
                format!("`{}` is a form, and of which data isn't said", category.text),
            );
            self.fault(fault.help(format!("write `{} any`, or name the data", category.text)));
            return None;
        }
        if category.text != "any" {
            pick.category = Some(self.term(Facet::Data, category)?);
        }
        if pick.raw && !pick.forms.is_empty() {
            self.fault(
                Diagnostic::error("raw-and-formed", category.span, "raw data has no form")
                    .help("take `raw` or the forms away"),
            );
            return None;
        }
        Some(pick)
    }

    fn form(&mut self, name: &Name) -> Option<u32> {
        if self.find(Facet::Form, &name.text).is_none() && self.find(Facet::Data, &name.text).is_some() {
            let fault = Diagnostic::error(
                "missing-comma",
                name.span,
                format!("`{}` is data, and a form is expected before the last word", name.text),
            );
            self.fault(fault.help(format!("put a comma after `{}`", name.text)));
            return None;
        }
        self.term(Facet::Form, name)
    }

    fn demand(&mut self, demand: &syntax::Demand) -> Vec<Demand> {
        let text = self.quote(demand.span);
        match &demand.kind {
            DemandKind::OneOf(means) => {
                let any: Vec<Means> = means.iter().filter_map(|means| self.means(means)).collect();
                vec![Demand { any, text }]
            }
            DemandKind::Each(means) => {
                let each = means.iter().filter_map(|means| Some((self.means(means)?, means.name.text.clone())));
                each.map(|(means, text)| Demand { any: vec![means], text }).collect()
            }
            DemandKind::Condition(condition) => {
                let inner = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
                let text = inner.unwrap_or(&text).trim().to_string();
                self.condition(condition)
                    .map(|condition| Demand { any: vec![Means::Condition(condition)], text })
                    .into_iter()
                    .collect()
            }
        }
    }

    /// A measure or a form; a word that is both must say which.
    fn means(&mut self, means: &syntax::Means) -> Option<Means> {
        let name = &means.name;
        let find = |facet: Facet| self.find(facet, &name.text);
        let (measure, form) = (find(Facet::Measure), find(Facet::Form));
        match (means.facet, measure, form) {
            (Some(Facet::Basis), ..) => self.term(Facet::Basis, name).map(Means::Basis),
            (Some(Facet::Form), ..) => self.term(Facet::Form, name).map(Means::Form),
            (Some(_), ..) => self.term(Facet::Measure, name).map(Means::Measure),
            (None, Some(_), Some(_)) => {
                let fault = Diagnostic::error(
                    "form-or-measure",
                    name.span,
                    format!("`{}` is both a form and a measure", name.text),
                );
                self.fault(fault.help(format!("write `form {0}` or `measure {0}`", name.text)));
                None
            }
            (None, Some(measure), None) => Some(Means::Measure(measure)),
            (None, None, Some(form)) => Some(Means::Form(form)),
            (None, None, None) => {
                let known = [Facet::Measure, Facet::Form]
                    .into_iter()
                    .flat_map(|facet| self.facet(facet))
                    .map(|term| term.name.as_str());
                let near = abey_engine::nearest::nearest(&name.text, known).map(str::to_string);
                let fault = Diagnostic::error(
                    "unknown-word",
                    name.span,
                    format!("`{}` is no declared measure and no form", name.text),
                );
                let elsewhere = Facet::ALL.iter().find(|facet| self.find(**facet, &name.text).is_some());
                self.fault(match (near, elsewhere) {
                    (_, Some(Facet::Basis)) => fault.help(format!("it is a legal basis: write `basis {}`", name.text)),
                    (Some(near), _) => fault.help(format!("did you mean `{near}`?")),
                    (None, Some(other)) => fault.help(format!("it is declared as {}", with_article(noun(*other)))),
                    (None, None) => fault.help(format!("declare it: `measure {};`", name.text)),
                });
                None
            }
        }
    }

    fn keep(&mut self, rule: &syntax::Rule, bounds: &[syntax::Bound]) -> Option<Keep> {
        let mut keep = Keep::default();
        let mut seen: Vec<(std::mem::Discriminant<BoundKind>, Span)> = Vec::new();
        let mut texts = Vec::new();
        for bound in bounds {
            let which = std::mem::discriminant(&bound.kind);
            if let Some((_, earlier)) = seen.iter().find(|(other, _)| *other == which) {
                self.fault(crate::parse::repeated(bound.span, *earlier));
                return None;
            }
            seen.push((which, bound.span));
            if !matches!(bound.kind, BoundKind::Then(_)) {
                texts.push(self.quote(bound.span));
            }
            let mut length = |value: &syntax::Value| self.value_of(value, &Base::Duration, "a bound");
            match &bound.kind {
                BoundKind::AtLeast(value) => keep.at_least = Some(length(value)?),
                BoundKind::AtMost(value) => keep.at_most = Some(length(value)?),
                BoundKind::Exactly(value) => {
                    keep.at_least = Some(length(value)?);
                    keep.at_most.clone_from(&keep.at_least);
                }
                BoundKind::After(value) => keep.after = Some(self.value_of(value, &Base::Date, "an event")?),
                BoundKind::Until(value) => keep.until = Some(self.value_of(value, &Base::Date, "an event")?),
                BoundKind::While(condition) => keep.during = Some(self.condition(condition)?),
                BoundKind::Never => keep.never = true,
                BoundKind::Then(actions) => {
                    for action in actions {
                        keep.then.push(self.disposal(action)?);
                    }
                }
            }
        }
        keep.text = texts.join(" ");
        let bounded = keep.at_least.is_some() || keep.at_most.is_some();
        let problem = if keep.never && bounds.len() > 1 {
            Some(("contradictory-bounds", "`never` stands alone: what isn't kept has no other bound"))
        } else if !(bounded || keep.until.is_some() || keep.during.is_some() || keep.never) {
            Some(("no-bound", "this `keep` has no bound"))
        } else if keep.after.is_some() && !bounded {
            Some(("no-bound", "`after` says from when a bound counts, and there is none"))
        } else if keep.until.is_some() && keep.at_most.is_some() {
            Some(("contradictory-bounds", "`until` and `at most` are two upper bounds"))
        } else {
            None
        };
        let reversed = match (&keep.at_least, &keep.at_most) {
            (Some(Value::Literal(Literal::Duration(least))), Some(Value::Literal(Literal::Duration(most)))) => {
                least.at_most(*most).is_false()
            }
            _ => false,
        };
        let problem = problem.or_else(|| {
            reversed.then_some(("contradictory-bounds", "nothing is at least the one and at most the other"))
        });
        if let Some((code, message)) = problem {
            let fault = Diagnostic::error(code, rule.body, message);
            self.fault(fault.help("bounds are `at least D`, `at most D`, `exactly D`, `until EVENT`, `while CONDITION` and `never`; write two rules for two upper bounds"));
            return None;
        }
        Some(keep)
    }

    fn disposal(&mut self, name: &Name) -> Option<u32> {
        let action = self.term(Facet::Action, name)?;
        let mut waiting = vec![action];
        while let Some(at) = waiting.pop() {
            if at == self.policy.core.dispose {
                return Some(action);
            }
            let parents = self.facet(Facet::Action).get(at as usize).map_or(&[][..], |term| &term.parents);
            waiting.extend(parents.iter().map(|edge| edge.parent));
        }
        let fault =
            Diagnostic::error("no-disposal", name.span, format!("`{}` doesn't end the holding of data", name.text));
        self.fault(fault.help("name an action at or below `dispose`: delete, anonymise, return"));
        None
    }

    fn owe(&mut self, owe: &syntax::Owe) -> Option<Owe> {
        let within = match &owe.within {
            Some(value) => Some(self.value_of(value, &Base::Duration, "a deadline")?),
            None => None,
        };
        let event = match &owe.event {
            Some(value) => Some(self.value_of(value, &Base::Date, "an event")?),
            None => None,
        };
        let text = match (&owe.within, &owe.event) {
            (Some(within), Some(event)) => format!("within {} of {}", self.quote(within.span), self.quote(event.span)),
            (None, Some(event)) => format!("of {}", self.quote(event.span)),
            _ => String::new(),
        };
        Some(Owe { duty: owe.duty.text.clone(), within, event, text })
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
