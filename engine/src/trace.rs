//! How a decision came about: at each point, what each rule looked at and what it made of it.

use alloc::string::String;
use alloc::vec::Vec;

use crate::decision::{Citation, PolicyRef, Verdict};
use crate::json::{record, words};
use crate::truth::Truth;

words! {
    /// What a rule does.
    pub enum Verb {
        /// It covers what is in its scope.
        Allow = "allow",
        /// It pauses it.
        Forbid = "forbid",
        /// It pauses it until its demands are met.
        Require = "require",
        /// It bounds how long data is held.
        Keep = "keep",
        /// It yields a duty.
        Owe = "owe",
        /// It lifts clauses.
        Waive = "waive",
    }
}

words! {
    /// What a rule comes to at a point.
    pub enum Outcome {
        /// An instruction covers it.
        Covers = "covers",
        /// It pauses it.
        Pauses = "pauses",
        /// It would pause it, and an exception lifts it.
        Lifted = "lifted",
        /// It asks for something, and that is so.
        Obeyed = "obeyed",
        /// A duty arises, or may arise.
        Owed = "owed",
        /// An exception lifts clauses.
        Lifts = "lifts",
        /// An instruction or an exception that may apply; that isn't enough.
        Unsettled = "unsettled",
        /// The rule doesn't look at it.
        OutOfScope = "out_of_scope",
    }
}

record! {
    /// Something that a rule tests, with its truth.
    pub struct PartTrace {
        /// As the policy writes it; an aspect of a bound in words.
        pub text: String,
        /// Whether it is so.
        pub truth: Truth,
        /// The values that decided it.
        pub told: Vec<Told>,
        /// What it is made of, where it is more than one test.
        pub parts: Vec<PartTrace>,
    }
}

record! {
    /// A value that a test looked at.
    pub struct Told {
        /// Its path in the operation, as in `data[0]`, or its name in the policy.
        pub path: String,
        /// The value; null where it isn't known.
        pub value: Option<String>,
    }
}

record! {
    /// A rule at a point.
    pub struct RuleTrace {
        /// The clause and rule.
        pub citation: Citation,
        /// Its verb.
        pub verb: Verb,
        /// Whether its scope covers the point.
        pub scope: Truth,
        /// The parts of its scope, those of its clause first.
        pub parts: Vec<PartTrace>,
        /// What it asks for, where its scope may cover the point: demands, or a bound with its aspects.
        pub asks: Vec<PartTrace>,
        /// What it comes to.
        pub outcome: Outcome,
        /// The same in words.
        pub text: String,
    }
}

record! {
    /// The instruction that has the least to settle before it covers a point.
    pub struct Nearest {
        /// The clause and rule.
        pub citation: Citation,
        /// The parts that don't certainly match.
        pub apart: Vec<PartTrace>,
    }
}

record! {
    /// One point of an operation.
    pub struct PointTrace {
        /// The indices of item, subject, purpose, leg and origin.
        pub at: [u32; 5],
        /// Whether anything stands against it.
        pub verdict: Verdict,
        /// What the operation says there.
        pub told: Vec<Told>,
        /// What the layers stand under: their time in force, and when they apply.
        pub guards: Vec<PartTrace>,
        /// Words that the vocabulary doesn't have.
        pub strange: Vec<Told>,
        /// Every rule, in the order of the policy; none where a guard isn't certainly true.
        pub rules: Vec<RuleTrace>,
        /// The nearest instruction, where none covers the point.
        pub nearest: Option<Nearest>,
    }
}

record! {
    /// How the decision on an operation came about. A view: nothing is decided by it.
    pub struct Trace {
        /// Allow or pause.
        pub verdict: Verdict,
        /// The policy that decided.
        pub policy: PolicyRef,
        /// The time of the operation.
        pub time: Option<String>,
        /// Every point, items first.
        pub points: Vec<PointTrace>,
    }
}

impl Trace {
    /// The trace as one line of JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut text = String::new();
        crate::json::ToJson::write_json(self, &mut text);
        text
    }
}
