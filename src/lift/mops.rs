//! Memory copy and memory set (FEAT_MOPS; Arm ARM C4.1.94).
//!
//! A copy is three instructions, prologue, main and epilogue, which share registers: what each leaves
//! for the next is "option A" of the manual's two, PSTATE.C clear. The options about privilege and
//! caching change nothing in user mode.

use super::prelude::*;

/// What is done to memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MemoryMove {
    /// CPY…: in the direction that regions which overlap need.
    Copy,
    /// CPYF…: forwards.
    CopyForward,
    /// SET…
    Set,
}

/// Which of the three instructions it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stage {
    /// …P
    Prologue,
    /// …M
    Main,
    /// …E
    Epilogue,
}

/// CPY…, CPYF… and SET…. Registers that overlap, and 31 other than as the source of SET, are
/// CONSTRAINED UNPREDICTABLE (K1.2.17.1): UNDEFINED here.
pub fn memory_move<E: Emit>(e: &mut E, i: Insn, what: MemoryMove, stage: Stage) {
    let (d, s, n) = (i.rd(), i.rm(), i.rn());
    let is_set = what == MemoryMove::Set;
    if d == s || s == n || d == n || d == 31 || n == 31 || s == 31 && !is_set {
        return e.undefined();
    }
    e.memory_move(what, stage, [d, s, n]);
}
