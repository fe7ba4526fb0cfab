//! Operations aimed at the rules of a policy: what a rule speaks of, near misses of it, and boundary values at and beside
//! every threshold that the policy writes.

use crate::calendar::Instant;
use crate::image::{About, DataList, Effect, Facet, List, Means, Pick, Rule, Scope, Slot};
use crate::{Collected, Facts, Item, Leg, Operation, Retention, Subject, Told};

use super::changes::{change, drop_one, misspell};
use super::{Aim, Choices, fact_value, word};

/// An operation that a rule of the policy speaks of, with up to three parts changed or dropped.
#[must_use]
pub fn aimed(aim: &Aim, choices: &mut Choices) -> Operation {
    let instructions: Vec<&Rule> = aim.rules.iter().filter(|rule| matches!(rule.effect, Effect::Allow(_))).collect();
    let instruction = instructions.get(choices.below(instructions.len())).copied();
    let other = aim.rules.get(choices.below(aim.rules.len()));
    // What an instruction speaks of, and half the time what another rule does as well.
    let rules: Vec<&Rule> = if choices.once_in(2) {
        instruction.into_iter().chain(other).collect()
    } else {
        other.into_iter().chain(instruction).collect()
    };
    let mut operation = spoken_of(aim, &rules, choices);
    for _ in 0..choices.below(4) {
        if choices.once_in(3) {
            drop_one(&mut operation, choices);
        } else {
            change(&mut operation, aim, choices);
        }
    }
    if choices.once_in(30) {
        misspell(&mut operation, choices);
    }
    operation
}

/// A word that rules name in a part; the first rule that has the part decides.
fn named(aim: &Aim, rules: &[&Rule], slot: Slot, choices: &mut Choices) -> Option<Told<String>> {
    let lists = rules.iter().flat_map(|rule| &rule.parts).filter_map(|part| match &part.scope {
        Scope::Slot((own, list)) if *own == slot => Some(list),
        _ => None,
    });
    let facet = slot.facet();
    let list = lists.into_iter().next()?;
    Some(match list {
        List::These(picks) => match picks.get(choices.below(picks.len())) {
            Some(Pick::Term(term)) => Told::Is(below(aim, facet, *term, choices)),
            Some(Pick::None) => Told::None,
            Some(Pick::Authorised) | None => Told::Is(word(aim, facet, choices)),
        },
        List::Any | List::AnyExcept(_) => Told::Is(word(aim, facet, choices)),
    })
}

/// A term, or one somewhere below it.
fn below(aim: &Aim, facet: Facet, term: u32, choices: &mut Choices) -> String {
    let mut at = term;
    for _ in 0..choices.below(3) {
        let children = aim.directly_below(facet, at);
        match children.get(choices.below(children.len())) {
            Some(next) => at = *next,
            None => break,
        }
    }
    aim.word(facet, at).to_string()
}

pub(super) fn part(aim: &Aim, rules: &[&Rule], slot: Slot, choices: &mut Choices) -> Told<String> {
    if let Some(told) = named(aim, rules, slot, choices) {
        return told;
    }
    match choices.below(6) {
        0 => Told::Unknown,
        1 | 2 if slot.facet().has_none() => Told::None,
        _ if aim.facet(slot.facet()).is_empty() => Told::None,
        _ => Told::Is(word(aim, slot.facet(), choices)),
    }
}

pub(super) fn many(aim: &Aim, rules: &[&Rule], slot: Slot, choices: &mut Choices) -> Told<Vec<String>> {
    match part(aim, rules, slot, choices) {
        Told::Unknown => Told::Unknown,
        Told::None => Told::None,
        Told::Is(one) => {
            let mut words = vec![one];
            if choices.once_in(6) {
                words.push(word(aim, slot.facet(), choices));
            }
            Told::Is(words)
        }
    }
}

pub(super) fn facts(aim: &Aim, about: About, choices: &mut Choices) -> Facts {
    let mut found = Facts::new();
    for fact in aim.facts.iter().filter(|fact| fact.about == about) {
        if choices.once_in(5) {
            continue;
        }
        found.push((fact.name.clone(), fact_value(aim, &fact.kind, choices)));
    }
    found
}

