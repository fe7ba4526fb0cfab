//! Agreements over a policy: what a layer may change beneath it, and what it may not.
//!
//! Only what names a clause or a setting beneath can loosen it; an absolute
//! clause can't be loosened at all, nor a setting that one reads.

use std::collections::{BTreeMap, BTreeSet};

use super::Resolver;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{Clause, Effect, Origin, Rule, Silence, Value};
use crate::syntax::{self, Name, Span, Statement, StatementKind, Waived};

/// A layer that says of one clause what it excepts, and what stands in its place.
fn waived_and_replaced(label: &str, at: Span) -> Diagnostic {
    let message = format!("clause `{label}` is both waived and replaced");
    Diagnostic::error(Code::WaivedAndReplaced, at, message).help("say all in the replacement")
}

/// What the layers change, to be checked when everything is known.
#[derive(Default)]
pub(super) struct Changes {
    /// Tables as written, with their units.
    pub tables: Vec<(usize, syntax::Table)>,
    /// Where `offset` stands.
    pub offset: Option<Span>,
    /// Where the heads of the layers stand.
    pub heads: Vec<Span>,
    /// Where a data category says what it contains.
    pub containing: Vec<(u32, Origin)>,
    /// Words beneath that a vocabulary speaks of anew: the vocabulary's unit, the word, and where that stands.
    spoken: Vec<(usize, String, Origin)>,
    /// Where `authorise` stands.
    pub notice: Option<Origin>,
    /// The layers that replace the clause in which it stood.
    pub noticed: BTreeSet<usize>,
    /// Settings that a layer sets.
    pub assigned: Vec<(usize, Name)>,
    /// Clauses that a layer replaces, by layer and number: where it does.
    pub replaced: BTreeMap<(usize, usize), Span>,
    /// Lints that are silenced, by the number of the clause, or everywhere.
    pub silences: BTreeMap<Option<usize>, Vec<Silence>>,
    /// Clauses that a layer waives.
    pub waived: BTreeMap<(usize, usize), Span>,
}

impl Changes {
    /// A vocabulary speaks of a word beneath.
    pub fn speaks_of(&mut self, unit: usize, word: &str, beneath: &Origin) {
        self.spoken.push((unit, word.to_string(), beneath.clone()));
    }
}

impl Resolver {
    /// A clause's place as an origin.
    pub(super) fn clause_origin(&self, layer: usize, span: Span) -> Origin {
        let unit = self.units.iter().position(|unit| unit.layer == layer && unit.vocabulary.is_none());
        Origin { vocabulary: None, unit: unit.unwrap_or(0), span }
    }

    /// `set NAME = VALUE;`
    pub(super) fn declare_change(&mut self, statement: &Statement) {
        let StatementKind::Assignment(name, value) = &statement.kind else { return };
        if self.layer() == 0 {
            let fault =
                Diagnostic::error(Code::Misplaced, statement.span, "only an agreement over a policy sets its settings");
            self.fault(fault.help(format!("declare it with a default: `setting {}: … = …;`", name.text)));
            return;
        }
        let found = self.policy.settings.iter().position(|setting| setting.name == name.text);
        let Some(setting) = found.and_then(|index| self.policy.settings.get(index)).cloned() else {
            let known = self.policy.settings.iter().map(|setting| setting.name.as_str());
            let near = abey_engine::nearest::nearest(&name.text, known).map(str::to_string);
            let fault = Diagnostic::error(
                Code::UnknownSetting,
                name.span,
                format!("there is no setting `{}` beneath", name.text),
            );
            self.fault(fault.did_you_mean(near.as_deref(), "an agreement sets what a policy beneath declares"));
            return;
        };
        let layer = self.unit;
        let earlier = self.changes.assigned.iter().find(|(unit, other)| *unit == layer && other.text == name.text);
        if let Some(earlier) = earlier.map(|(_, earlier)| earlier.span) {
            let fault = Diagnostic::error(Code::SetTwice, name.span, format!("`{}` is set twice", name.text));
            self.fault(fault.label("again here").related(earlier, "first here").help("keep one"));
            return;
        }
        if setting.kind.set {
            let fault =
                Diagnostic::error(Code::NoSetDefault, value.span, "an agreement can't set a setting that is a set");
            self.fault(fault.help("leave it unknown until it is set with `--set`"));
            return;
        }
        let Some(found) = self.value_of(value, &setting.kind.base, "this setting") else { return };
        let Value::Literal(literal) = found else {
            let fault = Diagnostic::error(Code::NoDefault, value.span, "an agreement sets a setting to a plain value");
            self.fault(fault.help(super::values::written(&setting.kind.base)));
            return;
        };
        if let Err(why) = super::settings::within(&literal, setting.at_least.as_ref(), setting.at_most.as_ref()) {
            let place = self.place(&setting.origin);
            let fault = Diagnostic::error(Code::OutOfBounds, value.span, format!("the value {why}"));
            self.fault(fault.help(format!("the bound stands at {place}")));
            return;
        }
        self.changes.assigned.push((self.unit, name.clone()));
        if let Some(setting) = self.policy.settings.iter_mut().find(|setting| setting.name == name.text) {
            setting.given = Some(literal);
        }
    }

