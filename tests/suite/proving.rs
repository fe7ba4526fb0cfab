//! `abey prove`, `abey diff` and `abey lint`, run as a library: what they print, and their exit status.

use abey_cli::{FINE, NO, UNUSABLE, USAGE};
use abey_tests::commands::abey as run;
use serde_json::Value;

use crate::command::Folder;

const SHOP: &str = "policy shop \"Shop\" version \"1\"; use dpv; use gdpr;
clause \"1\" \"Support\" { allow store, delete of email_address for customer_care; }
clause \"2\" \"Health\" { forbid any of health; }
property \"never for marketing\": never allow any of any for marketing;
";
const REFUTED: &str = "property \"nothing is stored\": never allow store of any;
property \"mail is stored\": always allow store of email_address for customer_care;
";
/// Whether the later date comes before the earlier and two months turns on the calendar.
const OPEN: &str = "policy open \"Open\" version \"1\"; use dpv;
fact a, b, c: date;
clause \"1\" { allow store of email_address when b on or after a + 1 month and c on or after b + 1 month; }
property \"two months\": never allow store of any when c before a + 59 days;
";

/// What follows a label on some line.
fn after<'a>(out: &'a str, label: &str) -> Vec<&'a str> {
    out.lines().filter_map(|line| line.trim_start().strip_prefix(label)).map(str::trim).collect()
}

#[test]
fn prove_says_what_is_proved() {
    let folder = Folder::new("prove");
    let path = folder.write("policy.abey", SHOP);
    folder.write("words.abey", "vocabulary words \"Words\" version \"1\";");
    let expected = format!("{path}: 1 property, 1 proved, 0 refuted, 0 not settled\n");
    let home = folder.0.display().to_string();
    for argument in [&path, &home] {
        assert_eq!(run(&["prove", argument], ""), (FINE, expected.clone(), String::new()));
    }
    let (code, out, _) = run(&["prove", &path, "--format", "json"], "");
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &report["proved"]), (FINE, &Value::Bool(true)));
    assert_eq!(report["file"], path);
    assert_eq!(report["properties"][0]["outcome"], "proved");
    assert_eq!(report["properties"][0]["property"], "never allow any of any for marketing");
}

/// Examples pass, and clause 1 allows what the first property says never to be.
#[test]
fn test_puts_properties_to_drawn_operations() {
    let folder = Folder::new("witness");
    let path = folder.write("policy.abey", &format!("{SHOP}{REFUTED}"));
    let (code, out, err) = run(&["test", &path, "--cases", "30"], "");
    assert_eq!((code, err.as_str()), (NO, ""), "{out}");
    let first =
        "0 examples, 0 passed, 0 failed; 0 of 2 rules decided; 3 properties, 1 contradicted by 30 operations each";
    assert!(out.starts_with(&format!("{path}: {first}\n\n  CONTRADICTED {path}:5 nothing is stored\n")), "{out}");
    // A word below the one that clause 1 names, as it was drawn.
    let phrase = "store of email_address_work for customer_care";
    assert_eq!(after(&out, "operation:"), [phrase], "{out}");
    assert!(out.contains("    decision:  allow citing \"1\"\n"), "{out}");
    let (code, out, _) = run(&["test", &path, "--cases", "30", "--format", "json"], "");
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &report["passed"], &report["properties"]["count"]), (NO, &Value::Bool(false), &Value::from(3)));
    assert_eq!(report["properties"]["contradicted"][0]["phrase"], phrase);
    // Without operations nothing is said of properties.
    let (code, out, _) = run(&["test", &path, "--cases", "0"], "");
    assert_eq!(code, FINE, "{out}");
    assert!(!out.contains("propert"), "{out}");
}

