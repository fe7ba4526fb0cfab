//! Scopes: when the parts of a rule cover the point.

use std::sync::Arc;

use abey_engine::image::{DataList, DataPick, Facet, List, Part, Pick, Scope, Slot};

use super::words::some;
use super::{Encoder, Own, Sight, Where};
use crate::prove::circuit::{Bit, Kleene, NO};
use crate::prove::space::World;

/// What is tested against a list of data: the item's own category, or one word.
#[derive(Clone, Copy)]
enum Tested {
    Own,
    Word(Own),
}

impl<'a> Encoder<'a> {
    /// When a scope covers the point: the AND of its parts.
    pub fn scope(&mut self, parts: &[Arc<Part>], sight: Sight, world: &mut World) -> Kleene {
        let mut found = Vec::new();
        let mut data = Vec::new();
        for part in parts {
            let truth = match &part.scope {
                Scope::Slot((slot, list)) => self.slot(*slot, list, sight, world),
                Scope::Data(list) => {
                    data.push(list);
                    continue;
                }
                Scope::Measures(measures) => {
                    let each: Vec<Kleene> = measures.iter().map(|one| self.has_measure(*one, world)).collect();
                    world.circuit.all_of(each)
                }
                Scope::When(condition) => self.condition(*condition, world),
                Scope::Unless(condition) => !self.condition(*condition, world),
            };
            if truth.is_false() {
                return truth;
            }
            found.push(truth);
        }
        if !data.is_empty() {
            found.push(self.data(&data, sight, world));
        }
        world.circuit.all_of(found)
    }

    fn slot(&mut self, slot: Slot, list: &List, sight: Sight, world: &mut World) -> Kleene {
        let part = Where::Slot(slot);
        let picked = |encoder: &mut Self, picks: &[Pick], implied: bool, world: &mut World| {
            let mut each = Vec::with_capacity(picks.len());
            for pick in picks {
                each.push(match pick {
                    Pick::Term(term) => {
                        let named = encoder.matches(part, *term, world);
                        if implied {
                            let beside = encoder.implied(*term, world);
                            world.circuit.any_of([named, beside])
                        } else {
                            named
                        }
                    }
                    Pick::None => {
                        let some = encoder.some(part, world);
                        !some
                    }
                    Pick::Authorised => encoder.authorised(world),
                });
            }
            world.circuit.any_of(each)
        };
        match list {
            List::These(picks) => picked(self, picks, slot == Slot::Action && sight == Sight::Implied, world),
            List::Any => self.some(part, world),
            List::AnyExcept(picks) => {
                let except = picked(self, picks, false, world);
                let some = self.some(part, world);
                world.circuit.all_of([some, !except])
            }
        }
    }

    /// Whether the operation is, beside what it is called, a `share` or a `transfer` at or below the term.
    fn implied(&mut self, term: u32, world: &mut World) -> Kleene {
        let core = self.image.core.clone();
        let mut ways = Vec::new();
        let share = self.lies_below(Facet::Action, core.share, term, world);
        if !share.is_false() {
            let shared = self.some(Where::Slot(Slot::Recipient), world);
            ways.push(world.circuit.all_of([share, shared]));
        }
        let transfer = self.lies_below(Facet::Action, core.transfer, term, world);
        if !transfer.is_false() {
            let crossing = self.crosses_border(world);
            ways.push(world.circuit.all_of([transfer, crossing]));
        }
        if ways.is_empty() {
            return Kleene::FALSE;
        }
        let implied = world.circuit.any_of(ways);
        let disposal = self.matches(Where::Slot(Slot::Action), core.dispose, world);
        world.circuit.all_of([implied, !disposal])
    }

    /// Whether some category of the item, its own or one that it contains, is in every list.
    fn data(&mut self, lists: &[&DataList], sight: Sight, world: &mut World) -> Kleene {
        let own = self.tested(lists, Tested::Own, world);
        if sight == Sight::Named {
            return own;
        }
        let mut ways = vec![own];
        let untold = world.untold.contents;
        for (word, bit) in self.contents.clone() {
            let truth = self.tested(lists, Tested::Word(word), world);
            if !truth.is_false() {
                let stated = world.circuit.and(bit, !untold);
                ways.push(world.circuit.all_of([stated.into(), truth]));
            }
        }
        let missing = self.tested(lists, Tested::Word(Own::Missing), world);
        if !missing.is_false() {
            let open = self.open_contents(world);
            ways.push(world.circuit.all_of([open.into(), missing]));
        }
        if untold != NO {
            ways.extend(self.bounded_contents(lists, world));
        }
        world.circuit.any_of(ways)
    }

