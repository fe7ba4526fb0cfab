//! What is wrong with a source, as data. Rendering is elsewhere.

use std::panic::Location;

pub use crate::codes::Code;
use crate::syntax::Span;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The source can't be used.
    Error,
    /// It can, and probably shouldn't.
    Warning,
}

/// One thing that is wrong, where, and what to do.
///
/// Messages are lowercase and without a full stop; what the author wrote stands in backticks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// The kind of fault.
    pub code: Code,
    /// What is wrong.
    pub message: String,
    /// Where.
    pub span: Span,
    /// What stands at the place, in few words; may be empty.
    pub label: String,
    /// What to do next.
    pub help: Option<String>,
    /// Other places that matter, each with what it is.
    pub related: Vec<(Span, String)>,
    /// Which line of the compiler reports it, so that a test can tell whether each does.
    pub raised: &'static Location<'static>,
}

impl Diagnostic {
    /// An error at a place.
    #[must_use]
    #[track_caller]
    pub fn error(code: Code, span: Span, message: impl Into<String>) -> Self {
        Diagnostic {
            severity: Severity::Error,
            code,
            message: message.into(),
            span,
            label: String::new(),
            help: None,
            related: Vec::new(),
            raised: Location::caller(),
        }
    }

    /// With what stands at the place.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// With what to do next.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// With the nearest known word as what to do next, or with another step where there is none.
    #[must_use]
    pub fn did_you_mean(self, near: Option<&str>, otherwise: impl Into<String>) -> Self {
        match near {
            Some(near) => self.help(format!("did you mean `{near}`?")),
            None => self.help(otherwise),
        }
    }

    /// With another place that matters.
    #[must_use]
    pub fn related(mut self, span: Span, what: impl Into<String>) -> Self {
        self.related.push((span, what.into()));
        self
    }
}

/// Line and column, both from 1 and the column in characters, of a byte of a source.
#[must_use]
pub fn line_and_column(source: &str, byte: usize) -> (u32, u32) {
    let before = source.get(..byte).unwrap_or(source);
    let line = before.matches('\n').count() as u32 + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() as u32 + 1;
    (line, column)
}
