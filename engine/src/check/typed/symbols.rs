//! The words and facts of a policy, as a host keeps them.

use alloc::format;
use alloc::string::{String, ToString};
use core::cmp::Ordering;
use core::fmt;
use core::hash::{Hash, Hasher};
use core::marker::PhantomData;

use super::super::NativeChecker;
use super::super::input::Terms;
use super::super::val::Val;
use super::{Seal, TypedOperation};
use crate::image::{About, Facet};
use crate::json::Malformed;
use crate::nearest::nearest;
use crate::operation::{Facts, Item, Operation, Subject, Told};
use crate::spelled::Spelled;
use crate::value::FactValue;

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

impl<K> PartialOrd for Symbol<K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<K> Ord for Symbol<K> {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.term, self.of).cmp(&(other.term, other.of))
    }
}

impl<K> Hash for Symbol<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.term, self.of).hash(state);
    }
}

impl<K> From<Symbol<K>> for Told<Symbol<K>> {
    fn from(symbol: Symbol<K>) -> Self {
        Told::Is(symbol)
    }
}

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

/// A word or a fact that the policy doesn't declare.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` is no declared word of {}{}", of.word(), near(nearest.as_deref()))]
pub struct Undeclared {
    /// The word.
    pub word: String,
    /// The facet.
    pub of: Facet,
    /// The word that comes nearest.
    pub nearest: Option<String>,
}

fn near(nearest: Option<&str>) -> String {
    nearest.map_or(String::new(), |near| format!("; did you mean `{near}`?"))
}

/// The words and facts of one policy, to be looked up once. Cheap to copy.
///
/// Its symbols are of the policy of this hash: of the same policy loaded again, and not of one with another setting.
#[derive(Clone, Copy)]
pub struct Symbols<'p> {
    pub(super) checker: &'p NativeChecker,
    pub(super) of: u64,
}

impl fmt::Debug for Symbols<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "symbols of {}", self.checker.image.name)
    }
}

impl<'p> Symbols<'p> {
    /// The term that a word stands for. O(1) where it is declared.
    ///
    /// # Errors
    /// Where the policy doesn't declare the word; that there is none is told as [`Told::None`].
    pub fn find<K: Kind>(&self, word: &str) -> Result<Symbol<K>, Undeclared> {
        match self.checker.find(K::FACET, word) {
            Some(term) => Ok(Symbol { term, of: self.of, kind: PhantomData }),
            None => {
                let words = self.checker.image.facet(K::FACET).iter().map(|term| term.name.as_str());
                let nearest = nearest(word, words).map(ToString::to_string);
                Err(Undeclared { word: word.to_string(), of: K::FACET, nearest })
            }
        }
    }

    /// The word of a term; none of one of another policy.
    #[must_use]
    pub fn word<K: Kind>(&self, symbol: Symbol<K>) -> Option<&'p str> {
        let terms = self.checker.image.facet(K::FACET);
        terms.get(symbol.term as usize).filter(|_| symbol.of == self.of).map(|term| term.name.as_str())
    }

    /// All terms of a kind with their words, in the order of the policy.
    pub fn all<K: Kind>(&self) -> impl Iterator<Item = (Symbol<K>, &'p str)> + use<'p, K> {
        let of = self.of;
        let terms = self.checker.image.facet(K::FACET).iter().zip(0..);
        terms.map(move |(own, term)| (Symbol { term, of, kind: PhantomData }, own.name.as_str()))
    }

    /// What an operation tells of a fact: `value` is read by the type of the fact, as an operation tells it (dates and
    /// durations as texts, `none` where there is none).
    ///
    /// # Errors
    /// When an operation can't tell it: the policy declares no such fact, or of something else, or of another type.
    pub fn fact(&self, about: About, name: &str, value: impl Into<FactValue>) -> Result<TypedFact, Malformed> {
        let find = |about: About| self.checker.declared_fact(about, Spelled::of(name.as_bytes()));
        let Some((place, fact)) = find(about).filter(|_| about != About::Recipient) else {
            let other = About::ALL.iter().find(|other| find(**other).is_some());
            let message = match other {
                Some(About::Recipient) => "the declaration of a recipient tells it, and no operation".into(),
                Some(other) => format!("it is a fact of the {}, not of the {}", other.word(), about.word()),
                None => "the policy declares no such fact".into(),
            };
            return Err(Malformed::at(name, message));
        };
        // An operation that tells nothing else is read as any other.
        let told = Facts::from([(fact.name.clone(), value.into())]);
        let of = |facet: Facet| self.checker.image.facet(facet).first().map(|term| term.name.clone());
        let mut operation = Operation { action: of(Facet::Action).unwrap_or_default(), ..Operation::default() };
        let mut item = Item { category: of(Facet::Data).unwrap_or_default(), ..Item::default() };
        match about {
            About::Item => item.facts = told,
            About::Subject => {
                let subject = Subject { term: of(Facet::Subject).unwrap_or("any".to_string()), facts: told };
                operation.subjects = Told::Is([subject].into());
            }
            About::Operation | About::Recipient => operation.facts = told,
        }
        operation.data.push(item);
        let input = self.checker.intern(&operation).map_err(|fault| Malformed::at(name, fault.message))?;
        if let Some(strange) = input.strange.iter().find(|strange| strange.path.contains("facts")) {
            let (word, of) = (&strange.word, &strange.of);
            let message = format!("`{word}` is no declared word of {of}{}", near(strange.nearest.as_deref()));
            return Err(Malformed::at(name, message));
        }
        let facts = match about {
            About::Item => input.items.first().map(|item| &item.facts),
            About::Subject => input.subjects.first().map(|(_, facts)| facts),
            About::Operation | About::Recipient => Some(&input.facts),
        };
        let value = facts.map_or(Val::Unknown, |facts| facts.get(place).clone().owned());
        Ok(TypedFact { about, place, value, of: self.of })
    }

    /// An action, of whose data nothing is said yet.
    #[must_use]
    pub fn operation(&self, action: Symbol<Action>) -> TypedOperation {
        let mut made = TypedOperation { terms: Terms::default(), seal: Seal { of: self.of, fault: None } };
        made.terms.action = made.seal.word(action);
        made
    }
}
