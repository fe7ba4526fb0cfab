//! The wire form of an operation: JSON in, [`Operation`] out, and back.
//!
//! One definition for every host: serde, the command line and the WebAssembly
//! module all read operations here.

pub(crate) mod few;
pub(crate) mod parts;
pub(crate) mod plain;
pub(crate) mod scan;
pub(crate) mod takes;
mod write;

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::calendar::{Date, Duration, Instant};
use crate::json::{Json, Malformed, Path, text_of};
use crate::limits;
use crate::nearest::nearest;
use crate::operation::{Collected, Facts, Item, Leg, Operation, Retention, Subject, Told};
use crate::value::{FactValue, Number};
use plain::Plain;

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
    /// Reads an operation from JSON text, in UTF-8, complete and well-formed.
    ///
    /// # Errors
    /// The first fault, with its JSON path. Work is linear in the text, at most
    /// [`limits::OPERATION_BYTES`].
    pub fn from_json(text: impl AsRef<[u8]>) -> Result<Self> {
        let operation = Self::read(text.as_ref())?;
        operation.validate()?;
        Ok(operation)
    }

    /// Reads an operation that may lack its action and data, to be filled in from another or to fill in others.
    ///
    /// # Errors
    /// As [`Operation::from_json`], without the checks that need the whole operation.
    pub fn partial_from_json(text: impl AsRef<[u8]>) -> Result<Self> {
        Self::read(text.as_ref())
    }

    /// The usual text is read in one pass; what isn't usual, or isn't right, by way of a JSON value.
    fn read(text: &[u8]) -> Result<Self> {
        match Plain::read(text) {
            Some(plain) => Ok(plain.owned()),
            None => Self::read_by_value(text),
        }
    }

    /// Reads an operation by way of a JSON value.
    pub(crate) fn read_by_value(text: &[u8]) -> Result<Self> {
        if text.len() > limits::OPERATION_BYTES {
            let message =
                format!("an operation has at most {} bytes; this one has {}", limits::OPERATION_BYTES, text.len());
            return Err(Malformed::at("", message));
        }
        Self::from_value(&Json::parse(text_of(text)?, limits::OPERATION_NESTING)?)
    }

    /// Reads an operation in one pass, as [`Operation::partial_from_json`] first tries to; none where it has to go the
    /// other way.
    #[cfg(feature = "steps")]
    #[must_use]
    pub fn read_plainly(text: &[u8]) -> Option<Self> {
        Plain::read(text).map(|plain| plain.owned())
    }

    /// Reads an operation by way of a JSON value, as [`Operation::partial_from_json`] does where one pass isn't enough.
    ///
    /// # Errors
    /// As [`Operation::partial_from_json`].
    #[cfg(feature = "steps")]
    pub fn read_wholly(text: &[u8]) -> Result<Self> {
        Self::read_by_value(text)
    }

    /// Reads an operation from a JSON value. Does not check the whole: see [`Operation::validate`].
    ///
    /// # Errors
    /// The first fault, with its JSON path.
    pub fn from_value(json: &Json) -> Result<Self> {
        let mut operation = Operation::default();
        for (key, value) in entries(json, &Path::Root, KEYS)? {
            let path = Path::Key(&Path::Root, key);
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
        Plain::of(self).validate()
    }
}

