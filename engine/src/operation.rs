//! A processing operation, as a host tells it.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::calendar::{Date, Duration, Instant};
use crate::value::FactValue;
use crate::wire::plain::Plain;

/// What an operation says of one part: nothing (`Unknown`), that there is none, or what it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Told<T> {
    /// Not said.
    #[default]
    Unknown,
    /// There is none: no recipient, no origin.
    None,
    /// This.
    Is(T),
}

impl<T> Told<T> {
    /// Whether nothing was said.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Told::Unknown)
    }

    /// The same said of what is made of the value.
    pub fn map<U>(self, made: impl FnOnce(T) -> U) -> Told<U> {
        match self {
            Told::Unknown => Told::Unknown,
            Told::None => Told::None,
            Told::Is(value) => Told::Is(made(value)),
        }
    }

    /// The same, lent.
    pub fn as_ref(&self) -> Told<&T> {
        match self {
            Told::Unknown => Told::Unknown,
            Told::None => Told::None,
            Told::Is(value) => Told::Is(value),
        }
    }

    /// The value, where there is one.
    pub fn value(&self) -> Option<&T> {
        match self {
            Told::Is(value) => Some(value),
            _ => None,
        }
    }
}

/// Names and values of facts, in the order told.
pub type Facts = Vec<(String, FactValue)>;

/// When a data item was collected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Collected {
    /// Not said.
    #[default]
    Unknown,
    /// At the time of the operation.
    Now,
    /// On this day.
    On(Date),
}

/// One data item of an operation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Item {
    /// The data category.
    pub category: String,
    /// Its forms (hashed, salted, …); the empty list is raw, none is unknown.
    pub form: Option<Vec<String>>,
    /// The day it was collected.
    pub collected: Collected,
    /// The categories that unstructured data contains; none is unknown.
    pub contains: Option<Vec<String>>,
    /// Item facts.
    pub facts: Facts,
}

impl Item {
    /// An item of a category, of which nothing more is said.
    #[must_use]
    pub fn new(category: &str) -> Self {
        Item { category: category.to_string(), ..Item::default() }
    }

    /// States the forms, all of them; none at all is raw.
    #[must_use]
    pub fn form<const N: usize>(mut self, forms: [&str; N]) -> Self {
        self.form = Some(forms.into_iter().map(ToString::to_string).collect());
        self
    }

    /// States the categories contained, all of them.
    #[must_use]
    pub fn contains<const N: usize>(mut self, categories: [&str; N]) -> Self {
        self.contains = Some(categories.into_iter().map(ToString::to_string).collect());
        self
    }

    /// States the day of collection.
    #[must_use]
    pub fn collected(mut self, date: Date) -> Self {
        self.collected = Collected::On(date);
        self
    }

    /// States that it is collected by this operation.
    #[must_use]
    pub fn collected_now(mut self) -> Self {
        self.collected = Collected::Now;
        self
    }

    /// States an item fact.
    #[must_use]
    pub fn fact(mut self, name: &str, value: impl Into<FactValue>) -> Self {
        self.facts.push((name.to_string(), value.into()));
        self
    }
}

/// One data subject, or one kind of data subjects, that an operation concerns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subject {
    /// The kind.
    pub term: String,
    /// Subject facts.
    pub facts: Facts,
}

/// One recipient of an operation, with the place where it receives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Leg {
    /// Who receives.
    pub recipient: Told<String>,
    /// Where the data is stored or accessed.
    pub place: Told<String>,
    /// Measures in place on this leg; none is unknown.
    pub measures: Option<Vec<String>>,
}

/// How long the operation plans to hold the data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Retention {
    /// Not said.
    #[default]
    Unknown,
    /// It plans to hold nothing.
    None,
    /// The host disposes of it when the duty says.
    Agreed,
    /// So long from collection.
    For(Duration),
}

/// A processing operation. Everything but `action` and `data` may be left unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Operation {
    /// What is done.
    pub action: String,
    /// To which data; at least one item.
    pub data: Vec<Item>,
    /// About whom.
    pub subjects: Told<Vec<Subject>>,
    /// By whom.
    pub actor: Told<String>,
    /// What for.
    pub purposes: Told<Vec<String>>,
    /// Who receives, where there is one leg.
    pub recipient: Told<String>,
    /// Where the data is stored or accessed, where there is one leg.
    pub place: Told<String>,
    /// Several recipients, in place of `recipient` and `place`; empty where not told.
    pub legs: Vec<Leg>,
    /// Where the data comes from.
    pub origins: Told<Vec<String>>,
    /// As processor or controller.
    pub role: Option<String>,
    /// On which legal basis.
    pub basis: Told<String>,
    /// Measures in place; none is unknown.
    pub measures: Option<Vec<String>>,
    /// How long the data is to be held.
    pub retention: Retention,
    /// When.
    pub time: Option<Instant>,
    /// Facts of the policy.
    pub facts: Facts,
}

