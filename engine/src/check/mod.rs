//! The checker: an image, read once, that decides operations.

mod asked;
mod broken;
mod candidates;
mod causes;
mod condition;
mod decide;
mod demanded;
mod duties;
mod explain;
mod facts;
mod index;
mod input;
mod intern;
pub(crate) mod judge;
mod laid;
mod moves;
mod point;
mod possible;
mod questions;
mod quick;
mod recipients;
mod remedy;
mod retention;
mod rows;
mod scope;
mod spoken;
mod steady;
mod steps;
mod symbols;
mod tables;
mod terms;
mod told;
mod trace;
mod turns;
pub mod typed;
mod val;
mod values;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::decision::{Decision, DecisionDraft, FindingDraft, Kind, PolicyLoan, PolicyRef, ReasonDraft, Verdict};
use crate::hierarchy::Hierarchy;
use crate::image::{Facet, Image, ImageError, Term};
use crate::json::{Drafted, Malformed};
use crate::limits;
use crate::operation::Operation;
use crate::spelled::Spelled;
use crate::wire::plain::Plain;
use input::{Input, Terms};
use symbols::Symbols;
pub use terms::Base;
use terms::Undeclared;

/// An operation in the terms of one policy: see [`NativeChecker::encode`].
#[derive(Debug)]
pub struct Encoded {
    input: Input<'static>,
    laid: laid::Laid,
    /// The hash of the policy.
    of: [u8; 32],
}

/// A policy, ready to decide.
#[derive(Debug)]
pub struct NativeChecker {
    image: Image,
    hash: String,
    /// The hash, as bytes.
    id: [u8; 32],
    /// The names of the layers.
    layers: Vec<String>,
    hierarchies: [Hierarchy; Facet::ALL.len()],
    words: [Symbols; Facet::ALL.len()],
    /// The names of facts, for each of what they are told of.
    facts: Vec<Symbols>,
    /// The facts told of each, by the numbers that they have there.
    declared: Vec<Vec<u32>>,
    /// For each fact, its place among those told of the same.
    places: Vec<u32>,
    settings: Vec<values::Bound>,
    /// For each value, where it stands.
    standing: Vec<values::Standing>,
    /// Literals and settings, by the numbers of their values.
    constants: Vec<val::Val<'static>>,
    conditions: quick::Conditions,
    index: index::Index,
    /// Which words meet which demands.
    demanded: demanded::Demanded,
    turns: turns::Turns,
    /// For each action, whether to share or to transfer may lie below it.
    implied: Vec<bool>,
    /// The places that may be countries.
    countries: Vec<u32>,
    /// For each place, the countries that it may lie in.
    near: Vec<Vec<u32>>,
    /// For each place, the one country that it may lie in, if it always does and that always is a country.
    homes: Vec<Option<u32>>,
    /// The categories that are declared to contain something.
    containing: Vec<u32>,
    #[cfg(feature = "steps")]
    meter: steps::Meter,
}

impl NativeChecker {
    /// Reads an image. Its hash is taken on trust.
    ///
    /// # Errors
    /// When the bytes are no valid image: see [`Image::from_bytes`].
    pub fn load(bytes: &[u8]) -> Result<Self, ImageError> {
        let (image, hash) = Image::from_bytes(bytes)?;
        Ok(Self::of(image, hash))
    }

