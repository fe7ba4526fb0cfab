//! The cases of `tests/conformance`, each against what its author expects and the decision recorded for it.

use std::collections::BTreeSet;
use std::fmt::Write;

use abey_tests::conformance::{features, folder};

/// So many wrong cases are shown; more say nothing new.
const SHOWN: usize = 20;

/// Every case: no contradiction to what it expects, and the recorded decision, byte by byte.
#[test]
fn conformance() {
    let bless = std::env::var_os("BLESS").is_some();
    let features = features();
    let mut wrong = String::new();
    let mut count = 0;
    let mut faulty = 0;
    for feature in &features {
        let mut names = BTreeSet::new();
        let file = folder().join(format!("{}.decisions.jsonl", feature.name));
        let recorded = std::fs::read_to_string(&file).unwrap_or_default();
        let mut recorded = recorded.lines();
        let mut decided = String::new();
        let mut sound = true;
        let policy = feature.policy().unwrap_or_else(|error| panic!("{}: {error}", feature.name));
        for case in &feature.cases {
            count += 1;
            let at = format!("{}: {}", feature.name, case.name);
            if !names.insert(&case.name) {
                writeln!(wrong, "{at}: this name stands twice").unwrap();
            }
            let decision = case.decide(&policy).unwrap_or_else(|error| panic!("{at}: {error}"));
            let line = decision.to_json();
            let contradictions = case.contradictions(&decision);
            sound &= contradictions.is_empty();
            let other = recorded.next() != Some(&line) && !bless;
            faulty += usize::from(other || !contradictions.is_empty());
            assert!(faulty <= SHOWN, "\n{wrong}and perhaps more");
            for contradiction in contradictions {
                writeln!(wrong, "{at}\n    {contradiction}").unwrap();
            }
            if other {
                writeln!(wrong, "{at}\n    is not the decision recorded; it is\n    {line}").unwrap();
            }
            writeln!(decided, "{line}").unwrap();
        }
        if bless && sound {
            std::fs::write(&file, decided).unwrap();
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
    assert!(count >= 300, "{count} cases");
}
