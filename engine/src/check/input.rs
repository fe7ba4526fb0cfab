//! An operation in the terms of a policy: words looked up, facts read by their declared types.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::NativeChecker;
use crate::calendar::{Date, Duration, Instant, Moment};
use crate::image::{About, Base, Facet, Literal, Type};
use crate::json::{Malformed, Path};
use crate::operation::{Collected, Operation, Retention, Told};
use crate::truth::Truth;
use crate::value::Number;
use crate::wire::many::Many;
use crate::wire::parts::{Few, ItemParts, LegParts, Parts, SubjectParts};
use crate::wire::plain::{Plain, PlainValue};

/// What a point says of one facet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Word {
    /// Nothing.
    #[default]
    Missing,
    /// A word that the vocabulary doesn't have.
    Strange,
    /// That there is none.
    None,
    /// This term.
    Term(u32),
}

/// A value while a condition is evaluated.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Val<'t> {
    #[default]
    Unknown,
    None,
    Bool(bool),
    Number(Number),
    Duration(Duration),
    Moment(Moment),
    Text(Cow<'t, str>),
    /// A term; whether the operation told it, or the policy did.
    Term {
        facet: Facet,
        term: u32,
        told: bool,
    },
    /// One of these; which isn't known.
    Either(Vec<Val<'t>>),
    /// How long ago, from this day.
    Since(Date),
    /// Members, each with whether it is one; whether there may be more.
    Set {
        members: Vec<(Val<'t>, Truth)>,
        open: bool,
    },
}

impl Val<'_> {
    /// The same, that borrows nothing.
    pub fn owned(self) -> Val<'static> {
        match self {
            Val::Unknown => Val::Unknown,
            Val::None => Val::None,
            Val::Bool(value) => Val::Bool(value),
            Val::Number(number) => Val::Number(number),
            Val::Duration(duration) => Val::Duration(duration),
            Val::Moment(moment) => Val::Moment(moment),
            Val::Text(text) => Val::Text(Cow::Owned(text.into_owned())),
            Val::Term { facet, term, told } => Val::Term { facet, term, told },
            Val::Either(values) => Val::Either(values.into_iter().map(Val::owned).collect()),
            Val::Since(date) => Val::Since(date),
            Val::Set { members, open } => {
                let members = members.into_iter().map(|(member, held)| (member.owned(), held)).collect();
                Val::Set { members, open }
            }
        }
    }

    /// The day or moment that it is, if it is one.
    pub fn moment(&self) -> Option<Moment> {
        match self {
            Val::Moment(moment) => Some(*moment),
            _ => None,
        }
    }
}

impl<'t> From<&'t Literal> for Val<'t> {
    fn from(literal: &'t Literal) -> Self {
        match literal {
            Literal::None => Val::None,
            Literal::Bool(value) => Val::Bool(*value),
            Literal::Number(number) => Val::Number(*number),
            Literal::Duration(duration) => Val::Duration(*duration),
            Literal::Date(date) => Val::Moment(Moment::Date(*date)),
            Literal::Instant(instant) => Val::Moment(Moment::Instant(*instant)),
            Literal::Text(text) | Literal::Choice(text) => Val::Text(Cow::Borrowed(text)),
            Literal::Term((facet, term)) => Val::Term { facet: *facet, term: *term, told: false },
            Literal::Set(members) => {
                let members = members.iter().map(|member| (Val::from(member), Truth::True)).collect();
                Val::Set { members, open: false }
            }
        }
    }
}

/// What is told of the facts that are declared of one thing, by their places.
#[derive(Clone, Debug, Default)]
pub struct FactVals<'t> {
    /// What the operation tells; empty where it tells nothing.
    own: Vec<Val<'t>>,
    /// What a host tells of every operation.
    base: &'t [Val<'t>],
}

