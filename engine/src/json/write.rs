//! Writing values: as a tree, and the same bytes at once as text.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::{self, Write};

use super::runs::{is_ascii_run, run};
use super::{Json, ToJson};
use crate::many::Many;

/// Writes a value: one line, no spaces, keys in the order held.
pub(super) fn value<W: Write>(out: &mut W, value: &Json) -> fmt::Result {
    match value {
        Json::Null => out.write_str("null"),
        Json::Bool(value) => out.write_str(if *value { "true" } else { "false" }),
        Json::Number(text) => out.write_str(text),
        Json::Text(text) => quote(out, text),
        Json::List(values) => {
            out.write_char('[')?;
            for (index, one) in values.iter().enumerate() {
                if index > 0 {
                    out.write_char(',')?;
                }
                self::value(out, one)?;
            }
            out.write_char(']')
        }
        Json::Object(entries) => {
            out.write_char('{')?;
            for (index, (key, one)) in entries.iter().enumerate() {
                if index > 0 {
                    out.write_char(',')?;
                }
                quote(out, key)?;
                out.write_char(':')?;
                self::value(out, one)?;
            }
            out.write_char('}')
        }
    }
}

/// Writes a string, with what has to be escaped; the rest run by run.
pub(super) fn quote<W: Write>(out: &mut W, text: &str) -> fmt::Result {
    out.write_char('"')?;
    let mut rest = text;
    // A byte that has to be escaped is a character by itself, so that the text splits there.
    while let Some((run, left)) = rest.split_at_checked(run(rest.as_bytes())) {
        out.write_str(run)?;
        let mut escaped = left.chars();
        match escaped.next() {
            None => break,
            Some('"') => out.write_str("\\\"")?,
            Some('\\') => out.write_str("\\\\")?,
            Some('\n') => out.write_str("\\n")?,
            Some('\r') => out.write_str("\\r")?,
            Some('\t') => out.write_str("\\t")?,
            Some(control) => write!(out, "\\u{:04x}", control as u32)?,
        }
        rest = escaped.as_str();
    }
    out.write_char('"')
}

/// What was written to a text, which takes everything.
pub(super) fn whole(written: fmt::Result) {
    debug_assert!(written.is_ok(), "a text takes everything");
}

/// Adds a string to a text.
pub(crate) fn text(out: &mut String, text: &str) {
    if is_ascii_run(text.as_bytes()) {
        out.push('"');
        out.push_str(text);
        return out.push('"');
    }
    escaped(out, text);
}

/// Adds a string that perhaps has what has to be escaped.
#[cold]
#[inline(never)]
fn escaped(out: &mut String, text: &str) {
    whole(quote(out, text));
}

/// Adds members to a text.
fn list<T: ToJson>(out: &mut String, members: &[T]) {
    out.push('[');
    for (index, member) in members.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        member.write_json(out);
    }
    out.push(']');
}

/// Adds fields to a text, as an object.
macro_rules! fields {
    ($self:ident, $out:ident, $first:ident $($field:ident)*) => {
        $out.push_str(concat!("{\"", stringify!($first), "\":"));
        $crate::json::ToJson::write_json(&$self.$first, $out);
        $(
            $out.push_str(concat!(",\"", stringify!($field), "\":"));
            $crate::json::ToJson::write_json(&$self.$field, $out);
        )*
        $out.push('}');
    };
}

pub(crate) use fields;

impl ToJson for bool {
    fn to_json(&self) -> Json {
        Json::Bool(*self)
    }

    fn write_json(&self, out: &mut String) {
        out.push_str(if *self { "true" } else { "false" });
    }
}

impl ToJson for u32 {
    fn to_json(&self) -> Json {
        Json::Number(self.to_string())
    }

    fn write_json(&self, out: &mut String) {
        match char::from_digit(*self, 10) {
            Some(digit) => out.push(digit),
            None => whole(write!(out, "{self}")),
        }
    }
}

impl ToJson for String {
    fn to_json(&self) -> Json {
        Json::Text(self.clone())
    }

    fn write_json(&self, out: &mut String) {
        text(out, self);
    }
}

impl ToJson for &str {
    fn to_json(&self) -> Json {
        Json::Text(self.to_string())
    }

    fn write_json(&self, out: &mut String) {
        text(out, self);
    }
}

impl<T: ToJson> ToJson for Option<T> {
    fn to_json(&self) -> Json {
        self.as_ref().map_or(Json::Null, ToJson::to_json)
    }

    fn write_json(&self, out: &mut String) {
        match self {
            Some(value) => value.write_json(out),
            None => out.push_str("null"),
        }
    }
}

/// What is written as a list of members.
macro_rules! lists {
    ($($list:ty $(, const $count:ident)?;)*) => {
        $(impl<T: ToJson $(, const $count: usize)?> ToJson for $list {
            fn to_json(&self) -> Json {
                Json::List(self.iter().map(ToJson::to_json).collect())
            }

            fn write_json(&self, out: &mut String) {
                list(out, self);
            }
        })*
    };
}

lists! {
    Vec<T>;
    Many<T>;
    &[T];
    [T; N], const N;
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    /// The text of a string, character by character as RFC 8259 has it.
    fn spelled(text: &str) -> String {
        let one = |c: char| match c {
            '"' => "\\\"".to_string(),
            '\\' => "\\\\".to_string(),
            '\n' => "\\n".to_string(),
            '\r' => "\\r".to_string(),
            '\t' => "\\t".to_string(),
            c if (c as u32) < 32 => format!("\\u{:04x}", c as u32),
            c => c.to_string(),
        };
        format!("\"{}\"", text.chars().map(one).collect::<String>())
    }

    #[test]
    fn every_character_is_written_wherever_it_stands() {
        let some = ['\u{7f}', '\u{80}', '\u{a2}', '\u{dc}', 'é', '\u{2022}', '\u{fffd}', '\u{1f4dc}', '\u{10ffff}'];
        for c in ('\0'..='\u{7f}').chain(some) {
            for before in 0..10 {
                for after in [0, 3, 12] {
                    let text = format!("{}{c}{c}{}", "!".repeat(before), "]".repeat(after));
                    let mut written = String::from("x");
                    text.write_json(&mut written);
                    assert_eq!(written, format!("x{}", spelled(&text)));
                    assert_eq!(text.to_json().to_string(), spelled(&text));
                }
            }
        }
    }

    #[test]
    fn the_text_is_that_of_the_tree() {
        fn alike(value: &impl ToJson, wanted: &str) {
            let mut written = String::new();
            value.write_json(&mut written);
            assert_eq!((written.as_str(), value.to_json().to_string().as_str()), (wanted, wanted));
        }
        alike(&[0u32, 9, 10, u32::MAX], "[0,9,10,4294967295]");
        alike(&Vec::<u32>::new(), "[]");
        alike(&Vec::from([Some(true), None, Some(false)]), "[true,null,false]");
        alike(&crate::decision::Question { path: "a".into(), text: "\"".into() }, r#"{"path":"a","text":"\""}"#);
        alike(&crate::decision::TimeFrom::Host, "\"host\"");
    }
}
