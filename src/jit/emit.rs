//! The JIT's instance of [`Emit`]: values are handles, and everything is written down.
//!
//! Constants are folded and a few shapes are made uniform as they are recorded (the constant of a
//! commutative operation comes second, a subtracted constant is added), so that lowering meets
//! fewer of them. An operation that is not compiled yet calls [`Recorder::unsupported`]: its whole
//! instruction is then left to the interpreter.

use super::entry::Thread;
use super::ir::{Conditions, Effect, Node, Recorder, Ref, SP};
use super::regs;
use crate::cpu::Cond;
use crate::cpu::sysregs::SysReg;
use crate::lift::load_store;
use crate::lift::prelude::*;
use crate::lift::{Barrier, Emit, Indirect, Order, Rmw, Width};
use crate::value::simd::splat;

impl Recorder {
    /// Leaves this instruction to the interpreter.
    pub fn unsupported(&mut self) -> Ref {
        self.unsupported = true;
        Ref(u16::MAX)
    }

    /// Whether bits 63:32 are known to be zero.
    fn is_word(&self, r: Ref) -> bool {
        match self.node(r) {
            Node::Imm(v) => v >> 32 == 0,
            Node::Int1(_, sz, _) | Node::Sum { sz, .. } | Node::SumCarry { sz, .. } => sz == Size::W,
            Node::Int2(op, sz, ..) => sz == Size::W && !matches!(op, Int2::Umull | Int2::Smull),
            Node::Extract { sz, signed, width, .. } => sz == Size::W || !signed && width <= 32,
            Node::Insert { sz, .. } | Node::Extr { sz, .. } => sz == Size::W,
            Node::Load { width, .. } => width <= Width::S,
            Node::Lane { es, .. } => es <= Esize::S,
            _ => false,
        }
    }

    /// The value cut to the size.
    fn cut(&mut self, sz: Size, a: Ref) -> Ref {
        if sz == Size::X || self.is_word(a) { a } else { self.push(Node::Int1(Int1::Uxtw, Size::W, a)) }
    }

    /// Makes the node of a floating-point operation that depends on FPCR.
    fn push_fp(&mut self, node: Node) -> Ref {
        self.may_lose_underflow |= node.may_lose_underflow();
        if self.exact_fp { self.unsupported() } else { self.push(node) }
    }

    /// Makes a node whose value is known at its `Eval` only.
    fn push_evaluated(&mut self, node: Node) -> Ref {
        let r = self.push(node);
        self.effect(Effect::Eval(r));
        r
    }
}

/// The sign bits of all lanes.
fn signs_of(ty: FpType) -> u128 {
    let es = [Esize::H, Esize::S, Esize::D][ty as usize];
    splat(es, 1 << (ty.bits() - 1))
}

/// Whether the operands may be exchanged.
fn commutes(op: Int2) -> bool {
    use Int2::*;
    matches!(op, Add | And | Orr | Eor | Mul | Umull | Smull | Umulh | Smulh)
}

/// Whether `op(a, 0)` is `a`.
fn zero_is_neutral(op: Int2) -> bool {
    use Int2::*;
    matches!(op, Add | Sub | Orr | Eor | Bic | Lsl | Lsr | Asr | Ror)
}

impl Emit for Recorder {
    type Int = Ref;
    type Vec = Ref;
    type Bool = Ref;

    fn pc(&self) -> u64 {
        self.pc
    }

    fn imm(&mut self, v: u64) -> Ref {
        self.push(Node::Imm(v))
    }

    fn x(&mut self, r: u32) -> Ref {
        if r == 31 { self.imm(0) } else { self.push(Node::X(r as u8)) }
    }

    fn x_sp(&mut self, r: u32) -> Ref {
        self.push(Node::X(r as u8))
    }

    fn set_x(&mut self, r: u32, v: Ref) {
        if r != 31 {
            self.effect(Effect::SetX(r as u8, v));
        } else if let Node::FpToInt { .. } = self.node(v) {
            // What remains of it is its exceptions.
            self.unsupported();
        }
    }

    fn set_x_sp(&mut self, r: u32, v: Ref) {
        const { assert!(SP == 31) };
        self.effect(Effect::SetX(r as u8, v));
    }

