//! Remedies: which are offered, that none is more than it needs, and how many are tried.

use std::fmt::Write;

use abey::{Decision, Item, Operation, Policy, limits};

fn compile(source: &str) -> Policy {
    Policy::compile(source).unwrap_or_else(|error| panic!("{error}"))
}

/// So many words: `m0, m1, …`.
fn words(letter: char, count: usize) -> String {
    (0..count).map(|index| format!("{letter}{index}")).collect::<Vec<_>>().join(", ")
}

/// The steps, as `PATH VALUE`.
fn steps(steps: &[abey::decision::Step]) -> Vec<String> {
    steps.iter().map(|step| format!("{} {}", step.path, step.value)).collect()
}

/// What is offered for each reason.
fn offered(decision: &Decision) -> Vec<Vec<Vec<String>>> {
    let of = |reason: &abey::decision::Reason| reason.remedies.iter().map(|remedy| steps(&remedy.steps)).collect();
    decision.reasons.iter().map(of).collect()
}

fn policy(declarations: &str, clauses: &str) -> Policy {
    compile(&format!(
        "policy p \"P\" version \"1\";\ndata ip, mail is personal_data;\n{declarations}\n\
        clause \"1\" {{ allow any of any; }}\n{clauses}"
    ))
}

/// Each option is put in place of the others, though they share a step.
#[test]
fn options_are_offered_each_with_what_else_is_missing() {
    let policy = policy(
        "measure tls, vpn, audit; form hashed;",
        "clause \"2\" { require one of (tls, vpn, audit), hashed for store of any; }",
    );
    let decision = policy.check(&Operation::of("store", [Item::new("ip").form([])]).recipient("none").measures([]));
    assert_eq!(
        offered(&decision),
        [[
            ["measures tls", "data[0].form hashed"],
            ["measures vpn", "data[0].form hashed"],
            ["measures audit", "data[0].form hashed"]
        ]]
    );
    assert_eq!(steps(&decision.remedies.steps), ["measures tls", "data[0].form hashed"]);
    assert!(decision.remedies.complete);
}

/// What asks for less is offered alone: the second option does by itself what the first does with more.
#[test]
fn what_does_more_than_another_is_not_offered() {
    let policy = policy(
        "measure tls, audit;",
        "clause \"2\" { require one of (tls, audit), one of (audit, tls) for store of any; }",
    );
    let decision = policy.check(&Operation::of("store", [Item::new("ip")]).recipient("none").measures([]));
    let offered = offered(&decision);
    assert!(offered[0].iter().all(|steps| steps.len() == 1), "{offered:?}");
    assert_eq!(decision.remedies.steps.len(), 1);
}

/// To state one form or measure says nothing of the others that weren't told.
#[test]
fn what_was_not_told_is_not_completed() {
    let policy = policy(
        "measure tls; form hashed;",
        "clause \"2\" { require hashed for store of ip; } clause \"3\" { require tls for store of mail; }",
    );
    let complete = |ip: Item, measured: bool| {
        let mut operation = Operation::of("store", [ip, Item::new("mail").form([])]).recipient("none");
        operation.measures = measured.then(Vec::new);
        let remedies = policy.check(&operation).remedies;
        (steps(&remedies.steps), remedies.complete)
    };
    let both = || vec!["data[0].form hashed".to_string(), "measures tls".to_string()];
    assert_eq!(complete(Item::new("ip").form([]), true), (both(), true));
    assert_eq!(complete(Item::new("ip"), true), (both(), false));
    assert_eq!(complete(Item::new("ip").form([]), false), (both(), false));
}

/// The smallest choice, not only one of which nothing can be left out.
#[test]
fn up_to_six_steps_the_smallest_choice_is_found() {
    let policy = policy(
        "measure all, m1, m2, m3, m4, m5;",
        "clause \"a\" { require one of (all, m1) for store of any; }
         clause \"b\" { require one of (m1, all), one of (m2, all), one of (m3, all) for store of any; }
         clause \"c\" { require one of (m4, all), one of (m5, all) for store of any; }",
    );
    let decision = policy.check(&Operation::of("store", [Item::new("ip")]).recipient("none").measures([]));
    let first: Vec<String> = offered(&decision).iter().flat_map(|remedies| remedies[0].clone()).collect();
    assert_eq!(first.len(), 6, "{first:?}");
    assert_eq!((steps(&decision.remedies.steps), decision.remedies.complete), (vec!["measures all".into()], true));
}

