//! Properties put to the checker, operation by operation: a witness apart from the procedure, which has no say here.

use std::sync::Arc;

use abey_engine::NativeChecker;
use abey_engine::decision::{Kind, Verdict};
use abey_engine::image::{Clause, Condition, Effect, Image, Part, Position, Rule, Scope};
use abey_engine::operation::{Operation, Retention};

use super::properties::{ProveError, beneath};
use crate::diagnostic::line_and_column;
use crate::model::Claim;
use crate::{Compiled, image_bytes, stated};

/// A property of a policy, as a question about one operation.
#[derive(Debug)]
pub struct Claimed {
    /// Its name.
    pub name: String,
    /// What it claims, as written.
    pub text: String,
    /// Its line in the source.
    pub line: u32,
    claim: Claim,
    phrase: Image,
    within: NativeChecker,
    beneath: Option<NativeChecker>,
}

impl Claimed {
    /// Whether an operation contradicts the property, by a policy that decided it so. One of which it can't be said
    /// whether the phrase describes it doesn't.
    ///
    /// Of what is always allowed, operations are asked that the policy governs, that are well-formed, whose items are said to
    /// contain nothing else, and that retain nothing.
    #[must_use]
    pub fn contradicted(&self, operation: &Operation, policy: &NativeChecker) -> bool {
        let allows = |checker: &NativeChecker| checker.verdict(operation) == Ok(Verdict::Allow);
        // Reasons are asked for where verdicts leave something to say.
        let reasons = |checker: &NativeChecker, kinds: &[Kind]| {
            checker.decide(operation).is_ok_and(|own| own.reasons.iter().any(|reason| kinds.contains(&reason.kind)))
        };
        match self.claim {
            Claim::Never | Claim::Stricter(_) => {
                let beneath = self.beneath.as_ref();
                allows(policy)
                    && !allows(&self.within)
                    && reasons(&self.within, &[Kind::Prohibited])
                    && beneath.is_none_or(|beneath| beneath.verdict(operation) == Ok(Verdict::Pause))
            }
            Claim::Always => {
                // What is named, and no more.
                let alone = operation.retention == Retention::None
                    && operation.data.iter().all(|item| item.contains.as_ref().is_some_and(Vec::is_empty));
                let beside = [Kind::Malformed, Kind::NotInForce, Kind::OutOfScope, Kind::UnknownTerm];
                alone && allows(&self.within) && !allows(policy) && !reasons(policy, &beside)
            }
        }
    }

    /// The policy to draw operations from that may contradict the property; none where that is the policy itself.
    ///
    /// What is always allowed is contradicted by what the phrase describes; all else by what the policy allows.
    #[must_use]
    pub fn drawn_from(&self) -> Option<&Image> {
        (self.claim == Claim::Always).then_some(&self.phrase)
    }
}

/// The properties of a policy, in the order of the source, to be put to operations one by one.
///
/// # Errors
/// When the policy, which compiled, can't be loaded, or one beneath it doesn't compile alone.
pub fn claimed(compiled: &Compiled, source: &str) -> Result<Vec<Claimed>, ProveError> {
    let properties = &compiled.policy.properties;
    let image = stated(compiled).map_err(|fault| ProveError::Source(vec![*fault]))?;
    let own = compiled.image.rules.len();
    let each = properties.iter().zip(image.rules.iter().skip(own)).map(|(property, rule)| {
        let mut phrase = alone(&image, rule, own);
        if property.claim == Claim::Always {
            apart(&mut phrase);
        }
        let beneath = match property.claim {
            Claim::Stricter(layer) => Some(NativeChecker::load(&image_bytes(&beneath(compiled, layer)?))?),
            Claim::Never | Claim::Always => None,
        };
        Ok(Claimed {
            name: property.name.clone(),
            text: property.text.clone(),
            line: line_and_column(source, property.span.start).0,
            claim: property.claim,
            within: NativeChecker::load(&image_bytes(&phrase))?,
            phrase,
            beneath,
        })
    });
    each.collect()
}

/// What the last rule asks for all together, measures and conditions, as parts of their own: the same rule, of which a search
/// can tell how near an operation comes.
fn apart(image: &mut Image) {
    let Some(mut rule) = image.rules.pop() else { return };
    let mut parts = Vec::new();
    for part in rule.parts.drain(..) {
        let scopes: Vec<Scope> = match &part.scope {
            Scope::Measures(measures) => measures.iter().map(|measure| Scope::Measures(vec![*measure])).collect(),
            Scope::When(condition) => match image.conditions.get_mut(*condition as usize) {
                // Each condition is read in one place.
                Some(Condition::All(all)) => std::mem::take(all).into_iter().map(Scope::When).collect(),
                _ => vec![part.scope.clone()],
            },
            _ => vec![part.scope.clone()],
        };
        parts.extend(scopes.into_iter().map(|scope| Arc::new(Part { scope, text: part.text.clone() })));
    }
    rule.parts = parts;
    image.rules.push(rule);
}

/// A policy that tells whether a point lies within the phrase of a property: with it as one more prohibition, or, for what
/// is always allowed, as the only instruction.
pub(super) fn alone(image: &Image, rule: &Rule, own: usize) -> Image {
    let mut image = image.clone();
    let mut rule = rule.clone();
    if rule.effect == Effect::Forbid {
        image.rules.truncate(own);
    } else {
        image.rules.clear();
    }
    // In a clause of its own, which no exception lifts.
    rule.clause = image.clauses.len() as u32;
    image.clauses.push(Clause {
        layer: 0,
        label: "property".into(),
        title: Default::default(),
        absolute: true,
        deferred: false,
        position: Position { line: 0, column: 0 },
        because: None,
        ask: None,
        notes: Vec::new(),
    });
    image.rules.push(rule);
    image
}
