//! `abey fmt`: format policy sources.

use std::fs;
use std::path::PathBuf;

use abey::report;
use clap::Args;

use crate::{FINE, NO, Streams, UNUSABLE, input};

pub const EXAMPLES: &str = "Examples:
  abey fmt policies/conma/policy.abey
  abey fmt --check policies";

#[derive(Args)]
pub struct Fmt {
    /// Policy sources, or folders to search through
    #[arg(default_value = ".")]
    paths: Vec<PathBuf>,
    /// Change nothing; say which files aren't formatted
    #[arg(long)]
    check: bool,
}

impl Fmt {
    pub fn run(&self, streams: &mut Streams<'_>) -> u8 {
        let Some(files) = input::found(&self.paths, streams) else { return UNUSABLE };
        let mut code = FINE;
        for file in &files {
            let outcome = input::source(file).and_then(|source| {
                let formatted = abey::format(&source).map_err(|faults| {
                    report::diagnostics(&faults, &source, &file.display().to_string(), streams.colour.err)
                })?;
                if formatted == source {
                    return Ok(false);
                }
                if !self.check {
                    fs::write(file, &formatted)
                        .map_err(|error| format!("error: can't write {}: {error}", file.display()))?;
                }
                Ok(true)
            });
            match outcome {
                Ok(false) => {}
                Ok(true) => {
                    let what = if self.check { "isn't formatted" } else { "formatted" };
                    let _ = writeln!(streams.out, "{}: {what}", file.display());
                    if self.check && code == FINE {
                        code = NO;
                    }
                }
                Err(message) => {
                    streams.complain(message.trim_end());
                    code = UNUSABLE;
                }
            }
        }
        code
    }
}