    /// A checker for a valid image and its hash.
    fn of(image: Image, hash: [u8; 32]) -> Self {
        let hierarchies = core::array::from_fn(|facet| {
            image.terms.get(facet).map_or_else(Hierarchy::default, |terms| Hierarchy::of(terms))
        });
        let implied: Option<Vec<bool>> = hierarchies.get(Facet::Action as usize).map(|actions: &Hierarchy| {
            let may = |term: u32| [image.core.share, image.core.transfer].iter().any(|own| actions.may(*own, term));
            (0..image.facet(Facet::Action).len() as u32).map(may).collect()
        });
        let implied = implied.unwrap_or_default();
        let words = core::array::from_fn(|facet| {
            let terms = image.terms.get(facet).map_or(&[][..], |terms| terms);
            // Neither is a word that an operation may tell, whatever a policy declares.
            let usual = |word: &&str| *word != "none" && word.len() <= limits::WORD_BYTES;
            Symbols::of(terms.iter().map(|term| Some(term.name.as_str()).filter(usual).unwrap_or_default()))
        });
        let (facts, declared, places) = facts::facts(&image);
        let settings = values::settings(&image);
        let (standing, constants) = values::standing(&image, &settings, &places);
        let conditions = quick::Conditions::of(&image, &standing);
        let index = index::Index::of(&image, &conditions, &hierarchies);
        let demanded = demanded::Demanded::of(&image, &conditions, &hierarchies);
        let turns = turns::Turns::of(&image, &settings);
        let of = |facet: Facet, wanted: &dyn Fn(&Term) -> bool| -> Vec<u32> {
            let terms = image.facet(facet).iter().enumerate();
            terms.filter(|(_, term)| wanted(term)).map(|(index, _)| index as u32).collect()
        };
        let is_country = |term: &Term| term.parents.iter().any(|edge| edge.parent == image.core.country);
        let countries = of(Facet::Place, &is_country);
        let containing = of(Facet::Data, &|term| term.containing.is_some());
        let near = hierarchies.get(Facet::Place as usize).map(|places: &Hierarchy| {
            let within = |place: u32| places.reached(place).filter(|above| countries.binary_search(above).is_ok());
            (0..image.facet(Facet::Place).len() as u32).map(|place| within(place).collect()).collect()
        });
        let near: Vec<Vec<u32>> = near.unwrap_or_default();
        let homes = near.iter().zip(0..).map(|(near, place)| {
            let [home] = **near else { return None };
            let edges = &image.facet(Facet::Place).get(home as usize)?.parents;
            let always = edges.iter().any(|edge| edge.parent == image.core.country && edge.is_sure());
            let lies = hierarchies.get(Facet::Place as usize)?.sure(place, home);
            (always && lies).then_some(home)
        });
        let homes = homes.collect();
        let id = hash;
        let hash = id.iter().map(|byte| format!("{byte:02x}")).collect();
        let layers = image.layers.iter().map(|layer| layer.name.clone()).collect();
        NativeChecker {
            image,
            hash,
            id,
            layers,
            hierarchies,
            words,
            facts,
            declared,
            places,
            settings,
            standing,
            constants,
            conditions,
            index,
            demanded,
            turns,
            implied,
            near,
            homes,
            countries,
            containing,
            #[cfg(feature = "steps")]
            meter: steps::Meter::default(),
        }
    }

    /// The tables of the policy.
    #[must_use]
    pub fn image(&self) -> &Image {
        &self.image
    }

    /// Name, title, version and hash of the policy.
    #[must_use]
    pub fn policy(&self) -> PolicyRef {
        PolicyRef::of_draft(self.policy_loan())
    }