    /// `replace clause "10" { … }`
    pub(super) fn replace(&mut self, clause: &syntax::Clause) {
        if self.layer() == 0 {
            let message = "only an agreement over a policy replaces its clauses";
            let fault = Diagnostic::error(Code::Misplaced, clause.label.span, message);
            self.fault(fault.help("change the clause itself"));
            return;
        }
        let (layer, at) = (self.layer(), clause.label.span);
        // A clause that this layer has replaced is one of its own by now.
        let own = self.known.labelled(&clause.label.text).iter();
        if let Some(earlier) = own.filter_map(|index| self.changes.replaced.get(&(layer, *index))).next().copied() {
            let message = format!("clause `{}` is replaced twice", clause.label.text);
            let fault = Diagnostic::error(Code::ReplacedTwice, at, message);
            let fault = fault.label("again here").related(earlier, "first here");
            self.fault(fault.help("join both into one replacement"));
            return;
        }
        let Some(index) = self.clause_beneath(&clause.label) else { return };
        if let Some(waived) = self.changes.waived.get(&(layer, index)).copied() {
            let fault = waived_and_replaced(&clause.label.text, at).related(waived, "waived here");
            self.fault(fault);
            return;
        }
        self.changes.replaced.insert((layer, index), at);
        // A notice period goes with the clause that it stood in.
        if self.policy.notice.as_ref().is_some_and(|notice| notice.clause == index) {
            self.policy.notice = None;
            self.changes.noticed.insert(layer);
        }
        self.clause(clause, Some(index));
    }

    /// A clause beneath that may be loosened; reports where there is none.
    fn clause_beneath(&mut self, label: &Name) -> Option<usize> {
        let layer = self.layer();
        let own = |index: &&usize| self.policy.clauses.get(**index).is_some_and(|clause| clause.layer < layer);
        match self.known.labelled(&label.text).iter().find(own).copied() {
            Some(index) => self.loosened(index, label.span),
            None => {
                self.no_clause(label, "beneath");
                None
            }
        }
    }

    /// Reports a label that no clause has.
    fn no_clause(&mut self, label: &Name, what: &str) {
        let message = format!("there is no clause `{}` {what}", label.text);
        let fault = Diagnostic::error(Code::UnknownClause, label.span, message);
        let help = self.known_labels(&label.text, if what == "beneath" { self.layer() } else { usize::MAX });
        self.fault(fault.help(help));
    }

    /// What to write for a label that no clause below a layer has.
    pub(super) fn known_labels(&self, label: &str, below: usize) -> String {
        let clauses = self.policy.clauses.iter().filter(|clause| clause.layer < below);
        let mut known: Vec<&str> = clauses.map(|clause| clause.label.as_str()).collect();
        known.dedup();
        known.retain(|known| !known.is_empty() && *known != label);
        // Numbers are near to one another without being meant.
        let near = abey_engine::nearest::nearest(label, known.iter().copied()).filter(|near| near.len() > 3);
        match (near, known.len()) {
            (Some(near), _) => format!("did you mean `{near}`?"),
            (None, 1..=8) => {
                let known: Vec<String> = known.iter().map(|label| format!("`{label}`")).collect();
                format!("there are {}", known.join(", "))
            }
            (None, _) => "name a clause by its label".into(),
        }
    }

