//! The syntax tree: what an author wrote, with the place of everything.

use std::ops::Range;

use abey_engine::calendar::{Date, Duration, Instant};
use abey_engine::image::Facet;
use abey_engine::value::Number;

/// A place in a source: bytes from `start` up to `end`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

impl Span {
    /// The bytes from the start of this to the end of the other.
    #[must_use]
    pub fn to(self, other: Span) -> Span {
        Span { start: self.start, end: other.end }
    }

    /// As a range of bytes.
    #[must_use]
    pub fn range(self) -> Range<usize> {
        self.start..self.end
    }
}

/// A word or a text, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The word.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// A whole source.
#[derive(Clone, Debug, Default)]
pub struct File {
    /// Its statements, in order.
    pub statements: Vec<Statement>,
}

impl File {
    /// Its head, the first where there are several.
    #[must_use]
    pub fn head(&self) -> Option<&Head> {
        self.statements.iter().find_map(|statement| match &statement.kind {
            StatementKind::Head(head) => Some(head),
            _ => None,
        })
    }
}

/// A statement, with its place.
#[derive(Clone, Debug)]
pub struct Statement {
    /// Which.
    pub kind: StatementKind,
    /// Where it stands.
    pub span: Span,
}

/// The statements there are.
#[derive(Clone, Debug)]
pub enum StatementKind {
    /// `policy` or `vocabulary`.
    Head(Head),
    /// `use`
    Use(Vec<Name>),
    /// `offset`, in minutes.
    Offset(i16),
    /// `applies when`, with the place of the condition alone.
    Applies(Condition, Span, Option<Name>),
    /// Terms of a facet.
    Terms(Terms),
    /// `recipient`
    Recipient(Recipient),
    /// `fact`
    Fact(Fact),
    /// `setting`
    Setting(Setting),
    /// `set`
    Assignment(Name, Value),
    /// `table`
    Table(Table),
    /// `clause`
    Clause(Clause),
    /// `replace clause`
    Replacement(Clause),
    /// A rule of an agreement, outside a clause.
    Rule(Rule),
    /// `examples`
    Examples(Operation),
    /// `example`
    Example(Example),
    /// `property`
    Property(Property),
    /// `allow(lint, "reason")`, of the whole file.
    Silence(Silence),
}

/// The head of a policy or vocabulary.
#[derive(Clone, Debug)]
pub struct Head {
    /// Whether it is a vocabulary.
    pub vocabulary: bool,
    /// Its name.
    pub name: Name,
    /// Its title.
    pub title: Name,
    /// Its version.
    pub version: Option<Name>,
    /// When it is in force; absent: always.
    pub in_force: Option<Period>,
    /// The policy beneath, of an agreement.
    pub over: Option<Name>,
}

/// A period, both days included.
#[derive(Clone, Copy, Debug, Default)]
pub struct Period {
    /// The first day.
    pub from: Option<Date>,
    /// The last day.
    pub until: Option<Date>,
}

/// A name that is declared, with its label and IRI.
#[derive(Clone, Debug)]
pub struct Named {
    /// The name.
    pub name: Name,
    /// What a person reads.
    pub label: Option<Name>,
    /// The IRI in a published vocabulary.
    pub iri: Option<Name>,
}

/// `is a, b from D until D when C`
#[derive(Clone, Debug)]
pub struct Below {
    /// The terms above.
    pub parents: Vec<Name>,
    /// When.
    pub period: Period,
    /// Under which condition.
    pub when: Option<Condition>,
}

/// A declaration of terms.
#[derive(Clone, Debug)]
pub struct Terms {
    /// Of which facet.
    pub facet: Facet,
    /// The terms.
    pub names: Vec<Named>,
    /// What they lie below.
    pub below: Vec<Below>,
    /// What they may contain.
    pub containing: Option<Vec<Name>>,
}

/// A declaration of a recipient.
#[derive(Clone, Debug)]
pub struct Recipient {
    /// Its name, label and IRI.
    pub named: Named,
    /// Where it may be.
    pub places: Vec<Name>,
    /// Measures that its contract supplies.
    pub under: Vec<Name>,
    /// Purposes that it may serve.
    pub purposes: Option<Vec<Name>>,
    /// When the controller was notified.
    pub notified: Option<Date>,
    /// From when it is authorised.
    pub authorised: Option<Date>,
    /// Recipient facts.
    pub facts: Vec<Told>,
    /// What it lies below.
    pub below: Vec<Below>,
}

/// Of what a fact is told.
pub use abey_engine::image::About;

