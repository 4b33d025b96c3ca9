//! Programs of several instructions: what one leaves for the next (flags, FPSR, upper halves, memory,
//! the exclusive monitor) is as the oracle has it.
//!
//! X24 to X27 point into memory and are the base of every access; no other instruction writes them.

use super::aim::{has_base, is_literal, major, system_register};
use super::branch::is_branch;
use super::exceptions;
use super::generate::Rng;
use super::place::{MEMORY_SIZE, Place};
use super::state::State;
use emu::decode::{Insn, Op, ROWS, Row};
use std::ops::RangeInclusive;

/// The registers that point into memory.
const BASES: RangeInclusive<u32> = 24..=27;

/// Sets the bases.
pub fn aim(place: Place, state: &mut State, rng: &mut Rng) {
    for base in BASES {
        state.x[base as usize] = place.memory + 1024 + 16 * rng.below(MEMORY_SIZE as u64 / 32);
    }
    state.sp = place.memory + 2048;
}

fn is_suitable(row: &Row) -> bool {
    let exception = row.value >> 24 == 0xd4 || matches!(row.name, "UDF" | "ERET" | "DRPS");
    let cache = row.name.starts_with("DC_") || row.name.starts_with("IC_");
    row.implemented && !is_branch(row) && !exception && !cache && !is_literal(row) && exceptions::skipped(row).is_none()
}

/// An instruction of any group.
pub fn word(rng: &mut Rng) -> u32 {
    loop {
        let row = &ROWS[rng.below(ROWS.len() as u64) as usize];
        // The many rows of loads and stores would end most programs with a fault.
        if !is_suitable(row) || major(row) & 0b0101 == 0b0100 && !rng.one_in(3) {
            continue;
        }
        let mut word = system_register(rng.word(row), rng);
        if has_base(row) {
            word = with_base(word, rng);
        }
        let writes_base = [Insn(word).rd(), Insn(word).ra(), Insn(word).rm()].iter().any(|r| BASES.contains(r));
        if !writes_base {
            return word;
        }
    }
}

fn with_base(word: u32, rng: &mut Rng) -> u32 {
    word & !(31 << 5) | (BASES.start() + rng.below(4) as u32) << 5
}

/// Instruction `n` of a program of exclusive accesses: mostly to the same place and of the same size.
pub fn exclusive(rng: &mut Rng, n: usize) -> u32 {
    const LOADS: [Op; 4] = [Op::LDXR, Op::LDAXR, Op::LDXP, Op::LDAXP];
    const STORES: [Op; 4] = [Op::STXR, Op::STLXR, Op::STXP, Op::STLXP];
    const OTHERS: [Op; 5] = [Op::CLREX, Op::STR_w_imm, Op::STRB_imm, Op::LDR_x_imm, Op::LDADD];
    let kind = rng.below(4) as usize;
    let op = match n {
        0 => LOADS[kind],
        1 if rng.one_in(3) => OTHERS[rng.below(5) as usize],
        _ if rng.one_in(4) => LOADS[kind],
        _ => STORES[kind],
    };
    let size = if rng.one_in(3) { rng.below(4) as u32 } else { 3 };
    let row = op.row();
    let word = rng.word(row) & !(0xfff << 10 & !row.mask) | row.value;
    let word = word & !((3 << 30) & !row.mask) | (size << 30) & !row.mask;
    // Data in X0 to X7, status in X8 to X15.
    let word = word & !(31 | 31 << 16 & !row.mask) | rng.below(8) as u32 | (8 + rng.below(8) as u32) << 16 & !row.mask;
    let word = word & !(31 << 10 & !row.mask) | (16 + rng.below(8) as u32) << 10 & !row.mask;
    let base = if rng.one_in(8) { 25 } else { 24 };
    if has_base(row) { word & !(31 << 5) | base << 5 } else { rng.word(row) }
}
