//! Text with parts whose order means nothing, so that a policy can be written out in many orders.

use abey::operations::Choices;

/// A piece of text.
#[derive(Clone, Debug)]
pub enum Piece {
    /// As it is.
    Plain(String),
    /// These, in any order, with this between them.
    Free(&'static str, Vec<Text>),
}

/// Pieces, one behind the other.
#[derive(Clone, Debug, Default)]
pub struct Text(pub Vec<Piece>);

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Text(vec![Piece::Plain(text.into())])
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Text(vec![Piece::Plain(text)])
    }
}

impl Text {
    /// These, in any order, with this between them.
    #[must_use]
    pub fn free(between: &'static str, of: Vec<Text>) -> Self {
        Text(vec![Piece::Free(between, of)])
    }

    /// Words in any order, with commas.
    #[must_use]
    pub fn list(words: &[String]) -> Self {
        Text::free(", ", words.iter().map(|word| Text::from(word.as_str())).collect())
    }

    /// This, and more behind it.
    #[must_use]
    pub fn then(mut self, more: impl Into<Text>) -> Self {
        self.0.extend(more.into().0);
        self
    }

    /// Written out in the order of its making, or in an order that is chosen.
    #[must_use]
    pub fn written(&self, order: &mut Option<Choices>) -> String {
        let mut out = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Plain(text) => out += text,
                Piece::Free(between, of) => {
                    let mut parts: Vec<String> = of.iter().map(|text| text.written(order)).collect();
                    if let Some(choices) = order {
                        shuffle(&mut parts, choices);
                    }
                    out += &parts.join(between);
                }
            }
        }
        out
    }
}

/// Puts a list in an order that is chosen.
pub fn shuffle<T>(list: &mut [T], choices: &mut Choices) {
    for end in (1..list.len()).rev() {
        list.swap(end, choices.below(end + 1));
    }
}
