//! Operations told in the terms of a policy, whose words and facts a host looks up once.
//!
//! ```
//! # use abey_engine::typed::{Action, Category, Purpose, TypedItem};
//! # fn ask(policy: &abey_engine::NativeChecker) -> Option<abey_engine::Verdict> {
//! // Once:
//! let symbols = policy.symbols();
//! let (store, email) = (symbols.find::<Action>("store")?, symbols.find::<Category>("email_address")?);
//! let support = symbols.find::<Purpose>("support")?;
//! // Often:
//! let operation = symbols.operation(store).item(TypedItem::new(email).raw()).purpose(support);
//! policy.verdict_typed(&operation, None).ok()
//! # }
//! ```

mod ask;
mod symbols;

use super::input::Terms;
use super::val::{FactsTold, Word};
use crate::calendar::{Date, Duration, Instant};
use crate::image::About;
use crate::limits;
use crate::many::Many;
use crate::operation::{Collected, Retention, Told};
use crate::wire::parts::{Few, ItemParts, LegParts, SubjectParts};
pub use symbols::{
    Action, Actor, Basis, Category, DataSubject, Form, Kind, Measure, Place, Purpose, Recipient, Role, Symbol, Symbols,
    TypedFact,
};

/// What is wrong with what was put together, the first of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Misuse {
    Foreign,
    Misplaced,
    Twice,
}

/// Of which policy terms are, and what is wrong with them.
#[derive(Clone, Copy, Debug)]
struct Seal {
    of: u64,
    fault: Option<Misuse>,
}

impl Seal {
    fn word<K>(&mut self, symbol: Symbol<K>) -> Word {
        self.see(symbol.of == self.of, Misuse::Foreign);
        Word::Term(symbol.term)
    }

    fn told<K>(&mut self, symbol: Option<Symbol<K>>) -> Told<Word> {
        symbol.map_or(Told::None, |symbol| Told::Is(self.word(symbol)))
    }

    fn words<K>(&mut self, symbols: impl IntoIterator<Item = Symbol<K>>) -> Few<Word> {
        symbols.into_iter().map(|symbol| self.word(symbol)).collect()
    }

    /// Adds a member to a list, or states that there is none.
    fn add<K>(&mut self, words: &mut Told<Few<Word>>, symbol: Option<Symbol<K>>) {
        match (symbol, &mut *words) {
            (None, _) => *words = Told::None,
            (Some(symbol), Told::Is(told)) => told.push(self.word(symbol)),
            (Some(symbol), _) => *words = Told::Is(self.words([symbol])),
        }
    }

    fn fact(&mut self, facts: &mut FactsTold<'static>, about: About, told: TypedFact) {
        self.see(told.of == self.of, Misuse::Foreign);
        self.see(told.about == about, Misuse::Misplaced);
        match facts.binary_search_by_key(&told.place, |(place, _)| *place) {
            Ok(_) => self.see(false, Misuse::Twice),
            Err(at) => facts.insert(at, (told.place, told.value)),
        }
    }

    fn join(&mut self, part: Seal) {
        self.see(part.of == self.of, Misuse::Foreign);
        self.fault = self.fault.or(part.fault);
    }

    fn see(&mut self, fine: bool, otherwise: Misuse) {
        if !fine {
            self.fault.get_or_insert(otherwise);
        }
    }
}

/// A data item in the terms of a policy: see [`crate::Item`].
#[derive(Clone, Debug)]
pub struct TypedItem {
    item: ItemParts<Word, FactsTold<'static>>,
    seal: Seal,
}

impl TypedItem {
    /// An item of a category, of which nothing more is said.
    #[must_use]
    pub fn new(category: Symbol<Category>) -> Self {
        let item = ItemParts { category: Word::Term(category.term), ..ItemParts::default() };
        TypedItem { item, seal: Seal { of: category.of, fault: None } }
    }

    /// States the forms, all of them; none at all is raw.
    #[must_use]
    pub fn form(mut self, forms: impl IntoIterator<Item = Symbol<Form>>) -> Self {
        self.item.form = Some(self.seal.words(forms));
        self
    }

    /// States that it has no form.
    #[must_use]
    pub fn raw(self) -> Self {
        self.form([])
    }

    /// States the categories contained, all of them.
    #[must_use]
    pub fn contains(mut self, categories: impl IntoIterator<Item = Symbol<Category>>) -> Self {
        self.item.contains = Some(self.seal.words(categories));
        self
    }

    /// States the day of collection.
    #[must_use]
    pub fn collected(mut self, date: Date) -> Self {
        self.item.collected = Collected::On(date);
        self
    }

    /// States that it is collected by this operation.
    #[must_use]
    pub fn collected_now(mut self) -> Self {
        self.item.collected = Collected::Now;
        self
    }

    /// States an item fact.
    #[must_use]
    pub fn fact(mut self, told: TypedFact) -> Self {
        self.seal.fact(&mut self.item.facts, About::Item, told);
        self
    }
}

