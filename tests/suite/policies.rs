//! The agreements: their examples, their rows, their operations, and every single rule in them.

use std::collections::BTreeMap;

use abey::examples::{self, Outcome};
use abey::{Operation, Policy};
use abey_lang::parse::parse;
use abey_lang::syntax::{StatementKind, Verb};

/// The policies, with the prefix and the number of the rows that each answers for: 204 in all.
const POLICIES: &[(&str, &str, usize)] =
    &[("conxa", "CX", 23), ("jexi", "JX", 33), ("connexcs", "CC", 46), ("cobrowsing", "RP", 45), ("conma", "CM", 57)];

fn path(name: &str) -> String {
    format!("policies/{name}/policy.abey")
}

/// Compiles a policy of the project, or an agreement over it.
fn outcome(name: &str, source: &str) -> Result<Outcome, String> {
    let beneath = |other: &str| (other == name).then(|| abey_tests::read(&path(name)));
    let compiled = abey::compile_over(source, &beneath).map_err(|error| error.to_string())?;
    examples::run(&compiled, source).map_err(|error| error.to_string())
}

/// The sources of the project's policies and of the agreements over them.
fn sources() -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    for (name, ..) in POLICIES {
        found.push((*name, abey_tests::read(&path(name))));
        let agreement = format!("policies/{name}/agreement.abey");
        if abey_tests::root().join(&agreement).exists() {
            found.push((*name, abey_tests::read(&agreement)));
        }
    }
    found
}

#[test]
fn every_example_passes_and_every_rule_is_decided() {
    for (name, source) in sources() {
        let outcome = outcome(name, &source).unwrap_or_else(|error| panic!("{name}: {error}"));
        let failed: Vec<_> = outcome
            .examples
            .iter()
            .filter(|ran| !ran.failures.is_empty())
            .map(|ran| (&ran.name, &ran.failures))
            .collect();
        assert!(failed.is_empty(), "{name}: {failed:#?}");
        assert!(outcome.undecided.is_empty(), "{name}: {:#?}", outcome.undecided);
        assert!(!outcome.examples.is_empty() && outcome.rules > 0, "{name}");
    }
}

