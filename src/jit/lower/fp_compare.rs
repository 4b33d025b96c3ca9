//! FCMP, FCCMP and FCSEL.
//!
//! A comparison becomes `ucomis`, or `comis` where quiet NaNs are invalid, and its flags stay in EFLAGS
//! as that instruction leaves them ([`Host::Compared`]): a branch, select or set behind it reads them
//! there. Each of Arm's conditions is one of x86-64's, some with a word about PF, which says
//! "unordered"; whether there is such a word depends on which operand comes first, so the conditions
//! that are read decide that. They also choose which outcome of a comparison stands for the flags that
//! FCCMP sets when it does not compare.

use super::flags::Host;
use super::{Context, Fit, Lower};
use crate::cpu::{Cond, Nzcv};
use crate::jit::asm::{Alu, Cc, slot};
use crate::jit::ir::{Effect, Ref};
use crate::jit::regs::{Operand, RAX};
use crate::jit::vex::*;
use crate::lift::Width;
use crate::value::fp::op::{FpType, Shape};
use crate::value::int::Size;
use dynasmrt::dynasm;

/// What a condition after a comparison says about "unordered".
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Parity {
    /// Nothing.
    Ignored,
    /// It holds only if ordered.
    Ordered,
    /// It holds if unordered, too.
    OrUnordered,
}

/// A condition on EFLAGS.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Test {
    /// The host's condition …
    pub cc: Cc,
    /// … and what PF has to do with it.
    pub parity: Parity,
}

impl From<Cc> for Test {
    fn from(cc: Cc) -> Test {
        Test { cc, parity: Parity::Ignored }
    }
}

impl Test {
    /// The opposite.
    pub fn negate(self) -> Test {
        let parity = match self.parity {
            Parity::Ignored => Parity::Ignored,
            Parity::Ordered => Parity::OrUnordered,
            Parity::OrUnordered => Parity::Ordered,
        };
        Test { cc: self.cc.negate(), parity }
    }

    /// An Arm condition after a comparison of `a` with `b`, or of `b` with `a` if `swapped`. Less is N,
    /// equal ZC, greater C, unordered CV on Arm; CF, ZF, none, and CF ZF PF on x86-64.
    pub fn of(cond: Cond, swapped: bool) -> Test {
        let (cc, parity) = match (cond.0 >> 1, swapped) {
            // EQ
            (0, _) => (Cc::E, Parity::Ordered),
            // CS: not less
            (1, false) => (Cc::AE, Parity::OrUnordered),
            (1, true) => (Cc::BE, Parity::Ignored),
            // MI: less
            (2, false) => (Cc::B, Parity::Ordered),
            (2, true) => (Cc::A, Parity::Ignored),
            // VS: unordered
            (3, _) => (Cc::P, Parity::Ignored),
            // HI: greater or unordered
            (4, false) => (Cc::A, Parity::OrUnordered),
            (4, true) => (Cc::B, Parity::Ignored),
            // GE
            (5, false) => (Cc::AE, Parity::Ignored),
            (5, true) => (Cc::BE, Parity::Ordered),
            // GT
            (_, false) => (Cc::A, Parity::Ignored),
            (_, true) => (Cc::B, Parity::Ordered),
        };
        let test = Test { cc, parity };
        if cond.0 & 1 != 0 { test.negate() } else { test }
    }
}

/// Flags that a comparison can have as its result, NZCV in bits 3 to 0, and what `lahf` gives for them.
const OUTCOMES: [(u8, u8); 4] = [(0b1000, LESS), (0b0110, EQUAL), (0b0010, GREATER), (0b0011, UNORDERED)];
const GREATER: u8 = 0x02;
const LESS: u8 = 0x03;
const EQUAL: u8 = 0x42;
const UNORDERED: u8 = 0x47;

/// By what `lahf` gives behind a comparison: the flags as the state keeps them ([`super::flags`]). The
/// second row is for swapped operands.
pub const SAVED: [[u16; 0x48]; 2] = {
    let mut table = [[0; 0x48]; 2];
    let mut i = 0;
    while i < OUTCOMES.len() {
        let (nzcv, ah) = OUTCOMES[i];
        let nzcv = nzcv as u16;
        let saved = (nzcv >> 3 << 7 | (nzcv >> 2 & 1) << 6 | (nzcv >> 1 & 1 ^ 1)) << 8 | nzcv & 1;
        table[0][ah as usize] = saved;
        table[1][swap(ah) as usize] = saved;
        i += 1;
    }
    table
};

/// What `lahf` gives for the operands exchanged.
const fn swap(ah: u8) -> u8 {
    match ah {
        LESS => GREATER,
        GREATER => LESS,
        same => same,
    }
}

