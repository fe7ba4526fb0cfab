//! A policy with some of its rules alone, by which the reference evaluator answers what a single rule, phrase or
//! condition says of an operation.

use abey::Operation;
use abey::decision::{Kind, PolicyRef};
use abey::image::Period;
use abey_lang::model::{Clause, Condition, Effect, Facet, List, Part, Pick, Policy, Rule, Scope, Slot};
use abey_lang::syntax::Span;

use crate::reference::Reference;

/// A rule, by the number of its clause and its place there.
pub type Place = (usize, usize);

/// A policy with these of its rules alone, in force and applying always; with an instruction of this scope, if any.
#[must_use]
pub fn alone(policy: &Policy, kept: &dyn Fn(Place, &Rule) -> bool, instruction: Option<Vec<Part>>) -> Policy {
    let mut other = governing(policy, kept, instruction);
    for layer in &mut other.layers {
        layer.in_force = Period { from: None, until: None };
        layer.applies = None;
    }
    other
}

/// The same, governing what the policy governs.
#[must_use]
pub fn governing(policy: &Policy, kept: &dyn Fn(Place, &Rule) -> bool, instruction: Option<Vec<Part>>) -> Policy {
    let mut other = policy.clone();
    for (number, clause) in other.clauses.iter_mut().enumerate() {
        let rules = std::mem::take(&mut clause.rules).into_iter().enumerate();
        clause.rules = rules.filter(|(index, rule)| kept((number, *index), rule)).map(|(_, rule)| rule).collect();
    }
    if let Some(scope) = instruction {
        let effect = Effect::Allow(Vec::new());
        let span = Span::default();
        let rule = Rule { effect, scope, because: None, ask: None, text: String::new(), span };
        other.clauses.push(Clause {
            layer: 0,
            label: "alone".into(),
            title: String::new(),
            absolute: false,
            deferred: false,
            scope: Vec::new(),
            because: None,
            ask: None,
            notes: Vec::new(),
            rules: vec![rule],
            span,
        });
    }
    other
}

/// A question that a policy answers by what it allows.
pub struct Asked {
    policy: Policy,
    yes: Yes,
    /// The action that takes the place of the operation's own.
    action: Option<String>,
}

/// Which decision says yes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Yes {
    Allow,
    Pause,
    /// A pause for which nothing is missing.
    Certain,
}

impl Asked {
    fn allowed_by(policy: Policy) -> Self {
        Asked { policy, yes: Yes::Allow, action: None }
    }

    fn paused_by(policy: Policy) -> Self {
        Asked { policy, yes: Yes::Pause, action: None }
    }

    /// Whether an operation lies in a scope for certain, seen as an instruction sees it.
    #[must_use]
    pub fn within(policy: &Policy, scope: Vec<Part>) -> Self {
        Asked::allowed_by(alone(policy, &|_, _| false, Some(scope)))
    }

    /// Whether a condition holds for certain.
    #[must_use]
    pub fn holds(policy: &Policy, condition: Condition) -> Self {
        Asked::within(policy, vec![part(Scope::When(condition))])
    }

    /// Whether a condition may hold.
    #[must_use]
    pub fn may_hold(policy: &Policy, condition: Condition) -> Self {
        Asked { yes: Yes::Pause, ..Asked::within(policy, vec![part(Scope::Unless(condition))]) }
    }

    /// Whether the scope of a rule covers an operation for certain, seen as an instruction sees it.
    #[must_use]
    pub fn covers(policy: &Policy, place: Place) -> Self {
        let mut policy = alone(policy, &|own, _| own == place, None);
        effects(&mut policy).for_each(|effect| *effect = Effect::Allow(Vec::new()));
        Asked::allowed_by(policy)
    }

    /// Whether an operation may lie in the scope of a rule, seen as a prohibition sees it.
    #[must_use]
    pub fn reaches(policy: &Policy, place: Place) -> Self {
        let mut policy = alone(policy, &|own, _| own == place, None);
        effects(&mut policy).for_each(|effect| *effect = Effect::Forbid);
        Asked::paused_by(alone(&policy, &|_, _| true, Some(Vec::new())))
    }

