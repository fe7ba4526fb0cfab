//! Operations written as phrases, in their wire form.
//!
//! Words aren't looked up here: an unknown one is for the checker to report,
//! as it is in an operation told as JSON.

use abey_engine::calendar::{Instant, Moment};
use abey_engine::image::{About, Base, Fact, Type};
use abey_engine::operation::{Collected, Facts, Item, Leg, Operation, Retention, Subject, Told};
use abey_engine::value::FactValue;

use crate::diagnostic::{Code, Diagnostic};
use crate::syntax::{self, Keeping, Literal, Name, ToldValue};

/// The declared facts, and where the days of the policy begin.
pub struct Vocabulary<'a> {
    /// Facts.
    pub facts: &'a [Fact],
    /// Minutes east of UTC.
    pub offset: i16,
}

/// The operation that a phrase describes.
///
/// # Errors
/// Facts that aren't declared, or whose value is of another type.
pub fn operation(phrase: &syntax::Operation, known: &Vocabulary<'_>) -> Result<Operation, Vec<Diagnostic>> {
    let mut reader = Reader { known, faults: Vec::new(), time: phrase.at };
    let text = |name: &Name| name.text.clone();
    let texts = |names: &[Name]| names.iter().map(text).collect::<Vec<_>>();
    let told = |name: &Option<Name>| match name {
        None => Told::Unknown,
        Some(name) if name.text == "none" => Told::None,
        Some(name) => Told::Is(name.text.clone()),
    };
    let many = |names: &Option<Vec<Name>>| match names.as_deref() {
        None => Told::Unknown,
        Some([]) => Told::None,
        Some(names) => Told::Is(texts(names)),
    };
    let mut found = Operation {
        action: phrase.action.as_ref().map(text).unwrap_or_default(),
        data: phrase.items.iter().map(|item| reader.item(item)).collect(),
        subjects: match phrase.subjects.as_deref() {
            None => Told::Unknown,
            Some([]) => Told::None,
            Some(subjects) => Told::Is(subjects.iter().map(|subject| reader.subject(subject)).collect()),
        },
        actor: told(&phrase.actor),
        purposes: many(&phrase.purposes),
        origins: many(&phrase.origins),
        role: phrase.role.as_ref().map(text),
        basis: told(&phrase.basis),
        measures: phrase.measures.as_deref().map(texts),
        retention: match &phrase.keeping {
            None => Retention::Unknown,
            Some(Keeping::None) => Retention::None,
            Some(Keeping::AsAgreed) => Retention::Agreed,
            Some(Keeping::For(duration, _)) => Retention::For(*duration),
        },
        facts: reader.facts(About::Operation, &phrase.facts),
        ..Operation::default()
    };
    match phrase.legs.as_slice() {
        [] => found.place = told(&phrase.place),
        [leg] => {
            found.recipient = told(&Some(leg.recipient.clone()));
            found.place = told(&leg.place.clone().or_else(|| phrase.place.clone()));
        }
        legs => {
            let leg = |leg: &syntax::Leg| Leg {
                recipient: told(&Some(leg.recipient.clone())),
                place: told(&leg.place),
                measures: leg.measures.as_deref().map(texts),
            };
            found.legs = legs.iter().map(leg).collect();
            if let Some(place) = &phrase.place {
                reader.faults.push(
                    Diagnostic::error(
                        Code::PlaceOfWhichLeg,
                        place.span,
                        "there are several recipients, and this place belongs to none of them",
                    )
                    .help(
                        "write each place behind its recipient, as in `to supabase in BR and to upstash in us_east_1`",
                    ),
                );
            }
        }
    }
    found.time = reader.time;
    if reader.faults.is_empty() { Ok(found) } else { Err(reader.faults) }
}

struct Reader<'a> {
    known: &'a Vocabulary<'a>,
    faults: Vec<Diagnostic>,
    time: Option<Instant>,
}

