//! What the tests share: where things are, and policies and operations that are generated.

pub mod agreements;
pub mod alone;
pub mod commands;
pub mod conformance;
pub mod differing;
pub mod hosts;
pub mod laws;
pub mod linted;
pub mod made;
pub mod many_rules;
pub mod operations;
pub mod proofs;
pub mod reference;
pub mod refine;
pub mod runtime;
pub mod small;
pub mod tried;
pub mod typed;

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

/// So many numbers that look random, the same for the same seed.
#[must_use]
pub fn numbers(seed: u64, count: usize) -> Vec<u32> {
    let mut choices = abey::operations::Choices::seeded(seed);
    (0..count).map(|_| choices.number()).collect()
}
