//! What a policy takes in memory: a verdict on an encoded operation none, one of ten thousand rules less than four megabytes.
#![allow(unsafe_code, clippy::unwrap_used, missing_docs, reason = "counts what the allocator is asked for")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use abey::{Operation, Policy, Verdict};
use abey_tests::{agreements, many_rules};

struct Counting;

thread_local! {
    static ASKED: Cell<usize> = const { Cell::new(0) };
    /// Bytes that are held, and the most that were.
    static HELD: Cell<usize> = const { Cell::new(0) };
    static MOST: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: every call goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ASKED.with(|asked| asked.set(asked.get() + 1));
        let held = HELD.with(Cell::get).wrapping_add(layout.size());
        HELD.with(|own| own.set(held));
        MOST.with(|most| most.set(most.get().max(held)));
        // SAFETY: as asked of this.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        HELD.with(|held| held.set(held.get().wrapping_sub(layout.size())));
        // SAFETY: as asked of this.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How often memory is asked for.
fn asked(what: impl FnOnce()) -> usize {
    let before = ASKED.with(Cell::get);
    what();
    ASKED.with(Cell::get) - before
}

#[test]
fn what_is_asked_for_is_counted() {
    assert_eq!(asked(|| drop(std::hint::black_box(Box::new(1)))), 1);
}

#[test]
fn a_verdict_takes_no_memory() {
    for name in agreements::NAMES {
        let policy = agreements::policy(name);
        let (mut allowed, mut paused) = (0, 0);
        for text in agreements::operations(name) {
            let operation = Operation::from_json(&text).unwrap();
            let encoded = policy.encode(&operation).unwrap();
            let mut verdict = Verdict::Pause;
            assert_eq!(asked(|| verdict = policy.verdict_of(&encoded)), 0, "{name}: {text}");
            *if verdict == Verdict::Allow { &mut allowed } else { &mut paused } += 1;
        }
        assert!(allowed > 0 && paused > 0, "{name}: {allowed} allowed, {paused} paused");
    }
}

/// With its image, of which a policy keeps the bytes, and with what loading takes for a while.
#[test]
fn ten_thousand_rules_take_less_than_four_megabytes() {
    let image = Policy::compile(&many_rules::source(10_000)).unwrap().image().to_vec();
    let before = HELD.with(Cell::get);
    MOST.with(|most| most.set(before));
    let policy = Policy::load(&image).unwrap();
    let (held, most) = (HELD.with(Cell::get) - before, MOST.with(Cell::get) - before);
    assert_eq!(policy.tables().rules.len(), 10_000);
    assert!(held > image.len() && most >= held && most < 4_000_000, "{held} held, {most} at most");
}
