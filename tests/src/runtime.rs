//! Building the runtime anew: the module to which policies are attached.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::commands::told;

/// The version of Rust that the file is built with; another gives other bytes.
pub const RUST: &str = "1.95.0";

/// The runtime as a file of the project.
#[must_use]
pub fn file() -> PathBuf {
    crate::root().join("bindings/module/runtime.wasm")
}

/// The version of the Rust at hand.
///
/// # Errors
/// When there is none.
pub fn rust() -> Result<String, String> {
    let told = told(Command::new("rustc").arg("--version"))?;
    Ok(told.split(' ').nth(1).unwrap_or_default().to_string())
}

/// Builds the runtime: the crate as a module, then `wasm-opt`. Its bytes.
///
/// # Errors
/// What is missing, or what a tool said.
pub fn build() -> Result<Vec<u8>, String> {
    let root = crate::root();
    let folder = root.join("target/runtime");
    // All that a host needs is what the first version of WebAssembly has, and these.
    let flags = "-Ctarget-cpu=mvp -Ctarget-feature=+mutable-globals,+sign-ext,+bulk-memory";
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    told(
        Command::new(cargo)
            .args(["rustc", "--quiet", "--locked", "-p", "abey-module", "--lib", "--crate-type", "cdylib"])
            .args(["--profile", "module", "--target", "wasm32-unknown-unknown", "--target-dir"])
            .arg(&folder)
            .current_dir(&root)
            .env_remove("CARGO_ENCODED_RUSTFLAGS")
            .env("RUSTFLAGS", flags),
    )
    .map_err(|error| format!("{error}\nIs the target there? `rustup target add wasm32-unknown-unknown`"))?;
    let built = folder.join("wasm32-unknown-unknown/module/abey_module.wasm");
    let small = folder.join("runtime.wasm");
    optimised(&root, &built, &small)?;
    std::fs::read(&small).map_err(|error| error.to_string())
}

fn optimised(root: &Path, built: &Path, small: &Path) -> Result<(), String> {
    let wasm_opt = root.join("bindings/web/node_modules/binaryen/bin/wasm-opt");
    if !wasm_opt.exists() {
        return Err("wasm-opt is missing: `npm ci --prefix bindings/web`".into());
    }
    told(
        Command::new("node")
            .arg(wasm_opt)
            .args(["-Oz", "--mvp-features", "--enable-mutable-globals", "--enable-sign-ext", "--enable-bulk-memory"])
            .args(["--enable-bulk-memory-opt", "--strip-debug", "--strip-producers", "--strip-target-features"])
            .arg(built)
            .arg("-o")
            .arg(small),
    )
    .map(drop)
}
