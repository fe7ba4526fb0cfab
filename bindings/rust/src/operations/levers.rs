//! What of an operation a rule looks at.

use std::collections::BTreeSet;

use crate::image::{About, Condition, DataList, Effect, Image, Keep, Key, List, Means, Pick, Rule, Scope, Slot, Value};

/// The indices of item, subject, purpose, leg and origin of a point.
pub(super) type At = [u32; 5];

/// A part of an operation that a rule looks at. Those come first that no instruction is likely to turn on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Lever {
    Fact(u32),
    Measures,
    Form,
    Retention,
    Collected,
    Time,
    Contains,
    Role,
    Basis,
    Subject,
    Actor,
    Origin,
    Place,
    Recipient,
    Category,
    Purpose,
    Action,
}

impl From<Slot> for Lever {
    fn from(slot: Slot) -> Self {
        match slot {
            Slot::Action => Lever::Action,
            Slot::Subject => Lever::Subject,
            Slot::Actor => Lever::Actor,
            Slot::Purpose => Lever::Purpose,
            Slot::Recipient => Lever::Recipient,
            Slot::Place => Lever::Place,
            Slot::Origin => Lever::Origin,
            Slot::Basis => Lever::Basis,
            Slot::Role => Lever::Role,
        }
    }
}

/// What a rule looks at: its scope, and what it asks for.
pub(super) fn of_rule(image: &Image, rule: &Rule) -> Vec<Lever> {
    let mut at = Looking::at(image);
    let allows = matches!(rule.effect, Effect::Allow(_));
    for part in &rule.parts {
        match &part.scope {
            Scope::Slot((slot, list)) => {
                at.add(&[Lever::from(*slot)]);
                if let List::These(picks) | List::AnyExcept(picks) = list
                    && picks.contains(&Pick::Authorised)
                {
                    at.authorised();
                }
                // An operation implies that it shares and transfers.
                if *slot == Slot::Action && !allows {
                    at.add(&[Lever::Recipient, Lever::Place, Lever::Origin]);
                }
            }
            Scope::Data(list) => {
                at.add(&[Lever::Category]);
                if !allows {
                    at.add(&[Lever::Contains]);
                }
                if let DataList::These(picks) | DataList::AnyExcept(picks) = list
                    && picks.iter().any(|pick| pick.raw || !pick.forms.is_empty())
                {
                    at.add(&[Lever::Form]);
                }
            }
            Scope::Measures(_) => at.add(&[Lever::Measures]),
            Scope::When(condition) | Scope::Unless(condition) => at.condition(*condition),
        }
    }
    match &rule.effect {
        Effect::Require(demands) => {
            for means in demands.iter().flat_map(|demand| &demand.any) {
                match means {
                    Means::Measure(_) => at.add(&[Lever::Measures]),
                    Means::Form(_) => at.add(&[Lever::Form]),
                    Means::Basis(_) => at.add(&[Lever::Basis]),
                    Means::Condition(condition) => at.condition(*condition),
                }
            }
        }
        Effect::Keep(keep) => at.keep(keep),
        Effect::Allow(_) | Effect::Forbid | Effect::Owe(_) | Effect::Waive(_) => {}
    }
    at.found.into_iter().collect()
}

/// What the layers stand under: their time in force, and when they apply.
pub(super) fn of_guards(image: &Image) -> Vec<Lever> {
    let mut at = Looking::at(image);
    at.add(&[Lever::Time]);
    image.layers.iter().flat_map(|layer| &layer.applies).for_each(|guard| at.condition(guard.condition));
    at.found.into_iter().collect()
}

/// Gathers what is looked at; each node of a condition or value once.
struct Looking<'a> {
    image: &'a Image,
    found: BTreeSet<Lever>,
    conditions: BTreeSet<u32>,
    values: BTreeSet<u32>,
}

impl<'a> Looking<'a> {
    fn at(image: &'a Image) -> Self {
        Looking { image, found: BTreeSet::new(), conditions: BTreeSet::new(), values: BTreeSet::new() }
    }

    fn add(&mut self, levers: &[Lever]) {
        self.found.extend(levers);
    }

    fn authorised(&mut self) {
        self.add(&[Lever::Recipient, Lever::Place, Lever::Purpose, Lever::Time]);
    }

    fn keep(&mut self, keep: &Keep) {
        self.add(&[Lever::Retention, Lever::Collected, Lever::Time]);
        for value in [keep.at_least, keep.at_most, keep.after, keep.until].into_iter().flatten() {
            self.value(value);
        }
        keep.during.into_iter().for_each(|condition| self.condition(condition));
    }

    fn condition(&mut self, condition: u32) {
        if !self.conditions.insert(condition) {
            return;
        }
        match self.image.conditions.get(condition as usize) {
            Some(Condition::All(of) | Condition::Any(of)) => of.iter().for_each(|part| self.condition(*part)),
            Some(Condition::Not(of)) => self.condition(*of),
            Some(Condition::Test(test)) => {
                self.value(test.left);
                test.right.iter().for_each(|value| self.value(*value));
            }
            Some(Condition::Authorised) => self.authorised(),
            None => {}
        }
    }

    fn value(&mut self, value: u32) {
        if !self.values.insert(value) {
            return;
        }
        match self.image.values.get(value as usize) {
            Some(Value::Slot(slot)) => self.add(&[Lever::from(*slot)]),
            Some(Value::Data) => self.add(&[Lever::Category]),
            Some(Value::Form) => self.add(&[Lever::Form]),
            Some(Value::Measures) => self.add(&[Lever::Measures]),
            Some(Value::Time) => self.add(&[Lever::Time]),
            Some(Value::Age) => self.add(&[Lever::Time, Lever::Collected]),
            Some(Value::Collected) => self.add(&[Lever::Collected]),
            Some(Value::Notified | Value::AuthorisedFrom) => self.add(&[Lever::Recipient]),
            Some(Value::Fact(fact)) => self.fact(*fact),
            Some(Value::Plus((one, two)) | Value::Minus((one, two))) => {
                self.value(*one);
                self.value(*two);
            }
            Some(Value::Earliest(of) | Value::Latest(of) | Value::Least(of) | Value::Greatest(of)) => {
                of.iter().for_each(|value| self.value(*value));
            }
            Some(Value::EndOfMonth(of) | Value::EndOfYear(of)) => self.value(*of),
            Some(Value::Table(table)) => match self.image.tables.get(*table as usize).map(|table| &table.key) {
                Some(Key::Slot(slot)) => self.add(&[Lever::from(*slot)]),
                Some(Key::Data) => self.add(&[Lever::Category]),
                Some(Key::Fact(fact)) => self.fact(*fact),
                None => {}
            },
            Some(Value::Literal(_) | Value::Setting(_)) | None => {}
        }
    }

    fn fact(&mut self, fact: u32) {
        let about = self.image.facts.get(fact as usize).map(|fact| fact.about);
        self.add(&[if about == Some(About::Recipient) { Lever::Recipient } else { Lever::Fact(fact) }]);
    }
}
