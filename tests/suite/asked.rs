//! What a pause asks for, and what it doesn't: only what could settle it.

use std::collections::BTreeMap;

use abey::{Operation, Policy};

const HEAD: &str = r#"policy p "P" version "1";
action turn, read, write;
action wipe is turn, dispose;
data group is personal_data;
data note is personal_data;
data kept is personal_data;
data kept is group when marked is yes;
data seen is group;
form sealed;
purpose support, ads;
place zone;
place home, away is country;
place yard is home;
place yard is zone until 2026-03-31;
measure tls;
recipient dated "Dated" in home authorised from 2026-01-01;
recipient undated "Undated" in home;
fact marked, active: yes/no;
fact topic: data;
fact needed: measure;
fact years: number;
fact ended: date;
table even by place { home = 16; away = 16; otherwise 16; }
table ages by place { home = 16; otherwise 13; }
clause "1" { allow any of any; }
"#;

/// The paths that are asked for, and the text of each.
fn asked(rule: &str, operation: &str) -> BTreeMap<String, String> {
    let policy = Policy::compile(&format!("{HEAD}clause \"2\" {{ {rule} }}")).unwrap_or_else(|error| panic!("{error}"));
    let decision = policy.check(&Operation::from_json(operation).unwrap());
    assert!(!decision.is_allowed(), "{rule}: {operation}");
    decision.questions.into_iter().map(|question| (question.path, question.text)).collect()
}

fn paths(rule: &str, operation: &str) -> Vec<String> {
    asked(rule, operation).into_keys().collect()
}

#[test]
fn a_dated_edge_asks_for_the_time_and_a_conditional_one_for_its_facts() {
    let rule = "forbid any of any when place is zone;";
    assert_eq!(paths(rule, r#"{"action":"read","data":["note"],"place":"yard"}"#), ["time"]);
    assert_eq!(paths(rule, r#"{"action":"read","data":["note"]}"#), ["place"]);
    let home = asked(rule, r#"{"action":"read","data":["note"],"place":"home","time":"2026-01-01T00:00:00Z"}"#);
    assert_eq!(
        home.into_iter().collect::<Vec<_>>(),
        [("place".to_string(), "say more precisely which `home` it is".to_string())]
    );
    let rule = "forbid any of any when data is group;";
    assert_eq!(paths(rule, r#"{"action":"read","data":["kept"]}"#), ["facts.marked"]);
    let group = "forbid any of any when data is seen;";
    assert_eq!(paths(group, r#"{"action":"read","data":["group"]}"#), ["data[0].category"]);
}

/// Against another value that was told, a word is asked for only where it is general.
#[test]
fn a_word_is_asked_for_where_it_is_general() {
    let rule = "forbid any of any when data is topic;";
    let general = r#"{"action":"read","data":["group"],"facts":{"topic":"seen"}}"#;
    assert_eq!(asked(rule, general)["data[0].category"], "say more precisely which `group` it is");
    assert_eq!(paths(rule, r#"{"action":"read","data":["seen"]}"#), ["facts.topic"]);
    assert_eq!(paths(rule, r#"{"action":"read","data":["group"]}"#), ["data[0].category", "facts.topic"]);
}

#[test]
fn measures_are_asked_for_where_they_are_not_told() {
    let rule = "forbid any of any when measures includes needed;";
    assert_eq!(paths(rule, r#"{"action":"read","data":["note"],"recipient":"none"}"#), ["facts.needed", "measures"]);
    let told = r#"{"action":"read","data":["note"],"recipient":"none","measures":["tls"]}"#;
    assert_eq!(paths(rule, told), ["facts.needed"]);
    let nobody = r#"{"action":"read","data":["note"],"measures":["tls"]}"#;
    assert_eq!(paths(rule, nobody), ["facts.needed", "recipient"]);
}

/// A table that says the same whatever its key is asks for nothing.
#[test]
fn a_key_is_asked_for_where_it_matters() {
    let operation = r#"{"action":"read","data":["note"]}"#;
    assert_eq!(paths("forbid any of any when years at most even;", operation), ["facts.years"]);
    assert_eq!(paths("forbid any of any when years at most ages;", operation), ["facts.years", "place"]);
}

/// A share turns on the recipient, a transfer on the places as well.
#[test]
fn an_implied_action_asks_for_what_implies_it() {
    let operation = r#"{"action":"read","data":["note"]}"#;
    assert_eq!(paths("forbid share of note;", operation), ["recipient"]);
    assert_eq!(paths("forbid transfer of note;", operation), ["origin", "place"]);
    let there = r#"{"action":"read","data":["note"],"place":"home"}"#;
    assert_eq!(paths("forbid transfer of note;", there), ["origin"]);
    let turning = r#"{"action":"turn","data":["note"],"recipient":"dated"}"#;
    assert_eq!(paths("forbid share of note;", turning), ["action"]);
}

/// When an operation takes place says nothing of a recipient without a date.
#[test]
fn the_time_is_asked_for_where_a_date_waits_for_it() {
    let rule = "forbid anything to any except authorised;";
    let to =
        |recipient: &str| format!(r#"{{"action":"read","data":["note"],"place":"home","recipient":"{recipient}"}}"#);
    assert_eq!(paths(rule, &to("dated")), ["time"]);
    assert!(paths(rule, &to("undated")).is_empty());
    let placeless = r#"{"action":"read","data":["note"],"recipient":"dated","time":"2026-02-01T00:00:00Z"}"#;
    assert_eq!(paths(rule, placeless), ["place"]);
}

#[test]
fn a_bound_asks_for_what_it_turns_on() {
    // Any disposal ends it, and this action may be one.
    let old = r#"{"action":"turn","data":[{"category":"note","collected":"2026-01-01"}],"time":"2026-03-01T00:00:00Z",
        "retention":"none"}"#;
    assert_eq!(paths("keep anything at most 10 days;", old), ["action"]);
    // Only deletion does here, and `turn` can't become one.
    assert!(paths("keep anything at most 10 days then delete;", old).is_empty());
    // No date bounds it.
    let untold = r#"{"action":"read","data":["note"]}"#;
    assert_eq!(paths("keep anything while active is yes;", untold), ["facts.active"]);
    assert_eq!(paths("keep anything until ended;", untold), ["facts.ended", "time"]);
    assert_eq!(paths("keep anything at most 10 days;", untold), ["data[0].collected", "time"]);
    assert_eq!(paths("keep anything at most 10 days after ended;", untold), ["facts.ended", "time"]);
    let stored = r#"{"action":"store","data":["note"],"time":"2026-03-01T00:00:00Z"}"#;
    assert_eq!(paths("keep anything at most 10 days;", stored), ["data[0].collected", "retention"]);
}
