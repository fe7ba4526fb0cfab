//! Tables: a value looked up by a part of the point or a fact.

use std::rc::Rc;

use abey_engine::image::{Base, Facet, Key, Literal, Row, Table};

use super::values::{Alt, Sym, either, joined};
use super::{Encoder, Own, Where};
use crate::prove::circuit::{Bit, Kleene, NO, YES};
use crate::prove::space::World;

/// How many rows may depend on conditional edges for one word.
const DEPENDENT: usize = 4;

impl Encoder<'_> {
    /// What a table yields here.
    pub fn look_up(&mut self, table: u32, world: &mut World) -> Rc<Sym> {
        let image = self.image;
        let Some(table) = image.tables.get(table as usize) else { return Rc::new(vec![(YES, Alt::Unknown)]) };
        let cases = match &table.key {
            Key::Slot(slot) => self.by_part(table, Where::Slot(*slot), world),
            Key::Data => self.by_part(table, Where::Category, world),
            Key::Fact(fact) => self.by_fact(table, *fact, world),
        };
        Rc::new(joined(&mut world.circuit, cases))
    }

    fn by_part(&mut self, table: &Table, part: Where, world: &mut World) -> Vec<(Bit, Alt)> {
        let mut cases = Vec::new();
        for (own, bit) in self.choices(part).to_vec() {
            for (guard, alt) in self.by_word(table, part.facet(), own, world) {
                cases.push((world.circuit.and(bit, guard), alt));
            }
        }
        cases
    }

    fn by_word(&mut self, table: &Table, facet: Facet, own: Own, world: &mut World) -> Vec<(Bit, Alt)> {
        let hierarchy = self.hierarchy(facet);
        let terms = self.image.facet(facet).len() as u32;
        let leaves: Vec<u32> = match own {
            Own::None => return vec![(YES, self.of_rows(table, |key| *key == Literal::None, world))],
            Own::Term(term) if !hierarchy.general(term) => return self.by_leaf(table, facet, term, world),
            Own::Term(general) => {
                (0..terms).filter(|term| !hierarchy.general(*term) && hierarchy.may(*term, general)).collect()
            }
            Own::Missing | Own::Strange => (0..terms).filter(|term| !hierarchy.general(*term)).collect(),
        };
        let mut found = Vec::new();
        for leaf in leaves {
            match self.by_leaf(table, facet, leaf, world).as_slice() {
                [(_, Alt::Either(of))] => found.extend(of.iter().cloned()),
                [(_, alt)] => found.push(alt.clone()),
                _ => {
                    world.vague.get_or_insert_with(|| format!("the table `{}` depends on conditions", table.name));
                    return vec![(YES, Alt::Unknown)];
                }
            }
        }
        if matches!(own, Own::Missing | Own::Strange) && facet.has_none() {
            found.push(self.of_rows(table, |key| *key == Literal::None, world));
        }
        vec![(YES, either(found))]
    }

    /// The most specific row that a leaf lies below; every one that may be it.
    fn by_leaf(&mut self, table: &Table, facet: Facet, leaf: u32, world: &mut World) -> Vec<(Bit, Alt)> {
        let hierarchy = self.hierarchy(facet);
        let mut matched: Vec<(u32, Kleene, &Row)> = Vec::new();
        for row in &table.rows {
            for key in &row.keys {
                if let Literal::Term((_, term)) = key {
                    let truth = self.word(facet, Own::Term(leaf), *term, world);
                    if !truth.is_false() {
                        matched.push((*term, truth, row));
                    }
                }
            }
        }
        let dependent: Vec<usize> = matched
            .iter()
            .enumerate()
            .filter(|(_, (_, truth, _))| !(truth.sure == YES || (truth.sure == NO && truth.may == YES)))
            .map(|(index, _)| index)
            .collect();
        if dependent.len() > DEPENDENT {
            world.vague.get_or_insert_with(|| format!("the table `{}` depends on many conditions", table.name));
            return vec![(YES, Alt::Unknown)];
        }
        // Each way that the rows which depend on something could turn out: certainly not, perhaps, certainly.
        let mut cases = Vec::new();
        for way in 0..3usize.pow(dependent.len() as u32) {
            let mut guard = vec![];
            let mut settled = matched.clone();
            for (place, index) in dependent.iter().enumerate() {
                let turn = way / 3usize.pow(place as u32) % 3;
                if let Some((_, truth, _)) = settled.get_mut(*index) {
                    let (bits, value) = match turn {
                        0 => ([!truth.may, YES], Kleene::FALSE),
                        1 => ([truth.may, !truth.sure], Kleene::UNKNOWN),
                        _ => ([truth.sure, YES], Kleene::TRUE),
                    };
                    guard.extend(bits);
                    *truth = value;
                }
            }
            let guard = world.circuit.all(guard);
            if guard == NO {
                continue;
            }
            settled.retain(|(_, truth, _)| !truth.is_false());
            let mut found = Vec::new();
            let mut certain = false;
            for (term, truth, row) in &settled {
                let beaten = settled
                    .iter()
                    .any(|(other, held, _)| other != term && *held == Kleene::TRUE && hierarchy.sure(*other, *term));
                if !beaten {
                    found.push(self.literal(&row.value, world));
                    certain |= *truth == Kleene::TRUE;
                }
            }
            if !certain {
                found.push(match &table.otherwise {
                    Some(otherwise) => self.literal(otherwise, world),
                    None => Alt::Unknown,
                });
            }
            cases.push((guard, either(found)));
        }
        cases
    }

    fn by_fact(&mut self, table: &Table, fact: u32, world: &mut World) -> Vec<(Bit, Alt)> {
        let image = self.image;
        let kind = image.facts.get(fact as usize).map(|fact| fact.kind.base.clone());
        let told = self.fact(fact, world);
        let mut cases = Vec::new();
        for (guard, alt) in told.iter() {
            let inner: Vec<(Bit, Alt)> = match (alt, &kind) {
                (Alt::Term(facet, term, _), _) => self.by_word(table, *facet, Own::Term(*term), world),
                (Alt::Unknown, Some(Base::Term(facet))) => self.by_word(table, *facet, Own::Missing, world),
                (Alt::Unknown, Some(Base::OneOf(words))) => {
                    let each = words.iter().map(|word| {
                        self.of_rows(table, |key| matches!(key, Literal::Choice(own) if own == word), world)
                    });
                    vec![(YES, either(each.collect()))]
                }
                (Alt::Unknown, Some(Base::YesNo)) => {
                    let keys = [Literal::Bool(true), Literal::Bool(false), Literal::None];
                    let each = keys.iter().map(|key| self.of_rows(table, |own| own == key, world));
                    vec![(YES, either(each.collect()))]
                }
                (Alt::Unknown, _) => {
                    let mut each: Vec<Alt> = Vec::new();
                    for row in &table.rows {
                        each.push(self.literal(&row.value, world));
                    }
                    each.push(table.otherwise.as_ref().map_or(Alt::Unknown, |own| self.literal(own, world)));
                    vec![(YES, either(each))]
                }
                (alt, _) => self.by_value(table, alt, world),
            };
            for (bit, alt) in inner {
                cases.push((world.circuit.and(*guard, bit), alt));
            }
        }
        cases
    }

    /// The first row with such a key.
    fn by_value(&mut self, table: &Table, told: &Alt, world: &mut World) -> Vec<(Bit, Alt)> {
        let mut cases = Vec::new();
        let mut before = YES;
        for row in &table.rows {
            let mut ways = Vec::new();
            for key in &row.keys {
                let key = self.literal(key, world);
                ways.push(match (told, &key) {
                    (Alt::Quantity(_), Alt::Quantity(_)) | (Alt::OtherLength(_), _) => {
                        self.equal(told, &key, world).sure
                    }
                    _ => (*told == key).into(),
                });
            }
            let here = world.circuit.any(ways);
            cases.push((world.circuit.and(before, here), self.literal(&row.value, world)));
            before = world.circuit.and(before, !here);
        }
        let otherwise = table.otherwise.as_ref().map_or(Alt::Unknown, |own| self.literal(own, world));
        cases.push((before, otherwise));
        cases
    }

    fn of_rows(&self, table: &Table, is_key: impl Fn(&Literal) -> bool, world: &mut World) -> Alt {
        let row = table.rows.iter().find(|row| row.keys.iter().any(&is_key));
        let value = row.map(|row| &row.value).or(table.otherwise.as_ref());
        value.map_or(Alt::Unknown, |value| self.literal(value, world))
    }
}
