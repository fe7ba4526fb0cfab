//! A policy.wasm in the sandbox of `abey-wasmtime`: equal to the native checker, and safe whatever it holds.

mod corrupt;
mod equal;
mod features;
mod hostile;
mod liar;
mod limits;
mod ready;
mod steady;

use std::time::Duration;

use abey::{Decision, Policy};
use abey_wasmtime::{Error, Loader, Options, Reuse, WasmPolicy};

/// Options for tests: quick to compile, and patient on a busy machine.
fn options() -> Options {
    Options { optimised: false, timeout: Duration::from_secs(60), ..Options::default() }
}

/// Options under which an endless loop ends soon.
fn hasty(reuse: Reuse) -> Options {
    Options { reuse, timeout: Duration::from_millis(400), ..options() }
}

fn attached(policy: &Policy) -> Vec<u8> {
    abey::module::attach(policy.image()).unwrap()
}

/// The operations of a policy of the project, in bytes.
fn operations(name: &str) -> Vec<Vec<u8>> {
    abey_tests::agreements::operations(name).into_iter().map(String::into_bytes).collect()
}

/// A small policy, which is what a liar says that it holds.
fn shop() -> Policy {
    let source = r#"
        policy shop "Order processing" version "1"; use dpv;
        clause "1" "Instructions" { allow store of email_address; }
    "#;
    Policy::compile(source).unwrap()
}

const STORE: &[u8] = br#"{"action": "store", "data": ["email_address"]}"#;

/// A module that is as good as its word, so that others can be seen to have done no harm.
struct Good {
    native: Decision,
    policy: WasmPolicy,
}

impl Good {
    fn of(loader: &Loader) -> Self {
        let shop = shop();
        let native = shop.check_json(STORE);
        assert!(native.is_allowed());
        Good { native, policy: loader.load(&attached(&shop)).unwrap() }
    }

    fn still_decides(&self, after: &str) {
        assert_eq!(self.policy.check_json(STORE).as_ref(), Ok(&self.native), "{after}");
    }
}

/// What comes of loading a module and asking it everything, once each, if anything goes wrong.
fn first_error(loader: &Loader, module: &[u8]) -> Option<Error> {
    let policy = match loader.load(module) {
        Ok(policy) => policy,
        Err(error) => return Some(error),
    };
    let checked = policy.check_json(STORE).err();
    let verdict = || policy.verdict_json(STORE).err();
    checked.or_else(verdict).or_else(|| policy.check_lines(STORE).err())
}
