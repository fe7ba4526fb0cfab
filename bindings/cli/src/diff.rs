//! `abey diff`: what a new version of a policy changes.

use std::path::PathBuf;

use abey::decision::{Kind, Reason};
use abey::prove::{Difference, DutyChange, Kept, diff};
use abey::{Decision, forms};
use clap::Args;

use crate::{FINE, Format, NO, Streams, UNUSABLE, input};

pub const EXAMPLES: &str = "Examples:
  abey diff policies/conma policies/conma/policy.abey
  abey diff policies/conxa/policy.abey policies/conxa/agreement.abey --format json";

#[derive(Args)]
pub struct Diff {
    /// The policy as it was
    old: PathBuf,
    /// The policy as it is to be: another version, or an agreement over it
    new: PathBuf,
    /// How to print: Markdown for a person, or JSON
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

impl Diff {
    pub fn run(&self, streams: &mut Streams<'_>) -> u8 {
        let (Some(old), Some(new)) = (input::policy(&self.old, streams), input::policy(&self.new, streams)) else {
            return UNUSABLE;
        };
        let found = match diff(old.tables(), new.tables()) {
            Ok(found) => found,
            Err(error) => {
                streams.complain(&format!("error: {error}"));
                return UNUSABLE;
            }
        };
        let named = |policy: &abey::Policy| {
            let about = policy.about();
            format!("{} {}", about.name, about.version)
        };
        let text = match self.format {
            Format::Human => markdown(&named(&old), &named(&new), &found),
            Format::Json => format!("{}\n", forms::difference(&found)),
        };
        let _ = streams.out.write_all(text.as_bytes());
        if found.full == Kept::Shown && found.duties.is_empty() { FINE } else { NO }
    }
}

fn markdown(old: &str, new: &str, found: &Difference) -> String {
    let mut text = format!("# From {old} to {new}\n");
    match (&found.full, &found.partial) {
        (Kept::Shown, Kept::Shown) => {
            text += "\nNo verdict changes: proved for fully described operations, and for those that leave something open.\n";
        }
        (Kept::Shown, Kept::Changed) => {
            text += "\nNo verdict of a fully described operation changes, which is proved; some that leave something open do.\n";
        }
        (Kept::Shown, Kept::Unsettled(why)) => {
            text += &format!(
                "\nNo verdict of a fully described operation changes, which is proved; for those that leave something open it isn't settled: {why}.\n"
            );
        }
        (Kept::Unsettled(why), _) => text += &format!("\nWhether a verdict changes isn't settled: {why}.\n"),
        (Kept::Changed, _) => {}
    }
    for (title, changes, after) in [("allowed", &found.allowed, true), ("paused", &found.paused, false)] {
        if changes.is_empty() {
            continue;
        }
        text += &format!("\n## Becomes {title}\n");
        // What holds of all of them is said once.
        let mut common: Vec<String> = changes.first().map(|change| change.conditions.clone()).unwrap_or_default();
        common.retain(|condition| {
            changes.len() > 1 && changes.iter().all(|change| change.conditions.contains(condition))
        });
        if !common.is_empty() {
            text += &format!("\nAll of this when {}.\n", common.join(" and "));
        }
        for change in changes {
            let own: Vec<&str> =
                change.conditions.iter().filter(|one| !common.contains(one)).map(String::as_str).collect();
            let when = if own.is_empty() { String::new() } else { format!("\n  when {}", own.join(" and ")) };
            text += &format!("\n- **{}**{when}\n", change.phrase);
            let (allowed, paused) =
                if after { (&change.after, &change.before) } else { (&change.before, &change.after) };
            let (is, was) = if after { ("allowed by", "paused before") } else { ("paused now", "allowed before by") };
            let covers = format!("clause {}", covered(allowed));
            let reasons = reasons(paused);
            text += &if after {
                format!("  - {is} {covers}; {was}: {reasons}\n")
            } else {
                format!("  - {is}: {reasons}; {was} {covers}\n")
            };
            text += &format!("  - for example: `{}`\n", change.example);
        }
    }
    if found.more {
        text += "\nThere is more: these are the first.\n";
    }
    if !found.duties.is_empty() {
        text += "\n## Duties\n\n";
        for DutyChange { comes, clause, rule, settings, example } in &found.duties {
            let settings = if settings.is_empty() { String::new() } else { format!(" ({})", settings.join(", ")) };
            let what = if *comes { "comes" } else { "goes" };
            text += &format!("- {what}, clause \"{clause}\": {rule}{settings}\n");
            text += &example.as_ref().map_or_else(String::new, |one| format!("  - for example with: `{one}`\n"));
        }
    }
    text
}

fn covered(decision: &Decision) -> String {
    let mut clauses: Vec<String> = Vec::new();
    for cover in &decision.covered {
        let quoted = format!("\"{}\"", cover.citation.clause);
        if !clauses.contains(&quoted) {
            clauses.push(quoted);
        }
    }
    clauses.join(", ")
}

/// Why it pauses, in a line. Of an operation whose words it doesn't have, only that.
fn reasons(decision: &Decision) -> String {
    let strange = |reason: &&Reason| reason.kind == Kind::UnknownTerm;
    let unknown: Vec<String> = decision
        .reasons
        .iter()
        .filter(strange)
        .map(|reason| reason.message.split([',', ';']).next().unwrap_or_default().to_string())
        .collect();
    if !unknown.is_empty() {
        return unknown.join("; ");
    }
    let each = decision.reasons.iter().map(|reason| match &reason.citation {
        Some(citation) => format!("{} (clause \"{}\")", reason.message, citation.clause),
        None => reason.message.clone(),
    });
    each.collect::<Vec<_>>().join("; ")
}
