//! One point of an operation: a data item, a subject, a purpose, a leg and an
//! origin, with everything that the operation says as a whole.

use alloc::vec::Vec;
use core::cell::{Cell, RefCell};

use super::NativeChecker;
use super::input::{Input, InputItem, InputLeg};
use super::val::{FactVals, Word};
use crate::calendar::Date;
use crate::hierarchy::Relation;
use crate::image::{Edge, Effect, Facet, Slot};
use crate::truth::Truth;
use crate::wire::few::Few;

/// The indices of a point: item, subject, purpose, leg, origin.
pub type Indices = [u32; 5];

/// The members of a point: item, subject, purpose, leg, origin.
type Members<'a> = (&'a InputItem<'a>, &'a (Word, FactVals<'a>), Word, &'a InputLeg, Word);

/// So many truths are looked through one by one.
const FEW: usize = 8;

/// Truths by number: the first few stand in place, without memory of their own.
#[derive(Default)]
struct Memo {
    few: Few<(u32, Option<Truth>), FEW>,
    /// In the order of their numbers.
    more: Vec<(u32, Truth)>,
}

impl Memo {
    fn get(&self, number: u32) -> Option<Truth> {
        let of_few = self.few.iter().find(|(known, _)| *known == number).and_then(|(_, truth)| *truth);
        of_few.or_else(|| self.more.get(self.place(number).ok()?).map(|(_, truth)| *truth))
    }

    fn insert(&mut self, number: u32, truth: Truth) {
        if self.few.len() < FEW {
            self.few.push((number, Some(truth)));
        } else if let Err(place) = self.place(number) {
            self.more.insert(place, (number, truth));
        }
    }

    fn place(&self, number: u32) -> Result<usize, usize> {
        self.more.binary_search_by_key(&number, |(known, _)| *known)
    }
}

/// A point, seen by a checker.
pub struct Point<'a> {
    pub checker: &'a NativeChecker,
    pub input: &'a Input<'a>,
    pub at: Indices,
    pub item: &'a InputItem<'a>,
    pub subject: &'a (Word, FactVals<'a>),
    pub purpose: Word,
    pub leg: &'a InputLeg,
    pub origin: Word,
    /// Conditions of edges that were settled already.
    edges: RefCell<Option<Memo>>,
    /// Whether data leaves a country, where that was settled already.
    pub(super) crossing: Cell<Option<Truth>>,
}

/// Every point of an operation, items first.
pub fn points<'a>(checker: &'a NativeChecker, input: &'a Input<'a>) -> Vec<Point<'a>> {
    let mut all = Vec::new();
    each(checker, input, |point| {
        all.push(point);
        true
    });
    all
}

/// Each point of an operation, items first, until one answers no; whether none did.
pub fn each<'a>(checker: &'a NativeChecker, input: &'a Input<'a>, mut ask: impl FnMut(Point<'a>) -> bool) -> bool {
    for (i, item) in input.items.iter().enumerate() {
        for (s, subject) in input.subjects.iter().enumerate() {
            for (p, purpose) in input.purposes.iter().enumerate() {
                for (l, leg) in input.legs.iter().enumerate() {
                    for (o, origin) in input.origins.iter().enumerate() {
                        let at = [i, s, p, l, o].map(|index| index as u32);
                        if !ask(Point::made(checker, input, at, (item, subject, *purpose, leg, *origin))) {
                            return false;
                        }
                    }
                }
            }
        }
    }
    true
}

/// Which words of an operation a scope sees.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// What is named: instructions.
    Named,
    /// What it implies and contains as well: prohibitions, safeguards, retention, duties.
    Implied,
}

impl Sight {
    /// That of the rules with an effect.
    pub fn of(effect: &Effect) -> Self {
        if matches!(effect, Effect::Allow(_)) { Sight::Named } else { Sight::Implied }
    }
}

impl<'a> Point<'a> {
    /// A point of an operation by its indices, if it has it.
    pub fn at(checker: &'a NativeChecker, input: &'a Input<'a>, at: Indices) -> Option<Self> {
        let [item, subject, purpose, leg, origin] = at.map(|index| index as usize);
        let (item, subject) = (input.items.get(item)?, input.subjects.get(subject)?);
        let (purpose, leg, origin) = (*input.purposes.get(purpose)?, input.legs.get(leg)?, *input.origins.get(origin)?);
        Some(Self::made(checker, input, at, (item, subject, purpose, leg, origin)))
    }

    /// A point of these members.
    #[inline]
    fn made(
        checker: &'a NativeChecker,
        input: &'a Input<'a>,
        at: Indices,
        (item, subject, purpose, leg, origin): Members<'a>,
    ) -> Self {
        let (edges, crossing) = (RefCell::new(None), Cell::new(None));
        Point { checker, input, at, item, subject, purpose, leg, origin, edges, crossing }
    }

