//! How the module is linked: a stack of fixed size below everything else, so that one that overflows traps.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_FAMILY").is_ok_and(|family| family == "wasm") {
        for argument in ["-zstack-size=262144", "--stack-first", "--export=abey_image"] {
            println!("cargo:rustc-cdylib-link-arg={argument}");
        }
    }
}
