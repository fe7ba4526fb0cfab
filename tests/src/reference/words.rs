//! Section 5: the sentences of a decision, and the values that its reasons turned on.

use abey_engine::Retention;
use abey_engine::decision::{Cover, Duty, Finding, Kind, Reason};
use abey_engine::truth::Truth;
use abey_lang::model::{DataList, Demand, Effect, Facet, Keep, List, Means, Part, Period, Rule, Scope, Slot};

use super::judge::{Place, Source};
use super::scope::View;
use super::{At, Word};

/// Stands in a sentence for the items concerned, which are known when the points are joined.
const ITEMS: &str = "\u{1}";

/// A reason whose points are joined, its items put in: the first three, and how many more.
pub(super) fn named(mut reason: Reason) -> Reason {
    let first: Vec<&str> = reason.items.iter().take(3).map(String::as_str).collect();
    let more = match reason.items.len() {
        count @ 4.. => format!(" and {} more", count - 3),
        _ => String::new(),
    };
    reason.message = reason.message.replace(ITEMS, &(first.join(", ") + &more));
    reason
}

/// The decision in a sentence.
pub(super) fn summary(covered: &[Cover], reasons: &[Reason], duties: &[Duty]) -> String {
    match reasons {
        [] => {
            let mut clauses: Vec<&str> = covered.iter().map(|cover| cover.citation.clause.as_str()).collect();
            clauses.dedup();
            let noun = if clauses.len() == 1 { "clause" } else { "clauses" };
            let owed = match duties.len() {
                0 => String::new(),
                1 => "; 1 duty".into(),
                count => format!("; {count} duties"),
            };
            format!("allowed by {noun} {}{owed}", clauses.join(", "))
        }
        [only] => format!("paused: {}", only.message),
        [first, second] => format!("paused: {}; and {} further reason", first.message, [second].len()),
        [first, rest @ ..] => format!("paused: {}; and {} further reasons", first.message, rest.len()),
    }
}

/// The known word with the fewest edits from a strange one, where that is at most a third of its length; the first of
/// several. Letter case, and `-` or a space for `_`, count for nothing.
fn nearest<'k>(strange: &str, known: &'k [String]) -> Option<&'k String> {
    let fold = |word: &str| word.to_ascii_lowercase().replace(['-', ' '], "_");
    let length = strange.chars().count();
    let edits = |word: &String| strsim::osa_distance(&fold(strange), &fold(word));
    let near = known.iter().filter(|word| length <= 64 && edits(word) <= (length / 3).max(1));
    near.min_by_key(|word| edits(word))
}

fn spanned(period: &Period) -> String {
    let from = period.from.map(|from| format!("from {from}"));
    let until = period.until.map(|until| format!("until {until}"));
    from.into_iter().chain(until).collect::<Vec<_>>().join(" ")
}

