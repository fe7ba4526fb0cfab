//! What the module exports. The README of this folder says what a host may rely on.
#![expect(unsafe_code, reason = "a module speaks to its host in bare memory")]

use alloc::alloc::{Layout, alloc};
use alloc::string::String;
use core::arch::wasm32::{memory_size, unreachable};
use core::cell::UnsafeCell;

use crate::arena::Arena;
use crate::{ABI, Served};

#[global_allocator]
static ARENA: Arena = Arena::new();

/// A fault in the checker ends the call; the host takes that for a pause.
#[panic_handler]
fn panicked(_: &core::panic::PanicInfo<'_>) -> ! {
    unreachable()
}

/// Where the attached image lies, and how many bytes it has. `abey build` writes over it; here there is none.
#[repr(C)]
pub struct Attached {
    pointer: usize,
    length: usize,
}

#[unsafe(no_mangle)]
pub static abey_image: Attached = Attached { pointer: 0, length: 0 };

struct Slot(UnsafeCell<Option<Served>>);
// SAFETY: a module without the threads feature has one thread.
unsafe impl Sync for Slot {}
static SERVED: Slot = Slot(UnsafeCell::new(None));

/// What is served; the policy is read at the first call, before any block is given out, and kept.
fn served() -> &'static Served {
    // SAFETY: there is one thread, and the slot is written once, here, before any reference is given out.
    let slot = unsafe { &mut *SERVED.0.get() };
    if slot.is_none() {
        // SAFETY: the static lives as long as the module; volatile, since the compiler knows it as nought.
        let Attached { pointer, length } = unsafe { (&raw const abey_image).read_volatile() };
        *slot = Some(Served::of(bytes(pointer, length).unwrap_or(&[])));
        ARENA.keep();
    }
    match slot {
        Some(served) => served,
        None => unreachable(),
    }
}

/// The bytes at a place, if they lie in memory and not at its very beginning.
fn bytes<'a>(pointer: usize, length: usize) -> Option<&'a [u8]> {
    let end = pointer.checked_add(length)?;
    if pointer == 0 || end > memory_size(0) << 16 {
        return None;
    }
    // SAFETY: the bytes lie in memory, and the host doesn't run while the module does.
    Some(unsafe { core::slice::from_raw_parts(pointer as *const u8, length) })
}

/// A text that stays until the next reset: where it lies, and its length in the low half.
fn given(text: String) -> u64 {
    let text = text.into_bytes().leak();
    (text.as_ptr() as u64) << 32 | text.len() as u64
}

#[unsafe(no_mangle)]
pub extern "C" fn abey_abi() -> u32 {
    ABI
}

#[unsafe(no_mangle)]
pub extern "C" fn abey_alloc(length: usize) -> usize {
    served();
    let Ok(layout) = Layout::from_size_align(length.max(1), 1) else { return 0 };
    // SAFETY: the layout isn't empty.
    (unsafe { alloc(layout) }) as usize
}

#[unsafe(no_mangle)]
pub extern "C" fn abey_check(pointer: usize, length: usize) -> u64 {
    // Bytes that lie nowhere are no operation, as the empty text isn't.
    given(served().check(bytes(pointer, length).unwrap_or(&[])))
}

#[unsafe(no_mangle)]
pub extern "C" fn abey_verdict(pointer: usize, length: usize) -> u32 {
    served().verdict(bytes(pointer, length).unwrap_or(&[]))
}

#[unsafe(no_mangle)]
pub extern "C" fn abey_batch(pointer: usize, length: usize) -> u64 {
    // Bytes that lie nowhere hold one operation that can't be read, so that the answer isn't empty.
    given(served().batch(bytes(pointer, length).unwrap_or(b"?")))
}

#[unsafe(no_mangle)]
pub extern "C" fn abey_policy() -> u64 {
    given(served().policy())
}

#[unsafe(no_mangle)]
pub extern "C" fn abey_reset() {
    served();
    // SAFETY: the host promises to use no block and no answer from before; nothing here outlives a call
    // but what is kept.
    unsafe { ARENA.reset() }
}
