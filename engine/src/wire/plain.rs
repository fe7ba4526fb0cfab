//! An operation as it stands in its text: every word is borrowed, nothing is copied.
//!
//! The usual text has no escapes and no faults. It is read in one pass (see [`super::scan`]); of every other text
//! the whole reader gives the answer, which also words the faults.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use super::parts::{Few, ItemParts, LegParts, Parts, SubjectParts};
use crate::operation::{Facts, Item, Leg, Operation, Subject, Told};
use crate::value::{FactValue, Number};

/// Names and values of facts, in the order told.
pub(crate) type PlainFacts<'t> = Vec<(&'t str, PlainValue<'t>)>;

/// What is told of a fact: see [`FactValue`].
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum PlainValue<'t> {
    /// Yes or no.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A text.
    Text(&'t str),
    /// The members of a set, all of them.
    Set(Vec<PlainValue<'t>>),
}

/// An operation as it stands in its text: see [`Operation`].
pub(crate) type Plain<'t> = Parts<&'t str, PlainFacts<'t>>;
type PlainItem<'t> = ItemParts<&'t str, PlainFacts<'t>>;
type PlainSubject<'t> = SubjectParts<&'t str, PlainFacts<'t>>;
type PlainLeg<'t> = LegParts<&'t str>;

impl<'t> Plain<'t> {
    /// The operation, borrowed.
    pub fn of(operation: &'t Operation) -> Self {
        Plain {
            action: &operation.action,
            data: operation.data.iter().map(PlainItem::of).collect(),
            subjects: told(&operation.subjects, |all| all.iter().map(PlainSubject::of).collect()),
            actor: told(&operation.actor, |word| word.as_str()),
            purposes: told(&operation.purposes, |all| words(all)),
            recipient: told(&operation.recipient, |word| word.as_str()),
            place: told(&operation.place, |word| word.as_str()),
            legs: operation.legs.iter().map(PlainLeg::of).collect(),
            origins: told(&operation.origins, |all| words(all)),
            role: operation.role.as_deref(),
            basis: told(&operation.basis, |word| word.as_str()),
            measures: operation.measures.as_deref().map(words),
            retention: operation.retention,
            time: operation.time,
            facts: facts(&operation.facts),
        }
    }

    /// What is left unsaid filled in from a base: see [`Operation::or_from`].
    pub fn or_from(mut self, base: &'t Operation) -> Self {
        let base = Plain::of(base);
        self.fill(&base);
        for (name, value) in base.facts {
            if !self.facts.iter().any(|(own, _)| *own == name) {
                self.facts.push((name, value));
            }
        }
        self
    }

    /// The operation, owned.
    pub fn owned(&self) -> Operation {
        Operation {
            action: self.action.to_owned(),
            data: self.data.iter().map(PlainItem::owned).collect(),
            subjects: told(&self.subjects, |all| all.iter().map(PlainSubject::owned).collect()),
            actor: told(&self.actor, |word| (*word).to_owned()),
            purposes: told(&self.purposes, |all| owned_words(all)),
            recipient: told(&self.recipient, |word| (*word).to_owned()),
            place: told(&self.place, |word| (*word).to_owned()),
            legs: self.legs.iter().map(PlainLeg::owned).collect(),
            origins: told(&self.origins, |all| owned_words(all)),
            role: self.role.map(ToOwned::to_owned),
            basis: told(&self.basis, |word| (*word).to_owned()),
            measures: self.measures.as_deref().map(owned_words),
            retention: self.retention,
            time: self.time,
            facts: owned_facts(&self.facts),
        }
    }
}

impl<'t> PlainItem<'t> {
    fn of(item: &'t Item) -> Self {
        PlainItem {
            category: &item.category,
            form: item.form.as_deref().map(words),
            collected: item.collected,
            contains: item.contains.as_deref().map(words),
            facts: facts(&item.facts),
        }
    }

    fn owned(&self) -> Item {
        Item {
            category: self.category.to_owned(),
            form: self.form.as_deref().map(owned_words),
            collected: self.collected,
            contains: self.contains.as_deref().map(owned_words),
            facts: owned_facts(&self.facts),
        }
    }
}

impl<'t> PlainSubject<'t> {
    fn of(subject: &'t Subject) -> Self {
        PlainSubject { term: &subject.term, facts: facts(&subject.facts) }
    }

    fn owned(&self) -> Subject {
        Subject { term: self.term.to_owned(), facts: owned_facts(&self.facts) }
    }
}

impl<'t> PlainLeg<'t> {
    fn of(leg: &'t Leg) -> Self {
        PlainLeg {
            recipient: told(&leg.recipient, |word| word.as_str()),
            place: told(&leg.place, |word| word.as_str()),
            measures: leg.measures.as_deref().map(words),
        }
    }

    fn owned(&self) -> Leg {
        Leg {
            recipient: told(&self.recipient, |word| (*word).to_owned()),
            place: told(&self.place, |word| (*word).to_owned()),
            measures: self.measures.as_deref().map(owned_words),
        }
    }
}

impl Default for PlainValue<'_> {
    fn default() -> Self {
        PlainValue::Bool(false)
    }
}