    fn v(&mut self, r: u32) -> Ref {
        self.push(Node::V(r as u8))
    }

    fn set_v(&mut self, r: u32, v: Ref) {
        self.effect(Effect::SetV(r as u8, v));
    }

    fn int1(&mut self, op: Int1, sz: Size, a: Ref) -> Ref {
        match (op, self.node(a)) {
            (_, Node::Imm(v)) => self.imm(op.apply(sz, v)),
            (Int1::Uxtw, _) => self.cut(Size::W, a),
            (Int1::Uxtb, Node::Load { width: Width::B, .. }) => a,
            (Int1::Uxth, Node::Load { width: Width::B | Width::H, .. }) => a,
            (Int1::Sxtw, _) if sz == Size::W => self.cut(Size::W, a),
            _ => self.push(Node::Int1(op, sz, a)),
        }
    }

    fn int2(&mut self, op: Int2, sz: Size, a: Ref, b: Ref) -> Ref {
        let (a, b) = if commutes(op) && self.constant(a).is_some() { (b, a) } else { (a, b) };
        match (op, self.constant(a), self.constant(b)) {
            (_, Some(x), Some(y)) => return self.imm(op.apply(sz, x, y)),
            (_, _, Some(0)) if zero_is_neutral(op) => return self.cut(sz, a),
            (Int2::Sub, _, Some(y)) => {
                let minus = self.imm(sz.trunc(y.wrapping_neg()));
                return self.int2(Int2::Add, sz, a, minus);
            }
            (Int2::Add, _, Some(y)) => {
                if let Node::Int2(Int2::Add, inner, base, offset) = self.node(a)
                    && inner == sz
                    && let Some(x) = self.constant(offset)
                {
                    let both = self.imm(sz.trunc(x.wrapping_add(y)));
                    return self.int2(Int2::Add, sz, base, both);
                }
            }
            (Int2::Sub, Some(0), _) => return self.int1(Int1::Neg, sz, b),
            (Int2::Orn, Some(0), _) => return self.int1(Int1::Not, sz, b),
            (Int2::Lsl, None, Some(n)) => {
                // UBFIZ that reaches the top is a plain shift.
                if let Node::Extract { sz: inner, lsb: 0, width, a: whole, .. } = self.node(a)
                    && inner == sz
                    && width as u64 + n == sz.bits() as u64
                {
                    return self.push(Node::Int2(Int2::Lsl, sz, whole, b));
                }
            }
            _ => {}
        }
        self.push(Node::Int2(op, sz, a, b))
    }

    fn extract(&mut self, sz: Size, signed: bool, a: Ref, lsb: u32, width: u32) -> Ref {
        let whole = match (lsb, width, signed) {
            (0, 8, true) => Some(Int1::Sxtb),
            (0, 16, true) => Some(Int1::Sxth),
            (0, 32, true) => Some(Int1::Sxtw),
            (0, 8, false) => Some(Int1::Uxtb),
            (0, 16, false) => Some(Int1::Uxth),
            (0, 32, false) => Some(Int1::Uxtw),
            _ => None,
        };
        match whole {
            Some(op) => self.int1(op, sz, a),
            None => self.push(Node::Extract { sz, signed, a, lsb: lsb as u8, width: width as u8 }),
        }
    }

    fn insert(&mut self, sz: Size, dst: Ref, src: Ref, lsb: u32, width: u32) -> Ref {
        self.push(Node::Insert { sz, dst, src, lsb: lsb as u8, width: width as u8 })
    }

    fn extr(&mut self, sz: Size, hi: Ref, lo: Ref, lsb: u32) -> Ref {
        if lsb == 0 {
            return self.cut(sz, lo);
        }
        self.push(Node::Extr { sz, hi, lo, lsb: lsb as u8 })
    }

    fn select(&mut self, c: Ref, a: Ref, b: Ref) -> Ref {
        if let Some(c) = self.constant(c) {
            return if c != 0 { a } else { b };
        }
        self.push(Node::Select { c, a, b })
    }

    fn adds(&mut self, sz: Size, a: Ref, b: Ref) -> Ref {
        self.writes_flags = true;
        self.push_evaluated(Node::Sum { sub: false, sz, a, b })
    }

