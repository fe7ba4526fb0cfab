//! Smaller operations: with fewer items, fewer words, or less told.

use crate::{Collected, FactValue, Facts, Leg, Operation, Retention, Told};

/// Every operation that is one step smaller, those that leave out most first. Each tells less: a part with several values
/// loses one, then tells that there is none, then nothing.
pub(super) fn smaller(operation: &Operation) -> Vec<Operation> {
    let mut found = Found { operation, smaller: Vec::new() };
    found.lists();
    found.parts();
    found.items();
    found.smaller
}

/// The operation, and what was found.
struct Found<'a> {
    operation: &'a Operation,
    smaller: Vec<Operation>,
}

impl Found<'_> {
    /// Adds the operation so changed, where that is another.
    fn with(&mut self, change: impl FnOnce(&mut Operation)) {
        let mut smaller = self.operation.clone();
        change(&mut smaller);
        if smaller != *self.operation {
            self.smaller.push(smaller);
        }
    }

    /// Fewer items, legs, subjects, purposes and origins.
    fn lists(&mut self) {
        let Operation { data, subjects, purposes, legs, origins, .. } = self.operation;
        for index in (0..data.len()).filter(|_| data.len() > 1) {
            self.with(|o| drop(o.data.remove(index)));
        }
        for index in (0..legs.len()).filter(|_| legs.len() > 1) {
            self.with(|o| drop(o.legs.remove(index)));
        }
        if let [Leg { recipient, place, measures }] = legs.as_slice() {
            self.with(|o| {
                o.legs.clear();
                (o.recipient, o.place) = (recipient.clone(), place.clone());
                let both = o.measures.take().zip(measures.clone());
                o.measures = both.map(|(own, more)| own.into_iter().chain(more).collect());
            });
        }
        self.told(subjects, |o| &mut o.subjects);
        self.told(purposes, |o| &mut o.purposes);
        self.told(origins, |o| &mut o.origins);
    }

    fn told<T: Clone>(&mut self, told: &Told<Vec<T>>, part: impl Fn(&mut Operation) -> &mut Told<Vec<T>>) {
        self.with(|o| *part(o) = Told::Unknown);
        let Told::Is(values) = told else { return };
        self.with(|o| *part(o) = Told::None);
        for index in (0..values.len()).filter(|_| values.len() > 1) {
            let fewer = without(values, index);
            self.with(|o| *part(o) = Told::Is(fewer));
        }
    }

    /// Parts with one value, measures and facts.
    fn parts(&mut self) {
        let parts: [fn(&mut Operation) -> &mut Told<String>; 4] =
            [|o| &mut o.recipient, |o| &mut o.place, |o| &mut o.actor, |o| &mut o.basis];
        for part in parts {
            self.with(|o| *part(o) = Told::Unknown);
            self.with(|o| {
                if let told @ Told::Is(_) = part(o) {
                    *told = Told::None;
                }
            });
        }
        self.with(|o| o.role = None);
        self.with(|o| o.time = None);
        self.set(self.operation.measures.as_ref(), |o| Some(&mut o.measures));
        for retention in [Retention::Unknown, Retention::None, Retention::Agreed] {
            if rank(retention) < rank(self.operation.retention) {
                self.with(|o| o.retention = retention);
            }
        }
        self.facts(&self.operation.facts, |o| Some(&mut o.facts));
        for index in 0..self.operation.legs.len() {
            self.with(|o| o.legs.iter_mut().skip(index).take(1).for_each(|leg| leg.place = Told::Unknown));
            self.with(|o| o.legs.iter_mut().skip(index).take(1).for_each(|leg| leg.recipient = Told::Unknown));
            let measures = self.operation.legs.get(index).and_then(|leg| leg.measures.as_ref());
            self.set(measures, |o| o.legs.get_mut(index).map(|leg| &mut leg.measures));
        }
        for (index, subject) in self.operation.subjects.value().into_iter().flatten().enumerate() {
            self.facts(&subject.facts, |o| match &mut o.subjects {
                Told::Is(subjects) => subjects.get_mut(index).map(|subject| &mut subject.facts),
                _ => None,
            });
        }
    }

    /// What is told of each item.
    fn items(&mut self) {
        for (index, item) in self.operation.data.iter().enumerate() {
            self.set(item.form.as_ref(), |o| o.data.get_mut(index).map(|item| &mut item.form));
            self.set(item.contains.as_ref(), |o| o.data.get_mut(index).map(|item| &mut item.contains));
            self.facts(&item.facts, |o| o.data.get_mut(index).map(|item| &mut item.facts));
            let collected = |o: &mut Operation, told: Collected| {
                o.data.iter_mut().skip(index).take(1).for_each(|item| item.collected = told);
            };
            self.with(|o| collected(o, Collected::Unknown));
            if matches!(item.collected, Collected::On(_)) {
                self.with(|o| collected(o, Collected::Now));
            }
        }
    }

    fn set(&mut self, set: Option<&Vec<String>>, part: impl Fn(&mut Operation) -> Option<&mut Option<Vec<String>>>) {
        let Some(words) = set else { return };
        let mut put = |smaller: Option<Vec<String>>| {
            self.with(|o| part(o).into_iter().for_each(|own| own.clone_from(&smaller)));
        };
        put(None);
        put(Some(Vec::new()));
        (0..words.len()).for_each(|index| put(Some(without(words, index))));
    }

    fn facts(&mut self, facts: &Facts, part: impl Fn(&mut Operation) -> Option<&mut Facts>) {
        let mut put = |smaller: Facts| self.with(|o| part(o).into_iter().for_each(|own| own.clone_from(&smaller)));
        put(Facts::new());
        for (index, (_, value)) in facts.iter().enumerate() {
            put(without(facts, index));
            let FactValue::Set(members) = value else { continue };
            let fewer = (0..members.len()).map(|member| without(members, member));
            for set in [Vec::new()].into_iter().chain(fewer) {
                let mut smaller = facts.clone();
                smaller.iter_mut().skip(index).take(1).for_each(|(_, own)| *own = FactValue::Set(set.clone()));
                put(smaller);
            }
        }
    }
}

/// How much a retention tells.
fn rank(retention: Retention) -> u8 {
    match retention {
        Retention::Unknown => 0,
        Retention::None => 1,
        Retention::Agreed => 2,
        Retention::For(_) => 3,
    }
}

fn without<T: Clone>(list: &[T], index: usize) -> Vec<T> {
    list.iter().enumerate().filter(|(at, _)| *at != index).map(|(_, value)| value.clone()).collect()
}
