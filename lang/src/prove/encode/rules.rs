//! Rules at the point, and what becomes of the operation.

use abey_engine::image::{About, Base, Demand, Effect, Means, Rule, Slot};
use abey_engine::value::FactValue;

use super::{Encoder, Sight, Where};
use crate::prove::circuit::{Bit, Kleene, NO};
use crate::prove::space::{Told, World};

/// A rule, as bits.
#[derive(Clone, Copy, Debug)]
pub struct Ruled {
    /// Whether its scope covers the point.
    pub scope: Kleene,
    /// Whether what it asks for holds.
    pub met: Kleene,
    /// Whether it makes the operation pause.
    pub pauses: Bit,
}

/// A policy, as bits.
pub struct Encoded {
    /// Its rules, in order.
    pub rules: Vec<Ruled>,
    /// Whether every layer is in force and applies.
    pub governs: Bit,
    /// Whether the operation is well-formed and has words that the policy knows.
    pub sound: Bit,
    /// Whether some instruction covers the point.
    pub covered: Bit,
    /// Whether the operation is allowed.
    pub allowed: Bit,
}

impl Encoder<'_> {
    /// The first so many rules of the policy, and what they make of the operation.
    pub fn policy(&mut self, rules: usize, world: &mut World) -> Encoded {
        let image = self.image;
        self.settled(world);
        let mut governs = Vec::new();
        for layer in &image.layers {
            if let Some(from) = layer.in_force.from {
                governs.push(self.today_from(from, world).sure);
            }
            if let Some(until) = layer.in_force.until {
                governs.push(self.today_until(until, world).sure);
            }
            if let Some(guard) = &layer.applies {
                governs.push(self.condition(guard.condition, world).sure);
            }
        }
        let governs = world.circuit.all(governs);
        let (strange, malformed) = (self.strange(world), self.malformed(world));
        let sound = world.circuit.all([!strange, !malformed]);
        let own: Vec<&Rule> = image.rules.iter().take(rules).collect();
        let mut waived: Vec<(u32, Bit)> = Vec::new();
        for rule in &own {
            if let Effect::Waive(clauses) = &rule.effect {
                let scope = self.scope(&rule.parts, Sight::Named, world).sure;
                waived.extend(clauses.iter().map(|clause| (*clause, scope)));
            }
        }
        let mut ruled = Vec::with_capacity(own.len());
        for rule in &own {
            let lifted: Vec<Bit> =
                waived.iter().filter(|(clause, _)| *clause == rule.clause).map(|(_, scope)| *scope).collect();
            let lifted = world.circuit.any(lifted);
            ruled.push(self.rule(rule, lifted, world));
        }
        let covers = own.iter().zip(&ruled).filter(|(rule, _)| matches!(rule.effect, Effect::Allow(_)));
        let covered = world.circuit.any(covers.map(|(_, ruled)| ruled.scope.sure));
        let clear = world.circuit.all(ruled.iter().map(|ruled| !ruled.pauses));
        let allowed = world.circuit.all([governs, sound, covered, clear]);
        Encoded { rules: ruled, governs, sound, covered, allowed }
    }

    /// A rule, given when its clause is lifted.
    pub fn rule(&mut self, rule: &Rule, waived: Bit, world: &mut World) -> Ruled {
        let named = matches!(rule.effect, Effect::Allow(_) | Effect::Waive(_));
        let sight = if named { Sight::Named } else { Sight::Implied };
        let scope = self.scope(&rule.parts, sight, world);
        let met = if scope.is_false() {
            Kleene::TRUE
        } else {
            match &rule.effect {
                Effect::Allow(_) | Effect::Owe(_) | Effect::Waive(_) => Kleene::TRUE,
                Effect::Forbid => Kleene::FALSE,
                Effect::Require(demands) => {
                    let each: Vec<Kleene> = demands.iter().map(|demand| self.demand(demand, world)).collect();
                    world.circuit.all_of(each)
                }
                Effect::Keep(keep) => self.held(keep, world),
            }
        };
        let pauses = world.circuit.all([scope.may, !met.sure, !waived]);
        Ruled { scope, met, pauses }
    }

    /// Whether a demand is met: by one of its means.
    pub fn demand(&mut self, demand: &Demand, world: &mut World) -> Kleene {
        let mut ways = Vec::new();
        for means in &demand.any {
            ways.push(match means {
                Means::Measure(measure) => self.has_measure(*measure, world),
                Means::Form(form) => self.has_form(*form, world),
                Means::Basis(basis) => self.matches(Where::Slot(Slot::Basis), *basis, world),
                Means::Condition(condition) => self.condition(*condition, world),
            });
        }
        world.circuit.any_of(ways)
    }

    /// When a fact says a word that the policy doesn't have.
    pub(super) fn strange_facts(&mut self, world: &mut World) -> Vec<Bit> {
        let image = self.image;
        let mut ways = Vec::new();
        for fact in &image.facts {
            let known = |value: &FactValue| match (&fact.kind.base, value) {
                (Base::OneOf(words), FactValue::Text(text)) => words.contains(text),
                (Base::Term(facet), FactValue::Text(text)) => text == "none" || self.find(*facet, text).is_some(),
                _ => true,
            };
            let Some(told) = world.facts.iter().find(|told| told.about == fact.about && told.name == fact.name) else {
                continue;
            };
            let (Told::Choice(values) | Told::Set(values)) = &told.told else { continue };
            let unknown = told.unknown;
            let bits: Vec<Bit> = values.iter().filter(|(value, _)| !known(value)).map(|(_, bit)| *bit).collect();
            let about_nobody = fact.about == About::Subject;
            for bit in bits {
                let nobody =
                    if about_nobody { self.says(Where::Slot(Slot::Subject), super::Own::None, world) } else { NO };
                ways.push(world.circuit.all([bit, !unknown, !nobody]));
            }
        }
        ways
    }
}
