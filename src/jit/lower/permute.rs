//! Tables and permutes.

use super::{Fit, Lower, Unfit};
use crate::jit::ir::Ref;
use crate::jit::regs::Operand;
use crate::jit::vex::*;
use crate::value::simd::{Esize, Vec2, splat};

impl Lower<'_> {
    /// EXT.
    pub(super) fn ext(&mut self, lo: Ref, hi: Ref, from: u8, dst: u8) -> Fit<()> {
        if from == 8 && self.same(lo, hi) {
            let a = self.rm(lo)?;
            self.asm.v2i(VPSHUFD, dst, a, 0x4e);
            return Ok(());
        }
        let lo = self.rm(lo)?;
        let hi = self.vec(hi)?;
        self.asm.v3i(VPALIGNR, dst, hi, lo, from);
        Ok(())
    }

    /// UZP1, UZP2, TRN1, TRN2.
    pub(super) fn unzip_transpose(&mut self, op: Vec2, es: Esize, a: Ref, b: Ref, dst: u8) -> Fit<()> {
        let (second, half) = (matches!(op, Vec2::Uzp2 | Vec2::Trn2), es.bits() as u8);
        let (b, a) = (self.vec(b)?, self.vec(a)?);
        match (op, es) {
            (Vec2::Uzp1 | Vec2::Uzp2, Esize::S) => {
                self.asm.v3i(VSHUFPS, dst, a, b, if second { 0xdd } else { 0x88 });
            }
            (Vec2::Uzp1 | Vec2::Uzp2, Esize::B | Esize::H) => {
                // The wanted halves of lanes twice as wide, packed.
                let (t, u) = (self.temp_v()?, self.work(dst, &[a.into(), b.into()])?);
                let (shift, pack) = if es == Esize::B { (VPSRLW, VPACKUSWB) } else { (VPSRLD, VPACKUSDW) };
                for (to, from) in [(t, a), (u, b)] {
                    if second {
                        self.asm.vshift(shift, to, from, half);
                    } else {
                        self.asm.v3(VPAND, to, from, Self::lane_mask(es.double(), half as u32));
                    }
                }
                self.asm.v3(pack, dst, t, u);
            }
            (_, Esize::B) => {
                let (t, u) = (self.temp_v()?, self.work(dst, &[a.into(), b.into()])?);
                let low = Self::lane_mask(Esize::H, 8);
                let high = Rm::Const(splat(Esize::H, 0xff00));
                if second {
                    self.asm.vshift(VPSRLW, t, a, 8);
                    self.asm.v3(VPAND, u, b, high);
                } else {
                    self.asm.v3(VPAND, t, a, low);
                    self.asm.vshift(VPSLLW, u, b, 8);
                }
                self.asm.v3(VPOR, dst, t, u);
            }
            (_, Esize::H | Esize::S) => {
                let t = self.temp_v()?;
                let (left, right) = if es == Esize::H { (VPSLLD, VPSRLD) } else { (VPSLLQ, VPSRLQ) };
                let (first, last) = if second {
                    self.asm.vshift(right, t, a, half);
                    (t, b)
                } else {
                    self.asm.vshift(left, t, b, half);
                    (a, t)
                };
                let (blend, odd) = if es == Esize::H { (VPBLENDW, 0xaa) } else { (VPBLENDD, 0xa) };
                self.asm.v3i(blend, dst, first, last, odd);
            }
            _ => return Err(Unfit),
        }
        Ok(())
    }

    /// The same by indices that are known.
    fn tbl_by_constant(&mut self, table: [Ref; 4], count: u8, index: u128, dst: u8) -> Fit<()> {
        let out = self.temp_v()?;
        for (n, &register) in table.iter().take(count as usize).enumerate() {
            let busy = self.busy_v;
            let t = if n == 0 { out } else { self.temp_v()? };
            let register = match self.leaf_v(register) {
                Some(Operand::Reg(reg)) => reg,
                _ => {
                    self.compute_v(register, t)?;
                    t
                }
            };
            let pick = |byte: u8| if (byte / 16) as usize == n { byte % 16 } else { 0x80 };
            let picks = Rm::Const(u128::from_le_bytes(index.to_le_bytes().map(pick)));
            self.asm.v3(VPSHUFB, t, register, picks);
            if n > 0 {
                self.asm.v3(VPOR, out, out, t);
            }
            self.busy_v = busy | self.held_v;
        }
        self.mov_v(dst, out);
        Ok(())
    }

    /// TBL: bytes of one to four registers picked by index; zero for an index beyond them. `vpshufb`
    /// gives zero where bit 7 is set: a saturating add of 0x70 sets it from 16 on, and an index of an
    /// earlier register, which the subtraction before it takes below zero, has it then, too.
    pub(super) fn tbl(&mut self, table: [Ref; 4], count: u8, index: Ref, dst: u8) -> Fit<()> {
        if let Some(index) = self.rec.vector_constant(index) {
            return self.tbl_by_constant(table, count, index, dst);
        }
        let index = self.vec(index)?;
        if count == 1 {
            let first = self.vec(table[0])?;
            let picks = self.work(dst, &[index.into(), first.into()])?;
            self.asm.v3(VPADDUSB, picks, index, Rm::Const(splat(Esize::B, 0x70)));
            self.asm.v3(VPSHUFB, dst, first, picks);
            return Ok(());
        }
        let (out, picks) = (self.temp_v()?, self.temp_v()?);
        for (n, &register) in table.iter().take(count as usize).enumerate() {
            let busy = self.busy_v;
            let register = self.vec(register)?;
            let mut from = index;
            if n > 0 {
                self.asm.v3(VPSUBB, picks, index, Rm::Const(splat(Esize::B, 16 * n as u64)));
                from = picks;
            }
            self.asm.v3(VPADDUSB, picks, from, Rm::Const(splat(Esize::B, 0x70)));
            if n == 0 {
                self.asm.v3(VPSHUFB, out, register, picks);
            } else {
                self.asm.v3(VPSHUFB, picks, register, picks);
                let to = if n + 1 == count as usize { dst } else { out };
                self.asm.v3(VPOR, to, out, picks);
            }
            self.busy_v = busy | self.held_v;
        }
        Ok(())
    }
}
