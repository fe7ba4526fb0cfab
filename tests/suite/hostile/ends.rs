//! The last that an image may be, and the first that it may not.

use abey_engine::image::{
    About, Base, DataList, DataPick, Demand, Effect, Facet, Image, Keep, Key, List, Literal, Means, Owe, Pick, Row,
    Rule, Scope, Setting, Slot, Table, Term, Type, Value,
};
use abey_engine::{ImageError, NativeChecker, limits};

use super::image::{Change, accepted, refused};
use super::tables;
use crate::rows::{keep, part, rule};

/// The number after the last of a table is no number of it.
#[test]
fn the_number_after_the_last_points_nowhere() {
    let changes: Vec<(&str, Change)> = vec![
        (
            "a term",
            Box::new(|image| {
                let term = image.facet(Facet::Form).len() as u32;
                image.values.push(Value::Literal(Literal::Term((Facet::Form, term))));
            }),
        ),
        (
            "a term",
            Box::new(|image| {
                let term = image.facet(Facet::Form).len() as u32;
                let set = vec![Literal::Term((Facet::Form, 0)), Literal::Term((Facet::Form, term))];
                image.values.push(Value::Literal(Literal::Set(set)));
            }),
        ),
        ("a fact", Box::new(|image| image.values.push(Value::Fact(image.facts.len() as u32)))),
        ("a setting", Box::new(|image| image.values.push(Value::Setting(image.settings.len() as u32)))),
        ("a table", Box::new(|image| image.values.push(Value::Table(image.tables.len() as u32)))),
        ("a layer", Box::new(|image| image.clauses[0].layer = image.layers.len() as u32)),
        ("a clause", Box::new(|image| image.rules[0].clause = image.clauses.len() as u32)),
        (
            "a clause",
            Box::new(|image| {
                let clauses = image.clauses.len() as u32;
                let effect = image.rules.iter_mut().map(|rule| &mut rule.effect);
                if let Some(waived) = effect.into_iter().find(|effect| matches!(effect, Effect::Waive(_))) {
                    *waived = Effect::Waive(vec![0, clauses]);
                }
            }),
        ),
        (
            "a value or condition",
            Box::new(|image| image.rules[0].parts.push(part(Scope::When(image.conditions.len() as u32)))),
        ),
    ];
    for (what, change) in changes {
        let error = refused(change);
        assert!(error.contains(&format!("{what} is missing")), "{what}: {error}");
    }
    // And the last is one.
    accepted(|image| {
        image.values.push(Value::Literal(Literal::Term((Facet::Form, image.facet(Facet::Form).len() as u32 - 1))))
    });
    accepted(|image| image.values.push(Value::Fact(image.facts.len() as u32 - 1)));
    accepted(|image| image.values.push(Value::Setting(image.settings.len() as u32 - 1)));
    accepted(|image| image.values.push(Value::Table(image.tables.len() as u32 - 1)));
    accepted(|image| image.rules[0].clause = image.clauses.len() as u32 - 1);
}

/// What stands in the parts of a rule, and in its effect, is there as well.
#[test]
fn rules_name_what_is_there() {
    const FAR: u32 = u32::MAX;
    let pick = |category: Option<u32>, forms: Vec<u32>| DataPick { category, forms, raw: false };
    let demand =
        |means: Means| Effect::Require(vec![Demand { any: vec![Means::Form(0), means].into(), text: "".into() }]);
    let keep = keep(vec![0, FAR]);
    let scopes = [
        Scope::Slot((Slot::Place, List::These(vec![Pick::None, Pick::Term(FAR)].into()))),
        Scope::Slot((Slot::Place, List::AnyExcept(vec![Pick::Term(FAR)].into()))),
        Scope::Data(DataList::These(vec![pick(None, vec![]), pick(Some(FAR), vec![])].into())),
        Scope::Data(DataList::AnyExcept(vec![pick(Some(0), vec![0, FAR])].into())),
        Scope::Measures(vec![0, FAR]),
    ];
    for scope in scopes {
        assert!(refused(|image| image.rules[0].parts.push(part(scope))).contains("a term is missing"));
    }
    let effects = [
        demand(Means::Measure(FAR)),
        demand(Means::Form(FAR)),
        demand(Means::Basis(FAR)),
        Effect::Keep(Box::new(keep)),
    ];
    for effect in effects {
        assert!(refused(|image| image.rules[0].effect = effect).contains("a term is missing"));
    }
    let authorised = Scope::Slot((Slot::Recipient, List::These(vec![Pick::Authorised].into())));
    accepted(|image| image.rules[0].parts.push(part(authorised)));
}

