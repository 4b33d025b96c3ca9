//! Advanced SIMD floating point, vector and scalar (Arm ARM C4.1.96).
//!
//! In each class of encodings bit 28 tells a scalar form from a vector form, which otherwise share
//! their fields; so one function serves both. Half precision has classes of its own, with the
//! format in another place.

use crate::lift::fp::{esize, zero};
use crate::lift::prelude::*;

/// The format in "three same": half precision where bit 21 is clear, else `sz`.
fn same_type(i: Insn) -> FpType {
    if i.bit(21) { sz(i) } else { FpType::H }
}

/// The format in "two-register miscellaneous": half precision where bit 19 is set, else `sz`.
fn misc_type(i: Insn) -> FpType {
    if i.bit(19) { FpType::H } else { sz(i) }
}

/// The format in "across lanes" and "scalar pairwise": half precision where U is clear, else `sz`.
fn across_type(i: Insn) -> FpType {
    if i.bit(29) { sz(i) } else { FpType::H }
}

/// `sz`, bit 22: single or double precision.
fn sz(i: Insn) -> FpType {
    if i.bit(22) { FpType::D } else { FpType::S }
}

/// Which lanes an encoding works on; None for the reserved vector of one double.
fn shape(i: Insn, ty: FpType) -> Option<Shape> {
    match (i.bit(28), i.q()) {
        (true, _) => Some(Shape::Scalar),
        (false, true) => Some(Shape::Full),
        (false, false) if ty == FpType::D => None,
        (false, false) => Some(Shape::Half),
    }
}

/// Writes Vd; a scalar keeps the upper lanes of V`from` under FPCR.NEP.
#[inline(always)]
fn set<E: Emit>(e: &mut E, i: Insn, ty: FpType, shape: Shape, r: E::Vec, from: u32) {
    let r = if shape == Shape::Scalar { e.fp_merge(ty, r, from) } else { r };
    e.set_v(i.rd(), r);
}

/// FADD, FMUL, FCMEQ …: two sources.
#[inline(always)]
pub fn two<E: Emit>(e: &mut E, i: Insn, op: Fp2) {
    let ty = same_type(i);
    let Some(shape) = shape(i, ty) else { return e.undefined() };
    let (a, b) = (e.v(i.rn()), e.v(i.rm()));
    let r = e.fp2(op, ty, shape, a, b);
    let compares =
        matches!(op, Fp2::CompareEq | Fp2::CompareGe | Fp2::CompareGt | Fp2::CompareAbsGe | Fp2::CompareAbsGt);
    set(e, i, ty, shape, r, if compares { i.rm() } else { i.rn() });
}

/// FMLA, FMLS (vector).
#[inline(always)]
pub fn fused<E: Emit>(e: &mut E, i: Insn, op: Fp3) {
    let ty = same_type(i);
    let Some(shape) = shape(i, ty) else { return e.undefined() };
    let (n, m, d) = (e.v(i.rn()), e.v(i.rm()), e.v(i.rd()));
    let r = e.fp3(op, ty, shape, d, n, m);
    e.set_v(i.rd(), r);
}

/// FADDP, FMAXP … (vector).
pub fn pairwise<E: Emit>(e: &mut E, i: Insn, op: Fp2) {
    let ty = same_type(i);
    let Some(shape) = shape(i, ty) else { return e.undefined() };
    let (n, m) = (e.v(i.rn()), e.v(i.rm()));
    let r = e.fp_pairwise(op, ty, shape, n, m);
    e.set_v(i.rd(), r);
}

/// FADDP, FMAXP … (scalar): the two lowest lanes of one register.
pub fn scalar_pairwise<E: Emit>(e: &mut E, i: Insn, op: Fp2) {
    let ty = across_type(i);
    let a = e.v(i.rn());
    let b = e.dup(esize(ty), a, 1);
    let r = e.fp2(op, ty, Shape::Scalar, a, b);
    e.set_v(i.rd(), r);
}

/// FMAXV, FMINV, FMAXNMV, FMINNMV.
pub fn across<E: Emit>(e: &mut E, i: Insn, op: Fp2) {
    let ty = across_type(i);
    let lanes = if i.q() { 128 } else { 64 } / ty.bits();
    // Reduce(): the result of the lower half with that of the upper half, which for neighbours that
    // are combined first is the same.
    let shape = if i.q() { Shape::Full } else { Shape::Half };
    let mut v = e.v(i.rn());
    for _ in 0..lanes.trailing_zeros() {
        v = e.fp_pairwise(op, ty, shape, v, v);
    }
    let r = e.low_lane(esize(ty), v);
    e.set_v(i.rd(), r);
}

