//! The estimates: FPRecipEstimate(), FPRSqrtEstimate(), their unsigned fixed-point forms, and
//! FPRecpX(). They have eight correct bits, in single precision under FPCR.AH twelve (FEAT_RPRES).

use super::nan::{invalid_operation, process_nan};
use super::unpack::{Class, unpack};
use super::{Exception, Format, Fpcr, Fpsr};

/// FPRecipEstimate(): FRECPE.
pub fn recip_estimate<F: Format>(a: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    let is_precise = fpcr.alternate() && F::BITS == 32;
    fpcr.estimating(fpsr, |fpcr, fpsr| recip::<F>(a, is_precise, fpcr, fpsr))
}

fn recip<F: Format>(a: u64, is_precise: bool, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
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

    let (estimate, bits) = if is_precise {
        // The operand as 2048..4096, units of 1/4096 of 0.5 ≤ x < 1.0.
        (precise_recip(top_bits(operand.real.significand, 12)) & 0xfff, 12)
    } else {
        // As 256..512, units of 1/512.
        (u32::from(RECIP_ESTIMATES[top_bits(operand.real.significand, 9) as usize & 0xff]), 8)
    };
    // 1/(1.f × 2^e) = estimate × 2^(-e-1), estimate in [1, 2).
    let biased = -exponent - 1 - F::MINIMUM_EXP + 1;
    let fraction = (estimate as u64) << (F::FRACTION - bits);
    match biased {
        1.. => F::pack(negative, biased as u64, fraction),
        0 => F::pack(negative, 0, (1 << F::FRACTION | fraction) >> 1),
        _ => F::pack(negative, 0, (1 << F::FRACTION | fraction) >> 2),
    }
}

/// FPRSqrtEstimate(): FRSQRTE.
pub fn rsqrt_estimate<F: Format>(a: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    let is_precise = fpcr.alternate() && F::BITS == 32;
    fpcr.estimating(fpsr, |fpcr, fpsr| rsqrt::<F>(a, is_precise, fpcr, fpsr))
}

fn rsqrt<F: Format>(a: u64, is_precise: bool, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    let operand = unpack::<F>(a, fpcr, fpsr);
    match operand.class {
        Class::QuietNan | Class::SignallingNan => return process_nan::<F>(operand.class, a, fpcr, fpsr),
        Class::Zero => {
            fpsr.raise(Exception::DivideByZero);
            return F::infinity(operand.negative);
        }
        _ if operand.negative => return invalid_operation::<F>(fpcr, fpsr),
        Class::Infinity => return F::zero(false),
        Class::Nonzero => {}
    }
    // The operand as 128..512 or 1024..4096, units of 1/512 or 1/4096 of 0.25 ≤ x < 1.0, an even power
    // of two away.
    let exponent = operand.real.exponent();
    let is_even = exponent % 2 == 0;
    let (estimate, bits) = if is_precise {
        (precise_rsqrt(top_bits(operand.real.significand, if is_even { 11 } else { 12 })) & 0xfff, 12)
    } else {
        let fraction = top_bits(operand.real.significand, 8) & 0x7f;
        (u32::from(RSQRT_ESTIMATES[(u32::from(is_even) << 7 | fraction) as usize]), 8)
    };
    // x × 2^(2k) gives estimate × 2^-k with k = floor(exponent / 2) + 1, estimate in [1, 2).
    let result_exponent = -(exponent.div_euclid(2) + 1);
    let biased = (result_exponent - F::MINIMUM_EXP + 1) as u64;
    F::pack(false, biased, (estimate as u64) << (F::FRACTION - bits))
}

/// UnsignedRecipEstimate(): URECPE, a 32-bit fraction of one.
pub fn unsigned_recip_estimate(a: u32) -> u32 {
    if a >> 31 == 0 { u32::MAX } else { 1 << 31 | u32::from(RECIP_ESTIMATES[(a >> 23) as usize & 0xff]) << 23 }
}

/// UnsignedRSqrtEstimate(): URSQRTE, a 32-bit fraction of one.
pub fn unsigned_rsqrt_estimate(a: u32) -> u32 {
    match a >> 30 {
        0 => u32::MAX,
        1 => 1 << 31 | u32::from(RSQRT_ESTIMATES[0x80 | (a >> 23) as usize & 0x7f]) << 23,
        _ => 1 << 31 | u32::from(RSQRT_ESTIMATES[(a >> 24) as usize & 0x7f]) << 23,
    }
}

/// FPRecpX(): FRECPX, a power of two whose exponent is the inverted exponent field.
pub fn recip_exponent<F: Format>(a: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    fpcr.estimating(fpsr, |fpcr, fpsr| inverted_exponent::<F>(a, fpcr, fpsr))
}

fn inverted_exponent<F: Format>(a: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
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

/// RecipEstimate(): by the eight bits of an operand's fraction, those of the estimate's.
pub static RECIP_ESTIMATES: [u8; 256] = {
    let mut table = [0; 256];
    let mut n = 0;
    while n < 256 {
        let a = (256 + n as u32) * 2 + 1;
        table[n] = ((1 << 19) / a).div_ceil(2) as u8;
        n += 1;
    }
    table
};

/// RecipSqrtEstimate(): by seven bits of an operand's fraction, below one that tells whether its exponent is
/// even (which is the last of the biased one), the fraction of the estimate.
pub static RSQRT_ESTIMATES: [u8; 256] = {
    let mut table = [0; 256];
    let mut n = 0;
    while n < 256 {
        // The operand as 128 to 255 or 256 to 511 and a half, in units of half of that.
        let a = if n & 0x80 != 0 { n as u32 * 2 + 1 } else { (128 + n as u32) * 4 + 2 };
        // The largest b below 2^14 / sqrt(a).
        let b = (((1 << 28) - 1) / a).isqrt();
        table[n] = u32::div_ceil(b, 2) as u8;
        n += 1;
    }
    table
};

/// RecipEstimate() with increased precision: 2048..4096 in units of 1/4096 to 4096..8192 in units of
/// 1/4096.
fn precise_recip(a: u32) -> u32 {
    let a = a * 2 + 1;
    // Rounded to nearest; there are no ties, as a is odd.
    ((1 << 25) + a / 2) / a
}

/// RecipSqrtEstimate() with increased precision: 1024..4096 to 4096..8192.
fn precise_rsqrt(a: u32) -> u32 {
    // Twice the operand that the pseudocode takes the root of.
    let doubled = if a < 2048 { a * 2 + 1 } else { ((a & !1) + 1) * 2 };
    // sqrt(doubled / 2) × 2^47, rounded to nearest: the root of doubled × 2^93, with one bit more.
    let root = ((doubled as u128) << 95).isqrt();
    let root = (root + 1) >> 1;
    // 2^65 / root, rounded to nearest, ties to even.
    let (quotient, rest) = ((1u128 << 65) / root, (1u128 << 65) % root);
    let up = 2 * rest > root || 2 * rest == root && quotient & 1 == 1;
    quotient as u32 + up as u32
}
