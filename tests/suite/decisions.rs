//! What a decision says: kinds, places, waits, questions, remedies, duties.

use abey::decision::{DutyState, Kind};
use abey::{Decision, Operation, Policy};

fn check(rules: &str, phrase: &str) -> Decision {
    let source = format!(
        "policy p \"P\" version \"1\";\nuse gdpr;\nfact ended: date;\nfact ready: yes/no;\nsetting kept: duration;\n\
         recipient vendor \"Vendor\" in DE, FR for service_provision notified 2026-10-20;\n\
         recipient other \"Other\" in DE authorised from 2026-01-01;\n{rules}"
    );
    let policy = Policy::compile(&source).unwrap_or_else(|error| panic!("{error}"));
    policy.check(&policy.phrase(phrase).unwrap_or_else(|error| panic!("{error}")))
}

fn kinds(decision: &Decision) -> Vec<&'static str> {
    decision.reasons.iter().map(|reason| reason.kind.word()).collect()
}

#[test]
fn every_kind_has_its_cause() {
    let allow = "clause \"1\" { allow any of any; }\n";
    let cases = [
        ("clause \"1\" { allow use of any; }", "store of email_address", "not_covered"),
        ("clause \"1\" { allow any of any; forbid store of any; }", "store of email_address", "prohibited"),
        (
            "clause \"1\" { allow any of any; require tls for store of any; }",
            "store of email_address to none with ()",
            "safeguard_missing",
        ),
        (
            "clause \"1\" { allow any of any; require tls for store of any; }",
            "store of email_address to none",
            "fact_missing",
        ),
        (
            "clause \"1\" { allow any of any; keep anything at most 30 days; }",
            "store of email_address (collected now) keeping 32 days at 2026-11-20T00:00:00Z",
            "retention",
        ),
        (
            "clause \"1\" { allow any of any; keep anything at most kept; }",
            "store of email_address (collected now) keeping 32 days at 2026-11-20T00:00:00Z",
            "fact_missing",
        ),
        (
            "applies when ready is yes; clause \"1\" { allow any of any; }",
            "store of email_address given ready is no",
            "out_of_scope",
        ),
        ("applies when ready is yes; clause \"1\" { allow any of any; }", "store of email_address", "out_of_scope"),
    ];
    for (rules, phrase, kind) in cases {
        assert_eq!(kinds(&check(rules, phrase)), [kind], "{rules}: {phrase}");
    }
    assert!(check(allow, "store of email_address").is_allowed());
    let source = "policy p \"P\" version \"1\" in force from 2026-01-15 until 2026-12-31; use dpv; clause \"1\" { allow any of any; }";
    let policy = Policy::compile(source).unwrap();
    let at = |time: &str| policy.check(&policy.phrase(&format!("store of email_address {time}")).unwrap());
    assert!(
        at("at 2026-01-15T00:00:00Z").is_allowed() && at("at 2026-12-31T23:59:59Z").is_allowed(),
        "both days count"
    );
    let early = at("at 2026-01-14T23:59:59Z");
    assert_eq!((kinds(&early), early.reasons[0].lapses.as_deref()), (vec!["not_in_force"], Some("2026-01-14")));
    assert_eq!(kinds(&at("at 2027-01-01T00:00:00Z")), ["not_in_force"]);
    let untimed = at("");
    assert_eq!((kinds(&untimed), untimed.questions[0].path.as_str()), (vec!["not_in_force"], "time"));
}

/// Notified on 20 October, 30 days: the last day of the notice is 19 November.
#[test]
fn a_notice_is_waited_for_however_it_is_written() {
    for scope in ["to any except authorised", "when recipient is any and recipient is not authorised"] {
        let rules = format!(
            "clause \"1\" {{ allow any of any; forbid anything {scope}; authorise after 30 days ask controller; }}"
        );
        let wait =
            check(&rules, "store of email_address for service_provision to vendor in DE at 2026-11-19T12:00:00Z");
        let reason = &wait.reasons[0];
        assert_eq!(
            (reason.kind, reason.lapses.as_deref(), reason.ask.as_deref()),
            (Kind::Waiting, Some("2026-11-19"), Some("controller")),
            "{scope}"
        );
        assert!(
            check(&rules, "store of email_address for service_provision to vendor in DE at 2026-11-20T00:00:00Z")
                .is_allowed(),
            "{scope}"
        );
        let elsewhere =
            check(&rules, "store of email_address for service_provision to vendor in US at 2026-11-19T12:00:00Z");
        assert_eq!(kinds(&elsewhere), ["prohibited"], "waiting wouldn't help in another place: {scope}");
    }
}

