//! The limits that options set.

use std::time::{Duration, Instant};

use abey_wasmtime::{Error, Lie, Loader, Options, Reuse};

use super::liar::{Liar, at};
use super::{Good, STORE, attached, hasty, options, shop};

#[test]
fn sizes_are_bounded() {
    let wasm = attached(&shop());
    let load = |options: Options| Loader::new(options).unwrap().load(&wasm);
    let too_large = |what, limit| Some(Error::TooLarge { what, limit });
    assert_eq!(load(Options { module_bytes: 99, ..options() }).err(), too_large("bytes", 99));
    assert_eq!(load(Options { code_bytes: 999, ..options() }).err(), too_large("bytes of code", 999));
    assert_eq!(load(Options { table_elements: 1, ..options() }).err(), too_large("table elements", 1));
    assert_eq!(load(Options { memory_bytes: 65_536, ..options() }).err(), Some(Error::Memory(65_536)));
    let answer = load(Options { answer_bytes: 9, ..options() }).err();
    assert!(matches!(answer, Some(Error::Lied(Lie::TooLong { limit: 9, .. }))), "{answer:?}");
    assert!(load(options()).is_ok());
}

/// Code that is short, and would be long to compile.
#[test]
fn the_work_of_compiling_is_bounded() {
    let loader = Loader::new(hasty(Reuse::Warm)).unwrap();
    let good = Good::of(&loader);
    let locals = format!("(local {})", "i64 ".repeat(50_000));
    let many = (0..5).map(|_| format!("(func {locals})")).collect::<String>();
    let begun = Instant::now();
    let error = loader.load(&Liar::honest().with("more", &many).built()).err();
    assert_eq!(error, Some(Error::TooLarge { what: "locals", limit: 200_000 }));
    let error = loader.load(&Liar::honest().with("more", &"(func)".repeat(20_000)).built()).err();
    assert_eq!(error, Some(Error::TooLarge { what: "functions", limit: 20_000 }));
    assert!(begun.elapsed() < Duration::from_secs(20));
    good.still_decides("modules that are long to compile");
}

/// An operation that doesn't fit into the memory that the module may have.
#[test]
fn an_operation_may_be_too_large() {
    let loader = Loader::new(Options { memory_bytes: 8 << 20, ..options() }).unwrap();
    let good = Good::of(&loader);
    assert_eq!(good.policy.check_json(&vec![b' '; 9 << 20]).err(), Some(Error::Memory(8 << 20)));
    good.still_decides("an operation larger than the memory");
    // One that is larger than any operation may be, and fits, pauses as it does natively.
    let long = vec![b' '; 1 << 20];
    assert_eq!(good.policy.check_json(&long), Ok(shop().check_json(&long)));
}

#[test]
fn fuel_runs_out() {
    let with = |fuel| Loader::new(Options { fuel: Some(fuel), ..options() }).unwrap();
    let endless = Liar::honest().checking("(loop (br 0)) (unreachable)").built();
    for fuel in [1_000, 1_000_000] {
        let policy = with(fuel).load(&endless).unwrap();
        assert_eq!(policy.check_json(STORE).err(), Some(Error::Fuel(fuel)));
    }
    assert_eq!(with(10).load(&attached(&shop())).err(), Some(Error::Fuel(10)));
    // Each call has its own: many checks take no more than one may.
    let loader = with(20_000_000);
    let good = Good::of(&loader);
    for _ in 0..300 {
        good.still_decides("a check within its fuel");
    }
}

/// A call ends at its time, not long before and not long after.
#[test]
fn time_is_kept() {
    let endless = Liar::honest().checking("(loop (br 0)) (unreachable)").built();
    for reuse in [Reuse::Warm, Reuse::Fresh] {
        let timeout = Duration::from_millis(300);
        let policy = Loader::new(Options { reuse, timeout, ..options() }).unwrap().load(&endless).unwrap();
        let begun = Instant::now();
        assert_eq!(policy.check_json(STORE).err(), Some(Error::Timeout(timeout)));
        let took = begun.elapsed();
        assert!(took >= timeout, "{took:?}");
        assert!(took < timeout * 20, "{took:?}");
    }
}

/// Where all places are taken, a check waits its turn, and no longer than a call may last.
#[test]
fn places_are_counted() {
    let timeout = Duration::from_secs(2);
    let loader = Loader::new(Options { reuse: Reuse::Fresh, at_once: 1, timeout, ..options() }).unwrap();
    let good = Good::of(&loader);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..20).for_each(|_| good.still_decides("a wait")));
        }
    });
    let endless = loader.load(&Liar::honest().checking("(loop (br 0)) (unreachable)").built()).unwrap();
    std::thread::scope(|scope| {
        // Of these two one has the place for as long as a call may last, so a third has no turn.
        let first = scope.spawn(|| endless.check_json(STORE));
        std::thread::sleep(Duration::from_millis(500));
        let waiting = [scope.spawn(|| endless.check_json(STORE)), scope.spawn(|| endless.check_json(STORE))];
        assert_eq!(first.join().unwrap().err(), Some(Error::Timeout(timeout)));
        let ends = waiting.map(|thread| thread.join().unwrap().unwrap_err());
        assert!(ends.contains(&Error::Busy(1)), "{ends:?}");
    });
    good.still_decides("a place that was taken");
}

/// Answers that name another policy than the module did when it was loaded.
#[test]
fn a_policy_stays_what_it_is() {
    let other = abey_tests::agreements::policy("conma").check_json(STORE).to_json();
    let escaped: String = other.bytes().map(|byte| format!("\\{byte:02x}")).collect();
    let data = format!("(data (i32.const 200000) \"{escaped}\")");
    let module = Liar::honest().with("more", &data).checking(&at(200_000, other.len())).built();
    let policy = Loader::new(hasty(Reuse::Warm)).unwrap().load(&module).unwrap();
    assert_eq!(policy.check_json(STORE).err(), Some(Error::Lied(Lie::OtherPolicy)));
}

/// Options that no machine could serve are brought within what it can, and never a panic.
#[test]
fn options_may_be_absurd() {
    let tried = [
        Options { stack_bytes: 0, ..options() },
        Options { stack_bytes: usize::MAX, ..options() },
        Options { reuse: Reuse::Fresh, memory_bytes: usize::MAX, ..options() },
        Options { reuse: Reuse::Fresh, table_elements: usize::MAX, ..options() },
        Options { reuse: Reuse::Fresh, at_once: u32::MAX, ..options() },
        Options { reuse: Reuse::Fresh, at_once: 0, ..options() },
        Options { timeout: Duration::ZERO, ..options() },
        Options { timeout: Duration::MAX, ..options() },
        Options { fuel: Some(u64::MAX), ..options() },
        Options { memory_bytes: usize::MAX, answer_bytes: usize::MAX, ..options() },
    ];
    let wasm = attached(&shop());
    for options in tried {
        let loaded = Loader::new(options.clone()).and_then(|loader| loader.load(&wasm));
        let hurried = options.timeout.is_zero() && matches!(loaded, Err(Error::Timeout(_)));
        assert!(loaded.is_ok() || hurried, "{options:?}: {loaded:?}");
    }
}
