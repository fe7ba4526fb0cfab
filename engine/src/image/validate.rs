//! Whether the tables of an image fit together: every number points somewhere,
//! terms lie below each other without cycles, and no condition waits for itself.

use alloc::vec;
use alloc::vec::Vec;

use super::{
    Base, Condition, DataList, DataPick, Effect, Facet, Image, ImageError, Key, List, Literal, Means, Part, Pick,
    Scope, Slot, Test, Type, Value,
};
use crate::limits;

const FACETS: usize = Facet::ALL.len();
/// Longest chain of terms, each directly below the next.
pub const HIERARCHY_DEPTH: usize = 64;

type Checked = Result<(), ImageError>;

fn ensure(fine: bool, what: &'static str) -> Checked {
    if fine { Ok(()) } else { Err(ImageError::Corrupt(what)) }
}

/// What the truth of something waits for: facets whose hierarchy it climbs, and whether a recipient is authorised.
#[derive(Clone, Copy, Default)]
struct Needs {
    facets: u32,
    authorised: bool,
}

impl Needs {
    fn facet(facet: Facet) -> Self {
        // The measures in place depend on whether the recipient that supplies them is authorised.
        Needs { facets: 1 << (facet as u32), authorised: facet == Facet::Measure }
    }

    fn and(self, other: Self) -> Self {
        Needs { facets: self.facets | other.facets, authorised: self.authorised || other.authorised }
    }
}

impl Image {
    pub(super) fn validate(&self) -> Checked {
        ensure(self.terms.len() == FACETS, "there is a table of terms for each facet")?;
        for terms in &self.terms {
            if terms.len() > limits::TERMS {
                return Err(ImageError::Limit("terms of one facet"));
            }
        }
        let most = self.facts.len().max(self.settings.len()).max(self.tables.len());
        if most > limits::FACTS {
            return Err(ImageError::Limit("facts, settings or tables"));
        }
        if self.rules.len() > limits::RULES {
            return Err(ImageError::Limit("rules"));
        }
        if self.values.len().saturating_add(self.conditions.len()) > limits::NODES {
            return Err(ImageError::Limit("nodes of conditions and values"));
        }
        ensure(self.offset.abs() < 24 * 60, "an offset is less than a day")?;
        self.values_and_conditions()?;
        self.terms_and_recipients()?;
        self.settings()?;
        self.rules()?;
        for (facet, term) in [
            (Facet::Action, self.core.store),
            (Facet::Action, self.core.share),
            (Facet::Action, self.core.transfer),
            (Facet::Action, self.core.dispose),
            (Facet::Action, self.core.delete),
            (Facet::Data, self.core.unstructured),
            (Facet::Place, self.core.country),
        ] {
            self.term(facet, term)?;
        }
        for guard in self.layers.iter().filter_map(|layer| layer.applies.as_ref()) {
            self.condition(guard.condition)?;
        }
        self.tables()?;
        ensure(self.clauses.iter().all(|clause| (clause.layer as usize) < self.layers.len()), "a layer is missing")?;
        if let Some(notice) = &self.notice {
            self.value(notice.period)?;
        }
        self.acyclic_terms()?;
        self.acyclic_conditions()
    }

    fn term(&self, facet: Facet, term: u32) -> Checked {
        ensure((term as usize) < self.facet(facet).len(), "a term is missing")
    }

    fn value(&self, value: u32) -> Checked {
        ensure((value as usize) < self.values.len(), "a value is missing")
    }

    fn condition(&self, condition: u32) -> Checked {
        ensure((condition as usize) < self.conditions.len(), "a condition is missing")
    }

    fn literal(&self, literal: &Literal) -> Checked {
        match literal {
            Literal::Term((facet, term)) => self.term(*facet, *term),
            Literal::Set(members) => members.iter().try_for_each(|member| {
                ensure(!matches!(member, Literal::Set(_)), "a set holds a set")?;
                self.literal(member)
            }),
            _ => Ok(()),
        }
    }

    fn tables(&self) -> Checked {
        for table in &self.tables {
            if let Key::Fact(fact) = table.key {
                ensure((fact as usize) < self.facts.len(), "a fact is missing")?;
            }
            for row in &table.rows {
                row.keys.iter().chain([&row.value]).try_for_each(|literal| self.literal(literal))?;
            }
            table.otherwise.as_ref().map_or(Ok(()), |literal| self.literal(literal))?;
        }
        Ok(())
    }

