//! Vector values: where they are, and how they get there (moves, lanes, constants).
//!
//! What is computed is in the files beside this one: `lanes`, `shifts`, `reduce`, `widen`, `saturating`,
//! `permute`, `crypto`, `fp`.

use super::{Fit, Lower, Unfit};
use crate::jit::asm::slot;
use crate::jit::entry::Thread;
use crate::jit::ir::{Node, Ref};
use crate::jit::regs::{Operand, SCRATCH_V};
use crate::jit::vex::*;
use crate::lift::Width;
use crate::value::bits::ones;
use crate::value::simd::Esize;
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
        // A borrowed register goes back at the effect's end, and a slot is soon read again.
        let stays = !self.borrowed.contains(&Some(reg)) && !matches!(self.rec.node(r), Node::V(_));
        if self.rec.use_count(r) > 1 && stays {
            self.held_v |= 1 << reg;
            self.place(r, reg);
        }
        Ok(reg)
    }

    /// The value as the last operand of a host instruction: a register or a slot.
    pub(super) fn operand_v(&mut self, r: Ref) -> Fit<Operand> {
        match self.leaf_v(r) {
            Some(operand) => Ok(operand),
            None => self.vec(r).map(Operand::Reg),
        }
    }

    /// The same, constants among them.
    pub(super) fn rm(&mut self, r: Ref) -> Fit<Rm> {
        match (self.leaf_v(r), self.rec.vector_constant(r)) {
            (Some(Operand::Reg(reg)), _) => Ok(Rm::Reg(reg)),
            (Some(Operand::Slot(disp)), _) => Ok(Rm::Mem(slot(disp))),
            (_, Some(v)) if v != 0 => Ok(Rm::Const(v)),
            _ => self.vec(r).map(Rm::Reg),
        }
    }

    /// A register for intermediate results: the destination, if it is none of the operands that are
    /// still wanted.
    pub(super) fn work(&mut self, dst: u8, wanted: &[Rm]) -> Fit<u8> {
        if wanted.contains(&Rm::Reg(dst)) { self.temp_v() } else { Ok(dst) }
    }

    /// Whether a register holds an intermediate result that nothing else wants.
    pub(super) fn is_spare(&self, reg: u8) -> bool {
        (SCRATCH_V.contains(&reg) || self.borrowed.contains(&Some(reg))) && self.held_v >> reg & 1 == 0
    }

    /// Whether two values are one.
    pub(super) fn same(&self, a: Ref, b: Ref) -> bool {
        a == b || matches!((self.rec.node(a), self.rec.node(b)), (Node::V(a), Node::V(b)) if a == b)
    }

    /// A vector operand in a register.
    pub(super) fn in_register(&mut self, operand: Operand) -> Fit<u8> {
        match operand {
            Operand::Reg(reg) => Ok(reg),
            Operand::Slot(disp) => {
                let t = self.temp_v()?;
                self.asm.load_vector(Width::Q, t, slot(disp));
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

    pub(super) fn load_v_slot(&mut self, dst: u8, v: u8) {
        self.asm.load_vector(Width::Q, dst, slot(Thread::v_slot(v)));
    }

    pub(super) fn store_v_slot(&mut self, v: u8, src: u8) {
        self.asm.store_vector(Width::Q, slot(Thread::v_slot(v)), src);
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
                self.asm.load_vector(Width::Q, dst, slot(disp));
                return Ok(());
            }
            _ => {}
        }
        match self.rec.node(r) {
            Node::Low(a, bits) => self.low(a, bits, dst),
            Node::FromInt(a) => self.vec_from_int(a, dst),
            Node::Dup { es, v, lane } => self.dup(es, v, lane, dst),
            Node::SetLane { es, v, lane, x } => self.set_lane(es, v, lane, x, dst),
            Node::VecImm(_) => self.vec_imm(r, dst),
            Node::SelectV { c, a, b } => self.select_v(c, a, b, dst),
            Node::Ext { lo, hi, from } => self.ext(lo, hi, from, dst),
            Node::Vec1(op, es, a) => self.vec1(op, es, a, dst),
            Node::Vec2(op, es, a, b) => self.vec2(op, es, a, b, dst),
            Node::Vec3(op, es, a, b, c) => self.vec3(op, es, [a, b, c], dst),
            Node::VecShift(op, es, a, n) => self.vec_shift(op, es, a, n, dst),
            Node::Tbl { table, count, index } => self.tbl(table, count, index, dst),
            Node::Fp1(op, ty, shape, a) => self.fp1(op, ty, shape, a, dst),
            Node::Fp2(op, ty, shape, a, b) => self.fp2(op, ty, shape, a, b, dst),
            Node::Fp3(op, ty, shape, a, n, m) => self.fp3(op, ty, shape, [a, n, m], dst),
            Node::FpPairwise(op, ty, shape, n, m) => self.fp_pairwise(op, ty, shape, n, m, dst),
            Node::DotBf16(shape, a, n, m) => self.bf16_dot(shape, [a, n, m], dst),
            Node::FpConvert { from, to, odd, shape, a } => self.fp_convert(from, to, odd, shape, a, dst),
            Node::FpToFixed { ty, to, rounding, shape, a } => self.fp_to_fixed(ty, to, rounding, shape, a, dst),
            Node::FpFromFixed { ty, from, shape, a } => self.fp_from_fixed(ty, from, shape, a, dst),
            Node::FpFromInt { ty, from, a } => self.fp_from_int(ty, from, a, dst),
            _ => Err(Unfit),
        }?;
        (self.busy, self.busy_v) = (busy | self.held, busy_v | self.held_v);
        Ok(())
    }

    // ── moves ──────────────────────────────────────────────────────────────────────────────────

    fn low(&mut self, a: Ref, bits: u8, dst: u8) -> Fit<()> {
        if let Node::SelectV { c, a, b } = self.rec.node(a) {
            self.fp_select(c, a, b, bits, dst)?;
            if bits < 32 {
                self.asm.v3(VPAND, dst, dst, Rm::Const(ones(bits as u32) as u128));
            }
            return Ok(());
        }
        if bits >= 32 && self.before.of(self.rec, a) <= bits as u32 {
            return self.compute_v(a, dst);
        }
        let operand = if self.leaf_v(a).is_none() && SCRATCH_V.contains(&dst) {
            // No second scratch register for it.
            self.compute_v(a, dst)?;
            Operand::Reg(dst)
        } else {
            self.operand_v(a)?
        };
        match (operand, bits) {
            (Operand::Reg(src), 8 | 16) => {
                self.asm.v3(VPAND, dst, src, Rm::Const(ones(bits as u32) as u128));
            }
            (Operand::Slot(disp), 8 | 16) => {
                self.asm.load_vector(Width::S, dst, slot(disp));
                self.asm.v3(VPAND, dst, dst, Rm::Const(ones(bits as u32) as u128));
            }
            (Operand::Reg(src), _) => self.keep_low(dst, src, bits as u32),
            (Operand::Slot(disp), 32) => self.asm.load_vector(Width::S, dst, slot(disp)),
            (Operand::Slot(disp), _) => self.asm.load_vector(Width::D, dst, slot(disp)),
            (Operand::Imm(_), _) => return Err(Unfit),
        }
        Ok(())
    }

    /// dst = the low 32 or 64 bits of src.
    pub(super) fn keep_low(&mut self, dst: u8, src: u8, bits: u32) {
        if bits == 64 {
            dynasm!(self.asm ; .arch x64 ; vmovq Rx(dst), Rx(src));
        } else {
            // Everything but lane 0 zeroed.
            dynasm!(self.asm ; .arch x64 ; vinsertps Rx(dst), Rx(src), Rx(src), 0b1110);
        }
    }

    fn vec_from_int(&mut self, a: Ref, dst: u8) -> Fit<()> {
        if let Some(Operand::Slot(disp)) = self.leaf(a) {
            self.asm.load_vector(Width::D, dst, slot(disp));
            return Ok(());
        }
        let src = self.gpr(a)?;
        dynasm!(self.asm ; .arch x64 ; vmovq Rx(dst), Rq(src));
        Ok(())
    }

    /// A constant.
    fn vec_imm(&mut self, r: Ref, dst: u8) -> Fit<()> {
        match self.rec.vector_constant(r) {
            None => return Err(Unfit),
            Some(0) => self.asm.vzero(dst),
            Some(u128::MAX) => self.asm.vones(dst),
            Some(v) => self.asm.v2(VMOVDQA, dst, Rm::Const(v)),
        }
        Ok(())
    }

    /// FCSEL.
    fn select_v(&mut self, _: Ref, _: Ref, _: Ref, _: u8) -> Fit<()> {
        Err(Unfit)
    }

    fn dup(&mut self, es: Esize, v: Ref, lane: u8, dst: u8) -> Fit<()> {
        let bytes = es.bits() as u8 / 8;
        let broadcast = [VPBROADCASTB, VPBROADCASTW, VPBROADCASTD, VPBROADCASTQ][es as usize];
        if let Some(Operand::Slot(disp)) = self.leaf_v(v) {
            self.asm.v2(broadcast, dst, slot(disp + (lane * bytes) as i32));
            return Ok(());
        }
        let src = self.vec(v)?;
        match es {
            _ if lane == 0 => self.asm.v2(broadcast, dst, src),
            Esize::S => self.asm.v2i(VPSHUFD, dst, src, lane * 0x55),
            Esize::D => self.asm.v2i(VPSHUFD, dst, src, 0xee),
            _ => {
                let pick = std::array::from_fn(|place| lane * bytes + place as u8 % bytes);
                self.asm.v3(VPSHUFB, dst, src, Rm::Const(u128::from_le_bytes(pick)));
            }
        }
        Ok(())
    }

    /// A lane into a general-purpose register.
    pub(super) fn lane(&mut self, es: Esize, v: Ref, lane: u8, dst: u8) -> Fit<()> {
        if let Some(Operand::Slot(disp)) = self.leaf_v(v) {
            let width = [Width::B, Width::H, Width::S, Width::D][es as usize];
            self.asm.load(width, dst, slot(disp + lane as i32 * (es.bits() as i32 / 8)));
            return Ok(());
        }
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
        if let (Node::Lane { es: inner, v: other, lane: from }, true) = (self.rec.node(x), es >= Esize::S)
            && inner == es
            && self.location(x).is_none()
        {
            return self.copy_lane(es, v, lane, other, from, dst);
        }
        let (src, x, lane) = (self.vec(v)?, self.gpr(x)?, lane as i8);
        match es {
            Esize::D => dynasm!(self.asm ; .arch x64 ; vpinsrq Rx(dst), Rx(src), Rq(x), BYTE lane),
            Esize::S => dynasm!(self.asm ; .arch x64 ; vpinsrd Rx(dst), Rx(src), Rd(x), BYTE lane),
            Esize::H => dynasm!(self.asm ; .arch x64 ; vpinsrw Rx(dst), Rx(src), Rd(x), BYTE lane),
            Esize::B => dynasm!(self.asm ; .arch x64 ; vpinsrb Rx(dst), Rx(src), Rd(x), BYTE lane),
        }
        Ok(())
    }

    /// INS (element) of a word or doubleword, within the vector registers.
    fn copy_lane(&mut self, es: Esize, v: Ref, lane: u8, other: Ref, from: u8, dst: u8) -> Fit<()> {
        if es == Esize::S {
            let other = self.vec(other)?;
            let v = self.vec(v)?;
            self.asm.v3i(VINSERTPS, dst, v, other, from << 6 | lane << 4);
            return Ok(());
        }
        match (lane, from) {
            (1, 0) => {
                let other = self.rm(other)?;
                let v = self.vec(v)?;
                self.asm.v3(VPUNPCKLQDQ, dst, v, other);
            }
            (0, 1) => {
                // The upper halves of both.
                let v = self.rm(v)?;
                let other = self.vec(other)?;
                self.asm.v3(VPUNPCKHQDQ, dst, other, v);
            }
            _ => {
                let other = self.rm(other)?;
                let v = self.vec(v)?;
                self.asm.v3i(VPBLENDD, dst, v, other, if lane == 0 { 0b0011 } else { 0b1100 });
            }
        }
        Ok(())
    }
}
