//! All sides decide all operations alike; and the comparison notices one that doesn't.

use abey_peers::side::{Input, Side};
use abey_peers::{ENGINES, agreement, operations};

#[test]
fn all_sides_agree() {
    let texts = operations::texts();
    let mut sides: Vec<Side> = ENGINES.iter().flat_map(|(_, make)| make(&texts)).collect();
    let verdicts = agreement::agree(&mut sides, &texts).unwrap_or_else(|fault| panic!("{fault}"));
    // A second time: a check leaves nothing behind in an engine.
    assert_eq!(agreement::agree(&mut sides, &texts).as_ref(), Ok(&verdicts));
    let allowed = verdicts.iter().filter(|allowed| **allowed).count();
    assert!((96..=160).contains(&allowed), "about half are allowed, and {allowed} are");
}

#[test]
fn a_side_that_allows_everything_is_noticed() {
    let texts = operations::texts();
    let mut sides = (ENGINES[1].1)(&texts);
    sides.push(Side::new("nobody", "everything", Input::Text, texts.clone(), |_| true));
    let fault = agreement::agree(&mut sides, &texts).expect_err("they differ");
    assert!(fault.contains("allow  nobody, everything"), "{fault}");
    assert!(fault.contains("pause  Rust by hand, strings"), "{fault}");
}
