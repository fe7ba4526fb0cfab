//! A verdict on an encoded operation takes no memory.
#![allow(unsafe_code, clippy::unwrap_used, missing_docs, reason = "counts what the allocator is asked for")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use abey::{Operation, Verdict};
use abey_tests::agreements;

struct Counting;

thread_local! {
    static ASKED: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: every call goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ASKED.with(|asked| asked.set(asked.get() + 1));
        // SAFETY: as asked of this.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
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