impl Plain<'_> {
    /// Checks what makes an operation well-formed: its sizes, which a reader bounds and a builder doesn't, and the whole.
    ///
    /// # Errors
    /// As [`Operation::validate`].
    pub(crate) fn validate(&self) -> Result<()> {
        self.within_limits()?;
        self.is_whole()
    }

    /// Checks what makes an operation well-formed as a whole, of one whose sizes a reader bounded.
    ///
    /// # Errors
    /// As [`Operation::validate`].
    pub(crate) fn is_whole(&self) -> Result<()> {
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
        empty(self.subjects.value().is_some_and(|list| list.is_empty()), "subjects")?;
        empty(self.purposes.value().is_some_and(|list| list.is_empty()), "purpose")?;
        empty(self.origins.value().is_some_and(|list| list.is_empty()), "origin")?;
        if self.tells_legs_twice() {
            return Err(Malformed::at("legs", "either `legs`, or `recipient` and `place`, not both"));
        }
        if self.role == Some("none") {
            return Err(Malformed::at("role", "a role is `processor` or `controller`"));
        }
        let counts = self.counts();
        let points = parts::points_of(counts);
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
fn entries<'a>(json: &'a Json, path: &Path<'_>, known: &[&'static str]) -> Result<Vec<(&'a str, &'a Json)>> {
    let Json::Object(entries) = json else {
        return Err(wrong(json, path, "an object"));
    };
    let mut found = Vec::new();
    for (key, value) in entries {
        let path = Path::Key(path, key);
        if !known.contains(&key.as_str()) {
            let hint = match nearest(key, known.iter().copied()) {
                Some(near) => format!("unknown key; did you mean `{near}`?"),
                None => format!("unknown key; known are {}", known.join(", ")),
            };
            return Err(Malformed::at(&path, hint));
        }
        if *value != Json::Null {
            found.push((key.as_str(), value));
        }
    }
    Ok(found)
}

fn wrong(json: &Json, path: &Path<'_>, wanted: &str) -> Malformed {
    Malformed::at(path, format!("expected {wanted}, found {}", json.kind()))
}

fn word(json: &Json, path: &Path<'_>) -> Result<String> {
    match json {
        Json::Text(text) if text.len() > limits::WORD_BYTES => {
            Err(Malformed::at(path, format!("a word has at most {} bytes", limits::WORD_BYTES)))
        }
        Json::Text(text) if text.is_empty() => Err(Malformed::at(path, "the word is empty")),
        Json::Text(text) => Ok(text.clone()),
        _ => Err(wrong(json, path, "a word in double quotes")),
    }
}

fn told_word(json: &Json, path: &Path<'_>) -> Result<Told<String>> {
    word(json, path).map(|word| if word == "none" { Told::None } else { Told::Is(word) })
}

fn list<T>(json: &Json, path: &Path<'_>, read: fn(&Json, &Path<'_>) -> Result<T>) -> Result<Vec<T>> {
    let values = members(json, path)?;
    if values.is_empty() {
        return Err(Malformed::at(path, "the list is empty; it needs at least one entry"));
    }
    values.iter().enumerate().map(|(index, value)| read(value, &Path::Index(path, index))).collect()
}

fn members<'a>(json: &'a Json, path: &Path<'_>) -> Result<&'a [Json]> {
    match json {
        Json::List(values) if values.len() > limits::LIST => {
            Err(Malformed::at(path, format!("a list has at most {} entries", limits::LIST)))
        }
        Json::List(values) => Ok(values),
        _ => Err(wrong(json, path, "a list")),
    }
}

/// A set of words: the empty list is the empty set.
fn words(json: &Json, path: &Path<'_>) -> Result<Vec<String>> {
    let values = members(json, path)?;
    let mut found = Vec::with_capacity(values.len());
    for (index, value) in values.iter().enumerate() {
        let path = Path::Index(path, index);
        let word = word(value, &path)?;
        if word == "none" {
            return Err(Malformed::at(&path, "`none` is no member of a set; the empty set is []"));
        }
        found.push(word);
    }
    Ok(found)
}

