//! The typed policy: what the author meant, every word resolved.

pub use abey_engine::image::{
    About, Base, Compare, Core, DataList, DataPick, Facet, Key, List, Literal, Period, Pick, Slot, Type, Vocabulary,
};

use abey_engine::calendar::Date;
use abey_engine::operation::Operation;

use crate::syntax::Span;

/// A policy.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: String,
    /// Its version.
    pub version: String,
    /// The vocabularies it uses.
    pub vocabularies: Vec<Vocabulary>,
    /// Minutes east of UTC at which its days begin.
    pub offset: i16,
    /// Its layers, the public terms first and itself last.
    pub layers: Vec<Layer>,
    /// The terms of each facet, in the order of [`Facet::ALL`].
    pub terms: Vec<Vec<Term>>,
    /// For each recipient term, what its declaration says.
    pub recipients: Vec<Recipient>,
    /// Facts.
    pub facts: Vec<Fact>,
    /// Settings.
    pub settings: Vec<Setting>,
    /// Tables.
    pub tables: Vec<Table>,
    /// Clauses, with their rules.
    pub clauses: Vec<Clause>,
    /// The notice period for recipients.
    pub notice: Option<Notice>,
    /// Examples.
    pub examples: Vec<Example>,
    /// Properties of the top layer.
    pub properties: Vec<Property>,
    /// Lints that are silenced: by the top source as a whole, and by clauses of any layer.
    pub silences: Vec<Silence>,
    /// The terms that the semantics speaks of.
    pub core: Core,
}

/// A policy, or an agreement over it.
#[derive(Clone, Debug)]
pub struct Layer {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: String,
    /// Its version.
    pub version: String,
    /// When it is in force.
    pub in_force: Period,
    /// When it applies.
    pub applies: Option<Guard>,
    /// Its source.
    pub source: String,
}

/// The period after which a notified recipient is authorised.
#[derive(Clone, Debug)]
pub struct Notice {
    /// How long.
    pub period: Value,
    /// Whom to ask.
    pub ask: Option<String>,
    /// The number of the clause that it stands in.
    pub clause: usize,
}

/// A value looked up by another.
#[derive(Clone, Debug)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// What it is looked up by.
    pub key: Key,
    /// The type of its values.
    pub kind: Type,
    /// Its rows: keys and a value.
    pub rows: Vec<(Vec<Literal>, Literal)>,
    /// What holds where no row does.
    pub otherwise: Option<Literal>,
    /// Where it is declared.
    pub origin: Origin,
}

/// A condition that the whole policy stands under.
#[derive(Clone, Debug)]
pub struct Guard {
    /// The condition.
    pub condition: Condition,
    /// As written.
    pub text: String,
    /// Where.
    pub span: Span,
    /// Whom to ask.
    pub ask: Option<String>,
}

/// A term.
#[derive(Clone, Debug)]
pub struct Term {
    /// Its word.
    pub name: String,
    /// What a person reads.
    pub label: String,
    /// Its IRI.
    pub iri: Option<String>,
    /// The terms directly above.
    pub parents: Vec<Edge>,
    /// What it may contain.
    pub containing: Option<Vec<u32>>,
    /// The source that declares it.
    pub origin: Origin,
}

/// Where a declaration stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The vocabulary; none for a layer of the policy.
    pub vocabulary: Option<String>,
    /// The number of the source: later ones may speak of earlier ones.
    pub unit: usize,
    /// The place in that source.
    pub span: Span,
}

/// That a term lies below another.
#[derive(Clone, Debug)]
pub struct Edge {
    /// The term above.
    pub parent: u32,
    /// When.
    pub period: Period,
    /// Under which condition.
    pub when: Option<Condition>,
    /// Where it is declared.
    pub origin: Origin,
}

/// What the declaration of a recipient says.
#[derive(Clone, Debug, Default)]
pub struct Recipient {
    /// Where it may be.
    pub places: Vec<u32>,
    /// What its contract supplies.
    pub measures: Vec<u32>,
    /// What it may serve.
    pub purposes: Option<Vec<u32>>,
    /// When the controller was notified.
    pub notified: Option<Date>,
    /// From when it is authorised.
    pub authorised: Option<Date>,
    /// Recipient facts.
    pub facts: Vec<(u32, Literal)>,
}

/// A fact.
#[derive(Clone, Debug)]
pub struct Fact {
    /// Its name.
    pub name: String,
    /// What a person reads; empty where the name says it.
    pub label: String,
    /// Of what it is told.
    pub about: About,
    /// Its type.
    pub kind: Type,
    /// Where it is declared.
    pub origin: Origin,
}

/// A setting.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Its name.
    pub name: String,
    /// Its type.
    pub kind: Type,
    /// Its default: a literal or another setting.
    pub default: Option<Value>,
    /// The least it may be.
    pub at_least: Option<Literal>,
    /// The most it may be.
    pub at_most: Option<Literal>,
    /// What an agreement sets it to.
    pub given: Option<Literal>,
    /// Where it is declared.
    pub origin: Origin,
}

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// As written.
    Literal(Literal),
    /// A part of the point.
    Slot(Slot),
    /// The category of the data item.
    Data,
    /// Its forms.
    Form,
    /// The measures in place.
    Measures,
    /// The time of the operation.
    Time,
    /// How long ago the data item was collected.
    Age,
    /// When.
    Collected,
    /// A fact.
    Fact(u32),
    /// A setting.
    Setting(u32),
    /// When the controller was notified of the recipient.
    Notified,
    /// From when the recipient is authorised.
    AuthorisedFrom,
    /// The sum.
    Plus(Box<Value>, Box<Value>),
    /// The difference.
    Minus(Box<Value>, Box<Value>),
    /// The earliest that there is.
    Earliest(Vec<Value>),
    /// The latest.
    Latest(Vec<Value>),
    /// The least.
    Least(Vec<Value>),
    /// The greatest.
    Greatest(Vec<Value>),
    /// The last day of the month.
    EndOfMonth(Box<Value>),
    /// The last day of the year.
    EndOfYear(Box<Value>),
    /// A table, looked up.
    Table(u32),
}

