//! Leaving an instruction: to another of the unit, to another unit, to Rust.
//!
//! A direct branch out of the unit is a jump that first goes to a stub, which tells Rust where to;
//! Rust finds or makes the unit and patches the jump ([`crate::jit::link`]), and when that unit goes
//! away the jump goes to its stub again. An indirect branch
//! probes the thread's table of entries and goes to Rust where it misses. Stubs lie behind the unit,
//! off its straight path; so do the flag saves that only a taken branch needs.

use super::flags::{Flags, Host};
use super::fp_compare::Parity;
use super::{Context, Fit, Lower, OutgoingJump, OutgoingLink};
use crate::cpu::state::Exclusive;
use crate::interp::{landing, targets};
use crate::jit::again::Again;
use crate::jit::asm::{Alu, Cc, slot, with_mem};
use crate::jit::entry::{self, ENTRY_BITS, Thread, exit};
use crate::jit::ir::{Recorder, Ref, Registers, Wanted};
use crate::jit::jumps::JumpSite;
use crate::jit::regs::{Mem, Operand, RAX, RCX, STATE};
use crate::jit::text::Mode;
use crate::jit::trampolines::Trampolines;
use crate::jit::units::Zeros;
use crate::jit::vex::VPTEST;
use crate::lift::{Indirect, Width};
use crate::memory::space;
use crate::value::int::Size;
use dynasmrt::{DynasmApi, dynasm};

/// BTYPE that an indirect branch at `pc` leaves, as far as anyone can tell: zero until a page is
/// guarded, which is when all code is translated anew.
fn btype(why: Indirect, pc: u64) -> u32 {
    if space().has_guards() { landing::btype(why, || space().is_guarded(pc)) } else { 0 }
}

/// Where a direct branch goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Destination {
    /// To an instruction of this unit, and where the flags have to be.
    Inside(u16, Bring),
    /// To a guest address outside; who is there knows where they have to be.
    Guest(u64),
}

/// What the way to an instruction brings of the flags.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Bring {
    /// Nothing.
    Nothing,
    /// They are in the state.
    Saved,
    /// They are only shown, when these registers may have been written: they are in the state, or it names an
    /// instruction that takes none of those.
    Named(Registers),
    /// They are in EFLAGS, in this form.
    Carried(Host),
    /// They are where the only way there leaves them.
    Inherited,
}

/// Code behind the unit.
pub(super) struct Stub {
    site: JumpSite,
    flags: Flags,
    to: Target,
}

/// What a stub is for.
enum Target {
    /// The taken branch.
    Branch(Destination),
    /// The interpreter, for the instruction at this address.
    Interpret(u64),
    /// A call of the interpreter, and where control comes back to.
    Aside(Insn, Option<usize>),
}

/// A jump behind the naming of the flags, where that begins, and the registers that it takes.
type Named = (OutgoingJump, u32, Registers);

/// An instruction for the interpreter.
#[derive(Clone, Copy, Default)]
pub(super) struct Insn {
    pc: u64,
    function: u16,
    word: u32,
}

