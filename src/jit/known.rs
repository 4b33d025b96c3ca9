//! Where there may be a unit: a bit for each address, shared by those that are 16 megabytes apart. Nearly all
//! questions are about places that have none, and end here, without a lock or a look into a large table.
//!
//! While there is no unit at all, none of the bits is looked at, which would be the first to touch their pages.
//!
//! Bits are set when a unit gets an entry, and stay: what they say is only that it is worth asking.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Instructions that are told apart.
const PLACES: usize = 1 << 22;

static BITS: [AtomicU64; PLACES / 64] = [const { AtomicU64::new(0) }; PLACES / 64];

/// One of them is set.
static ANY: AtomicBool = AtomicBool::new(false);

fn place(pc: u64) -> (&'static AtomicU64, u64) {
    let place = (pc >> 2) as usize % PLACES;
    (&BITS[place / 64], 1 << (place % 64))
}

/// A unit may be entered at `pc` from now on.
pub(super) fn note(pc: u64) {
    let (word, bit) = place(pc);
    word.fetch_or(bit, Ordering::Relaxed);
    ANY.store(true, Ordering::Relaxed);
}

/// False if no unit was ever entered at `pc`.
#[inline]
pub(super) fn may_have(pc: u64) -> bool {
    let (word, bit) = place(pc);
    ANY.load(Ordering::Relaxed) && word.load(Ordering::Relaxed) & bit != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_noted_is_found_and_its_neighbours_are_not() {
        let pc = 0x7777_1234_5678;
        assert!(!may_have(pc));
        note(pc);
        assert!(may_have(pc) && !may_have(pc + 4) && !may_have(pc - 4));
    }
}
