//! What rules demand word by word: a measure, a form, a word in a slot. Which words certainly meet which of these demands is
//! found once, when a policy is loaded, so that a point meets all demands of a rule with one look.

use alloc::vec;
use alloc::vec::Vec;

use super::point::Point;
use super::quick::Conditions;
use super::val::Word;
use crate::hierarchy::{Hierarchy, Relation};
use crate::image::{Demand, Effect, Facet, Image, Means, Slot};

/// So many demands are met by words, a bit for each; what a policy demands beyond them is looked at one by one.
const MOST: usize = 63;
/// The demands of a rule that no word certainly meets.
const NEVER: u64 = u64::MAX;

/// Which words meet which demands.
#[derive(Debug)]
pub(super) struct Demanded {
    /// For each measure, the demands that it meets; none at all where none is demanded.
    measures: Vec<u64>,
    /// The same of forms.
    forms: Vec<u64>,
    /// The same of the words of the slots that something is demanded of.
    slots: Vec<(Slot, Vec<u64>)>,
    /// For each rule, its demands, where words can meet all of them.
    rules: Vec<u64>,
}

/// A demand that a word meets.
#[derive(PartialEq)]
enum Asked<'p> {
    Measure(u32),
    Form(u32),
    /// One of these words.
    Slot(Slot, &'p [u32]),
}

/// Whether something asked is met by a word, of which it is told what it certainly lies below.
type Asks<'f> = dyn Fn(&Asked<'_>, &dyn Fn(u32) -> bool) -> bool + 'f;

impl Demanded {
    /// O(demands + terms of a facet), each with up to [`MOST`] looks.
    pub fn of(image: &Image, conditions: &Conditions, hierarchies: &[Hierarchy]) -> Self {
        let mut found: Vec<Asked<'_>> = Vec::new();
        let mut bit = |demand: &Demand| {
            let [means] = &*demand.any else { return None };
            let asked = match means {
                Means::Measure(measure) => Asked::Measure(*measure),
                Means::Form(form) => Asked::Form(*form),
                Means::Condition(condition) => {
                    conditions.words(*condition).map(|(slot, words)| Asked::Slot(slot, words))?
                }
                Means::Basis(_) => return None,
            };
            let at = found.iter().position(|known| *known == asked).unwrap_or(found.len());
            if at == MOST {
                return None;
            }
            if at == found.len() {
                found.push(asked);
            }
            Some(1 << at)
        };
        let mut demands = |effect: &Effect| match effect {
            Effect::Require(demands) => demands.iter().try_fold(0, |all, demand| Some(all | bit(demand)?)),
            _ => None,
        };
        let rules = image.rules.iter().map(|rule| demands(&rule.effect).unwrap_or(NEVER)).collect();
        let rows = |facet: Facet, asks: &Asks<'_>| {
            let mut rows = vec![0; image.facet(facet).len()];
            for (term, row) in rows.iter_mut().enumerate() {
                let lies = |above: u32| {
                    let own = hierarchies.get(facet as usize);
                    own.is_some_and(|own| own.relation(term as u32, above) == Relation::Sure)
                };
                let met = found.iter().enumerate().filter(|(_, asked)| asks(asked, &lies));
                *row = met.fold(0, |all, (bit, _)| all | 1 << bit);
            }
            if rows.iter().all(|row| *row == 0) { Vec::new() } else { rows }
        };
        let of_slot = |slot: Slot| {
            let own = |asked: &Asked<'_>| matches!(asked, Asked::Slot(of, _) if *of == slot);
            found.iter().any(own).then(|| {
                let asks = |asked: &Asked<'_>, lies: &dyn Fn(u32) -> bool| {
                    matches!(asked, Asked::Slot(of, words) if *of == slot && words.iter().any(|word| lies(*word)))
                };
                (slot, rows(slot.facet(), &asks))
            })
        };
        Demanded {
            measures: rows(Facet::Measure, &|asked, lies| matches!(asked, Asked::Measure(own) if lies(*own))),
            forms: rows(Facet::Form, &|asked, lies| matches!(asked, Asked::Form(own) if lies(*own))),
            slots: Slot::ALL.iter().filter_map(|slot| of_slot(*slot)).collect(),
            rules,
        }
    }

    /// Whether all demands of a rule are among these.
    #[inline]
    pub fn meets(&self, rule: usize, met: u64) -> bool {
        self.rules.get(rule).is_some_and(|demands| demands & !met == 0)
    }
}

impl Point<'_> {
    /// The demands that the words of the point certainly meet.
    #[inline]
    pub fn meets(&self) -> u64 {
        let demanded = &self.checker.demanded;
        let of = |rows: &[u64], word: &Word| match word {
            Word::Term(term) => rows.get(*term as usize).copied().unwrap_or(0),
            _ => 0,
        };
        let all = |rows: &[u64], words: &[Word]| {
            if rows.is_empty() {
                return 0;
            }
            self.count(words.len());
            words.iter().fold(0, |all, word| all | of(rows, word))
        };
        let forms = self.item.form.as_deref().unwrap_or(&[]);
        let slots = demanded.slots.iter().fold(0, |all, (slot, rows)| all | of(rows, &self.word(*slot)));
        all(&demanded.measures, &self.leg.measures) | all(&demanded.forms, forms) | slots
    }
}
