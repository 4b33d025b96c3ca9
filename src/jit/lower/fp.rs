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
//! Quirk: Arm detects tininess before rounding, x86-64 after it: a result that is rounded up to the
//! smallest normal number sets FPSR.UFC on Arm and not here. The number is the same.

use super::{Fit, Lower, Unfit};
use crate::jit::asm::{Alu, Cc, slot, with_mem};
use crate::jit::entry::Thread;
use crate::jit::ir::Ref;
use crate::jit::regs::{Mem, Operand, SCRATCH_V};
use crate::jit::vex::*;
use crate::value::fp::Exception;
use crate::value::fp::op::{Fp1, Fp2, Fp3, FpType, Shape};
use crate::value::int::Size;
use dynasmrt::{DynasmApi, dynasm};

/// Predicates of `vcmp`: the quiet ones, and those that find any NaN invalid.
pub(super) mod predicate {
    pub const EQ: u8 = 0x00;
    pub const LT_QUIET: u8 = 0x11;
    pub const GE_SIGNALLING: u8 = 0x0d;
    pub const GT_SIGNALLING: u8 = 0x0e;
    pub const UNORDERED: u8 = 0x03;
    pub const UNORDERED_SIGNALLING: u8 = 0x13;
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

fn lanes(ty: FpType, shape: Shape) -> u128 {
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
            _ if ty == FpType::H => self.half1(op, shape, a, dst),
            _ => {
                let a = self.fp_last(shape, a)?;
                self.fp1_on(op, ty, shape, a, dst)
            }
        }
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
        self.asm.v3(form(VSUBPS, ty, shape)?, rest, a, whole);
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
        match op {
            Fp2::RecipStep | Fp2::RsqrtStep => return self.fp_step(op, ty, shape, a, b, dst),
            _ if ty == FpType::H => return self.half2(op, shape, a, b, dst),
            _ => {}
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
            _ if self.careful => self.fp2_carefully(op, ty, shape, a, b, dst)?,
            Fp2::Add => self.asm.v3(simple(VADDPS)?, dst, a, b),
            Fp2::Sub => self.asm.v3(simple(VSUBPS)?, dst, a, b),
            // FMULX differs where FMUL is invalid.
            Fp2::Mul | Fp2::Mulx => self.asm.v3(simple(VMULPS)?, dst, a, b),
            Fp2::NegMul => {
                self.asm.v3(simple(VMULPS)?, dst, a, b);
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
            Fp2::RecipStep | Fp2::RsqrtStep => return Err(Unfit),
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

    /// Maxima, minima and comparisons in a form that quiet NaNs do not make trap.
    fn fp2_carefully(&mut self, op: Fp2, ty: FpType, shape: Shape, a: u8, b: Operand, dst: u8) -> Fit<()> {
        let (b, compare) = (self.in_register(b)?, form(VCMPPS, ty, shape)?);
        let unordered = self.temp_v()?;
        if op.is_comparison() {
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
            return Ok(());
        }
        let (extreme, combine) = match op {
            Fp2::Max | Fp2::MaxNum => (form(VMAXPS, ty, shape)?, VANDPS),
            Fp2::Min | Fp2::MinNum => (form(VMINPS, ty, shape)?, VORPS),
            _ => return Err(Unfit),
        };
        // Of the lanes without NaNs, zeros in the others; then a lane with NaNs gets the first of them,
        // or, of one number and one NaN, that which is wanted.
        let (x, y, t) = (self.temp_v()?, self.temp_v()?, self.temp_v()?);
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
        self.fp2_on(op, ty, Shape::Full, even, Operand::Reg(odd), dst)?;
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
        if ty == FpType::H && !self.careful {
            return self.half_fused(op, shape, [a, n, m], dst);
        }
        let fused = form(fused, ty, shape)?;
        if self.careful {
            return self.fp3_carefully(op, ty, shape, [a, n, m], dst);
        }
        let negates_factor = matches!(op, Fp3::MulSub | Fp3::NegMulAdd);
        let addend_clean = shape != Shape::Scalar || self.before.of(self.rec, a) <= ty.bits();
        let m_clean = self.before.of(self.rec, m) <= ty.bits();
        let ((n, n_clean), m) = (self.fp_first(ty, shape, n)?, self.fp_last(shape, m)?);
        let in_place = self.leaf_v(a) == Some(Operand::Reg(dst));
        if !in_place && shape != Shape::Half && (n == dst || m == Operand::Reg(dst)) {
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
            Some(Operand::Reg(_)) if in_place && shape != Shape::Half => (dst, addend_clean),
            at => {
                let sum = if n != dst && m != Operand::Reg(dst) { dst } else { self.temp_v()? };
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
        self.clear_above(ty, shape, clean, sum);
        self.mov_v(dst, sum);
        Ok(())
    }

    /// In a form that an addend that is a quiet NaN does not make trap: it takes the first factor's place,
    /// which comes first on the host. What is invalid still traps: a comparison sees to signalling NaNs, a
    /// product of what is zero or infinite of the factors to infinity times zero.
    fn fp3_carefully(&mut self, op: Fp3, ty: FpType, shape: Shape, [a, n, m]: [Ref; 3], dst: u8) -> Fit<()> {
        let simple = |op| form(op, ty, shape);
        let ((n, _), m) = (self.fp_first(ty, shape, n)?, self.fp_last(shape, m)?);
        let m = self.in_register(m)?;
        let (a, _) = self.fp_first(ty, shape, a)?;
        let (x, y, t) = (self.temp_v()?, self.temp_v()?, self.temp_v()?);
        self.fp_kind(ty, shape, n, [x, t])?;
        self.fp_kind(ty, shape, m, [y, t])?;
        self.asm.v3(simple(VMULPS)?, x, x, y);
        self.asm.v3i(simple(VCMPPS)?, x, n, m, predicate::UNORDERED);
        self.asm.v3i(simple(VCMPPS)?, t, a, a, predicate::UNORDERED);
        let sum = x;
        if matches!(op, Fp3::NegMulAdd | Fp3::NegMulSub) {
            self.asm.v3(VXORPS, sum, a, signs(ty, shape));
        } else {
            self.mov_v(sum, a);
        }
        if matches!(op, Fp3::MulSub | Fp3::NegMulAdd) {
            self.asm.v3(VXORPS, y, n, signs(ty, shape));
        } else {
            self.mov_v(y, n);
        }
        self.asm.vblendv(VPBLENDVB, y, y, sum, t);
        self.asm.v3(simple(VFMADD231PS)?, sum, y, m);
        self.clear_above(ty, shape, false, sum);
        self.mov_v(dst, sum);
        Ok(())
    }

    /// The number itself where it is zero or infinite, else one; upper lanes of scalars are anything.
    fn fp_kind(&mut self, ty: FpType, shape: Shape, a: u8, [kind, t]: [u8; 2]) -> Fit<()> {
        let compare = form(VCMPPS, ty, shape)?;
        self.asm.v3(VANDPS, t, a, magnitudes(ty, shape));
        self.asm.v3i(compare, kind, t, all(ty, f64::INFINITY), predicate::EQ);
        self.asm.v3i(compare, t, t, all(ty, 0.0), predicate::EQ);
        self.asm.v3(VORPS, kind, kind, t);
        self.asm.v2(VMOVUPS, t, all(ty, 1.0));
        self.asm.vblendv(VPBLENDVB, kind, t, a, kind);
        Ok(())
    }

    /// FRECPS, 2 - a × b, and FRSQRTS, (3 - a × b) / 2, each rounded once. The halving is exact, as a
    /// sum with 3 is zero or far from denormal; lest it overflow before it is halved, an `a` of 1 or
    /// more and the 3 are halved first.
    fn fp_step(&mut self, op: Fp2, ty: FpType, shape: Shape, a: Ref, b: Ref, dst: u8) -> Fit<()> {
        let (fused, times) = (form(VFMADD231PS, ty, shape)?, form(VMULPS, ty, shape)?);
        let (half, one) = (all(ty, 0.5), all(ty, 1.0));
        let ((a, _), b) = (self.fp_first(ty, shape, a)?, self.fp_last(shape, b)?);
        let negated = self.temp_v()?;
        self.asm.v3(VXORPS, negated, a, signs(ty, shape));
        if op == Fp2::RecipStep {
            let sum = self.temp_v()?;
            self.asm.v2(VMOVUPS, sum, all(ty, 2.0));
            self.asm.v3(fused, sum, negated, b);
            self.mov_v(dst, sum);
            self.clear_above(ty, shape, false, dst);
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
        self.clear_above(ty, shape, false, dst);
        Ok(())
    }
}
