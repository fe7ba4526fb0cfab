//! Remedies: concrete changes of the processing, each tried before it is offered.
//!
//! A remedy changes forms, measures, retention, places and recipients; never
//! what the processing is for, whom it concerns, or a fact.

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::Checker;
use super::judge::Source;
use super::point::{Indices, Point, Sight, points};
use crate::calendar::Duration;
use crate::decision::{Change, Decision, Reason, Remedies, Remedy, Step};
use crate::image::{DataList, Effect, Facet, List, Means, Part, Pick, Rule, Scope, Slot};
use crate::limits;
use crate::operation::{Operation, Retention, Told};

/// What is wrong where, to see whether a change removes it.
pub(super) type Wrong = BTreeSet<(Source, Indices)>;

impl Checker {
    /// Adds to a pause what would settle it.
    ///
    /// Tries at most [`limits::REMEDY_TRIALS`] changes, each for the cost of a check.
    pub(super) fn remedy(&self, operation: &Operation, decision: &mut Decision) {
        let Some(wrong) = self.wrong(operation) else { return };
        let mut trials = limits::REMEDY_TRIALS;
        for reason in &mut decision.reasons {
            let source = self.source(reason, &wrong);
            let mut offered = Vec::new();
            for candidate in self.candidates(operation, reason, source) {
                if trials == 0 || offered.len() == 3 {
                    break;
                }
                trials -= 1;
                let Some(rest) = self.wrong(&operation.with_steps(&candidate.steps)) else { continue };
                let cured = reason.points.iter().all(|at| !source.is_some_and(|source| rest.contains(&(source, *at))));
                if source.is_some() && cured && !offered.contains(&candidate) {
                    offered.push(candidate);
                }
            }
            reason.remedies = offered;
        }
        decision.remedies = self.complete(operation, &decision.reasons);
    }

    /// One remedy of each reason, together; then without those that aren't needed.
    fn complete(&self, operation: &Operation, reasons: &[Reason]) -> Remedies {
        let mut steps: Vec<Step> = Vec::new();
        for step in reasons.iter().filter_map(|reason| reason.remedies.first()).flat_map(|remedy| &remedy.steps) {
            if !steps.contains(step) {
                steps.push(step.clone());
            }
        }
        let allows = |steps: &[Step]| self.wrong(&operation.with_steps(steps)).is_some_and(|wrong| wrong.is_empty());
        // One remedy may settle everything, where the first of each don't go together.
        let alone = reasons.iter().flat_map(|reason| &reason.remedies).map(|remedy| &remedy.steps);
        if !allows(&steps)
            && let Some(one) = alone.take(limits::REMEDY_TRIALS).find(|one| allows(one))
        {
            steps.clone_from(one);
        }
        // To put one measure in place says nothing of the others that weren't told.
        let closes = |step: &Step| match step.path.as_str() {
            "measures" => operation.measures.is_none(),
            path => operation
                .data
                .iter()
                .enumerate()
                .any(|(index, item)| item.form.is_none() && path == format!("data[{index}].form")),
        };
        if steps.is_empty() || steps.iter().any(closes) || !allows(&steps) {
            return Remedies { complete: false, steps };
        }
        let mut index = 0;
        while index < steps.len() {
            let mut fewer = steps.clone();
            fewer.remove(index);
            if allows(&fewer) {
                steps = fewer;
            } else {
                index += 1;
            }
        }
        Remedies { complete: true, steps }
    }

    pub(super) fn wrong(&self, operation: &Operation) -> Option<Wrong> {
        operation.validate().ok()?;
        let input = self.intern(operation).ok()?;
        Some(self.judge(&input).faults.into_iter().map(|fault| (fault.source, fault.at)).collect())
    }

    /// Where a reason comes from.
    fn source(&self, reason: &Reason, wrong: &Wrong) -> Option<Source> {
        use crate::decision::Kind;
        let at = reason.points.first()?;
        if reason.kind == Kind::NotCovered {
            return Some(Source::Cover);
        }
        let citation = reason.citation.as_ref()?;
        wrong.iter().find_map(|(source, point)| match source {
            Source::Rule(index) if point == at => {
                (self.citation(self.image.rules.get(*index)?) == *citation).then_some(*source)
            }
            _ => None,
        })
    }

