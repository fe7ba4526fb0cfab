//! Reading the usual text of an operation: one pass, no JSON values, no copies.
//!
//! What is read here is what the whole reader reads, with the same result. Where a text has an escape, a fault, or goes
//! past a limit, nothing is read, and the whole reader says what it is.

use alloc::vec::Vec;

use super::parts::{Few, ItemParts, LegParts, Parts, SubjectParts};
use super::plain::{Plain, PlainValue};
use super::takes::{AsTold, Names, Takes};
use crate::calendar::{Date, Duration, Instant};
use crate::image::{About, Facet};
use crate::json::runs::run;
use crate::limits;
use crate::many::Many;
use crate::operation::{Collected, Retention, Told};
use crate::value::Number;

impl<'t> Plain<'t> {
    /// Reads the usual form of an operation, without the checks that need the whole operation.
    ///
    /// None where a string has an escape, where there is any fault, where a limit is exceeded, and where one object has
    /// more than [`COMPARED`] facts. O(n) in the text.
    pub fn read(text: &'t [u8]) -> Option<Self> {
        read(text, AsTold)
    }
}

/// Reads the usual form of an operation into words and facts of some kind: see [`Plain::read`].
pub(crate) fn read<'t, T: Takes<'t>>(text: &'t [u8], takes: T) -> Option<Parts<T::Word, T::Facts>> {
    if text.len() > limits::OPERATION_BYTES {
        return None;
    }
    let mut reader = Reader { text: core::str::from_utf8(text).ok()?, at: 0, takes };
    let parts = reader.operation()?;
    // Nothing but white space is left.
    reader.next().is_none().then_some(parts)
}

/// A list that is being read.
trait List<V>: Default {
    fn count(&self) -> usize;
    fn add(&mut self, member: V);
}

impl<V> List<V> for Vec<V> {
    fn count(&self) -> usize {
        self.len()
    }

    fn add(&mut self, member: V) {
        self.push(member);
    }
}

impl<V> List<V> for Many<V> {
    fn count(&self) -> usize {
        self.len()
    }

    fn add(&mut self, member: V) {
        self.push(member);
    }
}

impl<V: Default, const N: usize> List<V> for Few<V, N> {
    fn count(&self) -> usize {
        self.len()
    }

    fn add(&mut self, member: V) {
        self.push(member);
    }
}

/// A text, and how far it is read. Each method that reads a value begins at it, or at the white space before it.
struct Reader<'t, T> {
    text: &'t str,
    at: usize,
    takes: T,
}

/// Which of the keys of an object have come up, a bit for each.
#[derive(Default)]
struct Seen(u16);

