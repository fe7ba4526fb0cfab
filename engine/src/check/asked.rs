//! The questions of a decision, as they are gathered.

use alloc::vec::Vec;

use crate::decision::Question;

/// Questions in the order of their rank and path; the first text for a path stays.
#[derive(Default)]
pub(super) struct Questions(Vec<(u8, Question)>);

impl Questions {
    /// Adds a question, unless there is one of that rank for the path.
    pub fn ask(&mut self, rank: u8, path: &str, text: &str) {
        let order = |(own, question): &(u8, Question)| own.cmp(&rank).then_with(|| question.path.as_str().cmp(path));
        if let Err(place) = self.0.binary_search_by(order) {
            self.0.insert(place, (rank, Question { path: path.into(), text: text.into() }));
        }
    }

    /// All of them, in their order.
    pub fn all(self) -> Vec<Question> {
        self.0.into_iter().map(|(_, question)| question).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_text_for_a_path_stays() {
        let mut questions = Questions::default();
        for (rank, path, text) in
            [(2, "b", "1"), (1, "z", "2"), (2, "a", "3"), (2, "b", "4"), (1, "b", "5"), (1, "z", "6")]
        {
            questions.ask(rank, path, text);
        }
        let all = questions.all();
        let told: Vec<(&str, &str)> = all.iter().map(|one| (one.path.as_str(), one.text.as_str())).collect();
        assert_eq!(told, [("b", "5"), ("z", "2"), ("a", "3"), ("b", "1")]);
    }
}
