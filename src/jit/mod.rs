//! The JIT: guest code becomes x86-64 code, a unit of many blocks at a time.
//!
//! ```text
//!   pc ─ units ─▶ steps ─ lower ─▶ bytes ─ cache ─▶ executable memory
//!          │                │                          ▲
//!     emit, ir: lift's    asm (dynasm), regs         entry: in and out;  link: jumps between units
//!     meanings, recorded
//! ```
//!
//! The meanings are the interpreter's: [`emit`] instantiates the same trait with handles instead of
//! numbers. What a unit cannot do it leaves to the interpreter, one instruction at a time, so that
//! the JIT is complete from the start and only gets quicker. Between instructions that leave a unit,
//! guest registers are in host registers ([`regs`]), the same ones everywhere.
//!
//! Not yet here, and therefore not the default engine:
//!
//! * Host faults inside a unit are not turned into guest faults. The place is a side table filled by
//!   `lower::memory` (host range → guest pc, where NZCV is, what is committed).
//! * Asynchronous signals wait until a unit leaves to Rust. A check on back edges costs up to 27 %;
//!   the same side table is to serve instead: the handler finds the boundary.
//! * Breakpoints and watchpoints: a debugged process is interpreted.
//! * SP's alignment is not checked before accesses through it.
// dynasm's expansions convert what needs no conversion.
#![allow(clippy::useless_conversion)]

pub mod asm;
pub mod cache;
pub mod emit;
pub mod entry;
pub mod features;
pub mod ir;
pub mod link;
pub mod lower;
pub mod regs;
pub mod units;
pub mod vex;

#[cfg(test)]
mod tests;

use crate::cpu::CpuState;
use crate::interp::{Exit, Interp, stop};
use entry::Thread;
use link::{Translations, Way};
use std::sync::atomic::Ordering;

/// One guest thread that runs translated code.
pub struct Jit {
    thread: Box<Thread>,
    translations: &'static Translations,
    generation: u64,
}

impl Jit {
    /// A thread around an interpreter; its registers are the thread's.
    pub fn new(interp: Interp, translations: &'static Translations) -> Jit {
        Jit { thread: Thread::new(interp), translations, generation: 0 }
    }

    /// The interpreter inside, whose registers are true whenever [`Jit::run`] has returned.
    pub fn interp(&self) -> &Interp {
        &self.thread.interp
    }

    /// The same, to be changed.
    pub fn interp_mut(&mut self) -> &mut Interp {
        &mut self.thread.interp
    }

    /// The guest's registers.
    pub fn cpu(&mut self) -> &mut CpuState {
        &mut self.thread.interp.cpu
    }

    /// Runs guest code until something has to be done about it.
    pub fn run(&mut self) -> Exit {
        loop {
            let interp = &mut self.thread.interp;
            if interp.shared().stop.load(Ordering::Relaxed) & (stop::SIGNAL | stop::KICK) != 0 {
                return Exit::Interrupted;
            }
            // Rounding modes, flush-to-zero and default NaNs are not translated.
            if interp.cpu.fpcr != 0 {
                return interp.run();
            }
            let code = interp.code();
            let generation = self.translations.follow(code);
            if generation != self.generation {
                self.generation = generation;
                self.thread.forget_entries();
            }
            let pc = self.thread.interp.cpu.pc;
            let Some(host) = self.translations.find(pc, code) else {
                match self.thread.interp.step() {
                    Exit::Step => continue,
                    exit => return exit,
                }
            };
            self.thread.remember_entry(pc, host);
            if let Some(exit) = self.run_from(host) {
                return exit;
            }
        }
    }

    /// Runs units from `host` until one leaves and its exit needs more than another unit.
    fn run_from(&mut self, host: u64) -> Option<Exit> {
        let way = self.translations.enter(&mut self.thread, host);
        match way {
            Way::Anywhere => None,
            Way::Link { pc, .. } => {
                self.thread.interp.cpu.pc = pc;
                self.translations.link(way, self.thread.interp.code());
                None
            }
            Way::Interpret { pc } => {
                self.thread.interp.cpu.pc = pc;
                match self.thread.interp.step() {
                    Exit::Step => None,
                    exit => Some(exit),
                }
            }
        }
    }
}
