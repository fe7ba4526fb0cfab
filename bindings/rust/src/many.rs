//! Many operations at once, on one thread or several.

use std::num::NonZeroUsize;
use std::thread;

use abey_engine::{Checker, Decision, Malformed, Operation, Verdict, json};

use crate::Policy;

/// Many operations, decided in their order: see [`Policy::many`].
#[derive(Clone, Copy, Debug)]
pub struct Many<'p> {
    policy: &'p Policy,
    threads: usize,
}

impl Policy {
    /// For many operations at once, which may be shared out among threads. What comes out stands in the order of what went
    /// in, and is what each operation gives alone.
    ///
    /// ```
    /// # use abey::{Policy, Verdict};
    /// # let policy = Policy::compile(r#"policy shop "Shop" version "1"; use dpv; clause "1" { allow store of email_address; }"#)?;
    /// let lines = b"{\"action\":\"store\",\"data\":[\"email_address\"]}\n{\"action\":\"sell\",\"data\":[\"email_address\"]}\n";
    /// assert_eq!(policy.many().threads(2).verdict_lines(lines), [Verdict::Allow, Verdict::Pause]);
    /// # Ok::<(), abey::Error>(())
    /// ```
    #[must_use]
    pub fn many(&self) -> Many<'_> {
        Many { policy: self, threads: 1 }
    }
}

impl Many<'_> {
    /// Shares the operations out among so many threads, this one among them; 0 is as many as the machine runs at a time.
    /// They share the policy, and no lock. Where a thread can't be started, this one does its part.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        let available = || thread::available_parallelism().map_or(1, NonZeroUsize::get);
        self.threads = if threads == 0 { available() } else { threads };
        self
    }

    /// The decision on each operation. One that isn't well-formed pauses.
    #[must_use]
    pub fn check(self, operations: &[Operation]) -> Vec<Decision> {
        self.each(operations, |operation| self.policy.check(operation))
    }

    /// Whether each operation may go ahead, or why it isn't well-formed.
    #[must_use]
    pub fn verdicts(self, operations: &[Operation]) -> Vec<Result<Verdict, Malformed>> {
        self.each(operations, |operation| self.policy.verdict(operation))
    }

    /// The decision on each line of JSON; empty lines tell nothing. One that can't be read pauses.
    #[must_use]
    pub fn check_lines(self, lines: &[u8]) -> Vec<Decision> {
        self.lines(lines, |line| self.policy.check_json(line))
    }

    /// Whether each line of JSON may go ahead; empty lines tell nothing. One that can't be read pauses.
    #[must_use]
    pub fn verdict_lines(self, lines: &[u8]) -> Vec<Verdict> {
        self.lines(lines, |line| Checker::verdict_json(self.policy, line).unwrap_or(Verdict::Pause))
    }

    /// What each of these gives, in their order.
    fn each<T: Sync, R: Send>(self, of: &[T], give: impl Fn(&T) -> R + Sync) -> Vec<R> {
        let share = of.len().div_ceil(self.threads.max(1)).max(1);
        shared(of.chunks(share).collect(), |share| share.iter().map(&give).collect())
    }

    /// What each line gives, in their order.
    fn lines<R: Send>(self, text: &[u8], give: impl Fn(&[u8]) -> R + Sync) -> Vec<R> {
        let share = text.len().div_ceil(self.threads.max(1)).max(1);
        let mut shares: Vec<&[u8]> = Vec::new();
        let mut left = text;
        while !left.is_empty() {
            // A share ends where a line does.
            let whole = left.iter().skip(share - 1).position(|byte| *byte == b'\n').map(|more| share + more);
            let (own, rest) = left.split_at_checked(whole.unwrap_or(left.len())).unwrap_or((left, &[]));
            shares.push(own);
            left = rest;
        }
        shared(shares, |share| json::lines(share).map(&give).collect())
    }
}

/// What the shares give, one after the other: the first on this thread, each other one on a thread of its own.
fn shared<S: Copy + Send, R: Send>(shares: Vec<S>, give: impl Fn(S) -> Vec<R> + Sync) -> Vec<R> {
    let give = &give;
    let mut shares = shares.into_iter();
    let Some(own) = shares.next() else { return Vec::new() };
    thread::scope(|scope| {
        let start = |share| (share, thread::Builder::new().spawn_scoped(scope, move || give(share)).ok());
        let others: Vec<_> = shares.map(start).collect();
        let mut given = give(own);
        for (share, other) in others {
            // What didn't start, or didn't end, is done here.
            let theirs = other.and_then(|other| other.join().ok());
            given.extend(theirs.unwrap_or_else(|| give(share)));
        }
        given
    })
}
