//! Differences that do not count: the oracle's faults (QEMU 7.2 and 11.1), and choices that the architecture
//! leaves to the implementation, each with the section of the Arm ARM (DDI 0487) that says so.

use super::engine::{SIGBUS, SIGSEGV};
use super::moves;
use super::oracle;
use super::state::{Outcome, State};
use emu::cpu::{Feature, FeatureSet};
use emu::decode::{FEATURES, Insn, Op, Row, decode, features};

/// FPCR.FZ.
const FZ: u32 = 1 << 24;
/// FPCR.AH.
const AH: u32 = 1 << 1;

/// Rows on which the two sides cannot agree, and why.
pub fn skipped(row: &Row) -> Option<&'static str> {
    Some(match row.name {
        "DC_ZVA" => "DCZID_EL0.BS is IMPLEMENTATION DEFINED (D19.2.36): 64 bytes here, 512 on QEMU's max",
        "DSB_nXS" => "FEAT_XS, which no register announces to user mode, is not in QEMU's user mode",
        "DC_CVAP" | "DC_CVADP" => "UNDEFINED in QEMU 7.2's user mode, which has FEAT_DPB2 in its ID registers",
        _ if FEATURES.contains(row.feature) && !oracle::processor().features.contains(row.feature) => {
            "not a feature of the oracle"
        }
        _ if row.feature == Feature::PAuth && !row.name.starts_with("XPAC") && oracle::processor().keys.is_none() => {
            "the oracle's keys are not known: it has no -seed"
        }
        _ => return None,
    })
}

/// Why a difference in a program's last instruction does not count, given what came before it.
pub fn of_program(words: &[u32]) -> Option<&'static str> {
    // Load/store exclusive: bits 29:24 and 23 fixed, bit 22 is the load, bit 21 a pair.
    let is_exclusive = |word: u32| word >> 24 & 0x3f == 0b001000 && word >> 23 & 1 == 0;
    let bytes = |word: u32| 1u32 << (word >> 30) << (word >> 21 & 1);
    let (&store, earlier) = words.split_last()?;
    let load = *earlier.iter().rfind(|&&word| is_exclusive(word) && word >> 22 & 1 != 0)?;
    let is_store = is_exclusive(store) && store >> 22 & 1 == 0;
    (is_store && bytes(load) != bytes(store)).then_some(
        "whether a store-exclusive of another size than the load-exclusive before it succeeds is CONSTRAINED \
         UNPREDICTABLE (B2.10.5)",
    )
}

/// One difference that does not count.
struct Exception {
    reason: &'static str,
    applies: fn(&Case) -> bool,
}

struct Case<'a> {
    insn: Insn,
    op: Op,
    before: &'a State,
    ours: &'a Outcome,
    oracle: &'a Outcome,
}

