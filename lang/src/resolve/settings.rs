//! Facts and settings: their types, their defaults, and binding a setting to a value.

use abey_engine::calendar::{Date, Duration, Instant};
use abey_engine::image::{Facet, Image};
use abey_engine::truth::Truth;
use abey_engine::value::Number;

use super::Resolver;
use crate::diagnostic::Diagnostic;
use crate::model::{About, Base, Fact, Literal, Setting, Slot, Type, Value};
use crate::syntax::{self, Name, Statement, StatementKind, Told};

/// Words that conditions understand by themselves.
const BUILT_IN: &[&str] = &["data", "form", "measures", "time", "age", "collected"];

impl Resolver {
    pub(super) fn declare_facts(&mut self, statement: &Statement) {
        let StatementKind::Fact(fact) = &statement.kind else { return };
        let kind = kind_of(&fact.kind);
        if let syntax::Base::OneOf(words) = &fact.kind.base {
            let twice = words
                .iter()
                .enumerate()
                .find(|(index, word)| words.iter().take(*index).any(|earlier| earlier.text == word.text));
            if let Some((_, word)) = twice {
                let message = format!("`{}` stands twice in this list", word.text);
                self.fault(Diagnostic::error("repeated-part", word.span, message).help("keep one"));
            }
        }
        for named in &fact.names {
            let name = &named.name;
            if self.taken(name) {
                continue;
            }
            if self.policy.facts.len() == abey_engine::limits::FACTS {
                let message = format!("more than {} facts", abey_engine::limits::FACTS);
                self.fault(Diagnostic::error("too-many-facts", name.span, message));
                return;
            }
            let origin = self.origin(name.span);
            let label = named.label.as_ref().map(|label| label.text.clone()).unwrap_or_default();
            self.policy.facts.push(Fact {
                name: name.text.clone(),
                label,
                about: fact.about,
                kind: kind.clone(),
                origin,
            });
        }
    }

    /// Whether a name is one that conditions know already; reports it.
    pub(super) fn taken(&mut self, name: &Name) -> bool {
        if BUILT_IN.contains(&name.text.as_str()) || Slot::of(&name.text).is_some() {
            let message = format!("`{}` is a part of every operation", name.text);
            self.fault(Diagnostic::error("declared-twice", name.span, message).help("choose another name"));
            return true;
        }
        let facts = self.policy.facts.iter().map(|fact| (&fact.name, &fact.origin, "fact"));
        let settings = self.policy.settings.iter().map(|setting| (&setting.name, &setting.origin, "setting"));
        let tables = self.policy.tables.iter().map(|table| (&table.name, &table.origin, "table"));
        let earlier = facts
            .chain(settings)
            .chain(tables)
            .find(|(own, ..)| **own == name.text)
            .map(|(_, origin, what)| (origin.clone(), what));
        match earlier {
            Some((origin, what)) => {
                self.twice("declared-twice", name, &format!("the {what}"), &origin);
                true
            }
            None => false,
        }
    }

    pub(super) fn declare_settings(&mut self, statement: &Statement) {
        let StatementKind::Setting(setting) = &statement.kind else { return };
        if self.taken(&setting.name) {
            return;
        }
        let kind = kind_of(&setting.kind);
        let default = setting.default.as_ref().and_then(|value| self.default(value, &kind));
        let at_least = setting.at_least.as_ref().and_then(|value| self.bound(value, &kind));
        let at_most = setting.at_most.as_ref().and_then(|value| self.bound(value, &kind));
        if self.policy.settings.len() == abey_engine::limits::FACTS {
            let message = format!("more than {} settings", abey_engine::limits::FACTS);
            self.fault(Diagnostic::error("too-many-facts", setting.name.span, message));
            return;
        }
        let origin = self.origin(setting.name.span);
        if let (Some(least), Some(most)) = (&at_least, &at_most)
            && within(least, None, Some(most)).is_err()
        {
            let fault = Diagnostic::error("out-of-bounds", setting.name.span, "no value lies within these bounds");
            self.fault(fault);
        }
        let name = setting.name.text.clone();
        let declared = Setting { name, kind, default, at_least, at_most, given: None, origin };
        if let Some(Value::Literal(literal)) = &declared.default
            && let Err(why) = within(literal, declared.at_least.as_ref(), declared.at_most.as_ref())
        {
            let span = setting.default.as_ref().map_or(setting.name.span, |value| value.span);
            self.fault(Diagnostic::error("out-of-bounds", span, format!("the default {why}")));
        }
        self.policy.settings.push(declared);
    }

    fn default(&mut self, value: &syntax::Value, kind: &Type) -> Option<Value> {
        if kind.set {
            self.fault(
                Diagnostic::error("no-set-default", value.span, "a set has no default")
                    .help("leave the default out; it is unknown until it is set"),
            );
            return None;
        }
        let found = self.value_of(value, &kind.base, "this setting")?;
        if matches!(found, Value::Literal(_) | Value::Setting(_) | Value::Table(_)) {
            Some(found)
        } else {
            self.fault(Diagnostic::error(
                "no-default",
                value.span,
                "a default is a value, a table, or a setting declared before this one",
            ));
            None
        }
    }

