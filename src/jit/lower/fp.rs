//! Floating-point arithmetic.
//!
//! *NaNs.* Of two quiet NaNs both architectures return the first, and of one operand that NaN. They
//! differ only about Invalid exceptions (the sign of a NaN that is made; which of several NaNs comes
//! first if one signals), and those trap: the interpreter executes the instruction. Two things do
//! not trap by themselves, both in fused operations: x86-64 gives an addend that is a NaN the last
//! place, Arm the first, and Arm calls infinity times zero invalid whatever the addend. A compare of
//! the kind that finds quiet NaNs invalid makes them trap ([`Lower::trap_if_nan`]): one instruction,
//! no branch, nobody waits for its result.
//!
//! *What must not happen.* A sequence must not set a bit of MXCSR that the instruction would not set
//! in FPSR, so no helper step may be inexact by itself; and nothing that the guest's instruction reads
//! may be overwritten before the last step that can trap.
//!
//! *Zeros above.* Scalar results have zeros above them in the guest; x86-64's scalar instructions leave
//! there what the first operand had. Where that is known to be zero ([`crate::jit::units::Zeros`])
//! nothing is to be done. Vectors of 64 bits are computed as if of 128, the upper half of the
//! operands zeroed first, lest it raise exceptions.
//!
//! *Underflow.* [`super::fp_tiny`].

use super::lanes::GREATER;
use super::{Fit, Lower, Unfit};
use crate::jit::ir::Ref;
use crate::jit::regs::{Operand, SCRATCH_V};
use crate::jit::vex::*;
use crate::value::fp::op::{Fp1, Fp2, Fp3, FpType, Shape};
use crate::value::simd::{Esize, splat};

/// Predicates of `vcmp`: the quiet ones, and those that find any NaN invalid.
pub(super) mod predicate {
    pub const EQ: u8 = 0x00;
    pub const LT_QUIET: u8 = 0x11;
    pub const GE_SIGNALLING: u8 = 0x0d;
    pub const GT_SIGNALLING: u8 = 0x0e;
    pub const UNORDERED: u8 = 0x03;
    pub const UNORDERED_SIGNALLING: u8 = 0x13;
    pub const NEQ_QUIET: u8 = 0x0c;
    pub const GT_QUIET: u8 = 0x1e;
    pub const GE_QUIET: u8 = 0x1d;
}

/// The form of an instruction for the type and shape: ss, sd, ps, pd.
pub(super) fn form(op: Vex, ty: FpType, shape: Shape) -> Fit<Vex> {
    if ty == FpType::H { Err(Unfit) } else { Ok(op.for_lanes(ty == FpType::D, shape == Shape::Scalar)) }
}

/// The one of two for the type.
pub(super) fn by_type<T>(ty: FpType, single: T, double: T) -> T {
    if ty == FpType::D { double } else { single }
}

/// Immediates of `vround…`.
pub(super) mod rint {
    pub const NEAREST: u8 = 0;
    pub const DOWN: u8 = 1;
    pub const UP: u8 = 2;
    pub const ZERO: u8 = 3;
    /// As MXCSR says.
    pub const CURRENT: u8 = 4;
    /// Inexact is not raised.
    pub const SILENT: u8 = 8;
}

/// The integer lanes that are as wide.
pub(super) const fn lane_size(ty: FpType) -> Esize {
    match ty {
        FpType::H => Esize::H,
        FpType::S => Esize::S,
        FpType::D => Esize::D,
    }
}

/// Infinity, whose bits are all of the exponent's.
pub(super) const fn infinity(ty: FpType) -> u64 {
    match ty {
        FpType::H => 0x7c00,
        FpType::S => 0x7f80_0000,
        FpType::D => 0x7ff0 << 48,
    }
}

/// Bits of a number in all lanes.
pub(super) fn every(ty: FpType, bits: u64) -> Rm {
    Rm::Const(splat(lane_size(ty), bits))
}

/// A number in all lanes.
pub(super) fn all(ty: FpType, number: f64) -> Rm {
    Rm::Const(match ty {
        FpType::D => number.to_bits() as u128 * EVERY_64,
        _ => (number as f32).to_bits() as u128 * EVERY_32,
    })
}

