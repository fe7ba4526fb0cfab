//! How the tables of an image become bytes and are read back.
//!
//! Numbers are LEB128 (signed ones zigzagged), texts and lists carry their
//! length, enums a tag. Reading never trusts a length further than the bytes
//! that are left, and counts what its values take in memory: a byte of an
//! image may stand for seventy there.

use alloc::string::String;
use alloc::vec::Vec;

use super::ImageError;
use crate::calendar::{Date, Duration, Instant};
use crate::limits;
use crate::many::Many;
use crate::value::Number;

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
    fn byte(&mut self) -> u8 {
        let Some((head, rest)) = self.bytes.split_first() else {
            self.fail(ImageError::Truncated);
            return 0;
        };
        self.bytes = rest;
        *head
    }

    /// A count of things that take a byte each at least, so that one past the rest is a lie.
    fn count(&mut self) -> usize {
        let count = self.unsigned();
        if count > self.bytes.len() as u64 {
            self.fail(ImageError::Truncated);
            return 0;
        }
        count as usize
    }

    /// Takes so much memory for so many values, before they are read; how many are to be read, none where that is too much.
    fn spend(&mut self, count: usize, weight: usize) -> usize {
        let left = count.checked_mul(weight).and_then(|bytes| self.memory.checked_sub(bytes));
        let Some(left) = left else {
            self.fail(ImageError::Limit("memory of its tables"));
            return 0;
        };
        self.memory = left;
        count
    }

    /// The values of a list, one level deeper.
    fn members<T: Code>(&mut self, length: usize) -> Vec<T> {
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
    fn sound<T: Default>(&mut self, value: Option<T>, fault: &'static str) -> T {
        value.unwrap_or_else(|| {
            self.fail(ImageError::Corrupt(fault));
            T::default()
        })
    }

    fn unsigned(&mut self) -> u64 {
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

fn put_unsigned(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// A value with a form in bytes; reading what was written gives the same value.
pub trait Code: Sized {
    /// The bytes that one takes in memory, without what it points at. Counted from its parts, so that
    /// it is the same on every target; no smaller than what a 64-bit machine takes.
    const WEIGHT: usize;
    fn put(&self, out: &mut Vec<u8>);
    fn get(from: &mut Reader<'_>) -> Self;
}

impl Code for u32 {
    const WEIGHT: usize = 4;
    fn put(&self, out: &mut Vec<u8>) {
        put_unsigned(out, u64::from(*self));
    }
    fn get(from: &mut Reader<'_>) -> Self {
        let number = from.unsigned();
        from.sound(u32::try_from(number).ok(), "a number is too large")
    }
}

impl Code for i64 {
    const WEIGHT: usize = 8;
    fn put(&self, out: &mut Vec<u8>) {
        put_unsigned(out, ((self << 1) ^ (self >> 63)) as u64);
    }
    fn get(from: &mut Reader<'_>) -> Self {
        let zigzag = from.unsigned();
        (zigzag >> 1) as i64 ^ -((zigzag & 1) as i64)
    }
}

impl Code for i16 {
    const WEIGHT: usize = 2;
    fn put(&self, out: &mut Vec<u8>) {
        i64::from(*self).put(out);
    }
    fn get(from: &mut Reader<'_>) -> Self {
        let offset = i64::get(from);
        from.sound(i16::try_from(offset).ok(), "an offset is too large")
    }
}

impl Code for bool {
    // With what aligns its neighbours.
    const WEIGHT: usize = 8;
    fn put(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }
    fn get(from: &mut Reader<'_>) -> Self {
        let byte = from.byte();
        from.sound((byte <= 1).then_some(byte == 1), "a flag is neither 0 nor 1")
    }
}

impl Code for String {
    const WEIGHT: usize = 24;
    fn put(&self, out: &mut Vec<u8>) {
        put_unsigned(out, self.len() as u64);
        out.extend_from_slice(self.as_bytes());
    }
    fn get(from: &mut Reader<'_>) -> Self {
        let length = from.count();
        match from.texts.checked_sub(length) {
            Some(left) => from.texts = left,
            None => from.fail(ImageError::Limit("bytes of its texts")),
        }
        let length = from.spend(length, 1);
        let text = core::str::from_utf8(from.take(length)).ok();
        from.sound(text, "a text is not UTF-8").into()
    }
}

impl<T: Code> Code for Option<T> {
    const WEIGHT: usize = 8 + T::WEIGHT;
    fn put(&self, out: &mut Vec<u8>) {
        self.is_some().put(out);
        if let Some(value) = self {
            value.put(out);
        }
    }
    fn get(from: &mut Reader<'_>) -> Self {
        bool::get(from).then(|| T::get(from))
    }
}

impl<T: Code> Code for Vec<T> {
    const WEIGHT: usize = 24;
    fn put(&self, out: &mut Vec<u8>) {
        put_list(self, out);
    }
    fn get(from: &mut Reader<'_>) -> Self {
        let length = from.count();
        let length = from.spend(length, T::WEIGHT);
        from.members(length)
    }
}

/// The bytes of a list: its count, then its values.
fn put_list<T: Code>(values: &[T], out: &mut Vec<u8>) {
    put_unsigned(out, values.len() as u64);
    values.iter().for_each(|value| value.put(out));
}

impl<T: Code> Code for Many<T> {
    const WEIGHT: usize = 8 + heaviest(&[24, T::WEIGHT]);
    fn put(&self, out: &mut Vec<u8>) {
        put_list(self, out);
    }
    fn get(from: &mut Reader<'_>) -> Self {
        let length = from.count();
        // One stands in place.
        if length == 1 && from.deeper() {
            let one = T::get(from);
            from.nesting -= 1;
            return Many::One(one);
        }
        match from.spend(length, T::WEIGHT) {
            0 => Many::None,
            length => Many::More(from.members(length)),
        }
    }
}

impl<A: Code, B: Code> Code for (A, B) {
    const WEIGHT: usize = (A::WEIGHT + B::WEIGHT).next_multiple_of(8);
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
        self.1.put(out);
    }
    fn get(from: &mut Reader<'_>) -> Self {
        (A::get(from), B::get(from))
    }
}

/// The heaviest of several, for [`Code::WEIGHT`] of a choice.
pub const fn heaviest(weights: &[usize]) -> usize {
    let (mut rest, mut most) = (weights, 0);
    while let [first, others @ ..] = rest {
        if *first > most {
            most = *first;
        }
        rest = others;
    }
    most
}

/// Whether numbers count from 0.
pub const fn in_order(numbers: &[u32]) -> bool {
    let (mut rest, mut count) = (numbers, 0);
    while let [first, others @ ..] = rest {
        if *first != count {
            return false;
        }
        (rest, count) = (others, count + 1);
    }
    true
}

impl Code for Date {
    const WEIGHT: usize = 4;
    fn put(&self, out: &mut Vec<u8>) {
        i64::from(self.0).put(out);
    }
    fn get(from: &mut Reader<'_>) -> Self {
        let date = i64::get(from);
        let plain = Date(0).plus_days(date);
        if i64::from(plain.0) != date {
            from.fail(ImageError::Corrupt("a date is out of range"));
        }
        plain
    }
}

impl Code for Instant {
    const WEIGHT: usize = 8;
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
    }
    fn get(from: &mut Reader<'_>) -> Self {
        let instant = Instant(i64::get(from));
        // The first moment of the first day, through the last microsecond of the last.
        const DAY: i64 = 86_400_000_000;
        let (first, last) = (Date(0).plus_days(i64::MIN).start(0), Date(0).plus_days(i64::MAX).start(0));
        if instant < first || instant.0 - last.0 >= DAY {
            from.fail(ImageError::Corrupt("an instant is out of range"));
        }
        instant
    }
}

impl Code for Duration {
    const WEIGHT: usize = 12;
    fn put(&self, out: &mut Vec<u8>) {
        self.months.put(out);
        self.days.put(out);
        self.seconds.put(out);
    }
    fn get(from: &mut Reader<'_>) -> Self {
        let duration = Duration { months: u32::get(from), days: u32::get(from), seconds: u32::get(from) };
        if !duration.in_bounds() {
            from.fail(ImageError::Corrupt("a duration is out of range"));
        }
        duration
    }
}

impl Code for Number {
    const WEIGHT: usize = 8;
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
    }
    fn get(from: &mut Reader<'_>) -> Self {
        Number(i64::get(from))
    }
}

/// Declares a table row and its form in bytes: its fields in their order.
macro_rules! row {
    ($(#[$meta:meta])* pub struct $name:ident { $($(#[$field_meta:meta])* pub $field:ident: $type:ty,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name { $($(#[$field_meta])* pub $field: $type,)* }

        impl $crate::image::codec::Code for $name {
            const WEIGHT: usize = 0 $(+ <$type as $crate::image::codec::Code>::WEIGHT)*;
            fn put(&self, out: &mut alloc::vec::Vec<u8>) {
                $($crate::image::codec::Code::put(&self.$field, out);)*
            }
            fn get(from: &mut $crate::image::codec::Reader<'_>) -> Self {
                $name { $($field: $crate::image::codec::Code::get(from),)* }
            }
        }
    };
}

/// Declares a choice and its form in bytes: a tag, then its one value if any.
macro_rules! choice {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$variant_meta:meta])* $tag:literal $variant:ident $(($type:ty))?,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$variant_meta])* $variant $(($type))?,)* }

        impl $crate::image::codec::Code for $name {
            const WEIGHT: usize = 8 + $crate::image::codec::heaviest(&[
                $($(<$type as $crate::image::codec::Code>::WEIGHT,)?)*
            ]);
            fn put(&self, out: &mut alloc::vec::Vec<u8>) {
                match self {
                    $(choice!(@pattern $name $variant value $($type)?) => {
                        $crate::image::codec::Code::put(&($tag as u32), out);
                        choice!(@put value out $($type)?);
                    })*
                }
            }
            fn get(from: &mut $crate::image::codec::Reader<'_>) -> Self {
                // A tag is the place in this list, so that there is one for each.
                const TAGS: &[u32] = &[$($tag),*];
                const { assert!($crate::image::codec::in_order(TAGS)) };
                let tag = from.choice(TAGS.len(), "an unknown tag");
                choice!(@each tag $name from $($tag $variant ($($type)?),)*)
            }
        }
    };
    // The last stands for what is left, which `Reader::choice` never gives.
    (@each $tag:ident $name:ident $from:ident $last:literal $variant:ident ($($type:ty)?),) => {
        choice!(@get $name $variant $from $($type)?)
    };
    (@each $tag:ident $name:ident $from:ident $here:literal $variant:ident ($($type:ty)?), $($rest:tt)+) => {
        if $tag == $here { choice!(@get $name $variant $from $($type)?) } else { choice!(@each $tag $name $from $($rest)+) }
    };
    (@pattern $name:ident $variant:ident $value:ident $type:ty) => { $name::$variant($value) };
    (@pattern $name:ident $variant:ident $value:ident) => { $name::$variant };
    (@put $value:ident $out:ident $type:ty) => { $crate::image::codec::Code::put($value, $out) };
    (@put $value:ident $out:ident) => {};
    (@get $name:ident $variant:ident $from:ident $type:ty) => { $name::$variant(<$type as $crate::image::codec::Code>::get($from)) };
    (@get $name:ident $variant:ident $from:ident) => { $name::$variant };
}

