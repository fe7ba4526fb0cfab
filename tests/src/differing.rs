//! What `diff` says of two versions of a policy, compared with what the reference evaluator decides by each.

use std::collections::BTreeSet;

use abey::calendar::Date;
use abey::decision::{Decision, PolicyRef};
use abey::operations::Choices;
use abey::{Collected, FactValue, Operation, Retention, ToJson, Told};
use abey_lang::Compiled;
use abey_lang::model::{Effect, Policy, Rule};
use abey_lang::prove::{Change, Difference, DutyChange, Kept, diff};

use crate::alone::{Asked, Ready};
use crate::reference::Reference;
use crate::small::{Enumerated, Small, Versions};
use crate::tried::Counts;

/// The fact by which the planned end of an operation is told to a condition that speaks of it.
const END: &str = "planned_end_of_it";

/// Two versions, compiled, and what `diff` says.
pub struct Sides<'v> {
    versions: &'v Versions,
    old: Compiled,
    new: Compiled,
    about: PolicyRef,
    /// What is said to change.
    pub found: Difference,
}

fn compiled(small: &Small, further: &str) -> Result<Compiled, String> {
    let beneath = |_: &str| Some(small.source.clone());
    abey_lang::compile_over(&format!("{}{further}", small.top()), &beneath).map_err(|faults| {
        let messages: Vec<&str> = faults.iter().map(|fault| fault.message.as_str()).collect();
        messages.join("; ")
    })
}

impl<'v> Sides<'v> {
    /// Two versions.
    ///
    /// # Errors
    /// What is wrong with one of them.
    pub fn of(versions: &'v Versions) -> Result<Self, String> {
        let (old, new) = (compiled(&versions.old, "")?, compiled(&versions.new, "")?);
        let found = diff(&old.image, &new.image).map_err(|error| error.to_string())?;
        let beneath = |_: &str| Some(versions.new.source.clone());
        let top = abey::Policy::compile_over(versions.new.top(), &beneath).map_err(|error| error.to_string())?;
        Ok(Sides { versions, old, new, about: top.about(), found })
    }

    /// The operations that tell the versions apart where any do.
    #[must_use]
    pub fn enumerated(&self) -> Enumerated {
        self.versions.enumerated(&self.old.image, &self.new.image)
    }

    /// Puts operations to both versions, and compares with what is said to change.
    ///
    /// # Errors
    /// The first difference.
    pub fn compared(
        &self,
        operations: impl Iterator<Item = Operation>,
        choices: &mut Choices,
        counts: &mut Counts,
    ) -> Result<(), String> {
        let found = &self.found;
        let judges = [&self.old, &self.new].map(|side| Reference::of(&side.policy));
        let decide = |side: usize, one: &Operation| judges.get(side).and_then(|own| own.decide(one, &self.about).ok());
        self.examples(&decide, counts)?;
        let mut group = |change: &Change| self.group(change, counts);
        let groups = [&found.paused, &found.allowed].map(|side| side.iter().map(&mut group).collect());
        let groups: Vec<Vec<Group>> = groups.into_iter().collect::<Result<_, String>>()?;
        let ready: Vec<Vec<Within<'_>>> = groups.iter().map(|side| side.iter().map(Group::ready).collect()).collect();
        let mut seen = [false, false];
        let mut duties: BTreeSet<(bool, String, String)> = BTreeSet::new();
        for operation in operations {
            counts.add("operations");
            let (Some(before), Some(after)) = (decide(0, &operation), decide(1, &operation)) else {
                counts.add("malformed operations");
                continue;
            };
            for (comes, decision, other) in [(false, &before, &self.new), (true, &after, &self.old)] {
                duties.extend(fresh(decision, &other.policy).map(|(clause, rule)| (comes, clause, rule)));
            }
            if found.partial == Kept::Shown {
                self.open(&operation, &decide, choices, counts)?;
            }
            let direction = match (before.is_allowed(), after.is_allowed()) {
                (false, true) => 1,
                (true, false) => 0,
                _ => continue,
            };
            counts.add("operations that change");
            let told = || abey_lang::prove::written(&operation, &[&self.new.image]);
            let becomes = if direction == 1 { "allowed" } else { "paused" };
            if let Some(seen) = seen.get_mut(direction) {
                *seen = true;
            }
            let ended = with_end(&operation);
            let within = |group: &Within<'_>| group.holds(&ended, &self.about);
            match &found.full {
                Kept::Shown => return Err(format!("nothing changes, and yet becomes {becomes}: {}", told())),
                Kept::Unsettled(_) => counts.add("operations that change where it isn't settled"),
                Kept::Changed => {}
            }
            if found.full == Kept::Changed
                && !found.more
                && !ready.get(direction).is_some_and(|all| all.iter().any(within))
            {
                return Err(format!("becomes {becomes} outside of every phrase: {}", told()));
            }
        }
        self.verdict(seen, counts);
        self.duties(&duties, counts)
    }

