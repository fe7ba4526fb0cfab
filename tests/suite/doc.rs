//! The public page of a policy: the register it came from, every kind of rule, and nothing that breaks out of its markup.

use std::path::PathBuf;

use abey::doc::{Page, Section, html, markdown, page};
use abey_cli::{FINE, UNUSABLE, USAGE};
use abey_tests::agreements;
use abey_tests::commands::abey;

fn page_of(source: &str) -> Page {
    page(&abey::compile(source).unwrap_or_else(|error| panic!("{error}")).policy)
}

fn section<'a>(page: &'a Page, id: &str) -> &'a Section {
    page.sections.iter().find(|section| section.id == id).unwrap_or_else(|| panic!("no section {id}"))
}

/// The rows of a section as text: the head, then the cells, lines between ` / `.
fn rows(page: &Page, id: &str) -> Vec<Vec<String>> {
    let row = |row: &abey::doc::Row| {
        std::iter::once(row.head.clone()).chain(row.cells.iter().map(|cell| cell.join(" / "))).collect()
    };
    section(page, id).rows.iter().map(row).collect()
}

/// What stands in every row of the register below about data subjects.
const END_USERS: &str = "End-users of customer's websites/apps";

/// The co-browsing service's own table. A line that begins with `*` is only how a longer cell begins.
/// Words of the shared vocabularies stand for the table's: "Page view" for "page views", "European Union" for "EU",
/// "Encryption in transfer" for "in transit", "never stored" for "Not stored" and for "no persistent storage".
const REGISTER: &[[&str; 7]] = &[
    [
        "User Interaction Logging",
        "Monitor user interactions for diagnostics/support",
        "IP address, Session metadata, Page view, Any custom fields provided by the customer",
        "Mixpanel, Grafana",
        "European Union",
        "*at most the period of the pricing plan (when the period of the pricing plan is not none; unless time is on or after the day of a change on request or the period agreed with the customer is not none) / at most 14 months (when the period of the pricing plan is none; unless ",
        "TLS / Access control / R1.1: Anonymised (action: Store, Share, Use)",
    ],
    [
        "Call Handling (Real-time)",
        "Real-time audio/video interactions",
        "Audio/video streams, Connection metadata",
        "daily.co",
        "European Union, United States",
        "never stored",
        "TLS / No persistent storage",
    ],
    [
        "Co-browsing Sessions",
        "Enable real-time co-browsing support",
        "Cursor movement, DOM elements, Page metadata",
        "Upscope",
        "European Union, United States",
        "never stored",
        "TLS / No persistent storage",
    ],
    [
        "Call Recording",
        "Allow customers to review interactions",
        "Audio/video recordings, Participant metadata",
        "daily.co, MongoDB Atlas",
        "European Union, Germany",
        "*at most the period that the customer defines (when the period that the customer defines is not none) / at most 30 days (when the period that the customer defines \
         is none; unless ",
        "Encrypted storage / Access restrictions",
    ],
    [
        "User Authentication",
        "Verify and manage end-user sessions",
        "Email address, Password (Hashed), IP address, Session token, Any custom fields provided by the customer / R5.1: \
         Password (raw)",
        "Heroku, MongoDB Atlas",
        "United States, Germany",
        "while the deletion of the user is none / R5.1, data: Password (raw); recipient: Heroku, own systems: / R5.1: never stored",
        "Encryption at rest / Encryption in transfer / Strict access control",
    ],
    [
        "Error Logging",
        "Monitor and troubleshoot application errors",
        "Error report, Session identifier, Request metadata",
        "Grafana",
        "European Union",
        "*at most 30 days (unless ",
        "TLS / Limited access",
    ],
    [
        "IP Geolocation",
        "Enhance user experience based on geographic data",
        "IP address, City, Country, ISP",
        "Ipstack",
        "Germany",
        "never stored",
        "Real-time processing / No long-term retention",
    ],
    [
        "Custom Data Fields",
        "Provide session context, personalization, or analytics",
        "Name, Email address, User IDs, Form inputs, Free text",
        "MongoDB Atlas",
        "Germany",
        "*at most the period that the customer defines (when the period that the customer defines is not none) / R8.1, when the period that the customer defines is none; unless time is on or \
         after the day of a change on request or the period agreed with the customer is not none: / R8.1: at most the period of the pricing plan (when the associated \
         activity is interaction logging",
        "Encrypted storage / Access restrictions",
    ],
];

