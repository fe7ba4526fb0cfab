//! The lints: each page of the manual is its own test, and what a lint shows is so.

use abey::Policy;
use abey::lints::{ALL, Finding, Lint, NAMES, lint};
use abey_lang::parse::parse;
use abey_lang::syntax::StatementKind;

/// The page of a lint, split: its text, its example, what to write instead.
fn page(lint: &Lint) -> Result<(String, String), String> {
    let manual = lint.manual();
    let name = lint.name;
    let body =
        manual.strip_prefix(&format!("# {name}\n\nFinds ")).ok_or("it begins with its name and what it finds")?;
    let (before, rest) = body.split_once("\n\n## Example\n\n").ok_or("no example")?;
    let (example, instead) = rest.split_once("\n\n## Instead\n\n").ok_or("no instead")?;
    let (what, why) = before.split_once("\n\n**Why.** ").ok_or("no why")?;
    if what.is_empty() || why.is_empty() || before.contains("```") || before.contains('#') {
        return Err("something stands where it shouldn't".into());
    }
    Ok((block(example)?, block(instead)?))
}

/// What stands in the one block of Abey that a part of a page is.
fn block(part: &str) -> Result<String, String> {
    let inner = part.strip_prefix("```abey\n").and_then(|rest| rest.trim_end().strip_suffix("```"));
    let inner = inner.filter(|text| !text.contains("```") && !text.trim().is_empty());
    inner.map(str::to_string).ok_or_else(|| format!("one block of Abey, and no more:\n{part}"))
}

fn found(source: &str) -> Vec<Finding> {
    let compiled = abey::compile(source).unwrap_or_else(|error| panic!("{error}\n{source}"));
    lint(&compiled).unwrap()
}

fn of<'a>(findings: &'a [Finding], lint: &Lint) -> Vec<&'a Finding> {
    findings.iter().filter(|finding| finding.lint == lint.name).collect()
}

#[test]
fn every_lint_is_a_file() {
    let folder = abey_tests::root().join("lang/src/lints");
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut files: Vec<String> = names.map(|name| name.trim_end_matches(".rs").to_string()).collect();
    files.retain(|name| !["mod", "ground"].contains(&name.as_str()));
    files.sort();
    let mut declared: Vec<&str> = NAMES.to_vec();
    declared.sort_unstable();
    assert_eq!(declared, files);
    assert_eq!(ALL.iter().map(|lint| lint.name).collect::<Vec<_>>(), NAMES);
}

/// A host may bind a setting otherwise than it stands, and a disposal is no transfer.
#[test]
fn what_a_host_binds_is_no_constant_and_a_disposal_no_transfer() {
    let bound = "policy p \"P\" version \"1\"; use gdpr; setting eu_only: yes/no = no; setting kept: duration = 30 days;
        setting most: duration = 60 days;
        clause \"1\" { allow store, delete of email_address to none; }
        clause \"2\" { forbid any of any in any except EEA when eu_only is yes; keep any of email_address at most kept; }
        clause \"3\" { forbid any of passport when kept at most most; }";
    let names: Vec<&str> = found(bound).iter().map(|finding| finding.lint).collect();
    assert!(!names.contains(&"never_decides") && !names.contains(&"constant_condition"), "{names:?}");
    let deleted = "policy p \"P\" version \"1\"; use gdpr; clause \"1\" { allow VERB of email_address; }
        clause \"2\" { forbid transfer of any unless measures includes derogation; }";
    let leaves = |verb: &str| {
        let findings = found(&deleted.replace("VERB", verb));
        findings.iter().any(|finding| finding.lint == "unguarded_first_hop")
    };
    assert!(!leaves("delete") && !leaves("dispose"));
    assert!(
        found("policy p \"P\" version \"1\"; use gdpr; clause \"1\" { allow store, delete of email_address; }")
            .iter()
            .any(|finding| finding.lint == "unguarded_first_hop")
    );
}

/// The example has what the lint finds; what to write instead hasn't.
#[test]
fn every_page_is_its_own_test() {
    for lint in ALL {
        let (example, instead) = page(lint).unwrap_or_else(|wrong| panic!("{}: {wrong}", lint.name));
        let here = found(&example);
        assert!(!of(&here, lint).is_empty(), "{}: nothing is found in\n{example}", lint.name);
        let there = found(&instead);
        assert!(of(&there, lint).is_empty(), "{}: {there:#?} is found in\n{instead}", lint.name);
        for finding in here.iter().chain(&there) {
            assert!(NAMES.contains(&finding.lint));
            assert!(!finding.message.is_empty() && !finding.help.is_empty(), "{finding:?}");
        }
    }
}

/// A page that lacks a part, or has two blocks in one, is told of.
#[test]
fn pages_are_read_strictly() {
    assert!(block("```abey\na;\n```").is_ok_and(|text| text == "a;\n"));
    for wrong in
        ["", "```abey\n```", "text\n```abey\na;\n```", "```abey\na;\n```\n```abey\nb;\n```", "```rust\na;\n```"]
    {
        assert!(block(wrong).is_err(), "{wrong}");
    }
}

