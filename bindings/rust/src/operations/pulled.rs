//! What could be told where a rule looks, in place of what is told there.

use crate::calendar::Date;
use crate::image::{About, Base, Condition, Facet, Fact, Literal, Value};
use crate::{Collected, FactValue, Facts, Item, Operation, Retention, Subject, Told};

use super::levers::{At, Lever};
use super::{Aim, Choices, fact_value, word};

/// How many words of a facet are tried, beside those that the operation tells.
const WORDS: usize = 6;

/// The operation with something else told at a lever, in each of a few ways.
pub(super) fn pulled(aim: &Aim, operation: &Operation, lever: Lever, at: At, choices: &mut Choices) -> Vec<Operation> {
    let pull = Pull { operation, at };
    match lever {
        Lever::Action => pull.each(words(aim, Facet::Action, choices), |o, word| o.action = word),
        Lever::Role => pull.each(words(aim, Facet::Role, choices), |o, word| o.role = Some(word)),
        Lever::Actor => pull.each(told(aim, Facet::Actor, choices), |o, told| o.actor = told),
        Lever::Basis => pull.each(told(aim, Facet::Basis, choices), |o, told| o.basis = told),
        Lever::Purpose => pull.each(told(aim, Facet::Purpose, choices), |o, told| put(&mut o.purposes, at[2], told)),
        Lever::Origin => pull.each(told(aim, Facet::Place, choices), |o, told| put(&mut o.origins, at[4], told)),
        Lever::Subject => pull.each(told(aim, Facet::Subject, choices), |o, told| {
            let told = match told {
                Told::Is(term) => Told::Is(Subject { term, facts: Facts::new() }),
                Told::None => Told::None,
                Told::Unknown => Told::Unknown,
            };
            put(&mut o.subjects, at[1], told);
        }),
        Lever::Place => pull.each(told(aim, Facet::Place, choices), |o, told| leg(o, at, None, told)),
        Lever::Recipient => pull.each(told(aim, Facet::Recipient, choices), |o, told| {
            let place = own_place(aim, &told);
            leg(o, at, Some(told), place);
        }),
        Lever::Category => pull.items(words(aim, Facet::Data, choices), |item, word| item.category = word),
        Lever::Form => {
            let own = pull.item().and_then(|item| item.form.as_ref());
            pull.items(sets(own, words(aim, Facet::Form, choices)), |item, set| item.form = Some(set))
        }
        Lever::Contains => pull.items(vec![Vec::new()], |item, set| item.contains = Some(set)),
        Lever::Measures => {
            let sets = sets(operation.measures.as_ref(), words(aim, Facet::Measure, choices));
            pull.each(sets, |o, set| o.measures = Some(set))
        }
        Lever::Time => pull.each(days(aim, operation, choices), |o, day| o.time = Some(day.start(aim.offset))),
        Lever::Collected => {
            let days = days(aim, operation, choices).into_iter().map(Collected::On);
            pull.items(days.chain([Collected::Now]).collect(), |item, told| item.collected = told)
        }
        Lever::Retention => {
            let lengths = (0..3).map(|_| Retention::For(aim.thresholds.length(choices)));
            pull.each(lengths.chain([Retention::Agreed, Retention::None]).collect(), |o, told| o.retention = told)
        }
        Lever::Fact(index) => match aim.facts.get(index as usize) {
            Some(fact) => {
                let values = values(aim, index, fact, operation, choices);
                pull.each(values, |o, value| state(o, aim, fact, at, value))
            }
            None => Vec::new(),
        },
    }
}

/// An operation, at the point at which something else is told.
struct Pull<'a> {
    operation: &'a Operation,
    at: At,
}

impl Pull<'_> {
    /// The operation with each of the values told.
    fn each<T>(&self, values: Vec<T>, tell: impl Fn(&mut Operation, T)) -> Vec<Operation> {
        let told = |value| {
            let mut changed = self.operation.clone();
            tell(&mut changed, value);
            changed
        };
        values.into_iter().map(told).filter(|changed| changed != self.operation).collect()
    }

    /// The same of the item of the point.
    fn items<T>(&self, values: Vec<T>, tell: impl Fn(&mut Item, T)) -> Vec<Operation> {
        self.each(values, |operation, value| {
            if let Some(item) = operation.data.get_mut(self.at[0] as usize) {
                tell(item, value);
            }
        })
    }

    fn item(&self) -> Option<&Item> {
        self.operation.data.get(self.at[0] as usize)
    }
}

