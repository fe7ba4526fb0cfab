//! In which order the tests that reach a mutant are run: within a stage, the most promising first.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use crate::baseline::{Baseline, Test, Tests};
use crate::compile::Binary;
use crate::run::{Ended, mutated};
use crate::table::STAGES;

/// Tests that take less are run in one process.
const QUICK: Duration = Duration::from_millis(60);
/// As long as they take no longer than this together.
const TOGETHER: Duration = Duration::from_millis(400);
/// A run may take so much, however quick its tests are; and otherwise so many times as long as they do.
const LEAST: Duration = Duration::from_secs(10);
const TIMES: u32 = 5;
/// What a test that fails adds to its tally; of several run together, each takes its share.
const WHOLE: u64 = 1_000;

/// How a test fared with mutants on.
#[derive(Debug, Default)]
pub struct Tally {
    runs: AtomicU64,
    caught: AtomicU64,
}

impl Test {
    /// How many mutants it is expected to catch in a second; half a mutant is granted in advance.
    fn promise(&self) -> f64 {
        let caught = (self.tally.caught.load(Relaxed) + WHOLE / 2) as f64 / WHOLE as f64;
        let runs = (self.tally.runs.load(Relaxed) + 1) as f64;
        caught / runs / self.time.as_secs_f64().max(0.002)
    }
}

impl Baseline {
    /// The tests that reach a mutant, stage by stage, the quick ones together.
    pub fn batches(&self, mutant: usize) -> Vec<Batch<'_>> {
        let mut found = Vec::new();
        for stage in &self.stages {
            let used = |test: &&Test| test.ended == Ended::Passed && test.reached.contains(&mutant);
            let mut tests: Vec<(f64, &Test)> =
                stage.tests.iter().filter(used).map(|test| (test.promise(), test)).collect();
            tests.sort_by(|(one, _), (other, _)| other.total_cmp(one));
            let mut batch = Batch::of(stage);
            for (_, test) in tests {
                let time = batch.time();
                if !batch.tests.is_empty() && (test.time > QUICK || time + test.time > TOGETHER) {
                    found.push(std::mem::replace(&mut batch, Batch::of(stage)));
                }
                batch.tests.push(test);
            }
            if !batch.tests.is_empty() {
                found.push(batch);
            }
        }
        found
    }
}

/// Tests that are run together.
#[derive(Debug)]
pub struct Batch<'t> {
    /// The name of the stage.
    pub stage: &'static str,
    binary: &'t Binary,
    tests: Vec<&'t Test>,
}

impl<'t> Batch<'t> {
    fn of(tests: &'t Tests) -> Self {
        let stage = STAGES.get(tests.stage).map_or("", |stage| stage.name);
        Batch { stage, binary: &tests.binary, tests: Vec::new() }
    }

    fn time(&self) -> Duration {
        self.tests.iter().map(|test| test.time).sum()
    }

    /// Runs them with a mutant on.
    ///
    /// # Errors
    /// When they can't be started.
    pub fn run(&self, mutant: usize) -> Result<Ended, String> {
        let names: Vec<&str> = self.tests.iter().map(|test| test.name.as_str()).collect();
        let ended = mutated(self.binary, &names, mutant, LEAST.max(self.time() * TIMES))?;
        let share = if ended == Ended::Passed { 0 } else { WHOLE / self.tests.len().max(1) as u64 };
        for test in &self.tests {
            test.tally.runs.fetch_add(1, Relaxed);
            test.tally.caught.fetch_add(share, Relaxed);
        }
        Ok(ended)
    }
}
