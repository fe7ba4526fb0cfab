//! Values of facts.

use crate::FactValue;
use crate::image::{Base, Facet, Type};

use super::{Aim, Choices, word};

/// A value of a declared type: days, lengths and numbers at or beside those that the policy writes.
pub fn fact_value(image: &Aim, kind: &Type, choices: &mut Choices) -> FactValue {
    if kind.set {
        let one = Type { set: false, base: kind.base.clone() };
        let members = (0..choices.below(3)).map(|_| single(image, &one.base, choices, false));
        return FactValue::Set(members.collect());
    }
    single(image, &kind.base, choices, true)
}

fn single(image: &Aim, base: &Base, choices: &mut Choices, none: bool) -> FactValue {
    let can_be_none =
        none && !matches!(base, Base::Text | Base::OneOf(_) | Base::Term(Facet::Action | Facet::Data | Facet::Role));
    if can_be_none && choices.once_in(5) {
        return FactValue::Text("none".into());
    }
    match base {
        Base::YesNo => FactValue::Bool(choices.below(2) == 0),
        Base::Number => FactValue::Number(image.thresholds.number(choices)),
        Base::Duration => FactValue::Text(image.thresholds.length(choices).iso()),
        Base::Date => FactValue::Text(image.thresholds.day(choices).to_string()),
        Base::Instant => FactValue::Text(image.thresholds.day(choices).start(image.offset).to_string()),
        Base::Text => FactValue::Text(image.thresholds.text(choices)),

        Base::OneOf(words) => FactValue::Text(words.get(choices.below(words.len())).cloned().unwrap_or_default()),
        Base::Term(facet) if image.facet(*facet).is_empty() => FactValue::Text("none".into()),
        Base::Term(facet) => FactValue::Text(word(image, *facet, choices)),
    }
}
