//! The policy image: everything that a checker needs to know of a policy, as tables.
//!
//! The compiler makes it; everything else only reads it. Its bytes are hostile
//! until [`Image::from_bytes`] has validated them.
//!
//! ```text
//! bytes 0..4    "ABEY"
//! byte  4       version of the format, now 2
//! bytes 5..37   SHA-256 of the rest, written by the compiler
//! bytes 37..    the wordings, all in one
//! and then      the tables, in the order of the fields of `Image`
//! ```

pub(crate) mod codec;
pub(crate) mod reader;
mod validate;
mod wording;

use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::calendar::{Date, Duration, Instant};
use crate::json::words;
use crate::limits;
use crate::many::Many;
use crate::value::Number;
use codec::{Code, choice, coded_words, row};
use reader::Reader;
pub use wording::Wording;
use wording::Writer;

/// Why bytes are no image that can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    /// The bytes don't begin as an image does.
    #[error("this is no policy image; compile one from a policy source")]
    NotAnImage,
    /// The format is of another version.
    #[error("the image has format version {0}, and this checker reads version {VERSION}; compile the policy again")]
    Version(u8),
    /// The bytes end too early.
    #[error("the image ends too early")]
    Truncated,
    /// A table holds what can't be.
    #[error("the image is corrupt: {0}")]
    Corrupt(&'static str),
    /// A table is larger than the limit.
    #[error("the image is past a limit: {0}")]
    Limit(&'static str),
}

const MAGIC: &[u8; 4] = b"ABEY";
/// The version of the image's format.
pub const VERSION: u8 = 2;
const HEADER: usize = 37;

words! {
    /// A facet: a namespace of words.
    pub enum Facet {
        /// What is done.
        Action = "action",
        /// A category of data.
        Data = "data",
        /// The form of a data item.
        Form = "form",
        /// Whom the data is about.
        Subject = "subject",
        /// Who acts.
        Actor = "actor",
        /// What for.
        Purpose = "purpose",
        /// Who receives.
        Recipient = "recipient",
        /// Where.
        Place = "place",
        /// A measure in place.
        Measure = "measure",
        /// A legal basis.
        Basis = "basis",
        /// Processor or controller.
        Role = "role",
    }
}

words! {
    /// A part of a point that holds one term, or none.
    pub enum Slot {
        /// What is done.
        Action = "action",
        /// Whom the data is about.
        Subject = "subject",
        /// Who acts.
        Actor = "actor",
        /// What for.
        Purpose = "purpose",
        /// Who receives.
        Recipient = "recipient",
        /// Where the data is stored or accessed.
        Place = "place",
        /// Where it comes from.
        Origin = "origin",
        /// The legal basis.
        Basis = "basis",
        /// Processor or controller.
        Role = "role",
    }
}

impl Facet {
    /// Whether an operation may say that there is none.
    #[must_use]
    pub fn has_none(self) -> bool {
        !matches!(self, Facet::Action | Facet::Data | Facet::Role)
    }
}

impl Slot {
    /// The facet whose terms the part holds.
    #[must_use]
    pub fn facet(self) -> Facet {
        match self {
            Slot::Action => Facet::Action,
            Slot::Subject => Facet::Subject,
            Slot::Actor => Facet::Actor,
            Slot::Purpose => Facet::Purpose,
            Slot::Recipient => Facet::Recipient,
            Slot::Place | Slot::Origin => Facet::Place,
            Slot::Basis => Facet::Basis,
            Slot::Role => Facet::Role,
        }
    }
}

words! {
    /// What a fact is told of.
    pub enum About {
        /// The operation.
        Operation = "operation",
        /// A data item.
        Item = "item",
        /// A data subject.
        Subject = "subject",
        /// A recipient, by its declaration.
        Recipient = "recipient",
    }
}

words! {
    /// How a test compares.
    pub enum Compare {
        /// Equality, or a term and what lies below it; several on the right: one of them.
        Is = "is",
        /// There is none.
        IsNone = "is none",
        /// There is some.
        IsAny = "is any",
        /// The set on the left has the member on the right.
        Includes = "includes",
        /// Every member of the set on the left is one on the right.
        Within = "within",
        /// Not more.
        AtMost = "at most",
        /// Not less.
        AtLeast = "at least",
        /// Earlier.
        Before = "before",
        /// Later.
        After = "after",
        /// Not later.
        OnOrBefore = "on or before",
        /// Not earlier.
        OnOrAfter = "on or after",
    }
}

coded_words!(Facet::Action, Slot::Action, About::Operation, Compare::Is);

row! {
    /// A vocabulary that the policy uses.
    pub struct Vocabulary {
        /// Its name.
        pub name: String,
        /// Its version.
        pub version: String,
    }
}

row! {
    /// A line and column of the policy's source, from 1.
    pub struct Position {
        /// The line.
        pub line: u32,
        /// The column, in characters.
        pub column: u32,
    }
}

row! {
    /// When something holds: from the first day, through the last.
    pub struct Period {
        /// The first day.
        pub from: Option<Date>,
        /// The last day.
        pub until: Option<Date>,
    }
}

row! {
    /// That a term lies below another, always or within a period and under a condition.
    pub struct Edge {
        /// The term above.
        pub parent: u32,
        /// When it does.
        pub period: Period,
        /// Under which condition.
        pub when: Option<u32>,
    }
}

row! {
    /// A word of a facet.
    pub struct Term {
        /// The word.
        pub name: String,
        /// The terms directly above.
        pub parents: Many<Edge>,
        /// For unstructured data: all that it may contain.
        pub containing: Option<Vec<u32>>,
    }
}

row! {
    /// What the declaration of a recipient says, beside its term.
    pub struct Recipient {
        /// Where it may store or access data.
        pub places: Vec<u32>,
        /// Measures that its contract supplies.
        pub measures: Vec<u32>,
        /// The purposes it may serve; every one where not said.
        pub purposes: Option<Vec<u32>>,
        /// When the controller was notified of it.
        pub notified: Option<Date>,
        /// From when it is authorised.
        pub authorised: Option<Date>,
        /// Recipient facts.
        pub facts: Vec<(u32, Literal)>,
    }
}

row! {
    /// A type of facts and settings.
    pub struct Type {
        /// Whether it is a set of them.
        pub set: bool,
        /// Of what.
        pub base: Base,
    }
}

choice! {
    /// What a value is.
    pub enum Base {
        /// Yes or no.
        0 YesNo,
        /// A number.
        1 Number,
        /// A duration.
        2 Duration,
        /// A day.
        3 Date,
        /// A moment.
        4 Instant,
        /// A text.
        5 Text,
        /// One of these words.
        6 OneOf(Vec<String>),
        /// A term of a facet.
        7 Term(Facet),
    }
}

row! {
    /// A fact that the host may tell.
    pub struct Fact {
        /// Its name.
        pub name: String,
        /// Of what it is told.
        pub about: About,
        /// Its type.
        pub kind: Type,
    }
}

row! {
    /// A value that a customer may configure.
    pub struct Setting {
        /// Its name.
        pub name: String,
        /// Its type.
        pub kind: Type,
        /// What it is when nobody sets it: a value, or another setting; unknown where absent.
        pub default: Option<u32>,
        /// The least that it may be.
        pub at_least: Option<Literal>,
        /// The most that it may be.
        pub at_most: Option<Literal>,
        /// What it was set to.
        pub given: Option<Literal>,
        /// Whether an agreement sets it, so that nobody else can.
        pub fixed: bool,
    }
}

choice! {
    /// A value written in the policy.
    pub enum Literal {
        /// There is none.
        0 None,
        /// Yes or no.
        1 Bool(bool),
        /// A number.
        2 Number(Number),
        /// A duration.
        3 Duration(Duration),
        /// A day.
        4 Date(Date),
        /// A moment.
        5 Instant(Instant),
        /// A text.
        6 Text(String),
        /// The word of a `one of` type.
        7 Choice(String),
        /// A term.
        8 Term((Facet, u32)),
        /// The members of a set.
        9 Set(Vec<Literal>),
    }
}

choice! {
    /// A node of a value; its operands have smaller numbers than itself.
    pub enum Value {
        /// As written.
        0 Literal(Literal),
        /// The term of a part of the point.
        1 Slot(Slot),
        /// The named category of the data item.
        2 Data,
        /// The forms of the data item, a set.
        3 Form,
        /// The measures in place, a set.
        4 Measures,
        /// The time of the operation.
        5 Time,
        /// How long ago the data item was collected.
        6 Age,
        /// The day the data item was collected.
        7 Collected,
        /// A fact.
        8 Fact(u32),
        /// A setting.
        9 Setting(u32),
        /// When the controller was notified of the recipient.
        10 Notified,
        /// From when the recipient is authorised.
        11 AuthorisedFrom,
        /// The sum.
        12 Plus((u32, u32)),
        /// The difference.
        13 Minus((u32, u32)),
        /// The earliest of those that there are.
        14 Earliest(Vec<u32>),
        /// The latest, none where one is none.
        15 Latest(Vec<u32>),
        /// The least.
        16 Least(Vec<u32>),
        /// The greatest.
        17 Greatest(Vec<u32>),
        /// The last day of its month.
        18 EndOfMonth(u32),
        /// The last day of its year.
        19 EndOfYear(u32),
        /// A table, looked up.
        20 Table(u32),
    }
}

row! {
    /// A comparison.
    pub struct Test {
        /// How it compares.
        pub compare: Compare,
        /// The value on the left.
        pub left: u32,
        /// The values on the right.
        pub right: Many<u32>,
        /// As the policy writes it.
        pub text: Wording,
    }
}

choice! {
    /// A node of a condition; its operands have smaller numbers than itself.
    pub enum Condition {
        /// Every one.
        0 All(Vec<u32>),
        /// At least one.
        1 Any(Vec<u32>),
        /// Not this.
        2 Not(u32),
        /// A comparison.
        3 Test(Test),
        /// The recipient is authorised.
        4 Authorised,
    }
}

row! {
    /// A condition that the whole policy stands under.
    pub struct Guard {
        /// The condition.
        pub condition: u32,
        /// As the policy writes it.
        pub text: Wording,
        /// Where it stands.
        pub position: Position,
        /// Whom to ask.
        pub ask: Option<Wording>,
    }
}

row! {
    /// The notice period after which a notified recipient is authorised.
    pub struct Notice {
        /// How long, as a value.
        pub period: u32,
        /// Whom to ask.
        pub ask: Option<Wording>,
    }
}

row! {
    /// A policy, or an agreement over it: one layer of the stack.
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
    }
}

