//! What is wrong with an operation, point by point, before any of it is put in words.

use alloc::sync::Arc;
use alloc::vec::Vec;

use super::NativeChecker;
use super::index::Index;
use super::input::Input;
use super::point::{Indices, Point, Sight, each};
use super::retention::Held;
use crate::hierarchy::bits;
use crate::image::{Demand, Effect, Layer, Means, Part, Rule, Scope, Slot};
use crate::sorted::sort;
use crate::truth::Truth;
use crate::wire::few::Few;
use crate::wire::parts::points_of;

/// Where a member of an operation's lists stands in so many points on average, it pays to look at each member once, and then
/// at the points.
const SHARED: usize = 2;

/// Where a fault comes from, in the order in which reasons are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// A layer isn't in force, by its number.
    InForce(usize),
    /// A layer doesn't apply, by its number.
    Applies(usize),
    /// A strange word, by its number.
    Strange(usize),
    /// No instruction covers the point.
    Cover,
    /// A rule, by its number.
    Rule(usize),
}

/// A reason to pause at one point.
#[derive(Clone, Debug)]
pub struct Fault {
    pub source: Source,
    pub at: Indices,
    /// Whether the rule's scope covers the point.
    pub scope: Truth,
    /// Whether what the rule asks for holds.
    pub met: Truth,
    /// For a bound on holding, aspect by aspect.
    pub held: Option<Held>,
}

/// An instruction that covers a point, or a duty that arises from it.
#[derive(Clone, Debug)]
pub struct Hit {
    pub rule: usize,
    pub at: Indices,
    pub scope: Truth,
    pub held: Option<Held>,
}

/// All that was found.
#[derive(Default)]
pub struct Findings {
    pub faults: Vec<Fault>,
    pub covers: Vec<Hit>,
    pub duties: Vec<Hit>,
    /// Rules with an interpretation whose scope some point may be in.
    pub interpreted: Vec<usize>,
}

impl Findings {
    /// What is wrong, and where, in order.
    pub fn wrong(&self) -> Vec<(Source, Indices)> {
        // The faults are in the order of their sources, and those of one in that of the points.
        self.faults.iter().map(|fault| (fault.source, fault.at)).collect()
    }
}

impl NativeChecker {
    /// Judges every point by every rule.
    ///
    /// O(points × (rules × parts + nodes of their conditions)).
    pub(super) fn judge(&self, input: &Input<'_>) -> Findings {
        let mut found = Findings { interpreted: Vec::with_capacity(16), ..Findings::default() };
        each(self, input, |point| {
            self.judge_point(&point, &mut found);
            true
        });
        sort(&mut found.faults, |one, other| (one.source, one.at).cmp(&(other.source, other.at)));
        sort(&mut found.interpreted, Ord::cmp);
        found.interpreted.dedup();
        found
    }

    fn judge_point(&self, point: &Point<'_>, found: &mut Findings) {
        let fault = |source, scope, met| Fault { source, at: point.at, scope, met, held: None };
        let mut outside = false;
        for (index, layer) in self.image.layers.iter().enumerate() {
            let in_force = in_force(layer, point);
            let applies = layer.applies.as_ref().map_or(Truth::True, |guard| point.condition(guard.condition));
            if !in_force.is_true() {
                found.faults.push(fault(Source::InForce(index), Truth::True, in_force));
            }
            if !applies.is_true() {
                found.faults.push(fault(Source::Applies(index), Truth::True, applies));
            }
            outside |= !(in_force.is_true() && applies.is_true());
        }
        if outside {
            return;
        }
        let waived = self.waived(point);
        let met_demands = point.meets();
        for (index, strange) in point.input.strange.iter().enumerate() {
            if strange.item.is_none_or(|item| item == point.at[0] as usize) {
                found.faults.push(fault(Source::Strange(index), Truth::True, Truth::Unknown));
            }
        }
        let mut covered = false;
        let before = found.faults.len();
        self.index.each_word(point, |met, at, may, sure| {
            let (kinds, settled) = (self.index.kinds(at), point.settled_of(at));
            for bit in bits(may & !settled.out) {
                let index = at * 64 + bit;
                let is = |set: u64| set >> bit & 1 != 0;
                point.count(1);
                let obeyed = is(settled.obeyed) || self.demanded.meets(index, met_demands);
                let Some(rule) = self.image.rules.get(index) else { continue };
                if is(kinds.untold) && (obeyed || matches!(rule.effect, Effect::Waive(_))) {
                    continue;
                }
                let certain = (is(sure), is(kinds.plain | settled.held));
                let scope = point.scope_met((index, rule), certain, Sight::of(&rule.effect), met);
                if !scope.is_false() {
                    covered |= self.judge_rule(point, &waived, (index, rule), (scope, obeyed), found);
                }
            }
            true
        });
        if !covered {
            // In the order of their sources it comes before the rules.
            found.faults.insert(before, fault(Source::Cover, Truth::True, Truth::False));
        }
    }

