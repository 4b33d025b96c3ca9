//! Where indirect branches were seen to go. The JIT expects one that has always gone to the same place, as those of
//! procedure linkage tables do, to go there again.
//!
//! All threads share a few places without a lock: what is lost, or half of it another's, is only a worse guess.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

const PLACES: usize = 1024;

/// Address and target of a branch; zeros are none.
static SEEN: [(AtomicU64, AtomicU64); PLACES] = [const { (AtomicU64::new(0), AtomicU64::new(0)) }; PLACES];

/// In place of a target: there were several.
const SEVERAL: u64 = u64::MAX;

fn place(pc: u64) -> &'static (AtomicU64, AtomicU64) {
    &SEEN[(pc / 4) as usize % PLACES]
}

/// The branch at `pc` goes to `target`.
#[inline]
pub(super) fn note(pc: u64, target: u64) {
    let (branch, only) = place(pc);
    if branch.load(Relaxed) != pc {
        branch.store(pc, Relaxed);
        only.store(target, Relaxed);
    } else if only.load(Relaxed) != target {
        only.store(SEVERAL, Relaxed);
    }
}

/// Where the branch at `pc` has gone each time, as far as is known.
pub fn only(pc: u64) -> Option<u64> {
    let (branch, only) = place(pc);
    let target = only.load(Relaxed);
    (branch.load(Relaxed) == pc && target != SEVERAL).then_some(target)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_branch_that_goes_elsewhere_is_not_expected_anywhere() {
        let (one, other) = (0x7004, 0x7004 + 4 * PLACES as u64);
        note(one, 0x100);
        note(one, 0x100);
        assert_eq!((only(one), only(other)), (Some(0x100), None));
        note(one, 0x200);
        note(one, 0x100);
        assert_eq!(only(one), None);
        note(other, 0x300);
        assert_eq!((only(one), only(other)), (None, Some(0x300)));
    }
}
