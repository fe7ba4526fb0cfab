//! What a check costs in the sandbox, and natively: `cargo bench -p abey-tests --no-default-features --bench wasm`.
//!
//! Each figure is for all operations of a policy, one after the other. At the end the ratios are printed, of times that
//! were taken in turns, so that a busy machine weighs on both alike.
#![allow(clippy::unwrap_used, missing_docs, reason = "a benchmark may fail loudly")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use abey::{Checker, Operation, Policy};
use abey_wasmtime::{Loader, Options, Reuse, WasmPolicy};
use criterion::{BatchSize, Criterion, criterion_group};

const NAMES: [&str; 2] = ["conma", "cobrowsing"];

struct Sides {
    operations: Vec<Vec<u8>>,
    native: Policy,
    wasm: Vec<u8>,
    warm: WasmPolicy,
    fresh: WasmPolicy,
}

fn sides(name: &str) -> Sides {
    let folder = abey_tests::root().join(format!("policies/{name}/operations"));
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let operations = paths.into_iter().map(|path| std::fs::read(path).unwrap()).collect();
    let native = Policy::compile(&abey_tests::read(&format!("policies/{name}/policy.abey"))).unwrap();
    let wasm = abey::module::attach(native.image()).unwrap();
    let load = |reuse| Loader::new(Options { reuse, ..Options::default() }).unwrap().load(&wasm).unwrap();
    let (warm, fresh) = (load(Reuse::Warm), load(Reuse::Fresh));
    Sides { operations, native, wasm, warm, fresh }
}

impl Sides {
    fn verdicts<C: Checker>(&self, checker: &C) {
        for operation in &self.operations {
            black_box(checker.verdict_json(black_box(operation)).unwrap());
        }
    }

    fn decisions<C: Checker>(&self, checker: &C) {
        for operation in &self.operations {
            black_box(checker.check_json(black_box(operation)).unwrap());
        }
    }

    fn native_texts(&self) {
        for operation in &self.operations {
            black_box(self.native.check_json(black_box(operation)).to_json());
        }
    }

    fn wasm_texts(&self, policy: &WasmPolicy) {
        for operation in &self.operations {
            black_box(policy.check_json_text(black_box(operation)).unwrap());
        }
    }
}

fn benches(criterion: &mut Criterion) {
    for name in NAMES {
        let sides = sides(name);
        let mut group = criterion.benchmark_group(format!("{name}, {} operations", sides.operations.len()));
        group.bench_function("verdict, native", |bencher| bencher.iter(|| sides.verdicts(&sides.native)));
        group.bench_function("verdict, wasm warm", |bencher| bencher.iter(|| sides.verdicts(&sides.warm)));
        group.bench_function("verdict, wasm fresh", |bencher| bencher.iter(|| sides.verdicts(&sides.fresh)));
        group.bench_function("decision text, native", |bencher| bencher.iter(|| sides.native_texts()));
        group.bench_function("decision text, wasm warm", |bencher| bencher.iter(|| sides.wasm_texts(&sides.warm)));
        group.bench_function("decision text, wasm fresh", |bencher| bencher.iter(|| sides.wasm_texts(&sides.fresh)));
        group.bench_function("decision, native", |bencher| bencher.iter(|| sides.decisions(&sides.native)));
        group.bench_function("decision, wasm warm", |bencher| bencher.iter(|| sides.decisions(&sides.warm)));
        group.finish();
        let loader = Loader::new(Options::default()).unwrap();
        let mut group = criterion.benchmark_group(format!("{name}, once"));
        group.sample_size(10);
        group.bench_function("compile and load", |bencher| {
            bencher.iter_batched(|| (), |()| loader.load(&sides.wasm).unwrap(), BatchSize::PerIteration);
        });
        group.finish();
    }
}

/// The median times of two tasks, done in turns.
fn medians(mut one: impl FnMut(), mut other: impl FnMut()) -> (Duration, Duration) {
    const TURNS: usize = 301;
    let timed = |task: &mut dyn FnMut()| {
        let begun = Instant::now();
        task();
        begun.elapsed()
    };
    let (mut ones, mut others): (Vec<_>, Vec<_>) = (0..TURNS).map(|_| (timed(&mut one), timed(&mut other))).unzip();
    ones.sort();
    others.sort();
    (ones.into_iter().nth(TURNS / 2).unwrap(), others.into_iter().nth(TURNS / 2).unwrap())
}

fn ratios() {
    for name in NAMES {
        let sides = sides(name);
        let count = u32::try_from(sides.operations.len()).unwrap();
        let show = |what: &str, (native, wasm): (Duration, Duration)| {
            let ratio = wasm.as_secs_f64() / native.as_secs_f64();
            println!("{name}: {what}: {:?} native, {:?} wasm, each; {ratio:.2} times", native / count, wasm / count);
        };
        let (native, warm, fresh) = (&sides.native, &sides.warm, &sides.fresh);
        // What a host does that has operations as JSON and wants nothing but yes or no.
        let plain = || {
            for operation in &sides.operations {
                let read = Operation::from_json(black_box(operation));
                black_box(read.and_then(|operation| native.verdict(&operation)).is_ok());
            }
        };
        show("verdict, warm", medians(|| sides.verdicts(native), || sides.verdicts(warm)));
        show("verdict, warm, read and asked apart", medians(plain, || sides.verdicts(warm)));
        show("decision text, warm", medians(|| sides.native_texts(), || sides.wasm_texts(warm)));
        show("decision, warm", medians(|| sides.decisions(native), || sides.decisions(warm)));
        show("verdict, fresh", medians(|| sides.verdicts(native), || sides.verdicts(fresh)));
        show("decision text, fresh", medians(|| sides.native_texts(), || sides.wasm_texts(fresh)));
    }
}

criterion_group!(group, benches);

fn main() {
    group();
    Criterion::default().configure_from_args().final_summary();
    ratios();
}
