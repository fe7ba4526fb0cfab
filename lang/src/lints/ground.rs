//! What every lint stands on: the policy, its circuit, and the questions it can be asked.

use abey_engine::decision::Verdict;
use abey_engine::image::{Condition, Facet, Image, List, Pick, Rule, Slot};
use abey_engine::operation::Operation;
use abey_engine::{ImageError, NativeChecker};

use super::Finding;
use crate::model::{Clause, Rule as ModelRule};
use crate::prove::circuit::{Bit, NO};
use crate::prove::encode::{Encoded, Encoder, hierarchies};
use crate::prove::search::Answer;
use crate::prove::space::{Reach, Said, World};
use crate::prove::written;
use crate::reads::Reads;
use crate::syntax::Span;
use crate::{Compiled, image_bytes};

/// A policy while it is linted.
pub struct Ground<'a> {
    compiled: &'a Compiled,
    /// Its tables.
    pub image: &'a Image,
    /// What operations there are.
    pub world: World,
    /// The policy as bits.
    pub encoded: Encoded,
    encoder: Encoder<'a>,
    checker: NativeChecker,
    lint: &'static str,
    found: Vec<(Finding, Option<usize>)>,
}

/// A rule of the policy's own layer.
#[derive(Clone, Copy)]
pub struct Own<'a> {
    /// Its number in the image.
    pub index: usize,
    /// As the image has it.
    pub rule: &'a Rule,
    /// Where it stands.
    pub span: Span,
}

impl<'a> Ground<'a> {
    pub fn new(compiled: &'a Compiled) -> Result<Self, ImageError> {
        let image = &compiled.image;
        let all = [hierarchies(image)];
        let mut world = World::of(&[image], &all, Reach::Full);
        let [hierarchies] = all;
        let mut encoder = Encoder::new(image, hierarchies, &world);
        let encoded = encoder.policy(image.rules.len(), &mut world);
        let checker = NativeChecker::load(&image_bytes(image))?;
        Ok(Ground { compiled, image, world, encoded, encoder, checker, lint: "", found: Vec::new() })
    }

    pub fn begin(&mut self, lint: &'static str) {
        self.lint = lint;
    }

    /// What was found and isn't silenced, in the order of the source.
    pub fn finish(self) -> Vec<Finding> {
        let silences = &self.compiled.policy.silences;
        let mut found: Vec<Finding> = self
            .found
            .into_iter()
            .filter(|(finding, clause)| {
                !silences.iter().any(|silence| {
                    silence.lint == finding.lint && (silence.clause.is_none() || silence.clause == *clause)
                })
            })
            .map(|(finding, _)| finding)
            .collect();
        found.sort_by_key(|finding| finding.span);
        found
    }

    fn is_own(&self, layer: usize) -> bool {
        layer + 1 == self.compiled.policy.layers.len()
    }

    /// The clauses of the policy's own layer, by their numbers.
    pub fn clauses(&self) -> Vec<(usize, &'a Clause)> {
        let compiled = self.compiled;
        compiled.policy.clauses.iter().enumerate().filter(|(_, clause)| self.is_own(clause.layer)).collect()
    }