    /// Whether it does for certain.
    #[must_use]
    pub fn reaches_surely(policy: &Policy, place: Place) -> Self {
        Asked { yes: Yes::Certain, ..Asked::reaches(policy, place) }
    }

    /// Whether an operation may lie in a scope, seen as a prohibition sees it.
    #[must_use]
    pub fn forbidden(policy: &Policy, scope: Vec<Part>) -> Self {
        let mut policy = alone(policy, &|_, _| false, Some(scope));
        effects(&mut policy).for_each(|effect| *effect = Effect::Forbid);
        Asked::paused_by(alone(&policy, &|_, _| true, Some(Vec::new())))
    }

    /// Whether data leaves a country for certain, whatever is done with it.
    #[must_use]
    pub fn leaves(policy: &Policy) -> Self {
        let transfers = List::These(vec![Pick::Term(policy.core.transfer)].into());
        let asked = Asked::forbidden(policy, vec![part(Scope::Slot(Slot::Action, transfers))]);
        // A word that is neither a disposal nor above anything.
        let terms = policy.terms.get(Facet::Action as usize).map_or(&[][..], Vec::as_slice);
        let above = |word: &str| {
            let edges = terms.iter().flat_map(|term| &term.parents);
            edges.into_iter().any(|edge| terms.get(edge.parent as usize).is_some_and(|term| term.name == word))
        };
        let action = if above("store") { "share" } else { "store" };
        Asked { yes: Yes::Certain, action: Some(action.into()), ..asked }
    }

    /// Whether a rule stands against an operation, exceptions aside.
    #[must_use]
    pub fn broken(policy: &Policy, place: Place) -> Self {
        Asked::paused_by(alone(policy, &|own, _| own == place, Some(Vec::new())))
    }

    /// Whether a rule stands against an operation that no exception lifts it from.
    #[must_use]
    pub fn stands(policy: &Policy, place: Place) -> Self {
        let kept = |own: Place, rule: &Rule| own == place || matches!(rule.effect, Effect::Waive(_));
        Asked::paused_by(alone(policy, &kept, Some(Vec::new())))
    }

    /// Whether the policy governs an operation: it is in force and applies.
    #[must_use]
    pub fn governs(policy: &Policy) -> Self {
        Asked::allowed_by(governing(policy, &|_, _| false, Some(Vec::new())))
    }

    /// Whether the policy allows an operation; without some of its rules.
    #[must_use]
    pub fn allows(policy: &Policy, without: &dyn Fn(Place) -> bool) -> Self {
        Asked::allowed_by(governing(policy, &|own, _| !without(own), None))
    }

    /// What answers.
    #[must_use]
    pub fn ready(&self) -> Ready<'_> {
        Ready { reference: Reference::of(&self.policy), asked: self }
    }
}

/// A question, ready to be put.
pub struct Ready<'a> {
    reference: Reference<'a>,
    asked: &'a Asked,
}

impl Ready<'_> {
    /// The answer for an operation that is well-formed.
    #[must_use]
    pub fn is(&self, operation: &Operation, about: &PolicyRef) -> bool {
        let other = self.asked.action.clone().map(|action| Operation { action, ..operation.clone() });
        let Ok(decision) = self.reference.decide(other.as_ref().unwrap_or(operation), about) else { return false };
        match self.asked.yes {
            Yes::Allow => decision.is_allowed(),
            Yes::Pause => !decision.is_allowed(),
            Yes::Certain => {
                let missing = |kind: Kind| kind == Kind::FactMissing;
                !decision.is_allowed() && !decision.reasons.iter().any(|reason| missing(reason.kind))
            }
        }
    }
}

fn effects(policy: &mut Policy) -> impl Iterator<Item = &mut Effect> {
    policy.clauses.iter_mut().flat_map(|clause| &mut clause.rules).map(|rule| &mut rule.effect)
}

/// A part of a scope.
#[must_use]
pub fn part(scope: Scope) -> Part {
    Part { scope, text: String::new() }
}
