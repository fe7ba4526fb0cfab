//! Changes that may remove a reason: forms, measures, retention, places and recipients. Whether they do is tried after.

use alloc::vec::Vec;

use super::NativeChecker;
use super::input::Input;
use super::judge::Source;
use super::moves::{Build, Move};
use super::point::{Point, Sight, each};
use crate::calendar::Duration;
use crate::decision::ReasonDraft;
use crate::image::{Compare, Condition, DataList, Effect, Facet, List, Literal, Means, Pick, Rule, Scope, Slot, Value};

impl NativeChecker {
    /// What may remove a reason that comes from there, in the order in which it is offered. At so many exceptions it may look
    /// yet.
    pub(super) fn candidates(
        &self,
        input: &Input<'_>,
        reason: &ReasonDraft<'_>,
        source: Source,
        looks: &mut usize,
    ) -> Vec<Vec<Move>> {
        if !matches!(source, Source::Rule(_) | Source::Cover) {
            return Vec::new();
        }
        let mut all = Vec::with_capacity(reason.points.len());
        each(self, input, |point| {
            // The points of a reason are in their order.
            if reason.points.binary_search(&point.at).is_ok() {
                all.push(point);
            }
            true
        });
        let here: Vec<&Point<'_>> = all.iter().collect();
        let mut found = Vec::new();
        match source {
            Source::Rule(index) => {
                let Some(rule) = self.image.rules.get(index) else { return found };
                match &rule.effect {
                    Effect::Require(demands) => self.meet(demands, &here, &mut found),
                    Effect::Keep(keep) if !keep.never => self.keep_within(keep, &here, &mut found),
                    Effect::Forbid => self.step_out(input, rule, &here, &mut found),
                    _ => {}
                }
                // Or an exception lifts its clause.
                for waiver in self.index.lifting(rule.clause) {
                    let Some(left) = looks.checked_sub(1) else { break };
                    *looks = left;
                    self.image.rules.get(waiver).into_iter().for_each(|own| self.enter(input, own, &here, &mut found));
                }
            }
            Source::Cover => self.be_covered(input, &here, &mut found),
            _ => {}
        }
        found
    }

    /// Whether a term says enough to go there: a leaf, or a country, whose regions are its own affair.
    fn concrete(&self, facet: Facet, term: u32) -> bool {
        let country = facet == Facet::Place && {
            let declared = self.image.facet(facet).get(term as usize);
            declared.is_some_and(|term| term.parents.iter().any(|edge| edge.parent == self.image.core.country))
        };
        country || !self.hierarchy(facet).general(term)
    }

    /// Puts in place one of the means of each unmet demand; the first that a measure or form can meet.
    fn meet(&self, demands: &[crate::image::Demand], here: &[&Point<'_>], found: &mut Vec<Vec<Move>>) {
        let unmet: Vec<&crate::image::Demand> =
            demands.iter().filter(|demand| here.iter().any(|point| !point.demand(demand).is_true())).collect();
        let options = unmet.iter().map(|demand| demand.any.len()).max().unwrap_or(0);
        for option in 0..options {
            let mut build = Build::default();
            for demand in &unmet {
                match demand.any.get(option.min(demand.any.len().saturating_sub(1))) {
                    Some(Means::Measure(measure)) => build.measure(*measure),
                    Some(Means::Form(form)) => build.form(here, *form),
                    _ => build.stuck = true,
                }
            }
            build.finish(found);
        }
    }

    fn keep_within(&self, keep: &crate::image::Keep, here: &[&Point<'_>], found: &mut Vec<Vec<Move>>) {
        let bound = |value: Option<u32>| -> Option<Duration> {
            match here.first()?.value(value?) {
                super::val::Val::Duration(duration) => Some(duration),
                _ => None,
            }
        };
        let mut lengths = Vec::new();
        lengths.extend(bound(keep.at_most));
        lengths.extend(bound(keep.at_least));
        found.extend(lengths.into_iter().map(|length| Vec::from([Move::Keep(Some(length))])));
        found.push(Vec::from([Move::Keep(None)]));
    }

    /// Leaves the scope of a prohibition: by a form or a measure that it excepts, or another place or recipient.
    fn step_out(&self, input: &Input<'_>, rule: &Rule, here: &[&Point<'_>], found: &mut Vec<Vec<Move>>) {
        for part in &rule.parts {
            match &part.scope {
                Scope::Data(DataList::AnyExcept(picks)) => {
                    for pick in picks.iter().filter(|pick| !pick.forms.is_empty()) {
                        let mut build = Build::default();
                        for form in &pick.forms {
                            build.form(here, *form);
                        }
                        build.finish(found);
                    }
                }
                Scope::Slot((Slot::Recipient, List::AnyExcept(picks))) if picks.contains(&Pick::Authorised) => {
                    self.authorised_elsewhere(input, here, found);
                }
                Scope::Slot((slot @ Slot::Place, List::AnyExcept(picks))) => {
                    self.go_to(input, here, *slot, picks, found)
                }
                Scope::Unless(condition) => self.grant(*condition, found),
                _ => {}
            }
        }
    }

    /// Puts in place the measures that a condition asks for.
    fn grant(&self, condition: u32, found: &mut Vec<Vec<Move>>) {
        match self.image.conditions.get(condition as usize) {
            Some(Condition::All(of) | Condition::Any(of)) => of.iter().for_each(|part| self.grant(*part, found)),
            Some(Condition::Test(test)) if test.compare == Compare::Includes => {
                if self.image.values.get(test.left as usize) != Some(&Value::Measures) {
                    return;
                }
                for right in &test.right {
                    if let Some(Value::Literal(Literal::Term((Facet::Measure, measure)))) =
                        self.image.values.get(*right as usize)
                    {
                        let mut build = Build::default();
                        build.measure(*measure);
                        build.finish(found);
                    }
                }
            }
            _ => {}
        }
    }

    /// The recipient's own places, then other recipients in theirs.
    fn authorised_elsewhere(&self, input: &Input<'_>, here: &[&Point<'_>], found: &mut Vec<Vec<Move>>) {
        let Some(point) = here.first() else { return };
        if let Some(recipient) = point.declared() {
            for place in recipient.places.iter().filter(|place| self.concrete(Facet::Place, **place)) {
                let mut build = Build::default();
                build.slot(input, here, Slot::Place, *place);
                build.finish(found);
            }
        }
        for (term, declared) in (0..).zip(&self.image.recipients).take(self.image.facet(Facet::Recipient).len()) {
            if point.authorised_purpose(declared).is_true() && point.authorised_time(declared).is_true() {
                let mut build = Build::default();
                build.slot(input, here, Slot::Recipient, term);
                if !point.authorised_place(declared).is_true() {
                    match declared.places.iter().find(|place| self.concrete(Facet::Place, **place)) {
                        Some(place) => build.slot(input, here, Slot::Place, *place),
                        None => build.stuck = true,
                    }
                }
                build.finish(found);
            }
        }
    }

