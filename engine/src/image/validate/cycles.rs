//! Whether nothing in an image waits for itself: terms above terms, conditions
//! of edges, the measures that recipients supply, and their authorisation.

use alloc::vec;
use alloc::vec::Vec;

use super::{Checked, FACETS, at_most, ensure};
use crate::image::{Base, Condition, Facet, Fact, Image, ImageError, Key, Literal, Table, Type, Value};
use crate::limits;

/// What a truth waits for: facets whose hierarchy it climbs, and whether a recipient is authorised.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Needs {
    facets: u32,
    authorised: bool,
}

impl Needs {
    const NOTHING: Needs = Needs { facets: 0, authorised: false };
    const AUTHORISED: Needs = Needs { facets: 0, authorised: true };

    fn facet(facet: Facet) -> Self {
        Needs { facets: 1 << (facet as u32), authorised: false }
    }

    fn kind(base: Option<&Base>) -> Self {
        match base {
            Some(Base::Term(facet)) => Needs::facet(*facet),
            _ => Needs::NOTHING,
        }
    }

    fn and(self, other: Self) -> Self {
        Needs { facets: self.facets | other.facets, authorised: self.authorised || other.authorised }
    }

    fn on(self, facet: Facet) -> bool {
        self.facets & (1 << (facet as u32)) != 0
    }
}

/// What every value, condition and setting of an image needs; each is worked out once, operands first.
struct Waiting {
    conditions: Vec<Needs>,
    values: Vec<Needs>,
}

impl Waiting {
    fn of(image: &Image) -> Self {
        let tables: Vec<Needs> = image.tables.iter().map(|table| image.table_needs(table)).collect();
        let get = |needs: &[Needs], index: u32| needs.get(index as usize).copied().unwrap_or_default();
        let mut settings: Vec<Needs> = Vec::with_capacity(image.settings.len());
        for setting in &image.settings {
            let default = setting.default.filter(|_| setting.given.is_none());
            let own = Needs::kind(Some(&setting.kind.base));
            settings.push(own.and(match default.and_then(|default| image.values.get(default as usize)) {
                Some(Value::Table(table)) => get(&tables, *table),
                Some(Value::Setting(other)) => get(&settings, *other),
                _ => Needs::NOTHING,
            }));
        }
        let mut values: Vec<Needs> = Vec::with_capacity(image.values.len());
        for value in &image.values {
            let own = match value {
                Value::Slot(slot) => Needs::facet(slot.facet()),
                Value::Data => Needs::facet(Facet::Data),
                Value::Form => Needs::facet(Facet::Form),
                // Which measures are in place depends on whether the recipient that supplies them is authorised.
                Value::Measures => Needs::facet(Facet::Measure).and(Needs::AUTHORISED),
                Value::Literal(literal) => literal_needs(literal),
                Value::Fact(fact) => image.fact_needs(*fact),
                Value::Setting(setting) => get(&settings, *setting),
                Value::Table(table) => get(&tables, *table),
                _ => Needs::NOTHING,
            };
            values.push(value.operands().fold(own, |needs, operand| needs.and(get(&values, operand))));
        }
        let mut conditions: Vec<Needs> = Vec::with_capacity(image.conditions.len());
        for condition in &image.conditions {
            let own = match condition {
                Condition::Test(test) => {
                    test.right.iter().fold(get(&values, test.left), |needs, value| needs.and(get(&values, *value)))
                }
                Condition::Authorised => Needs::AUTHORISED,
                _ => Needs::NOTHING,
            };
            conditions.push(condition.operands().fold(own, |needs, operand| needs.and(get(&conditions, operand))));
        }
        Waiting { conditions, values }
    }
}

