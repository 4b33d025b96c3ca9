//! Saturating arithmetic, and FPSR.QC.
//!
//! QC is sticky and seldom read, so each operation ORs what tells that a lane saturated (bits that are
//! set if and only if one did) into a register that is the thread's own; on the way out QC is set if it is
//! not zero ([`Thread`]). That is one instruction. There is no such register without AVX-512, and then it is
//! 16 bytes of memory and three instructions, without a branch or a use of EFLAGS. The
//! operations of a unit take turns among a few such places, because each waits for the one
//! before it: in a loop each place is a dependency of its own.

use super::lanes::{ADD, EQUAL, GREATER, SMAX, SMIN, SUB, UMIN, signs};
use super::{Fit, Lower};
use crate::jit::asm::slot;
use crate::jit::entry::{QC_PLACES, Thread};
use crate::jit::ir::Ref;
use crate::jit::regs::QC_V;
use crate::jit::vex::*;
use crate::lift::Width;
use crate::value::bits::ones;
use crate::value::simd::{Esize, VecShift, splat};

impl Lower<'_> {
    /// Notes that a lane saturated if `bits` has any; the register is lost.
    pub(super) fn saturated(&mut self, bits: u8) {
        let turn = self.next_turn();
        if self.asm.features.avx512vl {
            let sticky = QC_V[turn % QC_V.len()];
            self.asm.v3(VPORQ, sticky, sticky, bits);
            return;
        }
        let place = slot(Thread::QC + 16 * (turn % QC_PLACES) as i32);
        self.asm.v3(VPOR, bits, bits, place);
        self.asm.store_vector(Width::Q, place, bits);
    }

    /// Notes that a lane saturated if two values differ; the first one's register is lost.
    pub(super) fn saturated_if_different(&mut self, bits: u8, other: u8) {
        if self.asm.features.avx512vl {
            // Destination OR (second EOR third).
            let sticky = QC_V[self.next_turn() % QC_V.len()];
            self.asm.v3i(VPTERNLOGQ, sticky, bits, other, 0xf6);
            return;
        }
        self.asm.v3(VPXOR, bits, bits, other);
        self.saturated(bits);
    }

    /// Notes that a lane saturated if `v` has any of these bits; `t` is lost.
    pub(super) fn saturated_in(&mut self, v: u8, bits: Rm, t: u8) {
        if self.asm.features.avx512vl {
            // Destination OR (second AND third).
            let sticky = QC_V[self.next_turn() % QC_V.len()];
            self.asm.v3i(VPTERNLOGQ, sticky, v, bits, 0xf8);
            return;
        }
        self.asm.v3(VPAND, t, v, bits);
        self.saturated(t);
    }

    fn next_turn(&mut self) -> usize {
        self.qc_turn = self.qc_turn.wrapping_add(1);
        self.qc_turn
    }

    /// SQADD, SQSUB: overflow if the sign of the result is not what the operands' signs allow; then the
    /// result is the extreme on the first operand's side.
    pub(super) fn saturating_sum(&mut self, es: Esize, sub: bool, a: Ref, b: Ref, dst: u8) -> Fit<()> {
        let wraps = if sub { SUB } else { ADD }[es as usize];
        let b = self.rm(b)?;
        let a = self.vec(a)?;
        let t = self.temp_v()?;
        if es <= Esize::H {
            let saturates = match (es, sub) {
                (Esize::B, false) => VPADDSB,
                (Esize::B, true) => VPSUBSB,
                (_, false) => VPADDSW,
                (_, true) => VPSUBSW,
            };
            self.asm.v3(wraps, t, a, b);
            self.asm.v3(saturates, dst, a, b);
            self.saturated_if_different(t, dst);
            return Ok(());
        }
        let (u, w) = (self.temp_v()?, self.work(dst, &[a.into(), b])?);
        self.asm.v3(wraps, t, a, b);
        // u: sign set where it overflows; w: the extreme.
        self.asm.v3(VPXOR, u, t, a);
        self.asm.v3(VPXOR, w, if sub { a } else { t }, b);
        self.asm.v3(VPAND, u, u, w);
        let blend = if es == Esize::S {
            self.asm.vshift(VPSRAD, w, a, 31);
            VBLENDVPS
        } else {
            self.asm.vzero(w);
            self.asm.v3(VPCMPGTQ, w, w, a);
            VBLENDVPD
        };
        self.asm.v3(VPXOR, w, w, Rm::Const(!signs(es)));
        self.asm.vblendv(blend, w, t, w, u);
        self.saturated_if_different(t, w);
        self.mov_v(dst, w);
        Ok(())
    }

    /// UQADD, UQSUB.
    pub(super) fn saturating_unsigned_sum(&mut self, es: Esize, sub: bool, a: Ref, b: Ref, dst: u8) -> Fit<()> {
        let wraps = if sub { SUB } else { ADD }[es as usize];
        if es <= Esize::H {
            let saturates = match (es, sub) {
                (Esize::B, false) => VPADDUSB,
                (Esize::B, true) => VPSUBUSB,
                (_, false) => VPADDUSW,
                (_, true) => VPSUBUSW,
            };
            let b = self.rm(b)?;
            let a = self.vec(a)?;
            let t = self.temp_v()?;
            self.asm.v3(wraps, t, a, b);
            self.asm.v3(saturates, dst, a, b);
            self.saturated_if_different(t, dst);
            return Ok(());
        }
        let (b, a) = (self.vec(b)?, self.vec(a)?);
        let (t, u) = (self.temp_v()?, self.temp_v()?);
        match (es, sub) {
            (Esize::S, true) => {
                self.asm.v3(VPMAXUD, t, a, b);
                self.asm.v3(VPXOR, u, t, a);
                self.asm.v3(VPSUBD, dst, t, b);
            }
            (Esize::S, false) => {
                // At most as much as there is room for.
                self.asm.vones(t);
                self.asm.v3(VPXOR, t, t, a);
                self.asm.v3(VPMINUD, t, t, b);
                self.asm.v3(VPXOR, u, t, b);
                self.asm.v3(VPADDD, dst, a, t);
            }
            _ => {
                // A sum below an operand, or a difference of a smaller one, has wrapped.
                self.asm.v3(wraps, t, a, b);
                self.asm.v3(VPXOR, u, a, Rm::Const(signs(es)));
                let (other, w) = (if sub { b } else { t }, self.work(dst, &[t.into(), a.into(), b.into()])?);
                self.asm.v3(VPXOR, w, other, Rm::Const(signs(es)));
                if sub {
                    self.asm.v3(VPCMPGTQ, u, w, u);
                    self.asm.v3(VPANDN, dst, u, t);
                } else {
                    self.asm.v3(VPCMPGTQ, u, u, w);
                    self.asm.v3(VPOR, dst, u, t);
                }
            }
        }
        self.saturated(u);
        Ok(())
    }

    /// SUQADD: with the top bit flipped a signed lane is an unsigned one, whose greatest number is the
    /// signed one's.
    pub(super) fn saturating_sum_of_unsigned(&mut self, es: Esize, a: Ref, b: Ref, dst: u8) -> Fit<()> {
        let (b, a) = (self.vec(b)?, self.vec(a)?);
        let (t, u) = (self.flip(es, a)?, self.temp_v()?);
        match es {
            Esize::B | Esize::H => {
                self.asm.v3(ADD[es as usize], u, t, b);
                self.asm.v3(if es == Esize::B { VPADDUSB } else { VPADDUSW }, t, t, b);
                self.saturated_if_different(u, t);
            }
            Esize::S => {
                // At most as much as there is room for.
                let room = self.temp_v()?;
                self.asm.vones(room);
                self.asm.v3(VPXOR, room, room, t);
                self.asm.v3(VPMINUD, room, room, b);
                self.asm.v3(VPADDD, t, t, room);
                self.saturated_if_different(room, b);
            }
            Esize::D => {
                // A sum below an operand has wrapped.
                self.asm.v3(VPADDQ, u, a, b);
                self.asm.v3(VPADDQ, t, t, b);
                self.asm.v3(VPCMPGTQ, u, a, u);
                self.asm.v3(VPOR, t, t, u);
                self.saturated(u);
            }
        }
        self.asm.v3(VPXOR, dst, t, Rm::Const(signs(es)));
        Ok(())
    }

    /// USQADD: what is positive of the second operand is added, what is negative subtracted.
    pub(super) fn saturating_sum_of_signed(&mut self, es: Esize, a: Ref, b: Ref, dst: u8) -> Fit<()> {
        let (b, a) = (self.vec(b)?, self.vec(a)?);
        let (negative, t, u) = (self.temp_v()?, self.temp_v()?, self.temp_v()?);
        self.asm.vzero(negative);
        self.asm.v3(GREATER[es as usize], negative, negative, b);
        if es == Esize::D {
            let (sum, w) = (t, self.temp_v()?);
            self.asm.v3(VPADDQ, sum, a, b);
            self.asm.v3(VPXOR, u, sum, Rm::Const(signs(es)));
            self.asm.v3(VPXOR, w, a, Rm::Const(signs(es)));
            // Wrapped if less than before where something was added, or more where it was subtracted.
            let less = self.temp_v()?;
            self.asm.v3(VPCMPGTQ, less, w, u);
            self.asm.v3(VPCMPGTQ, u, u, w);
            self.asm.v3(VPANDN, less, negative, less);
            self.asm.v3(VPAND, u, u, negative);
            self.asm.v3(VPOR, w, sum, less);
            self.asm.v3(VPANDN, dst, u, w);
            self.asm.v3(VPOR, u, u, less);
            self.saturated(u);
            return Ok(());
        }
        self.asm.v3(VPANDN, t, negative, b);
        self.asm.vzero(u);
        self.asm.v3(SUB[es as usize], u, u, b);
        self.asm.v3(VPAND, negative, negative, u);
        let (add, subtract) = match es {
            Esize::B => (VPADDUSB, VPSUBUSB),
            _ => (VPADDUSW, VPSUBUSW),
        };
        if es == Esize::S {
            self.asm.vones(u);
            self.asm.v3(VPXOR, u, u, a);
            self.asm.v3(VPMINUD, t, t, u);
            self.asm.v3(VPADDD, t, t, a);
            self.asm.v3(VPMAXUD, t, t, negative);
            self.asm.v3(VPSUBD, t, t, negative);
        } else {
            self.asm.v3(add, t, t, a);
            self.asm.v3(subtract, t, t, negative);
        }
        self.asm.v3(ADD[es as usize], u, a, b);
        self.saturated_if_different(u, t);
        self.mov_v(dst, t);
        Ok(())
    }

    /// SQABS, SQNEG: only the lowest number saturates, to the number that has all its bits inverted.
    pub(super) fn saturating_sign(&mut self, es: Esize, absolute: bool, a: Ref, dst: u8) -> Fit<()> {
        let a = self.vec(a)?;
        let lowest = self.temp_v()?;
        self.asm.v3(EQUAL[es as usize], lowest, a, Rm::Const(signs(es)));
        let t = self.work(dst, &[a.into()])?;
        if absolute {
            self.absolute(es, a, t)?;
        } else {
            self.asm.vzero(t);
            self.asm.v3(SUB[es as usize], t, t, a);
        }
        self.asm.v3(VPXOR, dst, t, lowest);
        self.saturated(lowest);
        Ok(())
    }

    /// SQSHL, UQSHL, SQSHLU by an immediate: the lane is first cut to what can be shifted; where that
    /// cut it from above, ones are shifted in.
    pub(super) fn saturating_shift(&mut self, op: VecShift, es: Esize, a: u8, n: u8, dst: u8) -> Fit<()> {
        let size = es as usize;
        let compares = es == Esize::D && !self.asm.features.avx512vl;
        let top = ones(es.bits()) >> 1;
        let (cut, over, diff) = (self.temp_v()?, self.temp_v()?, self.temp_v()?);
        match op {
            VecShift::Uqshl if compares => {
                let (greatest, sign) = (u64::MAX >> n, 1 << 63);
                self.asm.v3(VPXOR, over, a, Rm::Const(splat(es, sign)));
                self.asm.v3(VPCMPGTQ, over, over, Rm::Const(splat(es, greatest ^ sign)));
                self.asm.vblendv(VBLENDVPD, cut, a, Rm::Const(splat(es, greatest)), over);
            }
            VecShift::Uqshl => {
                self.asm.v3(UMIN[size], cut, a, Rm::Const(splat(es, ones(es.bits()) >> n)));
                self.asm.v3(EQUAL[size], over, a, cut);
                self.asm.vones(diff);
                self.asm.v3(VPXOR, over, over, diff);
            }
            _ => {
                let unsigned = op == VecShift::Sqshlu;
                let greatest = if unsigned && n > 0 { ones(es.bits()) >> n } else { top >> n };
                let least = if unsigned { 0 } else { !(top >> n) };
                let (greatest, least) = (Rm::Const(splat(es, greatest)), Rm::Const(splat(es, least)));
                self.asm.v3(GREATER[size], over, a, greatest);
                if compares {
                    self.asm.vblendv(VBLENDVPD, cut, a, greatest, over);
                    self.asm.v2(VMOVDQA, diff, least);
                    self.asm.v3(VPCMPGTQ, diff, diff, cut);
                    self.asm.vblendv(VBLENDVPD, cut, cut, least, diff);
                } else {
                    self.asm.v3(SMIN[size], cut, a, greatest);
                    self.asm.v3(SMAX[size], cut, cut, least);
                }
            }
        }
        self.asm.v3(VPXOR, diff, cut, a);
        self.shift_left(es, cut, n, cut);
        self.asm.v3(VPAND, over, over, Rm::Const(splat(es, ones(n as u32))));
        self.asm.v3(VPOR, dst, cut, over);
        self.saturated(diff);
        Ok(())
    }
}
