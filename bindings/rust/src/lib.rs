//! Policy as code for data processing agreements.
//!
//! A processing operation either obeys the policy, or is held in abeyance until
//! what is missing is settled.
//!
//! ```
//! use abey::{Item, Operation, Policy};
//!
//! let policy = Policy::compile(r#"
//!     policy shop "Order processing" version "1";
//!     use dpv;
//!     clause "1" "Instructions" { allow store of email_address for service_provision; }
//!     clause "2" "Security" { require encryption_at_rest for store of any; }
//! "#)?;
//!
//! let operation = Operation::of("store", [Item::new("email_address").collected_now()])
//!     .purpose("service_provision")
//!     .recipient("none")
//!     .measures([]);
//! let decision = policy.check(&operation);
//! assert!(!decision.is_allowed());
//! assert!(decision.cites("2"));
//!
//! let mended = operation.with_steps(&decision.remedies.steps);
//! assert!(policy.check(&mended).is_allowed());
//! # Ok::<(), abey::Error>(())
//! ```

#![forbid(unsafe_code)]

pub mod forms;
pub mod listing;
pub mod many;
mod marks;
#[cfg(feature = "module")]
pub mod module;
#[cfg(feature = "proptest")]
pub mod operations;
pub mod report;
mod symbols;
#[cfg(feature = "proptest")]
pub mod witness;

/// The README, whose Rust blocks are tests of this crate.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
pub struct Readme;

use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;

pub use abey_engine::{
    Checker, Collected, Decision, Encoded, FactValue, Facts, Image, ImageError, Item, Json, Leg, Malformed, Operation,
    Retention, Subject, ToJson, Told, Trace, Verdict, calendar, decision, image, json, limits, trace, truth, typed,
};
pub use abey_lang::diagnostic::{Code, Diagnostic, Severity, line_and_column};
pub use abey_lang::{Compiled, doc, examples, lints, prove};

use abey_engine::calendar::Instant;
use abey_engine::decision::TimeFrom;
use abey_engine::{Base, NativeChecker};
use sha2::{Digest, Sha256};

/// Why a policy can't be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Its source has errors.
    #[error("{}", Faults(.0))]
    Source(Vec<Diagnostic>),
    /// Its image can't be read.
    #[error(transparent)]
    Image(#[from] ImageError),
    /// Its image isn't the one that was hashed.
    #[error("the image is damaged: its hash doesn't fit its contents")]
    Hash,
    /// A setting can't be set so.
    #[error("{0}")]
    Setting(String),
    /// It is no module with a policy.
    #[cfg(feature = "module")]
    #[error(transparent)]
    Module(#[from] module::ModuleError),
}

/// The messages of diagnostics, one a line.
struct Faults<'a>(&'a [Diagnostic]);

impl fmt::Display for Faults<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.0.iter().map(|fault| format!("{} ({})", fault.message, fault.code)).collect();
        out.write_str(&lines.join("\n"))
    }
}

/// Compiles a policy source, and keeps what it means beside its image.
///
/// # Errors
/// [`Error::Source`] with everything that is wrong with it.
pub fn compile(source: &str) -> Result<Compiled, Error> {
    abey_lang::compile(source).map_err(Error::Source)
}

/// Compiles a policy or an agreement over one; `beneath` finds the source of a policy by its name.
///
/// # Errors
/// [`Error::Source`] with everything that is wrong with it.
pub fn compile_over(source: &str, beneath: &dyn Fn(&str) -> Option<String>) -> Result<Compiled, Error> {
    abey_lang::compile_over(source, beneath).map_err(Error::Source)
}

/// The name that the head of a source declares.
#[must_use]
pub fn declared_name(source: &str) -> Option<String> {
    abey_lang::declared_name(source)
}

/// Formats a policy or vocabulary source. Formatting twice changes nothing more, and never the meaning.
///
/// # Errors
/// What keeps the source from being parsed.
pub fn format(source: &str) -> Result<String, Vec<Diagnostic>> {
    abey_lang::format(source)
}

/// Whether a source declares words to be shared, and is no policy.
#[must_use]
pub fn is_vocabulary(source: &str) -> bool {
    abey_lang::is_vocabulary(source)
}

/// A policy, ready to decide. Cheap to clone, and to share between threads.
#[derive(Clone, Debug)]
pub struct Policy {
    checker: Arc<NativeChecker>,
    bytes: Arc<[u8]>,
    base: Option<Arc<Base>>,
}

impl Policy {
    /// Compiles a policy source.
    ///
    /// # Errors
    /// [`Error::Source`] with everything that is wrong with it.
    pub fn compile(source: &str) -> Result<Self, Error> {
        let compiled = abey_lang::compile(source).map_err(Error::Source)?;
        Ok(Self::of(&compiled.image)?)
    }

