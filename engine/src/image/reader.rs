//! Reading the bytes of an image, which may be any.
//!
//! Never trusts a length further than the bytes that are left, and counts what values take in memory: a byte of an image
//! may stand for seventy there.

use alloc::vec::Vec;

use super::ImageError;
use super::codec::Code;
use crate::limits;

/// Lists within lists: a rule holds demands, a demand holds means; terms, edges and sets nest no deeper.
const NESTING: u8 = 5;

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
    nesting: u8,
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Reader { bytes, fault: None, memory: limits::IMAGE_MEMORY, texts: limits::TEXT_BYTES, nesting: 0 }
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

    /// A text.
    pub fn text(&mut self) -> &'a str {
        let length = self.count();
        match self.texts.checked_sub(length) {
            Some(left) => self.texts = left,
            None => self.fail(ImageError::Limit("bytes of its texts")),
        }
        let length = self.spend(length, 1);
        let text = core::str::from_utf8(self.take(length)).ok();
        self.sound(text, "a text is not UTF-8")
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
}
