//! Reading the usual text of an operation: one pass, no JSON values, no copies.
//!
//! What is read here is what the whole reader reads, with the same result. Where a text has an escape, a fault, or goes
//! past a limit, nothing is read, and the whole reader says what it is.

use alloc::vec::Vec;

use super::plain::{Plain, PlainFacts, PlainItem, PlainLeg, PlainSubject, PlainValue};
use crate::calendar::{Date, Duration, Instant};
use crate::limits;
use crate::operation::{Collected, Retention, Told};
use crate::value::Number;

/// So many facts in one object are compared with each other; where there are more, nothing is read.
const COMPARED: usize = 64;

impl<'t> Plain<'t> {
    /// Reads the usual form of an operation, without the checks that need the whole operation.
    ///
    /// None where a string has an escape, where there is any fault, where a limit is exceeded, and where one object has
    /// more than [`COMPARED`] facts. O(n) in the text.
    pub fn read(text: &'t [u8]) -> Option<Self> {
        if text.len() > limits::OPERATION_BYTES {
            return None;
        }
        let mut reader = Reader { text: core::str::from_utf8(text).ok()?, at: 0 };
        let plain = reader.operation()?;
        // Nothing but white space is left.
        reader.next().is_none().then_some(plain)
    }
}

/// A text, and how far it is read. Each method that reads a value begins at it, or at the white space before it.
struct Reader<'t> {
    text: &'t str,
    at: usize,
}

