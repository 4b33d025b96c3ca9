//! The floating-point operations that an instruction can name, one row each, and the function that
//! each stands for.

use super::*;

/// Floating-point format.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FpType {
    /// Half precision.
    H,
    /// Single precision.
    S,
    /// Double precision.
    D,
}

impl FpType {
    /// 16, 32 or 64.
    #[inline(always)]
    pub const fn bits(self) -> u32 {
        16 << self as u32
    }
}

/// Which lanes an operation works on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    /// Lane 0; all other bits of the result are zero.
    Scalar,
    /// The lanes of the low 64 bits; the upper half of the result is zero.
    Half,
    /// All lanes.
    Full,
}

/// FPCR, and FPSR into which operations accumulate exceptions.
#[derive(Clone, Copy, Debug)]
pub struct FpEnv {
    /// Control.
    pub fpcr: Fpcr,
    /// Status; operations only set bits.
    pub fpsr: Fpsr,
}

/// Calls the generic function with the type's format.
macro_rules! with_format {
    ($ty:expr, $function:ident($($arg:expr),*)) => {
        match $ty {
            FpType::H => $function::<F16>($($arg),*),
            FpType::S => $function::<F32>($($arg),*),
            FpType::D => $function::<F64>($($arg),*),
        }
    };
}

/// One operand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fp1 {
    /// FABS
    Abs,
    /// FNEG
    Neg,
    /// FSQRT
    Sqrt,
    /// FRINTN
    RintN,
    /// FRINTP
    RintP,
    /// FRINTM
    RintM,
    /// FRINTZ
    RintZ,
    /// FRINTA
    RintA,
    /// FRINTX
    RintX,
    /// FRINTI
    RintI,
    /// FRINT32Z
    Rint32Z,
    /// FRINT32X
    Rint32X,
    /// FRINT64Z
    Rint64Z,
    /// FRINT64X
    Rint64X,
    /// FRECPE
    RecipEstimate,
    /// FRSQRTE
    RsqrtEstimate,
    /// FRECPX
    RecipExponent,
    /// BFCVT: single precision to a BFloat16 in the low half of the lane
    ToBf16,
    /// URECPE, on 32-bit integers
    UnsignedRecipEstimate,
    /// URSQRTE, on 32-bit integers
    UnsignedRsqrtEstimate,
}

impl Fp1 {
    /// Whether it is a host instruction that signalling NaNs, or others, make invalid.
    pub const fn is_invalid_for_some(self) -> bool {
        use Fp1::*;
        matches!(self, Sqrt | RintN | RintP | RintM | RintZ | RintA | RintX | RintI)
    }

    /// Computes one lane.
    #[inline(always)]
    pub fn apply(self, env: &mut FpEnv, ty: FpType, a: u64) -> u64 {
        let (cr, sr) = (env.fpcr, &mut env.fpsr);
        let current = cr.rounding();
        match self {
            Fp1::Abs => with_format!(ty, abs(a, cr)),
            Fp1::Neg => with_format!(ty, neg(a, cr)),
            Fp1::Sqrt => with_format!(ty, sqrt(a, cr, sr)),
            Fp1::RintN => with_format!(ty, round_int(a, Rounding::TieEven, false, cr, sr)),
            Fp1::RintP => with_format!(ty, round_int(a, Rounding::PosInf, false, cr, sr)),
            Fp1::RintM => with_format!(ty, round_int(a, Rounding::NegInf, false, cr, sr)),
            Fp1::RintZ => with_format!(ty, round_int(a, Rounding::Zero, false, cr, sr)),
            Fp1::RintA => with_format!(ty, round_int(a, Rounding::TieAway, false, cr, sr)),
            Fp1::RintX => with_format!(ty, round_int(a, current, true, cr, sr)),
            Fp1::RintI => with_format!(ty, round_int(a, current, false, cr, sr)),
            Fp1::Rint32Z => with_format!(ty, round_int_n(a, Rounding::Zero, 32, cr, sr)),
            Fp1::Rint32X => with_format!(ty, round_int_n(a, current, 32, cr, sr)),
            Fp1::Rint64Z => with_format!(ty, round_int_n(a, Rounding::Zero, 64, cr, sr)),
            Fp1::Rint64X => with_format!(ty, round_int_n(a, current, 64, cr, sr)),
            Fp1::RecipEstimate => with_format!(ty, recip_estimate(a, cr, sr)),
            Fp1::RsqrtEstimate => with_format!(ty, rsqrt_estimate(a, cr, sr)),
            Fp1::RecipExponent => with_format!(ty, recip_exponent(a, cr, sr)),
            Fp1::ToBf16 => to_bf16(a, cr, sr),
            Fp1::UnsignedRecipEstimate => unsigned_recip_estimate(a as u32) as u64,
            Fp1::UnsignedRsqrtEstimate => unsigned_rsqrt_estimate(a as u32) as u64,
        }
    }
}

