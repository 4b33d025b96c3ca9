//! Half precision, by way of single precision, which F16C converts to and from.
//!
//! Every half-precision number is a single-precision one. A sum, product, quotient or square root that
//! is rounded to 24 bits and then to 11 is rounded as if once, as 24 is at least 2 × 11 + 2 (Figueroa,
//! "When is double rounding innocuous?", 1995); in a directed mode it always is. What is lost on either
//! way is Inexact. Integers of 16 bits are single-precision numbers, too.
//!
//! A fused operation goes by way of double precision. Its sum needs more than 53 bits only if one of its
//! terms is so small that the result is the other one but for Inexact, or in a direction that both roundings
//! have; or if it overflows. What a double has beyond single precision then becomes one bit that tells
//! whether any was set ([`Lower::odd_singles`]), and the rounding to half precision is the only one.

use super::fp::{EVERY_32, all, every, form, infinity, lanes, magnitudes, predicate, rint, signs};
use super::fp_convert::Way;
use super::{Fit, Lower, Unfit};
use crate::jit::asm::slot;
use crate::jit::ir::Ref;
use crate::jit::regs::{Operand, SCRATCH_V};
use crate::jit::vex::*;
use crate::value::fp::Fixed;
use crate::value::fp::op::{Fp1, Fp2, Fp3, FpType, Shape};
use crate::value::simd::{Esize, splat};