/// Which of the keys of an object have come up, a bit for each.
#[derive(Default)]
struct Seen(u16);

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    /// The byte after the white space; it stays where it is.
    fn next(&mut self) -> Option<u8> {
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
    fn string(&mut self) -> Option<&'t str> {
        self.pass(b'"')?;
        let start = self.at;
        let end = plain_end(self.text.as_bytes(), start)?;
        self.at = end + 1;
        self.text.get(start..end).filter(|text| text.len() <= limits::WORD_BYTES)
    }

    fn word(&mut self) -> Option<&'t str> {
        self.string().filter(|word| !word.is_empty())
    }

    /// The members of a list, at most [`limits::LIST`].
    fn list<T>(&mut self, read: impl Fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        self.pass(b'[')?;
        let mut members = Vec::new();
        if self.next()? == b']' {
            self.at += 1;
            return Some(members);
        }
        loop {
            if members.len() == limits::LIST {
                return None;
            }
            members.push(read(self)?);
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
    fn filled<T>(&mut self, read: impl Fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        self.list(read).filter(|members| !members.is_empty())
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
    fn field<T>(
        &mut self,
        seen: &mut Seen,
        key: u16,
        field: &mut T,
        read: impl FnOnce(&mut Self) -> Option<T>,
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

    fn operation(&mut self) -> Option<Plain<'t>> {
        let mut plain = Plain::default();
        let mut seen = Seen::default();
        self.object(|reader, key| match key.as_bytes() {
            b"action" => reader.field(&mut seen, 0, &mut plain.action, Self::word),
            b"data" => reader.field(&mut seen, 1, &mut plain.data, |reader| reader.filled(Self::item)),
            b"subjects" => reader.field(&mut seen, 2, &mut plain.subjects, |reader| reader.told_many(Self::subject)),
            b"actor" => reader.field(&mut seen, 3, &mut plain.actor, Self::told_word),
            b"purpose" => reader.field(&mut seen, 4, &mut plain.purposes, |reader| reader.told_many(Self::word)),
            b"recipient" => reader.field(&mut seen, 5, &mut plain.recipient, Self::told_word),
            b"place" => reader.field(&mut seen, 6, &mut plain.place, Self::told_word),
            b"legs" => reader.field(&mut seen, 7, &mut plain.legs, |reader| reader.filled(Self::leg)),
            b"origin" => reader.field(&mut seen, 8, &mut plain.origins, |reader| reader.told_many(Self::word)),
            b"role" => reader.field(&mut seen, 9, &mut plain.role, |reader| reader.word().map(Some)),
            b"basis" => reader.field(&mut seen, 10, &mut plain.basis, Self::told_word),
            b"measures" => reader.field(&mut seen, 11, &mut plain.measures, |reader| reader.words().map(Some)),
            b"retention" => reader.field(&mut seen, 12, &mut plain.retention, Self::retention),
            b"time" => reader.field(&mut seen, 13, &mut plain.time, |reader| Instant::parse(reader.word()?).map(Some)),
            b"facts" => reader.field(&mut seen, 14, &mut plain.facts, Self::facts),
            _ => None,
        })?;
        Some(plain)
    }

    fn told_word(&mut self) -> Option<Told<&'t str>> {
        self.word().map(|word| if word == "none" { Told::None } else { Told::Is(word) })
    }

    /// One value, a list of them, or `none`, which stands alone.
    fn told_many<T>(&mut self, read: impl Fn(&mut Self) -> Option<T>) -> Option<Told<Vec<T>>> {
        if self.says_none() {
            return self.literal("\"none\"").map(|()| Told::None);
        }
        let values = match self.next()? {
            b'[' => self.filled(|reader| if reader.says_none() { None } else { read(reader) })?,
            _ => [read(self)?].into(),
        };
        Some(Told::Is(values))
    }

    /// A set of words: the empty list is the empty set, and `none` is no member.
    fn words(&mut self) -> Option<Vec<&'t str>> {
        self.list(|reader| reader.word().filter(|word| *word != "none"))
    }

    fn item(&mut self) -> Option<PlainItem<'t>> {
        let mut item = PlainItem::default();
        if self.next()? == b'"' {
            item.category = self.word()?;
            return Some(item);
        }
        let mut seen = Seen::default();
        self.object(|reader, key| match key.as_bytes() {
            b"category" => reader.field(&mut seen, 0, &mut item.category, Self::word),
            b"form" => reader.field(&mut seen, 1, &mut item.form, |reader| reader.words().map(Some)),
            b"collected" => reader.field(&mut seen, 2, &mut item.collected, Self::collected),
            b"contains" => reader.field(&mut seen, 3, &mut item.contains, |reader| reader.words().map(Some)),
            b"facts" => reader.field(&mut seen, 4, &mut item.facts, Self::facts),
            _ => None,
        })?;
        (!item.category.is_empty()).then_some(item)
    }

    fn subject(&mut self) -> Option<PlainSubject<'t>> {
        let mut subject = PlainSubject::default();
        if self.next()? == b'"' {
            subject.term = self.word()?;
            return Some(subject);
        }
        let mut seen = Seen::default();
        self.object(|reader, key| match key.as_bytes() {
            b"subject" => reader.field(&mut seen, 0, &mut subject.term, Self::word),
            b"facts" => reader.field(&mut seen, 1, &mut subject.facts, Self::facts),
            _ => None,
        })?;
        (!subject.term.is_empty()).then_some(subject)
    }

    fn leg(&mut self) -> Option<PlainLeg<'t>> {
        let mut leg = PlainLeg::default();
        let mut seen = Seen::default();
        self.object(|reader, key| match key.as_bytes() {
            b"recipient" => reader.field(&mut seen, 0, &mut leg.recipient, Self::told_word),
            b"place" => reader.field(&mut seen, 1, &mut leg.place, Self::told_word),
            b"measures" => reader.field(&mut seen, 2, &mut leg.measures, |reader| reader.words().map(Some)),
            _ => None,
        })?;
        Some(leg)
    }

    fn collected(&mut self) -> Option<Collected> {
        match self.word()? {
            "now" => Some(Collected::Now),
            text => Date::parse(text).map(Collected::On),
        }
    }

    fn retention(&mut self) -> Option<Retention> {
        match self.word()? {
            "none" => Some(Retention::None),
            "agreed" => Some(Retention::Agreed),
            text => Duration::parse(text).map(Retention::For),
        }
    }

    fn facts(&mut self) -> Option<PlainFacts<'t>> {
        let mut facts: PlainFacts<'t> = Vec::new();
        // Names of which nothing is told: they too stand once.
        let mut untold: Vec<&str> = Vec::new();
        self.object(|reader, name| {
            let twice = facts.iter().any(|(other, _)| *other == name) || untold.contains(&name);
            if twice || facts.len() + untold.len() == COMPARED {
                return None;
            }
            if reader.next()? == b'n' {
                untold.push(name);
                return reader.literal("null");
            }
            let value = match reader.next()? {
                b'[' => PlainValue::Set(reader.list(Self::value)?),
                _ => reader.value()?,
            };
            facts.push((name, value));
            Some(())
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
fn plain_end(bytes: &[u8], mut at: usize) -> Option<usize> {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const TOPS: u64 = ONES << 7;
    // The top bit of each byte of `word` below `bound`, at most 0x80. Past the first of them others may be set.
    let below = |word: u64, bound: u8| word.wrapping_sub(ONES * u64::from(bound)) & !word & TOPS;
    while let Some(eight) = bytes.get(at..)?.first_chunk::<8>() {
        let word = u64::from_le_bytes(*eight);
        // With this bit turned the quote, 0x22, comes right after the control characters, which stay below 0x20.
        let ends = below(word ^ (ONES * 0x02), 0x21) | below(word ^ (ONES * u64::from(b'\\')), 1);
        if ends != 0 {
            at += ends.trailing_zeros() as usize / 8;
            return (bytes.get(at) == Some(&b'"')).then_some(at);
        }
        at += 8;
    }
    let rest = bytes.get(at..)?;
    let more = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20))?;
    (rest.get(more) == Some(&b'"')).then_some(at + more)
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
