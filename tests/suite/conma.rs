//! The Conma agreement: its examples, its rows, its operations, and every single rule in it.

use std::collections::BTreeMap;

use abey::examples::{self, Outcome};
use abey::{Operation, Policy};
use abey_lang::parse::parse;
use abey_lang::syntax::{StatementKind, Verb};

const POLICY: &str = "policies/conma/policy.abey";

fn outcome(source: &str) -> Result<Outcome, String> {
    let compiled = abey::compile(source).map_err(|error| error.to_string())?;
    examples::run(&compiled, source).map_err(|error| error.to_string())
}

#[test]
fn every_example_passes_and_every_rule_is_decided() {
    let outcome = outcome(&abey_tests::read(POLICY)).unwrap();
    let failed: Vec<_> =
        outcome.examples.iter().filter(|ran| !ran.failures.is_empty()).map(|ran| (&ran.name, &ran.failures)).collect();
    assert!(failed.is_empty(), "{failed:#?}");
    assert!(outcome.undecided.is_empty(), "{:#?}", outcome.undecided);
    assert!(
        outcome.rules > 30 && outcome.examples.len() > 60,
        "{} rules, {} examples",
        outcome.rules,
        outcome.examples.len()
    );
}

/// Deleting a rule, or turning its verb around, makes some example fail: no rule is there in vain.
#[test]
fn every_rule_matters() {
    let source = abey_tests::read(POLICY);
    let (file, faults) = parse(&source);
    assert!(faults.is_empty(), "{faults:?}");
    let mut unnoticed = Vec::new();
    let mut mutants = 0;
    for statement in &file.statements {
        let StatementKind::Clause(clause) = &statement.kind else { continue };
        for rule in &clause.rules {
            let flipped = match &rule.verb {
                Verb::Note(_) => continue,
                Verb::Allow => Some("forbid"),
                Verb::Forbid => Some("allow"),
                // These become prohibitions of the same scope, below.
                Verb::Require(_) | Verb::Keep(_) | Verb::Owe(_) => Some(""),
                Verb::Authorise(_) => None,
            };
            let (before, written, after) =
                (&source[..rule.span.start], &source[rule.span.start..rule.span.end], &source[rule.span.end..]);
            let mut mutations = vec![("deleted", format!("{before}{after}"))];
            if let Some(verb) = flipped {
                let turned = if verb.is_empty() {
                    format!("forbid {};", scope(&source, rule))
                } else {
                    let rest = written.split_once(char::is_whitespace).map_or("", |(_, rest)| rest);
                    let rest = rest.split(" resting on ").next().unwrap_or(rest);
                    format!("{verb} {}{}", rest, if rest.ends_with(';') { "" } else { ";" })
                };
                mutations.push(("flipped", format!("{before}{turned}{after}")));
            }
            for (how, mutant) in mutations {
                mutants += 1;
                // A mutant that no longer compiles is noticed as well: by the compiler.
                if outcome(&mutant).is_ok_and(|outcome| outcome.passed()) {
                    unnoticed.push(format!("{how}: clause {}: {written}", clause.label.text));
                }
            }
        }
    }
    assert!(mutants > 60, "only {mutants} mutants");
    assert!(unnoticed.is_empty(), "{} of {mutants} go unnoticed:\n{}", unnoticed.len(), unnoticed.join("\n"));
}

/// The scope of a rule that requires, keeps or owes, as that of a prohibition.
fn scope(source: &str, rule: &abey_lang::syntax::Rule) -> String {
    use abey_lang::syntax::{Actions, List};
    let actions = match &rule.phrase.actions {
        None | Some(Actions::Anything(_)) => "any".to_string(),
        Some(Actions::List(List::Any(_))) => "any".to_string(),
        Some(Actions::List(List::These(names))) => {
            names.iter().map(|name| name.text.clone()).collect::<Vec<_>>().join(", ")
        }
        Some(Actions::List(List::AnyExcept(names))) => {
            format!("any except {}", names.iter().map(|name| name.text.clone()).collect::<Vec<_>>().join(", "))
        }
    };
    let mut parts: Vec<String> = Vec::new();
    let mut data = false;
    for part in &rule.phrase.parts {
        let text = &source[part.span.start..part.span.end];
        data |= text.starts_with("of ");
        // A purpose behind `require … for` is written without its preposition.
        let bare = matches!(&part.kind, abey_lang::syntax::PartKind::List(abey_lang::syntax::Slot::Purpose, _))
            && !text.starts_with("for");
        parts.push(if bare { format!("for {text}") } else { text.to_string() });
    }
    if !data {
        parts.insert(0, "of any".into());
    }
    format!("{actions} {}", parts.join(" "))
}

