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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decision::{Decision, DutyState, Kind, PolicyRef, Question};
    use alloc::string::ToString;
    use alloc::vec;

    /// A decision with something in every field, as it is written.
    const FULL: &str = concat!(
        r#"{"verdict":"pause","summary":"s","policy":{"name":"p","title":"P","version":"1","hash":"00","layers":["a","b"]},"#,
        r#""time":"2026-11-20T10:00:00Z","time_from":"operation","#,
        r#""covered":[{"citation":{"layer":"a","clause":"1","title":"t","rule":"r","line":3,"column":4,"absolute":true},"#,
        r#""points":[[0,1,2,3,4]],"resting_on":["consent"]}],"#,
        r#""reasons":[{"kind":"prohibited","message":"m","citation":null,"points":[[0,0,0,0,0]],"items":["mail"],"#,
        r#""findings":[{"path":"place","told":null,"rule":"r"}],"condition":"c","because":null,"ask":"dpo","lapses":null,"#,
        r#""remedies":[{"text":"x","steps":[{"path":"place","change":"set","value":"DE"}]}]}],"#,
        r#""duties":[{"duty":"d","state":"due","due":"2026-01-01","clock":"k","citation":{"layer":"a","clause":"1","#,
        r#""title":"t","rule":"r","line":3,"column":4,"absolute":false},"points":[],"items":[]}],"#,
        r#""because":[{"clause":"1","text":"i"}],"questions":[{"path":"time","text":"when"}],"#,
        r#""remedies":{"complete":true,"steps":[]},"ignored":["facts.x"]}"#
    );

    fn fault(text: &str) -> String {
        Decision::from_json(text.as_bytes()).err().map(|fault| fault.to_string()).unwrap_or_default()
    }

    #[test]
    fn a_decision_is_read_as_it_was_written() {
        let read = Decision::from_json(FULL.as_bytes());
        assert_eq!(read.as_ref().map(Decision::to_json).as_deref(), Ok(FULL));
        let Ok(read) = read else { return };
        assert_eq!(read.policy.layers, ["a", "b"]);
        assert_eq!(read.time.as_deref(), Some("2026-11-20T10:00:00Z"));
        assert_eq!(read.questions, [Question { path: "time".into(), text: "when".into() }]);
        assert!(read.remedies.complete && !read.is_allowed());
        assert_eq!(
            read.reasons.first().map(|reason| (reason.kind, reason.citation.clone())),
            Some((Kind::Prohibited, None))
        );
        assert_eq!(read.duties.first().map(|duty| duty.state), Some(DutyState::Due));
        let cover =
            read.covered.first().map(|cover| (cover.citation.absolute, cover.citation.line, cover.points.clone()));
        assert_eq!(cover, Some((true, 3, vec![[0, 1, 2, 3, 4]])));
        assert!(!read.cites("1"), "a reason without a citation cites no clause");
    }

    #[test]
    fn a_wrong_form_is_named_with_its_path() {
        for (from, to, wanted) in [
            (r#""time":"2026-11-20T10:00:00Z""#, r#""time":7"#, "time: expected a string, found a number"),
            (r#""complete":true"#, r#""complete":"yes""#, "remedies.complete: expected true or false, found a string"),
            (r#""line":3"#, r#""line":"3""#, "covered[0].citation.line: expected a number, found a string"),
            (r#""line":3"#, r#""line":4294967296"#, "covered[0].citation.line: expected a whole number below 2^32"),
            (r#""line":3"#, r#""line":-1"#, "covered[0].citation.line: expected a whole number below 2^32"),
            (r#""line":3"#, r#""line":3.5"#, "covered[0].citation.line: expected a whole number below 2^32"),
            (r#""layers":["a","b"]"#, r#""layers":{}"#, "policy.layers: expected a list, found an object"),
            (r#""layers":["a","b"]"#, r#""layers":["a",null]"#, "policy.layers[1]: expected a string, found null"),
            ("[0,1,2,3,4]", "[0,1,2,3]", "covered[0].points[0]: expected 5 members"),
            (
                r#""remedies":{"complete":true,"steps":[]}"#,
                r#""remedies":[]"#,
                "remedies: expected an object, found a list",
            ),
            (r#""clause":"1","text":"i""#, r#""text":"i""#, "because[0].clause: this field is missing"),
            (r#""text":"i""#, r#""text":"i","more":1"#, "because[0].more: an unknown field"),
            (r#""verdict":"pause""#, r#""verdict":"deny""#, "verdict: `deny` is no such word"),
        ] {
            let text = FULL.replacen(from, to, 1);
            assert_ne!(text, FULL, "{from}");
            let fault = fault(&text);
            assert!(fault.starts_with(wanted), "{wanted}: {fault}");
        }
        assert!(fault("[]").contains("expected an object, found a list"));
        assert!(fault("{").contains("ends too early") || fault("{").contains("expected a key"));
        let read = Decision::from_json(b"\"\xff").err().map(|fault| fault.message);
        assert_eq!(read.as_deref(), Some("not UTF-8 from byte 1"));
    }

    #[test]
    fn a_field_is_taken_by_its_name_whatever_the_order() {
        let text = r#"{"hash":"h","name":"n","layers":[],"version":"v","title":"t"}"#;
        let json = Json::parse(text, 4).unwrap_or(Json::Null);
        let wanted = PolicyRef {
            name: "n".into(),
            title: "t".into(),
            version: "v".into(),
            hash: "h".into(),
            layers: Vec::new(),
        };
        assert_eq!(PolicyRef::from_json(json, &Path::Root), Ok(wanted));
    }
}
