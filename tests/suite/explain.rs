//! What a trace says of each rule, that it agrees with the decision, and how it reads.

use std::collections::BTreeSet;

use abey::decision::{Citation, Kind, Verdict};
use abey::operations::Aim;
use abey::trace::{Outcome, PartTrace, PointTrace, RuleTrace, Verb};
use abey::truth::Truth::{False, True, Unknown};
use abey::{Operation, Policy, Trace};
use abey_cli::{FINE, NO, USAGE};
use abey_tests::commands::abey as run;
use abey_tests::operations::operations;
use proptest::test_runner::{Config, TestRunner};

pub(super) fn policy(rules: &str) -> Policy {
    let source = format!(
        "policy p \"P\" version \"1\";\nuse gdpr;\nfact ended: date;\nfact ready: yes/no;\nfact years: number;\n\
         recipient vendor \"Vendor\" in DE for service_provision authorised from 2026-01-01;\n{rules}"
    );
    Policy::compile(&source).unwrap_or_else(|error| panic!("{rules}: {error}"))
}

pub(super) fn trace(rules: &str, phrase: &str) -> Trace {
    let policy = policy(rules);
    let operation = policy.phrase(phrase).unwrap_or_else(|error| panic!("{phrase}: {error}"));
    policy.explain(&operation).unwrap()
}

/// Parts as `text=truth`, with the values that decided them.
pub(super) fn shown(parts: &[PartTrace]) -> Vec<String> {
    let told = |part: &PartTrace| {
        let told = part.told.iter().map(|told| format!("{} {}", told.path, told.value.as_deref().unwrap_or("?")));
        told.chain(part.parts.iter().map(|part| shown(std::slice::from_ref(part)).concat())).collect::<Vec<_>>()
    };
    parts.iter().map(|part| format!("{}={}: {}", part.text, part.truth.word(), told(part).join("; "))).collect()
}

/// The last rule of a policy at the only point of an operation.
pub(super) fn last(rules: &str, phrase: &str) -> RuleTrace {
    let trace = trace(rules, phrase);
    let [point] = trace.points.as_slice() else { panic!("{} points", trace.points.len()) };
    point.rules.last().unwrap().clone()
}

#[test]
fn an_instruction_tells_the_truth_of_each_part() {
    let rules = "clause \"1\" { allow store of hashed email_address for service_provision in EU when ready is yes and not years at most 15; }";
    let rule = last(rules, "store of raw email_address in DE given years is 12");
    assert_eq!((rule.verb, rule.scope, rule.outcome), (Verb::Allow, False, Outcome::OutOfScope));
    assert_eq!(
        shown(&rule.parts),
        [
            "store=true: action store",
            "of hashed email_address=false: data[0] raw email_address",
            "for service_provision=unknown: purpose ?",
            "in EU=true: place DE",
            "when ready is yes and not years at most 15=false: ready is yes=unknown: facts.ready ?; \
             years at most 15=true: facts.years 12",
        ]
    );
    let rule = last(rules, "store of hashed email_address for service_provision in DE given years is 16");
    assert_eq!((rule.scope, rule.outcome, rule.text.as_str()), (Unknown, Outcome::Unsettled, "may cover it"));
    let rule = last(rules, "store of hashed email_address for service_provision in DE given years is 16, ready is yes");
    assert_eq!((rule.scope, rule.outcome), (True, Outcome::Covers));
}

/// Storing with a recipient is sharing, for all but instructions; so with what an item contains.
#[test]
fn an_instruction_sees_what_is_named_alone() {
    for scope in ["share of any", "any of health"] {
        let at = "store of free_text containing (health) to vendor in DE from DE";
        let allow = last(&format!("clause \"1\" {{ allow {scope}; }}"), at);
        let forbid = last(&format!("clause \"1\" {{ forbid {scope}; }}"), at);
        assert_eq!((allow.scope, forbid.scope), (False, True), "{scope}");
        let truths = |rule: &RuleTrace| rule.parts.iter().map(|part| part.truth).min();
        assert_eq!((truths(&allow), truths(&forbid)), (Some(False), Some(True)), "{scope}");
    }
}

