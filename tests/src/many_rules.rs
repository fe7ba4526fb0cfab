//! A policy of as many rules as one likes.

use std::fmt::Write as _;

/// How many categories, and how many purposes, it takes for so many rules.
#[must_use]
pub fn side(rules: usize) -> usize {
    let root = rules.isqrt();
    root + usize::from(root * root < rules)
}

/// The source of a policy with so many instructions, each for a category and a purpose of its own: the rule in a place reads
/// `item{place / side}` for `aim{place % side}`.
#[must_use]
pub fn source(rules: usize) -> String {
    let side = side(rules);
    let mut source = String::from("policy made \"Made\" version \"1\"; action read;\n");
    for index in 0..side {
        let _ = writeln!(source, "data item{index} is personal_data; purpose aim{index};");
    }
    source += "clause \"1\" {\n";
    for rule in 0..rules {
        let _ = writeln!(source, "allow read of item{} for aim{};", rule / side, rule % side);
    }
    source + "}\n"
}
