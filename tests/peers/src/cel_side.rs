//! CEL: one expression clause by clause, and one that looks things up in tables.

use std::sync::Arc;

use cel::common::value::{CowVal, Val};
use cel::context::VariableResolver;
use cel::{Context, Env, Program, Value, to_value};
use serde_json::json;

use crate::operations::Operation;
use crate::policy;
use crate::scaling::{Rows, Scaled};
use crate::side::{Input, Side};
use crate::tables::tables;

const NAME: &str = "cel";

/// Its sides.
pub fn sides(texts: &[String]) -> Vec<Side> {
    vec![
        {
            let idiomatic = Idiomatic::new();
            Side::new(NAME, "idiomatic", Input::Text, texts.to_vec(), move |text| {
                idiomatic.allows(to_value(decoded(text)).expect("a value"))
            })
        },
        {
            let idiomatic = Idiomatic::new();
            let values = texts.iter().map(|text| to_value(decoded(text)).expect("a value")).collect();
            Side::new(NAME, "idiomatic", Input::Prebuilt, values, move |value: &Value| idiomatic.allows(value.clone()))
        },
        {
            let packed = Packed::new();
            Side::new(NAME, "packed", Input::Text, texts.to_vec(), move |text| packed.allows(&bound(text)))
        },
        {
            let packed = Packed::new();
            let values = texts.iter().map(|text| bound(text)).collect();
            Side::new(NAME, "packed", Input::Prebuilt, values, move |value: &Box<dyn Val>| packed.allows(value))
        },
    ]
}

fn decoded(text: &str) -> Operation<'_> {
    serde_json::from_str(text).expect("an operation")
}

/// A value in the form in which contexts hold it.
fn bound(text: &str) -> Box<dyn Val> {
    value(to_value(decoded(text)).expect("a value"))
}

/// The same, of any value.
pub fn value(value: Value) -> Box<dyn Val> {
    value.try_into().expect("a value")
}

/// A program whose variables are put into a context for each check.
struct Idiomatic {
    env: Arc<Env>,
    program: Program,
    lists: Value,
    sources: Value,
}

impl Idiomatic {
    fn new() -> Self {
        let env = Arc::new(Env::stdlib());
        let program = env.compile(&policy("conma.cel")).expect("CEL");
        let listed = tables()["covered"]["consent_recording"]["record"].as_object().expect("items").clone();
        let sources: serde_json::Map<String, serde_json::Value> = listed
            .iter()
            .filter_map(|(category, wanted)| Some((category.clone(), wanted.get("source")?.clone())))
            .collect();
        let listed: Vec<String> = listed.keys().cloned().collect();
        Idiomatic {
            env,
            program,
            lists: to_value(json!(listed)).expect("a value"),
            sources: to_value(sources).expect("a value"),
        }
    }

    fn allows(&self, operation: Value) -> bool {
        let mut context = Context::with_env(Arc::clone(&self.env));
        context.add_variable_from_value("listed", self.lists.clone());
        context.add_variable_from_value("sources", self.sources.clone());
        context.add_variable_from_value("op", operation);
        self.program.execute(&context) == Ok(Value::Bool(true))
    }
}

/// A program whose variables are lent to the context.
struct Packed {
    env: Arc<Env>,
    program: Program,
    tables: Box<dyn Val>,
}

/// What is lent: an operation, and the tables.
struct Lent<'a> {
    operation: &'a dyn Val,
    tables: &'a dyn Val,
}

impl VariableResolver for Lent<'_> {
    fn resolve<'b>(&'b self, name: &str) -> Option<CowVal<'b, 'b>> {
        match name {
            "op" => Some(CowVal::Borrowed(self.operation)),
            "t" => Some(CowVal::Borrowed(self.tables)),
            _ => None,
        }
    }
}

impl Packed {
    fn new() -> Self {
        let env = Arc::new(Env::stdlib());
        let program = env.compile(&policy("packed.cel")).expect("CEL");
        Packed { env, program, tables: value(to_value(tables()).expect("a value")) }
    }

    fn allows(&self, operation: &Box<dyn Val>) -> bool {
        let lent = Lent { operation: operation.as_ref(), tables: self.tables.as_ref() };
        let mut context = Context::with_env(Arc::clone(&self.env));
        context.set_variable_resolver(&lent);
        self.program.execute(&context) == Ok(Value::Bool(true))
    }
}

/// A program for each row, run in turn until one says yes.
pub fn scaled(rows: &Rows) -> Option<Scaled> {
    let env = Arc::new(Env::stdlib());
    let programs: Vec<Program> = rows
        .all()
        .map(|(purpose, item)| env.compile(&format!("op.purpose == '{purpose}' && op.item == '{item}'")).expect("CEL"))
        .collect();
    let none = value(to_value(json!({})).ok()?);
    let operations = asked(rows);
    Some(Box::new(move |question| {
        let lent = Lent { operation: operations[question].as_ref(), tables: none.as_ref() };
        let mut context = Context::with_env(Arc::clone(&env));
        context.set_variable_resolver(&lent);
        programs.iter().any(|program| program.execute(&context) == Ok(Value::Bool(true)))
    }))
}

/// One program that looks a row up in a map.
pub fn scaled_data(rows: &Rows) -> Option<Scaled> {
    let mut table = json!({});
    for (purpose, item) in rows.all() {
        table[purpose][item] = true.into();
    }
    let env = Arc::new(Env::stdlib());
    let program = env.compile("op.purpose in t && op.item in t[op.purpose]").expect("CEL");
    let packed = Packed { env, program, tables: value(to_value(table).ok()?) };
    let operations = asked(rows);
    Some(Box::new(move |question| packed.allows(&operations[question])))
}

fn asked(rows: &Rows) -> [Box<dyn Val>; 2] {
    rows.questions().map(|(purpose, item)| value(to_value(json!({"purpose": purpose, "item": item})).expect("a value")))
}
