//! Images that no compiler makes, one hole of an earlier checker each.

use abey_engine::calendar::{Date, Instant};
use abey_engine::image::{
    About, Base, Edge, Effect, Facet, Image, ImageError, Key, Literal, Notice, Period, Pick, Scope, Setting, Type,
    Value,
};
use abey_engine::{NativeChecker, Verdict, limits};

use super::{decide, load, tables};
use crate::rows::part;

/// A change of an image.
pub(super) type Change = Box<dyn Fn(&mut Image)>;

/// What loading an image says after a change to its tables.
pub(super) fn refused(change: impl FnOnce(&mut Image)) -> String {
    let mut image = tables();
    change(&mut image);
    load(&image).map(|checker| decide(&checker)).unwrap_err().to_string()
}

/// An image that is changed, and decides all the same.
pub(super) fn accepted(change: impl FnOnce(&mut Image)) {
    let mut image = tables();
    change(&mut image);
    decide(&load(&image).unwrap());
}

#[test]
fn the_image_at_hand_is_valid() {
    accepted(|_| {});
}

fn nested(depth: usize) -> Literal {
    (0..depth).fold(Literal::None, |inner, _| Literal::Set(vec![inner]))
}

/// A set may hold sets in the bytes of an image, and reading one called itself for each: 100 KB of them took the stack.
#[test]
fn sets_within_sets_do_not_take_the_stack() {
    let image = tables();
    let bytes = image.to_bytes(|_| [0; 32]);
    // The number of the 999th value of the last table is as good a place as any: put the sets where a literal stands.
    let mut marked = tables();
    let mark = 123_456_789.123_456f64;
    let at = marked.values.iter().position(|value| matches!(value, Value::Literal(Literal::Text(_)))).unwrap();
    marked.values[at] = Value::Literal(Literal::Text(format!("{mark}")));
    let marked = marked.to_bytes(|_| [0; 32]);
    let text = format!("{mark}");
    let literal = marked.windows(text.len()).position(|window| window == text.as_bytes()).unwrap() - 2;
    assert_eq!(&marked[literal..literal + 2], [6, text.len() as u8], "tag and length");
    for depth in [2, 3, 4, 5, 6, 1_000, 1_000_000] {
        // Tag 9 is a set, with one member; tag 0 is none.
        let sets = [9u8, 1].repeat(depth);
        let deep = [&marked[..literal], &sets, &[0], &marked[literal + 2 + text.len()..]].concat();
        // The values are a list themselves, and five lists within each other are read.
        let why = if depth < 5 { "a set holds a set" } else { "lists nest too deeply" };
        assert_eq!(NativeChecker::load(&deep).unwrap_err(), ImageError::Corrupt(why), "{depth}");
    }
    assert!(NativeChecker::load(&bytes).is_ok());
    assert!(refused(|image| image.values[at] = Value::Literal(nested(2))).contains("a set holds a set"));
}

/// A byte of a list may stand for seventy in memory: an image within its limit of 64 MiB took gigabytes before
/// anything of it was checked.
#[test]
fn an_image_can_not_expand_without_bound() {
    let image = tables();
    let bytes = image.to_bytes(|_| [0; 32]);
    // Everything before the values, then a list of a great many: each is one byte (tag 2, the data item).
    let mut before = image.clone();
    before.values.clear();
    let mut split = 0;
    while bytes[37 + split..].first() == before.to_bytes(|_| [0; 32])[37 + split..].first() {
        split += 1;
    }
    let many = 30_000_000u32;
    let mut hostile = bytes[..37 + split].to_vec();
    let mut count = many;
    while count >= 0x80 {
        hostile.push(count as u8 | 0x80);
        count >>= 7;
    }
    hostile.push(count as u8);
    hostile.resize(hostile.len() + many as usize, 2);
    assert!(hostile.len() < limits::IMAGE_BYTES);
    assert_eq!(NativeChecker::load(&hostile).unwrap_err(), ImageError::Limit("memory of its tables"));
    let text = |image: &mut Image| image.title = "a".repeat(limits::TEXT_BYTES + 1);
    assert!(refused(text).contains("bytes of its texts"));
}

