//! The questions of a decision, as they are gathered.

use alloc::vec::Vec;

use crate::decision::QuestionDraft;
use crate::json::Text;

/// Questions in the order of their rank and path; the first text for a path stays.
#[derive(Default)]
pub(super) struct Questions<'c>(Vec<(u8, QuestionDraft<'c>)>);

impl<'c> Questions<'c> {
    /// Adds a question, unless there is one of that rank for the path.
    pub fn ask(&mut self, rank: u8, path: Text<'c>, text: Text<'c>) {
        let order = |(own, question): &(u8, QuestionDraft<'c>)| own.cmp(&rank).then_with(|| question.path.cmp(&path));
        if let Err(place) = self.0.binary_search_by(order) {
            self.0.insert(place, (rank, QuestionDraft { path, text }));
        }
    }

    /// All of them, in their order.
    pub fn all(self) -> Vec<QuestionDraft<'c>> {
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
            questions.ask(rank, path.into(), text.into());
        }
        let all = questions.all();
        let told: Vec<(&str, &str)> = all.iter().map(|one| (&*one.path, &*one.text)).collect();
        assert_eq!(told, [("b", "5"), ("z", "2"), ("a", "3"), ("b", "1")]);
    }
}
