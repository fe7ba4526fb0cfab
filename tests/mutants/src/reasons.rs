//! Survivors that no test can catch, each with the reason.

use std::path::Path;

use serde::Deserialize;

use crate::mutant::Key;

/// A mutant that is listed.
#[derive(Clone, Debug, Deserialize)]
pub struct Reason {
    /// What it is known by.
    #[serde(flatten)]
    pub key: Key,
    /// Why it behaves like the original, or why that is no concern.
    pub why: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    #[serde(default)]
    mutant: Vec<Reason>,
}

/// Reads the list; none where there is no file.
///
/// # Errors
/// When it isn't as the README says.
pub fn read(path: &Path) -> Result<Vec<Reason>, String> {
    match std::fs::read_to_string(path) {
        Ok(text) => parse(&text).map_err(|error| format!("{}: {error}", path.display())),
        Err(_) => Ok(Vec::new()),
    }
}

fn parse(text: &str) -> Result<Vec<Reason>, String> {
    let listed: Listed = toml::from_str(text).map_err(|error| error.to_string())?;
    match listed.mutant.iter().find(|reason| reason.why.trim().is_empty()) {
        Some(reason) => Err(format!("{}, {}: a reason is missing", reason.key.function, reason.key.what)),
        None => Ok(listed.mutant),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_needed() {
        let entry = |why: &str| {
            format!("[[mutant]]\nfile = 'f.rs'\nfunction = 'T::f'\nwhat = '< to <='\nsource = 'a < b'\nwhy = '{why}'")
        };
        let read = parse(&entry("both are the last")).unwrap_or_default();
        assert!(read.iter().all(|reason| reason.key.nth == 1 && reason.key.source == "a < b") && read.len() == 1);
        assert!(parse(&entry(" ")).is_err());
        assert!(parse("[[mutants]]").is_err());
        assert!(parse("").is_ok_and(|read| read.is_empty()));
    }
}