/// A condition.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// Every one.
    All(Vec<Condition>),
    /// At least one.
    Any(Vec<Condition>),
    /// Not this.
    Not(Box<Condition>),
    /// A comparison, as written.
    Test(Compare, Value, Vec<Value>, String),
    /// The recipient is authorised.
    Authorised,
}

/// A clause.
#[derive(Clone, Debug)]
pub struct Clause {
    /// The layer that it stands in.
    pub layer: usize,
    /// Its label.
    pub label: String,
    /// Its title.
    pub title: String,
    /// Whether nothing may loosen it.
    pub absolute: bool,
    /// Whether it leaves what it is about to an agreement.
    pub deferred: bool,
    /// The scope that its rules narrow.
    pub scope: Vec<Part>,
    /// The interpretation that it rests on.
    pub because: Option<String>,
    /// Whom to ask.
    pub ask: Option<String>,
    /// Text that compiles to nothing.
    pub notes: Vec<String>,
    /// Its rules.
    pub rules: Vec<Rule>,
    /// Where it stands.
    pub span: Span,
}

/// A rule.
#[derive(Clone, Debug)]
pub struct Rule {
    /// What it does.
    pub effect: Effect,
    /// Its own scope, beside that of its clause.
    pub scope: Vec<Part>,
    /// The interpretation that it rests on.
    pub because: Option<String>,
    /// Whom to ask.
    pub ask: Option<String>,
    /// As written.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// A part of a scope.
#[derive(Clone, Debug)]
pub struct Part {
    /// What it tests.
    pub scope: Scope,
    /// As written.
    pub text: String,
}

/// What a part tests.
#[derive(Clone, Debug)]
pub enum Scope {
    /// A part of the point.
    Slot(Slot, List),
    /// The data.
    Data(DataList),
    /// Each of these measures.
    Measures(Vec<u32>),
    /// The condition holds.
    When(Condition),
    /// The condition doesn't hold.
    Unless(Condition),
}

/// What a rule does.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Covers; rests on these bases.
    Allow(Vec<u32>),
    /// Pauses.
    Forbid,
    /// Pauses until each demand is met.
    Require(Vec<Demand>),
    /// Bounds how long data is held.
    Keep(Keep),
    /// Yields a duty.
    Owe(Owe),
    /// Excepts from these clauses, by their numbers.
    Waive(Vec<u32>),
}

/// What a safeguard demands: one of the means.
#[derive(Clone, Debug)]
pub struct Demand {
    /// The means.
    pub any: Vec<Means>,
    /// As written.
    pub text: String,
}

/// One way to meet a demand.
#[derive(Clone, Debug)]
pub enum Means {
    /// A measure.
    Measure(u32),
    /// A form of the data item.
    Form(u32),
    /// A legal basis.
    Basis(u32),
    /// A condition.
    Condition(Condition),
}

/// A bound on how long data is held.
#[derive(Clone, Debug, Default)]
pub struct Keep {
    /// Not shorter.
    pub at_least: Option<Value>,
    /// Not longer.
    pub at_most: Option<Value>,
    /// From when it counts.
    pub after: Option<Value>,
    /// Until when.
    pub until: Option<Value>,
    /// While this holds.
    pub during: Option<Condition>,
    /// Not at all.
    pub never: bool,
    /// How it is disposed of.
    pub then: Vec<u32>,
    /// As written.
    pub text: String,
}

/// A duty.
#[derive(Clone, Debug)]
pub struct Owe {
    /// What is owed.
    pub duty: String,
    /// Within how long.
    pub within: Option<Value>,
    /// Of which event.
    pub event: Option<Value>,
    /// As written.
    pub text: String,
}

/// An example.
#[derive(Clone, Debug)]
pub struct Example {
    /// Its name.
    pub name: String,
    /// Whether the operation is to be allowed.
    pub allow: bool,
    /// Clauses that the decision must cite.
    pub citing: Vec<String>,
    /// Duties that must come with it, with their due days.
    pub owing: Vec<(String, Option<Date>)>,
    /// The operation.
    pub operation: Operation,
    /// Where it stands.
    pub span: Span,
}

/// A property: what is claimed of the whole policy.
#[derive(Clone, Debug)]
pub struct Property {
    /// Its name.
    pub name: String,
    /// What it claims.
    pub claim: Claim,
    /// Of which processing; empty where it speaks of all.
    pub scope: Vec<Part>,
    /// What stands behind the colon, on one line.
    pub text: String,
    /// Where it stands, in the source of the top layer.
    pub span: Span,
}

/// What a property claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// No operation in its scope is allowed.
    Never,
    /// Every operation in its scope is allowed.
    Always,
    /// What the stack allows in its scope is allowed by the layer of this number and those beneath it.
    Stricter(usize),
}

/// A lint that an author silences.
#[derive(Clone, Debug)]
pub struct Silence {
    /// The name of the lint, one of [`crate::lints::NAMES`].
    pub lint: String,
    /// Why.
    pub reason: String,
    /// The number of the clause that it is silenced for; absent: everywhere.
    pub clause: Option<usize>,
    /// Where it stands, in the source of its clause's layer, or of the top one.
    pub span: Span,
}