    fn bound(&mut self, value: &syntax::Value, kind: &Type) -> Option<Literal> {
        if kind.set || !matches!(kind.base, Base::Number | Base::Duration | Base::Date | Base::Instant) {
            self.fault(Diagnostic::error(
                "no-order",
                value.span,
                "only numbers, durations, dates and instants have bounds",
            ));
            return None;
        }
        match self.value_of(value, &kind.base, "the bound of this setting")? {
            Value::Literal(literal) => Some(literal),
            _ => {
                self.fault(Diagnostic::error("no-order", value.span, "a bound is written as a value"));
                None
            }
        }
    }

    /// A fact of a recipient, as its declaration tells it.
    pub(super) fn recipient_fact(&mut self, told: &Told) -> Option<(u32, Literal)> {
        let found =
            self.policy.facts.iter().position(|fact| fact.about == About::Recipient && fact.name == told.name.text);
        let Some((index, kind)) = found.and_then(|index| Some((index, self.policy.facts.get(index)?.kind.clone())))
        else {
            let message = format!("`{}` is no fact of recipients", told.name.text);
            self.fault(
                Diagnostic::error("unknown-fact", told.name.span, message)
                    .help(format!("declare it: `recipient fact {}: …;`", told.name.text)),
            );
            return None;
        };
        let literal = self.told_literal(&told.value, &kind, told.span)?;
        Some((index as u32, literal))
    }

    fn told_literal(&mut self, value: &syntax::ToldValue, kind: &Type, span: syntax::Span) -> Option<Literal> {
        match value {
            syntax::ToldValue::Set(members) if kind.set => {
                let one = Type { set: false, base: kind.base.clone() };
                let found: Vec<Option<Literal>> =
                    members.iter().map(|member| self.told_literal(member, &one, span)).collect();
                found.into_iter().collect::<Option<Vec<_>>>().map(Literal::Set)
            }
            syntax::ToldValue::Literal(syntax::Literal::None) => Some(Literal::None),
            syntax::ToldValue::Literal(literal) => {
                let value = syntax::Value { kind: syntax::ValueKind::Literal(literal.clone()), span };
                self.literal_of(&value, kind)
            }
            syntax::ToldValue::Word(word) => {
                let value = syntax::Value { kind: syntax::ValueKind::Name(word.clone()), span };
                self.literal_of(&value, kind)
            }
            syntax::ToldValue::Set(_) => {
                self.fault(Diagnostic::error(
                    "wrong-type",
                    span,
                    format!("this fact is {}", super::conditions::words(kind)),
                ));
                None
            }
        }
    }

    fn literal_of(&mut self, value: &syntax::Value, kind: &Type) -> Option<Literal> {
        match self.value_of(value, &kind.base, "this fact")? {
            Value::Literal(literal) => Some(literal),
            _ => None,
        }
    }
}

fn kind_of(kind: &syntax::Kind) -> Type {
    let base = match &kind.base {
        syntax::Base::YesNo => Base::YesNo,
        syntax::Base::Number => Base::Number,
        syntax::Base::Duration => Base::Duration,
        syntax::Base::Date => Base::Date,
        syntax::Base::Instant => Base::Instant,
        syntax::Base::Text => Base::Text,
        syntax::Base::OneOf(words) => Base::OneOf(words.iter().map(|word| word.text.clone()).collect()),
        syntax::Base::Facet(facet) => Base::Term(*facet),
    };
    Type { set: kind.set, base }
}

/// Whether a value lies certainly within bounds.
pub(super) fn within(value: &Literal, at_least: Option<&Literal>, at_most: Option<&Literal>) -> Result<(), String> {
    let not_more = |a: &Literal, b: &Literal| match (a, b) {
        (Literal::Number(a), Literal::Number(b)) => a <= b,
        (Literal::Duration(a), Literal::Duration(b)) => a.at_most(*b) == Truth::True,
        (Literal::Date(a), Literal::Date(b)) => a <= b,
        (Literal::Instant(a), Literal::Instant(b)) => a <= b,
        // What can't be compared, none above all, fits no bound.
        _ => false,
    };
    if let Some(least) = at_least.filter(|least| !not_more(least, value)) {
        return Err(format!("isn't certainly at least {}", show(least)));
    }
    if let Some(most) = at_most.filter(|most| !not_more(value, most)) {
        return Err(format!("isn't certainly at most {}", show(most)));
    }
    Ok(())
}

fn show(literal: &Literal) -> String {
    match literal {
        Literal::Number(number) => number.to_string(),
        Literal::Duration(duration) => duration.to_string(),
        Literal::Date(date) => date.to_string(),
        Literal::Instant(instant) => instant.to_string(),
        other => format!("{other:?}"),
    }
}

