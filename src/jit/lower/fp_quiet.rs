//! Floating point that does not trap, for instructions that have been found to meet NaNs or to be invalid.
//!
//! The operands are looked at as integers, which raises nothing. Where all are finite the host's
//! instruction does it, as in [`super::fp`]. Otherwise the lanes in which it would be invalid get the
//! default NaN as their first operand, which the host returns as it returns any first operand that is a
//! quiet NaN, and FPSR.IOC is set. So a loop that carries a NaN stays here. A NaN that signals is the
//! interpreter's: no operation makes one.

use super::fp::{all, every, form, infinity, lane_size, lanes, magnitudes, predicate, signs};
use super::lanes::{ADD, EQUAL, GREATER};
use super::{Fit, Lower, Unfit};
use crate::jit::asm::{Alu, Cc, slot, with_mem};
use crate::jit::entry::Thread;
use crate::jit::ir::Ref;
use crate::jit::jumps::JumpSite;
use crate::jit::regs::{Mem, Operand};
use crate::jit::vex::*;
use crate::value::fp::Exception;
use crate::value::fp::op::{Fp1, Fp2, Fp3, FpType, Shape};
use crate::value::int::Size;
use dynasmrt::{DynasmApi, dynasm};

/// The bit by which a NaN is quiet.
pub(super) const fn quiet(ty: FpType) -> u64 {
    match ty {
        FpType::H => 1 << 9,
        FpType::S => 1 << 22,
        FpType::D => 1 << 51,
    }
}

/// The last place of the exponent.
pub(super) const fn exponent_unit(ty: FpType) -> u64 {
    quiet(ty) << 1
}

/// The NaN that invalid operations give.
pub(super) fn default_nan(ty: FpType) -> Rm {
    every(ty, infinity(ty) | quiet(ty))
}

