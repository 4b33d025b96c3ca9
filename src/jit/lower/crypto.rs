//! AES, SHA-1 and SHA-256 on the host's instructions for them; without these the interpreter's
//! functions do it.
//!
//! AES: the host's rounds end with the key, Arm's begin with it, so the key given to the host is zero.
//! Its last round (ShiftRows and SubBytes) is AESE without the key; MixColumns alone is a round after
//! an inverse last round, whose steps cancel.
//!
//! SHA: the host holds the words in another order, and SHA-1's constants are the host's own, so they
//! are subtracted from what Arm's instructions get, who have them in the schedule.

use super::{Fit, Lower, Unfit};
use crate::jit::ir::{Node, Ref};
use crate::jit::vex::*;
use crate::value::simd::{Esize, Vec3, splat};
use dynasmrt::DynasmApi;

/// Opcodes of SHA-NI behind 0F 38.
const SHA256RNDS2: u8 = 0xcb;
const SHA256MSG1: u8 = 0xcc;
const SHA256MSG2: u8 = 0xcd;

/// The operands of an AES round, EORed, in a scratch register: AESMC or AESIMC directly behind it can do
/// the whole round from there. What the round alone gives is then written for nothing, off the path.
#[derive(Clone, Copy, Debug)]
pub struct Round {
    /// Offset of the code behind it.
    at: usize,
    /// Guest register that has the round's result.
    v: u8,
    reg: u8,
    encrypt: bool,
}

