//! The thread's state as translated code sees it, the way into such code and out of it, and the way
//! from it to the interpreter for one instruction.
#![allow(unsafe_code)]

use super::again::{self, Held, Place, Places};
use super::cache::{Source, Where};
use super::ir::Registers;
use super::lower::COMPARED;
use super::regs::STATE_BIAS;
use super::text::{MODES, Mode};
use super::trampolines::Trampolines;
use crate::cpu::{CpuState, Nzcv};
use crate::host::raw;
use crate::interp::{Interp, dispatch};
use crate::memory::access::{self, Fault};
use crate::memory::out_of_memory;
use crate::value::fp::Fpsr;
use std::arch::asm;
use std::mem::offset_of;
use std::ops::{Deref, DerefMut};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicPtr, Ordering};

/// A table of entries has two to this many.
pub const ENTRY_BITS: u32 = 16;
const ENTRIES: usize = 1 << ENTRY_BITS;

/// An indirect branch's target: its [`key`], and the host address of its unit. Zeros are an entry that no
/// pc finds, except at index 0.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(16))]
struct Entry {
    pc: u64,
    host: u64,
}

/// In the keys of branches that leave a BTYPE, the bit this far above bit BTYPE is set. It is part of the
/// pc's top byte, which means nothing.
pub const BTYPE_BIT: u32 = 59;

/// What a branch to `pc` that leaves `btype` looks for.
pub fn key(pc: u64, btype: u32) -> u64 {
    if btype == 0 { pc } else { pc | 1 << (BTYPE_BIT + btype) }
}

/// What is no pc at index 0.
const NOWHERE: u64 = u64::MAX;

/// How many places there are to note saturation.
pub const QC_PLACES: usize = 8;
/// How many vector registers can be spilled.
pub const SPILLS: usize = 8;
/// How many general-purpose ones.
pub const SPILLS_X: usize = 2;
/// General registers that an instruction sets flags from, at most, and places for their values.
pub const KEPT: usize = 2;

type Table = [Entry; ENTRIES];

/// Bits of an address that the filter of watched memory does not tell apart.
pub const FILTER_SHIFT: u32 = 3;
/// It has a place for so many pieces of memory; those further apart share places.
const FILTER: usize = 1 << 16;
/// The longest access of one host instruction.
const LONGEST: u64 = 16;
/// What is in the place of watched memory: no address, wherever the state lies.
const WATCHED: u64 = 1 << 62;

/// 16 bytes that a host instruction may name as its operand.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(C, align(16))]
struct Slot([u8; 16]);

impl Slot {
    const ZERO: Slot = Slot([0; 16]);
}

/// Why translated code goes to Rust.
pub mod exit {
    /// What they are called in counts, by number.
    pub const NAMES: [&str; 9] = [
        "indirect branches not in the table",
        "system calls",
        "exits of the interpreter",
        "interruptions",
        "faults",
        "exceptions of the host",
        "instructions for the interpreter",
        "breakpoints",
        "direct branches not yet linked",
    ];
    /// For the unit at the pc in the state.
    pub const ANYWHERE: u32 = 0;
    /// A system call; pc is behind it.
    pub const SYSCALL: u32 = 1;
    /// The interpreter, called for one instruction, has an exit to give.
    pub const RAISED: u32 = 2;
    /// The stop word is not zero, or a signal handler made it so; pc is at the next instruction.
    pub const INTERRUPTED: u32 = 3;
    /// The access at pc faulted; see `Thread::fault`.
    pub const FAULT: u32 = 4;
    /// The instruction at pc raised a host exception that the guest's rules may not have: the
    /// interpreter must execute it.
    pub const CAREFUL: u32 = 5;
    /// The instruction at pc is one for the interpreter this time.
    pub const INTERPRET: u32 = 6;
    /// A breakpoint at pc.
    pub const BREAKPOINT: u32 = 7;
    /// A direct branch to a unit that was not there; `Thread::link` points to its [`super::Link`].
    pub const LINK: u32 = 8;
}

