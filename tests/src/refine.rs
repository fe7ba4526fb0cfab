#![allow(clippy::indexing_slicing, reason = "a test may fail loudly")]
//! What an operation that leaves something open could turn out to be: an unknown filled in, a word narrowed.
//! Words are narrowed along edges that are true of the operation: unconditional ones, dated ones whose period its time
//! is in, and conditional ones whose condition compares a fact that it tells.

use abey::calendar::Date;
use abey::image::{About, Compare, Condition, Edge, Facet, Literal, Period, Value};
use abey::{Collected, FactValue, Leg, Operation, Retention, Subject, Told};

use abey::operations::{Aim, Choices, date, duration, fact_value, word};

/// Fills in what is unknown and narrows words, here and there.
#[must_use]
pub fn refine(operation: &Operation, image: &Aim, choices: &mut Choices) -> Operation {
    let mut refined = operation.clone();
    for _ in 0..1 + choices.below(5) {
        let told = Known { time: refined.time, facts: refined.facts.clone() };
        step(&mut refined, image, &told, choices);
    }
    refined
}

/// What an operation tells that edges turn on.
struct Known {
    time: Option<abey::calendar::Instant>,
    facts: abey::Facts,
}

impl Known {
    /// Whether an edge is certainly true.
    fn holds(&self, image: &Aim, edge: &Edge) -> bool {
        let Period { from, until } = edge.period;
        let dated = from.is_some() || until.is_some();
        let within = |day: Date| from.is_none_or(|from| from <= day) && until.is_none_or(|until| day <= until);
        let in_time = !dated || self.time.is_some_and(|time| within(time.day(image.offset)));
        in_time && edge.when.is_none_or(|when| self.condition(image, when))
    }

    /// Whether an edge is certainly false.
    fn excludes(&self, image: &Aim, edge: &Edge) -> bool {
        let Period { from, until } = edge.period;
        let outside = |day: Date| from.is_some_and(|from| day < from) || until.is_some_and(|until| until < day);
        let out_of_time = self.time.is_some_and(|time| outside(time.day(image.offset)));
        out_of_time || edge.when.is_some_and(|when| self.compared(image, when) != Some(true))
    }

    /// Whether a comparison of a fact with a value as written is certainly true.
    fn condition(&self, image: &Aim, condition: u32) -> bool {
        self.compared(image, condition) == Some(true)
    }

    /// What a comparison of a fact that is told with a value as written comes to; none for any other condition.
    fn compared(&self, image: &Aim, condition: u32) -> Option<bool> {
        let Some(Condition::Test(test)) = image.conditions.get(condition as usize) else { return None };
        let literal = |value: &u32| match image.values.get(*value as usize) {
            Some(Value::Literal(literal)) => Some(literal),
            _ => None,
        };
        let Some(Value::Fact(fact)) = image.values.get(test.left as usize) else { return None };
        let name = image.facts.get(*fact as usize).map(|fact| &fact.name)?;
        let told = self.facts.iter().find(|(own, _)| own == name).map(|(_, value)| value);
        match (test.compare, told, test.right.first().and_then(literal)) {
            (Compare::Is, Some(FactValue::Bool(told)), Some(Literal::Bool(value))) => Some(told == value),
            (Compare::AtMost, Some(FactValue::Number(told)), Some(Literal::Number(value))) => Some(told <= value),
            _ => None,
        }
    }
}

/// A word that certainly lies at or below this one.
fn narrower(image: &Aim, known: &Known, facet: Facet, general: &str, choices: &mut Choices) -> String {
    let terms = image.facet(facet);
    let Some(mut at) = terms.iter().position(|term| term.name == general) else { return general.into() };
    for _ in 0..choices.below(3) {
        let below: Vec<usize> = terms
            .iter()
            .enumerate()
            .filter(|(_, term)| term.parents.iter().any(|edge| edge.parent as usize == at && known.holds(image, edge)))
            .map(|(index, _)| index)
            .collect();
        match below.get(choices.below(below.len())) {
            Some(next) => at = *next,
            None => break,
        }
    }
    terms.get(at).map(|term| term.name.clone()).unwrap_or_default()
}

fn told(told: &mut Told<String>, image: &Aim, known: &Known, facet: Facet, choices: &mut Choices) {
    match told {
        // A facet without words leaves nothing to say.
        Told::Unknown if image.facet(facet).is_empty() => *told = Told::None,
        Told::Unknown if choices.once_in(4) => *told = Told::None,
        Told::Unknown => *told = Told::Is(word(image, facet, choices)),
        Told::None => {}
        Told::Is(own) => *own = narrower(image, known, facet, own, choices),
    }
}

fn many(told: &mut Told<Vec<String>>, image: &Aim, known: &Known, facet: Facet, choices: &mut Choices) {
    match told {
        // A facet without words leaves nothing to say.
        Told::Unknown if image.facet(facet).is_empty() => *told = Told::None,
        Told::Unknown if choices.once_in(4) => *told = Told::None,
        Told::Unknown => *told = Told::Is((0..1 + choices.below(2)).map(|_| word(image, facet, choices)).collect()),
        Told::None => {}
        Told::Is(own) => own.iter_mut().for_each(|own| *own = narrower(image, known, facet, own, choices)),
    }
}

