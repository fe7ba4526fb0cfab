//! What a point says: words, and values while a condition is evaluated.

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::mem::ManuallyDrop;
use core::ops::Deref;

use crate::calendar::{Date, Duration, Instant, Moment};
use crate::image::{Facet, Literal};
use crate::many::Many;
use crate::truth::Truth;
use crate::value::Number;

/// What a point says of one facet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Word {
    /// Nothing.
    #[default]
    Missing,
    /// A word that the vocabulary doesn't have.
    Strange,
    /// That there is none.
    None,
    /// This term.
    Term(u32),
}

/// A value while a condition is evaluated.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Val<'t> {
    #[default]
    Unknown,
    None,
    Bool(bool),
    Number(Number),
    Duration(Duration),
    Moment(Moment),
    Text(Cow<'t, str>),
    /// A term; whether the operation told it, or the policy did.
    Term {
        facet: Facet,
        term: u32,
        told: bool,
    },
    /// One of these; which isn't known.
    Either(Vec<Val<'t>>),
    /// How long ago, from this day.
    Since(Date),
    /// Members, each with whether it is one; whether there may be more.
    Set {
        members: Vec<(Val<'t>, Truth)>,
        open: bool,
    },
}

impl Val<'_> {
    /// The same, that borrows nothing.
    pub fn owned(self) -> Val<'static> {
        match self {
            Val::Unknown => Val::Unknown,
            Val::None => Val::None,
            Val::Bool(value) => Val::Bool(value),
            Val::Number(number) => Val::Number(number),
            Val::Duration(duration) => Val::Duration(duration),
            Val::Moment(moment) => Val::Moment(moment),
            Val::Text(text) => Val::Text(Cow::Owned(text.into_owned())),
            Val::Term { facet, term, told } => Val::Term { facet, term, told },
            Val::Either(values) => Val::Either(values.into_iter().map(Val::owned).collect()),
            Val::Since(date) => Val::Since(date),
            Val::Set { members, open } => {
                let members = members.into_iter().map(|(member, held)| (member.owned(), held)).collect();
                Val::Set { members, open }
            }
        }
    }

    /// The day or moment that it is, if it is one.
    pub fn moment(&self) -> Option<Moment> {
        match self {
            Val::Moment(moment) => Some(*moment),
            _ => None,
        }
    }
}

/// A value without memory of its own, so that there is nothing to drop.
#[derive(Clone, Debug)]
pub struct Bare(ManuallyDrop<Val<'static>>);

impl Bare {
    /// A time.
    pub fn time(time: Option<Instant>) -> Self {
        Bare(ManuallyDrop::new(time.map_or_else(Val::default, |time| Val::Moment(Moment::Instant(time)))))
    }

    /// How long ago, from a day.
    pub fn since(day: Option<Date>) -> Self {
        Bare(ManuallyDrop::new(day.map_or_else(Val::default, Val::Since)))
    }
}

impl Deref for Bare {
    type Target = Val<'static>;

    fn deref(&self) -> &Val<'static> {
        &self.0
    }
}

impl<'t> From<&'t Literal> for Val<'t> {
    fn from(literal: &'t Literal) -> Self {
        match literal {
            Literal::None => Val::None,
            Literal::Bool(value) => Val::Bool(*value),
            Literal::Number(number) => Val::Number(*number),
            Literal::Duration(duration) => Val::Duration(*duration),
            Literal::Date(date) => Val::Moment(Moment::Date(*date)),
            Literal::Instant(instant) => Val::Moment(Moment::Instant(*instant)),
            Literal::Text(text) | Literal::Choice(text) => Val::Text(Cow::Borrowed(text)),
            Literal::Term((facet, term)) => Val::Term { facet: *facet, term: *term, told: false },
            Literal::Set(members) => {
                let members = members.iter().map(|member| (Val::from(member), Truth::True)).collect();
                Val::Set { members, open: false }
            }
        }
    }
}

/// What an operation tells of facts that are declared of one thing: the place of each and its value, in the order of places.
pub type FactsTold<'t> = Many<(u32, Val<'t>)>;

/// What is told of the facts that are declared of one thing.
#[derive(Clone, Debug, Default)]
pub struct FactVals<'t> {
    /// What the operation tells.
    own: FactsTold<'t>,
    /// What a host tells of every operation, by places.
    base: &'t [Val<'t>],
}

impl<'t> FactVals<'t> {
    /// What an operation tells, and what a host tells of every one, by places.
    pub fn of(own: FactsTold<'t>, base: &'t [Val<'t>]) -> Self {
        FactVals { own, base }
    }

    /// What is told of the fact in a place; unknown where nothing is. O(log n) in the facts that the operation tells.
    #[inline]
    pub fn get(&self, place: u32) -> &Val<'t> {
        // Where all are told, each stands in its place.
        if let Some((own, told)) = self.own.get(place as usize)
            && *own == place
        {
            return told;
        }
        match self.own.binary_search_by_key(&place, |(place, _)| *place) {
            Ok(at) => self.own.get(at).map_or(&Val::Unknown, |(_, told)| told),
            Err(_) => self.base.get(place as usize).unwrap_or(&Val::Unknown),
        }
    }

    /// The same, that borrows nothing.
    pub fn owned(self) -> FactVals<'static> {
        let mut own = self.own.map(|(place, told)| (place, told.owned()));
        for (place, value) in (0..).zip(self.base) {
            if let Err(at) = own.binary_search_by_key(&place, |(place, _)| *place) {
                own.insert(at, (place, value.clone().owned()));
            }
        }
        FactVals { own, base: &[] }
    }
}
