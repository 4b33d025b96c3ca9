//! Units: which instructions are translated together, and what is known along their branches.
//!
//! A unit starts at one address and follows fall-through and direct branches within a window around
//! it, so that a loop, or a whole small function, becomes one piece of code. It ends at calls and system
//! calls, behind which another unit begins when control comes back, and where a unit can be entered
//! already: so code is translated about once, and only if something near it was executed.
//!
//! State is canonical where control comes in from elsewhere: at the start and at other entries the
//! flags are in the state and nothing is known of V registers. Where branches of the unit join, the
//! flags are in the state if anything behind reads them, and what is known is what all ways agree on.

use super::again::Again;
use super::ir::{Effect, Node, Record, Recorder, Ref, Registers, SP, Wanted};
use super::lower::Host;
use super::passages::Passages;
use crate::interp::code::{BLOCK, Executed, function_of};
use crate::interp::looked;
use crate::lift::Width;
use crate::memory::access;
use crate::value::fp::op::Shape;
use crate::value::simd::{Esize, Vec1, Vec2, Vec3};

/// The guest's code, and what is to be heeded in it.
pub trait Source {
    /// Whether the page of `pc` may be executed.
    fn is_executable(&self, pc: u64) -> bool;
    /// What has been executed of the block of `pc`.
    fn executed(&self, pc: u64) -> Executed;
    /// Whether other code than that is left out of units, unless the first instruction is of it.
    fn is_interpreted_first(&self) -> bool;
    /// Whether a breakpoint is set at `pc`.
    fn is_breakpoint(&self, pc: u64) -> bool;
    /// Whether the instruction at `pc` is to be translated so that it cannot raise host exceptions
    /// other than faults ([`Recorder::careful`]).
    fn is_careful(&self, pc: u64) -> bool;
    /// Whether there is a unit that can be entered at `pc`.
    fn is_entry(&self, pc: u64) -> bool;
    /// Whether floating-point operations are the interpreter's ([`Recorder::exact_fp`]).
    fn is_fp_exact(&self) -> bool;
    /// Whether no Underflow is lost ([`Recorder::exact_underflow`]).
    fn is_underflow_exact(&self) -> bool;
    /// The thread has looked at FPSR.
    fn looks_at_fpsr(&self) -> bool;
    /// Whether the program may look at FPSR. To find out takes its time.
    fn may_look_at_fpsr(&self) -> bool;
    /// Whether pairs are accessed at once ([`Recorder::atomic_pairs`]).
    fn has_atomic_pairs(&self) -> bool;
    /// Whether accesses look at what is watched ([`Recorder::watched`]).
    fn is_watched(&self) -> bool;
}

/// Most instructions in a unit.
const LIMIT: usize = 400;
/// Nodes from which on no instruction is added: a [`Ref`] counts to 65,535, and an instruction has a
/// few hundred at most.
const NODES: usize = 60_000;
/// Instructions on either side of the start that may be part of the unit.
const REACH: u64 = 2048;

/// What is known of the V registers: a bit each.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Zeros {
    /// Bits 127:32 are zero.
    above32: u32,
    /// Bits 127:64 are zero.
    above64: u32,
}

impl Zeros {
    const ALL: Zeros = Zeros { above32: u32::MAX, above64: u32::MAX };

    fn meet(self, other: Zeros) -> Zeros {
        Zeros { above32: self.above32 & other.above32, above64: self.above64 & other.above64 }
    }

