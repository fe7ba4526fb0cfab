//! From syntax to the typed policy: every word looked up, every type checked.

mod conditions;
mod examples;
mod operations;
mod rules;
mod settings;
mod terms;

use abey_engine::image::{Facet, Vocabulary};
use abey_engine::operation::Operation;

use crate::diagnostic::Diagnostic;
use crate::model::{Origin, Policy};
use crate::parse;
use crate::syntax::{File, Head, Name, Span, Statement, StatementKind};
use crate::vocabulary;

pub use operations::{Vocabulary as PhraseVocabulary, operation};
pub use settings::bind;

/// A source with its statements: the policy itself, or a vocabulary that it uses.
struct Unit<'a> {
    vocabulary: Option<String>,
    source: &'a str,
    statements: Vec<Statement>,
}

/// What is known so far.
pub(crate) struct Resolver<'a> {
    policy: Policy,
    faults: Vec<Diagnostic>,
    unit: usize,
    units: Vec<Unit<'a>>,
    /// What `examples` says of those that follow.
    shared: Operation,
}

/// Resolves a parsed policy. The policy returned is whole only where no error is.
pub(crate) fn resolve(source: &str, file: File) -> (Policy, Vec<Diagnostic>) {
    let mut faults = Vec::new();
    let mut units = Vec::new();
    let mut vocabularies = Vec::new();
    let mut names: Vec<Name> = Vec::new();
    for statement in &file.statements {
        if let StatementKind::Use(used) = &statement.kind {
            names.extend(used.iter().cloned());
        }
    }
    let core = Name { text: "core".into(), span: Span::default() };
    for name in std::iter::once(&core).chain(&names) {
        take_in(name, &mut units, &mut vocabularies, &mut faults);
    }
    units.push(Unit { vocabulary: None, source, statements: file.statements });
    let mut resolver = Resolver { policy: empty(vocabularies), faults, unit: 0, units, shared: Operation::default() };
    resolver.run();
    let Resolver { policy, mut faults, .. } = resolver;
    faults.sort_by_key(|fault| fault.span);
    (policy, faults)
}

/// Takes in a vocabulary after those that it uses itself, each once.
fn take_in(name: &Name, units: &mut Vec<Unit<'_>>, taken: &mut Vec<Vocabulary>, faults: &mut Vec<Diagnostic>) {
    if taken.iter().any(|vocabulary| vocabulary.name == name.text) {
        return;
    }
    let Some(source) = vocabulary::source(&name.text) else {
        let known = vocabulary::names();
        let mut fault =
            Diagnostic::error("unknown-vocabulary", name.span, format!("there is no vocabulary `{}`", name.text));
        fault = match abey_engine::nearest::nearest(&name.text, known.iter().copied()) {
            Some(near) => fault.help(format!("did you mean `{near}`?")),
            None => fault.help(format!("there are {}", known.join(", "))),
        };
        faults.push(fault);
        return;
    };
    let (file, errors) = parse::parse(source);
    if let Some(error) = errors.first() {
        faults.push(Diagnostic::error(
            "vocabulary",
            name.span,
            format!("the vocabulary `{}` has an error: {}", name.text, error.message),
        ));
        return;
    }
    let version = file.statements.iter().find_map(|statement| match &statement.kind {
        StatementKind::Head(Head { version, .. }) => version.as_ref().map(|version| version.text.clone()),
        _ => None,
    });
    taken.push(Vocabulary { name: name.text.clone(), version: version.unwrap_or_default() });
    for statement in &file.statements {
        if let StatementKind::Use(used) = &statement.kind {
            for inner in used {
                take_in(inner, units, taken, faults);
            }
        }
    }
    units.push(Unit { vocabulary: Some(name.text.clone()), source, statements: file.statements });
}

fn empty(vocabularies: Vec<Vocabulary>) -> Policy {
    Policy {
        name: String::new(),
        title: String::new(),
        version: String::new(),
        vocabularies,
        offset: 0,
        in_force: abey_engine::image::Period { from: None, until: None },
        applies: None,
        terms: Facet::ALL.iter().map(|_| Vec::new()).collect(),
        recipients: Vec::new(),
        facts: Vec::new(),
        settings: Vec::new(),
        clauses: Vec::new(),
        notice: None,
        examples: Vec::new(),
        core: abey_engine::image::Core {
            store: 0,
            share: 0,
            transfer: 0,
            dispose: 0,
            delete: 0,
            unstructured: 0,
            country: 0,
        },
    }
}

