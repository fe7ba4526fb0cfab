//! Operations put together from the terms of a policy.

use abey::image::About;
use abey::typed::{Kind, Symbol, Symbols, TypedFact, TypedItem, TypedOperation};
use abey::{Collected, Facts, Item, Operation, Policy, Retention, Told};

/// An operation in terms; none where the policy doesn't declare all that it says, or no call says it.
#[must_use]
pub fn typed(policy: &Policy, told: &Operation) -> Option<TypedOperation> {
    let symbols = policy.symbols();
    let mut made = symbols.operation(symbols.find(&told.action)?);
    for item in &told.data {
        made = made.item(typed_item(symbols, item)?);
    }
    made = match &told.subjects {
        Told::Unknown => made,
        Told::None => made.subject(None, []),
        Told::Is(subjects) => subjects.iter().try_fold(made, |made, subject| {
            Some(made.subject(symbols.find(&subject.term)?, facts(symbols, About::Subject, &subject.facts)?))
        })?,
    };
    made = match one(symbols, &told.actor)? {
        Some(actor) => made.actor(actor),
        None => made,
    };
    made = several(symbols, &told.purposes, made, TypedOperation::purpose)?;
    made = several(symbols, &told.origins, made, TypedOperation::origin)?;
    made = match one(symbols, &told.recipient)? {
        Some(recipient) => made.recipient(recipient),
        None => made,
    };
    made = match one(symbols, &told.place)? {
        Some(place) => made.place(place),
        None => made,
    };
    for leg in &told.legs {
        let measures = all(symbols, leg.measures.as_deref()?)?;
        made = made.leg(one(symbols, &leg.recipient)??, one(symbols, &leg.place)??, measures);
    }
    made = match &told.role {
        Some(role) => made.role(symbols.find(role)?),
        None => made,
    };
    made = match one(symbols, &told.basis)? {
        Some(basis) => made.basis(basis),
        None => made,
    };
    made = match &told.measures {
        Some(measures) => made.measures(all(symbols, measures)?),
        None => made,
    };
    made = match told.retention {
        Retention::Unknown => made,
        Retention::None => made.keeping_nothing(),
        Retention::Agreed => made.keeping_as_agreed(),
        Retention::For(duration) => made.keeping(duration),
    };
    made = match told.time {
        Some(time) => made.time(time),
        None => made,
    };
    Some(facts(symbols, About::Operation, &told.facts)?.into_iter().fold(made, TypedOperation::fact))
}

fn typed_item(symbols: Symbols<'_>, told: &Item) -> Option<TypedItem> {
    let mut item = TypedItem::new(symbols.find(&told.category)?);
    if let Some(forms) = &told.form {
        item = item.form(all(symbols, forms)?);
    }
    if let Some(contained) = &told.contains {
        item = item.contains(all(symbols, contained)?);
    }
    item = match told.collected {
        Collected::Unknown => item,
        Collected::Now => item.collected_now(),
        Collected::On(date) => item.collected(date),
    };
    Some(facts(symbols, About::Item, &told.facts)?.into_iter().fold(item, TypedItem::fact))
}

fn facts(symbols: Symbols<'_>, about: About, told: &Facts) -> Option<Vec<TypedFact>> {
    told.iter().map(|(name, value)| symbols.fact(about, name, value.clone()).ok()).collect()
}

fn all<K: Kind>(symbols: Symbols<'_>, words: &[String]) -> Option<Vec<Symbol<K>>> {
    words.iter().map(|word| symbols.find(word)).collect()
}

/// What is said, where something is: a term, or that there is none.
#[expect(clippy::option_option, reason = "not declared, not said, none, and a term")]
fn one<K: Kind>(symbols: Symbols<'_>, told: &Told<String>) -> Option<Option<Option<Symbol<K>>>> {
    Some(match told {
        Told::Unknown => None,
        Told::None => Some(None),
        Told::Is(word) => Some(Some(symbols.find(word)?)),
    })
}

fn several<K: Kind>(
    symbols: Symbols<'_>,
    told: &Told<Vec<String>>,
    made: TypedOperation,
    add: impl Fn(TypedOperation, Option<Symbol<K>>) -> TypedOperation,
) -> Option<TypedOperation> {
    Some(match told {
        Told::Unknown => made,
        Told::None => add(made, None),
        Told::Is(words) => all(symbols, words)?.into_iter().fold(made, |made, word| add(made, Some(word))),
    })
}
