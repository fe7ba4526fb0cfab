//! What a policy settles of words when it is loaded, against the reference: conditions that ask for words of a slot, which
//! stand in the index, and demands that words meet.

use abey::{Checker, Compiled, Operation, Policy, Verdict};
use abey_tests::reference::Reference;

/// A policy whose scope or demand is put in place of each `@`.
fn policies() -> Vec<(String, Compiled)> {
    const HEAD: &str = r#"policy p "P" version "1";
        data mail is personal_data; action read;
        actor team; actor clerk is team; actor guest; actor stand_in is clerk when busy is yes;
        fact busy: yes/no;
        purpose work; purpose sales is work; purpose fun;
        measure lock; measure big_lock is lock; measure odd_lock is lock when busy is yes; measure other;
        form coded; form recoded is coded;
        place DE;
        recipient held "Held" in DE under lock authorised from 2026-01-01;
        clause "1" { allow read of mail; }
        clause "2" { @ }"#;
    let scopes = [
        "when actor is clerk",
        "when actor is team",
        "unless actor is clerk",
        "unless actor is one of (clerk, guest)",
        "when actor is one of (clerk, guest)",
        "by team when actor is clerk",
        "by any except guest unless actor is team",
        "when actor is clerk unless actor is stand_in",
        "when actor is team unless actor is clerk",
        "unless actor is guest when actor is clerk",
        "when action is share",
        "when actor is team unless purpose is sales",
        "for work when purpose is sales",
        "when recipient is none",
        "unless recipient is held",
        "when action is read",
        "unless action is share",
        "when role is processor",
        "when actor is clerk unless busy is yes",
    ];
    let demands = [
        "lock",
        "big_lock",
        "lock, other",
        "one of (lock, other)",
        "coded",
        "coded, lock",
        "(role is processor)",
        "(actor is team)",
        "(actor is one of (clerk, guest))",
        "(purpose is work)",
        "(purpose is work), lock",
        "(measures includes lock)",
        "(form includes coded), other",
        "(action is read)",
        "(recipient is none)",
    ];
    let rules = scopes.iter().flat_map(|scope| {
        ["forbid read of mail", "require other for read of mail", "owe \"tell\" for read of mail"]
            .map(|rule| format!("{rule} {scope};"))
    });
    let rules =
        rules.chain(scopes.iter().map(|scope| {
            format!("forbid read of mail; }} clause \"3\" {{ waive clause \"2\" for read of mail {scope};")
        }));
    let demanded = demands.iter().flat_map(|demand| {
        ["for read of mail", "for read of mail by clerk", "for read of mail unless actor is guest"]
            .map(|scope| format!("require {demand} {scope};"))
    });
    // What is shared is read as well, and a condition sees what it is called alone.
    let shared = ["when action is read", "when action is share", "unless action is read"]
        .map(|scope| format!("forbid share of mail {scope};"));
    rules
        .chain(demanded)
        .chain(shared)
        .map(|rule| {
            let source = HEAD.replace('@', &rule);
            let compiled = abey::compile(&source).unwrap_or_else(|error| panic!("{rule}: {error}"));
            (source, compiled)
        })
        .collect()
}

/// One operation for each combination of what may be told.
fn operations() -> Vec<String> {
    let told = |key: &str, words: &[&str]| -> Vec<String> {
        let told = words.iter().map(|word| format!(r#","{key}":{word}"#));
        std::iter::once(String::new()).chain(told).collect()
    };
    let lists = [
        told("actor", &["\"clerk\"", "\"guest\"", "\"team\"", "\"stand_in\"", "\"none\""]),
        told("purpose", &["\"sales\"", "[\"work\",\"fun\"]", "\"none\""]),
        told("measures", &["[]", "[\"lock\"]", "[\"big_lock\",\"other\"]", "[\"odd_lock\"]"]),
        told("role", &["\"processor\""]),
        told("recipient", &["\"none\"", "\"held\""]),
        told("facts", &["{\"busy\":true}", "{\"busy\":false}"]),
    ];
    let items = ["\"mail\"", r#"{"category":"mail","form":["recoded"]}"#, r#"{"category":"mail","form":[]}"#];
    let start: Vec<String> = items.iter().map(|item| format!(r#"{{"action":"read","data":[{item}]"#)).collect();
    let all = lists.iter().fold(start, |texts, list| {
        texts.iter().flat_map(|text| list.iter().map(move |more| format!("{text}{more}"))).collect()
    });
    all.into_iter().map(|text| text + "}").collect()
}

#[test]
fn what_words_settle_is_what_the_reference_decides() {
    let operations: Vec<(String, Operation)> = operations()
        .into_iter()
        .map(|text| (text.clone(), Operation::from_json(&text).unwrap_or_else(|error| panic!("{text}: {error}"))))
        .collect();
    assert!(operations.len() > 3_000);
    let (mut allowed, mut paused) = (0, 0);
    for (number, (source, compiled)) in policies().iter().enumerate() {
        let reference = Reference::of(&compiled.policy);
        let policy = Policy::compile(source).unwrap();
        // Each policy sees a part of the operations, and all policies together see all of them many times.
        for (text, operation) in operations.iter().skip(number % 7).step_by(7) {
            let expected = reference.decide(operation, &policy.about()).unwrap();
            let decided = policy.decide(operation).unwrap();
            let rule = source.rsplit("clause \"2\"").next();
            assert_eq!(decided.verdict, expected.verdict, "{rule:?} {text}");
            assert_eq!(decided.reasons.len(), expected.reasons.len(), "{rule:?} {text}");
            assert_eq!(decided.duties.len(), expected.duties.len(), "{rule:?} {text}");
            assert_eq!(policy.verdict_json(text.as_bytes()), Ok(expected.verdict), "{rule:?} {text}");
            assert_eq!(policy.verdict(operation), Ok(expected.verdict), "{rule:?} {text}");
            let encoded = policy.encode(operation).unwrap();
            assert_eq!(policy.verdict_of(&encoded), expected.verdict, "encoded, {rule:?} {text}");
            if expected.verdict == Verdict::Allow { allowed += 1 } else { paused += 1 }
        }
    }
    assert!(allowed > 5_000 && paused > 5_000, "{allowed} allowed, {paused} paused");
}