/// Everywhere by the file, or in the clause, and in no other.
#[test]
fn allowing_a_lint_silences_it() {
    for lint in ALL {
        let (example, _) = page(lint).unwrap();
        let allow = format!("allow({}, \"so agreed\");", lint.name);
        let all = found(&example);
        let own = of(&all, lint);
        let silent = found(&format!("{example}{allow}\n"));
        assert!(of(&silent, lint).is_empty(), "{}: {silent:?}", lint.name);
        let rest = |findings: &[Finding]| -> Vec<String> {
            let others = findings.iter().filter(|finding| finding.lint != lint.name);
            others.map(|finding| format!("{} {}", finding.lint, finding.message)).collect()
        };
        assert_eq!(rest(&silent), rest(&all), "{}: no other is silenced", lint.name);
        let other = NAMES.iter().find(|name| **name != lint.name).unwrap();
        let loud = found(&format!("{example}allow({other}, \"another\");\n"));
        assert_eq!(of(&loud, lint).len(), own.len(), "{}: by the name of another lint", lint.name);

        // Into each clause in turn: those it is in keep quiet.
        let (file, faults) = parse(&example);
        assert!(faults.is_empty(), "{faults:?}");
        for statement in &file.statements {
            let StatementKind::Clause(_) = statement.kind else { continue };
            let span = statement.span;
            let at = span.start + example[span.start..span.end].find('{').unwrap() + 1;
            let within = found(&format!("{}{allow}{}", &example[..at], &example[at..]));
            let elsewhere = own.iter().filter(|finding| !(span.start..span.end).contains(&finding.span.start));
            assert_eq!(of(&within, lint).len(), elsewhere.count(), "{}: {within:?}", lint.name);
        }
    }
}

/// What a finding shows as an example is allowed by the policy, and passes as an example of it.
#[test]
fn what_a_finding_shows_is_allowed() {
    let mut shown = 0;
    for lint in ALL {
        let (example, _) = page(lint).unwrap();
        let policy = Policy::compile(&example).unwrap();
        for phrase in found(&example).into_iter().filter_map(|finding| finding.example) {
            let operation = policy.phrase(&phrase).unwrap_or_else(|error| panic!("{}: {phrase}: {error}", lint.name));
            let decision = policy.check(&operation);
            assert!(decision.is_allowed(), "{}: {phrase}: {decision:?}", lint.name);
            let source = format!("{example}example \"shown\" allow {phrase};\n");
            let outcome = abey::examples::run(&abey::compile(&source).unwrap(), &source).unwrap();
            assert!(outcome.passed(), "{}: {phrase}", lint.name);
            shown += 1;
        }
    }
    assert!(shown >= 3, "{shown}");
}

/// Whoever a prohibition spares by name is meant; whoever isn't spared still counts.
#[test]
fn a_recipient_that_is_spared_is_meant() {
    let source = "policy shop \"Shop\" version \"1\"; use dpv; use places;
        recipient client in anywhere;
        recipient branch in anywhere is client;
        recipient stranger in anywhere;
        clause \"1\" { allow share of email_address; }
        clause \"2\" { forbid share of any to any except client; }";
    assert!(found(source).iter().all(|finding| finding.lint != "open_recipients"), "{:?}", found(source));
    let other = source.replace("share of any to", "share of name to");
    let findings = found(&other);
    let open: Vec<_> = findings.iter().filter(|finding| finding.lint == "open_recipients").collect();
    assert!(open.len() == 1 && open[0].example.as_ref().unwrap().contains(" to stranger "), "{findings:?}");
}

/// Data that is deleted goes to nobody, whoever is named; data that is returned goes to somebody.
#[test]
fn a_return_discloses_and_a_deletion_does_not() {
    let source = |action: &str| {
        format!(
            "policy shop \"Shop\" version \"1\"; use dpv; recipient stranger in anywhere;
            clause \"1\" {{ allow {action} of email_address; }}"
        )
    };
    let finds = |action: &str| found(&source(action)).iter().any(|finding| finding.lint == "open_recipients");
    assert!(!finds("delete") && !finds("anonymise") && !finds("erase"));
    assert!(finds("return") && finds("dispose") && finds("store"));
}

/// What one clause silences of a gap of the whole policy leaves the others in it.
#[test]
fn a_clause_silences_no_other_clause() {
    let (first, second) = ("clause \"1\" { allow store of email_address;", "clause \"2\" { allow store of name;");
    let source = |one: &str, two: &str| {
        let words = "policy shop \"Shop\" version \"1\"; use dpv; use gdpr; recipient stranger in anywhere;";
        format!("{words}\n{first} {one} }}\n{second} {two} }}")
    };
    for lint in ["open_recipients", "unguarded_first_hop"] {
        let allow = format!("allow({lint}, \"so agreed\");");
        let lines = |source: &str| -> Vec<u32> {
            let findings = found(source).into_iter().filter(|finding| finding.lint == lint);
            findings.map(|finding| abey::line_and_column(source, finding.span.start).0).collect()
        };
        assert_eq!(lines(&source("", "")), [2], "{lint}");
        assert_eq!(lines(&source(&allow, "")), [3], "{lint}");
        assert_eq!(lines(&source("", &allow)), [2], "{lint}");
        assert!(lines(&source(&allow, &allow)).is_empty(), "{lint}");
    }
}

/// The project's own policies: nothing is found that their sources don't answer.
#[test]
fn the_policies_have_no_findings() {
    let policies = abey_tests::root().join("policies").display().to_string();
    let (code, out, err) = abey_tests::commands::abey(&["lint", &policies], "");
    assert_eq!(code, abey_cli::FINE, "{out}{err}");
    assert_eq!(out.lines().filter(|line| line.ends_with(": nothing found")).count(), 8, "{out}");
}
