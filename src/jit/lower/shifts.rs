//! Shifts of lanes by an immediate, and counts of bits in them.
//!
//! x86-64 cannot shift bytes: they are shifted as words and what crossed over is masked, or the sign is
//! made from the bit above it ((x EOR m) - m). It has no arithmetic shift of doublewords before
//! AVX-512.

use super::lanes::{ADD, EQUAL};
use super::{Fit, Lower, Unfit};
use crate::jit::ir::Ref;
use crate::jit::vex::*;
use crate::value::bits::ones;
use crate::value::simd::{Esize, Vec1, splat};

/// `bytes` as a table for `vpshufb`.
pub(super) const fn table(bytes: [u8; 16]) -> u128 {
    u128::from_le_bytes(bytes)
}

/// How many bits are set in a nibble, and how many lead it with zeros.
const SET: u128 = table([0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4]);
const LEADING: u128 = table([4, 3, 2, 2, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
/// A nibble reversed.
const REVERSED: u128 = table([0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15]);

impl Lower<'_> {
    /// SHL, by less than the size.
    pub(super) fn shift_left(&mut self, es: Esize, a: u8, n: u8, dst: u8) {
        match es {
            _ if n == 0 => self.mov_v(dst, a),
            Esize::B => {
                self.asm.vshift(VPSLLW, dst, a, n);
                self.asm.v3(VPAND, dst, dst, Rm::Const(splat(es, 0xff << n)));
            }
            Esize::H => self.asm.vshift(VPSLLW, dst, a, n),
            Esize::S => self.asm.vshift(VPSLLD, dst, a, n),
            Esize::D => self.asm.vshift(VPSLLQ, dst, a, n),
        }
    }

    /// USHR, by up to the size.
    pub(super) fn shift_right(&mut self, es: Esize, a: u8, n: u8, dst: u8) {
        match es {
            _ if n == 0 => self.mov_v(dst, a),
            Esize::B => {
                self.asm.vshift(VPSRLW, dst, a, n);
                self.asm.v3(VPAND, dst, dst, Rm::Const(splat(es, 0xff >> n)));
            }
            Esize::H => self.asm.vshift(VPSRLW, dst, a, n),
            Esize::S => self.asm.vshift(VPSRLD, dst, a, n),
            Esize::D => self.asm.vshift(VPSRLQ, dst, a, n),
        }
    }

    /// SSHR, by up to the size.
    pub(super) fn shift_right_signed(&mut self, es: Esize, a: u8, n: u8, dst: u8) -> Fit<()> {
        let n = n.min(es.bits() as u8 - 1);
        match es {
            _ if n == 0 => self.mov_v(dst, a),
            Esize::B | Esize::D if n as u32 == es.bits() - 1 => {
                let t = self.work(dst, &[a.into()])?;
                self.asm.vzero(t);
                self.asm.v3(if es == Esize::B { VPCMPGTB } else { VPCMPGTQ }, dst, t, a);
            }
            Esize::B => {
                let sign = Rm::Const(splat(es, 0x80 >> n));
                self.shift_right(es, a, n, dst);
                self.asm.v3(VPXOR, dst, dst, sign);
                self.asm.v3(VPSUBB, dst, dst, sign);
            }
            Esize::H => self.asm.vshift(VPSRAW, dst, a, n),
            Esize::S => self.asm.vshift(VPSRAD, dst, a, n),
            Esize::D if self.asm.features.avx512vl => self.asm.vshift(VPSRAQ, dst, a, n),
            Esize::D if n < 32 => {
                // The upper words of a shift of words, the lower ones of a logical shift.
                let t = self.temp_v()?;
                self.asm.vshift(VPSRAD, t, a, n);
                self.asm.vshift(VPSRLQ, dst, a, n);
                self.asm.v3i(VPBLENDD, dst, dst, t, 0b1010);
                self.busy_v &= !(1 << t);
            }
            Esize::D => {
                let (sign, t) = (self.temp_v()?, self.temp_v()?);
                self.asm.vshift(VPSRAD, sign, a, 31);
                self.asm.vshift(VPSRAD, t, a, n - 32);
                self.asm.v2i(VPSHUFD, t, t, 0xf5);
                self.asm.v3i(VPBLENDD, dst, t, sign, 0b1010);
                self.busy_v &= !(1 << sign | 1 << t);
            }
        }
        Ok(())
    }

    /// URSHR, SRSHR: shifted, plus the last bit shifted out.
    pub(super) fn shift_right_rounded(&mut self, es: Esize, signed: bool, a: u8, n: u8, dst: u8) -> Fit<()> {
        match (es, signed) {
            (Esize::H, true) if n < 16 => {
                // The rounded upper half of a doubled product.
                self.asm.v3(VPMULHRSW, dst, a, Rm::Const(splat(es, 1 << (15 - n))));
            }
            // Half at most, which rounds to zero.
            (_, true) if n as u32 == es.bits() => self.asm.vzero(dst),
            (Esize::B | Esize::H, false) => {
                let (t, zero) = (self.work(dst, &[a.into()])?, self.temp_v()?);
                self.shift_right(es, a, n - 1, t);
                self.asm.vzero(zero);
                self.asm.v3(if es == Esize::B { VPAVGB } else { VPAVGW }, dst, t, zero);
            }
            (Esize::B, true) => {
                // As an unsigned number 128 greater.
                let (t, zero) = (self.flip(es, a)?, self.temp_v()?);
                self.shift_right(es, t, n - 1, t);
                self.asm.vzero(zero);
                self.asm.v3(VPAVGB, t, t, zero);
                self.asm.v3(VPSUBB, dst, t, Rm::Const(splat(es, 0x80 >> n)));
            }
            _ => {
                let t = self.temp_v()?;
                self.shift_right(es, a, n - 1, t);
                self.asm.v3(VPAND, t, t, Rm::Const(splat(es, 1)));
                if signed {
                    let u = self.work(dst, &[a.into()])?;
                    self.shift_right_signed(es, a, n, u)?;
                    self.asm.v3(ADD[es as usize], dst, u, t);
                } else {
                    let u = self.work(dst, &[a.into()])?;
                    self.shift_right(es, a, n, u);
                    self.asm.v3(ADD[es as usize], dst, u, t);
                }
            }
        }
        Ok(())
    }

    // ── bits ───────────────────────────────────────────────────────────────────────────────────

    /// CLS, CLZ, CNT, RBIT.
    pub(super) fn count(&mut self, op: Vec1, es: Esize, a: Ref, dst: u8) -> Fit<()> {
        let features = self.asm.features;
        let a = self.vec(a)?;
        match op {
            Vec1::Cnt if es == Esize::B && features.bitalg => self.asm.v2(VPOPCNTB, dst, a),
            Vec1::Rbit if es == Esize::B => return self.reverse_bits_of_bytes(a, dst),
            Vec1::Cnt if es == Esize::B => {
                let t = self.nibbles(a, SET, SET)?;
                self.asm.v3(VPADDB, dst, t[0], t[1]);
            }
            Vec1::Clz => return self.leading_zeros(es, a, dst),
            Vec1::Cls => {
                // Bits that differ from the one above them, and one more at the end.
                let t = self.temp_v()?;
                self.shift_left(es, a, 1, t);
                self.asm.v3(VPXOR, t, t, a);
                self.asm.v3(VPOR, t, t, Rm::Const(splat(es, 1)));
                return self.leading_zeros(es, t, dst);
            }
            _ => return Err(Unfit),
        }
        Ok(())
    }

    /// RBIT of bytes.
    pub(super) fn reverse_bits_of_bytes(&mut self, a: u8, dst: u8) -> Fit<()> {
        if self.asm.features.gfni {
            // Row n of the matrix, from the last byte on, is the bit that becomes bit n.
            self.asm.v3i(VGF2P8AFFINEQB, dst, a, Rm::Const(splat(Esize::D, 0x8040_2010_0804_0201)), 0);
        } else {
            let t = self.nibbles(a, REVERSED << 4, REVERSED)?;
            self.asm.v3(VPOR, dst, t[0], t[1]);
        }
        Ok(())
    }

    /// What tables make of the lower and the upper nibble of each byte.
    fn nibbles(&mut self, a: u8, of_low: u128, of_high: u128) -> Fit<[u8; 2]> {
        let (low, high, t) = (self.temp_v()?, self.temp_v()?, self.temp_v()?);
        let mask = Rm::Const(splat(Esize::B, 15));
        self.asm.v3(VPAND, low, a, mask);
        self.asm.vshift(VPSRLW, high, a, 4);
        self.asm.v3(VPAND, high, high, mask);
        self.asm.v2(VMOVDQA, t, Rm::Const(of_low));
        self.asm.v3(VPSHUFB, low, t, low);
        if of_low != of_high {
            self.asm.v2(VMOVDQA, t, Rm::Const(of_high));
        }
        self.asm.v3(VPSHUFB, high, t, high);
        Ok([low, high])
    }

    /// CLZ: of nibbles by table; of twice as many bits, that of the upper half, and where it is all
    /// zeros that of the lower half as well.
    fn leading_zeros(&mut self, es: Esize, a: u8, dst: u8) -> Fit<()> {
        if es == Esize::S && self.asm.features.avx512vl {
            self.asm.v2(VPLZCNTD, dst, a);
            return Ok(());
        }
        if es == Esize::D {
            return Err(Unfit);
        }
        let (low, high, t) = (self.temp_v()?, self.temp_v()?, self.work(dst, &[a.into()])?);
        let mask = Rm::Const(splat(Esize::B, 15));
        self.asm.v3(VPAND, low, a, mask);
        self.asm.vshift(VPSRLW, high, a, 4);
        self.asm.v3(VPAND, high, high, mask);
        self.asm.v2(VMOVDQA, t, Rm::Const(LEADING));
        self.asm.v3(VPSHUFB, low, t, low);
        self.asm.v3(VPSHUFB, t, t, high);
        // 4 says that the upper nibble is zero.
        self.asm.v3(VPCMPEQB, high, t, Rm::Const(splat(Esize::B, 4)));
        self.asm.v3(VPAND, low, low, high);
        self.asm.v3(VPADDB, t, t, low);
        for half in [Esize::B, Esize::H].into_iter().filter(|&half| half < es) {
            let (shift, bits) = if half == Esize::B { (VPSRLW, 8) } else { (VPSRLD, 16) };
            // All ones in the lower half where the upper one is zero.
            self.asm.vzero(high);
            self.asm.v3(EQUAL[half as usize], high, a, high);
            self.asm.vshift(shift, high, high, bits);
            self.asm.v3(VPAND, low, t, high);
            self.asm.vshift(shift, t, t, bits);
            self.asm.v3(ADD[half.double() as usize], t, t, low);
        }
        self.mov_v(dst, t);
        Ok(())
    }

    /// REV16, REV32, REV64: lanes within groups of so many bytes.
    pub(super) fn reverse(&mut self, es: Esize, group: usize, a: Ref, dst: u8) -> Fit<()> {
        if (es, group) == (Esize::S, 8) {
            let a = self.rm(a)?;
            self.asm.v2i(VPSHUFD, dst, a, 0xb1);
            return Ok(());
        }
        let (lane, last) = (es.bits() as usize / 8, group / (es.bits() as usize / 8) - 1);
        let picks = std::array::from_fn(|place| (((place / lane) ^ last) * lane + place % lane) as u8);
        let a = self.vec(a)?;
        self.asm.v3(VPSHUFB, dst, a, Rm::Const(table(picks)));
        Ok(())
    }

    /// Bits of a lane, all set.
    pub(super) fn lane_mask(es: Esize, bits: u32) -> Rm {
        Rm::Const(splat(es, ones(bits)))
    }
}
