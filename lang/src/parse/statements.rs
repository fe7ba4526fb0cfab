//! Statements of a policy: its head, its declarations, its clauses and examples.

use abey_engine::calendar::{Date, parse_offset};
use abey_engine::image::Facet;

use super::clauses::{bad_clause, clause, unclosed};
use super::{Node, Rule, conditions, content, errors, name, names, operations, phrases, properties, span, text};
use crate::diagnostic::{Code, Diagnostic};
use crate::syntax::{
    About, Base, Below, Example, Fact, File, Head, Kind, Named, Period, Recipient, Setting, Span, Statement,
    StatementKind, Table, Terms,
};

type Faults = Vec<Diagnostic>;

/// Reads one statement into the file.
pub fn statement(node: Node<'_>, file: &mut File, faults: &mut Faults) {
    let at = span(&node);
    let kind = match node.as_rule() {
        Rule::policy | Rule::agreement | Rule::vocabulary => head(node, faults).map(StatementKind::Head),
        Rule::uses => content(node).next().map(|list| StatementKind::Use(names(list))),
        Rule::offset => content(node).next().and_then(|offset| {
            let minutes = parse_offset(offset.as_str());
            if minutes.is_none() {
                faults.push(
                    Diagnostic::error(
                        Code::BadOffset,
                        span(&offset),
                        format!("`{}` is no offset from UTC", offset.as_str()),
                    )
                    .help("write hours and minutes, as in +02:00"),
                );
            }
            minutes.map(StatementKind::Offset)
        }),
        Rule::applies => applies(node, faults),
        Rule::terms => terms(node, faults).map(StatementKind::Terms),
        Rule::recipient => recipient(node, faults).map(StatementKind::Recipient),
        Rule::fact => fact(node).map(StatementKind::Fact),
        Rule::setting => setting(node, faults).map(StatementKind::Setting),
        Rule::assignment => assignment(node, faults),
        Rule::table => table(node, faults).map(StatementKind::Table),
        Rule::clause => clause(node, faults).map(StatementKind::Clause),
        Rule::replacement => clause(node, faults).map(StatementKind::Replacement),
        Rule::allow
        | Rule::forbid
        | Rule::require
        | Rule::keep
        | Rule::owe
        | Rule::waive
        | Rule::authorise
        | Rule::note => phrases::rule(node, faults).map(StatementKind::Rule),
        Rule::bad_clause => {
            bad_clause(node, faults);
            None
        }
        Rule::examples => operations::parts(node, faults).map(StatementKind::Examples),
        Rule::example => example(node, faults).map(StatementKind::Example),
        Rule::property => properties::property(node, faults).map(StatementKind::Property),
        Rule::silence => properties::silence(node).map(StatementKind::Silence),
        Rule::unclosed => {
            unclosed(node, faults);
            None
        }
        Rule::bad => {
            let fault = errors::bad(node.as_str(), at.start, false, faults);
            faults.push(fault);
            None
        }
        Rule::stray => {
            faults.push(
                Diagnostic::error(Code::StrayBrace, at, "this `}` closes nothing")
                    .help("remove it, or look for a clause whose head is wrong"),
            );
            None
        }
        _ => None,
    };
    if let Some(kind) = kind {
        file.statements.push(Statement { kind, span: at });
    }
}

/// A day of the calendar.
pub fn date(node: &Node<'_>, faults: &mut Faults) -> Option<Date> {
    let date = Date::parse(node.as_str());
    if date.is_none() {
        let message = format!("the calendar has no `{}`", node.as_str());
        faults.push(
            Diagnostic::error(Code::BadDate, span(node), message).help("write year, month and day, as in 2026-01-15"),
        );
    }
    date
}

/// The day in a node that holds one.
fn inner_date(node: Node<'_>, faults: &mut Faults) -> Option<Date> {
    content(node).next().and_then(|node| date(&node, faults))
}

fn head(node: Node<'_>, faults: &mut Faults) -> Option<Head> {
    let vocabulary = node.as_rule() == Rule::vocabulary;
    let mut parts = content(node);
    let (own, title) = (name(&parts.next()?), text(&parts.next()?));
    let mut head = Head { vocabulary, name: own, title, version: None, in_force: None, over: None };
    let mut seen: Vec<(Rule, Span)> = Vec::new();
    for part in parts {
        let (rule, at) = (part.as_rule(), span(&part));
        if let Some((_, earlier)) = seen.iter().find(|(other, _)| *other == rule) {
            faults.push(repeated(part.as_str(), at, *earlier).help("keep one"));
            continue;
        }
        seen.push((rule, at));
        match rule {
            Rule::over => head.over = content(part).next().map(|over| name(&over)),
            Rule::version => head.version = content(part).next().map(|version| text(&version)),
            Rule::in_force => {
                let mut period = Period::default();
                for bound in content(part) {
                    match bound.as_rule() {
                        Rule::from_date => period.from = inner_date(bound, faults),
                        _ => period.until = inner_date(bound, faults),
                    }
                }
                head.in_force = Some(period);
            }
            _ => {}
        }
    }
    Some(head)
}