/// Words of a facet that the policy names, from any of them on, and another.
fn words(aim: &Aim, facet: Facet, choices: &mut Choices) -> Vec<String> {
    let named = aim.named(facet);
    let first = choices.below(named.len());
    let some = named.iter().cycle().skip(first).take(named.len().min(WORDS));
    let mut found: Vec<String> = some.map(|term| aim.word(facet, *term).to_string()).collect();
    if !aim.facet(facet).is_empty() {
        found.push(word(aim, facet, choices));
    }
    found
}

fn told(aim: &Aim, facet: Facet, choices: &mut Choices) -> Vec<Told<String>> {
    words(aim, facet, choices).into_iter().map(Told::Is).chain([Told::None]).collect()
}

/// The set with each of the words added, without each that it has, and empty.
fn sets(own: Option<&Vec<String>>, words: Vec<String>) -> Vec<Vec<String>> {
    let own = own.cloned().unwrap_or_default();
    let without = own.iter().map(|word| own.iter().filter(|other| *other != word).cloned().collect());
    let with = words.into_iter().filter(|word| !own.contains(word));
    let with = with.map(|word| own.iter().cloned().chain([word]).collect());
    without.chain(with).chain([Vec::new()]).collect()
}

/// Tells one value of a part that may have several.
fn put<T>(part: &mut Told<Vec<T>>, index: u32, told: Told<T>) {
    let value = match told {
        Told::Is(value) => value,
        Told::None => return *part = Told::None,
        Told::Unknown => return *part = Told::Unknown,
    };
    if let Told::Is(list) = part
        && let Some(own) = list.get_mut(index as usize)
    {
        *own = value;
    } else {
        *part = Told::Is(vec![value]);
    }
}

/// Tells the place of a leg, and the recipient where there is one to tell; an unknown place leaves the one there is.
fn leg(operation: &mut Operation, at: At, recipient: Option<Told<String>>, place: Told<String>) {
    let one = operation.legs.is_empty();
    let (own_recipient, own_place) = match operation.legs.get_mut(at[3] as usize) {
        Some(leg) => (&mut leg.recipient, &mut leg.place),
        None if one => (&mut operation.recipient, &mut operation.place),
        None => return,
    };
    if let Some(told) = recipient {
        *own_recipient = told;
    }
    if !place.is_unknown() {
        *own_place = place;
    }
}

/// The first place that the declaration of a recipient names.
fn own_place(aim: &Aim, recipient: &Told<String>) -> Told<String> {
    let term = recipient.value().and_then(|word| aim.term(Facet::Recipient, word));
    let place = term.and_then(|term| aim.recipients.get(term as usize)?.places.first());
    place.map_or(Told::Unknown, |place| Told::Is(aim.word(Facet::Place, *place).to_string()))
}

/// Today and the days beside it, so long before and after it, and days that the policy writes.
fn days(aim: &Aim, operation: &Operation, choices: &mut Choices) -> Vec<Date> {
    let mut found: Vec<Date> = Vec::new();
    if let Some(today) = operation.time.map(|time| time.day(aim.offset)) {
        found.extend([0, -1, 1].map(|days| today.plus_days(days)));
        found.extend((0..3).map(|_| aim.thresholds.beside(today, choices)));
    }
    found.extend((0..3).map(|_| aim.thresholds.day(choices)));
    found
}

/// Values of a fact: those that the policy compares it with, those beside them, and what the operation itself tells.
fn values(aim: &Aim, index: u32, fact: &Fact, operation: &Operation, choices: &mut Choices) -> Vec<FactValue> {
    let text = |text: String| FactValue::Text(text);
    let mut found: Vec<FactValue> = match &fact.kind.base {
        Base::YesNo => vec![FactValue::Bool(true), FactValue::Bool(false)],
        Base::OneOf(words) => words.iter().take(4 * WORDS).cloned().map(text).collect(),
        Base::Date => days(aim, operation, choices).into_iter().map(|day| text(day.to_string())).collect(),
        Base::Instant => {
            let days = days(aim, operation, choices).into_iter();
            days.map(|day| text(day.start(aim.offset).to_string())).collect()
        }
        Base::Term(facet) => spoken(operation, *facet).into_iter().map(text).collect(),
        // What another fact tells, which this one may be compared with.
        Base::Text => {
            let texts = aim.facts.iter().filter(|other| other.kind.base == Base::Text && other.name != fact.name);
            let told = texts.filter_map(|other| operation.facts.iter().find(|(name, _)| *name == other.name));
            let members = told.flat_map(|(_, value)| match value {
                FactValue::Set(members) => members.clone(),
                one => vec![one.clone()],
            });
            members.collect()
        }
        Base::Number | Base::Duration => Vec::new(),
    };
    found.extend(compared(aim, index).into_iter().flat_map(|literal| written(aim, literal)));
    if fact.kind.set {
        let all = FactValue::Set(found.clone());
        found = found.into_iter().map(|value| FactValue::Set(vec![value])).collect();
        found.extend([all, FactValue::Set(Vec::new())]);
    } else if matches!(fact.kind.base, Base::Date | Base::Instant | Base::Duration) {
        found.push(text("none".into()));
    }
    found.extend((0..3).map(|_| fact_value(aim, &fact.kind, choices)));
    found
}

