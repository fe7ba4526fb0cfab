//! The same work for every host: modules, operations, and the decisions that the native checker gives.

use std::collections::BTreeMap;
use std::fmt::{Display, Write as _};
use std::path::Path;

use abey::{Policy, ToJson, module};

use crate::conformance;
use crate::made::Made;
use abey::operations::{Aim, Choices, aimed};

/// A policy and what is asked of it.
pub struct Work {
    /// What it comes from, for messages.
    pub name: String,
    /// The policy.wasm.
    pub module: Vec<u8>,
    /// Operations, each a text without a line break.
    pub operations: Vec<String>,
    /// What the native checker decides of each, as JSON.
    pub decisions: Vec<String>,
}

impl Work {
    /// # Errors
    /// When the policy can't be attached.
    fn of(name: String, policy: &Policy, operations: Vec<String>) -> Result<Self, String> {
        let module = module::attach(policy.image()).map_err(|error| format!("{name}: {error}"))?;
        let decisions = operations.iter().map(|operation| policy.check_json(operation).to_json()).collect();
        Ok(Work { name, module, operations, decisions })
    }
}

/// Has a host decide all operations of each module, in their order, as JSON. How many decisions were compared.
///
/// # Errors
/// Why it made none, or the first decision that isn't the native one byte for byte.
pub fn agree<E: Display>(
    works: &[Work],
    mut decide: impl FnMut(&[u8], &[String]) -> Result<Vec<String>, E>,
) -> Result<usize, String> {
    let mut compared = 0;
    for work in works {
        let who = &work.name;
        let decisions = decide(&work.module, &work.operations).map_err(|error| format!("{who}: {error}"))?;
        if decisions.len() != work.operations.len() {
            return Err(format!("{who}: {} decisions on {} operations", decisions.len(), work.operations.len()));
        }
        for ((operation, decided), native) in work.operations.iter().zip(&decisions).zip(&work.decisions) {
            if decided != native {
                return Err(format!("{who}: {operation}\ndecided  {decided}\nnatively {native}"));
            }
            compared += 1;
        }
    }
    Ok(compared)
}

/// A text without line breaks, which JSON allows between its tokens alone.
#[must_use]
pub fn line(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}

/// The conformance cases, a work for each feature and each choice of settings.
///
/// # Errors
/// What doesn't compile.
pub fn conformance() -> Result<Vec<Work>, String> {
    let mut works = Vec::new();
    for feature in conformance::features() {
        let mut by_settings: BTreeMap<_, Vec<String>> = BTreeMap::new();
        for case in &feature.cases {
            let text = line(&case.input());
            // A batch passes over what is only white space.
            if !text.trim().is_empty() {
                by_settings.entry(case.settings.clone()).or_default().push(text);
            }
        }
        for (settings, operations) in by_settings {
            let refused = |error: abey::Error| format!("{}: {error}", feature.name);
            let bound = settings
                .iter()
                .try_fold(feature.policy().map_err(refused)?, |policy, (name, value)| policy.with_setting(name, value));
            works.push(Work::of(feature.name.clone(), &bound.map_err(refused)?, operations)?);
        }
    }
    Ok(works)
}

/// So many made policies, each with so many operations aimed at it; the same for the same seed.
///
/// # Errors
/// What doesn't compile.
pub fn made(seed: u64, policies: usize, operations: usize) -> Result<Vec<Work>, String> {
    let mut works = Vec::new();
    for index in 0..policies as u64 {
        let source = Made::policy(&mut Choices::of(crate::numbers(seed + index, 500))).source();
        let policy = Policy::compile(&source).map_err(|error| format!("{error}\n{source}"))?;
        let aim = Aim::at(policy.tables().clone());
        let operation = |nth: usize| {
            let seed = (seed + index) * 1_000_003 + nth as u64;
            aimed(&aim, &mut Choices::of(crate::numbers(seed, 250))).to_json().to_string()
        };
        let operations = (0..operations).map(operation).collect();
        works.push(Work::of(format!("made policy {}", seed + index), &policy, operations)?);
    }
    Ok(works)
}

/// Writes works for hosts that aren't written in Rust: `cases.jsonl` names for each the files of module, operations and
/// decisions.
///
/// # Errors
/// What can't be written.
pub fn write(folder: &Path, works: &[Work]) -> std::io::Result<()> {
    let _ = std::fs::remove_dir_all(folder);
    std::fs::create_dir_all(folder)?;
    let mut cases = String::new();
    for (index, work) in works.iter().enumerate() {
        std::fs::write(folder.join(format!("{index}.wasm")), &work.module)?;
        std::fs::write(folder.join(format!("{index}.operations.jsonl")), work.operations.join("\n"))?;
        std::fs::write(folder.join(format!("{index}.decisions.jsonl")), work.decisions.join("\n"))?;
        let entry = serde_json::json!({
            "module": format!("{index}.wasm"),
            "operations": format!("{index}.operations.jsonl"),
            "decisions": format!("{index}.decisions.jsonl"),
            "name": work.name,
        });
        let _ = writeln!(cases, "{entry}");
    }
    std::fs::write(folder.join("cases.jsonl"), cases)
}
