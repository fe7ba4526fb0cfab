//! Compiles the copy, without the mutants that don't compile.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::mutant::{Mutant, Source};
use crate::rewrite::{Written, switch};
use crate::table::{STAGES, Target};
use crate::tree::{MUTATED, Tree};

/// At most so many attempts.
const ROUNDS: usize = 24;

/// Lints that would refuse or only annoy, and the switch itself.
const HEAD: &str = "#![allow(warnings, arithmetic_overflow, unconditional_panic, unconditional_recursion)] \
                    extern crate std; #[doc(hidden)] pub mod mutant; ";

/// Mutants that don't compile, each with the message of the compiler.
pub type Unviable = BTreeMap<usize, String>;

/// Writes the mutated files and checks them, until they compile. Starts without the mutants of `known`.
///
/// # Errors
/// When something doesn't compile that no mutant is to blame for.
pub fn settle(
    tree: &Tree,
    target: &Path,
    sources: &[Source],
    mutants: &[Mutant],
    known: Unviable,
) -> Result<Unviable, String> {
    let mut unviable = known;
    for round in 1..=ROUNDS {
        let dropped: BTreeSet<usize> = unviable.keys().copied().collect();
        let written = write(tree, sources, mutants.len(), &dropped)?;
        let mut cargo = cargo(tree, target, "check");
        let messages = messages(cargo.args(["-p", "abey-engine", "--lib", "--all-features"]))?;
        let errors: Vec<&Value> = errors(&messages).collect();
        if errors.is_empty() {
            return Ok(unviable);
        }
        let before = unviable.len();
        let mut unexplained = Vec::new();
        for error in &errors {
            let blamed = blame(error, &written, &dropped);
            let text = error["message"].as_str().unwrap_or("");
            if blamed.is_empty() && !spans(error, true).is_empty() {
                unexplained.push(error["rendered"].as_str().unwrap_or(text));
            }
            for mutant in blamed {
                unviable.entry(mutant).or_insert_with(|| text.to_string());
            }
        }
        eprintln!("round {round}: {} errors, {} mutants don't compile", errors.len(), unviable.len());
        if unviable.len() == before {
            return Err(format!("no mutant is to blame for this:\n{}", unexplained.join("\n")));
        }
    }
    Err(format!("it doesn't compile after {ROUNDS} rounds"))
}

fn write(
    tree: &Tree,
    sources: &[Source],
    count: usize,
    dropped: &BTreeSet<usize>,
) -> Result<Vec<(String, Written)>, String> {
    let mut all = Vec::new();
    for source in sources {
        let mut written = Written::of(source, dropped);
        if source.path == format!("{MUTATED}/lib.rs") {
            written.text.insert_str(source.items, HEAD);
        }
        tree.write(Path::new(&source.path), written.text.as_bytes()).map_err(|error| error.to_string())?;
        all.push((source.path.clone(), written));
    }
    let path = Path::new(MUTATED).join("mutant.rs");
    tree.write(&path, switch(count).as_bytes()).map_err(|error| error.to_string())?;
    Ok(all)
}

/// The places of a message: file and bytes. Of a macro, the place where it is invoked.
fn spans(message: &Value, primary: bool) -> Vec<(String, Range<usize>)> {
    let mut found = Vec::new();
    for span in message["spans"].as_array().into_iter().flatten() {
        if span["is_primary"].as_bool() != Some(primary) {
            continue;
        }
        let mut span = span;
        while !span["file_name"].as_str().is_some_and(|file| file.starts_with(MUTATED)) && span["expansion"].is_object()
        {
            span = span.pointer("/expansion/span").unwrap_or(&Value::Null);
        }
        let byte = |name: &str| span[name].as_u64().and_then(|byte| usize::try_from(byte).ok());
        if let (Some(file), Some(start), Some(end)) = (span["file_name"].as_str(), byte("byte_start"), byte("byte_end"))
        {
            found.push((file.to_string(), start..end));
        }
    }
    found
}

