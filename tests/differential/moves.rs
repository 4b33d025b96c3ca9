//! Memory copies and sets: prologue, main and epilogue of one kind in a row, or one of them alone on
//! registers as the one before it would leave them (option A).

use super::engine::SIGSEGV;
use super::exceptions;
use super::generate::Rng;
use super::place::{MEMORY_SIZE, Place};
use super::state::{Outcome, State};
use emu::decode::{Insn, Op, Row};

/// Destination, source, size: libc's, which the JIT has in host registers, and others.
const REGISTERS: [[u32; 3]; 2] = [[3, 1, 2], [20, 21, 22]];
const STAGES: [[Op; 3]; 3] =
    [[Op::CPYP, Op::CPYM, Op::CPYE], [Op::CPYFP, Op::CPYFM, Op::CPYFE], [Op::SETP, Op::SETM, Op::SETE]];

/// Whether an encoding is one of these.
pub fn is_move(row: &Row) -> bool {
    STAGES.as_flattened().iter().any(|op| std::ptr::eq(op.row(), row))
}

/// Why the two sides may differ in a memory move that faults.
pub const ANY_BYTE: &str =
    "a memory move may fault at any byte that it has not moved, and moves them in any order (C6.2.97)";

/// Whether both fault at the same instruction.
pub fn fault_alike(a: &Outcome, b: &Outcome) -> bool {
    (a.signal, a.pc) == (b.signal, b.pc) && a.signal == SIGSEGV
}

/// A program of the three instructions, or of one; None if the oracle has none.
pub fn program(rng: &mut Rng) -> Vec<u32> {
    let kind = STAGES[rng.below(3) as usize];
    let options = rng.next() as u32;
    let [d, s, n] = REGISTERS[rng.below(2) as usize];
    let word = |op: &Op| {
        let row = op.row();
        row.value | options & 0xf000 & !row.mask | s << 16 | n << 5 | d
    };
    let words: Vec<u32> = kind.iter().map(word).collect();
    let first = rng.below(6) as usize;
    if first < 3 { vec![words[first]] } else { words }
}

/// Whether the oracle has them.
pub fn are_known() -> bool {
    exceptions::skipped(Op::CPYP.row()).is_none()
}

/// Puts both sides of the move into memory or a little beyond its ends, and the sizes and flags that
/// the program's first instruction expects into place.
pub fn aim(place: Place, program: &[u32], state: &mut State, rng: &mut Rng) {
    let first = Insn(program.first().copied().unwrap_or_default());
    let [d, s, n] = [first.rd(), first.rm(), first.rn()].map(|r| r as usize);
    let near = |rng: &mut Rng| place.memory.wrapping_add(rng.below(MEMORY_SIZE as u64 + 64)).wrapping_sub(32);
    let size = match rng.below(8) {
        0 => 0,
        1 => rng.below(MEMORY_SIZE as u64),
        2 => rng.next(),
        _ => rng.below(300),
    };
    (state.x[d], state.x[s], state.x[n]) = (near(rng), near(rng), size);
    if rng.one_in(4) {
        state.x[d] = state.x[s].wrapping_add(rng.below(64)).wrapping_sub(32);
    }
    let is_prologue = |op| STAGES.iter().any(|kind| kind[0] == op);
    let first = emu::decode::decode(first);
    if first.is_some_and(|op| !is_prologue(op)) {
        state.nzcv &= !(1 << 29);
        let size = size % MEMORY_SIZE as u64;
        let backward = first.is_some_and(|op| STAGES[0].contains(&op)) && rng.one_in(3);
        state.x[n] = if backward { size } else { size.wrapping_neg() };
    }
}