row! {
    /// A row of a table: keys and the value that holds for each.
    pub struct Row {
        /// The keys.
        pub keys: Vec<Literal>,
        /// The value.
        pub value: Literal,
    }
}

choice! {
    /// What a table is looked up by.
    pub enum Key {
        /// A part of the point.
        0 Slot(Slot),
        /// The category of the data item.
        1 Data,
        /// A fact.
        2 Fact(u32),
    }
}

row! {
    /// A value looked up by another.
    pub struct Table {
        /// Its name.
        pub name: String,
        /// What it is looked up by.
        pub key: Key,
        /// Its rows.
        pub rows: Vec<Row>,
        /// What holds where no row does.
        pub otherwise: Option<Literal>,
    }
}

row! {
    /// A clause of the agreement.
    pub struct Clause {
        /// The layer it stands in.
        pub layer: u32,
        /// Its label, as the agreement numbers it.
        pub label: Wording,
        /// Its title.
        pub title: Wording,
        /// Whether no agreement may loosen it.
        pub absolute: bool,
        /// Whether it leaves what it is about to an agreement.
        pub deferred: bool,
        /// Where it stands.
        pub position: Position,
        /// Interpretations that hold for the whole clause.
        pub because: Option<Wording>,
        /// Whom to ask.
        pub ask: Option<Wording>,
        /// Text that compiles to nothing.
        pub notes: Vec<Wording>,
    }
}