/// The form in bytes of an enum of words, whose first is told: its place in the list.
macro_rules! coded_words {
    ($($name:ident::$first:ident),*) => {$(
        impl $crate::image::codec::Code for $name {
            const WEIGHT: usize = 8;
            fn put(&self, out: &mut alloc::vec::Vec<u8>) {
                (*self as u32).put(out);
            }
            fn get(from: &mut $crate::image::codec::Reader<'_>) -> Self {
                let place = from.choice($name::ALL.len(), "an unknown word");
                $name::ALL.get(place).copied().unwrap_or($name::$first)
            }
        }
    )*};
}

pub(crate) use {choice, coded_words, row};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image;

    fn bytes<T: Code>(value: &T) -> Vec<u8> {
        let mut bytes = Vec::new();
        value.put(&mut bytes);
        bytes
    }

    fn read<T: Code>(bytes: &[u8]) -> Result<T, ImageError> {
        let mut reader = Reader::new(bytes);
        let read = T::get(&mut reader);
        reader.end(read)
    }

    #[test]
    fn numbers_are_read_as_they_were_written() {
        for number in [0, 1, -1, 63, 64, -64, -65, i64::from(u32::MAX), i64::MAX, i64::MIN] {
            assert_eq!(read::<i64>(&bytes(&number)), Ok(number));
        }
        for number in [0, 127, 128, u32::MAX] {
            assert_eq!(read::<u32>(&bytes(&number)), Ok(number));
        }
        assert_eq!(read::<u32>(&bytes(&(i64::from(u32::MAX)))), Err(ImageError::Corrupt("a number is too large")));
        assert_eq!(read::<u32>(&[0x80; 10]), Err(ImageError::Corrupt("a number is too long")));
        assert_eq!(read::<u32>(&[0x80; 9]), Err(ImageError::Truncated));
        assert_eq!(read::<bool>(&[2]), Err(ImageError::Corrupt("a flag is neither 0 nor 1")));
    }

    /// What is counted for a value is no less than what it takes: else a limit on memory would be none.
    #[test]
    fn weights_are_no_less_than_sizes() {
        fn weighs<T: Code>() {
            assert!(T::WEIGHT >= size_of::<T>(), "{}: {} < {}", core::any::type_name::<T>(), T::WEIGHT, size_of::<T>());
        }
        weighs::<image::Term>();
        weighs::<image::Edge>();
        weighs::<image::Recipient>();
        weighs::<image::Fact>();
        weighs::<image::Setting>();
        weighs::<image::Row>();
        weighs::<image::Table>();
        weighs::<image::Literal>();
        weighs::<(u32, image::Literal)>();
        weighs::<image::Value>();
        weighs::<image::Condition>();
        weighs::<image::Clause>();
        weighs::<image::Layer>();
        weighs::<image::Pick>();
        weighs::<image::DataPick>();
        weighs::<image::Part>();
        weighs::<image::Means>();
        weighs::<image::Demand>();
        weighs::<image::Rule>();
        weighs::<image::Vocabulary>();
        weighs::<String>();
    }

    #[test]
    fn a_list_is_paid_for_before_it_is_read() {
        // A thousand values of a byte each, of which the reader may keep a hundred.
        let mut list = bytes(&1000u32);
        list.resize(list.len() + 1000, 2);
        let mut reader = Reader { memory: 100 * image::Value::WEIGHT, ..Reader::new(&list) };
        let read = Vec::<image::Value>::get(&mut reader);
        assert_eq!(reader.end(read), Err(ImageError::Limit("memory of its tables")));
        let mut reader = Reader { memory: 1000 * image::Value::WEIGHT, ..Reader::new(&list) };
        let read = Vec::<image::Value>::get(&mut reader);
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