/// Deleting a rule, or turning its verb around, makes some example fail: no rule is there in vain.
#[test]
fn every_rule_matters() {
    let mut unnoticed = Vec::new();
    let mut mutants = 0;
    for (name, source) in sources() {
        let (file, faults) = parse(&source);
        assert!(faults.is_empty(), "{faults:?}");
        let rules = file.statements.iter().flat_map(|statement| match &statement.kind {
            StatementKind::Clause(clause) | StatementKind::Replacement(clause) => {
                clause.rules.iter().map(|rule| (clause.label.text.as_str(), clause.deferred, rule)).collect()
            }
            StatementKind::Rule(rule) => vec![(name, false, rule)],
            _ => Vec::new(),
        });
        for (label, deferred, rule) in rules {
            let flipped = match &rule.verb {
                Verb::Note(_) => continue,
                Verb::Allow => Some("forbid"),
                // A deferred clause holds prohibitions alone.
                Verb::Forbid if deferred => None,
                Verb::Forbid => Some("allow"),
                // These become prohibitions of the same scope, below.
                Verb::Require(_) | Verb::Keep(_) | Verb::Owe(_) => Some(""),
                Verb::Authorise(_) | Verb::Waive(_) => None,
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
                if outcome(name, &mutant).is_ok_and(|outcome| outcome.passed()) {
                    unnoticed.push(format!("{name}: {how}: clause {label}: {written}"));
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

/// `clauses.csv` names, for each row of the table of clauses, the clause and its examples.
#[test]
fn every_row_has_its_clause_and_its_examples() {
    let mut total = 0;
    let mut wrong = String::new();
    for (name, prefix, count) in POLICIES {
        let source = abey_tests::read(&path(name));
        let compiled = abey::compile(&source).unwrap();
        let examples: BTreeMap<&str, _> =
            compiled.policy.examples.iter().map(|example| (example.name.as_str(), example)).collect();
        let clauses: Vec<&str> = compiled.policy.clauses.iter().map(|clause| clause.label.as_str()).collect();
        let policy = Policy::compile(&source).unwrap();
        let table = abey_tests::read(&format!("policies/{name}/clauses.csv"));
        let mut lines = table.lines();
        assert_eq!(lines.next(), Some("row,clause,gates,allowed,paused"));
        let rows: Vec<Vec<String>> = lines.map(cells).collect();
        let expected: Vec<String> = (1..=*count).map(|number| format!("{prefix}-{number:02}")).collect();
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
            // What lies outside the policy altogether is cited by its condition or period, not by a clause.
            let outside = decision.reasons.iter().all(|reason| {
                matches!(reason.kind, abey::decision::Kind::OutOfScope | abey::decision::Kind::NotInForce)
            });
            let cites = !decision.is_allowed() && (decision.cites(clause) || outside);
            if !cites {
                let said: Vec<&str> = decision.reasons.iter().map(|reason| reason.message.as_str()).collect();
                wrong += &format!("{id}: {} should cite {clause}: {said:#?}\n", paused.name);
            }
        }
        println!("{name}: {} rows, {gating} of them gate, {} examples", rows.len(), examples.len());
        assert!(gating * 2 > rows.len(), "{name}: {gating} of {} rows gate", rows.len());
        total += rows.len();
    }
    assert!(wrong.is_empty(), "\n{wrong}");
    assert_eq!(total, POLICIES.iter().map(|(_, _, count)| count).sum::<usize>());
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
    for (name, ..) in POLICIES {
        let policy = Policy::compile(&abey_tests::read(&path(name))).unwrap();
        let mut verdicts = BTreeMap::new();
        let folder = abey_tests::root().join(format!("policies/{name}/operations"));
        let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        for file in &files {
            let operation = Operation::from_json(std::fs::read_to_string(file).unwrap())
                .unwrap_or_else(|fault| panic!("{}: {fault}", file.display()));
            let decision = policy.decide(&operation).unwrap();
            assert!(decision.ignored.is_empty(), "{}: {:?}", file.display(), decision.ignored);
            *verdicts.entry(decision.verdict).or_insert(0) += 1;
            // Read back from its own JSON, the operation is the same.
            let again = Operation::from_json(abey::ToJson::to_json(&operation).to_string()).unwrap();
            assert_eq!(again, operation);
        }
        assert!(files.len() >= 10, "{name}: {} operations", files.len());
        assert_eq!(verdicts.len(), 2, "{name}: {verdicts:?}");
    }
}

/// A policy compiled to an image and loaded from its bytes decides alike.
#[test]
fn the_image_decides_as_the_source_does() {
    for (name, ..) in POLICIES {
        let source = abey_tests::read(&path(name));
        let compiled = abey::compile(&source).unwrap();
        let policy = Policy::compile(&source).unwrap();
        let loaded = Policy::load(policy.image()).unwrap();
        assert_eq!(Policy::compile(&source).unwrap().image(), policy.image(), "the same source gives the same bytes");
        for example in &compiled.policy.examples {
            assert_eq!(policy.check(&example.operation).to_json(), loaded.check(&example.operation).to_json());
        }
    }
}

/// Each signed agreement loosens something, tightens something, sets a setting; and nothing absolute can be loosened.
#[test]
fn agreements_loosen_and_tighten_by_name_only() {
    for name in ["conxa", "jexi", "connexcs"] {
        let public = abey_tests::read(&path(name));
        let source = abey_tests::read(&format!("policies/{name}/agreement.abey"));
        let beneath = |other: &str| (other == name).then(|| public.clone());
        let compiled = abey::compile_over(&source, &beneath).unwrap();
        let stack = Policy::compile_over(&source, &beneath).unwrap();
        let terms = Policy::compile(&public).unwrap();
        let below = abey::compile(&public).unwrap();
        let operations =
            compiled.policy.examples.iter().chain(&below.policy.examples).map(|example| &example.operation);
        let (mut loosened, mut tightened) = (0, 0);
        for operation in operations {
            match (terms.check(operation).is_allowed(), stack.check(operation).is_allowed()) {
                (false, true) => loosened += 1,
                (true, false) => tightened += 1,
                _ => {}
            }
        }
        assert!(loosened > 0 && tightened > 0, "{name}: {loosened} loosened, {tightened} tightened");
        assert!(compiled.policy.settings.iter().any(|setting| setting.given.is_some()), "{name}: no setting is set");
        assert_eq!(stack.about().layers.first().map(String::as_str), Some(name));

        let absolute = below.policy.clauses.iter().find(|clause| clause.absolute);
        let label = &absolute.unwrap_or_else(|| panic!("{name}: no clause is absolute")).label;
        for loosening in [
            format!("waive clause \"{label}\" for anything;"),
            format!("replace clause \"{label}\" {{ note \"nothing\"; }}"),
        ] {
            let refused = abey::compile_over(&format!("{source}\n{loosening}\n"), &beneath).unwrap_err().to_string();
            assert!(refused.contains("is absolute: nothing can loosen it"), "{name}: {loosening}: {refused}");
        }
    }
}
