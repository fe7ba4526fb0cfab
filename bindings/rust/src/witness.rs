//! The properties of a policy, put to operations that proptest draws: a second witness beside the proof.

use abey_engine::NativeChecker;
use abey_lang::prove::{Claimed, ProveError, claimed, written};
use abey_lang::{Compiled, image_bytes};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

use crate::operations::Operations;
use crate::{Decision, Operation, Policy};

/// How many operations are drawn where nothing else is said: enough to come by each instruction several times.
pub const CASES: u32 = 100;

/// What the drawn operations say of the properties of a policy.
#[derive(Debug)]
pub struct Witnessed {
    /// How many properties were put to operations.
    pub properties: usize,
    /// How many operations were drawn for each.
    pub cases: u32,
    /// The properties that an operation contradicts.
    pub contradicted: Vec<Contradicted>,
    /// The properties for which no operation could be drawn, by name, and why.
    pub undrawn: Vec<(String, String)>,
}

/// A property that doesn't hold, and the smallest operation that was found to contradict it.
#[derive(Debug)]
pub struct Contradicted {
    /// Its name.
    pub name: String,
    /// What it claims, as written.
    pub text: String,
    /// Its line in the source.
    pub line: u32,
    /// The operation, as an example says it.
    pub phrase: String,
    /// The operation.
    pub operation: Operation,
    /// What the policy decides.
    pub decision: Decision,
}

/// Puts the properties of a policy to so many operations each: those that it allows, half of them fully described, or, for
/// what is always allowed, fully described operations within the phrase. The same operations each time.
///
/// ```
/// let source = r#"
///     policy desk "Support desk" version "1";
///     data email is personal_data; purpose support, advertising; action read;
///     clause "1" { allow read of email for support, advertising; }
///     property "no advertising": never allow any of any for advertising;
/// "#;
/// let witnessed = abey::witness::witness(&abey::compile(source)?, source, 64)?;
/// assert_eq!(witnessed.contradicted[0].phrase, "read of email for advertising");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// When the policy, which compiled, can't be loaded, or one beneath it doesn't compile alone.
pub fn witness(compiled: &Compiled, source: &str, cases: u32) -> Result<Witnessed, ProveError> {
    let mut found = Witnessed {
        properties: compiled.policy.properties.len(),
        cases,
        contradicted: Vec::new(),
        undrawn: Vec::new(),
    };
    if found.properties == 0 || cases == 0 {
        return Ok(found);
    }
    let checker = NativeChecker::load(&image_bytes(&compiled.image))?;
    let operations = |image| Ok::<_, ProveError>(Policy::of(image)?.operations().allowed());
    let (own, others): (Vec<_>, Vec<_>) =
        claimed(compiled, source)?.into_iter().partition(|claimed| claimed.drawn_from().is_none());
    if !own.is_empty() {
        let allowed = operations(&compiled.image)?;
        let mut left: Vec<&Claimed> = own.iter().collect();
        for (drawn, cases) in [(allowed.clone(), cases - cases / 2), (allowed.fully_described(), cases / 2)] {
            found.put(&mut left, &drawn, cases, compiled, &checker);
        }
    }
    for claimed in &others {
        if let Some(image) = claimed.drawn_from() {
            found.put(&mut vec![claimed], &operations(image)?.fully_described(), cases, compiled, &checker);
        }
    }
    found.contradicted.sort_by_key(|contradicted| contradicted.line);
    Ok(found)
}

impl Witnessed {
    /// Whether no operation contradicts a property.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.contradicted.is_empty()
    }

    /// Puts properties to drawn operations; takes out of them what is contradicted.
    fn put(
        &mut self,
        left: &mut Vec<&Claimed>,
        drawn: &Operations,
        cases: u32,
        compiled: &Compiled,
        checker: &NativeChecker,
    ) {
        while !left.is_empty() {
            let config = Config { cases, failure_persistence: None, ..Config::default() };
            let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
            let contradicts =
                |operation: &Operation| left.iter().position(|claimed| claimed.contradicted(operation, checker));
            // Shrinking stays with the property that failed first.
            let failed = std::cell::Cell::new(None);
            let ran = TestRunner::new_with_rng(config, rng).run(drawn, |operation| {
                let fails = match failed.get() {
                    None => contradicts(&operation),
                    Some(index) => {
                        let claimed =
                            left.get(index).filter(|claimed: &&&Claimed| claimed.contradicted(&operation, checker));
                        claimed.map(|_| index)
                    }
                };
                failed.set(failed.get().or(fails));
                fails.map_or(Ok(()), |_| Err(TestCaseError::fail("contradicted")))
            });
            match (ran, failed.get()) {
                (Ok(()), _) => return,
                (Err(TestError::Fail(_, operation)), Some(index)) if index < left.len() => {
                    let claimed = left.remove(index);
                    self.contradicted.push(Contradicted {
                        name: claimed.name.clone(),
                        text: claimed.text.clone(),
                        line: claimed.line,
                        phrase: written(&operation, &[&compiled.image]),
                        decision: checker.check(&operation),
                        operation,
                    });
                }
                (Err(error), _) => {
                    let why = match error {
                        TestError::Abort(reason) | TestError::Fail(reason, _) => reason.message().to_string(),
                    };
                    self.undrawn.extend(left.drain(..).map(|claimed| (claimed.name.clone(), why.clone())));
                }
            }
        }
    }
}
