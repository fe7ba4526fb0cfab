//! Properties, and the lints that an author silences.

use super::{Node, Rule, content, name, phrases, span, text};
use crate::diagnostic::Diagnostic;
use crate::syntax::{Claim, Phrase, Property, Silence};

/// Reads a property.
pub fn property(node: Node<'_>, faults: &mut Vec<Diagnostic>) -> Option<Property> {
    let mut parts = content(node);
    let own = text(&parts.next()?);
    let node = parts.next()?;
    let body = span(&node);
    let mut claim = Claim::Never;
    let mut phrase = Phrase::default();
    let mut scope = Vec::new();
    for part in node.into_inner() {
        match part.as_rule() {
            Rule::kw_always => claim = Claim::Always,
            Rule::name => claim = Claim::Stricter(name(&part)),
            rule if super::is_keyword(rule) => {}
            _ => phrases::described(part, &mut phrase, &mut scope),
        }
    }
    phrase.parts = phrases::parts(scope.into_iter(), faults);
    Some(Property { name: own, claim, phrase, body })
}

/// Reads what silences a lint.
pub fn silence(node: Node<'_>) -> Option<Silence> {
    let at = span(&node);
    let mut parts = content(node);
    Some(Silence { lint: name(&parts.next()?), reason: text(&parts.next()?), span: at })
}
