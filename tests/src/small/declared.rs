//! What small policies declare: words with several parents, facts, recipients, tables and settings.

use super::{Feature as F, Made, pick};
use abey::operations::Choices;

impl Made {
    /// The label of an edge that doesn't always hold.
    fn edge(&self, choices: &mut Choices) -> String {
        match choices.below(4) {
            0 if self.has(F::Time) => format!("from {}", self.date(choices)),
            1 if self.has(F::Time) => format!("until {}", self.date(choices)),
            _ if self.has(F::Flag) => format!("when flag is {}", pick(&["yes", "no"], choices)),
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

    /// What the policy declares.
    pub(super) fn declarations(&self, choices: &mut Choices) -> String {
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
            if self.has(F::Purposes) && !choices.once_in(3) {
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
}
