//! Facts and settings: their types, their defaults, and binding a setting to a value.

use abey_engine::calendar::{Date, Duration, Instant};
use abey_engine::image::{Facet, Image};
use abey_engine::limits;
use abey_engine::truth::Truth;
use abey_engine::value::Number;

use super::Resolver;
use super::known::Declared;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{About, Base, Fact, Literal, Setting, Slot, Type, Value};
use crate::syntax::{self, Name, Span, Statement, StatementKind, Told};

/// Words that conditions understand by themselves.
const BUILT_IN: &[&str] = &["data", "form", "measures", "time", "age", "collected"];

impl Resolver {
    pub(super) fn declare_facts(&mut self, statement: &Statement) {
        let StatementKind::Fact(fact) = &statement.kind else { return };
        let kind = kind_of(&fact.kind);
        self.words_of_type(&fact.kind);
        for named in &fact.names {
            let name = &named.name;
            if self.taken(name) {
                continue;
            }
            if self.policy.facts.len() == limits::FACTS {
                let message = format!("there are more than {} facts", limits::FACTS);
                self.fault(Diagnostic::error(Code::TooManyFacts, name.span, message).help("take some away"));
                return;
            }
            let origin = self.origin(name.span);
            let label = named.label.as_ref().map(|label| label.text.clone()).unwrap_or_default();
            self.known.add_value(&name.text, Declared::Fact(self.policy.facts.len() as u32));
            self.policy.facts.push(Fact {
                name: name.text.clone(),
                label,
                about: fact.about,
                kind: kind.clone(),
                origin,
            });
        }
    }

    /// Reports a `one of` with more words than an image holds, and each word that stands in it twice.
    fn words_of_type(&mut self, kind: &syntax::Kind) {
        let syntax::Base::OneOf(words) = &kind.base else { return };
        if let Some(word) = words.get(limits::TERMS) {
            let message = format!("there are more than {} words in this list", limits::TERMS);
            self.fault(Diagnostic::error(Code::TooManyTerms, word.span, message).help("take some away"));
            return;
        }
        self.once(words);
    }

