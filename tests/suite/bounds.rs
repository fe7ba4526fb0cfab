//! The bound on the work of a check, as `NativeChecker::verdict_steps_bound` says it: what each kind of part, effect,
//! condition and value adds, counted by hand.

use abey::{Item, Operation, Policy, Subject, Told};
use abey_engine::NativeChecker;
use abey_engine::image::{
    Compare, Condition, DataList, DataPick, Demand, Edge, Effect, Facet, Image, Keep, Key, List, Literal, Means,
    Notice, Owe, Period, Pick, Position, Row, Rule, Scope, Slot, Table, Test, Value,
};

use super::rows::{self, rule};

const SOURCE: &str = r#"
policy p "P" version "1";
action read;
data mail, chat is personal_data;
data ticket is unstructured containing mail, chat;
form hashed; form salted is hashed;
purpose service; purpose support, ads is service;
place EU; place DE, FR is EU; place US;
measure tls; measure tls_1_3 is tls;
basis consent, contract;
subject child;
recipient vendor in DE, FR under tls, tls_1_3 for support, ads, service authorised from 2026-01-01;
recipient other in DE authorised from 2026-01-01;
fact plan: one of (free, paid);
fact home: place;
fact vip: yes/no;
setting kept: duration;
clause "1" { allow any of any; }
"#;

fn image() -> Image {
    Policy::compile(SOURCE).unwrap_or_else(|error| panic!("{error}")).tables().clone()
}

fn bound(image: &Image, operation: &Operation) -> u128 {
    NativeChecker::load(&image.to_bytes(|_| [0; 32])).unwrap().verdict_steps_bound(operation)
}

/// A match: the edges of the facet, and the word itself.
fn matched(image: &Image, facet: Facet) -> u128 {
    1 + image.facet(facet).iter().map(|term| term.parents.len() as u128).sum::<u128>()
}

/// Authorisation: of the recipient with the most places, and of the one with the most purposes.
fn authorised(image: &Image) -> u128 {
    2 * matched(image, Facet::Place) + 3 * matched(image, Facet::Purpose)
}

/// A measure: those in place are gathered, and each is matched. Two are told, and two may be supplied.
fn measured(image: &Image) -> u128 {
    measures(image) + 4 * matched(image, Facet::Measure)
}

fn measures(image: &Image) -> u128 {
    1 + 4 + authorised(image)
}

/// One point, with two forms, three contained categories, and two measures.
fn operation() -> Operation {
    let item = Item::new("ticket").form(["hashed", "salted"]).contains(["mail", "chat", "mail"]);
    Operation::of("read", [item]).measures(["tls", "tls_1_3"])
}

/// What a rule adds, beside the look at it and at its clauses' exceptions.
fn added(change: impl FnOnce(&mut Image) -> Rule) -> u128 {
    let mut image = image();
    let before = bound(&image, &operation());
    let rule = change(&mut image);
    image.rules.push(rule);
    bound(&image, &operation()) - before - 2
}

fn scope(scope: Scope) -> u128 {
    added(|_| rule(Effect::Forbid, vec![scope])) - 1
}

fn effect(effect: Effect) -> u128 {
    added(|_| rule(effect, vec![]))
}

