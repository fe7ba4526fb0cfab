//! Cedar: a policy per clause, and one policy with its tables in entities. An item is a request.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::str::FromStr;

use cedar_policy::{
    Authorizer, Context, Decision, Entities, EntityId, EntityTypeName, EntityUid, PolicySet, Request,
    RestrictedExpression,
};
use serde_json::{Value, json};

use crate::flat::number;
use crate::operations::{Item, Operation, TODAY};
use crate::policy;
use crate::scaling::{Rows, Scaled};
use crate::side::{Input, Side};

const NAME: &str = "cedar";
const RETENTIONS: [&str; 4] = ["P6M", "P12M", "P24M", "agreed"];
/// What stands for an actor, a purpose or a recipient that nobody states.
const UNKNOWN: &str = "unknown";

/// Its sides.
pub fn sides(texts: &[String]) -> Vec<Side> {
    let idiomatic = || Engine::new(&policy("conma.cedar"));
    let packed = || Engine::new(&policy("packed.cedar"));
    let engine = idiomatic();
    let plain: Vec<Vec<Request>> = texts
        .iter()
        .map(|text| decoded(text).data.iter().map(|item| engine.plain(&decoded(text), item)).collect())
        .collect();
    let prebuilt = Side::new(NAME, "idiomatic", Input::Prebuilt, plain, move |requests| {
        requests.iter().all(|request| engine.allows(request))
    });
    let engine = idiomatic();
    let text = Side::new(NAME, "idiomatic", Input::Text, texts.to_vec(), move |text| {
        let told = decoded(text);
        told.data.iter().all(|item| engine.allows(&engine.plain(&told, item)))
    });
    let engine = packed();
    let requests: Vec<Vec<Request>> = texts
        .iter()
        .map(|text| decoded(text).data.iter().map(|item| engine.packed(&decoded(text), item)).collect())
        .collect();
    let packed_prebuilt = Side::new(NAME, "packed", Input::Prebuilt, requests, move |requests| {
        requests.iter().all(|request| engine.allows(request))
    });
    let engine = packed();
    let packed_text = Side::new(NAME, "packed", Input::Text, texts.to_vec(), move |text| {
        let told = decoded(text);
        told.data.iter().all(|item| engine.allows(&engine.packed(&told, item)))
    });
    vec![text, prebuilt, packed_text, packed_prebuilt]
}

fn decoded(text: &str) -> Operation<'_> {
    serde_json::from_str(text).expect("an operation")
}

/// A policy set with its entities, and the names of entities made once.
struct Engine {
    authorizer: Authorizer,
    policies: PolicySet,
    entities: Entities,
    uids: HashMap<String, EntityUid>,
}

impl Engine {
    fn new(source: &str) -> Self {
        Engine {
            authorizer: Authorizer::new(),
            policies: PolicySet::from_str(source).expect("Cedar"),
            entities: Entities::from_json_value(entities(), None).expect("entities"),
            uids: HashMap::new(),
        }
        .with_names()
    }

    fn with_names(mut self) -> Self {
        let listed: Vec<Value> = serde_json::from_value(entities()).expect("entities");
        for entity in listed {
            let (kind, id) = (&entity["uid"]["type"], &entity["uid"]["id"]);
            let (kind, id) = (kind.as_str().expect("a type"), id.as_str().expect("an id"));
            self.uids.insert(id.to_string() + kind, uid(kind, id));
        }
        self
    }

    /// The name of an entity: made once where it is a known one.
    fn uid(&self, kind: &str, id: &str) -> EntityUid {
        let mut key = String::with_capacity(id.len() + kind.len());
        key.push_str(id);
        key.push_str(kind);
        self.uids.get(&key).cloned().unwrap_or_else(|| uid(kind, id))
    }

    fn allows(&self, request: &Request) -> bool {
        self.authorizer.is_authorized(request, &self.policies, &self.entities).decision() == Decision::Allow
    }