    /// Compiles an agreement over a policy: one flat policy of both, whose reasons name layer and clause.
    ///
    /// ```
    /// # use abey::Policy;
    /// let terms = r#"
    ///     policy terms "Public terms" version "1"; use dpv;
    ///     setting kept: duration = 30 days;
    ///     clause "1" { allow store of email_address; }
    ///     clause "2" { keep any of email_address at most kept; }
    /// "#;
    /// let agreement = r#"agreement signed "Signed agreement" version "1" over terms; set kept = 60 days;"#;
    /// let policy = Policy::compile_over(agreement, &|name| (name == "terms").then(|| terms.to_string()))?;
    /// assert_eq!(policy.about().layers, ["terms", "signed"]);
    /// # Ok::<(), abey::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Source`] with everything that is wrong with it.
    pub fn compile_over(source: &str, beneath: &dyn Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let compiled = abey_lang::compile_over(source, beneath).map_err(Error::Source)?;
        Ok(Self::of(&compiled.image)?)
    }

    /// Reads a compiled policy and checks its hash.
    ///
    /// # Errors
    /// When the bytes are no image, or a damaged one.
    pub fn load(image: &[u8]) -> Result<Self, Error> {
        let checker = NativeChecker::load(image)?;
        let hash: String = Sha256::digest(Image::hashed(image)?).iter().map(|byte| format!("{byte:02x}")).collect();
        if hash != checker.policy().hash {
            return Err(Error::Hash);
        }
        Ok(Policy { checker: Arc::new(checker), bytes: image.into(), base: None })
    }

    fn of(image: &Image) -> Result<Self, ImageError> {
        let bytes = abey_lang::image_bytes(image);
        Ok(Policy { checker: Arc::new(NativeChecker::load(&bytes)?), bytes: bytes.into(), base: None })
    }

    /// The image: the same policy as bytes, for [`Policy::load`].
    #[must_use]
    pub fn image(&self) -> &[u8] {
        &self.bytes
    }

    /// The tables of the image.
    #[must_use]
    pub fn tables(&self) -> &Image {
        self.checker.image()
    }

    /// The policy with a setting bound, written as policies write values: `60 days`, `yes`, `2026-01-15`. The hash changes with it.
    ///
    /// # Errors
    /// [`Error::Setting`] when there is no such setting, or the value doesn't fit.
    pub fn with_setting(self, name: &str, value: &str) -> Result<Self, Error> {
        let mut image = self.checker.image().clone();
        abey_lang::bind(&mut image, name, value).map_err(|fault| {
            Error::Setting(match fault.help {
                Some(help) => format!("{}; {help}", fault.message),
                None => fault.message,
            })
        })?;
        let mut policy = Self::of(&image)?;
        policy.base = self.base.map(|base| Arc::new(policy.checker.base(base.operation().clone())));
        Ok(policy)
    }

    /// The policy with a base operation, which fills in whatever an operation leaves unsaid: the
    /// host's own role, its place, its standing measures.
    #[must_use]
    pub fn with_base(mut self, base: Operation) -> Self {
        self.base = Some(Arc::new(self.checker.base(base)));
        self
    }

    /// Name, title, version and hash.
    #[must_use]
    pub fn about(&self) -> decision::PolicyRef {
        self.checker.policy()
    }

    /// Decides an operation. One that isn't well-formed pauses.
    #[must_use]
    pub fn check(&self, operation: &Operation) -> Decision {
        self.decide(operation).unwrap_or_else(|fault| self.checker.malformed(&fault))
    }

    /// The decision on an operation that can't be read: pause.
    #[must_use]
    pub fn malformed(&self, fault: &Malformed) -> Decision {
        self.checker.malformed(fault)
    }

    /// The same decision, as one line of JSON.
    #[must_use]
    pub fn malformed_text(&self, fault: &Malformed) -> String {
        self.checker.malformed_text(fault)
    }

    /// Decides an operation told as JSON, in bytes of whatever kind. One that can't be read pauses.
    #[must_use]
    pub fn check_json(&self, text: impl AsRef<[u8]>) -> Decision {
        match &self.base {
            None => self.checker.check_json(text),
            Some(base) => self.checker.check_json_over(text, base),
        }
    }

    /// The decision on an operation told as JSON, as one line of JSON: that of [`Policy::check_json`], without the copies
    /// that a decision of its own takes.
    #[must_use]
    pub fn check_json_text(&self, text: impl AsRef<[u8]>) -> String {
        let mut out = String::new();
        self.check_json_to(text, &mut out);
        out
    }

    /// Adds the same line, without an end, to a text that is used again, which asks for no memory once it is long enough.
    ///
    /// ```
    /// # let source = "policy p \"P\" version \"1\"; action read; data note is other_data; clause \"1\" { allow read of note; }";
    /// let policy = abey::Policy::compile(source)?;
    /// let mut line = String::new();
    /// for operation in [r#"{"action":"read","data":["note"]}"#, r#"{"action":"sell","data":["note"]}"#] {
    ///     line.clear();
    ///     policy.check_json_to(operation, &mut line);
    ///     println!("{line}");
    /// }
    /// # assert!(line.starts_with("{\"verdict\":\"pause\""));
    /// # Ok::<(), abey::Error>(())
    /// ```
    pub fn check_json_to(&self, text: impl AsRef<[u8]>, out: &mut String) {
        self.checker.check_json_to(text, self.base.as_deref(), out);
    }

