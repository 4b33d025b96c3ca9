//! BFloat16: conversions to it, and dot products; BFMLALB and BFMLALT are multiply-adds of single precision.

use super::fp::{all, every, form, infinity, lanes, magnitudes, predicate, signs};
use super::fp_quiet::{default_nan, exponent_unit};
use super::{Fit, Lower};
use crate::jit::asm::slot;
use crate::jit::entry::Thread;
use crate::jit::ir::Ref;
use crate::jit::vex::*;
use crate::value::fp::op::{FpType, Shape};

use FpType::{D, S};

/// MXCSR for dot products: towards zero, denormals are zeros, nothing traps.
const MXCSR: u128 = 0x7fc0;

/// Of a double, the places beyond those of a BFloat16.
const LOST: u64 = 52 - 7;

impl Lower<'_> {
    /// BFCVT, BFCVTN: each single-precision lane becomes its BFloat16. Denormal numbers, which might raise
    /// Underflow, and NaNs that signal are the interpreter's.
    ///
    /// As a double, a number is rounded to eight bits by adding so great a power of two that it has no room
    /// for more, which is subtracted again: as MXCSR says, and Inexact if that loses anything.
    pub(super) fn fp_to_bf16(&mut self, shape: Shape, a: Ref, dst: u8) -> Fit<()> {
        self.clobber()?;
        let double = |op| form(op, D, Shape::Full);
        let a = self.fp_operand(shape, a)?;
        let [x, low, great, t] = self.temps_v()?;
        let (least, sign) = (exponent_unit(S), 1 << 31);
        self.signalling(S, shape, a, t);
        // Less than the least normal number, when zero has become the greatest.
        self.asm.v3(VPAND, x, a, magnitudes(S, shape));
        self.asm.v3(VPADDD, x, x, every(S, sign - 1));
        self.asm.v2(VMOVDQA, low, every(S, sign + least - 1));
        self.asm.v3(VPCMPGTD, x, low, x);
        self.asm.v3(VPOR, t, t, x);
        self.aside_if(t);

        self.asm.v3(VPAND, x, a, Rm::Const(lanes(S, shape)));
        let one = |l: &mut Self, from: u8, to: u8| -> Fit<()> {
            l.asm.v2(form(VCVTPS2PD, S, Shape::Full)?, to, from);
            l.asm.v3(VPAND, great, to, every(D, infinity(D)));
            l.asm.v3(double(VMINPS)?, great, great, all(D, 127f64.exp2()));
            l.asm.v3(double(VMAXPS)?, great, great, all(D, (-126f64).exp2()));
            l.asm.v3(VPADDQ, great, great, every(D, LOST * exponent_unit(D)));
            l.asm.v3(VPAND, t, to, signs(D, Shape::Full));
            l.asm.v3(VPOR, great, great, t);
            l.asm.v3(double(VADDPS)?, to, to, great);
            l.asm.v3(double(VSUBPS)?, to, to, great);
            l.asm.v2(double(VCVTPS2PD)?, to, to);
            Ok(())
        };
        one(self, x, low)?;
        if shape == Shape::Full {
            self.asm.v3(VUNPCKHPD, x, x, x);
            one(self, x, x)?;
            self.asm.v3(VUNPCKLPD, low, low, x);
        }
        // A difference of equal numbers is negative where FPCR rounds down.
        self.asm.v3(VPAND, low, low, magnitudes(S, shape));
        self.asm.v3(VPAND, t, a, signs(S, shape));
        self.asm.v3(VPOR, low, low, t);
        self.asm.vshift(VPSRLD, dst, low, 16);
        Ok(())
    }

    /// BFDOT: `[sums, n, m]`. The two products are exact, their sum and the sum with that are rounded to odd,
    /// after each step a denormal number is zero, and nothing is told to FPSR: MXCSR is another meanwhile. Doubles
    /// hold the products, and sums but for what a comparison finds lost.
    pub(super) fn bf16_dot(&mut self, shape: Shape, [sums, n, m]: [Ref; 3], dst: u8) -> Fit<()> {
        let single = form(VCVTPS2PD, S, Shape::Full)?;
        // Sums that are made here come first.
        let [sums, n, m] = [self.fp_operand(shape, sums)?, self.fp_operand(shape, n)?, self.fp_operand(shape, m)?];
        let [p, q, t, u, low] = self.temps_v()?;
        self.asm.vmemory(VSTMXCSR, slot(Thread::MXCSR));
        self.asm.vmemory(VLDMXCSR, Rm::Const(MXCSR));
        let halves = if shape == Shape::Full { 2 } else { 1 };
        for half in 0..halves {
            let upper = half == 1;
            for (top, product) in [(false, p), (true, q)] {
                for (operand, to) in [(n, product), (m, t)] {
                    if top {
                        self.asm.v3(VPAND, u, operand, every(S, 0xffff_0000));
                    } else {
                        self.asm.vshift(VPSLLD, u, operand, 16);
                    }
                    if upper {
                        self.asm.v3(VUNPCKHPD, u, u, u);
                    }
                    self.asm.v2(single, to, u);
                }
                self.asm.v3(form(VMULPS, D, Shape::Full)?, product, product, t);
                self.single_range(product, [t, u])?;
            }
            self.odd_sum(p, q, [t, u])?;
            if upper {
                self.asm.v3(VUNPCKHPD, q, sums, sums);
            }
            self.asm.v2(single, q, if upper { q } else { sums });
            self.odd_sum(p, q, [t, u])?;
            let narrow = form(VCVTPS2PD, D, Shape::Full)?;
            self.asm.v2(narrow, if upper { p } else { low }, p);
        }
        if shape == Shape::Full {
            self.asm.v3(VUNPCKLPD, low, low, p);
        }
        self.asm.v3i(VCMPPS, t, low, low, predicate::UNORDERED);
        self.asm.vblendv(VPBLENDVB, dst, low, default_nan(S), t);
        self.asm.vmemory(VLDMXCSR, slot(Thread::MXCSR));
        Ok(())
    }

    /// `p` = the sum of two doubles that single precision holds, rounded to odd in single precision; MXCSR
    /// rounds towards zero. If it is exact, it less one is the other.
    fn odd_sum(&mut self, p: u8, q: u8, [t, u]: [u8; 2]) -> Fit<()> {
        let double = |op| form(op, D, Shape::Full);
        self.asm.v3(double(VADDPS)?, t, p, q);
        self.asm.v3(double(VSUBPS)?, u, t, p);
        self.asm.v3i(double(VCMPPS)?, u, u, q, predicate::NEQ_QUIET);
        self.asm.v3(double(VSUBPS)?, q, t, q);
        self.asm.v3i(double(VCMPPS)?, q, q, p, predicate::NEQ_QUIET);
        self.asm.v3(VPOR, u, u, q);
        self.asm.v3(VPAND, u, u, every(D, 1));
        self.asm.v3(VPOR, p, t, u);
        self.odd_singles(p, t);
        self.single_range(p, [t, u])
    }

    /// Doubles below the normal numbers of single precision become zeros, those above them infinite.
    fn single_range(&mut self, a: u8, [t, u]: [u8; 2]) -> Fit<()> {
        let (compare, magnitude) = (form(VCMPPS, D, Shape::Full)?, magnitudes(D, Shape::Full));
        self.asm.v3(VPAND, t, a, magnitude);
        self.asm.v3i(compare, u, t, all(D, (-126f64).exp2()), predicate::LT_QUIET);
        self.asm.v3(VPAND, u, u, magnitude);
        self.asm.v3(VPANDN, a, u, a);
        self.asm.v3i(compare, t, t, all(D, 128f64.exp2()), predicate::GE_QUIET);
        self.asm.v3(VPAND, t, t, magnitude);
        self.asm.v3(VPANDN, a, t, a);
        self.asm.v3(VPAND, t, t, every(D, infinity(D)));
        self.asm.v3(VPOR, a, a, t);
        Ok(())
    }
}