impl<'t> PlainValue<'t> {
    /// The value, borrowed.
    pub fn of(value: &'t FactValue) -> Self {
        match value {
            FactValue::Bool(value) => PlainValue::Bool(*value),
            FactValue::Number(number) => PlainValue::Number(*number),
            FactValue::Text(text) => PlainValue::Text(text),
            FactValue::Set(members) => PlainValue::Set(members.iter().map(PlainValue::of).collect()),
        }
    }

    fn owned(&self) -> FactValue {
        match self {
            PlainValue::Bool(value) => FactValue::Bool(*value),
            PlainValue::Number(number) => FactValue::Number(*number),
            PlainValue::Text(text) => FactValue::Text((*text).to_owned()),
            PlainValue::Set(members) => FactValue::Set(members.iter().map(PlainValue::owned).collect()),
        }
    }
}

/// What is told, in another form.
fn told<'a, T, U>(told: &'a Told<T>, form: impl FnOnce(&'a T) -> U) -> Told<U> {
    match told {
        Told::Unknown => Told::Unknown,
        Told::None => Told::None,
        Told::Is(value) => Told::Is(form(value)),
    }
}

fn words(words: &[String]) -> Few<&str> {
    words.iter().map(String::as_str).collect()
}

fn owned_words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn facts(facts: &Facts) -> PlainFacts<'_> {
    facts.iter().map(|(name, value)| (name.as_str(), PlainValue::of(value))).collect()
}

