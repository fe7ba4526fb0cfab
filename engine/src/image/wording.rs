//! The wordings of a policy: what its rules say word for word, labels and titles, interpretations, notes.
//!
//! They stand apart from its tables, all in one, and each is a stretch of that: it is read without a copy, and what is said
//! several times stands once.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Deref;

use super::codec::Code;

/// What a policy says word for word. Dereferences to what it says, in O(1); a copy shares it.
#[derive(Clone)]
pub struct Wording {
    of: Arc<Box<str>>,
    from: u32,
    to: u32,
}

impl Wording {
    /// A stretch of this text, from one byte up to another, unless it isn't one.
    pub(super) fn part(&self, from: u32, to: u32) -> Option<Wording> {
        self.get(from as usize..to as usize)?;
        Some(Wording { of: self.of.clone(), from: self.from + from, to: self.from + to })
    }

    /// What it says.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self
    }

    /// Where it ends in the whole that it is a stretch of, in bytes.
    pub(super) fn end(&self) -> u32 {
        self.to
    }
}

impl Deref for Wording {
    type Target = str;

    #[inline]
    fn deref(&self) -> &str {
        // Of a whole, or looked at when it was made a part.
        self.of.get(self.from as usize..self.to as usize).unwrap_or_default()
    }
}

impl From<&str> for Wording {
    /// A text of its own, of at most 2³² - 1 bytes; of a longer one, as of one past every limit of an image, nothing.
    fn from(text: &str) -> Self {
        Wording { of: Arc::new(text.into()), from: 0, to: u32::try_from(text.len()).unwrap_or(0) }
    }
}

impl From<String> for Wording {
    fn from(text: String) -> Self {
        text.as_str().into()
    }
}

impl From<&String> for Wording {
    fn from(text: &String) -> Self {
        text.as_str().into()
    }
}

impl Default for Wording {
    fn default() -> Self {
        "".into()
    }
}

impl PartialEq for Wording {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Wording {}

impl PartialEq<&str> for Wording {
    fn eq(&self, other: &&str) -> bool {
        **self == **other
    }
}

impl fmt::Debug for Wording {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, to)
    }
}

impl fmt::Display for Wording {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&**self, to)
    }
}

/// The bytes of a wording that is looked through for what is a stretch of it; few rules are longer.
const SEARCHED: usize = 1024;

/// The bytes of an image in the making.
#[derive(Default)]
pub struct Writer {
    tables: Vec<u8>,
    wordings: String,
    /// Where each wording begins that was added.
    known: BTreeMap<Vec<u8>, u64>,
    /// Where the last wording begins that was added: a rule, as a rule, of which its parts are stretches.
    added: usize,
    /// Where the last wording ended that was told.
    after: usize,
    /// The numbers of what is shared, by its bytes.
    shared: BTreeMap<Vec<u8>, u64>,
    /// Whether wordings stand in their places as names do: then what is equal has equal bytes.
    inline: bool,
}

impl Writer {
    pub fn byte(&mut self, byte: u8) {
        self.tables.push(byte);
    }

    pub fn unsigned(&mut self, value: u64) {
        put_unsigned(&mut self.tables, value);
    }

    /// A name, in its place.
    pub fn named(&mut self, name: &str) {
        self.unsigned(name.len() as u64);
        self.tables.extend_from_slice(name.as_bytes());
    }

    /// A wording: how far behind the last one it begins, and its length.
    pub fn wording(&mut self, text: &str) {
        if self.inline {
            return self.named(text);
        }
        let from = self.place(text);
        (from as i64 - self.after as i64).put(self);
        self.unsigned(text.len() as u64);
        self.after = from + text.len();
    }

    /// What may have been told before: its number, from 1 on, or 0 and then what it is.
    pub fn shared<T: Code>(&mut self, value: &T) {
        let mut own = Writer { inline: true, ..Writer::default() };
        value.put(&mut own);
        let next = self.shared.len() as u64 + 1;
        let number = *self.shared.entry(own.tables).or_insert(next);
        if number < next {
            return self.unsigned(number);
        }
        self.unsigned(0);
        value.put(self);
    }

    /// Where a wording stands among all of them, which it is added to where it isn't said before.
    fn place(&mut self, text: &str) -> usize {
        if text.is_empty() {
            return self.after;
        }
        if let Some(at) = self.known.get(text.as_bytes()) {
            return *at as usize;
        }
        // Longer ones aren't looked through, so that writing stays linear.
        let last = self.wordings.get(self.added..).filter(|last| last.len() <= SEARCHED);
        if let Some(at) = last.and_then(|last| last.find(text)) {
            return self.added + at;
        }
        self.added = self.wordings.len();
        self.wordings.push_str(text);
        self.known.insert(text.into(), self.added as u64);
        self.added
    }

    /// What was written, without the wordings.
    #[cfg(test)]
    pub fn tables(self) -> Vec<u8> {
        self.tables
    }

    /// The wordings, all in one, and then the tables.
    pub fn wordings_and_tables(self) -> Vec<u8> {
        let mut bytes = Vec::new();
        put_unsigned(&mut bytes, self.wordings.len() as u64);
        bytes.extend_from_slice(self.wordings.as_bytes());
        bytes.extend_from_slice(&self.tables);
        bytes
    }
}

fn put_unsigned(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

#[cfg(test)]
mod tests {
    use super::super::reader::Reader;
    use super::*;

    #[test]
    fn what_is_said_again_stands_once() {
        // Of the last one, two halves were added apart, so that it is added as a whole.
        let said = ["forbid sale", "sale", "keep", "forbid sale", "", "salekeep"];
        let mut writer = Writer::default();
        said.iter().for_each(|text| writer.wording(text));
        assert_eq!(writer.wordings, "forbid salekeepsalekeep");
        let bytes = writer.wordings_and_tables();
        let mut reader = Reader::of_wordings_and_tables(&bytes);
        let read = said.map(|_| reader.wording());
        assert_eq!(reader.end(()), Ok(()));
        assert_eq!(read, said.map(Wording::from));
    }

    /// Of a long wording no stretch is looked for: else each that follows would look through all of it.
    #[test]
    fn long_wordings_are_not_looked_through() {
        for (length, stands) in [(SEARCHED, SEARCHED), (SEARCHED + 1, SEARCHED + 3)] {
            let mut writer = Writer::default();
            writer.wording(&"x".repeat(length));
            writer.wording("xx");
            writer.wording("xx");
            assert_eq!(writer.wordings.len(), stands);
        }
    }
}