    /// The bits of a value that may be other than zero: the low 32, 64 or 128.
    pub fn of(&self, rec: &Recorder, v: Ref) -> u32 {
        let shaped = |shape: Shape, bits: u32| match shape {
            Shape::Scalar => bits.max(32),
            Shape::Half => 64,
            Shape::Full => 128,
        };
        match rec.node(v) {
            Node::V(r) if self.above32 >> r & 1 != 0 => 32,
            Node::V(r) if self.above64 >> r & 1 != 0 => 64,
            Node::LoadV { width, .. } if width < Width::Q => width.bytes().max(4) as u32 * 8,
            Node::Low(_, bits) => bits.max(32) as u32,
            Node::FromInt(_) => 64,
            Node::Vec1(op, es, a) => self.of_lanes1(rec, op, es, a),
            Node::Vec2(op, _, a, b) => self.of_lanes2(rec, op, a, b),
            Node::Vec3(Vec3::Bsl, _, _, a, b) => self.of(rec, a).max(self.of(rec, b)),
            Node::VecShift(_, _, a, _) => self.of(rec, a),
            Node::VecImm(_) => rec.vector_constant(v).map_or(128, |v| if v >> 64 == 0 { 64 } else { 128 }),
            Node::FpConvert { to, shape: Shape::Scalar, .. } | Node::FpFromInt { ty: to, .. } => to.bits().max(32),
            Node::FpToFixed { ty, shape, .. } | Node::FpFromFixed { ty, shape, .. } => shaped(shape, ty.bits()),
            Node::FpPairwise(_, _, shape, ..) | Node::DotBf16(shape, ..) => shaped(shape, 64),
            Node::Fp1(_, ty, shape, _) | Node::Fp2(_, ty, shape, ..) | Node::Fp3(_, ty, shape, ..) => {
                shaped(shape, ty.bits())
            }
            _ => 128,
        }
    }

    /// An operation that makes zero of a zero lane leaves the zeros above; others say nothing. What lies
    /// above a reduction's result is not specified.
    fn of_lanes1(&self, rec: &Recorder, op: Vec1, es: Esize, a: Ref) -> u32 {
        use Vec1::*;
        match op {
            Neg | Abs | Cnt | Rbit | Rev16 | Sqabs | Sqneg => self.of(rec, a),
            Rev32 | Rev64 => self.of(rec, a).max(64),
            Xtn | Sqxtn | Sqxtun | Uqxtn => 64,
            Saddlp | Uaddlp if es < Esize::S => self.of(rec, a),
            _ => 128,
        }
    }

    fn of_lanes2(&self, rec: &Recorder, op: Vec2, a: Ref, b: Ref) -> u32 {
        use Vec2::*;
        let all = || self.of(rec, a).max(self.of(rec, b));
        match op {
            And | Mul | Sqdmulh | Sqrdmulh => self.of(rec, a).min(self.of(rec, b)),
            Bic => self.of(rec, a),
            Add | Sub | Orr | Eor | Cmgt | Cmhi | Cmtst | Smax | Smin | Umax | Umin | Sabd | Uabd => all(),
            Shadd | Uhadd | Srhadd | Urhadd | Shsub | Uhsub => all(),
            Sqadd | Uqadd | Sqsub | Uqsub | Suqadd | Usqadd => all(),
            Sshl | Ushl | Srshl | Urshl => self.of(rec, a),
            _ => 128,
        }
    }

    /// V`r` now holds a value of so many bits.
    pub fn set(&mut self, r: u8, bits: u32) {
        let bit = 1 << r;
        self.above32 = self.above32 & !bit | if bits <= 32 { bit } else { 0 };
        self.above64 = self.above64 & !bit | if bits <= 64 { bit } else { 0 };
    }
}

/// Where control goes from an instruction that does not branch away, or may not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Next {
    /// To the next one of the unit.
    Falls,
    /// To another one of the unit.
    Inside(u16),
    /// To this guest address.
    Leaves(u64),
    /// Nowhere: the instruction ends with a branch or an exit of its own.
    Ends,
}

/// What is wanted of the flags where control comes in from elsewhere.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wants {
    /// Nothing: they are set before anybody looks.
    Nothing,
    /// They are shown before they are set, never read; the state may name an instruction that takes none of these
    /// registers.
    Shown(Registers),
    /// They have to be in the state.
    All,
}

impl Wants {
    /// Whether the state may name an instruction that takes these registers.
    pub fn allows(self, needed: Registers) -> bool {
        match self {
            Wants::Nothing => true,
            Wants::Shown(spoils) => !needed.has(spoils),
            Wants::All => false,
        }
    }
}

