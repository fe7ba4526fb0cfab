//! Properties, and the lints that an author silences.

use super::{Node, Rule, content, name, phrases, span, text};
use crate::diagnostic::Diagnostic;
use crate::syntax::{Claim, Phrase, Property, Silence};

/// Reads a property.
pub fn property(node: Node<'_>, faults: &mut Vec<Diagnostic>) -> Option<Property> {
    let mut body = span(&node);
    body.end = body.start + node.as_str().trim_end_matches(';').trim_end().len();
    let mut own = None;
    let mut claim = None;
    let mut phrase = Phrase::default();
    let mut scope = Vec::new();
    for part in node.into_inner() {
        let at = span(&part);
        match part.as_rule() {
            Rule::string => own = Some(text(&part)),
            Rule::kw_never => (claim, body.start) = (Some(Claim::Never), at.start),
            Rule::kw_always => (claim, body.start) = (Some(Claim::Always), at.start),
            Rule::kw_stricter => body.start = at.start,
            Rule::name => claim = Some(Claim::Stricter(name(&part))),
            rule if super::is_keyword(rule) => {}
            _ => phrases::described(part, &mut phrase, &mut scope),
        }
    }
    phrase.parts = phrases::parts(scope.into_iter(), faults);
    Some(Property { name: own?, claim: claim?, phrase, body })
}

/// Reads what silences a lint.
pub fn silence(node: Node<'_>) -> Option<Silence> {
    let at = span(&node);
    let mut parts = content(node);
    Some(Silence { lint: name(&parts.next()?), reason: text(&parts.next()?), span: at })
}
