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
        let lines: Vec<&[u8]> = json::lines(lines).collect();
        self.each(&lines, |line| self.policy.check_json(line))
    }

    /// Whether each line of JSON may go ahead; empty lines tell nothing. One that can't be read pauses.
    #[must_use]
    pub fn verdict_lines(self, lines: &[u8]) -> Vec<Verdict> {
        let lines: Vec<&[u8]> = json::lines(lines).collect();
        self.each(&lines, |line| Checker::verdict_json(self.policy, line).unwrap_or(Verdict::Pause))
    }

    /// What each of these gives, in their order.
    fn each<T: Sync, R: Send>(self, of: &[T], give: impl Fn(&T) -> R + Sync) -> Vec<R> {
        let share = of.len().div_ceil(self.threads.max(1)).max(1);
        let mut shares = of.chunks(share);
        let own = shares.next().unwrap_or_default();
        let give_all = |share: &[T]| share.iter().map(&give).collect::<Vec<R>>();
        let give_all = &give_all;
        thread::scope(|scope| {
            let others: Vec<_> = shares
                .map(|share| (share, thread::Builder::new().spawn_scoped(scope, move || give_all(share)).ok()))
                .collect();
            let mut given = give_all(own);
            for (share, other) in others {
                // A thread that panicked left its share undone; what made it panic does so here.
                let theirs = other.and_then(|other| other.join().ok());
                given.extend(theirs.unwrap_or_else(|| give_all(share)));
            }
            given
        })
    }
}