#[test]
fn the_register_comes_back_out_of_its_policy() {
    let page = page_of(&abey_tests::read("policies/cobrowsing/policy.abey"));
    assert_eq!(page.title, "Data Processing Overview (Processor ROPA)");
    let found = rows(&page, "register");
    assert_eq!(found.len(), REGISTER.len(), "{found:#?}");
    for (found, [activity, purpose, data, vendors, places, retention, security]) in found.iter().zip(REGISTER) {
        let wanted = [activity, purpose, &END_USERS, data, vendors, places, retention, security];
        for (found, wanted) in found.iter().zip(wanted) {
            match wanted.strip_prefix('*') {
                Some(start) => assert!(found.starts_with(start), "{activity}: {found}"),
                None => assert_eq!(found, wanted, "{activity}"),
            }
        }
    }
    let vendors: Vec<_> = rows(&page, "sub-processors").into_iter().map(|row| row[0].clone()).collect();
    assert_eq!(vendors, ["Mixpanel", "Grafana", "daily.co", "Upscope", "MongoDB Atlas", "Heroku", "Ipstack"]);
}

/// Every agreement of the project has a page whose rows fill their columns.
#[test]
fn every_policy_has_a_page() {
    for name in agreements::NAMES {
        let terms = agreements::source(name);
        let agreement = std::fs::read_to_string(abey_tests::root().join(format!("policies/{name}/agreement.abey")));
        for source in std::iter::once(&terms).chain(&agreement) {
            let compiled = abey::compile_over(source, &|other| (other == name).then(|| terms.clone())).unwrap();
            let page = page(&compiled.policy);
            assert!(!section(&page, "register").rows.is_empty() && page.sections.len() > 5, "{name}");
            for section in &page.sections {
                for row in &section.rows {
                    assert_eq!(row.cells.len() + 1, section.columns.len(), "{name}: {row:?}");
                    let texts = row.cells.iter().flatten().chain([&row.head]);
                    assert!(texts.into_iter().all(|text| !text.trim().is_empty()), "{name}: {row:?}");
                }
            }
        }
    }
}

/// One rule of every kind, and text that would be markup if it weren't escaped.
const SOURCE: &str = r#"policy shop "Shop <b>&\"terms\"</b> | *all*" version "1" in force from 2026-01-15;
use gdpr;
setting kept: duration = 30 days;
fact channel: one of (web, phone);
fact breach_found: date;
recipient fact function: one of (mail, bank);
recipient mailer "Mailer <script>" in DE, FR under scc_2021 for service_provision given function is mail
    authorised from 2026-01-15;
recipient newcomer in US notified 2026-02-01;
recipient partner in anywhere;
purpose order_mail is service_provision;
purpose compliance_audit "Compliance audit";
table log_kept by channel { web = 7 days; otherwise 14 months; }

clause "1" "Mail" of email_address, hashed name about end_user for order_mail {
  allow record;
  allow store of email_address to mailer because "Names stay";
  keep at most kept then delete;
  require one of (tls, sha256);
}
clause "1.1" "Logs of mail" of ip_address for order_mail {
  keep at most log_kept;
}
clause "2" "Secrets" absolute {
  forbid any except delete of special_category;
  note "A note";
}
clause "3" { require (channel is web or breach_found is not none) for share of any; }
clause "4" "Breach" { owe "tell the customer" within 2 days of breach_found for anything when breach_found is not none; }
clause "5" "Help" { waive clause "2" for anything when channel is phone; }
clause "6" "Audits" deferred of any for compliance_audit ask customer { note "Left open"; }
clause "7" "Change" { authorise after 30 days ask customer; }
"#;

