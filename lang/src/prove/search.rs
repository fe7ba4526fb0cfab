//! Looking for an operation: the solver proposes, the calendar disposes, and the checker has the last word.

use abey_engine::operation::Operation;

use super::circuit::{Bit, Found, YES};
use super::order::Values;
use super::read::Reading;
use super::space::{Said, Told, World};

/// Decisions of the solver in one search.
const DECISIONS: u64 = 2_000_000;
/// Assignments that the calendar refuses, in one search.
const REFUSED: usize = 20_000;
/// Assignments that can't be settled, in one search.
const OPEN: usize = 200;

/// What a search came to.
#[derive(Debug)]
pub enum Answer {
    /// There is no such operation.
    Nothing,
    /// This one, which the checker was asked about.
    Found(Box<Operation>),
    /// Not settled, and why.
    Unsettled(String),
}

/// Whether an operation is one that is looked for.
pub type Check<'c> = dyn FnMut(&Operation) -> bool + 'c;

impl World {
    /// Looks for an operation for which every bit of the goal holds, and which passes the check.
    pub fn find(&mut self, goal: &[Bit], check: &mut Check<'_>) -> Answer {
        let mut assumed: Vec<Bit> = goal.to_vec();
        assumed.extend(self.elsewhere.iter().map(|bit| !*bit));
        // Assignments that couldn't be settled are set aside under this bit, for this search alone.
        let aside = self.circuit.fresh();
        assumed.push(aside);
        let (mut refused, mut open) = (0, 0);
        let answer = loop {
            match self.circuit.search(&assumed, DECISIONS) {
                Found::Limit => break Answer::Unsettled(format!("the limit of {DECISIONS} decisions was reached")),
                Found::Nothing => {
                    let core = self.circuit.core();
                    if core.contains(&aside) {
                        break Answer::Unsettled("it turns on dates or numbers whose relation isn't covered".into());
                    }
                    if core.iter().any(|bit| self.elsewhere.contains(&!*bit)) {
                        break Answer::Unsettled("it turns on a length of time that no rule names".into());
                    }
                    break Answer::Nothing;
                }
                Found::Model => {}
            }
            let circuit = &self.circuit;
            match self.orders.values(|bit| circuit.value(bit)) {
                Values::Conflict(bits) => {
                    let clause: Vec<Bit> = bits.iter().map(|bit| !*bit).collect();
                    self.circuit.clause(&clause);
                    refused += 1;
                    if refused > REFUSED {
                        break Answer::Unsettled(format!("the limit of {REFUSED} orders of dates was reached"));
                    }
                }
                Values::Of(values) => {
                    if let Some(operation) = self.tried(&values, check) {
                        break Answer::Found(Box::new(operation));
                    }
                    let bits = self.orders.standing(|bit| self.circuit.value(bit));
                    open += 1;
                    if open > OPEN {
                        break Answer::Unsettled("it turns on dates or numbers whose relation isn't covered".into());
                    }
                    self.set_aside(aside, &bits);
                }
                Values::Unsettled(bits) => {
                    open += 1;
                    if open > OPEN {
                        break Answer::Unsettled("it turns on dates or numbers whose relation isn't covered".into());
                    }
                    self.set_aside(aside, &bits);
                }
            }
        };
        self.circuit.clause(&[!aside]);
        match (&answer, &self.vague) {
            (Answer::Nothing, Some(why)) => Answer::Unsettled(why.clone()),
            _ => answer,
        }
    }

    fn set_aside(&mut self, aside: Bit, bits: &[Bit]) {
        let clause: Vec<Bit> = bits.iter().map(|bit| !*bit).chain([!aside]).collect();
        self.circuit.clause(&clause);
    }

    /// The operation of the assignment, where it passes; else with other days that obey the same order.
    fn tried(&mut self, values: &[i64], check: &mut Check<'_>) -> Option<Operation> {
        let passes =
            |operation: Option<Operation>, check: &mut Check<'_>| operation.filter(|operation| check(operation));
        if let Some(found) = passes(Reading::new(self, values).operation(), check) {
            return Some(found);
        }
        // Months differ: what fits no order from one day may fit it from another.
        let anchor = self.orders.anchor;
        for days in [-14, 16, 31, 45, 61, 92, 183, 366] {
            self.orders.anchor = anchor.plus_days(days);
            let circuit = &self.circuit;
            let values = self.orders.values(|bit| circuit.value(bit));
            self.orders.anchor = anchor;
            if let Values::Of(values) = values
                && let Some(found) = passes(Reading::new(self, &values).operation(), check)
            {
                return Some(found);
            }
        }
        None
    }

    /// A simpler operation for the same goal: less in place, less said, more that is none. The goal has been found.
    pub fn simplest(&mut self, goal: &[Bit], found: Operation, check: &mut Check<'_>) -> Operation {
        let mut best = found;
        let mut fixed: Vec<Bit> = goal.to_vec();
        let mut model = self.circuit.model();
        for wish in self.wishes() {
            if self.circuit.value(wish) {
                fixed.push(wish);
                continue;
            }
            fixed.push(wish);
            match self.find(&fixed, check) {
                Answer::Found(simpler) => {
                    best = *simpler;
                    model = self.circuit.model();
                }
                _ => {
                    fixed.pop();
                    self.circuit.restore(&model);
                }
            }
        }
        best
    }

    /// What makes an operation simple, the most telling first.
    fn wishes(&self) -> Vec<Bit> {
        let mut wishes: Vec<Bit> = Vec::new();
        wishes.extend(self.contents.iter().map(|(_, bit)| !*bit));
        wishes.push(!self.holding.seconds);
        wishes.extend([self.holding.none]);
        wishes.extend(self.forms.iter().map(|(_, bit)| !*bit));
        for choices in &self.slots {
            wishes.extend(choices.iter().filter(|(said, _)| *said == Said::None).map(|(_, bit)| *bit));
        }
        for fact in &self.facts {
            match &fact.told {
                Told::Choice(values) => wishes.extend(values.first().map(|(_, bit)| *bit)),
                Told::Quantity { present, .. } => wishes.push(!*present),
                Told::Length { none, .. } => wishes.push(*none),
                Told::Set(members) => wishes.extend(members.iter().map(|(_, bit)| !*bit)),
            }
        }
        wishes.extend(self.measures.iter().map(|(_, bit)| !*bit));
        wishes.retain(|bit| *bit != YES);
        wishes
    }
}
