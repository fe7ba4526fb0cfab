//! The operations that policies could be asked about: one point, with every part a choice among words that some rule
//! tells apart.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use abey_engine::calendar::Duration;
use abey_engine::hierarchy::Hierarchy;
use abey_engine::image::{About, Base, Facet, Image, Slot, Type};
use abey_engine::value::FactValue;

use super::circuit::{Bit, Circuit, Kleene, NO};
use super::classes::Classes;
use super::order::{Id, Kind, Orders};

/// How much operations leave open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Every facet a leaf, or exactly a general action or measure; every fact and date given.
    Full,
    /// As well, a word for several things where, as the operation stands, nothing lies below it.
    Settled,
    /// As well as the first, what isn't told, and words for several things.
    Partial,
}

/// What an operation says in a part.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Said {
    /// Nothing.
    Missing,
    /// That there is none.
    None,
    /// This word.
    Word(String),
}

impl Said {
    /// The word, if it is one.
    pub fn word(&self) -> Option<&str> {
        match self {
            Said::Word(word) => Some(word),
            _ => None,
        }
    }
}

/// What a fact says.
pub enum Told {
    /// One of these.
    Choice(Vec<(FactValue, Bit)>),
    /// A day, a moment or a number; none where not present.
    Quantity {
        /// Whether there is one.
        present: Bit,
        /// Which.
        id: Id,
        /// What it is.
        kind: Kind,
    },
    /// A length: one that some rule tells apart from others, or another.
    Length {
        /// Those, each with its bit.
        of: Vec<(Duration, Bit)>,
        /// That there is none.
        none: Bit,
        /// Another one.
        other: Bit,
    },
    /// Those whose bit holds.
    Set(Vec<(FactValue, Bit)>),
}

/// A fact of an operation.
pub struct Fact {
    /// Of what it is told.
    pub about: About,
    /// Its name.
    pub name: String,
    /// Its type, by the first policy that declares it.
    pub kind: Type,
    /// What it says.
    pub told: Told,
    /// That it isn't told.
    pub unknown: Bit,
}

/// How long an operation plans to hold data, as bits of which one holds.
#[derive(Clone, Copy)]
pub struct Holding {
    /// Not said.
    pub unknown: Bit,
    /// Not at all.
    pub none: Bit,
    /// As the duty says.
    pub agreed: Bit,
    /// For so many days.
    pub days: Bit,
    /// For so long, down to the second.
    pub seconds: Bit,
    /// The day on which it ends, where days are planned.
    pub last: Id,
    /// The moment at which it ends, where seconds are planned.
    pub end: Id,
}

/// What the circuit's inputs mean.
pub struct World {
    /// The circuit.
    pub circuit: Circuit,
    /// Days, moments and numbers.
    pub orders: Orders,
    /// How much operations leave open.
    pub reach: Reach,
    /// For each slot, in the order of [`Slot::ALL`], what may be said there.
    pub slots: Vec<Vec<(Said, Bit)>>,
    /// The category of the data item.
    pub data: Vec<(Said, Bit)>,
    /// Forms of the data item.
    pub forms: Vec<(String, Bit)>,
    /// What the item contains.
    pub contents: Vec<(String, Bit)>,
    /// Measures in place.
    pub measures: Vec<(String, Bit)>,
    /// That forms, contents, measures, the time or the day of collection aren't told.
    pub untold: Untold,
    /// The time.
    pub time: Id,
    /// The day of collection.
    pub collected: Id,
    /// How long data is to be held.
    pub holding: Holding,
    /// Facts.
    pub facts: Vec<Fact>,
    /// Choices that stand for "something else", which no operation is made of.
    pub elsewhere: Vec<Bit>,
    /// What isn't followed, by what it is: both policies see the same.
    whichever: BTreeMap<String, Kleene>,
    /// Sums of lengths that aren't followed, by what they are the sums of.
    sums: BTreeMap<String, usize>,
    /// The words that stand for all.
    pub classes: Classes,
    /// Where the circuit knows less than the checker does, and why.
    pub vague: Option<String>,
}

