//! FixedToFP(): integers and fixed point to floating point.

use super::real::Real;
use super::round::round;
use super::{Fixed, Format, Fpcr, Fpsr, host};

/// FixedToFP(): the number in the low `from.bits` of `operand`, rounded in FPCR's mode.
#[inline(always)]
pub fn from_fixed<F: Format>(operand: u64, from: Fixed, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    let unused = 64 - from.bits;
    let value = if from.signed {
        ((operand << unused) as i64 >> unused) as i128
    } else {
        (operand << unused >> unused) as i128
    };
    match host::from_fixed::<F>(value, from.fraction as u32, fpcr, *fpsr) {
        Some(result) => result,
        None => from_fixed_exactly::<F>(value, from.fraction as u32, fpcr, fpsr),
    }
}

#[inline(never)]
pub(super) fn from_fixed_exactly<F: Format>(value: i128, fraction: u32, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    if value == 0 {
        return F::zero(false);
    }
    let real = Real { negative: value < 0, ..Real::integer(value.unsigned_abs()) };
    round::<F>(real.scaled(-(fraction as i32)), fpcr.rounding(), fpcr, fpsr)
}
