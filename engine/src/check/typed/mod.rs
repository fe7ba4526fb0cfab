//! Operations told in the terms of a policy, whose words and facts a host looks up once.
//!
//! ```
//! # use abey_engine::typed::{Action, Category, Purpose, TypedItem};
//! # use abey_engine::{NativeChecker, Told, Verdict};
//! # fn ask(policy: &NativeChecker) -> Result<Verdict, Box<dyn std::error::Error>> {
//! // Once:
//! let symbols = policy.symbols();
//! let (store, email) = (symbols.find::<Action>("store")?, symbols.find::<Category>("email_address")?);
//! let support = symbols.find::<Purpose>("support")?;
//! // Often:
//! let item = TypedItem::new(email).raw();
//! let operation = symbols.operation(store).item(item).purpose(support).recipient(Told::None);
//! Ok(policy.verdict_typed(&operation, None)?)
//! # }
//! ```

mod ask;
mod symbols;

use super::input::Terms;
use super::val::{FactsTold, Word};
use crate::calendar::{Date, Duration, Instant};
use crate::image::{About, Facet};
use crate::limits;
use crate::many::Many;
use crate::operation::{Collected, Retention, Told};
use crate::wire::parts::{Few, ItemParts, LegParts, SubjectParts};
use crate::wire::takes::COMPARED;
pub use symbols::{
    Action, Actor, Basis, Category, DataSubject, Form, Kind, Measure, Place, Purpose, Recipient, Role, Symbol, Symbols,
    TypedFact, Undeclared,
};

/// What is wrong with what was put together, the first of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Misuse {
    /// A term or a fact of another policy.
    Foreign,
    /// A fact by its place, told of something else than it is declared of.
    Misplaced(About, u32),
    /// A fact by its place, told before.
    Twice(About, u32),
    /// None of a facet, and some.
    Beside(Facet),
}

/// Of which policy terms are, and what is wrong with them.
#[derive(Clone, Copy, Debug)]
struct Seal {
    of: u64,
    fault: Option<Misuse>,
}

impl Seal {
    fn of<K>(symbol: Symbol<K>) -> Self {
        Seal { of: symbol.of, fault: None }
    }

    fn word<K>(&mut self, symbol: Symbol<K>) -> Word {
        self.see(symbol.of == self.of, Misuse::Foreign);
        Word::Term(symbol.term)
    }

    fn told<K>(&mut self, told: Told<Symbol<K>>) -> Told<Word> {
        told.map(|symbol| self.word(symbol))
    }

    fn words<K, const N: usize>(&mut self, symbols: &[Symbol<K>]) -> Few<Word, N> {
        symbols.iter().map(|symbol| self.word(*symbol)).collect()
    }

    /// Adds a member to a list, or states that there is none.
    fn add<T, L: Default>(&mut self, facet: Facet, list: &mut Told<L>, member: Told<T>, push: impl Fn(&mut L, T)) {
        match (member, &mut *list) {
            (Told::Unknown, _) | (Told::None, Told::None) => {}
            (Told::None, Told::Unknown) => *list = Told::None,
            (Told::None, Told::Is(_)) | (Told::Is(_), Told::None) => self.see(false, Misuse::Beside(facet)),
            (Told::Is(member), Told::Is(told)) => push(told, member),
            (Told::Is(member), Told::Unknown) => {
                let mut told = L::default();
                push(&mut told, member);
                *list = Told::Is(told);
            }
        }
    }