const EXCEPTIONS: &[Exception] = &[
    Exception {
        // "elsif sign == '0' && value == 0.0 && !IsZero(op<51:0>) then z = '0'"
        reason: "FJCVTZS of a denormal that FZ flushed is inexact (FPToFixedJS); QEMU sets Z",
        applies: |c| {
            c.op == Op::FJCVTZS && c.before.fpcr & FZ != 0 && c.ours.after.nzcv == 0 && c.oracle.after.nzcv == 1 << 30
        },
    },
    Exception {
        // "V[d, datasize] = result" with datasize 16 clears all bits above.
        reason: "FCVTZS (vector, fixed-point) of a half clears bits 31:16 (C7.2.127); QEMU copies the sign there",
        applies: |c| {
            let mut cleared = *c.oracle;
            cleared.after.v[c.insn.rd() as usize] &= 0xffff;
            c.op == Op::FCVTZS_asisdshf_h && cleared == *c.ours
        },
    },
    Exception {
        reason: "a fault between the accesses of one instruction leaves registers and memory that it would have \
                 changed UNKNOWN (B2.2.1, D1.3.5)",
        applies: |c| {
            let (ours, oracle) = (c.ours, c.oracle);
            let same = (ours.signal, ours.address, ours.pc) == (oracle.signal, oracle.address, oracle.pc);
            same && c.ours.signal == SIGSEGV
                && c.ours.after.x == c.oracle.after.x
                && c.ours.after == State { v: c.before.v, ..c.oracle.after }
                && c.ours.after.v == c.before.v
        },
    },
    Exception {
        reason: "LDP with Rt = Rt2 is CONSTRAINED UNPREDICTABLE (K1.2.25): the second wins here, the first on QEMU",
        applies: |c| {
            (c.op.row().name.starts_with("LDP") || c.op.row().name.starts_with("LDNP")) && c.insn.rd() == c.insn.ra()
        },
    },
    Exception {
        reason: "FABS, FNEG (vector) leave NaNs alone under FPCR.AH (FPAbs, FPNeg); QEMU 11.1 changes their sign",
        applies: |c| {
            let name = c.op.row().name;
            (name.starts_with("FABS_asimd") || name.starts_with("FNEG_asimd")) && c.before.fpcr & AH != 0
        },
    },
    Exception {
        reason: "si_addr has no tag (get_fault_address; SA_EXPOSE_TAGBITS); QEMU 11.1 keeps it for a misaligned access",
        applies: |c| {
            let mut untagged = *c.oracle;
            untagged.address &= u64::MAX >> 8;
            c.ours.signal == SIGBUS && untagged == *c.ours
        },
    },
    Exception {
        reason: moves::ANY_BYTE,
        applies: |c| moves::is_move(c.op.row()) && moves::fault_alike(c.ours, c.oracle),
    },
    Exception {
        reason: "LDXP with Rt = Rt2 is CONSTRAINED UNPREDICTABLE (K1.2.25)",
        applies: |c| matches!(c.op, Op::LDXP | Op::LDAXP) && c.insn.rd() == c.insn.ra(),
    },
    Exception {
        reason: "a misaligned store-exclusive faults before the monitor is looked at (AArch64.ExclusiveMonitorsPass); \
                 QEMU looks at the monitor first",
        applies: |c| {
            matches!(c.op, Op::STXR | Op::STLXR | Op::STXP | Op::STLXP)
                && (c.ours.signal, c.oracle.signal) == (SIGBUS, 0)
                && c.oracle.change == c.ours.change
        },
    },
    Exception {
        reason: "AddPAC takes the half of an address from bit 55 if TBI0 or TBI1 is set (D8.10.4); QEMU from bit 63 \
                 if that half's is clear",
        applies: |c| {
            let pointer = match c.op {
                Op::PAC | Op::PAC_zero => c.before.x.get(c.insn.rd() as usize),
                Op::PACIZ | Op::PACISP => c.before.x.get(30),
                Op::PACI1716 => c.before.x.get(17),
                _ => None,
            };
            pointer.is_some_and(|p| p >> 55 & 1 != 0 && p >> 63 == 0)
        },
    },
    Exception {
        reason: "of a misaligned PC the alignment fault comes before the abort (D1.3.5.6); QEMU 7.2 has them the \
                 other way round after a failed authentication",
        applies: |c| {
            let authenticates = matches!(c.op, Op::BRA | Op::BLRA | Op::BRA_zero | Op::BLRA_zero | Op::RETA);
            authenticates && (c.ours.signal, c.oracle.signal) == (SIGBUS, SIGSEGV)
        },
    },
    Exception {
        reason: "a misaligned atomic or ordered access faults without FEAT_LSE2 (B2.5.2), which QEMU's max has",
        applies: |c| {
            let has = |set: FeatureSet| set.contains(Feature::LSE2);
            let is_alone = !has(features()) && has(oracle::processor().features);
            is_alone && c.ours.signal == SIGBUS && matches!(c.oracle.signal, 0 | SIGSEGV)
        },
    },
    Exception {
        reason: "a misaligned LDAPR faults, with FEAT_LSE2 where it crosses 16 bytes (B2.5.2); QEMU does not check",
        applies: |c| c.op == Op::LDAPR && c.ours.signal == SIGBUS,
    },
    Exception {
        reason: "a fault between 2^47 and 2^55 has its address in FAR_EL1; QEMU's host does not tell",
        applies: |c| {
            let mut known = *c.oracle;
            known.address = c.ours.address;
            c.oracle.address == 0 && c.ours.address >> 47 != 0 && known == *c.ours
        },
    },
    Exception {
        reason: "a tag other than ones above bit 55 is lost here when the access faults",
        applies: |c| {
            let mut known = *c.oracle;
            known.address |= 0xff << 56;
            c.ours.address >> 55 == 0x1ff && known == *c.ours
        },
    },
    Exception {
        reason: "DC CVAC, CVAU and CIVAC of an unmapped address generate a Translation fault (D7.5.9.8); NOPs on QEMU",
        applies: |c| {
            matches!(c.op, Op::DC_CVAC | Op::DC_CVAU | Op::DC_CIVAC) && (c.ours.signal, c.oracle.signal) == (SIGSEGV, 0)
        },
    },
    Exception {
        reason: "FPSR<31:28>, FPCR.Len and FPCR.Stride are RES0 without AArch32 (C5.2.8, C5.2.9); QEMU keeps them",
        applies: |c| {
            let mut masked = *c.oracle;
            masked.after.fpsr &= 0x0fff_ffff;
            masked.after.fpcr &= !0x0037_0000;
            c.op == Op::MSR && masked == *c.ours
        },
    },
];

/// Why this difference does not count, or None. `word` is the last instruction that was executed, `before` the
/// state that it found.
pub fn reason(word: u32, before: &State, ours: &Outcome, oracle: &Outcome) -> Option<&'static str> {
    let insn = Insn(word);
    let case = Case { insn, op: decode(insn)?, before, ours, oracle };
    EXCEPTIONS.iter().find(|e| (e.applies)(&case)).map(|e| e.reason)
}
