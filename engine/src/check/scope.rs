//! Scopes: whether the parts of a rule cover a point.

use super::index::Met;
use super::point::{Point, Sight};
use super::val::Word;
use crate::hierarchy::Relation;
use crate::image::{DataList, DataPick, Facet, List, Part, Pick, Rule, Scope, Slot};
use crate::truth::Truth;
use alloc::sync::Arc;

/// What a data item contains, beside what is stated.
enum Open {
    /// Nothing more.
    No,
    /// Perhaps anything.
    Anything,
    /// Perhaps something within what this category is declared to contain.
    Within(u32),
}

/// The lists of data in a scope.
pub fn data_lists(parts: &[Arc<Part>]) -> impl Iterator<Item = &DataList> + Clone {
    parts.iter().filter_map(|part| match &part.scope {
        Scope::Data(list) => Some(list),
        _ => None,
    })
}

impl<'a> Point<'a> {
    /// Whether a scope covers the point: the AND of its parts.
    pub fn scope(&self, parts: &[Arc<Part>], sight: Sight) -> Truth {
        let mut found = Truth::True;
        let mut data = false;
        for part in parts {
            match &part.scope {
                Scope::Data(_) => data = true,
                other => found = found.and(self.part(other, sight)),
            }
            if found == Truth::False {
                return found;
            }
        }
        if !data {
            return found;
        }
        found.and(self.data(data_lists(parts), sight))
    }

    /// Whether the measures and conditions of a scope cover the point, whose lists certainly do.
    pub fn rest(&self, parts: &[Arc<Part>]) -> Truth {
        let left = parts.iter().filter(|part| !matches!(part.scope, Scope::Slot(_) | Scope::Data(_)));
        Truth::all(left.map(|part| self.part(&part.scope, Sight::Named)))
    }

    /// Whether the scope of a rule that the index met covers the point: whether its lists certainly take the point, and
    /// whether it asks nothing beyond them, or nothing that isn't settled.
    #[inline]
    pub fn scope_met(
        &self,
        (index, rule): (usize, &Rule),
        (sure, plain): (bool, bool),
        sight: Sight,
        met: &Met<'_>,
    ) -> Truth {
        match (sure, plain) {
            (true, true) => Truth::True,
            (true, false) => self.rest(&rule.parts),
            (false, _) => self.scope_beyond(index, &rule.parts, sight, met),
        }
    }

    /// Whether a scope covers the point, whose words it takes as the rows of the index say.
    fn scope_beyond(&self, rule: usize, parts: &[Arc<Part>], sight: Sight, met: &Met<'_>) -> Truth {
        let mut found = Truth::True;
        let mut data = false;
        for part in parts {
            match &part.scope {
                Scope::Data(_) => data = !met.takes_data(rule),
                Scope::Slot((slot, _)) if met.takes(*slot, rule) => {}
                other => found = found.and(self.part(other, sight)),
            }
            if found == Truth::False {
                return found;
            }
        }
        if data { found.and(self.data(data_lists(parts), sight)) } else { found }
    }

    /// Whether one part of a scope covers the point.
    pub fn part(&self, scope: &Scope, sight: Sight) -> Truth {
        self.count(1);
        match scope {
            Scope::Slot((slot, list)) => self.slot(*slot, list, sight),
            Scope::Data(list) => self.data(core::iter::once(list), sight),
            Scope::Measures(measures) => Truth::all(measures.iter().map(|measure| self.has_measure(*measure))),
            Scope::When(condition) => self.condition(*condition),
            Scope::Unless(condition) => !self.condition(*condition),
        }
    }

    fn slot(&self, slot: Slot, list: &List, sight: Sight) -> Truth {
        let word = self.word(slot);
        let pick = |pick: &Pick| match pick {
            // Each term is counted where it is matched.
            Pick::Term(term) => {
                let named = self.matches(slot.facet(), word, *term);
                if slot == Slot::Action && sight == Sight::Implied { named.or(self.implied(*term)) } else { named }
            }
            Pick::None => match word {
                Word::None => Truth::True,
                Word::Term(_) => Truth::False,
                Word::Missing | Word::Strange => Truth::Unknown,
            },
            Pick::Authorised => self.authorised(),
        };
        match list {
            List::These(picks) => Truth::any(picks.iter().map(pick)),
            List::Any => self.some(word),
            List::AnyExcept(picks) => {
                // For actions, an exception tests the named action alone.
                let named = |one: &Pick| match one {
                    Pick::Term(term) => self.matches(slot.facet(), word, *term),
                    other => pick(other),
                };
                self.some(word).and(!Truth::any(picks.iter().map(named)))
            }
        }
    }

    /// Whether the operation is, beside what it is called, a `share` or a `transfer` at or below the term.
    pub(super) fn implied(&self, term: u32) -> Truth {
        if !self.checker.implied.get(term as usize).is_some_and(|implied| *implied) {
            return Truth::False;
        }
        let core = &self.checker.image.core;
        let held = |action: u32, truth: &dyn Fn() -> Truth| match self.lies_below(Facet::Action, action, term) {
            Truth::False => Truth::False,
            above => above.and(truth()),
        };
        held(core.share, &|| self.shares()).or(held(core.transfer, &|| self.transfers()))
    }

    /// Whether data goes to a recipient, and isn't disposed of.
    pub(super) fn shares(&self) -> Truth {
        self.unless_disposal(self.some(self.leg.recipient))
    }

    /// Whether data leaves a country, and isn't disposed of.
    pub(super) fn transfers(&self) -> Truth {
        self.unless_disposal(self.crosses_border())
    }

    fn unless_disposal(&self, held: Truth) -> Truth {
        if held.is_false() {
            return held;
        }
        held.and(!self.disposes())
    }

