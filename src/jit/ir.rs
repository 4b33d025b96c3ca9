//! What a guest instruction does, as data: the record that [`super::emit`] makes by running a
//! meaning, and that [`super::lower`] turns into host code.
//!
//! An instruction is a range of [`Node`]s (values, each made of earlier ones) and a range of
//! [`Effect`]s in the order in which they happen. A node is pure unless an effect evaluates it
//! ([`Effect::Eval`]: loads, and sums that set flags). A register node stands for the register's
//! value at the *start* of the instruction: meanings read before they write. All of a unit is recorded
//! before any of it is lowered, so that flags and known zeros are known along branches, too.

use super::again::Again;
use crate::cpu::Cond;
use crate::lift::mops::MemoryMove;
use crate::lift::{Indirect, Rmw, Width};
use crate::value::fp::op::{Fp1, Fp2, Fp3, FpType, Shape};
use crate::value::fp::{Fixed, Rounding};
use crate::value::int::{Int1, Int2, Size};
use crate::value::simd::{Esize, Vec1, Vec2, Vec3, VecShift};
use std::ops::Range;

/// A value: the index of its node in the unit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ref(pub u16);

/// Number of SP among the registers of [`Node::X`] and [`Effect::SetX`]; the zero register is a constant.
pub const SP: u8 = 31;

/// How a value is made. The operands mean what those of the `Emit` method of the same name mean.
#[allow(missing_docs)]
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Node {
    /// What an operation that is not compiled returns; its instruction is interpreted.
    Nothing,
    Imm(u64),
    /// X0 to X30, and SP as number 31.
    X(u8),
    Int1(Int1, Size, Ref),
    Int2(Int2, Size, Ref, Ref),
    Extract {
        sz: Size,
        signed: bool,
        a: Ref,
        lsb: u8,
        width: u8,
    },
    Insert {
        sz: Size,
        dst: Ref,
        src: Ref,
        lsb: u8,
        width: u8,
    },
    Extr {
        sz: Size,
        hi: Ref,
        lo: Ref,
        lsb: u8,
    },
    Select {
        c: Ref,
        a: Ref,
        b: Ref,
    },
    /// `adds` and `subs`: the sum; its `Eval` sets the flags.
    Sum {
        sub: bool,
        sz: Size,
        a: Ref,
        b: Ref,
    },
    /// `add_carry`; evaluated at its `Eval`, which sets the flags if `set`.
    SumCarry {
        sub: bool,
        sz: Size,
        a: Ref,
        b: Ref,
        set: bool,
    },
    /// Evaluated at its `Eval`.
    Load {
        width: Width,
        addr: Ref,
    },
    /// 8 bytes of the thread's state, at this displacement from [`super::regs::STATE`].
    State(i32),
    /// An atomic operation, at its `Eval`.
    Rmw {
        op: Rmw,
        width: Width,
        addr: Ref,
        v: Ref,
    },
    /// Compare and swap, at its `Eval`.
    Cas {
        width: Width,
        addr: Ref,
        expected: Ref,
        new: Ref,
    },
    /// Evaluated at its `Eval`.
    LoadExclusive {
        width: Width,
        addr: Ref,
    },
    /// 0 if it was done, else 1; at its `Eval`.
    StoreExclusive {
        width: Width,
        addr: Ref,
        v: Ref,
    },
    Lane {
        es: Esize,
        v: Ref,
        lane: u8,
    },
    V(u8),
    /// Evaluated at its `Eval`.
    LoadV {
        width: Width,
        addr: Ref,
    },
    FromInt(Ref),
    Dup {
        es: Esize,
        v: Ref,
        lane: u8,
    },
    SetLane {
        es: Esize,
        v: Ref,
        lane: u8,
        x: Ref,
    },
    /// The low 8, 16, 32 or 64 bits, the rest zero.
    Low(Ref, u8),
    /// The constant of this number in [`Recorder::constants`].
    VecImm(u16),
    SelectV {
        c: Ref,
        a: Ref,
        b: Ref,
    },
    Ext {
        lo: Ref,
        hi: Ref,
        from: u8,
    },
    Vec1(Vec1, Esize, Ref),
    Vec2(Vec2, Esize, Ref, Ref),
    Vec3(Vec3, Esize, Ref, Ref, Ref),
    VecShift(VecShift, Esize, Ref, u8),
    Tbl {
        table: [Ref; 4],
        count: u8,
        index: Ref,
    },
    Fp1(Fp1, FpType, Shape, Ref),
    Fp2(Fp2, FpType, Shape, Ref, Ref),
    /// The addend first.
    Fp3(Fp3, FpType, Shape, Ref, Ref, Ref),
    FpPairwise(Fp2, FpType, Shape, Ref, Ref),
    /// The addend first.
    DotBf16(Shape, Ref, Ref, Ref),
    FpConvert {
        from: FpType,
        to: FpType,
        odd: bool,
        shape: Shape,
        a: Ref,
    },
    FpToFixed {
        ty: FpType,
        to: Fixed,
        rounding: Rounding,
        shape: Shape,
        a: Ref,
    },
    FpFromFixed {
        ty: FpType,
        from: Fixed,
        shape: Shape,
        a: Ref,
    },
    FpToInt {
        ty: FpType,
        to: Fixed,
        rounding: Rounding,
        a: Ref,
    },
    FpFromInt {
        ty: FpType,
        from: Fixed,
        a: Ref,
    },
    /// Evaluated at its `Eval`, which sets the flags.
    FpToIntJs(Ref),
    Cond(Cond),
    /// Whether the condition holds for a - b.
    Compare(Cond, Size, Ref, Ref),
    IsZero(Size, Ref),
    Bit(Ref, u8),
    Not(Ref),
}

