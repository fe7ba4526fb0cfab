//! The compiler and the checker for pages, editors and Node.
//!
//! Decisions are those of every other host, byte for byte. What is wrong with a source is data, with its places in
//! UTF-16 units, as JavaScript counts them. Everything here goes to JavaScript as JSON text and is parsed there.

mod places;

use abey::lints::Finding;
use abey::prove::ProveError;
use abey::{Diagnostic, Error, Json, Malformed, Operation, Severity, ToJson, Verdict, examples, forms, lints};
use js_sys::{JSON, Reflect};
use wasm_bindgen::prelude::*;

use places::Places;

#[wasm_bindgen(typescript_custom_section)]
const OPERATIONS: &str = include_str!("../../loader/types.d.ts");

#[wasm_bindgen(typescript_custom_section)]
const SOURCES: &str = include_str!("types.d.ts");

/// A policy, ready to decide.
#[wasm_bindgen]
pub struct Policy {
    policy: abey::Policy,
}

#[wasm_bindgen]
impl Policy {
    /// Compiles a policy, or an agreement over one that `beneath` has by its name.
    ///
    /// Throws an `Error` whose `diagnostics` say what is wrong with the source.
    pub fn compile(
        source: &str,
        #[wasm_bindgen(unchecked_optional_param_type = "Record<string, string>")] beneath: &JsValue,
    ) -> Result<Policy, JsValue> {
        let policy = abey::Policy::compile_over(source, &|name| found(beneath, name));
        policy.map(|policy| Policy { policy }).map_err(|error| thrown(&error, source))
    }

    /// Reads a compiled policy and checks its hash.
    ///
    /// Throws an `Error` when the bytes are no image, or a damaged one.
    pub fn load(image: &[u8]) -> Result<Policy, JsValue> {
        abey::Policy::load(image).map(|policy| Policy { policy }).map_err(|error| thrown(&error, ""))
    }

    /// Decides an operation, given as an object or as JSON text. One that can't be read pauses.
    #[wasm_bindgen(unchecked_return_type = "Decision")]
    pub fn check(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Operation | string")] operation: &JsValue,
    ) -> Result<JsValue, JsValue> {
        let decision = match told(operation) {
            Ok(text) => self.policy.check_json_text(text),
            Err(fault) => self.policy.malformed_text(&fault),
        };
        JSON::parse(&decision)
    }

    /// Decides an operation, JSON text in and out: the bytes that every other host gives.
    #[wasm_bindgen(js_name = checkJson)]
    #[must_use]
    pub fn check_json(&self, operation: &str) -> String {
        self.policy.check_json_text(operation)
    }

    /// Whether an operation may go ahead, without the reasons.
    #[wasm_bindgen(unchecked_return_type = "Verdict")]
    #[must_use]
    pub fn verdict(&self, #[wasm_bindgen(unchecked_param_type = "Operation | string")] operation: &JsValue) -> String {
        let read = told(operation).and_then(Operation::partial_from_json);
        let verdict = read.and_then(|operation| self.policy.verdict(&operation)).unwrap_or(Verdict::Pause);
        verdict.word().into()
    }

    /// Name, title, version, hash and layers.
    #[wasm_bindgen(unchecked_return_type = "PolicyRef")]
    pub fn about(&self) -> Result<JsValue, JsValue> {
        value(&self.policy.about().to_json())
    }

    /// The compiled policy as bytes, for `load`.
    #[must_use]
    pub fn image(&self) -> Vec<u8> {
        self.policy.image().to_vec()
    }
}

/// What is wrong with a source, warnings among it; an empty list where nothing is.
#[wasm_bindgen(unchecked_return_type = "Diagnostic[]")]
pub fn diagnostics(
    source: &str,
    #[wasm_bindgen(unchecked_optional_param_type = "Record<string, string>")] beneath: &JsValue,
) -> Result<JsValue, JsValue> {
    match abey::compile_over(source, &|name| found(beneath, name)) {
        Ok(compiled) => value(&faults(&compiled.warnings, source)),
        Err(Error::Source(wrong)) => value(&faults(&wrong, source)),
        Err(error) => Err(thrown(&error, source)),
    }
}

/// Runs the examples of a policy.
///
/// Throws an `Error` whose `diagnostics` say what is wrong with the source.
#[wasm_bindgen(unchecked_return_type = "Example[]")]
pub fn test(
    source: &str,
    #[wasm_bindgen(unchecked_optional_param_type = "Record<string, string>")] beneath: &JsValue,
) -> Result<JsValue, JsValue> {
    let compiled = abey::compile_over(source, &|name| found(beneath, name)).map_err(|error| thrown(&error, source))?;
    let outcome = examples::run(&compiled, source).map_err(|error| thrown(&error.into(), source))?;
    let ran = outcome.examples.iter().map(|ran| {
        object(vec![
            ("name", text(&ran.name)),
            ("line", ran.line.to_json()),
            ("expected", text(&ran.expected)),
            ("passed", Json::Bool(ran.failures.is_empty())),
            ("failures", ran.failures.to_json()),
            ("decision", ran.decision.to_json_value()),
        ])
    });
    value(&Json::List(ran.collect()))
}

