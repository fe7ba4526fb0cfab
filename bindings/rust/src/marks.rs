//! A trace as a person reads it in a terminal: the rules as the policy writes them, with marks under their parts.

use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Renderer, Snippet};

use crate::decision::{Citation, Verdict};
use crate::trace::{Outcome, PartTrace, PointTrace, RuleTrace, Told, Trace};

/// A trace over the sources of the policy.
///
/// `sources` finds how the source of a layer is called and its text; where there is none, the image's
/// own text of the rule stands in. `all` shows also the rules that don't look at a point; `colour`
/// asks for ANSI colours.
#[must_use]
pub fn trace<'a>(
    trace: &Trace,
    sources: &dyn Fn(&str) -> Option<(&'a str, &'a str)>,
    all: bool,
    colour: bool,
) -> String {
    let paint = |text: &str, code: &str| if colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_string() };
    let verdict = |verdict: Verdict| match verdict {
        Verdict::Allow => paint("ALLOW", "1;32"),
        Verdict::Pause => paint("PAUSE", "1;33"),
    };
    let drawn = Drawn { renderer: if colour { Renderer::styled() } else { Renderer::plain() }, sources };
    let time = trace.time.as_ref().map_or(String::new(), |time| format!(", at {time}"));
    let mut out = format!("{}  {} {}{time}\n", verdict(trace.verdict), trace.policy.name, trace.policy.version);
    let count = trace.points.len();
    for (index, point) in trace.points.iter().enumerate() {
        out += &format!("\npoint {} of {count}: {}\n", index + 1, verdict(point.verdict));
        for word in &point.told {
            out += &format!("  {}\n", said(word));
        }
        for guard in point.guards.iter().filter(|guard| all || !guard.truth.is_true()) {
            out += &format!("  {}\n", told(guard));
        }
        for word in &point.strange {
            out += &format!("  {}: a word that the policy doesn't have\n", said(word));
        }
        if point.guards.iter().any(|guard| !guard.truth.is_true()) {
            out += "  so no rule looks at it\n";
        }
        out += &drawn.nearest(point);
        let (apart, looked): (Vec<_>, Vec<_>) =
            point.rules.iter().partition(|rule| rule.outcome == Outcome::OutOfScope && !all);
        // What pauses comes first; else the order of the policy.
        let (pausing, others): (Vec<_>, Vec<_>) = looked.into_iter().partition(|rule| rule.outcome == Outcome::Pauses);
        for rule in pausing.into_iter().chain(others) {
            out += &format!("\n{}\n", drawn.rule(rule));
        }
        if !apart.is_empty() {
            out += "\n  rules that don't apply\n";
        }
        for rule in apart {
            out += &format!("    {}\n", why_not(rule));
        }
    }
    out
}

/// Why a rule doesn't look at a point, in a line.
fn why_not(rule: &RuleTrace) -> String {
    let head = format!("clause {}, line {}: {}", rule.citation.clause, rule.citation.line, rule.verb.word());
    match rule.parts.iter().find(|part| part.truth.is_false()) {
        Some(part) => format!("{head}: {}", told(part)),
        None => format!("{head}: its parts match, and not on the same data"),
    }
}

/// A value and where it stands.
fn said(word: &Told) -> String {
    format!("{} {}", word.path, word.value.as_deref().unwrap_or("not told"))
}

/// The truth of a part and the values that decided it.
fn label(part: &PartTrace) -> String {
    let told: Vec<String> = part.told.iter().map(said).collect();
    let inner: Vec<String> = part.parts.iter().map(self::told).collect();
    let why = [told, inner].concat().join("; ");
    if why.is_empty() { part.truth.word().to_string() } else { format!("{}: {why}", part.truth.word()) }
}

fn told(part: &PartTrace) -> String {
    format!("`{}` is {}", part.text, label(part))
}

struct Drawn<'s, 'a> {
    renderer: Renderer,
    sources: &'s dyn Fn(&str) -> Option<(&'a str, &'a str)>,
}

impl Drawn<'_, '_> {
    fn nearest(&self, point: &PointTrace) -> String {
        let Some(nearest) = &point.nearest else { return String::new() };
        let clause = &nearest.citation.clause;
        let parts: Vec<&PartTrace> = nearest.apart.iter().collect();
        let texts: Vec<String> = parts.iter().map(|part| format!("`{}`", part.text)).collect();
        let title = format!("clause {clause} is apart by {}", texts.join(" and "));
        format!("\n{}\n", self.drawn(Level::HELP.with_name("nearest"), &title, &nearest.citation, &parts))
    }

    fn rule(&self, rule: &RuleTrace) -> String {
        let level = match rule.outcome {
            Outcome::Pauses => Level::ERROR,
            Outcome::Unsettled | Outcome::Owed => Level::WARNING,
            Outcome::Covers | Outcome::Lifts => Level::HELP,
            Outcome::Lifted | Outcome::Obeyed | Outcome::OutOfScope => Level::NOTE,
        };
        let name = rule.outcome.word().replace('_', " ");
        let clause = &rule.citation.clause;
        let title = match rule.outcome {
            Outcome::Obeyed | Outcome::OutOfScope => format!("clause {clause}"),
            _ => format!("clause {clause} {}", rule.text),
        };
        let parts: Vec<&PartTrace> = rule.parts.iter().chain(&rule.asks).collect();
        self.drawn(level.with_name(&name), &title, &rule.citation, &parts)
    }

