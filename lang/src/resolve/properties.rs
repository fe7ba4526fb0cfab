//! Properties, and the lints that are silenced.

use super::Resolver;
use crate::diagnostic::{Code, Diagnostic};
use crate::lints;
use crate::model::{Claim, Property, Silence};
use crate::syntax::{self, Name, Span, Statement, StatementKind};

impl Resolver {
    pub(super) fn declare_properties(&mut self, statement: &Statement) {
        let what = match &statement.kind {
            StatementKind::Property(_) => "properties",
            StatementKind::Silence(_) => "silenced lints",
            _ => return,
        };
        if !self.is_layer() || self.faults.iter().any(|fault| fault.code == Code::NotAPolicy) {
            let message = format!("a vocabulary has no {what}");
            let fault = Diagnostic::error(Code::Misplaced, statement.span, message);
            self.fault(fault.help("move this to the policy that uses the words"));
            return;
        }
        // An agreement answers for its own properties, as for its examples.
        if self.unit + 1 < self.units.len() {
            return;
        }
        match &statement.kind {
            StatementKind::Property(property) => self.property(property, statement.span),
            StatementKind::Silence(silence) => {
                let silence = self.silence(silence, None);
                self.changes.silences.entry(None).or_default().push(silence);
            }
            _ => {}
        }
    }

    fn property(&mut self, property: &syntax::Property, at: Span) {
        let name = &property.name;
        let earlier = self.policy.properties.iter().find(|earlier| earlier.name == name.text);
        if let Some(earlier) = earlier.map(|earlier| earlier.span) {
            let message = format!("two properties are named `{}`", name.text);
            let fault = Diagnostic::error(Code::DeclaredTwice, name.span, message);
            self.fault(fault.label("again here").related(earlier, "first here").help("give each a name of its own"));
        }
        let scoped = self.scope(&property.phrase);
        self.rests_on_nothing(at, &scoped);
        let claim = match &property.claim {
            syntax::Claim::Stricter(layer) => self.layer_beneath(layer).map(Claim::Stricter),
            claim => {
                self.needs_phrase(property.body, "allow", &scoped, false);
                Some(if matches!(claim, syntax::Claim::Always) { Claim::Always } else { Claim::Never })
            }
        };
        let Some(claim) = claim else { return };
        let text = self.quote(property.body);
        self.policy.properties.push(Property {
            name: name.text.clone(),
            claim,
            scope: scoped.parts,
            text,
            span: name.span,
        });
    }

    /// The number of the layer beneath that has this name; reports where there is none.
    fn layer_beneath(&mut self, name: &Name) -> Option<usize> {
        let beneath = self.policy.layers.get(..self.layer()).unwrap_or_default();
        let known: Vec<&str> = beneath.iter().map(|layer| layer.name.as_str()).collect();
        let found = known.iter().position(|known| *known == name.text);
        if found.is_none() {
            let near = abey_engine::nearest::nearest(&name.text, known.iter().copied());
            let fault =
                Diagnostic::error(Code::UnknownLayer, name.span, format!("there is no policy `{}` beneath", name.text));
            let fault = match known.as_slice() {
                [] => fault.help("only an agreement over a policy is stricter than another"),
                _ => fault.did_you_mean(near, listed(&known)),
            };
            self.fault(fault);
        }
        found
    }

    /// The lints that a clause silences, in the place of those that were silenced in the one it replaces.
    pub(super) fn silence_in(&mut self, clause: usize, silences: &[syntax::Silence]) {
        let silences = silences.iter().map(|silence| self.silence(silence, Some(clause))).collect();
        self.changes.silences.insert(Some(clause), silences);
    }

    fn silence(&mut self, silence: &syntax::Silence, clause: Option<usize>) -> Silence {
        let syntax::Silence { lint, reason, span } = silence;
        if !lints::NAMES.contains(&lint.text.as_str()) {
            let near = abey_engine::nearest::nearest(&lint.text, lints::NAMES.iter().copied());
            let fault = Diagnostic::error(Code::UnknownLint, lint.span, format!("there is no lint `{}`", lint.text));
            self.fault(fault.did_you_mean(near, listed(lints::NAMES)));
        }
        if reason.text.trim().is_empty() {
            let fault = Diagnostic::error(Code::NoReason, reason.span, "a lint isn't silenced without a reason");
            self.fault(fault.help("say why what it finds is meant"));
        }
        let (lint, reason) = (lint.text.clone(), reason.text.clone());
        Silence { lint, reason, clause, span: *span }
    }
}

/// What there is, in words.
fn listed(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    format!("there {} {}", if names.len() == 1 { "is" } else { "are" }, names.join(", "))
}
