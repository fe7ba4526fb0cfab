//! Why no decision was made. Each of these is a pause.

use std::time::Duration;

use abey_engine::Malformed;

/// Why a module isn't taken, or why a check made no decision. Hold the operation in abeyance then.
///
/// Texts that come out of a module, as the name of an import, are quoted, escaped and cut short.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The bytes are no WebAssembly of the features that a policy may use; at load.
    #[error("this is no WebAssembly module that a policy could be in: {0}")]
    NotAModule(String),
    /// The module asks something of its host; at load.
    #[error("the module imports {name} of {module}, and a policy imports nothing")]
    Import {
        /// Where it would be imported from.
        module: String,
        /// What it is called there.
        name: String,
    },
    /// Something of the interface isn't there; at load.
    #[error("the module doesn't export `{0}`, so it is no policy")]
    MissingExport(&'static str),
    /// Something of the interface has another type; at load.
    #[error("the module's export `{name}` isn't {expected}")]
    WrongExport {
        /// Its name.
        name: &'static str,
        /// What it should be.
        expected: &'static str,
    },
    /// The module has another version of the interface; at load.
    #[error("the module has version {0} of the interface, and this host knows version {known}", known = crate::ABI)]
    Abi(u32),
    /// It is the runtime without a policy, or with one that is damaged; at load.
    #[error("the module has no policy that could decide: {0}")]
    NoPolicy(String),
    /// The module is larger than the options allow; at load.
    #[error("the module has more than {limit} {what}")]
    TooLarge {
        /// What there is too much of.
        what: &'static str,
        /// How much there may be.
        limit: u64,
    },
    /// It wanted more memory, or a larger table, than the options give it.
    #[error("the module wanted more memory than the {0} bytes it may have")]
    Memory(usize),
    /// It didn't answer in time.
    #[error("the module didn't answer within {0:?}")]
    Timeout(Duration),
    /// It used up its fuel.
    #[error("the module used up its fuel of {0}")]
    Fuel(u64),
    /// It ended without an answer.
    #[error("the module trapped: {0}")]
    Trap(String),
    /// It answered, and the answer can't be.
    #[error("the module's answer can't be: {0}")]
    Lied(#[from] Lie),
    /// All places for fresh instances were taken for as long as a check may last.
    #[error("all {0} places for instances are taken")]
    Busy(u32),
    /// The host can't run modules at all, whichever it is.
    #[error("this host can't run modules: {0}")]
    Host(String),
}

/// What can't be in an answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Lie {
    /// It lies outside of the memory, wholly or in part.
    #[error("{length} bytes at {pointer} don't lie in a memory of {memory}")]
    Outside {
        /// Where it is said to begin.
        pointer: u32,
        /// How long it is said to be.
        length: u32,
        /// How many bytes of memory there are.
        memory: usize,
    },
    /// It is longer than the options allow.
    #[error("{length} bytes are more than the {limit} that an answer may have")]
    TooLong {
        /// How long it is said to be.
        length: u32,
        /// How long it may be.
        limit: usize,
    },
    /// It is no UTF-8.
    #[error("it isn't UTF-8 from byte {0} on")]
    NotText(usize),
    /// It is no decision.
    #[error("it isn't a decision: {0}")]
    NotADecision(Malformed),
    /// It is no verdict.
    #[error("{0} is no verdict")]
    Verdict(u32),
    /// It names another policy than the module did when it was loaded.
    #[error("it names another policy than the module is of")]
    OtherPolicy,
    /// It allows what is no operation.
    #[error("it allows an empty text, which is no operation")]
    Allowed,
    /// A batch has another number of decisions than of operations.
    #[error("{found} lines answer {asked} operations")]
    Lines {
        /// How many operations were asked about.
        asked: usize,
        /// How many lines came back.
        found: usize,
    },
}

/// A text of a module, fit to be shown: escaped, quoted, and no longer than a line.
pub(crate) fn shown(text: &str) -> String {
    const MOST: usize = 160;
    let cut: String = text.chars().take(MOST).collect();
    let more = if cut.len() < text.len() { "…" } else { "" };
    format!("{cut:?}{more}")
}
