//! The words of a made policy.

use super::Text;
use abey::operations::Choices;

/// How many words each facet of a made policy has.
#[derive(Clone, Debug)]
pub struct Words {
    pub actions: usize,
    pub data: usize,
    pub forms: usize,
    pub subjects: usize,
    pub actors: usize,
    pub purposes: usize,
    pub recipients: usize,
    pub places: usize,
    pub measures: usize,
    pub bases: usize,
}

/// Days that policies and operations speak of, ends of months and leap days among them.
pub fn date(choices: &mut Choices) -> &'static str {
    let days = ["2026-11-20", "2026-11-19", "2024-02-29", "2025-12-31", "2026-01-15", "2026-12-20", "2027-02-28"];
    days.get(choices.below(days.len())).copied().unwrap_or("2026-11-20")
}

/// Lengths of time, some of which only the calendar tells apart.
pub fn duration(choices: &mut Choices) -> &'static str {
    let lengths =
        ["30 days", "1 month", "28 days", "12 months", "365 days", "48 hours", "2 days", "0 days", "14 months"];
    lengths.get(choices.below(lengths.len())).copied().unwrap_or("30 days")
}

/// One of so many words that begin alike, or one of the language's own.
fn one(prefix: &str, count: usize, own: &[&str], choices: &mut Choices) -> String {
    let number = choices.below(count + own.len());
    match number.checked_sub(count).and_then(|index| own.get(index)) {
        Some(word) => (*word).to_string(),
        None => format!("{prefix}{number}"),
    }
}

/// Up to so many different words.
pub fn several(most: usize, choices: &mut Choices, mut word: impl FnMut(&mut Choices) -> String) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for _ in 0..1 + choices.below(most) {
        let next = word(choices);
        if !words.contains(&next) {
            words.push(next);
        }
    }
    words
}

impl Words {
    pub fn of(choices: &mut Choices) -> Self {
        let mut count = |most: usize| 1 + choices.below(most);
        Words {
            actions: count(4),
            data: count(6),
            forms: count(3),
            subjects: count(3),
            actors: count(2),
            purposes: count(4),
            recipients: count(4),
            places: count(6),
            measures: count(4),
            bases: count(2),
        }
    }

    pub fn action(&self, choices: &mut Choices) -> String {
        one("do", self.actions, &["store", "share", "transfer", "delete", "dispose"], choices)
    }
    pub fn data(&self, choices: &mut Choices) -> String {
        one("data", self.data, &["personal_data"], choices)
    }
    pub fn form(&self, choices: &mut Choices) -> String {
        one("form", self.forms, &[], choices)
    }
    pub fn subject(&self, choices: &mut Choices) -> String {
        one("who", self.subjects, &[], choices)
    }
    pub fn actor(&self, choices: &mut Choices) -> String {
        one("actor", self.actors, &[], choices)
    }
    pub fn purpose(&self, choices: &mut Choices) -> String {
        one("end", self.purposes, &[], choices)
    }
    pub fn recipient(&self, choices: &mut Choices) -> String {
        one("vendor", self.recipients, &[], choices)
    }
    pub fn place(&self, choices: &mut Choices) -> String {
        one("land", self.places, &[], choices)
    }
    pub fn measure(&self, choices: &mut Choices) -> String {
        one("guard", self.measures, &[], choices)
    }
    pub fn basis(&self, choices: &mut Choices) -> String {
        one("basis", self.bases, &[], choices)
    }

    /// The declarations: each word under earlier ones, some of the edges dated or conditional.
    pub fn declarations(&self, choices: &mut Choices) -> Vec<Text> {
        let mut found: Vec<Text> = vec![
            "fact active: yes/no;".into(),
            "fact count: number;".into(),
            "fact ended, asked_on: date;".into(),
            "fact happened: instant;".into(),
            "fact period: duration;".into(),
            "fact note_text: text;".into(),
            "fact plan: one of (free, pro, other);".into(),
            "fact consented: set of purpose;".into(),
            "fact wanted: purpose;".into(),
            "item fact source: one of (user, host);".into(),
            "item fact opened: date;".into(),
            "subject fact years: number;".into(),
            "recipient fact trains: yes/no;".into(),
        ];
        let facets: [(&str, &str, usize, &[&str]); 9] = [
            ("action", "do", self.actions, &["store", "share", "transfer", "delete", "return"]),
            ("data", "data", self.data, &["personal_data", "other_data", "unstructured"]),
            ("form", "form", self.forms, &[]),
            ("subject", "who", self.subjects, &[]),
            ("actor", "actor", self.actors, &[]),
            ("purpose", "end", self.purposes, &[]),
            ("place", "land", self.places, &["country"]),
            ("measure", "guard", self.measures, &[]),
            ("basis", "basis", self.bases, &[]),
        ];
        // Data that says what it contains can have nothing dated or conditional below it.
        let bounded = choices.once_in(2);
        for (facet, prefix, count, roots) in facets {
            for number in 0..count {
                found.extend(word(facet, prefix, number, roots, bounded, choices));
            }
        }
        for number in 0..self.recipients {
            found.push(self.declared_recipient(number, choices));
        }
        found.push(self.tables(choices));
        found
    }