pub(super) fn item(aim: &Aim, rules: &[&Rule], choices: &mut Choices) -> Item {
    let lists = rules.iter().flat_map(|rule| &rule.parts).filter_map(|part| match &part.scope {
        Scope::Data(DataList::These(picks)) => Some(picks),
        _ => None,
    });
    let pick = lists.into_iter().next().and_then(|picks| picks.get(choices.below(picks.len())));
    let category = match pick.and_then(|pick| pick.category) {
        Some(term) => below(aim, Facet::Data, term, choices),
        None => word(aim, Facet::Data, choices),
    };
    let mut item = Item::new(&category);
    let forms = pick.map(|pick| pick.forms.clone()).unwrap_or_default();
    let mut forms: Vec<String> = forms.iter().map(|form| aim.word(Facet::Form, *form).to_string()).collect();
    if choices.once_in(3) {
        forms.push(word(aim, Facet::Form, choices));
    }
    forms.dedup();
    item.form = if choices.once_in(6) { None } else { Some(forms) };
    item.collected = match choices.below(5) {
        0 => Collected::Unknown,
        1 => Collected::Now,
        _ => Collected::On(aim.thresholds.day(choices)),
    };
    item.contains = match choices.below(5) {
        0 => None,
        1 => Some(vec![word(aim, Facet::Data, choices)]),
        _ => Some(Vec::new()),
    };
    item.facts = facts(aim, About::Item, choices);
    item
}

pub(super) fn spoken_of(aim: &Aim, rules: &[&Rule], choices: &mut Choices) -> Operation {
    let action = match named(aim, rules, Slot::Action, choices) {
        Some(Told::Is(action)) => action,
        _ => word(aim, Facet::Action, choices),
    };
    let data = (0..if choices.once_in(5) { 2 } else { 1 }).map(|_| item(aim, rules, choices)).collect();
    let mut measures: Vec<String> = Vec::new();
    let mut add = |word: &str| {
        if !measures.iter().any(|own| own == word) {
            measures.push(word.to_string());
        }
    };
    let wanted = aim.rules.iter().filter_map(|rule| match &rule.effect {
        Effect::Require(demands) => Some(demands),
        _ => None,
    });
    for means in wanted.flatten().flat_map(|demand| &demand.any) {
        if let (Means::Measure(term), true) = (means, choices.below(3) > 0) {
            add(aim.word(Facet::Measure, *term));
        }
    }
    for part in rules.iter().flat_map(|rule| &rule.parts) {
        if let Scope::Measures(terms) = &part.scope {
            terms.iter().for_each(|term| add(aim.word(Facet::Measure, *term)));
        }
    }
    let subjects = match part(aim, rules, Slot::Subject, choices) {
        Told::Unknown => Told::Unknown,
        Told::None => Told::None,
        Told::Is(term) => Told::Is(vec![Subject { term, facts: facts(aim, About::Subject, choices) }]),
    };
    let mut operation = Operation {
        action,
        data,
        subjects,
        actor: part(aim, rules, Slot::Actor, choices),
        purposes: many(aim, rules, Slot::Purpose, choices),
        recipient: part(aim, rules, Slot::Recipient, choices),
        place: part(aim, rules, Slot::Place, choices),
        legs: Vec::new(),
        origins: many(aim, rules, Slot::Origin, choices),
        role: part(aim, rules, Slot::Role, choices).value().cloned(),
        basis: part(aim, rules, Slot::Basis, choices),
        measures: if choices.once_in(8) { None } else { Some(measures) },
        retention: match choices.below(6) {
            0 => Retention::Unknown,
            1 => Retention::None,
            2 | 3 => Retention::Agreed,
            _ => Retention::For(aim.thresholds.length(choices)),
        },
        time: None,
        facts: facts(aim, About::Operation, choices),
    };
    if !choices.once_in(8) {
        let day = aim.thresholds.day(choices).start(aim.offset);
        operation.time = Some(Instant(day.0 + choices.below(86_400) as i64 * 1_000_000));
    }
    if choices.once_in(8) {
        let leg = Leg {
            recipient: std::mem::take(&mut operation.recipient),
            place: std::mem::take(&mut operation.place),
            measures: if choices.once_in(4) { None } else { Some(Vec::new()) },
        };
        let other = Leg { place: part(aim, rules, Slot::Place, choices), ..leg.clone() };
        operation.legs = vec![leg, other];
    }
    operation
}