impl Node {
    /// Whether computing it may trap, or need the interpreter for NaNs.
    pub fn is_floating_point(&self) -> bool {
        use Node::*;
        matches!(
            self,
            Fp1(..)
                | Fp2(..)
                | Fp3(..)
                | FpPairwise(..)
                | FpConvert { .. }
                | FpToFixed { .. }
                | FpFromFixed { .. }
                | FpToInt { .. }
                | FpFromInt { .. }
                | FpToIntJs(_)
                | DotBf16(..)
        )
    }

    /// Whether it rounds to where Underflow may be lost of the result ([`super::lower`], `fp_tiny`), or is like one that does.
    pub fn may_lose_underflow(&self) -> bool {
        use Node::*;
        match *self {
            Fp2(..) | Fp3(..) | FpPairwise(..) | FpConvert { .. } => true,
            Fp1(_, ty, ..) | FpFromFixed { ty, .. } | FpFromInt { ty, .. } => ty == FpType::H,
            _ => false,
        }
    }

    /// Whether computing it may trap, where quiet NaNs need not be minded: it may be invalid.
    pub fn may_trap(&self) -> bool {
        use Node::*;
        match *self {
            Fp1(op, ..) => op.is_invalid_for_some(),
            FpConvert { odd, .. } => !odd,
            FpToFixed { ty, .. } => ty != FpType::H,
            Fp2(..) | Fp3(..) | FpPairwise(..) | FpToInt { .. } | FpToIntJs(_) => true,
            _ => false,
        }
    }
}

/// What an instruction does to the guest.
#[allow(missing_docs)]
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Effect {
    /// Computes the node here: it loads, or sets flags, or both.
    Eval(Ref),
    SetX(u8, Ref),
    SetV(u8, Ref),
    Store {
        width: Width,
        release: bool,
        addr: Ref,
        v: Ref,
    },
    StoreV {
        width: Width,
        addr: Ref,
        v: Ref,
    },
    SetNz(Size, Ref),
    CondCompare {
        c: Ref,
        sub: bool,
        sz: Size,
        a: Ref,
        b: Ref,
        imm: u8,
    },
    FpCompare {
        ty: FpType,
        signal_nans: bool,
        /// Quiet NaNs must not trap.
        careful: bool,
        a: Ref,
        b: Ref,
    },
    FpCondCompare {
        c: Ref,
        ty: FpType,
        signal_nans: bool,
        a: Ref,
        b: Ref,
        imm: u8,
    },
    Fence,
    /// Leaves the instruction to the interpreter if the address is no multiple of that.
    CheckAlignment(Ref, u8),
    /// What is not zero makes the instruction the interpreter's.
    InterpretUnlessZero(Ref),
    ClearExclusive,
    /// The prologue of a memory copy or set: destination, source, size; see [`super::lower`].
    MoveMemory(MemoryMove, [u8; 3]),
    /// As [`Node::State`].
    SetState(i32, Ref),
    Branch(u64),
    BranchIf(Ref, u64),
    BranchTo(Ref, Indirect),
    /// The interpreter executes this instruction, the only effect of its record.
    Interpret,
    /// A system call.
    Svc,
    /// The debugger's.
    Breakpoint,
}

