//! Images whose hierarchies wait for themselves: what a condition of an edge reads, one kind of value each.

use abey_engine::image::{
    About, Base, Compare, Condition, Edge, Facet, Fact, Image, Key, Literal, Notice, Period, Row, Setting, Slot, Table,
    Term, Test, Type, Value,
};

use super::image::{accepted, refused};
use super::load;
use super::tables;

const WAITS: &str = "a condition waits for itself";

/// A condition on a value, compared with others.
fn test(image: &mut Image, left: Value, right: Vec<Value>) -> u32 {
    let compare = if right.is_empty() { Compare::IsAny } else { Compare::Is };
    let mut node = |value: Value| {
        image.values.push(value);
        image.values.len() as u32 - 1
    };
    let (left, right) = (node(left), right.into_iter().map(node).collect());
    image.conditions.push(Condition::Test(Test { compare, left, right, text: "".into() }));
    image.conditions.len() as u32 - 1
}

/// Two new words of a facet, one below the other where a condition holds.
fn edge(image: &mut Image, facet: Facet, when: u32) {
    let terms = &mut image.terms[facet as usize];
    let above = terms.len() as u32;
    let edge = Edge { parent: above, period: Period { from: None, until: None }, when: Some(when) };
    let term = |name: &str, parents| Term { name: name.into(), parents, containing: None };
    terms.push(term("above", vec![].into()));
    terms.push(term("beneath", vec![edge].into()));
}

/// An edge of the facet under a condition on a value.
fn under(facet: Facet, left: Value, right: Vec<Value>) -> impl Fn(&mut Image) {
    move |image: &mut Image| {
        let when = test(image, left.clone(), right.clone());
        edge(image, facet, when);
    }
}

fn setting(kind: Base) -> Setting {
    let kind = Type { set: false, base: kind };
    Setting { name: "more".into(), kind, default: None, at_least: None, at_most: None, given: None, fixed: false }
}

fn fact(image: &mut Image, kind: Type, about: About) -> u32 {
    image.facts.push(Fact { name: "more".into(), about, kind });
    image.facts.len() as u32 - 1
}

/// The facets whose edges wait for themselves through such a value are these and no others.
fn waits_for(value: &dyn Fn(&mut Image) -> Value, facets: &[Facet]) {
    for facet in [Facet::Data, Facet::Form, Facet::Measure, Facet::Place, Facet::Purpose, Facet::Basis, Facet::Actor] {
        let change = |image: &mut Image| {
            let value = value(image);
            under(facet, value, vec![])(image);
        };
        let mut image = tables();
        change(&mut image);
        if facets.contains(&facet) {
            assert_eq!(image.circular(), Some(facet));
            assert!(refused(change).contains(WAITS), "{facet:?}");
        } else {
            assert_eq!(image.circular(), None, "{facet:?}");
            accepted(change);
        }
    }
}

#[test]
fn every_value_is_followed_into_what_it_reads() {
    use Facet::{Actor, Basis, Data, Form, Measure, Place, Purpose};
    let term = |facet: Facet| Literal::Term((facet, 0));
    waits_for(&|_| Value::Data, &[Data]);
    waits_for(&|_| Value::Form, &[Form]);
    waits_for(&|_| Value::Slot(Slot::Place), &[Place]);
    waits_for(&|_| Value::Slot(Slot::Origin), &[Place]);
    waits_for(&|_| Value::Slot(Slot::Actor), &[Actor]);
    waits_for(&|_| Value::Slot(Slot::Basis), &[Basis]);
    waits_for(&|_| Value::Time, &[]);
    // Which measures are in place turns on authorisation, and that on place and purpose.
    waits_for(&|_| Value::Measures, &[Measure, Place, Purpose]);
    waits_for(&move |_| Value::Literal(term(Place)), &[Place]);
    waits_for(&move |_| Value::Literal(Literal::Set(vec![term(Form), term(Basis)])), &[Form, Basis]);
    waits_for(&|_| Value::Literal(Literal::Bool(true)), &[]);
    for set in [false, true] {
        for about in [About::Operation, About::Item] {
            let kind = || Type { set, base: Base::Term(Place) };
            waits_for(&|image| Value::Fact(fact(image, kind(), about)), &[Place]);
        }
    }
    waits_for(&|image| Value::Fact(fact(image, Type { set: false, base: Base::Number }, About::Operation)), &[]);
}

