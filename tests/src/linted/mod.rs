//! What the lints say of a small policy, compared with what the reference evaluator decides of its operations.
//!
//! What a lint could say is a claim: that no operation of some kind exists, or that one does. An operation of the kind
//! refutes the one where it is told of, and the other where it isn't. Where all operations were enumerated and none is
//! of the kind, the first should have been told of.

mod claims;
mod open;

use std::collections::{BTreeMap, BTreeSet};

use abey::Operation;
use abey::decision::PolicyRef;
use abey_lang::Compiled;
use abey_lang::lints::{Finding, lint};
use abey_lang::model::{Clause, Effect, Policy, Rule};

use crate::alone::{Asked, Place, Ready};
use crate::tried::Counts;

/// A test of what is so of an operation.
type Test = Box<dyn Fn(&Seen<'_>) -> bool>;

/// What is so of one operation: the answers to all questions.
pub(crate) struct Seen<'a> {
    answers: Vec<bool>,
    operation: &'a Operation,
}

impl Seen<'_> {
    fn is(&self, question: usize) -> bool {
        self.answers.get(question).copied().unwrap_or(false)
    }
}

/// Something that a lint could say.
struct Claim {
    lint: &'static str,
    /// What it says, and of what.
    what: String,
    /// Whether it does.
    told: bool,
    /// Whether it says that there is a witness; else, that there is none.
    shows: bool,
    /// The operation that it shows, as an example says it.
    example: Option<String>,
    /// What operations it speaks of: each of these must have been seen before silence says anything.
    lies: Vec<Test>,
    /// What speaks against it, or for it where it shows something.
    witness: Test,
}

/// A rule, with its place.
#[derive(Clone, Copy)]
pub(crate) struct Ruled<'p> {
    place: Place,
    clause: &'p Clause,
    rule: &'p Rule,
    own: bool,
}

/// The questions and claims about a policy.
struct Board<'p> {
    policy: &'p Policy,
    rules: Vec<Ruled<'p>>,
    findings: &'p [Finding],
    asked: Vec<Asked>,
    known: BTreeMap<(&'static str, Place), usize>,
    claims: Vec<Claim>,
    used: BTreeSet<usize>,
}

impl<'p> Board<'p> {
    fn of(policy: &'p Policy, findings: &'p [Finding]) -> Self {
        let last = policy.layers.len().saturating_sub(1);
        let clauses = policy.clauses.iter().enumerate();
        let rules = clauses.flat_map(|(number, clause)| {
            let own = clause.layer == last;
            clause.rules.iter().enumerate().map(move |(index, rule)| Ruled {
                place: (number, index),
                clause,
                rule,
                own,
            })
        });
        Board {
            policy,
            rules: rules.collect(),
            findings,
            asked: Vec::new(),
            known: BTreeMap::new(),
            claims: Vec::new(),
            used: BTreeSet::new(),
        }
    }

    fn ask(&mut self, asked: Asked) -> usize {
        self.asked.push(asked);
        self.asked.len() - 1
    }

    /// A question about a rule, asked once.
    fn of_rule(&mut self, what: &'static str, place: Place, make: fn(&Policy, Place) -> Asked) -> usize {
        if let Some(known) = self.known.get(&(what, place)) {
            return *known;
        }
        let number = self.ask(make(self.policy, place));
        self.known.insert((what, place), number);
        number
    }

    /// Whether a rule's scope covers an operation for certain.
    fn sure(&mut self, place: Place) -> usize {
        self.of_rule("sure", place, Asked::covers)
    }

    /// Whether it may reach it.
    fn may(&mut self, place: Place) -> usize {
        self.of_rule("may", place, Asked::reaches)
    }

    /// Whether a rule isn't obeyed.
    fn broken(&mut self, place: Place) -> usize {
        self.of_rule("broken", place, Asked::broken)
    }

    /// Whether it stands against an operation.
    fn stands(&mut self, place: Place) -> usize {
        self.of_rule("stands", place, Asked::stands)
    }

    fn governs(&mut self) -> usize {
        self.of_rule("governs", (0, 0), |policy, _| Asked::governs(policy))
    }

    fn allows(&mut self) -> usize {
        self.of_rule("allows", (0, 0), |policy, _| Asked::allows(policy, &|_| false))
    }

    /// The places of the rules of some kind, in any layer.
    fn places(&self, kind: impl Fn(&Effect) -> bool) -> Vec<Place> {
        self.rules.iter().filter(|one| kind(&one.rule.effect)).map(|one| one.place).collect()
    }

    /// The policy's own rules.
    fn own(&self) -> Vec<Ruled<'p>> {
        self.rules.iter().filter(|one| one.own).copied().collect()
    }

    /// Whether a lint says something that fits, which is ticked off.
    fn told(&mut self, fits: impl Fn(&Finding) -> bool) -> bool {
        let found: Vec<usize> =
            self.findings.iter().enumerate().filter(|(_, one)| fits(one)).map(|(number, _)| number).collect();
        self.used.extend(&found);
        !found.is_empty()
    }
}

