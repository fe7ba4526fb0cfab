//! Writes the npm package of the compiler: `abey-web-generate MODULE.wasm README.md FOLDER`.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    let [module, readme, folder] = arguments.as_slice() else {
        return Err("usage: abey-web-generate MODULE.wasm README.md FOLDER".into());
    };
    fs::create_dir_all(folder)?;
    Bindgen::new()
        .input_path(module)
        .out_name("abey_web")
        .web(true)?
        .typescript(true)
        .omit_default_module_path(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(folder)?;
    // It declares the functions of the module itself, which nobody calls.
    fs::remove_file(folder.join("abey_web_bg.wasm.d.ts"))?;
    write(folder, "node.js", include_str!("node.js"))?;
    write(folder, "package.json", &include_str!("package.json").replace("VERSION", env!("CARGO_PKG_VERSION")))?;
    fs::copy(readme, folder.join("README.md"))?;
    Ok(())
}

fn write(folder: &Path, name: &str, text: &str) -> Result<(), Box<dyn Error>> {
    Ok(fs::write(folder.join(name), text)?)
}
