//! Shifts by an immediate.

use super::{cut, part, set, set_part, shape};
use crate::lift::prelude::*;

/// Element size from the highest set bit of immh, and immh:immb; None where immh is zero.
#[inline(always)]
fn immh_immb(i: Insn) -> Option<(Esize, u32)> {
    let size = i.bits(22, 19).checked_ilog2()?;
    Some((Esize::from_field(size), i.bits(22, 16)))
}

/// [`immh_immb`] of a form whose lanes keep their size; scalar, most have doublewords only.
#[inline(always)]
fn same_size(i: Insn, scalar: Sizes) -> Option<(Esize, u32, Shape)> {
    let (es, imm) = immh_immb(i)?;
    let allowed = match shape(i) {
        Shape::Scalar => scalar.contains(es),
        Shape::Half => es != Esize::D,
        Shape::Full => true,
    };
    allowed.then_some((es, imm, shape(i)))
}

/// [`immh_immb`] of a form whose lanes double or halve; the size is the narrow one.
#[inline(always)]
fn narrow_size(i: Insn) -> Option<(Esize, u32)> {
    immh_immb(i).filter(|&(es, _)| es != Esize::D)
}

/// SSHR, USHR, SRSHR, URSHR; with `accumulate` SSRA, USRA, SRSRA, URSRA.
#[inline(always)]
pub fn right<E: Emit>(e: &mut E, i: Insn, op: VecShift, accumulate: bool) {
    let Some((es, imm, shape)) = same_size(i, Sizes::D) else { return e.undefined() };
    let n = e.v(i.rn());
    let mut r = e.vec_shift(op, es, n, 2 * es.bits() - imm);
    if accumulate {
        let d = e.v(i.rd());
        r = e.vec2(Vec2::Add, es, d, r);
    }
    set(e, i, shape, es, r);
}

/// SHL, and the saturating SQSHL, UQSHL, SQSHLU, which have all scalar sizes.
#[inline(always)]
pub fn left<E: Emit>(e: &mut E, i: Insn, op: VecShift) {
    let scalar = if op.saturates() { Sizes::BHSD } else { Sizes::D };
    let Some((es, imm, shape)) = same_size(i, scalar) else { return e.undefined() };
    let n = e.v(i.rn());
    let n = if op.saturates() { cut(e, shape, es, n) } else { n };
    let r = e.vec_shift(op, es, n, imm - es.bits());
    set(e, i, shape, es, r);
}

/// SLI, SRI: the shifted lanes of Vn put over Vd, which keeps the bits shifted in.
#[inline(always)]
pub fn insert<E: Emit>(e: &mut E, i: Insn, op: VecShift) {
    let Some((es, imm, shape)) = same_size(i, Sizes::D) else { return e.undefined() };
    let amount = if op == VecShift::Shl { imm - es.bits() } else { 2 * es.bits() - imm };
    let (d, n) = (e.v(i.rd()), e.v(i.rn()));
    let shifted = e.vec_shift(op, es, n, amount);
    let mask = e.vec_imm(op.apply(es, u128::MAX, amount, &mut false));
    let r = e.vec3(Vec3::Bsl, es, mask, shifted, d);
    set(e, i, shape, es, r);
}

/// SHRN, RSHRN, SQSHRN, SQRSHRN, SQSHRUN, SQRSHRUN, UQSHRN, UQRSHRN: shifted, then narrowed. No
/// rounding can carry beyond the wide lane.
#[inline(always)]
pub fn narrow<E: Emit>(e: &mut E, i: Insn, op: VecShift, then: Vec1) {
    let Some((es, imm)) = narrow_size(i) else { return e.undefined() };
    let mut n = e.v(i.rn());
    if shape(i) == Shape::Scalar {
        n = cut(e, Shape::Scalar, es.double(), n);
    }
    let shifted = e.vec_shift(op, es.double(), n, 2 * es.bits() - imm);
    let r = e.vec1(then, es, shifted);
    set_part(e, i, es, r);
}

/// SSHLL, USHLL (SXTL, UXTL): widened, then shifted.
#[inline(always)]
pub fn long<E: Emit>(e: &mut E, i: Insn, widen: Vec1) {
    let Some((es, imm)) = narrow_size(i) else { return e.undefined() };
    let n = part(e, i, i.rn());
    let mut r = e.vec1(widen, es, n);
    if imm > es.bits() {
        r = e.vec_shift(VecShift::Shl, es.double(), r, imm - es.bits());
    }
    e.set_v(i.rd(), r);
}