/// A type.
#[derive(Clone, Debug)]
pub struct Kind {
    /// Whether a set.
    pub set: bool,
    /// Of what.
    pub base: Base,
}

/// A base type.
#[derive(Clone, Debug)]
pub enum Base {
    /// `yes/no`
    YesNo,
    /// `number`
    Number,
    /// `duration`
    Duration,
    /// `date`
    Date,
    /// `instant`
    Instant,
    /// `text`
    Text,
    /// `one of (…)`
    OneOf(Vec<Name>),
    /// A facet.
    Facet(Facet),
}

/// A declaration of facts.
#[derive(Clone, Debug)]
pub struct Fact {
    /// Of what they are told.
    pub about: About,
    /// Their names, with what a person reads.
    pub names: Vec<Named>,
    /// Their type.
    pub kind: Kind,
}

/// A declaration of a setting.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Its name.
    pub name: Name,
    /// Its type.
    pub kind: Kind,
    /// Its default.
    pub default: Option<Value>,
    /// The least it may be.
    pub at_least: Option<Value>,
    /// The most it may be.
    pub at_most: Option<Value>,
}

/// A declaration of a table.
#[derive(Clone, Debug)]
pub struct Table {
    /// Its name.
    pub name: Name,
    /// The facet or fact that it is looked up by.
    pub key: Name,
    /// Its rows: keys, `none` among them, and a value.
    pub rows: Vec<(Vec<Name>, Value)>,
    /// What holds where no row does.
    pub otherwise: Option<Value>,
}

/// A clause.
#[derive(Clone, Debug)]
pub struct Clause {
    /// Its label.
    pub label: Name,
    /// Its title.
    pub title: Option<Name>,
    /// Whether nothing may loosen it.
    pub absolute: bool,
    /// Whether it leaves what it is about to an agreement.
    pub deferred: bool,
    /// The scope that its rules narrow.
    pub parts: Vec<Part>,
    /// Notes at its end.
    pub tail: Tail,
    /// Its rules.
    pub rules: Vec<Rule>,
    /// Lints that it silences.
    pub silences: Vec<Silence>,
    /// The head alone.
    pub head: Span,
}

/// `because` and `ask`
#[derive(Clone, Debug, Default)]
pub struct Tail {
    /// The interpretation.
    pub because: Option<Name>,
    /// Whom to ask.
    pub ask: Option<Name>,
}

/// A rule.
#[derive(Clone, Debug)]
pub struct Rule {
    /// What it does.
    pub verb: Verb,
    /// Its scope.
    pub phrase: Phrase,
    /// Notes at its end.
    pub tail: Tail,
    /// Where it stands.
    pub span: Span,
    /// The same without `because` and `ask`.
    pub body: Span,
}

/// What a rule does.
#[derive(Clone, Debug)]
pub enum Verb {
    /// `allow`
    Allow,
    /// `forbid`
    Forbid,
    /// `require`
    Require(Vec<Demand>),
    /// `keep`
    Keep(Vec<Bound>),
    /// `owe`
    Owe(Owe),
    /// `waive`
    Waive(Waived),
    /// `authorise after`
    Authorise(Value),
    /// `note`
    Note(Name),
}

/// The clauses that a `waive` names.
#[derive(Clone, Debug)]
pub enum Waived {
    /// From one number to another.
    Range(Name, Name),
    /// These, of the named layer or of any.
    Labels(Option<Name>, Vec<Name>),
}

/// A duty with its clock.
#[derive(Clone, Debug)]
pub struct Owe {
    /// What is owed.
    pub duty: Name,
    /// Within how long.
    pub within: Option<Value>,
    /// Of what.
    pub event: Option<Value>,
}

/// One demand of a `require`.
#[derive(Clone, Debug)]
pub struct Demand {
    /// How it is written.
    pub kind: DemandKind,
    /// Where it stands.
    pub span: Span,
}

/// How a demand is written.
#[derive(Clone, Debug)]
pub enum DemandKind {
    /// Each of these.
    Each(Vec<Means>),
    /// One of these.
    OneOf(Vec<Means>),
    /// That a condition holds.
    Condition(Condition),
}

/// A measure, form or basis that a demand names.
#[derive(Clone, Debug)]
pub struct Means {
    /// Its facet, where it is stated.
    pub facet: Option<Facet>,
    /// Its name.
    pub name: Name,
}

/// One bound of a `keep`.
#[derive(Clone, Debug)]
pub struct Bound {
    /// Which.
    pub kind: BoundKind,
    /// Where it stands.
    pub span: Span,
}

