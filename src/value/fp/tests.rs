//! The host short cuts against the exact path, and the exact path against values worked out from
//! the manual. The bulk of the testing is differential, against hosts and other emulators, in
//! `tests/`.

use super::*;
use std::cmp::Ordering;

/// Bit patterns that sit on edges, and random ones in between (xorshift, so that runs repeat).
struct Operands(u64);

impl Operands {
    fn random(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, n: u64) -> u64 {
        (self.random() >> 32) % n
    }

    fn next<F: Format>(&mut self) -> u64 {
        let bias = F::EXPONENT_ONES / 2;
        let exponent = match self.below(4) {
            0 => bias - F::FRACTION as u64 + self.below(2 * F::FRACTION as u64),
            1 => bias + self.below(4),
            2 => [0, 1, F::EXPONENT_ONES - 1, F::EXPONENT_ONES][self.below(4) as usize],
            _ => self.random() & F::EXPONENT_ONES,
        };
        let fraction = match self.below(4) {
            0 => 0,
            1 => self.random() & F::FRACTION_MASK & !(F::FRACTION_MASK >> 8),
            2 => F::FRACTION_MASK,
            _ => self.random() & F::FRACTION_MASK,
        };
        F::pack(self.below(2) == 1, exponent, fraction)
    }
}

const CONTROLS: [u32; 4] = [0, Fpcr::FZ, Fpcr::DN, Fpcr::FZ | Fpcr::DN];
const MODES: [Rounding; 5] = [Rounding::TieEven, Rounding::TieAway, Rounding::PosInf, Rounding::NegInf, Rounding::Zero];
const STATUSES: [u32; 2] = [0, Exception::Inexact as u32];

/// Runs `fast` and `exact` from the same state and compares results and flags.
fn agree(
    what: &str,
    operands: &[u64],
    mut fast: impl FnMut(Fpcr, &mut Fpsr) -> u64,
    mut exact: impl FnMut(Fpcr, &mut Fpsr) -> u64,
) {
    for control in CONTROLS {
        for status in STATUSES {
            let (mut by_host, mut by_manual) = (Fpsr(status), Fpsr(status));
            let a = fast(Fpcr(control), &mut by_host);
            let b = exact(Fpcr(control), &mut by_manual);
            assert_eq!((a, by_host), (b, by_manual), "{what} {operands:x?} FPCR {control:x} FPSR {status:x}");
        }
    }
}

fn short_cuts_agree<F: Format>(seed: u64) {
    let mut operands = Operands(seed);
    for _ in 0..30_000 {
        let (a, b) = (operands.next::<F>(), operands.next::<F>());
        let mut ignored = Fpsr(0);
        let near = neg::<F>(mul::<F>(a, b, Fpcr(0), &mut ignored), Fpcr(0)).wrapping_add(operands.below(3));
        let c = if operands.below(2) == 0 { operands.next::<F>() } else { near };
        let all = [a, b, c];
        agree("add", &all, |r, s| add::<F>(a, c, r, s), |r, s| add::add_exactly::<F>(a, c, false, r, s));
        agree("sub", &all, |r, s| sub::<F>(a, b, r, s), |r, s| add::add_exactly::<F>(a, b, true, r, s));
        agree("mul", &all, |r, s| mul::<F>(a, b, r, s), |r, s| mul::mul_exactly::<F>(a, b, false, r, s));
        agree("mulx", &all, |r, s| mulx::<F>(a, b, r, s), |r, s| mul::mul_exactly::<F>(a, b, true, r, s));
        agree("div", &all, |r, s| div::<F>(a, b, r, s), |r, s| div::div_exactly::<F>(a, b, r, s));
        agree("sqrt", &all, |r, s| sqrt::<F>(a, r, s), |r, s| sqrt::sqrt_exactly::<F>(a, r, s));
        agree("fma", &all, |r, s| mul_add::<F>(c, a, b, r, s), |r, s| muladd::mul_add_exactly::<F>(c, a, b, r, s));
        for wanted in [Ordering::Greater, Ordering::Less] {
            let fast = |r, s: &mut Fpsr| match wanted {
                Ordering::Greater => max::<F>(a, b, r, s),
                _ => min::<F>(a, b, r, s),
            };
            agree("max, min", &all, fast, |r, s| minmax::select_exactly::<F>(a, b, wanted, r, s));
        }
        for mode in MODES {
            for raises in [false, true] {
                agree(
                    "round_int",
                    &all,
                    |r, s| round_int::<F>(a, mode, raises, r, s),
                    |r, s| round_int::round_int_exactly::<F>(a, mode, raises, r, s),
                );
            }
        }
        for to in [(32, true), (32, false), (64, true), (64, false)] {
            let to = Fixed { bits: to.0, fraction: 0, signed: to.1 };
            for mode in MODES {
                agree(
                    "to_fixed",
                    &all,
                    |r, s| to_fixed::<F>(a, to, mode, r, s),
                    |r, s| to_fixed::to_fixed_exactly::<F>(a, to, mode, r, s),
                );
            }
            let integer = operands.random() >> operands.below(64);
            let value = if to.signed { integer as i64 as i128 } else { integer as i128 };
            let wide = Fixed { bits: 64, ..to };
            agree(
                "from_fixed",
                &[integer],
                |r, s| from_fixed::<F>(integer, wide, r, s),
                |r, s| from_fixed::from_fixed_exactly::<F>(value, 0, r, s),
            );
        }
    }
}

