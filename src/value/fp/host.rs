//! Short cuts through the host's own arithmetic, for single and double precision.
//!
//! Each function returns `None` unless it is certain that the exact path would give this very result
//! and raise no exception that is not in FPSR already. For arithmetic that holds when FPCR rounds to
//! nearest (the host's MXCSR is at its default: nearest, nothing flushed), AH and FIZ are clear, no
//! operand is a denormal that FPCR.FZ would flush, the result is exact zero or well inside the normal range (so no operand
//! was infinite or a NaN), and Inexact is either accumulated already or ruled out by an error-free
//! transformation (Knuth's two-sum; the residual of a product, quotient or root is itself a
//! representable number, got by a fused multiply-add).

use std::cmp::Ordering;

use super::{Exception, Fixed, Format, Fpcr, Fpsr, Rounding};

/// One function that picks the module for the format's width and widens bits back to `u64`.
macro_rules! by_width {
    ($(fn $name:ident($($arg:ident),*);)*) => {$(
        #[inline(always)]
        pub(super) fn $name<F: Format>($($arg: u64,)* fpcr: Fpcr, fpsr: Fpsr) -> Option<u64> {
            if !fpcr.rounds_to_nearest() || $(may_flush::<F>($arg, fpcr))||* {
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

/// Whether FPCR.FZ or FIZ might turn this operand into zero, or AH raise InputDenorm.
#[inline(always)]
fn may_flush<F: Format>(a: u64, fpcr: Fpcr) -> bool {
    (fpcr.flushes::<F>() || fpcr.changes_denormals()) && F::exponent_field(a) == 0 && a & F::FRACTION_MASK != 0
}

by_width! {
    fn add(a, b);
    fn mul(a, b);
    fn div(a, b);
    fn sqrt(a);
    fn mul_add(addend, a, b);
}

/// The order of two numbers. NaNs, and denormals that might flush, are left to the exact path.
#[inline(always)]
pub(super) fn compare<F: Format>(a: u64, b: u64, fpcr: Fpcr) -> Option<Ordering> {
    match F::BITS {
        _ if may_flush::<F>(a, fpcr) || may_flush::<F>(b, fpcr) => None,
        32 => f32::from_bits(a as u32).partial_cmp(&f32::from_bits(b as u32)),
        64 => f64::from_bits(a).partial_cmp(&f64::from_bits(b)),
        _ => None,
    }
}

/// To an integer that stays in floating point. NaNs are left to the exact path.
#[inline(always)]
pub(super) fn round_int<F: Format>(a: u64, rounding: Rounding, raises: bool, fpcr: Fpcr, fpsr: Fpsr) -> Option<u64> {
    macro_rules! round {
        ($a:expr) => {{
            let a = $a;
            let result = match rounding {
                Rounding::TieEven => a.round_ties_even(),
                Rounding::TieAway => a.round(),
                Rounding::PosInf => a.ceil(),
                Rounding::NegInf => a.floor(),
                Rounding::Zero => a.trunc(),
                Rounding::Odd | Rounding::OddToInfinity => return None,
            };
            let silent = result == a || !a.is_nan() && (!raises || fpsr.has(Exception::Inexact));
            silent.then(|| result.to_bits() as u64)
        }};
    }
    match F::BITS {
        _ if may_flush::<F>(a, fpcr) => None,
        32 => round!(f32::from_bits(a as u32)),
        64 => round!(f64::from_bits(a)),
        _ => None,
    }
}

/// Between single and double precision.
#[inline(always)]
pub(super) fn convert<From: Format, To: Format>(a: u64, rounding: Rounding, fpsr: Fpsr) -> Option<u64> {
    match (From::BITS, To::BITS) {
        (32, 64) => {
            let a = f32::from_bits(a as u32);
            (a.is_normal() || a == 0.0).then(|| (a as f64).to_bits())
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

/// To an integer.
#[inline(always)]
pub(super) fn to_fixed<F: Format>(a: u64, to: Fixed, rounding: Rounding, fpsr: Fpsr) -> Option<u64> {
    // Single precision fits double exactly, so that one conversion serves both.
    let a = match F::BITS {
        32 => f32::from_bits(a as u32) as f64,
        64 => f64::from_bits(a),
        _ => return None,
    };
    let smallest = if F::BITS == 32 { f32::MIN_POSITIVE as f64 } else { f64::MIN_POSITIVE };
    let safe = a == 0.0 || a.abs() >= smallest && a.abs() < (1u64 << 62) as f64;
    if to.fraction != 0 || !safe {
        return None;
    }
    let rounded = match rounding {
        Rounding::TieEven => a.round_ties_even(),
        Rounding::TieAway => a.round(),
        Rounding::PosInf => a.ceil(),
        Rounding::NegInf => a.floor(),
        // The cast truncates.
        Rounding::Zero => a,
        Rounding::Odd | Rounding::OddToInfinity => return None,
    };
    let integer = rounded as i64;
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
#[inline(always)]
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

            /// Normal, and not the smallest, which may be a tiny number rounded up.
            #[inline(always)]
            pub(super) fn is_result(a: $float) -> bool {
                let above = <$float>::MIN_POSITIVE.to_bits() + 1;
                a.abs().to_bits().wrapping_sub(above) < <$float>::INFINITY.to_bits() - above
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
                // A zero sum is exact.
                let sure = is_result(sum) && (inexact_known || sum_is_exact(a, b, sum)) || sum == 0.0;
                sure.then_some(sum)
            }

            #[inline(always)]
            pub(super) fn mul(a: $float, b: $float, inexact_known: bool) -> Option<$float> {
                let product = a * b;
                let exact = || product.abs() >= RESIDUAL_SAFE && a.mul_add(b, -product) == 0.0;
                let sure = is_result(product) && (inexact_known || exact());
                (sure || product == 0.0 && (a == 0.0 || b == 0.0)).then_some(product)
            }

            #[inline(always)]
            pub(super) fn div(a: $float, b: $float, inexact_known: bool) -> Option<$float> {
                let quotient = a / b;
                let exact = || a.abs() >= RESIDUAL_SAFE && (-quotient).mul_add(b, a) == 0.0;
                // A normal quotient of an infinity or by zero does not exist.
                let sure = is_result(quotient) && (inexact_known || exact());
                (sure || quotient == 0.0 && a == 0.0).then_some(quotient)
            }

            #[inline(always)]
            pub(super) fn sqrt(a: $float, inexact_known: bool) -> Option<$float> {
                let root = a.sqrt();
                let exact = || a >= RESIDUAL_SAFE && (-root).mul_add(root, a) == 0.0;
                let sure = is_result(root) && (inexact_known || exact());
                (sure || a == 0.0).then_some(root)
            }

            #[inline(always)]
            pub(super) fn mul_add(addend: $float, a: $float, b: $float, inexact_known: bool) -> Option<$float> {
                let sum = a.mul_add(b, addend);
                let zero_product = a == 0.0 || b == 0.0;
                let exact = || {
                    let product = a * b;
                    let product_is_exact =
                        zero_product || product.abs() >= RESIDUAL_SAFE && a.mul_add(b, -product) == 0.0;
                    product_is_exact && sum_is_exact(product, addend, sum)
                };
                let sure = is_result(sum) && (inexact_known || exact());
                (sure || sum == 0.0 && zero_product).then_some(sum)
            }
        }
    };
}

arithmetic!(single, f32);
arithmetic!(double, f64);
