//! Conditions and values: names looked up, types checked.

use abey_engine::image::Compare as ImageCompare;

use super::Resolver;
use super::values::{Kind, moment, written};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{Base, Condition, Type, Value};
use crate::syntax::{self, Comparison, Span, ValueKind};

impl Resolver {
    /// A condition; reports what doesn't fit.
    pub(super) fn condition(&mut self, condition: &syntax::Condition) -> Option<Condition> {
        Some(match condition {
            syntax::Condition::And(parts) => Condition::All(self.conditions(parts)?),
            syntax::Condition::Or(parts) => Condition::Any(self.conditions(parts)?),
            syntax::Condition::Not(inner) => Condition::Not(Box::new(self.condition(inner)?)),
            syntax::Condition::Compare(comparison) => self.comparison(comparison)?,
        })
    }

    fn conditions(&mut self, parts: &[syntax::Condition]) -> Option<Vec<Condition>> {
        let found: Vec<Option<Condition>> = parts.iter().map(|part| self.condition(part)).collect();
        found.into_iter().collect()
    }

    fn comparison(&mut self, comparison: &Comparison) -> Option<Condition> {
        use syntax::Compare;
        let text = self.quote(comparison.span);
        if matches!(comparison.compare, Compare::IsAuthorised | Compare::IsNotAuthorised) {
            if !matches!(&comparison.left.kind, ValueKind::Name(name) if name == "recipient") {
                self.fault(
                    Diagnostic::error(Code::OnlyRecipients, comparison.left.span, "only a recipient is authorised")
                        .help("write `recipient is authorised`"),
                );
                return None;
            }
            return Some(match comparison.compare {
                Compare::IsAuthorised => Condition::Authorised,
                _ => Condition::Not(Box::new(Condition::Authorised)),
            });
        }
        if !comparison.right.iter().chain([&comparison.left]).all(|value| self.shallow(value)) {
            return None;
        }
        let (left, kind) = self.value(&comparison.left, None)?;
        if !self.left_fits(comparison, &kind) {
            return None;
        }
        let expected = match &kind {
            Kind::Plain(kind) => Some(Type { set: false, base: kind.base.clone() }),
            Kind::Age => Some(Type { set: false, base: Base::Duration }),
            Kind::None => None,
        };
        let mut right = Vec::new();
        let mut whole = true;
        for value in &comparison.right {
            match self.value(value, expected.as_ref()) {
                Some((value_found, value_kind)) => {
                    whole &= self.comparable(comparison, &kind, &value_kind, value.span);
                    right.push(value_found);
                }
                None => whole = false,
            }
        }
        if !whole {
            return None;
        }
        let test =
            |compare: ImageCompare, right: Vec<Value>| Condition::Test(compare, left.clone(), right, text.clone());
        let not = |condition: Condition| Condition::Not(Box::new(condition));
        Some(match comparison.compare {
            Compare::Is | Compare::IsOneOf => test(ImageCompare::Is, right),
            Compare::IsNot | Compare::IsNotOneOf => not(test(ImageCompare::Is, right)),
            Compare::IsNone => test(ImageCompare::IsNone, right),
            Compare::IsNotNone => not(test(ImageCompare::IsNone, right)),
            Compare::IsAny => test(ImageCompare::IsAny, right),
            Compare::Includes => test(ImageCompare::Includes, right),
            Compare::Within | Compare::WithinSet => test(ImageCompare::Within, right),
            Compare::AtMost => test(ImageCompare::AtMost, right),
            Compare::AtLeast => test(ImageCompare::AtLeast, right),
            Compare::Before => test(ImageCompare::Before, right),
            Compare::After => test(ImageCompare::After, right),
            Compare::OnOrBefore => test(ImageCompare::OnOrBefore, right),
            Compare::OnOrAfter => test(ImageCompare::OnOrAfter, right),
            Compare::IsAuthorised | Compare::IsNotAuthorised => return None,
        })
    }

    /// Whether the left side may stand in such a comparison.
    fn left_fits(&mut self, comparison: &Comparison, kind: &Kind) -> bool {
        use syntax::Compare;
        let (fits, wanted) = match comparison.compare {
            Compare::Includes | Compare::Within | Compare::WithinSet => (kind.is_set(), "a set on its left"),
            Compare::IsNone | Compare::IsNotNone | Compare::IsAny => {
                let fits = match kind {
                    Kind::Plain(Type { set: false, base }) => super::settings::has_none(base),
                    _ => false,
                };
                (fits, "something that can be none")
            }
            Compare::AtMost | Compare::AtLeast => (
                !kind.is_set() && (*kind == Kind::Age || matches!(kind.base(), Some(Base::Number | Base::Duration))),
                "a number, a duration or an age",
            ),
            Compare::Before | Compare::After | Compare::OnOrBefore | Compare::OnOrAfter => {
                (!kind.is_set() && kind.base().is_some_and(moment), "a date or an instant")
            }
            _ => (!kind.is_set(), "a single value"),
        };
        if !fits {
            let message = format!("this comparison needs {wanted}, and this is {}", kind.words());
            let fault = Diagnostic::error(Code::WrongComparison, comparison.left.span, message).label(kind.words());
            let help = match (kind.is_set(), kind.base()) {
                (true, _) => "a set is compared with `includes` or `within (…)`",
                (_, Some(base)) if moment(base) => {
                    "dates are compared with `before`, `after`, `on or before`, `on or after`"
                }
                (_, Some(Base::Number | Base::Duration)) => "compare it with `at most` or `at least`",
                (_, None) => "an age is compared with `at most` or `at least`",
                _ => "compare it with `is`, `is not` or `is one of (…)`",
            };
            self.fault(fault.help(help));
        }
        fits
    }

    /// Whether the right side may be compared with the left.
    fn comparable(&mut self, comparison: &Comparison, left: &Kind, right: &Kind, at: Span) -> bool {
        use syntax::Compare;
        let same = |a: &Base, b: &Base| a == b || (moment(a) && moment(b));
        let fits = match (left, right) {
            (Kind::Age, right) => right.base() == Some(&Base::Duration) && !right.is_set(),
            (Kind::Plain(left), Kind::Plain(right)) => {
                let set_fits = match comparison.compare {
                    Compare::WithinSet => right.set,
                    Compare::IsOneOf | Compare::IsNotOneOf | Compare::Within => true,
                    _ => !right.set,
                };
                set_fits && same(&left.base, &right.base)
            }
            (_, Kind::None) => {
                self.fault(
                    Diagnostic::error(Code::CompareNone, at, "a comparison with none is always false")
                        .help("write `is none` or `is not none`"),
                );
                return false;
            }
            _ => false,
        };
        if !fits {
            let message = format!("{} can't be compared with {}", left.words(), right.words());
            let help = match left {
                Kind::Plain(kind) => written(&kind.base),
                Kind::Age => written(&Base::Duration),
                Kind::None => "put what may be none on the left, as in `contract_ended is none`".into(),
            };
            self.fault(Diagnostic::error(Code::WrongType, at, message).label(right.words()).help(help));
        }
        fits
    }
}
