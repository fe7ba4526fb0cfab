//! Modules cut short, and modules with a byte changed: refused, or something that decides within its limits.

use abey_wasmtime::{Loader, Reuse};

use super::liar::Liar;
use super::{Good, attached, first_error, hasty, shop};

/// The values that a byte takes in turn: its neighbour, and one bit after the other as the place goes on.
fn values(byte: u8, at: usize) -> [u8; 2] {
    [byte.wrapping_add(1), byte ^ 2 << (at % 7)]
}

/// Every byte of the bare module written by hand, whose sections have all that a policy.wasm has.
#[test]
fn every_byte_of_a_small_module_may_be_another() {
    let loader = Loader::new(hasty(Reuse::Warm)).unwrap();
    let good = Good::of(&loader);
    let module = Liar::honest().with("more", "(table 1 funcref) (elem (i32.const 0) $g) (func $g)").built();
    // Letters of the decisions are data to the module; the first of them will do.
    let data = module.windows(12).position(|bytes| bytes == br#"{"verdict":""#).unwrap() + 64;
    assert!(data > 300);
    let (mut fine, mut refused) = (0, 0);
    for at in 0..data {
        let mut damaged = module.clone();
        let every = if at < 8 { (0..=255).collect() } else { values(module[at], at).to_vec() };
        for value in every.into_iter().filter(|value| *value != module[at]) {
            damaged[at] = value;
            match first_error(&loader, &damaged) {
                Some(error) => {
                    assert!(!error.to_string().is_empty());
                    assert!(at >= 8 || matches!(error, abey_wasmtime::Error::NotAModule(_)), "{at}: {error:?}");
                    refused += 1;
                }
                None => fine += 1,
            }
        }
        if at % 50 == 0 {
            good.still_decides(&format!("byte {at}"));
        }
    }
    // Some bytes say nothing that a check would notice: lengths of memory, or names of nobody.
    assert!(refused > 2200 && fine > 0, "{refused} refused, {fine} fine");
    good.still_decides("all of them");
}

#[test]
fn every_prefix_of_a_small_module_is_refused() {
    let loader = Loader::new(hasty(Reuse::Warm)).unwrap();
    let module = Liar::honest().built();
    assert_eq!(first_error(&loader, &module), None);
    for length in 0..module.len() {
        assert!(loader.load(&module[..length]).is_err(), "{length} bytes");
    }
}

/// Prefixes of a policy.wasm: refused, but for the one that lacks nothing but its label.
#[test]
fn prefixes_of_a_policy_are_refused() {
    let loader = Loader::new(hasty(Reuse::Warm)).unwrap();
    let wasm = attached(&shop());
    let label = wasm.windows(5).rposition(|bytes| bytes == b"\x04abey").unwrap();
    let lengths = (0..600).chain((600..wasm.len()).step_by(997)).chain(label - 10..wasm.len());
    let mut whole = Vec::new();
    for length in lengths {
        if loader.load(&wasm[..length]).is_ok() {
            whole.push(length);
        }
    }
    assert_eq!(whole.len(), 1, "{whole:?}");
    assert!(whole[0] < label && label - whole[0] < 8, "{whole:?}, and the label is at {label}");
}

/// So many damaged copies of a policy.wasm, bytes and values taken from all over it.
fn damage(seed: u64, count: usize) {
    let loader = Loader::new(hasty(Reuse::Warm)).unwrap();
    let good = Good::of(&loader);
    let wasm = attached(&shop());
    let numbers = abey_tests::numbers(seed, 2 * count);
    let (mut fine, mut refused) = (0, 0);
    for pair in numbers.chunks(2) {
        let mut damaged = wasm.clone();
        let at = pair[0] as usize % wasm.len();
        damaged[at] ^= 1 << (pair[1] % 8);
        match first_error(&loader, &damaged) {
            Some(_) => refused += 1,
            None => fine += 1,
        }
    }
    println!("{refused} refused, {fine} decide");
    assert!(refused > 0);
    good.still_decides("damaged copies");
}

#[test]
fn some_bytes_of_a_policy_may_be_others() {
    damage(1, 5);
}

/// `cargo test --release -p abey-tests --test suite wasmtime::corrupt::many -- --ignored --nocapture`
#[test]
#[ignore = "minutes"]
fn many_bytes_of_a_policy_may_be_others() {
    damage(2, 2000);
}
