//! Rows of an image, for tests that write one by hand: what isn't said of a row is as little as can be.

use std::sync::Arc;

use abey_engine::image::{Effect, Keep, Part, Position, Rule, Scope};

pub fn part(scope: Scope) -> Arc<Part> {
    Arc::new(Part { scope, text: "".into() })
}

pub fn rule(effect: Effect, scopes: Vec<Scope>) -> Rule {
    Rule {
        clause: 0,
        effect,
        parts: scopes.into_iter().map(part).collect(),
        because: None,
        ask: None,
        position: Position { line: 1, column: 1 },
        text: "".into(),
    }
}

/// A bound that bounds nothing, and these disposals.
pub fn keep(then: Vec<u32>) -> Keep {
    Keep { at_least: None, at_most: None, after: None, until: None, during: None, never: false, then, text: "".into() }
}
