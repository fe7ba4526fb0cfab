//! Which rules a point may be in the scope of, by the words that it says: rows of bits, made once when a policy is loaded.
//!
//! For each slot and each term that an operation may say there, a set of rules: those whose scope doesn't certainly
//! exclude it. The rules that a point has to be judged by lie in the row of each of its words; the rows are met word by
//! word, and words of 64 rules of which nothing is left are passed over by a summary with a bit for each. A rule that isn't
//! met this way has a scope that is certainly false, so that nothing turns on it: the index leaves rules out, and decides
//! nothing.

use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;

use super::point::{Point, Sight};
use super::quick::Conditions;
use super::rows::{Cell, Making, Row, Rows, take_beside};
use super::val::Word;
use crate::hierarchy::{Hierarchy, bits};
use crate::image::{Effect, Facet, Image, List, Part, Rule, Scope, Slot};
use crate::sorted::sort;
use crate::truth::Truth;

/// Of 64 rules, those of a kind.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Kinds {
    /// Those that see what an item contains: all but instructions.
    implied: u64,
    /// Instructions.
    pub allow: u64,
    /// Rules without measures, and without conditions but those that ask for words of a slot.
    pub plain: u64,
    /// Exceptions and duties, on which a verdict doesn't turn by themselves.
    pub silent: u64,
    /// Rules of which a decision says nothing where they are obeyed: exceptions, which are looked at apart, and
    /// prohibitions and safeguards without an interpretation.
    pub untold: u64,
}

/// The rules of a policy, by what they speak of.
#[derive(Clone, Debug)]
pub(super) struct Index {
    /// The slots that some rule narrows.
    slots: Vec<(Slot, Rows)>,
    data: Option<Rows>,
    /// The row of what no rule speaks of: all of them.
    every: Row,
    /// What an operation may be beside what it is called: the rules whose actions take `share`, and `transfer`, of those
    /// that see what is implied. None where there are none.
    beside: [Option<Row>; 2],
    kinds: Vec<Kinds>,
    /// The exceptions.
    waivers: Vec<usize>,
    /// The clauses that they lift, each with them, in order.
    lifted: Vec<(u32, usize)>,
}

impl Index {
    /// The index of a policy: O(rules × terms that one names + terms × terms that rules name).
    pub fn of(image: &Image, conditions: &Conditions, hierarchies: &[Hierarchy]) -> Self {
        let rules = image.rules.len();
        let hierarchy = |facet: Facet| hierarchies.get(facet as usize);
        let terms = |facet: Facet| image.facet(facet).len();
        let making = |slot: &Slot| (*slot, Making::of(rules, terms(slot.facet())));
        let mut slots: Vec<(Slot, Making)> = Slot::ALL.iter().map(making).collect();
        let mut data = Making::of(rules, terms(Facet::Data));
        let (mut waivers, mut lifted) = (Vec::new(), Vec::new());
        let mut kinds = vec![Kinds::default(); rules.div_ceil(64)];
        let mut beside: [Option<Row>; 2] = [None, None];
        for (index, rule) in image.rules.iter().enumerate() {
            if let Some(kinds) = kinds.get_mut(index / 64) {
                let clause = image.clauses.get(rule.clause as usize);
                let interpreted = rule.because.is_some() || clause.is_some_and(|clause| clause.because.is_some());
                kinds.add(1 << (index % 64), rule, interpreted, conditions);
            }
            if let Effect::Waive(clauses) = &rule.effect {
                waivers.push(index);
                lifted.extend(clauses.iter().map(|clause| (*clause, index)));
            }
            // Of several lists on the same slot the first is taken; the others narrow it further.
            let mut counts = [0_u32; Slot::ALL.len() + 1];
            let places = || rule.parts.iter().filter_map(|part| place(&part.scope, conditions));
            places().for_each(|place| counts.get_mut(place).into_iter().for_each(|count| *count += 1));
            let mut seen = 0_u32;
            for part in &rule.parts {
                let Some(place) = place(&part.scope, conditions).filter(|place| seen >> place & 1 == 0) else {
                    continue;
                };
                seen |= 1 << place;
                let alone = counts.get(place) == Some(&1);
                match &part.scope {
                    Scope::Slot((slot, list)) => {
                        if let Some((_, making)) = slots.get_mut(place) {
                            making.slot(list, alone, index);
                        }
                        if *slot == Slot::Action
                            && let List::These(picks) = list
                            && Sight::of(&rule.effect) == Sight::Implied
                        {
                            let actions = hierarchy(Facet::Action);
                            for (row, own) in beside.iter_mut().zip([image.core.share, image.core.transfer]) {
                                take_beside(row, rules, actions, own, (picks, alone, index));
                            }
                        }
                    }
                    Scope::Data(list) => data.data(list, alone, index),
                    Scope::When(condition) | Scope::Unless(condition) => {
                        if let (Some((_, making)), Some((_, words))) =
                            (slots.get_mut(place), conditions.words(*condition))
                        {
                            making.condition(words, matches!(part.scope, Scope::When(_)), alone, index);
                        }
                    }
                    Scope::Measures(_) => {}
                }
            }
        }
        sort(&mut lifted, Ord::cmp);
        let slots = slots.into_iter().filter_map(|(slot, making)| {
            let facet = slot.facet();
            Some((slot, making.rows(rules, hierarchy(facet)?)?))
        });
        let slots = slots.collect();
        let data = hierarchy(Facet::Data).and_then(|own| data.rows(rules, own));
        Index { slots, data, every: Row::all(rules), beside, kinds, waivers, lifted }
    }

