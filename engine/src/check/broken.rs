//! A broken rule in words: what it says, what it found, and when that passes.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::explain::{Explainer, ITEMS};
use super::judge::Fault;
use super::point::{Indices, Sight};
use super::spoken::item_path;
use crate::calendar::Date;
use crate::decision::{FindingDraft, Kind, ReasonDraft};
use crate::image::{Condition, Effect, List, Means, Pick, Rule, Scope, Slot};
use crate::json::Text;
use crate::limits;
use crate::truth::Truth;

impl<'c> Explainer<'c, '_> {
    /// Whether a rule stands in a clause that leaves its matter to an agreement.
    fn is_deferred(&self, rule: &Rule) -> bool {
        self.checker.image.clauses.get(rule.clause as usize).is_some_and(|clause| clause.deferred)
    }

    /// The rule that a point breaks, or may break.
    pub(super) fn broken(&mut self, fault: &Fault, rule: &'c Rule, reason: &mut ReasonDraft<'c>) {
        let at = fault.at;
        let clauses = &self.checker.image.clauses;
        let clause = clauses.get(rule.clause as usize).map_or("", |clause| clause.label.as_str());
        let items = ITEMS;
        self.scope_findings(at, rule.parts.iter().map(Arc::as_ref), reason);
        if fault.scope == Truth::Unknown {
            self.unsettled(at, rule.parts.iter().map(Arc::as_ref), Sight::Implied);
        }
        match &rule.effect {
            Effect::Forbid if self.is_deferred(rule) => {
                let what = if fault.scope.is_true() {
                    reason.kind = Kind::NoAgreement;
                    "leaves this to a signed agreement, and none says more"
                } else {
                    "may leave this to a signed agreement: whether it does isn't settled"
                };
                reason.message = ["clause ", clause, " ", what, ", for ", items].concat().into();
            }
            Effect::Forbid => {
                if fault.scope.is_true() {
                    reason.kind = Kind::Prohibited;
                    reason.message =
                        ["clause ", clause, " prohibits it for ", items, ": `", &rule.text, "`"].concat().into();
                    self.waiting(fault, rule, reason);
                } else {
                    reason.message =
                        ["whether clause ", clause, " prohibits it for ", items, " isn't settled: `", &rule.text, "`"]
                            .concat()
                            .into();
                }
            }
            Effect::Require(demands) => {
                let Some(point) = self.points.get(&at) else { return };
                let unmet: Vec<(&crate::image::Demand, Truth)> = demands
                    .iter()
                    .map(|demand| (demand, point.demand(demand)))
                    .filter(|(_, truth)| !truth.is_true())
                    .collect();
                let wanted = match unmet.as_slice() {
                    [(only, _)] => Text::Borrowed(only.text.as_str()),
                    all => {
                        let texts: Vec<&str> = all.iter().map(|(demand, _)| demand.text.as_str()).collect();
                        texts.join(", ").into()
                    }
                };
                if fault.met.is_false() {
                    reason.kind = Kind::SafeguardMissing;
                    reason.message = match fault.scope {
                        Truth::True => ["clause ", clause, " requires ", &wanted, " for ", items].concat().into(),
                        _ => format!(
                            "clause {clause} may require {wanted} for {items}: whether `{}` applies isn't settled",
                            rule.text
                        )
                        .into(),
                    };
                } else {
                    let unsettled = ", and whether that is met isn't settled";
                    reason.message =
                        ["clause ", clause, " requires ", &wanted, " for ", items, unsettled].concat().into();
                }
                let unknown = fault.met == Truth::Unknown;
                for one in unmet.iter().flat_map(|(demand, _)| &demand.any) {
                    self.demand_finding(at, one, &wanted, unknown, reason);
                }
            }
            Effect::Keep(keep) => {
                let Some(held) = &fault.held else { return };
                let what = if held.planned.is_false() {
                    "the retention planned isn't within the bound"
                } else if held.unexpired.is_false() {
                    "the data is past its bound"
                } else if held.ripe.is_false() {
                    "it is too early to dispose of it"
                } else {
                    self.retention_questions(at, keep, held);
                    "whether the bound is kept isn't settled"
                };
                if held.truth().is_false() {
                    reason.kind = Kind::Retention;
                }
                let last = held.last.moment().filter(|_| held.unexpired.is_false());
                let until = last.map_or(String::new(), |last| format!(" (until {last})"));
                let parts = if held.truth().is_false() && fault.scope == Truth::Unknown {
                    let (may, open) = (" may have ", [": whether `", &rule.text, "` applies isn't settled"]);
                    [&["clause ", clause, may, items, " kept ", &keep.text, ", and ", what, &until][..], &open].concat()
                } else {
                    Vec::from(["clause ", clause, " has ", items, " kept ", &keep.text, ": ", what, &until])
                };
                reason.message = parts.concat().into();
                if held.ripe.is_false() {
                    let last = held.first.moment().map(|first| first.day(self.checker.image.offset).plus_days(-1));
                    let last = last.filter(|last| self.gone_after(*last, fault));
                    reason.lapses = last.map(|last| last.to_string().into());
                }
                reason.findings.push(FindingDraft {
                    path: "retention".into(),
                    told: self.retention_told(),
                    rule: Text::Borrowed(&keep.text),
                });
            }
            Effect::Allow(_) | Effect::Owe(_) | Effect::Waive(_) => {}
        }
    }

    /// A prohibition that turns on an authorisation which will begin by itself is a wait.
    fn waiting(&mut self, fault: &Fault, rule: &Rule, reason: &mut ReasonDraft<'c>) {
        let at = fault.at;
        let names_authorised = rule.parts.iter().any(|part| match &part.scope {
            Scope::Slot((Slot::Recipient, List::AnyExcept(picks))) => picks.contains(&Pick::Authorised),
            Scope::When(condition) | Scope::Unless(condition) => self.asks_authorised(*condition),
            _ => false,
        });
        let Some(point) = self.points.get(&at) else { return };
        let Some(recipient) = point.declared().filter(|_| names_authorised) else { return };
        let today = point.today();
        let noticed = point.notice_end(recipient);
        let stated = recipient.authorised.map(|from| from.plus_days(-1));
        let ahead = [noticed, stated].into_iter().flatten().filter(|last| today.is_some_and(|today| today <= *last));
        let last = ahead.min();
        if let Some(last) = last.filter(|last| self.gone_after(*last, fault)) {
            let name = self.spoken(at, Slot::Recipient).1.unwrap_or_default();
            reason.kind = Kind::Waiting;
            reason.lapses = Some(last.to_string().into());
            let what =
                if noticed == Some(last) { "the notice period for" } else { "the time before the authorisation of" };
            reason.message = format!("{what} {name} runs until {last}: {}", reason.message).into();
            if let Some(notice) = self.checker.image.notice.as_ref().filter(|_| reason.ask.is_none()) {
                reason.ask = notice.ask.as_deref().map(Text::Borrowed);
            }
        }
    }

    /// Whether the same operation on the day after no longer has the fault. Past [`limits::REMEDY_TRIALS`] days, none
    /// is tried.
    fn gone_after(&mut self, last: Date, fault: &Fault) -> bool {
        let wrong = match self.days.iter().position(|(day, _)| *day == last) {
            Some(known) => known,
            None if self.days.len() >= limits::REMEDY_TRIALS => return false,
            None => {
                let offset = self.checker.image.offset;
                let then = self.input.on(last.plus_days(1).start(offset), offset);
                self.days.push((last, self.checker.judge(&then).wrong()));
                self.days.len() - 1
            }
        };
        self.days.get(wrong).is_some_and(|(_, wrong)| wrong.binary_search(&(fault.source, fault.at)).is_err())
    }

    /// Whether a condition turns on the authorisation of the recipient.
    fn asks_authorised(&self, condition: u32) -> bool {
        match self.checker.image.conditions.get(condition as usize) {
            Some(Condition::All(of) | Condition::Any(of)) => of.iter().any(|part| self.asks_authorised(*part)),
            Some(Condition::Not(of)) => self.asks_authorised(*of),
            Some(Condition::Authorised) => true,
            Some(Condition::Test(_)) | None => false,
        }
    }

    pub(super) fn not_covered(&mut self, at: Indices, reason: &mut ReasonDraft<'c>) {
        reason.kind = Kind::NotCovered;
        let action = self.said(at, Slot::Action).unwrap_or_default();
        let (linked, purpose) = match self.said(at, Slot::Purpose) {
            Some(purpose) if purpose != "none" => (" for ", purpose),
            _ => ("", Text::Borrowed("")),
        };
        let mut message = ["no instruction covers `", &*action, " of ", ITEMS, linked, &*purpose, "`"].concat();
        let checker = self.checker;
        let nearest = self.points.get(&at).and_then(|point| Some((point, checker.image.rules.get(point.nearest()?)?)));
        let Some((point, rule)) = nearest else {
            reason.message = message.into();
            return;
        };
        let unmet = point.unmet(&rule.parts, Sight::Named);
        let citation = checker.citation(rule);
        for text in ["; the nearest is in clause ", citation.clause, ", which asks for `"] {
            message.push_str(text);
        }
        for (index, (part, _)) in unmet.iter().enumerate() {
            message.push_str(if index == 0 { "" } else { "` and `" });
            message.push_str(&part.text);
        }
        message.push('`');
        reason.message = message.into();
        reason.citation = Some(citation);
        reason.because = self.checker.because(rule);
        reason.ask = self.checker.ask(rule);
        self.scope_findings(at, unmet.iter().map(|(part, _)| *part), reason);
        self.unsettled(at, unmet.iter().map(|(part, _)| *part), Sight::Named);
    }

    fn demand_finding(
        &mut self,
        at: Indices,
        means: &Means,
        wanted: &Text<'c>,
        unknown: bool,
        reason: &mut ReasonDraft<'c>,
    ) {
        let (path, told) = match means {
            Means::Measure(_) => ("measures".into(), self.measures_told(at)),
            Means::Form(_) => (item_path(at[0], ".form"), self.forms_told(at)),
            Means::Basis(_) => self.spoken(at, Slot::Basis),
            Means::Condition(condition) => {
                reason.condition = Some(wanted.clone());
                if unknown {
                    self.causes(at, *condition);
                }
                return;
            }
        };
        if unknown {
            match means {
                Means::Form(form) => self.ask_form(at, &[*form]),
                Means::Basis(basis) => self.ask_slot(at, Slot::Basis, *basis),
                Means::Measure(measure) => self.ask_measure(at, *measure),
                Means::Condition(_) => {}
            }
        }
        let finding = FindingDraft { path, told, rule: wanted.clone() };
        if !reason.findings.contains(&finding) {
            reason.findings.push(finding);
        }
    }
}
