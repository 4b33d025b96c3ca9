//! From recorded instructions to host code.
//!
//! Instructions are lowered one at a time, their effects in order. A value is computed when an
//! effect wants it, straight into the register where it is wanted if that is safe, and a tree of
//! nodes becomes one host instruction where x86-64 has one (`add x0, x1, x2, lsl #3` is an lea, a
//! load swallows its address and its extension). What must not happen twice, or is wanted twice, is
//! remembered in [`Lower::loc`].
//!
//! Register nodes stand for values at the start of the instruction: a commit that would overwrite
//! one that a later effect still reads copies it first ([`Lower::preserve_x`]).
//!
//! A lowering that runs out of scratch registers, or that has no code for a node, is undone, and the
//! unit calls the interpreter for that instruction.

mod atomics;
mod bf16;
mod branch;
mod commit;
mod crc;
mod crypto;
mod estimate;
mod flags;
mod fp;
mod fp_compare;
mod fp_convert;
mod fp_half;
mod fp_quiet;
mod fp_tiny;
mod int;
mod kept;
mod lanes;
mod memory;
mod mops;
mod permute;
mod points;
mod products;
mod reduce;
mod registers;
mod saturating;
mod sha512;
mod shifts;
mod shifts_by_register;
mod sm;
mod vector;
mod widen;

#[cfg(test)]
mod tests;

pub use branch::{Bring, Destination};
pub use crypto::Round;
pub use flags::{Flags, Host};
pub use fp_compare::SAVED as COMPARED;

use super::again::Again;
use super::asm::Asm;
use super::cache::{Point, Source};
use super::entry::{Jumps, SPILLS, SPILLS_X};
use super::ir::{Effect, Node, Record, Recorder, Ref, Registers, Wanted};
use super::jumps::JumpSite;
use super::regs::SCRATCH_X;
use super::trampolines::Trampolines;
use super::units::Zeros;
use crate::lift::Indirect;
use branch::Stub;
use std::ops::Range;

/// This node, or this many scratch registers, cannot be had.
#[derive(Debug)]
pub struct Unfit;

/// Result of lowering.
type Fit<T> = Result<T, Unfit>;

/// No register.
const NOWHERE: u8 = 0xff;

/// What the unit's analysis says about an instruction.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// Recorded instruction.
    pub record: &'a Record,
    /// What its own effects and later instructions want of the flags that hold before it.
    pub wanted_in: Wanted,
    /// What later instructions want of the flags that hold after it.
    pub wanted_out: Wanted,
    /// How those that it sets can be computed again, if that will do where they are wanted but not read.
    pub again: Option<Again>,
    /// From it on, before the flags are set anew, the host's are lost while they may still be shown.
    pub costs_flags: bool,
    /// Whether it has changed places with its neighbour.
    pub is_swapped: bool,
    /// It overwrites a register whose old value the next instruction reads ...
    pub keeps: Option<u8>,
    /// ... or is that instruction.
    pub kept: Option<u8>,
    /// Where its direct branch goes; None if that is the next instruction of the unit.
    pub target: Option<Destination>,
}

/// A jump, and the offset to which it goes at first.
#[derive(Clone, Copy, Debug)]
pub struct OutgoingJump {
    /// The jump.
    pub site: JumpSite,
    /// The offset.
    pub stub: u32,
}

/// A direct branch out of the unit: see [`super::entry::Jumps`].
#[derive(Clone, Copy, Debug)]
pub struct OutgoingLink {
    /// Guest address.
    pub pc: u64,
    /// The jump behind the saving of the flags.
    pub last: OutgoingJump,
    /// The one before it.
    pub bypass: Option<OutgoingJump>,
    /// The one behind their naming, the offset where that begins, and the registers that it takes.
    pub named: Option<(OutgoingJump, u32, Registers)>,
}

/// What a lowering works with and leaves behind, to be used again for the next one.
#[derive(Default)]
pub struct Buffers {
    loc: Vec<u8>,
    stubs: Vec<Stub>,
    forward: Vec<(JumpSite, u16)>,
    /// What holds where in the code, for signal handlers.
    pub points: Vec<Point>,
    /// Instructions whose flags can be computed again.
    pub sources: Vec<Source>,
    /// Offset of each lowered instruction's code.
    pub labels: Vec<u32>,
    /// Where others enter there if that is not the same: the flags are carried, and have to be loaded first.
    pub entrances: Vec<(u16, u32)>,
    /// Ways out of the unit.
    pub links: Vec<OutgoingLink>,
}

