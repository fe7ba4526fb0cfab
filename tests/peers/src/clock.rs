//! Measures in turn, so that a busy machine disturbs all alike: several rounds, and the median of each.

use std::time::{Duration, Instant};

/// How much is measured.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// How many times each is measured.
    pub rounds: usize,
    /// How long each time.
    pub span: Duration,
}

impl Effort {
    /// What the tables are made with.
    pub const FULL: Effort = Effort { rounds: 15, span: Duration::from_millis(60) };
    /// A first look.
    pub const QUICK: Effort = Effort { rounds: 3, span: Duration::from_millis(15) };
}

/// Nanoseconds per check of each of these; a call makes the given number of checks.
pub fn measure(calls: &mut [(usize, &mut dyn FnMut())], effort: Effort) -> Vec<f64> {
    let mut rounds: Vec<Vec<f64>> = calls.iter().map(|_| Vec::with_capacity(effort.rounds)).collect();
    for (_, call) in calls.iter_mut() {
        call();
    }
    for _ in 0..effort.rounds {
        for ((checks, call), found) in calls.iter_mut().zip(&mut rounds) {
            found.push(one_round(*checks, call, effort.span));
        }
    }
    rounds.into_iter().map(median).collect()
}

/// Calls until the time is up, looking at the clock ever more seldom where a call is short.
fn one_round(checks: usize, call: &mut dyn FnMut(), span: Duration) -> f64 {
    let (mut calls, mut step) = (0_usize, 1_usize);
    let start = Instant::now();
    loop {
        for _ in 0..step {
            call();
        }
        calls += step;
        let spent = start.elapsed();
        if spent >= span {
            return spent.as_nanos() as f64 / (calls * checks) as f64;
        }
        if spent < span / 16 {
            step *= 2;
        }
    }
}

fn median(mut found: Vec<f64>) -> f64 {
    found.sort_by(f64::total_cmp);
    found[found.len() / 2]
}
