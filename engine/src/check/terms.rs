//! An operation read into the terms of a policy at once: from its text, or from what a host built.
//!
//! Only where nothing is wrong: every word is declared, every fact is of its type, no limit is exceeded. Of every other
//! operation the way by [`super::intern`] gives the answer, which says what is wrong.

use alloc::string::String;
use alloc::vec::Vec;

use super::NativeChecker;
use super::input::{Over, Terms};
use super::steady::{Known, Steady};
use super::val::{FactsTold, Val, Word};
use crate::image::{About, Facet, Fact, Type};
use crate::limits;
use crate::many::Many;
use crate::operation::{Operation, Told};
use crate::spelled::Spelled;
use crate::truth::Truth;
use crate::value::FactValue;
use crate::wire::parts::{Few, ItemParts, LegParts, SubjectParts, points_of};
use crate::wire::plain::{Plain, PlainValue};
use crate::wire::scan::read;
use crate::wire::takes::{COMPARED, Names, Takes};

/// What a host tells of every operation, read once: see [`NativeChecker::base`].
#[derive(Clone, Debug)]
pub struct Base {
    operation: Operation,
    /// The same in terms of the policy, where nothing is wrong with it.
    terms: Option<Terms<'static>>,
    /// What it tells of facts, by their places.
    facts: Vec<Val<'static>>,
    /// The conditions that turn on what it tells alone.
    known: Known,
    /// Whether the policy declares every fact that it tells.
    declared: bool,
    /// The hash of the policy in whose terms it is; in others it is read anew.
    of: [u8; 32],
}

impl Base {
    /// What the host tells.
    #[must_use]
    pub fn operation(&self) -> &Operation {
        &self.operation
    }
}

impl NativeChecker {
    /// A base for many operations, which tell the rest: see [`Operation::or_from`].
    #[must_use]
    pub fn base(&self, operation: Operation) -> Base {
        let terms = self.terms_of_base(&operation);
        let told = terms.as_ref().map_or(&[][..], |terms| &terms.facts);
        let mut facts: Vec<Val<'static>> = self.declared_of(About::Operation).iter().map(|_| Val::Unknown).collect();
        for (place, value) in told {
            facts.get_mut(*place as usize).into_iter().for_each(|fact| fact.clone_from(value));
        }
        let known = terms.as_ref().map_or_else(Known::default, |terms| {
            let told = |place: usize| facts.get(place).is_some_and(|told| *told != Val::Unknown);
            self.known(&facts, terms.time, Steady { told: &told, timed: terms.time.is_some() })
        });
        let declared = terms_of(&mut ByTerm { checker: self, undeclared: Undeclared::Unread }, &operation).is_some();
        Base { operation, terms, facts, known, declared, of: self.id }
    }

    fn terms_of_base(&self, operation: &Operation) -> Option<Terms<'static>> {
        let plain = Plain::of(operation);
        plain.within_limits().ok()?;
        // What the operation tells comes on top of it.
        if operation.facts.len() + COMPARED > limits::LIST {
            return None;
        }
        let terms = terms_of(&mut ByTerm { checker: self, undeclared: Undeclared::Ignored }, operation)?;
        Some(owned(terms))
    }

    /// Reads an operation told as JSON into terms, of which there are none yet, over a base if there is one; what lies beneath
    /// the terms. None where anything is unusual or wrong.
    pub(super) fn read_terms<'t>(
        &self,
        text: &'t [u8],
        base: Option<&'t Base>,
        undeclared: Undeclared,
        terms: &mut Terms<'t>,
    ) -> Option<Over<'t>> {
        read(text, ByTerm { checker: self, undeclared }, terms)?;
        self.fill(terms, base, undeclared)
    }

    /// The same of an operation that a host built.
    pub(super) fn built_terms<'t>(
        &self,
        operation: &'t Operation,
        base: Option<&'t Base>,
        undeclared: Undeclared,
        terms: &mut Terms<'t>,
    ) -> Option<Over<'t>> {
        *terms = terms_of(&mut ByTerm { checker: self, undeclared }, operation)?;
        self.fill(terms, base, undeclared)
    }

    /// What is told of a fact of this type; none where it isn't of the type, or has a word that isn't declared.
    pub(super) fn value_of<'t>(&self, kind: &Type, value: &PlainValue<'t>) -> Option<Val<'t>> {
        if !kind.set {
            return self.single(&kind.base, value);
        }
        let PlainValue::Set(told) = value else { return None };
        let mut members = Vec::with_capacity(told.len());
        for member in told {
            let member = self.single(&kind.base, member).filter(|member| *member != Val::None)?;
            members.push((member, Truth::True));
        }
        Some(Val::Set { members, open: false })
    }

    /// Fills in from a base what an operation leaves unsaid; what lies beneath its terms. None where it isn't well-formed, or
    /// the base isn't of use.
    pub(super) fn fill<'t>(
        &self,
        terms: &mut Terms<'t>,
        base: Option<&'t Base>,
        undeclared: Undeclared,
    ) -> Option<Over<'t>> {
        let mut over = Over::default();
        if let Some(base) = base {
            if base.of != self.id || undeclared == Undeclared::Unread && !base.declared {
                return None;
            }
            let filled: &Terms<'t> = base.terms.as_ref()?;
            // What the base settles stays settled, unless the operation tells it otherwise.
            let in_base = |place: u32| base.facts.get(place as usize).is_some_and(|told| !matches!(told, Val::Unknown));
            let timed = terms.time.is_none();
            let settled = timed && !terms.facts.iter().any(|(place, _)| in_base(*place));
            terms.fill(filled);
            over = Over { facts: &base.facts, known: settled.then_some(&base.known), timed };
        }
        self.is_sound(terms).then_some(over)
    }

    /// Whether an operation in declared terms is well-formed as a whole: see [`Operation::validate`].
    fn is_sound(&self, terms: &Terms<'_>) -> bool {
        let points = points_of(terms.counts());
        // No list is empty where it is told.
        let listed = points > 0 && points <= limits::POINTS;
        let whole = terms.action != Word::Missing && listed && !terms.tells_legs_twice();
        whole && self.bounded_contents(terms).is_ok()
    }
}

