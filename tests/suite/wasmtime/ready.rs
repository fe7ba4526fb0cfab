//! Fresh instances begin where the module stood once it had read its policy, whatever its state is made of.

use abey::Verdict;
use abey_wasmtime::{Loader, Options, Reuse, WasmPolicy};

use super::liar::Liar;
use super::{STORE, options};

/// What a module is made of that counts: its state before it reads, what reading does to it, and what a verdict finds.
fn verdicts(reuse: Reuse, state: &str, reading: &str, finds: &str) -> [Verdict; 3] {
    let module = Liar::honest()
        .with("state", state)
        .with("abey_reset", &format!("(func (export \"abey_reset\") {reading})"))
        .with("abey_verdict", &format!("(func (export \"abey_verdict\") (param i32 i32) (result i32) {finds})"));
    let policy: WasmPolicy = Loader::new(Options { reuse, ..options() }).unwrap().load(&module.built()).unwrap();
    [(); 3].map(|()| policy.verdict_json(STORE).unwrap())
}

const ALWAYS: [Verdict; 3] = [Verdict::Allow; 3];
const NEVER: [Verdict; 3] = [Verdict::Pause; 3];

#[test]
fn globals_and_memory_stand_as_reading_left_them() {
    // Reading happens once; the start function has run once; an instance counts its verdicts.
    let state = r#"
        (global $read (mut i32) (i32.const -1)) (global $wide (mut i64) (i64.const 1)) (global $fixed i32 (i32.const 40))
        (global $single (mut f32) (f32.const 1)) (global $double (mut f64) (f64.const 1))
        (global $begun (mut i32) (i32.const 0)) (global $asked (mut i32) (i32.const 0))
        (func $begin (global.set $begun (i32.add (global.get $begun) (i32.const 1)))) (start $begin)"#;
    let reading = r#"
        (if (i32.eqz (i32.load (i32.const 200000))) (then
            (global.set $read (i32.add (global.get $read) (i32.const 3)))
            (global.set $wide (i64.const 0x1234567887654321))
            (global.set $single (f32.reinterpret_i32 (i32.const 0x7fa00001)))
            (global.set $double (f64.reinterpret_i64 (i64.const 0xfff4000000000001)))
            (i32.store (i32.const 200000) (i32.const 9))
            (drop (memory.grow (i32.const 2)))
            (i32.store (i32.const 393212) (i32.const 7))))"#;
    let finds = r#"
        (i32.eqz (global.get $asked)) (global.set $asked (i32.const 1))
        (i32.and (i32.eq (global.get $read) (i32.const 2)))
        (i32.and (i64.eq (global.get $wide) (i64.const 0x1234567887654321)))
        (i32.and (i32.eq (global.get $fixed) (i32.const 40)))
        (i32.and (i32.eq (i32.reinterpret_f32 (global.get $single)) (i32.const 0x7fa00001)))
        (i32.and (i64.eq (i64.reinterpret_f64 (global.get $double)) (i64.const 0xfff4000000000001)))
        (i32.and (i32.eq (global.get $begun) (i32.const 1)))
        (i32.and (i32.eq (i32.load (i32.const 200000)) (i32.const 9)))
        (i32.and (i32.eq (i32.load (i32.const 393212)) (i32.const 7)))
        (i32.and (i32.eq (memory.size) (i32.const 6)))"#;
    assert_eq!(verdicts(Reuse::Fresh, state, reading, finds), ALWAYS);
    // One that is kept remembers that it was asked.
    let [first, then @ ..] = verdicts(Reuse::Warm, state, reading, finds);
    assert_eq!((first, then), (Verdict::Allow, [Verdict::Pause; 2]));
}

#[test]
fn what_cannot_be_frozen_begins_at_the_beginning() {
    let unread = "(i32.eqz (i32.load8_u (i32.const 200000)))";
    let read = "(i32.store8 (i32.const 200000) (i32.const 1))";
    for (what, state, reading) in [
        ("passive data", "(data $later \"x\")", read.into()),
        (
            "data that is dropped",
            "(data $later \"x\")",
            format!("{read} (memory.init $later (i32.const 9) (i32.const 0) (i32.const 0)) (data.drop $later)"),
        ),
        ("passive elements", "(table 1 funcref) (func $f) (elem $later func $f)", read.into()),
        (
            "a table that changes",
            "(table 2 funcref) (func $f) (elem (i32.const 0) $f)",
            format!("{read} (table.copy (i32.const 1) (i32.const 0) (i32.const 1))"),
        ),
        ("a name that is taken", "(global (export \"global 0\") i32 (i32.const 1))", read.into()),
    ] {
        assert_eq!(verdicts(Reuse::Fresh, state, &reading, unread), ALWAYS, "{what}");
    }
    // The same where nothing is in the way.
    assert_eq!(verdicts(Reuse::Fresh, "(global i32 (i32.const 1))", read, unread), NEVER);
}
