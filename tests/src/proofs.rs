//! Proofs against the reference evaluator: what a property claims, decided operation by operation.

use abey::decision::{Decision, Kind, PolicyRef, Verdict};
use abey::image::{About, Base, Facet};
use abey::{Collected, FactValue, Facts, Operation, Retention, ToJson, Told};
use abey_lang::Compiled;
use abey_lang::model::{Claim, Clause, Effect, Policy, Property, Rule};
use abey_lang::prove::{Outcome, Proof, prove};

use crate::reference::Reference;
use crate::tried::Counts;
use abey::operations::{Aim, Choices, fact_value};

/// Whether an operation lies in the phrase of a property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lies {
    /// It does.
    Within,
    /// It may.
    Open,
    /// It doesn't.
    Without,
}

/// The policy of a property's phrase alone: as the one prohibition beside an instruction for everything, or, of what is
/// always allowed, as the one instruction.
fn phrase_alone(policy: &Policy, property: &Property) -> Policy {
    let mut alone = policy.clone();
    alone.clauses.iter_mut().for_each(|clause| clause.rules.clear());
    let rule =
        |effect, scope| Rule { effect, scope, because: None, ask: None, text: String::new(), span: property.span };
    let scope = property.scope.clone();
    let rules = if property.claim == Claim::Always {
        vec![rule(Effect::Allow(Vec::new()), scope)]
    } else {
        vec![rule(Effect::Allow(Vec::new()), Vec::new()), rule(Effect::Forbid, scope)]
    };
    alone.clauses.push(Clause {
        layer: 0,
        label: "phrase".into(),
        title: String::new(),
        absolute: true,
        deferred: false,
        scope: Vec::new(),
        because: None,
        ask: None,
        notes: Vec::new(),
        rules,
        span: property.span,
    });
    alone
}

/// What the properties of a policy claim.
pub struct Claims {
    compiled: Compiled,
    beneath: Vec<Option<Compiled>>,
    phrases: Vec<Policy>,
    about: PolicyRef,
}

impl Claims {
    /// Those of a policy, over another where it is an agreement.
    ///
    /// # Errors
    /// What is wrong with the policy.
    pub fn of(source: &str, beneath: &dyn Fn(&str) -> Option<String>) -> Result<Self, String> {
        let wrong = |faults: Vec<abey_lang::diagnostic::Diagnostic>| {
            let messages: Vec<String> = faults.iter().map(|fault| fault.message.clone()).collect();
            format!("{}\n{source}", messages.join("\n"))
        };
        let compiled = abey_lang::compile_over(source, beneath).map_err(wrong)?;
        let policy = &compiled.policy;
        let phrases = policy.properties.iter().map(|property| phrase_alone(policy, property)).collect();
        let layer = |property: &Property| match property.claim {
            Claim::Stricter(layer) => {
                let source = policy.layers.get(layer).map_or("", |layer| layer.source.as_str());
                abey_lang::compile_over(source, beneath).map(Some).map_err(wrong)
            }
            Claim::Never | Claim::Always => Ok(None),
        };
        let layers = policy.properties.iter().map(layer).collect::<Result<Vec<_>, _>>()?;
        let about = abey::Policy::compile_over(source, beneath).map_err(|error| error.to_string())?.about();
        Ok(Claims { compiled, beneath: layers, phrases, about })
    }

    /// The policy.
    #[must_use]
    pub fn compiled(&self) -> &Compiled {
        &self.compiled
    }

    /// What became of each.
    ///
    /// # Errors
    /// Where they can't be settled at all.
    pub fn proofs(&self, source: &str) -> Result<Vec<Proof>, String> {
        prove(&self.compiled, source).map_err(|error| error.to_string())
    }

    /// The reference evaluators of all.
    #[must_use]
    pub fn judges(&self) -> Judges<'_> {
        Judges {
            policy: Reference::of(&self.compiled.policy),
            beneath: self
                .beneath
                .iter()
                .map(|beneath| beneath.as_ref().map(|beneath| Reference::of(&beneath.policy)))
                .collect(),
            phrases: self.phrases.iter().map(Reference::of).collect(),
            properties: &self.compiled.policy.properties,
            about: &self.about,
        }
    }
}

/// The reference evaluators of a policy and of the phrases of its properties.
pub struct Judges<'c> {
    policy: Reference<'c>,
    beneath: Vec<Option<Reference<'c>>>,
    phrases: Vec<Reference<'c>>,
    properties: &'c [Property],
    about: &'c PolicyRef,
}

