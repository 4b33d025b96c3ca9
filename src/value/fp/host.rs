//! Short cuts through the host's own arithmetic, for single and double precision.
//!
//! Each function returns `None` unless it is certain that the exact path would give this very result
//! and raise no exception that is not in FPSR already. That holds when FPCR rounds to nearest (the
//! host's MXCSR is at its default: nearest, nothing flushed), operands are zeros or normal, the result is
//! exact zero or well inside the normal range, and Inexact is either accumulated already or ruled out
//! by an error-free transformation (Knuth's two-sum; the residual of a product, quotient or root is
//! itself a representable number, got by a fused multiply-add).

use std::cmp::Ordering;

use super::{Exception, Fixed, Format, Fpcr, Fpsr, Rounding};

/// One function that picks the module for the format's width and widens bits back to `u64`.
macro_rules! by_width {
    ($(fn $name:ident($($arg:ident),*);)*) => {$(
        #[inline]
        pub(super) fn $name<F: Format>($($arg: u64,)* fpcr: Fpcr, fpsr: Fpsr) -> Option<u64> {
            if !fpcr.rounds_to_nearest() {
                return None;
            }
            let inexact_known = fpsr.has(Exception::Inexact);
            match F::BITS {
                32 => single::$name($(f32::from_bits($arg as u32),)* inexact_known).map(|r| r.to_bits() as u64),
                64 => double::$name($(f64::from_bits($arg),)* inexact_known).map(|r| r.to_bits()),
                _ => None,
            }
        }
    )*};
}

by_width! {
    fn add(a, b);
    fn mul(a, b);
    fn div(a, b);
    fn sqrt(a);
    fn mul_add(addend, a, b);
}

/// The order of two numbers. NaNs, and denormals that might flush, are left to the exact path.
#[inline]
pub(super) fn compare<F: Format>(a: u64, b: u64, fpcr: Fpcr) -> Option<Ordering> {
    match F::BITS {
        _ if fpcr.flushes::<F>() => None,
        32 => f32::from_bits(a as u32).partial_cmp(&f32::from_bits(b as u32)),
        64 => f64::from_bits(a).partial_cmp(&f64::from_bits(b)),
        _ => None,
    }
}

/// Between single and double precision.
#[inline]
pub(super) fn convert<From: Format, To: Format>(a: u64, rounding: Rounding, fpsr: Fpsr) -> Option<u64> {
    match (From::BITS, To::BITS) {
        (32, 64) => {
            let a = f32::from_bits(a as u32);
            single::is_plain(a).then(|| (a as f64).to_bits())
        }
        (64, 32) if rounding == Rounding::TieEven => {
            let a = f64::from_bits(a);
            let result = a as f32;
            let exact = result as f64 == a;
            let sure = single::is_result(result) && (exact || fpsr.has(Exception::Inexact));
            (sure || a == 0.0).then(|| result.to_bits() as u64)
        }
        _ => None,
    }
}

/// To an integer, towards zero.
#[inline]
pub(super) fn to_fixed<F: Format>(a: u64, to: Fixed, rounding: Rounding, fpsr: Fpsr) -> Option<u64> {
    // Single precision fits double exactly, so that one conversion serves both.
    let a = match F::BITS {
        32 => f32::from_bits(a as u32) as f64,
        64 => f64::from_bits(a),
        _ => return None,
    };
    let smallest = if F::BITS == 32 { f32::MIN_POSITIVE as f64 } else { f64::MIN_POSITIVE };
    let safe = a == 0.0 || a.abs() >= smallest && a.abs() < (1u64 << 62) as f64;
    if to.fraction != 0 || rounding != Rounding::Zero || !safe {
        return None;
    }
    let integer = a as i64;
    let fits = match (to.bits, to.signed) {
        (64, signed) => signed || integer >= 0,
        (32, true) => i32::try_from(integer).is_ok(),
        (32, false) => u32::try_from(integer).is_ok(),
        _ => false,
    };
    let sure = fits && (integer as f64 == a || fpsr.has(Exception::Inexact));
    sure.then_some(if to.bits == 32 { integer as u32 as u64 } else { integer as u64 })
}

