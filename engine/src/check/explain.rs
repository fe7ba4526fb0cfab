//! Faults in words: reasons, duties, interpretations and questions.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::Checker;
use super::input::{Input, Word};
use super::judge::{Fault, Findings, Source};
use super::point::{Indices, Point, Sight, points};
use crate::decision::{
    Citation, Cover, Decision, Duty, Finding, Interpretation, Kind, Question, Reason, Remedies, TimeFrom, Verdict,
};
use crate::image::{Condition, DataList, Effect, List, Means, Part, Period, Pick, Rule, Scope, Slot};
use crate::operation::{Operation, Retention};
use crate::truth::Truth;

/// Questions by path: the first text for a path stays.
type Questions = BTreeMap<(u8, String), String>;

/// Puts findings in words.
pub(super) struct Explainer<'a> {
    pub checker: &'a Checker,
    pub operation: &'a Operation,
    pub points: BTreeMap<Indices, Point<'a>>,
    pub questions: Questions,
}

impl Checker {
    /// The decision that the findings amount to, without remedies.
    pub(super) fn explain(&self, operation: &Operation, input: &Input, found: &Findings) -> Decision {
        let points = points(self, input).into_iter().map(|point| (point.at, point)).collect();
        let mut at = Explainer { checker: self, operation, points, questions: Questions::new() };
        let allowed = found.faults.is_empty();
        let reasons = at.reasons(input, &found.faults);
        let covered = if allowed { at.covers(&found.covers) } else { Vec::new() };
        let duties = at.duties(&found.duties);
        let because = self.interpretations(&found.interpreted);
        let summary = summary(&covered, &reasons, &duties);
        Decision {
            verdict: if allowed { Verdict::Allow } else { Verdict::Pause },
            summary,
            policy: self.policy(),
            time: operation.time.map(|time| time.to_string()),
            time_from: if operation.time.is_some() { TimeFrom::Operation } else { TimeFrom::Unknown },
            covered,
            reasons,
            duties,
            because,
            questions: at.questions.into_iter().map(|((_, path), text)| Question { path, text }).collect(),
            remedies: Remedies { complete: false, steps: Vec::new() },
            ignored: input.ignored.clone(),
        }
    }

    pub(super) fn citation(&self, rule: &Rule) -> Citation {
        let clause = self.image.clauses.get(rule.clause as usize);
        Citation {
            layer: clause
                .and_then(|clause| self.image.layers.get(clause.layer as usize))
                .map(|layer| layer.name.clone())
                .unwrap_or_default(),
            clause: clause.map(|clause| clause.label.clone()).unwrap_or_default(),
            title: clause.map(|clause| clause.title.clone()).unwrap_or_default(),
            rule: rule.text.clone(),
            line: rule.position.line,
            column: rule.position.column,
            absolute: clause.is_some_and(|clause| clause.absolute),
        }
    }

    fn because(&self, rule: &Rule) -> Option<String> {
        let clause = self.image.clauses.get(rule.clause as usize);
        rule.because.clone().or_else(|| clause.and_then(|clause| clause.because.clone()))
    }

    fn ask(&self, rule: &Rule) -> Option<String> {
        let clause = self.image.clauses.get(rule.clause as usize);
        rule.ask.clone().or_else(|| clause.and_then(|clause| clause.ask.clone()))
    }

    fn interpretations(&self, rules: &[usize]) -> Vec<Interpretation> {
        let mut found: Vec<Interpretation> = Vec::new();
        for rule in rules.iter().filter_map(|index| self.image.rules.get(*index)) {
            let clause = self.image.clauses.get(rule.clause as usize);
            for text in [clause.and_then(|clause| clause.because.clone()), rule.because.clone()].into_iter().flatten() {
                let clause = clause.map(|clause| clause.label.clone()).unwrap_or_default();
                let note = Interpretation { clause, text };
                if !found.contains(&note) {
                    found.push(note);
                }
            }
        }
        found
    }
}

/// Stands in a message for the items concerned, which are known when the points are joined.
const ITEMS: &str = "\u{1}";

/// The first three of them, and how many more.
fn listed(items: &[String]) -> String {
    match items {
        [first, second, third, rest @ ..] if !rest.is_empty() => {
            format!("{first}, {second}, {third} and {} more", rest.len())
        }
        _ => items.join(", "),
    }
}