impl Resolver<'_> {
    fn run(&mut self) {
        // Statements are moved out and walked once for each pass, so that words may be used before they are declared.
        let units: Vec<Vec<Statement>> =
            self.units.iter_mut().map(|unit| std::mem::take(&mut unit.statements)).collect();
        let pass = |resolver: &mut Self, of: fn(&mut Self, &Statement)| {
            for (index, statements) in units.iter().enumerate() {
                resolver.unit = index;
                statements.iter().for_each(|statement| of(resolver, statement));
            }
        };
        pass(self, Self::declare_head);
        pass(self, Self::declare_terms);
        self.find_core();
        pass(self, Self::declare_facts);
        pass(self, Self::declare_settings);
        pass(self, Self::declare_below);
        self.check_terms();
        pass(self, Self::declare_clause);
        self.check_whole();
        pass(self, Self::declare_examples);
    }

    fn source(&self) -> &str {
        self.units.get(self.unit).map_or("", |unit| unit.source)
    }

    fn origin(&self, span: Span) -> Origin {
        Origin { vocabulary: self.units.get(self.unit).and_then(|unit| unit.vocabulary.clone()), span }
    }

    /// Reports an error at a place of the unit at hand.
    fn fault(&mut self, fault: Diagnostic) {
        let vocabulary = self.units.get(self.unit).and_then(|unit| unit.vocabulary.clone());
        self.faults.push(match vocabulary {
            None => fault,
            Some(vocabulary) => {
                let (line, _) = crate::diagnostic::line_and_column(self.source(), fault.span.start);
                let message =
                    format!("the vocabulary `{vocabulary}` doesn't fit, at its line {line}: {}", fault.message);
                Diagnostic::error("vocabulary", Span::default(), message)
            }
        });
    }

    /// A second declaration: both places, where both are in the policy.
    fn twice(&mut self, code: &'static str, name: &Name, what: &str, earlier: &Origin) {
        let fault = Diagnostic::error(code, name.span, format!("{what} `{}` is declared twice", name.text));
        self.fault(match &earlier.vocabulary {
            None => fault.label("again here").related(earlier.span, "first here"),
            Some(vocabulary) => fault
                .label(format!("the vocabulary `{vocabulary}` declares it"))
                .help("use another name, or the one that is there"),
        });
    }

    /// Source text on one line, without comments.
    fn quote(&self, span: Span) -> String {
        quote(self.source(), span)
    }

    fn declare_head(&mut self, statement: &Statement) {
        let own = self.units.get(self.unit).is_some_and(|unit| unit.vocabulary.is_none());
        match &statement.kind {
            StatementKind::Head(head) if own => {
                if head.vocabulary {
                    let fault = Diagnostic::error("not-a-policy", statement.span, "this is a vocabulary, not a policy");
                    self.fault(fault.help("write `policy` to check operations with it"));
                } else if !self.policy.name.is_empty() {
                    self.fault(
                        Diagnostic::error(
                            "two-policies",
                            statement.span,
                            "a source holds one policy, and this is a second",
                        )
                        .help("put it in a file of its own"),
                    );
                }
                self.policy.name.clone_from(&head.name.text);
                self.policy.title.clone_from(&head.title.text);
                self.policy.version = head.version.as_ref().map(|version| version.text.clone()).unwrap_or_default();
                if let Some(period) = head.in_force {
                    self.policy.in_force = abey_engine::image::Period { from: period.from, until: period.until };
                    if let (Some(from), Some(until)) = (period.from, period.until)
                        && until < from
                    {
                        self.fault(Diagnostic::error(
                            "empty-period",
                            statement.span,
                            format!("it ends on {until}, before it begins on {from}"),
                        ));
                    }
                }
            }
            StatementKind::Offset(minutes) if own => self.policy.offset = *minutes,
            _ => {}
        }
    }

    /// What can only be said of the whole.
    fn check_whole(&mut self) {
        self.unit = self.units.len().saturating_sub(1);
        if self.policy.name.is_empty() && self.faults.iter().all(|fault| fault.code != "not-a-policy") {
            let start = Span { start: 0, end: 0 };
            let fault = Diagnostic::error("no-policy", start, "the source doesn't say which policy it is");
            self.fault(fault.help("begin with `policy NAME \"Title\" version \"1\";`"));
        }
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