/// What the lints find is said beside the decision, on another stream, and changes neither it nor the status.
#[test]
fn check_warns_of_what_lints_find() {
    let folder = Folder::new("warned");
    let path =
        folder.write("policy.abey", &format!("{SHOP}clause \"3\" {{ allow store of health for customer_care; }}\n"));
    let asked = ["check", &path, "--phrase", "store of email_address for customer_care", "--at", "2026-01-15"];
    let (code, out, err) = run(&asked, "");
    assert_eq!(code, FINE, "{out}");
    assert!(err.contains(&format!("warning: {path}:5 wholly_prohibited: ")), "{err}");
    assert!(err.lines().all(|line| line.starts_with("warning: ")), "{err}");
    let quiet = run(&[&asked[..], &["--no-lint"]].concat(), "");
    assert_eq!(quiet, (FINE, out.clone(), String::new()));
    // An image has no source to warn of, and decides the same.
    let image = folder.0.join("policy.image").display().to_string();
    assert_eq!(run(&["build", &path, "-o", &image], "").0, FINE);
    assert_eq!(run(&[&["check", &image], &asked[2..]].concat(), ""), (FINE, out, String::new()));
}

/// A counterexample, pasted into the policy as an example, passes; as JSON it gets the same verdict.
#[test]
fn a_counterexample_is_an_example() {
    let folder = Folder::new("refuted");
    let source = format!("{SHOP}{REFUTED}clause \"3\" {{ forbid any of any as controller; }}\n");
    let path = folder.write("policy.abey", &source);
    let (code, out, err) = run(&["prove", &path], "");
    assert_eq!((code, err.as_str()), (NO, ""), "{out}");
    assert!(out.starts_with(&format!("{path}: 3 properties, 1 proved, 2 refuted, 0 not settled\n")), "{out}");
    for wanted in [
        format!("  REFUTED {path}:5 nothing is stored\n    never allow store of any\n"),
        format!("  REFUTED {path}:6 mail is stored\n    always allow store of email_address for customer_care\n"),
    ] {
        assert!(out.contains(&wanted), "{out}");
    }
    let phrases = after(&out, "counterexample:");
    let decisions = after(&out, "decision:");
    assert_eq!(decisions, ["allow, citing \"1\"", "pause, citing \"3\""], "{out}");
    let pasted = folder.write(
        "pasted.abey",
        &format!(
            "{source}example \"one\" allow citing \"1\" {};\nexample \"two\" pause citing \"3\" {};\n",
            phrases[0], phrases[1]
        ),
    );
    let (code, out, err) = run(&["test", &pasted, "--cases", "0"], "");
    assert_eq!(code, FINE, "{out}{err}");
    assert!(out.contains("2 examples, 2 passed, 0 failed"), "{out}");

    let (code, out, _) = run(&["prove", &path, "--format", "json"], "");
    assert_eq!(code, NO);
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(report["proved"], false);
    for (number, verdict, wanted) in [(1, "allow", FINE), (2, "pause", NO)] {
        let proof = &report["properties"][number];
        assert_eq!((&proof["outcome"], &proof["phrase"]), (&"refuted".into(), &phrases[number - 1].into()));
        assert_eq!(proof["decision"]["verdict"], verdict);
        assert_eq!(run(&["check", &path, "-"], &proof["operation"].to_string()).0, wanted, "{proof}");
    }
}

/// An agreement's claim about the layer beneath shows both decisions.
#[test]
fn a_counterexample_of_an_agreement_shows_what_is_beneath() {
    let folder = Folder::new("stricter");
    folder.write("policy.abey", SHOP);
    let source = "agreement signed \"Signed\" version \"1\" over shop;
waive clause \"2\" for any of health when basis is consent;
clause \"A\" { allow store of mental_health for customer_care; }
property \"no looser\": stricter than shop;
";
    let path = folder.write("agreement.abey", source);
    let (code, out, _) = run(&["prove", &path], "");
    assert_eq!(code, NO, "{out}");
    assert!(after(&out, "decision:")[0].starts_with("allow, citing \"A\""), "{out}");
    assert!(after(&out, "beneath:")[0].starts_with("pause, citing \""), "{out}");
    let (_, out, _) = run(&["prove", &path, "--format", "json"], "");
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(report["properties"][0]["beneath"]["verdict"], "pause");
}

