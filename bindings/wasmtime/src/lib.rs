//! Runs a policy.wasm of any origin in a Rust host, within limits.
//!
//! ```text
//! bytes ──scan──▶ module ──compile, once──▶ WasmPolicy ──check_json(bytes)──▶ decision, or why there is none
//! ```
//!
//! Architecture invariants. The module gets nothing of the host: no import is offered, and one that asks for any is
//! refused. Time, memory, stack and answers have bounds. What it answers is read as bytes of a stranger. An instance
//! in which anything went wrong is never used again.

#![forbid(unsafe_code)]

mod error;
mod instance;
mod loader;
mod options;
mod policy;
mod ready;
mod scan;
mod slots;

/// The README, whose Rust blocks are tests of this crate.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;

pub use abey_engine::{Checker, Decision, Verdict};
pub use error::{Error, Lie};
pub use loader::Loader;
pub use options::{Options, Reuse};
pub use policy::WasmPolicy;

/// The version of the interface that this host speaks.
pub const ABI: u32 = 1;
