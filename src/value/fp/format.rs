//! The binary interchange formats: widths, and the bit patterns of special values.

/// A binary floating-point format. Implementors give two widths, the rest follows.
pub trait Format: Copy + 'static {
    /// N: width in bits.
    const BITS: u32;
    /// F: width of the fraction field.
    const FRACTION: u32;
    /// Whether it is IEEE half precision, which has denormals of its own.
    const IS_HALF: bool = Self::FRACTION == 10;

    /// E: width of the exponent field.
    const EXPONENT: u32 = Self::BITS - Self::FRACTION - 1;
    /// The exponent field's largest value: infinities and NaNs.
    const EXPONENT_ONES: u64 = (1 << Self::EXPONENT) - 1;
    /// The exponent of the smallest normal number (pseudocode: minimum_exp).
    const MINIMUM_EXP: i32 = 2 - (1 << (Self::EXPONENT - 1));
    /// The sign bit.
    const SIGN: u64 = 1 << (Self::BITS - 1);
    /// All the format's bits.
    const MASK: u64 = Self::SIGN | (Self::SIGN - 1);
    /// The fraction field.
    const FRACTION_MASK: u64 = (1 << Self::FRACTION) - 1;
    /// The fraction's top bit, which tells quiet NaNs from signalling ones.
    const QUIET: u64 = 1 << (Self::FRACTION - 1);

    /// Whether the sign bit of `bits` is set.
    #[inline]
    fn is_negative(bits: u64) -> bool {
        bits & Self::SIGN != 0
    }

    /// The exponent field of `bits`.
    #[inline]
    fn exponent_field(bits: u64) -> u64 {
        bits >> Self::FRACTION & Self::EXPONENT_ONES
    }

    /// Puts three fields together.
    #[inline]
    fn pack(negative: bool, exponent: u64, fraction: u64) -> u64 {
        (negative as u64) << (Self::BITS - 1) | exponent << Self::FRACTION | fraction
    }

    /// FPZero().
    #[inline]
    fn zero(negative: bool) -> u64 {
        Self::pack(negative, 0, 0)
    }

    /// FPInfinity().
    #[inline]
    fn infinity(negative: bool) -> u64 {
        Self::pack(negative, Self::EXPONENT_ONES, 0)
    }

    /// FPMaxNormal(): the largest finite number.
    #[inline]
    fn max_normal(negative: bool) -> u64 {
        Self::pack(negative, Self::EXPONENT_ONES - 1, Self::FRACTION_MASK)
    }

    /// FPDefaultNaN() without FPCR.AH: quiet, positive, no payload.
    #[inline]
    fn default_nan() -> u64 {
        Self::pack(false, Self::EXPONENT_ONES, Self::QUIET)
    }

    /// FPTwo().
    #[inline]
    fn two(negative: bool) -> u64 {
        Self::pack(negative, 1 << (Self::EXPONENT - 1), 0)
    }

    /// FPOnePointFive().
    #[inline]
    fn one_point_five(negative: bool) -> u64 {
        Self::pack(negative, (1 << (Self::EXPONENT - 1)) - 1, Self::QUIET)
    }
}

/// Half precision.
#[derive(Clone, Copy, Debug)]
pub struct F16;
/// Single precision.
#[derive(Clone, Copy, Debug)]
pub struct F32;
/// Double precision.
#[derive(Clone, Copy, Debug)]
pub struct F64;

/// BFloat16: the upper half of single precision.
#[derive(Clone, Copy, Debug)]
pub struct Bf16;

impl Format for Bf16 {
    const BITS: u32 = 16;
    const FRACTION: u32 = 7;
}

impl Format for F16 {
    const BITS: u32 = 16;
    const FRACTION: u32 = 10;
}

impl Format for F32 {
    const BITS: u32 = 32;
    const FRACTION: u32 = 23;
}

impl Format for F64 {
    const BITS: u32 = 64;
    const FRACTION: u32 = 52;
}
