//! Remedies: concrete changes of the processing, each tried before it is offered.
//!
//! A remedy changes forms, measures, retention, places and recipients; never
//! what the processing is for, whom it concerns, or a fact.

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::NativeChecker;
use super::judge::Source;
use super::point::Indices;
use crate::calendar::Duration;
use crate::decision::{Decision, Reason, Remedies, Remedy, Step};
use crate::limits;
use crate::operation::Operation;

/// What is wrong where, to see whether a change removes it.
pub(super) type Wrong = BTreeSet<(Source, Indices)>;

impl NativeChecker {
    /// Adds to a pause what would settle it.
    ///
    /// Tries at most [`limits::REMEDY_TRIALS`] changes, each for the cost of a check.
    pub(super) fn remedy(&self, operation: &Operation, decision: &mut Decision, sources: &[Source]) {
        let mut trials = limits::REMEDY_TRIALS;
        for (reason, &source) in decision.reasons.iter_mut().zip(sources) {
            if trials == 0 {
                break;
            }
            let mut cures = |steps: &[Step]| {
                let Some(left) = trials.checked_sub(1) else { return false };
                trials = left;
                let rest = self.wrong(&operation.with_steps(steps));
                rest.is_some_and(|rest| reason.points.iter().all(|at| !rest.contains(&(source, *at))))
            };
            let mut offered: Vec<Vec<Step>> = Vec::new();
            for candidate in self.candidates(operation, reason, source) {
                if offered.len() == OFFERED {
                    break;
                }
                // What does more than another one says nothing further.
                if offered.iter().any(|one| one.iter().all(|step| candidate.contains(step))) || !cures(&candidate) {
                    continue;
                }
                let candidate = fewest(candidate, &mut cures);
                offered.retain(|one| !candidate.iter().all(|step| one.contains(step)));
                offered.push(candidate);
            }
            let told = |steps: Vec<Step>| Remedy { text: described(operation, &steps), steps };
            reason.remedies = offered.into_iter().map(told).collect();
        }
        decision.remedies = self.complete(operation, &decision.reasons);
    }

    /// One remedy of each reason, together; then the fewest of these steps that allow the operation.
    fn complete(&self, operation: &Operation, reasons: &[Reason]) -> Remedies {
        let mut steps: Vec<Step> = Vec::new();
        for step in reasons.iter().filter_map(|reason| reason.remedies.first()).flat_map(|remedy| &remedy.steps) {
            if !steps.contains(step) {
                steps.push(step.clone());
            }
        }
        let allows = |steps: &[Step]| self.wrong(&operation.with_steps(steps)).is_some_and(|wrong| wrong.is_empty());
        // One remedy may settle everything, where the first of each don't go together.
        let alone = reasons.iter().flat_map(|reason| &reason.remedies).map(|remedy| &remedy.steps);
        if !allows(&steps)
            && let Some(one) = alone.take(limits::REMEDY_TRIALS).find(|one| allows(one))
        {
            steps.clone_from(one);
        }
        // To put one measure in place says nothing of the others that weren't told.
        let closes = |step: &Step| match step.path.as_str() {
            "measures" => operation.measures.is_none(),
            path => operation
                .data
                .iter()
                .enumerate()
                .any(|(index, item)| item.form.is_none() && path == format!("data[{index}].form")),
        };
        if steps.is_empty() || steps.iter().any(closes) || !allows(&steps) {
            return Remedies { complete: false, steps };
        }
        let mut trials = limits::REMEDY_TRIALS;
        let mut tried = |steps: &[Step]| {
            trials = trials.saturating_sub(1);
            trials > 0 && allows(steps)
        };
        let steps = fewest(steps, &mut tried);
        // Where the trials ran out, a smaller choice may do.
        Remedies { complete: trials > 0, steps }
    }

    /// What is wrong with an operation, and where; none where it isn't well-formed.
    pub(super) fn wrong(&self, operation: &Operation) -> Option<Wrong> {
        let input = self.intern(operation).ok()?;
        Some(self.judge(&input).faults.into_iter().map(|fault| (fault.source, fault.at)).collect())
    }
}

/// How many remedies one reason is offered.
const OFFERED: usize = 3;
/// Up to so many steps, every choice of them is tried: as many as there are trials.
const CHOICES: usize = limits::REMEDY_TRIALS.ilog2() as usize;

/// The smallest choice of steps that does what all of them do. Of more than [`CHOICES`], each is left out in turn
/// until none can be.
fn fewest(mut steps: Vec<Step>, does: &mut dyn FnMut(&[Step]) -> bool) -> Vec<Step> {
    if steps.len() > CHOICES {
        let mut index = 0;
        while index < steps.len() {
            let mut fewer = steps.clone();
            fewer.remove(index);
            if does(&fewer) {
                steps = fewer;
                index = 0;
            } else {
                index += 1;
            }
        }
        return steps;
    }
    let all = 1u32 << steps.len();
    for size in 1..steps.len() as u32 {
        for choice in (1..all).filter(|choice| choice.count_ones() == size) {
            let chosen = steps.iter().enumerate().filter(|(index, _)| choice & (1 << index) != 0);
            let chosen: Vec<Step> = chosen.map(|(_, step)| step.clone()).collect();
            if does(&chosen) {
                return chosen;
            }
        }
    }
    steps
}

/// Steps in words.
fn described(operation: &Operation, steps: &[Step]) -> String {
    let mut texts: Vec<String> = Vec::new();
    for Step { path, value, .. } in steps {
        let item = operation.data.iter().enumerate().find(|(index, _)| *path == format!("data[{index}].form"));
        let text = match (item, path.rsplit('.').next().unwrap_or(path)) {
            (Some((_, item)), _) => format!("make {} {value}", item.category),
            (None, "measures") => format!("put {value} in place"),
            (None, "place") => format!("move it to {value}"),
            (None, "recipient") => format!("use {value} as the recipient"),
            (None, _) => match Duration::parse(value) {
                Some(length) => format!("keep it {length}"),
                None => "keep it as agreed: dispose of it when the duty says".into(),
            },
        };
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    texts.join(", ")
}
