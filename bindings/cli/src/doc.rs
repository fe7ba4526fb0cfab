//! `abey doc`: write the public page of a policy.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::{Streams, input};

pub const EXAMPLES: &str = "Examples:
  abey doc policies/conma
  abey doc policies/conma --format html -o conma.html

An agreement is written together with the policy beneath it. A compiled image can't be: it doesn't keep labels.";

#[derive(Args)]
pub struct Doc {
    /// A policy source, or a folder that holds policy.abey
    policy: PathBuf,
    /// What to write
    #[arg(long, value_enum, default_value_t = Markup::Md)]
    format: Markup,
    /// Where to write it, in place of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// How a page is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Markup {
    /// Markdown.
    Md,
    /// One HTML file that needs nothing else.
    Html,
}

impl Doc {
    pub fn run(&self, streams: &mut Streams<'_>) -> u8 {
        let page = self.page(&input::policy_file(&self.policy), streams.colour.err);
        streams.answer(page.and_then(|text| match &self.output {
            Some(file) => {
                let written = fs::write(file, text).map(|()| String::new());
                written.map_err(|error| format!("error: can't write {}: {error}", file.display()))
            }
            None => Ok(text),
        }))
    }

    fn page(&self, file: &Path, colour: bool) -> Result<String, String> {
        let refuse = |why: &str| Err(format!("error: {}: {why}", file.display()));
        if input::is_built(&input::read(file)?) {
            return refuse("a compiled image doesn't keep the labels that a page needs; give the source");
        }
        let source = input::source(file)?;
        if abey::is_vocabulary(&source) {
            return refuse("a vocabulary declares words alone; give a policy");
        }
        let compiled = abey::compile_over(&source, &input::beneath(file))
            .map_err(|error| input::explain(&error, &source, file, colour))?;
        let page = abey::doc::page(&compiled.policy);
        Ok(match self.format {
            Markup::Md => abey::doc::markdown(&page),
            Markup::Html => abey::doc::html(&page),
        })
    }
}
