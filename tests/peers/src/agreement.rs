//! All sides have to decide alike before anything is timed.

use crate::side::Side;

/// Runs every side over the operations, and compares it with the first.
///
/// # Errors
/// The operations on which sides differ, with each side's answer.
pub fn agree(sides: &mut [Side], texts: &[String]) -> Result<Vec<bool>, String> {
    let verdicts: Vec<(String, Vec<bool>)> = sides
        .iter_mut()
        .map(|side| (format!("{} from {:?}", side.name(), side.input), side.verdicts(texts.len())))
        .collect();
    let (_, expected) = verdicts.first().ok_or("there are no sides")?;
    let mut faults = Vec::new();
    for (index, text) in texts.iter().enumerate() {
        if verdicts.iter().any(|(_, side)| side[index] != expected[index]) {
            faults.push(format!("They differ on operation {index}: {text}"));
            for (name, side) in &verdicts {
                faults.push(format!("    {:5}  {name}", if side[index] { "allow" } else { "pause" }));
            }
        }
    }
    if faults.is_empty() { Ok(expected.clone()) } else { Err(faults.join("\n")) }
}
