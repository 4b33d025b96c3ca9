//! Memory for blocks of slots: fresh zeros in large pieces, so that nothing is touched but where guest code is
//! executed.
//!
//! What is given back is cleared and used again; pieces are never freed, so slots are never dangling.
#![allow(unsafe_code)]

use super::code::Slot;
use crate::memory::map_own;
use std::alloc::{Layout, handle_alloc_error};

/// One block. Whoever has it says which piece of the guest's code it stands for.
pub(super) type Slots<const N: usize> = &'static [Slot; N];

/// So many are mapped at a time.
const PIECE: usize = 256;

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
            None => handle_alloc_error(Layout::new::<[Slot; N]>()),
        }
    }

    /// Nobody uses them any more.
    pub(super) fn give_back(&mut self, slots: Slots<N>) {
        self.used.push(slots);
    }
}

fn piece<const N: usize>() -> &'static [[Slot; N]] {
    let layout = Layout::new::<[[Slot; N]; PIECE]>();
    let Ok(start) = map_own(layout.size()) else { handle_alloc_error(layout) };
    // SAFETY: a new mapping of that size, aligned to a page and never unmapped. A slot is an atomic word, for
    // which zero is a value.
    unsafe { &*start.cast::<[[Slot; N]; PIECE]>() }
}
