//! Words that no rule tells apart: of each such class a few stand for all.
//!
//! A word matters by the terms that rules, declarations, tables and conditions name and that it lies below. Two leaves
//! that lie below the same of them, along the same conditional edges, get the same decisions.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use abey_engine::calendar::{Date, Duration, Moment};
use abey_engine::hierarchy::Hierarchy;
use abey_engine::image::{
    Base, DataList, Edge, Effect, Facet, Image, List, Literal, Means, Pick, Scope, Slot, Term, Value,
};
use abey_engine::value::{FactValue, Number, SCALE};

use super::space::Reach;

/// The words of each facet that stand for all, and the values that rules name.
#[derive(Default)]
pub struct Classes {
    /// For each facet, the words that stand for others, each with all that it stands for.
    of: Vec<BTreeMap<String, Vec<String>>>,
    words: Vec<Vec<String>>,
    texts: Vec<String>,
    lengths: Vec<Duration>,
    literals: Vec<Literal>,
}

impl Classes {
    /// Sorts the words of policies into classes. O(words × terms that are named).
    pub fn of(images: &[&Image], hierarchies: &[Vec<Rc<Hierarchy>>], reach: Reach) -> Self {
        let literals: Vec<Literal> = images.iter().flat_map(|image| literals(image)).collect();
        let mut found = Classes {
            of: Vec::new(),
            words: Vec::new(),
            texts: texts(images, &literals),
            lengths: lengths(&literals),
            literals,
        };
        for facet in Facet::ALL {
            let (words, of) = found.facet(*facet, images, hierarchies, reach);
            found.words.push(words);
            found.of.push(of);
        }
        found
    }

    /// The words of a facet that stand for all.
    pub fn words(&self, facet: Facet) -> &[String] {
        self.words.get(facet as usize).map_or(&[], Vec::as_slice)
    }

    /// What a word stands for.
    pub fn stands_for(&self, facet: Facet, word: &str) -> &[String] {
        self.of.get(facet as usize).and_then(|of| of.get(word)).map_or(&[], Vec::as_slice)
    }

    /// Texts that rules name, and others, one for each fact that is a text.
    pub fn texts(&self) -> &[String] {
        &self.texts
    }

    /// Lengths that rules tell apart.
    pub fn lengths(&self) -> &[Duration] {
        &self.lengths
    }

    /// Members of sets of a type: those that rules name, and one that they don't.
    pub fn members(&self, base: &Base) -> Vec<FactValue> {
        let text = |text: String| FactValue::Text(text);
        let mut found: Vec<FactValue> = Vec::new();
        let mut add = |value: FactValue| {
            if !found.contains(&value) {
                found.push(value);
            }
        };
        let (mut most, mut last) = (0, 0);
        for literal in &self.literals {
            match (base, literal) {
                (Base::Number, Literal::Number(number)) => {
                    most = most.max(number.0);
                    add(FactValue::Number(*number));
                }
                (Base::Date, Literal::Date(day)) => {
                    last = last.max(day.0);
                    add(text(day.to_string()));
                }
                (Base::Instant, Literal::Instant(at)) => add(text(at.to_string())),
                (Base::Duration, Literal::Duration(length)) => add(text(length.iso())),
                _ => {}
            }
        }
        match base {
            Base::Number => add(FactValue::Number(Number(most + SCALE))),
            Base::Date => add(text(Date(last + 1).to_string())),
            Base::Instant => add(text("1970-01-01T00:00:01Z".into())),
            Base::Duration => add(text(Duration::days(99_991).iso())),
            _ => {}
        }
        found
    }

    fn facet(
        &self,
        facet: Facet,
        images: &[&Image],
        hierarchies: &[Vec<Rc<Hierarchy>>],
        reach: Reach,
    ) -> (Vec<String>, BTreeMap<String, Vec<String>>) {
        let named: Vec<Vec<u32>> = images.iter().map(|image| named(image, facet)).collect();
        let index: Vec<BTreeMap<&str, u32>> = images
            .iter()
            .map(|image| {
                let terms = image.facet(facet).iter().enumerate();
                terms.map(|(index, term)| (term.name.as_str(), index as u32)).collect()
            })
            .collect();
        let mut order: Vec<&str> = Vec::new();
        let mut seen = BTreeSet::new();
        for image in images {
            order.extend(image.facet(facet).iter().map(|term| term.name.as_str()).filter(|name| seen.insert(*name)));
        }
        let told = images.iter().flat_map(|image| &image.facts).filter(|fact| fact.kind.base == Base::Term(facet));
        let parts = Slot::ALL.iter().filter(|slot| slot.facet() == facet).count() + usize::from(facet == Facet::Data);
        let facts = told.count();
        let copies = if facts > 0 { parts + facts } else { parts.max(1) };
        let exact = matches!(facet, Facet::Action | Facet::Measure);
        let mut classes: BTreeMap<String, (usize, String)> = BTreeMap::new();
        let mut words: Vec<String> = Vec::new();
        let mut of: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for name in order {
            let (mut leaf, mut ends) = (false, true);
            let mut signature = String::new();
            for (place, image) in images.iter().enumerate() {
                let (Some(own), Some(hierarchy)) = (
                    index.get(place).and_then(|index| index.get(name)).copied(),
                    hierarchies.get(place).and_then(|all| all.get(facet as usize)),
                ) else {
                    signature.push('-');
                    continue;
                };
                leaf |= !hierarchy.general(own);
                let edges = image.facet(facet).iter().flat_map(|term| &term.parents);
                ends &= !edges.filter(|edge| edge.parent == own).any(Edge::is_sure);
                let terms = named.get(place).map_or(&[][..], Vec::as_slice);
                signature += &signed(image, facet, own, hierarchy, terms);
                signature.push('|');
            }
            let wanted = match reach {
                Reach::Full => leaf || exact,
                Reach::Settled => leaf || exact || ends,
                Reach::Partial => true,
            };
            if !wanted {
                continue;
            }
            let (count, first) = classes.entry(signature).or_insert_with(|| (0, name.to_string()));
            if *count < copies || !leaf {
                *count += 1;
                words.push(name.to_string());
                of.entry(name.to_string()).or_default().push(name.to_string());
            } else {
                of.entry(first.clone()).or_default().push(name.to_string());
            }
        }
        (words, of)
    }
}

