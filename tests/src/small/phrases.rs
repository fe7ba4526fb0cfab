//! Phrases, rules, agreements and properties of small policies.

use super::{Feature as F, Made, pick};
use abey::operations::Choices;

/// What a rule speaks of, and what it does.
#[derive(Clone, Debug)]
pub(super) struct Phrase {
    verb: &'static str,
    actions: String,
    data: String,
    parts: Vec<(usize, String)>,
}

impl Phrase {
    fn written(&self) -> String {
        let mut text = format!("{} of {}", self.actions, self.data);
        // What stands behind `when` ends the phrase.
        let mut parts = self.parts.clone();
        parts.sort_by_key(|(number, _)| *number);
        parts.iter().for_each(|(_, part)| text += &format!(" {part}"));
        text
    }
}

impl Made {
    fn list(&self, words: &[&str], none: bool, choices: &mut Choices) -> String {
        let (one, other) = (pick(words, choices), pick(words, choices));
        let both = if one == other { one.to_string() } else { format!("{one}, {other}") };
        match choices.below(7) {
            0 => "any".into(),
            1 => format!("any except {both}"),
            2 if none => format!("none, {one}"),
            3 if none => "none".into(),
            4 => both,
            _ => one.into(),
        }
    }

    pub(super) fn data_list(&self, choices: &mut Choices) -> String {
        let item = |choices: &mut Choices| {
            let words: Vec<&str> = self.data.iter().map(String::as_str).chain(["personal_data"]).collect();
            let word = pick(&words, choices);
            match choices.below(6) {
                0 if self.has(F::Forms) => format!("raw {word}"),
                1 if self.has(F::Forms) => format!("f0 {word}"),
                2 if self.has(F::Forms) => "f1 any".into(),
                _ => word.to_string(),
            }
        };
        match choices.below(4) {
            0 => format!("any except {}", item(choices)),
            1 | 2 => item(choices),
            _ => "any".into(),
        }
    }

    pub(super) fn phrase(&self, verb: &'static str, choices: &mut Choices) -> Phrase {
        let words: Vec<&str> = self.actions.iter().map(String::as_str).collect();
        let actions = if choices.once_in(2) { "any".into() } else { self.list(&words, false, choices) };
        let data = self.data_list(choices);
        let mut phrase = Phrase { verb, actions, data, parts: Vec::new() };
        for _ in 0..choices.below(3) {
            self.narrow(&mut phrase, choices);
        }
        phrase
    }

    /// One part more, of what is alive.
    fn narrow(&self, phrase: &mut Phrase, choices: &mut Choices) {
        let places = ["l0", "l1", "r", "anywhere", "country"];
        let mut parts: Vec<(usize, String)> = Vec::new();
        let mut add = |feature: F, number: usize, keyword: &str, words: &[&str], choices: &mut Choices| {
            if self.has(feature) {
                parts.push((number, format!("{keyword} {}", self.list(words, number != 7, choices))));
            }
        };
        add(F::Subjects, 0, "about", &["s0", "s1"], choices);
        add(F::Actors, 1, "by", &["a0", "a1"], choices);
        add(F::Purposes, 2, "for", &["p0", "p1", "p2"], choices);
        add(F::Places, 4, "in", &places, choices);
        add(F::Places, 5, "from", &places, choices);
        add(F::Roles, 7, "as", &["processor", "controller"], choices);
        add(F::Bases, 8, "on", &["b0", "b1"], choices);
        if self.has(F::Recipients) {
            let recipient = match choices.below(5) {
                0 | 4 => "any except authorised".into(),
                1 => "authorised".into(),
                _ => self.list(&["v0", "v1"], true, choices),
            };
            parts.push((3, format!("to {recipient}")));
        }
        if self.has(F::Measures) {
            parts.push((9, format!("with {}", pick(&["m0", "m1", "m2", "m0, m2"], choices))));
        }
        let word = if choices.once_in(2) { (10, "when") } else { (11, "unless") };
        for _ in 0..2 {
            parts.push((word.0, format!("{} {}", word.1, self.condition(2, choices))));
        }
        let (number, part) = parts.swap_remove(choices.below(parts.len()));
        if !phrase.parts.iter().any(|(own, _)| *own == number) {
            phrase.parts.push((number, part));
        }
    }

