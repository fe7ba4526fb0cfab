//! What once went wrong, each with its cause and its smallest example.

use abey::decision::Kind;
use abey::{Decision, Error, Policy};

fn policy(body: &str) -> Result<Policy, Error> {
    Policy::compile(&format!("policy p \"P\" version \"1\"; {body}"))
}

fn check(body: &str, phrase: &str) -> Decision {
    let policy = policy(body).unwrap_or_else(|error| panic!("{body}: {error}"));
    policy.check(&policy.phrase(phrase).unwrap_or_else(|error| panic!("{phrase}: {error}")))
}

fn allows(body: &str, phrase: &str) -> bool {
    check(body, phrase).is_allowed()
}

fn codes(body: &str) -> Vec<&'static str> {
    match policy(body) {
        Err(Error::Source(faults)) => faults.iter().map(|fault| fault.code.word()).collect(),
        Err(other) => panic!("{other}"),
        Ok(_) => Vec::new(),
    }
}

/// A default that is another setting was never held against its own bounds, so a notice of 14 days ran for none.
#[test]
fn bounds_hold_along_chains_of_defaults() {
    assert_eq!(codes("setting m: duration = 0 days; setting n: duration = m at least 14 days;"), ["out-of-bounds"]);
    let chained = policy("setting b: duration = 30 days; setting w: duration = b at most 90 days;").unwrap();
    assert!(
        chained.with_setting("b", "9000 days").unwrap_err().to_string().contains("`w` isn't certainly at most 90 days")
    );
    assert_eq!(codes("setting n: number at least 9 at most 3;"), ["out-of-bounds"]);
}

/// `none` passed every bound: a window of none never closes.
#[test]
fn none_fits_no_bound() {
    let bounded = policy("setting w: duration = 30 days at most 90 days;").unwrap();
    assert!(bounded.with_setting("w", "none").is_err());
}

/// A bound on contents that is itself unstructured bounded nothing, and yet was believed (law 2).
#[test]
fn a_loose_bound_on_contents_bounds_nothing() {
    let body = "data free is unstructured; data special is personal_data; data ticket is unstructured containing free;
        clause \"1\" { allow store of any; } clause \"2\" { forbid any of special; }";
    assert!(!allows(body, "store of ticket") && !allows(body, "store of ticket containing free"));
}

/// What an operation implies was matched along unconditional edges only, so that renaming evaded a prohibition.
#[test]
fn implied_actions_climb_conditional_edges() {
    let body = "place DE; data email is personal_data; fact s: yes/no; recipient acme in DE; action disclosure;
        action share is disclosure when s is yes; clause \"1\" { allow any of any; } clause \"2\" { forbid disclosure of any; }";
    assert!(!allows(body, "store of email to acme in DE given s is yes"));
    assert!(!allows(body, "store of email to acme in DE"), "unknown isn't no");
    assert!(allows(body, "store of email to acme in DE given s is no"));
}

/// Two countries that once were one still counted as one.
#[test]
fn a_former_country_is_no_country() {
    let body = "place YU is country until 1992-04-27; place RS, HR is YU; place RS is country; place HR is country;
        data email is personal_data; measure scc; clause \"1\" { allow any of any; } clause \"2\" { require scc for transfer of any; }";
    assert!(!allows(body, "store of email in RS from HR to none with () at 2026-11-20T00:00:00Z"));
    assert!(allows(body, "store of email in RS from HR to none with () at 1990-01-01T00:00:00Z"));
}

/// What a former country held together is apart once it is none; a region that reaches into another country may be there.
#[test]
fn places_are_of_one_country_only_where_that_is_certain() {
    let body =
        "place YU is country until 1992-04-27; place nis, split is YU; place FR, DE is country; place paris is FR;
        place rhine is DE; place strasbourg is rhine, FR; place isle is FR until 2026-06-30; data email is personal_data; measure scc;
        clause \"1\" { allow any of any; } clause \"2\" { require scc for transfer of any; }";
    assert!(!allows(body, "store of email in nis from split to none with () at 2026-11-20T00:00:00Z"));
    assert!(allows(body, "store of email in nis from split to none with () at 1990-01-01T00:00:00Z"));
    let paris = |origin: &str| {
        allows(body, &format!("store of email in paris from {origin} to none with () at 2026-11-20T00:00:00Z"))
    };
    assert!(paris("FR") && paris("strasbourg"));
    assert!(!paris("rhine") && !paris("DE") && !paris("nis") && !paris("isle"));
}

/// Hours were rounded to days once the day of collection was known, in the host's favour.
#[test]
fn hours_are_not_rounded() {
    let body = "data email is personal_data; clause \"1\" { allow any of any; } clause \"2\" { keep any of email at most 1 day; }";
    assert!(!allows(body, "store of email keeping 1 day 23 hours"));
    assert!(!allows(body, "store of email (collected 2026-11-20) keeping 1 day 23 hours at 2026-11-20T00:00:00Z"));
    let body = "data email is personal_data; clause \"1\" { allow any of any; } clause \"2\" { keep any of email at least 47 hours; }";
    assert!(!allows(body, "store of email (collected 2026-11-20) keeping 1 day at 2026-11-20T00:00:00Z"));
}

