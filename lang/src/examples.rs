//! The examples of a policy, run: what was expected, what was decided, and which rules no example decides.

use std::collections::BTreeSet;

use abey_engine::decision::{Decision, Kind};
use abey_engine::{ImageError, NativeChecker};

use crate::diagnostic::line_and_column;
use crate::{Compiled, image_bytes};

/// What came of the examples.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Each example, in order.
    pub examples: Vec<Ran>,
    /// Rules that no example decides.
    pub undecided: Vec<Undecided>,
    /// How many rules there are.
    pub rules: usize,
}

/// An example that ran.
#[derive(Clone, Debug)]
pub struct Ran {
    /// Its name.
    pub name: String,
    /// Its line in the source.
    pub line: u32,
    /// What it expects, in words.
    pub expected: String,
    /// What is wrong; none where it passes.
    pub failures: Vec<String>,
    /// The decision.
    pub decision: Decision,
}

/// A rule that no example decides.
#[derive(Clone, Debug)]
pub struct Undecided {
    /// The label of its clause.
    pub clause: String,
    /// The rule.
    pub rule: String,
    /// Its line in the source.
    pub line: u32,
}

impl Outcome {
    /// Whether every example passes.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.examples.iter().all(|ran| ran.failures.is_empty())
    }
}

/// Runs every example.
///
/// An example decides a rule when the rule covers an operation that is allowed,
/// gives a reason to pause one, or yields a duty that the example names.
///
/// # Errors
/// When the image isn't valid, which a compiled one is.
pub fn run(compiled: &Compiled, source: &str) -> Result<Outcome, ImageError> {
    let checker = NativeChecker::load(&image_bytes(&compiled.image))?;
    let mut decided: BTreeSet<(String, u32, u32)> = BTreeSet::new();
    let mut examples = Vec::new();
    for example in &compiled.policy.examples {
        let decision = checker.check(&example.operation);
        let failures = failures(example, &decision);
        if failures.is_empty() {
            let mut decides = |citation: &abey_engine::decision::Citation| {
                decided.insert((citation.layer.clone(), citation.line, citation.column));
            };
            decision.covered.iter().for_each(|cover| decides(&cover.citation));
            let reasons = decision.reasons.iter().filter(|reason| reason.kind != Kind::NotCovered);
            reasons.filter_map(|reason| reason.citation.as_ref()).for_each(&mut decides);
            let named = decision.duties.iter().filter(|duty| example.owing.iter().any(|(owed, _)| *owed == duty.duty));
            named.for_each(|duty| decides(&duty.citation));
        }
        examples.push(Ran {
            name: example.name.clone(),
            line: line_and_column(source, example.span.start).0,
            expected: expected(example),
            failures,
            decision,
        });
    }
    let image = checker.image();
    // An agreement answers for its own rules; those beneath have their own examples.
    let top = image.layers.len().saturating_sub(1);
    let own = image
        .rules
        .iter()
        .filter(|rule| image.clauses.get(rule.clause as usize).is_some_and(|clause| clause.layer as usize == top));
    let rules = own.clone().count();
    let undecided = own.filter(|rule| {
        let place = (image.name.clone(), rule.position.line, rule.position.column);
        !decided.contains(&place)
    });
    let undecided = undecided.map(|rule| Undecided {
        clause: image.clauses.get(rule.clause as usize).map(|clause| clause.label.as_str().into()).unwrap_or_default(),
        rule: rule.text.as_str().into(),
        line: rule.position.line,
    });
    Ok(Outcome { examples, undecided: undecided.collect(), rules })
}

fn expected(example: &crate::model::Example) -> String {
    let mut text = String::from(if example.allow { "allow" } else { "pause" });
    let quoted = |labels: &[String]| labels.iter().map(|label| format!("\"{label}\"")).collect::<Vec<_>>().join(", ");
    if !example.citing.is_empty() {
        text += &format!(" citing {}", quoted(&example.citing));
    }
    for (index, (duty, due)) in example.owing.iter().enumerate() {
        let by = due.map_or(String::new(), |due| format!(" by {due}"));
        text += &format!("{} \"{duty}\"{by}", if index == 0 { " owing" } else { "," });
    }
    text
}

fn failures(example: &crate::model::Example, decision: &Decision) -> Vec<String> {
    let mut failures = Vec::new();
    if example.allow != decision.is_allowed() {
        failures.push(format!("it is {}", if decision.is_allowed() { "allowed" } else { "paused" }));
    }
    for label in &example.citing {
        let covers = decision.covered.iter().any(|cover| cover.citation.clause == *label);
        let owes = decision.duties.iter().any(|duty| duty.citation.clause == *label);
        let cited = if example.allow { covers || owes } else { decision.cites(label) };
        if !cited {
            failures.push(format!("the decision doesn't cite clause \"{label}\""));
        }
    }
    for (owed, by) in &example.owing {
        let found: Vec<_> = decision.duties.iter().filter(|duty| duty.duty == *owed).collect();
        let wanted = by.map(|by| by.to_string());
        if found.is_empty() {
            failures.push(format!("no duty \"{owed}\" comes with it"));
        } else if let Some(wanted) = wanted.filter(|wanted| !found.iter().any(|duty| duty.due.as_ref() == Some(wanted)))
        {
            let due: Vec<&str> = found.iter().map(|duty| duty.due.as_deref().unwrap_or("no fixed day")).collect();
            failures.push(format!("the duty \"{owed}\" is due by {}, not by {wanted}", due.join(", ")));
        }
    }
    failures
}
