//! Loads and stores of single registers and pairs, general-purpose and SIMD&FP (Arm ARM C4.1.94).
//!
//! The architecture leaves some register overlaps open (CONSTRAINED UNPREDICTABLE, K1.2.25). What
//! `emu` does, here and in [`super::exclusive`]:
//!
//! * Writeback to the transferred register (`LDR X0, [X0], #8`): a store stores the old value, and
//!   the written-back address wins over what was loaded.
//! * Both registers of a load pair the same: the second one, from the higher address, wins.
//! * Store-exclusive whose status register is its address or data: the old address and data are
//!   used, and the status wins.

use super::prelude::*;
use super::reg::extended;

/// How the address is formed from Xn|SP.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// Plus a 12-bit unsigned immediate, scaled.
    Unsigned,
    /// Plus a 9-bit signed immediate.
    Unscaled,
    /// Plus a 7-bit signed immediate, scaled (pairs).
    Offset,
    /// As it is; the immediate is added afterwards.
    Post,
    /// Plus the immediate, which is written back.
    Pre,
    /// Plus Rm, extended and perhaps scaled.
    Register,
}

/// What moves between register and memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Move {
    /// To memory.
    Store,
    /// From memory, zero-extended.
    Load,
    /// From memory, sign-extended to the size.
    Signed(Size),
}

/// Where an access goes, and what becomes of its base register afterwards.
struct Address<I> {
    at: I,
    writeback: Option<I>,
}

/// Xn|SP as a base: a misaligned SP faults before the access (CheckSPAlignment).
#[inline(always)]
pub(super) fn base<E: Emit>(e: &mut E, rn: u32) -> E::Int {
    if rn == 31 {
        e.check_sp_alignment();
    }
    e.x_sp(rn)
}

/// `a` plus a constant.
#[inline(always)]
pub(super) fn plus<E: Emit>(e: &mut E, a: E::Int, offset: i64) -> E::Int {
    if offset == 0 {
        return a;
    }
    let offset = e.imm(offset as u64);
    e.int2(Int2::Add, Size::X, a, offset)
}

/// The address by `mode`, where `immediate` is what post- and pre-indexing add.
#[inline(always)]
fn address<E: Emit>(e: &mut E, i: Insn, mode: Mode, width: Width, immediate: i64) -> Address<E::Int> {
    let base = base(e, i.rn());
    match mode {
        Mode::Unsigned => {
            let offset = i.bits(21, 10) as i64 * width.bytes() as i64;
            Address { at: plus(e, base, offset), writeback: None }
        }
        Mode::Unscaled | Mode::Offset => Address { at: plus(e, base, immediate), writeback: None },
        Mode::Post => Address { at: base, writeback: Some(plus(e, base, immediate)) },
        Mode::Pre => {
            let at = plus(e, base, immediate);
            Address { at, writeback: Some(at) }
        }
        Mode::Register => {
            let shift = if i.bit(12) { width as u32 } else { 0 };
            let offset = extended(e, Size::X, i.rm(), i.bits(15, 13), shift);
            Address { at: e.int2(Int2::Add, Size::X, base, offset), writeback: None }
        }
    }
}

/// Writes the base register back; the last commit of an instruction.
#[inline(always)]
fn write_back<E: Emit>(e: &mut E, i: Insn, a: Address<E::Int>) {
    if let Some(v) = a.writeback {
        e.set_x_sp(i.rn(), v);
    }
}

/// Loads what `what` says of it.
#[inline(always)]
pub(super) fn load_as<E: Emit>(e: &mut E, width: Width, what: Move, order: Order, at: E::Int) -> E::Int {
    let v = e.load(width, order, at);
    extended_as(e, width, what, v)
}

/// What was loaded, sign-extended if `what` says so.
#[inline(always)]
fn extended_as<E: Emit>(e: &mut E, width: Width, what: Move, v: E::Int) -> E::Int {
    match (what, width) {
        (Move::Signed(sz), Width::B) => e.int1(Int1::Sxtb, sz, v),
        (Move::Signed(sz), Width::H) => e.int1(Int1::Sxth, sz, v),
        (Move::Signed(sz), Width::S) => e.int1(Int1::Sxtw, sz, v),
        _ => v,
    }
}