/// From an integer of at most 64 bits.
#[inline]
pub(super) fn from_fixed<F: Format>(value: i128, fraction: u32, fpcr: Fpcr, fpsr: Fpsr) -> Option<u64> {
    let value = i64::try_from(value).ok()?;
    let exact = value.unsigned_abs() >> (F::FRACTION + 1) == 0;
    if fraction != 0 || !fpcr.rounds_to_nearest() || !(exact || fpsr.has(Exception::Inexact)) {
        return None;
    }
    match F::BITS {
        32 => Some((value as f32).to_bits() as u64),
        64 => Some((value as f64).to_bits()),
        _ => None,
    }
}

macro_rules! arithmetic {
    ($module:ident, $float:ty) => {
        mod $module {
            /// Magnitudes from here on leave room below for the whole residual of an operation.
            const RESIDUAL_SAFE: $float = <$float>::MIN_POSITIVE / (<$float>::EPSILON * <$float>::EPSILON) * 4.0;

            /// A zero or normal number: no denormal, infinity or NaN.
            #[inline(always)]
            pub(super) fn is_plain(a: $float) -> bool {
                a.is_normal() || a == 0.0
            }

            /// Normal, and not the smallest, which may be a tiny number rounded up.
            #[inline(always)]
            pub(super) fn is_result(a: $float) -> bool {
                a.abs() > <$float>::MIN_POSITIVE && a.abs() <= <$float>::MAX
            }

            /// Whether `sum`, the rounded a + b, is exact.
            #[inline(always)]
            fn sum_is_exact(a: $float, b: $float, sum: $float) -> bool {
                let b_part = sum - a;
                (a - (sum - b_part)) + (b - b_part) == 0.0
            }

            #[inline(always)]
            pub(super) fn add(a: $float, b: $float, inexact_known: bool) -> Option<$float> {
                let sum = a + b;
                // A zero sum of zeros and normal numbers is exact.
                let sure = is_plain(a) && is_plain(b) && (is_result(sum) || sum == 0.0);
                (sure && (inexact_known || sum_is_exact(a, b, sum))).then_some(sum)
            }

            #[inline(always)]
            pub(super) fn mul(a: $float, b: $float, inexact_known: bool) -> Option<$float> {
                let product = a * b;
                if !(is_plain(a) && is_plain(b)) {
                    None
                } else if is_result(product) {
                    let exact = || product.abs() >= RESIDUAL_SAFE && a.mul_add(b, -product) == 0.0;
                    (inexact_known || exact()).then_some(product)
                } else {
                    (a == 0.0 || b == 0.0).then_some(product)
                }
            }

            #[inline(always)]
            pub(super) fn div(a: $float, b: $float, inexact_known: bool) -> Option<$float> {
                let quotient = a / b;
                if !(is_plain(a) && b.is_normal()) {
                    None
                } else if is_result(quotient) {
                    let exact = || a.abs() >= RESIDUAL_SAFE && (-quotient).mul_add(b, a) == 0.0;
                    (inexact_known || exact()).then_some(quotient)
                } else {
                    (a == 0.0).then_some(quotient)
                }
            }

            #[inline(always)]
            pub(super) fn sqrt(a: $float, inexact_known: bool) -> Option<$float> {
                let root = a.sqrt();
                if a.is_normal() && a > 0.0 {
                    let exact = || a >= RESIDUAL_SAFE && (-root).mul_add(root, a) == 0.0;
                    (inexact_known || exact()).then_some(root)
                } else {
                    (a == 0.0).then_some(root)
                }
            }

            #[inline(always)]
            pub(super) fn mul_add(addend: $float, a: $float, b: $float, inexact_known: bool) -> Option<$float> {
                if !(is_plain(a) && is_plain(b) && is_plain(addend)) {
                    return None;
                }
                let sum = a.mul_add(b, addend);
                if is_result(sum) {
                    let exact = || {
                        let product = a * b;
                        let product_is_exact =
                            a == 0.0 || b == 0.0 || product.abs() >= RESIDUAL_SAFE && a.mul_add(b, -product) == 0.0;
                        product_is_exact && sum_is_exact(product, addend, sum)
                    };
                    (inexact_known || exact()).then_some(sum)
                } else {
                    (addend == 0.0 && (a == 0.0 || b == 0.0)).then_some(sum)
                }
            }
        }
    };
}

arithmetic!(single, f32);
arithmetic!(double, f64);
