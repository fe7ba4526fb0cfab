//! The compiler for pages: built, its package generated, and held in Node against the native library.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use abey::lints::Finding;
use abey::{Policy, Severity, ToJson, forms};
use abey_lang::diagnostic::{Diagnostic, line_and_column};
use abey_tests::{agreements, commands, read, root};
use serde_json::{Value, json};

use crate::hosts;

/// What a command printed; that it failed, fails the test.
fn told(command: &mut Command, hint: &str) -> String {
    commands::told(command).unwrap_or_else(|error| panic!("{error}\n{hint}"))
}

fn cargo(arguments: &[&str], folder: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).arg("--target-dir").arg(folder).current_dir(root());
    command.env_remove("CARGO_ENCODED_RUSTFLAGS").env_remove("RUSTFLAGS").env_remove("CARGO_BUILD_TARGET");
    command
}

/// Builds the package, and gives its folder.
fn package() -> PathBuf {
    let build = root().join("target/web-build");
    let target = "wasm32-unknown-unknown";
    let sysroot = told(Command::new("rustc").args(["--print", "sysroot"]).current_dir(root()), "");
    assert!(
        Path::new(sysroot.trim()).join("lib/rustlib").join(target).exists(),
        "the target {target} is missing; run `rustup target add {target}`"
    );
    let registry = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let registry = registry.or_else(|| std::env::home_dir().map(|home| home.join(".cargo"))).unwrap_or_default();
    // No path of the machine that builds it ends up in the module.
    let flags = format!("--remap-path-prefix={}=cargo", registry.display());
    let module = ["build", "--quiet", "--locked", "-p", "abey-web", "--profile", "page", "--target", target];
    let generator = ["build", "--quiet", "--locked", "--manifest-path", "bindings/web/generate/Cargo.toml"];
    std::thread::scope(|scope| {
        scope.spawn(|| told(&mut cargo(&generator, &build), ""));
        told(cargo(&module, &build).env("CARGO_ENCODED_RUSTFLAGS", flags), "");
    });
    let folder = root().join("target/web");
    let _ = std::fs::remove_dir_all(&folder);
    let generate = build.join(format!("debug/abey-web-generate{}", std::env::consts::EXE_SUFFIX));
    let module = build.join(target).join("page/abey_web.wasm");
    let readme = root().join("bindings/web/compiler/README.md");
    told(Command::new(generate).arg(module).arg(readme).arg(&folder), "");
    folder
}

/// The operations of a policy as JSON text, and what is decided on each.
fn operations(name: &str, policy: &Policy) -> Vec<Value> {
    let texts = agreements::operations(name).into_iter();
    texts.map(|text| json!({"told": text, "decision": policy.check_json(&text).to_json()})).collect()
}

fn fault(fault: &Diagnostic, source: &str) -> Value {
    let (line, column) = line_and_column(source, fault.span.start);
    let related: Vec<Value> =
        fault.related.iter().map(|(span, what)| json!({"message": what, "start": span.start})).collect();
    json!({
        "code": fault.code.word(),
        "severity": if fault.severity == Severity::Error { "error" } else { "warning" },
        "message": fault.message, "label": fault.label, "help": fault.help,
        "start": fault.span.start, "end": fault.span.end, "line": line, "column": column,
        "related": related,
    })
}