/// What is made of a fact that the policy doesn't declare.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Undeclared {
    /// It is left out.
    Ignored,
    /// The operation isn't read into terms: a decision names such a fact.
    Unread,
}

/// Looks words up, and reads facts by their types.
struct ByTerm<'c> {
    checker: &'c NativeChecker,
    undeclared: Undeclared,
}

impl ByTerm<'_> {
    /// A word that a host built.
    #[inline(never)]
    fn named(&mut self, facet: Facet, word: &str) -> Option<Word> {
        self.word(facet, Spelled::of(word.as_bytes()))
    }
}

impl<'t> Takes<'t> for ByTerm<'_> {
    type Word = Word;
    type Facts = FactsTold<'t>;

    #[inline(always)]
    fn word(&mut self, facet: Facet, word: Spelled<'t>) -> Option<Word> {
        // No table has a word that is empty, or past a limit.
        self.checker.find_spelled(facet, word).map(Word::Term)
    }

    fn fact(
        &mut self,
        about: About,
        facts: &mut FactsTold<'t>,
        seen: &mut Names<'t>,
        name: Spelled<'t>,
        value: Option<PlainValue<'t>>,
    ) -> Option<()> {
        let declared = self.checker.declared_fact(about, name);
        // Most tell them in the order declared, or one alone.
        let at = declared.map_or(0, |(place, _)| facts.partition_point(|(before, _)| *before < place));
        let told = |(place, _): (u32, &Fact)| facts.get(at).is_some_and(|(other, _)| *other == place);
        if declared.is_some_and(told) || seen.has(name.bytes) || facts.len() == COMPARED {
            return None;
        }
        match (declared, value) {
            (Some((place, fact)), Some(value)) => facts.insert(at, (place, self.checker.value_of(&fact.kind, &value)?)),
            (None, Some(_)) if self.undeclared == Undeclared::Unread => return None,
            // What is null isn't told, though it has come up.
            (Some(_), None) => seen.once(name.bytes)?,
            (None, _) => name.text().and_then(|_| seen.once(name.bytes))?,
        }
        Some(())
    }
}

