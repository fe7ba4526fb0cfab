//! The single changes that remedies are made of, in the terms of the policy: each is carried out on the words that were
//! looked up, tried, and taken back, without a new operation. What they do is what
//! [`crate::Operation::with_steps`] does with the steps that they are told as.

use alloc::format;
use alloc::vec::Vec;

use super::NativeChecker;
use super::input::{Input, InputLeg};
use super::point::Point;
use super::spoken::item_path;
use super::val::Word;
use crate::calendar::Duration;
use crate::decision::{Change, StepDraft};
use crate::image::{Facet, Slot};
use crate::json::Text;
use crate::limits;
use crate::many::Many;
use crate::operation::Retention;
use crate::wire::parts::Few;

/// One change: see [`Step`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Move {
    /// This measure is put in place.
    Measure(u32),
    /// The item by this number gets this form.
    Form(u32, u32),
    /// The place or the recipient, of the leg by this number where there are several, becomes this term.
    Go(Option<u32>, Slot, u32),
    /// The data is kept so long, or else as agreed.
    Keep(Option<Duration>),
}

impl Move {
    /// The change in words.
    pub fn text<'c>(self, checker: &'c NativeChecker, input: &Input<'_>) -> Text<'c> {
        let word = |facet, term| checker.image.word(facet, term);
        match self {
            Move::Measure(measure) => ["put ", word(Facet::Measure, measure), " in place"].concat().into(),
            Move::Form(index, form) => {
                let item = input.category(&checker.image, index);
                ["make ", &*item, " ", word(Facet::Form, form)].concat().into()
            }
            Move::Go(_, Slot::Place, place) => ["move it to ", word(Facet::Place, place)].concat().into(),
            Move::Go(_, slot, term) => ["use ", word(slot.facet(), term), " as the recipient"].concat().into(),
            Move::Keep(length) => match length.and_then(|length| Duration::parse(&length.iso())) {
                Some(length) => format!("keep it {length}").into(),
                None => "keep it as agreed: dispose of it when the duty says".into(),
            },
        }
    }

    /// The change as a step.
    pub fn step(self, checker: &NativeChecker) -> StepDraft<'_> {
        let word = |facet, term| checker.image.word(facet, term).into();
        let add = |path, value| StepDraft { path, change: Change::Add, value };
        let set = |path, value| StepDraft { path, change: Change::Set, value };
        match self {
            Move::Measure(measure) => add("measures".into(), word(Facet::Measure, measure)),
            Move::Form(index, form) => add(item_path(index, ".form"), word(Facet::Form, form)),
            Move::Go(leg, slot, term) => set(path(leg, slot), word(slot.facet(), term)),
            Move::Keep(length) => {
                set("retention".into(), length.map_or_else(|| "agreed".into(), |length| length.iso().into()))
            }
        }
    }
}

/// Where a leg tells its place or recipient.
fn path<'c>(leg: Option<u32>, slot: Slot) -> Text<'c> {
    match leg {
        Some(index) => format!("legs[{index}].{}", slot.word()).into(),
        None => slot.word().into(),
    }
}

/// A remedy in the making.
#[derive(Default)]
pub(super) struct Build {
    moves: Vec<Move>,
    /// Whether something needed can't be changed by a remedy.
    pub stuck: bool,
}

impl Build {
    fn add(&mut self, one: Move) {
        if !self.moves.contains(&one) {
            self.moves.push(one);
        }
    }

    pub fn measure(&mut self, measure: u32) {
        self.add(Move::Measure(measure));
    }

    /// Gives a form to each item that doesn't have it.
    pub fn form(&mut self, here: &[&Point<'_>], form: u32) {
        for point in here {
            if !point.item.form.as_deref().is_some_and(|forms| forms.contains(&Word::Term(form))) {
                self.add(Move::Form(point.at[0], form));
            }
        }
    }

    pub fn slot(&mut self, input: &Input<'_>, here: &[&Point<'_>], slot: Slot, term: u32) {
        for point in here {
            let leg = input.listed.then_some(point.at[3]);
            self.add(Move::Go(leg, slot, term));
        }
    }

