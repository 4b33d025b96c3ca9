//! Floating-point values.
//!
//! Scalar results have zeros above them in the guest; x86-64's scalar instructions leave there what
//! the first operand had. Where that is known to be zero ([`crate::jit::units::Zeros`]) nothing is
//! to be done.
//!
//! Quirk: NaN results are the host's: an invalid operation gives the default NaN with its sign set,
//! and of two NaN operands always the first is taken. Arm's rules want a check behind each
//! operation, off the straight path.

use super::vector::three;
use super::{Context, Fit, Lower, Unfit};
use crate::jit::asm::with_mem;
use crate::jit::ir::{Effect, Ref};
use crate::jit::regs::{Mem, Operand};
use crate::value::fp::op::{Fp1, Fp2, Fp3, FpType, Shape};
use crate::value::fp::{Fixed, Rounding};
use dynasmrt::{DynasmApi, dynasm};

impl Lower<'_> {
    pub(super) fn fp1(&mut self, _: Fp1, _: FpType, _: Shape, _: Ref, _: u8) -> Fit<()> {
        Err(Unfit)
    }

    pub(super) fn fp2(&mut self, op: Fp2, ty: FpType, shape: Shape, a: Ref, b: Ref, dst: u8) -> Fit<()> {
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
    pub(super) fn fp3(&mut self, op: Fp3, ty: FpType, shape: Shape, [a, n, m]: [Ref; 3], dst: u8) -> Fit<()> {
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

    pub(super) fn fp_pairwise(&mut self, _: Fp2, _: FpType, _: Shape, _: Ref, _: Ref, _: u8) -> Fit<()> {
        Err(Unfit)
    }

    pub(super) fn fp_convert(&mut self, _: FpType, _: FpType, _: bool, _: Shape, _: Ref, _: u8) -> Fit<()> {
        Err(Unfit)
    }

    pub(super) fn fp_to_fixed(&mut self, _: FpType, _: Fixed, _: Rounding, _: Shape, _: Ref, _: u8) -> Fit<()> {
        Err(Unfit)
    }

    pub(super) fn fp_from_fixed(&mut self, _: FpType, _: Fixed, _: Shape, _: Ref, _: u8) -> Fit<()> {
        Err(Unfit)
    }

    pub(super) fn fp_from_int(&mut self, _: FpType, _: Fixed, _: Ref, _: u8) -> Fit<()> {
        Err(Unfit)
    }

    pub(super) fn fp_to_int(&mut self, _: FpType, _: Fixed, _: Rounding, _: Ref, _: u8) -> Fit<()> {
        Err(Unfit)
    }

    /// FJCVTZS.
    pub(super) fn eval_fp_to_int_js(&mut self, _: Context, _: Ref, _: Ref, _: &[Effect]) -> Fit<()> {
        Err(Unfit)
    }

    /// FCMP, FCMPE.
    pub(super) fn fp_compare(&mut self, _: Context, _: FpType, _: bool, _: Ref, _: Ref) -> Fit<()> {
        Err(Unfit)
    }

    /// FCCMP, FCCMPE.
    #[allow(clippy::too_many_arguments)]
    pub(super) fn fp_cond_compare(&mut self, _: Context, _: Ref, _: FpType, _: bool, _: Ref, _: Ref, _: u8) -> Fit<()> {
        Err(Unfit)
    }
}
