//! Half precision, by way of single precision, which F16C converts to and from.
//!
//! Every half-precision number is a single-precision one. A sum, product, quotient or square root that
//! is rounded to 24 bits and then to 11 is rounded as if once, as 24 is at least 2 × 11 + 2 (Figueroa,
//! "When is double rounding innocuous?", 1995); in a directed mode it always is. What is lost on either
//! way is Inexact. Integers of 16 bits are single-precision numbers, too. Fused operations have no such
//! luck and are the interpreter's.

use super::fp::{EVERY_32, all, form, magnitudes, signs};
use super::{Fit, Lower, Unfit};
use crate::jit::ir::Ref;
use crate::jit::regs::Operand;
use crate::jit::vex::*;
use crate::value::fp::Fixed;
use crate::value::fp::op::{Fp1, Fp2, FpType, Shape};

/// An integer greater than any half.
const BEYOND: f64 = (1 << 17) as f64;

impl Lower<'_> {
    /// A scratch register with single-precision numbers: lane 0 and zeros, or the lanes of one half.
    pub(super) fn half_widened(&mut self, shape: Shape, a: Operand, upper: bool) -> Fit<u8> {
        let t = self.temp_v()?;
        let reg = match a {
            Operand::Reg(reg) => reg,
            _ => {
                self.asm.v2(VMOVUPS, t, a);
                t
            }
        };
        let from = match (shape, upper) {
            (Shape::Scalar, _) => {
                self.asm.v3(VANDPS, t, reg, Rm::Const(0xffff));
                t
            }
            (_, true) => {
                self.asm.v3(VUNPCKHPD, t, reg, reg);
                t
            }
            (_, false) => reg,
        };
        self.asm.v2(VCVTPH2PS, t, from);
        Ok(t)
    }

    /// The instruction's shape as that of the single-precision operation.
    fn half_lanes(shape: Shape) -> Shape {
        if shape == Shape::Scalar { Shape::Scalar } else { Shape::Full }
    }

    /// Makes the result of what was computed: `low`, and for a whole vector `high`.
    fn half_narrowed(&mut self, is_mask: bool, low: u8, high: Option<u8>, dst: u8) {
        if is_mask {
            // A mask of 32 bits is a number that saturates to one of 16.
            self.asm.v3(VPACKSSDW, dst, low, high.unwrap_or(low));
            if high.is_none() {
                self.asm.v2(VMOVQ, dst, dst);
            }
            return;
        }
        // The destination is the last operand; it rounds as MXCSR says.
        self.asm.v2i(VCVTPS2PH, low, if high.is_some() { low } else { dst }, 4);
        if let Some(high) = high {
            self.asm.v2i(VCVTPS2PH, high, high, 4);
            self.asm.v3(VUNPCKLPD, dst, low, high);
        }
    }

    /// Two operands.
    pub(super) fn half2(&mut self, op: Fp2, shape: Shape, a: Ref, b: Ref, dst: u8) -> Fit<()> {
        let (a, b) = (self.operand_v(a)?, self.operand_v(b)?);
        self.half2_on(op, shape, a, b, dst)
    }

    fn half2_on(&mut self, op: Fp2, shape: Shape, a: Operand, b: Operand, dst: u8) -> Fit<()> {
        // A sign is changed after the rounding, which may have a direction.
        let (op, sign) = match op {
            Fp2::RecipStep | Fp2::RsqrtStep => return Err(Unfit),
            Fp2::NegMul => (Fp2::Mul, Some((VXORPS, signs(FpType::H, shape)))),
            Fp2::AbsDifference => (Fp2::Sub, Some((VANDPS, magnitudes(FpType::H, shape)))),
            _ => (op, None),
        };
        let lanes = Self::half_lanes(shape);
        let one = |l: &mut Self, upper: bool| -> Fit<u8> {
            let busy = l.busy_v;
            let (x, y) = (l.half_widened(shape, a, upper)?, l.half_widened(shape, b, upper)?);
            l.fp2_on(op, FpType::S, lanes, x, Operand::Reg(y), x)?;
            // Only the result is wanted from here on.
            l.busy_v = busy | 1 << x;
            Ok(x)
        };
        let low = one(self, false)?;
        let high = if shape == Shape::Full { Some(one(self, true)?) } else { None };
        self.half_narrowed(op.is_comparison(), low, high, dst);
        if let Some((combine, mask)) = sign {
            self.asm.v3(combine, dst, dst, mask);
        }
        Ok(())
    }

    /// One operand.
    pub(super) fn half1(&mut self, op: Fp1, shape: Shape, a: Ref, dst: u8) -> Fit<()> {
        let (a, lanes) = (self.operand_v(a)?, Self::half_lanes(shape));
        let one = |l: &mut Self, upper: bool| -> Fit<u8> {
            let busy = l.busy_v;
            let x = l.half_widened(shape, a, upper)?;
            l.fp1_on(op, FpType::S, lanes, Operand::Reg(x), x)?;
            l.busy_v = busy | 1 << x;
            Ok(x)
        };
        let low = one(self, false)?;
        let high = if shape == Shape::Full { Some(one(self, true)?) } else { None };
        self.half_narrowed(false, low, high, dst);
        Ok(())
    }

    /// FADDP and its kin: the even lanes of `m:n` and the odd ones, as packed words.
    pub(super) fn half_pairwise(&mut self, op: Fp2, shape: Shape, n: Ref, m: Ref, dst: u8) -> Fit<()> {
        let (m, n) = (self.operand_v(m)?, self.vec(n)?);
        let (even, odd) = (self.temp_v()?, self.temp_v()?);
        let low = Rm::Const(EVERY_32 * 0xffff);
        if shape == Shape::Full {
            let t = self.temp_v()?;
            let m = self.in_register(m)?;
            self.asm.vshift(VPSRLD, odd, n, 16);
            self.asm.vshift(VPSRLD, t, m, 16);
            self.asm.v3(VPACKUSDW, odd, odd, t);
            self.asm.v3(VPAND, even, n, low);
            self.asm.v3(VPAND, t, m, low);
            self.asm.v3(VPACKUSDW, even, even, t);
            self.busy_v &= !(1 << t);
        } else {
            self.asm.v3(VPUNPCKLQDQ, even, n, m);
            self.asm.vshift(VPSRLD, odd, even, 16);
            self.asm.v3(VPAND, even, even, low);
            self.asm.v3(VPACKUSDW, odd, odd, odd);
            self.asm.v3(VPACKUSDW, even, even, even);
        }
        self.half2_on(op, shape, Operand::Reg(even), Operand::Reg(odd), dst)
    }

    /// From integers of 16 bits, whatever their binary point: the scaling is exact.
    pub(super) fn half_from_fixed(&mut self, from: Fixed, shape: Shape, a: Ref, dst: u8) -> Fit<()> {
        let a = self.vec(a)?;
        let (low, high) = (self.temp_v()?, self.temp_v()?);
        let source = if shape == Shape::Scalar {
            self.asm.v3(VPAND, low, a, Rm::Const(0xffff));
            low
        } else {
            a
        };
        let scaled = |l: &mut Self, reg: u8| {
            l.asm.v2(VCVTDQ2PS, reg, reg);
            if from.fraction != 0 {
                l.asm.v3(VMULPS, reg, reg, all(FpType::S, (-f64::from(from.fraction)).exp2()));
            }
        };
        self.asm.v2(if from.signed { VPMOVSXWD } else { VPMOVZXWD }, low, source);
        scaled(self, low);
        if shape != Shape::Full {
            self.half_narrowed(false, low, None, dst);
            return Ok(());
        }
        self.asm.v3(VPUNPCKHWD, high, a, a);
        self.asm.vshift(if from.signed { VPSRAD } else { VPSRLD }, high, high, 16);
        scaled(self, high);
        self.half_narrowed(false, low, Some(high), dst);
        Ok(())
    }

    /// From an integer in a general-purpose register: as a double, cut to what is beyond any half, which
    /// single precision holds.
    pub(super) fn half_from_int(&mut self, from: Fixed, a: Ref, dst: u8) -> Fit<()> {
        if from.fraction != 0 {
            return Err(Unfit);
        }
        let t = self.temp_v()?;
        self.fp_from_int(FpType::D, from, a, t)?;
        let scalar = |op| form(op, FpType::D, Shape::Scalar);
        self.asm.v3(scalar(VMINPS)?, t, t, all(FpType::D, BEYOND));
        self.asm.v3(scalar(VMAXPS)?, t, t, all(FpType::D, -BEYOND));
        let zero = self.zero_v()?;
        self.asm.v3(scalar(VCVTPS2PD)?, t, zero, t);
        self.asm.v2i(VCVTPS2PH, t, Operand::Reg(dst), 4);
        Ok(())
    }

    /// From double precision: the bits that single precision has no room for become one that tells whether
    /// any was set, so that the rounding to half precision is the only one.
    pub(super) fn half_from_double(&mut self, a: Ref, dst: u8) -> Fit<()> {
        const LOST: u128 = (1 << 29) - 1;
        let a = self.vec(a)?;
        let (t, sticky, zero) = (self.temp_v()?, self.temp_v()?, self.zero_v()?);
        self.asm.v3(VPAND, sticky, a, Rm::Const(LOST));
        self.asm.v3(VPCMPEQQ, sticky, sticky, zero);
        self.asm.v3(VPANDN, sticky, sticky, Rm::Const(LOST + 1));
        self.asm.v3(VPAND, t, a, Rm::Const(u64::MAX as u128 & !LOST));
        self.asm.v3(VPOR, t, t, sticky);
        self.asm.v3(form(VCVTPS2PD, FpType::D, Shape::Scalar)?, t, zero, t);
        self.asm.v2i(VCVTPS2PH, t, Operand::Reg(dst), 4);
        Ok(())
    }
}
