//! How much work a check is, in steps, and the most that it can be.
//!
//! A step is one look at a rule, at a part of its scope, at a member of a list, at a node of a condition or value, at an
//! edge of a hierarchy, at a row of a table. [`NativeChecker::verdict_steps_bound`] says how many a verdict takes at most, as a
//! function of the sizes of policy and operation alone; the tests count and compare. Counting is compiled in with
//! feature `steps` only.

use alloc::string::String;
use alloc::vec::Vec;

use super::NativeChecker;
use super::point::Point;
use crate::image::{
    Condition, DataList, DataPick, Effect, Facet, Key, List, Means, Part, Pick, Scope, Slot, Table, Value,
};
use crate::limits;
use crate::operation::{Operation, Told};

/// Counts steps.
#[cfg(feature = "steps")]
#[derive(Debug, Default)]
pub(super) struct Meter {
    steps: core::sync::atomic::AtomicU64,
}

impl Point<'_> {
    /// Counts so many steps.
    #[cfg(feature = "steps")]
    pub(super) fn count(&self, steps: usize) {
        self.checker.meter.steps.fetch_add(steps as u64, core::sync::atomic::Ordering::Relaxed);
    }

    /// Counts nothing: see feature `steps`.
    #[cfg(not(feature = "steps"))]
    #[expect(clippy::unused_self, reason = "the same signature with and without counting")]
    pub(super) fn count(&self, _steps: usize) {}
}

/// The sizes of an operation that its work depends on.
struct Shape {
    points: u128,
    /// The most forms of one item.
    forms: u128,
    /// The most contained categories of one item, and the item itself.
    categories: u128,
    /// The most measures of one leg.
    measures: u128,
    /// The most members of a set fact.
    members: u128,
}

impl Shape {
    fn of(operation: &Operation) -> Self {
        fn most(sizes: impl Iterator<Item = usize>) -> u128 {
            sizes.max().unwrap_or(0) as u128
        }
        fn many<T>(told: &Told<Vec<T>>) -> u128 {
            told.value().map_or(1, |list| list.len().max(1)) as u128
        }
        let items = || operation.data.iter();
        let measures = |list: &Option<Vec<String>>| list.as_ref().map_or(0, |own| own.len());
        let facts = items().map(|item| &item.facts).chain([&operation.facts]);
        let facts = facts.chain(operation.subjects.value().into_iter().flatten().map(|subject| &subject.facts));
        let members = facts.flatten().map(|(_, value)| match value {
            crate::value::FactValue::Set(members) => members.len(),
            _ => 1,
        });
        Shape {
            points: operation.data.len() as u128
                * many(&operation.subjects)
                * many(&operation.purposes)
                * many(&operation.origins)
                * operation.legs.len().max(1) as u128,
            forms: most(items().map(|item| item.form.as_ref().map_or(0, |forms| forms.len()))),
            categories: 1 + most(items().map(|item| item.contains.as_ref().map_or(0, |list| list.len()))),
            measures: (measures(&operation.measures) as u128)
                + most(operation.legs.iter().map(|leg| measures(&leg.measures))),
            members: most(members),
        }
    }
}

/// What each kind of work costs at most, for one policy and one shape of operations.
struct Cost<'a> {
    checker: &'a NativeChecker,
    shape: Shape,
    /// Matching a word of each facet: the edges that lie above, and itself.
    matching: Vec<u128>,
    /// Whether the recipient is authorised.
    authorised: u128,
    /// The measures in place.
    measures: u128,
    /// How many they are.
    in_place: u128,
}

impl<'a> Cost<'a> {
    fn of(checker: &'a NativeChecker, shape: Shape) -> Self {
        let image = &checker.image;
        let edges = |facet: &Facet| image.facet(*facet).iter().map(|term| term.parents.len() as u128).sum::<u128>();
        let matching = Facet::ALL.iter().map(|facet| 1 + edges(facet)).collect();
        let supplied = image.recipients.iter().map(|own| own.measures.len()).max().unwrap_or(0) as u128;
        let in_place = shape.measures + supplied;
        let mut cost = Cost { checker, shape, matching, authorised: 0, measures: 0, in_place };
        let places = image.recipients.iter().map(|own| own.places.len()).max().unwrap_or(0) as u128;
        let purposes =
            image.recipients.iter().map(|own| own.purposes.as_ref().map_or(0, |list| list.len())).max().unwrap_or(0);
        let notice = image.notice.as_ref().map_or(0, |notice| cost.value(notice.period));
        cost.authorised =
            places * cost.matched(Facet::Place) + purposes as u128 * cost.matched(Facet::Purpose) + notice;
        cost.measures = 1 + in_place + cost.authorised;
        cost
    }

