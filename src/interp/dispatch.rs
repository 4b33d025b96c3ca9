//! The dispatch loop, and the functions of the table that are not rows: first executions, block ends,
//! places that cannot be executed, breakpoints.
#![allow(unsafe_code)]

use super::table::FUNCTIONS;
use super::{Exit, Interp, code, stop};
use crate::decode::{Insn, decode};
use crate::memory::access;
use std::sync::atomic::Ordering;

/// How much to execute.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Extent {
    /// Until a bit of `stop` is set.
    UntilStopped,
    /// One instruction.
    One,
}

/// Executes from `m.ip` on; false if an access faulted and left its fault in `m.recovery`.
pub fn run_guarded(m: &mut Interp, extent: Extent) -> bool {
    let f = match extent {
        Extent::UntilStopped => dispatch,
        Extent::One => dispatch_one,
    };
    let recovery = &raw mut m.recovery;
    // SAFETY: the recovery is this thread's; the dispatch loops own nothing when an access in them
    // is abandoned. The borrow goes as a pointer because the call passes through assembly.
    unsafe { access::guarded(recovery, f, (&raw mut *m).cast()) }
}

/// # Safety
/// `arg` is the thread's [`Interp`], inside [`access::guarded`] with its recovery.
unsafe extern "sysv64" fn dispatch(arg: *mut u8) {
    // SAFETY: `run_guarded` gives its own exclusive borrow.
    let m = unsafe { &mut *arg.cast::<Interp>() };
    let shared = m.shared;
    while shared.stop.load(Ordering::Relaxed) == 0 {
        // SAFETY: `ip` points into a live block: blocks are freed only after this thread has seen
        // their invalidation, and the last slot of each leads on.
        unsafe { execute(m) };
    }
}

/// # Safety
/// As for [`dispatch`].
unsafe extern "sysv64" fn dispatch_one(arg: *mut u8) {
    // SAFETY: as in `dispatch`; `step` made the slot.
    unsafe { execute(&mut *arg.cast::<Interp>()) };
}

/// # Safety
/// `m.ip` points to a live slot.
#[inline(always)]
unsafe fn execute(m: &mut Interp) {
    // SAFETY: the caller's promise; function numbers come only from `code`, which knows the table.
    unsafe {
        let (function, word) = (*m.ip).get();
        m.ip = m.ip.add(1);
        FUNCTIONS.get_unchecked(function)(m, word);
    }
}

/// Executes one instruction at pc by the function of that number in the dispatch table: false if it
/// did not go on to the next one, None if it raised an exit ([`Interp::take_exit`]).
///
/// # Safety
/// Between [`Interp::enter`] and [`Interp::end`], inside [`access::guarded`] with this thread's
/// recovery; the number is of the table.
pub(crate) unsafe fn execute_one(m: &mut Interp, function: u32, word: u32) -> Option<bool> {
    let pc = m.cpu.pc;
    m.block = pc;
    m.slots = code::NOWHERE.as_ptr();
    m.ip = m.slots.wrapping_add(1);
    // SAFETY: the caller's promise.
    unsafe { FUNCTIONS.get_unchecked(function as usize)(m, word) };
    if m.shared.stop.load(Ordering::Relaxed) & stop::EXIT != 0 {
        return None;
    }
    m.cpu.pc = m.next_pc();
    Some(m.cpu.pc == pc.wrapping_add(4))
}

/// First execution of a slot.
pub fn decode_slot(m: &mut Interp, _: u32) {
    let pc = m.this_pc();
    let slot = m.ip.wrapping_sub(1);
    if pc.wrapping_sub(m.block) == code::BLOCK {
        // SAFETY: the slot that was just executed is live.
        unsafe { (*slot).set_special(code::Special::NextBlock) };
        return next_block(m, 0);
    }
    let comparisons = m.code.comparisons();
    // SAFETY: inside `guarded`, as every function of the table.
    let word = unsafe { access::load32(pc) };
    m.code.decoded(pc, word);
    let op = decode(Insn(word));
    // SAFETY: the slot that was just executed is live.
    let slot = unsafe { &*slot };
    slot.fill(op, word);
    if m.code.comparisons() != comparisons {
        // The word may be one that was overwritten, and compared, before the slot was filled with it.
        slot.unfill(op, word);
    }
    match op {
        Some(op) => FUNCTIONS[code::SPECIALS + op as usize](m, word),
        None => unallocated(m, word),
    }
}

/// Falls through to the block behind.
pub fn next_block(m: &mut Interp, _: u32) {
    m.jump_far(m.block.wrapping_add(code::BLOCK));
}

/// pc is not executable.
pub fn fetch_fault(m: &mut Interp, _: u32) {
    at_this(m, Exit::FetchFault);
}

/// pc is not a multiple of 4.
pub fn unaligned(m: &mut Interp, _: u32) {
    at_this(m, Exit::PcAlignment);
}

/// No row matches the word.
pub fn unallocated(m: &mut Interp, word: u32) {
    at_this(m, Exit::Undefined(word, None));
}

/// A breakpoint of the debugger.
pub fn breakpoint(m: &mut Interp, _: u32) {
    at_this(m, Exit::Breakpoint);
}

pub(super) fn at_this(m: &mut Interp, exit: Exit) {
    m.cpu.pc = m.this_pc();
    m.raise_here(exit);
}
