//! Underflow of a result that rounds up to the smallest normal number.
//!
//! Arm detects tininess before rounding (FPRound), x86-64 after it, as if exponents had no limit: such a result raises
//! Underflow on Arm and only Inexact here. Of what rounds, only products, fused operations and conversions to a narrower
//! format have such results: sums and differences that small are exact, a quotient of numbers of p bits that is less
//! than a power of two is less by more than their last place, and roots are never tiny.
//!
//! A unit that heeds this ([`crate::jit::ir::Recorder::exact_underflow`]) looks at such results, or at what is narrowed, by
//! a comparison that is invalid, and traps, if they are near: an exclusive-or makes NaNs that signal of half a binade
//! of numbers, so there is no branch and EFLAGS stay. An instruction that has trapped often has them compared exactly.

use super::fp::{every, form, infinity, lane_size, magnitudes, predicate};
use super::fp_quiet::{exponent_unit, quiet};
use super::lanes::{ADD, EQUAL, GREATER};
use super::{Fit, Lower};
use crate::jit::regs::Operand;
use crate::jit::vex::*;
use crate::value::fp::op::{FpType, Shape};

/// Of a format, the smallest normal number of the next narrower one, and the distance from it that rounding bridges.
const fn narrowed(from: FpType) -> (u64, u64) {
    match from {
        FpType::D => ((1023 - 126) << 52, 1 << (52 - 23)),
        _ => ((127 - 14) << 23, 1 << (23 - 10)),
    }
}

impl Lower<'_> {
    /// `dst` = `a` × `b`, of single or double precision.
    pub(super) fn fp_product(&mut self, ty: FpType, shape: Shape, a: u8, b: Operand, dst: u8) -> Fit<()> {
        // The destination, of which the operands may be copies, must not change before what traps.
        let product = if self.rec.exact_underflow { self.temp_v()? } else { dst };
        self.asm.v3(form(VMULPS, ty, shape)?, product, a, b);
        self.heed_least(ty, shape, product)?;
        self.mov_v(dst, product);
        Ok(())
    }

    /// Leaves the instruction to the interpreter if its rounded result may be what Underflow was lost of.
    pub(super) fn heed_least(&mut self, ty: FpType, shape: Shape, result: u8) -> Fit<()> {
        if !self.rec.exact_underflow {
            return Ok(());
        }
        let (t, least) = (self.temp_v()?, exponent_unit(ty));
        if self.careful {
            self.clobber()?;
            self.asm.v3(VPAND, t, result, magnitudes(ty, shape));
            self.asm.v3(EQUAL[lane_size(ty) as usize], t, t, every(ty, least));
            self.aside_if(t);
        } else {
            self.trap_if_signalling(ty, shape, result, infinity(ty) ^ least | 1, t)?;
        }
        self.busy_v &= !(1 << t);
        Ok(())
    }

    /// The same for what is about to be converted to the next narrower format.
    pub(super) fn heed_narrowing(&mut self, from: FpType, shape: Shape, a: u8) -> Fit<()> {
        if !self.rec.exact_underflow {
            return Ok(());
        }
        let (t, (least, reach)) = (self.temp_v()?, narrowed(from));
        if self.careful {
            self.clobber()?;
            let (es, greatest) = (lane_size(from) as usize, (1 << (from.bits() - 1)) - 1);
            // The number before `least` becomes the greatest integer, and those above it negative.
            self.asm.v3(VPAND, t, a, magnitudes(from, shape));
            self.asm.v3(ADD[es], t, t, every(from, greatest - (least - 1)));
            self.asm.v3(GREATER[es], t, t, every(from, greatest - reach));
            self.aside_if(t);
        } else {
            let below = least - exponent_unit(from);
            self.trap_if_signalling(from, shape, a, infinity(from) ^ below | quiet(from), t)?;
        }
        self.busy_v &= !(1 << t);
        Ok(())
    }

    /// Traps if a lane of `a` with these bits inverted is a NaN that signals.
    fn trap_if_signalling(&mut self, ty: FpType, shape: Shape, a: u8, bits: u64, t: u8) -> Fit<()> {
        self.asm.v3(VXORPS, t, a, every(ty, bits));
        self.asm.v3i(form(VCMPPS, ty, shape)?, t, t, t, predicate::UNORDERED);
        Ok(())
    }
}
