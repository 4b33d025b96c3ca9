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

/// FADD, FMUL, FCMEQ …: two sources.
#[inline(always)]
pub fn two<E: Emit>(e: &mut E, i: Insn, op: Fp2) {
    let ty = same_type(i);
    let Some(shape) = shape(i, ty) else { return e.undefined() };
    let (a, b) = (e.v(i.rn()), e.v(i.rm()));
    let r = e.fp2(op, ty, shape, a, b);
    e.set_v(i.rd(), r);
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
    let a = e.v(i.rn());
    let r = reduce(e, op, ty, a, 0, lanes);
    e.set_v(i.rd(), r);
}

/// Reduce(): the result of the lower half with that of the upper half.
fn reduce<E: Emit>(e: &mut E, op: Fp2, ty: FpType, v: E::Vec, first: u32, lanes: u32) -> E::Vec {
    if lanes == 1 {
        let lane = e.lane(esize(ty), v, first);
        return e.vec_from_int(lane);
    }
    let low = reduce(e, op, ty, v, first, lanes / 2);
    let high = reduce(e, op, ty, v, first + lanes / 2, lanes / 2);
    e.fp2(op, ty, Shape::Scalar, low, high)
}

/// FABS, FSQRT, FRINT…, FRECPE …: one source.
pub fn one<E: Emit>(e: &mut E, i: Insn, op: Fp1) {
    let ty = misc_type(i);
    let Some(shape) = shape(i, ty) else { return e.undefined() };
    let a = e.v(i.rn());
    let r = e.fp1(op, ty, shape, a);
    e.set_v(i.rd(), r);
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
    e.set_v(i.rd(), r);
}

/// SCVTF, UCVTF from integers as wide.
pub fn from_int<E: Emit>(e: &mut E, i: Insn, signed: bool) {
    let ty = misc_type(i);
    let Some(shape) = shape(i, ty) else { return e.undefined() };
    let a = e.v(i.rn());
    let r = e.fp_from_fixed(ty, Fixed::new(ty.bits(), 0, signed), shape, a);
    e.set_v(i.rd(), r);
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
    e.set_v(i.rd(), r);
}

/// SCVTF, UCVTF (fixed-point).
pub fn from_fixed<E: Emit>(e: &mut E, i: Insn, signed: bool) {
    let (ty, from) = shift_fixed(i, signed);
    let Some(shape) = shape(i, ty) else { return e.undefined() };
    let a = e.v(i.rn());
    let r = e.fp_from_fixed(ty, from, shape, a);
    e.set_v(i.rd(), r);
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
    e.set_v(i.rd(), r);
}

/// FMLA, FMLS (by element).
#[inline(always)]
pub fn fused_by_element<E: Emit>(e: &mut E, i: Insn, op: Fp3) {
    let Some((ty, shape, m)) = element(e, i) else { return e.undefined() };
    let (n, d) = (e.v(i.rn()), e.v(i.rd()));
    let r = e.fp3(op, ty, shape, d, n, m);
    e.set_v(i.rd(), r);
}

/// FCVTN, FCVTXN; the "2" forms keep the lower half of Vd. `sz` is the narrower format, half or single.
pub fn narrow<E: Emit>(e: &mut E, i: Insn, odd: bool) {
    let (from, to) = if i.bit(22) { (FpType::D, FpType::S) } else { (FpType::S, FpType::H) };
    let shape = if i.bit(28) { Shape::Scalar } else { Shape::Full };
    let a = e.v(i.rn());
    let mut r = e.fp_convert(from, to, odd, shape, a);
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
