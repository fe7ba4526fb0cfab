//! Conditions that are settled by one look: most compare a word of the point with a term, or a fact with a literal.
//!
//! Found once when a policy is loaded. Whatever isn't among them is evaluated as the tree that it is.

use alloc::vec::Vec;

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
    /// The item has a form.
    Form(u32),
    /// The word of a slot lies at or below one of these terms: so many from there on in [`Conditions::terms`].
    OneOf(Slot, u32, u32),
    /// A value that stands somewhere, compared with one that stands somewhere.
    Pair(Compare, Place, Place),
    /// By its tree.
    Tree,
}

/// A value and where it stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    standing: Standing,
    value: u32,
}

/// How the conditions of a policy are settled.
#[derive(Debug, Default)]
pub(super) struct Conditions {
    /// Each, by its number.
    quick: Vec<Quick>,
    terms: Vec<u32>,
}

impl Conditions {
    pub fn of(image: &Image, standing: &[Standing]) -> Self {
        let mut conditions = Conditions::default();
        for condition in &image.conditions {
            let quick = match condition {
                Condition::Test(test) => conditions.test(image, standing, test),
                _ => Quick::Tree,
            };
            conditions.quick.push(quick);
        }
        conditions
    }

    /// The words of a slot, one of which a condition asks for, where it asks that alone.
    pub fn words(&self, condition: u32) -> Option<(Slot, &[u32])> {
        match self.quick.get(condition as usize)? {
            Quick::Word(slot, word) => Some((*slot, core::slice::from_ref(word))),
            Quick::OneOf(slot, from, to) => Some((*slot, self.terms.get(*from as usize..*to as usize)?)),
            _ => None,
        }
    }

    fn test(&mut self, image: &Image, standing: &[Standing], test: &Test) -> Quick {
        let value = |value: u32| image.values.get(value as usize);
        let term = |of: Facet, right: u32| match value(right) {
            Some(Value::Literal(Literal::Term((facet, term)))) if *facet == of => Some(*term),
            _ => None,
        };
        let place = |value: u32| {
            let standing = standing.get(value as usize).copied().unwrap_or(Standing::Nowhere);
            (!matches!(standing, Standing::Nowhere)).then_some(Place { standing, value })
        };
        let found = match (test.compare, value(test.left), &*test.right) {
            (Compare::Is, Some(Value::Slot(slot)), [one]) => {
                term(slot.facet(), *one).map(|term| Quick::Word(*slot, term))
            }
            (Compare::Is, Some(Value::Slot(slot)), some) => {
                let terms: Option<Vec<u32>> = some.iter().map(|right| term(slot.facet(), *right)).collect();
                terms.map(|terms| {
                    let from = self.terms.len() as u32;
                    self.terms.extend(terms);
                    Quick::OneOf(*slot, from, self.terms.len() as u32)
                })
            }
            (Compare::Is, Some(Value::Data), [one]) => term(Facet::Data, *one).map(Quick::Category),
            (Compare::Includes, Some(Value::Measures), [one]) => term(Facet::Measure, *one).map(Quick::Measure),
            (Compare::Includes, Some(Value::Form), [one]) => term(Facet::Form, *one).map(Quick::Form),
            (compare, _, [one]) => {
                place(test.left).zip(place(*one)).map(|(left, right)| Quick::Pair(compare, left, right))
            }
            _ => None,
        };
        found.unwrap_or(Quick::Tree)
    }
}

impl Point<'_> {
    /// The truth of a condition.
    #[inline]
    pub fn condition(&self, condition: u32) -> Truth {
        self.count(1);
        if let Some(known) = self.known(condition) {
            return known;
        }
        let conditions = &self.checker.conditions;
        match conditions.quick.get(condition as usize) {
            Some(Quick::Word(slot, term)) => self.matches(slot.facet(), self.word(*slot), *term),
            Some(Quick::OneOf(slot, from, to)) => {
                let terms = conditions.terms.get(*from as usize..*to as usize).unwrap_or_default();
                Truth::any(terms.iter().map(|term| self.matches(slot.facet(), self.word(*slot), *term)))
            }
            Some(Quick::Category(term)) => self.matches(Facet::Data, self.item.category, *term),
            Some(Quick::Measure(measure)) => self.has_measure(*measure),
            Some(Quick::Form(form)) => self.has_form(*form),
            Some(Quick::Pair(compare, left, right)) => {
                match (self.standing(left.standing, left.value), self.standing(right.standing, right.value)) {
                    (Some(left), Some(right)) if !left.is_either() && !right.is_either() => {
                        self.compared(*compare, left, core::iter::once(right))
                    }
                    _ => self.by_tree(condition),
                }
            }
            Some(Quick::Tree) | None => self.by_tree(condition),
        }
    }
}
