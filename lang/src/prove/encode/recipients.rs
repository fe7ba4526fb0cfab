//! Recipients and measures: who is authorised, and what is in place.

use abey_engine::calendar::{Date, Moment};
use abey_engine::image::{Facet, Recipient, Slot};

use super::values::Alt;
use super::words::dated;
use super::{Encoder, Own, Where};
use crate::prove::circuit::{Bit, Kleene, NO};
use crate::prove::space::World;

impl<'a> Encoder<'a> {
    /// Each recipient that the operation may name, with what its declaration says, where it is a single one.
    pub fn recipients(&self) -> Vec<(Bit, Own, Option<&'a Recipient>)> {
        let image = self.image;
        let declared = |own: Own| match own {
            Own::Term(term) if !self.hierarchy(Facet::Recipient).general(term) => image.recipients.get(term as usize),
            _ => None,
        };
        self.choices(Where::Slot(Slot::Recipient)).iter().map(|(own, bit)| (*bit, *own, declared(*own))).collect()
    }

    /// Whether the recipient is authorised, here and for this.
    pub fn authorised(&mut self, world: &mut World) -> Kleene {
        if let Some(known) = self.authorised {
            return known;
        }
        let mut cases = Vec::new();
        for (bit, own, declared) in self.recipients() {
            let truth = match (own, declared) {
                (Own::None, _) => Kleene::FALSE,
                (_, None) => Kleene::UNKNOWN,
                (_, Some(recipient)) => self.is_authorised(recipient, world),
            };
            cases.push((bit, truth));
        }
        let found = world.circuit.cases(cases);
        self.authorised = Some(found);
        found
    }

    fn is_authorised(&mut self, recipient: &Recipient, world: &mut World) -> Kleene {
        let mut places = Vec::new();
        for place in &recipient.places {
            places.push(self.matches(Where::Slot(Slot::Place), *place, world));
        }
        let place = world.circuit.any_of(places);
        let purpose = match &recipient.purposes {
            None => Kleene::TRUE,
            Some(purposes) => {
                let mut ways = Vec::new();
                for purpose in purposes {
                    ways.push(self.matches(Where::Slot(Slot::Purpose), *purpose, world));
                }
                world.circuit.any_of(ways)
            }
        };
        let stated = recipient.authorised.map(|from| self.today_from(from, world));
        let noticed = self.notice_has_run(recipient, world);
        let time = match (stated, noticed) {
            (None, None) => Kleene::UNKNOWN,
            (stated, noticed) => {
                let ways = [stated.unwrap_or(Kleene::FALSE), noticed.unwrap_or(Kleene::FALSE)];
                world.circuit.any_of(ways)
            }
        };
        world.circuit.all_of([place, purpose, time])
    }

    fn notice_has_run(&mut self, recipient: &Recipient, world: &mut World) -> Option<Kleene> {
        let image = self.image;
        let (notified, notice) = (recipient.notified?, image.notice.as_ref()?);
        let period = self.value(notice.period, world);
        let cases = self.each(&[&period], world, |encoder, parts, world| match parts {
            [Alt::Length(period)] => encoder.over(notified, *period, world),
            [Alt::None] => Kleene::FALSE,
            _ => Kleene::UNKNOWN,
        });
        Some(world.circuit.cases(cases))
    }

    /// Whether the day so long after another is over.
    fn over(&mut self, from: Date, period: abey_engine::calendar::Duration, world: &mut World) -> Kleene {
        let offset = self.image.offset;
        let last = Moment::Date(from).plus(period, offset).day(offset);
        let last = world.orders.moment(Moment::Date(last));
        let over = world.orders.order(&mut world.circuit, last, world.time).less;
        dated(over, world)
    }

    /// Each measure that may be in place, with when it is; and when there may be more.
    pub fn in_place(&mut self, world: &mut World) -> (Vec<(Own, Kleene)>, Bit) {
        let untold = world.untold.measures;
        let mut members: Vec<(Own, Kleene)> = Vec::new();
        for (own, bit) in self.measures.clone() {
            let stated = world.circuit.and(bit, !untold);
            members.push((own, stated.into()));
        }
        let mut open = vec![untold];
        for (bit, own, declared) in self.recipients() {
            match declared {
                Some(recipient) => {
                    for measure in &recipient.measures {
                        let authorised = self.is_authorised(recipient, world);
                        let supplied = world.circuit.all_of([bit.into(), authorised]);
                        members.push((Own::Term(*measure), supplied));
                    }
                }
                None if own != Own::None => open.push(bit),
                None => {}
            }
        }
        (members, world.circuit.any(open))
    }

    /// Whether a measure is in place.
    pub fn has_measure(&mut self, measure: u32, world: &mut World) -> Kleene {
        if let Some(known) = self.in_place.get(&measure) {
            return *known;
        }
        let (members, open) = self.in_place(world);
        let mut ways = Vec::new();
        for (own, held) in members {
            let matches = self.word(Facet::Measure, own, measure, world);
            if !matches.is_false() {
                ways.push(world.circuit.all_of([held, matches]));
            }
        }
        let found = world.circuit.any_of(ways);
        let found = Kleene { sure: found.sure, may: world.circuit.or(found.may, open) };
        self.in_place.insert(measure, found);
        found
    }

    /// Whether the data item has a form.
    pub fn has_form(&mut self, form: u32, world: &mut World) -> Kleene {
        if let Some(known) = self.formed.get(&form) {
            return *known;
        }
        let untold = world.untold.forms;
        let mut ways = Vec::new();
        for (own, bit) in self.forms.clone() {
            let matches = self.word(Facet::Form, own, form, world);
            ways.push(world.circuit.all_of([bit.into(), matches]));
        }
        let found = world.circuit.any_of(ways);
        let found = if untold == NO {
            found
        } else {
            Kleene { sure: world.circuit.and(found.sure, !untold), may: world.circuit.or(found.may, untold) }
        };
        self.formed.insert(form, found);
        found
    }
}
