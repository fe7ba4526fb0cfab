//! Any text as a source: it compiles to an image that loads and decides, or has faults that lie in it. Formatting it
//! keeps its meaning, and formatting it again changes nothing.

#![no_main]

use abey::{Error, Item, Operation, Policy};
use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|source: &str| -> Corpus {
    // What is long is slow and finds nothing that the short doesn't: limits have tests of their own.
    if source.len() > 16 * 1024 {
        return Corpus::Reject;
    }
    let compiled = Policy::compile_over(source, &|_| None);
    match &compiled {
        Ok(policy) => {
            let loaded = Policy::load(policy.image()).expect("what compiles loads");
            let operation = Operation::of("store", [Item::new("personal_data")]);
            assert_eq!(loaded.check(&operation), policy.check(&operation));
        }
        Err(Error::Source(faults)) => {
            assert!(!faults.is_empty());
            for fault in faults {
                assert!(source.get(fault.span.range()).is_some(), "{fault:?} lies outside of the source");
            }
            let _ = abey::report::diagnostics(faults, source, "fuzz.abey", false);
        }
        Err(other) => panic!("{other}"),
    }
    if let Ok(formatted) = abey::format(source) {
        assert_eq!(abey::format(&formatted).as_ref(), Ok(&formatted), "formatting is idempotent");
        let again = Policy::compile_over(&formatted, &|_| None);
        assert_eq!(compiled.is_ok(), again.is_ok(), "formatting keeps the meaning");
    }
    Corpus::Keep
});
