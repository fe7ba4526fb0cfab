//! How a check grows with the rules: a policy with an allow for each pair of a purpose and an item.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use crate::clock::{Effort, measure};
use crate::{abey_side, casbin_side, cedar_side, cel_side, rego_side, zen_side};

/// The numbers of rules.
pub const SIZES: [usize; 5] = [10, 100, 1_000, 10_000, 100_000];
/// The most for which engines besides the project's own and the hash map are asked.
const MOST: usize = 10_000;
/// A check that takes longer isn't measured.
const LONGEST: Duration = Duration::from_millis(50);
/// A policy that takes longer to build isn't tried with more rules.
const PATIENCE: Duration = Duration::from_secs(20);

/// The rules: row `n` allows to store one item for one purpose.
pub struct Rows(pub usize);

impl Rows {
    /// How many items there are to a purpose.
    const ITEMS: usize = 100;

    /// Purpose and item of every row.
    pub fn all(&self) -> impl Iterator<Item = (String, String)> + use<> {
        (0..self.0).map(|row| (format!("purpose_{}", row / Self::ITEMS), format!("item_{}", row % Self::ITEMS)))
    }

    /// The purposes.
    pub fn purposes(&self) -> impl Iterator<Item = String> + use<> {
        (0..self.0.div_ceil(Self::ITEMS)).map(|purpose| format!("purpose_{purpose}"))
    }

    /// The items, with one that no rule allows.
    pub fn items(&self) -> impl Iterator<Item = String> + use<> {
        (0..self.0.min(Self::ITEMS)).map(|item| format!("item_{item}")).chain([NO_ITEM.to_string()])
    }

    /// What is asked: the last row, and an item that has none.
    pub fn questions(&self) -> [(String, String); 2] {
        let (purpose, item) = self.all().last().expect("there are rows");
        [(purpose.clone(), item), (purpose, NO_ITEM.to_string())]
    }
}

/// An item that no rule allows.
pub const NO_ITEM: &str = "item_without_rule";

/// Answers one of the two questions: 0 for the last row, 1 for none.
pub type Scaled = Box<dyn FnMut(usize) -> bool>;

/// What makes the scaled form of an engine.
type Maker = fn(&Rows) -> Option<Scaled>;

const ENGINES: [(&str, usize, Maker); 10] = [
    ("abey, verdict", usize::MAX, abey_side::scaled),
    ("Rust by hand, hash map", usize::MAX, hash_map),
    ("cedar, a permit a row", MOST, cedar_side::scaled),
    ("cedar, rows as data", MOST, cedar_side::scaled_data),
    ("regorus RVM, a rule a row", MOST, rego_side::scaled),
    ("regorus RVM, rows as data", MOST, rego_side::scaled_data),
    ("cel, a program a row", MOST, cel_side::scaled),
    ("cel, rows as data", MOST, cel_side::scaled_data),
    ("zen, a decision table", MOST, zen_side::scaled),
    ("casbin, a line a row", MOST, casbin_side::scaled),
];

/// A set of pairs.
fn hash_map(rows: &Rows) -> Option<Scaled> {
    let mut table: HashMap<String, HashMap<String, bool>> = HashMap::new();
    for (purpose, item) in rows.all() {
        table.entry(purpose).or_default().insert(item, true);
    }
    let questions = rows.questions();
    Some(Box::new(move |question| {
        let (purpose, item) = std::hint::black_box(&questions[question]);
        table.get(purpose).and_then(|items| items.get(item)).copied().unwrap_or_default()
    }))
}

