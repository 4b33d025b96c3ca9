//! The estimates: FPRecipEstimate(), FPRSqrtEstimate(), their unsigned fixed-point forms, and
//! FPRecpX(). All have eight correct bits; FEAT_RPRES's twelve need FPCR.AH.

use super::nan::{invalid_operation, process_nan};
use super::unpack::{Class, unpack};
use super::{Exception, Format, Fpcr, Fpsr};

/// FPRecipEstimate(): FRECPE.
pub fn recip_estimate<F: Format>(a: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    let operand = unpack::<F>(a, fpcr, fpsr);
    let negative = operand.negative;
    match operand.class {
        Class::QuietNan | Class::SignallingNan => return process_nan::<F>(operand.class, a, fpcr, fpsr),
        Class::Infinity => return F::zero(negative),
        Class::Zero => {
            fpsr.raise(Exception::DivideByZero);
            return F::infinity(negative);
        }
        Class::Nonzero => {}
    }
    let exponent = operand.real.exponent();
    // Below a quarter of the smallest normal number the reciprocal overflows …
    if exponent < F::MINIMUM_EXP - 2 {
        fpsr.raise(Exception::Overflow);
        fpsr.raise(Exception::Inexact);
        let infinite = fpcr.rounding().overflows_to_infinity(negative);
        return if infinite { F::infinity(negative) } else { F::max_normal(negative) };
    }
    // … and in the two top binades it is denormal.
    if fpcr.flushes::<F>() && exponent >= -F::MINIMUM_EXP {
        fpsr.raise(Exception::Underflow);
        return F::zero(negative);
    }

    // The operand as 256..512, units of 1/512 of 0.5 ≤ x < 1.0.
    let scaled = top_bits(operand.real.significand, 9);
    let estimate = recip_estimate_table(scaled) & 0xff;
    // 1/(1.f × 2^e) = estimate × 2^(-e-1), estimate in [1, 2).
    let biased = -exponent - 1 - F::MINIMUM_EXP + 1;
    let fraction = (estimate as u64) << (F::FRACTION - 8);
    match biased {
        1.. => F::pack(negative, biased as u64, fraction),
        0 => F::pack(negative, 0, (1 << F::FRACTION | fraction) >> 1),
        _ => F::pack(negative, 0, (1 << F::FRACTION | fraction) >> 2),
    }
}

/// FPRSqrtEstimate(): FRSQRTE.
pub fn rsqrt_estimate<F: Format>(a: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    let operand = unpack::<F>(a, fpcr, fpsr);
    match operand.class {
        Class::QuietNan | Class::SignallingNan => return process_nan::<F>(operand.class, a, fpcr, fpsr),
        Class::Zero => {
            fpsr.raise(Exception::DivideByZero);
            return F::infinity(operand.negative);
        }
        _ if operand.negative => return invalid_operation::<F>(fpsr),
        Class::Infinity => return F::zero(false),
        Class::Nonzero => {}
    }
    // The operand as 128..512, units of 1/512 of 0.25 ≤ x < 1.0, an even power of two away.
    let exponent = operand.real.exponent();
    let scaled = top_bits(operand.real.significand, if exponent % 2 == 0 { 8 } else { 9 });
    let estimate = rsqrt_estimate_table(scaled) & 0xff;
    // x × 2^(2k) gives estimate × 2^-k with k = floor(exponent / 2) + 1, estimate in [1, 2).
    let result_exponent = -(exponent.div_euclid(2) + 1);
    let biased = (result_exponent - F::MINIMUM_EXP + 1) as u64;
    F::pack(false, biased, (estimate as u64) << (F::FRACTION - 8))
}

/// UnsignedRecipEstimate(): URECPE, a 32-bit fraction of one.
pub fn unsigned_recip_estimate(a: u32) -> u32 {
    if a >> 31 == 0 { u32::MAX } else { recip_estimate_table(a >> 23) << 23 }
}

/// UnsignedRSqrtEstimate(): URSQRTE, a 32-bit fraction of one.
pub fn unsigned_rsqrt_estimate(a: u32) -> u32 {
    if a >> 30 == 0 { u32::MAX } else { rsqrt_estimate_table(a >> 23) << 23 }
}

/// FPRecpX(): FRECPX, a power of two whose exponent is the inverted exponent field.
pub fn recip_exponent<F: Format>(a: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    let operand = unpack::<F>(a, fpcr, fpsr);
    if operand.is_nan() {
        return process_nan::<F>(operand.class, a, fpcr, fpsr);
    }
    let exponent = match F::exponent_field(a) {
        0 => F::EXPONENT_ONES - 1,
        field => !field & F::EXPONENT_ONES,
    };
    F::pack(operand.negative, exponent, 0)
}

/// The top `count` bits from the leading one on.
fn top_bits(significand: u128, count: u32) -> u32 {
    let normalised = significand << significand.leading_zeros();
    (normalised >> (128 - count)) as u32
}

/// RecipEstimate(): 256..512 in units of 1/512 to 256..512 in units of 1/256.
fn recip_estimate_table(a: u32) -> u32 {
    let a = a * 2 + 1;
    ((1 << 19) / a).div_ceil(2)
}

/// RecipSqrtEstimate(): 128..512 in units of 1/512 to 256..512 in units of 1/256.
fn rsqrt_estimate_table(a: u32) -> u32 {
    let a = if a < 256 { a * 2 + 1 } else { (a & !1) * 2 + 2 };
    // The largest b below 2^14 / sqrt(a).
    let mut b = 512;
    while a * (b + 1) * (b + 1) < 1 << 28 {
        b += 1;
    }
    u32::div_ceil(b, 2)
}
