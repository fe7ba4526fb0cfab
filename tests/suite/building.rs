//! Operations as a host builds, writes, reads and changes them.

use abey::decision::{Change, Step};
use abey::{Item, Operation, Policy, Retention, Subject, Told};
use abey_engine::ToJson;
use abey_engine::calendar::{Date, Duration, Instant};
use abey_engine::value::FactValue;

/// Something in every part.
const FULL: &str = concat!(
    r#"{"action":"store","data":["mail",{"category":"chat","form":["hashed"],"collected":"2026-02-01","#,
    r#""contains":["mail"],"facts":{"source":"user"}},{"category":"a","form":[]},{"category":"b","collected":"now"}],"#,
    r#""subjects":["child",{"subject":"adult","facts":{"years":30}}],"actor":"agent","purpose":["support","sales"],"#,
    r#""legs":[{"recipient":"vendor","place":"US","measures":["tls"]},{"recipient":"none"}],"origin":["DE","FR"],"#,
    r#""role":"processor","basis":"consent","measures":["tls","sso"],"retention":"P6M","time":"2026-11-20T10:00:00Z","#,
    r#""facts":{"sealed":true,"count":1.5,"note":"x","consented":["support","sales"]}}"#
);

fn written(operation: &Operation) -> String {
    operation.to_json().to_string()
}