    fn subs(&mut self, sz: Size, a: Ref, b: Ref) -> Ref {
        self.writes_flags = true;
        self.push_evaluated(Node::Sum { sub: true, sz, a, b })
    }

    fn add_carry(&mut self, sz: Size, sub: bool, a: Ref, b: Ref, set: bool) -> Ref {
        (self.reads_flags, self.conditions) = (true, Conditions::ALL);
        self.writes_flags |= set;
        self.push_evaluated(Node::SumCarry { sub, sz, a, b, set })
    }

    fn set_nz(&mut self, sz: Size, v: Ref) {
        self.writes_flags = true;
        self.effect(Effect::SetNz(sz, v));
    }

    fn cond_compare(&mut self, c: Ref, sub: bool, sz: Size, a: Ref, b: Ref, imm: u32) {
        if self.constant(c).is_some() {
            if sub {
                self.subs(sz, a, b)
            } else {
                self.adds(sz, a, b)
            };
            return;
        }
        self.writes_flags = true;
        self.effect(Effect::CondCompare { c, sub, sz, a, b, imm: imm as u8 });
    }

    fn nzcv(&mut self) -> Ref {
        self.unsupported()
    }

    fn set_nzcv(&mut self, _: Ref) {
        self.unsupported();
    }

    fn cond(&mut self, c: Cond) -> Ref {
        if c.0 >= 14 {
            return self.imm(1);
        }
        self.reads_flags = true;
        self.conditions = self.conditions.and(Conditions::of(c));
        self.push(Node::Cond(c))
    }

    fn compare(&mut self, c: Cond, sz: Size, a: Ref, b: Ref) -> Ref {
        self.push(Node::Compare(c, sz, a, b))
    }

    fn is_zero(&mut self, sz: Size, a: Ref) -> Ref {
        self.push(Node::IsZero(sz, a))
    }

    fn bit(&mut self, a: Ref, n: u32) -> Ref {
        self.push(Node::Bit(a, n as u8))
    }

    fn not(&mut self, c: Ref) -> Ref {
        if let Node::Not(inner) = self.node(c) { inner } else { self.push(Node::Not(c)) }
    }

    fn pauth(&mut self, _: Pauth, _: Ref, _: Ref) -> Ref {
        self.unsupported()
    }

    fn branch(&mut self, target: u64) {
        self.effect(Effect::Branch(target));
    }

    fn branch_if(&mut self, c: Ref, target: u64) {
        match self.constant(c) {
            Some(_) => self.branch(target),
            None => self.effect(Effect::BranchIf(c, target)),
        }
    }

    fn branch_to(&mut self, target: Ref, why: Indirect) {
        self.effect(Effect::BranchTo(target, why));
    }

    fn svc(&mut self, imm: u32) {
        if imm != 0 {
            // Linux looks at no immediate; the exit has it.
            self.unsupported();
            return;
        }
        (self.reads_flags, self.conditions) = (true, Conditions::ALL);
        self.effect(Effect::Svc);
    }

    fn brk(&mut self, _: u32) {
        self.unsupported();
    }

    fn undefined(&mut self) {
        self.undefined = true;
        self.unsupported();
    }

    fn check_sp_alignment(&mut self) {}

    fn check_alignment(&mut self, addr: Ref, bytes: u64) {
        self.effect(Effect::CheckAlignment(addr, bytes as u8));
    }

    fn load(&mut self, width: Width, _: Order, addr: Ref) -> Ref {
        if self.careful {
            return self.unsupported();
        }
        self.push_evaluated(Node::Load { width, addr })
    }

    fn store(&mut self, width: Width, order: Order, addr: Ref, v: Ref) {
        if self.careful {
            self.unsupported();
            return;
        }
        self.effect(Effect::Store { width, release: order == Order::Release, addr, v });
    }

    fn load_pair(&mut self, width: Width, addr: Ref) -> [Ref; 2] {
        if !self.atomic_pairs {
            return load_store::load_two(self, width, addr);
        }
        if width == Width::S {
            let both = self.load(Width::D, Order::Plain, addr);
            return [0, 32].map(|lsb| self.extract(Size::X, false, both, lsb, 32));
        }
        // Aligned vector moves are atomic on every host with AVX.
        let both = self.load_v(Width::Q, addr);
        [0, 1].map(|lane| self.lane(Esize::D, both, lane))
    }

