//! An encoded operation laid out as rows: for each member of its lists, the rules that it leaves, the rules that it certainly
//! puts in scope, and the rules that it certainly obeys. A point meets the rows of its members.
//!
//! What a rule asks is laid out where it turns on one list alone, or on none: see [`super::turns`]. The rest is looked at
//! point by point, as for any other operation.

use alloc::vec;
use alloc::vec::Vec;

use super::NativeChecker;
use super::input::Input;
use super::point::{Point, Sight, each};
use super::scope::data_lists;
use super::turns::Lists;
use crate::hierarchy::bits;
use crate::image::{Scope, Slot};
use crate::truth::Truth;

/// Of 64 rules, what one member of a list is to them.
#[derive(Clone, Copy, Debug)]
struct Cell {
    /// Those whose scope it leaves open, or puts them in.
    may: u64,
    /// Those that it certainly puts in scope, if the others do.
    sure: u64,
    /// Those that are obeyed, whatever the others are.
    obeyed: u64,
    /// Those whose scope, or what they ask, turns on several lists, so that a point has to be looked at.
    open: u64,
}

impl Cell {
    fn and(self, other: Cell) -> Cell {
        Cell {
            may: self.may & other.may,
            sure: self.sure & other.sure,
            obeyed: self.obeyed | other.obeyed,
            open: self.open | other.open,
        }
    }
}

/// The rows of an operation.
#[derive(Debug)]
pub(super) struct Laid {
    /// Whether the layers govern, where that is the same at each point.
    governs: Option<bool>,
    /// The words of 64 rules in which some point has any.
    words: Vec<usize>,
    /// For the operation as a whole and each of its lists: for each member, a cell for each of the words.
    rows: [Vec<Cell>; 6],
}

/// The slots of the operation as a whole and of each of its lists; an item has its category, which is no slot.
const SLOTS: [&[Slot]; 6] = [
    &[Slot::Action, Slot::Actor, Slot::Basis, Slot::Role],
    &[],
    &[Slot::Subject],
    &[Slot::Purpose],
    &[Slot::Recipient, Slot::Place],
    &[Slot::Origin],
];
const ITEMS: usize = 1;

impl NativeChecker {
    /// Lays out an operation: O(points × words + members × rules that they leave).
    pub(super) fn lay_out(&self, input: &Input<'_>) -> Laid {
        let mut met = vec![false; self.index.words()];
        each(self, input, |point| {
            self.index.each_word(&point, |_, at, _, _| {
                met.get_mut(at).into_iter().for_each(|met| *met = true);
                true
            })
        });
        let words: Vec<usize> = (0..).zip(met).filter(|(_, met)| *met).map(|(at, _)| at).collect();
        let counts = input.counts();
        let several = Lists::several(counts);
        let [items, subjects, purposes, legs, origins] = counts;
        let members = [1, items, subjects, purposes, legs, origins];
        let of = |list: usize| {
            let count = members.get(list).copied().unwrap_or_default();
            (0..count).filter_map(move |member| Point::with(self, input, list, member))
        };
        let mut rows: [Vec<Cell>; 6] = core::array::from_fn(|list| {
            of(list).flat_map(|point| words.iter().map(move |at| self.by_words(&point, list, *at))).collect()
        });
        // What no point can be in the scope of needn't be looked at.
        let left: Vec<u64> = (0..words.len()).map(|word| left(&rows, word, words.len())).collect();
        for (list, row) in rows.iter_mut().enumerate() {
            for (point, cells) in of(list).zip(row.chunks_mut(words.len().max(1))) {
                for ((at, left), cell) in words.iter().zip(&left).zip(cells) {
                    self.look(&point, (list, several), *at, *left, cell);
                }
            }
        }
        let alike = self.turns.layers.only(several) == Some(0);
        let governs = alike.then(|| of(0).all(|point| self.governs(&point)));
        Laid { governs, words, rows }
    }

    /// What the words of a member are to 64 rules.
    fn by_words(&self, point: &Point<'_>, list: usize, at: usize) -> Cell {
        let (mut may, mut sure) = if list == ITEMS { self.index.of_data(point, at) } else { (u64::MAX, u64::MAX) };
        for slot in SLOTS.get(list).copied().unwrap_or_default() {
            let (also, certainly) = self.index.of_slot(*slot, point.word(*slot), at);
            may &= also;
            sure &= certainly;
        }
        Cell { may, sure, obeyed: 0, open: 0 }
    }