/// What is read of NZCV: a bit for each condition and its opposite, and one for the rest.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Conditions(pub u8);

impl Conditions {
    /// Nothing.
    pub const NONE: Conditions = Conditions(0);
    /// All four flags.
    pub const ALL: Conditions = Conditions(0xff);

    /// What a condition and its opposite read.
    pub fn of(cond: Cond) -> Conditions {
        Conditions(1 << (cond.0 >> 1 & 7))
    }

    /// Both.
    pub fn and(self, other: Conditions) -> Conditions {
        Conditions(self.0 | other.0)
    }

    /// The conditions, those with even numbers for both; None if more than conditions is read.
    pub fn each(self) -> Option<impl Iterator<Item = Cond>> {
        let one = move |n: u8| (self.0 >> n & 1 != 0).then_some(Cond(n * 2));
        (self.0 >> 7 == 0).then(|| (0..7).filter_map(one))
    }
}

/// What is wanted of NZCV at a place.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Wanted {
    /// What instructions read before it is set anew.
    pub conditions: Conditions,
    /// All of it: control leaves the unit with it, or comes to where ways join and it has to be in EFLAGS.
    pub whole: bool,
    /// A fault or a signal may show it ...
    pub shown: bool,
    /// ... when these registers may have been written since.
    pub spoils: Registers,
}

impl Wanted {
    /// Both.
    pub fn and(self, other: Wanted) -> Wanted {
        Wanted {
            conditions: self.conditions.and(other.conditions),
            whole: self.whole || other.whole,
            shown: self.shown || other.shown,
            spoils: self.spoils.and(other.spoils),
        }
    }

    /// Whether instructions read it.
    pub fn is_read(self) -> bool {
        self.conditions != Conditions::NONE
    }

    /// Whether translated code itself has to have it.
    pub fn is_live(self) -> bool {
        self.whole || self.is_read()
    }

    /// Whether it has to be anywhere.
    pub fn is_any(self) -> bool {
        self.shown || self.is_live()
    }

    /// Whether it has to be kept, `again` if it can be computed once more.
    pub fn is_kept(self, again: Option<Again>) -> bool {
        self.is_read() || self.is_any() && again.is_none()
    }
}

/// Guest registers, a bit each.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Registers(pub u64);

impl Registers {
    /// None.
    pub const NONE: Registers = Registers(0);
    /// All of them.
    pub const ALL: Registers = Registers(u64::MAX);

    /// X`x`; 31 is SP.
    pub fn x(x: u8) -> Registers {
        Registers(1 << x)
    }

    /// V`v`.
    pub fn v(v: u8) -> Registers {
        Registers(1 << (32 + v))
    }

    /// Both.
    pub fn and(self, other: Registers) -> Registers {
        Registers(self.0 | other.0)
    }

    /// Whether some are the same.
    pub fn has(self, other: Registers) -> bool {
        self.0 & other.0 != 0
    }
}

/// What is known of a recorded instruction without looking at its effects.
#[derive(Clone, Debug)]
pub struct Record {
    /// Guest address.
    pub pc: u64,
    /// Number of its function in the interpreter's table.
    pub function: u16,
    /// Its encoding.
    pub word: u32,
    /// Its effects, in [`Recorder::effects`].
    pub effects: Range<u32>,
    /// Its nodes, in [`Recorder::nodes`].
    pub nodes: Range<u32>,
    /// Reads NZCV before writing it …
    pub reads_flags: bool,
    /// … and what of it.
    pub conditions: Conditions,
    /// The exceptions that it raised on the host were found to be frequent ([`Recorder::careful`]).
    pub careful: bool,
    /// Writes all of NZCV.
    pub writes_flags: bool,
    /// Writes a vector register.
    pub writes_vectors: bool,
    /// Registers that it writes.
    pub writes: Registers,
    /// It may fault, or trap for the interpreter ...
    pub faults: bool,
    /// ... when some of those have been written: the first of several that are loaded.
    pub faults_late: bool,
    /// Control does not go on to the next instruction.
    pub ends: bool,
    /// It is a branch with link.
    pub calls: bool,
    /// Where a direct branch goes.
    pub target: Option<u64>,
}