impl Judges<'_> {
    /// What the policy decides; none of what is malformed.
    #[must_use]
    pub fn decide(&self, operation: &Operation) -> Option<Decision> {
        self.policy.decide(operation, self.about).ok()
    }

    /// Whether an operation lies in the phrase of a property.
    fn lies(&self, property: usize, operation: &Operation) -> Option<Lies> {
        let decided = self.phrases.get(property)?.decide(operation, self.about).ok()?;
        if self.properties.get(property)?.claim == Claim::Always {
            return Some(if decided.is_allowed() { Lies::Within } else { Lies::Without });
        }
        if decided.is_allowed() {
            return Some(Lies::Without);
        }
        let open = decided.reasons.iter().any(|reason| reason.kind == Kind::FactMissing);
        Some(if open { Lies::Open } else { Lies::Within })
    }

    /// Whether a property doesn't hold of an operation, on which the policy decided so.
    ///
    /// Of a fully described operation, what may lie in the phrase of a prohibition does; of another only what does.
    #[must_use]
    pub fn violates(&self, property: usize, operation: &Operation, verdict: Verdict, full: bool) -> bool {
        let Some(claim) = self.properties.get(property).map(|property| property.claim) else { return false };
        let allowed = verdict == Verdict::Allow;
        if allowed == (claim == Claim::Always) {
            return false;
        }
        let alone = operation.retention == Retention::None
            && operation.data.iter().all(|item| item.contains.as_ref().is_some_and(Vec::is_empty));
        if claim == Claim::Always && !alone {
            return false;
        }
        let within = match self.lies(property, operation) {
            Some(Lies::Within) => true,
            Some(Lies::Open) => full,
            _ => false,
        };
        within
            && match self.beneath.get(property) {
                Some(Some(beneath)) => {
                    beneath.decide(operation, self.about).is_ok_and(|decision| !decision.is_allowed())
                }
                _ => true,
            }
    }
}

/// Whether a refutation is one: the counterexample violates the property by the reference evaluator, and its phrase
/// reads back as the same operation.
///
/// # Errors
/// What is wrong with it.
pub fn refuted(claims: &Claims, judges: &Judges<'_>, property: usize, proof: &Proof) -> Result<(), String> {
    let Outcome::Refuted(found) = &proof.outcome else { return Ok(()) };
    let operation = &found.operation;
    let told = || format!("{}\n{}\n{}", proof.text, found.phrase, operation.to_json());
    let Some(decision) = judges.decide(operation) else {
        return Err(format!("the counterexample is malformed: {}", told()));
    };
    if decision.verdict != found.decision.verdict {
        return Err(format!("the reference decides the counterexample otherwise: {}", told()));
    }
    if !judges.violates(property, operation, decision.verdict, true) {
        return Err(format!("the counterexample is none: {}", told()));
    }
    match abey_lang::phrase(&found.phrase, &claims.compiled.image) {
        Ok(read) if read == *operation => Ok(()),
        Ok(read) => Err(format!("the phrase reads as {}: {}", read.to_json(), told())),
        Err(faults) => {
            let messages: Vec<&str> = faults.iter().map(|fault| fault.message.as_str()).collect();
            Err(format!("the phrase doesn't read: {}: {}", messages.join("; "), told()))
        }
    }
}

/// Puts operations to the properties of a policy, and compares with what was proved of them. Counts what it saw.
///
/// # Errors
/// The first difference.
pub fn compared(
    claims: &Claims,
    source: &str,
    operations: impl Iterator<Item = Operation>,
    counts: &mut Counts,
) -> Result<(), String> {
    let proofs = claims.proofs(source)?;
    let judges = claims.judges();
    let mut violations: Vec<Option<Operation>> = proofs.iter().map(|_| None).collect();
    for operation in operations {
        counts.add("operations");
        let Some(decision) = judges.decide(&operation) else {
            counts.add("malformed operations");
            continue;
        };
        counts.add(if decision.is_allowed() { "allowed operations" } else { "paused operations" });
        for (property, violation) in violations.iter_mut().enumerate().filter(|(_, violation)| violation.is_none()) {
            if judges.violates(property, &operation, decision.verdict, true) {
                *violation = Some(operation.clone());
            }
        }
    }
    for (property, (proof, violation)) in proofs.iter().zip(&violations).enumerate() {
        counts.add("properties");
        refuted(claims, &judges, property, proof)?;
        let told = |what: &str, violation: &Operation| {
            let phrase = abey_lang::prove::written(violation, &[&claims.compiled.image]);
            Err(format!("{what}: {} (line {})\n{phrase}", proof.text, proof.line))
        };
        match (&proof.outcome, violation) {
            (Outcome::Proved, None) => counts.add("proved"),
            (Outcome::Refuted(_), Some(_)) => counts.add("refuted"),
            (Outcome::Refuted(_), None) => counts.add("refuted by what wasn't enumerated"),
            (Outcome::Unsettled(_), None) => counts.add("not settled"),
            (Outcome::Proved, Some(violation)) => return told("proved, and yet", violation),
            (Outcome::Unsettled(why), Some(violation)) => return told(&format!("not settled, {why}"), violation),
        }
        if let Outcome::Unsettled(why) = &proof.outcome {
            counts.note(why);
        }
    }
    Ok(())
}

