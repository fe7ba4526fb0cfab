//! An operation in the terms of a policy, laid out to be judged point by point.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::NativeChecker;
use super::spoken::item_path;
use super::steady::Known;
use super::val::{Bare, FactVals, FactsTold, Val, Word};
use crate::calendar::{Date, Instant};
use crate::decision::TimeFrom;
use crate::image::{Facet, Image};
use crate::json::{Malformed, Text};
use crate::many::Many;
use crate::operation::{Collected, Retention, Told};
use crate::wire::parts::{Few, ItemParts, Parts};

/// A data item.
#[derive(Clone, Debug)]
pub struct InputItem<'t> {
    pub category: Word,
    /// None where not told.
    pub form: Option<Few<Word>>,
    pub contains: Option<Few<Word>>,
    pub collected: Option<Date>,
    /// Whether that is the day of the operation, whichever it is.
    pub fresh: bool,
    /// How long ago that is.
    pub age: Bare,
    pub facts: FactVals<'t>,
}

/// A recipient and its place.
#[derive(Clone, Debug)]
pub struct InputLeg {
    pub recipient: Word,
    pub place: Word,
    /// Those of every leg first, then those of this one.
    pub measures: Few<Word>,
    /// Whether measures of this leg were told.
    pub own: bool,
    /// Whether every list of measures was told.
    pub complete: bool,
}

/// An operation, interned.
#[derive(Clone, Debug)]
pub struct Input<'t> {
    pub action: Word,
    pub items: Many<InputItem<'t>>,
    pub subjects: Many<(Word, FactVals<'t>)>,
    pub purposes: Few<Word>,
    pub legs: Many<InputLeg>,
    /// Whether they were told as a list.
    pub listed: bool,
    /// How many measures every leg has; none where that wasn't told.
    pub shared: Option<usize>,
    pub origins: Few<Word>,
    pub actor: Word,
    pub role: Word,
    pub basis: Word,
    pub retention: Retention,
    pub time: Option<Instant>,
    pub time_from: TimeFrom,
    /// The time, as a value.
    pub now: Bare,
    pub facts: FactVals<'t>,
    /// What is known beforehand.
    pub known: Option<&'t Known>,
    /// Words that the vocabulary doesn't have.
    pub strange: Vec<StrangeWord>,
    /// Paths of facts that the policy doesn't declare.
    pub ignored: Vec<String>,
}

impl Input<'_> {
    /// How many members its lists have: items, subjects, purposes, legs and origins.
    pub fn counts(&self) -> [usize; 5] {
        [self.items.len(), self.subjects.len(), self.purposes.len(), self.legs.len(), self.origins.len()]
    }

    /// The word that stands in a place, of those that the vocabulary doesn't have.
    pub fn strange_word(&self, path: &str) -> Option<&str> {
        self.strange.iter().find(|strange| strange.path == path).map(|strange| strange.word.as_str())
    }

    /// The category of the item by this number, in a word.
    pub fn category<'c>(&self, image: &'c Image, index: u32) -> Text<'c> {
        match self.items.get(index as usize).map(|item| item.category) {
            Some(Word::Term(term)) => image.word(Facet::Data, term).into(),
            Some(Word::Strange) => {
                let word = self.strange_word(&item_path(index, ".category"));
                word.unwrap_or_default().to_string().into()
            }
            Some(Word::None | Word::Missing) | None => "".into(),
        }
    }

    /// Takes in that it was told over a base: a time that the operation didn't tell is the host's.
    pub fn told_over(&mut self, timeless: bool) {
        self.time_from = time_from(self.time, timeless);
    }

    /// The same at another time, which settles nothing beforehand.
    pub fn on(&self, time: Instant, offset: i16) -> Self {
        let mut other = Input { time: Some(time), now: Bare::time(Some(time)), known: None, ..self.clone() };
        let today = time.day(offset);
        for item in other.items.iter_mut().filter(|item| item.fresh) {
            (item.collected, item.age) = (Some(today), Bare::since(Some(today)));
        }
        other
    }

    /// The same, that borrows nothing.
    pub fn owned(self) -> Input<'static> {
        let item = |item: InputItem<'_>| InputItem {
            category: item.category,
            form: item.form,
            contains: item.contains,
            collected: item.collected,
            fresh: item.fresh,
            age: item.age,
            facts: item.facts.owned(),
        };
        Input {
            action: self.action,
            items: self.items.map(item),
            subjects: self.subjects.map(|(word, facts)| (word, facts.owned())),
            purposes: self.purposes,
            legs: self.legs,
            listed: self.listed,
            shared: self.shared,
            origins: self.origins,
            actor: self.actor,
            role: self.role,
            basis: self.basis,
            retention: self.retention,
            time: self.time,
            time_from: self.time_from,
            now: self.now,
            facts: self.facts.owned(),
            known: None,
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

/// What a host tells of every operation, beneath one.
#[derive(Clone, Copy, Default)]
pub(super) struct Over<'t> {
    /// Facts of the operation, by their places.
    pub facts: &'t [Val<'t>],
    /// What is known beforehand.
    pub known: Option<&'t Known>,
    /// Whether the time, if there is one, is the host's.
    pub timed: bool,
}

