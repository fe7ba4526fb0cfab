//! The wire form of an operation: JSON in, [`Operation`] out, and back.
//!
//! One definition for every host: serde, the command line and the WebAssembly
//! module all read operations here.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::calendar::{Date, Duration, Instant};
use crate::json::{Json, Malformed, ToJson, key_path};
use crate::limits;
use crate::nearest::nearest;
use crate::operation::{Collected, Facts, Item, Leg, Operation, Retention, Subject, Told};
use crate::value::{FactValue, Number};

type Result<T> = core::result::Result<T, Malformed>;

const KEYS: &[&str] = &[
    "action",
    "data",
    "subjects",
    "actor",
    "purpose",
    "recipient",
    "place",
    "legs",
    "origin",
    "role",
    "basis",
    "measures",
    "retention",
    "time",
    "facts",
];
const ITEM_KEYS: &[&str] = &["category", "form", "collected", "contains", "facts"];
const SUBJECT_KEYS: &[&str] = &["subject", "facts"];
const LEG_KEYS: &[&str] = &["recipient", "place", "measures"];

impl Operation {
    /// Reads an operation from JSON text, complete and well-formed.
    ///
    /// # Errors
    /// The first fault, with its JSON path. Work is linear in the text, at most
    /// [`limits::OPERATION_BYTES`].
    pub fn from_json(text: &str) -> Result<Self> {
        let operation = Self::read(text)?;
        operation.validate()?;
        Ok(operation)
    }

    /// Reads an operation that may lack its action and data, to be filled in from another or to fill in others.
    ///
    /// # Errors
    /// As [`Operation::from_json`], without the checks that need the whole operation.
    pub fn partial_from_json(text: &str) -> Result<Self> {
        Self::read(text)
    }

    fn read(text: &str) -> Result<Self> {
        if text.len() > limits::OPERATION_BYTES {
            let message =
                format!("an operation has at most {} bytes; this one has {}", limits::OPERATION_BYTES, text.len());
            return Err(Malformed::at("", message));
        }
        Self::from_value(&Json::parse(text, limits::OPERATION_NESTING)?)
    }

    /// Reads an operation from a JSON value. Does not check the whole: see [`Operation::validate`].
    ///
    /// # Errors
    /// The first fault, with its JSON path.
    pub fn from_value(json: &Json) -> Result<Self> {
        let mut operation = Operation::default();
        for (key, path, value) in entries(json, "", KEYS)? {
            match key {
                "action" => operation.action = word(value, &path)?,
                "data" => operation.data = list(value, &path, item)?,
                "subjects" => operation.subjects = told_many(value, &path, subject)?,
                "actor" => operation.actor = told_word(value, &path)?,
                "purpose" => operation.purposes = told_many(value, &path, word)?,
                "recipient" => operation.recipient = told_word(value, &path)?,
                "place" => operation.place = told_word(value, &path)?,
                "legs" => operation.legs = list(value, &path, leg)?,
                "origin" => operation.origins = told_many(value, &path, word)?,
                "role" => operation.role = Some(word(value, &path)?),
                "basis" => operation.basis = told_word(value, &path)?,
                "measures" => operation.measures = Some(words(value, &path)?),
                "retention" => operation.retention = retention(value, &path)?,
                "time" => operation.time = Some(instant(value, &path)?),
                _ => operation.facts = facts(value, &path)?,
            }
        }
        Ok(operation)
    }

