//! Laws 2 and 6, on Conma and on every construct of the reference. Each says its formula.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use abey::{Leg, Operation, Policy, Told};
use abey_tests::operations::{Aim, Choices, change, drop_one, operations};
use abey_tests::refine::refine;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

/// How many operations each law is tried on.
const CASES: u32 = 10_000;

/// A policy that the laws are tried on.
struct Tried {
    policy: Policy,
    image: Aim,
    examples: Vec<Operation>,
    allowed: Vec<Operation>,
}

impl Tried {
    fn of(source: &str) -> Self {
        Self::over(source, &|_| None)
    }

    fn over(source: &str, beneath: &dyn Fn(&str) -> Option<String>) -> Self {
        let compiled = abey::compile_over(source, beneath).unwrap_or_else(|error| panic!("{error}"));
        let policy = Policy::compile_over(source, beneath).unwrap_or_else(|error| panic!("{error}"));
        let examples = compiled.policy.examples.iter();
        let allowed =
            examples.clone().filter(|example| example.allow).map(|example| example.operation.clone()).collect();
        let examples = examples.map(|example| example.operation.clone()).collect();
        Tried { image: Aim::at(policy.tables().clone()), policy, examples, allowed }
    }

    fn allows(&self, operation: &Operation) -> Option<bool> {
        self.policy.verdict(operation).ok().map(|verdict| verdict == abey::Verdict::Allow)
    }
}

static CONMA: LazyLock<Tried> = LazyLock::new(|| Tried::of(&abey_tests::read("policies/conma/policy.abey")));

/// The policies of the language reference: together they hold every construct.
fn reference() -> Vec<Tried> {
    let text = abey_tests::read("lang/README.md");
    let blocks = |tag: &str| -> Vec<String> {
        let opening = format!("```{tag}\n");
        text.split(&opening).skip(1).filter_map(|rest| rest.split("```").next()).map(str::to_string).collect()
    };
    let prelude = blocks("abey prelude").concat();
    let with_examples = blocks("abey").into_iter().filter(|block| block.contains("example \""));
    with_examples.map(|block| Tried::of(&format!("{prelude}{block}"))).collect()
}

fn runner(cases: u32) -> TestRunner {
    TestRunner::new(ProptestConfig {
        cases,
        max_global_rejects: cases * 20,
        failure_persistence: None,
        ..ProptestConfig::default()
    })
}

#[test]
fn silence_is_safe() {
    let refined = silence(&CONMA, CASES);
    assert!(refined > CASES / 3, "only {refined} operations of {CASES} were refined at all: the law was hardly tried");
}

#[test]
fn silence_is_safe_for_every_construct() {
    let tried = reference();
    assert!(tried.len() >= 12, "{} policies", tried.len());
    let refined: u32 = tried.iter().filter(|tried| !tried.allowed.is_empty()).map(|tried| silence(tried, 1_000)).sum();
    assert!(refined > 4_000, "{refined}");
}

#[test]
fn points_are_independent() {
    let (several, allowed) = independence(&CONMA, CASES);
    assert!(
        several > CASES / 4 && allowed > CASES / 20,
        "{several} with several points, {allowed} allowed, of {CASES}"
    );
}

#[test]
fn points_are_independent_for_every_construct() {
    for tried in reference() {
        independence(&tried, 500);
    }
}

/// Law 2, silence is safe: for every operation o and every r that fills in what o leaves unknown or narrows
/// its words, both well-formed: allowed(o) ⇒ allowed(r).
///
/// Returns how many were refined.
fn silence(tried: &Tried, cases: u32) -> u32 {
    let refined = AtomicU32::new(0);
    let bases = tried.allowed.clone();
    let strategy = (any::<prop::sample::Index>(), prop::collection::vec(any::<u32>(), 0..96));
    let outcome = runner(cases).run(&strategy, |(index, numbers)| {
        let mut choices = Choices::of(numbers);
        // An allowed example, with parts left unsaid or changed where it stays allowed.
        let mut operation = index.get(&bases).clone();
        for _ in 0..choices.below(6) {
            let mut vaguer = operation.clone();
            if choices.once_in(3) {
                change(&mut vaguer, &tried.image, &mut choices);
            } else {
                drop_one(&mut vaguer, &mut choices);
            }
            if tried.allows(&vaguer) == Some(true) {
                operation = vaguer;
            }
        }
        let result = refine(&operation, &tried.image, &mut choices);
        if let Some(allowed) = tried.allows(&result) {
            if result != operation {
                refined.fetch_add(1, Ordering::Relaxed);
            }
            prop_assert!(
                allowed,
                "allowed: {:?}\npaused: {:?}\n{:#?}",
                operation,
                result,
                tried.policy.check(&result).reasons
            );
        }
        Ok(())
    });
    assert!(outcome.is_ok(), "{outcome:?}");
    refined.load(Ordering::Relaxed)
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
///
/// Returns how many had several points, and how many were allowed.
fn independence(tried: &Tried, cases: u32) -> (u32, u32) {
    let (several, allowed_count) = (AtomicU32::new(0), AtomicU32::new(0));
    let strategy = operations(tried.image.clone(), tried.examples.clone());
    let outcome = runner(cases).run(&strategy, |operation| {
        let Some(allowed) = tried.allows(&operation) else { return Ok(()) };
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
            each &= tried.allows(&at_point(&operation, at)) == Some(true);
        }
        prop_assert_eq!(allowed, each, "{:?}", operation);
        Ok(())
    });
    assert!(outcome.is_ok(), "{outcome:?}");
    (several.load(Ordering::Relaxed), allowed_count.load(Ordering::Relaxed))
}

