//! A support tool that asks a policy before it touches anything, and its own tests over every request and every operation.
//!
//! `cargo run -p abey --features proptest --example support_tool` carries out three wishes;
//! `cargo test -p abey --features proptest --example support_tool` runs the tests.

use abey::calendar::{Date, Instant};
use abey::{Decision, Item, Operation, Policy, Subject};

/// The policy of the company that the tool is for.
const POLICY: &str = include_str!("../../../policies/connexcs/policy.abey");

/// What a person wants of the support desk.
#[derive(Clone, Copy, Debug)]
enum Wish {
    /// An answer to a message.
    Answer,
    /// A copy of the conversation.
    Copy,
    /// That the conversation is deleted.
    Erasure,
}

/// A case on the desk.
#[derive(Clone, Debug)]
struct Case {
    wish: Wish,
    /// Where the person lives, as a place of the policy.
    residence: &'static str,
    /// Whether the person consented to support.
    consented: bool,
    /// Whether the person objected to support.
    objected: bool,
    /// Whether it is known who asks.
    verified: bool,
}

/// What holds for whatever the tool does; the policy takes it where an operation says nothing.
fn standing(today: Date) -> Operation {
    let facts = [("general_policy_allows", true), ("session_open", true), ("logged_in", true)];
    let facts = facts.into_iter().chain([("troubleshooting", false), ("automated_decision", false)]);
    let base = Operation::default().actor("support_engineer").time(today.start(0));
    let base = base.measures(["tls_1_3", "role_based_access"]).fact("channel", "support_interface");
    let base = base.fact("page_updated", "2026-11-01").fact("last_assessment", "2026-05-01");
    facts.fold(base.fact("last_scan", "2026-10-31"), |base, (name, value)| base.fact(name, value))
}

/// The policy as the tool asks it.
fn policy(today: Date) -> Result<Policy, abey::Error> {
    Ok(Policy::compile(POLICY)?.with_base(standing(today)))
}

/// The operation that carries out a wish; none where the desk doesn't carry it out.
fn operation(case: &Case, today: Date) -> Option<Operation> {
    let asian = matches!(case.residence, "SG" | "MY");
    let consents: &[&str] = if case.consented { &["support"] } else { &[] };
    let objections: &[&str] = if case.objected { &["support"] } else { &[] };
    let set = |words: &[&str]| abey::FactValue::Set(words.iter().map(|word| (*word).into()).collect());
    let person = Subject {
        term: "end_user".into(),
        facts: vec![
            ("residence".into(), case.residence.into()),
            ("consented".into(), set(consents)),
            ("objected".into(), set(objections)),
            ("erasure_pending".into(), matches!(case.wish, Wish::Erasure).into()),
            ("sharing_opt_out".into(), false.into()),
            ("automation_opt_out".into(), false.into()),
        ],
    };
    let message = Item::new("chat_message").form([]).collected(today.plus_days(-20));
    let about = |action: &str| Operation::of(action, [message.clone()]).subject_with(person.clone());
    match case.wish {
        Wish::Answer if case.objected || (asian && !case.consented) => None,
        Wish::Answer => {
            let basis = if asian { "consent" } else { "contract_performance" };
            let answer = about("answer").purpose("support").basis(basis);
            Some(answer.recipient("none").place("GB").origin("GB"))
        }
        Wish::Copy | Wish::Erasure if !case.verified => None,
        Wish::Copy => {
            let copy = about("export").purpose("right_of_access").fact("identity_verified", true);
            Some(copy.recipient("requester").place(case.residence).origin("GB"))
        }
        Wish::Erasure => {
            let erasure = about("delete").purpose("erasure").fact("identity_verified", true);
            Some(erasure.recipient("none").place("GB").origin("GB"))
        }
    }
}

/// Does what was asked for where the policy allows it, and else says why not.
fn process(policy: &Policy, operation: &Operation, carry_out: impl FnOnce()) -> Result<(), Box<Decision>> {
    let decision = policy.check(operation);
    if !decision.is_allowed() {
        return Err(Box::new(decision));
    }
    carry_out();
    Ok(())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let today = Instant::parse("2026-11-20T00:00:00Z").ok_or("no day")?.day(0);
    let policy = policy(today)?;
    for wish in [Wish::Answer, Wish::Copy, Wish::Erasure] {
        let case = Case { wish, residence: "DE", consented: false, objected: false, verified: true };
        let operation = operation(&case, today).ok_or("the desk doesn't do that")?;
        let done = process(&policy, &operation, || println!("{wish:?}: done"));
        done.unwrap_or_else(|decision| println!("{wish:?}: {}", decision.summary));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

    use std::sync::LazyLock;

    use abey::Told;
    use abey::operations::Operations;
    use proptest::prelude::*;

    use super::*;

    static TODAY: LazyLock<Date> = LazyLock::new(|| Date::parse("2026-11-20").unwrap());
    static DESK: LazyLock<Policy> = LazyLock::new(|| policy(*TODAY).unwrap());
    /// One strategy for all tests, since it keeps the allowed operations that it found.
    static OPERATIONS: LazyLock<Operations> = LazyLock::new(|| DESK.operations());

    /// Every case that may come up.
    fn cases() -> impl Strategy<Value = Case> {
        let wishes = prop_oneof![Just(Wish::Answer), Just(Wish::Copy), Just(Wish::Erasure)];
        let residences = prop::sample::select(vec!["DE", "FR", "california", "SG", "MY"]);
        (wishes, residences, any::<[bool; 3]>()).prop_map(|(wish, residence, [consented, objected, verified])| Case {
            wish,
            residence,
            consented,
            objected,
            verified,
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        /// Whatever the desk builds for a case is allowed.
        #[test]
        fn what_is_built_is_allowed(case in cases()) {
            if let Some(operation) = operation(&case, *TODAY) {
                let decision = DESK.check(&operation);
                prop_assert!(decision.is_allowed(), "{}: {:#?}", decision.summary, decision.reasons);
            }
        }

        /// What the policy doesn't allow isn't done, however little is missing.
        #[test]
        fn what_is_nearly_allowed_is_not_done(operation in OPERATIONS.clone().near_misses()) {
            let mut done = false;
            let answer = process(&DESK, &operation, || done = true);
            prop_assert!(!done && answer.is_err());
        }

        /// What is done is what the policy allows: the tool adds no rule of its own.
        #[test]
        fn what_is_allowed_is_done(operation in OPERATIONS.clone().allowed()) {
            let mut done = false;
            prop_assert!(process(&DESK, &operation, || done = true).is_ok());
            prop_assert!(done);
        }

        /// The desk relies on it that a copy goes to nobody but the person.
        #[test]
        fn a_copy_goes_to_the_person(operation in OPERATIONS.clone().allowed()) {
            let to_the_person = operation.legs.iter().map(|leg| &leg.recipient).chain([&operation.recipient]);
            let to_the_person = to_the_person.filter(|told| !told.is_unknown()).all(|told| *told == Told::Is("requester".into()));
            prop_assert!(operation.action != "export" || to_the_person);
        }
    }
}
