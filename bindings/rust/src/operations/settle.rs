//! The search for operations that a policy allows: from what an instruction speaks of, changing what its pauses turn on.

use crate::image::{Effect, Rule, Slot};
use crate::{Decision, Leg, Malformed, Operation, Policy, Told, Verdict};
use abey_engine::Source;

use super::aimed::{item, many, part, spoken_of};
use super::changes::{change, drop_one, misspell};
use super::levers::{At, Lever, of_guards, of_rule};
use super::pulled::pulled;
use super::{Aim, Choices};

/// How many changes one search tries.
const TRIALS: usize = 1000;
/// How many of the changes made may leave as much standing against the operation as before, one after the other.
const LEVEL: usize = 20;

/// A policy, with what a search in it needs at hand.
pub(super) struct Search {
    pub policy: Policy,
    pub aim: Aim,
    /// Its instructions, by their index among the rules.
    pub instructions: Vec<usize>,
    /// What each rule looks at.
    levers: Vec<Vec<Lever>>,
    guards: Vec<Lever>,
}

impl Search {
    pub fn of(policy: Policy) -> Self {
        let aim = Aim::at(policy.tables().clone());
        let allows = |(index, rule): (usize, &Rule)| matches!(rule.effect, Effect::Allow(_)).then_some(index);
        Search {
            instructions: aim.rules.iter().enumerate().filter_map(allows).collect(),
            levers: aim.rules.iter().map(|rule| of_rule(&aim, rule)).collect(),
            guards: of_guards(&aim),
            policy,
            aim,
        }
    }

    /// An operation that an instruction speaks of and the policy allows: O([`TRIALS`]) checks.
    ///
    /// # Errors
    /// The decision on the operation that came nearest.
    pub fn allowed(&self, instruction: usize, choices: &mut Choices) -> Result<Operation, Box<Decision>> {
        let rules: Vec<&Rule> = self.aim.rules.get(instruction).into_iter().collect();
        let mut operation = spoken_of(&self.aim, &rules, choices);
        operation.data.truncate(1);
        if let Some(leg) = operation.legs.drain(..).next() {
            (operation.recipient, operation.place) = (leg.recipient, leg.place);
        }
        if self.policy.verdict(&operation).is_err() {
            // What an item states that it contains may lie outside of what its category is declared to.
            operation.data.iter_mut().for_each(|item| item.contains = None);
        }
        let mut against = self.against(instruction, &operation);
        let (mut trials, mut level) = (0, 0);
        while against.weight > 0 && trials < TRIALS {
            // Everywhere that one of the faults looks, until less stands against the operation.
            let Some((source, at)) = choices.of_list(&against.faults).copied() else { break };
            let mut beside = None;
            let levers = self.levers_of(instruction, source).iter();
            let mut tried = levers.flat_map(|lever| pulled(&self.aim, &operation, *lever, at, choices));
            let better = tried.find_map(|candidate| {
                trials += 1;
                let now = self.against(instruction, &candidate);
                if now.weight < against.weight {
                    return Some((candidate, now));
                }
                if now.weight == against.weight && (beside.is_none() || trials % 3 == 0) {
                    beside = Some((candidate, now));
                }
                None
            });
            drop(tried);
            level = if better.is_some() { 0 } else { level + 1 };
            match better.or(beside.filter(|_| level < LEVEL)) {
                Some(next) => (operation, against) = next,
                None => trials += 1,
            }
        }
        if against.weight == 0 { Ok(operation) } else { Err(Box::new(self.policy.check(&operation))) }
    }

    fn levers_of(&self, instruction: usize, source: Source) -> &[Lever] {
        let rule = match source {
            Source::InForce(_) | Source::Applies(_) | Source::Strange(_) => return &self.guards,
            Source::Cover => instruction,
            Source::Rule(rule) => rule,
        };
        self.levers.get(rule).map_or(&[], Vec::as_slice)
    }

    /// What stands against an operation that an instruction is to cover. A malformed one weighs most; then what keeps
    /// rules from being looked at; then that no instruction covers it, else the search would leave its own for what
    /// nothing forbids; then each rule at each point.
    fn against(&self, instruction: usize, operation: &Operation) -> Against {
        let Ok(faults) = self.faults(operation) else { return Against { faults: Vec::new(), weight: usize::MAX } };
        let weight = |(source, at): &(Source, At)| match source {
            Source::InForce(_) | Source::Applies(_) => 1_000_000,
            Source::Strange(_) => 100_000,
            Source::Cover => 1000 * self.apart(instruction, operation, *at).max(1),
            Source::Rule(_) => 1,
        };
        let weight = faults.iter().map(weight).sum();
        Against { faults, weight }
    }

