//! `abey check`: decide operations, and warn of what the lints find in the policy.

use std::path::PathBuf;

use abey::calendar::Instant;
use abey::decision::TimeFrom;
use abey::{Operation, Policy, json};
use clap::Args;

use crate::asked::{self, Asked};
use crate::{FINE, NO, Streams, USAGE, input};

pub const EXAMPLES: &str = "Examples:
  abey check policies/conma policies/conma/operations/01-consent-stored.json
  abey check policies/conma --phrase \"store of raw ip_address to supabase in BR from DE\" --at 2026-11-20
  abey check policies/conma --lines operations.jsonl --format json";

#[derive(Args)]
pub struct Check {
    #[command(flatten)]
    asked: Asked,
    /// Operations as a file of JSON lines; `-` reads standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["operation", "phrase"])]
    lines: Option<PathBuf>,
    /// Don't warn of what the lints find in a policy source
    #[arg(long)]
    no_lint: bool,
}

impl Check {
    pub fn run(&self, streams: &mut Streams<'_>) -> u8 {
        self.asked.answered(streams, |policy, at, streams| {
            let code = self.decide(&policy, at, streams)?;
            if !self.no_lint && code != USAGE {
                self.warn(streams)?;
            }
            Ok(code)
        })
    }

    fn decide(&self, policy: &Policy, at: (Instant, TimeFrom), streams: &mut Streams<'_>) -> Result<u8, String> {
        let check = |text: &[u8]| match Operation::partial_from_json(text) {
            Ok(operation) => policy.check_at(&operation, at.0, at.1),
            Err(fault) => policy.malformed(&fault),
        };
        let mut paused = false;
        if let Some(phrase) = &self.asked.phrase {
            let operation = self.asked.phrased(phrase, policy, streams)?;
            paused |= self.asked.print(&policy.check_at(&operation, at.0, at.1), streams);
        } else if let Some(lines) = &self.lines {
            for line in json::lines(&asked::bytes(lines, streams)?) {
                paused |= self.asked.print(&check(line), streams);
            }
        } else {
            let Some(file) = &self.asked.operation else {
                return Ok(Asked::nothing(streams, "a JSON file, `-`, --phrase or --lines"));
            };
            paused |= self.asked.print(&check(&asked::bytes(file, streams)?), streams);
        }
        Ok(if paused { NO } else { FINE })
    }

    /// Warns of what the lints find in a source; an image has none.
    fn warn(&self, streams: &mut Streams<'_>) -> Result<(), String> {
        let file = input::policy_file(&self.asked.policy);
        if input::is_built(&input::read(&file)?) {
            return Ok(());
        }
        let source = input::source(&file)?;
        let wrong = |error: abey::Error| input::explain(&error, &source, &file, streams.colour.err);
        let compiled = abey::compile_over(&source, &input::beneath(&file)).map_err(wrong)?;
        let findings = abey::lints::lint(&compiled).map_err(|error| format!("error: {}: {error}", file.display()))?;
        for finding in findings {
            let (line, _) = abey::line_and_column(&source, finding.span.start);
            let (name, message) = (finding.lint, finding.message);
            streams.complain(&format!("warning: {}:{line} {name}: {message}", file.display()));
        }
        Ok(())
    }
}
