//! The shared vocabularies, which ship inside the compiler as Abey sources.

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

/// The names of the shipped vocabularies.
#[must_use]
pub fn names() -> Vec<&'static str> {
    SHIPPED.iter().map(|(name, _)| *name).collect()
}
