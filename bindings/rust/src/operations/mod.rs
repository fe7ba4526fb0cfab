//! Generated operations of a policy, for property tests of a host.
//!
//! [`Policy::operations`] is a strategy of [proptest]. Beneath it are the parts that it is made of, for tests
//! that take their choices from elsewhere: [`Choices`], [`Aim`], and what makes and changes operations from them.

mod aim;
mod aimed;
mod changes;
mod choices;
mod described;
mod levers;
mod pulled;
mod settle;
mod smaller;
mod thresholds;
mod tree;
mod values;

pub use aim::{Aim, word};
pub use aimed::aimed;
pub use changes::{change, drop_one, misspell};
pub use choices::Choices;
pub use thresholds::{Thresholds, date, duration};
pub use tree::OperationTree;
pub use values::fact_value;

use std::fmt;
use std::sync::{Arc, OnceLock};

use proptest::strategy::{NewTree, Strategy, ValueTree};
use proptest::test_runner::{Reason, TestRunner};

use crate::decision::Decision;
use crate::{Operation, Policy, Verdict};
use settle::Search;

/// How many allowed operations are searched for with each instruction; others are varied from them.
const SEEDS: usize = 3;
/// How many instructions are tried for one operation, before it is said that there is none.
const INSTRUCTIONS: usize = 64;
/// How often an operation is made until one is wanted.
const TRIES: usize = 32;

impl Policy {
    /// A strategy for the operations of the policy, for property tests with [proptest].
    ///
    /// As it is, it yields operations of every kind: what the rules speak of, allowed ones, near misses, values at and
    /// beside every threshold, things left unsaid, now and then a word that nobody declared. All of them are well-formed.
    /// [`Operations::allowed`], [`Operations::near_misses`] and [`Operations::fully_described`] narrow that.
    ///
    /// A value shrinks towards fewer items, fewer words and less told, and never leaves what was asked for: what is left
    /// of an allowed operation is needed for it to be allowed, or for the test to fail.
    ///
    /// A support tool builds an operation from what an agent asks for, and processes only what is allowed:
    ///
    /// ```
    /// use abey::{Item, Operation, Policy};
    /// use proptest::prelude::*;
    ///
    /// fn policy() -> Policy {
    ///     Policy::compile(r#"
    ///         policy desk "Support desk" version "1";
    ///         data ticket, email_address is personal_data;
    ///         purpose support; action read; measure two_factor; fact contract_ended: date;
    ///         clause "1" "Instructions" { allow read, delete of ticket, email_address for support; }
    ///         clause "2" "Access" { require two_factor for read of email_address; }
    ///         clause "3" "The end" { forbid any except delete of any when time after contract_ended; }
    ///     "#).unwrap()
    /// }
    ///
    /// struct Request { email: bool, two_factor: bool }
    ///
    /// /// What the tool asks the policy. It leaves the address out for agents who signed in with a password alone.
    /// fn operation(request: &Request) -> Operation {
    ///     let data = if request.email && request.two_factor { "email_address" } else { "ticket" };
    ///     let operation = Operation::of("read", [Item::new(data)]).purpose("support").fact("contract_ended", "none");
    ///     if request.two_factor { operation.measures(["two_factor"]) } else { operation.measures([]) }
    /// }
    ///
    /// /// What the tool does with a decision.
    /// fn process(policy: &Policy, operation: &Operation) -> Result<(), String> {
    ///     let decision = policy.check(operation);
    ///     if decision.is_allowed() { Ok(()) } else { Err(decision.summary) }
    /// }
    ///
    /// // In a file of tests, each of these is a `#[test]`.
    /// proptest! {
    ///     /// Whatever the tool builds is allowed.
    ///     fn built(email: bool, two_factor: bool) {
    ///         prop_assert_eq!(process(&policy(), &operation(&Request { email, two_factor })), Ok(()));
    ///     }
    ///
    ///     /// What isn't allowed isn't processed, however little is missing.
    ///     fn held(operation in policy().operations().near_misses()) {
    ///         prop_assert!(process(&policy(), &operation).is_err());
    ///     }
    ///
    ///     /// The address is never read without a second factor.
    ///     fn guarded(operation in policy().operations().allowed().fully_described()) {
    ///         let reads = operation.action == "read" && operation.data[0].category == "email_address";
    ///         prop_assert!(!reads || operation.measures.unwrap().contains(&"two_factor".to_string()));
    ///     }
    /// }
    /// # built(); held(); guarded();
    /// ```
    #[must_use]
    pub fn operations(&self) -> Operations {
        let search = Search::of(self.clone());
        let seeds = search.instructions.iter().map(|_| Default::default()).collect();
        Operations { found: Arc::new(Found { search, seeds }), wanted: Wanted::Any, described: false }
    }
}

/// Which operations are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    Any,
    Allowed,
    NearMisses,
}

/// An allowed operation, or what stands against the one that came nearest; searched for when it is first wanted.
type Seed = OnceLock<Result<Operation, Box<Decision>>>;

/// A policy, and the allowed operations that were found in it.
struct Found {
    search: Search,
    /// For each instruction what each search with it came to: the same in whatever order they are made.
    seeds: Vec<[Seed; SEEDS]>,
}