    /// A rule in its source, with the parts marked; those that stand elsewhere below it.
    fn drawn(&self, level: Level<'_>, title: &str, citation: &Citation, parts: &[&PartTrace]) -> String {
        let known = (self.sources)(&citation.layer).and_then(|(path, source)| {
            let start = offset(source, citation.line, citation.column)?;
            Some((path, source, find(source, start..source.len(), &citation.rule, true)?))
        });
        let (path, source, rule) = match &known {
            Some((path, source, rule)) => (Some(*path), *source, rule.clone()),
            None => (None, citation.rule.as_str(), 0..citation.rule.len()),
        };
        let head = known.as_ref().and_then(|_| head(source, rule.start, &citation.clause));
        let mut snippet = Snippet::source(source);
        snippet = match path {
            Some(path) => snippet.path(path),
            None => snippet.line_start(citation.line as usize),
        };
        let mut below: Vec<String> = Vec::new();
        let mut marks: Vec<(Range<usize>, PartTrace)> = Vec::new();
        for part in parts {
            let within = |range: &Range<usize>| find(source, range.clone(), &part.text, false);
            match within(&rule).or_else(|| head.as_ref().and_then(within)) {
                Some(span) => match marks.iter_mut().find(|(earlier, _)| *earlier == span) {
                    // `anything` speaks of actions and of data.
                    Some((_, earlier)) => {
                        earlier.truth = earlier.truth.and(part.truth);
                        earlier.told.extend(part.told.iter().cloned());
                        earlier.parts.extend(part.parts.iter().cloned());
                    }
                    None => marks.push((span, (*part).clone())),
                },
                None => below.push(told(part)),
            }
        }
        let annotations: Vec<Annotation<'_>> = marks
            .iter()
            .map(|(span, part)| {
                let kind = if part.truth.is_true() { AnnotationKind::Context } else { AnnotationKind::Primary };
                kind.span(span.clone()).label(label(part))
            })
            .collect();
        snippet = if annotations.is_empty() {
            snippet.annotation(AnnotationKind::Visible.span(rule))
        } else {
            snippet.annotations(annotations)
        };
        let mut group: Group<'_> = level.primary_title(title).element(snippet);
        for line in &below {
            group = group.element(Level::NOTE.no_name().message(line));
        }
        self.renderer.render(&[group])
    }
}

/// The byte at which a line and column begin.
fn offset(source: &str, line: u32, column: u32) -> Option<usize> {
    let before: usize = source.split_inclusive('\n').take((line as usize).checked_sub(1)?).map(str::len).sum();
    let rest = source.get(before..)?;
    let within = rest.char_indices().nth((column as usize).checked_sub(1)?)?;
    Some(before + within.0)
}

/// The head of the clause in which a rule stands.
fn head(source: &str, rule: usize, clause: &str) -> Option<Range<usize>> {
    let before = source.get(..rule)?;
    let start = before.rfind(&format!("clause \"{clause}\""))?;
    let end = source.get(start..rule)?.find('{')?;
    Some(start..start + end)
}

/// Where a text stands in a source, whose white space may differ; as whole words. `here`: right at the start.
fn find(source: &str, within: Range<usize>, text: &str, here: bool) -> Option<Range<usize>> {
    let region = source.get(within.clone())?;
    let letter = |c: char| c.is_alphanumeric() || c == '_';
    let mut before = ' ';
    for (at, first) in region.char_indices() {
        let begins = !(first.is_whitespace() || letter(before) && letter(first));
        before = first;
        let end = region.get(at..).filter(|_| begins).and_then(|rest| stands(rest, text));
        if let Some(end) = end {
            return Some(within.start + at..within.start + at + end);
        }
        if here {
            return None;
        }
    }
    None
}

/// How long a text is at the start of another, letting white space and comments pass.
fn stands(rest: &str, text: &str) -> Option<usize> {
    let mut own = rest.char_indices().peekable();
    let mut end = 0;
    let mut words = text.split_whitespace().peekable();
    words.peek()?;
    for word in words {
        loop {
            let tail = rest.get(own.peek().map_or(rest.len(), |(at, _)| *at)..)?;
            if tail.starts_with("//") {
                while own.next_if(|(_, c)| *c != '\n').is_some() {}
            }
            if own.next_if(|(_, c)| c.is_whitespace()).is_none() {
                break;
            }
        }
        for letter in word.chars() {
            let (at, found) = own.next()?;
            if found != letter {
                return None;
            }
            end = at + found.len_utf8();
        }
    }
    let next = own.peek().map_or(' ', |(_, c)| *c);
    let last = text.chars().last().unwrap_or(' ');
    let letter = |c: char| c.is_alphanumeric() || c == '_';
    (!(letter(next) && letter(last))).then_some(end)
}
