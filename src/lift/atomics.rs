//! Atomic memory operations and compare-and-swap (FEAT_LSE; Arm ARM C4.1.94).
//!
//! Their acquire and release forms mean the same: on x86-64 every one is a full barrier.

use super::load_store::base;
use super::prelude::*;

/// LDADD, LDCLR, LDEOR, LDSET, LDSMAX, LDSMIN, LDUMAX, LDUMIN, SWP; ST… where Rt is the zero register.
pub fn read_modify_write<E: Emit>(e: &mut E, i: Insn, op: Rmw) {
    let width = Width::from_field(i.bits(31, 30));
    let at = base(e, i.rn());
    e.check_alignment(at, width.bytes());
    let v = e.x(i.rm());
    let old = e.rmw(op, width, at, v);
    e.set_x(i.rd(), old);
}

/// LDCLRP, LDSETP, SWPP (FEAT_LSE128): Xt and Xt2, low half first. Equal ones are CONSTRAINED
/// UNPREDICTABLE, UNDEFINED here.
pub fn read_modify_write_pair<E: Emit>(e: &mut E, i: Insn, op: Rmw) {
    let (t, t2) = (i.rd(), i.rm());
    if t == 31 || t2 == 31 || t == t2 {
        return e.undefined();
    }
    let at = base(e, i.rn());
    e.check_alignment(at, 16);
    let v = [e.x(t), e.x(t2)];
    let [lo, hi] = e.rmw_pair(op, at, v);
    e.set_x(t, lo);
    e.set_x(t2, hi);
}

/// CAS.
pub fn compare_and_swap<E: Emit>(e: &mut E, i: Insn) {
    let width = Width::from_field(i.bits(31, 30));
    let at = base(e, i.rn());
    e.check_alignment(at, width.bytes());
    let (expected, new) = (e.x(i.rm()), e.x(i.rd()));
    let old = e.cas(width, at, expected, new);
    e.set_x(i.rm(), old);
}

/// CASP: Rs and Rt name even registers, each with the next one.
pub fn compare_and_swap_pair<E: Emit>(e: &mut E, i: Insn) {
    let (s, t) = (i.rm(), i.rd());
    if s % 2 != 0 || t % 2 != 0 {
        return e.undefined();
    }
    let width = if i.bit(30) { Width::D } else { Width::S };
    let at = base(e, i.rn());
    e.check_alignment(at, 2 * width.bytes());
    let expected = [e.x(s), e.x(s + 1)];
    let new = [e.x(t), e.x(t + 1)];
    let [lo, hi] = e.cas_pair(width, at, expected, new);
    e.set_x(s, lo);
    e.set_x(s + 1, hi);
}
