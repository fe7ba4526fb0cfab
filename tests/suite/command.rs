//! The abey command, run as a library: what it prints, where, and its exit status.

use std::path::PathBuf;

use abey_cli::{FINE, NO, UNUSABLE, USAGE};
use abey_tests::commands::abey as run;

const SOURCE: &str = "policy shop \"Order processing\" version \"1\";
use dpv;
setting kept: duration = 30 days;
clause \"1\" \"Instructions\" { allow store of email_address for service_provision; }
clause \"2\" \"Security\" { require encryption_at_rest for store of any; }
clause \"3\" \"Retention\" { keep any of email_address at most kept; }
example \"stored encrypted\" allow
    store of email_address (collected now) for service_provision with aes_256 keeping as agreed
    given time is 2026-11-20;
example \"stored in the clear\" pause citing \"2\"
    store of email_address (collected now) for service_provision with () to none keeping as agreed
    given time is 2026-11-20;
example \"stored too long\" pause citing \"3\"
    store of email_address (collected now) for service_provision with aes_256 keeping 40 days
    given time is 2026-11-20;
";

const OPERATION: &str = r#"{"action":"store","data":[{"category":"email_address","collected":"now"}],"purpose":"service_provision","measures":["aes_256"],"retention":"P35D"}"#;

/// A folder of its own for a test.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("abey-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        Folder(folder)
    }

    pub fn write(&self, name: &str, text: &str) -> String {
        let path = self.0.join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn check_takes_files_standard_input_phrases_and_lines() {
    let folder = Folder::new("check");
    let policy = folder.write("policy.abey", SOURCE);
    let operation = folder.write("operation.json", OPERATION);
    let home = folder.0.display().to_string();
    let (code, out, err) = run(&["check", &home, &operation, "--at", "2026-11-20", "--no-lint"], "");
    assert_eq!((code, err.as_str()), (NO, ""));
    assert!(out.starts_with("PAUSE  shop 1, at 2026-11-20T00:00:00Z (host)\n"), "{out}");
    assert!(
        out.contains("clause 3 has email_address kept at most kept: the retention planned isn't within the bound"),
        "{out}"
    );

    let (code, out, _) = run(&["check", &policy, "-", "--at", "2026-11-20", "--set", "kept=60 days"], OPERATION);
    assert_eq!(code, FINE, "{out}");
    assert!(out.contains("by clause 1 (Instructions)") && out.contains("dispose of it: by 2027-01-19"), "{out}");

    let phrase = "store of email_address (collected now) for service_provision with aes_256 keeping 30 days at 2026-11-20T10:00:00Z";
    let (code, out, _) = run(&["check", &policy, "--phrase", phrase], "");
    assert_eq!(code, FINE, "{out}");
    assert!(out.contains("(operation)"), "{out}");

    let (code, out, _) = run(&["check", &policy, "-"], OPERATION);
    assert_eq!(code, NO);
    assert!(out.contains("Z (clock)"), "without a time of its own, it happens now: {out}");

    let lines =
        folder.write("operations.jsonl", &format!("{OPERATION}\n\nnot json\n{}\n", OPERATION.replace("P35D", "P30D")));
    let (code, out, _) = run(&["check", &policy, "--lines", &lines, "--at", "2026-11-20", "--format", "json"], "");
    assert_eq!(code, NO);
    let decisions: Vec<serde_json::Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let verdicts: Vec<&str> = decisions.iter().map(|decision| decision["verdict"].as_str().unwrap()).collect();
    assert_eq!(verdicts, ["pause", "pause", "allow"]);
    assert_eq!(decisions[1]["reasons"][0]["kind"], "malformed");
    assert_eq!(decisions[2]["time_from"], "host");
}

#[test]
fn a_base_fills_in_what_an_operation_leaves_unsaid() {
    let folder = Folder::new("base");
    let policy = folder.write("policy.abey", SOURCE);
    let base =
        folder.write("base.json", r#"{"measures":["aes_256"],"retention":"agreed","time":"2026-11-20T10:00:00Z"}"#);
    let bare =
        r#"{"action":"store","data":[{"category":"email_address","collected":"now"}],"purpose":"service_provision"}"#;
    assert_eq!(run(&["check", &policy, "-", "--at", "2026-11-20"], bare).0, NO);
    let (code, out, _) = run(&["check", &policy, "-", "--base", &base], bare);
    assert_eq!(code, FINE, "{out}");
    assert!(out.contains("at 2026-11-20T10:00:00Z (host)"), "{out}");
    let own = bare.replace("\"purpose\"", "\"measures\":[],\"purpose\"");
    assert_eq!(run(&["check", &policy, "-", "--base", &base], &own).0, NO, "what an operation says isn't overwritten");
}

#[test]
fn an_image_is_a_policy_too() {
    let folder = Folder::new("image");
    let image = folder.0.join("policy.image");
    std::fs::write(&image, abey::Policy::compile(SOURCE).unwrap().image()).unwrap();
    let image = image.display().to_string();
    assert_eq!(run(&["check", &image, "-", "--at", "2026-11-20", "--set", "kept=P35D"], OPERATION).0, FINE);
    std::fs::write(&image, b"ABEY\x02").unwrap();
    let (code, _, err) = run(&["check", &image, "-"], OPERATION);
    assert_eq!(code, UNUSABLE);
    assert!(err.contains("the image ends too early"), "{err}");
}

#[test]
fn what_can_not_be_used_is_said_on_standard_error() {
    let folder = Folder::new("unusable");
    let policy = folder.write("policy.abey", SOURCE);
    let wrong = folder.write("wrong.abey", &SOURCE.replace("allow store", "allow stor"));
    let image = folder.0.join("policy.image");
    std::fs::write(&image, abey::Policy::compile(SOURCE).unwrap().image()).unwrap();
    let (image, empty) = (image.display().to_string(), folder.0.join("empty"));
    std::fs::create_dir(&empty).unwrap();
    let empty = empty.display().to_string();
    let refused = |status: u8, arguments: &[&str], expected: &str| {
        let (code, out, err) = run(arguments, OPERATION);
        assert_eq!((code, out.as_str()), (status, ""), "{arguments:?}: {err}");
        assert!(err.contains(expected) && !err.contains("warning"), "{arguments:?}: {err}");
    };
    let unusable = |arguments: &[&str], expected: &str| refused(UNUSABLE, arguments, expected);
    let wrong_usage = |arguments: &[&str], expected: &str| refused(USAGE, arguments, expected);
    unusable(&["check", &wrong, "-"], "error[unknown-word]: `stor` is no declared action");
    unusable(&["check", "nowhere.abey", "-"], "can't read nowhere.abey");
    unusable(&["check", &policy, "nowhere.json"], "can't read nowhere.json");
    wrong_usage(&["check", &policy], "no operation; give a JSON file, `-`, --phrase or --lines");
    wrong_usage(&["check", &policy, "-", "--at", "2026-13-01"], "'--at <INSTANT>': write 2026-11-20");
    wrong_usage(&["check", &policy, "-", "--set", "kept"], "write NAME=VALUE");
    wrong_usage(&["build", &policy, "-o", "policy.txt"], "write to a file that ends in .wasm or .image");
    for command in ["test", "prove", "lint", "fmt"] {
        unusable(&[command, &image], "is a built policy; give the source that it was built from");
        unusable(&[command, &empty], &format!("no policy under {empty}"));
    }
    unusable(&["inspect", &policy], "is no built policy; write one with `abey build");
    unusable(&["check", &policy, "-", "--set", "kept=ever"], "the setting `kept` is a duration, and `ever` isn't");
    unusable(&["check", &policy, "--phrase", "store email"], "unexpected `email`");
    unusable(&["test", &folder.0.join("none").display().to_string()], "can't read");
    let (code, _, err) = run(&["check"], "");
    assert_eq!(code, USAGE);
    assert!(err.contains("Usage: abey check"), "{err}");
    assert_eq!(run(&["chek"], "").0, USAGE);
}

#[test]
fn a_person_reads_which_layer_a_clause_stands_in() {
    let folder = Folder::new("layers");
    folder.write("policy.abey", SOURCE);
    let over =
        "agreement own \"Own\" version \"1\" over shop;\nclause \"A\" \"Halt \u{1b}[2J\" { forbid store of any; }";
    let over = folder.write("agreement.abey", over);
    let (code, out, _) = run(&["check", &over, "-", "--at", "2026-11-20", "--no-lint"], OPERATION);
    assert_eq!(code, NO, "{out}");
    for line in ["clause 3 of shop (Retention), line 6: keep", "clause A of own (Halt \u{fffd}[2J), line 2: forbid"] {
        assert!(out.contains(line), "{line}: {out}");
    }
}

/// The same bytes are the same operation, whichever way they come.
#[test]
fn an_operation_is_read_alike_from_a_file_and_from_standard_input() {
    let folder = Folder::new("alike");
    let policy = folder.write("policy.abey", SOURCE);
    for text in [OPERATION, &format!("\u{feff}{OPERATION}"), "", "{", &" ".repeat(262_200)] {
        let file = folder.write("operation.json", text);
        let asked = |operation: &str| {
            run(&["check", &policy, operation, "--at", "2026-11-20", "--format", "json", "--no-lint"], text)
        };
        assert_eq!(asked(&file), asked("-"), "{} bytes", text.len());
    }
    let file = folder.write("operation.json", &format!("\u{feff}{OPERATION}"));
    assert!(run(&["check", &policy, &file, "--no-lint"], "").1.contains("no JSON value"), "as a module reads it");
}

#[test]
fn test_reports_expected_and_actual_side_by_side() {
    let folder = Folder::new("test");
    folder.write("policy.abey", SOURCE);
    let home = folder.0.display().to_string();
    let (code, out, _) = run(&["test", &home], "");
    assert_eq!(code, FINE, "{out}");
    assert!(out.contains("3 examples, 3 passed, 0 failed; 3 of 3 rules decided"), "{out}");

    folder.write(
        "policy.abey",
        &SOURCE.replace("pause citing \"2\"", "pause citing \"3\"").replace("allow\n    store", "pause\n    store"),
    );
    let (code, out, _) = run(&["test", &home], "");
    assert_eq!(code, NO);
    for expected in [
        "3 examples, 1 passed, 2 failed",
        "expected: pause citing \"3\"",
        "actual:   pause citing \"2\"",
        "the decision doesn't cite clause \"3\"",
        "it is allowed",
    ] {
        assert!(out.contains(expected), "{expected}: {out}");
    }
    let (_, out, _) = run(&["test", &home, "--format", "json"], "");
    let report: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(report["passed"], false);
    assert_eq!(report["examples"][1]["decision"]["verdict"], "pause");

    folder.write("policy.abey", SOURCE.split("example \"stored in").next().unwrap());
    let (_, out, _) = run(&["test", &home], "");
    assert!(
        out.contains("rules that no example decides:") && out.contains("clause 2: require encryption_at_rest"),
        "{out}"
    );
}

#[test]
fn fmt_writes_or_only_checks() {
    let folder = Folder::new("fmt");
    let path = folder.write("policy.abey", &SOURCE.replace("use dpv;", "use   dpv  ;"));
    let (code, out, _) = run(&["fmt", "--check", &path], "");
    assert_eq!(code, NO);
    assert!(out.contains("isn't formatted"), "{out}");
    assert_eq!(run(&["fmt", &path], "").0, FINE);
    assert_eq!(run(&["fmt", "--check", &path], "").0, FINE);
    assert!(std::fs::read_to_string(&path).unwrap().contains("\nuse dpv;\n"));
    folder.write("policy.abey", "policy p");
    assert_eq!(run(&["fmt", &path], "").0, UNUSABLE);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "policy p", "what can't be parsed isn't touched");
}

/// Every policy and vocabulary of the project is formatted.
#[test]
fn the_policies_are_formatted() {
    let policies = abey_tests::root().join("policies").display().to_string();
    let (code, out, err) = run(&["fmt", "--check", &policies], "");
    assert_eq!(code, FINE, "{out}{err}");
}

#[test]
fn help_has_an_example_for_every_subcommand() {
    for subcommand in
        [&["--help"][..], &["check", "--help"], &["explain", "--help"], &["test", "--help"], &["fmt", "--help"]]
    {
        let (code, out, _) = run(subcommand, "");
        assert_eq!(code, FINE);
        assert!(out.contains("Examples:\n  abey "), "{out}");
    }
}
