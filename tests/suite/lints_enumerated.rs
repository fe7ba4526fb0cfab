//! The lints against brute force: what one says of a small policy holds of each of its operations by the reference
//! evaluator, and where it says nothing, and all operations were enumerated, some operation shows why.
//!
//! Of the twelve lints one is read off the source: `promise_without_number` looks for a setting that has no value, and
//! for a duty with an event and no time. No operation bears on it. The other eleven are claims about operations.

use abey::Operation;
use abey::image::Facet;
use abey::operations::Choices;
use abey_tests::linted::Linted;
use abey_tests::numbers;
use abey_tests::small::{Enumerated, Feature, Small};
use abey_tests::tried::Counts;

/// Operations of one policy that are enumerated whole, at most.
const ENUMERATED: u64 = 1_000;
/// So many of them where there are more.
const SPREAD: u64 = 60;

/// The lints that make claims about operations.
const CLAIMS: [&str; 11] = [
    "never_decides",
    "wholly_prohibited",
    "constant_condition",
    "unsatisfiable_clause",
    "unreachable_recipient",
    "defeated_keep",
    "unguarded_first_hop",
    "open_recipients",
    "uncovered_disposal",
    "open_list",
    "catches_stronger",
];

/// How many policies are made: 80, or what `ABEY_PROOF_POLICIES` says.
fn policies() -> u64 {
    std::env::var("ABEY_PROOF_POLICIES").ok().and_then(|text| text.parse().ok()).unwrap_or(80)
}

/// An operation, and the same of data that contains the data.
fn contained(one: Operation, holders: &[&str]) -> Vec<Operation> {
    let holders = holders.iter().map(|holder| {
        let mut other = one.clone();
        for item in &mut other.data {
            item.contains = Some(vec![std::mem::replace(&mut item.category, (*holder).into())]);
        }
        other
    });
    let mut all: Vec<Operation> = holders.collect();
    all.push(one);
    all
}

/// So many small policies, from a seed on.
fn small(from: u64, count: u64) -> Counts {
    let mut counts = Counts::default();
    let mut wrong = Vec::new();
    for seed in from..from + count {
        let mut small = Small::of(&mut Choices::of(numbers(seed, 2_000)));
        // Words that some lints know.
        if seed % 2 == 0 && !small.alive.contains(&Feature::Contents) {
            small =
                small.renamed(&[("d1", "special_category"), ("r", "EEA"), ("l1", "adequate"), ("m0", "transfer_tool")]);
        }
        let terms = small.source.clone();
        let beneath = |_: &str| Some(terms.clone());
        let mut tried = || {
            let linted = Linted::of(small.top(), &beneath)?;
            // Every action, since what isn't told of is claimed of all.
            let image = &linted.compiled().image;
            small.actions = image.facet(Facet::Action).iter().map(|term| term.name.clone()).collect();
            let all = Enumerated::of(&small, image);
            let whole = all.count() <= ENUMERATED;
            counts.add("policies");
            counts.add(if whole { "enumerated whole" } else { "enumerated in part" });
            let most = if whole { ENUMERATED } else { SPREAD };
            // Where the enumeration doesn't have contents yet: of every leaf, what it may hold.
            let terms = image.facet(Facet::Data);
            let above = |at: usize| terms.iter().flat_map(|term| &term.parents).any(|edge| edge.parent as usize == at);
            let mut holders: Vec<&str> = Vec::new();
            if !small.alive.contains(&Feature::Contents) {
                let leaves = terms.iter().enumerate().filter(|(at, _)| !above(*at));
                holders.extend(leaves.map(|(_, term)| term.name.as_str()));
            }
            let each = all.each(most, seed).flat_map(|one| contained(one, &holders));
            linted.compared(each, whole, &mut counts)
        };
        if let Err(difference) = tried() {
            wrong.push(format!("seed {seed}: {difference}\n{}", small.shown()));
        }
    }
    assert!(wrong.is_empty(), "{} differences\n{}\n{counts:?}", wrong.len(), wrong.join("\n"));
    counts
}

/// That there was enough to say: nearly every lint found something, and was silent where something showed why.
fn told(counts: &Counts) {
    let of = |lint: &str, what: &str| {
        let name = format!("{lint}: {what}");
        counts.0.iter().find(|(own, _)| **own == name).map_or(0, |(_, count)| *count)
    };
    let policies = counts.of("policies");
    assert!(counts.of("enumerated whole") * 20 > policies, "{counts:?}");
    let spoken = CLAIMS.iter().filter(|lint| of(lint, "told") > 0 && of(lint, "silent, rightly") > 0);
    assert!(spoken.count() + 2 >= CLAIMS.len(), "{counts:?}");
    for lint in CLAIMS {
        assert!(of(lint, "not told, though none was enumerated") * 100 <= policies, "{lint}: {counts:?}");
        assert!(of(lint, "told, of what wasn't enumerated") * 20 <= policies, "{lint}: {counts:?}");
    }
}

#[test]
fn lints_agree_with_brute_force() {
    told(&small(0, policies()));
}

/// The long run: `ABEY_PROOF_POLICIES=2000 cargo test -p abey-tests --test suite lints_enumerated::long -- --ignored --nocapture`.
#[test]
#[ignore = "takes minutes; the comment names the command"]
fn long_run() {
    let counts = small(4_000_000, policies());
    counts.0.iter().for_each(|(what, count)| println!("{what}: {count}"));
    told(&counts);
}

/// An agreement answers for the recipients of its own source, and not for those of the policy beneath.
#[test]
fn recipients_beneath_are_not_of_the_agreement() {
    let terms =
        "policy terms \"T\" version \"1\";\nrecipient v0 in anywhere;\nclause \"1\" { allow any of any to none; }\n";
    let unreachable = |source: &str| {
        let compiled = abey_lang::compile_over(source, &|_| Some(terms.into())).unwrap();
        let found = abey_lang::lints::lint(&compiled).unwrap().into_iter();
        let found = found.filter(|one| one.lint == "unreachable_recipient");
        found.map(|one| source[one.span.start..one.span.end].to_string()).collect::<Vec<_>>()
    };
    let agreement = "agreement over_terms \"O\" version \"1\" over terms;\n";
    assert_eq!(unreachable(terms).len(), 1);
    assert_eq!(unreachable(agreement), [""; 0]);
    let own = unreachable(&format!("{agreement}recipient v1 in anywhere;\n"));
    assert!(own.len() == 1 && own[0].contains("v1"), "{own:?}");
}

/// Each of two recipients that no rule tells apart is found.
#[test]
fn recipients_that_are_alike_are_each_found() {
    let compiled = abey_lang::compile(
        "policy p \"P\" version \"1\";
recipient v0 in anywhere;
recipient v1 in anywhere;
clause \"1\" { allow any of any to none; }
",
    )
    .unwrap();
    let found = abey_lang::lints::lint(&compiled).unwrap();
    let found: Vec<&str> = found.iter().map(|one| one.message.as_str()).collect();
    assert_eq!(found, ["no instruction lets anything go to `v0`", "no instruction lets anything go to `v1`"]);
}
