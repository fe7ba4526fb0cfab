//! Writing the wire form: what is unknown is left out.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::json::{Json, ToJson};
use crate::operation::{Collected, Facts, Item, Leg, Operation, Retention, Subject, Told};
use crate::value::FactValue;

impl ToJson for FactValue {
    fn to_json(&self) -> Json {
        match self {
            FactValue::Bool(value) => Json::Bool(*value),
            FactValue::Number(number) => Json::Number(number.to_string()),
            FactValue::Text(text) => Json::Text(text.clone()),
            FactValue::Set(values) => values.to_json(),
        }
    }
}

struct Writer(Vec<(String, Json)>);

impl Writer {
    fn put(&mut self, key: &str, value: Json) {
        self.0.push((key.to_string(), value));
    }

    fn told<T: ToJson>(&mut self, key: &str, value: &Told<T>) {
        match value {
            Told::Unknown => {}
            Told::None => self.put(key, Json::Text("none".into())),
            Told::Is(value) => self.put(key, value.to_json()),
        }
    }

    fn some<T: ToJson>(&mut self, key: &str, value: &Option<T>) {
        if let Some(value) = value {
            self.put(key, value.to_json());
        }
    }

    fn facts(&mut self, facts: &Facts) {
        if !facts.is_empty() {
            let entries = facts.iter().map(|(name, value)| (name.clone(), value.to_json())).collect();
            self.put("facts", Json::Object(entries));
        }
    }
}

impl ToJson for Item {
    fn to_json(&self) -> Json {
        let mut out = Writer(Vec::new());
        out.put("category", self.category.to_json());
        out.some("form", &self.form);
        match self.collected {
            Collected::Unknown => {}
            Collected::Now => out.put("collected", Json::Text("now".into())),
            Collected::On(date) => out.put("collected", Json::Text(date.to_string())),
        }
        out.some("contains", &self.contains);
        out.facts(&self.facts);
        if out.0.len() == 1 { self.category.to_json() } else { Json::Object(out.0) }
    }
}

impl ToJson for Subject {
    fn to_json(&self) -> Json {
        if self.facts.is_empty() {
            return self.term.to_json();
        }
        let mut out = Writer(Vec::new());
        out.put("subject", self.term.to_json());
        out.facts(&self.facts);
        Json::Object(out.0)
    }
}

impl ToJson for Leg {
    fn to_json(&self) -> Json {
        let mut out = Writer(Vec::new());
        out.told("recipient", &self.recipient);
        out.told("place", &self.place);
        out.some("measures", &self.measures);
        Json::Object(out.0)
    }
}

impl ToJson for Operation {
    fn to_json(&self) -> Json {
        let mut out = Writer(Vec::new());
        if !self.action.is_empty() {
            out.put("action", self.action.to_json());
        }
        if !self.data.is_empty() {
            out.put("data", self.data.to_json());
        }
        out.told("subjects", &self.subjects);
        out.told("actor", &self.actor);
        out.told("purpose", &self.purposes);
        out.told("recipient", &self.recipient);
        out.told("place", &self.place);
        if !self.legs.is_empty() {
            out.put("legs", self.legs.to_json());
        }
        out.told("origin", &self.origins);
        out.some("role", &self.role);
        out.told("basis", &self.basis);
        out.some("measures", &self.measures);
        match self.retention {
            Retention::Unknown => {}
            Retention::None => out.put("retention", Json::Text("none".into())),
            Retention::Agreed => out.put("retention", Json::Text("agreed".into())),
            Retention::For(duration) => out.put("retention", Json::Text(duration.iso())),
        }
        out.some("time", &self.time.map(|time| time.to_string()));
        out.facts(&self.facts);
        Json::Object(out.0)
    }
}
