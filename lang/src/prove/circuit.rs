//! Boolean circuits over a SAT solver, and Kleene's three values as pairs of bits.
//!
//! Gates are shared: the same conjunction is built once. The solver is MiniSat's algorithm (N. Eén and N. Sörensson,
//! "An Extensible SAT-solver", SAT 2003) as the crate `batsat` has it; nothing in it is random, so that the same
//! question has the same answer on every target.

use std::cell::Cell;
use std::collections::HashMap;
use std::ops::Not;
use std::rc::Rc;

use batsat::{Callbacks, Lit, Solver, SolverInterface, Var, lbool};

/// A signal of a circuit: a variable or its negation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bit(u32);

/// Always.
pub const YES: Bit = Bit(0);
/// Never.
pub const NO: Bit = Bit(1);

impl Not for Bit {
    type Output = Self;

    fn not(self) -> Self {
        Bit(self.0 ^ 1)
    }
}

impl From<bool> for Bit {
    fn from(value: bool) -> Self {
        if value { YES } else { NO }
    }
}

/// What a search came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// There is an assignment, which [`Circuit::value`] reads.
    Model,
    /// There is none.
    Nothing,
    /// The limit of decisions was reached.
    Limit,
}

/// Counts decisions, and stops the solver at the limit: in steps and never in seconds.
struct Budget(Rc<Cell<u64>>);

impl Callbacks for Budget {
    fn stop(&self) -> bool {
        let left = self.0.get();
        self.0.set(left.saturating_sub(1));
        left == 0
    }
}

/// A circuit, and the solver that knows its gates.
pub struct Circuit {
    solver: Solver<Budget>,
    gates: HashMap<Vec<Bit>, Bit>,
    budget: Rc<Cell<u64>>,
    model: Vec<lbool>,
    core: Vec<Bit>,
}

impl Default for Circuit {
    fn default() -> Self {
        let budget = Rc::new(Cell::new(0));
        let mut solver = Solver::new(batsat::SolverOpts::default(), Budget(Rc::clone(&budget)));
        let always = solver.new_var_default();
        solver.add_clause_reuse(&mut vec![Lit::new(always, true)]);
        Circuit { solver, gates: HashMap::new(), budget, model: Vec::new(), core: Vec::new() }
    }
}

impl Circuit {
    fn lit(&mut self, bit: Bit) -> Lit {
        let var: Var = self.solver.var_of_int(bit.0 / 2);
        Lit::new(var, bit.0.is_multiple_of(2))
    }

    /// A bit that may be either, and that a search takes for false first.
    pub fn fresh(&mut self) -> Bit {
        Bit(self.solver.new_var_default().idx() * 2)
    }

    /// At least one of these holds.
    pub fn clause(&mut self, bits: &[Bit]) {
        if !bits.contains(&YES) {
            let mut lits: Vec<Lit> = bits.iter().filter(|bit| **bit != NO).map(|bit| self.lit(*bit)).collect();
            self.solver.add_clause_reuse(&mut lits);
        }
    }

    /// Every one.
    pub fn all(&mut self, bits: impl IntoIterator<Item = Bit>) -> Bit {
        let mut bits: Vec<Bit> = bits.into_iter().filter(|bit| *bit != YES).collect();
        bits.sort_unstable();
        bits.dedup();
        // A bit and its negation are neighbours.
        if bits.contains(&NO) || bits.windows(2).any(|pair| matches!(pair, [a, b] if *a == !*b)) {
            return NO;
        }
        match bits.as_slice() {
            [] => return YES,
            [one] => return *one,
            _ => {}
        }
        if let Some(gate) = self.gates.get(&bits) {
            return *gate;
        }
        let gate = self.fresh();
        for bit in &bits {
            self.clause(&[!gate, *bit]);
        }
        let mut back: Vec<Bit> = bits.iter().map(|bit| !*bit).collect();
        back.push(gate);
        self.clause(&back);
        self.gates.insert(bits, gate);
        gate
    }

    /// At least one.
    pub fn any(&mut self, bits: impl IntoIterator<Item = Bit>) -> Bit {
        !self.all(bits.into_iter().map(|bit| !bit))
    }

    /// Both.
    pub fn and(&mut self, a: Bit, b: Bit) -> Bit {
        self.all([a, b])
    }

    /// Either.
    pub fn or(&mut self, a: Bit, b: Bit) -> Bit {
        self.any([a, b])
    }