#[test]
fn a_reason_names_clause_rule_place_and_values() {
    let decision = check(
        "clause \"5\" \"Security\" ask dpo {\n  allow any of any;\n  require hashed for store of ip_address because \"read so\";\n}",
        "store of raw ip_address, email_address, raw ip_address",
    );
    let [reason] = decision.reasons.as_slice() else { panic!("{:?}", decision.reasons) };
    let citation = reason.citation.as_ref().unwrap();
    assert_eq!(
        (citation.clause.as_str(), citation.title.as_str(), citation.rule.as_str()),
        ("5", "Security", "require hashed for store of ip_address")
    );
    assert_eq!((citation.line, citation.column), (10, 3));
    assert_eq!(reason.points, [[0, 0, 0, 0, 0], [2, 0, 0, 0, 0]], "both points in one reason");
    assert_eq!((reason.because.as_deref(), reason.ask.as_deref()), (Some("read so"), Some("dpo")));
    assert!(
        reason.findings.iter().any(|finding| finding.path == "data[0].form" && finding.told.as_deref() == Some("raw"))
    );
    assert_eq!(reason.remedies[0].text, "make ip_address hashed");
    assert!(decision.remedies.complete);
}

#[test]
fn questions_ask_for_what_is_missing_and_nothing_else() {
    let decision = check(
        "clause \"1\" { allow store of any for service_provision when ready is yes; }\nclause \"2\" { require scc_2021 for any of personal_data from EEA in any except EEA; }",
        "store of email_address to none from DE with ()",
    );
    let paths: Vec<&str> = decision.questions.iter().map(|question| question.path.as_str()).collect();
    assert_eq!(paths, ["place", "purpose", "facts.ready"]);
}

/// Each remedy removes its reason; a complete set allows; none changes purpose, people or facts.
#[test]
fn remedies_are_sound_on_examples() {
    let rules = "clause \"1\" { allow store of hashed email_address in EU for service_provision; }
        clause \"2\" { require one of (tls, end_to_end_encryption) for store of any; }
        clause \"3\" { forbid anything to any except authorised; }
        clause \"4\" { keep anything at most 30 days; }";
    let source = format!(
        "policy p \"P\" version \"1\"; use gdpr; recipient vendor \"V\" in DE, FR authorised from 2026-01-01;\n{rules}"
    );
    let policy = Policy::compile(&source).unwrap();
    let phrase = "store of raw email_address (collected now) for service_provision to vendor in IT with () keeping 1 year at 2026-11-20T00:00:00Z";
    let operation = policy.phrase(phrase).unwrap();
    let decision = policy.check(&operation);
    assert_eq!(kinds(&decision), ["not_covered", "safeguard_missing", "prohibited", "retention"]);
    for reason in &decision.reasons {
        assert!(!reason.remedies.is_empty(), "{}", reason.message);
        for remedy in &reason.remedies {
            let mended = policy.check(&operation.with_steps(&remedy.steps));
            let stays = mended.reasons.iter().any(|other| {
                other.kind == reason.kind
                    && other.citation.as_ref().map(|c| &c.clause) == reason.citation.as_ref().map(|c| &c.clause)
            });
            assert!(!stays, "{}: {}", reason.message, remedy.text);
            assert!(remedy.steps.iter().all(|step| {
                !["purpose", "actor", "facts", "subjects", "action"].iter().any(|p| step.path.starts_with(p))
            }));
        }
    }
    assert!(decision.remedies.complete);
    let mended: Operation = operation.with_steps(&decision.remedies.steps);
    assert!(policy.check(&mended).is_allowed());
    for index in 0..decision.remedies.steps.len() {
        let mut fewer = decision.remedies.steps.clone();
        fewer.remove(index);
        assert!(!policy.check(&operation.with_steps(&fewer)).is_allowed(), "step {index} isn't needed");
    }
}

