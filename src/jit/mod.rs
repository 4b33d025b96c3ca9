//! The JIT: guest code becomes x86-64 code, a unit of many blocks at a time.
//!
//! ```text
//!   pc ─ units ─▶ steps ─ lower ─▶ bytes ─ cache ─▶ executable memory
//!          │                │                          ▲
//!     emit, ir: lift's    asm (dynasm), regs         entry: in and out;  link: jumps between units,
//!     meanings, recorded                             units that end;  interrupt: signals inside
//! ```
//!
//! The meanings are the interpreter's: [`emit`] instantiates the same trait with handles instead of
//! numbers. For what has no lowering the unit calls the interpreter's function, one instruction at a
//! time, so that the JIT is complete from the start and only gets quicker. Between instructions guest
//! registers are in host registers ([`regs`]), the same ones everywhere.
//!
//! While watchpoints are set, and while SP is no multiple of 16, the interpreter runs.
// dynasm's expansions convert what needs no conversion.
#![allow(clippy::useless_conversion)]

pub mod asm;
pub mod cache;
pub mod emit;
pub mod entry;
pub mod features;
pub mod interrupt;
pub mod ir;
pub mod link;
pub mod lower;
pub mod observe;
pub mod regs;
pub mod units;
pub mod vex;

use crate::cpu::CpuState;
use crate::interp::{Exit, Interp, stop};
use entry::{ThreadBox, exit};
use link::{Mode, Translations};
use std::sync::atomic::Ordering;

/// Instructions that are interpreted after a signal before a unit is made that begins where it came.
const AFTER_SIGNAL: usize = 64;

/// One guest thread that runs translated code.
pub struct Jit {
    thread: ThreadBox,
    translations: &'static Translations,
    /// What FPCR asks for.
    mode: Mode,
    /// Retirements that it knows of.
    seen: u64,
    /// Instructions that are interpreted, rather than translated, until a unit begins: a signal came
    /// somewhere in the middle of one.
    to_interpret: usize,
}

impl Jit {
    /// A thread around an interpreter; its registers are the thread's.
    pub fn new(interp: Interp, translations: &'static Translations) -> Jit {
        let seen = translations.retirements();
        let thread = ThreadBox::new(interp, translations.leave());
        Jit { thread, translations, mode: Mode::Plain, seen, to_interpret: 0 }
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
            if interp.is_watching() {
                return interp.run();
            }
            let exit = if interp.cpu.sp & 15 == 0 { self.run_units() } else { Next::Interpret };
            match exit {
                Next::Unit => {}
                Next::Interpret => match self.interpret() {
                    Exit::Step => {}
                    exit => return exit,
                },
                Next::Exit(exit) => return exit,
            }
        }
    }

    /// One instruction by the interpreter.
    fn interpret(&mut self) -> Exit {
        let interp = &mut self.thread.interp;
        if interp.code().has_breakpoint(interp.cpu.pc) { Exit::Breakpoint } else { interp.step() }
    }

    /// Finds the unit for pc and runs from it on.
    fn run_units(&mut self) -> Next {
        self.mode = Mode::of(self.thread.interp.cpu.fpcr);
        self.thread.interp.enter();
        self.seen = self.translations.catch_up(&mut self.thread, self.seen);
        let pc = self.thread.interp.cpu.pc;
        let key = entry::key(pc, self.thread.interp.cpu.btype);
        if let Some(exit) = self.thread.interp.check_landing() {
            self.thread.interp.end();
            return Next::Exit(exit);
        }
        let found = self.thread.entry(key, self.mode).or_else(|| {
            let host = self.find(pc)?;
            self.thread.remember_entry(key, self.mode, host);
            Some(host)
        });
        let next = found.map_or(Next::Interpret, |host| self.run_from(host));
        self.thread.interp.end();
        next
    }

    /// The unit for `pc`. After a signal, which may come anywhere, an existing one is preferred to one
    /// that begins there.
    fn find(&mut self, pc: u64) -> Option<u64> {
        if self.to_interpret > 0 && !self.translations.has(pc, self.mode) {
            self.to_interpret -= 1;
            return None;
        }
        self.to_interpret = 0;
        self.translations.find(pc, self.mode, self.thread.interp.code())
    }

    /// Runs units from `host` until one leaves for more than another unit.
    fn run_from(&mut self, mut host: u64) -> Next {
        loop {
            let Some(why) = self.translations.enter(&mut self.thread, host) else {
                return Next::Exit(self.thread.interp.abandoned());
            };
            self.translations.observed().count_exit(why);
            let interp = &mut self.thread.interp;
            match why {
                exit::LINK => {
                    let (pc, site, stub) = self.thread.link();
                    let interp = &mut self.thread.interp;
                    interp.cpu.pc = pc;
                    match self.translations.link(pc, self.mode, (site, stub), self.seen, interp.code()) {
                        Some(next) => host = next,
                        None => return Next::Interpret,
                    }
                }
                exit::SYSCALL => return Next::Exit(Exit::Syscall(0)),
                exit::RAISED => return Next::Exit(interp.take_exit()),
                exit::FAULT => return Next::Exit(Exit::Fault(self.thread.fault())),
                exit::BREAKPOINT => return Next::Exit(Exit::Breakpoint),
                exit::CAREFUL => {
                    self.translations.note_trap(interp.cpu.pc, interp.code());
                    return Next::Interpret;
                }
                exit::INTERPRET => return Next::Interpret,
                exit::INTERRUPTED => {
                    self.to_interpret = AFTER_SIGNAL;
                    return Next::Unit;
                }
                _ => return Next::Unit,
            }
        }
    }
}

/// What comes after a unit.
enum Next {
    /// Another one.
    Unit,
    /// The interpreter, for an instruction.
    Interpret,
    /// The exit.
    Exit(Exit),
}
