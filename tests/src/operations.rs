//! Operations like given ones: with parts changed, dropped and doubled.

use abey::operations::{Aim, Choices, change};
use abey::{Operation, Told};
use proptest::prelude::*;

/// Operations for a policy. Shrinks to an example of the policy, unchanged.
pub fn operations(image: Aim, examples: Vec<Operation>) -> impl Strategy<Value = Operation> {
    (any::<prop::sample::Index>(), prop::collection::vec(any::<u32>(), 0..48)).prop_map(move |(index, numbers)| {
        let mut operation = index.get(&examples).clone();
        let mut choices = Choices::of(numbers);
        if choices.once_in(2) {
            let other = examples.get(choices.below(examples.len()));
            several(&mut operation, other.unwrap_or(&index.get(&examples).clone()), &mut choices);
        }
        for _ in 0..choices.below(4) {
            change(&mut operation, &image, &mut choices);
        }
        operation
    })
}

/// Takes data, purposes, origins and subjects of another operation in as well.
fn several(operation: &mut Operation, other: &Operation, choices: &mut Choices) {
    fn join<T: Clone>(own: &mut Told<Vec<T>>, other: &Told<Vec<T>>) {
        if let (Told::Is(own), Told::Is(other)) = (own, other) {
            own.extend(other.iter().cloned());
        }
    }
    if choices.below(2) == 0 {
        operation.data.extend(other.data.iter().cloned());
    }
    if choices.below(2) == 0 {
        join(&mut operation.purposes, &other.purposes);
        join(&mut operation.origins, &other.origins);
    }
    if choices.below(2) == 0 {
        join(&mut operation.subjects, &other.subjects);
    }
}
