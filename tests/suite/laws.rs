//! The laws of the language (`abey_tests::laws` says each as a formula), on made policies, on the agreements of the
//! project and the stacks over them, on every construct of the reference, and on the conformance cases.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use abey::Operation;
use abey::operations::{Choices, aimed, change};
use abey_tests::conformance;
use abey_tests::laws::{self, Outcome};
use abey_tests::tried::{Counts, Family, Tried};
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};

/// How many operations each made policy is tried on.
const OPERATIONS: usize = 50;
/// How many more under the agreement that loosens it.
const UNDER_AGREEMENT: usize = 5;

/// How many policies a test makes: 500, or what `ABEY_LAWS_CASES` says.
fn policies() -> u32 {
    std::env::var("ABEY_LAWS_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(500)
}

/// Tries all laws on so many made policies, the same for the same seed. A failure is shrunk: to fewer operations, then to
/// fewer and smaller choices.
fn made(seed: u8, cases: u32) -> Counts {
    let config =
        ProptestConfig { cases, failure_persistence: None, max_shrink_iters: 100, ..ProptestConfig::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]));
    let counts = RefCell::new(Counts::default());
    let numbers = |count| prop::collection::vec(any::<u32>(), count);
    // 50 on the average.
    let operations = prop::collection::vec(numbers(50..250), 1..2 * OPERATIONS);
    let strategy = (operations, numbers(50..500));
    let outcome = runner.run(&strategy, |(operations, policy)| {
        let mut own = Counts::default();
        family(policy, operations, &mut own).map_err(TestCaseError::fail)?;
        counts.borrow_mut().join(&own);
        Ok(())
    });
    if let Err(error) = outcome {
        // The failure says the operation and the policies; the choices that made them say nothing to a person.
        let text = error.to_string();
        panic!("{}", text.split("minimal failing input").next().unwrap_or(&text));
    }
    counts.into_inner()
}

fn family(policy: Vec<u32>, operations: Vec<Vec<u32>>, counts: &mut Counts) -> Outcome {
    let family = Family::of(&mut Choices::of(policy))?;
    counts.add("policies");
    laws::written_alike(&family)?;
    for (index, numbers) in operations.into_iter().enumerate() {
        let mut choices = Choices::of(numbers);
        let operation = aimed(&family.made.aim, &mut choices);
        laws::all(&family, &operation, &mut choices, counts)?;
        if index < UNDER_AGREEMENT {
            let operation = aimed(&family.loosened.aim, &mut choices);
            laws::alone(&family.loosened, &operation, &mut choices, counts)?;
        }
    }
    Ok(())
}

/// That no law was hardly tried: the least that a run of so many policies must have counted of each, a half of what runs
/// of the day it was written counted.
fn tried_enough(counts: &Counts, policies: u32) {
    // Of few policies, one may have no remedies at all.
    if policies < 100 {
        return;
    }
    let least = [
        ("operations", 5000),
        ("allowed", 700),
        ("default pause", 5000),
        ("silence", 500),
        ("prohibition", 1000),
        ("instruction", 700),
        ("order", 4000),
        ("points", 500),
        ("meaning", 5000),
        ("total", 5000),
        ("remedies", 500),
        ("complete remedies", 100),
        ("writing", 5000),
        ("duties", 20),
        ("layers", 300),
        ("instructions of layers", 1),
    ];
    for (what, of_a_hundred) in least {
        let (count, least) = (counts.of(what), u64::from(policies) * of_a_hundred / 100 / 2);
        assert!(count >= least, "{what}: {count} times, and {least} expected: {counts:?}");
    }
}

macro_rules! made_policies {
    ($($name:ident $seed:literal;)*) => {
        $(
            #[test]
            fn $name() {
                tried_enough(&made($seed, policies()), policies());
            }
        )*
    };
}

// Four tests, so that they run beside each other.
made_policies! {
    made_policies_obey_the_laws_a 1;
    made_policies_obey_the_laws_b 2;
    made_policies_obey_the_laws_c 3;
    made_policies_obey_the_laws_d 4;
}

