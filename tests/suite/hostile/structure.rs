//! Images whose tables don't hang together: terms and nodes in circles, too deep, too many.

use abey_engine::image::{Condition, Edge, Effect, Facet, Image, Literal, Notice, Period, Row, Scope, Term, Value};
use abey_engine::limits;

use super::image::{Change, accepted, refused, sure};
use super::tables;
use crate::rows::{part, rule};

fn named(name: &str, parents: Vec<Edge>) -> Term {
    Term { name: name.into(), parents: parents.into(), containing: None }
}

/// A chain of terms was as long as the last parent that was looked at made it, so that one short way to each term
/// hid a chain of thousands, which a check then climbed on the stack.
#[test]
fn a_chain_of_terms_is_as_long_as_its_longest_way() {
    let chain = |length: u32, shortcut: bool| {
        move |image: &mut Image| {
            let actors = &mut image.terms[Facet::Actor as usize];
            // Each link also lies below a root of its own, which is looked at after the link before.
            let roots = actors.len() as u32;
            let shortcuts = if shortcut { length } else { 0 };
            actors.extend((0..shortcuts).map(|index| named(&format!("root{index}"), vec![])));
            let first = roots + shortcuts;
            for index in 0..length {
                let before = (index > 0).then(|| sure(first + index - 1));
                let root = shortcut.then(|| sure(roots + length - 1 - index));
                actors.push(named(&format!("link{index}"), before.into_iter().chain(root).collect()));
            }
        }
    };
    for shortcut in [false, true] {
        let most = limits::TERM_DEPTH as u32 - u32::from(shortcut);
        accepted(chain(most, shortcut));
        for length in [most + 1, 2_000] {
            assert!(refused(chain(length, shortcut)).contains("depth of a hierarchy"), "{length} {shortcut}");
        }
    }
}

#[test]
fn terms_do_not_lie_below_themselves_and_names_stand_once() {
    let itself = |image: &mut Image| image.terms[Facet::Actor as usize][0].parents.push(sure(0));
    assert!(refused(itself).contains("lies below itself"));
    assert!(
        refused(|image| {
            let places = &mut image.terms[Facet::Place as usize];
            let last = places.len() as u32 - 1;
            places[0].parents.push(sure(last));
            places[last as usize].parents.push(sure(0));
        })
        .contains("lies below itself")
    );
    let twice = "a name stands twice";
    assert!(refused(|image| image.terms[Facet::Place as usize].push(named("DE", vec![]))).contains(twice));
    assert!(refused(|image| image.facts.push(image.facts[2].clone())).contains(twice));
    assert!(refused(|image| image.layers.push(image.layers[0].clone())).contains("read twice"));
}

/// The edges of one facet were unbounded, and closing them takes terms times edges.
#[test]
fn sizes_are_bounded() {
    let clause = |image: &Image| image.clauses[0].clone();
    let allow = |words: usize| rule(Effect::Allow(vec![0; words]), vec![]);
    let changes: Vec<(&str, Change)> = vec![
        (
            "terms of one facet",
            Box::new(|image| {
                let more = (0..=limits::TERMS).map(|index| named(&format!("t{index}"), vec![]));
                image.terms[Facet::Actor as usize].extend(more);
            }),
        ),
        (
            "edges of one facet",
            Box::new(|image| {
                image.terms[Facet::Actor as usize].push(named("t", vec![sure(0); limits::EDGES + 1]));
            }),
        ),
        (
            "keys of tables",
            Box::new(|image| {
                let row = Row { keys: vec![Literal::None; limits::KEYS], value: image.tables[0].rows[0].value.clone() };
                image.tables[0].rows.push(row);
            }),
        ),
        ("layers", Box::new(|image| image.layers.resize(limits::LAYERS + 1, image.layers[0].clone()))),
        ("clauses", Box::new(move |image| image.clauses.resize(limits::CLAUSES + 1, clause(image)))),
        ("words in rules", Box::new(move |image| image.rules.push(allow(limits::WORDS)))),
        ("rules", Box::new(move |image| image.rules.resize(limits::RULES + 1, allow(0)))),
        ("nodes of conditions and values", Box::new(|image| image.values.resize(limits::NODES, Value::Time))),
        ("facts, settings or tables", Box::new(|image| image.facts.resize(limits::FACTS + 1, image.facts[0].clone()))),
        (
            "operands of one value",
            Box::new(|image| {
                let first = image.values.len() as u32;
                image.values.resize(first as usize + limits::OPERANDS + 1, Value::Time);
                image.values.push(Value::Latest((first..=first + limits::OPERANDS as u32).collect()));
            }),
        ),
        (
            "members of a set",
            Box::new(|image| {
                image.values.push(Value::Literal(Literal::Set(vec![Literal::Bool(true); limits::LIST + 1])));
            }),
        ),
        (
            "depth of a condition",
            Box::new(|image| {
                image.conditions.push(Condition::Authorised);
                for _ in 0..limits::CONDITION_DEPTH {
                    image.conditions.push(Condition::Not(image.conditions.len() as u32 - 1));
                }
            }),
        ),
    ];
    for (what, change) in changes {
        let error = refused(change);
        assert!(error.contains(what) && error.contains("past a limit"), "{what}: {error}");
    }
}

