//! The register of processing activities, a row for each.

use super::words::{OWN_SYSTEMS, Words, protects};
use super::{Row, Section, add, reference, row};
use crate::model::{Clause, DataList, Effect, Facet, List, Part, Pick, Rule, Scope, Slot};

const COLUMNS: &[&str] = &[
    "Processing Activity",
    "Purpose",
    "Data Subjects",
    "Categories of Data Processed",
    "Subprocessors",
    "Storage Locations",
    "Retention Period",
    "Security Measures",
];

/// The register: a row for each clause that allows something of named data for named purposes.
///
/// A clause below such a clause, as R1.1 is below R1, and for no other purposes, completes its row.
pub(super) fn register(words: Words<'_>) -> Section {
    let policy = words.policy;
    let main = |clause: &&Clause| {
        is_activity(clause) && !policy.clauses.iter().any(|above| is_activity(above) && completes(clause, above))
    };
    let rows = policy.clauses.iter().filter(main).map(|clause| activity(words, clause)).collect();
    Section {
        id: "register",
        title: "Processing register",
        caption: "Each activity with what its own clause says; the sections below hold the rules that run through several",
        columns: COLUMNS,
        rows,
    }
}

/// The rules of a clause that allow, each with its scope and that of the clause.
fn allowing(clause: &Clause) -> impl Iterator<Item = &Rule> {
    clause.rules.iter().filter(|rule| matches!(rule.effect, Effect::Allow(_)) && !clause.deferred)
}

fn is_activity(clause: &Clause) -> bool {
    let data = |part: &Part| matches!(part.scope, Scope::Data(DataList::These(_)));
    let purpose = |part: &Part| matches!(part.scope, Scope::Slot(Slot::Purpose, List::These(_)));
    allowing(clause).any(|rule| {
        let parts = || clause.scope.iter().chain(&rule.scope);
        parts().any(data) && parts().any(purpose)
    })
}

/// Whether a clause lies below another, and speaks of its purposes alone.
fn completes(clause: &Clause, above: &Clause) -> bool {
    let below = clause.label.strip_prefix(above.label.as_str()).is_some_and(|rest| rest.starts_with('.'));
    let (own, others) = (purposes(clause), purposes(above));
    clause.layer == above.layer && below && !clause.deferred && own.iter().all(|purpose| others.contains(purpose))
}

/// The purposes that a clause and its rules name.
fn purposes(clause: &Clause) -> Vec<&Pick> {
    let parts = clause.scope.iter().chain(clause.rules.iter().flat_map(|rule| &rule.scope));
    let lists = parts.filter_map(|part| match &part.scope {
        Scope::Slot(Slot::Purpose, List::These(picks)) => Some(picks),
        _ => None,
    });
    lists.flatten().collect()
}

fn activity(words: Words<'_>, clause: &Clause) -> Row {
    let policy = words.policy;
    let listed = |slot: Slot| {
        members(words, clause, |part| match &part.scope {
            Scope::Slot(own, list) if *own == slot => Some(words.list(slot, list)),
            _ => None,
        })
    };
    let mut data = vec![data_of(words, clause).join(", ")];
    let mut said = words.scope(&clause.scope);
    said.push(format!("Data: {}", data.concat()));
    said.push(format!("Purpose: {}", listed(Slot::Purpose).join(", ")));
    let mut cells = Cells { said, retention: Vec::new(), security: Vec::new() };
    cells.complete(words, clause, None);
    for below in policy.clauses.iter().filter(|below| completes(below, clause)) {
        let label = reference(policy, below);
        let more = data_of(words, below);
        if !more.is_empty() {
            data.push(format!("{label}: {}", more.join(", ")));
        }
        cells.complete(words, below, Some(&label));
    }
    let Cells { retention, security, .. } = cells;
    let vendors = match (listed(Slot::Recipient), recipients(clause)) {
        // Its own systems are no sub-processor; a row names them where it names nobody else.
        (names, picks) if picks.iter().all(|pick| matches!(pick, Pick::None)) => names,
        (names, _) => names.into_iter().filter(|name| name != OWN_SYSTEMS).collect(),
    };
    let mut places = listed(Slot::Place);
    if places.is_empty() {
        places = declared_places(words, &recipients(clause));
    }
    let stated =
        |names: Vec<String>| vec![if names.is_empty() { "Not limited here".to_string() } else { names.join(", ") }];
    let lines = |lines: Vec<String>| if lines.is_empty() { vec!["Not stated here".to_string()] } else { lines };
    let cells = vec![
        stated(listed(Slot::Purpose)),
        stated(listed(Slot::Subject)),
        data,
        stated(vendors),
        stated(places),
        lines(retention),
        lines(security),
    ];
    row(policy, clause, cells)
}