/// Two operands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fp2 {
    /// FADD
    Add,
    /// FSUB
    Sub,
    /// FMUL
    Mul,
    /// FNMUL
    NegMul,
    /// FMULX
    Mulx,
    /// FDIV
    Div,
    /// FABD
    AbsDifference,
    /// FMAX
    Max,
    /// FMIN
    Min,
    /// FMAXNM
    MaxNum,
    /// FMINNM
    MinNum,
    /// FRECPS
    RecipStep,
    /// FRSQRTS
    RsqrtStep,
    /// FCMEQ: all ones where equal, else zero
    CompareEq,
    /// FCMGE
    CompareGe,
    /// FCMGT
    CompareGt,
    /// FACGE: FCMGE of the absolute values
    CompareAbsGe,
    /// FACGT
    CompareAbsGt,
}

impl Fp2 {
    /// Whether it makes a mask.
    pub const fn is_comparison(self) -> bool {
        use Fp2::*;
        matches!(self, CompareEq | CompareGe | CompareGt | CompareAbsGe | CompareAbsGt)
    }

    /// Whether it chooses one of its operands.
    pub const fn is_extreme(self) -> bool {
        matches!(self, Fp2::Max | Fp2::Min | Fp2::MaxNum | Fp2::MinNum)
    }

    /// Computes one lane.
    #[inline(always)]
    pub fn apply(self, env: &mut FpEnv, ty: FpType, a: u64, b: u64) -> u64 {
        let (cr, sr) = (env.fpcr, &mut env.fpsr);
        match self {
            Fp2::Add => with_format!(ty, add(a, b, cr, sr)),
            Fp2::Sub => with_format!(ty, sub(a, b, cr, sr)),
            Fp2::Mul => with_format!(ty, mul(a, b, cr, sr)),
            Fp2::NegMul => {
                let product = with_format!(ty, mul(a, b, cr, sr));
                with_format!(ty, neg(product, cr))
            }
            Fp2::Mulx => with_format!(ty, mulx(a, b, cr, sr)),
            Fp2::Div => with_format!(ty, div(a, b, cr, sr)),
            Fp2::AbsDifference => with_format!(ty, abs_difference(a, b, cr, sr)),
            Fp2::Max => with_format!(ty, max(a, b, cr, sr)),
            Fp2::Min => with_format!(ty, min(a, b, cr, sr)),
            Fp2::MaxNum => with_format!(ty, max_num(a, b, cr, sr)),
            Fp2::MinNum => with_format!(ty, min_num(a, b, cr, sr)),
            Fp2::RecipStep => with_format!(ty, recip_step(a, b, cr, sr)),
            Fp2::RsqrtStep => with_format!(ty, rsqrt_step(a, b, cr, sr)),
            Fp2::CompareEq => mask(ty, with_format!(ty, equal(a, b, cr, sr))),
            Fp2::CompareGe => mask(ty, with_format!(ty, greater_or_equal(a, b, cr, sr))),
            Fp2::CompareGt => mask(ty, with_format!(ty, greater(a, b, cr, sr))),
            Fp2::CompareAbsGe => {
                let (a, b) = (with_format!(ty, abs(a, cr)), with_format!(ty, abs(b, cr)));
                mask(ty, with_format!(ty, greater_or_equal(a, b, cr, sr)))
            }
            Fp2::CompareAbsGt => {
                let (a, b) = (with_format!(ty, abs(a, cr)), with_format!(ty, abs(b, cr)));
                mask(ty, with_format!(ty, greater(a, b, cr, sr)))
            }
        }
    }
}

/// All ones as wide as the type, or zero.
#[inline(always)]
fn mask(ty: FpType, holds: bool) -> u64 {
    if holds { u64::MAX >> (64 - ty.bits()) } else { 0 }
}

/// Fused multiply-add and its negations.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fp3 {
    /// FMADD, FMLA: a + n × m
    MulAdd,
    /// FMSUB, FMLS: a - n × m
    MulSub,
    /// FNMADD: -a - n × m
    NegMulAdd,
    /// FNMSUB: -a + n × m
    NegMulSub,
}

impl Fp3 {
    /// Computes one lane: `a` the addend, `n` and `m` the factors. Negation comes first, NaNs too.
    #[inline(always)]
    pub fn apply(self, env: &mut FpEnv, ty: FpType, a: u64, n: u64, m: u64) -> u64 {
        let negate_addend = matches!(self, Fp3::NegMulAdd | Fp3::NegMulSub);
        let negate_factor = matches!(self, Fp3::MulSub | Fp3::NegMulAdd);
        let a = if negate_addend { with_format!(ty, neg(a, env.fpcr)) } else { a };
        let n = if negate_factor { with_format!(ty, neg(n, env.fpcr)) } else { n };
        with_format!(ty, mul_add(a, n, m, env.fpcr, &mut env.fpsr))
    }
}

