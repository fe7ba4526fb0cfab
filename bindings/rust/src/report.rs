//! Diagnostics and decisions as a person reads them in a terminal.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use abey_lang::diagnostic::{Diagnostic, Severity};

use crate::decision::{Citation, Decision, DutyState, Reason};
pub use crate::marks::trace;

/// Diagnostics with the source text around them, as compilers show them.
///
/// `path` is how the source is called; `colour` asks for ANSI colours.
#[must_use]
pub fn diagnostics(faults: &[Diagnostic], source: &str, path: &str, colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let mut out = String::new();
    for fault in faults {
        let level = match fault.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let within = |start: usize, end: usize| {
            let start = floor(source, start.min(source.len()));
            let end = ceil(source, end.clamp(start, source.len()));
            start..end
        };
        let mut snippet = Snippet::source(source).path(path);
        let mut primary = AnnotationKind::Primary.span(within(fault.span.start, fault.span.end));
        if !fault.label.is_empty() {
            primary = primary.label(&fault.label);
        }
        snippet = snippet.annotation(primary);
        for (span, what) in &fault.related {
            snippet = snippet.annotation(AnnotationKind::Context.span(within(span.start, span.end)).label(what));
        }
        let mut group: Group<'_> = level.primary_title(&fault.message).id(fault.code.word()).element(snippet);
        if let Some(help) = &fault.help {
            group = group.element(Level::HELP.message(help));
        }
        out.push_str(&renderer.render(&[group]));
        out.push_str("\n\n");
    }
    let errors = faults.iter().filter(|fault| fault.severity == Severity::Error).count();
    if errors > 0 {
        out.push_str(&format!("{errors} error{} in {path}\n", if errors == 1 { "" } else { "s" }));
    }
    out
}

/// The character boundary at or before a byte.
fn floor(source: &str, mut at: usize) -> usize {
    while at > 0 && !source.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The character boundary at or after a byte.
fn ceil(source: &str, mut at: usize) -> usize {
    while at < source.len() && !source.is_char_boundary(at) {
        at += 1;
    }
    at
}

/// Without what an operation or a policy could steer a terminal with, or turn the order of letters around.
fn plain(text: &str) -> String {
    let steers =
        |letter: char| letter.is_control() || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().map(|letter| if steers(letter) { char::REPLACEMENT_CHARACTER } else { letter }).collect()
}

/// Adds one line, whatever its texts hold.
fn line(out: &mut String, text: &str) {
    out.push_str(&plain(text));
    out.push('\n');
}

/// A decision as a person reads it.
#[must_use]
pub fn decision(decision: &Decision, colour: bool) -> String {
    let paint = |text: &str, code: &str| if colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_string() };
    let layered = decision.policy.layers.len() > 1;
    let mut out = String::new();
    let verdict = if decision.is_allowed() { paint("ALLOW", "1;32") } else { paint("PAUSE", "1;33") };
    let time =
        decision.time.as_ref().map_or(String::new(), |time| format!(", at {time} ({})", decision.time_from.word()));
    let policy = &decision.policy;
    let head = format!("{verdict}  {} {}{time}\n", plain(&policy.name), plain(&policy.version));
    for cover in &decision.covered {
        let resting = if cover.resting_on.is_empty() {
            String::new()
        } else {
            format!(", resting on {}", cover.resting_on.join(", "))
        };
        line(
            &mut out,
            &format!(
                "  by {}{}: {}{resting}",
                clause(&cover.citation, layered),
                titled(&cover.citation.title),
                cover.citation.rule
            ),
        );
    }
    for (index, reason) in decision.reasons.iter().enumerate() {
        out.push('\n');
        line(&mut out, &format!("  {}. {}", index + 1, reason.message));
        out += &reason_details(reason, layered);
    }
    if !decision.duties.is_empty() {
        out += "\n  duties\n";
    }
    for duty in &decision.duties {
        let when = match (duty.state, &duty.due) {
            (DutyState::Due, Some(due)) => format!("by {due}"),
            (DutyState::Due, None) => format!("due ({})", duty.clock),
            (DutyState::Open, _) => format!("its clock hasn't started ({})", duty.clock),
            (DutyState::Standing, _) => "standing".into(),
            (DutyState::Possible, Some(due)) => format!("possibly due by {due}"),
            (DutyState::Possible, None) if duty.clock.is_empty() => "possibly due".into(),
            (DutyState::Possible, None) => format!("possibly due ({})", duty.clock),
        };
        line(
            &mut out,
            &format!("    {}: {when}, {} ({})", duty.duty, clause(&duty.citation, layered), duty.items.join(", ")),
        );
    }
    if !decision.because.is_empty() {
        out += "\n  read so\n";
    }
    for note in &decision.because {
        line(&mut out, &format!("    clause {}: {}", note.clause, note.text));
    }
    if !decision.questions.is_empty() {
        out += "\n  what could settle it\n";
    }
    for question in &decision.questions {
        line(&mut out, &format!("    {}: {}", question.path, question.text));
    }
    if decision.remedies.complete {
        out += "\n  what would allow it\n";
        for step in &decision.remedies.steps {
            line(&mut out, &format!("    {} {} {}", step.change.word(), step.path, step.value));
        }
    }
    for path in &decision.ignored {
        out.push('\n');
        line(&mut out, &format!("  ignored: {path} isn't declared in this policy"));
    }
    head + &out
}

/// A clause, and the layer that it stands in where there are several.
fn clause(citation: &Citation, layered: bool) -> String {
    let layer = if layered { format!(" of {}", citation.layer) } else { String::new() };
    format!("clause {}{layer}", citation.clause)
}

fn titled(title: &str) -> String {
    if title.is_empty() { String::new() } else { format!(" ({title})") }
}

fn reason_details(reason: &Reason, layered: bool) -> String {
    let mut out = String::new();
    if let Some(citation) = &reason.citation {
        line(
            &mut out,
            &format!(
                "     {}{}, line {}: {}",
                clause(citation, layered),
                titled(&citation.title),
                citation.line,
                citation.rule
            ),
        );
    }
    let malformed = reason.kind == crate::decision::Kind::Malformed;
    for finding in reason.findings.iter().filter(|_| !malformed) {
        let told = finding.told.as_deref().unwrap_or("not told");
        line(&mut out, &format!("     {}: {told}; the rule says {}", finding.path, finding.rule));
    }
    let lines =
        [("where", &reason.condition), ("read so", &reason.because), ("ask", &reason.ask), ("until", &reason.lapses)];
    for (what, text) in lines {
        if let Some(text) = text {
            line(&mut out, &format!("     {what}: {text}"));
        }
    }
    for remedy in &reason.remedies {
        line(&mut out, &format!("     settle it: {}", remedy.text));
    }
    out
}
