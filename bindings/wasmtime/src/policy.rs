//! A policy that decides in a sandbox.

use std::sync::{Arc, Mutex, PoisonError};

use abey_engine::decision::PolicyRef;
use abey_engine::{Checker, Decision, ToJson, Verdict, json};
use wasmtime::InstancePre;

use crate::instance::{Instance, Limits};
use crate::loader::Shared;
use crate::{Error, Lie, Loader, Options, Reuse};

/// Lines, and bytes of them, that one call decides. A longer batch is cut into as many calls as it takes, each with its
/// own time and fuel.
const LINES: usize = 64;
const BYTES: usize = 1 << 20;

/// A policy.wasm that was loaded. It is `Send` and `Sync`: threads share one behind an `Arc` or a reference.
///
/// Every method gives the decision of the module or an error, and never panics. After an error the instance at fault is
/// gone, and the next check has a new one.
pub struct WasmPolicy {
    shared: Arc<Shared>,
    pre: InstancePre<Limits>,
    about: PolicyRef,
    /// Instances that wait for the next check; never more than threads checked at once.
    idle: Mutex<Vec<Instance>>,
}

impl std::fmt::Debug for WasmPolicy {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("WasmPolicy").field("policy", &self.about).finish_non_exhaustive()
    }
}

impl WasmPolicy {
    /// Loads a policy.wasm with the default [`Options`], and a loader of its own. See [`Loader::load`].
    ///
    /// # Errors
    /// What is wrong with the module, or [`Error::Host`].
    pub fn load(wasm: &[u8]) -> Result<Self, Error> {
        Loader::new(Options::default())?.load(wasm)
    }

    pub(crate) fn of(shared: Arc<Shared>, pre: InstancePre<Limits>) -> Result<Self, Error> {
        let about = Decision::without_policy("").policy;
        let mut loaded = WasmPolicy { shared, pre, about, idle: Mutex::default() };
        let named = loaded.with(|instance| {
            // What is no operation pauses under any policy, and the decision names the policy.
            let decision = read(&instance.check(b"")?)?;
            if decision.is_allowed() {
                return Err(Lie::Allowed.into());
            }
            if decision.policy.hash.is_empty() {
                return Err(Error::NoPolicy(crate::error::shown(&decision.summary)));
            }
            let said = instance.policy()?;
            if said == decision.policy.to_json().to_string() {
                Ok(decision.policy)
            } else {
                Err(Lie::OtherPolicy.into())
            }
        })?;
        loaded.about = named;
        Ok(loaded)
    }

    /// Name, title, version, hash and layers of the policy, as the module gave them when it was loaded.
    #[must_use]
    pub fn policy(&self) -> &PolicyRef {
        &self.about
    }

    /// Decides an operation told as JSON, in bytes of whatever kind; what can't be read pauses as malformed.
    ///
    /// # Errors
    /// When no decision was made, or one that can't be.
    pub fn check_json(&self, operation: &[u8]) -> Result<Decision, Error> {
        self.with(|instance| self.ours(&instance.check(operation)?))
    }

    /// The same decision as the text that the module gave, without reading it: UTF-8 within the bound for an answer,
    /// and a decision if the module is honest. [`Decision::from_json`] reads it.
    ///
    /// # Errors
    /// When no decision was made.
    pub fn check_json_text(&self, operation: &[u8]) -> Result<String, Error> {
        self.with(|instance| instance.check(operation))
    }

    /// Whether an operation told as JSON may go ahead, without the reasons; what can't be read may not.
    ///
    /// # Errors
    /// When no verdict was reached.
    pub fn verdict_json(&self, operation: &[u8]) -> Result<Verdict, Error> {
        self.with(|instance| match instance.verdict(operation)? {
            1 => Ok(Verdict::Allow),
            // Paused, and malformed, which is paused.
            0 | 2 => Ok(Verdict::Pause),
            other => Err(Lie::Verdict(other).into()),
        })
    }

    /// Decides operations told as JSON lines, in their order; lines of nothing but white space are passed over. Work
    /// and memory are linear in the lines, and calls of the module have a bounded number of them.
    ///
    /// # Errors
    /// When one of the decisions wasn't made, or can't be. None of the operations is decided then.
    pub fn check_lines(&self, lines: &[u8]) -> Result<Vec<Decision>, Error> {
        let mut decisions = Vec::new();
        self.batches(lines, |answer| {
            for line in answer.lines() {
                decisions.push(self.ours(line)?);
            }
            Ok(())
        })?;
        Ok(decisions)
    }

    /// The same decisions as the text that the module gave, a line each, without reading them.
    ///
    /// # Errors
    /// When one of the decisions wasn't made.
    pub fn check_lines_text(&self, lines: &[u8]) -> Result<String, Error> {
        let mut text = String::new();
        self.batches(lines, |answer| {
            text.push_str(answer);
            Ok(())
        })?;
        Ok(text)
    }

    /// How many bytes of memory the instances that wait for a check have, each.
    #[must_use]
    pub fn idle_memory_bytes(&self) -> Vec<usize> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.iter().map(Instance::memory_bytes).collect()
    }

    /// Decides lines, so many at a time.
    fn batches(&self, lines: &[u8], mut each: impl FnMut(&str) -> Result<(), Error>) -> Result<(), Error> {
        let (mut batch, mut count) = (Vec::new(), 0);
        let mut lines = json::lines(lines).peekable();
        while let Some(line) = lines.next() {
            batch.extend_from_slice(line);
            batch.push(b'\n');
            count += 1;
            let more = lines.peek().is_some_and(|next| count < LINES && batch.len() + next.len() < BYTES);
            if !more {
                self.with(|instance| {
                    let answer = instance.batch(&batch, count)?;
                    let found = answer.bytes().filter(|byte| *byte == b'\n').count();
                    if found != count || !answer.ends_with('\n') {
                        return Err(Lie::Lines { asked: count, found }.into());
                    }
                    each(&answer)
                })?;
                (batch, count) = (Vec::new(), 0);
            }
        }
        Ok(())
    }

    /// A decision of the policy that was loaded, out of a text.
    fn ours(&self, text: &str) -> Result<Decision, Error> {
        let decision = read(text)?;
        if decision.policy == self.about { Ok(decision) } else { Err(Lie::OtherPolicy.into()) }
    }

    /// Does something with an instance, which is used again only where nothing went wrong.
    fn with<T>(&self, task: impl FnOnce(&mut Instance) -> Result<T, Error>) -> Result<T, Error> {
        let Shared { options, slots, .. } = &*self.shared;
        if options.reuse == Reuse::Fresh {
            let slot = slots.take(options.timeout).ok_or(Error::Busy(options.at_once))?;
            return task(&mut Instance::new(&self.pre, options, Some(slot))?);
        }
        let waiting = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut instance = match waiting {
            Some(instance) => instance,
            None => Instance::new(&self.pre, options, None)?,
        };
        let done = task(&mut instance)?;
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(instance);
        Ok(done)
    }
}

fn read(text: &str) -> Result<Decision, Error> {
    Decision::from_json(text.as_bytes()).map_err(|error| Lie::NotADecision(error).into())
}

impl Checker for WasmPolicy {
    type Error = Error;

    fn policy(&self) -> Result<PolicyRef, Error> {
        Ok(self.about.clone())
    }

    fn check_json(&self, operation: &[u8]) -> Result<Decision, Error> {
        self.check_json(operation)
    }

    fn verdict_json(&self, operation: &[u8]) -> Result<Verdict, Error> {
        self.verdict_json(operation)
    }
}
