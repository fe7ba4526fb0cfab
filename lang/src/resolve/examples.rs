//! Examples: operations with the decision that they are to get.

use abey_engine::image::Facet;
use abey_engine::operation::Operation;

use super::Resolver;
use super::operations::{Vocabulary, operation};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::Example;
use crate::syntax::{self, Name, Statement, StatementKind};

impl Resolver {
    pub(super) fn declare_examples(&mut self, statement: &Statement) {
        // An agreement answers for its own examples: those beneath were written for the terms beneath.
        if !self.is_layer() || self.unit + 1 < self.units.len() {
            return;
        }
        match &statement.kind {
            // The parts that later examples share stay until the next such statement; examples look them up here.
            StatementKind::Examples(parts) => {
                if let Some(shared) = self.example_operation(parts) {
                    self.shared = shared;
                }
            }
            StatementKind::Example(example) => self.example(example),
            _ => {}
        }
    }

    fn example_operation(&mut self, phrase: &syntax::Operation) -> Option<Operation> {
        match operation(phrase, &Vocabulary { facts: &self.facts, offset: self.policy.offset }) {
            Ok(operation) => Some(operation),
            Err(faults) => {
                faults.into_iter().for_each(|fault| self.fault(fault));
                None
            }
        }
    }

    fn example(&mut self, example: &syntax::Example) {
        let earlier =
            self.policy.examples.iter().find(|earlier| earlier.name == example.name.text).map(|earlier| earlier.span);
        if let Some(earlier) = earlier {
            let fault = Diagnostic::error(
                Code::DeclaredTwice,
                example.name.span,
                format!("two examples are named `{}`", example.name.text),
            );
            let fault = fault.label("again here").related(earlier, "first here");
            self.fault(fault.help("give each a name of its own"));
        }
        self.once(&example.citing);
        for label in &example.citing {
            if self.known.labelled(&label.text).is_empty() && !self.full() {
                let fault =
                    Diagnostic::error(Code::UnknownClause, label.span, format!("there is no clause `{}`", label.text));
                let help = self.known_labels(&label.text, usize::MAX);
                self.fault(fault.help(help));
            }
        }
        // A typing error would let any `pause` pass; only one that cites nothing may be about a strange word.
        if example.allow || !example.citing.is_empty() {
            self.example_words(&example.operation);
        }
        let Some(own) = self.example_operation(&example.operation) else { return };
        let operation = own.or_from(&self.shared);
        if let Err(fault) = operation.validate() {
            let fault = fault.to_string();
            let why = fault.strip_prefix("operation: ").unwrap_or(&fault);
            let message = format!("this operation can't be checked: {why}");
            let fault = Diagnostic::error(Code::MalformedExample, example.operation.span, message);
            self.fault(fault.help("change what the example, or `examples` above it, says"));
            return;
        }
        self.policy.examples.push(Example {
            name: example.name.text.clone(),
            allow: example.allow,
            citing: example.citing.iter().map(|label| label.text.clone()).collect(),
            owing: example.owing.iter().map(|(duty, due)| (duty.text.clone(), *due)).collect(),
            operation,
            span: example.name.span,
        });
    }

    fn example_words(&mut self, operation: &syntax::Operation) {
        let mut check = |facet: Facet, name: &Name| {
            if !matches!(name.text.as_str(), "none" | "raw") {
                self.term(facet, name);
            }
        };
        operation.action.iter().for_each(|name| check(Facet::Action, name));
        for item in &operation.items {
            if let Some((category, forms)) = item.words.split_last() {
                check(Facet::Data, category);
                forms.iter().for_each(|form| check(Facet::Form, form));
            }
            item.contents.iter().flatten().for_each(|name| check(Facet::Data, name));
        }
        operation.subjects.iter().flatten().for_each(|subject| check(Facet::Subject, &subject.name));
        operation.actor.iter().for_each(|name| check(Facet::Actor, name));
        operation.purposes.iter().flatten().for_each(|name| check(Facet::Purpose, name));
        for leg in &operation.legs {
            check(Facet::Recipient, &leg.recipient);
            leg.place.iter().for_each(|name| check(Facet::Place, name));
            leg.measures.iter().flatten().for_each(|name| check(Facet::Measure, name));
        }
        operation.place.iter().for_each(|name| check(Facet::Place, name));
        operation.origins.iter().flatten().for_each(|name| check(Facet::Place, name));
        operation.role.iter().for_each(|name| check(Facet::Role, name));
        operation.basis.iter().for_each(|name| check(Facet::Basis, name));
        operation.measures.iter().flatten().for_each(|name| check(Facet::Measure, name));
    }
}
