//! Copies between lanes and general-purpose registers, and modified immediates.

use super::{cut, set, shape};
use crate::lift::prelude::*;
use crate::value::simd::splat;

/// imm5: the lowest set bit is the element size, the bits above it are the lane. None where it is
/// zero in bits 3:0.
fn imm5(i: Insn) -> Option<(Esize, u32)> {
    let imm5 = i.bits(20, 16);
    let size = imm5.trailing_zeros();
    (size < 4).then(|| (Esize::from_field(size), imm5 >> (size + 1)))
}

/// [`imm5`], where a 64-bit vector of one doubleword is reserved.
fn vector_imm5(i: Insn) -> Option<(Esize, u32)> {
    imm5(i).filter(|&(es, _)| es != Esize::D || shape(i) != Shape::Half)
}

/// DUP (element), vector and scalar (MOV).
#[inline(always)]
pub fn dup_element<E: Emit>(e: &mut E, i: Insn) {
    let Some((es, lane)) = vector_imm5(i) else { return e.undefined() };
    let n = e.v(i.rn());
    let v = e.dup(es, n, lane);
    set(e, i, shape(i), es, v);
}

/// DUP (general).
#[inline(always)]
pub fn dup_general<E: Emit>(e: &mut E, i: Insn) {
    let Some((es, _)) = vector_imm5(i) else { return e.undefined() };
    let n = e.x(i.rn());
    let low = e.vec_from_int(n);
    let v = e.dup(es, low, 0);
    set(e, i, shape(i), es, v);
}

/// INS (general).
#[inline(always)]
pub fn ins_general<E: Emit>(e: &mut E, i: Insn) {
    let Some((es, lane)) = imm5(i) else { return e.undefined() };
    let (d, n) = (e.v(i.rd()), e.x(i.rn()));
    let v = e.set_lane(es, d, lane, n);
    e.set_v(i.rd(), v);
}

/// INS (element).
#[inline(always)]
pub fn ins_element<E: Emit>(e: &mut E, i: Insn) {
    let Some((es, lane)) = imm5(i) else { return e.undefined() };
    let from = i.bits(14, 11) >> es as u32;
    let (d, n) = (e.v(i.rd()), e.v(i.rn()));
    let x = e.lane(es, n, from);
    let v = e.set_lane(es, d, lane, x);
    e.set_v(i.rd(), v);
}

/// UMOV: W takes bytes to words, X doublewords only.
#[inline(always)]
pub fn umov<E: Emit>(e: &mut E, i: Insn) {
    let Some((es, lane)) = imm5(i).filter(|&(es, _)| (es == Esize::D) == i.q()) else { return e.undefined() };
    let n = e.v(i.rn());
    let x = e.lane(es, n, lane);
    e.set_x(i.rd(), x);
}

/// SMOV: W takes bytes and halfwords, X words too.
#[inline(always)]
pub fn smov<E: Emit>(e: &mut E, i: Insn) {
    let allowed = |es| es < Esize::S || es == Esize::S && i.q();
    let Some((es, lane)) = imm5(i).filter(|&(es, _)| allowed(es)) else { return e.undefined() };
    let n = e.v(i.rn());
    let x = e.lane(es, n, lane);
    let x = e.extract(if i.q() { Size::X } else { Size::W }, true, x, 0, es.bits());
    e.set_x(i.rd(), x);
}

/// What a modified immediate does to the destination.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Modified {
    /// MOVI, FMOV
    Move,
    /// MVNI
    Not,
    /// ORR
    Or,
    /// BIC
    Clear,
}

/// MOVI, MVNI, ORR, BIC, FMOV (vector, immediate).
#[inline(always)]
pub fn modified_immediate<E: Emit>(e: &mut E, i: Insn, how: Modified) {
    let shape = shape(i);
    let imm = expand_imm(i.bit(29), i.bits(15, 12), i.bits(18, 16) << 5 | i.bits(9, 5));
    let v = match how {
        Modified::Move => e.vec_imm(imm),
        Modified::Not => e.vec_imm(!imm),
        Modified::Or | Modified::Clear => {
            let (d, imm) = (e.v(i.rd()), e.vec_imm(imm));
            e.vec2(if how == Modified::Or { Vec2::Orr } else { Vec2::Bic }, Esize::D, d, imm)
        }
    };
    let v = cut(e, shape, Esize::D, v);
    e.set_v(i.rd(), v);
}

/// FMOV (vector, immediate), double-precision: both lanes or none.
#[inline(always)]
pub fn fmov_double<E: Emit>(e: &mut E, i: Insn) {
    if shape(i) == Shape::Half {
        return e.undefined();
    }
    modified_immediate(e, i, Modified::Move);
}

/// FMOV (vector, immediate), half-precision.
#[inline(always)]
pub fn fmov_half<E: Emit>(e: &mut E, i: Insn) {
    let imm8 = i.bits(18, 16) << 5 | i.bits(9, 5);
    let v = e.vec_imm(splat(Esize::H, expand_float(imm8, 5, 10)));
    set(e, i, shape(i), Esize::H, v);
}

/// AdvSIMDExpandImm.
fn expand_imm(op: bool, cmode: u32, imm8: u32) -> u128 {
    let imm = imm8 as u64;
    match cmode {
        0..8 => splat(Esize::S, imm << (cmode / 2 * 8)),
        8..12 => splat(Esize::H, imm << (cmode / 2 % 2 * 8)),
        12 => splat(Esize::S, imm << 8 | 0xff),
        13 => splat(Esize::S, imm << 16 | 0xffff),
        14 if !op => splat(Esize::B, imm),
        14 => splat(Esize::D, (0..8).filter(|bit| imm >> bit & 1 != 0).map(|bit| 0xff << (8 * bit)).sum()),
        _ if !op => splat(Esize::S, expand_float(imm8, 8, 23)),
        _ => splat(Esize::D, expand_float(imm8, 11, 52)),
    }
}

/// VFPExpandImm: sign, an exponent of three bits (the first of them inverted and then repeated) and
/// a fraction of four bits, in a format of so many bits each.
fn expand_float(imm8: u32, exponent_bits: u32, fraction_bits: u32) -> u64 {
    let imm = imm8 as u64;
    let repeated = crate::value::bits::ones(exponent_bits - 3) * (imm >> 6 & 1);
    let exponent = (!imm >> 6 & 1) << (exponent_bits - 1) | repeated << 2 | imm >> 4 & 3;
    (imm >> 7) << (exponent_bits + fraction_bits) | exponent << fraction_bits | (imm & 15) << (fraction_bits - 4)
}
