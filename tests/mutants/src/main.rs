//! Mutation testing of the checker: every mutant in one build, each switched on by its number.
//!
//! ```text
//! engine/src ──sites──▶ mutants ──rewrite──▶ copy ──compile──▶ test binaries ──baseline, run──▶ outcome
//! ```

mod baseline;
mod compile;
mod macros;
mod mutant;
mod order;
mod reasons;
mod record;
mod rewrite;
mod run;
mod sites;
mod summary;
mod table;
mod tree;
mod values;
mod workers;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;

use baseline::{Baseline, Conditions};
use compile::Unviable;
use mutant::{Mutant, Source};
use reasons::Reason;
use record::{Line, Outcome, Record};
use run::Ended;
use tree::Tree;
use workers::each;

/// Changes the checker in many small ways, and lists the changes that no test notices.
#[derive(Parser, Debug)]
struct Options {
    /// Only mutants of files, functions or lines that contain this text, as in `check/point.rs` or `json.rs:12`.
    #[arg(long)]
    only: Vec<String>,
    /// Only so many mutants, scattered over the files.
    #[arg(long)]
    sample: Option<usize>,
    /// Try again what became of mutants before; of the others, those never tried.
    #[arg(long, value_enum)]
    again: Vec<Again>,
    /// Only mutants without a reason in `reasons.toml`.
    #[arg(long)]
    unexplained: bool,
    /// Forget what is known and start over.
    #[arg(long)]
    fresh: bool,
    /// How many mutants are tried at a time.
    #[arg(long, default_value_t = 2)]
    jobs: usize,
    /// Leave out a stage of the tests, by its name.
    #[arg(long)]
    without: Vec<String>,
    /// List the mutants and what is known of each, and run nothing.
    #[arg(long)]
    list: bool,
    /// Sum up what is known, and run nothing.
    #[arg(long)]
    summary: bool,
    /// The root of the project.
    #[arg(long, default_value = ".")]
    root: PathBuf,
}

/// What became of mutants that are tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Again {
    /// Those that no test noticed.
    Missed,
    /// Those that the time limit caught.
    Timeout,
}

impl Again {
    fn is(self, outcome: Outcome) -> bool {
        match self {
            Again::Missed => outcome.survives(),
            Again::Timeout => outcome == Outcome::Timeout,
        }
    }
}