    /// Whether data leaves a country; walks the places once for a point.
    pub(super) fn crosses_border(&self) -> Truth {
        let crossing = self.crossing.get().unwrap_or_else(|| self.leaves_country());
        self.crossing.set(Some(crossing));
        crossing
    }

    /// Whether a place lies in a country, so that no narrower word for it could change whether data leaves one.
    pub(super) fn in_one_country(&self, word: Word) -> Truth {
        let countries = self.checker.countries.iter();
        Truth::any(countries.map(|country| self.matches(Facet::Place, word, *country)))
    }

    /// No place or no origin is no, one country is no, else whether they differ.
    fn leaves_country(&self) -> Truth {
        let (place, origin) = (self.leg.place, self.origin);
        if place == Word::None || origin == Word::None {
            return Truth::False;
        }
        let (Word::Term(place), Word::Term(origin)) = (place, origin) else { return Truth::Unknown };
        let hierarchy = self.checker.hierarchy(Facet::Place);
        if let (Some(one), Some(other)) = (self.checker.home(place), self.checker.home(origin)) {
            if one == other {
                return Truth::False;
            }
            // Each lies in its own country alone, and nothing below the origin in that of the place; so nothing is in both.
            if hierarchy.relation(origin, one) == Relation::No {
                self.count(1);
                return Truth::True;
            }
        }
        let country = self.checker.image.core.country;
        let mut within = self.same(Facet::Place, place, origin);
        for index in self.checker.near.get(place as usize).into_iter().flatten().copied() {
            let Some(term) = self.checker.image.facet(Facet::Place).get(index as usize) else { continue };
            self.count(1 + term.parents.len());
            let near = hierarchy.may(origin, index) || hierarchy.open(origin, index);
            let edges = term.parents.iter().filter(|edge| edge.parent == country);
            let is_country = if near { Truth::any(edges.map(|edge| self.edge(edge))) } else { Truth::False };
            if is_country != Truth::False {
                let both = self.matches(Facet::Place, Word::Term(place), index).and(self.matches(
                    Facet::Place,
                    Word::Term(origin),
                    index,
                ));
                within = within.or(both.and(is_country));
            }
        }
        !within
    }

    /// Whether some category of the item, its own or one that it contains, is in every list.
    pub fn data<'p>(&self, lists: impl Iterator<Item = &'p DataList> + Clone, sight: Sight) -> Truth {
        let tested = |word: Word| Truth::all(lists.clone().map(|list| self.data_list(list, word)));
        let own = tested(self.item.category);
        if sight == Sight::Named || own == Truth::True {
            return own;
        }
        let stated = self.item.contains.as_deref().unwrap_or(&[]);
        let found = own.or(Truth::any(stated.iter().map(|word| tested(*word))));
        let more = match self.open_contents() {
            Open::No => Truth::False,
            Open::Anything => tested(Word::Missing),
            Open::Within(category) => Truth::all(
                self.checker
                    .content_bounds(category)
                    .map(|bound| Truth::any(bound.iter().map(|term| tested(Word::Term(*term)).weakened()))),
            ),
        };
        found.or(more)
    }

    /// What the item may contain beyond what is stated.
    fn open_contents(&self) -> Open {
        let unstructured = self.checker.image.core.unstructured;
        let loose = |word: Word| self.matches(Facet::Data, word, unstructured) != Truth::False;
        match &self.item.contains {
            Some(stated) if stated.iter().any(|word| loose(*word)) => Open::Anything,
            Some(_) => Open::No,
            None if !loose(self.item.category) => Open::No,
            None => {
                let Word::Term(category) = self.item.category else { return Open::Anything };
                // A bound that is itself loose bounds nothing.
                let mut bounds = self.checker.content_bounds(category);
                let bounded = bounds.any(|bound| bound.iter().all(|term| !loose(Word::Term(*term))));
                if bounded { Open::Within(category) } else { Open::Anything }
            }
        }
    }

    /// Whether the item may be of a category beside its own.
    pub(super) fn may_contain_more(&self) -> bool {
        match (&self.item.contains, self.item.category) {
            (Some(stated), _) => !stated.is_empty(),
            (None, Word::Term(category)) => {
                let hierarchy = self.checker.hierarchy(Facet::Data);
                let unstructured = self.checker.image.core.unstructured;
                hierarchy.may(category, unstructured) || hierarchy.open(category, unstructured)
            }
            (None, _) => true,
        }
    }

    fn data_list(&self, list: &DataList, word: Word) -> Truth {
        match list {
            DataList::These(picks) => Truth::any(picks.iter().map(|pick| self.data_pick(pick, word))),
            DataList::Any => self.some(word),
            DataList::AnyExcept(picks) => {
                self.some(word).and(!Truth::any(picks.iter().map(|pick| self.data_pick(pick, word))))
            }
        }
    }

    /// Whether only its form keeps the item out of a list.
    pub fn but_for_form(&self, list: &DataList) -> bool {
        let DataList::These(picks) = list else { return false };
        let categories = picks.iter().filter_map(|pick| pick.category);
        Truth::any(categories.map(|term| self.matches(Facet::Data, self.item.category, term))).is_true()
    }

    fn data_pick(&self, pick: &DataPick, word: Word) -> Truth {
        self.count(1);
        let category = pick.category.map_or_else(|| self.some(word), |term| self.matches(Facet::Data, word, term));
        let raw = if pick.raw {
            self.item.form.as_ref().map_or(Truth::Unknown, |forms| forms.is_empty().into())
        } else {
            Truth::True
        };
        category.and(raw).and(Truth::all(pick.forms.iter().map(|form| self.has_form(*form))))
    }
}