/// Sets a setting of an image to a value written as text: `60 days` or `P60D`,
/// `yes`, `12.5`, `2026-01-15`, a word, or `none`.
///
/// # Errors
/// There is no such setting, the text isn't of its type, or the value lies outside its bounds.
pub fn bind(image: &mut Image, name: &str, text: &str) -> Result<(), String> {
    let known: Vec<String> = image.settings.iter().map(|setting| setting.name.clone()).collect();
    let Some(index) = known.iter().position(|own| own == name) else {
        let near = abey_engine::nearest::nearest(name, known.iter().map(String::as_str));
        let hint = match (near, known.is_empty()) {
            (Some(near), _) => format!("; did you mean `{near}`?"),
            (None, true) => "; this policy has no settings".into(),
            (None, false) => format!("; there are {}", known.join(", ")),
        };
        return Err(format!("there is no setting `{name}`{hint}"));
    };
    let Some(kind) = image.settings.get(index).map(|setting| setting.kind.clone()) else { return Ok(()) };
    let literal = read(image, &kind, text).ok_or_else(|| {
        let example = match &kind.base {
            Base::Duration => ": write it as `60 days` or `P60D`",
            Base::Date => ": write it as `2026-01-15`",
            Base::YesNo => ": write `yes` or `no`",
            _ => "",
        };
        format!("the setting `{name}` is {}, and `{text}` isn't{example}", super::conditions::words(&kind))
    })?;
    if image.settings.get(index).is_some_and(|setting| setting.fixed) {
        return Err(format!("the setting `{name}` is set by an agreement"));
    }
    if let Some(setting) = image.settings.get_mut(index) {
        within(&literal, setting.at_least.as_ref(), setting.at_most.as_ref())
            .map_err(|why| format!("the setting `{name}` {why}, so `{text}` doesn't fit"))?;
        setting.given = Some(literal);
    }
    in_bounds(image)
}

/// Whether every setting lies within its bounds, also those whose default is another setting.
///
/// # Errors
/// Names the first that doesn't.
pub(crate) fn in_bounds(image: &Image) -> Result<(), String> {
    let mut values: Vec<Option<Literal>> = Vec::new();
    for setting in &image.settings {
        let default = setting.default.and_then(|default| image.values.get(default as usize));
        let value = match (&setting.given, default) {
            (Some(given), _) => Some(given.clone()),
            (None, Some(abey_engine::image::Value::Literal(literal))) => Some(literal.clone()),
            (None, Some(abey_engine::image::Value::Setting(other))) => values.get(*other as usize).cloned().flatten(),
            _ => None,
        };
        if let Some(literal) = &value {
            within(literal, setting.at_least.as_ref(), setting.at_most.as_ref())
                .map_err(|why| format!("the setting `{}` {why}", setting.name))?;
        }
        if let (None, Some(abey_engine::image::Value::Table(table))) = (&setting.given, default) {
            let table = image.tables.get(*table as usize);
            for literal in
                table.into_iter().flat_map(|table| table.rows.iter().map(|row| &row.value).chain(&table.otherwise))
            {
                within(literal, setting.at_least.as_ref(), setting.at_most.as_ref())
                    .map_err(|why| format!("a row of the table behind the setting `{}` {why}", setting.name))?;
            }
        }
        values.push(value);
    }
    Ok(())
}

fn read(image: &Image, kind: &Type, text: &str) -> Option<Literal> {
    if kind.set {
        let one = Type { set: false, base: kind.base.clone() };
        let inner = text.trim().strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(text);
        let members = inner.split(',').map(str::trim).filter(|member| !member.is_empty());
        return members.map(|member| read(image, &one, member)).collect::<Option<Vec<_>>>().map(Literal::Set);
    }
    let none = text == "none"
        && !matches!(kind.base, Base::Text | Base::OneOf(_) | Base::Term(Facet::Action | Facet::Data | Facet::Role));
    if none {
        return Some(Literal::None);
    }
    Some(match &kind.base {
        Base::YesNo => match text {
            "yes" | "true" => Literal::Bool(true),
            "no" | "false" => Literal::Bool(false),
            _ => return None,
        },
        Base::Number => Literal::Number(Number::parse(text)?),
        Base::Duration => Literal::Duration(Duration::parse(text).or_else(|| crate::parse::parse_duration(text))?),
        Base::Date => Literal::Date(Date::parse(text)?),
        Base::Instant => Literal::Instant(Instant::parse(text)?),
        Base::Text => Literal::Text(text.into()),
        Base::OneOf(words) => words.iter().find(|word| *word == text).map(|word| Literal::Choice(word.clone()))?,
        Base::Term(facet) => {
            let term = image.facet(*facet).iter().position(|term| term.name == text)?;
            Literal::Term((*facet, term as u32))
        }
    })
}