fn summary(covered: &[Cover], reasons: &[Reason], duties: &[Duty]) -> String {
    let counted = |count: usize, noun: &str| {
        format!(
            "{count} {noun}{}",
            if count == 1 {
                ""
            } else if noun == "duty" {
                "ies"
            } else {
                "s"
            }
        )
    };
    let owed = match duties.len() {
        0 => String::new(),
        1 => "; 1 duty".into(),
        count => format!("; {count} duties"),
    };
    match reasons {
        [] => {
            let mut clauses: Vec<&str> = covered.iter().map(|cover| cover.citation.clause.as_str()).collect();
            clauses.dedup();
            let noun = if clauses.len() == 1 { "clause" } else { "clauses" };
            format!("allowed by {noun} {}{owed}", clauses.join(", "))
        }
        [only] => format!("paused: {}", only.message),
        [first, rest @ ..] => format!("paused: {}; and {}", first.message, counted(rest.len(), "further reason")),
    }
}

/// A period in words.
pub(super) fn spanned(period: &Period) -> String {
    match (period.from, period.until) {
        (Some(from), Some(until)) => format!("from {from} until {until}"),
        (Some(from), None) => format!("from {from}"),
        (None, Some(until)) => format!("until {until}"),
        (None, None) => String::new(),
    }
}

impl<'a> Explainer<'a> {
    fn reasons(&mut self, input: &Input, faults: &[Fault]) -> Vec<Reason> {
        let mut reasons: Vec<(Source, Reason)> = Vec::new();
        let mut known: BTreeMap<(Source, Kind, String), usize> = BTreeMap::new();
        for fault in faults {
            let Some(reason) = self.reason(input, fault) else { continue };
            let key = (fault.source, reason.kind, reason.message.clone());
            let twin = known.entry(key).or_insert(reasons.len());
            match reasons.get_mut(*twin) {
                Some((_, earlier)) => {
                    earlier.points.push(fault.at);
                    for item in reason.items {
                        if !earlier.items.contains(&item) {
                            earlier.items.push(item);
                        }
                    }
                    for finding in reason.findings {
                        if !earlier.findings.contains(&finding) {
                            earlier.findings.push(finding);
                        }
                    }
                }
                None => reasons.push((fault.source, reason)),
            }
        }
        let named = |(_, mut reason): (Source, Reason)| {
            reason.message = reason.message.replace(ITEMS, &listed(&reason.items));
            reason
        };
        reasons.into_iter().map(named).collect()
    }

    fn reason(&mut self, input: &Input, fault: &Fault) -> Option<Reason> {
        let image = &self.checker.image;
        let mut reason = Reason {
            kind: Kind::FactMissing,
            message: String::new(),
            citation: None,
            points: Vec::from([fault.at]),
            items: Vec::from([self.item_name(fault.at)]),
            findings: Vec::new(),
            condition: None,
            because: None,
            ask: None,
            lapses: None,
            remedies: Vec::new(),
        };
        match fault.source {
            Source::InForce(layer) => {
                let layer = image.layers.get(layer)?;
                let policy = self.layer_name(&layer.name);
                reason.kind = Kind::NotInForce;
                let bound = spanned(&layer.in_force);
                let day = self.points.get(&fault.at).and_then(Point::today);
                reason.message = match day {
                    Some(day) => format!("{policy} is in force {bound}, and the operation is on {day}"),
                    None => {
                        self.ask(0, "time", "state when the operation takes place");
                        format!("{policy} is in force {bound}, and the operation states no time")
                    }
                };
                reason.lapses = layer
                    .in_force
                    .from
                    .filter(|from| day.is_some_and(|day| day < *from))
                    .map(|from| from.plus_days(-1).to_string());
            }
            Source::Applies(layer) => {
                let layer = image.layers.get(layer)?;
                let guard = layer.applies.as_ref()?;
                let policy = self.layer_name(&layer.name);
                reason.kind = Kind::OutOfScope;
                reason.condition = Some(guard.text.clone());
                reason.ask.clone_from(&guard.ask);
                if fault.met == Truth::Unknown {
                    self.causes(fault.at, guard.condition);
                    reason.message = format!("no policy covers this unless {}, and that isn't settled", guard.text);
                } else {
                    reason.message = format!("no policy covers this: {policy} applies only when {}", guard.text);
                }
            }
            Source::Strange(index) => {
                let strange = input.strange.get(index)?;
                reason.kind = Kind::UnknownTerm;
                let near = strange.nearest.as_ref().map_or_else(
                    || ", and none is near it; declare it, or use a declared one".into(),
                    |near| format!("; did you mean `{near}`?"),
                );
                reason.message = format!("`{}` is no declared word of {}{near}", strange.word, strange.of);
                reason.findings.push(Finding {
                    path: strange.path.clone(),
                    told: Some(strange.word.clone()),
                    rule: strange.of.clone(),
                });
                if strange.item.is_none() {
                    reason.items.clear();
                }
            }
            Source::Cover => self.not_covered(fault.at, &mut reason),
            Source::Rule(index) => {
                let rule = image.rules.get(index)?;
                reason.citation = Some(self.checker.citation(rule));
                reason.because = self.checker.because(rule);
                reason.ask = self.checker.ask(rule);
                self.broken(fault, rule, &mut reason);
            }
        }
        Some(reason)
    }

