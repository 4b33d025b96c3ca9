//! FPRoundInt() and FPRoundIntN(): to an integer that stays in floating point.

use super::nan::process_nan;
use super::real::Real;
use super::round::{round, round_to_integer};
use super::unpack::unpack;
use super::{Exception, Format, Fpcr, Fpsr, Rounding, host};

/// FPRoundInt(): FRINT{N,P,M,Z,A,I}, and with `exact` FRINTX, which raises Inexact. A zero result keeps the sign.
#[inline(always)]
pub fn round_int<F: Format>(a: u64, rounding: Rounding, exact: bool, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    match host::round_int::<F>(a, rounding, exact, fpcr, *fpsr) {
        Some(integer) => integer,
        None => round_int_exactly::<F>(a, rounding, exact, fpcr, fpsr),
    }
}

#[inline(never)]
pub(super) fn round_int_exactly<F: Format>(
    a: u64,
    rounding: Rounding,
    exact: bool,
    fpcr: Fpcr,
    fpsr: &mut Fpsr,
) -> u64 {
    let operand = unpack::<F>(a, fpcr, fpsr);
    if operand.is_nan() {
        return process_nan::<F>(operand.class, a, fpcr, fpsr);
    }
    if operand.is_infinity() || operand.is_zero() {
        return if operand.is_zero() { F::zero(operand.negative) } else { F::infinity(operand.negative) };
    }
    let Some((magnitude, inexact)) = round_to_integer(operand.real, rounding) else {
        return a & F::MASK; // so large that it is an integer
    };
    if inexact && exact {
        fpsr.raise(Exception::Inexact);
    }
    integer::<F>(operand.negative, magnitude, fpcr, fpsr)
}

/// FPRoundIntN(): FRINT32Z, FRINT32X, FRINT64Z, FRINT64X. What does not fit a signed integer of
/// `int_bits` (32 or 64), and NaNs, give its most negative value with InvalidOp.
pub fn round_int_n<F: Format>(a: u64, rounding: Rounding, int_bits: u32, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    let operand = unpack::<F>(a, fpcr, fpsr);
    if operand.is_zero() {
        return F::zero(operand.negative);
    }
    let limit = (1u128 << (int_bits - 1)) - !operand.negative as u128;
    match round_to_integer(operand.real, rounding) {
        Some((magnitude, inexact)) if !operand.is_nan() && magnitude <= limit => {
            if inexact {
                fpsr.raise(Exception::Inexact);
            }
            integer::<F>(operand.negative, magnitude, fpcr, fpsr)
        }
        _ => {
            fpsr.raise(Exception::InvalidOp);
            let most_negative = Real { negative: true, ..Real::integer(1 << (int_bits - 1)) };
            round::<F>(most_negative, Rounding::Zero, fpcr, fpsr)
        }
    }
}

/// An integer that the format represents exactly, because it came from rounding one of its numbers.
fn integer<F: Format>(negative: bool, magnitude: u128, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    if magnitude == 0 {
        return F::zero(negative);
    }
    round::<F>(Real { negative, ..Real::integer(magnitude) }, Rounding::Zero, fpcr, fpsr)
}
