//! The laws of the language, each as a formula and under its own name.
//!
//! `allowed(P, o)`: policy P allows operation o. `o ≤ r`: r fills in what o leaves unknown, or narrows its words, both
//! well-formed. A law that fails says how.

use std::collections::BTreeSet;

use abey::decision::{Decision, DutyState, Kind, Reason};
use abey::{Collected, Leg, Operation, ToJson, Told};

use crate::refine::refine;
use crate::tried::{Counts, Family, Tried, relisted};
use abey::operations::Choices;

/// What a law says of one operation: nothing, or how it is broken.
pub type Outcome = Result<(), String>;

fn broken(law: &str, tried: &Tried, operation: &Operation, what: &str) -> String {
    format!("{law}: {what}\n{}\n{}\n", operation_text(operation), tried.source)
}

fn operation_text(operation: &Operation) -> String {
    operation.to_json().to_string()
}

/// Law 1, default pause. For every o: ¬allowed(P without `allow`, o).
pub fn default_pause(family: &Family, operation: &Operation, counts: &mut Counts) -> Outcome {
    counts.add("default pause");
    match family.silent.allows(operation) {
        Some(true) => Err(broken("default pause", &family.silent, operation, "allowed without any instruction")),
        _ => Ok(()),
    }
}

/// Law 2, silence is safe. For every o ≤ r: allowed(P, o) ⇒ allowed(P, r).
pub fn silence(tried: &Tried, operation: &Operation, choices: &mut Choices, counts: &mut Counts) -> Outcome {
    if tried.allows(operation) != Some(true) {
        return Ok(());
    }
    let refined = refine(operation, &tried.aim, choices);
    let Some(allowed) = tried.allows(&refined).filter(|_| refined != *operation) else { return Ok(()) };
    counts.add("silence");
    if allowed {
        return Ok(());
    }
    let what = format!("pauses once it is {}\n{}", operation_text(&refined), messages(&tried.policy.check(&refined)));
    Err(broken("silence", tried, operation, &what))
}

fn messages(decision: &Decision) -> String {
    decision.reasons.iter().map(|reason| format!("  {}: {}\n", reason.kind.word(), reason.message)).collect()
}

/// Law 3, prohibition wins. For every rule f of forbid, require, keep: allowed(P + f, o) ⇒ allowed(P, o).
pub fn prohibition(family: &Family, operation: &Operation, counts: &mut Counts) -> Outcome {
    for stricter in &family.stricter {
        if stricter.allows(operation) == Some(true) {
            counts.add("prohibition");
            if family.made.allows(operation) != Some(true) {
                return Err(broken("prohibition", stricter, operation, "allowed since the last clause was added"));
            }
        }
    }
    Ok(())
}

/// Law 4, instruction widens. For every rule a of allow: allowed(P, o) ⇒ allowed(P + a, o).
pub fn instruction(family: &Family, operation: &Operation, counts: &mut Counts) -> Outcome {
    if family.made.allows(operation) == Some(true) {
        counts.add("instruction");
        if family.wider.allows(operation) != Some(true) {
            return Err(broken("instruction", &family.wider, operation, "pauses since the last clause was added"));
        }
    }
    Ok(())
}

/// What the order of rules and lists has no say in: kind, layer, clause and point of reasons and duties. Which
/// instruction is the nearest is a courtesy.
fn unordered(decision: &Decision) -> BTreeSet<String> {
    let at = |text: String, points: &[[u32; 5]]| -> Vec<String> {
        points.iter().map(|point| format!("{text} {point:?}")).collect()
    };
    let reasons = decision.reasons.iter().flat_map(|reason| {
        let clause = reason.citation.as_ref().filter(|_| reason.kind != Kind::NotCovered);
        let clause = clause.map(|citation| format!("{} {}", citation.layer, citation.clause));
        at(format!("{} {clause:?}", reason.kind.word()), &reason.points)
    });
    let duties = decision
        .duties
        .iter()
        .flat_map(|duty| at(format!("{} {} {:?}", duty.state.word(), duty.citation.clause, duty.due), &duty.points));
    reasons.chain(duties).collect()
}

/// Law 5, order is nothing. For every reordering Q of P and p of o: verdict and set of reasons of (Q, p) are those of
/// (P, o).
pub fn order(family: &Family, operation: &Operation, choices: &mut Choices, counts: &mut Counts) -> Outcome {
    let other = relisted(operation, choices);
    let (Ok(one), Ok(two)) = (family.made.policy.decide(operation), family.reordered.policy.decide(&other)) else {
        return Ok(());
    };
    counts.add("order");
    if one.verdict != two.verdict || unordered(&one) != unordered(&two) {
        let what =
            format!("{:#?}\nand in another order\n{:#?}\n{}", unordered(&one), unordered(&two), family.made.source);
        return Err(broken("order", &family.reordered, operation, &what));
    }
    Ok(())
}

