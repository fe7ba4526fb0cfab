//! The decision: a verdict, and everything that a person or a program needs to act on it.

use alloc::string::String;
use alloc::vec::Vec;

use crate::json::{Drafted, FromJson, Json, Malformed, Path, Text, ToJson, record, text_of, words};
use crate::limits;
use crate::many::Many;

words! {
    /// Whether the operation may go ahead.
    pub enum Verdict {
        /// It obeys the policy.
        Allow = "allow",
        /// It is held in abeyance until what is missing is settled.
        Pause = "pause",
    }
}

impl Verdict {
    /// Allow where it may, else pause.
    pub(crate) fn when(allowed: bool) -> Self {
        if allowed { Verdict::Allow } else { Verdict::Pause }
    }
}

words! {
    /// Why an operation pauses.
    pub enum Kind {
        /// The operation isn't well-formed.
        Malformed = "malformed",
        /// The policy isn't in force, or whether it is isn't known.
        NotInForce = "not_in_force",
        /// The policy doesn't apply, or whether it does isn't known.
        OutOfScope = "out_of_scope",
        /// A word that the vocabulary doesn't have.
        UnknownTerm = "unknown_term",
        /// No instruction covers it.
        NotCovered = "not_covered",
        /// A prohibition.
        Prohibited = "prohibited",
        /// A safeguard isn't in place.
        SafeguardMissing = "safeguard_missing",
        /// The data is, or would be, held too long or not long enough.
        Retention = "retention",
        /// A period has to run first.
        Waiting = "waiting",
        /// The terms leave this to an agreement that isn't there.
        NoAgreement = "no_agreement",
        /// What was told doesn't settle whether the rule is obeyed.
        FactMissing = "fact_missing",
    }
}

words! {
    /// Where the time of an operation was taken from.
    pub enum TimeFrom {
        /// The operation itself.
        Operation = "operation",
        /// The host, which filled it in.
        Host = "host",
        /// The clock of the machine.
        Clock = "clock",
        /// Nowhere: it has none.
        Unknown = "unknown",
    }
}

record! {
    /// The policy that decided.
    pub struct PolicyRef lent as PolicyLoan {
        /// Its name.
        pub name: String,
        /// Its title.
        pub title: String,
        /// Its version.
        pub version: String,
        /// SHA-256 of its image, in hexadecimal.
        pub hash: String,
        /// The names of its layers, the public terms first and itself last.
        pub layers: Vec<String>,
    }
}

record! {
    /// The clause that a decision cites, and the rule in it.
    pub struct Citation lent as CitationLoan {
        /// The layer that the clause stands in.
        pub layer: String,
        /// The label of the clause.
        pub clause: String,
        /// Its title.
        pub title: String,
        /// The rule, as the policy writes it.
        pub rule: String,
        /// The line of the rule in the policy's source, from 1.
        pub line: u32,
        /// Its column, in characters, from 1.
        pub column: u32,
        /// Whether no agreement may loosen the clause.
        pub absolute: bool,
    }
}

record! {
    /// A part of the operation on which a rule turned.
    pub struct Finding drafted as FindingDraft {
        /// The path in the operation, as in `data[0].form`.
        pub path: String,
        /// What the operation says there; null where it says nothing.
        pub told: Option<String>,
        /// What the rule says, in the policy's words.
        pub rule: String,
    }
}

words! {
    /// How a step changes an operation.
    pub enum Change {
        /// The value joins the set at the path.
        Add = "add",
        /// The value takes the place of what is at the path.
        Set = "set",
    }
}

record! {
    /// One change of an operation: see [`crate::Operation::with_steps`].
    pub struct Step drafted as StepDraft {
        /// The path in the operation that it changes.
        pub path: String,
        /// How.
        pub change: Change,
        /// The value to add or to set.
        pub value: String,
    }
}

record! {
    /// A concrete change of the processing, never of its purpose, its people or its facts.
    pub struct Remedy drafted as RemedyDraft {
        /// What to do, in words.
        pub text: String,
        /// The same as steps; all of them together.
        pub steps: Vec<Step>,
    }
}

record! {
    /// One reason to pause.
    pub struct Reason drafted as ReasonDraft {
        /// Its kind.
        pub kind: Kind,
        /// A sentence for a person.
        pub message: String,
        /// The clause and rule; null for what no rule says.
        pub citation: Option<Citation>,
        /// The points it holds for: the indices of item, subject, purpose, leg and origin.
        pub points: Vec<[u32; 5]>,
        /// The data items concerned.
        pub items: Vec<String>,
        /// The values concerned.
        pub findings: Vec<Finding>,
        /// The condition that decided it, as the policy writes it.
        pub condition: Option<String>,
        /// The interpretation that the author fixed.
        pub because: Option<String>,
        /// Whom to ask.
        pub ask: Option<String>,
        /// The last day on which it holds, where it lapses by itself.
        pub lapses: Option<String>,
        /// Each one settles this reason by itself.
        pub remedies: Vec<Remedy>,
    }
}

record! {
    /// A clause that covers points of an allowed operation.
    pub struct Cover drafted as CoverDraft {
        /// The clause and rule.
        pub citation: Citation,
        /// The points it covers.
        pub points: Vec<[u32; 5]>,
        /// The legal bases that the instruction states.
        pub resting_on: Vec<String>,
    }
}

words! {
    /// How firm a duty is.
    pub enum DutyState {
        /// It has a due date.
        Due = "due",
        /// Its clock hasn't started.
        Open = "open",
        /// It has no clock.
        Standing = "standing",
        /// Whether it arises, or when it is due, isn't known.
        Possible = "possible",
    }
}

