//! What the tests share: where things are, and operations generated for a policy.

pub mod conformance;
pub mod operations;
pub mod reference;
pub mod refine;

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
