//! Faults in words: reasons, duties, interpretations and questions.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cmp::Ordering;

use super::NativeChecker;
use super::asked::Questions;
use super::input::Input;
use super::judge::{Fault, Findings, Source};
use super::point::{Indices, Point, points};
use super::remedy::Wrong;
use crate::calendar::Date;
use crate::decision::{
    Citation, Cover, Decision, Duty, Finding, Interpretation, Kind, Reason, Remedies, TimeFrom, Verdict,
};
use crate::image::{Period, Rule};
use crate::truth::Truth;
use crate::wire::plain::Plain;

/// The points of an operation, in their order.
pub(super) struct Points<'a>(pub Vec<Point<'a>>);

impl<'a> Points<'a> {
    pub fn get(&self, at: &Indices) -> Option<&Point<'a>> {
        match self.0.as_slice() {
            [only] => Some(only).filter(|only| only.at == *at),
            all => all.get(all.binary_search_by(|point| point.at.cmp(at)).ok()?),
        }
    }
}

/// Puts findings in words.
pub(super) struct Explainer<'a, 'p> {
    pub checker: &'a NativeChecker,
    pub operation: &'a Plain<'p>,
    pub points: Points<'a>,
    pub questions: Questions,
    /// What is wrong on the day after each of these.
    pub(super) days: BTreeMap<Date, Option<Wrong>>,
}