/// One in each lane of 64 bits, of 32 and of 16.
const EVERY_64: u128 = u128::MAX / u64::MAX as u128;
pub(super) const EVERY_32: u128 = u128::MAX / u32::MAX as u128;
const EVERY_16: u128 = u128::MAX / u16::MAX as u128;

/// The sign bits of the lanes that an operation works on.
pub(super) fn signs(ty: FpType, shape: Shape) -> Rm {
    Rm::Const(all_signs(ty) & lanes(ty, shape))
}

/// All but the sign bits of those lanes; nothing of what is above them.
pub(super) fn magnitudes(ty: FpType, shape: Shape) -> Rm {
    Rm::Const(!all_signs(ty) & lanes(ty, shape))
}

fn all_signs(ty: FpType) -> u128 {
    match ty {
        FpType::H => EVERY_16 << 15,
        FpType::S => EVERY_32 << 31,
        FpType::D => EVERY_64 << 63,
    }
}

/// All bits of those lanes.
pub(super) fn lanes(ty: FpType, shape: Shape) -> u128 {
    u128::MAX
        >> match shape {
            Shape::Scalar => 128 - ty.bits(),
            Shape::Half => 64,
            Shape::Full => 0,
        }
}

impl Lower<'_> {
    // ── operands ───────────────────────────────────────────────────────────────────────────────

    /// A first operand in a register, and whether all above the lanes that count is zero.
    pub(super) fn fp_first(&mut self, ty: FpType, shape: Shape, r: Ref) -> Fit<(u8, bool)> {
        match (shape, self.leaf_v(r)) {
            (Shape::Scalar, Some(Operand::Slot(_))) => {
                let t = self.temp_v()?;
                self.fp_load(ty, t, r)?;
                Ok((t, true))
            }
            (Shape::Scalar, _) => {
                let clean = self.before.of(self.rec, r) <= ty.bits();
                Ok((self.vec(r)?, clean))
            }
            (Shape::Half, _) => match self.fp_last(shape, r)? {
                Operand::Reg(reg) => Ok((reg, true)),
                slot => Ok((self.in_register(slot)?, true)),
            },
            (Shape::Full, _) => Ok((self.vec(r)?, true)),
        }
    }

    /// A last operand; in a vector of 64 bits the upper half is zero.
    pub(super) fn fp_last(&mut self, shape: Shape, r: Ref) -> Fit<Operand> {
        if shape != Shape::Half || self.before.of(self.rec, r) <= 64 {
            return self.operand_v(r);
        }
        let (leaf, from) = (self.leaf_v(r), self.operand_v(r)?);
        let t = match (leaf, from) {
            // A value of this operation's own.
            (None, Operand::Reg(reg)) if self.rec.use_count(r) == 1 => reg,
            _ => self.temp_v()?,
        };
        self.asm.v2(VMOVQ, t, from);
        Ok(Operand::Reg(t))
    }

    /// An operand in a register; in a vector of 64 bits the upper half is zero.
    pub(super) fn fp_operand(&mut self, shape: Shape, r: Ref) -> Fit<u8> {
        let operand = self.fp_last(shape, r)?;
        self.in_register(operand)
    }

    /// The low lane of a slot, zeros above.
    fn fp_load(&mut self, ty: FpType, dst: u8, r: Ref) -> Fit<()> {
        let from = self.operand_v(r)?;
        self.asm.v2(form(VMOVUPS, ty, Shape::Scalar)?, dst, from);
        Ok(())
    }

    /// A register of zeros: the first operand of a scalar conversion, whose upper lanes then are right.
    pub(super) fn zero_v(&mut self) -> Fit<u8> {
        let t = self.temp_v()?;
        self.asm.vzero(t);
        Ok(t)
    }

    /// Zeroes what lies above a result.
    pub(super) fn clear_above(&mut self, ty: FpType, shape: Shape, clean: bool, dst: u8) {
        match shape {
            Shape::Scalar if !clean => self.keep_low(dst, dst, ty.bits()),
            // A difference of zeros is negative where FPCR rounds down.
            Shape::Half => self.keep_low(dst, dst, 64),
            _ => {}
        }
    }

    // ── one operand ────────────────────────────────────────────────────────────────────────────

    pub(super) fn fp1(&mut self, op: Fp1, ty: FpType, shape: Shape, a: Ref, dst: u8) -> Fit<()> {
        match op {
            Fp1::Abs | Fp1::Neg if ty == FpType::H && shape == Shape::Scalar => {
                let a = self.vec(a)?;
                if op == Fp1::Neg {
                    self.asm.v3(VXORPS, dst, a, signs(ty, shape));
                    self.asm.v3(VANDPS, dst, dst, Rm::Const(0xffff));
                } else {
                    self.asm.v3(VANDPS, dst, a, magnitudes(ty, shape));
                }
                Ok(())
            }
            Fp1::Abs => {
                let (a, _) = self.fp_first(ty, shape, a)?;
                self.asm.v3(VANDPS, dst, a, magnitudes(ty, shape));
                Ok(())
            }
            Fp1::Neg => {
                let (a, clean) = self.fp_first(ty, shape, a)?;
                self.asm.v3(VXORPS, dst, a, signs(ty, shape));
                self.clear_above(ty, shape, clean || shape == Shape::Half, dst);
                Ok(())
            }
            Fp1::RecipEstimate | Fp1::RsqrtEstimate => self.fp_estimate(op, ty, shape, a, dst),
            Fp1::UnsignedRecipEstimate | Fp1::UnsignedRsqrtEstimate => self.unsigned_estimate(op, shape, a, dst),
            Fp1::RecipExponent => self.fp_exponent(ty, a, dst),
            Fp1::ToBf16 => self.fp_to_bf16(shape, a, dst),
            Fp1::Rint32Z => self.fp_round_within(ty, shape, 32, a, rint::ZERO, dst),
            Fp1::Rint32X => self.fp_round_within(ty, shape, 32, a, rint::CURRENT, dst),
            Fp1::Rint64Z => self.fp_round_within(ty, shape, 64, a, rint::ZERO, dst),
            Fp1::Rint64X => self.fp_round_within(ty, shape, 64, a, rint::CURRENT, dst),
            _ if self.careful => self.quiet1(op, ty, shape, a, dst),
            _ if ty == FpType::H => {
                let a = self.operand_v(a)?;
                self.half1(op, shape, a, dst)
            }
            _ => {
                let a = self.fp_last(shape, a)?;
                self.fp1_on(op, ty, shape, a, dst)
            }
        }
    }

    /// FRINT32Z and its kin: what might not fit so many bits, and NaNs, are the interpreter's.
    fn fp_round_within(&mut self, ty: FpType, shape: Shape, bits: u32, a: Ref, mode: u8, dst: u8) -> Fit<()> {
        self.clobber()?;
        let (a, t) = (self.fp_operand(shape, a)?, self.temp_v()?);
        // The greatest number that does, whatever the rounding.
        let greatest = match (ty, bits) {
            (FpType::D, 32) => f64::from(i32::MAX).to_bits(),
            (FpType::D, _) => (-(i64::MIN as f64)).to_bits() - 1,
            (_, bits) => u64::from(((1u64 << (bits - 1)) as f32).to_bits() - 1),
        };
        self.asm.v3(VPAND, t, a, magnitudes(ty, shape));
        self.asm.v3(GREATER[lane_size(ty) as usize], t, t, every(ty, greatest));
        self.aside_if(t);
        self.fp_round(ty, shape, Operand::Reg(a), mode, dst)
    }

    /// The operation on a register or slot; above scalars come zeros.
    pub(super) fn fp1_on(&mut self, op: Fp1, ty: FpType, shape: Shape, a: Operand, dst: u8) -> Fit<()> {
        let silent = |mode| mode | rint::SILENT;
        let mode = match op {
            Fp1::Sqrt if shape == Shape::Scalar => {
                let zero = self.zero_v()?;
                self.asm.v3(form(VSQRTPS, ty, shape)?, dst, zero, a);
                return Ok(());
            }
            Fp1::Sqrt => {
                self.asm.v2(form(VSQRTPS, ty, shape)?, dst, a);
                return Ok(());
            }
            Fp1::RintN => silent(rint::NEAREST),
            Fp1::RintP => silent(rint::UP),
            Fp1::RintM => silent(rint::DOWN),
            Fp1::RintZ => silent(rint::ZERO),
            Fp1::RintX => rint::CURRENT,
            Fp1::RintI => silent(rint::CURRENT),
            Fp1::RintA => {
                let a = self.in_register(a)?;
                return self.fp_round_away(ty, shape, a, silent(rint::ZERO), dst);
            }
            _ => return Err(Unfit),
        };
        self.fp_round(ty, shape, a, mode, dst)
    }

    /// To an integer in floating point, by an immediate of `vround…`.
    pub(super) fn fp_round(&mut self, ty: FpType, shape: Shape, a: Operand, mode: u8, dst: u8) -> Fit<()> {
        if shape == Shape::Scalar {
            let zero = self.zero_v()?;
            self.asm.v3i(by_type(ty, VROUNDSS, VROUNDSD), dst, zero, a, mode);
            self.busy_v &= !(1 << zero);
        } else {
            self.asm.v2i(by_type(ty, VROUNDPS, VROUNDPD), dst, a, mode);
        }
        Ok(())
    }

    /// To nearest, ties away from zero: truncates, and adds one of the same sign if the fraction,
    /// which is exact, is half or more. `mode` is the truncation's, which may raise Inexact.
    pub(super) fn fp_round_away(&mut self, ty: FpType, shape: Shape, a: u8, mode: u8, dst: u8) -> Fit<()> {
        // What traps, traps before `dst` is complete, and then `dst` must not be read.
        let whole = if dst == a { self.temp_v()? } else { dst };
        let rest = self.temp_v()?;
        self.fp_round(ty, shape, Operand::Reg(a), mode, whole)?;
        if self.careful {
            // Infinity has no fraction.
            let t = self.temp_v()?;
            self.asm.v3(VPAND, t, a, magnitudes(ty, Shape::Full));
            self.asm.v3(GREATER[lane_size(ty) as usize], t, t, every(ty, infinity(ty) - 1));
            self.asm.v3(VPANDN, rest, t, a);
            self.asm.v3(VPANDN, t, t, whole);
            self.asm.v3(form(VSUBPS, ty, shape)?, rest, rest, t);
            self.busy_v &= !(1 << t);
        } else {
            self.asm.v3(form(VSUBPS, ty, shape)?, rest, a, whole);
        }
        self.asm.v3(VANDPS, rest, rest, magnitudes(ty, shape));
        let half = all(ty, 0.5);
        self.asm.v3i(form(VCMPPS, ty, shape)?, rest, rest, half, predicate::GE_QUIET);
        self.asm.v3(VANDPS, rest, rest, all(ty, 1.0));
        let sign = self.temp_v()?;
        self.asm.v3(VANDPS, sign, a, signs(ty, Shape::Full));
        self.asm.v3(VORPS, rest, rest, sign);
        self.asm.v3(form(VADDPS, ty, shape)?, dst, whole, rest);
        Ok(())
    }

    // ── two operands ───────────────────────────────────────────────────────────────────────────

    pub(super) fn fp2(&mut self, op: Fp2, ty: FpType, shape: Shape, a: Ref, b: Ref, dst: u8) -> Fit<()> {
        if self.careful {
            let (a, b) = (self.fp_operand(shape, a)?, self.fp_operand(shape, b)?);
            self.quiet2(op, ty, shape, a, b, dst)?;
            if ty != FpType::H {
                self.clear_above(ty, shape, false, dst);
            }
            return Ok(());
        }
        if ty == FpType::H {
            let (a, b) = (self.operand_v(a)?, self.operand_v(b)?);
            return self.half2(op, shape, a, b, dst);
        }
        if matches!(op, Fp2::RecipStep | Fp2::RsqrtStep) {
            let ((a, _), b) = (self.fp_first(ty, shape, a)?, self.fp_last(shape, b)?);
            self.fp_step(op, ty, shape, a, b, dst)?;
            self.clear_above(ty, shape, false, dst);
            return Ok(());
        }
        // A minimum's upper lanes are those of both operands, combined.
        let other = !matches!(op, Fp2::Min | Fp2::MinNum) || self.before.of(self.rec, b) <= ty.bits();
        let (a, clean) = self.fp_first(ty, shape, a)?;
        let clean = clean && other;
        let b = self.fp_last(shape, b)?;
        self.fp2_on(op, ty, shape, a, b, dst)?;
        self.clear_above(ty, shape, clean, dst);
        Ok(())
    }

    /// The operation on registers; above scalars comes what is above `a`.
    pub(super) fn fp2_on(&mut self, op: Fp2, ty: FpType, shape: Shape, a: u8, b: Operand, dst: u8) -> Fit<()> {
        let simple = |op| form(op, ty, shape);
        match op {
            _ if self.careful && op.is_comparison() => self.quiet_comparison(op, ty, shape, a, b, dst)?,
            _ if self.careful && op.is_extreme() => self.quiet_extreme(op, ty, shape, a, b, dst)?,
            Fp2::Add => self.asm.v3(simple(VADDPS)?, dst, a, b),
            Fp2::Sub => self.asm.v3(simple(VSUBPS)?, dst, a, b),
            // FMULX differs where FMUL is invalid.
            Fp2::Mul | Fp2::Mulx => self.fp_product(ty, shape, a, b, dst)?,
            Fp2::NegMul => {
                self.fp_product(ty, shape, a, b, dst)?;
                self.asm.v3(VXORPS, dst, dst, signs(ty, shape));
            }
            Fp2::Div if shape == Shape::Half => {
                // Zero by zero in the upper half would be invalid.
                let b = self.in_register(b)?;
                let divisor = self.temp_v()?;
                self.asm.v3(VUNPCKLPD, divisor, b, all(FpType::S, 1.0));
                self.asm.v3(simple(VDIVPS)?, dst, a, divisor);
            }
            Fp2::Div => self.asm.v3(simple(VDIVPS)?, dst, a, b),
            Fp2::AbsDifference => {
                self.asm.v3(simple(VSUBPS)?, dst, a, b);
                self.asm.v3(VANDPS, dst, dst, magnitudes(ty, shape));
            }
            Fp2::Max | Fp2::MaxNum => self.fp_extreme(simple(VMAXPS)?, VANDPS, a, b, dst)?,
            Fp2::Min | Fp2::MinNum => self.fp_extreme(simple(VMINPS)?, VORPS, a, b, dst)?,
            Fp2::CompareEq => self.asm.v3i(simple(VCMPPS)?, dst, a, b, predicate::EQ),
            Fp2::CompareGe => self.asm.v3i(simple(VCMPPS)?, dst, a, b, predicate::GE_SIGNALLING),
            Fp2::CompareGt => self.asm.v3i(simple(VCMPPS)?, dst, a, b, predicate::GT_SIGNALLING),
            Fp2::CompareAbsGe | Fp2::CompareAbsGt => {
                let b = self.in_register(b)?;
                let (x, y) = (self.temp_v()?, self.temp_v()?);
                let mask = magnitudes(ty, shape);
                self.asm.v3(VANDPS, x, a, mask);
                self.asm.v3(VANDPS, y, b, mask);
                let signalling =
                    if op == Fp2::CompareAbsGe { predicate::GE_SIGNALLING } else { predicate::GT_SIGNALLING };
                self.asm.v3i(simple(VCMPPS)?, dst, x, Operand::Reg(y), signalling);
            }
            Fp2::RecipStep | Fp2::RsqrtStep => self.fp_step(op, ty, shape, a, b, dst)?,
        }
        Ok(())
    }

    /// Maximum or minimum. x86-64's gives the second operand when both are zeros, so it is done both
    /// ways round, and the bits in which zeros differ are combined: the greater zero is the one without
    /// a sign. Any NaN is invalid for it, and traps.
    fn fp_extreme(&mut self, op: Vex, combine: Vex, a: u8, b: Operand, dst: u8) -> Fit<()> {
        let b = self.in_register(b)?;
        let t = self.temp_v()?;
        self.asm.v3(op, t, b, a);
        self.asm.v3(op, dst, a, b);
        self.asm.v3(combine, dst, dst, t);
        Ok(())
    }

    /// FADDP and its kin: the lanes with even numbers of `m:n` and those with odd numbers.
    pub(super) fn fp_pairwise(&mut self, op: Fp2, ty: FpType, shape: Shape, n: Ref, m: Ref, dst: u8) -> Fit<()> {
        if ty == FpType::H {
            return self.half_pairwise(op, shape, n, m, dst);
        }
        let is_slot = matches!(self.leaf_v(n), Some(Operand::Slot(_)));
        // A reduction's earlier step, wanted here only.
        let is_step = self.leaf_v(n).is_none() && n == m && self.rec.use_count(n) == 2;
        let (n, m) = (self.vec(n)?, self.operand_v(m)?);
        // A scratch register may change before what traps.
        let even = if SCRATCH_V.contains(&dst) && dst != n && m != Operand::Reg(dst) { dst } else { self.temp_v()? };
        let odd = self.temp_v()?;
        match (ty, shape) {
            (FpType::H, _) => return Err(Unfit),
            (FpType::D, _) => {
                self.asm.v3(VUNPCKLPD, even, n, m);
                self.asm.v3(VUNPCKHPD, odd, n, m);
            }
            (FpType::S, Shape::Full) => {
                self.asm.v3i(VSHUFPS, even, n, m, 0b10_00_10_00);
                self.asm.v3i(VSHUFPS, odd, n, m, 0b11_01_11_01);
            }
            (FpType::S, _) => {
                // Both halves do the same.
                self.asm.v3(VUNPCKLPD, odd, n, m);
                self.asm.v3i(VSHUFPS, even, odd, Operand::Reg(odd), 0b10_00_10_00);
                self.asm.v3i(VSHUFPS, odd, odd, Operand::Reg(odd), 0b11_01_11_01);
            }
        }
        if is_step {
            self.held_v &= !(1 << n);
        }
        if is_step || is_slot && m != Operand::Reg(n) {
            // Not wanted any more.
            self.busy_v &= !(1 << n) | self.held_v;
        }
        if self.careful {
            self.quiet2(op, ty, Shape::Full, even, odd, dst)?;
        } else {
            self.fp2_on(op, ty, Shape::Full, even, Operand::Reg(odd), dst)?;
        }
        self.clear_above(ty, shape, true, dst);
        Ok(())
    }

    // ── fused ──────────────────────────────────────────────────────────────────────────────────

    /// Traps if a lane of `a` or `b` is a NaN: a compare that finds even quiet ones invalid.
    fn trap_if_nan(&mut self, ty: FpType, shape: Shape, a: u8, b: u8) -> Fit<()> {
        let nowhere = self.temp_v()?;
        let op = form(VCMPPS, ty, shape)?;
        self.asm.v3i(op, nowhere, a, Operand::Reg(b), predicate::UNORDERED_SIGNALLING);
        self.busy_v &= !(1 << nowhere);
        Ok(())
    }

    /// `[addend, n, m]`. Besides an addend that is a NaN, a factor that is negated must be none: Arm
    /// negates it first, x86-64 does not.
    pub(super) fn fp3(&mut self, op: Fp3, ty: FpType, shape: Shape, [a, n, m]: [Ref; 3], dst: u8) -> Fit<()> {
        let fused = match op {
            Fp3::MulAdd => VFMADD231PS,
            Fp3::MulSub => VFNMADD231PS,
            Fp3::NegMulAdd => VFNMSUB231PS,
            Fp3::NegMulSub => VFMSUB231PS,
        };
        if self.careful {
            return self.quiet3(op, ty, shape, [a, n, m], dst);
        }
        if ty == FpType::H {
            return self.half_fused(op, shape, [a, n, m], dst);
        }
        let fused = form(fused, ty, shape)?;
        let negates_factor = matches!(op, Fp3::MulSub | Fp3::NegMulAdd);
        // What is made here may be of the destination's upper half, which must not change before what traps.
        let reads_upper = shape == Shape::Half && (self.leaf_v(m).is_none() || self.leaf_v(n).is_none());
        let addend_clean = shape != Shape::Scalar || self.before.of(self.rec, a) <= ty.bits();
        let m_clean = self.before.of(self.rec, m) <= ty.bits();
        let ((n, n_clean), m) = (self.fp_first(ty, shape, n)?, self.fp_last(shape, m)?);
        let in_place = self.leaf_v(a) == Some(Operand::Reg(dst));
        // What is read must not change before the result has been looked at.
        let keeps = self.rec.exact_underflow;
        if !in_place && !keeps && shape != Shape::Half && (n == dst || m == Operand::Reg(dst)) {
            // The destination is a factor. Of two factors that are NaNs the 132 form prefers its first
            // operand, the 213 form its second, so that `n` comes first either way.
            let (addend, _) = self.fp_first(ty, shape, a)?;
            self.trap_if_nan(ty, shape, addend, if negates_factor { n } else { addend })?;
            let clean = if n == dst {
                self.asm.v3(fused.form_132(), dst, addend, m);
                n_clean
            } else {
                self.asm.v3(fused.form_213(), dst, n, addend);
                m_clean
            };
            self.clear_above(ty, shape, clean, dst);
            return Ok(());
        }
        // The first operand of the 231 form is the addend.
        let (sum, clean) = match self.leaf_v(a) {
            Some(Operand::Reg(_)) if in_place && !keeps && shape != Shape::Half => (dst, addend_clean),
            at => {
                let is_read = n == dst || m == Operand::Reg(dst) || in_place && keeps;
                let is_free = !is_read && !reads_upper;
                let sum = if is_free { dst } else { self.temp_v()? };
                match (at, shape) {
                    (Some(Operand::Slot(_)), Shape::Scalar) => {
                        self.fp_load(ty, sum, a)?;
                        (sum, true)
                    }
                    (_, Shape::Half) => {
                        let from = self.operand_v(a)?;
                        self.asm.v2(VMOVQ, sum, from);
                        (sum, true)
                    }
                    _ => {
                        self.compute_v(a, sum)?;
                        (sum, addend_clean)
                    }
                }
            }
        };
        self.trap_if_nan(ty, shape, sum, if negates_factor { n } else { sum })?;
        self.asm.v3(fused, sum, n, m);
        self.heed_least(ty, shape, sum)?;
        self.clear_above(ty, shape, clean, sum);
        self.mov_v(dst, sum);
        Ok(())
    }

    /// FRECPS, 2 - a × b, and FRSQRTS, (3 - a × b) / 2, each rounded once. The halving is exact, as a
    /// sum with 3 is zero or far from denormal; lest it overflow before it is halved, an `a` of 1 or
    /// more and the 3 are halved first.
    pub(super) fn fp_step(&mut self, op: Fp2, ty: FpType, shape: Shape, a: u8, b: Operand, dst: u8) -> Fit<()> {
        let (fused, times) = (form(VFMADD231PS, ty, shape)?, form(VMULPS, ty, shape)?);
        let (half, one) = (all(ty, 0.5), all(ty, 1.0));
        let negated = self.temp_v()?;
        self.asm.v3(VXORPS, negated, a, signs(ty, shape));
        if op == Fp2::RecipStep {
            let sum = self.temp_v()?;
            self.asm.v2(VMOVUPS, sum, all(ty, 2.0));
            self.asm.v3(fused, sum, negated, b);
            self.mov_v(dst, sum);
            return Ok(());
        }
        let (large, sum) = (self.temp_v()?, self.temp_v()?);
        self.asm.v3(VANDPS, large, a, magnitudes(ty, shape));
        self.asm.v3i(form(VCMPPS, ty, shape)?, large, large, one, predicate::GE_QUIET);
        self.asm.v2(VMOVUPS, sum, one);
        self.asm.vblendv(VPBLENDVB, sum, sum, half, large);
        self.asm.v3(times, negated, negated, sum);
        self.asm.v3(times, sum, sum, all(ty, 3.0));
        self.asm.v3(fused, sum, negated, b);
        self.asm.v2(VMOVUPS, negated, half);
        self.asm.vblendv(VPBLENDVB, negated, negated, one, large);
        self.asm.v3(times, dst, sum, negated);
        Ok(())
    }
}
