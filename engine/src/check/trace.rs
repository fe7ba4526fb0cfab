//! A trace: what each rule looked at, point by point. It reads the truths that the judge reads, and
//! takes what pauses from the judge's own findings; it decides nothing.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::NativeChecker;
use super::explain::{Explainer, Points, spanned};
use super::judge::{Findings, Hit, Source, in_force};
use super::point::{Indices, Point, Sight, points};
use crate::decision::{Citation, DutyState, Verdict};
use crate::image::{Condition, Effect, List, Means, Part, Pick, Rule, Scope, Slot};
use crate::json::{Drafted, Malformed, Text};
use crate::operation::Operation;
use crate::trace::{Nearest, Outcome, PartTrace, PointTrace, RuleTrace, Told, Trace, Verb};
use crate::truth::Truth;

impl NativeChecker {
    /// How the decision on an operation comes about.
    ///
    /// O(points × (rules × parts + nodes of their conditions)), in time and in what it returns.
    ///
    /// # Errors
    /// When the operation isn't well-formed.
    pub fn trace(&self, operation: &Operation) -> Result<Trace, Malformed> {
        let input = self.intern(operation)?;
        let found = self.judge(&input);
        let all = points(self, &input);
        let order: Vec<Indices> = all.iter().map(|point| point.at).collect();
        let teller = Explainer::of(self, &input, Points(all));
        let wrong = found.wrong();
        let traced =
            |at: Indices| Some(Tracer { point: teller.points.get(&at)?, teller: &teller }.point(&found, &wrong));
        Ok(Trace {
            verdict: verdict(found.faults.is_empty()),
            policy: self.policy(),
            time: operation.time.map(|time| time.to_string()),
            points: order.into_iter().filter_map(traced).collect(),
        })
    }
}

fn verdict(allowed: bool) -> Verdict {
    if allowed { Verdict::Allow } else { Verdict::Pause }
}

pub(super) fn told<'w>(path: impl Into<String>, value: Option<impl Into<Text<'w>>>) -> Told {
    Told { path: path.into(), value: value.map(|value| value.into().into_owned()) }
}

/// Tells of one point.
pub(super) struct Tracer<'t, 'a> {
    pub teller: &'t Explainer<'t, 'a>,
    pub point: &'t Point<'a>,
}

impl Tracer<'_, '_> {
    fn point(&self, found: &Findings, wrong: &[(Source, Indices)]) -> PointTrace {
        let (point, checker) = (self.point, self.teller.checker);
        let at = point.at;
        let guards = self.guards();
        let reached = guards.iter().all(|guard| guard.truth.is_true());
        let rules = if reached { checker.image.rules.as_slice() } else { &[] };
        let rules = rules.iter().enumerate();
        let nearest = point.nearest().filter(|_| wrong.binary_search(&(Source::Cover, at)).is_ok());
        let nearest = nearest.and_then(|index| checker.image.rules.get(index)).map(|rule| Nearest {
            citation: Citation::of_draft(checker.citation(rule)),
            apart: point
                .unmet(&rule.parts, Sight::Named)
                .into_iter()
                .map(|(part, _)| self.part(part, Sight::Named))
                .collect(),
        });
        let strange = point.input.strange.iter();
        let strange = strange.filter(|strange| strange.item.is_none_or(|item| item == at[0] as usize));
        PointTrace {
            at,
            verdict: verdict(!wrong.iter().any(|(_, wrong)| *wrong == at)),
            told: self.words(),
            strange: strange.map(|strange| told(&strange.path, Some(strange.word.clone()))).collect(),
            rules: rules.map(|(index, rule)| self.rule(index, rule, found, wrong)).collect(),
            guards,
            nearest,
        }
    }

    /// What the point says, slot by slot, where it says something.
    fn words(&self) -> Vec<Told> {
        let at = self.point.at;
        let slots = Slot::ALL.iter().map(|slot| self.slot(*slot));
        let mut words: Vec<Told> = slots.filter(|told| told.value.is_some()).collect();
        words.insert(words.len().min(1), self.item());
        if let Some(measures) = self.teller.measures_told(at) {
            words.push(told("measures", Some(measures)));
        }
        words
    }

    fn guards(&self) -> Vec<PartTrace> {
        let mut guards = Vec::new();
        for layer in &self.teller.checker.image.layers {
            let span = spanned(&layer.in_force);
            if !span.is_empty() {
                let (text, truth) = (format!("in force {span}"), in_force(layer, self.point));
                guards.push(PartTrace { text, truth, told: Vec::from([self.time()]), parts: Vec::new() });
            }
            if let Some(guard) = &layer.applies {
                let truth = self.point.condition(guard.condition);
                guards.push(self.conditional(format!("applies when {}", guard.text), truth, guard.condition));
            }
        }
        guards
    }

