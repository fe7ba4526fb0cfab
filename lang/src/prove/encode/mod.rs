//! A policy as a circuit over the operations that could be put to it: the checker's semantics, over bits.
//!
//! Each function mirrors one of the checker's `check` module; every answer that the circuit leads to is put to the checker
//! before it is shown, and tests compare proofs with enumerations by the reference evaluator.

mod conditions;
mod keeping;
mod recipients;
mod rules;
mod scopes;
mod settled;
mod tables;
mod values;
mod words;

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use abey_engine::hierarchy::Hierarchy;
use abey_engine::image::{Facet, Image, Slot};

use super::circuit::{Bit, Kleene, NO};
use super::space::{Said, World};
pub use rules::Encoded;
use values::{Setting, Sym};

/// A word of an operation, as a policy knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Own {
    /// Nothing is said.
    Missing,
    /// A word that the policy doesn't have.
    Strange,
    /// There is none.
    None,
    /// This term.
    Term(u32),
}

/// A part of the point that holds one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Where {
    /// A slot.
    Slot(Slot),
    /// The category of the data item.
    Category,
}

impl Where {
    fn facet(self) -> Facet {
        match self {
            Where::Slot(slot) => slot.facet(),
            Where::Category => Facet::Data,
        }
    }
}

/// Which words of an operation a scope sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// What is named.
    Named,
    /// What it implies and contains as well.
    Implied,
}

/// What becomes a circuit, with everything that was built already.
pub struct Encoder<'a> {
    /// The tables of the policy.
    pub image: &'a Image,
    hierarchies: Vec<Rc<Hierarchy>>,
    index: Vec<BTreeMap<&'a str, u32>>,
    settings: Vec<Setting>,
    slots: Vec<Vec<(Own, Bit)>>,
    data: Vec<(Own, Bit)>,
    forms: Vec<(Own, Bit)>,
    contents: Vec<(Own, Bit)>,
    measures: Vec<(Own, Bit)>,
    matched: BTreeMap<(Where, u32), Kleene>,
    below: BTreeMap<(Facet, u32, u32), Kleene>,
    conditions: HashMap<u32, Kleene>,
    values: HashMap<u32, Rc<Sym>>,
    facts: HashMap<u32, Rc<Sym>>,
    in_place: HashMap<u32, Kleene>,
    formed: HashMap<u32, Kleene>,
    authorised: Option<Kleene>,
    crossing: Option<Kleene>,
}

impl<'a> Encoder<'a> {
    /// Reads the world's words as a policy knows them.
    pub fn new(image: &'a Image, hierarchies: Vec<Rc<Hierarchy>>, world: &World) -> Self {
        let index: Vec<BTreeMap<&str, u32>> = Facet::ALL
            .iter()
            .map(|facet| {
                let terms = image.facet(*facet).iter().enumerate();
                terms.map(|(index, term)| (term.name.as_str(), index as u32)).collect()
            })
            .collect();
        let find = |facet: Facet, word: &str| {
            let own = index.get(facet as usize).and_then(|index: &BTreeMap<&str, u32>| index.get(word));
            own.map_or(Own::Strange, |own| Own::Term(*own))
        };
        let choices = |facet: Facet, said: &[(Said, Bit)]| {
            let own = said.iter().map(|(said, bit)| {
                let own = match said {
                    Said::Missing => Own::Missing,
                    Said::None => Own::None,
                    Said::Word(word) => find(facet, word),
                };
                (own, *bit)
            });
            own.collect::<Vec<_>>()
        };
        let set = |facet: Facet, words: &[(String, Bit)]| {
            words.iter().map(|(word, bit)| (find(facet, word), *bit)).collect::<Vec<_>>()
        };
        let slots = Slot::ALL.iter().map(|slot| choices(slot.facet(), world.slot(*slot))).collect();
        let data = choices(Facet::Data, &world.data);
        let forms = set(Facet::Form, &world.forms);
        let contents = set(Facet::Data, &world.contents);
        let measures = set(Facet::Measure, &world.measures);
        Encoder {
            image,
            hierarchies,
            settings: values::settings(image),
            slots,
            data,
            forms,
            contents,
            measures,
            index,
            matched: BTreeMap::new(),
            below: BTreeMap::new(),
            conditions: HashMap::new(),
            values: HashMap::new(),
            facts: HashMap::new(),
            in_place: HashMap::new(),
            formed: HashMap::new(),
            authorised: None,
            crossing: None,
        }
    }

    fn hierarchy(&self, facet: Facet) -> Rc<Hierarchy> {
        // INVARIANT: a valid image has a table of terms for each facet, and each has its hierarchy.
        #[expect(clippy::indexing_slicing, reason = "one hierarchy for each facet")]
        Rc::clone(&self.hierarchies[facet as usize])
    }

    /// The term of a word, where the policy has it.
    pub fn find(&self, facet: Facet, word: &str) -> Option<u32> {
        self.index.get(facet as usize).and_then(|index| index.get(word)).copied()
    }

    fn choices(&self, part: Where) -> &[(Own, Bit)] {
        match part {
            Where::Slot(slot) => self.slots.get(slot as usize).map_or(&[], Vec::as_slice),
            Where::Category => &self.data,
        }
    }

    /// When a part says exactly this.
    fn says(&self, part: Where, own: Own, world: &mut World) -> Bit {
        let bits: Vec<Bit> = self.choices(part).iter().filter(|(said, _)| *said == own).map(|(_, bit)| *bit).collect();
        if bits.is_empty() { NO } else { world.circuit.any(bits) }
    }
}

/// The hierarchies of a policy, one for each facet.
#[must_use]
pub fn hierarchies(image: &Image) -> Vec<Rc<Hierarchy>> {
    image.terms.iter().map(|terms| Rc::new(Hierarchy::of(terms))).collect()
}