    /// How many words of 64 rules there are.
    pub fn words(&self) -> usize {
        self.every.words.len()
    }

    /// The exceptions, in the order of the policy.
    pub fn waivers(&self) -> &[usize] {
        &self.waivers
    }

    /// Whether an exception lifts a clause.
    pub fn lifts(&self, waiver: usize, clause: u32) -> bool {
        self.lifted.binary_search(&(clause, waiver)).is_ok()
    }

    /// The exceptions that lift a clause, in the order of the policy.
    pub fn lifting(&self, clause: u32) -> impl Iterator<Item = usize> {
        let first = self.lifted.partition_point(|(lifted, _)| *lifted < clause);
        let from = self.lifted.get(first..).unwrap_or_default().iter();
        from.take_while(move |(lifted, _)| *lifted == clause).map(|(_, waiver)| *waiver)
    }

    /// The rules whose scope doesn't certainly exclude a point, in the order of the policy and 64 at a time, until one
    /// answer is no: the rows of the point, the number of the word, the rules, and which of them have lists that certainly
    /// take the point, so that only their measures and conditions are left to be seen.
    ///
    /// O(rules / 64 × slots + rules met).
    #[inline]
    pub fn each_word(&self, point: &Point<'_>, mut ask: impl FnMut(&Met<'_>, usize, u64, u64) -> bool) -> bool {
        let met = self.met(point);
        let beside = self.beside_of(point);
        let contained = self.contained(point);
        for part in 0..self.every.summary.len() {
            let of_data = if contained == 0 { met.data.summary(part) } else { u64::MAX };
            let of_slots = |left: u64, (slot, row): (usize, &&Row)| {
                let also = if slot == Slot::Action as usize { beside.summary(part) } else { 0 };
                left & (row.summary(part) | also)
            };
            for bit in bits(met.slots.iter().enumerate().fold(of_data, of_slots)) {
                let at = part * 64 + bit;
                point.count(1);
                let Cell { mut may, mut sure } = met.data.word(at);
                may |= self.kinds(at).implied & contained;
                for (slot, row) in met.slots.iter().enumerate() {
                    let cell = row.word(at);
                    let also = if slot == Slot::Action as usize { beside.word(at) } else { Cell::default() };
                    may &= cell.may | also.may;
                    sure &= cell.sure | also.sure;
                }
                if may != 0 && !ask(&met, at, may, sure) {
                    return false;
                }
            }
        }
        true
    }

    /// The rows of the words of a point.
    #[inline]
    pub fn met(&self, point: &Point<'_>) -> Met<'_> {
        let mut met = Met { slots: [&self.every; Slot::ALL.len()], data: self.data_row(point) };
        for (slot, rows) in &self.slots {
            if let Some(row) = met.slots.get_mut(*slot as usize) {
                *row = rows.row(point.word(*slot));
            }
        }
        met
    }

    /// Of 64 rules, those that a word in a slot doesn't certainly exclude, and those that it certainly puts in scope there.
    pub fn of_slot(&self, slot: Slot, word: Word, at: usize) -> (u64, u64) {
        let rows = self.slots.iter().find(|(own, _)| *own == slot);
        let Cell { may, sure } = rows.map_or(&self.every, |(_, rows)| rows.row(word)).word(at);
        let beside = self.beside.iter().flatten().filter(|_| slot == Slot::Action);
        (beside.fold(may, |may, row| may | row.word(at).may), sure)
    }

    /// What a point is beside what it is called: see [`Point::implied`].
    #[inline]
    fn beside_of(&self, point: &Point<'_>) -> Beside<'_> {
        let row = |row: usize, held: &dyn Fn() -> Truth| {
            let row = self.beside.get(row)?.as_ref()?;
            let held = held();
            (!held.is_false()).then(|| (row, held.is_true()))
        };
        Beside([row(0, &|| point.shares()), row(1, &|| point.transfers())])
    }

    /// The same of what the item is and may contain.
    pub fn of_data(&self, point: &Point<'_>, at: usize) -> (u64, u64) {
        let Cell { may, sure } = self.data_row(point).word(at);
        (may | self.kinds(at).implied & self.contained(point), sure)
    }

    fn data_row(&self, point: &Point<'_>) -> &Row {
        self.data.as_ref().map_or(&self.every, |rows| rows.row(point.item.category))
    }

    /// All rules, where the item may contain something beside its category; that is seen by all but instructions.
    fn contained(&self, point: &Point<'_>) -> u64 {
        if self.data.is_some() && point.may_contain_more() { u64::MAX } else { 0 }
    }

    /// Which of 64 rules are of which kind.
    #[inline]
    pub fn kinds(&self, at: usize) -> Kinds {
        self.kinds.get(at).copied().unwrap_or_default()
    }
}

impl Kinds {
    /// Prohibitions, safeguards and bounds: what a point in their scope has to obey.
    pub fn asks(&self) -> u64 {
        !(self.allow | self.silent)
    }

    fn add(&mut self, bit: u64, rule: &Rule, interpreted: bool, conditions: &Conditions) {
        if rule.parts.iter().all(|part| place(&part.scope, conditions).is_some()) {
            self.plain |= bit;
        }
        match rule.effect {
            Effect::Waive(_) => self.untold |= bit,
            Effect::Forbid | Effect::Require(_) if !interpreted => self.untold |= bit,
            _ => {}
        }
        match rule.effect {
            Effect::Allow(_) => self.allow |= bit,
            Effect::Waive(_) | Effect::Owe(_) => {
                self.implied |= bit;
                self.silent |= bit;
            }
            Effect::Forbid | Effect::Require(_) | Effect::Keep(_) => self.implied |= bit,
        }
    }
}

/// The rows of what a point is beside what it is called, each with whether it certainly is that.
struct Beside<'a>([Option<(&'a Row, bool)>; 2]);

