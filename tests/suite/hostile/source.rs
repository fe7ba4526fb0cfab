//! Sources that nobody writes.

use abey::Error;
use abey_lang::limits::SOURCE_BYTES;

/// The codes of what is wrong with a source.
fn codes(source: &str) -> Vec<String> {
    match abey::compile(source) {
        Ok(_) => Vec::new(),
        Err(Error::Source(faults)) => {
            assert!(faults.iter().all(|fault| fault.span.end <= source.len() + 1), "a fault lies in the source");
            faults.into_iter().map(|fault| fault.code.to_string()).collect()
        }
        Err(other) => panic!("{other}"),
    }
}

const HEAD: &str = "policy p \"P\" version \"1\";\n";

#[test]
fn bytes_that_are_no_source() {
    for text in [
        "\"",
        "\"\\",
        "{",
        "}",
        "(",
        ")",
        "\u{0}",
        "\u{feff}",
        "//",
        "/",
        ";",
        "\r",
        "\u{85}",
        "\u{2028}",
        "𝔸",
        "policy",
        "policy p",
        "policy p \"",
        "clause",
        "clause \"",
        "clause \"1\" {",
        "example \"",
        "use",
        "a\u{0}b",
        "\\",
        "\u{1b}[2J",
    ] {
        for count in [1, 2, 100, 5_000] {
            let text = text.repeat(count);
            for source in [text.clone(), format!("{HEAD}{text}"), format!("{HEAD}clause \"1\" {{ allow any of {text}")]
            {
                assert!(codes(&source).len() <= 402);
                let _ = abey::format(&source);
            }
        }
    }
}

#[test]
fn braces_and_strings_without_end() {
    for open in ["{", "(", "clause \"1\" {", "not ", "end of month of "] {
        let source = format!("{HEAD}clause \"1\" {{ allow any of any when {}", open.repeat(100_000));
        assert_eq!(codes(&source), ["nested-too-deep"], "{open}");
    }
    assert!(!codes(&format!("{HEAD}data a \"{}", "a".repeat(100_000))).is_empty());
    assert!(!codes(&format!("{HEAD}{}", "\"".repeat(100_001))).is_empty());
    assert!(!codes(&format!("{HEAD}{}", "}".repeat(100_000))).is_empty());
}

/// Carriage returns are white space; a byte order mark and a NUL are not.
#[test]
fn line_ends_and_marks() {
    let source = format!("{HEAD}clause \"1\" {{\n  allow any of any; // all\n}}\n");
    assert_eq!(codes(&source), [""; 0]);
    assert_eq!(codes(&source.replace('\n', "\r\n")), [""; 0]);
    let marked = codes(&format!("\u{feff}{source}"));
    assert!(!marked.is_empty());
    assert!(!codes(&source.replace("any of", "any\u{0}of")).is_empty());
}

#[test]
fn every_prefix_of_a_source_is_one_or_not() {
    let source = super::RICH;
    for (end, _) in source.char_indices().filter(|(end, _)| end % 5 == 0 || *end < 200) {
        let _ = codes(&source[..end]);
    }
    assert_eq!(codes(source), [""; 0]);
}

/// A clause's scope was copied into each of its rules: 100 KB of source, a list of 20,000 words over 5,000 rules, took
/// gigabytes. What is said for all rules is counted for each.
#[test]
fn a_scope_is_not_copied_without_bound() {
    let places: Vec<String> = (0..3_000).map(|index| format!("p{index}")).collect();
    let (declared, listed) = (places.join(","), places.join(","));
    let rules = |count: usize| {
        let source =
            format!("{HEAD}place {declared}; clause \"1\" in {listed} {{ {} }}", "allow any of any;".repeat(count));
        codes(&source)
    };
    assert_eq!(rules(300), [""; 0]);
    assert_eq!(rules(5_000), ["too-much"]);
    let condition = vec!["f is yes"; 2_000].join(" and ");
    let source =
        format!("{HEAD}fact f: yes/no; clause \"1\" when {condition} {{ {} }}", "allow any of any;".repeat(5_000));
    assert_eq!(codes(&source), ["too-much"]);
    let long = vec!["personal_data"; 20_000].join(",");
    let source = format!("{HEAD}clause \"1\" of {long} {{ {} }}", "allow any;".repeat(5_000));
    assert_eq!(codes(&source), ["too-much"]);
}

