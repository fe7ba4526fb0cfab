//! The reader in one pass against the one by way of JSON values: the same operations, and of the usual text all of them.

use std::fmt::Debug;

use abey::decision::TimeFrom;
use abey::operations::Choices;
use abey::{Checker, Malformed, Operation, Policy, ToJson, Verdict};
use abey_engine::NativeChecker;
use abey_tests::agreements;

/// Operations that are generated for each policy.
const MADE: u64 = 600;
/// Damaged copies of each text.
const DAMAGED: u64 = 20;
/// How many facts in one object the reader in one pass takes.
const FACTS: usize = 64;

/// What came of the texts compared.
#[derive(Debug, Default)]
struct Seen {
    texts: usize,
    plain: usize,
    whole: usize,
}

impl Seen {
    /// Reads a text both ways and as any JSON.
    fn compare(&mut self, text: &[u8]) {
        let shown = || String::from_utf8_lossy(text).into_owned();
        let (plain, whole) = (Operation::read_plainly(text), Operation::read_wholly(text));
        self.texts += 1;
        self.plain += usize::from(plain.is_some());
        self.whole += usize::from(whole.is_ok());
        assert_eq!(
            Operation::partial_from_json(text),
            whole,
            "what a host gets is what the whole reader reads\n{}",
            shown()
        );
        match (plain, whole) {
            (Some(plain), whole) => assert_eq!(Ok(plain), whole, "{}", shown()),
            (None, Ok(whole)) => {
                let many = facts(&whole) > FACTS;
                assert!(text.contains(&b'\\') || many, "one pass doesn't read\n{}", shown());
            }
            (None, Err(_)) => return,
        }
        let json = serde_json::from_slice::<serde_json::Value>(text);
        assert!(json.is_ok(), "{json:?}\n{}", shown());
    }
}

/// The most facts of one object.
fn facts(operation: &Operation) -> usize {
    let items = operation.data.iter().map(|item| item.facts.len());
    let subjects = operation.subjects.value().into_iter().flatten().map(|subject| subject.facts.len());
    items.chain(subjects).chain([operation.facts.len()]).max().unwrap_or(0)
}

/// Bytes that mean something in JSON or to the readers, and some that may not stand there.
const BYTES: &[u8] = b"\"\"\"\\{}[]:,,  \t\n\r\x00\x1f\x7f\x80\xc3\xa9\xff0019-+.eEntfulans_~/";

/// A text with one place changed, as damage or a slip of the hand would.
fn damaged(text: &[u8], choices: &mut Choices) -> Vec<u8> {
    let mut text = text.to_vec();
    let at = choices.below(text.len());
    let to = (at + 1 + choices.below(24)).min(text.len());
    match choices.below(10) {
        0 => text[at] = *choices.of_list(BYTES).unwrap(),
        1 => drop(text.drain(at..=at)),
        2 => text.insert(at, *choices.of_list(BYTES).unwrap()),
        3 => drop(text.splice(at..at, text[at..to].to_vec()).collect::<Vec<_>>()),
        4 => {
            let other = choices.below(text.len());
            text.swap(at, other);
        }
        5 => drop(text.drain(at..to)),
        _ => {
            // Where an entry, a member or a value begins: a piece before it, or in its place.
            let begins = |(at, byte): (usize, &u8)| b"{[,:".contains(byte).then_some(at + 1);
            let places: Vec<usize> = text.iter().enumerate().filter_map(begins).collect();
            let Some(&at) = choices.of_list(&places) else { return text };
            let length = text[at..].iter().take_while(|byte| !b",]}".contains(byte)).count();
            let mut piece = choices.of_list(PIECES).unwrap().as_bytes().to_vec();
            let to = if choices.once_in(2) { at + length } else { at };
            if to == at {
                piece.push(b',');
            }
            drop(text.splice(at..to, piece).collect::<Vec<_>>());
        }
    }
    text
}

