//! The lints: what is legal to write and rarely meant.

/// The names of the lints, by which `allow(LINT, "reason")` silences them.
pub const NAMES: &[&str] = &[
    "never_decides",
    "wholly_prohibited",
    "constant_condition",
    "unsatisfiable_clause",
    "unreachable_recipient",
    "defeated_keep",
    "promise_without_number",
    "unguarded_first_hop",
    "open_recipients",
    "uncovered_disposal",
    "open_list",
    "catches_stronger",
];
