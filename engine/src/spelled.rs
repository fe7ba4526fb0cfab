//! Words as they are spelled, with the hash by which tables find them: a text is looked through once, for the end of a word
//! and for its hash together.

use crate::json::runs::ends;

/// A word as it is spelled, in bytes of whatever kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spelled<'t> {
    /// Its bytes, which need not be UTF-8.
    pub bytes: &'t [u8],
    /// The hash of these.
    pub hash: u64,
}

impl<'t> Spelled<'t> {
    /// A word by its bytes. O(n) in them.
    pub fn of(bytes: &'t [u8]) -> Self {
        let (eights, rest) = bytes.as_chunks::<8>();
        let hash = eights.iter().fold(0, |hash, eight| mix(hash, u64::from_le_bytes(*eight)));
        // What is past the eights ends the last eight bytes, if there are as many.
        let last = match (bytes.last_chunk(), rest.len() as u32) {
            (Some(_), 0) => 0,
            (Some(last), left) => u64::from_le_bytes(*last) >> (64 - 8 * left),
            (None, _) => rest.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)),
        };
        Spelled { bytes, hash: finished(mix(hash, last)) }
    }

    /// The word that the bytes begin with, up to a quote, and what comes after that; none where a backslash or a control
    /// character comes first, or no quote. O(n) in the word.
    #[inline]
    pub fn quoted(bytes: &'t [u8]) -> Option<(Self, &'t [u8])> {
        let (mut hash, mut rest) = (0, bytes);
        while let Some((eight, more)) = rest.split_first_chunk() {
            let word = u64::from_le_bytes(*eight);
            let ends = ends(word);
            if ends != 0 {
                return Self::ended(bytes, rest, hash, (word, ends));
            }
            (hash, rest) = (mix(hash, word), more);
        }
        Self::quoted_last(bytes, rest, hash)
    }

    /// The word at the end of a text, of which fewer than eight bytes are left.
    #[cold]
    fn quoted_last(bytes: &'t [u8], rest: &'t [u8], hash: u64) -> Option<(Self, &'t [u8])> {
        // What they are filled up with is a control character.
        let word = u64::from_le_bytes(filled(rest));
        Self::ended(bytes, rest, hash, (word, ends(word)))
    }

    /// The word that the bytes begin with and that ends within the first eight of `rest`, where the lowest bit of `ends` is.
    #[inline]
    fn ended(bytes: &'t [u8], rest: &'t [u8], hash: u64, (word, ends): (u64, u64)) -> Option<(Self, &'t [u8])> {
        // The ones below the byte that ends the word, whose top bit is the lowest that is set.
        let own = ((ends & ends.wrapping_neg()) >> 7) - 1;
        let (bytes, rest) = bytes.split_at_checked(bytes.len() - rest.len() + ends.trailing_zeros() as usize / 8)?;
        let [b'"', rest @ ..] = rest else { return None };
        Some((Spelled { bytes, hash: finished(mix(hash, word & own)) }, rest))
    }

    /// Whether it is this word. O(n).
    #[inline]
    pub fn is(self, word: &str) -> bool {
        same(self.bytes, word.as_bytes())
    }

    /// The word as text, if it is UTF-8. O(n).
    pub fn text(self) -> Option<&'t str> {
        core::str::from_utf8(self.bytes).ok()
    }
}

/// Whether two words are the same. Words are short: eight or four bytes at a time, of which the last may have been seen
/// before, need no call. O(n).
#[inline]
pub(crate) fn same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len()
        && match (one.last_chunk::<8>(), other.last_chunk::<8>()) {
            (Some(last), Some(other_last)) => {
                last == other_last && one.as_chunks::<8>().0.iter().eq(other.as_chunks().0)
            }
            _ => match (one.first_chunk::<4>(), other.first_chunk::<4>()) {
                (Some(first), Some(other_first)) => first == other_first && one.last_chunk::<4>() == other.last_chunk(),
                _ => one.iter().eq(other),
            },
        }
}

const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;

/// Takes eight bytes of a word into its hash: rotate, add, multiply. The last of a word, none to seven, are filled up with
/// zeros, which no word has in it. Words of a policy are few; whoever writes it may make them collide, and gains a slower
/// policy.
#[inline]
fn mix(hash: u64, word: u64) -> u64 {
    (hash.rotate_left(23) ^ word).wrapping_mul(FACTOR)
}

/// A hash all of whose upper bits all of the word bears on: the upper half comes down, and goes up again with all that it was
/// made of.
#[inline]
fn finished(hash: u64) -> u64 {
    (hash ^ hash >> 32).wrapping_mul(FACTOR)
}

/// Fewer than eight bytes, filled up with zeros.
fn filled(bytes: &[u8]) -> [u8; 8] {
    let mut eight = [0; 8];
    eight.iter_mut().zip(bytes).for_each(|(place, byte)| *place = *byte);
    eight
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn a_quoted_word_is_the_word_wherever_it_ends() {
        for length in 0..30 {
            let word: Vec<u8> = (0..length).map(|at| 0x23 + at * 7 % 0x39).collect();
            for after in [&b""[..], b",", b":\"more\"}}}}}}"] {
                let text = [&*word, b"\"", after].concat();
                assert_eq!(Spelled::quoted(&text), Some((Spelled::of(&word), after)));
            }
            for end in [&b""[..], b"\\\"", b"\x1f\"", b"\n         \"", b"\0"] {
                assert_eq!(Spelled::quoted(&[&*word, end].concat()), None);
            }
        }
        assert_eq!(Spelled::of(b"\xff\xfe").text(), None);
        assert_eq!(Spelled::of("é".as_bytes()).text(), Some("é"));
    }

    #[test]
    fn words_are_the_same_where_all_of_their_bytes_are() {
        for length in 0..30_usize {
            let word: Vec<u8> = (0..length).map(|at| 0x23 + at as u8).collect();
            assert!(same(&word, &word.clone()));
            assert!(!same(&word, &[&*word, b"#"].concat()));
            for at in 0..length {
                let mut other = word.clone();
                other.get_mut(at).into_iter().for_each(|byte| *byte ^= 1);
                assert!(!same(&word, &other), "{length} bytes, of which that at {at} differs");
            }
        }
    }

    #[test]
    fn words_have_hashes_of_their_own() {
        let words = ["", "a", "b", "aa", "ab", "ba", "abcdefgh", "abcdefghi", "abcdefghabcdefgh", "bcdefgha"];
        let mut hashes: Vec<u64> = words.iter().map(|word| Spelled::of(word.as_bytes()).hash).collect();
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), words.len());
    }
}
