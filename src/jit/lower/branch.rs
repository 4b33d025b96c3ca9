//! Leaving an instruction: to another of the unit, to another unit, to Rust.
//!
//! A direct branch out of the unit is a jump that first goes to a stub, which hands its number to
//! Rust; Rust finds or makes the unit and patches the jump ([`crate::jit::link`]). An indirect branch
//! probes the thread's table of entries and goes to Rust where it misses. Stubs lie behind the unit,
//! off its straight path; so do the flag saves that only a taken branch needs.

use super::flags::{Flags, Host};
use super::{Context, Fit, Lower};
use crate::jit::asm::{Alu, Cc, JumpSite};
use crate::jit::entry::{ENTRY_BITS, Thread};
use crate::jit::ir::Ref;
use crate::jit::regs::{Operand, RAX, RCX, STATE};
use crate::value::int::Size;
use dynasmrt::{DynasmApi, dynasm};

/// Where a direct branch goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Destination {
    /// To an instruction of this unit; whether the flags are wanted there.
    Inside(u16, bool),
    /// To a unit that exists, at this host address.
    Unit(u64),
    /// To a guest address that has no unit yet.
    Guest(u64),
}

/// Why a unit goes to Rust.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ExitKind {
    /// For a unit at the pc; the jump is to be patched.
    Link(JumpSite),
    /// To have the instruction at the pc interpreted.
    Interpret,
}

/// One way out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Exit {
    /// Guest pc.
    pub pc: u64,
    /// Why.
    pub kind: ExitKind,
    /// Place of the exit's number in the code, filled in when it is known.
    pub number_at: usize,
}

/// Code behind the unit.
pub(super) struct Stub {
    site: JumpSite,
    flags: Flags,
    live: bool,
    to: Destination,
}

impl Lower<'_> {
    /// A direct branch that is always taken.
    pub(super) fn branch(&mut self, c: Context) -> Fit<()> {
        if let Some(to) = c.target {
            self.goto(to);
        }
        Ok(())
    }

    /// Goes somewhere, for good.
    pub fn goto(&mut self, to: Destination) {
        if wants_flags(to) {
            self.save_flags_for_join();
        }
        let site = self.asm.jmp();
        self.arrive(site, to);
    }

    /// Where the next instruction expects the flags in the state.
    pub fn save_flags_for_join(&mut self) {
        // No scratch register is in use between instructions, so this has its rax.
        let _ = self.save_flags();
    }

    /// The code of step `index` starts here.
    pub fn label(&mut self, index: usize) {
        if let Some(label) = self.labels.get_mut(index) {
            *label = self.asm.len() as u32;
        }
    }

    pub(super) fn branch_if(&mut self, c: Context, cond: Ref) -> Fit<()> {
        let cc = self.condition(cond)?;
        let Some(to) = c.target else { return Ok(()) };
        let site = self.asm.jcc(cc);
        let save = wants_flags(to) && !self.flags.saved && self.flags.host != Host::None;
        if save || matches!(to, Destination::Guest(_)) {
            self.stubs.push(Stub { site, flags: self.flags, live: save, to });
        } else {
            self.arrive(site, to);
        }
        Ok(())
    }

    /// Lets a jump arrive; nothing is left to be done on the way.
    fn arrive(&mut self, site: JumpSite, to: Destination) {
        match to {
            Destination::Inside(index, _) => match self.labels.get(index as usize) {
                Some(&label) if label != 0 => self.asm.jump_to_offset(site, label as usize),
                _ => self.forward.push((site, index)),
            },
            Destination::Unit(address) => self.asm.jump_to_address(site, address),
            Destination::Guest(pc) => {
                let here = self.asm.len();
                self.asm.jump_to_offset(site, here);
                self.leave_for(pc, ExitKind::Link(site));
            }
        }
    }

    /// BR, BLR, RET: an entry of the thread's table is the guest pc and the host address.
    pub(super) fn branch_to(&mut self, to: Ref) -> Fit<()> {
        self.live = true;
        self.clobber()?;
        let pc = match self.leaf(to) {
            Some(Operand::Reg(reg)) => reg,
            _ => {
                self.temp_at(RAX)?;
                self.compute(to, RAX)?;
                RAX
            }
        };
        let index = if pc == RCX { RAX } else { RCX };
        self.asm.mov32(index, pc);
        self.asm.alu(Alu::And, Size::W, index, Operand::Imm((1 << (ENTRY_BITS + 2)) - 4));
        // An entry has 16 bytes for 4 of guest code.
        let entry = |offset: i32| (STATE, index, Thread::ENTRIES + offset);
        let (base, index, disp) = entry(0);
        dynasm!(self.asm ; .arch x64 ; cmp [DWORD Rq(base) + 4 * Rq(index) + disp], Rq(pc));
        let miss = self.asm.jcc(Cc::NE);
        let (base, index, disp) = entry(8);
        dynasm!(self.asm ; .arch x64 ; jmp QWORD [DWORD Rq(base) + 4 * Rq(index) + disp]);
        let here = self.asm.len();
        self.asm.jump_to_offset(miss, here);
        self.asm.store_slot(Thread::PC, pc);
        self.asm.mov_imm(RAX, Thread::MISS as u64);
        self.jump_out();
        Ok(())
    }

    /// Leaves the instruction at `pc` to the interpreter.
    pub(super) fn interpret(&mut self, pc: u64) {
        self.save_flags_for_join();
        self.leave_for(pc, ExitKind::Interpret);
    }

    /// Goes to Rust with the number of a new exit.
    fn leave_for(&mut self, pc: u64, kind: ExitKind) {
        dynasm!(self.asm ; .arch x64 ; mov eax, DWORD 0);
        self.exits.push(Exit { pc, kind, number_at: self.asm.len() - 4 });
        self.jump_out();
    }

    fn jump_out(&mut self) {
        let site = self.asm.jmp();
        self.asm.jump_to_address(site, self.leave);
    }

    /// Writes the stubs, lets forward jumps arrive, and puts the constants behind it all.
    pub fn finish(&mut self) {
        for stub in std::mem::take(&mut self.stubs) {
            let here = self.asm.len();
            self.asm.jump_to_offset(stub.site, here);
            self.flags = stub.flags;
            if stub.live {
                self.save_flags_for_join();
                let site = self.asm.jmp();
                self.arrive(site, stub.to);
            } else if let Destination::Guest(pc) = stub.to {
                self.leave_for(pc, ExitKind::Link(stub.site));
            }
        }
        for (site, index) in std::mem::take(&mut self.forward) {
            let label = self.labels.get(index as usize).copied().unwrap_or(0);
            self.asm.jump_to_offset(site, label as usize);
        }
        self.asm.finish_constants();
    }
}

/// Whether NZCV must be in the state on the way there.
fn wants_flags(to: Destination) -> bool {
    !matches!(to, Destination::Inside(_, false))
}
