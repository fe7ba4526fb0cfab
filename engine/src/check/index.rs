//! Which rules a point may be in the scope of, by the words that it says: rows of bits, made once when a policy is loaded.
//!
//! For each slot and each term that an operation may say there, a set of rules: those whose scope doesn't certainly
//! exclude it. The rules that a point has to be judged by lie in the row of each of its words; the rows are met word by
//! word, and words of 64 rules of which nothing is left are passed over by a summary with a bit for each. A rule that isn't
//! met this way has a scope that is certainly false, so that nothing turns on it: the index leaves rules out, and decides
//! nothing.

use alloc::collections::BTreeMap;
use alloc::vec;
use alloc::vec::Vec;

use super::input::Word;
use super::point::Point;
use crate::hierarchy::Hierarchy;
use crate::image::{DataList, Effect, Facet, Image, List, Pick, Rule, Scope, Slot};

/// The most words of 64 rules that the rows of one slot may take; terms past it get the row of all rules.
const ROW_WORDS: usize = 1 << 21;

/// A set of rules.
#[derive(Clone, Debug, Default)]
struct Set {
    /// For each 64 words, which of them aren't 0.
    summary: Vec<u64>,
    words: Vec<u64>,
}

impl Set {
    fn of(rules: usize) -> Self {
        let words = rules.div_ceil(64);
        Set { summary: vec![0; words.div_ceil(64)], words: vec![0; words] }
    }

    fn all(rules: usize) -> Self {
        let mut all = Set::of(rules);
        (0..rules).for_each(|rule| all.add(rule));
        all
    }

    fn add(&mut self, rule: usize) {
        if let (Some(word), Some(summary)) = (self.words.get_mut(rule / 64), self.summary.get_mut(rule / 4096)) {
            *word |= 1 << (rule % 64);
            *summary |= 1 << (rule / 64 % 64);
        }
    }

    fn remove(&mut self, rule: usize) {
        // A summary may say too much.
        if let Some(word) = self.words.get_mut(rule / 64) {
            *word &= !(1 << (rule % 64));
        }
    }

    fn word(&self, at: usize) -> u64 {
        self.words.get(at).copied().unwrap_or(0)
    }

    fn summary(&self, at: usize) -> u64 {
        self.summary.get(at).copied().unwrap_or(0)
    }
}

/// The rows of one slot.
#[derive(Clone, Debug)]
struct Rows {
    /// The rules that don't exclude that there is none.
    none: Set,
    /// For each term, which of the rows is its own.
    of: Vec<u32>,
    rows: Vec<Set>,
}

impl Rows {
    /// The row of a word; none where it leaves everything open.
    fn row(&self, word: Word) -> Option<&Set> {
        match word {
            Word::Missing | Word::Strange => None,
            Word::None => Some(&self.none),
            Word::Term(term) => self.rows.get(*self.of.get(term as usize)? as usize),
        }
    }
}

/// Rows in the making.
struct Making {
    none: Set,
    /// What a term has of which no rule speaks.
    base: Set,
    /// For each term, the rules that name it.
    named: BTreeMap<u32, Vec<usize>>,
    /// For each term, the rules that except it.
    excepted: BTreeMap<u32, Vec<usize>>,
    constrained: bool,
}

impl Making {
    fn of(rules: usize) -> Self {
        let (named, excepted) = (BTreeMap::new(), BTreeMap::new());
        Making { none: Set::of(rules), base: Set::of(rules), named, excepted, constrained: false }
    }

    /// The rows; none where every rule takes every word.
    fn rows(self, rules: usize, hierarchy: &Hierarchy, terms: usize) -> Option<Rows> {
        if !self.constrained {
            return None;
        }
        let mut known: BTreeMap<(Vec<u32>, Vec<u32>), u32> = BTreeMap::new();
        known.insert((Vec::new(), Vec::new()), 0);
        let mut found = Rows { none: self.none, of: Vec::with_capacity(terms), rows: Vec::from([self.base]) };
        for term in 0..terms as u32 {
            let of = |all: &BTreeMap<u32, Vec<usize>>, lies: &dyn Fn(u32) -> bool| -> Vec<u32> {
                all.keys().copied().filter(|above| lies(*above)).collect()
            };
            let named = of(&self.named, &|above| hierarchy.may(term, above) || hierarchy.open(term, above));
            let excepted = of(&self.excepted, &|above| hierarchy.sure(term, above));
            let next = found.rows.len() as u32;
            let row = *known.entry((named.clone(), excepted.clone())).or_insert(next);
            if row == next {
                let size = rules.div_ceil(64).max(1);
                let own = if found.rows.len() > ROW_WORDS / size {
                    Set::all(rules)
                } else {
                    let mut own = found.rows.first().cloned().unwrap_or_default();
                    let rules = |all: &BTreeMap<u32, Vec<usize>>, terms: &[u32]| -> Vec<usize> {
                        terms.iter().filter_map(|term| all.get(term)).flatten().copied().collect()
                    };
                    rules(&self.named, &named).into_iter().for_each(|rule| own.add(rule));
                    rules(&self.excepted, &excepted).into_iter().for_each(|rule| own.remove(rule));
                    own
                };
                found.rows.push(own);
            }
            found.of.push(row);
        }
        Some(found)
    }
}

/// The rules of a policy, by what they speak of.
#[derive(Clone, Debug)]
pub(super) struct Index {
    /// The slots that some rule narrows.
    slots: Vec<(Slot, Rows)>,
    data: Option<Rows>,
    /// All rules.
    all: Set,
    /// The rules that see what an item contains.
    implied: Set,
    /// The exceptions.
    waivers: Vec<usize>,
}

