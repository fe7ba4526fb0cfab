//! The work: 256 operations made of Conma's words, the same on every run.
//!
//! Each begins as one that the policy allows; about half then lose something or get a wrong word.

use serde::{Deserialize, Serialize};

/// How many operations there are.
pub const COUNT: usize = 256;

/// What the host tells of every operation: its time, its own role, the contract and the tenant.
pub const BASE: &str = r#"{"origin":"DE","role":"processor","time":"2026-11-20T10:00:00Z",
"facts":{"service":"cmp","contract_start":"2026-02-01","contract_ended":"none","documented_instruction":true,
"strictly_necessary":true,"tenant":"acme","tenants_touched":["acme"],"receiving_tenant":"acme","client_retention":"P24M",
"user_agent_enabled":true,"objection_open":false,"request_channel":"client","lookup_key":"session_id",
"breach_discovered":"none","last_access_review":"2026-09-01"}}"#;

/// The day of every operation, and the last day on which its data may have been collected: 24 months before.
pub const TODAY: &str = "2026-11-20";
/// See [`TODAY`].
pub const OLDEST: &str = "2024-11-20";

/// One operation, in the wire form of the project. A key that is left out is unknown.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Operation<'a> {
    /// What is done.
    pub action: &'a str,
    /// The data items.
    #[serde(borrow)]
    pub data: Vec<Item<'a>>,
    /// Whose data it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subjects: Option<Vec<&'a str>>,
    /// Who acts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<&'a str>,
    /// What for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<&'a str>,
    /// Who receives it; `none` is nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient: Option<&'a str>,
    /// Where it is received.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<&'a str>,
    /// The measures in place, all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measures: Option<Vec<&'a str>>,
    /// How long it is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention: Option<&'a str>,
    /// What else is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facts: Option<Facts<'a>>,
}

/// One data item.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Item<'a> {
    /// Its category.
    pub category: &'a str,
    /// Its forms, all of them; the empty list is raw.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<Vec<&'a str>>,
    /// The day it was collected, or `now`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collected: Option<&'a str>,
    /// What unstructured data contains.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contains: Option<Vec<&'a str>>,
    /// What else is told of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facts: Option<ItemFacts<'a>>,
}

/// The facts of an operation.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Facts<'a> {
    /// The function in which the recipient is used.
    pub used_as: &'a str,
}

/// The facts of a data item.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ItemFacts<'a> {
    /// Where it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<&'a str>,
    /// What a certificate covers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over: Option<&'a str>,
}

/// The operations as JSON texts.
pub fn texts() -> Vec<String> {
    let mut dice = Dice(0xABE1);
    (0..COUNT).map(|_| serde_json::to_string(&operation(&mut dice)).expect("an operation is JSON")).collect()
}

/// A small generator of numbers (SplitMix64), so that the operations never change.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % end as u64) as usize
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }
}

/// The categories that Section 3 lists.
pub const LISTED: [&str; 10] = [
    "session_id",
    "consent_accepted",
    "consent_rejected",
    "consent_granular",
    "decision_time",
    "banner_version",
    "ip_address",
    "user_agent",
    "integrity_certificate",
    "consent_report",
];
const OTHERS: [&str; 3] = ["city", "user_agent_string", "medical_health"];
const SOURCES: [&str; 5] = ["banner", "user_interaction", "server", "browser", "inference"];
const ACTIONS: [&str; 8] = ["record", "store", "hash", "certify", "retrieve", "export", "delete", "analyse"];
const PURPOSES: [&str; 7] = [
    "consent_recording",
    "consent_evidence",
    "client_audit",
    "rights_fulfilment",
    "retention_deletion",
    "direct_marketing",
    "market_analysis",
];
const RECIPIENTS: [&str; 7] = ["supabase", "railway", "upstash", "supabase_frankfurt", "client", "third_party", "none"];
const PLACES: [&str; 5] = ["sa_east_1", "us_east_1", "US", "DE", "CO"];
const ACTORS: [&str; 6] =
    ["automated_job", "client_owner", "client_admin", "client_viewer", "super_admin", "contractor"];
const FUNCTIONS: [&str; 3] = ["postgresql_database", "application_infrastructure", "redis_cache"];
const FORMS: [&[&str]; 5] = [&[], &["sha256"], &["sha256", "salted"], &["md5", "salted"], &["unlinked"]];
const BEFORE: [&str; 4] = ["2026-11-01", "2026-06-02", "2025-03-31", OLDEST];

/// An item as Section 3 wants it.
fn item(category: &'static str, collected: &'static str, with_source: bool) -> Item<'static> {
    let form: Option<Vec<&str>> = match category {
        "session_id" => Some(vec!["unlinked"]),
        "ip_address" => Some(vec!["sha256", "salted"]),
        "integrity_certificate" => Some(vec!["sha256"]),
        _ => None,
    };
    let source = match category {
        "session_id" => Some("banner"),
        "consent_accepted" | "consent_rejected" | "consent_granular" => Some("user_interaction"),
        "decision_time" => Some("system"),
        "banner_version" => Some("client_configuration"),
        "ip_address" => Some("server"),
        "user_agent" => Some("browser"),
        "integrity_certificate" => Some("conma"),
        _ => None,
    };
    let over = (category == "integrity_certificate").then_some("full_record");
    let facts = (with_source && source.is_some()).then_some(ItemFacts { source, over });
    let contains = (category == "consent_granular").then(Vec::new);
    Item { category, form, collected: Some(collected), contains, facts }
}