/// What lies behind the call by which a direct branch leaves for a unit that was not there.
#[derive(Clone, Copy, Debug)]
#[repr(C, packed)]
pub struct Link {
    /// Guest address.
    pub pc: u64,
    /// The registers that the naming of the flags takes.
    pub needed: u64,
    /// Distance from here back to the rel32 of the jump that is to be patched.
    pub site: u32,
    /// The same for a jump to the saving of the flags that comes first, and for where that begins; or zeros.
    pub bypass: [u32; 2],
    /// The same for the jump behind their naming, and for where that begins; or zeros.
    pub named: [u32; 2],
}

/// The jumps of a direct branch out of a unit: the host address of the rel32, and where it goes until it is
/// patched.
///
/// ```text
///   bypass: jcc ─▶ saving        the branch itself
///   naming: the state names the instruction that has set the flags
///   named:  jmp ─▶ saving
///   saving: the flags are saved
///   last:   jmp ─▶ to Rust, which finds the unit
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Jumps {
    /// The one that expects the flags to be saved.
    pub last: (u64, u64),
    /// The one before they are, which goes to a unit that does not want them; to the naming if it may.
    pub bypass: Option<(u64, u64)>,
    /// The one behind the naming, where that begins, and the registers that have to stay as they are.
    pub named: Option<((u64, u64), u64, Registers)>,
}

/// One guest thread: the interpreter, whose registers are the thread's, and what translated code
/// keeps beside them.
#[repr(C)]
pub struct Thread {
    /// Executes what is not translated.
    pub interp: Interp,
    /// NZCV while translated code runs, as `lahf` and `seto al` leave it in ax behind a subtraction; or the instruction
    /// from whose registers it follows ([`again::is_name`]).
    flags: u32,
    /// MXCSR of translated code; its exception bits become FPSR's.
    mxcsr: u32,
    /// MXCSR of the code around it, which never changes it.
    host_mxcsr: u32,
    /// Why it left ([`exit`]).
    exit: u32,
    /// Where it starts.
    target: u64,
    /// The thread's stop word.
    stop: u64,
    /// [`interpret`].
    helper: u64,
    /// Where units leave to, for signal handlers.
    leave: u64,
    /// Address of a [`Link`].
    link: u64,
    /// How many retirements its tables know of.
    pub seen: u64,
    /// What a signal handler found.
    fault: Fault,
    /// Not zero where an operation has saturated; see `lower::saturating`.
    qc: [Slot; QC_PLACES],
    /// Pinned vector registers while an instruction uses them as scratch registers.
    spill: [Slot; SPILLS],
    /// Pinned general-purpose registers likewise.
    spill_x: [u64; SPILLS_X],
    /// What registers held from which flags can be computed again ([`again::Place`]).
    kept: [u64; KEPT],
    /// Where the values are, if not in the registers, from which the flags follow that `flags` names.
    places: Places,
    /// MXCSR is that of translated code, though none runs.
    mxcsr_is_lent: bool,
    /// A vector whose lanes become addresses.
    indices: Slot,
    compared: [[u16; 0x48]; 2],
    /// Last, so that what is used most lies together, and its pages are used only when they are.
    /// One for each [`Mode`].
    entries: [Table; MODES],
    /// See [`Thread::filter_slot`].
    filter: [u64; FILTER],
}

/// MXCSR with nearest rounding and all exceptions masked but Invalid, none seen. Where x86-64 and Arm
/// disagree about a NaN, an Invalid exception has happened: it traps, and the interpreter executes
/// that instruction.
const MXCSR: u32 = HOST_MXCSR & !IM;
/// MXCSR as the ABI has it where a program starts.
const HOST_MXCSR: u32 = 0x1f80;
/// MXCSR.IM, the mask of Invalid: set while Rust code runs.
const IM: u32 = 1 << 7;

const fn displacement(offset: usize) -> i32 {
    offset as i32 - (offset_of!(Thread, interp) + offset_of!(Interp, cpu)) as i32 - STATE_BIAS
}

