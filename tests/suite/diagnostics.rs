//! Wrong policies as data: tests/diagnostics/README.md says how a file of them is written.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use abey_lang::diagnostic::{Code, Diagnostic, line_and_column};

/// Messages that `//~?` says should be better. This may only fall.
const WISHES: usize = 1;

/// A diagnostic that a file expects.
#[derive(Debug)]
struct Expected {
    line: u32,
    code: Code,
    message: String,
    help: Option<String>,
}

/// What a file says of its lines.
#[derive(Default)]
struct Marks {
    expected: Vec<Expected>,
    /// Further places that a diagnostic shows: the line, and what is said there.
    related: BTreeSet<(u32, String)>,
    wishes: Vec<String>,
}

/// One source of a file.
#[derive(Default)]
struct Case {
    /// Lines of the file before its own.
    before: u32,
    source: String,
    phrases: Vec<(u32, String)>,
    settings: Vec<(u32, String, String)>,
}

/// A file of wrong policies.
#[derive(Default)]
struct File {
    marks: Marks,
    cases: Vec<Case>,
    /// Sources that the cases find beneath them.
    beneath: BTreeMap<String, String>,
}

/// Every file, with what it gives; they are read once.
fn files() -> &'static [(PathBuf, File, Vec<Found>)] {
    static FILES: OnceLock<Vec<(PathBuf, File, Vec<Found>)>> = OnceLock::new();
    FILES.get_or_init(|| {
        let entries = std::fs::read_dir(abey_tests::root().join("tests/diagnostics")).unwrap();
        let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        paths.retain(|path| path.extension().is_some_and(|ending| ending == "abey"));
        paths.sort();
        let read = |path: PathBuf| {
            let file = read(&path);
            let found = found(&file, &path);
            (path, file, found)
        };
        paths.into_iter().map(read).collect()
    })
}

fn read(path: &Path) -> File {
    let text = std::fs::read_to_string(path).unwrap();
    let mut file = File { cases: vec![Case::default()], ..File::default() };
    let mut beneath: Option<String> = None;
    let mut above = 0;
    for (index, line) in text.lines().enumerate() {
        let number = index as u32 + 1;
        let place = format!("{}:{number}", path.display());
        let trimmed = line.trim();
        if let Some(mark) = trimmed.strip_prefix("//~") {
            file.marks.read(mark, above, &place);
        } else {
            above = number;
        }
        let directive = trimmed.strip_prefix("//! ").map(|rest| rest.split_once(": ").expect(&place));
        match directive {
            Some(("case", _)) => {
                beneath = None;
                // The source begins behind this line.
                file.cases.push(Case { before: number, ..Case::default() });
            }
            Some(("beneath", name)) => beneath = Some(name.to_string()),
            Some(("phrase", phrase)) => file.cases.last_mut().unwrap().phrases.push((number, phrase.to_string())),
            Some(("set", setting)) => {
                let (name, value) = setting.split_once(" = ").expect(&place);
                file.cases.last_mut().unwrap().settings.push((number, name.to_string(), value.to_string()));
            }
            _ => {}
        }
        let line = match directive {
            Some((what, text)) if what.starts_with("repeat ") => {
                let count: usize = what.trim_start_matches("repeat ").parse().expect(&place);
                let number =
                    |index: usize| text.replace("##", &(index + 1).to_string()).replace('#', &index.to_string());
                (0..count).map(number).collect::<Vec<_>>().join(" ")
            }
            _ => line.to_string(),
        };
        let source = match &beneath {
            // Lines of a source beneath count from its own first one.
            Some(_) if directive.is_some() => continue,
            Some(name) => file.beneath.entry(name.clone()).or_default(),
            None if matches!(directive, Some(("case", _))) => continue,
            None => &mut file.cases.last_mut().unwrap().source,
        };
        source.push_str(&line);
        source.push('\n');
    }
    file.cases.retain(|case| case.source.lines().any(|line| !line.is_empty() && !line.starts_with("//")));
    file
}