/// The lowering of one unit.
pub struct Lower<'a> {
    /// The code.
    pub asm: &'a mut Asm,
    rec: &'a Recorder,
    /// Register that holds a node's value, or [`NOWHERE`]; beside the nodes.
    loc: Vec<u8>,
    /// Scratch registers in use, and those in use until the instruction's end; a bit each.
    busy: u32,
    held: u32,
    /// The same for vector registers.
    busy_v: u32,
    held_v: u32,
    /// Pinned vector registers that serve as scratch registers, in the order of their spill places.
    borrowed: [Option<u8>; SPILLS],
    /// The same of general-purpose registers.
    borrowed_x: [Option<u8>; SPILLS_X],
    /// Whether that is allowed: a register is being computed, and no fault can come between.
    may_borrow: bool,
    /// The instruction being lowered: its nodes and its effects.
    nodes: Range<u32>,
    effects: Range<u32>,
    /// Where NZCV is.
    pub flags: Flags,
    /// What is still wanted of the present flags.
    wanted: Wanted,
    /// Offset behind the last `and`, whose flags are still there if nothing follows it.
    anded: usize,
    /// V registers whose upper parts are known to be zero.
    pub zeros: Zeros,
    /// The same at the instruction's start.
    before: Zeros,
    /// The instruction must not trap.
    careful: bool,
    /// The instruction itself.
    insn: branch::Insn,
    /// It may show the flags that there are before it.
    shows: bool,
    /// The AES round just before.
    pub round: Option<Round>,
    /// Counts the operations that may set QC.
    qc_turn: usize,
    /// Registers that are known to hold a constant, a bit each, and those constants.
    is_constant: u32,
    constants: [u64; 31],
    stubs: Vec<Stub>,
    points: Vec<Point>,
    sources: Vec<Source>,
    /// What is lowered lies behind the last instruction.
    is_behind: bool,
    /// Jumps that wait for an instruction of this unit to be lowered.
    forward: Vec<(JumpSite, u16)>,
    /// Where the flags are on the only way to an instruction.
    inherited: Vec<(u16, Flags)>,
    labels: Vec<u32>,
    /// The last instruction that has one.
    step: u16,
    entrances: Vec<(u16, u32)>,
    /// Instructions to which flags are carried in this form, and that are entered from outside, too.
    heads: Vec<(u16, Host)>,
    links: Vec<OutgoingLink>,
    trampolines: Trampolines,
    /// Instructions that were left to the interpreter.
    pub interpreted: u64,
    /// One of them has changed places with another, which does not do: a signal may come behind it. Or flags
    /// could not be computed again for want of registers.
    pub needs_order: bool,
    /// Another one, at this address, would show flags that are not there.
    pub unlowered: Option<u64>,
}

impl OutgoingLink {
    /// Its jumps in a unit at `base`.
    pub fn jumps(&self, base: u64) -> Jumps {
        let at = |jump: OutgoingJump| (base + jump.site.0 as u64, base + u64::from(jump.stub));
        Jumps {
            last: at(self.last),
            bypass: self.bypass.map(at),
            named: self.named.map(|(named, naming, needed)| (at(named), base + u64::from(naming), needed)),
        }
    }
}

impl<'a> Lower<'a> {
    /// A lowering of what `rec` holds, `count` instructions.
    pub fn new(
        asm: &'a mut Asm,
        rec: &'a Recorder,
        count: usize,
        trampolines: Trampolines,
        mut buffers: Buffers,
    ) -> Self {
        buffers.loc.clear();
        buffers.loc.resize(rec.nodes.len(), NOWHERE);
        buffers.labels.clear();
        buffers.labels.resize(count, 0);
        buffers.points.clear();
        buffers.sources.clear();
        buffers.entrances.clear();
        buffers.links.clear();
        let Buffers { loc, stubs, forward, points, sources, labels, entrances, links } = buffers;
        Lower {
            asm,
            loc,
            rec,
            busy: 0,
            held: 0,
            busy_v: 0,
            held_v: 0,
            borrowed: [None; SPILLS],
            borrowed_x: [None; SPILLS_X],
            may_borrow: false,
            nodes: 0..0,
            effects: 0..0,
            flags: Flags::SAVED,
            wanted: Wanted::default(),
            anded: usize::MAX,
            zeros: Zeros::default(),
            before: Zeros::default(),
            careful: false,
            insn: Default::default(),
            shows: false,
            is_constant: 0,
            constants: [0; 31],
            round: None,
            qc_turn: 0,
            stubs,
            points,
            sources,
            is_behind: false,
            forward,
            inherited: Vec::new(),
            labels,
            step: 0,
            entrances,
            heads: Vec::new(),
            links,
            trampolines,
            interpreted: 0,
            needs_order: false,
            unlowered: None,
        }
    }

