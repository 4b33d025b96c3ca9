//! Data processing, register (Arm ARM C4.1.95).

use super::prelude::*;

/// What CSEL and its kin do to the second operand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CondSelect {
    /// CSEL
    Same,
    /// CSINC
    Increment,
    /// CSINV
    Invert,
    /// CSNEG
    Negate,
}

/// UDIV, SDIV, LSLV … CRC32CX.
#[inline(always)]
pub fn two_source<E: Emit>(e: &mut E, i: Insn, op: Int2) {
    let (a, b) = (e.x(i.rn()), e.x(i.rm()));
    let v = e.int2(op, i.sf(), a, b);
    e.set_x(i.rd(), v);
}

/// RBIT, REV, CLZ, CLS.
#[inline(always)]
pub fn one_source<E: Emit>(e: &mut E, i: Insn, op: Int1) {
    let a = e.x(i.rn());
    let v = e.int1(op, i.sf(), a);
    e.set_x(i.rd(), v);
}

/// SMAX, UMAX, SMIN, UMIN (immediate): eight bits, signed for the signed ones.
pub fn min_max_immediate<E: Emit>(e: &mut E, i: Insn, op: Int2) {
    let signed = matches!(op, Int2::Smax | Int2::Smin);
    let imm = if signed { i.sf().trunc(i.sbits(17, 10) as u64) } else { i.bits(17, 10) as u64 };
    let (a, b) = (e.x(i.rn()), e.imm(imm));
    let v = e.int2(op, i.sf(), a, b);
    e.set_x(i.rd(), v);
}

/// ShiftReg: Rm shifted by an immediate, or None where the amount is reserved at the size.
#[inline(always)]
fn shifted<E: Emit>(e: &mut E, i: Insn) -> Option<E::Int> {
    let (sz, amount) = (i.sf(), i.bits(15, 10));
    if amount >= sz.bits() {
        return None;
    }
    let a = e.x(i.rm());
    if amount == 0 {
        return Some(a);
    }
    let n = e.imm(amount as u64);
    let op = match i.bits(23, 22) {
        0 => Int2::Lsl,
        1 => Int2::Lsr,
        2 => Int2::Asr,
        _ => Int2::Ror,
    };
    Some(e.int2(op, sz, a, n))
}

/// AND, BIC, ORR, ORN, EOR, EON, ANDS, BICS (shifted register).
#[inline(always)]
pub fn logical<E: Emit>(e: &mut E, i: Insn, op: Int2, flags: bool) {
    let Some(b) = shifted(e, i) else { return e.undefined() };
    let a = e.x(i.rn());
    let r = e.int2(op, i.sf(), a, b);
    if flags {
        e.set_nz(i.sf(), r);
    }
    e.set_x(i.rd(), r);
}

/// The four sums of a + b or a - b, with or without flags.
#[inline(always)]
fn sum<E: Emit>(e: &mut E, sz: Size, sub: bool, flags: bool, a: E::Int, b: E::Int) -> E::Int {
    match (sub, flags) {
        (false, false) => e.int2(Int2::Add, sz, a, b),
        (true, false) => e.int2(Int2::Sub, sz, a, b),
        (false, true) => e.adds(sz, a, b),
        (true, true) => e.subs(sz, a, b),
    }
}

/// ADD, ADDS, SUB, SUBS (shifted register).
#[inline(always)]
pub fn add_sub_shifted<E: Emit>(e: &mut E, i: Insn, sub: bool, flags: bool) {
    if i.bits(23, 22) == 3 {
        return e.undefined();
    }
    let Some(b) = shifted(e, i) else { return e.undefined() };
    let a = e.x(i.rn());
    let r = sum(e, i.sf(), sub, flags, a, b);
    e.set_x(i.rd(), r);
}