    fn go_to(&self, input: &Input<'_>, here: &[&Point<'_>], slot: Slot, picks: &[Pick], found: &mut Vec<Vec<Move>>) {
        for pick in picks {
            if let Pick::Term(term) = pick
                && self.concrete(slot.facet(), *term)
            {
                let mut build = Build::default();
                build.slot(input, here, slot, *term);
                build.finish(found);
            }
        }
    }

    /// Meets the instructions that only a form, a measure, a place or a recipient separates from the operation.
    fn be_covered(&self, input: &Input<'_>, here: &[&Point<'_>], found: &mut Vec<Vec<Move>>) {
        let instructions = self.image.rules.iter().filter(|rule| matches!(rule.effect, Effect::Allow(_)));
        instructions.for_each(|rule| self.enter(input, rule, here, found));
    }

    /// Comes into the scope of a rule by a form, a measure, a place or a recipient, where nothing else is in the way.
    fn enter(&self, input: &Input<'_>, rule: &Rule, here: &[&Point<'_>], found: &mut Vec<Vec<Move>>) {
        let Some(point) = here.first() else { return };
        let mut build = Build::default();
        for part in rule.parts.iter().filter(|part| !point.part(&part.scope, Sight::Named).is_true()) {
            match &part.scope {
                Scope::Data(DataList::These(picks)) => {
                    let near = picks.iter().find(|pick| {
                        let category = pick
                            .category
                            .is_none_or(|term| point.matches(Facet::Data, point.item.category, term).is_true());
                        category && !pick.raw && !pick.forms.is_empty()
                    });
                    match near {
                        Some(pick) => pick.forms.iter().for_each(|form| {
                            build.form(here, *form);
                        }),
                        None => build.stuck = true,
                    }
                }
                Scope::Measures(measures) => {
                    measures.iter().for_each(|measure| build.measure(*measure));
                }
                Scope::When(condition) => self.put_in_place(point, *condition, &mut build),
                Scope::Slot((slot @ (Slot::Place | Slot::Recipient), List::These(picks))) => {
                    let leaf = picks.iter().find_map(|pick| match pick {
                        Pick::Term(term) if self.concrete(slot.facet(), *term) => Some(*term),
                        _ => None,
                    });
                    match leaf {
                        Some(term) => build.slot(input, here, *slot, term),
                        None => build.stuck = true,
                    }
                }
                _ => build.stuck = true,
            }
            if build.stuck {
                break;
            }
        }
        build.finish(found);
    }

    /// Puts in place the measures by which a condition holds: all that it names, of which the fewest are kept that do.
    fn put_in_place(&self, point: &Point<'_>, condition: u32, build: &mut Build) {
        if point.condition(condition).is_true() {
            return;
        }
        match self.image.conditions.get(condition as usize) {
            Some(Condition::All(of)) => of.iter().for_each(|part| self.put_in_place(point, *part, build)),
            Some(Condition::Any(of)) => {
                // One of them is enough.
                let (before, mut some) = (build.stuck, false);
                for part in of {
                    build.stuck = false;
                    self.put_in_place(point, *part, build);
                    some |= !build.stuck;
                }
                build.stuck = before || !some;
            }
            Some(Condition::Test(test))
                if test.compare == Compare::Includes
                    && self.image.values.get(test.left as usize) == Some(&Value::Measures) =>
            {
                for right in &test.right {
                    match self.image.values.get(*right as usize) {
                        Some(Value::Literal(Literal::Term((Facet::Measure, measure)))) => build.measure(*measure),
                        _ => build.stuck = true,
                    }
                }
            }
            _ => build.stuck = true,
        }
    }
}