    /// What it leaves behind.
    pub fn into_buffers(self) -> Buffers {
        let Lower { loc, stubs, forward, points, sources, labels, entrances, links, .. } = self;
        Buffers { loc, stubs, forward, points, sources, labels, entrances, links }
    }

    /// Lowers one instruction.
    pub fn instruction(&mut self, c: Context) {
        let (start, flags, zeros) = (self.asm.len(), self.flags, self.zeros);
        let counts =
            (self.stubs.len(), self.points.len(), self.forward.len(), self.sources.len(), self.inherited.len());
        for attempt in 0..4 {
            self.careful = c.record.careful || attempt == 2;
            let done = match attempt {
                0 => self.effects(c),
                // What may trap does with the scratch registers; in the form that does not, it may lend itself others.
                2 if c.record.careful || !self.may_trap(c) => continue,
                1 | 2 => {
                    // Saving the flags later on may have lacked its register.
                    self.wanted = c.wanted_in;
                    self.save_flags().and_then(|()| self.effects(c))
                }
                _ => {
                    self.interpret(c);
                    Ok(())
                }
            };
            (self.busy, self.held, self.busy_v, self.held_v) = (0, 0, 0, 0);
            (self.borrowed, self.borrowed_x, self.may_borrow) = ([None; SPILLS], [None; SPILLS_X], false);
            if done.is_ok() {
                self.follow_values(c);
                break;
            }
            self.asm.truncate(start);
            (self.flags, self.zeros) = (flags, zeros);
            self.forget_constants();
            self.stubs.truncate(counts.0);
            self.points.truncate(counts.1);
            self.forward.truncate(counts.2);
            self.sources.truncate(counts.3);
            self.inherited.truncate(counts.4);
            self.loc.fill(NOWHERE);
        }
    }

    fn effects(&mut self, c: Context) -> Fit<()> {
        self.wanted = c.wanted_in;
        self.before = self.zeros;
        (self.nodes, self.effects) = (c.record.nodes.clone(), c.record.effects.clone());
        self.insn = branch::Insn::of(c);
        self.shows = c.record.faults || c.record.reads_flags;
        self.keep_values(c)?;
        self.keep_old(c);
        let range = c.record.effects.start as usize..c.record.effects.end as usize;
        let rec = self.rec;
        let effects = rec.effects.get(range).unwrap_or_default();
        for (i, &effect) in effects.iter().enumerate() {
            let rest = effects.get(i + 1..).unwrap_or_default();
            match effect {
                Effect::Eval(r) => self.eval(c, r, rest)?,
                Effect::SetX(x, v) => self.set_x(c, x, v, rest)?,
                Effect::SetV(d, v) => self.set_v(c, d, v, rest)?,
                Effect::Store { width, release, addr, v } => self.store(width, release, addr, v)?,
                Effect::StoreV { width, addr, v } => self.store_v(width, addr, v)?,
                Effect::SetNz(sz, v) => self.set_nz(c, sz, v, rest)?,
                Effect::CondCompare { c: cond, sub, sz, a, b, imm } => {
                    self.cond_compare(c, cond, sub, sz, a, b, imm)?;
                }
                Effect::FpCompare { ty, signal_nans, careful, a, b } => {
                    self.fp_compare(c, ty, (signal_nans, careful), a, b)?;
                }
                Effect::FpCondCompare { c: cond, ty, signal_nans, a, b, imm } => {
                    self.fp_cond_compare(c, cond, ty, signal_nans, a, b, imm)?;
                }
                Effect::Fence => self.fence()?,
                Effect::CheckAlignment(addr, bytes) => self.check_alignment(c, addr, bytes)?,
                Effect::InterpretUnlessZero(v) => self.interpret_unless_zero(c, v)?,
                Effect::ClearExclusive => self.clear_exclusive(),
                Effect::MoveMemory(what, registers) => self.move_memory(c, what, registers)?,
                Effect::SetState(disp, v) => self.set_state(disp, v)?,
                Effect::Branch(_) => {
                    if c.record.calls {
                        self.expect_return(c.record.pc);
                    }
                    self.branch(c)?;
                }
                Effect::BranchIf(cond, _) => self.branch_if(c, cond)?,
                Effect::BranchTo(to, why) => {
                    if why == Indirect::Call {
                        self.expect_return(c.record.pc);
                    }
                    self.branch_to(c, to, why)?;
                }
                Effect::Interpret => self.interpret(c),
                Effect::Svc => self.svc(c.record.pc),
                Effect::Breakpoint => self.breakpoint(c.record.pc),
            }
            self.release(rest);
            (self.busy, self.busy_v) = (self.held, self.held_v);
        }
        self.come_back();
        Ok(())
    }

