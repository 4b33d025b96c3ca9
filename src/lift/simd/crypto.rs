//! The cryptographic extensions, all of whose instructions work on whole registers.

use crate::lift::prelude::*;

/// AESMC, AESIMC, SHA1H: of Vn.
#[inline(always)]
pub fn of_one<E: Emit>(e: &mut E, i: Insn, op: Vec1) {
    let n = e.v(i.rn());
    let r = e.vec1(op, Esize::B, n);
    e.set_v(i.rd(), r);
}

/// AESE, AESD, SHA1SU1, SHA256SU0, SHA512SU0, SM4E: of Vd and Vn.
#[inline(always)]
pub fn update<E: Emit>(e: &mut E, i: Insn, op: Vec2) {
    let (d, n) = (e.v(i.rd()), e.v(i.rn()));
    let r = e.vec2(op, Esize::B, d, n);
    e.set_v(i.rd(), r);
}

/// SM4EKEY: of Vn and Vm.
#[inline(always)]
pub fn of_two<E: Emit>(e: &mut E, i: Insn, op: Vec2) {
    let (n, m) = (e.v(i.rn()), e.v(i.rm()));
    let r = e.vec2(op, Esize::B, n, m);
    e.set_v(i.rd(), r);
}

/// SHA1C … SHA512SU1, SM3PARTW1, SM3PARTW2: of Vd, Vn and Vm.
#[inline(always)]
pub fn update3<E: Emit>(e: &mut E, i: Insn, op: Vec3) {
    let (d, n, m) = (e.v(i.rd()), e.v(i.rn()), e.v(i.rm()));
    let r = e.vec3(op, Esize::B, d, n, m);
    e.set_v(i.rd(), r);
}

/// SM3TT1A, SM3TT1B, SM3TT2A, SM3TT2B: of Vd, Vn and a word of Vm.
#[inline(always)]
pub fn sm3_round<E: Emit>(e: &mut E, i: Insn, op: Vec3) {
    let (d, n, m) = (e.v(i.rd()), e.v(i.rn()), e.v(i.rm()));
    let w = e.dup(Esize::S, m, i.bits(13, 12));
    let r = e.vec3(op, Esize::S, d, n, w);
    e.set_v(i.rd(), r);
}

/// SM3SS1: of Vn, Vm and Va.
#[inline(always)]
pub fn sm3_ss1<E: Emit>(e: &mut E, i: Insn) {
    let (n, m, a) = (e.v(i.rn()), e.v(i.rm()), e.v(i.ra()));
    let r = e.vec3(Vec3::Sm3ss1, Esize::S, n, m, a);
    e.set_v(i.rd(), r);
}

/// EOR3 (`op` EOR) and BCAX (`op` BIC): Vn EOR (Vm op Va).
#[inline(always)]
pub fn eor_with<E: Emit>(e: &mut E, i: Insn, op: Vec2) {
    let (n, m, a) = (e.v(i.rn()), e.v(i.rm()), e.v(i.ra()));
    let r = e.vec2(op, Esize::D, m, a);
    let r = e.vec2(Vec2::Eor, Esize::D, n, r);
    e.set_v(i.rd(), r);
}

/// RAX1: Vn EOR Vm rotated left by one.
#[inline(always)]
pub fn rax1<E: Emit>(e: &mut E, i: Insn) {
    let (n, m) = (e.v(i.rn()), e.v(i.rm()));
    let r = rotate_right(e, m, 63);
    let r = e.vec2(Vec2::Eor, Esize::D, n, r);
    e.set_v(i.rd(), r);
}

/// XAR: Vn EOR Vm, rotated right.
#[inline(always)]
pub fn xar<E: Emit>(e: &mut E, i: Insn) {
    let (n, m) = (e.v(i.rn()), e.v(i.rm()));
    let r = e.vec2(Vec2::Eor, Esize::D, n, m);
    let r = rotate_right(e, r, i.bits(15, 10));
    e.set_v(i.rd(), r);
}

/// Doublewords rotated right by 0 to 63.
#[inline(always)]
fn rotate_right<E: Emit>(e: &mut E, v: E::Vec, by: u32) -> E::Vec {
    if by == 0 {
        return v;
    }
    let low = e.vec_shift(VecShift::Ushr, Esize::D, v, by);
    let high = e.vec_shift(VecShift::Shl, Esize::D, v, 64 - by);
    e.vec2(Vec2::Orr, Esize::D, low, high)
}