#[test]
fn a_rule_costs_its_parts_and_each_its_members() {
    let image = image();
    let m = |facet| matched(&image, facet);
    assert_eq!(effect(Effect::Forbid), 0);
    assert_eq!(scope(Scope::Slot((Slot::Place, List::Any))), 0);
    assert_eq!(scope(Scope::Data(DataList::Any)), 0);
    let picks = || vec![Pick::Term(0), Pick::Term(1), Pick::None];
    assert_eq!(scope(Scope::Slot((Slot::Place, List::These(picks().into())))), 2 * m(Facet::Place));
    assert_eq!(scope(Scope::Slot((Slot::Origin, List::AnyExcept(picks().into())))), 2 * m(Facet::Place));
    assert_eq!(scope(Scope::Slot((Slot::Purpose, List::These(picks().into())))), 2 * m(Facet::Purpose));
    // An action is matched by name, and by the two that it may imply, each with whether it disposes.
    assert_eq!(scope(Scope::Slot((Slot::Action, List::These(picks().into())))), 2 * 5 * m(Facet::Action));
    let authorised_list = List::AnyExcept(vec![Pick::Authorised].into());
    assert_eq!(scope(Scope::Slot((Slot::Recipient, authorised_list))), authorised(&image));
    assert_eq!(scope(Scope::Measures(vec![0, 1, 0])), 3 * measured(&image));
    // The item, the three that it contains, and the two that its declaration names.
    let categories = 1 + 3 + 2;
    let pick = |forms: usize| DataPick { category: Some(0), forms: vec![0; forms], raw: false };
    let data = |forms: u128| 1 + m(Facet::Data) + forms * 2 * m(Facet::Form);
    let list = |picks: Vec<DataPick>| scope(Scope::Data(DataList::These(picks.into())));
    let loose = categories * m(Facet::Data);
    assert_eq!(list(vec![]), loose);
    assert_eq!(list(vec![pick(0)]), loose + categories * data(0));
    assert_eq!(list(vec![pick(0), pick(2)]), loose + categories * (data(0) + data(2)));
    assert_eq!(scope(Scope::Data(DataList::AnyExcept(vec![pick(3)].into()))), loose + categories * data(3));
}

#[test]
fn an_effect_costs_what_it_asks_for() {
    let image = image();
    let m = |facet| matched(&image, facet);
    let demand = |any: Vec<Means>| Demand { any: any.into(), text: "".into() };
    assert_eq!(effect(Effect::Allow(vec![0, 1])), 0);
    let owe = Owe { duty: "".into(), within: None, event: None, text: "".into() };
    assert_eq!(effect(Effect::Owe(Box::new(owe))), 0);
    let both = vec![demand(vec![Means::Measure(0), Means::Form(0)]), demand(vec![Means::Basis(0)])];
    assert_eq!(effect(Effect::Require(both)), measured(&image) + 2 * m(Facet::Form) + m(Facet::Basis));
    // An exception is looked at twice.
    let places = || Scope::Slot((Slot::Place, List::These(vec![Pick::Term(0)].into())));
    assert_eq!(added(|_| rule(Effect::Waive(vec![0]), vec![places()])), 2 * (1 + m(Facet::Place)));
    assert_eq!(added(|_| rule(Effect::Waive(vec![0]), vec![places(), places()])), 4 * (1 + m(Facet::Place)));
    assert_eq!(added(|_| rule(Effect::Forbid, vec![places(), places()])), 2 * (1 + m(Facet::Place)));
    let keep = |then: usize| rows::keep(vec![0; then]);
    assert_eq!(effect(Effect::Keep(Box::new(keep(0)))), 6 * m(Facet::Action));
    assert_eq!(effect(Effect::Keep(Box::new(keep(2)))), 8 * m(Facet::Action));
    // Each bound is looked at three times, each node a step: the sum is three.
    let bounded = added(|image| {
        let first = image.values.len() as u32;
        image.values.extend([Value::Time, Value::Time, Value::Plus((first, first + 1)), Value::Time]);
        rule(Effect::Keep(Box::new(Keep { at_least: Some(first + 2), until: Some(first + 3), ..keep(0) })), vec![])
    });
    assert_eq!(bounded, 3 * (3 + 1) + 6 * m(Facet::Action));
    let during = added(|image| {
        image.conditions.push(Condition::Authorised);
        let during = Some(image.conditions.len() as u32 - 1);
        rule(Effect::Keep(Box::new(Keep { during, ..keep(0) })), vec![])
    });
    assert_eq!(during, 2 * (1 + authorised(&image)) + 6 * m(Facet::Action));
}

