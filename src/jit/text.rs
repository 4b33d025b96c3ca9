//! What a unit is made from, and under which key it is known: guest address and mode.

use super::link::EntryPoint;
use super::units::Source;
use super::{fpsr, known};
use crate::cpu::CpuState;
use crate::interp::CodeCache;
use crate::interp::code::Executed;
use crate::memory::addr::AddressMap;
use std::cell::{Cell, OnceCell};

/// Pages of guest code.
pub(super) const PAGE: u64 = 4096;
/// So many traps at one instruction make it [`Source::is_careful`].
pub(super) const TRAPS: u8 = 2;

/// How a unit is made, beside its pc.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// FPCR is zero but for its rounding mode.
    Plain,
    /// Floating-point operations are left to the interpreter: FPCR asks for what only the value functions
    /// do.
    ExactFp,
    /// Accesses look at what is watched; otherwise as the next.
    Watched,
    /// Plain, but no Underflow is lost ([`super::lower`], `fp_tiny`): the thread looks at FPSR.
    ExactUnderflow,
}

impl Mode {
    /// The mode for a thread that watches nothing.
    pub fn of(cpu: &CpuState) -> Mode {
        const RMODE: u32 = 3 << 22;
        match cpu.fpcr & !RMODE {
            0 if cpu.looks_at_fpsr => Mode::ExactUnderflow,
            0 => Mode::Plain,
            _ => Mode::ExactFp,
        }
    }
}

/// How many modes there are.
pub const MODES: usize = 4;

/// Units of all modes are in one map: instructions are multiples of 4.
pub(super) fn key(pc: u64, mode: Mode) -> u64 {
    pc | mode as u64
}

/// The pc in a key.
pub(super) fn pc_of(key: u64) -> u64 {
    key & !3
}

/// The mode in a key.
pub(super) fn mode_of(key: u64) -> Mode {
    match key & 3 {
        0 => Mode::Plain,
        1 => Mode::ExactFp,
        2 => Mode::Watched,
        _ => Mode::ExactUnderflow,
    }
}

/// What a unit is made from.
pub(super) struct Text<'a> {
    pub(super) code: &'a CodeCache,
    pub(super) traps: &'a AddressMap<u8>,
    pub(super) entries: &'a AddressMap<EntryPoint>,
    pub(super) breakpoints: Vec<u64>,
    pub(super) mode: Mode,
    pub(super) atomic_pairs: bool,
    /// Whether the program may look at FPSR, once that was asked.
    pub(super) may_look_at_fpsr: &'a OnceCell<bool>,
    /// What the unit is made from has been interpreted.
    pub(super) is_interpreted_first: bool,
    /// The page that was asked for last is executable.
    pub(super) page: Cell<Option<u64>>,
}

impl Source for Text<'_> {
    fn is_executable(&self, pc: u64) -> bool {
        let page = pc & !(PAGE - 1);
        let known = self.page.get() == Some(page);
        if !known && self.code.is_executable(pc) {
            self.page.set(Some(page));
            return true;
        }
        known
    }

    fn executed(&self, pc: u64) -> Executed {
        if self.is_interpreted_first { self.code.executed(pc) } else { Executed::default() }
    }

    fn is_interpreted_first(&self) -> bool {
        self.is_interpreted_first
    }

    fn is_breakpoint(&self, pc: u64) -> bool {
        !self.breakpoints.is_empty() && self.breakpoints.contains(&pc)
    }

    fn is_careful(&self, pc: u64) -> bool {
        !self.traps.is_empty() && self.traps.get(&pc).is_some_and(|&traps| traps >= TRAPS)
    }

    fn is_entry(&self, pc: u64) -> bool {
        known::may_have(pc) && self.entries.contains_key(&key(pc, self.mode))
    }

    fn is_fp_exact(&self) -> bool {
        self.mode == Mode::ExactFp
    }

    fn is_underflow_exact(&self) -> bool {
        matches!(self.mode, Mode::ExactUnderflow | Mode::Watched)
    }

    fn looks_at_fpsr(&self) -> bool {
        self.mode == Mode::ExactUnderflow
    }

    fn may_look_at_fpsr(&self) -> bool {
        *self.may_look_at_fpsr.get_or_init(fpsr::may_be_looked_at)
    }

    fn has_atomic_pairs(&self) -> bool {
        self.atomic_pairs
    }

    fn is_watched(&self) -> bool {
        self.mode == Mode::Watched
    }
}
