//! SHA-512: the host has no instructions for it, so its steps are made of shifts and logic. A step on
//! both lanes is one of vectors; two rounds follow from one another, so their lanes are computed in
//! turn, in the lower one, whatever the upper one holds.

use super::{Fit, Lower};
use crate::jit::ir::Ref;
use crate::jit::vex::*;

/// VPSHUFD's order that brings the upper lane down.
const UPPER: u8 = 0xee;

impl Lower<'_> {
    /// `acc` = `src` rotated right by the first, EOR by the second, EOR by the third amount, or shifted
    /// by that.
    fn sigma(&mut self, acc: u8, src: u8, t: u8, amounts: [u8; 3], last_shifts: bool) {
        for (i, n) in amounts.into_iter().enumerate() {
            if i == 0 {
                self.asm.vshift(VPSRLQ, acc, src, n);
            } else {
                self.asm.vshift(VPSRLQ, t, src, n);
                self.asm.v3(VPXOR, acc, acc, t);
            }
            if i < 2 || !last_shifts {
                self.asm.vshift(VPSLLQ, t, src, 64 - n);
                self.asm.v3(VPXOR, acc, acc, t);
            }
        }
    }

    /// SHA512SU0: `[w0 + σ0(w1), w1 + σ0(x0)]`.
    pub(super) fn sha512_schedule0(&mut self, w: Ref, x: Ref, dst: u8) -> Fit<()> {
        let (src, acc, t) = (self.temp_v()?, self.temp_v()?, self.temp_v()?);
        let (w, x) = (self.rm(w)?, self.vec(x)?);
        self.asm.v3i(VPALIGNR, src, x, w, 8);
        self.sigma(acc, src, t, [1, 8, 7], true);
        self.asm.v3(VPADDQ, dst, acc, w);
        Ok(())
    }

    /// SHA512SU1: `w + σ1(x) + y`.
    pub(super) fn sha512_schedule1(&mut self, [w, x, y]: [Ref; 3], dst: u8) -> Fit<()> {
        let (acc, t) = (self.temp_v()?, self.temp_v()?);
        let (w, x, y) = (self.rm(w)?, self.vec(x)?, self.rm(y)?);
        self.sigma(acc, x, t, [19, 61, 6], true);
        self.asm.v3(VPADDQ, acc, acc, w);
        self.asm.v3(VPADDQ, dst, acc, y);
        Ok(())
    }

    /// SHA512H: of `w`, and the state `x` and `y`: each lane is Ch + Σ1 + w, the upper one first.
    pub(super) fn sha512_rounds1(&mut self, [w, x, y]: [Ref; 3], dst: u8) -> Fit<()> {
        let [a, b, c, t, u] = [self.temp_v()?, self.temp_v()?, self.temp_v()?, self.temp_v()?, self.temp_v()?];
        let (w, x, y) = (self.rm(w)?, self.rm(x)?, self.rm(y)?);
        // Ch(y1, x0, x1) = x1 ^ (y1 & (x0 ^ x1)).
        self.asm.v2i(VPSHUFD, a, x, UPPER);
        self.asm.v2i(VPSHUFD, b, y, UPPER);
        self.asm.v3(VPXOR, c, a, x);
        self.asm.v3(VPAND, c, c, b);
        self.asm.v3(VPXOR, c, c, a);
        self.sigma(a, b, t, [14, 18, 41], false);
        self.asm.v3(VPADDQ, c, c, a);
        self.asm.v2i(VPSHUFD, a, w, UPPER);
        self.asm.v3(VPADDQ, c, c, a);
        // The next round's: Ch(next, y1, x0) with next = upper + y0.
        self.asm.v3(VPADDQ, a, c, y);
        self.asm.v3(VPXOR, b, b, x);
        self.asm.v3(VPAND, b, b, a);
        self.asm.v3(VPXOR, b, b, x);
        self.sigma(u, a, t, [14, 18, 41], false);
        self.asm.v3(VPADDQ, b, b, u);
        self.asm.v3(VPADDQ, b, b, w);
        self.asm.v3(VPUNPCKLQDQ, dst, b, c);
        Ok(())
    }

    /// SHA512H2: each lane is Maj + Σ0 + w, the upper one first.
    pub(super) fn sha512_rounds2(&mut self, [w, x, y]: [Ref; 3], dst: u8) -> Fit<()> {
        let [a, c, d, e, t] = [self.temp_v()?, self.temp_v()?, self.temp_v()?, self.temp_v()?, self.temp_v()?];
        let (w, x, y) = (self.rm(w)?, self.rm(x)?, self.rm(y)?);
        self.asm.v2(VMOVDQA, a, y);
        self.sigma(d, a, t, [28, 34, 39], false);
        // Maj(x0, y1, y0) = (x0 & (y1 ^ y0)) ^ (y1 & y0).
        self.asm.v2i(VPSHUFD, a, y, UPPER);
        self.asm.v3(VPXOR, c, a, y);
        self.asm.v3(VPAND, a, a, y);
        self.asm.v3(VPAND, e, c, x);
        self.asm.v3(VPXOR, e, e, a);
        self.asm.v3(VPADDQ, e, e, d);
        self.asm.v2i(VPSHUFD, d, w, UPPER);
        self.asm.v3(VPADDQ, e, e, d);
        // Maj(upper, y0, y1).
        self.asm.v3(VPAND, c, c, e);
        self.asm.v3(VPXOR, c, c, a);
        self.sigma(a, e, t, [28, 34, 39], false);
        self.asm.v3(VPADDQ, c, c, a);
        self.asm.v3(VPADDQ, c, c, w);
        self.asm.v3(VPUNPCKLQDQ, dst, c, e);
        Ok(())
    }
}
