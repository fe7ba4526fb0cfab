//! What is asked of an operation that a host put together in the terms of a policy.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::super::input::{Input, Over, Terms};
use super::super::terms::Undeclared;
use super::super::val::{FactsTold, Val, Word};
use super::super::{Base, Encoded, NativeChecker};
use super::{Misuse, Seal, Symbols, TypedOperation};
use crate::calendar::Moment;
use crate::decision::Verdict;
use crate::image::{About, Facet};
use crate::json::Malformed;
use crate::operation::{Facts, Item, Leg, Operation, Subject, Told};
use crate::value::FactValue;
use crate::wire::parts::{Few, ItemParts, LegParts, SubjectParts};
use crate::wire::plain::Plain;

impl NativeChecker {
    /// The words and facts of the policy, for hosts that look them up once.
    #[must_use]
    pub fn symbols(&self) -> Symbols<'_> {
        Symbols { checker: self, of: self.seal() }
    }

    /// Whether an operation in terms of this policy may go ahead, with what it leaves unsaid from a base if there is one.
    ///
    /// # Errors
    /// When the operation isn't well-formed, or was put together from terms of another policy.
    pub fn verdict_typed(&self, operation: &TypedOperation, base: Option<&Base>) -> Result<Verdict, Malformed> {
        let mut terms = operation.terms.clone();
        match self.fill_typed(operation, base, &mut terms)? {
            Some(over) => Ok(Verdict::when(self.allows(&self.input(terms, over)))),
            None => self
                .interned(Plain::of(&self.spelled_out(&operation.terms)), base)
                .map(|input| Verdict::when(self.allows(&input))),
        }
    }

    /// The same operation, to be asked about again and again: see [`NativeChecker::encode`].
    ///
    /// # Errors
    /// When the operation isn't well-formed, or was put together from terms of another policy.
    pub fn encode_typed(&self, operation: &TypedOperation, base: Option<&Base>) -> Result<Encoded, Malformed> {
        let mut terms = operation.terms.clone();
        let input: Input<'static> = match self.fill_typed(operation, base, &mut terms)? {
            Some(over) => self.input(terms, over).owned(),
            None => self.interned(Plain::of(&self.spelled_out(&operation.terms)), base)?.owned(),
        };
        let laid = self.lay_out(&input);
        Ok(Encoded { input, laid, of: self.id })
    }

    /// The same operation in words.
    ///
    /// # Errors
    /// When it was put together wrongly, or from terms of another policy.
    pub fn in_words(&self, operation: &TypedOperation) -> Result<Operation, Malformed> {
        self.fine(operation)?;
        Ok(self.spelled_out(&operation.terms))
    }

    fn spelled_out(&self, terms: &Terms<'static>) -> Operation {
        let facts = |about: About, told: &FactsTold<'_>| -> Facts {
            let told = told.iter().filter_map(|(place, value)| {
                let fact = self.image.facts.get(*self.declared_of(about).get(*place as usize)? as usize)?;
                Some((fact.name.clone(), self.fact_value(value)))
            });
            told.collect()
        };
        let word = |facet: Facet, word: &Word| match word {
            Word::Term(term) => self.image.word(facet, *term).to_string(),
            Word::Missing | Word::Strange | Word::None => String::new(),
        };
        let one = |facet: Facet, told: &Told<Word>| match told {
            Told::Unknown => Told::Unknown,
            Told::None => Told::None,
            Told::Is(own) => Told::Is(word(facet, own)),
        };
        let all = |facet: Facet, words: &[Word]| -> Vec<String> { words.iter().map(|own| word(facet, own)).collect() };
        let many = |facet: Facet, told: &Told<Few<Word>>| match told {
            Told::Unknown => Told::Unknown,
            Told::None => Told::None,
            Told::Is(words) => Told::Is(all(facet, words)),
        };
        let some = |facet: Facet, words: &Option<Few<Word>>| words.as_ref().map(|words| all(facet, words));
        let item = |item: &ItemParts<Word, FactsTold<'static>>| Item {
            category: word(Facet::Data, &item.category),
            form: some(Facet::Form, &item.form),
            collected: item.collected,
            contains: some(Facet::Data, &item.contains),
            facts: facts(About::Item, &item.facts),
        };
        let subject = |subject: &SubjectParts<Word, FactsTold<'static>>| Subject {
            term: word(Facet::Subject, &subject.term),
            facts: facts(About::Subject, &subject.facts),
        };
        let leg = |leg: &LegParts<Word>| Leg {
            recipient: one(Facet::Recipient, &leg.recipient),
            place: one(Facet::Place, &leg.place),
            measures: some(Facet::Measure, &leg.measures),
        };
        Operation {
            action: word(Facet::Action, &terms.action),
            data: terms.data.iter().map(item).collect(),
            subjects: match &terms.subjects {
                Told::Unknown => Told::Unknown,
                Told::None => Told::None,
                Told::Is(subjects) => Told::Is(subjects.iter().map(subject).collect()),
            },
            actor: one(Facet::Actor, &terms.actor),
            purposes: many(Facet::Purpose, &terms.purposes),
            recipient: one(Facet::Recipient, &terms.recipient),
            place: one(Facet::Place, &terms.place),
            legs: terms.legs.iter().map(leg).collect(),
            origins: many(Facet::Place, &terms.origins),
            role: terms.role.as_ref().map(|role| word(Facet::Role, role)),
            basis: one(Facet::Basis, &terms.basis),
            measures: some(Facet::Measure, &terms.measures),
            retention: terms.retention,
            time: terms.time,
            facts: facts(About::Operation, &terms.facts),
        }
    }

    /// A value as an operation tells it.
    fn fact_value(&self, value: &Val<'_>) -> FactValue {
        match value {
            Val::Bool(value) => FactValue::Bool(*value),
            Val::Number(number) => FactValue::Number(*number),
            Val::Duration(duration) => FactValue::Text(duration.iso()),
            Val::Moment(Moment::Date(date)) => FactValue::Text(date.to_string()),
            Val::Moment(Moment::Instant(instant)) => FactValue::Text(instant.to_string()),
            Val::Text(text) => FactValue::Text(text.to_string()),
            Val::Term { facet, term, .. } => FactValue::Text(self.image.word(*facet, *term).to_string()),
            Val::Set { members, .. } => {
                FactValue::Set(members.iter().map(|(member, _)| self.fact_value(member)).collect())
            }
            // No operation tells the last three of a fact.
            Val::None | Val::Unknown | Val::Either(_) | Val::Since(_) => FactValue::Text("none".to_string()),
        }
    }

    fn fill_typed<'t>(
        &self,
        operation: &TypedOperation,
        base: Option<&'t Base>,
        terms: &mut Terms<'t>,
    ) -> Result<Option<Over<'t>>, Malformed> {
        self.fine(operation)?;
        if !operation.within_limits() {
            return Ok(None);
        }
        Ok(self.fill(terms, base, Undeclared::Ignored))
    }

    /// Whether an operation was put together as it may be, from terms of this policy.
    fn fine(&self, operation: &TypedOperation) -> Result<(), Malformed> {
        let Seal { of, fault } = operation.seal;
        let fault = if of == self.seal() { fault } else { Some(Misuse::Foreign) };
        let fact = |about: About, place: u32| {
            let fact =
                self.declared_of(about).get(place as usize).and_then(|fact| self.image.facts.get(*fact as usize));
            fact.map_or("", |fact| &fact.name)
        };
        let foreign = "it is put together from terms of another policy; look them up in this one";
        match fault {
            None => Ok(()),
            Some(Misuse::Foreign) => Err(Malformed::at("", foreign)),
            Some(Misuse::Misplaced(about, place)) => {
                let message = format!("it is a fact of the {}, and told of something else", about.word());
                Err(Malformed::at(fact(about, place), message))
            }
            Some(Misuse::Twice(about, place)) => Err(Malformed::at(fact(about, place), "this fact is told twice")),
            Some(Misuse::Beside(facet)) => {
                Err(Malformed::at(facet.word(), "`none` stands alone: there is none, or there are some"))
            }
        }
    }

    /// Tells policies apart: the first bytes of the hash.
    fn seal(&self) -> u64 {
        self.id.first_chunk().copied().map_or(0, u64::from_le_bytes)
    }
}
