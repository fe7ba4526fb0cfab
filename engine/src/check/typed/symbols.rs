//! The words and facts of a policy, as a host keeps them.

use core::fmt;
use core::marker::PhantomData;

use super::super::NativeChecker;
use super::super::input::Terms;
use super::super::val::Val;
use super::{Seal, TypedOperation};
use crate::image::{About, Facet};
use crate::json::Malformed;
use crate::spelled::Spelled;
use crate::value::FactValue;
use crate::wire::plain::PlainValue;

/// A facet, as a type, so that a term of one is no term of another.
pub trait Kind {
    /// Which.
    const FACET: Facet;
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident of $facet:ident,)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub enum $kind {}

        impl Kind for $kind {
            const FACET: Facet = Facet::$facet;
        }
    )*};
}

kinds! {
    /// What is done.
    Action of Action,
    /// A category of data.
    Category of Data,
    /// The form of a data item.
    Form of Form,
    /// Whom the data is about.
    DataSubject of Subject,
    /// Who acts.
    Actor of Actor,
    /// What for.
    Purpose of Purpose,
    /// Who receives.
    Recipient of Recipient,
    /// Where.
    Place of Place,
    /// A measure in place.
    Measure of Measure,
    /// A legal basis.
    Basis of Basis,
    /// Processor or controller.
    Role of Role,
}

/// A term of one policy: see [`Symbols::find`]. Cheap to copy, and kept as long as one likes.
pub struct Symbol<K> {
    pub(super) term: u32,
    pub(super) of: u64,
    kind: PhantomData<fn() -> K>,
}

impl<K> Clone for Symbol<K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K> Copy for Symbol<K> {}

impl<K> PartialEq for Symbol<K> {
    fn eq(&self, other: &Self) -> bool {
        (self.term, self.of) == (other.term, other.of)
    }
}

impl<K> Eq for Symbol<K> {}

impl<K: Kind> fmt::Debug for Symbol<K> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}", K::FACET.word(), self.term)
    }
}

/// What is told of a fact of one policy: see [`Symbols::fact`].
#[derive(Clone, Debug, PartialEq)]
pub struct TypedFact {
    pub(super) about: About,
    pub(super) place: u32,
    pub(super) value: Val<'static>,
    pub(super) of: u64,
}

/// The words and facts of one policy, to be looked up once. Cheap to copy.
#[derive(Clone, Copy, Debug)]
pub struct Symbols<'p> {
    pub(super) checker: &'p NativeChecker,
    pub(super) of: u64,
}

impl Symbols<'_> {
    /// The term that a word stands for; none where the policy doesn't declare it. O(1).
    #[must_use]
    pub fn find<K: Kind>(&self, word: &str) -> Option<Symbol<K>> {
        let term = self.checker.find(K::FACET, word)?;
        Some(Symbol { term, of: self.of, kind: PhantomData })
    }

    /// What an operation tells of a fact: `value` is read by the type of the fact, as an operation tells it (dates and
    /// durations as texts, `none` where there is none).
    ///
    /// # Errors
    /// When there is no such fact, or it is of another type.
    pub fn fact(&self, about: About, name: &str, value: impl Into<FactValue>) -> Result<TypedFact, Malformed> {
        let Some((place, fact)) = self.checker.declared_fact(about, Spelled::of(name.as_bytes())) else {
            return Err(Malformed::at(name, "the policy declares no such fact"));
        };
        let value = value.into();
        let value = self.checker.value_of(&fact.kind, &PlainValue::of(&value));
        let value = value.ok_or_else(|| Malformed::at(name, "the value isn't of the type that the policy declares"))?;
        Ok(TypedFact { about, place, value: value.owned(), of: self.of })
    }

    /// An action, of whose data nothing is said yet.
    #[must_use]
    pub fn operation(&self, action: Symbol<Action>) -> TypedOperation {
        let mut made = TypedOperation { terms: Terms::default(), seal: Seal { of: self.of, fault: None } };
        made.terms.action = made.seal.word(action);
        made
    }
}
