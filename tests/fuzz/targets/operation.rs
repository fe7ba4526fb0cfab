//! Any text as an operation: malformed with one reason, or decided. Writing an operation and reading it gives it back,
//! and what a complete set of remedies says would settle it, settles it.

#![no_main]

use std::sync::LazyLock;

use abey::{Operation, Policy, ToJson};
use libfuzzer_sys::{Corpus, fuzz_target};

static POLICY: LazyLock<Policy> = LazyLock::new(|| {
    Policy::compile(include_str!("../../../policies/conma/policy.abey")).expect("a policy of the project")
});

fuzz_target!(|text: &str| -> Corpus {
    let decision = POLICY.check_json(text);
    assert!(!decision.reasons.is_empty() || decision.is_allowed());
    let operation = match Operation::from_json(text) {
        Ok(operation) => operation,
        Err(fault) => {
            assert!(!decision.is_allowed());
            assert_eq!(decision.reasons.len(), 1, "{fault}");
            return Corpus::Keep;
        }
    };
    let written = operation.to_json().to_string();
    assert_eq!(Operation::from_json(&written).as_ref(), Ok(&operation), "{written}");
    assert_eq!(POLICY.check(&operation), decision);
    if decision.remedies.complete {
        let mended = operation.with_steps(&decision.remedies.steps);
        assert!(POLICY.check(&mended).is_allowed(), "a complete set of remedies settles it");
    }
    Corpus::Keep
});
