//! Rego, in regorus: a rule per clause in its interpreter, and tables in data in its virtual machine.

use std::fmt::Write as _;

use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::vm::RegoVM;
use regorus::{Engine, Value};

use crate::policy;
use crate::scaling::{Rows, Scaled};
use crate::side::{Input, Side};
use crate::tables::tables;

const NAME: &str = "regorus";

/// Its sides.
pub fn sides(texts: &[String]) -> Vec<Side> {
    let values: Vec<Value> = texts.iter().map(|text| Value::from_json_str(text).expect("an operation")).collect();
    vec![
        {
            let mut engine = interpreter();
            Side::new(NAME, "idiomatic, interpreter", Input::Text, texts.to_vec(), move |text| {
                engine.set_input(Value::from_json_str(text).expect("an operation"));
                engine.eval_rule("data.conma.allow".to_string()).expect("a verdict") == Value::Bool(true)
            })
        },
        {
            let mut engine = interpreter();
            Side::new(NAME, "idiomatic, interpreter", Input::Prebuilt, values.clone(), move |value| {
                engine.set_input(value.clone());
                engine.eval_rule("data.conma.allow".to_string()).expect("a verdict") == Value::Bool(true)
            })
        },
        {
            let mut machine = machine();
            Side::new(NAME, "packed, RVM", Input::Text, texts.to_vec(), move |text| {
                machine.set_input(Value::from_json_str(text).expect("an operation"));
                machine.execute().expect("a verdict") == Value::Bool(true)
            })
        },
        {
            let mut machine = machine();
            Side::new(NAME, "packed, RVM", Input::Prebuilt, values, move |value| {
                machine.set_input(value.clone());
                machine.execute().expect("a verdict") == Value::Bool(true)
            })
        },
    ]
}

fn interpreter() -> Engine {
    let mut engine = Engine::new();
    engine.add_policy("conma.rego".to_string(), policy("conma.rego")).expect("Rego");
    engine
}

fn machine() -> RegoVM {
    let data = Value::from(tables());
    compiled("packed.rego", &policy("packed.rego"), "data.packed.allow", data).expect("Rego compiles")
}

/// A virtual machine for one rule of a policy, where the compiler takes it.
fn compiled(name: &str, source: &str, rule: &str, data: Value) -> Option<RegoVM> {
    let mut engine = Engine::new();
    engine.clear_policy_length_config();
    let made = engine
        .add_policy(name.to_string(), source.to_string())
        .and_then(|_| engine.compile_with_entrypoint(&rule.into()))
        .map_err(|fault| fault.to_string())
        .and_then(|policy| Compiler::compile_from_policy(&policy, &[rule]).map_err(|fault| format!("{fault:?}")));
    match made {
        Ok(program) => {
            let mut machine = RegoVM::new();
            machine.load_program(program);
            machine.set_data(data).expect("data");
            Some(machine)
        }
        Err(fault) => {
            eprintln!("regorus, {name}: {fault}");
            None
        }
    }
}

/// A rule for each row.
pub fn scaled(rows: &Rows) -> Option<Scaled> {
    let mut source = String::from("package rows\n\nimport rego.v1\n\ndefault allow := false\n");
    for (purpose, item) in rows.all() {
        let _ = writeln!(source, "allow if {{ input.purpose == \"{purpose}\"; input.item == \"{item}\" }}");
    }
    Some(asked(compiled("rows.rego", &source, "data.rows.allow", Value::new_object())?, rows))
}

/// One rule that looks a row up in data.
pub fn scaled_data(rows: &Rows) -> Option<Scaled> {
    let source = "package rows\n\nimport rego.v1\n\ndefault allow := false\n\n\
                  allow if data.table[input.purpose][input.item]\n";
    let mut table = serde_json::json!({});
    for (purpose, item) in rows.all() {
        table[purpose][item] = true.into();
    }
    let data = Value::from(serde_json::json!({ "table": table }));
    Some(asked(compiled("rows.rego", source, "data.rows.allow", data)?, rows))
}

fn asked(mut machine: RegoVM, rows: &Rows) -> Scaled {
    let inputs =
        rows.questions().map(|(purpose, item)| Value::from(serde_json::json!({"purpose": purpose, "item": item})));
    Box::new(move |question| {
        machine.set_input(inputs[question].clone());
        machine.execute().expect("a verdict") == Value::Bool(true)
    })
}
