//! Rules and the phrase that describes processing.

use abey_engine::image::{Facet, Slot};

use super::statements::{repeated, who};
use super::{Node, Rule, conditions, content, name, names, span, text};
use crate::diagnostic::Diagnostic;
use crate::syntax::{
    Actions, Bound, BoundKind, DataList, DataPick, Demand, DemandKind, List, Means, Owe, Part, PartKind, Phrase,
    Rule as SyntaxRule, Span, Tail, Verb, Waived,
};

type Faults = Vec<Diagnostic>;

/// Reads one rule.
pub fn rule(node: Node<'_>, faults: &mut Faults) -> Option<SyntaxRule> {
    let at = span(&node);
    let kind = node.as_rule();
    let mut phrase = Phrase::default();
    let mut tail = Tail::default();
    let mut scope = Vec::new();
    let mut demands = Vec::new();
    let mut bounds = Vec::new();
    let mut first_text = None;
    let mut first_value = None;
    let (mut within, mut event) = (None, None);
    let mut waived = None;
    let mut body = at;
    body.end = at.start + node.as_str().trim_end_matches(';').trim_end().len();
    let mut tailed = false;
    for part in node.into_inner() {
        if super::is_keyword(part.as_rule()) {
            continue;
        }
        let is_tail = matches!(part.as_rule(), Rule::because | Rule::ask);
        match (is_tail, tailed) {
            (true, false) => body.end = span(&part).start,
            (false, true) => body.end = at.end,
            _ => {}
        }
        tailed = is_tail;
        match part.as_rule() {
            Rule::because | Rule::ask => self::tail(part, &mut tail, faults),
            Rule::demand => demands.extend(demand(part, faults)),
            Rule::at_least
            | Rule::at_most
            | Rule::exactly
            | Rule::after
            | Rule::until
            | Rule::during
            | Rule::never
            | Rule::then => {
                // A bound that can't be read was reported; without it, the rule would say something else.
                bounds.push(bound(part, faults)?);
            }
            Rule::string => first_text = Some(text(&part)),
            Rule::clause_range => {
                let mut ends = content(part).map(|label| text(&label));
                waived = Some(Waived::Range(ends.next()?, ends.next()?));
            }
            Rule::clause_labels => {
                let mut layer = None;
                let mut labels = Vec::new();
                for inner in content(part) {
                    match inner.as_rule() {
                        Rule::name => layer = Some(name(&inner)),
                        _ => labels.push(text(&inner)),
                    }
                }
                waived = Some(Waived::Labels(layer, labels));
            }
            Rule::value => first_value = conditions::value(part, faults),
            Rule::clock => {
                for inner in content(part) {
                    match inner.as_rule() {
                        Rule::within_value => {
                            within = content(inner).next().and_then(|value| conditions::value(value, faults))
                        }
                        _ => event = conditions::value(inner, faults),
                    }
                }
            }
            _ => described(part, &mut phrase, &mut scope),
        }
    }
    phrase.parts = parts(scope.into_iter(), faults);
    let verb = match kind {
        Rule::allow => Verb::Allow,
        Rule::forbid => Verb::Forbid,
        Rule::require => Verb::Require(demands),
        Rule::keep => Verb::Keep(bounds),
        Rule::owe => Verb::Owe(Owe { duty: first_text?, within, event }),
        Rule::waive => Verb::Waive(waived?),
        Rule::authorise => Verb::Authorise(first_value?),
        Rule::note => Verb::Note(first_text?),
        _ => return None,
    };
    Some(SyntaxRule { verb, phrase, tail, span: at, body })
}

/// Takes the actions that a node says into the phrase, and its parts into `scope`, to be read by [`parts`].
pub fn described<'a>(node: Node<'a>, phrase: &mut Phrase, scope: &mut Vec<Node<'a>>) {
    match node.as_rule() {
        Rule::anything => phrase.actions = Some(Actions::Anything(span(&node))),
        Rule::actions => phrase.actions = content(node).next().and_then(list).map(Actions::List),
        Rule::phrase | Rule::required_phrase => content(node).for_each(|inner| described(inner, phrase, scope)),
        _ => scope.push(node),
    }
}

/// `because` and `ask`, each at most once.
pub fn tail(node: Node<'_>, tail: &mut Tail, faults: &mut Faults) {
    let at = span(&node);
    let (slot, value) = match node.as_rule() {
        Rule::because => (&mut tail.because, content(node.clone()).next().map(|because| text(&because))),
        _ => (&mut tail.ask, who(node.clone())),
    };
    match slot {
        Some(earlier) => faults.push(repeated(node.as_str(), at, earlier.span).help("keep one")),
        None => *slot = value,
    }
}

