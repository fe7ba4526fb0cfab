//! Places in a source as JavaScript counts them: in UTF-16 units.

/// A place in a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// Units before it.
    pub offset: u32,
    /// Its line, from 1.
    pub line: u32,
    /// Its column in units, from 1.
    pub column: u32,
}

/// A source with the beginnings of its lines.
pub(crate) struct Places<'a> {
    source: &'a str,
    /// Where each line but the first begins: in bytes, and in units.
    lines: Vec<(usize, u32)>,
}

impl<'a> Places<'a> {
    pub(crate) fn of(source: &'a str) -> Self {
        let (mut byte, mut unit) = (0, 0);
        let mut lines = Vec::new();
        for line in source.split_inclusive('\n') {
            byte += line.len();
            unit += units(line);
            if line.ends_with('\n') {
                lines.push((byte, unit));
            }
        }
        Places { source, lines }
    }

    /// The place of a byte; one inside a character counts as where the character begins.
    pub(crate) fn at(&self, byte: usize) -> Place {
        let mut byte = byte.min(self.source.len());
        while !self.source.is_char_boundary(byte) {
            byte -= 1;
        }
        let before = self.lines.partition_point(|(start, _)| *start <= byte);
        let (start, unit) = before.checked_sub(1).and_then(|last| self.lines.get(last)).copied().unwrap_or((0, 0));
        let within = units(self.source.get(start..byte).unwrap_or(""));
        Place { offset: unit + within, line: before as u32 + 1, column: within + 1 }
    }
}

/// The length of a text in UTF-16 units; no source has more than 32 bits can count.
fn units(text: &str) -> u32 {
    text.chars().map(|letter| letter.len_utf16() as u32).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_those_that_counting_finds() {
        let source = "\né😀b\r\n\u{feff}𝔸x\n\n😀";
        let places = Places::of(source);
        let (mut offset, mut line, mut column) = (0, 1, 1);
        for (byte, letter) in source.char_indices() {
            for inside in byte..byte + letter.len_utf8() {
                assert_eq!(places.at(inside), Place { offset, line, column }, "byte {inside}");
            }
            let units = letter.len_utf16() as u32;
            offset += units;
            (line, column) = if letter == '\n' { (line + 1, 1) } else { (line, column + units) };
        }
        assert_eq!(places.at(source.len() + 7), Place { offset, line, column });
    }
}
