//! Branches: to another word of the same program, or for the indirect ones also astray.

use super::generate::Rng;
use super::keys;
use super::place::{PROGRAM_WORDS, Place};
use super::state::State;
use emu::decode::{Insn, Op, Row, decode};

/// Whether a row is a branch; exceptions are not.
pub fn is_branch(row: &Row) -> bool {
    matches!(row.value >> 24, 0x14..=0x17 | 0x94..=0x97 | 0x34..=0x37 | 0xb4..=0xb7 | 0x54 | 0x74 | 0x75 | 0xf4 | 0xf5)
        || is_indirect(row.value)
}

/// Unconditional branch (register).
fn is_indirect(word: u32) -> bool {
    word >> 25 == 0b110_1011
}

/// A branch of the row, forward within its program.
pub fn word(row: &Row, rng: &mut Rng) -> u32 {
    within(row, PROGRAM_WORDS as u64 - 1, rng)
}

/// A branch of the row, so many words forward at most.
pub fn within(row: &Row, most: u64, rng: &mut Rng) -> u32 {
    let word = rng.word(row);
    let offset = 1 + rng.below(most) as u32;
    let (width, at) = match word >> 24 & 0x7f {
        0x14..=0x17 => (26, 0),
        0x36 | 0x37 => (14, 5),
        0x74 | 0x75 => (9, 5),
        _ => (19, 5),
    };
    if is_indirect(word) { word } else { word & !(((1 << width) - 1) << at) | offset << at }
}

/// Points the register of an indirect branch at a word of the program, between words, or at data.
pub fn aim(place: Place, index: usize, word: u32, state: &mut State, rng: &mut Rng) {
    let Some(op) = decode(Insn(word)).filter(|_| is_indirect(word)) else { return };
    let register = if op == Op::RETA { 30 } else { Insn(word).rn() as usize };
    if register == 31 {
        return;
    }
    let target = match rng.below(8) {
        0 => place.code(index) + 1 + rng.below(4 * PROGRAM_WORDS as u64 - 1),
        1 => place.memory,
        _ => place.code(index) + 4 * (1 + rng.below(PROGRAM_WORDS as u64 - 1)),
    };
    state.x[register] = target;
    state.x[register] = keys::sign(op, word, state, rng, target);
}