/// What tells a word from others in a policy.
fn signed(image: &Image, facet: Facet, own: u32, hierarchy: &Hierarchy, named: &[u32]) -> String {
    let mut text = String::with_capacity(named.len() + 8);
    let mut depends = false;
    for term in named {
        let (sure, may, open) = (hierarchy.sure(own, *term), hierarchy.may(own, *term), hierarchy.open(own, *term));
        depends |= may && !sure;
        let digit = u32::from(sure) | u32::from(may) << 1 | u32::from(open) << 2;
        text.push(char::from_digit(digit, 10).unwrap_or('?'));
    }
    let term: Option<&Term> = image.facet(facet).get(own as usize);
    let country = image.core.country;
    let parents = term.map_or(&[][..], |term| &term.parents);
    match facet {
        // Recipients are told apart by what their declarations say.
        Facet::Recipient => {
            if let Some(recipient) = image.recipients.get(own as usize).filter(|_| !hierarchy.general(own)) {
                text += &format!("{recipient:?}");
            }
        }
        // What lies in a country is told apart from what lies in another.
        Facet::Place if hierarchy.may(own, country) && !parents.iter().any(|edge| edge.parent == country) => {
            text += &own.to_string();
        }
        Facet::Place if hierarchy.general(own) => text += &own.to_string(),
        _ => {}
    }
    if depends {
        text += &format!("{parents:?}");
    }
    if hierarchy.general(own) || term.is_some_and(|term| term.containing.is_some()) {
        text += &format!("#{own}");
    }
    text
}

/// The terms of a facet that a policy names, other than by declaring them.
fn named(image: &Image, facet: Facet) -> Vec<u32> {
    let mut found = BTreeSet::new();
    let mut slot = |list: &List| {
        if let List::These(picks) | List::AnyExcept(picks) = list {
            picks.iter().for_each(|pick| {
                if let Pick::Term(term) = pick {
                    found.insert(*term);
                }
            });
        }
    };
    for part in image.rules.iter().flat_map(|rule| &rule.parts) {
        match &part.scope {
            Scope::Slot((own, list)) if own.facet() == facet => slot(list),
            _ => {}
        }
    }
    for part in image.rules.iter().flat_map(|rule| &rule.parts) {
        match &part.scope {
            Scope::Data(DataList::These(picks) | DataList::AnyExcept(picks)) => {
                for pick in picks {
                    match facet {
                        Facet::Data => found.extend(pick.category),
                        Facet::Form => found.extend(&pick.forms),
                        _ => {}
                    }
                }
            }
            Scope::Measures(measures) if facet == Facet::Measure => found.extend(measures),
            _ => {}
        }
    }
    for rule in &image.rules {
        match &rule.effect {
            Effect::Require(demands) => {
                for means in demands.iter().flat_map(|demand| &demand.any) {
                    match (means, facet) {
                        (Means::Measure(term), Facet::Measure)
                        | (Means::Form(term), Facet::Form)
                        | (Means::Basis(term), Facet::Basis) => {
                            found.insert(*term);
                        }
                        _ => {}
                    }
                }
            }
            Effect::Keep(keep) if facet == Facet::Action => found.extend(&keep.then),
            _ => {}
        }
    }
    for literal in literals(image) {
        if let Literal::Term((own, term)) = literal
            && own == facet
        {
            found.insert(term);
        }
    }
    let core = &image.core;
    match facet {
        Facet::Action => found.extend([core.store, core.share, core.transfer, core.dispose, core.delete]),
        Facet::Data => {
            found.insert(core.unstructured);
            for (index, term) in image.facet(facet).iter().enumerate() {
                if let Some(containing) = &term.containing {
                    found.insert(index as u32);
                    found.extend(containing);
                }
            }
        }
        Facet::Place => found.extend(image.recipients.iter().flat_map(|recipient| &recipient.places)),
        Facet::Purpose => found.extend(image.recipients.iter().flat_map(|own| own.purposes.iter().flatten())),
        Facet::Measure => found.extend(image.recipients.iter().flat_map(|recipient| &recipient.measures)),
        _ => {}
    }
    // Lints ask by these words whether or not a policy names them.
    let asked = ASKED.iter().filter(|(own, _)| *own == facet).map(|(_, word)| *word);
    let terms = image.facet(facet);
    found.extend(asked.filter_map(|word| terms.iter().position(|term| term.name == word)).map(|index| index as u32));
    // And which measure is stronger than one that is named.
    if facet == Facet::Measure {
        let stronger =
            terms.iter().enumerate().filter(|(_, term)| term.parents.iter().any(|edge| found.contains(&edge.parent)));
        let stronger: Vec<u32> = stronger.map(|(index, _)| index as u32).collect();
        found.extend(stronger);
    }
    found.into_iter().collect()
}

