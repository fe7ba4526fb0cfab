//! Every host decides as the native checker does, byte for byte: the module under wasmtime, in Node, in Chromium.

use std::path::{Path, PathBuf};
use std::process::Command;

use abey_tests::hosts::{self, Work};
use abey_tests::{agreements, commands, root};
use abey_wasmtime::{Loader, Options};

/// Runs a script of `bindings/web/test`; what it printed, as an error where it failed.
pub(crate) fn ran(arguments: &[&str], environment: &[(&str, &Path)]) -> Result<String, String> {
    let web = root().join("bindings/web");
    assert!(web.join("node_modules").exists(), "packages are missing: `npm ci --prefix bindings/web`");
    let mut node = Command::new("node");
    commands::told(node.args(arguments).envs(environment.iter().copied()).current_dir(web.join("test")))
}

fn script(arguments: &[&str], environment: &[(&str, &Path)]) -> String {
    ran(arguments, environment).unwrap_or_else(|error| panic!("{arguments:?}: {error}\nNode 20 or newer is needed"))
}

/// The work as files, in a folder of its own.
fn written(name: &str, works: &[Work]) -> PathBuf {
    let folder = root().join("target/hosts").join(name);
    hosts::write(&folder, works).unwrap();
    folder.canonicalize().unwrap()
}

/// A policy of the project as a module, in a folder.
fn write_module(name: &str, folder: &Path) {
    let module = abey::module::attach(agreements::policy(name).image()).unwrap();
    std::fs::write(folder.join(format!("{name}.wasm")), module).unwrap();
}

/// What hosts are tried on in the gate: all conformance cases, and some made policies.
fn some() -> Vec<Work> {
    let mut works = hosts::conformance().unwrap();
    works.extend(hosts::made(1, 20, 60).unwrap());
    works
}

fn operations(works: &[Work]) -> usize {
    works.iter().map(|work| work.operations.len()).sum()
}

fn node(name: &str, works: &[Work]) {
    let folder = written(name, works);
    let said = script(&["conformance.mjs", folder.to_str().unwrap()], &[]);
    assert_eq!(said.trim(), format!("{} decisions agree", operations(works)));
}

#[test]
fn node_decides_as_the_native_checker() {
    let works = some();
    assert!(operations(&works) > 2500, "{}", operations(&works));
    let allowed =
        works.iter().flat_map(|work| &work.decisions).filter(|d| d.starts_with("{\"verdict\":\"allow\"")).count();
    assert!(allowed > 300, "{allowed}");
    node("node", &works);
}

#[test]
fn a_browser_decides_as_the_native_checker() {
    let mut works = hosts::conformance().unwrap();
    works.truncate(30);
    works.extend(hosts::made(1000, 3, 50).unwrap());
    let folder = written("browser", &works);
    let said = script(&["browser.mjs", folder.to_str().unwrap()], &[]);
    assert_eq!(said.trim(), format!("{} decisions agree", operations(&works)));
}

/// 100 made policies with 1,000 operations each.
#[test]
#[ignore = "takes minutes"]
fn generated_in_node() {
    node("generated", &hosts::made(5000, 100, 1000).unwrap());
}

/// 100 made policies with 1,000 operations each.
#[test]
#[ignore = "takes minutes"]
fn generated_under_wasmtime() {
    let loader = Loader::new(Options::default()).unwrap();
    let works = hosts::made(5000, 100, 1000).unwrap();
    let agreed = hosts::agree(&works, |module, operations| {
        let policy = loader.load(module)?;
        let texts = operations.iter().map(|operation| policy.check_json_text(operation.as_bytes()));
        texts.collect::<Result<_, abey_wasmtime::Error>>()
    });
    assert_eq!(agreed, Ok(100_000));
}

/// A wrong decision is found, by both scripts.
#[test]
fn a_difference_fails() {
    let mut works = hosts::made(1, 1, 20).unwrap();
    works[0].decisions[7] = works[0].decisions[7].replacen("\"pause\"", "\"allow\"", 1) + " ";
    let folder = written("different", &works);
    for name in ["conformance.mjs", "browser.mjs"] {
        let said = ran(&[name, folder.to_str().unwrap()], &[]).expect_err(name);
        assert!(said.contains("natively"), "{name}: {said}");
    }
}

/// The loader's own tests, in Node: sources, traps, memory, workers, types, size.
#[test]
fn the_loader() {
    let folder = root().join("target/hosts/loader");
    std::fs::create_dir_all(&folder).unwrap();
    write_module("conma", &folder);
    std::fs::write(folder.join("runtime.wasm"), abey::module::RUNTIME).unwrap();
    std::fs::write(folder.join("operations.jsonl"), crate::module::operations("conma").join("\n")).unwrap();
    let folder = folder.canonicalize().unwrap();
    let said = script(&["--test", "loader.test.mjs"], &[("WORK", &folder)]);
    assert!(said.contains("# fail 0") && said.contains("# pass 11"), "{said}");
}

/// The widgets of the demo in Chromium: what pauses makes no request, and its reason is on the screen and in the
/// accessibility tree.
#[test]
fn the_demo() {
    let folder = root().join("target/hosts/demo");
    std::fs::create_dir_all(&folder).unwrap();
    for name in ["connexcs", "conma"] {
        write_module(name, &folder);
    }
    let folder = folder.canonicalize().unwrap();
    let said = script(&["demo.mjs", folder.to_str().unwrap()], &[]);
    assert_eq!(said.trim(), "5 messages reached the server, and none that was held");
}
