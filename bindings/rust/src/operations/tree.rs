//! An operation that a test is tried on, and the smaller ones that it is tried on once it fails.

use proptest::strategy::ValueTree;

use super::Operations;
use super::smaller::smaller;
use crate::Operation;

/// A generated operation, and how it shrinks: step by step to a smaller one of those wanted, as long as the test fails.
#[derive(Clone, Debug)]
pub struct OperationTree {
    wanted: Operations,
    current: Operation,
    /// The operation before the last step; the test fails on it.
    before: Option<Operation>,
    /// Which of the smaller operations is tried next.
    next: usize,
    /// Whether the test failed on a smaller operation since the first of them was tried.
    shrunk: bool,
}

impl OperationTree {
    pub(super) fn of(wanted: Operations, operation: Operation) -> Self {
        OperationTree { wanted, current: operation, before: None, next: 0, shrunk: false }
    }

    /// Goes on to the next smaller operation; false where there is none.
    fn step(&mut self) -> bool {
        loop {
            for candidate in smaller(&self.current).into_iter().skip(self.next) {
                if self.wanted.accepts(&candidate) {
                    self.before = Some(std::mem::replace(&mut self.current, candidate));
                    return true;
                }
                self.next += 1;
            }
            // What couldn't be left out before may be now.
            if !self.shrunk {
                return false;
            }
            (self.shrunk, self.next) = (false, 0);
        }
    }
}

impl ValueTree for OperationTree {
    type Value = Operation;

    fn current(&self) -> Operation {
        self.current.clone()
    }

    fn simplify(&mut self) -> bool {
        // The test failed on what the last step led to, if there was one.
        self.shrunk |= self.before.take().is_some();
        self.step()
    }

    fn complicate(&mut self) -> bool {
        let Some(before) = self.before.take() else { return false };
        self.current = before;
        self.next += 1;
        // Where there is no other step, the test is run again on what it failed on.
        self.step();
        true
    }
}
