//! `abey test`: run the examples of policies.

use std::path::{Path, PathBuf};

use abey::examples::{Outcome, Ran, Undecided};
use abey::{Decision, Json, ToJson, examples};
use clap::Args;

use crate::each::{self, Source};
use crate::{Format, Streams};

pub const EXAMPLES: &str = "Examples:
  abey test policies
  abey test policies/conma/policy.abey --format json";

#[derive(Args)]
pub struct Test {
    /// Policy sources, or folders to search through
    #[arg(default_value = ".")]
    paths: Vec<PathBuf>,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

impl Test {
    pub fn run(&self, streams: &mut Streams<'_>) -> u8 {
        each::policy(&self.paths, streams, |policy, streams| {
            let Source { file, source, compiled } = policy;
            let outcome =
                examples::run(compiled, source).map_err(|error| format!("error: {}: {error}", file.display()))?;
            match self.format {
                Format::Human => human(file, &outcome, streams),
                Format::Json => {
                    let _ = writeln!(streams.out, "{}", json(file, &outcome));
                }
            }
            Ok(outcome.passed())
        })
    }
}

fn human(file: &Path, outcome: &Outcome, streams: &mut Streams<'_>) {
    let failed: Vec<&Ran> = outcome.examples.iter().filter(|ran| !ran.failures.is_empty()).collect();
    let decided = outcome.rules - outcome.undecided.len();
    let _ = writeln!(
        streams.out,
        "{}: {} examples, {} passed, {} failed; {decided} of {} rules decided",
        file.display(),
        outcome.examples.len(),
        outcome.examples.len() - failed.len(),
        failed.len(),
        outcome.rules,
    );
    for ran in failed {
        let _ = writeln!(streams.out, "\n  FAILED {}:{} {}", file.display(), ran.line, ran.name);
        let _ = writeln!(streams.out, "    expected: {}", ran.expected);
        let _ = writeln!(streams.out, "    actual:   {}", actual(&ran.decision));
        for failure in &ran.failures {
            let _ = writeln!(streams.out, "    {failure}");
        }
        for reason in &ran.decision.reasons {
            let _ = writeln!(streams.out, "      - [{}] {}", reason.kind.word(), reason.message);
        }
        for question in &ran.decision.questions {
            let _ = writeln!(streams.out, "      ? {}: {}", question.path, question.text);
        }
    }
    if !outcome.undecided.is_empty() {
        let _ = writeln!(streams.out, "\n  rules that no example decides:");
    }
    for Undecided { clause, rule, line } in &outcome.undecided {
        let _ = writeln!(streams.out, "    {}:{line} clause {clause}: {rule}", file.display());
    }
}

/// The decision in the words of an example.
fn actual(decision: &Decision) -> String {
    let mut clauses: Vec<String> = Vec::new();
    let cited = decision.reasons.iter().filter_map(|reason| reason.citation.as_ref());
    for citation in cited.chain(decision.covered.iter().map(|cover| &cover.citation)) {
        let quoted = format!("\"{}\"", citation.clause);
        if !clauses.contains(&quoted) {
            clauses.push(quoted);
        }
    }
    let citing = if clauses.is_empty() { String::new() } else { format!(" citing {}", clauses.join(", ")) };
    format!("{}{citing}", decision.verdict.word())
}

fn json(file: &Path, outcome: &Outcome) -> Json {
    let text = |text: &str| Json::Text(text.into());
    let number = |number: u32| number.to_json();
    let object = |entries: Vec<(&str, Json)>| {
        Json::Object(entries.into_iter().map(|(key, value)| (key.into(), value)).collect())
    };
    let ran = |ran: &Ran| {
        object(vec![
            ("name", text(&ran.name)),
            ("line", number(ran.line)),
            ("expected", text(&ran.expected)),
            ("passed", Json::Bool(ran.failures.is_empty())),
            ("failures", ran.failures.to_json()),
            ("decision", ran.decision.to_json_value()),
        ])
    };
    let undecided = |rule: &Undecided| {
        object(vec![("clause", text(&rule.clause)), ("rule", text(&rule.rule)), ("line", number(rule.line))])
    };
    object(vec![
        ("file", text(&file.display().to_string())),
        ("passed", Json::Bool(outcome.passed())),
        ("rules", number(u32::try_from(outcome.rules).unwrap_or(u32::MAX))),
        ("undecided", Json::List(outcome.undecided.iter().map(undecided).collect())),
        ("examples", Json::List(outcome.examples.iter().map(ran).collect())),
    ])
}
