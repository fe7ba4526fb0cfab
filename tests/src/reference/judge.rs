//! Section 5: what stands against each point, and the decision.

use std::collections::{BTreeMap, BTreeSet};

use abey_engine::Operation;
use abey_engine::calendar::{Date, Moment};
use abey_engine::decision::{
    Citation, Cover, Decision, Duty, DutyState, Interpretation, Kind, PolicyRef, Reason, Remedies, TimeFrom, Verdict,
};
use abey_engine::truth::Truth;
use abey_lang::diagnostic::line_and_column;
use abey_lang::model::{Clause, Condition, Demand, Effect, Facet, List, Means, Pick, Rule, Scope, Slot};

use super::given::Given;
use super::scope::View;
use super::words::{named, summary};
use super::{At, Reference};

/// What stands against a point, in the order of a decision.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Source {
    /// A layer that isn't in force.
    InForce(usize),
    /// A layer that doesn't apply.
    Applies(usize),
    /// A word that the vocabulary doesn't have.
    Strange(usize),
    /// No instruction.
    Cover,
    /// A rule.
    Rule(Place),
}

/// A rule, by its clause and its place in it.
pub(super) type Place = (usize, usize);

/// Every point of an operation, in order: items first, then subjects, purposes, legs and origins.
fn points<'a>(of: &'a Reference<'a>, given: &'a Given) -> Vec<At<'a>> {
    let mut found = Vec::new();
    for item in 0..given.items.len() {
        for subject in 0..given.subjects.len() {
            for purpose in 0..given.purposes.len() {
                for leg in 0..given.legs.len() {
                    for origin in 0..given.origins.len() {
                        found.push(At { of, given, at: [item, subject, purpose, leg, origin] });
                    }
                }
            }
        }
    }
    found
}

impl<'a> At<'a> {
    pub(super) fn indices(&self) -> [u32; 5] {
        self.at.map(|index| index as u32)
    }

    pub(super) fn rules(&self) -> impl Iterator<Item = (Place, &'a Clause, &'a Rule)> {
        let clauses = self.of.policy.clauses.iter().enumerate();
        clauses.flat_map(|(c, clause)| clause.rules.iter().enumerate().map(move |(r, rule)| ((c, r), clause, rule)))
    }

    /// "If `in force` or `applies when` of any layer isn't true: pause, with that reason."
    fn layers_against(&self) -> Vec<Source> {
        let layers = self.of.policy.layers.iter().enumerate();
        let against = layers.flat_map(|(index, layer)| {
            let in_force = (Source::InForce(index), self.during(&layer.in_force));
            let applies =
                layer.applies.as_ref().map(|guard| (Source::Applies(index), self.condition(&guard.condition)));
            [in_force].into_iter().chain(applies)
        });
        against.filter(|(_, truth)| *truth != Truth::True).map(|(source, _)| source).collect()
    }

    /// Whether a rule that restricts is obeyed: out of its scope, or what it asks for is so.
    pub(super) fn obeyed(&self, clause: &Clause, rule: &Rule) -> (Truth, Truth) {
        let scope = self.scope(clause, rule, View::Implied);
        let asked = match &rule.effect {
            _ if scope == Truth::False => Truth::True,
            Effect::Forbid => Truth::False,
            Effect::Require(demands) => Truth::all(demands.iter().map(|demand| self.demand(demand))),
            Effect::Keep(keep) => self.held(keep).holds(),
            _ => Truth::True,
        };
        (scope, asked)
    }

    /// "A list demands each; one of (…) demands any."
    pub(super) fn demand(&self, demand: &Demand) -> Truth {
        Truth::any(demand.any.iter().map(|means| match means {
            Means::Measure(measure) => self.in_place(*measure),
            Means::Form(form) => self.has_form(*form),
            Means::Basis(basis) => self.matches(Facet::Basis, &self.given.basis, *basis),
            Means::Condition(condition) => self.condition(condition),
        }))
    }

    /// The exception that lifts the rules of a clause here: it "sees what is named, holds only where it is certain".
    pub(super) fn waiver(&self, clause: usize) -> Option<Place> {
        let lifts = |effect: &Effect| matches!(effect, Effect::Waive(clauses) if clauses.contains(&(clause as u32)));
        let mut rules = self.rules().filter(|(.., rule)| lifts(&rule.effect));
        rules.find(|(_, clause, rule)| self.scope(clause, rule, View::Named) == Truth::True).map(|(at, ..)| at)
    }

    /// Whether a rule that restricts stands against this point.
    fn stands_against(&self, place: Place) -> bool {
        let (clause, rule) = self.of.rule(place);
        let (scope, asked) = self.obeyed(clause, rule);
        let broken = scope != Truth::False && asked != Truth::True;
        self.layers_against().is_empty() && broken && self.waiver(place.0).is_none()
    }

