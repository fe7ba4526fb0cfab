//! The Abey checker: reads a policy image and decides processing operations.
//!
//! ```text
//! image (bytes) ──load──▶ NativeChecker ──check(operation)──▶ Decision
//! ```
//!
//! Architecture invariants. This crate knows nothing of policy sources and
//! can't: the compiler depends on it, not the other way round. It does no
//! input or output and has no clock; `time` comes from the host. It never
//! panics, for any bytes offered as image or operation, and nothing it is told
//! wrongly or not at all allows an operation.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod bounds;
pub mod calendar;
mod check;
pub mod decision;
pub mod hierarchy;
pub mod host;
pub mod image;
pub mod json;
pub mod limits;
pub mod many;
mod mend;
pub mod nearest;
pub mod operation;
#[cfg(feature = "schema")]
mod schema;
#[cfg(feature = "serde")]
mod serde_form;
mod sorted;
mod spelled;
pub mod trace;
pub mod truth;
pub mod value;
mod wire;

pub use check::{Base, Encoded, NativeChecker, judge::Source, typed};
pub use decision::{Decision, Verdict};
pub use host::Checker;
pub use image::{Image, ImageError};
pub use json::{Json, Malformed, ToJson};
pub use operation::{Collected, Facts, Item, Leg, Operation, Retention, Subject, Told};
pub use trace::Trace;
pub use value::FactValue;
