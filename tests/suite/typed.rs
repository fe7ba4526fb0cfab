//! Operations put together from the terms of a policy are judged as the same ones in words.

use abey::image::About;
use abey::typed::{Purpose, TypedItem};
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
    assert_eq!(policy.check_typed(&made), policy.check(told), "{}", at());
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
    action read; data mail is personal_data; measure mfa; purpose support; purpose marketing; subject child; recipient buyer in anywhere;
    fact checked: yes/no; fact since: date; fact tags: set of text; item fact own: yes/no; recipient fact listed: yes/no;
    clause "1" { allow read of mail when checked is yes; }"#;

#[test]
fn what_is_put_together_wrongly_is_refused() {
    let policy = Policy::compile(SOURCE).unwrap();
    let other = Policy::compile(&SOURCE.replace("\"1\";", "\"2\";")).unwrap();
    let item = |of: &Policy| TypedItem::new(of.symbols().find("mail").unwrap());
    let checked = |of: &Policy| of.symbols().fact(About::Operation, "checked", true).unwrap();
    let own = |of: &Policy| of.symbols().fact(About::Item, "own", true).unwrap();
    let read = |of: &Policy| of.symbols().operation(of.symbols().find("read").unwrap());
    let purpose = |word: &str| policy.symbols().find::<Purpose>(word).unwrap();
    let fine = read(&policy).item(item(&policy)).fact(checked(&policy));
    assert_eq!(policy.verdict_typed(&fine), Ok(Verdict::Allow));
    let foreign = "terms of another policy; look them up in this one";
    let alone = "purpose: `none` stands alone";
    for (made, expected) in [
        (read(&other).item(item(&other)).fact(checked(&other)), foreign),
        (read(&policy).item(item(&other)).fact(checked(&policy)), foreign),
        (read(&policy).item(item(&policy)).fact(checked(&other)), foreign),
        (fine.clone().fact(own(&policy)), "own: it is a fact of the item, and told of something else"),
        (
            read(&policy).item(item(&policy).fact(checked(&policy))),
            "checked: it is a fact of the operation, and told of something else",
        ),
        (fine.clone().fact(checked(&policy)), "checked: this fact is told twice"),
        (fine.clone().purpose(purpose("marketing")).purpose(Told::None), alone),
        (fine.clone().purpose(Told::None).purpose(purpose("support")), alone),
    ] {
        let faults = [
            policy.verdict_typed(&made).unwrap_err(),
            policy.encode_typed(&made).unwrap_err(),
            policy.in_words(&made).unwrap_err(),
        ];
        for fault in faults {
            assert!(fault.to_string().contains(expected), "{fault}, not {expected}");
        }
        assert_eq!(policy.check_typed(&made).verdict, Verdict::Pause);
    }
    // What is wrong with an operation as a whole is said as of one in words.
    let measures = vec![policy.symbols().find("mfa").unwrap(); 257];
    for made in [read(&policy).fact(checked(&policy)), fine.measures(measures)] {
        let told = policy.in_words(&made).unwrap();
        assert!(policy.verdict(&told).is_err());
        assert_eq!(policy.verdict_typed(&made), policy.verdict(&told));
    }
}

