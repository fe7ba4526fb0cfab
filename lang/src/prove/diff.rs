//! What a new version of a policy changes: the operations that become allowed and those that become paused, each in a
//! phrase that encloses all that one clause changes, or the proof that there are none.

use std::rc::Rc;

use abey_engine::calendar::Date;
use abey_engine::decision::{Decision, Verdict};
use abey_engine::hierarchy::Hierarchy;
use abey_engine::image::{Effect, Image, Literal, Rule, Value};
use abey_engine::operation::Operation;
use abey_engine::{ImageError, NativeChecker};

use super::circuit::{Bit, NO};
use super::encode::{Encoded, Encoder, hierarchies};
use super::phrase::written;
use super::properties::shortened;
use super::saying::{Speaker, Spoken};
use super::search::Answer;
use super::space::{Reach, World};
use crate::image_bytes;
use crate::reads::Reads;

/// Phrases in one direction, before the rest is left unsaid.
const PHRASES: usize = 24;

/// Whether something stayed the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It was shown to.
    Shown,
    /// It didn't.
    Changed,
    /// It wasn't settled, and why.
    Unsettled(String),
}

/// What a new version changes.
#[derive(Clone, Debug)]
pub struct Difference {
    /// What becomes allowed.
    pub allowed: Vec<Change>,
    /// What becomes paused.
    pub paused: Vec<Change>,
    /// Whether there is more than is said.
    pub more: bool,
    /// Duties that come or go, for operations that are allowed.
    pub duties: Vec<DutyChange>,
    /// Whether every fully described operation gets the verdict it got.
    pub full: Kept,
    /// Whether operations that leave something open do too.
    pub partial: Kept,
}

/// Operations whose verdict changes.
#[derive(Clone, Debug)]
pub struct Change {
    /// What encloses them: every operation that changes for the same cause lies within this phrase.
    pub phrase: String,
    /// What else holds of all of them and not of operations at large, each as a condition says it.
    pub conditions: Vec<String>,
    /// One of them.
    pub operation: Operation,
    /// The same, as an example says it.
    pub example: String,
    /// What the old version decides of it.
    pub before: Decision,
    /// What the new one does.
    pub after: Decision,
}

/// A duty that comes or goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DutyChange {
    /// Whether it comes with the new version; else it goes with the old one.
    pub comes: bool,
    /// The label of its clause.
    pub clause: String,
    /// The rule, as the policy writes it.
    pub rule: String,
    /// The settings that it reads, with what they are.
    pub settings: Vec<String>,
    /// Where both versions have the rule: an operation that it comes with in the one and not in the other, as an example
    /// says it.
    pub example: Option<String>,
}

/// Compares two policies over all the words that either has. What one of them doesn't know pauses there.
///
/// Bounded by steps: each search ends at two million decisions of the solver, and 24 phrases are said in each direction.
///
/// # Errors
/// When an image isn't valid, which a compiled one is.
pub fn diff(old: &Image, new: &Image) -> Result<Difference, ImageError> {
    let checkers = [NativeChecker::load(&image_bytes(old))?, NativeChecker::load(&image_bytes(new))?];
    let images = [old, new];
    let all: Vec<Vec<Rc<Hierarchy>>> = images.iter().map(|image| hierarchies(image)).collect();
    let mut stage = Stage::new(&images, &all, &checkers, Reach::Full);
    if old.offset != new.offset {
        stage.world.vague = Some("days begin at another hour".into());
    }
    let (allowed, more_allowed, first) = stage.changes(1);
    let (paused, more_paused, second) = stage.changes(0);
    let full = match (allowed.is_empty() && paused.is_empty(), first.or(second)) {
        (false, _) => Kept::Changed,
        (true, None) => Kept::Shown,
        (true, Some(why)) => Kept::Unsettled(why),
    };
    let partial =
        if full == Kept::Shown { Stage::new(&images, &all, &checkers, Reach::Partial).same() } else { full.clone() };
    let duties = stage.duties();
    Ok(Difference { allowed, paused, more: more_allowed || more_paused, duties, full, partial })
}