fn set(told: &mut Option<Vec<String>>, image: &Aim, known: &Known, facet: Facet, choices: &mut Choices) {
    match told {
        None if image.facet(facet).is_empty() => *told = Some(Vec::new()),
        None => *told = Some((0..choices.below(4)).map(|_| word(image, facet, choices)).collect()),
        Some(own) => own.iter_mut().for_each(|own| *own = narrower(image, known, facet, own, choices)),
    }
}

fn facts(facts: &mut abey::Facts, image: &Aim, about: About, choices: &mut Choices) {
    for fact in image.facts.iter().filter(|fact| fact.about == about) {
        if !facts.iter().any(|(name, _)| *name == fact.name) && choices.once_in(2) {
            facts.push((fact.name.clone(), fact_value(image, &fact.kind, choices)));
        }
    }
}

/// Whether a word may lie below a term, now: by edges that aren't certainly false, or, where it is general, by what it
/// leaves open: then something strictly below it, or below a narrower word, reaches the term on a path of any edges that
/// avoids it.
fn may_be(image: &Aim, known: &Known, facet: Facet, word: &str, term: u32) -> bool {
    let terms = image.facet(facet);
    let Some(own) = terms.iter().position(|term| term.name == word) else { return true };
    let climbs = |from: usize, past: Option<usize>, through: &dyn Fn(&Edge) -> bool| {
        let (mut waiting, mut seen) = (vec![from], vec![from]);
        while let Some(at) = waiting.pop() {
            for edge in terms.get(at).into_iter().flat_map(|term| &term.parents).filter(|edge| through(edge)) {
                let parent = edge.parent as usize;
                if Some(parent) != past && !seen.contains(&parent) {
                    seen.push(parent);
                    waiting.push(parent);
                }
            }
        }
        seen
    };
    if climbs(own, None, &|edge| !known.excludes(image, edge)).contains(&(term as usize)) {
        return true;
    }
    let above: Vec<Vec<usize>> = (0..terms.len()).map(|one| climbs(one, None, &|_| true)).collect();
    let below = |high: usize| above.iter().enumerate().filter(move |(_, own)| own.contains(&high)).map(|(low, _)| low);
    below(own).any(|narrower| {
        let mut strictly = below(narrower).filter(|one| *one != narrower);
        strictly.any(|one| climbs(one, Some(narrower), &|_| true).contains(&(term as usize)))
    })
}

fn step(operation: &mut Operation, image: &Aim, known: &Known, choices: &mut Choices) {
    let which = choices.below(operation.data.len());
    match choices.below(16) {
        0 => operation.action = narrower(image, known, Facet::Action, &operation.action, choices),
        1 => match &mut operation.subjects {
            told @ Told::Unknown if image.facet(Facet::Subject).is_empty() || choices.once_in(4) => *told = Told::None,
            told @ Told::Unknown => {
                *told = Told::Is(
                    (0..1 + choices.below(2))
                        .map(|_| Subject { term: word(image, Facet::Subject, choices), facts: Vec::new() })
                        .collect(),
                );
            }
            Told::None => {}
            Told::Is(subjects) => {
                for subject in subjects {
                    subject.term = narrower(image, known, Facet::Subject, &subject.term, choices);
                    facts(&mut subject.facts, image, About::Subject, choices);
                }
            }
        },
        2 => told(&mut operation.actor, image, known, Facet::Actor, choices),
        3 => many(&mut operation.purposes, image, known, Facet::Purpose, choices),
        4 if operation.legs.is_empty() => told(&mut operation.recipient, image, known, Facet::Recipient, choices),
        5 if operation.legs.is_empty() => told(&mut operation.place, image, known, Facet::Place, choices),
        4 | 5 => {
            for Leg { recipient, place, measures } in &mut operation.legs {
                told(recipient, image, known, Facet::Recipient, choices);
                told(place, image, known, Facet::Place, choices);
                set(measures, image, known, Facet::Measure, choices);
            }
        }
        6 => many(&mut operation.origins, image, known, Facet::Place, choices),
        7 => told(&mut operation.basis, image, known, Facet::Basis, choices),
        8 => operation.role = Some(operation.role.clone().unwrap_or_else(|| word(image, Facet::Role, choices))),
        9 => set(&mut operation.measures, image, known, Facet::Measure, choices),
        // Left out, a retention is unknown only where the operation may store; otherwise it is none.
        10 if operation.retention == Retention::Unknown
            && may_be(image, known, Facet::Action, &operation.action, image.core.store) =>
        {
            let values = [Retention::None, Retention::Agreed, Retention::For(duration(choices))];
            operation.retention = values.get(choices.below(3)).copied().unwrap_or_default();
        }
        11 if operation.time.is_none() => operation.time = Some(date(choices).start(0)),
        12 => facts(&mut operation.facts, image, About::Operation, choices),
        other => {
            if let Some(item) = operation.data.get_mut(which) {
                match other {
                    13 => item.category = narrower(image, known, Facet::Data, &item.category, choices),
                    14 => set(&mut item.form, image, known, Facet::Form, choices),
                    _ => {
                        facts(&mut item.facts, image, About::Item, choices);
                        // Left out, the contents are unknown only where the data may be unstructured; otherwise there are none.
                        if item.contains.is_some()
                            || may_be(image, known, Facet::Data, &item.category, image.core.unstructured)
                        {
                            set(&mut item.contains, image, known, Facet::Data, choices);
                        }
                        if item.collected == Collected::Unknown {
                            item.collected =
                                if choices.once_in(2) { Collected::Now } else { Collected::On(date(choices)) };
                        }
                    }
                }
            }
        }
    }
}