impl Beside<'_> {
    fn summary(&self, at: usize) -> u64 {
        self.0.iter().flatten().fold(0, |all, (row, _)| all | row.summary(at))
    }

    fn word(&self, at: usize) -> Cell {
        self.0.iter().flatten().fold(Cell::default(), |all, (row, certain)| {
            let Cell { may, sure } = row.word(at);
            Cell { may: all.may | may, sure: all.sure | if *certain { sure } else { 0 } }
        })
    }
}

/// The rows of the words of a point.
pub(super) struct Met<'a> {
    slots: [&'a Row; Slot::ALL.len()],
    data: &'a Row,
}

impl Met<'_> {
    /// Whether a part of a rule's scope takes the point, where that is known by the words of the point.
    pub fn known(&self, rule: (usize, &Rule), scope: &Scope) -> Option<Truth> {
        let row = match scope {
            Scope::Slot((slot, _)) => *self.slots.get(*slot as usize)?,
            Scope::Data(_) => self.data,
            Scope::Measures(_) | Scope::When(_) | Scope::Unless(_) => return None,
        };
        if row.is_sure(rule.0) {
            return Some(Truth::True);
        }
        // Of several parts that speak of the same, another one may exclude it.
        let also = |part: &&Arc<Part>| match (&part.scope, scope) {
            (Scope::Slot((own, _)), Scope::Slot((slot, _))) => own == slot,
            (Scope::Data(_), Scope::Data(_)) | (Scope::When(_) | Scope::Unless(_), _) => true,
            _ => false,
        };
        (!row.may_be(rule.0) && rule.1.parts.iter().filter(also).nth(1).is_none()).then_some(Truth::False)
    }

    /// Whether what a rule says of a slot certainly takes the word there.
    #[inline]
    pub fn takes(&self, slot: Slot, rule: usize) -> bool {
        self.slots.get(slot as usize).is_some_and(|row| row.is_sure(rule))
    }

    /// Whether what a rule says of data certainly takes the item's category.
    #[inline]
    pub fn takes_data(&self, rule: usize) -> bool {
        self.data.is_sure(rule)
    }
}

/// Where a list of words stands: the number of its slot, and past those the data.
fn place(scope: &Scope, conditions: &Conditions) -> Option<usize> {
    match scope {
        Scope::Slot((slot, _)) => Some(*slot as usize),
        Scope::Data(_) => Some(Slot::ALL.len()),
        Scope::When(condition) | Scope::Unless(condition) => {
            // A list of words in all but name.
            conditions.words(*condition).map(|(slot, _)| slot as usize)
        }
        Scope::Measures(_) => None,
    }
}
