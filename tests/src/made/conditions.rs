//! Conditions and values of made policies, over every type.

use super::Text;
use super::words::{Words, date, duration, several};
use abey::operations::Choices;

impl Words {
    /// A condition, so many levels deep at most.
    pub fn condition(&self, choices: &mut Choices, depth: usize) -> Text {
        match if depth == 0 { 0 } else { choices.below(6) } {
            4 => {
                let parts = (0..2).map(|_| self.condition(choices, depth - 1)).collect();
                Text::from("(").then(Text::free(" and ", parts)).then(")")
            }
            5 => {
                let parts = (0..2).map(|_| self.condition(choices, depth - 1)).collect();
                Text::from("(").then(Text::free(" or ", parts)).then(")")
            }
            3 => Text::from("not (").then(self.condition(choices, depth - 1)).then(")"),
            _ => self.comparison(choices),
        }
    }

    fn comparison(&self, choices: &mut Choices) -> Text {
        let one_of = |words: Vec<String>| Text::from("is one of (").then(Text::list(&words)).then(")");
        match choices.below(24) {
            0 => format!("active is {}", ["yes", "no", "none"].get(choices.below(3)).copied().unwrap_or("yes")).into(),
            1 => format!("count {} {}", self.bound(choices), self.number(choices)).into(),
            2 => {
                format!("plan is {}", ["free", "pro", "other"].get(choices.below(3)).copied().unwrap_or("free")).into()
            }
            3 => format!("purpose is {}", self.purpose(choices)).into(),
            4 => Text::from("purpose ").then(one_of(several(2, choices, |c| self.purpose(c)))),
            5 => format!("recipient is {}", if choices.once_in(2) { "none" } else { "authorised" }).into(),
            6 => format!("place is {}", self.place(choices)).into(),
            7 => format!("data is {}", self.data(choices)).into(),
            8 => format!("form includes {}", self.form(choices)).into(),
            9 => Text::from("measures within (").then(Text::list(&several(3, choices, |c| self.measure(c)))).then(")"),
            10 => format!("measures includes {}", self.measure(choices)).into(),
            11 => format!(
                "consented includes {}",
                if choices.once_in(3) { self.purpose(choices) } else { "purpose".into() }
            )
            .into(),
            12 => format!("wanted is {}", if choices.once_in(2) { self.purpose(choices) } else { "purpose".into() })
                .into(),
            13 => Text::from(format!("time {} ", self.order(choices))).then(self.day(choices, 2)),
            14 => self.day(choices, 2).then(format!(" {} ", self.order(choices))).then(self.day(choices, 1)),
            15 => Text::from(format!("age {} ", self.bound(choices))).then(self.length(choices, 1)),
            16 => Text::from(format!("period {} ", self.bound(choices))).then(self.length(choices, 2)),
            17 => format!("ended is {}", if choices.once_in(2) { "none" } else { "not none" }).into(),
            18 => format!("source is {}", if choices.once_in(2) { "user" } else { "host" }).into(),
            19 => format!("years {} {}", self.bound(choices), choices.below(3)).into(),
            20 => format!("recipient.trains is {}", if choices.once_in(2) { "yes" } else { "no" }).into(),
            21 => format!("note_text is {}", if choices.once_in(2) { "\"a\"" } else { "\"b\"" }).into(),
            22 => format!("recipient.authorised {} {}", self.order(choices), date(choices)).into(),
            _ => match choices.below(5) {
                0 => format!("action is {}", self.action(choices)).into(),
                1 => format!("basis is {}", self.basis(choices)).into(),
                2 => format!("subject is {}", self.subject(choices)).into(),
                3 => "form within ()".into(),
                _ => format!("origin is not {}", self.place(choices)).into(),
            },
        }
    }

    fn bound(&self, choices: &mut Choices) -> &'static str {
        if choices.once_in(2) { "at least" } else { "at most" }
    }

    fn order(&self, choices: &mut Choices) -> &'static str {
        ["before", "after", "on or before", "on or after"].get(choices.below(4)).copied().unwrap_or("before")
    }

    fn number(&self, choices: &mut Choices) -> String {
        if choices.once_in(4) { "most".into() } else { choices.below(4).to_string() }
    }

    /// A day or moment.
    pub fn day(&self, choices: &mut Choices, depth: usize) -> Text {
        match if depth == 0 { choices.below(4) } else { choices.below(10) } {
            0 => date(choices).into(),
            1 | 2 => "ended".into(),
            3 => "asked_on".into(),
            4 => "collected".into(),
            5 => "happened".into(),
            6 => self.day(choices, 0).then(" + ").then(self.length(choices, depth - 1)),
            7 => self.day(choices, 0).then(" - ").then(self.length(choices, 0)),
            8 => {
                let which = if choices.once_in(2) { "earliest of (" } else { "latest of (" };
                let parts = (0..2).map(|_| self.day(choices, depth - 1)).collect();
                Text::from(which).then(Text::free(", ", parts)).then(")")
            }
            _ => Text::from(if choices.once_in(2) { "end of month of " } else { "end of year of " })
                .then(self.day(choices, 0)),
        }
    }

    /// A length of time.
    pub fn length(&self, choices: &mut Choices, depth: usize) -> Text {
        match if depth == 0 { choices.below(4) } else { choices.below(10) } {
            0 | 1 => duration(choices).into(),
            2 => if choices.once_in(2) { "kept" } else { "longer" }.into(),
            3 => ["by_plan", "by_switch", "by_data"].get(choices.below(3)).copied().unwrap_or("by_plan").into(),
            4 => "planned".into(),
            5 => "unset".into(),
            6 | 7 => {
                let which = if choices.once_in(2) { "least of (" } else { "greatest of (" };
                let parts = (0..2).map(|_| self.length(choices, depth - 1)).collect();
                Text::from(which).then(Text::free(", ", parts)).then(")")
            }
            _ => "period".into(),
        }
    }
}
