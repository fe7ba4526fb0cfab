//! What a check costs: `cargo bench -p abey-tests --no-default-features --bench check`.
//!
//! For each of the five policies, over its operations: the verdict and the decision, of operations already read and of JSON
//! text. Then how the verdict grows with the rules of a policy, the points of an operation and the depth of a vocabulary, what
//! loading a policy costs, and what a second thread gives. Figures per pass over all of the
//! operations named in a group are divided by criterion into elements.
#![allow(clippy::unwrap_used, missing_docs, reason = "a benchmark may fail loudly")]

use std::fmt::Write;
use std::hint::black_box;

use abey::typed::TypedOperation;
use abey::{Encoded, Item, Operation, Policy, ToJson, Verdict};
use abey_engine::{Checker, NativeChecker};
use abey_tests::typed::typed;
use abey_tests::{agreements, many_rules};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

fn policies(criterion: &mut Criterion) {
    for name in agreements::NAMES {
        let policy = agreements::policy(name);
        let texts = agreements::operations(name);
        let operations: Vec<Operation> = texts.iter().map(|text| Operation::from_json(text).unwrap()).collect();
        for (text, operation) in texts.iter().zip(&operations) {
            let verdict = policy.verdict(operation).unwrap();
            assert_eq!(policy.verdict_json(text.as_bytes()), Ok(verdict));
            assert_eq!(policy.check(operation).verdict, verdict);
        }
        let mut group = criterion.benchmark_group(format!("check/{name}"));
        group.throughput(Throughput::Elements(operations.len() as u64));
        group.bench_function("verdict of operations", |bencher| {
            bencher.iter(|| operations.iter().for_each(|one| drop(black_box(policy.verdict(black_box(one))))));
        });
        group.bench_function("verdict of JSON", |bencher| {
            bencher.iter(|| {
                texts.iter().for_each(|one| {
                    let _ = black_box(policy.verdict_json(black_box(one.as_bytes())));
                })
            });
        });
        let encoded: Vec<Encoded> = operations.iter().map(|one| policy.encode(one).unwrap()).collect();
        for (encoded, operation) in encoded.iter().zip(&operations) {
            assert_eq!(Ok(policy.verdict_of(encoded)), policy.verdict(operation));
        }
        group.bench_function("verdict of encoded operations", |bencher| {
            bencher.iter(|| encoded.iter().filter(|one| policy.verdict_of(black_box(one)) == Verdict::Allow).count());
        });
        let in_terms: Vec<TypedOperation> = operations.iter().filter_map(|one| typed(&policy, one)).collect();
        assert_eq!(in_terms.len(), operations.len());
        for (made, operation) in in_terms.iter().zip(&operations) {
            assert_eq!(policy.verdict_typed(made), policy.verdict(operation));
        }
        group.bench_function("verdict of operations in terms", |bencher| {
            bencher.iter(|| in_terms.iter().for_each(|one| drop(black_box(policy.verdict_typed(black_box(one))))));
        });
        group.bench_function("decision of JSON, as JSON", |bencher| {
            bencher.iter(|| {
                texts.iter().for_each(|one| drop(black_box(policy.check_json(black_box(one)).to_json().to_string())))
            });
        });
        group.finish();
    }
}

/// A policy with so many instructions, an operation that the last of them allows, and one that none does.
fn made(rules: usize) -> (String, Operation, Operation) {
    let side = many_rules::side(rules);
    let source = many_rules::source(rules)
        + "clause \"2\" { forbid any of any in US; require tls for any of any to any; }\nplace US is country; measure tls;\n";
    let last = rules - 1;
    let of = |item: usize, aim: usize| {
        Operation::of("read", [Item::new(&format!("item{item}")).form([]).contains([])])
            .purpose(&format!("aim{aim}"))
            .recipient("none")
            .place("none")
            .measures([])
    };
    (source, of(last / side, last % side), of(last / side, last % side).place("US"))
}

