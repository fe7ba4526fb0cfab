//! Values: names looked up, types checked.

use abey_engine::image::About;
use abey_engine::limits;

use super::Resolver;
use super::known::Declared;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{Base, Facet, Literal, Slot, Type, Value};
use crate::syntax::{self, Name, Span, ValueKind};

/// The type of a value, and how to say it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A declared type.
    Plain(Type),
    /// How long ago.
    Age,
    /// The literal `none`.
    None,
}

impl Kind {
    fn one(base: Base) -> Self {
        Kind::Plain(Type { set: false, base })
    }

    fn set(base: Base) -> Self {
        Kind::Plain(Type { set: true, base })
    }

    pub(super) fn base(&self) -> Option<&Base> {
        match self {
            Kind::Plain(kind) => Some(&kind.base),
            _ => None,
        }
    }

    pub(super) fn is_set(&self) -> bool {
        matches!(self, Kind::Plain(Type { set: true, .. }))
    }

    pub(super) fn words(&self) -> String {
        match self {
            Kind::Plain(kind) => words(kind),
            Kind::Age => "an age".into(),
            Kind::None => "none".into(),
        }
    }
}

/// A type in words.
pub(super) fn words(kind: &Type) -> String {
    let base = match &kind.base {
        Base::YesNo => "yes or no".into(),
        Base::Number => "a number".into(),
        Base::Duration => "a duration".into(),
        Base::Date => "a date".into(),
        Base::Instant => "an instant".into(),
        Base::Text => "a text".into(),
        Base::OneOf(words) => format!("one of {}", quoted(words)),
        Base::Term(facet) => super::terms::with_article(super::terms::noun(*facet)),
    };
    if kind.set { format!("a set of {}", base.trim_start_matches("a ").trim_start_matches("an ")) } else { base }
}

/// How a value of a type is written.
pub(super) fn written(base: &Base) -> String {
    match base {
        Base::YesNo => "write `yes` or `no`".into(),
        Base::Number => "write a number, as in `12.5`".into(),
        Base::Duration => "write a duration, as in `30 days`".into(),
        Base::Date => "write a date, as in `2026-01-15`".into(),
        Base::Instant => "write an instant, as in `2026-01-15T10:00:00Z`, or a date".into(),
        Base::Text => "write a text in double quotes".into(),
        Base::OneOf(words) => format!("write one of {}", quoted(words)),
        Base::Term(facet) => format!("write a word declared with `{}`", facet.word()),
    }
}

