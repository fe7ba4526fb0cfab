//! Runs of plain characters: those that stand in a JSON string as they are, neither a quote, a backslash nor a control
//! character. They are looked at eight bytes together.

const ONES: u64 = u64::from_ne_bytes([1; 8]);
const TOPS: u64 = ONES << 7;

/// The top bit of each byte that ends a run, the first byte lowest. Past the first of them others may be set.
#[inline]
pub(crate) fn ends(word: u64) -> u64 {
    // The top bit of each byte of `word` below `bound`, at most 0x80.
    let below = |word: u64, bound: u8| word.wrapping_sub(ONES * u64::from(bound)) & !word & TOPS;
    // With this bit turned the quote, 0x22, comes right after the control characters, which stay below 0x20.
    below(word ^ (ONES * 0x02), 0x21) | below(word ^ (ONES * u64::from(b'\\')), 1)
}

fn is_end(byte: u8) -> bool {
    matches!(byte, b'"' | b'\\' | 0..0x20)
}

/// How many bytes the run has that the bytes begin with. O(n) in those.
#[inline]
pub(crate) fn run(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(eight) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        let ends = ends(u64::from_le_bytes(*eight));
        if ends != 0 {
            return at + ends.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().position(|byte| is_end(*byte)).unwrap_or(rest.len())
}

/// Whether the bytes are one run of ASCII; of others it may say no, though they are. O(n) in them.
#[inline]
pub(crate) fn is_ascii_run(bytes: &[u8]) -> bool {
    // The top bit of each byte that ends a run, as in `ends`, and perhaps of those that aren't ASCII.
    let ends = |word: u64| {
        (word ^ (ONES * 0x02)).wrapping_sub(ONES * 0x21) | (word ^ (ONES * u64::from(b'\\'))).wrapping_sub(ONES)
    };
    let of = |eight: &[u8; 8]| ends(u64::from_le_bytes(*eight));
    let (eights, left) = bytes.as_chunks::<8>();
    let found = match (bytes.last_chunk(), left.first_chunk(), left.last_chunk()) {
        // The last eight, of which some were seen before.
        (Some(last), ..) => eights.iter().fold(of(last), |found, eight| found | of(eight)),
        // The first four and the last four.
        (None, Some([a, b, c, d]), Some([e, f, g, h])) => of(&[*a, *b, *c, *d, *e, *f, *g, *h]),
        _ => return !left.iter().any(|byte| is_end(*byte)),
    };
    found & TOPS == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn a_run_ends_where_it_ends_wherever_that_is() {
        for end in 0..=u8::MAX {
            let is = matches!(end, b'"' | b'\\') || end < 0x20;
            for before in 0..26 {
                for after in [0, 1, 9] {
                    let fill = if before % 2 == 0 { b'!' } else { 0xff };
                    let bytes: Vec<u8> =
                        [fill].repeat(before).into_iter().chain([end]).chain([b']'].repeat(after)).collect();
                    assert_eq!(run(&bytes), if is { before } else { bytes.len() }, "{end:#x} after {before}");
                    assert!(!is || !is_ascii_run(&bytes), "{end:#x} after {before}");
                    assert!(is || !bytes.is_ascii() || is_ascii_run(&bytes), "{end:#x} after {before}");
                }
            }
        }
        assert_eq!((run(b""), is_ascii_run(b"")), (0, true));
    }
}
