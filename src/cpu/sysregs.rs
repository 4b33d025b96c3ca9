//! System registers that user mode reads and writes: those of EL0, and the ID registers whose
//! reads Linux emulates (arch/arm64/kernel/cpufeature.c, `emulate_sys_reg`).

use super::features::{Feature, FeatureSet, IdReg};
use super::model;

/// A register with state behind it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SysReg {
    /// PSTATE's condition flags.
    Nzcv,
    /// Floating-point control.
    Fpcr,
    /// Floating-point status.
    Fpsr,
    /// Thread pointer.
    TpidrEl0,
    /// The virtual counter, nanoseconds of CLOCK_MONOTONIC.
    CntvctEl0,
    /// Nanoseconds of one of [`HOST_CLOCKS`]: ours, for the vDSO.
    HostClock(u8),
    /// A random number.
    Rndr,
    /// PSTATE.DIT, bit 24.
    Dit,
    /// PSTATE.SSBS, bit 12.
    Ssbs,
}

/// The clocks that the guest's vDSO reads without a system call: REALTIME, MONOTONIC, MONOTONIC_RAW, the
/// two coarse ones, BOOTTIME, TAI. Each is a register in the space that the architecture leaves to
/// implementations, S3_3_C15_C<clock>_0. Quirk: a program that reads one of them gets the time instead
/// of SIGILL.
pub const HOST_CLOCKS: [u8; 7] = [0, 1, 4, 5, 6, 7, 11];

/// What MRS of a register yields.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Source {
    /// Always this.
    Constant(u64),
    /// The register's state.
    State(SysReg),
}

/// PSTATE.DIT where SPSR and the DIT register have it.
pub const PSTATE_DIT: u32 = 1 << 24;
/// PSTATE.SSBS where SPSR and the SSBS register have it.
pub const PSTATE_SSBS: u32 = 1 << 12;

/// Bytes of a cache line, for DC and IC.
pub const CACHE_LINE: u64 = 64;
/// Bytes that DC ZVA clears.
pub const ZVA_BLOCK: u64 = 64;
/// Counts of CNTVCT_EL0 per second, as Armv8.6 fixes it.
pub const COUNTER_HZ: u64 = 1_000_000_000;

/// ZVA allowed, block of 16 words.
const DCZID_EL0: u64 = 4;
/// MPIDR_EL1 as Linux shows it (`SYS_MPIDR_SAFE_VAL`).
const MPIDR_EL1: u64 = 1 << 31;

/// op0:op1:CRn:CRm:op2, as MRS and MSR have them in bits 20:5.
const fn encoding(op0: u32, op1: u32, crn: u32, crm: u32, op2: u32) -> u32 {
    op0 << 14 | op1 << 11 | crn << 7 | crm << 3 | op2
}

/// MIDR_EL1; CRm and op2 count up from it.
const FIRST_ID: u32 = encoding(3, 0, 0, 0, 0);
const NZCV: u32 = encoding(3, 3, 4, 2, 0);
const DIT: u32 = encoding(3, 3, 4, 2, 5);
const SSBS: u32 = encoding(3, 3, 4, 2, 6);
const FPCR: u32 = encoding(3, 3, 4, 4, 0);
const FPSR: u32 = encoding(3, 3, 4, 4, 1);
const TPIDR: u32 = encoding(3, 3, 13, 0, 2);
const TPIDRRO: u32 = encoding(3, 3, 13, 0, 3);
const CTR: u32 = encoding(3, 3, 0, 0, 1);
const DCZID: u32 = encoding(3, 3, 0, 0, 7);
const CNTFRQ: u32 = encoding(3, 3, 14, 0, 0);
const CNTVCT: u32 = encoding(3, 3, 14, 0, 2);
/// The first of [`SysReg::HostClock`]'s; CRm is the clock.
const HOST_CLOCK: u32 = encoding(3, 3, 15, 0, 0);
const CRM: u32 = encoding(0, 0, 0, 15, 0);
const CNTVCTSS: u32 = encoding(3, 3, 14, 0, 6);
const RNDR: u32 = encoding(3, 3, 2, 4, 0);
const RNDRRS: u32 = encoding(3, 3, 2, 4, 1);

