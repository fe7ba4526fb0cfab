//! The project's checker beside the engines that could be used instead, at the same rules.

pub mod abey_side;
pub mod agreement;
pub mod bits_side;
pub mod casbin_side;
pub mod cedar_side;
pub mod cel_side;
pub mod clock;
pub mod flat;
pub mod operations;
pub mod rego_side;
pub mod scaling;
pub mod side;
pub mod strings_side;
pub mod tables;
pub mod zen_side;

use side::Side;

/// A way to make the sides of one engine.
type Maker = fn(&[String]) -> Vec<Side>;

/// Every engine. The first is the one that the others have to agree with.
pub const ENGINES: [(&str, Maker); 8] = [
    ("abey", abey_side::sides),
    ("strings", strings_side::sides),
    ("bits", bits_side::sides),
    ("cedar", cedar_side::sides),
    ("regorus", rego_side::sides),
    ("cel", cel_side::sides),
    ("zen", zen_side::sides),
    ("casbin", casbin_side::sides),
];

/// A policy from the folder of the peers' policies, read when the program runs.
fn policy(name: &str) -> String {
    let path = format!("{}/policies/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|fault| panic!("{path}: {fault}"))
}
