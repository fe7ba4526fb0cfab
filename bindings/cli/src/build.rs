//! `abey build`: write a policy as one file that hosts load.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use abey::Policy;
use clap::Args;
use clap::builder::{OsStringValueParser, TypedValueParser};

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
    #[arg(short, long, value_name = "FILE", value_parser = OsStringValueParser::new().try_map(Output::of))]
    output: Output,
    /// Bind a setting of the policy
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = input::setting)]
    settings: Vec<(String, String)>,
}

/// Where a policy is written to.
#[derive(Clone, Debug)]
enum Output {
    Module(PathBuf),
    Image(PathBuf),
}

impl Output {
    fn of(file: OsString) -> Result<Self, String> {
        let file = PathBuf::from(file);
        match file.extension().and_then(|ending| ending.to_str()) {
            Some("wasm") => Ok(Output::Module(file)),
            Some("image") => Ok(Output::Image(file)),
            _ => Err("write to a file that ends in .wasm or .image".into()),
        }
    }
}

impl Build {
    pub fn run(&self, streams: &mut Streams<'_>) -> u8 {
        let Some(policy) = input::policy(&self.policy, streams) else { return UNUSABLE };
        streams.answer(input::bound(policy, &self.settings).and_then(|policy| self.written(&policy)))
    }

    /// Writes the file, and says what was written.
    fn written(&self, policy: &Policy) -> Result<String, String> {
        let (file, bytes) = match &self.output {
            Output::Module(file) => {
                (file, abey::module::attach(policy.image()).map_err(|error| format!("error: {error}"))?)
            }
            Output::Image(file) => (file, policy.image().to_vec()),
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
