//! The tests with every mutant off: that they pass, how long each takes, and which mutants it reaches.

use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::compile::{Binary, Unviable};
use crate::mutant::Mutant;
use crate::run::{Ended, mutated, names, plain};
use crate::table::STAGES;
use crate::workers::each;

/// Tests that take less are run in one process.
const QUICK: Duration = Duration::from_millis(60);
/// As long as they take no longer than this together.
const TOGETHER: Duration = Duration::from_millis(400);
/// Tests that take more are shown.
const LONG: Duration = Duration::from_secs(1);
/// Tests that take more are left out.
const LONGEST: Duration = Duration::from_secs(10);
/// Tests that take more are run when those of all stages that take less have passed.
const LAST: Duration = Duration::from_millis(500);
/// A run may take so much, however quick its tests are; and otherwise so many times as long as they do.
const LEAST: Duration = Duration::from_secs(10);
const TIMES: u32 = 5;

/// A test, with every mutant off.
#[derive(Debug, Serialize, Deserialize)]
struct Test {
    name: String,
    ended: Ended,
    /// How long it takes on the processor.
    time: Duration,
    /// The mutants that it reaches.
    reached: HashSet<usize>,
}

/// The tests of a stage, the quickest first.
#[derive(Debug, Serialize, Deserialize)]
struct Tests {
    /// The number of the stage in [`STAGES`].
    stage: usize,
    binary: Binary,
    tests: Vec<Test>,
}

/// The tests of all stages.
#[derive(Debug, Serialize, Deserialize)]
pub struct Baseline {
    /// What it was taken of.
    of: u64,
    stages: Vec<Tests>,
}

/// What decides how a baseline turns out.
pub struct Conditions<'c> {
    /// The fingerprint of the project.
    pub tree: &'c str,
    /// The mutants.
    pub mutants: &'c [Mutant],
    /// Those that don't compile.
    pub unviable: &'c Unviable,
    /// The stages that are left out.
    pub without: &'c [String],
}

impl Conditions<'_> {
    fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        let unviable: Vec<&usize> = self.unviable.keys().collect();
        let stages: Vec<_> = STAGES.iter().map(|stage| (stage.name, stage.package, stage.tests)).collect();
        (self.tree, unviable, stages, self.without).hash(&mut hasher);
        self.mutants.iter().for_each(|mutant| mutant.key.hash(&mut hasher));
        hasher.finish()
    }
}

impl Baseline {
    /// The baseline in the folder `place`, if it was taken under the same conditions; else a new one.
    ///
    /// # Errors
    /// When a test can't be run.
    pub fn at(place: &Path, conditions: &Conditions<'_>, binaries: &[Binary], jobs: usize) -> Result<Self, String> {
        let file = place.join("baseline.json");
        let before: Option<Baseline> = fs::read(&file).ok().and_then(|text| serde_json::from_slice(&text).ok());
        let of = conditions.fingerprint();
        if let Some(before) = before.filter(|before| before.of == of) {
            return Ok(before);
        }
        let stages = take(place, conditions.without, binaries, jobs)?;
        let baseline = Baseline { of, stages };
        let text = serde_json::to_vec(&baseline).map_err(|error| error.to_string())?;
        fs::write(file, text).map_err(|error| error.to_string())?;
        Ok(baseline)
    }

    /// Says what there is, the slow tests, and those that fail; returns whether none does.
    pub fn tell(&self) -> bool {
        let mut pass = true;
        for (tests, stage) in self.stages.iter().filter_map(|tests| Some((tests, STAGES.get(tests.stage)?))) {
            let time: Duration = tests.tests.iter().map(|test| test.time).sum();
            let reached: HashSet<usize> = tests.tests.iter().flat_map(|test| test.reached.iter().copied()).collect();
            let (count, time) = (tests.tests.len(), time.as_secs_f64());
            eprintln!("{:9} {count:3} tests, {time:6.2} s, {} mutants reached", stage.name, reached.len());
            for test in &tests.tests {
                let (time, name) = (test.time.as_secs_f64(), &test.name);
                match test.ended {
                    Ended::Passed if test.time > LONG => eprintln!("          {time:6.2} s {name}"),
                    Ended::Passed => {}
                    Ended::TooLong => eprintln!("          {time:6.2} s, so it is left out: {name}"),
                    Ended::Failed => {
                        eprintln!("          LEFT OUT, since it fails with every mutant off: {name}");
                        pass = false;
                    }
                }
            }
        }
        pass
    }

