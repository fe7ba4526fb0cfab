//! Operations put together from the terms of a policy are judged as the same ones in words.

use abey::image::About;
use abey::typed::TypedItem;
use abey::{Operation, Policy, ToJson, Told, Verdict};
use abey_tests::typed::typed;
use abey_tests::{agreements, conformance};

#[derive(Debug, Default)]
struct Seen {
    allowed: usize,
    paused: usize,
    malformed: usize,
    left_out: usize,
}

fn same(at: &str, policy: &Policy, told: &Operation, seen: &mut Seen) {
    let Some(made) = typed(policy, told) else {
        seen.left_out += 1;
        return;
    };
    let at = || format!("{at}: {}", told.to_json());
    let verdict = policy.verdict(told);
    assert_eq!(policy.verdict_typed(&made), verdict, "{}", at());
    assert_eq!(policy.encode_typed(&made).map(|encoded| policy.verdict_of(&encoded)), verdict, "{}", at());
    assert_eq!(policy.check(&policy.in_words(&made)), policy.check(told), "{}", at());
    match verdict {
        Ok(Verdict::Allow) => seen.allowed += 1,
        Ok(Verdict::Pause) => seen.paused += 1,
        Err(_) => seen.malformed += 1,
    }
}

#[test]
fn conformance_cases_in_terms() {
    let mut seen = Seen::default();
    for feature in conformance::features() {
        let policy = Policy::compile_over(&feature.source, &conformance::beneath).unwrap();
        for case in feature.cases.iter().filter(|case| case.settings.is_empty()) {
            let Ok(told) = Operation::partial_from_json(case.input()) else { continue };
            same(&format!("{}: {}", feature.name, case.name), &policy, &told, &mut seen);
        }
    }
    assert!(seen.allowed > 300 && seen.paused > 300 && seen.malformed > 5, "{seen:?}");
}

/// Each operation as it is, and one half of it over a base that tells the other.
#[test]
fn operations_of_the_agreements_in_terms() {
    let mut seen = Seen::default();
    for name in agreements::NAMES {
        let policy = agreements::policy(name);
        for text in agreements::operations(name) {
            let whole = Operation::from_json(&text).unwrap();
            same(name, &policy, &whole, &mut seen);
            let base = Operation { action: String::new(), data: Vec::new(), purposes: Told::Unknown, ..whole.clone() };
            let own =
                Operation { action: whole.action, data: whole.data, purposes: whole.purposes, ..Operation::default() };
            same(name, &policy.clone().with_base(base), &own, &mut seen);
        }
    }
    assert!(seen.allowed > 50 && seen.paused > 50 && seen.left_out < 10, "{seen:?}");
}

const SOURCE: &str = r#"policy shop "Shop" version "1";
    action read; data mail is personal_data; measure mfa;
    fact checked: yes/no; item fact own: yes/no;
    clause "1" "Reading" { allow read of mail when checked is yes; }"#;

#[test]
fn what_is_put_together_wrongly_is_refused() {
    let policy = Policy::compile(SOURCE).unwrap();
    let other = Policy::compile(&SOURCE.replace("\"1\";", "\"2\";")).unwrap();
    let item = |of: &Policy| TypedItem::new(of.symbols().find("mail").unwrap());
    let checked = |of: &Policy, about: About| {
        let name = if about == About::Item { "own" } else { "checked" };
        of.symbols().fact(about, name, true).unwrap()
    };
    let read = |of: &Policy| of.symbols().operation(of.symbols().find("read").unwrap());
    let fine = read(&policy).item(item(&policy)).fact(checked(&policy, About::Operation));
    assert_eq!(policy.verdict_typed(&fine), Ok(Verdict::Allow));
    for (name, value) in [("nothing", true.into()), ("checked", abey::FactValue::Text("yes".into()))] {
        let fault = policy.symbols().fact(About::Operation, name, value).unwrap_err();
        assert_eq!(fault.path, name);
    }
    let foreign = "it is put together from terms of another policy; look them up in this one";
    let misplaced = "a fact is told of something else than it is declared of";
    let measures = vec![policy.symbols().find("mfa").unwrap(); 257];
    for (made, expected) in [
        (read(&other).item(item(&other)).fact(checked(&other, About::Operation)), foreign),
        (read(&policy).item(item(&other)).fact(checked(&policy, About::Operation)), foreign),
        (read(&policy).item(item(&policy)).fact(checked(&other, About::Operation)), foreign),
        (read(&policy).item(item(&policy)).fact(checked(&policy, About::Item)), misplaced),
        (read(&policy).item(item(&policy).fact(checked(&policy, About::Operation))), misplaced),
        (fine.clone().fact(checked(&policy, About::Operation)), "a fact is told twice"),
        (read(&policy).fact(checked(&policy, About::Operation)), "an operation needs at least one data item"),
        (fine.clone().measures(measures), "at most 256"),
    ] {
        for fault in [policy.verdict_typed(&made).unwrap_err(), policy.encode_typed(&made).unwrap_err()] {
            assert!(fault.message.contains(expected), "{fault}, not {expected}");
        }
    }
}
