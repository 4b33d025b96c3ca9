//! Floating point in the interpreter: the environment around an operation, and the walk over lanes.

use super::Interp;
use crate::value::fp::op::{FpEnv, FpType, Shape};
use crate::value::fp::{Fpcr, Fpsr};

impl Interp {
    /// Runs `f` in the thread's floating-point environment.
    #[inline(always)]
    pub(super) fn fp<T>(&mut self, f: impl FnOnce(&mut FpEnv) -> T) -> T {
        let mut env = FpEnv { fpcr: Fpcr(self.cpu.fpcr), fpsr: Fpsr(self.cpu.fpsr) };
        let result = f(&mut env);
        self.cpu.fpsr = env.fpsr.0;
        result
    }

    /// Applies `f` to the number of each lane of `shape`; the other bits are zero.
    #[inline(always)]
    pub(super) fn fp_lanes(&mut self, ty: FpType, shape: Shape, mut f: impl FnMut(&mut FpEnv, u32) -> u64) -> u128 {
        self.fp(|env| {
            let mut out = 0;
            for n in 0..fp_lane_count(ty, shape) {
                out |= (f(env, n) as u128) << (n * ty.bits());
            }
            out
        })
    }
}

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
pub(super) fn fp_lane(ty: FpType, v: u128, n: u32) -> u64 {
    (v >> (n * ty.bits())) as u64 & (u64::MAX >> (64 - ty.bits()))
}
