//! Memory for blocks of slots: fresh zeros in large pieces, so that nothing is touched but where guest code is
//! executed.
//!
//! What is given back is cleared and used again; pieces are never freed, so slots are never dangling.
#![allow(unsafe_code)]

use super::code::Slot;
use crate::memory::{map_own, out_of_memory};
use std::ptr::from_ref;
use std::sync::atomic::{AtomicPtr, Ordering};

/// One block. Whoever has it says which piece of the guest's code it stands for.
pub(super) type Slots<const N: usize> = &'static [Slot; N];

/// So many are mapped at a time.
const PIECE: usize = 1024;

/// Blocks that are not in use.
#[derive(Default)]
pub(super) struct Pool<const N: usize> {
    fresh: &'static [[Slot; N]],
    used: Vec<Slots<N>>,
}

impl<const N: usize> Pool<N> {
    /// Slots that have not been looked at, each of them.
    pub(super) fn take(&mut self) -> Slots<N> {
        if let Some(slots) = self.used.pop() {
            slots.iter().for_each(Slot::forget);
            return slots;
        }
        if self.fresh.is_empty() {
            self.fresh = piece();
        }
        match self.fresh.split_first() {
            Some((first, rest)) => {
                self.fresh = rest;
                first
            }
            None => out_of_memory(),
        }
    }

    /// Nobody uses them any more.
    pub(super) fn give_back(&mut self, slots: Slots<N>) {
        self.used.push(slots);
    }
}

/// A place for a block in [`table`].
#[repr(transparent)]
pub(super) struct Place<const N: usize>(AtomicPtr<[Slot; N]>);

impl<const N: usize> Place<N> {
    /// The block that was put there last. Whose it is by now it says itself.
    #[inline]
    pub(super) fn get(&self) -> Option<Slots<N>> {
        // SAFETY: null, or a block, which is never freed and only made of atomic words.
        unsafe { self.0.load(Ordering::Acquire).as_ref() }
    }

    pub(super) fn put(&self, slots: Slots<N>) {
        self.0.store(from_ref(slots).cast_mut(), Ordering::Release);
    }
}

/// So many places, empty, in memory of their own.
pub(super) fn table<const PLACES: usize, const N: usize>() -> &'static [Place<N>; PLACES] {
    let Ok(start) = map_own(size_of::<[Place<N>; PLACES]>()) else { out_of_memory() };
    // SAFETY: a new mapping of that size, aligned to a page and never unmapped. Zeros are null pointers.
    unsafe { &*start.cast::<[Place<N>; PLACES]>() }
}

fn piece<const N: usize>() -> &'static [[Slot; N]] {
    let Ok(start) = map_own(size_of::<[[Slot; N]; PIECE]>()) else { out_of_memory() };
    // SAFETY: a new mapping of that size, aligned to a page and never unmapped. A slot is an atomic word, for
    // which zero is a value.
    unsafe { &*start.cast::<[[Slot; N]; PIECE]>() }
}
