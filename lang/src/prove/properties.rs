//! Properties: what a policy never or always allows, and what an agreement may not loosen.

use std::cell::OnceCell;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use abey_engine::decision::{Decision, Verdict};
use abey_engine::image::Image;
use abey_engine::operation::{Collected, Operation, Retention, Told};
use abey_engine::{ImageError, NativeChecker};

use super::circuit::Bit;
use super::claimed::alone;
use super::encode::{Encoded, Encoder, hierarchies};
use super::phrase::written;
use super::search::Answer;
use super::space::{Reach, World};
use crate::diagnostic::{Diagnostic, line_and_column};
use crate::model::{Claim, Property};
use crate::{Compiled, compile_over, image_bytes, stated};

/// A property, and what became of it.
#[derive(Clone, Debug)]
pub struct Proof {
    /// Its name.
    pub name: String,
    /// What it claims, as written.
    pub text: String,
    /// Its line in the source.
    pub line: u32,
    /// What became of it.
    pub outcome: Outcome,
    /// Whether it was also shown of operations that leave something open or say it in words for several things. What
    /// is never allowed of the fully described is never allowed of those either; what is always allowed may turn on
    /// what is left open.
    pub partial: bool,
}

/// What became of a property.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// It holds of every fully described operation.
    Proved,
    /// It doesn't hold.
    Refuted(Box<Counterexample>),
    /// Neither was shown, and why.
    Unsettled(String),
}

/// An operation for which a property doesn't hold.
#[derive(Clone, Debug)]
pub struct Counterexample {
    /// The operation.
    pub operation: Operation,
    /// The operation, as an example says it.
    pub phrase: String,
    /// What the policy decides.
    pub decision: Decision,
    /// What the policy beneath decides, where the property speaks of it.
    pub beneath: Option<Decision>,
}

impl Proof {
    /// Whether the property was shown to hold.
    #[must_use]
    pub fn is_proved(&self) -> bool {
        matches!(self.outcome, Outcome::Proved)
    }

    /// Whether the property was shown not to hold.
    #[must_use]
    pub fn is_refuted(&self) -> bool {
        matches!(self.outcome, Outcome::Refuted(_))
    }
}

/// Why properties can't be settled at all.
#[derive(Debug)]
pub enum ProveError {
    /// A policy of the stack has errors of its own.
    Source(Vec<Diagnostic>),
    /// An image isn't valid.
    Image(ImageError),
}

impl std::fmt::Display for ProveError {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ProveError::Source(faults) => {
                let messages: Vec<&str> = faults.iter().map(|fault| fault.message.as_str()).collect();
                out.write_str(&messages.join("\n"))
            }
            ProveError::Image(error) => error.fmt(out),
        }
    }
}

impl std::error::Error for ProveError {}

impl From<ImageError> for ProveError {
    fn from(error: ImageError) -> Self {
        ProveError::Image(error)
    }
}

