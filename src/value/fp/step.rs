//! FPRecipStepFused() and FPRSqrtStepFused(): the Newton-Raphson steps of FRECPS and FRSQRTS.

use super::nan::process_nans;
use super::real::Real;
use super::round::round_or_zero;
use super::unpack::unpack;
use super::{Format, Fpcr, Fpsr, neg};

/// FPRecipStepFused(): 2.0 - `a` × `b`, rounded once.
pub fn recip_step<F: Format>(a: u64, b: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    step::<F>(a, b, F::two(false), |product| Real::integer(2).plus(product), fpcr, fpsr)
}

/// FPRSqrtStepFused(): (3.0 - `a` × `b`) / 2.0, rounded once.
pub fn rsqrt_step<F: Format>(a: u64, b: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    step::<F>(a, b, F::one_point_five(false), |product| Real::integer(3).plus(product).scaled(-1), fpcr, fpsr)
}

/// `finish` takes -(`a` × `b`); zero times infinity counts as zero and is valid. The first operand's
/// sign is inverted before NaNs are looked at, so that a NaN result shows it.
fn step<F: Format>(
    a: u64,
    b: u64,
    zero_times_infinity: u64,
    finish: impl Fn(Real) -> Real,
    fpcr: Fpcr,
    fpsr: &mut Fpsr,
) -> u64 {
    fpcr.estimating(fpsr, |fpcr, fpsr| newton::<F>(a, b, zero_times_infinity, finish, fpcr, fpsr))
}

fn newton<F: Format>(
    a: u64,
    b: u64,
    zero_times_infinity: u64,
    finish: impl Fn(Real) -> Real,
    fpcr: Fpcr,
    fpsr: &mut Fpsr,
) -> u64 {
    let a = neg::<F>(a, fpcr);
    let first = unpack::<F>(a, fpcr, fpsr);
    let second = unpack::<F>(b, fpcr, fpsr);
    if let Some(nan) = process_nans::<F>(&[(&first, a), (&second, b)], fpcr, fpsr) {
        return nan;
    }
    let any_infinity = first.is_infinity() || second.is_infinity();
    let any_zero = first.is_zero() || second.is_zero();
    match (any_infinity, any_zero) {
        (true, true) => zero_times_infinity,
        (true, false) => F::infinity(first.negative != second.negative),
        (false, _) => round_or_zero::<F>(finish(first.real.times(second.real)), fpcr, fpsr),
    }
}
