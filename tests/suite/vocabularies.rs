//! The shared vocabularies against the facts they are made of.

use abey::Policy;
use abey::image::Facet;

fn policy() -> Policy {
    Policy::compile("policy p \"P\" version \"1\"; use gdpr;").unwrap()
}

fn below(policy: &Policy, facet: Facet, above: &str) -> Vec<String> {
    let terms = policy.tables().facet(facet);
    let root = terms.iter().position(|term| term.name == above).unwrap_or_else(|| panic!("{above}"));
    let direct = terms.iter().filter(|term| term.parents.iter().any(|edge| edge.parent as usize == root));
    direct.map(|term| term.name.clone()).collect()
}

#[test]
fn they_compile_and_are_formatted() {
    for name in ["core", "dpv", "gdpr", "places"] {
        let path = format!("policies/std/{name}.abey");
        let source = abey_tests::read(&path);
        assert!(abey::is_vocabulary(&source), "{path}");
        assert_eq!(abey::format(&source).unwrap(), source, "{path} isn't formatted");
    }
    policy();
}

/// ISO 3166-1 has 249 countries and territories.
#[test]
fn every_country_is_there() {
    let policy = policy();
    let countries = below(&policy, Facet::Place, "country");
    assert_eq!(countries.len(), 249);
    assert!(
        countries.iter().all(|code| code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase())),
        "{countries:?}"
    );
}

/// 27 member states and 30 states of the EEA.
#[test]
fn the_union_and_the_economic_area() {
    let policy = policy();
    let union = below(&policy, Facet::Place, "EU");
    assert_eq!(union.len(), 27, "{union:?}");
    let area: std::collections::BTreeSet<String> =
        below(&policy, Facet::Place, "EEA").into_iter().chain(union.clone()).filter(|place| place != "EU").collect();
    assert_eq!(area.len(), 30, "{area:?}");
    assert!(["IS", "LI", "NO"].iter().all(|code| area.contains(*code) && !union.contains(&code.to_string())));
    assert!(!area.contains("GB") && !area.contains("CH"));
}

/// Whether a country is adequate on a day, for a recipient.
fn adequate(place: &str, day: &str, recipient: &str) -> bool {
    let source = format!(
        "policy p \"P\" version \"1\"; use gdpr;
         recipient certified \"Certified\" in anywhere is dpf_certified;
         recipient plain \"Plain\" in anywhere;
         clause \"1\" {{ allow store of any in adequate; }}
         example \"x\" allow store of email_address to {recipient} in {place} given time is {day};"
    );
    let compiled = abey::compile(&source).unwrap();
    abey::examples::run(&compiled, &source).unwrap().passed()
}

/// The dates are those of the decisions: (EU) 2026/179 for Brazil, (EU) 2023/1795 for the United States
/// under the Data Privacy Framework, (EU) 2021/1772 as renewed for the United Kingdom.
#[test]
fn adequacy_has_its_dates_and_conditions() {
    assert!(!adequate("BR", "2026-01-25", "plain"));
    assert!(adequate("BR", "2026-01-26", "plain"));
    assert!(adequate("US", "2023-07-10", "certified"));
    assert!(!adequate("US", "2023-07-09", "certified"));
    assert!(!adequate("US", "2026-01-01", "plain"));
    assert!(adequate("GB", "2031-12-27", "plain"));
    assert!(!adequate("GB", "2031-12-28", "plain"));
    assert!(!adequate("CO", "2026-11-20", "plain"), "Colombia is on no list");
    assert!(!adequate("DE", "2026-11-20", "plain"), "a state of the EEA needs no decision");
}

/// A policy updates a decision by stating the same edge itself.
#[test]
fn a_policy_can_update_adequacy() {
    let source = "policy p \"P\" version \"1\"; use gdpr;
        place BR is adequate from 2026-01-26 until 2030-01-25;
        clause \"1\" { allow store of any in adequate; }
        example \"before\" allow store of email_address in BR given time is 2030-01-25;
        example \"after\" pause store of email_address in BR given time is 2030-01-26;";
    let compiled = abey::compile(source).unwrap();
    assert!(abey::examples::run(&compiled, source).unwrap().passed());
}

/// The traps: what Art. 9 lists is special, cards and identity papers and children aren't; SCCs have a version.
#[test]
fn special_categories_are_those_of_article_9() {
    let source = "policy p \"P\" version \"1\"; use gdpr;
        clause \"1\" { allow any of any; }
        clause \"2\" { forbid any of special_category; }
        clause \"3\" { require transfer_tool for any to any; }";
    let policy = Policy::compile(source).unwrap();
    let cites = |phrase: &str, clause: &str| policy.check(&policy.phrase(phrase).unwrap()).cites(clause);
    for special in [
        "trade_union_membership",
        "genetic",
        "mental_health",
        "religious_belief",
        "biometric",
        "sexual_preference",
        "political_opinion",
        "ethnic_origin",
        "race",
    ] {
        assert!(cites(&format!("store of {special} to none"), "2"), "{special}");
    }
    for other in ["payment_card_number", "passport", "birth_date", "email_address"] {
        assert!(!cites(&format!("store of {other} to none"), "2"), "{other}");
    }
    assert!(cites("store of personal_data to none", "2"), "a general word may be special");
    assert!(cites("store of free_text to none", "2"), "free text may hold anything");
    assert!(!cites("store of free_text containing () to none", "2"));
    let allowed = |phrase: &str| !policy.check(&policy.phrase(phrase).unwrap()).cites("3");
    assert!(allowed("store of email_address with scc_2021 to dpf_certified"));
    assert!(!allowed("store of email_address with scc_2010 to dpf_certified"), "the old clauses are repealed");
}
