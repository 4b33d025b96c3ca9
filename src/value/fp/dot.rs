//! BFDotAdd(): sums of two products of BFloat16s. None of it touches FPSR.

use super::add::add_exactly;
use super::mul::mul_exactly;
use super::real::Real;
use super::round::round_or_zero;
use super::unpack::{Class, Unpacked, unpack};
use super::{Bf16, F32, Format, Fpcr, Fpsr};

/// BFDotAdd(): `addend`, single precision, + the products of the BFloat16s in `n` and `m`, lower and
/// upper ones. Without FPCR.EBF every step rounds to odd and denormals are zero; with it the sum of
/// the products is rounded once, and then the sum with the addend.
pub fn dot_add_bf16(addend: u64, n: u32, m: u32, fpcr: Fpcr) -> u64 {
    let [low, high] = [[n as u16, m as u16], [(n >> 16) as u16, (m >> 16) as u16]].map(|p| p.map(u64::from));
    let mut ignored = Fpsr::default();
    if fpcr.0 & Fpcr::EBF != 0 {
        let fpcr = Fpcr(fpcr.0 | Fpcr::DN);
        let products = dot(low, high, fpcr);
        return add_exactly::<F32>(addend, products, false, fpcr, &mut ignored);
    }
    let product = |[a, b]: [u64; 2]| odd(fpcr, |fpcr, fpsr| mul_exactly::<F32>(a << 16, b << 16, false, fpcr, fpsr));
    let (low, high) = (product(low), product(high));
    let products = odd(fpcr, |fpcr, fpsr| add_exactly::<F32>(low, high, false, fpcr, fpsr));
    odd(fpcr, |fpcr, fpsr| add_exactly::<F32>(addend, products, false, fpcr, fpsr))
}

/// BFMulH(), FPAdd_BF16(): rounded to odd, where an overflow is infinite; denormal operands and results
/// are zero, NaNs the default NaN. Of FPCR only AH matters, for that NaN's sign.
fn odd(fpcr: Fpcr, f: impl FnOnce(Fpcr, &mut Fpsr) -> u64) -> u64 {
    let mut ignored = Fpsr::default();
    f(Fpcr(fpcr.0 & Fpcr::AH | Fpcr::DN | Fpcr::FZ | Fpcr::FIZ | Fpcr::ODD), &mut ignored)
}

/// FPDot(): the sum of two products, rounded once.
fn dot(low: [u64; 2], high: [u64; 2], fpcr: Fpcr) -> u64 {
    let mut ignored = Fpsr::default();
    let operands = [low[0], low[1], high[0], high[1]].map(|v| unpack::<Bf16>(v, fpcr, &mut ignored));
    if operands.iter().any(|operand| operand.is_nan()) {
        return fpcr.nan::<F32>();
    }
    let [a, b, c, d] = &operands;
    let (Some(first), Some(second)) = (product(a, b), product(c, d)) else { return fpcr.nan::<F32>() };
    match (first.0, second.0) {
        (Class::Infinity, Class::Infinity) if first.1 != second.1 => fpcr.nan::<F32>(),
        (Class::Infinity, _) => F32::infinity(first.1),
        (_, Class::Infinity) => F32::infinity(second.1),
        (Class::Zero, Class::Zero) if first.1 == second.1 => F32::zero(first.1),
        _ => round_or_zero::<F32>(first.2.plus(second.2), fpcr, &mut ignored),
    }
}

/// Class, sign and value of a product of numbers; None for zero times infinity.
fn product(a: &Unpacked, b: &Unpacked) -> Option<(Class, bool, Real)> {
    let class = match (a.is_infinity() || b.is_infinity(), a.is_zero() || b.is_zero()) {
        (true, true) => return None,
        (true, false) => Class::Infinity,
        (false, true) => Class::Zero,
        (false, false) => Class::Nonzero,
    };
    Some((class, a.negative != b.negative, a.real.times(b.real)))
}
