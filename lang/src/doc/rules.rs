//! The sections behind the register: recipients, and every rule of the clauses by its kind.

use super::words::{Words, protects};
use super::{Row, Section, add, fact_label, plain, reference, row};
use crate::model::{Clause, Effect, Facet, Keep, Owe, Rule};

/// Makes the sections, some of them perhaps empty.
pub(super) fn sections(words: Words<'_>) -> Vec<Section> {
    let (mut sub_processors, mut recipients) = (Vec::new(), Vec::new());
    let listed = words.policy.recipients.iter().enumerate();
    for (number, recipient) in listed.filter(|(number, _)| is_own(words, *number)) {
        let row = recipient_row(words, number);
        let has_date = recipient.notified.is_some() || recipient.authorised.is_some();
        if has_date { sub_processors.push(row) } else { recipients.push(row) }
    }
    let [allow, forbid, protect, demand, keep, duty, except, left] = by_kind(words);
    let section = |id, title, caption, columns, rows| Section { id, title, caption, columns, rows };
    let scoped: &[&str] = &["Clause", "Applies to"];
    let listed: &[&str] = &["Recipient", "Places", "Purposes", "Safeguards", "Authorisation", "Further facts"];
    vec![
        section(
            "sub-processors",
            "Sub-processors",
            "Who is authorised or was notified, and from when",
            listed,
            sub_processors,
        ),
        section(
            "notice",
            "New sub-processors",
            "How one that was notified becomes authorised",
            &["Clause", "Rule"],
            notice(words),
        ),
        section(
            "recipients",
            "Other recipients",
            "Recipients and groups without a date of authorisation",
            listed,
            recipients,
        ),
        section(
            "retention",
            "Retention schedule",
            "How long data is kept, and what happens then",
            &["Clause", "What", "Bound", "Then"],
            keep,
        ),
        section(
            "security",
            "Security measures",
            "What has to be in place",
            &["Clause", "Measure or form", "For what"],
            protect,
        ),
        section("conditions", "Conditions", "What else has to hold", &["Clause", "Condition", "For what"], demand),
        section("permissions", "Permissions", "What may be done; all else is not covered", scoped, allow),
        section("prohibitions", "Prohibitions", "What may not be done, whatever else allows it", scoped, forbid),
        section(
            "exceptions",
            "Exceptions",
            "Where clauses don't hold",
            &["Clause", "Excepts from", "For what"],
            except,
        ),
        section("duties", "Duties", "What is owed, and by when", &["Clause", "Duty", "Clock", "For what"], duty),
        section(
            "interpretations",
            "Interpretations",
            "How the text was read",
            &["Clause", "Reading", "Of what"],
            readings(words),
        ),
        section("notes", "Notes", "What no operation is decided by", &["Clause", "Note"], notes(words)),
        section(
            "agreement",
            "Left to an agreement",
            "What a signed agreement has to settle",
            &["Clause", "What", "Note", "Whom to ask"],
            left,
        ),
    ]
}

