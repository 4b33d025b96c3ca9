//! Three registers of different types: long, wide and narrowing, and the long multiplications by
//! element.

use super::{narrow_element, part, second_part, set_part, shape};
use crate::lift::prelude::*;
use crate::value::simd::splat;

/// SADDL, SSUBL, SABDL and their unsigned forms; with `accumulate` SABAL, UABAL.
#[inline(always)]
pub fn long<E: Emit>(e: &mut E, i: Insn, widen: Vec1, op: Vec2, accumulate: bool) {
    let Some(es) = narrow_element(i) else { return e.undefined() };
    let (n, m) = (part(e, i, i.rn()), part(e, i, i.rm()));
    let (n, m) = (e.vec1(widen, es, n), e.vec1(widen, es, m));
    let mut r = e.vec2(op, es.double(), n, m);
    if accumulate {
        let d = e.v(i.rd());
        r = e.vec2(Vec2::Add, es.double(), d, r);
    }
    e.set_v(i.rd(), r);
}

/// SADDW, SSUBW, UADDW, USUBW.
#[inline(always)]
pub fn wide<E: Emit>(e: &mut E, i: Insn, widen: Vec1, op: Vec2) {
    let Some(es) = narrow_element(i) else { return e.undefined() };
    let (n, m) = (e.v(i.rn()), part(e, i, i.rm()));
    let m = e.vec1(widen, es, m);
    let r = e.vec2(op, es.double(), n, m);
    e.set_v(i.rd(), r);
}

/// ADDHN, SUBHN; with `round` RADDHN, RSUBHN: the upper halves of sums.
#[inline(always)]
pub fn high_narrow<E: Emit>(e: &mut E, i: Insn, op: Vec2, round: bool) {
    let Some(es) = narrow_element(i) else { return e.undefined() };
    let (n, m) = (e.v(i.rn()), e.v(i.rm()));
    let mut r = e.vec2(op, es.double(), n, m);
    if round {
        let half = e.vec_imm(splat(es.double(), 1 << (es.bits() - 1)));
        r = e.vec2(Vec2::Add, es.double(), r, half);
    }
    let r = e.vec_shift(VecShift::Ushr, es.double(), r, es.bits());
    let r = e.vec1(Vec1::Xtn, es, r);
    set_part(e, i, es, r);
}

/// What a long multiplication does with the product.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Product {
    /// SMULL: it is the result.
    Plain,
    /// SMLAL: added to Vd.
    Add,
    /// SMLSL: subtracted from Vd.
    Sub,
}

/// SMULL, SMLAL, SMLSL and their unsigned forms, by vector and by element.
#[inline(always)]
pub fn multiply<E: Emit>(e: &mut E, i: Insn, op: Vec2, product: Product, sizes: Sizes) {
    let Some(es) = narrow_element(i).filter(|&es| sizes.contains(es)) else { return e.undefined() };
    let (n, m) = (part(e, i, i.rn()), second_part(e, i, es));
    let r = e.vec2(op, es, n, m);
    let d = e.v(i.rd());
    let r = match product {
        Product::Plain => r,
        Product::Add => e.vec2(Vec2::Add, es.double(), d, r),
        Product::Sub => e.vec2(Vec2::Sub, es.double(), d, r),
    };
    e.set_v(i.rd(), r);
}

/// SQDMULL, SQDMLAL, SQDMLSL, by vector and by element; the scalar form multiplies lane 0.
#[inline(always)]
pub fn saturating_multiply<E: Emit>(e: &mut E, i: Insn, product: Product) {
    let Some(es) = narrow_element(i).filter(|&es| Sizes::HS.contains(es)) else { return e.undefined() };
    let (mut n, mut m, mut d) = (part(e, i, i.rn()), second_part(e, i, es), e.v(i.rd()));
    if shape(i) == Shape::Scalar {
        (n, m) = (e.low_lane(es, n), e.low_lane(es, m));
        d = e.low_lane(es.double(), d);
    }
    let r = e.vec2(Vec2::Sqdmull, es, n, m);
    let r = match product {
        Product::Plain => r,
        Product::Add => e.vec2(Vec2::Sqadd, es.double(), d, r),
        Product::Sub => e.vec2(Vec2::Sqsub, es.double(), d, r),
    };
    e.set_v(i.rd(), r);
}

/// PMULL: of bytes, or of doublewords to a quadword.
#[inline(always)]
pub fn pmull<E: Emit>(e: &mut E, i: Insn) {
    let es = Esize::from_field(i.bits(23, 22));
    let (n, m) = (part(e, i, i.rn()), part(e, i, i.rm()));
    let r = e.vec2(Vec2::Pmull, es, n, m);
    e.set_v(i.rd(), r);
}