/// The least offset of 16 bits has no absolute value in 16 bits.
#[test]
fn an_offset_is_less_than_a_day() {
    for offset in [i16::MIN, i16::MAX, -1440, 1440] {
        assert!(refused(|image| image.offset = offset).contains("an offset is less than a day"), "{offset}");
    }
    for offset in [-1439, 0, 1439] {
        accepted(|image| image.offset = offset);
    }
}

/// Of the last day only its first moment was held to be one, so that a policy that named another compiled and
/// could not be loaded.
#[test]
fn the_first_and_last_moments_are_held() {
    let instant = |text: &str| Instant::parse(text).unwrap();
    let (first, last) = (instant("0001-01-01T00:00:00Z"), instant("9999-12-31T23:59:59.999999Z"));
    for moment in [first, last] {
        accepted(|image| image.values.push(Value::Literal(Literal::Instant(moment))));
    }
    for beyond in [Instant(first.0 - 1), Instant(last.0 + 1), Instant(i64::MIN), Instant(i64::MAX)] {
        let error = refused(|image| image.values.push(Value::Literal(Literal::Instant(beyond))));
        assert!(error.contains("an instant is out of range"), "{beyond:?}");
    }
    let (first, last) = (Date::parse("0001-01-01").unwrap(), Date::parse("9999-12-31").unwrap());
    accepted(|image| image.layers[0].in_force = Period { from: Some(first), until: Some(last) });
    for beyond in [Date(first.0 - 1), Date(last.0 + 1), Date(i32::MIN), Date(i32::MAX)] {
        let error = refused(|image| image.layers[0].in_force = Period { from: None, until: Some(beyond) });
        assert!(error.contains("a date is out of range"), "{beyond:?}");
    }
    let source =
        "policy p \"P\" version \"1\"; clause \"1\" { allow any of any when time on or before 9999-12-31T23:59:59Z; }";
    assert!(abey::Policy::compile(source).is_ok());
}

#[test]
fn numbers_and_durations_at_their_ends() {
    use abey_engine::calendar::{Duration, MAX_DAYS, MAX_MONTHS, MAX_SECONDS};
    use abey_engine::value::Number;
    let put = |image: &mut Image, literal: Literal| {
        for value in &mut image.values {
            if let Value::Literal(own) = value
                && std::mem::discriminant(own) == std::mem::discriminant(&literal)
            {
                own.clone_from(&literal);
            }
        }
    };
    for number in [i64::MIN, -1, 0, i64::MAX] {
        accepted(|image| put(image, Literal::Number(Number(number))));
    }
    let duration = |months, days, seconds| Literal::Duration(Duration { months, days, seconds });
    accepted(|image| put(image, duration(MAX_MONTHS, MAX_DAYS, MAX_SECONDS)));
    accepted(|image| put(image, duration(0, 0, 0)));
    for literal in [duration(MAX_MONTHS + 1, 0, 0), duration(0, MAX_DAYS + 1, 0), duration(0, 0, u32::MAX)] {
        assert!(refused(|image| put(image, literal)).contains("a duration is out of range"));
    }
}

