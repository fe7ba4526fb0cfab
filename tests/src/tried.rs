//! A policy on which the laws are tried, and what they count.

use std::collections::BTreeMap;

use abey::{Decision, Malformed, Operation, Policy, Verdict};
use abey_engine::NativeChecker;
use abey_lang::model;

use crate::made::{Made, Verb, shuffle};
use crate::reference::Reference;
use abey::operations::{Aim, Choices};

/// A policy, compiled, and read back from its image.
pub struct Tried {
    /// Its source.
    pub source: String,
    /// What it means.
    pub model: model::Policy,
    /// The checker that a host has.
    pub policy: Policy,
    /// The same from the bytes of its image.
    pub reread: Policy,
    /// The same, counting its steps.
    pub counting: NativeChecker,
    /// What operations are aimed at.
    pub aim: Aim,
}

impl Tried {
    /// A policy, over another where it is an agreement.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn over(source: &str, beneath: &dyn Fn(&str) -> Option<String>) -> Result<Self, String> {
        let refused = |error: abey::Error| format!("{error}\n{source}");
        let compiled = abey::compile_over(source, beneath).map_err(refused)?;
        let policy = Policy::compile_over(source, beneath).map_err(refused)?;
        let reread = Policy::load(policy.image()).map_err(refused)?;
        let counting = NativeChecker::load(policy.image()).map_err(|error| error.to_string())?;
        let aim = Aim::at(policy.tables().clone());
        Ok(Tried { source: source.into(), model: compiled.policy, policy, reread, counting, aim })
    }

    /// A policy that stands over no other.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn of(source: &str) -> Result<Self, String> {
        Tried::over(source, &|_| None)
    }

    /// The operations of its examples.
    #[must_use]
    pub fn examples(&self) -> Vec<Operation> {
        self.model.examples.iter().map(|example| example.operation.clone()).collect()
    }

    /// Whether it allows an operation; none where that isn't well-formed.
    #[must_use]
    pub fn allows(&self, operation: &Operation) -> Option<bool> {
        self.policy.verdict(operation).ok().map(|verdict| verdict == Verdict::Allow)
    }

    /// What the reference evaluator decides.
    ///
    /// # Errors
    /// What makes the operation malformed.
    pub fn referred(&self, operation: &Operation) -> Result<Decision, Malformed> {
        Reference::of(&self.model).decide(operation, &self.policy.about())
    }
}

/// A made policy with what the laws compare it with.
pub struct Family {
    /// The policy itself.
    pub made: Tried,
    /// Without any instruction.
    pub silent: Tried,
    /// With a further prohibition, safeguard and bound.
    pub stricter: Vec<Tried>,
    /// With a further instruction.
    pub wider: Tried,
    /// In another order.
    pub reordered: Tried,
    /// Formatted.
    pub formatted: Tried,
    /// Beneath an agreement that names nothing of it and instructs nothing.
    pub tightened: Tried,
    /// Beneath one that instructs.
    pub instructed: Tried,
    /// Beneath one that replaces, waives and sets.
    pub loosened: Tried,
}

impl Family {
    /// A policy made from choices, and its relatives.
    ///
    /// # Errors
    /// What doesn't compile, or isn't formatted; both are faults of the compiler or of the making.
    pub fn of(choices: &mut Choices) -> Result<Self, String> {
        let made = Made::policy(choices);
        let source = made.source();
        let over = |agreement: &str| Tried::over(agreement, &|_| Some(source.clone()));
        let stricter =
            [Verb::Forbid, Verb::Require, Verb::Keep].map(|verb| Tried::of(&made.with(verb, choices).source()));
        let formatted = abey::format(&source).map_err(|faults| format!("{faults:?}\n{source}"))?;
        Ok(Family {
            silent: Tried::of(&made.without(Verb::Allow).source())?,
            stricter: stricter.into_iter().collect::<Result<_, _>>()?,
            wider: Tried::of(&made.with(Verb::Allow, choices).source())?,
            reordered: Tried::of(&made.reordered(choices.clone()))?,
            formatted: Tried::of(&formatted)?,
            tightened: over(&made.further(false, choices))?,
            instructed: over(&made.further(true, choices))?,
            loosened: over(&made.loosening(choices))?,
            made: Tried::of(&source)?,
        })
    }
}

/// An operation with its lists in another order.
#[must_use]
pub fn relisted(operation: &Operation, choices: &mut Choices) -> Operation {
    let mut other = operation.clone();
    for item in &mut other.data {
        item.form.iter_mut().for_each(|list| shuffle(list, choices));
        item.contains.iter_mut().for_each(|list| shuffle(list, choices));
        shuffle(&mut item.facts, choices);
    }
    other.measures.iter_mut().for_each(|list| shuffle(list, choices));
    other.legs.iter_mut().flat_map(|leg| &mut leg.measures).for_each(|list| shuffle(list, choices));
    shuffle(&mut other.facts, choices);
    other
}

/// How often each law was tried, and had something to say.
#[derive(Clone, Debug, Default)]
pub struct Counts(pub BTreeMap<&'static str, u64>);

impl Counts {
    /// Counts one.
    pub fn add(&mut self, what: &'static str) {
        *self.0.entry(what).or_default() += 1;
    }

    /// Counts one of what is known only by now.
    pub fn note(&mut self, what: &str) {
        let known = self.0.keys().find(|known| **known == what).copied();
        // The sentences are few, and live as long as the test does.
        self.add(known.unwrap_or_else(|| Box::leak(what.to_string().into_boxed_str())));
    }

    /// How many there were.
    #[must_use]
    pub fn of(&self, what: &'static str) -> u64 {
        self.0.get(what).copied().unwrap_or(0)
    }

    /// The sum of both.
    pub fn join(&mut self, other: &Counts) {
        for (what, count) in &other.0 {
            *self.0.entry(what).or_default() += count;
        }
    }
}
