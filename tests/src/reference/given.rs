//! Section 3: what an operation tells, in the words of the policy, and what makes it malformed.

use std::collections::BTreeMap;

use abey_engine::calendar::{Date, Duration, Instant, Moment};
use abey_engine::truth::Truth;
use abey_engine::{Collected, FactValue, Facts, Malformed, Operation, Told};
use abey_lang::model::{About, Base, Facet, Fact};

use super::Reference;
use super::value::Val;

/// What an operation says where one word is expected.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Word {
    /// Nothing.
    Missing,
    /// That there is none.
    None,
    /// A word that the vocabulary has.
    Is(u32),
    /// Another.
    Strange(String),
}

/// A word that the vocabulary doesn't have, and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Strange {
    pub(super) path: String,
    pub(super) word: String,
    /// What it is no word of: a facet, or a fact.
    pub(super) of: String,
    /// The words that there are.
    pub(super) known: Vec<String>,
    /// The data item in which it stands.
    pub(super) item: Option<usize>,
}

/// A data item.
pub(super) struct GivenItem {
    pub(super) category: Word,
    pub(super) form: Option<Vec<Word>>,
    pub(super) collected: Option<Date>,
    pub(super) contains: Option<Vec<Word>>,
    pub(super) facts: BTreeMap<u32, Val>,
}

/// A recipient with its place, and its own measures.
pub(super) struct GivenLeg {
    pub(super) recipient: Word,
    pub(super) place: Word,
    pub(super) measures: Option<Vec<Word>>,
}

/// An operation in the words of the policy. What has several values has at least one, `Missing` or `None` among them.
pub(super) struct Given {
    pub(super) operation: Operation,
    pub(super) action: Word,
    pub(super) items: Vec<GivenItem>,
    pub(super) subjects: Vec<(Word, BTreeMap<u32, Val>)>,
    pub(super) actor: Word,
    pub(super) purposes: Vec<Word>,
    pub(super) legs: Vec<GivenLeg>,
    pub(super) origins: Vec<Word>,
    pub(super) role: Word,
    pub(super) basis: Word,
    pub(super) measures: Option<Vec<Word>>,
    pub(super) time: Option<Instant>,
    /// The day of `time`.
    pub(super) day: Option<Date>,
    pub(super) facts: BTreeMap<u32, Val>,
    pub(super) strange: Vec<Strange>,
    /// Paths of facts that the policy doesn't declare.
    pub(super) ignored: Vec<String>,
}

struct Reader<'r> {
    of: &'r Reference<'r>,
    /// The item at hand.
    item: Option<usize>,
    strange: Vec<Strange>,
    ignored: Vec<String>,
}

/// Whether a facet has a none: "action, data, role … have no none".
pub(super) fn has_none(facet: Facet) -> bool {
    !matches!(facet, Facet::Action | Facet::Data | Facet::Role)
}

fn malformed(path: &str, message: &str) -> Malformed {
    Malformed { path: path.into(), message: message.into() }
}

fn key_path(path: &str, name: &str) -> String {
    let plain = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if plain { format!("{path}.{name}") } else { format!("{path}[{}]", abey_engine::Json::Text(name.into())) }
}