/// A literal could be of another type than what it stands for, so that a fact that is a number was compared as a text.
#[test]
fn literals_are_of_their_types() {
    let text = || Literal::Text("x".into());
    let setting = |image: &mut Image, change: &dyn Fn(&mut Setting)| change(&mut image.settings[0]);
    for change in [
        (&|setting: &mut Setting| setting.given = Some(text())) as &dyn Fn(&mut Setting),
        &|setting| setting.at_least = Some(text()),
        &|setting| setting.at_most = Some(Literal::Bool(true)),
        &|setting| setting.kind = Type { set: false, base: Base::Number },
        &|setting| setting.kind.set = true,
        &|setting| setting.given = Some(Literal::Set(vec![Literal::None])),
    ] {
        assert!(refused(|image| setting(image, change)).contains("of another type"));
    }
    accepted(|image| image.settings[0].given = Some(Literal::None));
    // A setting takes its default from one of another type, from a later one, from itself, from no value.
    assert!(refused(|image| image.settings[2].default = image.settings[1].default).contains("read twice"));
    let default = |value: Value| {
        move |image: &mut Image| {
            image.values.push(value);
            image.settings[1].default = Some(image.values.len() as u32 - 1);
        }
    };
    assert!(refused(default(Value::Setting(1))).contains("waits for itself"));
    assert!(refused(default(Value::Setting(3))).contains("waits for itself"));
    assert!(refused(default(Value::Time)).contains("is no value"));
    assert!(refused(default(Value::Table(1))).contains("of another type"));
    assert!(refused(default(Value::Literal(text()))).contains("of another type"));
    assert!(refused(default(Value::Setting(99))).contains("a setting is missing"));
    // The first table is looked up by place, the second by a fact that is one of two words.
    for (table, key) in [(0, text()), (0, Literal::Term((Facet::Data, 0))), (1, Literal::Choice("third".into()))] {
        assert!(refused(|image| image.tables[table].rows[0].keys[0] = key).contains("of another type"));
    }
    assert!(refused(|image| image.tables[0].rows[0].value = text()).contains("a row of a table is of another type"));
    assert!(refused(|image| image.tables[0].otherwise = Some(Literal::None)).contains("of another type"));
    let number = refused(|image| {
        let fact = image.facts.iter().position(|fact| fact.name == "count").unwrap();
        image.tables[1].key = Key::Fact(fact as u32);
    });
    assert!(number.contains("what can't be its key"), "{number}");
    assert!(refused(|image| image.tables[1].key = Key::Fact(99)).contains("what can't be its key"));
}

#[test]
fn recipients_tell_facts_of_recipients_once() {
    let vendor = |image: &Image| image.facet(Facet::Recipient).iter().position(|term| term.name == "vendor").unwrap();
    let about = |image: &Image, about: About| image.facts.iter().position(|fact| fact.about == about).unwrap() as u32;
    let tell = |fact: u32, literal: Literal| {
        move |image: &mut Image| {
            let vendor = vendor(image);
            image.recipients[vendor].facts.push((fact, literal));
        }
    };
    let image = tables();
    let (own, other) = (about(&image, About::Recipient), about(&image, About::Operation));
    assert!(refused(tell(other, Literal::Bool(true))).contains("no fact of recipients"));
    assert!(refused(tell(99, Literal::Bool(true))).contains("no fact of recipients"));
    assert!(refused(tell(own, Literal::Text("x".into()))).contains("of another type"));
    assert!(refused(tell(own, Literal::Bool(true))).contains("tells a fact twice"));
    assert!(refused(|image| image.recipients.truncate(0)).contains("a recipient has no declaration"));
}

