//! Neighbouring lanes made one, and all lanes made one.
//!
//! What lies above lane 0 of a sum or an extreme across lanes is not specified here: the meanings cut
//! it off.

use super::lanes::{ADD, SMAX, SMIN, UMAX, UMIN};
use super::{Fit, Lower, Unfit};
use crate::jit::ir::Ref;
use crate::jit::vex::*;
use crate::value::simd::{Esize, Vec1, Vec2, splat};

impl Lower<'_> {
    /// ADDP, SMAXP … : each lane with the one above it, in the lower half of a lane twice as wide;
    /// those halves are then packed.
    pub(super) fn pairwise(&mut self, op: Vec2, es: Esize, a: Ref, b: Ref, dst: u8) -> Fit<()> {
        let table = match op {
            Vec2::Addp => ADD,
            Vec2::Smaxp => SMAX,
            Vec2::Sminp => SMIN,
            Vec2::Umaxp => UMAX,
            _ => UMIN,
        };
        let host = table[es as usize];
        let same = self.same(a, b);
        let (b, a) = if same {
            let a = self.vec(a)?;
            (a, a)
        } else {
            (self.vec(b)?, self.vec(a)?)
        };
        let t = self.temp_v()?;
        match es {
            Esize::B | Esize::H => {
                let (shift, pack, half) = if es == Esize::B { (VPSRLW, VPACKUSWB, 8) } else { (VPSRLD, VPACKUSDW, 16) };
                let mask = Self::lane_mask(es.double(), half);
                self.asm.vshift(shift, t, a, half as u8);
                self.asm.v3(host, t, t, a);
                self.asm.v3(VPAND, t, t, mask);
                let mut u = t;
                if !same {
                    u = self.work(dst, &[a.into(), b.into()])?;
                    self.asm.vshift(shift, u, b, half as u8);
                    self.asm.v3(host, u, u, b);
                    self.asm.v3(VPAND, u, u, mask);
                }
                self.asm.v3(pack, dst, t, u);
            }
            Esize::S => {
                let u = self.work(dst, &[a.into(), b.into()])?;
                self.asm.v3i(VSHUFPS, t, a, b, 0x88);
                self.asm.v3i(VSHUFPS, u, a, b, 0xdd);
                self.asm.v3(host, dst, t, u);
            }
            Esize::D if op == Vec2::Addp => {
                let u = self.work(dst, &[a.into(), b.into()])?;
                self.asm.v3(VPUNPCKLQDQ, t, a, b);
                self.asm.v3(VPUNPCKHQDQ, u, a, b);
                self.asm.v3(host, dst, t, u);
            }
            Esize::D => return Err(Unfit),
        }
        Ok(())
    }

    /// SADDLP, UADDLP.
    pub(super) fn add_long_pairwise(&mut self, es: Esize, signed: bool, a: Ref, dst: u8) -> Fit<()> {
        let a = self.vec(a)?;
        let units = Rm::Const(splat(es, 1));
        match (es, signed) {
            // Of unsigned and signed bytes, in this order.
            (Esize::B, false) => self.asm.v3(VPMADDUBSW, dst, a, units),
            (Esize::B, true) => {
                let t = self.work(dst, &[a.into()])?;
                self.asm.v2(VMOVDQA, t, units);
                self.asm.v3(VPMADDUBSW, dst, t, a);
            }
            (Esize::H, true) => self.asm.v3(VPMADDWD, dst, a, units),
            (Esize::H, false) => {
                let (t, u) = (self.work(dst, &[a.into()])?, self.temp_v()?);
                self.asm.vshift(VPSRLD, t, a, 16);
                self.asm.v3(VPAND, u, a, Self::lane_mask(Esize::S, 16));
                self.asm.v3(VPADDD, dst, t, u);
            }
            (Esize::S, false) => {
                let (t, u) = (self.work(dst, &[a.into()])?, self.temp_v()?);
                self.asm.vshift(VPSRLQ, t, a, 32);
                self.asm.v3(VPAND, u, a, Self::lane_mask(Esize::D, 32));
                self.asm.v3(VPADDQ, dst, t, u);
            }
            (Esize::S, true) => {
                let (t, u) = (self.work(dst, &[a.into()])?, self.temp_v()?);
                self.asm.v2i(VPSHUFD, t, a, 0b1000);
                self.asm.v2i(VPSHUFD, u, a, 0b1101);
                self.asm.v2(VPMOVSXDQ, t, t);
                self.asm.v2(VPMOVSXDQ, u, u);
                self.asm.v3(VPADDQ, dst, t, u);
            }
            (Esize::D, _) => return Err(Unfit),
        }
        Ok(())
    }

    /// ADDV, SADDLV, UADDLV.
    pub(super) fn sum_across(&mut self, op: Vec1, es: Esize, a: Ref, dst: u8) -> Fit<()> {
        let a = self.vec(a)?;
        let (t, u) = (self.work(dst, &[a.into()])?, self.temp_v()?);
        match (op, es) {
            (_, Esize::B) => {
                // The sums of the unsigned bytes of each half; a signed byte is 128 less than its flip.
                let signed = op == Vec1::Saddlv;
                let bytes = if signed { self.flip(es, a)? } else { a };
                self.asm.vzero(u);
                self.asm.v3(VPSADBW, t, bytes, u);
                self.asm.v2i(VPSHUFD, u, t, 0x4e);
                self.asm.v3(VPADDD, dst, t, u);
                if signed {
                    self.asm.v3(VPSUBD, dst, dst, Rm::Const(splat(Esize::S, 16 * 128)));
                }
            }
            (Vec1::Addv | Vec1::Saddlv, Esize::H) => {
                self.asm.v3(VPMADDWD, t, a, Rm::Const(splat(es, 1)));
                self.sum_words(t, u, dst);
            }
            (Vec1::Uaddlv, Esize::H) => {
                self.asm.vshift(VPSRLD, t, a, 16);
                self.asm.v3(VPAND, u, a, Self::lane_mask(Esize::S, 16));
                self.asm.v3(VPADDD, t, t, u);
                self.sum_words(t, u, dst);
            }
            (Vec1::Addv, Esize::S) => {
                self.asm.v2i(VPSHUFD, t, a, 0x4e);
                self.asm.v3(VPADDD, t, t, a);
                self.asm.v2i(VPSHUFD, u, t, 0xb1);
                self.asm.v3(VPADDD, dst, t, u);
            }
            (_, Esize::S) => {
                let widen = if op == Vec1::Saddlv { VPMOVSXDQ } else { VPMOVZXDQ };
                self.asm.v2i(VPSHUFD, u, a, 0x4e);
                self.asm.v2(widen, u, u);
                self.asm.v2(widen, t, a);
                self.asm.v3(VPADDQ, t, t, u);
                self.asm.v2i(VPSHUFD, u, t, 0x4e);
                self.asm.v3(VPADDQ, dst, t, u);
            }
            _ => return Err(Unfit),
        }
        Ok(())
    }

    /// The sum of the words of `t`.
    fn sum_words(&mut self, t: u8, u: u8, dst: u8) {
        self.asm.v2i(VPSHUFD, u, t, 0x4e);
        self.asm.v3(VPADDD, t, t, u);
        self.asm.v2i(VPSHUFD, u, t, 0xb1);
        self.asm.v3(VPADDD, dst, t, u);
    }

    /// SMAXV, SMINV, UMAXV, UMINV. The host finds the smallest unsigned halfword; others become that
    /// by flipping bits before and after.
    pub(super) fn extreme_across(&mut self, op: Vec1, es: Esize, a: Ref, dst: u8) -> Fit<()> {
        let a = self.vec(a)?;
        let t = self.work(dst, &[a.into()])?;
        let top = 1u64 << (es.bits() - 1);
        let flips = match op {
            Vec1::Uminv => 0,
            Vec1::Umaxv => top | (top - 1),
            Vec1::Sminv => top,
            _ => top - 1,
        };
        let flips = (flips != 0).then_some(Rm::Const(splat(es, flips)));
        match es {
            Esize::B | Esize::H => {
                let mut src = a;
                if let Some(flips) = flips {
                    self.asm.v3(VPXOR, t, a, flips);
                    src = t;
                }
                if es == Esize::B {
                    let u = self.temp_v()?;
                    self.asm.vshift(VPSRLW, u, src, 8);
                    self.asm.v3(VPMINUB, t, src, u);
                    src = t;
                }
                self.asm.v2(VPHMINPOSUW, dst, src);
                if let Some(flips) = flips {
                    self.asm.v3(VPXOR, dst, dst, flips);
                }
            }
            Esize::S => {
                let host = match op {
                    Vec1::Uminv => VPMINUD,
                    Vec1::Umaxv => VPMAXUD,
                    Vec1::Sminv => VPMINSD,
                    _ => VPMAXSD,
                };
                let u = self.temp_v()?;
                self.asm.v2i(VPSHUFD, t, a, 0x4e);
                self.asm.v3(host, t, t, a);
                self.asm.v2i(VPSHUFD, u, t, 0xb1);
                self.asm.v3(host, dst, t, u);
            }
            Esize::D => return Err(Unfit),
        }
        Ok(())
    }
}