/// Entries, members and values that single bytes hardly come upon: right ones, and ones beside them.
const PIECES: &[&str] = &[
    "null",
    "nul",
    "true",
    "truth",
    "false",
    "[]",
    "{}",
    "\"\"",
    "\"none\"",
    "\"nonesuch\"",
    "[\"none\"]",
    "[null]",
    "[[1]]",
    "0",
    "01",
    "-01",
    "-0",
    "-",
    "-0.5e1",
    "1e",
    "1.",
    ".5",
    "+1",
    "1e99",
    "0.0000001",
    "\"now\"",
    "\"agreed\"",
    "\"P1D\"",
    "\"2026-02-28\"",
    "\"2026-02-30\"",
    "\"2026-02-28T10:00Z\"",
    "\"\\u0061\"",
    "\"é\"",
    "\"a\tb\"",
    "{\"subject\":\"none\"}",
    "{\"category\":\"x\",\"form\":null}",
    "{\"place\":\"none\",\"measures\":[]}",
    "\"actor\":null",
    "\"role\":null",
    "\"facts\":{}",
    "\"facts\":{\"a\":1,\"b\":null}",
    "\"facts\":{\"a\":1,\"a\":null}",
    "\"facts\":{\"a\":null,\"a\":1}",
    "\"a\":null",
    "\"a\":01",
    "\"a\":[true,-1]",
    "\"legs\":[{}]",
    "\"legs\":[]",
    "\"measures\":[\"none\"]",
    "\"unknown\":1",
    "\"basis\":\"none\"",
];

fn all(texts: impl IntoIterator<Item = (u64, Vec<u8>)>, seen: &mut Seen) {
    for (seed, text) in texts {
        seen.compare(&text);
        let mut choices = Choices::seeded(seed);
        for _ in 0..DAMAGED {
            let once = damaged(&text, &mut choices);
            seen.compare(&once);
            if choices.once_in(4) && !once.is_empty() {
                seen.compare(&damaged(&once, &mut choices));
            }
        }
    }
}

fn within<T: PartialOrd + Debug>(seen: &Seen, value: T, least: T) {
    assert!(value >= least, "{value:?} of at least {least:?}: {seen:?}");
}

/// The operations beside the agreements, written by hand.
#[test]
fn written_operations_are_read_alike_both_ways() {
    let mut seen = Seen::default();
    let texts = agreements::NAMES.into_iter().flat_map(agreements::operations).map(String::into_bytes);
    let texts: Vec<_> = (0..).zip(texts).collect();
    for (_, text) in &texts {
        assert!(Operation::read_plainly(text).is_some(), "{}", String::from_utf8_lossy(text));
    }
    all(texts, &mut seen);
    within(&seen, seen.texts, 1_000);
    within(&seen, seen.plain, seen.texts / 10);
    within(&seen, seen.texts - seen.whole, seen.texts / 10);
}

/// Operations of every kind that the policies speak of.
#[test]
fn made_operations_are_read_alike_both_ways() {
    let mut seen = Seen::default();
    for name in agreements::NAMES {
        let operations = agreements::policy(name).operations();
        let made = |seed| {
            let operation = operations.make(&mut Choices::seeded(seed)).unwrap_or_else(|error| panic!("{error}"));
            let text = operation.to_json().to_string().into_bytes();
            assert_eq!(Operation::read_plainly(&text), Some(operation));
            (seed, text)
        };
        all((0..MADE).map(made), &mut seen);
    }
    within(&seen, seen.texts, 60_000);
    within(&seen, seen.plain, seen.texts / 10);
    within(&seen, seen.texts - seen.whole, seen.texts / 10);
}