/// Words in backticks, with commas.
fn quoted(words: &[String]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

pub(super) fn moment(base: &Base) -> bool {
    matches!(base, Base::Date | Base::Instant)
}

impl Resolver {
    /// A value and its type. `expected` is what a bare word is looked up as first.
    pub(super) fn value(&mut self, value: &syntax::Value, expected: Option<&Type>) -> Option<(Value, Kind)> {
        match &value.kind {
            ValueKind::Literal(literal) => Some(self.literal(literal)),
            ValueKind::Name(name) => self.named(&Name { text: name.clone(), span: value.span }, expected),
            ValueKind::Attribute(of, attribute) => self.attribute(of, attribute),
            ValueKind::Sum(left, plus, right) => self.sum(left, *plus, right, value.span),
            ValueKind::Extreme(which, of) => self.extreme(*which, of, value.span),
            ValueKind::EndOf(year, of) => {
                let (inner, kind) = self.value(of, None)?;
                if kind.is_set() || !kind.base().is_some_and(moment) {
                    let message = format!("only a date has an end of its month, and this is {}", kind.words());
                    let fault = Diagnostic::error(Code::WrongType, of.span, message);
                    self.fault(fault.help(written(&Base::Date)));
                    return None;
                }
                let inner = Box::new(inner);
                Some((if *year { Value::EndOfYear(inner) } else { Value::EndOfMonth(inner) }, Kind::one(Base::Date)))
            }
        }
    }

    /// Whether an image can hold a value, which has sums within sums; reports it where not.
    pub(super) fn shallow(&mut self, value: &syntax::Value) -> bool {
        fn depth(value: &syntax::Value) -> usize {
            1 + match &value.kind {
                ValueKind::Sum(left, _, right) => depth(left).max(depth(right)),
                ValueKind::Extreme(_, of) => of.iter().map(depth).max().unwrap_or(0),
                ValueKind::EndOf(_, of) => depth(of),
                ValueKind::Literal(_) | ValueKind::Name(_) | ValueKind::Attribute(..) => 0,
            }
        }
        let fits = depth(value) <= limits::CONDITION_DEPTH;
        if !fits {
            let message = format!("this value holds others more than {} deep", limits::CONDITION_DEPTH);
            let fault = Diagnostic::error(Code::NestedTooDeep, value.span, message);
            self.fault(fault.help("add up what is constant, or split the rule"));
        }
        fits
    }

    /// A value of a type, or an error that says what is wanted.
    pub(super) fn value_of(&mut self, value: &syntax::Value, wanted: &Base, what: &str) -> Option<Value> {
        let expected = Type { set: false, base: wanted.clone() };
        if !self.shallow(value) {
            return None;
        }
        let (found, kind) = self.value(value, Some(&expected))?;
        let fits = !kind.is_set() && kind.base().is_some_and(|base| base == wanted || (moment(base) && moment(wanted)));
        if !fits {
            let message = format!("{what} is {}, and this is {}", words(&expected), kind.words());
            let fault = Diagnostic::error(Code::WrongType, value.span, message).label(kind.words());
            self.fault(fault.help(written(wanted)));
            return None;
        }
        Some(found)
    }

    fn literal(&self, literal: &syntax::Literal) -> (Value, Kind) {
        let (literal, kind) = match literal {
            syntax::Literal::None => (Literal::None, Kind::None),
            syntax::Literal::Number(number) => (Literal::Number(*number), Kind::one(Base::Number)),
            syntax::Literal::Duration(duration, _) => (Literal::Duration(*duration), Kind::one(Base::Duration)),
            syntax::Literal::Date(date) => (Literal::Date(*date), Kind::one(Base::Date)),
            syntax::Literal::Instant(instant) => (Literal::Instant(*instant), Kind::one(Base::Instant)),
            syntax::Literal::Text(text) => (Literal::Text(text.clone()), Kind::one(Base::Text)),
        };
        (Value::Literal(literal), kind)
    }

    fn named(&mut self, name: &Name, expected: Option<&Type>) -> Option<(Value, Kind)> {
        let word = name.text.as_str();
        match expected.map(|kind| &kind.base) {
            Some(Base::YesNo) if word == "yes" || word == "no" => {
                return Some((Value::Literal(Literal::Bool(word == "yes")), Kind::one(Base::YesNo)));
            }
            Some(Base::OneOf(words)) if words.iter().any(|known| known == word) => {
                return Some((Value::Literal(Literal::Choice(word.into())), Kind::one(Base::OneOf(words.clone()))));
            }
            Some(Base::Term(facet)) => {
                if let Some(term) = self.find(*facet, word) {
                    return Some((Value::Literal(Literal::Term((*facet, term))), Kind::one(Base::Term(*facet))));
                }
            }
            _ => {}
        }
        let term = |facet: Facet| Kind::one(Base::Term(facet));
        let built_in = match word {
            "data" => Some((Value::Data, term(Facet::Data))),
            "form" => Some((Value::Form, Kind::set(Base::Term(Facet::Form)))),
            "measures" => Some((Value::Measures, Kind::set(Base::Term(Facet::Measure)))),
            "time" => Some((Value::Time, Kind::one(Base::Instant))),
            "age" => Some((Value::Age, Kind::Age)),
            "collected" => Some((Value::Collected, Kind::one(Base::Date))),
            _ => Slot::of(word).map(|slot| (Value::Slot(slot), term(slot.facet()))),
        };
        if built_in.is_some() {
            return built_in;
        }
        let declared = self.known.value(word).and_then(|declared| {
            let (value, kind) = match declared {
                Declared::Fact(index) => (Value::Fact(index), &self.policy.facts.get(index as usize)?.kind),
                Declared::Setting(index) => (Value::Setting(index), &self.policy.settings.get(index as usize)?.kind),
                Declared::Table(index) => (Value::Table(index), &self.policy.tables.get(index as usize)?.kind),
            };
            Some((value, Kind::Plain(kind.clone())))
        });
        if declared.is_some() || self.full() {
            return declared;
        }
        let fault = self.unknown_value(name, expected);
        self.fault(fault);
        None
    }

    fn unknown_value(&self, name: &Name, expected: Option<&Type>) -> Diagnostic {
        let word = name.text.as_str();
        if word == "measure" {
            return Diagnostic::error(Code::UnknownValue, name.span, "conditions speak of `measures`, a set")
                .help("write `measures includes …`");
        }
        if word == "yes" || word == "no" {
            let fault = match expected {
                Some(kind) => {
                    let message = format!("`{word}` can't stand for {}", words(kind));
                    Diagnostic::error(Code::WrongType, name.span, message).help(written(&kind.base))
                }
                None => Diagnostic::error(Code::WrongType, name.span, format!("`{word}` answers nothing here"))
                    .help("write `yes` and `no` behind a fact or setting of type `yes/no`, as in `active is yes`"),
            };
            return fault;
        }
        match expected.map(|kind| &kind.base) {
            Some(Base::Term(facet)) => self.unknown(*facet, name),
            Some(Base::YesNo) => {
                Diagnostic::error(Code::WrongType, name.span, format!("`{word}` is neither yes nor no"))
                    .help(written(&Base::YesNo))
            }
            Some(Base::OneOf(words)) => {
                let near = abey_engine::nearest::nearest(word, words.iter().map(String::as_str));
                Diagnostic::error(Code::UnknownWord, name.span, format!("`{word}` is none of {}", quoted(words)))
                    .did_you_mean(near, "write one of them, or add the word to the declaration")
            }
            _ => {
                let facts = self.policy.facts.iter().map(|fact| fact.name.as_str());
                let settings = self.policy.settings.iter().map(|setting| setting.name.as_str());
                let slots = Slot::ALL.iter().map(|slot| slot.word());
                let tables = self.policy.tables.iter().map(|table| table.name.as_str());
                let known = facts.chain(settings).chain(tables).chain(slots).chain([
                    "data",
                    "form",
                    "measures",
                    "time",
                    "age",
                    "collected",
                ]);
                let fault = Diagnostic::error(
                    Code::UnknownValue,
                    name.span,
                    format!("`{word}` is no fact, no setting and no part of an operation"),
                );
                let near = abey_engine::nearest::nearest(word, known);
                fault.did_you_mean(near, format!("declare it: `fact {word}: …;`"))
            }
        }
    }

    fn attribute(&mut self, of: &Name, attribute: &Name) -> Option<(Value, Kind)> {
        if of.text != "recipient" {
            self.fault(
                Diagnostic::error(Code::OnlyRecipients, of.span, "only a recipient has attributes")
                    .help("write `recipient.notified` or `recipient.authorised`"),
            );
            return None;
        }
        match attribute.text.as_str() {
            "notified" => return Some((Value::Notified, Kind::one(Base::Date))),
            "authorised" => return Some((Value::AuthorisedFrom, Kind::one(Base::Date))),
            _ => {}
        }
        let found =
            self.policy.facts.iter().position(|fact| fact.about == About::Recipient && fact.name == attribute.text);
        match found.and_then(|index| Some((index, self.policy.facts.get(index)?.kind.clone()))) {
            Some((index, kind)) => Some((Value::Fact(index as u32), Kind::Plain(kind))),
            None => {
                let known = self
                    .policy
                    .facts
                    .iter()
                    .filter(|fact| fact.about == About::Recipient)
                    .map(|fact| fact.name.as_str());
                let near = abey_engine::nearest::nearest(&attribute.text, known.chain(["notified", "authorised"]))
                    .map(str::to_string);
                let fault = Diagnostic::error(
                    Code::UnknownAttribute,
                    attribute.span,
                    format!("a recipient has no attribute `{}`", attribute.text),
                );
                let otherwise = format!("declare it: `recipient fact {}: …;`", attribute.text);
                self.fault(fault.did_you_mean(near.as_deref(), otherwise));
                None
            }
        }
    }

    fn sum(&mut self, left: &syntax::Value, plus: bool, right: &syntax::Value, at: Span) -> Option<(Value, Kind)> {
        let (left_value, left_kind) = self.value(left, None)?;
        let (right_value, right_kind) = self.value(right, None)?;
        let kind = match (left_kind.base(), right_kind.base()) {
            _ if left_kind.is_set() || right_kind.is_set() => None,
            (Some(moment_base), Some(Base::Duration)) if moment(moment_base) => Some(left_kind.clone()),
            (Some(Base::Number), Some(Base::Number)) => Some(left_kind.clone()),
            (Some(Base::Duration), Some(Base::Duration)) if plus => Some(left_kind.clone()),
            _ => None,
        };
        let Some(kind) = kind else {
            let verb = if plus { "added to" } else { "subtracted from" };
            let message = format!("{} can't be {verb} {}", right_kind.words(), left_kind.words());
            let help = "a duration can be added to a date, an instant or a duration, and taken from the first two; a number goes with a number";
            self.fault(Diagnostic::error(Code::WrongType, at, message).help(help));
            return None;
        };
        let (a, b) = (Box::new(left_value), Box::new(right_value));
        Some((if plus { Value::Plus(a, b) } else { Value::Minus(a, b) }, kind))
    }

    fn extreme(&mut self, which: syntax::Extreme, of: &[syntax::Value], at: Span) -> Option<(Value, Kind)> {
        use syntax::Extreme;
        let mut values = Vec::new();
        let mut kinds: Vec<Kind> = Vec::new();
        for value in of {
            let (value, kind) = self.value(value, None)?;
            values.push(value);
            kinds.push(kind);
        }
        let moments = matches!(which, Extreme::Earliest | Extreme::Latest);
        let fits = |kind: &Kind| {
            !kind.is_set()
                && kind.base().is_some_and(|base| {
                    if moments { moment(base) } else { matches!(base, Base::Number | Base::Duration) }
                })
        };
        let first = kinds.first().cloned();
        let agree = kinds.iter().all(|kind| fits(kind) && (moments || Some(kind) == first.as_ref()));
        let Some(first) = first.filter(|_| agree) else {
            let (word, wanted) = match which {
                Extreme::Earliest => ("earliest of", "dates and instants"),
                Extreme::Latest => ("latest of", "dates and instants"),
                Extreme::Least => ("least of", "numbers, or among durations"),
                Extreme::Greatest => ("greatest of", "numbers, or among durations"),
            };
            let fault = Diagnostic::error(Code::WrongType, at, format!("`{word}` chooses among {wanted}"));
            self.fault(fault.help("write at least one, and nothing of another type"));
            return None;
        };
        let value = match which {
            Extreme::Earliest => Value::Earliest(values),
            Extreme::Latest => Value::Latest(values),
            Extreme::Least => Value::Least(values),
            Extreme::Greatest => Value::Greatest(values),
        };
        Some((value, first))
    }
}
