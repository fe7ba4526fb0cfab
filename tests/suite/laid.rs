//! Operations with many members: what is laid out once for each of them says what the points say one by one.

use abey::{Leg, Operation, Policy, Told, Verdict};
use abey_tests::{agreements, conformance};

/// The members of two lists; what is unknown adds none.
fn both<T: Clone + PartialEq>(one: &Told<Vec<T>>, other: &Told<Vec<T>>) -> Told<Vec<T>> {
    let members = |told: &Told<Vec<T>>| told.value().cloned().unwrap_or_default();
    let mut all = members(one);
    all.extend(members(other).into_iter().filter(|member| !members(one).contains(member)));
    if all.is_empty() { one.clone() } else { Told::Is(all) }
}

fn legs(operation: &Operation) -> Vec<Leg> {
    if !operation.legs.is_empty() {
        return operation.legs.clone();
    }
    let Operation { recipient, place, measures, .. } = operation.clone();
    vec![Leg { recipient, place, measures }]
}

/// The first operation with the items, subjects, purposes, legs and origins of the second as well.
fn joined(one: &Operation, other: &Operation) -> Operation {
    Operation {
        data: one.data.iter().chain(&other.data).cloned().collect(),
        subjects: both(&one.subjects, &other.subjects),
        purposes: both(&one.purposes, &other.purposes),
        recipient: Told::Unknown,
        place: Told::Unknown,
        legs: legs(one).into_iter().chain(legs(other)).collect(),
        origins: both(&one.origins, &other.origins),
        measures: None,
        ..one.clone()
    }
}

fn points(operation: &Operation) -> usize {
    let many = |count: Option<usize>| count.unwrap_or(1);
    operation.data.len()
        * many(operation.subjects.value().map(Vec::len))
        * many(operation.purposes.value().map(Vec::len))
        * operation.legs.len().max(1)
        * many(operation.origins.value().map(Vec::len))
}

#[derive(Debug, Default)]
struct Seen {
    allowed: usize,
    paused: usize,
    /// Of many points.
    many: usize,
}

/// Each operation with each other, and with two others.
fn all(name: &str, policy: &Policy, operations: &[Operation], seen: &mut Seen) {
    for (at, one) in operations.iter().enumerate() {
        for (other, third) in operations.iter().zip(operations.iter().cycle().skip(at)) {
            let two = joined(one, other);
            for operation in [joined(&two, third), two] {
                let Ok(decided) = policy.decide(&operation).map(|decision| decision.verdict) else { continue };
                let told = || format!("{name}: {}", abey::ToJson::to_json(&operation));
                assert_eq!(policy.verdict(&operation), Ok(decided), "{}", told());
                let encoded = policy.encode(&operation).unwrap();
                assert_eq!(policy.verdict_of(&encoded), decided, "{}", told());
                *if decided == Verdict::Allow { &mut seen.allowed } else { &mut seen.paused } += 1;
                seen.many += usize::from(points(&operation) >= 32);
            }
        }
    }
}

#[test]
fn conformance_cases_together() {
    let mut seen = Seen::default();
    for feature in conformance::features() {
        let policy = Policy::compile_over(&feature.source, &conformance::beneath).unwrap();
        let read = feature.cases.iter().filter(|case| case.settings.is_empty());
        let operations: Vec<_> = read.filter_map(|case| Operation::from_json(case.input()).ok()).collect();
        all(&feature.name, &policy, &operations, &mut seen);
    }
    assert!(seen.allowed > 300 && seen.paused > 3_000 && seen.many > 300, "{seen:?}");
}

#[test]
fn operations_of_the_agreements_together() {
    let mut seen = Seen::default();
    for name in agreements::NAMES {
        let operations = agreements::operations(name);
        let operations: Vec<_> =
            operations.iter().filter_map(|text| Operation::from_json(text).ok()).take(40).collect();
        all(name, &agreements::policy(name), &operations, &mut seen);
    }
    assert!(seen.allowed > 50 && seen.paused > 2_000 && seen.many > 300, "{seen:?}");
}

/// What lies between two lists: how a purpose lies to another turns on the item, and in another policy how long a notice runs.
#[test]
fn what_turns_on_two_lists_is_looked_at_together() {
    let declared = r#"policy pairs "Pairs" version "1";
        action read; data mail is personal_data; item fact source: one of (banner, server); place DE is country;"#;
    let purposes = r#"purpose duty; purpose proof is duty when source is banner; purpose audit is duty when source is banner;
        clause "1" "Reading" { allow read of mail for duty to none; }"#;
    let legs = r#"recipient first in DE notified 2026-01-01; recipient second in DE notified 2026-01-01;
        table notice by source { banner = 1 day; server = 10 years; }
        clause "1" "Notice" { authorise after notice; allow read of mail to authorised; }"#;
    let to = r#""legs":[{"recipient":"first","place":"DE"},{"recipient":"second","place":"DE"}],"purpose":"none""#;
    for (rules, rest) in [
        (purposes, r#""purpose":["proof","audit"],"recipient":"none""#),
        (purposes, r#""purpose":"proof","recipient":"none""#),
        (legs, to),
    ] {
        let policy = Policy::compile(&format!("{declared}\n{rules}")).unwrap();
        for sources in [["banner"; 2], ["banner", "server"], ["server", "banner"], ["server"; 2]] {
            let item = |source| format!(r#"{{"category":"mail","facts":{{"source":"{source}"}}}}"#);
            let items = sources.map(item).join(",");
            let text = format!(r#"{{"action":"read","data":[{items}],{rest},"time":"2026-06-01T00:00:00Z"}}"#);
            let operation = Operation::from_json(&text).unwrap();
            let expected = if sources == ["banner"; 2] { Verdict::Allow } else { Verdict::Pause };
            assert_eq!(policy.check(&operation).verdict, expected, "{text}");
            assert_eq!(policy.verdict_of(&policy.encode(&operation).unwrap()), expected, "{text}");
        }
    }
}
