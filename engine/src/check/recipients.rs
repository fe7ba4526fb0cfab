//! Recipients and measures at a point: who is authorised, and what is in place.

use alloc::vec::Vec;

use super::point::Point;
use super::possible;
use super::val::{Val, Word};
use crate::calendar::{Date, Duration, Moment};
use crate::image::{Facet, Recipient};
use crate::truth::Truth;

impl<'a> Point<'a> {
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
        let noticed = self.notice_has_run(recipient);
        match (stated, noticed) {
            (None, None) => Truth::Unknown,
            (stated, noticed) => stated.unwrap_or(Truth::False).or(noticed.unwrap_or(Truth::False)),
        }
    }

    /// Whether the recipient's notice period has run, whichever it could be; none where no notice runs.
    fn notice_has_run(&self, recipient: &Recipient) -> Option<Truth> {
        let (notified, notice) = (recipient.notified?, self.checker.image.notice.as_ref()?);
        Some(possible::agreed(&[self.value(notice.period)], |parts| match (parts, self.today()) {
            ([Val::Duration(period)], Some(today)) => (self.day_after(notified, *period) < today).into(),
            // A period that there isn't never ends.
            ([Val::None], _) => Truth::False,
            _ => Truth::Unknown,
        }))
    }

    /// The last day of the recipient's notice period, where one runs and its length is known.
    pub fn notice_end(&self, recipient: &Recipient) -> Option<Date> {
        let (notified, notice) = (recipient.notified?, self.checker.image.notice.as_ref()?);
        match self.value(notice.period) {
            Val::Duration(period) => Some(self.day_after(notified, period)),
            _ => None,
        }
    }

    fn day_after(&self, from: Date, period: Duration) -> Date {
        let offset = self.checker.image.offset;
        Moment::Date(from).plus(period, offset).day(offset)
    }

    /// The measures in place, each with its truth, and whether there may be more.
    pub fn measures(&self) -> (Vec<(Word, Truth)>, bool) {
        self.count(1 + self.leg.measures.len());
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
        self.count(1 + self.leg.measures.len());
        let own = self.leg.measures.iter().map(|word| self.matches(Facet::Measure, *word, measure));
        let mut found = Truth::any(own);
        let supplied = self.declared();
        if let Some(recipient) = supplied.filter(|_| found != Truth::True) {
            let own = recipient.measures.iter().map(|own| self.matches(Facet::Measure, Word::Term(*own), measure));
            let supplies = Truth::any(own);
            if supplies != Truth::False {
                found = found.or(supplies.and(self.authorised()));
            }
        }
        let open = !self.leg.complete || (supplied.is_none() && self.leg.recipient != Word::None);
        if open { found.or(Truth::Unknown) } else { found }
    }

    /// Whether the data item has a form.
    pub fn has_form(&self, form: u32) -> Truth {
        match &self.item.form {
            None => Truth::Unknown,
            Some(forms) => Truth::any(forms.iter().map(|word| self.matches(Facet::Form, *word, form))),
        }
    }
}
