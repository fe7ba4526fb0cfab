//! Proofs: what a policy never or always does, and what a new version of it changes.

mod circuit;
mod classes;
mod encode;
mod order;
mod space;
