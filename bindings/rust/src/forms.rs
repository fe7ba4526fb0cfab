//! Proofs, differences and findings as JSON: the same form for every host.

use abey_engine::{Json, ToJson};
use abey_lang::lints::Finding;
use abey_lang::prove::{Change, Difference, DutyChange, Kept, Outcome, Proof};

/// What became of the properties of a policy: whether all were proved, and each with its outcome.
///
/// ```
/// let source = r#"
///     policy shop "Order processing" version "1";
///     use dpv;
///     clause "1" { allow store of email_address for service_provision; }
///     property "no marketing": never allow any of any for marketing;
/// "#;
/// let proofs = abey::prove::prove(&abey::compile(source)?, source)?;
/// assert!(abey::forms::proofs(&proofs).to_string().starts_with(r#"{"proved":true,"properties":[{"name":"no marketing","#));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn proofs(proofs: &[Proof]) -> Json {
    object(vec![
        ("proved", Json::Bool(proofs.iter().all(Proof::is_proved))),
        ("properties", Json::List(proofs.iter().map(proof).collect())),
    ])
}

fn proof(proof: &Proof) -> Json {
    let outcome = match &proof.outcome {
        Outcome::Proved => "proved",
        Outcome::Refuted(_) => "refuted",
        Outcome::Unsettled(_) => "not settled",
    };
    let mut entries = vec![
        ("name", text(&proof.name)),
        ("property", text(&proof.text)),
        ("line", proof.line.to_json()),
        ("outcome", text(outcome)),
    ];
    match &proof.outcome {
        Outcome::Proved => entries.push(("partial", Json::Bool(proof.partial))),
        Outcome::Unsettled(why) => entries.push(("why", text(why))),
        Outcome::Refuted(found) => {
            entries.push(("phrase", text(&found.phrase)));
            entries.push(("operation", found.operation.to_json()));
            entries.push(("decision", found.decision.to_json_value()));
            entries.extend(found.beneath.as_ref().map(|beneath| ("beneath", beneath.to_json_value())));
        }
    }
    object(entries)
}

/// What a new version of a policy changes.
#[must_use]
pub fn difference(found: &Difference) -> Json {
    object(vec![
        ("fully_described", kept(&found.full)),
        ("partial", kept(&found.partial)),
        ("more", Json::Bool(found.more)),
        ("becomes_allowed", Json::List(found.allowed.iter().map(change).collect())),
        ("becomes_paused", Json::List(found.paused.iter().map(change).collect())),
        ("duties", Json::List(found.duties.iter().map(duty).collect())),
    ])
}

fn kept(kept: &Kept) -> Json {
    match kept {
        Kept::Shown => text("same"),
        Kept::Changed => text("changed"),
        Kept::Unsettled(why) => object(vec![("not settled", text(why))]),
    }
}

fn change(change: &Change) -> Json {
    object(vec![
        ("phrase", text(&change.phrase)),
        ("when", change.conditions.to_json()),
        ("example", text(&change.example)),
        ("operation", change.operation.to_json()),
        ("before", change.before.to_json_value()),
        ("after", change.after.to_json_value()),
    ])
}

fn duty(duty: &DutyChange) -> Json {
    let mut entries = vec![
        ("comes", Json::Bool(duty.comes)),
        ("clause", text(&duty.clause)),
        ("rule", text(&duty.rule)),
        ("settings", duty.settings.to_json()),
    ];
    entries.extend(duty.example.as_ref().map(|example| ("example", text(example))));
    object(entries)
}

/// What the lints found. `place` gives the entries that say where a finding is, in the units that the host counts in.
#[must_use]
pub fn findings<'a>(findings: &[Finding], place: &dyn Fn(&Finding) -> Vec<(&'a str, Json)>) -> Json {
    let finding = |finding: &Finding| {
        let mut entries = vec![("lint", text(finding.lint))];
        entries.extend(place(finding));
        entries.extend([("message", text(&finding.message)), ("help", text(&finding.help))]);
        entries.extend(finding.example.as_ref().map(|example| ("example", text(example))));
        object(entries)
    };
    object(vec![("findings", Json::List(findings.iter().map(finding).collect()))])
}

fn text(text: &str) -> Json {
    Json::Text(text.into())
}

fn object(entries: Vec<(&str, Json)>) -> Json {
    Json::Object(entries.into_iter().map(|(key, value)| (key.into(), value)).collect())
}
