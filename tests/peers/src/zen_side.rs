//! GoRules Zen: a graph of two decision tables, and one compiled expression. An item is an evaluation.

use serde_json::{Value, json};
use zen_engine::Decision;
use zen_engine::model::DecisionContent;
use zen_expression::variable::ToVariable;
use zen_expression::vm::VM;
use zen_expression::{Variable, compile_expression};

use crate::flat::Flat;
use crate::operations::Operation;
use crate::policy;
use crate::scaling::{Rows, Scaled};
use crate::side::{Input, Side};

const NAME: &str = "zen";
const LISTED: &str = r#""session_id", "consent_accepted", "consent_rejected", "consent_granular", "decision_time",
    "banner_version", "ip_address", "user_agent", "integrity_certificate", "consent_report""#;

/// Its sides.
pub fn sides(texts: &[String]) -> Vec<Side> {
    let graph = Graph::new(&content());
    let text = Side::new(NAME, "idiomatic, decision tables", Input::Text, texts.to_vec(), move |text| {
        rows(text).into_iter().all(|row| graph.allows(row))
    });
    let graph = Graph::new(&content());
    let operations = texts.iter().map(|text| rows(text)).collect();
    let prebuilt =
        Side::new(NAME, "idiomatic, decision tables", Input::Prebuilt, operations, move |items: &Vec<Variable>| {
            items.iter().all(|row| graph.allows(row.clone()))
        });
    let mut packed = expression();
    let packed_text = Side::new(NAME, "packed, expression", Input::Text, texts.to_vec(), move |text| {
        rows(text).into_iter().all(&mut packed)
    });
    let mut packed = expression();
    let operations = texts.iter().map(|text| rows(text)).collect();
    let packed_prebuilt =
        Side::new(NAME, "packed, expression", Input::Prebuilt, operations, move |items: &Vec<Variable>| {
            items.iter().cloned().all(&mut packed)
        });
    vec![text, prebuilt, packed_text, packed_prebuilt]
}

fn rows(text: &str) -> Vec<Variable> {
    let told: Operation<'_> = serde_json::from_str(text).expect("an operation");
    told.data.iter().map(|item| Flat::new(&told, item).to_variable()).collect()
}

/// The packed form: compiled once, and run in one virtual machine.
fn expression() -> impl FnMut(Variable) -> bool {
    let source = policy("packed.zen").replace("LISTED", &format!("[{LISTED}]"));
    let compiled = compile_expression(&source).expect("an expression");
    let mut machine = VM::new();
    move |row| compiled.evaluate_with(row, &mut machine).expect("a verdict").as_bool() == Some(true)
}

/// A decision, compiled once, with a runtime that does nothing but drive it.
pub struct Graph {
    decision: Decision,
    runtime: tokio::runtime::Runtime,
}

impl Graph {
    /// From a decision in the engine's JSON.
    pub fn new(content: &Value) -> Self {
        let content: DecisionContent = serde_json::from_value(content.clone()).expect("a decision");
        let DecisionContent::Graph(graph) = content else { panic!("the decision is a graph") };
        let mut decision = Decision::from(graph);
        decision.compile();
        decision.validate().expect("a valid graph");
        Graph { decision, runtime: tokio::runtime::Builder::new_current_thread().build().expect("a runtime") }
    }

    /// Whether an instruction matches, and no objection.
    pub fn allows(&self, row: Variable) -> bool {
        let response = self.runtime.block_on(self.decision.evaluate(row)).expect("a verdict");
        let told = |name: &str| response.result.dot(name).and_then(|value| value.as_bool()) == Some(true);
        told("covered") && !told("objected")
    }
}

/// The two tables of the policy, one after the other.
fn content() -> Value {
    let instructions =
        table("instructions", &policy("zen_instructions.csv"), &["purpose", "action", "category", ""], "covered");
    let objections = table(
        "objections",
        &policy("zen_objections.csv"),
        &["clause", "action", "category", "recipient", ""],
        "objected",
    );
    graph(vec![instructions, objections])
}

/// A graph that goes through these nodes in turn.
pub fn graph(tables: Vec<Value>) -> Value {
    let mut nodes = vec![json!({"id": "input", "name": "input", "type": "inputNode"})];
    nodes.extend(tables);
    nodes.push(json!({"id": "output", "name": "output", "type": "outputNode"}));
    let edges: Vec<Value> = nodes
        .windows(2)
        .enumerate()
        .map(|(index, pair)| {
            json!({"id": format!("edge {index}"), "type": "edge", "sourceId": pair[0]["id"], "targetId": pair[1]["id"]})
        })
        .collect();
    json!({"nodes": nodes, "edges": edges})
}

/// A decision table from lines of cells; a column without a field holds conditions, `clause` is a comment.
fn table(name: &str, lines: &str, columns: &[&str], output: &str) -> Value {
    let rules: Vec<Value> = lines
        .lines()
        .filter(|line| !line.starts_with('#'))
        .enumerate()
        .map(|(index, line)| {
            let mut rule = json!({"_id": format!("{name} {index}"), "verdict": "true"});
            for (column, cell) in columns.iter().zip(line.split(';')) {
                let cell = cell.trim();
                let key = if column.is_empty() { "condition" } else { column };
                rule[key] = json!(unary(cell, column.is_empty()));
            }
            rule
        })
        .collect();
    let inputs: Vec<Value> = columns
        .iter()
        .filter(|column| **column != "clause")
        .map(|column| match *column {
            "" => json!({"id": "condition", "name": "condition"}),
            column => json!({"id": column, "name": column, "field": column}),
        })
        .collect();
    decision_table(name, &inputs, rules, output)
}

/// A cell: words, none of these words (`not(…)`), or a condition.
fn unary(cell: &str, condition: bool) -> String {
    let cell = cell.replace("LISTED", LISTED);
    match cell.strip_prefix("not(").and_then(|rest| rest.strip_suffix(')')) {
        Some(words) if !condition => format!("not ($ in [{words}])"),
        _ => cell,
    }
}

/// A decision table whose first hit says `true`.
pub fn decision_table(name: &str, inputs: &[Value], rules: Vec<Value>, output: &str) -> Value {
    json!({
        "id": name, "name": name, "type": "decisionTableNode",
        "content": {
            "rules": rules, "inputs": inputs, "outputs": [{"id": "verdict", "name": output, "field": output}],
            "hitPolicy": "first", "passThrough": true, "executionMode": "single",
        },
    })
}

/// A decision table with a row for each.
pub fn scaled(rows: &Rows) -> Option<Scaled> {
    let rules = rows
        .all()
        .enumerate()
        .map(|(index, (purpose, item))| {
            json!({
                "_id": index.to_string(), "verdict": "true",
                "purpose": format!("\"{purpose}\""), "item": format!("\"{item}\""),
            })
        })
        .collect();
    let inputs = ["purpose", "item"].map(|name| json!({"id": name, "name": name, "field": name}));
    let graph = Graph::new(&graph(vec![decision_table("rows", &inputs, rules, "covered")]));
    let operations = rows.questions().map(|(purpose, item)| Variable::from(json!({"purpose": purpose, "item": item})));
    Some(Box::new(move |question| graph.allows(operations[question].clone())))
}