    /// Decides an operation.
    ///
    /// # Errors
    /// When the operation isn't well-formed.
    pub fn decide(&self, operation: &Operation) -> Result<Decision, Malformed> {
        match &self.base {
            None => self.checker.decide(operation),
            Some(base) => self.checker.decide_over(operation, base),
        }
    }

    /// Decides an operation; one without a time happens at this one.
    #[must_use]
    pub fn check_at(&self, operation: &Operation, time: Instant, from: TimeFrom) -> Decision {
        let known = operation.time.or_else(|| self.base().and_then(|base| base.time));
        if known.is_some() {
            return self.check(operation);
        }
        let mut decision = self.check(&Operation { time: Some(time), ..operation.clone() });
        if decision.time.is_some() {
            decision.time_from = from;
        }
        decision
    }

    /// Whether an operation may go ahead, without the reasons.
    ///
    /// # Errors
    /// When the operation isn't well-formed.
    pub fn verdict(&self, operation: &Operation) -> Result<Verdict, Malformed> {
        match &self.base {
            None => self.checker.verdict(operation),
            Some(base) => self.checker.verdict_over(operation, base),
        }
    }

    /// What is told of every operation.
    fn base(&self) -> Option<&Operation> {
        self.base.as_deref().map(Base::operation)
    }

    /// An operation in the terms of the policy, for hosts that ask about it again and again: its words are looked up and its
    /// facts are read once.
    ///
    /// ```
    /// # use abey::{Item, Operation, Policy, Verdict};
    /// # let policy = Policy::compile(r#"policy shop "Shop" version "1"; use dpv; clause "1" { allow store of email_address; }"#)?;
    /// let encoded = policy.encode(&Operation::of("store", [Item::new("email_address")]))?;
    /// assert_eq!(policy.verdict_of(&encoded), Verdict::Allow);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When the operation isn't well-formed.
    pub fn encode(&self, operation: &Operation) -> Result<Encoded, Malformed> {
        match &self.base {
            None => self.checker.encode(operation),
            Some(base) => self.checker.encode(&operation.clone().or_from(base.operation())),
        }
    }

    /// Whether an encoded operation may go ahead. One that another policy encoded pauses.
    #[must_use]
    pub fn verdict_of(&self, encoded: &Encoded) -> Verdict {
        self.checker.verdict_of(encoded)
    }

    /// How the decision on an operation comes about: at each point, what every rule looked at.
    ///
    /// ```
    /// # use abey::{Item, Operation, Policy};
    /// let policy = Policy::compile(r#"
    ///     policy shop "Order processing" version "1";
    ///     use dpv;
    ///     clause "1" { allow store of email_address for service_provision; }
    /// "#)?;
    /// let trace = policy.explain(&Operation::of("store", [Item::new("email_address")]).purpose("marketing"))?;
    /// let nearest = trace.points[0].nearest.as_ref().map(|nearest| nearest.apart[0].text.as_str());
    /// assert_eq!(nearest, Some("for service_provision"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When the operation isn't well-formed.
    pub fn explain(&self, operation: &Operation) -> Result<Trace, Malformed> {
        match &self.base {
            None => self.checker.trace(operation),
            Some(base) => self.checker.trace(&operation.clone().or_from(base.operation())),
        }
    }

    /// The same; an operation without a time happens at this one.
    ///
    /// # Errors
    /// When the operation isn't well-formed.
    pub fn explain_at(&self, operation: &Operation, time: Instant) -> Result<Trace, Malformed> {
        let known = operation.time.or_else(|| self.base().and_then(|base| base.time));
        self.explain(&Operation { time: known.or(Some(time)), ..operation.clone() })
    }

    /// Reads an operation written as a phrase: `store of email for support`.
    ///
    /// # Errors
    /// What is wrong with the phrase.
    pub fn phrase(&self, phrase: &str) -> Result<Operation, Error> {
        abey_lang::phrase(phrase, self.checker.image()).map_err(Error::Source)
    }
}

/// The policy as a host asks it, in place of one in a sandbox.
impl Checker for Policy {
    type Error = Infallible;

    fn policy(&self) -> Result<decision::PolicyRef, Infallible> {
        Ok(self.about())
    }

    fn check_json(&self, operation: &[u8]) -> Result<Decision, Infallible> {
        Ok(self.check_json(operation))
    }

    fn verdict_json(&self, operation: &[u8]) -> Result<Verdict, Infallible> {
        Ok(match &self.base {
            None => self.checker.verdict_json(operation),
            Some(base) => self.checker.verdict_json_over(operation, base),
        })
    }

    fn check(&self, operation: &Operation) -> Result<Decision, Infallible> {
        Ok(self.check(operation))
    }
}
