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
//! Code that has run a few times only is interpreted: translating an instruction takes as long as
//! interpreting it some 50 times. The interpreter counts where branches go ([`Interp::warm`]), and comes
//! back when a target is hot; where there is a unit, it is.
//!
//! While SP is no multiple of 16, the interpreter runs. While watchpoints are set, units are used in which
//! accesses look into a filter of watched addresses; what it stops is the interpreter's, which knows
//! exactly. Where much is stopped ([`HITS`]: next to a watched variable of a busy stack frame, say), which costs
//! a host signal each, the interpreter runs.
// dynasm's expansions convert what needs no conversion.
#![allow(clippy::useless_conversion)]

pub mod again;
pub mod asm;
pub mod cache;
pub mod emit;
pub mod entry;
pub mod features;
mod fpsr;
pub mod interrupt;
pub mod ir;
pub mod jumps;
mod known;
pub mod link;
pub mod lower;
pub mod observe;
pub mod passages;
mod record;
pub mod regs;
pub mod stress;
pub mod text;
pub mod trampolines;
pub mod units;
pub mod vex;
pub mod wanted;

use crate::cpu::CpuState;
use crate::interp::{Exit, Interp, Watch, heat, stop};
use entry::{ThreadBox, exit};
use link::Translations;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use text::Mode;

/// So often may the filter of watched memory stop an access in a short spell, beside once for each time
/// that the thread comes out.
const HITS: u32 = 200;
/// The spell, several times what as many host signals take: memory that merely shares a place with what is
/// watched is met less often.
const SPELL: Duration = Duration::from_millis(2);

/// One guest thread that runs translated code.
pub struct Jit {
    thread: ThreadBox,
    translations: &'static Translations,
    /// What FPCR asks for.
    mode: Mode,
    /// What the thread's filter of watched memory was made from.
    filtered: Vec<Watch>,
    /// How often it has stopped an access, and since when.
    hits: (u32, Instant),
    /// A signal came somewhere in the middle of a unit: no unit is to be made that begins there.
    is_astray: bool,
}

