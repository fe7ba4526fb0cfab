//! What comes with a decision: the clauses that cover an allowed operation, and duties.

use alloc::string::ToString;
use alloc::vec::Vec;
use core::cmp::Ordering;

use super::explain::Explainer;
use super::judge::Hit;
use super::point::Indices;
use super::possible;
use super::val::Val;
use crate::decision::{CoverDraft, DutyDraft, DutyState};
use crate::image::{Effect, Facet};
use crate::json::Text;
use crate::many::Many;
use crate::sorted::sort;
use crate::truth::Truth;

impl<'c> Explainer<'c, '_> {
    pub(super) fn covers(&self, hits: &[Hit]) -> Vec<CoverDraft<'c>> {
        let mut hits: Vec<&Hit> = hits.iter().collect();
        sort(&mut hits, |one, other| (one.rule, one.at).cmp(&(other.rule, other.at)));
        let by_rule = hits
            .chunk_by(|one, other| one.rule == other.rule)
            .filter_map(|of| Some((of.first()?.rule, of.iter().map(|hit| hit.at).collect::<Many<Indices>>())));
        let image = &self.checker.image;
        let rules = by_rule.filter_map(|(index, points)| Some((image.rules.get(index)?, points)));
        rules
            .map(|(rule, points)| CoverDraft {
                citation: self.checker.citation(rule),
                points,
                resting_on: match &rule.effect {
                    Effect::Allow(bases) => bases.iter().map(|basis| image.word(Facet::Basis, *basis).into()).collect(),
                    _ => Many::None,
                },
            })
            .collect()
    }

    pub(super) fn duties(&self, hits: &[Hit]) -> Vec<DutyDraft<'c>> {
        let mut duties: Vec<(usize, DutyDraft<'c>)> = Vec::with_capacity(hits.len().min(8));
        // Where they stand, in the order of their rules, days and states.
        let mut known: Vec<usize> = Vec::new();
        for hit in hits {
            let Some(duty) = self.duty(hit) else { continue };
            // At a point no rule comes up twice.
            if let [_] = self.points.0.as_slice() {
                duties.push((hit.rule, duty));
                continue;
            }
            let order = |one: &usize| {
                duties.get(*one).map_or(Ordering::Less, |(rule, earlier)| {
                    (rule, &earlier.due, earlier.state).cmp(&(&hit.rule, &duty.due, duty.state))
                })
            };
            let twin = known.binary_search_by(order);
            if let Err(place) = twin {
                known.insert(place, duties.len());
            }
            match twin.ok().and_then(|twin| duties.get_mut(*known.get(twin)?)) {
                Some((_, earlier)) => {
                    earlier.points.push(hit.at);
                    for item in duty.items {
                        if !earlier.items.contains(&item) {
                            earlier.items.push(item);
                        }
                    }
                }
                None => duties.push((hit.rule, duty)),
            }
        }
        // Of one rule, in the order of the points.
        sort(&mut duties, |(rule, duty), (other, later)| {
            (rule, duty.points.first()).cmp(&(other, later.points.first()))
        });
        duties.into_iter().map(|(_, duty)| duty).collect()
    }

    pub(super) fn duty(&self, hit: &Hit) -> Option<DutyDraft<'c>> {
        let image = &self.checker.image;
        let rule = image.rules.get(hit.rule)?;
        let point = self.points.get(&hit.at)?;
        let (duty, clock, due, standing) = match &rule.effect {
            Effect::Keep(keep) => {
                let then: Vec<&str> = keep.then.iter().map(|action| image.word(Facet::Action, *action)).collect();
                let what: Text<'c> = match then.as_slice() {
                    [] => "dispose of it".into(),
                    [only] => Text::Borrowed(only),
                    several => several.join(" or ").into(),
                };
                if keep.at_most.is_none() && keep.until.is_none() && keep.during.is_none() {
                    return None;
                }
                let held = hit.held.as_ref()?;
                // What may be held only while a condition holds is to be disposed of as soon as it doesn't.
                let during = keep.during.map_or(Truth::True, |during| point.condition(during));
                let due = match (during, point.today()) {
                    (Truth::True, _) => held.last.clone(),
                    // Where another bound has ended before, it was due then.
                    (Truth::False, Some(today)) => match held.last.moment() {
                        Some(last) if last.day(image.offset) < today => Val::Moment(last),
                        _ => Val::Moment(crate::calendar::Moment::Date(today)),
                    },
                    (Truth::False | Truth::Unknown, _) => Val::Unknown,
                };
                (what, keep.text.as_str(), due, false)
            }
            Effect::Owe(owe) => {
                let event = owe.event.map_or(Val::None, |event| point.value(event));
                let due = match owe.within {
                    // An event that has come starts a duty without a period: due, on no day.
                    None => possible::combined(&[event], |parts| match parts {
                        [Val::None] => Val::None,
                        [Val::Unknown] | [] => Val::Unknown,
                        _ => Val::Bool(true),
                    }),
                    Some(within) => possible::combined(&[event, point.value(within)], |parts| match parts {
                        [Val::Moment(event), Val::Duration(within)] => Val::Moment(event.plus(*within, image.offset)),
                        [Val::None, _] => Val::None,
                        _ => Val::Unknown,
                    }),
                };
                (Text::Borrowed(owe.duty.as_str()), owe.text.as_str(), due, owe.event.is_none())
            }
            _ => return None,
        };
        let state = match (&due, hit.scope) {
            (_, Truth::Unknown | Truth::False) | (Val::Unknown | Val::Either(_), _) => DutyState::Possible,
            _ if standing => DutyState::Standing,
            (Val::None, _) => DutyState::Open,
            _ => DutyState::Due,
        };
        let due = due.moment().map(|moment| moment.to_string().into());
        let items = Many::One(self.item_name(hit.at));
        Some(DutyDraft {
            duty,
            state,
            due,
            clock: clock.into(),
            citation: self.checker.citation(rule),
            points: Many::One(hit.at),
            items,
        })
    }
}
