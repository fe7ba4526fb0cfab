//! Values at the point, as cases: what a value is, and when it is that.

use std::cmp::Ordering;
use std::rc::Rc;

use abey_engine::calendar::{Duration, Moment};
use abey_engine::image::{About, Base, Facet, Image, Literal, Recipient, Slot, Value};
use abey_engine::limits;
use abey_engine::truth::Truth;
use abey_engine::value::FactValue;

use super::{Encoder, Own, Where};
use crate::prove::circuit::{Bit, Circuit, Kleene, NO, YES};
use crate::prove::order::{Id, Kind};
use crate::prove::space::{Told, World};

/// What a value may be in one case.
#[derive(Clone, Debug, PartialEq)]
pub enum Alt {
    /// Not settled.
    Unknown,
    /// There is none.
    None,
    /// Yes or no.
    Bool(bool),
    /// A day, a moment or a number.
    Quantity(Id),
    /// A length.
    Length(Duration),
    /// A length that rules don't tell apart from others, told by the fact of this number.
    OtherLength(usize),
    /// A text.
    Text(String),
    /// A term; whether the operation told it, or the policy did.
    Term(Facet, u32, bool),
    /// How long ago, from this day.
    Since(Id),
    /// Members, each with when it is one; when there may be more.
    Set(Vec<(Alt, Kleene)>, Bit),
    /// One of these; which isn't known.
    Either(Vec<Alt>),
}

/// A value: cases of which exactly one holds.
pub type Sym = Vec<(Bit, Alt)>;

/// What a setting stands for.
pub enum Setting {
    /// A value.
    To(Alt, Option<Literal>),
    /// What a table yields.
    Table(u32),
}

/// What each setting was set to, else its default.
pub fn settings(image: &Image) -> Vec<Setting> {
    let mut found: Vec<Setting> = Vec::new();
    for setting in &image.settings {
        let default = setting.default.and_then(|default| image.values.get(default as usize));
        let literal = |literal: &Literal| Setting::To(Alt::Unknown, Some(literal.clone()));
        let value = match (&setting.given, default) {
            (Some(given), _) => literal(given),
            (None, Some(Value::Literal(own))) => literal(own),
            (None, Some(Value::Table(table))) => Setting::Table(*table),
            (None, Some(Value::Setting(other))) => match found.get(*other as usize) {
                Some(Setting::To(alt, own)) => Setting::To(alt.clone(), own.clone()),
                Some(Setting::Table(table)) => Setting::Table(*table),
                None => Setting::To(Alt::Unknown, None),
            },
            _ => Setting::To(Alt::Unknown, None),
        };
        found.push(value);
    }
    found
}

/// A value that is this, always.
fn only(alt: Alt) -> Rc<Sym> {
    Rc::new(vec![(YES, alt)])
}

