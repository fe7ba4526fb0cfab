//! Operations of which everything is told: one point, every fact and date given, every word as precise as there is one.

use crate::image::{About, Base, Facet};
use crate::{Collected, FactValue, Facts, Leg, Operation, Retention, Subject, Told};

use super::{Aim, Choices, fact_value, word};

/// Whether everything is told. An action or a measure may be a general one; contents may be left out where the data
/// can't be unstructured.
pub(super) fn is_described(aim: &Aim, operation: &Operation) -> bool {
    let Operation { data, subjects, purposes, recipient, place, legs, origins, .. } = operation;
    let one = |facet: Facet, told: &Told<Vec<String>>| match told {
        Told::Unknown => false,
        Told::None => true,
        Told::Is(words) => words.len() == 1 && words.iter().all(|word| is_leaf(aim, facet, word)),
    };
    let told = |facet: Facet, told: &Told<String>| match told {
        Told::Unknown => false,
        Told::None => true,
        Told::Is(word) => is_leaf(aim, facet, word),
    };
    let item = |item: &crate::Item| {
        let contents = item.contains.as_ref();
        is_leaf(aim, Facet::Data, &item.category)
            && item.form.as_ref().is_some_and(|forms| forms.iter().all(|form| is_leaf(aim, Facet::Form, form)))
            && item.collected != Collected::Unknown
            && contents
                .map_or(!is_loose(aim, &item.category), |all| all.iter().all(|own| is_leaf(aim, Facet::Data, own)))
            && all_facts(aim, About::Item, &item.facts)
    };
    let subject = match subjects {
        Told::Unknown => false,
        Told::None => true,
        Told::Is(all) => {
            let whole =
                |one: &Subject| is_leaf(aim, Facet::Subject, &one.term) && all_facts(aim, About::Subject, &one.facts);
            all.len() == 1 && all.iter().all(whole)
        }
    };
    let known = |facet: Facet, word: &String| aim.term(facet, word).is_some();
    data.len() == 1
        && data.iter().all(item)
        && subject
        && legs.is_empty()
        && known(Facet::Action, &operation.action)
        && one(Facet::Purpose, purposes)
        && one(Facet::Place, origins)
        && told(Facet::Actor, &operation.actor)
        && told(Facet::Recipient, recipient)
        && told(Facet::Place, place)
        && told(Facet::Basis, &operation.basis)
        && operation.role.as_ref().is_some_and(|role| is_leaf(aim, Facet::Role, role))
        && operation.measures.as_ref().is_some_and(|all| all.iter().all(|own| known(Facet::Measure, own)))
        && operation.retention != Retention::Unknown
        && operation.time.is_some()
        && all_facts(aim, About::Operation, &operation.facts)
}

/// The operation at one of its points, with everything told that wasn't, and each word narrowed to one with none below it.
pub(super) fn described(aim: &Aim, operation: &Operation, choices: &mut Choices) -> Operation {
    let mut whole = operation.clone();
    keep_one(&mut whole.data, choices);
    if let Told::Is(subjects) = &mut whole.subjects {
        keep_one(subjects, choices);
    }
    keep_one(&mut whole.legs, choices);
    if let Some(Leg { recipient, place, measures }) = whole.legs.pop() {
        (whole.recipient, whole.place) = (recipient, place);
        whole.measures = whole.measures.map(|own| own.into_iter().chain(measures.into_iter().flatten()).collect());
    }
    for (told, facet) in [(&mut whole.purposes, Facet::Purpose), (&mut whole.origins, Facet::Place)] {
        let mut one = match told {
            Told::Unknown => Told::Unknown,
            Told::None => Told::None,
            Told::Is(words) => choices.of_list(words).map_or(Told::Unknown, |word| Told::Is(word.clone())),
        };
        tell(aim, facet, &mut one, choices);
        *told = match one {
            Told::Is(word) => Told::Is(vec![word]),
            _ => Told::None,
        };
    }
    let rest = [
        (&mut whole.actor, Facet::Actor),
        (&mut whole.recipient, Facet::Recipient),
        (&mut whole.place, Facet::Place),
        (&mut whole.basis, Facet::Basis),
    ];
    for (told, facet) in rest {
        tell(aim, facet, told, choices);
    }
    let role = whole.role.take().unwrap_or_else(|| word(aim, Facet::Role, choices));
    whole.role = Some(leaf(aim, Facet::Role, &role, choices));
    let mut about = match &whole.subjects {
        Told::Is(subjects) => subjects.first().map_or(Told::None, |subject| Told::Is(subject.term.clone())),
        Told::None => Told::None,
        Told::Unknown => Told::Unknown,
    };
    tell(aim, Facet::Subject, &mut about, choices);
    whole.subjects = match about {
        Told::Is(term) => {
            let own = whole.subjects.value().and_then(|subjects| subjects.first());
            let mut facts = own.map(|subject| subject.facts.clone()).unwrap_or_default();
            tell_facts(aim, About::Subject, &mut facts, choices);
            Told::Is(vec![Subject { term, facts }])
        }
        _ => Told::None,
    };
    for item in &mut whole.data {
        item.category = leaf(aim, Facet::Data, &item.category, choices);
        let forms = item.form.take().unwrap_or_default();
        item.form = Some(forms.iter().map(|form| leaf(aim, Facet::Form, form, choices)).collect());
        item.contains = match item.contains.take() {
            Some(own) => Some(own.iter().map(|own| leaf(aim, Facet::Data, own, choices)).collect()),
            None => is_loose(aim, &item.category).then(Vec::new),
        };
        if item.collected == Collected::Unknown {
            item.collected = match choices.below(2) {
                0 => Collected::Now,
                _ => Collected::On(aim.thresholds.day(choices)),
            };
        }
        tell_facts(aim, About::Item, &mut item.facts, choices);
    }
    whole.measures = whole.measures.or_else(|| Some(Vec::new()));
    if whole.retention == Retention::Unknown {
        let stores = aim.term(Facet::Action, &whole.action).is_some_and(|own| stores(aim, own));
        whole.retention = match choices.below(3) {
            0 if stores => Retention::For(aim.thresholds.length(choices)),
            1 if stores => Retention::Agreed,
            _ => Retention::None,
        };
    }
    if whole.time.is_none() {
        whole.time = Some(aim.thresholds.day(choices).start(aim.offset));
    }
    tell_facts(aim, About::Operation, &mut whole.facts, choices);
    whole
}

