//! An operation and one of its items as one row without gaps, for engines that stumble over what is missing.

use serde::Serialize;
use zen_expression::variable::ToVariable;

use crate::operations::{Item, Operation, TODAY};

/// The row, named as in an operation. A word that nobody states is empty.
#[derive(Clone, Debug, Hash, Serialize, ToVariable)]
pub struct Flat<'a> {
    pub action: &'a str,
    pub actor: &'a str,
    pub purpose: &'a str,
    pub recipient: &'a str,
    pub place: &'a str,
    pub used_as: &'a str,
    pub retention: &'a str,
    pub measures: Vec<&'a str>,
    /// Whether it is about end users alone.
    pub end_users: bool,
    pub category: &'a str,
    pub form: Vec<&'a str>,
    /// Whether the item is known to have no form.
    pub raw: bool,
    /// Whether the item is known to contain nothing.
    pub holds_nothing: bool,
    pub source: &'a str,
    pub over: &'a str,
    /// The day of collection, as the number that its digits are; 0 is unknown.
    pub collected: i32,
}

impl<'a> Flat<'a> {
    /// The row of an item.
    pub fn new(told: &Operation<'a>, item: &Item<'a>) -> Self {
        let facts = item.facts.as_ref();
        Flat {
            action: told.action,
            actor: told.actor.unwrap_or_default(),
            purpose: told.purpose.unwrap_or_default(),
            recipient: told.recipient.unwrap_or_default(),
            place: told.place.unwrap_or_default(),
            used_as: told.facts.as_ref().map_or("", |facts| facts.used_as),
            retention: told.retention.unwrap_or_default(),
            measures: told.measures.clone().unwrap_or_default(),
            end_users: told.subjects.as_ref().is_some_and(|all| all.iter().all(|one| *one == "end_user")),
            category: item.category,
            form: item.form.clone().unwrap_or_default(),
            raw: item.form.as_ref().is_some_and(Vec::is_empty),
            holds_nothing: item.contains.as_ref().is_some_and(Vec::is_empty),
            source: facts.and_then(|facts| facts.source).unwrap_or_default(),
            over: facts.and_then(|facts| facts.over).unwrap_or_default(),
            collected: item.collected.map_or(0, number),
        }
    }
}

/// A day as the number that its digits are.
pub fn number(day: &str) -> i32 {
    let day = if day == "now" { TODAY } else { day };
    day.bytes().filter(u8::is_ascii_digit).fold(0, |number, digit| number * 10 + i32::from(digit - b'0'))
}