const fn cpu(offset: usize) -> i32 {
    offset as i32 - STATE_BIAS
}

impl Thread {
    /// Where the flags are saved.
    pub const FLAGS: i32 = displacement(offset_of!(Thread, flags));
    /// PC.
    pub const PC: i32 = cpu(offset_of!(CpuState, pc));
    /// [`QC_PLACES`] of 16 bytes.
    pub const QC: i32 = displacement(offset_of!(Thread, qc));
    /// [`SPILLS`] of 16 bytes.
    pub const SPILL: i32 = displacement(offset_of!(Thread, spill));
    /// [`SPILLS_X`] of 8 bytes.
    pub const SPILL_X: i32 = displacement(offset_of!(Thread, spill_x));
    /// [`KEPT`] of 8 bytes.
    pub const KEPT: i32 = displacement(offset_of!(Thread, kept));
    /// 16 bytes for whatever is looked up ([`super::lower`]).
    pub const INDICES: i32 = displacement(offset_of!(Thread, indices));
    /// FPSR, into which MXCSR's exceptions go when a unit leaves.
    pub const FPSR: i32 = cpu(offset_of!(CpuState, fpsr));
    /// Flags of comparisons: [`COMPARED`].
    pub const COMPARED: i32 = displacement(offset_of!(Thread, compared));
    /// The exclusive monitor's address, its size and value.
    pub const EXCLUSIVE: i32 = cpu(offset_of!(CpuState, exclusive.addr));
    #[allow(missing_docs)]
    pub const EXCLUSIVE_SIZE: i32 = cpu(offset_of!(CpuState, exclusive.size));
    #[allow(missing_docs)]
    pub const EXCLUSIVE_VALUE: i32 = cpu(offset_of!(CpuState, exclusive.value));
    /// TPIDR_EL0.
    pub const TPIDR: i32 = cpu(offset_of!(CpuState, tpidr_el0));
    /// BTYPE.
    pub const BTYPE: i32 = cpu(offset_of!(CpuState, btype));
    /// FPCR, in the low half of its 8 bytes.
    pub const FPCR: i32 = cpu(offset_of!(CpuState, fpcr));
    /// MXCSR, while it is another than that of translated code.
    pub const MXCSR: i32 = displacement(offset_of!(Thread, mxcsr));
    pub(super) const HOST_MXCSR: i32 = displacement(offset_of!(Thread, host_mxcsr));
    pub(super) const EXIT: i32 = displacement(offset_of!(Thread, exit));
    pub(super) const TARGET: i32 = displacement(offset_of!(Thread, target));
    pub(super) const STOP: i32 = displacement(offset_of!(Thread, stop));
    pub(super) const HELPER: i32 = displacement(offset_of!(Thread, helper));
    pub(super) const LINK: i32 = displacement(offset_of!(Thread, link));

    /// The table of entries of units of a mode.
    pub fn entries_slot(mode: Mode) -> i32 {
        displacement(offset_of!(Thread, entries) + mode as usize * size_of::<Table>())
    }

    /// Where the entry for `pc` lies in it.
    pub fn entry_slot(pc: u64, mode: Mode) -> i32 {
        Self::entries_slot(mode) + ((pc >> 2) as usize % ENTRIES * size_of::<Entry>()) as i32
    }

    /// Where the filter lies: distances from the state, by address. In units that heed watchpoints each
    /// access first reads what is at the distance, which is a harmless 0, or faults.
    pub fn filter_slot() -> i32 {
        displacement(offset_of!(Thread, filter))
    }

    /// An access that begins in one of these places may be to the `len` bytes at `addr`.
    pub fn filter(&mut self, addr: u64, len: u64, is_watched: bool) {
        let first = addr.wrapping_sub(LONGEST - 1) >> FILTER_SHIFT;
        let last = addr.wrapping_add(len.max(1) - 1) >> FILTER_SHIFT;
        let count = last.wrapping_sub(first).min(FILTER as u64 - 1);
        for place in first..=first.wrapping_add(count) {
            self.filter[place as usize % FILTER] = if is_watched { WATCHED } else { 0 };
        }
    }

