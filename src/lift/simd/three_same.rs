//! Three registers of the same type, by vector and by element.

use super::{arrangement, cut, join, second, set, shape, vec2};
use crate::lift::prelude::*;

/// One operation on Vn and Vm.
#[inline(always)]
pub fn binary<E: Emit>(e: &mut E, i: Insn, op: Vec2, sizes: Sizes) {
    let Some((es, shape)) = arrangement(i, sizes) else { return e.undefined() };
    let (n, m) = (e.v(i.rn()), second(e, i, es));
    let r = vec2(e, shape, op, es, n, m);
    set(e, i, shape, es, r);
}

/// Its result added to Vd (MLA, SABA, UABA) or subtracted from it (MLS).
#[inline(always)]
pub fn accumulate<E: Emit>(e: &mut E, i: Insn, op: Vec2, with: Vec2, sizes: Sizes) {
    let Some((es, shape)) = arrangement(i, sizes) else { return e.undefined() };
    let (d, n, m) = (e.v(i.rd()), e.v(i.rn()), second(e, i, es));
    let r = e.vec2(op, es, n, m);
    let r = e.vec2(with, es, d, r);
    set(e, i, shape, es, r);
}

/// One operation on Vd, Vn and Vm (SQRDMLAH, SQRDMLSH, SDOT, UDOT, USDOT).
#[inline(always)]
pub fn ternary<E: Emit>(e: &mut E, i: Insn, op: Vec3, sizes: Sizes) {
    let Some((es, shape)) = arrangement(i, sizes) else { return e.undefined() };
    let (mut d, mut n, mut m) = (e.v(i.rd()), e.v(i.rn()), second(e, i, es));
    if op.saturates() {
        d = cut(e, shape, es, d);
        (n, m) = (cut(e, shape, es, n), cut(e, shape, es, m));
    }
    let r = e.vec3(op, es, d, n, m);
    set(e, i, shape, es, r);
}

/// SUDOT (by element): USDOT with the factors exchanged.
#[inline(always)]
pub fn sudot<E: Emit>(e: &mut E, i: Insn) {
    let (d, n, m) = (e.v(i.rd()), e.v(i.rn()), second(e, i, Esize::S));
    let r = e.vec3(Vec3::Usdot, Esize::S, d, m, n);
    set(e, i, shape(i), Esize::S, r);
}

/// SMMLA, UMMLA, USMMLA.
#[inline(always)]
pub fn matrix_multiply<E: Emit>(e: &mut E, i: Insn, op: Vec3) {
    let (d, n, m) = (e.v(i.rd()), e.v(i.rn()), e.v(i.rm()));
    let r = e.vec3(op, Esize::S, d, n, m);
    e.set_v(i.rd(), r);
}

/// AND, BIC, ORR, ORN, EOR.
#[inline(always)]
pub fn logical<E: Emit>(e: &mut E, i: Insn, op: Vec2) {
    let (n, m) = (e.v(i.rn()), e.v(i.rm()));
    let r = e.vec2(op, Esize::D, n, m);
    set(e, i, shape(i), Esize::D, r);
}

/// Which operand of a bitwise select is the mask, and where it has ones and zeros.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BitSelect {
    /// BSL: Vd selects Vn, else Vm
    Select,
    /// BIT: Vm selects Vn, else Vd
    IfTrue,
    /// BIF: Vm selects Vd, else Vn
    IfFalse,
}

/// BSL, BIT, BIF.
#[inline(always)]
pub fn bit_select<E: Emit>(e: &mut E, i: Insn, how: BitSelect) {
    let (d, n, m) = (e.v(i.rd()), e.v(i.rn()), e.v(i.rm()));
    let (mask, ones, zeros) = match how {
        BitSelect::Select => (d, n, m),
        BitSelect::IfTrue => (m, n, d),
        BitSelect::IfFalse => (m, d, n),
    };
    let r = e.vec3(Vec3::Bsl, Esize::D, mask, ones, zeros);
    set(e, i, shape(i), Esize::D, r);
}

/// ADDP, SMAXP … : neighbouring lanes of Vm:Vn. A 64-bit form has both in one value.
#[inline(always)]
pub fn pairwise<E: Emit>(e: &mut E, i: Insn, op: Vec2, sizes: Sizes) {
    let Some((es, shape)) = arrangement(i, sizes) else { return e.undefined() };
    let (mut n, mut m) = (e.v(i.rn()), e.v(i.rm()));
    if shape == Shape::Half {
        n = join(e, n, m);
        m = n;
    }
    let r = e.vec2(op, es, n, m);
    set(e, i, shape, es, r);
}

/// ADDP (scalar): the sum of both doublewords.
#[inline(always)]
pub fn addp_scalar<E: Emit>(e: &mut E, i: Insn) {
    let n = e.v(i.rn());
    let r = e.vec2(Vec2::Addp, Esize::D, n, n);
    set(e, i, Shape::Scalar, Esize::D, r);
}
