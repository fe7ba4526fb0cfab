//! The rows of the index: for a word that may stand in a slot, the rules that don't certainly exclude it, and of these the
//! ones that certainly take it; how they are made of what rules say.

use alloc::vec;
use alloc::vec::Vec;

use super::val::Word;
use crate::hierarchy::Hierarchy;
use crate::image::{DataList, DataPick, List, Pick};

/// The most words of 64 rules that the rows of one slot may take; terms past it get the row of all rules.
const ROW_WORDS: usize = 1 << 21;

/// Of 64 rules, what one word is to them.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cell {
    /// Those that don't certainly exclude it.
    pub may: u64,
    /// Those that certainly take it.
    pub sure: u64,
}

/// What one word is to the rules.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    /// For each 64 words, which of them may have rules that don't exclude the word.
    pub summary: Vec<u64>,
    pub words: Vec<Cell>,
}

impl Row {
    /// That of what every rule takes, certainly.
    pub fn all(rules: usize) -> Self {
        let ones = |count: usize| (0..count.div_ceil(64)).map(move |at| u64::MAX >> (64 - (count - at * 64).min(64)));
        let words: Vec<Cell> = ones(rules).map(|word| Cell { may: word, sure: word }).collect();
        Row { summary: ones(words.len()).collect(), words }
    }

    /// That of what no rule takes.
    fn none(rules: usize) -> Self {
        let words = rules.div_ceil(64);
        Row { summary: vec![0; words.div_ceil(64)], words: vec![Cell::default(); words] }
    }

    /// A rule doesn't exclude it.
    fn may(&mut self, rule: usize) {
        if let (Some(word), Some(summary)) = (self.words.get_mut(rule / 64), self.summary.get_mut(rule / 4096)) {
            word.may |= 1 << (rule % 64);
            *summary |= 1 << (rule / 64 % 64);
        }
    }

    /// A rule that doesn't exclude it takes it certainly.
    fn sure(&mut self, rule: usize) {
        if let Some(word) = self.words.get_mut(rule / 64) {
            word.sure |= 1 << (rule % 64);
        }
    }

    /// A rule doesn't take it for certain, and perhaps excludes it. A summary may say too much.
    fn remove(&mut self, rule: usize, excluded: bool) {
        if let Some(word) = self.words.get_mut(rule / 64) {
            word.sure &= !(1 << (rule % 64));
            if excluded {
                word.may &= !(1 << (rule % 64));
            }
        }
    }

    /// Sets the summary to what is there.
    fn settle(&mut self) {
        for (at, summary) in self.summary.iter_mut().enumerate() {
            let words = self.words.iter().skip(at * 64).take(64).enumerate();
            *summary = words.filter(|(_, word)| word.may != 0).fold(0, |all, (bit, _)| all | 1 << bit);
        }
    }

    #[inline]
    pub fn is_sure(&self, rule: usize) -> bool {
        self.word(rule / 64).sure >> (rule % 64) & 1 != 0
    }

    #[inline]
    pub fn may_be(&self, rule: usize) -> bool {
        self.word(rule / 64).may >> (rule % 64) & 1 != 0
    }

    #[inline]
    pub fn summary(&self, at: usize) -> u64 {
        self.summary.get(at).copied().unwrap_or(0)
    }

    #[inline]
    pub fn word(&self, at: usize) -> Cell {
        self.words.get(at).copied().unwrap_or_default()
    }
}

