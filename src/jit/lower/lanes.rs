//! Integer lanes.

use super::vector::three;
use super::{Fit, Lower, Unfit};
use crate::jit::asm::with_mem;
use crate::jit::ir::Ref;
use crate::jit::regs::Mem;
use crate::value::simd::{Esize, Vec1, Vec2, Vec3, VecShift};
use dynasmrt::{DynasmApi, dynasm};

impl Lower<'_> {
    pub(super) fn vec1(&mut self, _: Vec1, _: Esize, _: Ref, _: u8) -> Fit<()> {
        Err(Unfit)
    }

    pub(super) fn vec3(&mut self, _: Vec3, _: Esize, _: [Ref; 3], _: u8) -> Fit<()> {
        Err(Unfit)
    }

    pub(super) fn vec_shift(&mut self, _: VecShift, _: Esize, _: Ref, _: u8, _: u8) -> Fit<()> {
        Err(Unfit)
    }

    pub(super) fn vec2(&mut self, op: Vec2, es: Esize, a: Ref, b: Ref, dst: u8) -> Fit<()> {
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
}
