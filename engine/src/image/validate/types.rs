//! Whether the literals of an image are of the types that facts, settings and tables declare.

use alloc::vec::Vec;
use core::mem::discriminant;

use super::{Checked, at_most, ensure};
use crate::image::{About, Base, Facet, Image, ImageError, Key, Literal, Setting, Table, Type, Value};
use crate::limits;

impl Image {
    pub(super) fn types(&self) -> Checked {
        self.facts
            .iter()
            .map(|fact| &fact.kind)
            .chain(self.settings.iter().map(|setting| &setting.kind))
            .try_for_each(|kind| match &kind.base {
                Base::OneOf(words) => at_most(words.len(), limits::KEYS, "words of one type"),
                _ => Ok(()),
            })?;
        for recipient in &self.recipients {
            for (index, (fact, literal)) in recipient.facts.iter().enumerate() {
                let declared = self.facts.get(*fact as usize).filter(|fact| fact.about == About::Recipient);
                let kind = declared.map(|fact| &fact.kind).ok_or(ImageError::Corrupt("no fact of recipients"))?;
                self.fits(kind, literal)?;
                let twice = recipient.facts.iter().take(index).any(|(earlier, _)| earlier == fact);
                ensure(!twice, "a recipient tells a fact twice")?;
            }
        }
        self.tables.iter().try_for_each(|table| self.table(table))?;
        let mut held = 0usize;
        let mut sizes = Vec::with_capacity(self.settings.len());
        for (index, setting) in self.settings.iter().enumerate() {
            let size = self.setting(setting, index, &sizes)?;
            sizes.push(size);
            // Each setting holds its value, also one that it takes from another.
            held = held.saturating_add(size);
        }
        at_most(held, limits::TEXT_BYTES, "sizes of settings")
    }

    /// A setting's literals are of its type, and so is its default. Gives the size of its value.
    fn setting(&self, setting: &Setting, index: usize, sizes: &[usize]) -> Result<usize, ImageError> {
        let kind = &setting.kind;
        for literal in [&setting.at_least, &setting.at_most, &setting.given].into_iter().flatten() {
            self.fits(kind, literal)?;
        }
        let default = match setting.default.map(|default| self.values.get(default as usize)) {
            None => 0,
            Some(Some(Value::Literal(literal))) => {
                self.fits(kind, literal)?;
                size(literal)
            }
            Some(Some(Value::Table(table))) => {
                let table = self.tables.get(*table as usize);
                let value =
                    table.and_then(|table| table.rows.first().map(|row| &row.value).or(table.otherwise.as_ref()));
                value.map_or(Ok(()), |value| self.fits(kind, value))?;
                0
            }
            // A default reads earlier settings only, so that it can't wait for itself.
            Some(Some(Value::Setting(other))) if (*other as usize) < index => {
                let alike = self.settings.get(*other as usize).is_some_and(|other| kind.like(&other.kind));
                ensure(alike, "a setting's default is of another type")?;
                sizes.get(*other as usize).copied().unwrap_or(0)
            }
            Some(Some(Value::Setting(_))) => return Err(ImageError::Corrupt("a setting's default waits for itself")),
            Some(_) => return Err(ImageError::Corrupt("a setting's default is no value")),
        };
        Ok(setting.given.as_ref().map_or(default, size))
    }

    /// Keys are of the type that a table is looked up by, and its values of one type.
    fn table(&self, table: &Table) -> Checked {
        let by = match &table.key {
            Key::Slot(slot) => Type { set: false, base: Base::Term(slot.facet()) },
            Key::Data => Type { set: false, base: Base::Term(Facet::Data) },
            Key::Fact(fact) => match self.facts.get(*fact as usize).map(|fact| &fact.kind) {
                Some(kind @ Type { set: false, base: Base::OneOf(_) | Base::YesNo | Base::Term(_) }) => kind.clone(),
                _ => return Err(ImageError::Corrupt("a table is looked up by what can't be its key")),
            },
        };
        let first = table.rows.first().map(|row| &row.value).or(table.otherwise.as_ref());
        for value in table.rows.iter().map(|row| &row.value).chain(&table.otherwise) {
            self.known(value)?;
            let plain = !matches!(value, Literal::None | Literal::Set(_));
            ensure(plain && first.is_some_and(|first| alike(first, value)), "a row of a table is of another type")?;
        }
        table.rows.iter().flat_map(|row| &row.keys).try_for_each(|key| self.fits(&by, key))
    }

    /// Whether a literal is of a type. None fits every one.
    fn fits(&self, kind: &Type, literal: &Literal) -> Checked {
        let fits = match literal {
            Literal::None => true,
            Literal::Set(members) => {
                kind.set && members.iter().all(|member| *member != Literal::None && kind.base.holds(member))
            }
            one => !kind.set && kind.base.holds(one),
        };
        ensure(fits, "a value is of another type")?;
        self.known(literal)
    }

    /// What a literal names is there, and its sets are small and hold no sets.
    pub(super) fn known(&self, literal: &Literal) -> Checked {
        match literal {
            Literal::Term((facet, term)) => self.term(*facet, *term),
            Literal::Set(members) => {
                at_most(members.len(), limits::LIST, "members of a set")?;
                members.iter().try_for_each(|member| {
                    ensure(!matches!(member, Literal::Set(_)), "a set holds a set")?;
                    self.known(member)
                })
            }
            _ => Ok(()),
        }
    }
}

impl Base {
    /// Whether a single value is of this type. A date and an instant stand for each other.
    fn holds(&self, literal: &Literal) -> bool {
        match (self, literal) {
            (Base::YesNo, Literal::Bool(_))
            | (Base::Number, Literal::Number(_))
            | (Base::Duration, Literal::Duration(_))
            | (Base::Date | Base::Instant, Literal::Date(_) | Literal::Instant(_))
            | (Base::Text, Literal::Text(_)) => true,
            (Base::OneOf(words), Literal::Choice(word)) => words.contains(word),
            (Base::Term(facet), Literal::Term((own, _))) => facet == own,
            _ => false,
        }
    }
}

impl Type {
    /// Whether a value of the other type can stand for one of this.
    fn like(&self, other: &Type) -> bool {
        let moments = |base: &Base| matches!(base, Base::Date | Base::Instant);
        self == other || (self.set == other.set && moments(&self.base) && moments(&other.base))
    }
}

/// Whether two values are of one type, as far as they show it.
fn alike(one: &Literal, other: &Literal) -> bool {
    let moment = |literal: &Literal| matches!(literal, Literal::Date(_) | Literal::Instant(_));
    match (one, other) {
        (Literal::Term((facet, _)), Literal::Term((own, _))) => facet == own,
        _ => discriminant(one) == discriminant(other) || (moment(one) && moment(other)),
    }
}

/// Bytes of a literal, about.
fn size(literal: &Literal) -> usize {
    match literal {
        Literal::Text(text) | Literal::Choice(text) => 32 + text.len(),
        Literal::Set(members) => 32 + members.iter().map(size).sum::<usize>(),
        _ => 32,
    }
}
