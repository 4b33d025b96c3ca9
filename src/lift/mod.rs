//! What each instruction means, written once.
//!
//! A meaning is a function `fn name<E: Emit>(e: &mut E, i: Insn, …)`. The interpreter instantiates
//! [`Emit`] with plain integers, so the function *computes*; the JIT instantiates it with operands,
//! so the function *describes* what is to be emitted. Both get the same function from the same row
//! of the decode table.
//!
//! The rules that make one text serve both:
//!
//! * Whatever depends on the instruction word alone (`i.sf()`, a shift amount, a register number)
//!   is ordinary Rust and may branch. Whatever depends on guest state is a value of the emitter
//!   ([`Emit::Int`], [`Emit::Vec`], [`Emit::Bool`]) and may not: use [`Emit::select`].
//! * Compute first, commit last: every access that can fault comes before the first `set_…`, so a
//!   fault leaves the guest at the instruction's start (writeback after the access, both halves of
//!   a pair before either register).
//! * A handle stands for the value at the time of the call: writing X30 after reading it leaves what
//!   was read.
//! * Frequent meanings are `#[inline(always)]`, so that each row becomes straight code in the
//!   interpreter, its arguments folded.
//! * After `undefined` the function returns; nothing may have been committed.

pub mod atomics;
pub mod branch;
pub mod exclusive;
pub mod fp;
pub mod imm;
pub mod load_store;
pub mod mops;
pub mod pauth;
pub mod reg;
pub mod simd;
pub mod system;

/// What the rows' arguments name.
pub mod prelude {
    pub use super::load_store::{Mode, Move};
    pub use super::mops::{MemoryMove, Stage};
    pub use super::pauth::{PacKey, Pauth};
    pub use super::reg::CondSelect;
    pub use super::simd::Sizes;
    pub use super::simd::copy::Modified;
    pub use super::simd::three_different::Product;
    pub use super::simd::three_same::BitSelect;
    pub use super::{Barrier, Emit, Indirect, Order, Rmw, Width};
    pub use crate::cpu::sysregs::SysReg;
    pub use crate::decode::Insn;
    pub use crate::value::fp::op::{Fp1, Fp2, Fp3, FpType, FpWide, Shape};
    pub use crate::value::fp::{Fixed, Rounding};
    pub use crate::value::int::{Int1, Int2, Size};
    pub use crate::value::simd::{Esize, Vec1, Vec2, Vec3, VecShift};
}

use self::mops::{MemoryMove, Stage};
use self::pauth::Pauth;
use crate::cpu::Cond;
use crate::cpu::sysregs::SysReg;
use crate::value::fp::op::{Fp1, Fp2, Fp3, FpType, FpWide, Shape};
use crate::value::fp::{Fixed, Rounding};
use crate::value::int::{Int1, Int2, Size};
use crate::value::simd::{Esize, Vec1, Vec2, Vec3, VecShift};

/// Size of a memory access.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Width {
    /// 1 byte.
    B,
    /// 2 bytes.
    H,
    /// 4 bytes.
    S,
    /// 8 bytes.
    D,
    /// 16 bytes.
    Q,
}

impl Width {
    /// From a `size` field: 0 to 3.
    #[inline(always)]
    pub const fn from_field(size: u32) -> Width {
        match size & 3 {
            0 => Width::B,
            1 => Width::H,
            2 => Width::S,
            _ => Width::D,
        }
    }

    /// 1, 2, 4, 8 or 16.
    #[inline(always)]
    pub const fn bytes(self) -> u64 {
        1 << self as u32
    }
}

/// Memory ordering of an access beyond what x86-64 gives every access.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Order {
    /// LDR, STR.
    Plain,
    /// LDAR, LDAPR, LDAXR: nothing to do on x86-64.
    Acquire,
    /// STLR, STLXR: a later LDAR may not pass it, so the store is an exchange.
    Release,
}