/// That a part isn't told.
#[derive(Clone, Copy)]
pub struct Untold {
    /// Forms.
    pub forms: Bit,
    /// Contents.
    pub contents: Bit,
    /// Measures.
    pub measures: Bit,
    /// The time.
    pub time: Bit,
    /// The day of collection.
    pub collected: Bit,
}

impl World {
    /// The operations that could be put to these policies.
    pub fn of(images: &[&Image], hierarchies: &[Vec<Rc<Hierarchy>>], reach: Reach) -> Self {
        let classes = Classes::of(images, hierarchies, reach);
        let mut circuit = Circuit::default();
        let offset = images.first().map_or(0, |image| image.offset);
        let mut orders = Orders::new(offset, super::classes::anchor(images));
        let partial = |circuit: &mut Circuit| if reach == Reach::Partial { circuit.fresh() } else { NO };
        let one_of = |circuit: &mut Circuit, said: Vec<Said>| {
            let choices: Vec<(Said, Bit)> = said.into_iter().map(|said| (said, circuit.fresh())).collect();
            let bits: Vec<Bit> = choices.iter().map(|(_, bit)| *bit).collect();
            circuit.exactly_one(&bits);
            choices
        };
        let said = |facet: Facet, words: &[String]| {
            let mut said: Vec<Said> = Vec::new();
            if facet.has_none() {
                said.push(Said::None);
            }
            said.extend(words.iter().cloned().map(Said::Word));
            if reach == Reach::Partial && !matches!(facet, Facet::Action | Facet::Data) {
                said.push(Said::Missing);
            }
            said
        };
        let slots = Slot::ALL
            .iter()
            .map(|slot| one_of(&mut circuit, said(slot.facet(), classes.words(slot.facet()))))
            .collect();
        let data = one_of(&mut circuit, said(Facet::Data, classes.words(Facet::Data)));
        let mut set = |facet: Facet| -> Vec<(String, Bit)> {
            classes.words(facet).iter().map(|word| (word.clone(), circuit.fresh())).collect()
        };
        let (forms, contents, measures) = (set(Facet::Form), set(Facet::Data), set(Facet::Measure));
        let untold = Untold {
            forms: partial(&mut circuit),
            contents: partial(&mut circuit),
            measures: partial(&mut circuit),
            time: partial(&mut circuit),
            collected: partial(&mut circuit),
        };
        let time = orders.variable(Kind::Instant, !untold.time);
        let collected = orders.variable(Kind::Date, !untold.collected);
        let (unknown, none) = (partial(&mut circuit), circuit.fresh());
        let (agreed, days, seconds) = (circuit.fresh(), circuit.fresh(), circuit.fresh());
        let bits: Vec<Bit> = [unknown, none, agreed, days, seconds].into_iter().filter(|bit| *bit != NO).collect();
        circuit.exactly_one(&bits);
        let last = orders.variable(Kind::Date, days);
        let end = orders.variable(Kind::Instant, seconds);
        let mut world = World {
            circuit,
            orders,
            reach,
            slots,
            data,
            forms,
            contents,
            measures,
            untold,
            time,
            collected,
            holding: Holding { unknown, none, agreed, days, seconds, last, end },
            facts: Vec::new(),
            elsewhere: Vec::new(),
            whichever: BTreeMap::new(),
            sums: BTreeMap::new(),
            classes: Classes::default(),
            vague: None,
        };
        world.plans();
        world.declare_facts(images, &classes);
        world.classes = classes;
        world
    }

    /// No plan ends before it begins.
    fn plans(&mut self) {
        let Holding { days, seconds, last, end, .. } = self.holding;
        let early = self.orders.order(&mut self.circuit, last, self.collected).less;
        self.circuit.clause(&[!days, !early, self.untold.collected]);
        let start = self.orders.start(self.collected);
        let early = self.orders.order(&mut self.circuit, end, start).less;
        self.circuit.clause(&[!seconds, !early, self.untold.collected]);
    }