    /// Exactly one of these holds, from now on.
    pub fn exactly_one(&mut self, bits: &[Bit]) {
        self.clause(bits);
        if bits.len() <= 6 {
            for (index, one) in bits.iter().enumerate() {
                for other in bits.iter().skip(index + 1) {
                    self.clause(&[!*one, !*other]);
                }
            }
            return;
        }
        // "Some earlier one holds", from left to right (C. Sinz, CP 2005).
        let mut earlier = NO;
        for bit in bits {
            self.clause(&[!earlier, !*bit]);
            let next = self.fresh();
            self.clause(&[!earlier, next]);
            self.clause(&[!*bit, next]);
            earlier = next;
        }
    }

    /// Looks for an assignment under these assumptions, with so many decisions at most.
    pub fn search(&mut self, assumed: &[Bit], decisions: u64) -> Found {
        self.core.clear();
        if assumed.contains(&NO) {
            self.core.push(NO);
            return Found::Nothing;
        }
        let lits: Vec<Lit> = assumed.iter().filter(|bit| **bit != YES).map(|bit| self.lit(*bit)).collect();
        self.budget.set(decisions);
        match self.solver.solve_limited(&lits) {
            found if found == lbool::TRUE => {
                self.model = self.solver.get_model().to_vec();
                Found::Model
            }
            found if found == lbool::FALSE => {
                let core = assumed.iter().filter(|bit| {
                    let var = self.solver.var_of_int(bit.0 / 2);
                    self.solver.unsat_core_contains_var(var)
                });
                self.core = core.copied().collect();
                Found::Nothing
            }
            _ => Found::Limit,
        }
    }

    /// The value of a bit in the assignment that was found last.
    pub fn value(&self, bit: Bit) -> bool {
        let value = self.model.get((bit.0 / 2) as usize).copied().unwrap_or(lbool::FALSE);
        (value == lbool::TRUE) != (bit.0 % 2 == 1)
    }

    /// The assignment that was found last.
    pub fn model(&self) -> Vec<lbool> {
        self.model.clone()
    }

    /// Puts an assignment back.
    pub fn restore(&mut self, model: &[lbool]) {
        self.model = model.to_vec();
    }

    /// The assumptions that together led to nothing, of the search that came last.
    pub fn core(&self) -> &[Bit] {
        &self.core
    }
}

/// One of Kleene's values: certainly true, and not certainly false.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Kleene {
    /// Certainly true.
    pub sure: Bit,
    /// True or unknown.
    pub may: Bit,
}

impl Kleene {
    /// True.
    pub const TRUE: Self = Kleene { sure: YES, may: YES };
    /// False.
    pub const FALSE: Self = Kleene { sure: NO, may: NO };
    /// Unknown.
    pub const UNKNOWN: Self = Kleene { sure: NO, may: YES };

    /// Certainly false.
    pub fn is_false(self) -> bool {
        self.may == NO
    }

    /// At most unknown.
    pub fn weakened(self) -> Self {
        Kleene { sure: NO, may: self.may }
    }

    /// At least unknown.
    pub fn opened(self) -> Self {
        Kleene { sure: self.sure, may: YES }
    }
}

impl Not for Kleene {
    type Output = Self;

    fn not(self) -> Self {
        Kleene { sure: !self.may, may: !self.sure }
    }
}

impl From<Bit> for Kleene {
    fn from(bit: Bit) -> Self {
        Kleene { sure: bit, may: bit }
    }
}

impl From<bool> for Kleene {
    fn from(value: bool) -> Self {
        Bit::from(value).into()
    }
}

impl Circuit {
    /// Conjunction over many; true for none.
    pub fn all_of(&mut self, of: impl IntoIterator<Item = Kleene>) -> Kleene {
        let of: Vec<Kleene> = of.into_iter().collect();
        Kleene { sure: self.all(of.iter().map(|one| one.sure)), may: self.all(of.iter().map(|one| one.may)) }
    }

    /// Disjunction over many; false for none.
    pub fn any_of(&mut self, of: impl IntoIterator<Item = Kleene>) -> Kleene {
        let of: Vec<Kleene> = of.into_iter().collect();
        Kleene { sure: self.any(of.iter().map(|one| one.sure)), may: self.any(of.iter().map(|one| one.may)) }
    }

    /// What is so in the one case of several, each under its guard, that is the case.
    pub fn cases(&mut self, cases: impl IntoIterator<Item = (Bit, Kleene)>) -> Kleene {
        let cases: Vec<(Bit, Kleene)> = cases.into_iter().filter(|(guard, _)| *guard != NO).collect();
        // Where every case agrees there is nothing to tell apart.
        if let Some((_, first)) = cases.first()
            && cases.iter().all(|(_, one)| one == first)
        {
            return *first;
        }
        let sure: Vec<Bit> = cases.iter().map(|(guard, one)| self.and(*guard, one.sure)).collect();
        let may: Vec<Bit> = cases.iter().map(|(guard, one)| self.and(*guard, one.may)).collect();
        Kleene { sure: self.any(sure), may: self.any(may) }
    }
}