/// Settles each property of a policy, in the order of the source.
///
/// Bounded by steps: each search ends at two million decisions of the solver.
///
/// # Errors
/// When the policy, which compiled, can't be loaded, or one beneath it doesn't compile alone.
pub fn prove(compiled: &Compiled, source: &str) -> Result<Vec<Proof>, ProveError> {
    let properties = &compiled.policy.properties;
    if properties.is_empty() {
        return Ok(Vec::new());
    }
    let image = stated(compiled).map_err(|fault| ProveError::Source(vec![*fault]))?;
    let mut proofs = Vec::new();
    // Each stage is set up once: for a policy alone, or over one of the layers beneath, and for how much is left open.
    let below: BTreeSet<usize> = properties
        .iter()
        .filter_map(|property| match property.claim {
            Claim::Stricter(layer) => Some(layer),
            _ => None,
        })
        .collect();
    let below = below.into_iter().map(|layer| Ok((layer, beneath(compiled, layer)?)));
    let below: BTreeMap<usize, Image> = below.collect::<Result<_, ProveError>>()?;
    let mut stages: BTreeMap<(Option<usize>, Reach), Stage<'_>> = BTreeMap::new();
    for (index, property) in properties.iter().enumerate() {
        let over = match property.claim {
            Claim::Stricter(layer) => Some(layer),
            _ => None,
        };
        let mut settled = |reach: Reach| -> Result<Outcome, ProveError> {
            let made = || Stage::new(compiled, &image, over.and_then(|layer| below.get(&layer)), reach);
            let stage = match stages.entry((over, reach)) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(free) => free.insert(made()?),
            };
            let spoiled = !stage.vague && stage.world.vague.is_some();
            let outcome = stage.settle(property, index);
            // What an earlier property left open, and the policy doesn't, has no part in this one.
            if spoiled && matches!(outcome, Outcome::Unsettled(_)) {
                *stage = made()?;
                return Ok(stage.settle(property, index));
            }
            Ok(outcome)
        };
        // What never happens is to be said of every other operation, too: with all that nothing more is told of.
        let never = property.claim == Claim::Never;
        let outcome = settled(if never { Reach::Settled } else { Reach::Full })?;
        let partial = match (&outcome, &property.claim) {
            (Outcome::Proved, Claim::Never) => true,
            (Outcome::Proved, _) => matches!(settled(Reach::Partial)?, Outcome::Proved),
            _ => false,
        };
        let line = line_and_column(source, property.span.start).0;
        proofs.push(Proof { name: property.name.clone(), text: property.text.clone(), line, outcome, partial });
    }
    Ok(proofs)
}

/// The policy of a layer, and what stands beneath it.
pub(super) fn beneath(compiled: &Compiled, layer: usize) -> Result<Image, ProveError> {
    let layers = &compiled.policy.layers;
    let source = layers.get(layer).map_or("", |layer| layer.source.as_str());
    let find = |name: &str| layers.iter().find(|layer| layer.name == name).map(|layer| layer.source.clone());
    Ok(compile_over(source, &find).map_err(ProveError::Source)?.image)
}

/// Where the properties of a policy are settled.
struct Stage<'a> {
    image: &'a Image,
    own: usize,
    /// Whether the policy itself leaves something open.
    vague: bool,
    world: World,
    encoders: Vec<Encoder<'a>>,
    encoded: Vec<Encoded>,
    checkers: Vec<NativeChecker>,
    images: Vec<&'a Image>,
}

impl<'a> Stage<'a> {
    fn new(
        compiled: &Compiled,
        image: &'a Image,
        beneath: Option<&'a Image>,
        reach: Reach,
    ) -> Result<Self, ImageError> {
        let images: Vec<&Image> = std::iter::once(image).chain(beneath).collect();
        let all: Vec<Vec<_>> = images.iter().map(|image| hierarchies(image)).collect();
        let mut world = World::of(&images, &all, reach);
        let own = compiled.image.rules.len();
        let mut encoders = Vec::new();
        let mut encoded = Vec::new();
        for (image, hierarchies) in images.iter().zip(all) {
            let mut encoder = Encoder::new(image, hierarchies, &world);
            let rules = if encoders.is_empty() { own } else { image.rules.len() };
            encoded.push(encoder.policy(rules, &mut world));
            encoders.push(encoder);
        }
        let mut checkers = vec![NativeChecker::load(&image_bytes(&compiled.image))?];
        if let Some(beneath) = beneath {
            checkers.push(NativeChecker::load(&image_bytes(beneath))?);
        }
        let vague = world.vague.is_some();
        Ok(Stage { image, own, vague, world, encoders, encoded, checkers, images })
    }