/// Of more, each is left out that can be.
#[test]
fn of_more_steps_what_can_be_is_left_out() {
    let policy = policy(
        "form hashed; measure tls, m0, m1, m2, m3, m4, m5, m6;",
        "clause \"2\" { require one of (hashed, tls) for store of any; }
         clause \"3\" { require m0, m1, m2, m3, m4, m5, m6 for store of any; }
         clause \"4\" { require tls for store of any; }",
    );
    let decision = policy.check(&Operation::of("store", [Item::new("ip").form([])]).recipient("none").measures([]));
    let wanted: Vec<String> = (0..7).map(|index| format!("measures m{index}")).chain(["measures tls".into()]).collect();
    assert_eq!((steps(&decision.remedies.steps), decision.remedies.complete), (wanted, true));
    assert_eq!(offered(&decision)[0], [["data[0].form hashed"], ["measures tls"]]);
}

/// The trials end before more steps than there are trials have been left out in turn.
#[test]
fn so_many_steps_are_tried() {
    assert_eq!(limits::REMEDY_TRIALS, 64);
    let policy = policy("form hashed;", "clause \"2\" { require hashed for store of any; }");
    for (items, complete) in [(7, true), (62, true), (63, true), (64, false), (65, false)] {
        let mut operation = Operation::of("store", []);
        operation.data = vec![Item::new("ip").form([]); items];
        let decision = policy.check(&operation);
        assert_eq!((decision.remedies.steps.len(), decision.remedies.complete), (items, complete), "{items}");
        assert!(policy.verdict(&operation.with_steps(&decision.remedies.steps)).unwrap() == abey::Verdict::Allow);
    }
}

/// What the trials don't come to isn't left out, and then the choice isn't called the smallest.
#[test]
fn no_more_steps_are_tried() {
    for (others, steps, complete) in [(30, 31, true), (61, 62, false), (62, 64, false)] {
        let rules: String = (0..others).map(|index| format!("require m{index} for store of any;")).collect();
        let policy = policy(
            &format!("measure tls, vpn, {};", words('m', others)),
            &format!(
                "clause \"2\" {{ {rules} require tls for store of any; }}
                 clause \"3\" {{ require one of (vpn, tls) for store of any; }}"
            ),
        );
        let operation = Operation::of("store", [Item::new("ip")]).recipient("none").measures([]);
        let remedies = policy.check(&operation).remedies;
        assert_eq!((remedies.steps.len(), remedies.complete), (steps, complete), "{others}");
    }
}

/// A change that makes an operation malformed settles nothing, and the trials that it takes are missing later.
#[test]
fn what_makes_it_malformed_is_no_remedy() {
    let policy = |measures: usize| {
        policy(
            &format!("form hashed; measure own, {};", words('m', measures)),
            &format!(
                "clause \"2\" {{ require one of ({}) for store of any; }} clause \"3\" {{ require hashed for store of any; }}",
                words('m', measures)
            ),
        )
    };
    let operation = |measures: usize| {
        let mut operation = Operation::of("store", [Item::new("ip").form([])]).recipient("none");
        operation.measures = Some(vec!["own".to_string(); measures]);
        operation
    };
    for (options, tried) in [(2, true), (63, true), (64, false), (70, false)] {
        let decision = policy(options).check(&operation(limits::LIST));
        let offered = offered(&decision);
        assert!(offered[0].is_empty(), "{options}: one more measure is one too many");
        assert_eq!(!offered[1].is_empty(), tried, "{options} options were tried before");
        assert!(!decision.remedies.complete);
    }
    // Each by itself has a place, and both don't.
    let policy = self::policy(
        "measure own, tls, vpn;",
        "clause \"2\" { require tls for store of any; } clause \"3\" { require vpn for store of any; }",
    );
    let decision = policy.check(&operation(limits::LIST - 1));
    assert_eq!(offered(&decision), [[["measures tls"]], [["measures vpn"]]]);
    assert!(!decision.remedies.complete);
    assert!(policy.check(&operation(limits::LIST - 2)).remedies.complete);
}

/// A form is put on where it brings the item into a list, whatever else the list names.
#[test]
fn the_entry_of_the_category_is_looked_for() {
    let policy = compile(
        "policy p \"P\" version \"1\"; data ip, mail is personal_data; form hashed, salted;
         clause \"1\" { allow store of hashed ip, raw mail, salted mail; }",
    );
    let decision = policy.check(&Operation::of("store", [Item::new("mail").form(["hashed"])]));
    assert_eq!(offered(&decision), [[["data[0].form salted"]]]);
}

