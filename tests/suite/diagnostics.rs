//! Wrong policies, with the expected message under the line at fault.
//!
//! A file of `tests/diagnostics` is a policy. A line `//~ code: message` says that the line above it
//! (other such lines apart) has a diagnostic of this code whose message holds this text. Every
//! diagnostic must be expected, and every expected one must come. Dropping a file in adds a test.

use abey_lang::diagnostic::line_and_column;

#[test]
fn every_message_is_the_expected_one() {
    let folder = abey_tests::root().join("tests/diagnostics");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "abey"))
        .collect();
    files.sort();
    assert!(files.len() >= 8, "{} files", files.len());
    let mut wrong = String::new();
    for file in files {
        let source = std::fs::read_to_string(&file).unwrap();
        let mut expected: Vec<(u32, String, String)> = Vec::new();
        let mut above = 0;
        for (index, line) in source.lines().enumerate() {
            match line.trim().strip_prefix("//~ ") {
                Some(marker) => {
                    let (code, message) =
                        marker.split_once(": ").unwrap_or_else(|| panic!("{}: {marker}", file.display()));
                    expected.push((above, code.to_string(), message.to_string()));
                }
                None => above = index as u32 + 1,
            }
        }
        let beneath = |name: &str| {
            let file = abey_tests::root().join(format!("tests/diagnostics/beneath/{name}.abey"));
            std::fs::read_to_string(file).ok()
        };
        let faults = abey_lang::compile_over(&source, &beneath).err().unwrap_or_default();
        let mut found: Vec<(u32, String, String)> = faults
            .iter()
            .map(|fault| {
                (
                    line_and_column(&source, fault.span.start).0,
                    fault.code.to_string(),
                    format!("{} {} {}", fault.message, fault.label, fault.help.clone().unwrap_or_default()),
                )
            })
            .collect();
        for (line, code, message) in expected {
            let at = found.iter().position(|(l, c, m)| *l == line && *c == code && m.contains(&message));
            match at {
                Some(at) => drop(found.remove(at)),
                None => wrong += &format!("{}:{line}: no {code}: {message}\n", file.display()),
            }
        }
        for (line, code, message) in found {
            wrong += &format!("{}:{line}: unexpected {code}: {message}\n", file.display());
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// One missing semicolon on each of many lines: one error for each, in one run.
#[test]
fn independent_errors_come_in_one_run() {
    let rules: String = (0..181).map(|_| "  allow store of email_address\n").collect();
    let source = format!("policy p \"P\" version \"1\";\nuse dpv;\nclause \"1\" {{\n{rules}}}\n");
    let faults = abey_lang::compile(&source).unwrap_err();
    assert_eq!(faults.iter().filter(|fault| fault.code == "missing-semicolon").count(), 181);
    assert_eq!(faults.len(), 181);
}

/// A diagnostic as a person sees it: place, text, mark, help.
#[test]
fn a_report_shows_place_and_help() {
    let source = "policy p \"P\" version \"1\";\nuse dpv;\nclause \"1\" {\n  allow stor of email_address;\n}\n";
    let faults = abey_lang::compile(source).unwrap_err();
    let report = abey::report::diagnostics(&faults, source, "policy.abey", false);
    let expected = "error[unknown-word]: `stor` is no declared action
 --> policy.abey:4:9
  |
4 |   allow stor of email_address;
  |         ^^^^ not a action
  |
  = help: did you mean `store`?
";
    assert!(report.starts_with(&expected.replace("a action", "an action")), "{report}");
    assert!(report.ends_with("1 error in policy.abey\n"), "{report}");
    assert!(abey::report::diagnostics(&faults, source, "policy.abey", true).contains("\x1b["));
}