    /// What a layer is called: the only one is the policy.
    fn layer_name(&self, name: &str) -> String {
        if self.checker.image.layers.len() > 1 { format!("`{name}`") } else { "the policy".into() }
    }

    /// Whether a rule stands in a clause that leaves its matter to an agreement.
    fn is_deferred(&self, rule: &Rule) -> bool {
        self.checker.image.clauses.get(rule.clause as usize).is_some_and(|clause| clause.deferred)
    }

    /// The rule that a point breaks, or may break.
    fn broken(&mut self, fault: &Fault, rule: &Rule, reason: &mut Reason) {
        let at = fault.at;
        let clause = reason.citation.as_ref().map(|citation| citation.clause.clone()).unwrap_or_default();
        let items = ITEMS;
        self.scope_findings(at, &rule.parts, reason);
        if fault.scope == Truth::Unknown {
            self.unsettled(at, &rule.parts, Sight::Implied);
        }
        match &rule.effect {
            Effect::Forbid if self.is_deferred(rule) => {
                let what = if fault.scope.is_true() {
                    reason.kind = Kind::NoAgreement;
                    "leaves this to a signed agreement, and none says more"
                } else {
                    "may leave this to a signed agreement: whether it does isn't settled"
                };
                reason.message = format!("clause {clause} {what}, for {items}");
            }
            Effect::Forbid => {
                if fault.scope.is_true() {
                    reason.kind = Kind::Prohibited;
                    reason.message = format!("clause {clause} prohibits it for {items}: `{}`", rule.text);
                    self.waiting(fault, rule, reason);
                } else {
                    reason.message =
                        format!("whether clause {clause} prohibits it for {items} isn't settled: `{}`", rule.text);
                }
            }
            Effect::Require(demands) => {
                let Some(point) = self.points.get(&at) else { return };
                let unmet: Vec<(&crate::image::Demand, Truth)> = demands
                    .iter()
                    .map(|demand| (demand, point.demand(demand)))
                    .filter(|(_, truth)| !truth.is_true())
                    .collect();
                let texts: Vec<&str> = unmet.iter().map(|(demand, _)| demand.text.as_str()).collect();
                let wanted = texts.join(", ");
                if fault.met.is_false() {
                    reason.kind = Kind::SafeguardMissing;
                    reason.message = match fault.scope {
                        Truth::True => format!("clause {clause} requires {wanted} for {items}"),
                        _ => format!(
                            "clause {clause} may require {wanted} for {items}: whether `{}` applies isn't settled",
                            rule.text
                        ),
                    };
                } else {
                    reason.message =
                        format!("clause {clause} requires {wanted} for {items}, and whether that is met isn't settled");
                }
                let means: Vec<Means> = unmet.iter().flat_map(|(demand, _)| demand.any.clone()).collect();
                let unknown = fault.met == Truth::Unknown;
                for one in means {
                    self.demand_finding(at, &one, &wanted, unknown, reason);
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
                reason.message = format!("clause {clause} has {items} kept {}: {what}", keep.text);
                let last = held.last.moment();
                if let Some(last) = last.filter(|_| held.unexpired.is_false()) {
                    reason.message = format!("{} (until {last})", reason.message);
                }
                if held.ripe.is_false() {
                    let last = held.first.moment().map(|first| first.day(self.checker.image.offset).plus_days(-1));
                    let last = last.filter(|last| self.gone_after(*last, fault));
                    reason.lapses = last.map(|last| last.to_string());
                }
                reason.findings.push(Finding {
                    path: "retention".into(),
                    told: self.retention_told(),
                    rule: keep.text.clone(),
                });
            }
            Effect::Allow(_) | Effect::Owe(_) | Effect::Waive(_) => {}
        }
    }

    /// A prohibition that turns on an authorisation which will begin by itself is a wait.
    fn waiting(&self, fault: &Fault, rule: &Rule, reason: &mut Reason) {
        let at = fault.at;
        let names_authorised = rule.parts.iter().any(|part| match &part.scope {
            Scope::Slot((Slot::Recipient, List::AnyExcept(picks))) => picks.contains(&Pick::Authorised),
            Scope::When(condition) | Scope::Unless(condition) => self.asks_authorised(*condition),
            _ => false,
        });
        let Some(point) = self.points.get(&at) else { return };
        let Some(recipient) = point.declared().filter(|_| names_authorised) else { return };
        let otherwise = point.authorised_place(recipient).and(point.authorised_purpose(recipient));
        if !otherwise.is_true() || !point.authorised_time(recipient).is_false() {
            return;
        }
        let noticed = point.notice_end(recipient).flatten();
        let stated = recipient.authorised.map(|from| from.plus_days(-1));
        let last = [noticed, stated].into_iter().flatten().min();
        if let Some(last) = last.filter(|last| self.gone_after(*last, fault)) {
            let name = self.spoken(at, Slot::Recipient).1.unwrap_or_default();
            reason.kind = Kind::Waiting;
            reason.lapses = Some(last.to_string());
            let what =
                if noticed == Some(last) { "the notice period for" } else { "the time before the authorisation of" };
            reason.message = format!("{what} {name} runs until {last}: {}", reason.message);
            if let Some(notice) = self.checker.image.notice.as_ref().filter(|_| reason.ask.is_none()) {
                reason.ask.clone_from(&notice.ask);
            }
        }
    }

    /// Whether the same operation on the day after no longer has the fault.
    fn gone_after(&self, last: crate::calendar::Date, fault: &Fault) -> bool {
        let time = Some(last.plus_days(1).start(self.checker.image.offset));
        let wrong = self.checker.wrong(&Operation { time, ..self.operation.clone() });
        wrong.is_some_and(|wrong| !wrong.contains(&(fault.source, fault.at)))
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

    fn not_covered(&mut self, at: Indices, reason: &mut Reason) {
        reason.kind = Kind::NotCovered;
        let action = self.spoken(at, Slot::Action).1.unwrap_or_default();
        let purpose = match self.spoken(at, Slot::Purpose).1 {
            Some(purpose) if purpose != "none" => format!(" for {purpose}"),
            _ => String::new(),
        };
        reason.message = format!("no instruction covers `{action} of {ITEMS}{purpose}`");
        let Some(point) = self.points.get(&at) else { return };
        let Some(rule) = point.nearest() else { return };
        let unmet = point.unmet(&rule.parts, Sight::Named);
        let texts: Vec<&str> = unmet.iter().map(|(part, _)| part.text.as_str()).collect();
        let citation = self.checker.citation(rule);
        reason.message = format!(
            "{}; the nearest is in clause {}, which asks for `{}`",
            reason.message,
            citation.clause,
            texts.join("` and `")
        );
        reason.citation = Some(citation);
        reason.because = self.checker.because(rule);
        reason.ask = self.checker.ask(rule);
        let parts: Vec<Part> = unmet.into_iter().map(|(part, _)| part.clone()).collect();
        self.scope_findings(at, &parts, reason);
        self.unsettled(at, &parts, Sight::Named);
    }

    // What the operation says where a rule looks

    pub(super) fn item_name(&self, at: Indices) -> String {
        let item = self.operation.data.get(at[0] as usize);
        item.map(|item| match item.form.as_deref() {
            Some([]) => format!("raw {}", item.category),
            Some(forms) => format!("{} {}", forms.join(" "), item.category),
            None => item.category.clone(),
        })
        .unwrap_or_default()
    }

    /// The path of a slot, and what the operation says there.
    pub(super) fn spoken(&self, at: Indices, slot: Slot) -> (String, Option<String>) {
        let Some(point) = self.points.get(&at) else { return (slot.word().into(), None) };
        let many =
            |told: usize, path: &str, index: u32| if told > 1 { format!("{path}[{index}]") } else { path.to_string() };
        let count = |told: Option<usize>| told.unwrap_or(0);
        let path = match slot {
            Slot::Subject => many(count(self.operation.subjects.value().map(Vec::len)), "subjects", at[1]),
            Slot::Purpose => many(count(self.operation.purposes.value().map(Vec::len)), "purpose", at[2]),
            Slot::Origin => many(count(self.operation.origins.value().map(Vec::len)), "origin", at[4]),
            Slot::Recipient | Slot::Place if !self.operation.legs.is_empty() => {
                format!("legs[{}].{}", at[3], slot.word())
            }
            _ => slot.word().into(),
        };
        let told = match point.word(slot) {
            Word::Missing => None,
            Word::None => Some("none".into()),
            Word::Term(term) => Some(self.checker.image.word(slot.facet(), term).to_string()),
            Word::Strange => {
                point.input.strange.iter().find(|strange| strange.path == path).map(|strange| strange.word.clone())
            }
        };
        (path, told)
    }

    fn scope_findings(&self, at: Indices, parts: &[Part], reason: &mut Reason) {
        for part in parts {
            let (path, told) = match &part.scope {
                // What covers everything says nothing of the operation.
                Scope::Slot((Slot::Action, List::Any)) | Scope::Data(DataList::Any) => continue,
                Scope::Slot((slot, _)) => self.spoken(at, *slot),
                Scope::Data(_) => (format!("data[{}]", at[0]), Some(self.item_told(at))),
                Scope::Measures(_) => ("measures".into(), self.measures_told(at)),
                Scope::When(_) | Scope::Unless(_) => {
                    reason.condition = Some(part.text.clone());
                    continue;
                }
            };
            reason.findings.push(Finding { path, told, rule: part.text.clone() });
        }
    }

    /// A data item with its forms and contents, as the operation tells it.
    pub(super) fn item_told(&self, at: Indices) -> String {
        let name = self.item_name(at);
        match self.operation.data.get(at[0] as usize).and_then(|item| item.contains.as_deref()) {
            Some([]) | None => name,
            Some(contents) => format!("{name} containing {}", contents.join(", ")),
        }
    }

    pub(super) fn retention_told(&self) -> Option<String> {
        match self.operation.retention {
            Retention::Unknown => None,
            Retention::None => Some("none".into()),
            Retention::Agreed => Some("agreed".into()),
            Retention::For(duration) => Some(duration.to_string()),
        }
    }

    pub(super) fn measures_told(&self, at: Indices) -> Option<String> {
        let common = self.operation.measures.clone();
        let own = self.operation.legs.get(at[3] as usize).and_then(|leg| leg.measures.clone());
        let told: Vec<String> = common.iter().chain(own.iter()).flatten().cloned().collect();
        if common.is_none() && own.is_none() { None } else { Some(told.join(", ")) }
    }

    fn demand_finding(&mut self, at: Indices, means: &Means, wanted: &str, unknown: bool, reason: &mut Reason) {
        let (path, told) = match means {
            Means::Measure(_) => ("measures".to_string(), self.measures_told(at)),
            Means::Form(_) => {
                let forms = self.operation.data.get(at[0] as usize).and_then(|item| item.form.clone());
                (
                    format!("data[{}].form", at[0]),
                    forms.map(|forms| if forms.is_empty() { "raw".into() } else { forms.join(", ") }),
                )
            }
            Means::Basis(_) => self.spoken(at, Slot::Basis),
            Means::Condition(condition) => {
                reason.condition = Some(wanted.to_string());
                if unknown {
                    self.causes(at, *condition);
                }
                return;
            }
        };
        if unknown {
            match means {
                Means::Form(_) => self.ask(2, &path, "state the form of the data item"),
                Means::Basis(_) => self.ask(2, &path, "state the legal basis"),
                _ => self.ask_measures(at),
            }
        }
        let finding = Finding { path, told, rule: wanted.to_string() };
        if !reason.findings.contains(&finding) {
            reason.findings.push(finding);
        }
    }
}
