//! The shared vocabularies, which ship inside the compiler as Abey sources. Each is parsed when a policy first uses it, and
//! kept for the next.

use std::sync::OnceLock;

use crate::parse;
use crate::syntax::File;

const SHIPPED: &[(&str, &str)] = &[
    ("core", include_str!("../../policies/std/core.abey")),
    ("dpv", include_str!("../../policies/std/dpv.abey")),
    ("gdpr", include_str!("../../policies/std/gdpr.abey")),
    ("places", include_str!("../../policies/std/places.abey")),
];

/// The source of a shipped vocabulary.
#[must_use]
pub fn source(name: &str) -> Option<&'static str> {
    SHIPPED.iter().find(|(own, _)| *own == name).map(|(_, source)| *source)
}

/// The source of a shipped vocabulary, and its statements.
pub(crate) fn parsed(name: &str) -> Option<(&'static str, &'static File)> {
    static PARSED: [OnceLock<File>; SHIPPED.len()] = [const { OnceLock::new() }; SHIPPED.len()];
    let place = SHIPPED.iter().position(|(own, _)| *own == name)?;
    let (_, source) = SHIPPED.get(place)?;
    let parse = || {
        let (file, errors) = parse::parse(source);
        debug_assert!(errors.is_empty(), "vocabularies ship with the compiler, and a test reads each");
        file
    };
    Some((source, PARSED.get(place)?.get_or_init(parse)))
}

/// The names of the shipped vocabularies.
#[must_use]
pub fn names() -> Vec<&'static str> {
    SHIPPED.iter().map(|(name, _)| *name).collect()
}
