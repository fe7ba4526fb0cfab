//! The tables of the program: which tests are run, and what is mutated into what.

/// Some tests of one test binary, run after those of the stages before.
pub struct Stage {
    /// Its name in the outcome.
    pub name: &'static str,
    /// The package of the test binary.
    pub package: &'static str,
    /// The target of the binary: the library's own tests, or the tests of that name.
    pub target: Target,
    /// How the names of its tests begin. A test belongs to the first stage that takes it.
    pub tests: &'static [&'static str],
}

/// A test binary of a package.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// The tests within the library.
    Lib,
    /// The integration tests of this name.
    Test(&'static str),
}

const SUITE: Target = Target::Test("suite");

/// The stages, the quickest first. A mutant goes no further than the first stage that catches it.
pub const STAGES: &[Stage] = &[
    Stage { name: "unit", package: "abey-engine", target: Target::Lib, tests: &[""] },
    Stage {
        name: "hostile",
        package: "abey-tests",
        target: SUITE,
        tests: &[
            "hostile::image",
            "hostile::structure",
            "hostile::ends",
            "hostile::waiting",
            "hostile::json",
            "steps",
            "bounds",
            "vocabularies",
        ],
    },
    Stage {
        name: "cases",
        package: "abey-tests",
        target: SUITE,
        tests: &["conformance", "decisions", "regressions", "calendar", "bad_input", "building", "asked", "remedies"],
    },
    Stage { name: "compiler", package: "abey-lang", target: Target::Lib, tests: &[""] },
    Stage {
        name: "policies",
        package: "abey-tests",
        target: SUITE,
        tests: &["policies::every_example", "explain", "traced", "command", "schema"],
    },
    Stage {
        name: "laws",
        package: "abey-tests",
        target: SUITE,
        tests: &["laws::made", "reference::the_engine", "hostile::damage::every_prefix"],
    },
];

/// What every test is run with, so that its random numbers are the same each time.
pub const ENVIRONMENT: &[(&str, &str)] = &[
    ("PROPTEST_RNG_SEED", "1"),
    ("PROPTEST_MAX_SHRINK_ITERS", "0"),
    ("ABEY_LAWS_CASES", "4"),
    ("RUST_BACKTRACE", "0"),
];

/// Megabytes of memory that a test may take.
pub const MEMORY: u64 = 6_000;

/// Binary operators, and what each is exchanged for.
pub const OPERATORS: &[(&str, &[&str])] = &[
    ("==", &["!="]),
    ("!=", &["=="]),
    ("<", &["<=", "==", ">"]),
    (">", &[">=", "==", "<"]),
    ("<=", &["<", ">"]),
    (">=", &[">", "<"]),
    ("&&", &["||"]),
    ("||", &["&&"]),
    ("+", &["-", "*"]),
    ("-", &["+", "/"]),
    ("*", &["+", "/"]),
    ("/", &["*", "%"]),
    ("%", &["/", "+"]),
    ("|", &["&", "^"]),
    ("&", &["|", "^"]),
    ("^", &["|", "&"]),
    ("<<", &[">>"]),
    (">>", &["<<"]),
    ("+=", &["-=", "*="]),
    ("-=", &["+=", "/="]),
    ("*=", &["+=", "/="]),
    ("/=", &["*=", "%="]),
    ("%=", &["/=", "+="]),
    ("|=", &["&=", "^="]),
    ("&=", &["|=", "^="]),
    ("^=", &["|=", "&="]),
];

/// Functions and methods, and the one that each is exchanged for; `!` before a name negates its result.
pub const NAMES: &[(&str, &str)] = &[
    ("and", "or"),
    ("or", "and"),
    ("min", "max"),
    ("max", "min"),
    ("any", "all"),
    ("all", "any"),
    ("is_some_and", "is_none_or"),
    ("is_none_or", "is_some_and"),
    ("is_true", "!is_false"),
    ("is_false", "!is_true"),
    ("is_lt", "is_le"),
    ("is_le", "is_lt"),
    ("is_gt", "is_ge"),
    ("is_ge", "is_gt"),
    ("at_most", "at_least"),
    ("at_least", "at_most"),
    ("plus", "minus"),
    ("minus", "plus"),
    ("checked_add", "checked_sub"),
    ("checked_sub", "checked_add"),
    ("saturating_add", "saturating_sub"),
    ("saturating_sub", "saturating_add"),
];

/// Methods that answer yes or no, beside those whose name begins with `is_`: their answer is negated.
pub const PREDICATES: &[&str] = &["contains", "contains_key", "starts_with", "ends_with"];

/// What a function that returns this type may return instead.
pub const VALUES: &[(&str, &[&str])] = &[
    ("bool", &["true", "false"]),
    ("char", &["'x'"]),
    ("u8", &["0", "1"]),
    ("u16", &["0", "1"]),
    ("u32", &["0", "1"]),
    ("u64", &["0", "1"]),
    ("u128", &["0", "1"]),
    ("usize", &["0", "1"]),
    ("i8", &["0", "1", "-1"]),
    ("i16", &["0", "1", "-1"]),
    ("i32", &["0", "1", "-1"]),
    ("i64", &["0", "1", "-1"]),
    ("i128", &["0", "1", "-1"]),
    ("str", &["\"\"", "\"xyzzy\""]),
    ("String", &["alloc::string::String::new()", "\"xyzzy\".into()"]),
    ("Ordering", &["core::cmp::Ordering::Less", "core::cmp::Ordering::Equal", "core::cmp::Ordering::Greater"]),
    ("Checked", &["Ok(())"]),
    ("Truth", &["crate::truth::Truth::False", "crate::truth::Truth::Unknown", "crate::truth::Truth::True"]),
    ("Val", &["crate::check::input::Val::Unknown", "crate::check::input::Val::None"]),
    ("Word", &["crate::check::input::Word::Missing", "crate::check::input::Word::None"]),
    ("Verdict", &["crate::decision::Verdict::Allow", "crate::decision::Verdict::Pause"]),
    ("Date", &["crate::calendar::Date(0)"]),
    ("Instant", &["crate::calendar::Instant(0)"]),
    ("Moment", &["crate::calendar::Moment::Date(crate::calendar::Date(0))"]),
    ("Number", &["crate::value::Number(0)"]),
    ("Json", &["crate::json::Json::Null"]),
    ("Malformed", &["crate::json::Malformed::at(\"\", \"xyzzy\")"]),
    ("Facts", &["alloc::vec::Vec::new()"]),
];
