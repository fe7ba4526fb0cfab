//! What `check` and `explain` are asked: a policy, an operation, and what the host knows besides.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use abey::calendar::{Date, Instant};
use abey::decision::TimeFrom;
use abey::{Decision, Operation, Policy, report};
use clap::Args;

use crate::{Format, Streams, UNUSABLE, USAGE, input};

#[derive(Args)]
pub struct Asked {
    /// A policy source, an image, or a folder that holds policy.abey
    pub policy: PathBuf,
    /// The operation as a JSON file; `-` reads standard input
    pub operation: Option<PathBuf>,
    /// The operation as a phrase, as examples write it
    #[arg(long, conflicts_with = "operation")]
    pub phrase: Option<String>,
    /// The time of operations that state none: an instant or a date; left out, the clock of this machine
    #[arg(long, value_name = "INSTANT", value_parser = At::parse)]
    at: Option<At>,
    /// Bind a setting of the policy
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = input::setting)]
    settings: Vec<(String, String)>,
    /// A JSON file that fills in what an operation leaves unsaid; a recipient comes with its own place, or with none
    #[arg(long, value_name = "FILE")]
    base: Option<PathBuf>,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
}

/// A time, as it is given.
#[derive(Clone, Copy, Debug)]
enum At {
    /// The beginning of a day, where the policy says that days begin.
    Day(Date),
    Instant(Instant),
}

impl At {
    fn parse(text: &str) -> Result<Self, String> {
        let at = Date::parse(text).map(At::Day).or_else(|| Instant::parse(text).map(At::Instant));
        at.ok_or_else(|| "write 2026-11-20 or 2026-11-20T10:00:00Z".into())
    }
}

impl Asked {
    /// Loads the policy and answers with it; complains where either can't be done.
    pub fn answered(
        &self,
        streams: &mut Streams<'_>,
        answer: impl FnOnce(Policy, (Instant, TimeFrom), &mut Streams<'_>) -> Result<u8, String>,
    ) -> u8 {
        let Some(policy) = input::policy(&self.policy, streams) else { return UNUSABLE };
        let ready = self.prepared(policy).and_then(|policy| Ok((self.time(&policy)?, policy)));
        match ready.and_then(|(at, policy)| answer(policy, at, streams)) {
            Ok(code) => code,
            Err(message) => {
                streams.complain(message.trim_end());
                UNUSABLE
            }
        }
    }

    /// The policy with its settings bound and its base in place.
    fn prepared(&self, mut policy: Policy) -> Result<Policy, String> {
        policy = input::bound(policy, &self.settings)?;
        if let Some(base) = &self.base {
            let base_operation = Operation::partial_from_json(input::read(base)?)
                .map_err(|fault| format!("error: {}: {fault}", base.display()))?;
            policy = policy.with_base(base_operation);
        }
        Ok(policy)
    }

    fn time(&self, policy: &Policy) -> Result<(Instant, TimeFrom), String> {
        match &self.at {
            Some(At::Day(day)) => Ok((day.start(policy.tables().offset), TimeFrom::Host)),
            Some(At::Instant(instant)) => Ok((*instant, TimeFrom::Host)),
            None => {
                let since = SystemTime::now()
                    .duration_since(UNIX_EPOCH)
                    .map_err(|_| "error: the clock of this machine is before 1970; give --at")?;
                let seconds = i64::try_from(since.as_secs()).unwrap_or(i64::MAX / 1_000_000);
                Ok((Instant(seconds.saturating_mul(1_000_000)), TimeFrom::Clock))
            }
        }
    }

    /// The operation that a phrase writes.
    pub fn phrased(&self, phrase: &str, policy: &Policy, streams: &Streams<'_>) -> Result<Operation, String> {
        policy.phrase(phrase).map_err(|error| match &error {
            abey::Error::Source(faults) => report::diagnostics(faults, phrase, "phrase", streams.colour.err),
            other => format!("error: {other}"),
        })
    }

    /// Prints a decision; whether it is a pause.
    pub fn print(&self, decision: &Decision, streams: &mut Streams<'_>) -> bool {
        let text = match self.format {
            Format::Json => decision.to_json() + "\n",
            Format::Human => report::decision(decision, streams.colour.out),
        };
        let _ = streams.out.write_all(text.as_bytes());
        !decision.is_allowed()
    }

    /// Says that there is nothing to decide; the exit status.
    pub fn nothing(streams: &mut Streams<'_>, ways: &str) -> u8 {
        streams.complain(&format!("error: no operation; give {ways}"));
        USAGE
    }
}

/// The bytes of a file; `-` is standard input.
pub fn bytes(file: &Path, streams: &mut Streams<'_>) -> Result<Vec<u8>, String> {
    if file.as_os_str() != "-" {
        return input::read(file);
    }
    let mut bytes = Vec::new();
    let read = streams.input.read_to_end(&mut bytes);
    read.map(|_| bytes).map_err(|error| format!("error: standard input: {error}"))
}