/// Atomic read-modify-write operations (LSE): the memory operand is `old`, the register `v`.
#[allow(missing_docs)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rmw {
    Add,
    /// old AND NOT v
    Clr,
    Eor,
    Set,
    Smax,
    Smin,
    Umax,
    Umin,
    Swap,
}

/// Why an indirect branch is taken; a hint for prediction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Indirect {
    /// BR.
    Jump,
    /// BR X16, BR X17.
    Linkage,
    /// BLR.
    Call,
    /// RET.
    Return,
}

/// What a barrier orders (Arm ARM B2.3.12, domains do not matter on x86-64).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Barrier {
    /// Everything: DMB/DSB SY, ISH, OSH.
    Full,
    /// Loads before, anything after (LD).
    Load,
    /// Stores before, stores after (ST).
    Store,
    /// ISB.
    Instruction,
}

/// An executor of meanings. Values are `Copy`: a handle, not the thing itself.
///
/// Register numbers are field values, 0 to 31. Integer operations of [`Size::W`] ignore the upper
/// halves of their operands and zero-extend. Addresses are used with their top byte ignored.
pub trait Emit: Sized {
    /// A general-purpose value, 64 bits.
    type Int: Copy;
    /// A vector register's value, 128 bits.
    type Vec: Copy;
    /// A condition on guest state.
    type Bool: Copy;

    // ── registers and constants ────────────────────────────────────────────────────────────────

    /// Address of this instruction.
    fn pc(&self) -> u64;
    /// A constant.
    fn imm(&mut self, v: u64) -> Self::Int;
    /// Xr, where 31 is the zero register.
    fn x(&mut self, r: u32) -> Self::Int;
    /// Xr, where 31 is SP.
    fn x_sp(&mut self, r: u32) -> Self::Int;
    /// Writes Xr; 31 discards.
    fn set_x(&mut self, r: u32, v: Self::Int);
    /// Writes Xr, where 31 is SP.
    fn set_x_sp(&mut self, r: u32, v: Self::Int);
    /// Vr, all 128 bits.
    fn v(&mut self, r: u32) -> Self::Vec;
    /// Writes all 128 bits of Vr.
    fn set_v(&mut self, r: u32, v: Self::Vec);

    // ── integer ────────────────────────────────────────────────────────────────────────────────

    /// One-operand operation.
    fn int1(&mut self, op: Int1, sz: Size, a: Self::Int) -> Self::Int;
    /// Two-operand operation.
    fn int2(&mut self, op: Int2, sz: Size, a: Self::Int, b: Self::Int) -> Self::Int;
    /// `width` bits of `a` from `lsb`, sign- or zero-extended.
    fn extract(&mut self, sz: Size, signed: bool, a: Self::Int, lsb: u32, width: u32) -> Self::Int;
    /// `dst` with the low `width` bits of `src` at `lsb`.
    fn insert(&mut self, sz: Size, dst: Self::Int, src: Self::Int, lsb: u32, width: u32) -> Self::Int;
    /// Bits of `hi:lo` from `lsb`.
    fn extr(&mut self, sz: Size, hi: Self::Int, lo: Self::Int, lsb: u32) -> Self::Int;
    /// `if c { a } else { b }`; both are computed.
    fn select(&mut self, c: Self::Bool, a: Self::Int, b: Self::Int) -> Self::Int;

    // ── flags and conditions ───────────────────────────────────────────────────────────────────

