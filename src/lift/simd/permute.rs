//! Permutations: ZIP, UZP, TRN, EXT, and table look-up.

use super::{arrangement, join, set, shape};
use crate::lift::prelude::*;
use crate::value::simd::splat;

/// ZIP1, TRN1, TRN2: whose 64-bit forms are the low half of the 128-bit one.
#[inline(always)]
pub fn interleave<E: Emit>(e: &mut E, i: Insn, op: Vec2) {
    let Some((es, shape)) = arrangement(i, Sizes::BHSD) else { return e.undefined() };
    let (n, m) = (e.v(i.rn()), e.v(i.rm()));
    let r = e.vec2(op, es, n, m);
    set(e, i, shape, es, r);
}

/// ZIP2: the 64-bit form is the upper half of the 128-bit ZIP1.
#[inline(always)]
pub fn zip2<E: Emit>(e: &mut E, i: Insn) {
    let Some((es, shape)) = arrangement(i, Sizes::BHSD) else { return e.undefined() };
    let (n, m) = (e.v(i.rn()), e.v(i.rm()));
    let r = if shape == Shape::Full {
        e.vec2(Vec2::Zip2, es, n, m)
    } else {
        let both = e.vec2(Vec2::Zip1, es, n, m);
        e.ext(both, both, 8)
    };
    set(e, i, shape, es, r);
}

/// EXT: bytes of Vm:Vn from one on.
#[inline(always)]
pub fn ext<E: Emit>(e: &mut E, i: Insn) {
    let from = i.bits(14, 11);
    let (n, m) = (e.v(i.rn()), e.v(i.rm()));
    let r = if shape(i) == Shape::Full {
        e.ext(n, m, from)
    } else if from < 8 {
        let both = join(e, n, m);
        e.ext(both, both, from)
    } else {
        return e.undefined();
    };
    set(e, i, shape(i), Esize::B, r);
}

/// TBL, and with `keep` TBX, which leaves bytes of Vd whose index is beyond the table.
#[inline(always)]
pub fn table<E: Emit>(e: &mut E, i: Insn, keep: bool) {
    let count = i.bits(14, 13) + 1;
    let table = [0, 1, 2, 3].map(|k| e.v((i.rn() + k.min(count - 1)) % 32));
    let (d, index) = (e.v(i.rd()), e.v(i.rm()));
    let mut r = e.tbl(table, count as usize, index);
    if keep {
        let end = e.vec_imm(splat(Esize::B, 16 * count as u64));
        let beyond = e.vec2(Vec2::Cmhs, Esize::B, index, end);
        r = e.vec3(Vec3::Bsl, Esize::B, beyond, d, r);
    }
    set(e, i, shape(i), Esize::B, r);
}