    fn store_pair(&mut self, width: Width, addr: Ref, [lo, hi]: [Ref; 2]) {
        if !self.atomic_pairs {
            return load_store::store_two(self, width, addr, [lo, hi]);
        }
        if width == Width::S {
            let both = self.insert(Size::X, lo, hi, 32, 32);
            return self.store(Width::D, Order::Plain, addr, both);
        }
        let low = self.vec_from_int(lo);
        let both = self.set_lane(Esize::D, low, 1, hi);
        self.store_v(Width::Q, addr, both);
    }

    fn load_v(&mut self, width: Width, addr: Ref) -> Ref {
        if self.careful {
            return self.unsupported();
        }
        self.push_evaluated(Node::LoadV { width, addr })
    }

    fn store_v(&mut self, width: Width, addr: Ref, v: Ref) {
        if self.careful {
            self.unsupported();
            return;
        }
        self.effect(Effect::StoreV { width, addr, v });
    }

    fn rmw(&mut self, op: Rmw, width: Width, addr: Ref, v: Ref) -> Ref {
        if self.careful || self.watched {
            return self.unsupported();
        }
        self.push_evaluated(Node::Rmw { op, width, addr, v })
    }

    fn cas(&mut self, width: Width, addr: Ref, expected: Ref, new: Ref) -> Ref {
        if self.careful || self.watched {
            return self.unsupported();
        }
        self.push_evaluated(Node::Cas { width, addr, expected, new })
    }

    fn cas_pair(&mut self, _: Width, _: Ref, _: [Ref; 2], _: [Ref; 2]) -> [Ref; 2] {
        [self.unsupported(); 2]
    }

    fn rmw_pair(&mut self, _: Rmw, _: Ref, _: [Ref; 2]) -> [Ref; 2] {
        [self.unsupported(); 2]
    }

    fn memory_move(&mut self, what: MemoryMove, stage: Stage, [d, s, n]: [u32; 3]) {
        match stage {
            Stage::Prologue => {
                let registers = [d as u8, s as u8, n as u8];
                let is_pinned = |&x: &u8| regs::X.get(x as usize).is_some_and(Option::is_some);
                let is_zero = what == MemoryMove::Set && s == 31;
                if self.careful || !registers.iter().all(|x| is_pinned(x) || is_zero && *x == 31) {
                    self.unsupported();
                    return;
                }
                self.effect(Effect::MoveMemory(what, registers));
                self.writes_flags = true;
            }
            Stage::Main | Stage::Epilogue => {
                // The prologue has moved all of most moves.
                let left = self.x(n);
                self.effect(Effect::InterpretUnlessZero(left));
            }
        }
    }

    fn load_exclusive(&mut self, width: Width, addr: Ref) -> Ref {
        if self.careful || self.watched {
            return self.unsupported();
        }
        self.push_evaluated(Node::LoadExclusive { width, addr })
    }

    fn load_exclusive_pair(&mut self, _: Width, _: Ref) -> [Ref; 2] {
        [self.unsupported(); 2]
    }

    fn store_exclusive(&mut self, width: Width, addr: Ref, v: Ref) -> Ref {
        if self.careful || self.watched {
            return self.unsupported();
        }
        self.push_evaluated(Node::StoreExclusive { width, addr, v })
    }

    fn store_exclusive_pair(&mut self, _: Width, _: Ref, _: [Ref; 2]) -> Ref {
        self.unsupported()
    }

    fn clear_exclusive(&mut self) {
        self.effect(Effect::ClearExclusive);
    }

    fn barrier(&mut self, what: Barrier) {
        match what {
            Barrier::Full => self.effect(Effect::Fence),
            // Whoever changes code sees to it that no thread goes on with the old (`link`).
            Barrier::Load | Barrier::Store | Barrier::Instruction => {}
        }
    }

    fn invalidate_code(&mut self, _: Ref) {
        self.unsupported();
    }

    fn sysreg(&mut self, reg: SysReg) -> Ref {
        match reg {
            SysReg::TpidrEl0 => self.push(Node::State(Thread::TPIDR)),
            SysReg::Fpcr => {
                let word = self.push(Node::State(Thread::FPCR));
                self.cut(Size::W, word)
            }
            _ => self.unsupported(),
        }
    }

