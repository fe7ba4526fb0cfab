//! The settings and tables that a rule or a condition turns on, directly or by what a setting stands for.

use std::collections::BTreeSet;

use abey_engine::image::{Condition, Effect, Image, Means, Rule, Scope, Value};

/// Settings and tables, by their numbers.
#[derive(Debug, Default)]
pub(crate) struct Reads {
    pub settings: BTreeSet<u32>,
    pub tables: BTreeSet<u32>,
}

impl Reads {
    /// What a rule reads: in its scope, and in what it asks for. O(nodes of its conditions and values).
    pub fn of_rule(image: &Image, rule: &Rule) -> Self {
        let mut found = Reads::default();
        for part in &rule.parts {
            if let Scope::When(condition) | Scope::Unless(condition) = &part.scope {
                found.condition(image, *condition);
            }
        }
        match &rule.effect {
            Effect::Require(demands) => {
                for means in demands.iter().flat_map(|demand| &demand.any) {
                    if let Means::Condition(condition) = means {
                        found.condition(image, *condition);
                    }
                }
            }
            Effect::Keep(keep) => {
                let values = [keep.at_least, keep.at_most, keep.after, keep.until].into_iter().flatten();
                values.for_each(|value| found.value(image, value));
                keep.during.into_iter().for_each(|during| found.condition(image, during));
            }
            Effect::Owe(owe) => {
                [owe.within, owe.event].into_iter().flatten().for_each(|value| found.value(image, value));
            }
            Effect::Allow(_) | Effect::Forbid | Effect::Waive(_) => {}
        }
        found
    }

    /// What a condition reads.
    pub fn of_condition(image: &Image, condition: u32) -> Self {
        let mut found = Reads::default();
        found.condition(image, condition);
        found
    }

    /// What a value reads.
    pub fn of_value(image: &Image, value: u32) -> Self {
        let mut found = Reads::default();
        found.value(image, value);
        found
    }

    /// Whether a host may bind one of the settings, since no agreement sets it.
    pub fn may_be_bound(&self, image: &Image) -> bool {
        self.settings.iter().filter_map(|setting| image.settings.get(*setting as usize)).any(|one| one.given.is_none())
    }

    fn condition(&mut self, image: &Image, condition: u32) {
        let mut waiting = vec![condition];
        while let Some(condition) = waiting.pop() {
            match image.conditions.get(condition as usize) {
                Some(Condition::All(of) | Condition::Any(of)) => waiting.extend(of),
                Some(Condition::Not(of)) => waiting.push(*of),
                Some(Condition::Test(test)) => {
                    std::iter::once(&test.left).chain(&test.right).for_each(|value| self.value(image, *value));
                }
                Some(Condition::Authorised) | None => {}
            }
        }
    }

    fn value(&mut self, image: &Image, value: u32) {
        let mut waiting = vec![value];
        while let Some(value) = waiting.pop() {
            match image.values.get(value as usize) {
                Some(Value::Setting(setting)) => {
                    if self.settings.insert(*setting)
                        && let Some(setting) = image.settings.get(*setting as usize)
                    {
                        waiting.extend(setting.default.filter(|_| setting.given.is_none()));
                    }
                }
                Some(Value::Table(table)) => _ = self.tables.insert(*table),
                Some(Value::Plus((a, b)) | Value::Minus((a, b))) => waiting.extend([a, b]),
                Some(Value::Earliest(of) | Value::Latest(of) | Value::Least(of) | Value::Greatest(of)) => {
                    waiting.extend(of);
                }
                Some(Value::EndOfMonth(of) | Value::EndOfYear(of)) => waiting.push(*of),
                _ => {}
            }
        }
    }
}
