//! The interpreter: the reference engine, the single-stepper, and the fallback where executable
//! memory is refused.
//!
//! Guest code is predecoded a block at a time, lazily ([`code`]): each instruction becomes a slot,
//! the word beside the number of its function. The loop in [`Interp::run`] walks the slots; a
//! function is the row's meaning from `lift`, instantiated with [`emit`]'s plain integers. A branch
//! moves the slot pointer; a slot behind the last of a block moves on to the next block.
//!
//! Anything that must stop the loop sets a bit in `stop`, which is tested after each instruction:
//! so signals are precise, and exits need no return values.

mod atomic;
pub mod code;
pub(crate) mod dispatch;
mod emit;
pub mod exit;
mod fp;
pub(crate) mod heat;
pub mod landing;
pub(crate) mod looked;
mod mops;
pub mod pauth;
mod slots;
mod table;
pub mod targets;

#[cfg(test)]
mod tests;

pub use code::{CodeCache, CodeMemory};
pub use exit::Exit;

use crate::cpu::CpuState;
use crate::decode::Insn;
use crate::memory::access::{self, Recovery};
use code::{Slot, SlotPtr};
use std::sync::atomic::{AtomicI32, AtomicU32, AtomicU64, Ordering};

/// Bits of a thread's `stop` word. Whoever wants the thread's attention sets one; a signal handler may.
pub mod stop {
    /// The instruction raised an exit.
    pub(super) const EXIT: u32 = 1;
    /// Code was invalidated: look the block up again, then go on.
    pub(super) const RESYNC: u32 = 2;
    /// A signal has been recorded for delivery.
    pub const SIGNAL: u32 = 4;
    /// The thread is to come out (stop-all-threads, Ctrl-C, exit of the process).
    pub const KICK: u32 = 8;
    /// A branch went to code that is hot.
    pub(super) const HOT: u32 = 16;
}

/// One watched range of memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Watch {
    /// First byte.
    pub addr: u64,
    /// Bytes.
    pub len: u64,
    /// Stop at reads.
    pub read: bool,
    /// Stop at writes.
    pub write: bool,
}

/// What other threads may touch of a thread's engine.
#[derive(Debug, Default)]
pub struct Shared {
    /// Bits of [`stop`].
    pub stop: AtomicU32,
    /// The code epoch that the thread has seen, `OUTSIDE` when it runs no guest code.
    seen: AtomicU64,
    /// The host thread, for a kick.
    pub tid: AtomicI32,
    /// Where its [`CpuState`] lies, for /proc/PID/syscall.
    pub registers: AtomicU64,
}

/// Value of `Shared::seen` while no slot pointer is held.
const OUTSIDE: u64 = u64::MAX;

/// One guest thread's interpreter.
#[repr(C)]
pub struct Interp {
    /// The guest's registers.
    pub cpu: CpuState,
    /// The next slot.
    ip: SlotPtr,
    /// Slot of `block`.
    slots: SlotPtr,
    /// Guest address that `slots` stands for.
    block: u64,
    shared: &'static Shared,
    exit: Exit,
    /// True if any watchpoint is set.
    watching: bool,
    watches: Vec<Watch>,
    recovery: Recovery,
    pac_codes: Vec<pauth::PacCode>,
    code: &'static CodeCache,
    /// How often makes it hot in this run; 0: always.
    hot: u8,
    /// Whether branches are counted.
    is_counting: bool,
}

impl Interp {
    /// An interpreter for a new thread. `shared` is leaked or lives in the thread's own record; it must outlive it.
    pub fn new(cpu: CpuState, code: &'static CodeCache, shared: &'static Shared) -> Self {
        shared.seen.store(OUTSIDE, Ordering::SeqCst);
        code.register(shared);
        Interp {
            cpu,
            ip: code::NOWHERE.as_ptr(),
            slots: code::NOWHERE.as_ptr(),
            block: 1,
            shared,
            exit: Exit::Interrupted,
            watching: false,
            watches: Vec::new(),
            recovery: Recovery::default(),
            pac_codes: Vec::new(),
            code,
            hot: 0,
            is_counting: false,
        }
    }

