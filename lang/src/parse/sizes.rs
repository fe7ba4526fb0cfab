//! Whether what a source says is within its limits, statement by statement, before anything is made of it: whatever
//! comes later may take time and memory in proportion to what is counted here.

use crate::diagnostic::{Code, Diagnostic};
use crate::limits;
use crate::syntax::{
    Actions, Below, Bound, BoundKind, Clause, Condition, DataList, DemandKind, File, List, Name, Operation, Owe, Part,
    PartKind, Phrase, Rule, Span, Statement, StatementKind, Terms, Told, ToldValue, Value, ValueKind, Verb, Waived,
};

/// Takes away what is past a limit, and says so.
pub(super) fn check(file: &mut File, faults: &mut Vec<Diagnostic>) {
    if let Some(beyond) = file.statements.get(limits::STATEMENTS) {
        faults.push(fault(beyond.span, limits::STATEMENTS, "statements").help("split the policy"));
        file.statements.truncate(limits::STATEMENTS);
    }
    file.statements.retain(|statement| {
        let mut sizes = Sizes { beyond: None };
        sizes.statement(statement);
        let fine = sizes.beyond.is_none();
        faults.extend(sizes.beyond);
        fine
    });
}

fn fault(at: Span, most: usize, what: &str) -> Diagnostic {
    Diagnostic::error(Code::TooMuch, at, format!("there are more than {most} {what}"))
}

/// The first thing that is past a limit.
struct Sizes {
    beyond: Option<Diagnostic>,
}

impl Sizes {
    fn count(&mut self, count: usize, most: usize, at: Span, what: &str) {
        if count > most && self.beyond.is_none() {
            self.beyond = Some(fault(at, most, what).help("write several statements, or a word above them all"));
        }
    }

    fn names(&mut self, names: &[Name]) {
        let at = names.get(limits::LIST).map(|name| name.span).unwrap_or_default();
        self.count(names.len(), limits::LIST, at, "words in one list");
    }

    fn statement(&mut self, statement: &Statement) {
        let at = statement.span;
        match &statement.kind {
            StatementKind::Use(names) => self.names(names),
            StatementKind::Terms(terms) => self.terms(terms, at),
            StatementKind::Recipient(recipient) => {
                self.names(&recipient.places);
                self.names(&recipient.under);
                recipient.purposes.iter().for_each(|names| self.names(names));
                self.below(&recipient.below, 1, at);
                self.facts(&recipient.facts, at);
            }
            StatementKind::Setting(setting) => {
                [&setting.default, &setting.at_least, &setting.at_most]
                    .into_iter()
                    .flatten()
                    .for_each(|value| self.value(value));
            }
            StatementKind::Table(table) => {
                let keys = table.rows.iter().map(|(keys, _)| keys.len().max(1)).sum();
                self.count(keys, limits::LIST, at, "keys in one table");
            }
            StatementKind::Clause(clause) | StatementKind::Replacement(clause) => self.clause(clause),
            StatementKind::Rule(rule) => self.rule(rule),
            StatementKind::Examples(operation) => self.operation(operation),
            StatementKind::Example(example) => {
                self.names(&example.citing);
                self.count(example.owing.len(), limits::LIST, at, "words in one list");
                self.operation(&example.operation);
            }
            StatementKind::Applies(condition, ..) => self.condition(condition),
            StatementKind::Assignment(_, value) => self.value(value),
            StatementKind::Property(property) => self.phrase(&property.phrase),
            StatementKind::Head(_) | StatementKind::Offset(_) | StatementKind::Fact(_) | StatementKind::Silence(_) => {}
        }
    }

    fn terms(&mut self, terms: &Terms, at: Span) {
        self.below(&terms.below, terms.names.len(), at);
        terms.containing.iter().for_each(|names| self.names(names));
        let contained = terms.containing.as_ref().map_or(0, Vec::len).saturating_mul(terms.names.len());
        self.count(contained, limits::EDGES, at, "edges in one statement");
    }

    /// Each name lies below each parent, under a condition of its own.
    fn below(&mut self, below: &[Below], names: usize, at: Span) {
        let mut edges = 0usize;
        for group in below {
            self.names(&group.parents);
            let nodes = group.when.as_ref().map_or(1, |when| {
                self.condition(when);
                nodes(when)
            });
            edges = edges.saturating_add(names.saturating_mul(group.parents.len()).saturating_mul(nodes));
        }
        self.count(edges, limits::EDGES, at, "edges in one statement");
    }

    fn clause(&mut self, clause: &Clause) {
        clause.parts.iter().for_each(|part| self.part(part));
        clause.rules.iter().for_each(|rule| self.rule(rule));
    }

    fn phrase(&mut self, phrase: &Phrase) {
        if let Some(Actions::List(List::These(names) | List::AnyExcept(names))) = &phrase.actions {
            self.names(names);
        }
        phrase.parts.iter().for_each(|part| self.part(part));
    }

