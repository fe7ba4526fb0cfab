//! The rules by hand in Rust, over words that are interned to bits: the least that a decision can cost.

use crate::flat::number;
use crate::operations::{Item, LISTED, Operation};
use crate::side::{Input, Side};

/// Its one side: interning a text is what the strings are timed for.
pub fn sides(texts: &[String]) -> Vec<Side> {
    let operations: Vec<Interned> =
        texts.iter().map(|text| intern(&serde_json::from_str(text).expect("an operation"))).collect();
    let tables = Tables::new();
    vec![Side::new("Rust by hand", "bits", Input::Prebuilt, operations, move |told| tables.allows(told))]
}

const ACTIONS: [&str; 8] = ["record", "store", "cache", "hash", "certify", "retrieve", "export", "delete"];
const ACTORS: [&str; 5] = ["automated_job", "client_owner", "client_admin", "super_admin", "client_viewer"];
const PURPOSES: [&str; 5] =
    ["consent_recording", "consent_evidence", "client_audit", "rights_fulfilment", "retention_deletion"];
/// Without a recipient, then the others; the last stands for any further one.
const RECIPIENTS: [&str; 8] =
    ["", "none", "client", "supabase", "railway", "upstash", "supabase_frankfurt", "third_party"];
const PLACES: [&str; 6] = ["", "sa_east_1", "us_east_1", "US", "DE", "CO"];
const FUNCTIONS: [&str; 3] = ["postgresql_database", "application_infrastructure", "redis_cache"];
const MEASURES: [&str; 8] = [
    "tls_1_3",
    "aes_256",
    "row_level_security",
    "scc_2021",
    "equivalent_protection",
    "hmac_sha256",
    "mfa",
    "audit_trail",
];
const RETENTIONS: [&str; 4] = ["P6M", "P12M", "P24M", "agreed"];
/// Of an item: its forms, where it comes from, what it covers, and what is known of it, a bit each.
const MARKS: [&str; 12] = [
    "sha256",
    "salted",
    "unlinked",
    "banner",
    "user_interaction",
    "system",
    "client_configuration",
    "server",
    "browser",
    "conma",
    "full_record",
    "raw",
];
const HOLDS_NOTHING: u16 = 1 << 12;

fn place(words: &[&str], word: &str) -> u8 {
    words.iter().position(|known| *known == word).unwrap_or(words.len()) as u8
}

fn bit(words: &[&str], word: &str) -> u16 {
    words.iter().position(|known| *known == word).map_or(0, |place| 1 << place)
}

/// An operation in bits.
struct Interned {
    action: u8,
    actor: u8,
    purpose: u8,
    recipient: u8,
    place: u8,
    /// The function as a place in its list; past its end there is none.
    used_as: u8,
    measures: u16,
    end_users: bool,
    /// Whether a retention is told, and whether it ends in time.
    planned: bool,
    ends: bool,
    items: Vec<InternedItem>,
}

/// An item in bits.
struct InternedItem {
    category: u8,
    marks: u16,
    collected: i32,
}

fn intern(told: &Operation<'_>) -> Interned {
    let recipient = place(&RECIPIENTS, told.recipient.unwrap_or_default()).min(7);
    Interned {
        action: place(&ACTIONS, told.action),
        actor: place(&ACTORS, told.actor.unwrap_or_default()),
        purpose: place(&PURPOSES, told.purpose.unwrap_or_default()),
        recipient,
        place: place(&PLACES, told.place.unwrap_or_default()).min(5),
        used_as: told.facts.as_ref().map_or(3, |facts| place(&FUNCTIONS, facts.used_as)),
        measures: told.measures.iter().flatten().fold(0, |bits, measure| bits | bit(&MEASURES, measure)),
        end_users: told.subjects.as_ref().is_some_and(|all| all.iter().all(|one| *one == "end_user")),
        planned: told.retention.is_some(),
        ends: told.retention.is_some_and(|retention| RETENTIONS.contains(&retention)),
        items: told.data.iter().map(intern_item).collect(),
    }
}

fn intern_item(item: &Item<'_>) -> InternedItem {
    let mut marks = item.form.iter().flatten().fold(0, |bits, form| bits | bit(&MARKS, form));
    if let Some(facts) = &item.facts {
        marks |= bit(&MARKS, facts.source.unwrap_or_default()) | bit(&MARKS, facts.over.unwrap_or_default());
    }
    if item.form.as_ref().is_some_and(Vec::is_empty) {
        marks |= bit(&MARKS, "raw");
    }
    if item.contains.as_ref().is_some_and(Vec::is_empty) {
        marks |= HOLDS_NOTHING;
    }
    InternedItem { category: place(&LISTED, item.category), marks, collected: item.collected.map_or(0, number) }
}

/// What operations are held against.
struct Tables {
    /// By purpose and action, the categories that are covered; bit 10 stands for all others.
    covered: [[u16; 9]; 6],
    /// By recipient and action, the measures that are demanded.
    leg: [[u16; 9]; 8],
    /// By recipient, the places where it may receive, and as what.
    places: [(u16, u8); 8],
    /// By actor, the measures, and the actions that it may take.
    actor: [(u16, u16); 6],
    /// By action and category, the marks that an item needs.
    marks: [[u16; 11]; 9],
}

