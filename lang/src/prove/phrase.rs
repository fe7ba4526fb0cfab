//! An operation, written as the phrase that describes it: what an example says.

use abey_engine::calendar::{Duration, Instant};
use abey_engine::image::{About, Base, Image};
use abey_engine::operation::{Collected, Facts, Item, Operation, Retention, Told};
use abey_engine::value::FactValue;

/// Writes an operation as a phrase that reads back as the same operation; the facts' types are those of the policies.
#[must_use]
pub fn written(operation: &Operation, images: &[&Image]) -> String {
    let writer = Writer { images };
    let items: Vec<String> = operation.data.iter().map(|item| writer.item(item)).collect();
    let mut text = format!("{} of {}", operation.action, items.join(", "));
    let mut add = |part: String| {
        text.push(' ');
        text += &part;
    };
    match &operation.subjects {
        Told::Unknown => {}
        Told::None => add("about none".into()),
        Told::Is(subjects) => {
            let each = subjects.iter().map(|subject| {
                let facts = writer.facts(About::Subject, &subject.facts);
                let details = if facts.is_empty() { String::new() } else { format!(" ({})", facts.join(", ")) };
                format!("{}{details}", subject.term)
            });
            add(format!("about {}", each.collect::<Vec<_>>().join(", ")));
        }
    }
    let word = |told: &Told<String>| match told {
        Told::Unknown => None,
        Told::None => Some("none".to_string()),
        Told::Is(word) => Some(word.clone()),
    };
    let words = |told: &Told<Vec<String>>| match told {
        Told::Unknown => None,
        Told::None => Some("none".to_string()),
        Told::Is(words) => Some(words.join(", ")),
    };
    let names = |names: &[String]| if names.is_empty() { "()".into() } else { names.join(", ") };
    let mut part = |keyword: &str, said: Option<String>| {
        if let Some(said) = said {
            add(format!("{keyword} {said}"));
        }
    };
    part("by", word(&operation.actor));
    part("for", words(&operation.purposes));
    if operation.legs.is_empty() {
        part("to", word(&operation.recipient));
        part("in", word(&operation.place));
    } else {
        let legs = operation.legs.iter().map(|leg| {
            let mut text = format!("to {}", word(&leg.recipient).unwrap_or_default());
            if let Some(place) = word(&leg.place) {
                text += &format!(" in {place}");
            }
            if let Some(measures) = &leg.measures {
                text += &format!(" with ({})", measures.join(", "));
            }
            text
        });
        let legs: Vec<String> = legs.collect();
        part(&legs.join(" and "), Some(String::new()));
    }
    part("from", words(&operation.origins));
    part("as", operation.role.clone());
    part("on", word(&operation.basis));
    part("with", operation.measures.as_deref().map(names));
    part(
        "keeping",
        match operation.retention {
            Retention::Unknown => None,
            Retention::None => Some("none".into()),
            Retention::Agreed => Some("as agreed".into()),
            Retention::For(length) => Some(length_of(length)),
        },
    );
    let mut facts = writer.facts(About::Operation, &operation.facts);
    facts.extend(operation.time.map(|time| format!("time is {}", writer.time(time))));
    if !facts.is_empty() {
        part("given", Some(facts.join(", ")));
    }
    text
}

/// A length, in the largest units that say it exactly.
#[must_use]
pub fn length_of(length: Duration) -> String {
    let Duration { months, days, seconds } = length;
    let said = |count: u32, unit: &str| format!("{count} {unit}{}", if count == 1 { "" } else { "s" });
    let mut parts = Vec::new();
    match months {
        0 => {}
        months if months % 12 == 0 => parts.push(said(months / 12, "year")),
        months => parts.push(said(months, "month")),
    }
    if days > 0 || (months == 0 && seconds == 0) {
        parts.push(said(days, "day"));
    }
    match seconds {
        0 => {}
        seconds if seconds % 3600 == 0 => parts.push(said(seconds / 3600, "hour")),
        seconds if seconds % 60 == 0 => parts.push(said(seconds / 60, "minute")),
        seconds => parts.push(said(seconds, "second")),
    }
    parts.join(" ")
}

struct Writer<'a> {
    images: &'a [&'a Image],
}

impl Writer<'_> {
    fn item(&self, item: &Item) -> String {
        let mut text = match item.form.as_deref() {
            None => String::new(),
            Some([]) => "raw ".into(),
            Some(forms) => forms.join(" ") + " ",
        };
        text += &item.category;
        let mut details = match item.collected {
            Collected::Unknown => Vec::new(),
            Collected::Now => vec!["collected now".into()],
            Collected::On(day) => vec![format!("collected {day}")],
        };
        details.extend(self.facts(About::Item, &item.facts));
        if !details.is_empty() {
            text += &format!(" ({})", details.join(", "));
        }
        if let Some(contents) = &item.contains {
            text += &format!(" containing ({})", contents.join(", "));
        }
        text
    }

    fn facts(&self, about: About, facts: &Facts) -> Vec<String> {
        facts.iter().map(|(name, value)| format!("{name} is {}", self.value(about, name, value))).collect()
    }

    fn value(&self, about: About, name: &str, value: &FactValue) -> String {
        let declared = self.images.iter().flat_map(|image| &image.facts);
        let kind = declared.filter(|fact| fact.about == about && fact.name == name).map(|fact| &fact.kind.base).next();
        match value {
            FactValue::Bool(true) => "yes".into(),
            FactValue::Bool(false) => "no".into(),
            FactValue::Number(number) => number.to_string(),
            FactValue::Set(members) => {
                let members: Vec<String> = members.iter().map(|member| self.value(about, name, member)).collect();
                format!("({})", members.join(", "))
            }
            FactValue::Text(text) => match kind {
                Some(Base::Text) => format!("\"{text}\""),
                Some(Base::Duration) => Duration::parse(text).map_or_else(|| text.clone(), length_of),
                _ => text.clone(),
            },
        }
    }

    fn time(&self, time: Instant) -> String {
        let offset = self.images.first().map_or(0, |image| image.offset);
        let day = time.day(offset);
        if day.start(offset) == time { day.to_string() } else { time.to_string() }
    }
}