    fn values_and_conditions(&self) -> Checked {
        let mut nodes = Nodes::of(self.values.len());
        for (index, value) in self.values.iter().enumerate() {
            let operands: &[u32] = match value {
                Value::Literal(literal) => {
                    self.literal(literal)?;
                    &[]
                }
                Value::Fact(fact) => {
                    ensure((*fact as usize) < self.facts.len(), "a fact is missing")?;
                    &[]
                }
                Value::Setting(setting) => {
                    ensure((*setting as usize) < self.settings.len(), "a setting is missing")?;
                    &[]
                }
                Value::Table(table) => {
                    ensure((*table as usize) < self.tables.len(), "a table is missing")?;
                    &[]
                }
                Value::Plus((a, b)) | Value::Minus((a, b)) => &[*a, *b],
                Value::Earliest(of) | Value::Latest(of) | Value::Least(of) | Value::Greatest(of) => of,
                Value::EndOfMonth(of) | Value::EndOfYear(of) => core::slice::from_ref(of),
                _ => &[],
            };
            nodes.add(index, operands)?;
        }
        let mut nodes = Nodes::of(self.conditions.len());
        for (index, condition) in self.conditions.iter().enumerate() {
            let operands: &[u32] = match condition {
                Condition::All(of) | Condition::Any(of) => of,
                Condition::Not(of) => core::slice::from_ref(of),
                Condition::Test(Test { left, right, .. }) => {
                    self.value(*left)?;
                    right.iter().try_for_each(|value| self.value(*value))?;
                    &[]
                }
                Condition::Authorised => &[],
            };
            nodes.add(index, operands)?;
        }
        Ok(())
    }

    fn terms_and_recipients(&self) -> Checked {
        for &facet in Facet::ALL {
            for term in self.facet(facet) {
                for edge in &term.parents {
                    self.term(facet, edge.parent)?;
                    edge.when.map_or(Ok(()), |when| self.condition(when))?;
                }
                for contained in term.containing.iter().flatten() {
                    self.term(Facet::Data, *contained)?;
                }
            }
        }
        ensure(self.recipients.len() == self.facet(Facet::Recipient).len(), "a recipient has no declaration")?;
        for recipient in &self.recipients {
            recipient.places.iter().try_for_each(|place| self.term(Facet::Place, *place))?;
            recipient.measures.iter().try_for_each(|measure| self.term(Facet::Measure, *measure))?;
            recipient.purposes.iter().flatten().try_for_each(|purpose| self.term(Facet::Purpose, *purpose))?;
            for (fact, literal) in &recipient.facts {
                ensure((*fact as usize) < self.facts.len(), "a fact is missing")?;
                self.literal(literal)?;
            }
        }
        Ok(())
    }

    fn settings(&self) -> Checked {
        for (index, setting) in self.settings.iter().enumerate() {
            if let Some(default) = setting.default {
                self.value(default)?;
                // A default reads earlier settings only, so that it can't wait for itself.
                ensure(self.reads_earlier(default, index), "a setting's default waits for itself")?;
            }
            for literal in [&setting.at_least, &setting.at_most, &setting.given].into_iter().flatten() {
                self.literal(literal)?;
            }
            self.kind(&setting.kind)?;
        }
        self.facts.iter().try_for_each(|fact| self.kind(&fact.kind))
    }

    fn kind(&self, kind: &Type) -> Checked {
        match &kind.base {
            Base::OneOf(words) => ensure(words.len() <= limits::TERMS, "too many words in one type"),
            _ => Ok(()),
        }
    }

    /// Whether a value is a literal or a setting before `index`.
    fn reads_earlier(&self, value: u32, index: usize) -> bool {
        match self.values.get(value as usize) {
            Some(Value::Literal(_) | Value::Table(_)) => true,
            Some(Value::Setting(other)) => (*other as usize) < index,
            _ => false,
        }
    }