/// An instruction of the unit.
#[derive(Clone, Debug)]
pub struct Step {
    /// What it does.
    pub record: Record,
    /// What comes after it.
    pub next: Next,
    /// The instruction of the unit that its direct branch goes to.
    pub target: Option<u16>,
    /// Its unconditional branch goes to the next instruction of the unit.
    pub elided: bool,
    /// A branch of this unit goes here.
    pub joins: bool,
    /// One goes back here.
    pub loops: bool,
    /// A branch is the only way here, so the flags are where it leaves them.
    pub inherits: bool,
    /// The unit's first.
    pub entry: bool,
    /// What is wanted of the flags before it.
    pub wanted_in: Wanted,
    /// What is wanted of the flags after it.
    pub wanted_out: Wanted,
    /// Ways that join here bring the flags in EFLAGS in this form.
    pub carried: Option<Host>,
    /// Wherever the flags that it sets are wanted but not read, they can be computed again.
    pub again: Option<Again>,
    /// From it on, before the flags are set anew, the host's are lost while they may still be shown.
    pub costs_flags: bool,
    /// What is known before it; only kept where ways join.
    pub zeros: Zeros,
    /// It and the one before it have changed places, so that the guest is never between the two.
    pub is_swapped: bool,
    /// It overwrites a register that the comparison, which comes next now, still reads as it was.
    pub keeps: Option<u8>,
}

impl Step {
    /// Whether other units may come here: the flags are in the state, and nothing else is expected.
    pub fn is_open(&self) -> bool {
        self.entry || self.joins && self.zeros == Zeros::default() && !(self.inherits && self.wanted_in.is_any())
    }

    /// What other units that come here have to do about the flags.
    pub fn wants(&self) -> Wants {
        match self.wanted_in {
            _ if self.carried.is_some() => Wants::All,
            wanted if wanted.is_live() => Wants::All,
            wanted if wanted.shown => Wants::Shown(wanted.spoils),
            _ => Wants::Nothing,
        }
    }
}

/// The unit under construction; its memory is used again for the next one.
pub struct Unit {
    /// What the instructions do.
    pub rec: Recorder,
    /// The instructions, in the order of their code.
    pub steps: Vec<Step>,
    /// 1 + the number of the step for the instruction, by its place in the window; 0 if there is none.
    seen: Box<[u16; 2 * REACH as usize]>,
    /// What it is made from.
    pub text: Passages,
    first: u64,
    pending: Vec<u64>,
    fetched: Fetched,
    /// No instruction is to be moved, and no flags are to be computed again.
    pub keeps_order: bool,
}

/// A block of guest code that has been looked at.
#[derive(Default)]
struct Fetched {
    /// Its address; 1 before there is one.
    at: u64,
    /// What the interpreter has executed of it: the words are there, and decoded.
    executed: Executed,
    /// What is in memory, if that was looked at.
    words: Vec<u32>,
    /// What was not executed counts, too.
    all: bool,
    /// The words are those in memory.
    is_afresh: bool,
}

impl Fetched {
    /// Nothing has been looked at; whether what was not executed counts, too, and whether words are to be those in memory.
    fn reset(&mut self, all: bool, is_afresh: bool) {
        (self.at, self.all, self.is_afresh) = (1, all, is_afresh);
    }

    /// The word at `pc` and the number of its function in the interpreter's table.
    fn insn(&mut self, pc: u64, source: &dyn Source) -> Option<(usize, u32)> {
        if pc & 3 != 0 {
            return None;
        }
        let at = pc & !(BLOCK - 1);
        if self.at != at {
            (self.at, self.executed) = (at, source.executed(pc));
            self.words.clear();
        }
        let executed = self.executed.get(pc);
        let looks = if executed.is_some() { self.is_afresh } else { self.all };
        if looks { self.word(pc, source).map(|word| (function_of(word), word)) } else { executed }
    }

    /// The word at `pc` in memory, if it can be read and its page may be executed.
    fn word(&mut self, pc: u64, source: &dyn Source) -> Option<u32> {
        if self.words.is_empty() {
            let mut bytes = [0; BLOCK as usize];
            looked::note(self.at);
            if !source.is_executable(pc) || access::copy_in(self.at, &mut bytes).is_err() {
                return None;
            }
            let words = bytes.chunks_exact(4).map(|w| w.iter().rev().fold(0, |v, &b| v << 8 | b as u32));
            self.words.extend(words);
        }
        self.words.get((pc - self.at) as usize / 4).copied()
    }
}

impl Default for Unit {
    fn default() -> Self {
        Unit {
            rec: Recorder::default(),
            steps: Vec::new(),
            seen: Box::new([0; 2 * REACH as usize]),
            text: Passages::default(),
            first: 0,
            pending: Vec::new(),
            fetched: Fetched::default(),
            keeps_order: false,
        }
    }
}

