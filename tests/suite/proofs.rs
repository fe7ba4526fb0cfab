//! Proofs against brute force: what is proved of a small policy holds of each of its operations by the reference
//! evaluator, and what is refuted doesn't.

use abey::operations::aimed;
use abey::operations::{Aim, Choices};
use abey_engine::NativeChecker;
use abey_engine::decision::Verdict;
use abey_lang::image_bytes;
use abey_lang::model::Claim;
use abey_lang::prove::Outcome;
use abey_tests::made::Made;
use abey_tests::numbers;
use abey_tests::proofs::{Claims, compared, completed};
use abey_tests::small::{Enumerated, Small};
use abey_tests::tried::Counts;

/// Operations of one small policy at most; where there are more, so many of them.
const ENUMERATED: u64 = 2_000;
/// Operations aimed at one made policy.
const AIMED: u64 = 300;

/// How many policies each test makes: 100, or what `ABEY_PROOF_POLICIES` says.
fn policies() -> u64 {
    std::env::var("ABEY_PROOF_POLICIES").ok().and_then(|text| text.parse().ok()).unwrap_or(100)
}

/// So many small policies, from a seed on.
fn small(from: u64, count: u64) -> Counts {
    let mut counts = Counts::default();
    let mut wrong = Vec::new();
    for seed in from..from + count {
        let small = Small::of(&mut Choices::of(numbers(seed, 2_000)));
        let beneath = |_: &str| Some(small.source.clone());
        let mut tried = || {
            let claims = Claims::of(small.top(), &beneath)?;
            let space = Enumerated::of(&small, &claims.compiled().image);
            counts.add("policies");
            counts.add(if space.count() <= ENUMERATED { "enumerated whole" } else { "enumerated in part" });
            compared(&claims, small.top(), space.each(ENUMERATED, seed), &mut counts)
        };
        if let Err(difference) = tried() {
            wrong.push(format!("seed {seed}: {difference}\n{}", small.shown()));
        }
    }
    assert!(wrong.is_empty(), "{} differences\n{}", wrong.len(), wrong.join("\n"));
    counts
}

/// That there was enough to say, and little left open.
fn told(counts: &Counts) {
    let [policies, properties] = ["policies", "properties"].map(|what| counts.of(what));
    assert!(counts.of("proved") * 4 > properties, "{counts:?}");
    assert!(counts.of("refuted") * 4 > properties, "{counts:?}");
    assert!(counts.of("enumerated whole") * 8 > policies, "{counts:?}");
    assert!(counts.of("allowed operations") * 10 > counts.of("operations"), "{counts:?}");
    // What turns on a length that no rule names, or on dates beyond the procedure.
    assert!(counts.of("not settled") * 100 <= properties, "{counts:?}");
}

#[test]
fn proofs_agree_with_brute_force() {
    told(&small(0, policies()));
}

/// The long run: `ABEY_PROOF_POLICIES=2500 cargo test -p abey-tests --test suite proofs::long -- --ignored --nocapture`.
#[test]
#[ignore = "takes minutes; the comment names the command"]
fn long_run() {
    let count = policies();
    let mut counts = small(1_000_000, count);
    told(&counts);
    counts.join(&made(1_000_000, count.min(1_000)));
    counts.0.iter().for_each(|(what, count)| println!("{what}: {count}"));
}

/// So many policies of every construct, with properties that speak of what their rules do, and operations aimed at them:
/// what was proved holds of those that are fully described; and what is never allowed isn't, whatever isn't told.
fn made(from: u64, count: u64) -> Counts {
    let mut counts = Counts::default();
    for seed in from..from + count {
        let mut choices = Choices::of(numbers(seed, 1_000));
        let made = Made::policy(&mut choices);
        let terms = made.source();
        let source = match seed % 3 {
            0 => made.further(true, &mut choices) + &made.stricter(&mut choices),
            1 => made.loosening(&mut choices) + &made.stricter(&mut choices),
            _ => made.source() + &made.properties(&mut choices),
        };
        let beneath = |_: &str| Some(terms.clone());
        attacked(&source, &beneath, seed, &mut counts)
            .unwrap_or_else(|wrong| panic!("seed {seed}: {wrong}\n{terms}---\n{source}"));
    }
    counts
}