impl NativeChecker {
    /// The decision that the findings amount to, without remedies, and where each of its reasons comes from.
    pub(super) fn explain(
        &self,
        operation: &Plain<'_>,
        input: &Input<'_>,
        found: &Findings,
    ) -> (Decision, Vec<Source>) {
        let mut at = Explainer::of(self, operation, Points(points(self, input)));
        let allowed = found.faults.is_empty();
        let (sources, reasons) = at.reasons(input, &found.faults);
        let covered = if allowed { at.covers(&found.covers) } else { Vec::new() };
        let duties = at.duties(&found.duties);
        let because = self.interpretations(&found.interpreted);
        let summary = summary(&covered, &reasons, &duties);
        let decision = Decision {
            verdict: if allowed { Verdict::Allow } else { Verdict::Pause },
            summary,
            policy: self.policy(),
            time: operation.time.map(|time| time.to_string()),
            time_from: if operation.time.is_some() { TimeFrom::Operation } else { TimeFrom::Unknown },
            covered,
            reasons,
            duties,
            because,
            questions: at.questions.all(),
            remedies: Remedies { complete: false, steps: Vec::new() },
            ignored: input.ignored.clone(),
        };
        (decision, sources)
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

    pub(super) fn because(&self, rule: &Rule) -> Option<String> {
        let clause = self.image.clauses.get(rule.clause as usize);
        rule.because.clone().or_else(|| clause.and_then(|clause| clause.because.clone()))
    }

    pub(super) fn ask(&self, rule: &Rule) -> Option<String> {
        let clause = self.image.clauses.get(rule.clause as usize);
        rule.ask.clone().or_else(|| clause.and_then(|clause| clause.ask.clone()))
    }

    fn interpretations(&self, rules: &[usize]) -> Vec<Interpretation> {
        let mut found: Vec<Interpretation> = Vec::new();
        for rule in rules.iter().filter_map(|index| self.image.rules.get(*index)) {
            let clause = self.image.clauses.get(rule.clause as usize);
            let label = clause.map_or("", |clause| clause.label.as_str());
            for text in [clause.and_then(|clause| clause.because.as_ref()), rule.because.as_ref()].into_iter().flatten()
            {
                if !found.iter().any(|note| note.clause == label && note.text == *text) {
                    found.push(Interpretation { clause: label.into(), text: text.clone() });
                }
            }
        }
        found
    }
}

/// Stands in a message for the items concerned, which are known when the points are joined.
pub(super) const ITEMS: &str = "\u{1}";
/// The same, as a character.
const MARK: char = '\u{1}';

/// A message with the items concerned in it.
fn named(message: &str, items: &[String]) -> String {
    let several;
    let names = match items {
        [one] => one,
        _ => {
            several = listed(items);
            &several
        }
    };
    let mut text = String::with_capacity(message.len() + names.len());
    for (index, part) in message.split(MARK).enumerate() {
        text.push_str(if index == 0 { "" } else { names });
        text.push_str(part);
    }
    text
}

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
    match reasons {
        [] => {
            let mut clauses: Vec<&str> = covered.iter().map(|cover| cover.citation.clause.as_str()).collect();
            clauses.dedup();
            let mut text = String::with_capacity(64);
            text.push_str(if clauses.len() == 1 { "allowed by clause " } else { "allowed by clauses " });
            for (index, clause) in clauses.into_iter().enumerate() {
                text.push_str(if index == 0 { "" } else { ", " });
                text.push_str(clause);
            }
            match duties.len() {
                0 => {}
                1 => text.push_str("; 1 duty"),
                count => text.push_str(&format!("; {count} duties")),
            }
            text
        }
        [only] => ["paused: ", &only.message].concat(),
        [first, rest @ ..] => ["paused: ", &first.message, "; and ", &counted(rest.len(), "further reason")].concat(),
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

impl<'a, 'p> Explainer<'a, 'p> {
    pub(super) fn of(checker: &'a NativeChecker, operation: &'a Plain<'p>, points: Points<'a>) -> Self {
        Explainer { checker, operation, points, questions: Questions::default(), days: BTreeMap::new() }
    }

    /// The reasons that faults amount to, each with where it comes from; those alike are one, of several points.
    fn reasons(&mut self, input: &Input<'_>, faults: &[Fault]) -> (Vec<Source>, Vec<Reason>) {
        let mut sources: Vec<Source> = Vec::with_capacity(faults.len());
        let mut reasons: Vec<Reason> = Vec::with_capacity(faults.len().min(8));
        // Those of the source at hand, by kind and message. Faults of one source follow each other.
        let mut known: Vec<usize> = Vec::new();
        for fault in faults {
            let Some(reason) = self.reason(input, fault) else { continue };
            // At one point no source comes up twice.
            if let [_] = self.points.0.as_slice() {
                sources.push(fault.source);
                reasons.push(reason);
                continue;
            }
            if sources.last() != Some(&fault.source) {
                known.clear();
            }
            let order = |one: &usize| {
                reasons.get(*one).map_or(Ordering::Less, |earlier| {
                    earlier.kind.cmp(&reason.kind).then_with(|| earlier.message.cmp(&reason.message))
                })
            };
            let twin = match known.binary_search_by(order) {
                Ok(twin) => known.get(twin).and_then(|twin| reasons.get_mut(*twin)),
                Err(place) => {
                    known.insert(place, reasons.len());
                    None
                }
            };
            match twin {
                Some(earlier) => {
                    earlier.points.push(fault.at);
                    // It lapses where it does at every point, with the last of them.
                    earlier.lapses = earlier.lapses.take().zip(reason.lapses).map(|(one, other)| one.max(other));
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
                None => {
                    sources.push(fault.source);
                    reasons.push(reason);
                }
            }
        }
        for reason in &mut reasons {
            if reason.message.contains(MARK) {
                reason.message = named(&reason.message, &reason.items);
            }
        }
        (sources, reasons)
    }

    fn reason(&mut self, input: &Input<'_>, fault: &Fault) -> Option<Reason> {
        let image = &self.checker.image;
        let mut reason = Reason {
            points: Vec::from([fault.at]),
            items: Vec::from([self.item_name(fault.at)]),
            ..Reason::of(Kind::FactMissing, String::new())
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_names_the_items_wherever_they_stand() {
        let named = |message: &str, items: &[&str]| {
            let items: Vec<String> = items.iter().map(|item| (*item).into()).collect();
            named(message, &items)
        };
        assert_eq!(named("a \u{1} b", &["raw ip"]), "a raw ip b");
        assert_eq!(named("\u{1}, \u{1}", &["c", "d"]), "c, d, c, d");
        assert_eq!(named("none", &["c"]), "none");
    }

    #[test]
    fn three_items_are_named() {
        let listed = |count: usize| {
            let names: Vec<String> = ["a", "b", "c", "d", "e"].iter().take(count).map(|name| (*name).into()).collect();
            listed(&names)
        };
        assert_eq!((listed(1).as_str(), listed(3).as_str()), ("a", "a, b, c"));
        assert_eq!((listed(4).as_str(), listed(5).as_str()), ("a, b, c and 1 more", "a, b, c and 2 more"));
    }
}