/// What a condition over new nodes costs as the part of a rule.
fn condition(make: impl FnOnce(&mut Image) -> Condition) -> u128 {
    added(|image| {
        let condition = make(image);
        image.conditions.push(condition);
        rule(Effect::Forbid, vec![Scope::When(image.conditions.len() as u32 - 1)])
    }) - 1
}

/// A comparison of a value with so many others.
fn compared(image: &mut Image, left: Value, right: usize) -> Condition {
    image.values.push(left);
    let left = image.values.len() as u32 - 1;
    let first = image.values.len() as u32;
    image.values.extend(vec![Value::Time; right]);
    let right = (first..first + right as u32).collect();
    Condition::Test(Test { compare: Compare::Is, left, right, text: "".into() })
}

/// A comparison with nothing costs itself and its value.
fn value(make: impl FnOnce(&mut Image) -> Value) -> u128 {
    condition(|image| {
        let value = make(image);
        compared(image, value, 0)
    }) - 1
}

#[test]
fn a_condition_costs_its_nodes() {
    let image = image();
    let push = |image: &mut Image, condition: Condition| {
        image.conditions.push(condition);
        image.conditions.len() as u32 - 1
    };
    assert_eq!(condition(|_| Condition::Authorised), 1 + authorised(&image));
    let nested = condition(|image| {
        let first = push(image, Condition::Authorised);
        let second = push(image, Condition::Authorised);
        let second = push(image, Condition::Not(second));
        Condition::All(vec![first, second])
    });
    assert_eq!(nested, 1 + (1 + authorised(&image)) + (1 + 1 + authorised(&image)));
    let any = condition(|image| {
        let only = push(image, Condition::Authorised);
        Condition::Any(vec![only])
    });
    assert_eq!(any, 1 + 1 + authorised(&image));
    // The largest set has four members: two measures that are told, and two that may be supplied.
    let largest = [Facet::Data, Facet::Place, Facet::Action, Facet::Purpose, Facet::Measure, Facet::Role];
    let largest = largest.map(|facet| matched(&image, facet)).into_iter().max().unwrap();
    let each = |sets: u128| 256 * (1 + sets * (1 + sets) * (1 + largest));
    assert_eq!(condition(|image| compared(image, Value::Time, 0)), 1 + 1);
    assert_eq!(condition(|image| compared(image, Value::Time, 1)), 1 + 2 + each(4));
    assert_eq!(condition(|image| compared(image, Value::Time, 3)), 1 + 4 + 3 * each(4));
    let written = |members: usize| Value::Literal(Literal::Set(vec![Literal::Bool(true); members]));
    assert_eq!(condition(|image| compared(image, written(3), 1)), 1 + 2 + each(4));
    assert_eq!(condition(|image| compared(image, written(9), 1)), 1 + 2 + each(9));
}

#[test]
fn the_largest_set_is_of_the_operation_or_the_policy() {
    let largest = |operation: &Operation| {
        let mut image = image();
        let before = bound(&image, operation);
        let condition = compared(&mut image, Value::Time, 1);
        image.conditions.push(condition);
        let rule = rule(Effect::Forbid, vec![Scope::When(image.conditions.len() as u32 - 1)]);
        image.rules.push(rule);
        bound(&image, operation) - before
    };
    let plain = || Operation::of("read", [Item::new("mail")]);
    // Two may always be supplied.
    assert_eq!(largest(&plain()), largest(&plain().measures([])));
    let three = largest(&plain().measures(["tls"]));
    assert!(largest(&plain()) < three);
    let item = |item: Item| Operation::of("read", [Item::new("mail"), item]);
    // Two items are two points.
    let halved = |steps: u128| steps / 2;
    assert_eq!(halved(largest(&item(Item::new("mail").form(["hashed", "hashed", "hashed"])))), three);
    assert_eq!(largest(&plain().fact("set", ["a", "b", "c"])), three);
    assert_eq!(halved(largest(&item(Item::new("mail").fact("set", ["a", "b", "c"])))), three);
    let subject = Subject { term: "child".into(), facts: vec![("set".into(), ["a", "b", "c"].into())] };
    assert_eq!(largest(&plain().subject_with(subject)), three);
    let mut legged = plain().leg("none", "DE").leg("none", "DE");
    legged.legs[1].measures = Some(vec!["tls".into()]);
    assert_eq!(halved(largest(&legged)), three);
    assert_eq!(largest(&plain().fact("one", "a")), largest(&plain()));
}

