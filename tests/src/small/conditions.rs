//! Conditions and values of small policies, over what is alive.

use super::{Feature as F, Made, pick};
use abey::operations::Choices;

impl Made {
    /// A condition, so many levels deep at most.
    pub(super) fn condition(&self, depth: usize, choices: &mut Choices) -> String {
        match if depth == 0 { 0 } else { choices.below(6) } {
            3 => format!("not ({})", self.condition(depth - 1, choices)),
            4 => format!("({} and {})", self.condition(depth - 1, choices), self.condition(depth - 1, choices)),
            5 => format!("({} or {})", self.condition(depth - 1, choices), self.condition(depth - 1, choices)),
            _ => self.comparison(choices),
        }
    }

    fn comparison(&self, choices: &mut Choices) -> String {
        let mut found = vec![format!("data is {}", pick(&["d0", "d1", "d2", "personal_data"], choices))];
        if choices.once_in(2) {
            found.push(format!(
                "action is {}",
                self.actions.get(choices.below(self.actions.len())).map_or("do0", |own| own)
            ));
        }
        let bound = pick(&["at least", "at most"], choices);
        let order = pick(&["before", "after", "on or before", "on or after"], choices);
        let mut add = |feature: F, text: String| {
            if self.has(feature) {
                found.push(text);
            }
        };
        add(F::Flag, format!("flag is {}", pick(&["yes", "no", "none"], choices)));
        add(F::Flag, "flag is not yes".into());
        add(F::Plan, pick(&["plan is free", "plan is one of (free, pro)", "plan is not other"], choices).into());
        let number = self.number(choices);
        add(F::Count, format!("count {bound} {number}"));
        add(F::Count, pick(&["count is none", "count is 2", "count at most 1.5"], choices).into());
        add(F::Purposes, pick(&["purpose is p0", "purpose is one of (p1, p2)", "purpose is none"], choices).into());
        add(F::Recipients, pick(&["recipient is authorised", "recipient is none", "recipient is v0"], choices).into());
        let day = self.date(choices);
        add(F::Recipients, format!("recipient.authorised {order} {day}"));
        add(F::Recipients, format!("recipient.notified {order} {}", pick(&[day, "time"], choices)));
        add(F::Places, pick(&["place is l0", "place is r", "place is origin", "origin is not l1"], choices).into());
        add(F::Forms, pick(&["form includes f0", "form within (f0)", "form within ()"], choices).into());
        add(
            F::Measures,
            pick(&["measures includes m0", "measures within (m1, m2)", "measures includes m2"], choices).into(),
        );
        add(
            F::Consented,
            pick(&["consented includes purpose", "consented includes p0", "consented within (p0, p1)"], choices).into(),
        );
        add(F::Wanted, pick(&["wanted is purpose", "wanted is p0", "wanted is none"], choices).into());
        add(
            F::Remark,
            pick(&["remark is \"a\"", "remark is not \"b\"", "remark is one of (\"a\", \"b\")"], choices).into(),
        );
        add(F::Source, pick(&["source is user", "source is not host"], choices).into());
        add(F::Years, format!("years {bound} {}", choices.below(3)));
        add(F::Trains, pick(&["recipient.trains is yes", "recipient.trains is no"], choices).into());
        add(F::Subjects, pick(&["subject is s0", "subject is none"], choices).into());
        add(F::Actors, pick(&["actor is a0", "actor is none"], choices).into());
        add(F::Bases, pick(&["basis is b0", "basis is not b1"], choices).into());
        add(F::Roles, "role is processor".into());
        let (left, right) = (self.day(2, choices), self.day(2, choices));
        add(F::Time, format!("time {order} {left}"));
        add(F::Time, format!("{right} {order} {left}"));
        add(F::Ended, format!("time {order} {left}"));
        add(F::Ended, format!("ended {order} {right}"));
        add(F::Ended, pick(&["ended is none", "ended is not none"], choices).into());
        add(F::Asked, format!("asked_on {order} {left}"));
        add(F::Happened, format!("happened {order} {left}"));
        add(F::Happened, "happened is none".into());
        let length = self.length(2, choices);
        add(F::Period, format!("period {bound} {length}"));
        add(F::Period, "period is none".into());
        add(F::Keep, format!("age {bound} {length}"));
        add(F::Keep, format!("collected {order} {left}"));
        if self.has(F::Tables) && self.has(F::Purposes) {
            add(F::Tables, format!("by_purpose {bound} 2"));
        }
        add(F::Tables, format!("by_data {bound} {}", self.literal(choices)));
        found.swap_remove(choices.below(found.len()))
    }

    fn number(&self, choices: &mut Choices) -> String {
        match choices.below(6) {
            0 if self.has(F::Settings) => "most".into(),
            1 if self.has(F::Settings) => "most + 1".into(),
            2 if self.has(F::Years) => "years".into(),
            3 if self.has(F::Years) => "years + 1".into(),
            4 if self.has(F::Tables) && self.has(F::Purposes) => "by_purpose".into(),
            _ => choices.below(4).to_string(),
        }
    }

    /// A day or moment.
    pub(super) fn day(&self, depth: usize, choices: &mut Choices) -> String {
        let mut plain = vec![self.date(choices)];
        let told = [(F::Ended, "ended"), (F::Asked, "asked_on"), (F::Happened, "happened"), (F::Keep, "collected")];
        plain.extend(told.iter().filter(|(feature, _)| self.has(*feature)).map(|(_, text)| *text));
        let simple = pick(&plain, choices).to_string();
        match if depth == 0 { 0 } else { choices.below(10) } {
            4 | 5 => format!("{simple} + {}", self.length(depth - 1, choices)),
            6 => format!("{simple} - {}", self.length(0, choices)),
            7 => format!("earliest of ({simple}, {})", self.day(depth - 1, choices)),
            8 => format!("latest of ({simple}, {})", self.day(depth - 1, choices)),
            9 => format!("end of {} of {simple}", pick(&["month", "year"], choices)),
            _ => simple,
        }
    }

    /// A length that is written.
    pub(super) fn literal(&self, choices: &mut Choices) -> &'static str {
        pick(&self.lengths, choices)
    }

    /// A length of time.
    pub(super) fn length(&self, depth: usize, choices: &mut Choices) -> String {
        let mut plain = vec![self.literal(choices)];
        if self.has(F::Settings) {
            plain.extend(["kept", "unset"]);
        }
        if self.has(F::Tables) {
            plain.push("by_data");
            if self.has(F::Plan) {
                plain.push("by_plan");
            }
        }
        if self.has(F::Period) {
            plain.push("period");
        }
        let (one, other) = (pick(&plain, choices), pick(&plain, choices));
        match if depth == 0 { 0 } else { choices.below(6) } {
            4 => format!("least of ({one}, {other})"),
            5 => format!("greatest of ({one}, {other})"),
            _ => one.into(),
        }
    }
}