/// A word counts one, and each list one more, so that also an empty one costs something.
#[test]
fn words_of_rules_are_counted() {
    let words = |effect: Effect, scopes: Vec<Scope>| rule(effect, scopes).words();
    let demand = |means: usize| Demand { any: vec![Means::Form(0); means].into(), text: "".into() };
    let pick = |forms: usize| DataPick { category: None, forms: vec![0; forms], raw: false };
    let never = |then: usize| Keep { never: true, ..keep(vec![0; then]) };
    let owe = Owe { duty: "".into(), within: None, event: None, text: "".into() };
    assert_eq!(words(Effect::Forbid, vec![]), 0);
    assert_eq!(words(Effect::Owe(Box::new(owe)), vec![]), 0);
    assert_eq!(words(Effect::Allow(vec![0; 4]), vec![]), 4);
    assert_eq!(words(Effect::Waive(vec![0; 3]), vec![]), 3);
    assert_eq!(words(Effect::Require(vec![demand(0), demand(2), demand(4)]), vec![]), 1 + 3 + 5);
    assert_eq!(words(Effect::Keep(Box::new(never(5))), vec![]), 5);
    for (scope, count) in [
        (Scope::Slot((Slot::Place, List::Any)), 1),
        (Scope::Slot((Slot::Place, List::These(vec![Pick::None; 3].into()))), 4),
        (Scope::Slot((Slot::Place, List::AnyExcept(vec![].into()))), 1),
        (Scope::Data(DataList::Any), 1),
        (Scope::Data(DataList::These(vec![pick(0), pick(2), pick(3)].into())), 1 + 1 + 3 + 4),
        (Scope::Data(DataList::AnyExcept(vec![].into())), 1),
        (Scope::Measures(vec![0; 2]), 3),
        (Scope::When(0), 1),
        (Scope::Unless(0), 1),
    ] {
        assert_eq!(scope.words(), count, "{scope:?}");
        assert_eq!(words(Effect::Allow(vec![0; 2]), vec![scope.clone(), scope]), 2 + 2 * count);
    }
    // A rule at the limit of all is accepted, one past it isn't.
    let own: usize = tables().rules.iter().map(Rule::words).sum();
    let bases = |count: usize| move |image: &mut Image| image.rules.push(rule(Effect::Allow(vec![0; count]), vec![]));
    accepted(bases(limits::WORDS - own));
    assert!(refused(bases(limits::WORDS - own + 1)).contains("words in rules"));
}

/// A row without keys counts as one with one, so that rows are bounded too.
#[test]
fn keys_and_nodes_are_counted() {
    let rows = |image: &mut Image, count: usize| {
        let own: usize = image.tables.iter().flat_map(|table| &table.rows).map(|row| row.keys.len()).sum();
        let row = Row { keys: Vec::new(), value: image.tables[0].rows[0].value.clone() };
        image.tables[0].rows.extend(vec![row; count - own]);
    };
    accepted(|image| rows(image, limits::KEYS));
    assert!(refused(|image| rows(image, limits::KEYS + 1)).contains("keys of tables"));
    let words = |count: usize| {
        move |image: &mut Image| {
            image.facts[0].kind =
                Type { set: false, base: Base::OneOf((0..count).map(|at| format!("w{at}")).collect()) };
        }
    };
    assert!(refused(words(limits::KEYS + 1)).contains("words of one type"));
    assert!(!refused(words(limits::KEYS)).contains("words of one type"), "the table that it is a key of has others");
    let terms = |count: usize| {
        move |image: &mut Image| {
            let own = image.terms[Facet::Actor as usize].len();
            let term = |at: usize| Term { name: format!("t{at}"), parents: Vec::new().into(), containing: None };
            image.terms[Facet::Actor as usize].extend((own..count).map(term));
        }
    };
    accepted(terms(limits::TERMS));
    assert!(refused(terms(limits::TERMS + 1)).contains("terms of one facet"));
}

/// Facts about different things may have one name.
#[test]
fn names_are_of_one_kind() {
    let twice = |about: About| {
        move |image: &mut Image| {
            let mut fact = image.facts.iter().find(|fact| fact.about == About::Operation).unwrap().clone();
            fact.about = about;
            image.facts.push(fact);
        }
    };
    for about in [About::Item, About::Subject, About::Recipient] {
        accepted(twice(about));
    }
    assert!(refused(twice(About::Operation)).contains("a name stands twice"));
    assert!(refused(|image| image.settings.push(image.settings[2].clone())).contains("a name stands twice"));
    assert!(refused(|image| image.tables.push(image.tables[0].clone())).contains("a name stands twice"));
    let layer = |name: &str| {
        let name = name.to_string();
        move |image: &mut Image| {
            let mut layer = image.layers[0].clone();
            (layer.name, layer.applies) = (name, None);
            image.layers.push(layer);
        }
    };
    accepted(layer("another"));
    assert!(refused(layer(&tables().layers[0].name)).contains("a name stands twice"));
}

