//! The sizes that an operation may have, for those that a host builds and doesn't read.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::json::Malformed;
use crate::limits;
use crate::operation::{Facts, Operation, Told};
use crate::value::FactValue;
use crate::wire::plain::Plain;

type Result<T> = core::result::Result<T, Malformed>;

impl Operation {
    /// What [`Operation::from_json`] bounds while it reads, for operations that were built.
    pub(crate) fn within_limits(&self) -> Result<()> {
        let long = |path: &str| Malformed::at(path, format!("a word or text has at most {} bytes", limits::WORD_BYTES));
        let word = |path: &str, word: &str| if word.len() > limits::WORD_BYTES { Err(long(path)) } else { Ok(()) };
        let told = |path: &str, told: &Told<String>| told.value().map_or(Ok(()), |text| word(path, text));
        let size = |path: &str, count: usize| match count > limits::LIST {
            true => Err(Malformed::at(path, format!("a list has at most {} entries", limits::LIST))),
            false => Ok(()),
        };
        let words = |path: &str, words: &[String]| {
            size(path, words.len())?;
            words.iter().try_for_each(|text| word(path, text))
        };
        let facts = |path: &str, facts: &Facts| {
            size(path, facts.len())?;
            facts.iter().try_for_each(|(name, value)| {
                word(path, name)?;
                let single = |value: &FactValue| match value {
                    FactValue::Text(text) => word(path, text),
                    _ => Ok(()),
                };
                match value {
                    FactValue::Set(members) => {
                        size(path, members.len())?;
                        members.iter().try_for_each(single)
                    }
                    value => single(value),
                }
            })
        };
        let many = |path: &str, told: &Told<Vec<String>>| told.value().map_or(Ok(()), |list| words(path, list));
        word("action", &self.action)?;
        size("data", self.data.len())?;
        for (index, item) in self.data.iter().enumerate() {
            let path = format!("data[{index}]");
            word(&path, &item.category)?;
            words(&path, item.form.as_deref().unwrap_or(&[]))?;
            words(&path, item.contains.as_deref().unwrap_or(&[]))?;
            facts(&path, &item.facts)?;
        }
        for subject in self.subjects.value().into_iter().flatten() {
            word("subjects", &subject.term)?;
            facts("subjects", &subject.facts)?;
        }
        many("purpose", &self.purposes)?;
        many("origin", &self.origins)?;
        for (path, value) in
            [("actor", &self.actor), ("recipient", &self.recipient), ("place", &self.place), ("basis", &self.basis)]
        {
            told(path, value)?;
        }
        size("legs", self.legs.len())?;
        for leg in &self.legs {
            told("legs", &leg.recipient)?;
            told("legs", &leg.place)?;
            words("legs", leg.measures.as_deref().unwrap_or(&[]))?;
        }
        word("role", self.role.as_deref().unwrap_or(""))?;
        words("measures", self.measures.as_deref().unwrap_or(&[]))?;
        facts("facts", &self.facts)
    }
}

impl Plain<'_> {
    /// Whether an operation that was read from its text is well-formed as a whole: what [`Operation::validate`] asks beyond
    /// what the reader does. One that isn't is put to it, for its words.
    pub(crate) fn is_sound(&self) -> bool {
        let count = |told: Option<usize>| told.unwrap_or(1).max(1);
        let many = |told: &Told<Vec<&str>>| told.value().map(Vec::len);
        let subjects = self.subjects.value().map(Vec::len);
        let lists = [subjects, many(&self.purposes), many(&self.origins)];
        let counts = [self.data.len(), self.legs.len().max(1)].into_iter().chain(lists.iter().map(|told| count(*told)));
        let one_leg = !(self.recipient.is_unknown() && self.place.is_unknown());
        !self.action.is_empty()
            && self.action != "none"
            && !self.data.is_empty()
            && self.data.iter().all(|item| !item.category.is_empty() && item.category != "none")
            && !lists.contains(&Some(0))
            && (self.legs.is_empty() || !one_leg)
            && self.role != Some("none")
            && counts.fold(1usize, usize::saturating_mul) <= limits::POINTS
    }
}