/// FABS, FSQRT, FRINT…, FRECPE …: one source.
pub fn one<E: Emit>(e: &mut E, i: Insn, op: Fp1) {
    let ty = misc_type(i);
    let Some(shape) = shape(i, ty) else { return e.undefined() };
    let a = e.v(i.rn());
    let r = e.fp1(op, ty, shape, a);
    set(e, i, ty, shape, r, i.rd());
}

/// FCMEQ, FCMGE, FCMGT (zero), and with `swapped` FCMLE and FCMLT: zero compared with the lane.
pub fn compare_zero<E: Emit>(e: &mut E, i: Insn, op: Fp2, swapped: bool) {
    let ty = misc_type(i);
    let Some(shape) = shape(i, ty) else { return e.undefined() };
    let (a, zero) = (e.v(i.rn()), zero(e));
    let r = if swapped { e.fp2(op, ty, shape, zero, a) } else { e.fp2(op, ty, shape, a, zero) };
    e.set_v(i.rd(), r);
}

/// FCVT{N,P,M,Z,A}{S,U} to integers as wide.
pub fn to_int<E: Emit>(e: &mut E, i: Insn, signed: bool, rounding: Rounding) {
    let ty = misc_type(i);
    let Some(shape) = shape(i, ty) else { return e.undefined() };
    let a = e.v(i.rn());
    let r = e.fp_to_fixed(ty, Fixed::new(ty.bits(), 0, signed), rounding, shape, a);
    set(e, i, ty, shape, r, i.rd());
}

/// SCVTF, UCVTF from integers as wide.
pub fn from_int<E: Emit>(e: &mut E, i: Insn, signed: bool) {
    let ty = misc_type(i);
    let Some(shape) = shape(i, ty) else { return e.undefined() };
    let a = e.v(i.rn());
    let r = e.fp_from_fixed(ty, Fixed::new(ty.bits(), 0, signed), shape, a);
    set(e, i, ty, shape, r, i.rd());
}

/// The format in "shift by immediate", and the bits after the binary point: immh's highest set bit
/// is the lane's width, which less immh:immb gives them.
fn shift_fixed(i: Insn, signed: bool) -> (FpType, Fixed) {
    let immediate = i.bits(22, 16);
    let ty = match immediate {
        64.. => FpType::D,
        32.. => FpType::S,
        _ => FpType::H,
    };
    let bits = ty.bits();
    (ty, Fixed::new(bits, 2 * bits - immediate, signed))
}

/// FCVTZS, FCVTZU (fixed-point).
pub fn to_fixed<E: Emit>(e: &mut E, i: Insn, signed: bool) {
    let (ty, to) = shift_fixed(i, signed);
    let Some(shape) = shape(i, ty) else { return e.undefined() };
    let a = e.v(i.rn());
    let r = e.fp_to_fixed(ty, to, Rounding::Zero, shape, a);
    set(e, i, ty, shape, r, i.rd());
}

/// SCVTF, UCVTF (fixed-point).
pub fn from_fixed<E: Emit>(e: &mut E, i: Insn, signed: bool) {
    let (ty, from) = shift_fixed(i, signed);
    let Some(shape) = shape(i, ty) else { return e.undefined() };
    let a = e.v(i.rn());
    let r = e.fp_from_fixed(ty, from, shape, a);
    set(e, i, ty, shape, r, i.rd());
}

/// Format, shape and the selected lane of Vm in all lanes, for "by element"; None where reserved.
fn element<E: Emit>(e: &mut E, i: Insn) -> Option<(FpType, Shape, E::Vec)> {
    let (h, l, m) = (i.bits(11, 11), i.bits(21, 21), i.bits(20, 20));
    let (ty, index, register) = match i.bits(23, 22) {
        0 => (FpType::H, h << 2 | l << 1 | m, i.bits(19, 16)),
        2 => (FpType::S, h << 1 | l, i.rm()),
        3 if l == 0 => (FpType::D, h, i.rm()),
        _ => return None,
    };
    let shape = shape(i, ty)?;
    let v = e.v(register);
    Some((ty, shape, e.dup(esize(ty), v, index)))
}

/// FMUL, FMULX (by element).
#[inline(always)]
pub fn two_by_element<E: Emit>(e: &mut E, i: Insn, op: Fp2) {
    let Some((ty, shape, m)) = element(e, i) else { return e.undefined() };
    let n = e.v(i.rn());
    let r = e.fp2(op, ty, shape, n, m);
    set(e, i, ty, shape, r, i.rn());
}