impl Unit {
    /// Finds and analyses the unit that starts at `pc`; false if there is no instruction at `pc`.
    pub fn build(&mut self, pc: u64, source: &dyn Source) -> bool {
        self.rec.exact_fp = source.is_fp_exact();
        self.rec.exact_underflow = source.is_underflow_exact();
        self.rec.looks_at_fpsr = source.looks_at_fpsr();
        self.rec.may_lose_underflow = false;
        self.rec.watched = source.is_watched();
        self.rec.atomic_pairs = source.has_atomic_pairs();
        self.follow(pc, source, false);
        // What was decoded may have been overwritten. A change from here on is one of code that the unit was made from.
        if !self.text.is_in_memory(0, u64::MAX) {
            self.follow(pc, source, true);
        }
        if self.rec.may_lose_underflow && !self.rec.exact_underflow {
            self.rec.exact_underflow = source.may_look_at_fpsr();
        }
        self.resolve();
        if let Some(first) = self.steps.first_mut() {
            first.entry = true;
        }
        self.find_flags();
        self.find_zeros();
        if !self.keeps_order {
            self.sink_comparisons();
        }
        !self.steps.is_empty()
    }

    /// Records the unit's instructions, of words as they were decoded or as they are in memory.
    fn follow(&mut self, pc: u64, source: &dyn Source, is_afresh: bool) {
        self.clear();
        self.first = (pc & !3).wrapping_sub(REACH * 4);
        let is_executed = source.executed(pc).get(pc).is_some();
        self.fetched.reset(!source.is_interpreted_first() || !is_executed, is_afresh);
        self.pending.push(pc);
        while let Some(at) = self.pending.pop() {
            if self.step_at(at).is_none() && (self.steps.is_empty() || !source.is_entry(at)) {
                self.run_from(at, source);
            }
        }
    }

    fn clear(&mut self) {
        for step in &self.steps {
            let place = (step.record.pc.wrapping_sub(self.first) / 4) as usize;
            if let Some(seen) = self.seen.get_mut(place) {
                *seen = 0;
            }
        }
        self.steps.clear();
        self.text.clear();
        self.rec.clear();
        self.pending.clear();
    }

    fn place(&self, pc: u64) -> Option<usize> {
        let place = pc.wrapping_sub(self.first) / 4;
        (place < 2 * REACH && pc & 3 == 0).then_some(place as usize)
    }

    /// The number of the step for the instruction at `pc`.
    fn step_at(&self, pc: u64) -> Option<u16> {
        self.place(pc).and_then(|p| self.seen.get(p)).and_then(|&n| n.checked_sub(1))
    }

    /// Records instructions from `pc` on until control goes elsewhere.
    fn run_from(&mut self, mut pc: u64, source: &dyn Source) {
        let mut first = true;
        loop {
            let stop = if let Some(step) = self.step_at(pc) {
                Some(Next::Inside(step))
            } else if self.steps.len() >= LIMIT
                || self.rec.nodes.len() >= NODES
                || self.place(pc).is_none()
                || !first && source.is_entry(pc)
            {
                Some(Next::Leaves(pc))
            } else {
                None
            };
            let insn = if stop.is_none() { self.fetched.insn(pc, source) } else { None };
            let Some((function, word)) = insn else {
                if let (false, Some(last)) = (first, self.steps.last_mut()) {
                    last.next = stop.unwrap_or(Next::Leaves(pc));
                }
                return;
            };
            first = false;
            self.text.push(pc, word);
            let record = if source.is_breakpoint(pc) {
                self.rec.record_breakpoint(pc)
            } else {
                self.rec.careful = source.is_careful(pc);
                self.rec.record_decoded(pc, function, word)
            };
            if let Some(seen) = self.place(pc).and_then(|p| self.seen.get_mut(p)) {
                *seen = self.steps.len() as u16 + 1;
            }
            let (ends, calls, target) = (record.ends, record.calls, record.target);
            self.steps.push(Step {
                record,
                next: if ends { Next::Ends } else { Next::Falls },
                target: None,
                elided: false,
                joins: false,
                loops: false,
                inherits: false,
                entry: false,
                wanted_in: Wanted::default(),
                wanted_out: Wanted::default(),
                carried: None,
                again: None,
                costs_flags: false,
                zeros: Zeros::ALL,
                is_swapped: false,
                keeps: None,
            });
            match target {
                Some(to)
                    if ends
                        && !calls
                        && self.place(to).is_some()
                        && self.step_at(to).is_none()
                        && !source.is_entry(to) =>
                {
                    if let Some(last) = self.steps.last_mut() {
                        (last.elided, last.next) = (true, Next::Falls);
                    }
                    pc = to;
                    continue;
                }
                Some(to) if !ends && self.place(to).is_some() => self.pending.push(to),
                _ => {}
            }
            if ends {
                return;
            }
            pc = pc.wrapping_add(4);
        }
    }