/// Settles the properties of a policy: each is proved, refuted with an operation that shows it, or not settled.
///
/// Throws an `Error` whose `diagnostics` say what is wrong with the source.
#[wasm_bindgen(unchecked_return_type = "Proofs")]
pub fn prove(
    source: &str,
    #[wasm_bindgen(unchecked_optional_param_type = "Record<string, string>")] beneath: &JsValue,
) -> Result<JsValue, JsValue> {
    let compiled = abey::compile_over(source, &|name| found(beneath, name)).map_err(|error| thrown(&error, source))?;
    let proofs = abey::prove::prove(&compiled, source).map_err(|error| match error {
        // A policy beneath, whose places mean nothing in this source.
        ProveError::Source(_) => js_sys::Error::new(&error.to_string()).into(),
        ProveError::Image(error) => thrown(&error.into(), source),
    })?;
    value(&forms::proofs(&proofs))
}

/// What a new version of a policy changes: what becomes allowed, what becomes paused, and which duties come and go.
#[wasm_bindgen(unchecked_return_type = "Difference")]
pub fn diff(old: &Policy, new: &Policy) -> Result<JsValue, JsValue> {
    let difference = abey::prove::diff(old.policy.tables(), new.policy.tables());
    value(&forms::difference(&difference.map_err(|error| thrown(&error.into(), ""))?))
}

/// What is legal to write and rarely meant.
///
/// Throws an `Error` whose `diagnostics` say what is wrong with the source.
#[wasm_bindgen(unchecked_return_type = "Findings")]
pub fn lint(
    source: &str,
    #[wasm_bindgen(unchecked_optional_param_type = "Record<string, string>")] beneath: &JsValue,
) -> Result<JsValue, JsValue> {
    let compiled = abey::compile_over(source, &|name| found(beneath, name)).map_err(|error| thrown(&error, source))?;
    let findings = lints::lint(&compiled).map_err(|error| thrown(&error.into(), source))?;
    let places = Places::of(source);
    let spot = |finding: &Finding| place(&places, finding.span.start, finding.span.end).into();
    value(&forms::findings(&findings, &spot))
}

/// Formats a policy or a vocabulary.
///
/// Throws an `Error` whose `diagnostics` say what keeps the source from being read.
#[wasm_bindgen]
pub fn format(source: &str) -> Result<String, JsValue> {
    abey::format(source).map_err(|wrong| thrown(&Error::Source(wrong), source))
}

/// The source of a policy beneath, by its name.
fn found(beneath: &JsValue, name: &str) -> Option<String> {
    Reflect::get(beneath, &name.into()).ok()?.as_string()
}

/// An operation as JSON text.
fn told(operation: &JsValue) -> Result<String, Malformed> {
    if let Some(text) = operation.as_string() {
        return Ok(text);
    }
    let json = JSON::stringify(operation).ok().and_then(|json| JsValue::from(json).as_string());
    json.ok_or_else(|| Malformed { path: String::new(), message: "it can't be written as JSON".into() })
}

/// An `Error` with the message of this one, and with the diagnostics where it is about a source.
fn thrown(error: &Error, source: &str) -> JsValue {
    let thrown = js_sys::Error::new(&error.to_string());
    if let Error::Source(wrong) = error
        && let Ok(list) = value(&faults(wrong, source))
    {
        let _ = Reflect::set(&thrown, &"diagnostics".into(), &list);
    }
    thrown.into()
}

/// JSON as a value of JavaScript.
fn value(json: &Json) -> Result<JsValue, JsValue> {
    JSON::parse(&json.to_string())
}

fn text(text: &str) -> Json {
    Json::Text(text.into())
}

fn object(entries: Vec<(&str, Json)>) -> Json {
    Json::Object(entries.into_iter().map(|(key, value)| (key.into(), value)).collect())
}

/// Diagnostics as data.
fn faults(faults: &[Diagnostic], source: &str) -> Json {
    let places = Places::of(source);
    let one = |fault: &Diagnostic| {
        let severity = match fault.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let related = fault.related.iter().map(|(span, what)| {
            let mut entries = vec![("message", text(what))];
            entries.extend(place(&places, span.start, span.end));
            object(entries)
        });
        let mut entries = vec![
            ("code", text(fault.code.word())),
            ("severity", text(severity)),
            ("message", text(&fault.message)),
            ("label", text(&fault.label)),
            ("help", fault.help.to_json()),
        ];
        entries.extend(place(&places, fault.span.start, fault.span.end));
        entries.push(("related", Json::List(related.collect())));
        object(entries)
    };
    Json::List(faults.iter().map(one).collect())
}

/// From where to where, and the line and column of the start.
fn place(places: &Places<'_>, start: usize, end: usize) -> [(&'static str, Json); 4] {
    let (from, to) = (places.at(start), places.at(end.max(start)));
    [
        ("start", from.offset.to_json()),
        ("end", to.offset.to_json()),
        ("line", from.line.to_json()),
        ("column", from.column.to_json()),
    ]
}