    /// Where X`x` lies; 31 is SP, which lies behind X30.
    pub fn x_slot(x: u8) -> i32 {
        const { assert!(offset_of!(CpuState, sp) == offset_of!(CpuState, x) + 31 * 8) };
        cpu(offset_of!(CpuState, x)) + x as i32 * 8
    }

    /// Where V`v` lies.
    pub fn v_slot(v: u8) -> i32 {
        cpu(offset_of!(CpuState, v)) + v as i32 * 16
    }

    /// The thread of the state that translated code has in rbp.
    ///
    /// # Safety
    /// `state` is what [`Thread::enter`] passed, and nobody else uses the thread meanwhile.
    pub unsafe fn of_state<'a>(state: u64) -> &'a mut Thread {
        let thread = state.wrapping_add_signed(i64::from(displacement(0)));
        // SAFETY: the caller's promise.
        unsafe { &mut *(thread as *mut Thread) }
    }

    /// Empties the table: units are gone.
    pub fn forget_entries(&mut self) {
        let start = self.entries.as_ptr() as usize;
        let (first, end) = (start.next_multiple_of(4096), (start + size_of_val(&self.entries)) & !4095);
        let zero = Entry { pc: 0, host: 0 };
        let (head, tail) = ((first - start).div_ceil(size_of::<Entry>()), (end - start) / size_of::<Entry>());
        // Whole pages go back to the host: zeros when they are touched again.
        let advice = [first as u64, (end - first) as u64, libc::MADV_DONTNEED as u64, 0, 0, 0];
        let kept = match raw::syscall(libc::SYS_madvise, advice) {
            Ok(_) => [0..head, tail..MODES * ENTRIES],
            Err(_) => [0..MODES * ENTRIES, 0..0],
        };
        kept.into_iter().flatten().for_each(|i| self.entries.as_flattened_mut()[i] = zero);
        self.entries.iter_mut().for_each(|table| table[0].pc = NOWHERE);
    }

    /// Sees to it that no pc finds the first entry of a mode's table unless it was put there.
    pub fn open_table(&mut self, mode: Mode) {
        let first = &mut self.entries[mode as usize][0];
        if (first.pc, first.host) == (0, 0) {
            first.pc = NOWHERE;
        }
    }

    fn place(&mut self, pc: u64, mode: Mode) -> &mut Entry {
        &mut self.entries[mode as usize][(pc >> 2) as usize % ENTRIES]
    }

    /// Indirect branches to `pc` no longer find a unit.
    pub fn forget_entry(&mut self, pc: u64, mode: Mode) {
        let entry = self.place(pc, mode);
        if entry.pc & !(0xe << BTYPE_BIT) == pc {
            *entry = Entry { pc: pc ^ 1 << 63, host: 0 };
        }
    }

    /// Indirect branches to `key` find `host` from now on ([`key`]).
    pub fn remember_entry(&mut self, pc: u64, mode: Mode, host: u64) {
        *self.place(pc, mode) = Entry { pc, host };
    }

    /// The unit that an indirect branch to `pc` would find.
    pub fn entry(&mut self, pc: u64, mode: Mode) -> Option<u64> {
        let entry = *self.place(pc, mode);
        (entry.pc == pc && entry.host != 0).then_some(entry.host)
    }