    /// Settles the property whose phrase is the so-manieth rule after the policy's own.
    fn settle(&mut self, property: &Property, index: usize) -> Outcome {
        let (Some(rule), Some(encoder), Some(top)) =
            (self.image.rules.get(self.own + index), self.encoders.first_mut(), self.encoded.first())
        else {
            return Outcome::Unsettled("the property was not lowered".into());
        };
        let scope = encoder.rule(rule, super::circuit::NO, &mut self.world).scope;
        let goal: Vec<Bit> = match (&property.claim, self.encoded.get(1)) {
            (Claim::Never, _) => vec![scope.may, top.allowed],
            (Claim::Always, _) => {
                // What is named, and no more: the item holds nothing else, and no retention is stated.
                let mut goal = vec![scope.sure, top.governs, top.sound, !top.allowed, self.world.holding.none];
                goal.extend(self.world.contents.iter().map(|(_, bit)| !*bit));
                goal
            }
            (Claim::Stricter(_), Some(beneath)) => vec![scope.may, top.allowed, !beneath.allowed],
            (Claim::Stricter(_), None) => return Outcome::Unsettled("there is no policy beneath".into()),
        };
        // Made when there is something to ask it.
        let (image, own, inside) = (self.image, self.own, OnceCell::new());
        let checkers = &self.checkers;
        let load = || NativeChecker::load(&image_bytes(&alone(image, rule, own))).ok();
        let allows = |checker: Option<&NativeChecker>, operation: &Operation| {
            checker.and_then(|checker| checker.verdict(operation).ok())
        };
        let mut check = |operation: &Operation| {
            let decided = allows(checkers.first(), operation);
            let within = allows(inside.get_or_init(load).as_ref(), operation);
            match property.claim {
                // The phrase is the scope of one more prohibition.
                Claim::Never => decided == Some(Verdict::Allow) && within == Some(Verdict::Pause),
                // The phrase is the only instruction.
                Claim::Always => decided == Some(Verdict::Pause) && within == Some(Verdict::Allow),
                Claim::Stricter(_) => {
                    decided == Some(Verdict::Allow)
                        && within == Some(Verdict::Pause)
                        && allows(checkers.get(1), operation) == Some(Verdict::Pause)
                }
            }
        };
        match self.world.find(&goal, &mut check) {
            Answer::Nothing => Outcome::Proved,
            Answer::Unsettled(why) => Outcome::Unsettled(why),
            Answer::Found(found) => {
                let mut operation = self.world.simplest(&goal, *found, &mut check);
                // What was allowed with less said says as much.
                if property.claim == Claim::Never {
                    operation = shortened(operation, &mut check);
                }
                let decide = |checker: Option<&NativeChecker>| checker.map(|checker| checker.check(&operation));
                let Some(decision) = decide(self.checkers.first()) else {
                    return Outcome::Unsettled("the counterexample can't be decided".into());
                };
                Outcome::Refuted(Box::new(Counterexample {
                    phrase: written(&operation, &self.images),
                    decision,
                    beneath: decide(self.checkers.get(1)),
                    operation,
                }))
            }
        }
    }
}

/// The same with less said, as long as it still passes.
pub fn shortened(operation: Operation, check: &mut dyn FnMut(&Operation) -> bool) -> Operation {
    let steps: [fn(&mut Operation); 13] = [
        |one| one.subjects = Told::Unknown,
        |one| one.actor = Told::Unknown,
        |one| one.purposes = Told::Unknown,
        |one| one.recipient = Told::Unknown,
        |one| one.place = Told::Unknown,
        |one| one.origins = Told::Unknown,
        |one| one.role = None,
        |one| one.basis = Told::Unknown,
        |one| one.measures = None,
        |one| one.retention = Retention::Unknown,
        |one| one.time = None,
        |one| one.data.iter_mut().for_each(|item| item.contains = None),
        |one| one.data.iter_mut().for_each(|item| item.collected = Collected::Unknown),
    ];
    let mut best = operation;
    let mut attempt = |change: &dyn Fn(&mut Operation), best: &mut Operation| {
        let mut shorter = best.clone();
        change(&mut shorter);
        if shorter != *best && check(&shorter) {
            *best = shorter;
        }
    };
    for step in steps {
        attempt(&step, &mut best);
    }
    attempt(&|one| one.data.iter_mut().for_each(|item| item.form = None), &mut best);
    attempt(&|one| one.data.iter_mut().for_each(|item| item.facts.clear()), &mut best);
    for index in (0..best.facts.len()).rev() {
        attempt(
            &|one| {
                if index < one.facts.len() {
                    one.facts.remove(index);
                }
            },
            &mut best,
        );
    }
    best
}
