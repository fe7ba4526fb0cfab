//! Any bytes as an image: refused, or something that decides. What is read is written as the same bytes.

#![no_main]

use std::sync::LazyLock;

use abey::Operation;
use abey_engine::NativeChecker;
use libfuzzer_sys::{Corpus, fuzz_target};

static OPERATIONS: LazyLock<Vec<Operation>> = LazyLock::new(|| {
    let texts = [
        r#"{"action":"store","data":["personal_data"]}"#,
        r#"{"action":"delete","data":[{"category":"email_address","form":[],"contains":[],"collected":"2026-02-01"}],"recipient":"none","place":"DE","origin":"US","measures":[],"retention":"P6M","time":"2026-11-20T10:00:00Z"}"#,
    ];
    texts.iter().map(|text| Operation::from_json(text).expect("an operation")).collect()
});

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let Ok(checker) = NativeChecker::load(bytes) else { return Corpus::Keep };
    let image = checker.image();
    let written = image.to_bytes(|_| [0; 32]);
    let again = NativeChecker::load(&written).expect("what was read is valid");
    assert_eq!(again.image(), image);
    for operation in OPERATIONS.iter() {
        let verdict = checker.verdict(operation).map_err(|fault| fault.to_string());
        let decision = checker.decide(operation).map_err(|fault| fault.to_string());
        assert_eq!(verdict, decision.map(|decision| decision.verdict));
    }
    Corpus::Keep
});