/// What the allowed operations have in one part of their scope: that of the rule, or else that of its clause; where both
/// name it and the rule names what the clause doesn't, that of the rule within that of the clause.
///
/// Where some rules name it and others don't, the actions of those others are named as not limited.
fn members(words: Words<'_>, clause: &Clause, read: impl Fn(&Part) -> Option<Vec<String>>) -> Vec<String> {
    let named = |parts: &[Part]| parts.iter().filter_map(&read).find(|members| !members.is_empty());
    let (mut found, mut open) = (Vec::new(), Vec::new());
    for rule in allowing(clause) {
        match (named(&rule.scope), named(&clause.scope)) {
            (Some(own), Some(outer)) if own.iter().any(|member| !outer.contains(member)) => {
                add(&mut found, format!("{}, within: {}", own.join(", "), outer.join(", ")));
            }
            (Some(members), _) | (None, Some(members)) => {
                members.into_iter().for_each(|member| add(&mut found, member));
            }
            (None, None) => actions(words, clause, rule).into_iter().for_each(|action| add(&mut open, action)),
        }
    }
    if !found.is_empty() && !open.is_empty() {
        found.push(format!("not limited for {}", open.join(", ")));
    }
    found
}

/// The actions that a rule allows.
fn actions(words: Words<'_>, clause: &Clause, rule: &Rule) -> Vec<String> {
    let mut lists = rule.scope.iter().chain(&clause.scope).filter_map(|part| match &part.scope {
        Scope::Slot(Slot::Action, list) => Some(words.list(Slot::Action, list)),
        _ => None,
    });
    lists.find(|list| !list.is_empty()).unwrap_or_else(|| vec!["any action".into()])
}

fn data_of(words: Words<'_>, clause: &Clause) -> Vec<String> {
    members(words, clause, |part| match &part.scope {
        Scope::Data(list) => Some(words.data(list)),
        _ => None,
    })
}

/// The recipients that the allowing rules name, or else their clause.
fn recipients(clause: &Clause) -> Vec<&Pick> {
    fn named(parts: &[Part]) -> Option<&[Pick]> {
        parts.iter().find_map(|part| match &part.scope {
            Scope::Slot(Slot::Recipient, List::These(picks)) => Some(&**picks),
            _ => None,
        })
    }
    allowing(clause).filter_map(|rule| named(&rule.scope).or_else(|| named(&clause.scope))).flatten().collect()
}

/// Where the recipients are by their declarations.
fn declared_places(words: Words<'_>, recipients: &[&Pick]) -> Vec<String> {
    let mut places = Vec::new();
    for pick in recipients {
        let Pick::Term(term) = pick else { continue };
        let declared = words.policy.recipients.get(*term as usize).map(|recipient| recipient.places.as_slice());
        for place in declared.unwrap_or_default() {
            add(&mut places, words.term(Facet::Place, *place));
        }
    }
    places
}

/// The cells of a row that several clauses may fill.
struct Cells {
    /// Lines of scopes that the row's other cells say already.
    said: Vec<String>,
    retention: Vec<String>,
    security: Vec<String>,
}

impl Cells {
    /// Adds what the rules of a clause say about retention and security; of one below, under its label.
    fn complete(&mut self, words: Words<'_>, clause: &Clause, label: Option<&str>) {
        let (mut retention, mut security) = (Vec::new(), Vec::new());
        for rule in &clause.rules {
            let scope = self.narrowing(words, &rule.scope);
            let narrowed = if scope.is_empty() { String::new() } else { format!(" ({scope})") };
            match &rule.effect {
                Effect::Keep(keep) => add(&mut retention, format!("{}{narrowed}", words.bound(keep))),
                Effect::Require(demands) => {
                    for demand in demands.iter().filter(|demand| protects(demand)) {
                        add(&mut security, format!("{}{narrowed}", words.demand(demand)));
                    }
                }
                _ => {}
            }
        }
        let narrowed = self.narrowing(words, &clause.scope);
        for (cell, mut lines) in [(&mut self.retention, retention), (&mut self.security, security)] {
            let Some(label) = label else {
                cell.extend(lines);
                continue;
            };
            // What the row says already isn't said again of a clause below.
            lines.retain(|line| !cell.contains(line));
            if !lines.is_empty() && !narrowed.is_empty() {
                cell.push(format!("{label}, {narrowed}:"));
            }
            cell.extend(lines.into_iter().map(|line| format!("{label}: {line}")));
        }
    }

    /// What a scope adds to what the row says.
    fn narrowing(&self, words: Words<'_>, scope: &[Part]) -> String {
        let lines = words.scope(scope).into_iter().filter(|line| !self.said.contains(line));
        lines.map(|line| in_sentence(&line)).collect::<Vec<_>>().join("; ")
    }
}

/// A line of a scope within a sentence: `When: a` as `when a`.
fn in_sentence(line: &str) -> String {
    match line.split_once(": ") {
        Some((name @ ("When" | "Unless"), condition)) => format!("{} {condition}", name.to_lowercase()),
        Some((name, members)) => format!("{}: {members}", name.to_lowercase()),
        None => line.into(),
    }
}
