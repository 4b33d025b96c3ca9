//! Conversions: between formats, to integers and from them.
//!
//! A number that no integer can hold, and a NaN, make the host's conversion invalid, which traps
//! ([`super::fp`]), so that its result needs no check. Rounding other than towards zero is a step
//! before; it must not raise Inexact before the conversion has had its say, because a number out of
//! range is invalid only. Conversions to unsigned integers are AVX-512's; without it, the range is
//! tested first.

use super::fp::{all, by_type, every, form, magnitudes, predicate, rint, signs};
use super::{Fit, Lower, Unfit};
use crate::jit::asm::{Alu, Cc, Shift, slot};
use crate::jit::ir::Ref;
use crate::jit::regs::Operand;
use crate::jit::vex::*;
use crate::lift::Width;
use crate::value::fp::op::{FpType, Shape};
use crate::value::fp::{Fixed, Rounding};
use crate::value::int::Size;
use crate::value::simd::{Esize, splat};
use dynasmrt::{DynasmApi, dynasm};

/// Its last place is one, so that an integer below it can lie in its fraction.
const TWO_TO_52: f64 = (1u64 << 52) as f64;
/// Its last place is 2^32.
const TWO_TO_84: f64 = TWO_TO_52 * (1u64 << 32) as f64;
/// What no integer reaches, with whatever binary point.
const OUT_OF_RANGE: f64 = (1u128 << 66) as f64;

/// How a rounding is done before or in a conversion to integers.
#[derive(Clone, Copy)]
pub(super) enum Way {
    /// The conversion truncates.
    Truncates,
    /// By this immediate of `vround…` before it.
    Before(u8),
    /// To nearest, ties away, before it.
    Away,
}

