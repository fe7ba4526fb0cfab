//! A list that mostly has a few members: they stand in place, without memory of their own.

use alloc::vec::Vec;
use core::ops::Deref;

/// Members in order, up to `N` of them in place.
#[derive(Clone, Debug)]
pub(crate) enum Few<T, const N: usize = 4> {
    /// The first so many of these.
    Here([T; N], usize),
    /// Any number.
    More(Vec<T>),
}

impl<T: Default, const N: usize> Few<T, N> {
    /// Adds a member at the end.
    #[inline]
    pub fn push(&mut self, member: T) {
        if let Few::Here(members, count) = self {
            if let Some(place) = members.get_mut(*count) {
                *place = member;
                *count += 1;
                return;
            }
            let mut all = Vec::with_capacity(2 * N);
            all.extend(members.iter_mut().map(core::mem::take));
            *self = Few::More(all);
        }
        if let Few::More(all) = self {
            all.push(member);
        }
    }
}

impl<T: Default, const N: usize> Few<T, N> {
    /// Adds a member at the end, to be filled in.
    #[inline]
    pub fn more(&mut self) -> Option<&mut T> {
        if let Few::Here(_, count) = self
            && *count < N
        {
            *count += 1;
        } else {
            self.push(T::default());
        }
        match self {
            // What stands past the members is as it was at first.
            Few::Here(members, count) => members.get_mut(count.checked_sub(1)?),
            Few::More(all) => all.last_mut(),
        }
    }
}

impl<T: Default, const N: usize> Default for Few<T, N> {
    #[inline]
    fn default() -> Self {
        Few::Here(core::array::from_fn(|_| T::default()), 0)
    }
}

impl<T, const N: usize> Deref for Few<T, N> {
    type Target = [T];

    #[inline]
    fn deref(&self) -> &[T] {
        match self {
            Few::Here(members, count) => members.get(..*count).unwrap_or(members),
            Few::More(all) => all,
        }
    }
}

impl<T: PartialEq, const N: usize> PartialEq for Few<T, N> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<'f, T, const N: usize> IntoIterator for &'f Few<T, N> {
    type Item = &'f T;
    type IntoIter = core::slice::Iter<'f, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<T: Default, const N: usize> FromIterator<T> for Few<T, N> {
    fn from_iter<I: IntoIterator<Item = T>>(members: I) -> Self {
        let mut few = Few::default();
        members.into_iter().for_each(|member| few.push(member));
        few
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_stand_in_order_however_many() {
        for count in 0..12_u32 {
            let few: Few<u32> = (0..count).collect();
            assert_eq!(&*few, (0..count).collect::<Vec<_>>());
            assert_eq!(matches!(few, Few::Here(..)), count <= 4);
            assert_eq!(few, (0..count).collect());
            assert_ne!(few, (0..=count).collect());
            assert_eq!((&few).into_iter().copied().sum::<u32>(), (0..count).sum::<u32>());
        }
    }
}