choice! {
    /// A member of a list in a rule.
    pub enum Pick {
        /// The term, and what lies below it.
        0 Term(u32),
        /// There is none.
        1 None,
        /// Whoever is authorised.
        2 Authorised,
    }
}

choice! {
    /// A list in a rule.
    pub enum List {
        /// One of these.
        0 These(Many<Pick>),
        /// Some.
        1 Any,
        /// Some, but none of these.
        2 AnyExcept(Many<Pick>),
    }
}

row! {
    /// Data of a category and in forms.
    pub struct DataPick {
        /// The category; any where absent.
        pub category: Option<u32>,
        /// The forms, each of them.
        pub forms: Vec<u32>,
        /// Whether it must have no form at all.
        pub raw: bool,
    }
}

choice! {
    /// The data of a rule.
    pub enum DataList {
        /// One of these.
        0 These(Many<DataPick>),
        /// Any.
        1 Any,
        /// Any, but none of these.
        2 AnyExcept(Many<DataPick>),
    }
}

choice! {
    /// What a part of a scope tests.
    pub enum Scope {
        /// A part of the point.
        0 Slot((Slot, List)),
        /// The data.
        1 Data(DataList),
        /// The measures in place, each of these.
        2 Measures(Vec<u32>),
        /// The condition holds.
        3 When(u32),
        /// The condition doesn't hold.
        4 Unless(u32),
    }
}

