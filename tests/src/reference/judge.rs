//! Section 5: what stands against each point, and the decision.

use abey_engine::calendar::Date;
use abey_engine::decision::{
    Citation, Cover, Decision, Duty, DutyState, Interpretation, Kind, PolicyRef, Reason, Remedies, TimeFrom, Verdict,
};
use abey_engine::truth::Truth;
use abey_lang::diagnostic::line_and_column;
use abey_lang::model::{Clause, Demand, Effect, Facet, Means, Rule, Slot};

use super::given::Given;
use super::scope::View;
use super::value::Val;
use super::{At, Reference, Word};

/// What stands against a point.
#[derive(Clone, PartialEq)]
pub(super) enum Against {
    /// A layer that isn't in force, or doesn't apply.
    Layer(Kind, usize),
    /// A word that the vocabulary doesn't have.
    Strange(usize),
    /// No instruction.
    Uncovered,
    /// A rule, by its clause and its place in it, and the last day on which it does where that passes by itself.
    Rule(Kind, usize, usize, Option<String>),
}

/// Every point of an operation, in order: items first, then subjects, purposes, legs and origins.
fn points<'a>(of: &'a Reference<'a>, given: &'a Given) -> Vec<At<'a>> {
    let mut found = Vec::new();
    for item in 0..given.items.len() {
        for subject in 0..given.subjects.len() {
            for purpose in 0..given.purposes.len() {
                for leg in 0..given.legs.len() {
                    for origin in 0..given.origins.len() {
                        found.push(At { of, given, at: [item, subject, purpose, leg, origin], ahead: false });
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

    fn rules(&self) -> impl Iterator<Item = ((usize, usize), &'a Clause, &'a Rule)> {
        let clauses = self.of.policy.clauses.iter().enumerate();
        clauses.flat_map(|(c, clause)| clause.rules.iter().enumerate().map(move |(r, rule)| ((c, r), clause, rule)))
    }

    /// "If `in force` or `applies when` of any layer isn't true: pause, with that reason."
    fn layers_against(&self) -> Vec<Against> {
        let layers = self.of.policy.layers.iter().enumerate();
        let against = layers.filter_map(|(index, layer)| {
            let applies = || layer.applies.as_ref().map_or(Truth::True, |guard| self.condition(&guard.condition));
            if self.during(&layer.in_force) != Truth::True {
                Some(Against::Layer(Kind::NotInForce, index))
            } else if applies() != Truth::True {
                Some(Against::Layer(Kind::OutOfScope, index))
            } else {
                None
            }
        });
        against.collect()
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
    pub(super) fn waiver(&self, clause: usize) -> Option<(usize, usize)> {
        let lifts = |effect: &Effect| matches!(effect, Effect::Waive(clauses) if clauses.contains(&(clause as u32)));
        let mut rules = self.rules().filter(|(.., rule)| lifts(&rule.effect));
        rules.find(|(_, clause, rule)| self.scope(clause, rule, View::Named) == Truth::True).map(|(at, ..)| at)
    }

    /// What kind of reason a rule gives that isn't obeyed, and until when it does.
    fn kind(&self, clause: &Clause, rule: &Rule, scope: Truth, asked: Truth) -> (Kind, Option<String>) {
        let ahead = At { ahead: true, ..*self };
        let (scope_then, asked_then) = ahead.obeyed(clause, rule);
        if let Some(last) = self.waits_until().filter(|_| scope_then == Truth::False || asked_then == Truth::True) {
            return (Kind::Waiting, Some(last));
        }
        let kind = match &rule.effect {
            _ if clause.deferred => Kind::NoAgreement,
            _ if scope != Truth::True || asked != Truth::False => Kind::FactMissing,
            Effect::Forbid => Kind::Prohibited,
            Effect::Require(_) => Kind::SafeguardMissing,
            _ => Kind::Retention,
        };
        (kind, None)
    }

    /// The last day on which the recipient isn't authorised yet, where a notice period runs.
    fn waits_until(&self) -> Option<String> {
        let Word::Is(_) = self.word(Slot::Recipient) else { return None };
        match self.notice_end().as_slice() {
            [Val::Moment(end)] if self.past(&Val::Moment(*end)) == Truth::False => Some(end.to_string()),
            _ => None,
        }
    }
}

/// What a decision gathers over its points, each kind in the order found.
#[derive(Default)]
struct Gathered {
    against: Vec<(Against, Vec<[u32; 5]>)>,
    covers: Vec<((usize, usize), Vec<[u32; 5]>)>,
    duties: Vec<(((usize, usize), DutyState, Option<String>), Vec<[u32; 5]>)>,
}

fn add<K: PartialEq>(list: &mut Vec<(K, Vec<[u32; 5]>)>, key: K, point: [u32; 5]) {
    match list.iter_mut().find(|(own, _)| *own == key) {
        Some((_, points)) if points.contains(&point) => {}
        Some((_, points)) => points.push(point),
        None => list.push((key, vec![point])),
    }
}

impl Gathered {
    fn point(&mut self, at: &At<'_>) {
        let point = at.indices();
        let layers = at.layers_against();
        if !layers.is_empty() {
            layers.into_iter().for_each(|layer| add(&mut self.against, layer, point));
            return;
        }
        for (index, strange) in at.given.strange.iter().enumerate() {
            if strange.item.is_none_or(|item| item == at.at[0]) {
                add(&mut self.against, Against::Strange(index), point);
            }
        }
        let mut covered = false;
        for (place, clause, rule) in at.rules() {
            if matches!(rule.effect, Effect::Allow(_)) && at.scope(clause, rule, View::Named) == Truth::True {
                covered = true;
                add(&mut self.covers, place, point);
            }
        }
        if !covered {
            add(&mut self.against, Against::Uncovered, point);
        }
        for (place, clause, rule) in at.rules() {
            self.rule(at, place, clause, rule);
        }
    }

    /// A rule that restricts, or that yields a duty.
    fn rule(&mut self, at: &At<'_>, place: (usize, usize), clause: &Clause, rule: &Rule) {
        let point = at.indices();
        let (scope, asked) = at.obeyed(clause, rule);
        let duty = match &rule.effect {
            Effect::Allow(_) | Effect::Waive(_) => return,
            Effect::Owe(owe) => at.owed_duty(scope, owe),
            Effect::Keep(keep) => at.disposal_duty(scope, keep).filter(|_| at.waiver(place.0).is_none()),
            _ => None,
        };
        if let Some((state, due)) = duty {
            add(&mut self.duties, (place, state, due), point);
        }
        if scope == Truth::False || asked == Truth::True {
            return;
        }
        match at.waiver(place.0) {
            // "It is cited in the allow that it makes possible."
            Some(waiver) => add(&mut self.covers, waiver, point),
            None => {
                let (kind, lapses) = at.kind(clause, rule, scope, asked);
                add(&mut self.against, Against::Rule(kind, place.0, place.1, lapses), point);
            }
        }
    }
}

/// The decision on an operation.
pub(super) fn decision(of: &Reference<'_>, given: &Given, about: &PolicyRef) -> Decision {
    let mut gathered = Gathered::default();
    points(of, given).iter().for_each(|at| gathered.point(at));
    let allow = gathered.against.is_empty();
    gathered.covers.sort_by_key(|(place, _)| *place);
    gathered.duties.sort_by_key(|((place, ..), _)| *place);
    let covers = if allow { std::mem::take(&mut gathered.covers) } else { Vec::new() };
    let cited = covers.iter().map(|(place, _)| *place);
    let against = gathered.against.iter().filter_map(|(against, _)| match against {
        Against::Rule(_, clause, rule, _) => Some((*clause, *rule)),
        _ => None,
    });
    let because = because(of, cited.chain(against));
    let items = |points: &[[u32; 5]]| {
        let mut names: Vec<String> = Vec::new();
        for point in points {
            let name = &given.items[point[0] as usize].name;
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        names
    };
    Decision {
        verdict: if allow { Verdict::Allow } else { Verdict::Pause },
        summary: String::new(),
        policy: about.clone(),
        time: given.time.map(|time| time.to_string()),
        time_from: if given.time.is_some() { TimeFrom::Operation } else { TimeFrom::Unknown },
        covered: covers.into_iter().map(|(place, points)| of.cover(place, points)).collect(),
        reasons: gathered
            .against
            .into_iter()
            .map(|(against, points)| of.reason(&against, items(&points), points))
            .collect(),
        duties: gathered
            .duties
            .into_iter()
            .map(|((place, state, due), points)| of.duty(place, state, due, items(&points), points))
            .collect(),
        because,
        questions: Vec::new(),
        remedies: Remedies { complete: false, steps: Vec::new() },
        ignored: given.ignored.clone(),
    }
}

/// "The `because` notes on which it rests."
fn because(of: &Reference<'_>, cited: impl Iterator<Item = (usize, usize)>) -> Vec<Interpretation> {
    let mut found: Vec<Interpretation> = Vec::new();
    for (c, r) in cited {
        let clause = &of.policy.clauses[c];
        for text in [&clause.because, &clause.rules[r].because].into_iter().flatten() {
            let note = Interpretation { clause: clause.label.clone(), text: text.clone() };
            if !found.contains(&note) {
                found.push(note);
            }
        }
    }
    found
}

impl Reference<'_> {
    fn rule(&self, place: (usize, usize)) -> (&Clause, &Rule) {
        let clause = &self.policy.clauses[place.0];
        (clause, &clause.rules[place.1])
    }

    /// "Cite the sentence of the agreement that made it": the clause with its title, and the place in the source.
    fn citation(&self, place: (usize, usize)) -> Citation {
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

    fn cover(&self, place: (usize, usize), points: Vec<[u32; 5]>) -> Cover {
        let resting_on = match &self.rule(place).1.effect {
            Effect::Allow(bases) => {
                bases.iter().map(|basis| self.words(Facet::Basis).names()[*basis as usize].clone()).collect()
            }
            _ => Vec::new(),
        };
        Cover { citation: self.citation(place), points, resting_on }
    }

    fn duty(
        &self,
        place: (usize, usize),
        state: DutyState,
        due: Option<String>,
        items: Vec<String>,
        points: Vec<[u32; 5]>,
    ) -> Duty {
        let (duty, clock) = match &self.rule(place).1.effect {
            Effect::Owe(owe) => (owe.duty.clone(), owe.text.clone()),
            Effect::Keep(keep) if keep.then.is_empty() => ("dispose of it".into(), keep.text.clone()),
            Effect::Keep(keep) => {
                let names = self.words(Facet::Action).names();
                let then: Vec<&str> = keep.then.iter().map(|action| names[*action as usize].as_str()).collect();
                (then.join(" or "), keep.text.clone())
            }
            _ => (String::new(), String::new()),
        };
        Duty { duty, state, due, clock, citation: self.citation(place), points, items }
    }

    fn reason(&self, against: &Against, items: Vec<String>, points: Vec<[u32; 5]>) -> Reason {
        let (kind, place, lapses) = match against {
            Against::Layer(kind, layer) => (*kind, None, self.lapses(*kind, *layer)),
            Against::Strange(_) => (Kind::UnknownTerm, None, None),
            Against::Uncovered => (Kind::NotCovered, None, None),
            Against::Rule(kind, clause, rule, lapses) => (*kind, Some((*clause, *rule)), lapses.clone()),
        };
        let cited = place.map(|place| self.rule(place));
        Reason {
            kind,
            message: String::new(),
            citation: place.map(|place| self.citation(place)),
            points,
            items,
            findings: Vec::new(),
            condition: None,
            because: cited.and_then(|(clause, rule)| rule.because.clone().or_else(|| clause.because.clone())),
            ask: cited.and_then(|(clause, rule)| rule.ask.clone().or_else(|| clause.ask.clone())),
            lapses,
            remedies: Vec::new(),
        }
    }

    /// A policy that isn't in force yet pauses until the day before it is.
    fn lapses(&self, kind: Kind, layer: usize) -> Option<String> {
        let from = self.policy.layers[layer].in_force.from.filter(|_| kind == Kind::NotInForce)?;
        Some(Date(from.0 - 1).to_string())
    }
}