/// As many facts as an operation may tell, and one more, of its own or together with a base.
#[test]
fn facts_have_the_limits_that_they_have_in_words() {
    let declared: String = (0..300).map(|at| format!("fact f{at}: yes/no; ")).collect();
    let policy = Policy::compile(&format!("{SOURCE} {declared}")).unwrap();
    let fact = |at: usize| policy.symbols().fact(About::Operation, &format!("f{at}"), true).unwrap();
    let of = |policy: &Policy, facts: usize| {
        let symbols = policy.symbols();
        let item = TypedItem::new(symbols.find("mail").unwrap());
        let made = symbols.operation(symbols.find("read").unwrap()).item(item);
        let made = made.fact(symbols.fact(About::Operation, "checked", true).unwrap());
        (0..facts).map(fact).fold(made, abey::typed::TypedOperation::fact)
    };
    for (facts, allowed) in [(1, true), (63, true), (64, true), (255, true), (256, false), (299, false)] {
        let made = of(&policy, facts);
        let expected = policy.verdict(&policy.in_words(&made).unwrap());
        assert_eq!(policy.verdict_typed(&made), expected, "{facts}");
        assert_eq!(expected.is_ok(), allowed, "{facts}");
    }
    let base = (280..300).fold(Operation::default(), |base, at| base.fact(&format!("f{at}"), true));
    let based = policy.clone().with_base(base);
    for (facts, allowed) in [(100, true), (235, true), (236, false)] {
        let made = of(&based, facts);
        assert_eq!(based.verdict_typed(&made), based.verdict(&based.in_words(&made).unwrap()), "{facts}");
        assert_eq!(based.verdict_typed(&made).is_ok(), allowed, "{facts}");
    }
}

#[test]
fn what_is_not_declared_is_said() {
    let policy = Policy::compile(SOURCE).unwrap();
    let symbols = policy.symbols();
    let fault = symbols.find::<Purpose>("markting").unwrap_err();
    assert_eq!(fault.to_string(), "`markting` is no declared word of purpose; did you mean `marketing`?");
    let text = |text: &str| abey::FactValue::Text(text.into());
    let long = || abey::FactValue::Set(vec![text("x"); 257]);
    for (about, name, value, expected) in [
        (About::Operation, "nothing", text("x"), "nothing: the policy declares no such fact"),
        (About::Operation, "own", true.into(), "own: it is a fact of the item, not of the operation"),
        (About::Recipient, "listed", true.into(), "listed: the declaration of a recipient tells it, and no operation"),
        (About::Operation, "checked", text("yes"), "checked: the fact `checked` is yes or no: write true or false"),
        (About::Operation, "since", text("soon"), "since: the fact `since` is a date: write YYYY-MM-DD or none"),
        (About::Operation, "tags", text("x"), "tags: expected a list, since this fact is a set"),
        (About::Operation, "tags", long(), "at most 256"),
        (About::Operation, "tags", abey::FactValue::Set(vec![text(&"x".repeat(1025))]), "at most 1024"),
    ] {
        let fault = symbols.fact(about, name, value).unwrap_err();
        assert!(fault.to_string().contains(expected), "{fault}, not {expected}");
    }
    let all: Vec<&str> = symbols
        .all::<Purpose>()
        .map(|(symbol, word)| {
            assert_eq!((symbols.find(word), symbols.word(symbol)), (Ok(symbol), Some(word)));
            word
        })
        .collect();
    assert_eq!(all, ["support", "marketing"]);
}

/// A base is read in the words of the policy that it is used with, whichever read it first.
#[test]
fn a_base_of_another_policy_is_read_anew() {
    let source = |purposes: &str| {
        format!(
            "policy p \"P\" version \"1\"; action read; data mail is personal_data; {purposes} clause \"1\" {{ allow read of mail for good; }}"
        )
    };
    let images = ["purpose good; purpose bad;", "purpose bad; purpose good;"]
        .map(|purposes| Policy::compile(&source(purposes)).unwrap());
    let [one, other] = images.each_ref().map(|policy| abey_engine::NativeChecker::load(policy.image()).unwrap());
    let operation = Operation::of("read", [abey::Item::new("mail")]);
    for (word, expected) in [("good", Verdict::Allow), ("bad", Verdict::Pause)] {
        let base = one.base(Operation::default().purpose(word));
        for checker in [&one, &other] {
            assert_eq!(checker.verdict_over(&operation, &base), Ok(expected), "{word}");
            let symbols = checker.symbols();
            let made =
                symbols.operation(symbols.find("read").unwrap()).item(TypedItem::new(symbols.find("mail").unwrap()));
            assert_eq!(checker.verdict_typed(&made, Some(&base)), Ok(expected), "{word}");
            let decided = checker.decide_over(&operation, &base).unwrap();
            assert_eq!(decided.verdict, expected, "{word}");
        }
    }
}