impl Given {
    pub(super) fn read(of: &Reference<'_>, operation: &Operation) -> Result<Given, Malformed> {
        operation.validate()?;
        let mut reader = Reader { of, item: None, strange: Vec::new(), ignored: Vec::new() };
        let r = &mut reader;
        let day = operation.time.map(|time| of.day(Moment::Instant(time)));
        let action = r.word(Facet::Action, "action", &operation.action);
        let mut items = Vec::new();
        for (index, item) in operation.data.iter().enumerate() {
            r.item = Some(index);
            let path = format!("data[{index}]");
            let category = r.word(Facet::Data, &format!("{path}.category"), &item.category);
            let form = r.set(Facet::Form, &format!("{path}.form"), &item.form);
            let contains = r.set(Facet::Data, &format!("{path}.contains"), &item.contains);
            for (at, word) in contains.iter().flatten().enumerate() {
                if r.more_than_declared(&category, word) {
                    let message = format!("`{}` declares what it may contain, and this is more", item.category);
                    return Err(malformed(&format!("{path}.contains[{at}]"), &message));
                }
            }
            items.push(GivenItem {
                category,
                form,
                // `"collected": "now"` equals `time`.
                collected: match item.collected {
                    Collected::Unknown => None,
                    Collected::Now => day,
                    Collected::On(date) => Some(date),
                },
                contains,
                facts: r.facts(About::Item, &format!("{path}.facts"), &item.facts)?,
            });
        }
        r.item = None;
        let subjects = match &operation.subjects {
            Told::Unknown => vec![(Word::Missing, BTreeMap::new())],
            Told::None => vec![(Word::None, BTreeMap::new())],
            Told::Is(subjects) => {
                let subject = |(index, subject): (usize, &abey_engine::Subject)| {
                    let path = format!("subjects[{index}]");
                    let word = r.word(Facet::Subject, &path, &subject.term);
                    Ok((word, r.facts(About::Subject, &format!("{path}.facts"), &subject.facts)?))
                };
                subjects.iter().enumerate().map(subject).collect::<Result<_, Malformed>>()?
            }
        };
        let actor = r.told(Facet::Actor, "actor", &operation.actor);
        let purposes = r.many(Facet::Purpose, "purpose", &operation.purposes);
        let legs = match operation.legs.as_slice() {
            [] => vec![GivenLeg {
                recipient: r.told(Facet::Recipient, "recipient", &operation.recipient),
                place: r.told(Facet::Place, "place", &operation.place),
                measures: Some(Vec::new()),
            }],
            legs => {
                let leg = |(index, leg): (usize, &abey_engine::Leg)| GivenLeg {
                    recipient: r.told(Facet::Recipient, &format!("legs[{index}].recipient"), &leg.recipient),
                    place: r.told(Facet::Place, &format!("legs[{index}].place"), &leg.place),
                    measures: r.set(Facet::Measure, &format!("legs[{index}].measures"), &leg.measures),
                };
                legs.iter().enumerate().map(leg).collect()
            }
        };
        let origins = r.many(Facet::Place, "origin", &operation.origins);
        let role = operation.role.as_ref().map_or(Word::Missing, |role| r.word(Facet::Role, "role", role));
        let basis = r.told(Facet::Basis, "basis", &operation.basis);
        let measures = r.set(Facet::Measure, "measures", &operation.measures);
        let facts = r.facts(About::Operation, "facts", &operation.facts)?;
        Ok(Given {
            operation: operation.clone(),
            action,
            items,
            subjects,
            actor,
            purposes,
            legs,
            origins,
            role,
            basis,
            measures,
            time: operation.time,
            day,
            facts,
            strange: reader.strange,
            ignored: reader.ignored,
        })
    }
}

