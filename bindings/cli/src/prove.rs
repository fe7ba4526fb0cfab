//! `abey prove`: settle the properties of policies.

use std::path::{Path, PathBuf};

use abey::prove::{Counterexample, Outcome, Proof, prove};
use abey::{Decision, forms};
use clap::Args;

use crate::each::{self, Source};
use crate::{Format, Streams};

pub const EXAMPLES: &str = "Examples:
  abey prove policies
  abey prove policies/conma/policy.abey --format json";

#[derive(Args)]
pub struct Prove {
    /// Policy sources, or folders to search through
    #[arg(default_value = ".")]
    paths: Vec<PathBuf>,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

impl Prove {
    pub fn run(&self, streams: &mut Streams<'_>) -> u8 {
        each::policy(&self.paths, streams, |policy, streams| {
            let Source { file, source, compiled } = policy;
            let proofs = prove(compiled, source).map_err(|error| format!("error: {}: {error}", file.display()))?;
            match self.format {
                Format::Human => human(file, &proofs, streams),
                Format::Json => {
                    let _ = writeln!(streams.out, "{}", each::named(file, forms::proofs(&proofs)));
                }
            }
            Ok(proofs.iter().all(Proof::is_proved))
        })
    }
}

fn human(file: &Path, proofs: &[Proof], streams: &mut Streams<'_>) {
    let proved = proofs.iter().filter(|proof| proof.is_proved()).count();
    let refuted = proofs.iter().filter(|proof| proof.is_refuted()).count();
    // What always holds may have been shown of fully described operations alone.
    let alone = match proofs.iter().filter(|proof| proof.is_proved() && !proof.partial).count() {
        0 => String::new(),
        some => format!(" ({some} of fully described operations alone)"),
    };
    let properties = if proofs.len() == 1 { "property" } else { "properties" };
    let _ = writeln!(
        streams.out,
        "{}: {} {properties}, {proved} proved{alone}, {refuted} refuted, {} not settled",
        file.display(),
        proofs.len(),
        proofs.len() - proved - refuted,
    );
    for proof in proofs {
        let place = format!("{}:{} {}", file.display(), proof.line, proof.name);
        match &proof.outcome {
            Outcome::Proved => {}
            Outcome::Unsettled(why) => {
                let _ = writeln!(streams.out, "\n  NOT SETTLED {place}\n    {}\n    {why}", proof.text);
            }
            Outcome::Refuted(found) => {
                let Counterexample { phrase, decision, beneath, .. } = found.as_ref();
                let _ = writeln!(streams.out, "\n  REFUTED {place}\n    {}", proof.text);
                let _ = writeln!(streams.out, "    counterexample: {phrase}");
                let _ = writeln!(streams.out, "    decision: {}", decided(decision));
                if let Some(beneath) = beneath {
                    let _ = writeln!(streams.out, "    beneath:  {}", decided(beneath));
                }
            }
        }
    }
}

/// A decision in a line.
fn decided(decision: &Decision) -> String {
    let mut clauses: Vec<String> = Vec::new();
    let cited = decision.reasons.iter().filter_map(|reason| reason.citation.as_ref());
    for citation in cited.chain(decision.covered.iter().map(|cover| &cover.citation)) {
        let quoted = format!("\"{}\"", citation.clause);
        if !clauses.contains(&quoted) {
            clauses.push(quoted);
        }
    }
    let citing = if clauses.is_empty() { String::new() } else { format!(", citing {}", clauses.join(", ")) };
    format!("{}{citing}", decision.verdict.word())
}
