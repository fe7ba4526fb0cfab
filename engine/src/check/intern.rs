//! An operation in the terms of a policy: words looked up, facts read by their declared types, and what is wrong said.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::NativeChecker;
use super::input::{Input, Over, StrangeWord, Terms};
use super::val::{FactsTold, Val, Word};
use crate::image::{About, Base, Facet, Type};
use crate::json::{Malformed, Path};
use crate::many::Many;
use crate::operation::{Operation, Told};
use crate::spelled::Spelled;
use crate::truth::Truth;
use crate::wire::parts::{Few, ItemParts, LegParts, SubjectParts};
use crate::wire::plain::{Plain, PlainValue};

struct Interner<'a> {
    checker: &'a NativeChecker,
    strange: Vec<StrangeWord>,
    ignored: Vec<String>,
    item: Option<usize>,
}

impl NativeChecker {
    /// Looks up the words of an operation, once it is seen to be well-formed.
    pub(super) fn intern<'t>(&self, operation: &'t Operation) -> Result<Input<'t>, Malformed> {
        self.intern_sound(&Plain::of(operation))
    }

    /// The same, of an operation as it stands in its text.
    pub(super) fn intern_sound<'t>(&self, operation: &Plain<'t>) -> Result<Input<'t>, Malformed> {
        operation.validate()?;
        self.intern_plain(operation)
    }

    /// The same, of one that was seen to be well-formed.
    pub(super) fn intern_plain<'t>(&self, operation: &Plain<'t>) -> Result<Input<'t>, Malformed> {
        let mut at = Interner { checker: self, strange: Vec::new(), ignored: Vec::new(), item: None };
        let terms = at.operation(operation)?;
        self.bounded_contents(&terms)?;
        let mut input = self.input(terms, Over::default());
        (input.strange, input.ignored) = (at.strange, at.ignored);
        Ok(input)
    }
}