#[test]
fn every_kind_of_rule_has_its_section() {
    // What nothing may loosen can't be excepted from.
    let page = page_of(&SOURCE.replace("\"Secrets\" absolute", "\"Secrets\""));
    let register = rows(&page, "register");
    let data = "Email address, Name (Hashed)";
    assert_eq!(
        register,
        [[
            "Mail",
            "order mail",
            "End user",
            data,
            "Mailer <script>, not limited for Record",
            "Germany, France",
            "at most kept (30 days unless set otherwise) / 1.1, data: IP address: / 1.1: at most log kept (by channel: 7 days for web; 14 months otherwise)",
            "TLS or Hashed with SHA-256"
        ]]
    );
    let mail = format!("Data: {data} / About: End user / Purpose: order mail");
    let bound = "at most kept (30 days unless set otherwise)";
    assert_eq!(rows(&page, "retention")[0], ["Mail", &mail, bound, "Delete"]);
    assert_eq!(rows(&page, "security"), [["Mail", "TLS or Hashed with SHA-256", &mail]]);
    assert_eq!(
        rows(&page, "sub-processors")[0][1..],
        [
            "Germany, France",
            "Service provision",
            "Standard contractual clauses, Implementing Decision (EU) 2021/914",
            "authorised from 2026-01-15",
            "function: mail"
        ]
    );
    assert_eq!(rows(&page, "sub-processors")[1][4], "notified 2026-02-01");
    assert_eq!(rows(&page, "recipients")[0][..2], ["partner", "Anywhere"]);
    assert_eq!(rows(&page, "notice"), [["Change", "authorised 30 days after the notice; until then, ask customer"]]);
    assert_eq!(
        rows(&page, "conditions"),
        [["Clause 3", "channel is web or breach found is not none", "Action: Share"]]
    );
    assert_eq!(
        rows(&page, "permissions")[1][1],
        "Action: Store / Data: Email address / About: End user / Purpose: order mail / Recipient: Mailer <script>"
    );
    assert_eq!(
        rows(&page, "prohibitions"),
        [["Secrets", "Action: any except Delete / Data: Special category personal data"]]
    );
    assert_eq!(rows(&page, "exceptions"), [["Help", "2 Secrets", "When: channel is phone"]]);
    let duties = rows(&page, "duties");
    assert_eq!(duties[0], ["Mail", "Delete", &format!("when this ends: {bound}"), &mail]);
    // A bound that names no disposal ends with any.
    let log = "when this ends: at most log kept (by channel: 7 days for web; 14 months otherwise)";
    assert_eq!(duties[1][1..3], ["Dispose of it", log]);
    assert_eq!(duties[2][1..3], ["tell the customer", "within 2 days of breach found"]);
    assert_eq!(rows(&page, "interpretations")[0][1], "Names stay");
    assert_eq!(rows(&page, "notes"), [["Secrets", "A note"]]);
    assert_eq!(rows(&page, "agreement"), [["Audits", "Purpose: Compliance audit", "Left open", "customer"]]);
}

/// What a clause narrows the register shows no wider, though its rules name more.
#[test]
fn the_register_says_no_more_than_is_covered() {
    let page = page_of(
        "policy p \"P\" version \"1\"; use gdpr;
        recipient up \"Up\" in US authorised from 2026-01-15;
        recipient sub \"Sub\" in DE authorised from 2026-01-15;
        clause \"1\" \"Mail\" of email_address to up, sub for marketing { allow store of personal_data to up; }",
    );
    let [row] = rows(&page, "register").try_into().unwrap();
    assert_eq!(row[3..6], ["Personal data, within: Email address", "Up", "United States"]);
}