impl Insn {
    pub(super) fn of(c: Context) -> Insn {
        Insn { pc: c.record.pc, function: c.record.function, word: c.record.word }
    }
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
        match to {
            Destination::Guest(_) if self.flags.saved => {}
            Destination::Guest(_) => {
                let site = self.asm.jump_out(None);
                self.stubs.push(Stub { site, flags: self.flags, to: Target::Branch(to) });
                return;
            }
            Destination::Inside(_, bring) => self.bring(bring),
        }
        self.jump(None, to);
    }

    /// Brings the flags to where an instruction expects them.
    pub fn bring(&mut self, bring: Bring) {
        match bring {
            Bring::Nothing | Bring::Inherited => {}
            Bring::Saved => self.save_flags_for_join(),
            Bring::Named(spoils) => {
                if !self.flags.saved && !self.name_flags(spoils) {
                    self.save_flags_for_join();
                }
            }
            Bring::Carried(form) => self.carry_flags(form),
        }
    }

    /// Where the next instruction expects the flags in the state.
    pub fn save_flags_for_join(&mut self) {
        // No scratch register is in use between instructions, so this has its rax.
        self.needs_order |= self.save_flags().is_err();
    }

    /// The code of step `index`, whose guest instruction is so many behind the unit's first, starts
    /// here.
    pub fn label(&mut self, index: usize, step: i16, wanted_in: Wanted, is_boundary: bool) {
        (self.wanted, self.step) = (wanted_in, index as u16);
        if is_boundary {
            self.note_boundary(step);
        }
        if let Some(label) = self.labels.get_mut(index) {
            *label = self.asm.len() as u32;
        }
    }

    /// Where the flags are on the only way to step `index`.
    pub fn inherited(&self, index: u16) -> Option<Flags> {
        self.inherited.iter().find(|&&(to, _)| to == index).map(|&(_, flags)| flags)
    }

    /// The unit starts here, with the flags in the state, and is about to go on where they are carried.
    pub fn enter_carried(&mut self, index: u16, step: i16, form: Host) {
        self.flags = Flags::SAVED;
        self.note_boundary(step);
        self.entrances.push((index, self.asm.len() as u32));
        self.carry_flags(form);
    }

    /// Others come to step `index`, where the flags are carried: by a way of their own.
    pub fn enter_carried_later(&mut self, index: u16, form: Host) {
        self.heads.push((index, form));
    }

    fn finish_entrances(&mut self) {
        for (index, form) in std::mem::take(&mut self.heads) {
            self.entrances.push((index, self.asm.len() as u32));
            self.flags = Flags::SAVED;
            self.carry_flags(form);
            self.jump(None, Destination::Inside(index, Bring::Nothing));
        }
    }

    pub(super) fn branch_if(&mut self, c: Context, cond: Ref) -> Fit<()> {
        let test = self.test(cond)?;
        let Some(to) = c.target else { return Ok(()) };
        match test.parity {
            Parity::Ignored => self.branch_on(test.cc, to),
            Parity::OrUnordered => {
                self.branch_on(test.cc, to);
                self.branch_on(Cc::P, to);
            }
            Parity::Ordered => {
                let over = self.asm.skip(Cc::P);
                self.branch_on(test.cc, to);
                self.asm.land(over);
            }
        }
        Ok(())
    }

    /// A jump to a destination on a host condition.
    fn branch_on(&mut self, cc: Cc, to: Destination) {
        let is_brought = match to {
            Destination::Inside(_, Bring::Nothing | Bring::Inherited) => true,
            Destination::Inside(_, Bring::Carried(form)) => self.flags.host == form,
            // A way back is likely to be taken, and a store leaves EFLAGS alone.
            Destination::Inside(to, Bring::Named(spoils)) => {
                self.flags.saved || to <= self.step && self.name_flags(spoils)
            }
            Destination::Guest(_) | Destination::Inside(_, Bring::Saved) => self.flags.saved,
        };
        let site = match to {
            Destination::Inside(..) if is_brought => return self.jump(Some(cc), to),
            Destination::Inside(..) => self.asm.jump_inside(Some(cc)),
            Destination::Guest(..) => self.asm.jump_out(Some(cc)),
        };
        self.stubs.push(Stub { site, flags: self.flags, to: Target::Branch(to) });
    }

    /// A jump on whose way nothing is left to be done.
    fn jump(&mut self, cc: Option<Cc>, to: Destination) {
        match to {
            Destination::Inside(index, bring) => {
                if bring == Bring::Inherited {
                    self.inherited.push((index, self.flags));
                }
                match self.labels.get(index as usize) {
                    Some(&label) if index <= self.step => self.asm.jump_back(cc, label as usize),
                    _ => self.forward.push((self.asm.jump_inside(cc), index)),
                }
            }
            Destination::Guest(pc) => {
                let site = self.asm.jump_out(cc);
                self.leave_to_link(pc, site, None, None);
            }
        }
    }

    /// BR, BLR, RET: an entry of the thread's table is the guest pc and the host address. With a BTYPE
    /// the entry is one for it, made after the interpreter has seen that the target allows it. Where the branch has
    /// always gone it goes by a jump like a direct branch's.
    pub(super) fn branch_to(&mut self, c: Context, to: Ref, why: Indirect) -> Fit<()> {
        let btype = btype(why, c.record.pc);
        self.save_flags()?;
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
        if let (true, 0, Some(expected)) = (why != Indirect::Return, btype, targets::only(c.record.pc)) {
            self.asm.mov_imm(index, expected);
            self.asm.alu(Alu::Cmp, Size::X, pc, Operand::Reg(index));
            let elsewhere = self.asm.skip(Cc::NE);
            let site = self.asm.jump_out(None);
            let to = Target::Branch(Destination::Guest(expected));
            self.stubs.push(Stub { site, flags: Flags::SAVED, to });
            self.asm.land(elsewhere);
        }
        let mut key = pc;
        if btype != 0 {
            self.busy |= 1 << RAX | 1 << RCX;
            key = self.temp()?;
            self.asm.mov(key, pc);
            let bit = (entry::BTYPE_BIT + btype) as i8;
            dynasm!(self.asm ; .arch x64 ; bts Rq(key), BYTE bit);
        }
        self.asm.mov32(index, pc);
        self.asm.alu(Alu::And, Size::W, index, Operand::Imm((1 << (ENTRY_BITS + 2)) - 4));
        // An entry has 16 bytes for 4 of guest code.
        let table = Thread::entries_slot(self.mode());
        let place = |offset: i32| (STATE, index, table + offset);
        let (base, index, disp) = place(0);
        dynasm!(self.asm ; .arch x64 ; cmp [DWORD Rq(base) + 4 * Rq(index) + disp], Rq(key));
        let miss = self.asm.jump_inside(Some(Cc::NE));
        let (base, index, disp) = place(8);
        dynasm!(self.asm ; .arch x64 ; jmp QWORD [DWORD Rq(base) + 4 * Rq(index) + disp]);
        let here = self.asm.len();
        self.asm.jump_to_offset(miss, here);
        self.asm.store_slot(Thread::PC, pc);
        if btype != 0 {
            self.asm.store_imm(Width::S, slot(Thread::BTYPE), btype as i32);
        }
        self.jump_out(exit::ANYWHERE);
        Ok(())
    }

    /// The mode that the unit is made for.
    fn mode(&self) -> Mode {
        match self.rec {
            Recorder { exact_fp: true, .. } => Mode::ExactFp,
            Recorder { watched: true, .. } => Mode::Watched,
            Recorder { looks_at_fpsr: true, .. } => Mode::ExactUnderflow,
            _ => Mode::Plain,
        }
    }

    /// A call: control is to come back behind `pc`, by way of an entry that a large program has seldom in its
    /// first-level cache by then. It costs one instruction to ask for it.
    pub(super) fn expect_return(&mut self, pc: u64) {
        let entry = slot(Thread::entry_slot(pc.wrapping_add(4), self.mode()));
        with_mem!(self.asm, entry, [prefetcht0 BYTE][]);
    }

    /// Has the interpreter execute the instruction, and goes on behind it. The flags are in the state
    /// before and after.
    pub(super) fn interpret(&mut self, c: Context) {
        self.needs_order |= c.is_swapped;
        self.save_flags_for_join();
        if !self.flags.saved {
            self.unlowered = Some(c.record.pc);
        }
        self.call_interpreter(Insn::of(c));
        self.interpreted += 1;
        (self.flags, self.wanted) = (Flags::SAVED, c.wanted_out);
        self.zeros = Zeros::default();
        self.forget_constants();
    }

    /// If the condition holds, the interpreter executes the instruction, of which nothing has been committed,
    /// and control goes on at [`Lower::come_back`]. The flags are in the state.
    pub(super) fn interpret_aside(&mut self, cc: Cc, c: Context) {
        let site = self.asm.jump_inside(Some(cc));
        self.push_aside(site, Insn::of(c));
    }

    /// The same for the present instruction, at its end, if a bit of the mask is set; EFLAGS are lost.
    pub(super) fn aside_if(&mut self, mask: u8) {
        self.asm.v2(VPTEST, mask, mask);
        let otherwise = self.asm.skip(Cc::E);
        self.reload_borrowed();
        let site = self.asm.jump_inside(None);
        self.push_aside(site, self.insn);
        self.asm.land(otherwise);
    }

    /// The interpreter finds the flags in the state, where they are brought on the way.
    fn push_aside(&mut self, site: JumpSite, insn: Insn) {
        // Nobody has seen to it that what the state may name is still there.
        if self.flags == Flags::LOST || self.flags == Flags::NAMED && !self.shows {
            self.unlowered = Some(insn.pc);
        }
        self.stubs.push(Stub { site, flags: self.flags, to: Target::Aside(insn, None) });
    }

    /// Where control goes on behind what was left to the interpreter aside.
    pub(super) fn come_back(&mut self) {
        let here = self.asm.len();
        for stub in self.stubs.iter_mut().rev() {
            match &mut stub.to {
                Target::Aside(_, back @ None) => *back = Some(here),
                _ => break,
            }
        }
    }

    fn call_interpreter(&mut self, Insn { pc, function, word }: Insn) {
        if let Some(counts) = self.trampolines.counts {
            self.asm.mov_imm(RCX, counts + 8 * u64::from(function));
            dynasm!(self.asm ; .arch x64 ; lock inc QWORD [rcx]);
        }
        self.set_pc(pc);
        self.asm.mov_imm(RCX, u64::from(function));
        self.asm.mov_imm(RAX, u64::from(word));
        // Data processing of general registers, and loads and stores (Arm ARM C4.1, op0).
        let is_integer = matches!(word >> 25 & 15, 0b1000 | 0b1001 | 0b0101 | 0b1101)
            || word >> 25 & 0b101 == 0b100
            // Hints, barriers, PSTATE, caches.
            || word >> 20 == 0xd50
            // SHA-512, SHA-3, SM3, SM4.
            || word >> 24 == 0xce;
        let Trampolines { interpret, interpret_integer, .. } = self.trampolines;
        self.asm.call(if is_integer { interpret_integer } else { interpret });
    }

    /// SVC.
    pub(super) fn svc(&mut self, pc: u64) {
        self.save_flags_for_join();
        self.set_pc(pc.wrapping_add(4));
        // The kernel's exception return clears the monitor (Arm ARM B2.9.5).
        self.asm.store_slot_imm(Thread::EXCLUSIVE, Exclusive::NONE as i32);
        self.jump_out(exit::SYSCALL);
    }

    /// Stops at a breakpoint.
    pub(super) fn breakpoint(&mut self, pc: u64) {
        self.save_flags_for_join();
        self.set_pc(pc);
        self.jump_out(exit::BREAKPOINT);
    }

    /// If the condition holds, this instruction, of which nothing has been committed, is the
    /// interpreter's. The flags are in the state.
    pub(super) fn interpret_if(&mut self, cc: Cc, c: Context) {
        let site = self.asm.jump_inside(Some(cc));
        self.stubs.push(Stub { site, flags: Flags::SAVED, to: Target::Interpret(c.record.pc) });
    }

    fn set_pc(&mut self, pc: u64) {
        match i32::try_from(pc as i64) {
            Ok(pc) => self.asm.store_slot_imm(Thread::PC, pc),
            Err(_) => {
                self.asm.mov_imm(RAX, pc);
                self.asm.store_slot(Thread::PC, RAX);
            }
        }
    }

    /// Goes to Rust for the unit at `pc`; the jump at `site` comes here until it is patched. What has saved
    /// the flags on the way here begins at an offset, and a jump goes there until that is patched.
    fn leave_to_link(&mut self, pc: u64, site: JumpSite, bypass: Option<OutgoingJump>, named: Option<Named>) {
        let stub = self.asm.len() as u32;
        self.asm.jump_to_offset(site, stub as usize);
        self.links.push(OutgoingLink { pc, last: OutgoingJump { site, stub }, bypass, named });
        self.asm.call(self.trampolines.leave_to_link);
        let link = self.asm.len() as u32;
        let jump = |jump: OutgoingJump| [link - jump.site.0 as u32, link - jump.stub];
        let [site, _] = jump(OutgoingJump { site, stub });
        let [bypass, saving] = bypass.map_or([0; 2], jump);
        let (named, naming, needed) =
            named.map_or_else(Default::default, |(is_named, at, needed)| (jump(is_named)[0], link - at, needed.0));
        [pc, needed].into_iter().for_each(|v| self.asm.extend(v.to_le_bytes()));
        [site, bypass, saving, named, naming].into_iter().for_each(|v| self.asm.extend(v.to_le_bytes()));
    }

    /// A branch out of the unit whose flags have to be seen to, which may be in three ways: not at all, naming the
    /// instruction that has set them, or saving them.
    fn leave_with_flags(&mut self, pc: u64, site: JumpSite) {
        let again = self.flags.again.filter(Again::is_in_place).map(|again| {
            let at = self.asm.len() as u32;
            self.asm.store_imm(Width::S, slot(Thread::FLAGS), again.word as i32);
            (self.asm.jump_out(None), at, again.needed)
        });
        let stub = self.asm.len() as u32;
        let named = again.map(|(site, at, needed)| {
            self.asm.jump_to_offset(site, stub as usize);
            (OutgoingJump { site, stub }, at, needed)
        });
        self.asm.jump_to_offset(site, stub as usize);
        self.save_flags_for_join();
        let last = self.asm.jump_out(None);
        self.leave_to_link(pc, last, Some(OutgoingJump { site, stub }), named);
    }

    fn jump_out(&mut self, why: u32) {
        self.asm.mov_imm(RAX, u64::from(why));
        let site = self.asm.jump_inside(None);
        self.asm.jump_to_address(site, self.trampolines.leave);
    }

    /// Writes the stubs, lets forward jumps arrive, and puts the constants behind it all.
    pub fn finish(&mut self) {
        self.note_end();
        let mut stubs = std::mem::take(&mut self.stubs);
        for stub in stubs.drain(..) {
            let here = self.asm.len();
            self.asm.jump_to_offset(stub.site, here);
            self.flags = stub.flags;
            match stub.to {
                Target::Interpret(pc) => {
                    self.set_pc(pc);
                    self.jump_out(exit::INTERPRET);
                }
                Target::Aside(insn, back) => {
                    self.save_flags_for_join();
                    self.call_interpreter(insn);
                    self.asm.jump_back(None, back.unwrap_or(here));
                }
                Target::Branch(Destination::Guest(pc)) if !stub.flags.saved => self.leave_with_flags(pc, stub.site),
                Target::Branch(Destination::Guest(pc)) => self.leave_to_link(pc, stub.site, None, None),
                Target::Branch(to @ Destination::Inside(_, bring)) => {
                    self.bring(bring);
                    self.jump(None, to);
                }
            }
        }
        self.stubs = stubs;
        self.finish_entrances();
        for (site, index) in self.forward.drain(..) {
            let label = self.labels.get(index as usize).copied().unwrap_or(0);
            self.asm.jump_to_offset(site, label as usize);
        }
        self.asm.finish_constants();
    }
}
