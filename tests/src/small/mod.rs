//! Small policies made from choices, of which every operation that matters can be enumerated, with properties over them.
//!
//! A policy has a few features alive; its rules, conditions and properties speak of those alone, and its operations
//! range over the leaves of its facets, the subsets of its sets, and a value in each region between its thresholds.

mod conditions;
mod enumerated;
mod phrases;

pub use enumerated::Enumerated;

use crate::operations::Choices;
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
        let clauses = 1 + choices.below(4);
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
        for _ in 0..2 + choices.below(4) {
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
        let dates = ["2026-01-31", "2026-02-28", "2026-03-15", "2024-02-29"];
        let lengths =
            ["30 days", "1 month", "28 days", "2 days", "48 hours", "12 months", "0 days", "1 year", "36 hours"];
        let dates = (0..1 + choices.below(2)).map(|_| pick(&dates, choices)).collect();
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

    /// The label of an edge that doesn't always hold.
    fn edge(&self, choices: &mut Choices) -> String {
        match choices.below(4) {
            0 if self.has(F::Time) => format!("from {}", self.date(choices)),
            1 if self.has(F::Time) => format!("until {}", self.date(choices)),
            _ if self.has(F::Flag) => "when flag is yes".into(),
            _ if self.has(F::Count) => "when count at most 2".into(),
            _ if self.has(F::Plan) => "when plan is pro".into(),
            _ => String::new(),
        }
    }

    /// A word under earlier ones, some of them only at times.
    fn word(&self, facet: &str, prefix: &str, number: usize, root: &str, choices: &mut Choices) -> String {
        let mut parents: Vec<String> = Vec::new();
        if !root.is_empty() {
            parents.push(root.into());
        }
        if number > 0 && choices.once_in(2) {
            parents.push(format!("{prefix}{}", choices.below(number)));
        }
        let below = if parents.is_empty() { String::new() } else { format!(" is {}", parents.join(", ")) };
        let mut text = format!("{facet} {prefix}{number}{below};\n");
        if number > 0 && !(facet == "data" && self.has(F::Contents)) && choices.once_in(3) {
            let (parent, label) = (format!("{prefix}{}", choices.below(number)), self.edge(choices));
            if !parents.contains(&parent) && !label.is_empty() {
                text += &format!("{facet} {prefix}{number} is {parent} {label};\n");
            }
        }
        text
    }

    fn declarations(&self, choices: &mut Choices) -> String {
        let mut text = String::new();
        let facts = [
            (F::Flag, "fact flag: yes/no;\n"),
            (F::Plan, "fact plan: one of (free, pro, other);\n"),
            (F::Count, "fact count: number;\n"),
            (F::Ended, "fact ended: date;\n"),
            (F::Asked, "fact asked_on: date;\n"),
            (F::Happened, "fact happened: instant;\n"),
            (F::Period, "fact period: duration;\n"),
            (F::Consented, "fact consented: set of purpose;\n"),
            (F::Wanted, "fact wanted: purpose;\n"),
            (F::Remark, "fact remark: text;\n"),
            (F::Source, "item fact source: one of (user, host);\n"),
            (F::Years, "subject fact years: number;\n"),
            (F::Trains, "recipient fact trains: yes/no;\n"),
        ];
        facts.iter().filter(|(feature, _)| self.has(*feature)).for_each(|(_, fact)| text += fact);
        text += "action do0;\n";
        let root = pick(&["", "store", "share", "transfer", "delete"], choices);
        text += &self.word("action", "do", 1, root, choices);
        text += "data d0 is personal_data;\n";
        for number in 1..3 {
            let root = pick(&["personal_data", "other_data"], choices);
            text += &self.word("data", "d", number, root, choices);
        }
        if self.has(F::Contents) {
            text += pick(&["data d3 is unstructured;\n", "data d3 is unstructured containing d0, d1;\n"], choices);
        }
        let facets = [
            (F::Forms, "form", "f", 2),
            (F::Purposes, "purpose", "p", 3),
            (F::Measures, "measure", "m", 3),
            (F::Subjects, "subject", "s", 2),
            (F::Actors, "actor", "a", 2),
            (F::Bases, "basis", "b", 2),
        ];
        for (feature, facet, prefix, count) in facets {
            for number in 0..if self.has(feature) { count } else { 0 } {
                text += &self.word(facet, prefix, number, "", choices);
            }
        }
        if self.has(F::Places) {
            text += "place l0 is country;\nplace l1 is country;\n";
            text += pick(&["place r;\nplace l0 is r;\n", "place r;\n", "place r is l0;\n", "place r;\n"], choices);
            let label = self.edge(choices);
            if !label.is_empty() && !text.contains("r is l0") && choices.once_in(2) {
                text += &format!("place l1 is r {label};\n");
            }
        }
        if self.has(F::Recipients) {
            text += &self.recipients(choices);
        }
        if self.has(F::Tables) {
            text += &self.tables(choices);
        }
        if self.has(F::Settings) {
            let default = if self.has(F::Tables) && choices.once_in(3) { "by_data" } else { self.literal(choices) };
            text += &format!("setting kept: duration = {default};\n");
            text += pick(&["setting most: number = 2;\n", "setting most: number;\n"], choices);
            text += "setting unset: duration;\n";
        }
        if choices.once_in(8) {
            text += &format!("applies when {};\n", self.condition(1, choices));
        }
        text
    }

    fn recipients(&self, choices: &mut Choices) -> String {
        let mut text = String::new();
        for number in 0..2 {
            let mut parts = vec![format!("in {}", pick(&["l0", "l1", "anywhere", "r", "l0, l1"], choices))];
            if self.has(F::Measures) && choices.once_in(2) {
                parts.push(format!("under {}", pick(&["m0", "m1", "m0, m2"], choices)));
            }
            if self.has(F::Purposes) && choices.once_in(2) {
                parts.push(format!("for {}", pick(&["p0", "p1", "p1, p2"], choices)));
            }
            if !choices.once_in(3) {
                parts.push(format!("authorised from {}", self.date(choices)));
            } else if choices.once_in(2) {
                parts.push(format!("notified {}", self.date(choices)));
            }
            if self.has(F::Trains) && !choices.once_in(3) {
                parts.push(format!("given trains is {}", pick(&["yes", "no"], choices)));
            }
            text += &format!("recipient v{number} {};\n", parts.join(" "));
        }
        if choices.once_in(3) {
            text += "recipient v2 in l0 is v0;\n";
        }
        text
    }

    fn tables(&self, choices: &mut Choices) -> String {
        let otherwise =
            if choices.once_in(2) { format!(" otherwise {};", self.literal(choices)) } else { String::new() };
        let (one, other) = (self.literal(choices), self.literal(choices));
        let mut text = format!("table by_data by data {{ personal_data = {one}; d0 = {other};{otherwise} }}\n");
        if self.has(F::Plan) {
            text += &format!("table by_plan by plan {{ free = {one}; pro = {other};{otherwise} }}\n");
        }
        if self.has(F::Purposes) {
            let otherwise = if choices.once_in(2) { " otherwise 3;" } else { "" };
            text += &format!("table by_purpose by purpose {{ p0 = 1; none = 2;{otherwise} }}\n");
        }
        text
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