/// Whatever is named by a number has to be there.
#[test]
fn numbers_point_somewhere() {
    const FAR: u32 = u32::MAX;
    let rule = |image: &mut Image, effect: fn(&Effect) -> bool| {
        image.rules.iter().position(|rule| effect(&rule.effect)).unwrap()
    };
    let changes: Vec<(&str, Change)> = vec![
        ("a term", Box::new(|image| image.terms[Facet::Place as usize][0].parents.push(sure(FAR)))),
        ("a term", Box::new(|image| image.terms[Facet::Data as usize][0].containing = Some(vec![FAR]))),
        ("a term", Box::new(|image| image.core.country = FAR)),
        ("a term", Box::new(|image| image.core.store = FAR)),
        ("a term", Box::new(|image| image.recipients[0].places.push(FAR))),
        ("a term", Box::new(|image| image.recipients[0].measures.push(FAR))),
        ("a term", Box::new(|image| image.recipients[0].purposes = Some(vec![FAR]))),
        ("a term", Box::new(|image| image.values.push(Value::Literal(Literal::Term((Facet::Form, FAR)))))),
        ("a fact", Box::new(|image| image.values.push(Value::Fact(FAR)))),
        ("a setting", Box::new(|image| image.values.push(Value::Setting(FAR)))),
        ("a table", Box::new(|image| image.values.push(Value::Table(FAR)))),
        ("a clause", Box::new(|image| image.rules[0].clause = FAR)),
        (
            "a clause",
            Box::new(move |image| {
                let at = rule(image, |effect| matches!(effect, Effect::Waive(_)));
                image.rules[at].effect = Effect::Waive(vec![FAR]);
            }),
        ),
        ("a layer", Box::new(|image| image.clauses[0].layer = FAR)),
        ("a value or condition", Box::new(|image| image.notice = Some(Notice { period: FAR, ask: None }))),
        ("a value or condition", Box::new(|image| image.settings[0].default = Some(FAR))),
        ("a value or condition", Box::new(|image| image.layers[0].applies.as_mut().unwrap().condition = FAR)),
        ("a value or condition", Box::new(|image| image.rules[0].parts.push(part(Scope::When(FAR))))),
        ("a term", Box::new(|image| image.rules[0].parts.push(part(Scope::Measures(vec![FAR]))))),
        ("a term", Box::new(|image| image.rules[0].effect = Effect::Allow(vec![FAR]))),
    ];
    for (what, change) in changes {
        let error = refused(change);
        assert!(error.contains(&format!("{what} is missing")), "{what}: {error}");
    }
    assert!(refused(|image| image.terms.truncate(10)).contains("a table of terms for each facet"));
    assert!(refused(|image| image.terms.push(Vec::new())).contains("a table of terms for each facet"));
    assert!(refused(|image| image.terms[Facet::Place as usize][0].containing = Some(vec![])).contains("only data"));
    let somewhere = abey_engine::image::List::These(vec![Pick::Authorised].into());
    let place = Scope::Slot((abey_engine::image::Slot::Place, somewhere));
    assert!(refused(|image| image.rules[0].parts.push(part(place))).contains("only a recipient"));
}

pub(super) fn sure(parent: u32) -> Edge {
    Edge { parent, period: Period { from: None, until: None }, when: None }
}

/// Places in the source are for people: whatever they are, decisions and pages are made.
#[test]
fn positions_are_any_numbers() {
    for (line, column) in [(0, 0), (u32::MAX, u32::MAX), (1, 0)] {
        let mut image = tables();
        for position in image.rules.iter_mut().map(|rule| &mut rule.position) {
            (position.line, position.column) = (line, column);
        }
        let checker = load(&image).unwrap();
        decide(&checker);
        let operation = abey::Operation::from_json(super::OPERATIONS[1]).unwrap();
        let trace = checker.trace(&operation).unwrap();
        let shown = abey::report::trace(&trace, &|_| Some(("rich.abey", super::RICH)), true, false);
        assert!(!shown.is_empty());
    }
}

/// That there is none is no word, whatever an image declares.
#[test]
fn a_term_named_none_is_no_word() {
    let source = "policy p \"P\" version \"1\"; data mail is personal_data; action read;
        clause \"1\" { allow read of mail; }";
    let (image, _) = Image::from_bytes(abey::Policy::compile(source).unwrap().image()).unwrap();
    for (name, verdict) in [("peruse", Verdict::Allow), ("none", Verdict::Pause)] {
        let mut image = image.clone();
        image.terms[Facet::Action as usize].iter_mut().find(|term| term.name == "read").unwrap().name = name.into();
        let checker = load(&image).unwrap();
        let text = format!(r#"{{"action":"{name}","data":["mail"]}}"#);
        assert_eq!(checker.verdict_json(&text), verdict, "{name}");
        assert_eq!(checker.check_json(&text).verdict, verdict, "{name}");
    }
}
