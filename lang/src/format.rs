//! .
use crate::diagnostic::Diagnostic;
/// .
pub fn format(source: &str) -> Result<String, Vec<Diagnostic>> { Ok(source.to_string()) }
