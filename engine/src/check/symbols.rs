//! The words of a table, found by what they are: a hash table with open addressing, made once when a policy is loaded.

use alloc::vec;
use alloc::vec::Vec;

use crate::spelled::Spelled;

/// Words by their numbers. The words themselves stand elsewhere, and are handed in to compare with.
#[derive(Clone, Debug, Default)]
pub(super) struct Symbols {
    /// At most a third of the places are taken.
    places: Vec<Place>,
}

/// A place that a word may stand in.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    /// The number of the word and 1, or 0 where there is none.
    number: u32,
    /// The lower half of its hash.
    hash: u32,
}

impl Symbols {
    /// The words of an iterator, numbered from 0; of equal ones the first is found, and the empty one never is.
    pub fn of<'w>(words: impl Iterator<Item = &'w str> + Clone) -> Self {
        let size = (words.clone().count() * 3).next_power_of_two();
        let mut symbols = Symbols { places: vec![Place::default(); size] };
        for (number, word) in words.enumerate().filter(|(_, word)| !word.is_empty()) {
            let hash = Spelled::of(word.as_bytes()).hash;
            let mut at = first(hash, size);
            while symbols.places.get(at).is_some_and(|place| place.number != 0) {
                at = (at + 1) & (size - 1);
            }
            if let Some(place) = symbols.places.get_mut(at) {
                *place = Place { number: number as u32 + 1, hash: hash as u32 };
            }
        }
        symbols
    }

    /// The number of a word by its hash; `is` tells whether a number is that of the word.
    ///
    /// Expected O(1), and one word to compare with.
    #[inline]
    pub fn find(&self, hash: u64, is: impl Fn(u32) -> bool + Copy) -> Option<u32> {
        let at = first(hash, self.places.len());
        let place = self.places.get(at)?;
        let number = place.number.checked_sub(1)?;
        if place.hash == hash as u32 && is(number) { Some(number) } else { self.find_beyond(at, hash, is) }
    }

    /// The same, from after a place on.
    #[cold]
    fn find_beyond(&self, mut at: usize, hash: u64, is: impl Fn(u32) -> bool) -> Option<u32> {
        let mask = self.places.len().checked_sub(1)?;
        // No more places than there are, for a table whose hashes were all made to collide.
        for _ in 0..mask {
            at = (at + 1) & mask;
            let place = self.places.get(at)?;
            let number = place.number.checked_sub(1)?;
            if place.hash == hash as u32 && is(number) {
                return Some(number);
            }
        }
        None
    }
}

/// Where a word is looked for first among so many places: by the upper bits of its hash, which all of the word bears on.
#[inline]
fn first(hash: u64, places: usize) -> usize {
    (((hash >> 32) * places as u64) >> 32) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::string::String;

    /// Numbered names, short words, and words with the same ends are spread: a word is looked for in few places.
    #[test]
    fn words_are_spread() {
        let names = |of: fn(u32) -> String| (0..2000).map(of).collect::<Vec<String>>();
        for words in [
            names(|n| format!("purpose_{n}")),
            names(|n| format!("{n}_of_the_purposes")),
            names(|n| format!("a{n}")),
            names(|n| format!("the_longest_of_words_{n}_with_an_end")),
        ] {
            let symbols = Symbols::of(words.iter().map(String::as_str));
            let tried = core::cell::Cell::new(0_usize);
            for word in &words {
                let is = |number: u32| {
                    tried.set(tried.get() + 1);
                    words.get(number as usize).is_some_and(|own| own == word)
                };
                assert!(symbols.find(Spelled::of(word.as_bytes()).hash, is).is_some());
            }
            // With a third of the places taken, less than one and a half on average.
            assert!(tried.get() < words.len() * 3 / 2, "{} looks for {} words", tried.get(), words.len());
        }
    }

    #[test]
    fn words_are_found_and_others_are_not() {
        for count in [0, 1, 2, 7, 300] {
            let words: Vec<String> = (0..count).map(|number| format!("{}{number}", "w".repeat(number % 20))).collect();
            let symbols = Symbols::of(words.iter().map(String::as_str));
            let find = |word: &str| {
                let is = |number: u32| words.get(number as usize).is_some_and(|own| own == word);
                symbols.find(Spelled::of(word.as_bytes()).hash, is)
            };
            for (number, word) in words.iter().enumerate() {
                assert_eq!(find(word), Some(number as u32));
            }
            for other in ["", "w", "ww1x", "ä"] {
                assert_eq!(find(other), words.iter().position(|word| word == other).map(|at| at as u32));
            }
        }
    }
}