fn kind(set: bool, base: Base) -> Type {
    Type { set, base }
}

/// A new setting of this type, with a default or a value given.
fn setting(kind: Type, default: Option<Value>, given: Option<Literal>) -> impl Fn(&mut Image) {
    move |image: &mut Image| {
        image.values.extend(default.clone());
        let default = default.as_ref().map(|_| image.values.len() as u32 - 1);
        let name = format!("more{}", image.settings.len());
        let (kind, given) = (kind.clone(), given.clone());
        image.settings.push(Setting { name, kind, default, at_least: None, at_most: None, given, fixed: false });
    }
}

#[test]
fn sets_hold_members_of_their_type_alone() {
    let place = |term: u32| Literal::Term((Facet::Place, term));
    let places = || kind(true, Base::Term(Facet::Place));
    let given = |kind: Type, literal: Literal| setting(kind, None, Some(literal));
    let set = Literal::Set;
    accepted(given(places(), set(vec![])));
    accepted(given(places(), set(vec![place(0), place(1)])));
    accepted(given(places(), Literal::None));
    for literal in [
        set(vec![Literal::Bool(true)]),
        set(vec![place(0), Literal::Bool(true)]),
        set(vec![place(0), Literal::None]),
        set(vec![Literal::Term((Facet::Form, 0))]),
        place(0),
    ] {
        assert!(refused(given(places(), literal.clone())).contains("a value is of another type"), "{literal:?}");
    }
    let one = || kind(false, Base::Term(Facet::Place));
    accepted(given(one(), place(0)));
    assert!(refused(given(one(), set(vec![place(0)]))).contains("a value is of another type"));
    assert!(refused(given(one(), Literal::Term((Facet::Form, 0)))).contains("a value is of another type"));
    let missing = place(u32::MAX);
    assert!(refused(given(places(), set(vec![place(0), missing.clone()]))).contains("a term is missing"));
    assert!(refused(given(one(), missing)).contains("a term is missing"));
    let within = Literal::Set(vec![Literal::Set(vec![])]);
    assert!(refused(move |image| image.values.push(Value::Literal(within))).contains("a set holds a set"));
    // A date and an instant stand for each other, and nothing else does.
    let moment = abey_engine::calendar::Instant::parse("2026-01-01T00:00:00Z").unwrap();
    let literals = [
        (Base::YesNo, Literal::Bool(true)),
        (Base::Number, Literal::Number(abey_engine::value::Number(1))),
        (Base::Duration, Literal::Duration(abey_engine::calendar::Duration::days(1))),
        (Base::Date, Literal::Date(moment.day(0))),
        (Base::Instant, Literal::Instant(moment)),
        (Base::Text, Literal::Text("x".into())),
        (Base::OneOf(vec!["x".into(), "y".into()]), Literal::Choice("y".into())),
    ];
    let moments = [Base::Date, Base::Instant];
    for (base, _) in &literals {
        for (own, literal) in &literals {
            let fits = base == own || (moments.contains(base) && moments.contains(own));
            let change = given(kind(false, base.clone()), literal.clone());
            if fits { accepted(change) } else { assert!(refused(change).contains("a value is of another type")) }
        }
    }
}

#[test]
fn settings_take_their_defaults_from_those_of_their_type() {
    let of = |own: Type, other: Type| {
        move |image: &mut Image| {
            setting(other.clone(), None, None)(image);
            let before = image.settings.len() as u32 - 1;
            setting(own.clone(), Some(Value::Setting(before)), None)(image);
        }
    };
    let bases = || [Base::Date, Base::Instant, Base::Number, Base::Text];
    for (at, own) in bases().into_iter().enumerate() {
        for (other_at, other) in bases().into_iter().enumerate() {
            for (set, other_set) in [(false, false), (true, true), (true, false), (false, true)] {
                let fits = set == other_set && (at == other_at || (at < 2 && other_at < 2));
                let change = of(kind(set, own.clone()), kind(other_set, other.clone()));
                if fits {
                    accepted(change);
                } else {
                    let error = refused(change);
                    assert!(error.contains("a setting's default is of another type"), "{error}");
                }
            }
        }
    }
    // A table by the first value that it has.
    let table = |rows: Vec<Literal>, otherwise: Option<Literal>| {
        move |image: &mut Image| {
            let rows = rows.iter().map(|value| Row { keys: Vec::new(), value: value.clone() }).collect();
            image.tables.push(Table { name: "more".into(), key: Key::Data, rows, otherwise: otherwise.clone() });
            let table = Value::Table(image.tables.len() as u32 - 1);
            setting(kind(false, Base::YesNo), Some(table), None)(image);
        }
    };
    let (yes, text) = (|| Literal::Bool(true), || Literal::Text("x".into()));
    accepted(table(vec![yes()], None));
    accepted(table(vec![], Some(yes())));
    accepted(table(vec![yes(), yes()], Some(yes())));
    accepted(table(vec![], None));
    assert!(refused(table(vec![text()], None)).contains("a value is of another type"));
    assert!(refused(table(vec![], Some(text()))).contains("a value is of another type"));
}

