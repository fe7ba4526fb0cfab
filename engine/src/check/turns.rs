//! On which lists of an operation a rule turns, beside the operation as a whole: its items, subjects, purposes, legs or
//! origins. What turns on one list alone is settled once for each of its members, however many points there are.

use alloc::vec::Vec;

use super::values::Bound;
use crate::image::{About, Condition, Effect, Image, Keep, Key, List, Means, Pick, Scope, Slot, Value};

/// Some of the lists of an operation whose members, one of each, make up a point.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Lists(u8);

impl Lists {
    const NONE: Lists = Lists(0);
    const EVERY: Lists = Lists(31);
    pub const ITEMS: Lists = Lists(1);
    const SUBJECTS: Lists = Lists(2);
    const PURPOSES: Lists = Lists(4);
    const LEGS: Lists = Lists(8);
    const ORIGINS: Lists = Lists(16);

    const fn and(self, other: Lists) -> Lists {
        Lists(self.0 | other.0)
    }

    fn all(lists: impl Iterator<Item = Lists>) -> Lists {
        lists.fold(Lists::NONE, Lists::and)
    }

    /// Those of which an operation has more than one member; `counts` are those of items, subjects and so on.
    pub fn several(counts: [usize; 5]) -> Lists {
        let bits = counts.into_iter().zip(0..).map(|(count, bit)| u8::from(count > 1) << bit);
        Lists(bits.fold(0, |all, bit| all | bit))
    }

    /// The list that a slot stands in.
    pub fn of(slot: Slot) -> Lists {
        match slot {
            Slot::Action | Slot::Actor | Slot::Basis | Slot::Role => Lists::NONE,
            Slot::Subject => Lists::SUBJECTS,
            Slot::Purpose => Lists::PURPOSES,
            Slot::Recipient | Slot::Place => Lists::LEGS,
            Slot::Origin => Lists::ORIGINS,
        }
    }

    /// The one list among them that has `several` members, counted from 1 in the order of the indices of a point, or 0 where
    /// none has; nothing where more than one has.
    pub fn only(self, several: Lists) -> Option<usize> {
        let left = self.0 & several.0;
        match left.count_ones() {
            0 => Some(0),
            1 => Some(1 + left.trailing_zeros() as usize),
            _ => None,
        }
    }
}

/// What a policy turns on.
#[derive(Debug, Default)]
pub(super) struct Turns {
    /// For each rule, what its effect turns on, and where its parts begin.
    rules: Vec<(Lists, u32)>,
    /// Part by part, rule by rule.
    parts: Vec<Lists>,
    /// Whether its layers govern.
    pub layers: Lists,
}

impl Turns {
    /// What a rule asks for turns on.
    pub fn effect(&self, rule: usize) -> Lists {
        self.rules.get(rule).map_or(Lists::EVERY, |(effect, _)| *effect)
    }

    /// What each part of the scope of a rule turns on.
    pub fn parts(&self, rule: usize) -> &[Lists] {
        let from = self.rules.get(rule).map_or(usize::MAX, |(_, from)| *from as usize);
        self.parts.get(from..).unwrap_or_default()
    }

    /// O(nodes of conditions and values), so often as there are lists, at the most.
    pub fn of(image: &Image, settings: &[Bound]) -> Self {
        // How terms lie to each other, and who is authorised, may turn on conditions and values that turn on these.
        let mut nodes = Nodes::of(image, settings, Lists::NONE, Lists::LEGS.and(Lists::PURPOSES));
        loop {
            let whens = image.terms.iter().flatten().flat_map(|term| &term.parents).filter_map(|edge| edge.when);
            let edges = Lists::all(whens.map(|when| nodes.condition(when)));
            let notice = image.notice.as_ref().map_or(Lists::NONE, |notice| nodes.value(notice.period));
            let authorised = nodes.authorised.and(notice).and(edges);
            if (edges, authorised) == (nodes.edges, nodes.authorised) {
                break;
            }
            nodes = Nodes::of(image, settings, edges, authorised);
        }
        let mut turns = Turns { rules: Vec::with_capacity(image.rules.len()), ..Turns::default() };
        for rule in &image.rules {
            turns.rules.push((nodes.effect(&rule.effect), turns.parts.len() as u32));
            let implies = !matches!(rule.effect, Effect::Allow(_));
            turns.parts.extend(rule.parts.iter().map(|part| nodes.part(&part.scope, implies)));
        }
        let guards = image.layers.iter().filter_map(|layer| layer.applies.as_ref());
        turns.layers = Lists::all(guards.map(|guard| nodes.condition(guard.condition)));
        turns
    }
}

/// What the nodes of a policy turn on.
struct Nodes {
    /// How terms lie to each other.
    edges: Lists,
    /// Whether a recipient is authorised.
    authorised: Lists,
    /// Which measures are in place.
    measures: Lists,
    values: Vec<Lists>,
    conditions: Vec<Lists>,
}

