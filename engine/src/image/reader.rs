//! Reading the bytes of an image, which may be any.
//!
//! Never trusts a length further than the bytes that are left, and counts what values take in memory: a byte of an image
//! may stand for seventy there.

use alloc::sync::Arc;
use alloc::vec::Vec;

use super::codec::Code;
use super::wording::Wording;
use super::{ImageError, Part, Scope};
use crate::limits;

/// Lists within lists: a rule holds demands, a demand holds means; terms, edges and sets nest no deeper.
const NESTING: u8 = 5;

/// The bytes of memory that a part takes beside itself: its two counts, and its place and number of words here.
const SHARED: usize = 32;

/// A place in the bytes of an image, and what its tables may still take.
///
/// A fault is kept, the first one, and nothing is left to be read after it: what is read from there on are zeros, of which
/// every table can be made, and no list has members. So that reading needs no way out of each field of each row.
pub struct Reader<'a> {
    bytes: &'a [u8],
    fault: Option<ImageError>,
    /// Bytes of memory left, counted by [`Code::WEIGHT`].
    memory: usize,
    /// Bytes of text left.
    texts: usize,
    /// The wordings, all in one.
    wordings: Wording,
    /// Where the last of them ended.
    after: u32,
    /// The parts of scopes so far, each with its number of words.
    parts: Vec<(Arc<Part>, usize)>,
    /// Words in scopes left.
    words: usize,
    nesting: u8,
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Reader {
            bytes,
            fault: None,
            memory: limits::IMAGE_MEMORY,
            texts: limits::TEXT_BYTES,
            wordings: Wording::default(),
            after: 0,
            parts: Vec::new(),
            words: limits::WORDS,
            nesting: 0,
        }
    }

    /// Of bytes that begin with the wordings, all in one.
    pub fn of_wordings_and_tables(bytes: &'a [u8]) -> Self {
        let mut reader = Self::new(bytes);
        let length = reader.count();
        if length > limits::TEXT_BYTES {
            reader.fail(ImageError::Limit("bytes of its texts"));
        }
        let length = reader.spend(length, 1);
        let wordings = core::str::from_utf8(reader.take(length)).ok();
        reader.wordings = reader.sound(wordings, "a text is not UTF-8").into();
        reader
    }

    /// What was read of all of the bytes, unless there was a fault.
    ///
    /// # Errors
    /// The first fault; bytes that are left are one.
    pub fn end<T>(mut self, read: T) -> Result<T, ImageError> {
        if !self.bytes.is_empty() {
            self.fail(ImageError::Corrupt("bytes after the last table"));
        }
        self.fault.map_or(Ok(read), Err)
    }

    /// Takes in a fault.
    #[cold]
    #[inline(never)]
    pub fn fail(&mut self, fault: ImageError) {
        self.bytes = &[];
        self.fault.get_or_insert(fault);
    }

    fn take(&mut self, count: usize) -> &'a [u8] {
        let Some((head, rest)) = self.bytes.split_at_checked(count) else {
            self.fail(ImageError::Truncated);
            return &[];
        };
        self.bytes = rest;
        head
    }

    #[inline]
    pub fn byte(&mut self) -> u8 {
        let Some((head, rest)) = self.bytes.split_first() else {
            self.fail(ImageError::Truncated);
            return 0;
        };
        self.bytes = rest;
        *head
    }

    /// A count of things that take a byte each at least, so that one past the rest is a lie.
    pub fn count(&mut self) -> usize {
        let count = self.unsigned();
        if count > self.bytes.len() as u64 {
            self.fail(ImageError::Truncated);
            return 0;
        }
        count as usize
    }

    /// Takes so much memory for so many values, before they are read; how many are to be read, none where that is too much.
    pub fn spend(&mut self, count: usize, weight: usize) -> usize {
        let left = count.checked_mul(weight).and_then(|bytes| self.memory.checked_sub(bytes));
        let Some(left) = left else {
            self.fail(ImageError::Limit("memory of its tables"));
            return 0;
        };
        self.memory = left;
        count
    }

    /// A name, which stands in its place among the tables.
    pub fn name(&mut self) -> &'a str {
        let length = self.count();
        self.quote(length);
        let length = self.spend(length, 1);
        let name = core::str::from_utf8(self.take(length)).ok();
        self.sound(name, "a text is not UTF-8")
    }

    /// A wording, which is told by how far behind the last one it begins, and its length.
    pub fn wording(&mut self) -> Wording {
        let behind = i64::get(self);
        let length = self.unsigned();
        let from = i64::from(self.after).checked_add(behind).and_then(|from| u32::try_from(from).ok());
        let to = from.and_then(|from| from.checked_add(u32::try_from(length).ok()?));
        let wording = from.zip(to).and_then(|(from, to)| self.wordings.part(from, to));
        let Some(wording) = wording else {
            self.fail(ImageError::Corrupt("a wording is not in its place"));
            return self.wordings.clone();
        };
        self.after = wording.end();
        self.quote(wording.len());
        wording
    }

    /// A part of a scope, which an earlier rule may have had. Its words and its wording count as often as it is told.
    pub fn shared(&mut self) -> Arc<Part> {
        let number = self.unsigned();
        if number == 0 {
            self.spend(1, Part::WEIGHT + SHARED);
            let part = Arc::new(Part::get(self));
            let words = part.scope.words();
            self.parts.push((part.clone(), words));
            self.count_words(words);
            return part;
        }
        let told = usize::try_from(number - 1).ok().and_then(|at| self.parts.get(at));
        let Some((part, words)) = told.map(|(part, words)| (part.clone(), *words)) else {
            self.fail(ImageError::Corrupt("a part of a scope is missing"));
            return Arc::new(Part { scope: Scope::Measures(Vec::new()), text: self.wordings.clone() });
        };
        self.count_words(words);
        self.quote(part.text.len());
        part
    }

    fn count_words(&mut self, words: usize) {
        match self.words.checked_sub(words) {
            Some(left) => self.words = left,
            None => self.fail(ImageError::Limit("words in rules")),
        }
    }

    /// Counts the bytes of a text among all of them, as often as it stands in a table.
    fn quote(&mut self, length: usize) {
        match self.texts.checked_sub(length) {
            Some(left) => self.texts = left,
            None => self.fail(ImageError::Limit("bytes of its texts")),
        }
    }

    /// The one value of a list that stands in place, one level deeper; none where that is too deep.
    pub fn one<T: Code>(&mut self) -> Option<T> {
        let one = self.deeper().then(|| T::get(self));
        self.nesting -= u8::from(one.is_some());
        one
    }

    /// The values of a list, one level deeper.
    pub fn members<T: Code>(&mut self, length: usize) -> Vec<T> {
        let mut values = Vec::with_capacity(length);
        if self.deeper() {
            for _ in 0..length {
                values.push(T::get(self));
                if self.fault.is_some() {
                    break;
                }
            }
            self.nesting -= 1;
        }
        values
    }

    /// Goes one level deeper, unless that is too deep.
    fn deeper(&mut self) -> bool {
        let fits = self.nesting < NESTING;
        if fits {
            self.nesting += 1;
        } else {
            self.fail(ImageError::Corrupt("lists nest too deeply"));
        }
        fits
    }

    /// The place of a choice among so many, the first where there is no such place.
    pub fn choice(&mut self, of: usize, fault: &'static str) -> usize {
        let place = self.unsigned();
        if place >= of as u64 {
            self.fail(ImageError::Corrupt(fault));
            return 0;
        }
        place as usize
    }

    /// A value, or zero where there is none because of what is told to be wrong.
    pub fn sound<T: Default>(&mut self, value: Option<T>, fault: &'static str) -> T {
        value.unwrap_or_else(|| {
            self.fail(ImageError::Corrupt(fault));
            T::default()
        })
    }

    pub fn unsigned(&mut self) -> u64 {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte();
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                break;
            }
            value |= bits << shift;
            if byte & 0x80 == 0 {
                return value;
            }
        }
        self.fail(ImageError::Corrupt("a number is too long"));
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::Value;
    use crate::image::codec::tests::bytes;
    use alloc::string::String;

    #[test]
    fn a_list_is_paid_for_before_it_is_read() {
        // A thousand values of a byte each, of which the reader may keep a hundred.
        let mut list = bytes(&1000u32);
        list.resize(list.len() + 1000, 2);
        let mut reader = Reader { memory: 100 * Value::WEIGHT, ..Reader::new(&list) };
        let read = Vec::<Value>::get(&mut reader);
        assert_eq!(reader.end(read), Err(ImageError::Limit("memory of its tables")));
        let mut reader = Reader { memory: 1000 * Value::WEIGHT, ..Reader::new(&list) };
        let read = Vec::<Value>::get(&mut reader);
        assert_eq!(reader.memory, 0);
        assert_eq!(reader.end(read).map(|values| values.len()), Ok(1000));
    }

    #[test]
    fn texts_have_a_limit_together() {
        let texts = bytes(&Vec::from(["abc", "de"].map(String::from)));
        for (limit, expected) in [(5, Ok(2)), (4, Err(ImageError::Limit("bytes of its texts")))] {
            let mut reader = Reader { texts: limit, ..Reader::new(&texts) };
            let read = Vec::<String>::get(&mut reader);
            assert_eq!(reader.end(read).map(|texts| texts.len()), expected);
        }
    }

    #[test]
    fn the_first_fault_is_told_and_no_list_goes_on_after_it() {
        // A thousand texts, of which the first isn't UTF-8, and more bytes.
        let mut list = bytes(&1000u32);
        list.extend([1, 0xff]);
        list.resize(list.len() + 2000, 0);
        let mut reader = Reader::new(&list);
        let read = Vec::<String>::get(&mut reader);
        assert_eq!(read.len(), 1);
        assert_eq!(reader.end(read), Err(ImageError::Corrupt("a text is not UTF-8")));
    }

    /// A reader of tables after these wordings, each number of the tables in a byte.
    fn after<'a>(wordings: &str, tables: &'a [u8]) -> Reader<'a> {
        Reader { wordings: wordings.into(), ..Reader::new(tables) }
    }

    #[test]
    fn a_wording_is_a_stretch_of_all_of_them() {
        // From the fourth byte on, three; then three back, two.
        let mut reader = after("añcde", &[6, 3, 5, 2]);
        let read = [reader.wording(), reader.wording()];
        assert_eq!(read.each_ref().map(Wording::as_str), ["cde", "cd"]);
        assert_eq!(reader.end(()), Ok(()));
        for (what, tables) in [
            ("one that begins before all of them", [1, 1]),
            ("one that ends past them", [0, 7]),
            ("one that begins past them", [14, 0]),
            ("one that begins within a character", [4, 1]),
            ("one that ends within a character", [0, 2]),
        ] {
            let mut reader = after("añcde", &tables);
            reader.wording();
            assert_eq!(reader.end(()), Err(ImageError::Corrupt("a wording is not in its place")), "{what}");
        }
        // As often as it stands in a table.
        for (limit, expected) in [(5, Ok(())), (4, Err(ImageError::Limit("bytes of its texts")))] {
            let mut reader = Reader { texts: limit, ..after("añcde", &[6, 3, 5, 2]) };
            let _ = [reader.wording(), reader.wording()];
            assert_eq!(reader.end(()), expected);
        }
    }

    #[test]
    fn a_part_is_counted_with_what_it_takes_beside_itself() {
        assert!(SHARED >= size_of::<(Arc<Part>, usize)>() + 2 * size_of::<usize>());
        let mut reader = Reader { memory: Part::WEIGHT + SHARED - 1, ..after("", &[0, 2, 0, 0, 0]) };
        reader.shared();
        assert_eq!(reader.end(()), Err(ImageError::Limit("memory of its tables")));
        let mut reader = Reader { memory: Part::WEIGHT + SHARED, ..after("", &[0, 2, 0, 0, 0]) };
        reader.shared();
        assert_eq!(reader.end(()), Ok(()));
    }

    #[test]
    fn a_part_that_is_told_again_is_shared_and_counts_again() {
        // `of three measures`: a new part of a scope, and twice the first one told.
        let tables = [0, 2, 3, 7, 8, 9, 0, 5, 1, 1];
        let read = |reader: &mut Reader<'_>| [reader.shared(), reader.shared(), reader.shared()];
        let mut reader = after("three", &tables);
        let [one, again, last] = read(&mut reader);
        assert!(Arc::ptr_eq(&one, &again) && Arc::ptr_eq(&one, &last));
        assert_eq!((&one.scope, one.text.as_str()), (&Scope::Measures(Vec::from([7, 8, 9])), "three"));
        assert_eq!(reader.end(()), Ok(()));
        // Four words each: the list, and its members.
        for (words, expected) in [(12, Ok(())), (11, Err(ImageError::Limit("words in rules")))] {
            let mut reader = Reader { words, ..after("three", &tables) };
            read(&mut reader);
            assert_eq!(reader.end(()), expected);
        }
        for (texts, expected) in [(15, Ok(())), (14, Err(ImageError::Limit("bytes of its texts")))] {
            let mut reader = Reader { texts, ..after("three", &tables) };
            read(&mut reader);
            assert_eq!(reader.end(()), expected);
        }
        for missing in [1, 2, 0x7f] {
            let mut reader = after("three", core::slice::from_ref(&missing));
            reader.shared();
            assert_eq!(reader.end(()), Err(ImageError::Corrupt("a part of a scope is missing")));
        }
    }
}
