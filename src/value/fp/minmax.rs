//! FPMax(), FPMin(), FPMaxNum(), FPMinNum().

use std::cmp::Ordering;

use super::nan::process_nans;
use super::round::round;
use super::unpack::{Class, process_denorms, unpack};
use super::{Exception, Format, Fpcr, Fpsr, host};

/// FPMax(): the larger; +0 is larger than -0; a NaN operand gives a NaN.
#[inline(always)]
pub fn max<F: Format>(a: u64, b: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    select::<F>(a, b, Ordering::Greater, fpcr, fpsr)
}

/// FPMin(): the smaller; -0 is smaller than +0; a NaN operand gives a NaN.
#[inline(always)]
pub fn min<F: Format>(a: u64, b: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    select::<F>(a, b, Ordering::Less, fpcr, fpsr)
}

/// FPMaxNum(): as `max`, but a number beats one quiet NaN.
#[inline(always)]
pub fn max_num<F: Format>(a: u64, b: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    number::<F>(a, b, Ordering::Greater, fpcr, fpsr)
}

/// FPMinNum(): as `min`, but a number beats one quiet NaN.
#[inline(always)]
pub fn min_num<F: Format>(a: u64, b: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    number::<F>(a, b, Ordering::Less, fpcr, fpsr)
}

#[inline(always)]
fn number<F: Format>(a: u64, b: u64, wanted: Ordering, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    match host::compare::<F>(a, b, fpcr) {
        Some(order) if order != Ordering::Equal => (if order == wanted { a } else { b }) & F::MASK,
        _ => {
            let (a, b) = replace_quiet_nan::<F>(a, b, F::infinity(wanted == Ordering::Greater), fpcr);
            select_exactly::<F>(a, b, wanted, fpcr, fpsr)
        }
    }
}

/// The operand that compares as `wanted` with the other.
#[inline(always)]
fn select<F: Format>(a: u64, b: u64, wanted: Ordering, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    match host::compare::<F>(a, b, fpcr) {
        Some(order) if order != Ordering::Equal => (if order == wanted { a } else { b }) & F::MASK,
        _ if fpcr.alternate() => alternate::<F>(a, b, wanted, fpcr, fpsr),
        _ => select_exactly::<F>(a, b, wanted, fpcr, fpsr),
    }
}

/// Under FPCR.AH the second operand is the result wherever there is no order, and results are never
/// flushed.
fn alternate<F: Format>(a: u64, b: u64, wanted: Ordering, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    let first = unpack::<F>(a, fpcr, fpsr);
    let second = unpack::<F>(b, fpcr, fpsr);
    if first.is_zero() && second.is_zero() && first.negative != second.negative {
        return F::zero(second.negative);
    }
    if first.is_nan() || second.is_nan() {
        fpsr.raise(Exception::InvalidOp);
        return if second.is_zero() { F::zero(second.negative) } else { b & F::MASK };
    }
    select_exactly::<F>(a, b, wanted, Fpcr(fpcr.0 & !Fpcr::FZ), fpsr)
}

#[inline(never)]
pub(super) fn select_exactly<F: Format>(a: u64, b: u64, wanted: Ordering, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    let first = unpack::<F>(a, fpcr, fpsr);
    let second = unpack::<F>(b, fpcr, fpsr);
    if let Some(nan) = process_nans::<F>(&[(&first, a), (&second, b)], fpcr, fpsr) {
        return nan;
    }
    process_denorms::<F>(&[&first, &second], fpcr, fpsr);
    let chosen = if first.real.compare(second.real) == wanted { first } else { second };
    match chosen.class {
        Class::Infinity => F::infinity(chosen.negative),
        // The chosen zero may face one of the other sign: the maximum is then +0, the minimum -0.
        Class::Zero if wanted == Ordering::Greater => F::zero(first.negative && second.negative),
        Class::Zero => F::zero(first.negative || second.negative),
        _ => round::<F>(chosen.real, fpcr.rounding(), fpcr, fpsr),
    }
}

/// Puts `infinity` in the place of a quiet NaN when the other operand is not one; under FPCR.AH, not
/// a NaN of any kind.
fn replace_quiet_nan<F: Format>(a: u64, b: u64, infinity: u64, fpcr: Fpcr) -> (u64, u64) {
    let is_nan = |bits| F::exponent_field(bits) == F::EXPONENT_ONES && bits & F::FRACTION_MASK != 0;
    let is_quiet = |bits| is_nan(bits) && bits & F::QUIET != 0;
    match (is_quiet(a), is_quiet(b)) {
        _ if fpcr.alternate() && is_nan(a) && is_nan(b) => (a, b),
        (true, false) => (infinity, b),
        (false, true) => (a, infinity),
        _ => (a, b),
    }
}