impl Lower<'_> {
    /// `t` = where a lane is a NaN that signals: with its quiet bit inverted it is above all that are not.
    pub(super) fn signalling(&mut self, ty: FpType, shape: Shape, a: u8, t: u8) {
        self.asm.v3(VPAND, t, a, magnitudes(ty, shape));
        self.asm.v3(VPXOR, t, t, every(ty, quiet(ty)));
        self.asm.v3(GREATER[lane_size(ty) as usize], t, t, every(ty, infinity(ty) | quiet(ty)));
    }

    /// Leaves the instruction to the interpreter if a lane of these signals. EFLAGS are lost.
    pub(super) fn aside_if_signalling(&mut self, ty: FpType, shape: Shape, operands: &[u8]) -> Fit<()> {
        self.clobber()?;
        let [found, t] = self.temps_v()?;
        for (i, &a) in operands.iter().enumerate() {
            self.signalling(ty, shape, a, if i == 0 { found } else { t });
            if i > 0 {
                self.asm.v3(VPOR, found, found, t);
            }
        }
        self.aside_if(found);
        self.busy_v &= !(1 << found | 1 << t);
        Ok(())
    }

    /// `t` = |`a`| plus what carries into the sign where that is no number, or infinite.
    fn not_finite(&mut self, ty: FpType, shape: Shape, a: u8, t: u8) {
        self.asm.v3(VPAND, t, a, magnitudes(ty, shape));
        self.asm.v3(ADD[lane_size(ty) as usize], t, t, every(ty, exponent_unit(ty)));
    }

    /// Jumps if no lane of `t` has its sign set.
    fn jump_unless_sign(&mut self, ty: FpType, shape: Shape, t: u8) -> JumpSite {
        self.asm.v2(VPTEST, t, signs(ty, shape));
        self.asm.jump_inside(Some(Cc::E))
    }

    pub(super) fn land_inside(&mut self, site: JumpSite) {
        let here = self.asm.len();
        self.asm.jump_to_offset(site, here);
    }

    // ── one and two operands ───────────────────────────────────────────────────────────────────

    pub(super) fn quiet1(&mut self, op: Fp1, ty: FpType, shape: Shape, a: Ref, dst: u8) -> Fit<()> {
        let mut a = self.fp_operand(shape, a)?;
        if op == Fp1::Sqrt {
            a = self.quiet_root(ty, shape, a)?;
        } else {
            self.aside_if_signalling(ty, shape, &[a])?;
        }
        if ty == FpType::H {
            return self.half1(op, shape, Operand::Reg(a), dst);
        }
        self.fp1_on(op, ty, shape, Operand::Reg(a), dst)
    }

    /// The operand of a square root, the default NaN where that is negative.
    fn quiet_root(&mut self, ty: FpType, shape: Shape, a: u8) -> Fit<u8> {
        self.clobber()?;
        let [x, t, i] = self.temps_v()?;
        let greater = GREATER[lane_size(ty) as usize];
        self.not_finite(ty, shape, a, t);
        self.asm.v3(VPOR, t, t, a);
        self.mov_v(x, a);
        let plain = self.jump_unless_sign(ty, shape, t);
        self.signalling(ty, shape, a, t);
        self.aside_if(t);
        // As integers, from -infinity up to all but -0.
        let sign = 1 << (ty.bits() - 1);
        self.asm.v3(greater, i, a, every(ty, sign | infinity(ty)));
        self.asm.v3(greater, t, a, every(ty, sign));
        self.asm.v3(VPANDN, i, i, t);
        self.asm.v3(VPAND, i, i, Rm::Const(lanes(ty, shape)));
        self.invalid_where(ty, i, x);
        self.land_inside(plain);
        self.busy_v &= !(1 << t | 1 << i);
        Ok(x)
    }

    /// Sets FPSR.IOC if there are such lanes, in which `x` becomes the default NaN.
    fn invalid_where(&mut self, ty: FpType, lanes: u8, x: u8) {
        self.asm.v2(VPTEST, lanes, lanes);
        let none = self.asm.skip(Cc::E);
        self.asm.vblendv(VPBLENDVB, x, x, default_nan(ty), lanes);
        self.fp_invalid();
        self.asm.land(none);
    }

    /// In registers; what is above scalars is anything.
    pub(super) fn quiet2(&mut self, op: Fp2, ty: FpType, shape: Shape, a: u8, b: u8, dst: u8) -> Fit<()> {
        let [a, b] = if op.is_comparison() || op.is_extreme() {
            self.aside_if_signalling(ty, shape, &[a, b])?;
            [a, b]
        } else {
            self.quiet_operands(op, ty, shape, a, b)?
        };
        if ty == FpType::H {
            return self.half2(op, shape, Operand::Reg(a), Operand::Reg(b), dst);
        }
        self.fp2_on(op, ty, shape, a, Operand::Reg(b), dst)
    }

    /// Operands with which arithmetic is valid and gives what Arm's gives.
    fn quiet_operands(&mut self, op: Fp2, ty: FpType, shape: Shape, a: u8, b: u8) -> Fit<[u8; 2]> {
        self.clobber()?;
        let [x, y, first, second, i] = self.temps_v()?;
        let add = ADD[lane_size(ty) as usize];
        self.not_finite(ty, shape, a, x);
        self.not_finite(ty, shape, b, y);
        self.asm.v3(VPOR, x, x, y);
        if op == Fp2::Div {
            // Two zeros become negative.
            self.asm.v3(VPOR, y, a, b);
            self.asm.v3(VPAND, y, y, magnitudes(ty, shape));
            self.asm.v3(add, y, y, every(ty, u64::MAX));
            self.asm.v3(VPOR, x, x, y);
        }
        self.mov_v(first, a);
        self.mov_v(second, b);
        let plain = self.jump_unless_sign(ty, shape, x);
        self.signalling(ty, shape, a, x);
        self.signalling(ty, shape, b, y);
        self.asm.v3(VPOR, x, x, y);
        self.aside_if(x);
        self.asm.v3(VPAND, x, a, magnitudes(ty, shape));
        self.asm.v3(VPAND, y, b, magnitudes(ty, shape));
        self.invalid_lanes(op, ty, shape, [a, b], [x, y], i);
        match op {
            Fp2::RecipStep | Fp2::RsqrtStep => {
                // Infinity times zero counts as zero.
                self.asm.v3(VPANDN, first, i, first);
                self.asm.v3(VPANDN, second, i, second);
            }
            Fp2::Mulx => {
                // It is two.
                self.asm.v3(VPXOR, x, a, b);
                self.asm.v3(VPAND, x, x, signs(ty, Shape::Full));
                self.asm.v3(VPOR, x, x, all_of(ty, 2.0));
                self.asm.vblendv(VPBLENDVB, first, first, x, i);
                self.asm.vblendv(VPBLENDVB, second, second, all_of(ty, 1.0), i);
            }
            _ => self.invalid_where(ty, i, first),
        }
        self.land_inside(plain);
        self.busy_v &= !(1 << x | 1 << y | 1 << i);
        Ok([first, second])
    }

    /// `i` = the lanes in which two numbers, with these magnitudes, make an operation invalid.
    fn invalid_lanes(&mut self, op: Fp2, ty: FpType, shape: Shape, [a, b]: [u8; 2], [x, y]: [u8; 2], i: u8) {
        let (equal, infinity) = (EQUAL[lane_size(ty) as usize], every(ty, infinity(ty)));
        match op {
            Fp2::Add | Fp2::Sub | Fp2::AbsDifference => {
                // Infinities that cancel.
                if op == Fp2::Add {
                    self.asm.v3(VPXOR, i, a, b);
                    self.asm.v3(equal, i, i, signs(ty, Shape::Full));
                } else {
                    self.asm.v3(equal, i, a, b);
                }
                self.asm.v3(equal, x, x, infinity);
                self.asm.v3(VPAND, i, i, x);
            }
            Fp2::Div => {
                // Both zero, or both infinite.
                self.asm.v3(VPOR, i, x, y);
                self.asm.v3(equal, i, i, Rm::Const(0));
                self.asm.v3(equal, x, x, infinity);
                self.asm.v3(equal, y, y, infinity);
                self.asm.v3(VPAND, x, x, y);
                self.asm.v3(VPOR, i, i, x);
                self.asm.v3(VPAND, i, i, Rm::Const(lanes(ty, shape)));
            }
            _ => self.infinity_times_zero(ty, [x, y], i),
        }
    }

    /// `i` = where one of two magnitudes is infinite and the other zero; the second is lost.
    fn infinity_times_zero(&mut self, ty: FpType, [x, y]: [u8; 2], i: u8) {
        let (equal, infinity) = (EQUAL[lane_size(ty) as usize], every(ty, infinity(ty)));
        self.asm.v3(VPXOR, i, x, infinity);
        self.asm.v3(VPOR, i, i, y);
        self.asm.v3(equal, i, i, Rm::Const(0));
        self.asm.v3(VPXOR, y, y, infinity);
        self.asm.v3(VPOR, y, y, x);
        self.asm.v3(equal, y, y, Rm::Const(0));
        self.asm.v3(VPOR, i, i, y);
    }

    /// A comparison of what does not signal.
    pub(super) fn quiet_comparison(
        &mut self,
        op: Fp2,
        ty: FpType,
        shape: Shape,
        a: u8,
        b: Operand,
        dst: u8,
    ) -> Fit<()> {
        let (b, compare) = (self.in_register(b)?, form(VCMPPS, ty, shape)?);
        let unordered = self.temp_v()?;
        self.clobber()?;
        self.asm.v3i(compare, unordered, a, b, predicate::UNORDERED);
        if op != Fp2::CompareEq {
            self.fp_invalid_if_any(ty, shape, unordered)?;
        }
        let (x, y) = match op {
            Fp2::CompareAbsGe | Fp2::CompareAbsGt => {
                let y = self.temp_v()?;
                self.asm.v3(VANDPS, unordered, a, magnitudes(ty, shape));
                self.asm.v3(VANDPS, y, b, magnitudes(ty, shape));
                (unordered, y)
            }
            _ => (a, b),
        };
        let quiet = match op {
            Fp2::CompareEq => predicate::EQ,
            Fp2::CompareGe | Fp2::CompareAbsGe => predicate::GE_QUIET,
            _ => predicate::GT_QUIET,
        };
        self.asm.v3i(compare, dst, x, y, quiet);
        Ok(())
    }

    /// A maximum or minimum of what does not signal.
    pub(super) fn quiet_extreme(&mut self, op: Fp2, ty: FpType, shape: Shape, a: u8, b: Operand, dst: u8) -> Fit<()> {
        let (b, compare) = (self.in_register(b)?, form(VCMPPS, ty, shape)?);
        let (extreme, combine) = match op {
            Fp2::Max | Fp2::MaxNum => (form(VMAXPS, ty, shape)?, VANDPS),
            Fp2::Min | Fp2::MinNum => (form(VMINPS, ty, shape)?, VORPS),
            _ => return Err(Unfit),
        };
        // Of the lanes without NaNs, zeros in the others; then a lane with NaNs gets the first of them,
        // or, of one number and one NaN, that which is wanted.
        let [unordered, x, y, t] = self.temps_v()?;
        self.asm.v3i(compare, unordered, a, b, predicate::UNORDERED);
        self.asm.v3(VANDNPS, x, unordered, a);
        self.asm.v3(VANDNPS, y, unordered, b);
        self.asm.v3(extreme, t, y, x);
        self.asm.v3(extreme, x, x, y);
        self.asm.v3(combine, x, x, t);
        let is_number = matches!(op, Fp2::MaxNum | Fp2::MinNum);
        let asked = if is_number { b } else { a };
        self.asm.v3i(compare, y, asked, asked, predicate::UNORDERED);
        self.asm.vblendv(VPBLENDVB, t, b, a, y);
        self.asm.vblendv(VPBLENDVB, dst, x, t, unordered);
        if shape == Shape::Scalar {
            self.keep_low(dst, dst, ty.bits());
        }
        Ok(())
    }

    /// Sets FPSR.IOC if a lane of the mask is set; EFLAGS are lost.
    pub(super) fn fp_invalid_if_any(&mut self, ty: FpType, shape: Shape, mask: u8) -> Fit<()> {
        let t = self.temp()?;
        let lanes = match shape {
            Shape::Scalar => 1,
            Shape::Half => 0b0011,
            Shape::Full => 0b1111,
        };
        self.asm.v2(VMOVMSKPS.double(ty == FpType::D), t, mask);
        self.asm.alu(Alu::Test, Size::W, t, Operand::Imm(lanes));
        let none = self.asm.skip(Cc::E);
        self.fp_invalid();
        self.asm.land(none);
        self.busy &= !(1 << t);
        Ok(())
    }

    /// Sets FPSR.IOC; EFLAGS are lost.
    pub(super) fn fp_invalid(&mut self) {
        with_mem!(self.asm, slot(Thread::FPSR), [or DWORD][, Exception::InvalidOp as i32]);
    }

    // ── fused ──────────────────────────────────────────────────────────────────────────────────

    /// `[addend, n, m]`. The host takes the NaN of the first factor before that of the second, and that
    /// before the addend's: an addend that is a NaN takes the first factor's place.
    pub(super) fn quiet3(&mut self, op: Fp3, ty: FpType, shape: Shape, [a, n, m]: [Ref; 3], dst: u8) -> Fit<()> {
        let [a, n, m] = [self.fp_operand(shape, a)?, self.fp_operand(shape, n)?, self.fp_operand(shape, m)?];
        self.clobber()?;
        let es = lane_size(ty) as usize;
        let (equal, greater) = (EQUAL[es], GREATER[es]);
        let [x, y, factor, t, i] = self.temps_v()?;
        self.not_finite(ty, shape, a, x);
        for operand in [n, m] {
            self.not_finite(ty, shape, operand, y);
            self.asm.v3(VPOR, x, x, y);
        }
        let negates_addend = matches!(op, Fp3::NegMulAdd | Fp3::NegMulSub);
        let keeps = negates_addend || self.rec.exact_underflow;
        let sum = if a == dst && !keeps && n != dst && m != dst { a } else { self.temp_v()? };
        if negates_addend {
            self.asm.v3(VXORPS, sum, a, signs(ty, Shape::Full));
        } else {
            self.mov_v(sum, a);
        }
        if matches!(op, Fp3::MulSub | Fp3::NegMulAdd) {
            self.asm.v3(VXORPS, factor, n, signs(ty, Shape::Full));
        } else {
            self.mov_v(factor, n);
        }
        let plain = self.jump_unless_sign(ty, shape, x);
        self.signalling(ty, shape, a, x);
        for operand in [n, m] {
            self.signalling(ty, shape, operand, y);
            self.asm.v3(VPOR, x, x, y);
        }
        self.aside_if(x);
        let magnitude = magnitudes(ty, shape);
        self.asm.v3(VPAND, x, factor, magnitude);
        self.asm.v3(VPAND, y, m, magnitude);
        // The greater magnitude is infinite: so is the product, unless it is of infinity and zero.
        self.asm.v3(greater, t, x, y);
        self.asm.vblendv(VPBLENDVB, t, y, x, t);
        self.asm.v3(equal, t, t, every(ty, infinity(ty)));
        self.infinity_times_zero(ty, [x, y], i);
        // The addend is infinite, and of the other sign.
        self.asm.v3(VPAND, x, sum, magnitude);
        self.asm.v3(equal, x, x, every(ty, infinity(ty)));
        self.asm.v3(VPAND, t, t, x);
        self.asm.v3(VPXOR, x, sum, factor);
        self.asm.v3(VPXOR, x, x, m);
        self.asm.vzero(y);
        self.asm.v3(greater, y, y, x);
        self.asm.v3(VPAND, t, t, y);
        self.asm.v3(VPOR, i, i, t);
        self.asm.v3(VPAND, x, sum, magnitude);
        self.asm.v3(greater, x, x, every(ty, infinity(ty)));
        self.asm.vblendv(VPBLENDVB, factor, factor, sum, x);
        self.invalid_where(ty, i, factor);
        self.land_inside(plain);
        self.busy_v &= !(1 << x | 1 << y | 1 << t | 1 << i);
        if ty == FpType::H {
            return self.half_fused_on(shape, [sum, factor, m], dst);
        }
        self.asm.v3(form(VFMADD231PS, ty, shape)?, sum, factor, m);
        self.heed_least(ty, shape, sum)?;
        self.clear_above(ty, shape, false, sum);
        self.mov_v(dst, sum);
        Ok(())
    }
}

/// A number in all lanes, of halves, too.
fn all_of(ty: FpType, number: f64) -> Rm {
    match (ty, number) {
        (FpType::H, 1.0) => every(ty, 0x3c00),
        (FpType::H, _) => every(ty, 0x4000),
        _ => all(ty, number),
    }
}