    /// How many parts of an instruction don't certainly match a point.
    fn apart(&self, instruction: usize, operation: &Operation, at: At) -> usize {
        let Ok(trace) = self.policy.explain(operation) else { return 0 };
        let rule = trace.points.iter().find(|point| point.at == at).and_then(|point| point.rules.get(instruction));
        rule.map_or(0, |rule| rule.parts.iter().filter(|part| !part.truth.is_true()).count())
    }

    fn faults(&self, operation: &Operation) -> Result<Vec<(Source, At)>, Malformed> {
        match &self.policy.base {
            None => self.policy.checker.faults(operation),
            Some(base) => self.policy.checker.faults(&operation.clone().or_from(base.operation())),
        }
    }

    /// An allowed operation with parts changed, as long as it stays allowed: other words of the instruction, further
    /// items and purposes, boundary values where rules look, parts left unsaid.
    pub fn varied(&self, instruction: usize, operation: Operation, choices: &mut Choices) -> Operation {
        let mut operation = operation;
        for _ in 0..choices.below(12) {
            if let Some(varied) = self.variation(instruction, &operation, choices)
                && self.policy.verdict(&varied) == Ok(Verdict::Allow)
            {
                operation = varied;
            }
        }
        operation
    }

    fn variation(&self, instruction: usize, operation: &Operation, choices: &mut Choices) -> Option<Operation> {
        let aim = &self.aim;
        let rules: Vec<&Rule> = aim.rules.get(instruction).into_iter().collect();
        let mut varied = operation.clone();
        let which = choices.below(varied.data.len());
        match choices.below(10) {
            0 => varied.data.get_mut(which)?.category = item(aim, &rules, choices).category,
            1 => {
                let mut another = varied.data.get(which)?.clone();
                another.category = item(aim, &rules, choices).category;
                varied.data.push(another);
            }
            2 => varied.action = part(aim, &rules, Slot::Action, choices).value()?.clone(),
            3 => varied.purposes = many(aim, &rules, Slot::Purpose, choices),
            4 => {
                let other = many(aim, &rules, Slot::Purpose, choices);
                let (Told::Is(own), Told::Is(other)) = (&mut varied.purposes, other) else { return None };
                own.extend(other);
            }
            5 => {
                let leg = || Leg {
                    recipient: operation.recipient.clone(),
                    place: operation.place.clone(),
                    measures: Some(Vec::new()),
                };
                (varied.recipient, varied.place) = (Told::Unknown, Told::Unknown);
                varied.legs.push(leg());
                varied.legs.push(Leg { place: part(aim, &rules, Slot::Place, choices), ..leg() });
            }
            6 => drop_one(&mut varied, choices),
            7 => change(&mut varied, aim, choices),
            _ => return self.pulled(operation, choices),
        }
        Some(varied)
    }

    /// The operation with something else told where some rule looks.
    fn pulled(&self, operation: &Operation, choices: &mut Choices) -> Option<Operation> {
        let levers = choices.of_list(&self.levers).map_or(&[][..], Vec::as_slice);
        let lever = choices.of_list(if levers.is_empty() { &self.guards } else { levers })?;
        let at = [choices.below(operation.data.len()) as u32, 0, 0, 0, 0];
        let mut found = pulled(&self.aim, operation, *lever, at, choices);
        let one = choices.below(found.len());
        (one < found.len()).then(|| found.swap_remove(one))
    }

    /// An allowed operation with one change that makes it pause, for one reason; none where no change that was tried does.
    pub fn near_miss(&self, allowed: &Operation, tries: usize, choices: &mut Choices) -> Option<Operation> {
        for _ in 0..tries {
            let mut missed = allowed.clone();
            match choices.below(8) {
                0 | 1 => drop_one(&mut missed, choices),
                2 | 3 => change(&mut missed, &self.aim, choices),
                4 if choices.once_in(4) => misspell(&mut missed, choices),
                _ => missed = self.pulled(allowed, choices).unwrap_or(missed),
            }
            if self.is_near_miss(&missed) {
                return Some(missed);
            }
        }
        None
    }

    /// Whether an operation pauses for one reason only.
    pub fn is_near_miss(&self, operation: &Operation) -> bool {
        let Ok(faults) = self.faults(operation) else { return false };
        // A decision tries remedies as well: it is asked only where all faults have one source.
        let mut sources = faults.iter().map(|(source, _)| source);
        let first = sources.next();
        first.is_some()
            && sources.all(|source| Some(source) == first)
            && self.policy.decide(operation).is_ok_and(|decision| decision.reasons.len() == 1)
    }
}

/// What stands against an operation, and how much that is.
struct Against {
    faults: Vec<(Source, At)>,
    weight: usize,
}
