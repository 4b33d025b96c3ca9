//! Programs of several instructions: what one leaves for the next (flags, FPSR, upper halves, memory,
//! the exclusive monitor) is as the oracle has it.
//!
//! X24 to X27 point into memory and are the base of every access; no other instruction writes them, nor X23,
//! which counts the rounds of a loop.

use super::aim::{has_base, is_literal, major, system_register};
use super::branch::is_branch;
use super::generate::Rng;
use super::place::{MEMORY_SIZE, PROGRAM_WORDS, Place};
use super::state::State;
use super::{branch, exceptions, moves};
use emu::decode::{Insn, Op, ROWS, Row};
use std::ops::RangeInclusive;

/// The registers that point into memory.
const BASES: RangeInclusive<u32> = 24..=27;
/// Counts rounds.
const COUNTER: u32 = 23;

/// Sets the bases.
pub fn aim(place: Place, state: &mut State, rng: &mut Rng) {
    for base in BASES {
        state.x[base as usize] = place.memory + 1024 + 16 * rng.below(MEMORY_SIZE as u64 / 32);
    }
    state.sp = place.memory + 2048;
    state.x[COUNTER as usize] = 1 + rng.below(4);
}

fn is_suitable(row: &Row) -> bool {
    let exception = row.value >> 24 == 0xd4 || matches!(row.name, "UDF" | "ERET" | "DRPS");
    let cache = row.name.starts_with("DC_") || row.name.starts_with("IC_");
    let is_plain = !is_branch(row) && !exception && !cache && !is_literal(row) && !moves::is_move(row);
    row.implemented && is_plain && exceptions::skipped(row).is_none()
}

/// A program of instructions of all groups.
pub fn mixed(rng: &mut Rng) -> Vec<u32> {
    of(rng, |_| true)
}

/// A program of instructions that `belongs` picks.
pub fn of(rng: &mut Rng, belongs: impl Fn(&Row) -> bool) -> Vec<u32> {
    let count = 2 + rng.below(PROGRAM_WORDS as u64 - 2);
    (0..count).map(|_| word(rng, &belongs)).collect()
}

fn word(rng: &mut Rng, belongs: impl Fn(&Row) -> bool) -> u32 {
    loop {
        let row = &ROWS[rng.below(ROWS.len() as u64) as usize];
        // The many rows of loads and stores would end most programs with a fault.
        if !is_suitable(row) || !belongs(row) || major(row) & 0b0101 == 0b0100 && !rng.one_in(3) {
            continue;
        }
        let mut word = system_register(rng.word(row), rng);
        if has_base(row) {
            word = with_base(word, rng);
        }
        let may_write = [Insn(word).rd(), Insn(word).ra(), Insn(word).rm()];
        // Of a pair (CASP) the first register is named.
        if !may_write.iter().any(|r| BASES.contains(r) || [COUNTER - 1, COUNTER].contains(r)) {
            return word;
        }
    }
}

fn with_base(word: u32, rng: &mut Rng) -> u32 {
    word & !(31 << 5) | (BASES.start() + rng.below(4) as u32) << 5
}

/// A program whose ways part and join again; moves of constants, of which more is known along one of them,
/// are frequent.
pub fn joined(rng: &mut Rng) -> Vec<u32> {
    const BRANCHES: [Op; 6] = [Op::B, Op::B_cond, Op::CBZ, Op::CBNZ, Op::TBZ, Op::TBNZ];
    const MOVES: [Op; 4] = [Op::MOVZ, Op::MOVN, Op::MOVK, Op::MOVK];
    let is_computing = |row: &Row| matches!(major(row), 0b0101 | 0b1000 | 0b1001 | 0b1101);
    let count = PROGRAM_WORDS - 1;
    let one = |at| {
        let (kind, number) = (rng.below(3), rng.below(12) as usize);
        match kind {
            0 => branch::within(BRANCHES[number % 6].row(), (count - at) as u64, rng),
            // X0 and X1.
            1 => rng.word(MOVES[number % 4].row()) & !30,
            _ => word(rng, is_computing),
        }
    };
    (0..count).map(one).collect()
}

/// A loop: comparisons, accesses that may fault, arithmetic that has nothing to do with the flags, ways out of it.
pub fn looped(rng: &mut Rng) -> Vec<u32> {
    const BRANCHES: [Op; 4] = [Op::B_cond, Op::B_cond, Op::CBZ, Op::TBNZ];
    let sets_flags = |row: &Row| {
        ["SUBS_", "ADDS_", "ANDS_", "BICS_", "CCM", "FCMP", "FCCMP", "ADCS"]
            .iter()
            .any(|name| row.name.starts_with(name))
    };
    let is_access = |row: &Row| major(row) & 0b0101 == 0b0100;
    let is_computing = |row: &Row| matches!(major(row), 0b0101 | 0b1000 | 0b1001 | 0b1101);
    let count = PROGRAM_WORDS - 3;
    let mut words: Vec<u32> = (0..count)
        .map(|at| match rng.below(6) {
            0 | 1 => word(rng, sets_flags),
            2 | 3 => word(rng, is_access),
            4 => branch::within(BRANCHES[rng.below(4) as usize].row(), (count - at) as u64, rng),
            _ => word(rng, is_computing),
        })
        .collect();
    let head = rng.below(3) as usize;
    let back = |at: usize| (head.wrapping_sub(at) as u32 & 0x7_ffff) << 5;
    let (subs, sub) = (Op::SUBS_imm.row().value, Op::SUB_imm.row().value);
    let counts = 1 << 31 | 1 << 10 | COUNTER << 5 | COUNTER;
    if rng.one_in(4) {
        words.extend([sub | counts, Op::CBNZ.row().value | 1 << 31 | back(count + 1) | COUNTER]);
    } else {
        words.extend([subs | counts, Op::B_cond.row().value | back(count + 1) | 1]);
    }
    words
}