fn scaling(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("rules");
    for rules in [10, 100, 1_000, 10_000, 99_990] {
        let (source, last, none) = made(rules);
        let policy = Policy::compile(&source).unwrap();
        assert_eq!(policy.verdict(&last), Ok(Verdict::Allow));
        assert_eq!(policy.verdict(&none), Ok(Verdict::Pause));
        let text = last.to_json().to_string();
        group.bench_function(format!("{rules}, the last allows"), |bencher| {
            bencher.iter(|| policy.verdict(black_box(&last)));
        });
        group.bench_function(format!("{rules}, none allows"), |bencher| {
            bencher.iter(|| policy.verdict(black_box(&none)))
        });
        group.bench_function(format!("{rules}, the last allows, of JSON"), |bencher| {
            bencher.iter(|| policy.verdict_json(black_box(text.as_bytes())));
        });
        if rules <= 10_000 {
            group.sample_size(10);
            group.bench_function(format!("{rules}, load"), |bencher| {
                bencher.iter(|| NativeChecker::load(policy.image()))
            });
            group.bench_function(format!("{rules}, compile"), |bencher| {
                bencher.iter(|| Policy::compile(black_box(&source)))
            });
            group.sample_size(100);
        }
    }
    group.finish();
}

/// From one point to as many as an operation may have: data items, each of which an instruction covers.
fn sizes(criterion: &mut Criterion) {
    let (source, one, _) = made(100);
    let policy = Policy::compile(&source).unwrap();
    let mut group = criterion.benchmark_group("points");
    for points in [1, 4, 16, 64, 256] {
        let item = one.data.first().unwrap();
        let operation = Operation { data: vec![item.clone(); points], ..one.clone() };
        assert_eq!(policy.verdict(&operation), Ok(Verdict::Allow));
        let text = operation.to_json().to_string();
        group.throughput(Throughput::Elements(points as u64));
        group.bench_function(format!("{points}"), |bencher| bencher.iter(|| policy.verdict(black_box(&operation))));
        group.bench_function(format!("{points}, of JSON"), |bencher| {
            bencher.iter(|| policy.verdict_json(black_box(text.as_bytes())));
        });
    }
    group.finish();
}

/// A category that lies so deep below the one that an instruction names.
fn depths(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("depth");
    for depth in [1, 8, 32, 60] {
        let mut source =
            String::from("policy deep \"Deep\" version \"1\"; action read; data level0 is personal_data;\n");
        for level in 1..=depth {
            writeln!(source, "data level{level} is level{};", level - 1).unwrap();
        }
        source += "clause \"1\" { allow read of level0; }\n";
        let policy = Policy::compile(&source).unwrap();
        let operation = Operation::of("read", [Item::new(&format!("level{depth}")).form([]).contains([])]);
        assert_eq!(policy.verdict(&operation), Ok(Verdict::Allow));
        group.bench_function(format!("{depth}"), |bencher| bencher.iter(|| policy.verdict(black_box(&operation))));
    }
    group.finish();
}

/// Many operations on one thread, and on two.
fn threads(criterion: &mut Criterion) {
    let policy = agreements::policy("conma");
    let lines: String = agreements::operations("conma").iter().map(|text| text.replace('\n', " ") + "\n").collect();
    let lines = lines.repeat(200);
    let mut group = criterion.benchmark_group("threads");
    group.throughput(Throughput::Elements(lines.lines().count() as u64));
    let one = policy.many().verdict_lines(lines.as_bytes());
    for threads in [1, 2] {
        let many = policy.many().threads(threads);
        assert_eq!(many.verdict_lines(lines.as_bytes()), one);
        group.bench_function(format!("{threads}"), |bencher| {
            bencher.iter(|| many.verdict_lines(black_box(lines.as_bytes())));
        });
    }
    group.finish();
}

criterion_group!(benches, policies, scaling, sizes, depths, threads);
criterion_main!(benches);