    /// What was said against what was seen, both ways.
    fn verdict(&self, seen: [bool; 2], counts: &mut Counts) {
        counts.add(match &self.found.full {
            Kept::Shown => "nothing changes",
            Kept::Changed => "something changes",
            Kept::Unsettled(_) => "not settled",
        });
        if let Kept::Unsettled(why) = &self.found.full {
            counts.note(why);
        }
        if self.found.more {
            counts.add("more than is said");
        }
        for (changes, seen) in [&self.found.paused, &self.found.allowed].into_iter().zip(seen) {
            if !changes.is_empty() {
                counts.add(if seen { "directions seen" } else { "directions of what wasn't enumerated" });
            }
        }
    }

    /// Each example changes as it is said to, and reads back as the same operation.
    fn examples(
        &self,
        decide: &dyn Fn(usize, &Operation) -> Option<Decision>,
        counts: &mut Counts,
    ) -> Result<(), String> {
        let directions = [(&self.found.allowed, true), (&self.found.paused, false)];
        for (change, allowed) in directions.iter().flat_map(|(all, to)| all.iter().map(move |change| (change, *to))) {
            counts.add("examples");
            let one = &change.operation;
            let told = || format!("{}\n{}", change.example, one.to_json());
            for (side, claimed) in [(0, &change.before), (1, &change.after)] {
                let decided = decide(side, one).ok_or_else(|| format!("malformed: {}", told()))?;
                if decided.is_allowed() != (allowed == (side == 1)) || decided.verdict != claimed.verdict {
                    return Err(format!("version {side} decides the example otherwise: {}", told()));
                }
            }
            match abey_lang::phrase(&change.example, &self.new.image) {
                Ok(read) if read == *one => {}
                _ => return Err(format!("the example doesn't read back: {}", told())),
            }
        }
        let nothing = self.found.allowed.is_empty() && self.found.paused.is_empty();
        if nothing == (self.found.full == Kept::Changed) {
            return Err(format!("{:?}, with so many phrases: {}", self.found.full, self.found.allowed.len()));
        }
        if self.versions.same && (!nothing || !self.found.duties.is_empty()) {
            return Err("something changes between versions that mean the same".into());
        }
        Ok(())
    }

    fn group(&self, change: &Change, counts: &mut Counts) -> Result<Group, String> {
        // An operation does exactly what its action names: a word that is general lies outside of an exception though
        // something below both of them is excepted.
        let (actions, rest) = change.phrase.split_once(" of ").ok_or("a phrase names actions and data")?;
        let except = actions.starts_with("any");
        let words = actions.strip_prefix("any except ").unwrap_or(if except { "" } else { actions }).split(", ");
        let words = words.filter(|word| !word.is_empty()).map(|word| self.asked(&format!("{word} of any")));
        let words = words.collect::<Result<_, _>>()?;
        let mut parts = vec![self.asked(&format!("any of {rest}"))?];
        for condition in &change.conditions {
            counts.add("conditions");
            let Some(text) = readable(condition) else {
                counts.note(&format!("conditions that no policy can say: {condition}"));
                continue;
            };
            parts.push(self.asked(&format!("any of any when {text}"))?);
        }
        Ok(Group { except, words, parts })
    }

    /// Whether an operation lies in a phrase, in the words of the new version.
    fn asked(&self, phrase: &str) -> Result<Asked, String> {
        let small = &self.versions.new;
        let fact = if phrase.contains(END) { format!("fact {END}: date;\n") } else { String::new() };
        let further = format!("{fact}property \"the phrase\": always allow {phrase};\n");
        let compiled =
            compiled(small, &further).map_err(|faults| format!("the phrase doesn't read: {phrase}: {faults}"))?;
        let scope = compiled.policy.properties.last().map(|property| property.scope.clone()).unwrap_or_default();
        Ok(Asked::within(&compiled.policy, scope))
    }

    /// An operation that leaves something open is decided alike, where that is said of all of them.
    fn open(
        &self,
        operation: &Operation,
        decide: &dyn Fn(usize, &Operation) -> Option<Decision>,
        choices: &mut Choices,
        counts: &mut Counts,
    ) -> Result<(), String> {
        let open = left_open(operation.clone(), choices);
        let (Some(before), Some(after)) = (decide(0, &open), decide(1, &open)) else { return Ok(()) };
        counts.add("open operations");
        if before.is_allowed() {
            counts.add("open operations that are allowed");
        }
        if before.verdict != after.verdict {
            let told = abey_lang::prove::written(&open, &[&self.new.image]);
            return Err(format!("nothing changes for open operations, and yet: {told}"));
        }
        Ok(())
    }

