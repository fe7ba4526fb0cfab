//! Which rules a point may be in the scope of, by the words that it says: rows of bits, made once when a policy is loaded.
//!
//! For each slot and each term that an operation may say there, a set of rules: those whose scope doesn't certainly
//! exclude it. The rules that a point has to be judged by lie in the row of each of its words; the rows are met word by
//! word, and words of 64 rules of which nothing is left are passed over by a summary with a bit for each. A rule that isn't
//! met this way has a scope that is certainly false, so that nothing turns on it: the index leaves rules out, and decides
//! nothing.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec;
use alloc::vec::Vec;

use super::input::Word;
use super::point::Point;
use crate::hierarchy::Hierarchy;
use crate::image::{DataList, DataPick, Effect, Facet, Image, List, Pick, Rule, Scope, Slot};

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

/// What one word is to the rules.
#[derive(Clone, Debug, Default)]
struct Row {
    /// Those that don't certainly exclude it.
    may: Set,
    /// Those that certainly take it.
    sure: Set,
}

impl Row {
    fn of(rules: usize) -> Self {
        Row { may: Set::of(rules), sure: Set::of(rules) }
    }

    fn add(&mut self, rule: usize) {
        self.may.add(rule);
        self.sure.add(rule);
    }
}

/// The rows of one slot.
#[derive(Clone, Debug)]
struct Rows {
    /// That of what isn't told.
    missing: Row,
    /// That of there being none.
    none: Row,
    /// For each term, which of the rows is its own.
    of: Vec<u32>,
    rows: Vec<Row>,
}

impl Rows {
    /// The row of a word.
    fn row(&self, word: Word) -> &Row {
        match word {
            Word::Missing | Word::Strange => &self.missing,
            Word::None => &self.none,
            Word::Term(term) => {
                let own = self.of.get(term as usize).and_then(|row| self.rows.get(*row as usize));
                own.unwrap_or(&self.missing)
            }
        }
    }
}

/// Rows in the making.
struct Making {
    missing: Row,
    none: Row,
    /// What a term has of which no rule speaks.
    base: Row,
    /// For each term, the rules that name it, each with whether that is all it says.
    named: BTreeMap<u32, Vec<(usize, bool)>>,
    /// For each term, the rules that except it.
    excepted: BTreeMap<u32, Vec<usize>>,
    constrained: bool,
}

impl Making {
    fn of(rules: usize) -> Self {
        let (named, excepted) = (BTreeMap::new(), BTreeMap::new());
        let missing = Row { may: Set::all(rules), sure: Set::of(rules) };
        Making { missing, none: Row::of(rules), base: Row::of(rules), named, excepted, constrained: false }
    }

    /// Takes in a rule that says nothing here.
    fn silent(&mut self, rule: usize) {
        self.missing.sure.add(rule);
        self.none.add(rule);
        self.base.add(rule);
    }

    /// Takes in a rule that takes whatever there is but what it excepts; certainly, where that is all it says.
    fn any(&mut self, rule: usize, certain: bool) {
        self.base.may.add(rule);
        if certain {
            self.base.sure.add(rule);
        }
    }

