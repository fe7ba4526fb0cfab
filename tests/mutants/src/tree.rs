//! The copy of the project that is mutated.

use std::collections::{BTreeMap, hash_map::DefaultHasher};
use std::fs;
use std::hash::{Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};

use crate::mutant::{Mutant, Source};
use crate::sites;

/// The folder whose files are mutated.
pub const MUTATED: &str = "engine/src";
/// What isn't copied, by its path from the root.
const LEFT_OUT: &[&str] = &["target", ".git", "tests/mutants"];

/// The files of a project and the place for its copy.
pub struct Tree {
    /// The root of the copy.
    pub root: PathBuf,
    /// What the files hold: a fingerprint of all of them.
    pub fingerprint: String,
}

impl Tree {
    /// Copies the project at `from` to `root`; a file that is there already with the same text keeps its date.
    /// Files of [`MUTATED`] are left to be written by [`Tree::write`].
    ///
    /// # Errors
    /// When a file can't be read or written.
    pub fn copy(from: &Path, root: &Path) -> io::Result<Tree> {
        let mut files = BTreeMap::new();
        gather(from, Path::new(""), &mut files)?;
        let mut hasher = DefaultHasher::new();
        for (path, content) in &files {
            (path, content).hash(&mut hasher);
        }
        let tree = Tree { root: root.into(), fingerprint: format!("{:016x}", hasher.finish()) };
        let mut there = BTreeMap::new();
        if root.is_dir() {
            gather(root, Path::new(""), &mut there)?;
        }
        for (path, content) in &files {
            if !path.starts_with(MUTATED) && there.get(path) != Some(content) {
                tree.write(path, content)?;
            }
        }
        let switch = Path::new(MUTATED).join("mutant.rs");
        for path in there.keys().filter(|path| !files.contains_key(*path) && **path != switch) {
            fs::remove_file(root.join(path))?;
        }
        Ok(tree)
    }

    /// Writes a file of the copy, unless it holds that already.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn write(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        let path = self.root.join(path);
        if fs::read(&path).is_ok_and(|there| there == content) {
            return Ok(());
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, content)
    }
}

fn gather(root: &Path, below: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) -> io::Result<()> {
    for entry in fs::read_dir(root.join(below))? {
        let entry = entry?;
        let path = below.join(entry.file_name());
        if LEFT_OUT.iter().any(|left_out| path == Path::new(left_out)) {
            continue;
        }
        if entry.file_type()?.is_dir() {
            gather(root, &path, files)?;
        } else {
            files.insert(path, fs::read(entry.path())?);
        }
    }
    Ok(())
}

/// Reads every source file that is mutated.
///
/// # Errors
/// When one can't be read, or isn't Rust.
pub fn sources(from: &Path, mutants: &mut Vec<Mutant>) -> Result<Vec<Source>, String> {
    let mut files = BTreeMap::new();
    gather(&from.join(MUTATED), Path::new(""), &mut files).map_err(|error| error.to_string())?;
    let mut sources = Vec::new();
    for (path, content) in files {
        let path = Path::new(MUTATED).join(path).to_string_lossy().replace('\\', "/");
        if path.ends_with(".rs") {
            let text = String::from_utf8(content).map_err(|error| format!("{path}: {error}"))?;
            sources.push(sites::read(&path, text, mutants)?);
        }
    }
    Ok(sources)
}