    /// a + b, setting NZCV.
    fn adds(&mut self, sz: Size, a: Self::Int, b: Self::Int) -> Self::Int;
    /// a - b, setting NZCV.
    fn subs(&mut self, sz: Size, a: Self::Int, b: Self::Int) -> Self::Int;
    /// a + b + C, or with `sub` a - b - !C; sets NZCV if `set`.
    fn add_carry(&mut self, sz: Size, sub: bool, a: Self::Int, b: Self::Int, set: bool) -> Self::Int;
    /// N and Z from `v`, C and V zero.
    fn set_nz(&mut self, sz: Size, v: Self::Int);
    /// If `c`, the flags of a - b (or with `sub` false, a + b), else the four bits `imm`.
    fn cond_compare(&mut self, c: Self::Bool, sub: bool, sz: Size, a: Self::Int, b: Self::Int, imm: u32);
    /// PSTATE.NZCV in bits 31:28.
    fn nzcv(&mut self) -> Self::Int;
    /// Writes PSTATE.NZCV from bits 31:28; other bits are ignored.
    fn set_nzcv(&mut self, v: Self::Int);
    /// ConditionHolds.
    fn cond(&mut self, c: Cond) -> Self::Bool;
    /// Whether the condition would hold after SUBS of `a` and `b`; NZCV stays.
    fn compare(&mut self, c: Cond, sz: Size, a: Self::Int, b: Self::Int) -> Self::Bool;
    /// `a == 0` at the size.
    fn is_zero(&mut self, sz: Size, a: Self::Int) -> Self::Bool;
    /// Bit `n` of `a`.
    fn bit(&mut self, a: Self::Int, n: u32) -> Self::Bool;
    /// Negation.
    fn not(&mut self, c: Self::Bool) -> Self::Bool;

    /// Pointer authentication; the pointer itself where the key is not in use. May fault
    /// (FEAT_FPAC), so before the first commit.
    fn pauth(&mut self, what: Pauth, a: Self::Int, modifier: Self::Int) -> Self::Int;

    // ── control flow ───────────────────────────────────────────────────────────────────────────

    /// Goes to `target`.
    fn branch(&mut self, target: u64);
    /// Goes to `target` if `c`, else to the next instruction.
    fn branch_if(&mut self, c: Self::Bool, target: u64);
    /// Goes to a computed address.
    fn branch_to(&mut self, target: Self::Int, why: Indirect);
    /// SVC: a system call, pc after the instruction.
    fn svc(&mut self, imm: u32);
    /// BRK: SIGTRAP at the instruction.
    fn brk(&mut self, imm: u32);
    /// UNDEFINED: SIGILL at the instruction.
    fn undefined(&mut self);

    // ── memory ─────────────────────────────────────────────────────────────────────────────────

