//! `abey inspect`: print what is in a built policy.

use std::path::PathBuf;

use abey::module::Contents;
use abey::{Policy, listing};
use clap::Args;

use crate::{Streams, input};

pub const EXAMPLES: &str = "Examples:
  abey inspect conma.wasm
  abey inspect conma.image --brief";

#[derive(Args)]
pub struct Inspect {
    /// A policy.wasm, or an image
    file: PathBuf,
    /// How much there is of everything, and not each piece
    #[arg(long)]
    brief: bool,
}

impl Inspect {
    pub fn run(&self, streams: &mut Streams<'_>) -> u8 {
        let listed =
            |bytes: Vec<u8>| self.listed(&bytes).map_err(|error| format!("error: {}: {error}", self.file.display()));
        let built = input::read(&self.file).and_then(|bytes| {
            let unbuilt = || {
                let file = self.file.display();
                format!("error: {file} is no built policy; write one with `abey build POLICY -o FILE.wasm`")
            };
            if input::is_built(&bytes) { Ok(bytes) } else { Err(unbuilt()) }
        });
        streams.answer(built.and_then(listed))
    }

    fn listed(&self, bytes: &[u8]) -> Result<String, abey::Error> {
        let mut text = String::new();
        let (image, contents);
        if bytes.starts_with(b"ABEY") {
            image = bytes;
        } else {
            contents = Contents::of(bytes)?;
            image = contents.image()?;
            text += &format!("module of {} bytes, {} imports\n", bytes.len(), contents.imports);
            text += &format!("  exports {}\n", contents.exports.join(", "));
            text += &format!("  memory from {} pages of 64 KiB\n", contents.pages);
            text += &format!("  label {}\n", contents.label.as_deref().unwrap_or("missing"));
        }
        let policy = Policy::load(image)?;
        text += &format!("image of {} bytes, sha256 {} (checked)\n", image.len(), policy.about().hash);
        text += &if self.brief { listing::brief(policy.tables()) } else { listing::full(policy.tables()) };
        Ok(text)
    }
}
