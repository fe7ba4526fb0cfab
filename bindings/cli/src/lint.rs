//! `abey lint`: what is legal to write in a policy and rarely meant.

use std::path::{Path, PathBuf};

use abey::lints::{ALL, Finding, lint};
use abey::{Json, ToJson, forms};
use clap::Args;

use crate::each::{self, Source};
use crate::{FINE, Format, Streams, USAGE};

pub const EXAMPLES: &str = "Examples:
  abey lint policies
  abey lint policies/conma/policy.abey --format json
  abey lint --manual never_decides";

#[derive(Args)]
pub struct Lint {
    /// Policy sources, or folders to search through
    #[arg(default_value = ".")]
    paths: Vec<PathBuf>,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// Print the page of the manual about a lint instead; without a name, every page
    #[arg(long, value_name = "LINT", num_args = 0..=1, default_missing_value = "")]
    manual: Option<String>,
}

impl Lint {
    pub fn run(&self, streams: &mut Streams<'_>) -> u8 {
        if let Some(name) = &self.manual {
            return manual(name, streams);
        }
        each::policy(&self.paths, streams, |policy, streams| {
            let Source { file, source, compiled } = policy;
            let findings = lint(compiled).map_err(|error| format!("error: {}: {error}", file.display()))?;
            match self.format {
                Format::Human => human(file, source, &findings, streams),
                Format::Json => {
                    let _ = writeln!(streams.out, "{}", json(file, source, &findings));
                }
            }
            Ok(findings.is_empty())
        })
    }
}

fn manual(name: &str, streams: &mut Streams<'_>) -> u8 {
    let pages: Vec<String> =
        ALL.iter().filter(|lint| name.is_empty() || lint.name == name).map(abey::lints::Lint::manual).collect();
    if pages.is_empty() {
        let names: Vec<&str> = ALL.iter().map(|lint| lint.name).collect();
        streams.complain(&format!("error: there is no lint `{name}`; there are {}", names.join(", ")));
        return USAGE;
    }
    let _ = writeln!(streams.out, "{}", pages.join("\n\n"));
    FINE
}

/// The findings of a file, each with its line.
pub fn human(file: &Path, source: &str, findings: &[Finding], streams: &mut Streams<'_>) {
    let _ = match findings.len() {
        0 => writeln!(streams.out, "{}: nothing found", file.display()),
        1 => writeln!(streams.out, "{}: 1 finding", file.display()),
        many => writeln!(streams.out, "{}: {many} findings", file.display()),
    };
    for finding in findings {
        let (line, _) = abey::line_and_column(source, finding.span.start);
        let text = source.lines().nth(line as usize - 1).unwrap_or_default().trim();
        let _ = writeln!(streams.out, "\n  {}:{line} {}: {}", file.display(), finding.lint, finding.message);
        let _ = writeln!(streams.out, "    {text}");
        if let Some(example) = &finding.example {
            let _ = writeln!(streams.out, "    for example: {example}");
        }
        let _ = writeln!(streams.out, "    help: {}", finding.help);
    }
}

/// The findings as JSON, each with its line and column.
fn json(file: &Path, source: &str, findings: &[Finding]) -> Json {
    let place = |finding: &Finding| {
        let (line, column) = abey::line_and_column(source, finding.span.start);
        vec![("line", line.to_json()), ("column", column.to_json())]
    };
    each::named(file, forms::findings(findings, &place))
}