    /// Runs translated code from `host` until it leaves; why it did ([`exit`]), or None if an access
    /// of the interpreter faulted in the middle of it. After a system call MXCSR is still that of translated code:
    /// call [`Thread::settle`] before anything that computes with floating point or looks at FPSR.
    ///
    /// # Safety
    /// `trampolines` are what [`super::trampolines`] wrote, `host` is the entry of a live unit made for
    /// the guest's pc, and the guest's memory is the guest's to change.
    pub unsafe fn enter(&mut self, trampolines: &Trampolines, host: u64) -> Option<u32> {
        self.flags = host_flags(self.interp.cpu.nzcv);
        let enter = if self.mxcsr_is_lent { trampolines.enter_again } else { trampolines.enter };
        if !self.mxcsr_is_lent {
            // FPCR.RMode: nearest, up, down, zero; MXCSR.RC: nearest, down, up, zero.
            let rounding = [0, 2, 1, 3][(self.interp.cpu.fpcr >> 22 & 3) as usize];
            self.mxcsr = MXCSR | rounding << 13;
        }
        self.target = host;
        let recovery = self.interp.recovery();
        let state = (&raw mut self.interp.cpu).cast::<u8>().wrapping_add(STATE_BIAS as usize);
        // SAFETY: the trampoline follows the C calling convention and owns nothing that an
        // abandoned call would lose; translated code changes this thread's state, to which the
        // pointer gives exclusive access, and guest memory.
        let returned = unsafe {
            let enter: unsafe extern "sysv64" fn(*mut u8) = std::mem::transmute(enter);
            access::guarded(recovery, enter, state)
        };
        if !returned {
            self.restore_mxcsr();
        }
        self.interp.cpu.nzcv = self.nzcv();
        self.places = Place::NONE;
        self.mxcsr_is_lent = returned && self.exit == exit::SYSCALL;
        let exceptions = if self.mxcsr_is_lent { 0 } else { guest_exceptions(self.mxcsr) };
        self.interp.cpu.fpsr |= exceptions | self.take_saturation();
        returned.then_some(self.exit)
    }

    /// Whether MXCSR is still that of translated code.
    pub fn is_unsettled(&self) -> bool {
        self.mxcsr_is_lent
    }

    /// After a system call that is not just passed on: gives Rust code its MXCSR, and FPSR its exceptions.
    pub fn settle(&mut self) {
        if std::mem::take(&mut self.mxcsr_is_lent) {
            self.restore_mxcsr();
            self.interp.cpu.fpsr |= guest_exceptions(self.mxcsr);
        }
    }

    /// NZCV, the registers being in the state.
    fn nzcv(&self) -> Nzcv {
        let held = Held { cpu: &self.interp.cpu, places: &self.places, kept: &self.kept };
        let again = if again::is_name(self.flags) { again::flags(self.flags, held) } else { None };
        again.unwrap_or(guest_flags(self.flags))
    }

    /// FPSR.QC if an operation has saturated.
    fn take_saturation(&mut self) -> u32 {
        if self.qc == [Slot::ZERO; QC_PLACES] {
            return 0;
        }
        self.qc = [Slot::ZERO; QC_PLACES];
        Fpsr::QC
    }

    /// MXCSR may still be that of translated code: so it is after an access that did not come back.
    fn restore_mxcsr(&mut self) {
        let mut now = 0u32;
        // SAFETY: reads MXCSR, and loads the one of Rust code.
        unsafe {
            asm!("stmxcsr [{now}]", "ldmxcsr [{host}]", now = in(reg) &raw mut now, host = in(reg) &raw const self.host_mxcsr);
        }
        if now & IM == 0 {
            self.mxcsr = now;
        }
    }

    /// The fault of an [`exit::FAULT`].
    pub fn fault(&self) -> Fault {
        self.fault
    }

    /// What an [`exit::LINK`] asks for: the guest's pc, and the jumps that are to go there.
    pub fn link(&self) -> (u64, Jumps) {
        // SAFETY: the unit that left just now has a `Link` there, and is not reused before this
        // thread has said that it is outside.
        let link = unsafe { (self.link as *const Link).read_unaligned() };
        let back = |distance: u32| self.link - u64::from(distance);
        let [bypass, saving] = link.bypass;
        let bypass = (bypass != 0).then(|| (back(bypass), back(saving)));
        let [named, naming] = link.named;
        let named = (named != 0).then(|| ((back(named), back(saving)), back(naming), Registers(link.needed)));
        (link.pc, Jumps { last: (back(link.site), self.link - CALL_LEN), bypass, named })
    }