    /// The process's predecoded code.
    pub fn code(&self) -> &'static CodeCache {
        self.code
    }

    /// The word through which others stop this thread.
    pub fn shared(&self) -> &'static Shared {
        self.shared
    }

    /// Where the host's fault handler finds how to leave an access; see [`access::on_host_fault`].
    pub fn recovery(&mut self) -> *mut Recovery {
        &raw mut self.recovery
    }

    /// Whether any watchpoint is set.
    pub fn is_watching(&self) -> bool {
        self.watching
    }

    /// The watchpoints.
    pub fn watches(&self) -> &[Watch] {
        &self.watches
    }

    /// Replaces the watchpoints.
    pub fn set_watches(&mut self, watches: Vec<Watch>) {
        self.watching = !watches.is_empty();
        self.watches = watches;
    }

    /// Runs guest code until something has to be done about it. Breakpoints at the very first
    /// instruction count; step over one with [`Interp::step`].
    pub fn run(&mut self) -> Exit {
        if let Some(exit) = self.check_landing() {
            return exit;
        }
        loop {
            self.enter();
            self.jump_far(self.cpu.pc);
            let returned = dispatch::run_guarded(self, dispatch::Extent::UntilStopped);
            if let Some(exit) = self.leave(returned) {
                return exit;
            }
        }
    }

    /// Like [`Interp::run`], but comes back with None when a branch has gone to code that is hot: branches
    /// have gone there so many times. After [`Interp::enter`].
    pub(crate) fn run_cold(&mut self, hot: u8) -> Option<Exit> {
        self.hot = hot;
        self.jump_far(self.cpu.pc);
        self.is_counting = true;
        let returned = dispatch::run_guarded(self, dispatch::Extent::UntilStopped);
        self.is_counting = false;
        self.shared.stop.fetch_and(!stop::HOT, Ordering::Relaxed);
        self.leave(returned)
    }

    /// Executes exactly one instruction at pc, breakpoints ignored.
    pub fn step(&mut self) -> Exit {
        self.enter();
        let scratch = [Slot::undecoded()];
        self.slots = scratch.as_ptr();
        self.ip = self.slots;
        self.block = self.cpu.pc;
        let landing = self.check_landing();
        let unfetchable = if landing.is_some() {
            landing
        } else if self.cpu.pc & 3 != 0 {
            Some(Exit::PcAlignment)
        } else if !self.code.is_executable(self.cpu.pc) {
            Some(Exit::FetchFault)
        } else {
            None
        };
        if let Some(exit) = unfetchable {
            self.shared.seen.store(OUTSIDE, Ordering::Release);
            return exit;
        }
        let returned = dispatch::run_guarded(self, dispatch::Extent::One);
        let raised = self.shared.stop.load(Ordering::Relaxed) & stop::EXIT != 0;
        match self.leave(returned) {
            Some(exit) if raised || !returned => exit,
            _ => Exit::Step,
        }
    }

    /// The exit that [`dispatch::execute_one`] raised.
    pub(crate) fn take_exit(&mut self) -> Exit {
        self.shared.stop.fetch_and(!stop::EXIT, Ordering::Relaxed);
        self.exit
    }

    /// The exit of an access in [`dispatch::execute_one`] that faulted, so that it did not return.
    pub(crate) fn abandoned(&mut self) -> Exit {
        self.cpu.pc = self.this_pc();
        let fault = self.recovery.fault;
        if fault.signal == 0 { Exit::Watchpoint { addr: fault.addr, write: fault.write } } else { Exit::Fault(fault) }
    }

    /// After [`Interp::enter`]: no guest code is executed any more.
    pub(crate) fn end(&self) {
        self.shared.seen.store(OUTSIDE, Ordering::Release);
    }

    /// Takes note of code that was invalidated while this thread was outside.
    pub(crate) fn enter(&self) {
        loop {
            let epoch = self.code.epoch();
            self.shared.seen.store(epoch, Ordering::SeqCst);
            // A locked operation, so only if need be. What is set behind this test is seen by who runs.
            if self.shared.stop.load(Ordering::SeqCst) & stop::RESYNC != 0 {
                self.shared.stop.fetch_and(!stop::RESYNC, Ordering::SeqCst);
            }
            if self.code.epoch() == epoch {
                break;
            }
        }
    }

    /// After the loop: makes `cpu.pc` true and says why it ended, or None to go on.
    fn leave(&mut self, returned: bool) -> Option<Exit> {
        let exit = if !returned {
            Some(self.abandoned())
        } else if self.shared.stop.load(Ordering::Relaxed) & stop::EXIT != 0 {
            self.shared.stop.fetch_and(!stop::EXIT, Ordering::Relaxed);
            Some(self.exit)
        } else {
            self.cpu.pc = self.next_pc();
            let asked = self.shared.stop.load(Ordering::Relaxed) & (stop::SIGNAL | stop::KICK) != 0;
            asked.then_some(Exit::Interrupted)
        };
        self.shared.seen.store(OUTSIDE, Ordering::Release);
        exit
    }

    /// Address of the instruction being executed.
    #[inline(always)]
    fn this_pc(&self) -> u64 {
        self.next_pc().wrapping_sub(4)
    }

    /// Address that `ip` stands for.
    #[inline(always)]
    fn next_pc(&self) -> u64 {
        let index = (self.ip as u64).wrapping_sub(self.slots as u64) / size_of::<Slot>() as u64;
        self.block.wrapping_add(index * 4)
    }

    /// Ends the loop with an exit at this instruction.
    fn raise_here(&mut self, exit: Exit) {
        self.exit = exit;
        self.shared.stop.fetch_or(stop::EXIT, Ordering::Relaxed);
    }

    /// Moves on to `target`.
    #[inline(always)]
    fn jump(&mut self, target: u64) {
        let offset = target.wrapping_sub(self.block);
        if offset < code::BLOCK && offset & 3 == 0 {
            self.ip = self.slots.wrapping_add(offset as usize / 4);
        } else {
            self.jump_far(target);
        }
    }

    /// A branch was taken.
    #[inline(always)]
    fn take_branch(&mut self, target: u64) {
        self.jump(target);
        if self.is_counting && heat::warm(target) >= self.hot {
            self.shared.stop.fetch_or(stop::HOT, Ordering::Relaxed);
        }
    }

    /// [`Interp::jump`] to another block. What cannot be executed raises its exit when it is.
    #[inline(never)]
    fn jump_far(&mut self, target: u64) {
        let block = target & !(code::BLOCK - 1);
        if target & 3 != 0 {
            return self.nowhere(target, &code::UNALIGNED);
        }
        let Some(slots) = self.code.block(target) else { return self.nowhere(target, &code::NOWHERE) };
        self.block = block;
        self.slots = slots;
        self.ip = slots.wrapping_add((target - block) as usize / 4);
    }

    fn nowhere(&mut self, target: u64, slots: &'static [Slot; 1]) {
        self.block = target;
        self.slots = slots.as_ptr();
        self.ip = self.slots;
    }

    /// The instruction at pc, as it would be executed; for logs.
    pub fn peek(&self, pc: u64) -> Option<Insn> {
        let mut word = [0; 4];
        access::copy_in(pc, &mut word).ok()?;
        Some(Insn(u32::from_le_bytes(word)))
    }
}

impl Drop for Interp {
    fn drop(&mut self) {
        self.code.unregister(self.shared);
    }
}