row! {
    /// A part of the scope of a rule. All of them must match.
    pub struct Part {
        /// What it tests.
        pub scope: Scope,
        /// As the policy writes it.
        pub text: Wording,
    }
}

choice! {
    /// One way to meet a demand.
    pub enum Means {
        /// A measure in place.
        0 Measure(u32),
        /// A form of the data item.
        1 Form(u32),
        /// A legal basis.
        2 Basis(u32),
        /// A condition.
        3 Condition(u32),
    }
}

row! {
    /// What a safeguard demands: one of the means.
    pub struct Demand {
        /// The means.
        pub any: Many<Means>,
        /// As the policy writes it.
        pub text: Wording,
    }
}

row! {
    /// How long data may or must be held.
    pub struct Keep {
        /// Not shorter than this, a value.
        pub at_least: Option<u32>,
        /// Not longer than this, a value.
        pub at_most: Option<u32>,
        /// From when it counts, a value; from collection where absent.
        pub after: Option<u32>,
        /// Until when, a value.
        pub until: Option<u32>,
        /// While this condition holds.
        pub during: Option<u32>,
        /// Not at all.
        pub never: bool,
        /// How it is disposed of; any disposal where empty.
        pub then: Vec<u32>,
        /// The bound, as the policy writes it.
        pub text: Wording,
    }
}

row! {
    /// A duty with a clock.
    pub struct Owe {
        /// What is owed.
        pub duty: Wording,
        /// Within how long, a value.
        pub within: Option<u32>,
        /// Of which event, a value.
        pub event: Option<u32>,
        /// The clock, as the policy writes it; empty where there is none.
        pub text: Wording,
    }
}

choice! {
    /// What a rule does to the operations in its scope.
    pub enum Effect {
        /// Covers them; rests on these bases.
        0 Allow(Vec<u32>),
        /// Pauses them.
        1 Forbid,
        /// Pauses them until each demand is met.
        2 Require(Vec<Demand>),
        /// Bounds how long data is held.
        3 Keep(Box<Keep>),
        /// Yields a duty.
        4 Owe(Box<Owe>),
        /// Excepts from the prohibitions, safeguards and bounds of these clauses.
        5 Waive(Vec<u32>),
    }
}

row! {
    /// A rule.
    pub struct Rule {
        /// The clause it stands in.
        pub clause: u32,
        /// Where it stands.
        pub position: Position,
        /// As the policy writes it; what its parts and its effect quote is mostly a stretch of it.
        pub text: Wording,
        /// What it does.
        pub effect: Effect,
        /// Its scope; rules of which a part of it is the same share that part.
        pub parts: Vec<Arc<Part>>,
        /// The interpretation it rests on.
        pub because: Option<Wording>,
        /// Whom to ask.
        pub ask: Option<Wording>,
    }
}