fn applies(node: Node<'_>, faults: &mut Faults) -> Option<StatementKind> {
    let mut parts = content(node);
    let node = parts.next()?;
    let at = span(&node);
    let condition = conditions::condition(node, faults)?;
    let ask = parts.next().and_then(who);
    Some(StatementKind::Applies(condition, at, ask))
}

/// Whom to ask: a word or a text.
pub fn who(node: Node<'_>) -> Option<crate::syntax::Name> {
    let who = content(node).next()?;
    Some(if who.as_rule() == Rule::string { text(&who) } else { name(&who) })
}

fn named(node: Node<'_>) -> Option<Named> {
    let mut parts = content(node);
    let mut named = Named { name: name(&parts.next()?), label: None, iri: None };
    for part in parts {
        match part.as_rule() {
            Rule::string => named.label = Some(text(&part)),
            _ => named.iri = content(part).next().map(|iri| text(&iri)),
        }
    }
    Some(named)
}

fn below(node: Node<'_>, faults: &mut Faults) -> Below {
    let mut below = Below { parents: Vec::new(), period: Period::default(), when: None };
    for part in content(node) {
        match part.as_rule() {
            Rule::names => below.parents = names(part),
            Rule::from_date => below.period.from = inner_date(part, faults),
            Rule::until_date => below.period.until = inner_date(part, faults),
            _ => below.when = content(part).next().and_then(|condition| conditions::condition(condition, faults)),
        }
    }
    below
}

fn terms(node: Node<'_>, faults: &mut Faults) -> Option<Terms> {
    let mut parts = content(node);
    let facet = Facet::of(parts.next()?.as_str())?;
    let mut terms = Terms { facet, names: Vec::new(), below: Vec::new(), containing: None };
    for part in parts {
        match part.as_rule() {
            Rule::named => terms.names.extend(named(part)),
            Rule::below => terms.below.push(below(part, faults)),
            _ => terms.containing = content(part).next().map(names),
        }
    }
    Some(terms)
}

fn recipient(node: Node<'_>, faults: &mut Faults) -> Option<Recipient> {
    let mut parts = content(node);
    let mut recipient = Recipient {
        named: Named { name: name(&parts.next()?), label: None, iri: None },
        places: Vec::new(),
        under: Vec::new(),
        purposes: None,
        notified: None,
        authorised: None,
        facts: Vec::new(),
        below: Vec::new(),
    };
    let mut seen: Vec<(Rule, Span)> = Vec::new();
    for part in parts {
        let (rule, at) = (part.as_rule(), span(&part));
        if let Some((_, earlier)) = seen.iter().find(|(other, _)| *other == rule && rule != Rule::below) {
            faults.push(repeated(part.as_str(), at, *earlier).help("join both into one list, or keep one"));
            continue;
        }
        seen.push((rule, at));
        let list = |part: Node<'_>| content(part).next().map(names).unwrap_or_default();
        match rule {
            Rule::string => recipient.named.label = Some(text(&part)),
            Rule::iri => recipient.named.iri = content(part).next().map(|iri| text(&iri)),
            Rule::in_places => recipient.places = list(part),
            Rule::under => recipient.under = list(part),
            Rule::for_purposes => recipient.purposes = Some(list(part)),
            Rule::notified => recipient.notified = inner_date(part, faults),
            Rule::authorised => recipient.authorised = inner_date(part, faults),
            Rule::holding => {
                recipient.facts = operations::facts(content(part), faults);
            }
            _ => recipient.below.push(below(part, faults)),
        }
    }
    Some(recipient)
}

/// A part that stands twice: as written, its place, and where the first stands.
pub fn repeated(part: &str, at: Span, earlier: Span) -> Diagnostic {
    let words: Vec<&str> = part.split(|letter: char| letter.is_whitespace() || letter == '(').take(2).collect();
    let word = match words.as_slice() {
        ["at", second] => format!("at {second}"),
        [first, ..] => (*first).to_string(),
        [] => String::new(),
    };
    stands_twice(&word, at, earlier)
}

/// A word or part that stands twice, by its name.
pub fn stands_twice(word: &str, at: Span, earlier: Span) -> Diagnostic {
    Diagnostic::error(Code::RepeatedPart, at, format!("`{word}` stands twice"))
        .label("again here")
        .related(earlier, "first here")
}