    /// Judges a point by a rule whose scope covers it so far, and of which it is known beforehand whether it is obeyed;
    /// whether the rule covers the point.
    fn judge_rule(
        &self,
        point: &Point<'_>,
        waived: &Waived<'_>,
        (index, rule): (usize, &Rule),
        (scope, obeyed): (Truth, bool),
        found: &mut Findings,
    ) -> bool {
        let (met, held) = if obeyed { (Truth::True, None) } else { point.met(&rule.effect) };
        match &rule.effect {
            Effect::Allow(_) => {
                if scope.is_true() {
                    found.covers.push(Hit { rule: index, at: point.at, scope, held: None });
                    self.interpreted(rule, index, found);
                }
                return scope.is_true();
            }
            Effect::Owe(_) => {
                found.duties.push(Hit { rule: index, at: point.at, scope, held: None });
                return false;
            }
            Effect::Waive(_) => return false,
            Effect::Forbid | Effect::Require(_) => {}
            Effect::Keep(keep) => {
                // What isn't held needs no disposal.
                let held_at_all = point.input.retention != crate::operation::Retention::None;
                let binds = waived.get(rule.clause).is_none();
                if binds && held_at_all && !keep.never && !point.disposes().is_true() {
                    found.duties.push(Hit { rule: index, at: point.at, scope, held: held.clone() });
                }
            }
        }
        if let Some(waiver) = waived.get(rule.clause) {
            // The exception is cited where it makes a difference.
            if !met.is_true() && !found.covers.iter().any(|hit| hit.rule == waiver && hit.at == point.at) {
                found.covers.push(Hit { rule: waiver, at: point.at, scope: Truth::True, held: None });
                if let Some(exception) = self.image.rules.get(waiver) {
                    self.interpreted(exception, waiver, found);
                }
            }
            return false;
        }
        self.interpreted(rule, index, found);
        if !met.is_true() {
            found.faults.push(Fault { source: Source::Rule(index), at: point.at, scope, met, held });
        }
        false
    }

    /// Whether nothing stands against an operation: what [`NativeChecker::judge`] finds no fault with, and no more.
    pub(super) fn allows(&self, input: &Input<'_>) -> bool {
        let counts = input.counts();
        if points_of(counts) >= SHARED * counts.iter().sum::<usize>() {
            return self.allows_laid(input, &self.lay_out(input));
        }
        input.strange.is_empty() && each(self, input, |point| self.allows_point(&point))
    }

    fn allows_point(&self, point: &Point<'_>) -> bool {
        if !self.governs(point) {
            return false;
        }
        let waived = self.waived(point);
        let met_demands = point.meets();
        let mut covered = false;
        let obeyed = self.index.each_word(point, |met, at, may, sure| {
            let (kinds, settled) = (self.index.kinds(at), point.settled_of(at));
            let may = may & !settled.out;
            // What asks nothing beyond its lists, which certainly take the point.
            let whole = sure & (kinds.plain | settled.held);
            covered |= may & whole & kinds.allow != 0;
            let asked = may & !(kinds.silent | settled.obeyed) & if covered { !kinds.allow } else { u64::MAX };
            bits(asked).all(|bit| {
                let index = at * 64 + bit;
                point.count(1);
                if self.demanded.meets(index, met_demands) {
                    return true;
                }
                let Some(rule) = self.image.rules.get(index) else { return true };
                let certain = (sure >> bit & 1 != 0, whole >> bit & 1 != 0);
                let scope = |sight| point.scope_met((index, rule), certain, sight, met);
                point.passes(rule, &waived, scope, &mut covered)
            })
        });
        obeyed && covered
    }

    /// Whether every layer is in force and applies: where one doesn't, its rules say nothing.
    pub(super) fn governs(&self, point: &Point<'_>) -> bool {
        self.image.layers.iter().all(|layer| {
            in_force(layer, point).is_true()
                && layer.applies.as_ref().is_none_or(|guard| point.condition(guard.condition).is_true())
        })
    }

    fn interpreted(&self, rule: &Rule, index: usize, found: &mut Findings) {
        let clause = self.image.clauses.get(rule.clause as usize);
        if rule.because.is_some() || clause.is_some_and(|clause| clause.because.is_some()) {
            found.interpreted.push(index);
        }
    }

    /// The exceptions that cover the point.
    pub(super) fn waived(&self, point: &Point<'_>) -> Waived<'_> {
        let covers = |index: &usize| {
            point.count(1);
            let rule = self.image.rules.get(*index);
            rule.is_some_and(|rule| point.scope(&rule.parts, Sight::Named).is_true())
        };
        let waivers = self.index.waivers().iter().copied().filter(covers).collect();
        Waived { index: &self.index, waivers }
    }
}

/// The exceptions that cover a point.
pub(super) struct Waived<'a> {
    index: &'a Index,
    /// In order.
    waivers: Few<usize, 8>,
}

impl Waived<'_> {
    /// The first of them that lifts a clause.
    pub fn get(&self, clause: u32) -> Option<usize> {
        if self.waivers.is_empty() {
            return None;
        }
        let lifts = |waiver: &&usize| self.index.lifts(**waiver, clause);
        self.waivers.iter().find(lifts).copied()
    }
}

