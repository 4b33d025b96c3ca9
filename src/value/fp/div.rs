//! FPDiv().

use super::nan::{invalid_operation, process_nans};
use super::round::round;
use super::unpack::{process_denorms, unpack};
use super::{Exception, Format, Fpcr, Fpsr, host};

/// FPDiv(): `a` ÷ `b`.
#[inline(always)]
pub fn div<F: Format>(a: u64, b: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    match host::div::<F>(a, b, fpcr, *fpsr) {
        Some(quotient) => quotient,
        None => div_exactly::<F>(a, b, fpcr, fpsr),
    }
}

#[inline(never)]
pub(super) fn div_exactly<F: Format>(a: u64, b: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    let first = unpack::<F>(a, fpcr, fpsr);
    let second = unpack::<F>(b, fpcr, fpsr);
    if let Some(nan) = process_nans::<F>(&[(&first, a), (&second, b)], fpcr, fpsr) {
        return nan;
    }
    if !second.is_zero() {
        process_denorms::<F>(&[&first, &second], fpcr, fpsr);
    }
    let negative = first.negative != second.negative;
    if first.is_infinity() && second.is_infinity() || first.is_zero() && second.is_zero() {
        invalid_operation::<F>(fpcr, fpsr)
    } else if first.is_infinity() || second.is_zero() {
        if !first.is_infinity() {
            fpsr.raise(Exception::DivideByZero);
        }
        F::infinity(negative)
    } else if first.is_zero() || second.is_infinity() {
        F::zero(negative)
    } else {
        round::<F>(first.real.over(second.real), fpcr.rounding(), fpcr, fpsr)
    }
}