/// Products of lanes half as wide as the single-precision lanes that they are added to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FpWide {
    /// FMLAL: of half-precision lanes in the low halves
    MulAddHalf,
    /// FMLSL
    MulSubHalf,
    /// BFMLALB: of the lower BFloat16 of each word
    MulAddBf16Bottom,
    /// BFMLALT: of the upper one
    MulAddBf16Top,
    /// BFDOT: of both
    DotBf16,
    /// BFMMLA: of 2 × 4 and 4 × 2 BFloat16s
    MatrixBf16,
}

impl FpWide {
    /// Computes lane `lane` of `a`, a vector of single-precision lanes.
    pub fn apply(self, env: &mut FpEnv, a: u128, n: u128, m: u128, lane: u32) -> u64 {
        let (cr, sr) = (env.fpcr, &mut env.fpsr);
        let word = |v: u128, at: u32| (v >> (32 * at)) as u32 as u64;
        let half = |v: u128, at: u32| (v >> (16 * at)) as u16 as u64;
        let acc = word(a, lane);
        match self {
            FpWide::MulAddHalf => mul_add_half(acc, half(n, lane), half(m, lane), cr, sr),
            FpWide::MulSubHalf => mul_add_half(acc, neg::<F16>(half(n, lane), cr), half(m, lane), cr, sr),
            FpWide::MulAddBf16Bottom => mul_add_bf16(acc, half(n, 2 * lane), half(m, 2 * lane), cr, sr),
            FpWide::MulAddBf16Top => mul_add_bf16(acc, half(n, 2 * lane + 1), half(m, 2 * lane + 1), cr, sr),
            FpWide::DotBf16 => dot_add_bf16(acc, word(n, lane) as u32, word(m, lane) as u32, cr),
            FpWide::MatrixBf16 => (0..2).fold(acc, |sum, k| {
                let (row, column) = (word(n, lane / 2 * 2 + k), word(m, lane % 2 * 2 + k));
                dot_add_bf16(sum, row as u32, column as u32, cr)
            }),
        }
    }
}

impl FpEnv {
    /// FCMP, FCMPE: N, Z, C, V in bits 3 to 0.
    #[inline(always)]
    pub fn compare(&mut self, ty: FpType, signal_nans: bool, a: u64, b: u64) -> u32 {
        with_format!(ty, compare(a, b, signal_nans, self.fpcr, &mut self.fpsr))
    }

    /// FCVT and its kin; `rounding` None is FPCR's.
    #[inline(always)]
    pub fn convert(&mut self, from: FpType, to: FpType, rounding: Option<Rounding>, a: u64) -> u64 {
        let (cr, sr) = (self.fpcr, &mut self.fpsr);
        let rounding = rounding.unwrap_or(cr.rounding());
        match (from, to) {
            (FpType::H, FpType::S) => convert::<F16, F32>(a, rounding, cr, sr),
            (FpType::H, FpType::D) => convert::<F16, F64>(a, rounding, cr, sr),
            (FpType::S, FpType::H) => convert::<F32, F16>(a, rounding, cr, sr),
            (FpType::S, FpType::D) => convert::<F32, F64>(a, rounding, cr, sr),
            (FpType::D, FpType::H) => convert::<F64, F16>(a, rounding, cr, sr),
            (FpType::D, FpType::S) => convert::<F64, F32>(a, rounding, cr, sr),
            (FpType::H, FpType::H) | (FpType::S, FpType::S) | (FpType::D, FpType::D) => a,
        }
    }

    /// FCVTZS and its kin.
    #[inline(always)]
    pub fn to_fixed(&mut self, from: FpType, to: Fixed, rounding: Rounding, a: u64) -> u64 {
        with_format!(from, to_fixed(a, to, rounding, self.fpcr, &mut self.fpsr))
    }

    /// FJCVTZS: the result and PSTATE.Z.
    #[inline(always)]
    pub fn to_fixed_js(&mut self, a: u64) -> (u32, bool) {
        to_fixed_js(a, self.fpcr, &mut self.fpsr)
    }

    /// SCVTF, UCVTF.
    #[inline(always)]
    pub fn from_fixed(&mut self, to: FpType, from: Fixed, a: u64) -> u64 {
        with_format!(to, from_fixed(a, from, self.fpcr, &mut self.fpsr))
    }
}

/// VFPExpandImm(): the number that the 8-bit immediate of FMOV stands for.
pub fn expand_imm8(ty: FpType, imm8: u32) -> u64 {
    with_format!(ty, expand_imm8_as(imm8))
}

fn expand_imm8_as<F: Format>(imm8: u32) -> u64 {
    let imm8 = imm8 as u64;
    let high_bit = imm8 >> 6 & 1;
    // The exponent is NOT(b), then copies of b, then two bits of the immediate.
    let copies = if high_bit == 1 { (1 << (F::EXPONENT - 3)) - 1 } else { 0 };
    let exponent = (high_bit ^ 1) << (F::EXPONENT - 1) | copies << 2 | imm8 >> 4 & 3;
    F::pack(imm8 >> 7 & 1 == 1, exponent, (imm8 & 15) << (F::FRACTION - 4))
}
