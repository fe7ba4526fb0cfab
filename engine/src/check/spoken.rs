//! What an operation says where a rule looks, in its own words.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::explain::Explainer;
use super::point::Indices;
use super::val::Word;
use crate::decision::{Finding, Reason};
use crate::image::{DataList, List, Part, Scope, Slot};
use crate::operation::Retention;

impl Explainer<'_, '_> {
    pub(super) fn item_name(&self, at: Indices) -> String {
        let item = self.operation.data.get(at[0] as usize);
        item.map(|item| match item.form.as_deref() {
            Some([]) => ["raw ", item.category].concat(),
            Some(forms) => {
                let mut name = String::with_capacity(32);
                for form in forms {
                    name.push_str(form);
                    name.push(' ');
                }
                name.push_str(item.category);
                name
            }
            None => item.category.into(),
        })
        .unwrap_or_default()
    }

    /// The path of a slot, and what the operation says there.
    pub(super) fn spoken(&self, at: Indices, slot: Slot) -> (String, Option<String>) {
        (self.path(at, slot), self.said(at, slot).map(ToString::to_string))
    }

    fn path(&self, at: Indices, slot: Slot) -> String {
        let many =
            |told: usize, path: &str, index: u32| if told > 1 { format!("{path}[{index}]") } else { path.to_string() };
        let count = |told: Option<usize>| told.unwrap_or(0);
        match slot {
            Slot::Subject => many(count(self.operation.subjects.value().map(|all| all.len())), "subjects", at[1]),
            Slot::Purpose => many(count(self.operation.purposes.value().map(|all| all.len())), "purpose", at[2]),
            Slot::Origin => many(count(self.operation.origins.value().map(|all| all.len())), "origin", at[4]),
            Slot::Recipient | Slot::Place if !self.operation.legs.is_empty() => {
                format!("legs[{}].{}", at[3], slot.word())
            }
            _ => slot.word().into(),
        }
    }

    /// What the operation says in a slot.
    pub(super) fn said(&self, at: Indices, slot: Slot) -> Option<&str> {
        let point = self.points.get(&at)?;
        match point.word(slot) {
            Word::Missing => None,
            Word::None => Some("none"),
            Word::Term(term) => Some(self.checker.image.word(slot.facet(), term)),
            Word::Strange => {
                let path = self.path(at, slot);
                point.input.strange.iter().find(|strange| strange.path == path).map(|strange| strange.word.as_str())
            }
        }
    }

    pub(super) fn scope_findings<'p>(&self, at: Indices, parts: impl Iterator<Item = &'p Part>, reason: &mut Reason) {
        for part in parts {
            let (path, told) = match &part.scope {
                // What covers everything says nothing of the operation.
                Scope::Slot((Slot::Action, List::Any)) | Scope::Data(DataList::Any) => continue,
                Scope::Slot((slot, _)) => self.spoken(at, *slot),
                Scope::Data(_) => (item_path(at[0], ""), Some(self.item_told(at))),
                Scope::Measures(_) => ("measures".into(), self.measures_told(at)),
                Scope::When(_) | Scope::Unless(_) => {
                    reason.condition = Some(part.text.clone());
                    continue;
                }
            };
            reason.findings.push(Finding { path, told, rule: part.text.clone() });
        }
    }

    /// A data item with its forms and contents, as the operation tells it.
    pub(super) fn item_told(&self, at: Indices) -> String {
        let name = self.item_name(at);
        match self.operation.data.get(at[0] as usize).and_then(|item| item.contains.as_deref()) {
            Some([]) | None => name,
            Some(contents) => format!("{name} containing {}", contents.join(", ")),
        }
    }

    pub(super) fn retention_told(&self) -> Option<String> {
        match self.operation.retention {
            Retention::Unknown => None,
            Retention::None => Some("none".into()),
            Retention::Agreed => Some("agreed".into()),
            Retention::For(duration) => Some(duration.to_string()),
        }
    }

    pub(super) fn measures_told(&self, at: Indices) -> Option<String> {
        let common = self.operation.measures.as_ref();
        let own = self.operation.legs.get(at[3] as usize).and_then(|leg| leg.measures.as_ref());
        let told: Vec<&str> = common.into_iter().chain(own).flatten().copied().collect();
        if common.is_none() && own.is_none() { None } else { Some(told.join(", ")) }
    }
}

/// A path in a data item.
pub(super) fn item_path(index: u32, rest: &str) -> String {
    match char::from_digit(index, 10) {
        Some(digit) => {
            let mut path = String::with_capacity(7 + rest.len());
            path.push_str("data[");
            path.push(digit);
            path.push(']');
            path.push_str(rest);
            path
        }
        None => format!("data[{index}]{rest}"),
    }
}
