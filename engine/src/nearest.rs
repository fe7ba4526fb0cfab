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
}
