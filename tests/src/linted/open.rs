//! The claims that something exists: an operation that a lint warns of.

use abey::Told;
use abey_lang::lints::Finding;
use abey_lang::model::{Condition, DataList, DataPick, Effect, Facet, List, Pick, Scope, Slot};

use super::claims::is_open;
use super::{Board, Claim, Ruled, Seen, Test};
use crate::alone::{Asked, part};

impl Board<'_> {
    /// All of them.
    pub(super) fn open_claims(&mut self) {
        for own in self.own() {
            self.catches_stronger(own);
            self.open_list(own);
        }
        self.open_recipients();
        self.unguarded_first_hop();
    }

    fn some(&mut self, lint: &'static str, what: String, fits: &dyn Fn(&Finding) -> bool, witness: Test) {
        let told = self.told(|one| one.lint == lint && fits(one));
        let example = self.findings.iter().find(|one| one.lint == lint && fits(one));
        let example = example.and_then(|one| one.example.clone());
        self.claims.push(Claim { lint, what, told, shows: true, example, lies: Vec::new(), witness });
    }

    fn term(&self, facet: Facet, word: &str) -> Option<u32> {
        let terms = self.policy.terms.get(facet as usize)?;
        terms.iter().position(|term| term.name == word).and_then(|at| u32::try_from(at).ok())
    }

    /// Whether a slot lies at or below a word for certain.
    fn lies_in(&mut self, slot: Slot, word: &str) -> Option<usize> {
        let list = List::These(vec![Pick::Term(self.term(slot.facet(), word)?)].into());
        Some(self.ask(Asked::within(self.policy, vec![part(Scope::Slot(slot, list))])))
    }

    /// Whether the data lies at or below a category for certain.
    fn data_in(&mut self, word: &str) -> Option<usize> {
        let category = Some(self.term(Facet::Data, word)?);
        let list = DataList::These(vec![DataPick { category, forms: Vec::new(), raw: false }].into());
        Some(self.ask(Asked::within(self.policy, vec![part(Scope::Data(list))])))
    }

    /// Whether a measure may be in place.
    fn measure(&mut self, term: u32) -> usize {
        self.ask(Asked::forbidden(self.policy, vec![part(Scope::Measures(vec![term]))]))
    }

    fn catches_stronger(&mut self, own: Ruled<'_>) {
        const LINT: &str = "catches_stronger";
        if !matches!(own.rule.effect, Effect::Forbid) {
            return;
        }
        let scope = self.of_rule("surely", own.place, Asked::reaches_surely);
        let measures = |part: &abey_lang::model::Part| match &part.scope {
            Scope::Measures(measures) => measures.clone(),
            _ => Vec::new(),
        };
        let weak: Vec<u32> = own.clause.scope.iter().chain(&own.rule.scope).flat_map(measures).collect();
        let terms = self.policy.terms.get(Facet::Measure as usize).map_or(&[][..], Vec::as_slice);
        for measure in weak {
            let below = terms.iter().enumerate();
            let below = below.filter(|(_, term)| term.parents.iter().any(|edge| edge.parent == measure));
            let stronger: Vec<u32> = below.filter_map(|(index, _)| u32::try_from(index).ok()).collect();
            let stronger: Vec<usize> = stronger.into_iter().map(|term| self.measure(term)).collect();
            let name = terms.get(measure as usize).map_or("", |term| term.name.as_str());
            let begins = format!("`with {name}` also catches");
            let span = own.rule.span;
            let fits = |one: &Finding| one.span == span && one.message.starts_with(&begins);
            let witness = move |seen: &Seen<'_>| seen.is(scope) && stronger.iter().any(|one| seen.is(*one));
            self.some(LINT, format!("`{}` {begins} some", own.rule.text), &fits, Box::new(witness));
        }
    }

    fn open_list(&mut self, own: Ruled<'_>) {
        const LINT: &str = "open_list";
        if !matches!(own.rule.effect, Effect::Allow(_)) || !is_open(own) {
            return;
        }
        let Some(special) = self.data_in("special_category") else { return };
        let (scope, allowed, span) = (self.sure(own.place), self.allows(), own.rule.span);
        let witness = move |seen: &Seen<'_>| seen.is(scope) && seen.is(special) && seen.is(allowed);
        self.some(LINT, format!("`{}` covers special data", own.rule.text), &|one| one.span == span, Box::new(witness));
    }

    fn open_recipients(&mut self) {
        const LINT: &str = "open_recipients";
        let names = |one: &Ruled<'_>| {
            one.clause.scope.iter().chain(&one.rule.scope).any(|part| match &part.scope {
                Scope::Slot(Slot::Recipient, List::These(picks)) => picks.iter().any(|pick| *pick != Pick::None),
                _ => false,
            })
        };
        let open: Vec<Ruled<'_>> =
            self.own().into_iter().filter(|one| matches!(one.rule.effect, Effect::Allow(_)) && !names(one)).collect();
        let scopes: Vec<usize> = open.iter().map(|one| self.sure(one.place)).collect();
        let authorised = self.ask(Asked::may_hold(self.policy, Condition::Authorised));
        // Recipients that a prohibition spares by name.
        let forbids = self.rules.iter().filter(|one| matches!(one.rule.effect, Effect::Forbid));
        let parts = forbids.flat_map(|one| one.clause.scope.iter().chain(&one.rule.scope));
        let spared: Vec<Pick> = parts
            .filter_map(|part| match &part.scope {
                Scope::Slot(Slot::Recipient, List::AnyExcept(picks)) => Some(picks),
                _ => None,
            })
            .flatten()
            .filter(|pick| matches!(pick, Pick::Term(_)))
            .cloned()
            .collect();
        let spared = (!spared.is_empty()).then(|| {
            let list = List::These(spared.into());
            self.ask(Asked::within(self.policy, vec![part(Scope::Slot(Slot::Recipient, list))]))
        });
        let (disposes, returns) = (self.lies_in(Slot::Action, "dispose"), self.lies_in(Slot::Action, "return"));
        let allowed = self.allows();
        let witness = move |seen: &Seen<'_>| {
            let is = |question: Option<usize>| question.is_some_and(|one| seen.is(one));
            let gone = is(disposes) && !is(returns);
            matches!(seen.operation.recipient, Told::Is(_))
                && scopes.iter().any(|one| seen.is(*one))
                && seen.is(allowed)
                && !seen.is(authorised)
                && !is(spared)
                && !gone
        };
        self.some(LINT, "data goes to one that isn't authorised".into(), &|_| true, Box::new(witness));
    }

    fn unguarded_first_hop(&mut self) {
        const LINT: &str = "unguarded_first_hop";
        let (Some(from), Some(inside), Some(adequate), Some(personal)) = (
            self.lies_in(Slot::Origin, "EEA"),
            self.lies_in(Slot::Place, "EEA"),
            self.lies_in(Slot::Place, "adequate"),
            self.data_in("personal_data"),
        ) else {
            return;
        };
        let tools = ["transfer_tool", "derogation"].map(|word| self.term(Facet::Measure, word));
        let tools: Vec<usize> = tools.into_iter().flatten().map(|term| self.measure(term)).collect();
        let leaves = self.ask(Asked::leaves(self.policy));
        let instructions: Vec<Ruled<'_>> =
            self.own().into_iter().filter(|one| matches!(one.rule.effect, Effect::Allow(_))).collect();
        let scopes: Vec<usize> = instructions.iter().map(|one| self.sure(one.place)).collect();
        let allowed = self.allows();
        let witness = move |seen: &Seen<'_>| {
            matches!(seen.operation.place, Told::Is(_))
                && [from, personal, leaves, allowed].iter().all(|one| seen.is(*one))
                && ![inside, adequate].iter().chain(&tools).any(|one| seen.is(*one))
                && scopes.iter().any(|one| seen.is(*one))
        };
        self.some(LINT, "data leaves with no tool".into(), &|_| true, Box::new(witness));
    }
}