#[test]
fn settings_and_tables_are_followed_into_what_they_stand_for() {
    use Facet::{Basis, Data, Form, Place, Purpose};
    // A setting by its type, whatever its value.
    let settle = |image: &mut Image, setting: Setting| {
        image.settings.push(setting);
        Value::Setting(image.settings.len() as u32 - 1)
    };
    waits_for(&|image| settle(image, setting(Base::Term(Basis))), &[Basis]);
    waits_for(&|image| settle(image, setting(Base::Number)), &[]);
    // A table by its key and by its values, those of the rows and the last.
    let table = |image: &mut Image, key: Key, rows: Vec<Literal>, otherwise: Option<Literal>| {
        let rows = rows.into_iter().map(|value| Row { keys: Vec::new(), value }).collect();
        image.tables.push(Table { name: "more".into(), key, rows, otherwise });
        image.tables.len() as u32 - 1
    };
    let number = || Literal::Number(abey_engine::value::Number(0));
    let term = |facet: Facet| Literal::Term((facet, 0));
    let place = |image: &mut Image| fact(image, Type { set: false, base: Base::Term(Place) }, About::Operation);
    waits_for(&|image| Value::Table(table(image, Key::Slot(Slot::Purpose), vec![number()], None)), &[Purpose]);
    waits_for(&|image| Value::Table(table(image, Key::Data, vec![number()], None)), &[Data]);
    waits_for(
        &|image| {
            let key = Key::Fact(place(image));
            Value::Table(table(image, key, vec![number()], None))
        },
        &[Place],
    );
    waits_for(&|image| Value::Table(table(image, Key::Data, vec![term(Form)], None)), &[Data, Form]);
    waits_for(&|image| Value::Table(table(image, Key::Data, vec![], Some(term(Basis)))), &[Data, Basis]);
    // A setting that stands for a table, and one that stands for that.
    let through = |image: &mut Image, settings: usize| {
        let table = table(image, Key::Data, vec![number()], None);
        image.values.push(Value::Table(table));
        for _ in 0..settings {
            let default = Some(image.values.len() as u32 - 1);
            let name = format!("more{}", image.settings.len());
            image.settings.push(Setting { name, default, ..setting(Base::Number) });
            image.values.push(Value::Setting(image.settings.len() as u32 - 1));
        }
        image.values.pop().unwrap()
    };
    for settings in 1..4 {
        waits_for(&|image| through(image, settings), &[Data]);
    }
}

/// A comparison reads both sides, and an operator what it is made of.
#[test]
fn nothing_hides_what_is_read() {
    let slot = Value::Slot(Slot::Place);
    let place = || Value::Literal(Literal::Term((Facet::Place, 0)));
    // Twice the same is that all the same.
    assert!(refused(under(Facet::Place, slot.clone(), vec![place()])).contains(WAITS));
    assert!(refused(under(Facet::Place, Value::Time, vec![Value::Time, slot.clone()])).contains(WAITS));
    accepted(under(Facet::Actor, slot.clone(), vec![place()]));
    for operator in [
        |of: u32| Value::EndOfMonth(of),
        |of| Value::EndOfYear(of),
        |of| Value::Latest(vec![of]),
        |of| Value::Least(vec![of]),
    ] {
        let change = |image: &mut Image| {
            image.values.push(Value::Slot(Slot::Place));
            let value = operator(image.values.len() as u32 - 1);
            under(Facet::Place, value, vec![])(image);
        };
        assert!(refused(change).contains(WAITS));
    }
    for second in [false, true] {
        for operator in [|a: u32, b: u32| Value::Plus((a, b)), |a, b| Value::Minus((a, b))] {
            let change = move |image: &mut Image| {
                let own = [Value::Time, Value::Slot(Slot::Place)];
                image.values.extend(own);
                let last = image.values.len() as u32 - 1;
                let value = if second { operator(last - 1, last) } else { operator(last, last - 1) };
                under(Facet::Place, value, vec![])(image);
            };
            assert!(refused(change).contains(WAITS));
        }
    }
    for operator in [
        |of: u32, _: u32| Condition::Not(of),
        |of, other| Condition::All(vec![other, of]),
        |of, other| Condition::Any(vec![of, other]),
    ] {
        let change = |image: &mut Image| {
            let other = test(image, Value::Time, vec![]);
            let of = test(image, Value::Slot(Slot::Place), vec![]);
            image.conditions.push(operator(of, other));
            let when = image.conditions.len() as u32 - 1;
            edge(image, Facet::Place, when);
        };
        assert!(refused(change).contains(WAITS));
    }
    // Authorisation turns on place and purpose, so their edges can't turn on it.
    for (facet, waits) in [(Facet::Place, true), (Facet::Purpose, true), (Facet::Actor, false)] {
        let change = |image: &mut Image| {
            image.conditions.push(Condition::Authorised);
            let when = image.conditions.len() as u32 - 1;
            edge(image, facet, when);
        };
        let mut image = tables();
        change(&mut image);
        assert_eq!(load(&image).is_err(), waits, "{facet:?}");
    }
}

/// One facet waits for another, and that for the first.
#[test]
fn circles_are_found_however_long() {
    let chain = |ends: Slot| {
        move |image: &mut Image| {
            under(Facet::Basis, Value::Slot(Slot::Actor), vec![])(image);
            under(Facet::Actor, Value::Slot(Slot::Purpose), vec![])(image);
            under(Facet::Purpose, Value::Form, vec![])(image);
            under(Facet::Form, Value::Slot(ends), vec![])(image);
        }
    };
    assert!(refused(chain(Slot::Basis)).contains(WAITS));
    accepted(chain(Slot::Place));
    // The notice period makes authorisation wait for the measures in place, and the edges of measures for it.
    let notice = |facet: Facet| {
        move |image: &mut Image| {
            image.values.push(Value::Slot(Slot::Actor));
            image.notice = Some(Notice { period: image.values.len() as u32 - 1, ask: None });
            image.conditions.push(Condition::Authorised);
            let when = image.conditions.len() as u32 - 1;
            edge(image, facet, when);
        }
    };
    assert!(refused(notice(Facet::Actor)).contains(WAITS));
    accepted(notice(Facet::Basis));
    let mut image = tables();
    notice(Facet::Actor)(&mut image);
    assert_eq!(image.circular(), Some(Facet::Actor));
}