    fn rules(&self) -> Checked {
        for rule in &self.rules {
            ensure((rule.clause as usize) < self.clauses.len(), "a clause is missing")?;
            rule.parts.iter().try_for_each(|part| self.part(part))?;
            match &rule.effect {
                Effect::Allow(bases) => bases.iter().try_for_each(|basis| self.term(Facet::Basis, *basis))?,
                Effect::Forbid => {}
                Effect::Waive(clauses) => {
                    let there = |clause: &u32| (*clause as usize) < self.clauses.len();
                    ensure(clauses.iter().all(there), "a clause is missing")?;
                }
                Effect::Require(demands) => {
                    for means in demands.iter().flat_map(|demand| &demand.any) {
                        match means {
                            Means::Measure(term) => self.term(Facet::Measure, *term)?,
                            Means::Form(term) => self.term(Facet::Form, *term)?,
                            Means::Basis(term) => self.term(Facet::Basis, *term)?,
                            Means::Condition(condition) => self.condition(*condition)?,
                        }
                    }
                }
                Effect::Keep(keep) => {
                    for value in [keep.at_least, keep.at_most, keep.after, keep.until].into_iter().flatten() {
                        self.value(value)?;
                    }
                    keep.during.map_or(Ok(()), |during| self.condition(during))?;
                    keep.then.iter().try_for_each(|action| self.term(Facet::Action, *action))?;
                }
                Effect::Owe(owe) => {
                    for value in [owe.within, owe.event].into_iter().flatten() {
                        self.value(value)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn part(&self, part: &Part) -> Checked {
        match &part.scope {
            Scope::Slot((slot, List::These(picks) | List::AnyExcept(picks))) => {
                picks.iter().try_for_each(|pick| match pick {
                    Pick::Term(term) => self.term(slot.facet(), *term),
                    Pick::None => Ok(()),
                    Pick::Authorised => ensure(*slot == Slot::Recipient, "only a recipient can be authorised"),
                })
            }
            Scope::Slot((_, List::Any)) | Scope::Data(DataList::Any) => Ok(()),
            Scope::Data(DataList::These(picks) | DataList::AnyExcept(picks)) => {
                picks.iter().try_for_each(|DataPick { category, forms, .. }| {
                    category.map_or(Ok(()), |category| self.term(Facet::Data, category))?;
                    forms.iter().try_for_each(|form| self.term(Facet::Form, *form))
                })
            }
            Scope::Measures(terms) => terms.iter().try_for_each(|term| self.term(Facet::Measure, *term)),
            Scope::When(condition) | Scope::Unless(condition) => self.condition(*condition),
        }
    }

    /// No term lies below itself, and no chain is longer than [`HIERARCHY_DEPTH`].
    fn acyclic_terms(&self) -> Checked {
        for terms in &self.terms {
            // Kahn's algorithm (1962), from the roots down, with the length of the longest chain.
            let mut waiting: Vec<usize> = terms.iter().map(|term| term.parents.len()).collect();
            let mut children: Vec<Vec<usize>> = vec![Vec::new(); terms.len()];
            for (index, term) in terms.iter().enumerate() {
                for edge in &term.parents {
                    if let Some(list) = children.get_mut(edge.parent as usize) {
                        list.push(index);
                    }
                }
            }
            let mut ready: Vec<(usize, usize)> =
                waiting.iter().enumerate().filter(|(_, count)| **count == 0).map(|(index, _)| (index, 1)).collect();
            let mut done = 0;
            while let Some((index, depth)) = ready.pop() {
                done += 1;
                if depth > HIERARCHY_DEPTH {
                    return Err(ImageError::Limit("depth of a hierarchy of terms"));
                }
                for &child in children.get(index).into_iter().flatten() {
                    if let Some(count) = waiting.get_mut(child) {
                        *count -= 1;
                        if *count == 0 {
                            ready.push((child, depth + 1));
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
    fn acyclic_conditions(&self) -> Checked {
        match self.circular() {
            None => Ok(()),
            Some(_) => Err(ImageError::Corrupt("a condition waits for itself")),
        }
    }

    /// A facet whose hierarchy waits for itself, if there is one.
    #[must_use]
    pub fn circular(&self) -> Option<Facet> {
        let mut needs = [Needs::default(); FACETS];
        for (facet, slot) in Facet::ALL.iter().zip(needs.iter_mut()) {
            for edge in self.facet(*facet).iter().flat_map(|term| &term.parents) {
                if let Some(when) = edge.when {
                    *slot = slot.and(self.condition_needs(when));
                }
            }
        }
        let notice = self.notice.as_ref().map_or(Needs::default(), |notice| self.value_needs(notice.period));
        let authorised = Needs::facet(Facet::Place)
            .and(Needs::facet(Facet::Purpose))
            .and(Needs::facet(Facet::Recipient))
            .and(notice);
        // Transitive closure: at most one round for each facet.
        for _ in 0..=FACETS {
            let round = needs;
            for slot in needs.iter_mut() {
                if slot.authorised {
                    *slot = slot.and(authorised);
                }
                for (facet, further) in round.iter().enumerate() {
                    if slot.facets & (1 << facet) != 0 {
                        *slot = slot.and(*further);
                    }
                }
            }
        }
        Facet::ALL.iter().zip(needs).find(|(facet, needs)| needs.facets & (1 << (**facet as u32)) != 0).map(|(f, _)| *f)
    }

    fn condition_needs(&self, condition: u32) -> Needs {
        match self.conditions.get(condition as usize) {
            Some(Condition::All(of) | Condition::Any(of)) => {
                of.iter().fold(Needs::default(), |needs, part| needs.and(self.condition_needs(*part)))
            }
            Some(Condition::Not(of)) => self.condition_needs(*of),
            Some(Condition::Test(test)) => {
                test.right.iter().fold(self.value_needs(test.left), |needs, value| needs.and(self.value_needs(*value)))
            }
            Some(Condition::Authorised) => Needs { authorised: true, ..Needs::default() },
            None => Needs::default(),
        }
    }

    fn value_needs(&self, value: u32) -> Needs {
        let many = |of: &[u32]| of.iter().fold(Needs::default(), |needs, value| needs.and(self.value_needs(*value)));
        match self.values.get(value as usize) {
            Some(Value::Slot(slot)) => Needs::facet(slot.facet()),
            Some(Value::Data) => Needs::facet(Facet::Data),
            Some(Value::Form) => Needs::facet(Facet::Form),
            Some(Value::Measures) => Needs::facet(Facet::Measure),
            Some(Value::Literal(Literal::Term((facet, _)))) => Needs::facet(*facet),
            Some(Value::Fact(fact)) => match self.facts.get(*fact as usize).map(|fact| &fact.kind.base) {
                Some(Base::Term(facet)) => Needs::facet(*facet),
                _ => Needs::default(),
            },
            Some(Value::Setting(setting)) => {
                match self.settings.get(*setting as usize).map(|setting| &setting.kind.base) {
                    Some(Base::Term(facet)) => Needs::facet(*facet),
                    _ => Needs::default(),
                }
            }
            Some(Value::Table(table)) => match self.tables.get(*table as usize).map(|table| &table.key) {
                Some(Key::Slot(slot)) => Needs::facet(slot.facet()),
                Some(Key::Data) => Needs::facet(Facet::Data),
                Some(Key::Fact(fact)) => match self.facts.get(*fact as usize).map(|fact| &fact.kind.base) {
                    Some(Base::Term(facet)) => Needs::facet(*facet),
                    _ => Needs::default(),
                },
                None => Needs::default(),
            },
            Some(Value::Plus((a, b)) | Value::Minus((a, b))) => many(&[*a, *b]),
            Some(Value::Earliest(of) | Value::Latest(of) | Value::Least(of) | Value::Greatest(of)) => many(of),
            Some(Value::EndOfMonth(of) | Value::EndOfYear(of)) => self.value_needs(*of),
            _ => Needs::default(),
        }
    }
}

/// The nodes read so far: how deep each is, and whether it is somebody's operand.
///
/// An operand comes before its operator and has only one, so that nodes form
/// trees and walking them takes no more steps than there are nodes.
struct Nodes {
    depths: Vec<usize>,
    taken: Vec<bool>,
}

impl Nodes {
    fn of(count: usize) -> Self {
        Nodes { depths: Vec::with_capacity(count), taken: vec![false; count] }
    }

    fn add(&mut self, index: usize, operands: &[u32]) -> Checked {
        let mut deepest = 0;
        for operand in operands {
            let operand = *operand as usize;
            ensure(operand < index, "an operand comes after its operator")?;
            let taken = self.taken.get_mut(operand).ok_or(ImageError::Corrupt("an operand is missing"))?;
            ensure(!*taken, "two operators share an operand")?;
            *taken = true;
            deepest = deepest.max(self.depths.get(operand).copied().unwrap_or(0));
        }
        if deepest + 1 > limits::CONDITION_DEPTH {
            return Err(ImageError::Limit("depth of a condition"));
        }
        self.depths.push(deepest + 1);
        Ok(())
    }
}