/// The bounds there are.
#[derive(Clone, Debug)]
pub enum BoundKind {
    /// `at least`
    AtLeast(Value),
    /// `at most`
    AtMost(Value),
    /// `exactly`
    Exactly(Value),
    /// `after`
    After(Value),
    /// `until`
    Until(Value),
    /// `while`
    While(Condition),
    /// `never`
    Never,
    /// `then`
    Then(Vec<Name>),
}

/// The phrase that describes processing.
#[derive(Clone, Debug, Default)]
pub struct Phrase {
    /// The actions, where they are named.
    pub actions: Option<Actions>,
    /// Its parts.
    pub parts: Vec<Part>,
}

/// The actions of a phrase.
#[derive(Clone, Debug)]
pub enum Actions {
    /// `anything`: any of any.
    Anything(Span),
    /// A list.
    List(List),
}

/// A part of a phrase, with its place.
#[derive(Clone, Debug)]
pub struct Part {
    /// Which.
    pub kind: PartKind,
    /// Where it stands.
    pub span: Span,
}

/// The parts there are.
#[derive(Clone, Debug)]
pub enum PartKind {
    /// `of`
    Of(DataList),
    /// `about`, `by`, `for`, `to`, `in`, `from`, `as` or `on`.
    List(Slot, List),
    /// `resting on`
    Resting(Vec<Name>),
    /// `with`
    With(Vec<Name>),
    /// `when`
    When(Condition),
    /// `unless`
    Unless(Condition),
}

/// The slot of a part.
pub use abey_engine::image::Slot;

/// The preposition that opens the part of a slot.
#[must_use]
pub fn preposition(slot: Slot) -> &'static str {
    match slot {
        Slot::Action => "",
        Slot::Subject => "about",
        Slot::Actor => "by",
        Slot::Purpose => "for",
        Slot::Recipient => "to",
        Slot::Place => "in",
        Slot::Origin => "from",
        Slot::Basis => "on",
        Slot::Role => "as",
    }
}

/// A list.
#[derive(Clone, Debug)]
pub enum List {
    /// One of these; `none` among them.
    These(Vec<Name>),
    /// `any`
    Any(Span),
    /// `any except …`
    AnyExcept(Vec<Name>),
}

/// The data of a phrase.
#[derive(Clone, Debug)]
pub enum DataList {
    /// One of these.
    These(Vec<DataPick>),
    /// `any`
    Any(Span),
    /// `any except …`
    AnyExcept(Vec<DataPick>),
}

/// Adjectives and a category: the last word is the category, `any` for any.
#[derive(Clone, Debug)]
pub struct DataPick {
    /// The words.
    pub words: Vec<Name>,
}

/// A condition.
#[derive(Clone, Debug)]
pub enum Condition {
    /// At least one of these.
    Or(Vec<Condition>),
    /// Every one of these.
    And(Vec<Condition>),
    /// Not this.
    Not(Box<Condition>),
    /// A comparison.
    Compare(Comparison),
}

/// A comparison.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The value on the left.
    pub left: Value,
    /// How.
    pub compare: Compare,
    /// The values on the right.
    pub right: Vec<Value>,
    /// Where it stands.
    pub span: Span,
}

/// How values compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compare {
    /// `is`
    Is,
    /// `is not`
    IsNot,
    /// `is one of`
    IsOneOf,
    /// `is not one of`
    IsNotOneOf,
    /// `is none`
    IsNone,
    /// `is not none`
    IsNotNone,
    /// `is any`
    IsAny,
    /// `is authorised`
    IsAuthorised,
    /// `is not authorised`
    IsNotAuthorised,
    /// `includes`
    Includes,
    /// `within (…)`
    Within,
    /// `within` a set
    WithinSet,
    /// `at most`
    AtMost,
    /// `at least`
    AtLeast,
    /// `before`
    Before,
    /// `after`
    After,
    /// `on or before`
    OnOrBefore,
    /// `on or after`
    OnOrAfter,
}

/// A value, with its place.
#[derive(Clone, Debug)]
pub struct Value {
    /// Which.
    pub kind: ValueKind,
    /// Where it stands.
    pub span: Span,
}

/// The values there are.
#[derive(Clone, Debug)]
pub enum ValueKind {
    /// As written.
    Literal(Literal),
    /// A facet, fact, setting, term, `yes` or `no`.
    Name(String),
    /// `recipient.notified`
    Attribute(Name, Name),
    /// A sum (true) or difference.
    Sum(Box<Value>, bool, Box<Value>),
    /// `earliest of (…)` and its like.
    Extreme(Extreme, Vec<Value>),
    /// `end of month of` (false) or `end of year of` (true).
    EndOf(bool, Box<Value>),
}

