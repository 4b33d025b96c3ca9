//! How often branches have gone to an address, so that the JIT knows what is worth translating.
//!
//! All threads share the counters, without a lock: what is lost is only a count. Two instructions have one, and
//! those that are two megabytes apart share it. (With a few thousand, those of a large program were soon all hot.)

use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

const COUNTERS: usize = 1 << 18;

static HEAT: [AtomicU8; COUNTERS] = [const { AtomicU8::new(0) }; COUNTERS];

fn counter(pc: u64) -> &'static AtomicU8 {
    &HEAT[(pc >> 3) as usize % COUNTERS]
}

/// Counts a branch to `target`; how many there have been, as far as a byte goes.
#[inline]
pub(crate) fn warm(target: u64) -> u8 {
    let counter = counter(target);
    let heat = counter.load(Relaxed).saturating_add(1);
    counter.store(heat, Relaxed);
    heat
}

/// There is a unit for `pc`: the interpreter is to come back when it gets there.
pub(crate) fn heat_up(pc: u64) {
    counter(pc).store(u8::MAX, Relaxed);
}

/// No more than `heat` branches have gone to `pc` so far.
pub(crate) fn cool_to(pc: u64, heat: u8) {
    let counter = counter(pc);
    counter.store(counter.load(Relaxed).min(heat), Relaxed);
}

/// The code from `start` to `end` is new.
pub(super) fn cool(start: u64, end: u64) {
    (start..end).step_by(8).for_each(|pc| counter(pc).store(0, Relaxed));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_code_is_cold() {
        let pc = 0x7777_0000_0040;
        assert_eq!([warm(pc), warm(pc), warm(pc + 8)], [1, 2, 1]);
        cool(pc, pc + 64);
        assert_eq!(warm(pc), 1);
        assert_eq!((0..300).map(|_| warm(pc)).max(), Some(u8::MAX));
    }
}