/// FMLA, FMLS (by element).
#[inline(always)]
pub fn fused_by_element<E: Emit>(e: &mut E, i: Insn, op: Fp3) {
    let Some((ty, shape, m)) = element(e, i) else { return e.undefined() };
    let (n, d) = (e.v(i.rn()), e.v(i.rd()));
    let r = e.fp3(op, ty, shape, d, n, m);
    set(e, i, ty, shape, r, i.rd());
}

/// FCVTN, FCVTXN; the "2" forms keep the lower half of Vd. `sz` is the narrower format, half or single.
pub fn narrow<E: Emit>(e: &mut E, i: Insn, odd: bool) {
    let (from, to) = if i.bit(22) { (FpType::D, FpType::S) } else { (FpType::S, FpType::H) };
    let shape = if i.bit(28) { Shape::Scalar } else { Shape::Full };
    let a = e.v(i.rn());
    let mut r = e.fp_convert(from, to, odd, shape, a);
    if shape == Shape::Scalar {
        r = e.fp_merge(to, r, i.rd());
    }
    if shape == Shape::Full && i.q() {
        let d = e.v(i.rd());
        let upper = e.lane(Esize::D, r, 0);
        r = e.set_lane(Esize::D, d, 1, upper);
    }
    e.set_v(i.rd(), r);
}

/// FCVTL; the "2" form takes the upper half.
pub fn widen<E: Emit>(e: &mut E, i: Insn) {
    let (from, to) = if i.bit(22) { (FpType::S, FpType::D) } else { (FpType::H, FpType::S) };
    let mut a = e.v(i.rn());
    if i.q() {
        a = e.dup(Esize::D, a, 1);
    }
    let r = e.fp_convert(from, to, false, Shape::Full, a);
    e.set_v(i.rd(), r);
}

/// Format and shape of FCADD and FCMLA (vector): `size`; bytes are reserved.
fn complex(i: Insn) -> Option<(FpType, Shape)> {
    let ty = match i.bits(23, 22) {
        1 => FpType::H,
        2 => FpType::S,
        3 => FpType::D,
        _ => return None,
    };
    shape(i, ty).map(|shape| (ty, shape))
}

/// The parts of complex numbers exchanged, real for imaginary.
fn exchanged<E: Emit>(e: &mut E, ty: FpType, v: E::Vec) -> E::Vec {
    match ty {
        FpType::H => e.vec1(Vec1::Rev32, Esize::H, v),
        FpType::S => e.vec1(Vec1::Rev64, Esize::S, v),
        FpType::D => e.ext(v, v, 8),
    }
}

/// The real (even) or imaginary (odd) parts negated, as FPNeg() does it.
fn negated<E: Emit>(e: &mut E, ty: FpType, odd: bool, v: E::Vec) -> E::Vec {
    let lane = u64::MAX as u128 >> (64 - ty.bits());
    let lanes = (0..128 / ty.bits()).filter(|n| (n % 2 == 1) == odd).fold(0, |mask, n| mask | lane << (n * ty.bits()));
    let (mask, negative) = (e.vec_imm(lanes), e.fp1(Fp1::Neg, ty, Shape::Full, v));
    e.vec3(Vec3::Bsl, Esize::D, mask, negative, v)
}

/// FCADD: Vn plus Vm turned by 90 or 270 degrees.
pub fn complex_add<E: Emit>(e: &mut E, i: Insn) {
    let Some((ty, shape)) = complex(i) else { return e.undefined() };
    let (n, m) = (e.v(i.rn()), e.v(i.rm()));
    let m = exchanged(e, ty, m);
    let m = negated(e, ty, i.bit(12), m);
    let r = e.fp2(Fp2::Add, ty, shape, n, m);
    e.set_v(i.rd(), r);
}

/// Vd plus the real or imaginary parts of `n` times `m`, turned by `rotation` quarters.
fn multiply_complex<E: Emit>(e: &mut E, i: Insn, ty: FpType, shape: Shape, mut m: E::Vec, rotation: u32) {
    let (n, d) = (e.v(i.rn()), e.v(i.rd()));
    let part = if rotation.is_multiple_of(2) { Vec2::Trn1 } else { Vec2::Trn2 };
    let n = e.vec2(part, esize(ty), n, n);
    if rotation % 2 == 1 {
        m = exchanged(e, ty, m);
    }
    match rotation {
        1 => m = negated(e, ty, false, m),
        2 => m = e.fp1(Fp1::Neg, ty, Shape::Full, m),
        3 => m = negated(e, ty, true, m),
        _ => {}
    }
    let r = e.fp3(Fp3::MulAdd, ty, shape, d, n, m);
    e.set_v(i.rd(), r);
}