fn told(word: &str) -> Told<String> {
    if word == "none" { Told::None } else { Told::Is(word.to_string()) }
}

/// The builder: each call states one part. The word `none` states that there is none.
///
/// ```
/// use abey_engine::{Item, Operation};
/// let operation = Operation::of("store", [Item::new("ip_address").form(["hashed", "salted"])])
///     .purpose("consent_recording")
///     .recipient("supabase")
///     .place("BR")
///     .origin("DE")
///     .measures(["encryption_at_rest", "tls_1_3"])
///     .keeping_as_agreed();
/// assert!(operation.subjects.is_unknown());
/// ```
impl Operation {
    /// An action on data, of which nothing more is said.
    #[must_use]
    pub fn of<const N: usize>(action: &str, data: [Item; N]) -> Self {
        Operation { action: action.to_string(), data: data.into(), ..Operation::default() }
    }

    /// Adds a data subject.
    #[must_use]
    pub fn subject(self, term: &str) -> Self {
        self.subject_with(Subject { term: term.to_string(), facts: Facts::new() })
    }

    /// Adds a data subject of whom facts are known.
    #[must_use]
    pub fn subject_with(mut self, subject: Subject) -> Self {
        match (&mut self.subjects, subject.term.as_str()) {
            (_, "none") => self.subjects = Told::None,
            (Told::Is(subjects), _) => subjects.push(subject),
            _ => self.subjects = Told::Is([subject].into()),
        }
        self
    }

    /// States who acts.
    #[must_use]
    pub fn actor(mut self, actor: &str) -> Self {
        self.actor = told(actor);
        self
    }

    /// Adds a purpose.
    #[must_use]
    pub fn purpose(mut self, purpose: &str) -> Self {
        add(&mut self.purposes, purpose);
        self
    }

    /// States the one recipient.
    #[must_use]
    pub fn recipient(mut self, recipient: &str) -> Self {
        self.recipient = told(recipient);
        self
    }

    /// States the one place.
    #[must_use]
    pub fn place(mut self, place: &str) -> Self {
        self.place = told(place);
        self
    }

    /// Adds a leg, for operations with several recipients.
    #[must_use]
    pub fn leg(mut self, recipient: &str, place: &str) -> Self {
        self.legs.push(Leg { recipient: told(recipient), place: told(place), measures: Some(Vec::new()) });
        self
    }

    /// Adds an origin.
    #[must_use]
    pub fn origin(mut self, place: &str) -> Self {
        add(&mut self.origins, place);
        self
    }

    /// States the role, `processor` or `controller`.
    #[must_use]
    pub fn role(mut self, role: &str) -> Self {
        self.role = Some(role.to_string());
        self
    }

    /// States the legal basis.
    #[must_use]
    pub fn basis(mut self, basis: &str) -> Self {
        self.basis = told(basis);
        self
    }

    /// States the measures in place, all of them.
    #[must_use]
    pub fn measures<const N: usize>(mut self, measures: [&str; N]) -> Self {
        self.measures = Some(measures.into_iter().map(ToString::to_string).collect());
        self
    }

    /// States how long the data is to be held, from its collection.
    #[must_use]
    pub fn keeping(mut self, duration: Duration) -> Self {
        self.retention = Retention::For(duration);
        self
    }

    /// States that the host disposes of the data when the duty says.
    #[must_use]
    pub fn keeping_as_agreed(mut self) -> Self {
        self.retention = Retention::Agreed;
        self
    }

    /// States the time.
    #[must_use]
    pub fn time(mut self, time: Instant) -> Self {
        self.time = Some(time);
        self
    }

    /// States a fact of the policy.
    #[must_use]
    pub fn fact(mut self, name: &str, value: impl Into<FactValue>) -> Self {
        self.facts.push((name.to_string(), value.into()));
        self
    }

    /// Fills every part that this operation leaves unsaid from `base`, and each
    /// fact by itself. A recipient and its place belong together: an operation
    /// that tells one of them takes the other only from a base that means the
    /// same leg, and one that tells of legs keeps its own.
    #[must_use]
    pub fn or_from(self, base: &Operation) -> Self {
        Plain::of(&self).or_from(base).owned()
    }
}

fn add(words: &mut Told<Vec<String>>, word: &str) {
    match (&mut *words, word) {
        (_, "none") => *words = Told::None,
        (Told::Is(words), _) => words.push(word.to_string()),
        _ => *words = Told::Is([word.to_string()].into()),
    }
}
