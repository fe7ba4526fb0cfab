//! Faults in words: reasons, duties, interpretations and questions.

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cmp::Ordering;

use super::NativeChecker;
use super::asked::Questions;
use super::input::Input;
use super::judge::{Fault, Findings, Source};
use super::point::{Indices, Point, points};
use crate::calendar::Date;
use crate::decision::{
    CitationLoan, CoverDraft, DecisionDraft, FindingDraft, InterpretationLoan, Kind, ReasonDraft, RemediesDraft,
    Verdict,
};
use crate::image::{Period, Rule};
use crate::json::Text;
use crate::many::Many;
use crate::truth::Truth;

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
pub(super) struct Explainer<'c, 'a> {
    pub checker: &'c NativeChecker,
    pub input: &'a Input<'a>,
    pub points: Points<'a>,
    pub questions: Questions<'c>,
    /// What is wrong on the day after each of these.
    pub(super) days: Vec<(Date, Vec<(Source, Indices)>)>,
    /// The clauses of which it was asked at a point what may lift them, and the exceptions that may.
    pub(super) lifted: BTreeSet<(usize, Indices)>,
    pub(super) lifting: BTreeSet<(usize, Indices)>,
}

impl NativeChecker {
    /// The decision that the findings amount to, without remedies, and where each of its reasons comes from.
    pub(super) fn explain<'c>(&'c self, input: &Input<'_>, found: &Findings) -> (DecisionDraft<'c>, Vec<Source>) {
        let mut at = Explainer::of(self, input, Points(points(self, input)));
        let allowed = found.faults.is_empty();
        let (sources, reasons) = at.reasons(&found.faults);
        let covered = if allowed { at.covers(&found.covers) } else { Vec::new() };
        let duties = at.duties(&found.duties);
        let because = self.interpretations(&found.interpreted);
        let summary = summary(&covered, &reasons, duties.len()).into();
        let decision = DecisionDraft {
            verdict: if allowed { Verdict::Allow } else { Verdict::Pause },
            summary,
            policy: self.policy_loan(),
            time: input.time.map(|time| time.to_string().into()),
            time_from: input.time_from,
            covered,
            reasons,
            duties,
            because,
            questions: at.questions.all(),
            remedies: RemediesDraft { complete: false, steps: Vec::new() },
            ignored: input.ignored.iter().map(|path| path.clone().into()).collect(),
        };
        (decision, sources)
    }

    pub(super) fn citation<'c>(&'c self, rule: &'c Rule) -> CitationLoan<'c> {
        let clause = self.image.clauses.get(rule.clause as usize);
        let layer = clause.and_then(|clause| self.image.layers.get(clause.layer as usize));
        CitationLoan {
            layer: layer.map_or("", |layer| &layer.name),
            clause: clause.map_or("", |clause| &clause.label),
            title: clause.map_or("", |clause| &clause.title),
            rule: &rule.text,
            line: rule.position.line,
            column: rule.position.column,
            absolute: clause.is_some_and(|clause| clause.absolute),
        }
    }

    pub(super) fn because<'c>(&'c self, rule: &'c Rule) -> Option<Text<'c>> {
        let clause = self.image.clauses.get(rule.clause as usize);
        let own = rule.because.as_deref().or_else(|| clause.and_then(|clause| clause.because.as_deref()));
        own.map(Text::Borrowed)
    }

    pub(super) fn ask<'c>(&'c self, rule: &'c Rule) -> Option<Text<'c>> {
        let clause = self.image.clauses.get(rule.clause as usize);
        let own = rule.ask.as_deref().or_else(|| clause.and_then(|clause| clause.ask.as_deref()));
        own.map(Text::Borrowed)
    }

    fn interpretations(&self, rules: &[usize]) -> Vec<InterpretationLoan<'_>> {
        let mut found: Vec<InterpretationLoan<'_>> = Vec::with_capacity(rules.len().min(8));
        for rule in rules.iter().filter_map(|index| self.image.rules.get(*index)) {
            let clause = self.image.clauses.get(rule.clause as usize);
            let label = clause.map_or("", |clause| clause.label.as_str());
            let own = [clause.and_then(|clause| clause.because.as_deref()), rule.because.as_deref()];
            for text in own.into_iter().flatten() {
                if !found.iter().any(|note| note.clause == label && note.text == text) {
                    found.push(InterpretationLoan { clause: label, text });
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
fn named(message: &str, items: &[Text<'_>]) -> String {
    let several;
    let names = match items {
        [one] => &**one,
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
fn listed(items: &[Text<'_>]) -> String {
    match items {
        [first, second, third, rest @ ..] if !rest.is_empty() => {
            format!("{first}, {second}, {third} and {} more", rest.len())
        }
        _ => items.join(", "),
    }
}

fn summary(covered: &[CoverDraft<'_>], reasons: &[ReasonDraft<'_>], duties: usize) -> String {
    let message = reasons.first().map_or("", |first| &first.message);
    let mut text = String::with_capacity(message.len() + 64);
    let mut put = |parts: &[&str]| parts.iter().for_each(|part| text.push_str(part));
    if !reasons.is_empty() {
        put(&["paused: ", message]);
        match reasons.len() - 1 {
            0 => {}
            1 => put(&["; and 1 further reason"]),
            further => put(&["; and ", &further.to_string(), " further reasons"]),
        }
        return text;
    }
    let clauses = || covered.chunk_by(|one, next| one.citation.clause == next.citation.clause).filter_map(<[_]>::first);
    put(&[if clauses().nth(1).is_none() { "allowed by clause " } else { "allowed by clauses " }]);
    for (index, cover) in clauses().enumerate() {
        put(&[if index == 0 { "" } else { ", " }, cover.citation.clause]);
    }
    match duties {
        0 => {}
        1 => put(&["; 1 duty"]),
        several => put(&["; ", &several.to_string(), " duties"]),
    }
    text
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

impl<'c, 'a> Explainer<'c, 'a> {
    pub(super) fn of(checker: &'c NativeChecker, input: &'a Input<'a>, points: Points<'a>) -> Self {
        let (lifted, lifting) = (BTreeSet::new(), BTreeSet::new());
        Explainer { checker, input, points, questions: Questions::default(), days: Vec::new(), lifted, lifting }
    }

    /// The reasons that faults amount to, each with where it comes from; those alike are one, of several points.
    fn reasons(&mut self, faults: &[Fault]) -> (Vec<Source>, Vec<ReasonDraft<'c>>) {
        let mut sources: Vec<Source> = Vec::with_capacity(faults.len());
        let mut reasons: Vec<ReasonDraft<'c>> = Vec::with_capacity(faults.len().min(8));
        // Those of the source at hand, by kind and message. Faults of one source follow each other.
        let mut known: Vec<usize> = Vec::new();
        for fault in faults {
            let Some(reason) = self.reason(fault) else { continue };
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
                reason.message = named(&reason.message, &reason.items).into();
            }
        }
        (sources, reasons)
    }

    fn reason(&mut self, fault: &Fault) -> Option<ReasonDraft<'c>> {
        let image = &self.checker.image;
        let mut reason = ReasonDraft {
            points: Many::One(fault.at),
            items: Many::One(self.item_name(fault.at)),
            ..ReasonDraft::of(Kind::FactMissing, Text::Borrowed(""))
        };
        match fault.source {
            Source::InForce(layer) => {
                let layer = image.layers.get(layer)?;
                let policy = self.layer_name(&layer.name);
                reason.kind = Kind::NotInForce;
                let bound = spanned(&layer.in_force);
                let day = self.points.get(&fault.at).and_then(Point::today);
                reason.message = match day {
                    Some(day) => format!("{policy} is in force {bound}, and the operation is on {day}").into(),
                    None => {
                        self.ask_time();
                        format!("{policy} is in force {bound}, and the operation states no time").into()
                    }
                };
                reason.lapses = layer
                    .in_force
                    .from
                    .filter(|from| day.is_some_and(|day| day < *from))
                    .map(|from| from.plus_days(-1).to_string().into());
            }
            Source::Applies(layer) => {
                let layer = image.layers.get(layer)?;
                let guard = layer.applies.as_ref()?;
                let policy = self.layer_name(&layer.name);
                reason.kind = Kind::OutOfScope;
                reason.condition = Some(Text::Borrowed(&guard.text));
                reason.ask = guard.ask.as_deref().map(Text::Borrowed);
                if fault.met == Truth::Unknown {
                    self.causes(fault.at, guard.condition);
                    reason.message =
                        format!("no policy covers this unless {}, and that isn't settled", guard.text).into();
                } else {
                    reason.message = format!("no policy covers this: {policy} applies only when {}", guard.text).into();
                }
            }
            Source::Strange(index) => {
                let strange = self.input.strange.get(index)?;
                reason.kind = Kind::UnknownTerm;
                let near = strange.nearest.as_ref().map_or_else(
                    || ", and none is near it; declare it, or use a declared one".into(),
                    |near| format!("; did you mean `{near}`?"),
                );
                reason.message = format!("`{}` is no declared word of {}{near}", strange.word, strange.of).into();
                reason.findings.push(FindingDraft {
                    path: strange.path.clone().into(),
                    told: Some(strange.word.clone().into()),
                    rule: strange.of.clone().into(),
                });
                if strange.item.is_none() {
                    reason.items = Many::None;
                }
            }
            Source::Cover => self.not_covered(fault.at, &mut reason),
            Source::Rule(index) => {
                let rule = image.rules.get(index)?;
                reason.citation = Some(self.checker.citation(rule));
                reason.because = self.checker.because(rule);
                reason.ask = self.checker.ask(rule);
                self.broken(fault, rule, &mut reason);
                self.ask_waivers(fault.at, rule.clause);
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
            let items: Vec<Text<'_>> = items.iter().map(|item| (*item).into()).collect();
            named(message, &items)
        };
        assert_eq!(named("a \u{1} b", &["raw ip"]), "a raw ip b");
        assert_eq!(named("\u{1}, \u{1}", &["c", "d"]), "c, d, c, d");
        assert_eq!(named("none", &["c"]), "none");
    }

    #[test]
    fn three_items_are_named() {
        let listed = |count: usize| {
            let names: Vec<Text<'_>> =
                ["a", "b", "c", "d", "e"].iter().take(count).map(|name| (*name).into()).collect();
            listed(&names)
        };
        assert_eq!((listed(1).as_str(), listed(3).as_str()), ("a", "a, b, c"));
        assert_eq!((listed(4).as_str(), listed(5).as_str()), ("a, b, c and 1 more", "a, b, c and 2 more"));
    }
}
