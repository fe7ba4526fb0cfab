//! The sizes that an operation may have, for those that a host builds and doesn't read.

use alloc::format;

use crate::json::Malformed;
use crate::limits;
use crate::operation::Told;
use crate::wire::parts::Few;
use crate::wire::plain::{Plain, PlainValue};

type Result<T> = core::result::Result<T, Malformed>;

impl Plain<'_> {
    /// What [`Plain::read`] bounds while it reads, for operations that were built.
    pub(crate) fn within_limits(&self) -> Result<()> {
        let long = |path: &str| Malformed::at(path, format!("a word or text has at most {} bytes", limits::WORD_BYTES));
        let word = |path: &str, word: &str| if word.len() > limits::WORD_BYTES { Err(long(path)) } else { Ok(()) };
        let told = |path: &str, told: &Told<&str>| told.value().map_or(Ok(()), |text| word(path, text));
        let size = |path: &str, count: usize| match count > limits::LIST {
            true => Err(Malformed::at(path, format!("a list has at most {} entries", limits::LIST))),
            false => Ok(()),
        };
        let words = |path: &str, words: &[&str]| {
            size(path, words.len())?;
            words.iter().try_for_each(|text| word(path, text))
        };
        let facts = |path: &str, facts: &[(&str, PlainValue<'_>)]| {
            size(path, facts.len())?;
            facts.iter().try_for_each(|(name, value)| {
                word(path, name)?;
                let single = |value: &PlainValue<'_>| match value {
                    PlainValue::Text(text) => word(path, text),
                    _ => Ok(()),
                };
                match value {
                    PlainValue::Set(members) => {
                        size(path, members.len())?;
                        members.iter().try_for_each(single)
                    }
                    value => single(value),
                }
            })
        };
        let many = |path: &str, told: &Told<Few<&str>>| told.value().map_or(Ok(()), |list| words(path, list));
        word("action", self.action)?;
        size("data", self.data.len())?;
        for (index, item) in self.data.iter().enumerate() {
            let within = |path: &str| {
                word(path, item.category)?;
                words(path, item.form.as_deref().unwrap_or(&[]))?;
                words(path, item.contains.as_deref().unwrap_or(&[]))?;
                facts(path, &item.facts)
            };
            // Its path is put in words only where something is wrong.
            within("").or_else(|_| within(&format!("data[{index}]")))?;
        }
        for subject in self.subjects.value().into_iter().flatten() {
            word("subjects", subject.term)?;
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
        word("role", self.role.unwrap_or(""))?;
        words("measures", self.measures.as_deref().unwrap_or(&[]))?;
        facts("facts", &self.facts)
    }
}
