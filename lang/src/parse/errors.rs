//! pest's errors in the language's own words.

use std::collections::BTreeSet;

use pest::Parser;
use pest::error::{Error, ErrorVariant, InputLocation};

use super::{Grammar, Rule};
use crate::diagnostic::{Code, Diagnostic};
use crate::syntax::Span;

/// What is wrong with a slice that no statement or rule matches, by parsing it alone.
///
/// `earlier` are the faults before it: past the limit none is shown, and this one is only counted.
pub fn bad(slice: &str, start: usize, within_clause: bool, earlier: &[Diagnostic]) -> Diagnostic {
    if let Some(last) = earlier.last().filter(|_| earlier.len() > crate::limits::ERRORS) {
        return Diagnostic { span: Span { start, end: start }, ..last.clone() };
    }
    let trimmed = slice.trim_end();
    let first = first_word(trimmed);
    if within_clause && STATEMENTS.contains(&first) {
        let fault = Diagnostic::error(
            Code::Misplaced,
            Span { start, end: start + first.len() },
            format!("`{first}` can't stand inside a clause"),
        );
        return fault.help("close the clause above it with `}`, or move this out of the clause");
    }
    let rule = if within_clause { Rule::lone_rule } else { Rule::lone_statement };
    match Grammar::parse(rule, trimmed) {
        Err(error) => translate(&error, trimmed, start),
        Ok(_) => syntax(Span { start, end: start + trimmed.len() }, first),
    }
}

/// Text that isn't of the language.
fn syntax(span: Span, found: &str) -> Diagnostic {
    let message = match found {
        "" => "this ends too early".to_string(),
        "\"" => "this text has no end".to_string(),
        _ => format!("unexpected `{found}`"),
    };
    Diagnostic::error(Code::Syntax, span, message)
}

/// An error of pest, for a slice that begins at byte `start` of its source.
pub fn translate(error: &Error<Rule>, slice: &str, start: usize) -> Diagnostic {
    let at = match error.location {
        InputLocation::Pos(at) => at,
        InputLocation::Span((from, _)) => from,
    };
    let rest = slice.get(at..).unwrap_or("");
    let found = first_word(rest);
    let before = end_of_code(slice.get(..at).unwrap_or(""));
    let positives = match &error.variant {
        ErrorVariant::ParsingError { positives, .. } => positives.as_slice(),
        ErrorVariant::CustomError { .. } => &[],
    };
    // What ends a statement ends no phrase that stands alone: it isn't expected where it isn't taken.
    let found_sign = format!("`{found}`");
    let expected: Vec<String> = in_words(positives).into_iter().filter(|sign| *sign != found_sign).collect();
    let semicolon = positives.contains(&Rule::kw_semicolon);
    let starts_over = rest.is_empty() || begins_statement(found);
    // A forgotten semicolon shows where the next statement begins: point to the end of this one.
    let span = if starts_over || found.is_empty() {
        Span { start: start + before.saturating_sub(1), end: start + before.max(1) }
    } else {
        Span { start: start + at, end: start + at + found.len() }
    };
    let mut fault = if starts_over && semicolon {
        Diagnostic::error(Code::MissingSemicolon, span, "this statement doesn't end with `;`")
            .label("expected `;` after this")
            .help("put a `;` after it")
    } else {
        let label = match (found, join(&expected).as_str()) {
            (_, "") => String::new(),
            ("", wanted) => format!("expected {wanted} after this"),
            (_, wanted) => format!("expected {wanted}"),
        };
        syntax(span, found).label(label)
    };
    let keywords: Vec<String> =
        positives.iter().filter_map(|rule| format!("{rule:?}").strip_prefix("kw_").map(str::to_string)).collect();
    let near = || {
        let near = abey_engine::nearest::nearest(found, keywords.iter().map(String::as_str));
        near.filter(|near| *near != found).map(|near| format!("did you mean `{near}`?"))
    };
    let reserved = || {
        let taken = positives.contains(&Rule::name) && Grammar::parse(Rule::reserved_word, found).is_ok();
        taken.then(|| format!("`{found}` means something in the language: choose another word"))
    };
    if let Some(help) = hint(found, before).or_else(near).or_else(reserved) {
        // Where the help names what was meant, a long list of all that could stand there is in the way.
        if expected.len() > FEW {
            fault.label.clear();
        }
        fault = fault.help(help);
    }
    fault
}

/// As many alternatives as are shown beside a help.
const FEW: usize = 3;

/// Where the last word, text or sign of a slice ends, comments apart.
fn end_of_code(slice: &str) -> usize {
    let mut end = 0;
    let (mut in_text, mut in_comment) = (false, false);
    let mut letters = slice.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let next = letters.peek().map(|(_, next)| *next);
        match letter {
            '\n' => (in_text, in_comment) = (false, false),
            '\\' if in_text => drop(letters.next()),
            '"' if !in_comment => in_text = !in_text,
            '/' if !in_text && next == Some('/') => in_comment = true,
            _ => {}
        }
        if !in_comment && !letter.is_whitespace() {
            end = at + letter.len_utf8();
        }
    }
    end
}

/// The word, number, text or sign with which a slice begins.
fn first_word(rest: &str) -> &str {
    let length = match rest.chars().next() {
        None => 0,
        // A text without an end is its quote alone.
        Some('"') => match rest.get(1..).and_then(|inner| inner.find(['"', '\n'])) {
            Some(end) if rest.get(end + 1..).is_some_and(|rest| rest.starts_with('"')) => end + 2,
            _ => 1,
        },
        Some(letter) if letter.is_alphanumeric() || letter == '_' => {
            rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-')).unwrap_or(rest.len())
        }
        Some(letter) => letter.len_utf8(),
    };
    rest.get(..length).unwrap_or(rest)
}

