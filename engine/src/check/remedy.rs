//! Remedies: concrete changes of the processing, each tried before it is offered.
//!
//! A remedy changes forms, measures, retention, places and recipients; never
//! what the processing is for, whom it concerns, or a fact.

use alloc::vec::Vec;

use super::NativeChecker;
use super::input::Input;
use super::judge::Source;
use super::moves::{Move, Trial};
use super::point::{Indices, Point, Sight, each};
use crate::decision::{DecisionDraft, RemediesDraft, RemedyDraft};
use crate::hierarchy::bits;
use crate::json::Text;
use crate::limits;

impl NativeChecker {
    /// Adds to a pause what would settle it.
    ///
    /// Tries at most [`limits::REMEDY_TRIALS`] changes, each for the cost of a check at most, and looks at as many exceptions.
    pub(super) fn remedy<'c>(&'c self, input: Input<'_>, decision: &mut DecisionDraft<'c>, sources: &[Source]) {
        let mut trial = Trial { checker: self, input };
        let (mut trials, mut looks) = (limits::REMEDY_TRIALS, limits::REMEDY_TRIALS);
        let mut all: Vec<Vec<Move>> = Vec::new();
        // How many remedies there are when the first of each reason is offered.
        let mut firsts: Vec<usize> = Vec::new();
        for (reason, &source) in decision.reasons.iter_mut().zip(sources) {
            if trials == 0 {
                break;
            }
            let candidates = self.candidates(&trial.input, reason, source, &mut looks);
            let mut cures = |moves: &[Move]| {
                let Some(left) = trials.checked_sub(1) else { return false };
                trials = left;
                trial.with(moves, |input| !self.stands(input, source, &reason.points)) == Some(true)
            };
            let mut offered: Vec<Vec<Move>> = Vec::new();
            for candidate in candidates {
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
            reason.remedies = offered.iter().map(|moves| self.told(&trial.input, moves)).collect();
            if !offered.is_empty() {
                firsts.push(all.len());
            }
            all.append(&mut offered);
        }
        decision.remedies = self.complete(&mut trial, &all, &firsts);
    }

    /// One remedy of each reason, together; then the fewest of these changes that allow the operation.
    fn complete<'c>(&'c self, trial: &mut Trial<'_, '_>, all: &[Vec<Move>], firsts: &[usize]) -> RemediesDraft<'c> {
        let mut moves: Vec<Move> = Vec::new();
        for one in firsts.iter().filter_map(|first| all.get(*first)).flatten() {
            if !moves.contains(one) {
                moves.push(*one);
            }
        }
        let remedies = |complete: bool, moves: &[Move]| RemediesDraft {
            complete,
            steps: moves.iter().map(|one| one.step(self)).collect(),
        };
        if moves.is_empty() {
            return remedies(false, &[]);
        }
        // To put one measure in place says nothing of the others that weren't told.
        let closes = |one: &Move, input: &Input<'_>| match one {
            Move::Measure(_) => input.shared.is_none(),
            Move::Form(index, _) => input.items.get(*index as usize).is_some_and(|item| item.form.is_none()),
            Move::Go(..) | Move::Keep(_) => false,
        };
        let allows =
            |trial: &mut Trial<'_, '_>, moves: &[Move]| trial.with(moves, |input| self.allows(input)) == Some(true);
        // One remedy may settle everything, where the first of each don't go together.
        let mut together = allows(trial, &moves);
        if !together && let Some(one) = all.iter().take(limits::REMEDY_TRIALS).find(|one| allows(trial, one)) {
            moves.clone_from(one);
            together = true;
        }
        if !together || moves.iter().any(|one| closes(one, &trial.input)) {
            return remedies(false, &moves);
        }
        let mut trials = limits::REMEDY_TRIALS;
        let mut tried = |moves: &[Move]| {
            trials = trials.saturating_sub(1);
            trials > 0 && allows(trial, moves)
        };
        let moves = fewest(moves, &mut tried);
        // Where the trials ran out, a smaller choice may do.
        remedies(trials > 0, &moves)
    }

    /// Whether a reason stands at one of its points: no instruction covers it, or it breaks the rule, or may.
    fn stands(&self, input: &Input<'_>, source: Source, points: &[Indices]) -> bool {
        !each(self, input, |point| points.binary_search(&point.at).is_err() || !self.stands_at(&point, source))
    }

    /// The same at a point, as [`NativeChecker::judge`] has it.
    fn stands_at(&self, point: &Point<'_>, source: Source) -> bool {
        if !self.governs(point) {
            return false;
        }
        match source {
            Source::Rule(index) => self.image.rules.get(index).is_some_and(|rule| {
                !point.scope(&rule.parts, Sight::Implied).is_false()
                    && !point.met(&rule.effect).0.is_true()
                    && self.waived(point).get(rule.clause).is_none()
            }),
            Source::Cover => self.index.each_word(point, |met, at, may, sure| {
                let kinds = self.index.kinds(at);
                bits(may & kinds.allow).all(|bit| {
                    let (index, is) = (at * 64 + bit, |set: u64| set >> bit & 1 != 0);
                    let certain = (is(sure), is(kinds.plain));
                    let covers = |rule| point.scope_met((index, rule), certain, Sight::Named, met).is_true();
                    !self.image.rules.get(index).is_some_and(covers)
                })
            }),
            Source::InForce(_) | Source::Applies(_) | Source::Strange(_) => true,
        }
    }

    /// A remedy in words, and as steps.
    fn told<'c>(&'c self, input: &Input<'_>, moves: &[Move]) -> RemedyDraft<'c> {
        let mut texts: Vec<Text<'c>> = Vec::with_capacity(moves.len());
        for one in moves {
            let text = one.text(self, input);
            if !texts.contains(&text) {
                texts.push(text);
            }
        }
        let text = if let [_] = texts.as_slice() { texts.pop().unwrap_or_default() } else { texts.join(", ").into() };
        RemedyDraft { text, steps: moves.iter().map(|one| one.step(self)).collect() }
    }
}

/// How many remedies one reason is offered.
const OFFERED: usize = 3;
/// Up to so many steps, every choice of them is tried: as many as there are trials.
const CHOICES: usize = limits::REMEDY_TRIALS.ilog2() as usize;

/// The smallest choice of steps that does what all of them do. Of more than [`CHOICES`], each is left out in turn
/// until none can be.
fn fewest(mut moves: Vec<Move>, does: &mut dyn FnMut(&[Move]) -> bool) -> Vec<Move> {
    if moves.len() > CHOICES {
        let mut index = 0;
        while index < moves.len() {
            let mut fewer = moves.clone();
            fewer.remove(index);
            if does(&fewer) {
                moves = fewer;
                index = 0;
            } else {
                index += 1;
            }
        }
        return moves;
    }
    let all = 1u32 << moves.len();
    for size in 1..moves.len() as u32 {
        for choice in (1..all).filter(|choice| choice.count_ones() == size) {
            let chosen = moves.iter().enumerate().filter(|(index, _)| choice & (1 << index) != 0);
            let chosen: Vec<Move> = chosen.map(|(_, one)| *one).collect();
            if does(&chosen) {
                return chosen;
            }
        }
    }
    moves
}