    /// Looks at those of 64 rules that are `left`, as far as they turn on a list of which `point` has a member.
    fn look(&self, point: &Point<'_>, (list, several): (usize, Lists), at: usize, left: u64, cell: &mut Cell) {
        let asks = self.index.kinds(at).asks();
        for bit in bits(cell.may & left) {
            let Some(rule) = self.image.rules.get(at * 64 + bit) else { continue };
            let sight = Sight::of(&rule.effect);
            let (mut scope, mut settled, mut data) = (Truth::True, true, false);
            for (part, turns) in rule.parts.iter().zip(self.turns.parts(at * 64 + bit)) {
                let (home, taken) = match &part.scope {
                    Scope::Slot((slot, _)) => {
                        (Lists::of(*slot), self.index.of_slot(*slot, point.word(*slot), at).1 >> bit & 1 != 0)
                    }
                    Scope::Data(_) => (Lists::ITEMS, self.index.of_data(point, at).1 >> bit & 1 != 0),
                    _ => (Lists::default(), false),
                };
                match turns.only(several) {
                    _ if taken && home.only(several) == Some(list) => {}
                    Some(own) if own != list => {}
                    None if home.only(several) != Some(list) => {}
                    None => settled = false,
                    Some(_) => match &part.scope {
                        Scope::Data(_) => data = true,
                        other => scope = scope.and(point.part(other, sight)),
                    },
                }
            }
            if data && !scope.is_false() {
                scope = scope.and(point.data(data_lists(&rule.parts), sight));
            }
            let one = 1 << bit;
            if scope.is_false() {
                (cell.may, cell.sure) = (cell.may & !one, cell.sure & !one);
                continue;
            }
            // Rows are certain of what they take alone; here the whole of what turns on this list has been looked at.
            cell.sure = if settled && scope.is_true() { cell.sure | one } else { cell.sure & !one };
            cell.open |= if settled { 0 } else { one };
            if asks & one == 0 {
                continue;
            }
            match self.turns.effect(at * 64 + bit).only(several) {
                Some(own) if own == list && point.obeys(&rule.effect) => cell.obeyed |= one,
                Some(_) => {}
                None => cell.open |= one,
            }
        }
    }

    /// Whether nothing stands against an operation that was laid out: what [`NativeChecker::allows`] finds.
    pub(super) fn allows_laid(&self, input: &Input<'_>, laid: &Laid) -> bool {
        // Without a rule that could be met there is none that covers.
        let (Some(count), true) = (core::num::NonZero::new(laid.words.len()), input.strange.is_empty()) else {
            return false;
        };
        if laid.governs == Some(false) {
            return false;
        }
        let [whole, items, subjects, purposes, legs, origins] = &laid.rows;
        let members = |row| members(row, count.get());
        for (i, item) in members(items) {
            for (s, subject) in members(subjects) {
                for (p, purpose) in members(purposes) {
                    for (l, leg) in members(legs) {
                        for (o, origin) in members(origins) {
                            let point = || Point::at(self, input, [i, s, p, l, o]);
                            let rows = [whole.as_slice(), item, subject, purpose, leg, origin];
                            if !self.allows_rows(laid, rows, point) {
                                return false;
                            }
                        }
                    }
                }
            }
        }
        true
    }

    /// Whether nothing stands against a point, by the rows of its members.
    #[inline]
    fn allows_rows<'a>(&self, laid: &Laid, rows: [&[Cell]; 6], point: impl Fn() -> Option<Point<'a>>) -> bool {
        if laid.governs.is_none() && !point().is_some_and(|point| self.governs(&point)) {
            return false;
        }
        let mut covered = false;
        let [whole, item, subject, purpose, leg, origin] = rows;
        let cells = whole.iter().zip(item).zip(subject).zip(purpose).zip(leg).zip(origin);
        for (at, (((((whole, item), subject), purpose), leg), origin)) in laid.words.iter().zip(cells) {
            let met = whole.and(*item).and(*subject).and(*purpose).and(*leg).and(*origin);
            let kinds = self.index.kinds(*at);
            covered |= met.sure & kinds.allow != 0;
            let covers = kinds.allow & if covered { u64::MAX } else { !met.open };
            let asked = met.may & !(kinds.silent | met.obeyed | covers);
            // What isn't excluded, and certainly not obeyed, stands against the point, unless there is an exception.
            if asked & kinds.asks() & !met.open != 0 && self.index.waivers().is_empty() {
                return false;
            }
            if asked != 0 && !point().is_some_and(|point| self.allows_asked(&point, *at, asked, met.sure, &mut covered))
            {
                return false;
            }
        }
        covered
    }

    /// The rules of a word that the rows don't settle: whether none stands against the point.
    #[cold]
    fn allows_asked(&self, point: &Point<'_>, at: usize, asked: u64, sure: u64, covered: &mut bool) -> bool {
        let waived = self.waived(point);
        bits(asked).all(|bit| {
            let Some(rule) = self.image.rules.get(at * 64 + bit) else { return true };
            let in_scope = |sight| if sure >> bit & 1 != 0 { Truth::True } else { point.scope(&rule.parts, sight) };
            point.passes(rule, &waived, in_scope, covered)
        })
    }
}

/// The members of a list, each with its number and its cells.
#[inline]
fn members(row: &[Cell], words: usize) -> impl Iterator<Item = (u32, &[Cell])> {
    (0..).zip(row.chunks_exact(words))
}

/// Of the rules of a word, those that some member of each list leaves.
fn left(rows: &[Vec<Cell>; 6], word: usize, words: usize) -> u64 {
    let of = |row: &Vec<Cell>| row.iter().skip(word).step_by(words).fold(0, |all, cell| all | cell.may);
    rows.iter().fold(u64::MAX, |left, row| left & of(row))
}
