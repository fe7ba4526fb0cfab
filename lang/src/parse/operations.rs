//! Operations as examples and the command line write them.

use abey_engine::calendar::Instant;

use super::statements::{date, repeated};
use super::{Node, Rule, conditions, content, name, names, span};
use crate::diagnostic::{Code, Diagnostic};
use crate::syntax::{Item, Keeping, Leg, Name, Operation, Span, Subject, Told, ToldValue};

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
    let mut seen: Vec<(Rule, Span)> = Vec::new();
    for part in content(node) {
        let (rule, at) = (part.as_rule(), span(&part));
        if matches!(rule, Rule::name | Rule::item) {
            continue;
        }
        if let Some((_, earlier)) = seen.iter().find(|(other, _)| *other == rule) {
            faults.push(repeated(part.as_str(), at, *earlier).help("join both into one, or take one away"));
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
            Rule::told_given => found.facts = facts(content(part), faults),
            Rule::told_at => found.at = content(part).next().and_then(|instant| self::instant(&instant, faults)),
            _ => {}
        }
    }
    if let (Some((_, at)), Some(time)) =
        (seen.iter().find(|(rule, _)| *rule == Rule::told_at), found.facts.iter().find(|fact| fact.name.text == "time"))
    {
        let (first, second) = if time.name.span < *at { (time.name.span, *at) } else { (*at, time.name.span) };
        faults.push(told_twice(&Name { text: "time".into(), span: second }, first));
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
        let message = format!("`{}` is no day and time of the calendar", node.as_str());
        faults.push(Diagnostic::error(Code::BadInstant, span(node), message).help("write it as 2026-01-15T10:00:00Z"));
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
    let mut collected = None;
    let mut told = Vec::new();
    for part in node.into_inner() {
        match part.as_rule() {
            Rule::name | Rule::kw_raw => item.words.push(name(&part)),
            Rule::details => {
                for detail in content(part) {
                    match detail.as_rule() {
                        Rule::collected => {
                            let at = span(&detail);
                            if let Some(earlier) = collected {
                                faults.push(repeated(detail.as_str(), at, earlier).help("keep one"));
                                continue;
                            }
                            collected = Some(at);
                            let day = content(detail).next();
                            item.collected = Some(match day {
                                Some(day) => Some(date(&day, faults)?),
                                None => None,
                            });
                        }
                        _ => told.push(detail),
                    }
                }
            }
            _ => item.contents = Some(contents(part)),
        }
    }
    item.facts = facts(told.into_iter(), faults);
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
    let mut told = Vec::new();
    for detail in parts.flat_map(content) {
        if detail.as_rule() == Rule::told {
            told.push(detail);
        } else {
            faults.push(
                Diagnostic::error(
                    Code::Misplaced,
                    span(&detail),
                    "`collected` is said of a data item, not of a data subject",
                )
                .help("write it behind the data, as in `email_address (collected 2026-01-15)`"),
            );
        }
    }
    subject.facts = facts(told.into_iter(), faults);
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

/// Reads facts with their values; each is told once of one thing.
pub fn facts<'a>(nodes: impl Iterator<Item = Node<'a>>, faults: &mut Faults) -> Vec<Told> {
    let mut found: Vec<Told> = Vec::new();
    for node in nodes {
        let Some(fact) = told(node, faults) else { continue };
        match found.iter().find(|earlier| earlier.name.text == fact.name.text) {
            Some(earlier) => faults.push(told_twice(&fact.name, earlier.name.span)),
            None => found.push(fact),
        }
    }
    found
}

fn told_twice(name: &Name, earlier: Span) -> Diagnostic {
    Diagnostic::error(Code::ToldTwice, name.span, format!("`{}` is told twice", name.text))
        .label("again here")
        .help("keep one")
        .related(earlier, "first here")
}

/// Reads a fact and its value.
fn told(node: Node<'_>, faults: &mut Faults) -> Option<Told> {
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
