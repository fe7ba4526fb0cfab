//! What a reader makes of words and facts.

use super::few::Few;
use super::plain::{PlainFacts, PlainValue};
use crate::image::{About, Facet};
use crate::limits;
use crate::spelled::Spelled;

/// So many facts in one object are compared with each other; where there are more, nothing is read.
pub(crate) const COMPARED: usize = 64;

/// What a reader makes of words and facts. None gives the text up: the whole reader then says what it is.
pub(crate) trait Takes<'t> {
    /// A word of a facet.
    type Word: Default + PartialEq;
    /// The facts told of one thing.
    type Facts: Default;

    /// A word; none where it is empty, or longer than [`limits::WORD_BYTES`].
    fn word(&mut self, facet: Facet, word: Spelled<'t>) -> Option<Self::Word>;

    /// Takes in one fact. What is null isn't told, and stands once like all others.
    fn fact(
        &mut self,
        about: About,
        facts: &mut Self::Facts,
        seen: &mut Names<'t>,
        name: Spelled<'t>,
        value: Option<PlainValue<'t>>,
    ) -> Option<()>;
}

/// Names of facts, each of which may come up once.
#[derive(Default)]
pub(crate) struct Names<'t>(Few<&'t [u8], 2>);

impl<'t> Names<'t> {
    /// Whether a name came up.
    #[inline]
    pub fn has(&self, name: &'t [u8]) -> bool {
        !self.0.is_empty() && self.0.contains(&name)
    }

    /// Takes in a name; none where it came up before, or there are too many.
    pub fn once(&mut self, name: &'t [u8]) -> Option<()> {
        let fits = self.0.len() < COMPARED && !self.0.contains(&name);
        fits.then(|| self.0.push(name))
    }
}

/// Takes words and facts as they stand.
pub(crate) struct AsTold;

impl<'t> Takes<'t> for AsTold {
    type Word = &'t str;
    type Facts = PlainFacts<'t>;

    fn word(&mut self, _: Facet, word: Spelled<'t>) -> Option<&'t str> {
        let usual = !word.bytes.is_empty() && word.bytes.len() <= limits::WORD_BYTES;
        word.text().filter(|_| usual)
    }

    fn fact(
        &mut self,
        _: About,
        facts: &mut PlainFacts<'t>,
        seen: &mut Names<'t>,
        name: Spelled<'t>,
        value: Option<PlainValue<'t>>,
    ) -> Option<()> {
        seen.once(name.bytes)?;
        let name = name.text()?;
        facts.extend(value.map(|value| (name, value)));
        Some(())
    }
}
