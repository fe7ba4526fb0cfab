//! The rules as tables, for the engines that read data: what the packed forms look things up in.

use serde_json::{Value, json};

use crate::operations::LISTED;

const ACTIONS: [&str; 9] = ["record", "store", "cache", "hash", "certify", "retrieve", "export", "delete", "analyse"];

/// All of the tables.
///
/// - `actors`: what an actor may do at all;
/// - `covered`: by purpose and action, the categories that an instruction covers, each with what Section 3 wants of it;
/// - `measures`: those that an actor, an action, or a recipient with an action demands;
/// - `legs`: the recipients that may be given something: `own` ones anywhere, others in their places for their function.
pub fn tables() -> Value {
    let every = of(&ACTIONS, |_| json!(true));
    json!({
        "actors": {
            "automated_job": every, "client_owner": every, "client_admin": every, "super_admin": every,
            "client_viewer": {"retrieve": true},
        },
        "covered": {
            "consent_recording": {
                "record": items("record"), "store": items("store"), "cache": items("cache"),
                "hash": {"ip_address": {"form": [], "raw": true, "source": "server"}},
            },
            "consent_evidence": {"certify": items("certify"), "store": items("store"), "cache": items("cache")},
            "client_audit": {
                "retrieve": items("retrieve"), "export": items("export"), "cache": {"consent_report": {"form": []}},
            },
            "rights_fulfilment": {
                "retrieve": items("retrieve"), "export": items("export"), "delete": items("delete"),
            },
            "retention_deletion": {"delete": everything()},
        },
        "measures": {
            "actor": {
                "automated_job": [], "client_viewer": [], "client_owner": ["mfa"], "client_admin": ["mfa"],
                "super_admin": ["mfa", "audit_trail"],
            },
            "action": of(&ACTIONS, |action| if action == "certify" { json!(["hmac_sha256"]) } else { json!([]) }),
            "leg": of(
                &["supabase", "railway", "upstash", "supabase_frankfurt", "client", "third_party", "none"],
                |recipient| of(&ACTIONS, |action| leg_measures(recipient, action)),
            ),
        },
        "legs": {
            "none": {"own": true}, "client": {"own": true},
            "supabase": {"function": "postgresql_database", "places": {"sa_east_1": true}},
            "railway": {
                "function": "application_infrastructure",
                "places": of(&["sa_east_1", "us_east_1", "US", "DE", "CO"], |_| json!(true)),
            },
            "upstash": {"function": "redis_cache", "places": {"us_east_1": true}},
        },
        "retentions": of(&["P6M", "P12M", "P24M", "agreed"], |_| json!(true)),
        "storing": {"store": true, "cache": true},
        "deleters": {
            "retention_deletion": {"automated_job": true},
            "rights_fulfilment": of(
                &["automated_job", "client_owner", "client_admin", "super_admin"],
                |_| json!(true),
            ),
        },
        "only": {"client_audit": {"retrieve": "client", "export": "client"}},
        "cached": {"session_id": true, "consent_report": true},
    })
}

/// An object with a value for each of these.
fn of(keys: &[&str], value: impl Fn(&str) -> Value) -> Value {
    Value::Object(keys.iter().map(|key| ((*key).to_string(), value(key))).collect())
}

/// The measures that a recipient demands for an action.
fn leg_measures(recipient: &str, action: &str) -> Value {
    let mut measures = Vec::new();
    if recipient.starts_with("supabase") {
        measures.push("row_level_security");
    }
    if matches!(recipient, "supabase" | "railway" | "upstash") && action != "delete" {
        measures.extend(["tls_1_3", "scc_2021", "equivalent_protection"]);
        if recipient == "supabase" && matches!(action, "store" | "cache") {
            measures.push("aes_256");
        }
    }
    json!(measures)
}

/// What is wanted of each category for an action.
fn items(action: &str) -> Value {
    of(&LISTED, |category| wanted(action, category))
}

/// What the retention policy deletes: all personal data.
fn everything() -> Value {
    let mut found = items("delete");
    for category in ["city", "user_agent_string", "medical_health"] {
        found[category] = json!({"form": []});
    }
    found
}

fn wanted(action: &str, category: &str) -> Value {
    if action == "delete" {
        return json!({"form": []});
    }
    let storing = matches!(action, "store" | "cache");
    let taking = storing || action == "record";
    let form = match category {
        "session_id" => json!(["unlinked"]),
        "ip_address" => json!(["sha256", "salted"]),
        "integrity_certificate" => json!(["sha256"]),
        _ => json!([]),
    };
    let mut wanted = json!({ "form": form });
    let source = match category {
        "session_id" if taking => Some("banner"),
        "consent_accepted" | "consent_rejected" | "consent_granular" if taking => Some("user_interaction"),
        "decision_time" if taking => Some("system"),
        "banner_version" if taking => Some("client_configuration"),
        "ip_address" if taking => Some("server"),
        "user_agent" if taking => Some("browser"),
        "integrity_certificate" if storing => Some("conma"),
        _ => None,
    };
    if let Some(source) = source {
        wanted["source"] = json!(source);
    }
    if category == "integrity_certificate" && storing {
        wanted["over"] = json!("full_record");
    }
    if category == "consent_granular" {
        wanted["contains"] = json!([]);
    }
    wanted
}