/// The last of two lists of contents won silently; and contents of structured data meant nothing.
#[test]
fn contents_are_declared_once_and_of_unstructured_data() {
    assert_eq!(
        codes("data a, b is personal_data; data t is unstructured containing a; data t is unstructured containing b;"),
        ["repeated-part"]
    );
    assert_eq!(codes("data a is personal_data; data t is personal_data containing a;"), ["structured-container"]);
}

/// Order decided: of a day and a moment of it, of durations that no calendar orders, of two offsets (law 5).
#[test]
fn order_is_nothing() {
    let when = |values: &str| {
        let body = format!(
            "data email is personal_data; clause \"1\" {{ allow store of any when time after earliest of ({values}); }}"
        );
        allows(&body, "store of email at 2026-11-20T12:00:00Z")
    };
    assert_eq!(when("2026-11-20, 2026-11-20T10:00:00Z"), when("2026-11-20T10:00:00Z, 2026-11-20"));
    let keep = |values: &str| {
        let body = format!(
            "data email is personal_data; clause \"1\" {{ allow any of any; keep any of email at most least of ({values}); }}"
        );
        allows(&body, "store of email (collected now) keeping 1 day at 2026-11-20T00:00:00Z")
    };
    assert!(keep("30 days, 1 month, 1 day") && keep("1 day, 30 days, 1 month"));
    assert_eq!(codes("offset +12:00; offset -12:00;"), ["repeated-part"]);
}

/// A sum of thousands of values overflowed the stack.
#[test]
fn sums_are_bounded() {
    let body = |terms: usize| {
        format!("fact e: date; clause \"1\" {{ allow store of any when time after e{}; }}", " + 1 day".repeat(terms))
    };
    assert_eq!(codes(&body(31)), Vec::<&str>::new());
    assert_eq!(codes(&body(32)), ["sum-too-long"]);
    assert_eq!(codes(&body(100_000)), ["sum-too-long"]);
}

/// Conditions of edges that lead to further edges were settled again and again: 40 copies took minutes.
#[test]
fn conditional_edges_are_settled_once() {
    let facets = ["action", "subject", "actor", "purpose", "place", "basis", "data"];
    let mut body = String::from("data g_data is personal_data; data x_data is g_data;\n");
    for pair in facets.windows(2) {
        let [facet, next] = pair else { continue };
        let copies = vec![format!("{next} is g_{next}"); 40].join(" and ");
        body += &format!("{facet} g_{facet}; {facet} x_{facet} is g_{facet} when {copies};\n");
    }
    body += "clause \"1\" { allow g_action of any; }";
    assert!(allows(&body, "x_action of x_data about x_subject by x_actor for x_purpose in x_place on x_basis"));
}

/// A wait was announced for a prohibition that would stand all the same.
#[test]
fn a_wait_is_one_that_ends() {
    let body = "place DE; data email is personal_data; measure ok; recipient acme in DE notified 2026-11-15;
        clause \"1\" { allow any of any; authorise after 30 days; }
        clause \"2\" { forbid any of any to any unless recipient is authorised and measures includes ok; }";
    let decision = check(body, "store of email to acme in DE with () at 2026-11-20T00:00:00Z");
    assert_eq!((decision.reasons[0].kind, decision.reasons[0].lapses.as_deref()), (Kind::Prohibited, None));
    let decision = check(body, "store of email to acme in DE with ok at 2026-11-20T00:00:00Z");
    assert_eq!((decision.reasons[0].kind, decision.reasons[0].lapses.as_deref()), (Kind::Waiting, Some("2026-12-15")));
}

/// To put a measure in place was called enough where the others weren't told, one of which may be forbidden.
#[test]
fn a_remedy_does_not_close_a_list_that_is_open() {
    let body = "data email is personal_data; measure tls, bad; clause \"1\" { allow any of any; }
        clause \"2\" { require tls for any of email; } clause \"3\" { forbid any of email with bad; }";
    assert!(!check(body, "store of email to none").remedies.complete);
    assert!(check(body, "store of email to none with ()").remedies.complete);
}

/// A default of `none` was taken for no default at all.
#[test]
fn none_is_a_value() {
    assert_eq!(codes("setting d: date = none;"), ["wrong-type"]);
    assert_eq!(codes("fact d: date; clause \"1\" { forbid anything when d before none; }"), ["compare-none"]);
}

/// A bound that couldn't be read was left out, and the rule then blamed for having none.
#[test]
fn one_fault_is_reported_once() {
    assert_eq!(codes("clause \"1\" { keep anything until 2026-02-30; }"), ["bad-date"]);
    assert_eq!(codes("clause \"1\" { keep anything at most 99999999 days; }"), ["bad-duration"]);
    assert_eq!(codes("clause \"1\" { keep anything at least 60 days at most 30 days; }"), ["contradictory-bounds"]);
    assert_eq!(codes("clause \"\" { note \"x\"; }"), ["no-label"]);
    assert_eq!(codes("fact f: one of (a, a);"), ["repeated-part"]);
}

