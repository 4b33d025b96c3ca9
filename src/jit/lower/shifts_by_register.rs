//! Shifts of lanes by a register: each by the signed low byte of the other operand's lane, to the right
//! where that is negative.

use super::lanes::{ADD, EQUAL, SUB};
use super::shifts::table;
use super::{Fit, Lower};
use crate::jit::ir::Ref;
use crate::jit::vex::*;
use crate::value::simd::{Esize, Vec2, splat};

/// What kind of shift it is.
#[derive(Clone, Copy)]
struct Kind {
    signed: bool,
    rounds: bool,
    saturates: bool,
}

impl Lower<'_> {
    /// SSHL, USHL, SRSHL, URSHL, and with saturation SQSHL, UQSHL, SQRSHL, UQRSHL.
    pub(super) fn shift_by_register(&mut self, op: Vec2, es: Esize, a: Ref, b: Ref, dst: u8) -> Fit<()> {
        use Vec2::*;
        let kind = Kind {
            signed: matches!(op, Sshl | Srshl | Sqshl | Sqrshl),
            rounds: matches!(op, Srshl | Urshl | Sqrshl | Uqrshl),
            saturates: matches!(op, Sqshl | Uqshl | Sqrshl | Uqrshl),
        };
        match es {
            Esize::B if !kind.saturates => self.truncating_shift_of_bytes(kind, a, b, dst),
            Esize::H if !kind.saturates && self.asm.features.avx512vl => self.truncating_shift(kind, es, a, b, dst),
            Esize::B | Esize::H => self.shift_in_words(kind, es, a, b, dst),
            Esize::S | Esize::D if kind.saturates => self.saturating_shift_by_register(kind, es, a, b, dst),
            Esize::S | Esize::D => self.truncating_shift(kind, es, a, b, dst),
        }
    }

    /// Without saturation. The count is a signed byte: taken as an unsigned one it shifts a lane
    /// out where it is negative, and so does its negation where it is positive. So an unsigned lane
    /// is the OR of both shifts; a signed one, whose right shift leaves the sign, is chosen by the
    /// count's.
    fn truncating_shift(&mut self, kind: Kind, es: Esize, a: Ref, b: Ref, dst: u8) -> Fit<()> {
        let Kind { signed, rounds, .. } = kind;
        let (left, right, arithmetic) = match es {
            Esize::B | Esize::H => (VPSLLVW, VPSRLVW, VPSRAVW),
            Esize::S => (VPSLLVD, VPSRLVD, VPSRAVD),
            Esize::D => (VPSLLVQ, VPSRLVQ, VPSRAVQ),
        };
        let (b, a) = (self.vec(b)?, self.vec(a)?);
        let byte = Rm::Const(splat(es, 0xff));
        let (n, down) = (self.temp_v()?, self.temp_v()?);
        self.asm.vzero(n);
        self.asm.v3(SUB[es as usize], n, n, b);
        self.asm.v3(VPAND, n, n, byte);
        let right = if signed { arithmetic } else { right };
        self.shift_down(right, down, a, n)?;
        if rounds {
            // Plus the last bit shifted out.
            let but_one = n;
            self.asm.v3(SUB[es as usize], but_one, n, Rm::Const(splat(es, 1)));
            self.shift_down(right, but_one, a, but_one)?;
            self.asm.v3(VPAND, but_one, but_one, Rm::Const(splat(es, 1)));
            self.asm.v3(ADD[es as usize], down, down, but_one);
        }
        let up = n;
        self.asm.v3(VPAND, up, b, byte);
        self.asm.v3(left, up, a, up);
        if !signed {
            self.asm.v3(VPOR, dst, up, down);
            return Ok(());
        }
        let sign = self.work(dst, &[b.into(), up.into(), down.into()])?;
        match es {
            Esize::H => {
                self.asm.vshift(VPSLLW, sign, b, 8);
                self.asm.vshift(VPSRAW, sign, sign, 15);
                self.asm.vblendv(VPBLENDVB, dst, up, down, sign);
            }
            Esize::S => {
                self.asm.vshift(VPSLLD, sign, b, 24);
                self.asm.vblendv(VBLENDVPS, dst, up, down, sign);
            }
            _ => {
                self.asm.vshift(VPSLLQ, sign, b, 56);
                self.asm.vblendv(VBLENDVPD, dst, up, down, sign);
            }
        }
        Ok(())
    }

    /// A shift to the right by a vector; VPSRAVQ only exists with AVX-512, and without it the bits are inverted
    /// before and after it where they are negative.
    fn shift_down(&mut self, op: Vex, dst: u8, a: u8, n: u8) -> Fit<()> {
        if op != VPSRAVQ || self.asm.features.avx512vl {
            self.asm.v3(op, dst, a, n);
            return Ok(());
        }
        let [sign, t] = self.temps_v()?;
        self.asm.vzero(sign);
        self.asm.v3(VPCMPGTQ, sign, sign, a);
        self.asm.v3(VPXOR, t, a, sign);
        self.asm.v3(VPSRLVQ, t, t, n);
        self.asm.v3(VPXOR, dst, t, sign);
        self.busy_v &= !(1 << sign | 1 << t);
        Ok(())
    }

    /// Bytes, without saturation: as words, multiplied by two to the power of 8 + count, which tables give as
    /// two bytes; the upper byte of the product is the result. Counts beyond 7 find no power, nor do
    /// those below -8, which leave a signed lane its sign and are therefore cut to -8.
    fn truncating_shift_of_bytes(&mut self, kind: Kind, a: Ref, b: Ref, dst: u8) -> Fit<()> {
        let Kind { signed, rounds, .. } = kind;
        let powers = |from: usize| {
            table(std::array::from_fn(|n| if (from..from + 8).contains(&n) { 1 << (n - from) } else { 0 }))
        };
        let (b, a) = (self.vec(b)?, self.vec(a)?);
        let (low, high, t) = (self.temp_v()?, self.temp_v()?, self.temp_v()?);
        let from = if signed {
            self.asm.v3(VPMAXSB, t, b, Rm::Const(splat(Esize::B, 0xf8)));
            t
        } else {
            b
        };
        self.asm.v3(VPADDB, t, from, Rm::Const(splat(Esize::B, 8)));
        self.asm.v3(VPADDUSB, t, t, Rm::Const(splat(Esize::B, 0x70)));
        self.asm.v2(VMOVDQA, low, Rm::Const(powers(0)));
        self.asm.v3(VPSHUFB, low, low, t);
        self.asm.v2(VMOVDQA, high, Rm::Const(powers(8)));
        self.asm.v3(VPSHUFB, high, high, t);
        self.asm.v3(VPUNPCKLBW, t, low, high);
        self.asm.v3(VPUNPCKHBW, low, low, high);
        // The lanes as words.
        if signed {
            self.asm.v2(VPMOVSXBW, high, a);
            self.asm.v3(VPMULLW, t, t, high);
            self.asm.v3(VPUNPCKHBW, high, a, a);
            self.asm.vshift(VPSRAW, high, high, 8);
        } else {
            self.asm.v2(VPMOVZXBW, high, a);
            self.asm.v3(VPMULLW, t, t, high);
            self.asm.v3(VPUNPCKHBW, high, a, a);
            self.asm.vshift(VPSRLW, high, high, 8);
        }
        self.asm.v3(VPMULLW, low, low, high);
        if rounds {
            // Half of the last place; what is shifted left has nothing there.
            self.asm.v3(VPADDW, t, t, Rm::Const(splat(Esize::H, 0x80)));
            self.asm.v3(VPADDW, low, low, Rm::Const(splat(Esize::H, 0x80)));
        }
        self.asm.vshift(VPSRLW, t, t, 8);
        self.asm.vshift(VPSRLW, low, low, 8);
        self.asm.v3(VPACKUSWB, dst, t, low);
        Ok(())
    }

    /// Bytes and halfwords, each at the top of a word: what it leaves to the left is lost or saturates as in
    /// a word, and what it leaves to the right is in the word still, for the rounding.
    fn shift_in_words(&mut self, kind: Kind, es: Esize, a: Ref, b: Ref, dst: u8) -> Fit<()> {
        let Kind { signed, rounds, saturates } = kind;
        let bits = es.bits() as u8;
        let (b, a) = (self.rm(b)?, self.rm(a)?);
        let (x, n, up, t, u) = (self.temp_v()?, self.temp_v()?, self.temp_v()?, self.temp_v()?, self.temp_v()?);
        let mut done = [x; 2];
        let down = if signed { VPSRAVD } else { VPSRLVD };
        for part in 0..32 / bits {
            let words = if part % 2 == 0 { VPUNPCKLWD } else { VPUNPCKHWD };
            let halfwords = if part < 2 { VPUNPCKLBW } else { VPUNPCKHBW };
            self.asm.vzero(x);
            self.asm.v2(VMOVDQA, n, b);
            if es == Esize::B {
                self.asm.vzero(t);
                self.asm.v3(halfwords, x, x, a);
                self.asm.v3(words, x, t, x);
                self.asm.v3(halfwords, n, n, n);
                self.asm.v3(words, n, n, n);
            } else {
                self.asm.v3(words, x, x, a);
                self.asm.v3(words, n, n, n);
                self.asm.vshift(VPSLLD, n, n, 8);
            }
            self.asm.vshift(VPSRAD, n, n, 24);
            self.asm.v3(VPSLLVD, up, x, n);
            if saturates {
                self.saturate_shifted(kind, Esize::S, x, n, [up, t, u])?;
            }
            self.asm.vzero(t);
            self.asm.v3(VPSUBD, t, t, n);
            self.asm.v3(down, t, x, t);
            if rounds {
                self.asm.v3(VPADDD, t, t, Rm::Const(splat(Esize::S, 1 << (31 - bits))));
            }
            self.asm.vblendv(VBLENDVPS, x, up, t, n);
            self.asm.vshift(if signed { VPSRAD } else { VPSRLD }, x, x, 32 - bits);
            let place = &mut done[(part / 2) as usize];
            if part % 2 == 0 {
                *place = self.temp_v()?;
                self.asm.v2(VMOVDQA, *place, x);
            } else {
                let pack = if es == Esize::B || signed { VPACKSSDW } else { VPACKUSDW };
                self.asm.v3(pack, *place, *place, x);
            }
        }
        if es == Esize::B {
            self.asm.v3(if signed { VPACKSSWB } else { VPACKUSWB }, dst, done[0], done[1]);
        } else {
            self.mov_v(dst, done[0]);
        }
        Ok(())
    }

    /// Words and doublewords with saturation.
    fn saturating_shift_by_register(&mut self, kind: Kind, es: Esize, a: Ref, b: Ref, dst: u8) -> Fit<()> {
        let (left, logical, arithmetic, blend) = match es {
            Esize::D => (VPSLLVQ, VPSRLVQ, VPSRAVQ, VBLENDVPD),
            _ => (VPSLLVD, VPSRLVD, VPSRAVD, VBLENDVPS),
        };
        let down = if kind.signed { arithmetic } else { logical };
        let one = Rm::Const(splat(es, 1));
        let (b, a) = (self.vec(b)?, self.vec(a)?);
        let (n, up, t, u) = (self.temp_v()?, self.temp_v()?, self.temp_v()?, self.temp_v()?);
        self.shift_left(es, b, es.bits() as u8 - 8, n);
        self.shift_right_signed(es, n, es.bits() as u8 - 8, n)?;
        self.asm.v3(left, up, a, n);
        self.saturate_shifted(kind, es, a, n, [up, t, u])?;
        self.asm.vzero(u);
        self.asm.v3(SUB[es as usize], u, u, n);
        if kind.rounds {
            // Plus the last bit shifted out.
            self.asm.v3(SUB[es as usize], u, u, one);
            self.shift_down(down, u, a, u)?;
            self.asm.v3(VPAND, t, u, one);
            if kind.signed {
                self.shift_right_signed(es, u, 1, u)?;
            } else {
                self.shift_right(es, u, 1, u);
            }
            self.asm.v3(ADD[es as usize], u, u, t);
        } else {
            self.shift_down(down, u, a, u)?;
        }
        self.asm.vblendv(blend, dst, up, u, n);
        Ok(())
    }

    /// Saturates `up`, which is `x` shifted left by `n` where `n` is not negative, and notes that.
    fn saturate_shifted(&mut self, kind: Kind, es: Esize, x: u8, n: u8, [up, t, fits]: [u8; 3]) -> Fit<()> {
        let (logical, arithmetic) = match es {
            Esize::D => (VPSRLVQ, VPSRAVQ),
            _ => (VPSRLVD, VPSRAVD),
        };
        let top = es.bits() as u8 - 1;
        self.shift_down(if kind.signed { arithmetic } else { logical }, fits, up, n)?;
        self.asm.v3(EQUAL[es as usize], fits, fits, x);
        self.shift_right_signed(es, n, top, t)?;
        self.asm.v3(VPOR, fits, fits, t);
        if kind.signed {
            self.shift_right_signed(es, x, top, t)?;
            self.asm.v3(VPXOR, t, t, Rm::Const(splat(es, u64::MAX >> 1 >> (63 - top))));
        } else {
            self.asm.vones(t);
        }
        self.asm.vblendv(VPBLENDVB, up, t, up, fits);
        self.asm.vones(t);
        self.saturated_if_different(fits, t);
        Ok(())
    }
}
