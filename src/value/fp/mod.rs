//! Floating point as the Arm Architecture Reference Manual's pseudocode defines it (DDI 0487,
//! "shared/functions/float"): what FADD, FSQRT, FCVT … compute, bit for bit, with the exceptions
//! they accumulate.
//!
//! ```text
//!   bits ─ unpack (FPUnpack) ─▶ class, sign, Real ─ exact arithmetic ─▶ Real ─ round (FPRound) ─▶ bits
//!                │                                                              │
//!                └──── NaNs: nan (FPProcessNaNs) ────▶ bits            Fpsr ◀───┘
//! ```
//!
//! Every operation is a pure function, generic over its [`Format`] ([`F16`], [`F32`], [`F64`]).
//! Values travel as bit patterns in a `u64`: bits above the format's width are ignored in operands
//! and zero in results. An operation takes the control register ([`Fpcr`]) and accumulates
//! exceptions into the status register ([`Fpsr`]); trapped exceptions do not exist here (the
//! trap-enable bits of FPCR are RAZ/WI, as on most cores).
//!
//! The slow path is the definition: integers, no host floating point. `host` holds short cuts
//! through the host's own arithmetic for the operands on which it provably agrees.

mod add;
mod compare;
mod control;
mod convert;
mod div;
mod dot;
mod estimate;
mod format;
mod from_fixed;
mod host;
mod minmax;
mod mul;
mod muladd;
mod nan;
pub mod op;
mod real;
mod round;
mod round_int;
mod sign;
mod sqrt;
mod step;
mod to_fixed;
mod unpack;

#[cfg(test)]
mod tests;

pub use add::{abs_difference, add, sub};
pub use compare::{compare, equal, greater, greater_or_equal};
pub use control::{Exception, Fpcr, Fpsr, Rounding};
pub use convert::{convert, to_bf16};
pub use div::div;
pub use dot::dot_add_bf16;
pub use estimate::{
    RECIP_ESTIMATES, RSQRT_ESTIMATES, recip_estimate, recip_exponent, rsqrt_estimate, unsigned_recip_estimate,
    unsigned_rsqrt_estimate,
};
pub use format::{Bf16, F16, F32, F64, Format};
pub use from_fixed::from_fixed;
pub use minmax::{max, max_num, min, min_num};
pub use mul::{mul, mulx};
pub use muladd::{mul_add, mul_add_bf16, mul_add_half};
pub use round_int::{round_int, round_int_n};
pub use sign::{abs, neg};
pub use sqrt::sqrt;
pub use step::{recip_step, rsqrt_step};
pub use to_fixed::{Fixed, to_fixed, to_fixed_js};
