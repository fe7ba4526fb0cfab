//! JSON Schema of the wire form of operations. That of decisions is derived from their types.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::limits;
use crate::operation::{Item, Leg, Operation, Subject};

/// A word, or null where it isn't known.
fn word(what: &str) -> Schema {
    json_schema!({ "description": what, "type": ["string", "null"], "minLength": 1, "maxLength": limits::WORD_BYTES })
}

/// One of them, several, the word `none`, or null.
fn many(what: &str, one: &Schema) -> Schema {
    json_schema!({
        "description": what,
        "anyOf": [one, { "type": "array", "items": one, "minItems": 1, "maxItems": limits::LIST }, { "type": "null" }]
    })
}

/// A set of words; the empty list is the empty set, null an unknown one.
fn set(what: &str) -> Schema {
    json_schema!({
        "description": what,
        "type": ["array", "null"],
        "items": { "type": "string", "minLength": 1, "maxLength": limits::WORD_BYTES, "not": { "const": "none" } },
        "maxItems": limits::LIST
    })
}

fn facts(what: &str) -> Schema {
    json_schema!({
        "description": what,
        "type": ["object", "null"],
        "maxProperties": limits::LIST,
        "additionalProperties": {
            "anyOf": [
                { "type": ["boolean", "number", "string", "null"] },
                { "type": "array", "items": { "type": ["boolean", "number", "string"] }, "maxItems": limits::LIST }
            ]
        }
    })
}

fn text() -> Schema {
    json_schema!({ "type": "string", "minLength": 1, "maxLength": limits::WORD_BYTES })
}

impl JsonSchema for Item {
    fn schema_name() -> Cow<'static, str> {
        "Item".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A data item: its category, or its category with more about it",
            "anyOf": [text(), {
                "type": "object",
                "additionalProperties": false,
                "required": ["category"],
                "properties": {
                    "category": text(),
                    "form": set("The forms of the item, all of them; the empty list is raw"),
                    "collected": { "description": "The day of its collection, YYYY-MM-DD, or now", "type": ["string", "null"], "pattern": "^(now|[0-9]{4}-[0-9]{2}-[0-9]{2})$" },
                    "contains": set("For unstructured data: all categories that it contains"),
                    "facts": facts("Item facts"),
                }
            }]
        })
    }
}

impl JsonSchema for Subject {
    fn schema_name() -> Cow<'static, str> {
        "Subject".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A data subject, or that there is none",
            "anyOf": [text(), {
                "type": "object",
                "additionalProperties": false,
                "required": ["subject"],
                "properties": { "subject": text(), "facts": facts("Subject facts") }
            }]
        })
    }
}

impl JsonSchema for Leg {
    fn schema_name() -> Cow<'static, str> {
        "Leg".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "One of several recipients, with its place",
            "type": "object",
            "additionalProperties": false,
            "properties": {
                "recipient": word("Who receives, or none"),
                "place": word("Where the data is stored or accessed, or none"),
                "measures": set("Measures in place on this leg, all of them"),
            }
        })
    }
}

impl JsonSchema for Operation {
    fn schema_name() -> Cow<'static, str> {
        "Operation".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let items = generator.subschema_for::<Vec<Item>>();
        let subject = generator.subschema_for::<Subject>();
        let legs = generator.subschema_for::<Vec<Leg>>();
        let name = json_schema!({ "type": "string", "minLength": 1, "maxLength": limits::WORD_BYTES });
        let duration =
            "^(none|agreed|P(?=.)([0-9]+Y)?([0-9]+M)?([0-9]+W)?([0-9]+D)?(T(?=.)([0-9]+H)?([0-9]+M)?([0-9]+S)?)?)$";
        let properties: Vec<(String, Schema)> = Vec::from([
            (
                "action".into(),
                json_schema!({ "description": "What is done", "type": "string", "minLength": 1, "not": { "const": "none" } }),
            ),
            (
                "data".into(),
                json_schema!({ "description": "The data items", "allOf": [items], "minItems": 1, "maxItems": limits::LIST }),
            ),
            ("subjects".into(), many("Whom the data is about", &subject)),
            ("actor".into(), word("Who acts, or none")),
            ("purpose".into(), many("What for", &name)),
            ("recipient".into(), word("Who receives, or none")),
            ("place".into(), word("Where the data is stored or accessed, or none")),
            (
                "legs".into(),
                json_schema!({ "description": "Several recipients, in place of recipient and place", "anyOf": [{ "allOf": [legs], "minItems": 1, "maxItems": limits::LIST }, { "type": "null" }] }),
            ),
            ("origin".into(), many("Where the data comes from", &name)),
            (
                "role".into(),
                json_schema!({ "description": "As processor or controller", "type": ["string", "null"], "not": { "const": "none" } }),
            ),
            ("basis".into(), word("The legal basis, or none")),
            ("measures".into(), set("Measures in place, all of them")),
            (
                "retention".into(),
                json_schema!({ "description": "How long the data is to be held from its collection (ISO 8601), agreed, or none", "type": ["string", "null"], "pattern": duration }),
            ),
            (
                "time".into(),
                json_schema!({ "description": "When (RFC 3339)", "type": ["string", "null"], "format": "date-time" }),
            ),
            ("facts".into(), facts("Facts of the policy")),
        ]);
        let mut schema = json_schema!({
            "description": "A processing operation. A key that is missing or null is unknown; the word none says that there is none.",
            "type": "object",
            "additionalProperties": false,
            "required": ["action", "data"],
            "properties": {}
        });
        let held = schema.get_mut("properties").and_then(|value| value.as_object_mut());
        if let Some(held) = held {
            for (key, value) in properties {
                held.insert(key, value.into());
            }
        }
        schema
    }
}