    /// Makes translated code that a signal interrupted leave at guest instruction `pc`. NZCV is what `flags` say or
    /// name, if they do, the values for that being in the places. `fault` goes with it. Returns where to go on.
    pub fn leave_at(&mut self, pc: u64, flags: Option<(u32, Places)>, fault: Fault) -> u64 {
        self.interp.cpu.pc = pc;
        if let Some(flags) = flags {
            (self.flags, self.places) = flags;
        }
        self.fault = fault;
        self.leave
    }
}

/// Bytes of `call rel32`.
const CALL_LEN: u64 = 5;

/// A [`Thread`] in pages of its own, most of which stay unused.
pub struct ThreadBox(*mut Thread);

// SAFETY: it owns what it points to, like a Box.
unsafe impl Send for ThreadBox {}

impl ThreadBox {
    const SIZE: usize = size_of::<Thread>().next_multiple_of(4096);

    /// A thread around an interpreter, for units that leave to `leave`, of which so many entries have been
    /// retired.
    pub fn new(interp: Interp, leave: u64, retirements: u64) -> ThreadBox {
        let (thread, seen) = match Self::take_spare(leave) {
            Some(spare) => spare,
            None => match raw::map_own(Self::SIZE) {
                Ok(fresh) => (fresh.cast::<Thread>(), retirements),
                Err(_) => out_of_memory(),
            },
        };
        let stop = &raw const interp.shared().stop as u64;
        // SAFETY: fresh pages, large and aligned enough, for which zeros are valid where nothing is written here;
        // or those of a thread that is gone, whose interpreter has been dropped.
        unsafe {
            (&raw mut (*thread).interp).write(interp);
            let thread = &mut *thread;
            thread.compared = COMPARED;
            thread.stop = stop;
            thread.host_mxcsr = HOST_MXCSR;
            thread.leave = leave;
            let helper: unsafe extern "sysv64" fn(u64, u32, u32) -> u32 = interpret;
            thread.helper = helper as usize as u64;
            thread.seen = seen;
            thread.qc = [Slot::ZERO; QC_PLACES];
            thread.places = Place::NONE;
            thread.mxcsr_is_lent = false;
            thread.open_table(Mode::Plain);
        }
        ThreadBox(thread)
    }

    /// One for the same units that is not in use, and how many retirements it knows of.
    fn take_spare(leave: u64) -> Option<(*mut Thread, u64)> {
        SPARE.iter().find_map(|place| {
            let spare = place.swap(null_mut(), Ordering::Acquire);
            if spare.is_null() {
                return None;
            }
            // SAFETY: `drop` has put it there, and it is out of everybody else's reach now.
            let (its, seen) = unsafe { ((*spare).leave, (*spare).seen) };
            if its == leave {
                return Some((spare, seen));
            }
            Self::put_aside(spare);
            None
        })
    }

    fn put_aside(thread: *mut Thread) {
        let put = |place: &AtomicPtr<Thread>| {
            place.compare_exchange(null_mut(), thread, Ordering::Release, Ordering::Relaxed).is_ok()
        };
        if !SPARE.iter().any(put) {
            raw::unmap_own(thread.cast(), Self::SIZE);
        }
    }
}

/// What threads that have ended leave for others: their pages are there, and their tables know where the
/// units are.
static SPARE: [AtomicPtr<Thread>; 4] = [const { AtomicPtr::new(null_mut()) }; 4];

impl Deref for ThreadBox {
    type Target = Thread;

    fn deref(&self) -> &Thread {
        // SAFETY: it was initialized by `new`, and is ours.
        unsafe { &*self.0 }
    }
}

impl DerefMut for ThreadBox {
    fn deref_mut(&mut self) -> &mut Thread {
        // SAFETY: as above.
        unsafe { &mut *self.0 }
    }
}