/// `policies/conma/clauses.csv` names, for each row of the table of clauses, the clause and its examples.
#[test]
fn every_row_has_its_clause_and_its_examples() {
    let source = abey_tests::read(POLICY);
    let compiled = abey::compile(&source).unwrap();
    let examples: BTreeMap<&str, _> =
        compiled.policy.examples.iter().map(|example| (example.name.as_str(), example)).collect();
    let clauses: Vec<&str> = compiled.policy.clauses.iter().map(|clause| clause.label.as_str()).collect();
    let policy = Policy::compile(&source).unwrap();
    let table = abey_tests::read("policies/conma/clauses.csv");
    let mut lines = table.lines();
    assert_eq!(lines.next(), Some("row,clause,gates,allowed,paused"));
    let rows: Vec<Vec<String>> = lines.map(cells).collect();
    let expected: Vec<String> = (1..=57).map(|number| format!("CM-{number:02}")).collect();
    assert_eq!(rows.iter().map(|row| row[0].clone()).collect::<Vec<_>>(), expected);
    let mut gating = 0;
    for row in &rows {
        let [id, clause, gates, allowed, paused] = row.as_slice() else { panic!("five cells: {row:?}") };
        assert!(clause.is_empty() || clauses.contains(&clause.as_str()), "{id}: there is no clause {clause}");
        if gates == "no" {
            continue;
        }
        gating += 1;
        let allowed = examples.get(allowed.as_str()).unwrap_or_else(|| panic!("{id}: no example {allowed:?}"));
        assert!(policy.check(&allowed.operation).is_allowed(), "{id}: {}", allowed.name);
        let paused = examples.get(paused.as_str()).unwrap_or_else(|| panic!("{id}: no example {paused:?}"));
        let decision = policy.check(&paused.operation);
        assert!(
            !decision.is_allowed() && decision.cites(clause),
            "{id}: {} should cite {clause}: {:#?}",
            paused.name,
            decision.reasons
        );
    }
    assert!(gating >= 38, "{gating} rows gate");
}

/// A line of CSV; cells may stand in double quotes.
fn cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    for letter in line.chars() {
        match letter {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            _ => cells.last_mut().unwrap().push(letter),
        }
    }
    cells
}

/// The operations that a host would send are well-formed and get a decision; some of each kind.
#[test]
fn operations_of_a_host_are_decided() {
    let policy = Policy::compile(&abey_tests::read(POLICY)).unwrap();
    let mut verdicts = BTreeMap::new();
    let mut files: Vec<_> = std::fs::read_dir(abey_tests::root().join("policies/conma/operations"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    for file in &files {
        let operation = Operation::from_json(&std::fs::read_to_string(file).unwrap())
            .unwrap_or_else(|fault| panic!("{}: {fault}", file.display()));
        let decision = policy.decide(&operation).unwrap();
        assert!(decision.ignored.is_empty(), "{}: {:?}", file.display(), decision.ignored);
        *verdicts.entry(decision.verdict).or_insert(0) += 1;
        // Read back from its own JSON, the operation gets the same decision.
        let again = Operation::from_json(&abey::ToJson::to_json(&operation).to_string()).unwrap();
        assert_eq!(again, operation);
    }
    assert!(files.len() >= 10, "{} operations", files.len());
    assert_eq!(verdicts.len(), 2, "{verdicts:?}");
}

/// A policy compiled to an image and loaded from its bytes decides alike.
#[test]
fn the_image_decides_as_the_source_does() {
    let source = abey_tests::read(POLICY);
    let compiled = abey::compile(&source).unwrap();
    let policy = Policy::compile(&source).unwrap();
    let loaded = Policy::load(policy.image()).unwrap();
    assert_eq!(Policy::compile(&source).unwrap().image(), policy.image(), "the same source gives the same bytes");
    for example in &compiled.policy.examples {
        assert_eq!(policy.check(&example.operation).to_json(), loaded.check(&example.operation).to_json());
    }
}
