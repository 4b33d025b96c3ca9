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
mod branch;
mod crc;
mod crypto;
mod flags;
mod fp;
mod fp_compare;
mod fp_convert;
mod fp_half;
mod int;
mod lanes;
mod memory;
mod permute;
mod points;
mod reduce;
mod saturating;
mod shifts;
mod vector;
mod widen;

#[cfg(test)]
mod tests;

pub use branch::Destination;
pub use crypto::Round;
pub use flags::Flags;
pub use fp_compare::SAVED as COMPARED;

use super::asm::{Alu, Asm, Cc, JumpSite, slot, with_mem};
use super::cache::Point;
use super::entry::{SPILLS, SPILLS_X, Thread, Trampolines};
use super::ir::{Conditions, Effect, Node, Record, Recorder, Ref, SP};
use super::regs::{self, Mem, Operand};
use super::units::Zeros;
use crate::value::int::{Int2, Size};
use branch::Stub;
use dynasmrt::{DynasmApi, dynasm};
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
    /// Whether its own effects or later instructions read the flags that hold before it.
    pub live_in: bool,
    /// Whether later instructions read the flags that hold after it.
    pub live_out: bool,
    /// What later instructions read of those.
    pub wanted: Conditions,
    /// Whether it has changed places with its neighbour.
    pub is_swapped: bool,
    /// Where its direct branch goes; None if that is the next instruction of the unit.
    pub target: Option<Destination>,
}

/// A direct branch out of the unit.
#[derive(Clone, Copy, Debug)]
pub struct OutgoingLink {
    /// The jump.
    pub site: JumpSite,
    /// Offset of its stub, to which it goes at first.
    pub stub: u32,
    /// Guest address.
    pub pc: u64,
}

