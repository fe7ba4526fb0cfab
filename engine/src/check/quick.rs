//! Conditions that are settled by one look: most compare a word of the point with a term, or a fact with a literal.
//!
//! Found once when a policy is loaded. Whatever isn't among them is evaluated as the tree that it is.

use alloc::vec::Vec;

use super::input::Val;
use super::point::Point;
use super::values::Standing;
use crate::image::{Compare, Condition, Facet, Image, Literal, Slot, Test, Value};
use crate::truth::Truth;

/// How a condition is settled.
#[derive(Clone, Copy, Debug)]
pub(super) enum Quick {
    /// The word of a slot lies at or below a term.
    Word(Slot, u32),
    /// The category of the item lies at or below a term.
    Category(u32),
    /// A measure is in place.
    Measure(u32),
    /// A value that stands somewhere, compared with one that the policy states.
    Fact(Compare, Standing, u32),
    /// By its tree.
    Tree,
}

/// How each condition is settled, by its number.
pub(super) fn quick(image: &Image, standing: &[Standing], constants: &[Val<'_>]) -> Vec<Quick> {
    let of = |condition: &Condition| match condition {
        Condition::Test(test) => of_test(image, standing, constants, test),
        _ => Quick::Tree,
    };
    image.conditions.iter().map(of).collect()
}

fn of_test(image: &Image, standing: &[Standing], constants: &[Val<'_>], test: &Test) -> Quick {
    let [right] = test.right.as_slice() else { return Quick::Tree };
    let value = |value: u32| image.values.get(value as usize);
    let term = |of: Facet| match value(*right) {
        Some(Value::Literal(Literal::Term((facet, term)))) if *facet == of => Some(*term),
        _ => None,
    };
    let by_word = match (test.compare, value(test.left)) {
        (Compare::Is, Some(Value::Slot(slot))) => term(slot.facet()).map(|term| Quick::Word(*slot, term)),
        (Compare::Is, Some(Value::Data)) => term(Facet::Data).map(Quick::Category),
        (Compare::Includes, Some(Value::Measures)) => term(Facet::Measure).map(Quick::Measure),
        _ => None,
    };
    let stands = |value: u32| standing.get(value as usize).copied().unwrap_or(Standing::Nowhere);
    let by_fact = || match (stands(test.left), stands(*right)) {
        // A setting on the left is no value of the point.
        (Standing::Nowhere | Standing::Constant, _) => None,
        (left, Standing::Constant) => {
            let settled = constants.get(*right as usize).is_some_and(|constant| !constant.is_either());
            settled.then_some(Quick::Fact(test.compare, left, *right))
        }
        _ => None,
    };
    by_word.or_else(by_fact).unwrap_or(Quick::Tree)
}

impl Point<'_> {
    /// The truth of a condition.
    #[inline]
    pub fn condition(&self, condition: u32) -> Truth {
        self.count(1);
        let checker = self.checker;
        match checker.quick.get(condition as usize) {
            Some(Quick::Word(slot, term)) => self.matches(slot.facet(), self.word(*slot), *term),
            Some(Quick::Category(term)) => self.matches(Facet::Data, self.item.category, *term),
            Some(Quick::Measure(measure)) => self.has_measure(*measure),
            Some(Quick::Fact(compare, left, right)) => {
                match (self.standing(*left, 0), checker.constants.get(*right as usize)) {
                    (Some(left), Some(right)) if !left.is_either() => {
                        self.compared(*compare, left, core::iter::once(right))
                    }
                    _ => self.by_tree(condition),
                }
            }
            _ => self.by_tree(condition),
        }
    }
}
