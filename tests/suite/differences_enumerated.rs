//! `diff` against brute force: what it says of two versions of a small policy holds of each of their operations by the
//! reference evaluator.

use abey::operations::Choices;
use abey_tests::differing::Sides;
use abey_tests::numbers;
use abey_tests::small::Versions;
use abey_tests::tried::Counts;

/// Operations of one policy at most; where there are more, so many of them.
const ENUMERATED: u64 = 1_200;

/// How many policies are made: 80, or what `ABEY_PROOF_POLICIES` says.
fn policies() -> u64 {
    std::env::var("ABEY_PROOF_POLICIES").ok().and_then(|text| text.parse().ok()).unwrap_or(80)
}

/// So many small policies with a second version each, from a seed on.
fn versions(from: u64, count: u64) -> Counts {
    let mut counts = Counts::default();
    let mut wrong = Vec::new();
    for seed in from..from + count {
        let mut choices = Choices::of(numbers(!seed, 6_000));
        let Some(versions) = Versions::of(&numbers(seed, 2_000), &mut choices) else {
            counts.add("policies that no change fits");
            continue;
        };
        counts.add("policies");
        counts.add(versions.what);
        let mut tried = || {
            let sides = Sides::of(&versions)?;
            let all = sides.enumerated();
            counts.add(if all.count() <= ENUMERATED { "enumerated whole" } else { "enumerated in part" });
            sides.compared(all.each(ENUMERATED, seed), &mut choices, &mut counts)
        };
        if let Err(difference) = tried() {
            wrong.push(format!("seed {seed}: {difference}\n{}", versions.shown()));
        }
    }
    assert!(wrong.is_empty(), "{} differences\n{}\n{counts:?}", wrong.len(), wrong.join("\n"));
    counts
}

/// That there was enough to say, and little left open.
fn told(counts: &Counts) {
    let of = |what| counts.of(what);
    let policies = of("policies");
    assert!(of("nothing changes") * 5 > policies, "{counts:?}");
    assert!(of("something changes") * 4 > policies, "{counts:?}");
    assert!(of("enumerated whole") * 8 > policies, "{counts:?}");
    assert!(of("operations that change") * 50 > of("operations"), "{counts:?}");
    assert!(of("directions seen") > 4 * of("directions of what wasn't enumerated"), "{counts:?}");
    assert!(of("not settled") * 50 <= policies, "{counts:?}");
    assert!(of("policies that no change fits") * 20 <= policies, "{counts:?}");
}

#[test]
fn differences_agree_with_brute_force() {
    told(&versions(0, policies()));
}

/// The long run: `ABEY_PROOF_POLICIES=2000 cargo test -p abey-tests --test suite differences_enumerated::long -- --ignored --nocapture`.
#[test]
#[ignore = "takes minutes; the comment names the command"]
fn long_run() {
    let counts = versions(3_000_000, policies());
    counts.0.iter().for_each(|(what, count)| println!("{what}: {count}"));
    told(&counts);
}

/// What excepts a general word excepts all below it: `delete` becomes allowed, and lies below `dispose`, which doesn't.
#[test]
fn an_exception_spares_no_word_that_changes() {
    let compiled = |body: &str| {
        let source = format!("policy p \"P\" version \"1\";\nclause \"1\" {{ allow any of any; {body} }}\n");
        abey_lang::compile(&source).unwrap()
    };
    let (old, new) = (compiled("forbid any of any;"), compiled("forbid return of any;"));
    let found = abey_lang::prove::diff(&old.image, &new.image).unwrap();
    let phrases: Vec<&str> = found.allowed.iter().map(|change| change.phrase.as_str()).collect();
    assert_eq!(phrases, ["any except return of any"]);
}