impl Marks {
    fn read(&mut self, mark: &str, line: u32, place: &str) {
        if let Some(what) = mark.strip_prefix("~ ") {
            self.related.insert((line, what.to_string()));
        } else if let Some(wish) = mark.strip_prefix("? ") {
            assert!(self.expected.last().is_some_and(|last| last.line == line), "{place}: a wish of nothing");
            self.wishes.push(wish.to_string());
        } else if let Some(help) = mark.strip_prefix(" = ") {
            let last = self.expected.last_mut().filter(|last| last.line == line && last.help.is_none());
            last.unwrap_or_else(|| panic!("{place}: a help for nothing")).help = Some(help.to_string());
        } else {
            let (code, message) = mark.trim_start().split_once(": ").unwrap_or_else(|| panic!("{place}: {mark}"));
            let code = Code::of(code).unwrap_or_else(|| panic!("{place}: there is no code `{code}`"));
            self.expected.push(Expected { line, code, message: message.to_string(), help: None });
        }
    }
}

/// What compiles must load: a limit of the image, or a table that doesn't fit, is the compiler's to report.
fn load(compiled: &abey_lang::Compiled) {
    let bytes = abey_lang::image_bytes(&compiled.image);
    assert!(abey_engine::NativeChecker::load(&bytes).is_ok(), "{:?}", abey_engine::NativeChecker::load(&bytes).err());
}

/// A diagnostic with its line, and the lines of the further places that it shows.
struct Found {
    line: u32,
    related: Vec<(u32, String)>,
    fault: Diagnostic,
}

impl Found {
    /// Of a source whose line is found by `line`.
    fn of(fault: Diagnostic, line: impl Fn(usize) -> u32) -> Self {
        let related = fault.related.iter().map(|(span, what)| (line(span.start), what.clone())).collect();
        Found { line: line(fault.span.start), related, fault }
    }
}

/// Everything that the sources, phrases and settings of a file give, with the line of each.
fn found(file: &File, path: &Path) -> Vec<Found> {
    let mut found = Vec::new();
    for case in &file.cases {
        let beneath = |name: &str| file.beneath.get(name).cloned();
        let compiled = match abey_lang::compile_over(&case.source, &beneath) {
            Err(faults) => {
                assert!(case.phrases.is_empty() && case.settings.is_empty(), "{}: {faults:#?}", path.display());
                let line = |byte: usize| case.before + line_and_column(&case.source, byte).0;
                found.extend(faults.into_iter().map(|fault| Found::of(fault, line)));
                continue;
            }
            Ok(compiled) => compiled,
        };
        load(&compiled);
        for (line, phrase) in &case.phrases {
            let faults = abey_lang::phrase(phrase, &compiled.image).err().unwrap_or_default();
            found.extend(faults.into_iter().map(|fault| Found::of(fault, |_| *line)));
        }
        for (line, name, value) in &case.settings {
            if let Err(fault) = abey_lang::bind(&mut compiled.image.clone(), name, value) {
                found.push(Found::of(*fault, |_| *line));
            }
        }
    }
    found
}

