//! Bad input: malformed operations, damaged images, limits at and above.

use abey::{Error, Item, Operation, Policy, limits};

fn policy() -> Policy {
    Policy::compile("policy p \"P\" version \"1\"; use gdpr; fact n: number; clause \"1\" { allow any of any; }")
        .unwrap()
}

fn malformed(text: &str) -> String {
    let decision = policy().check_json(text);
    assert!(!decision.is_allowed(), "{text}");
    let kinds: Vec<&str> = decision.reasons.iter().map(|reason| reason.kind.word()).collect();
    assert_eq!(kinds, ["malformed"], "{text}");
    decision.reasons[0].message.clone()
}

#[test]
fn a_malformed_operation_pauses_and_says_where() {
    let cases = [
        (r#"{"action":"store"}"#, "data: an operation needs at least one data item"),
        (r#"{"data":["email_address"]}"#, "action: an operation needs an action"),
        (r#"{"action":"store","data":[]}"#, "data: the list is empty"),
        (r#"{"action":"store","data":["x"],"purpose":[]}"#, "purpose: the list is empty"),
        (r#"{"action":"store","data":["x"],"subjects":[]}"#, "subjects: the list is empty"),
        (r#"{"action":"store","data":["x"],"origin":[]}"#, "origin: the list is empty"),
        (r#"{"action":"store","data":["x"],"legs":[]}"#, "legs: the list is empty"),
        (r#"{"action":"store","action":"share","data":["x"]}"#, "action: this key stands twice"),
        (r#"{"action":"store","data":["x"],"facts":{"n":1,"n":2}}"#, "facts.n: this key stands twice"),
        (r#"{"action":"store","data":["x"],"purposes":"y"}"#, "purposes: unknown key; did you mean `purpose`?"),
        (
            r#"{"action":"store","data":[{"category":"x","forms":[]}]}"#,
            "data[0].forms: unknown key; did you mean `form`?",
        ),
        (
            r#"{"action":"store","data":["x",{"category":"y","collected":"yesterday"}]}"#,
            "data[1].collected: `yesterday` is no date",
        ),
        (r#"{"action":"store","data":["x"],"measures":["none"]}"#, "measures[0]: `none` is no member of a set"),
        (r#"{"action":"store","data":["x"],"purpose":["a","none"]}"#, "purpose: `none` stands alone"),
        (
            r#"{"action":"store","data":["x"],"purpose":[null]}"#,
            "purpose[0]: expected a word in double quotes, found null",
        ),
        (r#"{"action":"store","data":["x"],"retention":"1 year"}"#, "retention: `1 year` is no duration"),
        (r#"{"action":"store","data":["x"],"time":"2026-11-20"}"#, "time: `2026-11-20` is no instant"),
        (
            r#"{"action":"store","data":["x"],"legs":[{"recipient":"none"}],"place":"DE"}"#,
            "legs: either `legs`, or `recipient` and `place`",
        ),
        (r#"{"action":"store","data":["x"],"facts":{"n":"many"}}"#, "facts.n: the fact `n` is a number"),
        (r#"{"action":"store","data":["x"],"facts":{"n":0.0000001}}"#, "facts.n: a number has at most six digits"),
        (r#"{"action":"none","data":["x"]}"#, "action: there is always an action"),
        (r#"{"action":"store","data":["none"]}"#, "data[0]: a data item needs a category"),
        ("[1", "expected `,` or `]`"),
        ("\u{0}", "this is no JSON value"),
        ("", "the JSON ends too early"),
    ];
    for (text, expected) in cases {
        let message = malformed(text);
        assert!(message.contains(expected), "{text}\n  said: {message}\n  not:  {expected}");
    }
}

#[test]
fn null_is_unknown_and_undeclared_facts_are_reported() {
    let text = r#"{"action":"store","data":[{"category":"email_address","form":null}],"purpose":null,"legs":null,"facts":{"n":null,"stray":1}}"#;
    let decision = policy().check_json(text);
    assert!(decision.is_allowed(), "{:?}", decision.reasons);
    assert_eq!(decision.ignored, ["facts.stray"]);
}

#[test]
fn an_unknown_word_pauses_by_itself_with_the_nearest() {
    let decision = policy().check_json(r#"{"action":"store","data":["email_adress"],"place":"Germany"}"#);
    assert!(!decision.is_allowed());
    let messages: Vec<&str> =
        decision.reasons.iter().filter(|r| r.kind.word() == "unknown_term").map(|r| r.message.as_str()).collect();
    assert_eq!(messages[0], "`email_adress` is no declared word of data; did you mean `email_address`?");
    assert!(messages[1].starts_with("`Germany` is no declared word of place"), "{messages:?}");
}

#[test]
fn limits_are_counted_at_and_above() {
    let policy = policy();
    let points = |items: usize, purposes: usize| {
        let mut operation = Operation::of("store", []);
        operation.data = (0..items).map(|_| Item::new("email_address")).collect();
        for _ in 0..purposes {
            operation = operation.purpose("advertising");
        }
        policy.verdict(&operation)
    };
    assert_eq!(limits::POINTS, 256);
    assert!(points(16, 16).is_ok());
    let over = points(129, 2).unwrap_err().to_string();
    assert!(over.contains("258 points (129 × 1 × 2 × 1 × 1), at most 256"), "{over}");
    assert!(points(257, 1).unwrap_err().to_string().contains("data: a list has at most 256 entries"));
    let long = Operation::of("store", [Item::new(&"a".repeat(limits::WORD_BYTES + 1))]);
    assert!(policy.verdict(&long).unwrap_err().to_string().contains("at most 1024 bytes"), "built, not read");
    // Every part of a built operation is bounded as a read one is.
    let word = |bytes: usize| "a".repeat(bytes);
    let many = |count: usize| vec!["tls".to_string(); count];
    let base = || Operation::of("store", [Item::new("email_address")]);
    type Part = Box<dyn Fn(usize, usize) -> Operation>;
    let parts: Vec<(&str, Part)> = vec![
        ("action", Box::new(move |bytes, _| Operation { action: word(bytes), ..base() })),
        ("actor", Box::new(move |bytes, _| base().actor(&word(bytes)))),
        ("purpose", Box::new(move |bytes, _| base().purpose(&word(bytes)))),
        ("recipient", Box::new(move |bytes, _| base().recipient(&word(bytes)))),
        ("place", Box::new(move |bytes, _| base().place(&word(bytes)))),
        ("origin", Box::new(move |bytes, _| base().origin(&word(bytes)))),
        ("basis", Box::new(move |bytes, _| base().basis(&word(bytes)))),
        ("role", Box::new(move |bytes, _| base().role(&word(bytes)))),
        ("subject", Box::new(move |bytes, _| base().subject(&word(bytes)))),
        ("leg", Box::new(move |bytes, _| base().leg(&word(bytes), "DE"))),
        ("leg's place", Box::new(move |bytes, _| base().leg("none", &word(bytes)))),
        ("fact's name", Box::new(move |bytes, _| base().fact(&word(bytes), 1))),
        ("fact", Box::new(move |bytes, _| base().fact("unknown", word(bytes).as_str()))),
        ("fact of a set", Box::new(move |bytes, _| base().fact("unknown", [word(bytes).as_str()]))),
        (
            "item's fact",
            Box::new(move |bytes, _| {
                Operation::of("store", [Item::new("email_address").fact("unknown", word(bytes).as_str())])
            }),
        ),
        ("measures", Box::new(move |_, count| Operation { measures: Some(many(count)), ..base() })),
        (
            "form",
            Box::new(move |_, count| {
                Operation::of("store", [Item { form: Some(many(count)), ..Item::new("email_address") }])
            }),
        ),
        (
            "contents",
            Box::new(move |_, count| {
                Operation::of("store", [Item { contains: Some(many(count)), ..Item::new("email_address") }])
            }),
        ),
    ];
    for (name, part) in parts {
        let within = policy.verdict(&part(limits::WORD_BYTES, limits::LIST));
        assert!(within.is_ok(), "{name}: {within:?}");
        let over = policy.verdict(&part(limits::WORD_BYTES + 1, limits::LIST + 1)).unwrap_err().to_string();
        assert!(over.contains("at most 1024 bytes") || over.contains("at most 256 entries"), "{name}: {over}");
    }

    let padded = |bytes: usize| {
        let text = r#"{"action":"store","data":["email_address"]}"#;
        format!("{text}{}", " ".repeat(bytes - text.len()))
    };
    assert!(policy.check_json(padded(limits::OPERATION_BYTES)).is_allowed());
    assert!(malformed(&padded(limits::OPERATION_BYTES + 1)).contains("an operation has at most 262144 bytes"));

    let word = |bytes: usize| format!(r#"{{"action":"store","data":["{}"]}}"#, "a".repeat(bytes));
    assert_eq!(policy.check_json(word(limits::WORD_BYTES)).reasons[0].kind.word(), "unknown_term");
    assert!(malformed(&word(limits::WORD_BYTES + 1)).contains("at most 1024 bytes"));

    let list = |members: usize| {
        format!(r#"{{"action":"store","data":["email_address"],"measures":[{}]}}"#, vec!["\"tls\""; members].join(","))
    };
    assert!(policy.check_json(list(limits::LIST)).is_allowed());
    assert!(malformed(&list(limits::LIST + 1)).contains("at most 256 entries"));

    let nested = |depth: usize| {
        format!(
            r#"{{"action":"store","data":["email_address"],"facts":{{"n":{}{}}}}}"#,
            "[".repeat(depth),
            "]".repeat(depth)
        )
    };
    // The operation and its facts are two levels.
    assert!(!malformed(&nested(limits::OPERATION_NESTING - 2)).contains("nested deeper"));
    assert!(malformed(&nested(limits::OPERATION_NESTING)).contains("nested deeper than 8 levels"));
}

fn faults(source: &str) -> Vec<(&'static str, String)> {
    match Policy::compile(source) {
        Ok(_) => Vec::new(),
        Err(Error::Source(faults)) => faults.into_iter().map(|fault| (fault.code.word(), fault.message)).collect(),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn limits_of_a_source_are_counted() {
    use abey_lang::limits::{SOURCE_BYTES, SOURCE_NESTING};
    let head = "policy p \"P\" version \"1\"; fact f: yes/no; clause \"1\" { allow any of any when ";
    let nested = |depth: usize| format!("{head}{}f is yes{}; }}", "(".repeat(depth), ")".repeat(depth));
    // The clause's own brace is one level.
    assert_eq!(faults(&nested(SOURCE_NESTING - 1)), []);
    assert_eq!(faults(&nested(SOURCE_NESTING))[0].0, "nested-too-deep");
    assert_eq!(faults(&format!("{head}{} f is yes; }}", "not ".repeat(100_000)))[0].0, "nested-too-deep");
    assert_eq!(faults(&nested(1_000_000))[0].0, "nested-too-deep");
    let sized = |bytes: usize| {
        let source = "policy p \"P\" version \"1\";\n";
        format!("{source}{}", " ".repeat(bytes - source.len()))
    };
    assert_eq!(faults(&sized(SOURCE_BYTES)), []);
    assert_eq!(faults(&sized(SOURCE_BYTES + 1))[0].0, "source-too-large");

    let terms = |count: usize| {
        let names: Vec<String> = (0..count).map(|index| format!("a{index}")).collect();
        // In two statements, since one has as many words at most.
        let (some, rest) = names.split_at(count / 2);
        format!("policy p \"P\" version \"1\"; actor {}; actor {};", some.join(", "), rest.join(", "))
    };
    assert_eq!(faults(&terms(limits::TERMS)), []);
    assert_eq!(faults(&terms(limits::TERMS + 1))[0].0, "too-many-terms");
}

#[test]
fn facts_and_settings_are_counted() {
    let source = |statement: &dyn Fn(usize) -> String, count: usize| {
        let statements: Vec<String> = (0..count).map(statement).collect();
        format!("policy p \"P\" version \"1\"; {}", statements.join("\n"))
    };
    let statements: [&dyn Fn(usize) -> String; 2] =
        [&|index| format!("fact f{index}: number;"), &|index| format!("setting s{index}: number;")];
    for statement in statements {
        assert_eq!(faults(&source(statement, limits::FACTS)), []);
        assert_eq!(faults(&source(statement, limits::FACTS + 1))[0].0, "too-many-facts");
    }
}

#[test]
fn rules_are_counted() {
    let rules = |count: usize| {
        let one = "allow any of any;";
        format!("policy p \"P\" version \"1\"; clause \"1\" {{ {} }}", one.repeat(count))
    };
    assert_eq!(faults(&rules(limits::RULES)), []);
    assert_eq!(faults(&rules(limits::RULES + 1))[0].0, "too-many-rules");
}

/// Every prefix of an image, and every image with one byte changed, is refused or decides without a fault.
#[test]
fn damaged_images_are_refused() {
    let policy = policy();
    let image = policy.image();
    assert!(Policy::load(image).is_ok());
    for length in (0..image.len()).step_by(97) {
        assert!(Policy::load(&image[..length]).is_err(), "{length} bytes");
    }
    for at in (0..image.len()).step_by(211) {
        let mut damaged = image.to_vec();
        damaged[at] ^= 0x15;
        assert!(Policy::load(&damaged).is_err(), "byte {at}");
        // Without the hash to protect it, the checker still validates what it reads.
        if let Ok(checker) = abey_engine::NativeChecker::load(&damaged) {
            let _ = checker.check_json(r#"{"action":"store","data":["email_address"]}"#);
        }
    }
    assert!(matches!(Policy::load(b"policy"), Err(Error::Image(abey::ImageError::NotAnImage))));
    let mut newer = image.to_vec();
    newer[4] = 9;
    assert!(Policy::load(&newer).unwrap_err().to_string().contains("format version 9"));
}

#[test]
fn settings_that_do_not_fit_are_refused() {
    let source = "policy p \"P\" version \"1\"; use dpv;
        setting kept: duration = 30 days at most 60 days;
        setting enabled: yes/no;
        clause \"1\" { allow any of any; }
        clause \"2\" { keep anything at most kept; }";
    let set =
        |name: &str, value: &str| Policy::compile(source).unwrap().with_setting(name, value).map(|p| p.about().hash);
    let refused = |name: &str, value: &str| set(name, value).unwrap_err().to_string();
    assert!(refused("kep", "1 day").contains("did you mean `kept`?"));
    assert!(refused("kept", "long").contains("the setting `kept` is a duration"));
    assert!(refused("kept", "61 days").contains("isn't certainly at most 60 days"));
    assert!(refused("kept", "2 months").contains("isn't certainly at most 60 days"), "two months may have 62 days");
    assert!(refused("enabled", "maybe").contains("yes or no"));
    assert_eq!(set("kept", "60 days").unwrap(), set("kept", "P60D").unwrap());
    assert_ne!(set("kept", "60 days").unwrap(), set("kept", "59 days").unwrap(), "a setting enters the hash");
}

/// The limits of a read operation, just inside and just outside.
#[test]
fn limits_of_the_wire_are_counted() {
    let words = |count: usize| vec!["\"tls\""; count].join(",");
    let facts = |count: usize| (0..count).map(|index| format!("\"f{index}\":1")).collect::<Vec<_>>().join(",");
    let text = |bytes: usize| "a".repeat(bytes);
    type Part = Box<dyn Fn(usize) -> String>;
    let parts: Vec<(&str, usize, Part)> = vec![
        ("measures: a list has at most 256", limits::LIST, Box::new(move |n| format!(r#""measures":[{}]"#, words(n)))),
        ("purpose: a list has at most 256", limits::LIST, Box::new(move |n| format!(r#""purpose":[{}]"#, words(n)))),
        (
            "facts.s: a list has at most 256",
            limits::LIST,
            Box::new(move |n| format!(r#""facts":{{"s":[{}]}}"#, words(n))),
        ),
        ("facts: at most 256 facts", limits::LIST, Box::new(move |n| format!(r#""facts":{{{}}}"#, facts(n)))),
        ("place: a word has at most 1024", limits::WORD_BYTES, Box::new(move |n| format!(r#""place":"{}""#, text(n)))),
        (
            "facts.s: a text has at most 1024",
            limits::WORD_BYTES,
            Box::new(move |n| format!(r#""facts":{{"s":"{}"}}"#, text(n))),
        ),
        (
            "facts.s[0]: a text has at most 1024",
            limits::WORD_BYTES,
            Box::new(move |n| format!(r#""facts":{{"s":["{}"]}}"#, text(n))),
        ),
    ];
    for (message, most, part) in parts {
        let read = |count: usize| {
            Operation::from_json(format!(r#"{{"action":"store","data":["email_address"],{}}}"#, part(count)))
        };
        assert!(read(most).is_ok(), "{message}");
        for past in [most + 1, most + 2] {
            let fault = read(past).unwrap_err().to_string();
            assert!(fault.starts_with(message), "{fault}");
        }
    }
}
