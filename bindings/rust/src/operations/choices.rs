//! Where generated operations take their choices from.

/// A source of choices: each takes the next number. Of given numbers, zeros follow the last; fewer and smaller numbers
/// make smaller operations, so that shrinking them shrinks what they make.
#[derive(Clone, Debug)]
pub struct Choices {
    numbers: Vec<u32>,
    next: usize,
    /// Where numbers come from after the last one; zeros where there is none.
    state: Option<u64>,
}

impl Choices {
    /// Choices from numbers, then zeros.
    #[must_use]
    pub fn of(numbers: Vec<u32>) -> Self {
        Choices { numbers, next: 0, state: None }
    }

    /// Choices without an end that look random, the same for the same seed (splitmix64).
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        let state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Choices { numbers: Vec::new(), next: 0, state: Some(state) }
    }

    /// The next number.
    pub fn number(&mut self) -> u32 {
        let number = self.numbers.get(self.next).copied();
        self.next += 1;
        match (number, &mut self.state) {
            (Some(number), _) => number,
            (None, None) => 0,
            (None, Some(state)) => {
                *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
                let mut mixed = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
                mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
                (mixed ^ (mixed >> 31)) as u32
            }
        }
    }

    /// One of so many, from 0.
    pub fn below(&mut self, count: usize) -> usize {
        let number = self.number();
        if count == 0 { 0 } else { number as usize % count }
    }

    /// True once in so many.
    pub fn once_in(&mut self, count: usize) -> bool {
        self.below(count) == count.saturating_sub(1)
    }

    /// One of a list; none where it is empty.
    pub fn of_list<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        list.get(self.below(list.len()))
    }
}