/// The verdict of a text, of the operation that it tells, and of that encoded is the one that the whole decision gives;
/// and a text that can't be read, or tells what isn't well-formed, pauses.
#[test]
fn verdicts_are_those_of_decisions_however_an_operation_is_told() {
    let (mut allowed, mut paused, mut malformed, mut hosted) = (0, 0, 0, 0);
    for name in agreements::NAMES {
        let policy = agreements::policy(name);
        let checker = NativeChecker::load(policy.image()).unwrap();
        let operations = policy.operations();
        for seed in 0..200 {
            let mut choices = Choices::seeded(seed);
            let operation = operations.make(&mut choices).unwrap_or_else(|error| panic!("{error}"));
            let other = operations.make(&mut choices).unwrap_or_else(|error| panic!("{error}"));
            let standing = Operation { facts: other.facts, time: other.time, role: other.role, ..Operation::default() };
            // Half of the texts leave the facts and the time to the base.
            let told = match seed % 2 {
                0 => operation.clone(),
                _ => Operation { facts: Vec::new(), time: None, ..operation.clone() },
            };
            let text = told.to_json().to_string().into_bytes();
            let damaged: Vec<Vec<u8>> = (0..4).map(|_| damaged(&text, &mut choices)).collect();
            for text in damaged.into_iter().chain([text]) {
                let decided = checker.check_json(&text).verdict;
                assert_eq!(checker.verdict_json(&text), decided, "{}", String::from_utf8_lossy(&text));
                // A base that fills in what the text leaves unsaid: all of it, or facts and time, as a host may.
                for base in [&operation, &standing] {
                    let prepared = checker.base(base.clone());
                    let over = checker.verdict_json_over(&text, &prepared);
                    let own = Operation::partial_from_json(&text);
                    let whole = own.clone().map(|own| checker.check(&own.or_from(base)).verdict);
                    hosted += usize::from(over == Verdict::Allow && *base != operation);
                    assert_eq!(over, whole.unwrap_or(Verdict::Pause), "{}", String::from_utf8_lossy(&text));
                    if let Ok(own) = own {
                        let decided = checker.decide(&own.clone().or_from(base)).map(|decision| decision.verdict);
                        assert_eq!(checker.verdict_over(&own, &prepared), decided);
                    }
                }
                let Ok(operation) = Operation::from_json(&text) else {
                    malformed += 1;
                    continue;
                };
                match checker.encode(&operation) {
                    Ok(encoded) => {
                        assert_eq!(checker.verdict(&operation), Ok(decided));
                        assert_eq!(checker.verdict_of(&encoded), decided);
                    }
                    Err(fault) => assert_eq!(checker.verdict(&operation), Err(fault)),
                }
                *if decided == Verdict::Allow { &mut allowed } else { &mut paused } += 1;
            }
        }
    }
    let seen = [allowed, paused, malformed, hosted];
    assert!(allowed > 100 && paused > 1_000 && malformed > 500 && hosted > 100, "{seen:?}");
}

/// A decision is the same however an operation is told: as text or built, whole or over a base, kept or written at once.
/// One with a fact that the policy doesn't declare is read another way, and is decided alike.
#[test]
fn decisions_are_alike_however_an_operation_is_told() {
    let stray = "declared_by_no_policy";
    let (mut allowed, mut paused, mut malformed, mut hosted) = (0, 0, 0, 0);
    for name in agreements::NAMES {
        let policy = agreements::policy(name);
        let checker = NativeChecker::load(policy.image()).unwrap();
        let operations = policy.operations();
        let mut texts: Vec<String> = agreements::operations(name);
        let mut choices = Choices::seeded(7);
        for _ in 0..60 {
            let made = operations.make(&mut choices).unwrap_or_else(|error| panic!("{error}"));
            texts.push(made.to_json().to_string());
        }
        let base = operations.make(&mut choices).unwrap_or_else(|error| panic!("{error}"));
        let base = Operation { facts: base.facts, time: base.time, ..Operation::default() };
        let bases = [base.clone().fact(stray, true), base];
        for text in texts {
            let cut = damaged(text.as_bytes(), &mut choices);
            for text in [text.into_bytes(), cut] {
                let own = Operation::partial_from_json(&text);
                let check = |whole: &Result<Operation, Malformed>| match whole {
                    Ok(whole) => checker.check(whole),
                    Err(fault) => checker.malformed(fault),
                };
                let decided = checker.check_json(&text);
                assert_eq!(decided, check(&own), "{}", String::from_utf8_lossy(&text));
                assert_eq!(checker.check_json_text(&text), decided.to_json());
                for base in &bases {
                    let prepared = checker.base(base.clone());
                    let over = checker.check_json_over(&text, &prepared);
                    let mut added = String::from("before ");
                    checker.check_json_to(&text, Some(&prepared), &mut added);
                    assert_eq!(added, format!("before {}", over.to_json()));
                    let mut wanted = check(&own.clone().map(|own| own.or_from(base)));
                    if wanted.time.is_some() && own.as_ref().is_ok_and(|own| own.time.is_none()) {
                        wanted.time_from = TimeFrom::Host;
                        hosted += 1;
                    }
                    assert_eq!(over, wanted, "{} over {}", String::from_utf8_lossy(&text), base.to_json());
                    if let Ok(own) = &own {
                        assert_eq!(
                            checker.decide_over(own, &prepared).unwrap_or_else(|fault| checker.malformed(&fault)),
                            over
                        );
                    }
                }
                let Ok(whole) = Operation::from_json(&text) else {
                    malformed += 1;
                    continue;
                };
                let mut other = checker.check(&whole.clone().fact(stray, true));
                // What it doesn't declare is told last.
                if checker.decide(&whole).is_ok() {
                    assert_eq!(other.ignored.pop(), Some(format!("facts.{stray}")));
                    assert_eq!(other, decided, "{}", String::from_utf8_lossy(&text));
                }
                *if decided.is_allowed() { &mut allowed } else { &mut paused } += 1;
            }
        }
    }
    let seen = [allowed, paused, malformed, hosted];
    assert!(allowed > 20 && paused > 200 && malformed > 100 && hosted > 50, "{seen:?}");
}

