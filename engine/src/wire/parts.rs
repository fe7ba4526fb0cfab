//! The parts of an operation, told in words of one kind or another: slices of its text, or the terms of a policy.

pub(crate) use super::few::Few;
use crate::many::Many;

use crate::calendar::Instant;
use crate::operation::{Collected, Retention, Told};

/// One data item: see [`crate::operation::Item`].
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ItemParts<W, F> {
    /// The data category.
    pub category: W,
    /// Its forms; the empty list is raw, none is unknown.
    pub form: Option<Few<W>>,
    /// The day it was collected.
    pub collected: Collected,
    /// The categories that unstructured data contains; none is unknown.
    pub contains: Option<Few<W>>,
    /// Item facts.
    pub facts: F,
}

/// One data subject: see [`crate::operation::Subject`].
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct SubjectParts<W, F> {
    /// The kind.
    pub term: W,
    /// Subject facts.
    pub facts: F,
}

/// One recipient, with the place where it receives: see [`crate::operation::Leg`].
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct LegParts<W> {
    /// Who receives.
    pub recipient: Told<W>,
    /// Where the data is stored or accessed.
    pub place: Told<W>,
    /// Measures in place on this leg; none is unknown.
    pub measures: Option<Few<W>>,
}

/// Data items.
pub(crate) type Items<W, F> = Many<ItemParts<W, F>>;
/// Data subjects.
pub(crate) type Subjects<W, F> = Many<SubjectParts<W, F>>;

/// An operation, in words `W` and with facts as `F`: see [`crate::Operation`].
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Parts<W, F> {
    /// What is done.
    pub action: W,
    /// To which data.
    pub data: Items<W, F>,
    /// About whom.
    pub subjects: Told<Subjects<W, F>>,
    /// By whom.
    pub actor: Told<W>,
    /// What for.
    pub purposes: Told<Few<W>>,
    /// Who receives, where there is one leg.
    pub recipient: Told<W>,
    /// Where the data is stored or accessed, where there is one leg.
    pub place: Told<W>,
    /// Several recipients; empty where not told.
    pub legs: Many<LegParts<W>>,
    /// Where the data comes from.
    pub origins: Told<Few<W>>,
    /// As processor or controller.
    pub role: Option<W>,
    /// On which legal basis.
    pub basis: Told<W>,
    /// Measures in place; none is unknown.
    pub measures: Option<Few<W>>,
    /// How long the data is to be held.
    pub retention: Retention,
    /// When.
    pub time: Option<Instant>,
    /// Facts of the policy.
    pub facts: F,
}

/// How many points lists of so many members make.
pub(crate) fn points_of(counts: [usize; 5]) -> usize {
    counts.iter().fold(1, |points, count| points.saturating_mul(*count))
}

impl<W, F> Parts<W, F> {
    /// How many items, subjects, purposes, legs and origins there are to a point each; what isn't told, or is none, is one.
    pub fn counts(&self) -> [usize; 5] {
        [
            self.data.len(),
            self.subjects.value().map_or(1, |list| list.len()),
            self.purposes.value().map_or(1, |list| list.len()),
            self.legs.len().max(1),
            self.origins.value().map_or(1, |list| list.len()),
        ]
    }

    /// Whether both one leg and a list of them are told.
    pub fn tells_legs_twice(&self) -> bool {
        let one = !(self.recipient.is_unknown() && self.place.is_unknown());
        one && !self.legs.is_empty()
    }
}

impl<W: Clone + Default + PartialEq, F: Clone> Parts<W, F> {
    /// What is left unsaid filled in from a base, but for the facts: see [`crate::Operation::or_from`].
    pub fn fill(&mut self, base: &Self) {
        fn fill<T: Clone>(own: &mut Told<T>, base: &Told<T>) {
            if own.is_unknown() {
                own.clone_from(base);
            }
        }
        if self.action == W::default() {
            self.action.clone_from(&base.action);
        }
        if self.data.is_empty() {
            self.data.clone_from(&base.data);
        }
        fill(&mut self.subjects, &base.subjects);
        fill(&mut self.actor, &base.actor);
        fill(&mut self.purposes, &base.purposes);
        if self.legs.is_empty() {
            match (self.recipient.is_unknown(), self.place.is_unknown()) {
                (true, true) => {
                    self.recipient.clone_from(&base.recipient);
                    self.place.clone_from(&base.place);
                    self.legs.clone_from(&base.legs);
                }
                // A base without a recipient speaks of the host's own place, where data stays that goes to nobody.
                (false, true) => {
                    let same = self.recipient == base.recipient;
                    let own = self.recipient == Told::None && base.recipient.is_unknown();
                    if same || own {
                        self.place.clone_from(&base.place);
                    }
                }
                (true, false) if base.place.is_unknown() || self.place == base.place => {
                    self.recipient.clone_from(&base.recipient);
                }
                _ => {}
            }
        }
        fill(&mut self.origins, &base.origins);
        fill(&mut self.basis, &base.basis);
        self.role = self.role.take().or_else(|| base.role.clone());
        if self.measures.is_none() {
            self.measures.clone_from(&base.measures);
        }
        if self.retention == Retention::Unknown {
            self.retention = base.retention;
        }
        self.time = self.time.or(base.time);
    }
}
