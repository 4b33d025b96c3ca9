//! FPMulAdd(): fused multiply-add.

use super::nan::{invalid_operation, process_nans};
use super::round::round_or_zero;
use super::unpack::{Class, unpack};
use super::{Format, Fpcr, Fpsr, host};

/// FPMulAdd(): `addend` + `a` × `b`, rounded once. FMSUB, FMLS and the FNM… forms negate operands
/// with [`neg`](super::neg) first, as the pseudocode does; that changes NaNs too.
#[inline(always)]
pub fn mul_add<F: Format>(addend: u64, a: u64, b: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    match host::mul_add::<F>(addend, a, b, fpcr, *fpsr) {
        Some(sum) => sum,
        None => mul_add_exactly::<F>(addend, a, b, fpcr, fpsr),
    }
}

#[inline(never)]
pub(super) fn mul_add_exactly<F: Format>(addend: u64, a: u64, b: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    let third = unpack::<F>(addend, fpcr, fpsr);
    let first = unpack::<F>(a, fpcr, fpsr);
    let second = unpack::<F>(b, fpcr, fpsr);
    let zero_times_infinity = first.is_infinity() && second.is_zero() || first.is_zero() && second.is_infinity();

    if let Some(nan) = process_nans::<F>(&[(&third, addend), (&first, a), (&second, b)], fpcr, fpsr) {
        // The product's invalid operation outranks a quiet addend.
        let outranked = third.class == Class::QuietNan && zero_times_infinity;
        return if outranked { invalid_operation::<F>(fpsr) } else { nan };
    }

    let product_negative = first.negative != second.negative;
    let product_infinite = first.is_infinity() || second.is_infinity();
    let product_zero = first.is_zero() || second.is_zero();
    let infinities_differ = third.is_infinity() && product_infinite && third.negative != product_negative;
    if zero_times_infinity || infinities_differ {
        invalid_operation::<F>(fpsr)
    } else if third.is_infinity() {
        F::infinity(third.negative)
    } else if product_infinite {
        F::infinity(product_negative)
    } else if third.is_zero() && product_zero && third.negative == product_negative {
        F::zero(third.negative)
    } else {
        round_or_zero::<F>(third.real.plus(first.real.times(second.real)), fpcr, fpsr)
    }
}
