//! Half precision, by way of single precision, which F16C converts to and from.
//!
//! Every half-precision number is a single-precision one. A sum, product, quotient or square root that
//! is rounded to 24 bits and then to 11 is rounded as if once, as 24 is at least 2 × 11 + 2 (Figueroa,
//! "When is double rounding innocuous?", 1995); in a directed mode it always is. What is lost on either
//! way is Inexact. Fused operations and conversions from integers have no such luck and are the
//! interpreter's.

use super::fp::{magnitudes, signs};
use super::{Fit, Lower, Unfit};
use crate::jit::ir::Ref;
use crate::jit::regs::Operand;
use crate::jit::vex::*;
use crate::value::fp::op::{Fp1, Fp2, FpType, Shape};

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
        // A sign is changed after the rounding, which may have a direction.
        let (op, sign) = match op {
            Fp2::RecipStep | Fp2::RsqrtStep => return Err(Unfit),
            Fp2::NegMul => (Fp2::Mul, Some((VXORPS, signs(FpType::H, shape)))),
            Fp2::AbsDifference => (Fp2::Sub, Some((VANDPS, magnitudes(FpType::H, shape)))),
            _ => (op, None),
        };
        let (a, b, lanes) = (self.operand_v(a)?, self.operand_v(b)?, Self::half_lanes(shape));
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
}