    fn set_sysreg(&mut self, reg: SysReg, v: Ref) {
        match reg {
            SysReg::TpidrEl0 => self.effect(Effect::SetState(Thread::TPIDR, v)),
            _ => drop(self.unsupported()),
        }
    }

    fn dup(&mut self, es: Esize, v: Ref, lane: u32) -> Ref {
        self.push(Node::Dup { es, v, lane: lane as u8 })
    }

    fn vec_from_int(&mut self, v: Ref) -> Ref {
        match self.node(v) {
            Node::Lane { es, v, lane: 0 } => self.low_lane(es, v),
            Node::Lane { es, v, lane } => {
                let first = self.ext(v, v, lane as u32 * es.bits() / 8);
                self.low_lane(es, first)
            }
            Node::Imm(v) => self.vec_imm(v as u128),
            _ => self.push(Node::FromInt(v)),
        }
    }

    fn lane(&mut self, es: Esize, v: Ref, lane: u32) -> Ref {
        self.push(Node::Lane { es, v, lane: lane as u8 })
    }

    fn set_lane(&mut self, es: Esize, v: Ref, lane: u32, x: Ref) -> Ref {
        self.push(Node::SetLane { es, v, lane: lane as u8, x })
    }

    fn low_half(&mut self, v: Ref) -> Ref {
        self.push(Node::Low(v, 64))
    }

    fn select_v(&mut self, c: Ref, a: Ref, b: Ref) -> Ref {
        match self.constant(c) {
            Some(0) => b,
            Some(_) => a,
            None => self.push(Node::SelectV { c, a, b }),
        }
    }

    fn vec_imm(&mut self, v: u128) -> Ref {
        let number = self.constants.len() as u16;
        self.constants.push(v);
        self.push(Node::VecImm(number))
    }

    fn low_lane(&mut self, es: Esize, v: Ref) -> Ref {
        self.push(Node::Low(v, es.bits() as u8))
    }

    fn ext(&mut self, lo: Ref, hi: Ref, from: u32) -> Ref {
        if from == 0 { lo } else { self.push(Node::Ext { lo, hi, from: from as u8 }) }
    }

    fn vec1(&mut self, op: Vec1, es: Esize, a: Ref) -> Ref {
        self.push(Node::Vec1(op, es, a))
    }

    fn vec2(&mut self, op: Vec2, es: Esize, a: Ref, b: Ref) -> Ref {
        self.push(Node::Vec2(op, es, a, b))
    }

    fn vec3(&mut self, op: Vec3, es: Esize, a: Ref, b: Ref, c: Ref) -> Ref {
        if let (Vec3::Bsl, Some(mask), Node::Fp1(Fp1::Neg, ty, Shape::Full, all)) =
            (op, self.vector_constant(a), self.node(b))
            && all == c
        {
            // Some lanes of a vector negated (FCADD, FCMLA).
            let signs = self.vec_imm(mask & signs_of(ty));
            return self.vec2(Vec2::Eor, Esize::D, c, signs);
        }
        self.push(Node::Vec3(op, es, a, b, c))
    }

    fn vec_shift(&mut self, op: VecShift, es: Esize, a: Ref, n: u32) -> Ref {
        self.push(Node::VecShift(op, es, a, n as u8))
    }

    fn tbl(&mut self, table: [Ref; 4], count: usize, index: Ref) -> Ref {
        self.push(Node::Tbl { table, count: count as u8, index })
    }

    fn fp1(&mut self, op: Fp1, ty: FpType, shape: Shape, a: Ref) -> Ref {
        self.push_fp(Node::Fp1(op, ty, shape, a))
    }

    fn fp2(&mut self, op: Fp2, ty: FpType, shape: Shape, a: Ref, b: Ref) -> Ref {
        self.push_fp(Node::Fp2(op, ty, shape, a, b))
    }

    fn fp3(&mut self, op: Fp3, ty: FpType, shape: Shape, a: Ref, n: Ref, m: Ref) -> Ref {
        self.push_fp(Node::Fp3(op, ty, shape, a, n, m))
    }

