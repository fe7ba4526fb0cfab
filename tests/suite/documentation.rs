//! Every command and code block of README.md and of the language reference runs.

use abey_tests::commands::abey;

const DOCUMENTS: &[&str] = &["README.md", "lang/README.md", "bindings/module/README.md", "bindings/web/README.md"];

struct Block {
    tag: String,
    line: usize,
    text: String,
}

fn blocks(path: &str) -> Vec<Block> {
    let mut found: Vec<Block> = Vec::new();
    let mut open = false;
    for (index, line) in abey_tests::read(path).lines().enumerate() {
        match line.strip_prefix("```") {
            Some(tag) if !open => {
                open = true;
                found.push(Block { tag: tag.to_string(), line: index + 1, text: String::new() });
            }
            Some(_) => open = false,
            None if open => found.last_mut().unwrap().text += &format!("{line}\n"),
            None => {}
        }
    }
    assert!(!open, "{path}: a block has no end");
    found
}

/// Words of a shell line; quotes group.
fn shell_words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for letter in line.chars() {
        match (quote, letter) {
            (Some(open), letter) if letter == open => quote = None,
            (None, '"' | '\'') => quote = Some(letter),
            (None, ' ') => words.push(String::new()),
            _ => words.last_mut().unwrap().push(letter),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[test]
fn every_block_has_a_tag_that_is_tested() {
    for path in DOCUMENTS {
        for block in blocks(path) {
            assert!(
                ["sh", "sh slow", "text", "rust", "json", "abey", "abey prelude", "abey agreement"]
                    .contains(&block.tag.as_str()),
                "{path}:{}: {:?}",
                block.line,
                block.tag
            );
        }
    }
}

/// A policy in a document compiles, its examples pass, and it has some.
#[test]
fn policies_compile_and_their_examples_pass() {
    let mut examples = 0;
    let mut wrong = String::new();
    for path in DOCUMENTS {
        let all = blocks(path);
        let prelude =
            all.iter().find(|block| block.tag == "abey prelude").map_or(String::new(), |block| block.text.clone());
        // An agreement stands over the block before it.
        let mut before = String::new();
        for block in all.iter().filter(|block| block.tag.starts_with("abey")) {
            let own = block.text.contains("policy ") || block.tag == "abey prelude";
            let source = if own || block.tag == "abey agreement" {
                block.text.clone()
            } else {
                format!("{prelude}{}", block.text)
            };
            let compiled = abey::compile_over(&source, &|_| Some(before.clone()))
                .unwrap_or_else(|error| panic!("{path}:{}: {error}", block.line));
            let outcome = abey::examples::run(&compiled, &source).unwrap();
            before.clone_from(&source);
            examples += outcome.examples.len();
            for ran in outcome.examples {
                let reasons: Vec<_> = ran.decision.reasons.iter().map(|reason| &reason.message).collect();
                if !ran.failures.is_empty() {
                    wrong += &format!("{path}:{}: {}: {:?}\n{reasons:#?}\n", block.line, ran.name, ran.failures);
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
    assert!(examples > 40, "{examples}");
}

/// A slow command, which no test runs, names what is there: programs, configurations, tests.
#[test]
fn slow_commands_name_what_is_there() {
    let mut named = 0;
    for path in DOCUMENTS {
        for block in blocks(path).iter().filter(|block| block.tag == "sh slow") {
            for line in block.text.lines() {
                let words = shell_words(line.split(" #").next().unwrap_or(line));
                let exists = |file: &str| abey_tests::root().join(file).exists();
                for word in words.iter().filter(|word| word.contains('/') && !word.contains("::")) {
                    assert!(exists(word), "{path}: there is no {word}");
                    named += 1;
                }
                for word in words.iter().filter(|word| word.contains("::")) {
                    let (module, test) = word.split_once("::").unwrap();
                    let source = abey_tests::read(&format!("tests/suite/{module}.rs"));
                    assert!(source.contains(&format!("fn {test}")), "{path}: no test begins with {word}");
                    named += 1;
                }
            }
        }
    }
    assert!(named >= 4, "{named}");
}

/// A command prints what the `text` block behind it says; `…` stands for any lines.
#[test]
fn commands_print_what_is_shown() {
    std::env::set_current_dir(abey_tests::root()).unwrap();
    let mut ran = 0;
    for path in DOCUMENTS {
        let all = blocks(path);
        for (index, block) in all.iter().enumerate().filter(|(_, block)| block.tag == "sh") {
            let shown = all.get(index + 1).filter(|next| next.tag == "text").map(|next| next.text.as_str());
            for line in block.text.lines().filter(|line| !line.trim_start().starts_with('#') && !line.is_empty()) {
                let words = shell_words(line);
                let arguments = match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
                    ["cargo", "run", .., "--"] => panic!("{line}"),
                    ["abey", ..] => words[1..].to_vec(),
                    ["cargo", "run", ..] => words[words.iter().position(|word| word == "--").unwrap() + 1..].to_vec(),
                    // This very command runs this test; the gate runs the same line.
                    ["cargo", "test", ..] => {
                        assert!(
                            abey_tests::read(".ci/run").lines().any(|own| own == line),
                            ".ci/run doesn't run `{line}`"
                        );
                        continue;
                    }
                    ["git", "clone", ..] | ["cd", ..] | ["cargo", "install", ..] => continue,
                    other => panic!("{path}:{}: what is {other:?}?", block.line),
                };
                ran += 1;
                let (code, out, err) = abey(&arguments.iter().map(String::as_str).collect::<Vec<_>>(), "");
                assert!(code == abey_cli::FINE || code == abey_cli::NO, "{line}: {code}: {err}");
                if let Some(shown) = shown {
                    assert!(fits(shown, &out), "{path}:{}: {line} printed\n{out}\nnot\n{shown}", block.line);
                }
            }
        }
    }
    assert!(ran >= 4, "{ran}");
}

/// Whether printed lines are those shown, `…` standing for any number.
fn fits(shown: &str, printed: &str) -> bool {
    let mut rest: Vec<&str> = printed.lines().collect();
    let mut free = false;
    for line in shown.lines() {
        if line.trim() == "…" {
            free = true;
            continue;
        }
        let at = if free {
            rest.iter().position(|own| *own == line)
        } else {
            rest.first().filter(|own| **own == line).map(|_| 0)
        };
        match at {
            Some(at) => rest = rest.split_off(at + 1),
            None => return false,
        }
        free = false;
    }
    free || rest.is_empty()
}

#[test]
fn fitting_is_strict() {
    assert!(fits("a\n…\nd\n", "a\nb\nc\nd\n") && fits("a\n…\n", "a\nb\n"));
    assert!(!fits("a\n", "a\nb\n") && !fits("a\nb\n", "a\n") && !fits("…\nx\n", "a\n"));
}

/// Operations in documents are well-formed.
#[test]
fn operations_are_well_formed() {
    let mut found = 0;
    for path in DOCUMENTS {
        for block in blocks(path).iter().filter(|block| block.tag == "json") {
            abey::Operation::from_json(&block.text).unwrap_or_else(|fault| panic!("{path}:{}: {fault}", block.line));
            found += 1;
        }
    }
    assert!(found > 0);
}

/// The Rust blocks of the README are tests of the crate `abey`, which takes the file into its documentation.
#[test]
fn rust_blocks_are_tests_of_the_crate() {
    assert!(blocks("README.md").iter().any(|block| block.tag == "rust"));
    assert!(abey_tests::read("bindings/rust/src/lib.rs").contains("include_str!(\"../../../README.md\")"));
}

/// The bytes of an image that its page writes out are those of the policy that it shows.
#[test]
fn an_image_is_what_its_page_shows() {
    let page = blocks("engine/README.md");
    let of = |tag: &'static str| page.iter().filter(move |block| block.tag == tag);
    let policy = abey::Policy::compile(&of("abey").next().unwrap().text).unwrap();
    let bytes = |block: &Block| -> Vec<u8> {
        let byte = |word: &str| u8::from_str_radix(word, 16).ok().filter(|_| word.len() == 2);
        block.text.lines().flat_map(|line| line.split(' ').map_while(byte)).collect()
    };
    let [wordings, begins, ends] = of("bytes").map(bytes).collect::<Vec<_>>().try_into().unwrap();
    let (first, tables) = policy.image().get(37..).and_then(|rest| rest.split_at_checked(wordings.len())).unwrap();
    assert!(wordings.len() > 20 && first == wordings, "{first:02x?}");
    assert!(begins.len() > 40 && tables.starts_with(&begins), "{tables:02x?}");
    assert!(ends.len() > 50 && tables.ends_with(&ends), "{tables:02x?}");
}
