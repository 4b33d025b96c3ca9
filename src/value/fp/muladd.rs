//! FPMulAdd(): fused multiply-add.

use super::convert::convert_nan;
use super::nan::{invalid_operation, prevailing_nan, process_nan, process_nans};
use super::round::round_or_zero;
use super::unpack::{Class, Unpacked, process_denorms, unpack};
use super::{F16, F32, Format, Fpcr, Fpsr, host};

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
    let nan = process_nans::<F>(&[(&third, addend), (&first, a), (&second, b)], fpcr, fpsr);
    fuse::<F>(nan, &third, &first, &second, fpcr, fpsr, &[&third, &first, &second])
}

/// FPMulAddH(): `addend`, single precision, + `a` × `b`, half precision.
pub fn mul_add_half(addend: u64, a: u64, b: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    let third = unpack::<F32>(addend, fpcr, fpsr);
    let first = unpack::<F16>(a, fpcr, fpsr);
    let second = unpack::<F16>(b, fpcr, fpsr);
    let nan =
        prevailing_nan([third.class, first.class, second.class].into_iter(), fpcr).map(|(class, place)| match place {
            0 => process_nan::<F32>(class, addend, fpcr, fpsr),
            _ => convert_nan::<F16, F32>(process_nan::<F16>(class, if place == 1 { a } else { b }, fpcr, fpsr)),
        });
    fuse::<F32>(nan, &third, &first, &second, fpcr, fpsr, &[&third])
}

/// BFMulAddH(): `addend`, single precision, + `a` × `b`, BFloat16.
pub fn mul_add_bf16(addend: u64, a: u64, b: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    fpcr.estimating(fpsr, |fpcr, fpsr| mul_add_exactly::<F32>(addend, a << 16, b << 16, fpcr, fpsr))
}

/// The rest of FPMulAdd(), where `nan` is what the operands' NaNs give. Denormals among `noted` raise
/// InputDenorm under FPCR.AH.
fn fuse<F: Format>(
    nan: Option<u64>,
    third: &Unpacked,
    first: &Unpacked,
    second: &Unpacked,
    fpcr: Fpcr,
    fpsr: &mut Fpsr,
    noted: &[&Unpacked],
) -> u64 {
    let zero_times_infinity = first.is_infinity() && second.is_zero() || first.is_zero() && second.is_infinity();
    if let Some(nan) = nan {
        // The product's invalid operation outranks a quiet addend.
        let outranked = third.class == Class::QuietNan && zero_times_infinity && !fpcr.alternate();
        return if outranked { invalid_operation::<F>(fpcr, fpsr) } else { nan };
    }
    let product_negative = first.negative != second.negative;
    let product_infinite = first.is_infinity() || second.is_infinity();
    let product_zero = first.is_zero() || second.is_zero();
    let infinities_differ = third.is_infinity() && product_infinite && third.negative != product_negative;
    if zero_times_infinity || infinities_differ {
        return invalid_operation::<F>(fpcr, fpsr);
    }
    process_denorms::<F>(noted, fpcr, fpsr);
    if third.is_infinity() {
        F::infinity(third.negative)
    } else if product_infinite {
        F::infinity(product_negative)
    } else if third.is_zero() && product_zero && third.negative == product_negative {
        F::zero(third.negative)
    } else {
        round_or_zero::<F>(third.real.plus(first.real.times(second.real)), fpcr, fpsr)
    }
}