impl<'t, T: Takes<'t>> Reader<'t, T> {
    fn rest(&self) -> &'t [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    /// The byte after the white space; it stays where it is.
    #[inline]
    fn next(&mut self) -> Option<u8> {
        match self.text.as_bytes().get(self.at) {
            Some(byte) if *byte > b' ' => Some(*byte),
            _ => self.next_beyond(),
        }
    }

    fn next_beyond(&mut self) -> Option<u8> {
        loop {
            match self.text.as_bytes().get(self.at) {
                Some(b' ' | b'\t' | b'\n' | b'\r') => self.at += 1,
                other => return other.copied(),
            }
        }
    }

    /// Passes over a byte that must come next.
    fn pass(&mut self, byte: u8) -> Option<()> {
        (self.next()? == byte).then(|| self.at += 1)
    }

    /// Passes over `null`, `true` or `false`.
    fn literal(&mut self, word: &str) -> Option<()> {
        self.rest().starts_with(word.as_bytes()).then(|| self.at += word.len())
    }

    /// Whether `"none"` comes next. It stays where it is.
    fn says_none(&mut self) -> bool {
        self.next().is_some() && self.rest().starts_with(b"\"none\"")
    }

    /// A string without escapes, of at most [`limits::WORD_BYTES`].
    #[inline]
    fn string(&mut self) -> Option<&'t str> {
        let start = match self.text.as_bytes().get(self.at) {
            Some(b'"') => self.at + 1,
            _ => {
                self.pass(b'"')?;
                self.at
            }
        };
        let end = plain_end(self.text.as_bytes(), start)?;
        self.at = end + 1;
        if end - start > limits::WORD_BYTES { None } else { self.text.get(start..end) }
    }

    /// A string that isn't empty.
    fn filled_string(&mut self) -> Option<&'t str> {
        self.string().filter(|word| !word.is_empty())
    }

    fn word(&mut self, facet: Facet) -> Option<T::Word> {
        let word = self.filled_string()?;
        self.takes.word(facet, word)
    }

    /// The members of a list, at most [`limits::LIST`].
    fn list<V, L: List<V>>(&mut self, read: impl Fn(&mut Self) -> Option<V>) -> Option<L> {
        self.pass(b'[')?;
        let mut members = L::default();
        if self.next()? == b']' {
            self.at += 1;
            return Some(members);
        }
        loop {
            if members.count() == limits::LIST {
                return None;
            }
            members.add(read(self)?);
            let byte = self.next()?;
            self.at += 1;
            match byte {
                b',' => {}
                b']' => return Some(members),
                _ => return None,
            }
        }
    }

    /// The members of a list, at least one.
    fn filled<V, L: List<V>>(&mut self, read: impl Fn(&mut Self) -> Option<V>) -> Option<L> {
        self.list(read).filter(|members: &L| members.count() > 0)
    }

    /// The entries of an object: each key, with `read` for what stands under it.
    fn object(&mut self, mut read: impl FnMut(&mut Self, &'t str) -> Option<()>) -> Option<()> {
        self.pass(b'{')?;
        if self.next()? == b'}' {
            self.at += 1;
            return Some(());
        }
        loop {
            let key = self.string()?;
            self.pass(b':')?;
            read(self, key)?;
            let byte = self.next()?;
            self.at += 1;
            match byte {
                b',' => {}
                b'}' => return Some(()),
                _ => return None,
            }
        }
    }

    /// Reads what stands under the key of this number into its field; `null` leaves the field as it was.
    fn field<V>(
        &mut self,
        seen: &mut Seen,
        key: u16,
        field: &mut V,
        read: impl FnOnce(&mut Self) -> Option<V>,
    ) -> Option<()> {
        let bit = 1 << key;
        if seen.0 & bit != 0 {
            return None;
        }
        seen.0 |= bit;
        if self.next()? == b'n' {
            return self.literal("null");
        }
        *field = read(self)?;
        Some(())
    }

    fn operation(&mut self) -> Option<Parts<T::Word, T::Facts>> {
        let mut parts = Parts::default();
        let mut seen = Seen::default();
        self.object(|reader, key| match key.as_bytes() {
            b"action" => reader.field(&mut seen, 0, &mut parts.action, |reader| reader.word(Facet::Action)),
            b"data" => reader.field(&mut seen, 1, &mut parts.data, |reader| reader.filled(Self::item)),
            b"subjects" => reader.field(&mut seen, 2, &mut parts.subjects, |reader| reader.told_many(Self::subject)),
            b"actor" => reader.field(&mut seen, 3, &mut parts.actor, |reader| reader.told_word(Facet::Actor)),
            b"purpose" => reader.field(&mut seen, 4, &mut parts.purposes, |reader| {
                reader.told_many(|reader| reader.word(Facet::Purpose))
            }),
            b"recipient" => {
                reader.field(&mut seen, 5, &mut parts.recipient, |reader| reader.told_word(Facet::Recipient))
            }
            b"place" => reader.field(&mut seen, 6, &mut parts.place, |reader| reader.told_word(Facet::Place)),
            b"legs" => reader.field(&mut seen, 7, &mut parts.legs, |reader| reader.filled(Self::leg)),
            b"origin" => reader
                .field(&mut seen, 8, &mut parts.origins, |reader| reader.told_many(|reader| reader.word(Facet::Place))),
            b"role" => reader.field(&mut seen, 9, &mut parts.role, |reader| reader.word(Facet::Role).map(Some)),
            b"basis" => reader.field(&mut seen, 10, &mut parts.basis, |reader| reader.told_word(Facet::Basis)),
            b"measures" => reader.field(&mut seen, 11, &mut parts.measures, |reader| reader.words(Facet::Measure)),
            b"retention" => reader.field(&mut seen, 12, &mut parts.retention, Self::retention),
            b"time" => {
                reader.field(&mut seen, 13, &mut parts.time, |reader| Instant::parse(reader.filled_string()?).map(Some))
            }
            b"facts" => reader.field(&mut seen, 14, &mut parts.facts, |reader| reader.facts(About::Operation)),
            _ => None,
        })?;
        Some(parts)
    }

    fn told_word(&mut self, facet: Facet) -> Option<Told<T::Word>> {
        match self.filled_string()? {
            "none" => Some(Told::None),
            word => self.takes.word(facet, word).map(Told::Is),
        }
    }

    /// One value, a list of them, or `none`, which stands alone.
    fn told_many<V, L: List<V>>(&mut self, read: impl Fn(&mut Self) -> Option<V>) -> Option<Told<L>> {
        if self.says_none() {
            return self.literal("\"none\"").map(|()| Told::None);
        }
        let values = match self.next()? {
            b'[' => self.filled(|reader| if reader.says_none() { None } else { read(reader) })?,
            _ => {
                let mut one = L::default();
                one.add(read(self)?);
                one
            }
        };
        Some(Told::Is(values))
    }

    /// A set of words: the empty list is the empty set, and `none` is no member.
    fn words(&mut self, facet: Facet) -> Option<Option<Few<T::Word>>> {
        self.list(|reader| if reader.says_none() { None } else { reader.word(facet) }).map(Some)
    }

    fn item(&mut self) -> Option<ItemParts<T::Word, T::Facts>> {
        let mut item = ItemParts::default();
        if self.next()? == b'"' {
            item.category = self.word(Facet::Data)?;
            return Some(item);
        }
        let mut seen = Seen::default();
        self.object(|reader, key| match key.as_bytes() {
            b"category" => reader.field(&mut seen, 0, &mut item.category, |reader| reader.word(Facet::Data)),
            b"form" => reader.field(&mut seen, 1, &mut item.form, |reader| reader.words(Facet::Form)),
            b"collected" => reader.field(&mut seen, 2, &mut item.collected, Self::collected),
            b"contains" => reader.field(&mut seen, 3, &mut item.contains, |reader| reader.words(Facet::Data)),
            b"facts" => reader.field(&mut seen, 4, &mut item.facts, |reader| reader.facts(About::Item)),
            _ => None,
        })?;
        (item.category != T::Word::default()).then_some(item)
    }

    fn subject(&mut self) -> Option<SubjectParts<T::Word, T::Facts>> {
        let mut subject = SubjectParts::default();
        if self.next()? == b'"' {
            subject.term = self.word(Facet::Subject)?;
            return Some(subject);
        }
        let mut seen = Seen::default();
        self.object(|reader, key| match key.as_bytes() {
            b"subject" => reader.field(&mut seen, 0, &mut subject.term, |reader| reader.word(Facet::Subject)),
            b"facts" => reader.field(&mut seen, 1, &mut subject.facts, |reader| reader.facts(About::Subject)),
            _ => None,
        })?;
        (subject.term != T::Word::default()).then_some(subject)
    }

    fn leg(&mut self) -> Option<LegParts<T::Word>> {
        let mut leg = LegParts::default();
        let mut seen = Seen::default();
        self.object(|reader, key| match key.as_bytes() {
            b"recipient" => reader.field(&mut seen, 0, &mut leg.recipient, |reader| reader.told_word(Facet::Recipient)),
            b"place" => reader.field(&mut seen, 1, &mut leg.place, |reader| reader.told_word(Facet::Place)),
            b"measures" => reader.field(&mut seen, 2, &mut leg.measures, |reader| reader.words(Facet::Measure)),
            _ => None,
        })?;
        Some(leg)
    }

    fn collected(&mut self) -> Option<Collected> {
        match self.filled_string()? {
            "now" => Some(Collected::Now),
            text => Date::parse(text).map(Collected::On),
        }
    }

    fn retention(&mut self) -> Option<Retention> {
        match self.filled_string()? {
            "none" => Some(Retention::None),
            "agreed" => Some(Retention::Agreed),
            text => Duration::parse(text).map(Retention::For),
        }
    }

    fn facts(&mut self, about: About) -> Option<T::Facts> {
        let mut facts = T::Facts::default();
        let mut seen = Names::default();
        self.object(|reader, name| {
            let value = match reader.next()? {
                b'n' => {
                    reader.literal("null")?;
                    None
                }
                b'[' => Some(PlainValue::Set(reader.list(Self::value)?)),
                _ => Some(reader.value()?),
            };
            reader.takes.fact(about, &mut facts, &mut seen, name, value)
        })?;
        Some(facts)
    }

    /// The value of a fact, or of a member of one that is a set.
    fn value(&mut self) -> Option<PlainValue<'t>> {
        match self.next()? {
            b'"' => self.string().map(PlainValue::Text),
            b't' => self.literal("true").map(|()| PlainValue::Bool(true)),
            b'f' => self.literal("false").map(|()| PlainValue::Bool(false)),
            _ => self.number().map(PlainValue::Number),
        }
    }

    /// A JSON number. Nothing that a number is made of can follow it, so that all of that is taken for it.
    fn number(&mut self) -> Option<Number> {
        let of_number = |byte: &&u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
        let length = self.rest().iter().take_while(of_number).count();
        let text = self.text.get(self.at..self.at + length)?;
        self.at += length;
        // A number of the language may begin with zeros, one of JSON with no more than one.
        match text.strip_prefix('-').unwrap_or(text).as_bytes() {
            [b'0', b'0'..=b'9', ..] => None,
            _ => Number::parse(text),
        }
    }
}