    /// Whether a value of the instruction may be invalid.
    fn may_trap(&self, c: Context) -> bool {
        c.record.nodes.clone().any(|n| self.rec.node(Ref(n as u16)).may_trap())
    }

    /// Between two instructions that have changed places an old value stays in a scratch register.
    fn keep_old(&mut self, c: Context) {
        let [_, keeper, _] = SCRATCH_X;
        if let Some(x) = c.keeps {
            self.load_x(keeper, x);
        }
        if let Some(x) = c.kept {
            self.relocate(c, Node::X(x), keeper);
        }
        if c.keeps.or(c.kept).is_some() {
            self.busy |= 1 << keeper;
            self.held |= 1 << keeper;
        }
    }

    /// Lets go of what no later effect of the instruction wants.
    fn release(&mut self, rest: &[Effect]) {
        if self.held | self.held_v == 0 || rest.is_empty() {
            return;
        }
        let mut wanted = 0;
        for &effect in rest {
            Recorder::effect_operands(effect, |r| self.find_wanted(r, &mut wanted));
        }
        (self.held, self.held_v) = (self.held & wanted, self.held_v & wanted);
    }

    /// Registers, of both kinds, that hold what is needed for a value; a bit each.
    fn find_wanted(&self, r: Ref, wanted: &mut u32) {
        match self.location(r) {
            Some(reg) => *wanted |= 1 << reg,
            None => Recorder::operands(self.rec.node(r), |o| self.find_wanted(o, wanted)),
        }
    }

    /// Computes a value whose time has come: a load, or a sum that sets flags.
    fn eval(&mut self, c: Context, r: Ref, rest: &[Effect]) -> Fit<()> {
        match self.rec.node(r) {
            Node::Load { width, addr } => self.eval_load(r, width, addr, rest),
            Node::Rmw { op, width, addr, v } => self.eval_rmw(r, op, width, addr, v),
            Node::Cas { width, addr, expected, new } => self.eval_cas(r, width, addr, expected, new),
            Node::LoadExclusive { width, addr } => self.eval_load_exclusive(r, width, addr),
            Node::StoreExclusive { width, addr, v } => self.eval_store_exclusive(r, width, addr, v),
            Node::LoadV { width, addr } => self.eval_load_v(r, width, addr, rest),
            Node::Sum { sub, sz, a, b } => self.eval_sum(c, r, sub, sz, a, b, rest),
            Node::SumCarry { sub, sz, a, b, set } => self.eval_sum_carry(c, r, sub, sz, a, b, set, rest),
            Node::FpToIntJs(a) => self.eval_fp_to_int_js(c, r, a, rest),
            _ => Err(Unfit),
        }
    }

    /// Control may come here with other registers.
    pub fn forget_constants(&mut self) {
        self.is_constant = 0;
    }

    /// The value that a register is set to, if it is known: MOVZ and the MOVKs behind it make one constant.
    fn known(&self, v: Ref) -> Option<u64> {
        match self.rec.node(v) {
            Node::Imm(v) => Some(v),
            Node::Insert { sz, dst, src, lsb, width } => match (self.rec.node(dst), self.rec.constant(src)) {
                (Node::X(x), Some(src)) if self.is_constant >> x & 1 != 0 => {
                    let mask = crate::value::bits::ones(u32::from(width)) << lsb;
                    let old = self.constants.get(x as usize)?;
                    Some(sz.trunc(old & !mask | src << lsb & mask))
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// Takes note of what a register is set to.
    fn note_constant(&mut self, x: u8, known: Option<u64>) {
        match (known, self.constants.get_mut(x as usize)) {
            (Some(v), Some(place)) => {
                *place = v;
                self.is_constant |= 1 << x;
            }
            _ => self.is_constant &= !(1 << x),
        }
    }
}