#[test]
fn duties_have_their_state_and_day() {
    let rules = "clause \"1\" { allow any of any; }
        clause \"2\" { keep any of email_address at most 12 months then delete, anonymise; }
        clause \"3\" { keep any of email_address until ended + 30 days; }
        clause \"4\" { owe \"tell\" within 48 hours of ended for anything; owe \"help\" for anything for rights_fulfilment; }";
    let duty = |phrase: &str| -> Vec<(String, DutyState, Option<String>)> {
        check(rules, phrase).duties.into_iter().map(|duty| (duty.duty, duty.state, duty.due)).collect()
    };
    let told = duty(
        "store of email_address (collected 2024-02-29) for service_provision keeping as agreed given ended is none at 2024-03-01T00:00:00Z",
    );
    assert_eq!(
        told,
        [
            ("delete or anonymise".into(), DutyState::Due, Some("2025-02-28".into())),
            ("dispose of it".into(), DutyState::Open, None),
            ("tell".into(), DutyState::Open, None),
        ]
    );
    let told = duty(
        "store of email_address for rights_fulfilment keeping as agreed given ended is 2026-11-01 at 2026-11-02T00:00:00Z",
    );
    assert_eq!(
        told,
        [
            ("delete or anonymise".into(), DutyState::Possible, None),
            ("dispose of it".into(), DutyState::Due, Some("2026-12-01".into())),
            ("tell".into(), DutyState::Due, Some("2026-11-03T00:00:00Z".into())),
            ("help".into(), DutyState::Standing, None),
        ]
    );
    assert!(
        duty("hash of email_address keeping none given ended is none")
            .iter()
            .all(|(duty, ..)| ["tell", "help"].contains(&duty.as_str())),
        "nothing is held"
    );
}

