//! FPUnpack() and FPUnpackCV(): from bits to class, sign and real number.

use super::control::Noted;
use super::real::Real;
use super::{Exception, Format, Fpcr, Fpsr};

/// FPType.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Class {
    /// Normal, or denormal and not flushed.
    Nonzero,
    Zero,
    Infinity,
    QuietNan,
    SignallingNan,
}

/// What FPUnpack returns. `real` is as the pseudocode has it for infinities (huge) and zero for NaNs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unpacked {
    pub class: Class,
    pub negative: bool,
    pub real: Real,
    /// A denormal that was not flushed.
    pub denormal: bool,
}

impl Unpacked {
    pub fn is_zero(&self) -> bool {
        self.class == Class::Zero
    }

    pub fn is_infinity(&self) -> bool {
        self.class == Class::Infinity
    }

    pub fn is_nan(&self) -> bool {
        matches!(self.class, Class::QuietNan | Class::SignallingNan)
    }
}

/// FPProcessDenorm(), FPProcessDenorms(): under FPCR.AH an operand that is a denormal raises
/// InputDenorm when the operation is done.
pub(super) fn process_denorms<F: Format>(operands: &[&Unpacked], fpcr: Fpcr, fpsr: &mut Fpsr) {
    if fpcr.alternate() && !F::IS_HALF && operands.iter().any(|operand| operand.denormal) {
        fpsr.raise(Exception::InputDenorm);
    }
}

/// FPUnpack(): for arithmetic. Half precision is always IEEE; denormals may flush, which raises
/// InputDenorm for single and double precision but never for half.
pub(super) fn unpack<F: Format>(bits: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> Unpacked {
    unpack_base::<F>(bits, fpcr.flushes_operands::<F>(), false, fpsr)
}

/// FPUnpackCV(): for conversions between formats. Honours AHP and ignores FZ16.
pub(super) fn unpack_for_conversion<F: Format>(bits: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> Unpacked {
    let alternative = F::IS_HALF && fpcr.alternative_half();
    unpack_base::<F>(bits, fpcr.for_conversion().flushes_operands::<F>(), alternative, fpsr)
}

/// FPUnpackBase(). The alternative half format has no infinities or NaNs: its top exponent is one more binade.
fn unpack_base<F: Format>(bits: u64, flush: Option<Noted>, alternative: bool, fpsr: &mut Fpsr) -> Unpacked {
    let negative = F::is_negative(bits);
    let exponent = F::exponent_field(bits);
    let fraction = bits & F::FRACTION_MASK;

    let (class, real) = if exponent == 0 && fraction == 0 {
        (Class::Zero, Real::ZERO)
    } else if let (0, Some(Noted(is_noted))) = (exponent, flush) {
        if is_noted {
            fpsr.raise(Exception::InputDenorm);
        }
        (Class::Zero, Real::ZERO)
    } else if exponent == F::EXPONENT_ONES && !alternative {
        if fraction == 0 {
            (Class::Infinity, Real::infinite(negative))
        } else if fraction & F::QUIET != 0 {
            (Class::QuietNan, Real::ZERO)
        } else {
            (Class::SignallingNan, Real::ZERO)
        }
    } else {
        let implicit_one = ((exponent != 0) as u64) << F::FRACTION;
        let exp = F::MINIMUM_EXP + exponent.max(1) as i32 - 1 - F::FRACTION as i32;
        (Class::Nonzero, Real { negative, significand: (implicit_one | fraction) as u128, exp })
    };
    let denormal = class == Class::Nonzero && exponent == 0;
    Unpacked { class, negative, real, denormal }
}