    /// Finds the steps that branches go to, now that all are known.
    fn resolve(&mut self) {
        let mut falls = true;
        for i in 0..self.steps.len() {
            let Some(step) = self.steps.get(i) else { return };
            let next = step.next;
            let target = if step.elided { None } else { step.record.target.and_then(|to| self.step_at(to)) };
            let joined = if let Next::Inside(to) = next { Some(to) } else { None };
            for to in [target, joined].into_iter().flatten() {
                let is_ahead = to as usize > i;
                if let Some(to) = self.steps.get_mut(to as usize) {
                    to.inherits = !to.joins && is_ahead;
                    to.loops |= !is_ahead;
                    to.joins = true;
                }
            }
            if let Some(step) = self.steps.get_mut(i) {
                step.target = target;
                step.inherits &= !falls;
            }
            falls = next == Next::Falls;
        }
    }

    /// Moves comparisons behind instructions that would cost their flags: x86-64's arithmetic changes
    /// EFLAGS where Arm's does not. A comparison and what it passes are one as far as signals see.
    fn sink_comparisons(&mut self) {
        let mut i = 0;
        while i + 1 < self.steps.len() {
            let mut at = i;
            while let Some(keeps) = self.can_swap(at) {
                self.swap(at, keeps);
                at += 1;
                if keeps.is_some() {
                    break;
                }
            }
            i = at + 1;
        }
    }

    /// Whether step `i` compares and the next one is arithmetic that neither reads the flags nor has
    /// anything to do with the comparison, but that it may overwrite a register compared, which is then kept.
    fn can_swap(&self, i: usize) -> Option<Option<u8>> {
        let (first, second) = (self.steps.get(i)?, self.steps.get(i + 1)?);
        let apart = second.joins || second.entry || first.next != Next::Falls || second.next != Next::Falls;
        if apart
            || !first.wanted_out.is_read()
            || !first.record.writes_flags
            || first.record.reads_flags
            || first.elided
        {
            return None;
        }
        let (compared, set) = self.comparison(&first.record)?;
        let (read, written) = self.arithmetic(&second.record)?;
        if (read | written) & set != 0 {
            return None;
        }
        let is_kept = compared & written != 0;
        let keeps = is_kept.then_some(written.trailing_zeros() as u8);
        (!is_kept || self.costs_flags(&second.record)).then_some(keeps)
    }

    /// Whether arithmetic surely changes EFLAGS.
    pub(super) fn costs_flags(&self, record: &Record) -> bool {
        use crate::value::int::Int2;
        let effect = self.rec.effects.get(record.effects.start as usize);
        let value = if let Some(&Effect::SetX(_, v)) = effect { self.rec.node(v) } else { Node::Nothing };
        match value {
            Node::Int2(op, ..) => op != Int2::Add,
            Node::Extract { .. } => true,
            _ => false,
        }
    }

    fn swap(&mut self, i: usize, keeps: Option<u8>) {
        let Some([first, second]) = self.steps.get_mut(i..i + 2) else { return };
        std::mem::swap(&mut first.record, &mut second.record);
        std::mem::swap(&mut first.record.pc, &mut second.record.pc);
        std::mem::swap(&mut first.again, &mut second.again);
        (first.wanted_in, first.wanted_out) = (Wanted::default(), Wanted::default());
        second.wanted_in = Wanted::default();
        if keeps.is_some() {
            second.again = None;
        }
        (second.is_swapped, first.keeps) = (true, keeps);
    }