impl<'t> FactVals<'t> {
    /// What is told of the fact in a place; unknown where nothing is.
    #[inline]
    pub fn get(&self, place: usize) -> &Val<'t> {
        match self.own.get(place) {
            None | Some(Val::Unknown) => self.base.get(place).unwrap_or(&Val::Unknown),
            Some(told) => told,
        }
    }

    /// What is told of all of them.
    pub fn all(&self) -> Vec<Val<'t>> {
        (0..self.own.len().max(self.base.len())).map(|place| self.get(place).clone()).collect()
    }

    fn owned(self) -> FactVals<'static> {
        FactVals { own: self.all().into_iter().map(Val::owned).collect(), base: &[] }
    }
}

/// A data item.
#[derive(Debug)]
pub struct InputItem<'t> {
    pub category: Word,
    /// None where not told.
    pub form: Option<Few<Word>>,
    pub contains: Option<Few<Word>>,
    pub collected: Option<Date>,
    /// How long ago that is.
    pub age: Val<'t>,
    pub facts: FactVals<'t>,
}

/// A recipient and its place.
#[derive(Debug)]
pub struct InputLeg {
    pub recipient: Word,
    pub place: Word,
    pub measures: Few<Word>,
    /// Whether every list of measures was told.
    pub complete: bool,
}

/// An operation, interned.
#[derive(Debug)]
pub struct Input<'t> {
    pub action: Word,
    pub items: Many<InputItem<'t>>,
    pub subjects: Many<(Word, FactVals<'t>)>,
    pub purposes: Few<Word>,
    pub legs: Many<InputLeg>,
    pub origins: Few<Word>,
    pub actor: Word,
    pub role: Word,
    pub basis: Word,
    pub retention: Retention,
    pub time: Option<Instant>,
    /// The same, as a value.
    pub now: Val<'t>,
    pub facts: FactVals<'t>,
    /// The conditions that are known beforehand.
    pub known: Cow<'t, [Option<Truth>]>,
    /// Words that the vocabulary doesn't have.
    pub strange: Vec<StrangeWord>,
    /// Paths of facts that the policy doesn't declare.
    pub ignored: Vec<String>,
}

impl Input<'_> {
    /// The same, that borrows nothing.
    pub fn owned(self) -> Input<'static> {
        let item = |item: InputItem<'_>| InputItem {
            category: item.category,
            form: item.form,
            contains: item.contains,
            collected: item.collected,
            age: item.age.owned(),
            facts: item.facts.owned(),
        };
        Input {
            action: self.action,
            items: self.items.map(item),
            subjects: self.subjects.map(|(word, facts)| (word, facts.owned())),
            purposes: self.purposes,
            legs: self.legs,
            origins: self.origins,
            actor: self.actor,
            role: self.role,
            basis: self.basis,
            retention: self.retention,
            time: self.time,
            now: self.now.owned(),
            facts: self.facts.owned(),
            known: Cow::Owned(self.known.into_owned()),
            strange: self.strange,
            ignored: self.ignored,
        }
    }
}

/// A word that the vocabulary doesn't have.
#[derive(Clone, Debug)]
pub struct StrangeWord {
    pub word: String,
    pub path: String,
    /// The facet it was looked up in, or the fact whose words don't have it.
    pub of: String,
    pub nearest: Option<String>,
    /// The data item in which it stands.
    pub item: Option<usize>,
}

/// An operation in the terms of a policy; facts stand in the order in which they are declared.
pub(super) type Terms<'t> = Parts<Word, Vec<Val<'t>>>;

fn told(told: Told<Word>) -> Word {
    match told {
        Told::Unknown => Word::Missing,
        Told::None => Word::None,
        Told::Is(word) => word,
    }
}

