//! The codes of diagnostics: one for each kind of fault, with a word that stays the same.

/// Declares the codes, each with a sentence that says what it means, and its word.
macro_rules! codes {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$doc:meta])* $code:ident = $word:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$doc])* $code,)* }

        impl $name {
            /// Every one, in order.
            pub const ALL: &'static [Self] = &[$(Self::$code,)*];

            /// The word for it, as reports show it.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $(Self::$code => $word,)* }
            }

            /// The one that a word stands for.
            #[must_use]
            pub fn of(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$code),)* _ => None }
            }
        }
    };
}

codes! {
    /// What kind of fault a diagnostic reports.
    pub enum Code {
        // The text.
        /// The text isn't of the language here.
        Syntax = "syntax",
        /// A statement or rule doesn't end with `;`.
        MissingSemicolon = "missing-semicolon",
        /// A `}` closes nothing.
        StrayBrace = "stray-brace",
        /// A clause isn't closed with `}`.
        UnclosedClause = "unclosed-clause",
        /// It can be read, but not where it stands.
        Misplaced = "misplaced",
        /// A day that the calendar doesn't have.
        BadDate = "bad-date",
        /// An instant that can't be read.
        BadInstant = "bad-instant",
        /// A number that is too long or too large.
        BadNumber = "bad-number",
        /// A duration that isn't of whole units, or is too long.
        BadDuration = "bad-duration",
        /// An offset from UTC that doesn't exist.
        BadOffset = "bad-offset",
        /// What may stand once stands twice.
        RepeatedPart = "repeated-part",
        /// A fact is told twice of the same thing.
        ToldTwice = "told-twice",

        // The head of a source.
        /// The source doesn't say which policy it is.
        NoPolicy = "no-policy",
        /// The source is a vocabulary.
        NotAPolicy = "not-a-policy",
        /// The source holds a second policy.
        TwoPolicies = "two-policies",
        /// A period ends before it begins.
        EmptyPeriod = "empty-period",
        /// An agreement says where days begin.
        FixedOffset = "fixed-offset",
        /// There is no vocabulary of this name.
        UnknownVocabulary = "unknown-vocabulary",

        // Words.
        /// A word that its facet doesn't have.
        UnknownWord = "unknown-word",
        /// Two declarations, clauses or examples have one name.
        DeclaredTwice = "declared-twice",
        /// A word that the language gives a meaning of its own.
        SpecialWord = "special-word",
        /// Roles can't be declared.
        BuiltInRole = "built-in-role",
        /// A word lies below itself.
        CyclicTerms = "cyclic-terms",
        /// Whether a word lies below another depends on itself.
        CircularCondition = "circular-condition",
        /// A data category stands under neither personal nor other data.
        RootlessData = "rootless-data",
        /// A word that isn't data says what it contains.
        OnlyDataContains = "only-data-contains",
        /// Data that isn't unstructured says what it contains.
        StructuredContainer = "structured-container",
        /// Data lies below one that says what it contains, and not always.
        ConditionalContainer = "conditional-container",
        /// A recipient without a place.
        NoPlace = "no-place",

        // Facts, settings, tables.
        /// A fact that isn't declared, or not of this thing.
        UnknownFact = "unknown-fact",
        /// A setting that isn't declared.
        UnknownSetting = "unknown-setting",
        /// A setting is set twice in one agreement.
        SetTwice = "set-twice",
        /// A setting that an agreement set is set again.
        FixedSetting = "fixed-setting",
        /// A value lies outside its bounds, or may.
        OutOfBounds = "out-of-bounds",
        /// A bound on what has no order, or one that isn't a plain value.
        NoOrder = "no-order",
        /// A plain value is needed here.
        NoDefault = "no-default",
        /// A set is given a value in the source.
        NoSetDefault = "no-set-default",
        /// A table without a value.
        EmptyTable = "empty-table",
        /// What a table can't be looked up by.
        BadKey = "bad-key",
        /// Two rows of a table may hold for one key.
        OverlappingRows = "overlapping-rows",

        // Conditions.
        /// Neither a fact, nor a setting, nor a part of an operation.
        UnknownValue = "unknown-value",
        /// An attribute that recipients don't have.
        UnknownAttribute = "unknown-attribute",
        /// Only a recipient can be asked this.
        OnlyRecipients = "only-recipients",
        /// A value of another type is needed.
        WrongType = "wrong-type",
        /// Such a value can't be compared in this way.
        WrongComparison = "wrong-comparison",
        /// Something is compared with `none`.
        CompareNone = "compare-none",
        /// There is always one, so `none` can't stand here.
        NeverNone = "never-none",
        /// A sum of too many values.
        SumTooLong = "sum-too-long",

        // Clauses and rules.
        /// A clause without a label.
        NoLabel = "no-label",
        /// An `allow` or `forbid` without actions.
        NoAction = "no-action",
        /// An `allow` or `forbid` without data.
        NoData = "no-data",
        /// A rule, or a deferred clause, that doesn't say for what it holds.
        NoScope = "no-scope",
        /// A deferred clause with rules of its own.
        DeferredRule = "deferred-rule",
        /// A form without the data that has it.
        FormWithoutData = "form-without-data",
        /// A word that is a form and a measure.
        FormOrMeasure = "form-or-measure",
        /// Raw data with a form.
        RawAndFormed = "raw-and-formed",
        /// Two data items without a comma between them.
        MissingComma = "missing-comma",
        /// A `keep` without a bound.
        NoBound = "no-bound",
        /// Bounds that don't go together.
        ContradictoryBounds = "contradictory-bounds",
        /// An action that isn't a disposal.
        NoDisposal = "no-disposal",
        /// A clause that isn't there.
        UnknownClause = "unknown-clause",
        /// A range of clauses that aren't numbered.
        UnnumberedRange = "unnumbered-range",

        // Agreements over a policy.
        /// The policy beneath can't be used.
        PolicyBeneath = "policy-beneath",
        /// A policy that isn't beneath.
        UnknownLayer = "unknown-layer",
        /// An absolute clause would be loosened.
        AbsoluteClause = "absolute-clause",
        /// A clause is replaced twice in one agreement.
        ReplacedTwice = "replaced-twice",
        /// One agreement waives and replaces a clause.
        WaivedAndReplaced = "waived-and-replaced",
        /// An agreement adds to a word beneath.
        WordBeneath = "word-beneath",
        /// A new word would enter a group that a clause beneath spares.
        WordEntersGroup = "word-enters-group",

        // Examples.
        /// The operation of an example is malformed.
        MalformedExample = "malformed-example",
        /// A place that belongs to none of several recipients.
        PlaceOfWhichLeg = "place-of-which-leg",

        // Lints.
        /// There is no lint of this name.
        UnknownLint = "unknown-lint",
        /// A lint is silenced without a reason.
        NoReason = "no-reason",

        // Limits.
        /// The source is larger than what is read.
        SourceTooLarge = "source-too-large",
        /// Parentheses, braces or `not` within one another too often.
        NestedTooDeep = "nested-too-deep",
        /// A facet with too many words.
        TooManyTerms = "too-many-terms",
        /// Too many facts or settings.
        TooManyFacts = "too-many-facts",
        /// Too many rules.
        TooManyRules = "too-many-rules",
        /// More of something than the compiler takes.
        TooMuch = "too-much",
        /// More errors than are shown.
        TooManyErrors = "too-many-errors",
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.word())
    }
}
