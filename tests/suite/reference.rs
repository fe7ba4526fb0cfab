//! Law 7, one meaning: the reference evaluator, written from the specification, and the optimised one decide alike.

use std::sync::LazyLock;

use abey::decision::{Decision, Remedies};
use abey::operations::Aim;
use abey::{Compiled, Operation, Policy};
use abey_lang::model::Example;
use abey_tests::operations::operations;
use abey_tests::reference::Reference;
use proptest::test_runner::{Config, TestCaseError, TestRunner};

/// A policy in both its forms.
struct Both {
    name: String,
    compiled: Compiled,
    policy: Policy,
}

impl Both {
    fn over(name: &str, source: &str, beneath: &dyn Fn(&str) -> Option<String>) -> Self {
        let compiled = abey::compile_over(source, beneath).unwrap_or_else(|error| panic!("{name}: {error}"));
        let policy = Policy::compile_over(source, beneath).unwrap_or_else(|error| panic!("{name}: {error}"));
        Both { name: name.into(), compiled, policy }
    }

    fn examples(&self) -> &[Example] {
        &self.compiled.policy.examples
    }

    fn operations(&self) -> Vec<Operation> {
        self.examples().iter().map(|example| example.operation.clone()).collect()
    }
}

/// The agreements, and those that stand over one.
static AGREEMENTS: LazyLock<Vec<Both>> = LazyLock::new(|| {
    let source = |name: &str, file: &str| abey_tests::read(&format!("policies/{name}/{file}.abey"));
    let stacked = ["connexcs", "conxa", "jexi"];
    let over = |name: &&str| {
        Both::over(&format!("{name}, signed"), &source(name, "agreement"), &|_| Some(source(name, "policy")))
    };
    let policies =
        abey_tests::agreements::NAMES.iter().map(|name| Both::over(name, &source(name, "policy"), &|_| None));
    policies.chain(stacked.iter().map(over)).collect()
});

/// The policies of the language reference: together they hold every construct.
static CONSTRUCTS: LazyLock<Vec<Both>> = LazyLock::new(|| {
    let text = abey_tests::read("lang/README.md");
    let blocks = |tag: &str| -> Vec<String> {
        let opening = format!("```{tag}\n");
        text.split(&opening).skip(1).filter_map(|rest| rest.split("```").next()).map(str::to_string).collect()
    };
    let prelude = blocks("abey prelude").concat();
    let number = |(index, block): (usize, String)| {
        Both::over(&format!("lang/README.md, block {}", index + 1), &format!("{prelude}{block}"), &|_| None)
    };
    let mut found: Vec<Both> = blocks("abey").into_iter().enumerate().map(number).collect();
    // The agreement stands over the block before it.
    let stands_over = blocks("abey")
        .into_iter()
        .find(|block| block.contains("setting window: duration") && block.contains("deferred"));
    let beneath = stands_over.map(|block| format!("{prelude}{block}"));
    let agreements = blocks("abey agreement").into_iter();
    found.extend(agreements.map(|block| Both::over("lang/README.md, agreement", &block, &|_| beneath.clone())));
    found
});

/// What a decision says otherwise than an example expects. A pause that nothing covers cites the nearest instruction.
fn contradictions(example: &Example, decision: &Decision) -> Vec<String> {
    let mut found = Vec::new();
    if example.allow != decision.is_allowed() {
        found.push(format!("the verdict is {:?}", decision.verdict));
    }
    for label in &example.citing {
        let covers = decision.covered.iter().any(|cover| cover.citation.clause == *label);
        let owes = decision.duties.iter().any(|duty| duty.citation.clause == *label);
        if !(if example.allow { covers || owes } else { decision.cites(label) }) {
            found.push(format!("clause {label} isn't cited"));
        }
    }
    for (owed, by) in &example.owing {
        let wanted = by.map(|by| by.to_string());
        let mut duties = decision.duties.iter().filter(|duty| duty.duty == *owed);
        if !duties.any(|duty| wanted.is_none() || duty.due == wanted) {
            found.push(format!("no duty \"{owed}\" {by:?}, but {:?}", decision.duties));
        }
    }
    found
}

