//! JSON as RFC 8259 has it, read strictly: no duplicate keys, a bound on
//! nesting, and every fault with the path at which it lies. Numbers keep the
//! digits they were written with.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Write as _;

/// A JSON value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Json {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A number, as written.
    Number(String),
    /// A string.
    Text(String),
    /// An array.
    List(Vec<Json>),
    /// An object, its keys in the order written, each once.
    Object(Vec<(String, Json)>),
}

/// What is wrong with an operation, and where in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {message}", if .path.is_empty() { "operation" } else { .path })]
pub struct Malformed {
    /// The JSON path, as in `data[0].form`; empty for the whole.
    pub path: String,
    /// What is wrong and what to write instead.
    pub message: String,
}

impl Malformed {
    pub(crate) fn at(path: &str, message: impl Into<String>) -> Self {
        Malformed { path: path.to_owned(), message: message.into() }
    }
}

/// The path of a key below `path`.
pub(crate) fn key_path(path: &str, key: &str) -> String {
    let plain = !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    match (path.is_empty(), plain) {
        (true, true) => key.to_owned(),
        (false, true) => format!("{path}.{key}"),
        (_, false) => format!("{path}[{}]", Json::Text(key.to_owned())),
    }
}

impl Json {
    /// Reads one JSON value, with nothing but white space around it.
    ///
    /// # Errors
    /// The first fault, with its path. Work is linear in the text.
    pub fn parse(text: &str, max_nesting: usize) -> Result<Json, Malformed> {
        let mut reader = Reader { text, at: 0, path: String::new(), max_nesting };
        let value = reader.value(0)?;
        reader.space();
        if reader.at < text.len() {
            return Err(reader.fault("text after the end of the JSON value"));
        }
        Ok(value)
    }

    /// What kind of value this is, for messages.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Json::Null => "null",
            Json::Bool(_) => "true or false",
            Json::Number(_) => "a number",
            Json::Text(_) => "a string",
            Json::List(_) => "a list",
            Json::Object(_) => "an object",
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    path: String,
    max_nesting: usize,
}