#[test]
fn what_is_not_settled_is_said() {
    let folder = Folder::new("open");
    let path = folder.write("policy.abey", OPEN);
    let (code, out, err) = run(&["prove", &path], "");
    assert_eq!((code, err.as_str()), (NO, ""));
    let wanted = format!(
        "{path}: 1 property, 0 proved, 0 refuted, 1 not settled\n\n  NOT SETTLED {path}:4 two months\n    \
        never allow store of any when c before a + 59 days\n    it turns on dates or numbers whose relation isn't covered\n"
    );
    assert_eq!(out, wanted);
    let (code, out, _) = run(&["prove", &path, "--format", "json"], "");
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &report["properties"][0]["outcome"]), (NO, &"not settled".into()));
    assert_eq!(report["properties"][0]["why"], "it turns on dates or numbers whose relation isn't covered");
}

#[test]
fn what_can_not_be_asked_is_an_error() {
    let folder = Folder::new("unasked");
    let policy = folder.write("policy.abey", SHOP);
    let words = folder.write("words.abey", "vocabulary words \"Words\" version \"1\";");
    let broken = folder.write("broken.abey", "policy p");
    let none = folder.0.join("none").display().to_string();
    for (arguments, why) in [
        (&["prove", &none][..], "can't read"),
        (&["prove", &words], "no policy under"),
        (&["prove", &policy, &broken], "error"),
        (&["lint", &none], "can't read"),
        (&["lint", &words], "no policy under"),
        (&["lint", &policy, &broken], "error"),
        (&["diff", &policy, &none], "can't read"),
        (&["diff", &none, &policy], "can't read"),
        (&["diff", &words, &policy], "this is a vocabulary, not a policy"),
        (&["diff", &policy, &broken], "error"),
    ] {
        let (code, _, err) = run(arguments, "");
        assert_eq!(code, UNUSABLE, "{arguments:?}: {err}");
        assert!(err.contains(why), "{arguments:?}: {err}");
    }
    assert_eq!(run(&["diff", &policy], "").0, USAGE);
    assert_eq!(run(&["prove", &policy, "--format", "pdf"], "").0, USAGE);
}

#[test]
fn diff_proves_that_nothing_changes() {
    let folder = Folder::new("same");
    let old = folder.write("old.abey", SHOP);
    let moved = SHOP.replace("clause \"2\"", "// moved\n\nclause \"2\"").replace("version \"1\"", "version \"2\"");
    let new = folder.write("new.abey", &moved);
    let (code, out, err) = run(&["diff", &old, &new], "");
    assert_eq!((code, err.as_str()), (FINE, ""));
    assert_eq!(
        out,
        "# From shop 1 to shop 2\n\nNo verdict changes: proved for fully described operations, and for those that leave \
        something open.\n"
    );
    let (code, out, _) = run(&["diff", &old, &new, "--format", "json"], "");
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &report["fully_described"], &report["partial"]), (FINE, &"same".into(), &"same".into()));
}