    fn fact(&mut self, facts: &mut FactsTold<'static>, about: About, told: TypedFact) {
        self.see(told.of == self.of, Misuse::Foreign);
        self.see(told.about == about, Misuse::Misplaced(told.about, told.place));
        match facts.binary_search_by_key(&told.place, |(place, _)| *place) {
            Ok(_) => self.see(false, Misuse::Twice(told.about, told.place)),
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
        TypedItem { item, seal: Seal::of(category) }
    }

    /// States the forms, all of them; none at all is raw.
    #[must_use]
    pub fn form(mut self, forms: impl AsRef<[Symbol<Form>]>) -> Self {
        self.item.form = Some(self.seal.words(forms.as_ref()));
        self
    }

    /// States that it has no form.
    #[must_use]
    pub fn raw(self) -> Self {
        self.form([])
    }

    /// States the categories contained, all of them.
    #[must_use]
    pub fn contains(mut self, categories: impl AsRef<[Symbol<Category>]>) -> Self {
        self.item.contains = Some(self.seal.words(categories.as_ref()));
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

/// A data subject in the terms of a policy: see [`crate::Subject`].
#[derive(Clone, Debug)]
pub struct TypedSubject {
    subject: SubjectParts<Word, FactsTold<'static>>,
    seal: Seal,
}

impl TypedSubject {
    /// A data subject of whom no facts are known.
    #[must_use]
    pub fn new(subject: Symbol<DataSubject>) -> Self {
        let seal = Seal::of(subject);
        TypedSubject { subject: SubjectParts { term: Word::Term(subject.term), facts: Many::None }, seal }
    }

    /// States a subject fact.
    #[must_use]
    pub fn fact(mut self, told: TypedFact) -> Self {
        self.seal.fact(&mut self.subject.facts, About::Subject, told);
        self
    }
}

impl From<Symbol<DataSubject>> for Told<TypedSubject> {
    fn from(subject: Symbol<DataSubject>) -> Self {
        Told::Is(TypedSubject::new(subject))
    }
}

impl From<TypedSubject> for Told<TypedSubject> {
    fn from(subject: TypedSubject) -> Self {
        Told::Is(subject)
    }
}

/// An operation in the terms of a policy: see [`crate::Operation`].
///
/// Where a call takes `Into<Told<…>>`, it takes what it is, or [`Told::None`], which states that there is none. That there is
/// none, and some, is refused when the operation is asked about, as are terms of another policy and facts that are told
/// twice, or of something else than they are declared of.
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

    /// Adds a data subject.
    #[must_use]
    pub fn subject(mut self, subject: impl Into<Told<TypedSubject>>) -> Self {
        let subject = subject.into().map(|own| {
            self.seal.join(own.seal);
            own.subject
        });
        self.seal.add(Facet::Subject, &mut self.terms.subjects, subject, Many::push);
        self
    }

    /// States who acts.
    #[must_use]
    pub fn actor(mut self, actor: impl Into<Told<Symbol<Actor>>>) -> Self {
        self.terms.actor = self.seal.told(actor.into());
        self
    }

    /// Adds a purpose.
    #[must_use]
    pub fn purpose(mut self, purpose: impl Into<Told<Symbol<Purpose>>>) -> Self {
        let purpose = self.seal.told(purpose.into());
        self.seal.add(Facet::Purpose, &mut self.terms.purposes, purpose, Few::push);
        self
    }

    /// States the one recipient.
    #[must_use]
    pub fn recipient(mut self, recipient: impl Into<Told<Symbol<Recipient>>>) -> Self {
        self.terms.recipient = self.seal.told(recipient.into());
        self
    }

    /// States the one place.
    #[must_use]
    pub fn place(mut self, place: impl Into<Told<Symbol<Place>>>) -> Self {
        self.terms.place = self.seal.told(place.into());
        self
    }

    /// Adds a leg, for operations with several recipients; `measures` are those of this leg, not known where none.
    #[must_use]
    pub fn leg(
        mut self,
        recipient: impl Into<Told<Symbol<Recipient>>>,
        place: impl Into<Told<Symbol<Place>>>,
        measures: Option<&[Symbol<Measure>]>,
    ) -> Self {
        let (recipient, place) = (self.seal.told(recipient.into()), self.seal.told(place.into()));
        let measures = measures.map(|measures| self.seal.words(measures));
        self.terms.legs.push(LegParts { recipient, place, measures });
        self
    }

    /// Adds an origin.
    #[must_use]
    pub fn origin(mut self, place: impl Into<Told<Symbol<Place>>>) -> Self {
        let place = self.seal.told(place.into());
        self.seal.add(Facet::Place, &mut self.terms.origins, place, Few::push);
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
    pub fn basis(mut self, basis: impl Into<Told<Symbol<Basis>>>) -> Self {
        self.terms.basis = self.seal.told(basis.into());
        self
    }

    /// States the measures in place, all of them.
    #[must_use]
    pub fn measures(mut self, measures: impl AsRef<[Symbol<Measure>]>) -> Self {
        self.terms.measures = Some(self.seal.words(measures.as_ref()));
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

    /// Whether no list is longer than what is read into terms at once, but for those that make up its points.
    fn within_limits(&self) -> bool {
        let terms = &self.terms;
        let fits = |words: Option<&Few<Word>>| words.is_none_or(|words| words.len() <= limits::LIST);
        let items = terms.data.iter().all(|item| fits(item.form.as_ref()) && fits(item.contains.as_ref()));
        let legs = terms.legs.iter().all(|leg| fits(leg.measures.as_ref()));
        let of_subjects = terms.subjects.value().into_iter().flat_map(|subjects| subjects.iter());
        let of_items = terms.data.iter().map(|item| &item.facts);
        let mut facts = of_subjects.map(|subject| &subject.facts).chain(of_items).chain([&terms.facts]);
        items && legs && fits(terms.measures.as_ref()) && facts.all(|facts| facts.len() <= COMPARED)
    }
}