    /// Whether a name is one that conditions know already; reports it.
    pub(super) fn taken(&mut self, name: &Name) -> bool {
        if BUILT_IN.contains(&name.text.as_str()) || Slot::of(&name.text).is_some() {
            let message = format!("`{}` is a part of every operation", name.text);
            self.fault(Diagnostic::error(Code::DeclaredTwice, name.span, message).help("choose another name"));
            return true;
        }
        let earlier = self.known.value(&name.text).and_then(|declared| match declared {
            Declared::Fact(index) => Some((&self.policy.facts.get(index as usize)?.origin, "the fact")),
            Declared::Setting(index) => Some((&self.policy.settings.get(index as usize)?.origin, "the setting")),
            Declared::Table(index) => Some((&self.policy.tables.get(index as usize)?.origin, "the table")),
        });
        match earlier.map(|(origin, what)| (origin.clone(), what)) {
            Some((origin, what)) => {
                self.twice(name, what, &origin);
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
        self.words_of_type(&setting.kind);
        let default = setting.default.as_ref().and_then(|value| self.default(value, &kind));
        let at_least = setting.at_least.as_ref().and_then(|value| self.bound(value, &kind));
        let at_most = setting.at_most.as_ref().and_then(|value| self.bound(value, &kind));
        if self.policy.settings.len() == limits::FACTS {
            let message = format!("there are more than {} settings", limits::FACTS);
            self.fault(Diagnostic::error(Code::TooManyFacts, setting.name.span, message).help("take some away"));
            return;
        }
        let origin = self.origin(setting.name.span);
        if let (Some(least), Some(most)) = (&at_least, &at_most)
            && within(least, None, Some(most)).is_err()
        {
            let fault = Diagnostic::error(Code::OutOfBounds, setting.name.span, "no value lies within these bounds");
            self.fault(fault.help("make the lower bound the lower one"));
        }
        let name = setting.name.text.clone();
        let declared = Setting { name, kind, default, at_least, at_most, given: None, origin };
        if let Some(Value::Literal(literal)) = &declared.default
            && let Err(why) = within(literal, declared.at_least.as_ref(), declared.at_most.as_ref())
        {
            let span = setting.default.as_ref().map_or(setting.name.span, |value| value.span);
            let fault = Diagnostic::error(Code::OutOfBounds, span, format!("the default {why}"));
            self.fault(fault.help("change the default or the bound"));
        }
        self.known.add_value(&declared.name, Declared::Setting(self.policy.settings.len() as u32));
        self.policy.settings.push(declared);
    }

    fn default(&mut self, value: &syntax::Value, kind: &Type) -> Option<Value> {
        if kind.set {
            self.fault(
                Diagnostic::error(Code::NoSetDefault, value.span, "a set has no default")
                    .help("leave the default out; it is unknown until it is set"),
            );
            return None;
        }
        let found = self.value_of(value, &kind.base, "this setting")?;
        if matches!(found, Value::Literal(_) | Value::Setting(_) | Value::Table(_)) {
            Some(found)
        } else {
            let message = "a default is a plain value, a table, or a setting declared before this one";
            let fault = Diagnostic::error(Code::NoDefault, value.span, message);
            self.fault(fault.help(super::values::written(&kind.base)));
            None
        }
    }

    fn bound(&mut self, value: &syntax::Value, kind: &Type) -> Option<Literal> {
        if kind.set || !matches!(kind.base, Base::Number | Base::Duration | Base::Date | Base::Instant) {
            let message = "only numbers, durations, dates and instants have bounds";
            self.fault(Diagnostic::error(Code::NoOrder, value.span, message).help("take the bound away"));
            return None;
        }
        match self.value_of(value, &kind.base, "the bound of this setting")? {
            Value::Literal(literal) => Some(literal),
            _ => {
                let fault = Diagnostic::error(Code::NoOrder, value.span, "a bound is a plain value");
                self.fault(fault.help(super::values::written(&kind.base)));
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
            let about = self.policy.facts.iter().filter(|fact| fact.about == About::Recipient);
            let near = abey_engine::nearest::nearest(&told.name.text, about.map(|fact| fact.name.as_str()));
            let message = format!("`{}` is no fact of recipients", told.name.text);
            let fault = Diagnostic::error(Code::UnknownFact, told.name.span, message)
                .did_you_mean(near, format!("declare it: `recipient fact {}: …;`", told.name.text));
            self.fault(fault);
            return None;
        };
        let literal = self.told_literal(&told.value, &kind, told.span)?;
        Some((index as u32, literal))
    }

    fn told_literal(&mut self, value: &syntax::ToldValue, kind: &Type, span: Span) -> Option<Literal> {
        match value {
            syntax::ToldValue::Set(members) if kind.set => {
                let one = Type { set: false, base: kind.base.clone() };
                let found: Vec<Option<Literal>> =
                    members.iter().map(|member| self.told_literal(member, &one, span)).collect();
                found.into_iter().collect::<Option<Vec<_>>>().map(Literal::Set)
            }
            _ if kind.set => {
                let message = format!("this fact is {}", super::values::words(kind));
                let fault = Diagnostic::error(Code::WrongType, span, message);
                self.fault(fault.help("write its members in parentheses, as in `(a, b)`"));
                None
            }
            syntax::ToldValue::Literal(syntax::Literal::None) if has_none(&kind.base) => Some(Literal::None),
            syntax::ToldValue::Literal(syntax::Literal::None) => {
                let message = format!("this fact is {}, and never none", super::values::words(kind));
                let fault = Diagnostic::error(Code::NeverNone, span, message);
                self.fault(fault.help(super::values::written(&kind.base)));
                None
            }
            syntax::ToldValue::Literal(literal) => {
                let value = syntax::Value { kind: syntax::ValueKind::Literal(literal.clone()), span };
                self.literal_of(&value, kind)
            }
            syntax::ToldValue::Word(word) => {
                let value = syntax::Value { kind: syntax::ValueKind::Name(word.clone()), span };
                self.literal_of(&value, kind)
            }
            syntax::ToldValue::Set(_) => {
                let message = format!("this fact is {}, and this is a set", super::values::words(kind));
                let fault = Diagnostic::error(Code::WrongType, span, message);
                self.fault(fault.help(super::values::written(&kind.base)));
                None
            }
        }
    }

    fn literal_of(&mut self, value: &syntax::Value, kind: &Type) -> Option<Literal> {
        match self.value_of(value, &kind.base, "this fact")? {
            Value::Literal(literal) => Some(literal),
            _ => {
                let message = "what a declaration tells of a recipient is a plain value";
                let fault = Diagnostic::error(Code::NoDefault, value.span, message);
                self.fault(fault.help(super::values::written(&kind.base)));
                None
            }
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

/// Whether there may be none of a value of this type.
pub(super) fn has_none(base: &Base) -> bool {
    !matches!(base, Base::Text | Base::OneOf(_) | Base::Term(Facet::Action | Facet::Data | Facet::Role))
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
        // Nothing else has an order, so nothing else is a bound.
        _ => "its bound".into(),
    }
}

/// Sets a setting of an image to a value written as text: `60 days` or `P60D`,
/// `yes`, `12.5`, `2026-01-15`, a word, or `none`.
///
/// # Errors
/// There is no such setting, the text isn't of its type, or the value lies
/// outside its bounds. The places are of `NAME=VALUE`.
pub fn bind(image: &mut Image, name: &str, text: &str) -> Result<(), Box<Diagnostic>> {
    let at_name = Span { start: 0, end: name.len() };
    let at_value = Span { start: name.len() + 1, end: name.len() + 1 + text.len() };
    let known: Vec<String> = image.settings.iter().map(|setting| setting.name.clone()).collect();
    let found = known.iter().position(|own| own == name);
    let Some(setting) = found.and_then(|index| image.settings.get(index)) else {
        let fault = Diagnostic::error(Code::UnknownSetting, at_name, format!("there is no setting `{name}`"));
        let near = abey_engine::nearest::nearest(name, known.iter().map(String::as_str));
        let otherwise = if known.is_empty() {
            "this policy has no settings".into()
        } else {
            format!("there are {}", known.join(", "))
        };
        return Err(Box::new(fault.did_you_mean(near, otherwise)));
    };
    let Some(literal) = read(image, &setting.kind, text) else {
        let kind = super::values::words(&setting.kind);
        let message = format!("the setting `{name}` is {kind}, and `{text}` isn't");
        let help = match &setting.kind.base {
            Base::Duration => "write it as `60 days` or `P60D`".into(),
            Base::Date => "write it as `2026-01-15`".into(),
            base => super::values::written(base),
        };
        return Err(Box::new(Diagnostic::error(Code::WrongType, at_value, message).help(help)));
    };
    if setting.fixed {
        let message = format!("the setting `{name}` is set by an agreement");
        let fault = Diagnostic::error(Code::FixedSetting, at_name, message);
        return Err(Box::new(fault.help("leave it as it is, or change the agreement")));
    }
    if let Err(why) = within(&literal, setting.at_least.as_ref(), setting.at_most.as_ref()) {
        let message = format!("the setting `{name}` {why}, so `{text}` doesn't fit");
        return Err(Box::new(Diagnostic::error(Code::OutOfBounds, at_value, message)));
    }
    if let Some(setting) = found.and_then(|index| image.settings.get_mut(index)) {
        setting.given = Some(literal);
    }
    in_bounds(image).map_err(|(_, message)| Box::new(Diagnostic::error(Code::OutOfBounds, at_value, message)))
}

/// Whether every setting lies within its bounds, also those whose default is another setting.
///
/// # Errors
/// The number of the first that doesn't, and what is wrong with it.
pub(crate) fn in_bounds(image: &Image) -> Result<(), (usize, String)> {
    use abey_engine::image::Value;
    let mut values: Vec<Option<Literal>> = Vec::new();
    for (index, setting) in image.settings.iter().enumerate() {
        let default = setting.default.and_then(|default| image.values.get(default as usize));
        let check = |literal: &Literal| within(literal, setting.at_least.as_ref(), setting.at_most.as_ref());
        let value = match (&setting.given, default) {
            (Some(given), _) => Some(given.clone()),
            (None, Some(Value::Literal(literal))) => Some(literal.clone()),
            (None, Some(Value::Setting(other))) => values.get(*other as usize).cloned().flatten(),
            _ => None,
        };
        if let Some(Err(why)) = value.as_ref().map(check) {
            return Err((index, format!("the setting `{}` {why}", setting.name)));
        }
        if let (None, Some(Value::Table(table))) = (&setting.given, default) {
            let table = image.tables.get(*table as usize);
            let rows =
                table.into_iter().flat_map(|table| table.rows.iter().map(|row| &row.value).chain(&table.otherwise));
            if let Some(why) = rows.map(check).find_map(Result::err) {
                return Err((index, format!("a row of the table behind the setting `{}` {why}", setting.name)));
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
    if text == "none" && has_none(&kind.base) {
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