#[test]
fn a_prohibition_tells_what_an_action_implies_and_who_is_authorised() {
    let rules = "clause \"1\" { allow any of any; }\nclause \"2\" { forbid share of any to any except authorised; }";
    let at = "for service_provision to vendor in FR at 2026-11-20T00:00:00Z";
    let rule = last(rules, &format!("store of email_address {at}"));
    assert_eq!((rule.verb, rule.scope, rule.outcome), (Verb::Forbid, True, Outcome::Pauses));
    assert_eq!(
        shown(&rule.parts),
        [
            "share=true: action store; recipient vendor; place FR; origin ?",
            "of any=true: data[0] email_address",
            "to any except authorised=true: recipient vendor; authorised no",
        ]
    );
    assert_eq!(rule.text, "forbids it");
    let rule = last(rules, "store of email_address for service_provision to vendor in DE");
    assert_eq!((rule.scope, rule.text.as_str()), (Unknown, "may forbid it"));
    let rule = last(rules, "store of email_address to none");
    assert_eq!((rule.scope, rule.outcome), (False, Outcome::OutOfScope));
}

#[test]
fn a_safeguard_tells_its_demands() {
    let rules = "clause \"1\" { allow any of any; }\n\
                 clause \"2\" { require one of (tls, end_to_end_encryption), hashed, (ended is none) for store of any; }";
    let rule = last(rules, "store of hashed email_address to none with ()");
    assert_eq!((rule.verb, rule.scope, rule.outcome), (Verb::Require, True, Outcome::Pauses));
    assert_eq!(
        shown(&rule.asks),
        [
            "one of (tls, end_to_end_encryption)=false: measures ",
            "hashed=true: data[0].form hashed",
            "ended is none=unknown: facts.ended ?",
        ]
    );
    assert_eq!(rule.text, "asks for one of (tls, end_to_end_encryption), ended is none");
    let rule = last(rules, "store of hashed email_address to none with tls given ended is none");
    assert_eq!(
        (rule.outcome, shown(&rule.asks)[2].as_str()),
        (Outcome::Obeyed, "ended is none=true: facts.ended none")
    );
}

#[test]
fn a_bound_tells_its_aspects() {
    let rules = "clause \"1\" { allow any of any; }\nclause \"2\" { keep any of email_address at most 30 days; }";
    let rule = last(rules, "store of email_address (collected 2026-10-01) keeping 40 days at 2026-11-20T00:00:00Z");
    assert_eq!((rule.verb, rule.outcome), (Verb::Keep, Outcome::Pauses));
    assert_eq!(
        shown(&rule.asks),
        ["at most 30 days=false: a plan within the bound=false: retention 40 days; \
             data that isn't past its bound=false: time 2026-11-20T00:00:00Z; data[0].collected 2026-10-01; \
             last day 2026-10-31",]
    );
    assert_eq!(rule.text, "asks for a plan within the bound, data that isn't past its bound");
}

#[test]
fn a_duty_tells_its_day() {
    let rules = "clause \"1\" { allow any of any; owe \"say so\" within 30 days of ended for store of any; }";
    let rule = last(rules, "store of email_address given ended is 2026-11-01");
    assert_eq!((rule.verb, rule.outcome, rule.text.as_str()), (Verb::Owe, Outcome::Owed, "say so: due by 2026-12-01"));
}

#[test]
fn an_exception_tells_what_it_lifts() {
    let terms = "policy terms \"T\" version \"1\"; use dpv;\n\
                 clause \"1\" { allow any of any; }\nclause \"2\" { forbid store of any; }";
    let agreement = "agreement signed \"S\" version \"1\" over terms;\n\
                     clause \"A\" { waive clause \"2\" for store of email_address with tls; }";
    let beneath = |name: &str| (name == "terms").then(|| terms.to_string());
    let policy = Policy::compile_over(agreement, &beneath).unwrap_or_else(|error| panic!("{error}"));
    let outcomes = |phrase: &str| {
        let trace = policy.explain(&policy.phrase(phrase).unwrap()).unwrap();
        trace.points[0].rules.iter().map(|rule| (rule.outcome, rule.text.clone())).collect::<Vec<_>>()
    };
    let with = outcomes("store of email_address with tls to none");
    assert_eq!(with[1], (Outcome::Lifted, "lifted by clause A".into()));
    assert_eq!(with[2], (Outcome::Lifts, "lifts clause 2".into()));
    let untold = outcomes("store of email_address to none");
    assert_eq!(untold[1], (Outcome::Pauses, "forbids it".into()));
    assert_eq!(untold[2].0, Outcome::Unsettled);
}

#[test]
fn outside_its_guards_no_rule_is_looked_at() {
    let trace = trace("applies when ready is yes; clause \"1\" { allow any of any; }", "store of email_address");
    let point = &trace.points[0];
    assert_eq!(shown(&point.guards), ["applies when ready is yes=unknown: facts.ready ?"]);
    assert!(point.rules.is_empty() && point.nearest.is_none() && point.verdict == Verdict::Pause);
}

