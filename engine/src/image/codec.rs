//! How the tables of an image become bytes and are read back.
//!
//! Numbers are LEB128 (signed ones zigzagged), names and lists carry their
//! length, enums a tag. A wording is told by its place among all of them.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::reader::Reader;
use super::wording::{Wording, Writer};
use super::{ImageError, Part};
use crate::calendar::{Date, Duration, Instant};
use crate::many::Many;
use crate::value::Number;

/// A value with a form in bytes; reading what was written gives the same value.
pub trait Code: Sized {
    /// The bytes that one takes in memory, without what it points at. Counted from its parts, so that
    /// it is the same on every target; no smaller than what a 64-bit machine takes.
    const WEIGHT: usize;
    fn put(&self, out: &mut Writer);
    fn get(from: &mut Reader<'_>) -> Self;
}

impl Code for u32 {
    const WEIGHT: usize = 4;
    fn put(&self, out: &mut Writer) {
        out.unsigned(u64::from(*self));
    }
    fn get(from: &mut Reader<'_>) -> Self {
        let number = from.unsigned();
        from.sound(u32::try_from(number).ok(), "a number is too large")
    }
}

impl Code for i64 {
    const WEIGHT: usize = 8;
    fn put(&self, out: &mut Writer) {
        out.unsigned(((self << 1) ^ (self >> 63)) as u64);
    }
    fn get(from: &mut Reader<'_>) -> Self {
        let zigzag = from.unsigned();
        (zigzag >> 1) as i64 ^ -((zigzag & 1) as i64)
    }
}

impl Code for i16 {
    const WEIGHT: usize = 2;
    fn put(&self, out: &mut Writer) {
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
    fn put(&self, out: &mut Writer) {
        out.byte(u8::from(*self));
    }
    fn get(from: &mut Reader<'_>) -> Self {
        let byte = from.byte();
        from.sound((byte <= 1).then_some(byte == 1), "a flag is neither 0 nor 1")
    }
}

impl Code for String {
    const WEIGHT: usize = 24;
    fn put(&self, out: &mut Writer) {
        out.named(self);
    }
    fn get(from: &mut Reader<'_>) -> Self {
        from.name().into()
    }
}

impl Code for Wording {
    const WEIGHT: usize = 16;
    fn put(&self, out: &mut Writer) {
        out.wording(self);
    }
    fn get(from: &mut Reader<'_>) -> Self {
        from.wording()
    }
}

impl<T: Code> Code for Box<T> {
    // With what it points at, which is always there.
    const WEIGHT: usize = 8 + T::WEIGHT;
    fn put(&self, out: &mut Writer) {
        (**self).put(out);
    }
    fn get(from: &mut Reader<'_>) -> Self {
        Box::new(T::get(from))
    }
}

impl<T: Code> Code for Option<T> {
    const WEIGHT: usize = 8 + T::WEIGHT;
    fn put(&self, out: &mut Writer) {
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
    fn put(&self, out: &mut Writer) {
        put_list(self, out);
    }
    fn get(from: &mut Reader<'_>) -> Self {
        let length = from.count();
        let length = from.spend(length, T::WEIGHT);
        from.members(length)
    }
}

/// The bytes of a list: its count, then its values.
fn put_list<T: Code>(values: &[T], out: &mut Writer) {
    out.unsigned(values.len() as u64);
    values.iter().for_each(|value| value.put(out));
}

impl<T: Code> Code for Many<T> {
    const WEIGHT: usize = 8 + heaviest(&[24, T::WEIGHT]);
    fn put(&self, out: &mut Writer) {
        put_list(self, out);
    }
    fn get(from: &mut Reader<'_>) -> Self {
        let length = from.count();
        // One stands in place.
        if length == 1 {
            return from.one().map_or(Many::None, Many::One);
        }
        match from.spend(length, T::WEIGHT) {
            0 => Many::None,
            length => Many::More(from.members(length)),
        }
    }
}

impl<A: Code, B: Code> Code for (A, B) {
    const WEIGHT: usize = (A::WEIGHT + B::WEIGHT).next_multiple_of(8);
    fn put(&self, out: &mut Writer) {
        self.0.put(out);
        self.1.put(out);
    }
    fn get(from: &mut Reader<'_>) -> Self {
        (A::get(from), B::get(from))
    }
}

impl Code for Arc<Part> {
    // A new one is counted where it is read.
    const WEIGHT: usize = 8;
    fn put(&self, out: &mut Writer) {
        out.shared(&**self);
    }
    fn get(from: &mut Reader<'_>) -> Self {
        from.shared()
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
    fn put(&self, out: &mut Writer) {
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
    fn put(&self, out: &mut Writer) {
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
    fn put(&self, out: &mut Writer) {
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
    fn put(&self, out: &mut Writer) {
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
            fn put(&self, out: &mut $crate::image::wording::Writer) {
                $($crate::image::codec::Code::put(&self.$field, out);)*
            }
            fn get(from: &mut $crate::image::reader::Reader<'_>) -> Self {
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
            fn put(&self, out: &mut $crate::image::wording::Writer) {
                match self {
                    $(choice!(@pattern $name $variant value $($type)?) => {
                        $crate::image::codec::Code::put(&($tag as u32), out);
                        choice!(@put value out $($type)?);
                    })*
                }
            }
            fn get(from: &mut $crate::image::reader::Reader<'_>) -> Self {
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
            fn put(&self, out: &mut $crate::image::wording::Writer) {
                (*self as u32).put(out);
            }
            fn get(from: &mut $crate::image::reader::Reader<'_>) -> Self {
                let place = from.choice($name::ALL.len(), "an unknown word");
                $name::ALL.get(place).copied().unwrap_or($name::$first)
            }
        }
    )*};
}

pub(crate) use {choice, coded_words, row};

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::image;

    pub fn bytes<T: Code>(value: &T) -> Vec<u8> {
        let mut writer = Writer::default();
        value.put(&mut writer);
        writer.tables()
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
        weighs::<Wording>();
        weighs::<Arc<Part>>();
    }
}
