//! Questions: what could be stated to settle a truth that is unknown.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::explain::Explainer;
use super::input::{Val, Word};
use super::point::{Indices, Point, Sight};
use crate::image::{About, Condition, DataList, Facet, Fact, Key, List, Part, Pick, Scope, Slot, Value};
use crate::operation::Retention;
use crate::truth::Truth;

impl Explainer<'_> {
    pub(super) fn ask(&mut self, rank: u8, path: &str, text: &str) {
        self.questions.entry((rank, path.to_string())).or_insert_with(|| text.to_string());
    }

    pub(super) fn unsettled(&mut self, at: Indices, parts: &[Part], sight: Sight) {
        let unknown: Vec<Scope> = match self.points.get(&at) {
            Some(point) => {
                let unmet = point.unmet(parts, sight).into_iter();
                unmet.filter(|(_, truth)| *truth == Truth::Unknown).map(|(part, _)| part.scope.clone()).collect()
            }
            None => return,
        };
        for scope in unknown {
            match scope {
                Scope::Slot((slot, list)) => {
                    self.ask_slot(at, slot);
                    let (List::These(picks) | List::AnyExcept(picks)) = list else { continue };
                    if picks.contains(&Pick::Authorised) {
                        self.ask_authorised(at);
                    }
                    if slot == Slot::Action {
                        // What the action implies turns on where the data goes.
                        let legs = [Slot::Recipient, Slot::Place, Slot::Origin];
                        let missing =
                            |slot: &Slot| self.points.get(&at).is_some_and(|point| point.word(*slot) == Word::Missing);
                        let untold: Vec<Slot> = legs.into_iter().filter(missing).collect();
                        let asked = if untold.is_empty() { legs.to_vec() } else { untold };
                        asked.into_iter().for_each(|slot| self.ask_slot(at, slot));
                    }
                }
                Scope::Data(list) => self.ask_data(at, &list, sight),
                Scope::Measures(_) => self.ask_measures(at),
                Scope::When(condition) | Scope::Unless(condition) => self.causes(at, condition),
            }
        }
    }

    pub(super) fn ask_slot(&mut self, at: Indices, slot: Slot) {
        let (path, told) = self.spoken(at, slot);
        let Some(point) = self.points.get(&at) else { return };
        match point.word(slot) {
            Word::Missing => {
                let none = if matches!(slot, Slot::Action | Slot::Role) { "" } else { ", or that there is none" };
                self.ask(1, &path, &format!("state the {}{none}", slot.word()));
            }
            Word::Term(term) if self.checker.hierarchy(slot.facet()).general(term) => {
                self.ask(1, &path, &format!("say more precisely which `{}` it is", told.unwrap_or_default()));
                self.ask_edges(at, slot.facet(), term);
            }
            Word::Term(term) => self.ask_edges(at, slot.facet(), term),
            Word::None | Word::Strange => {}
        }
    }

    /// Asks for what leaves it open whether a term lies below another one: the time of a dated edge, the facts of a
    /// conditional one.
    fn ask_edges(&mut self, at: Indices, facet: Facet, term: u32) {
        let checker = self.checker;
        let terms = checker.image.facet(facet);
        let hierarchy = checker.hierarchy(facet);
        let above = terms.iter().enumerate().filter(|(index, _)| hierarchy.may(term, *index as u32));
        for edge in above.flat_map(|(_, above)| &above.parents) {
            let Some(Truth::Unknown) = self.points.get(&at).map(|point| point.edge(edge)) else { continue };
            if self.operation.time.is_none() && (edge.period.from.is_some() || edge.period.until.is_some()) {
                self.ask(0, "time", "state when the operation takes place");
            }
            if let Some(when) = edge.when {
                self.causes(at, when);
            }
        }
    }

    pub(super) fn ask_authorised(&mut self, at: Indices) {
        let Some(point) = self.points.get(&at) else { return };
        let Some(recipient) = point.declared() else {
            self.ask_slot(at, Slot::Recipient);
            return;
        };
        let place = point.authorised_place(recipient) == Truth::Unknown;
        let purpose = point.authorised_purpose(recipient) == Truth::Unknown;
        let undated = point.authorised_time(recipient) == Truth::Unknown;
        let no_time = point.input.time.is_none();
        let period = self.checker.image.notice.as_ref().map(|notice| notice.period);
        if place {
            self.ask_slot(at, Slot::Place);
        }
        if purpose {
            self.ask_slot(at, Slot::Purpose);
        }
        if undated && no_time {
            self.ask(0, "time", "state when the operation takes place");
        }
        if let Some(period) = period.filter(|_| undated) {
            self.value_causes(at, period);
        }
    }

    pub(super) fn ask_data(&mut self, at: Indices, list: &DataList, sight: Sight) {
        let path = format!("data[{}]", at[0]);
        let Some(point) = self.points.get(&at) else { return };
        let category = point.item.category;
        let general = match category {
            Word::Term(term) => self.checker.hierarchy(Facet::Data).general(term),
            _ => false,
        };
        let loose =
            point.matches(Facet::Data, point.item.category, self.checker.image.core.unstructured) != Truth::False;
        let (unformed, unlisted) = (point.item.form.is_none(), point.item.contains.is_none());
        let forms = match list {
            DataList::These(picks) | DataList::AnyExcept(picks) => {
                picks.iter().any(|pick| pick.raw || !pick.forms.is_empty())
            }
            DataList::Any => false,
        };
        let name = self.operation.data.get(at[0] as usize).map(|item| item.category.clone()).unwrap_or_default();
        if forms && unformed {
            self.ask(2, &format!("{path}.form"), &format!("state the form of `{name}`, or that it is raw"));
        }
        if let Word::Term(category) = category {
            self.ask_edges(at, Facet::Data, category);
        }
        if general {
            self.ask(2, &format!("{path}.category"), &format!("say more precisely which `{name}` it is"));
        }
        // What an item contains never covers it.
        if loose && unlisted && sight == Sight::Implied {
            self.ask(2, &format!("{path}.contains"), &format!("state which categories `{name}` contains"));
        }
    }

    pub(super) fn ask_measures(&mut self, at: Indices) {
        if self.points.get(&at).is_some_and(|point| !point.leg.complete) {
            self.ask(2, "measures", "state the measures in place");
        }
        self.ask_slot(at, Slot::Recipient);
        // What a declared recipient supplies turns on its authorisation.
        let supplies = self.points.get(&at).and_then(Point::declared).is_some_and(|own| !own.measures.is_empty());
        if supplies {
            self.ask_authorised(at);
        }
    }

    pub(super) fn retention_questions(
        &mut self,
        at: Indices,
        keep: &crate::image::Keep,
        held: &super::retention::Held,
    ) {
        let Some(point) = self.points.get(&at) else { return };
        let stores = point.stores();
        let (uncollected, untimed) = (point.item.collected.is_none(), point.input.time.is_none());
        if held.planned == Truth::Unknown && self.operation.retention == Retention::Unknown {
            self.ask(3, "retention", "state how long the data is to be kept, or that it is kept as agreed");
            if stores == Truth::Unknown {
                self.ask_slot(at, Slot::Action);
            }
        }
        if uncollected
            && (keep.after.is_none() && keep.until.is_none() || matches!(self.operation.retention, Retention::For(_)))
        {
            self.ask(
                3,
                &format!("data[{}].collected", at[0]),
                "state the day on which the data item was collected, or that it is now",
            );
        }
        if untimed {
            self.ask(0, "time", "state when the operation takes place");
        }
        for value in [keep.after, keep.until, keep.at_most, keep.at_least].into_iter().flatten() {
            self.value_causes(at, value);
        }
        if let Some(during) = keep.during {
            self.causes(at, during);
        }
    }

    /// Asks for whatever leaves a condition unknown.
    pub(super) fn causes(&mut self, at: Indices, condition: u32) {
        let checker = self.checker;
        if self.points.get(&at).is_none_or(|point| point.condition(condition) != Truth::Unknown) {
            return;
        }
        match checker.image.conditions.get(condition as usize) {
            Some(Condition::All(of) | Condition::Any(of)) => of.iter().for_each(|part| self.causes(at, *part)),
            Some(Condition::Not(of)) => self.causes(at, *of),
            Some(Condition::Test(test)) => {
                self.value_causes(at, test.left);
                test.right.iter().for_each(|value| self.value_causes(at, *value));
            }
            Some(Condition::Authorised) => self.ask_authorised(at),
            None => {}
        }
    }

    pub(super) fn value_causes(&mut self, at: Indices, value: u32) {
        let checker = self.checker;
        let Some(known) = self.points.get(&at).map(|point| point.value(value)) else { return };
        match checker.image.values.get(value as usize) {
            Some(Value::Slot(slot)) => self.ask_slot(at, *slot),
            Some(Value::Data) => self.ask_data(at, &DataList::Any, Sight::Named),
            Some(Value::Form) if known == Val::Unknown => {
                self.ask(2, &format!("data[{}].form", at[0]), "state the form of the data item");
            }
            Some(Value::Measures) => self.ask_measures(at),
            Some(Value::Time | Value::Age) if self.operation.time.is_none() => {
                self.ask(0, "time", "state when the operation takes place");
            }
            Some(Value::Age | Value::Collected) if known == Val::Unknown => {
                self.ask(
                    3,
                    &format!("data[{}].collected", at[0]),
                    "state the day on which the data item was collected, or that it is now",
                );
            }
            Some(Value::Fact(fact)) if known == Val::Unknown => self.ask_fact(at, *fact),
            Some(Value::Setting(setting)) if known == Val::Unknown => {
                let Some(setting) = checker.image.settings.get(*setting as usize) else { return };
                self.ask(5, &format!("settings.{}", setting.name), &format!("set `{}`", setting.name));
            }
            Some(Value::Table(table)) if matches!(known, Val::Unknown | Val::Either(_)) => {
                match checker.image.tables.get(*table as usize).map(|table| &table.key) {
                    Some(Key::Slot(slot)) => self.ask_slot(at, *slot),
                    Some(Key::Data) => self.ask_data(at, &DataList::Any, Sight::Named),
                    Some(Key::Fact(fact)) => self.ask_fact(at, *fact),
                    None => {}
                }
            }
            Some(Value::Plus((a, b)) | Value::Minus((a, b))) => {
                self.value_causes(at, *a);
                self.value_causes(at, *b);
            }
            Some(Value::Earliest(of) | Value::Latest(of) | Value::Least(of) | Value::Greatest(of)) => {
                of.iter().for_each(|part| self.value_causes(at, *part));
            }
            Some(Value::EndOfMonth(of) | Value::EndOfYear(of)) => self.value_causes(at, *of),
            _ => {}
        }
    }

    fn ask_fact(&mut self, at: Indices, fact: u32) {
        let Some(fact) = self.checker.image.facts.get(fact as usize) else { return };
        if fact.about == About::Recipient {
            let name = self.spoken(at, Slot::Recipient).1.unwrap_or_else(|| "the recipient".into());
            self.ask(5, "recipient", &format!("the declaration of {name} doesn't say `{}`", fact.name));
        } else {
            self.ask(4, &fact_path(at, fact), &format!("state `{}`", fact.name));
        }
    }
}

/// Where an operation tells a fact; a recipient's is told by its declaration.
pub(super) fn fact_path(at: Indices, fact: &Fact) -> String {
    match fact.about {
        About::Operation => format!("facts.{}", fact.name),
        About::Item => format!("data[{}].facts.{}", at[0], fact.name),
        About::Subject => format!("subjects[{}].facts.{}", at[1], fact.name),
        About::Recipient => format!("recipient.{}", fact.name),
    }
}
