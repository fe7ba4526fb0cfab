//! Carrying out the steps of a remedy.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::calendar::Duration;
use crate::decision::Step;
use crate::operation::{Operation, Retention, Told};

impl Operation {
    /// The operation with steps of a remedy carried out. A step whose path isn't there changes nothing.
    #[must_use]
    pub fn with_steps(&self, steps: &[Step]) -> Self {
        let mut changed = self.clone();
        for step in steps {
            changed.step(step);
        }
        changed
    }

    fn step(&mut self, step: &Step) {
        let value = step.value.clone();
        let add = |set: &mut Option<Vec<String>>| {
            let set = set.get_or_insert_default();
            if !set.contains(&value) {
                set.push(value.clone());
            }
        };
        let index = |prefix: &str| -> Option<(usize, String)> {
            let (index, rest) = step.path.strip_prefix(prefix)?.split_once("].")?;
            Some((index.parse().ok()?, rest.to_string()))
        };
        match step.path.as_str() {
            "measures" => add(&mut self.measures),
            "place" => self.place = Told::Is(value),
            "recipient" => self.recipient = Told::Is(value),
            "retention" => {
                self.retention = match value.as_str() {
                    "agreed" => Retention::Agreed,
                    "none" => Retention::None,
                    text => Duration::parse(text).map_or(self.retention, Retention::For),
                }
            }
            _ => {
                if let Some((index, "form")) = index("data[").as_ref().map(|(index, rest)| (*index, rest.as_str()))
                    && let Some(item) = self.data.get_mut(index)
                {
                    add(&mut item.form);
                }
                if let Some((index, part)) = index("legs[")
                    && let Some(leg) = self.legs.get_mut(index)
                {
                    match part.as_str() {
                        "place" => leg.place = Told::Is(value),
                        "recipient" => leg.recipient = Told::Is(value),
                        _ => {}
                    }
                }
            }
        }
    }
}
