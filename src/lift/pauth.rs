//! Pointer authentication (FEAT_PAuth; Arm ARM C4.1, D8.10).
//!
//! The hints (PACIASP, AUTIASP …) are rows of their own, which a processor without the feature
//! lacks: there the words are HINT, and do nothing.

use super::load_store::plus;
use super::prelude::*;

/// A pointer authentication key, in the order of [`crate::cpu::state::PacKeys`].
#[allow(missing_docs)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PacKey {
    Ia,
    Ib,
    Da,
    Db,
}

impl PacKey {
    /// From a field of two bits: data, B.
    pub fn from_field(bits: u32) -> PacKey {
        match bits & 3 {
            0 => PacKey::Ia,
            1 => PacKey::Ib,
            2 => PacKey::Da,
            _ => PacKey::Db,
        }
    }

    /// Whether it is a B key.
    pub fn is_b(self) -> bool {
        matches!(self, PacKey::Ib | PacKey::Db)
    }
}

/// What is done with a pointer and a modifier.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Pauth {
    /// AddPAC.
    Sign(PacKey),
    /// Auth. With `combined`, the instruction then uses the pointer.
    Authenticate {
        /// The key.
        key: PacKey,
        /// RETAA, BRAA, LDRAA and their kin.
        combined: bool,
    },
    /// PACGA.
    Generic,
}

/// PACIA, PACIB, PACDA, PACDB, AUTIA …: Xd, modified by Xn or SP.
pub fn pointer<E: Emit>(e: &mut E, i: Insn, authenticate: bool) {
    let modifier = e.x_sp(i.rn());
    apply(e, i.rd(), modifier, PacKey::from_field(i.bits(11, 10)), authenticate);
}

/// PACIZA, AUTIZA …: Xd, modified by zero.
pub fn pointer_zero<E: Emit>(e: &mut E, i: Insn, authenticate: bool) {
    let modifier = e.imm(0);
    apply(e, i.rd(), modifier, PacKey::from_field(i.bits(11, 10)), authenticate);
}

/// PACIA1716 and its kin: X17, modified by X16.
pub fn x17_x16<E: Emit>(e: &mut E, i: Insn, authenticate: bool) {
    let modifier = e.x(16);
    apply(e, 17, modifier, PacKey::from_field(i.bits(6, 6)), authenticate);
}

/// PACIASP and its kin: X30, modified by SP.
pub fn x30_sp<E: Emit>(e: &mut E, i: Insn, authenticate: bool) {
    let modifier = e.x_sp(31);
    apply(e, 30, modifier, PacKey::from_field(i.bits(6, 6)), authenticate);
}

/// PACIAZ and its kin: X30, modified by zero.
pub fn x30_zero<E: Emit>(e: &mut E, i: Insn, authenticate: bool) {
    let modifier = e.imm(0);
    apply(e, 30, modifier, PacKey::from_field(i.bits(6, 6)), authenticate);
}

fn apply<E: Emit>(e: &mut E, register: u32, modifier: E::Int, key: PacKey, authenticate: bool) {
    let what = if authenticate { Pauth::Authenticate { key, combined: false } } else { Pauth::Sign(key) };
    let a = e.x(register);
    let v = e.pauth(what, a, modifier);
    e.set_x(register, v);
}

/// PACGA.
pub fn generic<E: Emit>(e: &mut E, i: Insn) {
    let (a, modifier) = (e.x(i.rn()), e.x_sp(i.rm()));
    let v = e.pauth(Pauth::Generic, a, modifier);
    e.set_x(i.rd(), v);
}

/// XPACI, XPACD.
pub fn strip<E: Emit>(e: &mut E, i: Insn) {
    strip_register(e, i.rd());
}

/// XPACLRI.
pub fn strip_link<E: Emit>(e: &mut E, _: Insn) {
    strip_register(e, 30);
}

/// Strip(), as [`crate::value::pac::strip`] has it.
fn strip_register<E: Emit>(e: &mut E, register: u32) {
    let a = e.x(register);
    let (lower_field, upper_field) = (e.imm(0x7f << 48), e.imm(0xffff << 48));
    let lower = e.int2(Int2::Bic, Size::X, a, lower_field);
    let upper = e.int2(Int2::Orr, Size::X, a, upper_field);
    let is_upper = e.bit(a, 55);
    let v = e.select(is_upper, upper, lower);
    e.set_x(register, v);
}

/// BRAA, BLRAA, RETAA and their kin: bit 24 says that Rm or SP is the modifier, bit 10 is the key.
pub fn branch<E: Emit>(e: &mut E, i: Insn, why: Indirect) {
    let is_return = why == Indirect::Return;
    let target = e.x(if is_return { 30 } else { i.rn() });
    let modifier = match (is_return, i.bit(24)) {
        (true, _) => e.x_sp(31),
        (false, true) => e.x_sp(i.rd()),
        (false, false) => e.imm(0),
    };
    let key = PacKey::from_field(i.bits(10, 10));
    let target = e.pauth(Pauth::Authenticate { key, combined: true }, target, modifier);
    super::branch::to_register(e, i, target, why);
}

/// LDRAA, LDRAB: the base authenticates with zero as its modifier.
pub fn load<E: Emit>(e: &mut E, i: Insn) {
    let base = super::load_store::base(e, i.rn());
    let modifier = e.imm(0);
    let key = PacKey::from_field(2 | i.bits(23, 23));
    let base = e.pauth(Pauth::Authenticate { key, combined: true }, base, modifier);
    let offset = (i.sbits(22, 22) << 9 | i.bits(20, 12) as i64) << 3;
    let at = plus(e, base, offset);
    let v = e.load(Width::D, Order::Plain, at);
    e.set_x(i.rd(), v);
    if i.bit(11) {
        e.set_x_sp(i.rn(), at);
    }
}
