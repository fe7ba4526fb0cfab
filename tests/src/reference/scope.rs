//! Sections 1 to 3: the phrase against a point; what is implied, contained, in place, and authorised.

use abey_engine::calendar::{Date, Moment};
use abey_engine::truth::Truth;
use abey_lang::model::{Clause, DataList, DataPick, Facet, List, Part, Pick, Recipient, Rule, Scope, Slot};

use super::given::GivenItem;
use super::keep::settled;
use super::value::{Val, agreed, combined};
use super::{At, Word};

/// What a rule looks at.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum View {
    /// "Conditions, `waive`, `allow` and `always allow` see only what is named."
    Named,
    /// "Implied actions and contained categories match only terms that a `forbid`, `require`, `keep`, `owe` names."
    Implied,
}

impl At<'_> {
    pub(super) fn item(&self) -> &GivenItem {
        &self.given.items[self.at[0]]
    }

    /// What the operation says of a part of the point.
    pub(super) fn word(&self, slot: Slot) -> &Word {
        let [_, subject, purpose, leg, origin] = self.at;
        match slot {
            Slot::Action => &self.given.action,
            Slot::Subject => &self.given.subjects[subject].0,
            Slot::Actor => &self.given.actor,
            Slot::Purpose => &self.given.purposes[purpose],
            Slot::Recipient => &self.given.legs[leg].recipient,
            Slot::Place => &self.given.legs[leg].place,
            Slot::Origin => &self.given.origins[origin],
            Slot::Basis => &self.given.basis,
            Slot::Role => &self.given.role,
        }
    }

    /// "A clause may carry a scope that each of its rules narrows": whether both cover this point. Data is tested a
    /// category at a time: all of it must be so of the same one.
    pub(super) fn scope(&self, clause: &Clause, rule: &Rule, view: View) -> Truth {
        let parts = || clause.scope.iter().chain(&rule.scope);
        let data: Vec<&DataList> = parts().filter_map(|part| as_data(part)).collect();
        let others = parts().filter(|part| as_data(part).is_none());
        Truth::all(others.map(|part| self.part(part, view))).and(self.data(&data, view))
    }

    /// Whether a part of a scope matches, taken alone.
    pub(super) fn part(&self, part: &Part, view: View) -> Truth {
        match &part.scope {
            Scope::Slot(slot, list) => self.in_list(*slot, list, view),
            Scope::Data(list) => self.data(&[list], view),
            // "`with a, b` demands each."
            Scope::Measures(measures) => Truth::all(measures.iter().map(|measure| self.in_place(*measure))),
            Scope::When(condition) => self.condition(condition),
            Scope::Unless(condition) => !self.condition(condition),
        }
    }

    fn in_list(&self, slot: Slot, list: &List, view: View) -> Truth {
        let word = self.word(slot);
        let among = |picks: &[Pick]| Truth::any(picks.iter().map(|pick| self.picked(slot, word, pick)));
        match list {
            List::These(picks) if slot == Slot::Action && view == View::Implied => {
                among(picks).or(Truth::any(picks.iter().map(|pick| self.implied(pick))))
            }
            List::These(picks) => among(picks),
            List::Any => some(word),
            // "`any except …`, which takes the rest of the list"
            List::AnyExcept(picks) => some(word).and(!among(picks)),
        }
    }

    fn picked(&self, slot: Slot, word: &Word, pick: &Pick) -> Truth {
        match pick {
            Pick::Term(term) => self.matches(slot.facet(), word, *term),
            Pick::None => !some(word),
            Pick::Authorised => self.authorised(),
        }
    }

    /// "Whatever its action is called, it is also a `share`, with the truth value of `to any`, and also a `transfer`.
    /// (Disposal implies neither.)"
    fn implied(&self, pick: &Pick) -> Truth {
        let Pick::Term(term) = pick else { return Truth::False };
        let core = &self.of.policy.core;
        let is = |action: u32| self.path(Facet::Action, action, *term);
        let shares = some(self.word(Slot::Recipient)).and(is(core.share));
        let transfers = self.leaves_country().and(is(core.transfer));
        shares.or(transfers).and(!self.disposes())
    }

    pub(super) fn disposes(&self) -> Truth {
        self.matches(Facet::Action, &self.given.action, self.of.policy.core.dispose)
    }

    /// "False where place or origin is none or both lie in one country, else Kleene `not (place is origin)`."
    pub(super) fn leaves_country(&self) -> Truth {
        match (self.word(Slot::Place), self.word(Slot::Origin)) {
            (Word::None, _) | (_, Word::None) => Truth::False,
            (Word::Is(place), Word::Is(origin)) => {
                !self.same(Facet::Place, *place, *origin).or(self.in_one_country(*place, *origin))
            }
            _ => Truth::Unknown,
        }
    }

    /// "The direct members of `country` are the countries."
    fn in_one_country(&self, place: u32, origin: u32) -> Truth {
        let country = self.of.policy.core.country;
        let places = &self.of.policy.terms[Facet::Place as usize];
        let member = |index: usize| {
            let edges = places[index].parents.iter().filter(|edge| edge.parent == country);
            Truth::any(edges.map(|edge| self.edge(edge)))
        };
        let within = |word: u32, index: usize| self.matches(Facet::Place, &Word::Is(word), index as u32);
        Truth::any((0..places.len()).map(|index| match member(index) {
            Truth::False => Truth::False,
            member => member.and(within(place, index)).and(within(origin, index)),
        }))
    }

    /// Whether the data of the point is in every list: its own category, or, where the view asks, one that it contains.
    fn data(&self, lists: &[&DataList], view: View) -> Truth {
        let all = |category: &Word| Truth::all(lists.iter().map(|list| self.in_data(list, category)));
        let item = self.item();
        let own = all(&item.category);
        if view == View::Named || lists.is_empty() {
            return own;
        }
        let stated = Truth::any(item.contains.iter().flatten().map(all));
        let further = if self.may_contain_more() { self.further(all).and(Truth::Unknown) } else { Truth::False };
        own.or(stated).or(further)
    }

    /// "A list left out is empty where `data is unstructured` is false, otherwise unknown; a contained category that is
    /// or may be unstructured makes the list incomplete."
    pub(super) fn may_contain_more(&self) -> bool {
        match &self.item().contains {
            None => self.holds_anything(&self.item().category),
            Some(contained) => contained.iter().any(|word| self.holds_anything(word)),
        }
    }

    /// What is true of something further that the item may contain: something at or below each of the bounds that its
    /// category declares; or anything, where it contains what holds anything, or may, since no bound lists only
    /// categories that don't.
    fn further(&self, all: impl Fn(&Word) -> Truth) -> Truth {
        let words = self.of.words(Facet::Data);
        let bounds: Vec<&Vec<u32>> = match (&self.item().category, &self.item().contains) {
            (Word::Is(category), None) => self.of.bounds(*category).collect(),
            _ => Vec::new(),
        };
        let structured = |bound: &&Vec<u32>| bound.iter().all(|term| !self.holds_anything(&Word::Is(*term)));
        if !bounds.iter().any(structured) {
            return all(&Word::Missing);
        }
        let within = |bound: &Vec<u32>| {
            Truth::any(bound.iter().flat_map(|term| words.below(*term)).map(|word| all(&Word::Is(word))))
        };
        Truth::all(bounds.into_iter().map(within))
    }

    fn holds_anything(&self, word: &Word) -> bool {
        self.matches(Facet::Data, word, self.of.policy.core.unstructured) != Truth::False
    }

    fn in_data(&self, list: &DataList, category: &Word) -> Truth {
        let among = |picks: &[DataPick]| Truth::any(picks.iter().map(|pick| self.is_data(pick, category)));
        match list {
            DataList::These(picks) => among(picks),
            DataList::Any => some(category),
            DataList::AnyExcept(picks) => some(category).and(!among(picks)),
        }
    }

    /// A data term with its adjectives: the forms of the item are those of what it contains.
    fn is_data(&self, pick: &DataPick, category: &Word) -> Truth {
        let category = match pick.category {
            Some(term) => self.matches(Facet::Data, category, term),
            None => some(category),
        };
        let raw = match &self.item().form {
            _ if !pick.raw => Truth::True,
            None => Truth::Unknown,
            Some(form) => form.is_empty().into(),
        };
        category.and(raw).and(Truth::all(pick.forms.iter().map(|form| self.has_form(*form))))
    }

    pub(super) fn has_form(&self, form: u32) -> Truth {
        match &self.item().form {
            None => Truth::Unknown,
            Some(own) => Truth::any(own.iter().map(|own| self.matches(Facet::Form, own, form))),
        }
    }

    /// "Measures are the union of the operation's and the leg's; where either list is missing, the union is
    /// incomplete"; also "while the recipient, which might supply some, is unknown". "A measure that its declaration
    /// supplies is in place with the truth value of `authorised`."
    pub(super) fn measures(&self) -> Val {
        let leg = &self.given.legs[self.at[3]];
        let val = |word: &Word| match word {
            Word::Is(word) => Val::Term { facet: Facet::Measure, word: *word, told: true },
            _ => Val::Unknown,
        };
        let stated = self.given.measures.iter().flatten().chain(leg.measures.iter().flatten());
        let mut members: Vec<(Val, Truth)> = stated.map(|word| (val(word), Truth::True)).collect();
        let known = match &leg.recipient {
            Word::None => true,
            Word::Is(recipient) if self.of.words(Facet::Recipient).is_leaf(*recipient) => {
                let supplied = self.of.policy.recipients[*recipient as usize].measures.iter();
                members.extend(supplied.map(|measure| (val(&Word::Is(*measure)), self.authorised())));
                true
            }
            _ => false,
        };
        Val::Set { members, complete: known && self.given.measures.is_some() && leg.measures.is_some() }
    }

    /// Whether a measure is in place.
    pub(super) fn in_place(&self, measure: u32) -> Truth {
        let policy = Val::Term { facet: Facet::Measure, word: measure, told: false };
        self.includes(&self.measures(), &policy)
    }

    /// "It is `authorised` for an operation when the place is one of its own, the purpose one that it may serve, and
    /// `time` is at or after its authorisation (a Kleene conjunction; false for none, unknown for a term with terms
    /// below it; …)."
    pub(super) fn authorised(&self) -> Truth {
        let (suited, begun) = self.authorisation();
        suited.and(begun)
    }

    /// The two halves of it: place and purpose, and time.
    pub(super) fn authorisation(&self) -> (Truth, Truth) {
        let recipient = match self.word(Slot::Recipient) {
            Word::None => return (Truth::False, Truth::False),
            Word::Is(word) if self.of.words(Facet::Recipient).is_leaf(*word) => *word,
            _ => return (Truth::Unknown, Truth::Unknown),
        };
        let declared = &self.of.policy.recipients[recipient as usize];
        let one_of = |slot: Slot, terms: &[u32]| {
            Truth::any(terms.iter().map(|term| self.matches(slot.facet(), self.word(slot), *term)))
        };
        let place = one_of(Slot::Place, &declared.places);
        let purpose = declared.purposes.as_ref().map_or(Truth::True, |purposes| one_of(Slot::Purpose, purposes));
        (place.and(purpose), self.begun(declared.authorised, &self.notice_end()))
    }

    /// "Without a date or a notice that starts one unknown."
    fn begun(&self, from: Option<Date>, notice: &[Val]) -> Truth {
        let dated = from.map(|from| self.reached(&Val::Moment(Moment::Date(from))));
        // The last day of the notice still waits.
        let run = |end: &Val| match end {
            Val::Moment(end) => self.past(&Val::Moment(Moment::Date(self.of.day(*end)))),
            other => self.past(other),
        };
        let noticed = (!notice.is_empty()).then(|| agreed(&[notice.to_vec()], |way| run(&way[0])));
        match (dated, noticed) {
            (None, None) => Truth::Unknown,
            (dated, noticed) => dated.unwrap_or(Truth::False).or(noticed.unwrap_or(Truth::False)),
        }
    }

    /// The last day of the notice of the recipient at this point, where one runs: what it could be.
    fn notice_end(&self) -> Vec<Val> {
        let notified = self.declared().and_then(|recipient| recipient.notified);
        match (notified, &self.of.policy.notice) {
            (Some(notified), Some(notice)) => {
                let notified = vec![Val::Moment(Moment::Date(notified))];
                combined(&[notified, self.values(&notice.period)], |way| self.sum(&way[0], &way[1], 1))
            }
            _ => Vec::new(),
        }
    }

    /// The last day of the notice, where it is settled.
    pub(super) fn notice_day(&self) -> Option<Date> {
        settled(&self.notice_end()).map(|end| self.of.day(end))
    }

    /// The last day before the recipient's authorisation begins.
    pub(super) fn not_authorised_until(&self) -> Option<Date> {
        let stated = self.declared()?.authorised.map(|from| Date(from.0 - 1));
        [self.notice_day(), stated].into_iter().flatten().min()
    }

    fn declared(&self) -> Option<&Recipient> {
        match self.word(Slot::Recipient) {
            Word::Is(recipient) => self.of.policy.recipients.get(*recipient as usize),
            _ => None,
        }
    }
}

/// "Against `any`: true for every declared term, unknown when missing, false for none."
pub(super) fn some(word: &Word) -> Truth {
    match word {
        Word::Missing | Word::Strange(_) => Truth::Unknown,
        Word::None => Truth::False,
        Word::Is(_) => Truth::True,
    }
}

fn as_data(part: &Part) -> Option<&DataList> {
    match &part.scope {
        Scope::Data(list) => Some(list),
        _ => None,
    }
}