/// A strategy for the operations of a policy: see [`Policy::operations`]. Cheap to clone; what was found once is kept.
#[derive(Clone)]
pub struct Operations {
    found: Arc<Found>,
    wanted: Wanted,
    described: bool,
}

impl fmt::Debug for Operations {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let policy = self.found.search.policy.about();
        out.debug_struct("Operations")
            .field("policy", &policy.name)
            .field("hash", &policy.hash)
            .field("wanted", &self.wanted)
            .field("described", &self.described)
            .finish()
    }
}

impl Operations {
    /// Only operations that the policy allows. Where none is found, the test ends with what stands against the last one
    /// that was tried.
    #[must_use]
    pub fn allowed(self) -> Self {
        Operations { wanted: Wanted::Allowed, ..self }
    }

    /// Only operations that pause for one reason: allowed ones, with one change.
    #[must_use]
    pub fn near_misses(self) -> Self {
        Operations { wanted: Wanted::NearMisses, ..self }
    }

    /// Only operations of which everything is told: one item, one leg, at most one subject, purpose and origin, every part,
    /// fact and date, and each word with none below it; an action or a measure may be a general one.
    #[must_use]
    pub fn fully_described(self) -> Self {
        Operations { described: true, ..self }
    }

    /// Whether an operation is one of those wanted.
    #[must_use]
    pub fn accepts(&self, operation: &Operation) -> bool {
        let Search { policy, aim, .. } = &self.found.search;
        let wanted = match self.wanted {
            Wanted::Any => policy.verdict(operation).is_ok(),
            Wanted::Allowed => policy.verdict(operation) == Ok(Verdict::Allow),
            Wanted::NearMisses => self.found.search.is_near_miss(operation),
        };
        wanted && (!self.described || described::is_described(aim, operation))
    }

    /// An operation from choices.
    ///
    /// # Errors
    /// Why none of those wanted was found.
    pub fn make(&self, choices: &mut Choices) -> Result<Operation, String> {
        for _ in 0..TRIES {
            let mut operation = match self.wanted {
                Wanted::Allowed => self.allowed_one(choices)?,
                Wanted::NearMisses => match self.near_miss(&self.allowed_one(choices)?, choices) {
                    Some(operation) => operation,
                    None => continue,
                },
                Wanted::Any => self.any(choices),
            };
            if self.described {
                operation = described::described(&self.found.search.aim, &operation, choices);
            }
            if self.accepts(&operation) {
                return Ok(operation);
            }
        }
        let what = match self.wanted {
            Wanted::Any => "well-formed operation",
            Wanted::Allowed => "allowed operation",
            Wanted::NearMisses => "operation that pauses for one reason",
        };
        let how = if self.described { ", with everything told," } else { "" };
        Err(format!("no {what}{how} of policy `{}` was found in {TRIES} tries", self.name()))
    }

    fn name(&self) -> String {
        self.found.search.policy.about().name
    }

    /// One that is aimed at rules, allowed, or a near miss.
    fn any(&self, choices: &mut Choices) -> Operation {
        let kind = choices.below(4);
        if kind >= 2
            && let Ok(allowed) = self.allowed_one(choices)
        {
            return match kind {
                2 => allowed,
                _ => self.near_miss(&allowed, choices).unwrap_or(allowed),
            };
        }
        aimed(&self.found.search.aim, choices)
    }

    fn near_miss(&self, allowed: &Operation, choices: &mut Choices) -> Option<Operation> {
        if self.described {
            let whole = described::described(&self.found.search.aim, allowed, choices);
            return self.found.search.near_miss(&whole, TRIES, choices);
        }
        self.found.search.near_miss(allowed, TRIES, choices)
    }

    /// One that the policy allows, by some instruction: by the one chosen, or the next with which one was found.
    fn allowed_one(&self, choices: &mut Choices) -> Result<Operation, String> {
        let Found { search, seeds } = &*self.found;
        let (count, nth) = (seeds.len(), choices.below(SEEDS));
        let first = choices.below(count);
        let mut last = None;
        for index in (first..count).chain(0..first).take(INSTRUCTIONS) {
            let Some(instruction) = search.instructions.get(index).copied() else { continue };
            let Some(seed) = seeds.get(index).and_then(|own| own.get(nth)) else { continue };
            let number = (index * SEEDS + nth) as u64;
            match seed.get_or_init(|| search.allowed(instruction, &mut Choices::seeded(number))) {
                Ok(operation) => return Ok(search.varied(instruction, operation.clone(), choices)),
                Err(decision) => last = Some(decision),
            }
        }
        let name = self.name();
        let Some(decision) = last else {
            return Err(format!("policy `{name}` has no instruction: it allows nothing"));
        };
        let reasons: Vec<&str> = decision.reasons.iter().map(|reason| reason.message.as_str()).collect();
        let tried = count.min(INSTRUCTIONS);
        Err(format!(
            "no operation was found that policy `{name}` allows, by {tried} of its {count} instructions; against the last one \
             tried: {}",
            reasons.join("; ")
        ))
    }
}

impl Strategy for Operations {
    type Tree = OperationTree;
    type Value = Operation;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        let seed = proptest::num::u64::ANY.new_tree(runner)?.current();
        let operation = self.make(&mut Choices::seeded(seed)).map_err(Reason::from)?;
        Ok(OperationTree::of(self.clone(), operation))
    }
}
