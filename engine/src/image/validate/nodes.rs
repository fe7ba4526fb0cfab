//! Whether the nodes of values and conditions form trees of bounded depth, each with one user.

use alloc::vec;
use alloc::vec::Vec;

use super::{Checked, at_most, ensure};
use crate::image::{Condition, Effect, Facet, Image, ImageError, Means, Scope, Test, Value};
use crate::limits;

impl Image {
    pub(super) fn values_and_conditions(&self) -> Checked {
        let mut values = Nodes::of(self.values.len());
        for (index, value) in self.values.iter().enumerate() {
            let there = |at: u32, count: usize, what: &'static str| ensure((at as usize) < count, what);
            match value {
                Value::Literal(literal) => self.known(literal)?,
                Value::Fact(fact) => there(*fact, self.facts.len(), "a fact is missing")?,
                Value::Setting(setting) => there(*setting, self.settings.len(), "a setting is missing")?,
                Value::Table(table) => there(*table, self.tables.len(), "a table is missing")?,
                _ => {}
            }
            at_most(value.operands().count(), limits::OPERANDS, "operands of one value")?;
            values.add(index, value.operands())?;
        }
        let mut conditions = Nodes::of(self.conditions.len());
        for (index, condition) in self.conditions.iter().enumerate() {
            if let Condition::Test(Test { left, right, .. }) = condition {
                values.take(*left)?;
                at_most(right.len(), limits::KEYS, "values of one comparison")?;
                right.iter().try_for_each(|value| values.take(*value))?;
            }
            conditions.add(index, condition.operands())?;
        }
        self.users(&mut values, &mut conditions)
    }

    /// Takes every node that something else than a node reads.
    fn users(&self, values: &mut Nodes, conditions: &mut Nodes) -> Checked {
        for edge in Facet::ALL.iter().flat_map(|facet| self.facet(*facet)).flat_map(|term| &term.parents) {
            edge.when.map_or(Ok(()), |when| conditions.take(when))?;
        }
        for default in self.settings.iter().filter_map(|setting| setting.default) {
            values.take(default)?;
        }
        for guard in self.layers.iter().filter_map(|layer| layer.applies.as_ref()) {
            conditions.take(guard.condition)?;
        }
        if let Some(notice) = &self.notice {
            values.take(notice.period)?;
        }
        for rule in &self.rules {
            for part in &rule.parts {
                if let Scope::When(condition) | Scope::Unless(condition) = &part.scope {
                    conditions.take(*condition)?;
                }
            }
            match &rule.effect {
                Effect::Require(demands) => {
                    for means in demands.iter().flat_map(|demand| &demand.any) {
                        if let Means::Condition(condition) = means {
                            conditions.take(*condition)?;
                        }
                    }
                }
                Effect::Keep(keep) => {
                    for value in [keep.at_least, keep.at_most, keep.after, keep.until].into_iter().flatten() {
                        values.take(value)?;
                    }
                    keep.during.map_or(Ok(()), |during| conditions.take(during))?;
                }
                Effect::Owe(owe) => {
                    for value in [owe.within, owe.event].into_iter().flatten() {
                        values.take(value)?;
                    }
                }
                Effect::Allow(_) | Effect::Forbid | Effect::Waive(_) => {}
            }
        }
        Ok(())
    }
}

impl Value {
    /// The nodes that it is made of.
    pub(super) fn operands(&self) -> impl Iterator<Item = u32> {
        let (pair, list): ([Option<u32>; 2], &[u32]) = match self {
            Value::Plus((a, b)) | Value::Minus((a, b)) => ([Some(*a), Some(*b)], &[]),
            Value::Earliest(of) | Value::Latest(of) | Value::Least(of) | Value::Greatest(of) => ([None; 2], of),
            Value::EndOfMonth(of) | Value::EndOfYear(of) => ([Some(*of), None], &[]),
            _ => ([None; 2], &[]),
        };
        pair.into_iter().flatten().chain(list.iter().copied())
    }
}

impl Condition {
    /// The conditions that it is made of.
    pub(super) fn operands(&self) -> impl Iterator<Item = u32> {
        let list: &[u32] = match self {
            Condition::All(of) | Condition::Any(of) => of,
            Condition::Not(of) => core::slice::from_ref(of),
            Condition::Test(_) | Condition::Authorised => &[],
        };
        list.iter().copied()
    }
}

/// The nodes read so far: how deep each is, and whether something reads it.
///
/// An operand comes before its operator, and every node has at most one reader,
/// so that nodes form trees and a walk over all of them takes no more steps
/// than there are nodes.
struct Nodes {
    depths: Vec<usize>,
    taken: Vec<bool>,
}

impl Nodes {
    fn of(count: usize) -> Self {
        Nodes { depths: Vec::with_capacity(count), taken: vec![false; count] }
    }

    fn take(&mut self, node: u32) -> Checked {
        let taken = self.taken.get_mut(node as usize).ok_or(ImageError::Corrupt("a value or condition is missing"))?;
        ensure(!core::mem::replace(taken, true), "a value or condition is read twice")
    }

    fn add(&mut self, index: usize, operands: impl Iterator<Item = u32>) -> Checked {
        let mut deepest = 0;
        for operand in operands {
            ensure((operand as usize) < index, "an operand comes after its operator")?;
            self.take(operand)?;
            deepest = deepest.max(self.depths.get(operand as usize).copied().unwrap_or(0));
        }
        at_most(deepest + 1, limits::CONDITION_DEPTH, "depth of a condition")?;
        self.depths.push(deepest + 1);
        Ok(())
    }
}