/// The policies of the project, and the stacks with the agreements over them.
fn policies() -> Vec<Tried> {
    let names = ["cobrowsing", "conma", "connexcs", "conxa", "jexi"];
    let stacks = ["connexcs", "conxa", "jexi"].map(|name| {
        let source = |file: &str| abey_tests::read(&format!("policies/{name}/{file}.abey"));
        Tried::over(&source("agreement"), &|_| Some(source("policy")))
    });
    names
        .iter()
        .map(|name| Tried::of(&abey_tests::read(&format!("policies/{name}/policy.abey"))))
        .chain(stacks)
        .collect()
}

/// Law 9, remedies are sound: for every operation o, reason r of its pause and remedy m of r: r holds at none of its
/// points in decide(o with m); and where the set s of remedies is complete: allowed(o with s), and for no step x of s:
/// allowed(o with s without x).
///
/// Returns how many remedies and how many complete sets were tried.
fn soundness(tried: &Tried, cases: u32) -> (u32, u32) {
    let (remedies, complete) = (AtomicU32::new(0), AtomicU32::new(0));
    let strategy = operations(tried.image.clone(), tried.examples.clone());
    let outcome = runner(cases).run(&strategy, |operation| {
        let decision = tried.policy.check(&operation);
        for reason in &decision.reasons {
            for remedy in &reason.remedies {
                remedies.fetch_add(1, Ordering::Relaxed);
                let mended = tried.policy.check(&operation.with_steps(&remedy.steps));
                let place = |reason: &abey::decision::Reason| {
                    reason
                        .citation
                        .as_ref()
                        .filter(|_| reason.kind != abey::decision::Kind::NotCovered)
                        .map(|c| (c.line, c.column))
                };
                let stays = mended.reasons.iter().any(|other| {
                    other.kind == reason.kind
                        && place(other) == place(reason)
                        && other.points.iter().any(|point| reason.points.contains(point))
                });
                prop_assert!(!stays, "{:?}\n{}\n{:?}", operation, reason.message, remedy);
            }
        }
        if decision.remedies.complete {
            complete.fetch_add(1, Ordering::Relaxed);
            let steps = &decision.remedies.steps;
            prop_assert_eq!(tried.allows(&operation.with_steps(steps)), Some(true), "{:?}\n{:?}", operation, steps);
            for index in 0..steps.len() {
                let mut fewer = steps.clone();
                fewer.remove(index);
                prop_assert!(tried.allows(&operation.with_steps(&fewer)) != Some(true), "{:?}\n{:?}", operation, steps);
            }
        }
        Ok(())
    });
    assert!(outcome.is_ok(), "{outcome:?}");
    (remedies.load(Ordering::Relaxed), complete.load(Ordering::Relaxed))
}

#[test]
fn remedies_are_sound() {
    let (mut remedies, mut complete) = (0, 0);
    for tried in policies() {
        let (some, whole) = soundness(&tried, 400);
        remedies += some;
        complete += whole;
    }
    for tried in reference() {
        let (some, whole) = soundness(&tried, 100);
        remedies += some;
        complete += whole;
    }
    assert!(remedies > 1_000 && complete > 100, "{remedies} remedies, {complete} complete sets");
}

/// Laws 2 and 6 on the other four agreements.
#[test]
fn the_other_agreements_obey_the_laws() {
    for tried in policies() {
        silence(&tried, 2_000);
        independence(&tried, 500);
    }
}
