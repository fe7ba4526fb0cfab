//! Every prefix of an image, and every image with a byte changed: refused, or something that decides.
//!
//! The hash in the header vouches for nothing here: the checker validates what it reads.

use abey_engine::calendar::{Date, Duration};
use abey_engine::image::{
    About, Base, Compare, Condition, Core, DataList, DataPick, Demand, Edge, Effect, Facet, Fact, Keep, Key, List,
    Literal, Means, Notice, Owe, Part, Period, Pick, Recipient, Row, Rule, Scope, Setting, Slot, Table, Term, Test,
    Type, Value,
};
use abey_engine::{ImageError, NativeChecker, Operation};

use super::{OPERATIONS, decide, load, tables};
use crate::rows::keep;

/// An image of a row or two for each table, so that each of its bytes can take every value.
fn small() -> Vec<u8> {
    let mut image = tables();
    for (facet, terms) in Facet::ALL.iter().zip(&mut image.terms) {
        terms.clear();
        let words: &[&str] = match facet {
            Facet::Action => &["store", "delete"],
            Facet::Data => &["mail", "personal_data"],
            Facet::Place => &["DE", "US"],
            Facet::Recipient => &["vendor"],
            Facet::Measure => &["tls"],
            _ => &[],
        };
        terms.extend(words.iter().map(|word| Term {
            name: (*word).into(),
            parents: Vec::new().into(),
            containing: None,
        }));
    }
    let period = Period { from: Some(Date(20_000)), until: None };
    image.terms[Facet::Place as usize][0].parents.push(Edge { parent: 1, period, when: Some(0) });
    image.terms[Facet::Data as usize][0].containing = Some(vec![1]);
    image.core = Core { store: 0, share: 0, transfer: 0, dispose: 1, delete: 1, unstructured: 0, country: 1 };
    let fact = |name: &str, about, base| Fact { name: name.into(), about, kind: Type { set: false, base } };
    image.facts = vec![
        fact("service", About::Operation, Base::OneOf(vec!["cmp".into(), "x".into()])),
        fact("trains", About::Recipient, Base::YesNo),
    ];
    let facts = vec![(1, Literal::Bool(true))];
    let (notified, authorised) = (Some(Date(20_000)), Some(Date(20_100)));
    image.recipients =
        vec![Recipient { places: vec![0], measures: vec![0], purposes: None, notified, authorised, facts }];
    let days = |days| Literal::Duration(Duration::days(days));
    image.tables = vec![Table {
        name: "t".into(),
        key: Key::Slot(Slot::Place),
        rows: vec![Row { keys: vec![Literal::Term((Facet::Place, 1))], value: days(3) }],
        otherwise: Some(days(1)),
    }];
    let kind = Type { set: false, base: Base::Duration };
    let (at_least, at_most) = (None, Some(days(9)));
    let setting = Setting { name: "s".into(), kind, default: Some(0), at_least, at_most, given: None, fixed: false };
    image.settings = vec![setting];
    image.values = vec![
        Value::Table(0),
        Value::Setting(0),
        Value::Collected,
        Value::Literal(days(2)),
        Value::Plus((2, 3)),
        Value::Fact(0),
        Value::Literal(Literal::Choice("cmp".into())),
        Value::Literal(days(4)),
        Value::Time,
        Value::Latest(vec![8]),
    ];
    let test = Test { compare: Compare::Is, left: 5, right: vec![6].into(), text: "".into() };
    image.conditions = vec![Condition::Test(test), Condition::Authorised, Condition::Not(1)];
    image.notice = Some(Notice { period: 7, ask: None });
    image.layers[0].applies = None;
    image.clauses.truncate(1);
    let mut rule = image.rules[0].clone();
    rule.text = "r".into();
    let part = |scope| Part { scope, text: "p".into() };
    let rule = |effect, scope| Rule { effect, parts: vec![std::sync::Arc::new(part(scope))], ..rule.clone() };
    let picks = List::AnyExcept(vec![Pick::Term(0), Pick::None, Pick::Authorised].into());
    let data = DataList::These(vec![DataPick { category: Some(0), forms: Vec::new(), raw: true }].into());
    let keep = Keep { at_most: Some(1), after: Some(4), ..keep(vec![1]) };
    let demand = Demand { any: vec![Means::Measure(0)].into(), text: "".into() };
    let owe = Owe { duty: "o".into(), within: None, event: Some(9), text: "".into() };
    image.rules = vec![
        rule(Effect::Allow(Vec::new()), Scope::Data(DataList::Any)),
        rule(Effect::Forbid, Scope::Slot((Slot::Recipient, picks))),
        rule(Effect::Require(vec![demand]), Scope::Data(data)),
        rule(Effect::Keep(Box::new(keep)), Scope::Measures(vec![0])),
        rule(Effect::Owe(Box::new(owe)), Scope::Unless(2)),
        rule(Effect::Waive(vec![0]), Scope::Slot((Slot::Action, List::Any))),
    ];
    image.to_bytes(|_| [0; 32])
}