/// Words that lints ask by.
const ASKED: [(Facet, &str); 7] = [
    (Facet::Data, "special_category"),
    (Facet::Data, "personal_data"),
    (Facet::Place, "EEA"),
    (Facet::Place, "adequate"),
    (Facet::Action, "return"),
    (Facet::Measure, "transfer_tool"),
    (Facet::Measure, "derogation"),
];

/// Every value that a policy writes.
fn literals(image: &Image) -> Vec<Literal> {
    let mut found = Vec::new();
    let mut add = |literal: &Literal| match literal {
        Literal::Set(members) => found.extend(members.iter().cloned()),
        other => found.push(other.clone()),
    };
    for value in &image.values {
        if let Value::Literal(literal) = value {
            add(literal);
        }
    }
    for setting in &image.settings {
        setting.given.iter().for_each(&mut add);
    }
    for table in &image.tables {
        for row in &table.rows {
            row.keys.iter().for_each(&mut add);
            add(&row.value);
        }
        table.otherwise.iter().for_each(&mut add);
    }
    image.recipients.iter().flat_map(|recipient| &recipient.facts).for_each(|(_, literal)| add(literal));
    found
}

fn texts(images: &[&Image], literals: &[Literal]) -> Vec<String> {
    let mut found: BTreeSet<String> = literals
        .iter()
        .filter_map(|literal| match literal {
            Literal::Text(text) => Some(text.clone()),
            _ => None,
        })
        .collect();
    let facts = images.iter().flat_map(|image| &image.facts).filter(|fact| fact.kind.base == Base::Text).count();
    let mut number = 0;
    let mut others = 0;
    while others < facts {
        number += 1;
        others += usize::from(found.insert(format!("text {number}")));
    }
    found.into_iter().collect()
}

/// The lengths that a policy writes, and what lies just beside each.
fn lengths(literals: &[Literal]) -> Vec<Duration> {
    let mut found: Vec<Duration> = vec![Duration::days(0)];
    for literal in literals {
        if let Literal::Duration(length) = literal {
            let Duration { months, days, seconds } = *length;
            // Lengths that can be written: of one unit.
            let beside = match (months, days, seconds) {
                (0, days, 0) => {
                    [Some(*length), days.checked_sub(1).map(Duration::days), Some(Duration::days(days + 1))]
                }
                (months, 0, 0) => {
                    [Some(*length), Some(Duration::days(months * 28 - 1)), Some(Duration::days(months * 31 + 1))]
                }
                (0, 0, seconds) => [
                    Some(*length),
                    Some(Duration { months: 0, days: 0, seconds: seconds - 1 }),
                    Some(Duration { months: 0, days: 0, seconds: seconds + 1 }),
                ],
                _ => [Some(*length), None, None],
            };
            for length in beside.into_iter().flatten().filter(|length| length.in_bounds()) {
                if !found.contains(&length) {
                    found.push(length);
                }
            }
        }
    }
    found
}

/// A day about which the policies are in force: after the days that they write, but for those they end on.
pub fn anchor(images: &[&Image]) -> Date {
    let mut days: Vec<Date> = Vec::new();
    for image in images {
        days.extend(image.layers.iter().filter_map(|layer| layer.in_force.from));
        days.extend(image.recipients.iter().flat_map(|recipient| [recipient.authorised, recipient.notified]).flatten());
        for literal in literals(image) {
            match literal {
                Literal::Date(day) => days.push(day),
                Literal::Instant(at) => days.push(Moment::Instant(at).day(image.offset)),
                _ => {}
            }
        }
    }
    let usual = Date::new(2026, 1, 15).unwrap_or(Date(0));
    days.into_iter().filter(|day| day.civil().0 < 2100).max().map_or(usual, |last| last.max(usual))
}
