//! FPRound() and FPRoundCV(): from a real number to bits; and rounding to an integer.

use super::real::Real;
use super::{Exception, Format, Fpcr, Fpsr, Rounding};

/// What a truncation lost, in units of the last place kept.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Lost {
    Nothing,
    BelowHalf,
    Half,
    AboveHalf,
}

/// Splits `value` / 2^`shift` into an integer and what is lost.
fn truncate(value: u128, shift: i32) -> (u128, Lost) {
    if shift <= 0 {
        return (value << -shift, Lost::Nothing);
    }
    if shift > 128 {
        return (0, if value == 0 { Lost::Nothing } else { Lost::BelowHalf });
    }
    let (kept, fraction) = if shift == 128 { (0, value) } else { (value >> shift, value << (128 - shift)) };
    let lost = match fraction.cmp(&(1 << 127)) {
        _ if fraction == 0 => Lost::Nothing,
        std::cmp::Ordering::Less => Lost::BelowHalf,
        std::cmp::Ordering::Equal => Lost::Half,
        std::cmp::Ordering::Greater => Lost::AboveHalf,
    };
    (kept, lost)
}

impl Rounding {
    /// Whether a truncated magnitude is to be increased by one.
    fn increases(self, negative: bool, truncated: u128, lost: Lost) -> bool {
        match self {
            Rounding::TieEven => lost == Lost::AboveHalf || lost == Lost::Half && truncated & 1 == 1,
            Rounding::TieAway => lost >= Lost::Half,
            Rounding::PosInf => lost != Lost::Nothing && !negative,
            Rounding::NegInf => lost != Lost::Nothing && negative,
            Rounding::Zero | Rounding::Odd | Rounding::OddToInfinity => false,
        }
    }

    /// Whether an overflow gives infinity, not the largest finite number.
    pub(super) fn overflows_to_infinity(self, negative: bool) -> bool {
        match self {
            Rounding::TieEven | Rounding::TieAway | Rounding::OddToInfinity => true,
            Rounding::PosInf => !negative,
            Rounding::NegInf => negative,
            Rounding::Zero | Rounding::Odd => false,
        }
    }
}

/// FPRound() for nonzero `real`, in the given mode. Half precision is IEEE.
pub(super) fn round<F: Format>(real: Real, rounding: Rounding, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    round_base::<F>(real, rounding, fpcr, false, fpsr)
}

/// FPRoundCV(): as `round`, but honours AHP and ignores FZ16.
pub(super) fn round_for_conversion<F: Format>(real: Real, rounding: Rounding, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    let alternative = F::IS_HALF && fpcr.alternative_half();
    round_base::<F>(real, rounding, fpcr.for_conversion(), alternative, fpsr)
}

/// The sum, difference … of nonzero or infinite operands: rounds it in FPCR's mode. An exact zero is
/// negative only when rounding towards minus infinity.
pub(super) fn round_or_zero<F: Format>(real: Real, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    let rounding = fpcr.rounding();
    if real.is_zero() { F::zero(rounding == Rounding::NegInf) } else { round::<F>(real, rounding, fpcr, fpsr) }
}

/// FPRoundBase(). Tininess is detected before rounding, under FPCR.AH after it.
fn round_base<F: Format>(real: Real, rounding: Rounding, fpcr: Fpcr, alternative: bool, fpsr: &mut Fpsr) -> u64 {
    let negative = real.negative;
    let exponent = real.exponent();
    let tiny = exponent < F::MINIMUM_EXP;
    let underflows = tiny && (!fpcr.alternate() || stays_tiny::<F>(real, rounding));
    if underflows && fpcr.flushes::<F>() {
        fpsr.raise(Exception::Underflow);
        if fpcr.alternate() {
            fpsr.raise(Exception::Inexact);
        }
        return F::zero(negative);
    }

    // The biased exponent is 0 for tiny numbers, whose last place is that of the smallest normals.
    let mut biased = if tiny { 0 } else { (exponent - F::MINIMUM_EXP + 1) as u64 };
    let last_place = exponent.max(F::MINIMUM_EXP) - F::FRACTION as i32;
    let (mut mantissa, lost) = truncate(real.significand, last_place - real.exp);
    let mut inexact = lost != Lost::Nothing;
    if underflows && inexact {
        fpsr.raise(Exception::Underflow);
    }

    if rounding.increases(negative, mantissa, lost) {
        mantissa += 1;
        if mantissa == 1 << F::FRACTION {
            biased = 1;
        } else if mantissa == 1 << (F::FRACTION + 1) {
            biased += 1;
            mantissa >>= 1;
        }
    } else if inexact && matches!(rounding, Rounding::Odd | Rounding::OddToInfinity) {
        mantissa |= 1;
    }

    let fraction = mantissa as u64 & F::FRACTION_MASK;
    let result = if alternative && biased > F::EXPONENT_ONES {
        inexact = false;
        fpsr.raise(Exception::InvalidOp);
        F::pack(negative, F::EXPONENT_ONES, F::FRACTION_MASK)
    } else if !alternative && biased >= F::EXPONENT_ONES {
        inexact = true;
        fpsr.raise(Exception::Overflow);
        if rounding.overflows_to_infinity(negative) { F::infinity(negative) } else { F::max_normal(negative) }
    } else {
        F::pack(negative, biased, fraction)
    };
    if inexact {
        fpsr.raise(Exception::Inexact);
    }
    result
}

/// Whether a tiny number is below the smallest normal one when it is rounded as if exponents had no
/// end.
fn stays_tiny<F: Format>(real: Real, rounding: Rounding) -> bool {
    let exponent = real.exponent();
    let (mantissa, lost) = truncate(real.significand, exponent - F::FRACTION as i32 - real.exp);
    let carries = rounding.increases(real.negative, mantissa, lost) && mantissa + 1 == 1 << (F::FRACTION + 1);
    exponent + (carries as i32) < F::MINIMUM_EXP
}

/// Rounds to an integer: its magnitude, and whether anything was lost. `None` when the magnitude is
/// 2^64 or more, which is always exact for the operands that occur (at most 64 significant bits).
pub(super) fn round_to_integer(real: Real, rounding: Rounding) -> Option<(u128, bool)> {
    if real.is_zero() {
        return Some((0, false));
    }
    if real.exponent() >= 64 {
        return None;
    }
    let (mut magnitude, lost) = truncate(real.significand, -real.exp);
    if rounding.increases(real.negative, magnitude, lost) {
        magnitude += 1;
    }
    Some((magnitude, lost != Lost::Nothing))
}