    fn rule(&mut self, rule: &Rule) {
        self.phrase(&rule.phrase);
        match &rule.verb {
            Verb::Require(demands) => {
                self.count(demands.len(), limits::LIST, rule.span, "words in one list");
                for demand in demands {
                    match &demand.kind {
                        DemandKind::Each(means) | DemandKind::OneOf(means) => {
                            self.count(means.len(), limits::LIST, demand.span, "words in one list");
                        }
                        DemandKind::Condition(condition) => self.condition(condition),
                    }
                }
            }
            Verb::Keep(bounds) => bounds.iter().for_each(|bound| self.bound(bound)),
            Verb::Owe(Owe { within, event, .. }) => {
                within.iter().chain(event).for_each(|value| self.value(value));
            }
            Verb::Waive(Waived::Labels(_, labels)) => self.names(labels),
            Verb::Authorise(value) => self.value(value),
            Verb::Allow | Verb::Forbid | Verb::Waive(Waived::Range(..)) | Verb::Note(_) => {}
        }
    }

    fn bound(&mut self, bound: &Bound) {
        match &bound.kind {
            BoundKind::AtLeast(value)
            | BoundKind::AtMost(value)
            | BoundKind::Exactly(value)
            | BoundKind::After(value)
            | BoundKind::Until(value) => self.value(value),
            BoundKind::While(condition) => self.condition(condition),
            BoundKind::Then(names) => self.names(names),
            BoundKind::Never => {}
        }
    }

    fn part(&mut self, part: &Part) {
        match &part.kind {
            PartKind::Of(DataList::These(picks) | DataList::AnyExcept(picks)) => {
                let words = picks.iter().map(|pick| pick.words.len()).sum();
                self.count(words, limits::LIST, part.span, "words in one list");
            }
            PartKind::List(_, List::These(names) | List::AnyExcept(names))
            | PartKind::Resting(names)
            | PartKind::With(names) => self.names(names),
            PartKind::When(condition) | PartKind::Unless(condition) => self.condition(condition),
            PartKind::Of(DataList::Any(_)) | PartKind::List(_, List::Any(_)) => {}
        }
    }

    fn condition(&mut self, condition: &Condition) {
        match condition {
            Condition::Or(parts) | Condition::And(parts) => parts.iter().for_each(|part| self.condition(part)),
            Condition::Not(inner) => self.condition(inner),
            Condition::Compare(comparison) => {
                self.count(comparison.right.len(), limits::LIST, comparison.span, "values in one comparison");
                comparison.right.iter().chain([&comparison.left]).for_each(|value| self.value(value));
            }
        }
    }

    fn value(&mut self, value: &Value) {
        match &value.kind {
            ValueKind::Extreme(_, of) => {
                self.count(of.len(), limits::OPERANDS, value.span, "values to choose from");
                of.iter().for_each(|value| self.value(value));
            }
            ValueKind::Sum(left, _, right) => {
                self.value(left);
                self.value(right);
            }
            ValueKind::EndOf(_, of) => self.value(of),
            ValueKind::Literal(_) | ValueKind::Name(_) | ValueKind::Attribute(..) => {}
        }
    }

    fn facts(&mut self, facts: &[Told], at: Span) {
        self.count(facts.len(), limits::LIST, at, "facts in one list");
        for told in facts {
            if let ToldValue::Set(members) = &told.value {
                self.count(members.len(), limits::MEMBERS, told.span, "members in one set");
            }
        }
    }

    fn operation(&mut self, operation: &Operation) {
        let at = operation.span;
        self.count(operation.items.len(), limits::LIST, at, "data items");
        for item in &operation.items {
            self.count(item.words.len(), limits::LIST, at, "words of one data item");
            item.contents.iter().for_each(|names| self.names(names));
            self.facts(&item.facts, at);
        }
        self.count(operation.legs.len(), limits::LIST, at, "recipients");
        operation.legs.iter().filter_map(|leg| leg.measures.as_ref()).for_each(|names| self.names(names));
        let subjects = operation.subjects.as_ref();
        self.count(subjects.map_or(0, Vec::len), limits::LIST, at, "subjects");
        subjects.into_iter().flatten().for_each(|subject| self.facts(&subject.facts, at));
        for names in [&operation.purposes, &operation.origins, &operation.measures].into_iter().flatten() {
            self.names(names);
        }
        self.facts(&operation.facts, at);
    }
}

/// How many comparisons and values a condition has.
pub fn nodes(condition: &Condition) -> usize {
    match condition {
        Condition::Or(parts) | Condition::And(parts) => parts.iter().map(nodes).sum(),
        Condition::Not(inner) => nodes(inner),
        Condition::Compare(comparison) => 1 + comparison.right.len(),
    }
}
