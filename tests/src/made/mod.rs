//! Policies made from choices: small vocabularies with several parents and dated and conditional edges, every verb,
//! conditions over every type, tables, settings, recipients, exceptions, and agreements over them.
//!
//! Fewer and smaller choices make a simpler policy, so that shrinking the choices shrinks the policy; whatever the
//! choices, it compiles.

mod conditions;
mod rules;
mod text;
mod words;

pub use rules::Verb;
pub use text::{Text, shuffle};

use abey::operations::Choices;
use words::Words;

/// A clause.
#[derive(Clone, Debug)]
struct Clause {
    head: Text,
    rules: Vec<(Verb, Text)>,
}

/// A policy in pieces.
#[derive(Clone, Debug)]
pub struct Made {
    head: Text,
    /// Settings, which may read earlier ones.
    settings: Vec<String>,
    declarations: Vec<Text>,
    clauses: Vec<Clause>,
    words: Words,
}

/// How many clauses at most.
const CLAUSES: usize = 5;

impl Made {
    /// A policy.
    #[must_use]
    pub fn policy(choices: &mut Choices) -> Self {
        let words = Words::of(choices);
        let mut head = Text::from("policy made \"Made\" version \"1\"");
        if choices.once_in(6) {
            head = head.then(format!(" in force from {}", words::date(choices)));
            if choices.once_in(3) {
                head = head.then(" until 2027-06-30".to_string());
            }
        }
        head = head.then(";");
        if choices.once_in(6) {
            head = head.then(format!("\noffset {};", if choices.once_in(2) { "-05:30" } else { "+02:00" }));
        }
        let mut declarations = words.declarations(choices);
        if choices.once_in(6) {
            let condition = words.condition(choices, 1);
            declarations.push(Text::from("applies when ").then(condition).then(";"));
        }
        let mut clauses = Vec::new();
        let count = 1 + choices.below(CLAUSES);
        for number in 0..count {
            clauses.push(words.clause(choices, number, count));
        }
        let settings = words.settings(choices);
        Made { head, settings, declarations, clauses, words }
    }

    /// The source of the policy.
    #[must_use]
    pub fn source(&self) -> String {
        self.written(&mut None)
    }

    /// The same policy in another order: of rules, clauses, declarations, parts and lists.
    #[must_use]
    pub fn reordered(&self, choices: Choices) -> String {
        self.written(&mut Some(choices))
    }

    fn written(&self, order: &mut Option<Choices>) -> String {
        let head = self.head.written(order);
        let mut body: Vec<Text> = self.declarations.clone();
        body.push(Text::from(self.settings.join("\n")));
        for clause in &self.clauses {
            let rules = clause.rules.iter().map(|(_, rule)| rule.clone()).collect();
            body.push(clause.head.clone().then(" {\n  ").then(Text::free("\n  ", rules)).then("\n}"));
        }
        format!("{head}\n{}\n", Text::free("\n", body).written(order))
    }

    /// The same without rules of a verb.
    #[must_use]
    pub fn without(&self, verb: Verb) -> Self {
        let mut fewer = self.clone();
        fewer.clauses.iter_mut().for_each(|clause| clause.rules.retain(|(own, _)| *own != verb));
        fewer
    }

    /// The same with a further rule in a clause of its own, at the end.
    #[must_use]
    pub fn with(&self, verb: Verb, choices: &mut Choices) -> Self {
        let mut more = self.clone();
        let rule = self.words.rule(choices, verb, 0);
        more.clauses.push(Clause { head: Text::from("clause \"further\""), rules: vec![(verb, rule)] });
        more
    }

    /// Properties: of what each prohibition and instruction speaks of, and of something else.
    #[must_use]
    pub fn properties(&self, choices: &mut Choices) -> String {
        let mut claims: Vec<String> = Vec::new();
        for (verb, rule) in self.clauses.iter().flat_map(|clause| &clause.rules) {
            let rule = rule.written(&mut None);
            let claim = match verb {
                Verb::Forbid => format!("never allow {}", rule.trim_start_matches("forbid ")),
                Verb::Allow if !rule.contains("resting on") => format!("always {rule}"),
                _ => continue,
            };
            claims.push(claim);
        }
        for claim in ["never", "never", "always"] {
            claims.push(format!("{claim} allow {};", self.words.scope(choices).written(&mut None)));
        }
        let properties = claims.iter().enumerate();
        properties.map(|(number, claim)| format!("property \"{number}\": {claim}\n")).collect()
    }

    /// Claims of an agreement over the policy that it is stricter, and that something is never allowed.
    #[must_use]
    pub fn stricter(&self, choices: &mut Choices) -> String {
        let scope = self.words.scope(choices).written(&mut None);
        let other = self.words.scope(choices).written(&mut None);
        format!(
            "property \"0\": stricter than made;\nproperty \"1\": stricter than made for {scope};\n\
             property \"2\": never allow {other};\n"
        )
    }

    /// An agreement over the policy that names nothing of it: further rules of any verb, instructions where `allows`.
    #[must_use]
    pub fn further(&self, allows: bool, choices: &mut Choices) -> String {
        let mut source = String::from("agreement over_made \"Over\" version \"1\" over made;\n");
        let verbs: &[Verb] = if allows {
            &[Verb::Allow, Verb::Forbid, Verb::Require, Verb::Keep, Verb::Owe]
        } else {
            &[Verb::Forbid, Verb::Require, Verb::Keep, Verb::Owe]
        };
        for number in 0..1 + choices.below(2) {
            let verb = verbs.get(choices.below(verbs.len())).copied().unwrap_or(Verb::Forbid);
            let rule = self.words.rule(choices, verb, 0).written(&mut None);
            source += &format!("clause \"A{number}\" {{ {rule} }}\n");
        }
        source
    }

    /// An agreement over the policy that loosens it: sets a setting, replaces a clause, makes an exception.
    #[must_use]
    pub fn loosening(&self, choices: &mut Choices) -> String {
        let mut source =
            String::from("agreement over_made \"Over\" version \"1\" in force from 2026-01-01 over made;\n");
        source += "set kept = 45 days;\n";
        let replaced = choices.below(self.clauses.len());
        let other = (replaced + 1) % self.clauses.len().max(1);
        if let Some(clause) = self.clauses.get(replaced) {
            let rules: String =
                (0..1 + choices.below(2)).map(|_| self.words.any_rule(choices, 0).1.written(&mut None) + " ").collect();
            source += &format!("replace {} {{ {rules} }}\n", clause.head.written(&mut None));
        }
        if other != replaced {
            let scope = self.words.scope(choices).written(&mut None);
            source += &format!("waive clause \"{}\" for {scope};\n", other + 1);
        }
        source + &format!("{}\n", self.words.rule(choices, Verb::Allow, 0).written(&mut None))
    }
}
