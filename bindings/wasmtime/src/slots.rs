//! Places for instances: so many at once, and whoever comes later waits for a while.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// How many places are free.
pub struct Slots {
    free: Mutex<u32>,
    freed: Condvar,
}

/// A place that is taken, and free again when it is dropped.
pub struct Slot(Arc<Slots>);

impl Slots {
    pub fn new(count: u32) -> Self {
        Slots { free: Mutex::new(count), freed: Condvar::new() }
    }

    /// Takes a place, if one is free before the time is over.
    pub fn take(self: &Arc<Self>, patience: Duration) -> Option<Slot> {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.freed.wait_timeout_while(free, patience, |free| *free == 0);
        let (mut free, _) = waited.unwrap_or_else(PoisonError::into_inner);
        *free = free.checked_sub(1)?;
        Some(Slot(Arc::clone(self)))
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        *self.0.free.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.0.freed.notify_one();
    }
}
