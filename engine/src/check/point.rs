//! One point of an operation: a data item, a subject, a purpose, a leg and an
//! origin, with everything that the operation says as a whole.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::cell::RefCell;

use super::Checker;
use super::input::{Input, InputItem, InputLeg, Val, Word};
use crate::calendar::Date;
use crate::image::{DataList, DataPick, Edge, Facet, List, Part, Pick, Recipient, Scope, Slot};
use crate::truth::Truth;

/// The indices of a point: item, subject, purpose, leg, origin.
pub type Indices = [u32; 5];

/// A point, seen by a checker.
pub struct Point<'a> {
    pub checker: &'a Checker,
    pub input: &'a Input,
    pub at: Indices,
    pub item: &'a InputItem,
    pub subject: &'a (Word, Vec<Val>),
    pub purpose: Word,
    pub leg: &'a InputLeg,
    pub origin: Word,
    /// Conditions of edges that were settled already.
    edges: RefCell<BTreeMap<u32, Truth>>,
}

/// Every point of an operation, items first.
pub fn points<'a>(checker: &'a Checker, input: &'a Input) -> Vec<Point<'a>> {
    let mut all = Vec::new();
    for (i, item) in input.items.iter().enumerate() {
        for (s, subject) in input.subjects.iter().enumerate() {
            for (p, purpose) in input.purposes.iter().enumerate() {
                for (l, leg) in input.legs.iter().enumerate() {
                    for (o, origin) in input.origins.iter().enumerate() {
                        let at = [i as u32, s as u32, p as u32, l as u32, o as u32];
                        all.push(Point {
                            checker,
                            input,
                            at,
                            item,
                            subject,
                            purpose: *purpose,
                            leg,
                            origin: *origin,
                            edges: RefCell::default(),
                        });
                    }
                }
            }
        }
    }
    all
}

/// Which words of an operation a scope sees.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// What is named: instructions.
    Named,
    /// What it implies and contains as well: prohibitions, safeguards, retention, duties.
    Implied,
}

/// What a data item contains, beside what is stated.
enum Open<'a> {
    /// Nothing more.
    No,
    /// Perhaps anything.
    Anything,
    /// Perhaps something below one of these; every list bounds it.
    Within(Vec<&'a [u32]>),
}

impl<'a> Point<'a> {
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
    pub fn matches(&self, facet: Facet, word: Word, term: u32) -> Truth {
        let own = match word {
            Word::Missing | Word::Strange => return Truth::Unknown,
            Word::None => return Truth::False,
            Word::Term(own) => own,
        };
        let climbed = self.lies_below(facet, own, term);
        if self.checker.hierarchy(facet).open(own, term) { climbed.or(Truth::Unknown) } else { climbed }
    }

    /// Whether a term lies at or below another, now and under these conditions.
    fn lies_below(&self, facet: Facet, term: u32, above: u32) -> Truth {
        let hierarchy = self.checker.hierarchy(facet);
        if hierarchy.sure(term, above) {
            Truth::True
        } else if hierarchy.may(term, above) {
            self.climb(facet, term, above, &mut BTreeMap::new())
        } else {
            Truth::False
        }
    }

