//! FRECPE, FRSQRTE and their kin: the fraction of an estimate is a byte of a table, its exponent the
//! operand's, negated and for a root halved. Zeros, infinities and quiet NaNs have results of their own; what
//! is denormal, or has a denormal reciprocal, a NaN that signals and the root of a negative number are the
//! interpreter's.

use super::fp::{every, infinity, lane_size, lanes, magnitudes, signs};
use super::fp_quiet::{exponent_unit, quiet};
use super::lanes::{ADD, EQUAL, GREATER, SUB};
use super::{Fit, Lower};
use crate::jit::asm::{Cc, slot, with_mem};
use crate::jit::entry::Thread;
use crate::jit::ir::Ref;
use crate::jit::regs::Mem;
use crate::jit::vex::*;
use crate::lift::Width;
use crate::value::fp::op::{Fp1, FpType, Shape};
use crate::value::fp::{Exception, RECIP_ESTIMATES, RSQRT_ESTIMATES};
use crate::value::simd::Esize;
use dynasmrt::{DynasmApi, dynasm};

/// Logical shifts by an immediate.
const DOWN: [Vex; 4] = [VPSRLW, VPSRLW, VPSRLD, VPSRLQ];
const UP: [Vex; 4] = [VPSLLW, VPSLLW, VPSLLD, VPSLLQ];

/// How many lanes count.
fn count(ty: FpType, shape: Shape) -> u8 {
    (lanes(ty, shape).count_ones() / ty.bits()) as u8
}