impl Interner<'_> {
    fn word(&mut self, facet: Facet, word: &str, path: &Path<'_>) -> Word {
        match self.checker.find(facet, word) {
            Some(term) => Word::Term(term),
            None => {
                let known = self.checker.image.facet(facet).iter().map(|term| term.name.as_str());
                let nearest = crate::nearest::nearest(word, known).map(ToString::to_string);
                self.stray(word, path, facet.word(), nearest);
                Word::Strange
            }
        }
    }

    fn stray(&mut self, word: &str, path: &Path<'_>, of: &str, nearest: Option<String>) {
        let (word, path, of) = (word.to_string(), path.to_string(), of.to_string());
        self.strange.push(StrangeWord { word, path, of, nearest, item: self.item });
    }

    fn words(&mut self, facet: Facet, words: &[&str], path: &Path<'_>) -> Few<Word> {
        words.iter().enumerate().map(|(index, word)| self.word(facet, word, &Path::Index(path, index))).collect()
    }

    fn told(&mut self, facet: Facet, told: &Told<&str>, path: &Path<'_>) -> Told<Word> {
        match told {
            Told::Unknown => Told::Unknown,
            Told::None => Told::None,
            Told::Is(word) => Told::Is(self.word(facet, word, path)),
        }
    }

    fn many(&mut self, facet: Facet, told: &Told<Few<&str>>, path: &Path<'_>) -> Told<Few<Word>> {
        match told {
            Told::Unknown => Told::Unknown,
            Told::None => Told::None,
            // One word alone stands at the path itself, as it may in the wire form.
            Told::Is(words) => Told::Is(match &**words {
                [word] => core::iter::once(self.word(facet, word, path)).collect(),
                words => self.words(facet, words, path),
            }),
        }
    }

    /// An operation in terms, in the order of the wire form, so that strange words are told in it.
    fn operation<'t>(&mut self, told: &Plain<'t>) -> Result<Terms<'t>, Malformed> {
        let key = |name: &'static str| Path::Key(&Path::Root, name);
        let mut terms = Terms { action: self.word(Facet::Action, told.action, &key("action")), ..Terms::default() };
        let data = key("data");
        for (index, item) in told.data.iter().enumerate() {
            self.item = Some(index);
            let path = Path::Index(&data, index);
            let category = self.word(Facet::Data, item.category, &Path::Key(&path, "category"));
            let form = item.form.as_ref().map(|form| self.words(Facet::Form, form, &Path::Key(&path, "form")));
            let contains = item.contains.as_ref().map(|c| self.words(Facet::Data, c, &Path::Key(&path, "contains")));
            let facts = self.facts(About::Item, &item.facts, &path)?;
            terms.data.push(ItemParts { category, form, contains, collected: item.collected, facts });
        }
        self.item = None;
        terms.subjects = match &told.subjects {
            Told::Unknown => Told::Unknown,
            Told::None => Told::None,
            Told::Is(subjects) => {
                let mut found = Many::None;
                for (index, subject) in subjects.iter().enumerate() {
                    let all = key("subjects");
                    let path = Path::Index(&all, index);
                    let term = self.word(Facet::Subject, subject.term, &path);
                    found.push(SubjectParts { term, facts: self.facts(About::Subject, &subject.facts, &path)? });
                }
                Told::Is(found)
            }
        };
        terms.actor = self.told(Facet::Actor, &told.actor, &key("actor"));
        terms.purposes = self.many(Facet::Purpose, &told.purposes, &key("purpose"));
        terms.recipient = self.told(Facet::Recipient, &told.recipient, &key("recipient"));
        terms.place = self.told(Facet::Place, &told.place, &key("place"));
        for (index, leg) in told.legs.iter().enumerate() {
            let all = key("legs");
            let path = Path::Index(&all, index);
            let recipient = self.told(Facet::Recipient, &leg.recipient, &Path::Key(&path, "recipient"));
            let place = self.told(Facet::Place, &leg.place, &Path::Key(&path, "place"));
            let own = leg.measures.as_ref().map(|m| self.words(Facet::Measure, m, &Path::Key(&path, "measures")));
            terms.legs.push(LegParts { recipient, place, measures: own });
        }
        terms.origins = self.many(Facet::Place, &told.origins, &key("origin"));
        terms.role = told.role.as_ref().map(|role| self.word(Facet::Role, role, &key("role")));
        terms.basis = self.told(Facet::Basis, &told.basis, &key("basis"));
        terms.measures = told.measures.as_ref().map(|m| self.words(Facet::Measure, m, &key("measures")));
        (terms.retention, terms.time) = (told.retention, told.time);
        terms.facts = self.facts(About::Operation, &told.facts, &Path::Root)?;
        Ok(terms)
    }

    /// What is told of the declared facts of one kind.
    fn facts<'t>(
        &mut self,
        about: About,
        told: &[(&str, PlainValue<'t>)],
        path: &Path<'_>,
    ) -> Result<FactsTold<'t>, Malformed> {
        let mut values: FactsTold<'t> = Many::None;
        let path = Path::Key(path, "facts");
        for (index, (name, value)) in told.iter().enumerate() {
            let path = Path::Key(&path, name);
            let found = self.checker.declared_fact(about, Spelled::of(name.as_bytes()));
            let place = found.map(|(place, _)| values.binary_search_by_key(&place, |(before, _)| *before));
            let twice = match place {
                Some(place) => place.is_ok(),
                None => told.iter().take(index).any(|(earlier, _)| earlier == name),
            };
            if twice {
                return Err(Malformed::at(&path, "this fact stands twice; keep one"));
            }
            match (found, place) {
                (Some((place, fact)), Some(Err(at))) => {
                    let value = self.fact(&fact.kind, name, value, &path)?;
                    values.insert(at, (place, value));
                }
                _ => self.ignored.push(path.to_string()),
            }
        }
        Ok(values)
    }

    fn fact<'t>(
        &mut self,
        kind: &Type,
        name: &str,
        value: &PlainValue<'t>,
        path: &Path<'_>,
    ) -> Result<Val<'t>, Malformed> {
        if !kind.set {
            return self.single(&kind.base, name, value, path);
        }
        match value {
            PlainValue::Set(members) => {
                let mut found = Vec::new();
                for (index, member) in members.iter().enumerate() {
                    let val = self.single(&kind.base, name, member, &Path::Index(path, index))?;
                    if val == Val::None {
                        return Err(Malformed::at(path, "`none` is no member of a set; the empty set is []"));
                    }
                    found.push((val, Truth::True));
                }
                Ok(Val::Set { members: found, open: false })
            }
            _ => Err(Malformed::at(path, "expected a list, since this fact is a set")),
        }
    }

    fn single<'t>(
        &mut self,
        base: &Base,
        name: &str,
        value: &PlainValue<'t>,
        path: &Path<'_>,
    ) -> Result<Val<'t>, Malformed> {
        if let Some(value) = self.checker.single(base, value) {
            return Ok(value);
        }
        let text = match value {
            PlainValue::Text(text) => Some(*text),
            _ => None,
        };
        let wanted = match (base, text) {
            // A word that isn't there is said with the others.
            (Base::OneOf(words), Some(word)) => {
                let near = crate::nearest::nearest(word, words.iter().map(String::as_str)).map(ToString::to_string);
                self.stray(word, path, &format!("fact {name}"), near);
                return Ok(Val::Unknown);
            }
            (Base::Term(facet), Some(word)) => {
                self.word(*facet, word, path);
                return Ok(Val::Unknown);
            }
            (Base::OneOf(words), None) => &format!("one of {}", words.join(", ")),
            (Base::Term(facet), None) => &format!("a word: a declared {}", facet.word()),
            (Base::YesNo, _) => "yes or no: write true or false",
            (Base::Number, _) => "a number",
            (Base::Text, _) => "a text",
            (Base::Date, _) => "a date: write YYYY-MM-DD or none",
            (Base::Instant, _) => "an instant: write it as in 2026-11-20T10:00:00Z, or none",
            (Base::Duration, _) => "a duration: write ISO 8601 as in P30D, or none",
        };
        Err(Malformed::at(path, format!("the fact `{name}` is {wanted}")))
    }
}
