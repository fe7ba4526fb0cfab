//! The lints: what is legal to write and rarely meant.
//!
//! Each lint is a file. Its documentation is the page of the manual: what it finds, why that matters, an example,
//! and what to write instead; a test holds both pieces of source to it. A lint that turns on what operations are
//! allowed asks the same procedure as a proof, and finds nothing where that isn't settled: no lint guesses.

mod catches_stronger;
mod constant_condition;
mod defeated_keep;
mod ground;
mod never_decides;
mod open_list;
mod open_recipients;
mod promise_without_number;
mod uncovered_disposal;
mod unguarded_first_hop;
mod unreachable_recipient;
mod unsatisfiable_clause;
mod wholly_prohibited;

use abey_engine::ImageError;

use crate::Compiled;
use crate::syntax::Span;
use ground::Ground;

/// A lint.
pub struct Lint {
    /// Its name, by which `allow(NAME, "reason")` silences it.
    pub name: &'static str,
    file: &'static str,
    find: fn(&mut Ground<'_>),
}

impl Lint {
    /// The page of the manual about it, in Markdown.
    #[must_use]
    pub fn manual(&self) -> String {
        let lines = self.file.lines().map_while(|line| line.strip_prefix("//!"));
        let lines: Vec<&str> = lines.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
        lines.join("\n")
    }
}

/// Declares the lints, each of which is a file of its name.
macro_rules! lints {
    ($($name:ident,)*) => {
        /// The names of the lints, by which `allow(LINT, "reason")` silences them.
        pub const NAMES: &[&str] = &[$(stringify!($name),)*];

        /// Every lint.
        pub const ALL: &[Lint] = &[$(Lint {
            name: stringify!($name),
            file: include_str!(concat!(stringify!($name), ".rs")),
            find: $name::find,
        },)*];
    };
}

lints! {
    never_decides,
    wholly_prohibited,
    constant_condition,
    unsatisfiable_clause,
    unreachable_recipient,
    defeated_keep,
    promise_without_number,
    unguarded_first_hop,
    open_recipients,
    uncovered_disposal,
    open_list,
    catches_stronger,
}

/// Something that a lint found.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The lint.
    pub lint: &'static str,
    /// Where.
    pub span: Span,
    /// What is so.
    pub message: String,
    /// What to do about it.
    pub help: String,
    /// An operation that shows it, as an example says it.
    pub example: Option<String>,
}

/// What the lints find in a policy's own clauses, in the order of the source; what `allow` silences is left out.
///
/// # Errors
/// When the image isn't valid, which a compiled one is.
pub fn lint(compiled: &Compiled) -> Result<Vec<Finding>, ImageError> {
    let mut ground = Ground::new(compiled)?;
    for lint in ALL {
        ground.begin(lint.name);
        (lint.find)(&mut ground);
    }
    Ok(ground.finish())
}