    /// When the item may contain anything: a stated category is or may be unstructured, or none is stated of one that is.
    fn open_contents(&mut self, world: &mut World) -> Bit {
        let unstructured = self.image.core.unstructured;
        let untold = world.untold.contents;
        let mut ways = Vec::new();
        for (word, bit) in self.contents.clone() {
            let loose = self.word(Facet::Data, word, unstructured, world).may;
            ways.push(world.circuit.all([bit, loose, !untold]));
        }
        if untold != NO {
            for (own, bit) in self.data.clone() {
                let loose = self.word(Facet::Data, own, unstructured, world).may;
                let bounded = match own {
                    Own::Term(category) => self.is_bounded(category, world),
                    _ => NO,
                };
                ways.push(world.circuit.all([bit, loose, untold, !bounded]));
            }
        }
        world.circuit.any(ways)
    }

    /// Whether some declaration bounds what a category contains: one whose own members aren't unstructured.
    fn is_bounded(&mut self, category: u32, world: &mut World) -> Bit {
        let unstructured = self.image.core.unstructured;
        let mut ways = Vec::new();
        for bound in self.content_bounds(category) {
            let mut firm = Vec::new();
            for term in bound {
                firm.push(!self.word(Facet::Data, Own::Term(*term), unstructured, world).may);
            }
            ways.push(world.circuit.all(firm));
        }
        world.circuit.any(ways)
    }

    /// What a category, and each that it may lie below, is declared to contain.
    pub fn content_bounds(&self, category: u32) -> Vec<&'a [u32]> {
        let (image, hierarchy) = (self.image, self.hierarchy(Facet::Data));
        let terms = image.facet(Facet::Data).iter().enumerate();
        terms
            .filter(|(index, _)| hierarchy.may(category, *index as u32))
            .filter_map(|(_, term)| term.containing.as_deref())
            .collect()
    }

    /// What an item whose contents aren't told may contain within its bounds.
    fn bounded_contents(&mut self, lists: &[&DataList], world: &mut World) -> Vec<Kleene> {
        let unstructured = self.image.core.unstructured;
        let untold = world.untold.contents;
        let mut ways = Vec::new();
        for (own, bit) in self.data.clone() {
            let Own::Term(category) = own else { continue };
            let bounds = self.content_bounds(category);
            if bounds.is_empty() {
                continue;
            }
            let loose = self.word(Facet::Data, own, unstructured, world).may;
            let bounded = self.is_bounded(category, world);
            let guard = world.circuit.all([bit, loose, untold, bounded]);
            let mut each = Vec::new();
            for bound in &bounds {
                let mut some = Vec::new();
                for term in *bound {
                    some.push(self.tested(lists, Tested::Word(Own::Term(*term)), world).weakened());
                }
                each.push(world.circuit.any_of(some));
            }
            let within = world.circuit.all_of(each);
            ways.push(world.circuit.all_of([guard.into(), within]));
        }
        ways
    }

    fn tested(&mut self, lists: &[&DataList], tested: Tested, world: &mut World) -> Kleene {
        let mut each = Vec::with_capacity(lists.len());
        for list in lists {
            let truth = self.data_list(list, tested, world);
            if truth.is_false() {
                return truth;
            }
            each.push(truth);
        }
        world.circuit.all_of(each)
    }

    fn data_list(&mut self, list: &DataList, tested: Tested, world: &mut World) -> Kleene {
        let exists = |encoder: &mut Self, world: &mut World| match tested {
            Tested::Own => encoder.some(Where::Category, world),
            Tested::Word(own) => some(own),
        };
        let (picks, except) = match list {
            DataList::Any => return exists(self, world),
            DataList::These(picks) => (picks, false),
            DataList::AnyExcept(picks) => (picks, true),
        };
        let mut each = Vec::with_capacity(picks.len());
        for pick in picks {
            each.push(self.data_pick(pick, tested, world));
        }
        let picked = world.circuit.any_of(each);
        if except {
            let exists = exists(self, world);
            world.circuit.all_of([exists, !picked])
        } else {
            picked
        }
    }

    fn data_pick(&mut self, pick: &DataPick, tested: Tested, world: &mut World) -> Kleene {
        let category = match (pick.category, tested) {
            (None, Tested::Own) => self.some(Where::Category, world),
            (None, Tested::Word(own)) => some(own),
            (Some(term), Tested::Own) => self.matches(Where::Category, term, world),
            (Some(term), Tested::Word(own)) => self.word(Facet::Data, own, term, world),
        };
        if category.is_false() {
            return category;
        }
        let mut each = vec![category];
        if pick.raw {
            let bits: Vec<Bit> = self.forms.iter().map(|(_, bit)| *bit).collect();
            let formed = world.circuit.any(bits);
            let untold = world.untold.forms;
            each.push(Kleene { sure: world.circuit.and(!formed, !untold), may: world.circuit.or(!formed, untold) });
        }
        for form in &pick.forms {
            each.push(self.has_form(*form, world));
        }
        world.circuit.all_of(each)
    }
}
