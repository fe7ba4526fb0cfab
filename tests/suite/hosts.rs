//! Every host decides as the native checker does, byte for byte: the module under wasmtime, in Node, in Chromium.

use std::path::{Path, PathBuf};
use std::process::Command;

use abey_tests::hosts::{self, Work};
use abey_tests::root;

/// Runs a script of `bindings/web/test`; what it printed last.
fn script(arguments: &[&str], environment: &[(&str, &Path)]) -> String {
    let web = root().join("bindings/web");
    assert!(web.join("node_modules").exists(), "packages are missing: `npm ci --prefix bindings/web`");
    let output = Command::new("node")
        .args(arguments)
        .envs(environment.iter().copied())
        .current_dir(web.join("test"))
        .output()
        .unwrap_or_else(|error| panic!("node: {error}; Node 20 or newer is needed"));
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{arguments:?}\n{out}\n{err}");
    out.into_owned()
}

/// The work as files, in a folder of its own.
fn written(name: &str, works: &[Work]) -> PathBuf {
    let folder = root().join("target/hosts").join(name);
    hosts::write(&folder, works).unwrap();
    folder.canonicalize().unwrap()
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

/// The sandbox of `abey-wasmtime`.
struct Sandbox(abey_wasmtime::Loader);

impl hosts::Runner for Sandbox {
    fn name(&self) -> String {
        "wasmtime".into()
    }

    fn decide(&mut self, module: &[u8], operations: &[String]) -> Result<Vec<String>, String> {
        let policy = self.0.load(module).map_err(|error| error.to_string())?;
        let decided = operations.iter().map(|operation| policy.check_json_text(operation.as_bytes()));
        decided.collect::<Result<_, _>>().map_err(|error| error.to_string())
    }
}

/// 100 made policies with 1,000 operations each.
#[test]
#[ignore = "takes minutes"]
fn generated_under_wasmtime() {
    let mut sandbox = Sandbox(abey_wasmtime::Loader::new(abey_wasmtime::Options::default()).unwrap());
    let works = hosts::made(5000, 100, 1000).unwrap();
    assert_eq!(hosts::agree(&mut sandbox, &works), Ok(100_000));
}

/// A wrong decision is found, by both scripts.
#[test]
fn a_difference_fails() {
    let mut works = hosts::made(1, 1, 20).unwrap();
    works[0].decisions[7] = works[0].decisions[7].replacen("\"pause\"", "\"allow\"", 1) + " ";
    let folder = written("different", &works);
    for name in ["conformance.mjs", "browser.mjs"] {
        let output = Command::new("node")
            .args([name, folder.to_str().unwrap()])
            .current_dir(root().join("bindings/web/test"))
            .output()
            .unwrap();
        assert!(!output.status.success(), "{name}");
        assert!(String::from_utf8_lossy(&output.stdout).contains("natively"), "{name}");
    }
}

/// The loader's own tests, in Node: sources, traps, memory, workers, types, size.
#[test]
fn the_loader() {
    let folder = root().join("target/hosts/loader");
    std::fs::create_dir_all(&folder).unwrap();
    let policy = abey::Policy::compile(&abey_tests::read("policies/conma/policy.abey")).unwrap();
    std::fs::write(folder.join("conma.wasm"), abey::module::attach(policy.image()).unwrap()).unwrap();
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
        let policy = abey::Policy::compile(&abey_tests::read(&format!("policies/{name}/policy.abey"))).unwrap();
        std::fs::write(folder.join(format!("{name}.wasm")), abey::module::attach(policy.image()).unwrap()).unwrap();
    }
    let folder = folder.canonicalize().unwrap();
    let said = script(&["demo.mjs", folder.to_str().unwrap()], &[]);
    assert_eq!(said.trim(), "5 messages reached the server, and none that was held");
}