#[test]
fn the_reference_decides_every_example_as_it_was_written() {
    let mut tried = 0;
    let mut wrong = Vec::new();
    for both in AGREEMENTS.iter().chain(CONSTRUCTS.iter()) {
        let reference = Reference::of(&both.compiled.policy);
        for example in both.examples() {
            tried += 1;
            let decision = reference.decide(&example.operation, &both.policy.about());
            let found = match &decision {
                Ok(decision) => contradictions(example, decision),
                Err(fault) => vec![fault.to_string()],
            };
            wrong.extend(found.iter().map(|what| format!("{}: {}: {what}", both.name, example.name)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(tried > 800, "{tried}");
}

/// A decision without what the reference leaves out.
fn bare(mut decision: Decision) -> Decision {
    decision.questions.clear();
    decision.remedies = Remedies { complete: false, steps: Vec::new() };
    decision.reasons.iter_mut().for_each(|reason| {
        reason.remedies.clear();
    });
    decision
}

/// Where the two decide differently, both decisions.
fn difference(both: &Both, reference: &Reference<'_>, operation: &Operation) -> Option<String> {
    let engine = both.policy.decide(operation).map(bare);
    let decided = reference.decide(operation, &both.policy.about());
    let (engine, decided) = match (engine, decided) {
        (Ok(engine), Ok(decided)) => (engine.to_json(), decided.to_json()),
        // The sentence about a fault is the engine's own.
        (Err(fault), Err(found)) if fault.path == found.path => return None,
        (engine, decided) => (format!("{engine:?}"), format!("{decided:?}")),
    };
    let told = || abey::ToJson::to_json(operation);
    (engine != decided).then(|| format!("{}\n{}\nengine {engine}\nreferen {decided}\n", both.name, told()))
}

#[test]
fn the_engine_decides_the_operations_of_the_agreements_as_the_reference_does() {
    let mut found = Vec::new();
    let mut tried = 0;
    for both in AGREEMENTS.iter().chain(CONSTRUCTS.iter()) {
        let reference = Reference::of(&both.compiled.policy);
        let agreement = both.name.split(',').next().unwrap_or_default();
        let folder = abey_tests::root().join("policies").join(agreement).join("operations");
        let files = std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
        let files = files.map(|file| Operation::from_json(std::fs::read_to_string(file).unwrap()).unwrap());
        for operation in files.chain(both.operations()) {
            tried += 1;
            found.extend(difference(both, &reference, &operation));
        }
    }
    assert!(found.is_empty(), "{} of {tried} differ\n{}", found.len(), found.join("\n"));
    assert!(tried > 1_000, "{tried}");
}

/// That both agree on so many generated operations of each policy; fewer where `ABEY_LAWS_CASES` says less than 500.
fn agree_on_generated(policies: &[Both], cases: u32) {
    let share = std::env::var("ABEY_LAWS_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(500u32);
    let cases = (cases * share.min(500)).div_ceil(500);
    for both in policies.iter().filter(|both| !both.examples().is_empty()) {
        let reference = Reference::of(&both.compiled.policy);
        let generated = operations(Aim::at(both.policy.tables().clone()), both.operations());
        let config = Config { cases, failure_persistence: None, ..Config::default() };
        let law = |operation: Operation| match difference(both, &reference, &operation) {
            None => Ok(()),
            Some(difference) => Err(TestCaseError::fail(difference)),
        };
        TestRunner::new(config).run(&generated, law).unwrap_or_else(|wrong| panic!("{wrong}"));
    }
}

#[test]
fn the_engine_decides_generated_operations_as_the_reference_does() {
    agree_on_generated(&AGREEMENTS, 500);
}

#[test]
fn the_engine_decides_every_construct_as_the_reference_does() {
    agree_on_generated(&CONSTRUCTS, 200);
}
