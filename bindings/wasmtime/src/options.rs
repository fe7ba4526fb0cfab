//! How much a module may take.

use std::time::Duration;

/// Where the instance that decides comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reuse {
    /// Instances are kept and used again, one for each thread that checks at the same time. The policy is read once in
    /// each, so this is the fast way. A module that isn't what `abey build` writes could remember one operation in the
    /// next check.
    #[default]
    Warm,
    /// A new instance for each check, out of a pool, which forgets everything. The policy is read when the module is
    /// loaded, and instances begin after it; that takes compiling the module twice. One that changes its table or drops
    /// segments, which those of `abey build` don't, reads its policy in every check.
    Fresh,
}

/// What modules of a loader may take of the host. Sizes are bounds, and nothing is taken before it is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Where instances come from; warm ones unless said otherwise.
    pub reuse: Reuse,
    /// Bytes of memory of one instance; 256 MiB, and 4 GiB at the most.
    pub memory_bytes: usize,
    /// Elements of the table of one instance; 10 000, and a million at the most.
    pub table_elements: usize,
    /// Bytes of the stack that calls of one check may take; 512 KiB, and between 64 KiB and 1 MiB. The thread that
    /// checks must have as much to spare.
    pub stack_bytes: usize,
    /// How long a call may last before it is ended; 2 seconds. It may be an eighth more, or a
    /// millisecond.
    pub timeout: Duration,
    /// Fuel for one call, where the work is to be counted too: about one for each instruction, the same on every
    /// machine. None unless said otherwise.
    pub fuel: Option<u64>,
    /// Bytes of a module; 72 MiB, which is room for the largest image.
    pub module_bytes: usize,
    /// Bytes of the code in a module; 1 MiB. What compiling costs goes with it.
    pub code_bytes: usize,
    /// Bytes of one decision; 16 MiB.
    pub answer_bytes: usize,
    /// How many fresh instances there may be at once; 32, and between 1 and 1000. A check that finds none waits as long as a call may last.
    pub at_once: u32,
    /// Whether the code is optimised when it is compiled: slower to load and faster to check. It is, unless said
    /// otherwise.
    pub optimised: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            reuse: Reuse::Warm,
            memory_bytes: 256 << 20,
            table_elements: 10_000,
            stack_bytes: 512 << 10,
            timeout: Duration::from_secs(2),
            fuel: None,
            module_bytes: 72 << 20,
            code_bytes: 1 << 20,
            answer_bytes: 16 << 20,
            at_once: 32,
            optimised: true,
        }
    }
}

impl Options {
    /// The same, where a size that the host couldn't serve is the next one that it can.
    pub(crate) fn bounded(self) -> Self {
        Options {
            memory_bytes: self.memory_bytes.min(u32::MAX as usize),
            table_elements: self.table_elements.min(1_000_000),
            stack_bytes: self.stack_bytes.clamp(64 << 10, 1 << 20),
            at_once: self.at_once.clamp(1, 1000),
            ..self
        }
    }

    /// The time between two ticks of the clock that ends calls, and after how many of them one has had its time.
    pub(crate) fn ticks(&self) -> (Duration, u64) {
        const MOST: Duration = Duration::from_secs(365 * 24 * 60 * 60);
        let timeout = self.timeout.min(MOST);
        let tick = (timeout / 8).clamp(Duration::from_millis(1), Duration::from_secs(1));
        let whole = timeout.as_nanos().div_ceil(tick.as_nanos());
        // The first tick may come at once.
        (tick, u64::try_from(whole).unwrap_or(u64::MAX / 2) + 1)
    }
}
