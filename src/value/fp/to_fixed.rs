//! FPToFixed(): floating point to integers and fixed point, saturating; and FPToFixedJS().

use super::round::round_to_integer;
use super::unpack::unpack;
use super::{Exception, F64, Format, Fpcr, Fpsr, Rounding, host};

/// An integer or fixed-point number in a register: `bits` wide (16, 32 or 64), `fraction` of them
/// (0 to 64) after the binary point.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fixed {
    /// Width: 16, 32 or 64.
    pub bits: u8,
    /// Bits after the binary point (pseudocode: fbits).
    pub fraction: u8,
    /// Two's complement, not unsigned.
    pub signed: bool,
}

impl Fixed {
    /// Of this width and with so many bits after the binary point.
    #[inline(always)]
    pub const fn new(bits: u32, fraction: u32, signed: bool) -> Fixed {
        Fixed { bits: bits as u8, fraction: fraction as u8, signed }
    }

    /// All ones, `bits` wide.
    fn mask(self) -> u64 {
        u64::MAX >> (64 - self.bits)
    }

    /// SatQ(): the number of this sign and magnitude, or the nearest there is and `true`.
    fn saturate(self, negative: bool, magnitude: u128) -> (u64, bool) {
        let limit = match (self.signed, negative) {
            (true, true) => 1 << (self.bits - 1),
            (true, false) => (1 << (self.bits - 1)) - 1,
            (false, true) => 0,
            (false, false) => self.mask() as u128,
        };
        let kept = magnitude.min(limit) as u64;
        let result = if negative { kept.wrapping_neg() } else { kept };
        (result & self.mask(), magnitude > limit)
    }
}

/// FPToFixed(): `a` as a fixed-point number; NaNs give 0, numbers out of range the nearest limit,
/// both with InvalidOp. Bits of the result above `to.bits` are zero.
#[inline(always)]
pub fn to_fixed<F: Format>(a: u64, to: Fixed, rounding: Rounding, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    match host::to_fixed::<F>(a, to, rounding, *fpsr) {
        Some(result) => result,
        None => to_fixed_exactly::<F>(a, to, rounding, fpcr, fpsr),
    }
}

#[inline(never)]
pub(super) fn to_fixed_exactly<F: Format>(a: u64, to: Fixed, rounding: Rounding, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    let operand = unpack::<F>(a, fpcr, fpsr);
    if operand.is_nan() {
        fpsr.raise(Exception::InvalidOp);
        return 0;
    }
    let scaled = operand.real.scaled(to.fraction as i32);
    let (magnitude, inexact) = round_to_integer(scaled, rounding).unwrap_or((u128::MAX, false));
    let (result, overflow) = to.saturate(operand.negative, magnitude);
    if overflow {
        fpsr.raise(Exception::InvalidOp);
    } else if inexact {
        fpsr.raise(Exception::Inexact);
    }
    result
}

/// FPToFixedJS(): a double as a 32-bit integer the way JavaScript does it (modulo 2^32, towards
/// zero), and whether the conversion was exact, which becomes PSTATE.Z.
pub fn to_fixed_js(a: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> (u32, bool) {
    let operand = unpack::<F64>(a, fpcr, fpsr);
    if operand.is_nan() {
        fpsr.raise(Exception::InvalidOp);
        return (0, false);
    }
    let truncated = round_to_integer(operand.real, Rounding::Zero);
    let (magnitude, inexact) = truncated.unwrap_or((u128::MAX, false));
    let limit = if operand.negative { 1 << 31 } else { (1 << 31) - 1 };
    let exact = if magnitude > limit {
        fpsr.raise(Exception::InvalidOp);
        false
    } else if inexact {
        fpsr.raise(Exception::Inexact);
        false
    } else {
        // Neither -0 nor a denormal flushed to zero is the integer 0.
        a != F64::SIGN && !(operand.is_zero() && a & F64::FRACTION_MASK != 0)
    };
    let low = match truncated {
        Some((magnitude, _)) => magnitude as u32,
        None if operand.is_infinity() => 0,
        // 2^64 or more: an integer, of which the low 32 bits are nonzero only while its last place is below 2^32.
        None => u32::try_from(operand.real.exp)
            .ok()
            .and_then(|shift| (operand.real.significand as u64 as u32).checked_shl(shift))
            .unwrap_or(0),
    };
    (if operand.negative { low.wrapping_neg() } else { low }, exact)
}