/// Comparisons of few registers, which are copied, counted up and overwritten before accesses that may fault; ways part
/// and join.
pub fn overwritten(rng: &mut Rng) -> Vec<u32> {
    const REGISTERS: [u32; 6] = [0, 1, 6, 7, 19, 28];
    const BRANCHES: [Op; 3] = [Op::B_cond, Op::B_cond, Op::CBZ];
    const MOVES: [Op; 3] = [Op::ORR_reg, Op::ADD_imm, Op::SUB_imm];
    let is_access = |row: &Row| major(row) & 0b0101 == 0b0100;
    let is_computing = |row: &Row| matches!(major(row), 0b0101 | 0b1000 | 0b1001 | 0b1101);
    let sets_flags = |row: &Row| {
        is_computing(row)
            && ["SUBS_", "ADDS_", "ANDS_", "BICS_", "CCM", "ADCS"].iter().any(|name| row.name.starts_with(name))
    };
    let some = |rng: &mut Rng| REGISTERS[rng.below(6) as usize];
    let count = PROGRAM_WORDS - 1;
    let one = |at| {
        let (word, has_rm) = match rng.below(6) {
            0 => (word(rng, sets_flags), true),
            1 => (word(rng, is_access), false),
            2 => {
                let (row, source) = (MOVES[rng.below(3) as usize].row(), some(rng));
                let operand = if row.name == "ORR_reg" { source << 16 | 31 << 5 } else { source << 5 };
                let constant = if rng.one_in(2) { 1 } else { rng.below(1 << 12) as u32 } << 10;
                let constant = if row.name == "ORR_reg" { 0 } else { constant };
                let to = if rng.one_in(2) { source } else { some(rng) };
                return row.value | (rng.below(2) as u32) << 31 | operand | constant | to;
            }
            3 if rng.one_in(2) => {
                return branch::within(BRANCHES[rng.below(3) as usize].row(), (count - at) as u64, rng);
            }
            _ => (word(rng, is_computing), true),
        };
        let Some(row) = emu::decode::decode(Insn(word)).map(|op| op.row()) else { return word };
        let fields = match (has_rm && major(row) & 0b0111 == 0b0101, is_access(row)) {
            (true, _) => 31 << 16 | 31 << 5 | 31,
            (_, true) => 31,
            _ => 31 << 5 | 31,
        };
        let few = some(rng) << 16 | some(rng) << 5 | some(rng);
        (word & !fields | few & fields) & !row.mask | row.value
    };
    (0..count).map(one).collect()
}

/// A program of exclusive accesses, all of one size and mostly to the same place.
pub fn exclusives(rng: &mut Rng) -> Vec<u32> {
    const LOADS: [[Op; 2]; 2] = [[Op::LDXR, Op::LDAXR], [Op::LDXP, Op::LDAXP]];
    const STORES: [[Op; 2]; 2] = [[Op::STXR, Op::STLXR], [Op::STXP, Op::STLXP]];
    const OTHERS: [Op; 5] = [Op::CLREX, Op::STR_w_imm, Op::STRB_imm, Op::LDR_x_imm, Op::LDADD];
    let (pair, size) = (rng.below(2) as usize, rng.below(4) as u32);
    let one = |rng: &mut Rng, n| {
        let variant = rng.below(2) as usize;
        match n {
            0 => LOADS[pair][variant],
            1 if rng.one_in(3) => OTHERS[rng.below(5) as usize],
            _ if rng.one_in(4) => LOADS[pair][variant],
            _ => STORES[pair][variant],
        }
    };
    let count = 2 + rng.below(4);
    (0..count)
        .map(|n| {
            let row = one(rng, n).row();
            exclusive(row, size, rng)
        })
        .collect()
}

/// A word of `row`: data in X0 to X7 and X16 to X23, status in X8 to X15, base X24, seldom X25.
fn exclusive(row: &Row, size: u32, rng: &mut Rng) -> u32 {
    if !has_base(row) {
        return rng.word(row);
    }
    let base = if rng.one_in(8) { 25 } else { 24 };
    let fields = [(30, 3, size), (16, 31, 8 + rng.below(8) as u32), (10, 31, 16 + rng.below(8) as u32), (5, 31, base)];
    let word = fields.into_iter().fold(rng.below(8) as u32, |word, (at, mask, v)| word | (v & mask) << at);
    word & !row.mask | row.value
}
