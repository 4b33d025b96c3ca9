//! NZCV in the host's EFLAGS.
//!
//! An Arm instruction that sets flags becomes an x86-64 one that does; its flags stay in EFLAGS
//! until a consumer reads them or something clobbers them. Only then, and only if a later
//! instruction wants them, are they saved, in the form that `lahf` and `seto` give ([`Thread`]'s
//! `flags`): two instructions and a store, and three back. N, Z and V are SF, ZF and OF. C after a
//! subtraction, and where they are saved, is the inverse of CF (a borrow), otherwise CF itself.

use super::branch::Bring;
use super::fp_compare::{Parity, SAVED, Test};
use super::{Context, Fit, Lower, Unfit};
use crate::cpu::Cond;
use crate::jit::again::{Again, Source as Made};
use crate::jit::asm::{Alu, Cc, slot};
use crate::jit::entry::Thread;
use crate::jit::ir::{Effect, Node, Ref, Registers, Wanted};
use crate::jit::regs::{Mem, Operand, RAX, STATE};
use crate::lift::Width;
use crate::value::int::{Int2, Size};
use dynasmrt::{DynasmApi, dynasm};

/// What EFLAGS hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Host {
    /// Nothing of the guest's.
    None,
    /// NZCV, CF being the inverse of C.
    Borrow,
    /// NZCV, CF being C.
    Carry,
    /// A comparison of floating-point numbers, as `ucomis` leaves it ([`super::fp_compare`]).
    Compared {
        /// Its operands were exchanged.
        swapped: bool,
    },
}

/// Where NZCV is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Flags {
    /// In EFLAGS.
    pub host: Host,
    /// In the thread's state.
    pub saved: bool,
    /// The state has them, or names the instruction whose registers they can be computed from.
    pub named: bool,
    /// In registers, from which they can be computed again.
    pub again: Option<Again>,
    /// They only look like the guest's to all who read them.
    pub alike: bool,
}

impl Flags {
    /// As units expect them on entry.
    pub const SAVED: Flags = Flags { saved: true, ..Flags::LOST };
    /// Where they are only shown.
    pub const NAMED: Flags = Flags { named: true, ..Flags::LOST };
    /// Nowhere: they are neither read nor shown any more.
    pub const LOST: Flags = Flags { host: Host::None, saved: false, named: false, again: None, alike: false };

    /// As they are where ways have brought them.
    pub fn brought(bring: Bring) -> Flags {
        match bring {
            Bring::Nothing => Flags::LOST,
            // Or nobody comes: the branch is the interpreter's.
            Bring::Saved | Bring::Inherited => Flags::SAVED,
            Bring::Named(_) => Flags::NAMED,
            Bring::Carried(host) => Flags { host, ..Flags::LOST },
        }
    }
}

