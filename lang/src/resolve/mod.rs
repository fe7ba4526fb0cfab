//! From syntax to the typed policy: every word looked up, every type checked.

mod bounds;
mod conditions;
mod examples;
mod fresh;
mod groups;
mod hierarchy;
mod known;
mod layers;
mod lists;
mod operations;
mod properties;
mod report;
mod rules;
mod settings;
mod spared;
mod tables;
mod terms;
mod values;

use std::borrow::Cow;

use abey_engine::image::{Facet, Vocabulary};
use abey_engine::limits::LAYERS;
use abey_engine::operation::Operation;

use crate::Beneath;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{Layer, Origin, Policy};
use crate::parse;
use crate::syntax::{File, Head, Name, Span, Statement, StatementKind};
use crate::vocabulary;

pub use operations::{Vocabulary as PhraseVocabulary, operation};
pub use settings::bind;
pub(crate) use settings::in_bounds;
pub(crate) use terms::noun;

/// A source with its statements: a layer of the policy, or a vocabulary that one uses.
struct Unit {
    vocabulary: Option<String>,
    /// The layer that it is, or that uses it.
    layer: usize,
    source: Cow<'static, str>,
    statements: Cow<'static, [Statement]>,
    /// Where the top source names it: the policy behind `over`, the vocabulary in `use`.
    named: Span,
}

/// What is known so far.
pub(crate) struct Resolver {
    policy: Policy,
    faults: Vec<Diagnostic>,
    unit: usize,
    units: Vec<Unit>,
    /// The declared facts, for the operations of examples.
    facts: Vec<abey_engine::image::Fact>,
    /// What `examples` says of those that follow.
    shared: Operation,
    /// What the top layer changes beneath it.
    changes: layers::Changes,
    /// What is declared, by its name.
    known: known::Known,
    /// Whether there may be errors that aren't shown.
    hidden: bool,
}

/// A policy, and what is wrong with it.
pub(crate) struct Resolved {
    pub policy: Policy,
    pub faults: Vec<Diagnostic>,
    pub top: Top,
}

/// What the top source of a stack states, and where it names the policy beneath.
#[derive(Clone, Copy)]
pub(crate) struct Top {
    unit: usize,
    over: Span,
}

impl Top {
    /// Where the top source names the policy beneath.
    pub(crate) fn over(self) -> Span {
        self.over
    }

    /// The place of a declaration in the top source; of one further down, the word that names it.
    pub(crate) fn place(self, origin: &Origin) -> Span {
        if origin.unit == self.unit { origin.span } else { self.over }
    }
}

/// Resolves a parsed policy. The policy returned is whole only where no error is.
pub(crate) fn resolve(source: &str, file: File, beneath: &Beneath<'_>) -> Resolved {
    let mut faults = Vec::new();
    let over = file.head().and_then(|head| head.over.as_ref()).map(|name| name.span).unwrap_or_default();
    let stack = stack(source, file, beneath, &mut faults);
    let top = stack.len() - 1;
    let mut units = Vec::new();
    let mut vocabularies = Vec::new();
    let core = Name { text: "core".into(), span: Span::default() };
    for (layer, (source, file)) in stack.into_iter().enumerate() {
        let mut names = vec![core.clone()];
        for statement in &file.statements {
            if let StatementKind::Use(used) = &statement.kind {
                names.extend(used.iter().cloned());
            }
        }
        for name in &names {
            let named = if layer == top { name.span } else { over };
            take_in(name, layer, named, &mut units, &mut vocabularies, &mut faults);
        }
        let (source, statements) = (source.into(), file.statements.into());
        units.push(Unit { vocabulary: None, layer, source, statements, named: over });
    }
    let changes = layers::Changes::default();
    let mut resolver = Resolver {
        policy: empty(vocabularies),
        faults,
        unit: 0,
        units,
        facts: Vec::new(),
        shared: Operation::default(),
        changes,
        known: known::Known::default(),
        hidden: false,
    };
    resolver.run();
    let top = Top { unit: resolver.units.len() - 1, over };
    let Resolver { policy, mut faults, hidden, .. } = resolver;
    faults.sort_by_key(|fault| fault.span);
    if hidden {
        let at = faults.last().map(|fault| fault.span).unwrap_or_default();
        let message = format!("no more than {} errors are shown", crate::limits::ERRORS);
        faults.push(Diagnostic::error(Code::TooManyErrors, at, message).help("mend the others first"));
    }
    Resolved { policy, faults, top }
}

