//! The tests with every mutant off: that they pass, how long each takes, and which mutants it reaches.

use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::compile::{Binary, Unviable};
use crate::mutant::Mutant;
use crate::order::Tally;
use crate::run::{Ended, names, plain};
use crate::table::STAGES;
use crate::workers::each;

/// Tests that take more are shown.
const LONG: Duration = Duration::from_secs(1);
/// Tests that take more are left out.
const LONGEST: Duration = Duration::from_secs(10);
/// A test, with every mutant off.
#[derive(Debug, Serialize, Deserialize)]
pub struct Test {
    /// Its name in the binary.
    pub name: String,
    /// Whether it passes.
    pub ended: Ended,
    /// How long it takes on the processor.
    pub time: Duration,
    /// The mutants that it reaches.
    pub reached: HashSet<usize>,
    /// How it fared with mutants on.
    #[serde(skip)]
    pub tally: Tally,
}

/// The tests of a stage, the quickest first.
#[derive(Debug, Serialize, Deserialize)]
pub struct Tests {
    /// The number of the stage in [`STAGES`].
    pub stage: usize,
    /// The binary that holds them.
    pub binary: Binary,
    /// The tests.
    pub tests: Vec<Test>,
}

/// The tests of all stages.
#[derive(Debug, Serialize, Deserialize)]
pub struct Baseline {
    /// What it was taken of.
    of: u64,
    /// The stages.
    pub stages: Vec<Tests>,
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
        Ok((*stage, Test { name: name.clone(), ended, time, reached, tally: Tally::default() }))
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
