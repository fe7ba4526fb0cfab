//! `abey explain`: show how a decision comes about, rule by rule.

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
            let Some(read) = self.operation(&policy, streams)? else {
                return Ok(Asked::nothing(streams, "a JSON file, `-` or --phrase"));
            };
            let trace = match read.and_then(|operation| policy.explain_at(&operation, at.0)) {
                Ok(trace) => trace,
                // What isn't well-formed was judged by no rule.
                Err(fault) => {
                    self.asked.print(&policy.malformed(&fault), streams);
                    return Ok(NO);
                }
            };
            let text = match self.asked.format {
                Format::Json => trace.to_json() + "\n",
                Format::Human => {
                    let layers = input::layers(&self.asked.policy, &trace.policy.layers);
                    let found = |name: &str| layers.get(name).map(|(path, text)| (path.as_str(), text.as_str()));
                    report::trace(&trace, &found, self.all, streams.colour.out)
                }
            };
            let _ = streams.out.write_all(text.as_bytes());
            Ok(if trace.verdict == Verdict::Allow { FINE } else { NO })
        })
    }

    /// The operation, or what is wrong with it; none where none is given.
    fn operation(
        &self,
        policy: &Policy,
        streams: &mut Streams<'_>,
    ) -> Result<Option<Result<Operation, Malformed>>, String> {
        if let Some(phrase) = &self.asked.phrase {
            return self.asked.phrased(phrase, policy, streams).map(|operation| Some(Ok(operation)));
        }
        let Some(file) = &self.asked.operation else { return Ok(None) };
        Ok(Some(Operation::partial_from_json(asked::bytes(file, streams)?)))
    }
}