impl Jit {
    /// A thread around an interpreter; its registers are the thread's.
    pub fn new(interp: Interp, translations: &'static Translations) -> Jit {
        let thread = ThreadBox::new(interp, translations.leave(), translations.retirements());
        Jit {
            thread,
            translations,
            mode: Mode::Plain,
            filtered: Vec::new(),
            hits: (0, Instant::now()),
            is_astray: false,
        }
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

    /// Runs guest code until something has to be done about it. Where that is a system call, see [`Jit::settle`].
    pub fn run(&mut self) -> Exit {
        let mut next = self.go_on();
        if next.is_none() {
            self.settle();
        }
        self.hits.0 = self.hits.0.saturating_sub(1);
        loop {
            let exit = match next.take() {
                Some(next) => next,
                None => self.next(),
            };
            match exit {
                Next::Unit => {}
                Next::Interpret => match self.interpret() {
                    Exit::Step => {}
                    exit => return exit,
                },
                Next::Cold => match self.thread.interp.run_cold(self.translations.hot_now()) {
                    None => {}
                    Some(exit) => return exit,
                },
                Next::Exit(exit) => return exit,
            }
        }
    }

    /// What comes next for code at pc that nothing is known of.
    fn next(&mut self) -> Next {
        let interp = &mut self.thread.interp;
        if interp.shared().stop.load(Ordering::Relaxed) & (stop::SIGNAL | stop::KICK) != 0 {
            return Next::Exit(Exit::Interrupted);
        }
        if interp.is_watching() && (self.hits.0 >= HITS || Mode::of(&interp.cpu) == Mode::ExactFp) {
            return Next::Exit(interp.run());
        }
        if interp.cpu.sp & 15 == 0 { self.run_units() } else { Next::Interpret }
    }

    /// After a system call, before anything that computes with floating point or looks at FPSR: those 20 ns are
    /// for calls that are more than the host's.
    pub fn settle(&mut self) {
        self.thread.settle();
    }

    /// Goes on behind a system call for which nothing was settled, if nothing has changed meanwhile and the unit there is
    /// known.
    fn go_on(&mut self) -> Option<Next> {
        let interp = &self.thread.interp;
        let cpu = &interp.cpu;
        let is_same = self.thread.is_unsettled()
            && interp.shared().stop.load(Ordering::Relaxed) & (stop::SIGNAL | stop::KICK) == 0
            && !interp.is_watching()
            && Mode::of(cpu) == self.mode
            && cpu.sp & 15 == 0
            && cpu.btype == 0;
        if !is_same {
            return None;
        }
        let pc = cpu.pc;
        interp.enter();
        let is_current = self.translations.retirements() == self.thread.seen;
        let host = if is_current { self.thread.entry(pc, self.mode) } else { None };
        let next = host.map(|host| self.run_from(host));
        if !matches!(next, Some(Next::Cold)) {
            self.thread.interp.end();
        }
        next
    }

    /// One instruction by the interpreter.
    fn interpret(&mut self) -> Exit {
        let interp = &mut self.thread.interp;
        if interp.code().has_breakpoint(interp.cpu.pc) { Exit::Breakpoint } else { interp.step() }
    }

    /// Finds the unit for pc and runs from it on.
    fn run_units(&mut self) -> Next {
        self.mode = Mode::of(&self.thread.interp.cpu);
        if self.thread.interp.is_watching() {
            self.mode = Mode::Watched;
            self.update_filter();
        }
        if self.mode != Mode::Plain {
            self.thread.open_table(self.mode);
        }
        self.thread.interp.enter();
        self.translations.catch_up(&mut self.thread);
        let btype = self.thread.interp.cpu.btype;
        let next = match self.thread.interp.check_landing() {
            Some(exit) => Next::Exit(exit),
            None => self.look_up(btype).map_or_else(|next| next, |host| self.run_from(host)),
        };
        if !matches!(next, Next::Cold) {
            self.thread.interp.end();
        }
        next
    }

    /// Finds the unit for pc, which was reached with a BTYPE.
    fn look_up(&mut self, btype: u32) -> Result<u64, Next> {
        let pc = self.thread.interp.cpu.pc;
        let key = entry::key(pc, btype);
        let known = if known::may_have(pc) { self.thread.entry(key, self.mode) } else { None };
        if let Some(host) = known {
            return Ok(host);
        }
        let host = self.find(pc)?;
        self.thread.remember_entry(key, self.mode, host);
        Ok(host)
    }

    /// Finds the unit where an indirect branch has gone. What the thread has looked at when it
    /// entered is still the same, or it enters again.
    fn look_up_again(&mut self) -> Result<u64, Next> {
        let cpu = &self.thread.interp.cpu;
        let is_same = cpu.btype == 0 && cpu.sp & 15 == 0 && Mode::of(cpu) == self.mode;
        if is_same && self.translations.retirements() == self.thread.seen { self.look_up(0) } else { Err(Next::Unit) }
    }

    /// Makes the thread's filter of watched memory anew, if that has changed.
    fn update_filter(&mut self) {
        if self.thread.interp.watches() == self.filtered {
            return;
        }
        let new = self.thread.interp.watches().to_vec();
        self.empty_filter();
        self.filtered.clone_from(&new);
        new.iter().for_each(|watch| self.thread.filter(watch.addr, watch.len, true));
        self.hits = (0, Instant::now());
    }

    fn empty_filter(&mut self) {
        let old = std::mem::take(&mut self.filtered);
        old.iter().for_each(|watch| self.thread.filter(watch.addr, watch.len, false));
    }

    /// The filter has stopped an access.
    fn count_hit(&mut self) {
        self.hits.0 += 1;
        if self.hits.0 >= HITS && self.hits.1.elapsed() > SPELL {
            self.hits = (0, Instant::now());
        }
    }

    /// The unit for `pc`, or what to do without it. After a signal, which may come anywhere, an existing
    /// one is preferred to one that begins there.
    fn find(&mut self, pc: u64) -> Result<u64, Next> {
        let is_astray = std::mem::take(&mut self.is_astray);
        if self.is_cold(pc) || is_astray && !self.translations.has(pc, self.mode) {
            return Err(Next::Cold);
        }
        self.translations.find(pc, self.mode, self.thread.interp.code()).ok_or(Next::Interpret)
    }

    /// Whether `pc` has been reached too seldom to be translated, and has not been.
    fn is_cold(&mut self, pc: u64) -> bool {
        let hot = self.translations.hot_now();
        let is_cold = heat::warm(pc) < hot && !self.translations.has(pc, self.mode);
        if !is_cold && !self.translations.has_begun() {
            heat::cool_to(pc, 0);
            return true;
        }
        is_cold
    }

    /// Runs units from `host` until one leaves for more than another unit.
    fn run_from(&mut self, mut host: u64) -> Next {
        loop {
            let Some(why) = self.translations.enter(&mut self.thread, host) else {
                return Next::Exit(self.thread.interp.abandoned());
            };
            self.translations.observed().count_exit(why);
            self.translations.disturb(self.thread.interp.code());
            let interp = &mut self.thread.interp;
            match why {
                exit::LINK => {
                    let (pc, jumps) = self.thread.link();
                    let interp = &mut self.thread.interp;
                    interp.cpu.pc = pc;
                    if self.is_cold(pc) {
                        return Next::Cold;
                    }
                    let (seen, code) = (self.thread.seen, self.thread.interp.code());
                    match self.translations.link(pc, self.mode, jumps, seen, code) {
                        Some(next) => host = next,
                        None => return Next::Interpret,
                    }
                }
                exit::ANYWHERE => match self.look_up_again() {
                    Ok(next) => host = next,
                    Err(next) => return next,
                },
                exit::SYSCALL => return Next::Exit(Exit::Syscall(0)),
                exit::RAISED => return Next::Exit(interp.take_exit()),
                exit::FAULT => return Next::Exit(Exit::Fault(self.thread.fault())),
                exit::BREAKPOINT => return Next::Exit(Exit::Breakpoint),
                exit::CAREFUL if self.mode == Mode::Watched => {
                    self.count_hit();
                    self.is_astray = true;
                    return Next::Interpret;
                }
                exit::CAREFUL => {
                    self.translations.note_trap(interp.cpu.pc, interp.code());
                    return Next::Interpret;
                }
                exit::INTERPRET => return Next::Interpret,
                exit::INTERRUPTED => {
                    self.is_astray = true;
                    return Next::Unit;
                }
                _ => return Next::Unit,
            }
        }
    }
}

impl Drop for Jit {
    /// Another thread may get its pages.
    fn drop(&mut self) {
        self.empty_filter();
    }
}

/// What comes after a unit.
enum Next {
    /// Another one.
    Unit,
    /// The interpreter, for an instruction.
    Interpret,
    /// The interpreter, until it comes to code that is hot. The thread has entered.
    Cold,
    /// The exit.
    Exit(Exit),
}