/// Two versions of a policy, and what the second changes: a recipient, a condition and a duty.
fn difference() -> Value {
    let version = |recipients: &str, days: u32, extra: &str| {
        format!(
            r#"policy shop "Order processing" version "1";
            use dpv, places;
            recipient carrier in DE;
            recipient printer in DE;
            clause "1" {{ allow share of email_address to {recipients}; allow store of email_address; }}
            clause "2" {{ keep any of email_address at most {days} days; }}
            {extra}"#
        )
    };
    let old = version("carrier", 30, "");
    let next = version("carrier, printer", 60, r#"clause "3" { require aes_256 for store of any; }"#);
    let [before, after] = [&old, &next].map(|source| Policy::compile(source).unwrap());
    let found = abey::prove::diff(before.tables(), after.tables()).unwrap();
    assert!(!found.allowed.is_empty() && !found.paused.is_empty() && !found.duties.is_empty(), "{found:?}");
    json!({"old": old, "next": next, "change": forms::difference(&found).to_string()})
}

/// What the native library gives, for the test in Node.
fn expected() -> Value {
    let mut policies = Vec::new();
    for name in agreements::NAMES {
        let terms = agreements::source(name);
        let mut case = |called: String, source: &str, beneath: Value| {
            let find = |other: &str| (other == name).then(|| terms.clone());
            let policy = Policy::compile_over(source, &find).unwrap();
            let compiled = abey::compile_over(source, &find).unwrap();
            let proofs = forms::proofs(&abey::prove::prove(&compiled, source).unwrap()).to_string();
            let place = |finding: &Finding| {
                let (line, column) = line_and_column(source, finding.span.start);
                vec![("line", line.to_json()), ("column", column.to_json())]
            };
            let findings = forms::findings(&abey::lints::lint(&compiled).unwrap(), &place).to_string();
            let image: String = policy.image().iter().map(|byte| format!("{byte:02x}")).collect();
            let about = policy.about().to_json().to_string();
            let operations = operations(name, &policy);
            policies.push(json!({
                "name": called, "source": source, "beneath": beneath,
                "about": about, "image": image, "operations": operations,
                "proofs": proofs, "findings": findings,
            }));
        };
        case(name.to_string(), &terms, Value::Null);
        if root().join(format!("policies/{name}/agreement.abey")).exists() {
            let agreement = read(&format!("policies/{name}/agreement.abey"));
            case(format!("agreement over {name}"), &agreement, json!({ name: terms }));
        }
    }
    let shop = read("bindings/web/compiler/test.mjs");
    let shop = shop.split("const SHOP = `").nth(1).and_then(|rest| rest.split('`').next()).unwrap();
    let shop = Policy::compile(shop).unwrap();
    let texts =
        ["", "{", "nul", "[]", "{}", "😀", r#""store""#, r#"{"action":1}"#, r#"{"action":"store","action":"store"}"#];
    let malformed: Vec<Value> =
        texts.iter().map(|text| json!({"told": text, "decision": shop.check_json(text).to_json()})).collect();
    let mut faults = Vec::new();
    for entry in std::fs::read_dir(root().join("tests/diagnostics")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "abey") {
            let source = format!("// é\n{}", std::fs::read_to_string(path).unwrap().replace("\"1\"", "\"😀1\""));
            let wrong = match abey::compile(&source) {
                Ok(compiled) => compiled.warnings,
                Err(abey::Error::Source(faults)) => faults,
                Err(error) => panic!("{error}"),
            };
            let wrong: Vec<Value> = wrong.iter().map(|wrong| fault(wrong, &source)).collect();
            faults.push(json!({"source": source, "faults": wrong}));
        }
    }
    json!({"policies": policies, "malformed": malformed, "faults": faults, "difference": difference()})
}

/// Every key that the schemas name has its line in the types.
fn keys(schema: &Value, found: &mut BTreeSet<String>) {
    match schema {
        Value::Object(entries) => {
            if let Some(Value::Object(properties)) = entries.get("properties") {
                found.extend(properties.keys().cloned());
            }
            entries.values().for_each(|value| keys(value, found));
        }
        Value::Array(values) => values.iter().for_each(|value| keys(value, found)),
        _ => {}
    }
}

/// The package in Chromium, as an editor uses it; a fault that isn't the native one is found.
fn in_a_page(package: &Path, given: &Path, expected: &Value) {
    let count = |of: &str, each: &str| -> usize {
        expected[of].as_array().unwrap().iter().map(|one| one[each].as_array().unwrap().len()).sum()
    };
    let policies = expected["policies"].as_array().unwrap().len();
    let (decisions, faults) = (count("policies", "operations"), count("faults", "faults"));
    assert!(decisions > 30 && faults > 50, "{decisions} {faults}");
    let said = hosts::ran(&["browser.mjs", given.to_str().unwrap(), package.to_str().unwrap()], &[]);
    let wanted = format!("{policies} policies, {decisions} decisions and {faults} faults agree");
    assert_eq!(said.as_deref().map(str::trim), Ok(wanted.as_str()));

    let mut wrong = expected.clone();
    wrong["faults"][0]["faults"][0]["message"] = "another".into();
    let other = given.with_file_name("wrong");
    std::fs::create_dir_all(&other).unwrap();
    std::fs::write(other.join("expected.json"), wrong.to_string()).unwrap();
    let said = hosts::ran(&["browser.mjs", other.to_str().unwrap(), package.to_str().unwrap()], &[]);
    assert!(said.is_err_and(|said| said.contains("natively") && said.contains("another")));
}

#[test]
fn the_package_decides_and_compiles_as_the_library_does() {
    let folder = package();
    let given = root().join("target/web-build/given");
    std::fs::create_dir_all(&given).unwrap();
    let expected_file = given.join("expected.json");
    let expected = expected();
    std::fs::write(&expected_file, expected.to_string()).unwrap();
    let test = root().join("bindings/web/compiler/test.mjs");
    let printed = told(Command::new("node").arg(test).arg(&folder).arg(expected_file), "Is Node 20 or later there?");
    assert!(printed.contains("\n# fail 0") || printed.contains("fail 0\n"), "{printed}");

    in_a_page(&folder, &given, &expected);

    let mut files: Vec<String> =
        std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    files.sort();
    assert_eq!(files, ["README.md", "abey_web.d.ts", "abey_web.js", "abey_web_bg.wasm", "node.js", "package.json"]);
    let package: Value = serde_json::from_str(&std::fs::read_to_string(folder.join("package.json")).unwrap()).unwrap();
    assert_eq!(package["version"], env!("CARGO_PKG_VERSION"));
    for named in package["files"].as_array().unwrap() {
        assert!(files.iter().any(|file| named == file.as_str()), "{named}");
    }

    let types = std::fs::read_to_string(folder.join("abey_web.d.ts")).unwrap();
    let mut named = BTreeSet::new();
    for schema in ["operation", "decision"] {
        keys(&serde_json::from_str(&read(&format!("bindings/rust/schema/{schema}.json"))).unwrap(), &mut named);
    }
    for key in &named {
        let line = [format!("  {key}: "), format!("  {key}?: "), format!("  {key}:\n")];
        assert!(line.iter().any(|line| types.contains(line)), "{key} has no type");
    }
    assert!(named.len() > 40, "{named:?}");

    let module = std::fs::read(folder.join("abey_web_bg.wasm")).unwrap();
    for trace in ["/root", "/home", "/Users", "/tmp"] {
        assert!(!module.windows(trace.len()).any(|bytes| bytes == trace.as_bytes()), "the module names {trace}");
    }
    // Of these, the index of rules and the reader in one pass took 80,000, laying out operations came on top, and wordings of an
    // image that stand once 8,000: a page that only checks takes a policy.wasm.
    assert!(module.len() < 1_775_000, "{} bytes", module.len());
}