#[test]
fn text_never_becomes_markup() {
    let page = page_of(
        &SOURCE.replace("clause \"5\" \"Help\" { waive clause \"2\" for anything when channel is phone; }", ""),
    );
    let text = html(&page);
    assert!(text.contains("<h1>Shop &lt;b&gt;&amp;&quot;terms&quot;&lt;/b&gt; | *all*</h1>"), "{text}");
    for banned in ["<script", "<b>", "http:", "https:", "<link", "<img", "@import", "url("] {
        assert!(!text.contains(banned), "{banned}");
    }
    for wanted in
        ["<!DOCTYPE html>", "lang=\"en\"", "<caption>", "scope=\"col\"", "scope=\"row\"", "@media print", "viewport"]
    {
        assert!(text.contains(wanted), "{wanted}");
    }
    assert!(text.contains("Absolute: nothing may loosen it"));
    let text = markdown(&page);
    assert!(text.starts_with(r#"# Shop &lt;b&gt;&amp;"terms"&lt;/b&gt; \| \*all\*"#), "{text}");
    assert!(text.contains("Mailer &lt;script&gt;") && !text.contains('\t'));
    // Every row of a table has as many cells as its head.
    for part in text.split("\n## ").skip(1) {
        let cells = |line: &str| line.replace(r"\|", "").matches('|').count();
        let table: Vec<&str> = part.lines().filter(|line| line.starts_with('|')).collect();
        assert!(table.iter().all(|line| cells(line) == cells(table[0])), "{part}");
    }
}

fn run(arguments: &[&str]) -> (u8, String, String) {
    abey(&[&["doc"], arguments].concat(), "")
}

#[test]
fn the_command_writes_pages_and_refuses_what_has_none() {
    let folder: PathBuf = std::env::temp_dir().join(format!("abey-doc-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = |name: &str| folder.join(name).display().to_string();
    let write = |name: &str, text: &[u8]| std::fs::write(folder.join(name), text).unwrap();
    let terms = "policy terms \"Terms\" version \"1\"; use dpv; setting kept: duration = 30 days;
        clause \"1\" \"Logs\" { allow store of ip_address for service_provision; keep any of ip_address at most kept; }";
    write("policy.abey", terms.as_bytes());
    write("agreement.abey", b"agreement signed \"Signed\" version \"2\" over terms; set kept = 14 days;");
    write("image", abey::Policy::compile(terms).unwrap().image());
    write("words.abey", b"vocabulary words \"Words\" version \"1\";");
    write("broken.abey", b"policy p");

    let (code, out, err) = run(&[&path("")]);
    assert_eq!((code, err.as_str()), (FINE, ""));
    assert!(out.starts_with("# Terms\n") && out.contains("at most kept (30 days unless set otherwise)"), "{out}");

    let (code, out, _) = run(&[&path("agreement.abey"), "--format", "html", "-o", &path("page.html")]);
    assert_eq!((code, out.as_str()), (FINE, ""));
    let text = std::fs::read_to_string(folder.join("page.html")).unwrap();
    assert!(text.starts_with("<!DOCTYPE html>") && text.contains("<dt>Layers</dt><dd>Terms, version 1, "), "{text}");
    assert!(text.contains("at most 14 days (kept)") && text.contains("<small>terms 1</small>"), "{text}");

    for (name, why) in [
        ("image", "a compiled image"),
        ("words.abey", "a vocabulary"),
        ("broken.abey", "error"),
        ("none", "can't read"),
    ] {
        let (code, out, err) = run(&[&path(name)]);
        assert_eq!((code, out.as_str()), (UNUSABLE, ""), "{name}");
        assert!(err.contains(why), "{name}: {err}");
    }
    let (code, _, err) = run(&[&path(""), "-o", &path("no/such/folder.md")]);
    assert_eq!(code, UNUSABLE);
    assert!(err.contains("can't write"), "{err}");
    assert_eq!(run(&[&path(""), "--format", "pdf"]).0, USAGE);
    std::fs::remove_dir_all(&folder).unwrap();
}
