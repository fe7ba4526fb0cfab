//! A list that mostly has one member: that one stands in place, without memory of its own.

use alloc::vec::{self, Vec};
use core::ops::{Deref, DerefMut};
use core::slice;

/// Members in order.
#[derive(Clone, Debug, Default)]
pub enum Many<T> {
    /// None.
    #[default]
    None,
    /// One.
    One(T),
    /// Any number.
    More(Vec<T>),
}

impl<T> Many<T> {
    /// Adds a member in a place, before those that stand there and after it; at the end, where there is no such place.
    pub fn insert(&mut self, at: usize, member: T) {
        let last = self.len();
        self.push(member);
        if let Some(after) = self.get_mut(at..)
            && at < last
        {
            after.rotate_right(1);
        }
    }

    /// Adds a member at the end.
    pub fn push(&mut self, member: T) {
        if let Many::More(all) = self {
            return all.push(member);
        }
        *self = match core::mem::take(self) {
            Many::None => Many::One(member),
            Many::One(first) => Many::More(Vec::from([first, member])),
            Many::More(all) => Many::More(all),
        };
    }
}

impl<T: Default> Many<T> {
    /// Adds a member at the end, to be filled in.
    pub fn more(&mut self) -> Option<&mut T> {
        if let Many::None = self {
            *self = Many::One(T::default());
        } else {
            self.push(T::default());
        }
        self.last_mut()
    }
}

impl<T: PartialEq> PartialEq for Many<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<T: Eq> Eq for Many<T> {}

impl<T> From<Vec<T>> for Many<T> {
    fn from(members: Vec<T>) -> Self {
        members.into_iter().collect()
    }
}

impl<T> Deref for Many<T> {
    type Target = [T];

    #[inline]
    fn deref(&self) -> &[T] {
        match self {
            Many::None => &[],
            Many::One(one) => slice::from_ref(one),
            Many::More(all) => all,
        }
    }
}

impl<T> DerefMut for Many<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        match self {
            Many::None => &mut [],
            Many::One(one) => slice::from_mut(one),
            Many::More(all) => all,
        }
    }
}

impl<'m, T> IntoIterator for &'m Many<T> {
    type Item = &'m T;
    type IntoIter = slice::Iter<'m, T>;

    fn into_iter(self) -> slice::Iter<'m, T> {
        self.iter()
    }
}

impl<'m, T> IntoIterator for &'m mut Many<T> {
    type Item = &'m mut T;
    type IntoIter = slice::IterMut<'m, T>;

    fn into_iter(self) -> slice::IterMut<'m, T> {
        self.iter_mut()
    }
}

impl<T> IntoIterator for Many<T> {
    type Item = T;
    type IntoIter = core::iter::Chain<core::option::IntoIter<T>, vec::IntoIter<T>>;

    fn into_iter(self) -> Self::IntoIter {
        let (one, more) = match self {
            Many::None => (None, Vec::new()),
            Many::One(one) => (Some(one), Vec::new()),
            Many::More(all) => (None, all),
        };
        one.into_iter().chain(more)
    }
}

impl<T> FromIterator<T> for Many<T> {
    fn from_iter<I: IntoIterator<Item = T>>(members: I) -> Self {
        let mut many = Many::None;
        members.into_iter().for_each(|member| many.push(member));
        many
    }
}

impl<T> Many<T> {
    /// The same with each member made into another.
    pub fn map<U>(self, mut made: impl FnMut(T) -> U) -> Many<U> {
        match self {
            Many::None => Many::None,
            Many::One(one) => Many::One(made(one)),
            Many::More(all) => Many::More(all.into_iter().map(made).collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_is_added_where_it_is_wanted() {
        for count in 0..4 {
            for at in 0..=count + 1 {
                let (mut many, mut wanted): (Many<usize>, Vec<usize>) = ((0..count).collect(), (0..count).collect());
                many.insert(at, 9);
                wanted.insert(at.min(count), 9);
                assert_eq!(&*many, wanted);
                many.more().into_iter().for_each(|member| *member += 5);
                assert_eq!(many.split_last(), Some((&5, &*wanted)));
            }
        }
    }

    #[test]
    fn members_stand_in_order_however_many() {
        for count in 0..5_u32 {
            let mut many: Many<u32> = (0..count).collect();
            assert_eq!(&*many, (0..count).collect::<Vec<_>>());
            assert_eq!(&*many.clone().map(|member| member + 1), (1..=count).collect::<Vec<_>>());
            many.iter_mut().for_each(|member| *member += 1);
            assert_eq!(&*many, (1..=count).collect::<Vec<_>>());
        }
    }
}