/// Reads the parts of a phrase; each stands at most once.
pub fn parts<'a>(nodes: impl Iterator<Item = Node<'a>>, faults: &mut Faults) -> Vec<Part> {
    let mut found: Vec<Part> = Vec::new();
    let mut seen: Vec<(Rule, Span)> = Vec::new();
    for node in nodes {
        let at = span(&node);
        let rule = if node.as_rule() == Rule::purposes { Rule::for_what } else { node.as_rule() };
        if let Some((_, earlier)) = seen.iter().find(|(other, _)| *other == rule) {
            let fault = repeated(node.as_str(), at, *earlier);
            faults.push(fault.help("join both into one list, or write two rules"));
            continue;
        }
        seen.push((rule, at));
        if let Some(kind) = part(rule, node, faults) {
            found.push(Part { kind, span: at });
        }
    }
    found
}

fn part(rule: Rule, node: Node<'_>, faults: &mut Faults) -> Option<PartKind> {
    let slot = match rule {
        Rule::of_data => return content(node).next().and_then(data_list).map(PartKind::Of),
        Rule::resting_on => return content(node).next().map(|bases| PartKind::Resting(names(bases))),
        Rule::with => return content(node).next().map(|measures| PartKind::With(names(measures))),
        Rule::when => {
            return content(node)
                .next()
                .and_then(|condition| conditions::condition(condition, faults))
                .map(PartKind::When);
        }
        Rule::unless => {
            return content(node)
                .next()
                .and_then(|condition| conditions::condition(condition, faults))
                .map(PartKind::Unless);
        }
        Rule::about => Slot::Subject,
        Rule::by => Slot::Actor,
        Rule::for_what => Slot::Purpose,
        Rule::to => Slot::Recipient,
        Rule::in_place => Slot::Place,
        Rule::from => Slot::Origin,
        Rule::as_role => Slot::Role,
        Rule::on_basis => Slot::Basis,
        _ => return None,
    };
    content(node).next().and_then(list).map(|list| PartKind::List(slot, list))
}

/// Reads a list.
pub fn list(node: Node<'_>) -> Option<List> {
    let inner = node.into_inner().next()?;
    let at = span(&inner);
    match inner.as_rule() {
        Rule::any => Some(List::Any(at)),
        Rule::any_except => content(inner).next().map(|picks| List::AnyExcept(names(picks))),
        _ => Some(List::These(names(inner))),
    }
}

fn data_list(node: Node<'_>) -> Option<DataList> {
    let at = span(&node);
    match node.as_rule() {
        Rule::any_data => Some(DataList::Any(at)),
        Rule::any_except_data => content(node).next().map(|picks| DataList::AnyExcept(data_picks(picks))),
        _ => {
            let picks = data_picks(node);
            // A lone `any` means any data.
            match picks.as_slice() {
                [DataPick { words }] if words.len() == 1 && words.first().is_some_and(|word| word.text == "any") => {
                    Some(DataList::Any(at))
                }
                _ => Some(DataList::These(picks)),
            }
        }
    }
}

fn data_picks(node: Node<'_>) -> Vec<DataPick> {
    let picks = content(node);
    picks
        .map(|pick| DataPick {
            words: pick.into_inner().filter(|word| word.as_rule() != Rule::kw_form).map(|word| name(&word)).collect(),
        })
        .collect()
}

fn demand(node: Node<'_>, faults: &mut Faults) -> Option<Demand> {
    let at = span(&node);
    let mut parts = node.into_inner().peekable();
    let kind = match parts.peek()?.as_rule() {
        Rule::one_of_means => DemandKind::OneOf(content(parts.next()?).filter_map(means).collect()),
        Rule::demanded_condition => {
            DemandKind::Condition(conditions::condition(content(parts.next()?).next()?, faults)?)
        }
        _ => DemandKind::Each(parts.filter_map(means).collect()),
    };
    Some(Demand { kind, span: at })
}

fn means(node: Node<'_>) -> Option<Means> {
    let mut facet = None;
    let mut found = None;
    for part in node.into_inner() {
        match part.as_rule() {
            Rule::name => found = Some(name(&part)),
            _ => facet = Facet::of(part.as_str()),
        }
    }
    Some(Means { facet, name: found? })
}

fn bound(node: Node<'_>, faults: &mut Faults) -> Option<Bound> {
    let at = span(&node);
    let rule = node.as_rule();
    let mut inner = content(node);
    let mut value = |faults: &mut Faults| inner.next().and_then(|value| conditions::value(value, faults));
    let kind = match rule {
        Rule::at_least => BoundKind::AtLeast(value(faults)?),
        Rule::at_most => BoundKind::AtMost(value(faults)?),
        Rule::exactly => BoundKind::Exactly(value(faults)?),
        Rule::after => BoundKind::After(value(faults)?),
        Rule::until => BoundKind::Until(value(faults)?),
        Rule::during => BoundKind::While(conditions::condition(inner.next()?, faults)?),
        Rule::then => BoundKind::Then(names(inner.next()?)),
        _ => BoundKind::Never,
    };
    Some(Bound { kind, span: at })
}
