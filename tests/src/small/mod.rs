//! Small policies made from choices, of which every operation that matters can be enumerated, with properties over them.
//!
//! A policy has a few features alive; its rules, conditions and properties speak of those alone, and its operations
//! range over the leaves of its facets, the subsets of its sets, and a value in each region between its thresholds.

mod changed;
mod conditions;
mod days;
mod declared;
mod enumerated;
mod phrases;

pub use changed::Versions;
pub use enumerated::Enumerated;

use abey::operations::Choices;
use phrases::Phrase;

/// What a small policy may speak of, beside actions and data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feature {
    /// Forms of data.
    Forms,
    /// Unstructured data, and what it contains.
    Contents,
    /// Purposes.
    Purposes,
    /// Recipients with their places, measures and purposes.
    Recipients,
    /// Two countries, a region and a city.
    Places,
    /// Measures.
    Measures,
    /// Data subjects.
    Subjects,
    /// Actors.
    Actors,
    /// Legal bases.
    Bases,
    /// Roles.
    Roles,
    /// The fact `flag`: yes/no.
    Flag,
    /// The fact `plan`: one of three.
    Plan,
    /// The fact `count`: a number.
    Count,
    /// The fact `ended`: a date.
    Ended,
    /// The fact `asked_on`: a date.
    Asked,
    /// The fact `happened`: an instant.
    Happened,
    /// The fact `period`: a length of time.
    Period,
    /// The fact `consented`: a set of purposes.
    Consented,
    /// The fact `wanted`: a purpose.
    Wanted,
    /// The fact `remark`: a text.
    Remark,
    /// The item fact `source`: one of two.
    Source,
    /// The subject fact `years`: a number.
    Years,
    /// The recipient fact `trains`.
    Trains,
    /// Comparisons of the time.
    Time,
    /// Bounds on how long data is held.
    Keep,
    /// Tables.
    Tables,
    /// Settings.
    Settings,
    /// Exceptions.
    Waive,
    /// Clauses that wait for an agreement.
    Deferred,
    /// Days that begin elsewhere.
    Offset,
}

use Feature as F;

/// All of them.
const FEATURES: [Feature; 30] = [
    F::Forms,
    F::Contents,
    F::Purposes,
    F::Recipients,
    F::Places,
    F::Measures,
    F::Subjects,
    F::Actors,
    F::Bases,
    F::Roles,
    F::Flag,
    F::Plan,
    F::Count,
    F::Ended,
    F::Asked,
    F::Happened,
    F::Period,
    F::Consented,
    F::Wanted,
    F::Remark,
    F::Source,
    F::Years,
    F::Trains,
    F::Time,
    F::Keep,
    F::Tables,
    F::Settings,
    F::Waive,
    F::Deferred,
    F::Offset,
];

/// A small policy, and an agreement over it.
#[derive(Clone, Debug)]
pub struct Small {
    /// The policy.
    pub source: String,
    /// An agreement over it, which has the properties then.
    pub over: Option<String>,
    /// The actions that it speaks of.
    pub actions: Vec<String>,
    /// What it may speak of.
    pub alive: Vec<Feature>,
}

/// What the pieces of one small policy speak of.
#[derive(Clone, Debug)]
struct Made {
    alive: Vec<Feature>,
    actions: Vec<String>,
    data: Vec<String>,
    dates: Vec<&'static str>,
    lengths: Vec<&'static str>,
}

fn pick<'a>(of: &[&'a str], choices: &mut Choices) -> &'a str {
    of.get(choices.below(of.len())).copied().unwrap_or("")
}

impl Small {
    /// A policy.
    #[must_use]
    pub fn of(choices: &mut Choices) -> Self {
        let made = Made::of(choices);
        let mut said = Vec::new();
        let clauses = 2 + choices.below(3);
        let mut body = String::new();
        for number in 1..=clauses {
            body += &made.clause(number, clauses, &mut said, choices);
        }
        let head = made.head(choices);
        let mut source = format!("policy small \"Small\" version \"1\"{head}{}{body}", made.declarations(choices));
        let mut over = None;
        if choices.once_in(3) {
            let mut text = String::from("agreement over_small \"Over\" version \"1\" over small;\n");
            text += &made.agreement(clauses, &mut said, choices);
            text += &made.properties(true, &said, choices);
            over = Some(text);
        } else {
            source += &made.properties(false, &said, choices);
        }
        Small { source, over, actions: made.actions, alive: made.alive }
    }