/// The long run: `ABEY_LAWS_MINUTES=30 cargo test --release -p abey-tests --test suite laws::long -- --ignored --nocapture`.
#[test]
#[ignore = "takes as many minutes as ABEY_LAWS_MINUTES says; the README names the command"]
fn long_run() {
    let minutes = std::env::var("ABEY_LAWS_MINUTES").ok().and_then(|text| text.parse().ok()).unwrap_or(1);
    let until = Instant::now() + Duration::from_secs(60 * minutes);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let workers = (0..threads).map(|worker| {
        std::thread::spawn(move || {
            let mut counts = Counts::default();
            let mut seed = worker as u64 * 1_000_000;
            while Instant::now() < until {
                seed += 1;
                let policy = abey_tests::numbers(seed, 400);
                let operations =
                    (0..OPERATIONS as u64).map(|one| abey_tests::numbers(seed ^ (one + 1) << 32, 200)).collect();
                if let Err(failure) = family(policy, operations, &mut counts) {
                    panic!("seed {seed}: {failure}");
                }
            }
            counts
        })
    });
    let workers: Vec<_> = workers.collect();
    let mut counts = Counts::default();
    for worker in workers {
        counts.join(&worker.join().unwrap());
    }
    println!("{minutes} minutes on {threads} threads");
    counts.0.iter().for_each(|(what, count)| println!("{what}: {count}"));
}

/// Tries the laws that speak of one policy on operations aimed at it, and on its examples with parts changed.
fn one(tried: &Tried, count: u64) -> Counts {
    let mut counts = Counts::default();
    let examples = tried.examples();
    for seed in 0..count {
        let mut choices = Choices::of(abey_tests::numbers(seed, 250));
        let mut operation = match examples.get(seed as usize % (examples.len() * 2).max(1)) {
            Some(example) => example.clone(),
            None => aimed(&tried.aim, &mut choices),
        };
        if seed as usize >= examples.len() * 2 {
            for _ in 0..choices.below(3) {
                change(&mut operation, &tried.aim, &mut choices);
            }
        }
        if let Err(failure) = laws::alone(tried, &operation, &mut choices, &mut counts) {
            panic!("{failure}");
        }
    }
    counts
}

/// The policies of the project, and the stacks with the agreements over them.
fn agreements() -> Vec<Tried> {
    let source = |name: &str, file: &str| abey_tests::read(&format!("policies/{name}/{file}.abey"));
    let alone = abey_tests::agreements::NAMES.map(|name| Tried::of(&source(name, "policy")));
    let stacks = ["connexcs", "conxa", "jexi"]
        .map(|name| Tried::over(&source(name, "agreement"), &|_| Some(source(name, "policy"))));
    alone.into_iter().chain(stacks).collect::<Result<_, _>>().unwrap()
}

#[test]
fn the_agreements_obey_the_laws() {
    let mut counts = Counts::default();
    for tried in agreements() {
        counts.join(&one(&tried, 400));
    }
    for (what, least) in [("operations", 3200), ("allowed", 400), ("silence", 250), ("remedies", 700), ("duties", 300)]
    {
        assert!(counts.of(what) >= least, "{what}: {counts:?}");
    }
}

/// The policies of the language reference: together they hold every construct.
#[test]
fn every_construct_obeys_the_laws() {
    let text = abey_tests::read("lang/README.md");
    let blocks = |tag: &str| -> Vec<String> {
        let opening = format!("```{tag}\n");
        text.split(&opening).skip(1).filter_map(|rest| rest.split("```").next()).map(str::to_string).collect()
    };
    let prelude = blocks("abey prelude").concat();
    let with_examples: Vec<String> = blocks("abey").into_iter().filter(|block| block.contains("example \"")).collect();
    assert!(with_examples.len() >= 12, "{} blocks", with_examples.len());
    for block in with_examples {
        one(&Tried::of(&format!("{prelude}{block}")).unwrap(), 100);
    }
}

/// Every conformance case, and operations aimed at its policy.
#[test]
fn the_conformance_cases_obey_the_laws() {
    let mut counts = Counts::default();
    for feature in conformance::features() {
        let tried = Tried::over(&feature.source, &conformance::beneath).unwrap();
        for case in feature.cases.iter().filter(|case| case.settings.is_empty()) {
            let Ok(operation) = Operation::from_json(case.input()) else { continue };
            let mut choices = Choices::of(abey_tests::numbers(case.name.len() as u64, 100));
            if let Err(failure) = laws::alone(&tried, &operation, &mut choices, &mut counts) {
                panic!("{}: {failure}", case.name);
            }
        }
    }
    assert!(counts.of("operations") >= 250, "{counts:?}");
}
