//! A set of operations, put as a phrase.

use std::collections::BTreeSet;

use abey_engine::calendar::Moment;
use abey_engine::hierarchy::Hierarchy;
use abey_engine::image::{Base, Facet, Image, Slot};
use abey_engine::value::FactValue;

use super::circuit::{Bit, NO};
use super::hulls::{Hull, Part};
use super::order::Kind;
use super::phrase::length_of;
use super::space::{Said, Told, World};

/// What puts sets into words: the policies, the last of which knows the terms best.
pub struct Speaker<'a> {
    /// The policies.
    pub images: &'a [&'a Image],
    /// Their hierarchies.
    pub hierarchies: &'a [Vec<std::rc::Rc<Hierarchy>>],
}

/// A set in words: the phrase, and what it holds under.
#[derive(Clone, Debug)]
pub struct Spoken {
    /// `store of email_address for billing to stripe in US with tls_1_3`
    pub phrase: String,
    /// What else holds, each as a condition says it.
    pub conditions: Vec<String>,
}

impl Speaker<'_> {
    /// A set in words.
    pub fn spoken(&self, world: &World, hull: &Hull) -> Spoken {
        let part = |part: Part| hull.parts.iter().find(|(own, _)| *own == part).map(|(_, words)| words.as_slice());
        let list = |part: Part, words: &[usize]| self.list(world, part, words);
        let action = part(Part::Slot(Slot::Action)).map_or("any".into(), |words| list(Part::Slot(Slot::Action), words));
        let data = part(Part::Data).map_or("any".into(), |words| list(Part::Data, words));
        let mut adjectives = String::new();
        let mut measures: Vec<&str> = Vec::new();
        let mut conditions: Vec<String> = Vec::new();
        let named =
            |words: &[(String, Bit)], bit: Bit| words.iter().find(|(_, own)| *own == bit).map(|(word, _)| word.clone());
        let mut facts: Vec<(usize, bool, String)> = Vec::new();
        for bit in &hull.bits {
            if let Some((word, _)) = world.measures.iter().find(|(_, own)| own == bit) {
                measures.push(word);
            } else if let Some(word) = named(&world.measures, !*bit) {
                conditions.push(format!("not measures includes {word}"));
            } else if let Some(word) = named(&world.forms, *bit) {
                adjectives += &format!("{word} ");
            } else if let Some(word) = named(&world.forms, !*bit) {
                conditions.push(format!("not form includes {word}"));
            } else if let Some(word) = named(&world.contents, *bit) {
                conditions.push(format!("the item contains {word}"));
            } else if let Some(word) = named(&world.contents, !*bit) {
                conditions.push(format!("the item doesn't contain {word}"));
            } else if let Some(text) = self.holding(world, *bit) {
                conditions.push(text);
            } else if let Some(text) = self.compared(world, *bit) {
                conditions.push(text);
            } else if let Some((fact, certain, text)) = self.fact(world, *bit) {
                facts.push((fact, certain, text));
            }
        }
        // What a fact is says more than what it isn't.
        let certain: BTreeSet<usize> =
            facts.iter().filter(|(_, certain, _)| *certain).map(|(fact, ..)| *fact).collect();
        conditions.extend(
            facts.into_iter().filter(|(fact, sure, _)| *sure || !certain.contains(fact)).map(|(_, _, text)| text),
        );
        let data = if adjectives.is_empty() || data == "any" {
            format!("{adjectives}{data}")
        } else {
            data.split(", ").map(|word| format!("{adjectives}{word}")).collect::<Vec<_>>().join(", ")
        };
        let mut phrase = format!("{action} of {data}");
        let keywords = [
            (Slot::Subject, "about"),
            (Slot::Actor, "by"),
            (Slot::Purpose, "for"),
            (Slot::Recipient, "to"),
            (Slot::Place, "in"),
            (Slot::Origin, "from"),
            (Slot::Role, "as"),
            (Slot::Basis, "on"),
        ];
        for (slot, keyword) in keywords {
            if let Some(words) = part(Part::Slot(slot)) {
                phrase += &format!(" {keyword} {}", list(Part::Slot(slot), words));
            }
        }
        if !measures.is_empty() {
            phrase += &format!(" with {}", measures.join(", "));
        }
        conditions.sort();
        conditions.dedup();
        Spoken { phrase, conditions }
    }

    /// The words of a part, the general ones that cover them first.
    fn list(&self, world: &World, part: Part, words: &[usize]) -> String {
        let (choices, facet) = match part {
            Part::Slot(slot) => (world.slot(slot), slot.facet()),
            Part::Data => (world.data.as_slice(), Facet::Data),
        };
        let said: Vec<&Said> = words.iter().filter_map(|word| choices.get(*word)).map(|(said, _)| said).collect();
        let none = said.contains(&&Said::None);
        let held: BTreeSet<&str> = all(world, facet, said.iter().filter_map(|said| said.word()));
        let every: BTreeSet<&str> = all(world, facet, choices.iter().filter_map(|(said, _)| said.word()));
        let missing: BTreeSet<&str> = every.difference(&held).copied().collect();
        if missing.is_empty() && !none {
            return "any".into();
        }
        let mut covered = self.cover(facet, &held);
        if !missing.is_empty() && !none && missing.len() < covered.len() {
            // A general word that is missing itself excepts what lies below it, which may be held: it isn't named.
            let mut excepted = self.cover(facet, &missing);
            excepted.retain(|word| !self.is_above(facet, word, &held));
            return if excepted.is_empty() { "any".into() } else { format!("any except {}", excepted.join(", ")) };
        }
        if none {
            covered.push("none".into());
        }
        covered.join(", ")
    }

    /// Whether one of these words may lie at or below a word, by any policy.
    fn is_above(&self, facet: Facet, word: &str, words: &BTreeSet<&str>) -> bool {
        self.images.iter().zip(self.hierarchies).any(|(image, hierarchies)| {
            let terms = image.facet(facet);
            let above = terms.iter().position(|term| term.name == word);
            let (Some(above), Some(hierarchy)) = (above, hierarchies.get(facet as usize)) else { return false };
            let below = terms.iter().enumerate().filter(|(own, _)| hierarchy.may(*own as u32, above as u32));
            below.into_iter().any(|(_, term)| words.contains(term.name.as_str()))
        })
    }

    /// As few terms as cover just these leaves.
    fn cover(&self, facet: Facet, held: &BTreeSet<&str>) -> Vec<String> {
        let mut left: BTreeSet<&str> = held.clone();
        let mut found = Vec::new();
        let exact = matches!(facet, Facet::Action);
        let mut general: Vec<(usize, String, Vec<&str>)> = Vec::new();
        for (image, hierarchies) in self.images.iter().zip(self.hierarchies) {
            let Some(hierarchy) = hierarchies.get(facet as usize) else { continue };
            let terms = image.facet(facet);
            for (index, term) in terms.iter().enumerate() {
                if !hierarchy.general(index as u32) || general.iter().any(|(_, name, _)| *name == term.name) {
                    continue;
                }
                let below = terms.iter().enumerate().filter(|(own, _)| {
                    (exact || !hierarchy.general(*own as u32)) && hierarchy.sure(*own as u32, index as u32)
                });
                let below: Vec<&str> = below.map(|(_, term)| term.name.as_str()).collect();
                let sure = terms.iter().enumerate().all(|(own, _)| {
                    let own = own as u32;
                    !hierarchy.may(own, index as u32) || hierarchy.sure(own, index as u32)
                });
                if below.len() > 1 && sure && below.iter().all(|word| held.contains(word)) {
                    general.push((below.len(), term.name.clone(), below));
                }
            }
        }
        general.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        for (_, name, below) in general {
            if below.iter().filter(|word| left.contains(*word)).count() > 1 {
                below.iter().for_each(|word| {
                    left.remove(word);
                });
                found.push(name);
            }
        }
        found.extend(left.iter().map(|word| (*word).to_string()));
        found
    }

    fn holding(&self, world: &World, bit: Bit) -> Option<String> {
        let holding = world.holding;
        let said = |of: Bit, text: &str| match bit {
            bit if bit == of => Some(text.to_string()),
            bit if bit == !of => Some(format!("not {text}")),
            _ => None,
        };
        said(holding.none, "keeping none")
            .or_else(|| said(holding.agreed, "keeping as agreed"))
            .or_else(|| said(holding.days, "keeping for days"))
            .or_else(|| said(holding.seconds, "keeping for hours"))
    }

    fn compared(&self, world: &World, bit: Bit) -> Option<String> {
        let (left, right, sign, held) = world.orders.compares(bit)?;
        let number = world.orders.kind(left) == Kind::Number;
        let words = match (number, sign, held) {
            (false, -1, true) => "before",
            (false, -1, false) => "on or after",
            (false, _, true) => "after",
            (false, _, false) => "on or before",
            (true, -1, true) => "less than",
            (true, -1, false) => "at least",
            (true, _, true) => "more than",
            (true, _, false) => "at most",
        };
        let name = |id: usize| self.quantity(world, id);
        // What is told stands on the left.
        if world.orders.is_written(left) {
            let turned = match words {
                "before" => "after",
                "after" => "before",
                "on or after" => "on or before",
                "on or before" => "on or after",
                "less than" => "more than",
                "more than" => "less than",
                "at least" => "at most",
                _ => "at least",
            };
            return Some(format!("{} {turned} {}", name(right), name(left)));
        }
        Some(format!("{} {words} {}", name(left), name(right)))
    }

    fn quantity(&self, world: &World, id: usize) -> String {
        let variable = |number: usize| {
            let is = |own: usize| world.orders.number_of(own) == number;
            if is(world.time) {
                return "time".to_string();
            }
            if is(world.collected) {
                return "collected".to_string();
            }
            if is(world.holding.last) || is(world.holding.end) {
                return "the planned end".to_string();
            }
            let fact = world.facts.iter().find(|fact| matches!(fact.told, Told::Quantity { id, .. } if is(id)));
            fact.map_or_else(String::new, |fact| fact.name.clone())
        };
        world.orders.said(id, &variable, &|moment: Moment| moment.to_string(), &length_of)
    }

    fn fact(&self, world: &World, bit: Bit) -> Option<(usize, bool, String)> {
        for (index, fact) in world.facts.iter().enumerate() {
            let name = &fact.name;
            let read = |value: &FactValue| match value {
                FactValue::Bool(true) => "yes".to_string(),
                FactValue::Bool(false) => "no".into(),
                FactValue::Number(number) => number.to_string(),
                FactValue::Text(text) if fact.kind.base == Base::Text => format!("\"{text}\""),
                FactValue::Text(text) => text.clone(),
                FactValue::Set(_) => String::new(),
            };
            let (values, verb, denied) = match &fact.told {
                Told::Choice(values) => (values, "is", "is not"),
                Told::Set(values) => (values, "includes", "doesn't include"),
                Told::Quantity { present, .. } => {
                    if *present == bit {
                        return Some((index, false, format!("{name} is not none")));
                    }
                    if *present == !bit {
                        return Some((index, true, format!("{name} is none")));
                    }
                    continue;
                }
                Told::Length { of, none, .. } => {
                    let lengths = of.iter().map(|(length, own)| (length_of(*length), *own));
                    for (text, own) in lengths.chain([("none".to_string(), *none)]) {
                        if own == bit {
                            return Some((index, true, format!("{name} is {text}")));
                        }
                        if own == !bit {
                            return Some((index, false, format!("{name} is not {text}")));
                        }
                    }
                    continue;
                }
            };
            for (value, own) in values {
                if *own != NO && *own == bit {
                    return Some((index, verb == "is", format!("{name} {verb} {}", read(value))));
                }
                if *own != NO && *own == !bit {
                    return Some((index, false, format!("{name} {denied} {}", read(value))));
                }
            }
        }
        None
    }
}

/// Words, and all that they stand for.
fn all<'w>(world: &'w World, facet: Facet, words: impl Iterator<Item = &'w str>) -> BTreeSet<&'w str> {
    let each = words.flat_map(|word| {
        let stands_for = world.classes.stands_for(facet, word);
        stands_for.iter().map(String::as_str).chain(std::iter::once(word))
    });
    each.collect()
}
