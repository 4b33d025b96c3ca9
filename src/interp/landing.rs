//! Where indirect branches may land (FEAT_BTI, Arm ARM D8.4.5).
//!
//! BTYPE says how the next instruction was reached, and in a guarded page that instruction must
//! allow it. Every instruction but a few branches makes BTYPE zero, so it is no state of the loop: the
//! branch looks at its target at once. It is kept in [`crate::cpu::CpuState`] only where execution
//! stops between the two: in the fault, and in signal frames.

use super::{Exit, Interp};
use crate::cpu::state::BTYPE_CALL as CALL;
use crate::decode::Insn;
use crate::lift::Indirect;
use crate::memory::access;

/// BTYPE after BR and its kin: by X16 or X17, or from a page that is not guarded.
const JUMP_LINKAGE: u32 = 0b01;
/// BTYPE after BR and its kin elsewhere.
const JUMP: u32 = 0b11;

/// BTypeNext: BTYPE after an indirect branch, of which the caller knows whether its own page is guarded.
pub fn btype(why: Indirect, is_guarded: impl FnOnce() -> bool) -> u32 {
    match why {
        Indirect::Return => 0,
        Indirect::Call => CALL,
        Indirect::Jump if is_guarded() => JUMP,
        Indirect::Jump | Indirect::Linkage => JUMP_LINKAGE,
    }
}

/// BTypeCompatible: whether an instruction may be reached with this BTYPE. Linux sets SCTLR_EL1.BT0
/// (arch/arm64/kernel/cpufeature.c, `bti_enable`), so PACIASP and PACIBSP allow no plain jump.
fn allows(insn: Insn, btype: u32) -> bool {
    match insn.0 {
        0xd503_233f | 0xd503_237f => btype != JUMP, // PACIASP, PACIBSP
        0xd503_245f => btype != JUMP,               // BTI c
        0xd503_249f => btype != CALL,               // BTI j
        0xd503_24df => true,                        // BTI jc
        // BRK and HLT raise their own exception.
        word => matches!(word & 0xffe0_001f, 0xd420_0000 | 0xd440_0000),
    }
}

impl Interp {
    /// Takes an indirect branch where there are guarded pages.
    #[inline(never)]
    pub(super) fn branch_guarded(&mut self, target: u64, why: Indirect) {
        let btype = btype(why, || self.code.is_guarded(self.this_pc()));
        self.jump(target);
        if btype != 0 && !self.may_land(target, btype) {
            self.cpu.pc = target;
            self.cpu.btype = btype;
            self.raise_here(Exit::BranchTarget);
        }
    }

    /// Before guest code runs on from a place that was reached with BTYPE in the state: the exit if
    /// that is not allowed there.
    pub fn check_landing(&mut self) -> Option<Exit> {
        let btype = self.cpu.btype;
        if btype != 0 && !self.may_land(self.cpu.pc, btype) {
            return Some(Exit::BranchTarget);
        }
        self.cpu.btype = 0;
        None
    }

    fn may_land(&self, target: u64, btype: u32) -> bool {
        let mut word = [0; 4];
        // What cannot be fetched faults by itself.
        target & 3 != 0
            || !self.code.is_guarded(target)
            || access::copy_in(target, &mut word).is_err()
            || allows(Insn(u32::from_le_bytes(word)), btype)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn landing_pads_allow_what_the_manual_says() {
        let nop = 0xd503_201f;
        // Word, and whether it allows BTYPE 01, 10, 11.
        for (word, allowed) in [
            (nop, [false; 3]),
            (0xd503_241f, [false; 3]), // BTI
            (0xd503_245f, [true, true, false]),
            (0xd503_249f, [true, false, true]),
            (0xd503_24df, [true; 3]),
            (0xd503_233f, [true, true, false]),
            (0xd503_237f, [true, true, false]),
            (0xd503_23bf, [false; 3]), // AUTIASP
            (0xd420_0020, [true; 3]),
            (0xd440_0000, [true; 3]),
        ] {
            assert_eq!([1, 2, 3].map(|btype| allows(Insn(word), btype)), allowed, "{word:#x}");
        }
    }
}