/// The register that MSR writes, or None where it is UNDEFINED at EL0.
pub const fn written(encoding: u32, features: FeatureSet) -> Option<SysReg> {
    Some(match encoding {
        NZCV => SysReg::Nzcv,
        DIT if features.contains(Feature::DIT) => SysReg::Dit,
        SSBS if features.contains(Feature::SSBS2) => SysReg::Ssbs,
        FPCR => SysReg::Fpcr,
        FPSR => SysReg::Fpsr,
        TPIDR => SysReg::TpidrEl0,
        _ => return None,
    })
}

/// What MRS reads, or None where it is UNDEFINED at EL0 and Linux does not emulate it.
pub fn read(encoding: u32, features: FeatureSet) -> Option<Source> {
    if let Some(reg) = written(encoding, features) {
        return Some(Source::State(reg));
    }
    Some(match encoding {
        CNTVCT => Source::State(SysReg::CntvctEl0),
        CNTVCTSS if features.contains(Feature::ECV) => Source::State(SysReg::CntvctEl0),
        RNDR | RNDRRS if features.contains(Feature::RNG) => Source::State(SysReg::Rndr),
        CNTFRQ => Source::Constant(COUNTER_HZ),
        TPIDRRO => Source::Constant(0),
        CTR => Source::Constant(model::chosen().ctr),
        DCZID => Source::Constant(DCZID_EL0),
        _ => match host_clock(encoding) {
            Some(clock) => Source::State(SysReg::HostClock(clock)),
            None => Source::Constant(id_register(encoding, features)?),
        },
    })
}

fn host_clock(encoding: u32) -> Option<u8> {
    let clock = ((encoding & CRM) >> 3) as u8;
    (encoding & !CRM == HOST_CLOCK && HOST_CLOCKS.contains(&clock)).then_some(clock)
}

/// Linux emulates op0 3, op1 0, CRn 0: three registers of CRm 0, and CRm 2 to 7, where those that
/// it does not know read as zero.
fn id_register(encoding: u32, features: FeatureSet) -> Option<u64> {
    let reg = match encoding.checked_sub(FIRST_ID).map(|low| (low >> 3, low & 7))? {
        (0, 0) => return Some(model::chosen().midr),
        (0, 5) => return Some(MPIDR_EL1),
        (0, 6) => return Some(0), // REVIDR_EL1
        (4, 0) => IdReg::Pfr0,
        (4, 1) => IdReg::Pfr1,
        (5, 0) => IdReg::Dfr0,
        (6, 0) => IdReg::Isar0,
        (6, 1) => IdReg::Isar1,
        (6, 2) => IdReg::Isar2,
        (7, 0) => IdReg::Mmfr0,
        (7, 1) => IdReg::Mmfr1,
        (7, 2) => IdReg::Mmfr2,
        (2..=7, _) => return Some(0),
        _ => return None,
    };
    Some(features.id_register(reg))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn id_registers_read_and_unknown_ones_are_undefined() {
        let base = FeatureSet::BASE;
        assert_eq!(read(encoding(3, 0, 0, 4, 0), base), Some(Source::Constant(0x11)));
        assert_eq!(read(encoding(3, 0, 0, 3, 5), base), Some(Source::Constant(0)));
        assert_eq!(read(encoding(3, 0, 0, 1, 0), base), None);
        assert_eq!(read(encoding(3, 0, 1, 0, 0), base), None, "SCTLR_EL1");
        assert_eq!(written(CTR, base), None);
        assert_eq!(written(DIT, base), None);
        assert_eq!(read(CNTVCTSS, base), None);
        assert_eq!(read(encoding(3, 3, 15, 11, 0), base), Some(Source::State(SysReg::HostClock(11))));
        assert_eq!(read(encoding(3, 3, 15, 2, 0), base), None, "a clock of processes is no register");
    }
}