impl Reader<'_> {
    fn item(&mut self, item: &syntax::Item) -> Item {
        let (category, adjectives) = match item.words.split_last() {
            Some((category, adjectives)) => (category.text.clone(), adjectives),
            None => (String::new(), &[][..]),
        };
        if category == "raw" {
            let at = item.words.last().map(|word| word.span).unwrap_or_default();
            let fault =
                Diagnostic::error(Code::FormWithoutData, at, "`raw` is a form, and the data that has it isn't named");
            self.faults.push(fault.help("name the data, as in `raw email_address`"));
        }
        let raw = adjectives.iter().any(|word| word.text == "raw");
        let forms: Vec<String> =
            adjectives.iter().filter(|word| word.text != "raw").map(|word| word.text.clone()).collect();
        if let Some(word) = adjectives.iter().find(|_| raw && !forms.is_empty()) {
            self.faults.push(
                Diagnostic::error(Code::RawAndFormed, word.span, "raw data has no form")
                    .help("take `raw` or the forms away"),
            );
        }
        Item {
            category,
            form: if raw || !forms.is_empty() { Some(forms) } else { None },
            collected: match item.collected {
                None => Collected::Unknown,
                Some(None) => Collected::Now,
                Some(Some(date)) => Collected::On(date),
            },
            contains: item.contents.as_ref().map(|names| names.iter().map(|name| name.text.clone()).collect()),
            facts: self.facts(About::Item, &item.facts),
        }
    }

    fn subject(&mut self, subject: &syntax::Subject) -> Subject {
        Subject { term: subject.name.text.clone(), facts: self.facts(About::Subject, &subject.facts) }
    }

    fn facts(&mut self, about: About, told: &[syntax::Told]) -> Facts {
        let mut facts = Facts::new();
        for fact in told {
            if about == About::Operation && fact.name.text == "time" {
                self.time(fact);
                continue;
            }
            let Some(declared) =
                self.known.facts.iter().find(|known| known.about == about && known.name == fact.name.text)
            else {
                let names =
                    self.known.facts.iter().filter(|known| known.about == about).map(|known| known.name.as_str());
                let kind = if about == About::Operation { "fact".into() } else { format!("{} fact", about.word()) };
                let fault = Diagnostic::error(
                    Code::UnknownFact,
                    fact.name.span,
                    format!("`{}` is no declared {kind}", fact.name.text),
                );
                let near = abey_engine::nearest::nearest(&fact.name.text, names.chain(["time"]));
                self.faults.push(fault.did_you_mean(near, format!("declare it: `{kind} {}: …;`", fact.name.text)));
                continue;
            };
            match fact_value(&fact.value, &declared.kind) {
                Some(value) => facts.push((fact.name.text.clone(), value)),
                None => {
                    let message = format!("`{}` is {}", fact.name.text, super::values::words(&declared.kind));
                    let help = if declared.kind.set {
                        "write its members in parentheses, as in `(a, b)`".into()
                    } else {
                        super::values::written(&declared.kind.base)
                    };
                    self.faults.push(Diagnostic::error(Code::WrongType, fact.span, message).help(help));
                }
            }
        }
        facts
    }

    fn time(&mut self, fact: &syntax::Told) {
        match &fact.value {
            ToldValue::Literal(Literal::Instant(instant)) => self.time = Some(*instant),
            ToldValue::Literal(Literal::Date(date)) => self.time = Some(date.start(self.known.offset)),
            _ => {
                let fault = Diagnostic::error(Code::WrongType, fact.span, "`time` is an instant or a date");
                self.faults.push(fault.help("write it as 2026-01-15T10:00:00Z, or as 2026-01-15"));
            }
        }
    }
}

fn fact_value(value: &ToldValue, kind: &Type) -> Option<FactValue> {
    if kind.set {
        let ToldValue::Set(members) = value else { return None };
        let one = Type { set: false, base: kind.base.clone() };
        return members.iter().map(|member| fact_value(member, &one)).collect::<Option<Vec<_>>>().map(FactValue::Set);
    }
    Some(match (value, &kind.base) {
        (ToldValue::Literal(Literal::None), base) if !super::settings::has_none(base) => return None,
        (ToldValue::Literal(Literal::None), _) => FactValue::Text("none".into()),
        (ToldValue::Word(word), Base::YesNo) => match word.as_str() {
            "yes" => FactValue::Bool(true),
            "no" => FactValue::Bool(false),
            _ => return None,
        },
        (ToldValue::Word(word), Base::OneOf(_) | Base::Term(_)) => FactValue::Text(word.clone()),
        (ToldValue::Literal(Literal::Number(number)), Base::Number) => FactValue::Number(*number),
        (ToldValue::Literal(Literal::Duration(duration, _)), Base::Duration) => FactValue::Text(duration.iso()),
        (ToldValue::Literal(Literal::Date(date)), Base::Date) => FactValue::Text(Moment::Date(*date).to_string()),
        (ToldValue::Literal(Literal::Instant(instant)), Base::Instant) => FactValue::Text(instant.to_string()),
        (ToldValue::Literal(Literal::Text(text)), Base::Text) => FactValue::Text(text.clone()),
        _ => return None,
    })
}
