//! Lanes that double or halve their size, and products twice as wide as their factors.
//!
//! The second forms ("SADDL2") take the upper halves of their operands, which the meanings write as
//! EXT by 8 bytes; where the host can take the upper half itself, that is seen here.

use super::lanes::{ADD, EQUAL, UMIN, signs};
use super::{Fit, Lower, Unfit};
use crate::jit::ir::{Node, Ref};
use crate::jit::vex::*;
use crate::value::bits::ones;
use crate::value::simd::{Esize, Vec1, Vec2, VecShift, splat};

impl Lower<'_> {
    /// The value whose upper half this value has below.
    pub(super) fn upper_half_of(&self, r: Ref) -> Option<Ref> {
        match self.rec.node(r) {
            Node::Ext { lo, hi, from: 8 } if lo == hi && self.location(r).is_none() => Some(lo),
            _ => None,
        }
    }

    /// SXTL, UXTL.
    pub(super) fn widen(&mut self, es: Esize, signed: bool, a: Ref, dst: u8) -> Fit<()> {
        let size = match es {
            Esize::D => return Err(Unfit),
            _ => es as usize,
        };
        let Some(whole) = self.upper_half_of(a) else {
            let a = self.rm(a)?;
            let op =
                if signed { [VPMOVSXBW, VPMOVSXWD, VPMOVSXDQ][size] } else { [VPMOVZXBW, VPMOVZXWD, VPMOVZXDQ][size] };
            self.asm.v2(op, dst, a);
            return Ok(());
        };
        let unpack = [VPUNPCKHBW, VPUNPCKHWD, VPUNPCKHDQ][size];
        match (es, signed) {
            (_, false) => {
                let a = self.vec(whole)?;
                let zero = self.work(dst, &[a.into()])?;
                self.asm.vzero(zero);
                self.asm.v3(unpack, dst, a, zero);
            }
            (Esize::S, true) => {
                let a = self.rm(whole)?;
                self.asm.v2i(VPSHUFD, dst, a, 0xee);
                self.asm.v2(VPMOVSXDQ, dst, dst);
            }
            (_, true) => {
                let a = self.vec(whole)?;
                self.asm.v3(unpack, dst, a, a);
                self.asm.vshift(if es == Esize::B { VPSRAW } else { VPSRAD }, dst, dst, es.bits() as u8);
            }
        }
        Ok(())
    }

    /// XTN; a shift by whole bytes before it (SHRN, ADDHN) picks other bytes.
    pub(super) fn narrow(&mut self, es: Esize, a: Ref, dst: u8) -> Fit<()> {
        let bytes = es.bits() as usize / 8;
        let (a, from) = match self.rec.node(a) {
            Node::VecShift(VecShift::Ushr | VecShift::Sshr, _, whole, n)
                if n % 8 == 0 && n as usize / 8 <= bytes && self.location(a).is_none() =>
            {
                (whole, n as usize / 8)
            }
            _ => (a, 0),
        };
        let picks = std::array::from_fn(|place| match place {
            0..8 => (place / bytes * 2 * bytes + place % bytes + from) as u8,
            _ => 0x80,
        });
        let a = self.vec(a)?;
        self.asm.v3(VPSHUFB, dst, a, Rm::Const(u128::from_le_bytes(picks)));
        Ok(())
    }

    /// SQXTN, SQXTUN, UQXTN: a lane saturates if its upper half is not all zeros, for SQXTN when half of the
    /// range has been added.
    pub(super) fn saturating_narrow(&mut self, op: Vec1, es: Esize, a: Ref, dst: u8) -> Fit<()> {
        let a = self.vec(a)?;
        let t = self.temp_v()?;
        let words = match es {
            Esize::B => true,
            Esize::H => false,
            Esize::S => {
                let high = self.temp_v()?;
                return self.saturating_narrow_doublewords(op, a, [t, high], dst);
            }
            Esize::D => return Err(Unfit),
        };
        let (wide, bits) = (es.double(), es.bits());
        let upper = Rm::Const(splat(wide, ones(bits) << bits));
        let mut from = a;
        if op == Vec1::Sqxtn {
            self.asm.v3(ADD[wide as usize], t, a, Rm::Const(splat(wide, 1 << (bits - 1))));
            self.saturated_in(t, upper, t);
        } else {
            self.saturated_in(a, upper, t);
        }
        if op == Vec1::Uqxtn {
            self.asm.v3(UMIN[wide as usize], t, a, Self::lane_mask(wide, bits));
            from = t;
        }
        let pack = match (op == Vec1::Sqxtn, words) {
            (true, true) => VPACKSSWB,
            (true, false) => VPACKSSDW,
            (false, true) => VPACKUSWB,
            (false, false) => VPACKUSDW,
        };
        self.asm.v3(pack, dst, from, Rm::Const(0));
        Ok(())
    }

    /// From doublewords: their lower words, or the extreme where the upper word is not their extension.
    fn saturating_narrow_doublewords(&mut self, op: Vec1, a: u8, [t, high]: [u8; 2], dst: u8) -> Fit<()> {
        let low = self.temp_v()?;
        // The words to the lower half, zeros above.
        let words = |first: u8| {
            let byte = |place: usize| (place / 4 * 8 + place % 4) as u8 + first;
            Rm::Const(u128::from_le_bytes(std::array::from_fn(|p| if p < 8 { byte(p) } else { 0x80 })))
        };
        self.asm.v3(VPSHUFB, low, a, words(0));
        self.asm.v3(VPSHUFB, high, a, words(4));
        match op {
            Vec1::Uqxtn => {
                self.asm.vzero(t);
                self.asm.v3(VPCMPEQD, t, high, t);
                // Ones where the upper word is zero; elsewhere all ones are wanted.
                self.asm.v3(VPXOR, t, t, Rm::Const(u64::MAX as u128));
                self.asm.v3(VPAND, t, t, Rm::Const(u64::MAX as u128));
                self.asm.v3(VPOR, dst, low, t);
            }
            Vec1::Sqxtun => {
                // Negative: none; too great: all ones.
                self.asm.vzero(t);
                self.asm.v3(VPCMPEQD, t, high, t);
                self.asm.v3(VPAND, low, low, t);
                self.asm.v3(VPXOR, t, t, Rm::Const(u64::MAX as u128));
                let sign = self.work(dst, &[low.into(), t.into(), high.into()])?;
                self.asm.vshift(VPSRAD, sign, high, 31);
                self.asm.v3(VPANDN, t, sign, t);
                self.asm.v3(VPAND, t, t, Rm::Const(u64::MAX as u128));
                self.asm.v3(VPOR, dst, low, t);
            }
            _ => {
                // The upper word and the lower one's sign differ where it saturates.
                let extreme = self.work(dst, &[low.into(), t.into(), high.into()])?;
                self.asm.vshift(VPSRAD, extreme, high, 31);
                self.asm.v3(VPXOR, extreme, extreme, Rm::Const(0x7fff_ffff_7fff_ffff));
                self.asm.vshift(VPSRAD, t, low, 31);
                self.asm.v3(VPXOR, high, high, t);
                self.asm.vzero(t);
                self.asm.v3(VPCMPEQD, t, t, high);
                self.asm.vblendv(VPBLENDVB, dst, extreme, low, t);
            }
        }
        self.saturated(high);
        Ok(())
    }

    /// Two factors in registers, and whether their upper halves are meant; one element in all lanes
    /// has both halves alike.
    fn factors(&mut self, a: Ref, b: Ref) -> Fit<(u8, u8, bool)> {
        let both = match (self.upper_half_of(a), self.upper_half_of(b)) {
            (Some(a), Some(b)) => Some((a, b)),
            (Some(a), None) if matches!(self.rec.node(b), Node::Dup { .. }) => Some((a, b)),
            _ => None,
        };
        let (a, b) = (both.map_or(a, |(a, _)| a), both.map_or(b, |(_, b)| b));
        let (b, a) = (self.vec(b)?, self.vec(a)?);
        Ok((a, b, both.is_some()))
    }

    /// SMULL, UMULL, SQDMULL.
    pub(super) fn long_multiply(&mut self, op: Vec2, es: Esize, a: Ref, b: Ref, dst: u8) -> Fit<()> {
        let signed = op != Vec2::Umull;
        if es == Esize::B {
            let (x, y) = (self.temp_v()?, self.temp_v()?);
            self.widen(es, signed, a, x)?;
            self.widen(es, signed, b, y)?;
            self.asm.v3(VPMULLW, dst, x, y);
            return Ok(());
        }
        let (a, b, upper) = self.factors(a, b)?;
        let (x, y) = (self.temp_v()?, self.temp_v()?);
        match es {
            Esize::H => {
                self.asm.v3(VPMULLW, x, a, b);
                self.asm.v3(if signed { VPMULHW } else { VPMULHUW }, y, a, b);
                self.asm.v3(if upper { VPUNPCKHWD } else { VPUNPCKLWD }, dst, x, y);
            }
            Esize::S => {
                let order = if upper { 0xfa } else { 0x50 };
                self.asm.v2i(VPSHUFD, x, a, order);
                self.asm.v2i(VPSHUFD, y, b, order);
                self.asm.v3(if signed { VPMULDQ } else { VPMULUDQ }, dst, x, y);
            }
            _ => return Err(Unfit),
        }
        if op == Vec2::Sqdmull {
            // Only the square of the lowest number is too great when doubled: it becomes the lowest.
            let wide = es.double();
            self.asm.v3(ADD[wide as usize], dst, dst, dst);
            self.asm.v3(EQUAL[wide as usize], x, dst, Rm::Const(signs(wide)));
            self.asm.v3(VPXOR, dst, dst, x);
            self.saturated(x);
        }
        Ok(())
    }

    /// SQDMULH, SQRDMULH.
    pub(super) fn doubling_multiply_high(&mut self, es: Esize, round: bool, a: Ref, b: Ref, dst: u8) -> Fit<()> {
        let (b, a) = (self.vec(b)?, self.vec(a)?);
        let (x, y) = (self.temp_v()?, self.temp_v()?);
        match es {
            Esize::H if round => self.asm.v3(VPMULHRSW, x, a, b),
            Esize::H => {
                self.asm.v3(VPMULHW, x, a, b);
                self.asm.v3(VPMULLW, y, a, b);
                self.asm.v3(VPADDW, x, x, x);
                self.asm.vshift(VPSRLW, y, y, 15);
                self.asm.v3(VPOR, x, x, y);
            }
            Esize::S => {
                let half = Rm::Const(splat(Esize::D, 1 << 30));
                self.asm.v2i(VPSHUFD, x, a, 0xf5);
                self.asm.v2i(VPSHUFD, y, b, 0xf5);
                self.asm.v3(VPMULDQ, y, x, y);
                self.asm.v3(VPMULDQ, x, a, b);
                if round {
                    self.asm.v3(VPADDQ, x, x, half);
                    self.asm.v3(VPADDQ, y, y, half);
                }
                // The upper words of the doubled products.
                self.asm.vshift(VPSRLQ, x, x, 31);
                self.asm.v3(VPADDQ, y, y, y);
                self.asm.v3i(VPBLENDD, x, x, y, 0b1010);
            }
            _ => return Err(Unfit),
        }
        // Only the square of the lowest number is too great: it gives the lowest.
        self.asm.v3(EQUAL[es as usize], y, x, Rm::Const(signs(es)));
        self.asm.v3(VPXOR, dst, x, y);
        self.saturated(y);
        Ok(())
    }

    /// SQRDMLAH, SQRDMLSH: of halfwords as words, whose sum just fits; of words as doublewords, where the
    /// accumulator times 2^31 is a product, too.
    pub(super) fn doubling_multiply_add(&mut self, es: Esize, sub: bool, [sum, n, m]: [Ref; 3], dst: u8) -> Fit<()> {
        let (n, m) = (self.vec(n)?, self.vec(m)?);
        match es {
            Esize::H => {
                let sum = self.rm(sum)?;
                let (low, high, t) = (self.temp_v()?, self.temp_v()?, self.temp_v()?);
                self.asm.v3(VPMULLW, t, n, m);
                self.asm.v3(VPMULHW, high, n, m);
                self.asm.v3(VPUNPCKLWD, low, t, high);
                self.asm.v3(VPUNPCKHWD, high, t, high);
                for (product, words) in [(low, VPUNPCKLWD), (high, VPUNPCKHWD)] {
                    self.asm.vzero(t);
                    self.asm.v3(words, t, t, sum);
                    self.asm.vshift(VPSRAD, t, t, 1);
                    self.asm.v3(if sub { VPSUBD } else { VPADDD }, product, t, product);
                    self.asm.v3(VPADDD, product, product, Rm::Const(splat(Esize::S, 1 << 14)));
                    self.asm.vshift(VPSRAD, product, product, 15);
                }
                self.asm.v3(VPACKSSDW, t, low, high);
                let back = self.work(dst, &[t.into()])?;
                self.asm.v2(VPMOVSXWD, back, t);
                self.saturated_if_different(low, back);
                self.asm.v3(VPUNPCKHWD, back, t, t);
                self.asm.vshift(VPSRAD, back, back, 16);
                self.saturated_if_different(high, back);
                self.mov_v(dst, t);
            }
            Esize::S => {
                let sum = self.vec(sum)?;
                let scale = Rm::Const(splat(Esize::D, 1 << 31));
                let half = Rm::Const(splat(Esize::D, 1 << 30));
                let (even, odd, t, u) = (self.temp_v()?, self.temp_v()?, self.temp_v()?, self.temp_v()?);
                self.asm.v3(VPMULDQ, even, n, m);
                self.asm.v2i(VPSHUFD, odd, n, 0xf5);
                self.asm.v2i(VPSHUFD, t, m, 0xf5);
                self.asm.v3(VPMULDQ, odd, odd, t);
                self.asm.v2i(VPSHUFD, u, sum, 0xf5);
                // As a signed number the factor is -2^31.
                self.asm.v3(VPMULDQ, t, sum, scale);
                self.asm.v3(VPMULDQ, u, u, scale);
                for (product, minus) in [(even, t), (odd, u)] {
                    if sub {
                        self.asm.v3(VPADDQ, product, product, minus);
                        self.asm.vzero(minus);
                        self.asm.v3(VPSUBQ, product, minus, product);
                    } else {
                        self.asm.v3(VPSUBQ, product, product, minus);
                    }
                    self.asm.v3(VPADDQ, product, product, half);
                }
                // Bits 62:31 of the sums, and bits 63:32, whose sign is the sum's.
                self.asm.v3(VPADDQ, t, even, even);
                self.asm.v3(VPADDQ, u, odd, odd);
                self.asm.vshift(VPSRLQ, t, t, 32);
                self.asm.v3i(VPBLENDD, t, t, u, 0b1010);
                self.asm.vshift(VPSRLQ, even, even, 32);
                self.asm.v3i(VPBLENDD, even, even, odd, 0b1010);
                self.asm.vshift(VPSRAD, u, even, 31);
                self.asm.v3(VPXOR, u, u, Rm::Const(splat(Esize::S, i32::MAX as u64)));
                self.asm.v3(VPXOR, even, even, t);
                self.asm.vblendv(VBLENDVPS, dst, t, u, even);
                self.asm.vshift(VPSRAD, even, even, 31);
                self.saturated(even);
            }
            _ => return Err(Unfit),
        }
        Ok(())
    }
}
