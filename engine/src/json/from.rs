//! Reading values back from the JSON that they write.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Json, Malformed, Path};

/// The text that bytes are.
///
/// # Errors
/// When they aren't UTF-8, and from where on.
pub(crate) fn text_of(bytes: &[u8]) -> Result<&str, Malformed> {
    core::str::from_utf8(bytes)
        .map_err(|error| Malformed::at("", format!("not UTF-8 from byte {}", error.valid_up_to())))
}

/// A value that can be read from its JSON form, and from no other.
pub(crate) trait FromJson: Sized {
    /// Reads it from what stands at `path`.
    ///
    /// # Errors
    /// The first place where the JSON differs from the form.
    fn from_json(json: Json, path: &Path<'_>) -> Result<Self, Malformed>;
}

fn expected<T>(what: &str, found: &Json, path: &Path<'_>) -> Result<T, Malformed> {
    Err(Malformed::at(path, format!("expected {what}, found {}", found.kind())))
}

impl FromJson for bool {
    fn from_json(json: Json, path: &Path<'_>) -> Result<Self, Malformed> {
        match json {
            Json::Bool(value) => Ok(value),
            other => expected("true or false", &other, path),
        }
    }
}

impl FromJson for u32 {
    fn from_json(json: Json, path: &Path<'_>) -> Result<Self, Malformed> {
        match &json {
            Json::Number(text) => text.parse().or_else(|_| expected("a whole number below 2^32", &json, path)),
            other => expected("a number", other, path),
        }
    }
}

impl FromJson for String {
    fn from_json(json: Json, path: &Path<'_>) -> Result<Self, Malformed> {
        match json {
            Json::Text(text) => Ok(text),
            other => expected("a string", &other, path),
        }
    }
}

impl<T: FromJson> FromJson for Option<T> {
    fn from_json(json: Json, path: &Path<'_>) -> Result<Self, Malformed> {
        match json {
            Json::Null => Ok(None),
            other => T::from_json(other, path).map(Some),
        }
    }
}

impl<T: FromJson> FromJson for Vec<T> {
    fn from_json(json: Json, path: &Path<'_>) -> Result<Self, Malformed> {
        match json {
            Json::List(members) => {
                let members = members.into_iter().enumerate();
                members.map(|(index, member)| T::from_json(member, &Path::Index(path, index))).collect()
            }
            other => expected("a list", &other, path),
        }
    }
}

impl<T: FromJson, const N: usize> FromJson for [T; N] {
    fn from_json(json: Json, path: &Path<'_>) -> Result<Self, Malformed> {
        let members = Vec::from_json(json, path)?;
        members.try_into().map_err(|_| Malformed::at(path, format!("expected {N} members")))
    }
}

/// The fields of an object, taken one by one.
pub(crate) struct Fields(Vec<(String, Json)>);

impl Fields {
    /// # Errors
    /// When the value is no object.
    pub(crate) fn of(json: Json, path: &Path<'_>) -> Result<Self, Malformed> {
        match json {
            Json::Object(entries) => Ok(Fields(entries)),
            other => expected("an object", &other, path),
        }
    }

    /// # Errors
    /// When the field isn't there, or has another form.
    pub(crate) fn take<T: FromJson>(&mut self, key: &str, path: &Path<'_>) -> Result<T, Malformed> {
        let path = Path::Key(path, key);
        let found = self.0.iter().position(|(name, _)| name == key);
        let found = found.ok_or_else(|| Malformed::at(&path, "this field is missing"))?;
        T::from_json(self.0.remove(found).1, &path)
    }

    /// # Errors
    /// When a field is left that nobody took.
    pub(crate) fn end(self, path: &Path<'_>) -> Result<(), Malformed> {
        match self.0.first() {
            Some((key, _)) => Err(Malformed::at(&Path::Key(path, key), "an unknown field")),
            None => Ok(()),
        }
    }
}
