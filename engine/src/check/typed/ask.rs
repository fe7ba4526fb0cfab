//! What is asked of an operation that a host put together in the terms of a policy.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::super::input::{Input, Terms};
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
        self.input_typed(operation, base).map(|input| Verdict::when(self.allows(&input)))
    }

    /// The same operation, to be asked about again and again: see [`NativeChecker::encode`].
    ///
    /// # Errors
    /// When the operation isn't well-formed, or was put together from terms of another policy.
    pub fn encode_typed(&self, operation: &TypedOperation, base: Option<&Base>) -> Result<Encoded, Malformed> {
        let input = self.input_typed(operation, base)?.owned();
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
            told.iter().map(|(place, value)| (self.fact_name(about, *place).into(), self.fact_value(value))).collect()
        };
        let word = |facet: Facet, word: &Word| match word {
            Word::Term(term) => self.image.word(facet, *term).to_string(),
            Word::Missing | Word::Strange | Word::None => String::new(),
        };
        let one = |facet: Facet, told: &Told<Word>| told.as_ref().map(|own| word(facet, own));
        let all = |facet: Facet, words: &[Word]| -> Vec<String> { words.iter().map(|own| word(facet, own)).collect() };
        let many = |facet: Facet, told: &Told<Few<Word>>| told.as_ref().map(|words| all(facet, words));
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
            subjects: terms.subjects.as_ref().map(|subjects| subjects.iter().map(subject).collect()),
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

    /// The operation, to be judged: in its terms, or by way of its words where it is unusual or wrong.
    fn input_typed<'t>(&self, operation: &TypedOperation, base: Option<&'t Base>) -> Result<Input<'t>, Malformed> {
        self.fine(operation)?;
        if operation.within_limits() {
            let mut terms: Terms<'t> = operation.terms.clone();
            if let Some(over) = self.fill(&mut terms, base, Undeclared::Ignored) {
                return Ok(self.input(terms, over));
            }
        }
        Ok(self.interned(Plain::of(&self.spelled_out(&operation.terms)), base)?.owned())
    }

    /// The name of a fact by its place among those told of the same.
    fn fact_name(&self, about: About, place: u32) -> &str {
        let fact = self.declared_of(about).get(place as usize).and_then(|fact| self.image.facts.get(*fact as usize));
        fact.map_or("", |fact| &fact.name)
    }

    /// Whether an operation was put together as it may be, from terms of this policy.
    fn fine(&self, operation: &TypedOperation) -> Result<(), Malformed> {
        let Seal { of, fault } = operation.seal;
        let fault = if of == self.seal() { fault } else { Some(Misuse::Foreign) };
        let foreign = "it is put together from terms of another policy; look them up in this one";
        match fault {
            None => Ok(()),
            Some(Misuse::Foreign) => Err(Malformed::at("", foreign)),
            Some(Misuse::Misplaced(about, place)) => {
                let message = format!("it is a fact of the {}, and told of something else", about.word());
                Err(Malformed::at(self.fact_name(about, place), message))
            }
            Some(Misuse::Twice(about, place)) => {
                Err(Malformed::at(self.fact_name(about, place), "this fact is told twice"))
            }
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