impl Reader<'_> {
    fn word(&mut self, facet: Facet, path: &str, word: &str) -> Word {
        match self.of.words(facet).find(word) {
            Some(term) => Word::Is(term),
            None => {
                self.strange(path, word, facet.word().into(), self.of.words(facet).names());
                Word::Strange(word.into())
            }
        }
    }

    fn strange(&mut self, path: &str, word: &str, of: String, known: &[String]) {
        let (path, word, known) = (path.into(), word.into(), known.to_vec());
        self.strange.push(Strange { path, word, of, known, item: self.item });
    }

    fn told(&mut self, facet: Facet, path: &str, told: &Told<String>) -> Word {
        match told {
            Told::Unknown => Word::Missing,
            Told::None => Word::None,
            Told::Is(word) => self.word(facet, path, word),
        }
    }

    /// "A facet with several values spreads the operation over points."
    fn many(&mut self, facet: Facet, path: &str, told: &Told<Vec<String>>) -> Vec<Word> {
        match told {
            Told::Unknown => vec![Word::Missing],
            Told::None => vec![Word::None],
            Told::Is(words) if words.len() == 1 => words.iter().map(|word| self.word(facet, path, word)).collect(),
            Told::Is(words) => {
                let at = |(index, word): (usize, &String)| self.word(facet, &format!("{path}[{index}]"), word);
                words.iter().enumerate().map(at).collect()
            }
        }
    }

    fn set(&mut self, facet: Facet, path: &str, told: &Option<Vec<String>>) -> Option<Vec<Word>> {
        let at = |(index, word): (usize, &String)| self.word(facet, &format!("{path}[{index}]"), word);
        told.as_ref().map(|words| words.iter().enumerate().map(at).collect())
    }

    /// "`data ticket is unstructured containing contact_data, …` bounds a missing list, and then stating more is
    /// malformed": whether the word may lie below no bound.
    fn more_than_declared(&self, category: &Word, contained: &Word) -> bool {
        let (Word::Is(category), Word::Is(contained)) = (category, contained) else { return false };
        let words = self.of.words(Facet::Data);
        let within = |bounds: &Vec<u32>| bounds.iter().any(|bound| words.may_reach(*contained, *bound));
        self.of.bounds(*category).any(|bounds| !within(bounds))
    }

    fn facts(&mut self, about: About, path: &str, told: &Facts) -> Result<BTreeMap<u32, Val>, Malformed> {
        let mut found = BTreeMap::new();
        for (index, (name, value)) in told.iter().enumerate() {
            let path = key_path(path, name);
            if told.iter().take(index).any(|(earlier, _)| earlier == name) {
                return Err(malformed(&path, "this fact is told twice; keep one"));
            }
            let mut declared = self.of.policy.facts.iter().enumerate();
            match declared.find(|(_, fact)| fact.about == about && fact.name == *name) {
                Some((fact, declared)) => _ = found.insert(fact as u32, self.fact(&path, declared, value)?),
                None => self.ignored.push(path),
            }
        }
        Ok(found)
    }

    fn fact(&mut self, path: &str, fact: &Fact, value: &FactValue) -> Result<Val, Malformed> {
        let (name, kind) = (&fact.name, &fact.kind);
        match (kind.set, value) {
            (true, FactValue::Set(members)) => {
                let members = members.iter().enumerate().map(|(index, member)| match member {
                    FactValue::Text(text) if text == "none" => {
                        Err(malformed(path, "`none` is no member of a set; the empty set is []"))
                    }
                    member => {
                        let path = format!("{path}[{index}]");
                        Ok((self.single(&path, name, &kind.base, member)?, Truth::True))
                    }
                });
                Ok(Val::Set { members: members.collect::<Result<_, _>>()?, complete: true })
            }
            (true, _) => Err(malformed(path, "this fact is a set")),
            (false, value) => self.single(path, name, &kind.base, value),
        }
    }

    /// One value of a declared type; "a value outside `one of` is an unknown word".
    fn single(&mut self, path: &str, name: &str, base: &Base, value: &FactValue) -> Result<Val, Malformed> {
        let wrong = || malformed(path, "this is no value of the fact's type");
        let text = match value {
            FactValue::Bool(value) if *base == Base::YesNo => return Ok(Val::Bool(*value)),
            FactValue::Number(number) if *base == Base::Number => return Ok(Val::Number(*number)),
            FactValue::Text(text) => text,
            _ => return Err(wrong()),
        };
        match base {
            Base::Text => Ok(Val::Text(text.clone())),
            Base::OneOf(words) if words.contains(text) => Ok(Val::Choice(text.clone())),
            Base::OneOf(words) => {
                self.strange(path, text, format!("fact {name}"), words);
                Ok(Val::Unknown)
            }
            Base::Term(facet) if text != "none" || !has_none(*facet) => Ok(match self.word(*facet, path, text) {
                Word::Is(word) => Val::Term { facet: *facet, word, told: true },
                _ => Val::Unknown,
            }),
            _ if text == "none" => Ok(Val::None),
            Base::Duration => Duration::parse(text).map(Val::Duration).ok_or_else(wrong),
            Base::Date => Date::parse(text).map(|date| Val::Moment(Moment::Date(date))).ok_or_else(wrong),
            Base::Instant => Instant::parse(text).map(|time| Val::Moment(Moment::Instant(time))).ok_or_else(wrong),
            _ => Err(wrong()),
        }
    }
}

impl Reference<'_> {
    /// What a category declares that it may contain, and what each category above it declares.
    pub(super) fn bounds(&self, category: u32) -> impl Iterator<Item = &Vec<u32>> {
        let words = self.words(Facet::Data);
        let above = (0..words.names().len() as u32).filter(move |high| words.may_reach(category, *high));
        above.filter_map(|high| self.policy.terms[Facet::Data as usize][high as usize].containing.as_ref())
    }
}
