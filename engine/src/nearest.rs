//! The nearest known word to a mistyped one.

use alloc::vec;
use alloc::vec::Vec;

/// The word of `known` with the fewest edits from `word` (insertions, deletions,
/// changes, swaps of neighbours), where that is at most a third of its length; the
/// first of several. Letter case and `-` for `_` count for nothing.
///
/// O(n · m) for each known word, words over 64 characters apart.
pub fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let fold = |text: &str| -> Vec<char> {
        text.chars().map(|c| if c == '-' || c == ' ' { '_' } else { c.to_ascii_lowercase() }).collect()
    };
    let wanted = fold(word);
    if wanted.len() > 64 {
        return None;
    }
    let most = (wanted.len() / 3).max(1);
    let mut best: Option<(usize, &str)> = None;
    for candidate in known {
        let letters = fold(candidate);
        if letters.len().abs_diff(wanted.len()) > most {
            continue;
        }
        let distance = edits(&wanted, &letters);
        if distance <= most && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, word)| word)
}

/// The fewest insertions, deletions, changes and swaps of neighbours (optimal string alignment).
fn edits(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    let at = |row: &[usize], index: usize| row.get(index).copied().unwrap_or(usize::MAX / 2);
    for (i, x) in a.iter().enumerate() {
        let mut next = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let changed = at(&row, j) + usize::from(x != y);
            let mut least = changed.min(at(&row, j + 1) + 1).min(at(&next, j) + 1);
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x);
            if swapped {
                least = least.min(at(&before, j - 1) + 1);
            }
            next.push(least);
        }
        before = core::mem::replace(&mut row, next);
    }
    at(&row, b.len())
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn finds_the_nearest_or_none() {
        let known = ["session_id", "ip_address", "user_agent", "DE"];
        let near = |word| nearest(word, known.iter().copied());
        assert_eq!(near("ip_adress"), Some("ip_address"));
        assert_eq!(near("Session-ID"), Some("session_id"));
        assert_eq!(near("de"), Some("DE"));
        assert_eq!(near("ip_adderss"), Some("ip_address"), "one deletion and one swap");
        assert_eq!(near("ED"), Some("DE"));
        assert_eq!(near("passport"), None);
    }

    #[test]
    fn dashes_and_spaces_count_for_nothing() {
        let near = |word| nearest(word, ["a_b_c"].into_iter());
        // Two changes in five letters would be too many.
        assert_eq!(near("a-b-c"), Some("a_b_c"));
        assert_eq!(near("a b c"), Some("a_b_c"));
        assert_eq!(near("A-B C"), Some("a_b_c"));
        assert_eq!(near("a.b.c"), None);
    }

    #[test]
    fn a_third_of_the_letters_may_be_wrong() {
        let near = |word, known| nearest(word, [known].into_iter()).is_some();
        assert!(near("abcdxy", "abcdef"), "two of six");
        assert!(!near("abcxyz", "abcdef"), "three of six");
        assert!(!near("abcxy", "abcde"), "two of five");
        assert!(near("abcdefxyz", "abcdef___"), "three of nine");
        assert!(near("ab", "ax"), "one always");
        // One edit each, and a change: two of four.
        assert!(near("xabcde", "abcde") && !near("xabcd", "abce"), "a letter too many at the beginning");
        assert!(near("abcd", "xabcd") && !near("abcd", "xabce"), "a letter missing at the beginning");
        assert!(near("abcd", "abxcd") && !near("abcd", "abxce"), "a letter missing in the middle");
        assert!(near("abxcd", "abcd") && !near("abxcd", "abce"), "a letter too many in the middle");
        assert!(near("abcd", "bacd") && !near("abcd", "bace"), "two letters swapped");
        assert!(!near("abcd", "badc"), "two swaps");
    }

    #[test]
    fn the_fewest_edits_win_and_then_the_first() {
        let known = ["abcdxy", "abcdez", "abcdeq"];
        assert_eq!(nearest("abcdef", known.into_iter()), Some("abcdez"));
    }

    #[test]
    #[cfg_attr(miri, ignore = "minutes there")]
    fn long_words_have_none_near() {
        let word = "a".repeat(66);
        for (length, found) in [(63, true), (64, true), (65, false), (66, false)] {
            let word = word.get(..length).unwrap_or_default();
            assert_eq!(nearest(word, [word].into_iter()), found.then_some(word), "{length}");
        }
    }
}
