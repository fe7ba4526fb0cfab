//! Conditions and values.

use abey_engine::calendar::{Duration, Instant};
use abey_engine::value::Number;

use super::statements::date;
use super::{Node, Rule, content, name, span, text};
use crate::diagnostic::{Code, Diagnostic};
use crate::syntax::{Compare, Comparison, Condition, Extreme, Literal, Value, ValueKind};

type Faults = Vec<Diagnostic>;

/// Reads a condition.
pub fn condition(node: Node<'_>, faults: &mut Faults) -> Option<Condition> {
    match node.as_rule() {
        Rule::condition => many(node, faults, Condition::Or),
        Rule::conjunction => many(node, faults, Condition::And),
        Rule::denied => condition(content(node).next()?, faults).map(|inner| Condition::Not(Box::new(inner))),
        Rule::grouped => condition(content(node).next()?, faults),
        Rule::comparison => comparison(node, faults).map(Condition::Compare),
        _ => None,
    }
}

/// One operand stands for itself.
fn many(node: Node<'_>, faults: &mut Faults, join: fn(Vec<Condition>) -> Condition) -> Option<Condition> {
    let mut found = Vec::new();
    for part in content(node) {
        found.push(condition(part, faults)?);
    }
    if found.len() == 1 { found.pop() } else { Some(join(found)) }
}

/// The children of a node that aren't keywords, but for `none`, which is a value.
pub fn content_with_none(node: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    node.into_inner().filter(|inner| inner.as_rule() == Rule::kw_none || !super::is_keyword(inner.as_rule()))
}

fn comparison(node: Node<'_>, faults: &mut Faults) -> Option<Comparison> {
    let at = span(&node);
    let mut parts = content(node);
    let left = value(parts.next()?, faults)?;
    let how = parts.next()?;
    let rule = how.as_rule();
    let not = how.clone().into_inner().any(|inner| inner.as_rule() == Rule::kw_not);
    let mut right = Vec::new();
    let mut listed = false;
    for inner in content(how) {
        match inner.as_rule() {
            Rule::values => {
                listed = true;
                right.extend(values(inner, faults)?);
            }
            _ => right.push(value(inner, faults)?),
        }
    }
    let compare = match (rule, not) {
        (Rule::is_value, _) => Compare::Is,
        (Rule::is_not, _) => Compare::IsNot,
        (Rule::is_one_of, false) => Compare::IsOneOf,
        (Rule::is_one_of, true) => Compare::IsNotOneOf,
        (Rule::is_none, false) => Compare::IsNone,
        (Rule::is_none, true) => Compare::IsNotNone,
        (Rule::is_any, _) => Compare::IsAny,
        (Rule::is_authorised, false) => Compare::IsAuthorised,
        (Rule::is_authorised, true) => Compare::IsNotAuthorised,
        (Rule::includes, _) => Compare::Includes,
        (Rule::within, _) if listed => Compare::Within,
        (Rule::within, _) => Compare::WithinSet,
        (Rule::at_most, _) => Compare::AtMost,
        (Rule::at_least, _) => Compare::AtLeast,
        (Rule::before, _) => Compare::Before,
        (Rule::after, _) => Compare::After,
        (Rule::on_or_before, _) => Compare::OnOrBefore,
        (Rule::on_or_after, _) => Compare::OnOrAfter,
        _ => return None,
    };
    Some(Comparison { left, compare, right, span: at })
}

fn values(node: Node<'_>, faults: &mut Faults) -> Option<Vec<Value>> {
    let mut found = Vec::new();
    for part in content(node) {
        found.push(value(part, faults)?);
    }
    Some(found)
}

/// Values that one sum has at most.
const MAX_OPERANDS: usize = 32;

