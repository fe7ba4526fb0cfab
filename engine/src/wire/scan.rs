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
use crate::limits;
use crate::many::Many;
use crate::operation::{Collected, Retention, Told};
use crate::spelled::Spelled;
use crate::value::Number;

impl<'t> Plain<'t> {
    /// Reads the usual form of an operation, without the checks that need the whole operation.
    ///
    /// None where a string has an escape, where there is any fault, where a limit is exceeded, and where one object has
    /// more than [`COMPARED`] facts. O(n) in the text.
    pub fn read(text: &'t [u8]) -> Option<Self> {
        let mut plain = Plain::default();
        read(text, AsTold, &mut plain)?;
        Some(plain)
    }
}

/// Reads the usual form of an operation into words and facts of some kind, of which there are none yet: see [`Plain::read`].
pub(crate) fn read<'t, T: Takes<'t>>(text: &'t [u8], takes: T, into: &mut Parts<T::Word, T::Facts>) -> Option<()> {
    if text.len() > limits::OPERATION_BYTES {
        return None;
    }
    let mut reader = Reader { rest: text, takes };
    reader.operation(into)?;
    // Nothing but white space is left.
    reader.next().is_none().then_some(())
}

/// A list that is being read.
trait List<V>: Default {
    fn count(&self) -> usize;

    /// Adds a member at the end, to be read.
    fn more(&mut self) -> Option<&mut V>;
}

impl<V: Default> List<V> for Vec<V> {
    fn count(&self) -> usize {
        self.len()
    }

    fn more(&mut self) -> Option<&mut V> {
        self.push(V::default());
        self.last_mut()
    }
}

impl<V: Default> List<V> for Many<V> {
    fn count(&self) -> usize {
        self.len()
    }

    fn more(&mut self) -> Option<&mut V> {
        Many::more(self)
    }
}

impl<V: Default, const N: usize> List<V> for Few<V, N> {
    fn count(&self) -> usize {
        self.len()
    }

    fn more(&mut self) -> Option<&mut V> {
        Few::more(self)
    }
}

/// What of a text is left to be read. Each method that reads a value begins at it, or at the white space before it.
///
/// Bytes outside of ASCII stand in strings alone, and whoever takes one as text sees whether it is UTF-8.
struct Reader<'t, T> {
    rest: &'t [u8],
    takes: T,
}

/// The first four bytes of a key, which tell it from the others of its object.
const fn head(key: &str) -> u32 {
    match key.as_bytes().first_chunk() {
        Some(bytes) => u32::from_le_bytes(*bytes),
        None => 0,
    }
}

const ACTION: u32 = head("action");
const DATA: u32 = head("data");
const SUBJECTS: u32 = head("subjects");
const ACTOR: u32 = head("actor");
const PURPOSE: u32 = head("purpose");
const RECIPIENT: u32 = head("recipient");
const PLACE: u32 = head("place");
const LEGS: u32 = head("legs");
const ORIGIN: u32 = head("origin");
const ROLE: u32 = head("role");
const BASIS: u32 = head("basis");
const MEASURES: u32 = head("measures");
const RETENTION: u32 = head("retention");
const TIME: u32 = head("time");
const FACTS: u32 = head("facts");
const CATEGORY: u32 = head("category");
const FORM: u32 = head("form");
const COLLECTED: u32 = head("collected");
const CONTAINS: u32 = head("contains");
const SUBJECT: u32 = head("subject");

/// Which of the keys of an object have come up, a bit for each.
#[derive(Default)]
struct Seen(u16);