/// An operation in the terms of a policy: see [`crate::Operation`]. Where a call takes an `Option`, none states that there is none.
#[derive(Clone, Debug)]
pub struct TypedOperation {
    terms: Terms<'static>,
    seal: Seal,
}

impl TypedOperation {
    /// Adds a data item; at least one is told.
    #[must_use]
    pub fn item(mut self, item: TypedItem) -> Self {
        self.seal.join(item.seal);
        self.terms.data.push(item.item);
        self
    }

    /// Adds a data subject, of whom so many facts are known.
    #[must_use]
    pub fn subject(
        mut self,
        subject: impl Into<Option<Symbol<DataSubject>>>,
        told: impl IntoIterator<Item = TypedFact>,
    ) -> Self {
        let Some(term) = subject.into() else {
            self.terms.subjects = Told::None;
            return self;
        };
        let mut subject = SubjectParts { term: self.seal.word(term), facts: Many::None };
        told.into_iter().for_each(|fact| self.seal.fact(&mut subject.facts, About::Subject, fact));
        match &mut self.terms.subjects {
            Told::Is(subjects) => subjects.push(subject),
            other => *other = Told::Is(Many::One(subject)),
        }
        self
    }

    /// States who acts.
    #[must_use]
    pub fn actor(mut self, actor: impl Into<Option<Symbol<Actor>>>) -> Self {
        self.terms.actor = self.seal.told(actor.into());
        self
    }

    /// Adds a purpose.
    #[must_use]
    pub fn purpose(mut self, purpose: impl Into<Option<Symbol<Purpose>>>) -> Self {
        self.seal.add(&mut self.terms.purposes, purpose.into());
        self
    }

    /// States the one recipient.
    #[must_use]
    pub fn recipient(mut self, recipient: impl Into<Option<Symbol<Recipient>>>) -> Self {
        self.terms.recipient = self.seal.told(recipient.into());
        self
    }

    /// States the one place.
    #[must_use]
    pub fn place(mut self, place: impl Into<Option<Symbol<Place>>>) -> Self {
        self.terms.place = self.seal.told(place.into());
        self
    }

    /// Adds a leg with its own measures, for operations with several recipients.
    #[must_use]
    pub fn leg(
        mut self,
        recipient: impl Into<Option<Symbol<Recipient>>>,
        place: impl Into<Option<Symbol<Place>>>,
        measures: impl IntoIterator<Item = Symbol<Measure>>,
    ) -> Self {
        let (recipient, place) = (self.seal.told(recipient.into()), self.seal.told(place.into()));
        let measures = Some(self.seal.words(measures));
        self.terms.legs.push(LegParts { recipient, place, measures });
        self
    }

    /// Adds an origin.
    #[must_use]
    pub fn origin(mut self, place: impl Into<Option<Symbol<Place>>>) -> Self {
        self.seal.add(&mut self.terms.origins, place.into());
        self
    }

    /// States the role.
    #[must_use]
    pub fn role(mut self, role: Symbol<Role>) -> Self {
        self.terms.role = Some(self.seal.word(role));
        self
    }

    /// States the legal basis.
    #[must_use]
    pub fn basis(mut self, basis: impl Into<Option<Symbol<Basis>>>) -> Self {
        self.terms.basis = self.seal.told(basis.into());
        self
    }

    /// States the measures in place, all of them.
    #[must_use]
    pub fn measures(mut self, measures: impl IntoIterator<Item = Symbol<Measure>>) -> Self {
        self.terms.measures = Some(self.seal.words(measures));
        self
    }

    /// States how long the data is to be held, from its collection.
    #[must_use]
    pub fn keeping(mut self, duration: Duration) -> Self {
        self.terms.retention = Retention::For(duration);
        self
    }

    /// States that nothing is held.
    #[must_use]
    pub fn keeping_nothing(mut self) -> Self {
        self.terms.retention = Retention::None;
        self
    }

    /// States that the host disposes of the data when the duty says.
    #[must_use]
    pub fn keeping_as_agreed(mut self) -> Self {
        self.terms.retention = Retention::Agreed;
        self
    }

    /// States the time.
    #[must_use]
    pub fn time(mut self, time: Instant) -> Self {
        self.terms.time = Some(time);
        self
    }

    /// States a fact of the policy.
    #[must_use]
    pub fn fact(mut self, told: TypedFact) -> Self {
        self.seal.fact(&mut self.terms.facts, About::Operation, told);
        self
    }

    /// Whether no list is longer than an operation may have, but for those that make up its points.
    fn within_limits(&self) -> bool {
        let terms = &self.terms;
        let fits = |words: Option<&Few<Word>>| words.is_none_or(|words| words.len() <= limits::LIST);
        let items = terms.data.iter().all(|item| fits(item.form.as_ref()) && fits(item.contains.as_ref()));
        items && fits(terms.measures.as_ref()) && terms.legs.iter().all(|leg| fits(leg.measures.as_ref()))
    }
}
