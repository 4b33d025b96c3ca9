//! Two registers (one operand), and across lanes.

use super::{arrangement, cut, join, narrow_element, part, set, set_part, vec1, vec2};
use crate::lift::prelude::*;

/// One operation on Vn.
#[inline(always)]
pub fn unary<E: Emit>(e: &mut E, i: Insn, op: Vec1, sizes: Sizes) {
    let Some((es, shape)) = arrangement(i, sizes) else { return e.undefined() };
    let n = e.v(i.rn());
    let r = vec1(e, shape, op, es, n);
    set(e, i, shape, es, r);
}

/// NOT (MVN), RBIT: on bytes; bit 22 tells them apart.
#[inline(always)]
pub fn bytes<E: Emit>(e: &mut E, i: Insn, op: Vec1) {
    let n = e.v(i.rn());
    let r = e.vec1(op, Esize::B, n);
    set(e, i, super::shape(i), Esize::B, r);
}

/// CMGT, CMGE, CMEQ with zero; with `swapped` CMLT and CMLE, whose first operand is the zero.
#[inline(always)]
pub fn compare_zero<E: Emit>(e: &mut E, i: Insn, op: Vec2, swapped: bool, sizes: Sizes) {
    let Some((es, shape)) = arrangement(i, sizes) else { return e.undefined() };
    let (n, zero) = (e.v(i.rn()), e.vec_imm(0));
    let r = if swapped { e.vec2(op, es, zero, n) } else { e.vec2(op, es, n, zero) };
    set(e, i, shape, es, r);
}

/// SUQADD, USQADD: Vn added to Vd.
#[inline(always)]
pub fn add_to<E: Emit>(e: &mut E, i: Insn, op: Vec2) {
    let Some((es, shape)) = arrangement(i, Sizes::BHSD) else { return e.undefined() };
    let (d, n) = (e.v(i.rd()), e.v(i.rn()));
    let r = vec2(e, shape, op, es, d, n);
    set(e, i, shape, es, r);
}

/// SADDLP, UADDLP; with `accumulate` SADALP, UADALP.
#[inline(always)]
pub fn add_long_pairwise<E: Emit>(e: &mut E, i: Insn, op: Vec1, accumulate: bool) {
    let Some((es, shape)) = arrangement(i, Sizes::BHS) else { return e.undefined() };
    let (d, n) = (e.v(i.rd()), e.v(i.rn()));
    let mut r = e.vec1(op, es, n);
    if accumulate {
        r = e.vec2(Vec2::Add, es.double(), d, r);
    }
    set(e, i, shape, es, r);
}

/// XTN, SQXTN, SQXTUN, UQXTN; the scalar form narrows lane 0.
#[inline(always)]
pub fn narrow<E: Emit>(e: &mut E, i: Insn, op: Vec1) {
    let Some(es) = narrow_element(i) else { return e.undefined() };
    let mut n = e.v(i.rn());
    if super::shape(i) == Shape::Scalar {
        n = cut(e, Shape::Scalar, es.double(), n);
    }
    let r = e.vec1(op, es, n);
    set_part(e, i, es, r);
}

/// SHLL: widened and shifted by the narrow size.
#[inline(always)]
pub fn shll<E: Emit>(e: &mut E, i: Insn) {
    let Some(es) = narrow_element(i) else { return e.undefined() };
    let n = part(e, i, i.rn());
    let wide = e.vec1(Vec1::Uxtl, es, n);
    let r = e.vec_shift(VecShift::Shl, es.double(), wide, es.bits());
    e.set_v(i.rd(), r);
}

/// ADDV, SADDLV, UADDLV, SMAXV …: all lanes of Vn to one, `wide` if its size doubles.
#[inline(always)]
pub fn across<E: Emit>(e: &mut E, i: Insn, op: Vec1, wide: bool) {
    let Some((es, shape)) = arrangement(i, Sizes::BHS) else { return e.undefined() };
    if es == Esize::S && shape == Shape::Half {
        return e.undefined();
    }
    let mut n = e.v(i.rn());
    if shape == Shape::Half {
        // Zeros change no sum, lanes seen twice change no maximum.
        let sum = matches!(op, Vec1::Addv | Vec1::Saddlv | Vec1::Uaddlv);
        n = if sum { e.low_half(n) } else { join(e, n, n) };
    }
    let r = e.vec1(op, es, n);
    set(e, i, Shape::Scalar, if wide { es.double() } else { es }, r);
}