    /// What kind of reason a rule gives that isn't obeyed.
    pub(super) fn kind(&self, place: Place) -> Kind {
        let (clause, rule) = self.of.rule(place);
        let (scope, asked) = self.obeyed(clause, rule);
        match &rule.effect {
            Effect::Forbid if scope != Truth::True => Kind::FactMissing,
            Effect::Forbid if clause.deferred => Kind::NoAgreement,
            Effect::Forbid if self.waits(place).is_some() => Kind::Waiting,
            Effect::Forbid => Kind::Prohibited,
            _ if asked != Truth::False => Kind::FactMissing,
            Effect::Require(_) => Kind::SafeguardMissing,
            _ => Kind::Retention,
        }
    }

    /// "When it lapses by itself if it does": the last day on which a rule stands against this point.
    pub(super) fn lapses(&self, place: Place) -> Option<Date> {
        match &self.of.rule(place).1.effect {
            Effect::Forbid if self.kind(place) == Kind::Waiting => self.waits(place),
            Effect::Keep(keep) if self.held(keep).ripe == Truth::False => {
                let first = self.first_day(keep)?;
                self.gone_after(Date(first.0 - 1), place)
            }
            _ => None,
        }
    }

    /// The last day before the recipient is authorised, where a prohibition waits for nothing else.
    fn waits(&self, place: Place) -> Option<Date> {
        let (clause, rule) = self.of.rule(place);
        let parts = clause.scope.iter().chain(&rule.scope);
        let names = parts.map(|part| match &part.scope {
            Scope::Slot(Slot::Recipient, List::AnyExcept(picks)) => picks.contains(&Pick::Authorised),
            Scope::When(condition) | Scope::Unless(condition) => asks_authorised(condition),
            _ => false,
        });
        if !names.into_iter().any(|names| names) || self.authorisation() != (Truth::True, Truth::False) {
            return None;
        }
        self.gone_after(self.not_authorised_until()?, place)
    }

    /// The day, where the same operation on the day after has the rule no longer against it.
    fn gone_after(&self, last: Date, place: Place) -> Option<Date> {
        let time = Some(self.of.start(Moment::Date(Date(last.0 + 1))));
        let then = Given::read(self.of, &Operation { time, ..self.given.operation.clone() }).ok()?;
        let gone = !At { given: &then, of: self.of, at: self.at }.stands_against(place);
        gone.then_some(last)
    }
}

fn asks_authorised(condition: &Condition) -> bool {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => parts.iter().any(asks_authorised),
        Condition::Not(part) => asks_authorised(part),
        Condition::Authorised => true,
        Condition::Test(..) => false,
    }
}

/// What a decision gathers over its points.
#[derive(Default)]
struct Gathered {
    reasons: Vec<(Source, Reason)>,
    covers: BTreeMap<Place, Vec<[u32; 5]>>,
    duties: Vec<(Place, Duty)>,
    /// Rules whose interpretation the decision rests on.
    rests_on: BTreeSet<Place>,
}

impl Gathered {
    fn point(&mut self, at: &At<'_>) {
        let layers = at.layers_against();
        if !layers.is_empty() {
            layers.into_iter().for_each(|layer| self.reason(at, layer));
            return;
        }
        for (index, strange) in at.given.strange.iter().enumerate() {
            if strange.item.is_none_or(|item| item == at.at[0]) {
                self.reason(at, Source::Strange(index));
            }
        }
        let mut covered = false;
        for (place, clause, rule) in at.rules() {
            if matches!(rule.effect, Effect::Allow(_)) && at.scope(clause, rule, View::Named) == Truth::True {
                covered = true;
                self.cover(at, place);
            }
        }
        if !covered {
            self.reason(at, Source::Cover);
        }
        for (place, clause, rule) in at.rules() {
            self.rule(at, place, clause, rule);
        }
    }

    /// A rule that restricts, or that yields a duty.
    fn rule(&mut self, at: &At<'_>, place: Place, clause: &Clause, rule: &Rule) {
        if matches!(rule.effect, Effect::Allow(_) | Effect::Waive(_)) {
            return;
        }
        let (scope, asked) = at.obeyed(clause, rule);
        if scope == Truth::False {
            return;
        }
        let owes = matches!(rule.effect, Effect::Owe(_));
        let waiver = if owes { None } else { at.waiver(place.0) };
        // The verdict rests on what restricts it, whether that is obeyed or not.
        if !owes && waiver.is_none() {
            self.rests_on.insert(place);
        }
        if waiver.is_none()
            && let Some((state, due)) = at.owed(scope, rule)
        {
            self.duty(at, place, state, due);
        }
        match waiver {
            _ if asked == Truth::True => {}
            // "It is cited in the allow that it makes possible."
            Some(waiver) => self.cover(at, waiver),
            None => self.reason(at, Source::Rule(place)),
        }
    }

    fn cover(&mut self, at: &At<'_>, place: Place) {
        self.rests_on.insert(place);
        let points = self.covers.entry(place).or_default();
        if !points.contains(&at.indices()) {
            points.push(at.indices());
        }
    }