/// The agreement of a consent platform with one more sub-processor, in another country.
#[test]
fn one_more_sub_processor_reads_like_a_review_comment() {
    let folder = Folder::new("vendor");
    let source = abey_tests::read("policies/conma/policy.abey");
    let (before, rest) = source.split_once("recipient supabase_frankfurt").unwrap();
    let vendor = "recipient cloudstore \"Cloudstore\" in IN given function is postgresql_database
    authorised from 2026-01-15 is listed_sub_processor;\n\n";
    let new = folder.write("new.abey", &format!("{before}{vendor}recipient supabase_frankfurt{rest}"));
    let old = abey_tests::root().join("policies/conma").display().to_string();
    let (code, out, err) = run(&["diff", &old, &new], "");
    assert_eq!((code, err.as_str()), (NO, ""), "{out}");
    assert!(out.starts_with("# From conma 2026-11 to conma 2026-11\n\n## Becomes allowed\n"), "{out}");
    assert!(!out.contains("## Becomes paused") && !out.contains("## Duties"), "only more is allowed: {out}");
    // Every entry names who is new, the clause that covers it, and an operation.
    let entries: Vec<&str> = out.split("\n- **").skip(1).collect();
    assert!(entries.len() > 2, "{out}");
    for entry in &entries {
        let head = entry.lines().next().unwrap();
        assert!(head.ends_with("**") && head.contains(" to cloudstore"), "{entry}");
        assert!(entry.contains("\n  - allowed by clause \""), "{entry}");
        assert!(entry.contains("; paused before: `cloudstore` is no declared word of recipient\n"), "{entry}");
        assert!(entry.contains("\n  - for example: `"), "{entry}");
    }
    // What Section 4.1 allows to be stored there, where it is and under what.
    let stored = entries.iter().find(|entry| entry.contains("store") && entry.contains("allowed by clause \"4.1\""));
    let stored = stored.unwrap_or_else(|| panic!("{out}"));
    assert!(stored.contains(" in IN") && stored.contains("scc_2021") && stored.contains("2026-01-15"), "{stored}");
    // So does every entry about storing there, whichever operation it was found by.
    let storing: Vec<_> = entries.iter().filter(|entry| entry.lines().next().unwrap().contains(" in IN ")).collect();
    assert!(storing.len() > 1 && storing.iter().all(|entry| entry.contains("time on or after 2026-01-15")), "{out}");
    // The example is one of the new version, and of it alone.
    let example = stored.split("for example: `").nth(1).unwrap().trim_end().trim_end_matches('`');
    assert_eq!(run(&["check", &new, "--phrase", example], "").0, FINE, "{example}");
    assert_ne!(run(&["check", &old, "--phrase", example], "").0, FINE, "{example}");
}

/// A property is settled by itself, whatever stands before it.
#[test]
fn what_one_property_leaves_open_has_no_part_in_the_next() {
    let folder = Folder::new("open");
    let path = folder.write(
        "policy.abey",
        "policy p \"P\" version \"1\"; use gdpr; fact a, b: number;\nclause \"1\" { allow store of email_address; }\n\
         clause \"2\" { allow delete of email_address when a + b at least 7; }\n\
         property \"first\": never allow anonymise of any;\n\
         property \"open\": never allow delete of any when a + b at most 5;\n\
         property \"again\": never allow anonymise of any;\n",
    );
    let (_, out, _) = run(&["prove", &path], "");
    assert!(out.contains("3 properties, 2 proved, 0 refuted, 1 not settled"), "{out}");
    assert!(out.contains("NOT SETTLED") && out.contains(" open\n"), "{out}");
}

/// A duty is another one where a setting or a table that it reads is: in its bounds, by way of others, or in its scope.
#[test]
fn diff_follows_what_duties_read() {
    let folder = Folder::new("read");
    let source = "policy p \"P\" version \"1\"; use dpv; fact plan: one of (free, pro); fact req: date; fact n: number;
table t by plan { free = 30 days; otherwise 60 days; }
setting s1: duration = 10 days; setting s2: duration = s1; setting s3: duration = t; setting lim: number = 5;
clause \"1\" { allow any of any; }
clause \"2\" { owe \"a\" within t of req for any of any; }
clause \"3\" { owe \"b\" within s2 of req for any of any; }
clause \"4\" { owe \"c\" within s3 of req for any of any; }
clause \"5\" { owe \"d\" within 30 days of req for any of any when n at least lim; }
";
    let old = folder.write("old.abey", source);
    for (before, after, clauses) in [
        ("free = 30", "free = 40", ["2", "4"].as_slice()),
        ("= 10 days", "= 20 days", &["3"]),
        ("= 5;", "= 50;", &["5"]),
        // One more table changes none of them.
        ("table t by", "table u by plan { free = 1 day; otherwise 2 days; }\ntable t by", &[]),
    ] {
        let new = folder.write("new.abey", &source.replace(before, after));
        let (code, out, _) = run(&["diff", &old, &new], "");
        let named = |clause: &&str| {
            out.contains(&format!("- comes, clause \"{clause}\""))
                && out.contains(&format!("- goes, clause \"{clause}\""))
        };
        let changed: Vec<&str> = ["2", "3", "4", "5"].into_iter().filter(named).collect();
        assert_eq!((changed.as_slice(), code), (clauses, if clauses.is_empty() { FINE } else { NO }), "{after}: {out}");
    }
}

