//! Clauses: their heads, their rules, and those that can't be read.

use super::statements::repeated;
use super::{Node, Rule, content, errors, phrases, properties, span, text};
use crate::diagnostic::{Code, Diagnostic};
use crate::syntax::{self, Clause, Silence, Span, Tail};

type Faults = Vec<Diagnostic>;

/// Reads a clause.
pub fn clause(node: Node<'_>, faults: &mut Faults) -> Option<Clause> {
    let mut parts = content(node);
    let head = parts.next()?;
    let mut at = span(&head);
    at.end = at.start + head.as_str().trim_end().trim_end_matches('{').trim_end().len();
    let mut clause = {
        let mut parts = content(head);
        let label = text(&parts.next()?);
        let mut clause = Clause {
            label,
            title: None,
            absolute: false,
            deferred: false,
            parts: Vec::new(),
            tail: Tail::default(),
            rules: Vec::new(),
            silences: Vec::new(),
            head: at,
        };
        let mut scope = Vec::new();
        let mut seen: Vec<(Rule, Span)> = Vec::new();
        for part in parts {
            match part.as_rule() {
                Rule::string => clause.title = Some(text(&part)),
                Rule::absolute | Rule::deferred => {
                    let (rule, at) = (part.as_rule(), span(&part));
                    match seen.iter().find(|(other, _)| *other == rule) {
                        Some((_, earlier)) => faults.push(repeated(part.as_str(), at, *earlier).help("keep one")),
                        None => seen.push((rule, at)),
                    }
                    clause.absolute |= rule == Rule::absolute;
                    clause.deferred |= rule == Rule::deferred;
                }
                Rule::because | Rule::ask => phrases::tail(part, &mut clause.tail, faults),
                _ => scope.push(part),
            }
        }
        clause.parts = phrases::parts(scope.into_iter(), faults);
        clause
    };
    for part in parts {
        rule_or_bad(part, &mut clause.rules, &mut clause.silences, faults);
    }
    Some(clause)
}

fn rule_or_bad(node: Node<'_>, rules: &mut Vec<syntax::Rule>, silences: &mut Vec<Silence>, faults: &mut Faults) {
    match node.as_rule() {
        Rule::bad => {
            let fault = errors::bad(node.as_str(), span(&node).start, true, faults);
            faults.push(fault);
        }
        Rule::silence => silences.extend(properties::silence(node)),
        _ => rules.extend(phrases::rule(node, faults)),
    }
}

/// A clause without an end: say so once, and read its rules for their own errors.
pub fn unclosed(node: Node<'_>, faults: &mut Faults) {
    let (mut rules, mut silences) = (Vec::new(), Vec::new());
    for part in content(node) {
        if part.as_rule() == Rule::clause_head {
            let fault = Diagnostic::error(Code::UnclosedClause, span(&part), "this clause has no end");
            faults.push(fault.help("close it with `}`"));
        } else {
            rule_or_bad(part, &mut rules, &mut silences, faults);
        }
    }
}

/// A clause whose head is wrong: say so once, and read its rules for their own errors.
pub fn bad_clause(node: Node<'_>, faults: &mut Faults) {
    let (mut rules, mut silences) = (Vec::new(), Vec::new());
    for part in content(node) {
        if part.as_rule() == Rule::bad_head {
            let slice = format!("{} {{", part.as_str().trim_end());
            let fault = errors::bad(&slice, span(&part).start, false, faults);
            faults.push(fault);
        } else {
            rule_or_bad(part, &mut rules, &mut silences, faults);
        }
    }
}
