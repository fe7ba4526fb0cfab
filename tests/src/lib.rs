//! What the tests share: where things are, and operations generated for a policy.

pub mod agreements;
pub mod aimed;
pub mod commands;
pub mod conformance;
pub mod hosts;
pub mod laws;
pub mod made;
pub mod operations;
pub mod proofs;
pub mod reference;
pub mod refine;
pub mod runtime;
pub mod small;
pub mod tried;

use std::path::{Path, PathBuf};

/// The root of the project.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A file of the project.
///
/// # Panics
/// When it can't be read, which fails the test at hand.
#[must_use]
pub fn read(path: &str) -> String {
    match std::fs::read_to_string(root().join(path)) {
        Ok(text) => text,
        #[expect(clippy::panic, reason = "a test without its material must fail")]
        Err(error) => panic!("{path}: {error}"),
    }
}

/// So many numbers that look random, the same for the same seed (splitmix64).
#[must_use]
pub fn numbers(seed: u64, count: usize) -> Vec<u32> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut next = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) as u32
    };
    (0..count).map(|_| next()).collect()
}
