//! Branches and exception generation (Arm ARM C4.1.93).

use super::prelude::*;
use crate::cpu::Cond;

/// A branch target: pc plus bits `hi:lo`, signed, in words.
#[inline(always)]
fn target<E: Emit>(e: &E, i: Insn, hi: u32, lo: u32) -> u64 {
    e.pc().wrapping_add((i.sbits(hi, lo) << 2) as u64)
}

/// B, BL.
#[inline(always)]
pub fn b<E: Emit>(e: &mut E, i: Insn, link: bool) {
    let to = target(e, i, 25, 0);
    if link {
        let ret = e.imm(e.pc().wrapping_add(4));
        e.set_x(30, ret);
    }
    e.branch(to);
}

/// B.cond.
#[inline(always)]
pub fn b_cond<E: Emit>(e: &mut E, i: Insn) {
    let to = target(e, i, 23, 5);
    let c = e.cond(Cond(i.bits(3, 0) as u8));
    e.branch_if(c, to);
}

/// CBZ, CBNZ.
#[inline(always)]
pub fn compare_branch<E: Emit>(e: &mut E, i: Insn, if_zero: bool) {
    let to = target(e, i, 23, 5);
    let a = e.x(i.rd());
    let zero = e.is_zero(i.sf(), a);
    let c = if if_zero { zero } else { e.not(zero) };
    e.branch_if(c, to);
}

/// TBZ, TBNZ.
#[inline(always)]
pub fn test_branch<E: Emit>(e: &mut E, i: Insn, if_zero: bool) {
    let to = target(e, i, 18, 5);
    let a = e.x(i.rd());
    let set = e.bit(a, i.bits(31, 31) << 5 | i.bits(23, 19));
    let c = if if_zero { e.not(set) } else { set };
    e.branch_if(c, to);
}

/// Conditions by the field cc of compare and branch: 0 to 3, then 6 and 7.
const fn condition(cc: u32, orders: [Cond; 4]) -> Cond {
    match cc & 7 {
        6 => Cond::EQ,
        7 => Cond::EQ.opposite(),
        order => orders[(order & 3) as usize],
    }
}

/// CB<cc> (register), CBB<cc>, CBH<cc>: [`Width::D`] stands for the first, whose size is in bit 31.
#[inline(always)]
pub fn compare_registers<E: Emit>(e: &mut E, i: Insn, width: Width) {
    let cond = condition(i.bits(23, 21), [Cond::GT, Cond::GE, Cond::HI, Cond::CS]);
    let is_signed = i.bits(23, 22) == 0;
    let [a, b] = [i.rd(), i.rm()].map(|r| {
        let x = e.x(r);
        if width == Width::D { x } else { e.extract(Size::W, is_signed, x, 0, 8 * width.bytes() as u32) }
    });
    compare(e, i, cond, a, b);
}

/// CB<cc> (immediate).
#[inline(always)]
pub fn compare_immediate<E: Emit>(e: &mut E, i: Insn) {
    let cond = condition(i.bits(23, 21), [Cond::GT, Cond::GE.opposite(), Cond::HI, Cond::CS.opposite()]);
    let (a, b) = (e.x(i.rd()), e.imm(i.bits(20, 15).into()));
    compare(e, i, cond, a, b);
}

/// The comparison, at bit 31's size, and the branch.
#[inline(always)]
fn compare<E: Emit>(e: &mut E, i: Insn, cond: Cond, a: E::Int, b: E::Int) {
    let to = target(e, i, 13, 5);
    let c = e.compare(cond, i.sf(), a, b);
    e.branch_if(c, to);
}

/// BR, BLR, RET.
#[inline(always)]
pub fn register<E: Emit>(e: &mut E, i: Insn, why: Indirect) {
    let to = e.x(i.rn());
    to_register(e, i, to, why);
}

/// The branch itself. A jump by X16 or X17 is one of a procedure linkage table's (BTYPE 01 wherever
/// it comes from; BranchTo and BTypeNext of BR).
#[inline(always)]
pub(super) fn to_register<E: Emit>(e: &mut E, i: Insn, to: E::Int, why: Indirect) {
    if why == Indirect::Call {
        let ret = e.imm(e.pc().wrapping_add(4));
        e.set_x(30, ret);
    }
    let is_linkage = why == Indirect::Jump && matches!(i.rn(), 16 | 17);
    e.branch_to(to, if is_linkage { Indirect::Linkage } else { why });
}

/// SVC.
#[inline(always)]
pub fn svc<E: Emit>(e: &mut E, i: Insn) {
    e.svc(i.bits(20, 5));
}

/// BRK.
#[inline(always)]
pub fn brk<E: Emit>(e: &mut E, i: Insn) {
    e.brk(i.bits(20, 5));
}
