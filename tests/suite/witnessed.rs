//! Properties put to drawn operations: what they contradict is refuted, and what is refuted they mostly come by.

use abey::compile;
use abey::operations::Choices;
use abey::prove::{Outcome, prove};
use abey::witness::{Witnessed, witness};
use abey_tests::agreements;
use abey_tests::numbers;
use abey_tests::proofs::Claims;
use abey_tests::small::Small;
use abey_tests::tried::Counts;

const DESK: &str = r#"policy desk "Support desk" version "1";
    data ticket, email is personal_data; purpose support, billing; action read; measure tls, audit; place DE, US;
    fact consent: yes/no; fact topics: set of one of (sales, care);
    clause "1" { allow read of ticket, email for support; allow read of ticket for billing with tls; }
    clause "2" { forbid any of email in US; }
    clause "3" { forbid any of email when consent is no; }
"#;

fn of(properties: &str) -> Witnessed {
    let source = format!("{DESK}{properties}");
    witness(&compile(&source).unwrap(), &source, 100).unwrap()
}

/// The phrases of what contradicts, in the order of the source.
fn contradicted(properties: &str) -> Vec<String> {
    of(properties).contradicted.into_iter().map(|one| format!("{}: {}", one.name, one.phrase)).collect()
}

#[test]
fn what_holds_is_not_contradicted() {
    let found = of(r#"property "a": never allow delete of any; property "b": never allow any of email in US;
        property "c": always allow read of ticket for support;
        property "d": always allow read of ticket for billing with tls, audit when topics within ();"#);
    assert_eq!((found.properties, found.contradicted.len(), found.undrawn.len()), (4, 0, 0), "{found:?}");
}

/// Clause 1 allows what each says never to be; clause 2 forbids some of what the last says always to be allowed.
#[test]
fn what_does_not_hold_is_contradicted_by_little() {
    let found = contradicted(
        r#"property "a": never allow any of ticket for billing;
        property "b": never allow any of any unless measures includes audit;
        property "c": never allow read of email when consent is yes;
        property "d": always allow read of email for support when consent is yes;"#,
    );
    let [a, b, c, d] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(a, "a: read of ticket for billing with tls");
    assert!(b.starts_with("b: read of ") && !b.contains("audit"), "{b}");
    assert!(c.starts_with("c: read of email for support") && c.contains("consent is yes"), "{c}");
    assert!(d.starts_with("d: read of raw email ") && d.contains("in US") && d.contains("consent is yes"), "{d}");
}

#[test]
fn what_nothing_can_be_drawn_for_is_said() {
    let found =
        of(r#"property "never both": always allow read of ticket for support when consent is yes and consent is no;"#);
    let [(name, why)] = found.undrawn.as_slice() else { panic!("{found:?}") };
    assert_eq!(name, "never both");
    assert!(why.starts_with("no operation was found that policy `desk` allows"), "{why}");
}

#[test]
fn an_agreement_that_loosens_is_contradicted() {
    let beneath = |name: &str| (name == "desk").then(|| DESK.to_string());
    let source = r#"agreement signed "Signed" version "1" over desk;
        replace clause "2" { forbid any of email in US unless measures includes tls; }
        property "tightens": stricter than desk;"#;
    let compiled = abey::compile_over(source, &beneath).unwrap();
    let found = witness(&compiled, source, 100).unwrap();
    let [one] = found.contradicted.as_slice() else { panic!("{found:?}") };
    assert!(one.phrase.starts_with("read of email for support") && one.phrase.contains("with tls"), "{}", one.phrase);
    let tight = r#"agreement signed "Signed" version "1" over desk;
        clause "A" { forbid any of ticket in US; } property "tightens": stricter than desk;"#;
    let compiled = abey::compile_over(tight, &beneath).unwrap();
    assert!(witness(&compiled, tight, 100).unwrap().holds());
}

/// Where the scan isn't of a patient, nothing lies below `health_data`: it stands for itself, and clause 1 allows it.
#[test]
fn a_general_word_with_nothing_below_it_is_witnessed_and_proved_of() {
    let source = |of_patient: &str| {
        format!(
            r#"policy scans "Scans" version "1"; fact of_patient: yes/no; data health_data, scan is personal_data;
            data scan is health_data when of_patient is yes;
            clause "1" {{ allow store of health_data when of_patient is {of_patient}; }}
            property "none": never allow store of health_data;"#
        )
    };
    for (of_patient, phrase) in
        [("no", "store of health_data given of_patient is no"), ("yes", "store of scan given of_patient is yes")]
    {
        let source = source(of_patient);
        let compiled = compile(&source).unwrap();
        assert!(!witness(&compiled, &source, 50).unwrap().holds(), "{of_patient}");
        let proofs = prove(&compiled, &source).unwrap();
        let Outcome::Refuted(found) = &proofs[0].outcome else { panic!("{of_patient}: {proofs:?}") };
        assert_eq!(found.phrase, phrase);
    }
}

/// Both witnesses of the five agreements say the same.
#[test]
fn the_properties_of_the_policies_hold_of_drawn_operations() {
    for name in agreements::NAMES {
        let source = agreements::source(name);
        let found = witness(&compile(&source).unwrap(), &source, 40).unwrap();
        assert!(found.properties >= 8 && found.holds() && found.undrawn.is_empty(), "{name}: {found:?}");
    }
}

/// What the proof refuted and the drawn operations came by, of small policies.
#[test]
fn what_is_contradicted_is_refuted() {
    let mut counts = Counts::default();
    for seed in 0..40 {
        let small = Small::of(&mut Choices::of(numbers(seed, 2_000)));
        let beneath = |_: &str| Some(small.source.clone());
        let claims = Claims::of(small.top(), &beneath).unwrap();
        let proofs = claims.proofs(small.top()).unwrap();
        let found = witness(claims.compiled(), small.top(), 40).unwrap();
        for one in &found.contradicted {
            let proof = proofs.iter().find(|proof| proof.name == one.name && proof.line == one.line).unwrap();
            assert!(!proof.is_proved(), "seed {seed}: {}\n{}\n{}", one.text, one.phrase, small.shown());
        }
        for proof in &proofs {
            counts.add(match proof.outcome {
                Outcome::Proved => "proved",
                Outcome::Refuted(_) => "refuted",
                Outcome::Unsettled(_) => "not settled",
            });
        }
        found.contradicted.iter().for_each(|_| counts.add("contradicted"));
    }
    assert!(counts.of("contradicted") * 2 > counts.of("refuted") && counts.of("proved") > 20, "{counts:?}");
}
