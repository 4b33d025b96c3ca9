//! FPCompare() and the comparisons that make masks: FPCompareEQ(), FPCompareGE(), FPCompareGT().

use std::cmp::Ordering;

use super::unpack::{Class, process_denorms, unpack};
use super::{Exception, Format, Fpcr, Fpsr, host};

/// Which NaNs make a comparison an invalid operation.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Signals {
    OnSignallingNan,
    OnAnyNan,
}

/// FPCompare(): N, Z, C, V in bits 3 to 0, as a condition-flags immediate has them. `signal_nans`
/// (FCMPE, FCCMPE) makes quiet NaNs invalid too.
#[inline(always)]
pub fn compare<F: Format>(a: u64, b: u64, signal_nans: bool, fpcr: Fpcr, fpsr: &mut Fpsr) -> u32 {
    let signals = if signal_nans { Signals::OnAnyNan } else { Signals::OnSignallingNan };
    match order::<F>(a, b, signals, fpcr, fpsr) {
        Some(Ordering::Equal) => 0b0110,
        Some(Ordering::Less) => 0b1000,
        Some(Ordering::Greater) => 0b0010,
        None => 0b0011,
    }
}

/// FPCompareEQ(): quiet.
#[inline(always)]
pub fn equal<F: Format>(a: u64, b: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> bool {
    order::<F>(a, b, Signals::OnSignallingNan, fpcr, fpsr) == Some(Ordering::Equal)
}

/// FPCompareGE(): `a` ≥ `b`; any NaN is invalid.
#[inline(always)]
pub fn greater_or_equal<F: Format>(a: u64, b: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> bool {
    matches!(order::<F>(a, b, Signals::OnAnyNan, fpcr, fpsr), Some(Ordering::Greater | Ordering::Equal))
}

/// FPCompareGT(): `a` > `b`; any NaN is invalid.
#[inline(always)]
pub fn greater<F: Format>(a: u64, b: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> bool {
    order::<F>(a, b, Signals::OnAnyNan, fpcr, fpsr) == Some(Ordering::Greater)
}

#[inline(always)]
fn order<F: Format>(a: u64, b: u64, signals: Signals, fpcr: Fpcr, fpsr: &mut Fpsr) -> Option<Ordering> {
    host::compare::<F>(a, b, fpcr).or_else(|| order_exactly::<F>(a, b, signals, fpcr, fpsr))
}

/// The numeric order, or `None` when a NaN is involved.
#[inline(never)]
fn order_exactly<F: Format>(a: u64, b: u64, signals: Signals, fpcr: Fpcr, fpsr: &mut Fpsr) -> Option<Ordering> {
    let first = unpack::<F>(a, fpcr, fpsr);
    let second = unpack::<F>(b, fpcr, fpsr);
    if first.is_nan() || second.is_nan() {
        let any_signalling = first.class == Class::SignallingNan || second.class == Class::SignallingNan;
        if any_signalling || signals == Signals::OnAnyNan {
            fpsr.raise(Exception::InvalidOp);
        }
        return None;
    }
    process_denorms::<F>(&[&first, &second], fpcr, fpsr);
    Some(first.real.compare(second.real))
}
