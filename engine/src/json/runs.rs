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

/// Whether the bytes are one run. O(n) in them.
#[inline]
pub(crate) fn is_run(bytes: &[u8]) -> bool {
    let ends = |eight: &[u8; 8]| ends(u64::from_le_bytes(*eight));
    let (eights, left) = bytes.as_chunks::<8>();
    match bytes.last_chunk() {
        // The last eight, of which some were seen before.
        Some(last) => eights.iter().fold(ends(last), |found, eight| found | ends(eight)) == 0,
        None => !left.iter().any(|byte| is_end(*byte)),
    }
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
                    assert_eq!(is_run(&bytes), !is, "{end:#x} after {before}");
                }
            }
        }
        assert_eq!((run(b""), is_run(b"")), (0, true));
    }
}
