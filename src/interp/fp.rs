//! Floating point in the interpreter: the environment around an operation, and the walk over lanes.

use super::Interp;
use crate::value::fp::op::{FpEnv, FpType, Shape};
use crate::value::fp::{Fpcr, Fpsr};
use bytemuck::must_cast;
use std::arch::x86_64::__m128i;

impl Interp {
    /// The thread's floating-point environment; its FPSR is to be written back.
    #[inline(always)]
    pub(super) fn fp_env(&self) -> FpEnv {
        FpEnv { fpcr: Fpcr(self.cpu.fpcr), fpsr: Fpsr(self.cpu.fpsr) }
    }

    /// Runs `f` in the thread's floating-point environment.
    #[inline(always)]
    pub(super) fn fp<T>(&mut self, f: impl FnOnce(&mut FpEnv) -> T) -> T {
        let mut env = self.fp_env();
        let result = f(&mut env);
        self.cpu.fpsr = env.fpsr.0;
        result
    }
}

/// Evaluates an expression for the number of each lane of a shape, in the thread's floating-point
/// environment; the other bits are zero. A macro and no closure, so that it is always inlined and
/// each row of the decode table becomes code of its own.
macro_rules! fp_lanes {
    ($interp:expr, $ty:expr, $shape:expr, |$env:ident, $n:ident| $lane:expr) => {{
        let mut env = $interp.fp_env();
        let $env = &mut env;
        let mut out = 0u128;
        for $n in 0..fp_lane_count($ty, $shape) {
            out |= ($lane as u128) << ($n * $ty.bits());
        }
        $interp.cpu.fpsr = env.fpsr.0;
        bytemuck::must_cast::<u128, std::arch::x86_64::__m128i>(out)
    }};
}
pub(super) use fp_lanes;

/// Lanes that an operation of this shape has.
#[inline(always)]
pub(super) fn fp_lane_count(ty: FpType, shape: Shape) -> u32 {
    match shape {
        Shape::Scalar => 1,
        Shape::Half => 64 / ty.bits(),
        Shape::Full => 128 / ty.bits(),
    }
}

/// Lane `n` of `v`, zero-extended.
#[inline(always)]
pub(super) fn fp_lane(ty: FpType, v: __m128i, n: u32) -> u64 {
    (must_cast::<_, u128>(v) >> (n * ty.bits())) as u64 & (u64::MAX >> (64 - ty.bits()))
}
