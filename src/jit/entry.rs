//! The thread's state as translated code sees it, and the way into such code and out of it.
#![allow(unsafe_code)]

use super::asm::{Asm, slot, with_mem};
use super::regs::{Mem, PINNED_V, PINNED_X, RAX, STATE_BIAS};
use crate::cpu::{CpuState, Nzcv};
use crate::interp::Interp;
use dynasmrt::{DynasmApi, dynasm};
use std::mem::offset_of;

/// The entry table has two to this many entries.
pub const ENTRY_BITS: u32 = 12;

/// An indirect branch's target: the guest pc and the host address of its unit.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
struct Entry {
    pc: u64,
    host: u64,
}

impl Entry {
    /// An entry that no pc finds: the pc it names belongs elsewhere.
    const fn empty(index: usize) -> Entry {
        Entry { pc: (index as u64 ^ 1) << 2, host: 0 }
    }
}

/// 16 bytes that a host instruction may name as its operand.
#[repr(C, align(16))]
struct Constant([u8; 16]);

/// One guest thread: the interpreter, whose registers are the thread's, and what translated code
/// keeps beside them.
#[repr(C)]
pub struct Thread {
    /// Executes what is not translated.
    pub interp: Interp,
    /// NZCV while translated code runs, as `lahf` and `seto al` leave it in ax.
    flags: u32,
    /// MXCSR of translated code; its exception bits become FPSR's.
    mxcsr: u32,
    /// MXCSR of the code around it.
    host_mxcsr: u32,
    tbl_bias: Constant,
    tbl_step: Constant,
    entries: [Entry; 1 << ENTRY_BITS],
}

/// MXCSR with all exceptions masked, nearest rounding, and no exception seen.
const MXCSR: u32 = 0x1f80;

const fn displacement(offset: usize) -> i32 {
    offset as i32 - (offset_of!(Thread, interp) + offset_of!(Interp, cpu)) as i32 - STATE_BIAS
}

const fn cpu(offset: usize) -> i32 {
    offset as i32 - STATE_BIAS
}

impl Thread {
    /// Exit number of an indirect branch whose target is not in the table; pc is in the state.
    pub const MISS: u32 = 0;
    /// Where the flags are saved.
    pub const FLAGS: i32 = displacement(offset_of!(Thread, flags));
    /// PC.
    pub const PC: i32 = cpu(offset_of!(CpuState, pc));
    /// The table of entries.
    pub const ENTRIES: i32 = displacement(offset_of!(Thread, entries));
    /// 0x70 in each byte.
    pub const TBL_BIAS: i32 = displacement(offset_of!(Thread, tbl_bias));
    /// 16 in each byte.
    pub const TBL_STEP: i32 = displacement(offset_of!(Thread, tbl_step));
    const MXCSR: i32 = displacement(offset_of!(Thread, mxcsr));
    const HOST_MXCSR: i32 = displacement(offset_of!(Thread, host_mxcsr));

    /// Where X`x` lies; 31 is SP, which lies behind X30.
    pub fn x_slot(x: u8) -> i32 {
        const { assert!(offset_of!(CpuState, sp) == offset_of!(CpuState, x) + 31 * 8) };
        cpu(offset_of!(CpuState, x)) + x as i32 * 8
    }

    /// Where V`v` lies.
    pub fn v_slot(v: u8) -> i32 {
        cpu(offset_of!(CpuState, v)) + v as i32 * 16
    }

    /// A thread around an interpreter.
    pub fn new(interp: Interp) -> Box<Thread> {
        let mut thread = Box::new(Thread {
            interp,
            flags: 0,
            mxcsr: MXCSR,
            host_mxcsr: MXCSR,
            tbl_bias: Constant([0x70; 16]),
            tbl_step: Constant([16; 16]),
            entries: [Entry::empty(0); 1 << ENTRY_BITS],
        });
        thread.forget_entries();
        thread
    }

    /// Empties the table: units are gone.
    pub fn forget_entries(&mut self) {
        self.entries.iter_mut().enumerate().for_each(|(i, e)| *e = Entry::empty(i));
    }

    /// Indirect branches to `pc` find `host` from now on.
    pub fn remember_entry(&mut self, pc: u64, host: u64) {
        if let Some(entry) = self.entries.get_mut((pc >> 2) as usize % (1 << ENTRY_BITS)) {
            *entry = Entry { pc, host };
        }
    }

