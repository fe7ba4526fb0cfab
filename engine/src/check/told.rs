//! What a trace says of values: where each stands, and what it is.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::questions::fact_path;
use super::trace::{Tracer, told};
use super::val::Val;
use crate::image::{Slot, Value};
use crate::trace::Told;
use crate::truth::Truth;

impl Tracer<'_, '_> {
    /// What a value is made of, but for what the policy writes out.
    pub(super) fn values(&self, value: u32, found: &mut Vec<Told>) {
        let image = &self.teller.checker.image;
        let own = || self.spell(&self.point.value(value));
        let one = match image.values.get(value as usize) {
            None | Some(Value::Literal(_)) => return,
            Some(Value::Slot(slot)) => self.slot(*slot),
            Some(Value::Data) => self.item(),
            Some(Value::Form) => self.form(),
            Some(Value::Measures) => told("measures", own()),
            Some(Value::Time) => self.time(),
            Some(Value::Age | Value::Collected) => self.collected(),
            Some(Value::Fact(fact)) => told(
                image.facts.get(*fact as usize).map_or(String::new(), |fact| fact_path(self.point.at, fact)),
                own(),
            ),
            Some(Value::Setting(setting)) => {
                told(image.settings.get(*setting as usize).map_or("", |setting| setting.name.as_str()), own())
            }
            Some(Value::Table(table)) => {
                told(image.tables.get(*table as usize).map_or("", |table| table.name.as_str()), own())
            }
            Some(Value::Notified) => told("recipient.notified", own()),
            Some(Value::AuthorisedFrom) => told("recipient.authorised", own()),
            Some(Value::Plus((a, b)) | Value::Minus((a, b))) => {
                self.values(*a, found);
                return self.values(*b, found);
            }
            Some(Value::Earliest(of) | Value::Latest(of) | Value::Least(of) | Value::Greatest(of)) => {
                return of.iter().for_each(|value| self.values(*value, found));
            }
            Some(Value::EndOfMonth(of) | Value::EndOfYear(of)) => return self.values(*of, found),
        };
        if !found.contains(&one) {
            found.push(one);
        }
    }

    pub(super) fn slot(&self, slot: Slot) -> Told {
        let (path, value) = self.teller.spoken(self.point.at, slot);
        told(path, value)
    }

    pub(super) fn item(&self) -> Told {
        let at = self.point.at;
        told(format!("data[{}]", at[0]), Some(self.teller.item_told(at)))
    }

    pub(super) fn form(&self) -> Told {
        let at = self.point.at;
        told(format!("data[{}].form", at[0]), self.teller.forms_told(at))
    }

    pub(super) fn time(&self) -> Told {
        told("time", self.teller.input.time.map(|time| time.to_string()))
    }

    pub(super) fn collected(&self) -> Told {
        told(format!("data[{}].collected", self.point.at[0]), self.point.item.collected.map(|day| day.to_string()))
    }

    pub(super) fn authorised(&self) -> Told {
        let value = match self.point.authorised() {
            Truth::True => Some("yes"),
            Truth::False => Some("no"),
            Truth::Unknown => None,
        };
        told("authorised", value)
    }

    /// A value in words; none where it isn't known.
    pub(super) fn spell(&self, value: &Val<'_>) -> Option<String> {
        let image = &self.teller.checker.image;
        let listed = |values: &mut dyn Iterator<Item = &Val<'_>>| {
            let words: Vec<String> = values.map(|value| self.spell(value).unwrap_or_else(|| "?".into())).collect();
            words.join(", ")
        };
        Some(match value {
            Val::Unknown => return None,
            Val::None => "none".into(),
            Val::Bool(value) => if *value { "yes" } else { "no" }.into(),
            Val::Number(number) => number.to_string(),
            Val::Duration(duration) => duration.to_string(),
            Val::Moment(moment) => moment.to_string(),
            Val::Text(text) => text.clone().into_owned(),
            Val::Term { facet, term, .. } => image.word(*facet, *term).to_string(),
            Val::Either(values) => format!("one of ({})", listed(&mut values.iter())),
            Val::Since(day) => format!("since {day}"),
            Val::Set { members, open } => {
                let more = if *open { ", perhaps more" } else { "" };
                format!("({}{more})", listed(&mut members.iter().map(|(member, _)| member)))
            }
        })
    }
}
