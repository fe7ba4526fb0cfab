//! Operations put together from the terms of a policy.

use abey::image::About;
use abey::typed::{Kind, Symbol, Symbols, TypedFact, TypedItem, TypedOperation, TypedSubject};
use abey::{Collected, Facts, Item, Operation, Policy, Retention, Told};

/// An operation in terms; none where the policy doesn't declare all that it says.
#[must_use]
pub fn typed(policy: &Policy, told: &Operation) -> Option<TypedOperation> {
    let symbols = policy.symbols();
    let mut made = symbols.operation(symbols.find(&told.action).ok()?);
    for item in &told.data {
        made = made.item(typed_item(symbols, item)?);
    }
    made = match &told.subjects {
        Told::Unknown => made,
        Told::None => made.subject(Told::None),
        Told::Is(subjects) => subjects.iter().try_fold(made, |made, told| {
            let subject = TypedSubject::new(symbols.find(&told.term).ok()?);
            let facts = facts(symbols, About::Subject, &told.facts)?;
            Some(made.subject(facts.into_iter().fold(subject, TypedSubject::fact)))
        })?,
    };
    made = several(symbols, &told.purposes, made, TypedOperation::purpose)?;
    made = several(symbols, &told.origins, made, TypedOperation::origin)?;
    made = made.actor(one(symbols, &told.actor)?).basis(one(symbols, &told.basis)?);
    made = made.recipient(one(symbols, &told.recipient)?).place(one(symbols, &told.place)?);
    for leg in &told.legs {
        let measures = match &leg.measures {
            None => None,
            Some(measures) => Some(all(symbols, measures)?),
        };
        made = made.leg(one(symbols, &leg.recipient)?, one(symbols, &leg.place)?, measures.as_deref());
    }
    made = match &told.role {
        Some(role) => made.role(symbols.find(role).ok()?),
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
    let mut item = TypedItem::new(symbols.find(&told.category).ok()?);
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
    words.iter().map(|word| symbols.find(word).ok()).collect()
}

fn one<K: Kind>(symbols: Symbols<'_>, told: &Told<String>) -> Option<Told<Symbol<K>>> {
    Some(match told {
        Told::Unknown => Told::Unknown,
        Told::None => Told::None,
        Told::Is(word) => Told::Is(symbols.find(word).ok()?),
    })
}

fn several<K: Kind>(
    symbols: Symbols<'_>,
    told: &Told<Vec<String>>,
    made: TypedOperation,
    add: impl Fn(TypedOperation, Told<Symbol<K>>) -> TypedOperation,
) -> Option<TypedOperation> {
    Some(match told {
        Told::Unknown => made,
        Told::None => add(made, Told::None),
        Told::Is(words) => all(symbols, words)?.into_iter().fold(made, |made, word| add(made, Told::Is(word))),
    })
}