    fn declare_facts(&mut self, images: &[&Image], classes: &Classes) {
        let mut seen: BTreeMap<(About, String), Type> = BTreeMap::new();
        for image in images {
            for fact in image.facts.iter().filter(|fact| fact.about != About::Recipient) {
                if let Some(kind) = seen.get(&(fact.about, fact.name.clone())) {
                    let same = match (&kind.base, &fact.kind.base) {
                        (Base::OneOf(_), Base::OneOf(_)) => kind.set == fact.kind.set,
                        _ => *kind == fact.kind,
                    };
                    if !same {
                        self.vague = Some(format!("the fact `{}` is of another type in the other policy", fact.name));
                    }
                    continue;
                }
                seen.insert((fact.about, fact.name.clone()), fact.kind.clone());
                let told = self.told(&fact.kind, &fact.name, images, classes);
                let unknown = if self.reach == Reach::Partial { self.circuit.fresh() } else { NO };
                let (about, name, kind) = (fact.about, fact.name.clone(), fact.kind.clone());
                self.facts.push(Fact { about, name, kind, told, unknown });
            }
        }
    }

    fn told(&mut self, kind: &Type, name: &str, images: &[&Image], classes: &Classes) -> Told {
        let text = |word: &str| FactValue::Text(word.to_string());
        let none = text("none");
        let mut values: Vec<FactValue> = match &kind.base {
            Base::YesNo => vec![none.clone(), FactValue::Bool(false), FactValue::Bool(true)],
            Base::OneOf(_) => {
                // The words of every policy that declares the fact.
                let facts = images.iter().flat_map(|image| &image.facts).filter(|fact| fact.name == name);
                let words: BTreeSet<&String> = facts
                    .filter_map(|fact| match &fact.kind.base {
                        Base::OneOf(words) => Some(words),
                        _ => None,
                    })
                    .flatten()
                    .collect();
                words.into_iter().map(|word| text(word)).collect()
            }
            Base::Term(facet) => {
                let words = classes.words(*facet).iter().map(|word| text(word));
                if facet.has_none() { std::iter::once(none.clone()).chain(words).collect() } else { words.collect() }
            }
            Base::Text => classes.texts().iter().map(|word| text(word)).collect(),
            Base::Number | Base::Duration | Base::Date | Base::Instant if kind.set => classes.members(&kind.base),
            Base::Number => return self.quantity(Kind::Number),
            Base::Date => return self.quantity(Kind::Date),
            Base::Instant => return self.quantity(Kind::Instant),
            Base::Duration => {
                let of: Vec<(Duration, Bit)> =
                    classes.lengths().iter().map(|length| (*length, self.circuit.fresh())).collect();
                let (none, other) = (self.circuit.fresh(), self.circuit.fresh());
                let bits: Vec<Bit> = of.iter().map(|(_, bit)| *bit).chain([none, other]).collect();
                self.circuit.exactly_one(&bits);
                self.elsewhere.push(other);
                return Told::Length { of, none, other };
            }
        };
        if kind.set {
            values.retain(|value| *value != none);
        }
        let values: Vec<(FactValue, Bit)> = values.into_iter().map(|value| (value, self.circuit.fresh())).collect();
        if kind.set {
            return Told::Set(values);
        }
        let bits: Vec<Bit> = values.iter().map(|(_, bit)| *bit).collect();
        self.circuit.exactly_one(&bits);
        Told::Choice(values)
    }

    fn quantity(&mut self, kind: Kind) -> Told {
        let present = self.circuit.fresh();
        Told::Quantity { present, id: self.orders.variable(kind, present), kind }
    }

    /// The number of a sum of lengths that isn't followed, which is that of no fact.
    pub fn length_of(&mut self, sum: &str) -> usize {
        let next = usize::MAX - self.sums.len();
        *self.sums.entry(sum.to_string()).or_insert(next)
    }

    /// Something that may be so or not, or not be settled; the same for the same words.
    pub fn whichever(&mut self, what: &str) -> Kleene {
        if let Some(known) = self.whichever.get(what) {
            return *known;
        }
        let (sure, may) = (self.circuit.fresh(), self.circuit.fresh());
        self.circuit.clause(&[!sure, may]);
        let found = Kleene { sure, may };
        self.whichever.insert(what.to_string(), found);
        found
    }

    /// What may be said in a slot.
    pub fn slot(&self, slot: Slot) -> &[(Said, Bit)] {
        self.slots.get(slot as usize).map_or(&[], Vec::as_slice)
    }
}