    /// The first point with this member of a list, the lists counted from 1; the very first one for 0.
    pub fn with(checker: &'a NativeChecker, input: &'a Input<'a>, list: usize, member: usize) -> Option<Self> {
        let own = |at: usize| if at + 1 == list { member as u32 } else { 0 };
        Self::at(checker, input, core::array::from_fn(own))
    }

    /// What the point says in a slot.
    pub fn word(&self, slot: Slot) -> Word {
        match slot {
            Slot::Action => self.input.action,
            Slot::Subject => self.subject.0,
            Slot::Actor => self.input.actor,
            Slot::Purpose => self.purpose,
            Slot::Recipient => self.leg.recipient,
            Slot::Place => self.leg.place,
            Slot::Origin => self.origin,
            Slot::Basis => self.input.basis,
            Slot::Role => self.input.role,
        }
    }

    /// A word of the operation against a term of the policy.
    #[inline]
    pub fn matches(&self, facet: Facet, word: Word, term: u32) -> Truth {
        let own = match word {
            Word::Missing | Word::Strange => return Truth::Unknown,
            Word::None => return Truth::False,
            Word::Term(own) => own,
        };
        self.count(1);
        match self.checker.hierarchy(facet).relation(own, term) {
            Relation::Sure => Truth::True,
            Relation::No => Truth::False,
            Relation::Open => Truth::Unknown,
            Relation::May => self.climbed(facet, own, term),
        }
    }

    /// The same of a term that lies below the other on edges that don't always hold.
    #[cold]
    fn climbed(&self, facet: Facet, own: u32, term: u32) -> Truth {
        let climbed = self.climb(facet, own, term, &mut Memo::default());
        if self.checker.hierarchy(facet).open(own, term) { climbed.or(Truth::Unknown) } else { climbed }
    }

    /// Whether a term lies at or below another, now and under these conditions.
    pub(super) fn lies_below(&self, facet: Facet, term: u32, above: u32) -> Truth {
        match self.checker.hierarchy(facet).relation(term, above) {
            Relation::Sure => Truth::True,
            Relation::May => self.climb(facet, term, above, &mut Memo::default()),
            Relation::Open | Relation::No => Truth::False,
        }
    }

    /// Whether `term` lies below `above`: the OR over the paths of the AND of their edges.
    fn climb(&self, facet: Facet, term: u32, above: u32, known: &mut Memo) -> Truth {
        if term == above {
            return Truth::True;
        }
        if let Some(truth) = known.get(term) {
            return truth;
        }
        let hierarchy = self.checker.hierarchy(facet);
        let mut found = Truth::False;
        for edge in self.checker.image.facet(facet).get(term as usize).into_iter().flat_map(|term| &term.parents) {
            self.count(1);
            if found != Truth::True && hierarchy.may(edge.parent, above) {
                let rest = self.climb(facet, edge.parent, above, known);
                if rest != Truth::False {
                    found = found.or(rest.and(self.edge(edge)));
                }
            }
        }
        known.insert(term, found);
        found
    }

    /// Whether an edge holds on the day and under its condition.
    pub fn edge(&self, edge: &Edge) -> Truth {
        let day = self.today();
        let from = edge.period.from.map_or(Truth::True, |from| day.map_or(Truth::Unknown, |day| (from <= day).into()));
        let until =
            edge.period.until.map_or(Truth::True, |until| day.map_or(Truth::Unknown, |day| (day <= until).into()));
        let when = edge.when.map_or(Truth::True, |when| {
            // The conditions of edges lead to further edges: each is settled once for a point.
            let known = self.edges.borrow().as_ref().and_then(|known| known.get(when));
            known.unwrap_or_else(|| {
                let truth = self.condition(when);
                self.edges.borrow_mut().get_or_insert_default().insert(when, truth);
                truth
            })
        });
        from.and(until).and(when)
    }

    /// The day of the operation.
    pub fn today(&self) -> Option<Date> {
        self.input.time.map(|time| time.day(self.checker.image.offset))
    }

    /// Whether there is one at all.
    pub fn some(&self, word: Word) -> Truth {
        match word {
            Word::Term(_) => Truth::True,
            Word::None => Truth::False,
            Word::Missing | Word::Strange => Truth::Unknown,
        }
    }

    /// Two words that the operation told: the same leaf, certainly different, or it depends.
    pub fn same(&self, facet: Facet, one: u32, other: u32) -> Truth {
        let hierarchy = self.checker.hierarchy(facet);
        if one == other && !hierarchy.general(one) {
            Truth::True
        } else if hierarchy.meets(one, other) {
            Truth::Unknown
        } else {
            Truth::False
        }
    }
}
