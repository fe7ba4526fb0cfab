//! Modules that lie, loop, trap or grow: each gives the error that names it, and the next check is none the worse.

use abey_wasmtime::{Error, Lie, Loader, Reuse};

use super::liar::{Liar, at};
use super::{Good, STORE, first_error, hasty};

/// What a module does, the module, and whether an error is the one for it.
type Case = (&'static str, Liar, fn(&Error) -> bool);

fn outside(error: &Error) -> bool {
    matches!(error, Error::Lied(Lie::Outside { .. }))
}

fn no_decision(error: &Error) -> bool {
    matches!(error, Error::Lied(Lie::NotADecision(_)))
}

fn timeout(error: &Error) -> bool {
    matches!(error, Error::Timeout(_))
}

fn memory(error: &Error) -> bool {
    matches!(error, Error::Memory(_))
}

fn trap(error: &Error, what: &str) -> bool {
    matches!(error, Error::Trap(said) if said.contains(what))
}

fn unreachable(error: &Error) -> bool {
    trap(error, "unreachable")
}

fn too_deep(error: &Error) -> bool {
    trap(error, "call stack exhausted")
}

fn lines(error: &Error) -> bool {
    matches!(error, Error::Lied(Lie::Lines { asked: 1, .. }))
}

fn function(name: &str, kind: &str, body: &str) -> String {
    format!("(func (export \"{name}\") {kind} {body})")
}

const LOOP: &str = "(loop (br 0)) (unreachable)";
const ALLOC: &str = "(param i32) (result i32)";

/// Lies about where texts lie and what they are. The memory has 262 144 bytes.
fn lies() -> Vec<Case> {
    let honest = Liar::honest;
    let alloc = |body: &str| honest().with("abey_alloc", &function("abey_alloc", ALLOC, body));
    let batch = |body: &str| honest().with("abey_batch", &function("abey_batch", "(param i32 i32) (result i64)", body));
    let verdict =
        |body: &str| honest().with("abey_verdict", &function("abey_verdict", "(param i32 i32) (result i32)", body));
    let stored = "(i32.store8 (i32.const 200000) (i32.const 0xff))";
    let nested = "(memory.fill (i32.const 150000) (i32.const 0x5b) (i32.const 100000))";
    vec![
        ("an answer past the end", honest().checking(&at(u32::MAX, 1)), outside),
        ("an answer at the end", honest().checking(&at(262_144, 1)), outside),
        ("an answer half past the end", honest().checking(&at(262_143, 2)), outside),
        ("an endless answer", honest().checking(&at(1024, u32::MAX as usize)), outside),
        ("an answer that wraps around", honest().checking(&at(u32::MAX, u32::MAX as usize)), outside),
        ("an empty answer past the end", honest().checking(&at(262_145, 0)), outside),
        ("an empty answer at the end", honest().checking(&at(262_144, 0)), no_decision),
        ("no answer", honest().checking(&at(0, 0)), no_decision),
        ("the operation as the answer", honest().checking(&at(131_072, STORE.len())), no_decision),
        ("half a decision", honest().checking(&at(16_384, 100)), no_decision),
        ("the memory as the answer", honest().checking(&at(0, 262_144)), no_decision),
        ("brackets without end", honest().checking(&format!("{nested} {}", at(150_000, 100_000))), no_decision),
        ("an answer that isn't text", honest().checking(&format!("{stored} {}", at(199_999, 3))), |error| {
            *error == Error::Lied(Lie::NotText(1))
        }),
        ("room past the end", alloc("(i32.const 262144)"), outside),
        ("room half past the end", alloc("(i32.const 262143)"), outside),
        ("room at the end of all", alloc("(i32.const -1)"), outside),
        ("room over its own answer", alloc("(i32.const 16384)"), no_decision),
        ("room nowhere", alloc("(i32.const 0)"), memory),
        ("a verdict of 3", verdict("(i32.const 3)"), |error| *error == Error::Lied(Lie::Verdict(3))),
        ("a verdict of -1", verdict("(i32.const -1)"), |error| *error == Error::Lied(Lie::Verdict(u32::MAX))),
        ("no line", batch(&at(0, 0)), lines),
        ("a line without its end", batch(&at(65_536, 10)), lines),
        ("a line more", batch(&format!("(i32.store8 (i32.const 65600) (i32.const 10)) {}", at(65_536, 4000))), lines),
        ("lines past the end", batch(&at(262_144, 5)), outside),
    ]
}

/// What takes time, memory or stack without end, or ends without an answer.
fn excesses() -> Vec<Case> {
    let honest = Liar::honest;
    let hog = "(loop (br_if 0 (i32.ne (memory.grow (i32.const 16)) (i32.const -1)))) (unreachable)";
    let patient = "(loop (drop (memory.grow (i32.const 1000))) (br 0)) (unreachable)";
    let fill = "(loop (memory.fill (i32.const 0) (i32.const 7) (i32.const 262144)) (br 0)) (unreachable)";
    let again = "(call $again (local.get 0))";
    let deep = format!("(func $again {ALLOC} (i32.add (i32.const 1) {again}))");
    let table = "(table funcref (elem $f)) (type $t (func (result i32))) (func $f)";
    vec![
        ("a check without end", honest().checking(LOOP), timeout),
        ("filling memory without end", honest().checking(fill), timeout),
        ("growing without end", honest().checking(patient), timeout),
        ("room without end", honest().with("abey_alloc", &function("abey_alloc", ALLOC, LOOP)), timeout),
        ("a reset without end", honest().with("abey_reset", &function("abey_reset", "", LOOP)), timeout),
        ("a version without end", honest().with("abey_abi", &function("abey_abi", "(result i32)", LOOP)), timeout),
        ("a policy without end", honest().with("abey_policy", &function("abey_policy", "(result i64)", LOOP)), timeout),
        ("a start without end", honest().with("start", "(start $s) (func $s (loop (br 0)))"), timeout),
        ("a start that traps", honest().with("start", "(start $s) (func $s unreachable)"), unreachable),
        ("a start that recurs", honest().with("start", "(start $s) (func $s (call $s))"), too_deep),
        ("a start that grows", honest().with("start", &format!("(start $s) (func $s {hog})")), memory),
        ("memory beyond the limit", honest().checking(hog), memory),
        ("memory beyond the limit at once", honest().with("memory", "(memory (export \"memory\") 5000)"), memory),
        ("all memory at once", honest().with("memory", "(memory (export \"memory\") 65536)"), memory),
        ("a table beyond the limit", honest().with("table", "(table 10001 funcref)"), |error| {
            matches!(error, Error::TooLarge { what: "table elements", .. })
        }),
        ("recursion", honest().with("again", &deep).checking(&format!("(drop {again}) (unreachable)")), too_deep),
        ("a trap", honest().checking("(unreachable)"), unreachable),
        ("a division by zero", honest().checking("(i64.div_u (i64.const 1) (i64.const 0))"), |error| {
            trap(error, "divide by zero")
        }),
        ("reading past the end", honest().checking("(i64.load (i32.const -1))"), |error| trap(error, "out of bounds")),
        (
            "writing past the end",
            honest().checking("(i64.store (i32.const 262140) (i64.const 0)) (unreachable)"),
            |error| trap(error, "out of bounds"),
        ),
        (
            "a call of another type",
            honest().with("table", table).checking("(drop (call_indirect (type $t) (i32.const 0))) (unreachable)"),
            |error| trap(error, "type mismatch"),
        ),
        (
            "a call of nothing",
            honest().with("table", table).checking("(drop (call_indirect (type $t) (i32.const 9))) (unreachable)"),
            |error| trap(error, "table access"),
        ),
        ("data past the end", honest().with("more", "(data (i32.const 262143) \"ab\")"), |error| {
            trap(error, "out of bounds")
        }),
        (
            "functions past the end of a table",
            honest().with("more", "(table 1 funcref) (elem (i32.const 1) $g) (func $g)"),
            |error| trap(error, "out of bounds"),
        ),
    ]
}

fn each_is_named(cases: Vec<Case>, reuse: Reuse) {
    let loader = Loader::new(hasty(reuse)).unwrap();
    let good = Good::of(&loader);
    for (what, liar, fits) in cases {
        let error = first_error(&loader, &liar.built()).unwrap_or_else(|| panic!("{what}: nothing is wrong"));
        assert!(fits(&error), "{what}: {error:?}");
        assert!(!error.to_string().is_empty());
        good.still_decides(what);
    }
}

/// Without a lie nothing is wrong, so that what is wrong with the others is their lie.
#[test]
fn the_honest_one_is_believed() {
    for reuse in [Reuse::Warm, Reuse::Fresh] {
        let loader = Loader::new(hasty(reuse)).unwrap();
        assert_eq!(first_error(&loader, &Liar::honest().built()), None);
    }
}

#[test]
fn lies_are_named() {
    each_is_named(lies(), Reuse::Warm);
}

#[test]
fn lies_of_fresh_instances_are_named() {
    each_is_named(lies(), Reuse::Fresh);
}

#[test]
fn excesses_end() {
    each_is_named(excesses(), Reuse::Warm);
}

#[test]
fn excesses_of_fresh_instances_end() {
    each_is_named(excesses(), Reuse::Fresh);
}

/// A module that traps in its second call: the warm instance that did is gone, and the next begins anew.
#[test]
fn an_instance_that_failed_is_thrown_away() {
    let stored = at(16_384, super::shop().check_json(STORE).to_json().len());
    let second = format!("(if (global.get $once) (then (unreachable))) (global.set $once (i32.const 1)) {stored}");
    let module = Liar::honest().with("once", "(global $once (mut i32) (i32.const 0))").checking(&second).built();
    let warm = Loader::new(hasty(Reuse::Warm)).unwrap().load(&module).unwrap();
    for _ in 0..3 {
        assert!(warm.check_json(STORE).unwrap().is_allowed());
        assert_eq!(warm.idle_memory_bytes().len(), 1);
        assert!(unreachable(&warm.check_json(STORE).unwrap_err()));
        assert_eq!(warm.idle_memory_bytes().len(), 0);
    }
    let fresh = Loader::new(hasty(Reuse::Fresh)).unwrap().load(&module).unwrap();
    for _ in 0..3 {
        assert!(fresh.check_json(STORE).unwrap().is_allowed());
    }
}

/// A module that answers what can't be read has answered nonetheless; its instance goes too.
#[test]
fn an_instance_that_lied_is_thrown_away() {
    let module = Liar::honest().checking(&at(0, 0)).built();
    let liar = Loader::new(hasty(Reuse::Warm)).unwrap().load(&module).unwrap();
    assert_eq!(liar.idle_memory_bytes().len(), 1);
    assert!(no_decision(&liar.check_json(STORE).unwrap_err()));
    assert_eq!(liar.idle_memory_bytes().len(), 0);
}