#[test]
fn host_short_cuts_agree_with_the_exact_path_single() {
    short_cuts_agree::<F32>(0x1234_5678_9abc_def1);
}

#[test]
fn host_short_cuts_agree_with_the_exact_path_double() {
    short_cuts_agree::<F64>(0xfeed_5678_9abc_def3);
}

#[test]
fn host_conversions_agree_with_the_exact_path() {
    let mut operands = Operands(99);
    for _ in 0..50_000 {
        let (single, double) = (operands.next::<F32>(), operands.next::<F64>());
        for mode in [Rounding::TieEven, Rounding::Odd] {
            agree(
                "narrow",
                &[double],
                |r, s| convert::<F64, F32>(double, mode, r, s),
                |r, s| convert::convert_exactly::<F64, F32>(double, mode, r, s),
            );
            agree(
                "widen",
                &[single],
                |r, s| convert::<F32, F64>(single, mode, r, s),
                |r, s| convert::convert_exactly::<F32, F64>(single, mode, r, s),
            );
        }
    }
}

#[test]
fn every_half_survives_a_round_trip_through_single_and_double() {
    for half in 0..=0xffffu64 {
        let mut status = Fpsr(0);
        let control = Fpcr(0);
        let single = convert::<F16, F32>(half, Rounding::TieEven, control, &mut status);
        let double = convert::<F32, F64>(single, Rounding::TieEven, control, &mut status);
        let back = convert::<F64, F16>(double, Rounding::TieEven, control, &mut status);
        let is_nan = F16::exponent_field(half) == F16::EXPONENT_ONES && half & F16::FRACTION_MASK != 0;
        assert_eq!(back, if is_nan { half | F16::QUIET } else { half });
        let signalling = is_nan && half & F16::QUIET == 0;
        assert_eq!(status.0, if signalling { Exception::InvalidOp as u32 } else { 0 }, "{half:x}");
    }
}

#[test]
fn tininess_is_detected_before_rounding() {
    // The largest number below the smallest normal that rounds up to it: tiny, although the result is normal.
    let almost_one = 0x3f7f_ffff; // 1 - 2^-24
    let smallest_normal = 0x0080_0000;
    let mut status = Fpsr(0);
    let product = mul::<F32>(almost_one, smallest_normal, Fpcr(0), &mut status);
    assert_eq!(product, smallest_normal);
    assert_eq!(status.0, Exception::Underflow as u32 | Exception::Inexact as u32);

    let mut status = Fpsr(0);
    let flushed = mul::<F32>(almost_one, smallest_normal, Fpcr(Fpcr::FZ), &mut status);
    assert_eq!((flushed, status.0), (0, Exception::Underflow as u32));
}

#[test]
fn a_quiet_addend_loses_to_an_invalid_product() {
    let mut status = Fpsr(0);
    let result = mul_add::<F32>(0x7fc0_1234, F32::infinity(false), F32::zero(true), Fpcr(0), &mut status);
    assert_eq!((result, status.0), (F32::default_nan(), Exception::InvalidOp as u32));
}

#[test]
fn javascript_conversion_wraps_and_reports_exactness() {
    let convert = |value: f64| to_fixed_js(value.to_bits(), Fpcr(0), &mut Fpsr(0));
    assert_eq!(convert(-1.0), (u32::MAX, true));
    assert_eq!(convert(-0.0), (0, false));
    assert_eq!(convert(1.5), (1, false));
    assert_eq!(convert(4294967297.0), (1, false));
    assert_eq!(convert(2f64.powi(83) + 2f64.powi(31)), (1 << 31, false));
    assert_eq!(convert(2f64.powi(84)), (0, false));
    assert_eq!(convert(f64::INFINITY), (0, false));
    // A denormal is not exact even when FPCR.FZ flushes it to zero.
    assert_eq!(to_fixed_js(1, Fpcr(Fpcr::FZ), &mut Fpsr(0)), (0, false));
}