    fn rule(&self, index: usize, rule: &Rule, found: &Findings, wrong: &[(Source, Indices)]) -> RuleTrace {
        let (point, checker) = (self.point, self.teller.checker);
        let (verb, sight) = match &rule.effect {
            Effect::Allow(_) => (Verb::Allow, Sight::Named),
            Effect::Waive(_) => (Verb::Waive, Sight::Named),
            Effect::Forbid => (Verb::Forbid, Sight::Implied),
            Effect::Require(_) => (Verb::Require, Sight::Implied),
            Effect::Keep(_) => (Verb::Keep, Sight::Implied),
            Effect::Owe(_) => (Verb::Owe, Sight::Implied),
        };
        let scope = point.scope(&rule.parts, sight);
        let parts = rule.parts.iter().map(|part| self.part(part, sight)).collect();
        let asks = if scope.is_false() { Vec::new() } else { self.asks(&rule.effect) };
        let pauses = wrong.binary_search(&(Source::Rule(index), point.at)).is_ok();
        let clause =
            |clause: u32| checker.image.clauses.get(clause as usize).map_or("", |clause| clause.label.as_str());
        let (outcome, text) = match &rule.effect {
            _ if scope.is_false() => (Outcome::OutOfScope, "doesn't apply".into()),
            Effect::Allow(_) if scope.is_true() => (Outcome::Covers, "covers it".into()),
            Effect::Allow(_) => (Outcome::Unsettled, "may cover it".into()),
            Effect::Waive(clauses) => {
                let labels: Vec<&str> = clauses.iter().map(|label| clause(*label)).collect();
                let labels = labels.join(", ");
                if scope.is_true() {
                    (Outcome::Lifts, format!("lifts clause {labels}"))
                } else {
                    (Outcome::Unsettled, format!("may lift clause {labels}, which isn't enough"))
                }
            }
            Effect::Owe(owe) => {
                let hit = found.duties.iter().find(|hit| hit.rule == index && hit.at == point.at);
                (Outcome::Owed, hit.and_then(|hit| self.duty(hit)).unwrap_or_else(|| owe.duty.as_str().into()))
            }
            Effect::Forbid | Effect::Require(_) | Effect::Keep(_) if pauses => {
                // Of a bound, the aspects that aren't kept.
                let asked: Vec<&PartTrace> = match &rule.effect {
                    Effect::Keep(_) => asks.iter().flat_map(|ask| &ask.parts).collect(),
                    _ => asks.iter().collect(),
                };
                let unmet: Vec<&str> =
                    asked.iter().filter(|ask| !ask.truth.is_true()).map(|ask| ask.text.as_str()).collect();
                let text = match (&rule.effect, scope.is_true()) {
                    (Effect::Forbid, true) => "forbids it".into(),
                    (Effect::Forbid, false) => "may forbid it".into(),
                    (_, true) => format!("asks for {}", unmet.join(", ")),
                    (_, false) => format!("may ask for {}", unmet.join(", ")),
                };
                let open = if point.met(&rule.effect).0.is_false() { "" } else { ", and that isn't settled" };
                (Outcome::Pauses, format!("{text}{open}"))
            }
            Effect::Forbid | Effect::Require(_) | Effect::Keep(_) => {
                let lifted = checker.waived(point).get(rule.clause).and_then(|waiver| checker.image.rules.get(waiver));
                match lifted.filter(|_| !point.met(&rule.effect).0.is_true()) {
                    Some(waiver) => (Outcome::Lifted, format!("lifted by clause {}", clause(waiver.clause))),
                    None => (Outcome::Obeyed, "obeyed".into()),
                }
            }
        };
        RuleTrace { citation: Citation::of_draft(checker.citation(rule)), verb, scope, parts, asks, outcome, text }
    }

    fn duty(&self, hit: &Hit) -> Option<String> {
        let duty = self.teller.duty(hit)?;
        let state = match (duty.state, &duty.due) {
            (DutyState::Due, Some(due)) => format!("due by {due}"),
            (DutyState::Due | DutyState::Possible, None) => format!("{}, {}", duty.state.word(), duty.clock),
            (_, Some(due)) => format!("{} by {due}", duty.state.word()),
            (state, None) => state.word().into(),
        };
        Some(format!("{}: {state}", duty.duty))
    }