    /// SIGBUS (BUS_ADRALN) if SP is not a multiple of 16; before an access with SP as its base.
    fn check_sp_alignment(&mut self);
    /// SIGBUS (BUS_ADRALN) if `addr` is not a multiple of `bytes`; with FEAT_LSE2, if the bytes do not
    /// lie within 16 aligned ones. Before an atomic, exclusive or ordered access.
    fn check_alignment(&mut self, addr: Self::Int, bytes: u64);
    /// The same for a pair of accesses of `bytes` each: of which each, or with FEAT_LSE2 either each or both
    /// together.
    fn check_pair_alignment(&mut self, addr: Self::Int, bytes: u64) {
        self.check_alignment(addr, bytes);
    }
    /// Loads and zero-extends; `width` up to D.
    fn load(&mut self, width: Width, order: Order, addr: Self::Int) -> Self::Int;
    /// Stores the low bits.
    fn store(&mut self, width: Width, order: Order, addr: Self::Int, v: Self::Int);
    /// Loads two general-purpose registers of `width` each: one access where both lie within 16 aligned bytes
    /// and the processor makes one of it ([`crate::cpu::model::pairs_are_atomic`]).
    fn load_pair(&mut self, width: Width, addr: Self::Int) -> [Self::Int; 2];
    /// Stores two, likewise.
    fn store_pair(&mut self, width: Width, addr: Self::Int, v: [Self::Int; 2]);
    /// Loads into the low bits of a vector, the rest zero.
    fn load_v(&mut self, width: Width, addr: Self::Int) -> Self::Vec;
    /// Stores the low bits of a vector.
    fn store_v(&mut self, width: Width, addr: Self::Int, v: Self::Vec);
    /// Atomic read-modify-write; returns the old value, zero-extended.
    fn rmw(&mut self, op: Rmw, width: Width, addr: Self::Int, v: Self::Int) -> Self::Int;
    /// Compare and swap; returns the old value, zero-extended. `expected` is compared at the width.
    fn cas(&mut self, width: Width, addr: Self::Int, expected: Self::Int, new: Self::Int) -> Self::Int;
    /// Compare and swap of a pair of `width` (S or D) each, low half at the lower address.
    fn cas_pair(
        &mut self,
        width: Width,
        addr: Self::Int,
        expected: [Self::Int; 2],
        new: [Self::Int; 2],
    ) -> [Self::Int; 2];
    /// Atomic read-modify-write of a pair of doublewords: Clr, Set or Swap; returns the old one.
    fn rmw_pair(&mut self, op: Rmw, addr: Self::Int, v: [Self::Int; 2]) -> [Self::Int; 2];
    /// A memory copy or set instruction, all of it: registers Xd, Xs, Xn and flags too.
    fn memory_move(&mut self, what: MemoryMove, stage: Stage, registers: [u32; 3]);
    /// Load-exclusive.
    fn load_exclusive(&mut self, width: Width, addr: Self::Int) -> Self::Int;
    /// Load-exclusive of a pair.
    fn load_exclusive_pair(&mut self, width: Width, addr: Self::Int) -> [Self::Int; 2];
    /// Store-exclusive; 0 if it was done, else 1.
    fn store_exclusive(&mut self, width: Width, addr: Self::Int, v: Self::Int) -> Self::Int;
    /// Store-exclusive of a pair.
    fn store_exclusive_pair(&mut self, width: Width, addr: Self::Int, v: [Self::Int; 2]) -> Self::Int;
    /// CLREX.
    fn clear_exclusive(&mut self);
    /// DMB, DSB, ISB.
    fn barrier(&mut self, what: Barrier);
    /// IC IVAU: code in the cache line around `addr` was changed.
    fn invalidate_code(&mut self, addr: Self::Int);

    // ── system registers ───────────────────────────────────────────────────────────────────────

    /// Reads a system register other than NZCV.
    fn sysreg(&mut self, reg: SysReg) -> Self::Int;
    /// Writes one; the value has no bits that the register lacks.
    fn set_sysreg(&mut self, reg: SysReg, v: Self::Int);

    // ── vectors ────────────────────────────────────────────────────────────────────────────────

    /// A vector whose low 64 bits are `v`, the rest zero.
    fn vec_from_int(&mut self, v: Self::Int) -> Self::Vec;
    /// Lane `lane`, zero-extended.
    fn lane(&mut self, es: Esize, v: Self::Vec, lane: u32) -> Self::Int;
    /// DUP (element): lane `lane` in all lanes.
    fn dup(&mut self, es: Esize, v: Self::Vec, lane: u32) -> Self::Vec;
    /// `v` with one lane replaced.
    fn set_lane(&mut self, es: Esize, v: Self::Vec, lane: u32, x: Self::Int) -> Self::Vec;
    /// The low 64 bits, the rest zero.
    fn low_half(&mut self, v: Self::Vec) -> Self::Vec;
    /// `if c { a } else { b }`.
    fn select_v(&mut self, c: Self::Bool, a: Self::Vec, b: Self::Vec) -> Self::Vec;
    /// A constant.
    fn vec_imm(&mut self, v: u128) -> Self::Vec;
    /// Lane 0, the rest zero.
    fn low_lane(&mut self, es: Esize, v: Self::Vec) -> Self::Vec;
    /// EXT: 16 bytes of `hi:lo` from byte `from`, 0 to 15.
    fn ext(&mut self, lo: Self::Vec, hi: Self::Vec, from: u32) -> Self::Vec;
    /// One-operand operation on all lanes; like the following, sets FPSR.QC if a lane saturates.
    fn vec1(&mut self, op: Vec1, es: Esize, a: Self::Vec) -> Self::Vec;
    /// Two-operand operation on all lanes.
    fn vec2(&mut self, op: Vec2, es: Esize, a: Self::Vec, b: Self::Vec) -> Self::Vec;
    /// Three-operand operation on all lanes.
    fn vec3(&mut self, op: Vec3, es: Esize, a: Self::Vec, b: Self::Vec, c: Self::Vec) -> Self::Vec;
    /// Shift of all lanes by an immediate.
    fn vec_shift(&mut self, op: VecShift, es: Esize, a: Self::Vec, n: u32) -> Self::Vec;
    /// TBL over `count` table registers.
    fn tbl(&mut self, table: [Self::Vec; 4], count: usize, index: Self::Vec) -> Self::Vec;