impl Image {
    /// No term lies below itself, and no chain is longer than [`limits::TERM_DEPTH`].
    pub(super) fn acyclic_terms(&self) -> Checked {
        for terms in &self.terms {
            // Kahn's algorithm (1962), from the roots down, with the length of the longest chain to each term.
            let mut waiting: Vec<usize> = terms.iter().map(|term| term.parents.len()).collect();
            let mut depths = vec![1usize; terms.len()];
            let mut children: Vec<Vec<usize>> = vec![Vec::new(); terms.len()];
            for (index, term) in terms.iter().enumerate() {
                for edge in &term.parents {
                    if let Some(list) = children.get_mut(edge.parent as usize) {
                        list.push(index);
                    }
                }
            }
            let roots = waiting.iter().enumerate().filter(|(_, count)| **count == 0);
            let mut ready: Vec<usize> = roots.map(|(index, _)| index).collect();
            let mut done = 0;
            while let Some(index) = ready.pop() {
                done += 1;
                let depth = depths.get(index).copied().unwrap_or(1);
                at_most(depth, limits::TERM_DEPTH, "depth of a hierarchy of terms")?;
                for &child in children.get(index).into_iter().flatten() {
                    if let (Some(count), Some(below)) = (waiting.get_mut(child), depths.get_mut(child)) {
                        *below = (*below).max(depth + 1);
                        *count -= 1;
                        if *count == 0 {
                            ready.push(child);
                        }
                    }
                }
            }
            ensure(done == terms.len(), "a term lies below itself")?;
        }
        Ok(())
    }

    /// No truth waits for itself: edges under conditions, measures that a
    /// recipient supplies, and its authorisation.
    pub(super) fn acyclic_conditions(&self) -> Checked {
        let (circular, authorised) = self.closed_needs();
        match circular {
            None if !authorised => Ok(()),
            _ => Err(ImageError::Corrupt("a condition waits for itself")),
        }
    }

    /// A facet whose hierarchy waits for itself, if there is one: through the
    /// conditions of its edges, and all that they read.
    #[must_use]
    pub fn circular(&self) -> Option<Facet> {
        self.closed_needs().0
    }

    /// The first facet that waits for itself, and whether authorisation does.
    fn closed_needs(&self) -> (Option<Facet>, bool) {
        let waiting = Waiting::of(self);
        let mut needs = [Needs::NOTHING; FACETS];
        for (facet, slot) in Facet::ALL.iter().zip(needs.iter_mut()) {
            for when in self.facet(*facet).iter().flat_map(|term| &term.parents).filter_map(|edge| edge.when) {
                *slot = slot.and(waiting.conditions.get(when as usize).copied().unwrap_or_default());
            }
        }
        let period = self.notice.as_ref().and_then(|notice| waiting.values.get(notice.period as usize));
        let mut authorised = Needs::facet(Facet::Place)
            .and(Needs::facet(Facet::Purpose))
            .and(Needs::facet(Facet::Recipient))
            .and(period.copied().unwrap_or_default());
        // Transitive closure: each round adds something, or is the last.
        loop {
            let before = (needs, authorised);
            for slot in needs.iter_mut().chain([&mut authorised]) {
                if slot.authorised {
                    *slot = slot.and(before.1);
                }
                for (facet, further) in Facet::ALL.iter().zip(before.0) {
                    if slot.on(*facet) {
                        *slot = slot.and(further);
                    }
                }
            }
            if before == (needs, authorised) {
                break;
            }
        }
        let circular = Facet::ALL.iter().zip(needs).find(|(facet, needs)| needs.on(**facet)).map(|(facet, _)| *facet);
        (circular, authorised.authorised)
    }

    fn fact_needs(&self, fact: u32) -> Needs {
        Needs::kind(self.facts.get(fact as usize).map(|Fact { kind: Type { base, .. }, .. }| base))
    }

    /// What a table is looked up by, and what its values are compared as.
    fn table_needs(&self, table: &Table) -> Needs {
        let key = match &table.key {
            Key::Slot(slot) => Needs::facet(slot.facet()),
            Key::Data => Needs::facet(Facet::Data),
            Key::Fact(fact) => self.fact_needs(*fact),
        };
        let values = table.rows.iter().map(|row| &row.value).chain(&table.otherwise);
        values.fold(key, |needs, value| needs.and(literal_needs(value)))
    }
}

fn literal_needs(literal: &Literal) -> Needs {
    match literal {
        Literal::Term((facet, _)) => Needs::facet(*facet),
        Literal::Set(members) => members.iter().map(literal_needs).fold(Needs::NOTHING, Needs::and),
        _ => Needs::NOTHING,
    }
}