/// Loads, and decides one operation after another where that works; says whether it did.
fn survives(bytes: &[u8], turn: usize) -> bool {
    match NativeChecker::load(bytes) {
        Ok(checker) => {
            let operation = Operation::from_json(OPERATIONS[turn % OPERATIONS.len()]).unwrap();
            let decision = checker.decide(&operation);
            assert_eq!(checker.verdict(&operation), decision.map(|decision| decision.verdict));
            true
        }
        Err(error) => {
            assert!(!error.to_string().is_empty());
            false
        }
    }
}

#[test]
fn every_prefix_is_refused() {
    let bytes = tables().to_bytes(|_| [0; 32]);
    decide(&NativeChecker::load(&bytes).unwrap());
    for length in 0..bytes.len() {
        let error = NativeChecker::load(&bytes[..length]).unwrap_err();
        let fits = match length {
            0..4 => error == ImageError::NotAnImage,
            _ => error == ImageError::Truncated,
        };
        assert!(fits, "{length} bytes: {error}");
    }
    for tail in [&[0u8][..], &[0xff; 9], b"ABEY"] {
        let longer = [&bytes[..], tail].concat();
        assert_eq!(NativeChecker::load(&longer).unwrap_err(), ImageError::Corrupt("bytes after the last table"));
    }
}

/// The values that a byte takes in turn: its ends, its neighbours, and one bit after the other as the place goes on.
fn values(byte: u8, at: usize) -> [u8; 8] {
    [0, 1, 0x7f, 0x80, 0xff, byte.wrapping_add(1), byte.wrapping_sub(1), byte ^ 1 << (at % 8)]
}

#[test]
fn every_byte_may_be_another() {
    let bytes = tables().to_bytes(|_| [0; 32]);
    let (mut loaded, mut refused) = (0, 0);
    for at in 37..bytes.len() {
        let mut damaged = bytes.clone();
        for value in values(bytes[at], at).into_iter().filter(|value| *value != bytes[at]) {
            damaged[at] = value;
            if survives(&damaged, loaded) { loaded += 1 } else { refused += 1 }
        }
    }
    // Letters of texts may be others; most numbers may not.
    assert!(loaded > 1_000 && refused > 1_000, "{loaded} loaded, {refused} refused");
}

#[test]
fn every_byte_of_a_small_image_takes_every_value() {
    let bytes = small();
    assert!(bytes.len() < 600, "{} bytes", bytes.len());
    decide(&NativeChecker::load(&bytes).unwrap());
    let mut loaded = 0;
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        for value in 0..=255u8 {
            damaged[at] = value;
            loaded += usize::from(survives(&damaged, loaded));
        }
    }
    assert!(loaded > 32 * 256, "the bytes of the hash may be any");
}

/// The largest and the least that any number of an image can be, and texts that are none.
#[test]
fn numbers_and_texts_at_their_ends() {
    let bytes = tables().to_bytes(|_| [0; 32]);
    for at in 37..bytes.len() {
        for number in [
            &[0xff, 0xff, 0xff, 0xff, 0x0f][..],
            &[0xff; 9],
            &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1],
            &[0x80, 0],
        ] {
            let damaged = [&bytes[..at], number, &bytes[at + 1..]].concat();
            survives(&damaged, at);
        }
    }
    let mut image = tables();
    image.title = "ÄÖ".into();
    let mut bytes = image.to_bytes(|_| [0; 32]);
    let at = bytes.windows(4).position(|window| window == "ÄÖ".as_bytes()).unwrap();
    bytes[at] = 0xff;
    assert_eq!(NativeChecker::load(&bytes).unwrap_err(), ImageError::Corrupt("a text is not UTF-8"));
    assert!(load(&image).is_ok());
}