/// One value, a list of them, or `none`.
fn told_many<T>(json: &Json, path: &Path<'_>, read: fn(&Json, &Path<'_>) -> Result<T>) -> Result<Told<Vec<T>>> {
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

fn item(json: &Json, path: &Path<'_>) -> Result<Item> {
    let mut item = Item::default();
    if let Json::Text(_) = json {
        item.category = word(json, path)?;
        return Ok(item);
    }
    for (key, value) in entries(json, path, ITEM_KEYS)? {
        let path = Path::Key(path, key);
        match key {
            "category" => item.category = word(value, &path)?,
            "form" => item.form = Some(words(value, &path)?),
            "collected" => item.collected = collected(value, &path)?,
            "contains" => item.contains = Some(words(value, &path)?),
            _ => item.facts = facts(value, &path)?,
        }
    }
    if item.category.is_empty() {
        return Err(Malformed::at(&Path::Key(path, "category"), "a data item needs a category"));
    }
    Ok(item)
}

fn subject(json: &Json, path: &Path<'_>) -> Result<Subject> {
    let mut subject = Subject::default();
    if let Json::Text(_) = json {
        subject.term = word(json, path)?;
        return Ok(subject);
    }
    for (key, value) in entries(json, path, SUBJECT_KEYS)? {
        let path = Path::Key(path, key);
        match key {
            "subject" => subject.term = word(value, &path)?,
            _ => subject.facts = facts(value, &path)?,
        }
    }
    if subject.term.is_empty() {
        return Err(Malformed::at(&Path::Key(path, "subject"), "name the data subject"));
    }
    Ok(subject)
}

fn leg(json: &Json, path: &Path<'_>) -> Result<Leg> {
    let mut leg = Leg::default();
    for (key, value) in entries(json, path, LEG_KEYS)? {
        let path = Path::Key(path, key);
        match key {
            "recipient" => leg.recipient = told_word(value, &path)?,
            "place" => leg.place = told_word(value, &path)?,
            _ => leg.measures = Some(words(value, &path)?),
        }
    }
    Ok(leg)
}

fn collected(json: &Json, path: &Path<'_>) -> Result<Collected> {
    let text = word(json, path)?;
    match text.as_str() {
        "now" => Ok(Collected::Now),
        text => Date::parse(text)
            .map(Collected::On)
            .ok_or_else(|| Malformed::at(path, format!("`{text}` is no date; write YYYY-MM-DD or \"now\""))),
    }
}

fn retention(json: &Json, path: &Path<'_>) -> Result<Retention> {
    let text = word(json, path)?;
    match text.as_str() {
        "none" => Ok(Retention::None),
        "agreed" => Ok(Retention::Agreed),
        text => Duration::parse(text).map(Retention::For).ok_or_else(|| {
            Malformed::at(
                path,
                format!("`{text}` is no duration of at most a thousand years; write ISO 8601 as in \"P12M\" or \"P30D\", \"agreed\", or \"none\""),
            )
        }),
    }
}

fn instant(json: &Json, path: &Path<'_>) -> Result<Instant> {
    let text = word(json, path)?;
    Instant::parse(&text).ok_or_else(|| {
        Malformed::at(
            path,
            format!("`{text}` is no instant; write ISO 8601 with an offset as in \"2026-11-20T10:00:00Z\""),
        )
    })
}

fn facts(json: &Json, path: &Path<'_>) -> Result<Facts> {
    let Json::Object(entries) = json else {
        return Err(wrong(json, path, "an object of facts"));
    };
    if entries.len() > limits::LIST {
        return Err(Malformed::at(path, format!("at most {} facts", limits::LIST)));
    }
    let mut facts = Facts::new();
    for (name, value) in entries {
        if *value != Json::Null {
            facts.push((name.clone(), fact(value, &Path::Key(path, name), true)?));
        }
    }
    Ok(facts)
}

fn fact(json: &Json, path: &Path<'_>, sets: bool) -> Result<FactValue> {
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
            let read = members.map(|(index, value)| fact(value, &Path::Index(path, index), false));
            read.collect::<Result<Vec<_>>>().map(FactValue::Set)
        }
        _ => Err(wrong(json, path, "a value (yes or no as true or false, a number, a text, or a list of them)")),
    }
}
