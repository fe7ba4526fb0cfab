//! `abey test`: run the examples of policies, and put their properties to drawn operations.

use std::path::{Path, PathBuf};

use abey::examples::{Outcome, Ran, Undecided};
use abey::witness::{CASES, Contradicted, Witnessed, witness};
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
    /// How many operations to draw for each property, 0 for none
    #[arg(long, value_name = "COUNT", default_value_t = CASES)]
    cases: u32,
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
            let witnessed =
                witness(compiled, source, self.cases).map_err(|error| format!("error: {}: {error}", file.display()))?;
            match self.format {
                Format::Human => human(file, &outcome, &witnessed, streams),
                Format::Json => {
                    let _ = writeln!(streams.out, "{}", json(file, &outcome, &witnessed));
                }
            }
            Ok(outcome.passed() && witnessed.holds())
        })
    }
}

fn human(file: &Path, outcome: &Outcome, witnessed: &Witnessed, streams: &mut Streams<'_>) {
    let failed: Vec<&Ran> = outcome.examples.iter().filter(|ran| !ran.failures.is_empty()).collect();
    let decided = outcome.rules - outcome.undecided.len();
    let _ = writeln!(
        streams.out,
        "{}: {} examples, {} passed, {} failed; {decided} of {} rules decided{}",
        file.display(),
        outcome.examples.len(),
        outcome.examples.len() - failed.len(),
        failed.len(),
        outcome.rules,
        properties(witnessed),
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
    for Contradicted { name, text, line, phrase, decision, .. } in &witnessed.contradicted {
        let _ = writeln!(streams.out, "\n  CONTRADICTED {}:{line} {name}", file.display());
        let _ = writeln!(streams.out, "    {text}");
        let _ = writeln!(streams.out, "    operation: {phrase}");
        let _ = writeln!(streams.out, "    decision:  {}", actual(decision));
    }
    for (name, why) in &witnessed.undrawn {
        let _ = writeln!(streams.out, "\n  NOT TRIED {} {name}\n    {why}", file.display());
    }
    if !outcome.undecided.is_empty() {
        let _ = writeln!(streams.out, "\n  rules that no example decides:");
    }
    for Undecided { clause, rule, line } in &outcome.undecided {
        let _ = writeln!(streams.out, "    {}:{line} clause {clause}: {rule}", file.display());
    }
}

/// What became of the properties, behind what became of the examples.
fn properties(witnessed: &Witnessed) -> String {
    if witnessed.properties == 0 || witnessed.cases == 0 {
        return String::new();
    }
    let what = if witnessed.properties == 1 { "property" } else { "properties" };
    let Witnessed { properties, cases, contradicted, undrawn } = witnessed;
    let mut said = format!("; {properties} {what}, {} contradicted by {cases} operations each", contradicted.len());
    if !undrawn.is_empty() {
        said += &format!(", {} not tried", undrawn.len());
    }
    said
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

fn json(file: &Path, outcome: &Outcome, witnessed: &Witnessed) -> Json {
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
    let contradicted = |one: &Contradicted| {
        object(vec![
            ("name", text(&one.name)),
            ("property", text(&one.text)),
            ("line", number(one.line)),
            ("phrase", text(&one.phrase)),
            ("operation", one.operation.to_json()),
            ("decision", one.decision.to_json_value()),
        ])
    };
    let undrawn = |(name, why): &(String, String)| object(vec![("name", text(name)), ("why", text(why))]);
    let properties = object(vec![
        ("count", number(u32::try_from(witnessed.properties).unwrap_or(u32::MAX))),
        ("cases", number(witnessed.cases)),
        ("contradicted", Json::List(witnessed.contradicted.iter().map(contradicted).collect())),
        ("not_tried", Json::List(witnessed.undrawn.iter().map(undrawn).collect())),
    ]);
    object(vec![
        ("file", text(&file.display().to_string())),
        ("passed", Json::Bool(outcome.passed() && witnessed.holds())),
        ("rules", number(u32::try_from(outcome.rules).unwrap_or(u32::MAX))),
        ("undecided", Json::List(outcome.undecided.iter().map(undecided).collect())),
        ("examples", Json::List(outcome.examples.iter().map(ran).collect())),
        ("properties", properties),
    ])
}