/// Whether a rule, by what the trace says of it, stands against its point.
fn stands_against(rule: &RuleTrace) -> bool {
    let asked = match rule.verb {
        Verb::Allow | Verb::Owe | Verb::Waive => return false,
        Verb::Forbid => false,
        Verb::Require | Verb::Keep => rule.asks.iter().all(|ask| ask.truth == True),
    };
    rule.scope != False && !asked && rule.outcome != Outcome::Lifted
}

/// Allowed by the truths alone: some instruction is true, and nothing stands against it.
fn allowed(point: &PointTrace) -> bool {
    point.guards.iter().all(|guard| guard.truth == True)
        && point.strange.is_empty()
        && point.rules.iter().any(|rule| rule.verb == Verb::Allow && rule.scope == True)
        && !point.rules.iter().any(stands_against)
}

/// The trace of an operation says what its decision says, rule by rule and point by point.
fn agrees(policy: &Policy, operation: &Operation) -> Result<(), String> {
    let Ok(trace) = policy.explain(operation) else { return Ok(()) };
    let decision = policy.check(operation);
    let told = |what: &str| Err(format!("{what}\n{operation:?}\n{}", decision.to_json()));
    if trace.verdict != decision.verdict {
        return told("the verdicts differ");
    }
    let paused: BTreeSet<[u32; 5]> = decision.reasons.iter().flat_map(|reason| reason.points.clone()).collect();
    let at = |citation: &Citation, point: [u32; 5]| (citation.layer.clone(), citation.line, citation.column, point);
    let by_rules = decision.reasons.iter().filter(|reason| reason.kind != Kind::NotCovered);
    let cited: BTreeSet<_> = by_rules
        .filter_map(|reason| reason.citation.as_ref().map(|citation| (citation, &reason.points)))
        .flat_map(|(citation, points)| points.iter().map(|point| at(citation, *point)))
        .collect();
    let mut pausing = BTreeSet::new();
    for point in &trace.points {
        let verdict = point.verdict == Verdict::Allow;
        if verdict != allowed(point) || verdict == paused.contains(&point.at) {
            return told(&format!("the truths at {:?} don't make the verdict", point.at));
        }
        for rule in &point.rules {
            if stands_against(rule) != (rule.outcome == Outcome::Pauses) {
                return told(&format!("{rule:?}"));
            }
            if rule.outcome == Outcome::Pauses {
                pausing.insert(at(&rule.citation, point.at));
            }
        }
        let uncovered = decision.reasons.iter().find(|r| r.kind == Kind::NotCovered && r.points.contains(&point.at));
        let named = uncovered.and_then(|reason| reason.citation.as_ref());
        if named != point.nearest.as_ref().map(|nearest| &nearest.citation) {
            return told("the nearest instructions differ");
        }
    }
    if cited != pausing { told("the rules that pause differ") } else { Ok(()) }
}

#[test]
fn a_trace_agrees_with_the_decision() {
    let source = abey_tests::read("policies/conma/policy.abey");
    let compiled = abey::compile(&source).unwrap();
    let policy = Policy::compile(&source).unwrap();
    let mut all: Vec<Operation> = compiled.policy.examples.iter().map(|example| example.operation.clone()).collect();
    for entry in std::fs::read_dir(abey_tests::root().join("policies/conma/operations")).unwrap() {
        all.push(Operation::from_json(std::fs::read_to_string(entry.unwrap().path()).unwrap()).unwrap());
    }
    assert!(all.len() > 100, "{}", all.len());
    for operation in &all {
        agrees(&policy, operation).unwrap_or_else(|wrong| panic!("{wrong}"));
    }
    let generated = operations(Aim::at(policy.tables().clone()), all);
    let config = Config { cases: 500, failure_persistence: None, ..Config::default() };
    let law = |operation: Operation| agrees(&policy, &operation).map_err(proptest::test_runner::TestCaseError::fail);
    TestRunner::new(config).run(&generated, law).unwrap_or_else(|wrong| panic!("{wrong}"));
}

