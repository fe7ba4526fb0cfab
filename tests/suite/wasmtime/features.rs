//! What is refused at load: imports, features, and modules that aren't of the interface.

use abey_wasmtime::{Error, Lie, Loader, Reuse};

use super::liar::Liar;
use super::{Good, attached, hasty, shop};

fn loader() -> Loader {
    Loader::new(hasty(Reuse::Warm)).unwrap()
}

fn refused(loader: &Loader, module: &[u8], what: &str) -> Error {
    match loader.load(module) {
        Ok(_) => panic!("{what}: it loads"),
        Err(error) => error,
    }
}

#[test]
fn imports_are_named() {
    let loader = loader();
    let good = Good::of(&loader);
    for import in ["(func)", "(func (param i64))", "(memory 1)", "(table 1 funcref)", "(global i32)"] {
        let module = wat::parse_str(format!("(module (import \"wasi\" \"fd\\n_write\" {import}))")).unwrap();
        let error = refused(&loader, &module, import);
        let (module, name) = ("\"wasi\"".into(), "\"fd\\n_write\"".into());
        assert_eq!(error, Error::Import { module, name }, "{import}");
        good.still_decides(import);
    }
    let long = wat::parse_str(format!("(module (import \"{}\" \"\" (func)))", "é".repeat(40_000))).unwrap();
    assert!(refused(&loader, &long, "a long name").to_string().len() < 600);
}

#[test]
fn other_features_are_refused() {
    let loader = loader();
    let good = Good::of(&loader);
    let features = [
        ("vectors", "(func (drop (i32x4.splat (i32.const 1))))"),
        ("several results", "(func (result i32 i32) (i32.const 1) (i32.const 2))"),
        ("references", "(func (drop (ref.null func)))"),
        ("references of the host", "(table 1 externref)"),
        ("two tables", "(table 1 funcref) (table 1 funcref)"),
        ("two memories", "(memory 1)"),
        ("shared memory", "(func (drop (i32.atomic.load (i32.const 0))))"),
        ("tail calls", "(func $f (return_call $f))"),
        ("saturating conversion", "(func (drop (i32.trunc_sat_f32_s (f32.const 1))))"),
        ("longer constants", "(global i32 (i32.add (i32.const 1) (i32.const 2)))"),
        ("exceptions", "(tag)"),
        ("structures", "(type (struct))"),
        ("typed references", "(type $t (func)) (func (param (ref $t)))"),
        ("growing tables", "(table 1 funcref) (func (drop (table.size 0)))"),
        ("wide arithmetic", "(func (i64.add128 (i64.const 0) (i64.const 0) (i64.const 0) (i64.const 0)) drop drop)"),
    ];
    for (what, part) in features {
        let error = refused(&loader, &Liar::honest().with("more", part).built(), what);
        assert!(matches!(error, Error::NotAModule(_) | Error::TooLarge { what: "tables", .. }), "{what}: {error:?}");
        good.still_decides(what);
    }
    for memory in ["(memory (export \"memory\") i64 4)", "(memory (export \"memory\") 4 4 shared)"] {
        let error = refused(&loader, &Liar::honest().with("memory", memory).built(), memory);
        assert!(matches!(error, Error::NotAModule(_)), "{memory}: {error:?}");
    }
    for used in [
        "(global (mut i32) (i32.const 1))",
        "(func (result i32) (i32.extend8_s (i32.const 1)))",
        "(func (memory.copy (i32.const 0) (i32.const 0) (i32.const 0)))",
        "(func (param f32 f64) (result f64) (f64.add (local.get 1) (f64.promote_f32 (local.get 0))))",
    ] {
        assert!(loader.load(&Liar::honest().with("more", used).built()).is_ok(), "{used}");
    }
}

#[test]
fn each_export_is_asked_for() {
    let loader = loader();
    let good = Good::of(&loader);
    let exports = Liar::honest().exports();
    assert_eq!(exports.len(), 8);
    for name in exports {
        let replaced = if name == "memory" { "(memory 4)" } else { "" };
        let error = refused(&loader, &Liar::honest().with(name, replaced).built(), name);
        assert_eq!(error, Error::MissingExport(name));
        for other in [
            format!("(func (export \"{name}\") (param f64))"),
            format!("(func (export \"{name}\") (result i64) (i64.const 1)) (func $unused)")
                .replace("i64", if name == "abey_policy" { "i32" } else { "i64" }),
            format!("(global (export \"{name}\") i32 (i32.const 1))"),
            format!("(table (export \"{name}\") 1 funcref)"),
        ] {
            let memory = if name == "memory" { "(memory 4)" } else { "" };
            let module = Liar::honest().with(name, &format!("{memory} {other}")).built();
            let error = refused(&loader, &module, &other);
            assert!(matches!(error, Error::WrongExport { name: found, .. } if found == name), "{other}: {error:?}");
        }
        good.still_decides(name);
    }
}

#[test]
fn what_is_no_module_is_refused() {
    let loader = loader();
    let good = Good::of(&loader);
    let shop = shop();
    let foreign: [(&str, &[u8]); 7] = [
        ("nothing", b""),
        ("text", b"(module)"),
        ("a component", b"\0asm\x0d\0\x01\0"),
        ("an image", shop.image()),
        ("half a header", b"\0asm\x01"),
        ("another version", b"\0asm\x02\0\0\0"),
        ("an ELF file", b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0"),
    ];
    for (what, bytes) in foreign {
        let error = refused(&loader, bytes, what);
        assert!(matches!(error, Error::NotAModule(_)), "{what}: {error:?}");
        good.still_decides(what);
    }
    assert_eq!(refused(&loader, b"\0asm\x01\0\0\0", "an empty module"), Error::MissingExport("abey_abi"));
}

#[test]
fn other_interfaces_and_policies_are_refused() {
    let loader = loader();
    for version in [0, 2, -1] {
        let part = format!("(func (export \"abey_abi\") (result i32) (i32.const {version}))");
        let error = refused(&loader, &Liar::honest().with("abey_abi", &part).built(), "another version");
        assert_eq!(error, Error::Abi(i32::cast_unsigned(version)));
    }
    let error = refused(&loader, abey::module::RUNTIME, "the runtime");
    assert!(matches!(&error, Error::NoPolicy(why) if why.contains("no policy is attached")), "{error:?}");

    let wasm = attached(&shop());
    let place = wasm.windows(4).rposition(|bytes| bytes == b"ABEY").unwrap();
    let mut damaged = wasm.clone();
    damaged[place] = b'X';
    let error = refused(&loader, &damaged, "a damaged image");
    assert!(matches!(&error, Error::NoPolicy(why) if why.contains("can't be used")), "{error:?}");

    let stored = super::liar::at(16_384, shop().check_json(super::STORE).to_json().len());
    let part = format!("(func (export \"abey_check\") (param i32 i32) (result i64) {stored})");
    let error = refused(&loader, &Liar::honest().with("abey_check", &part).built(), "nothing is allowed");
    assert_eq!(error, Error::Lied(Lie::Allowed));
    let about = super::liar::at(32_768, 1);
    let part = format!("(func (export \"abey_policy\") (result i64) {about})");
    let error = refused(&loader, &Liar::honest().with("abey_policy", &part).built(), "another policy");
    assert_eq!(error, Error::Lied(Lie::OtherPolicy));
}