impl Lower<'_> {
    /// AESE, AESD.
    pub(super) fn aes_round(&mut self, encrypt: bool, a: Ref, b: Ref, dst: u8) -> Fit<()> {
        if !self.asm.features.aes {
            return Err(Unfit);
        }
        let b = self.rm(b)?;
        let a = self.vec(a)?;
        let (t, zero) = (self.temp_v()?, self.temp_v()?);
        self.asm.v3(VPXOR, t, a, b);
        self.asm.vzero(zero);
        self.asm.v3(if encrypt { VAESENCLAST } else { VAESDECLAST }, dst, t, zero);
        // Until it is known where the result goes.
        self.round = Some(Round { at: usize::MAX, v: u8::MAX, reg: t, encrypt });
        Ok(())
    }

    /// V`v` has been written.
    pub(super) fn note_round(&mut self, v: u8) {
        let at = self.asm.len();
        self.round = self.round.filter(|round| round.at == usize::MAX && self.is_spare(round.reg));
        if let Some(round) = &mut self.round {
            (round.at, round.v) = (at, v);
        }
    }

    /// AESMC, AESIMC.
    pub(super) fn aes_mix(&mut self, forward: bool, a: Ref, dst: u8) -> Fit<()> {
        if !self.asm.features.aes {
            return Err(Unfit);
        }
        let here = self.asm.len();
        let round = self.round.filter(|r| r.at == here && r.encrypt == forward && self.rec.node(a) == Node::V(r.v));
        if let Some(Round { reg, .. }) = round {
            self.busy_v |= 1 << reg;
            let zero = self.temp_v()?;
            self.asm.vzero(zero);
            self.asm.v3(if forward { VAESENC } else { VAESDEC }, dst, reg, zero);
            return Ok(());
        }
        if !forward {
            let a = self.rm(a)?;
            self.asm.v2(VAESIMC, dst, a);
            return Ok(());
        }
        let a = self.vec(a)?;
        let (t, zero) = (self.work(dst, &[a.into()])?, self.temp_v()?);
        self.asm.vzero(zero);
        self.asm.v3(VAESDECLAST, t, a, zero);
        self.asm.v3(VAESENC, dst, t, zero);
        Ok(())
    }

    // ── SHA-1 ──────────────────────────────────────────────────────────────────────────────────

    /// SHA1H: the lowest word rotated left by 30.
    pub(super) fn sha1_rotate(&mut self, a: Ref, dst: u8) -> Fit<()> {
        let a = self.vec(a)?;
        let (t, u) = (self.temp_v()?, self.temp_v()?);
        self.asm.vshift(VPSLLD, t, a, 30);
        self.asm.vshift(VPSRLD, u, a, 2);
        self.asm.v3(VPOR, t, t, u);
        self.asm.v3(VPAND, dst, t, Rm::Const(u32::MAX as u128));
        Ok(())
    }

    /// SHA1C, SHA1P, SHA1M: `[abcd, e, schedule]`.
    pub(super) fn sha1_rounds(&mut self, op: Vec3, [abcd, e, schedule]: [Ref; 3], dst: u8) -> Fit<()> {
        if !self.asm.features.sha {
            return Err(Unfit);
        }
        let (function, constant) = match op {
            Vec3::Sha1c => (0, 0x5a82_7999),
            Vec3::Sha1p => (1, 0x6ed9_eba1),
            _ => (2, 0x8f1b_bcdc),
        };
        let (t, state) = (self.temp_v()?, self.temp_v()?);
        let schedule = self.vec(schedule)?;
        self.asm.v3(VPSUBD, t, schedule, Rm::Const(splat(Esize::S, constant)));
        let e = self.rm(e)?;
        let first = state;
        self.asm.vzero(first);
        self.asm.v3i(VPBLENDD, first, first, e, 1);
        self.asm.v3(VPADDD, t, t, first);
        self.asm.v2i(VPSHUFD, t, t, 0x1b);
        let abcd = self.rm(abcd)?;
        self.asm.v2i(VPSHUFD, state, abcd, 0x1b);
        self.legacy(&[0x0f, 0x3a, 0xcc], state, t);
        self.asm.push(function);
        self.asm.v2i(VPSHUFD, dst, state, 0x1b);
        Ok(())
    }

    /// SHA1SU0: the middle of the first two operands, and both others, EORed.
    pub(super) fn sha1_schedule0(&mut self, [d, n, m]: [Ref; 3], dst: u8) -> Fit<()> {
        let (d, n) = (self.vec(d)?, self.vec(n)?);
        let t = self.temp_v()?;
        self.asm.v3i(VPALIGNR, t, n, d, 8);
        self.asm.v3(VPXOR, t, t, d);
        let m = self.rm(m)?;
        self.asm.v3(VPXOR, dst, t, m);
        Ok(())
    }

    /// SHA1SU1: EORed with the words above, and rotated; the uppermost word also with the lowest one.
    pub(super) fn sha1_schedule1(&mut self, d: Ref, n: Ref, dst: u8) -> Fit<()> {
        let n = self.vec(n)?;
        let (t, u) = (self.temp_v()?, self.temp_v()?);
        self.asm.vshift(VPSRLDQ, t, n, 4);
        let d = self.rm(d)?;
        self.asm.v3(VPXOR, t, t, d);
        self.asm.vshift(VPSRLD, u, t, 31);
        self.asm.v3(VPADDD, t, t, t);
        self.asm.v3(VPOR, t, t, u);
        // The lowest word, rotated once more, to the top.
        self.asm.vshift(VPSLLDQ, u, t, 12);
        let w = self.work(dst, &[t.into(), u.into()])?;
        self.asm.vshift(VPSRLD, w, u, 31);
        self.asm.v3(VPADDD, u, u, u);
        self.asm.v3(VPOR, u, u, w);
        self.asm.v3(VPXOR, dst, t, u);
        Ok(())
    }

    // ── SHA-256 ────────────────────────────────────────────────────────────────────────────────

    /// SHA256SU0.
    pub(super) fn sha256_schedule0(&mut self, d: Ref, n: Ref, dst: u8) -> Fit<()> {
        if !self.asm.features.sha {
            return Err(Unfit);
        }
        let n = self.vec(n)?;
        let t = self.work(dst, &[n.into()])?;
        self.compute_v(d, t)?;
        self.legacy(&[0x0f, 0x38, SHA256MSG1], t, n);
        self.mov_v(dst, t);
        Ok(())
    }

    /// SHA256SU1: the host's instruction wants the words of seven rounds ago added before.
    pub(super) fn sha256_schedule1(&mut self, [d, n, m]: [Ref; 3], dst: u8) -> Fit<()> {
        if !self.asm.features.sha {
            return Err(Unfit);
        }
        let n = self.rm(n)?;
        let m = self.vec(m)?;
        let t = self.temp_v()?;
        self.asm.v3i(VPALIGNR, t, m, n, 4);
        let d = self.rm(d)?;
        self.asm.v3(VPADDD, t, t, d);
        self.legacy(&[0x0f, 0x38, SHA256MSG2], t, m);
        self.mov_v(dst, t);
        Ok(())
    }

    /// SHA256H (`[abcd, efgh, schedule]`) and SHA256H2 (`[efgh, abcd, schedule]`), four rounds. The host
    /// does two at a time, on ABEF and CDGH from the top down; its schedule is in xmm0, which is the
    /// guest's V0.
    pub(super) fn sha256_rounds(&mut self, first: bool, [d, n, schedule]: [Ref; 3], dst: u8) -> Fit<()> {
        if !self.asm.features.sha {
            return Err(Unfit);
        }
        let (abcd, efgh) = if first { (d, n) } else { (n, d) };
        let (abef, cdgh, saved) = (self.temp_v()?, self.temp_v()?, self.temp_v()?);
        let schedule = self.rm(schedule)?;
        let (abcd, efgh) = (self.vec(abcd)?, self.rm(efgh)?);
        // Words from the bottom up: abcd and efgh give f e b a and h g d c.
        let t = saved;
        self.asm.v2i(VPSHUFD, t, efgh, 0xb1);
        self.asm.v2i(VPSHUFD, cdgh, abcd, 0xb1);
        self.asm.v3(VPUNPCKLQDQ, abef, t, cdgh);
        self.asm.v3(VPUNPCKHQDQ, cdgh, t, cdgh);
        self.mov_v(saved, 0);
        if schedule != Rm::Reg(0) {
            self.asm.v2(VMOVDQA, 0, schedule);
        }
        self.legacy(&[0x0f, 0x38, SHA256RNDS2], cdgh, abef);
        self.asm.v2i(VPSHUFD, 0, 0, 0x0e);
        self.legacy(&[0x0f, 0x38, SHA256RNDS2], abef, cdgh);
        self.mov_v(0, saved);
        // Now abef is f e b a and cdgh h g d c of the new state.
        if first {
            self.asm.v3(VPUNPCKHQDQ, abef, abef, cdgh);
        } else {
            self.asm.v3(VPUNPCKLQDQ, abef, abef, cdgh);
        }
        self.asm.v2i(VPSHUFD, dst, abef, 0xb1);
        Ok(())
    }

    /// An instruction of SHA-NI, which has no VEX form.
    fn legacy(&mut self, opcode: &[u8], reg: u8, rm: u8) {
        let rex = 0x40 | (reg >> 3) << 2 | rm >> 3;
        if rex != 0x40 {
            self.asm.push(rex);
        }
        self.asm.extend(opcode);
        self.asm.push(0xc0 | (reg & 7) << 3 | rm & 7);
    }
}