/// The rows of rules: allow, forbid, require protection, require else, keep, owe, waive, deferred.
fn by_kind(words: Words<'_>) -> [Vec<Row>; 8] {
    let [mut allow, mut forbid, mut protect, mut demand, mut keep, mut duty, mut except, mut left]: [Vec<Row>; 8] =
        Default::default();
    let policy = words.policy;
    for clause in &policy.clauses {
        let line = |cells: Vec<Vec<String>>| row(policy, clause, cells);
        if clause.deferred {
            left.push(line(vec![left_scope(words, clause), clause.notes.clone(), asked(clause)]));
            continue;
        }
        for rule in &clause.rules {
            let scope = scope(words, clause, rule);
            match &rule.effect {
                Effect::Allow(bases) => {
                    let mut lines = scope;
                    if !bases.is_empty() {
                        lines.push(format!("On the basis of: {}", words.terms(Facet::Basis, bases, ", ")));
                    }
                    allow.push(line(vec![lines]));
                }
                Effect::Forbid => {
                    let absolute = clause.absolute.then(|| "Absolute: nothing may loosen it".to_string());
                    forbid.push(line(vec![scope.into_iter().chain(absolute).collect()]));
                }
                Effect::Require(_) => {
                    let (protections, others) = demands(words, rule);
                    if !protections.is_empty() {
                        protect.push(line(vec![protections, scope.clone()]));
                    }
                    if !others.is_empty() {
                        demand.push(line(vec![others, scope]));
                    }
                }
                Effect::Keep(own) => {
                    let bound = words.bound(own);
                    let ends = !own.never && (own.at_most.is_some() || own.until.is_some() || own.during.is_some());
                    let then = match words.terms(Facet::Action, &own.then, " or ") {
                        // Any disposal does, where none is named.
                        then if then.is_empty() && ends => "Dispose of it".into(),
                        then => then,
                    };
                    if !then.is_empty() {
                        duty.push(line(vec![vec![then.clone()], vec![clock_of(own, &bound)], scope.clone()]));
                    }
                    let then = match then {
                        then if !then.is_empty() => then,
                        _ if own.never => "Nothing is held".into(),
                        _ => "Not stated".into(),
                    };
                    keep.push(line(vec![scope, vec![bound], vec![then]]));
                }
                Effect::Owe(owe) => duty.push(line(vec![vec![owe.duty.clone()], vec![clock(words, owe)], scope])),
                Effect::Waive(clauses) => {
                    let named = clauses.iter().filter_map(|number| policy.clauses.get(*number as usize));
                    let named = named.map(|other| format!("{} {}", reference(policy, other), other.title));
                    except.push(line(vec![named.collect(), scope]));
                }
            }
        }
    }
    [allow, forbid, protect, demand, keep, duty, except, left]
}

/// What a rule covers, by its clause's scope and its own.
fn scope(words: Words<'_>, clause: &Clause, rule: &Rule) -> Vec<String> {
    let lines = words.scope_within(&clause.scope, &rule.scope);
    if lines.is_empty() { vec!["Anything".into()] } else { lines }
}

/// What a demand asks: measures and forms, and else.
fn demands(words: Words<'_>, rule: &Rule) -> (Vec<String>, Vec<String>) {
    let (mut protections, mut others) = (Vec::new(), Vec::new());
    let Effect::Require(demands) = &rule.effect else { return (protections, others) };
    for demand in demands {
        add(if protects(demand) { &mut protections } else { &mut others }, words.demand(demand));
    }
    (protections, others)
}

fn clock(words: Words<'_>, owe: &Owe) -> String {
    match (&owe.within, &owe.event) {
        (Some(within), Some(event)) => format!("within {} of {}", words.value(within), words.value(event)),
        (Some(within), None) => format!("within {}", words.value(within)),
        (None, Some(event)) => format!("from {}; no period is stated", words.value(event)),
        (None, None) => "none is stated".into(),
    }
}

/// When data that a rule bounds is to be disposed of.
fn clock_of(keep: &Keep, bound: &str) -> String {
    if keep.never { "at once: it is never stored".into() } else { format!("when this ends: {bound}") }
}

/// What a deferred clause leaves, by itself and by its rules.
fn left_scope(words: Words<'_>, clause: &Clause) -> Vec<String> {
    let mut lines = Vec::new();
    for rule in &clause.rules {
        words.scope_within(&clause.scope, &rule.scope).into_iter().for_each(|line| add(&mut lines, line));
    }
    if clause.rules.is_empty() {
        lines = words.scope(&clause.scope);
    }
    if lines.is_empty() { vec!["Anything".into()] } else { lines }
}

fn asked(clause: &Clause) -> Vec<String> {
    let mut asked = Vec::new();
    let rules = clause.rules.iter().filter_map(|rule| rule.ask.as_ref());
    clause.ask.iter().chain(rules).for_each(|ask| add(&mut asked, plain(ask)));
    if asked.is_empty() { vec!["Not stated".into()] } else { asked }
}

