//! The undefined space: does a word raise SIGILL or not.
//!
//! Words are random, or encodings of a row with one of its fixed bits flipped, which reach the gaps
//! within crowded classes. Registers hold addresses that nobody can map, so that loads, stores and
//! branches end in a fault.

use super::generate::Rng;
use super::place::PROGRAM_WORDS;
use super::state::State;
use emu::decode::{Insn, ROWS, decode};

/// An address that no process can map, in any addressing mode and multiplied by up to 8.
const NOWHERE: u64 = 0x0002_0000_0000_0000;

/// A word to try.
pub fn word(rng: &mut Rng) -> u32 {
    loop {
        let word = if rng.one_in(2) {
            rng.next() as u32
        } else {
            let row = &ROWS[rng.below(ROWS.len() as u64) as usize];
            rng.word(row) ^ 1 << rng.below(32)
        };
        let word = if is_compare_and_branch(word) {
            // It reaches no further than other programs: within its own, forward.
            word & !(0x1ff << 5) | (1 + rng.below(PROGRAM_WORDS as u64 - 1) as u32) << 5
        } else {
            word
        };
        if !is_dangerous(word) {
            return word;
        }
    }
}

/// Compare and branch (FEAT_CMPBR), and what is unallocated there.
fn is_compare_and_branch(word: u32) -> bool {
    word >> 25 & 0x3f == 0b111010
}

/// Words that must not be executed: system calls, endless loops, QEMU's semihosting, and unallocated
/// ones among "Advanced SIMD two-register miscellaneous (FP16)", some of which make QEMU 7.2 abort.
fn is_dangerous(word: u32) -> bool {
    let insn = Insn(word);
    let offset = match word >> 24 {
        0x14..=0x17 | 0x94..=0x97 => insn.sbits(25, 0),
        0x34 | 0x35 | 0xb4 | 0xb5 | 0x54 => insn.sbits(23, 5),
        0x36 | 0x37 | 0xb6 | 0xb7 => insn.sbits(18, 5),
        _ => i64::MAX,
    };
    word & 0xffe0_001f == 0xd400_0001
        || offset.unsigned_abs() < 4096
        || word == 0xd45e_0000
        || word & 0x8f7e_0c00 == 0x0e78_0800 && decode(insn).is_none()
}

/// The registers of a case.
pub fn state(rng: &mut Rng) -> State {
    let mut state = rng.state();
    state.x = std::array::from_fn(|_| NOWHERE + (rng.below(1 << 20) << 4));
    state.sp = NOWHERE;
    state
}

/// Where QEMU 11.1 has instructions of Armv9.4 and later that the table does not: GCS, FPRCVT, LUT, FP8,
/// FAMINMAX.
const LATER: &[(u32, u32)] = &[
    // GCSSTR, GCSSTTR.
    (0xffff_ec00, 0xd91f_0c00),
    (0x7f20_fc00, 0x1e20_0000),
    (0xbf20_8c00, 0x0e00_0000),
    (0x9f20_c400, 0x0e00_c400),
    (0x9f00_7400, 0x0f00_0000),
    (0xbf3f_fc00, 0x2e21_7800),
    (0x9fa0_dc00, 0x0ea0_dc00),
    (0x9fe0_dc00, 0x0ec0_1c00),
];

/// Unallocated encodings that QEMU 7.2 executes, with C4.1.96's reason.
const UNALLOCATED: &[(u32, u32, &str)] = &[
    (0xbff8_fc00, 0x2f00_fc00, "modified immediate with op = 1, cmode = 1111, o2 = 1 is unallocated"),
    (0xbf7e_0c00, 0x0e70_0800, "half-precision across lanes with size<0> = 1 is unallocated"),
    (0xff7e_0c00, 0x5e70_0800, "half-precision scalar pairwise with size<0> = 1 is unallocated"),
];

/// MRS and MSR of registers that the oracle has alone.
const REGISTERS_THERE: &[(u32, u32, &str)] = &[
    (0xffdf_ffe0, 0xd51b_4240, "SVCR: a feature that is not implemented"),
    (0xffdf_ffe0, 0xd51b_42e0, "TCO: a feature that is not implemented"),
    (0xffdf_ffe0, 0xd51b_d0a0, "TPIDR2_EL0: a feature that is not implemented"),
];

/// MRS of registers that are here alone.
const REGISTERS_HERE: &[(u32, u32, &str)] = &[
    (0xffff_fe00, 0xd538_0200, ZERO_ID),
    (0xffff_fc00, 0xd538_0400, ZERO_ID),
    (0xffff_f000, 0xd53b_f000, "IMPLEMENTATION DEFINED: what the emulator's vDSO reads the clocks by"),
];
const ZERO_ID: &str =
    "identification registers that Linux does not know read as zero (emulate_sys_reg); not all on QEMU";

fn reason(table: &[(u32, u32, &'static str)], word: u32) -> Option<&'static str> {
    table.iter().find(|(mask, value, _)| word & mask == *value).map(|(.., reason)| *reason)
}

/// Why the two sides may disagree on a word, or None.
pub fn exception(word: u32, ours_is_undefined: bool) -> Option<&'static str> {
    let op = decode(Insn(word));
    if ours_is_undefined {
        return match op {
            Some(op) if op.row().implemented => reason(REGISTERS_THERE, word),
            Some(_) => Some("a feature that is not implemented"),
            None if LATER.iter().any(|(mask, value)| word & mask == *value) => Some("Armv9.4 and later"),
            None => reason(UNALLOCATED, word),
        };
    }
    let row = op?.row();
    if word & row.should_be_one() != row.should_be_one() {
        return Some("bits that should be one are ignored here (CONSTRAINED UNPREDICTABLE); UNDEFINED on QEMU 11.1");
    }
    if super::moves::is_move(row) {
        return Some("registers that no prologue left: Linux goes back to the prologue (do_el0_mops); SIGILL on QEMU");
    }
    reason(REGISTERS_HERE, word).or_else(|| super::exceptions::skipped(row))
}