/// An operation in the terms of a policy.
pub(super) type Terms<'t> = Parts<Word, FactsTold<'t>>;

/// Whose the time is, where there is one: the host's, or that of the operation.
fn time_from(time: Option<Instant>, hosted: bool) -> TimeFrom {
    match time {
        None => TimeFrom::Unknown,
        Some(_) if hosted => TimeFrom::Host,
        Some(_) => TimeFrom::Operation,
    }
}

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

impl NativeChecker {
    /// An operation in terms, to be judged, whose contents are bounded.
    pub(super) fn input<'t>(&self, terms: Terms<'t>, over: Over<'t>) -> Input<'t> {
        let today = terms.time.map(|time| time.day(self.image.offset));
        let facts = |own: FactsTold<'t>| FactVals::of(own, &[]);
        let item = |item: ItemParts<Word, FactsTold<'t>>| {
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
                fresh: item.collected == Collected::Now,
                age: Bare::since(collected),
                facts: facts(item.facts),
            }
        };
        let listed = !terms.legs.is_empty();
        let leg = |recipient: Told<Word>, place: Told<Word>, own: Option<Few<Word>>| InputLeg {
            recipient: told(recipient),
            place: told(place),
            own: own.is_some(),
            complete: (own.is_some() || !listed) && terms.measures.is_some(),
            measures: match (&terms.measures, own) {
                (None, own) => own.unwrap_or_default(),
                (Some(common), None) => common.clone(),
                (Some(common), Some(own)) => common.iter().chain(&own).copied().collect(),
            },
        };
        let legs = if listed {
            terms.legs.map(|own| leg(own.recipient, own.place, own.measures))
        } else {
            Many::One(leg(terms.recipient, terms.place, None))
        };
        let subjects = match terms.subjects {
            Told::Unknown => Many::One((Word::Missing, FactVals::default())),
            Told::None => Many::One((Word::None, FactVals::default())),
            Told::Is(all) => all.map(|subject| (subject.term, facts(subject.facts))),
        };
        Input {
            action: terms.action,
            items: terms.data.map(item),
            subjects,
            purposes: many(terms.purposes),
            legs,
            listed,
            shared: terms.measures.map(|measures| measures.len()),
            origins: many(terms.origins),
            actor: told(terms.actor),
            role: terms.role.unwrap_or_default(),
            basis: told(terms.basis),
            retention: terms.retention,
            time: terms.time,
            time_from: time_from(terms.time, over.timed),
            now: Bare::time(terms.time),
            facts: FactVals::of(terms.facts, over.facts),
            known: over.known,
            strange: Vec::new(),
            ignored: Vec::new(),
        }
    }

    /// Sees that what an item states that it contains lies within what its category was declared to contain.
    ///
    /// # Errors
    /// Names the first that doesn't.
    #[inline]
    pub(super) fn bounded_contents(&self, terms: &Terms<'_>) -> Result<(), Malformed> {
        let states =
            |item: &ItemParts<Word, FactsTold<'_>>| item.contains.as_deref().is_some_and(|all| !all.is_empty());
        if terms.data.iter().any(states) { self.stated_contents(terms) } else { Ok(()) }
    }

    fn stated_contents(&self, terms: &Terms<'_>) -> Result<(), Malformed> {
        for (index, item) in terms.data.iter().enumerate() {
            let Word::Term(category) = item.category else { continue };
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
