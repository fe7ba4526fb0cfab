//! The tests with every mutant off: that they pass, how long each takes, and which mutants it reaches.

use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::compile::Binary;
use crate::run::{Ended, names, run};
use crate::table::STAGES;

/// Tests that take less are run in one process.
const QUICK: Duration = Duration::from_millis(60);
/// As long as they take no longer than this together.
const TOGETHER: Duration = Duration::from_millis(400);
/// Tests that take more are shown.
const LONG: Duration = Duration::from_secs(1);
/// No test of the baseline takes longer.
const LONGEST: Duration = Duration::from_secs(1_200);
/// A run may take so much, however quick its tests are; and otherwise so many times as long as they do.
const LEAST: Duration = Duration::from_secs(10);
const TIMES: u32 = 5;

/// A test, with every mutant off.
#[derive(Debug)]
pub struct Test {
    /// Its name in the binary.
    pub name: String,
    /// How long it takes.
    pub time: Duration,
    /// The mutants that it reaches.
    pub reached: HashSet<usize>,
}

/// The tests of a stage, the quickest first.
#[derive(Debug)]
pub struct Tests {
    /// The number of the stage in [`STAGES`].
    pub stage: usize,
    /// The binary that holds them.
    pub binary: Binary,
    /// The tests.
    pub tests: Vec<Test>,
}

/// Runs every test of every stage by itself, but for the stages `without`.
///
/// Returns also whether all of them pass; those that don't are left out.
///
/// # Errors
/// When one can't be run.
pub fn baseline(binaries: &[Binary], without: &[String], scratch: &Path) -> Result<(Vec<Tests>, bool), String> {
    let mut taken: BTreeSet<(&Path, String)> = BTreeSet::new();
    let mut all = Vec::new();
    let mut failed = Vec::new();
    for (stage, (table, binary)) in STAGES.iter().zip(binaries).enumerate() {
        let mut tests = Vec::new();
        for name in names(binary)? {
            let wanted = table.tests.iter().any(|start| name.starts_with(start));
            let taken = !wanted || !taken.insert((&binary.file, name.clone()));
            if taken || without.iter().any(|left_out| left_out == table.name) {
                continue;
            }
            match alone(binary, name.clone(), scratch)? {
                Some(test) => tests.push(test),
                None => failed.push(format!("{}: {name}", table.name)),
            }
        }
        tests.sort_by_key(|test| test.time);
        let time: Duration = tests.iter().map(|test| test.time).sum();
        let reached: HashSet<usize> = tests.iter().flat_map(|test| test.reached.iter().copied()).collect();
        eprintln!(
            "{:9} {:3} tests, {:6.2} s, {} mutants reached",
            table.name,
            tests.len(),
            time.as_secs_f64(),
            reached.len()
        );
        for test in tests.iter().rev().take_while(|test| test.time > LONG) {
            eprintln!("    {:6.2} s {}", test.time.as_secs_f64(), test.name);
        }
        all.push(Tests { stage, binary: binary.clone(), tests });
    }
    if !failed.is_empty() {
        eprintln!("LEFT OUT, since these fail with every mutant off:\n    {}", failed.join("\n    "));
    }
    Ok((all, failed.is_empty()))
}

fn alone(binary: &Binary, name: String, scratch: &Path) -> Result<Option<Test>, String> {
    let file = scratch.join("reached");
    let _ = fs::remove_file(&file);
    let started = Instant::now();
    let ended = run(binary, &[&name], LONGEST, &[("ABEY_MUTANTS_REACHED", &file.to_string_lossy())])?;
    let time = started.elapsed();
    let text = fs::read_to_string(&file).unwrap_or_default();
    let reached = text.lines().filter_map(|line| line.parse().ok()).collect();
    Ok((ended == Ended::Passed).then_some(Test { name, time, reached }))
}

/// Tests that are run together.
#[derive(Debug)]
pub struct Batch<'t> {
    /// The number of the stage.
    pub stage: usize,
    /// The binary.
    pub binary: &'t Binary,
    /// The names of the tests.
    pub names: Vec<&'t str>,
    /// How long they may take.
    pub limit: Duration,
}

/// The tests that reach a mutant, stage by stage, the quick ones together.
pub fn batches(all: &[Tests], mutant: usize) -> Vec<Batch<'_>> {
    let mut found = Vec::new();
    for tests in all {
        let mut names: Vec<&str> = Vec::new();
        let mut time = Duration::ZERO;
        for test in tests.tests.iter().filter(|test| test.reached.contains(&mutant)) {
            if !names.is_empty() && (test.time > QUICK || time + test.time > TOGETHER) {
                found.push(batch(tests, std::mem::take(&mut names), std::mem::take(&mut time)));
            }
            names.push(&test.name);
            time += test.time;
        }
        if !names.is_empty() {
            found.push(batch(tests, names, time));
        }
    }
    found
}

fn batch<'t>(tests: &'t Tests, names: Vec<&'t str>, time: Duration) -> Batch<'t> {
    Batch { stage: tests.stage, binary: &tests.binary, names, limit: LEAST.max(time * TIMES) }
}