/// Where the quote stands that ends the string from `at` on; none where a backslash or a control character comes first.
fn plain_end(bytes: &[u8], at: usize) -> Option<usize> {
    let end = at + run(bytes.get(at..)?);
    (bytes.get(end) == Some(&b'"')).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation;
    use alloc::format;
    use alloc::vec;

    fn read(text: &str) -> Option<Plain<'_>> {
        Plain::read(text.as_bytes())
    }

    #[test]
    fn a_string_ends_where_it_ends_wherever_it_stands() {
        for length in 1..40 {
            let word = "é~".repeat(length);
            for from in (0..word.len()).filter(|from| word.is_char_boundary(*from)) {
                let word = word.get(from..).unwrap_or_default();
                let text = format!("{{\"action\":\"{word}\"}}");
                assert_eq!(read(&text).map(|plain| plain.action), (!word.is_empty()).then_some(word));
                for ends in ["\u{0}", "\u{1f}", "\\", "\\\""] {
                    assert_eq!(read(&format!("{{\"action\":\"{word}{ends}{word}\"}}")), None);
                }
                // The bytes beside those that end a string.
                assert!(read(&format!("{{\"action\":\"{word} !#[]\u{7f}{word}\"}}")).is_some());
            }
        }
    }

    #[test]
    fn the_limits_are_those_of_the_whole_reader() {
        let long = |count: usize| "k".repeat(count);
        let names = |count: usize| {
            (0..count)
                .map(|n| format!("\"{n}\":{}", if n % 2 == 0 { "1" } else { "null" }))
                .collect::<Vec<_>>()
                .join(",")
        };
        let list = |count: usize| vec!["\"a\""; count].join(",");
        for (text, is) in [
            (format!("{{\"action\":\"{}\"}}", long(limits::WORD_BYTES)), true),
            (format!("{{\"action\":\"{}\"}}", long(limits::WORD_BYTES + 1)), false),
            (format!("{{\"facts\":{{\"{}\":1}}}}", long(limits::WORD_BYTES)), true),
            (format!("{{\"facts\":{{\"{}\":1}}}}", long(limits::WORD_BYTES + 1)), false),
            (format!("{{\"facts\":{{\"a\":\"{}\"}}}}", long(limits::WORD_BYTES + 1)), false),
            (format!("{{\"purpose\":[{}]}}", list(limits::LIST)), true),
            (format!("{{\"purpose\":[{}]}}", list(limits::LIST + 1)), false),
            (format!("{{\"measures\":[{}]}}", list(limits::LIST + 1)), false),
            (format!("{{\"facts\":{{\"a\":[{}]}}}}", list(limits::LIST + 1)), false),
            (format!("{{}}{}", " ".repeat(limits::OPERATION_BYTES - 2)), true),
            (format!("{{}}{}", " ".repeat(limits::OPERATION_BYTES - 1)), false),
        ] {
            assert_eq!(
                (read(&text).is_some(), Operation::partial_from_json(&text).is_ok()),
                (is, is),
                "{} bytes",
                text.len()
            );
        }
        // Many facts are left to the whole reader.
        let text = |count| format!("{{\"facts\":{{{}}}}}", names(count));
        assert!(read(&text(64)).is_some() && read(&text(65)).is_none());
        assert!(Operation::partial_from_json(text(65)).is_ok_and(|operation| operation.facts.len() == 33));
    }
}
