//! Mutants, and the places in a source file where they are switched on.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// One mutant, known by where it is and what it does, not by a line number.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Key {
    /// The file, from the root of the project.
    pub file: String,
    /// The function that it is in.
    pub function: String,
    /// What it does.
    pub what: String,
    /// The text that it changes, on one line; empty for the body of a function.
    pub source: String,
    /// Which of several of the same key it is, from 1.
    #[serde(default = "first")]
    pub nth: usize,
}

fn first() -> usize {
    1
}

/// A mutant and where it stands now.
#[derive(Clone, Debug)]
pub struct Mutant {
    /// What it is known by.
    pub key: Key,
    /// Its line, from 1.
    pub line: usize,
}

/// How a site is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The text of the site is an expression; an alternative takes its place.
    Instead,
    /// An alternative is returned before the body begins. The site is empty.
    Return,
    /// The arm of a match before the site is passed over. The site is empty.
    Arm,
    /// A function; it has no alternatives and says only where the function is.
    Function,
}

/// What takes the place of a site when a mutant is on.
#[derive(Clone, Debug)]
pub struct Alternative {
    /// The number of the mutant.
    pub mutant: usize,
    /// Its text.
    pub text: String,
}

/// A place in a source file.
#[derive(Clone, Debug)]
pub struct Site {
    /// Its bytes in the file.
    pub range: Range<usize>,
    /// How it is written.
    pub form: Form,
    /// What may take its place.
    pub alternatives: Vec<Alternative>,
}

/// A source file with its sites.
#[derive(Debug)]
pub struct Source {
    /// Its path from the root of the project.
    pub path: String,
    /// Its text.
    pub text: String,
    /// Its sites, outer ones before those in them.
    pub sites: Vec<Site>,
    /// Where its first item begins.
    pub items: usize,
}

/// A text on one line, each stretch of white space a single space.
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
