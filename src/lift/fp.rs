//! Scalar floating point (Arm ARM C4.1.96, "Data Processing -- Scalar Floating-Point").

use super::prelude::*;
use crate::value::fp::op::expand_imm8;

/// `ftype`, bits 23:22; rows exclude the reserved value 2 except where it means the upper half.
fn ftype(i: Insn) -> FpType {
    match i.bits(23, 22) {
        0 => FpType::S,
        1 => FpType::D,
        _ => FpType::H,
    }
}

/// The element size as wide as the type.
pub(super) const fn esize(ty: FpType) -> Esize {
    match ty {
        FpType::H => Esize::H,
        FpType::S => Esize::S,
        FpType::D => Esize::D,
    }
}

/// FABS, FNEG, FSQRT, FRINT….
#[inline(always)]
pub fn one<E: Emit>(e: &mut E, i: Insn, op: Fp1) {
    let a = e.v(i.rn());
    let r = e.fp1(op, ftype(i), Shape::Scalar, a);
    let r = e.fp_merge(ftype(i), r, i.rd());
    e.set_v(i.rd(), r);
}

/// FADD, FSUB, FMUL, FDIV, FNMUL, FMAX, FMIN, FMAXNM, FMINNM.
#[inline(always)]
pub fn two<E: Emit>(e: &mut E, i: Insn, op: Fp2) {
    let (a, b) = (e.v(i.rn()), e.v(i.rm()));
    let r = e.fp2(op, ftype(i), Shape::Scalar, a, b);
    let r = e.fp_merge(ftype(i), r, i.rn());
    e.set_v(i.rd(), r);
}

/// FMADD, FMSUB, FNMADD, FNMSUB.
#[inline(always)]
pub fn three<E: Emit>(e: &mut E, i: Insn, op: Fp3) {
    let (n, m, a) = (e.v(i.rn()), e.v(i.rm()), e.v(i.ra()));
    let r = e.fp3(op, ftype(i), Shape::Scalar, a, n, m);
    let r = e.fp_merge(ftype(i), r, i.ra());
    e.set_v(i.rd(), r);
}

/// FCVT between formats.
#[inline(always)]
pub fn convert<E: Emit>(e: &mut E, i: Insn, to: FpType) {
    let a = e.v(i.rn());
    let r = e.fp_convert(ftype(i), to, false, Shape::Scalar, a);
    let r = e.fp_merge(to, r, i.rd());
    e.set_v(i.rd(), r);
}

/// BFCVT.
pub fn to_bf16<E: Emit>(e: &mut E, i: Insn) {
    let a = e.v(i.rn());
    let r = e.fp1(Fp1::ToBf16, FpType::S, Shape::Scalar, a);
    let r = e.fp_merge(FpType::H, r, i.rd());
    e.set_v(i.rd(), r);
}

/// FMOV (register).
#[inline(always)]
pub fn mov_register<E: Emit>(e: &mut E, i: Insn) {
    let a = e.v(i.rn());
    let low = e.lane(esize(ftype(i)), a, 0);
    let r = e.vec_from_int(low);
    e.set_v(i.rd(), r);
}

/// FMOV (immediate).
#[inline(always)]
pub fn mov_immediate<E: Emit>(e: &mut E, i: Insn) {
    let value = e.imm(expand_imm8(ftype(i), i.bits(20, 13)));
    let r = e.vec_from_int(value);
    e.set_v(i.rd(), r);
}

/// FMOV from a vector register's low bits to a general-purpose one.
#[inline(always)]
pub fn mov_to_general<E: Emit>(e: &mut E, i: Insn) {
    let a = e.v(i.rn());
    let r = e.lane(esize(ftype(i)), a, 0);
    e.set_x(i.rd(), r);
}

/// FMOV from a general-purpose register.
#[inline(always)]
pub fn mov_from_general<E: Emit>(e: &mut E, i: Insn) {
    let a = e.x(i.rn());
    let bits = ftype(i).bits();
    let a = e.extract(Size::X, false, a, 0, bits);
    let r = e.vec_from_int(a);
    e.set_v(i.rd(), r);
}

