//! Decisions: what is found is put in words, and what would settle it is sought.

use alloc::string::String;

use super::input::Input;
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
        let input = match self.built_whole(operation, None) {
            Some(input) => input,
            None => self.intern(operation)?,
        };
        Ok(Decision::of_draft(self.decided(input)))
    }

    /// The same, with what the operation leaves unsaid from a base: see [`Operation::or_from`]. A time that only the base
    /// tells is the host's.
    ///
    /// # Errors
    /// When the operation, filled in, isn't well-formed.
    pub fn decide_over(&self, operation: &Operation, base: &Base) -> Result<Decision, Malformed> {
        let input = match self.built_whole(operation, Some(base)) {
            Some(input) => input,
            None => self.interned_over(Plain::of(operation), base)?,
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
        self.draft(text.as_ref(), None).to_json()
    }

    /// The same, with what the operation leaves unsaid from a base: see [`NativeChecker::check_json_over`].
    #[must_use]
    pub fn check_json_text_over(&self, text: impl AsRef<[u8]>, base: &Base) -> String {
        self.draft(text.as_ref(), Some(base)).to_json()
    }

    fn draft(&self, text: &[u8], base: Option<&Base>) -> DecisionDraft<'_> {
        self.decide_text(text, base).unwrap_or_else(|fault| self.malformed_draft(&fault))
    }

    fn decide_text(&self, text: &[u8], base: Option<&Base>) -> Result<DecisionDraft<'_>, Malformed> {
        if let Some(input) = self.read_whole(text, base) {
            return Ok(self.decided(input));
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
        let input = match base {
            Some(base) => self.interned_over(own, base),
            None => self.intern_sound(&own),
        };
        input.map(|input| self.decided(input))
    }

    fn interned_over<'t>(&self, own: Plain<'t>, base: &'t Base) -> Result<Input<'t>, Malformed> {
        let timeless = own.time.is_none();
        let mut input = self.intern_sound(&own.or_from(base.operation()))?;
        input.told_over(timeless);
        Ok(input)
    }
}