/// Whether a layer of the policy declares a recipient, and no vocabulary.
fn is_own(words: Words<'_>, number: usize) -> bool {
    let term = words.terms_of(Facet::Recipient).get(number);
    term.is_some_and(|term| term.origin.vocabulary.is_none())
}

fn recipient_row(words: Words<'_>, number: usize) -> Row {
    let mut cells = vec![Vec::new(); 5];
    if let Some(recipient) = words.policy.recipients.get(number) {
        let purposes = recipient.purposes.as_deref();
        let mut dates = Vec::new();
        dates.extend(recipient.authorised.map(|from| format!("authorised from {from}")));
        dates.extend(recipient.notified.map(|day| format!("notified {day}")));
        let facts = recipient.facts.iter().filter_map(|(fact, value)| {
            let fact = words.policy.facts.get(*fact as usize)?;
            Some(format!("{}: {}", fact_label(fact), words.literal(value)))
        });
        let term = words.terms_of(Facet::Recipient).get(number);
        let groups = term.into_iter().flat_map(|term| &term.parents).filter(|edge| edge.when.is_none());
        let groups = groups.map(|edge| format!("among: {}", words.term(Facet::Recipient, edge.parent)));
        let stated = |text: String, other: &str| vec![if text.is_empty() { other.to_string() } else { text }];
        cells = vec![
            stated(words.terms(Facet::Place, &recipient.places, ", "), "Not stated"),
            stated(purposes.map_or(String::new(), |own| words.terms(Facet::Purpose, own, ", ")), "Not limited"),
            stated(words.terms(Facet::Measure, &recipient.measures, ", "), "None stated"),
            stated(dates.join(", "), "None"),
            stated(groups.chain(facts).collect::<Vec<_>>().join(", "), "None"),
        ];
    }
    Row { head: words.term(Facet::Recipient, u32::try_from(number).unwrap_or(u32::MAX)), clause: None, cells }
}

fn notice(words: Words<'_>) -> Vec<Row> {
    let Some(notice) = &words.policy.notice else { return Vec::new() };
    let Some(clause) = words.policy.clauses.get(notice.clause) else { return Vec::new() };
    let ask = notice.ask.as_ref().map_or(String::new(), |ask| format!("; until then, ask {}", plain(ask)));
    let rule = format!("authorised {} after the notice{ask}", words.value(&notice.period));
    vec![row(words.policy, clause, vec![vec![rule]])]
}

fn readings(words: Words<'_>) -> Vec<Row> {
    let mut rows = Vec::new();
    for clause in &words.policy.clauses {
        let mut push = |because: &str, what: Vec<String>| {
            rows.push(row(words.policy, clause, vec![vec![because.to_string()], what]));
        };
        if let Some(because) = &clause.because {
            push(because, vec!["The whole clause".into()]);
        }
        for rule in &clause.rules {
            if let Some(because) = &rule.because {
                push(because, summary(words, rule));
            }
        }
    }
    rows
}

/// A rule in a few lines.
fn summary(words: Words<'_>, rule: &Rule) -> Vec<String> {
    let what = match &rule.effect {
        Effect::Allow(_) => "Permission".into(),
        Effect::Forbid => "Prohibition".into(),
        Effect::Require(_) => {
            let (protections, others) = demands(words, rule);
            format!("Required: {}", protections.into_iter().chain(others).collect::<Vec<_>>().join(", "))
        }
        Effect::Keep(keep) => format!("Retention: {}", words.bound(keep)),
        Effect::Owe(owe) => format!("Duty: {}", owe.duty),
        Effect::Waive(_) => "Exception".into(),
    };
    std::iter::once(what).chain(words.scope(&rule.scope)).collect()
}

fn notes(words: Words<'_>) -> Vec<Row> {
    // Those of deferred clauses stand beside what they leave.
    let clauses = words.policy.clauses.iter().filter(|clause| !clause.deferred);
    let notes = clauses.flat_map(|clause| clause.notes.iter().map(move |note| (clause, note)));
    notes.map(|(clause, note)| row(words.policy, clause, vec![vec![note.clone()]])).collect()
}
