//! From a set of operations to the narrowest phrase about it: for each part the words that some operation of the set
//! has there, and what holds of all of them.

use abey_engine::image::Slot;

use super::circuit::{Bit, Found};
use super::order::Values;
use super::space::{Said, Told, World};

/// Decisions of the solver in one step.
const DECISIONS: u64 = 200_000;
/// Assignments that the calendar refuses, in one step.
const REFUSED: usize = 2_000;

/// Which part of an operation a list of words stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// A slot.
    Slot(Slot),
    /// The category of the data item.
    Data,
}

/// Every part.
const PARTS: [Part; 10] = [
    Part::Slot(Slot::Action),
    Part::Data,
    Part::Slot(Slot::Subject),
    Part::Slot(Slot::Actor),
    Part::Slot(Slot::Purpose),
    Part::Slot(Slot::Recipient),
    Part::Slot(Slot::Place),
    Part::Slot(Slot::Origin),
    Part::Slot(Slot::Basis),
    Part::Slot(Slot::Role),
];

/// What encloses a set of operations.
#[derive(Clone, Debug, Default)]
pub struct Hull {
    /// For each part, the numbers of the words that some operation of the set says there.
    pub parts: Vec<(Part, Vec<usize>)>,
    /// What holds of every operation of the set.
    pub bits: Vec<Bit>,
}

impl Hull {
    /// What tells this set from a wider one: what it does of which data, and whatever else isn't the same in both.
    #[must_use]
    pub fn apart_from(mut self, wider: &Self) -> Self {
        let always = [Part::Slot(Slot::Action), Part::Data];
        self.parts.retain(|part| always.contains(&part.0) || !wider.parts.contains(part));
        self.bits.retain(|bit| !wider.bits.contains(bit));
        self
    }
}

impl World {
    /// The choices of a part.
    pub fn choices(&self, part: Part) -> &[(Said, Bit)] {
        match part {
            Part::Slot(slot) => self.slot(slot),
            Part::Data => &self.data,
        }
    }

    /// Whether something holds all of these, as far as comparisons of days tell; the assignment is at hand then.
    pub fn possible(&mut self, assumed: &[Bit]) -> bool {
        for _ in 0..REFUSED {
            match self.circuit.search(assumed, DECISIONS) {
                Found::Nothing => return false,
                Found::Limit => return true,
                Found::Model => {}
            }
            let circuit = &self.circuit;
            match self.orders.values(|bit| circuit.value(bit)) {
                Values::Conflict(bits) => {
                    let clause: Vec<Bit> = bits.iter().map(|bit| !*bit).collect();
                    self.circuit.clause(&clause);
                }
                _ => return true,
            }
        }
        true
    }

    /// What might hold of every operation of a set, as the assignment at hand has it.
    fn details(&self) -> Vec<Bit> {
        let mut bits: Vec<Bit> = self.orders.touched(|bit| self.circuit.value(bit));
        // Of sets, what is in them: what isn't says little.
        let sets = [&self.contents, &self.forms, &self.measures];
        let members = sets.into_iter().flatten().map(|(_, bit)| *bit);
        bits.extend(members.filter(|bit| self.circuit.value(*bit)));
        let holding = self.holding;
        bits.extend([holding.agreed, holding.none]);
        for fact in &self.facts {
            match &fact.told {
                Told::Choice(values) => bits.extend(values.iter().map(|(_, bit)| *bit)),
                Told::Set(values) => {
                    bits.extend(values.iter().map(|(_, bit)| *bit).filter(|bit| self.circuit.value(*bit)));
                }
                Told::Quantity { present, .. } => bits.push(*present),
                Told::Length { of, none, .. } => {
                    bits.extend(of.iter().map(|(_, bit)| *bit));
                    bits.push(*none);
                }
            }
        }
        bits.into_iter().map(|bit| if self.circuit.value(bit) { bit } else { !bit }).collect()
    }

    /// What encloses the operations for which all of these hold; nothing where there are none.
    pub fn hull(&mut self, set: &[Bit]) -> Hull {
        if !self.possible(set) {
            return Hull::default();
        }
        let bits = self.details();
        self.enclosed(set, bits)
    }

    /// What encloses a wider set, as far as it bears on what encloses a narrower one.
    pub fn wider(&mut self, set: &[Bit], narrower: &Hull) -> Hull {
        if !self.possible(set) {
            return Hull::default();
        }
        let bits = narrower.bits.iter().copied().filter(|bit| self.circuit.value(*bit)).collect();
        self.enclosed(set, bits)
    }

    /// The words that occur in a set, whose assignment is at hand, and which of these bits hold of all of it.
    fn enclosed(&mut self, set: &[Bit], mut bits: Vec<Bit>) -> Hull {
        let mut seen: Vec<Vec<bool>> = PARTS
            .iter()
            .map(|part| self.choices(*part).iter().map(|(_, bit)| self.circuit.value(*bit)).collect())
            .collect();
        let note = |world: &World, seen: &mut Vec<Vec<bool>>, bits: &mut Vec<Bit>| {
            for (part, seen) in PARTS.iter().zip(seen) {
                for ((_, bit), seen) in world.choices(*part).iter().zip(seen) {
                    *seen |= world.circuit.value(*bit);
                }
            }
            bits.retain(|bit| world.circuit.value(*bit));
        };
        for (index, part) in PARTS.iter().enumerate() {
            loop {
                // Some operation with a word that none had so far.
                let known = seen.get(index).cloned().unwrap_or_default();
                let excluded =
                    self.choices(*part).iter().zip(known).filter(|(_, seen)| *seen).map(|((_, bit), _)| !*bit);
                let assumed: Vec<Bit> = set.iter().copied().chain(excluded).collect();
                if !self.possible(&assumed) {
                    break;
                }
                let before = seen.clone();
                note(self, &mut seen, &mut bits);
                // Past the limit of the solver nothing new is seen: every word may occur.
                if before == seen {
                    seen.get_mut(index).into_iter().flatten().for_each(|seen| *seen = true);
                    break;
                }
            }
        }
        // What holds of all: each is tried against the set.
        let mut held: Vec<Bit> = Vec::new();
        while let Some(bit) = bits.pop() {
            let assumed: Vec<Bit> = set.iter().copied().chain([!bit]).collect();
            if self.possible(&assumed) {
                note(self, &mut seen, &mut bits);
            } else {
                held.push(bit);
            }
        }
        held.reverse();
        self.orders.leave_weaker_out(&mut held);
        let parts = PARTS.iter().zip(&seen).map(|(part, seen)| {
            (*part, seen.iter().enumerate().filter(|(_, seen)| **seen).map(|(index, _)| index).collect())
        });
        Hull { parts: parts.collect(), bits: held }
    }
}