/// The rule of a duty stays as it is, and what it is for doesn't: a category, and a place under a condition.
#[test]
fn diff_finds_duties_that_words_bring() {
    let folder = Folder::new("brings");
    let source = "policy p \"P\" version \"1\"; fact listed: yes/no;
action read; data secret is personal_data; data note is personal_data; place DE is country; place BR is country;
place safe; place DE is safe;
clause \"1\" { allow any of any; }
clause \"2\" { owe \"tell\" for any of secret; }
clause \"3\" { owe \"log\" for any of any to any except none in safe; }
recipient buyer in DE, BR;
";
    let old = folder.write("old.abey", source);
    for (before, after, clause, example) in [
        ("note is personal_data", "note is secret", "2", "note"),
        ("place DE is safe;", "place DE is safe; place BR is safe when listed is yes;", "3", "in BR"),
    ] {
        let new = folder.write("new.abey", &source.replace(before, after));
        for (from, to, change) in [(&old, &new, "comes"), (&new, &old, "goes")] {
            let (code, out, _) = run(&["diff", from, to], "");
            let lines: Vec<&str> = out.lines().skip_while(|line| *line != "## Duties").skip(2).collect();
            assert_eq!((code, lines.len()), (NO, 2), "{out}");
            assert!(lines[0].starts_with(&format!("- {change}, clause \"{clause}\": owe ")), "{out}");
            assert!(lines[1].starts_with("  - for example with: `") && lines[1].contains(example), "{out}");
        }
    }
}

/// Of two places, one told as where the data is and the other as where it comes from, out of hundreds.
#[test]
fn two_words_of_a_vocabulary_are_compared() {
    let folder = Folder::new("compared");
    let policy = "policy p \"P\" version \"1\"; use dpv; use gdpr;
clause \"1\" { allow store of email_address; forbid store of email_address when place is origin; }
property \"never there\": never allow store of email_address when place is origin;
property \"never here\": never allow store of email_address when not (place is origin);
";
    let path = folder.write("policy.abey", policy);
    let (code, out, _) = run(&["prove", &path], "");
    assert!(out.starts_with(&format!("{path}: 2 properties, 1 proved, 1 refuted, 0 not settled\n")), "{out}");
    assert_eq!(
        (
            code,
            out.matches("REFUTED").count(),
            out.contains("    never allow store of email_address when not (place is origin)")
        ),
        (NO, 1, true),
        "{out}"
    );
}