/// What the operation tells of a facet.
fn spoken(operation: &Operation, facet: Facet) -> Vec<String> {
    let one = |told: &Told<String>| told.value().cloned().into_iter().collect();
    let many = |told: &Told<Vec<String>>| told.value().cloned().unwrap_or_default();
    match facet {
        Facet::Action => vec![operation.action.clone()],
        Facet::Data => operation.data.iter().map(|item| item.category.clone()).collect(),
        Facet::Form => operation.data.iter().flat_map(|item| item.form.clone().unwrap_or_default()).collect(),
        Facet::Subject => operation.subjects.value().into_iter().flatten().map(|own| own.term.clone()).collect(),
        Facet::Actor => one(&operation.actor),
        Facet::Purpose => many(&operation.purposes),
        Facet::Recipient => one(&operation.recipient),
        Facet::Place => one(&operation.place).into_iter().chain(many(&operation.origins)).collect(),
        Facet::Measure => operation.measures.clone().unwrap_or_default(),
        Facet::Basis => one(&operation.basis),
        Facet::Role => operation.role.iter().cloned().collect(),
    }
}

/// What the conditions of the policy compare a fact with.
fn compared(aim: &Aim, fact: u32) -> Vec<&Literal> {
    let is_fact = |value: &u32| matches!(aim.values.get(*value as usize), Some(Value::Fact(own)) if *own == fact);
    let tests = aim.conditions.iter().filter_map(|condition| match condition {
        Condition::Test(test) => Some(test),
        _ => None,
    });
    let sides = tests.filter(|test| is_fact(&test.left) || test.right.iter().any(is_fact));
    let values = sides.flat_map(|test| test.right.iter().chain([&test.left]));
    let literals = values.filter_map(|value| match aim.values.get(*value as usize) {
        Some(Value::Literal(literal)) => Some(literal),
        _ => None,
    });
    literals.collect()
}

/// A value as a policy writes it, in the form of facts; the members of a set one by one.
fn written(aim: &Aim, literal: &Literal) -> Vec<FactValue> {
    let text = |text: String| vec![FactValue::Text(text)];
    match literal {
        Literal::None => Vec::new(),
        Literal::Bool(value) => vec![FactValue::Bool(*value)],
        Literal::Number(number) => vec![FactValue::Number(*number)],
        Literal::Duration(length) => text(length.iso()),
        Literal::Date(day) => text(day.to_string()),
        Literal::Instant(instant) => text(instant.to_string()),
        Literal::Text(own) | Literal::Choice(own) => text(own.clone()),
        Literal::Term((facet, term)) => text(aim.word(*facet, *term).to_string()),
        Literal::Set(members) => members.iter().flat_map(|member| written(aim, member)).collect(),
    }
}

/// States a fact where it is told; one of a subject wants a subject.
fn state(operation: &mut Operation, aim: &Aim, fact: &Fact, at: At, value: FactValue) {
    let facts = match fact.about {
        About::Operation => &mut operation.facts,
        About::Item => match operation.data.get_mut(at[0] as usize) {
            Some(item) => &mut item.facts,
            None => return,
        },
        About::Subject => {
            if operation.subjects.value().is_none()
                && let Some(term) = aim.named(Facet::Subject).first().copied().or(aim.any(Facet::Subject))
            {
                let term = aim.word(Facet::Subject, term).to_string();
                operation.subjects = Told::Is(vec![Subject { term, facts: Facts::new() }]);
            }
            match &mut operation.subjects {
                Told::Is(subjects) => match subjects.get_mut(at[1] as usize) {
                    Some(subject) => &mut subject.facts,
                    None => return,
                },
                _ => return,
            }
        }
        About::Recipient => return,
    };
    facts.retain(|(name, _)| *name != fact.name);
    facts.push((fact.name.clone(), value));
}
