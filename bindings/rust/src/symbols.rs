//! Operations in the terms of a policy, for hosts that look its words up once.

use abey_engine::Malformed;
use abey_engine::typed::{Symbols, TypedOperation};

use crate::{Decision, Encoded, Operation, Policy, Verdict};

impl Policy {
    /// The words and facts of the policy, looked up once. An operation that is put together from them names nothing that the
    /// policy doesn't declare, and its verdict compares no texts.
    ///
    /// ```
    /// use abey::typed::{Category, Measure, TypedItem};
    /// use abey::Told;
    /// # use abey::{Policy, Verdict};
    /// # let policy = Policy::compile(r#"policy shop "Shop" version "1"; use dpv; clause "1" { allow store of email_address; }
    /// #     clause "2" { require encryption_at_rest for store of any; }"#)?;
    /// let symbols = policy.symbols();
    /// let (store, email) = (symbols.find("store")?, symbols.find::<Category>("email_address")?);
    /// let encrypted = symbols.find::<Measure>("encryption_at_rest")?;
    ///
    /// let operation = symbols.operation(store).item(TypedItem::new(email)).recipient(Told::None).measures([]);
    /// assert_eq!(policy.verdict_typed(&operation)?, Verdict::Pause);
    /// assert!(policy.check_typed(&operation).cites("2"));
    /// assert_eq!(policy.verdict_typed(&operation.measures([encrypted]))?, Verdict::Allow);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn symbols(&self) -> Symbols<'_> {
        self.checker.symbols()
    }

    /// Whether an operation in terms of this policy may go ahead, without the reasons.
    ///
    /// # Errors
    /// When the operation isn't well-formed, or was put together from terms of another policy.
    pub fn verdict_typed(&self, operation: &TypedOperation) -> Result<Verdict, Malformed> {
        self.checker.verdict_typed(operation, self.base.as_deref())
    }

    /// The same operation, to be asked about again and again: see [`Policy::encode`].
    ///
    /// # Errors
    /// When the operation isn't well-formed, or was put together from terms of another policy.
    pub fn encode_typed(&self, operation: &TypedOperation) -> Result<Encoded, Malformed> {
        self.checker.encode_typed(operation, self.base.as_deref())
    }

    /// Decides an operation in terms of this policy. One that isn't well-formed pauses.
    #[must_use]
    pub fn check_typed(&self, operation: &TypedOperation) -> Decision {
        match self.in_words(operation) {
            Ok(operation) => self.check(&operation),
            Err(fault) => self.malformed(&fault),
        }
    }

    /// The same operation in words.
    ///
    /// # Errors
    /// When it was put together wrongly, or from terms of another policy.
    pub fn in_words(&self, operation: &TypedOperation) -> Result<Operation, Malformed> {
        self.checker.in_words(operation)
    }
}