/// A policy, linted.
pub struct Linted {
    compiled: Compiled,
    about: PolicyRef,
    findings: Vec<Finding>,
}

impl Linted {
    /// A policy, over another where it is an agreement.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn of(source: &str, beneath: &dyn Fn(&str) -> Option<String>) -> Result<Self, String> {
        let compiled = abey_lang::compile_over(source, beneath).map_err(|faults| {
            let messages: Vec<&str> = faults.iter().map(|fault| fault.message.as_str()).collect();
            messages.join("; ")
        })?;
        let about = abey::Policy::compile_over(source, beneath).map_err(|error| error.to_string())?.about();
        let findings = lint(&compiled).map_err(|error| error.to_string())?;
        Ok(Linted { compiled, about, findings })
    }

    /// The policy.
    #[must_use]
    pub fn compiled(&self) -> &Compiled {
        &self.compiled
    }

    /// Puts operations to the policy, and compares with what the lints say; `whole` where they are all there are.
    ///
    /// # Errors
    /// The first difference.
    pub fn compared(
        &self,
        operations: impl Iterator<Item = Operation>,
        whole: bool,
        counts: &mut Counts,
    ) -> Result<(), String> {
        let mut board = Board::of(&self.compiled.policy, &self.findings);
        board.claims();
        board.open_claims();
        let unclaimed = self
            .findings
            .iter()
            .enumerate()
            .find(|(number, one)| one.lint != "promise_without_number" && !board.used.contains(number));
        if let Some((_, finding)) = unclaimed {
            return Err(format!("{} finds what no claim is about: {}", finding.lint, finding.message));
        }
        let ready: Vec<Ready<'_>> = board.asked.iter().map(Asked::ready).collect();
        let whole_policy = crate::reference::Reference::of(&self.compiled.policy);
        let mut witnesses: Vec<Option<Operation>> = board.claims.iter().map(|_| None).collect();
        let mut lies: Vec<Vec<bool>> =
            board.claims.iter().map(|claim| claim.lies.iter().map(|_| false).collect()).collect();
        for operation in operations {
            counts.add("operations");
            if whole_policy.decide(&operation, &self.about).is_err() {
                counts.add("malformed operations");
                continue;
            }
            let answers = ready.iter().map(|one| one.is(&operation, &self.about)).collect();
            let seen = Seen { answers, operation: &operation };
            for ((claim, witness), lies) in board.claims.iter().zip(&mut witnesses).zip(&mut lies) {
                claim.lies.iter().zip(lies).for_each(|(test, lies)| *lies |= test(&seen));
                if witness.is_none() && (claim.witness)(&seen) {
                    *witness = Some(operation.clone());
                }
            }
        }
        for claim in &board.claims {
            let Some(example) = &claim.example else { continue };
            let wrong = || format!("an example shows nothing: {}: {}\n{example}", claim.lint, claim.what);
            let operation = abey_lang::phrase(example, &self.compiled.image).map_err(|_| wrong())?;
            let answers = ready.iter().map(|one| one.is(&operation, &self.about)).collect();
            if !(claim.witness)(&Seen { answers, operation: &operation }) {
                return Err(wrong());
            }
            counts.add("examples");
        }
        for ((claim, witness), lies) in board.claims.iter().zip(witnesses).zip(lies) {
            self.settle(claim, witness.as_ref(), whole && lies.iter().all(|lies| *lies), counts)?;
        }
        Ok(())
    }

    /// One claim against what was seen; `spoken` where silence says something.
    fn settle(
        &self,
        claim: &Claim,
        witness: Option<&Operation>,
        spoken: bool,
        counts: &mut Counts,
    ) -> Result<(), String> {
        let count = |counts: &mut Counts, what: &str| counts.note(&format!("{}: {what}", claim.lint));
        match (claim.told, claim.shows, witness) {
            (true, false, Some(witness)) | (false, true, Some(witness)) => {
                let told = if claim.told { "told, and yet" } else { "not told, and yet" };
                let phrase = abey_lang::prove::written(witness, &[&self.compiled.image]);
                return Err(format!("{told}: {}: {}\n{phrase}", claim.lint, claim.what));
            }
            (true, ..) if witness.is_some() || !claim.shows => count(counts, "told"),
            (true, ..) => count(counts, "told, of what wasn't enumerated"),
            (false, false, None) if spoken => {
                count(counts, "not told, though none was enumerated");
            }
            (false, false, None) => count(counts, "not told, nor settled by enumeration"),
            (false, ..) => count(counts, "silent, rightly"),
        }
        Ok(())
    }
}
