//! Proofs: what a policy never or always does, and what a new version of it changes.
//!
//! A policy is a circuit over the operations that could be put to it: one point, fully described, every part a choice
//! among words that some rule tells apart. By the laws that silence is safe and that points are independent, what holds
//! of those holds of all others. A SAT solver looks for a counterexample; comparisons of days and numbers are settled
//! as difference constraints; and every counterexample is put to the checker before it is shown. What can't be settled
//! is said to be so, with the reason.

pub(crate) mod circuit;
mod claimed;
mod classes;
mod diff;
pub(crate) mod encode;
mod hulls;
mod order;
mod phrase;
mod properties;
mod read;
mod saying;
pub(crate) mod search;
pub(crate) mod space;

pub use claimed::{Claimed, claimed};
pub use diff::{Change, Difference, DutyChange, Kept, diff};
pub use phrase::written;
pub use properties::{Counterexample, Outcome, Proof, ProveError, prove};