/// The same operation, fully described: of one point, every word a leaf, and everything told.
#[must_use]
pub fn completed(mut one: Operation, aim: &Aim, choices: &mut Choices) -> Operation {
    if let Some(leg) = one.legs.drain(..).next() {
        (one.recipient, one.place) = (leg.recipient, leg.place);
    }
    one.data.truncate(1);
    for item in &mut one.data {
        item.category = leaf(aim, Facet::Data, Some(&item.category), choices);
        let forms = item.form.take().unwrap_or_default();
        item.form = Some(distinct(forms.iter().map(|form| leaf(aim, Facet::Form, Some(form), choices))));
        let contents = item.contains.take().unwrap_or_default();
        item.contains = Some(distinct(contents.iter().map(|word| leaf(aim, Facet::Data, Some(word), choices))));
        if item.collected == Collected::Unknown {
            item.collected = Collected::On(aim.thresholds.day(choices));
        }
        facts(&mut item.facts, aim, About::Item, choices);
    }
    one.subjects = match one.subjects {
        Told::Is(mut subjects) => {
            subjects.truncate(1);
            for subject in &mut subjects {
                subject.term = leaf(aim, Facet::Subject, Some(&subject.term), choices);
                facts(&mut subject.facts, aim, About::Subject, choices);
            }
            Told::Is(subjects)
        }
        _ => Told::None,
    };
    let word = |told: Told<String>, facet: Facet, choices: &mut Choices| match told {
        Told::Is(word) => Told::Is(leaf(aim, facet, Some(&word), choices)),
        Told::Unknown if choices.once_in(2) && !aim.facet(facet).is_empty() => {
            Told::Is(leaf(aim, facet, None, choices))
        }
        _ => Told::None,
    };
    let first = |told: Told<Vec<String>>| match told {
        Told::Is(words) => words.into_iter().next().map_or(Told::None, Told::Is),
        Told::None => Told::None,
        Told::Unknown => Told::Unknown,
    };
    let several = |told: Told<String>| match told {
        Told::Is(word) => Told::Is(vec![word]),
        _ => Told::None,
    };
    one.actor = word(one.actor, Facet::Actor, choices);
    one.purposes = several(word(first(one.purposes), Facet::Purpose, choices));
    one.recipient = word(one.recipient, Facet::Recipient, choices);
    one.place = word(one.place, Facet::Place, choices);
    one.origins = several(word(first(one.origins), Facet::Place, choices));
    one.basis = word(one.basis, Facet::Basis, choices);
    one.role.get_or_insert_with(|| "processor".into());
    one.measures.get_or_insert_default();
    if one.retention == Retention::Unknown {
        one.retention = Retention::None;
    }
    let day = aim.thresholds.day(choices);
    one.time.get_or_insert(day.start(aim.offset));
    facts(&mut one.facts, aim, About::Operation, choices);
    one
}

/// A word with nothing below it, at or below another where one is told.
fn leaf(aim: &Aim, facet: Facet, word: Option<&str>, choices: &mut Choices) -> String {
    let terms = aim.facet(facet);
    let known = |word: &str| terms.iter().position(|term| term.name == word);
    let Some(mut at) = word.map_or_else(|| Some(choices.below(terms.len())), known) else {
        return word.unwrap_or_default().into();
    };
    loop {
        let below =
            terms.iter().enumerate().filter(|(_, term)| term.parents.iter().any(|edge| edge.parent as usize == at));
        let below: Vec<usize> = below.map(|(index, _)| index).collect();
        match below.get(choices.below(below.len())) {
            Some(next) => at = *next,
            None => return terms.get(at).map(|term| term.name.clone()).unwrap_or_default(),
        }
    }
}

fn distinct(words: impl Iterator<Item = String>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for word in words {
        if !found.contains(&word) {
            found.push(word);
        }
    }
    found
}

/// Tells the facts that aren't told, and words of facets as leaves.
fn facts(told: &mut Facts, aim: &Aim, about: About, choices: &mut Choices) {
    for fact in aim.facts.iter().filter(|fact| fact.about == about) {
        if !told.iter().any(|(name, _)| *name == fact.name) {
            told.push((fact.name.clone(), fact_value(aim, &fact.kind, choices)));
        }
        let Base::Term(facet) = fact.kind.base else { continue };
        let narrowed = |value: &FactValue, choices: &mut Choices| match value {
            FactValue::Text(text) if text != "none" => FactValue::Text(leaf(aim, facet, Some(text), choices)),
            other => other.clone(),
        };
        for (_, value) in told.iter_mut().filter(|(name, _)| *name == fact.name) {
            *value = match &*value {
                FactValue::Set(members) => {
                    let mut found: Vec<FactValue> = Vec::new();
                    for member in members.iter() {
                        let member = narrowed(member, choices);
                        if !found.contains(&member) {
                            found.push(member);
                        }
                    }
                    FactValue::Set(found)
                }
                other => narrowed(other, choices),
            };
        }
    }
}