impl Tables {
    fn new() -> Self {
        let mut covered = [[0; 9]; 6];
        let listed = 0x3FF;
        let at = |word| usize::from(place(&ACTIONS, word));
        for (purpose, action, categories) in [
            (0, "record", listed),
            (0, "store", listed),
            (0, "cache", listed),
            (0, "hash", bit(&LISTED, "ip_address")),
            (1, "certify", listed),
            (1, "store", listed),
            (1, "cache", listed),
            (2, "retrieve", listed),
            (2, "export", listed),
            (2, "cache", bit(&LISTED, "consent_report")),
            (3, "retrieve", listed),
            (3, "export", listed),
            (3, "delete", listed),
            (4, "delete", 0x7FF),
        ] {
            covered[purpose][at(action)] = categories;
        }
        let measures = |words: &[&str]| words.iter().fold(0, |bits, word| bits | bit(&MEASURES, word));
        let mut leg = [[0; 9]; 8];
        for (recipient, row) in leg.iter_mut().enumerate() {
            for (action, cell) in ACTIONS.iter().zip(row) {
                if matches!(RECIPIENTS[recipient], "" | "supabase" | "supabase_frankfurt") {
                    *cell |= measures(&["row_level_security"]);
                }
                if *action != "delete" && RECIPIENTS[recipient] != "none" {
                    *cell |= measures(&["tls_1_3"]);
                }
                if *action != "delete" && (3..=5).contains(&recipient) {
                    *cell |= measures(&["scc_2021", "equivalent_protection"]);
                }
                if recipient == 3 && matches!(*action, "store" | "cache") {
                    *cell |= measures(&["aes_256"]);
                }
                if *action == "certify" {
                    *cell |= measures(&["hmac_sha256"]);
                }
            }
        }
        let all = 0x1FF;
        let mfa = measures(&["mfa"]);
        let trail = measures(&["mfa", "audit_trail"]);
        let actor = [(0, all), (mfa, all), (mfa, all), (trail, all), (0, bit(&ACTIONS, "retrieve")), (0, 0)];
        let anywhere = 0x3F;
        let known = anywhere & !1;
        let nowhere = (0, 4);
        let places = [nowhere, (anywhere, 4), (anywhere, 4), (1 << 1, 0), (known, 1), (1 << 2, 2), nowhere, nowhere];
        let mut marks = [[0; 11]; 9];
        for action in ACTIONS {
            for category in LISTED {
                marks[at(action)][usize::from(place(&LISTED, category))] = needed(action, category);
            }
        }
        Tables { covered, leg, places, actor, marks }
    }

    fn allows(&self, told: &Interned) -> bool {
        let (action, recipient) = (usize::from(told.action), usize::from(told.recipient));
        let covered = self.covered[usize::from(told.purpose)][action];
        let (measures, actions) = self.actor[usize::from(told.actor)];
        let demanded = measures | self.leg[recipient][action];
        if covered == 0 || demanded & !told.measures != 0 || actions & (1 << action) == 0 {
            return false;
        }
        // An audit's data goes to the Client alone, and what the retention policy deletes is deleted by a job.
        if (told.purpose == 2 && action != 2 && recipient != 2) || (told.purpose == 4 && told.actor != 0) {
            return false;
        }
        if !told.ends && (told.planned || action == 1 || action == 2) {
            return false;
        }
        if action == 7 {
            return told.items.iter().all(|item| covered & (1 << item.category) != 0);
        }
        let (places, function) = self.places[recipient];
        let placed = places & (1 << told.place) != 0 && (function == 4 || function == told.used_as);
        let at_rest = recipient != 1 || (told.place == 4 && action != 0) || told.measures & 1 != 0;
        placed
            && at_rest
            && told.end_users
            && told.items.iter().all(|item| {
                let needed = self.marks[action][usize::from(item.category)];
                covered & (1 << item.category) != 0
                    && needed & !item.marks == 0
                    && item.collected >= 20_241_120
                    && (recipient != 5 || item.category == 0 || item.category == 9)
            })
    }
}

/// The marks that Section 3 demands of a category for an action.
fn needed(action: &str, category: &str) -> u16 {
    let marks = |words: &[&str]| words.iter().fold(0, |bits, word| bits | bit(&MARKS, word));
    if action == "hash" && category == "ip_address" {
        return marks(&["raw", "server"]);
    }
    let storing = matches!(action, "store" | "cache");
    let taking = storing || action == "record";
    let always = match category {
        "session_id" => marks(&["unlinked"]),
        "ip_address" => marks(&["sha256", "salted"]),
        "integrity_certificate" => marks(&["sha256"]),
        "consent_granular" => HOLDS_NOTHING,
        _ => 0,
    };
    let source = match category {
        "session_id" if taking => marks(&["banner"]),
        "consent_accepted" | "consent_rejected" | "consent_granular" if taking => marks(&["user_interaction"]),
        "decision_time" if taking => marks(&["system"]),
        "banner_version" if taking => marks(&["client_configuration"]),
        "ip_address" if taking => marks(&["server"]),
        "user_agent" if taking => marks(&["browser"]),
        "integrity_certificate" if storing => marks(&["conma", "full_record"]),
        _ => 0,
    };
    always | source
}
