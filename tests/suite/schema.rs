//! The committed JSON Schemas, and whether they agree with what is read and written.

use abey::{Decision, Operation, Policy, ToJson};
use serde_json::Value;

const OPERATION: &str = "bindings/rust/schema/operation.json";
const DECISION: &str = "bindings/rust/schema/decision.json";

/// The schemas are generated from the types: `BLESS=1 cargo test schemas_are_current` writes them anew.
#[test]
fn schemas_are_current() {
    let operation = serde_json::to_string_pretty(&schemars::schema_for!(Operation)).unwrap() + "\n";
    let decision = serde_json::to_string_pretty(&schemars::schema_for!(Decision)).unwrap() + "\n";
    for (path, generated) in [(OPERATION, operation), (DECISION, decision)] {
        if std::env::var_os("BLESS").is_some() {
            let file = abey_tests::root().join(path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, &generated).unwrap();
        }
        assert_eq!(abey_tests::read(path), generated, "{path}: run with BLESS=1");
    }
}

fn validator(path: &str) -> jsonschema::Validator {
    jsonschema::validator_for(&serde_json::from_str(&abey_tests::read(path)).unwrap()).unwrap()
}

#[test]
fn every_decision_fits_its_schema() {
    let source = abey_tests::read("policies/conma/policy.abey");
    let compiled = abey::compile(&source).unwrap();
    let policy = Policy::compile(&source).unwrap();
    let (operation_schema, decision_schema) = (validator(OPERATION), validator(DECISION));
    for example in &compiled.policy.examples {
        let operation: Value = serde_json::from_str(&example.operation.to_json().to_string()).unwrap();
        assert!(operation_schema.is_valid(&operation), "{operation}");
        let decision: Value = serde_json::from_str(&policy.check(&example.operation).to_json()).unwrap();
        assert!(decision_schema.is_valid(&decision), "{decision}");
    }
    let malformed: Value = serde_json::from_str(&policy.check_json("{}").to_json()).unwrap();
    assert!(decision_schema.is_valid(&malformed));
    assert!(!decision_schema.is_valid(&serde_json::json!({})));
}

/// What the schema refuses is malformed, and what it accepts is read, part by part.
#[test]
fn schema_and_reader_agree() {
    let schema = validator(OPERATION);
    let with = |key: &str, value: &str| format!(r#"{{"action":"store","data":["email"],"{key}":{value}}}"#);
    let both = [
        ("actor", r#""x""#),
        ("actor", r#""none""#),
        ("actor", "null"),
        ("actor", "1"),
        ("actor", "[]"),
        ("actor", r#""""#),
        ("purpose", r#""x""#),
        ("purpose", r#"["x","y"]"#),
        ("purpose", "[]"),
        ("purpose", "[null]"),
        ("purpose", "null"),
        ("subjects", r#"[{"subject":"x","facts":{"age":3}}]"#),
        ("subjects", r#"[{"facts":{}}]"#),
        ("subjects", r#"{"subject":"x","x":1}"#),
        ("measures", "[]"),
        ("measures", r#"["x"]"#),
        ("measures", r#""x""#),
        ("measures", r#"["none"]"#),
        ("measures", "null"),
        ("retention", r#""P12M""#),
        ("retention", r#""agreed""#),
        ("retention", r#""none""#),
        ("retention", r#""12 months""#),
        ("retention", r#""P""#),
        ("retention", r#""PT""#),
        ("facts", r#"{"a":null,"b":[1,"x"]}"#),
        ("facts", r#"{"a":{}}"#),
        ("facts", r#"{"a":[[]]}"#),
        ("facts", "[]"),
        ("legs", r#"[{"recipient":"x","place":"y"}]"#),
        ("legs", "[]"),
        ("legs", r#"[{"x":1}]"#),
        ("role", r#""processor""#),
        ("role", r#""none""#),
        ("unheard_of", "1"),
    ];
    let mut refused = 0;
    for (key, value) in both {
        let text = with(key, value);
        let json: Value = serde_json::from_str(&text).unwrap();
        let read = Operation::from_json(&text);
        refused += u32::from(read.is_err());
        assert_eq!(schema.is_valid(&json), read.is_ok(), "{text}: {read:?}");
    }
    assert!(refused > 15, "{refused}");
    for text in [
        "{}",
        "[]",
        r#"{"action":"store"}"#,
        r#"{"action":"store","data":[]}"#,
        r#"{"action":"none","data":["x"]}"#,
        r#"{"action":"store","data":[{"category":"x","form":"y"}]}"#,
    ] {
        let json: Value = serde_json::from_str(text).unwrap();
        assert!(!schema.is_valid(&json) && Operation::from_json(text).is_err(), "{text}");
    }
}

/// serde reads and writes the same wire form.
#[test]
fn serde_has_the_same_form() {
    let text = r#"{"action":"store","data":["a",{"category":"b","form":[],"collected":"2026-10-01"}],"purpose":["x"],"measures":[],"retention":"P12M","facts":{"n":1.5}}"#;
    let own = Operation::from_json(text).unwrap();
    let serde: Operation = serde_json::from_str(text).unwrap();
    assert_eq!(own, serde);
    assert_eq!(serde_json::to_string(&serde).unwrap(), own.to_json().to_string());
    let twice: Result<Operation, _> = serde_json::from_str(r#"{"action":"store","data":["a"],"facts":{"n":1,"n":2}}"#);
    assert!(twice.unwrap_err().to_string().contains("stands twice"));
}