fn owned_facts(facts: &PlainFacts<'_>) -> Facts {
    facts.iter().map(|(name, value)| ((*name).to_owned(), value.owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::{Date, Duration, Instant};
    use crate::operation::{Collected, Retention};
    use alloc::format;
    use alloc::vec;

    macro_rules! many {
        ($($member:expr),* $(,)?) => { [$($member),*].into_iter().collect() };
    }

    fn read(text: &str) -> Option<Plain<'_>> {
        Plain::read(text.as_bytes())
    }

    /// Whether one pass reads a text; what it reads is what is told of it otherwise.
    fn reads(text: &str) -> bool {
        read(text).is_some()
    }

    #[test]
    fn every_part_is_read() {
        let text = r#" { "action" : "store",
            "data": ["email", {"category": "ip", "form": ["hashed"], "collected": "2026-01-02", "contains": [],
                               "facts": {"seen": true}}, {"category": "name", "collected": "now"}],
            "subjects": ["user", {"subject": "child", "facts": {"age": 12.5}}],
            "actor": "job", "purpose": "billing", "recipient": "none", "place": "DE",
            "legs": [{"recipient": "r", "place": "none", "measures": ["tls"]}, {}],
            "origin": "none", "role": "processor", "basis": "consent", "measures": [],
            "retention": "P1M", "time": "1970-01-01T00:00:00Z",
            "facts": {"a": "é", "b": [1, "x", false], "c": "", "d": -2e3, "e": null} }
        "#;
        let number = |value| PlainValue::Number(Number::whole(value));
        let wanted = Plain {
            action: "store",
            data: many![
                PlainItem { category: "email", ..PlainItem::default() },
                PlainItem {
                    category: "ip",
                    form: Some(many!["hashed"]),
                    collected: Date::new(2026, 1, 2).map_or(Collected::Unknown, Collected::On),
                    contains: Some(Few::default()),
                    facts: vec![("seen", PlainValue::Bool(true))],
                },
                PlainItem { category: "name", collected: Collected::Now, ..PlainItem::default() },
            ],
            subjects: Told::Is(many![
                PlainSubject { term: "user", facts: vec![] },
                PlainSubject { term: "child", facts: vec![("age", PlainValue::Number(Number(12_500_000)))] },
            ]),
            actor: Told::Is("job"),
            purposes: Told::Is(many!["billing"]),
            recipient: Told::None,
            place: Told::Is("DE"),
            legs: many![
                PlainLeg { recipient: Told::Is("r"), place: Told::None, measures: Some(many!["tls"]) },
                PlainLeg::default(),
            ],
            origins: Told::None,
            role: Some("processor"),
            basis: Told::Is("consent"),
            measures: Some(Few::default()),
            retention: Retention::For(Duration::months(1)),
            time: Some(Instant(0)),
            facts: vec![
                ("a", PlainValue::Text("é")),
                ("b", PlainValue::Set(vec![number(1), PlainValue::Text("x"), PlainValue::Bool(false)])),
                ("c", PlainValue::Text("")),
                ("d", number(-2000)),
            ],
        };
        let found = read(text);
        assert_eq!(found.as_ref(), Some(&wanted));
        let owned = wanted.owned();
        assert_eq!(Operation::partial_from_json(text).as_ref(), Ok(&owned));
        // A list of more than one member lends for no less long than it lives.
        let lent = |operation: &Operation| Plain::of(operation).owned();
        assert_eq!(lent(&owned), owned);
    }

    #[test]
    fn what_is_null_or_absent_is_unknown() {
        assert_eq!(read("{}"), Some(Plain::default()));
        for key in ["action", "data", "subjects", "actor", "purpose", "legs", "retention", "time", "measures", "facts"]
        {
            assert_eq!(read(&format!("{{\"{key}\": null}}")), Some(Plain::default()), "{key}");
            assert!(!reads(&format!("{{\"{key}\": null, \"{key}\": null}}")), "{key} twice");
            assert!(!reads(&format!("{{\"{key}\": nul}}")), "{key}");
        }
    }

    #[test]
    fn none_stands_alone() {
        for (text, is) in [
            (r#"{"subjects":"none"}"#, true),
            (r#"{"subjects":["none"]}"#, false),
            (r#"{"subjects":["a", "none"]}"#, false),
            (r#"{"subjects":[{"subject":"none"}]}"#, true),
            (r#"{"purpose":["none"]}"#, false),
            (r#"{"purpose":[ "none"]}"#, false),
            (r#"{"purpose":["nonesuch"]}"#, true),
            (r#"{"measures":["none"]}"#, false),
            (r#"{"measures":"none"}"#, false),
            (r#"{"data":["none"]}"#, true),
            (r#"{"facts":{"a":["none"]}}"#, true),
            (r#"{"retention":"none"}"#, true),
        ] {
            assert_eq!(reads(text), is, "{text}");
        }
        assert_eq!(read(r#"{"retention":"none"}"#).map(|plain| plain.retention), Some(Retention::None));
        assert_eq!(read(r#"{"retention":"agreed"}"#).map(|plain| plain.retention), Some(Retention::Agreed));
        assert_eq!(read(r#"{"purpose":"none"}"#).map(|plain| plain.purposes), Some(Told::None));
    }

    #[test]
    fn what_has_a_fault_or_an_escape_is_not_read() {
        for text in [
            "",
            " ",
            "[]",
            "null",
            "{",
            "{}}",
            "{} {}",
            "{,}",
            "{\"action\"}",
            "{\"action\":}",
            "{\"action\":\"a\",}",
            "{\"action\":\"a\" \"role\":\"b\"}",
            "{\"action\":\"\"}",
            "{\"action\":1}",
            "{\"action\":\"a",
            "{action:\"a\"}",
            "{\"action\":\"\\u0061\"}",
            "{\"\\u0061ction\":\"a\"}",
            "{\"action\":\"a\nb\"}",
            "{\"action\":\"\u{1f}23456789\"}",
            "{\"Action\":\"a\"}",
            "{\"action\":\"a\",\"action\":\"a\"}",
            "{\"data\":[]}",
            "{\"data\":\"a\"}",
            "{\"data\":[{}]}",
            "{\"data\":[\"\"]}",
            "{\"data\":[[\"a\"]]}",
            "{\"data\":[\"a\",]}",
            "{\"data\":[null]}",
            "{\"data\":[{\"category\":\"a\",\"place\":\"b\"}]}",
            "{\"data\":[{\"category\":null}]}",
            "{\"data\":[{\"category\":\"a\",\"collected\":\"2026-02-30\"}]}",
            "{\"subjects\":[]}",
            "{\"subjects\":{}}",
            "{\"subjects\":[[\"a\"]]}",
            "{\"purpose\":[]}",
            "{\"purpose\":{}}",
            "{\"legs\":[]}",
            "{\"legs\":[\"a\"]}",
            "{\"legs\":[{\"place\":[\"a\"]}]}",
            "{\"retention\":\"P\"}",
            "{\"time\":\"2026-01-01\"}",
            "{\"measures\":[\"\"]}",
            "{\"facts\":[]}",
            "{\"facts\":{\"a\":{}}}",
            "{\"facts\":{\"a\":[[1]]}}",
            "{\"facts\":{\"a\":[null]}}",
            "{\"facts\":{\"a\":1,\"a\":1}}",
            "{\"facts\":{\"a\":null,\"a\":1}}",
            "{\"facts\":{\"a\":1,\"a\":null}}",
            "{\"facts\":{\"a\":01}}",
            "{\"facts\":{\"a\":-01}}",
            "{\"facts\":{\"a\":1.}}",
            "{\"facts\":{\"a\":.5}}",
            "{\"facts\":{\"a\":+1}}",
            "{\"facts\":{\"a\":1e}}",
            "{\"facts\":{\"a\":-}}",
            "{\"facts\":{\"a\":0.0000001}}",
            "{\"facts\":{\"a\":truth}}",
            "{\"facts\":{\"a\":True}}",
            "\u{feff}{}",
            "{\u{a0}}",
            "{\u{b}}",
        ] {
            assert!(!reads(text), "{text}");
        }
        assert!(Plain::read(b"{\"action\":\"\xff\"}").is_none());
        assert!(Plain::read(b"{\"action\":\"a\"}\x00").is_none());
    }
}
