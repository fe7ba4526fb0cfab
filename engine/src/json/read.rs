//! Reading JSON: one pass over the text, each value once.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Json, Malformed, Path};
use crate::limits;

impl Json {
    /// Reads one JSON value, with nothing but white space around it.
    ///
    /// # Errors
    /// The first fault, with its path: nesting past `max_nesting`, a key past [`limits::WORD_BYTES`],
    /// and whatever isn't JSON. Work is linear in the text.
    pub fn parse(text: &str, max_nesting: usize) -> Result<Json, Malformed> {
        let mut reader = Reader { text, at: 0, max_nesting };
        let value = reader.value(&Path::Root, 0)?;
        reader.space();
        if reader.at < text.len() {
            return Err(reader.fault(&Path::Root, "text after the end of the JSON value"));
        }
        Ok(value)
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    max_nesting: usize,
}

impl Reader<'_> {
    fn fault(&self, path: &Path<'_>, message: &str) -> Malformed {
        let before = self.text.get(..self.at).unwrap_or("");
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        Malformed::at(path, format!("{message} (line {line}, column {column})"))
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

    fn word(&mut self, path: &Path<'_>, word: &str, value: Json) -> Result<Json, Malformed> {
        if self.text.get(self.at..).is_some_and(|rest| rest.starts_with(word)) {
            self.at += word.len();
            Ok(value)
        } else {
            Err(self.fault(path, "this is no JSON value"))
        }
    }

    fn value(&mut self, path: &Path<'_>, nesting: usize) -> Result<Json, Malformed> {
        if nesting > self.max_nesting {
            return Err(self.fault(path, &format!("nested deeper than {} levels", self.max_nesting)));
        }
        self.space();
        match self.peek() {
            Some(b'{') => self.object(path, nesting),
            Some(b'[') => self.list(path, nesting),
            Some(b'"') => self.string(path).map(Json::Text),
            Some(b'-' | b'0'..=b'9') => self.number(path),
            Some(b't') => self.word(path, "true", Json::Bool(true)),
            Some(b'f') => self.word(path, "false", Json::Bool(false)),
            Some(b'n') => self.word(path, "null", Json::Null),
            Some(_) => Err(self.fault(path, "this is no JSON value")),
            None => Err(self.fault(path, "the JSON ends too early")),
        }
    }

    fn object(&mut self, path: &Path<'_>, nesting: usize) -> Result<Json, Malformed> {
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
                return Err(self.fault(path, "expected a key in double quotes"));
            }
            let key = self.string(path)?;
            if key.len() > limits::WORD_BYTES {
                return Err(self.fault(path, &format!("a key has at most {} bytes", limits::WORD_BYTES)));
            }
            let value = {
                let path = &Path::Key(path, &key);
                if !keys.insert(key.clone()) {
                    return Err(self.fault(path, "this key stands twice; keep one"));
                }
                self.space();
                if !self.eat(b':') {
                    return Err(self.fault(path, "expected `:` after the key"));
                }
                self.value(path, nesting + 1)?
            };
            entries.push((key, value));
            self.space();
            if self.eat(b'}') {
                return Ok(Json::Object(entries));
            }
            if !self.eat(b',') {
                return Err(self.fault(path, "expected `,` or `}`"));
            }
        }
    }

    fn list(&mut self, path: &Path<'_>, nesting: usize) -> Result<Json, Malformed> {
        self.at += 1;
        let mut values = Vec::new();
        self.space();
        if self.eat(b']') {
            return Ok(Json::List(values));
        }
        loop {
            let value = self.value(&Path::Index(path, values.len()), nesting + 1)?;
            values.push(value);
            self.space();
            if self.eat(b']') {
                return Ok(Json::List(values));
            }
            if !self.eat(b',') {
                return Err(self.fault(path, "expected `,` or `]`"));
            }
        }
    }

    fn number(&mut self, path: &Path<'_>) -> Result<Json, Malformed> {
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
            Err(self.fault(path, "this is no JSON number"))
        }
    }

    fn string(&mut self, path: &Path<'_>) -> Result<String, Malformed> {
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
                    text.push(self.escape(path)?);
                }
                Some(_) => return Err(self.fault(path, "a control character in a string; write it as \\u00XX")),
                None => return Err(self.fault(path, "the string has no end")),
            }
        }
    }

    fn escape(&mut self, path: &Path<'_>) -> Result<char, Malformed> {
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
                let first = self.hex(path)?;
                let code = if (0xD800..0xDC00).contains(&first) {
                    let low = if self.eat(b'\\') && self.eat(b'u') { self.hex(path)? } else { 0 };
                    if !(0xDC00..0xE000).contains(&low) {
                        return Err(self.fault(path, "half of a surrogate pair"));
                    }
                    0x10000 + ((first - 0xD800) << 10) + (low - 0xDC00)
                } else {
                    first
                };
                return char::from_u32(code).ok_or_else(|| self.fault(path, "half of a surrogate pair"));
            }
            _ => return Err(self.fault(path, "an unknown escape in a string")),
        };
        Ok(plain)
    }

    fn hex(&mut self, path: &Path<'_>) -> Result<u32, Malformed> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|b| char::from(b).to_digit(16));
            let Some(digit) = digit else {
                return Err(self.fault(path, "expected four hexadecimal digits after \\u"));
            };
            code = code * 16 + digit;
            self.at += 1;
        }
        Ok(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

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

    #[test]
    fn every_escape_and_no_other() {
        let read = |text: &str| Json::parse(text, 1).ok();
        let all = r#""\"\\\/\b\f\n\r\t\u00e9""#;
        assert_eq!(read(all), Some(Json::Text("\"\\/\u{8}\u{c}\n\r\té".into())));
        for letter in ('\u{20}'..='~').filter(|letter| !"\"\\/bfnrtu".contains(*letter)) {
            assert_eq!(read(&alloc::format!("\"\\{letter}\"")), None, "{letter}");
        }
    }

    #[test]
    fn a_key_has_a_length() {
        let long = |length: usize| Json::parse(&alloc::format!("{{\"{}\":1}}", "k".repeat(length)), 1);
        assert!(long(limits::WORD_BYTES).is_ok());
        for length in [limits::WORD_BYTES + 1, limits::WORD_BYTES + 2] {
            assert!(long(length).is_err_and(|fault| fault.message.contains("a key has at most 1024 bytes")));
        }
    }
}
