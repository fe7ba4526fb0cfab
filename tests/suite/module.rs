//! policy.wasm before any host runs it: the runtime, what `abey build` writes, and what `abey inspect` reads.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use abey::Policy;
use abey::module::{self, Contents};
use abey_cli::{FINE, UNUSABLE, USAGE};
use abey_module::{Served, answer};
use abey_tests::{agreements, commands, hosts, root, runtime};

/// The operations of a policy, each as one line.
pub fn operations(policy: &str) -> Vec<String> {
    agreements::operations(policy).iter().map(|text| hosts::line(text)).collect()
}

fn abey(arguments: &[&str]) -> (u8, String, String) {
    commands::abey(arguments, "")
}

/// A folder of its own for a test, beneath `target`.
fn folder(name: &str) -> PathBuf {
    let folder = root().join("target/module").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// `BLESS=1` writes the file.
#[test]
fn the_runtime_is_what_its_source_gives() {
    let rust = runtime::rust().unwrap();
    if rust != runtime::RUST {
        eprintln!("not compared: the file is built with Rust {}, and this is {rust}", runtime::RUST);
        return;
    }
    let built = runtime::build().unwrap_or_else(|error| panic!("{error}"));
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(runtime::file(), &built).unwrap();
    }
    let kept = std::fs::read(runtime::file()).unwrap();
    assert!(kept == built, "runtime.wasm isn't what its source gives; BLESS=1 writes it anew");
    // What the compiled command carries may be older than the file only where the file has just been written.
    assert!(kept == module::RUNTIME, "the command carries another runtime; build it again");
}

#[test]
fn the_runtime_asks_for_nothing_and_names_no_machine() {
    let contents = Contents::of(module::RUNTIME).unwrap();
    assert_eq!((contents.imports, contents.label.as_deref()), (0, None));
    for name in
        ["memory", "abey_abi", "abey_alloc", "abey_check", "abey_verdict", "abey_batch", "abey_policy", "abey_reset"]
    {
        assert!(contents.exports.iter().any(|export| export == name), "{name}");
    }
    assert!(contents.image().unwrap_err().to_string().contains("abey build"));
    for trace in ["/root", "/home", ".cargo", "registry"] {
        assert!(!module::RUNTIME.windows(trace.len()).any(|bytes| bytes == trace.as_bytes()), "{trace}");
    }
}

#[test]
fn what_is_attached_comes_back_and_is_named() {
    for name in agreements::NAMES {
        let policy = agreements::policy(name);
        let built = module::attach(policy.image()).unwrap();
        assert_eq!(built, module::attach(policy.image()).unwrap(), "{name}: the same twice");
        assert_eq!(module::detach(&built).unwrap(), policy.image(), "{name}");
        let contents = Contents::of(&built).unwrap();
        let label: serde_json::Value = serde_json::from_str(&contents.label.unwrap()).unwrap();
        let about = policy.about();
        assert_eq!(label["policy"], about.name);
        assert_eq!(label["version"], about.version);
        assert_eq!(label["sha256"], about.hash);
        // Above what the runtime laid out, and so many pages more as the image takes.
        let runtime = Contents::of(module::RUNTIME).unwrap().pages;
        assert_eq!(contents.pages, runtime + (policy.image().len() as u64).div_ceil(65_536), "{name}");
    }
}

/// Law 8 for files: a module cut off, damaged or foreign is refused by name, or holds an image that is checked as any is.
#[test]
fn damaged_modules_are_refused_or_hold_a_sound_image() {
    let built = module::attach(agreements::policy("conma").image()).unwrap();
    let sound =
        |bytes: &[u8]| module::detach(bytes).and_then(|image| Policy::load(&image)).map(|policy| policy.about());
    assert!(sound(&built).is_ok());
    let step = built.len() / 300;
    for length in (0..64).chain((64..built.len()).step_by(step)) {
        let error = sound(&built[..length]).expect_err("a module that was cut off");
        assert!(!error.to_string().is_empty());
    }
    let image = built.len() - agreements::policy("conma").image().len();
    let (mut refused, mut same) = (0, 0);
    for at in (0..64).chain((64..built.len()).step_by(step)).chain((image..built.len()).step_by(step)) {
        let mut damaged = built.clone();
        damaged[at] ^= 0x41;
        match sound(&damaged) {
            Err(error) => {
                assert!(!error.to_string().is_empty());
                refused += 1;
            }
            // The code may be damaged, and the image is whole still.
            Ok(about) => {
                assert_eq!(about, agreements::policy("conma").about());
                same += 1;
            }
        }
    }
    assert!(refused > 150 && same > 50, "{refused} refused, {same} with the whole image");
    for foreign in [&b""[..], b"\0asm", b"\0asm\x01\0\0\0", b"ABEY", b"PK\x03\x04"] {
        assert!(module::detach(foreign).is_err());
    }
}

#[test]
fn an_image_is_attached_only_whole() {
    let mut image = agreements::policy("conma").image().to_vec();
    *image.last_mut().unwrap() ^= 1;
    assert!(module::attach(&image).is_err());
    assert!(module::attach(b"").unwrap_err().to_string().contains("no policy image"));
}

