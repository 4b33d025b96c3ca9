//! FPSqrt().

use super::nan::{invalid_operation, process_nan};
use super::round::round;
use super::unpack::{process_denorms, unpack};
use super::{Format, Fpcr, Fpsr, host};

/// FPSqrt(): the square root of `a`; that of -0 is -0.
#[inline(always)]
pub fn sqrt<F: Format>(a: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    match host::sqrt::<F>(a, fpcr, *fpsr) {
        Some(root) => root,
        None => sqrt_exactly::<F>(a, fpcr, fpsr),
    }
}

#[inline(never)]
pub(super) fn sqrt_exactly<F: Format>(a: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    let operand = unpack::<F>(a, fpcr, fpsr);
    if operand.is_nan() {
        process_nan::<F>(operand.class, a, fpcr, fpsr)
    } else if operand.is_zero() {
        F::zero(operand.negative)
    } else if operand.negative {
        invalid_operation::<F>(fpcr, fpsr)
    } else if operand.is_infinity() {
        F::infinity(false)
    } else {
        process_denorms::<F>(&[&operand], fpcr, fpsr);
        round::<F>(operand.real.square_root(), fpcr.rounding(), fpcr, fpsr)
    }
}
