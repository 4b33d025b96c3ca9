//! A value that several processes share, of which one may be killed while it changes it (`host::lock`): a vfork child
//! changes a copy, which then takes the value's place at once. Whatever it leaves undone is never looked at.

use crate::host::lock;
use std::ops::Deref;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// The value, and the place of its next version.
#[derive(Debug)]
pub struct Kept<T> {
    places: [T; 2],
    current: AtomicUsize,
    /// The other place is being written, or its writer has died.
    is_torn: AtomicBool,
}

impl<T> Kept<T> {
    /// A value; `spare` is any other.
    pub const fn new(value: T, spare: T) -> Self {
        Kept { places: [value, spare], current: AtomicUsize::new(0), is_torn: AtomicBool::new(false) }
    }

    fn at(&self) -> usize {
        self.current.load(Ordering::Acquire) & 1
    }
}

impl<T> Deref for Kept<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.places[self.at()]
    }
}

impl<T: Clone> Kept<T> {
    /// Changes the value.
    pub fn change(&mut self, change: impl FnOnce(&mut T)) {
        let at = self.at();
        if !lock::may_be_killed_alone() {
            return change(&mut self.places[at]);
        }
        self.replace(at, change);
    }

    fn replace(&mut self, at: usize, change: impl FnOnce(&mut T)) {
        let mut new = self.places[at].clone();
        change(&mut new);
        let was_torn = self.is_torn.swap(true, Ordering::AcqRel);
        let old = std::mem::replace(&mut self.places[1 - at], new);
        self.is_torn.store(false, Ordering::Release);
        self.current.store(1 - at, Ordering::Release);
        if was_torn {
            // Half of one and half of another: it cannot be taken apart.
            std::mem::forget(old);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_version_takes_the_place_of_the_old_one_and_a_torn_one_is_left_alone() {
        let mut kept = Kept::new(vec![1], Vec::new());
        kept.change(|list| list.push(2));
        kept.replace(0, |list| list.push(3));
        assert_eq!(*kept, [1, 2, 3]);
        kept.replace(1, |list| list.push(4));
        assert_eq!(*kept, [1, 2, 3, 4]);
        kept.is_torn.store(true, Ordering::Relaxed);
        kept.replace(0, |list| list.clear());
        assert!(kept.is_empty() && !kept.is_torn.load(Ordering::Relaxed));
    }
}