fn main() -> ExitCode {
    match go(&Options::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

/// Does what the options ask; whether every viable mutant that was chosen is caught or has a reason.
fn go(options: &Options) -> Result<bool, String> {
    let root = options.root.canonicalize().map_err(|error| format!("{}: {error}", options.root.display()))?;
    let place = root.join("target/mutants");
    std::fs::create_dir_all(&place).map_err(|error| error.to_string())?;
    let mut mutants = Vec::new();
    let sources = tree::sources(&root, &mut mutants)?;
    let tree = Tree::copy(&root, &place.join("tree")).map_err(|error| error.to_string())?;
    let path = place.join("outcome.jsonl");
    if options.fresh {
        let _ = std::fs::remove_file(&path);
    }
    let record = Record::open(&path).map_err(|error| error.to_string())?;
    let mut lines = record.lines.clone();
    let reasons = reasons::read(&root.join("tests/mutants/reasons.toml"))?;
    let chosen = choose(options, &mutants, &reasons);
    if options.list {
        list(&mutants, &chosen, &lines);
        return Ok(true);
    }
    let mut pass = true;
    if !options.summary {
        let files = Files { place: &place, tree: &tree, sources: &sources };
        let (tried, all_pass) = work(options, &files, &mutants, &chosen, &record)?;
        pass = all_pass;
        lines.extend(tried.into_iter().map(|line| (line.key.clone(), line)));
        let there: Vec<&Line> = mutants.iter().filter_map(|mutant| lines.get(&mutant.key)).collect();
        record.tidy(&there).map_err(|error| error.to_string())?;
    }
    let asked: Vec<(&Mutant, Option<&Line>)> =
        chosen.iter().filter_map(|index| mutants.get(*index)).map(|mutant| (mutant, lines.get(&mutant.key))).collect();
    let found = summary::summary(&asked, &mutants, &reasons, &|file, line| source_line(&sources, file, line));
    println!("{}", found.text);
    std::fs::write(place.join("summary.md"), &found.text).map_err(|error| error.to_string())?;
    Ok(pass && !found.fails)
}

/// The files of a run.
struct Files<'f> {
    /// The folder for what the program writes.
    place: &'f Path,
    tree: &'f Tree,
    sources: &'f [Source],
}

/// Compiles the copy and tries the chosen mutants that are due; also whether all tests pass with every mutant off.
fn work(
    options: &Options,
    files: &Files<'_>,
    mutants: &[Mutant],
    chosen: &[usize],
    record: &Record,
) -> Result<(Vec<Line>, bool), String> {
    // Its own: the copy's crates have the names of the project's, and a build of the project would take their places.
    let (target, tree) = (files.place.join("build"), &files.tree.fingerprint);
    let known = unviable_before(mutants, &record.lines, tree);
    let unviable = compile::settle(files.tree, &target, files.sources, mutants, known)?;
    eprintln!("{} mutants, {} of them don't compile", mutants.len(), unviable.len());
    let binaries = compile::binaries(files.tree, &target)?;
    let conditions = Conditions { tree, mutants, unviable: &unviable, without: &options.without };
    let baseline = Baseline::at(files.place, &conditions, &binaries, options.jobs)?;
    let pass = baseline.tell();
    let known = |index: &usize| mutants.get(*index).and_then(|mutant| record.lines.get(&mutant.key));
    let due: Vec<usize> = chosen.iter().copied().filter(|index| is_due(options, tree, known(index))).collect();
    Ok((try_all(options, mutants, &due, &conditions, &baseline, record)?, pass))
}

/// The numbers of the mutants that are asked for.
fn choose(options: &Options, mutants: &[Mutant], reasons: &[Reason]) -> Vec<usize> {
    let explained = |mutant: &Mutant| reasons.iter().any(|reason| reason.key == mutant.key);
    let named = |mutant: &Mutant| {
        let place = format!("{}:{}", mutant.key.file, mutant.line);
        let function = &mutant.key.function;
        options.only.is_empty()
            || options
                .only
                .iter()
                .any(|only| mutant.key.file.contains(only) || place.ends_with(only) || function.contains(only))
    };
    let wanted = |mutant: &Mutant| named(mutant) && !(options.unexplained && explained(mutant));
    let found: Vec<usize> = (0..mutants.len()).filter(|index| mutants.get(*index).is_some_and(wanted)).collect();
    match options.sample {
        Some(wanted) if wanted < found.len() => {
            (0..wanted).filter_map(|index| found.get(index * found.len() / wanted).copied()).collect()
        }
        _ => found,
    }
}

/// Whether a mutant is to be tried, by what is known of it.
fn is_due(options: &Options, tree: &str, line: Option<&Line>) -> bool {
    match line {
        None => true,
        Some(line) if !options.again.is_empty() => options.again.iter().any(|again| again.is(line.outcome)),
        // What was found out of another state of the project counts only for `--again`.
        Some(line) => line.tree != tree,
    }
}

/// Mutants that were found not to compile, in the project as it is now.
fn unviable_before(mutants: &[Mutant], lines: &HashMap<mutant::Key, Line>, tree: &str) -> Unviable {
    let before = mutants.iter().enumerate().filter_map(|(index, mutant)| Some((index, lines.get(&mutant.key)?)));
    let before = before.filter(|(_, line)| line.outcome == Outcome::Unviable && line.tree == tree);
    before.map(|(index, line)| (index, line.by.clone())).collect()
}

fn list(mutants: &[Mutant], chosen: &[usize], lines: &HashMap<mutant::Key, Line>) {
    for mutant in chosen.iter().filter_map(|index| mutants.get(*index)) {
        let key = &mutant.key;
        let outcome = lines.get(key).map_or(String::new(), |line| format!(" [{:?}]", line.outcome));
        println!("{}:{} {}: {}: {}{outcome}", key.file, mutant.line, key.function, key.what, key.source);
    }
}

fn source_line(sources: &[Source], file: &str, line: usize) -> String {
    let text = sources.iter().find(|source| source.path == file).map_or("", |source| &source.text);
    text.lines().nth(line.saturating_sub(1)).unwrap_or("").trim().to_string()
}

/// Tries mutants, several at a time, and writes down each as it is done.
fn try_all(
    options: &Options,
    mutants: &[Mutant],
    due: &[usize],
    conditions: &Conditions<'_>,
    baseline: &Baseline,
    record: &Record,
) -> Result<Vec<Line>, String> {
    let started = Instant::now();
    each(options.jobs, due.len(), |turn| {
        let found = due.get(turn).and_then(|index| Some((*index, mutants.get(*index)?)));
        let (id, mutant) = found.ok_or("no such mutant")?;
        let begun = Instant::now();
        let (outcome, by) = match conditions.unviable.get(&id) {
            Some(message) => (Outcome::Unviable, message.clone()),
            None => attempt(id, baseline)?,
        };
        let took = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        let line =
            Line { id, key: mutant.key.clone(), line: mutant.line, outcome, by, took, tree: conditions.tree.into() };
        record.write(&line).map_err(|error| error.to_string())?;
        if turn % 100 == 99 {
            let (done, passed) = (turn + 1, started.elapsed().as_secs_f64());
            let left = passed / done as f64 * (due.len() - done) as f64;
            eprintln!("{done} of {}, {passed:.0} s, about {left:.0} s left", due.len());
        }
        Ok(line)
    })
}

/// Runs the tests that reach a mutant, with it on, until one notices.
fn attempt(mutant: usize, baseline: &Baseline) -> Result<(Outcome, String), String> {
    let batches = baseline.batches(mutant);
    for batch in &batches {
        match batch.run(mutant)? {
            Ended::Passed => {}
            Ended::Failed => return Ok((Outcome::Caught, batch.stage.into())),
            Ended::TooLong => return Ok((Outcome::Timeout, batch.stage.into())),
        }
    }
    Ok((if batches.is_empty() { Outcome::NotReached } else { Outcome::Missed }, String::new()))
}