/// The mutants that an error is due to: the closest around a place of it, else those of the function.
fn blame(error: &Value, written: &[(String, Written)], dropped: &BTreeSet<usize>) -> Vec<usize> {
    let (primary, secondary) = (spans(error, true), spans(error, false));
    let of = |file: &str| written.iter().find(|(path, _)| path == file).map(|(_, written)| written);
    let around = |outer: &Range<usize>, inner: &Range<usize>| outer.start <= inner.start && inner.end <= outer.end;
    let fresh = |mutants: &[usize]| -> Vec<usize> {
        mutants.iter().copied().filter(|mutant| !dropped.contains(mutant)).collect()
    };
    for (file, place) in primary.iter().chain(&secondary) {
        let Some(written) = of(file) else { continue };
        let alternatives = written.alternatives.iter().filter(|(_, range)| around(range, place));
        if let Some((mutant, _)) = alternatives.min_by_key(|(_, range)| range.len()) {
            return vec![*mutant];
        }
    }
    for (file, place) in primary.iter().chain(&secondary) {
        let Some(written) = of(file) else { continue };
        let mut sites: Vec<_> = written.sites.iter().filter(|(_, range)| around(range, place)).collect();
        sites.sort_by_key(|(_, range)| range.len());
        let found = sites.iter().map(|(mutants, _)| fresh(mutants)).find(|mutants| !mutants.is_empty());
        if let Some(found) = found {
            return found;
        }
    }
    for (file, place) in &primary {
        let Some(written) = of(file) else { continue };
        let function = written.functions.iter().filter(|range| around(range, place)).min_by_key(|range| range.len());
        if let Some(function) = function {
            let within = written.alternatives.iter().filter(|(_, range)| around(function, range));
            return within.map(|(mutant, _)| *mutant).collect();
        }
    }
    Vec::new()
}

/// A test binary of the copy.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Binary {
    /// The file to run.
    pub file: PathBuf,
    /// The folder to run it in.
    pub folder: PathBuf,
}

/// Builds the test binaries of every stage, in their order.
///
/// # Errors
/// When one doesn't build.
pub fn binaries(tree: &Tree, target: &Path) -> Result<Vec<Binary>, String> {
    let mut cargo = cargo(tree, target, "test");
    let packages: BTreeSet<&str> = STAGES.iter().map(|stage| stage.package).collect();
    packages.iter().for_each(|package| _ = cargo.args(["-p", package]));
    let messages = messages(cargo.args(["--no-run", "--lib", "--tests"]))?;
    let mut found = Vec::new();
    for stage in STAGES {
        let (kind, name) = match stage.target {
            Target::Lib => ("lib", stage.package.replace('-', "_")),
            Target::Test(name) => ("test", name.into()),
        };
        let built = messages.iter().find(|message| {
            let is_of = message["package_id"].as_str().is_some_and(|id| is_package(id, stage.package));
            let target = &message["target"];
            let is_kind = target["kind"].as_array().is_some_and(|kinds| kinds.iter().any(|own| own == kind));
            is_of && is_kind && target["name"] == name.as_str() && message["executable"].is_string()
        });
        let Some(built) = built else {
            let errors = errors(&messages).filter_map(|error| error["rendered"].as_str());
            return Err(format!("{}: no test binary\n{}", stage.name, errors.collect::<Vec<_>>().join("\n")));
        };
        let path = |of: &Value| PathBuf::from(of.as_str().unwrap_or(""));
        let folder = path(&built["manifest_path"]).parent().map(Path::to_path_buf).unwrap_or_default();
        found.push(Binary { file: path(&built["executable"]), folder });
    }
    Ok(found)
}

/// Whether an identity as Cargo writes it (`path+file:///folder#name@1.0.0`, or `…/name#1.0.0`) is of a package.
fn is_package(identity: &str, name: &str) -> bool {
    let (place, version) = identity.rsplit_once('#').unwrap_or((identity, ""));
    match version.split_once('@') {
        Some((own, _)) => own == name,
        None => place.rsplit('/').next() == Some(name),
    }
}

fn cargo(tree: &Tree, target: &Path, command: &str) -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.arg(command).arg("--message-format=json").arg("--target-dir").arg(target);
    cargo.current_dir(&tree.root).stdin(Stdio::null());
    cargo
}

fn messages(cargo: &mut Command) -> Result<Vec<Value>, String> {
    let output = cargo.stderr(Stdio::piped()).output().map_err(|error| format!("cargo: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let found: Vec<Value> = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    if !output.status.success() && errors(&found).next().is_none() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    Ok(found)
}

/// The errors among the messages of Cargo.
fn errors(messages: &[Value]) -> impl Iterator<Item = &Value> {
    messages.iter().filter_map(|message| message.get("message")).filter(|message| message["level"] == "error")
}