/// A recipient and its place belong together.
#[test]
fn a_base_never_puts_a_place_behind_another_recipient() {
    let source = "policy p \"P\" version \"1\"; use gdpr; recipient vendor \"V\" in DE authorised from 2026-01-01; recipient other \"O\" in anywhere authorised from 2026-01-01;
        clause \"1\" { allow store of any to any in EU; }";
    let base = |json: &str| Policy::compile(source).unwrap().with_base(Operation::partial_from_json(json).unwrap());
    let allowed = |policy: &Policy, phrase: &str| policy.check(&policy.phrase(phrase).unwrap()).is_allowed();
    let whole = base(r#"{"recipient":"vendor","place":"DE"}"#);
    assert!(allowed(&whole, "store of email_address"));
    assert!(allowed(&whole, "store of email_address to vendor"));
    assert!(allowed(&whole, "store of email_address in DE"));
    assert!(!allowed(&whole, "store of email_address to other"), "where the other is isn't known");
    assert!(!allowed(&whole, "store of email_address in FR"), "who is there isn't known");
    let own = base(r#"{"place":"DE"}"#);
    assert!(!allowed(&own, "store of email_address to other"), "the host's place isn't the recipient's");
    assert!(!allowed(&own, "store of email_address"), "who receives isn't known");
}

/// A text is decided as the operation that is read from it, whichever way it is read, and over a base as well.
#[test]
fn a_text_is_decided_as_its_operation() {
    let source = "policy p \"P\" version \"1\"; data mail is personal_data; action read; purpose billing; measure tls;\n\
        clause \"1\" { allow read of mail for billing; require tls for any of any; }\n\
        clause \"2\" { forbid any of any when time before 2026-01-01; }";
    let policy = Policy::compile(source).unwrap();
    let base = r#"{"action":"read","purpose":"billing","time":"2026-02-01T00:00:00Z","measures":["tls"]}"#;
    let over = policy.clone().with_base(Operation::partial_from_json(base).unwrap());
    for (text, alone, hosted, time_from) in [
        (r#"{"action":"read","data":["mail"]}"#, false, true, "host"),
        (r#"{"action":"re\u0061d","data":["mail"]}"#, false, true, "host"),
        (r#"{"data":["mail"]}"#, false, true, "host"),
        (r#"{"data":["mail"],"time":"2026-02-02T00:00:00Z"}"#, false, true, "operation"),
        (r#"{"data":["mail"],"time":"2025-02-02T00:00:00Z"}"#, false, false, "operation"),
        (
            r#"{"action":"read","data":["mail"],"purpose":"billing","measures":["tls"],"time":"2026-02-02T00:00:00Z"}"#,
            true,
            true,
            "operation",
        ),
        (r#"{"action":"read","data":["none"]}"#, false, false, "unknown"),
        (r#"{"action":"read"}"#, false, false, "unknown"),
        (r#"{"action":"read","data":["mail"}"#, false, false, "unknown"),
    ] {
        for (policy, allowed) in [(&policy, alone), (&over, hosted)] {
            let of_text = Policy::check_json(policy, text);
            let of_operation = match Operation::partial_from_json(text) {
                Ok(operation) => policy.check(&operation),
                Err(fault) => policy.malformed(&fault),
            };
            assert_eq!(of_text.to_json(), of_operation.to_json(), "{text}");
            assert_eq!(of_text.is_allowed(), allowed, "{text}");
        }
        assert_eq!(Policy::check_json(&over, text).time_from.word(), time_from, "{text}");
    }
}

/// What a base's time settles is settled for that day alone: whether a wait ends is asked of the next.
#[test]
fn a_wait_ends_as_it_does_without_a_base() {
    let source = "policy p \"P\" version \"1\"; use gdpr;\n\
        recipient vendor \"Vendor\" in DE notified 2026-10-20;\n\
        clause \"1\" { allow any of any; authorise after 30 days;\n\
        forbid anything to any except authorised when time before 2026-11-20; }";
    let policy = Policy::compile(source).unwrap();
    // The notice ends with the 19th, and that day is the last of the prohibition; it would forbid this place beyond.
    let told = r#"{"action":"store","data":["email_address"],"recipient":"vendor","place":"US"}"#;
    let time = r#"{"time":"2026-11-19T12:00:00Z"}"#;
    let (own, base) = (Operation::partial_from_json(told).unwrap(), Operation::partial_from_json(time).unwrap());
    let over = policy.clone().with_base(base.clone());
    for decision in [policy.check(&own.clone().or_from(&base)), Policy::check_json(&over, told), over.check(&own)] {
        let [reason] = decision.reasons.as_slice() else { panic!("{:?}", decision.reasons) };
        assert_eq!((reason.kind, reason.lapses.as_deref()), (Kind::Waiting, Some("2026-11-19")));
    }
}

/// Past 256 values that a table could yield, none is settled, though all of them would do.
#[test]
fn a_table_yields_so_many_values() {
    let allowed = |words: usize, distinct: usize| {
        let names: Vec<String> = (0..words).map(|word| format!("w{word}")).collect();
        let rows: String =
            names.iter().enumerate().map(|(at, name)| format!("{name} = {};", 1 + at % distinct)).collect();
        let source = format!(
            "policy p \"P\" version \"1\"; data note is personal_data; fact amount: number; fact plan: one of ({});
             table fee by plan {{ {rows} }} clause \"1\" {{ allow store of note when amount at most fee; }}",
            names.join(", ")
        );
        let policy = Policy::compile(&source).unwrap_or_else(|error| panic!("{error}"));
        policy.check(&Operation::of("store", [abey::Item::new("note")]).fact("amount", 1)).is_allowed()
    };
    assert!(allowed(255, 255) && allowed(256, 256));
    assert!(!allowed(257, 257) && !allowed(258, 258));
    assert!(allowed(300, 256), "each value counts once");
}

/// Lengths are added, months to months and days to days.
#[test]
fn durations_are_added() {
    let rules = "clause \"1\" { allow any of any; keep anything at most least of (kept + 10 days, 1 year); }";
    let source = format!("policy p \"P\" version \"1\"; use dpv; setting kept: duration = 1 month; {rules}");
    let policy = Policy::compile(&source).unwrap_or_else(|error| panic!("{error}"));
    let held = |days: u32| {
        let item = abey::Item::new("email_address").collected_now();
        let operation = Operation::of("store", [item]).keeping(abey::calendar::Duration::days(days));
        kinds(&policy.check(&operation.time(abey::calendar::Instant::parse("2026-02-01T10:00:00Z").unwrap())))
    };
    // From the first of February, a month is 28 days.
    assert_eq!((held(38), held(39)), (vec![], vec!["retention"]));
}

/// What is held while a condition holds is due on the day on which it doesn't.
#[test]
fn a_duty_is_due_when_its_condition_ends() {
    let source = "policy p \"P\" version \"1\"; data note is personal_data; action turn; action wipe is turn, dispose;
        fact ended: instant; fact ready: yes/no;
        clause \"1\" { allow any of any; }
        clause \"2\" { keep any of note until ended while ready is yes; }";
    let policy = Policy::compile(source).unwrap_or_else(|error| panic!("{error}"));
    let due = |action: &str, ended: &str, ready: bool| {
        let operation = Operation::of(action, [abey::Item::new("note")]).fact("ended", ended).fact("ready", ready);
        let decision = policy.check(&operation.time(abey::calendar::Instant::parse("2026-11-20T10:00:00Z").unwrap()));
        decision.duties.iter().map(|duty| (duty.state.word(), duty.due.clone())).collect::<Vec<_>>()
    };
    let on = |day: &str| vec![("due", Some(day.to_string()))];
    assert_eq!(due("share", "2026-11-20T18:00:00Z", false), on("2026-11-20"));
    assert_eq!(due("share", "2026-11-21T18:00:00Z", false), on("2026-11-20"));
    assert_eq!(due("share", "2026-11-19T18:00:00Z", false), on("2026-11-19T18:00:00Z"), "another bound ended before");
    assert_eq!(due("share", "2026-11-20T18:00:00Z", true), on("2026-11-20T18:00:00Z"));
    // What certainly disposes of it fulfils the duty; what may doesn't.
    assert_eq!(due("wipe", "2026-11-20T18:00:00Z", true), []);
    assert_eq!(due("turn", "2026-11-20T18:00:00Z", true), on("2026-11-20T18:00:00Z"));
}

/// A value that is told against a set that may hold more.
#[test]
fn a_word_against_an_open_set() {
    let source = "policy p \"P\" version \"1\"; data note is personal_data; measure tls, vpn; fact needed: measure;
        clause \"1\" { allow any of any; }
        clause \"2\" { forbid any of any when needed is one of (measures); }";
    let policy = Policy::compile(source).unwrap_or_else(|error| panic!("{error}"));
    let found = |operation: Operation| kinds(&policy.check(&operation.fact("needed", "vpn")));
    let store = || Operation::of("store", [abey::Item::new("note")]);
    assert_eq!(found(store().recipient("none").measures(["vpn"])), ["prohibited"]);
    assert!(found(store().recipient("none").measures(["tls"])).is_empty());
    assert_eq!(found(store().measures(["tls"])), ["fact_missing"]);
}

/// A notice period that there isn't never ends; one that nobody set isn't known.
#[test]
fn a_notice_without_a_period_never_ends() {
    let source =
        "policy p \"P\" version \"1\"; data note is personal_data; place DE is country; setting period: duration;
        recipient vendor \"V\" in DE notified 2026-01-01;
        clause \"1\" { allow any of any; forbid anything to any except authorised; authorise after period; }";
    let found = |period: Option<&str>| {
        let policy = Policy::compile(source).unwrap_or_else(|error| panic!("{error}"));
        let policy = match period {
            Some(period) => policy.with_setting("period", period).unwrap(),
            None => policy,
        };
        let operation = Operation::of("store", [abey::Item::new("note")]).recipient("vendor").place("DE");
        kinds(&policy.check(&operation.time(abey::calendar::Instant::parse("2026-11-20T10:00:00Z").unwrap())))
    };
    assert_eq!((found(None), found(Some("none"))), (vec!["fact_missing"], vec!["prohibited"]));
    assert_eq!((found(Some("1 year")), found(Some("30 days"))), (vec!["waiting"], vec![]));
}