fn many(told: Told<Few<Word>>) -> Few<Word> {
    match told {
        Told::Unknown => core::iter::once(Word::Missing).collect(),
        Told::None => core::iter::once(Word::None).collect(),
        Told::Is(words) => words,
    }
}

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
        let mut input = self.input(terms, &[])?;
        (input.strange, input.ignored) = (at.strange, at.ignored);
        Ok(input)
    }

    /// An operation in terms, to be judged; what it doesn't tell of its own facts is told by `base`.
    pub(super) fn input<'t>(&self, terms: Terms<'t>, base: &'t [Val<'t>]) -> Result<Input<'t>, Malformed> {
        let today = terms.time.map(|time| time.day(self.image.offset));
        let facts = |own: Vec<Val<'t>>| FactVals { own, base: &[] };
        let item = |item: ItemParts<Word, Vec<Val<'t>>>| {
            let collected = match item.collected {
                Collected::Unknown => None,
                Collected::Now => today,
                Collected::On(date) => Some(date),
            };
            InputItem {
                category: item.category,
                form: item.form,
                contains: item.contains,
                collected,
                age: collected.map_or(Val::Unknown, Val::Since),
                facts: facts(item.facts),
            }
        };
        let leg = |recipient: Told<Word>, place: Told<Word>, own: Option<Few<Word>>| InputLeg {
            recipient: told(recipient),
            place: told(place),
            complete: own.is_some() && terms.measures.is_some(),
            measures: match (&terms.measures, own) {
                (None, own) => own.unwrap_or_default(),
                (Some(common), None) => common.clone(),
                (Some(common), Some(own)) => common.iter().chain(&own).copied().collect(),
            },
        };
        let legs = if terms.legs.is_empty() {
            Many::One(leg(terms.recipient, terms.place, Some(Few::default())))
        } else {
            terms.legs.map(|own| leg(own.recipient, own.place, own.measures))
        };
        let subjects = match terms.subjects {
            Told::Unknown => Many::One((Word::Missing, FactVals::default())),
            Told::None => Many::One((Word::None, FactVals::default())),
            Told::Is(all) => all.map(|subject| (subject.term, facts(subject.facts))),
        };
        let input = Input {
            action: terms.action,
            items: terms.data.map(item),
            subjects,
            purposes: many(terms.purposes),
            legs,
            origins: many(terms.origins),
            actor: told(terms.actor),
            role: terms.role.unwrap_or_default(),
            basis: told(terms.basis),
            retention: terms.retention,
            time: terms.time,
            now: terms.time.map_or(Val::Unknown, |time| Val::Moment(Moment::Instant(time))),
            facts: FactVals { own: terms.facts, base },
            known: Cow::Borrowed(&[]),
            strange: Vec::new(),
            ignored: Vec::new(),
        };
        self.bounded_contents(&input)?;
        Ok(input)
    }

    /// What an item states that it contains lies within what its category was declared to contain.
    fn bounded_contents(&self, input: &Input<'_>) -> Result<(), Malformed> {
        for (index, item) in input.items.iter().enumerate() {
            let Word::Term(category) = item.category else { continue };
            if item.contains.as_ref().is_none_or(|stated| stated.is_empty()) {
                continue;
            }
            let bounds: Vec<&[u32]> = self.content_bounds(category).collect();
            for (position, word) in item.contains.iter().flatten().enumerate() {
                let Word::Term(term) = word else { continue };
                let outside =
                    |bound: &&&[u32]| !bound.iter().any(|above| self.hierarchy(Facet::Data).sure(*term, *above));
                if let Some(bound) = bounds.iter().find(outside) {
                    let names: Vec<&str> = bound.iter().map(|term| self.image.word(Facet::Data, *term)).collect();
                    return Err(Malformed::at(
                        &format!("data[{index}].contains[{position}]"),
                        format!(
                            "`{}` is declared as containing {}; `{}` is none of them",
                            self.image.word(Facet::Data, category),
                            names.join(", "),
                            self.image.word(Facet::Data, *term)
                        ),
                    ));
                }
            }
        }
        Ok(())
    }
}

/// Which of up to [`crate::limits::FACTS`] numbers came up.
#[derive(Default)]
struct Seen([u64; crate::limits::FACTS.div_ceil(64)]);