struct Stage<'a> {
    images: &'a [&'a Image],
    hierarchies: &'a [Vec<Rc<Hierarchy>>],
    checkers: &'a [NativeChecker],
    world: World,
    encoded: Vec<Encoded>,
}

impl<'a> Stage<'a> {
    fn new(
        images: &'a [&'a Image],
        hierarchies: &'a [Vec<Rc<Hierarchy>>],
        checkers: &'a [NativeChecker],
        reach: Reach,
    ) -> Self {
        let mut world = World::of(images, hierarchies, reach);
        let mut encoded = Vec::new();
        for (image, hierarchies) in images.iter().zip(hierarchies) {
            let mut encoder = Encoder::new(image, hierarchies.clone(), &world);
            encoded.push(encoder.policy(image.rules.len(), &mut world));
        }
        Stage { images, hierarchies, checkers, world, encoded }
    }

    /// The bits of what one version, by its number, allows and the other doesn't.
    fn only(&mut self, version: usize) -> Bit {
        let allowed = |version: usize| self.encoded.get(version).map_or(NO, |encoded| encoded.allowed);
        let (own, other) = (allowed(version), allowed(1 - version));
        self.world.circuit.and(own, !other)
    }

    /// What one version alone allows, in phrases; whether there is more; why it isn't settled.
    ///
    /// Operations are grouped by what makes the new version decide as it does: the instruction that covers them, or
    /// what pauses them; each belongs to the first such group.
    fn changes(&mut self, version: usize) -> (Vec<Change>, bool, Option<String>) {
        let fate = self.only(version);
        let mut found: Vec<(Spoken, Operation)> = Vec::new();
        let (mut more, mut unsettled) = (false, None);
        let mut rest = vec![fate];
        let mut causes = self.causes(version).into_iter();
        loop {
            // Nothing is left, or something that no cause explains, which is said all the same.
            match self.find(version, &rest) {
                Answer::Nothing => break,
                Answer::Unsettled(why) => {
                    unsettled = Some(why);
                    break;
                }
                Answer::Found(_) => {}
            }
            if found.len() == PHRASES {
                more = true;
                break;
            }
            let Some((cause, wider)) = causes.next() else {
                more = true;
                break;
            };
            let goal: Vec<Bit> = rest.iter().copied().chain([cause]).collect();
            match self.find(version, &goal) {
                Answer::Nothing => {}
                Answer::Unsettled(why) => unsettled = Some(why),
                Answer::Found(operation) => {
                    let hull = self.world.hull(&goal);
                    let wider = self.world.wider(&wider, &hull);
                    let operation = self.simplest(version, &goal, *operation);
                    let speaker = Speaker { images: self.images, hierarchies: self.hierarchies };
                    found.push((speaker.spoken(&self.world, &hull.apart_from(&wider)), operation));
                }
            }
            rest.push(!cause);
        }
        let changes = found.into_iter().filter_map(|(spoken, operation)| {
            let decide = |version: usize| self.checkers.get(version).map(|checker| checker.check(&operation));
            Some(Change {
                phrase: spoken.phrase,
                conditions: spoken.conditions,
                example: written(&operation, self.images),
                before: decide(0)?,
                after: decide(1)?,
                operation,
            })
        });
        (changes.collect(), more, unsettled)
    }

    /// What makes the new version decide as it does, each with the wider set that it is to be told apart from: for
    /// what it alone allows, each instruction and all that the instruction covers; for what it pauses, each thing
    /// that pauses, and all that was allowed.
    fn causes(&self, version: usize) -> Vec<(Bit, Vec<Bit>)> {
        let (Some(old), Some(new), Some(image)) = (self.encoded.first(), self.encoded.get(1), self.images.get(1))
        else {
            return Vec::new();
        };
        let rules = new.rules.iter().zip(&image.rules);
        if version == 1 {
            let instructions = rules.filter(|(_, rule)| matches!(rule.effect, Effect::Allow(_)));
            return instructions.map(|(ruled, _)| (ruled.scope.sure, vec![ruled.scope.sure, new.allowed])).collect();
        }
        let held = rules.map(|(ruled, _)| ruled.pauses);
        let causes = [!new.sound, !new.governs].into_iter().chain(held).chain([!new.covered]);
        causes.filter(|bit| *bit != NO).map(|bit| (bit, vec![old.allowed])).collect()
    }

    /// An operation that one version alone allows.
    fn find(&mut self, version: usize, goal: &[Bit]) -> Answer {
        let checkers = self.checkers;
        self.world.find(goal, &mut |operation| alone(checkers, version, operation))
    }

    /// The simplest such operation, with less said where that changes no reason.
    fn simplest(&mut self, version: usize, goal: &[Bit], found: Operation) -> Operation {
        let checkers = self.checkers;
        let simple = self.world.simplest(goal, found, &mut |operation| alone(checkers, version, operation));
        let reasons = |operation: &Operation| {
            let decision = checkers.get(1 - version).map(|checker| checker.check(operation));
            let reasons = decision.into_iter().flat_map(|decision| decision.reasons);
            reasons.map(|reason| (reason.kind, reason.citation)).collect::<Vec<_>>()
        };
        let told = reasons(&simple);
        shortened(simple, &mut |operation| alone(checkers, version, operation) && reasons(operation) == told)
    }

    /// Whether both versions decide alike here.
    fn same(&mut self) -> Kept {
        for version in [1, 0] {
            let fate = self.only(version);
            match self.find(version, &[fate]) {
                Answer::Nothing => {}
                Answer::Found(_) => return Kept::Changed,
                Answer::Unsettled(why) => return Kept::Unsettled(why),
            }
        }
        Kept::Shown
    }

    /// Duties that one version yields for operations that it allows, and the other doesn't: rules that it doesn't have, and
    /// those whose scope takes other operations, since words lie elsewhere.
    fn duties(&mut self) -> Vec<DutyChange> {
        let mut found = Vec::new();
        let signs = |image: &&Image| -> Vec<Option<String>> {
            image.rules.iter().map(|rule| is_duty(rule).then(|| signed(image, rule))).collect()
        };
        let own: Vec<Vec<Option<String>>> = self.images.iter().map(signs).collect();
        for (version, image) in self.images.iter().enumerate() {
            let (Some(signs), Some(others)) = (own.get(version), own.get(1 - version)) else { continue };
            for (index, rule) in image.rules.iter().enumerate() {
                let Some(Some(sign)) = signs.get(index) else { continue };
                let same: Vec<usize> =
                    (0..).zip(others).filter(|(_, other)| other.as_ref() == Some(sign)).map(|(at, _)| at).collect();
                let change = if same.is_empty() {
                    self.comes(version, index).then_some(None)
                } else {
                    self.comes_elsewhere(version, rule, index, &same).map(Some)
                };
                let Some(example) = change else { continue };
                let clause = image.clauses.get(rule.clause as usize);
                found.push(DutyChange {
                    comes: version == 1,
                    clause: clause.map(|clause| clause.label.as_str().into()).unwrap_or_default(),
                    rule: rule.text.as_str().into(),
                    settings: settings(image, rule),
                    example,
                });
            }
        }
        found
    }

    fn may_cover(&self, version: usize, rule: usize) -> Bit {
        let ruled = self.encoded.get(version).and_then(|encoded| encoded.rules.get(rule));
        ruled.map_or(NO, |ruled| ruled.scope.may)
    }

    /// Whether a duty comes with an operation that is allowed.
    fn comes(&mut self, version: usize, rule: usize) -> bool {
        let allowed = self.encoded.get(version).map_or(NO, |encoded| encoded.allowed);
        let goal = [self.may_cover(version, rule), allowed];
        !matches!(self.world.find(&goal, &mut |_| true), Answer::Nothing)
    }

    /// An operation that both versions allow, with which a duty comes in the one alone, by none of its rules that are the same.
    fn comes_elsewhere(&mut self, version: usize, rule: &Rule, index: usize, same: &[usize]) -> Option<String> {
        let allowed = self.encoded.iter().map(|encoded| encoded.allowed);
        let others = same.iter().map(|other| !self.may_cover(1 - version, *other));
        let goal: Vec<Bit> = allowed.chain([self.may_cover(version, index)]).chain(others).collect();
        let checkers = self.checkers;
        let owes = |version: usize, operation: &Operation| {
            let decision = checkers.get(version).map(|checker| checker.check(operation));
            decision.is_some_and(|decision| decision.duties.iter().any(|duty| *duty.citation.rule == *rule.text))
        };
        let answer = self.world.find(&goal, &mut |operation| owes(version, operation) && !owes(1 - version, operation));
        match answer {
            Answer::Found(operation) => Some(written(&operation, self.images)),
            Answer::Nothing | Answer::Unsettled(_) => None,
        }
    }
}

