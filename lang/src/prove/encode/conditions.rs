//! Conditions at the point, in Kleene's logic.

use std::rc::Rc;

use abey_engine::calendar::Duration;
use abey_engine::image::{Compare, Condition, Test, Value};
use abey_engine::truth::Truth;

use super::values::{Alt, Sym};
use super::{Encoder, Own, Where};
use crate::prove::circuit::{Bit, Kleene, NO};
use crate::prove::order::{Id, Order};
use crate::prove::space::World;

/// Kleene's value of a truth.
pub fn kleene(truth: Truth) -> Kleene {
    match truth {
        Truth::True => Kleene::TRUE,
        Truth::Unknown => Kleene::UNKNOWN,
        Truth::False => Kleene::FALSE,
    }
}

/// Which orders of two quantities a comparison is after.
type Holds = fn(&mut World, Order) -> Bit;

const BEFORE: Holds = |_, order| order.less;
const AFTER: Holds = |_, order| order.greater;
const UP_TO: Holds = |_, order| !order.greater;
const FROM: Holds = |_, order| !order.less;

/// So many pairs of words are compared, of two facets at their limit a sixteenth.
const PAIRS: usize = 1 << 20;

impl Encoder<'_> {
    /// A condition, each of its nodes once.
    pub fn condition(&mut self, condition: u32, world: &mut World) -> Kleene {
        if let Some(known) = self.conditions.get(&condition) {
            return *known;
        }
        let image = self.image;
        let found = match image.conditions.get(condition as usize) {
            Some(Condition::All(of)) => {
                let each: Vec<Kleene> = of.iter().map(|part| self.condition(*part, world)).collect();
                world.circuit.all_of(each)
            }
            Some(Condition::Any(of)) => {
                let each: Vec<Kleene> = of.iter().map(|part| self.condition(*part, world)).collect();
                world.circuit.any_of(each)
            }
            Some(Condition::Not(of)) => !self.condition(*of, world),
            Some(Condition::Test(test)) => self.test(test, world),
            Some(Condition::Authorised) => self.authorised(world),
            None => Kleene::UNKNOWN,
        };
        self.conditions.insert(condition, found);
        found
    }

    fn test(&mut self, test: &Test, world: &mut World) -> Kleene {
        if let Some(found) = self.direct(test, world) {
            return found;
        }
        let left = self.value(test.left, world);
        let right: Vec<Rc<Sym>> = test.right.iter().map(|value| self.value(*value, world)).collect();
        let unsettled = |sym: &Sym| sym.iter().any(|(_, alt)| matches!(alt, Alt::Either(_)));
        // What isn't settled on several sides at once has to agree as a whole.
        if matches!(test.compare, Compare::Within) || std::iter::once(&left).chain(&right).any(|sym| unsettled(sym)) {
            let parts: Vec<&Sym> = std::iter::once(&left).chain(&right).map(Rc::as_ref).collect();
            let cases = self.each(&parts, world, |encoder, parts, world| {
                let mut each = Vec::new();
                for way in Self::ways(parts) {
                    if let [left, right @ ..] = way.as_slice() {
                        each.push(encoder.compared(test.compare, left, right, world));
                    }
                }
                // Decided where every way agrees.
                Kleene {
                    sure: world.circuit.all(each.iter().map(|one| one.sure)),
                    may: world.circuit.any(each.iter().map(|one| one.may)),
                }
            });
            return world.circuit.cases(cases);
        }
        if test.right.is_empty() {
            let cases = self.each(&[left.as_ref()], world, |encoder, parts, world| {
                parts.first().map_or(Kleene::UNKNOWN, |left| encoder.compared(test.compare, left, &[], world))
            });
            return world.circuit.cases(cases);
        }
        let mut each = Vec::new();
        for right in &right {
            each.push(self.against(test.compare, &left, right, world));
        }
        match test.compare {
            Compare::Is => world.circuit.any_of(each),
            _ => world.circuit.all_of(each),
        }
    }

    /// Two settled values: for each case of the right one, the cases of the left one. Most of two words have nothing to do
    /// with each other, so that little is said of many pairs.
    fn against(&mut self, compare: Compare, left: &Sym, right: &Sym, world: &mut World) -> Kleene {
        if left.len().saturating_mul(right.len()) > PAIRS {
            world.vague.get_or_insert_with(|| "two values have too many cases".into());
            return Kleene::UNKNOWN;
        }
        let mut cases = Vec::with_capacity(right.len());
        for (guard, right) in right {
            let right = std::slice::from_ref(right);
            let each = left.iter().map(|(bit, left)| (*bit, self.compared(compare, left, right, world)));
            let each: Vec<(Bit, Kleene)> = each.collect();
            cases.push((*guard, world.circuit.cases(each)));
        }
        world.circuit.cases(cases)
    }

    /// A part of the point against terms that the policy names.
    fn direct(&mut self, test: &Test, world: &mut World) -> Option<Kleene> {
        let image = self.image;
        let part = match image.values.get(test.left as usize)? {
            Value::Slot(slot) => Where::Slot(*slot),
            Value::Data => Where::Category,
            _ => return None,
        };
        match test.compare {
            Compare::IsNone | Compare::IsAny => {
                let cases: Vec<(Bit, Kleene)> = self
                    .choices(part)
                    .iter()
                    .map(|(own, bit)| {
                        let none = match own {
                            Own::None => Kleene::TRUE,
                            Own::Term(_) => Kleene::FALSE,
                            Own::Missing | Own::Strange => Kleene::UNKNOWN,
                        };
                        (*bit, if test.compare == Compare::IsNone { none } else { !none })
                    })
                    .collect();
                Some(world.circuit.cases(cases))
            }
            Compare::Is => {
                let mut terms = Vec::new();
                for right in &test.right {
                    match image.values.get(*right as usize)? {
                        Value::Literal(abey_engine::image::Literal::Term((facet, term))) if *facet == part.facet() => {
                            terms.push(*term);
                        }
                        _ => return None,
                    }
                }
                let each: Vec<Kleene> = terms.into_iter().map(|term| self.matches(part, term, world)).collect();
                Some(world.circuit.any_of(each))
            }
            _ => None,
        }
    }

    fn compared(&mut self, compare: Compare, left: &Alt, right: &[Alt], world: &mut World) -> Kleene {
        let mut each = Vec::new();
        match compare {
            Compare::IsNone | Compare::IsAny => {
                let none = match left {
                    Alt::Unknown => Kleene::UNKNOWN,
                    Alt::None => Kleene::TRUE,
                    _ => Kleene::FALSE,
                };
                return if compare == Compare::IsNone { none } else { !none };
            }
            Compare::Is => {
                for right in right {
                    each.push(self.equal(left, right, world));
                }
                return world.circuit.any_of(each);
            }
            Compare::Within => return self.within(left, right, world),
            _ => {}
        }
        for right in right {
            each.push(match compare {
                Compare::Includes => self.includes(left, right, world),
                Compare::AtMost => self.at_most(left, right, world),
                Compare::AtLeast => self.at_least(left, right, world),
                Compare::Before => self.ordered(left, right, BEFORE, world),
                Compare::After => self.ordered(left, right, AFTER, world),
                Compare::OnOrBefore => self.ordered(left, right, UP_TO, world),
                _ => self.ordered(left, right, FROM, world),
            });
        }
        world.circuit.all_of(each)
    }

    /// Equality; for terms, lying at or below the one that the policy names.
    pub fn equal(&mut self, left: &Alt, right: &Alt, world: &mut World) -> Kleene {
        match (left, right) {
            (Alt::None, _) | (_, Alt::None) => Kleene::FALSE,
            (_, Alt::Set(members, open)) if !matches!(left, Alt::Set(..)) => {
                let mut ways = Vec::new();
                for (member, held) in members {
                    let equal = self.equal(left, member, world);
                    ways.push(world.circuit.all_of([*held, equal]));
                }
                let found = world.circuit.any_of(ways);
                Kleene { sure: found.sure, may: world.circuit.or(found.may, *open) }
            }
            (Alt::Unknown, _) | (_, Alt::Unknown) => Kleene::UNKNOWN,
            (Alt::Term(facet, term, told), Alt::Term(of, other, also)) => match (facet == of, told, also) {
                (false, ..) => Kleene::FALSE,
                (true, true, true) => self.same(*facet, *term, *other),
                (true, false, true) => self.word(*facet, Own::Term(*other), *term, world),
                (true, ..) => self.word(*facet, Own::Term(*term), *other, world),
            },
            (Alt::Length(a), Alt::Length(b)) => kleene(a.same(*b)),
            (Alt::OtherLength(_), Alt::Length(_) | Alt::OtherLength(_)) | (Alt::Length(_), Alt::OtherLength(_)) => {
                world.whichever(&format!("{left:?} = {right:?}"))
            }
            (Alt::Since(_), Alt::Length(_) | Alt::OtherLength(_)) => {
                let both = [self.at_most(left, right, world), self.at_least(left, right, world)];
                world.circuit.all_of(both)
            }
            (Alt::Quantity(a), Alt::Quantity(b)) => {
                let order = world.orders.order(&mut world.circuit, *a, *b);
                world.circuit.all([!order.less, !order.greater]).into()
            }
            (Alt::Bool(a), Alt::Bool(b)) => (a == b).into(),
            (Alt::Text(a), Alt::Text(b)) => (a == b).into(),
            _ => Kleene::UNKNOWN,
        }
    }

    fn includes(&mut self, left: &Alt, right: &Alt, world: &mut World) -> Kleene {
        match left {
            _ if *right == Alt::None => Kleene::FALSE,
            Alt::Set(members, open) => {
                let mut ways = Vec::new();
                for (member, held) in members {
                    let equal = self.equal(member, right, world);
                    ways.push(world.circuit.all_of([*held, equal]));
                }
                let found = world.circuit.any_of(ways);
                Kleene { sure: found.sure, may: world.circuit.or(found.may, *open) }
            }
            Alt::None => Kleene::FALSE,
            _ => Kleene::UNKNOWN,
        }
    }

    fn within(&mut self, left: &Alt, allowed: &[Alt], world: &mut World) -> Kleene {
        match left {
            Alt::Set(members, open) => {
                let mut each = Vec::new();
                for (member, held) in members {
                    let mut ways = vec![!*held];
                    for right in allowed {
                        ways.push(self.equal(member, right, world));
                    }
                    each.push(world.circuit.any_of(ways));
                }
                let found = world.circuit.all_of(each);
                Kleene { sure: world.circuit.and(found.sure, !*open), may: found.may }
            }
            Alt::None => Kleene::FALSE,
            _ => Kleene::UNKNOWN,
        }
    }

    fn at_most(&mut self, left: &Alt, right: &Alt, world: &mut World) -> Kleene {
        match (left, right) {
            (Alt::Length(a), Alt::Length(b)) => kleene(a.at_most(*b)),
            (Alt::Since(from), Alt::Length(age)) => self.aged(*from, *age, UP_TO, world),
            _ => self.ordered(left, right, UP_TO, world),
        }
    }

    fn at_least(&mut self, left: &Alt, right: &Alt, world: &mut World) -> Kleene {
        match (left, right) {
            (Alt::Length(a), Alt::Length(b)) => kleene(b.at_most(*a)),
            (Alt::Since(from), Alt::Length(age)) => self.aged(*from, *age, FROM, world),
            _ => self.ordered(left, right, FROM, world),
        }
    }

    /// The day of the operation against the day on which an age is reached.
    fn aged(&mut self, from: Id, age: Duration, holds: Holds, world: &mut World) -> Kleene {
        let reached = world.orders.moved(from, age, 1);
        let reached = world.orders.day_of(reached);
        let order = world.orders.order(&mut world.circuit, world.time, reached);
        let so = holds(world, order);
        super::words::dated(so, world)
    }

    fn ordered(&mut self, left: &Alt, right: &Alt, holds: Holds, world: &mut World) -> Kleene {
        match (left, right) {
            (Alt::None, _) | (_, Alt::None) => Kleene::FALSE,
            (Alt::Quantity(a), Alt::Quantity(b)) => {
                let order = world.orders.order(&mut world.circuit, *a, *b);
                holds(world, order).into()
            }
            // Two lengths, where every calendar agrees.
            (Alt::Length(a), Alt::Length(b)) => match (a.at_most(*b), b.at_most(*a)) {
                (Truth::True, Truth::True) => holds(world, Order { less: NO, greater: NO }).into(),
                (Truth::True, _) => holds(world, Order { less: true.into(), greater: NO }).into(),
                (_, Truth::True) => holds(world, Order { less: NO, greater: true.into() }).into(),
                _ => Kleene::UNKNOWN,
            },
            (Alt::OtherLength(_), Alt::Length(_) | Alt::OtherLength(_))
            | (Alt::Length(_) | Alt::Since(_), Alt::OtherLength(_)) => {
                // Which order is asked for is told by what it makes of one that is less.
                let less = holds(world, Order { less: true.into(), greater: NO });
                let greater = holds(world, Order { less: NO, greater: true.into() });
                world.whichever(&format!("{left:?} {less:?}{greater:?} {right:?}"))
            }
            _ => Kleene::UNKNOWN,
        }
    }
}
