//! `abey check`: decide operations.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use abey::calendar::{Date, Instant};
use abey::decision::TimeFrom;
use abey::{Decision, Malformed, Operation, Policy, limits, report};
use clap::Args;

use crate::{FINE, Format, NO, Streams, UNUSABLE, input};

pub const EXAMPLES: &str = "Examples:
  abey check policies/conma policies/conma/operations/01-consent-stored.json
  abey check policies/conma --phrase \"store of raw ip_address to supabase in BR from DE\" --at 2026-11-20
  abey check policies/conma --lines operations.jsonl --format json";

#[derive(Args)]
pub struct Check {
    /// A policy source, an image, or a folder that holds policy.abey
    policy: PathBuf,
    /// The operation as a JSON file; `-` reads standard input
    operation: Option<PathBuf>,
    /// The operation as a phrase, as examples write it
    #[arg(long, conflicts_with_all = ["operation", "lines"])]
    phrase: Option<String>,
    /// Operations as a file of JSON lines; `-` reads standard input
    #[arg(long, value_name = "FILE", conflicts_with = "operation")]
    lines: Option<PathBuf>,
    /// The time of operations that state none: an instant or a date
    #[arg(long, value_name = "INSTANT")]
    at: Option<String>,
    /// Bind a setting of the policy
    #[arg(long = "set", value_name = "NAME=VALUE")]
    settings: Vec<String>,
    /// A JSON file that fills in whatever an operation leaves unsaid
    #[arg(long, value_name = "FILE")]
    base: Option<PathBuf>,
    /// How to print decisions
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

impl Check {
    pub fn run(&self, streams: &mut Streams<'_>) -> u8 {
        let Some(policy) = input::policy(&self.policy, streams) else { return UNUSABLE };
        match self.decide(policy, streams) {
            Ok(code) => code,
            Err(message) => {
                streams.complain(message.trim_end());
                UNUSABLE
            }
        }
    }

    fn decide(&self, policy: Policy, streams: &mut Streams<'_>) -> Result<u8, String> {
        let policy = self.prepared(policy)?;
        let at = self.time(&policy)?;
        let check = |text: &str| match Operation::partial_from_json(text) {
            Ok(operation) => policy.check_at(&operation, at.0, at.1),
            Err(_) => policy.check_json(text),
        };
        let mut paused = false;
        if let Some(phrase) = &self.phrase {
            let operation = policy.phrase(phrase).map_err(|error| match &error {
                abey::Error::Source(faults) => report::diagnostics(faults, phrase, "phrase", streams.colour.err),
                other => format!("error: {other}"),
            })?;
            paused |= self.print(&policy.check_at(&operation, at.0, at.1), streams);
        } else if let Some(lines) = &self.lines {
            for line in self.bytes(lines, streams)?.split(|byte| *byte == b'\n') {
                let decision = match std::str::from_utf8(line) {
                    Ok(text) if text.trim().is_empty() => continue,
                    Ok(text) => check(text),
                    Err(error) => {
                        let message = format!("not UTF-8 from byte {}", error.valid_up_to());
                        policy.malformed(&Malformed { path: String::new(), message })
                    }
                };
                paused |= self.print(&decision, streams);
            }
        } else {
            let Some(file) = &self.operation else {
                return Err("error: no operation; give a JSON file, `-`, --phrase or --lines".into());
            };
            paused |= self.print(&check(&self.text(file, streams)?), streams);
        }
        Ok(if paused { NO } else { FINE })
    }

    /// The policy with its settings bound and its base in place.
    fn prepared(&self, mut policy: Policy) -> Result<Policy, String> {
        for setting in &self.settings {
            let Some((name, value)) = setting.split_once('=') else {
                return Err(format!("error: `--set {setting}`: write NAME=VALUE, as in retention=\"12 months\""));
            };
            policy = policy.with_setting(name.trim(), value.trim()).map_err(|error| format!("error: {error}"))?;
        }
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

    fn bytes(&self, file: &Path, streams: &mut Streams<'_>) -> Result<Vec<u8>, String> {
        if file.as_os_str() != "-" {
            return input::read(file);
        }
        let mut bytes = Vec::new();
        streams.input.read_to_end(&mut bytes).map_err(|error| format!("error: standard input: {error}"))?;
        Ok(bytes)
    }

    fn text(&self, file: &Path, streams: &mut Streams<'_>) -> Result<String, String> {
        if file.as_os_str() != "-" {
            return input::source(file);
        }
        let mut text = String::new();
        // One operation past its limit is refused as malformed.
        let most = limits::OPERATION_BYTES as u64 + 1;
        streams
            .input
            .take(most)
            .read_to_string(&mut text)
            .map_err(|error| format!("error: standard input: {error}"))?;
        Ok(text)
    }

    /// Prints a decision; whether it is a pause.
    fn print(&self, decision: &Decision, streams: &mut Streams<'_>) -> bool {
        let text = match self.format {
            Format::Json => decision.to_json() + "\n",
            Format::Human => report::decision(decision, streams.colour.out),
        };
        let _ = streams.out.write_all(text.as_bytes());
        !decision.is_allowed()
    }
}