/// The recorded instructions of a unit under construction, and the emitter that adds to them.
#[derive(Default)]
pub struct Recorder {
    /// All nodes.
    pub nodes: Vec<Node>,
    /// How often a node is an operand, beside `nodes`.
    pub uses: Vec<u8>,
    /// All effects.
    pub effects: Vec<Effect>,
    /// Vector constants.
    pub constants: Vec<u128>,
    /// The instruction must not raise host exceptions other than page faults: one there was found to
    /// trap often (an invalid floating-point operation), or to use tagged addresses. Accesses are left
    /// to the interpreter then; so is a floating-point operation that has no form without traps.
    pub careful: bool,
    /// Floating-point operations that FPCR matters to are left to the interpreter: it asks for more
    /// than a rounding mode.
    pub exact_fp: bool,
    /// Results that round up to the smallest normal number raise Underflow: FPSR is, or may be, looked at.
    pub exact_underflow: bool,
    /// The thread has looked at it.
    pub looks_at_fpsr: bool,
    /// There is an operation that Underflow might be lost of ([`super::lower`], `fp_tiny`).
    pub may_lose_underflow: bool,
    /// Loads and stores look at what is watched, and other accesses are left to the interpreter.
    pub watched: bool,
    /// Pairs of registers are loaded and stored by one access ([`crate::cpu::model::pairs_are_atomic`]).
    pub atomic_pairs: bool,
    pub(super) pc: u64,
    pub(super) reads_flags: bool,
    pub(super) conditions: Conditions,
    pub(super) writes_flags: bool,
    pub(super) unsupported: bool,
    pub(super) undefined: bool,
    /// Instructions that are left to the interpreter although they have a recording: a lowering found out.
    pub unlowered: Vec<u64>,
}

impl Recorder {
    /// Forgets the last unit.
    pub fn clear(&mut self) {
        self.nodes.clear();
        self.uses.clear();
        self.effects.clear();
        self.constants.clear();
    }

    /// The node.
    #[inline]
    pub fn node(&self, r: Ref) -> Node {
        self.nodes.get(r.0 as usize).copied().unwrap_or(Node::Nothing)
    }

    /// The value, if it is a constant.
    #[inline]
    pub fn constant(&self, r: Ref) -> Option<u64> {
        if let Node::Imm(v) = self.node(r) { Some(v) } else { None }
    }

    /// The value, if it is a constant vector.
    #[inline]
    pub fn vector_constant(&self, r: Ref) -> Option<u128> {
        if let Node::VecImm(n) = self.node(r) { self.constants.get(n as usize).copied() } else { None }
    }

    /// Whether SP stays a multiple of 16 if it is set to the value, as it is while a unit runs.
    pub fn keeps_sp_aligned(&self, v: Ref) -> bool {
        match self.node(v) {
            Node::X(SP) => true,
            Node::Int2(Int2::Add | Int2::Sub, Size::X, a, b) => {
                self.node(a) == Node::X(SP) && self.constant(b).is_some_and(|v| v & 15 == 0)
            }
            Node::Int2(Int2::And, Size::X, _, b) => self.constant(b).is_some_and(|v| v & 15 == 0),
            _ => false,
        }
    }

    /// Whether the interpreter executes the instruction.
    pub fn is_interpreted(&self, record: &Record) -> bool {
        let effects = self.effects.get(record.effects.start as usize..record.effects.end as usize);
        effects.unwrap_or_default().contains(&Effect::Interpret)
    }

    /// How often the value is used.
    #[inline]
    pub fn use_count(&self, r: Ref) -> u8 {
        self.uses.get(r.0 as usize).copied().unwrap_or(0)
    }

