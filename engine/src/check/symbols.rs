//! The words of a table, found by what they are: a hash table with open addressing, made once when a policy is loaded.

use alloc::vec;
use alloc::vec::Vec;

/// Words by their numbers. The words themselves stand elsewhere, and are handed in to compare with.
#[derive(Clone, Debug, Default)]
pub(super) struct Symbols {
    /// The number of a word and 1, or 0; at most half of the places are taken.
    places: Vec<u32>,
}

impl Symbols {
    /// The words of an iterator, numbered from 0; of equal ones the first is found.
    pub fn of<'w>(words: impl Iterator<Item = &'w str> + Clone) -> Self {
        let size = (words.clone().count() * 2).next_power_of_two();
        let mut symbols = Symbols { places: vec![0; size] };
        for (number, word) in words.enumerate() {
            let mut at = place(word, size);
            while symbols.places.get(at).is_some_and(|place| *place != 0) {
                at = (at + 1) & (size - 1);
            }
            if let Some(place) = symbols.places.get_mut(at) {
                *place = number as u32 + 1;
            }
        }
        symbols
    }

    /// The number of a word; `is` tells whether a number is that of the word.
    ///
    /// Expected O(length of the word).
    pub fn find(&self, word: &str, is: impl Fn(u32) -> bool) -> Option<u32> {
        let mask = self.places.len().checked_sub(1)?;
        let mut at = place(word, self.places.len());
        // No more places than there are, for a table whose hashes were all made to collide.
        for _ in 0..=mask {
            let number = self.places.get(at)?.checked_sub(1)?;
            if is(number) {
                return Some(number);
            }
            at = (at + 1) & mask;
        }
        None
    }
}

/// Where a word is looked for first among so many places: by the upper bits of its hash, which all of the word bears on.
fn place(word: &str, places: usize) -> usize {
    (((hash(word.as_bytes()) >> 32) * places as u64) >> 32) as usize
}

/// Eight bytes at a time: rotate, add, multiply; the last eight overlap those before them. Words of a policy are few; whoever
/// writes it may make them collide, and gains a slower policy.
fn hash(bytes: &[u8]) -> u64 {
    const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
    let mix = |hash: u64, word: u64| (hash.rotate_left(23) ^ word).wrapping_mul(FACTOR);
    let mut hash = bytes.len() as u64;
    if let Some(last) = bytes.last_chunk::<8>() {
        let mut rest = bytes;
        while let Some((eight, more)) = rest.split_first_chunk::<8>() {
            hash = mix(hash, u64::from_le_bytes(*eight));
            rest = more;
        }
        hash = mix(hash, u64::from_le_bytes(*last));
    } else if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        hash = mix(hash, u64::from(u32::from_le_bytes(*first)) << 32 | u64::from(u32::from_le_bytes(*last)));
    } else {
        hash = mix(hash, bytes.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)));
    }
    // The upper half comes down, and goes up again with all that it was made of.
    (hash ^ hash >> 32).wrapping_mul(FACTOR)
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
                assert!(symbols.find(word, is).is_some());
            }
            // With half of the places taken, one and a half on average.
            assert!(tried.get() < words.len() * 2, "{} looks for {} words", tried.get(), words.len());
        }
    }

    #[test]
    fn words_are_found_and_others_are_not() {
        for count in [0, 1, 2, 7, 300] {
            let words: Vec<String> = (0..count).map(|number| format!("{}{number}", "w".repeat(number % 20))).collect();
            let symbols = Symbols::of(words.iter().map(String::as_str));
            let find =
                |word: &str| symbols.find(word, |number| words.get(number as usize).is_some_and(|own| own == word));
            for (number, word) in words.iter().enumerate() {
                assert_eq!(find(word), Some(number as u32));
            }
            for other in ["", "w", "ww1x", "ä"] {
                assert_eq!(find(other), words.iter().position(|word| word == other).map(|at| at as u32));
            }
        }
    }
}