    /// The request with its context as JSON: every attribute as it is told, or left out.
    fn plain(&self, told: &Operation<'_>, item: &Item<'_>) -> Request {
        let mut inner = serde_json::Map::new();
        let mut put = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                inner.insert(name.to_string(), value);
            }
        };
        put("form", item.form.as_ref().map(|form| json!(form)));
        put("contains", item.contains.as_ref().map(|contains| json!(contains)));
        put("source", item.facts.as_ref().and_then(|facts| facts.source).map(Value::from));
        put("over", item.facts.as_ref().and_then(|facts| facts.over).map(Value::from));
        put(
            "collected",
            item.collected
                .map(|day| json!({"__extn": {"fn": "datetime", "arg": if day == "now" { TODAY } else { day }}})),
        );
        let mut context = serde_json::Map::new();
        context.insert("item".to_string(), Value::Object(inner));
        let mut put = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                context.insert(name.to_string(), value);
            }
        };
        put("subjects", told.subjects.as_ref().map(|subjects| json!(subjects)));
        put("purpose", told.purpose.map(Value::from));
        put("recipient", told.recipient.map(Value::from));
        put("place", told.place.map(Value::from));
        put("measures", told.measures.as_ref().map(|measures| json!(measures)));
        put("retention", told.retention.map(Value::from));
        put("used_as", told.facts.as_ref().map(|facts| json!(facts.used_as)));
        let context = Context::from_json_value(Value::Object(context), None).expect("a context");
        self.request(told, item, context)
    }

    /// The request with a context that leaves nothing out.
    fn packed(&self, told: &Operation<'_>, item: &Item<'_>) -> Request {
        let text = |text: &str| RestrictedExpression::new_string(text.to_string());
        let truth = RestrictedExpression::new_bool;
        let set = |words: Option<&Vec<&str>>| {
            RestrictedExpression::new_set(words.into_iter().flatten().map(|word| text(word)))
        };
        let entity =
            |kind: &str, id: Option<&str>| RestrictedExpression::new_entity_uid(self.uid(kind, id.unwrap_or(UNKNOWN)));
        let facts = item.facts.as_ref();
        let pairs = [
            ("purpose", entity("Purpose", told.purpose)),
            ("recipient", entity("Recipient", told.recipient)),
            ("place", text(told.place.unwrap_or_default())),
            ("used_as", text(told.facts.as_ref().map_or("", |facts| facts.used_as))),
            ("measures", set(told.measures.as_ref())),
            ("ends", truth(told.retention.is_some_and(|retention| RETENTIONS.contains(&retention)))),
            ("unplanned", truth(told.retention.is_none())),
            ("end_users", truth(told.subjects.as_ref().is_some_and(|all| all.iter().all(|one| *one == "end_user")))),
            ("form", set(item.form.as_ref())),
            ("raw", truth(item.form.as_ref().is_some_and(Vec::is_empty))),
            ("holds_nothing", truth(item.contains.as_ref().is_some_and(Vec::is_empty))),
            ("source", text(facts.and_then(|facts| facts.source).unwrap_or_default())),
            ("over", text(facts.and_then(|facts| facts.over).unwrap_or_default())),
            ("collected", RestrictedExpression::new_long(item.collected.map_or(0, number).into())),
        ];
        let pairs = pairs.into_iter().map(|(name, value)| (name.to_string(), value));
        self.request(told, item, Context::from_pairs(pairs).expect("a context"))
    }

    fn request(&self, told: &Operation<'_>, item: &Item<'_>, context: Context) -> Request {
        Request::new(
            self.uid("Actor", told.actor.unwrap_or(UNKNOWN)),
            self.uid("Action", told.action),
            self.uid("Category", item.category),
            context,
            None,
        )
        .expect("a request")
    }
}

/// The name of an entity.
pub fn uid(kind: &str, id: &str) -> EntityUid {
    EntityUid::from_type_name_and_id(EntityTypeName::from_str(kind).expect("a type"), EntityId::new(id))
}

