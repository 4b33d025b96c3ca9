//! Data processing, immediate (Arm ARM C4.1.92).

use super::prelude::*;

/// ADR: pc plus a signed 21-bit offset.
#[inline(always)]
pub fn adr<E: Emit>(e: &mut E, i: Insn) {
    let offset = i.sbits(23, 5) << 2 | i.bits(30, 29) as i64;
    let v = e.imm(e.pc().wrapping_add(offset as u64));
    e.set_x(i.rd(), v);
}

/// ADRP: the page of pc plus a signed 21-bit offset in pages.
#[inline(always)]
pub fn adrp<E: Emit>(e: &mut E, i: Insn) {
    let offset = (i.sbits(23, 5) << 2 | i.bits(30, 29) as i64) << 12;
    let v = e.imm((e.pc() & !0xfff).wrapping_add(offset as u64));
    e.set_x(i.rd(), v);
}

/// ADD, ADDS, SUB, SUBS (immediate), the immediate optionally shifted by 12.
#[inline(always)]
pub fn add_sub<E: Emit>(e: &mut E, i: Insn, sub: bool, flags: bool) {
    let imm = (i.bits(21, 10) as u64) << if i.bit(22) { 12 } else { 0 };
    let (a, b) = (e.x_sp(i.rn()), e.imm(imm));
    let sz = i.sf();
    match (sub, flags) {
        (false, false) => {
            let r = e.int2(Int2::Add, sz, a, b);
            e.set_x_sp(i.rd(), r);
        }
        (true, false) => {
            let r = e.int2(Int2::Sub, sz, a, b);
            e.set_x_sp(i.rd(), r);
        }
        (false, true) => {
            let r = e.adds(sz, a, b);
            e.set_x(i.rd(), r);
        }
        (true, true) => {
            let r = e.subs(sz, a, b);
            e.set_x(i.rd(), r);
        }
    }
}

/// AND, ORR, EOR, ANDS (immediate).
#[inline(always)]
pub fn logical<E: Emit>(e: &mut E, i: Insn, op: Int2, flags: bool) {
    let Some(imm) = i.logical_imm() else { return e.undefined() };
    let (a, b) = (e.x(i.rn()), e.imm(imm));
    let r = e.int2(op, i.sf(), a, b);
    if flags {
        e.set_nz(i.sf(), r);
        e.set_x(i.rd(), r);
    } else {
        e.set_x_sp(i.rd(), r);
    }
}

/// The shift of a move-wide instruction, or None where `hw` is reserved.
#[inline(always)]
fn hw_shift(i: Insn) -> Option<u32> {
    let hw = i.bits(22, 21);
    (i.bit(31) || hw < 2).then_some(hw * 16)
}

/// MOVZ.
#[inline(always)]
pub fn movz<E: Emit>(e: &mut E, i: Insn) {
    let Some(shift) = hw_shift(i) else { return e.undefined() };
    let v = e.imm((i.bits(20, 5) as u64) << shift);
    e.set_x(i.rd(), v);
}

/// MOVN.
#[inline(always)]
pub fn movn<E: Emit>(e: &mut E, i: Insn) {
    let Some(shift) = hw_shift(i) else { return e.undefined() };
    let v = e.imm(i.sf().trunc(!((i.bits(20, 5) as u64) << shift)));
    e.set_x(i.rd(), v);
}

/// MOVK.
#[inline(always)]
pub fn movk<E: Emit>(e: &mut E, i: Insn) {
    let Some(shift) = hw_shift(i) else { return e.undefined() };
    let (old, imm) = (e.x(i.rd()), e.imm(i.bits(20, 5) as u64));
    let v = e.insert(i.sf(), old, imm, shift, 16);
    e.set_x(i.rd(), v);
}

/// `immr` and `imms` of a bitfield instruction, or None where N or their ranges are reserved.
#[inline(always)]
fn bitfield_fields(i: Insn) -> Option<(u32, u32)> {
    let (immr, imms) = (i.bits(21, 16), i.bits(15, 10));
    let bits = i.sf().bits();
    (i.bit(22) == i.bit(31) && immr < bits && imms < bits).then_some((immr, imms))
}

/// SBFM and UBFM with all their aliases (ASR, LSL, LSR, SXT*, UXT*, SBFX, UBFIZ …).
#[inline(always)]
pub fn bitfield<E: Emit>(e: &mut E, i: Insn, signed: bool) {
    let Some((immr, imms)) = bitfield_fields(i) else { return e.undefined() };
    let sz = i.sf();
    let a = e.x(i.rn());
    let v = if imms >= immr {
        e.extract(sz, signed, a, immr, imms - immr + 1)
    } else {
        let field = e.extract(sz, signed, a, 0, imms + 1);
        let shift = e.imm((sz.bits() - immr) as u64);
        e.int2(Int2::Lsl, sz, field, shift)
    };
    e.set_x(i.rd(), v);
}

/// BFM (BFI, BFXIL, BFC).
#[inline(always)]
pub fn bfm<E: Emit>(e: &mut E, i: Insn) {
    let Some((immr, imms)) = bitfield_fields(i) else { return e.undefined() };
    let sz = i.sf();
    let (dst, src) = (e.x(i.rd()), e.x(i.rn()));
    let v = if imms >= immr {
        let width = imms - immr + 1;
        let field = e.extract(sz, false, src, immr, width);
        e.insert(sz, dst, field, 0, width)
    } else {
        e.insert(sz, dst, src, sz.bits() - immr, imms + 1)
    };
    e.set_x(i.rd(), v);
}

/// EXTR (ROR immediate).
#[inline(always)]
pub fn extr<E: Emit>(e: &mut E, i: Insn) {
    let lsb = i.bits(15, 10);
    if i.bit(22) != i.bit(31) || lsb >= i.sf().bits() {
        return e.undefined();
    }
    let (hi, lo) = (e.x(i.rn()), e.x(i.rm()));
    let v = e.extr(i.sf(), hi, lo, lsb);
    e.set_x(i.rd(), v);
}
