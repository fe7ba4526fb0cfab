//! What `check` and `explain` are asked: a policy, an operation, and what the host knows besides.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use abey::calendar::{Date, Instant};
use abey::decision::TimeFrom;
use abey::{Operation, Policy, limits, report};
use clap::Args;

use crate::{Format, Streams, UNUSABLE, input};

#[derive(Args)]
pub struct Asked {
    /// A policy source, an image, or a folder that holds policy.abey
    pub policy: PathBuf,
    /// The operation as a JSON file; `-` reads standard input
    pub operation: Option<PathBuf>,
    /// The operation as a phrase, as examples write it
    #[arg(long, conflicts_with = "operation")]
    pub phrase: Option<String>,
    /// The time of operations that state none: an instant or a date
    #[arg(long, value_name = "INSTANT")]
    at: Option<String>,
    /// Bind a setting of the policy
    #[arg(long = "set", value_name = "NAME=VALUE")]
    settings: Vec<String>,
    /// A JSON file that fills in whatever an operation leaves unsaid
    #[arg(long, value_name = "FILE")]
    base: Option<PathBuf>,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
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
            let text = input::source(base)?;
            let base_operation =
                Operation::partial_from_json(&text).map_err(|fault| format!("error: {}: {fault}", base.display()))?;
            policy = policy.with_base(base_operation);
        }
        Ok(policy)
    }

    fn time(&self, policy: &Policy) -> Result<(Instant, TimeFrom), String> {
        match &self.at {
            Some(at) => {
                let day = Date::parse(at).map(|date| date.start(policy.tables().offset));
                let instant = day.or_else(|| Instant::parse(at));
                let instant =
                    instant.ok_or_else(|| format!("error: `--at {at}`: write 2026-11-20 or 2026-11-20T10:00:00Z"))?;
                Ok((instant, TimeFrom::Host))
            }
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

    /// The text of the operation's file, or of standard input.
    pub fn text(&self, file: &Path, streams: &mut Streams<'_>) -> Result<String, String> {
        // An operation past its limit is refused as malformed.
        text(file, limits::OPERATION_BYTES as u64 + 1, streams)
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

/// The text of a file; `-` is standard input, of which so many bytes are read at most.
fn text(file: &Path, most: u64, streams: &mut Streams<'_>) -> Result<String, String> {
    if file.as_os_str() != "-" {
        return input::source(file);
    }
    let mut text = String::new();
    let read = streams.input.take(most).read_to_string(&mut text);
    read.map(|_| text).map_err(|error| format!("error: standard input: {error}"))
}