    /// The source that has the properties.
    #[must_use]
    pub fn top(&self) -> &str {
        self.over.as_deref().unwrap_or(&self.source)
    }

    /// Both sources, as they are shown.
    #[must_use]
    pub fn shown(&self) -> String {
        match &self.over {
            Some(over) => format!("{}---\n{over}", self.source),
            None => self.source.clone(),
        }
    }
}

impl Made {
    fn of(choices: &mut Choices) -> Self {
        let mut alive: Vec<Feature> = Vec::new();
        let mut wake = |feature: Feature| {
            if !alive.contains(&feature) {
                alive.push(feature);
            }
        };
        // Features that bear on each other, and some others.
        let themes: [&[Feature]; 8] = [
            &[F::Recipients, F::Purposes, F::Measures],
            &[F::Recipients, F::Purposes, F::Time, F::Trains],
            &[F::Places, F::Flag],
            &[F::Keep, F::Ended],
            &[F::Time, F::Ended, F::Asked],
            &[F::Flag, F::Purposes, F::Subjects],
            &[F::Contents, F::Forms, F::Measures],
            &[],
        ];
        let theme = themes.get(choices.below(themes.len())).copied().unwrap_or(&[]);
        theme.iter().for_each(|feature| wake(*feature));
        for _ in 0..if theme.is_empty() { 3 } else { 0 } + choices.below(3) {
            let feature = FEATURES.get(choices.below(FEATURES.len())).copied().unwrap_or(F::Flag);
            wake(feature);
            // What means nothing without another.
            match feature {
                F::Consented | F::Wanted => wake(F::Purposes),
                F::Trains => wake(F::Recipients),
                F::Years => wake(F::Subjects),
                F::Offset => wake(F::Time),
                _ => {}
            }
        }
        if alive.contains(&F::Recipients) && !alive.contains(&F::Places) {
            alive.push(F::Places);
        }
        let mut actions = vec!["do0".to_string()];
        for _ in 0..1 + choices.below(3) {
            let action = pick(&["store", "do1", "share", "transfer", "delete", "return", "dispose"], choices);
            if !actions.iter().any(|own| own == action) {
                actions.push(action.into());
            }
        }
        let mut data = vec!["d0".to_string(), "d1".into(), "d2".into()];
        if alive.contains(&F::Contents) {
            data.push("d3".into());
        }
        let dates = ["2026-01-31", "2026-02-28", "2026-03-01", "2026-03-02", "2024-02-29"];
        let lengths = [
            "30 days",
            "29 days",
            "1 month",
            "28 days",
            "2 days",
            "48 hours",
            "12 months",
            "0 days",
            "1 year",
            "36 hours",
        ];
        let dates = (0..1 + choices.below(3)).map(|_| pick(&dates, choices)).collect();
        let lengths = (0..1 + choices.below(2)).map(|_| pick(&lengths, choices)).collect();
        Made { alive, actions, data, dates, lengths }
    }

    fn has(&self, feature: Feature) -> bool {
        self.alive.contains(&feature)
    }

    fn date(&self, choices: &mut Choices) -> &'static str {
        pick(&self.dates, choices)
    }

    fn head(&self, choices: &mut Choices) -> String {
        let mut head = String::new();
        if self.has(F::Time) && choices.once_in(4) {
            head += &format!(" in force from {}", self.date(choices));
            if choices.once_in(2) {
                head += " until 2026-12-31";
            }
        }
        head += ";\n";
        if self.has(F::Offset) {
            head += pick(&["offset -05:30;\n", "offset +02:00;\n"], choices);
        }
        head
    }

    fn clause(&self, number: usize, count: usize, said: &mut Vec<Phrase>, choices: &mut Choices) -> String {
        let mut head = format!("clause \"{number}\"");
        if choices.once_in(5) {
            head += &format!(" of {}", self.data_list(choices));
        }
        if number > 1 && self.has(F::Deferred) && choices.once_in(2) {
            return format!("clause \"{number}\" deferred of {} {{ note \"later\"; }}\n", self.data_list(choices));
        }
        let mut rules = Vec::new();
        if number == 1 && !choices.once_in(3) {
            rules.push("allow any of any;".to_string());
        }
        for _ in 0..1 + choices.below(2) {
            rules.push(self.rule(count, said, choices));
        }
        if number == 1 && self.has(F::Recipients) && choices.once_in(2) {
            rules.push(format!("authorise after {} ask controller;", self.literal(choices)));
        }
        format!("{head} {{\n  {}\n}}\n", rules.join("\n  "))
    }
}