/// The sources of the stack, the public terms first.
fn stack(source: &str, file: File, beneath: &Beneath<'_>, faults: &mut Vec<Diagnostic>) -> Vec<(String, File)> {
    let over = |file: &File| file.head().and_then(|head| head.over.clone());
    let mut next = over(&file);
    let mut names: Vec<String> = file.head().map(|head| head.name.text.clone()).into_iter().collect();
    // Of layers further down, what is wrong is said where the top one names the first.
    let place = next.as_ref().map(|name| name.span).unwrap_or_default();
    let mut stack = vec![(source.to_string(), file)];
    while let Some(name) = next {
        let refused = |message: String| Diagnostic::error(Code::PolicyBeneath, place, message);
        if names.contains(&name.text) {
            let fault = refused(format!("`{}` stands over itself", name.text));
            faults.push(fault.help("name the policy that this agreement changes"));
            break;
        }
        if stack.len() == LAYERS {
            let fault = refused(format!("more than {LAYERS} policies stand over one another"));
            faults.push(fault.help("join some of them"));
            break;
        }
        let Some(found) = beneath(&name.text) else {
            let fault = refused(format!("there is no policy `{}` beneath", name.text));
            faults.push(fault.help("it is looked for beside this file, above it, and in a folder of its name"));
            break;
        };
        let (file, errors) = parse::parse(&found);
        if let Some(error) = errors.first() {
            let (line, _) = crate::diagnostic::line_and_column(&found, error.span.start);
            let fault = refused(format!("there is an error at line {line} of `{}`: {}", name.text, error.message));
            faults.push(fault.help("mend it first"));
            break;
        }
        names.push(name.text.clone());
        next = over(&file);
        stack.push((found, file));
    }
    stack.reverse();
    stack
}

/// Takes in a vocabulary after those that it uses itself, each once.
fn take_in(
    name: &Name,
    layer: usize,
    named: Span,
    units: &mut Vec<Unit>,
    taken: &mut Vec<Vocabulary>,
    faults: &mut Vec<Diagnostic>,
) {
    if taken.iter().any(|vocabulary| vocabulary.name == name.text) || faults.len() >= crate::limits::ERRORS {
        return;
    }
    let Some((source, file)) = vocabulary::parsed(&name.text) else {
        let known = vocabulary::names();
        let near = abey_engine::nearest::nearest(&name.text, known.iter().copied());
        let fault =
            Diagnostic::error(Code::UnknownVocabulary, named, format!("there is no vocabulary `{}`", name.text));
        let all: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
        faults.push(fault.did_you_mean(near, format!("there are {}", all.join(", "))));
        return;
    };
    let version = file.head().and_then(|head| head.version.as_ref()).map(|version| version.text.clone());
    taken.push(Vocabulary { name: name.text.clone(), version: version.unwrap_or_default() });
    for statement in &file.statements {
        if let StatementKind::Use(used) = &statement.kind {
            for inner in used {
                take_in(inner, layer, named, units, taken, faults);
            }
        }
    }
    let vocabulary = Some(name.text.clone());
    let statements = Cow::Borrowed(file.statements.as_slice());
    units.push(Unit { vocabulary, layer, source: source.into(), statements, named });
}

