//! What an operation says where a rule looks, in its own words.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::explain::Explainer;
use super::input::InputItem;
use super::point::Indices;
use super::val::Word;
use crate::decision::{FindingDraft, ReasonDraft};
use crate::image::{DataList, Facet, List, Part, Scope, Slot};
use crate::json::Text;
use crate::operation::Retention;

impl<'c> Explainer<'c, '_> {
    /// A word of the operation: the term of the policy, or the strange word as it was told.
    fn word(&self, facet: Facet, word: Word, path: impl FnOnce() -> Text<'c>) -> Text<'c> {
        match word {
            Word::Missing => "".into(),
            Word::None => "none".into(),
            Word::Term(term) => self.checker.image.word(facet, term).into(),
            Word::Strange => self.input.strange_word(&path()).unwrap_or_default().to_string().into(),
        }
    }

    /// Words of a list in a data item.
    fn words(&self, facet: Facet, words: &[Word], at: Indices, key: &str) -> Vec<Text<'c>> {
        let path = |index: usize| format!("data[{}].{key}[{index}]", at[0]).into();
        words.iter().enumerate().map(|(index, word)| self.word(facet, *word, || path(index))).collect()
    }

    fn told_item(&self, at: Indices) -> Option<&InputItem<'_>> {
        self.input.items.get(at[0] as usize)
    }

    /// The category of a data item.
    pub(super) fn item_word(&self, at: Indices) -> Text<'c> {
        self.input.category(&self.checker.image, at[0])
    }

    /// A data item with its forms.
    pub(super) fn item_name(&self, at: Indices) -> Text<'c> {
        let category = self.item_word(at);
        match self.told_item(at).and_then(|item| item.form.as_deref()) {
            Some([]) => ["raw ", &*category].concat().into(),
            Some(forms) => {
                let mut name = String::with_capacity(32);
                for form in self.words(Facet::Form, forms, at, "form") {
                    name.push_str(&form);
                    name.push(' ');
                }
                name.push_str(&category);
                name.into()
            }
            None => category,
        }
    }

    /// The forms of a data item.
    pub(super) fn forms_told(&self, at: Indices) -> Option<Text<'c>> {
        let forms = self.told_item(at)?.form.as_deref()?;
        Some(if forms.is_empty() { "raw".into() } else { self.words(Facet::Form, forms, at, "form").join(", ").into() })
    }

    /// The path of a slot, and what the operation says there.
    pub(super) fn spoken(&self, at: Indices, slot: Slot) -> (Text<'c>, Option<Text<'c>>) {
        (self.path(at, slot), self.said(at, slot))
    }

    fn path(&self, at: Indices, slot: Slot) -> Text<'c> {
        let many = |told: usize, path: &'static str, index: u32| match told {
            0 | 1 => path.into(),
            _ => format!("{path}[{index}]").into(),
        };
        match slot {
            Slot::Subject => many(self.input.subjects.len(), "subjects", at[1]),
            Slot::Purpose => many(self.input.purposes.len(), "purpose", at[2]),
            Slot::Origin => many(self.input.origins.len(), "origin", at[4]),
            Slot::Recipient | Slot::Place if self.input.listed => format!("legs[{}].{}", at[3], slot.word()).into(),
            _ => slot.word().into(),
        }
    }

    /// What the operation says in a slot.
    pub(super) fn said(&self, at: Indices, slot: Slot) -> Option<Text<'c>> {
        let word = self.points.get(&at)?.word(slot);
        (word != Word::Missing).then(|| self.word(slot.facet(), word, || self.path(at, slot)))
    }

    pub(super) fn scope_findings(
        &self,
        at: Indices,
        parts: impl Iterator<Item = &'c Part>,
        reason: &mut ReasonDraft<'c>,
    ) {
        for part in parts {
            let (path, told) = match &part.scope {
                // What covers everything says nothing of the operation.
                Scope::Slot((Slot::Action, List::Any)) | Scope::Data(DataList::Any) => continue,
                Scope::Slot((slot, _)) => self.spoken(at, *slot),
                Scope::Data(_) => (item_path(at[0], ""), Some(self.item_told(at))),
                Scope::Measures(_) => ("measures".into(), self.measures_told(at)),
                Scope::When(_) | Scope::Unless(_) => {
                    reason.condition = Some(Text::Borrowed(&part.text));
                    continue;
                }
            };
            reason.findings.push(FindingDraft { path, told, rule: Text::Borrowed(&part.text) });
        }
    }

    /// A data item with its forms and contents, as the operation tells it.
    pub(super) fn item_told(&self, at: Indices) -> Text<'c> {
        let name = self.item_name(at);
        match self.told_item(at).and_then(|item| item.contains.as_deref()) {
            Some([]) | None => name,
            Some(contents) => {
                format!("{name} containing {}", self.words(Facet::Data, contents, at, "contains").join(", ")).into()
            }
        }
    }

    pub(super) fn retention_told(&self) -> Option<Text<'c>> {
        match self.input.retention {
            Retention::Unknown => None,
            Retention::None => Some("none".into()),
            Retention::Agreed => Some("agreed".into()),
            Retention::For(duration) => Some(duration.to_string().into()),
        }
    }

    pub(super) fn measures_told(&self, at: Indices) -> Option<Text<'c>> {
        let leg = self.input.legs.get(at[3] as usize)?;
        if self.input.shared.is_none() && !leg.own {
            return None;
        }
        let shared = self.input.shared.unwrap_or(0);
        let path = |index: usize| match index.checked_sub(shared) {
            None => format!("measures[{index}]").into(),
            Some(own) => format!("legs[{}].measures[{own}]", at[3]).into(),
        };
        let words = leg.measures.iter().enumerate();
        let told: Vec<Text<'c>> = words.map(|(index, word)| self.word(Facet::Measure, *word, || path(index))).collect();
        Some(told.join(", ").into())
    }
}

/// A path in a data item.
pub(super) fn item_path<'c>(index: u32, rest: &str) -> Text<'c> {
    match char::from_digit(index, 10) {
        Some(digit) => {
            let mut path = String::with_capacity(7 + rest.len());
            path.push_str("data[");
            path.push(digit);
            path.push(']');
            path.push_str(rest);
            path.into()
        }
        None => format!("data[{index}]{rest}").into(),
    }
}
