//! The Abey compiler: policy source to policy image.
//!
//! ```text
//! source ──parse──▶ syntax::File ──resolve──▶ model::Policy ──lower──▶ Image ──▶ bytes
//! ```
//!
//! Architecture invariants. Nothing here reads a file or prints: sources come
//! in as text, and what is wrong goes out as [`diagnostic::Diagnostic`]s. pest
//! is seen by `parse` alone. The checker in `abey-engine` knows nothing of
//! this crate.

#![forbid(unsafe_code)]

mod codes;
pub mod diagnostic;
pub mod doc;
pub mod examples;
mod format;
pub mod limits;
mod lines;
pub mod lints;
mod lower;
pub mod model;
pub mod parse;
pub mod prove;
mod reads;
mod resolve;
pub mod syntax;
pub mod vocabulary;

use abey_engine::image::Image;
use abey_engine::operation::Operation;
use sha2::{Digest, Sha256};

use diagnostic::{Code, Diagnostic, Severity};
use model::Policy;

pub use format::format;
pub use lower::stated;
pub use resolve::bind;

/// A compiled policy: what it means, and its image.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// The typed policy.
    pub policy: Policy,
    /// Its tables.
    pub image: Image,
    /// What could be better.
    pub warnings: Vec<Diagnostic>,
}

/// Finds the source of the policy beneath an agreement by its name.
pub type Beneath<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// Compiles a policy that stands over no other. The same source gives the same image, on every target.
///
/// Linear in the source, but for the closure of terms: n² of one facet, at most [`abey_engine::limits::TERMS`].
///
/// # Errors
/// Everything that is wrong, in the order of the source; at least one is an error.
pub fn compile(source: &str) -> Result<Compiled, Vec<Diagnostic>> {
    compile_over(source, &|_| None)
}

/// Compiles a policy or an agreement; `beneath` finds the policy that an agreement stands over.
///
/// The stack becomes one flat policy whose rules know their layer.
///
/// # Errors
/// As [`compile`]; of a policy beneath, the first error, at the word that names it.
pub fn compile_over(source: &str, beneath: &Beneath<'_>) -> Result<Compiled, Vec<Diagnostic>> {
    let (file, mut faults) = parse::parse(source);
    // Of what was refused whole, nothing more can be said.
    if file.statements.is_empty() && !faults.is_empty() {
        return Err(faults);
    }
    let resolve::Resolved { policy, faults: found, top } = resolve::resolve(source, file, beneath);
    faults.extend(found);
    faults.sort_by_key(|fault| fault.span);
    if faults.iter().any(|fault| fault.severity == Severity::Error) {
        return Err(faults);
    }
    let image = lower::lower(&policy, top).map_err(|fault| vec![*fault])?;
    // Bounds hold along chains of defaults, which are known only now.
    if let Err((index, message)) = resolve::in_bounds(&image) {
        let span = policy.settings.get(index).map(|setting| top.place(&setting.origin)).unwrap_or_default();
        let fault = Diagnostic::error(Code::OutOfBounds, span, message);
        return Err(vec![fault.help("change the default, or the bound")]);
    }
    Ok(Compiled { policy, image, warnings: faults })
}

/// The name that the head of a source declares.
#[must_use]
pub fn declared_name(source: &str) -> Option<String> {
    parse::parse(source).0.head().map(|head| head.name.text.clone())
}

/// Whether a source declares words to be shared, and is no policy.
#[must_use]
pub fn is_vocabulary(source: &str) -> bool {
    parse::parse(source).0.head().is_some_and(|head| head.vocabulary)
}

/// The bytes of an image, with its hash.
#[must_use]
pub fn image_bytes(image: &Image) -> Vec<u8> {
    image.to_bytes(|tables| Sha256::digest(tables).into())
}

/// The operation that a phrase describes, in the words of a policy.
///
/// # Errors
/// What is wrong with the phrase.
pub fn phrase(phrase: &str, image: &Image) -> Result<Operation, Vec<Diagnostic>> {
    let syntax = parse::parse_operation(phrase)?;
    resolve::operation(&syntax, &resolve::PhraseVocabulary { facts: &image.facts, offset: image.offset })
}