    /// For a record that only sets flags, and perhaps a register, from registers: the registers that
    /// it reads and writes, a bit each.
    fn comparison(&self, record: &Record) -> Option<(u32, u32)> {
        let mut written = 0;
        let mut read = 0;
        for &effect in self.rec.effects.get(record.effects.start as usize..record.effects.end as usize)? {
            match effect {
                Effect::Eval(r) => match self.rec.node(r) {
                    Node::Sum { a, b, .. } => read |= self.registers(a, 0)? | self.registers(b, 0)?,
                    _ => return None,
                },
                Effect::SetX(x, v) if x != SP => {
                    written |= 1 << x;
                    if !matches!(self.rec.node(v), Node::Sum { .. }) {
                        read |= self.registers(v, 0)?;
                    }
                }
                Effect::SetNz(_, v) => read |= self.registers(v, 0)?,
                _ => return None,
            }
        }
        Some((read, written))
    }

    /// For a record that only computes a register: the same.
    fn arithmetic(&self, record: &Record) -> Option<(u32, u32)> {
        match self.rec.effects.get(record.effects.start as usize..record.effects.end as usize)? {
            &[Effect::SetX(x, v)] if x != SP && !record.reads_flags && !record.writes_flags => {
                Some((self.registers(v, 0)?, 1 << x))
            }
            _ => None,
        }
    }

    /// The registers that an integer value reads; None if it is anything that might not be lowered.
    fn registers(&self, r: Ref, depth: u32) -> Option<u32> {
        use crate::value::int::{Int1, Int2};
        match self.rec.node(r) {
            _ if depth > 2 => None,
            Node::Imm(_) => Some(0),
            Node::X(x) => Some(1 << x),
            Node::Int1(
                Int1::Sxtb | Int1::Sxth | Int1::Sxtw | Int1::Uxtb | Int1::Uxth | Int1::Uxtw | Int1::Neg,
                _,
                a,
            ) => self.registers(a, depth + 1),
            Node::Int2(Int2::Add | Int2::Sub | Int2::And | Int2::Orr | Int2::Eor | Int2::Bic, _, a, b) => {
                Some(self.registers(a, depth + 1)? | self.registers(b, depth + 1)?)
            }
            Node::Int2(Int2::Lsl | Int2::Lsr | Int2::Asr, _, a, b) if self.rec.constant(b).is_some() => {
                self.registers(a, depth + 1)
            }
            Node::Extract { a, .. } => self.registers(a, depth + 1),
            _ => None,
        }
    }

    /// What is known where ways join: forwards, until nothing changes.
    fn find_zeros(&mut self) {
        if !self.steps.iter().any(|s| s.record.writes_vectors) {
            self.steps.iter_mut().for_each(|s| s.zeros = Zeros::default());
            return;
        }
        let mut changed = true;
        while changed {
            changed = false;
            let mut now = Zeros::default();
            for i in 0..self.steps.len() {
                let Some(step) = self.steps.get_mut(i) else { break };
                if step.entry {
                    step.zeros = Zeros::default();
                }
                if step.entry || step.joins {
                    step.zeros = step.zeros.meet(now);
                    now = step.zeros;
                }
                let range = step.record.effects.start as usize..step.record.effects.end as usize;
                let (target, next, writes) = (step.target, step.next, step.record.writes_vectors);
                if writes {
                    now = after(&self.rec, range, now);
                }
                let joined = if let Next::Inside(to) = next { Some(to) } else { None };
                for to in [target, joined].into_iter().flatten() {
                    if let Some(to) = self.steps.get_mut(to as usize) {
                        let met = to.zeros.meet(now);
                        changed |= met != to.zeros;
                        to.zeros = met;
                    }
                }
                if next != Next::Falls {
                    // What comes next is reached by jumps only.
                    now = Zeros::ALL;
                }
            }
        }
    }
}

/// What is known after the effects of an instruction.
fn after(rec: &Recorder, effects: std::ops::Range<usize>, before: Zeros) -> Zeros {
    let mut now = before;
    for effect in rec.effects.get(effects).unwrap_or_default() {
        match *effect {
            Effect::SetV(r, v) => now.set(r, before.of(rec, v)),
            Effect::Interpret => now = Zeros::default(),
            _ => {}
        }
    }
    now
}
