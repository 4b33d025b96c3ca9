//! Advanced SIMD (Arm ARM C4.1.96), integer part: what the groups share.
//!
//! The vector and the scalar form of an instruction are one function: [`shape`] tells them apart.
//! Operations work on all 128 bits, and [`set`] cuts the result to the lanes that the form has;
//! where an operation can saturate, the operands are cut first, so that QC tells of those lanes
//! only.

pub mod copy;
pub mod crypto;
pub mod fp;
pub mod permute;
pub mod shift_imm;
pub mod structures;
pub mod three_different;
pub mod three_same;
pub mod two_misc;

use super::prelude::*;

/// Element sizes that a row allows; others are UNDEFINED.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sizes(u8);

#[allow(missing_docs)]
impl Sizes {
    pub const B: Sizes = Sizes(0b0001);
    pub const S: Sizes = Sizes(0b0100);
    pub const D: Sizes = Sizes(0b1000);
    pub const BH: Sizes = Sizes(0b0011);
    pub const HS: Sizes = Sizes(0b0110);
    pub const BHS: Sizes = Sizes(0b0111);
    pub const BHSD: Sizes = Sizes(0b1111);

    fn contains(self, es: Esize) -> bool {
        self.0 >> es as u32 & 1 != 0
    }
}

/// The form of the instruction: bit 28 makes it scalar, else Q says how many lanes there are.
pub(super) fn shape(i: Insn) -> Shape {
    match (i.bit(28), i.q()) {
        (true, _) => Shape::Scalar,
        (false, false) => Shape::Half,
        (false, true) => Shape::Full,
    }
}

/// Element size (bits 23:22) and form, or None where the row or the manual ("1D") reserves them.
#[inline(always)]
fn arrangement(i: Insn, sizes: Sizes) -> Option<(Esize, Shape)> {
    let (es, shape) = (Esize::from_field(i.bits(23, 22)), shape(i));
    let reserved = es == Esize::D && shape == Shape::Half;
    (sizes.contains(es) && !reserved).then_some((es, shape))
}

/// Element size of the narrow side of a widening or narrowing instruction, or None where reserved.
#[inline(always)]
fn narrow_element(i: Insn) -> Option<Esize> {
    Some(Esize::from_field(i.bits(23, 22))).filter(|&es| es != Esize::D)
}

/// The second operand: Vm, or where bit 24 makes the instruction one by element, H:L:M's element of
/// it in every lane. Halfwords come from V0 to V15 only, as M belongs to the index.
#[inline(always)]
fn second<E: Emit>(e: &mut E, i: Insn, es: Esize) -> E::Vec {
    if !i.bit(24) {
        return e.v(i.rm());
    }
    let (h, l, m) = (i.bits(11, 11), i.bits(21, 21), i.bits(20, 20));
    let (r, lane) = if es == Esize::H { (i.bits(19, 16), h << 2 | l << 1 | m) } else { (i.rm(), h << 1 | l) };
    let v = e.v(r);
    e.dup(es, v, lane)
}

/// [`second`], the half of Vm that a widening instruction reads.
#[inline(always)]
fn second_part<E: Emit>(e: &mut E, i: Insn, es: Esize) -> E::Vec {
    if i.bit(24) { second(e, i, es) } else { part(e, i, i.rm()) }
}

/// The lanes of the form, the rest zero.
#[inline(always)]
fn cut<E: Emit>(e: &mut E, shape: Shape, es: Esize, v: E::Vec) -> E::Vec {
    match shape {
        Shape::Full => v,
        Shape::Half => e.low_half(v),
        Shape::Scalar => e.low_lane(es, v),
    }
}

/// Writes the lanes of the form to Vd, the rest zero.
#[inline(always)]
fn set<E: Emit>(e: &mut E, i: Insn, shape: Shape, es: Esize, v: E::Vec) {
    let v = cut(e, shape, es, v);
    e.set_v(i.rd(), v);
}

/// [`Emit::vec1`] for the lanes of the form.
#[inline(always)]
fn vec1<E: Emit>(e: &mut E, shape: Shape, op: Vec1, es: Esize, a: E::Vec) -> E::Vec {
    let a = if op.saturates() { cut(e, shape, es, a) } else { a };
    e.vec1(op, es, a)
}

/// [`Emit::vec2`] for the lanes of the form.
#[inline(always)]
fn vec2<E: Emit>(e: &mut E, shape: Shape, op: Vec2, es: Esize, a: E::Vec, b: E::Vec) -> E::Vec {
    if !op.saturates() {
        return e.vec2(op, es, a, b);
    }
    let (a, b) = (cut(e, shape, es, a), cut(e, shape, es, b));
    e.vec2(op, es, a, b)
}

/// The low halves of two values, as one.
#[inline(always)]
fn join<E: Emit>(e: &mut E, lo: E::Vec, hi: E::Vec) -> E::Vec {
    e.vec2(Vec2::Zip1, Esize::D, lo, hi)
}

/// Vpart of the pseudocode: the half of Vr that a widening instruction reads, which its second
/// form ("SADDL2") takes from above, in the low half.
#[inline(always)]
fn part<E: Emit>(e: &mut E, i: Insn, r: u32) -> E::Vec {
    let v = e.v(r);
    if shape(i) == Shape::Full { e.ext(v, v, 8) } else { v }
}

/// Writes a narrowed result (in the low half of `v`): to the low half of Vd, zeroing the other, or
/// with the second form ("XTN2") to the upper half, keeping the other.
#[inline(always)]
fn set_part<E: Emit>(e: &mut E, i: Insn, es: Esize, v: E::Vec) {
    match shape(i) {
        Shape::Full => {
            let d = e.v(i.rd());
            let v = join(e, d, v);
            e.set_v(i.rd(), v);
        }
        form => set(e, i, form, es, v),
    }
}