fn attacked(
    source: &str,
    beneath: &dyn Fn(&str) -> Option<String>,
    seed: u64,
    counts: &mut Counts,
) -> Result<(), String> {
    let claims = Claims::of(source, beneath)?;
    let proofs = claims.proofs(source)?;
    let judges = claims.judges();
    let checker = NativeChecker::load(&image_bytes(&claims.compiled().image)).unwrap();
    let aim = Aim::at(claims.compiled().image.clone());
    let mut open: Vec<bool> = proofs.iter().map(|_| false).collect();
    for (property, proof) in proofs.iter().enumerate() {
        abey_tests::proofs::refuted(&claims, &judges, property, proof)?;
        counts.add("properties of made policies");
        counts.add(match &proof.outcome {
            Outcome::Proved => "proved of made policies",
            Outcome::Refuted(_) => "refuted of made policies",
            Outcome::Unsettled(_) => "not settled of made policies",
        });
    }
    for one in 0..AIMED {
        let mut choices = Choices::of(numbers(seed ^ (one + 1) << 32, 300));
        let mut operation = aimed(&aim, &mut choices);
        let full = choices.once_in(2);
        if full {
            operation = completed(operation, &aim, &mut choices);
        }
        let Ok(verdict) = checker.verdict(&operation) else { continue };
        let decided = judges.decide(&operation).map(|decision| decision.verdict);
        counts.add("attacks");
        counts.add(if verdict == Verdict::Allow { "attacks that are allowed" } else { "attacks that pause" });
        for (property, proof) in proofs.iter().enumerate() {
            let never = claims.compiled().policy.properties[property].claim == Claim::Never;
            // Of what isn't fully described, only `never` speaks.
            let violates = (full || never) && judges.violates(property, &operation, verdict, full);
            let settled = match &proof.outcome {
                Outcome::Proved => !violates,
                Outcome::Refuted(_) => true,
                Outcome::Unsettled(_) => {
                    open[property] |= violates;
                    true
                }
            };
            if !settled || decided != Some(verdict) {
                let phrase = abey_lang::prove::written(&operation, &[&claims.compiled().image]);
                return Err(format!("proved, and yet: {}\n{phrase}\n{verdict:?} {decided:?}", proof.text));
            }
        }
    }
    for (proof, violated) in proofs.iter().zip(open) {
        if let Outcome::Unsettled(why) = &proof.outcome {
            counts.note(&if violated {
                format!("violated, and not settled: {why}")
            } else {
                format!("not settled: {why}")
            });
        }
    }
    Ok(())
}

#[test]
fn what_never_happens_is_not_allowed() {
    let counts = made(0, policies());
    let properties = counts.of("properties of made policies");
    assert!(counts.of("proved of made policies") * 4 > properties, "{counts:?}");
    assert!(counts.of("attacks that are allowed") > 20 * policies(), "{counts:?}");
}

/// What became of the properties of a policy with this body.
fn settled(body: &str) -> Vec<Outcome> {
    let source = format!("policy p \"P\" version \"1\";\n{body}");
    let claims = Claims::of(&source, &|_| None).unwrap();
    claims.proofs(&source).unwrap().into_iter().map(|proof| proof.outcome).collect()
}

/// A period of 16 or 17 days is neither forbidden, though no rule names it: two sums of one length aren't the same.
#[test]
fn sums_of_a_length_differ() {
    let outcomes = settled(
        "fact period: duration;
clause \"1\" { allow store of personal_data; }
clause \"2\" { forbid any of any when period + 5 days at most 20 days; }
clause \"3\" { forbid any of any unless period + 3 days at most 20 days; }
property \"a\": never allow any of any;
",
    );
    assert!(!matches!(outcomes[..], [Outcome::Proved]), "{outcomes:?}");
}

/// The end of a month lies up to 30 days behind its days: which, the calendar says.
#[test]
fn days_fit_the_calendar() {
    let outcomes = settled(
        "clause \"1\" { allow any of any when collected after 2023-12-31; }
property \"a\": never allow any of any when 2024-03-28 after end of month of collected;
property \"b\": never allow any of any when collected + 1 month on or before 2024-02-29 and collected after 2024-01-30;
property \"c\": never allow any of any when collected + 1 month on or before 2024-02-28 and collected after 2024-01-28;
",
    );
    assert!(matches!(outcomes[..], [Outcome::Refuted(_), Outcome::Refuted(_), Outcome::Proved]), "{outcomes:?}");
}

/// An age counts days: at least 36 hours is a day and more of it, which is the second day.
#[test]
fn hours_of_an_age_end_within_a_day() {
    let outcomes = settled(
        "clause \"1\" { allow any of any; }
property \"a\": never allow store of any when not (age at least 36 hours) and age at least 1 day;
property \"b\": never allow store of any when not (age at least 36 hours) and age at least 0 days;
",
    );
    assert!(matches!(outcomes[..], [Outcome::Proved, Outcome::Refuted(_)]), "{outcomes:?}");
}

/// Two words below a third under other conditions aren't alike, though no rule names either.
#[test]
fn conditions_tell_words_apart() {
    let outcomes = settled(
        "fact flag: yes/no;
purpose p0, p1, p2;
purpose p1 is p0 when flag is yes;
purpose p2 is p0 when flag is no;
clause \"1\" { allow any of any; forbid any of any for p0 when flag is yes; }
property \"a\": never allow any of any for p0;
",
    );
    assert!(matches!(outcomes[..], [Outcome::Refuted(_)]), "{outcomes:?}");
}

/// What is moved from one year's end lies as far apart as it is moved: else the days that a search proposes are none.
#[test]
fn moves_from_one_day_are_apart() {
    let outcomes = settled(
        "fact happened: instant;
fact period: duration;
data d is other_data;
clause \"1\" { allow any of d; }
clause \"2\" { keep any of d when happened after 2026-03-01 at most period after end of year of happened; }
property \"a\": always allow any of d unless period at most 36 hours;
",
    );
    assert!(matches!(outcomes[..], [Outcome::Refuted(_)]), "{outcomes:?}");
}
