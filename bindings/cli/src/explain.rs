//! `abey explain`: show how a decision comes about, rule by rule.

use std::path::Path;

use abey::decision::Verdict;
use abey::{Malformed, Operation, Policy, report};
use clap::Args;

use crate::asked::{self, Asked};
use crate::{FINE, Format, NO, Streams, input};

pub const EXAMPLES: &str = "Examples:
  abey explain policies/conma policies/conma/operations/03-raw-address-logged.json
  abey explain policies/conma --phrase \"delete of listed_data for market_analysis\" --at 2026-11-20 --all

Under each part of a rule stands whether it is true, unknown or false at the point, and the values that say so.
It shows the decision that `abey check` makes, and exits as that does. Of an operation that isn't well-formed no rule
says anything: its decision is printed alone.";

#[derive(Args)]
pub struct Explain {
    #[command(flatten)]
    asked: Asked,
    /// Show rules that don't apply in full as well
    #[arg(long)]
    all: bool,
}

impl Explain {
    pub fn run(&self, streams: &mut Streams<'_>) -> u8 {
        self.asked.answered(streams, |policy, at, streams| {
            if self.asked.phrase.is_none() && self.asked.operation.is_none() {
                return Ok(Asked::nothing(streams, "a JSON file, `-` or --phrase"));
            }
            let trace = match self.operation(&policy, streams)? {
                Ok(operation) => policy.explain_at(&operation, at.0),
                Err(fault) => Err(fault),
            };
            let (verdict, text) = match (trace, self.asked.format) {
                // What isn't well-formed was judged by no rule.
                (Err(fault), Format::Json) => (Verdict::Pause, policy.malformed(&fault).to_json() + "\n"),
                (Err(fault), Format::Human) => {
                    (Verdict::Pause, report::decision(&policy.malformed(&fault), streams.colour.out))
                }
                (Ok(trace), Format::Json) => (trace.verdict, trace.to_json() + "\n"),
                (Ok(trace), Format::Human) => {
                    let layers = input::layers(&self.asked.policy, &trace.policy.layers);
                    let found = |name: &str| layers.get(name).map(|(path, text)| (path.as_str(), text.as_str()));
                    (trace.verdict, report::trace(&trace, &found, self.all, streams.colour.out))
                }
            };
            let _ = streams.out.write_all(text.as_bytes());
            Ok(if verdict == Verdict::Allow { FINE } else { NO })
        })
    }

    /// The operation, or what is wrong with it; an error where there is none to be had.
    fn operation(&self, policy: &Policy, streams: &mut Streams<'_>) -> Result<Result<Operation, Malformed>, String> {
        if let Some(phrase) = &self.asked.phrase {
            return self.asked.phrased(phrase, policy, streams).map(Ok);
        }
        let file = self.asked.operation.as_deref().unwrap_or(Path::new("-"));
        Ok(Operation::partial_from_json(asked::bytes(file, streams)?))
    }
}