/// Whether data of a category may be unstructured, so that what it contains has to be told.
fn is_loose(aim: &Aim, category: &str) -> bool {
    aim.term(Facet::Data, category).is_none_or(|term| aim.may_be(Facet::Data, term, aim.core.unstructured))
}

/// Whether an action may hold data: one that stores, or is more general than one that does.
fn stores(aim: &Aim, action: u32) -> bool {
    let all = 0..aim.facet(Facet::Action).len() as u32;
    let mut below = all.filter(|term| aim.may_be(Facet::Action, *term, action));
    below.any(|term| aim.may_be(Facet::Action, term, aim.core.store))
}

fn is_leaf(aim: &Aim, facet: Facet, word: &str) -> bool {
    aim.term(facet, word).is_some_and(|term| aim.directly_below(facet, term).is_empty())
}

/// A word with none below it: the word itself, or one somewhere below.
fn leaf(aim: &Aim, facet: Facet, word: &str, choices: &mut Choices) -> String {
    let Some(mut at) = aim.term(facet, word) else { return word.to_string() };
    // Hierarchies have no cycles.
    while let Some(next) = choices.of_list(&aim.directly_below(facet, at)) {
        at = *next;
    }
    aim.word(facet, at).to_string()
}

fn keep_one<T>(list: &mut Vec<T>, choices: &mut Choices) {
    let first = choices.below(list.len());
    list.drain(..first);
    list.truncate(1);
}

fn tell(aim: &Aim, facet: Facet, told: &mut Told<String>, choices: &mut Choices) {
    *told = match told {
        Told::None => Told::None,
        Told::Is(word) => Told::Is(leaf(aim, facet, word, choices)),
        Told::Unknown if aim.facet(facet).is_empty() || choices.once_in(2) => Told::None,
        Told::Unknown => {
            let word = word(aim, facet, choices);
            Told::Is(leaf(aim, facet, &word, choices))
        }
    };
}

fn all_facts(aim: &Aim, about: About, facts: &Facts) -> bool {
    let whole = |base: &Base, value: &FactValue| match (base, value) {
        (Base::Term(facet), FactValue::Text(word)) => {
            is_leaf(aim, *facet, word) || (word == "none" && facet.has_none() && aim.term(*facet, word).is_none())
        }
        _ => true,
    };
    aim.facts.iter().filter(|fact| fact.about == about).all(|fact| {
        facts.iter().any(|(name, value)| {
            *name == fact.name
                && match value {
                    FactValue::Set(members) => members.iter().all(|member| whole(&fact.kind.base, member)),
                    one => whole(&fact.kind.base, one),
                }
        })
    })
}

fn tell_facts(aim: &Aim, about: About, facts: &mut Facts, choices: &mut Choices) {
    for fact in aim.facts.iter().filter(|fact| fact.about == about) {
        if !facts.iter().any(|(name, _)| *name == fact.name) {
            facts.push((fact.name.clone(), fact_value(aim, &fact.kind, choices)));
        }
        let Base::Term(facet) = fact.kind.base else { continue };
        let mut narrow = |value: &mut FactValue| {
            if let FactValue::Text(word) = value {
                *word = leaf(aim, facet, word, choices);
            }
        };
        for (_, value) in facts.iter_mut().filter(|(name, _)| *name == fact.name) {
            match value {
                FactValue::Set(members) => members.iter_mut().for_each(&mut narrow),
                one => narrow(one),
            }
        }
    }
}