impl Encoder<'_> {
    /// A value at the point.
    pub fn value(&mut self, value: u32, world: &mut World) -> Rc<Sym> {
        if let Some(known) = self.values.get(&value) {
            return Rc::clone(known);
        }
        let image = self.image;
        let found = match image.values.get(value as usize) {
            None => only(Alt::Unknown),
            Some(Value::Literal(literal)) => only(self.literal(literal, world)),
            Some(Value::Slot(slot)) => self.said(Where::Slot(*slot)),
            Some(Value::Data) => self.said(Where::Category),
            Some(Value::Form) => {
                let members = self.forms.iter().map(|(own, bit)| (told(Facet::Form, *own), (*bit).into())).collect();
                untold_or(world.untold.forms, Alt::Set(members, NO))
            }
            Some(Value::Measures) => {
                let (members, open) = self.in_place(world);
                let members = members.into_iter().map(|(own, held)| (told(Facet::Measure, own), held)).collect();
                only(Alt::Set(members, open))
            }
            Some(Value::Time) => untold_or(world.untold.time, Alt::Quantity(world.time)),
            Some(Value::Age) => untold_or(world.untold.collected, Alt::Since(world.collected)),
            Some(Value::Collected) => untold_or(world.untold.collected, Alt::Quantity(world.collected)),
            Some(Value::Fact(fact)) => self.fact(*fact, world),
            Some(Value::Setting(setting)) => match self.settings.get(*setting as usize) {
                Some(Setting::To(_, Some(literal))) => {
                    let literal = literal.clone();
                    only(self.literal(&literal, world))
                }
                Some(Setting::Table(table)) => self.look_up(*table, world),
                _ => only(Alt::Unknown),
            },
            Some(Value::Table(table)) => self.look_up(*table, world),
            Some(Value::Notified) => self.declaration_date(|recipient| recipient.notified, world),
            Some(Value::AuthorisedFrom) => self.declaration_date(|recipient| recipient.authorised, world),
            Some(Value::Plus((a, b))) => self.combined(&[*a, *b], world, |e, parts, w| e.sum(parts, 1, w)),
            Some(Value::Minus((a, b))) => self.combined(&[*a, *b], world, |e, parts, w| e.sum(parts, -1, w)),
            Some(Value::Earliest(of)) => self.extreme(of, Ordering::Less, true, world),
            Some(Value::Latest(of)) => self.extreme(of, Ordering::Greater, false, world),
            Some(Value::Least(of)) => self.extreme(of, Ordering::Less, false, world),
            Some(Value::Greatest(of)) => self.extreme(of, Ordering::Greater, false, world),
            Some(Value::EndOfMonth(of)) => self.combined(&[*of], world, |_, parts, w| match parts {
                [Alt::Quantity(id)] => Alt::Quantity(w.orders.end_of_month(*id)),
                [Alt::None] => Alt::None,
                _ => Alt::Unknown,
            }),
            Some(Value::EndOfYear(of)) => self.combined(&[*of], world, |_, parts, w| match parts {
                [Alt::Quantity(id)] => Alt::Quantity(w.orders.end_of_year(*id)),
                [Alt::None] => Alt::None,
                _ => Alt::Unknown,
            }),
        };
        self.values.insert(value, Rc::clone(&found));
        found
    }

    /// What is written.
    pub fn literal(&self, literal: &Literal, world: &mut World) -> Alt {
        match literal {
            Literal::None => Alt::None,
            Literal::Bool(value) => Alt::Bool(*value),
            Literal::Number(number) => Alt::Quantity(world.orders.number(number.0)),
            Literal::Duration(length) => Alt::Length(*length),
            Literal::Date(day) => Alt::Quantity(world.orders.moment(Moment::Date(*day))),
            Literal::Instant(at) => Alt::Quantity(world.orders.moment(Moment::Instant(*at))),
            Literal::Text(text) | Literal::Choice(text) => Alt::Text(text.clone()),
            Literal::Term((facet, term)) => Alt::Term(*facet, *term, false),
            Literal::Set(members) => {
                Alt::Set(members.iter().map(|one| (self.literal(one, world), Kleene::TRUE)).collect(), NO)
            }
        }
    }

    fn said(&self, part: Where) -> Rc<Sym> {
        Rc::new(self.choices(part).iter().map(|(own, bit)| (*bit, told(part.facet(), *own))).collect())
    }

    /// What is told of a fact.
    pub fn fact(&mut self, fact: u32, world: &mut World) -> Rc<Sym> {
        if let Some(known) = self.facts.get(&fact) {
            return Rc::clone(known);
        }
        let image = self.image;
        let found = match image.facts.get(fact as usize) {
            None => only(Alt::Unknown),
            Some(declared) if declared.about == About::Recipient => {
                let cases = self.recipients().into_iter().map(|(bit, own, recipient)| {
                    let alt = match (own, recipient) {
                        (Own::None, _) => Alt::None,
                        (_, Some(recipient)) => {
                            let literal = recipient.facts.iter().find(|(own, _)| *own == fact);
                            literal.map_or(Alt::Unknown, |(_, literal)| self.literal(literal, world))
                        }
                        _ => Alt::Unknown,
                    };
                    (bit, alt)
                });
                Rc::new(cases.collect())
            }
            Some(declared) => {
                let mut cases = self.told_of(declared.about, &declared.name, &declared.kind.base, world);
                // Of nobody there is nothing to tell.
                if declared.about == About::Subject {
                    let nobody = self.says(Where::Slot(Slot::Subject), Own::None, world);
                    cases = cases.into_iter().map(|(bit, alt)| (world.circuit.and(bit, !nobody), alt)).collect();
                    cases.push((nobody, Alt::None));
                }
                Rc::new(cases)
            }
        };
        self.facts.insert(fact, Rc::clone(&found));
        found
    }

    fn told_of(&self, about: About, name: &str, base: &Base, world: &mut World) -> Sym {
        let found = world.facts.iter().enumerate().find(|(_, fact)| fact.about == about && fact.name == name);
        let Some((number, fact)) = found else { return vec![(YES, Alt::Unknown)] };
        let read = |value: &FactValue| match (base, value) {
            (_, FactValue::Bool(value)) => Alt::Bool(*value),
            (Base::OneOf(words), FactValue::Text(text)) => {
                if words.contains(text) {
                    Alt::Text(text.clone())
                } else {
                    Alt::Unknown
                }
            }
            (Base::Text, FactValue::Text(text)) => Alt::Text(text.clone()),
            (_, FactValue::Text(text)) if text == "none" => Alt::None,
            (Base::Term(facet), FactValue::Text(text)) => match self.find(*facet, text) {
                Some(term) => Alt::Term(*facet, term, true),
                None => Alt::Unknown,
            },
            _ => Alt::Unknown,
        };
        let mut cases: Sym = match &fact.told {
            Told::Choice(values) => values.iter().map(|(value, bit)| (*bit, read(value))).collect(),
            Told::Quantity { present, id, .. } => vec![(*present, Alt::Quantity(*id)), (!*present, Alt::None)],
            Told::Length { of, none, other } => {
                let lengths = of.iter().map(|(length, bit)| (*bit, Alt::Length(*length)));
                lengths.chain([(*none, Alt::None), (*other, Alt::OtherLength(number))]).collect()
            }
            Told::Set(members) => {
                let members = members.iter().map(|(value, bit)| (read(value), Kleene::from(*bit))).collect();
                vec![(YES, Alt::Set(members, NO))]
            }
        };
        if fact.unknown != NO {
            let unknown = fact.unknown;
            cases = cases.into_iter().map(|(bit, alt)| (world.circuit.and(bit, !unknown), alt)).collect();
            cases.push((unknown, Alt::Unknown));
        }
        cases
    }

    fn declaration_date(
        &self,
        date: fn(&Recipient) -> Option<abey_engine::calendar::Date>,
        world: &mut World,
    ) -> Rc<Sym> {
        let cases = self.recipients().into_iter().map(|(bit, own, recipient)| {
            let alt = match (own, recipient.and_then(date)) {
                (Own::None, _) => Alt::None,
                (_, Some(day)) => Alt::Quantity(world.orders.moment(Moment::Date(day))),
                _ => Alt::Unknown,
            };
            (bit, alt)
        });
        Rc::new(cases.collect())
    }

    /// What `result` makes of each combination of cases, each with when it is the case. Past
    /// [`limits::WAYS`] combinations nothing is followed.
    pub fn each<T>(
        &mut self,
        values: &[&Sym],
        world: &mut World,
        result: impl Fn(&mut Self, &[Alt], &mut World) -> T,
    ) -> Vec<(Bit, T)> {
        let mut combinations: Vec<(Bit, Vec<Alt>)> = vec![(YES, Vec::new())];
        for value in values {
            let mut next = Vec::new();
            for (guard, parts) in &combinations {
                for (bit, alt) in value.iter() {
                    let both = world.circuit.and(*guard, *bit);
                    if both != NO {
                        let mut parts = parts.clone();
                        parts.push(alt.clone());
                        next.push((both, parts));
                    }
                }
            }
            combinations = next;
            if combinations.len() > 16 * limits::WAYS {
                world.vague.get_or_insert_with(|| "a value has too many cases".into());
                let unknown = values.iter().map(|_| Alt::Unknown).collect();
                combinations = vec![(YES, unknown)];
                break;
            }
        }
        let mut found = Vec::with_capacity(combinations.len());
        for (guard, parts) in combinations {
            found.push((guard, result(self, &parts, world)));
        }
        found
    }

    /// Each way that values which aren't settled could turn out.
    pub fn ways(parts: &[Alt]) -> Vec<Vec<Alt>> {
        let mut found: Vec<Vec<Alt>> = vec![Vec::new()];
        for part in parts {
            let of = match part {
                Alt::Either(of) => of.clone(),
                one => vec![one.clone()],
            };
            found =
                found.iter().flat_map(|way| of.iter().map(|one| [way.clone(), vec![one.clone()]].concat())).collect();
        }
        found
    }

    fn combined(
        &mut self,
        values: &[u32],
        world: &mut World,
        result: impl Fn(&mut Self, &[Alt], &mut World) -> Alt,
    ) -> Rc<Sym> {
        let parts: Vec<Rc<Sym>> = values.iter().map(|value| self.value(*value, world)).collect();
        let parts: Vec<&Sym> = parts.iter().map(Rc::as_ref).collect();
        let cases = self.each(&parts, world, |encoder, parts, world| {
            let ways: Vec<Alt> = Self::ways(parts).iter().map(|way| result(encoder, way, world)).collect();
            either(ways)
        });
        Rc::new(joined(&mut world.circuit, cases))
    }

    /// A sum (1) or a difference (-1).
    fn sum(&self, parts: &[Alt], sign: i8, world: &mut World) -> Alt {
        match parts {
            [Alt::None, _] | [_, Alt::None] => Alt::None,
            [Alt::Quantity(a), Alt::Quantity(b)] => {
                match (world.orders.written_number(*a), world.orders.written_number(*b)) {
                    (_, Some(by)) if sign > 0 || by != i64::MIN => {
                        Alt::Quantity(world.orders.more(*a, if sign > 0 { by } else { -by }))
                    }
                    (Some(by), None) if sign > 0 => Alt::Quantity(world.orders.more(*b, by)),
                    _ if world.orders.kind(*a) == Kind::Number && world.orders.kind(*b) == Kind::Number => {
                        Alt::Quantity(world.orders.sum(*a, *b, sign))
                    }
                    _ => Alt::Unknown,
                }
            }
            [Alt::Quantity(id), Alt::Length(by)] | [Alt::Length(by), Alt::Quantity(id)]
                if world.orders.kind(*id) != Kind::Number =>
            {
                Alt::Quantity(world.orders.moved(*id, *by, sign))
            }
            [Alt::Quantity(id), Alt::OtherLength(fact)] | [Alt::OtherLength(fact), Alt::Quantity(id)] => {
                Alt::Quantity(world.orders.moved_by_other(*id, *fact, sign))
            }
            [Alt::Length(a), Alt::Length(b)] if sign > 0 => a.plus(*b).map_or(Alt::Unknown, Alt::Length),
            [Alt::OtherLength(fact), Alt::Length(_) | Alt::OtherLength(_)]
            | [Alt::Length(_), Alt::OtherLength(fact)]
                if sign > 0 =>
            {
                Alt::OtherLength(*fact)
            }
            _ => Alt::Unknown,
        }
    }

    fn extreme(&mut self, of: &[u32], order: Ordering, skip_none: bool, world: &mut World) -> Rc<Sym> {
        let parts: Vec<Rc<Sym>> = of.iter().map(|value| self.value(*value, world)).collect();
        let parts: Vec<&Sym> = parts.iter().map(Rc::as_ref).collect();
        let cases = self.each(&parts, world, |encoder, parts, world| {
            // Which of several it is depends on their order: cases within the case.
            let ways = Self::ways(parts);
            match ways.as_slice() {
                [one] => encoder.first(one, order, skip_none, world),
                ways => {
                    let mut found = Vec::new();
                    for way in ways {
                        match encoder.first(way, order, skip_none, world).as_slice() {
                            [(_, alt)] => found.push(alt.clone()),
                            _ => {
                                world
                                    .vague
                                    .get_or_insert_with(|| "which of several days comes first isn't followed".into());
                                found.push(Alt::Unknown);
                            }
                        }
                    }
                    vec![(YES, either(found))]
                }
            }
        });
        let mut found: Vec<(Bit, Alt)> = Vec::new();
        for (guard, inner) in cases {
            for (bit, alt) in inner {
                found.push((world.circuit.and(guard, bit), alt));
            }
        }
        Rc::new(joined(&mut world.circuit, found))
    }

    /// The first of several in an order, as cases.
    fn first(&mut self, values: &[Alt], order: Ordering, skip_none: bool, world: &mut World) -> Sym {
        if !skip_none && values.contains(&Alt::None) {
            return vec![(YES, Alt::None)];
        }
        let known: Vec<&Alt> = values.iter().filter(|value| **value != Alt::None).collect();
        if known.is_empty() {
            return vec![(YES, Alt::None)];
        }
        let mut found: Sym = Vec::new();
        let mut earlier = NO;
        for one in &known {
            if **one == Alt::Unknown {
                continue;
            }
            let mut beats = Vec::new();
            for other in &known {
                beats.push(self.beats(one, other, order, world));
            }
            let wins = world.circuit.all(beats);
            let guard = world.circuit.and(wins, !earlier);
            earlier = world.circuit.or(earlier, wins);
            if guard != NO {
                found.push((guard, (*one).clone()));
            }
        }
        if earlier != YES {
            found.push((!earlier, Alt::Unknown));
        }
        found
    }

    fn beats(&mut self, one: &Alt, other: &Alt, order: Ordering, world: &mut World) -> Bit {
        if one == other {
            return YES;
        }
        match (one, other) {
            (Alt::Quantity(a), Alt::Quantity(b)) => {
                let found = world.orders.order(&mut world.circuit, *a, *b);
                let (first, last) =
                    if order == Ordering::Less { (found.less, found.greater) } else { (found.greater, found.less) };
                // Two that are equal and of one kind are the same.
                if world.orders.kind(*a) == world.orders.kind(*b) { !last } else { first }
            }
            (Alt::Length(a), Alt::Length(b)) => (lengths(*a, *b) == Some(order)).into(),
            (Alt::OtherLength(_), Alt::Length(_) | Alt::OtherLength(_)) | (Alt::Length(_), Alt::OtherLength(_)) => {
                world.whichever(&format!("{one:?} {order:?} {other:?}")).sure
            }
            _ => NO,
        }
    }
}

