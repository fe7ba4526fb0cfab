//! Bounds on how long data is held, and duties with their clocks.

use super::Resolver;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{Base, Facet, Keep, Literal, Owe, Value};
use crate::syntax::{self, BoundKind, Name, Span};

/// What is wrong with the bounds of a `keep`, and what to do about it.
fn problem(keep: &Keep, bounds: &[syntax::Bound]) -> Option<(Code, String, &'static str)> {
    let has = |wanted: fn(&BoundKind) -> bool| bounds.iter().any(|bound| wanted(&bound.kind));
    let exactly = has(|kind| matches!(kind, BoundKind::Exactly(_)));
    let least = has(|kind| matches!(kind, BoundKind::AtLeast(_)));
    let most = has(|kind| matches!(kind, BoundKind::AtMost(_)));
    let counted = keep.at_least.is_some() || keep.at_most.is_some();
    if keep.never && bounds.len() > 1 {
        let message = "`never` stands alone: what isn't kept has no other bound".into();
        return Some((Code::ContradictoryBounds, message, "take the other bounds away, or `never`"));
    }
    if keep.after.is_some() && !counted {
        let message = "`after` says from when a bound counts, and there is none".into();
        let help = "add the bound, as in `at most 30 days after contract_ended`";
        return Some((Code::NoBound, message, help));
    }
    if !(counted || keep.until.is_some() || keep.during.is_some() || keep.never) {
        let help = "add `at least D`, `at most D`, `exactly D`, `until EVENT`, `while CONDITION` or `never`";
        return Some((Code::NoBound, "this `keep` has no bound".into(), help));
    }
    if exactly && (least || most) {
        let other = if least { "at least" } else { "at most" };
        let message = format!("`exactly` is a lower and an upper bound, and so leaves no room for `{other}`");
        return Some((Code::ContradictoryBounds, message, "keep one of them"));
    }
    if keep.until.is_some() && keep.at_most.is_some() {
        let other = if exactly { "exactly" } else { "at most" };
        let message = format!("`until` and `{other}` are two upper bounds");
        return Some((Code::ContradictoryBounds, message, "write two rules: the earlier end holds"));
    }
    match (&keep.at_least, &keep.at_most) {
        (Some(Value::Literal(Literal::Duration(least))), Some(Value::Literal(Literal::Duration(most))))
            if least.at_most(*most).is_false() =>
        {
            let message = format!("nothing is kept at least {least} and at most {most}");
            Some((Code::ContradictoryBounds, message, "make the lower bound the shorter one"))
        }
        _ => None,
    }
}

impl Resolver {
    pub(super) fn keep(&mut self, rule: &syntax::Rule, bounds: &[syntax::Bound]) -> Option<Keep> {
        let mut keep = Keep::default();
        let mut seen: Vec<(std::mem::Discriminant<BoundKind>, Span)> = Vec::new();
        let mut texts = Vec::new();
        for bound in bounds {
            let which = std::mem::discriminant(&bound.kind);
            if let Some((_, earlier)) = seen.iter().find(|(other, _)| *other == which) {
                let fault = crate::parse::repeated(&self.quote(bound.span), bound.span, *earlier);
                self.fault(fault.help("keep one, or write two rules"));
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
                    self.once(actions);
                    for action in actions {
                        keep.then.push(self.disposal(action)?);
                    }
                }
            }
        }
        keep.text = texts.join(" ");
        if let Some((code, message, help)) = problem(&keep, bounds) {
            self.fault(Diagnostic::error(code, rule.body, message).help(help));
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
            Diagnostic::error(Code::NoDisposal, name.span, format!("`{}` doesn't end the holding of data", name.text));
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