    /// Runs translated code from `host` until it leaves; the number of the exit.
    ///
    /// # Safety
    /// `enter` is what [`write_trampolines`] wrote, `host` the entry of a live unit made for
    /// the guest's pc, and the guest's memory is the guest's to change.
    pub unsafe fn enter(&mut self, enter: u64, host: u64) -> u32 {
        self.flags = host_flags(self.interp.cpu.nzcv);
        self.mxcsr = MXCSR;
        let state = (&raw mut self.interp.cpu).cast::<u8>().wrapping_add(STATE_BIAS as usize);
        // SAFETY: the trampoline follows the C calling convention; translated code changes this
        // thread's state, to which the pointer gives exclusive access, and guest memory.
        let exit = unsafe {
            let enter: unsafe extern "sysv64" fn(*mut u8, u64) -> u32 = std::mem::transmute(enter);
            enter(state, host)
        };
        self.interp.cpu.nzcv = guest_flags(self.flags);
        self.interp.cpu.fpsr |= guest_exceptions(self.mxcsr);
        exit
    }
}

/// NZCV as `lahf` and `seto al` would give it.
fn host_flags(nzcv: Nzcv) -> u32 {
    let bit = |n: u32| nzcv.0 >> n & 1;
    (bit(31) << 7 | bit(30) << 6 | bit(29)) << 8 | bit(28)
}

/// The inverse of [`host_flags`].
fn guest_flags(ax: u32) -> Nzcv {
    let ah = ax >> 8;
    Nzcv::new(ah >> 7 & 1 != 0, ah >> 6 & 1 != 0, ah & 1 != 0, ax & 1 != 0)
}

/// MXCSR's exceptions (I, denormal, Z, O, U, P) as FPSR's IOC, DZC, OFC, UFC, IXC.
fn guest_exceptions(mxcsr: u32) -> u32 {
    mxcsr & 1 | mxcsr >> 1 & 0b11110
}

/// Writes the two trampolines: `enter(state, host)` and the place where units leave to. Returns
/// the offset of the second.
pub fn write_trampolines(asm: &mut Asm) -> usize {
    let st = |d: i32| -> Mem { slot(d) };
    dynasm!(asm ; .arch x64 ; push rbx ; push rbp ; push r12 ; push r13 ; push r14 ; push r15 ; sub rsp, 8
        ; mov rbp, rdi ; mov rax, rsi);
    with_mem!(asm, st(Thread::HOST_MXCSR), [stmxcsr DWORD][]);
    with_mem!(asm, st(Thread::MXCSR), [ldmxcsr DWORD][]);
    for (x, host) in PINNED_X {
        asm.load_slot(host, Thread::x_slot(x));
    }
    for (v, host) in PINNED_V {
        with_mem!(asm, st(Thread::v_slot(v)), [vmovaps Rx(host), OWORD][]);
    }
    dynasm!(asm ; .arch x64 ; jmp Rq(RAX));
    let leave = asm.len();
    for (x, host) in PINNED_X {
        asm.store_slot(Thread::x_slot(x), host);
    }
    for (v, host) in PINNED_V {
        with_mem!(asm, st(Thread::v_slot(v)), [vmovaps OWORD][, Rx(host)]);
    }
    with_mem!(asm, st(Thread::MXCSR), [stmxcsr DWORD][]);
    with_mem!(asm, st(Thread::HOST_MXCSR), [ldmxcsr DWORD][]);
    dynasm!(asm ; .arch x64 ; add rsp, 8 ; pop r15 ; pop r14 ; pop r13 ; pop r12 ; pop rbp ; pop rbx ; ret);
    leave
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_go_both_ways() {
        for imm in 0..16 {
            let nzcv = Nzcv::from_imm4(imm);
            assert_eq!(guest_flags(host_flags(nzcv)), nzcv);
        }
    }

    #[test]
    fn exceptions_have_their_own_bits() {
        // IE, ZE, OE, UE, PE; a denormal operand is no exception while FZ is 0.
        let map = [(0, Some(0)), (1, None), (2, Some(1)), (3, Some(2)), (4, Some(3)), (5, Some(4))];
        for (host, guest) in map {
            assert_eq!(guest_exceptions(MXCSR | 1 << host), guest.map_or(0, |bit: u32| 1 << bit));
        }
    }
}
