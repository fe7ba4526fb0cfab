//! Places in a source, found without going through it from its beginning.

use abey_engine::image::Position;

use crate::syntax::Span;

/// How many bytes lie between two places whose line and column are known.
const STRIDE: usize = 1024;

/// A source with its line and column known at every [`STRIDE`] bytes, so that a place is found in as many steps
/// however long its lines are.
pub(crate) struct Lines<'a> {
    source: &'a str,
    /// Line and column at each multiple of [`STRIDE`], from 1; a byte inside a character counts with it.
    known: Vec<Position>,
}

impl<'a> Lines<'a> {
    pub(crate) fn of(source: &'a str) -> Self {
        let mut at = Position { line: 1, column: 1 };
        let mut known = Vec::with_capacity(source.len() / STRIDE + 1);
        for (index, byte) in source.bytes().enumerate() {
            if index % STRIDE == 0 {
                known.push(at.clone());
            }
            step(&mut at, byte);
        }
        known.push(at);
        Lines { source, known }
    }

    pub(crate) fn position(&self, span: Span) -> Position {
        let start = span.start.min(self.source.len());
        let stride = start / STRIDE;
        let mut at = self.known.get(stride).cloned().unwrap_or(Position { line: 1, column: 1 });
        let rest = self.source.as_bytes().get(stride * STRIDE..start).unwrap_or(&[]);
        rest.iter().for_each(|byte| step(&mut at, *byte));
        at
    }
}

/// Past a byte: the first one of a character counts.
fn step(at: &mut Position, byte: u8) {
    match byte {
        b'\n' => *at = Position { line: at.line + 1, column: 1 },
        0x80..0xc0 => {}
        _ => at.column += 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::line_and_column;

    #[test]
    fn places_are_those_that_counting_finds() {
        let source = "é\nab\r\n𝔸x\n".repeat(700) + &"ü".repeat(3_000) + "\n\nend";
        let lines = Lines::of(&source);
        for (start, _) in source.char_indices().chain([(source.len(), ' ')]) {
            let Position { line, column } = lines.position(Span { start, end: start });
            assert_eq!((line, column), line_and_column(&source, start), "byte {start}");
        }
    }
}
