//! System instructions: hints, barriers, system registers, cache maintenance, flag manipulation
//! (Arm ARM C4.1.93).

use super::load_store::plus;
use super::prelude::*;
use crate::cpu::model::fpcr_fields;
use crate::cpu::sysregs::{self, PSTATE_DIT, PSTATE_SSBS, Source, SysReg};
use crate::cpu::{Cond, Nzcv};
use crate::decode::features;

/// NOP, YIELD, WFE, SEV, the BTI and PAuth hints, and every unallocated hint.
pub fn hint<E: Emit>(_: &mut E, _: Insn) {}

/// HLT, HVC, SMC, DCPS, ERET …: UNDEFINED at EL0, or trapped to a kernel that answers with SIGILL.
pub fn undefined<E: Emit>(e: &mut E, _: Insn) {
    e.undefined();
}

/// DMB and DSB: CRm<1:0> says what is ordered.
pub fn barrier<E: Emit>(e: &mut E, i: Insn) {
    e.barrier(match i.bits(9, 8) {
        1 => Barrier::Load,
        2 => Barrier::Store,
        _ => Barrier::Full,
    });
}

/// ISB, SB.
pub fn instruction_barrier<E: Emit>(e: &mut E, _: Insn) {
    e.barrier(Barrier::Instruction);
}

/// The bits of a register that MSR changes; the others are RES0.
fn writable(reg: SysReg) -> u64 {
    match reg {
        SysReg::Nzcv => 0xf000_0000,
        SysReg::Fpcr => fpcr_fields(),
        // QC, IDC, IXC, UFC, OFC, DZC, IOC.
        SysReg::Fpsr => 0x0800_009f,
        SysReg::Dit => PSTATE_DIT as u64,
        SysReg::Ssbs => PSTATE_SSBS as u64,
        SysReg::TpidrEl0 | SysReg::CntvctEl0 | SysReg::HostClock(_) | SysReg::Rndr => u64::MAX,
    }
}

/// MRS.
pub fn mrs<E: Emit>(e: &mut E, i: Insn) {
    let v = match sysregs::read(i.bits(20, 5), features()) {
        None => return e.undefined(),
        Some(Source::Constant(v)) => e.imm(v),
        Some(Source::State(SysReg::Nzcv)) => e.nzcv(),
        Some(Source::State(SysReg::Rndr)) => {
            // There is always one: NZCV is 0000.
            let v = e.sysreg(SysReg::Rndr);
            let flags = e.imm(0);
            e.set_nzcv(flags);
            v
        }
        Some(Source::State(reg)) => e.sysreg(reg),
    };
    e.set_x(i.rd(), v);
}

/// MSR (register).
pub fn msr<E: Emit>(e: &mut E, i: Insn) {
    let Some(reg) = sysregs::written(i.bits(20, 5), features()) else { return e.undefined() };
    let (v, mask) = (e.x(i.rd()), e.imm(writable(reg)));
    let v = e.int2(Int2::And, Size::X, v, mask);
    if reg == SysReg::Nzcv { e.set_nzcv(v) } else { e.set_sysreg(reg, v) }
}

/// MSR DIT, MSR SSBS (immediate): CRm<0> is the bit.
pub fn msr_immediate<E: Emit>(e: &mut E, i: Insn, reg: SysReg) {
    let v = e.imm(if i.bit(8) { writable(reg) } else { 0 });
    e.set_sysreg(reg, v);
}

/// DC ZVA: zeroes the block around Xt.
pub fn dc_zva<E: Emit>(e: &mut E, i: Insn) {
    let (a, mask) = (e.x(i.rd()), e.imm(!(sysregs::ZVA_BLOCK - 1)));
    let block = e.int2(Int2::And, Size::X, a, mask);
    let zero = e.imm(0);
    let zero = e.vec_from_int(zero);
    for offset in (0..sysregs::ZVA_BLOCK).step_by(16) {
        let at = plus(e, block, offset as i64);
        e.store_v(Width::Q, at, zero);
    }
}

/// DC CVAC, CVAU, CVAP, CVADP, CIVAC: nothing to clean on a coherent host, but the address must be mapped.
pub fn dc_clean<E: Emit>(e: &mut E, i: Insn) {
    let a = e.x(i.rd());
    e.load(Width::B, Order::Plain, a);
}