    /// The tests that reach a mutant, stage by stage, the quick ones together; slow ones of all stages last.
    pub fn batches(&self, mutant: usize) -> Vec<Batch<'_>> {
        let (mut found, mut slow) = (Vec::new(), Vec::new());
        for tests in &self.stages {
            let mut names: Vec<&str> = Vec::new();
            let mut time = Duration::ZERO;
            let used = |test: &&Test| test.ended == Ended::Passed && test.reached.contains(&mutant);
            for test in tests.tests.iter().filter(used) {
                if test.time > LAST {
                    slow.push((test.time, tests.batch(vec![&test.name], test.time)));
                    continue;
                }
                if !names.is_empty() && (test.time > QUICK || time + test.time > TOGETHER) {
                    found.push(tests.batch(std::mem::take(&mut names), std::mem::take(&mut time)));
                }
                names.push(&test.name);
                time += test.time;
            }
            if !names.is_empty() {
                found.push(tests.batch(names, time));
            }
        }
        slow.sort_by_key(|(time, _)| *time);
        found.extend(slow.into_iter().map(|(_, batch)| batch));
        found
    }
}

/// Runs every test of every stage by itself.
fn take(place: &Path, without: &[String], binaries: &[Binary], jobs: usize) -> Result<Vec<Tests>, String> {
    let mut taken: BTreeSet<(&Path, String)> = BTreeSet::new();
    let mut wanted: Vec<(usize, &Binary, String)> = Vec::new();
    for (stage, (table, binary)) in STAGES.iter().zip(binaries).enumerate() {
        for name in names(binary)? {
            let is_of = table.tests.iter().any(|start| name.starts_with(start));
            let is_new = is_of && taken.insert((&binary.file, name.clone()));
            if is_new && !without.iter().any(|left_out| left_out == table.name) {
                wanted.push((stage, binary, name));
            }
        }
    }
    let tests = each(jobs, wanted.len(), |turn| {
        let Some((stage, binary, name)) = wanted.get(turn) else { return Err("no such test".into()) };
        let file = place.join(format!("reached-{turn}"));
        let _ = fs::remove_file(&file);
        let (ended, time) = plain(binary, name, None, LONGEST)?;
        if ended == Ended::Passed {
            plain(binary, name, Some(&file.to_string_lossy()), LONGEST * 10)?;
        }
        let text = fs::read_to_string(&file).unwrap_or_default();
        let _ = fs::remove_file(&file);
        let reached = text.lines().filter_map(|line| line.parse().ok()).collect();
        Ok((*stage, Test { name: name.clone(), ended, time, reached }))
    })?;
    let mut stages: Vec<Tests> = binaries
        .iter()
        .enumerate()
        .map(|(stage, binary)| Tests { stage, binary: binary.clone(), tests: Vec::new() })
        .collect();
    for (stage, test) in tests {
        if let Some(tests) = stages.get_mut(stage) {
            tests.tests.push(test);
        }
    }
    stages.iter_mut().for_each(|tests| tests.tests.sort_by_key(|test| test.time));
    Ok(stages)
}

impl Tests {
    fn batch<'t>(&'t self, names: Vec<&'t str>, time: Duration) -> Batch<'t> {
        let stage = STAGES.get(self.stage).map_or("", |stage| stage.name);
        Batch { stage, binary: &self.binary, names, limit: LEAST.max(time * TIMES) }
    }
}

/// Tests that are run together.
#[derive(Debug)]
pub struct Batch<'t> {
    /// The name of the stage.
    pub stage: &'static str,
    binary: &'t Binary,
    names: Vec<&'t str>,
    limit: Duration,
}

impl Batch<'_> {
    /// Runs them with a mutant on.
    ///
    /// # Errors
    /// When they can't be started.
    pub fn run(&self, mutant: usize) -> Result<Ended, String> {
        mutated(self.binary, &self.names, mutant, self.limit)
    }
}