    /// The rows; none where every rule takes every word.
    fn rows(self, rules: usize, hierarchy: &Hierarchy, terms: usize) -> Option<Rows> {
        if !self.constrained {
            return None;
        }
        let spoken: BTreeSet<u32> = self.named.keys().chain(self.excepted.keys()).copied().collect();
        let mut known: BTreeMap<Vec<(u32, bool)>, u32> = BTreeMap::new();
        known.insert(Vec::new(), 0);
        let most = ROW_WORDS / rules.div_ceil(64).max(1);
        let mut found = Rows {
            missing: self.missing,
            none: self.none,
            of: Vec::with_capacity(terms),
            rows: Vec::from([self.base]),
        };
        for term in 0..terms as u32 {
            // The terms that it lies below, or may, each with whether it certainly does.
            let above = spoken.iter().filter(|above| hierarchy.may(term, **above) || hierarchy.open(term, **above));
            let above: Vec<(u32, bool)> = above.map(|above| (*above, hierarchy.sure(term, *above))).collect();
            let next = found.rows.len() as u32;
            let row = *known.entry(above.clone()).or_insert(next);
            if row == next {
                let mut own = found.rows.first().cloned().unwrap_or_default();
                if found.rows.len() > most {
                    own = found.missing.clone();
                } else {
                    for (above, sure) in above {
                        for (rule, certain) in self.named.get(&above).into_iter().flatten() {
                            own.may.add(*rule);
                            if sure && *certain {
                                own.sure.add(*rule);
                            }
                        }
                        for rule in self.excepted.get(&above).into_iter().flatten() {
                            own.sure.remove(*rule);
                            if sure {
                                own.may.remove(*rule);
                            }
                        }
                    }
                }
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
            data.data(index, rule);
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

    /// The rules whose scope doesn't certainly exclude a point, in the order of the policy, until one answers no; each with
    /// whether its lists certainly take the point, so that only its measures and conditions are left to be seen.
    ///
    /// O(rules / 64 × slots + rules met).
    pub fn each(&self, point: &Point<'_>, mut ask: impl FnMut(usize, bool) -> bool) -> bool {
        let rows: [Option<&Row>; Slot::ALL.len()] = {
            let mut met = self.slots.iter().map(|(slot, rows)| rows.row(point.word(*slot)));
            core::array::from_fn(|_| met.next())
        };
        let own = self.data.as_ref().map(|rows| rows.row(point.item.category));
        // What the item contains beside its category is seen by all rules but instructions.
        let contained = own.is_some() && point.may_contain_more();
        let lookup = Lookup { index: self, rows, own, contained };
        for part in 0..self.all.summary.len() {
            let mut words = lookup.may(|set| set.summary(part));
            while words != 0 {
                let at = part * 64 + words.trailing_zeros() as usize;
                words &= words - 1;
                point.count(1);
                let mut left = lookup.may(|set| set.word(at));
                let sure = if left == 0 { 0 } else { lookup.sure(|set| set.word(at)) };
                while left != 0 {
                    let bit = left.trailing_zeros();
                    left &= left - 1;
                    if !ask(at * 64 + bit as usize, sure >> bit & 1 != 0) {
                        return false;
                    }
                }
            }
        }
        true
    }
}

/// The rows of a point.
struct Lookup<'a> {
    index: &'a Index,
    rows: [Option<&'a Row>; Slot::ALL.len()],
    /// That of the item's category.
    own: Option<&'a Row>,
    /// Whether the item may contain more.
    contained: bool,
}

impl Lookup<'_> {
    /// A part of the rules that no word excludes.
    #[inline]
    fn may(&self, of: impl Fn(&Set) -> u64) -> u64 {
        let mut met = of(&self.index.all);
        for row in self.rows.iter().flatten() {
            met &= of(&row.may);
        }
        match self.own {
            Some(row) if self.contained => met & (of(&row.may) | of(&self.index.implied)),
            Some(row) => met & of(&row.may),
            None => met,
        }
    }

    /// A part of the rules whose lists certainly take every word.
    #[inline]
    fn sure(&self, of: impl Fn(&Set) -> u64) -> u64 {
        self.rows.iter().chain([&self.own]).flatten().fold(of(&self.index.all), |met, row| met & of(&row.sure))
    }
}

impl Making {
    /// Takes in what a rule says of a slot. Of several lists the first is taken; the others narrow it further.
    fn slot(&mut self, slot: Slot, index: usize, rule: &Rule, image: &Image, actions: Option<&Hierarchy>) {
        let mut lists = rule.parts.iter().filter_map(|part| match &part.scope {
            Scope::Slot((own, list)) if *own == slot => Some(list),
            _ => None,
        });
        let Some(list) = lists.next() else { return self.silent(index) };
        let alone = lists.next().is_none();
        self.constrained = true;
        match list {
            List::Any => self.any(index, alone),
            List::AnyExcept(picks) => {
                self.any(index, alone && !picks.contains(&Pick::Authorised));
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
                let names = matches!(rule.effect, Effect::Allow(_));
                for pick in picks {
                    match pick {
                        Pick::Term(term) => {
                            self.named.entry(*term).or_default().push((index, alone));
                            if !names && implies(*term) {
                                self.any(index, false);
                            }
                        }
                        Pick::None => {
                            self.none.may.add(index);
                            if alone {
                                self.none.sure.add(index);
                            }
                        }
                        Pick::Authorised => {
                            self.any(index, false);
                            self.none.may.add(index);
                        }
                    }
                }
            }
        }
    }

    /// Takes in what a rule says of data. Of several lists the first is taken.
    fn data(&mut self, index: usize, rule: &Rule) {
        let mut lists = rule.parts.iter().filter_map(|part| match &part.scope {
            Scope::Data(list) => Some(list),
            _ => None,
        });
        let Some(list) = lists.next() else { return self.silent(index) };
        let alone = lists.next().is_none();
        self.constrained = true;
        let plain = |pick: &DataPick| pick.forms.is_empty() && !pick.raw;
        match list {
            DataList::Any => self.any(index, alone),
            DataList::These(picks) => {
                for pick in picks {
                    match pick.category {
                        Some(term) => self.named.entry(term).or_default().push((index, alone && plain(pick))),
                        None => self.any(index, alone && plain(pick)),
                    }
                }
            }
            DataList::AnyExcept(picks) => {
                self.any(index, alone && picks.iter().all(|pick| plain(pick) && pick.category.is_some()));
                for pick in picks.iter().filter(|pick| plain(pick)) {
                    if let Some(term) = pick.category {
                        self.excepted.entry(term).or_default().push(index);
                    }
                }
            }
        }
    }
}