/// The search for a clause's head went to the end of the source from each of its lines.
#[test]
fn recovery_is_linear() {
    let faults = codes(&"clause \n".repeat(4_000));
    assert!(faults.len() > 100);
}

/// A word of an operation could carry commands for the terminal that shows the decision.
#[test]
fn words_do_not_steer_a_terminal() {
    let policy = policy("data email is personal_data; clause \"1\" { allow any of any; }").unwrap();
    let decision = policy.check_json("{\"action\":\"store\",\"data\":[\"\\u001b[2J\"],\"facts\":{\"\\u001b]0;x\":1}}");
    let shown = abey::report::decision(&decision, false);
    assert!(shown.contains("[2J") && !shown.contains('\u{1b}'), "{shown}");
}

/// The texts of a policy that came as an image could end their line, and go on with one of a decision's own; or turn letters
/// around.
#[test]
fn texts_of_a_policy_forge_no_line() {
    let told = policy("data email is personal_data; clause \"1\" { forbid any of any; }").unwrap();
    let mut image = told.tables().clone();
    let forged = "forbid\nALLOW  shop 1\u{202e}";
    image.rules[0].text = forged.into();
    (image.clauses[0].title, image.name) = (forged.into(), forged.into());
    let checker = abey_engine::NativeChecker::load(&image.to_bytes(|_| [0; 32])).unwrap();
    let decision = checker.check_json("{\"action\":\"store\",\"data\":[\"email\"]}");
    assert!(decision.reasons.iter().any(|reason| reason.message.contains(forged)));
    let shown = abey::report::decision(&decision, false);
    assert!(shown.starts_with("PAUSE") && shown.contains("ALLOW  shop 1"), "{shown}");
    assert!(!shown.lines().any(|line| line.starts_with("ALLOW")) && !shown.contains('\u{202e}'), "{shown}");
}

/// What ends a statement was unexpected behind a phrase, and expected there, in one line.
#[test]
fn what_is_unexpected_is_not_expected() {
    let policy = policy("data email is personal_data; clause \"1\" { allow any of any; }").unwrap();
    let Err(abey::Error::Source(faults)) = policy.phrase("store of email; drop") else { unreachable!() };
    let fault = &faults[0];
    assert_eq!(fault.message, "unexpected `;`");
    assert!(fault.label.starts_with("expected `(`, `,`, `at`"), "{}", fault.label);
}

/// A reason was traced to its rule by line and column alone, which two layers may share.
#[test]
fn remedies_know_the_layer_of_a_reason() {
    let terms = "policy terms \"T\" version \"1\"; use dpv;\nclause \"1\" { allow any of any; }\nclause \"2\" { require tls for store of any; }\n";
    let signed = "agreement signed \"S\" version \"1\" over terms;\n\nclause \"3\" { require mfa for store of any; }\n";
    let policy = Policy::compile_over(signed, &|name| (name == "terms").then(|| terms.to_string())).unwrap();
    let decision = policy.check(&policy.phrase("store of email_address to none with ()").unwrap());
    let offered: Vec<&str> = decision.reasons.iter().map(|reason| reason.remedies[0].text.as_str()).collect();
    assert_eq!(offered, ["put tls in place", "put mfa in place"]);
    assert!(decision.remedies.complete);
}

/// The condition of a policy was cut from its statement at the word that a text in it may hold.
#[test]
fn the_condition_of_a_policy_is_quoted_whole() {
    let decision = check(
        "fact t: text; applies when t is \"we ask you\" ask dpo; clause \"1\" { note \"x\"; }",
        "store of personal_data",
    );
    let reason = &decision.reasons[0];
    assert_eq!((reason.condition.as_deref(), reason.ask.as_deref()), (Some("t is \"we ask you\""), Some("dpo")));
}

/// Order is nothing, in declarations too: a statement that only adds an edge may stand before the one that declares the
/// word, which was "declared twice" then.
#[test]
fn a_word_may_be_declared_behind_its_edges() {
    let policy = |declarations: &str| {
        let source = format!(
            "policy p \"P\" version \"1\"; action read; data note is personal_data; purpose support; {declarations}
             clause \"1\" {{ allow read of note for support; }}"
        );
        abey::Policy::compile(&source).unwrap_or_else(|error| panic!("{error}\n{source}"))
    };
    let behind = policy("purpose chat is support from 2026-01-01; purpose chat;");
    let before = policy("purpose chat; purpose chat is support from 2026-01-01;");
    for (time, allowed) in [("2025-12-31T10:00:00Z", false), ("2026-01-01T10:00:00Z", true)] {
        let time = abey::calendar::Instant::parse(time).unwrap();
        let operation = abey::Operation::of("read", [abey::Item::new("note")]).purpose("chat").time(time);
        assert_eq!(behind.check(&operation).is_allowed(), allowed);
        assert_eq!(before.check(&operation).is_allowed(), allowed);
    }
}