impl At<'_> {
    /// A data item with its forms.
    pub(super) fn item_name(&self) -> String {
        let item = &self.given.operation.data[self.at[0]];
        match item.form.as_deref() {
            None => item.category.clone(),
            Some([]) => format!("raw {}", item.category),
            Some(forms) => format!("{} {}", forms.join(" "), item.category),
        }
    }

    /// The reason that something gives at this point.
    pub(super) fn reason(&self, source: Source) -> Reason {
        let mut reason = Reason {
            kind: Kind::FactMissing,
            message: String::new(),
            citation: None,
            points: vec![self.indices()],
            items: vec![self.item_name()],
            findings: Vec::new(),
            condition: None,
            because: None,
            ask: None,
            lapses: None,
            remedies: Vec::new(),
        };
        match source {
            Source::InForce(layer) => self.not_in_force(layer, &mut reason),
            Source::Applies(layer) => self.out_of_scope(layer, &mut reason),
            Source::Strange(index) => self.unknown_term(index, &mut reason),
            Source::Cover => self.not_covered(&mut reason),
            Source::Rule(place) => {
                self.cite(place, &mut reason);
                self.broken(place, &mut reason);
            }
        }
        reason
    }

    /// What a layer is called: the only one is the policy.
    fn layer_name(&self, layer: usize) -> String {
        match self.of.policy.layers.as_slice() {
            [_] => "the policy".into(),
            layers => format!("`{}`", layers[layer].name),
        }
    }

    fn not_in_force(&self, layer: usize, reason: &mut Reason) {
        let period = &self.of.policy.layers[layer].in_force;
        let told = match self.given.day {
            Some(day) => format!("the operation is on {day}"),
            None => "the operation states no time".into(),
        };
        reason.kind = Kind::NotInForce;
        reason.message = format!("{} is in force {}, and {told}", self.layer_name(layer), spanned(period));
        let to_come = period.from.filter(|from| self.given.day.is_some_and(|day| day < *from));
        reason.lapses = to_come.map(|from| abey_engine::calendar::Date(from.0 - 1).to_string());
    }

    fn out_of_scope(&self, layer: usize, reason: &mut Reason) {
        let Some(guard) = &self.of.policy.layers[layer].applies else { return };
        reason.kind = Kind::OutOfScope;
        reason.condition = Some(guard.text.clone());
        reason.ask.clone_from(&guard.ask);
        reason.message = match self.condition(&guard.condition) {
            Truth::Unknown => format!("no policy covers this unless {}, and that isn't settled", guard.text),
            _ => format!("no policy covers this: {} applies only when {}", self.layer_name(layer), guard.text),
        };
    }

    /// "With the nearest known word in the reason."
    fn unknown_term(&self, index: usize, reason: &mut Reason) {
        let strange = &self.given.strange[index];
        let near = match nearest(&strange.word, &strange.known) {
            Some(near) => format!("; did you mean `{near}`?"),
            None => ", and none is near it; declare it, or use a declared one".into(),
        };
        reason.kind = Kind::UnknownTerm;
        reason.message = format!("`{}` is no declared word of {}{near}", strange.word, strange.of);
        let (path, told) = (strange.path.clone(), Some(strange.word.clone()));
        reason.findings.push(Finding { path, told, rule: strange.of.clone() });
        if strange.item.is_none() {
            reason.items.clear();
        }
    }

    fn cite(&self, place: Place, reason: &mut Reason) {
        let (clause, rule) = self.of.rule(place);
        reason.citation = Some(self.of.citation(place));
        reason.because = rule.because.clone().or_else(|| clause.because.clone());
        reason.ask = rule.ask.clone().or_else(|| clause.ask.clone());
    }

    /// "With the nearest instruction where none covers."
    fn not_covered(&self, reason: &mut Reason) {
        let said = |slot: Slot| self.spoken(slot).1.filter(|word| word != "none");
        let action = said(Slot::Action).unwrap_or_default();
        let purpose = said(Slot::Purpose).map(|purpose| format!(" for {purpose}")).unwrap_or_default();
        reason.kind = Kind::NotCovered;
        reason.message = format!("no instruction covers `{action} of {ITEMS}{purpose}`");
        let allows = self.rules().filter(|(.., rule)| matches!(rule.effect, Effect::Allow(_)));
        let Some((place, ..)) = allows.min_by_key(|(place, ..)| self.apart_by(*place)) else { return };
        let apart: Vec<&Part> = self.apart(place).into_iter().map(|(part, _)| part).collect();
        let texts: Vec<&str> = apart.iter().map(|part| part.text.as_str()).collect();
        let label = &self.of.rule(place).0.label;
        let nearest = format!("the nearest is in clause {label}, which asks for `{}`", texts.join("` and `"));
        reason.message = format!("{}; {nearest}", reason.message);
        self.cite(place, reason);
        self.scope_findings(apart.into_iter(), reason);
    }

    /// The parts of an instruction that don't certainly match.
    fn apart(&self, place: Place) -> Vec<(&Part, Truth)> {
        let (clause, rule) = self.of.rule(place);
        let parts = clause.scope.iter().chain(&rule.scope).map(|part| (part, self.part(part, View::Named)));
        parts.filter(|(_, truth)| *truth != Truth::True).collect()
    }

    /// How far an instruction is from covering: what isn't known weighs less than what differs.
    fn apart_by(&self, place: Place) -> u32 {
        let but_for_form = |list: &DataList| match list {
            DataList::These(picks) => picks
                .iter()
                .filter_map(|pick| pick.category)
                .any(|category| self.matches(Facet::Data, &self.item().category, category) == Truth::True),
            _ => false,
        };
        let weight = |(part, truth): (&Part, Truth)| match &part.scope {
            _ if truth == Truth::Unknown => 1,
            Scope::Data(list) if but_for_form(list) => 2,
            Scope::Data(_) => 5,
            Scope::Slot(Slot::Purpose | Slot::Action, _) => 4,
            _ => 2,
        };
        self.apart(place).into_iter().map(weight).sum()
    }

    /// The rule that this point breaks, or may break.
    fn broken(&self, place: Place, reason: &mut Reason) {
        let (clause, rule) = self.of.rule(place);
        self.scope_findings(clause.scope.iter().chain(&rule.scope), reason);
        reason.kind = self.kind(place);
        reason.lapses = self.lapses(place).map(|last| last.to_string());
        let (scope, asked) = self.obeyed(clause, rule);
        let label = &clause.label;
        match &rule.effect {
            Effect::Require(demands) => self.safeguard(label, rule, demands, (scope, asked), reason),
            Effect::Keep(keep) => self.bound(label, (rule, scope), keep, reason),
            _ if clause.deferred => {
                let what = match scope {
                    Truth::True => "leaves this to a signed agreement, and none says more",
                    _ => "may leave this to a signed agreement: whether it does isn't settled",
                };
                reason.message = format!("clause {label} {what}, for {ITEMS}");
            }
            _ => {
                reason.message = match scope {
                    Truth::True => format!("clause {label} prohibits it for {ITEMS}: `{}`", rule.text),
                    _ => format!("whether clause {label} prohibits it for {ITEMS} isn't settled: `{}`", rule.text),
                };
                if reason.kind == Kind::Waiting {
                    self.waiting(reason);
                }
            }
        }
    }

    /// "The notice period runs until 2026-11-19."
    fn waiting(&self, reason: &mut Reason) {
        let last = reason.lapses.clone().unwrap_or_default();
        let name = self.spoken(Slot::Recipient).1.unwrap_or_default();
        let what = match self.notice_day().map(|day| day.to_string()) == reason.lapses {
            true => "the notice period for",
            false => "the time before the authorisation of",
        };
        reason.message = format!("{what} {name} runs until {last}: {}", reason.message);
        if let (None, Some(notice)) = (&reason.ask, &self.of.policy.notice) {
            reason.ask.clone_from(&notice.ask);
        }
    }

    fn safeguard(
        &self,
        label: &str,
        rule: &Rule,
        demands: &[Demand],
        (scope, asked): (Truth, Truth),
        reason: &mut Reason,
    ) {
        let unmet: Vec<&Demand> = demands.iter().filter(|demand| self.demand(demand) != Truth::True).collect();
        let texts: Vec<&str> = unmet.iter().map(|demand| demand.text.as_str()).collect();
        let wanted = texts.join(", ");
        reason.message = match (asked, scope) {
            (Truth::False, Truth::True) => format!("clause {label} requires {wanted} for {ITEMS}"),
            (Truth::False, _) => {
                let open = format!("whether `{}` applies isn't settled", rule.text);
                format!("clause {label} may require {wanted} for {ITEMS}: {open}")
            }
            _ => format!("clause {label} requires {wanted} for {ITEMS}, and whether that is met isn't settled"),
        };
        for means in unmet.iter().flat_map(|demand| &demand.any) {
            let (path, told) = match means {
                Means::Measure(_) => ("measures".into(), self.measures_told()),
                Means::Form(_) => (format!("data[{}].form", self.at[0]), self.form_told()),
                Means::Basis(_) => self.spoken(Slot::Basis),
                Means::Condition(_) => {
                    reason.condition = Some(wanted.clone());
                    continue;
                }
            };
            let finding = Finding { path, told, rule: wanted.clone() };
            if !reason.findings.contains(&finding) {
                reason.findings.push(finding);
            }
        }
    }

    fn bound(&self, label: &str, (rule, scope): (&Rule, Truth), keep: &Keep, reason: &mut Reason) {
        let held = self.held(keep);
        let what = match (held.planned, held.unexpired, held.ripe) {
            (Truth::False, ..) => "the retention planned isn't within the bound",
            (_, Truth::False, _) => "the data is past its bound",
            (.., Truth::False) => "it is too early to dispose of it",
            _ => "whether the bound is kept isn't settled",
        };
        let last = self.last_day(keep).filter(|_| held.unexpired == Truth::False);
        let until = last.map(|last| format!(" (until {last})")).unwrap_or_default();
        reason.message = match (held.planned.and(held.unexpired).and(held.ripe), scope) {
            (Truth::False, Truth::Unknown) => {
                let open = format!("whether `{}` applies isn't settled", rule.text);
                format!("clause {label} may have {ITEMS} kept {}, and {what}{until}: {open}", keep.text)
            }
            _ => format!("clause {label} has {ITEMS} kept {}: {what}{until}", keep.text),
        };
        let told = match self.given.operation.retention {
            Retention::Unknown => None,
            Retention::None => Some("none".into()),
            Retention::Agreed => Some("agreed".into()),
            Retention::For(duration) => Some(duration.to_string()),
        };
        reason.findings.push(Finding { path: "retention".into(), told, rule: keep.text.clone() });
    }

    /// What the operation says where parts of a scope look.
    fn scope_findings<'p>(&self, parts: impl Iterator<Item = &'p Part>, reason: &mut Reason) {
        for part in parts {
            let (path, told) = match &part.scope {
                // What covers everything says nothing of the operation.
                Scope::Slot(Slot::Action, List::Any) | Scope::Data(DataList::Any) => continue,
                Scope::Slot(slot, _) => self.spoken(*slot),
                Scope::Data(_) => (format!("data[{}]", self.at[0]), Some(self.item_told())),
                Scope::Measures(_) => ("measures".into(), self.measures_told()),
                Scope::When(_) | Scope::Unless(_) => {
                    reason.condition = Some(part.text.clone());
                    continue;
                }
            };
            reason.findings.push(Finding { path, told, rule: part.text.clone() });
        }
    }

    /// The path of a part of the point, and what the operation says there.
    fn spoken(&self, slot: Slot) -> (String, Option<String>) {
        let [_, subject, purpose, leg, origin] = self.at;
        let several = |path: &str, count: usize, index: usize| match count {
            0 | 1 => path.to_string(),
            _ => format!("{path}[{index}]"),
        };
        let path = match slot {
            Slot::Subject => several("subjects", self.given.subjects.len(), subject),
            Slot::Purpose => several("purpose", self.given.purposes.len(), purpose),
            Slot::Origin => several("origin", self.given.origins.len(), origin),
            Slot::Recipient | Slot::Place if !self.given.operation.legs.is_empty() => {
                format!("legs[{leg}].{}", slot.word())
            }
            _ => slot.word().into(),
        };
        let told = match self.word(slot) {
            Word::Missing => None,
            Word::None => Some("none".into()),
            Word::Is(term) => Some(self.of.words(slot.facet()).names()[*term as usize].clone()),
            Word::Strange(word) => Some(word.clone()),
        };
        (path, told)
    }

    /// A data item with its forms and contents.
    fn item_told(&self) -> String {
        match self.given.operation.data[self.at[0]].contains.as_deref() {
            None | Some([]) => self.item_name(),
            Some(contents) => format!("{} containing {}", self.item_name(), contents.join(", ")),
        }
    }

    fn form_told(&self) -> Option<String> {
        let form = self.given.operation.data[self.at[0]].form.as_ref()?;
        Some(if form.is_empty() { "raw".into() } else { form.join(", ") })
    }

    fn measures_told(&self) -> Option<String> {
        let operation = &self.given.operation;
        let leg = operation.legs.get(self.at[3]).and_then(|leg| leg.measures.as_ref());
        let told: Vec<Vec<String>> = operation.measures.iter().chain(leg).cloned().collect();
        (!told.is_empty()).then(|| told.concat().join(", "))
    }
}
