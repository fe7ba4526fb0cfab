//! The cases of `tests/conformance`: see the README there.

use std::collections::BTreeMap;
use std::path::PathBuf;

use abey::{Decision, Operation, Policy};
use serde::Deserialize;

/// A feature of the language: a policy, and what it decides.
#[derive(Debug)]
pub struct Feature {
    /// Its name.
    pub name: String,
    /// The source of the policy.
    pub source: String,
    /// The cases.
    pub cases: Vec<Case>,
}

/// An operation, and what must be decided.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Its name, unlike that of any other of the feature.
    pub name: String,
    /// The sentence of the reference that decides it.
    pub because: String,
    /// The operation, in the wire form.
    #[serde(default)]
    pub operation: Option<serde_json::Value>,
    /// The input as it is, in place of an operation.
    #[serde(default)]
    pub text: Option<String>,
    /// Settings bound before the check.
    #[serde(default)]
    pub settings: BTreeMap<String, String>,
    /// What must be decided.
    pub expect: Expect,
}

/// What must be decided.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    verdict: String,
    #[serde(default)]
    reasons: Vec<String>,
    #[serde(default)]
    covered: Vec<String>,
    #[serde(default)]
    duties: Vec<String>,
    questions: Option<Vec<String>>,
    remedies: Option<Vec<String>>,
    complete: Option<bool>,
    lapses: Option<String>,
    because: Option<Vec<String>>,
    #[serde(default)]
    ignored: Vec<String>,
}

/// The folder of the cases.
#[must_use]
pub fn folder() -> PathBuf {
    crate::root().join("tests/conformance")
}

/// The source of the policy beneath an agreement of the cases.
#[must_use]
pub fn beneath(name: &str) -> Option<String> {
    std::fs::read_to_string(folder().join(format!("beneath/{name}.abey"))).ok()
}

/// Every feature, by name.
///
/// # Panics
/// When a file can't be read, or says what no case can.
#[must_use]
#[expect(clippy::panic, reason = "a test without its material must fail")]
pub fn features() -> Vec<Feature> {
    let entries = std::fs::read_dir(folder()).unwrap_or_else(|error| panic!("tests/conformance: {error}"));
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.strip_suffix(".json").map(str::to_string))
        .collect();
    names.sort();
    let feature = |name: String| {
        let source = crate::read(&format!("tests/conformance/{name}.abey"));
        let text = crate::read(&format!("tests/conformance/{name}.json"));
        let cases = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}.json: {error}"));
        Feature { name, source, cases }
    };
    names.into_iter().map(feature).collect()
}

impl Feature {
    /// The policy.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn policy(&self) -> Result<Policy, abey::Error> {
        Policy::compile_over(&self.source, &beneath)
    }
}

impl Case {
    /// The operation as a host would send it.
    #[must_use]
    pub fn input(&self) -> String {
        match (&self.text, &self.operation) {
            (Some(text), _) => text.clone(),
            (None, Some(operation)) => operation.to_string(),
            (None, None) => String::new(),
        }
    }

    /// What a policy decides, once the settings of this case are bound.
    ///
    /// # Errors
    /// What is wrong with a setting.
    pub fn decide(&self, policy: &Policy) -> Result<Decision, abey::Error> {
        if self.settings.is_empty() {
            return Ok(policy.check_json(self.input()));
        }
        let bound = Policy::load(policy.image())?;
        let bound = self.settings.iter().try_fold(bound, |policy, (name, value)| policy.with_setting(name, value))?;
        Ok(bound.check_json(self.input()))
    }

    /// What a decision says otherwise than this case expects, a line each.
    #[must_use]
    pub fn contradictions(&self, decision: &Decision) -> Vec<String> {
        let mut found = Vec::new();
        let mut compare = |what: &str, expected: &[String], actual: &[String]| {
            if expected != actual {
                found.push(format!("{what}: expected {expected:?}, and it is {actual:?}"));
            }
        };
        let expect = &self.expect;
        let points = self.points();
        let at = |own: &[[u32; 5]]| match own.len() == points {
            true => String::new(),
            false => {
                let spell = |point: &[u32; 5]| point.map(|index| index.to_string()).join(".");
                format!(" at {}", own.iter().map(spell).collect::<Vec<_>>().join(", "))
            }
        };
        compare("verdict", std::slice::from_ref(&expect.verdict), &[decision.verdict.word().to_string()]);
        let reasons: Vec<String> = decision
            .reasons
            .iter()
            .map(|reason| {
                let kind = reason.kind.word();
                match reason.citation.as_ref().filter(|_| kind != "not_covered") {
                    Some(citation) => format!("{kind} {}{}", citation.clause, at(&reason.points)),
                    None if kind == "malformed" => kind.to_string(),
                    None => format!("{kind}{}", at(&reason.points)),
                }
            })
            .collect();
        compare("reasons", &expect.reasons, &reasons);
        let covered: Vec<String> =
            decision.covered.iter().map(|cover| format!("{}{}", cover.citation.clause, at(&cover.points))).collect();
        compare("covered", &expect.covered, &covered);
        let duties: Vec<String> = decision
            .duties
            .iter()
            .map(|duty| {
                let due = duty.due.as_ref().map(|due| format!(" by {due}")).unwrap_or_default();
                format!("{} {} {}{due}", duty.state.word(), duty.citation.clause, duty.duty)
            })
            .collect();
        compare("duties", &expect.duties, &duties);
        if let Some(expected) = &expect.questions {
            let sorted = |mut words: Vec<String>| {
                words.sort();
                words
            };
            let paths = decision.questions.iter().map(|question| question.path.clone()).collect();
            compare("questions", &sorted(expected.clone()), &sorted(paths));
        }
        if let Some(expected) = &expect.remedies {
            let steps = decision.remedies.steps.iter();
            let steps: Vec<String> =
                steps.map(|step| format!("{} {} {}", step.change.word(), step.path, step.value)).collect();
            compare("remedies", expected, &steps);
        }
        if let Some(expected) = expect.complete {
            compare("complete", &[expected.to_string()], &[decision.remedies.complete.to_string()]);
        }
        if let Some(expected) = &expect.lapses {
            let first = decision.reasons.first().and_then(|reason| reason.lapses.clone()).unwrap_or_default();
            compare("lapses", std::slice::from_ref(expected), &[first]);
        }
        if let Some(expected) = &expect.because {
            let notes: Vec<String> = decision.because.iter().map(|note| note.text.clone()).collect();
            compare("because", expected, &notes);
        }
        compare("ignored", &expect.ignored, &decision.ignored);
        found
    }

    /// How many points the operation has; one where it isn't well-formed.
    fn points(&self) -> usize {
        let Ok(operation) = Operation::from_json(self.input()) else { return 1 };
        let count = |told: Option<usize>| told.unwrap_or(1).max(1);
        operation.data.len()
            * count(operation.subjects.value().map(Vec::len))
            * count(operation.purposes.value().map(Vec::len))
            * operation.legs.len().max(1)
            * count(operation.origins.value().map(Vec::len))
    }
}