/// An operation that a host built, in terms.
fn terms_of<'t>(by: &mut ByTerm<'_>, told: &'t Operation) -> Option<Terms<'t>> {
    let listed = [told.data.len(), told.legs.len()].iter().all(|count| *count <= limits::LIST);
    if !listed {
        return None;
    }
    let mut data = Many::None;
    for item in &told.data {
        data.push(ItemParts {
            category: by.named(Facet::Data, &item.category)?,
            form: words(by, Facet::Form, item.form.as_ref())?,
            collected: item.collected,
            contains: words(by, Facet::Data, item.contains.as_ref())?,
            facts: facts(by, About::Item, &item.facts)?,
        });
    }
    let subjects = match &told.subjects {
        Told::Unknown => Told::Unknown,
        Told::None => Told::None,
        Told::Is(all) => {
            let mut found = Many::None;
            for subject in all {
                let term = by.named(Facet::Subject, &subject.term)?;
                found.push(SubjectParts { term, facts: facts(by, About::Subject, &subject.facts)? });
            }
            Told::Is(found)
        }
    };
    let mut legs = Many::None;
    for leg in &told.legs {
        legs.push(LegParts {
            recipient: word(by, Facet::Recipient, &leg.recipient)?,
            place: word(by, Facet::Place, &leg.place)?,
            measures: words(by, Facet::Measure, leg.measures.as_ref())?,
        });
    }
    let many = |by: &mut ByTerm<'_>, facet: Facet, told: &'t Told<Vec<String>>| {
        Some(match told {
            Told::Unknown => Told::Unknown,
            Told::None => Told::None,
            Told::Is(all) => Told::Is(words(by, facet, Some(all))??),
        })
    };
    Some(Terms {
        // A base may leave it to the operation.
        action: if told.action.is_empty() { Word::Missing } else { by.named(Facet::Action, &told.action)? },
        data,
        subjects,
        actor: word(by, Facet::Actor, &told.actor)?,
        purposes: many(by, Facet::Purpose, &told.purposes)?,
        recipient: word(by, Facet::Recipient, &told.recipient)?,
        place: word(by, Facet::Place, &told.place)?,
        legs,
        origins: many(by, Facet::Place, &told.origins)?,
        role: match &told.role {
            None => None,
            Some(role) => Some(by.named(Facet::Role, role)?),
        },
        basis: word(by, Facet::Basis, &told.basis)?,
        measures: words(by, Facet::Measure, told.measures.as_ref())?,
        retention: told.retention,
        time: told.time,
        facts: facts(by, About::Operation, &told.facts)?,
    })
}

fn word(by: &mut ByTerm<'_>, facet: Facet, told: &Told<String>) -> Option<Told<Word>> {
    Some(match told {
        Told::Unknown => Told::Unknown,
        Told::None => Told::None,
        Told::Is(word) => Told::Is(by.named(facet, word)?),
    })
}

/// A list of words that may be told; none within where it isn't, none at all where one of them is wrong.
fn words(by: &mut ByTerm<'_>, facet: Facet, told: Option<&Vec<String>>) -> Option<Option<Few<Word>>> {
    let Some(told) = told else { return Some(None) };
    if told.len() > limits::LIST {
        return None;
    }
    told.iter().map(|word| by.named(facet, word)).collect::<Option<Few<Word>>>().map(Some)
}

fn facts<'t>(by: &mut ByTerm<'_>, about: About, told: &'t [(String, FactValue)]) -> Option<FactsTold<'t>> {
    let (mut facts, mut seen) = (Many::None, Names::default());
    for (name, value) in told {
        let value = PlainValue::of(value);
        let fits = |value: &PlainValue<'_>| !matches!(value, PlainValue::Text(text) if text.len() > limits::WORD_BYTES);
        let within = match &value {
            PlainValue::Set(members) => members.len() <= limits::LIST && members.iter().all(fits),
            value => fits(value),
        };
        if !within || name.len() > limits::WORD_BYTES {
            return None;
        }
        by.fact(about, &mut facts, &mut seen, Spelled::of(name.as_bytes()), Some(value))?;
    }
    Some(facts)
}

/// The same terms, that borrow nothing.
fn owned(terms: Terms<'_>) -> Terms<'static> {
    let all = |facts: FactsTold<'_>| facts.map(|(place, told)| (place, told.owned()));
    let item = |item: ItemParts<Word, FactsTold<'_>>| ItemParts {
        category: item.category,
        form: item.form,
        collected: item.collected,
        contains: item.contains,
        facts: all(item.facts),
    };
    let subject =
        |subject: SubjectParts<Word, FactsTold<'_>>| SubjectParts { term: subject.term, facts: all(subject.facts) };
    Terms {
        action: terms.action,
        data: terms.data.map(item),
        subjects: match terms.subjects {
            Told::Unknown => Told::Unknown,
            Told::None => Told::None,
            Told::Is(subjects) => Told::Is(subjects.map(subject)),
        },
        actor: terms.actor,
        purposes: terms.purposes,
        recipient: terms.recipient,
        place: terms.place,
        legs: terms.legs,
        origins: terms.origins,
        role: terms.role,
        basis: terms.basis,
        measures: terms.measures,
        retention: terms.retention,
        time: terms.time,
        facts: all(terms.facts),
    }
}