/// Whether a layer is in force on the day of the operation.
pub(super) fn in_force(layer: &Layer, point: &Point<'_>) -> Truth {
    let period = &layer.in_force;
    if period.from.is_none() && period.until.is_none() {
        return Truth::True;
    }
    point.today().map_or(Truth::Unknown, |day| {
        (period.from.is_none_or(|from| from <= day) && period.until.is_none_or(|until| day <= until)).into()
    })
}

impl Point<'_> {
    /// Whether a rule whose scope covers the point is obeyed there, and for a bound on holding, aspect by aspect.
    pub fn met(&self, effect: &Effect) -> (Truth, Option<Held>) {
        match effect {
            Effect::Allow(_) | Effect::Owe(_) | Effect::Waive(_) => (Truth::True, None),
            Effect::Forbid => (Truth::False, None),
            Effect::Require(demands) => (Truth::all(demands.iter().map(|demand| self.demand(demand))), None),
            Effect::Keep(keep) => {
                let held = self.held(keep);
                (held.truth(), Some(held))
            }
        }
    }

    /// The same, without aspects.
    pub fn obeys(&self, effect: &Effect) -> bool {
        match effect {
            Effect::Allow(_) | Effect::Owe(_) | Effect::Waive(_) => true,
            Effect::Forbid => false,
            Effect::Require(demands) => demands.iter().all(|demand| self.demand(demand).is_true()),
            Effect::Keep(keep) => self.keeps(keep),
        }
    }

    /// Whether a rule doesn't stand against the point, given whether its scope covers it; takes in that an instruction does.
    #[inline]
    pub fn passes(&self, rule: &Rule, waived: &Waived<'_>, scope: impl Fn(Sight) -> Truth, covered: &mut bool) -> bool {
        match &rule.effect {
            Effect::Allow(_) => {
                *covered = *covered || scope(Sight::Named).is_true();
                true
            }
            Effect::Owe(_) | Effect::Waive(_) => true,
            effect => waived.get(rule.clause).is_some() || scope(Sight::Implied).is_false() || self.obeys(effect),
        }
    }

    /// Whether a demand is met: by one of its means.
    #[inline]
    pub fn demand(&self, demand: &Demand) -> Truth {
        if let [means] = &*demand.any {
            return self.means(means);
        }
        Truth::any(demand.any.iter().map(|means| self.means(means)))
    }

    /// Whether one of the means is in place.
    #[inline]
    pub fn means(&self, means: &Means) -> Truth {
        match means {
            Means::Measure(measure) => self.has_measure(*measure),
            Means::Form(form) => self.has_form(*form),
            Means::Basis(basis) => self.matches(crate::image::Facet::Basis, self.input.basis, *basis),
            Means::Condition(condition) => self.condition(*condition),
        }
    }

    /// The parts of a scope that don't certainly match, with their truth.
    pub fn unmet<'p>(&self, parts: &'p [Arc<Part>], sight: Sight) -> Vec<(&'p Part, Truth)> {
        parts
            .iter()
            .map(Arc::as_ref)
            .map(|part: &Part| (part, self.part(&part.scope, sight)))
            .filter(|(_, truth)| !truth.is_true())
            .collect()
    }

    /// The instruction, by its number, that has the least to settle before it covers the point.
    pub fn nearest(&self) -> Option<usize> {
        // What is unknown weighs less than what differs.
        let weight = |part: &Part, truth: Truth| match (&part.scope, truth) {
            (_, Truth::Unknown) => 1,
            (Scope::Data(list), _) if self.but_for_form(list) => 2,
            (Scope::Data(_), _) => 5,
            (Scope::Slot((Slot::Purpose | Slot::Action, _)), _) => 4,
            _ => 2,
        };
        let met = self.checker.index.met(self);
        let rules = self.checker.image.rules.iter().enumerate();
        let instructions = rules.filter(|(_, rule)| matches!(rule.effect, Effect::Allow(_)));
        let mut nearest: Option<(u32, usize)> = None;
        for (index, rule) in instructions {
            let truth = |part: &Part| {
                let known = met.known((index, rule), &part.scope);
                known.unwrap_or_else(|| self.part(&part.scope, Sight::Named))
            };
            let least = nearest.map_or(u32::MAX, |(least, _)| least);
            let mut sum = 0;
            for part in &rule.parts {
                let truth = truth(part);
                if !truth.is_true() {
                    sum += weight(part, truth);
                }
                if sum >= least {
                    break;
                }
            }
            if sum < least {
                nearest = Some((sum, index));
            }
        }
        nearest.map(|(_, index)| index)
    }
}

impl NativeChecker {
    /// What stands against an operation, and at which points: what [`NativeChecker::decide`] gives reasons for, at the cost
    /// of a verdict. Nothing stands against an allowed one.
    ///
    /// # Errors
    /// When the operation isn't well-formed.
    pub fn faults(&self, operation: &crate::Operation) -> Result<Vec<(Source, [u32; 5])>, crate::Malformed> {
        Ok(self.judge(&self.intern(operation)?).wrong())
    }
}
