//! One question, put to every policy among some paths.

use std::path::{Path, PathBuf};

use abey::{Compiled, Error, Json};

use crate::{FINE, NO, Streams, UNUSABLE, input};

/// A policy source, compiled.
pub struct Source<'a> {
    /// Where it stands.
    pub file: &'a Path,
    /// The source.
    pub source: &'a str,
    /// What it means.
    pub compiled: &'a Compiled,
}

/// Asks each policy, leaving vocabularies aside; the answer says whether all is well. The exit status of it all.
pub fn policy(
    paths: &[PathBuf],
    streams: &mut Streams<'_>,
    ask: impl Fn(&Source<'_>, &mut Streams<'_>) -> Result<bool, String>,
) -> u8 {
    let Some(files) = input::found(paths, streams) else { return UNUSABLE };
    let mut code = FINE;
    let mut policies = 0;
    for file in &files {
        match one(file, streams, &ask) {
            Ok(None) => {}
            Ok(Some(well)) => {
                policies += 1;
                if !well && code == FINE {
                    code = NO;
                }
            }
            Err(message) => {
                streams.complain(message.trim_end());
                code = UNUSABLE;
            }
        }
    }
    if policies == 0 && code == FINE {
        streams.complain(&input::none_under(paths));
        return UNUSABLE;
    }
    code
}

fn one(
    file: &Path,
    streams: &mut Streams<'_>,
    ask: &impl Fn(&Source<'_>, &mut Streams<'_>) -> Result<bool, String>,
) -> Result<Option<bool>, String> {
    let source = input::source(file)?;
    if abey::is_vocabulary(&source) {
        return Ok(None);
    }
    let wrong = |error: Error| input::explain(&error, &source, file, streams.colour.err);
    let compiled = abey::compile_over(&source, &input::beneath(file)).map_err(wrong)?;
    ask(&Source { file, source: &source, compiled: &compiled }, streams).map(Some)
}

/// What is said of a file as JSON, with its name before all else.
pub fn named(file: &Path, said: Json) -> Json {
    let mut entries = vec![("file".into(), Json::Text(file.display().to_string()))];
    if let Json::Object(said) = said {
        entries.extend(said);
    }
    Json::Object(entries)
}