record! {
    /// What is owed.
    pub struct Duty drafted as DutyDraft {
        /// The duty, in words.
        pub duty: String,
        /// How firm it is.
        pub state: DutyState,
        /// The last day, or moment, to do it.
        pub due: Option<String>,
        /// Its clock, as the policy writes it.
        pub clock: String,
        /// The clause and rule.
        pub citation: Citation,
        /// The points it arises from.
        pub points: Vec<[u32; 5]>,
        /// The data items concerned.
        pub items: Vec<String>,
    }
}

record! {
    /// An interpretation that the author fixed, where the agreement leaves room.
    pub struct Interpretation lent as InterpretationLoan {
        /// The label of the clause.
        pub clause: String,
        /// The interpretation.
        pub text: String,
    }
}

record! {
    /// Something that isn't known and could settle a reason. No promise.
    pub struct Question drafted as QuestionDraft {
        /// The path in the operation to state.
        pub path: String,
        /// What to state, in words.
        pub text: String,
    }
}

record! {
    /// Changes that together remove reasons.
    pub struct Remedies drafted as RemediesDraft {
        /// Whether making all of them allows the operation. No smaller choice of them would.
        pub complete: bool,
        /// The changes.
        pub steps: Vec<Step>,
    }
}

record! {
    /// The decision on an operation.
    ///
    /// Its JSON form has every field, in this order; the same decision is the same bytes on every target.
    pub struct Decision drafted as DecisionDraft {
        /// Allow or pause.
        pub verdict: Verdict,
        /// The decision in a sentence.
        pub summary: String,
        /// The policy that decided.
        pub policy: PolicyRef,
        /// The time of the operation.
        pub time: Option<String>,
        /// Where the time was taken from.
        pub time_from: TimeFrom,
        /// For an allow: for every point the clauses that cover it.
        pub covered: Vec<Cover>,
        /// For a pause: every reason, in the order of the policy.
        pub reasons: Vec<Reason>,
        /// What is owed with it.
        pub duties: Vec<Duty>,
        /// The interpretations it rests on.
        pub because: Vec<Interpretation>,
        /// What could be stated to settle it.
        pub questions: Vec<Question>,
        /// What could be changed to settle it.
        pub remedies: Remedies,
        /// Paths of facts that the policy doesn't declare; they counted for nothing.
        pub ignored: Vec<String>,
    }
}

impl<'a> ReasonDraft<'a> {
    /// A reason that no rule gives and that nothing settles.
    pub fn of(kind: Kind, message: Text<'a>) -> Self {
        ReasonDraft {
            kind,
            message,
            citation: None,
            points: Many::None,
            items: Many::None,
            findings: Vec::new(),
            condition: None,
            because: None,
            ask: None,
            lapses: None,
            remedies: Vec::new(),
        }
    }
}

impl<'a> DecisionDraft<'a> {
    /// A pause before any rule was looked at.
    pub fn held(policy: PolicyLoan<'a>, summary: Text<'a>, reason: ReasonDraft<'a>) -> Self {
        DecisionDraft {
            verdict: Verdict::Pause,
            summary,
            policy,
            time: None,
            time_from: TimeFrom::Unknown,
            covered: Vec::new(),
            reasons: Vec::from([reason]),
            duties: Vec::new(),
            because: Vec::new(),
            questions: Vec::new(),
            remedies: RemediesDraft { complete: false, steps: Vec::new() },
            ignored: Many::None,
        }
    }

    /// Adds the decision to a text, as one line of JSON: see [`Decision::to_json`].
    pub fn add_to(&self, out: &mut String) {
        // Most decisions fit, or nearly.
        out.reserve(2048 + 1024 * self.reasons.len());
        self.write_json(out);
    }

    /// The decision as one line of JSON.
    pub fn to_json(&self) -> String {
        let mut text = String::new();
        self.add_to(&mut text);
        text
    }
}

impl Decision {
    /// The decision of a checker that has no policy: pause.
    #[must_use]
    pub fn without_policy(message: &str) -> Self {
        let policy = PolicyLoan { name: "", title: "", version: "", hash: "", layers: &[] };
        let reason = ReasonDraft::of(Kind::NotInForce, message.into());
        Self::of_draft(DecisionDraft::held(policy, ["paused: ", message].concat().into(), reason))
    }

    /// Reads a decision from the bytes that [`Decision::to_json`] writes.
    ///
    /// # Errors
    /// The first place where they differ from the form of a decision.
    pub fn from_json(bytes: &[u8]) -> Result<Self, Malformed> {
        FromJson::from_json(Json::parse(text_of(bytes)?, limits::DECISION_NESTING)?, &Path::Root)
    }

    /// Whether the operation may go ahead.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        self.verdict == Verdict::Allow
    }

    /// The decision as one line of JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Most decisions fit, or nearly.
        let mut text = String::with_capacity(2048 + 1024 * self.reasons.len());
        self.write_json(&mut text);
        text
    }

    /// The decision as a JSON value.
    #[must_use]
    pub fn to_json_value(&self) -> crate::json::Json {
        crate::json::ToJson::to_json(self)
    }

    /// Whether some reason cites the clause.
    #[must_use]
    pub fn cites(&self, clause: &str) -> bool {
        self.reasons.iter().any(|reason| reason.citation.as_ref().is_some_and(|citation| citation.clause == clause))
    }
}