row! {
    /// The terms that the semantics itself speaks of.
    pub struct Core {
        /// The action of holding data.
        pub store: u32,
        /// The action of giving data to a recipient.
        pub share: u32,
        /// The action of moving data between countries.
        pub transfer: u32,
        /// The action of ending to hold data.
        pub dispose: u32,
        /// The disposal that is always within an upper bound.
        pub delete: u32,
        /// Data that may hold anything.
        pub unstructured: u32,
        /// The place whose direct members are countries.
        pub country: u32,
    }
}

row! {
    /// A policy, as tables.
    pub struct Image {
        /// The policy's name.
        pub name: String,
        /// Its title.
        pub title: String,
        /// Its version.
        pub version: String,
        /// The vocabularies it uses.
        pub vocabularies: Vec<Vocabulary>,
        /// Minutes east of UTC at which its days begin.
        pub offset: i16,
        /// The layers, the public terms first.
        pub layers: Vec<Layer>,
        /// The terms, a table for each facet in the order of [`Facet::ALL`].
        pub terms: Vec<Vec<Term>>,
        /// For each recipient term, what its declaration says.
        pub recipients: Vec<Recipient>,
        /// Facts.
        pub facts: Vec<Fact>,
        /// Settings.
        pub settings: Vec<Setting>,
        /// Tables.
        pub tables: Vec<Table>,
        /// Nodes of values.
        pub values: Vec<Value>,
        /// Nodes of conditions.
        pub conditions: Vec<Condition>,
        /// Clauses.
        pub clauses: Vec<Clause>,
        /// Rules, in the order of the policy.
        pub rules: Vec<Rule>,
        /// The notice period for recipients.
        pub notice: Option<Notice>,
        /// The terms that the semantics speaks of.
        pub core: Core,
    }
}

impl Image {
    /// The bytes of the image, with the hash that `digest` (SHA-256) makes of its texts and tables.
    pub fn to_bytes(&self, digest: impl Fn(&[u8]) -> [u8; 32]) -> Vec<u8> {
        let mut writer = Writer::default();
        self.put(&mut writer);
        let rest = writer.wordings_and_tables();
        let mut bytes = Vec::with_capacity(HEADER + rest.len());
        bytes.extend_from_slice(MAGIC);
        bytes.push(VERSION);
        bytes.extend_from_slice(&digest(&rest));
        bytes.extend_from_slice(&rest);
        bytes
    }

    /// Reads and validates an image; its hash is taken on trust (see [`Image::hashed`]).
    ///
    /// Validates in this order: size, magic, version, structure, references,
    /// acyclic terms, acyclic conditions. Never panics, for any bytes.
    ///
    /// # Errors
    /// The first fault.
    pub fn from_bytes(bytes: &[u8]) -> Result<(Self, [u8; 32]), ImageError> {
        if bytes.len() > limits::IMAGE_BYTES {
            return Err(ImageError::Limit("bytes of an image"));
        }
        if !bytes.starts_with(MAGIC) {
            return Err(ImageError::NotAnImage);
        }
        let version = *bytes.get(4).ok_or(ImageError::Truncated)?;
        if version != VERSION {
            return Err(ImageError::Version(version));
        }
        let hash = bytes.get(5..HEADER).and_then(|h| h.try_into().ok()).ok_or(ImageError::Truncated)?;
        let mut reader = Reader::of_wordings_and_tables(Self::hashed(bytes)?);
        let image = Image::get(&mut reader);
        let image = reader.end(image)?;
        image.validate()?;
        Ok((image, hash))
    }

    /// The bytes that the hash in the header is made of.
    ///
    /// # Errors
    /// When the bytes are shorter than a header.
    pub fn hashed(bytes: &[u8]) -> Result<&[u8], ImageError> {
        bytes.get(HEADER..).ok_or(ImageError::Truncated)
    }

    /// The terms of a facet.
    #[must_use]
    pub fn facet(&self, facet: Facet) -> &[Term] {
        self.terms.get(facet as usize).map_or(&[], Vec::as_slice)
    }

    /// The word of a term.
    #[must_use]
    pub fn word(&self, facet: Facet, term: u32) -> &str {
        self.facet(facet).get(term as usize).map_or("", |term| &term.name)
    }
}