/// LDR, STR and their kin, general-purpose register.
#[inline(always)]
pub fn single<E: Emit>(e: &mut E, i: Insn, width: Width, what: Move, mode: Mode) {
    let a = address(e, i, mode, width, i.sbits(20, 12));
    if what == Move::Store {
        let v = e.x(i.rd());
        e.store(width, Order::Plain, a.at, v);
    } else {
        let v = load_as(e, width, what, Order::Plain, a.at);
        e.set_x(i.rd(), v);
    }
    write_back(e, i, a);
}

/// LDR, STR and their kin, SIMD&FP register.
#[inline(always)]
pub fn single_v<E: Emit>(e: &mut E, i: Insn, width: Width, what: Move, mode: Mode) {
    let a = address(e, i, mode, width, i.sbits(20, 12));
    if what == Move::Store {
        let v = e.v(i.rd());
        e.store_v(width, a.at, v);
    } else {
        let v = e.load_v(width, a.at);
        e.set_v(i.rd(), v);
    }
    write_back(e, i, a);
}

/// LDP, STP, LDPSW, LDNP, STNP, general-purpose registers.
#[inline(always)]
pub fn pair<E: Emit>(e: &mut E, i: Insn, width: Width, what: Move, mode: Mode) {
    let a = address(e, i, mode, width, i.sbits(21, 15) * width.bytes() as i64);
    if what == Move::Store {
        let v = [e.x(i.rd()), e.x(i.ra())];
        e.store_pair(width, a.at, v);
    } else {
        let [lo, hi] = e.load_pair(width, a.at).map(|v| extended_as(e, width, what, v));
        e.set_x(i.rd(), lo);
        e.set_x(i.ra(), hi);
    }
    write_back(e, i, a);
}

/// LDP, STP, LDNP, STNP, SIMD&FP registers.
#[inline(always)]
pub fn pair_v<E: Emit>(e: &mut E, i: Insn, width: Width, what: Move, mode: Mode) {
    let a = address(e, i, mode, width, i.sbits(21, 15) * width.bytes() as i64);
    let second = plus(e, a.at, width.bytes() as i64);
    if what == Move::Store {
        let (lo, hi) = (e.v(i.rd()), e.v(i.ra()));
        e.store_v(width, a.at, lo);
        e.store_v(width, second, hi);
    } else {
        let (lo, hi) = (e.load_v(width, a.at), e.load_v(width, second));
        e.set_v(i.rd(), lo);
        e.set_v(i.ra(), hi);
    }
    write_back(e, i, a);
}

/// Loads two general-purpose registers by an access each.
pub fn load_two<E: Emit>(e: &mut E, width: Width, addr: E::Int) -> [E::Int; 2] {
    let second = plus(e, addr, width.bytes() as i64);
    [e.load(width, Order::Plain, addr), e.load(width, Order::Plain, second)]
}

/// Stores two likewise.
pub fn store_two<E: Emit>(e: &mut E, width: Width, addr: E::Int, v: [E::Int; 2]) {
    let second = plus(e, addr, width.bytes() as i64);
    e.store(width, Order::Plain, addr, v[0]);
    e.store(width, Order::Plain, second, v[1]);
}

/// The address of a literal: pc plus a signed 19-bit offset in words.
fn literal_address<E: Emit>(e: &mut E, i: Insn) -> E::Int {
    let at = e.pc().wrapping_add((i.sbits(23, 5) << 2) as u64);
    e.imm(at)
}

/// LDR, LDRSW (literal).
pub fn literal<E: Emit>(e: &mut E, i: Insn, width: Width, what: Move) {
    let at = literal_address(e, i);
    let v = load_as(e, width, what, Order::Plain, at);
    e.set_x(i.rd(), v);
}

/// LDR (literal, SIMD&FP).
pub fn literal_v<E: Emit>(e: &mut E, i: Insn, width: Width) {
    let at = literal_address(e, i);
    let v = e.load_v(width, at);
    e.set_v(i.rd(), v);
}

/// PRFM, PRFUM: hints, which never fault.
pub fn prefetch<E: Emit>(_: &mut E, _: Insn) {}