/// Nodes are trees: what comes later, or is read already, is no operand; else a walk takes more steps than there are nodes.
#[test]
fn nodes_are_trees() {
    let pushed = |value: Value| move |image: &mut Image| image.values.push(value);
    let next = tables().values.len() as u32;
    assert!(refused(pushed(Value::EndOfMonth(next))).contains("comes after its operator"));
    assert!(refused(pushed(Value::Plus((next + 1, 0)))).contains("comes after its operator"));
    assert!(
        refused(|image| {
            image.values.push(Value::Time);
            image.values.push(Value::Plus((next, next)));
        })
        .contains("read twice")
    );
    let own = tables().conditions.len() as u32;
    assert!(refused(|image| image.conditions.push(Condition::Not(own))).contains("comes after its operator"));
    // A condition that two rules share would be walked for each.
    assert!(
        refused(|image| {
            let guard = image.layers[0].applies.as_ref().unwrap().condition;
            image.rules[0].parts.push(part(Scope::When(guard)));
        })
        .contains("read twice")
    );
    assert!(
        refused(|image| {
            let Some(test) = image.conditions.iter_mut().find_map(|condition| match condition {
                Condition::Test(test) => Some(test),
                _ => None,
            }) else {
                return;
            };
            test.right.push(test.left);
        })
        .contains("read twice")
    );
}

/// The United States lie in the EU whenever there is such a value.
fn conditional(value: Value) -> impl FnOnce(&mut Image) {
    move |image: &mut Image| {
        image.values.push(value);
        let left = image.values.len() as u32 - 1;
        let compare = abey_engine::image::Compare::IsAny;
        let test = abey_engine::image::Test { compare, left, right: Vec::new().into(), text: "".into() };
        image.conditions.push(Condition::Test(test));
        let when = Some(image.conditions.len() as u32 - 1);
        let place = |name: &str| image.facet(Facet::Place).iter().position(|term| term.name == name).unwrap();
        let (eu, us) = (place("EU") as u32, place("US"));
        image.terms[Facet::Place as usize][us].parents.push(Edge {
            parent: eu,
            period: Period { from: None, until: None },
            when,
        });
    }
}

fn setting(name: &str) -> Value {
    Value::Setting(tables().settings.iter().position(|setting| setting.name == name).unwrap() as u32)
}

/// What an edge waits for was followed into facts, and not into the tables that settings stand for, nor from the
/// notice period into the measures in place: both took the stack.
#[test]
fn no_truth_waits_for_itself() {
    let waits = "a condition waits for itself";
    // `limit` stands for a table by place.
    assert!(refused(conditional(setting("limit"))).contains(waits));
    assert!(refused(conditional(Value::Table(0))).contains(waits));
    assert!(refused(conditional(Value::Measures)).contains(waits));
    assert!(refused(conditional(Value::Slot(abey_engine::image::Slot::Origin))).contains(waits));
    accepted(conditional(Value::Slot(abey_engine::image::Slot::Purpose)));
    accepted(conditional(setting("window")));
    accepted(move |image| {
        // Once it is set, the table behind it is no longer looked at.
        let at = image.settings.iter().position(|setting| setting.name == "limit").unwrap();
        image.settings[at].given = image.settings[0].at_most.clone();
        conditional(setting("limit"))(image);
    });
    let notice = |value: Value| {
        move |image: &mut Image| {
            image.values.push(value);
            image.notice = Some(Notice { period: image.values.len() as u32 - 1, ask: None });
        }
    };
    assert!(refused(notice(Value::Measures)).contains(waits));
    accepted(notice(Value::Form));
}