    /// The clause, unless it is absolute.
    fn loosened(&mut self, index: usize, at: Span) -> Option<usize> {
        let clause = self.policy.clauses.get(index)?;
        if !clause.absolute {
            return Some(index);
        }
        let origin = self.clause_origin(clause.layer, clause.span);
        let fault = Diagnostic::error(
            Code::AbsoluteClause,
            at,
            format!("clause `{}` is absolute: nothing can loosen it", clause.label),
        );
        let fault = if clause.layer == self.layer() {
            fault.related(origin.span, "absolute here").help("take `absolute` away, or don't waive the clause")
        } else {
            fault.help(format!("it stands at {}: add to it with rules of your own", self.place(&origin)))
        };
        self.fault(fault);
        None
    }

    /// The clauses that a `waive` names.
    pub(super) fn waive(&mut self, waived: &Waived, at: Span) -> Option<Vec<u32>> {
        let mut found = Vec::new();
        match waived {
            Waived::Labels(layer, labels) => {
                self.once(labels);
                if !self.count_waived(labels.len(), at) {
                    return None;
                }
                for label in labels {
                    found.push(self.waived_clause(layer.as_ref(), label)?);
                }
            }
            Waived::Range(from, to) => {
                let number =
                    |text: &str| text.split('.').map(|part| part.parse::<u32>().ok()).collect::<Option<Vec<_>>>();
                let (Some(first), Some(last)) = (number(&from.text), number(&to.text)) else {
                    let message = format!("`{}` to `{}` is no range of numbered clauses", from.text, to.text);
                    let fault = Diagnostic::error(Code::UnnumberedRange, from.span.to(to.span), message);
                    self.fault(fault.help("name the clauses one by one"));
                    return None;
                };
                if !self.count_waived(self.policy.clauses.len(), at) {
                    return None;
                }
                for index in 0..self.policy.clauses.len() {
                    let label = self.policy.clauses.get(index).map(|clause| clause.label.clone()).unwrap_or_default();
                    let within =
                        number(&label).is_some_and(|own| own >= first && (own <= last || own.starts_with(&last)));
                    if within {
                        found.push(self.loosened(index, at)? as u32);
                    }
                }
                if found.is_empty() {
                    let message = format!("there is no clause from `{}` to `{}`", from.text, to.text);
                    let fault = Diagnostic::error(Code::UnknownClause, from.span.to(to.span), message);
                    self.fault(fault.help("write the lower number first"));
                    return None;
                }
            }
        }
        let layer = self.layer();
        for clause in &found {
            if let Some(earlier) = self.changes.replaced.get(&(layer, *clause as usize)).copied() {
                let label = self.policy.clauses.get(*clause as usize).map_or("", |clause| &clause.label);
                let fault = waived_and_replaced(label, at).related(earlier, "replaced here");
                self.fault(fault);
                return None;
            }
            self.changes.waived.entry((layer, *clause as usize)).or_insert(at);
        }
        Some(found)
    }

    fn waived_clause(&mut self, layer: Option<&Name>, label: &Name) -> Option<u32> {
        let number = match layer {
            None => None,
            Some(name) => match self.policy.layers.iter().position(|layer| layer.name == name.text) {
                Some(number) => Some(number),
                None => {
                    let known = self.policy.layers.iter().map(|layer| layer.name.as_str());
                    let near = abey_engine::nearest::nearest(&name.text, known).map(str::to_string);
                    let message = format!("there is no policy `{}` in this stack", name.text);
                    let fault = Diagnostic::error(Code::UnknownLayer, name.span, message);
                    self.fault(fault.did_you_mean(near.as_deref(), "name the policy that the clause stands in"));
                    return None;
                }
            },
        };
        let fits = |index: &&usize| {
            let clause = self.policy.clauses.get(**index);
            clause.is_some_and(|clause| number.is_none_or(|number| clause.layer == number))
        };
        match self.known.labelled(&label.text).iter().find(fits).copied() {
            Some(index) => self.loosened(index, label.span).map(|index| index as u32),
            None => {
                self.no_clause(label, "to waive");
                None
            }
        }
    }

