//! Makes random loads, stores and indirect branches go somewhere.
//!
//! A load or store is run on the side under test first. Where it faults tells how far off it is,
//! whatever its addressing mode, and the base register is moved by that much. Whether the address
//! was right is the oracle's to say.

use super::engine::{Engine, SIGBUS, SIGSEGV};
use super::generate::Rng;
use super::keys;
use super::place::{MEMORY_SIZE, Place};
use super::state::{Outcome, State};
use emu::decode::{Insn, Op, Row, decode};

/// Bits 28:25 tell the major groups apart (C4.1).
pub fn major(row: &Row) -> u32 {
    row.value >> 25 & 15
}

/// Whether a row reads or writes memory through Xn|SP.
pub fn has_base(row: &Row) -> bool {
    major(row) & 0b0101 == 0b0100 && !is_literal(row)
}

/// Whether a row reads memory near pc.
pub fn is_literal(row: &Row) -> bool {
    row.name.ends_with("_lit")
}

/// Whether the address is in Xt: DC, IC.
fn address_in_rt(op: Op) -> bool {
    op.row().name.starts_with("DC_") || op == Op::IC_IVAU
}

/// Points a literal load at memory.
pub fn literal(word: u32, pc: u64, place: Place, rng: &mut Rng) -> u32 {
    let target = place.memory + rng.below(MEMORY_SIZE as u64) / 4 * 4;
    let offset = (target.wrapping_sub(pc) >> 2) as u32 & 0x7_ffff;
    word & !(0x7_ffff << 5) | offset << 5
}

/// Makes MRS and MSR name a register whose value both sides agree on.
pub fn system_register(word: u32, rng: &mut Rng) -> u32 {
    let encodings: &[u64] = match decode(Insn(word)) {
        // NZCV, FPCR, FPSR, TPIDRRO_EL0, DIT, SSBS.
        Some(Op::MRS) => &[0xda10, 0xda20, 0xda21, 0xde83, 0xda15, 0xda16],
        // And TPIDR_EL0.
        Some(Op::MSR) => &[0xda10, 0xda20, 0xda21, 0xde82, 0xda15, 0xda16],
        _ => return word,
    };
    word & !(0x7fff << 5) | (rng.pick(encodings) as u32 & 0x7fff) << 5
}

/// An address in memory: mostly well inside and aligned, sometimes misaligned, sometimes where an
/// access leaves the page.
fn target(place: Place, rng: &mut Rng) -> u64 {
    let inside = place.memory + 16 * (8 + rng.below(MEMORY_SIZE as u64 / 16 - 24));
    match rng.below(16) {
        0 => place.memory.wrapping_sub(rng.below(24)),
        1 => place.memory + MEMORY_SIZE as u64 - rng.below(72),
        2..=4 => inside + rng.below(16),
        5..=7 => inside + 8 * rng.below(2),
        _ => inside,
    }
}

/// Executes a program of one instruction on `state`, after aiming the state's address at memory.
pub fn execute(
    engine: &mut Engine,
    place: Place,
    index: usize,
    word: u32,
    state: &mut State,
    rng: &mut Rng,
) -> Outcome {
    let Some(op) = decode(Insn(word)) else { return engine.execute(index, state) };
    let register = match op {
        _ if has_base(op.row()) => Insn(word).rn(),
        _ if address_in_rt(op) => Insn(word).rd(),
        _ => return engine.execute(index, state),
    };
    let target = target(place, rng);
    *state.x_sp(register) = target;
    if let Op::LDRAA | Op::LDRAB = op {
        // The offset is added to what authenticates.
        let base = target.wrapping_sub(offset_of_ldra(word)) & if register == 31 { !15 } else { !0 };
        *state.x_sp(register) = keys::sign(op, word, state, rng, base);
        return engine.execute(index, state);
    }
    let mut outcome = engine.execute(index, state);
    for _ in 0..2 {
        let far = outcome.address.wrapping_sub(place.memory).wrapping_add(1 << 12) > 3 << 12;
        if !(matches!(outcome.signal, SIGSEGV | SIGBUS) && far) {
            break;
        }
        let base = state.x_sp(register);
        *base = base.wrapping_add(target.wrapping_sub(outcome.address));
        outcome = engine.execute(index, state);
    }
    if register == 31 {
        state.sp &= !15;
    } else if rng.one_in(8) {
        // The top byte is ignored.
        state.x[register as usize] |= rng.next() << 56;
    }
    if let Op::CAS | Op::CASP = op {
        expect_memory(word, place, state, rng);
    }
    engine.execute(index, state)
}

/// The offset of LDRAA and LDRAB.
fn offset_of_ldra(word: u32) -> u64 {
    ((Insn(word).sbits(22, 22) << 9 | Insn(word).bits(20, 12) as i64) << 3) as u64
}

/// Makes half of the compare-and-swaps find what they expect.
fn expect_memory(word: u32, place: Place, state: &mut State, rng: &mut Rng) {
    let at = (*state.x_sp(Insn(word).rn()) & !(255 << 56)).wrapping_sub(place.memory);
    let Some(bytes) = place.bytes().get(at as usize..).and_then(|tail| tail.first_chunk::<16>().copied()) else {
        return;
    };
    let value = u128::from_le_bytes(bytes);
    let (s, pair, word_sized) = (Insn(word).rm() as usize, decode(Insn(word)) == Some(Op::CASP), !Insn(word).bit(30));
    if rng.one_in(2) && s as u32 != Insn(word).rn() {
        let shift = if pair && word_sized { 32 } else { 64 };
        for (n, v) in [value as u64, (value >> shift) as u64].into_iter().take(1 + pair as usize).enumerate() {
            if (s + n) as u32 != Insn(word).rn() && s + n < 31 {
                state.x[s + n] = v;
            }
        }
    }
}