impl Seen {
    /// Whether it comes up for the first time.
    fn first(&mut self, number: u32) -> bool {
        let Some(word) = self.0.get_mut(number as usize / 64) else { return true };
        let bit = 1 << (number % 64);
        let first = *word & bit == 0;
        *word |= bit;
        first
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

    /// The declared facts of one kind, in order, with what was told of each.
    fn facts<'t>(
        &mut self,
        about: About,
        told: &[(&str, PlainValue<'t>)],
        path: &Path<'_>,
    ) -> Result<Vec<Val<'t>>, Malformed> {
        let checker = self.checker;
        let declared = checker.declared.get(about as usize).map_or(&[][..], Vec::as_slice);
        if told.is_empty() {
            return Ok(Vec::new());
        }
        let mut values: Vec<Val<'t>> = declared.iter().map(|_| Val::Unknown).collect();
        // Which were told, so that none is told twice.
        let mut seen = Seen::default();
        let path = Path::Key(path, "facts");
        for (index, (name, value)) in told.iter().enumerate() {
            let path = Path::Key(&path, name);
            let fact = |place: u32| checker.image.facts.get(*declared.get(place as usize)? as usize);
            let is = |place: u32| fact(place).is_some_and(|fact| fact.name == *name);
            let found = checker.facts.get(about as usize).and_then(|names| names.find(name, is));
            let twice = match found {
                Some(place) => !seen.first(place),
                None => told.iter().take(index).any(|(earlier, _)| earlier == name),
            };
            if twice {
                return Err(Malformed::at(&path, "this fact stands twice; keep one"));
            }
            match found.and_then(|place| Some((fact(place)?, values.get_mut(place as usize)?))) {
                Some((fact, slot)) => *slot = self.fact(&fact.kind, name, value, &path)?,
                None => self.ignored.push(path.to_string()),
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
        let wrong = |wanted: &str| Malformed::at(path, format!("the fact `{name}` is {wanted}"));
        let text = match value {
            PlainValue::Text(text) => Some(*text),
            _ => None,
        };
        let none = text == Some("none");
        Ok(match base {
            Base::YesNo => match value {
                PlainValue::Bool(value) => Val::Bool(*value),
                _ if none => Val::None,
                _ => return Err(wrong("yes or no: write true or false")),
            },
            Base::Number => match value {
                PlainValue::Number(number) => Val::Number(*number),
                _ if none => Val::None,
                _ => return Err(wrong("a number")),
            },
            Base::Text => Val::Text(Cow::Borrowed(text.ok_or_else(|| wrong("a text"))?)),
            Base::OneOf(words) => {
                let word = text.ok_or_else(|| wrong(&format!("one of {}", words.join(", "))))?;
                if words.iter().any(|known| known == word) {
                    Val::Text(Cow::Borrowed(word))
                } else {
                    let near = crate::nearest::nearest(word, words.iter().map(String::as_str)).map(ToString::to_string);
                    self.stray(word, path, &format!("fact {name}"), near);
                    Val::Unknown
                }
            }
            Base::Term(facet) => {
                let word = text.ok_or_else(|| wrong(&format!("a word: a declared {}", facet.word())))?;
                if none && facet.has_none() {
                    return Ok(Val::None);
                }
                match self.word(*facet, word, path) {
                    Word::Term(term) => Val::Term { facet: *facet, term, told: true },
                    _ => Val::Unknown,
                }
            }
            Base::Date | Base::Instant | Base::Duration if none => Val::None,
            Base::Date => {
                let date = text.and_then(Date::parse);
                Val::Moment(Moment::Date(date.ok_or_else(|| wrong("a date: write YYYY-MM-DD or none"))?))
            }
            Base::Instant => {
                let instant = text.and_then(Instant::parse);
                Val::Moment(Moment::Instant(
                    instant.ok_or_else(|| wrong("an instant: write it as in 2026-11-20T10:00:00Z, or none"))?,
                ))
            }
            Base::Duration => Val::Duration(
                text.and_then(Duration::parse)
                    .ok_or_else(|| wrong("a duration: write ISO 8601 as in P30D, or none"))?,
            ),
        })
    }
}