/// The operation at one point alone.
fn at_point(operation: &Operation, at: [usize; 5]) -> Operation {
    let [item, subject, purpose, leg, origin] = at;
    let one = |told: &Told<Vec<String>>, index: usize| match told {
        Told::Is(words) => Told::Is(words.iter().skip(index).take(1).cloned().collect()),
        other => other.clone(),
    };
    let mut alone = operation.clone();
    alone.data = operation.data.iter().skip(item).take(1).cloned().collect();
    if let Told::Is(subjects) = &operation.subjects {
        alone.subjects = Told::Is(subjects.iter().skip(subject).take(1).cloned().collect());
    }
    alone.purposes = one(&operation.purposes, purpose);
    alone.origins = one(&operation.origins, origin);
    if !operation.legs.is_empty() {
        alone.legs = operation.legs.iter().skip(leg).take(1).cloned().collect::<Vec<Leg>>();
    }
    alone
}

/// Law 6, points are independent. allowed(P, o) ⇔ for every point p of o: allowed(P, o at p).
pub fn points(tried: &Tried, operation: &Operation, counts: &mut Counts) -> Outcome {
    let Some(allowed) = tried.allows(operation) else { return Ok(()) };
    let count = |told: Option<usize>| told.unwrap_or(1).max(1);
    let sizes = [
        operation.data.len(),
        count(operation.subjects.value().map(Vec::len)),
        count(operation.purposes.value().map(Vec::len)),
        operation.legs.len().max(1),
        count(operation.origins.value().map(Vec::len)),
    ];
    let total: usize = sizes.iter().product();
    if total == 1 {
        return Ok(());
    }
    counts.add("points");
    let mut each = true;
    for mut number in 0..total {
        let at = sizes.map(|size| {
            let index = number % size;
            number /= size;
            index
        });
        each &= tried.allows(&at_point(operation, at)) == Some(true);
    }
    if allowed == each { Ok(()) } else { Err(broken("points", tried, operation, "not as its points alone")) }
}

/// A decision without questions and remedies, which no section of the specification fixes: law 9 holds the remedies.
fn uncourteous(mut decision: Decision) -> String {
    decision.questions.clear();
    decision.remedies = abey::decision::Remedies { complete: false, steps: Vec::new() };
    decision.reasons.iter_mut().for_each(|reason| reason.remedies.clear());
    decision.to_json()
}

/// Law 7, one meaning. The reference evaluator, the engine, the engine from the image written and read back, and the
/// engine from the operation written as JSON and read back give the same bytes.
pub fn meaning(tried: &Tried, operation: &Operation, counts: &mut Counts) -> Outcome {
    counts.add("meaning");
    let decision = tried.policy.check(operation);
    let bytes = decision.to_json();
    if tried.reread.check(operation).to_json() != bytes {
        return Err(broken("meaning", tried, operation, "the image read back decides otherwise"));
    }
    if tried.policy.check_json(operation_text(operation)).to_json() != bytes {
        return Err(broken("meaning", tried, operation, "written as JSON it is decided otherwise"));
    }
    let verdict = tried.policy.verdict(operation).ok();
    if verdict.is_some_and(|verdict| verdict != decision.verdict) {
        return Err(broken("meaning", tried, operation, "the verdict alone is another"));
    }
    let encoded = tried.policy.encode(operation).ok().map(|encoded| tried.policy.verdict_of(&encoded));
    if encoded != verdict {
        return Err(broken("meaning", tried, operation, "encoded it gets another verdict"));
    }
    let referred = match (tried.referred(operation), tried.policy.decide(operation)) {
        (Ok(referred), Ok(_)) => referred,
        // What is wrong with it each says in its own words, of the same place.
        (Err(one), Err(other)) if one.path == other.path => return Ok(()),
        (referred, _) => {
            let what = format!("the reference says {:?}\n{bytes}", referred.map(|decision| decision.verdict));
            return Err(broken("meaning", tried, operation, &what));
        }
    };
    let (engine, reference) = (uncourteous(decision), uncourteous(referred));
    if engine == reference {
        return Ok(());
    }
    Err(broken("meaning", tried, operation, &format!("the engine says\n{engine}\nand the reference\n{reference}")))
}

/// Law 8, total. The check takes no more steps than [`abey_engine::NativeChecker::verdict_steps_bound`] says, and its
/// decision no more than [`abey_engine::NativeChecker::decision_steps_bound`].
pub fn total(tried: &Tried, operation: &Operation, counts: &mut Counts) -> Outcome {
    counts.add("total");
    #[cfg(feature = "steps")]
    counted(tried, operation)?;
    #[cfg(not(feature = "steps"))]
    let _ = (tried, operation);
    Ok(())
}