impl Reader<'_> {
    fn fault(&self, message: &str) -> Malformed {
        let before = self.text.get(..self.at).unwrap_or("");
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        Malformed::at(&self.path, format!("{message} (line {line}, column {column})"))
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn word(&mut self, word: &str, value: Json) -> Result<Json, Malformed> {
        if self.text.get(self.at..).is_some_and(|rest| rest.starts_with(word)) {
            self.at += word.len();
            Ok(value)
        } else {
            Err(self.fault("this is no JSON value"))
        }
    }

    fn value(&mut self, nesting: usize) -> Result<Json, Malformed> {
        if nesting > self.max_nesting {
            return Err(self.fault(&format!("nested deeper than {} levels", self.max_nesting)));
        }
        self.space();
        match self.peek() {
            Some(b'{') => self.object(nesting),
            Some(b'[') => self.list(nesting),
            Some(b'"') => self.string().map(Json::Text),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true", Json::Bool(true)),
            Some(b'f') => self.word("false", Json::Bool(false)),
            Some(b'n') => self.word("null", Json::Null),
            Some(_) => Err(self.fault("this is no JSON value")),
            None => Err(self.fault("the JSON ends too early")),
        }
    }

    fn object(&mut self, nesting: usize) -> Result<Json, Malformed> {
        self.at += 1;
        let mut entries: Vec<(String, Json)> = Vec::new();
        let mut keys = alloc::collections::BTreeSet::new();
        self.space();
        if self.eat(b'}') {
            return Ok(Json::Object(entries));
        }
        loop {
            self.space();
            if self.peek() != Some(b'"') {
                return Err(self.fault("expected a key in double quotes"));
            }
            let key = self.string()?;
            let outer = self.path.clone();
            self.path = key_path(&outer, &key);
            if !keys.insert(key.clone()) {
                return Err(self.fault("this key stands twice; keep one"));
            }
            self.space();
            if !self.eat(b':') {
                return Err(self.fault("expected `:` after the key"));
            }
            let value = self.value(nesting + 1)?;
            entries.push((key, value));
            self.path = outer;
            self.space();
            if self.eat(b'}') {
                return Ok(Json::Object(entries));
            }
            if !self.eat(b',') {
                return Err(self.fault("expected `,` or `}`"));
            }
        }
    }

    fn list(&mut self, nesting: usize) -> Result<Json, Malformed> {
        self.at += 1;
        let mut values = Vec::new();
        self.space();
        if self.eat(b']') {
            return Ok(Json::List(values));
        }
        loop {
            let outer = self.path.clone();
            self.path = format!("{outer}[{}]", values.len());
            values.push(self.value(nesting + 1)?);
            self.path = outer;
            self.space();
            if self.eat(b']') {
                return Ok(Json::List(values));
            }
            if !self.eat(b',') {
                return Err(self.fault("expected `,` or `]`"));
            }
        }
    }

    fn number(&mut self) -> Result<Json, Malformed> {
        let start = self.at;
        self.eat(b'-');
        let digits = |reader: &mut Self| {
            let from = reader.at;
            while matches!(reader.peek(), Some(b'0'..=b'9')) {
                reader.at += 1;
            }
            reader.at > from
        };
        let whole = if self.eat(b'0') { true } else { digits(self) };
        let fraction = if self.eat(b'.') { digits(self) } else { true };
        let mut exponent = true;
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            exponent = digits(self);
        }
        let text = self.text.get(start..self.at).unwrap_or("");
        if whole && fraction && exponent && !matches!(self.peek(), Some(b'0'..=b'9')) {
            Ok(Json::Number(text.to_owned()))
        } else {
            Err(self.fault("this is no JSON number"))
        }
    }

    fn string(&mut self) -> Result<String, Malformed> {
        self.at += 1;
        let mut text = String::new();
        loop {
            let start = self.at;
            while !matches!(self.peek(), None | Some(b'"' | b'\\' | 0..0x20)) {
                self.at += 1;
            }
            text.push_str(self.text.get(start..self.at).unwrap_or(""));
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(text);
                }
                Some(b'\\') => {
                    self.at += 1;
                    text.push(self.escape()?);
                }
                Some(_) => return Err(self.fault("a control character in a string; write it as \\u00XX")),
                None => return Err(self.fault("the string has no end")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, Malformed> {
        let letter = self.peek();
        self.at += 1;
        let plain = match letter {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                let first = self.hex()?;
                let code = if (0xD800..0xDC00).contains(&first) {
                    let low = if self.eat(b'\\') && self.eat(b'u') { self.hex()? } else { 0 };
                    if !(0xDC00..0xE000).contains(&low) {
                        return Err(self.fault("half of a surrogate pair"));
                    }
                    0x10000 + ((first - 0xD800) << 10) + (low - 0xDC00)
                } else {
                    first
                };
                return char::from_u32(code).ok_or_else(|| self.fault("half of a surrogate pair"));
            }
            _ => return Err(self.fault("an unknown escape in a string")),
        };
        Ok(plain)
    }

    fn hex(&mut self) -> Result<u32, Malformed> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|b| char::from(b).to_digit(16));
            let Some(digit) = digit else {
                return Err(self.fault("expected four hexadecimal digits after \\u"));
            };
            code = code * 16 + digit;
            self.at += 1;
        }
        Ok(code)
    }
}

/// One line, no spaces, keys in the order held.
impl core::fmt::Display for Json {
    fn fmt(&self, out: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Json::Null => out.write_str("null"),
            Json::Bool(value) => write!(out, "{value}"),
            Json::Number(text) => out.write_str(text),
            Json::Text(text) => quote(out, text),
            Json::List(values) => {
                out.write_char('[')?;
                for (index, value) in values.iter().enumerate() {
                    if index > 0 {
                        out.write_char(',')?;
                    }
                    value.fmt(out)?;
                }
                out.write_char(']')
            }
            Json::Object(entries) => {
                out.write_char('{')?;
                for (index, (key, value)) in entries.iter().enumerate() {
                    if index > 0 {
                        out.write_char(',')?;
                    }
                    quote(out, key)?;
                    out.write_char(':')?;
                    value.fmt(out)?;
                }
                out.write_char('}')
            }
        }
    }
}