#[test]
fn a_value_costs_its_nodes_and_a_table_its_leaves() {
    let image = image();
    let m = |facet| matched(&image, facet);
    assert_eq!(value(|_| Value::Time), 1);
    assert_eq!(value(|_| Value::Measures), 1 + measures(&image));
    let pair = |image: &mut Image| {
        image.values.extend([Value::Time, Value::Measures]);
        let last = image.values.len() as u32 - 1;
        (last - 1, last)
    };
    let both = 1 + 1 + measures(&image);
    assert_eq!(value(|image| Value::Plus(pair(image))), 1 + both);
    assert_eq!(value(|image| Value::Minus(pair(image))), 1 + both);
    let list = |image: &mut Image| {
        let (a, b) = pair(image);
        vec![a, b]
    };
    // Of a choice, each is held against each, for each combination.
    assert_eq!(value(|image| Value::Latest(list(image))), 1 + both + 256 * 4);
    assert_eq!(value(|image| Value::Earliest(list(image))), 1 + both + 256 * 4);
    assert_eq!(value(|image| Value::Greatest(list(image))), 1 + both + 256 * 4);
    assert_eq!(value(|image| Value::Least(vec![pair(image).1])), 1 + (1 + measures(&image)) + 256);
    assert_eq!(value(|image| Value::EndOfMonth(pair(image).1)), 1 + 1 + measures(&image));
    assert_eq!(value(|image| Value::EndOfYear(pair(image).0)), 1 + 1);
    let table = |key: Key, image: &mut Image| {
        let of =
            |keys: usize, facet: Facet| Row { keys: vec![Literal::Term((facet, 0)); keys], value: Literal::Bool(true) };
        let rows = match key {
            Key::Data => vec![of(2, Facet::Data), of(3, Facet::Data)],
            Key::Slot(slot) => vec![of(1, slot.facet())],
            Key::Fact(0) => vec![Row { keys: Vec::new(), value: Literal::Bool(true) }],
            Key::Fact(_) => vec![of(2, Facet::Place), of(2, Facet::Place)],
        };
        image.tables.push(Table { name: "more".into(), key, rows, otherwise: None });
        Value::Table(image.tables.len() as u32 - 1)
    };
    // For each leaf the rows, each key matched, and the keys that match against each other.
    let leaf = |rows: u128, keys: u128, facet: Facet| rows + keys * (1 + m(facet)) + keys * keys;
    let terms = |facet: Facet| image.facet(facet).len() as u128;
    let by_data = terms(Facet::Data) * leaf(2, 5, Facet::Data);
    assert_eq!(value(|image| table(Key::Data, image)), 1 + by_data);
    let by_origin = terms(Facet::Place) * leaf(1, 1, Facet::Place);
    assert_eq!(value(|image| table(Key::Slot(Slot::Origin), image)), 1 + by_origin);
    let home = image.facts.iter().position(|fact| fact.name == "home").unwrap() as u32;
    assert!(home > 0);
    let by_home = terms(Facet::Place) * leaf(2, 4, Facet::Place);
    assert_eq!(value(|image| table(Key::Fact(home), image)), 1 + by_home);
    assert_eq!(value(|image| table(Key::Fact(0), image)), 1, "a word is looked up without matching");
    // A setting may stand for any table, and so for the most expensive.
    assert_eq!(value(|_| Value::Setting(0)), 1);
    let settled = |keys: &[Key]| {
        value(|image| {
            keys.iter().for_each(|key| {
                table(key.clone(), image);
            });
            let names = image.tables.iter_mut().enumerate();
            names.for_each(|(index, table)| table.name = format!("more{index}"));
            Value::Setting(0)
        })
    };
    assert_eq!(settled(&[Key::Data]), 1 + by_data);
    assert_eq!(settled(&[Key::Slot(Slot::Origin), Key::Data, Key::Fact(home)]), 1 + by_data.max(by_home));
}

