//! Vector and floating-point values.
//!
//! Scalar results have zeros above them in the guest; x86-64's scalar instructions leave there what
//! the first operand had. Where that is known to be zero ([`crate::jit::units::Zeros`]) nothing is
//! to be done.
//!
//! Quirk: NaN results are the host's: an invalid operation gives the default NaN with its sign set,
//! and of two NaN operands always the first is taken. Arm's rules want a check behind each
//! operation, off the straight path.

use super::{Fit, Lower, Unfit};
use crate::jit::asm::{Asm, slot, with_mem};
use crate::jit::entry::Thread;
use crate::jit::ir::{Node, Ref};
use crate::jit::regs::{Mem, Operand};
use crate::value::fp::op::{Fp2, Fp3, FpType, Shape};
use crate::value::simd::{Esize, Vec2};
use dynasmrt::{DynasmApi, dynasm};

impl Lower<'_> {
    /// The value where it already is.
    pub(super) fn leaf_v(&self, r: Ref) -> Option<Operand> {
        if let Some(reg) = self.location(r) {
            return Some(Operand::Reg(reg));
        }
        match self.rec.node(r) {
            Node::V(v) => Some(self.pinned_v(v).map_or(Operand::Slot(Thread::v_slot(v)), Operand::Reg)),
            _ => None,
        }
    }

    /// A register that holds the value.
    pub(super) fn vec(&mut self, r: Ref) -> Fit<u8> {
        if let Some(Operand::Reg(reg)) = self.leaf_v(r) {
            return Ok(reg);
        }
        let reg = self.temp_v()?;
        self.compute_v(r, reg)?;
        if self.rec.use_count(r) > 1 {
            self.held_v |= 1 << reg;
            self.place(r, reg);
        }
        Ok(reg)
    }

    /// The value as the last operand of a host instruction: a register or a slot.
    fn operand_v(&mut self, r: Ref) -> Fit<Operand> {
        match self.leaf_v(r) {
            Some(operand) => Ok(operand),
            None => self.vec(r).map(Operand::Reg),
        }
    }

    /// A vector operand in a register.
    fn in_register(&mut self, operand: Operand) -> Fit<u8> {
        match operand {
            Operand::Reg(reg) => Ok(reg),
            Operand::Slot(disp) => {
                let t = self.temp_v()?;
                with_mem!(self.asm, slot(disp), [vmovaps Rx(t), OWORD][]);
                Ok(t)
            }
            Operand::Imm(_) => Err(Unfit),
        }
    }

    pub(super) fn mov_v(&mut self, dst: u8, src: u8) {
        if dst != src {
            dynasm!(self.asm ; .arch x64 ; vmovaps Rx(dst), Rx(src));
        }
    }

    pub(super) fn store_v_slot(&mut self, v: u8, src: u8) {
        with_mem!(self.asm, slot(Thread::v_slot(v)), [vmovaps OWORD][, Rx(src)]);
    }

    /// Computes a value into a register, which may be one that it reads.
    pub(super) fn compute_v(&mut self, r: Ref, dst: u8) -> Fit<()> {
        let (busy, busy_v) = (self.busy, self.busy_v);
        match self.leaf_v(r) {
            Some(Operand::Reg(src)) => {
                self.mov_v(dst, src);
                return Ok(());
            }
            Some(Operand::Slot(disp)) => {
                with_mem!(self.asm, slot(disp), [vmovaps Rx(dst), OWORD][]);
                return Ok(());
            }
            _ => {}
        }
        match self.rec.node(r) {
            Node::Low(a, bits) => self.low(a, bits, dst),
            Node::FromInt(a) => self.vec_from_int(a, dst),
            Node::Dup { es, v, lane: 0 } => self.dup(es, v, dst),
            Node::SetLane { es, v, lane, x } => self.set_lane(es, v, lane, x, dst),
            Node::Vec2(op, es, a, b) => self.vec2(op, es, a, b, dst),
            Node::Tbl { table, count, index } => self.tbl(table, count, index, dst),
            Node::Fp2(op, ty, shape, a, b) => self.fp2(op, ty, shape, a, b, dst),
            Node::Fp3(op, ty, shape, a, n, m) => self.fp3(op, ty, shape, [a, n, m], dst),
            _ => Err(Unfit),
        }?;
        (self.busy, self.busy_v) = (busy | self.held, busy_v | self.held_v);
        Ok(())
    }

    // ── moves ──────────────────────────────────────────────────────────────────────────────────

    fn low(&mut self, a: Ref, bits: u8, dst: u8) -> Fit<()> {
        match (self.operand_v(a)?, bits) {
            (Operand::Reg(src), _) => self.keep_low(dst, src, bits as u32),
            (Operand::Slot(disp), 32) => with_mem!(self.asm, slot(disp), [vmovss Rx(dst), DWORD][]),
            (Operand::Slot(disp), _) => with_mem!(self.asm, slot(disp), [vmovsd Rx(dst), QWORD][]),
            (Operand::Imm(_), _) => return Err(Unfit),
        }
        Ok(())
    }

    /// dst = the low 32 or 64 bits of src.
    fn keep_low(&mut self, dst: u8, src: u8, bits: u32) {
        if bits == 64 {
            dynasm!(self.asm ; .arch x64 ; vmovq Rx(dst), Rx(src));
        } else {
            // Everything but lane 0 zeroed.
            dynasm!(self.asm ; .arch x64 ; vinsertps Rx(dst), Rx(src), Rx(src), 0b1110);
        }
    }

    fn vec_from_int(&mut self, a: Ref, dst: u8) -> Fit<()> {
        if self.rec.constant(a) == Some(0) {
            dynasm!(self.asm ; .arch x64 ; vpxor Rx(dst), Rx(dst), Rx(dst));
            return Ok(());
        }
        if let Some(Operand::Slot(disp)) = self.leaf(a) {
            with_mem!(self.asm, slot(disp), [vmovsd Rx(dst), QWORD][]);
            return Ok(());
        }
        let src = self.gpr(a)?;
        dynasm!(self.asm ; .arch x64 ; vmovq Rx(dst), Rq(src));
        Ok(())
    }

    fn dup(&mut self, es: Esize, v: Ref, dst: u8) -> Fit<()> {
        let src = self.vec(v)?;
        match es {
            Esize::B => dynasm!(self.asm ; .arch x64 ; vpbroadcastb Rx(dst), Rx(src)),
            Esize::H => dynasm!(self.asm ; .arch x64 ; vpbroadcastw Rx(dst), Rx(src)),
            Esize::S => dynasm!(self.asm ; .arch x64 ; vpbroadcastd Rx(dst), Rx(src)),
            Esize::D => dynasm!(self.asm ; .arch x64 ; vpbroadcastq Rx(dst), Rx(src)),
        }
        Ok(())
    }

    /// A lane into a general-purpose register.
    pub(super) fn lane(&mut self, es: Esize, v: Ref, lane: u8, dst: u8) -> Fit<()> {
        let (src, lane) = (self.vec(v)?, lane as i8);
        match (es, lane) {
            (Esize::D, 0) => dynasm!(self.asm ; .arch x64 ; vmovq Rq(dst), Rx(src)),
            (Esize::S, 0) => dynasm!(self.asm ; .arch x64 ; vmovd Rd(dst), Rx(src)),
            (Esize::D, _) => dynasm!(self.asm ; .arch x64 ; vpextrq Rq(dst), Rx(src), BYTE lane),
            (Esize::S, _) => dynasm!(self.asm ; .arch x64 ; vpextrd Rd(dst), Rx(src), BYTE lane),
            (Esize::H, _) => dynasm!(self.asm ; .arch x64 ; vpextrw Rd(dst), Rx(src), BYTE lane),
            (Esize::B, _) => dynasm!(self.asm ; .arch x64 ; vpextrb Rd(dst), Rx(src), BYTE lane),
        }
        Ok(())
    }

    fn set_lane(&mut self, es: Esize, v: Ref, lane: u8, x: Ref, dst: u8) -> Fit<()> {
        let (src, x, lane) = (self.vec(v)?, self.gpr(x)?, lane as i8);
        match es {
            Esize::D => dynasm!(self.asm ; .arch x64 ; vpinsrq Rx(dst), Rx(src), Rq(x), BYTE lane),
            Esize::S => dynasm!(self.asm ; .arch x64 ; vpinsrd Rx(dst), Rx(src), Rd(x), BYTE lane),
            Esize::H => dynasm!(self.asm ; .arch x64 ; vpinsrw Rx(dst), Rx(src), Rd(x), BYTE lane),
            Esize::B => dynasm!(self.asm ; .arch x64 ; vpinsrb Rx(dst), Rx(src), Rd(x), BYTE lane),
        }
        Ok(())
    }

    // ── integer lanes ──────────────────────────────────────────────────────────────────────────

    fn vec2(&mut self, op: Vec2, es: Esize, a: Ref, b: Ref, dst: u8) -> Fit<()> {
        let (a, b) = (self.vec(a)?, self.operand_v(b)?);
        macro_rules! emit {
            ($op:ident) => {
                three(self.asm, b, |asm, m| with_mem!(asm, m, [$op Rx(dst), Rx(a), OWORD][]), |asm, b| {
                    dynasm!(asm ; .arch x64 ; $op Rx(dst), Rx(a), Rx(b))
                })
            };
        }
        match (op, es) {
            (Vec2::Add, Esize::B) => emit!(vpaddb),
            (Vec2::Add, Esize::H) => emit!(vpaddw),
            (Vec2::Add, Esize::S) => emit!(vpaddd),
            (Vec2::Add, Esize::D) => emit!(vpaddq),
            _ => return Err(Unfit),
        }
        Ok(())
    }

    /// Bytes of one or two registers picked by index; zero for an index beyond them. `vpshufb` gives
    /// zero where bit 7 is set: a saturating add of 0x70 sets it from 16 on.
    fn tbl(&mut self, table: [Ref; 2], count: u8, index: Ref, dst: u8) -> Fit<()> {
        let [first, second] = table;
        let index = self.vec(index)?;
        let first = self.vec(first)?;
        let (picks, out) = (self.temp_v()?, self.temp_v()?);
        with_mem!(self.asm, slot(Thread::TBL_BIAS), [vpaddusb Rx(picks), Rx(index), OWORD][]);
        if count == 1 {
            dynasm!(self.asm ; .arch x64 ; vpshufb Rx(dst), Rx(first), Rx(picks));
            return Ok(());
        }
        dynasm!(self.asm ; .arch x64 ; vpshufb Rx(out), Rx(first), Rx(picks));
        let second = self.vec(second)?;
        with_mem!(self.asm, slot(Thread::TBL_STEP), [vpsubb Rx(picks), Rx(index), OWORD][]);
        with_mem!(self.asm, slot(Thread::TBL_BIAS), [vpaddusb Rx(picks), Rx(picks), OWORD][]);
        dynasm!(self.asm ; .arch x64 ; vpshufb Rx(picks), Rx(second), Rx(picks) ; vpor Rx(dst), Rx(out), Rx(picks));
        Ok(())
    }

    // ── floating point ─────────────────────────────────────────────────────────────────────────

    fn fp2(&mut self, op: Fp2, ty: FpType, shape: Shape, a: Ref, b: Ref, dst: u8) -> Fit<()> {
        let clean = self.before.of(self.rec, a) <= ty.bits();
        let (a, b) = (self.vec(a)?, self.operand_v(b)?);
        macro_rules! emit {
            ($op:ident, $width:ident) => {
                three(self.asm, b, |asm, m| with_mem!(asm, m, [$op Rx(dst), Rx(a), $width][]), |asm, b| {
                    dynasm!(asm ; .arch x64 ; $op Rx(dst), Rx(a), Rx(b))
                })
            };
        }
        macro_rules! by_type {
            ($ss:ident, $sd:ident, $ps:ident, $pd:ident) => {
                match (ty, shape) {
                    (FpType::S, Shape::Scalar) => emit!($ss, DWORD),
                    (FpType::D, Shape::Scalar) => emit!($sd, QWORD),
                    (FpType::S, _) => emit!($ps, OWORD),
                    (FpType::D, _) => emit!($pd, OWORD),
                    (FpType::H, _) => return Err(Unfit),
                }
            };
        }
        match op {
            Fp2::Add => by_type!(vaddss, vaddsd, vaddps, vaddpd),
            Fp2::Sub => by_type!(vsubss, vsubsd, vsubps, vsubpd),
            Fp2::Mul => by_type!(vmulss, vmulsd, vmulps, vmulpd),
            Fp2::Div => by_type!(vdivss, vdivsd, vdivps, vdivpd),
            _ => return Err(Unfit),
        }
        self.clear_above(ty, shape, clean, dst);
        Ok(())
    }

    /// Zeroes what lies above a result.
    fn clear_above(&mut self, ty: FpType, shape: Shape, clean: bool, dst: u8) {
        match shape {
            Shape::Scalar if !clean => self.keep_low(dst, dst, ty.bits()),
            Shape::Half => self.keep_low(dst, dst, 64),
            _ => {}
        }
    }

    /// `[addend, n, m]`.
    fn fp3(&mut self, op: Fp3, ty: FpType, shape: Shape, [a, n, m]: [Ref; 3], dst: u8) -> Fit<()> {
        let clean = self.before.of(self.rec, a) <= ty.bits();
        let (n, m) = (self.vec(n)?, self.operand_v(m)?);
        let sum = match self.leaf_v(a) {
            Some(Operand::Reg(reg)) if reg == dst => dst,
            Some(_) if n != dst && m != Operand::Reg(dst) => {
                self.compute_v(a, dst)?;
                dst
            }
            _ => {
                let t = self.temp_v()?;
                self.compute_v(a, t)?;
                t
            }
        };
        macro_rules! emit {
            ($op:ident, $width:ident) => {
                three(self.asm, m, |asm, m| with_mem!(asm, m, [$op Rx(sum), Rx(n), $width][]), |asm, m| {
                    dynasm!(asm ; .arch x64 ; $op Rx(sum), Rx(n), Rx(m))
                })
            };
        }
        macro_rules! by_type {
            ($ss:ident, $sd:ident, $ps:ident, $pd:literal) => {
                match (ty, shape) {
                    (FpType::S, Shape::Scalar) => emit!($ss, DWORD),
                    (FpType::D, Shape::Scalar) => emit!($sd, QWORD),
                    (FpType::S, _) => emit!($ps, OWORD),
                    (FpType::D, _) => {
                        let m = self.in_register(m)?;
                        self.asm.fma_pd($pd, sum, n, m);
                    }
                    (FpType::H, _) => return Err(Unfit),
                }
            };
        }
        match op {
            Fp3::MulAdd => by_type!(vfmadd231ss, vfmadd231sd, vfmadd231ps, 0xb8),
            Fp3::MulSub => by_type!(vfnmadd231ss, vfnmadd231sd, vfnmadd231ps, 0xbc),
            Fp3::NegMulAdd => by_type!(vfnmsub231ss, vfnmsub231sd, vfnmsub231ps, 0xbe),
            Fp3::NegMulSub => by_type!(vfmsub231ss, vfmsub231sd, vfmsub231ps, 0xba),
        }
        self.clear_above(ty, shape, clean, sum);
        self.mov_v(dst, sum);
        Ok(())
    }
}

/// A three-operand instruction whose last operand is a slot or a register.
fn three(asm: &mut Asm, last: Operand, memory: impl FnOnce(&mut Asm, Mem), register: impl FnOnce(&mut Asm, u8)) {
    match last {
        Operand::Slot(disp) => memory(asm, slot(disp)),
        Operand::Reg(reg) => register(asm, reg),
        Operand::Imm(_) => {}
    }
}