#[test]
fn every_message_is_the_expected_one() {
    let mut wrong = String::new();
    for (path, file, all) in files() {
        let mut all: Vec<&Found> = all.iter().collect();
        let related: BTreeSet<_> = all.iter().flat_map(|found| found.related.iter().cloned()).collect();
        let name = path.display();
        for expected in &file.marks.expected {
            let before = all.len();
            all.retain(|Found { line, fault, .. }| {
                let help = expected.help.as_deref().is_none_or(|help| fault.help.as_deref() == Some(help));
                let same = fault.code == expected.code && fault.message == expected.message && help;
                !(same && *line == expected.line)
            });
            if all.len() == before {
                let Expected { line, code, message, help } = expected;
                wrong += &format!("{name}:{line}: no {code}: {message}\n    = {}\n", help.as_deref().unwrap_or(""));
            }
        }
        for Found { line, fault, .. } in all {
            let Diagnostic { code, message, label, help, .. } = fault;
            let help = help.as_deref().unwrap_or_default();
            wrong += &format!("{name}:{line}: unexpected\n//~ {code}: {message}\n//~ = {help}\n    ^ {label}\n");
        }
        for (line, what) in file.marks.related.symmetric_difference(&related) {
            let expected = file.marks.related.contains(&(*line, what.clone()));
            wrong += &format!("{name}:{line}: {} place: {what}\n", if expected { "no" } else { "unexpected" });
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// Every code, and every line of the compiler that reports something, is seen at work.
#[test]
fn every_diagnostic_is_expected_somewhere() {
    let (mut expectations, mut wishes) = (0, 0);
    let mut codes = BTreeSet::new();
    let mut raised = BTreeSet::new();
    for (path, file, all) in files() {
        expectations += file.marks.expected.len();
        wishes += file.marks.wishes.len();
        codes.extend(file.marks.expected.iter().map(|expected| expected.code));
        let places = all.iter().map(|found| found.fault.raised);
        raised.extend(places.map(|place| (place.file().to_string(), place.line())));
        let lines = std::fs::read_to_string(path).unwrap().lines().count();
        assert!(lines <= 60, "{}: {lines} lines; split it by topic", path.display());
    }
    let never: Vec<&Code> = Code::ALL.iter().filter(|code| !codes.contains(code)).collect();
    assert!(never.is_empty(), "codes that no file expects: {never:?}");
    assert!(expectations >= 120, "{expectations} expectations");
    assert!(wishes <= WISHES, "{wishes} messages should be better, and {WISHES} were");

    let mut silent = String::new();
    let mut folders = vec![abey_tests::root().join("lang/src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
                continue;
            }
            let text = std::fs::read_to_string(&entry).unwrap();
            for (index, _) in text.lines().enumerate().filter(|(_, line)| line.contains("Diagnostic::error(")) {
                let line = index as u32 + 1;
                if !raised.iter().any(|(file, other)| *other == line && entry.ends_with(file)) {
                    silent += &format!("{}:{line}\n", entry.display());
                }
            }
        }
    }
    assert!(silent.is_empty(), "reports that no file reaches:\n{silent}");
}

/// Lowercase, no full stop, backticks in pairs, and no word of the program that compiles.
#[test]
fn messages_follow_their_grammar() {
    for (path, _, all) in files() {
        for Found { line, fault, .. } in all {
            let texts =
                [Some(&fault.message), Some(&fault.label).filter(|label| !label.is_empty()), fault.help.as_ref()];
            for text in texts.into_iter().flatten() {
                let place = format!("{}:{line}: {text}", path.display());
                assert!(!text.is_empty() && !text.starts_with(char::is_uppercase), "{place}");
                assert!(!text.ends_with('.') && !text.ends_with(' ') && !text.contains('\n'), "{place}");
                assert!(text.matches('`').count() % 2 == 0, "{place}");
                let inner: String = text.split('`').step_by(2).collect();
                for word in ["Some", "None", "Ok(", "Err(", "::", "kw_", "Facet", "Slot", "Literal", "usize"] {
                    assert!(!inner.contains(word), "{place}");
                }
            }
            assert!(fault.help.is_some() || !fault.label.is_empty() || fault.code == Code::OutOfBounds, "{fault:?}");
        }
    }
}

/// One missing semicolon on each of many lines: one error for each, in one run.
#[test]
fn independent_errors_come_in_one_run() {
    let rules: String = (0..181).map(|_| "  allow store of email_address\n").collect();
    let source = format!("policy p \"P\" version \"1\";\nuse dpv;\nclause \"1\" {{\n{rules}}}\n");
    let faults = abey_lang::compile(&source).unwrap_err();
    assert_eq!(faults.iter().filter(|fault| fault.code == Code::MissingSemicolon).count(), 181);
    assert_eq!(faults.len(), 181);
}

/// A diagnostic as a person sees it: place, text, mark, help.
#[test]
fn a_report_shows_place_and_help() {
    let source = "policy p \"P\" version \"1\";\nuse dpv;\nclause \"1\" {\n  allow stor of email_address;\n}\n";
    let faults = abey_lang::compile(source).unwrap_err();
    let report = abey::report::diagnostics(&faults, source, "policy.abey", false);
    let expected = "error[unknown-word]: `stor` is no declared action
 --> policy.abey:4:9
  |
4 |   allow stor of email_address;
  |         ^^^^ not an action
  |
  = help: did you mean `store`?
";
    assert!(report.starts_with(expected), "{report}");
    assert!(report.ends_with("1 error in policy.abey\n"), "{report}");
    assert!(abey::report::diagnostics(&faults, source, "policy.abey", true).contains("\x1b["));
}

/// The words, texts, numbers and signs of a source.
fn tokens(source: &str) -> Vec<std::ops::Range<usize>> {
    let mut found = Vec::new();
    let mut letters = source.char_indices().peekable();
    let part = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.' | '/');
    while let Some((start, letter)) = letters.next() {
        let mut end = start + letter.len_utf8();
        let mut take = |fits: &dyn Fn(char) -> bool| {
            while let Some((at, next)) = letters.next_if(|(_, next)| fits(*next)) {
                end = at + next.len_utf8();
            }
        };
        if letter.is_whitespace() {
            continue;
        } else if source[start..].starts_with("//") {
            take(&|next| next != '\n');
            continue;
        } else if letter == '"' {
            take(&|next| next != '"' && next != '\n');
            end = letters.next_if(|(_, next)| *next == '"').map_or(end, |(at, _)| at + 1);
        } else if part(letter) {
            take(&part);
        }
        found.push(start..end);
    }
    found
}

/// The sources to spoil: the policies, and the blocks of the reference with the words that they share.
fn sources() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for name in abey_tests::agreements::NAMES {
        found.push((name.to_string(), abey_tests::agreements::source(name)));
    }
    let reference = abey_tests::read("lang/README.md");
    let mut prelude = String::new();
    for block in reference.split("\n```abey").skip(1) {
        let (tag, rest) = block.split_once('\n').unwrap();
        let text = rest.split_once("\n```").map_or(rest, |(text, _)| text);
        match tag {
            " prelude" => prelude = text.to_string(),
            " agreement" => found.push(("reference".into(), text.to_string())),
            _ => found.push(("reference".into(), format!("{prelude}\n{text}\n"))),
        }
    }
    found
}

/// A policy in which one token is missing, doubled or in the place of its neighbour compiles, or
/// gives an error with a place and a report. Tokens are taken all over each source, the same every time.
#[test]
fn a_spoilt_source_compiles_or_says_where() {
    let (mut spoilt, mut refused) = (0, 0);
    let sources = sources();
    let blocks = sources.len() - 5;
    for (number, (name, source)) in sources.iter().enumerate() {
        let tokens = tokens(source);
        // Sixteen of each policy, and enough of the blocks to make two hundred in all.
        let count = if number < 5 { 16 } else { 120usize.div_ceil(blocks) };
        for index in 0..count {
            let at = (index * 2 + 1) * (tokens.len() - 1) / (count * 2);
            let (one, two) = (tokens[at].clone(), tokens[at + 1].clone());
            let (before, between, behind) = (&source[..one.start], &source[one.end..two.start], &source[two.end..]);
            let (one, two) = (&source[one], &source[two]);
            let text = match (number + index) % 3 {
                0 => format!("{before}{between}{two}{behind}"),
                1 => format!("{before}{one} {one}{between}{two}{behind}"),
                _ => format!("{before}{two}{between}{one}{behind}"),
            };
            spoilt += 1;
            let beneath = |_: &str| sources.first().map(|(_, text)| text.clone());
            let faults = match abey_lang::compile_over(&text, &beneath) {
                Ok(compiled) => {
                    load(&compiled);
                    continue;
                }
                Err(faults) => faults,
            };
            refused += 1;
            let place = format!("{name}, token {at} `{one}` before `{two}`: {faults:#?}");
            assert!(!faults.is_empty(), "{place}");
            for fault in &faults {
                let spans = fault.related.iter().map(|(span, _)| *span).chain([fault.span]);
                for span in spans {
                    assert!(span.start <= span.end && text.get(span.range()).is_some(), "{place}");
                }
            }
            let report = abey::report::diagnostics(&faults, &text, "policy.abey", false);
            assert_eq!(report.matches("error[").count(), faults.len(), "{report}");
            let first = line_and_column(&text, faults[0].span.start);
            assert!(report.contains(&format!("policy.abey:{}:{}", first.0, first.1)), "{report}");
        }
    }
    assert!(spoilt >= 200, "{spoilt}");
    assert!(refused * 3 >= spoilt * 2, "{refused} of {spoilt} were refused");
}