/// A recipient is offered where its authorisation is asked for, and a measure where it is asked to be in place.
#[test]
fn only_what_a_rule_asks_for_is_offered() {
    let policy = policy(
        "place DE is country; recipient mailer \"M\" in DE authorised from 2026-01-01;
         recipient other \"O\" in DE authorised from 2026-01-01; measure tls;",
        "clause \"2\" { forbid store of ip to any except mailer; }
         clause \"3\" { forbid store of mail unless measures within (tls); }
         clause \"4\" { forbid share of any to any except authorised; }",
    );
    let at = |operation: Operation| operation.time("2026-02-01T00:00:00Z".parse_instant());
    let named = at(Operation::of("store", [Item::new("ip")]).recipient("other").place("DE").measures([]));
    assert_eq!(offered(&policy.check(&named)), [Vec::<Vec<String>>::new()]);
    let within = at(Operation::of("store", [Item::new("mail")]).recipient("none"));
    assert_eq!(offered(&policy.check(&within)), [Vec::<Vec<String>>::new()]);
}

trait ParseInstant {
    fn parse_instant(self) -> abey_engine::calendar::Instant;
}

impl ParseInstant for &str {
    fn parse_instant(self) -> abey_engine::calendar::Instant {
        abey_engine::calendar::Instant::parse(self).unwrap()
    }
}

/// Whether a reason lapses is tried for so many days, and then for no further one.
#[test]
fn so_many_days_are_tried() {
    let mut recipients = String::new();
    for index in 0..=limits::REMEDY_TRIALS {
        let (month, day) = (7 + index / 28, 1 + index % 28);
        writeln!(recipients, "recipient r{index} \"R{index}\" in DE authorised from 2026-{month:02}-{day:02};")
            .unwrap();
    }
    writeln!(recipients, "recipient again \"Again\" in DE authorised from 2026-07-01;").unwrap();
    let policy = policy(
        &format!("place DE is country;\n{recipients}"),
        "clause \"2\" { forbid anything to any except authorised; }",
    );
    let mut operation = Operation::of("store", [Item::new("ip")]).time("2026-06-01T00:00:00Z".parse_instant());
    for index in 0..=limits::REMEDY_TRIALS {
        operation = operation.leg(&format!("r{index}"), "DE");
    }
    let decision = policy.check(&operation.leg("again", "DE"));
    let lapses: Vec<Option<String>> = decision.reasons.iter().map(|reason| reason.lapses.clone()).collect();
    let kinds: Vec<&str> = decision.reasons.iter().map(|reason| reason.kind.word()).collect();
    let waiting = kinds.iter().filter(|kind| **kind == "waiting").count();
    assert_eq!((kinds.len(), waiting), (limits::REMEDY_TRIALS + 2, limits::REMEDY_TRIALS + 1));
    assert_eq!(lapses[0].as_deref(), Some("2026-06-30"));
    assert_eq!(lapses[limits::REMEDY_TRIALS - 1].as_deref(), Some("2026-09-07"));
    assert_eq!(lapses[limits::REMEDY_TRIALS], None, "the day after was not tried");
    assert_eq!(lapses[limits::REMEDY_TRIALS + 1].as_deref(), Some("2026-06-30"), "that day was tried already");
}

/// What forbids until a day waits for no authorisation, though one begins on that day.
#[test]
fn a_wait_turns_on_the_authorisation() {
    let policy = policy(
        "place DE is country; recipient mailer \"M\" in DE authorised from 2026-06-01;",
        "clause \"2\" { forbid anything to mailer when time before 2026-06-01; }",
    );
    let operation = Operation::of("store", [Item::new("ip")]).recipient("mailer").place("DE");
    let decision = policy.check(&operation.time("2026-05-01T00:00:00Z".parse_instant()));
    let reason = &decision.reasons[0];
    assert_eq!((reason.kind.word(), reason.lapses.as_deref()), ("prohibited", None));
    // Nor does what an exception would lift on that day, where no day is told.
    let policy = self::policy(
        "place DE, US is country; recipient mailer \"M\" in DE authorised from 2026-06-01;",
        "clause \"2\" { forbid anything to any except authorised; }
         clause \"3\" { waive clause \"2\" when time on or after 2026-06-01; }",
    );
    let decision = policy.check(&Operation::of("store", [Item::new("ip")]).recipient("mailer").place("US"));
    let reason = &decision.reasons[0];
    assert_eq!((reason.kind.word(), reason.lapses.as_deref()), ("prohibited", None));
}