    /// Calls `f` with each operand of a node.
    pub fn operands(node: Node, mut f: impl FnMut(Ref)) {
        match node {
            Node::Nothing
            | Node::Imm(_)
            | Node::X(_)
            | Node::State(_)
            | Node::V(_)
            | Node::Cond(_)
            | Node::VecImm(_) => {}
            Node::Int1(_, _, a)
            | Node::Extract { a, .. }
            | Node::Load { addr: a, .. }
            | Node::LoadExclusive { addr: a, .. }
            | Node::LoadV { addr: a, .. }
            | Node::Lane { v: a, .. }
            | Node::FromInt(a)
            | Node::Dup { v: a, .. }
            | Node::Low(a, _)
            | Node::Vec1(_, _, a)
            | Node::VecShift(_, _, a, _)
            | Node::Fp1(_, _, _, a)
            | Node::FpConvert { a, .. }
            | Node::FpToFixed { a, .. }
            | Node::FpFromFixed { a, .. }
            | Node::FpToInt { a, .. }
            | Node::FpFromInt { a, .. }
            | Node::FpToIntJs(a)
            | Node::IsZero(_, a)
            | Node::Bit(a, _)
            | Node::Not(a) => f(a),
            Node::Int2(_, _, a, b)
            | Node::Insert { dst: a, src: b, .. }
            | Node::Extr { hi: a, lo: b, .. }
            | Node::Sum { a, b, .. }
            | Node::SumCarry { a, b, .. }
            | Node::Rmw { addr: a, v: b, .. }
            | Node::StoreExclusive { addr: a, v: b, .. }
            | Node::SetLane { v: a, x: b, .. }
            | Node::Vec2(_, _, a, b)
            | Node::Ext { lo: a, hi: b, .. }
            | Node::Compare(_, _, a, b)
            | Node::Fp2(_, _, _, a, b)
            | Node::FpPairwise(_, _, _, a, b) => {
                f(a);
                f(b);
            }
            Node::Select { c: a, a: b, b: c }
            | Node::Cas { addr: a, expected: b, new: c, .. }
            | Node::SelectV { c: a, a: b, b: c }
            | Node::Vec3(_, _, a, b, c)
            | Node::DotBf16(_, a, b, c)
            | Node::Fp3(_, _, _, a, b, c) => {
                f(a);
                f(b);
                f(c);
            }
            Node::Tbl { table, count, index } => {
                table.iter().take(count as usize).for_each(|&t| f(t));
                f(index);
            }
        }
    }

    /// Calls `f` with each value that an effect uses.
    pub fn effect_operands(effect: Effect, mut f: impl FnMut(Ref)) {
        match effect {
            Effect::Eval(a)
            | Effect::SetX(_, a)
            | Effect::SetV(_, a)
            | Effect::SetNz(_, a)
            | Effect::CheckAlignment(a, _)
            | Effect::InterpretUnlessZero(a)
            | Effect::SetState(_, a)
            | Effect::BranchIf(a, _)
            | Effect::BranchTo(a, _) => f(a),
            Effect::Store { addr: a, v: b, .. }
            | Effect::StoreV { addr: a, v: b, .. }
            | Effect::FpCompare { a, b, .. } => {
                f(a);
                f(b);
            }
            Effect::CondCompare { c, a, b, .. } | Effect::FpCondCompare { c, a, b, .. } => {
                f(c);
                f(a);
                f(b);
            }
            Effect::Branch(_)
            | Effect::Fence
            | Effect::ClearExclusive
            | Effect::MoveMemory(..)
            | Effect::Interpret
            | Effect::Svc
            | Effect::Breakpoint => {}
        }
    }

    pub(super) fn push(&mut self, node: Node) -> Ref {
        Self::operands(node, |r| self.count(r));
        let index = self.nodes.len() as u16;
        self.nodes.push(node);
        self.uses.push(0);
        Ref(index)
    }

    pub(super) fn effect(&mut self, effect: Effect) {
        Self::effect_operands(effect, |r| self.count(r));
        self.effects.push(effect);
    }

    fn count(&mut self, r: Ref) {
        if let Some(uses) = self.uses.get_mut(r.0 as usize) {
            *uses = uses.saturating_add(1);
        }
    }
}