/// The order of two lengths, where every calendar agrees; of two that are equally long, the one in smaller units is less.
fn lengths(a: Duration, b: Duration) -> Option<Ordering> {
    let order = match (a.at_most(b), b.at_most(a)) {
        (Truth::True, Truth::True) => Ordering::Equal,
        (Truth::True, _) => Ordering::Less,
        (_, Truth::True) => Ordering::Greater,
        _ => return None,
    };
    Some(order.then((a.months, a.days).cmp(&(b.months, b.days))))
}

/// One of these, each counted once; unknown where there are none, or too many.
pub fn either(of: Vec<Alt>) -> Alt {
    let mut found: Vec<Alt> = Vec::new();
    for alt in of {
        if !found.contains(&alt) {
            found.push(alt);
        }
        if found.len() > limits::WAYS {
            return Alt::Unknown;
        }
    }
    match found.as_slice() {
        [] => Alt::Unknown,
        [one] => one.clone(),
        _ => Alt::Either(found),
    }
}

/// The same cases, those with one value joined.
pub fn joined(circuit: &mut Circuit, cases: Vec<(Bit, Alt)>) -> Sym {
    let mut found: Vec<(Vec<Bit>, Alt)> = Vec::new();
    for (bit, alt) in cases {
        match found.iter_mut().find(|(_, own)| *own == alt) {
            Some((bits, _)) => bits.push(bit),
            None => found.push((vec![bit], alt)),
        }
    }
    if let [(_, alt)] = found.as_slice() {
        return vec![(YES, alt.clone())];
    }
    found.into_iter().map(|(bits, alt)| (circuit.any(bits), alt)).filter(|(bit, _)| *bit != NO).collect()
}

fn told(facet: Facet, own: Own) -> Alt {
    match own {
        Own::Missing | Own::Strange => Alt::Unknown,
        Own::None => Alt::None,
        Own::Term(term) => Alt::Term(facet, term, true),
    }
}

fn untold_or(untold: Bit, alt: Alt) -> Rc<Sym> {
    if untold == NO { only(alt) } else { Rc::new(vec![(untold, Alt::Unknown), (!untold, alt)]) }
}
