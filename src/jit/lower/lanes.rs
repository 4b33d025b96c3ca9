//! Integer lanes: arithmetic, comparisons, logic, selection.
//!
//! Most operations are one host instruction. What x86-64 lacks for a size is composed: an unsigned
//! comparison is a signed one of operands with their top bits flipped, or asks whether the maximum is
//! the first operand; bytes are multiplied as the halves of words.

use super::{Fit, Lower, Unfit};
use crate::jit::ir::Ref;
use crate::jit::vex::*;
use crate::value::simd::{Esize, Vec1, Vec2, Vec3, VecShift, splat};

pub(super) const ADD: [Vex; 4] = [VPADDB, VPADDW, VPADDD, VPADDQ];
pub(super) const SUB: [Vex; 4] = [VPSUBB, VPSUBW, VPSUBD, VPSUBQ];
pub(super) const EQUAL: [Vex; 4] = [VPCMPEQB, VPCMPEQW, VPCMPEQD, VPCMPEQQ];
pub(super) const GREATER: [Vex; 4] = [VPCMPGTB, VPCMPGTW, VPCMPGTD, VPCMPGTQ];
pub(super) const SMAX: [Vex; 4] = [VPMAXSB, VPMAXSW, VPMAXSD, VPMAXSQ];
pub(super) const SMIN: [Vex; 4] = [VPMINSB, VPMINSW, VPMINSD, VPMINSQ];
pub(super) const UMAX: [Vex; 4] = [VPMAXUB, VPMAXUW, VPMAXUD, VPMAXUQ];
pub(super) const UMIN: [Vex; 4] = [VPMINUB, VPMINUW, VPMINUD, VPMINUQ];

/// The lowest number of a size in each lane: the sign bit.
pub(super) fn signs(es: Esize) -> u128 {
    splat(es, 1 << (es.bits() - 1))
}