impl Index {
    /// The index of a policy: O(rules × terms that one names + terms × terms that rules name).
    pub fn of(image: &Image, hierarchies: &[Hierarchy]) -> Self {
        let rules = image.rules.len();
        let hierarchy = |facet: Facet| hierarchies.get(facet as usize);
        let mut slots: Vec<(Slot, Making)> = Slot::ALL.iter().map(|slot| (*slot, Making::of(rules))).collect();
        let mut data = Making::of(rules);
        let (mut all, mut implied, mut waivers) = (Set::of(rules), Set::of(rules), Vec::new());
        for (index, rule) in image.rules.iter().enumerate() {
            all.add(index);
            match rule.effect {
                Effect::Allow(_) => {}
                Effect::Waive(_) => {
                    implied.add(index);
                    waivers.push(index);
                }
                _ => implied.add(index),
            }
            for (slot, making) in &mut slots {
                making.slot(*slot, index, rule, image, hierarchy(Facet::Action));
            }
            making_data(&mut data, index, rule);
        }
        let terms = |facet: Facet| image.facet(facet).len();
        let slots = slots.into_iter().filter_map(|(slot, making)| {
            let facet = slot.facet();
            Some((slot, making.rows(rules, hierarchy(facet)?, terms(facet))?))
        });
        let slots = slots.collect();
        let data = hierarchy(Facet::Data).and_then(|own| data.rows(rules, own, terms(Facet::Data)));
        Index { slots, data, all, implied, waivers }
    }

    /// The exceptions, in the order of the policy.
    pub fn waivers(&self) -> &[usize] {
        &self.waivers
    }

    /// The rules whose scope doesn't certainly exclude a point, in the order of the policy, until one answers no.
    ///
    /// O(rules / 64 × slots + rules met).
    pub fn each(&self, point: &Point<'_>, mut ask: impl FnMut(usize) -> bool) -> bool {
        let rows: [Option<&Set>; Slot::ALL.len()] = {
            let mut met = self.slots.iter().map(|(slot, rows)| rows.row(point.word(*slot)));
            core::array::from_fn(|_| met.next().flatten())
        };
        let own = self.data.as_ref().and_then(|rows| rows.row(point.item.category));
        // What the item contains beside its category is seen by all rules but instructions.
        let contained = own.is_some() && point.may_contain_more();
        let met = |of: &dyn Fn(&Set) -> u64| {
            let mut met = of(&self.all);
            for row in rows.iter().flatten() {
                met &= of(row);
            }
            match own {
                Some(row) if contained => met & (of(row) | of(&self.implied)),
                Some(row) => met & of(row),
                None => met,
            }
        };
        for part in 0..self.all.summary.len() {
            let mut words = met(&|set| set.summary(part));
            while words != 0 {
                let at = part * 64 + words.trailing_zeros() as usize;
                words &= words - 1;
                point.count(1);
                let mut left = met(&|set| set.word(at));
                while left != 0 {
                    let rule = at * 64 + left.trailing_zeros() as usize;
                    left &= left - 1;
                    if !ask(rule) {
                        return false;
                    }
                }
            }
        }
        true
    }
}

impl Making {
    /// Takes in what a rule says of a slot. Of several lists the first is taken; the others narrow it further.
    fn slot(&mut self, slot: Slot, index: usize, rule: &Rule, image: &Image, actions: Option<&Hierarchy>) {
        let list = rule.parts.iter().find_map(|part| match &part.scope {
            Scope::Slot((own, list)) if *own == slot => Some(list),
            _ => None,
        });
        let Some(list) = list else {
            self.base.add(index);
            self.none.add(index);
            return;
        };
        self.constrained = true;
        match list {
            List::Any => self.base.add(index),
            List::AnyExcept(picks) => {
                self.base.add(index);
                for pick in picks {
                    if let Pick::Term(term) = pick {
                        self.excepted.entry(*term).or_default().push(index);
                    }
                }
            }
            List::These(picks) => {
                // An operation implies that it shares and transfers.
                let implies = |term: u32| {
                    let may = |own: u32| actions.is_none_or(|actions| actions.may(own, term));
                    slot == Slot::Action && (may(image.core.share) || may(image.core.transfer))
                };
                let named = matches!(rule.effect, Effect::Allow(_));
                for pick in picks {
                    match pick {
                        Pick::Term(term) if !named && implies(*term) => self.base.add(index),
                        Pick::Term(term) => self.named.entry(*term).or_default().push(index),
                        Pick::None => self.none.add(index),
                        Pick::Authorised => {
                            self.base.add(index);
                            self.none.add(index);
                        }
                    }
                }
            }
        }
    }
}

/// Takes in what a rule says of data. Of several lists the first is taken.
fn making_data(making: &mut Making, index: usize, rule: &Rule) {
    let list = rule.parts.iter().find_map(|part| match &part.scope {
        Scope::Data(list) => Some(list),
        _ => None,
    });
    making.constrained |= list.is_some();
    making.none.add(index);
    match list {
        None | Some(DataList::Any) => making.base.add(index),
        Some(DataList::These(picks)) => {
            for pick in picks {
                match pick.category {
                    Some(term) => making.named.entry(term).or_default().push(index),
                    None => making.base.add(index),
                }
            }
        }
        Some(DataList::AnyExcept(picks)) => {
            making.base.add(index);
            for pick in picks.iter().filter(|pick| pick.forms.is_empty() && !pick.raw) {
                if let Some(term) = pick.category {
                    making.excepted.entry(term).or_default().push(index);
                }
            }
        }
    }
}
