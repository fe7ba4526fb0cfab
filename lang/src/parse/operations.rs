//! Operations as examples and the command line write them.

use abey_engine::calendar::Instant;

use super::statements::{date, repeated};
use super::{Node, Rule, conditions, content, name, names, span};
use crate::diagnostic::Diagnostic;
use crate::syntax::{Item, Keeping, Leg, Name, Operation, Subject, Told, ToldValue};

type Faults = Vec<Diagnostic>;

/// Reads an operation.
pub fn operation(node: Node<'_>, faults: &mut Faults) -> Option<Operation> {
    let at = span(&node);
    let mut operation = parts(node.clone(), faults)?;
    operation.span = at;
    for part in node.into_inner() {
        match part.as_rule() {
            Rule::name => operation.action = Some(name(&part)),
            Rule::item => operation.items.extend(item(part, faults)),
            _ => {}
        }
    }
    Some(operation)
}

/// Reads the parts after the data, of an operation or of `examples`.
pub fn parts(node: Node<'_>, faults: &mut Faults) -> Option<Operation> {
    let mut found = Operation { span: span(&node), ..Operation::default() };
    let mut seen: Vec<(Rule, crate::syntax::Span)> = Vec::new();
    for part in content(node) {
        let (rule, at) = (part.as_rule(), span(&part));
        if matches!(rule, Rule::name | Rule::item) {
            continue;
        }
        if let Some((_, earlier)) = seen.iter().find(|(other, _)| *other == rule) {
            faults.push(repeated(at, *earlier));
            continue;
        }
        seen.push((rule, at));
        let words = |part: Node<'_>| -> Vec<Name> { content(part).next().map(names).unwrap_or_default() };
        let word = |part: Node<'_>| {
            part.into_inner()
                .filter(|inner| matches!(inner.as_rule(), Rule::name | Rule::kw_none))
                .map(|inner| name(&inner))
                .last()
        };
        match rule {
            Rule::told_about => {
                found.subjects = Some(content(part).filter_map(|subject| self::subject(subject, faults)).collect())
            }
            Rule::told_by => found.actor = word(part),
            Rule::told_for => found.purposes = Some(words(part)),
            Rule::told_to => found.legs = content(part).filter_map(leg).collect(),
            Rule::told_in => found.place = word(part),
            Rule::told_from => found.origins = Some(words(part)),
            Rule::told_as => found.role = word(part),
            Rule::told_on => found.basis = word(part),
            Rule::told_with => found.measures = Some(words(part)),
            Rule::told_keeping => found.keeping = keeping(part, faults),
            Rule::told_given => found.facts = content(part).filter_map(|fact| told(fact, faults)).collect(),
            Rule::told_at => found.at = content(part).next().and_then(|instant| self::instant(&instant, faults)),
            _ => {}
        }
    }
    // With one leg, measures in parentheses are those of the operation.
    if let [leg] = found.legs.as_mut_slice()
        && let (Some(measures), None) = (&leg.measures, &found.measures)
    {
        found.measures = Some(measures.clone());
        leg.measures = None;
    }
    Some(found)
}

fn instant(node: &Node<'_>, faults: &mut Faults) -> Option<Instant> {
    let instant = Instant::parse(node.as_str());
    if instant.is_none() {
        let message = format!("`{}` is no instant", node.as_str());
        faults.push(Diagnostic::error("bad-instant", span(node), message).help("write it as 2026-01-15T10:00:00Z"));
    }
    instant
}

fn keeping(node: Node<'_>, faults: &mut Faults) -> Option<Keeping> {
    let inner = node.into_inner().nth(1)?;
    match inner.as_rule() {
        Rule::as_agreed => Some(Keeping::AsAgreed),
        Rule::kw_none => Some(Keeping::None),
        _ => match conditions::literal(&inner, faults)? {
            crate::syntax::Literal::Duration(duration, written) => Some(Keeping::For(duration, written)),
            _ => None,
        },
    }
}

fn item(node: Node<'_>, faults: &mut Faults) -> Option<Item> {
    let mut item = Item { words: Vec::new(), collected: None, facts: Vec::new(), contents: None };
    for part in node.into_inner() {
        match part.as_rule() {
            Rule::name | Rule::kw_raw => item.words.push(name(&part)),
            Rule::details => {
                for detail in content(part) {
                    match detail.as_rule() {
                        Rule::collected => {
                            if item.collected.is_some() {
                                let fault =
                                    Diagnostic::error("repeated-part", span(&detail), "the collection stands twice");
                                faults.push(fault.help("keep one"));
                                continue;
                            }
                            let day = content(detail).next();
                            item.collected = Some(match day {
                                Some(day) => Some(date(&day, faults)?),
                                None => None,
                            });
                        }
                        _ => item.facts.extend(told(detail, faults)),
                    }
                }
            }
            _ => item.contents = Some(contents(part)),
        }
    }
    Some(item)
}

fn contents(node: Node<'_>) -> Vec<Name> {
    match content(node).next() {
        Some(one) if one.as_rule() == Rule::name => vec![name(&one)],
        Some(list) => names(list),
        None => Vec::new(),
    }
}

fn subject(node: Node<'_>, faults: &mut Faults) -> Option<Subject> {
    let mut parts = content(node);
    let mut subject = Subject { name: name(&parts.next()?), facts: Vec::new() };
    for detail in parts.flat_map(content) {
        if detail.as_rule() == Rule::told {
            subject.facts.extend(told(detail, faults));
        } else {
            faults.push(
                Diagnostic::error("misplaced", span(&detail), "a data subject is not collected")
                    .help("say it of the data item"),
            );
        }
    }
    Some(subject)
}

fn leg(node: Node<'_>) -> Option<Leg> {
    let mut leg = Leg { recipient: Name { text: String::new(), span: span(&node) }, place: None, measures: None };
    for part in node.into_inner() {
        match part.as_rule() {
            Rule::name | Rule::kw_none => leg.recipient = name(&part),
            Rule::leg_in => leg.place = part.into_inner().last().map(|place| name(&place)),
            Rule::leg_with => leg.measures = Some(content(part).next().map(names).unwrap_or_default()),
            _ => {}
        }
    }
    Some(leg)
}

/// Reads a fact and its value.
pub fn told(node: Node<'_>, faults: &mut Faults) -> Option<Told> {
    let mut parts = conditions::content_with_none(node);
    let fact = name(&parts.next()?);
    let value = parts.next()?;
    let at = span(&value);
    Some(Told { name: fact, value: told_value(value, faults)?, span: at })
}

fn told_value(node: Node<'_>, faults: &mut Faults) -> Option<ToldValue> {
    match node.as_rule() {
        Rule::name => Some(ToldValue::Word(node.as_str().to_string())),
        Rule::fact_set => {
            let mut members = Vec::new();
            for member in conditions::content_with_none(node) {
                members.push(told_value(member, faults)?);
            }
            Some(ToldValue::Set(members))
        }
        _ => conditions::literal(&node, faults).map(ToldValue::Literal),
    }
}