/// The policies of the language reference hold every construct.
#[test]
fn a_trace_agrees_with_the_decision_on_the_reference() {
    let text = abey_tests::read("lang/README.md");
    let blocks = |tag: &str| -> Vec<String> {
        let opening = format!("```{tag}\n");
        text.split(&opening).skip(1).filter_map(|rest| rest.split("```").next()).map(str::to_string).collect()
    };
    let prelude = blocks("abey prelude").concat();
    let mut tried = 0;
    for block in blocks("abey") {
        let compiled = abey::compile(&format!("{prelude}{block}")).unwrap_or_else(|error| panic!("{block}: {error}"));
        let policy = Policy::load(&abey_lang::image_bytes(&compiled.image)).unwrap();
        for example in &compiled.policy.examples {
            agrees(&policy, &example.operation).unwrap_or_else(|wrong| panic!("{wrong}"));
            tried += 1;
        }
    }
    assert!(tried > 40, "{tried}");
}

const SOURCE: &str = "policy shop \"Order processing\" version \"1\";
use dpv;
clause \"1\" \"Instructions\" for service_provision {
  allow store of  // their own
      hashed email_address;
}
clause \"2\" { forbid any of location; }
";

#[test]
fn a_person_reads_what_separates_it_from_the_nearest_instruction() {
    let folder = std::env::temp_dir().join(format!("abey-explain-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (source, image) = (folder.join("policy.abey"), folder.join("policy.image"));
    std::fs::write(&source, SOURCE).unwrap();
    std::fs::write(&image, Policy::compile(SOURCE).unwrap().image()).unwrap();
    let (source, image) = (source.display().to_string(), image.display().to_string());
    let phrase = "store of raw email_address for marketing at 2026-11-20T10:00:00Z";
    let (code, out, err) = run(&["explain", &source, "--phrase", phrase], "");
    assert_eq!((code, err.as_str()), (NO, ""));
    let apart = "nearest: clause 1 is apart by `for service_provision` and `of hashed email_address`";
    for line in [
        "PAUSE  shop 1, at 2026-11-20T10:00:00Z",
        "point 1 of 1: PAUSE",
        apart,
        "3 |   clause \"1\" \"Instructions\" for service_provision {",
        "false: purpose marketing",
        "false: data[0] raw email_address",
        "    clause 2, line 7: forbid: `of location` is false: data[0] raw email_address",
    ] {
        assert!(out.contains(line) || out.contains(&line.replace("|   ", "| ")), "{line}\n{out}");
    }
    assert!(!out.contains('\u{1b}'), "{out}");
    let (code, all, _) = run(&["explain", &source, "--phrase", phrase, "--all"], "");
    assert!(code == NO && all.contains("out of scope: clause 2"), "{all}");
    // An image has no source: the text of its rules stands in.
    let (code, out, _) = run(&["explain", &image, "--phrase", phrase], "");
    assert!(code == NO && out.contains(apart) && out.contains("allow store of hashed email_address"), "{out}");
    assert!(out.contains("`for service_provision` is false: purpose marketing"), "{out}");

    let operation =
        r#"{"action":"store","data":[{"category":"email_address","form":["hashed"]}],"purpose":"service_provision"}"#;
    let (code, out, _) = run(&["explain", &source, "-", "--format", "json", "--at", "2026-11-20"], operation);
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(
        (code, json["verdict"].as_str(), json["time"].as_str()),
        (FINE, Some("allow"), Some("2026-11-20T00:00:00Z"))
    );
    assert_eq!(json["points"][0]["rules"][0]["parts"][0]["truth"], "true");
    // An agreement's rules stand in its own file, those beneath it in theirs.
    let agreement = folder.join("agreement.abey");
    std::fs::write(&agreement, "agreement own \"O\" version \"1\" over shop;\nclause \"A\" { forbid store of any; }")
        .unwrap();
    let agreement = agreement.display().to_string();
    let (code, out, _) = run(&["explain", &agreement, "-", "--at", "2026-11-20"], operation);
    assert!(code == NO && out.contains(&format!("--> {agreement}:2:")), "{out}");
    assert!(out.contains(&format!("--> {source}:3:")), "{out}");
    // What isn't well-formed is decided as `check` decides it.
    for form in ["human", "json"] {
        let asked = |command: &'static str| run(&[command, &source, "-", "--format", form], "{}");
        let (explained, (code, out, _)) = (asked("explain"), asked("check"));
        assert!(code == NO && out.contains("action"), "{out}");
        assert_eq!((explained.0, explained.1, explained.2.as_str()), (code, out, ""));
    }
    let (code, _, err) = run(&["explain", &source], "");
    assert!(code == USAGE && err.contains("no operation"), "{err}");
    let _ = std::fs::remove_dir_all(&folder);
}