    /// A rule outside a clause: in an agreement, it stands in a clause of the agreement's name.
    pub(super) fn loose_rule(&mut self, rule: &syntax::Rule) {
        if self.layer() == 0 {
            let fault = Diagnostic::error(Code::Misplaced, rule.span, "this rule stands outside a clause");
            self.fault(fault.help("put it in a clause, so that decisions can cite it: `clause \"1\" { … }`"));
            return;
        }
        let layer = self.layer();
        let Some(name) = self.policy.layers.get(layer).map(|layer| (layer.name.clone(), layer.title.clone())) else {
            return;
        };
        let in_layer = |index: &&usize| self.policy.clauses.get(**index).is_some_and(|clause| clause.layer == layer);
        let own = self.known.labelled(&name.0).iter().find(in_layer).copied();
        let index = own.unwrap_or_else(|| {
            self.known.add_label(&name.0, self.policy.clauses.len());
            self.policy.clauses.push(Clause {
                layer,
                label: name.0.clone(),
                title: name.1.clone(),
                absolute: false,
                deferred: false,
                scope: Vec::new(),
                because: None,
                ask: None,
                notes: Vec::new(),
                rules: Vec::new(),
                span: rule.span,
            });
            self.policy.clauses.len() - 1
        });
        // The rule is read into a clause of its own, and joins those before it.
        let Some(slot) = self.policy.clauses.get_mut(index) else { return };
        let (rules, notes) = (std::mem::take(&mut slot.rules), std::mem::take(&mut slot.notes));
        let mut clause = Clause { rules, notes, ..slot.clone() };
        let before = clause.rules.len();
        self.rule(rule, false, false, &mut clause);
        let fits = self.count_rules(clause.rules.len(), before);
        if let Some(slot) = self.policy.clauses.get_mut(index) {
            *slot = clause;
        }
        if !fits {
            self.too_many_rules(rule.span);
        }
    }

    /// A deferred clause pauses what is in its scope: by its own prohibitions, or whole.
    pub(super) fn defer(&mut self, clause: &syntax::Clause, found: &mut Clause) {
        let other = found.rules.iter().find(|rule| !matches!(rule.effect, Effect::Forbid));
        if let Some(rule) = other {
            let fault = Diagnostic::error(
                Code::DeferredRule,
                rule.span,
                "a deferred clause says what is left open, and no more",
            );
            self.fault(fault.help("scope it in its head or with `forbid`; an agreement replaces it"));
        }
        if found.rules.is_empty() {
            if found.scope.is_empty() {
                let fault =
                    Diagnostic::error(Code::NoScope, clause.head, "this clause doesn't say what it leaves open");
                self.fault(
                    fault.help("give it a scope: `clause \"9\" \"Transfers\" deferred of any in any except EEA { }`"),
                );
            }
            let text = self.quote(clause.head);
            found.rules.push(Rule {
                effect: Effect::Forbid,
                scope: Vec::new(),
                because: None,
                ask: None,
                text,
                span: clause.label.span,
            });
        }
    }

    /// What a vocabulary that an agreement uses says of words beneath, once for each vocabulary.
    pub(super) fn check_uses(&mut self) {
        let spoken = std::mem::take(&mut self.changes.spoken);
        let mut told: Vec<usize> = Vec::new();
        for (index, word, beneath) in &spoken {
            if told.contains(index) {
                continue;
            }
            told.push(*index);
            let Some(unit) = self.units.get(*index) else { continue };
            let name = unit.vocabulary.clone().unwrap_or_default();
            let count = spoken.iter().filter(|(other, ..)| other == index).count();
            let others = match count - 1 {
                0 => String::new(),
                1 => " and of one more".into(),
                more => format!(" and of {more} more"),
            };
            let message =
                format!("the vocabulary `{name}` says more of `{word}`{others}, which the policy beneath has already");
            let help = format!(
                "it stands at {}: let the policy beneath use `{name}`, or declare what you need yourself",
                self.place(beneath)
            );
            // The place is one of the top source, whichever unit is at hand.
            self.faults.push(Diagnostic::error(Code::WordBeneath, unit.named, message).help(help));
        }
    }

    /// An agreement adds no edge to a word beneath.
    pub(super) fn adds_beneath(&mut self, name: &Name, earlier: &Origin) {
        let place = self.place(earlier);
        let message = format!("`{}` is a word of the policy beneath, and an agreement adds nothing to it", name.text);
        let fault = Diagnostic::error(Code::WordBeneath, name.span, message);
        self.fault(
            fault.help(format!("it stands at {place}: declare a word of your own, or replace the clause that uses it")),
        );
    }
}