/// The exponent of one.
const BIAS: u64 = 15;
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
    fn half_narrowed(&mut self, is_mask: bool, low: u8, high: Option<u8>, dst: u8) -> Fit<()> {
        if is_mask {
            // A mask of 32 bits is a number that saturates to one of 16.
            self.asm.v3(VPACKSSDW, dst, low, high.unwrap_or(low));
            if high.is_none() {
                self.asm.v2(VMOVQ, dst, dst);
            }
            return Ok(());
        }
        for lanes in [Some(low), high].into_iter().flatten() {
            self.heed_narrowing(FpType::S, Shape::Full, lanes)?;
        }
        // The destination is the last operand; it rounds as MXCSR says.
        self.asm.v2i(VCVTPS2PH, low, if high.is_some() { low } else { dst }, 4);
        if let Some(high) = high {
            self.asm.v2i(VCVTPS2PH, high, high, 4);
            self.asm.v3(VUNPCKLPD, dst, low, high);
        }
        Ok(())
    }

    /// Two operands.
    pub(super) fn half2(&mut self, op: Fp2, shape: Shape, a: Operand, b: Operand, dst: u8) -> Fit<()> {
        // A sign is changed after the rounding, which may have a direction.
        let (op, sign) = match op {
            Fp2::RecipStep | Fp2::RsqrtStep => return self.half_step(op, shape, a, b, dst),
            Fp2::NegMul => (Fp2::Mul, Some((VXORPS, signs(FpType::H, shape)))),
            Fp2::AbsDifference => (Fp2::Sub, Some((VANDPS, magnitudes(FpType::H, shape)))),
            _ => (op, None),
        };
        let lanes = Self::half_lanes(shape);
        let one = |l: &mut Self, upper: bool| -> Fit<u8> {
            let busy = l.busy_v;
            let (x, y) = (l.half_widened(shape, a, upper)?, l.half_widened(shape, b, upper)?);
            match op {
                // Exact.
                Fp2::Mul | Fp2::Mulx => l.asm.v3(form(VMULPS, FpType::S, lanes)?, x, x, y),
                _ => l.fp2_on(op, FpType::S, lanes, x, Operand::Reg(y), x)?,
            }
            // Only the result is wanted from here on.
            l.busy_v = busy | 1 << x;
            Ok(x)
        };
        let low = one(self, false)?;
        let high = if shape == Shape::Full { Some(one(self, true)?) } else { None };
        self.half_narrowed(op.is_comparison(), low, high, dst)?;
        if let Some((combine, mask)) = sign {
            self.asm.v3(combine, dst, dst, mask);
        }
        Ok(())
    }

    /// One operand.
    pub(super) fn half1(&mut self, op: Fp1, shape: Shape, a: Operand, dst: u8) -> Fit<()> {
        let lanes = Self::half_lanes(shape);
        let one = |l: &mut Self, upper: bool| -> Fit<u8> {
            let busy = l.busy_v;
            let x = l.half_widened(shape, a, upper)?;
            l.fp1_on(op, FpType::S, lanes, Operand::Reg(x), x)?;
            l.busy_v = busy | 1 << x;
            Ok(x)
        };
        let low = one(self, false)?;
        let high = if shape == Shape::Full { Some(one(self, true)?) } else { None };
        self.half_narrowed(false, low, high, dst)
    }

    /// FADDP and its kin: the pairs of `n` make the lower lanes, those of `m` the upper ones. The even lanes
    /// and the odd ones are packed words.
    pub(super) fn half_pairwise(&mut self, op: Fp2, shape: Shape, n: Ref, m: Ref, dst: u8) -> Fit<()> {
        let (m, n) = if self.leaf_v(n).is_none() && n == m && self.rec.use_count(n) == 2 && SCRATCH_V.contains(&dst) {
            // A reduction's earlier step, wanted here only.
            self.compute_v(n, dst)?;
            (Operand::Reg(dst), Operand::Reg(dst))
        } else {
            (self.operand_v(m)?, self.operand_v(n)?)
        };
        let of_pairs = |l: &mut Self, source: Operand| -> Fit<u8> {
            let busy = l.busy_v;
            let (even, odd) = (l.temp_v()?, l.temp_v()?);
            let source = match source {
                Operand::Reg(reg) => reg,
                _ => {
                    l.asm.v2(VMOVDQA, odd, source);
                    odd
                }
            };
            l.asm.v3(VPAND, even, source, Rm::Const(EVERY_32 * 0xffff));
            l.asm.vshift(VPSRLD, odd, source, 16);
            for lanes in [even, odd] {
                l.asm.v3(VPACKUSDW, lanes, lanes, lanes);
            }
            if l.careful {
                l.quiet2(op, FpType::H, Shape::Half, even, odd, even)?;
                l.asm.v2(VCVTPH2PS, even, even);
                l.busy_v = busy | 1 << even;
                return Ok(even);
            }
            for lanes in [even, odd] {
                l.asm.v2(VCVTPH2PS, lanes, lanes);
            }
            l.fp2_on(op, FpType::S, Shape::Full, even, Operand::Reg(odd), even)?;
            l.busy_v = busy | 1 << even;
            Ok(even)
        };
        if shape == Shape::Full {
            let low = of_pairs(self, n)?;
            let high = if m == n { None } else { Some(of_pairs(self, m)?) };
            self.half_narrowed(false, low, high, dst)?;
            if high.is_none() {
                self.asm.v3(VPUNPCKLQDQ, dst, dst, dst);
            }
            return Ok(());
        }
        let (both, n) = (self.temp_v()?, self.in_register(n)?);
        self.asm.v3(VPUNPCKLQDQ, both, n, m);
        let low = of_pairs(self, Operand::Reg(both))?;
        self.half_narrowed(false, low, None, dst)
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
            return self.half_narrowed(false, low, None, dst);
        }
        self.asm.v3(VPUNPCKHWD, high, a, a);
        self.asm.vshift(if from.signed { VPSRAD } else { VPSRLD }, high, high, 16);
        scaled(self, high);
        self.half_narrowed(false, low, Some(high), dst)
    }

    /// From an integer in a general-purpose register: as a double, cut to what is beyond any half, which
    /// single precision holds.
    pub(super) fn half_from_int(&mut self, from: Fixed, a: Ref, dst: u8) -> Fit<()> {
        if from.fraction != 0 && from.bits > 32 {
            // A double would be rounded already.
            return Err(Unfit);
        }
        let (t, sticky) = (self.temp_v()?, self.temp_v()?);
        self.fp_from_int(FpType::D, from, a, t)?;
        let scalar = |op| form(op, FpType::D, Shape::Scalar);
        self.asm.v3(scalar(VMINPS)?, t, t, all(FpType::D, BEYOND));
        self.asm.v3(scalar(VMAXPS)?, t, t, all(FpType::D, -BEYOND));
        if from.fraction != 0 {
            self.odd_singles(t, sticky);
        }
        let zero = self.zero_v()?;
        self.asm.v3(scalar(VCVTPS2PD)?, t, zero, t);
        self.heed_narrowing(FpType::S, Shape::Scalar, t)?;
        self.asm.v2i(VCVTPS2PH, t, Operand::Reg(dst), 4);
        Ok(())
    }

    /// From double precision.
    pub(super) fn half_from_double(&mut self, a: Ref, dst: u8) -> Fit<()> {
        let a = self.vec(a)?;
        let (t, sticky, zero) = (self.temp_v()?, self.temp_v()?, self.zero_v()?);
        self.asm.v2(VMOVQ, t, a);
        self.odd_singles(t, sticky);
        self.asm.v3(form(VCVTPS2PD, FpType::D, Shape::Scalar)?, t, zero, t);
        self.heed_narrowing(FpType::S, Shape::Scalar, t)?;
        self.asm.v2i(VCVTPS2PH, t, Operand::Reg(dst), 4);
        Ok(())
    }

    /// Makes the doubles in `a` single-precision numbers, rounded to odd: the bits that those have no room for
    /// become one that tells whether any was set.
    pub(super) fn odd_singles(&mut self, a: u8, t: u8) {
        let lost = splat(Esize::D, (1 << 29) - 1);
        self.asm.v3(VPAND, t, a, Rm::Const(lost));
        self.asm.v3(VPCMPEQQ, t, t, Rm::Const(0));
        self.asm.v3(VPANDN, t, t, Rm::Const(splat(Esize::D, 1 << 29)));
        self.asm.v3(VPAND, a, a, Rm::Const(!lost));
        self.asm.v3(VPOR, a, a, t);
    }

    /// An operation on doubles, two lanes at a time: `term` leaves that of a pair in the first register that it is
    /// given; the other is to work with.
    fn half_by_pairs(
        &mut self,
        shape: Shape,
        dst: u8,
        mut term: impl FnMut(&mut Self, u8, [u8; 2]) -> Fit<()>,
    ) -> Fit<()> {
        let [x, y, sum] = self.temps_v()?;
        let pairs = match shape {
            Shape::Scalar => 1,
            Shape::Half => 2,
            Shape::Full => 4,
        };
        for pair in 0..pairs {
            term(self, pair, [x, y])?;
            self.odd_singles(x, y);
            self.asm.v2(form(VCVTPS2PD, FpType::D, Shape::Full)?, x, x);
            self.heed_narrowing(FpType::S, Shape::Full, x)?;
            let into = if pair == 0 { sum } else { x };
            self.asm.v2i(VCVTPS2PH, x, Operand::Reg(into), 4);
            if pair > 0 {
                self.asm.v3i(VINSERTPS, sum, sum, x, pair << 4);
            }
        }
        if shape == Shape::Scalar {
            self.asm.v3(VPAND, dst, sum, Rm::Const(0xffff));
        } else {
            self.mov_v(dst, sum);
        }
        Ok(())
    }

    /// FMLA and its kin. An addend that is a NaN traps, as in other precisions.
    pub(super) fn half_fused(&mut self, op: Fp3, shape: Shape, [a, n, m]: [Ref; 3], dst: u8) -> Fit<()> {
        let double = |op| form(op, FpType::D, Shape::Full);
        let (a, n) = (self.operand_v(a)?, self.operand_v(n)?);
        let z = self.temp_v()?;
        // An element: all its lanes are one.
        let m = match self.leaf_v(m) {
            Some(m) => Some(m),
            None => {
                self.compute_v(m, z)?;
                self.half_doubles(shape, Operand::Reg(z), 0, z)?;
                None
            }
        };
        let negative = Rm::Const(splat(Esize::D, 1 << 63));
        self.half_by_pairs(shape, dst, |l, pair, [x, y]| {
            l.half_doubles(shape, a, pair, x)?;
            l.asm.v3i(double(VCMPPS)?, y, x, x, predicate::UNORDERED_SIGNALLING);
            l.half_doubles(shape, n, pair, y)?;
            if let Some(m) = m {
                l.half_doubles(shape, m, pair, z)?;
            }
            if matches!(op, Fp3::NegMulAdd | Fp3::NegMulSub) {
                l.asm.v3(VPXOR, x, x, negative);
            }
            if matches!(op, Fp3::MulSub | Fp3::NegMulAdd) {
                l.asm.v3(VPXOR, y, y, negative);
            }
            l.asm.v3(double(VFMADD231PS)?, x, y, z);
            Ok(())
        })
    }

    /// `addend + n × m`, of halves whose NaNs need no care.
    pub(super) fn half_fused_on(&mut self, shape: Shape, operands: [u8; 3], dst: u8) -> Fit<()> {
        let [a, n, m] = operands.map(Operand::Reg);
        let z = self.temp_v()?;
        self.half_by_pairs(shape, dst, |l, pair, [x, y]| {
            l.half_doubles(shape, a, pair, x)?;
            l.half_doubles(shape, n, pair, y)?;
            l.half_doubles(shape, m, pair, z)?;
            l.asm.v3(form(VFMADD231PS, FpType::D, Shape::Full)?, x, y, z);
            Ok(())
        })
    }

    /// FRECPS and FRSQRTS: exact as doubles, but for the last rounding.
    fn half_step(&mut self, op: Fp2, shape: Shape, a: Operand, b: Operand, dst: u8) -> Fit<()> {
        let double = |op| form(op, FpType::D, Shape::Full);
        let is_root = op == Fp2::RsqrtStep;
        let z = self.temp_v()?;
        self.half_by_pairs(shape, dst, |l, pair, [x, y]| {
            l.half_doubles(shape, a, pair, y)?;
            l.half_doubles(shape, b, pair, z)?;
            l.asm.v3(VPXOR, y, y, Rm::Const(splat(Esize::D, 1 << 63)));
            l.asm.v2(VMOVUPS, x, all(FpType::D, if is_root { 3.0 } else { 2.0 }));
            l.asm.v3(double(VFMADD231PS)?, x, y, z);
            if is_root {
                l.asm.v3(double(VMULPS)?, x, x, all(FpType::D, 0.5));
            }
            Ok(())
        })
    }

    /// To integers of 16 bits. What might not fit, as long as it is a half, and what is no number is the
    /// interpreter's.
    pub(super) fn half_to_fixed(&mut self, to: Fixed, way: Way, shape: Shape, a: Ref, dst: u8) -> Fit<()> {
        self.clobber()?;
        let a = self.fp_operand(shape, a)?;
        let [low, high] = self.temps_v()?;
        // The first that does not fit: 2^15 or 2^16, less the fraction's bits, or infinity.
        let exponent = BIAS + 15 + u64::from(!to.signed) - u64::from(to.fraction);
        let beyond = (exponent << 10).min(infinity(FpType::H));
        if to.signed {
            self.asm.v3(VPAND, low, a, magnitudes(FpType::H, shape));
            self.asm.v3(VPCMPGTW, low, low, every(FpType::H, beyond - 1));
        } else {
            // Negative ones are the greatest unsigned words.
            self.asm.v3(VPAND, low, a, Rm::Const(lanes(FpType::H, shape)));
            self.asm.v3(VPXOR, low, low, every(FpType::H, 1 << 15));
            self.asm.v3(VPCMPGTW, low, low, every(FpType::H, (beyond - 1) ^ 1 << 15));
        }
        self.aside_if(low);
        let one = |l: &mut Self, upper: bool, reg: u8| -> Fit<()> {
            let from = if upper {
                l.asm.v3(VUNPCKHPD, reg, a, a);
                reg
            } else if shape == Shape::Scalar {
                l.asm.v3(VPAND, reg, a, Rm::Const(0xffff));
                reg
            } else {
                a
            };
            l.asm.v2(VCVTPH2PS, reg, from);
            if to.fraction != 0 {
                l.asm.v3(VMULPS, reg, reg, all(FpType::S, f64::from(to.fraction).exp2()));
            }
            match way {
                Way::Truncates => {}
                Way::Before(mode) => l.fp_round(FpType::S, Shape::Full, Operand::Reg(reg), mode, reg)?,
                Way::Away => {
                    let busy = l.busy_v;
                    l.fp_round_away(FpType::S, Shape::Full, reg, rint::ZERO, reg)?;
                    l.busy_v = busy;
                }
            }
            l.asm.v2(VCVTTPS2DQ, reg, reg);
            Ok(())
        };
        one(self, false, low)?;
        if shape == Shape::Full {
            one(self, true, high)?;
        }
        let pack = if to.signed { VPACKSSDW } else { VPACKUSDW };
        self.asm.v3(pack, dst, low, if shape == Shape::Full { high } else { low });
        match shape {
            Shape::Scalar => self.asm.v3(VPAND, dst, dst, Rm::Const(0xffff)),
            Shape::Half => self.asm.v2(VMOVQ, dst, dst),
            Shape::Full => {}
        }
        Ok(())
    }

    /// Pair `pair` of an operand's lanes as doubles, for a scalar the first lane and zero.
    fn half_doubles(&mut self, shape: Shape, a: Operand, pair: u8, dst: u8) -> Fit<()> {
        match a {
            Operand::Slot(disp) => self.asm.v2(VMOVD, dst, slot(disp + 4 * i32::from(pair))),
            Operand::Reg(reg) if pair == 0 => self.mov_v(dst, reg),
            Operand::Reg(reg) => self.asm.vshift(VPSRLDQ, dst, reg, 4 * pair),
            Operand::Imm(_) => return Err(Unfit),
        }
        if shape == Shape::Scalar {
            self.asm.v3(VPAND, dst, dst, Rm::Const(0xffff));
        }
        self.asm.v2(VCVTPH2PS, dst, dst);
        self.asm.v2(form(VCVTPS2PD, FpType::S, Shape::Full)?, dst, dst);
        Ok(())
    }
}