/// Whether an edge's condition depends on its own facet was looked for in tables, and not in those that a setting has as
/// its default: checking an operation then took the stack.
#[test]
fn settings_that_stand_for_tables_are_followed() {
    let source = |default: &str| {
        format!(
            "{HEAD}purpose a, b; table t by purpose {{ a = 1 day; otherwise 2 days; }} setting s: duration = {default};
            setting u: duration = s; purpose c is a when u at most 1 day; clause \"1\" {{ allow any of any for a; }}"
        )
    };
    assert_eq!(codes(&source("t")), ["circular-condition"]);
    assert_eq!(codes(&source("1 day")), [""; 0]);
}

/// Each word of a statement lies below each of the others: a few kilobytes stood for millions of edges. And an exception
/// for a range of clauses names all of them, in each of many rules.
#[test]
fn products_are_counted_before_they_are_made() {
    let words = |letter: char| (0..2_000).map(|index| format!("{letter}{index}")).collect::<Vec<_>>().join(",");
    let source = format!("{HEAD}actor {}; actor {} is {};", words('b'), words('a'), words('b'));
    assert_eq!(codes(&source), ["too-much"]);
    let below = "f is yes and ".repeat(200) + "f is yes";
    let source = format!("{HEAD}fact f: yes/no; actor {}; actor a is {} when {below};", words('b'), words('b'));
    assert_eq!(codes(&source), ["too-much"]);
    let clauses: String = (1..9_000).map(|index| format!("clause \"{index}\" {{}}")).collect();
    let waivers = "waive clauses \"1\" to \"8999\" for any of any;".repeat(20_000);
    assert_eq!(codes(&format!("{HEAD}{clauses} clause \"x\" {{ {waivers} }}"))[0], "too-much");
}

/// Two rows of a table were compared by going through every word for each pair of keys: 300 countries took seconds,
/// 3,000 hours.
#[test]
fn rows_of_a_table_are_compared_in_bounded_steps() {
    let words: Vec<String> = (0..4_000).map(|index| format!("p{index}")).collect();
    let rows: String = words.iter().map(|word| format!("{word} = 1 day;")).collect();
    let source = format!("{HEAD}place {}; table t by place {{ {rows} anywhere = 2 days; }}", words.join(","));
    assert_eq!(codes(&source), [""; 0]);
    let overlapping = format!("{HEAD}place g, h; place k is g, h; table t by place {{ g = 1 day; h = 2 days; }}");
    assert_eq!(codes(&overlapping), ["overlapping-rows"]);
}

/// What is wrong was put in words for each of a million places, and two hundred of them shown.
#[test]
fn errors_past_the_limit_cost_nothing() {
    let count = 60_000;
    for wrong in [
        "actor actor;",
        "x;",
        "fact f: yes/no;",
        "clause \"1\" {}",
        "use nothing;",
        "recipient r;",
        "applies when x is y;",
    ] {
        let found = codes(&format!("{HEAD}{}", wrong.repeat(count.min(16_000))));
        assert!((100..=410).contains(&found.len()), "{wrong}: {}", found.len());
        assert!(found.iter().any(|code| code == "too-many-errors"), "{wrong}");
    }
    let unknown: String = (0..20_000).map(|index| format!("allow a{index} of b{index};")).collect();
    assert!(codes(&format!("{HEAD}use dpv; clause \"1\" {{ {unknown} }}")).len() <= 202);
}

/// The place of a rule was counted from the beginning of its line, for each of 100,000 rules on one line; and a rule of an
/// agreement that stands outside a clause copied all those before it.
#[test]
fn many_rules_on_one_line() {
    let rules = "allow any of any;".repeat(100_000);
    assert_eq!(codes(&format!("{HEAD}clause \"1\" {{ {rules} }}")), [""; 0]);
    let over = format!("agreement a \"A\" version \"1\" over p; {}", "allow any of any;".repeat(16_000));
    let compiled = abey::compile_over(&over, &|_| Some(HEAD.into()));
    assert_eq!(compiled.unwrap().policy.clauses[0].rules.len(), 16_000);
}

#[test]
fn a_source_at_its_largest() {
    for filler in [" ", "\n", "// x\n", "\u{0}", "é", "x;", "\"", "}", "allow\n"] {
        let body = filler.repeat(200_000 / filler.len());
        let _ = codes(&format!("{HEAD}{body}"));
    }
    assert_eq!(codes(&format!("{HEAD}{}", " ".repeat(SOURCE_BYTES - HEAD.len()))), [""; 0]);
    assert_eq!(codes(&" ".repeat(SOURCE_BYTES + 1)), ["source-too-large"]);
}