impl Drop for ThreadBox {
    fn drop(&mut self) {
        // What another one leaves, a vfork child that was killed, may be half of something.
        let is_own = self.interp.shared().tid.load(Ordering::Relaxed) == raw::gettid();
        // SAFETY: it was initialized by `new`, and nobody uses it any more.
        unsafe { std::ptr::drop_in_place(&raw mut (*self.0).interp) };
        if is_own { Self::put_aside(self.0) } else { raw::unmap_own(self.0.cast(), Self::SIZE) }
    }
}

/// Called by translated code for an instruction that is not translated, at the state's pc: the
/// function of that number in the interpreter's table executes it. Returns 0 to go on behind it,
/// otherwise 1 + the reason to leave.
///
/// # Safety
/// From the trampoline, with its state.
unsafe extern "sysv64" fn interpret(state: u64, function: u32, word: u32) -> u32 {
    // SAFETY: the trampoline's state is that of this thread, which `enter` lent to it.
    let thread = unsafe { Thread::of_state(state) };
    thread.interp.cpu.nzcv = thread.nzcv();
    thread.flags = host_flags(thread.interp.cpu.nzcv);
    thread.interp.cpu.fpsr |= guest_exceptions(thread.mxcsr) | thread.take_saturation();
    thread.mxcsr &= !EXCEPTIONS;
    let (fpcr, looked) = (thread.interp.cpu.fpcr, thread.interp.cpu.looks_at_fpsr);
    // SAFETY: inside `guarded`, by `enter`; the number comes from the decode table.
    let went_on = unsafe { dispatch::execute_one(&mut thread.interp, function, word) };
    thread.flags = host_flags(thread.interp.cpu.nzcv);
    let cpu = &thread.interp.cpu;
    match went_on {
        None => 1 + exit::RAISED,
        // Units are made for a mode, and for an aligned SP.
        Some(true) if cpu.fpcr == fpcr && cpu.looks_at_fpsr == looked && cpu.sp & 15 == 0 => 0,
        Some(_) => 1 + exit::ANYWHERE,
    }
}

/// NZCV as `lahf` and `seto al` would give it, CF being the inverse of C.
pub fn host_flags(nzcv: Nzcv) -> u32 {
    let bit = |n: u32| nzcv.0 >> n & 1;
    (bit(31) << 7 | bit(30) << 6 | bit(29) ^ 1) << 8 | bit(28)
}

/// The inverse of [`host_flags`].
fn guest_flags(ax: u32) -> Nzcv {
    let ah = ax >> 8;
    Nzcv::new(ah >> 7 & 1 != 0, ah >> 6 & 1 != 0, ah & 1 == 0, ax & 1 != 0)
}

/// EFLAGS as `lahf` and `seto al` would give them, but for what is different about the guest's, or the instruction
/// `source` that has set those; None if they are in the state, or nowhere.
pub fn saved_flags(eflags: u64, flags: Where, source: Source) -> Option<(u32, Places)> {
    let ah = eflags as u32 & 0xff;
    let overflow = (eflags >> 11) as u32 & 1;
    let compared = |swapped: usize| u32::from(COMPARED[swapped][ah as usize & 0x47]);
    let saved = match flags {
        Where::State | Where::Lost => return None,
        Where::Again => return Some((source.word, source.places)),
        Where::Carry => (ah ^ 1) << 8 | overflow,
        Where::Borrow => ah << 8 | overflow,
        Where::Compared => compared(0),
        Where::ComparedSwapped => compared(1),
    };
    Some((saved, Place::NONE))
}

/// MXCSR's exception bits.
const EXCEPTIONS: u32 = 0x3f;

/// MXCSR's exceptions (Z, O, U, P) as FPSR's DZC, OFC, UFC, IXC. Invalid has trapped and is the
/// interpreter's affair: not all that x86-64 calls invalid is so on Arm.
fn guest_exceptions(mxcsr: u32) -> u32 {
    mxcsr >> 1 & 0b11110
}

#[cfg(test)]
#[path = "entry_tests.rs"]
mod tests;
