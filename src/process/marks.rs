//! Breakpoints of an address space, which several processes may share: the engine stops at a pc for
//! as long as one of them has a breakpoint there.

use crate::host::Lock;
use crate::interp::CodeCache;
use std::collections::{BTreeMap, BTreeSet};

/// How many processes have a breakpoint at each pc.
static HOLDERS: Lock<BTreeMap<u64, u32>> = Lock::new(BTreeMap::new());

/// One process more has a breakpoint at `pc`.
pub fn insert(code: &CodeCache, pc: u64) {
    let mut holders = HOLDERS.lock();
    let count = holders.entry(pc).or_insert(0);
    *count += 1;
    if *count == 1 {
        code.insert_breakpoint(pc);
    }
}

/// One process less.
pub fn remove(code: &CodeCache, pc: u64) {
    let mut holders = HOLDERS.lock();
    let Some(count) = holders.get_mut(&pc) else { return };
    *count -= 1;
    if *count == 0 {
        holders.remove(&pc);
        code.remove_breakpoint(pc);
    }
}

/// In a process that no longer shares its memory: only these are left.
pub fn keep_only(code: &CodeCache, points: &BTreeSet<u64>) {
    let mut holders = HOLDERS.lock();
    let own = points.iter().map(|pc| (*pc, 1)).collect();
    for (pc, _) in std::mem::replace(&mut *holders, own) {
        if !points.contains(&pc) {
            code.remove_breakpoint(pc);
        }
    }
}

/// Takes the lock for the time of a fork.
pub fn hold() {
    HOLDERS.hold();
}

/// Undoes [`hold`].
pub fn release() {
    HOLDERS.release();
}
