//! Decisions: what is found is put in words, and what would settle it is sought.

use super::input::Input;
use super::{Base, NativeChecker};
use crate::decision::{Decision, TimeFrom, Verdict};
use crate::json::Malformed;
use crate::operation::Operation;
use crate::wire::plain::Plain;

impl NativeChecker {
    /// Decides an operation.
    ///
    /// # Errors
    /// When the operation isn't well-formed.
    pub fn decide(&self, operation: &Operation) -> Result<Decision, Malformed> {
        let plain = Plain::of(operation);
        Ok(self.decided(&plain, self.intern_sound(&plain)?))
    }

    fn decided(&self, operation: &Plain<'_>, input: Input<'_>) -> Decision {
        let found = self.judge(&input);
        let (mut decision, sources) = self.explain(operation, &input, &found);
        if decision.verdict == Verdict::Pause {
            self.remedy(operation, input, &mut decision, &sources);
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
        self.decide_text(text.as_ref(), None).unwrap_or_else(|fault| self.malformed(&fault))
    }

    /// The same, with what the operation leaves unsaid from a base: see [`Operation::or_from`]. A time that only the base
    /// tells is the host's.
    #[must_use]
    pub fn check_json_over(&self, text: impl AsRef<[u8]>, base: &Base) -> Decision {
        self.decide_text(text.as_ref(), Some(base.operation())).unwrap_or_else(|fault| self.malformed(&fault))
    }

    fn decide_text(&self, text: &[u8], base: Option<&Operation>) -> Result<Decision, Malformed> {
        let read;
        let own = match Plain::read(text) {
            // What the reader bounded has only to be whole.
            Some(plain) if base.is_none() => {
                plain.is_whole()?;
                return Ok(self.decided(&plain, self.intern_plain(&plain)?));
            }
            Some(plain) => plain,
            // What isn't told in the usual form is read the long way.
            None => {
                read = Operation::partial_from_json(text)?;
                Plain::of(&read)
            }
        };
        let Some(base) = base else { return Ok(self.decided(&own, self.intern_sound(&own)?)) };
        let timeless = own.time.is_none();
        let whole = own.or_from(base);
        let mut decision = self.decided(&whole, self.intern_sound(&whole)?);
        if timeless && base.time.is_some() {
            decision.time_from = TimeFrom::Host;
        }
        Ok(decision)
    }
}
