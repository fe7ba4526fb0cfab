//! Work on several things at a time.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Does the work for each number from 0, `jobs` at a time, the small numbers first. Stops at the first error of each worker.
///
/// # Errors
/// One of the errors.
pub fn each<T: Send>(
    jobs: usize,
    count: usize,
    work: impl Fn(usize) -> Result<T, String> + Sync,
) -> Result<Vec<T>, String> {
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut done = Vec::new();
        loop {
            let turn = next.fetch_add(1, Ordering::Relaxed);
            if turn >= count {
                return Ok(done);
            }
            done.push(work(turn)?);
        }
    };
    let results: Vec<Result<Vec<T>, String>> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..jobs.max(1)).map(|_| scope.spawn(worker)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap_or_else(|_| Err("a worker broke down".into()))).collect()
    });
    Ok(results.into_iter().collect::<Result<Vec<Vec<T>>, String>>()?.into_iter().flatten().collect())
}