/// An agreement over its policy: what it loosens, what it tightens, and the duty that comes.
#[test]
fn diff_compares_an_agreement_with_its_policy() {
    let folder = Folder::new("agreement");
    folder.write("policy.abey", SHOP);
    let source = "agreement signed \"Signed\" version \"2\" over shop;
fact breach_found: date;
clause \"A\" { allow store of telephone_number for customer_care; }
clause \"B\" { forbid any of any in any except EEA; }
clause \"C\" { owe \"tell the customer\" within 2 days of breach_found for anything; }
";
    let path = folder.write("agreement.abey", source);
    let home = folder.0.display().to_string();
    let (code, out, _) = run(&["diff", &home, &path], "");
    assert_eq!(code, NO);
    let parts: Vec<&str> = out.split("\n## ").collect();
    assert!(parts[0].starts_with("# From shop 1 to signed 2"), "{out}");
    let [_, allowed, paused, duties] = parts.as_slice() else { panic!("{out}") };
    assert!(allowed.starts_with("Becomes allowed\n\n- **store of telephone_number"), "{out}");
    assert!(allowed.contains("allowed by clause \"A\"; paused before: no instruction covers"), "{out}");
    assert!(paused.starts_with("Becomes paused\n") && paused.contains(" in any except EEA**"), "{out}");
    assert!(paused.contains("clause \"B\"") && paused.contains("; allowed before by clause \"1\"\n"), "{out}");
    let duty = "- comes, clause \"C\": owe \"tell the customer\" within 2 days of breach_found for anything";
    assert_eq!(duties.trim_end(), format!("Duties\n\n{duty}"));

    let (code, out, _) = run(&["diff", &home, &path, "--format", "json"], "");
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &report["fully_described"]), (NO, &"changed".into()));
    let change = &report["becomes_allowed"][0];
    assert_eq!((&change["before"]["verdict"], &change["after"]["verdict"]), (&"pause".into(), &"allow".into()));
    let change = &report["becomes_paused"][0];
    assert_eq!((&change["before"]["verdict"], &change["after"]["verdict"]), (&"allow".into(), &"pause".into()));
    assert_eq!(run(&["check", &path, "-"], &change["operation"].to_string()).0, NO);
    assert_eq!(run(&["check", &home, "-"], &change["operation"].to_string()).0, FINE);
    assert_eq!((&report["duties"][0]["comes"], &report["duties"][0]["clause"]), (&true.into(), &"C".into()));
}

#[test]
fn lint_prints_what_is_found_and_the_manual() {
    let folder = Folder::new("lint");
    let open = "allow(unguarded_first_hop, \"so agreed\"); allow(open_recipients, \"so agreed\");\n";
    let shop = format!("{SHOP}{open}");
    let path = folder.write("policy.abey", &shop);
    assert_eq!(run(&["lint", &path], ""), (FINE, format!("{path}: nothing found\n"), String::new()));
    let never = "clause \"3\" { allow store of email_address for customer_care; }";
    let path = folder.write("policy.abey", &shop.replace("clause \"2\"", &format!("{never}\nclause \"2\"")));
    let (code, out, _) = run(&["lint", &path], "");
    assert_eq!(code, NO);
    let wanted = format!("\n  {path}:3 never_decides: other instructions cover all that this one does\n    {never}\n");
    assert!(out.starts_with(&format!("{path}: ")) && out.contains(&wanted), "{out}");
    assert!(out.contains("\n    help: take it away, or narrow the others\n"), "{out}");
    let (code, out, _) = run(&["lint", &path, "--format", "json"], "");
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &report["file"]), (NO, &path.as_str().into()));
    let findings = report["findings"].as_array().unwrap();
    let own = findings.iter().find(|finding| finding["line"] == 3).unwrap_or_else(|| panic!("{report}"));
    assert_eq!((&own["lint"], &own["column"]), (&"never_decides".into(), &14.into()));

    let (code, page, _) = run(&["lint", "--manual", "never_decides"], "");
    assert_eq!(code, FINE);
    assert!(page.starts_with("# never_decides\n") && page.contains("\n## Instead\n"), "{page}");
    let (code, pages, _) = run(&["lint", "--manual"], "");
    assert_eq!((code, pages.lines().filter(|line| line.starts_with("# ")).count()), (FINE, abey::lints::ALL.len()));
    let (code, out, err) = run(&["lint", "--manual", "nothing"], "");
    assert_eq!((code, out.as_str()), (USAGE, ""));
    assert!(err.contains("there is no lint `nothing`; there are never_decides, "), "{err}");
}

#[test]
fn help_has_examples() {
    for subcommand in ["prove", "diff", "lint"] {
        let (code, out, _) = run(&[subcommand, "--help"], "");
        assert_eq!(code, FINE);
        assert!(out.contains(&format!("Examples:\n  abey {subcommand} ")), "{out}");
    }
}
