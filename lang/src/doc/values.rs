//! Bounds, conditions and values, in the policy's own labels.

use abey_engine::calendar::Duration;

use super::words::Words;
use super::{fact_label, plain};
use crate::model::{Compare, Condition, Keep, Key, Literal, Value};

impl Words<'_> {
    /// How long something is kept.
    pub fn bound(self, keep: &Keep) -> String {
        let mut words = Vec::new();
        if keep.never {
            words.push("never stored".into());
        }
        let after = keep.after.as_ref().map_or(String::new(), |after| format!(" after {}", self.value(after)));
        match (&keep.at_least, &keep.at_most) {
            (Some(least), Some(most)) => {
                words.push(format!("at least {} and at most {}{after}", self.value(least), self.value(most)));
            }
            (Some(least), None) => words.push(format!("at least {}{after}", self.value(least))),
            (None, Some(most)) => words.push(format!("at most {}{after}", self.value(most))),
            (None, None) if !after.is_empty() => words.push(after.trim().into()),
            (None, None) => {}
        }
        words.extend(keep.until.as_ref().map(|until| format!("until {}", self.value(until))));
        words.extend(keep.during.as_ref().map(|during| format!("while {}", self.condition(during))));
        words.join(", ")
    }

    /// A condition.
    pub fn condition(self, condition: &Condition) -> String {
        match condition {
            Condition::All(each) => self.joined(each, " and "),
            Condition::Any(each) => self.joined(each, " or "),
            Condition::Authorised => "the recipient is authorised".into(),
            Condition::Not(inner) => match inner.as_ref() {
                Condition::Test(Compare::IsNone, left, ..) => format!("{} is not none", self.value(left)),
                Condition::Test(Compare::Is, left, right, _) => {
                    format!("{} is not {}", self.value(left), self.right(right))
                }
                other => format!("not ({})", self.condition(other)),
            },
            Condition::Test(compare @ (Compare::IsNone | Compare::IsAny), left, ..) => {
                format!("{} {}", self.value(left), compare.word())
            }
            Condition::Test(compare, left, right, _) => {
                format!("{} {} {}", self.value(left), compared(*compare), self.right(right))
            }
        }
    }

    fn joined(self, conditions: &[Condition], between: &str) -> String {
        let each = conditions.iter().map(|condition| match condition {
            Condition::All(_) | Condition::Any(_) if conditions.len() > 1 => format!("({})", self.condition(condition)),
            _ => self.condition(condition),
        });
        each.collect::<Vec<_>>().join(between)
    }

    fn right(self, values: &[Value]) -> String {
        match values {
            [one] => self.value(one),
            several => format!("one of {}", self.values(several)),
        }
    }

    fn values(self, values: &[Value]) -> String {
        values.iter().map(|value| self.value(value)).collect::<Vec<_>>().join(", ")
    }

    /// A value; a setting with what it is set to, a table with its rows.
    pub fn value(self, value: &Value) -> String {
        match value {
            Value::Literal(literal) => self.literal(literal),
            Value::Slot(slot) => slot.word().into(),
            Value::Data => "data".into(),
            Value::Form => "form".into(),
            Value::Measures => "measures".into(),
            Value::Time => "time".into(),
            Value::Age => "age".into(),
            Value::Collected => "collection".into(),
            Value::Fact(fact) => self.policy.facts.get(*fact as usize).map(fact_label).unwrap_or_default(),
            Value::Setting(setting) => self.setting(*setting),
            Value::Notified => "notice of the recipient".into(),
            Value::AuthorisedFrom => "authorisation of the recipient".into(),
            Value::Plus(left, right) => format!("{} + {}", self.value(left), self.value(right)),
            Value::Minus(left, right) => format!("{} - {}", self.value(left), self.value(right)),
            Value::Earliest(values) => format!("the earliest of ({})", self.values(values)),
            Value::Latest(values) => format!("the latest of ({})", self.values(values)),
            Value::Least(values) => format!("the least of ({})", self.values(values)),
            Value::Greatest(values) => format!("the greatest of ({})", self.values(values)),
            Value::EndOfMonth(value) => format!("the end of the month of {}", self.value(value)),
            Value::EndOfYear(value) => format!("the end of the year of {}", self.value(value)),
            Value::Table(table) => self.table(*table),
        }
    }

    fn setting(self, number: u32) -> String {
        let Some(setting) = self.policy.settings.get(number as usize) else { return String::new() };
        let name = plain(&setting.name);
        match (&setting.given, &setting.default) {
            (Some(given), _) => format!("{} ({name})", self.literal(given)),
            // A setting that stands for another names it; the walk ends there, whatever that one is.
            (None, Some(Value::Setting(other))) => {
                let other = self.policy.settings.get(*other as usize).map(|other| plain(&other.name));
                format!("{name} (unless set otherwise, {})", other.unwrap_or_default())
            }
            (None, Some(default)) => format!("{name} ({} unless set otherwise)", self.value(default)),
            (None, None) => name,
        }
    }

    fn table(self, number: u32) -> String {
        let Some(table) = self.policy.tables.get(number as usize) else { return String::new() };
        let key = match &table.key {
            Key::Slot(slot) => slot.word().to_string(),
            Key::Data => "data".into(),
            Key::Fact(fact) => self.value(&Value::Fact(*fact)),
        };
        let mut rows: Vec<String> = Vec::new();
        for (keys, value) in &table.rows {
            let keys: Vec<String> = keys.iter().map(|key| self.literal(key)).collect();
            rows.push(format!("{} for {}", self.literal(value), keys.join(", ")));
        }
        rows.extend(table.otherwise.as_ref().map(|value| format!("{} otherwise", self.literal(value))));
        format!("{} (by {key}: {})", plain(&table.name), rows.join("; "))
    }

    /// A value as written.
    pub fn literal(self, literal: &Literal) -> String {
        match literal {
            Literal::None => "none".into(),
            Literal::Bool(truth) => if *truth { "yes" } else { "no" }.into(),
            Literal::Number(number) => number.to_string(),
            Literal::Duration(duration) => months(*duration),
            Literal::Date(date) => date.to_string(),
            Literal::Instant(instant) => instant.to_string(),
            Literal::Text(text) => text.clone(),
            Literal::Choice(word) => plain(word),
            Literal::Term((facet, term)) => self.term(*facet, *term),
            Literal::Set(members) => {
                let members: Vec<String> = members.iter().map(|member| self.literal(member)).collect();
                format!("({})", members.join(", "))
            }
        }
    }
}

/// How a comparison reads between its sides.
fn compared(compare: Compare) -> String {
    match compare {
        Compare::Is | Compare::IsNone | Compare::IsAny | Compare::Includes => compare.word().into(),
        other => format!("is {}", other.word()),
    }
}

/// A duration in words; 14 months stay 14 months.
fn months(duration: Duration) -> String {
    let whole = duration.days == 0 && duration.seconds == 0;
    if whole && duration.months > 12 && !duration.months.is_multiple_of(12) {
        return format!("{} months", duration.months);
    }
    duration.to_string()
}