    /// Duties that were seen to come or go are told; those that are told come from rules that one version alone has.
    fn duties(&self, seen: &BTreeSet<(bool, String, String)>, counts: &mut Counts) -> Result<(), String> {
        let told = |duty: &DutyChange| (duty.comes, duty.clause.clone(), duty.rule.clone());
        let all: BTreeSet<_> = self.found.duties.iter().map(told).collect();
        for duty in seen {
            counts.add("duties that change");
            if !all.contains(duty) {
                return Err(format!("a duty that isn't told of: {duty:?}"));
            }
        }
        for (comes, clause, rule) in &all {
            counts.add("duties told of");
            let (own, other) = if *comes { (&self.new, &self.old) } else { (&self.old, &self.new) };
            let has = |side: &Compiled| ruled(&side.policy).any(|(label, one)| label == clause && one.text == *rule);
            if !has(own) || has(other) {
                return Err(format!("a duty that doesn't change: {clause}: {rule}"));
            }
            if !seen.contains(&(*comes, clause.clone(), rule.clone())) {
                counts.add("duties told of that no enumerated operation owes");
            }
        }
        Ok(())
    }
}

/// What a change is said to be within: a list of actions, and questions whose answers are all yes.
struct Group {
    except: bool,
    words: Vec<Asked>,
    parts: Vec<Asked>,
}

/// The same, ready to be asked.
struct Within<'a> {
    except: bool,
    words: Vec<Ready<'a>>,
    parts: Vec<Ready<'a>>,
}

impl Group {
    fn ready(&self) -> Within<'_> {
        Within {
            except: self.except,
            words: self.words.iter().map(Asked::ready).collect(),
            parts: self.parts.iter().map(Asked::ready).collect(),
        }
    }
}

impl Within<'_> {
    fn holds(&self, one: &Operation, about: &PolicyRef) -> bool {
        let named = self.words.iter().any(|word| word.is(one, about));
        named != self.except && self.parts.iter().all(|part| part.is(one, about))
    }
}

fn ruled(policy: &Policy) -> impl Iterator<Item = (&str, &Rule)> {
    let duty = |rule: &&Rule| matches!(rule.effect, Effect::Keep(_) | Effect::Owe(_));
    policy
        .clauses
        .iter()
        .flat_map(move |clause| clause.rules.iter().filter(duty).map(|rule| (clause.label.as_str(), rule)))
}

/// The duties of an allow that come from rules which the other version doesn't have.
fn fresh<'a>(decision: &'a Decision, other: &'a Policy) -> impl Iterator<Item = (String, String)> + 'a {
    let allowed = decision.is_allowed();
    let duties = decision.duties.iter().filter(move |_| allowed).map(|duty| &duty.citation);
    let fresh = duties.filter(|by| !ruled(other).any(|(label, rule)| label == by.clause && rule.text == by.rule));
    fresh.map(|by| (by.clause.clone(), by.rule.clone()))
}

/// A condition as a policy can say it: what `diff` says of what a policy has no words for is put otherwise.
fn readable(condition: &str) -> Option<String> {
    let (denied, bare) = condition.strip_prefix("not ").map_or((false, condition), |bare| (true, bare));
    if bare.starts_with("keeping ") || bare.starts_with("the item ") {
        return None;
    }
    let bare = bare.replace("the planned end", END);
    let turned = |word: &str, by: &str| bare.split_once(word).map(|(left, right)| format!("not ({left}{by}{right})"));
    let text = turned(" doesn't include ", " includes ")
        .or_else(|| turned(" less than ", " at least "))
        .or_else(|| turned(" more than ", " at most "))
        .unwrap_or_else(|| bare.clone());
    Some(if denied { format!("not ({text})") } else { text })
}

/// The operation with its planned end told as a fact.
fn with_end(operation: &Operation) -> Operation {
    let mut one = operation.clone();
    let day: Option<Date> = match one.data.first().map(|item| item.collected) {
        Some(Collected::On(day)) => Some(day),
        Some(Collected::Now) => one.time.map(|time| time.day(0)),
        _ => None,
    };
    if let (Retention::For(length), Some(day)) = (one.retention, day) {
        let end = day.plus_months(i64::from(length.months)).plus_days(i64::from(length.days));
        one.facts.push((END.into(), FactValue::Text(end.to_string())));
    }
    one
}

/// The same operation, with some of it not told.
fn left_open(mut one: Operation, choices: &mut Choices) -> Operation {
    let lose = |choices: &mut Choices| choices.once_in(6);
    for item in &mut one.data {
        if lose(choices) {
            item.form = None;
        }
        if lose(choices) {
            item.contains = None;
        }
        if lose(choices) {
            item.collected = Collected::Unknown;
        }
        item.facts.retain(|_| !lose(choices));
    }
    if lose(choices) {
        one.subjects = Told::Unknown;
    }
    for word in [&mut one.actor, &mut one.recipient, &mut one.place, &mut one.basis] {
        if lose(choices) {
            *word = Told::Unknown;
        }
    }
    for words in [&mut one.purposes, &mut one.origins] {
        if lose(choices) {
            *words = Told::Unknown;
        }
    }
    if lose(choices) {
        one.role = None;
    }
    if lose(choices) {
        one.measures = None;
    }
    if lose(choices) {
        one.retention = Retention::Unknown;
    }
    if lose(choices) {
        one.time = None;
    }
    one.facts.retain(|_| !lose(choices));
    one
}