/// Whether one version allows an operation, and the other doesn't; what it can't even read pauses there.
fn alone(checkers: &[NativeChecker], version: usize, operation: &Operation) -> bool {
    let verdict = |version: usize| checkers.get(version).and_then(|one| one.verdict(operation).ok());
    verdict(version) == Some(Verdict::Allow) && verdict(1 - version) != Some(Verdict::Allow)
}

fn is_duty(rule: &Rule) -> bool {
    matches!(rule.effect, Effect::Keep(_) | Effect::Owe(_))
}

/// What makes a duty the same in two versions: what it says, where, and what its settings are.
fn signed(image: &Image, rule: &Rule) -> String {
    let clause = image.clauses.get(rule.clause as usize).map(|clause| clause.label.as_str()).unwrap_or_default();
    let parts: Vec<&str> = rule.parts.iter().map(|part| part.text.as_str()).collect();
    format!("{clause}|{}|{}|{}", parts.join(" "), rule.text, settings(image, rule).join(", "))
}

/// The settings and tables that a duty reads, in its scope or in its bounds, each with what it is.
fn settings(image: &Image, rule: &Rule) -> Vec<String> {
    let read = Reads::of_rule(image, rule);
    let settings = read.settings.iter().filter_map(|setting| image.settings.get(*setting as usize)).map(|setting| {
        let default = setting.default.and_then(|default| image.values.get(default as usize));
        // What it stands for may be another setting, or a table.
        let is = match (&setting.given, default) {
            (Some(given), _) => said(image, given),
            (None, Some(Value::Literal(literal))) => said(image, literal),
            (None, Some(Value::Setting(other))) => {
                image.settings.get(*other as usize).map_or(String::new(), |other| other.name.clone())
            }
            (None, Some(Value::Table(table))) => {
                image.tables.get(*table as usize).map_or(String::new(), |table| table.name.clone())
            }
            (None, _) => "not set".into(),
        };
        format!("{} is {is}", setting.name)
    });
    let tables = read.tables.iter().filter_map(|table| image.tables.get(*table as usize)).map(|table| {
        let keys = |keys: &[Literal]| keys.iter().map(|key| said(image, key)).collect::<Vec<_>>().join(", ");
        let rows = table.rows.iter().map(|row| format!("{} = {}", keys(&row.keys), said(image, &row.value)));
        let otherwise = table.otherwise.iter().map(|value| format!("otherwise {}", said(image, value)));
        format!("{}: {}", table.name, rows.chain(otherwise).collect::<Vec<_>>().join("; "))
    });
    let mut all: Vec<String> = settings.chain(tables).collect();
    all.sort_unstable();
    all
}

fn said(image: &Image, literal: &Literal) -> String {
    let day = |day: &Date| day.to_string();
    match literal {
        Literal::None => "none".into(),
        Literal::Bool(value) => if *value { "yes" } else { "no" }.into(),
        Literal::Number(number) => number.to_string(),
        Literal::Duration(length) => super::phrase::length_of(*length),
        Literal::Date(date) => day(date),
        Literal::Instant(at) => at.to_string(),
        Literal::Text(text) | Literal::Choice(text) => text.clone(),
        Literal::Term((facet, term)) => image.word(*facet, *term).into(),
        Literal::Set(members) => {
            let members: Vec<String> = members.iter().map(|member| said(image, member)).collect();
            format!("({})", members.join(", "))
        }
    }
}