    fn candidates(&self, operation: &Operation, reason: &Reason, source: Option<Source>) -> Vec<Remedy> {
        let Ok(input) = self.intern(operation) else { return Vec::new() };
        let all = points(self, &input);
        let here: Vec<&Point<'_>> = all.iter().filter(|point| reason.points.contains(&point.at)).collect();
        let mut found = Vec::new();
        match source {
            Some(Source::Rule(index)) => {
                let Some(rule) = self.image.rules.get(index) else { return found };
                match &rule.effect {
                    Effect::Require(demands) => self.meet(operation, demands, &here, &mut found),
                    Effect::Keep(keep) if !keep.never => self.keep_within(keep, &here, &mut found),
                    Effect::Forbid => self.step_out(operation, rule, &here, &mut found),
                    _ => {}
                }
            }
            Some(Source::Cover) => self.be_covered(operation, &here, &mut found),
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
    fn meet(
        &self,
        operation: &Operation,
        demands: &[crate::image::Demand],
        here: &[&Point<'_>],
        found: &mut Vec<Remedy>,
    ) {
        let unmet: Vec<&crate::image::Demand> =
            demands.iter().filter(|demand| here.iter().any(|point| !point.demand(demand).is_true())).collect();
        let options = unmet.iter().map(|demand| demand.any.len()).max().unwrap_or(0);
        for option in 0..options {
            let mut build = Build::default();
            for demand in &unmet {
                match demand.any.get(option.min(demand.any.len().saturating_sub(1))) {
                    Some(Means::Measure(measure)) => build.measure(self.image.word(Facet::Measure, *measure)),
                    Some(Means::Form(form)) => build.form(operation, here, self.image.word(Facet::Form, *form)),
                    _ => build.stuck = true,
                }
            }
            build.finish(found);
        }
    }

    fn keep_within(&self, keep: &crate::image::Keep, here: &[&Point<'_>], found: &mut Vec<Remedy>) {
        let bound = |value: Option<u32>| -> Option<Duration> {
            match here.first()?.value(value?) {
                super::input::Val::Duration(duration) => Some(duration),
                _ => None,
            }
        };
        let mut lengths = Vec::new();
        lengths.extend(bound(keep.at_most));
        lengths.extend(bound(keep.at_least));
        for length in lengths {
            let step = Step { path: "retention".into(), change: Change::Set, value: length.iso() };
            found.push(Remedy { text: format!("keep it {length}"), steps: Vec::from([step]) });
        }
        let step = Step { path: "retention".into(), change: Change::Set, value: "agreed".into() };
        found.push(Remedy {
            text: "keep it as agreed: dispose of it when the duty says".into(),
            steps: Vec::from([step]),
        });
    }

    /// Leaves the scope of a prohibition: by a form or a measure that it excepts, or another place or recipient.
    fn step_out(&self, operation: &Operation, rule: &Rule, here: &[&Point<'_>], found: &mut Vec<Remedy>) {
        for part in &rule.parts {
            match &part.scope {
                Scope::Data(DataList::AnyExcept(picks)) => {
                    for pick in picks.iter().filter(|pick| !pick.forms.is_empty()) {
                        let mut build = Build::default();
                        for form in &pick.forms {
                            build.form(operation, here, self.image.word(Facet::Form, *form));
                        }
                        build.finish(found);
                    }
                }
                Scope::Slot((Slot::Recipient, List::AnyExcept(picks))) if picks.contains(&Pick::Authorised) => {
                    self.authorised_elsewhere(operation, here, found);
                }
                Scope::Slot((slot @ Slot::Place, List::AnyExcept(picks))) => {
                    self.go_to(operation, here, *slot, picks, found)
                }
                Scope::Unless(condition) => self.grant(*condition, found),
                _ => {}
            }
        }
    }

    /// Puts in place the measures that a condition asks for.
    fn grant(&self, condition: u32, found: &mut Vec<Remedy>) {
        use crate::image::{Compare, Condition, Literal, Value};
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
                        build.measure(self.image.word(Facet::Measure, *measure));
                        build.finish(found);
                    }
                }
            }
            _ => {}
        }
    }

    /// The recipient's own places, then other recipients in theirs.
    fn authorised_elsewhere(&self, operation: &Operation, here: &[&Point<'_>], found: &mut Vec<Remedy>) {
        let Some(point) = here.first() else { return };
        if let Some(recipient) = point.declared() {
            for place in recipient.places.iter().filter(|place| self.concrete(Facet::Place, **place)) {
                let mut build = Build::default();
                build.slot(operation, here, Slot::Place, self.image.word(Facet::Place, *place));
                build.finish(found);
            }
        }
        let recipients = self.image.facet(Facet::Recipient).iter().zip(&self.image.recipients);
        for (term, declared) in recipients {
            if point.authorised_purpose(declared).is_true() && point.authorised_time(declared).is_true() {
                let mut build = Build::default();
                build.slot(operation, here, Slot::Recipient, &term.name);
                if !point.authorised_place(declared).is_true() {
                    match declared.places.iter().find(|place| self.concrete(Facet::Place, **place)) {
                        Some(place) => build.slot(operation, here, Slot::Place, self.image.word(Facet::Place, *place)),
                        None => build.stuck = true,
                    }
                }
                build.finish(found);
            }
        }
    }

    fn go_to(&self, operation: &Operation, here: &[&Point<'_>], slot: Slot, picks: &[Pick], found: &mut Vec<Remedy>) {
        for pick in picks {
            if let Pick::Term(term) = pick
                && self.concrete(slot.facet(), *term)
            {
                let mut build = Build::default();
                build.slot(operation, here, slot, self.image.word(slot.facet(), *term));
                build.finish(found);
            }
        }
    }

    /// Meets the instructions that only a form, a measure, a place or a recipient separates from the operation.
    fn be_covered(&self, operation: &Operation, here: &[&Point<'_>], found: &mut Vec<Remedy>) {
        let Some(point) = here.first() else { return };
        for rule in self.image.rules.iter().filter(|rule| matches!(rule.effect, Effect::Allow(_))) {
            let unmet: Vec<&Part> = point.unmet(&rule.parts, Sight::Named).into_iter().map(|(part, _)| part).collect();
            let mut build = Build::default();
            for part in unmet {
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
                                build.form(operation, here, self.image.word(Facet::Form, *form));
                            }),
                            None => build.stuck = true,
                        }
                    }
                    Scope::Measures(measures) => {
                        measures.iter().for_each(|measure| build.measure(self.image.word(Facet::Measure, *measure)));
                    }
                    Scope::Slot((slot @ (Slot::Place | Slot::Recipient), List::These(picks))) => {
                        let leaf = picks.iter().find_map(|pick| match pick {
                            Pick::Term(term) if self.concrete(slot.facet(), *term) => Some(*term),
                            _ => None,
                        });
                        match leaf {
                            Some(term) => build.slot(operation, here, *slot, self.image.word(slot.facet(), term)),
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
    }
}

/// A remedy in the making.
#[derive(Default)]
struct Build {
    texts: Vec<String>,
    steps: Vec<Step>,
    /// Whether something needed can't be changed by a remedy.
    stuck: bool,
}

impl Build {
    fn step(&mut self, text: String, path: String, change: Change, value: &str) {
        let step = Step { path, change, value: value.to_string() };
        if !self.steps.contains(&step) {
            if !self.texts.contains(&text) {
                self.texts.push(text);
            }
            self.steps.push(step);
        }
    }

    fn measure(&mut self, measure: &str) {
        self.step(format!("put {measure} in place"), "measures".into(), Change::Add, measure);
    }

    fn form(&mut self, operation: &Operation, here: &[&Point<'_>], form: &str) {
        for point in here {
            let index = point.at[0] as usize;
            let item = operation.data.get(index);
            let has = item.and_then(|item| item.form.as_ref()).is_some_and(|forms| forms.iter().any(|own| own == form));
            if !has {
                let name = item.map(|item| item.category.as_str()).unwrap_or_default();
                self.step(format!("make {name} {form}"), format!("data[{index}].form"), Change::Add, form);
            }
        }
    }

    fn slot(&mut self, operation: &Operation, here: &[&Point<'_>], slot: Slot, word: &str) {
        for point in here {
            let path = match operation.legs.is_empty() {
                true => slot.word().to_string(),
                false => format!("legs[{}].{}", point.at[3], slot.word()),
            };
            let text =
                if slot == Slot::Place { format!("move it to {word}") } else { format!("use {word} as the recipient") };
            self.step(text, path, Change::Set, word);
        }
    }

    fn finish(self, found: &mut Vec<Remedy>) {
        if !self.stuck && !self.steps.is_empty() {
            found.push(Remedy { text: self.texts.join(", "), steps: self.steps });
        }
    }
}

impl Operation {
    /// The operation with steps of a remedy carried out. A step whose path isn't there changes nothing.
    #[must_use]
    pub fn with_steps(&self, steps: &[Step]) -> Self {
        let mut changed = self.clone();
        for step in steps {
            changed.step(step);
        }
        changed
    }

    fn step(&mut self, step: &Step) {
        let value = step.value.clone();
        let add = |set: &mut Option<Vec<String>>| {
            let set = set.get_or_insert_default();
            if !set.contains(&value) {
                set.push(value.clone());
            }
        };
        let index = |prefix: &str| -> Option<(usize, String)> {
            let (index, rest) = step.path.strip_prefix(prefix)?.split_once("].")?;
            Some((index.parse().ok()?, rest.to_string()))
        };
        match step.path.as_str() {
            "measures" => add(&mut self.measures),
            "place" => self.place = Told::Is(value),
            "recipient" => self.recipient = Told::Is(value),
            "retention" => {
                self.retention = match value.as_str() {
                    "agreed" => Retention::Agreed,
                    "none" => Retention::None,
                    text => Duration::parse(text).map_or(self.retention, Retention::For),
                }
            }
            _ => {
                if let Some((index, "form")) = index("data[").as_ref().map(|(index, rest)| (*index, rest.as_str()))
                    && let Some(item) = self.data.get_mut(index)
                {
                    add(&mut item.form);
                }
                if let Some((index, part)) = index("legs[")
                    && let Some(leg) = self.legs.get_mut(index)
                {
                    match part.as_str() {
                        "place" => leg.place = Told::Is(value),
                        "recipient" => leg.recipient = Told::Is(value),
                        _ => {}
                    }
                }
            }
        }
    }
}