/// The words with which rules begin.
const RULES: &[&str] = &["allow", "forbid", "require", "keep", "owe", "waive", "note", "authorise"];

/// The words with which other statements begin.
const STATEMENTS: &[&str] = &[
    "agreement",
    "table",
    "set",
    "replace",
    "clause",
    "example",
    "examples",
    "policy",
    "vocabulary",
    "use",
    "offset",
    "applies",
    "action",
    "data",
    "form",
    "subject",
    "actor",
    "purpose",
    "recipient",
    "place",
    "measure",
    "basis",
    "role",
    "setting",
    "fact",
    "item",
    "property",
];

fn starters() -> impl Iterator<Item = &'static str> {
    RULES.iter().chain(STATEMENTS).copied()
}

fn begins_statement(word: &str) -> bool {
    word == "}" || starters().any(|starter| starter == word)
}

/// What an author may have meant, from the text around the fault.
fn hint(found: &str, before: usize) -> Option<String> {
    match found {
        "=" | "==" => Some("write `is` for equality, as in `service is cmp`".into()),
        "!" => Some("write `not`, as in `not service is cmp`".into()),
        "&" => Some("write `and`".into()),
        "|" => Some("write `or`".into()),
        "<" => Some("write `at most` or `before`".into()),
        ">" => Some("write `at least` or `after`".into()),
        "#" | "/" => Some("comments begin with `//`".into()),
        "'" => Some("texts stand in double quotes".into()),
        "[" | "]" => Some("lists stand in parentheses inside conditions, and bare elsewhere".into()),
        "true" => Some("write `is yes`".into()),
        "false" => Some("write `is no`".into()),
        "deny" => Some("write `forbid`".into()),
        "permit" => Some("write `allow`".into()),
        "\"" => Some("close it with a double quote on the same line".into()),
        _ if before == 0 => {
            let near = abey_engine::nearest::nearest(found, starters()).filter(|near| *near != found);
            near.map(|near| format!("did you mean `{near}`?"))
        }
        _ => None,
    }
}

/// What was expected, in the language's own words, grouped and without repetition.
fn in_words(rules: &[Rule]) -> Vec<String> {
    let mut parts = BTreeSet::new();
    let mut words = BTreeSet::new();
    for rule in rules {
        let debug = format!("{rule:?}");
        if let Some(keyword) = debug.strip_prefix("kw_") {
            let sign = match rule {
                Rule::kw_semicolon => Some("`;`"),
                Rule::kw_comma => Some("`,`"),
                Rule::kw_colon => Some("`:`"),
                Rule::kw_open => Some("`(`"),
                Rule::kw_close => Some("`)`"),
                Rule::kw_brace => Some("`{`"),
                Rule::kw_end_brace => Some("`}`"),
                _ => None,
            };
            if let Some(sign) = sign {
                words.insert(sign.to_string());
                continue;
            }
            let part =
                ["of", "about", "by", "for", "to", "in", "from", "as", "on", "with", "resting", "when", "unless"];
            if part.contains(&keyword) {
                parts.insert(format!("`{keyword}`"));
            } else {
                words.insert(format!("`{keyword}`"));
            }
            continue;
        }
        let word = match rule {
            Rule::name => "a word",
            Rule::string => "a text in double quotes",
            Rule::date => "a date such as 2026-01-15",
            Rule::instant => "an instant such as 2026-01-15T10:00:00Z",
            Rule::number => "a number",
            Rule::duration => "a duration such as 30 days",
            Rule::unit => "a unit such as `days`",
            Rule::offset_value => "an offset such as +02:00",
            Rule::yes_no => "`yes/no`",
            Rule::sign => "`+` or `-`",
            Rule::equals => "`=`",
            Rule::EOI => "`;`",
            Rule::names
            | Rule::list
            | Rule::picks
            | Rule::actions
            | Rule::data_picks
            | Rule::data_pick
            | Rule::item
            | Rule::means => "a word",
            Rule::value | Rule::literal | Rule::values => "a value",
            Rule::condition | Rule::conjunction | Rule::comparison => "a condition",
            Rule::is_one_of | Rule::is_none | Rule::is_any | Rule::is_authorised | Rule::is_not | Rule::is_value => {
                "`is`"
            }
            Rule::includes => "`includes`",
            Rule::within => "`within`",
            Rule::at_most => "`at most`",
            Rule::at_least => "`at least`",
            Rule::on_or_before => "`on or before`",
            Rule::on_or_after => "`on or after`",
            Rule::before => "`before`",
            Rule::after => "`after`",
            Rule::kind | Rule::base => "a type",
            Rule::operation => "an operation such as `store of email`",
            Rule::phrase | Rule::required_phrase => "`anything`, or actions `of` data",
            Rule::demand => "what is required",
            _ => continue,
        };
        words.insert(word.to_string());
    }
    // Where any statement could begin, the list of them says less than the word.
    if words.contains("`vocabulary`") {
        return vec!["a statement, such as `clause` or `data`".into()];
    }
    let mut all: Vec<String> = words.into_iter().collect();
    match parts.len() {
        0 => {}
        1..=3 => all.extend(parts),
        _ => all.push(format!("a part ({})", parts.into_iter().collect::<Vec<_>>().join(", "))),
    }
    all
}

fn join(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [rest @ .., last] => format!("{} or {last}", rest.join(", ")),
    }
}
