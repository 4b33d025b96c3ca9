//! Differences that are the oracle's fault, each with what the manual says.

use super::place::{BRK, Program};
use super::state::{Outcome, State};
use emu::decode::{Insn, Op, Row, decode};

/// FPCR.FZ.
const FZ: u32 = 1 << 24;

/// Rows whose effect is for each implementation to choose.
pub fn is_skipped(row: &Row) -> bool {
    // DC ZVA: DCZID_EL0.BS is IMPLEMENTATION DEFINED; 64 bytes here, 512 on QEMU's "max".
    row.name == "DC_ZVA"
}

/// Why this difference does not count, or None.
pub fn reason(program: &Program, before: &State, ours: &Outcome, oracle: &Outcome) -> Option<&'static str> {
    let [word, BRK, ..] = *program else { return None };
    let op = decode(Insn(word))?;
    match op {
        // FPToFixedJS: "elsif sign == '0' && value == 0.0 && !IsZero(op<51:0>) then z = '0'". QEMU 7.2
        // sets Z for a positive denormal that FPCR.FZ flushed.
        Op::FJCVTZS if before.fpcr & FZ != 0 && ours.after.nzcv == 0 && oracle.after.nzcv == 1 << 30 => {
            Some("FJCVTZS of a flushed denormal is inexact")
        }
        // FCVTZS (vector, fixed-point), scalar: "V[d, datasize] = result" with datasize 16 clears all
        // bits above. QEMU 7.2 leaves copies of the sign in bits 31:16.
        Op::FCVTZS_asisdshf_h => {
            let d = Insn(word).rd() as usize;
            let mut cleared = *oracle;
            cleared.after.v[d] &= 0xffff;
            (cleared == *ours).then_some("FCVTZS of a half clears bits 31:16")
        }
        _ => None,
    }
}
