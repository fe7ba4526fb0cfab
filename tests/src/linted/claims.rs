//! The claims that nothing of some kind exists.

use std::collections::BTreeSet;

use abey::Told;
use abey_lang::model::{Condition, DataList, Effect, Facet, List, Part, Pick, Scope, Slot};

use super::{Board, Claim, Ruled, Seen, Test};
use crate::alone::{Asked, Place, part};

impl Board<'_> {
    /// All of them.
    pub(super) fn claims(&mut self) {
        for own in self.own() {
            self.never_decides(own);
            self.constant_conditions(own);
            self.wholly_prohibited(own);
            self.uncovered_disposal(own);
        }
        self.defeated_keeps();
        self.unsatisfiable_clauses();
        self.unreachable_recipients();
    }

    /// A claim that nothing is of some kind.
    fn none(&mut self, lint: &'static str, what: String, told: bool, lies: Vec<Test>, witness: Test) {
        self.claims.push(Claim { lint, what, told, shows: false, example: None, lies, witness });
    }

    /// Whether a lint says of a rule what begins so.
    fn says(&mut self, lint: &'static str, own: Ruled<'_>, begins: &str) -> bool {
        let span = own.rule.span;
        self.told(|one| one.lint == lint && one.span == span && one.message.starts_with(begins))
    }

    /// Without this rule every verdict is what it was.
    fn removable(&mut self, lint: &'static str, own: Ruled<'_>) {
        let place = own.place;
        let (with, without) = (self.allows(), self.ask(Asked::allows(self.policy, &move |other| other == place)));
        let what = format!("without `{}` nothing changes", own.rule.text);
        self.none(lint, what, true, Vec::new(), Box::new(move |seen| seen.is(with) != seen.is(without)));
    }

    fn never_decides(&mut self, own: Ruled<'_>) {
        const LINT: &str = "never_decides";
        let (place, text) = (own.place, &own.rule.text);
        let named = matches!(own.rule.effect, Effect::Allow(_) | Effect::Waive(_));
        let scope = if named { self.sure(place) } else { self.may(place) };
        let within = move || -> Vec<Test> { vec![Box::new(move |seen| seen.is(scope))] };
        let empty = self.says(LINT, own, "no operation lies within");
        self.none(LINT, format!("`{text}` is empty"), empty, Vec::new(), Box::new(move |seen| seen.is(scope)));
        let mut told = false;
        match &own.rule.effect {
            Effect::Allow(_) => {
                let others = self.places(|effect| matches!(effect, Effect::Allow(_)));
                let others: Vec<usize> =
                    others.into_iter().filter(|other| *other != place).map(|other| self.sure(other)).collect();
                told = self.says(LINT, own, "other instructions cover");
                let witness = move |seen: &Seen<'_>| seen.is(scope) && !others.iter().any(|other| seen.is(*other));
                self.none(LINT, format!("`{text}` is covered by others"), told, within(), Box::new(witness));
            }
            Effect::Require(_) | Effect::Keep(_) => {
                let broken = self.broken(place);
                told = self.says(LINT, own, "what this rule asks for always holds");
                self.none(
                    LINT,
                    format!("`{text}` always holds"),
                    told,
                    within(),
                    Box::new(move |seen| seen.is(broken)),
                );
            }
            Effect::Waive(clauses) => {
                let lifted: Vec<Place> =
                    self.rules.iter().map(|one| one.place).filter(|one| clauses.contains(&(one.0 as u32))).collect();
                let asks =
                    self.places(|effect| !matches!(effect, Effect::Allow(_) | Effect::Owe(_) | Effect::Waive(_)));
                let lifted: Vec<usize> =
                    lifted.into_iter().filter(|one| asks.contains(one)).map(|one| self.broken(one)).collect();
                told = self.says(LINT, own, "this exception lifts nothing");
                let witness = move |seen: &Seen<'_>| seen.is(scope) && lifted.iter().any(|one| seen.is(*one));
                self.none(LINT, format!("`{text}` lifts nothing"), told, within(), Box::new(witness));
            }
            Effect::Forbid | Effect::Owe(_) => {}
        }
        if told || empty {
            self.removable(LINT, own);
        }
    }

    fn constant_conditions(&mut self, own: Ruled<'_>) {
        const LINT: &str = "constant_condition";
        let spans: BTreeSet<_> = own.clause.rules.iter().map(|rule| rule.span).collect();
        let parts = own.clause.scope.iter().chain(&own.rule.scope);
        let conditions: Vec<Condition> = parts
            .filter_map(|part| match &part.scope {
                Scope::When(condition) | Scope::Unless(condition) => Some(condition.clone()),
                _ => None,
            })
            .collect();
        for condition in conditions {
            let text = said(&condition);
            let (governs, holds) = (self.governs(), self.ask(Asked::holds(self.policy, condition.clone())));
            let may = self.ask(Asked::may_hold(self.policy, condition));
            let within = move || -> Vec<Test> { vec![Box::new(move |seen| seen.is(governs))] };
            for (is, never) in [("never", true), ("always", false)] {
                let message = format!("`{text}` is {is} so");
                let told = self.told(|one| one.lint == LINT && spans.contains(&one.span) && one.message == message);
                let witness: Test = if never {
                    Box::new(move |seen| seen.is(governs) && seen.is(holds))
                } else {
                    Box::new(move |seen| seen.is(governs) && !(seen.is(holds) && seen.is(may)))
                };
                self.none(LINT, message, told, within(), witness);
            }
        }
    }

    fn wholly_prohibited(&mut self, own: Ruled<'_>) {
        const LINT: &str = "wholly_prohibited";
        if !matches!(own.rule.effect, Effect::Allow(_)) {
            return;
        }
        let (scope, governs) = (self.sure(own.place), self.governs());
        let forbids = self.places(|effect| matches!(effect, Effect::Forbid));
        let forbids: Vec<usize> = forbids.into_iter().map(|place| self.stands(place)).collect();
        let told = self.says(LINT, own, "clause");
        let within = move |seen: &Seen<'_>| seen.is(scope) && seen.is(governs);
        let witness = move |seen: &Seen<'_>| within(seen) && !forbids.iter().any(|one| seen.is(*one));
        let what = format!("`{}` is prohibited", own.rule.text);
        self.none(LINT, what, told, vec![Box::new(within)], Box::new(witness));
    }

    fn uncovered_disposal(&mut self, own: Ruled<'_>) {
        const LINT: &str = "uncovered_disposal";
        let Effect::Keep(keep) = &own.rule.effect else { return };
        let parts = || own.clause.scope.iter().chain(&own.rule.scope);
        let general = !parts().any(|part| matches!(&part.scope, Scope::Slot(Slot::Action, list) if *list != List::Any));
        let bounded = keep.at_most.is_some() || keep.until.is_some() || keep.during.is_some();
        if keep.never || !bounded || !general {
            return;
        }
        let core = &self.policy.core;
        let ways = keep.then.iter().copied().chain([core.delete]);
        let ways = ways.chain(keep.then.is_empty().then_some(core.dispose));
        let ways = List::These(ways.map(Pick::Term).collect());
        let disposes = self.ask(Asked::within(self.policy, vec![part(Scope::Slot(Slot::Action, ways))]));
        let (scope, allowed) = (self.may(own.place), self.allows());
        let told = self.says(LINT, own, "no instruction lets anybody");
        let witness = move |seen: &Seen<'_>| seen.is(scope) && seen.is(disposes) && seen.is(allowed);
        let what = format!("nobody disposes of what `{}` is about", own.rule.text);
        self.none(LINT, what, told, vec![Box::new(move |seen| seen.is(scope))], Box::new(witness));
    }

    fn defeated_keeps(&mut self) {
        const LINT: &str = "defeated_keep";
        let bounds = self.places(|effect| match effect {
            Effect::Keep(keep) => (keep.at_most.is_some() || keep.until.is_some()) && keep.at_least.is_none(),
            _ => false,
        });
        for own in self.own().into_iter().filter(|own| bounds.contains(&own.place)) {
            let stands = self.stands(own.place);
            let found = self.findings.iter().find(|one| one.lint == LINT && one.span == own.rule.span);
            let text = &own.rule.text;
            if let Some(found) = found {
                self.says(LINT, own, "the bound of clause");
                // Those of the clause that is named: each operation past this bound is past one of theirs.
                let label = found.message.split('"').nth(1).unwrap_or_default();
                let named: Vec<Place> = self
                    .rules
                    .iter()
                    .filter(|one| one.clause.label == label && one.place != own.place && bounds.contains(&one.place))
                    .map(|one| one.place)
                    .collect();
                let named: Vec<usize> = named.into_iter().map(|place| self.stands(place)).collect();
                let witness = move |seen: &Seen<'_>| seen.is(stands) && !named.iter().any(|one| seen.is(*one));
                self.none(LINT, format!("`{text}` ends later than \"{label}\""), true, Vec::new(), Box::new(witness));
                self.removable(LINT, own);
                continue;
            }
            for other in bounds.iter().copied().filter(|other| *other != own.place) {
                let shorter = self.stands(other);
                let mut lies: Vec<Test> = vec![Box::new(move |seen| seen.is(stands))];
                if other > own.place {
                    // Of two that say the same, the later one is told of.
                    lies.push(Box::new(move |seen| seen.is(shorter) && !seen.is(stands)));
                }
                let witness = Box::new(move |seen: &Seen<'_>| seen.is(stands) && !seen.is(shorter));
                self.none(LINT, format!("`{text}` ends later than {other:?}"), false, lies, witness);
            }
        }
    }

    fn unsatisfiable_clauses(&mut self) {
        const LINT: &str = "unsatisfiable_clause";
        let own = self.own();
        let numbers: BTreeSet<usize> = own.iter().map(|one| one.place.0).collect();
        for number in numbers {
            let asked: Vec<Ruled<'_>> = own
                .iter()
                .filter(|one| one.place.0 == number)
                .filter(|one| match &one.rule.effect {
                    Effect::Require(_) => true,
                    Effect::Keep(keep) => !keep.never,
                    _ => false,
                })
                .copied()
                .collect();
            let Some(clause) = asked.first().map(|one| one.clause) else { continue };
            let may: Vec<usize> = asked.iter().map(|one| self.may(one.place)).collect();
            let stands: Vec<usize> = asked.iter().map(|one| self.stands(one.place)).collect();
            let told = self.told(|one| one.lint == LINT && one.span == clause.span);
            let inside = may.clone();
            let within: Test = Box::new(move |seen| inside.iter().any(|one| seen.is(*one)));
            let witness =
                move |seen: &Seen<'_>| may.iter().any(|one| seen.is(*one)) && !stands.iter().any(|one| seen.is(*one));
            self.none(LINT, format!("clause {} can't be met", clause.label), told, vec![within], Box::new(witness));
        }
    }

    fn unreachable_recipients(&mut self) {
        const LINT: &str = "unreachable_recipient";
        let allows = self.places(|effect| matches!(effect, Effect::Allow(_)));
        let allows: Vec<usize> = allows.into_iter().map(|place| self.sure(place)).collect();
        let terms = self.policy.terms.get(Facet::Recipient as usize).map_or(&[][..], Vec::as_slice);
        // Those of the policy's own source, not those beneath it.
        let source = self.policy.layers.last().map_or("", |layer| layer.source.as_str());
        let declared = |name: &&str| source.contains(&format!("recipient {name} "));
        let own: Vec<String> = terms.iter().map(|term| term.name.as_str()).filter(declared).map(String::from).collect();
        for name in own {
            let message = format!("no instruction lets anything go to `{name}`");
            let told = self.told(|one| one.lint == LINT && one.message == message);
            let (allows, to) = (allows.clone(), name.clone());
            let within = move |seen: &Seen<'_>| matches!(&seen.operation.recipient, Told::Is(word) if *word == to);
            let lies = within.clone();
            let witness = move |seen: &Seen<'_>| within(seen) && allows.iter().any(|one| seen.is(*one));
            self.none(LINT, message, told, vec![Box::new(lies)], Box::new(witness));
        }
    }
}

/// A condition, as the lint says it.
fn said(condition: &Condition) -> String {
    let join = |of: &[Condition], word: &str| of.iter().map(said).collect::<Vec<_>>().join(word);
    match condition {
        Condition::All(of) => join(of, " and "),
        Condition::Any(of) => join(of, " or "),
        Condition::Not(of) => format!("not {}", said(of)),
        Condition::Test(.., text) => text.clone(),
        Condition::Authorised => "recipient is authorised".into(),
    }
}

/// Whether a rule's data is any, or any except some.
pub(super) fn is_open(own: Ruled<'_>) -> bool {
    let parts: Vec<&Part> = own.clause.scope.iter().chain(&own.rule.scope).collect();
    !parts.iter().any(|part| matches!(&part.scope, Scope::Data(DataList::These(_))))
}
