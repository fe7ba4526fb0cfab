//! Made policies: whatever the choices, they compile, and so do the agreements over them and every order of them.

use abey::operations::Choices;
use abey_tests::made::{Made, Verb};
use abey_tests::numbers;

#[test]
fn made_policies_compile() {
    let compiles = |source: &str, beneath: &str| {
        let compiled = abey::compile_over(source, &|_| Some(beneath.to_string()));
        if let Err(error) = compiled {
            panic!("{error}\n{source}\n{beneath}");
        }
    };
    for seed in 0..200 {
        let mut choices = Choices::of(numbers(seed, 600));
        let made = Made::policy(&mut choices);
        let source = made.source();
        compiles(&source, "");
        compiles(&made.reordered(Choices::of(numbers(seed + 1_000, 600))), "");
        compiles(&made.without(Verb::Allow).source(), "");
        compiles(&made.with(Verb::Keep, &mut choices).source(), "");
        compiles(&made.further(true, &mut choices), &source);
        compiles(&made.loosening(&mut choices), &source);
    }
}