    /// Checks what makes an operation well-formed as a whole.
    ///
    /// # Errors
    /// Names the part that is missing, empty, doubled or beyond a limit.
    pub fn validate(&self) -> Result<()> {
        self.within_limits()?;
        if self.action.is_empty() {
            return Err(Malformed::at("action", "an operation needs an action"));
        }
        if self.action == "none" {
            return Err(Malformed::at("action", "there is always an action; name it"));
        }
        if self.data.is_empty() {
            return Err(Malformed::at("data", "an operation needs at least one data item"));
        }
        for (index, item) in self.data.iter().enumerate() {
            if item.category.is_empty() || item.category == "none" {
                return Err(Malformed::at(&format!("data[{index}]"), "a data item needs a category"));
            }
        }
        let empty = |told: bool, key: &str| match told {
            true => Err(Malformed::at(
                key,
                "the list is empty; name one, write \"none\" where there is none, or leave the key out where it isn't known",
            )),
            false => Ok(()),
        };
        empty(self.subjects.value().is_some_and(Vec::is_empty), "subjects")?;
        empty(self.purposes.value().is_some_and(Vec::is_empty), "purpose")?;
        empty(self.origins.value().is_some_and(Vec::is_empty), "origin")?;
        let one_leg = !(self.recipient.is_unknown() && self.place.is_unknown());
        if one_leg && !self.legs.is_empty() {
            return Err(Malformed::at("legs", "either `legs`, or `recipient` and `place`, not both"));
        }
        if self.role.as_deref() == Some("none") {
            return Err(Malformed::at("role", "a role is `processor` or `controller`"));
        }
        let count = |told: Option<usize>| told.unwrap_or(1).max(1);
        let counts = [
            self.data.len(),
            count(self.subjects.value().map(Vec::len)),
            count(self.purposes.value().map(Vec::len)),
            self.legs.len().max(1),
            count(self.origins.value().map(Vec::len)),
        ];
        let points = counts.iter().fold(1usize, |product, n| product.saturating_mul(*n));
        if points > limits::POINTS {
            let message = format!(
                "{points} points ({}), at most {}; split the operation",
                counts.map(|n| n.to_string()).join(" × "),
                limits::POINTS
            );
            return Err(Malformed::at("", message));
        }
        Ok(())
    }
}

/// The entries of an object whose keys are known; null entries are left out.
fn entries<'a>(json: &'a Json, path: &str, known: &[&'static str]) -> Result<Vec<(&'a str, String, &'a Json)>> {
    let Json::Object(entries) = json else {
        return Err(wrong(json, path, "an object"));
    };
    let mut found = Vec::new();
    for (key, value) in entries {
        let path = key_path(path, key);
        if !known.contains(&key.as_str()) {
            let hint = match nearest(key, known.iter().copied()) {
                Some(near) => format!("unknown key; did you mean `{near}`?"),
                None => format!("unknown key; known are {}", known.join(", ")),
            };
            return Err(Malformed::at(&path, hint));
        }
        if *value != Json::Null {
            found.push((key.as_str(), path, value));
        }
    }
    Ok(found)
}

fn wrong(json: &Json, path: &str, wanted: &str) -> Malformed {
    Malformed::at(path, format!("expected {wanted}, found {}", json.kind()))
}

fn word(json: &Json, path: &str) -> Result<String> {
    match json {
        Json::Text(text) if text.len() > limits::WORD_BYTES => {
            Err(Malformed::at(path, format!("a word has at most {} bytes", limits::WORD_BYTES)))
        }
        Json::Text(text) if text.is_empty() => Err(Malformed::at(path, "the word is empty")),
        Json::Text(text) => Ok(text.clone()),
        _ => Err(wrong(json, path, "a word in double quotes")),
    }
}

fn told_word(json: &Json, path: &str) -> Result<Told<String>> {
    word(json, path).map(|word| if word == "none" { Told::None } else { Told::Is(word) })
}

fn list<T>(json: &Json, path: &str, read: fn(&Json, &str) -> Result<T>) -> Result<Vec<T>> {
    let values = members(json, path)?;
    if values.is_empty() {
        return Err(Malformed::at(path, "the list is empty; it needs at least one entry"));
    }
    values.iter().enumerate().map(|(index, value)| read(value, &format!("{path}[{index}]"))).collect()
}

fn members<'a>(json: &'a Json, path: &str) -> Result<&'a [Json]> {
    match json {
        Json::List(values) if values.len() > limits::LIST => {
            Err(Malformed::at(path, format!("a list has at most {} entries", limits::LIST)))
        }
        Json::List(values) => Ok(values),
        _ => Err(wrong(json, path, "a list")),
    }
}

/// A set of words: the empty list is the empty set.
fn words(json: &Json, path: &str) -> Result<Vec<String>> {
    let values = members(json, path)?;
    let mut found = Vec::with_capacity(values.len());
    for (index, value) in values.iter().enumerate() {
        let path = format!("{path}[{index}]");
        let word = word(value, &path)?;
        if word == "none" {
            return Err(Malformed::at(&path, "`none` is no member of a set; the empty set is []"));
        }
        found.push(word);
    }
    Ok(found)
}

/// One value, a list of them, or `none`.
fn told_many<T>(json: &Json, path: &str, read: fn(&Json, &str) -> Result<T>) -> Result<Told<Vec<T>>> {
    match json {
        Json::Text(text) if text == "none" => Ok(Told::None),
        Json::List(values) => {
            if values.contains(&Json::Text("none".into())) {
                return Err(Malformed::at(path, "`none` stands alone, not in a list"));
            }
            list(json, path, read).map(Told::Is)
        }
        _ => Ok(Told::Is([read(json, path)?].into())),
    }
}

