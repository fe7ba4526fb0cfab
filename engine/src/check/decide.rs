//! Decisions: what is found is put in words, and what would settle it is sought.

use alloc::string::String;

use super::input::{Input, Terms};
use super::terms::Undeclared;
use super::{Base, NativeChecker};
use crate::decision::{Decision, DecisionDraft, Verdict};
use crate::json::{Drafted, Malformed};
use crate::operation::Operation;
use crate::wire::plain::Plain;

impl NativeChecker {
    /// Decides an operation.
    ///
    /// # Errors
    /// When the operation isn't well-formed.
    pub fn decide(&self, operation: &Operation) -> Result<Decision, Malformed> {
        self.decide_built(operation, None)
    }

    /// The same, with what the operation leaves unsaid from a base: see [`Operation::or_from`]. A time that only the base
    /// tells is the host's.
    ///
    /// # Errors
    /// When the operation, filled in, isn't well-formed.
    pub fn decide_over(&self, operation: &Operation, base: &Base) -> Result<Decision, Malformed> {
        self.decide_built(operation, Some(base))
    }

    fn decide_built(&self, operation: &Operation, base: Option<&Base>) -> Result<Decision, Malformed> {
        let mut terms = Terms::default();
        let input = match self.built_terms(operation, base, Undeclared::Unread, &mut terms) {
            Some(over) => self.input(terms, over),
            None => self.interned(Plain::of(operation), base)?,
        };
        Ok(Decision::of_draft(self.decided(input)))
    }

    fn decided(&self, input: Input<'_>) -> DecisionDraft<'_> {
        let found = self.judge(&input);
        let (mut decision, sources) = self.explain(&input, &found);
        if decision.verdict == Verdict::Pause {
            self.remedy(input, &mut decision, &sources);
        }
        decision
    }

    /// Decides an operation; one that isn't well-formed pauses.
    #[must_use]
    pub fn check(&self, operation: &Operation) -> Decision {
        self.decide(operation).unwrap_or_else(|fault| self.malformed(&fault))
    }

    /// Decides an operation told as JSON, in bytes of whatever kind; one that can't be read pauses.
    #[must_use]
    pub fn check_json(&self, text: impl AsRef<[u8]>) -> Decision {
        Decision::of_draft(self.draft(text.as_ref(), None))
    }

    /// The same, with what the operation leaves unsaid from a base: see [`Operation::or_from`]. A time that only the base
    /// tells is the host's.
    #[must_use]
    pub fn check_json_over(&self, text: impl AsRef<[u8]>, base: &Base) -> Decision {
        Decision::of_draft(self.draft(text.as_ref(), Some(base)))
    }

    /// The decision on an operation told as JSON, as one line of JSON: what [`NativeChecker::check_json`] decides, without
    /// the copies that a decision of its own takes.
    #[must_use]
    pub fn check_json_text(&self, text: impl AsRef<[u8]>) -> String {
        let mut out = String::new();
        self.check_json_to(text, None, &mut out);
        out
    }

    /// Adds the same line, without an end, to a text, which a host may use again and again; over a base, if there is one.
    pub fn check_json_to(&self, text: impl AsRef<[u8]>, base: Option<&Base>, out: &mut String) {
        self.draft(text.as_ref(), base).add_to(out);
    }

    fn draft(&self, text: &[u8], base: Option<&Base>) -> DecisionDraft<'_> {
        self.decide_text(text, base).unwrap_or_else(|fault| self.malformed_draft(&fault))
    }

    fn decide_text(&self, text: &[u8], base: Option<&Base>) -> Result<DecisionDraft<'_>, Malformed> {
        let mut terms = Terms::default();
        if let Some(over) = self.read_terms(text, base, Undeclared::Unread, &mut terms) {
            return Ok(self.decided(self.input(terms, over)));
        }
        // What is unusual or wrong is read the long way.
        let read;
        let own = match Plain::read(text) {
            Some(plain) => plain,
            None => {
                read = Operation::read_by_value(text)?;
                Plain::of(&read)
            }
        };
        self.interned(own, base).map(|input| self.decided(input))
    }

    /// Looks the words of an operation up the long way, over a base if there is one.
    pub(super) fn interned<'t>(&self, own: Plain<'t>, base: Option<&'t Base>) -> Result<Input<'t>, Malformed> {
        let Some(base) = base else { return self.intern_sound(&own) };
        let timeless = own.time.is_none();
        let mut input = self.intern_sound(&own.or_from(base.operation()))?;
        input.told_over(timeless);
        Ok(input)
    }
}
