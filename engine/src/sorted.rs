//! Sorting by one routine for all kinds of rows: what is sorted is their places, so that a module holds it once.

use alloc::vec::Vec;
use core::cmp::Ordering;

/// Puts rows in order. Rows that are equal may change places. O(n log n), and O(n) where they are in order.
pub(crate) fn sort<T>(rows: &mut Vec<T>, compare: impl Fn(&T, &T) -> Ordering) {
    if rows.is_sorted_by(|one, other| compare(one, other).is_le()) {
        return;
    }
    let places = places(rows.len(), &|one, other| match (rows.get(one), rows.get(other)) {
        (Some(one), Some(other)) => compare(one, other),
        _ => Ordering::Equal,
    });
    let mut unsorted: Vec<Option<T>> = rows.drain(..).map(Some).collect();
    rows.extend(places.into_iter().filter_map(|place| unsorted.get_mut(place)?.take()));
}

/// The places of so many rows, in the order of the rows.
#[inline(never)]
fn places(count: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut places: Vec<usize> = (0..count).collect();
    places.sort_unstable_by(|one, other| compare(*one, *other));
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_put_in_order_and_none_is_lost() {
        for count in 0..60_usize {
            let rows: Vec<(usize, usize)> = (0..count).map(|row| (row * 37 % 11, row)).collect();
            let (mut sorted, mut expected) = (rows.clone(), rows);
            sort(&mut sorted, Ord::cmp);
            expected.sort();
            assert_eq!(sorted, expected);
            sort(&mut sorted, |one, other| other.cmp(one));
            expected.reverse();
            assert_eq!(sorted, expected);
        }
    }
}
