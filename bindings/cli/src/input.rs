//! Where policies and operations come from.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use abey::{Error, Policy, report};

use crate::Streams;

/// A folder's policy.
const POLICY: &str = "policy.abey";
/// The ending of policy sources.
const ENDING: &str = "abey";

/// Reads a file, or says why it can't be read.
pub fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| format!("error: can't read {}: {error}", path.display()))
}

/// The file that a policy argument means.
pub fn policy_file(path: &Path) -> PathBuf {
    if path.is_dir() { path.join(POLICY) } else { path.to_path_buf() }
}

/// Reads a source file.
pub fn source(path: &Path) -> Result<String, String> {
    let bytes = read(path)?;
    if is_built(&bytes) {
        return Err(format!("error: {} is a built policy; give the source that it was built from", path.display()));
    }
    // Some editors put a byte order mark in front.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").map(<[u8]>::to_vec).unwrap_or(bytes);
    String::from_utf8(bytes).map_err(|error| {
        format!("error: {} is not UTF-8 from byte {}", path.display(), error.utf8_error().valid_up_to())
    })
}

/// Loads a policy from a source, an image, a policy.wasm, or a folder; complains where it can't.
pub fn policy(path: &Path, streams: &mut Streams<'_>) -> Option<Policy> {
    let file = policy_file(path);
    let loaded = read(&file).and_then(|bytes| {
        if is_built(&bytes) {
            return built(&bytes).map_err(|error| format!("error: {}: {error}", file.display()));
        }
        let source = source(&file)?;
        Policy::compile_over(&source, &beneath(&file))
            .map_err(|error| explain(&error, &source, &file, streams.colour.err))
    });
    match loaded {
        Ok(policy) => Some(policy),
        Err(message) => {
            streams.complain(message.trim_end());
            None
        }
    }
}

/// Whether bytes begin as what `abey build` writes: an image, or a module.
pub fn is_built(bytes: &[u8]) -> bool {
    is_module(bytes) || bytes.starts_with(b"ABEY")
}

fn is_module(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\0asm")
}

/// The policy that `abey build` wrote.
fn built(bytes: &[u8]) -> Result<Policy, Error> {
    if is_module(bytes) { Policy::load(&abey::module::detach(bytes)?) } else { Policy::load(bytes) }
}

/// The policy with settings bound.
pub fn bound(mut policy: Policy, settings: &[(String, String)]) -> Result<Policy, String> {
    for (name, value) in settings {
        policy = policy.with_setting(name, value).map_err(|error| format!("error: {error}"))?;
    }
    Ok(policy)
}

/// A setting and its value, written `NAME=VALUE`.
pub fn setting(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE, as in retention=\"12 months\"")?;
    Ok((name.trim().into(), value.trim().into()))
}

/// Finds the policy beneath an agreement: beside its file, above it, or in a folder of its name.
pub fn beneath(file: &Path) -> impl Fn(&str) -> Option<String> {
    let found = found_beneath(file);
    move |name: &str| found(name).map(|(_, source)| source)
}

/// The same, with the file that it stands in.
fn found_beneath(file: &Path) -> impl Fn(&str) -> Option<(PathBuf, String)> {
    let folder = file.parent().map_or_else(|| PathBuf::from("."), Path::to_path_buf);
    move |name: &str| {
        let own = format!("{name}.{ENDING}");
        let above = folder.join("..");
        let places = [
            folder.join(POLICY),
            folder.join(&own),
            folder.join(name).join(POLICY),
            above.join(POLICY),
            above.join(&own),
            above.join(name).join(POLICY),
        ];
        let mut sources = places.into_iter().filter_map(|place| Some((fs::read_to_string(&place).ok()?, place)));
        let found = sources.find(|(source, _)| abey::declared_name(source).as_deref() == Some(name));
        found.map(|(source, place)| (place, source))
    }
}

/// The sources of the layers of a policy, by their names, each with its path; an image has none.
pub fn layers(path: &Path, names: &[String]) -> BTreeMap<String, (String, String)> {
    let file = policy_file(path);
    let beneath = found_beneath(&file);
    let own = source(&file).ok().and_then(|source| Some((abey::declared_name(&source)?, (file.clone(), source))));
    let Some((own, place)) = own else { return BTreeMap::new() };
    let below = names.iter().filter(|name| **name != own).filter_map(|name| Some((name.clone(), beneath(name)?)));
    let below: Vec<_> = below.collect();
    let all = below.into_iter().chain([(own, place)]);
    all.map(|(name, (path, source))| (name, (path.display().to_string(), source))).collect()
}

/// An error with the source around it, where it has a place.
pub fn explain(error: &Error, source: &str, path: &Path, colour: bool) -> String {
    match error {
        Error::Source(faults) => report::diagnostics(faults, source, &path.display().to_string(), colour),
        other => format!("error: {}: {other}", path.display()),
    }
}

/// Every policy source among the paths, as [`sources`] finds them; complains where a path can't be read, or there is none.
pub fn found(paths: &[PathBuf], streams: &mut Streams<'_>) -> Option<Vec<PathBuf>> {
    let found = sources(paths).and_then(|found| if found.is_empty() { Err(none_under(paths)) } else { Ok(found) });
    found.map_err(|message| streams.complain(&message)).ok()
}

/// What is said where there is no policy among the paths.
pub fn none_under(paths: &[PathBuf]) -> String {
    let paths: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    format!("error: no policy under {}", paths.join(", "))
}

/// Every policy source among the paths: files as they are, folders searched through, in order of their names.
fn sources(paths: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            search(path, &mut found)?;
        } else {
            found.push(path.clone());
        }
    }
    Ok(found)
}

fn search(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), String> {
    let wrong = |error: std::io::Error| format!("error: can't read {}: {error}", folder.display());
    let mut entries = fs::read_dir(folder).map_err(wrong)?.collect::<Result<Vec<_>, _>>().map_err(wrong)?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        if path.is_dir() {
            search(&path, found)?;
        } else if path.extension().is_some_and(|ending| ending == ENDING) {
            found.push(path);
        }
    }
    Ok(())
}
