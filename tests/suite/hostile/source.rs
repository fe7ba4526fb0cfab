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
        for count in [1, 2, 100, 100_000] {
            let text = text.repeat(count);
            for source in [text.clone(), format!("{HEAD}{text}"), format!("{HEAD}clause \"1\" {{ allow any of {text}")]
            {
                if source.len() <= 400_000 {
                    assert!(codes(&source).len() <= 401);
                    let _ = abey::format(&source);
                }
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
    for (end, _) in source.char_indices() {
        let _ = codes(&source[..end]);
    }
    assert_eq!(codes(source), [""; 0]);
}

#[test]
fn a_source_at_its_largest() {
    for filler in [" ", "\n", "// x\n", "\u{0}", "é", "x;", "\"", "}", "allow\n"] {
        let body = filler.repeat((SOURCE_BYTES - HEAD.len()) / filler.len());
        let _ = codes(&format!("{HEAD}{body}"));
    }
    assert_eq!(codes(&" ".repeat(SOURCE_BYTES + 1)), ["source-too-large"]);
}
