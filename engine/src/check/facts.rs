//! Facts: found by their names, and read by their types.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::NativeChecker;
use super::symbols::Symbols;
use super::val::Val;
use crate::calendar::{Date, Duration, Instant, Moment};
use crate::image::{About, Base, Fact, Image};
use crate::spelled::{Spelled, same};
use crate::wire::plain::PlainValue;

/// The names of facts for each of what they are told of, by numbers in the order declared; which facts those are; and the
/// number of each fact.
pub(super) fn facts(image: &Image) -> (Vec<Symbols>, Vec<Vec<u32>>, Vec<u32>) {
    let mut declared: Vec<Vec<u32>> = About::ALL.iter().map(|_| Vec::new()).collect();
    let mut places = Vec::with_capacity(image.facts.len());
    for (index, fact) in image.facts.iter().enumerate() {
        if let Some(own) = declared.get_mut(fact.about as usize) {
            places.push(own.len() as u32);
            own.push(index as u32);
        }
    }
    let name = |fact: &u32| image.facts.get(*fact as usize).map_or("", |fact| fact.name.as_str());
    let names = declared.iter().map(|own| Symbols::of(own.iter().map(name))).collect();
    (names, declared, places)
}

impl NativeChecker {
    /// Where a fact stands among those told of the same.
    pub(super) fn place(&self, fact: u32) -> u32 {
        self.places.get(fact as usize).copied().unwrap_or(u32::MAX)
    }

    /// The facts told of the same, in order, by their numbers.
    pub(super) fn declared_of(&self, about: About) -> &[u32] {
        self.declared.get(about as usize).map_or(&[], Vec::as_slice)
    }

    /// A fact by its name, with its place among those told of the same.
    pub(super) fn declared_fact(&self, about: About, name: Spelled<'_>) -> Option<(u32, &Fact)> {
        let declared = self.declared_of(about);
        let fact = move |place: u32| self.image.facts.get(*declared.get(place as usize)? as usize);
        let is = move |place: u32| fact(place).is_some_and(|fact| name.is(&fact.name));
        let place = self.facts.get(about as usize)?.find(name.hash, is)?;
        Some((place, fact(place)?))
    }

    /// What is told of a fact of this type, or of a member of one that is a set; none where it isn't of the type, or a word
    /// that isn't declared.
    pub(super) fn single<'t>(&self, kind: &Base, value: &PlainValue<'t>) -> Option<Val<'t>> {
        let text = match *value {
            PlainValue::Bool(value) => return (*kind == Base::YesNo).then_some(Val::Bool(value)),
            PlainValue::Number(number) => return (*kind == Base::Number).then_some(Val::Number(number)),
            PlainValue::Text(text) => text,
            PlainValue::Set(_) => return None,
        };
        let none = text == "none";
        match kind {
            Base::Text => Some(Val::Text(Cow::Borrowed(text))),
            Base::OneOf(words) => words
                .iter()
                .any(|word| same(word.as_bytes(), text.as_bytes()))
                .then_some(Val::Text(Cow::Borrowed(text))),
            Base::Term(facet) if none && facet.has_none() => Some(Val::None),
            Base::Term(facet) => self.find(*facet, text).map(|term| Val::Term { facet: *facet, term, told: true }),
            _ if none => Some(Val::None),
            Base::YesNo | Base::Number => None,
            Base::Date => Date::parse(text).map(|date| Val::Moment(Moment::Date(date))),
            Base::Instant => Instant::parse(text).map(|instant| Val::Moment(Moment::Instant(instant))),
            Base::Duration => Duration::parse(text).map(Val::Duration),
        }
    }
}