    /// A rule of any verb; exceptions speak of the first `clauses`.
    pub(super) fn rule(&self, clauses: usize, said: &mut Vec<Phrase>, choices: &mut Choices) -> String {
        let verbs = ["allow", "allow", "forbid", "require", "keep", "waive", "owe"];
        let mut verb = pick(&verbs, choices);
        verb = match verb {
            "keep" if !self.has(F::Keep) => "require",
            "waive" if !self.has(F::Waive) || clauses == 0 => "forbid",
            "owe" if !choices.once_in(4) => "allow",
            verb => verb,
        };
        let phrase = self.phrase(verb, choices);
        let scope = phrase.written();
        said.push(phrase);
        match verb {
            "require" => format!("require {} for {scope};", self.demand(choices)),
            "keep" => self.keep(&scope, choices),
            "waive" => format!("waive clause \"{}\" for {scope};", 1 + choices.below(clauses)),
            "owe" => format!("owe \"tell\" within {} of {} for {scope};", self.literal(choices), self.day(0, choices)),
            verb => format!("{verb} {scope};"),
        }
    }

    fn demand(&self, choices: &mut Choices) -> String {
        let mut means: Vec<String> = vec![format!("({})", self.condition(1, choices))];
        if self.has(F::Measures) {
            means.push(format!("measure {}", pick(&["m0", "m1", "m2"], choices)));
            means.push(format!("one of (measure m0, measure {})", pick(&["m1", "m2"], choices)));
        }
        if self.has(F::Forms) {
            means.push(format!("form {}", pick(&["f0", "f1"], choices)));
        }
        if self.has(F::Bases) {
            means.push(format!("basis {}", pick(&["b0", "b1"], choices)));
        }
        means.swap_remove(choices.below(means.len()))
    }

    fn keep(&self, scope: &str, choices: &mut Choices) -> String {
        let after = |choices: &mut Choices| {
            if choices.once_in(3) { format!(" after {}", self.day(1, choices)) } else { String::new() }
        };
        let rule = match choices.below(8) {
            0 | 1 => format!("until {}", self.day(2, choices)),
            2 => format!("while {}", self.condition(1, choices)),
            3 => return format!("keep {scope} never;"),
            4 => format!("at least {}{}", self.length(1, choices), after(choices)),
            5 => format!("exactly {}{}", self.length(0, choices), after(choices)),
            _ => format!("at most {}{}", self.length(2, choices), after(choices)),
        };
        format!("keep {scope} {rule}{};", pick(&["", "", " then delete", " then return"], choices))
    }

    /// What an agreement says over so many clauses.
    pub(super) fn agreement(&self, clauses: usize, said: &mut Vec<Phrase>, choices: &mut Choices) -> String {
        let mut text = String::new();
        if self.has(F::Settings) && choices.once_in(2) {
            text += &format!("set kept = {};\n", self.literal(choices));
        }
        let named = 1 + choices.below(clauses);
        match choices.below(4) {
            0 => text += &format!("waive clause \"{named}\" for {};\n", self.phrase("waive", choices).written()),
            1 => text += &format!("replace clause \"{named}\" {{ {} }}\n", self.rule(0, said, choices)),
            _ => {}
        }
        for number in 0..1 + choices.below(2) {
            text += &format!("clause \"A{number}\" {{ {} }}\n", self.rule(0, said, choices));
        }
        text
    }

    /// Properties over what rules speak of, and over anything.
    pub(super) fn properties(&self, over: bool, said: &[Phrase], choices: &mut Choices) -> String {
        let mut text = String::new();
        for number in 0..3 {
            let claim = if over && number < 2 { "stricter" } else { pick(&["never", "always"], choices) };
            let alike: Vec<&Phrase> = said
                .iter()
                .filter(|phrase| match claim {
                    "always" => phrase.verb == "allow",
                    "never" => phrase.verb != "allow",
                    _ => true,
                })
                .collect();
            let mut phrase = match alike.get(choices.below(alike.len() * 2)) {
                Some(phrase) => (*phrase).clone(),
                None => self.phrase("", choices),
            };
            if choices.once_in(2) {
                self.narrow(&mut phrase, choices);
            }
            let phrase = phrase.written();
            text += &match claim {
                "stricter" if number == 0 && choices.once_in(2) => {
                    format!("property \"{number}\": stricter than small;\n")
                }
                "stricter" => format!("property \"{number}\": stricter than small for {phrase};\n"),
                claim => format!("property \"{number}\": {claim} allow {phrase};\n"),
            };
        }
        text
    }
}