/// Measures every engine at every size, and writes the table.
pub fn table(only: Option<&str>, effort: Effort, sizes: &[usize]) -> String {
    let mut cells: Vec<Vec<String>> = ENGINES.iter().map(|_| Vec::new()).collect();
    let mut slow = [false; ENGINES.len()];
    for size in sizes {
        let mut built: Vec<(usize, Scaled)> = Vec::new();
        let mut notes: HashMap<usize, String> = HashMap::new();
        for (index, (name, most, make)) in ENGINES.iter().enumerate() {
            let wanted = index == 0 || only.is_none_or(|only| name.starts_with(only));
            if !wanted || size > most || slow[index] {
                notes.insert(index, if wanted && size <= most { "too slow" } else { "–" }.to_string());
                continue;
            }
            match build(*make, &Rows(*size)) {
                Ok((scaled, patient)) => {
                    slow[index] = !patient;
                    built.push((index, scaled));
                }
                Err(note) => {
                    slow[index] = true;
                    notes.insert(index, note);
                }
            }
        }
        let found = readings(&mut built, effort);
        let own = found.first().map_or([1.0; 2], |(_, times)| *times);
        for (index, row) in cells.iter_mut().enumerate() {
            row.push(match found.iter().find(|(engine, _)| *engine == index) {
                Some((_, times)) => format!(
                    "{} / {} (× {} / {})",
                    short(times[0]),
                    short(times[1]),
                    ratio(times[0] / own[0]),
                    ratio(times[1] / own[1])
                ),
                None => notes.remove(&index).unwrap_or_default(),
            });
        }
        eprintln!("measured {size} rules");
    }
    let mut lines = vec![
        format!("| rules | {} |", sizes.iter().map(|size| grouped(*size)).collect::<Vec<_>>().join(" | ")),
        format!("| --- |{}", " --- |".repeat(sizes.len())),
    ];
    for ((name, ..), row) in ENGINES.iter().zip(cells) {
        if row.iter().any(|cell| cell != "–") {
            lines.push(format!("| {name} | {} |", row.join(" | ")));
        }
    }
    lines.join("\n")
}

/// Builds one, and sees that it answers rightly and in time; also whether more rules are worth a try.
fn build(make: Maker, rows: &Rows) -> Result<(Scaled, bool), String> {
    let start = Instant::now();
    let mut scaled = make(rows).ok_or("can't")?;
    let patient = start.elapsed() < PATIENCE;
    for (question, expected) in [(0, true), (1, false)] {
        let mut spent = Duration::MAX;
        for _ in 0..4 {
            let start = Instant::now();
            if scaled(question) != expected {
                return Err(format!("wrong answer to question {question}"));
            }
            spent = spent.min(start.elapsed());
        }
        if spent > LONGEST {
            return Err(format!("{} a check", short(spent.as_nanos() as f64)));
        }
    }
    Ok((scaled, patient))
}

/// The times of each for both questions.
fn readings(built: &mut [(usize, Scaled)], effort: Effort) -> Vec<(usize, [f64; 2])> {
    let mut found: Vec<(usize, [f64; 2])> = built.iter().map(|(index, _)| (*index, [0.0; 2])).collect();
    for question in 0..2 {
        let mut asked: Vec<Box<dyn FnMut() + '_>> = built
            .iter_mut()
            .map(|(_, scaled)| {
                Box::new(move || {
                    std::hint::black_box(scaled(std::hint::black_box(question)));
                }) as Box<dyn FnMut() + '_>
            })
            .collect();
        let mut calls: Vec<(usize, &mut dyn FnMut())> =
            asked.iter_mut().map(|call| (1, call.as_mut() as &mut dyn FnMut())).collect();
        for ((_, times), time) in found.iter_mut().zip(measure(&mut calls, effort)) {
            times[question] = time;
        }
    }
    found
}

/// A time in the unit that suits it.
pub fn short(nanoseconds: f64) -> String {
    match nanoseconds {
        time if time < 100.0 => format!("{time:.1} ns"),
        time if time < 10_000.0 => format!("{time:.0} ns"),
        time if time < 10_000_000.0 => format!("{:.1} µs", time / 1e3),
        time => format!("{:.1} ms", time / 1e6),
    }
}

/// A ratio with as many digits as mean something.
pub fn ratio(ratio: f64) -> String {
    match ratio {
        ratio if ratio < 0.001 => format!("{ratio:.5}"),
        ratio if ratio < 0.1 => format!("{ratio:.3}"),
        ratio if ratio < 10.0 => format!("{ratio:.2}"),
        ratio if ratio < 100.0 => format!("{ratio:.1}"),
        ratio => format!("{ratio:.0}"),
    }
}

/// A number in groups of three digits.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let (head, tail) = digits.split_at(digits.len().saturating_sub(3));
    if head.is_empty() { digits } else { format!("{head},{tail}") }
}