    /// A duty of a rule, joined with the same one of other points.
    fn duty(&mut self, at: &At<'_>, place: Place, state: DutyState, due: Option<String>) {
        let twin = |(own, duty): &&mut (Place, Duty)| *own == place && duty.state == state && duty.due == due;
        match self.duties.iter_mut().find(twin) {
            Some((_, duty)) => {
                duty.points.push(at.indices());
                merge(&mut duty.items, [at.item_name()]);
            }
            None => {
                let (duty, clock) = at.of.duty(place);
                let (citation, points, items) = (at.of.citation(place), vec![at.indices()], vec![at.item_name()]);
                self.duties.push((place, Duty { duty, state, due, clock, citation, points, items }));
            }
        }
    }

    /// A reason, joined with those of other points that have the same source, kind and sentence.
    fn reason(&mut self, at: &At<'_>, source: Source) {
        let reason = at.reason(source);
        let twin = |(own, earlier): &&mut (Source, Reason)| {
            *own == source && earlier.kind == reason.kind && earlier.message == reason.message
        };
        match self.reasons.iter_mut().find(twin) {
            Some((_, earlier)) => {
                earlier.points.extend(reason.points);
                merge(&mut earlier.items, reason.items);
                merge(&mut earlier.findings, reason.findings);
                // What holds at several points lapses when the last of them does.
                earlier.lapses = earlier.lapses.take().zip(reason.lapses).map(|(one, other)| one.max(other));
            }
            None => self.reasons.push((source, reason)),
        }
    }
}

fn merge<T: PartialEq>(list: &mut Vec<T>, more: impl IntoIterator<Item = T>) {
    for one in more {
        if !list.contains(&one) {
            list.push(one);
        }
    }
}

/// The decision on an operation.
pub(super) fn decision(of: &Reference<'_>, given: &Given, about: &PolicyRef) -> Decision {
    let mut gathered = Gathered::default();
    points(of, given).iter().for_each(|at| gathered.point(at));
    let Gathered { mut reasons, covers, mut duties, rests_on } = gathered;
    reasons.sort_by_key(|(source, _)| *source);
    duties.sort_by_key(|(place, _)| *place);
    let allow = reasons.is_empty();
    let covered = covers.into_iter().filter(|_| allow);
    let covered: Vec<Cover> = covered.map(|(place, points)| of.cover(place, points)).collect();
    let reasons: Vec<Reason> = reasons.into_iter().map(|(_, reason)| named(reason)).collect();
    let duties: Vec<Duty> = duties.into_iter().map(|(_, duty)| duty).collect();
    Decision {
        verdict: if allow { Verdict::Allow } else { Verdict::Pause },
        summary: summary(&covered, &reasons, &duties),
        policy: about.clone(),
        time: given.time.map(|time| time.to_string()),
        time_from: if given.time.is_some() { TimeFrom::Operation } else { TimeFrom::Unknown },
        covered,
        reasons,
        duties,
        because: because(of, rests_on),
        questions: Vec::new(),
        remedies: Remedies { complete: false, steps: Vec::new() },
        ignored: given.ignored.clone(),
    }
}

/// "The `because` notes on which it rests."
fn because(of: &Reference<'_>, rests_on: BTreeSet<Place>) -> Vec<Interpretation> {
    let mut found: Vec<Interpretation> = Vec::new();
    for (c, r) in rests_on {
        let clause = &of.policy.clauses[c];
        for text in [&clause.because, &clause.rules[r].because].into_iter().flatten() {
            merge(&mut found, [Interpretation { clause: clause.label.clone(), text: text.clone() }]);
        }
    }
    found
}

impl Reference<'_> {
    pub(super) fn rule(&self, place: Place) -> (&Clause, &Rule) {
        let clause = &self.policy.clauses[place.0];
        (clause, &clause.rules[place.1])
    }

    /// "Cite the sentence of the agreement that made it": the clause with its title, and the place in the source.
    pub(super) fn citation(&self, place: Place) -> Citation {
        let (clause, rule) = self.rule(place);
        let layer = &self.policy.layers[clause.layer];
        let (line, column) = line_and_column(&layer.source, rule.span.start);
        Citation {
            layer: layer.name.clone(),
            clause: clause.label.clone(),
            title: clause.title.clone(),
            rule: rule.text.clone(),
            line,
            column,
            absolute: clause.absolute,
        }
    }

    fn cover(&self, place: Place, points: Vec<[u32; 5]>) -> Cover {
        let resting_on = match &self.rule(place).1.effect {
            Effect::Allow(bases) => {
                bases.iter().map(|basis| self.words(Facet::Basis).names()[*basis as usize].clone()).collect()
            }
            _ => Vec::new(),
        };
        Cover { citation: self.citation(place), points, resting_on }
    }

    /// What is owed, and its clock: of a bound "delete or anonymise".
    fn duty(&self, place: Place) -> (String, String) {
        match &self.rule(place).1.effect {
            Effect::Owe(owe) => (owe.duty.clone(), owe.text.clone()),
            Effect::Keep(keep) if keep.then.is_empty() => ("dispose of it".into(), keep.text.clone()),
            Effect::Keep(keep) => {
                let names = self.words(Facet::Action).names();
                let then: Vec<&str> = keep.then.iter().map(|action| names[*action as usize].as_str()).collect();
                (then.join(" or "), keep.text.clone())
            }
            _ => (String::new(), String::new()),
        }
    }
}
