//! Bounds on how long data is held, and duties with their clocks.

use super::Resolver;
use crate::diagnostic::Diagnostic;
use crate::model::{Base, Facet, Keep, Literal, Owe, Value};
use crate::syntax::{self, BoundKind, Name, Span};

impl Resolver {
    pub(super) fn keep(&mut self, rule: &syntax::Rule, bounds: &[syntax::Bound]) -> Option<Keep> {
        let mut keep = Keep::default();
        let mut seen: Vec<(std::mem::Discriminant<BoundKind>, Span)> = Vec::new();
        let mut texts = Vec::new();
        for bound in bounds {
            let which = std::mem::discriminant(&bound.kind);
            if let Some((_, earlier)) = seen.iter().find(|(other, _)| *other == which) {
                self.fault(crate::parse::repeated(bound.span, *earlier));
                return None;
            }
            seen.push((which, bound.span));
            if !matches!(bound.kind, BoundKind::Then(_)) {
                texts.push(self.quote(bound.span));
            }
            let mut length = |value: &syntax::Value| self.value_of(value, &Base::Duration, "a bound");
            match &bound.kind {
                BoundKind::AtLeast(value) => keep.at_least = Some(length(value)?),
                BoundKind::AtMost(value) => keep.at_most = Some(length(value)?),
                BoundKind::Exactly(value) => {
                    keep.at_least = Some(length(value)?);
                    keep.at_most.clone_from(&keep.at_least);
                }
                BoundKind::After(value) => keep.after = Some(self.value_of(value, &Base::Date, "an event")?),
                BoundKind::Until(value) => keep.until = Some(self.value_of(value, &Base::Date, "an event")?),
                BoundKind::While(condition) => keep.during = Some(self.condition(condition)?),
                BoundKind::Never => keep.never = true,
                BoundKind::Then(actions) => {
                    for action in actions {
                        keep.then.push(self.disposal(action)?);
                    }
                }
            }
        }
        keep.text = texts.join(" ");
        let bounded = keep.at_least.is_some() || keep.at_most.is_some();
        let problem = if keep.never && bounds.len() > 1 {
            Some(("contradictory-bounds", "`never` stands alone: what isn't kept has no other bound"))
        } else if !(bounded || keep.until.is_some() || keep.during.is_some() || keep.never) {
            Some(("no-bound", "this `keep` has no bound"))
        } else if keep.after.is_some() && !bounded {
            Some(("no-bound", "`after` says from when a bound counts, and there is none"))
        } else if keep.until.is_some() && keep.at_most.is_some() {
            Some(("contradictory-bounds", "`until` and `at most` are two upper bounds"))
        } else {
            None
        };
        let reversed = match (&keep.at_least, &keep.at_most) {
            (Some(Value::Literal(Literal::Duration(least))), Some(Value::Literal(Literal::Duration(most)))) => {
                least.at_most(*most).is_false()
            }
            _ => false,
        };
        let problem = problem.or_else(|| {
            reversed.then_some(("contradictory-bounds", "nothing is at least the one and at most the other"))
        });
        if let Some((code, message)) = problem {
            let fault = Diagnostic::error(code, rule.body, message);
            self.fault(fault.help("bounds are `at least D`, `at most D`, `exactly D`, `until EVENT`, `while CONDITION` and `never`; write two rules for two upper bounds"));
            return None;
        }
        Some(keep)
    }

    pub(super) fn disposal(&mut self, name: &Name) -> Option<u32> {
        let action = self.term(Facet::Action, name)?;
        let mut waiting = vec![action];
        while let Some(at) = waiting.pop() {
            if at == self.policy.core.dispose {
                return Some(action);
            }
            let parents = self.facet(Facet::Action).get(at as usize).map_or(&[][..], |term| &term.parents);
            waiting.extend(parents.iter().map(|edge| edge.parent));
        }
        let fault =
            Diagnostic::error("no-disposal", name.span, format!("`{}` doesn't end the holding of data", name.text));
        self.fault(fault.help("name an action at or below `dispose`: delete, anonymise, return"));
        None
    }

    pub(super) fn owe(&mut self, owe: &syntax::Owe) -> Option<Owe> {
        let within = match &owe.within {
            Some(value) => Some(self.value_of(value, &Base::Duration, "a deadline")?),
            None => None,
        };
        let event = match &owe.event {
            Some(value) => Some(self.value_of(value, &Base::Date, "an event")?),
            None => None,
        };
        let text = match (&owe.within, &owe.event) {
            (Some(within), Some(event)) => format!("within {} of {}", self.quote(within.span), self.quote(event.span)),
            (None, Some(event)) => format!("of {}", self.quote(event.span)),
            _ => String::new(),
        };
        Some(Owe { duty: owe.duty.text.clone(), within, event, text })
    }
}
