//! What proofs cost: `cargo bench -p abey-tests --no-default-features --bench proofs`.
//!
//! The properties of the five policies, and those of a policy that is made, with 10, 100 and 1,000 rules over 300 data
//! categories, 100 purposes and 50 recipients; the same policy against a version in which one rule differs. Compiling
//! is no part of it.
#![allow(clippy::unwrap_used, missing_docs, reason = "a benchmark may fail loudly")]

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Duration;

use abey::{Compiled, lints, prove};
use criterion::{Criterion, criterion_group, criterion_main};

/// Numbers that look like chance and are the same in each run (D. H. Lehmer, 1951).
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0 * 48_271 % 2_147_483_647;
        self.0 % end
    }
}

/// A policy of so many rules; where `changed`, the one in the middle is another instruction.
fn made(rules: u64, changed: bool) -> String {
    let mut chance = Chance(7);
    let mut text = String::from(
        "policy made \"Made\" version \"1\" in force from 2026-01-01;\nuse dpv, gdpr;\nfact contract_ended: date;\n",
    );
    for group in 0..30 {
        writeln!(text, "data group{group} is personal_data;").unwrap();
    }
    for item in 0..300 {
        writeln!(text, "data item{item} is group{};", item % 30).unwrap();
    }
    for aim in 0..10 {
        writeln!(text, "purpose aim{aim};").unwrap();
    }
    for purpose in 0..100 {
        writeln!(text, "purpose purpose{purpose} is aim{};", purpose % 10).unwrap();
    }
    let places = ["DE", "FR", "US", "BR", "JP", "IN", "SG", "CA"];
    for (vendor, place) in (0..50).zip(places.iter().cycle()) {
        writeln!(
            text,
            "recipient vendor{vendor} in {place} under scc_2021 authorised from 2026-0{}-01;",
            1 + vendor % 9
        )
        .unwrap();
    }
    text += "clause \"0\" { forbid any of special_category; forbid anything to any except authorised;
  require scc_2021 for any of personal_data from EEA in any except EEA, adequate; }\n";
    let actions = ["store", "share", "use", "collect", "delete"];
    for rule in 0..rules {
        let action = actions.get(usize::try_from(chance.below(5)).unwrap()).unwrap();
        let (item, purpose, vendor) = (chance.below(300), chance.below(100), chance.below(50));
        let (other, also) = ((item * 7 + 3) % 300, (purpose * 3 + 1) % 100);
        // Drawn in either case, so that the rules behind stay the same.
        let drawn = chance.below(10);
        let kind = if changed && rule == rules / 2 { 10 } else { drawn };
        let said = match kind {
            0..7 => format!(
                "allow {action} of item{item}, item{other} for purpose{purpose}, purpose{also} to vendor{vendor}, none;"
            ),
            7 => format!("forbid {action} of item{item} for aim{} to vendor{vendor};", purpose % 10),
            8 => format!("require encryption_at_rest for store of group{} for purpose{purpose};", item % 30),
            9 => format!("keep any of item{item} for purpose{purpose} at most {} days then delete;", 30 + rule % 300),
            _ => format!("allow share of item{item} for purpose{purpose} to vendor{vendor};"),
        };
        writeln!(text, "clause \"{}\" {{ {said} }}", rule + 1).unwrap();
    }
    for number in 0..2 {
        writeln!(
            text,
            "property \"special {number}\": never allow any of special_category;
property \"authorised {number}\": never allow any of any to any except authorised;
property \"transfers {number}\": never allow any of personal_data from DE in US unless measures includes scc_2021;
property \"store {number}\": never allow store of item{number} for purpose{number} to vendor{number};
property \"age {number}\": never allow any except delete of item{number} when age at least 3 years;"
        )
        .unwrap();
    }
    text
}

fn compiled(source: &str) -> Compiled {
    abey::compile(source).unwrap()
}

fn policies(criterion: &mut Criterion) {
    let all: Vec<(String, Compiled)> = abey_tests::agreements::NAMES
        .iter()
        .map(|name| {
            let source = abey_tests::agreements::source(name);
            (source.clone(), compiled(&source))
        })
        .collect();
    criterion.bench_function("properties of the five policies", |bencher| {
        bencher.iter(|| {
            for (source, compiled) in &all {
                let proofs = prove::prove(black_box(compiled), source).unwrap();
                assert!(proofs.iter().all(prove::Proof::is_proved));
            }
        });
    });
    criterion.bench_function("lints of the five policies", |bencher| {
        bencher.iter(|| all.iter().for_each(|(_, compiled)| drop(lints::lint(black_box(compiled)).unwrap())));
    });
}

fn growth(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("rules");
    group.sample_size(10).warm_up_time(Duration::from_millis(200)).measurement_time(Duration::from_secs(2));
    for rules in [10, 100, 1_000] {
        let source = made(rules, false);
        let (old, new) = (compiled(&source), compiled(&made(rules, true)));
        group.bench_function(format!("{rules}/ten properties"), |bencher| {
            bencher.iter(|| prove::prove(black_box(&old), &source).unwrap());
        });
        group.bench_function(format!("{rules}/diff"), |bencher| {
            bencher.iter(|| prove::diff(black_box(&old.image), &new.image).unwrap());
        });
    }
    group.finish();
}

criterion_group!(benches, policies, growth);
criterion_main!(benches);