#[cfg(feature = "steps")]
fn counted(tried: &Tried, operation: &Operation) -> Outcome {
    let counted = |bound: u128, what: &str| {
        let steps = u128::from(tried.counting.take_steps());
        match steps <= bound {
            true => Ok(()),
            false => {
                Err(broken("total", tried, operation, &format!("{what} took {steps} steps, and the bound is {bound}")))
            }
        }
    };
    let _ = tried.counting.take_steps();
    let _ = tried.counting.verdict(operation);
    counted(tried.counting.verdict_steps_bound(operation), "the verdict")?;
    let _ = tried.counting.check(operation);
    counted(tried.counting.decision_steps_bound(operation), "the decision")
}

/// Where a reason comes from: its kind, and the rule that it cites, but for the nearest instruction.
fn source(reason: &Reason) -> (Kind, Option<(String, u32, u32)>) {
    let citation = reason.citation.as_ref().filter(|_| reason.kind != Kind::NotCovered);
    (reason.kind, citation.map(|citation| (citation.layer.clone(), citation.line, citation.column)))
}

/// Law 9, remedies are sound. For every reason r of (P, o) and remedy m of r: in the reference's decision on (P, o with m)
/// nothing of r's kind and rule stands at a point of r; and no smaller choice of m's steps does that. Where the whole
/// set s is complete: the reference allows (P, o with s), and pauses (P, o with t) for every t ⊂ s.
pub fn remedies(tried: &Tried, operation: &Operation, counts: &mut Counts) -> Outcome {
    let Ok(decision) = tried.policy.decide(operation) else { return Ok(()) };
    let settled = |steps: &[abey::decision::Step]| tried.referred(&operation.with_steps(steps)).ok();
    for reason in &decision.reasons {
        let removed = |steps: &[abey::decision::Step]| {
            settled(steps).is_some_and(|mended| {
                !mended.reasons.iter().any(|other| {
                    source(other) == source(reason) && other.points.iter().any(|point| reason.points.contains(point))
                })
            })
        };
        for remedy in &reason.remedies {
            counts.add("remedies");
            if !removed(&remedy.steps) {
                return Err(broken(
                    "remedies",
                    tried,
                    operation,
                    &format!("{}\nisn't removed by {}", reason.message, remedy.text),
                ));
            }
        }
        for (index, remedy) in reason.remedies.iter().enumerate() {
            let larger = |other: &abey::decision::Remedy| remedy.steps.iter().all(|step| other.steps.contains(step));
            if reason.remedies.iter().enumerate().any(|(at, other)| at != index && larger(other)) {
                return Err(broken("remedies", tried, operation, &format!("{} holds another remedy", remedy.text)));
            }
        }
    }
    let steps = &decision.remedies.steps;
    if !decision.remedies.complete {
        return Ok(());
    }
    counts.add("complete remedies");
    let allows = |steps: &[abey::decision::Step]| settled(steps).is_some_and(|decision| decision.is_allowed());
    if !allows(steps) {
        return Err(broken("remedies", tried, operation, &format!("not allowed by {steps:?}")));
    }
    for index in 0..steps.len() {
        let fewer: Vec<_> =
            steps.iter().enumerate().filter(|(at, _)| *at != index).map(|(_, step)| step.clone()).collect();
        if allows(&fewer) {
            return Err(broken(
                "remedies",
                tried,
                operation,
                &format!("{:?} isn't needed of {steps:?}", steps.get(index)),
            ));
        }
    }
    Ok(())
}

/// A decision without what stands in the place of the source: the hash, and lines and columns.
fn placeless(mut decision: Decision) -> String {
    decision.policy.hash.clear();
    let citations = decision.reasons.iter_mut().filter_map(|reason| reason.citation.as_mut());
    let covers = decision.covered.iter_mut().map(|cover| &mut cover.citation);
    let duties = decision.duties.iter_mut().map(|duty| &mut duty.citation);
    for citation in citations.chain(covers).chain(duties) {
        (citation.line, citation.column) = (0, 0);
    }
    decision.to_json()
}

/// Law 10, writing is stable. format(format(P)) = format(P); compile(P) = compile(P), byte by byte; image(read(image)) =
/// image; and (format(P), o) is decided as (P, o), but for places in the source.
pub fn writing(family: &Family, operation: &Operation, counts: &mut Counts) -> Outcome {
    counts.add("writing");
    let (one, two) = (family.made.policy.check(operation), family.formatted.policy.check(operation));
    if placeless(one) != placeless(two) {
        return Err(broken("writing", &family.formatted, operation, "formatted, it decides otherwise"));
    }
    Ok(())
}

