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
        let [a, b, c, t, u] = self.temps_v()?;
        let (w, x, y) = (self.rm(w)?, self.rm(x)?, self.rm(y)?);
        // Ch(y1, x0, x1).
        self.asm.v2i(VPSHUFD, a, x, UPPER);
        self.asm.v2i(VPSHUFD, b, y, UPPER);
        self.asm.v3(VPXOR, c, a, x);
        self.choose_and_sum(c, b, a.into(), [t, u]);
        self.asm.v2i(VPSHUFD, a, w, UPPER);
        self.asm.v3(VPADDQ, c, c, a);
        // The next round's: Ch(next, y1, x0) with next = upper + y0.
        self.asm.v3(VPADDQ, a, c, y);
        self.asm.v3(VPXOR, b, b, x);
        self.choose_and_sum(b, a, x, [t, u]);
        self.asm.v3(VPADDQ, b, b, w);
        self.asm.v3(VPUNPCKLQDQ, dst, b, c);
        Ok(())
    }

    /// `differ`, in which the two that are chosen from differ, becomes Ch(`by`, the other, `last`) + Σ1(`by`).
    fn choose_and_sum(&mut self, differ: u8, by: u8, last: Rm, [t, u]: [u8; 2]) {
        self.asm.v3(VPAND, differ, differ, by);
        self.asm.v3(VPXOR, differ, differ, last);
        self.sigma(u, by, t, [14, 18, 41], false);
        self.asm.v3(VPADDQ, differ, differ, u);
    }

    /// SHA512H2: each lane is Maj + Σ0 + w, the upper one first.
    pub(super) fn sha512_rounds2(&mut self, [w, x, y]: [Ref; 3], dst: u8) -> Fit<()> {
        let [both, differ, upper, t, u] = self.temps_v()?;
        let (w, x, y) = (self.rm(w)?, self.rm(x)?, self.vec(y)?);
        // Maj(x0, y1, y0).
        self.asm.v2i(VPSHUFD, both, y, UPPER);
        self.asm.v3(VPXOR, differ, both, y);
        self.asm.v3(VPAND, both, both, y);
        self.asm.v3(VPAND, upper, differ, x);
        self.majority_and_sum(upper, both, y, [t, u]);
        self.asm.v2i(VPSHUFD, t, w, UPPER);
        self.asm.v3(VPADDQ, upper, upper, t);
        // Maj(upper, y0, y1).
        self.asm.v3(VPAND, differ, differ, upper);
        self.majority_and_sum(differ, both, upper, [t, u]);
        self.asm.v3(VPADDQ, differ, differ, w);
        self.asm.v3(VPUNPCKLQDQ, dst, differ, upper);
        Ok(())
    }

    /// `third`, of three where the other two differ, becomes their Maj + Σ0(`of`); `both` is where those agree.
    fn majority_and_sum(&mut self, third: u8, both: u8, of: u8, [t, u]: [u8; 2]) {
        self.asm.v3(VPXOR, third, third, both);
        self.sigma(u, of, t, [28, 34, 39], false);
        self.asm.v3(VPADDQ, third, third, u);
    }
}