/// A fact comes up once, told or null, declared or not; and whatever stands in a text is UTF-8.
#[test]
fn a_fact_comes_up_once_however_it_is_read() {
    let source = "policy p \"P\" version \"1\"; action read; data mail is personal_data; fact told: yes/no;\n\
                  clause \"1\" { allow read of mail when told is yes; }";
    let checker = NativeChecker::load(Policy::compile(source).unwrap().image()).unwrap();
    let with = |facts: &[u8]| [br#"{"action":"read","data":["mail"],"facts":{"#, facts, b"}}"].concat();
    let base = checker.base(Operation::default());
    let verdicts = |text: &[u8]| {
        let over = checker.verdict_json_over(text, &base);
        assert_eq!(over, checker.verdict_json(text));
        (over, checker.try_verdict_json(text).is_err(), checker.check_json(text).verdict)
    };
    let paused = |malformed| (Verdict::Pause, malformed, Verdict::Pause);
    for name in ["told", "strange"] {
        for (one, other) in [("true", "true"), ("true", "null"), ("null", "true"), ("null", "null")] {
            let twice = with(format!("\"told\":true,\"{name}\":{one},\"{name}\":{other}").as_bytes());
            assert_eq!(verdicts(&twice), paused(true), "{name} {one} {other}");
            let twice = with(format!("\"{name}\":{one},\"{name}\":{other}").as_bytes());
            assert_eq!(verdicts(&twice), paused(true), "{name} {one} {other} alone");
        }
    }
    for bytes in [&b"\"strange\xff\":true"[..], b"\"strange\":\"\xff\"", b"\"strange\xff\":null", b"\"told\":\"\xff\""]
    {
        assert_eq!(verdicts(&with(&[br#""told":true,"#, bytes].concat())), paused(true), "{bytes:?}");
    }
    for facts in ["\"told\":true", "\"told\":true,\"strange\":null", "\"strange\":[1],\"told\":true"] {
        assert_eq!(verdicts(&with(facts.as_bytes())), (Verdict::Allow, false, Verdict::Allow), "{facts}");
    }
    assert_eq!(verdicts(&with(b"\"told\":null")), paused(false));
}

/// What a policy encoded means nothing to another: the numbers of its words are others.
#[test]
fn what_another_policy_encoded_pauses() {
    let load = |name| NativeChecker::load(agreements::policy(name).image()).unwrap();
    let (own, other) = (load("conma"), load("jexi"));
    let texts = agreements::operations("conma");
    let allowed = texts.iter().map(|text| Operation::from_json(text).unwrap());
    let mut encoded = allowed.filter(|one| own.verdict(one) == Ok(Verdict::Allow)).map(|one| own.encode(&one).unwrap());
    let encoded = encoded.next().unwrap();
    assert_eq!((own.verdict_of(&encoded), other.verdict_of(&encoded)), (Verdict::Allow, Verdict::Pause));
}

/// A base settles the conditions of a rule, and neither its measures nor a demand that turns on something else.
#[test]
fn a_base_settles_no_more_of_a_rule_than_it_tells() {
    let source = r#"policy p "P" version "1"; data mail is personal_data; action read; measure tls; measure pin;
        fact agreed: yes/no; fact checked: yes/no;
        clause "1" { allow read of mail with tls when agreed is yes; }
        clause "2" { require (checked is yes), pin for read of mail; }"#;
    let policy = Policy::compile(source).unwrap();
    for (agreed, checked) in [(true, true), (true, false), (false, true)] {
        let base = Operation::default().fact("agreed", agreed).fact("checked", checked);
        let hosted = policy.clone().with_base(base);
        for measures in [r#"["tls","pin"]"#, r#"["tls"]"#, r#"["pin"]"#, "[]"] {
            let text = format!(
                r#"{{"action":"read","data":["mail"],"recipient":"none","place":"none","measures":{measures}}}"#
            );
            let both = agreed && checked && measures == r#"["tls","pin"]"#;
            let expected = if both { Verdict::Allow } else { Verdict::Pause };
            assert_eq!(Policy::check_json(&hosted, &text).verdict, expected, "{agreed} {checked} {text}");
            assert_eq!(hosted.verdict_json(text.as_bytes()), Ok(expected), "{agreed} {checked} {text}");
        }
    }
}

/// What a base settles by its time or a fact is open again where the operation tells its own.
#[test]
fn what_an_operation_tells_anew_is_not_settled() {
    let source = r#"policy p "P" version "1"; data mail is personal_data; action read; fact ended: date;
        clause "1" { allow read of mail when time after 2026-06-01; }
        clause "2" { keep any of mail until ended + 30 days then delete; }"#;
    let base = Operation::partial_from_json(
        r#"{"time":"2026-11-20T10:00:00Z","recipient":"none","place":"none","retention":"none","facts":{"ended":"2026-11-01"}}"#,
    );
    let hosted = Policy::compile(source).unwrap().with_base(base.unwrap());
    for (told, verdict) in [
        ("", Verdict::Allow),
        (r#","time":"2026-11-30T10:00:00Z""#, Verdict::Allow),
        // Before the instruction, and after the 30th day.
        (r#","time":"2026-05-31T10:00:00Z""#, Verdict::Pause),
        (r#","time":"2026-12-02T10:00:00Z""#, Verdict::Pause),
        (r#","facts":{"ended":"2026-10-01"}"#, Verdict::Pause),
    ] {
        let text = format!(r#"{{"action":"read","data":["mail"]{told}}}"#);
        assert_eq!(Policy::check_json(&hosted, &text).verdict, verdict, "{text}");
        assert_eq!(hosted.verdict_json(text.as_bytes()), Ok(verdict), "{text}");
    }
}

/// What a host's base tells is bounded as what an operation tells: a verdict says no more than the decision does.
#[test]
fn a_base_past_a_limit_pauses_as_malformed() {
    let source = "policy p \"P\" version \"1\"; data mail is personal_data; action read; fact note: text;\n\
        clause \"1\" { allow read of mail; }";
    let policy = Policy::compile(source).unwrap();
    let text = br#"{"action":"read","data":["mail"]}"#;
    let fits = Operation::default().fact("note", "n".repeat(1_024).as_str());
    let long = Operation::default().fact("note", "n".repeat(1_025).as_str());
    let many = (0..257).fold(Operation::default(), |base, number| base.fact(&format!("note{number}"), true));
    for (base, verdict) in [(fits, Verdict::Allow), (long, Verdict::Pause), (many, Verdict::Pause)] {
        let hosted = policy.clone().with_base(base);
        assert_eq!(Policy::check_json(&hosted, text).verdict, verdict);
        assert_eq!(hosted.verdict_json(text), Ok(verdict));
    }
}
