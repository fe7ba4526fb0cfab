//! What a source may cost the compiler, counted in sizes and the same on every target.
//!
//! What comes of it is bounded by [`abey_engine::limits`]: an image that compiles loads.

pub use abey_engine::limits::{EDGES, LIST as MEMBERS, OPERANDS, TERM_DEPTH as HIERARCHY_DEPTH};

/// Bytes of one source.
pub const SOURCE_BYTES: usize = 4 * 1024 * 1024;
/// Nesting of parentheses, braces and `not`.
pub const SOURCE_NESTING: usize = 48;
/// Errors reported in one run; further ones are counted.
pub const ERRORS: usize = 200;
/// Statements of one source, clauses and examples among them.
pub const STATEMENTS: usize = abey_engine::limits::CLAUSES;
/// Bytes of what rules quote of their scopes, what a clause says for all its rules counted for each.
pub const QUOTED_BYTES: usize = 16 * 1024 * 1024;
/// Words of one list, and keys of one table.
pub const LIST: usize = abey_engine::limits::KEYS;