/// IC IVAU: code in the line around Xt is read again.
pub fn ic_ivau<E: Emit>(e: &mut E, i: Insn) {
    let a = e.x(i.rd());
    e.invalidate_code(a);
}

/// Puts the bits of `mask` in `new` over NZCV.
fn replace_flags<E: Emit>(e: &mut E, new: E::Int, mask: u32) {
    let (old, mask) = (e.nzcv(), e.imm(mask as u64));
    let kept = e.int2(Int2::Bic, Size::X, old, mask);
    let taken = e.int2(Int2::And, Size::X, new, mask);
    let v = e.int2(Int2::Orr, Size::X, kept, taken);
    e.set_nzcv(v);
}

/// RMIF: Xn rotated, its low four bits into the flags that the mask names.
pub fn rmif<E: Emit>(e: &mut E, i: Insn) {
    let a = e.x(i.rn());
    // Rotating right by `lsb` and then left by 28 brings the four bits to 31:28.
    let n = e.imm(((i.bits(20, 15) + 64 - 28) % 64) as u64);
    let rotated = e.int2(Int2::Ror, Size::X, a, n);
    replace_flags(e, rotated, Nzcv::from_imm4(i.bits(3, 0)).0);
}

/// SETF8, SETF16: N, Z and V of a value of `msb` + 1 bits.
pub fn setf<E: Emit>(e: &mut E, i: Insn, msb: u32) {
    let a = e.x(i.rn());
    let to_n = e.imm((31 - msb) as u64);
    let n = e.int2(Int2::Lsl, Size::X, a, to_n);
    let n_mask = e.imm(Nzcv::N as u64);
    let n = e.int2(Int2::And, Size::X, n, n_mask);
    // V: the sign differs from the bit above it; their difference lies at `msb`.
    let one = e.imm(1);
    let above = e.int2(Int2::Lsr, Size::X, a, one);
    let differ = e.int2(Int2::Eor, Size::X, a, above);
    let to_v = e.imm((28 - msb) as u64);
    let v = e.int2(Int2::Lsl, Size::X, differ, to_v);
    let v_mask = e.imm(Nzcv::V as u64);
    let v = e.int2(Int2::And, Size::X, v, v_mask);
    let low = e.extract(Size::X, false, a, 0, msb + 1);
    let is_zero = e.is_zero(Size::X, low);
    let (z, none) = (e.imm(Nzcv::Z as u64), e.imm(0));
    let z = e.select(is_zero, z, none);
    let nz = e.int2(Int2::Orr, Size::X, n, z);
    let nzv = e.int2(Int2::Orr, Size::X, nz, v);
    replace_flags(e, nzv, Nzcv::N | Nzcv::Z | Nzcv::V);
}

/// CFINV.
pub fn cfinv<E: Emit>(e: &mut E, _: Insn) {
    let (flags, carry) = (e.nzcv(), e.imm(Nzcv::C as u64));
    let v = e.int2(Int2::Eor, Size::X, flags, carry);
    e.set_nzcv(v);
}

/// XAFLAG: the flags of an x86-style comparison to Arm's.
pub fn xaflag<E: Emit>(e: &mut E, _: Insn) {
    let (c, z) = (e.cond(Cond::CS), e.cond(Cond::EQ));
    let [zc, c_only, cv, n] = [Nzcv::Z | Nzcv::C, Nzcv::C, Nzcv::C | Nzcv::V, Nzcv::N].map(|f| e.imm(f as u64));
    let with_carry = e.select(z, zc, c_only);
    let without = e.select(z, cv, n);
    let v = e.select(c, with_carry, without);
    e.set_nzcv(v);
}

/// AXFLAG: the flags of a floating-point comparison to an x86-style one's.
pub fn axflag<E: Emit>(e: &mut E, _: Insn) {
    let unordered = e.cond(Cond::VS);
    let (flags, zc, z) = (e.nzcv(), e.imm((Nzcv::Z | Nzcv::C) as u64), e.imm(Nzcv::Z as u64));
    let ordered = e.int2(Int2::And, Size::X, flags, zc);
    let v = e.select(unordered, z, ordered);
    e.set_nzcv(v);
}