fn item(json: &Json, path: &str) -> Result<Item> {
    let mut item = Item::default();
    if let Json::Text(_) = json {
        item.category = word(json, path)?;
        return Ok(item);
    }
    for (key, path, value) in entries(json, path, ITEM_KEYS)? {
        match key {
            "category" => item.category = word(value, &path)?,
            "form" => item.form = Some(words(value, &path)?),
            "collected" => item.collected = collected(value, &path)?,
            "contains" => item.contains = Some(words(value, &path)?),
            _ => item.facts = facts(value, &path)?,
        }
    }
    if item.category.is_empty() {
        return Err(Malformed::at(&key_path(path, "category"), "a data item needs a category"));
    }
    Ok(item)
}

fn subject(json: &Json, path: &str) -> Result<Subject> {
    let mut subject = Subject::default();
    if let Json::Text(_) = json {
        subject.term = word(json, path)?;
        return Ok(subject);
    }
    for (key, path, value) in entries(json, path, SUBJECT_KEYS)? {
        match key {
            "subject" => subject.term = word(value, &path)?,
            _ => subject.facts = facts(value, &path)?,
        }
    }
    if subject.term.is_empty() {
        return Err(Malformed::at(&key_path(path, "subject"), "name the data subject"));
    }
    Ok(subject)
}

fn leg(json: &Json, path: &str) -> Result<Leg> {
    let mut leg = Leg::default();
    for (key, path, value) in entries(json, path, LEG_KEYS)? {
        match key {
            "recipient" => leg.recipient = told_word(value, &path)?,
            "place" => leg.place = told_word(value, &path)?,
            _ => leg.measures = Some(words(value, &path)?),
        }
    }
    Ok(leg)
}

fn collected(json: &Json, path: &str) -> Result<Collected> {
    let text = word(json, path)?;
    match text.as_str() {
        "now" => Ok(Collected::Now),
        text => Date::parse(text)
            .map(Collected::On)
            .ok_or_else(|| Malformed::at(path, format!("`{text}` is no date; write YYYY-MM-DD or \"now\""))),
    }
}

fn retention(json: &Json, path: &str) -> Result<Retention> {
    let text = word(json, path)?;
    match text.as_str() {
        "none" => Ok(Retention::None),
        "agreed" => Ok(Retention::Agreed),
        text => Duration::parse(text).map(Retention::For).ok_or_else(|| {
            Malformed::at(
                path,
                format!("`{text}` is no duration; write ISO 8601 as in \"P12M\" or \"P30D\", \"agreed\", or \"none\""),
            )
        }),
    }
}

fn instant(json: &Json, path: &str) -> Result<Instant> {
    let text = word(json, path)?;
    Instant::parse(&text).ok_or_else(|| {
        Malformed::at(
            path,
            format!("`{text}` is no instant; write ISO 8601 with an offset as in \"2026-11-20T10:00:00Z\""),
        )
    })
}

fn facts(json: &Json, path: &str) -> Result<Facts> {
    let Json::Object(entries) = json else {
        return Err(wrong(json, path, "an object of facts"));
    };
    if entries.len() > limits::LIST {
        return Err(Malformed::at(path, format!("at most {} facts", limits::LIST)));
    }
    let mut facts = Facts::new();
    for (name, value) in entries {
        if *value != Json::Null {
            facts.push((name.clone(), fact(value, &key_path(path, name), true)?));
        }
    }
    Ok(facts)
}

fn fact(json: &Json, path: &str, sets: bool) -> Result<FactValue> {
    match json {
        Json::Bool(value) => Ok(FactValue::Bool(*value)),
        Json::Number(text) => Number::parse(text).map(FactValue::Number).ok_or_else(|| {
            Malformed::at(path, "a number has at most six digits after the point and lies within ±9.2 × 10¹²")
        }),
        Json::Text(text) if text.len() > limits::WORD_BYTES => {
            Err(Malformed::at(path, format!("a text has at most {} bytes", limits::WORD_BYTES)))
        }
        Json::Text(text) => Ok(FactValue::Text(text.clone())),
        Json::List(_) if sets => {
            let members = members(json, path)?.iter().enumerate();
            let read = members.map(|(index, value)| fact(value, &format!("{path}[{index}]"), false));
            read.collect::<Result<Vec<_>>>().map(FactValue::Set)
        }
        _ => Err(wrong(json, path, "a value (yes or no as true or false, a number, a text, or a list of them)")),
    }
}

// Writing: what is unknown is left out.

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
