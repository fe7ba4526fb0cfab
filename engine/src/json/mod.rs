//! JSON as RFC 8259 has it, read strictly: no duplicate keys, a bound on
//! nesting, and every fault with the path at which it lies. Numbers keep the
//! digits they were written with.

pub(crate) mod draft;
mod from;
mod read;
pub(crate) mod runs;
pub(crate) mod write;

pub(crate) use draft::{Drafted, Lent, Text};
pub(crate) use from::{Fields, FromJson, text_of};

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::{self, Write as _};

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
    pub(crate) fn at(path: &(impl ToString + ?Sized), message: impl Into<String>) -> Self {
        Malformed { path: path.to_string(), message: message.into() }
    }
}

/// Where a value stands in another. It is put in words only where something is wrong there.
#[derive(Clone, Copy)]
pub(crate) enum Path<'a> {
    /// The whole.
    Root,
    /// Under a key.
    Key(&'a Path<'a>, &'a str),
    /// A member of a list.
    Index(&'a Path<'a>, usize),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Path::Root => Ok(()),
            Path::Index(outer, index) => write!(out, "{outer}[{index}]"),
            Path::Key(outer, key) => {
                let plain = !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
                match (outer, plain) {
                    (Path::Root, true) => out.write_str(key),
                    (_, true) => write!(out, "{outer}.{key}"),
                    (_, false) => {
                        write!(out, "{outer}[")?;
                        write::quote(out, key)?;
                        out.write_char(']')
                    }
                }
            }
        }
    }
}

impl Json {
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

/// One line, no spaces, keys in the order held.
impl fmt::Display for Json {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write::value(out, self)
    }
}

/// The lines of a text in JSON lines, each one value; those of nothing but white space are passed over.
pub fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| *byte == b'\n').filter(|line| !line.iter().all(u8::is_ascii_whitespace))
}

/// A value that has a JSON form.
pub trait ToJson {
    /// The JSON form.
    fn to_json(&self) -> Json;

    /// Adds the JSON form to a text, in the bytes that [`ToJson::to_json`] is shown in.
    fn write_json(&self, out: &mut String) {
        write::whole(write::value(out, &self.to_json()));
    }
}

/// Writes a struct as a JSON object of its fields, in their order.
macro_rules! object {
    ($type:ty: $($field:ident)*) => {
        impl $crate::json::ToJson for $type {
            fn to_json(&self) -> $crate::json::Json {
                $crate::json::Json::Object(alloc::vec![
                    $((stringify!($field).into(), self.$field.to_json()),)*
                ])
            }

            fn write_json(&self, out: &mut alloc::string::String) {
                $crate::json::write::fields!(self, out, $($field)*);
            }
        }
    };
}

/// Declares a struct whose JSON form is an object of its fields, in their order; and its draft, or what it is lent as, if
/// that has a name.
macro_rules! record {
    ($(#[$meta:meta])* pub struct $name:ident drafted as $draft:ident {
        $($(#[$field_meta:meta])* pub $field:ident: $type:ty,)*
    }) => {
        $crate::json::record! {
            $(#[$meta])* pub struct $name { $($(#[$field_meta])* pub $field: $type,)* }
        }

        /// The same in the making.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub(crate) struct $draft<'a> {
            $(pub $field: <$type as $crate::json::Drafted>::Draft<'a>,)*
        }

        $crate::json::object!($draft<'_>: $($field)*);

        $crate::json::draft::drafts! {
            $name as $draft<'a>, in alloc::vec::Vec<$draft<'a>>, made by |draft| $name {
                $($field: $crate::json::Drafted::of_draft(draft.$field),)*
            };
        }
    };
    ($(#[$meta:meta])* pub struct $name:ident lent as $loan:ident {
        $($(#[$field_meta:meta])* pub $field:ident: $type:ty,)*
    }) => {
        $crate::json::record! {
            $(#[$meta])* pub struct $name { $($(#[$field_meta])* pub $field: $type,)* }
        }

        /// The same, lent where it stands.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) struct $loan<'a> {
            $(pub $field: <$type as $crate::json::Lent>::Loan<'a>,)*
        }

        $crate::json::object!($loan<'_>: $($field)*);

        $crate::json::draft::drafts! {
            $name as $loan<'a>, in alloc::vec::Vec<$loan<'a>>, made by |loan| $name {
                $($field: $crate::json::Lent::of_loan(loan.$field),)*
            };
        }
    };
    ($(#[$meta:meta])* pub struct $name:ident { $($(#[$field_meta:meta])* pub $field:ident: $type:ty,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub struct $name { $($(#[$field_meta])* pub $field: $type,)* }

        $crate::json::object!($name: $($field)*);

        impl $crate::json::FromJson for $name {
            fn from_json(
                json: $crate::json::Json,
                path: &$crate::json::Path<'_>,
            ) -> Result<Self, $crate::json::Malformed> {
                let mut fields = $crate::json::Fields::of(json, path)?;
                let read = $name { $($field: fields.take(stringify!($field), path)?,)* };
                fields.end(path)?;
                Ok(read)
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

        $crate::json::draft::drafts! { $name as $name, in alloc::vec::Vec<$name>, made by |own| own; }

        impl $crate::json::ToJson for $name {
            fn to_json(&self) -> $crate::json::Json {
                $crate::json::Json::Text(self.word().into())
            }

            fn write_json(&self, out: &mut alloc::string::String) {
                $crate::json::write::text(out, self.word());
            }
        }

        impl $crate::json::FromJson for $name {
            fn from_json(
                json: $crate::json::Json,
                path: &$crate::json::Path<'_>,
            ) -> Result<Self, $crate::json::Malformed> {
                let word = <alloc::string::String as $crate::json::FromJson>::from_json(json, path)?;
                let unknown = || $crate::json::Malformed::at(path, alloc::format!("`{word}` is no such word"));
                Self::of(&word).ok_or_else(unknown)
            }
        }
    };
}

pub(crate) use {object, record, words};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_written_as_they_are_read() {
        let data = Path::Key(&Path::Root, "data");
        let item = Path::Index(&data, 2);
        let facts = Path::Key(&item, "facts");
        for (key, shown) in [
            ("plain_1", "data[2].facts.plain_1"),
            ("_", "data[2].facts._"),
            ("with space", "data[2].facts[\"with space\"]"),
            ("dash-ed", "data[2].facts[\"dash-ed\"]"),
            ("", "data[2].facts[\"\"]"),
            ("ä", "data[2].facts[\"ä\"]"),
        ] {
            assert_eq!(Path::Key(&facts, key).to_string(), shown);
        }
        assert_eq!(Path::Key(&Path::Root, "").to_string(), "[\"\"]");
        assert_eq!(Malformed::at("", "wrong").to_string(), "operation: wrong");
        assert_eq!(Malformed::at(&item, "wrong").to_string(), "data[2]: wrong");
    }

    #[test]
    fn what_has_to_be_escaped_is() {
        let text = Json::Text("\"\\\n\r\t\u{0}\u{1f}\u{20}/é".into());
        assert_eq!(text.to_string(), r#""\"\\\n\r\t\u0000\u001f /é""#);
    }
}
