//! The checker as a WebAssembly module without imports: `policy.wasm`, before and after a policy is attached.
//!
//! ```text
//! runtime.wasm (this crate) + image ──`abey build`──▶ policy.wasm ──abey_check(bytes)──▶ decision (JSON)
//! ```
//!
//! The README of this folder documents the interface. Architecture invariants. This crate knows nothing but
//! the engine. It imports nothing, so a host that runs it gives it no power at all. Memory is scoped to the
//! request: what a check takes is free again after `abey_reset`.

#![cfg_attr(target_family = "wasm", no_std)]

extern crate alloc;

#[cfg(target_family = "wasm")]
mod arena;
#[cfg(target_family = "wasm")]
mod exports;

use alloc::format;
use alloc::string::String;

use abey_engine::decision::Decision;
use abey_engine::{NativeChecker, ToJson, Verdict, json};

/// The version of the interface: what a module exports, and what that means.
pub const ABI: u32 = 1;

/// The answers of `abey_verdict`. Nought is to pause, so that a host which forgets to look does no harm.
pub mod answer {
    /// It is held in abeyance.
    pub const PAUSE: u32 = 0;
    /// It may go ahead.
    pub const ALLOW: u32 = 1;
    /// It isn't well-formed, and is held in abeyance.
    pub const MALFORMED: u32 = 2;
}

/// What a module serves: the policy that is attached to it, or why there is none.
pub struct Served(Result<NativeChecker, String>);

impl Served {
    /// Reads the image that is attached; an empty one is none.
    #[must_use]
    pub fn of(image: &[u8]) -> Self {
        if image.is_empty() {
            return Served(Err("no policy is attached to this module; build one with `abey build`".into()));
        }
        Served(NativeChecker::load(image).map_err(|error| format!("the policy of this module can't be used: {error}")))
    }

    /// The decision on an operation, as JSON.
    #[must_use]
    pub fn check(&self, operation: &[u8]) -> String {
        let mut out = String::new();
        self.check_to(operation, &mut out);
        out
    }

    /// Adds it to a text.
    fn check_to(&self, operation: &[u8], out: &mut String) {
        match &self.0 {
            Ok(checker) => checker.check_json_to(operation, None, out),
            Err(message) => out.push_str(&Decision::without_policy(message).to_json()),
        }
    }

    /// One of [`answer`].
    #[must_use]
    pub fn verdict(&self, operation: &[u8]) -> u32 {
        let Ok(checker) = &self.0 else { return answer::PAUSE };
        match checker.try_verdict_json(operation) {
            Ok(Verdict::Allow) => answer::ALLOW,
            Ok(Verdict::Pause) => answer::PAUSE,
            Err(_) => answer::MALFORMED,
        }
    }

    /// The decisions on the operations of JSON lines, a line each; lines of white space are passed over.
    #[must_use]
    pub fn batch(&self, lines: &[u8]) -> String {
        let mut out = String::new();
        for line in json::lines(lines) {
            self.check_to(line, &mut out);
            out.push('\n');
        }
        out
    }

    /// Name, title, version, hash and layers of the policy, as JSON; `null` where there is none.
    #[must_use]
    pub fn policy(&self) -> String {
        self.0.as_ref().map_or_else(|_| "null".into(), |checker| format!("{}", checker.policy().to_json()))
    }
}