impl Nodes {
    fn of(image: &Image, settings: &[Bound], edges: Lists, authorised: Lists) -> Self {
        // A recipient that is authorised has the measures that its contract supplies.
        let supplied = image.recipients.iter().any(|recipient| !recipient.measures.is_empty());
        let measures = if supplied { authorised } else { Lists::LEGS.and(edges) };
        let mut nodes = Nodes { edges, authorised, measures, values: Vec::new(), conditions: Vec::new() };
        for value in &image.values {
            let lists = nodes.of_value(image, settings, value);
            nodes.values.push(lists);
        }
        for condition in &image.conditions {
            let of = |of: &[u32]| Lists::all(of.iter().map(|part| nodes.condition(*part)));
            let lists = match condition {
                Condition::All(parts) | Condition::Any(parts) => of(parts),
                Condition::Not(part) => nodes.condition(*part),
                Condition::Test(test) => {
                    let values = core::iter::once(&test.left).chain(&test.right);
                    Lists::all(values.map(|value| nodes.value(*value))).and(edges)
                }
                Condition::Authorised => authorised,
            };
            nodes.conditions.push(lists);
        }
        nodes
    }

    fn of_value(&self, image: &Image, settings: &[Bound], value: &Value) -> Lists {
        let table = |table: &u32| match image.tables.get(*table as usize).map(|table| &table.key) {
            Some(Key::Slot(slot)) => Lists::of(*slot).and(self.edges),
            Some(Key::Data) => Lists::ITEMS.and(self.edges),
            Some(Key::Fact(fact)) => told_of(image, *fact).and(self.edges),
            None => Lists::NONE,
        };
        match value {
            Value::Literal(_) | Value::Time => Lists::NONE,
            Value::Setting(setting) => match settings.get(*setting as usize) {
                Some(Bound::Table(of)) => table(of),
                Some(Bound::To(_)) | None => Lists::NONE,
            },
            Value::Slot(slot) => Lists::of(*slot),
            Value::Data | Value::Form | Value::Age | Value::Collected => Lists::ITEMS,
            Value::Measures => self.measures,
            Value::Notified | Value::AuthorisedFrom => Lists::LEGS,
            Value::Fact(fact) => told_of(image, *fact),
            Value::Plus((one, other)) | Value::Minus((one, other)) => self.value(*one).and(self.value(*other)),
            Value::Earliest(of) | Value::Latest(of) | Value::Least(of) | Value::Greatest(of) => {
                Lists::all(of.iter().map(|value| self.value(*value)))
            }
            Value::EndOfMonth(of) | Value::EndOfYear(of) => self.value(*of),
            Value::Table(of) => table(of),
        }
    }

    fn value(&self, value: u32) -> Lists {
        self.values.get(value as usize).copied().unwrap_or_default()
    }

    fn condition(&self, condition: u32) -> Lists {
        self.conditions.get(condition as usize).copied().unwrap_or_default()
    }

    /// A part of a scope; whether it sees the actions that an operation implies.
    fn part(&self, scope: &Scope, implies: bool) -> Lists {
        match scope {
            Scope::Slot((slot, List::Any)) => Lists::of(*slot),
            Scope::Slot((slot, List::These(picks) | List::AnyExcept(picks))) => {
                let authorised = picks.contains(&Pick::Authorised);
                // To share is to have a recipient, to transfer is to leave a country.
                let implied = implies && *slot == Slot::Action;
                let also = if authorised { self.authorised } else { Lists::NONE };
                let also = if implied { also.and(Lists::LEGS).and(Lists::ORIGINS) } else { also };
                Lists::of(*slot).and(also).and(self.edges)
            }
            Scope::Data(_) => Lists::ITEMS.and(self.edges),
            Scope::Measures(_) => self.measures,
            Scope::When(condition) | Scope::Unless(condition) => self.condition(*condition),
        }
    }

    fn effect(&self, effect: &Effect) -> Lists {
        match effect {
            Effect::Allow(_) | Effect::Forbid | Effect::Owe(_) | Effect::Waive(_) => Lists::NONE,
            Effect::Require(demands) => {
                Lists::all(demands.iter().flat_map(|demand| &demand.any).map(|means| match means {
                    Means::Measure(_) => self.measures,
                    Means::Form(_) => Lists::ITEMS.and(self.edges),
                    Means::Basis(_) => self.edges,
                    Means::Condition(condition) => self.condition(*condition),
                }))
            }
            Effect::Keep(keep) => {
                let Keep { at_least, at_most, after, until, during, .. } = &**keep;
                let values = [at_least, at_most, after, until].into_iter().flatten().map(|value| self.value(*value));
                let during = during.map_or(Lists::NONE, |during| self.condition(during));
                // A bound counts from the day on which an item was collected.
                Lists::all(values).and(during).and(Lists::ITEMS).and(self.edges)
            }
        }
    }
}

/// The list that a fact is told of.
fn told_of(image: &Image, fact: u32) -> Lists {
    match image.facts.get(fact as usize).map(|fact| fact.about) {
        Some(About::Item) => Lists::ITEMS,
        Some(About::Subject) => Lists::SUBJECTS,
        Some(About::Recipient) => Lists::LEGS,
        Some(About::Operation) | None => Lists::NONE,
    }
}