impl Lower<'_> {
    // ── between formats ────────────────────────────────────────────────────────────────────────

    pub(super) fn fp_convert(&mut self, from: FpType, to: FpType, odd: bool, shape: Shape, a: Ref, dst: u8) -> Fit<()> {
        let packed = shape != Shape::Scalar;
        if odd {
            return self.fp_convert_to_odd(shape, a, dst);
        }
        if self.careful {
            // Of what becomes longer, the lower half is all that is read.
            let read = if packed && from.bits() < to.bits() { Shape::Half } else { shape };
            let a = self.vec(a)?;
            self.aside_if_signalling(from, read, &[a])?;
        }
        match (from, to) {
            (FpType::S, FpType::D) | (FpType::D, FpType::S) => {
                let (mut a, op) = (self.operand_v(a)?, form(VCVTPS2PD, from, shape)?);
                if from == FpType::D && self.rec.exact_underflow {
                    let reg = self.in_register(a)?;
                    self.heed_narrowing(from, shape, reg)?;
                    a = Operand::Reg(reg);
                }
                if packed {
                    self.asm.v2(op, dst, a);
                } else {
                    let zero = self.zero_v()?;
                    self.asm.v3(op, dst, zero, a);
                }
            }
            (FpType::H, FpType::S) if packed => {
                let a = self.operand_v(a)?;
                self.asm.v2(VCVTPH2PS, dst, a);
            }
            (FpType::H, FpType::S | FpType::D) if !packed => {
                let a = self.vec(a)?;
                let t = self.temp_v()?;
                self.asm.v3(VANDPS, t, a, Rm::Const(0xffff));
                if to == FpType::S {
                    self.asm.v2(VCVTPH2PS, dst, t);
                } else {
                    let zero = self.zero_v()?;
                    self.asm.v2(VCVTPH2PS, t, t);
                    self.asm.v3(form(VCVTPS2PD, FpType::S, shape)?, dst, zero, t);
                }
            }
            (FpType::D, FpType::H) if !packed => return self.half_from_double(a, dst),
            (FpType::S, FpType::H) => {
                let (mut a, clean) = self.fp_first(from, shape, a)?;
                if !clean {
                    let t = self.temp_v()?;
                    self.keep_low(t, a, 32);
                    a = t;
                }
                self.heed_narrowing(from, shape, a)?;
                // The destination is its last operand. It rounds as MXCSR says.
                self.asm.v2i(VCVTPS2PH, a, Operand::Reg(dst), 4);
            }
            _ => return Err(Unfit),
        }
        Ok(())
    }

    /// FCVTXN. NaNs, and what does not become a normal number or zero, are the interpreter's.
    fn fp_convert_to_odd(&mut self, shape: Shape, a: Ref, dst: u8) -> Fit<()> {
        self.clobber()?;
        let a = self.vec(a)?;
        let [x, t] = self.temps_v()?;
        let (least, greatest) = (f64::from(f32::MIN_POSITIVE).to_bits(), f64::from(f32::MAX).to_bits());
        let sign = 1 << 63;
        self.asm.v3(VPAND, x, a, magnitudes(FpType::D, shape));
        self.asm.v3(VPCMPEQQ, t, x, Rm::Const(0));
        self.asm.v3(VPADDQ, x, x, every(FpType::D, sign - least));
        self.asm.v3(VPCMPGTQ, x, x, every(FpType::D, sign + (greatest - least)));
        self.asm.v3(VPANDN, x, t, x);
        self.aside_if(x);
        // What is lost is Inexact.
        let zero = self.zero_v()?;
        let convert = |l: &mut Self, dst: u8, a: u8| match form(VCVTPS2PD, FpType::D, shape) {
            Ok(op) if shape == Shape::Scalar => l.asm.v3(op, dst, zero, a),
            Ok(op) => l.asm.v2(op, dst, a),
            Err(Unfit) => {}
        };
        convert(self, x, a);
        self.mov_v(x, a);
        self.odd_singles(x, t);
        convert(self, dst, x);
        Ok(())
    }

    // ── to integers ────────────────────────────────────────────────────────────────────────────

    fn way(rounding: Rounding) -> Fit<Way> {
        Ok(match rounding {
            Rounding::Zero => Way::Truncates,
            Rounding::TieEven => Way::Before(rint::NEAREST),
            Rounding::PosInf => Way::Before(rint::UP),
            Rounding::NegInf => Way::Before(rint::DOWN),
            Rounding::TieAway => Way::Away,
            Rounding::Odd | Rounding::OddToInfinity => return Err(Unfit),
        })
    }

    /// Lane 0 to a general-purpose register.
    pub(super) fn fp_to_int(&mut self, ty: FpType, to: Fixed, rounding: Rounding, a: Ref, dst: u8) -> Fit<()> {
        if to.bits < 32 {
            return Err(Unfit);
        }
        if self.careful {
            let a = self.vec(a)?;
            self.aside_if_signalling(ty, Shape::Scalar, &[a])?;
        }
        let (mut a, ty) = if ty == FpType::H {
            // Exact.
            let a = self.operand_v(a)?;
            (Operand::Reg(self.half_widened(Shape::Scalar, a, false)?), FpType::S)
        } else {
            (self.fp_last(Shape::Scalar, a)?, ty)
        };
        if to.fraction != 0 {
            if self.careful {
                // Its limits trap.
                return Err(Unfit);
            }
            a = Operand::Reg(self.fp_scale_up(ty, Shape::Scalar, to.fraction, a)?);
        }
        let wide = to.bits == 64;
        let way = Self::way(rounding)?;
        if self.careful {
            return self.fp_to_int_carefully(ty, to, way, a, dst);
        }
        let (source, rounds) = match way {
            Way::Truncates => (a, None),
            Way::Before(mode) => {
                let t = self.temp_v()?;
                self.fp_round(ty, Shape::Scalar, a, mode | rint::SILENT, t)?;
                (Operand::Reg(t), Some(mode))
            }
            Way::Away => {
                let (t, from) = (self.temp_v()?, self.in_register(a)?);
                a = Operand::Reg(from);
                let (busy, busy_v) = (self.busy, self.busy_v);
                self.fp_round_away(ty, Shape::Scalar, from, rint::ZERO | rint::SILENT, t)?;
                (self.busy, self.busy_v) = (busy, busy_v);
                (Operand::Reg(t), Some(rint::ZERO))
            }
        };
        if to.signed {
            let op = by_type(ty, VCVTTSS2SI, VCVTTSD2SI);
            self.asm.v2(op.wide(wide), dst, source);
        } else if self.asm.features.avx512vl {
            let op = by_type(ty, VCVTTSS2USI, VCVTTSD2USI);
            let source = self.in_register(source)?;
            self.asm.v2(op.wide(wide), dst, source);
        } else {
            self.fp_to_unsigned(ty, wide, source, dst)?;
        }
        if let Some(mode) = rounds {
            // What it lost is Inexact, now that it is known to be valid.
            let nowhere = self.temp_v()?;
            self.fp_round(ty, Shape::Scalar, a, mode, nowhere)?;
        }
        Ok(())
    }

    /// In a form that does not trap: what is out of range is compared first, and saturates here.
    fn fp_to_int_carefully(&mut self, ty: FpType, to: Fixed, way: Way, a: Operand, dst: u8) -> Fit<()> {
        // Away from zero or towards it, what is lost is lost.
        let mode = if let Way::Before(mode) = way { mode } else { rint::ZERO };
        let wide = to.bits == 64;
        if wide && !to.signed && !self.asm.features.avx512vl {
            return Err(Unfit);
        }
        self.clobber()?;
        let half_range = (1u64 << (to.bits - 1)) as f64;
        let (least, beyond) = if to.signed { (-half_range, half_range) } else { (0.0, half_range * 2.0) };
        let (smallest, largest) = match (to.signed, wide) {
            (true, true) => (i64::MIN as u64, i64::MAX as u64),
            (true, false) => (i32::MIN as u32 as u64, i32::MAX as u64),
            (false, true) => (0, u64::MAX),
            (false, false) => (0, u32::MAX as u64),
        };
        let compare = VUCOMISS.double(ty == FpType::D);
        let t = self.temp_v()?;
        if let Way::Away = way {
            let (from, busy) = (self.in_register(a)?, self.busy_v);
            self.fp_round_away(ty, Shape::Scalar, from, mode | rint::SILENT, t)?;
            self.busy_v = busy;
        } else {
            self.fp_round(ty, Shape::Scalar, a, mode | rint::SILENT, t)?;
        }
        self.asm.v2(compare, t, all(ty, beyond));
        // Unordered is below, and then below again.
        let large = self.asm.skip(Cc::AE);
        self.asm.v2(compare, t, all(ty, least));
        let small = self.asm.skip(Cc::B);
        let op = match (to.signed, wide) {
            (false, true) => by_type(ty, VCVTTSS2USI, VCVTTSD2USI).wide(true),
            (true, false) => by_type(ty, VCVTTSS2SI, VCVTTSD2SI),
            _ => by_type(ty, VCVTTSS2SI, VCVTTSD2SI).wide(true),
        };
        self.asm.v2(op, dst, t);
        // What the rounding lost is Inexact.
        self.fp_round(ty, Shape::Scalar, a, mode, t)?;
        let done = self.asm.skip_always();
        self.asm.land(large);
        self.asm.mov_imm(dst, largest);
        let invalid = self.asm.skip_always();
        self.asm.land(small);
        self.asm.mov_imm(dst, smallest);
        let ordered = self.asm.skip(Cc::P.negate());
        self.asm.mov_imm(dst, 0);
        self.asm.land(ordered);
        self.asm.land(invalid);
        self.fp_invalid();
        self.asm.land(done);
        Ok(())
    }

    /// An operand times a power of two, cut to what is out of range anyway, lest the product overflow.
    fn fp_scale_up(&mut self, ty: FpType, shape: Shape, fraction: u8, a: Operand) -> Fit<u8> {
        let (t, limit) = (self.in_register(a)?, self.temp_v()?);
        let bound = all(ty, OUT_OF_RANGE);
        self.asm.v2(VMOVUPS, limit, bound);
        let out = self.temp_v()?;
        // min(a, bound), max(that, -bound): of two equal operands the second is as good.
        self.asm.v3(form(VMINPS, ty, shape)?, out, t, limit);
        self.asm.v3(VXORPS, limit, limit, signs(ty, Shape::Full));
        self.asm.v3(form(VMAXPS, ty, shape)?, out, out, limit);
        self.busy_v &= !(1 << limit);
        self.asm.v3(form(VMULPS, ty, shape)?, out, out, all(ty, f64::from(fraction).exp2()));
        Ok(out)
    }

    /// 2^n in lane 0.
    fn fp_power_of_two(&mut self, ty: FpType, n: i32) -> Fit<u8> {
        let (reg, t) = (self.temp()?, self.temp_v()?);
        let bits = match ty {
            FpType::D => ((1023 + n) as u64) << 52,
            _ => ((127 + n) as u64) << 23,
        };
        self.asm.mov_imm(reg, bits);
        self.asm.v2(VMOVD.wide(true), t, reg);
        self.busy &= !(1 << reg);
        Ok(t)
    }

    /// Without AVX-512: what is not above -1, and what is beyond the unsigned range, goes to the
    /// conversion that traps.
    fn fp_to_unsigned(&mut self, ty: FpType, wide: bool, a: Operand, dst: u8) -> Fit<()> {
        self.clobber()?;
        let a = self.in_register(a)?;
        let compare = VUCOMISS.double(ty == FpType::D);
        let truncate = by_type(ty, VCVTTSS2SI, VCVTTSD2SI).wide(true);
        let nan = Rm::Const(0x7ff8 << 48);
        self.asm.v2(compare, a, all(ty, -1.0));
        let above = self.asm.skip(Cc::A);
        self.asm.v2(VCVTTSD2SI, dst, nan);
        self.asm.land(above);
        if !wide {
            self.asm.v2(compare, a, all(ty, 4_294_967_296.0));
            let below = self.asm.skip(Cc::B);
            self.asm.v2(VCVTTSD2SI, dst, nan);
            self.asm.land(below);
            self.asm.v2(truncate, dst, a);
            return Ok(());
        }
        let top = all(ty, 9_223_372_036_854_775_808.0);
        let less = self.temp_v()?;
        let bit = self.temp()?;
        self.asm.v2(compare, a, top);
        let high = self.asm.skip(Cc::AE);
        self.asm.v2(truncate, dst, a);
        let done = self.asm.skip_always();
        self.asm.land(high);
        self.asm.v2(compare, a, all(ty, 18_446_744_073_709_551_616.0));
        let below = self.asm.skip(Cc::B);
        self.asm.v2(VCVTTSD2SI, dst, nan);
        self.asm.land(below);
        self.asm.v3(form(VSUBPS, ty, Shape::Scalar)?, less, a, top);
        self.asm.v2(truncate, dst, less);
        self.asm.mov_imm(bit, 1 << 63);
        self.asm.alu(Alu::Xor, Size::X, dst, Operand::Reg(bit));
        self.asm.land(done);
        Ok(())
    }

    /// Lanes to integers as wide.
    pub(super) fn fp_to_fixed(
        &mut self,
        ty: FpType,
        to: Fixed,
        rounding: Rounding,
        shape: Shape,
        a: Ref,
        dst: u8,
    ) -> Fit<()> {
        if ty == FpType::H {
            return self.half_to_fixed(to, Self::way(rounding)?, shape, a, dst);
        }
        if !(to.signed || self.asm.features.avx512vl) {
            return Err(Unfit);
        }
        if shape == Shape::Scalar {
            let t = self.temp()?;
            self.fp_to_int(ty, to, rounding, a, t)?;
            self.asm.v2(VMOVD.wide(ty == FpType::D), dst, t);
            return Ok(());
        }
        let mut a = self.fp_last(shape, a)?;
        if self.careful {
            let reg = self.in_register(a)?;
            self.aside_if_signalling(ty, shape, &[reg])?;
            a = Operand::Reg(reg);
            return self.fp_to_fixed_carefully(ty, to, rounding, shape, a, dst);
        }
        if to.fraction != 0 {
            a = Operand::Reg(self.fp_scale_up(ty, Shape::Full, to.fraction, a)?);
        }
        let (source, rounds) = match Self::way(rounding)? {
            Way::Truncates => (a, None),
            Way::Before(mode) => {
                let t = self.temp_v()?;
                self.fp_round(ty, Shape::Full, a, mode | rint::SILENT, t)?;
                (Operand::Reg(t), Some(mode))
            }
            Way::Away => {
                let (t, from) = (self.temp_v()?, self.in_register(a)?);
                a = Operand::Reg(from);
                let busy_v = self.busy_v;
                self.fp_round_away(ty, Shape::Full, from, rint::ZERO | rint::SILENT, t)?;
                self.busy_v = busy_v;
                (Operand::Reg(t), Some(rint::ZERO))
            }
        };
        let integers = |l: &mut Self, dst: u8| l.fp_to_integers(ty, to.signed, source, dst);
        // Zeros become zeros: a vector of 64 bits stays one.
        let Some(mode) = rounds else { return integers(self, dst) };
        // What was lost is Inexact, now that all is known to be valid; `a` may be `dst`.
        let result = if a == Operand::Reg(dst) { self.temp_v()? } else { dst };
        integers(self, result)?;
        let nowhere = if result == dst { self.temp_v()? } else { dst };
        self.fp_round(ty, Shape::Full, a, mode, nowhere)?;
        self.mov_v(dst, result);
        Ok(())
    }

    /// Lanes that are in range to integers, truncated.
    fn fp_to_integers(&mut self, ty: FpType, signed: bool, source: Operand, dst: u8) -> Fit<()> {
        match (ty, signed) {
            (FpType::S, true) => self.asm.v2(VCVTTPS2DQ, dst, source),
            (_, signed) if self.asm.features.avx512vl => {
                let source = self.in_register(source)?;
                let op = match (ty, signed) {
                    (FpType::D, true) => VCVTTPD2QQ,
                    (FpType::D, false) => VCVTTPD2UQQ,
                    _ => VCVTTPS2UDQ,
                };
                self.asm.v2(op, dst, source);
            }
            _ => {
                // Two scalar conversions.
                let op = by_type(ty, VCVTTSS2SI, VCVTTSD2SI).wide(true);
                let source = self.in_register(source)?;
                let (low, high, upper) = (self.temp()?, self.temp()?, self.temp_v()?);
                self.asm.v3(VUNPCKHPD, upper, source, source);
                self.asm.v2(op, low, source);
                self.asm.v2(op, high, upper);
                self.asm.v2(VMOVD.wide(true), upper, low);
                dynasm!(self.asm ; .arch x64 ; vpinsrq Rx(dst), Rx(upper), Rq(high), BYTE 1);
            }
        }
        Ok(())
    }

    /// In a form that does not trap: lanes out of range are zero in the conversion, and saturate after it.
    fn fp_to_fixed_carefully(
        &mut self,
        ty: FpType,
        to: Fixed,
        rounding: Rounding,
        shape: Shape,
        a: Operand,
        dst: u8,
    ) -> Fit<()> {
        let way = Self::way(rounding)?;
        if to.fraction != 0 || ty == FpType::D && !self.asm.features.avx512vl {
            return Err(Unfit);
        }
        self.clobber()?;
        let compare = form(VCMPPS, ty, Shape::Full)?;
        let bits = u32::from(to.bits);
        let half_range = (1u64 << (bits - 1)) as f64;
        // At most what truncates to the least, and the first that is too great.
        let (least, beyond) = if to.signed { (-half_range, half_range) } else { (-1.0, half_range * 2.0) };
        let lanes = |v: u64| if ty == FpType::D { splat(Esize::D, v) } else { splat(Esize::S, v) };
        let a = self.in_register(a)?;
        let (x, high, valid) = (self.temp_v()?, self.temp_v()?, self.temp_v()?);
        match way {
            Way::Truncates => self.mov_v(x, a),
            Way::Before(mode) => self.fp_round(ty, Shape::Full, Operand::Reg(a), mode | rint::SILENT, x)?,
            Way::Away => {
                let busy = self.busy_v;
                self.fp_round_away(ty, Shape::Full, a, rint::ZERO | rint::SILENT, x)?;
                self.busy_v = busy;
            }
        }
        // A NaN is neither.
        let at_least = if to.signed { predicate::GE_QUIET } else { predicate::GT_QUIET };
        self.asm.v3i(compare, high, x, all(ty, beyond), predicate::GE_QUIET);
        self.asm.v3i(compare, valid, x, all(ty, least), at_least);
        self.asm.v3(VANDNPS, valid, high, valid);
        // Too great: the greatest integer, all ones but for the sign.
        self.asm.v3(VPAND, high, high, Rm::Const(lanes(u64::MAX >> (64 - bits) >> u32::from(to.signed))));
        if to.signed {
            let low = self.temp_v()?;
            self.asm.v3i(compare, low, x, all(ty, least), predicate::LT_QUIET);
            self.asm.v3(VPAND, low, low, Rm::Const(lanes(1 << (bits - 1))));
            self.asm.v3(VPOR, high, high, low);
            self.busy_v &= !(1 << low);
        }
        self.asm.v3(VANDPS, x, x, valid);
        self.fp_to_integers(ty, to.signed, Operand::Reg(x), x)?;
        self.asm.v3(VPOR, high, high, x);
        if !matches!(way, Way::Truncates) {
            // What was lost of the others is Inexact.
            let mode = if let Way::Before(mode) = way { mode } else { rint::ZERO };
            self.asm.v3(VANDPS, x, a, valid);
            self.fp_round(ty, Shape::Full, Operand::Reg(x), mode, x)?;
        }
        self.asm.vones(x);
        self.asm.v3(VPXOR, valid, valid, x);
        self.fp_invalid_if_any(ty, shape, valid)?;
        self.mov_v(dst, high);
        Ok(())
    }

    // ── from integers ──────────────────────────────────────────────────────────────────────────

    /// Lane 0 from a general-purpose register.
    pub(super) fn fp_from_int(&mut self, ty: FpType, from: Fixed, a: Ref, dst: u8) -> Fit<()> {
        if ty == FpType::H {
            return self.half_from_int(from, a, dst);
        }
        let zero = self.zero_v()?;
        let convert = by_type(ty, VCVTSI2SS, VCVTSI2SD);
        let scaled = from.fraction != 0;
        let out = if scaled { zero } else { dst };
        if from.signed {
            let a = match self.leaf(a) {
                Some(at @ (Operand::Reg(_) | Operand::Slot(_))) => at,
                _ => Operand::Reg(self.gpr(a)?),
            };
            self.asm.v3(convert.wide(from.bits == 64), out, zero, a);
        } else if from.bits == 32 {
            let t = self.temp()?;
            match self.leaf(a) {
                Some(Operand::Slot(disp)) => self.asm.load(Width::S, t, slot(disp)),
                _ => {
                    let a = self.gpr(a)?;
                    self.asm.mov32(t, a);
                }
            }
            self.asm.v3(convert.wide(true), out, zero, t);
        } else if self.asm.features.avx512vl {
            let a = self.gpr(a)?;
            self.asm.v3(by_type(ty, VCVTUSI2SS, VCVTUSI2SD), out, zero, a);
        } else {
            self.fp_from_unsigned(ty, a, zero, out)?;
        }
        if scaled {
            // Exact: the result is far from denormal.
            let factor = self.fp_power_of_two(ty, -(from.fraction as i32))?;
            self.asm.v3(form(VMULPS, ty, Shape::Scalar)?, dst, out, factor);
        }
        Ok(())
    }

    /// Without AVX-512: half of it, the lost bit kept in the last place so that it rounds right, twice.
    fn fp_from_unsigned(&mut self, ty: FpType, a: Ref, zero: u8, dst: u8) -> Fit<()> {
        self.clobber()?;
        let convert = by_type(ty, VCVTSI2SS, VCVTSI2SD).wide(true);
        let a = self.gpr(a)?;
        let (half, low) = (self.temp()?, self.temp()?);
        self.asm.alu(Alu::Test, Size::X, a, Operand::Reg(a));
        let large = self.asm.skip(Cc::S);
        self.asm.v3(convert, dst, zero, a);
        let done = self.asm.skip_always();
        self.asm.land(large);
        self.asm.mov(half, a);
        self.asm.mov32(low, a);
        self.asm.shift_imm(Shift::Shr, Size::X, half, 1);
        self.asm.alu(Alu::And, Size::W, low, Operand::Imm(1));
        self.asm.alu(Alu::Or, Size::X, half, Operand::Reg(low));
        self.asm.v3(convert, dst, zero, half);
        self.asm.v3(form(VADDPS, ty, Shape::Scalar)?, dst, dst, dst);
        self.asm.land(done);
        Ok(())
    }

    /// Lanes from integers as wide.
    pub(super) fn fp_from_fixed(&mut self, ty: FpType, from: Fixed, shape: Shape, a: Ref, dst: u8) -> Fit<()> {
        if ty == FpType::H {
            return self.half_from_fixed(from, shape, a, dst);
        }
        self.fp_from_integers(ty, from, shape, a, dst)?;
        if from.fraction != 0 {
            // Exact: the result is far from denormal.
            let factor = all(ty, (-f64::from(from.fraction)).exp2());
            self.asm.v3(form(VMULPS, ty, shape)?, dst, dst, factor);
        }
        Ok(())
    }

    fn fp_from_integers(&mut self, ty: FpType, from: Fixed, shape: Shape, a: Ref, dst: u8) -> Fit<()> {
        if shape == Shape::Scalar {
            let source = self.vec(a)?;
            let (t, zero) = (self.temp()?, self.zero_v()?);
            self.asm.v2(VMOVD_OUT.wide(ty == FpType::D), source, t);
            let wide = ty == FpType::D || !from.signed;
            match (from.signed, ty) {
                (false, FpType::D) if !self.asm.features.avx512vl => return Err(Unfit),
                (false, FpType::D) => self.asm.v3(VCVTUSI2SD, dst, zero, t),
                _ => self.asm.v3(by_type(ty, VCVTSI2SS, VCVTSI2SD).wide(wide), dst, zero, Operand::Reg(t)),
            }
            return Ok(());
        }
        let a = self.fp_last(shape, a)?;
        match (ty, from.signed) {
            (FpType::S, true) => self.asm.v2(VCVTDQ2PS, dst, a),
            (_, signed) if self.asm.features.avx512vl => {
                let a = self.in_register(a)?;
                let op = match (ty, signed) {
                    (FpType::D, true) => VCVTQQ2PD,
                    (FpType::D, false) => VCVTUQQ2PD,
                    _ => VCVTUDQ2PS,
                };
                self.asm.v2(op, dst, a);
            }
            (FpType::S, _) => {
                // The upper half of each is exact, and so is its product; the sum rounds once.
                let a = self.in_register(a)?;
                let (low, high) = (self.temp_v()?, self.temp_v()?);
                let convert = VCVTDQ2PS;
                self.asm.v3(VANDPS, low, a, Rm::Const(u128::MAX / 0xffff_ffff * 0xffff));
                self.asm.vshift(VPSRLD, high, a, 16);
                self.asm.v2(convert, low, low);
                self.asm.v2(convert, high, high);
                self.asm.v3(form(VMULPS, ty, shape)?, high, high, all(FpType::S, 65536.0));
                self.asm.v3(form(VADDPS, ty, shape)?, dst, high, low);
            }
            (_, true) => {
                let a = self.in_register(a)?;
                let (upper, zero, t) = (self.temp_v()?, self.zero_v()?, self.temp()?);
                let convert = VCVTSI2SD.wide(true);
                dynasm!(self.asm ; .arch x64 ; vpextrq Rq(t), Rx(a), BYTE 1);
                self.asm.v3(convert, upper, zero, t);
                self.asm.v2(VMOVD_OUT.wide(true), a, t);
                self.asm.v3(convert, dst, zero, t);
                self.asm.v3(VUNPCKLPD, dst, dst, upper);
            }
            (_, false) => self.fp_from_doublewords(a, dst)?,
        }
        Ok(())
    }

    /// Two unsigned 64-bit integers to doubles without AVX-512: the halves become the fractions of 2^52
    /// and of 2^84; what those add is subtracted exactly, and the last sum rounds once. No result is
    /// negative, but zero would be where FPCR rounds down.
    fn fp_from_doublewords(&mut self, a: Operand, dst: u8) -> Fit<()> {
        let a = self.in_register(a)?;
        let (low, high) = (self.temp_v()?, self.temp_v()?);
        self.asm.vshift(VPSRLQ, high, a, 32);
        self.asm.v3(VORPS, high, high, all(FpType::D, TWO_TO_84));
        // The odd lanes of 2^52 above the even lanes of `a`.
        self.asm.v3i(VBLENDPS, low, a, all(FpType::D, TWO_TO_52), 0b1010);
        self.asm.v3(form(VSUBPS, FpType::D, Shape::Full)?, high, high, all(FpType::D, TWO_TO_84 + TWO_TO_52));
        self.asm.v3(form(VADDPS, FpType::D, Shape::Full)?, dst, high, low);
        self.asm.v3(VANDPS, dst, dst, magnitudes(FpType::D, Shape::Full));
        Ok(())
    }
}
