//! Words of the operation against terms of the policy.

use abey_engine::image::{Edge, Facet, Slot};

use super::{Encoder, Own, Where};
use crate::prove::circuit::{Bit, Kleene};
use crate::prove::space::World;
use abey_engine::calendar::{Date, Moment};

impl Encoder<'_> {
    /// What a part says against a term.
    pub fn matches(&mut self, part: Where, term: u32, world: &mut World) -> Kleene {
        if let Some(known) = self.matched.get(&(part, term)) {
            return *known;
        }
        let choices = self.choices(part).to_vec();
        let mut cases = Vec::with_capacity(choices.len());
        for (own, bit) in choices {
            cases.push((bit, self.word(part.facet(), own, term, world)));
        }
        let found = world.circuit.cases(cases);
        self.matched.insert((part, term), found);
        found
    }

    /// A word against a term.
    pub fn word(&mut self, facet: Facet, own: Own, term: u32, world: &mut World) -> Kleene {
        match own {
            Own::Missing | Own::Strange => Kleene::UNKNOWN,
            Own::None => Kleene::FALSE,
            Own::Term(own) => {
                let climbed = self.lies_below(facet, own, term, world);
                if self.hierarchy(facet).open(own, term) { climbed.opened() } else { climbed }
            }
        }
    }

    /// Whether a term lies at or below another.
    pub fn lies_below(&mut self, facet: Facet, term: u32, above: u32, world: &mut World) -> Kleene {
        let hierarchy = self.hierarchy(facet);
        if hierarchy.sure(term, above) {
            return Kleene::TRUE;
        }
        if !hierarchy.may(term, above) {
            return Kleene::FALSE;
        }
        if let Some(known) = self.below.get(&(facet, term, above)) {
            return *known;
        }
        let image = self.image;
        let mut paths = Vec::new();
        for edge in image.facet(facet).get(term as usize).map_or(&[][..], |term| &term.parents) {
            if hierarchy.may(edge.parent, above) {
                let rest = self.lies_below(facet, edge.parent, above, world);
                let edge = self.edge(edge, world);
                paths.push(world.circuit.all_of([rest, edge]));
            }
        }
        let found = world.circuit.any_of(paths);
        self.below.insert((facet, term, above), found);
        found
    }

    /// Whether an edge holds on the day and under its condition.
    pub fn edge(&mut self, edge: &Edge, world: &mut World) -> Kleene {
        let from = edge.period.from.map_or(Kleene::TRUE, |from| self.today_from(from, world));
        let until = edge.period.until.map_or(Kleene::TRUE, |until| self.today_until(until, world));
        let when = edge.when.map_or(Kleene::TRUE, |when| self.condition(when, world));
        world.circuit.all_of([from, until, when])
    }

    /// Whether the day of the operation is this one or later.
    pub fn today_from(&mut self, from: Date, world: &mut World) -> Kleene {
        let day = world.orders.moment(Moment::Date(from));
        let early = world.orders.order(&mut world.circuit, day, world.time).greater;
        dated(!early, world)
    }

    /// Whether the day of the operation is this one or earlier.
    pub fn today_until(&mut self, until: Date, world: &mut World) -> Kleene {
        let day = world.orders.moment(Moment::Date(until));
        let late = world.orders.order(&mut world.circuit, day, world.time).less;
        dated(!late, world)
    }

    /// Whether there is one at all.
    pub fn some(&mut self, part: Where, world: &mut World) -> Kleene {
        let cases: Vec<(Bit, Kleene)> = self.choices(part).iter().map(|(own, bit)| (*bit, some(*own))).collect();
        world.circuit.cases(cases)
    }

    /// Two words that the operation told: the same leaf, certainly different, or it depends.
    pub fn same(&self, facet: Facet, one: u32, other: u32) -> Kleene {
        let hierarchy = self.hierarchy(facet);
        if one == other && !hierarchy.general(one) {
            Kleene::TRUE
        } else if hierarchy.meets(one, other) {
            Kleene::UNKNOWN
        } else {
            Kleene::FALSE
        }
    }

    /// Whether data leaves a country.
    pub fn crosses_border(&mut self, world: &mut World) -> Kleene {
        if let Some(known) = self.crossing {
            return known;
        }
        let image = self.image;
        let (place, origin) = (Where::Slot(Slot::Place), Where::Slot(Slot::Origin));
        let (places, origins) = (self.choices(place).to_vec(), self.choices(origin).to_vec());
        // Both are the same, or lie in one country.
        let mut within = Vec::new();
        for (own, bit) in &places {
            for (other, also) in &origins {
                if let (Own::Term(one), Own::Term(two)) = (own, other) {
                    let same = self.same(Facet::Place, *one, *two);
                    if !same.is_false() {
                        let both = world.circuit.and(*bit, *also);
                        within.push(world.circuit.all_of([both.into(), same]));
                    }
                }
            }
        }
        let country = image.core.country;
        for (index, term) in image.facet(Facet::Place).iter().enumerate() {
            if term.parents.iter().all(|edge| edge.parent != country) {
                continue;
            }
            let near = self.matches(place, index as u32, world);
            let far = self.matches(origin, index as u32, world);
            if near.is_false() || far.is_false() {
                continue;
            }
            let mut ways = Vec::new();
            for edge in term.parents.iter().filter(|edge| edge.parent == country) {
                ways.push(self.edge(edge, world));
            }
            let is_country = world.circuit.any_of(ways);
            within.push(world.circuit.all_of([near, far, is_country]));
        }
        let within = world.circuit.any_of(within);
        let missing = |choices: &[(Own, Bit)]| {
            let open = choices.iter().filter(|(own, _)| matches!(own, Own::Missing | Own::Strange));
            open.map(|(_, bit)| *bit).collect::<Vec<_>>()
        };
        let unknown = [missing(&places), missing(&origins)].concat();
        let unknown = world.circuit.any(unknown);
        let none = [self.says(place, Own::None, world), self.says(origin, Own::None, world)];
        let none = world.circuit.any(none);
        // None is no border; what isn't told leaves it open; else whether both lie within one country.
        let apart = !within;
        let apart = Kleene { sure: world.circuit.and(apart.sure, !unknown), may: world.circuit.or(apart.may, unknown) };
        let found = world.circuit.all_of([apart, (!none).into()]);
        self.crossing = Some(found);
        found
    }
}

/// Whether a word names some.
pub fn some(own: Own) -> Kleene {
    match own {
        Own::Term(_) => Kleene::TRUE,
        Own::None => Kleene::FALSE,
        Own::Missing | Own::Strange => Kleene::UNKNOWN,
    }
}

/// What is so of the time, where it is told.
pub fn dated(so: Bit, world: &mut World) -> Kleene {
    let untold = world.untold.time;
    Kleene { sure: world.circuit.and(so, !untold), may: world.circuit.or(so, untold) }
}