    fn matched(&self, facet: Facet) -> u128 {
        self.matching.get(facet as usize).copied().unwrap_or(1)
    }

    fn largest_match(&self) -> u128 {
        self.matching.iter().copied().max().unwrap_or(1)
    }

    fn has_measure(&self) -> u128 {
        self.measures + self.in_place * self.matched(Facet::Measure)
    }

    fn value(&self, value: u32) -> u128 {
        let image = &self.checker.image;
        let ways = limits::WAYS as u128;
        1 + match image.values.get(value as usize) {
            Some(Value::Measures) => self.measures,
            Some(Value::Table(table)) => image.tables.get(*table as usize).map_or(0, |table| self.table(table)),
            // A setting may stand for any table.
            Some(Value::Setting(_)) => image.tables.iter().map(|table| self.table(table)).max().unwrap_or(0),
            Some(Value::Plus((a, b)) | Value::Minus((a, b))) => self.value(*a) + self.value(*b),
            Some(Value::Earliest(of) | Value::Latest(of) | Value::Least(of) | Value::Greatest(of)) => {
                let own: u128 = of.iter().map(|value| self.value(*value)).sum();
                own + ways * (of.len() * of.len()) as u128
            }
            Some(Value::EndOfMonth(of) | Value::EndOfYear(of)) => self.value(*of),
            _ => 0,
        }
    }

    /// A table looked up with its key missing: every leaf against every key.
    fn table(&self, table: &Table) -> u128 {
        let image = &self.checker.image;
        let facet = match &table.key {
            Key::Slot(slot) => Some(slot.facet()),
            Key::Data => Some(Facet::Data),
            Key::Fact(fact) => match image.facts.get(*fact as usize).map(|fact| &fact.kind.base) {
                Some(crate::image::Base::Term(facet)) => Some(*facet),
                _ => None,
            },
        };
        let Some(facet) = facet else { return 0 };
        let keys: u128 = table.rows.iter().map(|row| row.keys.len() as u128).sum();
        let leaf = table.rows.len() as u128 + keys * (1 + self.matched(facet)) + keys * keys;
        image.facet(facet).len() as u128 * leaf
    }

    /// A condition: for each comparison, every combination of what its values could be, each member of a set on the
    /// left against each on the right.
    fn condition(&self, condition: u32) -> u128 {
        let image = &self.checker.image;
        1 + match image.conditions.get(condition as usize) {
            Some(Condition::All(of) | Condition::Any(of)) => of.iter().map(|part| self.condition(*part)).sum(),
            Some(Condition::Not(of)) => self.condition(*of),
            Some(Condition::Test(test)) => {
                let values: u128 =
                    core::iter::once(&test.left).chain(&test.right).map(|value| self.value(*value)).sum();
                let sets = self.largest_set();
                let each = 1 + sets * (1 + sets) * (1 + self.largest_match());
                values + limits::WAYS as u128 * test.right.len() as u128 * each
            }
            Some(Condition::Authorised) => self.authorised,
            None => 0,
        }
    }

    /// The most members of a set, told, in place, or written in the policy.
    fn largest_set(&self) -> u128 {
        let image = &self.checker.image;
        let literals = image.values.iter().map(|value| match value {
            Value::Literal(crate::image::Literal::Set(members)) => members.len(),
            _ => 1,
        });
        let written = literals.max().unwrap_or(1) as u128;
        written.max(self.in_place).max(self.shape.forms).max(self.shape.members)
    }

    fn part(&self, part: &Part) -> u128 {
        1 + match &part.scope {
            Scope::Slot((slot, List::These(picks) | List::AnyExcept(picks))) => {
                picks.iter().map(|pick| self.pick(*slot, pick)).sum()
            }
            Scope::Slot((_, List::Any)) | Scope::Data(DataList::Any) => 0,
            Scope::Data(DataList::These(picks) | DataList::AnyExcept(picks)) => {
                // Every category that a declaration bounds contents by is tested as well, and whether it is unstructured.
                let declared = self.checker.image.facet(Facet::Data).iter();
                let bounds: usize = declared.map(|term| term.containing.as_ref().map_or(0, |list| list.len())).sum();
                let categories = self.shape.categories + bounds as u128;
                let looseness = categories * self.matched(Facet::Data);
                looseness + categories * picks.iter().map(|pick| self.data_pick(pick)).sum::<u128>()
            }
            Scope::Measures(measures) => measures.len() as u128 * self.has_measure(),
            Scope::When(condition) | Scope::Unless(condition) => self.condition(*condition),
        }
    }

