//! FPAdd(), FPSub(), and FABD's absolute difference.

use super::nan::{invalid_operation, process_nans};
use super::round::round_or_zero;
use super::unpack::{process_denorms, unpack};
use super::{Format, Fpcr, Fpsr, abs, host};

/// FPAdd(): `a` + `b`.
#[inline(always)]
pub fn add<F: Format>(a: u64, b: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    match host::add::<F>(a, b, fpcr, *fpsr) {
        Some(sum) => sum,
        None => add_exactly::<F>(a, b, false, fpcr, fpsr),
    }
}

/// FPSub(): `a` - `b`.
#[inline(always)]
pub fn sub<F: Format>(a: u64, b: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    // Numbers may be subtracted by adding the negative; NaNs must keep their sign.
    match host::add::<F>(a, b ^ F::SIGN, fpcr, *fpsr) {
        Some(difference) => difference,
        None => add_exactly::<F>(a, b, true, fpcr, fpsr),
    }
}

/// FABD: |`a` - `b`|, rounded before the sign is dropped.
#[inline(always)]
pub fn abs_difference<F: Format>(a: u64, b: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    abs::<F>(sub::<F>(a, b, fpcr, fpsr), fpcr)
}

#[inline(never)]
pub(super) fn add_exactly<F: Format>(a: u64, b: u64, subtract: bool, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    let first = unpack::<F>(a, fpcr, fpsr);
    let mut second = unpack::<F>(b, fpcr, fpsr);
    if let Some(nan) = process_nans::<F>(&[(&first, a), (&second, b)], fpcr, fpsr) {
        return nan;
    }
    if subtract {
        second.negative = !second.negative;
        second.real = second.real.negated();
    }
    process_denorms::<F>(&[&first, &second], fpcr, fpsr);
    if first.is_infinity() && second.is_infinity() && first.negative != second.negative {
        invalid_operation::<F>(fpcr, fpsr)
    } else if first.is_infinity() {
        F::infinity(first.negative)
    } else if second.is_infinity() {
        F::infinity(second.negative)
    } else if first.is_zero() && second.is_zero() && first.negative == second.negative {
        F::zero(first.negative)
    } else {
        round_or_zero::<F>(first.real.plus(second.real), fpcr, fpsr)
    }
}