    /// The rules of the policy's own layer.
    pub fn rules(&self) -> Vec<Own<'a>> {
        let (compiled, image) = (self.compiled, self.image);
        let spans = compiled.policy.clauses.iter().flat_map(|clause| {
            let own = self.is_own(clause.layer);
            clause.rules.iter().map(move |rule: &ModelRule| (own, rule.span))
        });
        let rules = image.rules.iter().enumerate().zip(spans);
        rules.filter(|(_, (own, _))| *own).map(|((index, rule), (_, span))| Own { index, rule, span }).collect()
    }

    /// Whether a clause, or the whole source, silences the lint at work.
    pub fn is_silent(&self, clause: usize) -> bool {
        let silences = &self.compiled.policy.silences;
        silences.iter().any(|one| one.lint == self.lint && one.clause.is_none_or(|own| own == clause))
    }

    /// Notes what was found of a rule.
    pub fn note(&mut self, rule: Own<'_>, message: String, help: &str, example: Option<Operation>) {
        self.note_at(rule.span, Some(rule.rule.clause as usize), message, help, example);
    }

    /// Notes what was found at a place, in a clause or outside of all.
    pub fn note_at(
        &mut self,
        span: Span,
        clause: Option<usize>,
        message: String,
        help: &str,
        example: Option<Operation>,
    ) {
        let example = example.map(|operation| written(&operation, &[self.image]));
        let finding = Finding { lint: self.lint, span, message, help: help.into(), example };
        self.found.push((finding, clause));
    }

    /// Whether it was shown that no well-formed, fully described operation has all of these.
    pub fn never(&mut self, goal: &[Bit]) -> bool {
        let goal: Vec<Bit> = goal.iter().copied().chain([self.encoded.sound]).collect();
        matches!(self.world.find(&goal, &mut |_| true), Answer::Nothing)
    }

    /// An allowed operation with all of these, the simplest; none where there is none or it wasn't settled.
    pub fn allowed(&mut self, goal: &[Bit]) -> Option<Operation> {
        let goal: Vec<Bit> = goal.iter().copied().chain([self.encoded.allowed]).collect();
        let checker = &self.checker;
        let mut check = |operation: &Operation| checker.verdict(operation) == Ok(Verdict::Allow);
        match self.world.find(&goal, &mut check) {
            Answer::Found(found) => {
                let simple = self.world.simplest(&goal, *found, &mut check);
                Some(simple)
            }
            _ => None,
        }
    }

    /// When the scope of a rule covers an operation for certain.
    pub fn sure(&self, index: usize) -> Bit {
        self.encoded.rules.get(index).map_or(NO, |ruled| ruled.scope.sure)
    }

    /// When it may.
    pub fn may(&self, index: usize) -> Bit {
        self.encoded.rules.get(index).map_or(NO, |ruled| ruled.scope.may)
    }

    /// When what a rule asks for holds.
    pub fn met(&self, index: usize) -> Bit {
        self.encoded.rules.get(index).map_or(NO, |ruled| ruled.met.sure)
    }

    /// When a rule pauses an operation.
    pub fn pauses(&self, index: usize) -> Bit {
        self.encoded.rules.get(index).map_or(NO, |ruled| ruled.pauses)
    }

    /// When a condition is certainly true, and when it may be.
    pub fn condition(&mut self, condition: u32) -> (Bit, Bit) {
        let truth = self.encoder.condition(condition, &mut self.world);
        (truth.sure, truth.may)
    }

    /// When a slot certainly lies at or below a term, by its word; none where the policy has no such word.
    pub fn lies_in(&mut self, slot: Slot, word: &str) -> Option<Bit> {
        let term = self.encoder.find(slot.facet(), word)?;
        Some(self.encoder.matches(crate::prove::encode::Where::Slot(slot), term, &mut self.world).sure)
    }

    /// When the data certainly lies at or below a category.
    pub fn data_in(&mut self, word: &str) -> Option<Bit> {
        let term = self.encoder.find(Facet::Data, word)?;
        Some(self.encoder.matches(crate::prove::encode::Where::Category, term, &mut self.world).sure)
    }

    /// When a measure may be in place.
    pub fn measure(&mut self, word: &str) -> Option<Bit> {
        let term = self.encoder.find(Facet::Measure, word)?;
        Some(self.encoder.has_measure(term, &mut self.world).may)
    }

    /// When data certainly leaves a country.
    pub fn crosses_border(&mut self) -> Bit {
        self.encoder.crosses_border(&mut self.world).sure
    }

    /// When the recipient may be authorised.
    pub fn authorised(&mut self) -> Bit {
        self.encoder.authorised(&mut self.world).may
    }

    /// When a slot says just this word, or one that no rule tells from it and that stands for it.
    pub fn says(&self, slot: Slot, word: &str) -> Option<Bit> {
        let alike = |own: &str| self.world.classes.stands_for(slot.facet(), own).iter().any(|other| other == word);
        let of = |said: &Said| said.word().is_some_and(|own| own == word || alike(own));
        self.world.slot(slot).iter().find(|(said, _)| of(said)).map(|(_, bit)| *bit)
    }

    /// When a slot says some word.
    pub fn some(&mut self, slot: Slot) -> Bit {
        let words: Vec<Bit> =
            self.world.slot(slot).iter().filter(|(said, _)| said.word().is_some()).map(|(_, bit)| *bit).collect();
        self.world.circuit.any(words)
    }

    /// Recipients that the policy's own source declares, each with where.
    pub fn recipients(&self) -> Vec<(&'a str, Span)> {
        let policy = &self.compiled.policy;
        let terms = policy.terms.get(Facet::Recipient as usize).map_or(&[][..], Vec::as_slice);
        // Each vocabulary and each layer is a source, the policy's own the last.
        let top = (policy.vocabularies.len() + policy.layers.len()).saturating_sub(1);
        let own = terms.iter().filter(move |term| term.origin.vocabulary.is_none() && term.origin.unit == top);
        own.map(|term| (term.name.as_str(), term.origin.span)).collect()
    }
}

/// Whether a list names somebody.
pub fn names_some(list: &List) -> bool {
    matches!(list, List::These(picks) if picks.iter().any(|pick| *pick != Pick::None))
}

/// The settings without a value that a value reads.
pub fn unset(image: &Image, value: u32) -> Vec<&str> {
    let read = Reads::of_value(image, value).settings;
    let settings = read.into_iter().filter_map(|setting| image.settings.get(setting as usize));
    let unset = settings.filter(|setting| setting.given.is_none() && setting.default.is_none());
    unset.map(|setting| setting.name.as_str()).collect()
}

/// Whether a condition stands in the scope of a rule, by its text.
pub fn text_of(image: &Image, condition: u32) -> String {
    let join = |of: &[u32], word: &str| of.iter().map(|part| text_of(image, *part)).collect::<Vec<_>>().join(word);
    match image.conditions.get(condition as usize) {
        Some(Condition::All(of)) => join(of, " and "),
        Some(Condition::Any(of)) => join(of, " or "),
        Some(Condition::Not(of)) => format!("not {}", text_of(image, *of)),
        Some(Condition::Test(test)) => test.text.as_str().into(),
        Some(Condition::Authorised) => "recipient is authorised".into(),
        None => String::new(),
    }
}

/// " and 3 more", or nothing.
pub fn others(count: usize) -> String {
    if count == 0 { String::new() } else { format!(" and {count} more") }
}
