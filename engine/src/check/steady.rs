//! Conditions that turn on the facts and the time of the operation, and on nothing else: alike at every point, and known
//! once these are. A base has them settled; an encoded operation is laid out whole: see [`super::laid`].

use alloc::vec::Vec;

use super::NativeChecker;
use super::input::{Over, Terms};
use super::point::{Point, each};
use super::val::{FactsTold, Val, Word};
use super::values::Standing;
use crate::calendar::Instant;
use crate::image::{About, Base, Condition, Effect, Means, Part, Rule, Scope, Value};
use crate::many::Many;
use crate::truth::Truth;
use crate::wire::parts::ItemParts;

/// What is known beforehand of a policy's conditions and rules.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    /// For each condition its truth, where it is known.
    conditions: Vec<Option<Truth>>,
    /// For each value that stands nowhere what it is, where that is known.
    values: Vec<Option<Val<'static>>>,
    /// For each 64 rules.
    rules: Vec<Settled>,
}

/// Of 64 rules, what is known beforehand.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Settled {
    /// Those that no point is in the scope of.
    pub out: u64,
    /// Those without measures, whose conditions all hold.
    pub held: u64,
    /// Those whose demands are all met.
    pub obeyed: u64,
}

impl NativeChecker {
    /// The conditions and values that are known from these facts and this time, where `told` says which facts are certain to
    /// stay as they are, by their places, and `timed` whether the time is.
    ///
    /// O(nodes of conditions and values).
    pub(super) fn known(&self, facts: &[Val<'_>], time: Option<Instant>, rest: Steady<'_>) -> Known {
        let item = ItemParts::<Word, FactsTold<'_>>::default();
        let terms = Terms { data: Many::One(item), time, ..Terms::default() };
        let input = self.input(terms, Over { facts, ..Over::default() });
        let steady = self.steady(rest);
        let mut known = Known::default();
        each(self, &input, |point| {
            let value = |(value, steady): (u32, &bool)| {
                let worked_out = *steady && point.look(value).is_none();
                worked_out.then(|| point.value(value).owned())
            };
            known.values = (0..).zip(&steady.values).map(value).collect();
            let truth = |(condition, steady): (u32, &bool)| steady.then(|| point.condition(condition));
            known.conditions = (0..).zip(&steady.conditions).map(truth).collect();
            false
        });
        known.rules = self.image.rules.chunks(64).map(|rules| settled(rules, &known.conditions)).collect();
        known
    }

    /// Which conditions and values turn on what is settled alone.
    fn steady(&self, settled: Steady<'_>) -> Turning {
        let image = &self.image;
        let mut values: Vec<bool> = Vec::with_capacity(image.values.len());
        for (number, value) in image.values.iter().enumerate() {
            let is = |value: &u32| values.get(*value as usize).copied().unwrap_or(false);
            values.push(match value {
                Value::Literal(_) | Value::Setting(_) => {
                    let stands = matches!(self.standing.get(number), Some(Standing::Constant));
                    stands && self.constants.get(number).is_some_and(names_no_term)
                }
                Value::Time => settled.timed,
                Value::Fact(fact) => self.is_settled(*fact, settled),
                Value::Plus((one, other)) | Value::Minus((one, other)) => is(one) && is(other),
                Value::Earliest(of) | Value::Latest(of) | Value::Least(of) | Value::Greatest(of) => of.iter().all(is),
                Value::EndOfMonth(of) | Value::EndOfYear(of) => is(of),
                Value::Slot(_)
                | Value::Data
                | Value::Form
                | Value::Measures
                | Value::Age
                | Value::Collected
                | Value::Notified
                | Value::AuthorisedFrom
                | Value::Table(_) => false,
            });
        }
        let of_values = |value: &u32| values.get(*value as usize).copied().unwrap_or(false);
        let mut conditions: Vec<bool> = Vec::with_capacity(image.conditions.len());
        for condition in &image.conditions {
            let is = |condition: &u32| conditions.get(*condition as usize).copied().unwrap_or(false);
            conditions.push(match condition {
                Condition::All(of) | Condition::Any(of) => of.iter().all(is),
                Condition::Not(of) => is(of),
                Condition::Test(test) => of_values(&test.left) && test.right.iter().all(of_values),
                Condition::Authorised => false,
            });
        }
        Turning { values, conditions }
    }

    /// Whether a fact is one of the operation that stays as it is, and no term.
    fn is_settled(&self, fact: u32, settled: Steady<'_>) -> bool {
        let declared = self.image.facts.get(fact as usize);
        declared.is_some_and(|declared| {
            let plain = declared.about == About::Operation && !matches!(declared.kind.base, Base::Term(_));
            plain && (settled.told)(self.place(fact) as usize)
        })
    }
}

/// What is known of up to 64 rules, where these conditions are.
fn settled(rules: &[Rule], conditions: &[Option<Truth>]) -> Settled {
    let known = |condition: &u32| conditions.get(*condition as usize).copied().flatten();
    let mut found = Settled::default();
    for (bit, rule) in rules.iter().enumerate() {
        let held = |part: &Part| match &part.scope {
            Scope::When(condition) => known(condition),
            Scope::Unless(condition) => known(condition).map(|truth| !truth),
            Scope::Slot(_) | Scope::Data(_) => Some(Truth::True),
            Scope::Measures(_) => None,
        };
        let met = |means: &Means| matches!(means, Means::Condition(condition) if known(condition) == Some(Truth::True));
        let obeyed = match &rule.effect {
            Effect::Require(demands) => demands.iter().all(|demand| demand.any.iter().any(met)),
            _ => false,
        };
        found.out |= u64::from(rule.parts.iter().any(|part| held(part) == Some(Truth::False))) << bit;
        found.held |= u64::from(rule.parts.iter().all(|part| held(part) == Some(Truth::True))) << bit;
        found.obeyed |= u64::from(obeyed) << bit;
    }
    found
}

/// Whether a value holds no term. How terms lie to each other may turn on anything.
fn names_no_term(value: &Val<'_>) -> bool {
    match value {
        Val::Term { .. } | Val::Either(_) => false,
        Val::Set { members, .. } => members.iter().all(|(member, _)| names_no_term(member)),
        _ => true,
    }
}

/// For each condition and value, whether it turns on what is settled alone.
struct Turning {
    conditions: Vec<bool>,
    values: Vec<bool>,
}

/// What is certain to stay as it is.
#[derive(Clone, Copy)]
pub(super) struct Steady<'a> {
    /// Whether a fact of the operation is, by its place.
    pub told: &'a dyn Fn(usize) -> bool,
    /// Whether the time is.
    pub timed: bool,
}

impl Point<'_> {
    /// The truth of a condition that is known beforehand.
    #[inline]
    pub(super) fn known(&self, condition: u32) -> Option<Truth> {
        self.input.known?.conditions.get(condition as usize).copied().flatten()
    }

    /// What is known beforehand of 64 rules.
    #[inline]
    pub(super) fn settled_of(&self, at: usize) -> Settled {
        self.input.known.and_then(|known| known.rules.get(at)).copied().unwrap_or_default()
    }
}

impl<'a> Point<'a> {
    /// A value that has to be worked out, and is known beforehand.
    #[inline]
    pub(super) fn known_value(&self, value: u32) -> Option<&'a Val<'a>> {
        self.input.known?.values.get(value as usize)?.as_ref()
    }
}