impl Lower<'_> {
    /// Whether an instruction that leaves EFLAGS alone is to be preferred.
    pub(super) fn keeps_flags(&self) -> bool {
        let is_saved = self.flags.saved && !self.wanted.is_read();
        let is_moving = self.flags.again.is_some_and(|again| again.needed.has(self.wanted.spoils));
        self.flags.host != Host::None && !is_saved && (self.wanted.is_kept(self.flags.again) || is_moving)
    }

    /// Before a host instruction that changes EFLAGS.
    pub(super) fn clobber(&mut self) -> Fit<()> {
        if self.flags.host != Host::None && self.wanted.is_kept(self.flags.again) {
            self.save_flags()?;
        }
        self.flags.host = Host::None;
        self.note_flags();
        Ok(())
    }

    /// Makes sure that the thread's state has the flags; EFLAGS keep them, too. Takes rax.
    pub fn save_flags(&mut self) -> Fit<()> {
        if self.flags.saved {
            return Ok(());
        }
        if self.flags.host == Host::None && !self.set_flags_again()? {
            return Ok(());
        }
        if self.busy >> RAX & 1 != 0 {
            return Err(Unfit);
        }
        if let Host::Compared { swapped } = self.flags.host {
            self.load_compared(swapped);
        } else {
            self.want(Host::Borrow)?;
            // Without the zero, which the upper half has to be as well, `lahf` waits for what was in rax.
            self.asm.mov_imm(RAX, 0);
            dynasm!(self.asm ; .arch x64 ; lahf ; seto al);
        }
        self.asm.store(Width::S, slot(Thread::FLAGS), RAX);
        (self.flags.saved, self.flags.named) = (true, false);
        self.note_flags();
        Ok(())
    }

    /// Has the state name the instruction that has set the flags, if it may where these registers are written before
    /// they are set anew; false if not.
    pub(super) fn name_flags(&mut self, spoils: Registers) -> bool {
        match self.flags.again {
            Some(again) if again.is_in_place() && !again.needed.has(spoils) => {
                if !self.flags.named {
                    self.asm.store_imm(Width::S, slot(Thread::FLAGS), again.word as i32);
                    self.flags.named = true;
                    self.note_flags();
                }
                true
            }
            // They have come so, and what is next to be met was thought of there.
            _ => self.flags.named && self.flags.again.is_none(),
        }
    }

    /// rax = the flags as they are saved, from those of a comparison in EFLAGS, which stay.
    fn load_compared(&mut self, swapped: bool) {
        let table = Thread::COMPARED + if swapped { size_of_val(&SAVED[0]) as i32 } else { 0 };
        let (base, index) = (STATE, RAX);
        self.asm.mov_imm(RAX, 0);
        dynasm!(self.asm ; .arch x64 ; lahf ; movzx eax, ah
            ; movzx eax, WORD [DWORD Rq(base) + 2 * Rq(index) + table]);
    }

    /// Makes EFLAGS hold NZCV with the carry as wanted (`None`: whichever it is). Takes rax if they
    /// have to be loaded.
    pub(super) fn want(&mut self, wanted: Host) -> Fit<()> {
        if self.flags.host == Host::None && !self.flags.saved {
            self.set_flags_again()?;
        }
        if matches!(self.flags.host, Host::None | Host::Compared { .. }) {
            if self.busy >> RAX & 1 != 0 {
                return Err(Unfit);
            }
            match self.flags.host {
                Host::Compared { swapped } => self.load_compared(swapped),
                _ => self.asm.load(Width::S, RAX, slot(Thread::FLAGS)),
            }
            // 1 + 127 overflows, 0 + 127 does not.
            dynasm!(self.asm ; .arch x64 ; add al, 127 ; sahf);
            self.flags.host = Host::Borrow;
        }
        if wanted != Host::None && wanted != self.flags.host {
            dynasm!(self.asm ; .arch x64 ; cmc);
            self.flags.host = wanted;
        }
        self.note_flags();
        Ok(())
    }

    /// EFLAGS hold new flags, which replace the old ones.
    pub(super) fn flags_set(&mut self, c: Context, host: Host) {
        self.wanted = c.wanted_out;
        self.flags = Flags { host, again: c.again, ..Flags::LOST };
        self.note_source();
        self.note_flags();
    }

    /// Whether the flags that an instruction sets have to be kept.
    pub(super) fn needs_flags(c: Context) -> bool {
        c.wanted_out.is_kept(c.again)
    }

    /// Computes flags that are not kept into EFLAGS; false if there is no way.
    fn set_flags_again(&mut self) -> Fit<bool> {
        let Some(again) = self.flags.again else { return Ok(false) };
        let Some((source, result)) = again.source(self.rec) else { return Ok(false) };
        let (flags, wanted, busy, held) = (self.flags, self.wanted, self.busy, self.held);
        let (busy_v, held_v) = (self.busy_v, self.held_v);
        // What is computed on the way changes EFLAGS.
        (self.flags, self.wanted) = (Flags::LOST, Wanted::default());
        let host = self.make_flags(again, source, result)?;
        (self.flags, self.wanted, self.busy, self.held) = (Flags { host, ..flags }, wanted, busy, held);
        (self.busy_v, self.held_v) = (busy_v, held_v);
        self.note_flags();
        Ok(true)
    }

    fn make_flags(&mut self, again: Again, source: Made, result: Option<u8>) -> Fit<Host> {
        match source {
            Made::Sum { sub, sz, a, b } => {
                self.forget_location(b);
                self.reach_all(again, b)?;
                let last = self.operand(sz, b)?;
                if let Some(a) = a {
                    self.forget_location(a);
                    self.reach_all(again, a)?;
                }
                let t = self.temp()?;
                match (a, result) {
                    (Some(a), _) => self.compute(a, t)?,
                    (None, Some(x)) => {
                        self.load_result(again, t, x)?;
                        self.asm.alu(if sub { Alu::Add } else { Alu::Sub }, sz, t, last);
                    }
                    (None, None) => return Err(Unfit),
                }
                self.asm.alu(if sub { Alu::Cmp } else { Alu::Add }, sz, t, last);
                Ok(if sub { Host::Borrow } else { Host::Carry })
            }
            Made::Value(sz, v) => {
                let t = self.temp()?;
                match result {
                    Some(x) => self.load_result(again, t, x)?,
                    None => {
                        self.forget_location(v);
                        self.reach_all(again, v)?;
                        self.compute(v, t)?;
                    }
                }
                self.asm.alu(Alu::Test, sz, t, Operand::Reg(t));
                Ok(Host::Carry)
            }
            Made::Compare { ty, signal_nans, a, b } => {
                self.forget_location(a);
                self.forget_location(b);
                self.fp_compare_again(ty, signal_nans, a, b)
            }
        }
    }

    fn load_result(&mut self, again: Again, dst: u8, x: u8) -> Fit<()> {
        match self.reach(again, x)? {
            Some(reg) => self.asm.mov(dst, reg),
            None => self.load_x(dst, x),
        }
        Ok(())
    }

    /// Makes EFLAGS hold what is in the state, if the flags are nowhere else, for where ways join.
    pub(super) fn carry_flags(&mut self, form: Host) {
        // As for `save_flags_for_join`.
        self.needs_order |= self.want(form).is_err();
    }

    /// Evaluates a condition into EFLAGS; the host condition that holds when it does.
    pub(super) fn condition(&mut self, r: Ref) -> Fit<Cc> {
        let test = self.test(r)?;
        if test.parity == Parity::Ignored {
            return Ok(test.cc);
        }
        self.want(Host::Carry)?;
        Ok(self.test(r)?.cc)
    }

    /// The same, for those who can look at PF, too.
    pub(super) fn test(&mut self, r: Ref) -> Fit<Test> {
        if let Host::Compared { swapped } = self.flags.host {
            match self.rec.node(r) {
                Node::Not(inner) => return Ok(self.test(inner)?.negate()),
                Node::Cond(cond) => return Ok(Test::of(cond, swapped)),
                _ => {}
            }
        }
        self.plain_condition(r).map(Test::from)
    }

    fn plain_condition(&mut self, r: Ref) -> Fit<Cc> {
        match self.rec.node(r) {
            Node::Not(inner) => Ok(self.plain_condition(inner)?.negate()),
            Node::Cond(cond) => self.cond(cond),
            Node::Compare(cond, sz, a, b) => {
                self.clobber()?;
                self.compare(sz, a, b)?;
                after_borrow(cond).ok_or(Unfit)
            }
            Node::IsZero(sz, a) => {
                self.clobber()?;
                match self.operand(sz, a)? {
                    Operand::Reg(reg) => self.asm.alu(Alu::Test, sz, reg, Operand::Reg(reg)),
                    Operand::Slot(disp) => self.asm.cmp_slot_imm(sz, disp, 0),
                    Operand::Imm(_) => return Err(Unfit),
                }
                Ok(Cc::E)
            }
            Node::Bit(a, n) => {
                self.clobber()?;
                match self.operand(Size::X, a)? {
                    Operand::Reg(reg) if n < 31 => {
                        self.asm.alu(Alu::Test, Size::W, reg, Operand::Imm(1 << n));
                        Ok(Cc::NE)
                    }
                    Operand::Reg(reg) => {
                        self.asm.bit_test(reg, n);
                        Ok(Cc::B)
                    }
                    Operand::Slot(disp) => {
                        let word = disp + (n as i32 / 32) * 4;
                        self.asm.test_slot_imm(word, (1u32 << (n % 32)) as i32);
                        Ok(Cc::NE)
                    }
                    Operand::Imm(_) => Err(Unfit),
                }
            }
            _ => Err(Unfit),
        }
    }

    fn cond(&mut self, cond: Cond) -> Fit<Cc> {
        let cc = after_borrow(cond).ok_or(Unfit)?;
        // C, and C and not Z: x86-64 has the second for a borrow only.
        match cond.0 >> 1 {
            4 => self.want(Host::Borrow)?,
            _ => self.want(Host::None)?,
        }
        let is_carry = cond.0 >> 1 == 1 && self.flags.host == Host::Carry;
        Ok(if is_carry { cc.negate() } else { cc })
    }

    // ── instructions that set flags ────────────────────────────────────────────────────────────

    /// ADDS, SUBS.
    #[allow(clippy::too_many_arguments)]
    pub(super) fn eval_sum(
        &mut self,
        c: Context,
        r: Ref,
        sub: bool,
        sz: Size,
        a: Ref,
        b: Ref,
        rest: &[Effect],
    ) -> Fit<()> {
        let used = self.rec.use_count(r) > 1;
        // The old flags are not wanted any more: nothing in this instruction reads them.
        self.wanted = Wanted::default();
        if !used && !Self::needs_flags(c) {
            self.flags_set(c, Host::None);
            return Ok(());
        }
        if !used && sub {
            self.compare(sz, a, b)?;
            self.flags_set(c, Host::Borrow);
            return Ok(());
        }
        let destination = self.destination(r, rest).and_then(|(x, _)| self.pinned_x(x));
        let dst = match destination {
            Some(dst) => dst,
            None => {
                let dst = self.temp()?;
                self.held |= 1 << dst;
                dst
            }
        };
        let op = if sub { Alu::Sub } else { Alu::Add };
        self.binary(op, sz, a, b, dst)?;
        self.place(r, dst);
        self.flags_set(c, if sub { Host::Borrow } else { Host::Carry });
        Ok(())
    }

    fn compare(&mut self, sz: Size, a: Ref, b: Ref) -> Fit<()> {
        match (self.operand(sz, b)?, self.leaf(a)) {
            (Operand::Imm(0), Some(Operand::Reg(reg))) => self.asm.alu(Alu::Test, sz, reg, Operand::Reg(reg)),
            (Operand::Imm(v), Some(Operand::Slot(disp))) => self.asm.cmp_slot_imm(sz, disp, v as i32),
            (b, _) => {
                let a = self.gpr(a)?;
                self.asm.alu(Alu::Cmp, sz, a, b);
            }
        }
        Ok(())
    }

    /// ADC, ADCS, SBC, SBCS.
    #[allow(clippy::too_many_arguments)]
    pub(super) fn eval_sum_carry(
        &mut self,
        c: Context,
        r: Ref,
        sub: bool,
        sz: Size,
        a: Ref,
        b: Ref,
        set: bool,
        rest: &[Effect],
    ) -> Fit<()> {
        let (op, host) = if sub { (Alu::Sbb, Host::Borrow) } else { (Alu::Adc, Host::Carry) };
        let destination = self.destination(r, rest).and_then(|(x, _)| self.pinned_x(x));
        if !set && c.wanted_out.is_kept(self.flags.again) {
            return self.sum_beside_flags(r, sub, sz, a, b, destination);
        }
        // The flags are loaded after the operands, by instructions that leave them alone.
        let b = self.operand(sz, b)?;
        let dst = match destination.filter(|&pinned| b != Operand::Reg(pinned)) {
            Some(pinned) => pinned,
            None => {
                let dst = self.temp()?;
                self.held |= 1 << dst;
                dst
            }
        };
        match self.leaf(a) {
            Some(Operand::Imm(v)) => self.asm.mov_imm(dst, v as u64),
            Some(Operand::Reg(src)) => self.asm.mov(dst, src),
            Some(Operand::Slot(disp)) => self.asm.load_slot(dst, disp),
            None => return Err(Unfit),
        }
        self.want(host)?;
        self.asm.alu(op, sz, dst, b);
        self.place(r, dst);
        if set {
            self.flags_set(c, host);
        } else {
            self.flags.host = Host::None;
            self.note_flags();
        }
        Ok(())
    }

    /// ADC, SBC, by instructions that leave the flags alone: a - b - 1 + C is a + !b + C.
    fn sum_beside_flags(&mut self, r: Ref, sub: bool, sz: Size, a: Ref, b: Ref, destination: Option<u8>) -> Fit<()> {
        let sum = self.copy(b)?;
        if sub {
            self.asm.not(sz, sum);
        }
        self.want(Host::None)?;
        let carry = self.temp()?;
        self.asm.set(if self.flags.host == Host::Carry { Cc::B } else { Cc::AE }, carry);
        self.asm.lea(sz, sum, Mem { base: sum, index: Some((carry, 0)), disp: 0 });
        let a = match self.leaf(a) {
            Some(Operand::Reg(reg)) => reg,
            _ => {
                self.compute(a, carry)?;
                carry
            }
        };
        let dst = destination.unwrap_or(sum);
        self.held |= if destination.is_none() { 1 << sum } else { 0 };
        self.asm.lea(sz, dst, Mem { base: sum, index: Some((a, 0)), disp: 0 });
        self.place(r, dst);
        Ok(())
    }

    /// ANDS, BICS.
    pub(super) fn set_nz(&mut self, c: Context, sz: Size, v: Ref, rest: &[Effect]) -> Fit<()> {
        self.wanted = Wanted::default();
        if !Self::needs_flags(c) {
            self.flags_set(c, Host::None);
            return Ok(());
        }
        if let (Node::Int2(Int2::And, _, a, b), 1) = (self.rec.node(v), self.rec.use_count(v)) {
            let b = self.operand(sz, b)?;
            let a = self.gpr(a)?;
            self.asm.alu(Alu::Test, sz, a, b);
        } else {
            let destination = self.destination(v, rest).and_then(|(x, _)| self.pinned_x(x));
            let reg = match (self.leaf(v), destination) {
                (None, Some(dst)) => {
                    self.compute(v, dst)?;
                    self.place(v, dst);
                    dst
                }
                _ => self.gpr(v)?,
            };
            let there = self.anded == self.asm.len()
                && matches!(self.rec.node(v), Node::Int2(Int2::And | Int2::Bic, s, ..) if s == sz);
            if !there {
                self.asm.alu(Alu::Test, sz, reg, Operand::Reg(reg));
            }
        }
        self.flags_set(c, Host::Carry);
        Ok(())
    }

    /// CCMP, CCMN.
    #[allow(clippy::too_many_arguments)]
    pub(super) fn cond_compare(
        &mut self,
        c: Context,
        cond: Ref,
        sub: bool,
        sz: Size,
        a: Ref,
        b: Ref,
        imm: u8,
    ) -> Fit<()> {
        if !Self::needs_flags(c) {
            self.flags_set(c, Host::None);
            return Ok(());
        }
        // Operands first, so that both ways leave the same registers behind.
        let b = self.operand(sz, b)?;
        let a = if sub {
            self.gpr(a)?
        } else {
            let copy = self.temp()?;
            self.compute(a, copy)?;
            copy
        };
        let cc = self.condition(cond)?;
        let otherwise = self.asm.skip(cc.negate());
        self.asm.alu(if sub { Alu::Cmp } else { Alu::Add }, sz, a, b);
        let done = self.asm.skip_always();
        self.asm.land(otherwise);
        self.temp_at(RAX)?;
        self.constant_flags(imm ^ if sub { 2 } else { 0 });
        self.asm.land(done);
        self.flags_set(c, if sub { Host::Borrow } else { Host::Carry });
        Ok(())
    }

    /// EFLAGS from N, Z, CF, V in bits 3 to 0, by way of rax.
    pub(super) fn constant_flags(&mut self, imm: u8) {
        let bit = |n: u8| (imm >> n & 1) as u32;
        let ah = bit(3) << 7 | bit(2) << 6 | bit(1);
        self.asm.mov_imm(RAX, (ah << 8 | bit(0)) as u64);
        dynasm!(self.asm ; .arch x64 ; add al, 127 ; sahf);
    }
}

/// The host's condition where CF is a borrow.
fn after_borrow(cond: Cond) -> Option<Cc> {
    let cc = match cond.0 >> 1 {
        0 => Cc::E,
        1 => Cc::AE,
        2 => Cc::S,
        3 => Cc::O,
        4 => Cc::A,
        5 => Cc::L.negate(),
        6 => Cc::LE.negate(),
        _ => return None,
    };
    Some(if cond.0 & 1 != 0 { cc.negate() } else { cc })
}