impl Lower<'_> {
    /// The host instruction that is the operation.
    fn direct(&self, op: Vec2, es: Esize) -> Option<Vex> {
        let maximum = |table: [Vex; 4]| (es != Esize::D || self.asm.features.avx512vl).then(|| table[es as usize]);
        let only = |sizes: [Option<Vex>; 4]| sizes[es as usize];
        match op {
            Vec2::Add => Some(ADD[es as usize]),
            Vec2::Sub => Some(SUB[es as usize]),
            Vec2::Mul => only([None, Some(VPMULLW), Some(VPMULLD), None]),
            Vec2::And => Some(VPAND),
            Vec2::Orr => Some(VPOR),
            Vec2::Eor => Some(VPXOR),
            Vec2::Cmeq => Some(EQUAL[es as usize]),
            Vec2::Cmgt => Some(GREATER[es as usize]),
            Vec2::Smax => maximum(SMAX),
            Vec2::Smin => maximum(SMIN),
            Vec2::Umax => maximum(UMAX),
            Vec2::Umin => maximum(UMIN),
            Vec2::Urhadd => only([Some(VPAVGB), Some(VPAVGW), None, None]),
            Vec2::Addp => only([None, Some(VPHADDW), Some(VPHADDD), None]),
            Vec2::Zip1 => Some([VPUNPCKLBW, VPUNPCKLWD, VPUNPCKLDQ, VPUNPCKLQDQ][es as usize]),
            Vec2::Zip2 => Some([VPUNPCKHBW, VPUNPCKHWD, VPUNPCKHDQ, VPUNPCKHQDQ][es as usize]),
            Vec2::Uzp1 | Vec2::Trn1 => only([None, None, None, Some(VPUNPCKLQDQ)]),
            Vec2::Uzp2 | Vec2::Trn2 => only([None, None, None, Some(VPUNPCKHQDQ)]),
            _ => None,
        }
    }

    pub(super) fn vec2(&mut self, op: Vec2, es: Esize, a: Ref, b: Ref, dst: u8) -> Fit<()> {
        use Vec2::*;
        if matches!(op, And | Orr) && self.same(a, b) {
            return self.compute_v(a, dst);
        }
        if op == Eor && self.same(a, b) {
            self.asm.vzero(dst);
            return Ok(());
        }
        if let Some(direct) = self.direct(op, es) {
            let b = self.rm(b)?;
            let a = self.vec(a)?;
            self.asm.v3(direct, dst, a, b);
            return Ok(());
        }
        match op {
            Mul => self.multiply_bytes(es, a, b, dst),
            Bic => self.clear(a, b, dst),
            Orn => self.or_not(a, b, dst),
            Cmge => self.at_least(es, true, a, b, dst),
            Cmhs => self.at_least(es, false, a, b, dst),
            Cmhi => self.higher(es, a, b, dst),
            Cmtst => self.test_bits(es, a, b, dst),
            Sabd | Uabd => self.difference(es, op == Sabd, a, b, dst),
            Shadd | Uhadd | Srhadd | Urhadd | Shsub | Uhsub => self.halving(op, es, a, b, dst),
            Sshl | Ushl | Srshl | Urshl | Sqshl | Uqshl | Sqrshl | Uqrshl => self.shift_by_register(op, es, a, b, dst),
            Addp | Smaxp | Sminp | Umaxp | Uminp => self.pairwise(op, es, a, b, dst),
            Smull | Umull | Sqdmull => self.long_multiply(op, es, a, b, dst),
            Pmull => self.polynomial_multiply(es, a, b, dst),
            Pmul => self.polynomial_multiply_low(a, b, dst),
            Uzp1 | Uzp2 | Trn1 | Trn2 => self.unzip_transpose(op, es, a, b, dst),
            Sqadd | Sqsub => self.saturating_sum(es, op == Sqsub, a, b, dst),
            Uqadd | Uqsub => self.saturating_unsigned_sum(es, op == Uqsub, a, b, dst),
            Suqadd => self.saturating_sum_of_unsigned(es, a, b, dst),
            Usqadd => self.saturating_sum_of_signed(es, a, b, dst),
            Sqdmulh | Sqrdmulh => self.doubling_multiply_high(es, op == Sqrdmulh, a, b, dst),
            Aese | Aesd => self.aes_round(op == Aese, a, b, dst),
            Sha1su1 => self.sha1_schedule1(a, b, dst),
            Sha256su0 => self.sha256_schedule0(a, b, dst),
            Sha512su0 => self.sha512_schedule0(a, b, dst),
            Sm4e | Sm4ekey => self.sm4_rounds(op == Sm4e, a, b, dst),
            _ => Err(Unfit),
        }
    }

    pub(super) fn vec1(&mut self, op: Vec1, es: Esize, a: Ref, dst: u8) -> Fit<()> {
        use Vec1::*;
        match op {
            Not => {
                let a = self.rm(a)?;
                let t = self.work(dst, &[a])?;
                self.asm.vones(t);
                self.asm.v3(VPXOR, dst, t, a);
                Ok(())
            }
            Neg => {
                let a = self.rm(a)?;
                let t = self.work(dst, &[a])?;
                self.asm.vzero(t);
                self.asm.v3(SUB[es as usize], dst, t, a);
                Ok(())
            }
            Abs => {
                let a = self.vec(a)?;
                self.absolute(es, a, dst)
            }
            Cls | Clz | Cnt | Rbit => self.count(op, es, a, dst),
            Rev16 => self.reverse(es, 2, a, dst),
            Rev32 => self.reverse(es, 4, a, dst),
            Rev64 => self.reverse(es, 8, a, dst),
            Sxtl | Uxtl => self.widen(es, op == Sxtl, a, dst),
            Xtn => self.narrow(es, a, dst),
            Sqxtn | Sqxtun | Uqxtn => self.saturating_narrow(op, es, a, dst),
            Saddlp | Uaddlp => self.add_long_pairwise(es, op == Saddlp, a, dst),
            Addv | Saddlv | Uaddlv => self.sum_across(op, es, a, dst),
            Smaxv | Sminv | Umaxv | Uminv => self.extreme_across(op, es, a, dst),
            Sqabs | Sqneg => self.saturating_sign(es, op == Sqabs, a, dst),
            Aesmc | Aesimc => self.aes_mix(op == Aesmc, a, dst),
            Sha1h => self.sha1_rotate(a, dst),
        }
    }

    pub(super) fn vec3(&mut self, op: Vec3, es: Esize, operands: [Ref; 3], dst: u8) -> Fit<()> {
        match op {
            Vec3::Bsl => self.select_bits(operands, dst),
            Vec3::Sdot | Vec3::Udot | Vec3::Usdot => self.dot(op, operands, dst),
            Vec3::Sqrdmlah | Vec3::Sqrdmlsh => self.doubling_multiply_add(es, op == Vec3::Sqrdmlsh, operands, dst),
            Vec3::Smmla | Vec3::Ummla | Vec3::Usmmla => self.matrix_multiply(op, operands, dst),
            Vec3::Sha1c | Vec3::Sha1m | Vec3::Sha1p => self.sha1_rounds(op, operands, dst),
            Vec3::Sha1su0 => self.sha1_schedule0(operands, dst),
            Vec3::Sha256h | Vec3::Sha256h2 => self.sha256_rounds(op == Vec3::Sha256h, operands, dst),
            Vec3::Sha256su1 => self.sha256_schedule1(operands, dst),
            Vec3::Sha512h => self.sha512_rounds1(operands, dst),
            Vec3::Sha512h2 => self.sha512_rounds2(operands, dst),
            Vec3::Sha512su1 => self.sha512_schedule1(operands, dst),
            Vec3::Sm3ss1 => self.sm3_ss1(operands, dst),
            Vec3::Sm3tt1a | Vec3::Sm3tt1b => self.sm3_tt1(op == Vec3::Sm3tt1a, operands, dst),
            Vec3::Sm3tt2a | Vec3::Sm3tt2b => self.sm3_tt2(op == Vec3::Sm3tt2a, operands, dst),
            Vec3::Sm3partw1 => self.sm3_schedule1(operands, dst),
            Vec3::Sm3partw2 => self.sm3_schedule2(operands, dst),
        }
    }

    // ── arithmetic ─────────────────────────────────────────────────────────────────────────────

    /// MUL of bytes: the even ones as the lower, the odd ones as the upper halves of words.
    fn multiply_bytes(&mut self, es: Esize, a: Ref, b: Ref, dst: u8) -> Fit<()> {
        if es != Esize::B {
            return Err(Unfit);
        }
        let (b, a) = (self.vec(b)?, self.vec(a)?);
        let (odd, t) = (self.temp_v()?, self.temp_v()?);
        self.asm.vshift(VPSRLW, odd, a, 8);
        self.asm.v3(VPAND, t, b, Rm::Const(splat(Esize::H, 0xff00)));
        self.asm.v3(VPMULLW, odd, odd, t);
        self.asm.v3(VPMULLW, t, a, b);
        self.asm.v3(VPAND, t, t, Rm::Const(splat(Esize::H, 0xff)));
        self.asm.v3(VPOR, dst, odd, t);
        Ok(())
    }

    /// ABS.
    pub(super) fn absolute(&mut self, es: Esize, a: u8, dst: u8) -> Fit<()> {
        match es {
            Esize::B => self.asm.v2(VPABSB, dst, a),
            Esize::H => self.asm.v2(VPABSW, dst, a),
            Esize::S => self.asm.v2(VPABSD, dst, a),
            Esize::D if self.asm.features.avx512vl => self.asm.v2(VPABSQ, dst, a),
            Esize::D => {
                let (m, t) = (self.temp_v()?, self.temp_v()?);
                self.asm.vzero(m);
                self.asm.v3(VPCMPGTQ, m, m, a);
                self.asm.v3(VPXOR, t, a, m);
                self.asm.v3(VPSUBQ, dst, t, m);
            }
        }
        Ok(())
    }

    /// SABD, UABD: the greater less the smaller.
    fn difference(&mut self, es: Esize, signed: bool, a: Ref, b: Ref, dst: u8) -> Fit<()> {
        if es == Esize::D && !self.asm.features.avx512vl {
            return self.difference_of_doublewords(signed, a, b, dst);
        }
        let b = self.rm(b)?;
        let a = self.vec(a)?;
        let (greater, smaller) = (self.work(dst, &[a.into(), b])?, self.temp_v()?);
        let (max, min) = if signed { (SMAX, SMIN) } else { (UMAX, UMIN) };
        self.asm.v3(max[es as usize], greater, a, b);
        self.asm.v3(min[es as usize], smaller, a, b);
        self.asm.v3(SUB[es as usize], dst, greater, smaller);
        Ok(())
    }

    /// The difference, negated where the second operand is greater.
    fn difference_of_doublewords(&mut self, signed: bool, a: Ref, b: Ref, dst: u8) -> Fit<()> {
        let (b, a) = (self.vec(b)?, self.vec(a)?);
        let (less, t) = (self.temp_v()?, self.temp_v()?);
        if signed {
            self.asm.v3(VPCMPGTQ, less, b, a);
        } else {
            self.asm.v3(VPXOR, less, b, Rm::Const(signs(Esize::D)));
            self.asm.v3(VPXOR, t, a, Rm::Const(signs(Esize::D)));
            self.asm.v3(VPCMPGTQ, less, less, t);
        }
        self.asm.v3(VPSUBQ, t, a, b);
        self.asm.v3(VPXOR, t, t, less);
        self.asm.v3(VPSUBQ, dst, t, less);
        Ok(())
    }

    /// SHADD, SRHADD, SHSUB and their unsigned forms, without a carry out of the lane: a + b is
    /// 2 (a AND b) + (a EOR b), and a - b is (a EOR b) - 2 (b AND NOT a). Bytes cannot be shifted, so
    /// their sums are rounded averages, corrected where the sum is odd.
    fn halving(&mut self, op: Vec2, es: Esize, a: Ref, b: Ref, dst: u8) -> Fit<()> {
        use Vec2::*;
        if es == Esize::D {
            return Err(Unfit);
        }
        let (mut b, mut a) = (self.vec(b)?, self.vec(a)?);
        let signed = matches!(op, Shadd | Srhadd | Shsub);
        let biased = signed && es == Esize::B;
        if biased {
            let (x, y) = (self.temp_v()?, self.temp_v()?);
            self.asm.v3(VPXOR, x, a, Rm::Const(signs(es)));
            self.asm.v3(VPXOR, y, b, Rm::Const(signs(es)));
            (a, b) = (x, y);
        }
        let (t, u) = if biased { (self.work(dst, &[])?, self.temp_v()?) } else { (self.temp_v()?, self.temp_v()?) };
        let shift = match (es, signed) {
            (Esize::S, true) => VPSRAD,
            (Esize::S, false) => VPSRLD,
            (_, true) => VPSRAW,
            (_, false) => VPSRLW,
        };
        match (op, es) {
            (Shadd | Uhadd, Esize::B) => {
                self.asm.v3(VPXOR, t, a, b);
                self.asm.v3(VPAND, t, t, Rm::Const(splat(es, 1)));
                self.asm.v3(VPAVGB, u, a, b);
                self.asm.v3(VPSUBB, dst, u, t);
            }
            (Srhadd | Urhadd, Esize::B) => self.asm.v3(VPAVGB, dst, a, b),
            (Shsub | Uhsub, Esize::B) => {
                self.asm.v3(VPXOR, t, a, b);
                self.asm.vshift(VPSRLW, t, t, 1);
                self.asm.v3(VPAND, t, t, Rm::Const(splat(es, 0x7f)));
                self.asm.v3(VPANDN, u, a, b);
                self.asm.v3(VPSUBB, dst, t, u);
                return Ok(());
            }
            _ => {
                self.asm.v3(VPXOR, t, a, b);
                self.asm.vshift(shift, t, t, 1);
                match op {
                    Shadd | Uhadd => {
                        self.asm.v3(VPAND, u, a, b);
                        self.asm.v3(ADD[es as usize], dst, u, t);
                    }
                    Srhadd | Urhadd => {
                        self.asm.v3(VPOR, u, a, b);
                        self.asm.v3(SUB[es as usize], dst, u, t);
                    }
                    _ => {
                        self.asm.v3(VPANDN, u, a, b);
                        self.asm.v3(SUB[es as usize], dst, t, u);
                    }
                }
            }
        }
        if biased {
            self.asm.v3(VPXOR, dst, dst, Rm::Const(signs(es)));
        }
        Ok(())
    }

    // ── comparisons ────────────────────────────────────────────────────────────────────────────

    /// CMGE, CMHS: the maximum is the first operand.
    fn at_least(&mut self, es: Esize, signed: bool, a: Ref, b: Ref, dst: u8) -> Fit<()> {
        if es == Esize::D && !self.asm.features.avx512vl {
            let (mut b, mut a) = (self.vec(b)?, self.vec(a)?);
            if !signed {
                (a, b) = (self.flip(es, a)?, self.flip(es, b)?);
            }
            let (t, ones) = (self.work(dst, &[a.into(), b.into()])?, self.temp_v()?);
            self.asm.v3(VPCMPGTQ, t, b, a);
            self.asm.vones(ones);
            self.asm.v3(VPXOR, dst, t, ones);
            return Ok(());
        }
        let b = self.rm(b)?;
        let a = self.vec(a)?;
        let t = self.work(dst, &[a.into(), b])?;
        self.asm.v3(if signed { SMAX } else { UMAX }[es as usize], t, a, b);
        self.asm.v3(EQUAL[es as usize], dst, t, a);
        Ok(())
    }

    /// The value with the lanes' top bits flipped.
    pub(super) fn flip(&mut self, es: Esize, a: u8) -> Fit<u8> {
        let t = self.temp_v()?;
        self.asm.v3(VPXOR, t, a, Rm::Const(signs(es)));
        Ok(t)
    }

    /// CMHI.
    fn higher(&mut self, es: Esize, a: Ref, b: Ref, dst: u8) -> Fit<()> {
        let flipped = match self.rec.vector_constant(b) {
            Some(b) => Rm::Const(b ^ signs(es)),
            None => {
                let b = self.vec(b)?;
                Rm::Reg(self.flip(es, b)?)
            }
        };
        let a = self.vec(a)?;
        let a = self.flip(es, a)?;
        self.asm.v3(GREATER[es as usize], dst, a, flipped);
        Ok(())
    }

    /// CMTST: the smaller of the common bits and 1, negated.
    fn test_bits(&mut self, es: Esize, a: Ref, b: Ref, dst: u8) -> Fit<()> {
        let (mut common, zero) = (self.temp_v()?, self.temp_v()?);
        if self.same(a, b) {
            common = self.vec(a)?;
        } else {
            let b = self.rm(b)?;
            let a = self.vec(a)?;
            self.asm.v3(VPAND, common, a, b);
        }
        let t = self.work(dst, &[common.into()])?;
        self.asm.vzero(zero);
        if es == Esize::D && !self.asm.features.avx512vl {
            self.asm.v3(VPCMPEQQ, t, common, zero);
            self.asm.vones(zero);
            self.asm.v3(VPXOR, dst, t, zero);
        } else {
            self.asm.v3(UMIN[es as usize], t, common, Rm::Const(splat(es, 1)));
            self.asm.v3(SUB[es as usize], dst, zero, t);
        }
        Ok(())
    }

    // ── logic ──────────────────────────────────────────────────────────────────────────────────

    /// BIC.
    fn clear(&mut self, a: Ref, b: Ref, dst: u8) -> Fit<()> {
        if let Some(bits) = self.rec.vector_constant(b) {
            let a = self.vec(a)?;
            self.asm.v3(VPAND, dst, a, Rm::Const(!bits));
            return Ok(());
        }
        let a = self.rm(a)?;
        let b = self.vec(b)?;
        self.asm.v3(VPANDN, dst, b, a);
        Ok(())
    }

    /// ORN.
    fn or_not(&mut self, a: Ref, b: Ref, dst: u8) -> Fit<()> {
        let b = self.rm(b)?;
        let a = self.vec(a)?;
        if self.asm.features.avx512vl {
            self.asm.v3i(VPTERNLOGQ, dst, a, b, 0xdd);
            return Ok(());
        }
        let t = self.work(dst, &[a.into(), b])?;
        self.asm.vones(t);
        self.asm.v3(VPXOR, t, t, b);
        self.asm.v3(VPOR, dst, t, a);
        Ok(())
    }

    /// BSL, BIT, BIF: `[mask, where it has ones, where it has zeros]`.
    fn select_bits(&mut self, [mask, ones, zeros]: [Ref; 3], dst: u8) -> Fit<()> {
        use crate::jit::ir::Node;
        if let Some(bits) = self.rec.vector_constant(mask) {
            // SLI and SRI: the shifted lanes have no bits elsewhere.
            let clean = matches!(self.rec.node(ones), Node::VecShift(op, es, _, n)
                if op.apply(es, u128::MAX, n as u32, &mut false) == bits);
            let ones = self.vec(ones)?;
            let zeros = self.vec(zeros)?;
            let (t, mut u) = (self.temp_v()?, ones);
            self.asm.v3(VPAND, t, zeros, Rm::Const(!bits));
            if !clean {
                u = self.temp_v()?;
                self.asm.v3(VPAND, u, ones, Rm::Const(bits));
            }
            self.asm.v3(VPOR, dst, t, u);
            return Ok(());
        }
        let (ones, zeros) = (self.rm(ones)?, self.rm(zeros)?);
        let mask = self.vec(mask)?;
        if self.asm.features.avx512vl {
            return self.select_at_once(mask, ones, zeros, dst);
        }
        let (t, u) = (self.work(dst, &[mask.into(), ones, zeros])?, self.temp_v()?);
        self.asm.v3(VPAND, t, mask, ones);
        self.asm.v3(VPANDN, u, mask, zeros);
        self.asm.v3(VPOR, dst, t, u);
        Ok(())
    }

    /// By one ternary operation, whose destination is also an operand. The constants say what it
    /// gives for each combination of (destination, second, third) bits.
    fn select_at_once(&mut self, mask: u8, ones: Rm, zeros: Rm, dst: u8) -> Fit<()> {
        match (ones, zeros) {
            (Rm::Reg(ones), zeros) if mask == dst => self.asm.v3i(VPTERNLOGQ, dst, ones, zeros, 0xca),
            (ones, Rm::Reg(zeros)) if mask == dst => self.asm.v3i(VPTERNLOGQ, dst, zeros, ones, 0xac),
            (ones, Rm::Reg(zeros)) if zeros == dst => self.asm.v3i(VPTERNLOGQ, dst, mask, ones, 0xb8),
            (Rm::Reg(ones), zeros) if ones == dst => self.asm.v3i(VPTERNLOGQ, dst, mask, zeros, 0xe2),
            (Rm::Reg(ones), zeros) => {
                self.mov_v(dst, ones);
                self.asm.v3i(VPTERNLOGQ, dst, mask, zeros, 0xe2);
            }
            (ones, zeros) => {
                let t = self.temp_v()?;
                self.asm.v2(VMOVDQA, t, ones);
                self.asm.v3i(VPTERNLOGQ, t, mask, zeros, 0xe2);
                self.mov_v(dst, t);
            }
        }
        Ok(())
    }

    // ── products of bytes ──────────────────────────────────────────────────────────────────────

    /// SDOT, UDOT, USDOT: the even and the odd bytes as words, multiplied and added in pairs.
    fn dot(&mut self, op: Vec3, [sum, n, m]: [Ref; 3], dst: u8) -> Fit<()> {
        let sum = self.rm(sum)?;
        let (n, m) = (self.vec(n)?, self.vec(m)?);
        if op == Vec3::Usdot && self.asm.features.vnni {
            let t = self.work(dst, &[n.into(), m.into()])?;
            if sum != Rm::Reg(t) {
                self.asm.v2(VMOVDQA, t, sum);
            }
            self.asm.v3(VPDPBUSD, t, n, m);
            self.mov_v(dst, t);
            return Ok(());
        }
        let (n_signed, m_signed) = (op == Vec3::Sdot, op != Vec3::Udot);
        let (even, x) = (self.work(dst, &[n.into(), m.into(), sum])?, self.temp_v()?);
        self.even_bytes(even, n, n_signed);
        self.even_bytes(x, m, m_signed);
        self.asm.v3(VPMADDWD, even, even, x);
        let y = if self.is_spare(m) { m } else { self.temp_v()? };
        self.asm.vshift(if n_signed { VPSRAW } else { VPSRLW }, x, n, 8);
        self.asm.vshift(if m_signed { VPSRAW } else { VPSRLW }, y, m, 8);
        self.asm.v3(VPMADDWD, x, x, y);
        self.asm.v3(VPADDD, even, even, x);
        self.asm.v3(VPADDD, dst, even, sum);
        Ok(())
    }

    fn even_bytes(&mut self, dst: u8, src: u8, signed: bool) {
        if signed {
            self.asm.vshift(VPSLLW, dst, src, 8);
            self.asm.vshift(VPSRAW, dst, dst, 8);
        } else {
            self.asm.v3(VPAND, dst, src, Rm::Const(splat(Esize::H, 0xff)));
        }
    }

    /// Shifts by an immediate.
    pub(super) fn vec_shift(&mut self, op: VecShift, es: Esize, a: Ref, n: u8, dst: u8) -> Fit<()> {
        let a = self.vec(a)?;
        match op {
            VecShift::Shl => self.shift_left(es, a, n, dst),
            VecShift::Ushr => self.shift_right(es, a, n, dst),
            VecShift::Sshr => return self.shift_right_signed(es, a, n, dst),
            VecShift::Urshr => return self.shift_right_rounded(es, false, a, n, dst),
            VecShift::Srshr => return self.shift_right_rounded(es, true, a, n, dst),
            VecShift::Sqshl | VecShift::Uqshl | VecShift::Sqshlu => {
                return self.saturating_shift(op, es, a, n, dst);
            }
        }
        Ok(())
    }
}
