//! FPMul() and FPMulX().

use super::nan::{invalid_operation, process_nans};
use super::round::round;
use super::unpack::{process_denorms, unpack};
use super::{Format, Fpcr, Fpsr, host};

/// FPMul(): `a` × `b`.
#[inline(always)]
pub fn mul<F: Format>(a: u64, b: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    match host::mul::<F>(a, b, fpcr, *fpsr) {
        Some(product) => product,
        None => mul_exactly::<F>(a, b, false, fpcr, fpsr),
    }
}

/// FPMulX(): `a` × `b`, except that zero times infinity is ±2.0 and valid.
#[inline(always)]
pub fn mulx<F: Format>(a: u64, b: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    match host::mul::<F>(a, b, fpcr, *fpsr) {
        Some(product) => product,
        None => mul_exactly::<F>(a, b, true, fpcr, fpsr),
    }
}

#[inline(never)]
pub(super) fn mul_exactly<F: Format>(a: u64, b: u64, extended: bool, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    let first = unpack::<F>(a, fpcr, fpsr);
    let second = unpack::<F>(b, fpcr, fpsr);
    if let Some(nan) = process_nans::<F>(&[(&first, a), (&second, b)], fpcr, fpsr) {
        return nan;
    }
    process_denorms::<F>(&[&first, &second], fpcr, fpsr);
    let negative = first.negative != second.negative;
    let any_infinity = first.is_infinity() || second.is_infinity();
    let any_zero = first.is_zero() || second.is_zero();
    match (any_infinity, any_zero) {
        (true, true) if extended => F::two(negative),
        (true, true) => invalid_operation::<F>(fpcr, fpsr),
        (true, false) => F::infinity(negative),
        (false, true) => F::zero(negative),
        (false, false) => round::<F>(first.real.times(second.real), fpcr.rounding(), fpcr, fpsr),
    }
}
