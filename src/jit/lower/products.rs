//! Products that no host instruction gives: of polynomials over {0, 1}, and of matrices of bytes.

use super::{Fit, Lower, Unfit};
use crate::jit::ir::Ref;
use crate::jit::vex::*;
use crate::value::simd::{Esize, Vec3};

impl Lower<'_> {
    /// PMULL of doublewords.
    pub(super) fn polynomial_multiply(&mut self, es: Esize, a: Ref, b: Ref, dst: u8) -> Fit<()> {
        if es == Esize::B {
            return self.polynomial_multiply_long(a, b, dst);
        }
        if !self.asm.features.pclmul {
            return Err(Unfit);
        }
        let half = |upper: Option<Ref>, r: Ref| (upper.unwrap_or(r), upper.is_some() as u8);
        let (a, first) = half(self.upper_half_of(a), a);
        let (b, second) = half(self.upper_half_of(b), b);
        let b = self.rm(b)?;
        let a = self.vec(a)?;
        self.asm.v3i(VPCLMULQDQ, dst, a, b, second << 4 | first);
        Ok(())
    }

    /// PMULL of bytes, by Horner's rule from the highest bit on: the product so far, as a halfword, is
    /// doubled, and `a` added where the bit is set.
    fn polynomial_multiply_long(&mut self, a: Ref, b: Ref, dst: u8) -> Fit<()> {
        let (b, a) = (self.rm(b)?, self.rm(a)?);
        let (x, bits, sum, t) = (self.temp_v()?, self.temp_v()?, self.temp_v()?, self.temp_v()?);
        self.asm.v2(VPMOVZXBW, x, a);
        self.asm.vzero(sum);
        self.asm.v3(VPUNPCKLBW, bits, sum, b);
        for n in 0..8 {
            self.asm.vshift(VPSRAW, t, bits, 15);
            self.asm.v3(VPAND, t, t, x);
            self.asm.v3(VPXOR, sum, sum, t);
            if n < 7 {
                self.asm.v3(VPADDW, sum, sum, sum);
                self.asm.v3(VPADDW, bits, bits, bits);
            }
        }
        self.mov_v(dst, sum);
        Ok(())
    }

    /// PMUL, in the same way. A bit of the next byte that comes into the lower bits of a byte never gets to
    /// its top.
    pub(super) fn polynomial_multiply_low(&mut self, a: Ref, b: Ref, dst: u8) -> Fit<()> {
        let (b, a) = (self.rm(b)?, self.vec(a)?);
        let (bits, sum, t, zero) = (self.temp_v()?, self.temp_v()?, self.temp_v()?, self.temp_v()?);
        self.asm.vzero(zero);
        self.asm.vzero(sum);
        self.asm.v2(VMOVDQA, bits, b);
        for n in 0..8 {
            self.asm.vblendv(VPBLENDVB, t, zero, a, bits);
            self.asm.v3(VPXOR, sum, sum, t);
            if n < 7 {
                self.asm.v3(VPADDB, sum, sum, sum);
                self.asm.v3(VPADDW, bits, bits, bits);
            }
        }
        self.mov_v(dst, sum);
        Ok(())
    }

    /// SMMLA, UMMLA, USMMLA: each row of eight bytes, as halfwords, times each row of the other; neighbours
    /// are added up twice.
    pub(super) fn matrix_multiply(&mut self, op: Vec3, [sum, n, m]: [Ref; 3], dst: u8) -> Fit<()> {
        let (m, n) = (self.vec(m)?, self.vec(n)?);
        let (column0, column1, row, t) = (self.temp_v()?, self.temp_v()?, self.temp_v()?, self.temp_v()?);
        let m_extend = if op == Vec3::Ummla { VPMOVZXBW } else { VPMOVSXBW };
        let n_extend = if op == Vec3::Smmla { VPMOVSXBW } else { VPMOVZXBW };
        self.asm.v2(m_extend, column0, m);
        self.asm.v2i(VPSHUFD, column1, m, 0xee);
        self.asm.v2(m_extend, column1, column1);
        self.asm.v2(n_extend, row, n);
        self.asm.v3(VPMADDWD, t, row, column0);
        self.asm.v3(VPMADDWD, row, row, column1);
        self.asm.v3(VPHADDD, t, t, row);
        self.asm.v2i(VPSHUFD, row, n, 0xee);
        self.asm.v2(n_extend, row, row);
        self.asm.v3(VPMADDWD, column0, row, column0);
        self.asm.v3(VPMADDWD, column1, row, column1);
        self.asm.v3(VPHADDD, column0, column0, column1);
        self.asm.v3(VPHADDD, t, t, column0);
        let sum = self.rm(sum)?;
        self.asm.v3(VPADDD, dst, t, sum);
        Ok(())
    }
}