/// What a lowering works with and leaves behind, to be used again for the next one.
#[derive(Default)]
pub struct Buffers {
    loc: Vec<u8>,
    stubs: Vec<Stub>,
    forward: Vec<(JumpSite, u16)>,
    /// What holds where in the code, for signal handlers.
    pub points: Vec<Point>,
    /// Offset of each lowered instruction's code; 0 where there is none yet.
    pub labels: Vec<u32>,
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
    /// Whether the present flags are still wanted.
    live: bool,
    /// Offset behind the last `and`, whose flags are still there if nothing follows it.
    anded: usize,
    /// V registers whose upper parts are known to be zero.
    pub zeros: Zeros,
    /// The same at the instruction's start.
    before: Zeros,
    /// The instruction must not trap, if that can be.
    careful: bool,
    /// The AES round just before.
    pub round: Option<Round>,
    /// Counts the operations that may set QC.
    qc_place: usize,
    /// Registers that are known to hold a constant, a bit each, and those constants.
    is_constant: u32,
    constants: [u64; 31],
    stubs: Vec<Stub>,
    points: Vec<Point>,
    /// Jumps that wait for an instruction of this unit to be lowered.
    forward: Vec<(JumpSite, u16)>,
    labels: Vec<u32>,
    links: Vec<OutgoingLink>,
    trampolines: Trampolines,
    /// Instructions that were left to the interpreter.
    pub interpreted: u64,
    /// One of them has changed places with another, which does not do: a signal may come behind it.
    pub has_interpreted_swapped: bool,
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
        buffers.links.clear();
        let Buffers { loc, stubs, forward, points, labels, links } = buffers;
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
            live: false,
            anded: usize::MAX,
            zeros: Zeros::default(),
            before: Zeros::default(),
            careful: false,
            is_constant: 0,
            constants: [0; 31],
            round: None,
            qc_place: 0,
            stubs,
            points,
            forward,
            labels,
            links,
            trampolines,
            interpreted: 0,
            has_interpreted_swapped: false,
        }
    }

    /// What it leaves behind.
    pub fn into_buffers(self) -> Buffers {
        let Lower { loc, stubs, forward, points, labels, links, .. } = self;
        Buffers { loc, stubs, forward, points, labels, links }
    }

    /// Lowers one instruction.
    pub fn instruction(&mut self, c: Context) {
        let (start, flags, zeros) = (self.asm.len(), self.flags, self.zeros);
        let counts = (self.stubs.len(), self.points.len(), self.forward.len());
        for attempt in 0..3 {
            let done = match attempt {
                0 => self.effects(c),
                1 => {
                    // Saving the flags later on may have lacked its register.
                    self.live = c.live_in;
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
                break;
            }
            self.asm.truncate(start);
            (self.flags, self.zeros) = (flags, zeros);
            self.forget_constants();
            self.stubs.truncate(counts.0);
            self.points.truncate(counts.1);
            self.forward.truncate(counts.2);
            self.loc.fill(NOWHERE);
        }
    }

    fn effects(&mut self, c: Context) -> Fit<()> {
        self.live = c.live_in;
        self.before = self.zeros;
        (self.nodes, self.effects) = (c.record.nodes.clone(), c.record.effects.clone());
        self.careful = c.record.careful;
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
                Effect::SetState(disp, v) => self.set_state(disp, v)?,
                Effect::Branch(_) => self.branch(c)?,
                Effect::BranchIf(cond, _) => self.branch_if(c, cond)?,
                Effect::BranchTo(to, why) => self.branch_to(to, branch::btype(why, c.record.pc))?,
                Effect::Interpret => self.interpret(c),
                Effect::Svc => self.svc(c.record.pc),
                Effect::Breakpoint => self.breakpoint(c.record.pc),
            }
            self.release(rest);
            (self.busy, self.busy_v) = (self.held, self.held_v);
        }
        Ok(())
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

    // ── commits ────────────────────────────────────────────────────────────────────────────────

    fn set_x(&mut self, c: Context, x: u8, v: Ref, rest: &[Effect]) -> Fit<()> {
        if x == SP && !self.keeps_sp_aligned(v) {
            return self.set_sp(c, v, rest);
        }
        let known = self.known(v);
        self.note_constant(x, known);
        if let (Some(value), Node::Insert { .. }, true) = (known, self.rec.node(v), rest.is_empty()) {
            return self.set_constant(x, value);
        }
        let pinned = self.pinned_x(x);
        if pinned.is_some() && self.leaf(v) == pinned.map(Operand::Reg) {
            return Ok(());
        }
        self.preserve_x(c, x, rest)?;
        self.may_borrow = true;
        match pinned {
            Some(dst) => self.compute(v, dst)?,
            None => self.set_slot(x, v)?,
        }
        self.may_borrow = false;
        self.give_back();
        Ok(())
    }

    /// Whether SP is known to stay a multiple of 16, as it always is while a unit runs, so that no
    /// access through it has to check.
    fn keeps_sp_aligned(&self, v: Ref) -> bool {
        match self.rec.node(v) {
            Node::X(SP) => true,
            Node::Int2(Int2::Add | Int2::Sub, Size::X, a, b) => {
                self.rec.node(a) == Node::X(SP) && self.rec.constant(b).is_some_and(|v| v & 15 == 0)
            }
            Node::Int2(Int2::And, Size::X, _, b) => self.rec.constant(b).is_some_and(|v| v & 15 == 0),
            _ => false,
        }
    }

    /// SP from anything: if that is no multiple of 16, the interpreter goes on.
    fn set_sp(&mut self, c: Context, v: Ref, rest: &[Effect]) -> Fit<()> {
        if c.record.effects.len() != 1 || !rest.is_empty() {
            // Something else is committed, too: SP's new value is checked by who leaves the interpreter.
            return Err(Unfit);
        }
        self.clobber()?;
        let new = self.gpr(v)?;
        self.asm.alu(Alu::Test, Size::W, new, Operand::Imm(15));
        self.interpret_if(Cc::NE, c);
        if let Some(sp) = self.pinned_x(SP) {
            self.asm.mov(sp, new);
        }
        Ok(())
    }

    fn set_constant(&mut self, x: u8, value: u64) -> Fit<()> {
        match self.pinned_x(x) {
            Some(dst) => self.asm.mov_imm(dst, value),
            None => {
                let t = self.temp()?;
                self.asm.mov_imm(t, value);
                self.asm.store_slot(Thread::x_slot(x), t);
            }
        }
        Ok(())
    }

    /// An unpinned register.
    fn set_slot(&mut self, x: u8, v: Ref) -> Fit<()> {
        let disp = Thread::x_slot(x);
        match self.leaf(v) {
            Some(Operand::Imm(imm)) if imm as i32 as i64 == imm => self.asm.store_slot_imm(disp, imm as i32),
            Some(Operand::Reg(src)) => self.asm.store_slot(disp, src),
            _ => {
                let src = self.gpr(v)?;
                self.asm.store_slot(disp, src);
            }
        }
        Ok(())
    }

    fn set_v(&mut self, c: Context, d: u8, v: Ref, rest: &[Effect]) -> Fit<()> {
        let known = self.before.of(self.rec, v);
        self.may_borrow = true;
        self.commit_v(c, d, v, rest)?;
        self.may_borrow = false;
        self.give_back();
        self.note_round(d);
        self.zeros.set(d, known);
        Ok(())
    }

    fn commit_v(&mut self, c: Context, d: u8, v: Ref, rest: &[Effect]) -> Fit<()> {
        match self.pinned_v(d) {
            Some(dst) => {
                if self.leaf_v(v) != Some(Operand::Reg(dst)) {
                    self.preserve_v(c, d, rest)?;
                    self.compute_v(v, dst)?;
                }
            }
            None => {
                let src = self.vec(v)?;
                self.preserve_v(c, d, rest)?;
                self.store_v_slot(d, src);
            }
        }
        Ok(())
    }

    /// The register that a value evaluated now will be committed to, if it may be written already:
    /// `(guest register, node that is committed)`. A sign or zero extension on the way is swallowed
    /// by the load. Arm leaves the destinations of a load that faults open, so a pair's first half
    /// may be written before its second is read; a base register may not, and is not, because the
    /// second half still reads it.
    fn destination(&self, r: Ref, rest: &[Effect]) -> Option<(u8, Ref)> {
        let (at, x, v) = rest.iter().enumerate().find_map(|(i, e)| match *e {
            Effect::SetX(x, v) if v == r || self.extends(v, r) => Some((i, x, v)),
            _ => None,
        })?;
        let others = rest.iter().enumerate().filter(|&(i, _)| i != at);
        let free = others.clone().all(|(_, &e)| !self.effect_reads(e, Node::X(x)));
        free.then_some((x, v))
    }

    /// Whether `v` is an extension of `r` and nothing else uses `r`.
    fn extends(&self, v: Ref, r: Ref) -> bool {
        use crate::value::int::Int1::*;
        matches!(self.rec.node(v), Node::Int1(Sxtb | Sxth | Sxtw, _, a) if a == r) && self.rec.use_count(r) == 2
    }

    /// Whether an effect still has to read a register node.
    fn effect_reads(&self, e: Effect, what: Node) -> bool {
        let mut reads = false;
        Recorder::effect_operands(e, |r| {
            // The Eval of a node is what reads its operands.
            let eval = matches!(e, Effect::Eval(n) if n == r);
            reads |= if eval { self.operands_read(r, what) } else { self.reads(r, what) };
        });
        reads
    }

    fn operands_read(&self, r: Ref, what: Node) -> bool {
        let mut reads = false;
        Recorder::operands(self.rec.node(r), |o| reads |= self.reads(o, what));
        reads
    }

    /// Whether computing `r` from now on reads a register node.
    fn reads(&self, r: Ref, what: Node) -> bool {
        let node = self.rec.node(r);
        if self.location(r).is_some() {
            return false;
        }
        match node {
            Node::Load { .. }
            | Node::LoadV { .. }
            | Node::Sum { .. }
            | Node::SumCarry { .. }
            | Node::Rmw { .. }
            | Node::Cas { .. }
            | Node::LoadExclusive { .. }
            | Node::StoreExclusive { .. } => false,
            _ => node == what || self.operands_read(r, what),
        }
    }

    /// Before X`x` is overwritten: its old value goes to a scratch register if anything wants it.
    fn preserve_x(&mut self, c: Context, x: u8, rest: &[Effect]) -> Fit<()> {
        let what = Node::X(x);
        if !rest.iter().any(|&e| self.effect_reads(e, what)) {
            return Ok(());
        }
        let copy = self.temp()?;
        self.held |= 1 << copy;
        match self.pinned_x(x) {
            Some(old) => self.asm.mov(copy, old),
            None => self.asm.load_slot(copy, Thread::x_slot(x)),
        }
        self.relocate(c, what, copy);
        Ok(())
    }

    /// Before V`d` is overwritten.
    fn preserve_v(&mut self, c: Context, d: u8, rest: &[Effect]) -> Fit<()> {
        let what = Node::V(d);
        if !rest.iter().any(|&e| self.effect_reads(e, what)) {
            return Ok(());
        }
        let copy = self.temp_v()?;
        self.held_v |= 1 << copy;
        match self.pinned_v(d) {
            Some(old) => self.mov_v(copy, old),
            None => self.load_v_slot(copy, d),
        }
        self.relocate(c, what, copy);
        Ok(())
    }

    fn relocate(&mut self, c: Context, what: Node, reg: u8) {
        for n in c.record.nodes.start..c.record.nodes.end {
            let r = Ref(n as u16);
            if self.rec.node(r) == what {
                self.place(r, reg);
            }
        }
    }

    // ── where values are ───────────────────────────────────────────────────────────────────────

    fn pinned_x(&self, x: u8) -> Option<u8> {
        regs::X.get(x as usize).copied().flatten()
    }

    fn pinned_v(&self, v: u8) -> Option<u8> {
        regs::V.get(v as usize).copied().flatten()
    }

    fn location(&self, r: Ref) -> Option<u8> {
        self.loc.get(r.0 as usize).copied().filter(|&reg| reg != NOWHERE)
    }

    /// Notes that a register holds the node's value.
    fn place(&mut self, r: Ref, reg: u8) {
        if let Some(loc) = self.loc.get_mut(r.0 as usize) {
            *loc = reg;
        }
    }

    /// The value where it already is.
    fn leaf(&self, r: Ref) -> Option<Operand> {
        if let Some(reg) = self.location(r) {
            return Some(Operand::Reg(reg));
        }
        match self.rec.node(r) {
            Node::X(x) => Some(self.pinned_x(x).map_or(Operand::Slot(Thread::x_slot(x)), Operand::Reg)),
            Node::Imm(v) => Some(Operand::Imm(v as i64)),
            Node::State(disp) => Some(Operand::Slot(disp)),
            _ => None,
        }
    }

    /// A free scratch register, until the operation's end, or a pinned one that this instruction does
    /// not use.
    fn temp(&mut self) -> Fit<u8> {
        let free = |&reg: &u8| self.busy >> reg & 1 == 0;
        let borrowed = self.borrowed_x.iter().flatten().copied();
        let reg = match regs::SCRATCH_X.into_iter().chain(borrowed).find(free) {
            Some(reg) => reg,
            None => self.borrow_x()?,
        };
        self.busy |= 1 << reg;
        Ok(reg)
    }

    /// [`Lower::borrow_v`] of a general-purpose register.
    fn borrow_x(&mut self) -> Fit<u8> {
        let place = self.borrowed_x.iter().position(Option::is_none).filter(|_| self.may_borrow).ok_or(Unfit)?;
        let mut used = 0;
        for n in self.nodes.clone() {
            match self.rec.node(Ref(n as u16)) {
                Node::X(x) => used |= self.pinned_x(x).map_or(0, |reg| 1 << reg),
                node if node.is_floating_point() => return Err(Unfit),
                _ => {}
            }
        }
        let effects = self.rec.effects.get(self.effects.start as usize..self.effects.end as usize);
        for effect in effects.unwrap_or_default() {
            if let Effect::SetX(x, _) = *effect {
                used |= self.pinned_x(x).map_or(0, |reg| 1 << reg);
            }
        }
        used = self.borrowed_x.iter().flatten().fold(used, |used, &reg| used | 1 << reg);
        let reg = regs::PINNED_X.into_iter().map(|(_, reg)| reg).rfind(|&reg| used >> reg & 1 == 0).ok_or(Unfit)?;
        self.asm.store_slot(Thread::SPILL_X + 8 * place as i32, reg);
        self.borrowed_x[place] = Some(reg);
        Ok(reg)
    }

    /// A particular scratch register.
    fn temp_at(&mut self, reg: u8) -> Fit<()> {
        if self.busy >> reg & 1 != 0 {
            return Err(Unfit);
        }
        self.busy |= 1 << reg;
        Ok(())
    }

    /// A free scratch vector register, or a pinned one that this instruction does not use.
    fn temp_v(&mut self) -> Fit<u8> {
        let free = |&reg: &u8| self.busy_v >> reg & 1 == 0;
        let borrowed = self.borrowed.iter().flatten().copied();
        let reg = match regs::SCRATCH_V.into_iter().chain(borrowed).find(free) {
            Some(reg) => reg,
            None => self.borrow_v()?,
        };
        self.busy_v |= 1 << reg;
        Ok(reg)
    }

    /// Saves a pinned register in the thread's record. Not where an exception could show it: the
    /// registers of an instruction that traps are taken as they are.
    fn borrow_v(&mut self) -> Fit<u8> {
        let place = self.borrowed.iter().position(Option::is_none).filter(|_| self.may_borrow).ok_or(Unfit)?;
        // V0's register has uses of its own (SHA-NI).
        let mut used = 1;
        for n in self.nodes.clone() {
            match self.rec.node(Ref(n as u16)) {
                Node::V(v) => used |= self.pinned_v(v).map_or(0, |reg| 1 << reg),
                node if node.is_floating_point() => return Err(Unfit),
                _ => {}
            }
        }
        let effects = self.rec.effects.get(self.effects.start as usize..self.effects.end as usize);
        for effect in effects.unwrap_or_default() {
            if let Effect::SetV(v, _) = *effect {
                used |= self.pinned_v(v).map_or(0, |reg| 1 << reg);
            }
        }
        used = self.borrowed.iter().flatten().fold(used, |used, &reg| used | 1 << reg);
        let reg = regs::PINNED_V.into_iter().map(|(_, reg)| reg).find(|&reg| used >> reg & 1 == 0).ok_or(Unfit)?;
        with_mem!(self.asm, slot(Thread::SPILL + 16 * place as i32), [vmovaps OWORD][, Rx(reg)]);
        self.borrowed[place] = Some(reg);
        Ok(reg)
    }

    /// Reloads what was borrowed.
    fn give_back(&mut self) {
        for (place, reg) in std::mem::take(&mut self.borrowed_x).into_iter().enumerate() {
            if let Some(reg) = reg {
                self.asm.load_slot(reg, Thread::SPILL_X + 8 * place as i32);
            }
        }
        for (place, reg) in std::mem::take(&mut self.borrowed).into_iter().enumerate() {
            if let Some(reg) = reg {
                with_mem!(self.asm, slot(Thread::SPILL + 16 * place as i32), [vmovaps Rx(reg), OWORD][]);
            }
        }
    }

    /// A register that holds the value; the bits above a W operand's are unspecified.
    fn gpr(&mut self, r: Ref) -> Fit<u8> {
        if let Some(Operand::Reg(reg)) = self.leaf(r) {
            return Ok(reg);
        }
        let reg = self.temp()?;
        self.compute(r, reg)?;
        let stays = !self.borrowed_x.contains(&Some(reg));
        if self.rec.use_count(r) > 1 && stays && !matches!(self.rec.node(r), Node::Imm(_)) {
            self.held |= 1 << reg;
            self.place(r, reg);
        }
        Ok(reg)
    }

    /// The value as the last operand of a host instruction.
    fn operand(&mut self, sz: Size, r: Ref) -> Fit<Operand> {
        match self.leaf(r) {
            Some(Operand::Imm(v)) => {
                let v = if sz == Size::W { v as i32 as i64 } else { v };
                if v as i32 as i64 == v { Ok(Operand::Imm(v)) } else { self.gpr(r).map(Operand::Reg) }
            }
            Some(operand) => Ok(operand),
            None => self.gpr(r).map(Operand::Reg),
        }
    }
}
