#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::unreachable,
    missing_docs,
    reason = "a test may fail loudly"
)]
//! Everything together.

mod asked;
mod bad_input;
mod bounds;
mod building;
mod calendar;
mod command;
mod conformance;
mod decisions;
mod diagnostics;
mod differences;
mod differences_enumerated;
mod doc;
mod documentation;
mod explain;
mod hostile;
mod hosts;
mod indexed;
mod laid;
mod laws;
mod lints;
mod lints_enumerated;
mod made;
mod many;
mod module;
mod operations;
mod plain;
mod policies;
mod proofs;
mod properties;
mod proving;
mod reference;
mod regressions;
mod remedies;
mod rows;
mod schema;
#[cfg(feature = "steps")]
mod steps;
mod traced;
mod typed;
mod vocabularies;
mod wasmtime;
mod web_compiler;
mod witnessed;