    /// Whether `term` lies below `above`: the OR over the paths of the AND of their edges.
    fn climb(&self, facet: Facet, term: u32, above: u32, known: &mut BTreeMap<u32, Truth>) -> Truth {
        if term == above {
            return Truth::True;
        }
        if let Some(truth) = known.get(&term) {
            return *truth;
        }
        let hierarchy = self.checker.hierarchy(facet);
        let mut found = Truth::False;
        for edge in self.checker.image.facet(facet).get(term as usize).into_iter().flat_map(|term| &term.parents) {
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
            let known = self.edges.borrow().get(&when).copied();
            known.unwrap_or_else(|| {
                let truth = self.condition(when);
                self.edges.borrow_mut().insert(when, truth);
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

    // Recipients and measures

    /// What the declaration of the recipient says, where it is a single one.
    pub fn declared(&self) -> Option<&'a Recipient> {
        match self.leg.recipient {
            Word::Term(term) if !self.checker.hierarchy(Facet::Recipient).general(term) => {
                self.checker.image.recipients.get(term as usize)
            }
            _ => None,
        }
    }

    /// Whether the recipient is authorised, here and for this.
    pub fn authorised(&self) -> Truth {
        if self.leg.recipient == Word::None {
            return Truth::False;
        }
        let Some(recipient) = self.declared() else { return Truth::Unknown };
        self.authorised_place(recipient).and(self.authorised_purpose(recipient)).and(self.authorised_time(recipient))
    }

    /// Whether the place is one of the recipient's own.
    pub fn authorised_place(&self, recipient: &Recipient) -> Truth {
        Truth::any(recipient.places.iter().map(|place| self.matches(Facet::Place, self.leg.place, *place)))
    }

    /// Whether the purpose is one that the recipient may serve.
    pub fn authorised_purpose(&self, recipient: &Recipient) -> Truth {
        recipient.purposes.as_ref().map_or(Truth::True, |purposes| {
            Truth::any(purposes.iter().map(|purpose| self.matches(Facet::Purpose, self.purpose, *purpose)))
        })
    }

    /// Whether the recipient's authorisation has begun.
    pub fn authorised_time(&self, recipient: &Recipient) -> Truth {
        let stated = recipient.authorised.map(|from| self.today().map_or(Truth::Unknown, |day| (from <= day).into()));
        let noticed = self.notice_end(recipient).map(|end| match (end, self.today()) {
            (Some(end), Some(day)) => Truth::from(end < day),
            _ => Truth::Unknown,
        });
        match (stated, noticed) {
            (None, None) => Truth::Unknown,
            (stated, noticed) => stated.unwrap_or(Truth::False).or(noticed.unwrap_or(Truth::False)),
        }
    }

    /// The last day of the recipient's notice period: none where no notice runs, unknown where its length is.
    pub fn notice_end(&self, recipient: &Recipient) -> Option<Option<Date>> {
        let (notified, notice) = (recipient.notified?, self.checker.image.notice.as_ref()?);
        Some(match self.value(notice.period) {
            Val::Duration(period) => {
                let moment = crate::calendar::Moment::Date(notified).plus(period, self.checker.image.offset);
                Some(moment.day(self.checker.image.offset))
            }
            _ => None,
        })
    }

    /// The measures in place, each with its truth, and whether there may be more.
    pub fn measures(&self) -> (Vec<(Word, Truth)>, bool) {
        let mut members: Vec<(Word, Truth)> = self.leg.measures.iter().map(|word| (*word, Truth::True)).collect();
        let supplied = self.declared();
        if let Some(recipient) = supplied.filter(|recipient| !recipient.measures.is_empty()) {
            let authorised = self.authorised();
            members.extend(recipient.measures.iter().map(|measure| (Word::Term(*measure), authorised)));
        }
        let open = !self.leg.complete || (supplied.is_none() && self.leg.recipient != Word::None);
        (members, open)
    }

    /// Whether a measure is in place.
    pub fn has_measure(&self, measure: u32) -> Truth {
        let (members, open) = self.measures();
        let found =
            Truth::any(members.into_iter().map(|(word, held)| held.and(self.matches(Facet::Measure, word, measure))));
        if open { found.or(Truth::Unknown) } else { found }
    }

    /// Whether the data item has a form.
    pub fn has_form(&self, form: u32) -> Truth {
        match &self.item.form {
            None => Truth::Unknown,
            Some(forms) => Truth::any(forms.iter().map(|word| self.matches(Facet::Form, *word, form))),
        }
    }

    // Scopes

    /// Whether a scope covers the point: the AND of its parts.
    pub fn scope(&self, parts: &[Part], sight: Sight) -> Truth {
        let mut found = Truth::True;
        let mut data = Vec::new();
        for part in parts {
            match &part.scope {
                Scope::Data(list) => data.push(list),
                other => found = found.and(self.part(other, sight)),
            }
            if found == Truth::False {
                return found;
            }
        }
        if data.is_empty() { found } else { found.and(self.data(&data, sight)) }
    }

    /// Whether one part of a scope covers the point.
    pub fn part(&self, scope: &Scope, sight: Sight) -> Truth {
        match scope {
            Scope::Slot((slot, list)) => self.slot(*slot, list, sight),
            Scope::Data(list) => self.data(&[list], sight),
            Scope::Measures(measures) => Truth::all(measures.iter().map(|measure| self.has_measure(*measure))),
            Scope::When(condition) => self.condition(*condition),
            Scope::Unless(condition) => !self.condition(*condition),
        }
    }

    fn slot(&self, slot: Slot, list: &List, sight: Sight) -> Truth {
        let word = self.word(slot);
        let pick = |pick: &Pick| match pick {
            Pick::Term(term) => {
                let named = self.matches(slot.facet(), word, *term);
                if slot == Slot::Action && sight == Sight::Implied { named.or(self.implied(*term)) } else { named }
            }
            Pick::None => match word {
                Word::None => Truth::True,
                Word::Term(_) => Truth::False,
                Word::Missing | Word::Strange => Truth::Unknown,
            },
            Pick::Authorised => self.authorised(),
        };
        match list {
            List::These(picks) => Truth::any(picks.iter().map(pick)),
            List::Any => self.some(word),
            List::AnyExcept(picks) => {
                // For actions, an exception tests the named action alone.
                let named = |one: &Pick| match one {
                    Pick::Term(term) => self.matches(slot.facet(), word, *term),
                    other => pick(other),
                };
                self.some(word).and(!Truth::any(picks.iter().map(named)))
            }
        }
    }

    /// Whether the operation is, beside what it is called, a `share` or a `transfer` at or below the term.
    fn implied(&self, term: u32) -> Truth {
        let core = &self.checker.image.core;
        let held = |action: u32, truth: &dyn Fn() -> Truth| match self.lies_below(Facet::Action, action, term) {
            Truth::False => Truth::False,
            above => above.and(truth()),
        };
        let found =
            held(core.share, &|| self.some(self.leg.recipient)).or(held(core.transfer, &|| self.crosses_border()));
        if found == Truth::False {
            return found;
        }
        found.and(!self.matches(Facet::Action, self.input.action, core.dispose))
    }

    /// Whether data leaves a country: no place or no origin is no, one country is no, else whether they differ.
    fn crosses_border(&self) -> Truth {
        let (place, origin) = (self.leg.place, self.origin);
        if place == Word::None || origin == Word::None {
            return Truth::False;
        }
        let (Word::Term(place), Word::Term(origin)) = (place, origin) else { return Truth::Unknown };
        let hierarchy = self.checker.hierarchy(Facet::Place);
        let country = self.checker.image.core.country;
        let mut within = self.same(Facet::Place, place, origin);
        for (index, term) in self.checker.image.facet(Facet::Place).iter().enumerate() {
            let index = index as u32;
            let may_lie = |word: u32| hierarchy.may(word, index) || hierarchy.open(word, index);
            let near = may_lie(place) && may_lie(origin);
            let edges = term.parents.iter().filter(|edge| edge.parent == country);
            let is_country = if near { Truth::any(edges.map(|edge| self.edge(edge))) } else { Truth::False };
            if is_country != Truth::False {
                let both = self.matches(Facet::Place, Word::Term(place), index).and(self.matches(
                    Facet::Place,
                    Word::Term(origin),
                    index,
                ));
                within = within.or(both.and(is_country));
            }
        }
        !within
    }

    /// Whether some category of the item, its own or one that it contains, is in every list.
    fn data(&self, lists: &[&DataList], sight: Sight) -> Truth {
        let tested = |word: Word| Truth::all(lists.iter().map(|list| self.data_list(list, word)));
        let own = tested(self.item.category);
        if sight == Sight::Named || own == Truth::True {
            return own;
        }
        let stated = self.item.contains.as_deref().unwrap_or(&[]);
        let found = own.or(Truth::any(stated.iter().map(|word| tested(*word))));
        let more = match self.open_contents() {
            Open::No => Truth::False,
            Open::Anything => Truth::Unknown,
            Open::Within(bounds) => Truth::all(
                bounds.iter().map(|bound| Truth::any(bound.iter().map(|term| tested(Word::Term(*term)).weakened()))),
            ),
        };
        found.or(more)
    }

    /// What the item may contain beyond what is stated.
    fn open_contents(&self) -> Open<'a> {
        let unstructured = self.checker.image.core.unstructured;
        let loose = |word: Word| self.matches(Facet::Data, word, unstructured) != Truth::False;
        match &self.item.contains {
            Some(stated) if stated.iter().any(|word| loose(*word)) => Open::Anything,
            Some(_) => Open::No,
            None if !loose(self.item.category) => Open::No,
            None => {
                let Word::Term(category) = self.item.category else { return Open::Anything };
                let bounds = self.checker.content_bounds(category);
                // A bound that is itself loose bounds nothing.
                let bounded = bounds.iter().any(|bound| bound.iter().all(|term| !loose(Word::Term(*term))));
                if bounded { Open::Within(bounds) } else { Open::Anything }
            }
        }
    }

    fn data_list(&self, list: &DataList, word: Word) -> Truth {
        match list {
            DataList::These(picks) => Truth::any(picks.iter().map(|pick| self.data_pick(pick, word))),
            DataList::Any => self.some(word),
            DataList::AnyExcept(picks) => {
                self.some(word).and(!Truth::any(picks.iter().map(|pick| self.data_pick(pick, word))))
            }
        }
    }

    /// Whether only its form keeps the item out of a list.
    pub fn but_for_form(&self, list: &DataList) -> bool {
        let DataList::These(picks) = list else { return false };
        let categories = picks.iter().filter_map(|pick| pick.category);
        Truth::any(categories.map(|term| self.matches(Facet::Data, self.item.category, term))).is_true()
    }

    fn data_pick(&self, pick: &DataPick, word: Word) -> Truth {
        let category = pick.category.map_or_else(|| self.some(word), |term| self.matches(Facet::Data, word, term));
        let raw = if pick.raw {
            self.item.form.as_ref().map_or(Truth::Unknown, |forms| forms.is_empty().into())
        } else {
            Truth::True
        };
        category.and(raw).and(Truth::all(pick.forms.iter().map(|form| self.has_form(*form))))
    }
}