/// Reads a value.
pub fn value(node: Node<'_>, faults: &mut Faults) -> Option<Value> {
    if node.as_rule() != Rule::value {
        return single(node, faults);
    }
    let at = span(&node);
    let mut parts = content_with_none(node);
    let mut sum = single(parts.next()?, faults)?;
    let mut operands = 1;
    while let (Some(sign), Some(right)) = (parts.next(), parts.next()) {
        operands += 1;
        if operands > MAX_OPERANDS {
            let message = format!("a sum of more than {MAX_OPERANDS} values");
            faults.push(
                Diagnostic::error(Code::SumTooLong, at, message).help("add up what is constant, or split the rule"),
            );
            return None;
        }
        let right = single(right, faults)?;
        let span = sum.span.to(right.span);
        sum = Value { kind: ValueKind::Sum(Box::new(sum), sign.as_str() == "+", Box::new(right)), span };
    }
    Some(sum)
}

fn single(node: Node<'_>, faults: &mut Faults) -> Option<Value> {
    let at = span(&node);
    let kind = match node.as_rule() {
        Rule::name => ValueKind::Name(node.as_str().to_string()),
        Rule::attribute => {
            let mut parts = node.into_inner();
            ValueKind::Attribute(name(&parts.next()?), name(&parts.next()?))
        }
        Rule::extreme => {
            let mut parts = node.into_inner();
            let which = match parts.next()?.as_rule() {
                Rule::kw_earliest => Extreme::Earliest,
                Rule::kw_latest => Extreme::Latest,
                Rule::kw_least => Extreme::Least,
                _ => Extreme::Greatest,
            };
            ValueKind::Extreme(which, values(parts.find(|part| part.as_rule() == Rule::values)?, faults)?)
        }
        Rule::end_of => {
            let year = node.clone().into_inner().any(|part| part.as_rule() == Rule::kw_year);
            ValueKind::EndOf(year, Box::new(single(content(node).next()?, faults)?))
        }
        _ => ValueKind::Literal(literal(&node, faults)?),
    };
    Some(Value { kind, span: at })
}

/// Reads a literal.
pub fn literal(node: &Node<'_>, faults: &mut Faults) -> Option<Literal> {
    let written = node.as_str();
    let mut fault = |code, message: String, help: &str| {
        faults.push(Diagnostic::error(code, span(node), message).help(help));
    };
    match node.as_rule() {
        Rule::kw_none => Some(Literal::None),
        Rule::string => Some(Literal::Text(text(node).text)),
        Rule::date => date(node, faults).map(Literal::Date),
        Rule::instant => {
            let instant = Instant::parse(written);
            if instant.is_none() {
                fault(
                    Code::BadInstant,
                    format!("`{written}` is no day and time of the calendar"),
                    "write it as 2026-01-15T10:00:00Z",
                );
            }
            instant.map(Literal::Instant)
        }
        Rule::number => {
            let number = Number::parse(written);
            if number.is_none() {
                fault(
                    Code::BadNumber,
                    format!("the number `{written}` is too long or too large"),
                    "a number has at most six digits after the point and lies within ±9.2 × 10¹²",
                );
            }
            number.map(Literal::Number)
        }
        Rule::duration => match duration(node.clone()) {
            Ok(duration) => Some(Literal::Duration(duration, spaced(written))),
            Err(why) => {
                fault(
                    Code::BadDuration,
                    format!("`{}` {why}", spaced(written)),
                    "write whole numbers with units, at most a thousand years",
                );
                None
            }
        },
        _ => None,
    }
}

/// With single spaces.
pub fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Reads a duration.
pub fn duration(node: Node<'_>) -> Result<Duration, &'static str> {
    let mut total = Duration::default();
    let mut parts = node.into_inner();
    while let (Some(count), Some(unit)) = (parts.next(), parts.next()) {
        let count: u32 = count.as_str().parse().map_err(|_| "isn't a count of whole units")?;
        let second = Duration { seconds: 1, ..Duration::default() };
        let one = match unit.as_str().trim_end_matches('s') {
            "second" => Some(second),
            "minute" => second.times(60),
            "hour" => second.times(3600),
            "day" => Some(Duration::days(1)),
            "week" => Some(Duration::days(7)),
            "month" => Some(Duration::months(1)),
            _ => Some(Duration::months(12)),
        };
        total = one.and_then(|one| one.times(count)).and_then(|part| total.plus(part)).ok_or("is too long")?;
    }
    Ok(total)
}