fn quote(out: &mut core::fmt::Formatter<'_>, text: &str) -> core::fmt::Result {
    out.write_char('"')?;
    for c in text.chars() {
        match c {
            '"' => out.write_str("\\\"")?,
            '\\' => out.write_str("\\\\")?,
            '\n' => out.write_str("\\n")?,
            '\r' => out.write_str("\\r")?,
            '\t' => out.write_str("\\t")?,
            c if (c as u32) < 0x20 => write!(out, "\\u{:04x}", c as u32)?,
            c => out.write_char(c)?,
        }
    }
    out.write_char('"')
}

/// A value that has a JSON form.
pub trait ToJson {
    /// The JSON form.
    fn to_json(&self) -> Json;
}

impl ToJson for bool {
    fn to_json(&self) -> Json {
        Json::Bool(*self)
    }
}

impl ToJson for u32 {
    fn to_json(&self) -> Json {
        Json::Number(self.to_string())
    }
}

impl ToJson for String {
    fn to_json(&self) -> Json {
        Json::Text(self.clone())
    }
}

impl<T: ToJson> ToJson for Option<T> {
    fn to_json(&self) -> Json {
        self.as_ref().map_or(Json::Null, ToJson::to_json)
    }
}

impl<T: ToJson> ToJson for Vec<T> {
    fn to_json(&self) -> Json {
        Json::List(self.iter().map(ToJson::to_json).collect())
    }
}

impl<T: ToJson, const N: usize> ToJson for [T; N] {
    fn to_json(&self) -> Json {
        Json::List(self.iter().map(ToJson::to_json).collect())
    }
}

/// Declares a struct whose JSON form is an object of its fields, in their order.
macro_rules! record {
    ($(#[$meta:meta])* pub struct $name:ident { $($(#[$field_meta:meta])* pub $field:ident: $type:ty,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub struct $name { $($(#[$field_meta])* pub $field: $type,)* }

        impl $crate::json::ToJson for $name {
            fn to_json(&self) -> $crate::json::Json {
                $crate::json::Json::Object(alloc::vec![
                    $((stringify!($field).into(), self.$field.to_json()),)*
                ])
            }
        }
    };
}

/// Declares an enum of words; its JSON form is the word.
macro_rules! words {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub enum $name {
            $($(#[$variant_meta])* #[cfg_attr(feature = "schema", schemars(rename = $word))] $variant,)*
        }

        impl $name {
            /// Every one, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word for it in the language and in JSON.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// The one that a word stands for.
            #[must_use]
            pub fn of(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)* _ => None }
            }
        }

        impl $crate::json::ToJson for $name {
            fn to_json(&self) -> $crate::json::Json {
                $crate::json::Json::Text(self.word().into())
            }
        }
    };
}

pub(crate) use {record, words};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes() {
        let text = r#"{"a":[1,-2.5e3,true,null,"é\n\u0041😀\u001f"],"b":{}}"#;
        let read = Json::parse(text, 8).map(|j| j.to_string());
        assert_eq!(read.as_deref(), Ok(r#"{"a":[1,-2.5e3,true,null,"é\nA😀\u001f"],"b":{}}"#));
        assert_eq!(Json::parse(r#""\ud83d\ude00""#, 1), Ok(Json::Text("😀".into())));
    }

    #[test]
    fn faults_have_a_path() {
        let fault = |text: &str| Json::parse(text, 3).err().map(|e| e.to_string()).unwrap_or_default();
        assert!(fault(r#"{"data":[{"form":1,"form":2}]}"#).starts_with("data[0].form: this key stands twice"));
        assert!(fault("[[[[[1]]]]]").contains("nested deeper than 3"));
        for text in [
            "",
            "{",
            "[1,]",
            "01",
            "1.",
            "+1",
            "nul",
            "\"a",
            "\"\\x\"",
            "\"\\ud800\"",
            "1 2",
            "{\"a\"}",
            "\"\u{1}\"",
            "-",
        ] {
            assert!(!fault(text).is_empty(), "{text}");
        }
    }
}
