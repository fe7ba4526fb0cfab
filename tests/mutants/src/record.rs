//! What became of the mutants: a file of lines, written as it is found out.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use serde::{Deserialize, Serialize};

use crate::mutant::Key;

/// What became of a mutant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It doesn't compile.
    Unviable,
    /// A test failed.
    Caught,
    /// A test took too long.
    Timeout,
    /// Every test that reaches it passes.
    Missed,
    /// No test reaches it.
    NotReached,
}

impl Outcome {
    /// Whether no test noticed.
    pub fn survives(self) -> bool {
        matches!(self, Outcome::Missed | Outcome::NotReached)
    }
}

/// A line of the file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Line {
    /// The number of the mutant in this run.
    pub id: usize,
    /// What it is known by.
    #[serde(flatten)]
    pub key: Key,
    /// Its line.
    pub line: usize,
    /// What became of it.
    pub outcome: Outcome,
    /// The stage that caught it; the message of the compiler where it doesn't compile.
    pub by: String,
    /// How long that took, in milliseconds.
    pub took: u64,
    /// The fingerprint of the project then.
    pub tree: String,
}

/// The file, and what it says so far.
pub struct Record {
    path: PathBuf,
    file: Mutex<File>,
    /// The last line of each mutant.
    pub lines: HashMap<Key, Line>,
}

impl Record {
    /// Opens the file.
    ///
    /// # Errors
    /// When it can't be opened.
    pub fn open(path: &Path) -> io::Result<Record> {
        let text = fs::read_to_string(path).unwrap_or_default();
        let lines = text.lines().filter_map(|line| serde_json::from_str::<Line>(line).ok());
        let lines = lines.map(|line| (line.key.clone(), line)).collect();
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        Ok(Record { path: path.into(), file: Mutex::new(file), lines })
    }

    /// Writes a line at the end of the file.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn write(&self, line: &Line) -> io::Result<()> {
        let text = serde_json::to_string(line)? + "\n";
        let mut file = self.file.lock().map_err(|_| io::Error::other("the record is held"))?;
        file.write_all(text.as_bytes())
    }

    /// Writes the file anew: these lines.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn tidy(&self, lines: &[&Line]) -> io::Result<()> {
        let mut text = String::new();
        for line in lines {
            text += &serde_json::to_string(line)?;
            text.push('\n');
        }
        fs::write(&self.path, text)
    }
}