/// The rows of one slot.
#[derive(Clone, Debug)]
pub(super) struct Rows {
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
    pub fn row(&self, word: Word) -> &Row {
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
pub(super) struct Making {
    missing: Row,
    none: Row,
    /// What a term has of which no rule speaks.
    base: Row,
    /// For each term, the rules that name it, each with whether that is all it says.
    named: Vec<Vec<(usize, bool)>>,
    /// For each term, the rules that except it.
    excepted: Vec<Vec<usize>>,
    constrained: bool,
}

impl Making {
    pub fn of(rules: usize, terms: usize) -> Self {
        let (named, excepted) = (vec![Vec::new(); terms], vec![Vec::new(); terms]);
        let all = Row::all(rules);
        Making { missing: all.clone(), none: all.clone(), base: all, named, excepted, constrained: false }
    }

    /// Takes in that a rule says something here: until more is known, it takes no word, and perhaps what isn't told.
    fn constrain(&mut self, rule: usize) {
        self.constrained = true;
        self.missing.remove(rule, false);
        self.none.remove(rule, true);
        self.base.remove(rule, true);
    }

    /// Takes in that a rule names a term.
    fn name(&mut self, term: u32, rule: (usize, bool)) {
        if let Some(rules) = self.named.get_mut(term as usize) {
            rules.push(rule);
        }
    }

    /// Takes in that a rule excepts a term.
    fn except(&mut self, term: u32, rule: usize) {
        if let Some(rules) = self.excepted.get_mut(term as usize) {
            rules.push(rule);
        }
    }

    /// Takes in a rule that takes whatever there is but what it excepts; certainly, where that is all it says.
    fn any(&mut self, rule: usize, certain: bool) {
        self.base.may(rule);
        if certain {
            self.base.sure(rule);
        }
    }

    /// The rows; none where every rule takes every word.
    pub fn rows(mut self, rules: usize, hierarchy: &Hierarchy) -> Option<Rows> {
        if !self.constrained {
            return None;
        }
        let said = (0..).zip(self.named.iter().zip(&self.excepted));
        let said = said.filter(|(_, (named, excepted))| !(named.is_empty() && excepted.is_empty()));
        let spoken: Vec<u32> = said.map(|(term, _)| term).collect();
        // For each row the terms of which it is made, and the rows in the order of those.
        let mut made: Vec<Vec<(u32, bool)>> = Vec::from([Vec::new()]);
        let mut order: Vec<u32> = Vec::from([0]);
        [&mut self.missing, &mut self.none, &mut self.base].into_iter().for_each(Row::settle);
        let most = ROW_WORDS / rules.div_ceil(64).max(1);
        let terms = self.named.len();
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
            let place = order.binary_search_by(|row| made.get(*row as usize).cmp(&Some(&above)));
            if let Err(place) = place {
                order.insert(place, found.rows.len() as u32);
                let mut own = found.rows.first().cloned().unwrap_or_default();
                if found.rows.len() > most {
                    own = found.missing.clone();
                } else {
                    for &(above, sure) in &above {
                        for (rule, certain) in self.named.get(above as usize).into_iter().flatten() {
                            own.may(*rule);
                            if sure && *certain {
                                own.sure(*rule);
                            }
                        }
                        for rule in self.excepted.get(above as usize).into_iter().flatten() {
                            own.remove(*rule, sure);
                        }
                    }
                }
                own.settle();
                found.rows.push(own);
                made.push(above);
            }
            let (Ok(place) | Err(place)) = place;
            found.of.push(order.get(place).copied().unwrap_or(0));
        }
        Some(found)
    }

    /// Takes in what a rule says of a slot; whether it says that alone.
    pub fn slot(&mut self, list: &List, alone: bool, index: usize) {
        self.constrain(index);
        match list {
            List::Any => self.any(index, alone),
            List::AnyExcept(picks) => {
                self.any(index, alone && !picks.contains(&Pick::Authorised));
                for pick in picks {
                    if let Pick::Term(term) = pick {
                        self.except(*term, index);
                    }
                }
            }
            List::These(picks) => {
                for pick in picks {
                    match pick {
                        Pick::Term(term) => self.name(*term, (index, alone)),
                        Pick::None => {
                            self.none.may(index);
                            if alone {
                                self.none.sure(index);
                            }
                        }
                        Pick::Authorised => {
                            self.any(index, false);
                            self.none.may(index);
                        }
                    }
                }
            }
        }
    }

    /// Takes in that a rule takes these words of a slot, or all but these, and there being none; whether it says that alone.
    pub fn condition(&mut self, words: &[u32], takes: bool, alone: bool, index: usize) {
        self.constrain(index);
        if takes {
            return words.iter().for_each(|word| self.name(*word, (index, alone)));
        }
        self.any(index, alone);
        self.none.may(index);
        if alone {
            self.none.sure(index);
        }
        words.iter().for_each(|word| self.except(*word, index));
    }

    /// Takes in what a rule says of data; whether it says that alone.
    pub fn data(&mut self, list: &DataList, alone: bool, index: usize) {
        self.constrain(index);
        let plain = |pick: &DataPick| pick.forms.is_empty() && !pick.raw;
        match list {
            DataList::Any => self.any(index, alone),
            DataList::These(picks) => {
                for pick in picks {
                    match pick.category {
                        Some(term) => self.name(term, (index, alone && plain(pick))),
                        None => self.any(index, alone && plain(pick)),
                    }
                }
            }
            DataList::AnyExcept(picks) => {
                self.any(index, alone && picks.iter().all(|pick| plain(pick) && pick.category.is_some()));
                for pick in picks.iter().filter(|pick| plain(pick)) {
                    if let Some(term) = pick.category {
                        self.except(term, index);
                    }
                }
            }
        }
    }
}

/// Takes in a rule whose actions are these, alone or with other lists, as one that takes an action of the language.
pub(super) fn take_beside(
    row: &mut Option<Row>,
    rules: usize,
    actions: Option<&Hierarchy>,
    own: u32,
    (picks, alone, rule): (&[Pick], bool, usize),
) {
    for pick in picks {
        let Pick::Term(term) = pick else { continue };
        if actions.is_some_and(|actions| actions.may(own, *term)) {
            let row = row.get_or_insert_with(|| Row::none(rules));
            row.may(rule);
            if alone && actions.is_some_and(|actions| actions.sure(own, *term)) {
                row.sure(rule);
            }
        }
    }
}