    fn declared_recipient(&self, number: usize, choices: &mut Choices) -> Text {
        let places =
            if choices.once_in(4) { vec!["anywhere".to_string()] } else { several(2, choices, |c| self.place(c)) };
        let mut parts = vec![Text::from("in ").then(Text::list(&places))];
        if choices.once_in(2) {
            parts.push(Text::from("under ").then(Text::list(&several(2, choices, |c| self.measure(c)))));
        }
        if choices.once_in(2) {
            parts.push(Text::from("for ").then(Text::list(&several(2, choices, |c| self.purpose(c)))));
        }
        if choices.once_in(2) {
            parts.push(format!("authorised from {}", date(choices)).into());
        }
        if choices.once_in(3) {
            parts.push(format!("notified {}", date(choices)).into());
        }
        if choices.once_in(3) {
            parts.push(format!("given trains is {}", if choices.once_in(2) { "yes" } else { "no" }).into());
        }
        if number > 0 && choices.once_in(4) {
            parts.push(format!("is vendor{}", choices.below(number)).into());
        }
        Text::from(format!("recipient vendor{number} ")).then(Text::free(" ", parts)).then(";")
    }

    fn tables(&self, choices: &mut Choices) -> Text {
        let rows = |keys: &mut dyn FnMut(&mut Choices) -> String, choices: &mut Choices| {
            let mut rows: Vec<Text> = Vec::new();
            for key in several(2, choices, keys) {
                rows.push(format!("{key} = {};", duration(choices)).into());
            }
            if choices.once_in(2) {
                rows.push(format!("otherwise {};", duration(choices)).into());
            }
            Text::free(" ", rows)
        };
        let plan =
            rows(&mut |c| ["free", "pro", "other"].get(c.below(3)).copied().unwrap_or("free").to_string(), choices);
        // Words of which none lies below another make rows that never overlap.
        let switch = rows(&mut |c| if c.once_in(2) { "yes".into() } else { "no".into() }, choices);
        let general = format!("personal_data = {};", duration(choices));
        let special = format!("data0 = {};", duration(choices));
        let data = Text::free(" ", vec![general.into(), special.into()]);
        Text::from("table by_plan by plan { ")
            .then(plan)
            .then(" }\ntable by_switch by active { ")
            .then(switch)
            .then(" }\ntable by_data by data { ")
            .then(data)
            .then(" }")
    }

    /// The settings, in their order: later ones may read earlier ones.
    pub fn settings(&self, choices: &mut Choices) -> Vec<String> {
        vec![
            format!("setting kept: duration = {} at most 24 months;", duration(choices)),
            "setting longer: duration = kept;".into(),
            "setting unset: duration;".into(),
            "setting planned: duration = by_plan;".into(),
            format!("setting most: number = {};", choices.below(4)),
        ]
    }
}

/// The declaration of a word, and further edges that are dated or conditional.
fn word(facet: &str, prefix: &str, number: usize, roots: &[&str], bounded: bool, choices: &mut Choices) -> Vec<Text> {
    let earlier = |choices: &mut Choices| format!("{prefix}{}", choices.below(number));
    let mut parents: Vec<String> = Vec::new();
    if facet == "data" || !roots.is_empty() && choices.once_in(2) {
        parents.extend(roots.get(choices.below(roots.len())).map(|root| (*root).to_string()));
    }
    for _ in 0..if number > 0 { choices.below(3) } else { 0 } {
        let parent = earlier(choices);
        if !parents.contains(&parent) {
            parents.push(parent);
        }
    }
    // The first data category is personal data, since a table speaks of both.
    if facet == "data" && number == 0 {
        parents = vec!["personal_data".into()];
    }
    let below = if parents.is_empty() { Text::default() } else { Text::from(" is ").then(Text::list(&parents)) };
    let bound = if parents.iter().any(|parent| parent == "unstructured") && number > 0 && bounded && choices.once_in(2)
    {
        format!(" containing data{}", choices.below(number))
    } else {
        String::new()
    };
    let mut found = vec![Text::from(format!("{facet} {prefix}{number}")).then(below).then(format!("{bound};"))];
    if number > 0 && !(facet == "data" && bounded) && choices.once_in(3) {
        let parent = earlier(choices);
        if !parents.contains(&parent) {
            let when = match choices.below(4) {
                0 => format!("from {}", date(choices)),
                1 => format!("until {}", date(choices)),
                2 => "when active is yes".into(),
                _ => "when count at most 2".into(),
            };
            found.push(format!("{facet} {prefix}{number} is {parent} {when};").into());
        }
    }
    found
}