fn operation(dice: &mut Dice) -> Operation<'static> {
    let mut made = allowed(dice);
    // A bit more than half are spoilt, since some of what is done to them does no harm.
    let times = dice.one(&[0, 0, 1, 1, 1, 2, 2]);
    for _ in 0..times {
        spoil(&mut made, dice);
    }
    made
}

/// An operation that the policy allows.
fn allowed(dice: &mut Dice) -> Operation<'static> {
    let kind = dice.below(14);
    let (action, actor, purpose, recipient, place): (_, &str, _, &str, _) = match kind {
        0..=1 => ("store", "automated_job", "consent_recording", "supabase", "sa_east_1"),
        3 => ("record", "automated_job", "consent_recording", "railway", dice.one(&PLACES)),
        4 => ("hash", "automated_job", "consent_recording", dice.one(&["railway", "none"]), dice.one(&["US", "DE"])),
        5 => ("certify", "automated_job", "consent_evidence", "railway", dice.one(&PLACES)),
        6 => ("retrieve", dice.one(&ACTORS[..5]), "client_audit", "client", dice.one(&PLACES)),
        7 => ("export", dice.one(&["client_owner", "client_admin", "super_admin"]), "client_audit", "client", "CO"),
        8 => ("cache", "automated_job", "client_audit", "upstash", "us_east_1"),
        9 => ("cache", "automated_job", "consent_recording", "upstash", "us_east_1"),
        2 | 10 => ("delete", "automated_job", "retention_deletion", "supabase", "sa_east_1"),
        _ => (
            dice.one(&["retrieve", "export", "delete"]),
            dice.one(&["client_owner", "client_admin", "super_admin"]),
            "rights_fulfilment",
            dice.one(&["client", "none"]),
            dice.one(&["DE", "CO"]),
        ),
    };
    let fresh = matches!(action, "store" | "record" | "hash" | "cache");
    let mut items = Vec::new();
    for _ in 0..dice.one(&[1, 1, 1, 1, 2]) {
        let category = match kind {
            4 => "ip_address",
            8 => "consent_report",
            9 => "session_id",
            _ => dice.one(&LISTED),
        };
        let mut made = item(category, if fresh { "now" } else { dice.one(&BEFORE) }, fresh);
        if kind == 4 {
            made.form = Some(Vec::new());
        }
        if items.iter().all(|other: &Item<'_>| other.category != made.category) {
            items.push(made);
        }
    }
    let hosted = matches!(recipient, "supabase" | "railway" | "upstash");
    let mut measures = Vec::new();
    let mut with = |wanted: bool, measure| wanted.then(|| measures.push(measure));
    with(action != "delete", "tls_1_3");
    with(recipient == "supabase", "row_level_security");
    with(action == "store", "aes_256");
    with(hosted && action != "delete", "scc_2021");
    with(hosted && action != "delete", "equivalent_protection");
    with(action == "certify", "hmac_sha256");
    with(matches!(actor, "client_owner" | "client_admin" | "super_admin"), "mfa");
    with(actor == "super_admin", "audit_trail");
    let function = match recipient {
        "supabase" => Some("postgresql_database"),
        "railway" => Some("application_infrastructure"),
        "upstash" => Some("redis_cache"),
        _ => None,
    };
    Operation {
        action,
        data: items,
        subjects: Some(vec!["end_user"]),
        actor: Some(actor),
        purpose: Some(purpose),
        recipient: Some(recipient),
        place: Some(place),
        measures: Some(measures),
        retention: matches!(action, "store" | "cache").then(|| dice.one(&["P6M", "P12M", "P24M", "agreed"])),
        facts: function.filter(|_| action != "delete").map(|used_as| Facts { used_as }),
    }
}

/// Takes something away from an operation, or puts another word into it.
fn spoil(made: &mut Operation<'static>, dice: &mut Dice) {
    let place = dice.below(made.data.len());
    let item = &mut made.data[place];
    match dice.below(24) {
        0 => item.category = dice.one(&LISTED),
        1 => item.category = dice.one(&OTHERS),
        2 => item.form = Some(dice.one(&FORMS).to_vec()),
        3 => item.form = None,
        4 => item.collected = dice.one(&[None, Some("2024-11-19"), Some(OLDEST), Some("2021-04-05")]),
        5 => item.contains = None,
        6 => match &mut item.facts {
            Some(facts) => facts.source = Some(dice.one(&SOURCES)),
            None => made.action = dice.one(&["store", "record"]),
        },
        7 => item.facts = None,
        8 => made.action = dice.one(&ACTIONS),
        9 | 10 => made.purpose = Some(dice.one(&PURPOSES)),
        11 => made.purpose = None,
        12 | 13 => made.recipient = Some(dice.one(&RECIPIENTS)),
        14 => made.recipient = None,
        15 => made.place = Some(dice.one(&PLACES)),
        16 => made.place = None,
        17 | 18 => {
            if let Some(measures) = made.measures.as_mut().filter(|measures| !measures.is_empty()) {
                measures.remove(dice.below(measures.len()));
            }
        }
        19 => made.measures = None,
        20 => made.retention = made.retention.and(dice.one(&[None, Some("P36M"), Some("P6M")])),
        21 => made.actor = dice.one(&[None, Some("client_viewer"), Some("super_admin"), Some("contractor")]),
        22 => made.subjects = dice.one(&[None, Some("employee")]).map(|subject| vec![subject]),
        _ => {
            made.facts = dice
                .one(&[None, Some(FUNCTIONS[0]), Some(FUNCTIONS[1]), Some(FUNCTIONS[2])])
                .map(|used_as| Facts { used_as })
        }
    }
}
