//! Rules of made policies: every verb over every part of the phrase.

use super::words::{Words, several};
use super::{Clause, Text};
use abey::operations::Choices;

/// What a rule does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Covers.
    Allow,
    /// Prohibits.
    Forbid,
    /// Demands.
    Require,
    /// Bounds.
    Keep,
    /// Owes.
    Owe,
    /// Excepts.
    Waive,
}

impl Words {
    /// A clause, the so-manieth of so many.
    pub(super) fn clause(&self, choices: &mut Choices, number: usize, count: usize) -> Clause {
        let mut head = Text::from(format!("clause \"{}\"", number + 1));
        if choices.once_in(5) {
            head = head.then(" of ").then(self.data_list(choices));
        }
        if choices.once_in(6) {
            head = head.then(format!(" because \"reading {number}\""));
        }
        let mut rules = Vec::new();
        if number == 0 {
            // Without some wide instruction hardly anything is allowed.
            let wide = if choices.once_in(2) { self.rule(choices, Verb::Allow, 0) } else { "allow any of any;".into() };
            rules.push((Verb::Allow, wide));
        }
        for _ in 0..1 + choices.below(3) {
            rules.push(self.any_rule(choices, count));
        }
        if number == 0 && choices.once_in(2) {
            rules.push((
                Verb::Owe,
                Text::from("authorise after ").then(self.length(choices, 0)).then(" ask controller;"),
            ));
        }
        Clause { head, rules }
    }

    /// A rule of any verb; exceptions speak of the first `clauses`.
    pub(super) fn any_rule(&self, choices: &mut Choices, clauses: usize) -> (Verb, Text) {
        let verbs = [Verb::Allow, Verb::Forbid, Verb::Require, Verb::Keep, Verb::Owe, Verb::Waive];
        let count = if clauses == 0 { verbs.len() - 1 } else { verbs.len() };
        let verb = verbs.get(choices.below(count)).copied().unwrap_or(Verb::Allow);
        (verb, self.rule(choices, verb, clauses))
    }

    /// A rule of a verb.
    pub(super) fn rule(&self, choices: &mut Choices, verb: Verb, clauses: usize) -> Text {
        let text = match verb {
            Verb::Allow => {
                let rule = Text::from("allow ").then(self.scope(choices));
                if choices.once_in(6) { rule.then(format!(" resting on {}", self.basis(choices))) } else { rule }
            }
            Verb::Forbid => Text::from("forbid ").then(self.scope(choices)),
            Verb::Require => {
                let demand = self.demand(choices);
                Text::from("require ").then(demand).then(" for ").then(self.scope(choices))
            }
            Verb::Keep => self.keep(choices),
            Verb::Owe => {
                let clock = match choices.below(3) {
                    0 => Text::from(" within ").then(self.length(choices, 1)).then(" of ").then(self.day(choices, 1)),
                    1 => Text::from(" of ").then(self.day(choices, 0)),
                    _ => Text::default(),
                };
                Text::from("owe \"tell them\"").then(clock).then(" for ").then(self.scope(choices))
            }
            Verb::Waive => {
                let clause = 1 + choices.below(clauses.max(1));
                Text::from(format!("waive clause \"{clause}\" for ")).then(self.scope(choices))
            }
        };
        text.then(";")
    }

    fn demand(&self, choices: &mut Choices) -> Text {
        let means = |choices: &mut Choices| match choices.below(5) {
            0 | 1 => format!("measure {}", self.measure(choices)),
            2 | 3 => format!("form {}", self.form(choices)),
            _ => format!("basis {}", self.basis(choices)),
        };
        match choices.below(4) {
            0 => Text::from("one of (").then(Text::list(&several(2, choices, means))).then(")"),
            1 => Text::from("(").then(self.condition(choices, 1)).then(")"),
            _ => Text::list(&several(2, choices, means)),
        }
    }

    fn keep(&self, choices: &mut Choices) -> Text {
        let after = |rule: Text, choices: &mut Choices| {
            if choices.once_in(3) { rule.then(" after ").then(self.day(choices, 1)) } else { rule }
        };
        let rule = Text::from("keep ").then(self.scope(choices));
        let rule = match choices.below(7) {
            0 => rule.then(" until ").then(self.day(choices, 2)),
            1 => rule.then(" while ").then(self.condition(choices, 0)),
            2 => return rule.then(" never"),
            3 => after(rule.then(" at least ").then(self.length(choices, 1)), choices),
            4 => after(rule.then(" exactly ").then(self.length(choices, 0)), choices),
            _ => after(rule.then(" at most ").then(self.length(choices, 2)), choices),
        };
        match choices.below(4) {
            0 => rule.then(" then delete"),
            1 => rule.then(" then return"),
            _ => rule,
        }
    }

    /// A phrase: what a rule speaks of.
    pub(super) fn scope(&self, choices: &mut Choices) -> Text {
        let actions = match choices.below(5) {
            0 => Text::from("any except ").then(Text::list(&several(2, choices, |c| self.action(c)))),
            1 | 2 => "any".into(),
            _ => Text::list(&several(2, choices, |c| self.action(c))),
        };
        let mut parts: Vec<Text> = Vec::new();
        for part in 0..10 {
            if choices.once_in(8) {
                parts.push(self.part(choices, part));
            }
        }
        actions.then(" of ").then(self.data_list(choices)).then(" ").then(Text::free(" ", parts))
    }

    fn part(&self, choices: &mut Choices, part: usize) -> Text {
        type Word = fn(&Words, &mut Choices) -> String;
        let list = |choices: &mut Choices, word: Word, none: bool| match choices.below(6) {
            0 => "any".into(),
            1 => Text::from("any except ").then(Text::list(&several(2, choices, |c| word(self, c)))),
            2 if none => Text::free(", ", vec!["none".into(), word(self, choices).into()]),
            _ => Text::list(&several(2, choices, |c| word(self, c))),
        };
        match part {
            0 => Text::from("about ").then(list(choices, Words::subject, true)),
            1 => Text::from("by ").then(list(choices, Words::actor, true)),
            2 => Text::from("for ").then(list(choices, Words::purpose, true)),
            3 => match choices.below(5) {
                0 => "to any except authorised".into(),
                1 => "to authorised".into(),
                _ => Text::from("to ").then(list(choices, Words::recipient, true)),
            },
            4 => Text::from("in ").then(list(choices, Words::place, true)),
            5 => Text::from("from ").then(list(choices, Words::place, true)),
            6 => format!("as {}", if choices.once_in(2) { "processor" } else { "controller" }).into(),
            7 => Text::from("on ").then(list(choices, Words::basis, true)),
            8 => Text::from("with ").then(Text::list(&several(2, choices, |c| self.measure(c)))),
            _ => Text::from(if choices.once_in(2) { "when " } else { "unless " }).then(self.condition(choices, 2)),
        }
    }

    fn data_list(&self, choices: &mut Choices) -> Text {
        let pick = |choices: &mut Choices| {
            let form = match choices.below(6) {
                0 => format!("{} ", self.form(choices)),
                1 => "raw ".into(),
                _ => String::new(),
            };
            let category = if choices.once_in(6) { "any".into() } else { self.data(choices) };
            if form.is_empty() { self.data(choices) } else { format!("{form}{category}") }
        };
        match choices.below(4) {
            0 => Text::from("any except ").then(Text::list(&several(2, choices, pick))),
            1 => Text::list(&several(2, choices, pick)),
            _ => "any".into(),
        }
    }
}