    // ── floating point ─────────────────────────────────────────────────────────────────────────

    /// One-operand operation.
    fn fp1(&mut self, op: Fp1, ty: FpType, shape: Shape, a: Self::Vec) -> Self::Vec;
    /// Two-operand operation.
    fn fp2(&mut self, op: Fp2, ty: FpType, shape: Shape, a: Self::Vec, b: Self::Vec) -> Self::Vec;
    /// Fused operation, `a` the addend.
    fn fp3(&mut self, op: Fp3, ty: FpType, shape: Shape, a: Self::Vec, n: Self::Vec, m: Self::Vec) -> Self::Vec;
    /// Products of narrower lanes added to single-precision lanes.
    fn fp_wide(&mut self, op: FpWide, shape: Shape, a: Self::Vec, n: Self::Vec, m: Self::Vec) -> Self::Vec;
    /// The result of a scalar operation: under FPCR.NEP with V`from`'s lanes above the lowest, else with
    /// zeros. Code that is made for FPCR = 0 needs nothing.
    fn fp_merge(&mut self, _ty: FpType, result: Self::Vec, _from: u32) -> Self::Vec {
        result
    }
    /// Two-operand operation on neighbouring lanes of `m:n`, n's results in the lower lanes.
    fn fp_pairwise(&mut self, op: Fp2, ty: FpType, shape: Shape, n: Self::Vec, m: Self::Vec) -> Self::Vec;
    /// Compares lanes 0 and sets NZCV; `signal_nans` makes quiet NaNs invalid too.
    fn fp_compare(&mut self, ty: FpType, signal_nans: bool, a: Self::Vec, b: Self::Vec);
    /// If `c`, as `fp_compare`, else NZCV from the four bits `imm`.
    fn fp_cond_compare(&mut self, c: Self::Bool, ty: FpType, signal_nans: bool, a: Self::Vec, b: Self::Vec, imm: u32);
    /// To another format. `Scalar` converts lane 0; otherwise as many lanes as 128 bits hold of the
    /// wider format, so that a narrower result fills the low 64 bits. Rounds as FPCR says, or to odd.
    fn fp_convert(&mut self, from: FpType, to: FpType, odd: bool, shape: Shape, a: Self::Vec) -> Self::Vec;
    /// Lanes to integers or fixed point as wide.
    fn fp_to_fixed(&mut self, ty: FpType, to: Fixed, rounding: Rounding, shape: Shape, a: Self::Vec) -> Self::Vec;
    /// Lanes from integers or fixed point as wide.
    fn fp_from_fixed(&mut self, ty: FpType, from: Fixed, shape: Shape, a: Self::Vec) -> Self::Vec;
    /// Lane 0 to a general-purpose integer or fixed-point number of 32 or 64 bits.
    fn fp_to_int(&mut self, ty: FpType, to: Fixed, rounding: Rounding, a: Self::Vec) -> Self::Int;
    /// Lane 0 from a general-purpose number, the other lanes zero.
    fn fp_from_int(&mut self, ty: FpType, from: Fixed, a: Self::Int) -> Self::Vec;
    /// FJCVTZS: a double to a 32-bit integer modulo 2^32; Z says whether it was exact, N, C, V are zero.
    fn fp_to_int_js(&mut self, a: Self::Vec) -> Self::Int;
}
