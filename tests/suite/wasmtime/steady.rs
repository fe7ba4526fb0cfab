//! Memory stays where it is, however many checks there are.

use abey_tests::agreements;
use abey_wasmtime::Loader;

use super::{attached, operations, options};

/// Checks varied operations: those of a policy, each cut at a place that moves on.
fn memory_stays(checks: usize, first: usize) {
    let policy = agreements::policy("conma");
    let loader = Loader::new(abey_wasmtime::Options { optimised: checks > 100_000, ..options() }).unwrap();
    let sandboxed = loader.load(&attached(&policy)).unwrap();
    let operations = operations("conma");
    let mut after_first = Vec::new();
    for turn in 0..checks {
        let operation = &operations[turn % operations.len()];
        // Whole at first, so that the most demanding is among the first; later one in three is cut.
        let end = if turn % 3 == 2 { turn.wrapping_mul(31) % operation.len() } else { operation.len() };
        let text = sandboxed.check_json_text(&operation[..end]).unwrap();
        assert!(text.starts_with("{\"verdict\":"), "{text}");
        if turn + 1 == first {
            after_first = sandboxed.idle_memory_bytes();
            assert_eq!(after_first.len(), 1);
        }
    }
    assert_eq!(sandboxed.idle_memory_bytes(), after_first);
    println!("{checks} checks, {after_first:?} bytes of memory after {first} and at the end");
}

#[test]
fn memory_stays_for_thousands_of_checks() {
    memory_stays(5_000, 1_000);
}

/// `cargo test --release -p abey-tests --test suite wasmtime::steady::memory_stays_for_a_million -- --ignored --nocapture`
#[test]
#[ignore = "minutes"]
fn memory_stays_for_a_million_checks() {
    memory_stays(1_000_000, 1_000);
}