impl<'t, T: Takes<'t>> Reader<'t, T> {
    /// The byte after the white space; it stays where it is.
    #[inline]
    fn next(&mut self) -> Option<u8> {
        match self.rest {
            [byte, ..] if *byte > b' ' => Some(*byte),
            _ => self.next_beyond(),
        }
    }

    #[cold]
    #[inline(never)]
    fn next_beyond(&mut self) -> Option<u8> {
        while let [b' ' | b'\t' | b'\n' | b'\r', rest @ ..] = self.rest {
            self.rest = rest;
        }
        self.rest.first().copied()
    }

    /// Takes the byte after the white space.
    #[inline]
    fn take(&mut self) -> Option<u8> {
        let byte = self.next()?;
        self.rest = self.rest.get(1..)?;
        Some(byte)
    }

    /// Passes over a byte that must come next.
    #[inline]
    fn pass(&mut self, byte: u8) -> Option<()> {
        (self.take()? == byte).then_some(())
    }

    /// Passes over `null`, `true` or `false`.
    fn literal(&mut self, word: &str) -> Option<()> {
        self.rest = self.rest.strip_prefix(word.as_bytes())?;
        Some(())
    }

    /// Whether `"none"` comes next. It stays where it is.
    fn says_none(&mut self) -> bool {
        self.next().is_some() && self.rest.starts_with(b"\"none\"")
    }

    /// A string without escapes, of any length.
    #[inline(always)]
    fn quoted(&mut self) -> Option<Spelled<'t>> {
        self.pass(b'"')?;
        self.rest_of_quoted()
    }

    /// The same, from after its first quote on.
    #[inline(always)]
    fn rest_of_quoted(&mut self) -> Option<Spelled<'t>> {
        let (word, rest) = Spelled::quoted(self.rest)?;
        self.rest = rest;
        Some(word)
    }

    /// A string without escapes, of at most [`limits::WORD_BYTES`].
    #[inline]
    fn string(&mut self) -> Option<Spelled<'t>> {
        self.quoted().filter(|word| word.bytes.len() <= limits::WORD_BYTES)
    }

    /// A string that isn't empty.
    #[inline]
    fn filled_string(&mut self) -> Option<Spelled<'t>> {
        self.string().filter(|word| !word.bytes.is_empty())
    }

    /// A string that isn't empty, as text.
    #[inline(never)]
    fn filled_text(&mut self) -> Option<&'t str> {
        self.filled_string()?.text()
    }

    #[inline(never)]
    fn word(&mut self, facet: Facet, into: &mut T::Word) -> Option<()> {
        let word = self.quoted()?;
        *into = self.takes.word(facet, word)?;
        Some(())
    }

    /// The members of a list, at most [`limits::LIST`].
    fn list<V, L: List<V>>(&mut self, into: &mut L, read: impl Fn(&mut Self, &mut V) -> Option<()>) -> Option<()> {
        self.pass(b'[')?;
        if self.next()? == b']' {
            return self.pass(b']');
        }
        loop {
            if into.count() == limits::LIST {
                return None;
            }
            read(self, into.more()?)?;
            match self.take()? {
                b',' => {}
                b']' => return Some(()),
                _ => return None,
            }
        }
    }

    /// The members of a list, at least one.
    fn filled<V, L: List<V>>(&mut self, into: &mut L, read: impl Fn(&mut Self, &mut V) -> Option<()>) -> Option<()> {
        self.list(into, read)?;
        (into.count() > 0).then_some(())
    }

    /// The entries of an object, each of which `read` reads, from after the quote of its key on.
    fn object(&mut self, mut read: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.pass(b'{')?;
        if self.next()? == b'}' {
            return self.pass(b'}');
        }
        loop {
            self.pass(b'"')?;
            read(self)?;
            match self.take()? {
                b',' => {}
                b'}' => return Some(()),
                _ => return None,
            }
        }
    }

    /// The entries of an object, each of which `read` reads by the first bytes of its key.
    fn record(&mut self, mut read: impl FnMut(&mut Self, u32) -> Option<()>) -> Option<()> {
        self.object(|reader| {
            let head = u32::from_le_bytes(*reader.rest.first_chunk()?);
            read(reader, head)
        })
    }

    /// Reads a key, which has this number in its object, and what stands under it into its field; `null` leaves the field
    /// as it was.
    fn field<V>(
        &mut self,
        seen: &mut Seen,
        (number, key): (u16, &str),
        field: &mut V,
        read: impl FnOnce(&mut Self, &mut V) -> Option<()>,
    ) -> Option<()> {
        self.literal(key)?;
        match self.rest {
            [b'"', b':', rest @ ..] => self.rest = rest,
            _ => {
                self.literal("\"")?;
                self.pass(b':')?;
            }
        }
        let bit = 1 << number;
        if seen.0 & bit != 0 {
            return None;
        }
        seen.0 |= bit;
        if self.next()? == b'n' {
            return self.literal("null");
        }
        read(self, field)
    }

    fn operation(&mut self, parts: &mut Parts<T::Word, T::Facts>) -> Option<()> {
        let seen = &mut Seen::default();
        self.record(|own, head| match head {
            ACTION => own.field(seen, (0, "action"), &mut parts.action, |own, into| own.word(Facet::Action, into)),
            DATA => own.field(seen, (1, "data"), &mut parts.data, |own, into| own.filled(into, Self::item)),
            SUBJECTS => {
                own.field(seen, (2, "subjects"), &mut parts.subjects, |own, into| own.told_many(into, Self::subject))
            }
            ACTOR => own.field(seen, (3, "actor"), &mut parts.actor, |own, into| own.told_word(Facet::Actor, into)),
            PURPOSE => {
                own.field(seen, (4, "purpose"), &mut parts.purposes, |own, into| own.told_words(Facet::Purpose, into))
            }
            RECIPIENT => own
                .field(seen, (5, "recipient"), &mut parts.recipient, |own, into| own.told_word(Facet::Recipient, into)),
            PLACE => own.field(seen, (6, "place"), &mut parts.place, |own, into| own.told_word(Facet::Place, into)),
            LEGS => own.field(seen, (7, "legs"), &mut parts.legs, |own, into| own.filled(into, Self::leg)),
            ORIGIN => {
                own.field(seen, (8, "origin"), &mut parts.origins, |own, into| own.told_words(Facet::Place, into))
            }
            ROLE => own.field(seen, (9, "role"), &mut parts.role, |own, into| {
                own.word(Facet::Role, into.get_or_insert_default())
            }),
            BASIS => own.field(seen, (10, "basis"), &mut parts.basis, |own, into| own.told_word(Facet::Basis, into)),
            MEASURES => {
                own.field(seen, (11, "measures"), &mut parts.measures, |own, into| own.words(Facet::Measure, into))
            }
            RETENTION => own.field(seen, (12, "retention"), &mut parts.retention, Self::retention),
            TIME => own.field(seen, (13, "time"), &mut parts.time, |own, into| {
                *into = Some(Instant::parse(own.filled_text()?)?);
                Some(())
            }),
            FACTS => own.field(seen, (14, "facts"), &mut parts.facts, |own, into| own.facts(About::Operation, into)),
            _ => None,
        })
    }

    #[inline(never)]
    fn told_word(&mut self, facet: Facet, into: &mut Told<T::Word>) -> Option<()> {
        let word = self.quoted()?;
        *into = match word.bytes {
            b"none" => Told::None,
            _ => Told::Is(self.takes.word(facet, word)?),
        };
        Some(())
    }

    /// One value, a list of them, or `none`, which stands alone.
    fn told_many<V, L: List<V>>(
        &mut self,
        into: &mut Told<L>,
        read: impl Fn(&mut Self, &mut V) -> Option<()>,
    ) -> Option<()> {
        if self.says_none() {
            *into = Told::None;
            return self.literal("\"none\"");
        }
        *into = Told::Is(L::default());
        let Told::Is(members) = into else { return None };
        match self.next()? {
            b'[' => self.filled(members, |own, into| if own.says_none() { None } else { read(own, into) }),
            _ => read(self, members.more()?),
        }
    }

    /// One word, a list of them, or `none`.
    fn told_words(&mut self, facet: Facet, into: &mut Told<Few<T::Word>>) -> Option<()> {
        self.told_many(into, |own, into| own.word(facet, into))
    }

    /// A set of words: the empty list is the empty set, and `none` is no member.
    fn words(&mut self, facet: Facet, into: &mut Option<Few<T::Word>>) -> Option<()> {
        let set = into.get_or_insert_default();
        self.list(set, |own, into| if own.says_none() { None } else { own.word(facet, into) })
    }

    fn item(&mut self, item: &mut ItemParts<T::Word, T::Facts>) -> Option<()> {
        if self.next()? == b'"' {
            return self.word(Facet::Data, &mut item.category);
        }
        let seen = &mut Seen::default();
        self.record(|own, head| match head {
            CATEGORY => own.field(seen, (0, "category"), &mut item.category, |own, into| own.word(Facet::Data, into)),
            FORM => own.field(seen, (1, "form"), &mut item.form, |own, into| own.words(Facet::Form, into)),
            COLLECTED => own.field(seen, (2, "collected"), &mut item.collected, Self::collected),
            CONTAINS => own.field(seen, (3, "contains"), &mut item.contains, |own, into| own.words(Facet::Data, into)),
            FACTS => own.field(seen, (4, "facts"), &mut item.facts, |own, into| own.facts(About::Item, into)),
            _ => None,
        })?;
        (item.category != T::Word::default()).then_some(())
    }

    fn subject(&mut self, subject: &mut SubjectParts<T::Word, T::Facts>) -> Option<()> {
        if self.next()? == b'"' {
            return self.word(Facet::Subject, &mut subject.term);
        }
        let seen = &mut Seen::default();
        self.record(|own, head| match head {
            SUBJECT => own.field(seen, (0, "subject"), &mut subject.term, |own, into| own.word(Facet::Subject, into)),
            FACTS => own.field(seen, (1, "facts"), &mut subject.facts, |own, into| own.facts(About::Subject, into)),
            _ => None,
        })?;
        (subject.term != T::Word::default()).then_some(())
    }

    fn leg(&mut self, leg: &mut LegParts<T::Word>) -> Option<()> {
        let seen = &mut Seen::default();
        self.record(|own, head| match head {
            RECIPIENT => {
                own.field(seen, (0, "recipient"), &mut leg.recipient, |own, into| own.told_word(Facet::Recipient, into))
            }
            PLACE => own.field(seen, (1, "place"), &mut leg.place, |own, into| own.told_word(Facet::Place, into)),
            MEASURES => {
                own.field(seen, (2, "measures"), &mut leg.measures, |own, into| own.words(Facet::Measure, into))
            }
            _ => None,
        })
    }

    fn collected(&mut self, into: &mut Collected) -> Option<()> {
        *into = match self.filled_string()?.bytes {
            b"now" => Collected::Now,
            bytes => Collected::On(Date::parse(bytes)?),
        };
        Some(())
    }

    fn retention(&mut self, into: &mut Retention) -> Option<()> {
        *into = match self.filled_text()? {
            "none" => Retention::None,
            "agreed" => Retention::Agreed,
            text => Retention::For(Duration::parse(text)?),
        };
        Some(())
    }

    fn facts(&mut self, about: About, into: &mut T::Facts) -> Option<()> {
        let mut seen = Names::default();
        self.object(|own| {
            let name = own.rest_of_quoted().filter(|name| name.bytes.len() <= limits::WORD_BYTES)?;
            own.pass(b':')?;
            let value = match own.next()? {
                b'n' => {
                    own.literal("null")?;
                    None
                }
                b'[' => {
                    let mut members = Vec::new();
                    own.list(&mut members, |own, into| {
                        *into = own.value()?;
                        Some(())
                    })?;
                    Some(PlainValue::Set(members))
                }
                _ => Some(own.value()?),
            };
            own.takes.fact(about, into, &mut seen, name, value)
        })
    }

    /// The value of a fact, or of a member of one that is a set.
    fn value(&mut self) -> Option<PlainValue<'t>> {
        match self.next()? {
            b'"' => self.string()?.text().map(PlainValue::Text),
            b't' => self.literal("true").map(|()| PlainValue::Bool(true)),
            b'f' => self.literal("false").map(|()| PlainValue::Bool(false)),
            _ => self.number().map(PlainValue::Number),
        }
    }

    /// A JSON number. Nothing that a number is made of can follow it, so that all of that is taken for it.
    fn number(&mut self) -> Option<Number> {
        let of_number = |byte: &&u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
        let (text, rest) = self.rest.split_at_checked(self.rest.iter().take_while(of_number).count())?;
        self.rest = rest;
        let text = core::str::from_utf8(text).ok()?;
        // A number of the language may begin with zeros, one of JSON with no more than one.
        match text.strip_prefix('-').unwrap_or(text).as_bytes() {
            [b'0', b'0'..=b'9', ..] => None,
            _ => Number::parse(text),
        }
    }
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
