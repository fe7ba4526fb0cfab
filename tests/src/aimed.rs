//! Operations aimed at the rules of a policy: what a rule speaks of, near misses of it, and boundary values at and beside
//! every threshold that the policy writes.

use abey::calendar::{Date, Duration, Instant};
use abey::image::{About, DataList, Effect, Facet, Image, List, Literal, Means, Pick, Rule, Scope, Slot, Value};
use abey::{Collected, FactValue, Facts, Item, Leg, Operation, Retention, Subject, Told};

use crate::operations::{Aim, Choices, change, date, drop_one, duration, fact_value, word};

/// Days and lengths that a policy writes.
#[derive(Clone, Debug, Default)]
pub struct Thresholds {
    days: Vec<Date>,
    lengths: Vec<Duration>,
}

impl Thresholds {
    /// What a policy writes in values, settings, tables, edges and declarations.
    #[must_use]
    pub fn of(image: &Image) -> Self {
        let mut found = Thresholds::default();
        let literals = image.values.iter().filter_map(|value| match value {
            Value::Literal(literal) => Some(literal),
            _ => None,
        });
        let settings = image.settings.iter().flat_map(|setting| [&setting.at_most, &setting.given]).flatten();
        let tables =
            image.tables.iter().flat_map(|table| table.rows.iter().map(|row| &row.value).chain(&table.otherwise));
        for literal in literals.chain(settings).chain(tables) {
            match literal {
                Literal::Date(day) => found.days.push(*day),
                Literal::Instant(instant) => found.days.push(instant.day(image.offset)),
                Literal::Duration(length) => found.lengths.push(*length),
                _ => {}
            }
        }
        let edges = Facet::ALL.iter().flat_map(|facet| image.facet(*facet)).flat_map(|term| &term.parents);
        found.days.extend(edges.flat_map(|edge| [edge.period.from, edge.period.until]).flatten());
        found.days.extend(image.recipients.iter().flat_map(|own| [own.notified, own.authorised]).flatten());
        found.days.extend(image.layers.iter().flat_map(|layer| [layer.in_force.from, layer.in_force.until]).flatten());
        found
    }

    /// The days, in the order found.
    #[must_use]
    pub fn days(&self) -> &[Date] {
        &self.days
    }

    /// The lengths, in the order found.
    #[must_use]
    pub fn lengths(&self) -> &[Duration] {
        &self.lengths
    }

    /// A day at or beside one that the policy writes, or so long before or after it.
    pub fn day(&self, choices: &mut Choices) -> Date {
        let anchor = match self.days.get(choices.below(self.days.len() * 2)) {
            Some(day) => *day,
            None => date(choices),
        };
        let length = self.length(choices);
        let moved = match choices.below(4) {
            0 => anchor.plus_months(i64::from(length.months)).plus_days(i64::from(length.days)),
            1 => anchor.plus_months(-i64::from(length.months)).plus_days(-i64::from(length.days)),
            _ => anchor,
        };
        moved.plus_days(choices.below(3) as i64 - 1)
    }

    /// A length that the policy writes, or one day more or less.
    pub fn length(&self, choices: &mut Choices) -> Duration {
        let mut length = match self.lengths.get(choices.below(self.lengths.len() * 2)) {
            Some(length) => *length,
            None => duration(choices),
        };
        match choices.below(5) {
            0 => length.days += 1,
            1 => length.days = length.days.saturating_sub(1),
            _ => {}
        }
        length
    }
}

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

/// Puts a word that nobody declared somewhere.
fn misspell(operation: &mut Operation, choices: &mut Choices) {
    let word = || "landd1".to_string();
    match choices.below(7) {
        0 => operation.action = word(),
        1 => operation.data.iter_mut().for_each(|item| item.category = word()),
        2 => operation.data.iter_mut().for_each(|item| item.form = Some(vec![word()])),
        3 => operation.purposes = Told::Is(vec![word()]),
        4 => operation.origins = Told::Is(vec![word()]),
        5 => operation.measures = Some(vec![word()]),
        _ => operation.actor = Told::Is(word()),
    }
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
        let children: Vec<u32> = aim
            .facet(facet)
            .iter()
            .enumerate()
            .filter(|(_, term)| term.parents.iter().any(|edge| edge.parent == at))
            .map(|(index, _)| index as u32)
            .collect();
        match children.get(choices.below(children.len())) {
            Some(next) => at = *next,
            None => break,
        }
    }
    aim.word(facet, at).to_string()
}

fn part(aim: &Aim, rules: &[&Rule], slot: Slot, choices: &mut Choices) -> Told<String> {
    if let Some(told) = named(aim, rules, slot, choices) {
        return told;
    }
    match choices.below(6) {
        0 => Told::Unknown,
        1 | 2 if slot.facet().has_none() => Told::None,
        _ => Told::Is(word(aim, slot.facet(), choices)),
    }
}

fn many(aim: &Aim, rules: &[&Rule], slot: Slot, choices: &mut Choices) -> Told<Vec<String>> {
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

fn facts(aim: &Aim, about: About, choices: &mut Choices) -> Facts {
    let mut found = Facts::new();
    for fact in aim.facts.iter().filter(|fact| fact.about == about) {
        if choices.once_in(5) {
            continue;
        }
        let mut value = fact_value(aim, &fact.kind, choices);
        // Days and lengths beside the policy's own.
        match (&value, &fact.kind.base) {
            (FactValue::Text(text), abey::image::Base::Date) if text != "none" => {
                value = FactValue::Text(aim.thresholds.day(choices).to_string());
            }
            (FactValue::Text(text), abey::image::Base::Duration) if text != "none" => {
                value = FactValue::Text(aim.thresholds.length(choices).iso());
            }
            _ => {}
        }
        found.push((fact.name.clone(), value));
    }
    found
}

fn item(aim: &Aim, rules: &[&Rule], choices: &mut Choices) -> Item {
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

fn spoken_of(aim: &Aim, rules: &[&Rule], choices: &mut Choices) -> Operation {
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
