//! The architectural state of one guest thread.
//!
//! `#[repr(C)]`: translated code addresses it by offset, and a signal handler may read it while
//! guest code is stopped in the middle of an instruction. Between instructions it is complete.

use super::Nzcv;
use super::sysregs::{PSTATE_DIT, PSTATE_SSBS};

/// The registers that user mode sees, and the exclusive monitor.
#[derive(Clone, Debug)]
#[repr(C, align(64))]
pub struct CpuState {
    /// X0 to X30.
    pub x: [u64; 31],
    /// SP.
    pub sp: u64,
    /// Address of the next instruction to execute. Inside a running block the interpreter keeps the
    /// pc elsewhere; it is true whenever an `Exit` has been returned.
    pub pc: u64,
    /// PSTATE.NZCV.
    pub nzcv: Nzcv,
    /// Floating-point control register.
    pub fpcr: u32,
    /// Floating-point status register, with the cumulative exception bits and QC.
    pub fpsr: u32,
    /// PSTATE.DIT and PSTATE.SSBS where SPSR has them: bits 24 and 12.
    pub pstate: u32,
    /// PSTATE.BTYPE in bits 1:0.
    pub btype: u32,
    /// V0 to V31.
    pub v: [u128; 32],
    /// TPIDR_EL0, the thread pointer.
    pub tpidr_el0: u64,
    /// TPIDR2_EL0 (SME only; kept for signal frames).
    pub tpidr2_el0: u64,
    /// The local exclusive monitor.
    pub exclusive: Exclusive,
    /// The pointer authentication keys of the thread.
    pub keys: PacKeys,
    /// The thread has read or written FPSR: from then on all of it is as the architecture has it. What the JIT may
    /// leave out before is UFC of results that round up to the smallest normal number.
    pub looks_at_fpsr: bool,
}

impl CpuState {
    /// FPSR as MRS reads it.
    pub fn read_fpsr(&mut self) -> u64 {
        self.looks_at_fpsr = true;
        self.fpsr.into()
    }

    /// PSTATE as SPSR, signal frames and debuggers have it: NZCV, DIT, SSBS, BTYPE.
    pub fn spsr(&self) -> u32 {
        self.nzcv.0 | self.pstate | self.btype << 10
    }

    /// Sets what [`CpuState::spsr`] shows; other bits are ignored.
    pub fn set_spsr(&mut self, spsr: u32) {
        self.nzcv = Nzcv(spsr & (Nzcv::N | Nzcv::Z | Nzcv::C | Nzcv::V));
        self.pstate = spsr & (PSTATE_DIT | PSTATE_SSBS);
        self.btype = spsr >> 10 & 3;
    }
}

/// The local exclusive monitor: what the last load-exclusive saw. A store-exclusive succeeds by
/// compare-exchange against `value`, so an ABA change between the two goes unseen, as under
/// QEMU; software written for LL/SC does not tell them apart.
#[derive(Clone, Debug)]
#[repr(C)]
pub struct Exclusive {
    /// Guest address, or `Exclusive::NONE`.
    pub addr: u64,
    /// Bytes covered: 1, 2, 4, 8 or 16.
    pub size: u64,
    /// What was loaded.
    pub value: u128,
}

impl Exclusive {
    /// No exclusive access is open.
    pub const NONE: u64 = u64::MAX;
}

/// PSTATE.BTYPE after a call by register, and on entry of a signal handler.
pub const BTYPE_CALL: u32 = 0b10;

/// AP{IA,IB,DA,DB,GA}Key_EL1, which only the kernel writes, and which of them are in use.
#[derive(Clone, Debug)]
#[repr(C)]
pub struct PacKeys {
    /// APIAKey, APIBKey, APDAKey, APDBKey, APGAKey, the high half (bits 127:64) above.
    pub values: [u128; 5],
    /// SCTLR_EL1.{EnIA, EnIB, EnDA, EnDB} in bits 0 to 3, as prctl(PR_PAC_SET_ENABLED_KEYS) has them.
    pub enabled: u32,
}

impl PacKeys {
    /// All four keys of addresses.
    pub const ENABLED: u32 = 15;
}

impl Default for CpuState {
    fn default() -> Self {
        CpuState {
            x: [0; 31],
            sp: 0,
            pc: 0,
            nzcv: Nzcv(0),
            fpcr: 0,
            fpsr: 0,
            pstate: 0,
            btype: 0,
            v: [0; 32],
            tpidr_el0: 0,
            tpidr2_el0: 0,
            exclusive: Exclusive { addr: Exclusive::NONE, size: 0, value: 0 },
            keys: PacKeys { values: [0; 5], enabled: PacKeys::ENABLED },
            looks_at_fpsr: false,
        }
    }
}
