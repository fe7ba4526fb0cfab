//! What a check may cost, counted in sizes, never in seconds, and the same on
//! every target. Going past one is an error that names it.

/// Bytes of one operation as JSON.
pub const OPERATION_BYTES: usize = 256 * 1024;
/// Nesting of one operation as JSON: an operation holds items, items hold facts, facts hold sets.
pub const OPERATION_NESTING: usize = 8;
/// Nesting of one decision as JSON: a decision holds reasons, a reason holds remedies, a remedy holds steps.
pub const DECISION_NESTING: usize = 8;
/// Points of one operation: items × subjects × purposes × legs × origins.
pub const POINTS: usize = 256;
/// Members of one list in an operation, and of a set that a policy writes out.
pub const LIST: usize = 256;
/// Bytes of one word or text in an operation.
pub const WORD_BYTES: usize = 1024;
/// Terms of one facet in an image.
pub const TERMS: usize = 4096;
/// Longest chain of terms in an image, each directly below the next.
pub const TERM_DEPTH: usize = 64;
/// Edges between the terms of one facet in an image: how often one is said to lie below another.
pub const EDGES: usize = 32_768;
/// Facts, settings or tables in an image, each.
pub const FACTS: usize = 1024;
/// Keys of all tables in an image together, and words of one `one of` type.
pub const KEYS: usize = 4096;
/// Layers in an image.
pub const LAYERS: usize = 8;
/// Clauses in an image.
pub const CLAUSES: usize = 16_384;
/// Rules in an image.
pub const RULES: usize = 100_000;
/// Words in the rules of an image: members of the lists of their scopes, demands and exceptions. What a
/// clause says for all its rules counts for each.
pub const WORDS: usize = 1_000_000;
/// Nodes of conditions and of values in an image.
pub const NODES: usize = 1_000_000;
/// Operands of one choice (`latest of`) and of one sum in a policy.
pub const OPERANDS: usize = 32;
/// Bytes of all texts in an image.
pub const TEXT_BYTES: usize = 48 * 1024 * 1024;
/// Bytes of an image.
pub const IMAGE_BYTES: usize = 64 * 1024 * 1024;
/// Bytes that the tables of an image take in memory, counted alike on every target.
pub const IMAGE_MEMORY: usize = 256 * 1024 * 1024;
/// Depth of one condition or value.
pub const CONDITION_DEPTH: usize = 64;
/// Changes of an operation that are tried, each for the cost of a check: so many for the remedies of single reasons,
/// so many for one that settles everything, so many for the smallest set, and so many days for when a reason lapses; and
/// exceptions that are looked at for what would bring an operation under them.
pub const REMEDY_TRIALS: usize = 64;
/// Combinations of what the parts of a value could be, where tables leave that open; past it, the value is unknown.
pub const WAYS: usize = 256;