/// FMOV Xd, Vn.D[1].
pub fn mov_upper_to_general<E: Emit>(e: &mut E, i: Insn) {
    let a = e.v(i.rn());
    let r = e.lane(Esize::D, a, 1);
    e.set_x(i.rd(), r);
}

/// FMOV Vd.D[1], Xn: the one scalar form that keeps the rest of Vd.
pub fn mov_upper_from_general<E: Emit>(e: &mut E, i: Insn) {
    let (a, d) = (e.x(i.rn()), e.v(i.rd()));
    let r = e.set_lane(Esize::D, d, 1, a);
    e.set_v(i.rd(), r);
}

/// FCMP, FCMPE; bit 3 compares with zero.
#[inline(always)]
pub fn compare<E: Emit>(e: &mut E, i: Insn, signal_nans: bool) {
    let a = e.v(i.rn());
    let b = if i.bit(3) { zero(e) } else { e.v(i.rm()) };
    e.fp_compare(ftype(i), signal_nans, a, b);
}

/// FCCMP, FCCMPE.
pub fn cond_compare<E: Emit>(e: &mut E, i: Insn, signal_nans: bool) {
    let c = e.cond(i.cond());
    let (a, b) = (e.v(i.rn()), e.v(i.rm()));
    e.fp_cond_compare(c, ftype(i), signal_nans, a, b, i.bits(3, 0));
}

/// FCSEL.
#[inline(always)]
pub fn cond_select<E: Emit>(e: &mut E, i: Insn) {
    let c = e.cond(i.cond());
    let (n, m) = (e.v(i.rn()), e.v(i.rm()));
    let chosen = e.select_v(c, n, m);
    let low = e.lane(esize(ftype(i)), chosen, 0);
    let r = e.vec_from_int(low);
    e.set_v(i.rd(), r);
}

/// FCVT{N,P,M,Z,A}{S,U} to a general-purpose register.
#[inline(always)]
pub fn to_int<E: Emit>(e: &mut E, i: Insn, signed: bool, rounding: Rounding) {
    let a = e.v(i.rn());
    let to = Fixed::new(i.sf().bits(), 0, signed);
    let r = e.fp_to_int(ftype(i), to, rounding, a);
    e.set_x(i.rd(), r);
}

/// SCVTF, UCVTF from a general-purpose register.
#[inline(always)]
pub fn from_int<E: Emit>(e: &mut E, i: Insn, signed: bool) {
    let a = e.x(i.rn());
    let from = Fixed::new(i.sf().bits(), 0, signed);
    let r = e.fp_from_int(ftype(i), from, a);
    let r = e.fp_merge(ftype(i), r, i.rd());
    e.set_v(i.rd(), r);
}

/// The format of a fixed-point operand: `scale` is 64 minus the bits after the binary point, and
/// reserved where those exceed the register.
fn fixed_point(i: Insn, signed: bool) -> Option<Fixed> {
    let fraction = 64 - i.bits(15, 10);
    let bits = i.sf().bits();
    (fraction <= bits).then_some(Fixed::new(bits, fraction, signed))
}

/// FCVTZS, FCVTZU (scalar, fixed-point).
pub fn to_fixed<E: Emit>(e: &mut E, i: Insn, signed: bool) {
    let Some(to) = fixed_point(i, signed) else { return e.undefined() };
    let a = e.v(i.rn());
    let r = e.fp_to_int(ftype(i), to, Rounding::Zero, a);
    e.set_x(i.rd(), r);
}

/// SCVTF, UCVTF (scalar, fixed-point).
pub fn from_fixed<E: Emit>(e: &mut E, i: Insn, signed: bool) {
    let Some(from) = fixed_point(i, signed) else { return e.undefined() };
    let a = e.x(i.rn());
    let r = e.fp_from_int(ftype(i), from, a);
    let r = e.fp_merge(ftype(i), r, i.rd());
    e.set_v(i.rd(), r);
}

/// FJCVTZS.
pub fn to_int_js<E: Emit>(e: &mut E, i: Insn) {
    let a = e.v(i.rn());
    let r = e.fp_to_int_js(a);
    e.set_x(i.rd(), r);
}

/// +0.0 in all lanes.
pub(super) fn zero<E: Emit>(e: &mut E) -> E::Vec {
    let zero = e.imm(0);
    e.vec_from_int(zero)
}