fn empty(vocabularies: Vec<Vocabulary>) -> Policy {
    Policy {
        name: String::new(),
        title: String::new(),
        version: String::new(),
        vocabularies,
        offset: 0,
        layers: Vec::new(),
        terms: Facet::ALL.iter().map(|_| Vec::new()).collect(),
        recipients: Vec::new(),
        facts: Vec::new(),
        settings: Vec::new(),
        tables: Vec::new(),
        clauses: Vec::new(),
        notice: None,
        examples: Vec::new(),
        properties: Vec::new(),
        silences: Vec::new(),
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

impl Resolver {
    fn run(&mut self) {
        // Statements are moved out and walked once for each pass, so that words may be used before they are declared.
        let units: Vec<Cow<'static, [Statement]>> =
            self.units.iter_mut().map(|unit| std::mem::take(&mut unit.statements)).collect();
        let pass = |resolver: &mut Self, of: fn(&mut Self, &Statement)| {
            for (index, statements) in units.iter().enumerate() {
                resolver.unit = index;
                for statement in statements.iter() {
                    if resolver.full() {
                        resolver.hidden = true;
                        return;
                    }
                    of(resolver, statement);
                }
            }
        };
        pass(self, Self::declare_head);
        for (index, statements) in units.iter().enumerate() {
            self.unit = index;
            for added in [false, true] {
                for statement in statements.iter() {
                    if !self.full() {
                        self.declare_terms(statement, added);
                    }
                }
            }
        }
        self.check_uses();
        self.find_core();
        pass(self, Self::declare_facts);
        pass(self, Self::declare_tables);
        pass(self, Self::declare_settings);
        pass(self, Self::declare_below);
        self.check_terms();
        pass(self, Self::declare_change);
        pass(self, Self::announce_clause);
        pass(self, Self::declare_clause);
        self.check_layers();
        self.check_whole();
        self.facts = crate::lower::facts(&self.policy);
        pass(self, Self::declare_examples);
        pass(self, Self::declare_properties);
        self.policy.silences = std::mem::take(&mut self.changes.silences).into_values().flatten().collect();
    }

    fn source(&self) -> &str {
        self.units.get(self.unit).map_or("", |unit| &unit.source)
    }

    fn origin(&self, span: Span) -> Origin {
        Origin { vocabulary: self.units.get(self.unit).and_then(|unit| unit.vocabulary.clone()), unit: self.unit, span }
    }

    /// The layer at hand.
    fn layer(&self) -> usize {
        self.units.get(self.unit).map_or(0, |unit| unit.layer)
    }

    /// Whether the unit at hand is a layer, and no vocabulary.
    fn is_layer(&self) -> bool {
        self.units.get(self.unit).is_some_and(|unit| unit.vocabulary.is_none())
    }

    /// Whether a declaration stands in a layer beneath the one at hand, or in a vocabulary that it uses.
    fn beneath(&self, origin: &Origin) -> bool {
        self.units.get(origin.unit).is_some_and(|unit| unit.layer < self.layer())
    }

    fn declare_head(&mut self, statement: &Statement) {
        if !self.is_layer() {
            return;
        }
        match &statement.kind {
            StatementKind::Head(head) => self.head(head, statement.span),
            StatementKind::Offset(minutes) if self.layer() == 0 => {
                if let Some(earlier) = self.changes.offset {
                    self.fault(crate::parse::repeated("offset", statement.span, earlier).help("keep one"));
                    return;
                }
                self.changes.offset = Some(statement.span);
                self.policy.offset = *minutes;
            }
            StatementKind::Offset(_) => {
                let message = "an agreement can't say where days begin: the policy beneath does";
                self.fault(Diagnostic::error(Code::FixedOffset, statement.span, message).help("take this away"));
            }
            _ => {}
        }
    }

    fn head(&mut self, head: &Head, at: Span) {
        if head.vocabulary {
            let fault = Diagnostic::error(Code::NotAPolicy, at, "this is a vocabulary, not a policy");
            self.fault(fault.help("write `policy` to check operations with it"));
        } else if let Some(earlier) = self.changes.heads.get(self.layer()).copied() {
            let fault = Diagnostic::error(Code::TwoPolicies, at, "a source holds one policy, and this is a second");
            self.fault(fault.label("again here").related(earlier, "first here").help("put it in a file of its own"));
            return;
        }
        self.changes.heads.push(at);
        let period = head.in_force.unwrap_or_default();
        if let (Some(from), Some(until)) = (period.from, period.until)
            && until < from
        {
            let message = format!("this ends on {until}, before it begins on {from}");
            self.fault(Diagnostic::error(Code::EmptyPeriod, at, message).help("write the earlier day behind `from`"));
        }
        let version = head.version.as_ref().map(|version| version.text.clone()).unwrap_or_default();
        self.policy.name.clone_from(&head.name.text);
        self.policy.title.clone_from(&head.title.text);
        self.policy.version.clone_from(&version);
        self.policy.layers.push(Layer {
            name: head.name.text.clone(),
            title: head.title.text.clone(),
            version,
            in_force: abey_engine::image::Period { from: period.from, until: period.until },
            applies: None,
            source: self.source().to_string(),
        });
    }

    /// What can only be said of the whole.
    fn check_whole(&mut self) {
        self.unit = self.units.len().saturating_sub(1);
        if self.policy.name.is_empty() && self.faults.iter().all(|fault| fault.code != Code::NotAPolicy) {
            let start = Span { start: 0, end: 0 };
            let fault = Diagnostic::error(Code::NoPolicy, start, "the source doesn't say which policy it is");
            self.fault(fault.help("begin with `policy NAME \"Title\" version \"1\";`"));
        }
    }
}
