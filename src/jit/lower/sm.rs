//! SM3 and SM4. The host's instructions for them are too new; SM3 is rotations and logic. The S-box of SM4 is
//! an inversion in a field between two affine maps, and all fields of 256 elements are one: GFNI inverts
//! in AES's. Without it, bytes are looked up.

use super::{Fit, Lower};
use crate::jit::ir::Ref;
use crate::jit::vex::*;
use crate::value::crypto::sm4;
use crate::value::simd::{Esize, splat};

/// VPSHUFD's orders that bring a word down, into all lanes.
const fn word(n: u8) -> u8 {
    n * 0x55
}

/// VPSHUFB's order that rotates words left by so many bytes.
fn rotation(bytes: u8) -> Rm {
    Rm::Const(u128::from_le_bytes(std::array::from_fn(|n| n as u8 & !3 | (n as u8).wrapping_sub(bytes) & 3)))
}

impl Lower<'_> {
    /// Words rotated left; `t` is lost.
    fn rotate(&mut self, dst: u8, src: u8, t: u8, n: u8) {
        self.asm.vshift(VPSRLD, t, src, 32 - n);
        self.asm.vshift(VPSLLD, dst, src, n);
        self.asm.v3(VPOR, dst, dst, t);
    }

    /// P0 and P1 of SM3: `a` and its rotations by two amounts, EORed.
    fn sm3_permute(&mut self, a: u8, amounts: [u8; 2], [t, u, v]: [u8; 3]) {
        self.rotate(t, a, u, amounts[0]);
        self.rotate(v, a, u, amounts[1]);
        self.asm.v3(VPXOR, a, a, t);
        self.asm.v3(VPXOR, a, a, v);
    }

    /// SM3SS1: the uppermost words of the operands make that of the result.
    pub(super) fn sm3_ss1(&mut self, [a, e, t]: [Ref; 3], dst: u8) -> Fit<()> {
        let (a, e, t) = (self.vec(a)?, self.rm(e)?, self.rm(t)?);
        let [x, u] = self.temps_v()?;
        self.rotate(x, a, u, 12);
        self.asm.v3(VPADDD, x, x, e);
        self.asm.v3(VPADDD, x, x, t);
        self.rotate(x, x, u, 7);
        self.asm.v3(VPAND, dst, x, Rm::Const(u128::from(u32::MAX) << 96));
        Ok(())
    }

    /// SM3TT1A (parity), SM3TT1B (majority): words a, b, c, d from the top down.
    pub(super) fn sm3_tt1(&mut self, parity: bool, [state, ss1, w]: [Ref; 3], dst: u8) -> Fit<()> {
        let (state, ss1, w) = (self.vec(state)?, self.rm(ss1)?, self.vec(w)?);
        let [sum, a, b, c, t] = self.temps_v()?;
        self.asm.v2i(VPSHUFD, a, state, word(3));
        self.asm.v2i(VPSHUFD, b, state, word(2));
        self.asm.v2i(VPSHUFD, c, state, word(1));
        self.asm.v3(VPADDD, sum, w, state);
        if parity {
            self.asm.v3(VPXOR, b, b, c);
            self.asm.v3(VPXOR, b, b, a);
        } else {
            self.asm.v3(VPOR, t, a, b);
            self.asm.v3(VPAND, t, t, c);
            self.asm.v3(VPAND, b, b, a);
            self.asm.v3(VPOR, b, b, t);
        }
        self.asm.v3(VPADDD, sum, sum, b);
        self.rotate(a, a, t, 12);
        self.asm.v2i(VPSHUFD, c, ss1, word(3));
        self.asm.v3(VPXOR, a, a, c);
        self.asm.v3(VPADDD, sum, sum, a);
        self.sm3_advance(state, sum, 9, [a, t], dst);
        Ok(())
    }

    /// SM3TT2A (parity), SM3TT2B (choice): words e, f, g, h.
    pub(super) fn sm3_tt2(&mut self, parity: bool, [state, ss1, w]: [Ref; 3], dst: u8) -> Fit<()> {
        let (state, ss1, w) = (self.vec(state)?, self.rm(ss1)?, self.vec(w)?);
        let [sum, e, f, g] = self.temps_v()?;
        self.asm.v2i(VPSHUFD, e, state, word(3));
        self.asm.v2i(VPSHUFD, f, state, word(2));
        self.asm.v2i(VPSHUFD, g, state, word(1));
        self.asm.v3(VPADDD, sum, w, state);
        self.asm.v3(VPXOR, f, f, g);
        self.asm.v3(if parity { VPXOR } else { VPAND }, f, f, e);
        if !parity {
            self.asm.v3(VPXOR, f, f, g);
        }
        self.asm.v3(VPADDD, sum, sum, f);
        self.asm.v2i(VPSHUFD, f, ss1, word(3));
        self.asm.v3(VPADDD, sum, sum, f);
        self.sm3_permute(sum, [9, 17], [e, f, g]);
        self.sm3_advance(state, sum, 19, [e, f], dst);
        Ok(())
    }

    /// The words above the lowest, of which the middle one is rotated, and the lowest of `sum`.
    fn sm3_advance(&mut self, state: u8, sum: u8, n: u8, [t, u]: [u8; 2], dst: u8) {
        self.asm.v3i(VPALIGNR, sum, sum, state, 4);
        self.rotate(t, sum, u, n);
        self.asm.v3i(VPBLENDD, dst, sum, t, 0b0010);
    }

    /// SM3PARTW1. P1 is linear: what the lowest result adds to the uppermost goes through it by itself.
    pub(super) fn sm3_schedule1(&mut self, [d, n, m]: [Ref; 3], dst: u8) -> Fit<()> {
        let (d, n, m) = (self.rm(d)?, self.vec(n)?, self.vec(m)?);
        let [x, t, u, v] = self.temps_v()?;
        self.asm.vshift(VPSRLDQ, x, m, 4);
        self.rotate(x, x, t, 15);
        self.asm.v3(VPXOR, x, x, n);
        self.asm.v3(VPXOR, x, x, d);
        self.sm3_permute(x, [15, 23], [t, u, v]);
        self.sm3_carry(x, x, [t, u, v], dst)
    }

    /// SM3PARTW2.
    pub(super) fn sm3_schedule2(&mut self, [d, n, m]: [Ref; 3], dst: u8) -> Fit<()> {
        let (d, n, m) = (self.rm(d)?, self.rm(n)?, self.vec(m)?);
        let [x, t, u, v, y] = self.temps_v()?;
        self.rotate(x, m, t, 7);
        self.asm.v3(VPXOR, x, x, n);
        self.asm.v3(VPXOR, y, x, d);
        self.sm3_carry(y, x, [t, u, v], dst)
    }

    /// `to`, the uppermost word EORed with P1 of the lowest of `from`, rotated by 15.
    fn sm3_carry(&mut self, to: u8, from: u8, [t, u, v]: [u8; 3], dst: u8) -> Fit<()> {
        let y = self.temp_v()?;
        self.asm.vshift(VPSLLDQ, y, from, 12);
        self.rotate(y, y, t, 15);
        self.sm3_permute(y, [15, 23], [t, u, v]);
        self.asm.v3(VPXOR, dst, to, y);
        Ok(())
    }

    /// SM4E, four rounds on a state, and SM4EKEY, which differs in the linear map.
    pub(super) fn sm4_rounds(&mut self, encrypts: bool, state: Ref, keys: Ref, dst: u8) -> Fit<()> {
        let (state, keys) = (self.vec(state)?, self.vec(keys)?);
        let [x, sum, t, u, v] = self.temps_v()?;
        self.mov_v(x, state);
        for round in 0..4 {
            self.asm.v2i(VPSHUFD, sum, x, word(1));
            self.asm.v2i(VPSHUFD, t, x, word(2));
            self.asm.v3(VPXOR, sum, sum, t);
            self.asm.v2i(VPSHUFD, t, x, word(3));
            self.asm.v3(VPXOR, sum, sum, t);
            self.asm.v2i(VPSHUFD, t, keys, word(round));
            self.asm.v3(VPXOR, sum, sum, t);
            if self.asm.features.gfni {
                let [into, out] = sm4::GFNI.map(|map| Rm::Const(splat(Esize::D, map)));
                let [before, after] = sm4::GFNI_CONSTANTS;
                self.asm.v3i(VGF2P8AFFINEQB, sum, sum, into, before);
                self.asm.v3i(VGF2P8AFFINEINVQB, sum, sum, out, after);
            } else {
                self.mov_v(t, sum);
                self.look_up(&sm4::SUB, Esize::B, 4, t, sum)?;
            }
            // The linear map of `sum`, and the word that it is EORed with.
            self.asm.v3(VPXOR, u, x, sum);
            if encrypts {
                self.asm.v3(VPSHUFB, t, sum, rotation(3));
                self.asm.v3(VPXOR, u, u, t);
                self.asm.v3(VPSHUFB, t, sum, rotation(1));
                self.asm.v3(VPXOR, t, t, sum);
                self.asm.v3(VPSHUFB, sum, sum, rotation(2));
                self.asm.v3(VPXOR, sum, sum, t);
                self.rotate(sum, sum, t, 2);
            } else {
                self.rotate(v, sum, t, 13);
                self.asm.v3(VPXOR, u, u, v);
                self.rotate(sum, sum, t, 23);
            }
            self.asm.v3(VPXOR, u, u, sum);
            // It comes in at the top.
            self.asm.v3i(VPALIGNR, x, u, x, 4);
        }
        self.mov_v(dst, x);
        Ok(())
    }
}
