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

mod bad_input;
mod calendar;
mod command;
mod conformance;
mod decisions;
mod diagnostics;
mod doc;
mod documentation;
mod explain;
mod hostile;
mod laws;
mod made;
mod policies;
mod reference;
mod regressions;
mod schema;
mod steps;
mod vocabularies;
mod wasmtime;