    fn pick(&self, slot: Slot, pick: &Pick) -> u128 {
        match pick {
            // The word itself, and the two actions that it may imply, each with whether it disposes.
            Pick::Term(_) if slot == Slot::Action => 5 * self.matched(Facet::Action),
            Pick::Term(_) => self.matched(slot.facet()),
            Pick::None => 0,
            Pick::Authorised => self.authorised,
        }
    }

    fn data_pick(&self, pick: &DataPick) -> u128 {
        1 + self.matched(Facet::Data) + pick.forms.len() as u128 * self.shape.forms * self.matched(Facet::Form)
    }

    fn effect(&self, effect: &Effect) -> u128 {
        match effect {
            Effect::Allow(_) | Effect::Forbid | Effect::Waive(_) | Effect::Owe(_) => 0,
            Effect::Require(demands) => {
                demands.iter().flat_map(|demand| &demand.any).map(|means| self.means(means)).sum()
            }
            Effect::Keep(keep) => {
                let values = [keep.at_least, keep.at_most, keep.after, keep.until].into_iter().flatten();
                // Bounds are looked at for the plan, for the end and for the beginning; events with each.
                let values: u128 = values.map(|value| 3 * self.value(value)).sum();
                let actions = keep.then.len() as u128 + 6;
                values
                    + 2 * keep.during.map_or(0, |during| self.condition(during))
                    + actions * self.matched(Facet::Action)
            }
        }
    }

    fn means(&self, means: &Means) -> u128 {
        match means {
            Means::Measure(_) => self.has_measure(),
            Means::Form(_) => self.shape.forms * self.matched(Facet::Form),
            Means::Basis(_) => self.matched(Facet::Basis),
            Means::Condition(condition) => self.condition(*condition),
        }
    }

    /// What is settled once for a point: the conditions of edges, whether data leaves a country, and what the point is beside
    /// what it is called and which demands its words meet.
    fn once(&self) -> u128 {
        let image = &self.checker.image;
        let edges = Facet::ALL.iter().flat_map(|facet| image.facet(*facet)).flat_map(|term| &term.parents);
        let conditions: u128 = edges.filter_map(|edge| edge.when).map(|when| self.condition(when)).sum();
        let guards = image.layers.iter().filter_map(|layer| layer.applies.as_ref());
        let guards: u128 = guards.map(|guard| self.condition(guard.condition)).sum();
        let places = image.facet(Facet::Place).len() as u128 * 3 * self.matched(Facet::Place);
        let beside = 2 * self.matched(Facet::Action);
        // Which demands the measures and forms meet is seen once.
        conditions + guards + places + beside + self.shape.measures + self.shape.forms
    }
}

impl NativeChecker {
    /// The most steps that [`NativeChecker::verdict`] takes for an operation, a function of sizes alone:
    ///
    /// points × (what is settled once + rules × (parts + effect)), where
    ///
    /// - a part costs its members, each a match; a match costs the edges of its facet at most;
    /// - a data part costs that for each category that the item has or may have;
    /// - a measure costs the measures in place, each a match;
    /// - a condition costs its nodes; a comparison at most [`limits::WAYS`] combinations, each the members of a set on the
    ///   left against those on the right;
    /// - a table costs the leaves of its key's facet, each against every key.
    ///
    /// O(size of the policy).
    #[must_use]
    pub fn verdict_steps_bound(&self, operation: &Operation) -> u128 {
        let cost = Cost::of(self, Shape::of(operation));
        let mut point = cost.once();
        for rule in &self.image.rules {
            let parts: u128 = rule.parts.iter().map(|part| cost.part(part)).sum();
            // An exception is looked at twice: for what it lifts, and in its place among the rules.
            let looks = if matches!(rule.effect, Effect::Waive(_)) { 2 } else { 1 };
            point += 2 + looks * parts + cost.effect(&rule.effect);
        }
        cost.shape.points.saturating_mul(point)
    }

    /// The most steps that [`NativeChecker::decide`] takes: its own verdict, one for each change and each day that is tried
    /// ([`limits::REMEDY_TRIALS`], of each of six kinds, looks at exceptions among them), and for the words of each reason at most as often again what its
    /// rule costs as its conditions are deep.
    #[must_use]
    pub fn decision_steps_bound(&self, operation: &Operation) -> u128 {
        let verdicts = 6 * limits::REMEDY_TRIALS as u128 + 1;
        let words = 4 + 2 * limits::CONDITION_DEPTH as u128;
        self.verdict_steps_bound(operation).saturating_mul(verdicts + words)
    }

    /// The steps counted since the last call.
    #[cfg(feature = "steps")]
    #[must_use]
    pub fn take_steps(&self) -> u64 {
        self.meter.steps.swap(0, core::sync::atomic::Ordering::Relaxed)
    }
}
