//! General-purpose values.
//!
//! [`Lower::into`] computes a node into a register, which may be one that the node reads. It writes
//! that register once, by its last host instruction, or the node does not read it.

use super::fp_compare::{Parity, Test};
use super::{Fit, Lower, Unfit};
use crate::jit::asm::{Alu, Cc, Shift, slot};
use crate::jit::ir::{Node, Ref};
use crate::jit::regs::{Mem, Operand, RAX, RDX};
use crate::jit::vex::{Rm, VPSHUFB};
use crate::lift::Width;
use crate::value::bits::ones;
use crate::value::int::{Int1, Int2, Size};
use dynasmrt::{DynasmApi, dynasm};

impl Lower<'_> {
    /// Computes a value into a register.
    pub(super) fn compute(&mut self, r: Ref, dst: u8) -> Fit<()> {
        if let Some(src) = self.leaf(r) {
            self.mov(dst, src);
            return Ok(());
        }
        let busy = self.busy;
        match self.rec.node(r) {
            Node::Int1(op, sz, a) => self.int1(op, sz, a, dst),
            Node::Int2(op, sz, a, b) => self.int2(r, op, sz, a, b, dst),
            Node::Extract { sz, signed, a, lsb, width } => self.extract(sz, signed, a, lsb, width, dst),
            Node::Insert { sz, dst: old, src, lsb, width } => self.insert(sz, old, src, lsb, width, dst),
            Node::Extr { sz, hi, lo, lsb } => self.extr(sz, hi, lo, lsb, dst),
            Node::Select { c, a, b } => self.select(Size::X, c, a, b, dst),
            Node::Lane { es, v, lane } => self.lane(es, v, lane, dst),
            Node::FpToInt { ty, to, rounding, a } => self.fp_to_int(ty, to, rounding, a, dst),
            _ => Err(Unfit),
        }?;
        self.busy = busy | self.held;
        Ok(())
    }

    /// Computes a value into a scratch register of its own, to be changed there.
    pub(super) fn copy(&mut self, r: Ref) -> Fit<u8> {
        let reg = self.temp()?;
        self.compute(r, reg)?;
        Ok(reg)
    }

    fn mov(&mut self, dst: u8, src: Operand) {
        match src {
            Operand::Reg(src) => self.asm.mov(dst, src),
            Operand::Slot(disp) => self.asm.load_slot(dst, disp),
            Operand::Imm(0) if !self.keeps_flags() => {
                self.flags.host = super::flags::Host::None;
                self.note_flags();
                self.asm.zero(dst);
            }
            Operand::Imm(v) => self.asm.mov_imm(dst, v as u64),
        }
    }

    // ── one operand ────────────────────────────────────────────────────────────────────────────

    fn int1(&mut self, op: Int1, sz: Size, a: Ref, dst: u8) -> Fit<()> {
        if let (Int1::Uxtw, Node::Select { c, a, b }) = (op, self.rec.node(a)) {
            return self.select(Size::W, c, a, b, dst);
        }
        let extension = match op {
            Int1::Sxtb => Some((Width::B, true)),
            Int1::Sxth => Some((Width::H, true)),
            Int1::Sxtw => Some((Width::S, true)),
            Int1::Uxtb => Some((Width::B, false)),
            Int1::Uxth => Some((Width::H, false)),
            Int1::Uxtw => Some((Width::S, false)),
            _ => None,
        };
        if let Some((width, signed)) = extension {
            match (self.leaf(a), signed) {
                (Some(Operand::Slot(disp)), true) => {
                    self.asm.load_signed(width, sz, dst, crate::jit::asm::slot(disp));
                }
                (Some(Operand::Slot(disp)), false) => self.asm.load(width, dst, crate::jit::asm::slot(disp)),
                (_, true) => {
                    let a = self.gpr(a)?;
                    self.asm.sign_extend(width, sz, dst, a);
                }
                (_, false) => {
                    let a = self.gpr(a)?;
                    self.asm.zero_extend(width, dst, a);
                }
            }
            return Ok(());
        }
        match op {
            Int1::Clz => {
                self.clobber()?;
                let a = self.gpr(a)?;
                self.asm.lzcnt(sz, dst, a);
            }
            Int1::Not => {
                let t = self.in_place(a, dst)?;
                self.asm.not(sz, t);
                self.asm.mov(dst, t);
            }
            Int1::Neg => {
                self.clobber()?;
                let t = self.in_place(a, dst)?;
                self.asm.neg(sz, t);
                self.asm.mov(dst, t);
            }
            Int1::Rev => {
                let t = self.in_place(a, dst)?;
                self.asm.bswap(sz, t);
                self.asm.mov(dst, t);
            }
            Int1::Rev32 => {
                let t = self.copy(a)?;
                self.asm.bswap(Size::X, t);
                self.asm.rorx(Size::X, dst, t, 32);
            }
            Int1::Rbit => self.reverse_bits(sz, a, dst)?,
            Int1::Cls => {
                // Bits that differ from the one above them; the first has none.
                self.clobber()?;
                let (a, t) = (self.gpr(a)?, self.temp()?);
                self.asm.mov(t, a);
                self.asm.shift_imm(Shift::Sar, sz, t, 1);
                self.asm.alu(Alu::Xor, sz, t, Operand::Reg(a));
                self.asm.lzcnt(sz, t, t);
                self.asm.lea(sz, dst, Mem { base: t, index: None, disp: -1 });
            }
            Int1::Rev16 if sz == Size::X => {
                let a = self.gpr(a)?;
                let t = self.temp_v()?;
                dynasm!(self.asm ; .arch x64 ; vmovq Rx(t), Rq(a));
                let swapped = u128::from_le_bytes(std::array::from_fn(|place| place as u8 ^ 1));
                self.asm.v3(VPSHUFB, t, t, Rm::Const(swapped));
                dynasm!(self.asm ; .arch x64 ; vmovq Rq(dst), Rx(t));
            }
            Int1::Rev16 if sz == Size::W => {
                let t = self.copy(a)?;
                self.asm.bswap(Size::W, t);
                self.asm.rorx(Size::W, dst, t, 16);
            }
            _ => return Err(Unfit),
        }
        Ok(())
    }

    /// RBIT: within each byte by nibbles' tables or a matrix, then the bytes.
    fn reverse_bits(&mut self, sz: Size, a: Ref, dst: u8) -> Fit<()> {
        let a = self.gpr(a)?;
        let t = self.temp_v()?;
        dynasm!(self.asm ; .arch x64 ; vmovq Rx(t), Rq(a));
        self.reverse_bits_of_bytes(t, t)?;
        dynasm!(self.asm ; .arch x64 ; vmovq Rq(dst), Rx(t));
        self.asm.bswap(sz, dst);
        Ok(())
    }

    /// The value in a register that may be changed: `dst` if it is there or a leaf, else scratch.
    fn in_place(&mut self, a: Ref, dst: u8) -> Fit<u8> {
        if self.leaf(a).is_some() {
            self.compute(a, dst)?;
            return Ok(dst);
        }
        self.copy(a)
    }

    /// The value in a register that may be changed several times: `dst` if the value does not read it.
    fn working(&mut self, a: Ref, dst: u8) -> Fit<u8> {
        match self.leaf(a) {
            Some(leaf) if leaf != Operand::Reg(dst) => {
                self.compute(a, dst)?;
                Ok(dst)
            }
            _ => self.copy(a),
        }
    }

    // ── two operands ───────────────────────────────────────────────────────────────────────────

    fn int2(&mut self, r: Ref, op: Int2, sz: Size, a: Ref, b: Ref, dst: u8) -> Fit<()> {
        match op {
            Int2::Crc32b | Int2::Crc32h | Int2::Crc32w | Int2::Crc32x => self.crc32(op, a, b, dst),
            Int2::Crc32cb | Int2::Crc32ch | Int2::Crc32cw | Int2::Crc32cx => self.crc32c(op, a, b, dst),
            Int2::Add => self.add(r, sz, a, b, dst),
            Int2::Sub => {
                self.clobber()?;
                self.binary(Alu::Sub, sz, a, b, dst)
            }
            Int2::And => self.and(sz, a, b, dst),
            Int2::Orr => {
                self.clobber()?;
                self.binary(Alu::Or, sz, a, b, dst)
            }
            Int2::Eor => {
                self.clobber()?;
                self.binary(Alu::Xor, sz, a, b, dst)
            }
            Int2::Bic => {
                self.clobber()?;
                let inverted = self.gpr(b)?;
                let src = match self.operand(sz, a)? {
                    Operand::Imm(_) => Operand::Reg(self.gpr(a)?),
                    other => other,
                };
                self.asm.andn(sz, dst, inverted, src);
                self.anded = self.asm.len();
                Ok(())
            }
            Int2::Orn | Int2::Eon => {
                self.clobber()?;
                let t = self.copy(b)?;
                self.asm.not(sz, t);
                let a = self.operand(sz, a)?;
                self.asm.alu(if op == Int2::Orn { Alu::Or } else { Alu::Xor }, sz, t, a);
                self.asm.mov(dst, t);
                Ok(())
            }
            Int2::Lsl => self.shift(Shift::Shl, sz, a, b, dst),
            Int2::Lsr => self.shift(Shift::Shr, sz, a, b, dst),
            Int2::Asr => self.shift(Shift::Sar, sz, a, b, dst),
            Int2::Ror => self.shift(Shift::Ror, sz, a, b, dst),
            Int2::Mul => self.multiply(sz, a, b, dst),
            Int2::Umull | Int2::Smull => {
                self.clobber()?;
                let signed = op == Int2::Smull;
                let (t, u) = (self.temp()?, self.temp()?);
                self.word(signed, a, t)?;
                self.word(signed, b, u)?;
                self.asm.imul(Size::X, t, Operand::Reg(u));
                self.asm.mov(dst, t);
                Ok(())
            }
            Int2::Umulh => {
                self.temp_at(RDX)?;
                let b = self.multiplier(b)?;
                self.compute(a, RDX)?;
                // The lower half is written first.
                self.asm.mulx(dst, dst, b);
                Ok(())
            }
            Int2::Smulh => {
                self.clobber()?;
                self.temp_at(RDX)?;
                self.temp_at(RAX)?;
                let b = self.gpr(b)?;
                self.compute(a, RAX)?;
                self.asm.imul_wide(b);
                self.asm.mov(dst, RDX);
                Ok(())
            }
            Int2::Udiv => self.divide(false, sz, a, b, dst),
            Int2::Sdiv => self.divide(true, sz, a, b, dst),
            Int2::Smax | Int2::Umax | Int2::Smin | Int2::Umin => Err(Unfit),
        }
    }

    /// The low word of a value, extended.
    fn word(&mut self, signed: bool, a: Ref, dst: u8) -> Fit<()> {
        match (self.leaf(a), signed) {
            (Some(Operand::Slot(disp)), true) => self.asm.load_signed(Width::S, Size::X, dst, slot(disp)),
            (Some(Operand::Slot(disp)), false) => self.asm.load(Width::S, dst, slot(disp)),
            _ => {
                let src = match self.leaf(a) {
                    Some(Operand::Reg(reg)) => reg,
                    _ => {
                        self.compute(a, dst)?;
                        dst
                    }
                };
                if signed {
                    self.asm.sign_extend(Width::S, Size::X, dst, src);
                } else {
                    self.asm.mov32(dst, src);
                }
            }
        }
        Ok(())
    }

    /// `dst = a op b` where x86-64 has `dst op= b`. EFLAGS are the operation's; the caller has seen
    /// to what they held.
    pub(super) fn binary(&mut self, op: Alu, sz: Size, a: Ref, b: Ref, dst: u8) -> Fit<()> {
        let last = self.operand(sz, b)?;
        let first = self.leaf(a);
        let commutes = matches!(op, Alu::Add | Alu::And | Alu::Or | Alu::Xor);
        let target = if last == Operand::Reg(dst) && first != Some(Operand::Reg(dst)) {
            if commutes {
                let other = self.operand(sz, a)?;
                self.asm.alu(op, sz, dst, other);
                self.note_and(op);
                return Ok(());
            }
            self.copy(a)?
        } else {
            self.in_place(a, dst)?
        };
        self.asm.alu(op, sz, target, last);
        self.note_and(op);
        self.asm.mov(dst, target);
        Ok(())
    }

    fn note_and(&mut self, op: Alu) {
        if op == Alu::And {
            self.anded = self.asm.len();
        }
    }

    fn add(&mut self, r: Ref, sz: Size, a: Ref, b: Ref, dst: u8) -> Fit<()> {
        let keep = self.keeps_flags();
        match (self.leaf(a), self.leaf(b)) {
            (Some(Operand::Reg(x)), Some(Operand::Imm(v))) if fits(sz, v) => {
                if x == dst && !keep {
                    self.clobber()?;
                    self.asm.alu(Alu::Add, sz, dst, Operand::Imm(cut(sz, v)));
                } else {
                    self.asm.lea(sz, dst, Mem { base: x, index: None, disp: cut(sz, v) as i32 });
                }
            }
            (Some(Operand::Reg(x)), Some(Operand::Reg(y))) => {
                if keep || x != dst && y != dst {
                    self.asm.lea(sz, dst, Mem { base: x, index: Some((y, 0)), disp: 0 });
                } else {
                    self.clobber()?;
                    self.asm.alu(Alu::Add, sz, dst, Operand::Reg(if x == dst { y } else { x }));
                }
            }
            _ if keep || self.is_scaled(sz, b) => {
                let m = self.address(sz, r)?;
                self.asm.lea(sz, dst, m);
            }
            _ => {
                self.clobber()?;
                self.binary(Alu::Add, sz, a, b, dst)?;
            }
        }
        Ok(())
    }

    /// Whether a sum with `b` is an lea with a scaled index.
    fn is_scaled(&self, sz: Size, b: Ref) -> bool {
        matches!(self.rec.node(b), Node::Int2(Int2::Lsl, s, _, n)
            if s == sz && self.location(b).is_none() && self.rec.constant(n).is_some_and(|n| n <= 3))
    }

    /// The sum `r` as a memory operand, or a register that holds it.
    pub(super) fn address(&mut self, sz: Size, r: Ref) -> Fit<Mem> {
        if self.location(r).is_none()
            && let Node::Int2(Int2::Add, s, a, b) = self.rec.node(r)
            && s == sz
        {
            match self.leaf(b) {
                Some(Operand::Imm(v)) if fits(sz, v) => {
                    let inner = self.address(sz, a)?;
                    let disp = inner.disp as i64 + cut(sz, v);
                    let room =
                        if inner.index.is_some() { disp as i8 as i64 == disp } else { disp as i32 as i64 == disp };
                    if room {
                        return Ok(Mem { disp: disp as i32, ..inner });
                    }
                    let t = self.temp()?;
                    self.asm.lea(sz, t, inner);
                    return Ok(Mem { base: t, index: None, disp: cut(sz, v) as i32 });
                }
                Some(Operand::Imm(_)) => {}
                _ => {
                    let base = self.gpr(a)?;
                    let index = match self.rec.node(b) {
                        Node::Int2(Int2::Lsl, _, x, n) if self.is_scaled(sz, b) => {
                            (self.gpr(x)?, self.rec.constant(n).unwrap_or(0) as u8)
                        }
                        _ => (self.gpr(b)?, 0),
                    };
                    return Ok(Mem { base, index: Some(index), disp: 0 });
                }
            }
        }
        Ok(Mem { base: self.gpr(r)?, index: None, disp: 0 })
    }

    fn and(&mut self, sz: Size, a: Ref, b: Ref, dst: u8) -> Fit<()> {
        if let Some(mask) = self.rec.constant(b) {
            let width = match mask {
                0xff => Some(Width::B),
                0xffff => Some(Width::H),
                0xffff_ffff => Some(Width::S),
                _ => None,
            };
            if let Some(width) = width {
                let a = self.gpr(a)?;
                self.asm.zero_extend(width, dst, a);
                return Ok(());
            }
            self.clobber()?;
            // A mask without upper bits is a 32-bit operation, whatever the size.
            if mask >> 31 == 0 {
                let t = self.in_place(a, dst)?;
                self.asm.alu(Alu::And, Size::W, t, Operand::Imm(mask as i64));
                self.note_and(Alu::And);
                self.asm.mov(dst, t);
                return Ok(());
            }
        }
        self.clobber()?;
        self.binary(Alu::And, sz, a, b, dst)
    }

    fn shift(&mut self, op: Shift, sz: Size, a: Ref, b: Ref, dst: u8) -> Fit<()> {
        if let Some(n) = self.rec.constant(b) {
            let n = (n & (sz.bits() as u64 - 1)) as u8;
            if op == Shift::Ror {
                let a = self.gpr(a)?;
                self.asm.rorx(sz, dst, a, n);
                return Ok(());
            }
            if op == Shift::Shl && self.keeps_flags() && n <= 3 && n > 0 {
                let a = self.gpr(a)?;
                if n == 1 {
                    self.asm.lea(sz, dst, Mem { base: a, index: Some((a, 0)), disp: 0 });
                    return Ok(());
                }
            }
            self.clobber()?;
            let t = self.in_place(a, dst)?;
            self.asm.shift_imm(op, sz, t, n);
            self.asm.mov(dst, t);
            return Ok(());
        }
        if op == Shift::Ror {
            // Both shifts count modulo the size, so that none at all is right, too.
            self.clobber()?;
            let (a, t) = (self.gpr(a)?, self.temp()?);
            let n = self.gpr(b)?;
            self.asm.mov(t, n);
            self.asm.neg(Size::W, t);
            self.asm.shift(Shift::Shl, sz, t, a, t);
            let low = if dst == a || dst == n { self.temp()? } else { dst };
            self.asm.shift(Shift::Shr, sz, low, a, n);
            self.asm.alu(Alu::Or, sz, t, Operand::Reg(low));
            self.asm.mov(dst, t);
            return Ok(());
        }
        let (a, n) = (self.gpr(a)?, self.gpr(b)?);
        self.asm.shift(op, sz, dst, a, n);
        Ok(())
    }

    fn multiply(&mut self, sz: Size, a: Ref, b: Ref, dst: u8) -> Fit<()> {
        if sz == Size::X && self.keeps_flags() && !self.flags.saved {
            // Between additions with carry: this leaves the flags alone.
            self.temp_at(RDX)?;
            let upper = self.temp()?;
            let b = self.multiplier(b)?;
            self.compute(a, RDX)?;
            self.asm.mulx(upper, dst, b);
            return Ok(());
        }
        self.clobber()?;
        let last = self.operand(sz, b)?;
        if last == Operand::Reg(dst) {
            let other = match self.operand(sz, a)? {
                Operand::Imm(_) => Operand::Reg(self.gpr(a)?),
                other => other,
            };
            self.asm.imul(sz, dst, other);
            return Ok(());
        }
        let t = self.in_place(a, dst)?;
        self.asm.imul(sz, t, last);
        self.asm.mov(dst, t);
        Ok(())
    }

    fn multiplier(&mut self, b: Ref) -> Fit<Operand> {
        match self.leaf(b) {
            Some(b @ (Operand::Reg(_) | Operand::Slot(_))) => Ok(b),
            _ => self.gpr(b).map(Operand::Reg),
        }
    }

    /// UDIV, SDIV: by zero is zero, and the most negative number by -1 is itself.
    fn divide(&mut self, signed: bool, sz: Size, a: Ref, b: Ref, dst: u8) -> Fit<()> {
        self.clobber()?;
        self.temp_at(RAX)?;
        self.temp_at(RDX)?;
        let divisor = match self.leaf(b) {
            Some(b @ (Operand::Reg(_) | Operand::Slot(_))) => b,
            _ => Operand::Reg(self.copy(b)?),
        };
        self.compute(a, RAX)?;
        match divisor {
            Operand::Slot(disp) => self.asm.cmp_slot_imm(sz, disp, 0),
            _ => {
                let Operand::Reg(reg) = divisor else { return Err(Unfit) };
                self.asm.alu(Alu::Test, sz, reg, divisor);
            }
        }
        let nonzero = self.asm.skip(Cc::NE);
        self.asm.zero(RAX);
        let zero = self.asm.skip_always();
        let mut overflow = None;
        self.asm.land(nonzero);
        if signed {
            match divisor {
                Operand::Reg(reg) => self.asm.alu(Alu::Cmp, sz, reg, Operand::Imm(-1)),
                Operand::Slot(disp) => self.asm.cmp_slot_imm(sz, disp, -1),
                Operand::Imm(_) => return Err(Unfit),
            }
            let common = self.asm.skip(Cc::NE);
            self.asm.neg(sz, RAX);
            overflow = Some(self.asm.skip_always());
            self.asm.land(common);
        }
        self.asm.divide(signed, sz, divisor);
        for skip in [Some(zero), overflow].into_iter().flatten() {
            self.asm.land(skip);
        }
        // A W operand's upper half may have come along with zero or with -1.
        match sz {
            Size::W => self.asm.mov32(dst, RAX),
            Size::X => self.asm.mov(dst, RAX),
        }
        Ok(())
    }

    // ── bit fields ─────────────────────────────────────────────────────────────────────────────

    fn extract(&mut self, sz: Size, signed: bool, a: Ref, lsb: u8, width: u8, dst: u8) -> Fit<()> {
        self.clobber()?;
        let bits = sz.bits() as u8;
        let to_top = lsb + width == bits;
        if signed {
            let t = if to_top { self.in_place(a, dst)? } else { self.working(a, dst)? };
            if !to_top {
                self.asm.shift_imm(Shift::Shl, sz, t, bits - lsb - width);
            }
            self.asm.shift_imm(Shift::Sar, sz, t, bits - width);
            self.asm.mov(dst, t);
            return Ok(());
        }
        let t = if to_top { self.in_place(a, dst)? } else { self.working(a, dst)? };
        if lsb > 0 {
            self.asm.shift_imm(Shift::Shr, sz, t, lsb);
        }
        match width {
            _ if to_top => self.asm.mov(dst, t),
            8 => self.asm.zero_extend(Width::B, dst, t),
            16 => self.asm.zero_extend(Width::H, dst, t),
            32 => self.asm.zero_extend(Width::S, dst, t),
            _ => {
                self.mask(t, width)?;
                self.asm.mov(dst, t);
            }
        }
        Ok(())
    }

    /// Keeps the low bits.
    fn mask(&mut self, reg: u8, width: u8) -> Fit<()> {
        let mask = ones(width as u32);
        if mask >> 31 == 0 {
            self.asm.alu(Alu::And, Size::W, reg, Operand::Imm(mask as i64));
        } else {
            let t = self.temp()?;
            self.asm.mov_imm(t, mask);
            self.asm.alu(Alu::And, Size::X, reg, Operand::Reg(t));
        }
        Ok(())
    }

    fn insert(&mut self, sz: Size, old: Ref, src: Ref, lsb: u8, width: u8, dst: u8) -> Fit<()> {
        self.clobber()?;
        let mask = ones(width as u32) << lsb;
        let field = match self.rec.constant(src) {
            Some(v) => {
                let t = self.temp()?;
                self.asm.mov_imm(t, v << lsb & mask);
                t
            }
            None => {
                let t = self.copy(src)?;
                if lsb as u32 + width as u32 != sz.bits() {
                    self.mask(t, width)?;
                }
                if lsb > 0 {
                    self.asm.shift_imm(Shift::Shl, sz, t, lsb);
                }
                t
            }
        };
        let rest = self.temp()?;
        self.asm.mov_imm(rest, sz.trunc(!mask));
        match self.leaf(old) {
            Some(operand @ (Operand::Reg(_) | Operand::Slot(_))) => self.asm.alu(Alu::And, sz, rest, operand),
            _ => {
                let old = self.gpr(old)?;
                self.asm.alu(Alu::And, sz, rest, Operand::Reg(old));
            }
        }
        self.asm.alu(Alu::Or, sz, rest, Operand::Reg(field));
        self.asm.mov(dst, rest);
        Ok(())
    }

    fn extr(&mut self, sz: Size, hi: Ref, lo: Ref, lsb: u8, dst: u8) -> Fit<()> {
        if self.leaf(hi) == self.leaf(lo) && self.leaf(hi).is_some() {
            let a = self.gpr(lo)?;
            self.asm.rorx(sz, dst, a, lsb);
            return Ok(());
        }
        if self.keeps_flags() && lsb > 0 {
            // Between additions with carry: two shifts, of which none has a bit of the other's, leave the flags alone.
            let (low, n) = (self.copy(lo)?, self.temp()?);
            self.asm.mov_imm(n, lsb.into());
            self.asm.shift(Shift::Shr, sz, low, low, n);
            let hi = self.gpr(hi)?;
            self.asm.mov_imm(n, u64::from(sz.bits()) - u64::from(lsb));
            self.asm.shift(Shift::Shl, sz, n, hi, n);
            self.asm.lea(sz, dst, Mem { base: low, index: Some((n, 0)), disp: 0 });
            return Ok(());
        }
        self.clobber()?;
        let t = self.copy(lo)?;
        let hi = self.gpr(hi)?;
        self.asm.shrd(sz, t, hi, lsb);
        self.asm.mov(dst, t);
        Ok(())
    }

    // ── selection ──────────────────────────────────────────────────────────────────────────────

    fn select(&mut self, sz: Size, c: Ref, a: Ref, b: Ref, dst: u8) -> Fit<()> {
        let (x, y) = (self.rec.constant(a), self.rec.constant(b));
        if let (Some(x), Some(y)) = (x, y)
            && (x == 0 && (y == 1 || y == sz.trunc(u64::MAX)) || (x == 1 && y == 0))
        {
            let test = self.test(c)?;
            let test = if x == 1 { test } else { test.negate() };
            let t = self.temp()?;
            self.asm.set(test.cc, t);
            if test.parity != Parity::Ignored {
                let unordered = self.temp()?;
                self.asm.mov_imm(unordered, (test.parity == Parity::OrUnordered) as u64);
                self.asm.cmov(Cc::P, Size::W, t, Operand::Reg(unordered));
            }
            if y > 1 {
                self.clobber()?;
                self.asm.neg(sz, t);
            }
            self.asm.mov(dst, t);
            return Ok(());
        }
        // Both are there before the condition is; a constant never sits in `dst` too early.
        let a_at = match self.leaf(a) {
            Some(at @ (Operand::Reg(_) | Operand::Slot(_))) => at,
            _ => Operand::Reg(self.gpr(a)?),
        };
        let b_at = match self.leaf(b) {
            Some(at @ (Operand::Reg(_) | Operand::Slot(_))) => at,
            _ => Operand::Reg(self.gpr(b)?),
        };
        let test = self.test(c)?;
        self.choose(test, sz, dst, a_at, b_at)
    }

    /// dst = a if the condition holds, else b; both in registers or slots.
    pub(super) fn choose(&mut self, test: Test, sz: Size, dst: u8, a: Operand, b: Operand) -> Fit<()> {
        let (cc, a, b) = match test.parity {
            Parity::Ignored if a == Operand::Reg(dst) => (test.cc.negate(), b, a),
            Parity::Ordered => (test.cc.negate(), b, a),
            _ => (test.cc, a, b),
        };
        let a = if a == Operand::Reg(dst) && b != a {
            let t = self.temp()?;
            self.asm.mov(t, dst);
            Operand::Reg(t)
        } else {
            a
        };
        self.mov(dst, b);
        self.asm.cmov(cc, sz, dst, a);
        if test.parity != Parity::Ignored {
            self.asm.cmov(Cc::P, sz, dst, a);
        }
        Ok(())
    }
}

/// Whether a constant can be encoded as the last operand.
fn fits(sz: Size, v: i64) -> bool {
    cut(sz, v) as i32 as i64 == cut(sz, v)
}

/// A constant as a 32-bit operation's encoding has it.
fn cut(sz: Size, v: i64) -> i64 {
    if sz == Size::W { v as i32 as i64 } else { v }
}
