//! Lists and demands of rules: words, data with its forms, measures.

use super::Resolver;
use super::terms::{noun, with_article};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{DataList, DataPick, Demand, Facet, List, Means, Pick, Slot};
use crate::syntax::{self, DemandKind, Name};

impl Resolver {
    pub(super) fn list(&mut self, slot: Slot, list: &syntax::List) -> Option<List> {
        match list {
            syntax::List::Any(_) => Some(List::Any),
            syntax::List::These(names) => self.picks(slot, names).map(|picks| List::These(picks.into())),
            syntax::List::AnyExcept(names) => self.picks(slot, names).map(|picks| List::AnyExcept(picks.into())),
        }
    }

    pub(super) fn picks(&mut self, slot: Slot, names: &[Name]) -> Option<Vec<Pick>> {
        self.once(names);
        let mut picks = Vec::new();
        let mut whole = true;
        for name in names {
            let pick = match name.text.as_str() {
                "none" if matches!(slot, Slot::Action | Slot::Role) => {
                    let message =
                        format!("there is always {} {}", if slot == Slot::Action { "an" } else { "a" }, slot.word());
                    self.fault(Diagnostic::error(Code::NeverNone, name.span, message).help("take `none` away"));
                    None
                }
                "none" => Some(Pick::None),
                "authorised" if slot == Slot::Recipient => Some(Pick::Authorised),
                word if slot == Slot::Action
                    && self.find(Facet::Action, word).is_none()
                    && self.find(Facet::Data, word).is_some() =>
                {
                    let fault = self.unknown(Facet::Action, name);
                    self.fault(fault.help(format!("`{word}` is data: write `any of {word}`")));
                    None
                }
                _ => self.term(slot.facet(), name).map(Pick::Term),
            };
            whole &= pick.is_some();
            picks.extend(pick);
        }
        whole.then_some(picks)
    }

    pub(super) fn data_list(&mut self, list: &syntax::DataList) -> Option<DataList> {
        match list {
            syntax::DataList::Any(_) => Some(DataList::Any),
            syntax::DataList::These(picks) => self.data_picks(picks).map(|picks| DataList::These(picks.into())),
            syntax::DataList::AnyExcept(picks) => self.data_picks(picks).map(|picks| DataList::AnyExcept(picks.into())),
        }
    }

    pub(super) fn data_picks(&mut self, picks: &[syntax::DataPick]) -> Option<Vec<DataPick>> {
        let whole = |pick: &syntax::DataPick| {
            let words: Vec<&str> = pick.words.iter().map(|word| word.text.as_str()).collect();
            let span = pick.words.first().zip(pick.words.last()).map(|(first, last)| first.span.to(last.span));
            Name { text: words.join(" "), span: span.unwrap_or_default() }
        };
        self.once(&picks.iter().map(whole).collect::<Vec<_>>());
        let mut found = Vec::new();
        for pick in picks {
            found.push(self.data_pick(&pick.words)?);
        }
        Some(found)
    }

    pub(super) fn data_pick(&mut self, words: &[Name]) -> Option<DataPick> {
        let (category, forms) = words.split_last()?;
        self.once(forms);
        let mut pick = DataPick { category: None, forms: Vec::new(), raw: false };
        for form in forms {
            match form.text.as_str() {
                "raw" => pick.raw = true,
                _ => pick.forms.push(self.form(form)?),
            }
        }
        if category.text == "raw"
            || self.find(Facet::Data, &category.text).is_none() && self.find(Facet::Form, &category.text).is_some()
        {
            let fault = Diagnostic::error(
                Code::FormWithoutData,
                category.span,
                format!("`{}` is a form, and the data that has it isn't named", category.text),
            );
            self.fault(fault.help(format!("write `{} any`, or name the data", category.text)));
            return None;
        }
        if category.text != "any" {
            pick.category = Some(self.term(Facet::Data, category)?);
        }
        if pick.raw && !pick.forms.is_empty() {
            self.fault(
                Diagnostic::error(Code::RawAndFormed, category.span, "raw data has no form")
                    .help("take `raw` or the forms away"),
            );
            return None;
        }
        Some(pick)
    }

    pub(super) fn form(&mut self, name: &Name) -> Option<u32> {
        if self.find(Facet::Form, &name.text).is_none() && self.find(Facet::Data, &name.text).is_some() {
            let fault = Diagnostic::error(
                Code::MissingComma,
                name.span,
                format!("`{}` is data, and only a form can stand before data", name.text),
            );
            self.fault(fault.help(format!("put a comma after `{}`", name.text)));
            return None;
        }
        self.term(Facet::Form, name)
    }

    pub(super) fn demand(&mut self, demand: &syntax::Demand) -> Vec<Demand> {
        let text = self.quote(demand.span);
        match &demand.kind {
            DemandKind::OneOf(means) => {
                self.once(&means.iter().map(|means| means.name.clone()).collect::<Vec<_>>());
                let any: Vec<Means> = means.iter().filter_map(|means| self.means(means)).collect();
                vec![Demand { any, text }]
            }
            DemandKind::Each(means) => {
                let each = means.iter().filter_map(|means| Some((self.means(means)?, means.name.text.clone())));
                each.map(|(means, text)| Demand { any: vec![means], text }).collect()
            }
            DemandKind::Condition(condition) => {
                let inner = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
                let text = inner.unwrap_or(&text).trim().to_string();
                self.condition(condition)
                    .map(|condition| Demand { any: vec![Means::Condition(condition)], text })
                    .into_iter()
                    .collect()
            }
        }
    }

    /// A measure or a form; a word that is both must say which.
    pub(super) fn means(&mut self, means: &syntax::Means) -> Option<Means> {
        let name = &means.name;
        let find = |facet: Facet| self.find(facet, &name.text);
        let (measure, form) = (find(Facet::Measure), find(Facet::Form));
        match (means.facet, measure, form) {
            (Some(Facet::Basis), ..) => self.term(Facet::Basis, name).map(Means::Basis),
            (Some(Facet::Form), ..) => self.term(Facet::Form, name).map(Means::Form),
            (Some(_), ..) => self.term(Facet::Measure, name).map(Means::Measure),
            (None, Some(_), Some(_)) => {
                let fault = Diagnostic::error(
                    Code::FormOrMeasure,
                    name.span,
                    format!("`{}` is both a form and a measure", name.text),
                );
                self.fault(fault.help(format!("write `form {0}` or `measure {0}`", name.text)));
                None
            }
            (None, Some(measure), None) => Some(Means::Measure(measure)),
            (None, None, Some(form)) => Some(Means::Form(form)),
            (None, None, None) => {
                let known = [Facet::Measure, Facet::Form]
                    .into_iter()
                    .flat_map(|facet| self.facet(facet))
                    .map(|term| term.name.as_str());
                let near = abey_engine::nearest::nearest(&name.text, known).map(str::to_string);
                let fault = Diagnostic::error(
                    Code::UnknownWord,
                    name.span,
                    format!("`{}` is no declared measure and no form", name.text),
                );
                let elsewhere = Facet::ALL.iter().find(|facet| self.find(**facet, &name.text).is_some());
                self.fault(match (near, elsewhere) {
                    (_, Some(Facet::Basis)) => fault.help(format!("it is a legal basis: write `basis {}`", name.text)),
                    (Some(near), _) => fault.help(format!("did you mean `{near}`?")),
                    (None, Some(other)) => fault.help(format!("it is declared as {}", with_article(noun(*other)))),
                    (None, None) => fault.help(format!("declare it: `measure {};`", name.text)),
                });
                None
            }
        }
    }
}
