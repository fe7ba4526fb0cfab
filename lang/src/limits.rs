//! What a source may cost the compiler, counted in sizes and the same on every target.

/// Bytes of one source.
pub const SOURCE_BYTES: usize = 4 * 1024 * 1024;
/// Nesting of parentheses, braces and `not`.
pub const SOURCE_NESTING: usize = 48;
/// Errors reported in one run; further ones are counted.
pub const ERRORS: usize = 200;
/// Words below one another, as an image holds them at most.
pub const HIERARCHY_DEPTH: usize = 64;
