//! How long data is held: plans, data past its bound, and disposal before its time.

use std::rc::Rc;

use abey_engine::image::{Facet, Keep, Slot};

use super::values::{Alt, Sym, either, joined};
use super::words::dated;
use super::{Encoder, Own, Where};
use crate::prove::circuit::{Bit, Kleene, NO, YES};
use crate::prove::order::{Id, Order};
use crate::prove::space::World;

/// What a plan is measured by.
type Within = fn(Order) -> Bit;

const UP_TO: Within = |order| !order.greater;
const FROM: Within = |order| !order.less;

impl Encoder<'_> {
    /// Whether the point obeys a bound.
    pub fn held(&mut self, keep: &Keep, world: &mut World) -> Kleene {
        let event = match keep.after {
            Some(event) => self.value(event, world),
            None if world.untold.collected == NO => Rc::new(vec![(YES, Alt::Quantity(world.collected))]),
            None => Rc::new(vec![
                (world.untold.collected, Alt::Unknown),
                (!world.untold.collected, Alt::Quantity(world.collected)),
            ]),
        };
        let last = match keep.until {
            Some(until) => self.value(until, world),
            None => self.end(&event, keep.at_most, world),
        };
        let first = self.end(&event, keep.at_least, world);
        let expired = if keep.at_most.or(keep.until).is_none() {
            Kleene::FALSE
        } else {
            self.reached(&last, |order| order.greater, Kleene::FALSE, world)
        };
        let during = keep.during.map_or(Kleene::TRUE, |during| self.condition(during, world));
        let unexpired = world.circuit.all_of([!expired, during]);
        let disposal = self.named_disposal(keep, world);
        let unexpired = world.circuit.any_of([disposal, unexpired]);
        let ripe = if keep.at_least.is_none() {
            Kleene::TRUE
        } else {
            let reached = self.reached(&first, |order| !order.less, Kleene::FALSE, world);
            let disposes = self.matches(Where::Slot(Slot::Action), self.image.core.dispose, world);
            let early = world.circuit.all_of([disposes, !reached]);
            !early
        };
        let stores = self.stores(world);
        let plan = self.plan(keep, &event, world);
        let planned = world.circuit.any_of([!stores, plan]);
        world.circuit.all_of([planned, unexpired, ripe])
    }

    fn end(&mut self, event: &Sym, bound: Option<u32>, world: &mut World) -> Rc<Sym> {
        let Some(bound) = bound else { return Rc::new(vec![(YES, Alt::None)]) };
        let bound = self.value(bound, world);
        let cases = self.each(&[event, &bound], world, |_, parts, world| {
            let ways: Vec<Alt> = Self::ways(parts)
                .iter()
                .map(|way| match way.as_slice() {
                    [Alt::Quantity(event), Alt::Length(length)] => {
                        Alt::Quantity(world.orders.moved(*event, *length, 1))
                    }
                    [Alt::Quantity(event), Alt::OtherLength(fact)] => {
                        Alt::Quantity(world.orders.moved_by_other(*event, *fact, 1))
                    }
                    [Alt::None, _] | [_, Alt::None] => Alt::None,
                    _ => Alt::Unknown,
                })
                .collect();
            either(ways)
        });
        Rc::new(joined(&mut world.circuit, cases))
    }

    /// The time of the operation against a day or moment; `none` where there isn't one.
    fn reached(&mut self, at: &Sym, holds: fn(Order) -> Bit, none: Kleene, world: &mut World) -> Kleene {
        let cases = self.each(&[at], world, |_, parts, world| {
            let mut each = Vec::new();
            for way in Self::ways(parts) {
                each.push(match way.as_slice() {
                    [Alt::None] => none,
                    [Alt::Quantity(at)] => {
                        let order = world.orders.order(&mut world.circuit, world.time, *at);
                        dated(holds(order), world)
                    }
                    _ => Kleene::UNKNOWN,
                });
            }
            Kleene {
                sure: world.circuit.all(each.iter().map(|one| one.sure)),
                may: world.circuit.any(each.iter().map(|one| one.may)),
            }
        });
        world.circuit.cases(cases)
    }

    /// Whether the operation holds data: by its action, or because it states how long.
    pub fn stores(&mut self, world: &mut World) -> Kleene {
        let named = self.matches(Where::Slot(Slot::Action), self.image.core.store, world);
        let holding = world.holding;
        let stated = world.circuit.any([holding.agreed, holding.days, holding.seconds]);
        world.circuit.any_of([named, stated.into()])
    }

    fn named_disposal(&mut self, keep: &Keep, world: &mut World) -> Kleene {
        let core = self.image.core.clone();
        let action = Where::Slot(Slot::Action);
        let mut ways = vec![self.matches(action, core.delete, world)];
        if keep.then.is_empty() {
            ways.push(self.matches(action, core.dispose, world));
        }
        for then in &keep.then {
            ways.push(self.matches(action, *then, world));
        }
        world.circuit.any_of(ways)
    }

    /// Whether what is planned ends within the bound.
    fn plan(&mut self, keep: &Keep, event: &Sym, world: &mut World) -> Kleene {
        if keep.never {
            return Kleene::FALSE;
        }
        let holding = world.holding;
        let mut upper = Vec::new();
        if keep.at_most.is_some() || keep.until.is_some() || keep.during.is_some() {
            let mut planned = Vec::new();
            for (bit, end) in [(holding.days, holding.last), (holding.seconds, holding.end)] {
                let mut each = Vec::new();
                if let Some(most) = keep.at_most {
                    each.push(self.measured(keep, event, end, most, UP_TO, world));
                }
                if let Some(until) = keep.until {
                    let until = self.value(until, world);
                    each.push(self.ends(&until, end, UP_TO, world));
                }
                if keep.during.is_some() {
                    each.push(Kleene::UNKNOWN);
                }
                planned.push((bit, world.circuit.all_of(each)));
            }
            planned.extend([
                (holding.none, Kleene::TRUE),
                (holding.agreed, Kleene::TRUE),
                (holding.unknown, Kleene::UNKNOWN),
            ]);
            upper.push(world.circuit.cases(planned));
        }
        if let Some(least) = keep.at_least {
            let mut planned = Vec::new();
            for (bit, end) in [(holding.days, holding.last), (holding.seconds, holding.end)] {
                planned.push((bit, self.measured(keep, event, end, least, FROM, world)));
            }
            planned.extend([
                (holding.none, Kleene::FALSE),
                (holding.agreed, Kleene::TRUE),
                (holding.unknown, Kleene::UNKNOWN),
            ]);
            upper.push(world.circuit.cases(planned));
        }
        world.circuit.all_of(upper)
    }

    /// A planned end against a bound, counted from collection or from the event.
    fn measured(&mut self, keep: &Keep, event: &Sym, end: Id, bound: u32, holds: Within, world: &mut World) -> Kleene {
        let bound = self.value(bound, world);
        let from_collection = keep.after.is_none();
        let cases = self.each(&[event, &bound], world, |encoder, parts, world| {
            let mut each = Vec::new();
            for way in Self::ways(parts) {
                each.push(match way.as_slice() {
                    // What there isn't lies after every day.
                    [_, Alt::None] | [Alt::None, _] => holds(Order { less: YES, greater: NO }).into(),
                    [_, Alt::Length(length)] if from_collection => {
                        // Hours count as hours, so both ends are moments.
                        let bound = world.orders.moved(world.collected, *length, 1);
                        let (end, bound) = (world.orders.start(end), world.orders.start(bound));
                        let order = world.orders.order(&mut world.circuit, end, bound);
                        let least = holds(Order { less: YES, greater: NO }) == YES;
                        encoder.measured_at_all(holds(order), &format!("{end} {least} {length:?}"), world)
                    }
                    [Alt::Quantity(event), Alt::Length(length)] => {
                        let bound = world.orders.moved(*event, *length, 1);
                        let order = world.orders.order(&mut world.circuit, end, bound);
                        encoder.planned(holds(order), world)
                    }
                    [event, Alt::OtherLength(fact)] => {
                        let least = holds(Order { less: YES, greater: NO }) == YES;
                        world.whichever(&format!("{end} {least} {event:?} + {fact}"))
                    }
                    _ => Kleene::UNKNOWN,
                });
            }
            Kleene {
                sure: world.circuit.all(each.iter().map(|one| one.sure)),
                may: world.circuit.any(each.iter().map(|one| one.may)),
            }
        });
        world.circuit.cases(cases)
    }

    /// A planned end against a day or moment.
    fn ends(&mut self, at: &Sym, end: Id, holds: Within, world: &mut World) -> Kleene {
        let cases = self.each(&[at], world, |encoder, parts, world| {
            let mut each = Vec::new();
            for way in Self::ways(parts) {
                each.push(match way.as_slice() {
                    [Alt::None] => holds(Order { less: YES, greater: NO }).into(),
                    [Alt::Quantity(at)] => {
                        let order = world.orders.order(&mut world.circuit, end, *at);
                        encoder.planned(holds(order), world)
                    }
                    _ => Kleene::UNKNOWN,
                });
            }
            Kleene {
                sure: world.circuit.all(each.iter().map(|one| one.sure)),
                may: world.circuit.any(each.iter().map(|one| one.may)),
            }
        });
        world.circuit.cases(cases)
    }

    /// What is so of a plan, where the day of collection, from which it counts, is told.
    fn planned(&self, so: Bit, world: &mut World) -> Kleene {
        let untold = world.untold.collected;
        Kleene { sure: world.circuit.and(so, !untold), may: world.circuit.or(so, untold) }
    }

    /// The same of a plan against a length, which compare over every calendar where that day isn't told: how isn't
    /// followed, but is alike in every policy that asks.
    fn measured_at_all(&self, so: Bit, what: &str, world: &mut World) -> Kleene {
        let untold = world.untold.collected;
        if untold == NO {
            return so.into();
        }
        let otherwise = world.whichever(what);
        world.circuit.cases([(!untold, so.into()), (untold, otherwise)])
    }

    /// Whether the operation names a word that the policy doesn't have.
    pub fn strange(&mut self, world: &mut World) -> Bit {
        let mut ways: Vec<Bit> = Vec::new();
        let strange = |choices: &[(Own, Bit)]| {
            choices.iter().filter(|(own, _)| *own == Own::Strange).map(|(_, bit)| *bit).collect::<Vec<_>>()
        };
        for choices in &self.slots {
            ways.extend(strange(choices));
        }
        ways.extend(strange(&self.data));
        for (choices, untold) in [
            (strange(&self.forms), world.untold.forms),
            (strange(&self.contents), world.untold.contents),
            (strange(&self.measures), world.untold.measures),
        ] {
            for bit in choices {
                ways.push(world.circuit.and(bit, !untold));
            }
        }
        ways.extend(self.strange_facts(world));
        world.circuit.any(ways)
    }

    /// Whether what the item contains lies outside what its category was declared to contain: then it is malformed.
    pub fn malformed(&mut self, world: &mut World) -> Bit {
        let hierarchy = self.hierarchy(Facet::Data);
        let untold = world.untold.contents;
        let mut ways = Vec::new();
        for (own, bit) in self.data.clone() {
            let Own::Term(category) = own else { continue };
            let bounds = self.content_bounds(category);
            if bounds.is_empty() {
                continue;
            }
            let mut outside = Vec::new();
            for (word, held) in &self.contents {
                let Own::Term(term) = word else { continue };
                if bounds.iter().any(|bound| !bound.iter().any(|above| hierarchy.sure(*term, *above))) {
                    outside.push(*held);
                }
            }
            let outside = world.circuit.any(outside);
            ways.push(world.circuit.all([bit, outside, !untold]));
        }
        world.circuit.any(ways)
    }
}