impl Lower<'_> {
    /// Bytes of a table, by the lowest byte of each of the first lanes; all else is zero.
    pub(super) fn look_up(&mut self, table: &'static [u8; 256], es: Esize, count: u8, indices: u8, dst: u8) -> Fit<()> {
        let (base, index) = (self.temp()?, self.temp()?);
        self.asm.store_vector(Width::Q, slot(Thread::INDICES), indices);
        self.asm.mov_imm(base, table.as_ptr().addr() as u64);
        self.asm.vzero(dst);
        for lane in 0..count {
            let at = lane * (es.bits() / 8) as u8;
            self.asm.load(Width::B, index, slot(Thread::INDICES + i32::from(at)));
            self.asm.v3i(VPINSRB, dst, dst, Mem { base, index: Some((index, 0)), disp: 0 }, at);
        }
        self.busy &= !(1 << base | 1 << index);
        Ok(())
    }

    /// FRECPE, FRSQRTE.
    pub(super) fn fp_estimate(&mut self, op: Fp1, ty: FpType, shape: Shape, a: Ref, dst: u8) -> Fit<()> {
        self.clobber()?;
        let es = lane_size(ty) as usize;
        let is_root = op == Fp1::RsqrtEstimate;
        let (unit, sign) = (exponent_unit(ty), 1 << (ty.bits() - 1));
        let (fraction, bias) = (unit.trailing_zeros() as u8, infinity(ty) / unit / 2);
        let a = self.fp_operand(shape, a)?;
        let [x, r, special, zero, infinite, nan] = self.temps_v()?;

        let (table, first) = if is_root { (&RSQRT_ESTIMATES, fraction - 7) } else { (&RECIP_ESTIMATES, fraction - 8) };
        self.asm.vshift(DOWN[es], x, a, first);
        self.look_up(table, lane_size(ty), count(ty, shape), x, r)?;
        self.asm.vshift(UP[es], r, r, fraction - 8);
        // The exponents of a number and its reciprocal estimate add up to this; twice the root's, and a bit
        // that goes, with the number's to that.
        let sum = if is_root { 3 * bias - 1 } else { 2 * bias - 1 };
        self.asm.v3(VPAND, special, a, every(ty, infinity(ty)));
        self.asm.v2(VMOVDQA, x, every(ty, sum * unit));
        self.asm.v3(SUB[es], x, x, special);
        if is_root {
            self.asm.vshift(DOWN[es], x, x, 1);
            self.asm.v3(VPAND, x, x, every(ty, infinity(ty)));
        }
        self.asm.v3(ADD[es], r, r, x);

        // Normal numbers, the range of which begins at the least integer here.
        let beyond = if is_root { infinity(ty) } else { sum * unit };
        let counted = if is_root { Rm::Const(lanes(ty, shape)) } else { magnitudes(ty, shape) };
        self.asm.v3(VPAND, special, a, counted);
        self.asm.v3(ADD[es], special, special, every(ty, sign - unit));
        self.asm.v3(GREATER[es], special, special, every(ty, sign + (beyond - unit - 1)));
        if shape != Shape::Full {
            self.asm.v3(VPAND, special, special, Rm::Const(lanes(ty, shape)));
        }
        self.asm.v2(VPTEST, special, special);
        let plain = self.asm.jump_inside(Some(Cc::E));
        self.asm.v3(VPAND, x, a, magnitudes(ty, shape));
        self.asm.v3(EQUAL[es], zero, x, Rm::Const(0));
        self.asm.v3(EQUAL[es], infinite, if is_root { a } else { x }, every(ty, infinity(ty)));
        self.asm.v3(GREATER[es], nan, x, every(ty, (infinity(ty) | quiet(ty)) - 1));
        self.asm.v3(VPOR, x, zero, infinite);
        self.asm.v3(VPOR, x, x, nan);
        self.asm.v3(VPANDN, x, x, special);
        self.aside_if(x);
        self.asm.vblendv(VPBLENDVB, r, r, every(ty, infinity(ty)), zero);
        self.asm.v3(VPANDN, r, infinite, r);
        self.asm.vblendv(VPBLENDVB, r, r, a, nan);
        self.asm.v2(VPTEST, zero, Rm::Const(lanes(ty, shape)));
        let none = self.asm.skip(Cc::E);
        with_mem!(self.asm, slot(Thread::FPSR), [or DWORD][, Exception::DivideByZero as i32]);
        self.asm.land(none);
        self.land_inside(plain);

        self.asm.v3(VPAND, x, a, signs(ty, shape));
        self.asm.v3(VPOR, r, r, x);
        self.cut_lanes(ty, shape, r, dst);
        Ok(())
    }

    /// The lanes that count, and zeros.
    fn cut_lanes(&mut self, ty: FpType, shape: Shape, src: u8, dst: u8) {
        if shape == Shape::Full {
            self.mov_v(dst, src);
        } else {
            self.asm.v3(VPAND, dst, src, Rm::Const(lanes(ty, shape)));
        }
    }

    /// URECPE, URSQRTE.
    pub(super) fn unsigned_estimate(&mut self, op: Fp1, shape: Shape, a: Ref, dst: u8) -> Fit<()> {
        let a = self.fp_operand(shape, a)?;
        let [x, r] = self.temps_v()?;
        let every = |v| every(FpType::S, v);
        let lanes = count(FpType::S, shape);
        self.asm.vshift(VPSRLD, x, a, 23);
        if op == Fp1::UnsignedRecipEstimate {
            self.look_up(&RECIP_ESTIMATES, Esize::S, lanes, x, r)?;
            // Below a half: all ones.
            self.asm.v3(VPCMPGTD, x, a, every(u64::MAX));
        } else {
            // A half or more has seven bits behind the first, a quarter or more has them a place below.
            self.asm.vshift(VPSRLD, r, a, 24);
            self.asm.v3(VPAND, r, r, every(0x7f));
            self.asm.vblendv(VBLENDVPS, x, x, r, a);
            self.look_up(&RSQRT_ESTIMATES, Esize::S, lanes, x, r)?;
            self.asm.vshift(VPSRLD, x, a, 30);
            self.asm.v3(VPCMPEQD, x, x, Rm::Const(0));
        }
        self.asm.vshift(VPSLLD, r, r, 23);
        self.asm.v3(VPOR, r, r, every(1 << 31));
        self.asm.v3(VPOR, r, r, x);
        self.cut_lanes(FpType::S, shape, r, dst);
        Ok(())
    }

    /// FRECPX: the exponent's bits inverted, those of zero as if they were those of the least normal number.
    pub(super) fn fp_exponent(&mut self, ty: FpType, a: Ref, dst: u8) -> Fit<()> {
        let (es, shape) = (lane_size(ty) as usize, Shape::Scalar);
        let a = self.fp_operand(shape, a)?;
        self.aside_if_signalling(ty, shape, &[a])?;
        let [r, x] = self.temps_v()?;
        let exponent = Rm::Const(u128::from(infinity(ty)));
        self.asm.v3(VPANDN, r, a, exponent);
        self.asm.v3(EQUAL[es], x, r, exponent);
        self.asm.v3(VPAND, x, x, Rm::Const(u128::from(exponent_unit(ty))));
        self.asm.v3(SUB[es], r, r, x);
        self.asm.v3(VPAND, x, a, signs(ty, shape));
        self.asm.v3(VPOR, r, r, x);
        self.asm.v3(VPAND, x, a, magnitudes(ty, shape));
        self.asm.v3(GREATER[es], x, x, every(ty, infinity(ty)));
        self.asm.vblendv(VPBLENDVB, dst, r, a, x);
        Ok(())
    }
}
