//! Source text to syntax tree. pest stays in this room: nothing of it is seen outside.

#![allow(bindings_with_variant_name, reason = "pest names variants as the grammar does, in lower case")]

mod clauses;
mod conditions;
mod errors;
mod operations;
mod phrases;
mod properties;
mod sizes;
mod statements;

use pest::Parser;
use pest::iterators::Pair;

use crate::diagnostic::{Code, Diagnostic};
use crate::limits;
use crate::syntax::{File, Name, Operation, Span};

use grammar::{Grammar, Rule};

mod grammar {
    //! What pest makes of the grammar: a variant for each of its rules, under the rule's own name.
    #![allow(missing_docs, reason = "the grammar documents its rules")]

    #[derive(pest_derive::Parser)]
    #[grammar = "grammar.pest"]
    pub struct Grammar;
}

type Node<'a> = Pair<'a, Rule>;

/// Reads a source. Every statement that stands is in the tree; for each that doesn't, there is a diagnostic.
///
/// Linear in the source, which has at most [`limits::SOURCE_BYTES`].
#[must_use]
pub fn parse(source: &str) -> (File, Vec<Diagnostic>) {
    if let Some(refused) = refuse(source) {
        return (File::default(), vec![refused]);
    }
    let mut faults = Vec::new();
    let mut file = File::default();
    match Grammar::parse(Rule::file, source) {
        Ok(mut pairs) => {
            for node in pairs.next().into_iter().flat_map(Pair::into_inner) {
                statements::statement(node, &mut file, &mut faults);
            }
        }
        Err(error) => faults.push(errors::translate(&error, source, 0)),
    }
    sizes::check(&mut file, &mut faults);
    faults.sort_by_key(|fault| fault.span);
    if faults.len() > limits::ERRORS {
        let rest = faults.len() - limits::ERRORS;
        let hidden = faults.split_off(limits::ERRORS);
        let at = hidden.first().map(|fault| fault.span).unwrap_or_default();
        let message =
            if rest == 1 { "one more error isn't shown".into() } else { format!("{rest} more errors aren't shown") };
        faults.push(Diagnostic::error(Code::TooManyErrors, at, message).help("mend the others first"));
    }
    (file, faults)
}

/// Reads one operation, as examples write them.
///
/// # Errors
/// What is wrong with it.
pub fn parse_operation(source: &str) -> Result<Operation, Vec<Diagnostic>> {
    if let Some(refused) = refuse(source) {
        return Err(vec![refused]);
    }
    let trimmed = source.trim_end().trim_end_matches(';');
    let mut pairs = match Grammar::parse(Rule::lone_operation, trimmed) {
        Ok(pairs) => pairs,
        Err(error) => return Err(vec![errors::translate(&error, trimmed, 0)]),
    };
    let mut faults = Vec::new();
    let node = pairs.next().and_then(|node| node.into_inner().next());
    let operation = node.and_then(|node| operations::operation(node, &mut faults));
    match operation {
        Some(operation) if faults.is_empty() => Ok(operation),
        _ => Err(faults),
    }
}

/// Refuses what is too large or too deeply nested to parse.
fn refuse(source: &str) -> Option<Diagnostic> {
    if source.len() > limits::SOURCE_BYTES {
        let end = Span { start: 0, end: 0 };
        let message = format!("the source has {} bytes, and at most {} are read", source.len(), limits::SOURCE_BYTES);
        return Some(
            Diagnostic::error(Code::SourceTooLarge, end, message)
                .help("split the policy, or move words into a vocabulary"),
        );
    }
    let start = nested_too_deep(source)?;
    let message = format!("nested deeper than {} levels", limits::SOURCE_NESTING);
    Some(
        Diagnostic::error(Code::NestedTooDeep, Span { start, end: start + 1 }, message)
            .help("write it as several rules"),
    )
}

/// Where the source nests deeper than the limit, counting parentheses, braces,
/// and the words that open an operand: pest's own guard depends on the machine's stack.
fn nested_too_deep(source: &str) -> Option<usize> {
    let bytes = source.as_bytes();
    let (mut at, mut run) = (0, 0usize);
    let mut open: Vec<usize> = Vec::new();
    while let Some(byte) = bytes.get(at) {
        let start = at;
        match byte {
            b'"' => {
                at += 1;
                while let Some(byte) = bytes.get(at) {
                    at += if *byte == b'\\' { 2 } else { 1 };
                    if matches!(byte, b'"' | b'\n') {
                        break;
                    }
                }
                run = 0;
                continue;
            }
            b'/' if bytes.get(at + 1) == Some(&b'/') => {
                while bytes.get(at).is_some_and(|byte| *byte != b'\n') {
                    at += 1;
                }
                continue;
            }
            b'(' | b'{' => {
                open.push(run + 1);
                run = 0;
            }
            b')' | b'}' => {
                open.pop();
                run = 0;
            }
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' => {
                while bytes.get(at).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_') {
                    at += 1;
                }
                match source.get(start..at) {
                    Some("not" | "end") => run += 1,
                    Some("of" | "month" | "year") => {}
                    _ => run = 0,
                }
                if open.iter().sum::<usize>() + run > limits::SOURCE_NESTING {
                    return Some(start);
                }
                continue;
            }
            b' ' | b'\t' | b'\r' | b'\n' => {}
            _ => run = 0,
        }
        if open.len() > limits::SOURCE_NESTING
            || matches!(byte, b'(' | b'{') && open.iter().sum::<usize>() > limits::SOURCE_NESTING
        {
            return Some(start);
        }
        at += 1;
    }
    None
}

/// The place of a node, without the white space that pest takes in before a part that isn't there.
fn span(node: &Node<'_>) -> Span {
    let start = node.as_span().start();
    Span { start, end: start + node.as_str().trim_end().len() }
}

fn name(node: &Node<'_>) -> Name {
    Name { text: node.as_str().to_string(), span: span(node) }
}

/// A text without its quotes.
fn text(node: &Node<'_>) -> Name {
    let written = node.as_str();
    let inner = written.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(written);
    let mut text = String::with_capacity(inner.len());
    let mut letters = inner.chars();
    while let Some(letter) = letters.next() {
        text.push(if letter == '\\' { letters.next().unwrap_or('\\') } else { letter });
    }
    Name { text, span: span(node) }
}

/// The words of a list of names.
fn names(node: Node<'_>) -> Vec<Name> {
    node.into_inner()
        .filter(|inner| matches!(inner.as_rule(), Rule::name | Rule::kw_none | Rule::kw_any | Rule::kw_raw))
        .map(|inner| name(&inner))
        .collect()
}

/// The children of a node that aren't keywords.
fn content(node: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    node.into_inner().filter(|inner| !is_keyword(inner.as_rule()))
}

fn is_keyword(rule: Rule) -> bool {
    format!("{rule:?}").starts_with("kw_")
}

/// Reads a duration as policies write it: `1 year 6 months`.
#[must_use]
pub fn parse_duration(text: &str) -> Option<abey_engine::calendar::Duration> {
    let node = Grammar::parse(Rule::lone_duration, text).ok()?.next()?;
    let duration = node.into_inner().next()?;
    conditions::duration(duration).ok()
}

/// A part that stands twice.
pub(crate) use sizes::nodes;
pub(crate) use statements::{repeated, stands_twice};