#[test]
fn rows_of_a_table_are_of_one_type() {
    let rows = |values: Vec<Literal>| {
        move |image: &mut Image| {
            let rows = values.iter().map(|value| Row { keys: Vec::new(), value: value.clone() }).collect();
            image.tables.push(Table { name: "more".into(), key: Key::Data, rows, otherwise: None });
        }
    };
    let moment = abey_engine::calendar::Instant::parse("2026-01-01T00:00:00Z").unwrap();
    let (date, instant) = (Literal::Date(moment.day(0)), Literal::Instant(moment));
    let number = || Literal::Number(abey_engine::value::Number(1));
    let term = |facet: Facet, term: u32| Literal::Term((facet, term));
    accepted(rows(vec![number(), number()]));
    accepted(rows(vec![date.clone(), instant.clone(), date.clone()]));
    accepted(rows(vec![term(Facet::Place, 0), term(Facet::Place, 1)]));
    for values in [
        vec![number(), date.clone()],
        vec![date, number()],
        vec![instant, Literal::Bool(true)],
        vec![term(Facet::Place, 0), term(Facet::Form, 0)],
        vec![term(Facet::Place, 0), number()],
        vec![Literal::None],
        vec![number(), Literal::None],
        vec![Literal::Set(vec![])],
    ] {
        assert!(refused(rows(values.clone())).contains("a row of a table is of another type"), "{values:?}");
    }
    assert!(refused(rows(vec![term(Facet::Place, u32::MAX)])).contains("a term is missing"));
}

/// A value costs 32 bytes and its text; so does each setting that takes it from another.
#[test]
fn settings_hold_so_much() {
    const PART: usize = 1 << 20;
    let text = |length: usize| Literal::Text("a".repeat(length));
    let held = |more: usize| {
        move |image: &mut Image| {
            // Those that are there already are two durations, one of them taken from the other.
            let parts = limits::TEXT_BYTES / PART;
            setting(kind(false, Base::Text), Some(Value::Literal(text(PART - 32))), None)(image);
            for _ in 2..parts {
                let before = Value::Setting(image.settings.len() as u32 - 1);
                setting(kind(false, Base::Text), Some(before), None)(image);
            }
            let rest = text(PART - 64 - 32 - 2 * 32 - 5 + more);
            setting(kind(true, Base::Text), None, Some(Literal::Set(vec![rest, text(5)])))(image);
        }
    };
    accepted(held(0));
    assert!(refused(held(1)).contains("sizes of settings"));
}

/// A number of ten groups of seven bits has one bit in the last.
#[test]
fn numbers_are_no_longer_than_they_can_be() {
    let bytes = tables().to_bytes(|_| [0; 32]);
    let at = bytes.windows(5).position(|bytes| bytes == b"\x04rich").unwrap();
    let (head, name) = bytes.split_at(at);
    let with = |number: &[u8]| NativeChecker::load(&[head, number, &name[1..]].concat());
    for zeros in 1..=9 {
        let number = [&[0x84][..], &vec![0x80; zeros - 1], &[0]].concat();
        assert!(with(&number).is_ok(), "{zeros} more groups");
    }
    let ten = |last: u8| [&[0x84, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80][..], &[last]].concat();
    assert_eq!(with(&ten(1)).unwrap_err(), ImageError::Truncated, "more bytes than there are");
    for last in [2, 3, 0x7f, 0x80, 0x82] {
        assert_eq!(with(&ten(last)).unwrap_err(), ImageError::Corrupt("a number is too long"), "{last}");
    }
}

#[test]
fn an_image_has_so_many_bytes() {
    let load = |length: usize| NativeChecker::load(&vec![0; length]).unwrap_err();
    assert_eq!(load(limits::IMAGE_BYTES), ImageError::NotAnImage);
    for past in [1, 2] {
        assert_eq!(load(limits::IMAGE_BYTES + past), ImageError::Limit("bytes of an image"));
    }
    assert_eq!(load(0), ImageError::NotAnImage);
    let bytes = tables().to_bytes(|_| [0; 32]);
    for more in [&[0u8][..], &[0xff, 0xff]] {
        let error = NativeChecker::load(&[&bytes, more].concat()).unwrap_err();
        assert_eq!(error, ImageError::Corrupt("bytes after the last table"));
    }
}
