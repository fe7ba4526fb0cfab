//! One way of deciding the operations, to be timed.

/// What a check begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// An operation in the engine's own form.
    Prebuilt,
    /// The operation as JSON text.
    Text,
}

/// Decides every operation and writes whether each is allowed.
type Pass = Box<dyn FnMut(&mut [bool])>;

/// One way of deciding the operations.
pub struct Side {
    /// The engine.
    pub engine: &'static str,
    /// How the rules are written, or what is asked for.
    pub way: &'static str,
    /// What a check begins with.
    pub input: Input,
    /// One pass over all operations.
    pub pass: Pass,
}

impl Side {
    /// A side that decides each of these by itself.
    pub fn new<T: 'static>(
        engine: &'static str,
        way: &'static str,
        input: Input,
        operations: Vec<T>,
        mut check: impl FnMut(&T) -> bool + 'static,
    ) -> Self {
        let pass = move |allowed: &mut [bool]| {
            for (operation, allowed) in operations.iter().zip(allowed) {
                *allowed = check(std::hint::black_box(operation));
            }
        };
        Side { engine, way, input, pass: Box::new(pass) }
    }

    /// Its name, as the tables print it.
    pub fn name(&self) -> String {
        format!("{}, {}", self.engine, self.way)
    }

    /// The verdicts on all operations.
    pub fn verdicts(&mut self, count: usize) -> Vec<bool> {
        let mut allowed = vec![false; count];
        (self.pass)(&mut allowed);
        allowed
    }
}
