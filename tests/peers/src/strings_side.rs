//! The rules by hand in Rust, over strings that borrow from the JSON text.

use crate::operations::{Item, OLDEST, Operation, TODAY};
use crate::side::{Input, Side};

/// Its sides.
pub fn sides(texts: &[String]) -> Vec<Side> {
    let text = Side::new("Rust by hand", "strings", Input::Text, texts.to_vec(), |text: &String| {
        serde_json::from_str(text).is_ok_and(|operation| allowed(&operation))
    });
    // Decoded once, so that only the rules are left. The texts live as long as the program.
    let decoded: Vec<Operation<'static>> = texts
        .iter()
        .map(|text| serde_json::from_str(Box::leak(text.clone().into_boxed_str())).expect("an operation"))
        .collect();
    let prebuilt = Side::new("Rust by hand", "strings", Input::Prebuilt, decoded, |operation| allowed(operation));
    vec![text, prebuilt]
}

fn allowed(told: &Operation<'_>) -> bool {
    let with = |measure: &str| told.measures.as_ref().is_some_and(|measures| measures.contains(&measure));
    let delete = told.action == "delete";
    let Some(actor) = told.actor else { return false };

    // 5.8, 5.7, 5.9
    let known_role = match actor {
        "automated_job" => true,
        "client_owner" | "client_admin" => with("mfa"),
        "super_admin" => with("mfa") && with("audit_trail"),
        "client_viewer" => told.action == "retrieve",
        _ => false,
    };
    if !known_role || (told.action == "certify" && !with("hmac_sha256")) {
        return false;
    }
    // 5.3: whoever the recipient is, while nobody says so
    if matches!(told.recipient, None | Some("supabase" | "supabase_frankfurt")) && !with("row_level_security") {
        return false;
    }
    if !delete && !may_be_shared(told, &with) {
        return false;
    }
    // 5.10: what is stored ends in time
    let stores = matches!(told.action, "store" | "cache");
    let ends = match told.retention {
        None => !stores,
        Some(retention) => matches!(retention, "P6M" | "P12M" | "P24M" | "agreed"),
    };
    ends && told.data.iter().all(|item| covered(told, item, actor) && (delete || fit(told, item)))
}

/// Sections 3, 4.7, 5.1, 5.2 and 6: whose data goes where, and how it is guarded.
fn may_be_shared(told: &Operation<'_>, with: &dyn Fn(&str) -> bool) -> bool {
    if !told.subjects.as_ref().is_some_and(|subjects| subjects.iter().all(|subject| *subject == "end_user")) {
        return false;
    }
    let Some(recipient) = told.recipient else { return false };
    let function = match (recipient, told.place) {
        ("none" | "client", _) => None,
        ("supabase", Some("sa_east_1")) => Some("postgresql_database"),
        ("railway", Some(_)) => Some("application_infrastructure"),
        ("upstash", Some("us_east_1")) => Some("redis_cache"),
        _ => return false,
    };
    if let Some(function) = function {
        let used = told.facts.as_ref().is_some_and(|facts| facts.used_as == function);
        if !used || !with("scc_2021") || !with("equivalent_protection") {
            return false;
        }
    }
    let in_transit = told.action == "record" || recipient != "none" || told.place != Some("DE");
    if in_transit && !with("tls_1_3") {
        return false;
    }
    recipient != "supabase" || !matches!(told.action, "store" | "cache") || with("aes_256")
}

/// The instructions of Sections 4 and 5.10.
fn covered(told: &Operation<'_>, item: &Item<'_>, actor: &str) -> bool {
    let action = told.action;
    let listed = listed(item.category);
    match told.purpose {
        Some("consent_recording") => match action {
            "record" | "store" | "cache" => listed,
            "hash" => item.category == "ip_address" && item.form.as_ref().is_some_and(Vec::is_empty),
            _ => false,
        },
        Some("consent_evidence") => listed && matches!(action, "certify" | "store" | "cache"),
        Some("client_audit") => match action {
            "retrieve" | "export" => listed && told.recipient == Some("client"),
            "cache" => item.category == "consent_report",
            _ => false,
        },
        Some("rights_fulfilment") => listed && matches!(action, "retrieve" | "export" | "delete"),
        Some("retention_deletion") => action == "delete" && actor == "automated_job",
        _ => false,
    }
}

fn listed(category: &str) -> bool {
    matches!(
        category,
        "session_id"
            | "consent_accepted"
            | "consent_rejected"
            | "consent_granular"
            | "decision_time"
            | "banner_version"
            | "ip_address"
            | "user_agent"
            | "integrity_certificate"
            | "consent_report"
    )
}

/// The table of Section 3, and what 5.10 and 6.1 say of an item that isn't deleted.
fn fit(told: &Operation<'_>, item: &Item<'_>) -> bool {
    let form = |form: &str| item.form.as_ref().is_some_and(|forms| forms.contains(&form));
    let from = |source: &str| item.facts.as_ref().is_some_and(|facts| facts.source == Some(source));
    let stores = matches!(told.action, "store" | "cache");
    let taken = stores || told.action == "record";
    let fits = match item.category {
        "session_id" => form("unlinked") && (!taken || from("banner")),
        "consent_accepted" | "consent_rejected" => !taken || from("user_interaction"),
        "consent_granular" => item.contains.as_ref().is_some_and(Vec::is_empty) && (!taken || from("user_interaction")),
        "decision_time" => !taken || from("system"),
        "banner_version" => !taken || from("client_configuration"),
        "ip_address" => {
            let hash = told.action == "hash";
            (hash || (form("sha256") && form("salted"))) && (!(taken || hash) || from("server"))
        }
        "user_agent" => !taken || from("browser"),
        "integrity_certificate" => {
            let over = item.facts.as_ref().and_then(|facts| facts.over);
            form("sha256") && (!stores || (from("conma") && over == Some("full_record")))
        }
        "consent_report" => true,
        _ => false,
    };
    let young = item.collected.is_some_and(|day| day == "now" || (OLDEST..=TODAY).contains(&day));
    let cached = told.recipient != Some("upstash") || matches!(item.category, "session_id" | "consent_report");
    fits && young && cached
}
