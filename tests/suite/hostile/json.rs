//! Operations as JSON that no host means.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use abey::{Operation, Policy, limits};

fn policy() -> &'static Policy {
    static POLICY: OnceLock<Policy> = OnceLock::new();
    POLICY.get_or_init(|| {
        let source =
            "policy p \"P\" version \"1\"; use gdpr; fact n: number; fact t: text; clause \"1\" { allow any of any; }";
        Policy::compile(source).unwrap()
    })
}

/// Pauses as malformed, and says where.
fn malformed(text: &str) -> String {
    let decision = policy().check_json(text);
    assert!(!decision.is_allowed());
    assert_eq!(decision.reasons.len(), 1);
    assert_eq!(decision.reasons[0].kind.word(), "malformed");
    assert_eq!(decision.reasons[0].findings.len(), 1);
    decision.reasons[0].message.clone()
}

/// The path of every value was built before it was known to be needed: a long key over a long list was copied for
/// each of its members, 128 KB for each two bytes.
#[test]
fn a_long_key_over_a_long_list_is_read_in_linear_time() {
    let key = "k".repeat(128 * 1024);
    let list = vec!["1"; 60 * 1024].join(",");
    let text = format!(r#"{{"{key}":[{list}],"action":"store","data":["email_address"]}}"#);
    assert!(text.len() <= limits::OPERATION_BYTES);
    let start = Instant::now();
    let said = malformed(&text);
    assert!(said.contains("a key has at most 1024 bytes") && said.len() < 200, "{said}");
    let facts = format!(r#"{{"action":"store","data":["email_address"],"facts":{{"{}":[{list}]}}}}"#, "k".repeat(1024));
    assert!(malformed(&facts).contains("a list has at most 256 entries"));
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[test]
fn keys_are_bounded_and_unique() {
    let fact = |key: &str| format!(r#"{{"action":"store","data":["email_address"],"facts":{{"{key}":1}}}}"#);
    assert!(policy().check_json(fact(&"k".repeat(limits::WORD_BYTES))).is_allowed());
    assert!(malformed(&fact(&"k".repeat(limits::WORD_BYTES + 1))).contains("facts: a key has at most 1024 bytes"));
    assert!(malformed(&fact(r#"n":1,"n"#)).contains("facts.n: this key stands twice"));
    assert!(
        malformed(&fact(r#"n":1,"\u006e"#)).contains("facts.n: this key stands twice"),
        "the same key, spelled otherwise"
    );
    assert!(malformed(r#"{"action":"store","data":["a"],"":1}"#).contains(r#"[""]: unknown key"#));
    let many: Vec<String> = (0..20_000).map(|index| format!(r#""k{index}":1"#)).collect();
    assert!(malformed(&format!("{{{}}}", many.join(","))).contains("k0: unknown key"));
    assert!(malformed(&fact(&many.join(",").replace(":1,\"", ":1,\"x").replacen('"', "", 1)[..200_000])).len() < 500);
}

/// Every spelling of a number is that number; what isn't one, or is beyond what is exact, says where it stands.
#[test]
fn numbers_in_every_spelling() {
    let told = |number: &str| format!(r#"{{"action":"store","data":["email_address"],"facts":{{"n":{number}}}}}"#);
    let read = |number: &str| Operation::from_json(told(number)).map(|operation| operation.facts[0].1.clone());
    let zeros = "0".repeat(200_000);
    let long = [format!("1000.{zeros}"), format!("1{zeros}e-199997"), format!("0.{zeros}1e200004"), "1e000003".into()];
    for number in ["1e3", "1E3", "1e+3", "1000", "1000.0", "1000.000000", "0.1e4", "10000000e-4"]
        .iter()
        .copied()
        .chain(long.iter().map(String::as_str))
    {
        assert_eq!(read(number), read("1000"), "{}", &number[..number.len().min(40)]);
        assert!(read(number).is_ok());
    }
    for zero in ["0", "-0", "0.0", "0e0", "0e99999999999999999999", "0e-99999999999999999999"] {
        assert_eq!(read(zero), read("0"), "{zero}");
        assert!(read(zero).is_ok());
    }
    for end in ["9223372036854.775807", "-9223372036854.775808", "0.000001", "-1e-6"] {
        assert!(read(end).is_ok(), "{end}");
    }
    let nines = "9".repeat(200_000);
    for beyond in [
        "9223372036854.775808",
        "-9223372036854.775809",
        "1e13",
        "1e-7",
        "0.0000001",
        "1e99999999999999999999",
        "1e-99999999999999999999",
        &nines,
    ] {
        let said = malformed(&told(beyond));
        assert!(said.starts_with("facts.n: a number has at most six digits"), "{said}");
    }
    for wrong in
        ["01", "-", "1.", ".5", "+1", "1e", "1e+", "0x10", "--1", "1.e3", "NaN", "Infinity", "-Infinity", "1_000", "٣"]
    {
        let said = malformed(&told(wrong));
        assert!(
            said.starts_with("facts.n: this is no JSON") || said.starts_with("facts: expected `,`"),
            "{wrong}: {said}"
        );
    }
}

#[test]
fn bombs_are_refused() {
    for open in ["[", "{\"a\":", "[{\"a\":", "{\"data\":["] {
        for count in [9, 1_000, limits::OPERATION_BYTES / open.len()] {
            let said = malformed(&open.repeat(count));
            assert!(said.contains("nested deeper than 8 levels"), "{open} {count}: {said}");
            assert!(said.len() < 300, "{said}");
        }
    }
    assert!(malformed(&"[".repeat(limits::OPERATION_BYTES + 1)).contains("at most 262144 bytes"));
    let list = |member: &str| format!(r#"{{"action":"store","data":[{}]}}"#, vec![member; 80_000].join(","));
    assert!(malformed(&list("[]")).contains("data: a list has at most 256 entries"));
    assert!(malformed(&list("{}")).contains("data: a list has at most 256 entries"));
    // Every list as long as it may be: as many points as the product says, and no more than the limit.
    let words = |member: &str| vec![member; 256].join(",");
    let wide = format!(
        r#"{{"action":"store","data":[{}],"subjects":[{}],"purpose":[{}],"origin":[{}],"legs":[{}]}}"#,
        words("\"email_address\""),
        words("\"child\""),
        words("\"marketing\""),
        words("\"DE\""),
        words("{}")
    );
    assert!(malformed(&wide).contains("1099511627776 points (256 × 256 × 256 × 256 × 256), at most 256"));
}

#[test]
fn texts_are_unicode_and_escapes_are_whole() {
    let told = |text: &str| format!(r#"{{"action":"store","data":["email_address"],"facts":{{"t":"{text}"}}}}"#);
    for (text, wrong) in [
        (r"\ud800", "half of a surrogate pair"),
        (r"\udc00", "half of a surrogate pair"),
        (r"\ud800\ud800", "half of a surrogate pair"),
        (r"\ud83dx", "half of a surrogate pair"),
        (r"\ud83d\n", "half of a surrogate pair"),
        (r"\u12", "expected four hexadecimal digits"),
        (r"\u+123", "expected four hexadecimal digits"),
        (r"\uFFFG", "expected four hexadecimal digits"),
        (r"\x41", "an unknown escape"),
        ("\u{0}", "a control character"),
        ("\n", "a control character"),
    ] {
        let said = malformed(&told(text));
        assert!(said.starts_with("facts.t: ") && said.contains(wrong), "{text:?}: {said}");
    }
    for text in [r"\ud83d\ude00", r"\u0000", "\u{10ffff}", "\u{feff}", r"\/\b\f"] {
        assert!(policy().check_json(told(text)).is_allowed(), "{text:?}");
    }
    for text in [
        "\"",
        "{\"",
        "{\"a",
        "{\"a\\",
        "{\"a\\u",
        "{\"a\":\"",
        "\u{feff}{}",
        "nul",
        "tru",
        "-",
        "[1,",
        "{\"a\":1,}",
        "[1 2]",
        "{}{}",
    ] {
        malformed(text);
    }
}

/// Every prefix of an operation, and every byte of it changed, is an operation or malformed.
#[test]
fn damaged_operations_are_decided_or_malformed() {
    let checker = super::load(&super::tables()).unwrap();
    for text in super::OPERATIONS {
        for end in 0..text.len() {
            let decision = checker.check_json(&text[..end]);
            assert_eq!(decision.reasons[0].kind.word(), "malformed", "{}", &text[..end]);
        }
        for at in 0..text.len() {
            for byte in [
                0,
                b'"',
                b'\\',
                b'[',
                b'{',
                b'}',
                b'0',
                b'9',
                b'-',
                b'e',
                b' ',
                0x7f,
                0x80,
                0xff,
                text.as_bytes()[at] ^ 1,
            ] {
                let mut damaged = text.as_bytes().to_vec();
                damaged[at] = byte;
                // A host has a text; bytes that are none don't get so far.
                if let Ok(damaged) = std::str::from_utf8(&damaged)
                    && let Ok(operation) = Operation::from_json(damaged)
                {
                    let _ = checker.verdict(&operation);
                }
            }
        }
    }
}
