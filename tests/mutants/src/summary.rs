//! What a run comes to, for a reader.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write;

use crate::mutant::{Key, Mutant};
use crate::reasons::Reason;
use crate::record::{Line, Outcome};

/// What a run comes to.
pub struct Summary {
    /// The figures and the survivors by function, as Markdown.
    pub text: String,
    /// Whether a mutant survives without a reason, or a reason is stale.
    pub fails: bool,
}

/// Sums up. `chosen` are the mutants that were asked for, each with what is known of it; `source` yields a line of a file.
pub fn summary(
    chosen: &[(&Mutant, Option<&Line>)],
    all: &[Mutant],
    reasons: &[Reason],
    source: &dyn Fn(&str, usize) -> String,
) -> Summary {
    let known: Vec<(&Mutant, &Line)> = chosen.iter().filter_map(|(mutant, line)| Some((*mutant, (*line)?))).collect();
    let count = |outcome: Outcome| known.iter().filter(|(_, line)| line.outcome == outcome).count();
    let explained: HashSet<&Key> = reasons.iter().map(|reason| &reason.key).collect();
    let survivors = known.iter().filter(|(_, line)| line.outcome.survives());
    let (with, without): (Vec<&(&Mutant, &Line)>, Vec<_>) =
        survivors.partition(|(mutant, _)| explained.contains(&mutant.key));
    let (unviable, caught, timeout) = (count(Outcome::Unviable), count(Outcome::Caught), count(Outcome::Timeout));
    let viable = known.len() - unviable;
    let rate = |part: usize| if viable == 0 { 100.0 } else { 100.0 * part as f64 / viable as f64 };
    let mut text = String::from("# Mutants\n\n");
    let took: u64 = known.iter().map(|(_, line)| line.took).sum();
    let mut figure = |name: &str, value: String| _ = writeln!(text, "| {name} | {value} |");
    figure("", "mutants".into());
    figure("---", "---:".into());
    figure("all", chosen.len().to_string());
    figure("not tried yet", (chosen.len() - known.len()).to_string());
    figure("don't compile", unviable.to_string());
    figure("viable", viable.to_string());
    figure("caught by a failing test", caught.to_string());
    figure("caught by the time limit", timeout.to_string());
    figure("missed with a reason", with.len().to_string());
    figure("missed", without.len().to_string());
    figure("caught of the viable", format!("{:.1} %", rate(caught + timeout)));
    figure(
        "caught of those without a reason",
        format!("{:.1} %", {
            let rest = viable - with.len();
            if rest == 0 { 100.0 } else { 100.0 * (caught + timeout) as f64 / rest as f64 }
        }),
    );
    figure("seconds of testing", format!("{:.0}", took as f64 / 1000.0));
    by_stage(&mut text, &known);
    if !without.is_empty() {
        text += "\n## Missed\n";
    }
    by_function(&mut text, &without, source);
    let slow: Vec<&(&Mutant, &Line)> = known.iter().filter(|(_, line)| line.outcome == Outcome::Timeout).collect();
    if !slow.is_empty() {
        text += "\n## Caught by the time limit\n";
    }
    by_function(&mut text, &slow, source);
    let stale = stale(&known, all, reasons);
    if !stale.is_empty() {
        text += "\n## Reasons that explain no survivor\n\n";
    }
    for reason in &stale {
        let Key { file, function, what, source, .. } = &reason.key;
        let _ = writeln!(text, "- {file} `{function}`: {what}: `{source}`");
    }
    Summary { text, fails: !without.is_empty() || !stale.is_empty() }
}

fn by_stage(text: &mut String, known: &[(&Mutant, &Line)]) {
    let mut stages: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, line) in known.iter().filter(|(_, line)| matches!(line.outcome, Outcome::Caught | Outcome::Timeout)) {
        *stages.entry(&line.by).or_default() += 1;
    }
    let listed: Vec<String> = stages.iter().map(|(stage, count)| format!("{stage} {count}")).collect();
    let _ = writeln!(text, "\nCaught by stage: {}.", listed.join(", "));
}

fn by_function(text: &mut String, listed: &[&(&Mutant, &Line)], source: &dyn Fn(&str, usize) -> String) {
    let mut around = None;
    for (mutant, line) in listed {
        let Key { file, function, what, source: site, .. } = &mutant.key;
        if around != Some((file, function)) {
            let _ = writeln!(text, "\n### {file} `{function}`\n");
            around = Some((file, function));
        }
        let unreached = if line.outcome == Outcome::NotReached { " (not reached)" } else { "" };
        let whole = source(file, mutant.line);
        let site = if site.is_empty() { String::new() } else { format!(": `{site}`") };
        let _ = writeln!(text, "- {}: **{what}**{site}{unreached}\n  `{whole}`", mutant.line);
    }
}

/// Reasons for mutants that are known not to survive, or that there aren't.
fn stale<'r>(known: &[(&Mutant, &Line)], all: &[Mutant], reasons: &'r [Reason]) -> Vec<&'r Reason> {
    let survives: BTreeMap<&Key, bool> =
        known.iter().map(|(mutant, line)| (&mutant.key, line.outcome.survives())).collect();
    let there: HashSet<&Key> = all.iter().map(|mutant| &mutant.key).collect();
    reasons.iter().filter(|reason| survives.get(&reason.key) == Some(&false) || !there.contains(&reason.key)).collect()
}
