//! How what is wrong is reported: at a place of the source at hand, or where that names the one further down.

use std::collections::HashMap;

use super::Resolver;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::Origin;
use crate::syntax::{Name, Span};

impl Resolver {
    /// Where a declaration stands, in words.
    pub(super) fn place(&self, origin: &Origin) -> String {
        let Some(unit) = self.units.get(origin.unit) else { return String::new() };
        let (line, _) = crate::diagnostic::line_and_column(&unit.source, origin.span.start);
        let name = match &unit.vocabulary {
            Some(vocabulary) => Some(vocabulary),
            None => self.policy.layers.get(unit.layer).map(|layer| &layer.name),
        };
        format!("line {line} of `{}`", name.map_or("", String::as_str))
    }

    /// Reports an error at a place of the unit at hand; of one further down, where the top source names it.
    pub(super) fn fault(&mut self, fault: Diagnostic) {
        if self.full() {
            self.hidden = true;
            return;
        }
        let top = self.units.iter().map(|unit| unit.layer).max().unwrap_or(0);
        let here = self.is_layer() && self.layer() == top;
        let Some(unit) = self.units.get(self.unit).filter(|_| !here) else {
            self.faults.push(fault);
            return;
        };
        let at = self.place(&Origin { vocabulary: unit.vocabulary.clone(), unit: self.unit, span: fault.span });
        let message = format!("there is an error at {at}: {}", fault.message);
        let repeated = self.faults.iter().any(|earlier| earlier.message == message);
        if !repeated {
            let beneath = Diagnostic::error(Code::PolicyBeneath, unit.named, message);
            let help = match &unit.vocabulary {
                Some(name) => {
                    format!("the words of `{name}` don't go with those of this policy: take it away, or change yours")
                }
                None => "mend it first".into(),
            };
            self.faults.push(beneath.help(help));
        }
    }

    /// A second declaration: both places, where both are in the policy.
    pub(super) fn twice(&mut self, name: &Name, what: &str, earlier: &Origin) {
        let fault =
            Diagnostic::error(Code::DeclaredTwice, name.span, format!("{what} `{}` is declared twice", name.text));
        self.fault(match &earlier.vocabulary {
            None if earlier.unit != self.unit => {
                fault.help(format!("it stands at {}: use it, or another name", self.place(earlier)))
            }
            None => fault.label("again here").related(earlier.span, "first here").help("keep one, or rename one"),
            Some(vocabulary) => fault
                .label(format!("the vocabulary `{vocabulary}` declares it"))
                .help("use another name, or the one that is there"),
        });
    }

    /// With an earlier place, where that is in the source at hand.
    pub(super) fn also(&self, fault: Diagnostic, earlier: &Origin) -> Diagnostic {
        if earlier.unit == self.unit { fault.label("again here").related(earlier.span, "first here") } else { fault }
    }

    /// Reports each word that stands twice in a list.
    pub(super) fn once(&mut self, names: &[Name]) {
        let mut seen: HashMap<&str, &Name> = HashMap::new();
        for name in names {
            if let Some(earlier) = seen.get(name.text.as_str()) {
                self.fault(crate::parse::stands_twice(&name.text, name.span, earlier.span).help("keep one"));
            } else {
                seen.insert(&name.text, name);
            }
        }
    }

    /// Source text on one line, without comments.
    pub(super) fn quote(&self, span: Span) -> String {
        quote(self.source(), span)
    }
}

/// Source text on one line, without comments, as decisions quote it.
pub(crate) fn quote(source: &str, span: Span) -> String {
    let text = source.get(span.range()).unwrap_or("");
    let lines = text.lines().map(|line| {
        let mut in_text = false;
        let mut previous = ' ';
        for (at, letter) in line.char_indices() {
            match letter {
                '"' if previous != '\\' => in_text = !in_text,
                '/' if previous == '/' && !in_text => return line.get(..at - 1).unwrap_or(""),
                _ => {}
            }
            previous = letter;
        }
        line
    });
    lines.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}