/// What can't help isn't tried, so that the trials last for what can.
#[test]
fn trials_are_spent_on_what_may_help() {
    let many = limits::REMEDY_TRIALS + 6;
    let times = |rule: &dyn Fn(usize) -> String| (0..many).map(rule).collect::<String>();
    let last = |policy: &Policy, operation: Operation| offered(&policy.check(&operation)).pop().unwrap();
    let plain = || Operation::of("store", [Item::new("ip").form([])]).measures([]);
    let nobody = || plain().recipient("none");
    // A bound that nothing keeps, and a demand that asks for a fact as well.
    let tls = "measure tls, vpn; fact ready: yes/no;";
    for rule in ["keep anything never;", "require vpn, (ready is yes) for any of any;"] {
        let clauses =
            format!("clause \"2\" {{ {} }} clause \"3\" {{ require tls for any of any; }}", times(&|_| rule.into()));
        let operation = nobody().fact("ready", false).time("2026-11-20T10:00:00Z".parse_instant());
        assert_eq!(last(&policy(tls, &clauses), operation), [["measures tls"]], "{rule}");
    }
    // Instructions for what the item may be or not.
    let names = words('d', many);
    let source = format!(
        "policy p \"P\" version \"1\"; data group is personal_data; data {names} is group; form hashed; measure tls;
         clause \"1\" {{ {} }} clause \"2\" {{ require tls for any of any; }}",
        times(&|index| format!("allow store of hashed d{index};"))
    );
    let operation = Operation::of("store", [Item::new("group").form([])]).recipient("none").measures([]);
    assert_eq!(last(&compile(&source), operation), [["measures tls"]]);
    // Recipients that aren't authorised yet, of whom it isn't known, or for another purpose.
    for others in ["in DE authorised from 2027-01-01", "in DE", "in DE for support authorised from 2026-01-01"] {
        let recipients = times(&|index| format!("recipient r{index} {others};"));
        let policy = policy(
            &format!(
                "purpose support; place DE, US is country; recipient away in US authorised from 2026-01-01;
                {recipients} recipient good in DE authorised from 2026-01-01;"
            ),
            "clause \"2\" { forbid anything to any except authorised; }",
        );
        let operation = plain().recipient("away").place("DE").time("2026-11-20T10:00:00Z".parse_instant());
        let offered = last(&policy, operation);
        assert!(offered.contains(&vec!["recipient good".into()]), "{others}: {offered:?}");
    }
}

/// Of an item that may be another, the form isn't all that keeps it out.
#[test]
fn the_nearest_instruction_is_one_that_surely_fits() {
    let policy = compile(
        "policy p \"P\" version \"1\"; data group is personal_data; data seen is group; form hashed; purpose ads, support;
         clause \"1\" { allow store of hashed seen; } clause \"2\" { allow store of group for ads; }",
    );
    let decision = policy.check(&Operation::of("store", [Item::new("group").form([])]).purpose("support"));
    assert_eq!(decision.reasons[0].citation.as_ref().map(|citation| citation.clause.as_str()), Some("2"));
    let decision = policy.check(&Operation::of("store", [Item::new("seen").form([])]).purpose("support"));
    assert_eq!(decision.reasons[0].citation.as_ref().map(|citation| citation.clause.as_str()), Some("1"));
}

/// A word that the vocabulary doesn't have is gone once a remedy puts another in its place; no other one is.
#[test]
fn a_strange_place_is_replaced() {
    let policy =
        policy("place DE is country; place US is country;", "clause \"2\" { forbid any of any in any except DE; }");
    let operation = || Operation::of("store", [Item::new("ip").form([])]).recipient("none").measures([]);
    for (operation, complete) in [
        (operation().place("US"), true),
        (operation().place("nowhere"), true),
        (operation().place("nowhere").purpose("nothing"), false),
    ] {
        let decision = policy.check(&operation);
        assert_eq!(steps(&decision.remedies.steps), ["place DE"], "{operation:?}");
        assert_eq!(decision.remedies.complete, complete, "{operation:?}");
        let changed = policy.check(&operation.with_steps(&decision.remedies.steps));
        assert_eq!(changed.is_allowed(), complete, "{operation:?}");
    }
}