fn kind(node: Node<'_>) -> Option<Kind> {
    let mut set = false;
    let mut base = None;
    for part in content(node) {
        match part.as_rule() {
            Rule::set_of => set = true,
            _ => {
                let word = part.as_str().to_string();
                let inner = part.into_inner().next()?;
                base = Some(match inner.as_rule() {
                    Rule::yes_no => Base::YesNo,
                    Rule::kw_number => Base::Number,
                    Rule::kw_duration => Base::Duration,
                    Rule::kw_date => Base::Date,
                    Rule::kw_instant => Base::Instant,
                    Rule::kw_text => Base::Text,
                    Rule::one_of_names => Base::OneOf(content(inner).next().map(names)?),
                    _ => Base::Facet(Facet::of(word.trim())?),
                });
            }
        }
    }
    Some(Kind { set, base: base? })
}

fn fact(node: Node<'_>) -> Option<Fact> {
    let mut about = About::Operation;
    let mut found = Vec::new();
    let mut of = None;
    for part in content(node) {
        match part.as_rule() {
            Rule::about_what => about = About::of(part.as_str().trim())?,
            Rule::labelled => found.extend(named(part)),
            _ => of = kind(part),
        }
    }
    Some(Fact { about, names: found, kind: of? })
}

fn setting(node: Node<'_>, faults: &mut Faults) -> Option<Setting> {
    let mut parts = content(node);
    let mut setting = Setting {
        name: name(&parts.next()?),
        kind: kind(parts.next()?)?,
        default: None,
        at_least: None,
        at_most: None,
    };
    let mut seen: Vec<(Rule, Span)> = Vec::new();
    for part in parts {
        let (rule, at) = (part.as_rule(), span(&part));
        if let Some((_, earlier)) = seen.iter().find(|(other, _)| *other == rule) {
            faults.push(repeated(part.as_str(), at, *earlier).help("keep one"));
            continue;
        }
        seen.push((rule, at));
        let bound = |part: Node<'_>, faults: &mut Faults| {
            content(part).next().and_then(|value| conditions::value(value, faults))
        };
        match part.as_rule() {
            Rule::at_least => setting.at_least = bound(part, faults),
            Rule::at_most => setting.at_most = bound(part, faults),
            Rule::value => setting.default = conditions::value(part, faults),
            _ => {}
        }
    }
    Some(setting)
}

fn assignment(node: Node<'_>, faults: &mut Faults) -> Option<StatementKind> {
    let mut parts = content(node).filter(|part| part.as_rule() != Rule::equals);
    let setting = name(&parts.next()?);
    Some(StatementKind::Assignment(setting, conditions::value(parts.next()?, faults)?))
}

fn table(node: Node<'_>, faults: &mut Faults) -> Option<Table> {
    let mut parts = content(node);
    let (own, key) = (name(&parts.next()?), name(&parts.next()?));
    let mut table = Table { name: own, key, rows: Vec::new(), otherwise: None };
    let mut earlier: Option<Span> = None;
    for part in parts {
        let at = span(&part);
        if part.as_rule() == Rule::otherwise {
            match earlier {
                Some(earlier) => faults.push(repeated(part.as_str(), at, earlier).help("keep one")),
                None => earlier = Some(at),
            }
            table.otherwise = content(part).next().and_then(|value| conditions::value(value, faults));
            continue;
        }
        let mut keys = Vec::new();
        for inner in part.into_inner() {
            match inner.as_rule() {
                Rule::name | Rule::kw_none => keys.push(name(&inner)),
                Rule::value => {
                    if let Some(value) = conditions::value(inner, faults) {
                        table.rows.push((std::mem::take(&mut keys), value));
                    }
                }
                _ => {}
            }
        }
    }
    Some(table)
}

fn example(node: Node<'_>, faults: &mut Faults) -> Option<Example> {
    let mut found = None;
    let mut allow = false;
    let mut citing = Vec::new();
    let mut owing = Vec::new();
    let mut operation = None;
    for part in node.into_inner() {
        match part.as_rule() {
            Rule::owing => {
                for owed in content(part) {
                    let mut owed = content(owed);
                    if let Some(duty) = owed.next() {
                        owing.push((text(&duty), owed.next().and_then(|day| date(&day, faults))));
                    }
                }
            }
            Rule::string => found = Some(text(&part)),
            Rule::kw_allow => allow = true,
            Rule::citing => citing = content(part).map(|label| text(&label)).collect(),
            Rule::operation => {
                // What is wrong with it is said: no more can be said of an operation that lacks a part.
                let before = faults.len();
                operation = operations::operation(part, faults);
                if faults.len() > before {
                    return None;
                }
            }
            _ => {}
        }
    }
    Some(Example { name: found?, allow, citing, owing, operation: operation? })
}
