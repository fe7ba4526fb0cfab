//! What a host asks of whatever decides for it.

use alloc::string::String;

use crate::decision::{Decision, PolicyRef, Verdict};
use crate::json::ToJson;
use crate::operation::Operation;

/// A policy that decides operations: natively, or in a sandbox.
///
/// The same policy gives the same decision, byte for byte, whoever implements this. What went wrong in the
/// checker itself is an error and never an allow: hold the operation in abeyance then.
///
/// ```
/// use abey_engine::{Checker, Operation};
///
/// fn may<C: Checker>(checker: &C, operation: &Operation) -> bool {
///     checker.check(operation).is_ok_and(|decision| decision.is_allowed())
/// }
/// ```
pub trait Checker {
    /// Why no decision could be made.
    type Error: core::error::Error + Send + Sync + 'static;

    /// Name, title, version, hash and layers of the policy.
    ///
    /// # Errors
    /// When the checker can't say.
    fn policy(&self) -> Result<PolicyRef, Self::Error>;

    /// Decides an operation told as JSON, in bytes of whatever kind; what can't be read pauses as malformed.
    ///
    /// # Errors
    /// When no decision could be made.
    fn check_json(&self, operation: &[u8]) -> Result<Decision, Self::Error>;

    /// Whether an operation told as JSON may go ahead, without the reasons.
    ///
    /// # Errors
    /// When no verdict could be reached.
    fn verdict_json(&self, operation: &[u8]) -> Result<Verdict, Self::Error>;

    /// Decides an operation; one that isn't well-formed pauses.
    ///
    /// # Errors
    /// When no decision could be made.
    fn check(&self, operation: &Operation) -> Result<Decision, Self::Error> {
        let text: String = alloc::format!("{}", operation.to_json());
        self.check_json(text.as_bytes())
    }
}
