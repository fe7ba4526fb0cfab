//! `abey build`: write a policy as one file that hosts load.

use std::fs;
use std::path::{Path, PathBuf};

use abey::Policy;
use clap::Args;

use crate::{Streams, UNUSABLE, input};

pub const EXAMPLES: &str = "Examples:
  abey build policies/conma -o conma.wasm
  abey build policies/connexcs/agreement.abey -o connexcs.wasm
  abey build policies/conma --set contract_export_window=\"60 days\" -o conma.image

A .wasm file holds the checker and the policy, needs nothing of its host, and decides as `abey check` does.
An .image file holds the policy alone, for hosts that have the checker.";

#[derive(Args)]
pub struct Build {
    /// A policy source, an image, or a folder that holds policy.abey
    policy: PathBuf,
    /// Where to write it: a file that ends in .wasm or .image
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Bind a setting of the policy
    #[arg(long = "set", value_name = "NAME=VALUE")]
    settings: Vec<String>,
}

impl Build {
    pub fn run(&self, streams: &mut Streams<'_>) -> u8 {
        let Some(policy) = input::policy(&self.policy, streams) else { return UNUSABLE };
        streams.answer(input::bound(policy, &self.settings).and_then(|policy| self.written(&policy)))
    }

    /// Writes the file, and says what was written.
    fn written(&self, policy: &Policy) -> Result<String, String> {
        let file = &self.output;
        let bytes = match file.extension().and_then(|ending| ending.to_str()) {
            Some("wasm") => abey::module::attach(policy.image()).map_err(|error| format!("error: {error}"))?,
            Some("image") => policy.image().to_vec(),
            _ => return Err(format!("error: {}: write to a file that ends in .wasm or .image", file.display())),
        };
        replaced(file, &bytes).map_err(|error| format!("error: can't write {}: {error}", file.display()))?;
        let about = policy.about();
        let (name, version, hash) = (about.name, about.version, about.hash);
        Ok(format!("{}: {name} {version}, {} bytes, sha256 {hash}\n", file.display(), bytes.len()))
    }
}

/// Writes a file whole, or leaves the one that was there: a host may be reading it.
fn replaced(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut name = file.file_name().unwrap_or_default().to_os_string();
    name.push(".part");
    let part = file.with_file_name(name);
    fs::write(&part, bytes)?;
    fs::rename(&part, file).inspect_err(|_| drop(fs::remove_file(&part)))
}