/// Which of several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extreme {
    /// `earliest of`
    Earliest,
    /// `latest of`
    Latest,
    /// `least of`
    Least,
    /// `greatest of`
    Greatest,
}

/// A value as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Literal {
    /// `none`
    None,
    /// A number.
    Number(Number),
    /// A duration, with the text that it was written as.
    Duration(Duration, String),
    /// A date.
    Date(Date),
    /// An instant.
    Instant(Instant),
    /// A text.
    Text(String),
}

/// A fact and its value: `service is cmp`
#[derive(Clone, Debug)]
pub struct Told {
    /// The fact.
    pub name: Name,
    /// Its value.
    pub value: ToldValue,
    /// Where the value stands.
    pub span: Span,
}

/// A value told of a fact.
#[derive(Clone, Debug)]
pub enum ToldValue {
    /// A literal.
    Literal(Literal),
    /// A word, `yes` or `no`.
    Word(String),
    /// A set of them.
    Set(Vec<ToldValue>),
}

/// An operation, or the parts that several examples share.
#[derive(Clone, Debug, Default)]
pub struct Operation {
    /// The action; absent in shared parts.
    pub action: Option<Name>,
    /// The data items.
    pub items: Vec<Item>,
    /// Subjects: absent unknown, empty none.
    pub subjects: Option<Vec<Subject>>,
    /// The actor, or `none`.
    pub actor: Option<Name>,
    /// Purposes: absent unknown, empty none.
    pub purposes: Option<Vec<Name>>,
    /// Recipients with their places.
    pub legs: Vec<Leg>,
    /// The place, where no leg states it.
    pub place: Option<Name>,
    /// Origins: absent unknown, empty none.
    pub origins: Option<Vec<Name>>,
    /// The role.
    pub role: Option<Name>,
    /// The basis, or `none`.
    pub basis: Option<Name>,
    /// Measures in place.
    pub measures: Option<Vec<Name>>,
    /// How long it is kept.
    pub keeping: Option<Keeping>,
    /// Facts; `time` among them.
    pub facts: Vec<Told>,
    /// When.
    pub at: Option<Instant>,
    /// Where it stands.
    pub span: Span,
}

/// How long an operation keeps the data.
#[derive(Clone, Debug)]
pub enum Keeping {
    /// `as agreed`
    AsAgreed,
    /// `none`
    None,
    /// So long, with the text that it was written as.
    For(Duration, String),
}

/// A data item of an operation.
#[derive(Clone, Debug)]
pub struct Item {
    /// Adjectives and category.
    pub words: Vec<Name>,
    /// When it was collected: absent unknown, `None` now.
    pub collected: Option<Option<Date>>,
    /// Item facts.
    pub facts: Vec<Told>,
    /// What it contains.
    pub contents: Option<Vec<Name>>,
}

/// A data subject of an operation.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The kind.
    pub name: Name,
    /// Subject facts.
    pub facts: Vec<Told>,
}

/// A leg of an operation.
#[derive(Clone, Debug)]
pub struct Leg {
    /// The recipient, or `none`.
    pub recipient: Name,
    /// The place, or `none`.
    pub place: Option<Name>,
    /// Measures on this leg.
    pub measures: Option<Vec<Name>>,
}

/// An example.
#[derive(Clone, Debug)]
pub struct Example {
    /// Its name.
    pub name: Name,
    /// Whether the operation is to be allowed.
    pub allow: bool,
    /// Clauses that the decision must cite.
    pub citing: Vec<Name>,
    /// Duties that must come with it, with their due days.
    pub owing: Vec<(Name, Option<Date>)>,
    /// The operation.
    pub operation: Operation,
}

/// A property: what is claimed of the whole policy.
#[derive(Clone, Debug)]
pub struct Property {
    /// Its name.
    pub name: Name,
    /// What it claims.
    pub claim: Claim,
    /// Of which processing; empty where `stricter than` speaks of all.
    pub phrase: Phrase,
    /// What stands behind the colon.
    pub body: Span,
}

/// What a property claims.
#[derive(Clone, Debug)]
pub enum Claim {
    /// `never allow`
    Never,
    /// `always allow`
    Always,
    /// `stricter than` the named layer.
    Stricter(Name),
}

/// `allow(lint, "reason")`
#[derive(Clone, Debug)]
pub struct Silence {
    /// The lint.
    pub lint: Name,
    /// Why it doesn't matter here.
    pub reason: Name,
    /// Where it stands.
    pub span: Span,
}
