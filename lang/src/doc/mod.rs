//! The public page of a policy: what it says, in tables that a person reads, in the policy's own labels.
//!
//! [`page`] gathers the page as data; [`markdown`] and [`html`] write it down.

mod activities;
mod html;
mod markdown;
mod rules;
mod values;
mod words;

use crate::model::{Clause, Layer, Policy};
use words::Words;

pub use html::html;
pub use markdown::markdown;

/// What a page says of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The title of the policy.
    pub title: String,
    /// Its version, when it is in force, its layers: a name and what there is to say.
    pub about: Vec<(String, Vec<String>)>,
    /// The sections, none of them empty.
    pub sections: Vec<Section>,
}

/// A section of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// A word for links to it, the same for every policy.
    pub id: &'static str,
    /// Its heading.
    pub title: &'static str,
    /// What the table shows, in a sentence.
    pub caption: &'static str,
    /// The names of the columns; the first is that of the rows' heads.
    pub columns: &'static [&'static str],
    /// The rows.
    pub rows: Vec<Row>,
}

/// A row of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What the row is about.
    pub head: String,
    /// The label of the clause that says it; none where the head says it, or no clause does.
    pub clause: Option<String>,
    /// The cells behind the head, one for each further column, as lines.
    pub cells: Vec<Vec<String>>,
}

/// Gathers the page of a policy: a register of its activities, its recipients, and every rule of its clauses.
///
/// A pure function: the same policy gives the same page. Linear in the policy, but for activities,
/// each of which looks through all clauses for the ones that complete it.
#[must_use]
pub fn page(policy: &Policy) -> Page {
    let words = Words { policy };
    let mut sections = vec![activities::register(words)];
    sections.extend(rules::sections(words));
    sections.retain(|section| !section.rows.is_empty());
    Page { title: or(&policy.title, &policy.name), about: about(words), sections }
}

fn about(words: Words<'_>) -> Vec<(String, Vec<String>)> {
    let policy = words.policy;
    let mut about = vec![("Version".to_string(), vec![policy.version.clone()])];
    let own = policy.layers.last();
    about.push(("In force".into(), vec![own.map_or_else(String::new, in_force)]));
    let mut applies = Vec::new();
    for layer in &policy.layers {
        if let Some(guard) = &layer.applies {
            let ask = guard.ask.as_ref().map_or(String::new(), |ask| format!("; otherwise ask {}", plain(ask)));
            applies.push(format!("{}{ask}", words.condition(&guard.condition)));
        }
    }
    if !applies.is_empty() {
        about.push(("Applies when".into(), applies));
    }
    if policy.layers.len() > 1 {
        let layer = |layer: &Layer| {
            format!("{}, version {}, in force {}", or(&layer.title, &layer.name), layer.version, in_force(layer))
        };
        about.push(("Layers".into(), policy.layers.iter().map(layer).collect()));
    }
    let vocabularies = policy.vocabularies.iter().map(|vocabulary| vocabulary.name.clone());
    about.push(("Vocabularies".into(), vec![vocabularies.collect::<Vec<_>>().join(", ")]));
    about.retain(|(_, lines)| lines.iter().any(|line| !line.is_empty()));
    about
}

fn in_force(layer: &Layer) -> String {
    match (layer.in_force.from, layer.in_force.until) {
        (Some(from), Some(until)) => format!("from {from} until {until}"),
        (Some(from), None) => format!("from {from}"),
        (None, Some(until)) => format!("until {until}"),
        (None, None) => "no dates stated".into(),
    }
}

/// The row that a clause heads.
fn row(policy: &Policy, clause: &Clause, cells: Vec<Vec<String>>) -> Row {
    let reference = reference(policy, clause);
    if clause.title.is_empty() {
        return Row { head: format!("Clause {reference}"), clause: None, cells };
    }
    Row { head: clause.title.clone(), clause: Some(reference), cells }
}

/// The label of a clause, with its layer where there are several.
fn reference(policy: &Policy, clause: &Clause) -> String {
    match policy.layers.get(clause.layer) {
        Some(layer) if policy.layers.len() > 1 => format!("{} {}", layer.name, clause.label),
        _ => clause.label.clone(),
    }
}

/// A text, or another where it is empty.
fn or(text: &str, other: &str) -> String {
    if text.is_empty() { other.into() } else { text.into() }
}

/// What a fact is called: its label, or its name in plain words.
fn fact_label(fact: &crate::model::Fact) -> String {
    if fact.label.is_empty() { plain(&fact.name) } else { fact.label.clone() }
}

/// A word as a person reads it.
fn plain(word: &str) -> String {
    word.replace('_', " ")
}

/// Puts a line where it isn't yet.
fn add(lines: &mut Vec<String>, line: String) {
    if !lines.contains(&line) {
        lines.push(line);
    }
}
