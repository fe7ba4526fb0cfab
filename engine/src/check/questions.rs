//! Questions: what could be stated to settle a truth that is unknown.

use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::explain::Explainer;
use super::point::{Indices, Point, Sight};
use super::spoken::item_path;
use super::val::Word;
use crate::image::{About, DataList, Facet, Fact, List, Part, Pick, Scope, Slot};
use crate::json::Text;
use crate::operation::Retention;
use crate::truth::Truth;

/// The rank of a question, where the word that it is about stands, and how that is told.
pub(super) type Telling<'c, 't> = dyn Fn(&Explainer<'c, '_>) -> (u8, Text<'c>, Text<'c>) + 't;

impl<'c> Explainer<'c, '_> {
    pub(super) fn ask(&mut self, rank: u8, path: Text<'c>, text: Text<'c>) {
        self.questions.ask(rank, path, text);
    }

    /// Asks for what leaves each part of a scope unsettled.
    pub(super) fn unsettled<'p>(&mut self, at: Indices, parts: impl Iterator<Item = &'p Part>, sight: Sight) {
        for part in parts {
            if self.points.get(&at).is_none_or(|point| point.part(&part.scope, sight) != Truth::Unknown) {
                continue;
            }
            match &part.scope {
                Scope::Slot((slot, list)) => self.ask_list(at, *slot, list, sight),
                Scope::Data(list) => self.ask_data(at, list, sight),
                Scope::Measures(measures) => measures.iter().for_each(|measure| self.ask_measure(at, *measure)),
                Scope::When(condition) | Scope::Unless(condition) => self.causes(at, *condition),
            }
        }
    }

    /// Asks for what leaves it unsettled whether an exception lifts a clause; once of a clause and a point, and once of an
    /// exception and a point.
    pub(super) fn ask_waivers(&mut self, at: Indices, clause: u32) {
        let checker = self.checker;
        let mut waivers = checker.index.lifting(clause).peekable();
        if waivers.peek().is_none() || !self.lifted.insert((clause as usize, at)) {
            return;
        }
        for waiver in waivers {
            let Some(rule) = checker.image.rules.get(waiver) else { continue };
            let open = |point: &Point<'_>| point.scope(&rule.parts, Sight::Named) == Truth::Unknown;
            if self.lifting.insert((waiver, at)) && self.points.get(&at).is_some_and(open) {
                self.unsettled(at, rule.parts.iter().map(Arc::as_ref), Sight::Named);
            }
        }
    }

    // Words

    fn ask_list(&mut self, at: Indices, slot: Slot, list: &List, sight: Sight) {
        let (List::These(picks) | List::AnyExcept(picks)) = list else { return self.ask_missing(at, slot) };
        let listed = matches!(list, List::These(_));
        self.ask_missing(at, slot);
        for pick in picks {
            match pick {
                Pick::Term(term) => {
                    self.ask_slot(at, slot, *term);
                    if listed && slot == Slot::Action && sight == Sight::Implied {
                        self.ask_implied(at, *term);
                    }
                }
                Pick::Authorised => self.ask_authorised(at),
                Pick::None => {}
            }
        }
    }

    /// Asks for a part of which nothing is said.
    pub(super) fn ask_missing(&mut self, at: Indices, slot: Slot) {
        if self.points.get(&at).is_some_and(|point| point.word(slot) == Word::Missing) {
            let (path, _) = self.spoken(at, slot);
            let none = if slot.facet().has_none() { ", or that there is none" } else { "" };
            self.ask(1, path, ["state the ", slot.word(), none].concat().into());
        }
    }

    /// Asks for what leaves it unsettled whether a part of the point lies below a term.
    pub(super) fn ask_slot(&mut self, at: Indices, slot: Slot, term: u32) {
        let Some(word) = self.points.get(&at).map(|point| point.word(slot)) else { return };
        if word == Word::Missing {
            return self.ask_missing(at, slot);
        }
        self.ask_match(at, slot.facet(), word, term, &|at_hand| {
            let (path, told) = at_hand.spoken(at, slot);
            (1, path, told.unwrap_or_default())
        });
    }

    /// Asks which narrower word it is, where the word leaves that open; and for the time or the facts that the edges
    /// between them wait for. `told` gives the rank, where the word stands, and how it is told.
    pub(super) fn ask_match(&mut self, at: Indices, facet: Facet, word: Word, term: u32, told: &Telling<'c, '_>) {
        let Word::Term(own) = word else { return };
        let checker = self.checker;
        if self.points.get(&at).is_none_or(|point| point.matches(facet, word, term) != Truth::Unknown) {
            return;
        }
        let hierarchy = checker.hierarchy(facet);
        if hierarchy.open(own, term) {
            let (rank, path, told) = told(self);
            self.ask(rank, path, precisely(&told));
        }
        let terms = checker.image.facet(facet).iter().enumerate();
        let above = terms.filter(|(index, _)| hierarchy.may(own, *index as u32));
        for edge in above.flat_map(|(_, above)| &above.parents).filter(|edge| hierarchy.may(edge.parent, term)) {
            let Some(Truth::Unknown) = self.points.get(&at).map(|point| point.edge(edge)) else { continue };
            if edge.period.from.is_some() || edge.period.until.is_some() {
                self.ask_time();
            }
            if let Some(when) = edge.when {
                self.causes(at, when);
            }
        }
    }

    pub(super) fn ask_time(&mut self) {
        if self.input.time.is_none() {
            self.ask(0, "time".into(), "state when the operation takes place".into());
        }
    }

    /// Asks for the lists of measures that aren't told.
    pub(super) fn ask_measures(&mut self, at: Indices) {
        if self.input.shared.is_none() {
            self.ask(2, "measures".into(), "state the measures in place".into());
        }
        if self.input.listed && self.input.legs.get(at[3] as usize).is_some_and(|leg| !leg.own) {
            let path = format!("legs[{}].measures", at[3]);
            self.ask(2, path.into(), "state the measures in place on this leg".into());
        }
    }

    pub(super) fn ask_collected(&mut self, at: Indices) {
        let text = "state the day on which the data item was collected, or that it is now";
        self.ask(3, item_path(at[0], ".collected"), text.into());
    }

    /// Asks for what leaves it unsettled whether the operation implies an action at or below the term.
    fn ask_implied(&mut self, at: Indices, term: u32) {
        let Some(point) = self.points.get(&at) else { return };
        if point.implied(term) != Truth::Unknown {
            return;
        }
        let core = &self.checker.image.core;
        let shares = point.lies_below(Facet::Action, core.share, term) != Truth::False;
        let transfers = point.lies_below(Facet::Action, core.transfer, term) != Truth::False;
        let crossing = transfers && point.crosses_border() == Truth::Unknown;
        let vague = |slot: Slot| crossing && !point.in_one_country(point.word(slot)).is_true();
        let (place, origin) = (vague(Slot::Place), vague(Slot::Origin));
        if shares {
            self.ask_missing(at, Slot::Recipient);
        }
        for (slot, vague) in [(Slot::Place, place), (Slot::Origin, origin)] {
            if vague {
                self.ask_precisely(at, slot);
            }
        }
        self.ask_slot(at, Slot::Action, core.dispose);
    }

    /// Asks for a part, or which narrower word it is where it is told in general.
    pub(super) fn ask_precisely(&mut self, at: Indices, slot: Slot) {
        self.ask_missing(at, slot);
        let Some(Word::Term(own)) = self.points.get(&at).map(|point| point.word(slot)) else { return };
        if self.checker.hierarchy(slot.facet()).general(own) {
            let (path, told) = self.spoken(at, slot);
            self.ask(1, path, precisely(&told.unwrap_or_default()));
        }
    }

    pub(super) fn ask_authorised(&mut self, at: Indices) {
        let Some(point) = self.points.get(&at) else { return };
        if point.authorised() != Truth::Unknown {
            return;
        }
        let Some(recipient) = point.declared() else { return self.ask_precisely(at, Slot::Recipient) };
        let undated = point.authorised_time(recipient) == Truth::Unknown;
        let dated = recipient.authorised.is_some() || recipient.notified.is_some();
        if point.authorised_place(recipient) == Truth::Unknown {
            recipient.places.iter().for_each(|place| self.ask_slot(at, Slot::Place, *place));
        }
        for purpose in recipient.purposes.iter().flatten() {
            self.ask_slot(at, Slot::Purpose, *purpose);
        }
        if undated && dated {
            self.ask_time();
            if let Some(notice) = self.checker.image.notice.as_ref().filter(|_| recipient.notified.is_some()) {
                self.value_causes(at, notice.period);
            }
        }
    }

    // Data and measures

    pub(super) fn ask_data(&mut self, at: Indices, list: &DataList, sight: Sight) {
        let (DataList::These(picks) | DataList::AnyExcept(picks)) = list else { return };
        for pick in picks {
            if let Some(category) = pick.category {
                self.ask_category(at, category);
            }
            if pick.raw || !pick.forms.is_empty() {
                self.ask_form(at, &pick.forms);
            }
        }
        // What an item contains never covers it.
        let Some(point) = self.points.get(&at).filter(|_| sight == Sight::Implied) else { return };
        let loose =
            point.matches(Facet::Data, point.item.category, self.checker.image.core.unstructured) != Truth::False;
        if loose && point.item.contains.is_none() {
            let text = ["state which categories `", &*self.item_word(at), "` contains"].concat();
            self.ask(2, item_path(at[0], ".contains"), text.into());
        }
    }

    pub(super) fn ask_category(&mut self, at: Indices, term: u32) {
        let Some(word) = self.points.get(&at).map(|point| point.item.category) else { return };
        self.ask_match(at, Facet::Data, word, term, &|at_hand| {
            (2, item_path(at[0], ".category"), at_hand.item_word(at))
        });
    }

    /// Asks for the form of the item where it isn't told, or which narrower form it is.
    pub(super) fn ask_form(&mut self, at: Indices, forms: &[u32]) {
        let Some(point) = self.points.get(&at) else { return };
        let Some(told) = point.item.form.clone() else {
            let text = ["state the form of `", &*self.item_word(at), "`, or that it is raw"].concat();
            return self.ask(2, item_path(at[0], ".form"), text.into());
        };
        for (index, word) in told.iter().copied().enumerate() {
            let Word::Term(own) = word else { continue };
            for form in forms {
                self.ask_match(at, Facet::Form, word, *form, &|at_hand| {
                    let path = format!("data[{}].form[{index}]", at[0]);
                    (2, path.into(), at_hand.checker.image.word(Facet::Form, own).into())
                });
            }
        }
    }

    /// Asks for what leaves it unsettled whether a measure is in place: lists that aren't told, the recipient that may
    /// supply it, narrower words.
    pub(super) fn ask_measure(&mut self, at: Indices, measure: u32) {
        let Some(point) = self.points.get(&at) else { return };
        if point.has_measure(measure) != Truth::Unknown {
            return;
        }
        let undeclared = point.declared().is_none() && point.leg.recipient != Word::None;
        let supplied = point.declared().map(|recipient| recipient.measures.clone()).unwrap_or_default();
        let supplies = supplied.iter().any(|own| {
            self.points
                .get(&at)
                .is_some_and(|point| point.matches(Facet::Measure, Word::Term(*own), measure) != Truth::False)
        });
        let words = point.leg.measures.clone();
        self.ask_measures(at);
        if undeclared {
            self.ask_precisely(at, Slot::Recipient);
        }
        if supplies {
            self.ask_authorised(at);
        }
        for word in words.iter().copied() {
            let Word::Term(own) = word else { continue };
            self.ask_match(at, Facet::Measure, word, measure, &|at_hand| {
                (2, "measures".into(), at_hand.checker.image.word(Facet::Measure, own).into())
            });
        }
    }

    // Retention

    pub(super) fn retention_questions(
        &mut self,
        at: Indices,
        keep: &crate::image::Keep,
        held: &super::retention::Held,
    ) {
        let core = &self.checker.image.core;
        let Some(point) = self.points.get(&at) else { return };
        let (stores, uncollected) = (point.stores(), point.item.collected.is_none());
        let values = [keep.after, keep.until, keep.at_most, keep.at_least].into_iter().flatten();
        let values: Vec<u32> = values.collect();
        if held.planned == Truth::Unknown {
            if self.input.retention == Retention::Unknown {
                let text = "state how long the data is to be kept, or that it is kept as agreed";
                self.ask(3, "retention".into(), text.into());
            }
            if stores == Truth::Unknown {
                self.ask_slot(at, Slot::Action, core.store);
            }
            if uncollected && matches!(self.input.retention, Retention::For(_)) {
                self.ask_collected(at);
            }
        }
        if held.unexpired == Truth::Unknown {
            let disposals = if keep.then.is_empty() { Vec::from([core.dispose]) } else { keep.then.clone() };
            disposals.iter().chain([&core.delete]).for_each(|action| self.ask_slot(at, Slot::Action, *action));
        }
        if held.ripe == Truth::Unknown {
            self.ask_slot(at, Slot::Action, core.dispose);
        }
        if held.unexpired == Truth::Unknown || held.ripe == Truth::Unknown {
            if keep.at_most.is_some() || keep.until.is_some() || keep.at_least.is_some() {
                self.ask_time();
            }
            if uncollected && keep.after.is_none() && keep.until.is_none() && keep.during.is_none() {
                self.ask_collected(at);
            }
        }
        values.into_iter().for_each(|value| self.value_causes(at, value));
        if let Some(during) = keep.during {
            self.causes(at, during);
        }
    }
}

/// What is asked of a word that leaves open which it is.
pub(super) fn precisely<'c>(word: &str) -> Text<'c> {
    ["say more precisely which `", word, "` it is"].concat().into()
}

/// Where an operation tells a fact; a recipient's is told by its declaration.
pub(super) fn fact_path(at: Indices, fact: &Fact) -> String {
    match fact.about {
        About::Operation => format!("facts.{}", fact.name),
        About::Item => format!("data[{}].facts.{}", at[0], fact.name),
        About::Subject => format!("subjects[{}].facts.{}", at[1], fact.name),
        About::Recipient => format!("recipient.{}", fact.name),
    }
}