    /// What a rule asks for, each with its truth.
    fn asks(&self, effect: &Effect) -> Vec<PartTrace> {
        match effect {
            Effect::Require(demands) => demands
                .iter()
                .map(|demand| {
                    let text = demand.text.as_str().into();
                    let truth = self.point.demand(demand);
                    match &*demand.any {
                        [Means::Condition(condition)] => self.conditional(text, truth, *condition),
                        means => {
                            let mut values = Vec::new();
                            means.iter().for_each(|means| self.means(means, &mut values));
                            PartTrace { text, truth, told: values, parts: Vec::new() }
                        }
                    }
                })
                .collect(),
            Effect::Keep(keep) => {
                let held = self.point.held(keep);
                let aspect = |text: &str, truth, told| PartTrace { text: text.into(), truth, told, parts: Vec::new() };
                let mut planned = Vec::from([told("retention", self.teller.retention_told())]);
                for value in [keep.at_least, keep.at_most, keep.after, keep.until].into_iter().flatten() {
                    self.values(value, &mut planned);
                }
                let collected = || self.collected();
                let expiry = Vec::from([self.time(), collected(), told("last day", self.spell(&held.last))]);
                let first = Vec::from([self.time(), collected(), told("first day", self.spell(&held.first))]);
                let mut aspects = Vec::from([
                    aspect("a plan within the bound", held.planned, planned),
                    aspect("data that isn't past its bound", held.unexpired, expiry),
                ]);
                if keep.at_least.is_some() {
                    aspects.push(aspect("no disposal before its time", held.ripe, first));
                }
                let (text, truth) = (keep.text.as_str().into(), held.truth());
                Vec::from([PartTrace { text, truth, told: Vec::new(), parts: aspects }])
            }
            _ => Vec::new(),
        }
    }

    fn means(&self, means: &Means, found: &mut Vec<Told>) {
        let at = self.point.at;
        let one = match means {
            Means::Measure(_) => told("measures", self.teller.measures_told(at)),
            Means::Form(_) => self.form(),
            Means::Basis(_) => self.slot(Slot::Basis),
            Means::Condition(condition) => return self.leaves(*condition, &mut |_, values| found.extend(values)),
        };
        if !found.contains(&one) {
            found.push(one);
        }
    }

    fn part(&self, part: &Part, sight: Sight) -> PartTrace {
        let truth = self.point.part(&part.scope, sight);
        let mut values = match &part.scope {
            Scope::Slot((slot, _)) => Vec::from([self.slot(*slot)]),
            Scope::Data(_) => Vec::from([self.item()]),
            Scope::Measures(_) => Vec::from([told("measures", self.teller.measures_told(self.point.at))]),
            Scope::When(condition) | Scope::Unless(condition) => {
                return self.conditional(part.text.as_str().into(), truth, *condition);
            }
        };
        if let Scope::Slot((slot, List::These(picks) | List::AnyExcept(picks))) = &part.scope {
            if *slot == Slot::Action && truth != self.point.part(&part.scope, Sight::Named) {
                // What the action implies turns on where the data goes.
                values.extend([Slot::Recipient, Slot::Place, Slot::Origin].map(|slot| self.slot(slot)));
            }
            if picks.contains(&Pick::Authorised) {
                values.push(self.authorised());
            }
        }
        PartTrace { text: part.text.as_str().into(), truth, told: values, parts: Vec::new() }
    }

    /// A condition: its values where it is a single test, else test by test.
    fn conditional(&self, text: String, truth: Truth, condition: u32) -> PartTrace {
        let mut parts = Vec::new();
        self.leaves(condition, &mut |(text, truth): (String, Truth), told| {
            parts.push(PartTrace { text, truth, told, parts: Vec::new() });
        });
        match parts.as_mut_slice() {
            [only] => PartTrace { text, truth, told: core::mem::take(&mut only.told), parts: Vec::new() },
            _ => PartTrace { text, truth, told: Vec::new(), parts },
        }
    }

    /// Every test of a condition, with the values that it looks at.
    fn leaves(&self, condition: u32, found: &mut dyn FnMut((String, Truth), Vec<Told>)) {
        match self.teller.checker.image.conditions.get(condition as usize) {
            Some(Condition::All(of) | Condition::Any(of)) => of.iter().for_each(|part| self.leaves(*part, found)),
            Some(Condition::Not(of)) => self.leaves(*of, found),
            Some(Condition::Test(test)) => {
                let mut values = Vec::new();
                self.values(test.left, &mut values);
                test.right.iter().for_each(|value| self.values(*value, &mut values));
                found((test.text.as_str().into(), self.point.test(test)), values);
            }
            Some(Condition::Authorised) => {
                let values = [Slot::Recipient, Slot::Place, Slot::Purpose].map(|slot| self.slot(slot));
                found(("recipient is authorised".into(), self.point.authorised()), Vec::from(values));
            }
            None => {}
        }
    }
}