/// The half of law 10 that speaks of no operation.
pub fn written_alike(family: &Family) -> Outcome {
    let Family { made, formatted, .. } = family;
    let again = abey::format(&formatted.source).map_err(|faults| format!("{faults:?}\n{}", formatted.source))?;
    let twice = Tried::of(&made.source)?;
    let read = abey_engine::Image::from_bytes(made.policy.image()).map_err(|error| error.to_string())?;
    let rewritten = abey_lang::image_bytes(&read.0);
    if again != formatted.source {
        return Err(format!("writing: formatted twice, it is\n{again}\nand once\n{}", formatted.source));
    }
    if twice.policy.image() != made.policy.image() || rewritten != made.policy.image() {
        return Err(format!("writing: its image isn't the same bytes again\n{}", made.source));
    }
    Ok(())
}

/// Law 11, duties are sound. For every duty to dispose due on day d at point p of (P, o), with o no disposal: at every
/// time after d, with the facts that fixed d, o at p pauses, or is no longer within the scope of the duty.
pub fn duties(tried: &Tried, operation: &Operation, counts: &mut Counts) -> Outcome {
    let Ok(decision) = tried.policy.decide(operation) else { return Ok(()) };
    let Some(today) = operation.time.map(|time| time.day(tried.aim.offset)) else { return Ok(()) };
    let to_dispose = decision.duties.iter().filter(|duty| {
        duty.state == DutyState::Due && duty.citation.rule.starts_with("keep") && !duty.citation.rule.contains("while")
    });
    for duty in to_dispose {
        let day = |text: &String| abey::calendar::Moment::parse(text).map(|moment| moment.day(tried.aim.offset));
        let (Some(due), Some(at)) = (duty.due.as_ref().and_then(day), duty.points.first()) else { continue };
        let mut later = at_point(operation, at.map(|index| index as usize));
        for item in &mut later.data {
            if item.collected == Collected::Now {
                item.collected = Collected::On(today);
            }
        }
        later.time = Some(due.plus_days(1).start(tried.aim.offset));
        let Ok(after) = tried.policy.decide(&later) else { continue };
        let still = after.duties.iter().any(|other| other.citation == duty.citation && other.due == duty.due);
        if still {
            counts.add("duties");
            if after.is_allowed() {
                let what = format!("allowed on {:?}, after its duty of {:?}", later.time, duty.due);
                return Err(broken("duties", tried, operation, &what));
            }
        }
    }
    Ok(())
}

/// Law 12, layers only loosen by name. For a layer L that names nothing of P: allowed(L over P, o) ⇒ allowed(P, o), unless
/// L has an instruction of its own that covers o where nothing of P but the lack of an instruction stands against it.
pub fn layers(family: &Family, operation: &Operation, counts: &mut Counts) -> Outcome {
    let beneath = family.made.policy.check(operation);
    if family.tightened.allows(operation) == Some(true) {
        counts.add("layers");
        if !beneath.is_allowed() {
            return Err(broken("layers", &family.tightened, operation, "allowed over a policy that pauses it"));
        }
    }
    let instructed = family.instructed.policy.check(operation);
    if instructed.is_allowed() && !beneath.is_allowed() {
        counts.add("instructions of layers");
        let only = beneath.reasons.iter().all(|reason| reason.kind == Kind::NotCovered);
        let missing = beneath.reasons.iter().flat_map(|reason| &reason.points);
        let own = |point: &[u32; 5]| {
            let mut covers = instructed.covered.iter();
            covers.any(|cover| cover.citation.layer == "over_made" && cover.points.contains(point))
        };
        if !only || !missing.into_iter().all(own) {
            return Err(broken("layers", &family.instructed, operation, &messages(&beneath)));
        }
    }
    Ok(())
}

/// The laws that speak of one policy alone.
pub fn alone(tried: &Tried, operation: &Operation, choices: &mut Choices, counts: &mut Counts) -> Outcome {
    counts.add("operations");
    if tried.allows(operation) == Some(true) {
        counts.add("allowed");
    }
    meaning(tried, operation, counts)?;
    silence(tried, operation, choices, counts)?;
    points(tried, operation, counts)?;
    total(tried, operation, counts)?;
    remedies(tried, operation, counts)?;
    duties(tried, operation, counts)
}

/// All of them.
pub fn all(family: &Family, operation: &Operation, choices: &mut Choices, counts: &mut Counts) -> Outcome {
    alone(&family.made, operation, choices, counts)?;
    default_pause(family, operation, counts)?;
    prohibition(family, operation, counts)?;
    instruction(family, operation, counts)?;
    order(family, operation, choices, counts)?;
    writing(family, operation, counts)?;
    layers(family, operation, counts)
}
