//! Makes seeds for the fuzz targets: `seeds ROOT INTO`.
//!
//! Images of the policies and conformance cases that compile, operations of the conformance cases, and bytes of which
//! the differential target makes operations.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use abey::{Json, Policy};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(root), Some(into)) = (arguments.next(), arguments.next()) else {
        return Err("seeds ROOT INTO".into());
    };
    let mut files = Vec::new();
    for folder in ["policies", "tests/conformance"] {
        collect(&root.join(folder), &mut files)?;
    }
    files.sort();
    let mut images = 0;
    for path in files.iter().filter(|path| path.extension().is_some_and(|ending| ending == "abey")) {
        // Agreements find what is beneath them in their own folder, above it, or in `beneath`.
        let find = |name: &str| {
            let folder = path.parent()?;
            let file = format!("{name}.abey");
            let places = [folder.join(&file), folder.join("policy.abey"), folder.join("beneath").join(&file)];
            places.iter().find_map(|place| fs::read_to_string(place).ok())
        };
        if let Ok(policy) = Policy::compile_over(&fs::read_to_string(path)?, &find) {
            images += 1;
            fs::write(into.join("image").join(images.to_string()), policy.image())?;
        }
    }
    let mut operations = 0;
    for path in files.iter().filter(|path| path.extension().is_some_and(|ending| ending == "json")) {
        let Ok(Json::List(cases)) = Json::parse(&fs::read_to_string(path)?, 16) else { continue };
        for case in cases {
            let Json::Object(entries) = case else { continue };
            for (key, value) in entries {
                let text = match (key.as_str(), value) {
                    ("operation", operation) => operation.to_string(),
                    ("text", Json::Text(text)) => text,
                    _ => continue,
                };
                operations += 1;
                fs::write(into.join("operation").join(operations.to_string()), text)?;
            }
        }
    }
    for seed in 0..64u32 {
        // Bytes that look like none in particular (Knuth's multiplicative hash).
        let bytes: Vec<u8> = (0..128u32).map(|at| ((seed * 128 + at).wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        fs::write(into.join("differential").join(seed.to_string()), bytes)?;
    }
    println!("{images} images, {operations} operations");
    Ok(())
}

/// Every file below a folder.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { collect(&path, files)? } else { files.push(path) }
    }
    Ok(())
}