/// The hierarchy, with the attributes that the policies read.
fn entities() -> Value {
    let mut all = Vec::new();
    let mut put = |kind: &str, id: &str, parents: &[(&str, &str)], attributes: Value| {
        let parents: Vec<Value> = parents.iter().map(|(kind, id)| json!({"type": kind, "id": id})).collect();
        all.push(json!({"uid": {"type": kind, "id": id}, "attrs": attributes, "parents": parents}));
    };
    let none = || json!({});
    for (action, parents) in [
        ("storing", &["taking"][..]),
        ("store", &["storing"]),
        ("cache", &["storing"]),
        ("record", &["taking"]),
        ("retrieve", &["reading"]),
        ("export", &["reading"]),
        ("taking", &[]),
        ("reading", &[]),
        ("hash", &[]),
        ("certify", &[]),
        ("delete", &[]),
        ("analyse", &[]),
    ] {
        let parents: Vec<(&str, &str)> = parents.iter().map(|parent| ("Action", *parent)).collect();
        put("Action", action, &parents, none());
    }
    let (known, privileged) = (("Role", "known"), ("Role", "privileged"));
    put("Actor", "automated_job", &[known], json!({"measures": []}));
    put("Actor", "client_viewer", &[known], json!({"measures": []}));
    put("Actor", "client_owner", &[known, privileged], json!({"measures": ["mfa"]}));
    put("Actor", "client_admin", &[known, privileged], json!({"measures": ["mfa"]}));
    put("Actor", "super_admin", &[known, privileged], json!({"measures": ["mfa", "audit_trail"]}));
    for (category, form, source) in [
        ("session_id", json!(["unlinked"]), "banner"),
        ("consent_accepted", json!([]), "user_interaction"),
        ("consent_rejected", json!([]), "user_interaction"),
        ("consent_granular", json!([]), "user_interaction"),
        ("decision_time", json!([]), "system"),
        ("banner_version", json!([]), "client_configuration"),
        ("ip_address", json!(["sha256", "salted"]), "server"),
        ("user_agent", json!([]), "browser"),
        ("integrity_certificate", json!(["sha256"]), ""),
        ("consent_report", json!([]), ""),
    ] {
        let cached = matches!(category, "session_id" | "consent_report");
        let attributes = json!({"form": form, "cached": cached, "source": source});
        put("Category", category, &[("Group", "listed")], attributes);
    }
    for (recipient, own, database, places, function, storing) in [
        ("none", true, false, json!([]), "", json!([])),
        ("client", true, false, json!([]), "", json!([])),
        ("supabase", false, true, json!(["sa_east_1"]), "postgresql_database", json!(["aes_256"])),
        (
            "railway",
            false,
            false,
            json!(["sa_east_1", "us_east_1", "US", "DE", "CO"]),
            "application_infrastructure",
            json!([]),
        ),
        ("upstash", false, false, json!(["us_east_1"]), "redis_cache", json!([])),
        ("supabase_frankfurt", false, true, json!([]), "", json!([])),
        ("third_party", false, false, json!([]), "", json!([])),
        (UNKNOWN, false, true, json!([]), "", json!([])),
    ] {
        let attributes = json!({
            "own": own, "database": database, "places": places, "function": function, "storing": storing,
        });
        put("Recipient", recipient, &[], attributes);
    }
    for purpose in
        ["consent_recording", "consent_evidence", "client_audit", "rights_fulfilment", "retention_deletion", UNKNOWN]
    {
        put("Purpose", purpose, &[], none());
    }
    Value::Array(all)
}

/// A permit for each row.
pub fn scaled(rows: &Rows) -> Option<Scaled> {
    let mut source = String::new();
    for (purpose, item) in rows.all() {
        let _ = writeln!(
            source,
            r#"permit (principal == Purpose::"{purpose}", action == Action::"store", resource == Category::"{item}");"#
        );
    }
    let engine = Engine {
        authorizer: Authorizer::new(),
        policies: PolicySet::from_str(&source).ok()?,
        entities: Entities::empty(),
        uids: HashMap::new(),
    };
    Some(asked(engine, rows))
}

/// One permit that reads the rows in the attributes of the purposes.
pub fn scaled_data(rows: &Rows) -> Option<Scaled> {
    let mut items: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for (purpose, item) in rows.all() {
        items.entry(purpose).or_default().push(json!({"__entity": {"type": "Category", "id": item}}));
    }
    let entities: Vec<Value> = items
        .into_iter()
        .map(|(purpose, items)| {
            json!({"uid": {"type": "Purpose", "id": purpose}, "attrs": {"items": items}, "parents": []})
        })
        .collect();
    let source =
        r#"permit (principal, action == Action::"store", resource) when { principal.items.contains(resource) };"#;
    let engine = Engine {
        authorizer: Authorizer::new(),
        policies: PolicySet::from_str(source).ok()?,
        entities: Entities::from_json_value(Value::Array(entities), None).ok()?,
        uids: HashMap::new(),
    };
    Some(asked(engine, rows))
}

fn asked(engine: Engine, rows: &Rows) -> Scaled {
    let requests = rows.questions().map(|(purpose, item)| {
        let (purpose, item) = (uid("Purpose", &purpose), uid("Category", &item));
        Request::new(purpose, uid("Action", "store"), item, Context::empty(), None).expect("a request")
    });
    Box::new(move |question| engine.allows(&requests[question]))
}
