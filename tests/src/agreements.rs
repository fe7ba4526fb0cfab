//! The agreements of the project, and the operations beside them.

use std::path::PathBuf;

use abey::Policy;

/// Their folders.
pub const NAMES: [&str; 5] = ["cobrowsing", "conma", "connexcs", "conxa", "jexi"];

/// The source of a policy.
#[must_use]
pub fn source(name: &str) -> String {
    crate::read(&format!("policies/{name}/policy.abey"))
}

/// A policy, compiled.
///
/// # Panics
/// When it doesn't compile, which fails the test at hand.
#[must_use]
#[expect(clippy::panic, reason = "a test without its material must fail")]
pub fn policy(name: &str) -> Policy {
    Policy::compile(&source(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The operations of a policy, as a host would send them, in the order of their files.
///
/// # Panics
/// When there are none.
#[must_use]
#[expect(clippy::panic, reason = "a test without its material must fail")]
pub fn operations(name: &str) -> Vec<String> {
    let folder = format!("policies/{name}/operations");
    let entries = std::fs::read_dir(crate::root().join(&folder)).unwrap_or_else(|error| panic!("{folder}: {error}"));
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    assert!(!paths.is_empty(), "{folder} is empty");
    paths.sort();
    let read =
        |path: &PathBuf| std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    paths.iter().map(read).collect()
}