#[test]
fn what_is_read_is_written_as_it_was() {
    let read = Operation::from_json(FULL).unwrap();
    assert_eq!(written(&read), FULL);
    assert_eq!(Operation::from_json(written(&read)).unwrap(), read);
    assert_eq!(written(&Operation::default()), "{}");
    for (word, told) in [("none", Retention::None), ("agreed", Retention::Agreed)] {
        let text = format!(r#"{{"action":"store","data":["a"],"place":"none","retention":"{word}"}}"#);
        let read = Operation::from_json(&text).unwrap();
        assert_eq!((read.retention, &read.place), (told, &Told::None));
        assert_eq!(written(&read), text);
    }
}

#[test]
fn what_is_built_is_what_is_read() {
    let date = |text: &str| Date::parse(text).unwrap();
    let subject = Subject { term: "adult".into(), facts: vec![("years".into(), 30.into())] };
    let items = [
        Item::new("mail"),
        Item::new("chat").form(["hashed"]).collected(date("2026-02-01")).contains(["mail"]).fact("source", "user"),
        Item::new("a").form([]),
        Item::new("b").collected_now(),
    ];
    let built = Operation::of("store", items)
        .subject("child")
        .subject_with(subject)
        .actor("agent")
        .purpose("support")
        .purpose("sales")
        .leg("vendor", "US")
        .leg("none", "DE")
        .origin("DE")
        .origin("FR")
        .role("processor")
        .basis("consent")
        .measures(["tls", "sso"])
        .keeping(Duration::parse("P6M").unwrap())
        .time(Instant::parse("2026-11-20T10:00:00Z").unwrap())
        .fact("sealed", true)
        .fact("count", FactValue::Number(abey_engine::value::Number(1_500_000)))
        .fact("note", "x")
        .fact("consented", ["support", "sales"]);
    let mut read = Operation::from_json(FULL).unwrap();
    read.legs[0].measures = Some(Vec::new());
    read.legs[1].place = Told::Is("DE".into());
    read.legs[1].measures = Some(Vec::new());
    assert_eq!(built, read);
    assert_eq!(Operation::of("store", []).keeping_as_agreed().retention, Retention::Agreed);
}

/// `none` stands alone: it takes the place of what was said before.
#[test]
fn none_takes_the_place_of_the_others() {
    let operation = Operation::of("store", []);
    let subjects = operation.clone().subject("child").subject("none");
    assert_eq!((subjects.subjects, operation.clone().subject("none").subjects), (Told::None, Told::None));
    let purposes = operation.clone().purpose("support").purpose("none");
    assert_eq!(purposes.purposes, Told::None);
    assert_eq!(operation.clone().origin("none").origins, Told::None);
    assert_eq!(operation.clone().origin("none").origin("DE").origins, Told::Is(vec!["DE".into()]));
    assert_eq!(operation.place("none").place, Told::None);
}

/// A recipient and its place belong together.
#[test]
fn a_leg_is_filled_from_the_base_where_it_is_the_same() {
    let base = || Operation::of("share", []).recipient("vendor").place("US");
    let filled = |own: Operation, base: Operation| {
        let filled = own.or_from(&base);
        (filled.recipient, filled.place, filled.legs.len())
    };
    let is = |word: &str| Told::Is(word.to_string());
    let own = || Operation::of("share", []);
    assert_eq!(filled(own(), base()), (is("vendor"), is("US"), 0));
    assert_eq!(filled(own().recipient("vendor"), base()), (is("vendor"), is("US"), 0));
    assert_eq!(filled(own().recipient("other"), base()), (is("other"), Told::Unknown, 0));
    assert_eq!(filled(own().place("US"), base()), (is("vendor"), is("US"), 0));
    assert_eq!(filled(own().place("DE"), base()), (Told::Unknown, is("DE"), 0));
    // A base without a recipient says where the host itself keeps data, which is where it stays that goes to nobody.
    let home = || Operation::of("share", []).place("DE");
    assert_eq!(filled(own().recipient("none"), home()), (Told::None, is("DE"), 0));
    assert_eq!(filled(own().recipient("none"), base()), (Told::None, Told::Unknown, 0));
    assert_eq!(filled(own().recipient("vendor"), home()), (is("vendor"), Told::Unknown, 0));
    assert_eq!(filled(own().place("FR"), own().recipient("vendor")), (is("vendor"), is("FR"), 0));
    assert_eq!(filled(own().leg("vendor", "US"), base()), (Told::Unknown, Told::Unknown, 1));
    assert_eq!(filled(own(), own().leg("vendor", "US")), (Told::Unknown, Told::Unknown, 1));
}

/// A step changes what its path names, and a path that isn't there changes nothing.
#[test]
fn steps_change_what_they_name() {
    let step = |path: &str, value: &str| Step { path: path.into(), change: Change::Set, value: value.into() };
    let base = Operation::from_json(FULL).unwrap();
    let changed = |path: &str, value: &str| {
        let after = base.with_steps(&[step(path, value)]);
        (after != base).then(|| written(&after))
    };
    for (path, value, from, to) in [
        ("measures", "mfa", r#""sso"]"#, r#""sso","mfa"]"#),
        ("place", "DE", r#""legs""#, r#""place":"DE","legs""#),
        ("recipient", "other", r#""legs""#, r#""recipient":"other","legs""#),
        ("retention", "P1Y", r#""P6M""#, r#""P12M""#),
        ("retention", "agreed", r#""P6M""#, r#""agreed""#),
        ("retention", "none", r#""P6M""#, r#""none""#),
        ("data[1].form", "salted", r#"["hashed"]"#, r#"["hashed","salted"]"#),
        ("data[2].form", "salted", r#""form":[]"#, r#""form":["salted"]"#),
        ("legs[0].place", "DE", r#""US""#, r#""DE""#),
        ("legs[1].recipient", "other", r#"{"recipient":"none"}"#, r#"{"recipient":"other"}"#),
        ("legs[1].place", "DE", r#"{"recipient":"none"}"#, r#"{"recipient":"none","place":"DE"}"#),
    ] {
        assert_eq!(changed(path, value), Some(FULL.replacen(from, to, 1)), "{path}");
    }
    for (path, value) in [
        ("measures", "tls"),
        ("data[1].form", "hashed"),
        ("retention", "P6M"),
        ("retention", "a while"),
        ("data[4].form", "hashed"),
        ("data[x].form", "hashed"),
        ("data[1].contains", "mail"),
        ("legs[2].place", "DE"),
        ("legs[0].measures", "mfa"),
        ("legs[0]place", "DE"),
        ("purpose", "sales"),
        ("", ""),
    ] {
        assert_eq!(changed(path, value), None, "{path} {value}");
    }
    let untold = Operation::of("store", [Item::new("mail")]);
    let added = untold.with_steps(&[step("measures", "tls"), step("data[0].form", "hashed")]);
    assert_eq!(
        written(&added),
        r#"{"action":"store","data":[{"category":"mail","form":["hashed"]}],"measures":["tls"]}"#
    );
}

/// Through serde an operation is read as strictly as by itself.
#[test]
fn serde_reads_and_writes_the_same() {
    let read: Operation = serde_json::from_str(FULL).unwrap();
    assert_eq!(read, Operation::from_json(FULL).unwrap());
    assert_eq!(serde_json::to_string(&read).unwrap(), FULL);
    let with =
        |value: &str| serde_json::from_str::<Operation>(&format!(r#"{{"action":"a","data":["b"],"facts":{value}}}"#));
    let told = |value: &str| with(value).unwrap().facts;
    let number = |millionths: i64| FactValue::Number(abey_engine::value::Number(millionths));
    assert_eq!(told(r#"{"x":-3}"#), [("x".into(), number(-3_000_000))]);
    assert_eq!(told(r#"{"x":7}"#), [("x".into(), number(7_000_000))]);
    assert_eq!(told(r#"{"x":0.25}"#), [("x".into(), number(250_000))]);
    assert_eq!(told(r#"{"x":null,"y":false}"#), [("y".into(), false.into())]);
    let fault = |value: &str| with(value).unwrap_err().to_string();
    assert!(fault(r#"{"x":1,"x":2}"#).contains("x: this key stands twice"));
    // The operation and its facts are two levels, and eight are held.
    let nested = |depth: usize| format!(r#"{{"x":{}{}}}"#, "[".repeat(depth), "]".repeat(depth));
    assert!(fault(&nested(6)).contains("expected a value"), "{}", fault(&nested(6)));
    assert!(fault(&nested(7)).contains("nested deeper than 8 levels"), "{}", fault(&nested(7)));
    assert!(serde_json::from_str::<Operation>("7").unwrap_err().to_string().contains("expected"));
    assert!(serde_json::from_str::<Operation>(r#"{"action":"a"}"#).unwrap_err().to_string().contains("at least one"));
    let value = serde_json::to_value(Operation::of("a", [Item::new("b")]).fact("x", -3).fact("y", 7)).unwrap();
    assert_eq!(value["facts"], serde_json::json!({"x": -3, "y": 7}));
    let bytes: Result<Operation, _> =
        serde::Deserialize::deserialize(serde::de::value::BytesDeserializer::<serde::de::value::Error>::new(b"x"));
    assert!(bytes.unwrap_err().to_string().contains("expected a JSON value"));
}

#[test]
fn serde_writes_a_decision_as_it_writes_itself() {
    let policy =
        Policy::compile("policy p \"P\" version \"1\"; use dpv; clause \"1\" { allow store of any; }").unwrap();
    for operation in [Operation::of("store", [Item::new("email_address")]), Operation::of("use", [Item::new("x")])] {
        let decision = policy.check(&operation);
        assert_eq!(serde_json::to_string(&decision).unwrap(), decision.to_json());
    }
}
