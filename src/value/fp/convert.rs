//! FPConvert(): from one format to another.

use super::round::round_for_conversion;
use super::unpack::{Class, process_denorms, unpack_for_conversion};
use super::{Bf16, Exception, F32, Format, Fpcr, Fpsr, Rounding, host};

/// FPConvert(): `a` of format `From` as a `To`. `rounding` is FPCR's for FCVT, FCVTN and FCVTL, odd for FCVTXN.
#[inline(always)]
pub fn convert<From: Format, To: Format>(a: u64, rounding: Rounding, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    match host::convert::<From, To>(a, rounding, *fpsr) {
        Some(result) => result,
        None => convert_exactly::<From, To>(a, rounding, fpcr, fpsr),
    }
}

#[inline(never)]
pub(super) fn convert_exactly<From: Format, To: Format>(
    a: u64,
    rounding: Rounding,
    fpcr: Fpcr,
    fpsr: &mut Fpsr,
) -> u64 {
    let operand = unpack_for_conversion::<From>(a, fpcr, fpsr);
    // The alternative half format has neither NaNs nor infinities.
    let to_alternative = To::IS_HALF && fpcr.alternative_half();
    match operand.class {
        Class::QuietNan | Class::SignallingNan => {
            if operand.class == Class::SignallingNan || to_alternative {
                fpsr.raise(Exception::InvalidOp);
            }
            if to_alternative {
                To::zero(operand.negative)
            } else if fpcr.default_nan() {
                fpcr.nan::<To>()
            } else {
                convert_nan::<From, To>(a)
            }
        }
        Class::Infinity if to_alternative => {
            fpsr.raise(Exception::InvalidOp);
            To::pack(operand.negative, To::EXPONENT_ONES, To::FRACTION_MASK)
        }
        Class::Infinity => To::infinity(operand.negative),
        Class::Zero => To::zero(operand.negative),
        Class::Nonzero => {
            process_denorms::<From>(&[&operand], fpcr, fpsr);
            round_for_conversion::<To>(operand.real, rounding, fpcr, fpsr)
        }
    }
}

/// FPConvertBF(): `a`, single precision, as a BFloat16.
pub fn to_bf16(a: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    fpcr.estimating(fpsr, |fpcr, fpsr| convert_exactly::<F32, Bf16>(a, fpcr.rounding(), fpcr, fpsr))
}

/// FPConvertNaN(): keeps the sign and the top of the payload, and makes it quiet.
pub(super) fn convert_nan<From: Format, To: Format>(a: u64) -> u64 {
    let fraction = a & From::FRACTION_MASK;
    let payload = if From::FRACTION > To::FRACTION {
        fraction >> (From::FRACTION - To::FRACTION)
    } else {
        fraction << (To::FRACTION - From::FRACTION)
    };
    To::pack(From::is_negative(a), To::EXPONENT_ONES, payload | To::QUIET)
}