    fn fp_wide(&mut self, op: FpWide, shape: Shape, a: Ref, n: Ref, m: Ref) -> Ref {
        let [n, m] = match op {
            FpWide::DotBf16 => return self.push_fp(Node::DotBf16(shape, a, n, m)),
            FpWide::MatrixBf16 => {
                // Rows of `n` and columns of `m` are pairs of pairs.
                let first = [self.vec2(Vec2::Trn1, Esize::S, n, n), self.vec2(Vec2::Uzp1, Esize::S, m, m)];
                let second = [self.vec2(Vec2::Trn2, Esize::S, n, n), self.vec2(Vec2::Uzp2, Esize::S, m, m)];
                let sum = self.fp_wide(FpWide::DotBf16, shape, a, first[0], first[1]);
                return self.fp_wide(FpWide::DotBf16, shape, sum, second[0], second[1]);
            }
            // A BFloat16 is the upper half of a single-precision number …
            FpWide::MulAddBf16Bottom => [n, m].map(|v| self.vec_shift(VecShift::Shl, Esize::S, v, 16)),
            FpWide::MulAddBf16Top => {
                let upper = self.vec_imm(splat(Esize::S, 0xffff_0000));
                [n, m].map(|v| self.vec2(Vec2::And, Esize::D, v, upper))
            }
            // … and halves are single-precision numbers, too; products of either are exact.
            FpWide::MulAddHalf | FpWide::MulSubHalf => {
                let n = if op == FpWide::MulSubHalf { self.fp1(Fp1::Neg, FpType::H, Shape::Full, n) } else { n };
                [n, m].map(|v| self.fp_convert(FpType::H, FpType::S, false, Shape::Full, v))
            }
        };
        self.fp3(Fp3::MulAdd, FpType::S, shape, a, n, m)
    }

    fn fp_pairwise(&mut self, op: Fp2, ty: FpType, shape: Shape, n: Ref, m: Ref) -> Ref {
        self.push_fp(Node::FpPairwise(op, ty, shape, n, m))
    }

    fn fp_compare(&mut self, ty: FpType, signal_nans: bool, a: Ref, b: Ref) {
        if self.exact_fp {
            self.unsupported();
            return;
        }
        self.writes_flags = true;
        self.effect(Effect::FpCompare { ty, signal_nans, careful: self.careful, a, b });
    }

    fn fp_cond_compare(&mut self, c: Ref, ty: FpType, signal_nans: bool, a: Ref, b: Ref, imm: u32) {
        if self.constant(c).is_some() {
            return self.fp_compare(ty, signal_nans, a, b);
        }
        if self.careful || self.exact_fp {
            self.unsupported();
            return;
        }
        self.writes_flags = true;
        self.effect(Effect::FpCondCompare { c, ty, signal_nans, a, b, imm: imm as u8 });
    }

    fn fp_convert(&mut self, from: FpType, to: FpType, odd: bool, shape: Shape, a: Ref) -> Ref {
        self.push_fp(Node::FpConvert { from, to, odd, shape, a })
    }

    fn fp_to_fixed(&mut self, ty: FpType, to: Fixed, rounding: Rounding, shape: Shape, a: Ref) -> Ref {
        self.push_fp(Node::FpToFixed { ty, to, rounding, shape, a })
    }

    fn fp_from_fixed(&mut self, ty: FpType, from: Fixed, shape: Shape, a: Ref) -> Ref {
        // Never invalid.
        if self.exact_fp {
            return self.unsupported();
        }
        self.push(Node::FpFromFixed { ty, from, shape, a })
    }

    fn fp_to_int(&mut self, ty: FpType, to: Fixed, rounding: Rounding, a: Ref) -> Ref {
        self.push_fp(Node::FpToInt { ty, to, rounding, a })
    }

    fn fp_from_int(&mut self, ty: FpType, from: Fixed, a: Ref) -> Ref {
        if self.exact_fp {
            return self.unsupported();
        }
        self.push(Node::FpFromInt { ty, from, a })
    }

    fn fp_to_int_js(&mut self, a: Ref) -> Ref {
        if self.careful || self.exact_fp {
            return self.unsupported();
        }
        self.writes_flags = true;
        self.push_evaluated(Node::FpToIntJs(a))
    }
}
