#![allow(clippy::indexing_slicing, reason = "a test may fail loudly")]
//! The reference evaluator: what a policy decides, written only to be obviously right.
//!
//! It reads beside sections 2 to 5 of the language's specification, over the typed policy and not over the image, and
//! shares no algorithm with the engine: it has no indexes, and tries out what it has to know. The engine is tested
//! against it (law 7).
//!
//! ```text
//! given      section 3: what an operation tells, and what makes it malformed
//! terms      sections 2 and 4: words and what lies below them
//! calendar   section 4: days, and lengths of time
//! value      section 4: values, and tables
//! condition  section 4: comparisons
//! scope      sections 1 to 3: the phrase, what is implied, contained, in place and authorised
//! keep       section 5: bounds on how long data is held, and duties
//! judge      section 5: what stands against each point, and the decision
//! words      section 5: its sentences
//! ```

mod calendar;
mod condition;
mod given;
mod judge;
mod keep;
mod scope;
mod terms;
mod value;
mod words;

use abey_engine::decision::{Decision, PolicyRef};
use abey_engine::{Malformed, Operation};
use abey_lang::model::{Facet, Policy};

use given::{Given, Word};
use terms::Words;

/// A policy, ready to decide by the specification alone.
pub struct Reference<'p> {
    policy: &'p Policy,
    words: Vec<Words>,
}

impl<'p> Reference<'p> {
    /// A policy as it is; its settings are those it holds.
    #[must_use]
    pub fn of(policy: &'p Policy) -> Self {
        let words = policy.terms.iter().map(|terms| Words::of(terms)).collect();
        Reference { policy, words }
    }

    /// Decides an operation, with no questions and no remedies; `about` is cited as the policy that decided.
    ///
    /// # Errors
    /// What makes the operation malformed.
    pub fn decide(&self, operation: &Operation, about: &PolicyRef) -> Result<Decision, Malformed> {
        let given = Given::read(self, operation)?;
        Ok(judge::decision(self, &given, about))
    }

    fn words(&self, facet: Facet) -> &Words {
        &self.words[facet as usize]
    }
}

/// One point of an operation: one data item, subject, purpose, leg and origin (section 3).
#[derive(Clone, Copy)]
struct At<'a> {
    of: &'a Reference<'a>,
    given: &'a Given,
    /// The indices of item, subject, purpose, leg and origin.
    at: [usize; 5],
}
