//! A trace word by word.

use abey::Operation;
use abey::trace::{Outcome, PointTrace};

use super::explain::{last, policy, shown, trace};

/// What the point says, each thing once, the action and the item first.
#[test]
fn a_point_tells_what_it_says() {
    let all = "clause \"1\" { allow any of any; }";
    let told = |phrase: &str| -> Vec<Vec<String>> {
        let told = |told: &abey::trace::Told| format!("{} {}", told.path, told.value.as_deref().unwrap_or("?"));
        trace(all, phrase).points.iter().map(|point| point.told.iter().map(told).collect()).collect()
    };
    assert_eq!(told("store of email_address"), [["action store", "data[0] email_address"]]);
    let phrase = "store of raw email_address for service_provision to vendor in DE with tls";
    assert_eq!(
        told(phrase),
        [[
            "action store",
            "data[0] raw email_address",
            "purpose service_provision",
            "recipient vendor",
            "place DE",
            "measures tls"
        ]]
    );
    let operation =
        Operation::from_json(r#"{"action":"store","data":["email_address","emial"],"place":"DEE"}"#).unwrap();
    let points = policy(all).explain(&operation).unwrap().points;
    let strange = |point: &PointTrace| point.strange.iter().map(|told| told.path.clone()).collect::<Vec<_>>();
    assert_eq!(points.iter().map(strange).collect::<Vec<_>>(), [vec!["place"], vec!["data[1].category", "place"]]);
}

#[test]
fn values_are_told_in_the_words_of_the_language() {
    let rule = |phrase: &str| {
        let rules = "clause \"1\" { allow store of any when ready is yes and measures includes tls; }";
        shown(&last(rules, phrase).parts)[2].clone()
    };
    for (given, told) in [("yes", "yes"), ("no", "no")] {
        let shown = rule(&format!("store of email_address to none with () given ready is {given}"));
        assert!(shown.contains(&format!("facts.ready {told};")), "{shown}");
        assert!(shown.ends_with("measures ()"), "{shown}");
    }
    // The recipient may supply more.
    assert!(rule("store of email_address with tls").ends_with("measures (tls, perhaps more)"));
    assert!(rule("store of email_address to none with tls").ends_with("measures (tls)"));
}

#[test]
fn each_rule_tells_of_itself() {
    let all = "allow any of any;";
    let text = |rules: &str, phrase: &str| {
        let rule = last(&format!("clause \"1\" {{ {all} {rules} }}"), phrase);
        (rule.outcome, rule.text)
    };
    // Two duties of one point.
    let owed = "owe \"first\" for any of any; owe \"second\" within 30 days of ended for any of any;";
    let duty = text(owed, "store of email_address given ended is 2026-11-20");
    assert_eq!(duty, (Outcome::Owed, "second: due by 2026-12-20".into()));
    let required = "require tls for any of any;";
    let unsettled = text(required, "store of email_address to none");
    assert_eq!(unsettled, (Outcome::Pauses, "asks for tls, and that isn't settled".into()));
    let missing = text(required, "store of email_address to none with ()");
    assert_eq!(missing, (Outcome::Pauses, "asks for tls".into()));
    // An exception counts where the demand isn't met, also where that isn't known.
    let lifted = |phrase: &str| {
        let rules = "clause \"0\" { allow any of any; waive clause \"1\" for store of any; }
            clause \"1\" { require tls for any of any; }";
        last(rules, phrase).outcome
    };
    assert_eq!(lifted("store of email_address to none"), Outcome::Lifted);
    assert_eq!(lifted("store of email_address to none with ()"), Outcome::Lifted);
    assert_eq!(lifted("store of email_address to none with tls"), Outcome::Obeyed);
    // A demanded condition is told test by test.
    let rule = last(
        "clause \"1\" { allow any of any; require (ready is yes and years at least 3) for any of any; }",
        "store of email_address given ready is yes, years is 2",
    );
    assert_eq!(
        shown(&rule.asks),
        ["ready is yes and years at least 3=false: ready is yes=true: facts.ready yes; \
          years at least 3=false: facts.years 2"]
    );
}
