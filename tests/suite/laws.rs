//! Laws 2 and 6 on Conma. Each says its formula.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use abey::image::Image;
use abey::{Leg, Operation, Policy, Told};
use abey_tests::operations::{Choices, change, drop_one, operations};
use abey_tests::refine::refine;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

/// How many operations each law is tried on.
const CASES: u32 = 10_000;

struct Conma {
    policy: Policy,
    image: Image,
    examples: Vec<Operation>,
    allowed: Vec<Operation>,
}

static CONMA: LazyLock<Conma> = LazyLock::new(|| {
    let source = abey_tests::read("policies/conma/policy.abey");
    let compiled = abey::compile(&source).unwrap_or_else(|error| panic!("{error}"));
    let policy = Policy::compile(&source).unwrap_or_else(|error| panic!("{error}"));
    let examples: Vec<Operation> = compiled.policy.examples.iter().map(|example| example.operation.clone()).collect();
    let allowed = compiled
        .policy
        .examples
        .iter()
        .filter(|example| example.allow)
        .map(|example| example.operation.clone())
        .collect();
    Conma { image: policy.tables().clone(), policy, examples, allowed }
});

fn allows(operation: &Operation) -> Option<bool> {
    CONMA.policy.verdict(operation).ok().map(|verdict| verdict == abey::Verdict::Allow)
}

fn runner() -> TestRunner {
    TestRunner::new(ProptestConfig {
        cases: CASES,
        max_global_rejects: CASES * 20,
        failure_persistence: None,
        ..ProptestConfig::default()
    })
}

/// Law 2, silence is safe: for every operation o and every r that fills in what o leaves unknown or narrows
/// its words, both well-formed: allowed(o) ⇒ allowed(r).
#[test]
fn silence_is_safe() {
    let refined = AtomicU32::new(0);
    let bases = CONMA.allowed.clone();
    let strategy = (any::<prop::sample::Index>(), prop::collection::vec(any::<u32>(), 0..96));
    let outcome = runner().run(&strategy, |(index, numbers)| {
        let mut choices = Choices::of(numbers);
        // An allowed example, with parts left unsaid or changed where it stays allowed.
        let mut operation = index.get(&bases).clone();
        for _ in 0..choices.below(6) {
            let mut vaguer = operation.clone();
            if choices.once_in(3) {
                change(&mut vaguer, &CONMA.image, &mut choices);
            } else {
                drop_one(&mut vaguer, &mut choices);
            }
            if allows(&vaguer) == Some(true) {
                operation = vaguer;
            }
        }
        let result = refine(&operation, &CONMA.image, &mut choices);
        if let Some(allowed) = allows(&result) {
            if result != operation {
                refined.fetch_add(1, Ordering::Relaxed);
            }
            prop_assert!(
                allowed,
                "allowed: {:?}\npaused: {:?}\n{:#?}",
                operation,
                result,
                CONMA.policy.check(&result).reasons
            );
        }
        Ok(())
    });
    assert!(outcome.is_ok(), "{outcome:?}");
    let refined = refined.load(Ordering::Relaxed);
    assert!(refined > CASES / 3, "only {refined} operations of {CASES} were refined at all: the law was hardly tried");
}

/// The operation at one point alone.
fn at_point(operation: &Operation, at: [usize; 5]) -> Operation {
    let [item, subject, purpose, leg, origin] = at;
    let one = |told: &Told<Vec<String>>, index: usize| match told {
        Told::Is(words) => Told::Is(words.iter().skip(index).take(1).cloned().collect()),
        other => other.clone(),
    };
    let mut alone = operation.clone();
    alone.data = operation.data.iter().skip(item).take(1).cloned().collect();
    if let Told::Is(subjects) = &operation.subjects {
        alone.subjects = Told::Is(subjects.iter().skip(subject).take(1).cloned().collect());
    }
    alone.purposes = one(&operation.purposes, purpose);
    alone.origins = one(&operation.origins, origin);
    if !operation.legs.is_empty() {
        alone.legs = operation.legs.iter().skip(leg).take(1).cloned().collect::<Vec<Leg>>();
    }
    alone
}

/// Law 6, points are independent: allowed(o) ⇔ for every point p of o: allowed(o at p).
#[test]
fn points_are_independent() {
    let (several, allowed_count) = (AtomicU32::new(0), AtomicU32::new(0));
    let strategy = operations(CONMA.image.clone(), CONMA.examples.clone());
    let outcome = runner().run(&strategy, |operation| {
        let Some(allowed) = allows(&operation) else { return Ok(()) };
        let count = |told: Option<usize>| told.unwrap_or(1).max(1);
        let sizes = [
            operation.data.len(),
            count(operation.subjects.value().map(Vec::len)),
            count(operation.purposes.value().map(Vec::len)),
            operation.legs.len().max(1),
            count(operation.origins.value().map(Vec::len)),
        ];
        let points: usize = sizes.iter().product();
        several.fetch_add(u32::from(points > 1), Ordering::Relaxed);
        allowed_count.fetch_add(u32::from(allowed), Ordering::Relaxed);
        let mut each = true;
        for mut number in 0..points {
            let at = sizes.map(|size| {
                let index = number % size;
                number /= size;
                index
            });
            each &= allows(&at_point(&operation, at)) == Some(true);
        }
        prop_assert_eq!(allowed, each, "{:?}", operation);
        Ok(())
    });
    assert!(outcome.is_ok(), "{outcome:?}");
    let (several, allowed) = (several.load(Ordering::Relaxed), allowed_count.load(Ordering::Relaxed));
    assert!(
        several > CASES / 4 && allowed > CASES / 20,
        "{several} with several points, {allowed} allowed, of {CASES}"
    );
}
