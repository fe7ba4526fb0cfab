//! The project's own checker, over the whole of Conma's policy.

use std::fmt::Write as _;

use abey::{Checker, Item, Operation, Policy, Verdict};

use crate::operations::BASE;
use crate::scaling::{Rows, Scaled};
use crate::side::{Input, Side};

const CONMA: &str = include_str!("../../../policies/conma/policy.abey");
const NAME: &str = "abey";

/// The policy, without a base operation.
pub fn policy() -> Policy {
    Policy::compile(CONMA).expect("Conma's policy compiles")
}

/// What the host tells of every operation.
fn base() -> Operation {
    Operation::partial_from_json(BASE).expect("the base operation")
}

/// Its sides. The first is the one that the others have to agree with, and are compared with.
pub fn sides(texts: &[String]) -> Vec<Side> {
    let policy = policy();
    let hosted = policy.clone().with_base(base());
    let whole: Vec<Operation> =
        texts.iter().map(|text| Operation::partial_from_json(text).expect("an operation").or_from(&base())).collect();

    let check = {
        let hosted = hosted.clone();
        Side::new(NAME, "decision", Input::Text, texts.to_vec(), move |text| {
            Policy::check_json(&hosted, text).is_allowed()
        })
    };
    let json = {
        let hosted = hosted.clone();
        Side::new(NAME, "decision as JSON", Input::Text, texts.to_vec(), move |text| {
            std::hint::black_box(hosted.check_json_text(text)).starts_with("{\"verdict\":\"allow\"")
        })
    };
    let verdict = {
        let hosted = hosted.clone();
        Side::new(NAME, "verdict", Input::Text, texts.to_vec(), move |text| {
            hosted.verdict_json(text.as_bytes()) == Ok(Verdict::Allow)
        })
    };
    let encoded = {
        let policy = policy.clone();
        let encoded = whole.iter().map(|told| policy.encode(told).expect("a well-formed operation")).collect();
        Side::new(NAME, "verdict, encoded", Input::Prebuilt, encoded, move |told| {
            policy.verdict_of(told) == Verdict::Allow
        })
    };
    let own: Vec<Operation> =
        texts.iter().map(|text| Operation::partial_from_json(text).expect("an operation")).collect();
    let prebuilt_check = {
        let hosted = hosted.clone();
        Side::new(NAME, "decision", Input::Prebuilt, own.clone(), move |told| hosted.check(told).is_allowed())
    };
    let prebuilt_verdict = {
        let hosted = hosted.clone();
        Side::new(NAME, "verdict", Input::Prebuilt, own, move |told| hosted.verdict(told) == Ok(Verdict::Allow))
    };
    vec![verdict, check, json, prebuilt_verdict, prebuilt_check, encoded]
}

/// An allow for each row.
pub fn scaled(rows: &Rows) -> Option<Scaled> {
    let mut source = String::from("policy rows \"Rows\" version \"1\";\n");
    let _ = writeln!(source, "data {} is personal_data;", rows.items().collect::<Vec<_>>().join(", "));
    let _ = writeln!(source, "purpose {};", rows.purposes().collect::<Vec<_>>().join(", "));
    source.push_str("clause \"1\" {\n");
    for (purpose, item) in rows.all() {
        let _ = writeln!(source, "allow store of {item} for {purpose};");
    }
    source.push_str("}\n");
    let policy = match Policy::compile(&source) {
        Ok(policy) => policy,
        Err(fault) => {
            eprintln!("abey, {} rules: {fault}", rows.0);
            return None;
        }
    };
    let operations = rows
        .questions()
        .map(|(purpose, item)| Operation::of("store", [Item::new(&item)]).purpose(&purpose).recipient("none"));
    Some(Box::new(move |question| policy.verdict(&operations[question]) == Ok(Verdict::Allow)))
}
