//! What a list is made up of, where the input states it in several lists.

use crate::List;

/// How many lists make one up at most.
const MOST: usize = 4;

/// The lists that one is made up of, side by side in it: the members and the owners of a group, for instance. What lies
/// behind the last of them is in none.
#[derive(Clone, Copy, Debug, Default)]
pub struct Parts {
    /// Where each of them ends, counted from the start of the list.
    ends: [u32; MOST],
    /// Which of them are told whole, a bit each; of these no other source counts.
    told: u8,
}

impl Parts {
    /// Notes where one of them ends, and whether it is told whole. Call in their order.
    pub fn note(&mut self, number: usize, end: u32, is_told: bool) {
        self.ends.iter_mut().skip(number).for_each(|known| *known = end);
        self.told |= u8::from(is_told) << number;
    }

    /// Whether the first of them is told whole.
    #[must_use]
    pub fn is_first_told(self) -> bool {
        self.told & 1 != 0
    }

    /// What another look has in those that are not told whole here.
    pub(crate) fn lacking(self, other: Self, list: List) -> impl Iterator<Item = List> {
        let ends = other.ends.into_iter().chain([list.len]);
        let starts = std::iter::once(0).chain(other.ends);
        let all = starts.zip(ends).enumerate();
        let lacking = all.filter(move |(number, (start, end))| start < end && self.told & (1 << number) == 0);
        lacking.map(move |(_, (start, end))| List { start: list.start + start, len: end - start })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_whole_is_taken_from_nowhere_else() {
        let (mut own, mut other) = (Parts::default(), Parts::default());
        own.note(0, 0, true);
        own.note(1, 3, false);
        other.note(0, 2, true);
        other.note(1, 2, true);
        other.note(2, 5, false);
        let list = List { start: 10, len: 6 };
        let lacking: Vec<List> = own.lacking(other, list).collect();
        assert_eq!(lacking, [List { start: 12, len: 3 }, List { start: 15, len: 1 }]);
        let whole: Vec<List> = Parts::default().lacking(Parts::default(), list).collect();
        assert_eq!(whole, [list]);
    }
}