#[test]
fn build_writes_modules_and_images_that_decide_as_the_source() {
    let folder = folder("build");
    let operation = "policies/conma/operations/03-raw-address-logged.json";
    let policy = root().join("policies/conma").display().to_string();
    let operation = root().join(operation).display().to_string();
    let check = |policy: &str| abey(&["check", policy, &operation, "--format", "json"]);
    let (_, expected, _) = check(&policy);
    for ending in ["wasm", "image"] {
        let file = folder.join(format!("conma.{ending}")).display().to_string();
        let (code, out, err) = abey(&["build", &policy, "-o", &file]);
        assert_eq!((code, err.as_str()), (FINE, ""));
        assert!(out.contains(&agreements::policy("conma").about().hash), "{out}");
        assert_eq!(check(&file).1, expected);
        let (code, out, _) = abey(&["inspect", &file]);
        assert_eq!(code, FINE);
        for shown in [
            "    supabase is listed_sub_processor in sa_east_1 authorised from 2026-01-15",
            "    conma \"3.5\" \"Hashed IP\"",
            "forbid | action any except redirect, delete | data rights_request",
            "(checked)",
        ] {
            assert!(out.contains(shown), "{shown}\n{out}");
        }
        let brief = abey(&["inspect", &file, "--brief"]).1;
        assert!(brief.lines().count() < 12 && brief.contains("85 rules"), "{brief}");
    }
    let (code, _, err) = abey(&["build", &policy, "-o", &folder.join("conma.zip").display().to_string()]);
    assert_eq!(code, USAGE);
    assert!(err.contains(".wasm or .image"), "{err}");
    let (code, _, err) = abey(&["build", &policy, "-o", &folder.join("none/conma.wasm").display().to_string()]);
    assert_eq!(code, UNUSABLE);
    assert!(err.contains("can't write"), "{err}");
    let (code, _, err) = abey(&["inspect", &operation]);
    assert_eq!(code, UNUSABLE);
    assert!(err.contains("is no built policy; write one with `abey build"), "{err}");
    let runtime = runtime::file().display().to_string();
    let (code, _, err) = abey(&["check", &runtime, &operation]);
    assert_eq!(code, UNUSABLE);
    assert!(err.contains("no policy is attached"), "{err}");
}

/// A setting that is bound is in the file.
#[test]
fn build_binds_settings() {
    let file = folder("settings").join("conma.image").display().to_string();
    let policy = root().join("policies/conma").display().to_string();
    let (code, _, err) = abey(&["build", &policy, "--set", "contract_export_window=60 days", "-o", &file]);
    assert_eq!((code, err.as_str()), (FINE, ""));
    assert!(abey(&["inspect", &file]).1.contains("setting contract_export_window: duration set to 60 days"));
}

/// What the exports do, without a host: each decision is the native one, and every other state pauses.
#[test]
fn what_a_module_serves() {
    let policy = agreements::policy("conma");
    let served = Served::of(policy.image());
    let lines = operations("conma");
    let mut decided = String::new();
    for line in &lines {
        let decision = policy.check_json(line);
        assert_eq!(served.check(line.as_bytes()), decision.to_json());
        let expected = if decision.is_allowed() { answer::ALLOW } else { answer::PAUSE };
        assert_eq!(served.verdict(line.as_bytes()), expected);
        decided += &(decision.to_json() + "\n");
    }
    assert_eq!(served.batch(format!("\n{}\n \r\n", lines.join("\n")).as_bytes()), decided);
    assert!(decided.contains("\"verdict\":\"allow\"") && decided.contains("\"verdict\":\"pause\""));
    for bytes in [&b""[..], b"{", b"\xff", b"[]", b"{\"action\":\"store\"}"] {
        assert_eq!(served.verdict(bytes), answer::MALFORMED);
        assert_eq!(served.check(bytes), policy.check_json(bytes).to_json());
    }
    assert!(served.policy().contains(&policy.about().hash));

    let mut damaged = policy.image().to_vec();
    damaged.truncate(damaged.len() - 1);
    for (image, why) in
        [(&b""[..], "no policy is attached"), (&damaged, "ends too early"), (b"ABEX", "no policy image")]
    {
        let served = Served::of(image);
        let decision = abey::Decision::from_json(served.check(lines[0].as_bytes()).as_bytes()).unwrap();
        assert!(!decision.is_allowed() && decision.reasons[0].message.contains(why), "{decision:?}");
        assert_eq!(served.verdict(lines[0].as_bytes()), answer::PAUSE);
        assert_eq!(served.policy(), "null");
    }
}

/// The example host in Python decides as the native checker does.
#[test]
#[ignore = "installs a package"]
fn python() {
    let folder = folder("python");
    let ran = |command: &mut Command| assert!(command.status().unwrap().success(), "{command:?}");
    ran(Command::new("python3").args(["-m", "venv"]).arg(folder.join("env")));
    ran(Command::new(folder.join("env/bin/pip")).args(["install", "--quiet", "wasmtime==50.0.1"]));
    for name in agreements::NAMES {
        let policy = agreements::policy(name);
        let file = folder.join(format!("{name}.wasm"));
        std::fs::write(&file, module::attach(policy.image()).unwrap()).unwrap();
        let mut lines = operations(name);
        lines.extend(["{", "[]", "{\"action\":\"fly\",\"data\":[{\"category\":\"é\"}]}"].map(Into::into));
        let mut host = Command::new(folder.join("env/bin/python"))
            .arg(root().join("bindings/module/examples/host.py"))
            .arg(&file)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        host.stdin.take().unwrap().write_all(lines.join("\n").as_bytes()).unwrap();
        let output = host.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(3));
        let expected: String = lines.iter().map(|line| policy.check_json(line).to_json() + "\n").collect();
        assert!(String::from_utf8(output.stdout).unwrap() == expected, "{name}");
    }
}
