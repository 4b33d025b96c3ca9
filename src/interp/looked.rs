//! Which pages code has been looked at on: a bit for each, shared by those that are 256 megabytes apart.
//!
//! IC IVAU is executed for each cache line of what a program has written, and some programs flush what nobody ever
//! executed, tens of megabytes of it. Such a flush ends here, without a lock. Bits stay set; what
//! they say is only that it is worth asking.

use std::sync::atomic::{AtomicU64, Ordering, fence};

const PAGE: u64 = 4096;
/// Pages that are told apart.
const PLACES: usize = 1 << 16;

static BITS: [AtomicU64; PLACES / 64] = [const { AtomicU64::new(0) }; PLACES / 64];

fn place(addr: u64) -> (&'static AtomicU64, u64) {
    let place = (addr / PAGE) as usize % PLACES;
    (&BITS[place / 64], 1 << (place % 64))
}

/// Code in the page of `addr` is about to be read: to be called first.
///
/// Either the read finds what another thread has written before it flushed, or that one finds the bit.
#[inline]
pub(crate) fn note(addr: u64) {
    let (word, bit) = place(addr);
    if word.load(Ordering::Relaxed) & bit == 0 {
        word.fetch_or(bit, Ordering::SeqCst);
    }
    fence(Ordering::SeqCst);
}

/// Whether code may have been read between `start` and `end`, which has been written before.
pub(super) fn may_have_been(start: u64, end: u64) -> bool {
    fence(Ordering::SeqCst);
    if end.saturating_sub(start) >= PAGE * PLACES as u64 {
        return true;
    }
    let is_noted = |addr| {
        let (word, bit) = place(addr);
        word.load(Ordering::Relaxed) & bit != 0
    };
    (start & !(PAGE - 1)..end).step_by(PAGE as usize).any(is_noted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_noted_is_found_from_any_place_in_its_page() {
        let page = 0x7777_0555_5000;
        assert!(!may_have_been(page, page + PAGE));
        note(page + 8);
        assert!(may_have_been(page + 64, page + 128) && may_have_been(page - 1, page + 1));
        assert!(!may_have_been(page - 64, page) && !may_have_been(page + PAGE, page + PAGE + 64));
        assert!(may_have_been(0, u64::MAX));
    }
}
