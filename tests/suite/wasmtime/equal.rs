//! The same decisions as natively, byte for byte.

use std::sync::atomic::{AtomicUsize, Ordering};

use abey::{Checker, Decision, Policy};
use abey_tests::agreements::{self, policy};
use abey_tests::conformance::{Feature, features};
use abey_wasmtime::{Loader, Options, Reuse, WasmPolicy};

use super::{attached, operations, options, shop};

/// Asks both the same in every way there is.
fn same(native: &Policy, sandboxed: &WasmPolicy, operation: &[u8], what: &str) {
    let decision = native.check_json(operation);
    let text = sandboxed.check_json_text(operation).unwrap_or_else(|error| panic!("{what}: {error}"));
    assert_eq!(text, decision.to_json(), "{what}");
    assert_eq!(sandboxed.check_json(operation).as_ref(), Ok(&decision), "{what}");
    assert_eq!(sandboxed.verdict_json(operation), Ok(decision.verdict), "{what}");
}

/// Asks both all of them at once, too.
fn all_same(native: &Policy, loader: &Loader, operations: &[Vec<u8>], what: &str) {
    let sandboxed = loader.load(&attached(native)).unwrap_or_else(|error| panic!("{what}: {error}"));
    assert_eq!(*sandboxed.policy(), native.about(), "{what}");
    for (index, operation) in operations.iter().enumerate() {
        same(native, &sandboxed, operation, &format!("{what}, operation {index}"));
    }
    // A line is an operation, so those that are written on several lines are put on one.
    let on_one_line =
        |operation: &Vec<u8>| operation.iter().map(|byte| if *byte == b'\n' { b' ' } else { *byte }).collect();
    let told = |line: &Vec<u8>| !line.iter().all(u8::is_ascii_whitespace);
    let lines: Vec<Vec<u8>> = operations.iter().map(on_one_line).filter(told).collect();
    let decisions: Vec<Decision> = lines.iter().map(|line| native.check_json(line)).collect();
    let lines = lines.join(&b"\n \n"[..]);
    assert_eq!(sandboxed.check_lines(&lines).as_ref(), Ok(&decisions), "{what}");
    let text: String = decisions.iter().map(|decision| decision.to_json() + "\n").collect();
    assert_eq!(sandboxed.check_lines_text(&lines), Ok(text), "{what}");
}

#[test]
fn operations_of_every_policy() {
    let loader = Loader::new(options()).unwrap();
    for name in agreements::NAMES {
        all_same(&policy(name), &loader, &operations(name), name);
    }
}

#[test]
fn fresh_instances_decide_the_same() {
    let loader = Loader::new(Options { reuse: Reuse::Fresh, ..options() }).unwrap();
    all_same(&policy("conma"), &loader, &operations("conma"), "conma");
}

#[test]
fn optimised_code_decides_the_same() {
    let loader = Loader::new(Options { optimised: true, ..options() }).unwrap();
    all_same(&policy("conma"), &loader, &operations("conma"), "conma");
}

/// The cases of a feature: those that share their settings share a policy.
fn cases_of(feature: &Feature, loader: &Loader) -> usize {
    let plain = feature.policy().unwrap_or_else(|error| panic!("{}: {error}", feature.name));
    let mut cases: Vec<_> = feature.cases.iter().collect();
    cases.sort_by(|one, other| one.settings.cmp(&other.settings));
    for cases in cases.chunk_by(|one, other| one.settings == other.settings) {
        let bound = Policy::load(plain.image()).unwrap();
        let settings = cases.iter().take(1).flat_map(|case| &case.settings);
        let bound = settings.fold(bound, |policy, (name, value)| policy.with_setting(name, value).unwrap());
        let inputs: Vec<Vec<u8>> = cases.iter().map(|case| case.input().into_bytes()).collect();
        all_same(&bound, loader, &inputs, &feature.name);
    }
    cases.len()
}

/// The cases of one feature in so many.
fn conformance(one_in: usize) -> usize {
    let loader = Loader::new(options()).unwrap();
    let features: Vec<Feature> = features().into_iter().step_by(one_in).collect();
    let (next, count) = (AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(feature) = features.get(next.fetch_add(1, Ordering::Relaxed)) {
                    count.fetch_add(cases_of(feature, &loader), Ordering::Relaxed);
                }
            });
        }
    });
    count.into_inner()
}

/// Some features in each run; each has a module to compile.
#[test]
fn conformance_cases_of_some_features() {
    let count = conformance(20);
    assert!(count >= 15, "{count} cases");
}

/// `cargo test --release -p abey-tests --test suite wasmtime::equal::conformance -- --ignored --nocapture`
#[test]
#[ignore = "minutes"]
fn conformance_cases_of_all_features() {
    let count = conformance(1);
    println!("{count} cases");
    assert!(count >= 300, "{count} cases");
}

/// What is asked of whoever decides, natively or here.
fn asked<C: Checker>(checker: &C) -> Vec<String> {
    let policy = policy("conma");
    let operation = policy.phrase("store of consent_decision for consent_recording").unwrap();
    let decision = checker.check(&operation).unwrap().to_json();
    let read = checker.check_json(b"{\"action\": 1}").unwrap().to_json();
    let verdict = checker.verdict_json(b"\xff").unwrap();
    vec![format!("{:?}", checker.policy().unwrap()), decision, read, format!("{verdict:?}")]
}

#[test]
fn hosts_may_ask_either() {
    let native = policy("conma");
    let sandboxed = Loader::new(options()).unwrap().load(&attached(&native)).unwrap();
    assert_eq!(asked(&native), asked(&sandboxed));
}

/// Lines past what one call decides, lines that are none, and bytes that are no text.
#[test]
fn batches_of_any_length() {
    let native = shop();
    let sandboxed = Loader::new(options()).unwrap().load(&attached(&native)).unwrap();
    let operation = br#"{"action": "store", "data": ["email_address"]}"#;
    let mut operations: Vec<Vec<u8>> = vec![operation.to_vec(); 150];
    operations[70] = b"\xff\xfe".to_vec();
    operations[80] = vec![b'x'; 1_500_000];
    operations[81] = b"{}\r".to_vec();
    let lines = operations.join(&b"\n"[..]);
    let decisions: Vec<Decision> = operations.iter().map(|line| native.check_json(line)).collect();
    assert_eq!(sandboxed.check_lines(&lines), Ok(decisions));
    for nothing in [&b""[..], b"\n", b" \r\n\t\n"] {
        assert_eq!(sandboxed.check_lines(nothing), Ok(Vec::new()));
        assert_eq!(sandboxed.check_lines_text(nothing), Ok(String::new()));
    }
}

#[test]
fn threads_share_a_policy() {
    fn shareable<T: Send + Sync>(_: &T) {}
    let native = policy("conma");
    let operations = operations("conma");
    for reuse in [Reuse::Warm, Reuse::Fresh] {
        let sandboxed =
            Loader::new(Options { reuse, at_once: 4, ..options() }).unwrap().load(&attached(&native)).unwrap();
        shareable(&sandboxed);
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let (native, operations, sandboxed) = (&native, &operations, &sandboxed);
                scope.spawn(move || {
                    for turn in 0..12 {
                        let operation = &operations[(turn + thread) % operations.len()];
                        same(native, sandboxed, operation, "a thread");
                    }
                });
            }
        });
        let waiting = sandboxed.idle_memory_bytes().len();
        assert!(if reuse == Reuse::Warm { (1..=4).contains(&waiting) } else { waiting == 0 }, "{waiting}");
    }
}