/// ExtendReg: Rm extended as bits 15:13 say, then shifted left.
#[inline(always)]
pub(super) fn extended<E: Emit>(e: &mut E, sz: Size, rm: u32, option: u32, shift: u32) -> E::Int {
    let a = e.x(rm);
    let v = match option & 7 {
        0 => e.int1(Int1::Uxtb, sz, a),
        1 => e.int1(Int1::Uxth, sz, a),
        2 => e.int1(Int1::Uxtw, sz, a),
        4 => e.int1(Int1::Sxtb, sz, a),
        5 => e.int1(Int1::Sxth, sz, a),
        6 => e.int1(Int1::Sxtw, sz, a),
        _ => a,
    };
    if shift == 0 {
        return v;
    }
    let n = e.imm(shift as u64);
    e.int2(Int2::Lsl, sz, v, n)
}

/// ADD, ADDS, SUB, SUBS (extended register).
#[inline(always)]
pub fn add_sub_extended<E: Emit>(e: &mut E, i: Insn, sub: bool, flags: bool) {
    let shift = i.bits(12, 10);
    if shift > 4 {
        return e.undefined();
    }
    let a = e.x_sp(i.rn());
    let b = extended(e, i.sf(), i.rm(), i.bits(15, 13), shift);
    let r = sum(e, i.sf(), sub, flags, a, b);
    if flags { e.set_x(i.rd(), r) } else { e.set_x_sp(i.rd(), r) }
}

/// ADC, ADCS, SBC, SBCS.
#[inline(always)]
pub fn add_sub_carry<E: Emit>(e: &mut E, i: Insn, sub: bool, flags: bool) {
    let (a, b) = (e.x(i.rn()), e.x(i.rm()));
    let r = e.add_carry(i.sf(), sub, a, b, flags);
    e.set_x(i.rd(), r);
}

/// CCMN, CCMP (register, immediate).
#[inline(always)]
pub fn cond_compare<E: Emit>(e: &mut E, i: Insn, sub: bool, immediate: bool) {
    let c = e.cond(i.cond());
    let a = e.x(i.rn());
    let b = if immediate { e.imm(i.rm() as u64) } else { e.x(i.rm()) };
    e.cond_compare(c, sub, i.sf(), a, b, i.bits(3, 0));
}

/// CSEL, CSINC, CSINV, CSNEG.
#[inline(always)]
pub fn cond_select<E: Emit>(e: &mut E, i: Insn, how: CondSelect) {
    let sz = i.sf();
    let c = e.cond(i.cond());
    let a = e.x(i.rn());
    let b = e.x(i.rm());
    let b = match how {
        CondSelect::Same => b,
        CondSelect::Increment => {
            let one = e.imm(1);
            e.int2(Int2::Add, sz, b, one)
        }
        CondSelect::Invert => e.int1(Int1::Not, sz, b),
        CondSelect::Negate => e.int1(Int1::Neg, sz, b),
    };
    let r = e.select(c, a, b);
    let r = if sz == Size::W { e.int1(Int1::Uxtw, sz, r) } else { r };
    e.set_x(i.rd(), r);
}

/// MADD, MSUB.
#[inline(always)]
pub fn multiply_add<E: Emit>(e: &mut E, i: Insn, sub: bool) {
    let sz = i.sf();
    let (n, m, a) = (e.x(i.rn()), e.x(i.rm()), e.x(i.ra()));
    let product = e.int2(Int2::Mul, sz, n, m);
    let r = e.int2(if sub { Int2::Sub } else { Int2::Add }, sz, a, product);
    e.set_x(i.rd(), r);
}

/// SMADDL, SMSUBL, UMADDL, UMSUBL.
#[inline(always)]
pub fn multiply_add_long<E: Emit>(e: &mut E, i: Insn, mul: Int2, sub: bool) {
    let (n, m, a) = (e.x(i.rn()), e.x(i.rm()), e.x(i.ra()));
    let product = e.int2(mul, Size::X, n, m);
    let r = e.int2(if sub { Int2::Sub } else { Int2::Add }, Size::X, a, product);
    e.set_x(i.rd(), r);
}

/// SMULH, UMULH.
#[inline(always)]
pub fn multiply_high<E: Emit>(e: &mut E, i: Insn, op: Int2) {
    let (n, m) = (e.x(i.rn()), e.x(i.rm()));
    let r = e.int2(op, Size::X, n, m);
    e.set_x(i.rd(), r);
}