#[test]
fn what_is_settled_once_for_a_point() {
    let image = image();
    let cost = |change: &dyn Fn(&mut Image)| {
        let mut changed = self::image();
        change(&mut changed);
        bound(&changed, &operation())
    };
    let (base, rules) = (cost(&|_| {}), cost(&|image| image.rules.clear()));
    assert!(rules < base);
    // Of the places: whether data leaves each. Of the two actions that may be implied: whether it is disposed of instead. Of
    // the two measures and the two forms: which demands each meets.
    let places = image.facet(Facet::Place).len() as u128 * 3 * matched(&image, Facet::Place);
    assert_eq!(rules, places + 2 * matched(&image, Facet::Action) + 2 + 2);
    // An edge under a condition: one more to climb wherever its facet is matched, and its condition.
    let conditional = |when: Option<u32>| {
        move |image: &mut Image| {
            image.rules.clear();
            if when.is_some() {
                image.conditions.push(Condition::Authorised);
            }
            let when = when.map(|_| image.conditions.len() as u32 - 1);
            let last = image.facet(Facet::Basis).len() - 1;
            let edge = Edge { parent: 0, period: Period { from: None, until: None }, when };
            image.terms[Facet::Basis as usize][last].parents.push(edge);
        }
    };
    assert_eq!(cost(&conditional(None)), rules);
    assert_eq!(cost(&conditional(Some(0))), rules + 1 + authorised(&image));
    // The notice period is part of what authorisation costs.
    let noticed = |image: &mut Image| {
        image.values.push(Value::Time);
        image.notice = Some(Notice { period: image.values.len() as u32 - 1, ask: None });
        conditional(Some(0))(image);
    };
    assert_eq!(cost(&noticed), rules + 1 + authorised(&image) + 1);
    let applies = |image: &mut Image| {
        image.rules.clear();
        image.conditions.push(Condition::Authorised);
        let condition = image.conditions.len() as u32 - 1;
        let position = Position { line: 1, column: 1 };
        let guard = abey_engine::image::Guard { condition, text: "".into(), position, ask: None };
        image.layers[0].applies = Some(guard);
    };
    assert_eq!(cost(&applies), rules + 1 + authorised(&image));
}

#[test]
fn every_point_costs_as_much() {
    let image = image();
    let checker = NativeChecker::load(&image.to_bytes(|_| [0; 32])).unwrap();
    let operation = |items: usize| Operation { data: vec![Item::new("mail"); items], ..Operation::of("read", []) };
    let one = checker.verdict_steps_bound(&operation(1));
    let many = |operation: Operation| checker.verdict_steps_bound(&operation) / one;
    assert_eq!(many(operation(3)), 3);
    let mut all = operation(3).purpose("support").purpose("ads").origin("DE").origin("FR");
    all = all.subject("child").subject("child").leg("none", "DE").leg("none", "FR");
    assert_eq!(many(all.clone()), 3 * 2 * 2 * 2 * 2);
    all.purposes = Told::None;
    assert_eq!(many(all), 3 * 2 * 2 * 2);
    assert_eq!(many(operation(2).purpose("none").origin("none").subject("none")), 2);
    // A verdict, one for each change of six kinds that is tried, and the words of the reasons.
    assert_eq!(checker.decision_steps_bound(&operation(1)), one * (6 * 64 + 1 + 4 + 2 * 64));
}
