//! `diff` on planted faults: single rules of the five policies and agreements, taken away or turned around.

use abey::prove::{Kept, diff};
use abey::{Image, Verdict};
use abey_engine::NativeChecker;
use abey_engine::image::Effect;
use abey_tests::agreements;

/// Rules that are mutated in each policy: twenty in all of the ordinary gate's runs, spread over the policy.
const MUTATIONS: usize = 20;

/// The same policy with one rule, by its place among all, taken away or turned around.
fn mutated(image: &Image, index: usize) -> Image {
    let mut other = image.clone();
    let rule = &mut other.rules[index];
    match rule.effect {
        // An instruction turned into a prohibition, and the other way round; what bounds or guards is taken away.
        Effect::Allow(_) if index.is_multiple_of(2) => rule.effect = Effect::Forbid,
        Effect::Forbid if index.is_multiple_of(2) => rule.effect = Effect::Allow(Vec::new()),
        _ => {
            other.rules.remove(index);
        }
    }
    other
}

fn checker(image: &Image) -> NativeChecker {
    NativeChecker::load(&abey_lang::image_bytes(image)).unwrap()
}

/// Each change that is named changes; where none is, the examples and operations of the policy get what they got.
#[test]
fn a_change_is_named_wherever_one_is_made() {
    let (mut changed, mut same, mut duties) = (0, 0, 0);
    for name in agreements::NAMES {
        let compiled = abey::compile(&agreements::source(name)).unwrap();
        let image = &compiled.image;
        let old = checker(image);
        let step = (image.rules.len() / MUTATIONS).max(1);
        for index in (0..image.rules.len()).step_by(step).take(MUTATIONS) {
            let mutant = mutated(image, index);
            let new = checker(&mutant);
            let found = diff(image, &mutant).unwrap();
            let about = format!("{name}, rule {index}: {}", image.rules[index].text);
            for (change, allowed) in found
                .allowed
                .iter()
                .map(|change| (change, true))
                .chain(found.paused.iter().map(|change| (change, false)))
            {
                let verdict = |checker: &NativeChecker| checker.verdict(&change.operation).unwrap();
                assert_eq!(verdict(&new) == Verdict::Allow, allowed, "{about}: {}", change.example);
                assert_eq!(verdict(&old) == Verdict::Allow, !allowed, "{about}: {}", change.example);
            }
            // The policy's own examples are a witness of what changed that the procedure knows nothing of.
            let witness = compiled.policy.examples.iter().find(|example| {
                let verdict = |checker: &NativeChecker| checker.verdict(&example.operation).ok();
                verdict(&new) != verdict(&old)
            });
            match found.full {
                Kept::Changed => changed += 1,
                Kept::Shown => {
                    same += 1;
                    duties += usize::from(!found.duties.is_empty());
                    // An example that leaves something open may change where nothing fully described does.
                    if let Some(witness) = witness {
                        assert_ne!(found.partial, Kept::Shown, "{about}: example {:?} changed", witness.name);
                    }
                }
                Kept::Unsettled(why) => panic!("{about}: not settled: {why}"),
            }
        }
    }
    println!("{changed} mutations change a verdict, {same} none, of which {duties} a duty");
    assert!(changed > same, "most rules decide something");
}

/// A policy is what it is: nothing changed, proved.
#[test]
fn a_policy_is_no_different_from_itself() {
    for name in agreements::NAMES {
        let image = abey::compile(&agreements::source(name)).unwrap().image;
        let found = diff(&image, &image).unwrap();
        assert!(found.allowed.is_empty() && found.paused.is_empty() && found.duties.is_empty(), "{name}");
        assert_eq!((found.full, found.partial), (Kept::Shown, Kept::Shown), "{name}");
    }
}