/// FCMLA (vector).
pub fn complex_multiply<E: Emit>(e: &mut E, i: Insn) {
    let Some((ty, shape)) = complex(i) else { return e.undefined() };
    let m = e.v(i.rm());
    multiply_complex(e, i, ty, shape, m, i.bits(12, 11));
}

/// FCMLA (by element): of halves or singles, the element a pair of them.
pub fn complex_multiply_by_element<E: Emit>(e: &mut E, i: Insn) {
    let (h, l) = (i.bits(11, 11), i.bits(21, 21));
    let (ty, pair, index) = match (i.bits(23, 22), i.q()) {
        (1, true) => (FpType::H, Esize::S, h << 1 | l),
        (1, false) if h == 0 => (FpType::H, Esize::S, l),
        (2, true) if l == 0 => (FpType::S, Esize::D, h),
        _ => return e.undefined(),
    };
    let Some(shape) = shape(i, ty) else { return e.undefined() };
    let v = e.v(i.rm());
    let m = e.dup(pair, v, index);
    multiply_complex(e, i, ty, shape, m, i.bits(14, 13));
}

/// Vn or Vm of FMLAL and FMLSL: the half of its lanes that the instruction reads, the second half
/// (bit `second`) in the first one's place.
fn half_of<E: Emit>(e: &mut E, i: Insn, r: u32, second: bool) -> E::Vec {
    let v = e.v(r);
    if second { e.ext(v, v, if i.q() { 8 } else { 4 }) } else { v }
}

/// FMLAL, FMLAL2, FMLSL, FMLSL2; bit 24 makes them by element.
pub fn multiply_long<E: Emit>(e: &mut E, i: Insn, op: FpWide, second: bool) {
    let shape = if i.q() { Shape::Full } else { Shape::Half };
    let n = half_of(e, i, i.rn(), second);
    let m = if i.bits(28, 24) == 0b01111 {
        let v = e.v(i.bits(19, 16));
        e.dup(Esize::H, v, i.bits(11, 11) << 2 | i.bits(21, 21) << 1 | i.bits(20, 20))
    } else {
        half_of(e, i, i.rm(), second)
    };
    let d = e.v(i.rd());
    let r = e.fp_wide(op, shape, d, n, m);
    e.set_v(i.rd(), r);
}

/// BFDOT; bit 24 makes it by element, a pair of BFloat16s.
pub fn bf16_dot<E: Emit>(e: &mut E, i: Insn) {
    let shape = if i.q() { Shape::Full } else { Shape::Half };
    let (d, n, mut m) = (e.v(i.rd()), e.v(i.rn()), e.v(i.rm()));
    if i.bits(28, 24) == 0b01111 {
        m = e.dup(Esize::S, m, i.bits(11, 11) << 1 | i.bits(21, 21));
    }
    let r = e.fp_wide(FpWide::DotBf16, shape, d, n, m);
    e.set_v(i.rd(), r);
}

/// BFMMLA.
pub fn bf16_matrix<E: Emit>(e: &mut E, i: Insn) {
    let (d, n, m) = (e.v(i.rd()), e.v(i.rn()), e.v(i.rm()));
    let r = e.fp_wide(FpWide::MatrixBf16, Shape::Full, d, n, m);
    e.set_v(i.rd(), r);
}

/// BFMLALB, BFMLALT (Q says which); bit 24 makes them by element.
pub fn bf16_multiply<E: Emit>(e: &mut E, i: Insn) {
    let (d, n) = (e.v(i.rd()), e.v(i.rn()));
    let m = if i.bits(28, 24) == 0b01111 {
        let v = e.v(i.bits(19, 16));
        e.dup(Esize::H, v, i.bits(11, 11) << 2 | i.bits(21, 21) << 1 | i.bits(20, 20))
    } else {
        e.v(i.rm())
    };
    let op = if i.q() { FpWide::MulAddBf16Top } else { FpWide::MulAddBf16Bottom };
    let r = e.fp_wide(op, Shape::Full, d, n, m);
    e.set_v(i.rd(), r);
}

/// BFCVTN, BFCVTN2: the second keeps the lower half of Vd.
pub fn bf16_narrow<E: Emit>(e: &mut E, i: Insn) {
    let a = e.v(i.rn());
    let r = e.fp1(Fp1::ToBf16, FpType::S, Shape::Full, a);
    let mut r = e.vec1(Vec1::Xtn, Esize::H, r);
    if i.q() {
        let d = e.v(i.rd());
        r = e.vec2(Vec2::Zip1, Esize::D, d, r);
    }
    e.set_v(i.rd(), r);
}