impl Lower<'_> {
    /// FCMP, FCMPE. Even if nobody reads the flags: it may be invalid.
    /// `nans`: whether quiet ones are invalid, and whether that must not trap because it happens often.
    pub(super) fn fp_compare(&mut self, c: Context, ty: FpType, nans: (bool, bool), a: Ref, b: Ref) -> Fit<()> {
        let swapped = self.prefers_swapped(c);
        let (first, last) = self.fp_compared(ty, swapped, a, b)?;
        let (signal_nans, careful) = nans;
        self.fp_compare_on(ty, signal_nans && !careful, first, last);
        if signal_nans && careful {
            let ordered = self.asm.skip(Cc::P.negate());
            self.fp_invalid();
            self.fp_compare_on(ty, false, first, last);
            self.asm.land(ordered);
        }
        self.flags_set(c, Host::Compared { swapped });
        Ok(())
    }

    /// Operands of a comparison, which leave EFLAGS alone.
    fn fp_compared(&mut self, ty: FpType, swapped: bool, a: Ref, b: Ref) -> Fit<(u8, Operand)> {
        let (a, b) = if swapped { (b, a) } else { (a, b) };
        if ty == FpType::H {
            let (a, b) = (self.operand_v(a)?, self.operand_v(b)?);
            let first = self.half_widened(Shape::Scalar, a, false)?;
            return Ok((first, Operand::Reg(self.half_widened(Shape::Scalar, b, false)?)));
        }
        let (first, _) = self.fp_first(ty, Shape::Scalar, a)?;
        Ok((first, self.fp_last(Shape::Scalar, b)?))
    }

    /// What a comparison has left in EFLAGS, once more.
    pub(super) fn fp_compare_again(&mut self, ty: FpType, signal_nans: bool, a: Ref, b: Ref) -> Fit<Host> {
        let (first, last) = self.fp_compared(ty, false, a, b)?;
        self.fp_compare_on(ty, signal_nans, first, last);
        Ok(Host::Compared { swapped: false })
    }

    fn fp_compare_on(&mut self, ty: FpType, signal_nans: bool, first: u8, last: Operand) {
        let op = if signal_nans { VCOMISS } else { VUCOMISS };
        self.asm.v2(op.double(ty == FpType::D), first, last);
    }

    /// Whether fewer of the conditions that are read behind this look at PF with the operands exchanged.
    fn prefers_swapped(&self, c: Context) -> bool {
        let cost = |swapped| {
            let conditions = c.wanted_out.conditions.each().into_iter().flatten();
            conditions.filter(|&cond| Test::of(cond, swapped).parity != Parity::Ignored).count()
        };
        cost(true) < cost(false)
    }

    /// The outcome of a comparison that looks like these flags to all who read them, as `lahf` gives it.
    fn outcome_like(c: Context, imm: u8) -> Option<u8> {
        let holds = |nzcv: u8, cond| Nzcv::from_imm4(u32::from(nzcv)).holds(cond);
        let is_shown = c.wanted_out.whole || c.wanted_out.shown;
        let alike = |nzcv: u8| match c.wanted_out.conditions.each().filter(|_| !is_shown) {
            Some(mut conditions) => conditions.all(|cond| holds(nzcv, cond) == holds(imm, cond)),
            None => nzcv == imm,
        };
        OUTCOMES.iter().find(|&&(nzcv, _)| alike(nzcv)).map(|&(_, ah)| ah)
    }

    /// FCCMP, FCCMPE.
    #[allow(clippy::too_many_arguments)]
    pub(super) fn fp_cond_compare(
        &mut self,
        c: Context,
        cond: Ref,
        ty: FpType,
        signal_nans: bool,
        a: Ref,
        b: Ref,
        imm: u8,
    ) -> Fit<()> {
        let swapped = self.prefers_swapped(c);
        // Operands first, so that both ways leave the same registers behind.
        let (first, last) = self.fp_compared(ty, swapped, a, b)?;
        // The old flags are not wanted behind this.
        let test = self.test(cond)?;
        let otherwise = self.skip_unless(test);
        self.fp_compare_on(ty, signal_nans, first, last);
        self.flags = super::Flags { host: Host::Compared { swapped }, ..super::Flags::LOST };
        let outcome = Self::outcome_like(c, imm);
        if outcome.is_none() {
            self.want(Host::Carry)?;
        }
        let host = self.flags.host;
        let done = self.asm.skip_always();
        otherwise.into_iter().flatten().for_each(|skip| self.asm.land(skip));
        self.temp_at(RAX)?;
        match outcome {
            Some(ah) => {
                self.asm.mov_imm(RAX, (if swapped { swap(ah) } else { ah } as u64) << 8);
                dynasm!(self.asm ; .arch x64 ; sahf);
            }
            None => self.constant_flags(imm),
        }
        self.asm.land(done);
        self.flags_set(c, host);
        self.flags.alike = outcome.is_some_and(|ah| !OUTCOMES.contains(&(imm, ah)));
        self.note_flags();
        Ok(())
    }

    /// Jumps over what comes next unless the condition holds.
    fn skip_unless(&mut self, test: Test) -> [Option<usize>; 2] {
        match test.parity {
            Parity::Ignored => [Some(self.asm.skip(test.cc.negate())), None],
            Parity::Ordered => [Some(self.asm.skip(Cc::P)), Some(self.asm.skip(test.cc.negate()))],
            Parity::OrUnordered => {
                let unordered = self.asm.skip(Cc::P);
                let otherwise = self.asm.skip(test.cc.negate());
                self.asm.land(unordered);
                [Some(otherwise), None]
            }
        }
    }

    /// The low bits of one of two vectors (FCSEL), by way of a conditional move: what a comparison of
    /// numbers decides is hard to predict.
    pub(super) fn fp_select(&mut self, c: Ref, a: Ref, b: Ref, bits: u8, dst: u8) -> Fit<()> {
        let sz = if bits == 64 { Size::X } else { Size::W };
        let chosen = self.temp()?;
        self.fp_low(sz, b, chosen)?;
        let a = match self.leaf_v(a) {
            Some(slot @ Operand::Slot(_)) => slot,
            _ => {
                let t = self.temp()?;
                self.fp_low(sz, a, t)?;
                Operand::Reg(t)
            }
        };
        let test = self.test(c)?;
        self.choose(test, sz, chosen, a, Operand::Reg(chosen))?;
        self.asm.v2(VMOVD.wide(bits == 64), dst, chosen);
        Ok(())
    }

    /// A vector's low bits in a general-purpose register.
    fn fp_low(&mut self, sz: Size, v: Ref, dst: u8) -> Fit<()> {
        match self.operand_v(v)? {
            Operand::Slot(disp) if sz == Size::X => self.asm.load_slot(dst, disp),
            Operand::Slot(disp) => self.asm.load(Width::S, dst, slot(disp)),
            last => {
                if let Operand::Reg(v) = last {
                    self.asm.v2(VMOVD_OUT.wide(sz == Size::X), v, dst);
                }
            }
        }
        Ok(())
    }

    /// FJCVTZS: the host's conversion, where the number fits 32 bits (otherwise it traps); Z if it gives
    /// the same number back, which -0 does not.
    pub(super) fn eval_fp_to_int_js(&mut self, c: Context, r: Ref, a: Ref, _: &[Effect]) -> Fit<()> {
        let (number, integer) = (self.temp()?, self.temp()?);
        self.fp_low(Size::X, a, number)?;
        let (back, a) = (self.zero_v()?, self.fp_last(Shape::Scalar, a)?);
        self.asm.v2(VCVTTSD2SI, integer, a);
        self.held |= 1 << integer;
        self.place(r, integer);
        if Self::needs_flags(c) {
            let t = self.temp()?;
            self.asm.v3(VCVTSI2SD, back, back, integer);
            self.asm.v2(VMOVD_OUT.wide(true), back, t);
            self.asm.alu(Alu::Cmp, Size::X, t, Operand::Reg(number));
            self.asm.set(Cc::NE, t);
            // Z; neither N nor C nor V.
            self.asm.alu(Alu::Test, Size::W, t, Operand::Reg(t));
        }
        self.flags_set(c, if Self::needs_flags(c) { Host::Carry } else { Host::None });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether x86-64's condition holds for these CF, ZF, PF.
    fn holds(test: Test, ah: u8) -> bool {
        let (cf, pf, zf) = (ah & 1 != 0, ah & 4 != 0, ah & 0x40 != 0);
        let plain = match test.cc.0 >> 1 {
            1 => cf,
            2 => zf,
            3 => cf || zf,
            5 => pf,
            _ => unreachable!(),
        } ^ (test.cc.0 & 1 != 0);
        match test.parity {
            Parity::Ignored => plain,
            Parity::Ordered => plain && !pf,
            Parity::OrUnordered => plain || pf,
        }
    }

    #[test]
    fn every_condition_holds_for_the_same_outcomes_as_on_arm() {
        for (nzcv, ah) in OUTCOMES {
            for cond in 0..14 {
                let arm = Nzcv::from_imm4(nzcv as u32).holds(Cond(cond));
                assert_eq!(holds(Test::of(Cond(cond), false), ah), arm, "{cond} {nzcv:04b}");
                assert_eq!(holds(Test::of(Cond(cond), true), swap(ah)), arm, "{cond} {nzcv:04b} swapped");
            }
        }
    }
}