    fn policy_loan(&self) -> PolicyLoan<'_> {
        let Image { name, title, version, .. } = &self.image;
        PolicyLoan { name, title, version, hash: &self.hash, layers: &self.layers }
    }

    /// Whether an operation may go ahead, without saying why not.
    ///
    /// # Errors
    /// When the operation isn't well-formed.
    pub fn verdict(&self, operation: &Operation) -> Result<Verdict, Malformed> {
        self.allows_built(operation, None).map(Verdict::when)
    }

    /// The same, with what the operation leaves unsaid from a base: see [`Operation::or_from`].
    ///
    /// # Errors
    /// When the operation, filled in, isn't well-formed.
    pub fn verdict_over(&self, operation: &Operation, base: &Base) -> Result<Verdict, Malformed> {
        self.allows_built(operation, Some(base)).map(Verdict::when)
    }

    fn allows_built(&self, operation: &Operation, base: Option<&Base>) -> Result<bool, Malformed> {
        let mut terms = Terms::default();
        match self.built_terms(operation, base, Undeclared::Ignored, &mut terms) {
            Some(over) => Ok(self.allows(&self.input(terms, over))),
            None => self.interned(Plain::of(operation), base).map(|input| self.allows(&input)),
        }
    }

    /// An operation in the terms of this policy, to be asked about again and again.
    ///
    /// # Errors
    /// When the operation isn't well-formed.
    pub fn encode(&self, operation: &Operation) -> Result<Encoded, Malformed> {
        let input = self.intern(operation)?.owned();
        let laid = self.lay_out(&input);
        Ok(Encoded { input, laid, of: self.id })
    }

    /// Whether an encoded operation may go ahead. One that another policy encoded pauses.
    #[must_use]
    pub fn verdict_of(&self, encoded: &Encoded) -> Verdict {
        Verdict::when(encoded.of == self.id && self.allows_laid(&encoded.input, &encoded.laid))
    }

    /// Whether an operation told as JSON may go ahead, in bytes of whatever kind; one that can't be read pauses.
    #[must_use]
    pub fn verdict_json(&self, text: impl AsRef<[u8]>) -> Verdict {
        self.try_verdict_json(text).unwrap_or(Verdict::Pause)
    }

    /// The same, where what can't be read is told apart.
    ///
    /// # Errors
    /// When the bytes are no well-formed operation.
    pub fn try_verdict_json(&self, text: impl AsRef<[u8]>) -> Result<Verdict, Malformed> {
        self.allows_text(text.as_ref(), None).map(Verdict::when)
    }

    /// The same, with what the operation leaves unsaid from a base: see [`Operation::or_from`].
    #[must_use]
    pub fn verdict_json_over(&self, text: impl AsRef<[u8]>, base: &Base) -> Verdict {
        Verdict::when(self.allows_text(text.as_ref(), Some(base)).unwrap_or(false))
    }

    fn allows_text(&self, text: &[u8], base: Option<&Base>) -> Result<bool, Malformed> {
        let mut terms = Terms::default();
        match self.read_terms(text, base, Undeclared::Ignored, &mut terms) {
            Some(over) => Ok(self.allows(&self.input(terms, over))),
            None => self.allows_unusual(text, base),
        }
    }

    /// The same of what is unusual or wrong, which is read the long way.
    #[cold]
    fn allows_unusual(&self, text: &[u8], base: Option<&Base>) -> Result<bool, Malformed> {
        let own = Operation::partial_from_json(text)?;
        self.interned(Plain::of(&own), base).map(|input| self.allows(&input))
    }

    /// The decision on an operation that isn't well-formed: pause.
    #[must_use]
    pub fn malformed(&self, fault: &Malformed) -> Decision {
        Decision::of_draft(self.malformed_draft(fault))
    }

    /// The same decision, as one line of JSON.
    #[must_use]
    pub fn malformed_text(&self, fault: &Malformed) -> String {
        self.malformed_draft(fault).to_json()
    }

    fn malformed_draft(&self, fault: &Malformed) -> DecisionDraft<'_> {
        let (path, rule) = (fault.path.clone().into(), fault.message.clone().into());
        let findings = Vec::from([FindingDraft { path, told: None, rule }]);
        let reason = ReasonDraft { findings, ..ReasonDraft::of(Kind::Malformed, format!("{fault}").into()) };
        let summary = format!("paused: the operation is malformed: {fault}");
        DecisionDraft::held(self.policy_loan(), summary.into(), reason)
    }

    /// The one country that a place may lie in, where it always does.
    fn home(&self, place: u32) -> Option<u32> {
        self.homes.get(place as usize).copied().flatten()
    }

    #[inline]
    fn hierarchy(&self, facet: Facet) -> &Hierarchy {
        // One for each facet, so that the place is known to be there.
        #[expect(clippy::indexing_slicing, reason = "an array with a place for each facet")]
        &self.hierarchies[facet as usize]
    }

    fn find(&self, facet: Facet, word: &str) -> Option<u32> {
        self.find_spelled(facet, Spelled::of(word.as_bytes()))
    }

    #[inline(always)]
    fn find_spelled(&self, facet: Facet, word: Spelled<'_>) -> Option<u32> {
        let terms = self.image.facet(facet);
        let is = move |term: u32| terms.get(term as usize).is_some_and(|term| word.is(&term.name));
        // One for each facet, so that the place is known to be there.
        #[expect(clippy::indexing_slicing, reason = "an array with a place for each facet")]
        self.words[facet as usize].find(word.hash, is)
    }

    /// What a category, and each that it always or perhaps lies below, is declared to contain.
    fn content_bounds(&self, category: u32) -> impl Iterator<Item = &[u32]> {
        let hierarchy = self.hierarchy(Facet::Data);
        let above = self.containing.iter().filter(move |term| hierarchy.may(category, **term));
        above.filter_map(|term| self.image.facet(Facet::Data).get(*term as usize)?.containing.as_deref())
    }
}
