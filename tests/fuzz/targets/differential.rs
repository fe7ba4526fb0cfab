//! An operation made of bytes, in the words of a policy: its verdict and its decision agree, and a checker that read the
//! same image from bytes decides the same.

#![no_main]

use std::sync::LazyLock;

use abey::image::{Base, Facet, Image};
use abey::{FactValue, Item, Leg, Operation, Policy, ToJson, Told};
use libfuzzer_sys::fuzz_target;

static POLICIES: LazyLock<[Policy; 2]> = LazyLock::new(|| {
    let compiled = Policy::compile(include_str!("../../../policies/conma/policy.abey")).expect("a policy of the project");
    let loaded = Policy::load(compiled.image()).expect("what compiles loads");
    [compiled, loaded]
});

fuzz_target!(|bytes: &[u8]| {
    let [compiled, loaded] = &*POLICIES;
    let operation = Made { bytes: bytes.iter(), image: compiled.tables() }.operation();
    let decision = compiled.check(&operation);
    assert_eq!(loaded.check(&operation), decision);
    match compiled.verdict(&operation) {
        Ok(verdict) => assert_eq!(verdict, decision.verdict),
        Err(fault) => assert!(!decision.is_allowed(), "{fault}"),
    }
    // The same operation, written and read.
    if let Ok(read) = Operation::from_json(&operation.to_json().to_string()) {
        assert_eq!(loaded.check(&read), decision);
    }
    // Each point alone (law 6), for operations of several items.
    if operation.data.len() > 1 && compiled.verdict(&operation).is_ok() {
        let alone = |item: &Item| Operation { data: vec![item.clone()], ..operation.clone() };
        let all = operation.data.iter().all(|item| compiled.check(&alone(item)).is_allowed());
        assert_eq!(all, decision.is_allowed());
    }
});

/// Makes an operation: each choice takes a byte, and where there are no more, the first.
struct Made<'a> {
    bytes: std::slice::Iter<'a, u8>,
    image: &'a Image,
}

impl Made<'_> {
    fn pick(&mut self, count: usize) -> usize {
        let byte = self.bytes.next().copied().unwrap_or(0);
        usize::from(byte) % count.max(1)
    }

    /// A word of a facet, `none`, or one that it doesn't have. Facets have more words than a byte has values.
    fn word(&mut self, facet: Facet) -> String {
        let terms = self.image.facet(facet);
        let index = self.pick(256) + 256 * self.pick(4);
        match terms.get(index % (terms.len() + 2)) {
            Some(term) => term.name.clone(),
            None if index % 2 == 0 => "none".into(),
            None => "strange".into(),
        }
    }

    fn words(&mut self, facet: Facet, most: usize) -> Vec<String> {
        (0..self.pick(most + 1)).map(|_| self.word(facet)).filter(|word| word != "none").collect()
    }

    fn operation(&mut self) -> Operation {
        let items: Vec<Item> = (0..1 + self.pick(3)).map(|_| self.item()).collect();
        let mut operation = Operation { action: self.word(Facet::Action), data: items, ..Operation::default() };
        for _ in 0..self.pick(3) {
            operation = operation.purpose(&self.word(Facet::Purpose));
        }
        for _ in 0..self.pick(3) {
            operation = operation.origin(&self.word(Facet::Place));
        }
        match self.pick(4) {
            0 => {}
            1 => operation.legs = (0..1 + self.pick(2)).map(|_| self.leg()).collect(),
            _ => operation = operation.recipient(&self.word(Facet::Recipient)).place(&self.word(Facet::Place)),
        }
        if self.pick(2) == 1 {
            operation = operation.actor(&self.word(Facet::Actor));
        }
        if self.pick(2) == 1 {
            operation = operation.basis(&self.word(Facet::Basis));
        }
        if self.pick(2) == 1 {
            operation.measures = Some(self.words(Facet::Measure, 4));
        }
        if self.pick(2) == 1 {
            operation.retention = match self.pick(4) {
                0 => abey::Retention::None,
                1 => abey::Retention::Agreed,
                _ => abey::Retention::For(abey::calendar::Duration { months: self.pick(40) as u32, days: self.pick(99) as u32, seconds: 0 }),
            };
        }
        if self.pick(2) == 1 {
            operation.time = Some(self.day().start(0));
        }
        let facts = self.image.facts.clone();
        for fact in facts.iter().filter(|fact| fact.about == abey::image::About::Operation) {
            if self.pick(2) == 1 {
                let value = if fact.kind.set {
                    FactValue::Set((0..self.pick(3)).map(|_| self.value(&fact.kind.base)).collect())
                } else {
                    self.value(&fact.kind.base)
                };
                operation.facts.push((fact.name.clone(), value));
            }
        }
        operation
    }

    fn item(&mut self) -> Item {
        let mut item = Item::new(&self.word(Facet::Data));
        if self.pick(2) == 1 {
            item.form = Some(self.words(Facet::Form, 3));
        }
        if self.pick(2) == 1 {
            item.contains = Some(self.words(Facet::Data, 2));
        }
        item.collected = match self.pick(3) {
            0 => abey::Collected::Unknown,
            1 => abey::Collected::Now,
            _ => abey::Collected::On(self.day()),
        };
        item
    }

    fn leg(&mut self) -> Leg {
        let mut leg = Leg::default();
        let told = |word: String| if word == "none" { Told::None } else { Told::Is(word) };
        leg.recipient = told(self.word(Facet::Recipient));
        leg.place = told(self.word(Facet::Place));
        leg.measures = (self.pick(2) == 1).then(|| self.words(Facet::Measure, 3));
        leg
    }

    /// A day of a few years around the policy's own, or one of the ends of the calendar.
    fn day(&mut self) -> abey::calendar::Date {
        let days = match self.pick(8) {
            0 => i64::MIN,
            1 => i64::MAX,
            _ => 20_000 + 8 * self.pick(256) as i64,
        };
        abey::calendar::Date(0).plus_days(days)
    }

    fn value(&mut self, base: &Base) -> FactValue {
        match base {
            Base::YesNo => FactValue::Bool(self.pick(2) == 1),
            Base::Number => FactValue::from(self.pick(256) as i32 - 100),
            Base::Duration => FactValue::Text(format!("P{}D", self.pick(256))),
            Base::Date if self.pick(4) == 0 => FactValue::from("none"),
            Base::Date => FactValue::Text(self.day().to_string()),
            Base::Instant => FactValue::Text(self.day().start(0).to_string()),
            Base::Text => FactValue::from("x"),
            Base::OneOf(words) => FactValue::Text(words[self.pick(words.len())].clone()),
            Base::Term(facet) => FactValue::Text(self.word(*facet)),
        }
    }
}