    pub fn finish(self, found: &mut Vec<Vec<Move>>) {
        if !self.stuck && !self.moves.is_empty() {
            found.push(self.moves);
        }
    }
}

/// An operation on which changes are tried.
pub(super) struct Trial<'a, 't> {
    pub checker: &'a NativeChecker,
    pub input: Input<'t>,
}

impl Trial<'_, '_> {
    /// What is so of the operation once these changes are made; none where it wouldn't be well-formed.
    pub fn with<R>(&mut self, moves: &[Move], ask: impl FnOnce(&Input<'_>) -> R) -> Option<R> {
        let retention = self.input.retention;
        let mut forms: Vec<(usize, Option<Few<Word>>)> = Vec::new();
        let mut legs: Option<Many<InputLeg>> = None;
        let mut strange = None;
        let (mut fits, mut grown) = (true, 0);
        for one in moves {
            match *one {
                Move::Measure(measure) => {
                    legs.get_or_insert_with(|| self.input.legs.clone());
                    fits &= self.measure(measure, &mut grown);
                }
                Move::Go(leg, slot, term) => {
                    legs.get_or_insert_with(|| self.input.legs.clone());
                    // What stood there may have been a word that the vocabulary doesn't have.
                    if !self.input.strange.is_empty() {
                        strange.get_or_insert_with(|| self.input.strange.clone());
                        let path = path(leg, slot);
                        self.input.strange.retain(|strange| strange.path != path);
                    }
                    fits &= self.go(leg, slot, term);
                }
                Move::Form(index, form) => {
                    let Some(item) = self.input.items.get_mut(index as usize) else { continue };
                    forms.push((index as usize, item.form.clone()));
                    let set = item.form.get_or_insert_default();
                    if !set.contains(&Word::Term(form)) {
                        set.push(Word::Term(form));
                    }
                    fits &= set.len() <= limits::LIST && self.checker.is_short(Facet::Form, form);
                }
                Move::Keep(None) => self.input.retention = Retention::Agreed,
                Move::Keep(Some(length)) => {
                    if let Some(length) = Duration::parse(&length.iso()) {
                        self.input.retention = Retention::For(length);
                    }
                }
            }
        }
        let answer = fits.then(|| ask(&self.input));
        self.input.retention = retention;
        if let Some(legs) = legs {
            self.input.legs = legs;
        }
        if let Some(strange) = strange {
            self.input.strange = strange;
        }
        for (index, form) in forms.into_iter().rev() {
            if let Some(item) = self.input.items.get_mut(index) {
                item.form = form;
            }
        }
        answer
    }

    /// Puts a measure in place on every leg: it joins the list that they share, which has grown by so many already.
    /// Whether there is room for it.
    fn measure(&mut self, measure: u32, grown: &mut usize) -> bool {
        let shared = self.input.shared.unwrap_or(0) + *grown;
        let word = Word::Term(measure);
        let listed = self.input.listed;
        let legs = &mut self.input.legs;
        let known = legs.first().and_then(|leg| leg.measures.get(..shared)).is_some_and(|list| list.contains(&word));
        for leg in legs.iter_mut() {
            if !known {
                let (shared, own) = leg.measures.split_at(shared.min(leg.measures.len()));
                leg.measures = shared.iter().chain([&word]).chain(own).copied().collect();
            }
            leg.complete = leg.own || !listed;
        }
        *grown += usize::from(!known);
        (known || shared < limits::LIST) && self.checker.is_short(Facet::Measure, measure)
    }

    fn go(&mut self, leg: Option<u32>, slot: Slot, term: u32) -> bool {
        if let Some(leg) = self.input.legs.get_mut(leg.unwrap_or(0) as usize) {
            match slot {
                Slot::Place => leg.place = Word::Term(term),
                _ => leg.recipient = Word::Term(term),
            }
        }
        self.checker.is_short(slot.facet(), term)
    }
}

impl NativeChecker {
    /// Whether an operation may name a term: its word isn't too long for that.
    fn is_short(&self, facet: Facet, term: u32) -> bool {
        self.image.word(facet, term).len() <= limits::WORD_BYTES
    }
}
