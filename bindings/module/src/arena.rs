//! Memory that is scoped to a request.
//!
//! Blocks are cut from the end of memory in sizes of powers of two; those given back are kept in a list for each
//! size. [`Arena::keep`] marks what stays, the policy; [`Arena::reset`] forgets all that came after. So a check
//! costs no more memory the millionth time than the first, whatever the ones before it left lying about.
#![expect(unsafe_code, reason = "an allocator works on bare memory")]
#![expect(clippy::indexing_slicing, reason = "a class is below 32, since sizes are below 2^31")]

use core::alloc::{GlobalAlloc, Layout};
use core::arch::wasm32::{memory_grow, memory_size};
use core::cell::UnsafeCell;

const PAGE: usize = 65_536;
/// No block is smaller than 2^4 bytes, so that all are aligned to as many; nothing here asks for more.
const LEAST: u32 = 4;
const CLASSES: usize = 32;

struct State {
    /// Where the next block begins; 0 before the first.
    top: usize,
    /// What stays at a reset.
    kept: usize,
    /// For each power of two, the first free block of that size, which holds the place of the next.
    free: [usize; CLASSES],
}

pub struct Arena(UnsafeCell<State>);

// SAFETY: a module without the threads feature has one thread.
unsafe impl Sync for Arena {}

/// The power of two that holds a block, if there can be such a block.
fn class(layout: Layout) -> Option<u32> {
    let held = layout.size() < 1 << 31 && layout.align() <= 1 << LEAST;
    held.then(|| layout.size().next_power_of_two().trailing_zeros().max(LEAST))
}

impl Arena {
    pub const fn new() -> Self {
        Arena(UnsafeCell::new(State { top: 0, kept: 0, free: [0; CLASSES] }))
    }

    #[expect(clippy::mut_from_ref, reason = "the one place that makes a reference, which no caller keeps")]
    fn state(&self) -> &mut State {
        // SAFETY: there is one thread, and no method below calls another while it holds this.
        unsafe { &mut *self.0.get() }
    }

    /// What is allocated by now stays at every reset.
    pub fn keep(&self) {
        let state = self.state();
        state.kept = state.top;
        state.free = [0; CLASSES];
    }

    /// Forgets every block since [`Arena::keep`].
    ///
    /// # Safety
    /// Nothing may use such a block any more.
    pub unsafe fn reset(&self) {
        let state = self.state();
        state.top = state.kept;
        state.free = [0; CLASSES];
    }
}

// SAFETY: blocks are disjoint, as large and as aligned as asked, and within memory.
unsafe impl GlobalAlloc for Arena {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let Some(class) = class(layout) else { return core::ptr::null_mut() };
        let state = self.state();
        let free = state.free[class as usize];
        if free != 0 {
            // SAFETY: a free block holds the place of the next in its first bytes; see `dealloc`.
            state.free[class as usize] = unsafe { *(free as *const usize) };
            return free as *mut u8;
        }
        let end = memory_size(0) * PAGE;
        if state.top == 0 {
            // A policy is attached above the memory that the linker laid out: begin after both.
            (state.top, state.kept) = (end, end);
        }
        let start = state.top;
        let Some(next) = start.checked_add(1 << class) else { return core::ptr::null_mut() };
        if next > end && memory_grow(0, (next - end).div_ceil(PAGE)) == usize::MAX {
            return core::ptr::null_mut();
        }
        state.top = next;
        start as *mut u8
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        let Some(class) = class(layout) else { return };
        let state = self.state();
        if (block as usize) < state.kept {
            // What is kept stays as it is, whatever a request gives back of it.
            return;
        }
        // SAFETY: the block is 16 bytes or more, aligned to 16, and nobody else's from now on.
        unsafe { *block.cast::<usize>() = state.free[class as usize] };
        state.free[class as usize] = block as usize;
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: as `GlobalAlloc::realloc` promises.
        let wanted = unsafe { Layout::from_size_align_unchecked(size, layout.align()) };
        // The block was given out, so it has a class.
        if class(layout) == class(wanted) {
            return block;
        }
        // SAFETY: both layouts are valid, the blocks are disjoint, and as long as the smaller of the two.
        unsafe {
            let moved = self.alloc(wanted);
            if !moved.is_null() {
                core::ptr::copy_nonoverlapping(block, moved, layout.size().min(size));
                self.dealloc(block, layout);
            }
            moved
        }
    }
}
